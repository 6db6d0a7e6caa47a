-- SPDX-License-Identifier: Apache-2.0
-- More nodes for a DDM instance: every prerequisite, payment by the hour and by the month, the window, the way back.
local support = require("spec.runbooks.instance_support")

local YES = { "scale out ddm-orders", "buy ddm.expand_instance_nodes_v3" }
local WINDOW = { window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }

local function grow(world, params, options)
  local given, opts = { add = 2 }, { accept = YES }
  for key, value in pairs(params or {}) do given[key] = value end
  for key, value in pairs(options or {}) do opts[key] = value end
  return support.go(world, "ddm_scale_out", given, opts)
end

local function node_ids(world)
  local ids = {}
  for i, node in ipairs(world.instance.nodes) do ids[i] = node.id end
  return ids
end

describe("a scale-out", function()
  it("adds the nodes and shows which are new", function()
    local world = support.world()
    local before = node_ids(world)
    local result, reporter = grow(world)
    assert.is_nil(result.error)
    assert.equal(0, result.exit)
    assert.same({ "expand_instance_nodes_v3" }, support.effects(world))
    local now = node_ids(world)
    assert.same({ before[1], before[2] }, { now[1], now[2] })
    assert.same({ now[3], now[4] }, result.value.nodes)
    assert.equal(4, result.value.total)
    local rows = reporter.tables.nodes.rows
    assert.same({ now[1], now[3] }, { rows[1][1], rows[3][1] })
    assert.same({ "", "new" }, { rows[2][2], rows[3][2] })
    assert.same({ now[3], now[4] }, world.store:get("ddm_scale_out/" .. world.instance_id).nodes)
    assert.is_nil(result.left_behind)
  end)

  it("spreads the nodes over the group's zones, the emptiest first", function()
    local world = support.world()
    world.instance.nodes[1].zone, world.instance.nodes[2].zone = "cn-north-4b", "cn-north-4a"
    world.instance.nodes[3] = nil
    assert.equal("done", grow(world, { add = 3 }).status)
    local zones = {}
    for i = 3, 5 do zones[i - 2] = world.instance.nodes[i].zone end
    assert.same({ "cn-north-4a", "cn-north-4b", "cn-north-4a" }, zones)
  end)

  it("takes zones and a subnet as given", function()
    local world = support.world()
    local subnet = world.sim.state.network.subnets[2].id
    assert.equal("done", grow(world, { zones = "cn-north-4c,cn-north-4b", subnet_id = subnet }).status)
    assert.equal("cn-north-4c", world.instance.nodes[3].zone)
    assert.equal(subnet, world.instance.nodes[4].subnet_id)
  end)

  it("grows the group it is told to", function()
    local world = support.world()
    local group = support.add_group(world)
    assert.equal("done", grow(world, { add = 1, group_id = group }).status)
    assert.equal(group, world.instance.nodes[5].group_id)
  end)

  it("bears an old state that is shown for a while, and a service that stumbles", function()
    local world = support.world({ lag_seconds = 90, faults = { { op = "ddm.list_jobs", nth = 3, ["do"] = "status", status = 500 },
      { op = "ddm.show_instance", nth = 4, ["do"] = "html" } } })
    assert.equal("done", grow(world).status)
    assert.same({ "expand_instance_nodes_v3" }, support.effects(world))
  end)

  it("goes on where the classes of an unsold kernel cannot be listed, and says so", function()
    local world = support.world()
    world.instance.engine_version = "3.1.0.7"
    local result, reporter = grow(world)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^unseen node class on sale: not seen %(.*Parameter error"))
  end)

  it("stops after the preflight where it is told to", function()
    local world = support.world()
    local result, reporter = grow(world, { stop_after = "preflight" })
    assert.equal("done", result.status)
    assert.same({}, support.effects(world))
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: the hour is a quiet one"))
  end)
end)

describe("a scale-out of an instance bought by the month", function()
  local function monthly()
    local world = support.world()
    world.instance.order_id = "CS2601010800ABCDE"
    return world
  end

  it("waits until somebody pays the order", function()
    local world = monthly()
    local paid
    local client = support.watched(world, function()
      for id, order in pairs(world.sim.state.bss.orders) do
        if order.service == "ddm" and not paid then paid = assert(world.client.bss:pay_order({ order_id = id })) end
      end
    end)
    local result, reporter = grow(world, {}, { client = client })
    assert.is_nil(result.error)
    assert.equal(4, #world.instance.nodes)
    assert.is_true(reporter:has("^warn payment: bought by the month"))
    assert.is_true(reporter:has("^note the order %S+ waits for its payment"))
  end)

  it("has it paid from the balance when it may", function()
    local world = monthly()
    local result, reporter = grow(world, { auto_pay = true })
    assert.is_nil(result.error)
    assert.equal(4, #world.instance.nodes)
    assert.is_false(reporter:has("waits for its payment"))
  end)

  it("ends at its deadline when nobody pays", function()
    local world = monthly()
    local result = grow(world, { deadline_hours = 2 })
    assert.equal(1, result.exit)
    assert.matches("^the order %S+: not there after 2 h, the state is 6$", result.error.message)
    assert.matches("taken up again, this run follows it", result.left_behind, 1, true)
    local reporter
    local effects = #support.effects(world)
    result, reporter = grow(world)
    assert.equal("preflight: not met: no order open", result.error.message)
    assert.is_true(reporter:has("^fail no order open: CS%w+ of an earlier run is not carried out: take that run up"))
    assert.equal(effects, #support.effects(world))
  end)
end)

describe("the preflight of a scale-out", function()
  local function stops(name, change, params)
    local world = support.world()
    local given = change(world) or params
    local result, reporter = grow(world, given)
    assert.equal(1, result.exit)
    assert.equal("preflight: not met: " .. name, result.error.message)
    assert.same({}, support.effects(world))
    assert.is_true(reporter:has("^fail " .. name:match("^[^,]+")))
    return reporter
  end

  it("stops when the instance is not running", function()
    stops("instance running", function(world) world.instance.status = "SET_CONFIGURATION" end)
  end)

  it("stops while a task is running", function()
    stops("instance running, no running task", function(world)
      assert(world.client.ddm:restart_instance({ instance_id = world.instance_id, restart = { type = "soft" } }))
      world.sim.log.effects = {}
      world.sim:advance(5)
    end)
  end)

  it("stops when a DDM node is not normal", function()
    stops("DDM nodes", function(world) world.instance.nodes[2].status = "abnormal" end)
  end)

  it("stops when a schema is not at rest or a data node not normal", function()
    stops("schemas at rest", function(world) world.instance.schemas[1].status = "EXPAND_FAILED" end)
    stops("data nodes normal", function(world) world.sim.state.rds.instances[2].status = "backup" end)
  end)

  it("stops above 32 nodes", function()
    stops("at most 32 nodes", function() return { add = 31 } end)
  end)

  it("stops when one of several groups is not named, or there is none of the name", function()
    stops("group", function(world) support.add_group(world) end)
    stops("group", function() return { group_id = "nothing" } end)
  end)

  it("stops when the zones do not fit the nodes", function()
    stops("zones", function() return { zones = "cn-north-4a" } end)
  end)

  it("stops when the group lies in several subnets and none is named", function()
    stops("subnet", function(world) world.instance.nodes[2].subnet_id = world.sim.state.network.subnets[2].id end)
  end)

  it("stops where the node class is sold out", function()
    local reporter = stops("node class on sale", function(world)
      world.sim.state.ddm.flavors[1].sold_out = { ["cn-north-4a"] = true }
    end)
    assert.is_true(reporter:has("not to be had in cn%-north%-4a; zones=… names others$"))
  end)

  it("judges another group's class by its size", function()
    stops("node class on sale", function(world)
      world.sim.state.ddm.flavors[2].sold_out = { ["cn-north-4a"] = true }
      world.sim.state.ddm.flavors[5].sold_out = { ["cn-north-4a"] = true }
      return { group_id = support.add_group(world) }
    end)
  end)

  it("tells all that is not met, and that load balancing is off", function()
    local world = support.world()
    world.instance.load_balancing, world.instance.nodes[1].status = false, "abnormal"
    local result, reporter = grow(world, { add = 31 })
    assert.equal("preflight: not met: DDM nodes, at most 32 nodes", result.error.message)
    assert.is_true(reporter:has("^warn load balancing: it is off"))
  end)

  it("names an instance that does not exist", function()
    local result = grow(support.world(), { instance_id = "0123456789abcdef0123456789abcdefin09" })
    assert.equal("look", result.step)
    assert.equal("api", result.error.kind)
  end)
end)

describe("the gates of a scale-out", function()
  it("wait for a person without a terminal, first for the name, then for the money", function()
    for _, case in ipairs({ { {}, "scale out ddm-orders" }, { { YES[1] }, YES[2] } }) do
      local world = support.world()
      local result = grow(world, {}, { accept = case[1] })
      assert.equal(3, result.exit)
      assert.matches(('accept="%s"'):format(case[2]), result.error.remedy, 1, true)
      assert.same({}, support.effects(world))
    end
  end)

  it("want the instance's name typed", function()
    local world = support.world()
    local result = grow(world, {}, { accept = {}, ask = function(q) return q.expect and "ddm" or "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
    result = grow(world, {}, { accept = {}, ask = function(q) return q.expect or "no" end })
    assert.equal("buy ddm.expand_instance_nodes_v3: not agreed to; it was not sent", result.error.message)
    assert.same({}, support.effects(world))
  end)

  it("send nothing when somebody else changes the instance meanwhile", function()
    local world = support.world()
    local asked
    local client = support.intercepted(world, { expand_instance_nodes_v3 = function(call, args)
      asked = true
      return call(args)
    end })
    local result = grow(world, {}, { client = client, accept = { YES[1] }, ask = function()
      table.remove(world.instance.nodes)
      return "yes"
    end })
    assert.equal(3, result.exit)
    assert.matches("somebody else changed what ddm.show_instance shows", result.error.message, 1, true)
    assert.is_nil(asked)
  end)

  it("open with the window, and not after it", function()
    local world = support.world()
    assert.equal("done", grow(world, WINDOW).status)
    assert.equal("2026-01-01T18:00:00.000Z", world.sim:effects()[1].time)
    world = support.world()
    local result = grow(world, { window_from = "2025-12-31 02:00", window_to = "04:00", zone = "+08:00" })
    assert.matches("the window .+ is over", result.error.message)
    result = grow(world, { window_from = "2026-01-02 02:00" })
    assert.equal("a window needs window_from, window_to and zone", result.error.message)
    assert.same({}, support.effects(world))
  end)
end)

describe("a scale-out that fails", function()
  it("is told with the task's own reason", function()
    local world = support.world({ faults = { { op = "ddm.expand_instance_nodes_v3", ["do"] = "job_failed", code = "DBS.200412",
      reason = "no capacity" } } })
    local result = grow(world)
    assert.equal("the scale-out: Failed (DBS.200412 no capacity)", result.error.message)
    assert.matches("see which nodes came: hwdb call ddm.list_nodes", result.error.remedy, 1, true)
    assert.is_nil(result.left_behind)
    assert.equal(2, #world.instance.nodes)
  end)

  it("by a refusal is told as the service says it", function()
    local world = support.world({ faults = { { op = "ddm.expand_instance_nodes_v3", ["do"] = "refuse", status = 400,
      code = "DBS.280001" } } })
    local result = grow(world)
    assert.equal("DBS.280001", result.error.code)
    assert.same({}, support.effects(world))
  end)

  it("whose answer is lost is found in the list of tasks, and not begun again", function()
    local world = support.world({ faults = { { op = "ddm.expand_instance_nodes_v3", ["do"] = "reset_after" } } })
    local result, reporter = grow(world)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("ddm.expand_instance_nodes_v3 took place; its answer is adopted"))
    assert.same({ "expand_instance_nodes_v3" }, support.effects(world))
  end)

  it("with fewer or broken nodes than asked for is told", function()
    local world = support.world()
    local client = support.watched(world, function()
      if world.instance.nodes[4] then world.instance.nodes[4].status = "enlargefail" end
    end)
    local result, reporter = grow(world, {}, { client = client })
    assert.matches("^2 nodes were asked for, 2 came; not as they should be: %S+no09 is enlargefail$", result.error.message)
    assert.equal("enlargefail", reporter.tables.nodes.rows[4][3])
    assert.equal("verify", result.step)
  end)
end)

describe("a scale-out taken back", function()
  local function failing_verify(world)
    return support.watched(world, function()
      if world.instance.nodes[4] then world.instance.nodes[4].status = "abnormal" end
    end)
  end

  it("removes the nodes it added, and no others", function()
    local world = support.lasting_world()
    local before = node_ids(world)
    local result, back, reporter = support.and_back(world, "ddm_scale_out", { add = 2 }, { accept = YES,
      client = failing_verify(world) })
    assert.equal("failed", result.state)
    assert.is_nil(back.error)
    assert.equal("rolled_back", back.state)
    assert.same(before, node_ids(world))
    assert.same({ "expand_instance_nodes_v3", "delete_nodes" }, support.effects(world))
    assert.is_true(reporter:has("^ok removed again: "))
    support.clean(world)
  end)

  it("does not say that nodes are gone when the service fails to remove them", function()
    local world = support.lasting_world({ faults = { { op = "ddm.delete_nodes", ["do"] = "job_failed", code = "DBS.200412",
      reason = "busy" } } })
    local _, back = support.and_back(world, "ddm_scale_out", { add = 2 }, { accept = YES, client = failing_verify(world) })
    assert.equal("the way back: Failed (DBS.200412 busy)", back.error.message)
    assert.matches("ddm_scale_in nodes=… removes those that are still there: ", back.error.remedy, 1, true)
    assert.equal(4, #world.instance.nodes)
    support.clean(world)
  end)

  it("touches nothing when its task failed and somebody else added the nodes meanwhile", function()
    local world = support.lasting_world({ faults = { { op = "ddm.expand_instance_nodes_v3", ["do"] = "job_failed",
      code = "DBS.200412", reason = "no capacity" } } })
    local rb, id = assert(require("hwdb.runbook").load("ddm_scale_out")), world.instance.id
    local durable = require("spec.durable.support")
    local result = durable.run(world, rb, { params = { instance_id = id, add = 2 }, accept = YES })
    assert.equal("failed", result.state)
    assert(world.client.ddm:expand_instance_nodes_v3({ instance_id = id, nodes = { { available_zone = "cn-north-4a" },
      { available_zone = "cn-north-4a" } } }))
    world.sim:advance(3600)
    local back = durable.resume(world, result.run, { rollback = true })
    assert.matches("^2 nodes are new, this run added 2 at most, and not alone: EnlargeNode %S+ is Completed$", back.error.message)
    assert.matches(world.instance.nodes[4].id .. "$", back.error.remedy)
    assert.equal(4, #world.instance.nodes)
    support.clean(world)
  end)

  it("touches nothing when there are more new nodes than it asked for", function()
    local world = support.lasting_world()
    local client = support.watched(world, function()
      if world.instance.nodes[4] and not world.instance.nodes[5] then
        require("hwdb.sim.ddm_nodes").add({ state = world.sim.state, id = function() return "f" .. ("0"):rep(31) .. "no09" end,
          uuid = function() return "x" end }, world.instance, 1, "normal")
      end
    end)
    local _, back = support.and_back(world, "ddm_scale_out", { add = 2 }, { accept = YES, client = client })
    assert.matches("3 nodes are new, this run added 2 at most", back.error.message, 1, true)
    assert.equal(5, #world.instance.nodes)
    support.clean(world)
  end)
end)

describe("the scale-out runbook", function()
  require("spec.runbooks.proofs").of{ name = "ddm_scale_out", accept = YES, services = { "ddm", "rds" },
    effects = { "expand_instance_nodes_v3" },
    params = function(world) return { instance_id = world.instance.id, add = 2 } end }
end)
