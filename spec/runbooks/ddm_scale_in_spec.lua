-- SPDX-License-Identifier: Apache-2.0
-- Fewer nodes for a DDM instance: named ones or so many, every prerequisite, and what must never go.
local support = require("spec.runbooks.instance_support")

local YES = { "scale in ddm-orders" }

-- The world's instance with four nodes in its group.
local function world_of_four(options)
  local world = support.world(options)
  local instance = world.instance
  require("hwdb.sim.ddm_nodes").add({ state = world.sim.state, id = function(_, suffix)
    return require("hwdb.sim.ids").suffixed(world.sim.state, suffix)
  end, uuid = function() return require("hwdb.sim.ids").uuid(world.sim.state) end }, instance, 2, "normal")
  return world
end

local function shrink(world, params, options)
  local given, opts = { remove = 1 }, { accept = YES }
  for key, value in pairs(params or {}) do given[key] = value end
  if given.nodes then given.remove = "absent" end
  for key, value in pairs(options or {}) do opts[key] = value end
  return support.go(world, "ddm_scale_in", given, opts)
end

local function node_ids(world)
  local ids = {}
  for i, node in ipairs(world.instance.nodes) do ids[i] = node.id end
  return ids
end

describe("a scale-in", function()
  it("removes the nodes that are named, and shows before which go and which stay", function()
    local world = world_of_four()
    local ids = node_ids(world)
    local result, reporter = shrink(world, { nodes = ids[1] .. "," .. ids[3] })
    assert.is_nil(result.error)
    assert.same({ "delete_nodes" }, support.effects(world))
    assert.same({ ids[2], ids[4] }, node_ids(world))
    assert.same({ ids[1], ids[3] }, result.value.removed)
    assert.equal(2, result.value.total)
    local what = {}
    for i, row in ipairs(reporter.tables["nodes of the group default"].rows) do what[i] = row[2] end
    assert.same({ "goes", "stays", "goes", "stays" }, what)
    assert.is_nil(result.left_behind)
  end)

  it("removes as many as are asked for, of the service's choice", function()
    local world = world_of_four()
    local ids = node_ids(world)
    local result, reporter = shrink(world, { remove = 3 })
    assert.is_nil(result.error)
    assert.same({ "shrink_instance_nodes" }, support.effects(world))
    assert.same({ ids[1] }, node_ids(world))
    assert.is_true(reporter:has("^ok gone: .+; 1 of 4 stay, all of them running$"))
    assert.equal("may go", reporter.tables["nodes of the group default"].rows[1][2])
  end)

  it("shrinks the group that is named, or that of the nodes", function()
    local world = world_of_four()
    local group = support.add_group(world)
    assert.equal("done", shrink(world, { group_id = group }).status)
    assert.equal(5, #world.instance.nodes)
    world = world_of_four()
    support.add_group(world)
    assert.equal("done", shrink(world, { nodes = node_ids(world)[2] }).status)
  end)

  it("lets a node in trouble go when it is named", function()
    local world = world_of_four()
    world.instance.nodes[3].status = "abnormal"
    local result, reporter = shrink(world, { nodes = node_ids(world)[3] })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^warn nodes that go: %S+ is abnormal: the service may refuse$"))
  end)

  it("bears old states and a service that stumbles", function()
    local world = support.world({ lag_seconds = 90, faults = { { op = "ddm.list_jobs", nth = 3, ["do"] = "status", status = 500 } } })
    assert.equal("done", shrink(world).status)
    assert.equal(1, #world.instance.nodes)
  end)

  it("opens with its window", function()
    local world = support.world()
    assert.equal("done", shrink(world, { window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }).status)
    assert.equal("2026-01-01T18:00:00.000Z", world.sim:effects()[1].time)
    local result = shrink(support.world(), { zone = "+08:00" })
    assert.equal("a window needs window_from, window_to and zone", result.error.message)
  end)

  it("stops after the preflight where it is told to", function()
    local world = support.world()
    local result, reporter = shrink(world, { stop_after = "preflight" })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: the nodes that stay carry the load"))
    assert.same({}, support.effects(world))
  end)

  it("wants to know either the nodes or their number", function()
    local world = support.world()
    assert.equal("one of remove and nodes is needed, and not both", shrink(world, { remove = "absent" }).error.message)
    assert.equal("one of remove and nodes is needed, and not both",
      support.go(world, "ddm_scale_in", { remove = 1, nodes = "a" }, { accept = YES }).error.message)
  end)
end)

describe("the preflight of a scale-in", function()
  local function stops(name, change, params)
    local world = world_of_four()
    local given = change(world) or params
    local result, reporter = shrink(world, given)
    assert.equal(1, result.exit)
    assert.equal("preflight: not met: " .. name, result.error.message)
    assert.same({}, support.effects(world))
    assert.is_true(reporter:has("^fail " .. name:match("^[^,]+"):gsub("%-", "%%-")))
    return reporter
  end

  it("stops when the instance is not running, or a task is", function()
    stops("instance running", function(world) world.instance.status = "RESIZING" end)
    stops("instance running, no running task", function(world)
      assert(world.client.ddm:restart_instance({ instance_id = world.instance_id, restart = { type = "soft" } }))
      world.sim.log.effects = {}
      world.sim:advance(5)
    end)
  end)

  it("stops for an instance bought by the month", function()
    stops("pay-per-use", function(world) world.instance.order_id = "CS2601010800ABCDE" end)
  end)

  it("stops when one of several groups is not named", function()
    stops("group", function(world) support.add_group(world) end)
    stops("group", function(world)
      support.add_group(world)
      return { nodes = "nothing" }
    end)
  end)

  it("stops when a node is unknown, named twice, or of another group", function()
    stops("nodes of the group", function() return { nodes = "nothing" } end)
    stops("nodes of the group", function(world) return { nodes = { node_ids(world)[1], node_ids(world)[1] } } end)
    stops("nodes of the group", function(world)
      support.add_group(world)
      return { nodes = { node_ids(world)[1], node_ids(world)[5] } }
    end)
  end)

  it("stops when no node would stay", function()
    stops("a node stays", function() return { remove = 4 } end)
    stops("a node stays", function(world) return { nodes = node_ids(world) } end)
  end)

  it("stops when a node that stays, or could stay, is not normal", function()
    stops("DDM nodes", function(world)
      world.instance.nodes[3].status = "abnormal"
      return { nodes = node_ids(world)[1] }
    end)
    local reporter = stops("DDM nodes", function(world) world.instance.nodes[3].status = "abnormal" end)
    assert.is_true(reporter:has("name the nodes that shall go with nodes=…$"))
  end)

  it("stops when a schema is not at rest or a data node not normal", function()
    stops("schemas at rest", function(world) world.instance.schemas[1].status = "EXPANDING" end)
    stops("data nodes normal", function(world) world.sim.state.rds.instances[1].status = "rebooting" end)
  end)

  it("warns of a read-only group with one node, and of lost addresses", function()
    local world = support.world()
    local group = support.add_group(world)
    world.instance.load_balancing = false
    local result, reporter = shrink(world, { group_id = group, stop_after = "preflight" })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^warn read%-only group: the manual has two nodes"))
    assert.is_true(reporter:has("^warn load balancing: it is off"))
  end)
end)

describe("the gate of a scale-in", function()
  it("waits for a person without a terminal, and wants the name typed", function()
    local world = support.world()
    local result = shrink(world, {}, { accept = {} })
    assert.equal(3, result.exit)
    assert.matches('accept="scale in ddm-orders"', result.error.remedy, 1, true)
    result = shrink(world, {}, { accept = {}, ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
    assert.same({}, support.effects(world))
  end)

  it("lets nothing through once somebody else has changed the nodes", function()
    local world = world_of_four()
    local result = shrink(world, {}, { accept = {}, ask = function(q)
      table.remove(world.instance.nodes)
      return q.expect
    end })
    assert.equal("the instance is not as it was looked at: nothing has been changed", result.error.message)
    world = world_of_four()
    result = shrink(world, { window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }, {
      client = support.watched(world, function()
        if #world.instance.nodes == 4 then table.remove(world.instance.nodes) end
      end) })
    assert.equal(3, result.exit)
    assert.matches("somebody else changed what ddm.show_instance shows", result.error.message, 1, true)
    assert.same({}, support.effects(world))
  end)
end)

describe("a scale-in that fails", function()
  it("is told with the task's own reason", function()
    for op, params in pairs({ shrink_instance_nodes = function() return nil end,
      delete_nodes = function(world) return { nodes = node_ids(world)[1] } end }) do
      local world = support.world({ faults = { { op = "ddm." .. op, ["do"] = "job_failed", code = "DBS.200412", reason = "busy" } } })
      assert.equal("the scale-in: Failed (DBS.200412 busy)", shrink(world, params(world)).error.message)
      assert.equal(2, #world.instance.nodes)
    end
  end)

  it("by a refusal is told as the service says it", function()
    local world = support.world({ faults = { { op = "ddm.shrink_instance_nodes", ["do"] = "refuse", status = 400,
      code = "DBS.280001" } } })
    assert.equal("DBS.280001", shrink(world).error.code)
    assert.same({}, support.effects(world))
  end)

  it("whose answer is lost is found in the list of tasks, and not begun again", function()
    for op, params in pairs({ shrink_instance_nodes = function() return nil end,
      delete_nodes = function(world) return { nodes = node_ids(world)[1] } end }) do
      local world = support.world({ faults = { { op = "ddm." .. op, ["do"] = "reset_after" } } })
      local result, reporter = shrink(world, params(world))
      assert.equal("done", result.status)
      assert.is_true(reporter:has("ddm." .. op .. " took place; its answer is adopted"))
      assert.same({ op }, support.effects(world))
    end
  end)

  it("with other nodes gone than were meant is told", function()
    local world = world_of_four()
    local ids = node_ids(world)
    local client = support.watched(world, function()
      if #world.instance.nodes == 3 then table.remove(world.instance.nodes, 2) end
    end)
    local result = shrink(world, { nodes = ids[1] }, { client = client })
    assert.equal(("1 should have gone, 2 went; not meant: %s"):format(ids[3]), result.error.message)
    assert.equal("verify", result.step)
  end)

  it("ends at its deadline when the task does", function()
    local world = support.world()
    world.sim:add_fault({ op = "ddm.list_jobs", nth = 3, times = 100000, ["do"] = "status", status = 503 })
    local result = shrink(world, { deadline_hours = 1 })
    assert.matches("^the scale%-in: not there after 1 h", result.error.message)
    assert.matches("taken up again, this run follows it", result.left_behind, 1, true)
  end)
end)

describe("the scale-in runbook", function()
  require("spec.runbooks.proofs").of{ name = "ddm_scale_in", accept = YES, services = { "ddm", "rds" },
    effects = { "delete_nodes" },
    params = function(world) return { instance_id = world.instance.id, nodes = world.instance.nodes[1].id } end }
end)

describe("the plan of a scale-in", function()
  it("tells that the nodes cannot be had back, by name or by number", function()
    for op, params in pairs({ delete_nodes = function(world) return { nodes = world.instance.nodes[1].id } end,
      shrink_instance_nodes = function() return { remove = 1 } end }) do
      local world = support.lasting_world()
      local given = params(world)
      given.instance_id = world.instance.id
      local plan = require("spec.durable.support").with_journal(world, function(store)
        return assert(require("hwdb.runbook").plan(assert(require("hwdb.runbook").load("ddm_scale_in")),
          { client = world.client, params = given, journal = store, services = { "ddm", "rds" } }))
      end)
      assert.same({ ("ddm.%s of ddm/%s"):format(op, world.instance.id) }, plan.cannot_undo)
      support.clean(world)
    end
  end)
end)
