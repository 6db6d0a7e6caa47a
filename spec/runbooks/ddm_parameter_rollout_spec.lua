-- SPDX-License-Identifier: Apache-2.0
-- The parameter roll-out: what differs, one instance first, batches that stop at the first failure, and the way back.
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.support")
local worlds = require("hwdb.sim.world")

local function reporter()
  local r = support.reporter()
  r.tables = {}
  function r:table(t) self.tables[t.name] = t end
  return r
end

-- Four instances and a template: c and d have another long_query_time of their own.
local function prepare(world, values)
  local state = world.sim.state
  local project = state.ddm.instances[1].project_id
  for _, name in ipairs({ "ddm-b", "ddm-c", "ddm-d" }) do worlds.add_ddm(state, project, { name = name }) end
  for i, instance in ipairs(state.ddm.instances) do
    instance.parameters = { id = instance.id:sub(1, 32) .. "pr09", name = "own", description = "", updated = instance.created,
      values = i > 2 and { long_query_time = "3" } or {} }
  end
  local made = assert(world.client.ddm:create_configuration({ name = "fleet", description = "all alike", values = values or { long_query_time = "2" } }))
  world.template, world.before = made.id, #world.sim:effects()
  world.ids = {}
  for i, instance in ipairs(state.ddm.instances) do world.ids[i] = instance.id end
  return world
end

local ROLL = { "roll out fleet", "after the canary" }

