-- SPDX-License-Identifier: Apache-2.0
-- What `hwdb new` writes works as it is: its spec passes, the program runs and plans it, and the linter is content.
local cli = require("spec.support.cli")

local LONG = "a23456789_a23456789_a23456789_a23456789_"

local function made(name)
  local folder = cli.folder() .. "/made"
  os.execute("mkdir -p " .. cli.quoted(folder))
  return cli.run({ "new", name or "rename_all", "--folder", folder }), folder
end

describe("hwdb new", function()
  teardown(cli.clean)

  it("writes a runbook and its spec, and says what to do next", function()
    local r, folder = made()
    assert.equal(0, r.code, r.err)
    assert.equal(("%s/rename_all.lua\n%s/rename_all_spec.lua\n"):format(folder, folder), r.out)
    assert.equal(("next: hwdb run %s/rename_all.lua --sim, hwdb check %s/rename_all.lua, lua5.4 /usr/bin/busted %s/rename_all_spec.lua\n"):format(
      folder, folder, folder), r.err)
    for _, name in ipairs({ "rename_all.lua", "rename_all_spec.lua" }) do
      assert.is_nil(cli.read(folder .. "/" .. name):find("{{", 1, true))
    end
  end)

  it("whose spec passes", function()
    local _, folder = made("passing")
    local r = cli.shell(("cd %s && lua5.4 /usr/bin/busted passing_spec.lua"):format(cli.quoted(folder)))
    assert.equal(0, r.code, r.out .. r.err)
    assert.matches("6 successes / 0 failures / 0 errors / 0 pending", r.out, 1, true)
  end)

  it("whose files please the linter with its own defaults, by the longest name too", function()
    for _, name in ipairs({ "linted", LONG }) do
      local _, folder = made(name)
      local r = cli.shell(("cd %s && luacheck --no-config --std lua54 --no-color %s.lua %s_spec.lua"):format(cli.quoted(folder),
        name, name))
      assert.equal(0, r.code, r.out .. r.err)
    end
  end)

  it("whose runbook has help, runs, is planned, and is nothing but right", function()
    local _, folder = made("whole")
    local path = folder .. "/whole.lua"
    local help = cli.run({ "run", path, "--help" })
    assert.equal(0, help.code, help.err)
    assert.matches("^whole: Gives a DDM instance another name\n", help.out)
    local run = cli.run({ "run", path, "--sim" })
    assert.equal(0, run.code, run.out .. run.err)
    assert.matches("is now called renamed%-by%-hwdb", run.out)
    local plan = cli.run({ "plan", path, "--sim" })
    assert.equal(0, plan.code, plan.err)
    assert.matches("whole, 1 changes\n   1  ddm.update_instance_name ", plan.out, 1, true)
    assert.equal(0, cli.run({ "check", path }).code)
    local policy = cli.run({ "policy", path, "--check" })
    assert.equal(0, policy.code, policy.err)
  end)

  it("writes into the folder it is called in", function()
    local r = cli.shell(("cd %s && %s && ls here.lua here_spec.lua"):format(cli.quoted(cli.folder()),
      cli.command({ "new", "here" }):gsub("'build/hwdb'", cli.quoted(os.getenv("PWD") .. "/build/hwdb"))))
    assert.equal(0, r.code, r.out .. r.err)
    assert.matches("next: hwdb run ./here.lua --sim", r.err, 1, true)
  end)

  it("overwrites nothing, not even one of the two", function()
    local _, folder = made("kept")
    cli.write(folder .. "/kept.lua", "mine")
    local r = made("kept")
    assert.equal(2, r.code)
    assert.equal(("hwdb: %s/kept.lua is there already\n  remedy: nothing has been written; give another name or folder\n"):format(
      folder), r.err)
    assert.equal("mine", cli.read(folder .. "/kept.lua"))
    cli.write(folder .. "/half_spec.lua", "mine")
    assert.equal(2, made("half").code)
    assert.is_nil(cli.read(folder .. "/half.lua"))
  end)

  it("refuses names that are none", function()
    for _, name in ipairs({ "", "a b", "a-b", "../a", "a/b", "a.lua", "Big", "1st", "_a", ("a"):rep(41), "é" }) do
      local r = made(name)
      assert.equal(2, r.code, name)
      assert.matches(("hwdb: %q is no name for a runbook\n"):format(name), r.err, 1, true)
    end
    local r = made("ddm_shard_clean")
    assert.equal("hwdb: ddm_shard_clean is the name of a shipped runbook\n  remedy: give another name\n", r.err)
  end)

  it("refuses no name, two names, and a folder that is not there", function()
    assert.equal(2, cli.run({ "new" }).code)
    assert.equal(2, cli.run({ "new", "a", "b" }).code)
    local r = cli.run({ "new", "a", "--folder", "/nowhere/at/all" })
    assert.equal("hwdb: there is no folder /nowhere/at/all\n  remedy: make it first: mkdir /nowhere/at/all\n", r.err)
    assert.equal(2, r.code)
  end)
end)
