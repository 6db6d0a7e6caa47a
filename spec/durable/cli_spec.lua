-- SPDX-License-Identifier: Apache-2.0
-- The commands about runs, as a person types them; the simulated cloud outlives each of them.
local cjson = require("cjson")
local cli = require("spec.support.cli")
local pipe = require("hwdb.cli.pipe")

local BOOK = [[return { name = "careful", summary = "Asks, then restarts", targets = { "ddm/{instance_id}" },
  params = { { name = "instance_id", type = "string", required = true, help = "it" },
    { name = "secret", type = "secret", help = "a password" } },
  run = function(run, p)
    run:step("restart", function()
      if not run:ask{ name = "go", question = "Go?" } then run:fail("not agreed") end
      local args = { instance_id = p.instance_id, restart = { type = "soft" } }
      run:wait_for("ddm.restart_instance", args, run.ddm:restart_instance(args))
    end)
  end }]]

local sim

-- Runs the program against the spec's simulator.
local function far(args, env)
  local out = cli.folder() .. "/far.out"
  os.remove(out)
  env = env or {}
  env.HWDB_PW = env.HWDB_PW or "canary-password"
  local ended = pipe.serve({ sim = sim, folder = cli.folder(), command = cli.command(args, env) .. " --world-pipe {pipe}",
    output = (">%s 2>&1"):format(cli.quoted(out)) })
  return { code = ended.code, out = cli.read(out) or "" }
end

local function fresh(options)
  cli.clean()
  sim = require("hwdb.sim").new(options or {})
  return sim.state.ddm.instances[1].id, cli.file("careful.lua", BOOK)
end

local function only_run()
  local r = cli.run({ "runs", "--json" })
  assert.equal(0, r.code, r.err)
  return cjson.decode(r.out:match("[^\n]+"))
end

