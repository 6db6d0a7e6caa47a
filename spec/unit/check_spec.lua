-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")
local stages = require("stages")

local function row(params, method)
  return { name = "probe", method = method or "POST", path = "/v1/{project_id}/things/{id}", params = params }
end

local function body(field)
  field.name = field.name or "x"
  field.body = not (field.path or field.query or field.header)
  return field
end

--- What is wrong and what is odd with one field that holds `json`.
local function held_against(field, json, strict)
  local e = stages.check(row { body(field) }, ('{"%s":%s}'):format(field.name, json), strict)
  return e.problems, e.warnings
end

local function passes(field, json)
  assert.same({ {}, {} }, { held_against(field, json) })
end

local function fails(field, json, problem)
  assert.same({ { ("body.%s: %s"):format(field.name or "x", problem) }, {} }, { held_against(field, json) })
end

local function warns(field, json, warning)
  local line = ("body.%s: %s"):format(field.name or "x", warning)
  assert.same({ {}, { line } }, { held_against(field, json) })
  assert.same({ { line }, {} }, { held_against(field, json, true) })
end

describe("types", function()
  local accepted = {
    string = { '"a"', '""', '"\\u0000"' },
    integer = { "0", "-1", "9223372036854775807", "9223372036854775808" },
    number = { "0", "1.5", "-1e300" },
    boolean = { "true", "false" },
    array = { "[]", '[1,"a",null]' },
    object = { "{}", '{"a":1}' },
    map = { "{}", '{"a":1}' },
  }
  local words = { string = '"a"', number = "1", boolean = "true", array = "[]", object = "{}" }

  for type, values in pairs(accepted) do
    it("takes what is " .. type, function()
      for _, json in ipairs(values) do passes({ type = type }, json) end
    end)

    it("refuses what is not " .. type, function()
      for word, json in pairs(words) do
        local fits = word == type or (type == "integer" and word == "number") or (type == "map" and word == "object")
        if not fits then
          fails({ type = type }, json, ("must be %s %s, not %s %s"):format(type:match("^[aio]") and "an" or "a", type,
            word:match("^[aio]") and "an" or "a", word))
        end
      end
    end)
  end

  it("wants whole numbers where integers are", function()
    fails({ type = "integer" }, "1.5", "must be a whole number, not 1.5")
    fails({ type = "integer" }, "1e2", "must be a whole number, not 1e2")
    fails({ type = "integer" }, "1.0", "must be a whole number, not 1.0")
  end)

  it("takes text for numbers and truths in path, query and header, and digits for text", function()
    for _, place in ipairs { "path", "query", "header" } do
      for _, case in ipairs { { "integer", '"12"' }, { "number", '"1.5"' }, { "boolean", '"true"' }, { "boolean", '"false"' },
        { "string", "12" }, { "string", "true" }, { "array", '"a"' }, { "array", "1" }, { "array", '["a"]' } } do
        assert.same({}, (held_against({ type = case[1], [place] = true }, case[2])))
      end
      for _, case in ipairs { { "integer", '"x"', "an integer, not a string" }, { "boolean", '"yes"', "a boolean, not a string" },
        { "number", "true", "a number, not a boolean" }, { "string", "{}", "a string, not an object" },
        { "integer", "[1]", "an integer, not an array" } } do
        assert.same({ place .. ".x: must be " .. case[3] }, (held_against({ type = case[1], [place] = true }, case[2])))
      end
    end
  end)

  it("takes either form where the document shows both", function()
    for _, json in ipairs { '"12"', "12", "true", "1.5" } do
      for _, type in ipairs { "string", "integer", "boolean", "number" } do
        if not (type == "integer" and json == "1.5") then passes({ type = type, either = true }, json) end
      end
    end
    passes({ type = "array", either = true, fields = { { name = "a", type = "string" } } }, '{"a":"b"}')
    passes({ type = "object", either = true, fields = { { name = "a", type = "string" } } }, '[{"a":"b"}]')
    fails({ type = "string", either = true }, "[]", "must be a string, not an array")
    fails({ type = "array", either = true }, '"a"', "must be an array, not a string")
  end)
end)

describe("null", function()
  it("passes where it is documented", function() passes({ type = "string", nullable = true, required = true }, "null") end)
  it("is refused where a value is required", function() fails({ type = "string", required = true }, "null", "must not be null") end)
  it("is odd elsewhere in a body", function() warns({ type = "string" }, "null", "null is not a documented value") end)
  it("cannot travel in path, query or header", function()
    for _, place in ipairs { "path", "query", "header" } do
      assert.same({ place .. ".x: must not be null" }, (held_against({ type = "string", [place] = true }, "null")))
    end
  end)
end)

