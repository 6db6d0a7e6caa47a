-- SPDX-License-Identifier: Apache-2.0
local cjson = require("cjson")
local core = require("hwdb.core")
local stages = require("stages")

local function refused(text)
  local events, e = stages.json_events(text)
  assert.is_nil(events, text)
  assert.equal("decode", e.kind)
  local tree, again = stages.json_tree(text)
  assert.is_nil(tree)
  assert.equal(e.message, again.message)
  return (e.message:gsub("^not valid JSON at byte ", ""))
end

describe("json", function()
  local held
  before_each(function() held = stages.held() end)
  after_each(function()
    stages.fail_after()
    assert.equal(held, stages.held())
  end)

  it("tells values in their order", function()
    assert.same({ "{", "key a", "[", "number 1", "number -0.5e+3", "true", "false", "null", "]", "key ", "string x", "key b",
      "{", "}", "key c", "[", "]", "}" },
      stages.json_events(' {"a" : [1, -0.5e+3,true,\tfalse,null],"":"x",\r\n"b":{},"c":[]} '))
  end)

  it("reads a value of any kind at the top", function()
    for text, event in pairs { ["1"] = "number 1", ['""'] = "string ", ["null"] = "null", [" true "] = "true" } do
      assert.same({ event }, stages.json_events(text))
    end
  end)

  it("unescapes strings", function()
    assert.same({ 'string "\\/\b\f\n\r\t\0é€😀\127' },
      stages.json_events([["\"\\\/\b\f\n\r\t\u0000\u00e9\u20aC\uD83D\ude00\u007f"]]))
    assert.same({ "string \u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}" },
      stages.json_events([["\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff"]]))
  end)

  it("stops when the receiver wants no more", function()
    local events, e = stages.json_events("[1,2]", 2)
    assert.is_nil(events)
    assert.equal("memory", e.kind)
  end)

  for text, why in pairs {
    [""] = "0: empty",
    ["  "] = "2: the text ends too early",
    ["["] = "1: the text ends too early",
    ["[1"] = "2: a comma or ] was expected",
    ["[1,"] = "3: the text ends too early",
    ["[1,]"] = "3: a value was expected",
    ["[,1]"] = "1: a value was expected",
    ["[1 2]"] = "3: a comma or ] was expected",
    ["[1}"] = "2: a comma or ] was expected",
    ["{"] = "1: a member name was expected",
    ['{"a"'] = "4: a colon was expected",
    ['{"a":'] = "5: the text ends too early",
    ['{"a":1'] = "6: a comma or } was expected",
    ['{"a":1,}'] = "7: a member name was expected",
    ['{"a":1]'] = "6: a comma or } was expected",
    ['{"a" 1}'] = "5: a colon was expected",
    ["{a:1}"] = "1: a member name was expected",
    ["{'a':1}"] = "1: a member name was expected",
    ["{1:1}"] = "1: a member name was expected",
    ["1 2"] = "2: more text after the value",
    ["{}{}"] = "2: more text after the value",
    ["]"] = "0: a value was expected",
    ["01"] = "1: more text after the value",
    ["-01"] = "2: more text after the value",
    ["[01]"] = "2: a comma or ] was expected",
    ["+1"] = "0: a value was expected",
    ["-"] = "0: a value was expected",
    [".5"] = "0: a value was expected",
    ["1."] = "0: a value was expected",
    ["1.e1"] = "0: a value was expected",
    ["1e"] = "0: a value was expected",
    ["1e+"] = "0: a value was expected",
    ["0x10"] = "1: more text after the value",
    ["1_000"] = "1: more text after the value",
    ["NaN"] = "0: a value was expected",
    ["nan"] = "0: a value was expected",
    ["Infinity"] = "0: a value was expected",
    ["-Infinity"] = "0: a value was expected",
    ["nul"] = "0: a value was expected",
    ["TRUE"] = "0: a value was expected",
    ["truex"] = "4: more text after the value",
    ["'a'"] = "0: a value was expected",
    ['"a'] = "2: unfinished string",
    ['"a\\'] = "3: unfinished escape",
    ['"\\'] = "2: unfinished escape",
    ['"\\x41"'] = "2: unknown escape",
    ['"\\\0"'] = "2: unknown escape",
    ['"\\u12"'] = "3: unfinished \\u escape",
    ['"\\u12g4"'] = "5: \\u needs four hexadecimal digits",
    ['"\\u+123"'] = "3: \\u needs four hexadecimal digits",
    ['"a\nb"'] = "2: control character inside a string",
    ['"a\tb"'] = "2: control character inside a string",
    ['"a\0b"'] = "2: control character inside a string",
    ['"\31"'] = "1: control character inside a string",
    ['{"a\nb":1}'] = "3: control character inside a string",
    ["\239\187\191{}"] = "0: a value was expected",
    ["\0"] = "0: a value was expected",
    ["{}\0"] = "2: more text after the value",
    ["1\0"] = "1: more text after the value",
    ["\f1"] = "0: a value was expected",
    ["\u{a0}1"] = "0: a value was expected",
    ["/*x*/1"] = "0: a value was expected",
    ["1//x"] = "1: more text after the value",
    ["#\n1"] = "0: a value was expected",
  } do
    it(("refuses %q"):format(text), function() assert.equal(why, refused(text)) end)
  end

  it("refuses surrogates that stand alone", function()
    assert.equal("7: a low surrogate stands alone", refused([["\udc00"]]))
    assert.equal("7: a high surrogate stands alone", refused([["\ud800"]]))
    assert.equal("7: a high surrogate stands alone", refused([["\udbffx"]]))
    assert.equal("13: a high surrogate stands alone", refused([["\ud800\u0041"]]))
    assert.equal("13: a high surrogate stands alone", refused([["\ud800\ud800"]]))
    assert.equal("7: a high surrogate stands alone", refused([["\ud800\n"]]))
  end)

  it("refuses what is not UTF-8", function()
    for _, bytes in ipairs { "\128", "\191", "\192\128", "\193\191", "\194", "\194\65", "\195\40", "\224\128\128", "\224\159\191",
      "\225\128", "\226\130", "\226\40\161", "\237\160\128", "\237\191\191", "\240\128\128\128", "\240\143\191\191", "\240\159\152",
      "\244\144\128\128", "\245\128\128\128", "\248\136\128\128\128", "\254", "\255" } do
      assert.equal("2: not UTF-8", refused('"a' .. bytes .. '"'))
      assert.equal("3: not UTF-8", refused('{"a' .. bytes .. '":1}'))
      assert.equal(0, stages.utf8_len(bytes))
    end
  end)

  it("takes the first and the last character of each length of UTF-8", function()
    for len, ends in ipairs { { "\0", "\127" }, { "\u{80}", "\u{7ff}" }, { "\u{800}", "\u{ffff}" }, { "\u{10000}", "\u{10ffff}" } } do
      for _, text in ipairs(ends) do assert.equal(len, stages.utf8_len(text)) end
    end
    assert.same({ "string \u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}" },
      stages.json_events('"\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}"'))
  end)

  it("nests 128 deep and no deeper", function()
    local function nested(n) return ("["):rep(n) .. ("]"):rep(n) end
    assert.equal(nested(128), stages.json_tree(nested(128)))
    assert.equal("128: nested too deeply", refused(nested(129)))
    assert.equal("128: nested too deeply", refused(("["):rep(1000000)))
    local objects = ('{"a":'):rep(128) .. "1" .. ("}"):rep(128)
    assert.equal(objects, stages.json_tree(objects))
    assert.equal("640: nested too deeply", refused(('{"a":'):rep(129) .. "1" .. ("}"):rep(129)))
  end)

  it("knows numbers, and whole ones among them", function()
    for _, text in ipairs { "0", "-0", "7", "-12", "9223372036854775808", "1234567890123456789012345678901234567890" } do
      assert.same({ true, true }, { stages.json_is_number(text) })
    end
    for _, text in ipairs { "0.0", "-1.50", "1e5", "1E-5", "0e0", "12.5e+10" } do
      assert.same({ true, false }, { stages.json_is_number(text) })
    end
    for _, text in ipairs { "", "-", "+1", "01", "1.", ".1", "1e", "1 ", " 1", "0x1", "1,5", "1\0", "inf" } do
      assert.same({ false, false }, { stages.json_is_number(text) })
    end
  end)

  it("quotes text", function()
    assert.equal([["a\"b\\c\b\f\n\r\t\u0000\u001f/é]] .. "\127" .. '"', stages.json_quote("a\"b\\c\b\f\n\r\t\0\31/é\127"))
    assert.equal('""', stages.json_quote(""))
  end)
end)

describe("json trees", function()
  local held
  before_each(function() held = stages.held() end)
  after_each(function()
    stages.fail_after()
    assert.equal(held, stages.held())
  end)

  it("keep the digits of every number and the order of members", function()
    for _, text in ipairs { '{"b":1,"a":[1.50,-0,1E5,9223372036854775807,9223372036854775808,0.1000000000000000055511151231257827]}',
      '[1e999,-1e-999,' .. ("9"):rep(300) .. ',9007199254740993]', '{"a":{},"b":[],"":null,"c":[true,false]}' } do
      assert.equal(text, stages.json_tree(text))
    end
  end)

  it("keep U+0000 in strings and refuse it in names", function()
    assert.equal([=[["a\u0000b","\u0000"]]=], stages.json_tree([=[["a\u0000b","\u0000"]]=]))
    local tree, e = stages.json_tree([[{"a\u0000b":1}]])
    assert.is_nil(tree)
    assert.equal("decode", e.kind)
    assert.equal("a member name holds U+0000", e.message)
  end)

  it("keep long texts and names whole", function()
    local long = ("long "):rep(5000)
    assert.equal(('{"%s":"%s"}'):format(long, long), stages.json_tree(('{"%s":"%s"}'):format(long, long)))
  end)

  it("keep a name that is given twice; the first one is found", function()
    assert.equal('{"a":1,"a":2}', stages.json_tree('{"a":1,"a":2}'))
    assert.same({ "number", "1", 1 }, { stages.json_member('{"a":1,"a":2}', "a") })
  end)

  it("tell names apart by case", function()
    assert.same({ "number", "2", 2 }, { stages.json_member('{"A":1,"a":2}', "a") })
    assert.same({}, { stages.json_member('{"A":1}', "a") })
  end)

  it("sort members by their bytes", function()
    assert.equal('{"":0,"A":1,"B":{"z":1,"y":2},"a":2,"aa":3,"b":4,"é":5}',
      stages.json_tree('{"é":5,"b":4,"aa":3,"a":2,"B":{"z":1,"y":2},"A":1,"":0}', true))
    assert.equal("{}", stages.json_tree("{}", true))
  end)

  it("tell types and texts", function()
    assert.same({ "null" }, { stages.json_member('{"a":null}', "a") })
    assert.same({ "boolean" }, { stages.json_member('{"a":true}', "a") })
    assert.same({ "array" }, { stages.json_member('{"a":[1]}', "a") })
    assert.same({ "object" }, { stages.json_member('{"a":{}}', "a") })
    assert.same({ "string", "x", nil, "x" }, { stages.json_member('{"a":"x"}', "a") })
    assert.same({ "string", [["\u0000"]], nil, nil }, { stages.json_member([[{"a":"\u0000"}]], "a") })
    assert.same({ "number", "1.5", nil, nil }, { stages.json_member('{"a":1.5}', "a") })
  end)

  it("give integers exactly up to 64 bits and none beyond", function()
    for _, digits in ipairs { "0", "9223372036854775807", "-9223372036854775808", "9007199254740993" } do
      assert.same({ "number", digits, math.tointeger(digits) }, { stages.json_member(('{"a":%s}'):format(digits), "a") })
    end
    for _, digits in ipairs { "9223372036854775808", "-9223372036854775809", "1e2", "1.0" } do
      assert.same({ "number", digits }, { stages.json_member(('{"a":%s}'):format(digits), "a") })
    end
  end)

  it("can be built, taken apart and refuse what is not there", function()
    assert.same({ '{"n":-9223372036854775808,"t":[true,null]}', -1, -1 }, { stages.json_made(math.mininteger) })
  end)

  it("fail cleanly wherever memory ends", function()
    local text = '{"b":[1,"x\\n",true,{"long":"' .. ("y"):rep(400) .. '"}],"a":"\\u0000"}'
    local tried = 0
    for n = 0, 1000 do
      stages.fail_after(n)
      local tree = stages.json_tree(text, true)
      local refusals = stages.fail_after()
      assert.equal(held, stages.held())
      if refusals == 0 then
        assert.equal('{"a":"\\u0000","b":[1,"x\\n",true,{"long":"' .. ("y"):rep(400) .. '"}]}', tree)
        break
      end
      assert.is_nil(tree)
      tried = tried + 1
    end
    assert.is_true(tried > 20 and tried < 1000)
  end)
end)

describe("decode and encode", function()
  local function both(text)
    return core.decode(text), cjson.decode(text)
  end

  it("agree with lua-cjson about plain values", function()
    for _, text in ipairs { '{"a":[1,2.5,"x",true,false],"b":{"c":{}},"é":"\\u00e9\\ud83d\\ude00"}', '["",{"a":[]},[[]]]',
      '[0.1,1e-5,1e300]' } do
      local own, theirs = both(text)
      assert.same(theirs, own)
    end
    assert.equal(cjson.null, core.null)
    assert.equal(core.null, core.decode("null"))
  end)

  it("refuse what lua-cjson lets pass", function()
    for text, message in pairs {
      ["[01]"] = "not valid JSON at byte 2: a comma or ] was expected",
      ["[0x10]"] = "not valid JSON at byte 2: a comma or ] was expected",
      ["[nan]"] = "not valid JSON at byte 1: a value was expected",
      ['["\255"]'] = "not valid JSON at byte 2: not UTF-8",
    } do
      assert.same({ nil, message }, { core.decode(text) })
    end
  end)

  it("keep integers exact", function()
    for _, n in ipairs { 0, 1, -1, 2 ^ 31 | 0, (1 << 53) + 1, math.maxinteger, math.mininteger, math.maxinteger - 1 } do
      assert.equal(n, core.decode(core.encode(n)))
      assert.equal("integer", math.type(core.decode(core.encode(n))))
      assert.equal(tostring(n), core.encode(n))
    end
    for _, digits in ipairs { "9223372036854775808", "-9223372036854775809", ("7"):rep(200) } do
      assert.equal(digits, core.decode(digits))
    end
    assert.equal("integer", math.type(core.decode("-0")))
  end)

  it("keep fractions exact", function()
    for _, n in ipairs { 0.1, 1 / 3, -2.5, 1e300, 5e-324, 1.7976931348623157e308, 2 ^ 53, 123456789.125 } do
      assert.equal(n, core.decode(core.encode(n)) + 0.0)
      assert.equal(n, cjson.decode("[" .. core.encode(n) .. "]")[1])
    end
    assert.equal("0.1", core.encode(0.1))
    assert.equal("1e999", core.decode("1e999"))
    assert.equal(1.5, core.decode("1.5"))
  end)

  it("sort names and tell arrays from objects", function()
    assert.equal('{"B":1,"a":[1,2],"b":{},"c":[]}', core.encode { b = {}, a = { 1, 2 }, c = core.array(), B = 1 })
    assert.equal("[]", core.encode(core.decode("[]")))
    assert.equal("{}", core.encode(core.decode("{}")))
    assert.equal('[{},[],[null]]', core.encode(core.decode('[{},[],[null]]')))
    assert.is_true(core.is_array(core.decode("[]")))
    assert.is_false(core.is_array(core.decode("{}")))
    assert.is_false(core.is_array("x"))
    assert.equal('["a",null,"b"]', core.encode(core.array { "a", core.null, "b" }))
  end)

  it("take the last of a name given twice", function()
    assert.same({ a = 2 }, core.decode('{"a":1,"a":2}'))
  end)

  it("carry every character", function()
    local text = "\0\1\31 \"\\/\127\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}"
    assert.equal(text, core.decode(core.encode(text)))
    assert.equal(text, cjson.decode("[" .. core.encode(text) .. "]")[1])
    assert.same({ ["a\0b"] = 1 }, core.decode([[{"a\u0000b":1}]]))
  end)

  it("refuse values that JSON has no form for, naming the place", function()
    local loop = {}
    loop.loop = loop
    for message, value in pairs {
      ["a[2]: must be plain data: text, number, boolean, table or null"] = { a = { 1, print } },
      ["must be a finite number"] = 0 / 0,
      ["x: must be a finite number"] = { x = math.huge },
      ["a: must be UTF-8 text"] = { a = "\255" },
      ["a member name must be UTF-8 text without U+0000"] = { ["a\0b"] = 1 },
      ["b: a member name must be UTF-8 text without U+0000"] = { b = { ["\255"] = 1 } },
      ["a table must be a list 1..n or have only text keys"] = { 1, a = 2 },
      ["c: a table must be a list 1..n or have only text keys"] = { c = { [true] = 1 } },
      ["s: a secret is accepted only in a field that is secret"] = { s = core.secret("hidden") },
      ["f: must be plain data, not a userdata"] = { f = io.stdout },
      ["co: must be plain data: text, number, boolean, table or null"] = { co = coroutine.create(print) },
    } do
      local ok, err = pcall(core.encode, value)
      assert.is_false(ok)
      assert.equal("cannot encode as JSON: " .. message, (tostring(err):gsub("^.-:%d+: ", "")))
    end
    local ok, err = pcall(core.encode, loop)
    assert.is_false(ok)
    assert.matches("tables are nested too deeply, or contain themselves$", err)
    assert.is_false((pcall(core.encode, { [1] = 1, [3] = 3 })))
    assert.is_false((pcall(core.encode, { [1.5] = 1 })))
    assert.is_false((pcall(core.encode)))
  end)

  it("nest 128 deep both ways", function()
    local function deep(n)
      local value = core.array()
      for _ = 2, n do value = core.array { value } end
      return value
    end
    local text = core.encode(deep(128))
    assert.equal(("["):rep(128) .. ("]"):rep(128), text)
    assert.equal(text, core.encode(core.decode(text)))
    assert.is_false((pcall(core.encode, deep(129))))
    assert.same({ nil, "not valid JSON at byte 128: nested too deeply" }, { core.decode("[" .. text .. "]") })
  end)
end)

describe("under a locale with a decimal comma", function()
  it("numbers stay what they are", function()
    local folder = io.popen("mktemp -d"):read("l")
    local source = assert(io.open(folder .. "/source", "w"))
    source:write('LC_NUMERIC\ndecimal_point "<U002C>"\nthousands_sep ""\ngrouping -1\nEND LC_NUMERIC\n')
    source:close()
    os.execute(("localedef -c -f UTF-8 -i %s/source %s/comma >%s/log 2>&1"):format(folder, folder, folder))
    stages.set_variable("LOCPATH", folder)
    local point = stages.locale("comma")
    if not point then
      os.execute("rm -rf " .. folder)
      pending("localedef cannot make a locale here")
      return
    end
    finally(function()
      stages.locale("C")
      os.execute("rm -rf " .. folder)
    end)
    assert.equal(",", point)
    assert.equal("1,5", ("%.1f"):format(1.5))
    assert.equal('[0.1,-2.5,1e+300]', core.encode { 0.1, -2.5, 1e300 })
    assert.equal(0.1, core.decode("0.1"))
    assert.equal(1e-5, core.decode("1e-5"))
    local row = { name = "x", method = "GET", path = "/", params = { { name = "n", type = "number", query = true, min = 1, max = 2 } } }
    local e = stages.check(row, '{"n":2.5}')
    assert.same({ "query.n: 2.5 is more than 2" }, e.problems)
    assert.is_true(select(2, stages.check(row, '{"n":1.5}')))
  end)
end)
