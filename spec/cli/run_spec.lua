-- SPDX-License-Identifier: Apache-2.0
local cjson = require("cjson")
local cli = require("spec.support.cli")

local function run(args, options)
  return cli.run({ "run", table.unpack(args) }, options)
end

local function script(text, ...)
  return run({ cli.file("script.lua", text), ... })
end

local function failed(r, code, message)
  assert.equal(code, r.code, r.err)
  assert.truthy(r.err:find(message, 1, true), r.err)
  assert.falsy(r.err:find("stack traceback", 1, true))
  assert.falsy(r.err:find("internal error", 1, true))
end

describe("hwdb run with a plain script", function()
  teardown(cli.clean)

  it("gives it hwdb, its words and the simulator", function()
    local r = script([[
      local client = assert(hwdb.client())
      for instance in client.ddm:each("list_instances") do print(instance.name, arg[1], arg[2], ...) end]], "--sim", "a=b", "--", "--c")
    assert.equal(0, r.code, r.err)
    assert.equal("ddm-orders\ta=b\t--c\ta=b\t--c\n", r.out)
  end)

  it("hands a whole number that it returns on as exit code", function()
    assert.equal(7, script("return 7").code)
    assert.equal(0, script("return 'x'").code)
  end)

  it("names the line of a syntax error", function()
    failed(script("local x = 1\nif x the\n"), 2, "script.lua:2: 'then' expected")
  end)

  it("names a mistyped global and what is near", function()
    failed(script("local x = 1\npirnt(x)\n"), 1, "script.lua:2: unknown global pirnt, did you mean print?")
  end)

  it("shows what a script raises: a text, a table, an error of the library", function()
    failed(script("error('out of luck')"), 1, "script.lua:1: out of luck")
    failed(script("error{ reason = 'out of luck', n = 1 }"), 1, 'the script raised {"n":1,"reason":"out of luck"}')
    failed(script("error()"), 1, "the script raised nil")
    failed(script("local c = assert(hwdb.client()) assert(c.ddm:show_instance{ instance_id = 'none' })", "--sim"), 1, "ddm.show_instance: ")
    failed(script("local c = assert(hwdb.client()) assert(c.ddm:show_instance{ })", "--sim"), 2, "path.instance_id: is required")
    failed(script("local c = assert(hwdb.client()) c.ddm:show_instnce{ }", "--sim"), 1, "did you mean show_instance?")
  end)

  it("refuses what is no script", function()
    failed(run({}), 2, "run needs a script")
    failed(run({ "/nowhere.lua" }), 2, "cannot read the script: /nowhere.lua")
    failed(run({ "./" }), 2, "is a directory")
    failed(run({ "no_such_runbook" }), 2, "there is no runbook no_such_runbook")
    failed(run({ cli.file("code.lua", string.dump(function() end)) }), 2, "is compiled code")
    failed(run({ cli.file("large.lua", (" "):rep((1 << 20) + 1)) }), 2, "larger than")
  end)
end)

local BOOK = [[
return {
  name = "greet", summary = "Greets an instance",
  params = {
    { name = "instance_id", type = "string", required = true, help = "whom" },
    { name = "times", type = "integer", default = 1, help = "how often" },
    { name = "word", type = "secret", help = "the magic word" },
  },
  changes = "nothing",
  run = function(run, p)
    run:step("look", function()
      local body = run.ddm:show_instance{ instance_id = p.instance_id }
      run:note(("hello %s, %d"):format(body.name, p.times))
    end)
    if p.times > 1 then
      if not run:ask{ name = "more", question = "Once more?" } then run:fail("not again", "say yes") end
      run:note("hello again")
    end
  end,
}
]]

