-- SPDX-License-Identifier: Apache-2.0
-- Coordinator nodes: added and deleted with their prerequisites, and never anything but a retry after a failure.
local durable = require("spec.durable.support")
local dws = require("spec.runbooks.dws_changes")

local ADD = { "add 2 CNs to dws-orders" }
local DELETE = { "delete 1 CNs of dws-orders" }
local THIRD = "dws-orders-dws-cn-cn-3-1"

local function change(world, params, accept, options)
  params.cluster_id = world.cluster_id
  return dws.run(world, "dws_cn_nodes", params, accept or {}, options)
end

local function add(world, more, accept)
  local params = { action = "add", total = 5 }
  for key, value in pairs(more or {}) do params[key] = value end
  return change(world, params, accept or ADD)
end

local function delete(world, more, accept)
  local params = { action = "delete", cns = THIRD }
  for key, value in pairs(more or {}) do params[key] = value end
  return change(world, params, accept or DELETE)
end

local function cns(world)
  local list = {}
  for _, node in ipairs(world.cluster.nodes) do
    if node.cn then list[#list + 1] = node.name end
  end
  return list
end

local function failing(op, times)
  return { faults = { { op = "dws." .. op, ["do"] = "job_failed", reason = "No memory.", times = times } } }
end

local function record(world)
  return world.store:get("dws_cn_nodes/" .. world.cluster_id)
end

describe("adding coordinator nodes", function()
  it("ends with the number that was asked for, and the second time there is nothing to do", function()
    local world = dws.world()
    local result, reporter = add(world)
    assert.is_nil(result.error)
    assert.same({ cns = 5, changed = true }, result.value)
    assert.same({ "batch_create_cluster_cn" }, dws.effects(world))
    assert.equal(5, #cns(world))
    assert.is_nil(record(world))
    for _, pattern in ipairs({ "^ok number of CNs: 5; this cluster may have 2 to 6$", "^ok 5 CNs, as wanted$",
      "^unseen not visible to an API, check by hand: services are stopped" }) do
      assert.is_true(reporter:has(pattern), pattern)
    end
    local again, told = add(world)
    assert.same({ cns = 5, changed = false }, again.value)
    assert.is_true(told:has("^note 5 CNs are there already: nothing to change$"))
    assert.equal(1, #dws.effects(world))
  end)

  it("counts them as the service does, where that counts those added", function()
    local world = dws.world({ readings = { dws_cn_number = "added" } })
    assert.equal("done", add(world, { num_means = "added" }).status)
    assert.equal(5, #cns(world))
    world = dws.world({ readings = { dws_cn_number = "added" } })
    for _ = 1, 6 do
      local node = world.cluster.nodes[6]
      local copy = {}
      for key, value in pairs(node) do copy[key] = value end
      copy.id, copy.name = copy.id .. #world.cluster.nodes, copy.name .. #world.cluster.nodes
      table.insert(world.cluster.nodes, copy)
    end
    local result = add(world)
    assert.equal("8 CNs are there, 5 were wanted: the service counts num as CNs added", result.error.message)
  end)

  it("begins in its window only", function()
    local world = dws.world()
    local result = add(world, { window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" })
    assert.equal("done", result.status, tostring(result.error))
    assert.matches("^2026%-01%-01T18:00:", world.sim:effects()[1].time)
  end)
end)

describe("deleting coordinator nodes", function()
  it("takes the ones named, by name or id", function()
    local world = dws.world()
    local result, reporter = delete(world)
    assert.is_nil(result.error)
    assert.same({ "dws-orders-dws-cn-cn-1-1", "dws-orders-dws-cn-cn-2-1" }, cns(world))
    assert.is_true(reporter:has("^ok CNs that stay: 2; 2 at least$"))
    assert.is_true(reporter:has("^ok 2 CNs stay, those named are gone$"))
    local again, told = delete(world)
    assert.same({ cns = 2, changed = false }, again.value)
    assert.is_true(told:has("^note none of the CNs named is there"))
    assert.same({ "batch_delete_cluster_cn" }, dws.effects(world))
  end)

  it("tells of an EIP and of a load balancer", function()
    local world = dws.world()
    assert(world.client.dws:associate_eip({ cluster_id = world.cluster_id, eip_id = world.sim.state.dws.eips[1].id }))
    assert(world.client.dws:associate_elb({ cluster_id = world.cluster_id, elb_id = world.sim.state.dws.elbs[1].id }))
    world.sim:advance(120)
    local result, reporter = delete(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^unseen no EIP on them: not seen %(the cluster has an EIP"))
    assert.is_true(reporter:has("^warn load balancer: elb%-dws"))
  end)

  it("of the CN with the EIP is refused by the service, and leaves no record", function()
    local world = dws.world()
    assert(world.client.dws:associate_eip({ cluster_id = world.cluster_id, eip_id = world.sim.state.dws.eips[1].id }))
    local result = delete(world, { cns = "dws-orders-dws-cn-cn-1-1" })
    assert.equal("A CN with an EIP cannot be deleted.", result.error.message)
    assert.is_nil(record(world))
  end)

  it("takes a name that was never there for a slip", function()
    local world = dws.world()
    local result = delete(world, { cns = "dws-orders-dws-cn-cn-33-1,nonsense" })
    assert.equal("dws-orders has no CN dws-orders-dws-cn-cn-33-1, nonsense", result.error.message)
    assert.same({}, dws.effects(world))
  end)

  it("that a run did which stopped before its end is nothing to change for the next", function()
    local world = dws.world()
    local put_back = dws.stuck(world, "batch_delete_cluster_cn", "DEL_CN_ING")
    assert.equal("timeout", delete(world, { deadline_hours = 1 }).error.kind)
    put_back()
    assert.same({ cns = 2, changed = false }, delete(world).value)
    assert.same({ "batch_delete_cluster_cn" }, dws.effects(world))
  end)

  it("goes on with those that are left of the ones named", function()
    local world = dws.world()
    local result, reporter = delete(world, { cns = "none," .. THIRD })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^warn CNs named: not there %(any more%): none$"))
  end)
end)

describe("a change of coordinator nodes that fails", function()
  it("is retried by the run", function()
    for op, run in pairs({ batch_create_cluster_cn = add, batch_delete_cluster_cn = delete }) do
      local world = dws.world(failing(op))
      local result, reporter = run(world)
      assert.equal("done", result.status, tostring(result.error))
      assert.same({ op, op }, dws.effects(world))
      assert.is_true(reporter:has("^step retry 1 of 1$"))
      assert.is_true(reporter:has("failed: DWS.9999:No memory.$"))
      assert.is_nil(record(world))
    end
  end)

  it("for good may only be retried by later runs", function()
    local world = dws.world(failing("batch_create_cluster_cn", 2))
    local result = add(world)
    assert.equal("adding CNs up to 5 failed: DWS.9999:No memory.", result.error.message)
    assert.matches("^it may only be retried", result.error.remedy)
    assert.equal("add", record(world).action)
    for _, other in ipairs({ function() return delete(world) end, function() return add(world, { total = 4 }) end }) do
      local refused = other()
      assert.matches("^adding CNs up to 5 was begun at 2026%-01%-01 .- and has not succeeded: a failed change may only be retried$",
        refused.error.message)
      assert.matches("action=add total=5", refused.error.remedy, 1, true)
    end
    local again, reporter = add(world)
    assert.equal("done", again.status, tostring(again.error))
    assert.is_true(reporter:has("^warn adding CNs up to 5 was begun at .- has not succeeded: it is retried$"))
    assert.is_nil(record(world))
    assert.equal(3, #dws.effects(world))
  end)

  it("and was put right by somebody else is forgotten", function()
    local world = dws.world(failing("batch_delete_cluster_cn", 2))
    assert.matches("^deleting 1 CNs failed", delete(world).error.message)
    local refused = add(world)
    assert.matches("action=delete cns=%x+%-", refused.error.remedy)
    world.cluster.nodes[3].cn, world.cluster.locked = nil, nil
    local result, reporter = add(world, nil, { "add 3 CNs to dws-orders" })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^note deleting 1 CNs of .- is done by now$"))
  end)

  it("is forgotten where that is asked for", function()
    local world = dws.world(failing("batch_delete_cluster_cn", 2))
    delete(world)
    world.cluster.locked = nil
    assert.equal("done", add(world, { forget = true }).status)
  end)

  it("for time stays recorded, and a later run sees that it is done", function()
    local world = dws.world()
    local put_back = dws.stuck(world, "batch_create_cluster_cn", "ADD_CN_ING")
    local result = add(world, { deadline_hours = 1 })
    assert.equal("the adding of CNs: not there after 1 h, the state is ADD_CN_ING", result.error.message)
    assert.matches("^adding CNs up to 5 of dws%-orders .*`hwdb resume`", result.left_behind)
    assert.is_table(record(world))
    put_back()
    assert.same({ cns = 5, changed = false }, add(world).value)
    assert.is_nil(record(world))
    assert.same({ "batch_create_cluster_cn" }, dws.effects(world))
  end)

  it("because it was refused leaves no record", function()
    local world = dws.world({ faults = { { op = "dws.batch_create_cluster_cn", ["do"] = "status", status = 400, code = "DWS.5207" } } })
    assert.equal("DWS.5207", add(world).error.code)
    assert.is_nil(record(world))
  end)
end)

describe("the preflight of coordinator nodes", function()
  local function refused(run, before, more)
    local world = dws.world()
    before(world.cluster)
    local result, reporter = run(world, more)
    assert.same({}, dws.effects(world))
    return result.error.message, reporter
  end

  local CASES = {
    { "cluster available", add, function(c) c.status = "UNAVAILABLE" end },
    { "sub-status", add, function(c) c.sub_status = "DEGRADED" end },
    { "sub-status", delete, function(c) c.sub_status = "READONLY" end },
    { "no task", add, function(c) c.failure = "WAITING_REDISTRIBUTION" end },
    { "no restart due", delete, function(c) c.groups[2].status = "Pending-Reboot" end },
    { "number of CNs", add, function() end, { total = 7 } },
    { "more CNs than now", add, function() end, { total = 2 } },
    { "nodes available", add, function(c) c.nodes[5].status = "300" end },
    { "CNs that stay", delete, function(c) c.nodes[2].cn = nil end },
  }
  for _, case in ipairs(CASES) do
    it("names the line: " .. case[1], function()
      assert.equal("preflight: not met: " .. case[1], (refused(case[2], case[3], case[4])))
    end)
  end

  it("waits for a snapshot that is being taken", function()
    local world = dws.world()
    assert(world.client.dws:create_snapshot({ snapshot = { name = "theirs", cluster_id = world.cluster_id } }))
    world.sim:advance(10)
    local result, reporter = add(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^warn no task: a snapshot is being taken"))
  end)

  it("takes a degraded cluster for a deletion", function()
    local world = dws.world()
    world.cluster.sub_status = "DEGRADED"
    assert.equal("done", delete(world).status)
  end)

  it("needs to know what to do", function()
    local world = dws.world()
    assert.matches("^action=add needs total", change(world, { action = "add" }).error.message)
    assert.matches("^action=delete needs cns", change(world, { action = "delete" }).error.message)
    assert.matches("has no use for cns", change(world, { action = "add", total = 5, cns = "x" }).error.message)
    assert.equal("usage", add(world, { total = 21 }).error.kind)
  end)
end)

describe("the gate of coordinator nodes", function()
  it("stops them without a person, and wants the cluster's name typed", function()
    for _, run in ipairs({ add, delete }) do
      local world = dws.world()
      assert.equal("waiting", run(world, {}, {}).status)
      assert.same({}, dws.effects(world))
    end
    local world = dws.world()
    local result = change(world, { action = "delete", cns = THIRD }, nil, { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
  end)

  it("does not protect against a change by somebody else: the guard does", function()
    local world = dws.world()
    local result = change(world, { action = "add", total = 5 }, nil, { ask = function(q)
      assert(world.client.dws:batch_create_cluster_cn({ cluster_id = world.cluster_id, num = 4 }))
      world.sim:advance(700)
      return q.expect
    end })
    assert.equal("the CNs of dws-orders were changed by somebody else since they were listed: 4 now", result.error.message)
  end)
end)

describe("the runbook of coordinator nodes", function()
  local proofs = require("spec.runbooks.proofs")

  local function calm(world) world.sim.state.dws.clusters[1].policies.list = {} end

  describe("that adds", function()
    proofs.of({ name = "dws_cn_nodes", services = { "dws" }, accept = ADD, prepare = calm, points = 6,
      params = function(world) return { cluster_id = world.sim.state.dws.clusters[1].id, action = "add", total = 5 } end,
      effects = { "batch_create_cluster_cn" } })
  end)

  describe("that deletes", function()
    proofs.of({ name = "dws_cn_nodes", services = { "dws" }, accept = DELETE, prepare = calm, points = 6,
      params = function(world) return { cluster_id = world.sim.state.dws.clusters[1].id, action = "delete", cns = THIRD } end,
      effects = { "batch_delete_cluster_cn" } })
  end)

  it("retries a failed change exactly once, wherever it is killed", function()
    local rb = assert(require("hwdb.runbook").load("dws_cn_nodes"))
    local function world_of()
      local world = durable.world(failing("batch_create_cluster_cn"))
      calm(world)
      return world, { accept = ADD, terminal = false, params = { cluster_id = world.sim.state.dws.clusters[1].id, action = "add",
        total = 5 } }
    end
    local world, options = world_of()
    local whole = { seen = 0 }
    assert.equal("done", durable.run(world, rb, options, whole).state)
    local wanted = durable.ops(world)
    assert.same({ "batch_create_cluster_cn", "batch_create_cluster_cn" }, wanted)
    durable.clean(world)
    for point = 2, whole.seen, math.max(1, whole.seen // 10) do
      world, options = world_of()
      durable.run(world, rb, options, { seen = 0, kill = point })
      local result = durable.go_on(world, rb, options)
      assert.same({ "done", wanted }, { result.state, durable.ops(world) }, ("point %d of %d"):format(point, whole.seen))
      durable.clean(world)
    end
  end)
end)
