-- SPDX-License-Identifier: Apache-2.0
-- Risk rules against a baseline: what differs, what is switched and only after a yes, and the way back.
local durable = require("spec.durable.support")
local proofs = require("spec.runbooks.proofs")
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.dbss_support")

local NAME = "dbss_rule_baseline"
local DRAG, SLOW, ACCOUNT = "Database_drag_detection", "Database_Slow_SQL_Detection", "Database_account_change"

-- A second instance has one rule off, a third one is switched off itself.
local function drift(world)
  local list = world.sim.state.dbss.instances
  list[2].risks[1].status = "OFF"
  list[3].status = "SHUTOFF"
  return world
end

local function world(options)
  return drift(support.world(options, { "dbss-two", "dbss-off" }))
end

local BASELINE = { rules = { { name = DRAG, status = "ON" }, { name = SLOW, status = "OFF" },
  { name = SLOW, status = "ON", instances = { "dbss-two" } }, { name = "Own_rule", status = "ON", instances = { "dbss-orders" } } } }

local ACCEPT = { accept = { "switch rules" } }

local function go(w, params, options)
  params.baseline = params.baseline or BASELINE
  return support.go(w, NAME, params, options)
end

local function statuses(instance)
  local list = {}
  for i, rule in ipairs(instance.risks) do list[i] = rule.status end
  return table.concat(list, " ")
end

local function table_of(happens)
  return { { "dbss-orders", SLOW, "LOW", 2, "OFF", "ON", happens },
    { "dbss-orders", "Own_rule", "", "", "ON", "no such rule", "by hand: make the rule on the console" },
    { "dbss-two", DRAG, "HIGH", 1, "ON", "OFF", happens },
    { "dbss-off", SLOW, "LOW", 2, "OFF", "ON", "by hand: the instance is SHUTOFF" } }
end