describe("ranges", function()
  local both = { type = "integer", min = 2, max = 5 }
  it("hold at both ends", function()
    fails(both, "1", "1 is less than 2")
    passes(both, "2")
    passes(both, "5")
    fails(both, "6", "6 is more than 5")
    fails(both, "-9223372036854775808", "-9223372036854775808 is less than 2")
    fails(both, "99999999999999999999999", "99999999999999999999999 is more than 5")
    fails(both, "-99999999999999999999999", "-99999999999999999999999 is less than 2")
  end)
  it("may have one end", function()
    passes({ type = "integer", min = 0 }, "9223372036854775807")
    fails({ type = "integer", min = 0 }, "-1", "-1 is less than 0")
    passes({ type = "integer", max = 0 }, "-5")
    fails({ type = "integer", max = 0 }, "1", "1 is more than 0")
  end)
  it("hold for fractions", function()
    local number = { type = "number", min = 1, max = 2 }
    passes(number, "1.0")
    passes(number, "2")
    fails(number, "0.999", "0.999 is less than 1")
    fails(number, "2.001", "2.001 is more than 2")
    fails(number, "1e3", "1e3 is more than 2")
  end)
  it("hold for digits in text where either form may stand, and in a query", function()
    fails({ type = "integer", either = true, min = 1, max = 9 }, '"10"', "10 is more than 9")
    fails({ type = "string", either = true, min = 1, max = 9 }, "10", "10 is more than 9")
    fails({ type = "string", either = true, pattern = "[1-9]\\d*" }, "0", "does not have the documented form [1-9]\\d*")
    assert.same({ "query.x: 10 is more than 9" }, (held_against({ type = "integer", query = true, max = 9 }, '"10"')))
  end)
end)

describe("lengths", function()
  local text = { type = "string", min_length = 2, max_length = 4 }
  it("count characters, not bytes", function()
    fails(text, '"é"', "has 1 characters, at least 2 are needed")
    passes(text, '"éé"')
    passes(text, '"中文数据"')
    fails(text, '"中文数据库"', "has 5 characters, at most 4 are allowed")
    fails(text, '""', "has 0 characters, at least 2 are needed")
  end)
  it("count the entries of arrays and maps", function()
    local list = { type = "array", items = "integer", min_length = 1, max_length = 2 }
    fails(list, "[]", "has 0 entries, at least 1 are needed")
    passes(list, "[1]")
    passes(list, "[1,2]")
    fails(list, "[1,2,3]", "has 3 entries, at most 2 are allowed")
    fails({ type = "map", items = "string", max_length = 1 }, '{"a":"1","b":"2"}', "has 2 entries, at most 1 are allowed")
  end)
end)