describe("a run at the command line", function()
  teardown(cli.clean)

  it("waits, is shown, approved, taken up, reported and audited; each stop says what to type next", function()
    local id, book = fresh()
    local r = far({ "run", book, "instance_id=" .. id, "secret=env:HWDB_PW", "--notify",
      'echo "$HWDB_EVENT $HWDB_RUN" >>"' .. cli.folder() .. '/told"' })
    assert.equal(3, r.code, r.out)
    local run = only_run()
    assert.equal("waiting", run.state)
    assert.equal("go", run.waiting_for)
    assert.truthy(r.out:find(("next: hwdb approve %s && hwdb resume %s"):format(run.run, run.run), 1, true), r.out)
    assert.equal("waiting " .. run.run .. "\n", cli.read(cli.folder() .. "/told"))
    local shown = cli.run({ "show", run.run })
    assert.truthy(shown.out:find("asks         go: Go?", 1, true), shown.out)
    assert.falsy(shown.out:find("canary", 1, true))
    assert.equal(3, far({ "resume" }).code)
    r = cli.run({ "approve" })
    assert.equal(0, r.code, r.err)
    assert.truthy(r.out:find("next: hwdb resume " .. run.run, 1, true))
    r = far({ "resume" })
    assert.equal(0, r.code, r.out)
    assert.truthy(r.out:find("approved by", 1, true))
    assert.equal("restart_instance", sim:effects()[1].op)
    assert.equal(1, #sim:effects())
    local head = r.out:match("audit head (%x+)")
    assert.equal(0, cli.run({ "audit", "verify", "--head", head }).code)
    assert.equal(1, cli.run({ "audit", "verify", "--head", ("0"):rep(64) }).code)
    assert.equal(2, far({ "resume", run.run }).code)
  end)

  it("is reported as Markdown, JSON and one page that needs nothing else", function()
    local id, book = fresh()
    assert.equal(0, far({ "run", book, "instance_id=" .. id, "secret=env:HWDB_PW", "--accept", "go" }).code)
    local text = cli.run({ "report" }).out
    assert.truthy(text:find("# careful: done", 1, true))
    assert.truthy(text:find("| ddm.restart_instance | restart | " , 1, true))
    assert.truthy(text:find("DATA NOT COMPARED", 1, true))
    local data = cjson.decode(cli.run({ "report", "--format", "json" }).out)
    assert.equal("ddm.restart_instance", data.changes[1].op)
    assert.matches("^%x+$", data.changes[1].request_id)
    local r = cli.run({ "report", "--format", "html", "--output", cli.folder() .. "/r.html" })
    assert.equal(0, r.code, r.err)
    local page = cli.read(cli.folder() .. "/r.html")
    assert.truthy(page:find("<svg", 1, true))
    assert.truthy(page:find(data.changes[1].request_id, 1, true))
    for _, word in ipairs({ "http://", "https://", "<script", "canary", "<link", "@import" }) do
      assert.falsy(page:find(word, 1, true), word)
    end
    assert.equal(2, cli.run({ "report", "--format", "pdf" }).code)
  end)

  it("in doubt is resolved by a person", function()
    local id = fresh({ faults = { { op = "ddm.reload_table_data", ["do"] = "reset_after" } } })
    local book = cli.file("reload.lua", (BOOK:gsub("local args.-\n.-\n", 'run.ddm:reload_table_data{ instance_id = p.instance_id }\n')))
    local r = far({ "run", book, "instance_id=" .. id, "accept=go" })
    assert.equal(3, r.code, r.out)
    local run = only_run()
    assert.equal("in_doubt", run.state)
    assert.truthy(r.out:find("hwdb resolve " .. run.run .. " --done|--not-done --reason TEXT", 1, true), r.out)
    assert.equal(2, cli.run({ "resolve", "--done" }).code)
    assert.equal(2, cli.run({ "resolve", "--done", "--not-done", "--reason", "x" }).code)
    assert.equal(0, cli.run({ "resolve", "--done", "--reason", "seen on the console" }).code)
    assert.equal(0, far({ "resume" }).code)
    assert.equal(1, #sim:effects())
  end)

  it("is planned and applied", function()
    local id, book = fresh()
    local r = far({ "plan", book, "instance_id=" .. id, "secret=env:HWDB_PW" })
    assert.equal(0, r.code, r.out)
    assert.truthy(r.out:find("ddm.restart_instance", 1, true))
    assert.truthy(r.out:find("it asks:\n  go", 1, true), r.out)
    assert.truthy(r.out:find("it would buy:\n  nothing\n\nit cannot undo:\n  nothing", 1, true), r.out)
    assert.equal(0, #sim:effects())
    local plan = r.out:match("next: hwdb apply (%x+)")
    r = far({ "apply", plan, "--accept", "go" })
    assert.equal(0, r.code, r.out)
    assert.equal(1, #sim:effects())
    assert.equal(2, far({ "apply", "nosuchplan" }).code)
  end)

  it("is paused, cancelled and watched", function()
    local id, book = fresh()
    far({ "run", book, "instance_id=" .. id })
    local run = only_run().run
    assert.truthy(cli.run({ "pause", run }).out:find("stands still already", 1, true))
    local r = cli.run({ "watch", run })
    assert.equal(3, r.code)
    assert.truthy(r.out:find("waiting\n", 1, true), r.out)
    assert.equal(0, cli.run({ "cancel", run }).code)
    assert.equal("cancelled", only_run().state)
    assert.equal(2, cli.run({ "cancel", run }).code)
    r = cli.run({ "show", "20990101-0000-000000" })
    assert.equal(2, r.code)
    assert.truthy(r.err:find("there is no run", 1, true))
  end)

  it("is rolled back by cancel --rollback", function()
    local id = fresh()
    local book = cli.file("undone.lua", [[return { name = "undone", summary = "Renames, then stops",
      params = { { name = "instance_id", type = "string", required = true, help = "it" } }, run = function(run, p)
        local before = run.ddm:show_instance{ instance_id = p.instance_id }.name
        run:undo{ name = "the old name", run = function()
          run.ddm:update_instance_name{ instance_id = p.instance_id, name = before }
        end }
        run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
        run:fail("no further")
      end }]])
    local r = far({ "run", book, "instance_id=" .. id })
    assert.equal(1, r.code)
    assert.truthy(r.out:find("--rollback", 1, true), r.out)
    r = far({ "cancel", "--rollback" })
    assert.equal(0, r.code, r.out)
    assert.equal("rolled_back", only_run().state)
    assert.equal("ddm-orders", sim.state.ddm.instances[1].name)
    assert.equal(2, #sim:effects())
  end)

  it("is cancelled first and rolled back later", function()
    local id = fresh()
    local book = cli.file("given-up.lua", [[return { name = "given_up", summary = "Renames, then asks",
      params = { { name = "instance_id", type = "string", required = true, help = "it" } }, run = function(run, p)
        local before = run.ddm:show_instance{ instance_id = p.instance_id }.name
        run:undo{ name = "the old name", run = function()
          run.ddm:update_instance_name{ instance_id = p.instance_id, name = before }
        end }
        run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
        run:ask{ name = "go", question = "Go?" }
      end }]])
    assert.equal(3, far({ "run", book, "instance_id=" .. id }).code)
    local run = only_run().run
    assert.equal("the run is given up; nothing was taken back\n", cli.run({ "cancel", run }).out)
    local r = cli.run({ "cancel", run })
    assert.equal(2, r.code)
    assert.truthy(r.err:find("to take back what it did: hwdb cancel " .. run .. " --rollback", 1, true), r.err)
    r = far({ "cancel", run, "--rollback" })
    assert.equal(0, r.code, r.out)
    assert.equal("rolled_back", only_run().state)
    assert.equal("ddm-orders", sim.state.ddm.instances[1].name)
  end)

  it("killed by SIGKILL is taken up; two at once are not", function()
    local id, book = fresh()
    local second
    local killed = pipe.serve({ sim = sim, folder = cli.folder(), on_answer = function(near)
      if #sim:effects() ~= 1 then return end
      second = cli.run({ "resume", only_run().run })
      near:kill()
    end,
      command = cli.command({ "run", book, "instance_id=" .. id, "--accept", "go" }) .. " --world-pipe {pipe}" })
    assert.is_true(killed.killed)
    assert.equal(1, second.code, second.err)
    assert.matches("run/%S+ is taken: run %S+ of %S+ on %S+, process %d+, since 2026%-01%-01 08:00:00", second.err)
    assert.equal("running", only_run().state)
    local w = cli.run({ "watch" })
    assert.truthy(w.out:find("nobody carries the run out", 1, true), w.out)
    local watcher
    local again = pipe.serve({ sim = sim, folder = cli.folder(), on_answer = function(_, message)
      if watcher or message["do"] ~= "handle" then return end
      watcher = cli.start({ "watch" })
      watcher.first = watcher:line()
    end, command = cli.command({ "resume" }, {}) .. " --world-pipe {pipe}",
      output = (">%s 2>&1"):format(cli.quoted(cli.folder() .. "/out")) })
    local out = cli.read(cli.folder() .. "/out")
    assert.equal(0, again.code, out)
    assert.truthy(out:find("took place; its answer is adopted", 1, true), out)
    assert.equal(1, #sim:effects())
    local code, rest = watcher:wait()
    assert.equal(0, code)
    assert.matches("done\nnext: hwdb report %S+\n$", (watcher.first or "") .. "\n" .. rest)
  end)

  it("is what the demo shows: killed while the route is switched, taken up, switched once, reported", function()
    fresh()
    local r = cli.run({ "demo" }, { env = { TMPDIR = cli.folder() } })
    assert.equal(0, r.code, r.err)
    assert.truthy(r.out:find("the process was killed with SIGKILL", 1, true))
    assert.truthy(r.out:find("ddm.switch_route took place; its answer is adopted", 1, true))
    assert.truthy(r.out:find("\nThe route was switched once.\n", 1, true))
    assert.truthy(cli.read(r.out:match("\nThe report of the run: (%S+)\n")):find("<svg", 1, true))
  end)

  it("goes on in the background with --detach", function()
    fresh()
    local book = cli.file("quick.lua", [[return { name = "quick", summary = "Quick", params = {}, run = function(run)
      run:record("quick", run:now()) end }]])
    local r = cli.run({ "run", book, "--detach" }, { env = { HUAWEICLOUD_SDK_AK = "a", HUAWEICLOUD_SDK_SK = "b",
      HUAWEICLOUD_SDK_REGION = "cn-north-4" } })
    assert.equal(0, r.code, r.err)
    assert.truthy(r.out:find("started in the background", 1, true))
    -- It ends by itself; its lock is free then.
    for _ = 1, 200 do
      local listed = cli.run({ "runs", "--state", "done", "--json" })
      if listed.out ~= "" then break end
      os.execute("sleep 0.05")
    end
    assert.equal("done", only_run().state)
  end)
end)
