-- SPDX-License-Identifier: Apache-2.0
-- Session triage: what is shown, and that nothing is ended but what was confirmed by its number.
local support = require("spec.runbooks.support")

local function triage(world, params, options)
  local given = { client = world.client, store = world.store, sim = world.sim, report = support.reporter(),
    params = { instance_id = world.instance_id } }
  for key, value in pairs(options or {}) do given[key] = value end
  for key, value in pairs(params) do given.params[key] = value end
  local result = require("hwdb.runbook").run_file("ddm_sessions", given)
  return result, given.report
end

local function ids_of(report, name)
  local ids = {}
  for i, row in ipairs(report.tables[name] and report.tables[name].rows or {}) do ids[i] = row[1] end
  return ids
end

-- The reporter of support keeps no tables.
local reporter = support.reporter
function support.reporter()
  local r = reporter()
  r.tables = {}
  local others = r.table
  function r:table(t)
    self.tables[t.name] = t
    if others then others(self, t) end
  end
  return r
end

local function killed(world)
  local list = {}
  for i, effect in ipairs(world.sim:effects()) do list[i] = effect.op end
  return list
end

describe("session triage", function()
  require("spec.runbooks.proofs").of({ name = "ddm_sessions", services = { "ddm" }, accept = { "kill 2 sessions" },
    params = function(world) return { instance_id = world.instance.id, user = "app", kill = true } end,
    effects = { "kill_logical_sessions", "kill_logical_sessions" } })

  local world
  before_each(function() world = support.world() end)

  it("shows all sessions, the oldest first, and changes nothing", function()
    local result, report = triage(world, {})
    assert.is_nil(result.error)
    assert.same({ found = 3, killed = 0 }, result.value)
    assert.same({ "4564302", "4564301", "4564224" }, ids_of(report, "sessions"))
    assert.same({ "4564301", "app", "192.168.0.31:40112", "orders", "Query", 35, "executing",
      "select sum(amount) from orders group by customer" }, report.tables.sessions.rows[2])
    assert.equal("", report.tables.sessions.rows[3][4])
    assert.matches("^3 of 3 sessions of the instance ", report.tables.sessions.note)
    assert.same({}, killed(world))
  end)

  local FILTERS = {
    { { user = { "APP" } }, { "4564302", "4564301" } },
    { { host = { "127.0.0.1" } }, { "4564224" } },
    { { host = { "127.0.0.1:54486" } }, {} },
    { { db = { "orders" } }, { "4564302", "4564301" } },
    { { command = { "sleep" } }, { "4564302" } },
    { { min_seconds = 36 }, { "4564302" } },
    { { sql = "SUM(amount)" }, { "4564301" } },
    { { sql = "select*group by" }, { "4564301" } },
    { { sql = "group by*select" }, {} },
    { { sql = "%w" }, {} },
    { { sql = "*" }, { "4564302", "4564301", "4564224" } },
    { { ids = { "4564224", "4564301" }, min_seconds = 1 }, { "4564301" } },
  }
  for _, case in ipairs(FILTERS) do
    local name, value = next(case[1])
    it(("finds by %s=%s"):format(name, type(value) == "table" and value[1] or value), function()
      local result, report = triage(world, case[1])
      assert.is_nil(result.error)
      assert.same(case[2], ids_of(report, "sessions"))
      assert.equal(#case[2], result.value.found)
    end)
  end

  it("cuts statements where asked, not inside a character", function()
    world.instance.sessions[2].info = "select 'äö'"
    for most, expected in pairs({ [0] = "", [9] = "select '…", [10] = "select 'ä…", [80] = "select 'äö'" }) do
      local _, report = triage(world, { ids = { "4564301" }, sql_chars = most })
      assert.equal(expected, report.tables.sessions.rows[1][8])
    end
  end)

  it("ends what fits once its number is confirmed, and reads the record back", function()
    local result, report = triage(world, { user = { "app" }, kill = true }, { ask = function(q)
      assert.equal("kill 2 sessions", q.name)
      assert.matches("^End 2 sessions of the instance .* %(4564302 of app, 4564301 of app%)%? Open transactions", q.question)
      return "2"
    end })
    assert.is_nil(result.error)
    assert.same({ found = 2, killed = 2 }, result.value)
    assert.same({ "kill_logical_sessions", "kill_logical_sessions" }, killed(world))
    assert.same({ { "4564302", "app", "192.168.0.31:40118", "killed", "operator", "2026-01-01T08:00:00+0000" },
      { "4564301", "app", "192.168.0.31:40112", "killed", "operator", "2026-01-01T08:00:00+0000" } },
      report.tables.ended.rows)
    assert.equal(1, #world.instance.sessions)
    assert.is_true(report:has("^ok 2 sessions ended and gone, of 2 chosen$"))
    assert.same({ found = 0, killed = 0 }, triage(world, { user = { "app" }, kill = true }).value)
  end)

  it("ends sessions of a data node, and only with its own ids", function()
    local node = world.nodes[1]
    local result, report = triage(world, { node_id = node, min_trx_seconds = 30, kill = true },
      { accept = { "kill 1 session" } })
    assert.is_nil(result.error)
    assert.same({ "2971" }, ids_of(report, "sessions"))
    assert.equal("trx seconds", report.tables.sessions.columns[7])
    assert.equal("operator", report.tables.ended.rows[1][5])
    assert.same({ "kill_physical_sessions" }, killed(world))
    assert.equal(1, #world.sim.state.rds.instances[1].sessions)
    assert.equal(3, #world.instance.sessions)
  end)

  it("shows who ended which over days, in pieces of seven", function()
    triage(world, { user = { "app" }, kill = true }, { accept = { "kill 2 sessions" } })
    world.sim:advance(10 * 86400)
    local ends = { "4564301", "operator", "2026-01-01T08:00:00+0000" }
    for days, expected in pairs({ [30] = { ends, { "4564302", ends[2], ends[3] } }, [10] = { ends, { "4564302", ends[2], ends[3] } },
      [9] = {} }) do
      local result, report = triage(world, { audit_days = days })
      assert.is_nil(result.error)
      assert.same(expected, report.tables.record.rows)
    end
  end)

  it("never ends the service's own sessions", function()
    local result, report = triage(world, { command = { "query" }, kill = true }, { accept = { "kill 1 session" } })
    assert.same({ found = 2, killed = 1 }, result.value)
    assert.is_true(report:has("^warn 1 session of drdsagent left alone"))
    result = triage(world, { ids = { "4564224" }, kill = true })
    assert.same({ found = 1, killed = 0 }, result.value)
  end)

  it("refuses to end anything without a filter, on a foreign data node, or by transaction on the instance", function()
    local result = triage(world, { kill = true })
    assert.equal("preflight: not met: narrowed down", result.error.message)
    for _, all in ipairs({ { sql = "*" }, { sql = "**" }, { min_seconds = 0 } }) do
      all.kill = true
      assert.equal("preflight: not met: narrowed down", triage(world, all).error.message)
    end
    result = triage(world, { node_id = world.nodes[3] })
    assert.equal("preflight: not met: data node", result.error.message)
    result = triage(world, { min_trx_seconds = 1 })
    assert.equal("preflight: not met: age of transactions", result.error.message)
    assert.same({}, killed(world))
  end)

  it("goes on for an instance that is not running, with a warning", function()
    world.instance.status = "ERROR"
    local result, report = triage(world, {})
    assert.equal("done", result.status)
    assert.is_true(report:has("^warn instance: ddm%-orders is ERROR$"))
  end)

  it("refuses more than most", function()
    local result = triage(world, { user = { "app" }, kill = true, most = 1 }, { accept = { "kill 2 sessions" } })
    assert.equal("2 sessions fit, at most 1 are ended at once", result.error.message)
    assert.same({}, killed(world))
  end)

  it("ends nothing without the number typed, and waits without a terminal", function()
    for _, answer in ipairs({ "yes", "3", "" }) do
      local result = triage(world, { user = { "app" }, kill = true }, { ask = function() return answer end })
      assert.equal("not confirmed: no session has been ended", result.error.message)
    end
    for _, accept in ipairs({ {}, { "kill 3 sessions" }, { "kill" } }) do
      local result = triage(world, { user = { "app" }, kill = true }, { accept = accept })
      assert.same({ "waiting", 3 }, { result.status, result.exit })
    end
    assert.same({}, killed(world))
  end)

  it("leaves alone what does something else by the time it is confirmed, or has ended", function()
    local result, report = triage(world, { ids = { "4564301", "4564302" }, kill = true }, { ask = function()
      world.instance.sessions[2].info = "select 1"
      table.remove(world.instance.sessions, 3)
      return "2"
    end })
    assert.is_nil(result.error)
    assert.same({ found = 2, killed = 0 }, result.value)
    assert.same({ "ended by itself", "left alone: it does something else now" },
      { report.tables.ended.rows[1][4], report.tables.ended.rows[2][4] })
    assert.same({}, killed(world))
  end)

  it("ends many in portions, each looked at anew", function()
    local sessions = world.instance.sessions
    for i = 1, 150 do
      sessions[#sessions + 1] = { id = tostring(9000 + i), user = "batch", host = "10.0.0.9:" .. i, command = "Sleep", since = 0 }
    end
    local kills, looks = 0, 0
    local client = support.intercepted(world, { kill_logical_sessions = function(call, args)
      kills = kills + 1
      if kills == 5 then
        for _, session in ipairs(sessions) do
          if session.id == "9030" then session.user = "payroll" end
        end
      end
      return call(args)
    end, list_logical_sessions = function(call, args)
      if not args.offset or args.offset == 0 then looks = looks + 1 end
      return call(args)
    end })
    local result, report = triage(world, { user = { "batch" }, kill = true, most = 200 }, { accept = { "kill 150 sessions" },
      client = client })
    assert.is_nil(result.error)
    assert.same({ found = 150, killed = 149 }, result.value)
    assert.equal(10, looks)
    assert.is_true(report:has("^warn session 9030 does something else"))
    assert.equal(4, #world.instance.sessions)
  end)

  it("killed after its last look and taken up an hour later ends none by an old look", function()
    local durable, runbook = require("spec.durable.support"), require("hwdb.runbook")
    local w = durable.world()
    local rb = assert(runbook.load("ddm_sessions"))
    local given = { params = { instance_id = w.instance.id, user = { "app" }, kill = true }, accept = { "kill 2 sessions" } }
    local late = 0
    for point = 1, 400 do
      local points = { seen = 0, kill = point }
      if durable.run(w, rb, given, points) then break end
      w.sim:advance(3600)
      local before = #w.sim:effects()
      local run = durable.latest(w)
      local back = run and durable.resume(w, run.id, given)
      if back and back.state == "waiting" then
        late = late + 1
        assert.matches("the window .* has passed: nothing is begun any more", tostring(back.error))
        assert.equal(before, #w.sim:effects())
      end
      durable.clean(w)
      w = durable.world()
    end
    durable.clean(w)
    assert.is_true(late > 0)
  end)

  it("goes by the filters, not by the statement, where no id is named", function()
    local result = triage(world, { user = { "app" }, db = { "orders" }, kill = true }, { ask = function()
      world.instance.sessions[2].info = "select 1"
      return "2"
    end })
    assert.equal(2, result.value.killed)
  end)

  it("tells which one could not be ended, and ends the others", function()
    world = support.world({ faults = { { op = "ddm.kill_logical_sessions", ["do"] = "refuse", status = 400, code = "DBS.300541" } } })
    local result, report = triage(world, { user = { "app" }, kill = true }, { accept = { "kill 2 sessions" } })
    assert.equal("1 of 2 sessions could not be ended, 4564302 among them", result.error.message)
    assert.matches("^refused: ", report.tables.ended.rows[1][4])
    assert.equal("killed", report.tables.ended.rows[2][4])
  end)

  it("counts a refused one that ended meanwhile as ended by itself", function()
    local client = support.intercepted(world, { kill_logical_sessions = function(call, args)
      if args.process_ids[1] == "4564302" then table.remove(world.instance.sessions, 3) end
      return call(args)
    end })
    local result, report = triage(world, { user = { "app" }, kill = true }, { accept = { "kill 2 sessions" }, client = client })
    assert.is_nil(result.error)
    assert.equal(1, result.value.killed)
    assert.equal("ended by itself", report.tables.ended.rows[1][4])
  end)

  it("says when an ended session is still listed, or not in the record", function()
    local client = support.intercepted(world, { kill_logical_sessions = function() return { resp = "successful" }, {} end })
    local result, report = triage(world, { ids = { "4564302" }, kill = true }, { accept = { "kill 1 session" }, client = client })
    assert.equal("still listed after they were ended: 4564302", result.error.message)
    assert.is_true(report:has("^warn not in the service's record: 4564302$"))
  end)

  it("whose answer is lost is found out about, and no session is ended twice", function()
    world = support.world({ faults = { { op = "ddm.kill_logical_sessions", ["do"] = "reset_after" },
      { op = "ddm.kill_logical_sessions", ["do"] = "reset_before", nth = 2 } } })
    local result = triage(world, { user = { "app" }, kill = true }, { accept = { "kill 2 sessions" } })
    assert.is_nil(result.error)
    assert.equal(2, result.value.killed)
    assert.same({ "kill_logical_sessions", "kill_logical_sessions" }, killed(world))
  end)
end)
