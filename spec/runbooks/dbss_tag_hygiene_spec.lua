-- SPDX-License-Identifier: Apache-2.0
-- Tags against a declaration: what is found, what is set and what never is; and the way back.
local durable = require("spec.durable.support")
local proofs = require("spec.runbooks.proofs")
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.dbss_support")

local NAME = "dbss_tag_hygiene"

-- dbss-orders is tagged team=orders; two more instances.
local function tag(world)
  local list = world.sim.state.dbss.instances
  list[2].tags = { { key = "team", value = "nobody" }, { key = "old", value = "x" } }
  list[3].tags = {}
  return world
end

local function world(options)
  return tag(support.world(options, { "dbss-pay", "dbss-new" }))
end

local DECLARATION = {
  required = { { key = "team", values = { "orders", "payments" } }, { key = "env", values = { "prod", "test" }, default = "test" } },
  allowed = { "cost" },
  overrides = { { instance = "dbss-orders", tags = { { key = "env", value = "prod" } } },
    { instance = "dbss-pay", tags = { { key = "team", value = "payments" }, { key = "cost", value = "4711" } } } },
}

local ACCEPT = { accept = { "overwrite tags" } }

local function go(w, params, options)
  params.declaration = params.declaration or DECLARATION
  return support.go(w, NAME, params, options)
end

local function tags_of(instance)
  local list = {}
  for i, one in ipairs(instance.tags) do list[i] = one.key .. "=" .. one.value end
  return list
end

local FOUND = {
  { "dbss-orders", "env", "missing", "", "prod" }, { "dbss-pay", "team", "differs", "nobody", "payments" },
  { "dbss-pay", "env", "missing", "", "test" }, { "dbss-pay", "cost", "missing", "", "4711" },
  { "dbss-pay", "old", "no allowed key", "x", "a person decides" }, { "dbss-new", "team", "missing", "", "one of orders, payments" },
  { "dbss-new", "env", "missing", "", "test" } }

local function rows(happens)
  local list = {}
  for i, row in ipairs(FOUND) do
    list[i] = { row[1], row[2], row[3], row[4], row[5], happens(row) }
  end
  return list
end

local function by_hand(row) return row[5]:find(" ", 1, true) ~= nil end

