-- SPDX-License-Identifier: Apache-2.0
-- A bounded part of `make torture`, with real processes and SIGKILL; and what the command says.
local cli = require("spec.support.cli")

describe("hwdb torture", function()
  teardown(cli.clean)

  it("kills the shipped migration at spread points, twice, and with a lost answer, without a violation", function()
    local r = cli.shell("lua5.4 spec/support/torture_all.lua " .. cli.quoted(cli.program) .. " bounded")
    assert.equal(0, r.code, r.out .. r.err)
    local points, kills = r.out:match("\n(%d+) points, (%d+) kills carried out, 0 violations\n$")
    assert.is_true(tonumber(points) >= 15 and tonumber(kills) >= 15, r.out)
    print(r.out:match("[^\n]+\n$"))
  end)

  local TWICE = [[return { name = "twice", summary = "Not safe to repeat", params = {}, run = function(run)
    local id = run.ddm:list_instances{}.instances[1].id
    run.ddm:update_instance_name{ instance_id = id, name = "renamed" }
    run.ddm:restart_instance{ instance_id = id, restart = { type = "soft" } }
  end }]]

  it("takes a runbook of one's own, and says how many points there were", function()
    local r = cli.run({ "torture", cli.file("own.lua", TWICE), "--points", "6" })
    assert.equal(0, r.code, r.out .. r.err)
    assert.matches("^undisturbed: %d+ points, 2 changes, exit code 0\n%d+ kills carried out\n6 points, 0 violations\n$", r.out)
  end)

  it("runs what belongs before first, undisturbed, and once: the clearing needs a recorded verification", function()
    local r = cli.run({ "torture", "ddm_shard_clean", "--points", "4" })
    assert.equal(0, r.code, r.out .. r.err)
    assert.matches("^undisturbed: %d+ points, 1 changes, exit code 0\n4 kills carried out\n4 points, 0 violations\n$", r.out)
  end)

  it("takes runbooks to run before, and a world out of an inventory", function()
    local account = cli.folder() .. "/account.json"
    assert.equal(0, cli.run({ "inventory", "--sim", "--services", "ddm", "--pace", "0.001", "--output", account }).code)
    local first = cli.file("first.lua", [[return { name = "first", summary = "Leaves a word", params = {
      { name = "word", type = "string", required = true, help = "it" } }, run = function(run, p)
        if not run:ask{ name = "leave it", question = "Leave it?" } then run:fail("no") end
        run.ddm:update_instance_name{ instance_id = run.ddm:list_instances{}.instances[1].id, name = "before" }
        run:record("first/word", p.word)
      end }]])
    local second = cli.file("second.lua", [[return { name = "second", summary = "Needs the word", params = {}, run = function(run)
        local id = run.ddm:list_instances{}.instances[1].id
        if run.ddm:show_instance{ instance_id = id }.name ~= "before" then run:fail("not before") end
        run.ddm:update_instance_name{ instance_id = id, name = run:recorded("first/word") }
      end }]])
    local before = ("'%s' word=\"ddm-after\" 'accept=leave it'"):format(first)
    local r = cli.run({ "torture", second, "--before", before, "--seed-from", account, "--points", "5" })
    assert.equal(0, r.code, r.out .. r.err)
    assert.matches("^undisturbed: %d+ points, 1 changes, exit code 0\n", r.out)
    assert.matches("\n5 points, 0 violations\n$", r.out)
    r = cli.run({ "torture", second, "--before", first .. " word=x" })
    assert.equal(1, r.code)
    assert.matches("first.lua, to be run before, ends with exit code 3:\n", r.err, 1, true)
  end)

  it("loses the answer of each change, and tells where a person has to be asked", function()
    local book = cli.file("reload.lua", [[return { name = "reload", summary = "Nothing shows whether it took place", params = {},
      run = function(run)
        local id = run.ddm:list_instances{}.instances[1].id
        run.ddm:reload_table_data{ instance_id = id }
        run.ddm:update_instance_name{ instance_id = id, name = "after" }
      end }]])
    local r = cli.run({ "torture", book, "--points", "1", "--lost-answers" })
    assert.equal(0, r.code, r.out .. r.err)
    assert.matches("\n6 answers lost, 3 of them left to a person\n7 points, 0 violations\n$", r.out)
  end)

  it("tells an answer whose loss does something twice", function()
    -- A program that forgets its doubts and begins anew.
    local repeating = cli.file("repeating", ([[#!/bin/sh
%s "$@"
code=$?
if [ $code = 3 ]; then rm -rf "$XDG_STATE_HOME/hwdb"; exec %s "$@"; fi
exit $code
]]):format(cli.quoted(cli.program), cli.quoted(cli.program)))
    os.execute("chmod +x " .. repeating)
    local r = cli.run({ "torture", cli.file("asks.lua", [[return { name = "asks", summary = "Reloads", params = {}, run = function(run)
      run.ddm:reload_table_data{ instance_id = run.ddm:list_instances{}.instances[1].id } end }]]), "--points", "1", "--lost-answers",
      "--program", repeating })
    assert.equal(1, r.code, r.out .. r.err)
    assert.truthy(r.out:find("violation where the answer of ddm.reload_table_data is lost (reset_after): change 2: undisturbed nothing", 1,
      true), r.out)
  end)

  it("refuses what makes no sense before anything is run", function()
    for words, problem in pairs({ ["--before 'a"] = "holds a quotation mark that is not closed: 'a", ["--before "] = "not nothing",
      ["--seed-from /nowhere"] = "cannot read the inventory: /nowhere", ["--world moon"] = "moon" }) do
      local option, value = words:match("^(%S+) (.*)$")
      local r = cli.run({ "torture", "ddm_shard_clean", option, value })
      assert.equal(2, r.code, r.out)
      assert.truthy(r.err:find(problem, 1, true), r.err)
    end
  end)

  it("shows a violation with its seed, and ends with 1", function()
    -- A program that forgets its journal begins anew, and does everything twice.
    local forgetful = cli.file("forgetful", ([[#!/bin/sh
case "$1" in run|resume) rm -rf "$XDG_STATE_HOME/hwdb";; esac
if [ "$1" = resume ]; then shift; exec %s run %s "$@"; fi
exec %s "$@"
]]):format(cli.quoted(cli.program), cli.quoted(cli.folder() .. "/own.lua"), cli.quoted(cli.program)))
    os.execute("chmod +x " .. forgetful)
    local r = cli.run({ "torture", cli.file("own.lua", TWICE), "--points", "5", "--program", forgetful, "--seed", "3" })
    assert.equal(1, r.code, r.out .. r.err)
    assert.matches("violation at point %d+ %(.-%), seed 3: change 2: undisturbed ", r.out)
    assert.matches("\n5 points, %d violations\n$", r.out)
  end)
end)