describe("hwdb run with a runbook", function()
  local book, id
  setup(function()
    book = cli.file("greet.lua", BOOK)
    id = cjson.decode(cli.run({ "call", "ddm.list_instances", "--sim", "--json" }).out).instances[1].id
  end)
  teardown(cli.clean)

  it("shows its steps as plain lines into a pipe", function()
    local r = run({ book, "instance_id=" .. id, "--sim" })
    assert.equal(0, r.code, r.err)
    assert.equal("greet: Greets an instance\n==> look\n    hello ddm-orders, 1\ndone\n", r.out)
  end)

  it("shows them as JSON lines to machines", function()
    local r = run({ book, "instance_id=" .. id, "--sim", "--json" })
    local events = {}
    for line in r.out:gmatch("[^\n]+") do
      local event = cjson.decode(line)
      events[#events + 1] = event.event
    end
    assert.same({ "begin", "step", "note", "step_end", "finish" }, events)
  end)

  it("draws one line on a terminal", function()
    local r = cli.at_terminal({ "run", book, "instance_id=" .. id, "--sim" }, "")
    assert.equal(0, r.code)
    assert.truthy(r.out:find("hello ddm-orders, 1", 1, true))
  end)

  it("stops at a question without a terminal, unless it was answered by its name", function()
    local r = run({ book, "instance_id=" .. id, "times=2", "--sim" })
    failed(r, 3, "waiting for a person: Once more?")
    for _, how in ipairs({ "accept=more", "--accept=more" }) do
      r = run({ book, "instance_id=" .. id, "times=2", "--sim", how })
      assert.equal(0, r.code, r.err)
      assert.truthy(r.out:find("hello again", 1, true))
    end
    failed(run({ book, "instance_id=" .. id, "times=2", "--sim", "accept=other" }), 3, "waiting for a person")
  end)

  it("asks a person at a terminal", function()
    local r = cli.at_terminal({ "run", book, "instance_id=" .. id, "times=2", "--sim" }, "yes\n")
    assert.equal(0, r.code, r.out)
    r = cli.at_terminal({ "run", book, "instance_id=" .. id, "times=2", "--sim" }, "no\n")
    assert.equal(1, r.code)
    assert.truthy(r.out:find("not again", 1, true))
  end)

  it("explains a runbook out of its header", function()
    local r = run({ book, "--help" })
    assert.equal(0, r.code)
    for _, text in ipairs({ "greet: Greets an instance", "instance_id= +whom", "string; required", "integer; default 1",
      "secret: env:NAME, @FILE or prompt:", "Changes: nothing" }) do
      assert.truthy(r.out:find(text), text)
    end
  end)

  it("names every wrong parameter at once", function()
    local r = run({ book, "time=2", "--sim" })
    assert.equal(2, r.code)
    assert.truthy(r.err:find("instance_id is missing", 1, true) and r.err:find("did you mean times?", 1, true), r.err)
    failed(run({ book, "instance_id=a", "instance_id=b", "--sim" }), 2, "instance_id is given twice")
    failed(run({ book, "instance_id=a", "word=Canary", "--sim" }), 2, "word is secret")
    assert.falsy(run({ book, "instance_id=a", "word=Canary", "--sim" }).err:find("Canary", 1, true))
  end)

  it("names the line of a mistake in it", function()
    failed(run({ cli.file("typo.lua", (BOOK:gsub("run:note", "run.note(run, nme)--", 1))), "instance_id=" .. id, "--sim" }), 1,
      "typo.lua:12: unknown global nme")
    failed(run({ cli.file("raised.lua", (BOOK:gsub("run:step%(", "error{ a = 1 } run:step(", 1))), "instance_id=" .. id, "--sim" }), 1,
      'the script raised {"a":1}')
    failed(run({ cli.file("header.lua", (BOOK:gsub("summary", "sumary", 1))), "--sim" }), 2, "sumary, did you mean summary?")
    failed(run({ cli.file("broken.lua", BOOK .. "}"), "--sim" }), 2, "broken.lua:")
  end)

  it("runs the shipped one by its name", function()
    local r = run({ "ddm_shard_migration", "--help" })
    assert.equal(0, r.code)
    assert.truthy(r.out:find("instance_id=", 1, true))
  end)

  it("says so when there are no credentials", function()
    failed(run({ book, "instance_id=" .. id }), 2, "no credentials were found")
  end)
end)
