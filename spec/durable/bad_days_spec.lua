-- SPDX-License-Identifier: Apache-2.0
-- Bad input and bad days: each has a defined outcome, and none of them does anything twice.
local control = require("hwdb.runbook.control")
local core = require("hwdb.core")
local runbook = require("hwdb.runbook")
local runs = require("hwdb.runbook.runs")
local support = require("spec.durable.support")

local HOUR, DAY = 3600000, 86400000

local RESTART = [[function(run, p)
  run:ask{ name = "go", question = "Go?" }
  local args = { instance_id = p.instance_id, restart = { type = "soft" } }
  run:wait_for("ddm.restart_instance", args, run.ddm:restart_instance(args))
end]]

local GO = { accept = { "go" } }

local worlds = {}

local function world_of(options)
  local world = support.world(options)
  worlds[#worlds + 1] = world
  return world
end

local function tell(world, what, ...)
  local id, args = support.latest(world).id, table.pack(...)
  return support.with_journal(world, function(store) return what(store, runs.get(store, id), table.unpack(args, 1, args.n)) end)
end

local function waiting(world, body, options)
  local rb = support.book(body or RESTART)
  local result = support.run(world, rb, options)
  assert.equal("waiting", result.state, tostring(result.error))
  return result, rb
end

describe("a bad day:", function()
  after_each(function()
    for _, world in ipairs(worlds) do support.clean(world) end
    worlds = {}
  end)

  it("a second runner on the same target is told who, where and since when", function()
    local world = world_of()
    local first = assert(core.store(world.folder .. "/hwdb"))
    local target = "ddm/" .. world.instance.id
    assert.is_true(first:lock(target, { run = "20260101-0800-aaaaaa", operator = "alice", host = "hosta", pid = 7,
      since = 1767254400000 }))
    local result = support.run(world, support.book(RESTART), GO)
    assert.equal(1, result.exit)
    assert.equal("locked", result.error.kind)
    assert.equal(("%s is taken: run 20260101-0800-aaaaaa of alice on hosta, process 7, since 2026-01-01 08:00:00 +00:00"):format(
      target), result.error.message)
    assert.same({}, support.ops(world))
    first:close()
    assert.equal("done", support.resume(world, result.run, GO).state)
    assert.same({ "restart_instance" }, support.ops(world))
  end)

  it("a second runner of the same run is refused", function()
    local world = world_of()
    local result = waiting(world)
    local other = assert(core.store(world.folder .. "/hwdb"))
    other:lock("run/" .. result.run, { run = result.run, operator = "bob", host = "hostb", pid = 8, since = 1767254400000 })
    local again = support.resume(world, result.run, GO)
    assert.equal("locked", again.error.kind)
    assert.matches("of bob on hostb", again.error.message, 1, true)
    other:close()
  end)

  it("a header's targets are locked before anything is read", function()
    local world = world_of()
    local first = assert(core.store(world.folder .. "/hwdb"))
    first:lock("ddm/" .. world.instance.id, { run = "other" })
    local requests = #world.sim:requests()
    local result = support.run(world, support.book("function(run, p) run.ddm:show_instance{ instance_id = p.instance_id } end",
      'targets = { "ddm/{instance_id}" },'))
    assert.equal("locked", result.error.kind)
    assert.equal(requests, #world.sim:requests())
    first:close()
  end)

  it("a script edited between kill and resume does not matter: the run goes on with its own", function()
    local world = world_of()
    local result = waiting(world)
    assert.equal("done", support.resume(world, result.run, GO).state)
    assert.same({ "restart_instance" }, support.ops(world))
  end)

  it("a new script is taken only if it replays what was done", function()
    local world = world_of()
    local body = [[function(run, p)
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
      run:ask{ name = "go", question = "Go?" }
      %s
    end]]
    local function text(b)
      return support.book(b).source
    end
    local result = waiting(world, body:format(""))
    local refused = support.resume(world, result.run, { accept = { "go" },
      script = text(body:format(""):gsub("renamed", "otherwise")) })
    assert.equal(2, refused.exit)
    assert.equal("replay", refused.error.kind)
    assert.matches('journal: change ddm.update_instance_name {"instance_id":"' .. world.instance.id .. '","name":"renamed"}',
      refused.error.message, 1, true)
    assert.matches('"name":"otherwise"}', refused.error.message, 1, true)
    assert.matches("at:      probe.lua:", refused.error.message, 1, true)
    local shorter = support.resume(world, result.run, { script = text("function(run, p) end") })
    assert.matches("leaves out what the journal has", shorter.error.message, 1, true)
    assert.same({ "update_instance_name" }, support.ops(world))
    local taken = support.resume(world, result.run, { accept = { "go" },
      script = text(body:format("run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = 'soft' } }")) })
    assert.equal("done", taken.state)
    assert.same({ "update_instance_name", "restart_instance" }, support.ops(world))
  end)

  it("a parameter changed on resume is refused", function()
    local world = world_of()
    local result = waiting(world)
    local again = support.resume(world, result.run, { accept = { "go" }, params = { instance_id = "another" } })
    assert.equal(2, again.exit)
    assert.matches(('a run goes on with the parameters it began with: instance_id was "%s" and is "another" now'):format(
      world.instance.id), again.error.message, 1, true)
    assert.equal("waiting", support.latest(world).state)
  end)

  it("a secret is asked for again, must be the same, or is said to be rotated", function()
    local world = world_of()
    local result = waiting(world, nil, { params = { instance_id = world.instance.id, secret = "canary-1" } })
    local missing = support.resume(world, result.run, GO)
    assert.equal(2, missing.exit)
    assert.matches("the secret secret is needed again", missing.error.message, 1, true)
    local other = support.resume(world, result.run, { accept = { "go" }, params = { secret = "canary-2" } })
    assert.matches("is not the one this run began with", other.error.message, 1, true)
    assert.is_nil(other.error.message:find("canary", 1, true))
    local rotated = support.resume(world, result.run, { accept = { "go" }, params = { secret = "canary-2" },
      rotated = { "secret" } })
    assert.equal("done", rotated.state)
    local pipe = io.popen("cat '" .. world.folder .. "'/hwdb/*")
    assert.is_nil(pipe:read("a"):find("canary", 1, true))
    pipe:close()
    support.with_journal(world, function(store)
      local said = {}
      for _, entry in ipairs(store:audit_list(0)) do said[entry.data.what] = entry.data end
      assert.same({ "secret" }, { table.unpack(said.rotated.names) })
    end)
  end)

  it("a clock that jumps a day ahead ends no wait without a last look; one set back stands still", function()
    local world = world_of()
    local rb = support.book(RESTART)
    local jumped = false
    local client = setmetatable({ sleep = function(_, seconds)
      if not jumped then
        jumped = true
        world.sim:advance(2 * 86400)
      end
      return world.client:sleep(seconds)
    end, now = function() return world.client:now() end }, { __index = function(_, name) return world.client[name] end })
    assert.equal("done", support.run(world, rb, { accept = { "go" }, client = client }).state)
    local back = world_of()
    local shift = 0
    local slow = setmetatable({ sleep = function(_, seconds) return back.client:sleep(seconds) end,
      now = function() return back.client:now() + shift end }, { __index = function(_, name) return back.client[name] end })
    local seen = support.run(back, support.book([[function(run)
      local first = run:now()
      run:sleep(1)
      return run:now() - first
    end]]), { client = slow })
    assert.equal(1000, seen.value)
    local slept = 0
    slow = setmetatable({ sleep = function(_, seconds)
      slept, shift = slept + seconds, -DAY
      return back.client:sleep(seconds)
    end, now = function() return back.client:now() + shift end }, { __index = function(_, name) return back.client[name] end })
    shift = 0
    local result = support.run(back, support.book([[function(run)
      run:sleep(100)
      local before = run:now()
      run:sleep(5)
      return run:now() - before
    end]]), { client = slow })
    assert.equal("done", result.state)
    assert.equal(105, slept)
    assert.equal(0, result.value)
  end)

  it("an expired token after a week's pause fails the read, and the run goes on once there is a new one", function()
    local world = world_of()
    local refusing = true
    local real = world.client.ddm
    local ddm = setmetatable({}, { __index = function(_, op)
      return function(_, args)
        if refusing then return nil, core.error({ kind = "auth", status = 401, message = "the token has expired", attempts = 1,
          retryable = false, in_doubt = false }) end
        return real[op](real, args)
      end
    end })
    local client = setmetatable({ ddm = ddm, sleep = function(_, s) return world.client:sleep(s) end,
      now = function() return world.client:now() end }, { __index = function(_, name) return world.client[name] end })
    local result = support.run(world, support.book([[function(run, p)
      run.ddm:show_instance{ instance_id = p.instance_id }
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
    end]]), { client = client })
    assert.equal("failed", result.state)
    assert.equal("auth", result.error.kind)
    world.sim:advance(7 * 86400)
    refusing = false
    assert.equal("done", support.resume(world, result.run, { client = client }).state)
    assert.same({ "update_instance_name" }, support.ops(world))
  end)

  it("a cloud restored to an older state ends a wait for what is gone, and sends nothing", function()
    local world = world_of()
    local result = waiting(world, [[function(run, p)
      local args = { instance_id = p.instance_id, restart = { type = "soft" } }
      local answer = run.ddm:restart_instance(args)
      run:ask{ name = "go", question = "Go?" }
      run:wait_for("ddm.restart_instance", args, answer)
    end]])
    world.sim.state.ddm.jobs = {}
    local again = support.resume(world, result.run, GO)
    assert.equal("failed", again.state)
    assert.equal("The task is not found.", again.error.message)
    assert.same({ "restart_instance" }, support.ops(world))
  end)

  it("a foreign change of what a step relies on stops it with a difference; put back, it goes on", function()
    local world = world_of()
    local body = [[function(run, p)
      run:step("rename", function()
        run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, fields = { "name", "status" } }
        run:ask{ name = "go", question = "Go?" }
        run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
      end)
    end]]
    local result = waiting(world, body)
    world.instance.name = "taken-over"
    local stopped = support.resume(world, result.run, GO)
    assert.equal("waiting", stopped.state)
    assert.equal(3, stopped.exit)
    assert.equal('somebody else changed what ddm.show_instance shows; nothing was sent: name: "ddm-orders" was seen, "taken-over" is there',
      stopped.error.message)
    assert.same({}, support.ops(world))
    world.instance.name = "ddm-orders"
    assert.equal("done", support.resume(world, result.run, GO).state)
  end)

  it("an answer without anything is nothing to compare with: the run stops, and looks again when it is taken up", function()
    for nth = 1, 2 do
      local world = world_of({ faults = { { op = "ddm.show_instance", ["do"] = "empty", nth = nth } } })
      local result = support.run(world, support.book([[function(run, p)
        run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, fields = { "name" } }
        run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
      end]]))
      assert.same({ "waiting", 3 }, { result.state, result.exit })
      assert.matches("^ddm.show_instance answers nothing, so nobody sees .*; nothing was sent$", result.error.message)
      assert.same({}, support.ops(world))
      assert.equal("done", support.resume(world, result.run).state)
    end
  end)

  it("approval by nobody, late, for another plan, twice", function()
    local world = world_of()
    local result = waiting(world)
    assert.equal("waiting", support.resume(world, result.run).state)
    assert.equal("go", result.gate.name)
    local now = world.sim:now()
    assert.matches("^go: approved by ", tell(world, control.approve, { hours = 1, now = now }))
    assert.matches("was approved by .* already; it holds until 2026%-01%-01 09:00", tell(world, control.approve, { hours = 5, now = now }))
    world.sim:advance(2 * 3600)
    local late, reporter = support.resume(world, result.run)
    assert.equal("waiting", late.state)
    assert.is_true(reporter:has("warn the approval of go by .* has expired at 2026%-01%-01 09:00"))
    tell(world, control.approve, { hours = 1, now = now + 2 * HOUR })
    support.with_journal(world, function(store)
      local key = result.run .. "/go"
      local approval = core.decode(store:kept("approval", key))
      approval.hash = "of another plan"
      store:keep("approval", key, core.encode(approval))
    end)
    assert.equal("waiting", support.resume(world, result.run).state)
    tell(world, control.approve, { hours = 1, now = now + 2 * HOUR })
    local done, said = support.resume(world, result.run)
    assert.equal("done", done.state)
    assert.is_true(said:has("ok Go%?: approved by "))
    assert.has_error(function() tell(world, control.approve, {}) end)
  end)

  it("a window that never opens again hands over, also when it closed while the run was down", function()
    local world = world_of()
    local body = [[function(run, p)
      run:enter(run:window{ from = "2026-01-01 09:00", to = "10:00", zone = "UTC" })
      run:ask{ name = "go", question = "Go?" }
      run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
    end]]
    local result = waiting(world, body)
    world.sim:advance(DAY // 1000)
    local again = support.resume(world, result.run, GO)
    assert.equal(3, again.exit)
    assert.matches("has passed: nothing is begun any more", again.error.message, 1, true)
    assert.same({}, support.ops(world))
  end)

  it("a state that nobody knows is told once and waited on until the deadline", function()
    local world = world_of()
    world.instance.status = "PONDERING"
    local result, reporter = support.run(world, support.book([[function(run, p)
      run:wait{ name = "the instance", op = "ddm.show_instance", args = { instance_id = p.instance_id }, field = "status",
        success = { "RUNNING" }, pending = { "RESTARTING" }, timeout = 600 }
    end]]))
    assert.equal("timeout", result.error.kind)
    local count = 0
    for _, line in ipairs(reporter.lines) do
      if line:find("the state PONDERING is not one this runbook knows; it counts as pending", 1, true) then count = count + 1 end
    end
    assert.equal(1, count)
  end)

  it("a person's word settles what no probe can: done is adopted, not done is sent again", function()
    for _, done in ipairs({ true, false }) do
      local world = world_of({ faults = { { op = "ddm.reload_table_data", ["do"] = done and "reset_after" or "reset_before" } } })
      local result = support.run(world, support.book([[function(run, p)
        run.ddm:reload_table_data{ instance_id = p.instance_id }
      end]]))
      assert.equal("in_doubt", result.state)
      assert.equal(3, result.exit)
      assert.matches("^IN_DOUBT", result.error.message)
      assert.matches("hwdb resolve " .. result.run, result.error.remedy, 1, true)
      assert.equal("in_doubt", support.resume(world, result.run).state)
      tell(world, control.resolve, { done = done, reason = "looked at the console" })
      assert.equal("done", support.resume(world, result.run).state)
      assert.same({ "reload_table_data" }, support.ops(world))
      assert.has_error(function() tell(world, control.resolve, { done = true, reason = "again" }) end)
    end
  end)

  it("an answer that was given in an earlier go is no answer too many in the next", function()
    local world = world_of()
    local rb = support.book([[function(run, p)
      if run:ask{ name = "go", question = "Go?" } then
        run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
      end
      run:ask{ name = "on", question = "On?" }
    end]])
    local first = support.run(world, rb, GO)
    local second, reporter = support.resume(world, first.run, { accept = { "go", "on", "more" } })
    assert.equal("done", second.state)
    assert.is_true(reporter:has("^warn accept=more: "))
    assert.is_false(reporter:has("^warn accept=go"))
  end)

  it("an answer to resume or cancel a run that has ended is refused", function()
    local world = world_of()
    local result = support.run(world, support.book(RESTART), GO)
    assert.equal(2, support.resume(world, result.run).exit)
    assert.has_error(function() tell(world, control.cancel, {}) end)
    assert.has_error(function() tell(world, control.pause) end)
    local missing = support.resume(world, (result.run:gsub("%x$", "z")))
    assert.equal(2, missing.exit)
    assert.matches("did you mean " .. result.run, missing.error.message, 1, true)
  end)

  it("cancel gives a waiting run up, with or without taking back", function()
    local world = world_of()
    waiting(world)
    tell(world, control.cancel, {})
    assert.equal("cancelled", support.latest(world).state)
  end)

  local RENAMES = [[function(run, p)
    local before = run.ddm:show_instance{ instance_id = p.instance_id }.name
    run:undo{ name = "the old name", run = function() run.ddm:update_instance_name{ instance_id = p.instance_id, name = before } end }
    run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
    run:ask{ name = "go", question = "Go?" }
  end]]

  it("a run that was given up can be taken back afterwards, once", function()
    local world = world_of()
    local result = waiting(world, RENAMES)
    tell(world, control.cancel, {})
    local ok, err = pcall(tell, world, control.cancel, {})
    assert.same({ false, ("to take back what it did: hwdb cancel %s --rollback"):format(result.run) }, { ok, err.remedy })
    assert.equal(2, support.resume(world, result.run).exit)
    assert.equal("rolling back", tell(world, control.cancel, { rollback = true }))
    assert.equal("rolled_back", support.resume(world, result.run, { rollback = true }).state)
    assert.same({ "update_instance_name", "update_instance_name" }, support.ops(world))
    assert.equal("ddm-orders", world.sim.state.ddm.instances[1].name)
    assert.has_error(function() tell(world, control.cancel, { rollback = true }) end)
    assert.equal(2, support.resume(world, result.run, { rollback = true }).exit)
  end)

  it("a run is not taken back over what another run did since, unless that was taken back itself", function()
    local world = world_of()
    local first = waiting(world, RENAMES)
    tell(world, control.cancel, {})
    world.sim:advance(60)
    local second = waiting(world, RENAMES)
    local effects = support.ops(world)
    local function back(store) return control.cancel(store, runs.get(store, first.run), { rollback = true }) end
    local ok, err = pcall(support.with_journal, world, back)
    assert.is_false(ok)
    assert.equal(("the run %s has changed ddm/%s since (ddm.update_instance_name): taking back could take that back too; nothing "
      .. "was sent"):format(second.run, world.instance.id), err.message)
    assert.equal(("look at both and take back by hand: hwdb show %s, hwdb show %s"):format(first.run, second.run), err.remedy)
    assert.same(effects, support.ops(world))
    assert.equal("rolled_back", support.resume(world, second.run, { rollback = true }).state)
    assert.equal("rolling back", support.with_journal(world, back))
    assert.equal("rolled_back", support.resume(world, first.run, { rollback = true }).state)
    assert.equal("ddm-orders", world.sim.state.ddm.instances[1].name)
  end)

  it("a run that is done is not taken back", function()
    local world = world_of()
    support.run(world, support.book(RENAMES), GO)
    local ok, err = pcall(tell, world, control.cancel, { rollback = true })
    assert.same({ false, "what a run did to its end is undone by another runbook" }, { ok, err.remedy })
  end)

  it("a journal that became read-only stops a run before anything is sent; writable again, the run goes on", function()
    local vfs, process, children = require("vfs"), require("process"), require("spec.store.support")
    local folder, told = children.folder()
    assert(os.execute("mkdir -p " .. folder))
    for _, path in ipairs({ folder:match("^(.*)/"), folder:match("^(.*)/[^/]*/") }) do vfs.mode(path, "0755") end
    if vfs.user() == 0 then vfs.owner(folder, 65534) end
    local pid = children.child(told, function(line)
      if vfs.user() == 0 then vfs.become(65534) end
      vfs.mode(folder, "0700")
      local world = support.world()
      local options = { client = world.client, state_dir = folder .. "/hwdb", params = { instance_id = world.instance.id } }
      local result = runbook.run(support.book(RESTART), options)
      local requests = #world.sim:requests()
      vfs.mode(folder .. "/hwdb/journal.db", "0400")
      options.accept = { "go" }
      local refused = runbook.resume(result.run, options)
      local fresh = runbook.run(support.book(RESTART), options)
      line(("%s %s %s %d %d %s %d"):format(result.state, refused.error.code, refused.error.message:gsub(folder, "FOLDER"), refused.exit,
        fresh.exit, fresh.error.code, #world.sim:requests() - requests))
      vfs.mode(folder .. "/hwdb/journal.db", "0600")
      line(runbook.resume(result.run, options).state .. " " .. table.concat(support.ops(world), " "))
    end)
    process.wait(pid)
    assert.same({ "waiting store.readonly cannot write FOLDER/hwdb/journal.db: Permission denied 2 2 store.readonly 0",
      "done restart_instance" }, children.lines(told))
    vfs.mode(folder, "0700")
    children.clean()
  end)

  it("pause and cancel reach a run that is being carried out before its next change", function()
    for want, state in pairs({ pause = "paused", cancel = "cancelled" }) do
      local world = world_of()
      local rb = support.book([[function(run, p)
        run:sleep(10)
        run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
      end]])
      local store = assert(core.store(world.folder .. "/hwdb"))
      local client = setmetatable({ sleep = function(_, seconds)
        local run = runbook.list(store)[1]
        local other = assert(core.store(world.folder .. "/hwdb"))
        control[want](other, run, {})
        other:close()
        return world.client:sleep(seconds)
      end, now = function() return world.client:now() end }, { __index = function(_, name) return world.client[name] end })
      local result = runbook.run(rb, { client = client, journal = store, params = { instance_id = world.instance.id } })
      store:close()
      assert.equal(state, result.state)
      assert.same({}, support.ops(world))
      if want == "pause" then
        assert.equal("done", support.resume(world, result.run).state)
        assert.same({ "restart_instance" }, support.ops(world))
      end
    end
  end)

  it("cancel that was asked for just before the process died holds when the run is taken up", function()
    for _, rollback in ipairs({ false, true }) do
      local world = world_of()
      local result = waiting(world)
      support.with_journal(world, function(store)
        store:keep("control", result.run, core.encode({ want = "cancel", by = "alice", rollback = rollback or nil, at = 0 }))
      end)
      local again = support.resume(world, result.run, GO)
      assert.equal(rollback and "rolled_back" or "cancelled", support.latest(world).state)
      if not rollback then assert.matches("was cancelled by alice", again.error.message, 1, true) end
      assert.same({}, support.ops(world))
    end
  end)

  it("a window counts for every change of its step, and ends with it", function()
    local world = world_of()
    local body = [[function(run, p)
      run:step("inside", function()
        run:enter(run:window{ from = "2026-01-01 09:00", to = "10:00", zone = "UTC" })
        run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
        %s
      end)
      %s
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = "again" }
    end]]
    local late = "run:sleep(7200) run.ddm:update_instance_name{ instance_id = p.instance_id, name = 'late' }"
    local result = support.run(world, support.book(body:format(late, "")))
    assert.equal(3, result.exit)
    assert.same({ "update_instance_name" }, support.ops(world))
    world = world_of()
    assert.equal("done", support.run(world, support.book(body:format("", "run:sleep(7200)"))).state)
  end)

  it("a Ctrl-C while it waits leaves the cloud at work, and the run is taken up where it was", function()
    local world = world_of()
    local stop = true
    local client = setmetatable({ sleep = function(_, seconds)
      if stop then return nil, core.error({ kind = "cancelled", message = "interrupted", attempts = 0, retryable = false,
        in_doubt = false }) end
      return world.client:sleep(seconds)
    end, now = function() return world.client:now() end }, { __index = function(_, name) return world.client[name] end })
    local result = support.run(world, support.book(RESTART), { accept = { "go" }, client = client })
    assert.equal("interrupted", result.state)
    assert.equal(130, result.exit)
    stop = false
    assert.equal("done", support.resume(world, result.run).state)
    assert.same({ "restart_instance" }, support.ops(world))
  end)

  it("a second Ctrl-C gives a change in flight up: its outcome is looked up when the run is taken up", function()
    local world = world_of()
    local real, given_up = world.client.ddm, true
    local ddm = setmetatable({}, { __index = function(_, op)
      if op == "each" then return function(_, ...) return real:each(...) end end
      return function(_, args)
        local body, info = real[op](real, args)
        if op == "restart_instance" and given_up then
          return nil, core.error({ kind = "cancelled", message = "interrupted; its outcome is unknown", attempts = 1,
            retryable = false, in_doubt = true })
        end
        return body, info
      end
    end })
    local client = setmetatable({ ddm = ddm, sleep = function(_, s) return world.client:sleep(s) end,
      now = function() return world.client:now() end }, { __index = function(_, name) return world.client[name] end })
    local result = support.run(world, support.book(RESTART), { accept = { "go" }, client = client })
    assert.equal("in_doubt", result.state)
    assert.equal(3, result.exit)
    given_up = false
    local again, reporter = support.resume(world, result.run, { client = client })
    assert.equal("done", again.state)
    assert.is_true(reporter:has("took place; its answer is adopted"))
    assert.same({ "restart_instance" }, support.ops(world))
  end)

  it("a change that was stopped before it left is known not to have happened: no person is asked", function()
    local world = world_of()
    local real, stop = world.client.ddm, true
    local ddm = setmetatable({}, { __index = function(_, op)
      return function(_, args)
        if op == "reload_table_data" and stop then
          return nil, core.error({ kind = "cancelled", message = "interrupted", attempts = 0, retryable = false, in_doubt = false })
        end
        return real[op](real, args)
      end
    end })
    local client = setmetatable({ ddm = ddm, sleep = function(_, s) return world.client:sleep(s) end,
      now = function() return world.client:now() end }, { __index = function(_, name) return world.client[name] end })
    local result = support.run(world, support.book([[function(run, p)
      run.ddm:reload_table_data{ instance_id = p.instance_id }
    end]]), { client = client })
    assert.equal("interrupted", result.state)
    stop = false
    assert.equal("done", support.resume(world, result.run, { client = client }).state)
    assert.same({ "reload_table_data" }, support.ops(world))
  end)

  it("another account on resume is refused", function()
    local world = world_of()
    local result = waiting(world)
    local elsewhere = assert(require("hwdb").client({ sim = world.sim, region = "eu-west-101" }))
    elsewhere.is_virtual = nil
    local again = support.resume(world, result.run, { accept = { "go" }, client = elsewhere })
    assert.equal(2, again.exit)
    assert.matches("this run is of another account", again.error.message, 1, true)
  end)
end)

describe("the audit chain", function()
  it("has one entry a change and a finished wait, and shows what was altered, moved or cut off", function()
    local world = world_of()
    local result = support.run(world, support.book(RESTART), GO)
    support.with_journal(world, function(store)
      local found = control.verify_audit(store, result.head)
      assert.same({ count = 3, head = result.head }, found)
      assert.equal("the head hash given is nowhere in the chain: its tail was cut off, or it was written anew",
        control.verify_audit(store, ("0"):rep(64)).problem)
      local altered = { audit_list = function(_, after, max)
        local page = store:audit_list(after, max)
        if page[2] then page[2].data.op = "ddm.something_else" end
        return page
      end }
      assert.matches("^record 2 of the audit is not what was written", control.verify_audit(altered).problem)
      local swapped = { audit_list = function(_, after, max)
        local page = store:audit_list(after, max)
        if page[2] then page[1], page[2] = page[2], page[1] end
        return page
      end }
      assert.is_string(control.verify_audit(swapped).problem)
    end)
    support.clean(world)
  end)
end)

describe("thirty days of polling", function()
  it("leave the journal and the memory as they were", function()
    local world = world_of()
    world.instance.status = "RESTARTING"
    local sizes = {}
    local polls = 0
    local client = setmetatable({ sleep = function(_, seconds)
      polls = polls + 1
      if polls == 100 or polls == 25000 then
        collectgarbage()
        collectgarbage()
        local pipe = io.popen("stat -c %s '" .. world.folder .. "'/hwdb/* | paste -sd+ | bc")
        sizes[#sizes + 1] = { math.tointeger(tonumber(pipe:read("l"))), collectgarbage("count") }
        pipe:close()
        -- The simulator remembers its latest requests; that is not the engine's memory.
        world.sim.log.requests = {}
      end
      world.sim.state.now = world.sim.state.now + math.floor(seconds * 1000)
      return true
    end, now = function() return world.sim.state.now end, ddm = { show_instance = function()
      return { status = "RESTARTING" }
    end } }, { __index = function(_, name) return world.client[name] end })
    local result = support.run(world, support.book([[function(run, p)
      run:wait{ name = "the instance", op = "ddm.show_instance", args = { instance_id = p.instance_id }, field = "status",
        success = { "RUNNING" }, interval = 100, timeout = 30 * 86400 }
    end]]), { client = client, report = {} })
    assert.equal("timeout", result.error.kind)
    assert.is_true(polls > 25000)
    assert.equal(sizes[1][1], sizes[2][1])
    assert.is_true(sizes[2][2] - sizes[1][2] < 64, "memory grew")
    print(("%d polls, 0 violations"):format(polls))
    support.clean(world)
  end)
end)