describe("tag hygiene", function()
  it("finds what is missing, wrong or not allowed, and changes nothing", function()
    local w = world()
    local result, reporter = go(w, {})
    assert.equal("done", result.status)
    assert.same({ instances = 3, findings = 7, set = 0 }, result.value)
    assert.same(rows(function(row) return by_hand(row) and "by hand" or "fix=true would set it" end), reporter.tables.findings.rows)
    assert.same({}, support.effects(w))
  end)

  it("adds and corrects with fix=true, and leaves the rest to a person", function()
    local w = world()
    local result, reporter = go(w, { fix = true }, ACCEPT)
    assert.is_nil(result.error)
    assert.same({ instances = 3, findings = 2, set = 5 }, result.value)
    assert.same(rows(function(row)
      return by_hand(row) and "by hand" or row[3] == "missing" and "is added" or "is corrected"
    end), reporter.tables.findings.rows)
    assert.same({ "team=orders", "env=prod" }, tags_of(w.instances[1]))
    assert.same({ "team=payments", "old=x", "env=test", "cost=4711" }, tags_of(w.instances[2]))
    assert.same({ "env=test" }, tags_of(w.instances[3]))
    local expected = {}
    for i, instance in ipairs(w.instances) do expected[i] = "batch_add_resource_tag " .. instance.resource_id end
    assert.same(expected, support.effects(w))
  end)

  it("changes nothing the second time", function()
    local w = world()
    go(w, { fix = true }, ACCEPT)
    local result, reporter = go(w, { fix = true })
    assert.equal("done", result.status)
    assert.same({ instances = 3, findings = 2, set = 0 }, result.value)
    assert.is_true(reporter:has("^note nothing to set$"))
    assert.equal(3, #support.effects(w))
  end)

  it("says so when all is well", function()
    local w = world()
    local declaration = { required = { { key = "team" } }, overrides = {
      { instance = "dbss-new", tags = { { key = "team", value = "new" } } } } }
    assert.equal("done", go(w, { declaration = declaration, fix = true }).status)
    local result, reporter = go(w, { declaration = declaration, fix = true, strict = true })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^ok the tags of 3 instances are as declared$"))
    assert.equal(1, #support.effects(w))
  end)

  it("sends no more tags a call than wanted", function()
    local w = world()
    local overrides = { { instance = w.instances[3].id, tags = {} } }
    for i = 1, 7 do overrides[1].tags[i] = { key = "k" .. i, value = "v" } end
    local result = go(w, { declaration = { overrides = overrides }, fix = true, batch = 3 })
    assert.equal("done", result.status)
    assert.equal(3, #support.effects(w))
    assert.equal(7, #w.instances[3].tags)
  end)

  it("adds no more tags than an instance takes", function()
    local w = world()
    for i = 1, 19 do w.instances[3].tags[i] = { key = "t" .. i, value = "v" } end
    local result, reporter = go(w, { declaration = { overrides = { { instance = "dbss-new",
      tags = { { key = "a", value = "1" }, { key = "b", value = "2" } } } } }, fix = true })
    assert.equal("done", result.status)
    assert.same({ { "dbss-new", "a", "missing", "", "1", "is added" },
      { "dbss-new", "b", "missing", "", "20 tags are there already", "by hand" } }, reporter.tables.findings.rows)
    assert.equal(20, #w.instances[3].tags)
  end)

  it("fails with strict=true while findings are left", function()
    assert.equal("7 findings are left", go(world(), { strict = true }).error.message)
    local result = go(world(), { strict = true, fix = true }, ACCEPT)
    assert.equal("failed", result.status)
    assert.equal("2 findings are left", result.error.message)
  end)

  it("overwrites no value without a yes", function()
    local w = world()
    local result = go(w, { fix = true })
    assert.equal("waiting", result.status)
    result = go(w, { fix = true }, { ask = function() return "no" end })
    assert.equal("stopped: values are not overwritten", result.error.message)
    assert.same({}, support.effects(w))
  end)

  it("stops at the preflight with everything that is wrong with the declaration", function()
    local long = ("k"):rep(129)
    local result, reporter = go(world(), { declaration = {
      required = { { key = "a", default = "z", values = { "x" } }, { key = "a" }, { key = " b" }, { key = long },
        { key = "c", values = { ("v"):rep(256) } } },
      allowed = { "d" },
      overrides = { { instance = "nowhere", tags = { { key = "e", value = "1" } } },
        { instance = "dbss-pay", tags = { { key = "a", value = "y" } } } } } })
    assert.equal("preflight: not met: required keys, single instances", result.error.message)
    assert.is_true(reporter:has("^fail required keys: a: its default z is no allowed value, a is required twice, key \" b\", key \"kkk"))
    assert.is_true(reporter:has("a value of c is longer than 255$"))
    assert.is_true(reporter:has("^fail single instances: nowhere: 0 instances of that name or id, nowhere: e is no allowed key, "
      .. "dbss%-pay: a=y is not allowed$"))
  end)

  it("stops where nothing is declared or no instance is there", function()
    assert.equal("preflight: not met: something declared", go(world(), { declaration = {} }).error.message)
    assert.equal("preflight: not met: instances", go(support.world({ world = "empty" }), { declaration = { allowed = { "a" } } }).error.message)
  end)

  it("stops when somebody else sets tags meanwhile", function()
    local w = world()
    w.sim:add_fault({ op = "dbss.list_resource_instance_by_tag", nth = 3, ["do"] = "foreign",
      call = { op = "dbss.batch_add_resource_tag", args = { resource_type = "auditInstance", resource_id = w.instances[1].resource_id,
        tags = { { key = "mine", value = "1" } } } } })
    local result = go(w, { fix = true }, ACCEPT)
    assert.equal("waiting", result.status)
    assert.matches("^somebody else changed what dbss.list_resource_instance_by_tag shows", result.error.message)
    assert.equal(1, #support.effects(w))
  end)

  it("tells a refusal, with what was set before", function()
    local w = world({ faults = { { op = "dbss.batch_add_resource_tag", nth = 2, ["do"] = "refuse", status = 400, code = "DBSS.10000001" } } })
    local result = go(w, { fix = true }, ACCEPT)
    assert.equal("failed", result.status)
    assert.equal("dbss-pay (2 of 3)", result.step)
    assert.equal("done", go(w, { fix = true }, ACCEPT).status)
    assert.same({ "env=test" }, tags_of(w.instances[3]))
  end)

  it("fails when what was set is not read back", function()
    local w = world()
    w.sim:add_fault({ op = "dbss.batch_add_resource_tag", nth = 3, ["do"] = "foreign", after = true,
      call = { op = "dbss.batch_delete_resource_tag", args = { resource_type = "auditInstance",
        resource_id = w.instances[3].resource_id, tags = { { key = "env", value = "test" } } } } })
    local result = go(w, { fix = true }, ACCEPT)
    assert.equal("failed", result.status)
    assert.matches("^read back, these are not as they were set: dbss%-new: env", result.error.message)
  end)

  it("is taken back: added tags go, old values return", function()
    local w = durable.world()
    support.add_instances(w.sim, { "dbss-pay", "dbss-new" })
    tag(w)
    local instances = w.sim.state.dbss.instances
    w.sim:add_fault({ op = "dbss.batch_add_resource_tag", nth = 3, ["do"] = "refuse", status = 400, code = "DBSS.10000001" })
    local options = { params = { declaration = DECLARATION, fix = true }, accept = ACCEPT.accept }
    local result = durable.run(w, assert(runbook.load(NAME)), options)
    assert.equal("failed", result.state)
    assert.same({ "team=orders", "env=prod" }, tags_of(instances[1]))
    options.rollback = true
    result = durable.resume(w, result.run, options)
    assert.equal("rolled_back", result.state, tostring(result.error))
    assert.same({ "team=orders" }, tags_of(instances[1]))
    assert.same({ "team=nobody", "old=x" }, tags_of(instances[2]))
    assert.same({}, tags_of(instances[3]))
    durable.clean(w)
  end)

  describe("as every runbook", function()
    proofs.of({ name = NAME, services = { "dbss" }, points = 10, accept = ACCEPT.accept,
      effects = { "batch_add_resource_tag", "batch_add_resource_tag", "batch_add_resource_tag" },
      prepare = function(w)
        support.add_instances(w.sim, { "dbss-pay", "dbss-new" })
        tag(w)
      end,
      params = function() return { declaration = DECLARATION, fix = true } end })
  end)
end)