local function accepting(...)
  local list = { table.unpack(ROLL) }
  for _, name in ipairs({ ... }) do list[#list + 1] = name end
  return { accept = list }
end

local function roll(world, params, options)
  local given = { client = world.client, store = world.store, sim = world.sim, report = reporter(),
    params = { template = "fleet", all = true } }
  for key, value in pairs(options or {}) do given[key] = value end
  for key, value in pairs(params or {}) do given.params[key] = value end
  if given.params.instances then given.params.all = nil end
  local result = runbook.run_file("ddm_parameter_rollout", given)
  return result, given.report
end

local function done(world)
  local list, names = {}, {}
  for _, instance in ipairs(world.sim.state.ddm.instances) do names[instance.id] = instance.name end
  for i, effect in ipairs(world.sim:effects()) do
    if i > world.before then list[#list + 1] = effect.op:match("^%l+") .. " " .. names[effect.target] end
  end
  return list
end

local function column(r, name, i)
  local list = {}
  for j, row in ipairs(r.tables[name].rows) do list[j] = row[i] end
  return list
end

local function values(world, name)
  local list = {}
  for i, instance in ipairs(world.sim.state.ddm.instances) do list[i] = instance.parameters.values[name] or "-" end
  return list
end

describe("the parameter roll-out", function()
  local CHARSET = { long_query_time = "2", character_set_server = "utf8", collation_server = "utf8_bin" }

  require("spec.runbooks.proofs").of({ name = "ddm_parameter_rollout", services = { "ddm" },
    prepare = function(world) prepare(world, CHARSET) end,
    params = function() return { template = "fleet", all = true, batch = 2, parallel = 1 } end,
    accept = { "roll out fleet", "after the canary", "restart canary", "restart batch 1", "restart batch 2" },
    effects = { "update_instance_parameters", "restart_instance", "update_instance_parameters", "update_instance_parameters",
      "restart_instance", "restart_instance", "update_instance_parameters", "restart_instance" } })

  local world
  before_each(function() world = prepare(support.world()) end)

  it("shows what differs, changes the canary, then the others, and reads back", function()
    local result, r = roll(world, { canary = world.ids[3], batch = 2 }, accepting())
    assert.is_nil(result.error)
    assert.same({ instances = 4, changed = 4 }, result.value)
    assert.same({ "update ddm-c", "update ddm-orders", "update ddm-b", "update ddm-d" }, done(world))
    assert.same({ "2", "2", "2", "2" }, values(world, "long_query_time"))
    assert.same({ "ddm-c", world.ids[3], "long_query_time", "3", "2", false }, r.tables.differences.rows[1])
    assert.equal("4 of 4 instances differ from the template fleet", r.tables.differences.note)
    assert.same({ "changed", "changed", "changed", "changed" }, column(r, "outcome", 4))
    assert.same({ "", "", "", "" }, column(r, "outcome", 5))
  end)

  it("changes nothing the second time, and says so", function()
    roll(world, {}, accepting())
    local count = #done(world)
    local result, r = roll(world)
    assert.same({ instances = 4, changed = 0 }, result.value)
    assert.is_true(r:has("^note every instance is as it shall be; nothing has been changed$"))
    assert.equal(count, #done(world))
  end)

  it("changes only those that differ, and only the parameters named", function()
    world.sim.state.ddm.instances[1].parameters.values = { long_query_time = "2", sql_audit = "ON" }
    local result = roll(world, { only = { "long_query_time" } }, accepting())
    assert.same({ instances = 4, changed = 3 }, result.value)
    assert.same({ "ON", "-", "-", "-" }, values(world, "sql_audit"))
    local _, r = roll(world, { only = { "sql_audit" } }, accepting("after the canary"))
    assert.same({ "sql_audit" }, column(r, "differences", 3))
  end)

  it("waits between the canary and the others", function()
    local from = world.sim:now()
    roll(world, { soak_minutes = 120 }, accepting())
    assert.is_true(world.sim:now() - from >= 120 * 60000)
    local effects = world.sim:effects()
    assert.is_true(#effects == world.before + 4)
  end)

  it("stops after the canary when a person says so", function()
    local result, r = roll(world, {}, { ask = function(q) return q.expect or "no" end })
    assert.equal("stopped after the canary", result.error.message)
    assert.same({ "update ddm-orders" }, done(world))
    assert.same({ "changed", "not reached", "not reached", "not reached" }, column(r, "outcome", 4))
  end)

  it("stops when the canary does not run after its soak", function()
    local client = support.watched(world, function(seconds)
      if seconds >= 60 then world.sim.state.ddm.instances[1].status = "ERROR" end
    end)
    local result = roll(world, {}, { client = client, accept = ROLL })
    assert.equal("ddm-orders is ERROR after its change", result.error.message)
    assert.same({ "update ddm-orders" }, done(world))
  end)

  it("stops at the first batch in which one fails, and leaves the later ones alone", function()
    world = prepare(support.world({ faults = { { op = "ddm.update_instance_parameters", ["do"] = "refuse", nth = 2, status = 400,
      code = "DBS.280001" } } }))
    local result, r = roll(world, { batch = 2 }, accepting())
    assert.equal("batch 1: ddm-b failed", result.error.message)
    assert.same({ "update ddm-orders", "update ddm-c" }, done(world))
    local outcome = column(r, "outcome", 4)
    assert.matches("^failed: ", outcome[2])
    assert.same({ "changed", "changed", "not reached" }, { outcome[1], outcome[3], outcome[4] })
  end)

  it("fails when the instance does not come back, or shows other values than were set", function()
    local shown = 0
    local client = support.intercepted(world, { show_instance_param = function(call, args)
      local body, info = call(args)
      if args.instance_id == world.ids[1] then shown = shown + 1 end
      for _, entry in ipairs(shown > 2 and body.configuration_parameter or {}) do
        if entry.name == "long_query_time" then entry.value = "9" end
      end
      return body, info
    end })
    local result, r = roll(world, { instances = { world.ids[1] } }, { client = client, accept = ROLL })
    assert.equal("canary: ddm-orders failed", result.error.message)
    assert.matches("shows other values than were set: long_query_time is 9, not 2", column(r, "outcome", 4)[1], 1, true)
    world = prepare(support.world())
    client = support.watched(world, function() world.sim.state.ddm.instances[1].status = "SET_CONFIGURATION" end)
    result, r = roll(world, { instances = { world.ids[1] }, deadline_minutes = 5 }, { client = client, accept = ROLL })
    assert.equal("failed", result.status)
    assert.matches("^failed: .*not there after 5 min, the state is SET_CONFIGURATION", column(r, "outcome", 4)[1])
  end)

  it("stops when somebody changed the instance or the template meanwhile", function()
    local result, r = roll(world, {}, { ask = function(q)
      world.sim.state.ddm.instances[1].parameters.values.long_query_time = "5"
      return q.expect or "yes"
    end })
    assert.equal("canary: ddm-orders failed", result.error.message)
    assert.matches("was changed by somebody else meanwhile: long_query_time is 5, not 1", column(r, "outcome", 4)[1], 1, true)
    assert.same({}, done(world))
    result = roll(world, { instances = { world.ids[2], world.ids[3] } }, { ask = function(q)
      if q.name == "after the canary" then world.sim.state.ddm.templates[2].updated = world.sim:now() + 60000 end
      return q.expect or "yes"
    end })
    assert.equal("the template fleet was edited meanwhile", result.error.message)
    assert.same({ "update ddm-b" }, done(world))
  end)

  it("takes back what the last roll-out found", function()
    roll(world, {}, accepting())
    local back = { accept = { "take back fleet", "after the canary" } }
    local result = roll(world, { back = true }, back)
    assert.is_nil(result.error)
    assert.equal(4, result.value.changed)
    assert.same({ "1", "1", "3", "3" }, values(world, "long_query_time"))
    local r
    result, r = roll(world, { back = true }, back)
    assert.equal(0, result.value.changed)
    assert.is_true(r:has("^warn no roll%-out is recorded here for ddm%-orders, ddm%-b, ddm%-c, ddm%-d: nothing to take back$"))
    assert.is_true(r:has("^note there is nothing to take back; nothing has been changed$"))
  end)
end)

describe("restarts of the parameter roll-out", function()
  local CHARSET = { character_set_server = "utf8", collation_server = "utf8_bin" }
  local world
  before_each(function() world = prepare(support.world(), CHARSET) end)

  it("come after a question for each batch, one at a time", function()
    local result, r = roll(world, { batch = 3 }, accepting("restart canary", "restart batch 1"))
    assert.is_nil(result.error)
    assert.same({ "update ddm-orders", "restart ddm-orders", "update ddm-b", "update ddm-c", "update ddm-d", "restart ddm-b",
      "restart ddm-c", "restart ddm-d" }, done(world))
    assert.same({ "done", "done", "done", "done" }, column(r, "outcome", 5))
    assert.is_nil(world.sim.state.ddm.instances[4].needs_restart)
  end)

  it("are left out on a no, or with restart=never, and told as pending", function()
    local result, r = roll(world, { instances = { world.ids[1] } }, { ask = function(q)
      return q.name == "restart canary" and "yes" or q.expect
    end })
    assert.is_nil(result.error)
    assert.same({ "pending" }, column(r, "outcome", 5))
    assert.is_true(r:has("^note not restarted: ddm%-orders$"))
    result, r = roll(world, { instances = { world.ids[2] }, restart = "never" }, accepting())
    assert.is_nil(result.error)
    assert.is_true(r:has("^warn in effect after a restart only: ddm%-b$"))
    assert.same({ "update ddm-orders", "update ddm-b" }, done(world))
  end)

  it("are asked for by the name of one or the number of several", function()
    local asked = {}
    roll(world, { batch = 3 }, { ask = function(q)
      asked[#asked + 1] = q.expect
      return q.expect or "yes"
    end })
    assert.same({ "fleet", "ddm-orders", "3" }, asked)
  end)

  it("that were left out are told by later runs, until they are made", function()
    local PENDING = "^warn ddm%-orders: not restarted here since values that need it were set at 2026%-01%-01 08:0"
    roll(world, { instances = { world.ids[1] }, restart = "never" }, accepting())
    local result, r = roll(world, { instances = { world.ids[1] } })
    assert.same({ instances = 1, changed = 0 }, result.value)
    assert.is_true(r:has(PENDING))
    roll(world, { instances = { world.ids[1] }, back = true }, { accept = { "take back fleet", "restart canary" } })
    result, r = roll(world, { instances = { world.ids[1] }, back = true })
    assert.same({ instances = 1, changed = 0 }, result.value)
    assert.is_nil(r:has(PENDING) or nil)
  end)

  local WINDOW = { restart = "window", window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }

  it("come in a window only", function()
    local params = { instances = { world.ids[1] } }
    for key, value in pairs(WINDOW) do params[key] = value end
    local result = roll(world, params, accepting())
    assert.is_nil(result.error)
    local effects = world.sim:effects()
    assert.is_true(effects[#effects].time >= "2026-01-01T18:00:00")
    assert.same({ "update ddm-orders", "restart ddm-orders" }, done(world))
  end)

  it("do not come when the window has passed", function()
    local params = { instances = { world.ids[1] }, window_from = "2026-01-01 08:00", window_to = "08:16", zone = "UTC",
      restart = "window" }
    local client = support.watched(world, function() world.sim:advance(600) end)
    local result = roll(world, params, { client = client, accept = ROLL })
    assert.same({ "waiting", 3 }, { result.status, result.exit })
    assert.same({ "update ddm-orders" }, done(world))
  end)

  it("that fail stop the roll-out", function()
    world = prepare(support.world({ faults = { { op = "ddm.restart_instance", ["do"] = "job_failed" } } }), CHARSET)
    local result, r = roll(world, {}, accepting("restart canary"))
    assert.matches("^ddm.restart_instance: Failed", result.error.message)
    assert.same({ "pending", "", "", "" }, column(r, "outcome", 5))
    assert.same({ "update ddm-orders", "restart ddm-orders" }, done(world))
  end)
end)

describe("the parameter roll-out refuses", function()
  local world
  before_each(function() world = prepare(support.world()) end)

  local function refused(message, params, options)
    local result, r = roll(world, params, options)
    assert.equal(message, result.error and result.error.message)
    assert.same({}, done(world))
    return r
  end

  it("a template that is not there, or a parameter it does not have", function()
    refused("there is no parameter template other", { template = "other" })
    refused("the template fleet has no parameter long_time", { only = { "long_time" } })
  end)

  it("to guess the instances, and a canary that is none of them", function()
    refused("no instances are named", { all = false })
    refused("the canary x is none of the instances", { canary = "x" })
  end)

  it("instances that do not run, or on which a task runs", function()
    world.sim.state.ddm.instances[2].status = "ERROR"
    local r = refused("preflight: not met: ddm-b", { instances = { world.ids[1], world.ids[2] } })
    assert.is_true(r:has("^fail ddm%-b: is ERROR$"))
    world.sim.state.ddm.instances[2].status = "RUNNING"
    world.sim.state.ddm.instances[2].active_job = "x"
    r = refused("preflight: not met: ddm-b", { instances = { world.ids[1], world.ids[2] } })
    assert.is_true(r:has("^fail ddm%-b: does not take the template now: a task runs on it$"))
  end)

  it("an instance that tells nothing of itself", function()
    local client = support.intercepted(world, { show_instance = function() return {}, {} end })
    local r = refused("preflight: not met: " .. world.ids[1], { instances = { world.ids[1] } }, { client = client })
    assert.is_true(r:has("^fail " .. world.ids[1] .. ": is nil$"))
  end)

  it("values out of an instance's range, and half a character set", function()
    local client = support.intercepted(world, { show_configuration = function(call, args)
      local body, info = call(args)
      for _, entry in ipairs(body.configuration_parameters) do
        if entry.name == "long_query_time" then entry.value = "11" end
        if entry.name == "sql_audit" then entry.value = "maybe" end
      end
      return body, info
    end })
    local r = refused("preflight: not met: ranges of ddm-orders", { instances = { world.ids[1] } }, { client = client })
    assert.is_true(r:has("long_query_time=11 %(0%.01%-10%), sql_audit=maybe %(ON|OFF%)"))
    world = prepare(support.world(), { character_set_server = "utf8", collation_server = "utf8_bin" })
    refused("preflight: not met: character set of ddm-orders", { instances = { world.ids[1] }, only = { "collation_server" } })
  end)

  it("a window that is not given in full", function()
    refused("preflight: not met: window", { restart = "window" })
  end)

  it("without the template's name typed", function()
    refused("not confirmed: nothing has been changed", {}, { ask = function() return "yes" end })
    local result = roll(world)
    assert.same({ "waiting", 3 }, { result.status, result.exit })
    assert.same({}, done(world))
  end)

  it("nothing else: what cannot be set is told, and left", function()
    world.sim.state.ddm.instances[1].parameters.values = { autocommit = "OFF", bind_table = "[{a.b,c.d}]", long_query_time = "2" }
    local result, r = roll(world, { instances = { world.ids[1] } })
    assert.equal(0, result.value.changed)
    assert.equal("0 of 1 instances differ from the template fleet", r.tables.differences.note)
    world.sim.state.ddm.instances[1].parameters.values.long_query_time = nil
    world.sim.state.ddm.instances[1].parameters.values.sql_execute_timeout = "200"
    result, r = roll(world, { instances = { world.ids[1] } }, accepting())
    assert.is_nil(result.error)
    assert.is_true(r:has("^warn parameters of ddm%-orders: bind_table: has no value in the template: it stays as it is$"))
    assert.is_true(r:has("^unseen not visible to an API, check by hand: sql_execute_timeout stays below net_write_timeout"))
  end)
end)

describe("a parameter roll-out that is rolled back", function()
  it("sets the old values where the new ones are, the last batch first", function()
    local durable = require("spec.durable.support")
    local w = prepare(durable.world({ faults = { { op = "ddm.update_instance_parameters", ["do"] = "refuse", nth = 3, status = 400,
      code = "DBS.280001" } } }))
    local rb = assert(runbook.load("ddm_parameter_rollout"))
    local options = { params = { template = "fleet", all = true, batch = 2, parallel = 1 }, accept = ROLL, terminal = false }
    local result = durable.run(w, rb, options)
    assert.equal("batch 1: ddm-c failed", result.error.message)
    local back = durable.resume(w, result.run, { params = {}, rollback = true })
    assert.equal("rolled_back", back.state, tostring(back.error))
    assert.same({ "update ddm-orders", "update ddm-b", "update ddm-b", "update ddm-orders" }, done(w))
    assert.same({ "1", "1", "3", "3" }, values(w, "long_query_time"))
    durable.clean(w)
  end)
end)

describe("a parameter roll-out that is killed while several instances are changed at once", function()
  it("goes on and changes each of them once", function()
    local durable = require("spec.durable.support")
    local rb = assert(runbook.load("ddm_parameter_rollout"))
    local options = { params = { template = "fleet", all = true, batch = 3, parallel = 3 }, accept = ROLL, terminal = false }
    local found = durable.sweep({ book = "function() end", before = prepare, drive = function(world, points)
      return durable.go_on(world, rb, options, points)
    end }, 25)
    assert.same({}, found.violations)
    assert.same({ "done", 5 }, { found.state, #found.effects })
    assert.is_true(found.kills >= 5, tostring(found.kills))
  end)
end)