describe("patterns and choices", function()
  it("refuses what does not have the form", function()
    passes({ type = "string", pattern = "[a-z]+" }, '"abc"')
    fails({ type = "string", pattern = "[a-z]+" }, '"abC"', "does not have the documented form [a-z]+")
  end)
  it("only warns of a value that is not listed", function()
    passes({ type = "string", oneof = "ON|OFF" }, '"OFF"')
    warns({ type = "string", oneof = "ON|OFF" }, '"on"', '"on" is not one of the documented values: ON, OFF')
    warns({ type = "string", oneof = "ON|OFF" }, '"O"', '"O" is not one of the documented values: ON, OFF')
    warns({ type = "integer", oneof = "1|2" }, "3", '"3" is not one of the documented values: 1, 2')
    passes({ type = "integer", oneof = "1|2" }, "2")
  end)
  it("shows a long list cut short", function()
    local list = ("alternative|"):rep(40) .. "last"
    local _, warnings = held_against({ type = "string", oneof = list }, '"x"')
    assert.matches('^body%.x: "x" is not one of the documented values: alternative, alternative, .*%.%.%.$', warnings[1])
    assert.is_true(#warnings[1] < 320)
  end)
  it("never shows a secret", function()
    for _, field in ipairs { { type = "string", oneof = "a|b" }, { type = "string", pattern = "[0-9]+" }, { type = "string",
      max_length = 3 } } do
      field.secret = true
      for _, strict in ipairs { false, true } do
        local problems, warnings = held_against(field, '"CANARY"', strict)
        assert.equal(1, #problems + #warnings)
        assert.is_nil((problems[1] or warnings[1]):find("CANARY", 1, true))
      end
    end
  end)
end)

describe("soft rules", function()
  it("only warn: ids and fields whose own example breaks the rule", function()
    for _, flag in ipairs { "id", "soft" } do
      warns({ type = "string", [flag] = true, max_length = 3 }, '"abcd"', "has 4 characters, at most 3 are allowed")
      warns({ type = "string", [flag] = true, pattern = "[0-9]+" }, '"abc"', "does not have the documented form [0-9]+")
      warns({ type = "integer", [flag] = true, max = 3 }, "4", "4 is more than 3")
      fails({ type = "string", [flag] = true }, "1", "must be a string, not a number")
    end
  end)
  it("only warn of a missing field that is soft, and refuse one that is an id", function()
    local soft = stages.check(row { { name = "x", type = "string", body = true, soft = true, required = true } }, "{}")
    assert.same({ {}, { "body.x: is required by the document" } }, { soft.problems, soft.warnings })
    local id = stages.check(row { { name = "x", type = "string", body = true, id = true, required = true } }, "{}")
    assert.same({ { "body.x: is required" }, {} }, { id.problems, id.warnings })
  end)
end)

describe("nested values", function()
  local list = { type = "array", fields = { { name = "id", type = "string", required = true }, { name = "n", type = "integer", max = 9 },
    { name = "tags", type = "map", items = "string" } } }

  it("are told with their place, counted from one", function()
    local problems, warnings = held_against(list, '[{"id":"a","n":1},{"n":10,"tags":{"k":1}},"x"]')
    assert.same({ "body.x[2].id: is required", "body.x[2].n: 10 is more than 9", "body.x[2].tags.k: must be a string, not a number",
      "body.x[3]: must be an object, not a string" }, problems)
    assert.same({}, warnings)
  end)
  it("are held against the type of items", function()
    assert.same({ "body.x[2]: must be a string, not a number" }, (held_against({ type = "array", items = "string" }, '["a",1]')))
    assert.same({ "body.x.k: must be an integer, not a string" }, (held_against({ type = "map", items = "integer" }, '{"k":"v"}')))
    assert.same({ "body.x.k.n: 10 is more than 9" },
      (held_against({ type = "map", fields = { { name = "n", type = "integer", max = 9 } } }, '{"k":{"n":10}}')))
    assert.same({ {}, { 'body.x[1]: "c" is not one of the documented values: a, b' } },
      { held_against({ type = "array", items = "string", oneof = "a|b" }, '["c","a"]') })
  end)
  it("take an alias for a name", function()
    local object = { type = "object", fields = { { name = "admin", type = "string", alias = "root", required = true } } }
    passes(object, '{"root":"x"}')
    passes(object, '{"admin":"x"}')
    assert.same({ "body.x.admin: is required" }, (held_against(object, "{}")))
  end)
end)

describe("unknown fields", function()
  it("warn, go out as given, and name what was probably meant", function()
    local known = { type = "object", fields = { { name = "instance_name", type = "string" }, { name = "port", type = "integer" } } }
    for key, near in pairs { instance_nam = "instance_name", instance_names = "instance_name", ports = "port", por = "port",
      prot = "port", nistance_name = "instance_name" } do
      local _, warnings = held_against(known, ('{"%s":1}'):format(key))
      assert.same({ ("body.x.%s: is not a documented field, it goes out as given; did you mean %s?"):format(key, near) }, warnings)
    end
    local _, warnings = held_against(known, '{"else":1}')
    assert.same({ "body.x.else: is not a documented field, it goes out as given" }, warnings)
  end)
end)

describe("a whole request", function()
  local thing = row { { name = "id", type = "string", path = true, required = true }, { name = "limit", type = "integer", query = true,
    min = 1 },
    { name = "X-Language", type = "string", header = true }, { name = "name", type = "string", body = true, required = true },
    { name = "id", type = "string", body = true } }

  local function checked(json, strict, given)
    local e, ok = stages.check(given or thing, json, strict)
    return e.problems, e.warnings, ok, e
  end

  it("passes", function()
    local problems, warnings, ok = checked('{"id":"a","limit":1,"X-Language":"en-us","name":"n"}')
    assert.same({ {}, {}, true }, { problems, warnings, ok })
  end)

  it("tells all problems at once, each with its path, and what to read", function()
    local problems, warnings, ok, e = checked('{"limit":0,"X-Language":{},"name":7,"extra":1}')
    assert.same({ "path.id: is required", "query.limit: 0 is less than 1", "header.X-Language: must be a string, not an object",
      "body.name: must be a string, not a number" }, problems)
    assert.same({ "body.extra: is not a documented field, it goes out as given" }, warnings)
    assert.is_false(ok)
    assert.equal("check", e.kind)
    assert.equal("4 problems, nothing was sent\n  path.id: is required\n  query.limit: 0 is less than 1\n"
      .. "  header.X-Language: must be a string, not an object\n  body.name: must be a string, not a number", e.message)
  end)

  it("makes problems of warnings when strict", function()
    local problems, warnings, ok = checked('{"id":"a","name":"n","extra":1}', true)
    assert.same({ { "body.extra: is not a documented field, it goes out as given" }, {}, false }, { problems, warnings, ok })
  end)

  it("fills a name in each of its places, and one place where it is named", function()
    assert.same({}, (checked('{"id":"a","name":"n"}')))
    assert.same({ "body.id: must be a string, not a number" }, (checked('{"path.id":"a","body.id":1,"name":"n"}')))
    assert.same({ "path.id: is required" }, (checked('{"body.id":"a","name":"n"}')))
    assert.same({}, (checked('{"path.id":"a","name":"n"}')))
    assert.same({ "path.id: must not be empty" }, (checked('{"id":"a","path.id":"","name":"n"}')))
  end)

  it("sends unknown names to the body, of a GET to the query, or where they say", function()
    local get = row({}, "GET")
    local odd = ": is not a documented field, it goes out as given"
    assert.same({ "body.extra" .. odd }, (select(2, checked('{"id":"a","name":"n","extra":1}'))))
    assert.same({ "body.extra" .. odd }, (select(2, checked('{"id":"a","name":"n","body.extra":1}'))))
    assert.same({ "query.extra" .. odd }, (select(2, checked('{"id":"a","name":"n","query.extra":1}'))))
    assert.same({ "query.extra" .. odd }, (select(2, checked('{"extra":[1,2]}', false, get))))
    assert.same({ "query.extra" .. odd }, (select(2, checked('{"query.extra":true}', false, get))))
    assert.same({ "query.extra: cannot travel in a query" }, (checked('{"extra":{}}', false, get)))
    assert.same({ "query.extra: cannot travel in a query" }, (checked('{"extra":null}', false, get)))
    assert.same({ "body.extra: cannot travel: a GET has no body" }, (checked('{"body.extra":1}', false, get)))
  end)

  it("takes nothing unknown into the path or a header", function()
    local function said(word)
      return (checked(('{"path.id":"a","name":"n","%s":1}'):format(word)))
    end
    assert.same({ "path.limit: limit is a query parameter" }, said("path.limit"))
    assert.same({ "path.name: name is a body parameter" }, said("path.name"))
    assert.same({ "header.id: id is a path parameter" }, said("header.id"))
    assert.same({ "path.X-Language: X-Language is a header parameter" }, said("path.X-Language"))
    assert.same({ "path.limti: is no parameter of the operation; did you mean limit?" }, said("path.limti"))
    assert.same({ "header.extra: is no parameter of the operation" }, said("header.extra"))
    assert.same({ "path.: is no parameter of the operation" }, said("path."))
  end)

  it("lets a known name into another place of query and body, since a document may err there", function()
    local problems, warnings, ok = checked('{"id":"a","name":"n","body.limit":1,"query.name":"n"}')
    assert.same({ {}, { "body.limit: limit is a query parameter, here it goes out as given",
      "query.name: name is a body parameter, here it goes out as given" }, true }, { problems, warnings, ok })
  end)

  it("takes a whole body under its name", function()
    local whole = row { { name = "body", type = "array", body = true, whole = true, required = true, fields = { { name = "a",
      type = "string",
      required = true } } } }
    assert.same({ "body: is required" }, (checked("{}", false, whole)))
    assert.same({ "body[1].a: is required" }, (checked('{"body":[{}]}', false, whole)))
    assert.same({}, (checked('{"body":[{"a":"b"}]}', false, whole)))
  end)

  it("refuses path values that would change the path", function()
    local function path(json)
      return (checked(('{"id":%s,"body.id":"x","name":"n"}'):format(json)))
    end
    local slash = { "path.id: must not hold a slash, which would change the path" }
    local dots = { 'path.id: must not be "." or "..", which would change the path' }
    local control = { "path.id: must not hold control characters" }
    for json, problems in pairs { ['""'] = { "path.id: must not be empty" }, ['"."'] = dots, ['".."'] = dots, ['"a/b"'] = slash,
      ['"/"'] = slash,
      ['"../x"'] = slash, ['"a\\n"'] = control, ['"\\u0001"'] = control, ['"\\u007f"'] = control,
      ['"a\\u0000b"'] = { "path.id: must not hold U+0000" } } do
      assert.same(problems, path(json), json)
    end
    for _, json in ipairs { '"..."', '".a"', '"a..b"', '"a b"', '"%2F"', '"中"', '"\\"quoted"', "12" } do assert.same({}, path(json),
      json) end
  end)

  it("refuses control characters in headers and U+0000 in a query", function()
    assert.same({ "header.X-Language: must not hold control characters" }, (checked('{"id":"a","name":"n","X-Language":"a\\r\\nb: c"}')))
    assert.same({ "header.X-Language: must not hold control characters" }, (checked('{"id":"a","name":"n","X-Language":"\\u007f"}')))
    assert.same({ "header.X-Language: must not hold U+0000" }, (checked('{"id":"a","name":"n","X-Language":"\\u0000"}')))
    local query = row({ { name = "q", type = "array", query = true, items = "string" } }, "GET")
    assert.same({ "query.q: must not hold U+0000" }, (checked('{"q":"\\u0000"}', false, query)))
    assert.same({ "query.q: must not hold U+0000" }, (checked('{"q":["a","\\u0000"]}', false, query)))
    assert.same({}, (checked('{"q":["a","\\n"]}', false, query)))
  end)

  it("fails cleanly wherever memory ends", function()
    local held, json = stages.held(), '{"limit":0,"X-Language":{},"name":7,"extra":1,"' .. ("y"):rep(300) .. '":1}'
    local whole = checked(json)
    for n = 0, 40 do
      stages.fail_after(n)
      local problems, _, ok = checked(json)
      local refusals = stages.fail_after()
      assert.equal(held, stages.held())
      assert.is_false(ok)
      if refusals == 0 then
        assert.same(whole, problems)
        assert.is_true(n > 2)
        return
      end
    end
    error("memory never sufficed")
  end)
end)

describe("the path value", function()
  it("is judged by itself", function()
    assert.same({ true }, { stages.path_value("a b") })
    assert.same({ false, "must not be empty" }, { stages.path_value("") })
    assert.same({ false, "must not hold control characters" }, { stages.path_value("a\0b") })
    assert.same({ false, "must not hold a slash, which would change the path" }, { stages.path_value("a/\1") })
  end)
end)

describe("core.check", function()
  it("passes arguments that fit and gives the warnings", function()
    assert.same({ true, {} }, { core.check("ddm", "show_instance", { instance_id = ("0a"):rep(16) .. "in09" }) })
    local ok, warnings = core.check("ddm", "list_instances", { limit = 10, colour = "red" })
    assert.is_true(ok)
    assert.same({ "query.colour: is not a documented field, it goes out as given" }, warnings)
  end)

  it("finds every problem of a schema that cannot be made", function()
    local ok, err = core.check("ddm", "create_schema", { databases = { { name = "x", shard_mode = 1 } } })
    assert.is_nil(ok)
    assert.equal("ddm.create_schema", err.operation)
    local found = {}
    for _, problem in ipairs(err.problems) do found[problem.path] = problem.message end
    assert.equal("is required", found["path.instance_id"])
    assert.equal("must be a string, not a number", found["body.databases[1].shard_mode"])
    assert.equal("see: hwdb api ddm.create_schema", err.remedy)
  end)

  it("takes an empty table for what the row says it is", function()
    for _, args in ipairs { { databases = {} }, { databases = core.array() } } do
      args.instance_id = "i"
      local _, err = core.check("ddm", "create_schema", args)
      for _, problem in ipairs(err and err.problems or {}) do assert.not_matches("must be an array", problem.message) end
    end
  end)

  it("tells the two places of DDM 4.3.21 apart", function()
    local args = { ["path.instance_id"] = "a/b", ["body.instance_id"] = "c", db_name = "d", job_id = "j" }
    local _, err = core.check("ddm", "update_switch_strategy", args)
    assert.same({ { path = "path.instance_id", message = "must not hold a slash, which would change the path" } }, err.problems)
  end)

  it("only warns of an id that does not look like one, unless strict", function()
    local args = { instance_id = "i", public_ip_id = "short", public_ip = "1.2.3.4" }
    local ok, warnings = core.check("ddm", "bind_eip", args)
    assert.is_true(ok)
    assert.equal(1, #warnings)
    assert.matches("^body%.public_ip_id: does not have the documented form ", warnings[1])
    local _, err = core.check("ddm", "bind_eip", args, { strict = true })
    assert.equal("body.public_ip_id", err.problems[1].path)
  end)

  it("knows no other operation", function()
    assert.is_false((pcall(core.check, "ddm", "no_such", {})))
    assert.is_false((pcall(core.check, "no", "show_instance", {})))
    assert.is_false((pcall(core.check, "ddm", "show_instance", 7)))
  end)
end)