describe("the rule baseline", function()
  it("tells what differs, and changes nothing", function()
    local w = world()
    local result, reporter = go(w, {})
    assert.equal("done", result.status)
    assert.same({ instances = 3, differ = 4, switched = 0 }, result.value)
    assert.same(table_of("apply=true switches it"), reporter.tables.drift.rows)
    assert.equal("6 rules of 3 instances compared, 4 differ", reporter.tables.drift.note)
    assert.same({}, support.effects(w))
  end)

  it("switches what it may after a yes, and leaves the rest to a person", function()
    local w = world()
    local result, reporter = go(w, { apply = true }, ACCEPT)
    assert.is_nil(result.error)
    assert.same({ instances = 3, differ = 2, switched = 2 }, result.value)
    assert.same(table_of("is switched"), reporter.tables.drift.rows)
    assert.equal("ON OFF ON", statuses(w.instances[1]))
    assert.equal("ON ON ON", statuses(w.instances[2]))
    assert.equal("ON ON ON", statuses(w.instances[3]))
    assert.same({ "switch_risk_rule " .. w.instances[1].id, "switch_risk_rule " .. w.instances[2].id }, support.effects(w))
  end)

  it("switches nothing the second time", function()
    local w = world()
    go(w, { apply = true }, ACCEPT)
    local result, reporter = go(w, { apply = true })
    assert.equal("done", result.status)
    assert.same({ instances = 3, differ = 2, switched = 0 }, result.value)
    assert.is_true(reporter:has("^note nothing to switch$"))
    assert.equal(2, #support.effects(w))
  end)

  it("sends rules on and off of one instance in a call each, and no more rules a call than wanted", function()
    local w = world()
    local baseline = { rules = { { name = DRAG, status = "OFF" }, { name = SLOW, status = "OFF" }, { name = ACCOUNT, status = "ON" } } }
    w.instances[1].risks[3].status = "OFF"
    local result = go(w, { baseline = baseline, instances = { "dbss-orders" }, apply = true }, ACCEPT)
    assert.same({ instances = 1, differ = 0, switched = 3 }, result.value)
    assert.equal(2, #support.effects(w))
    assert.equal("OFF OFF ON", statuses(w.instances[1]))
    w = world()
    result = go(w, { baseline = { others = "OFF" }, instances = { w.instances[1].id }, apply = true, batch = 1 }, ACCEPT)
    assert.equal(3, result.value.switched)
    assert.equal(3, #support.effects(w))
    assert.equal("OFF OFF OFF", statuses(w.instances[1]))
  end)

  it("reads the table's words as the examples' ones", function()
    local w = world({ readings = { dbss_words = "table" } })
    local result = go(w, { apply = true }, ACCEPT)
    assert.equal("done", result.status)
    assert.equal(2, result.value.switched)
  end)

  it("notes that the full audit scope overrides one's own, and that nothing is audited without any", function()
    local w = world()
    local function scope(name, status) return { id = name, name = name, action = "", status = status, all_audit = false } end
    table.insert(w.instances[1].scopes, scope("only-hr", "ON"))
    table.insert(w.instances[1].scopes, scope("idle", "OFF"))
    w.instances[2].scopes[1].status = "OFF"
    local _, reporter = go(w, {})
    assert.is_true(reporter:has("^warn dbss%-orders: the full audit scope is on and overrides: only%-hr; disable it on the console"))
    assert.is_true(reporter:has("^warn dbss%-two: no audit scope is on: nothing is audited, whatever the rules say$"))
    assert.is_false(reporter:has("^warn dbss%-off"))
  end)

  it("fails with strict=true while rules differ", function()
    assert.equal("4 rules differ from the baseline", go(world(), { strict = true }).error.message)
    local result = go(world(), { strict = true, apply = true }, ACCEPT)
    assert.equal("2 rules differ from the baseline", result.error.message)
    assert.equal("done", go(world(), { strict = true, baseline = { rules = { { name = DRAG, status = "ON" } } },
      instances = { "dbss-orders" } }).status)
  end)

  it("waits for the yes, and takes a no", function()
    local w = world()
    assert.equal("waiting", go(w, { apply = true }).status)
    local result = go(w, { apply = true }, { ask = function() return "no" end })
    assert.equal("stopped: the rules are left as they are", result.error.message)
    assert.same({}, support.effects(w))
  end)

  it("stops at the preflight with everything that is wrong", function()
    local result, reporter = go(world(), { instances = { "dbss-orders", "nowhere" }, baseline = { rules = {
      { name = DRAG, status = "ON" }, { name = DRAG, status = "OFF" }, { name = SLOW, status = "ON", instances = { "elsewhere" } } } } })
    assert.equal("preflight: not met: instances, one status a rule, named instances", result.error.message)
    assert.is_true(reporter:has("^fail instances: not there: nowhere$"))
    assert.is_true(reporter:has("^fail one status a rule: " .. DRAG .. " on all instances is given twice$"))
    assert.is_true(reporter:has("^fail named instances: not there: elsewhere %(" .. SLOW .. "%)$"))
    assert.equal("preflight: not met: something declared", go(world(), { baseline = {} }).error.message)
    assert.equal("preflight: not met: instances", go(support.world({ world = "empty" }), { baseline = { others = "ON" } }).error.message)
  end)

  it("stops before any switch when an instance cannot be read", function()
    local w = world({ faults = { { op = "dbss.list_audit_rule_risks", nth = 2, ["do"] = "refuse", status = 400, code = "DBSS.10000001" } } })
    local result, reporter = go(w, { apply = true }, ACCEPT)
    assert.equal("preflight: not met: all of them read", result.error.message)
    assert.is_true(reporter:has("^fail all of them read: dbss%-two: "))
    assert.same({}, support.effects(w))
  end)

  it("sends nothing when somebody else switches meanwhile", function()
    local w = world()
    w.sim:add_fault({ op = "dbss.list_audit_rule_risks", nth = 5, ["do"] = "foreign",
      call = { op = "dbss.switch_risk_rule", args = { instance_id = w.instances[1].id, ids = w.instances[1].risks[3].id, status = "OFF" } } })
    local result = go(w, { apply = true }, ACCEPT)
    assert.equal("waiting", result.status)
    assert.matches("^somebody else changed what dbss.list_audit_rule_risks shows", result.error.message)
    assert.equal(1, #support.effects(w))
  end)

  it("tells a refusal, by an error and by a 200 that is none", function()
    for _, options in ipairs({ { faults = { { op = "dbss.switch_risk_rule", ["do"] = "refuse", status = 400, code = "DBSS.10020102" } } },
      { readings = { dbss_refusals = "result" }, faults = { { op = "dbss.switch_risk_rule", ["do"] = "garbage", status = 200,
        body = '{"status":"FAIL"}', before = true } } } }) do
      local w = world(options)
      local result = go(w, { apply = true }, ACCEPT)
      assert.equal("failed", result.status)
      assert.equal("dbss-orders OFF (1 of 2)", result.step)
      assert.equal("done", go(w, { apply = true }, ACCEPT).status)
    end
  end)

  it("waits no longer than told for a switch to show", function()
    local w = world({ faults = { { op = "dbss.switch_risk_rule", ["do"] = "lag", seconds = 7200 } } })
    local result = go(w, { apply = true, minutes = 5 }, ACCEPT)
    assert.equal("failed", result.status)
    assert.equal("dbss-orders to show the rules OFF: not there after 5 min", result.error.message)
  end)

  it("fails when what was switched is not read back", function()
    local w = world()
    w.sim:add_fault({ op = "dbss.switch_risk_rule", nth = 2, ["do"] = "foreign", after = true, call = { op = "dbss.switch_risk_rule",
      args = { instance_id = w.instances[1].id, ids = w.instances[1].risks[2].id, status = "ON" } } })
    local result = go(w, { apply = true }, ACCEPT)
    assert.equal("read back, these are not as they were switched: dbss-orders: " .. SLOW .. " is ON", result.error.message)
  end)

  it("is taken back", function()
    local w = durable.world()
    support.add_instances(w.sim, { "dbss-two", "dbss-off" })
    drift(w)
    w.sim:add_fault({ op = "dbss.switch_risk_rule", nth = 2, ["do"] = "refuse", status = 400, code = "DBSS.10020102" })
    local options = { params = { baseline = BASELINE, apply = true }, accept = ACCEPT.accept }
    local result = durable.run(w, assert(runbook.load(NAME)), options)
    assert.equal("failed", result.state)
    options.rollback = true
    result = durable.resume(w, result.run, options)
    assert.equal("rolled_back", result.state, tostring(result.error))
    assert.equal("ON ON ON", statuses(w.sim.state.dbss.instances[1]))
    assert.equal("OFF ON ON", statuses(w.sim.state.dbss.instances[2]))
    durable.clean(w)
  end)

  describe("as every runbook", function()
    proofs.of({ name = NAME, services = { "dbss" }, points = 10, accept = ACCEPT.accept,
      effects = { "switch_risk_rule", "switch_risk_rule" },
      prepare = function(w)
        support.add_instances(w.sim, { "dbss-two", "dbss-off" })
        drift(w)
      end,
      params = function() return { baseline = BASELINE, apply = true } end })
  end)
end)
