-- SPDX-License-Identifier: Apache-2.0
local runbook = require("hwdb.runbook")

local function refused(text)
  local rb, err = runbook.load_text(text, "probe.lua")
  assert.is_nil(rb)
  assert.equal("usage", err.kind)
  assert.is_string(err.remedy)
  return err.message
end

local GOOD = 'return { name = "probe", summary = "A probe", run = function(run, p) end }'

describe("loading a runbook", function()
  it("gives its checked header", function()
    local rb = assert(runbook.load_text(GOOD, "probe.lua"))
    assert.equal("probe", rb.name)
    assert.equal("A probe", rb.summary)
    assert.same({}, rb.params)
    assert.equal("probe.lua", rb.file)
  end)

  it("skips a first line for the shell", function()
    assert.is_table((runbook.load_text("#!/usr/bin/env hwdb\n" .. GOOD, "probe.lua")))
  end)

  it("names file and line of a syntax error", function()
    assert.equal("probe.lua:2: syntax error near 'y'", refused("local x = 1\nx y"))
    assert.equal("probe.lua:1: is compiled code, not Lua text", refused(string.dump(function() end)))
  end)

  it("names a global that does not exist, and an error raised while loading", function()
    assert.equal("probe.lua:1: unknown global tostrin, did you mean tostring?", refused("local x = tostrin(1)"))
    assert.equal("probe.lua:2: no", refused("\nerror('no')"))
    assert.equal('probe.lua:1: the script raised {"code":7}', refused("error({ code = 7 })"))
  end)

  it("refuses what is no runbook", function()
    assert.equal("probe.lua:1: is no runbook: it returns nothing", refused("local x = 1"))
    assert.equal("probe.lua:1: is no runbook: it returns number", refused("return 5"))
  end)

  it("tells everything that is wrong with a header, and where", function()
    assert.equal("probe.lua:2: the runbook's header: name is missing: letters, digits and _; summary is missing: one line "
      .. "on what it does; run is missing: function(run, p) … end", refused("local x = 1\nreturn {}"))
    assert.equal("probe.lua:3: the runbook's header: unknown field sumary, did you mean summary?; summary is missing: one "
      .. "line on what it does", refused('return {\n  name = "probe",\n  sumary = "x",\n  run = function() end }'))
    assert.equal("probe.lua:2: the runbook's header: parameter count: type int is none of boolean, choice, integer, list, "
      .. "number, secret, string, time, object, objects, did you mean integer?",
      refused('return { name = "probe", summary = "x", run = function() end, params = {\n'
        .. '  { name = "count", type = "int", help = "x" } } }'))
  end)

  it("reads files, and says which it cannot read", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(GOOD)
    file:close()
    assert.equal("probe", assert(runbook.load(path)).name)
    os.remove(path)
    local _, err = runbook.load(path)
    assert.equal("usage", err.kind)
    assert.matches("cannot read the runbook: " .. path, err.message, 1, true)
    _, err = runbook.load("/")
    assert.matches("cannot read the runbook: /", err.message, 1, true)
    _, err = runbook.load("")
    assert.equal("no runbook is named", err.message)
    _, err = runbook.load("no_such_runbook")
    assert.equal("there is no runbook no_such_runbook", err.message)
  end)

  it("finds the shipped ones by name", function()
    for _, name in ipairs({ "ddm_shard_migration", "ddm_shard_clean" }) do
      local rb = assert(runbook.load(name))
      assert.equal(name, rb.name)
      for _, field in ipairs({ "changes", "costs", "undo" }) do assert.is_string(rb[field]) end
    end
  end)
end)
