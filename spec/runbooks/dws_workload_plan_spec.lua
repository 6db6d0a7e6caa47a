-- SPDX-License-Identifier: Apache-2.0
-- Resource management from one declaration: pools and plans made once, drift shown, changed, pruned only where made here.
local dws = require("spec.runbooks.dws_changes")

local function declaration(edit)
  local d = { max_concurrency = 80, plans = { "night" }, queues = { { name = "reports", cpu_share = 20, memory = 30, statements = 10 },
    { name = "loads", cpu_limit = 40, memory = 50 } } }
  if edit then edit(d) end
  return d
end

local function apply(world, edit, more, accept, options)
  local params = { cluster_id = world.cluster_id, declaration = declaration(edit) }
  for key, value in pairs(more or {}) do params[key] = value end
  return dws.run(world, "dws_workload_plan", params, accept, options)
end

local MADE = { "update_cluster_workload", "add_workload_queue", "add_workload_queue", "create_workload_plan" }

local function pool(world, name)
  for _, queue in ipairs(world.cluster.workload.queues) do
    if queue.name == name then return queue.resources end
  end
end

local function theirs(world, name, limit)
  assert(world.client.dws:add_workload_queue({ cluster_id = world.cluster_id or world.cluster.id, workload_queue = {
    workload_queue_name = name, workload_resource_item_list = { { resource_name = "cpu_limit", resource_value = limit },
      { resource_name = "memory", resource_value = 0 }, { resource_name = "tablespace", resource_value = -1 },
      { resource_name = "activestatements", resource_value = -1 } } } }))
end

describe("resource management from a declaration", function()
  it("is switched, and its pools and plans made", function()
    local world = dws.world()
    local result, reporter = apply(world)
    assert.is_nil(result.error)
    assert.same({ created = 3, changed = 1, same = 0, undeclared = 0 }, result.value)
    assert.same(MADE, dws.effects(world))
    assert.same({ cpu_share = 20, memory = 30, tablespace = -1, activestatements = 10 }, pool(world, "reports"))
    assert.same({ cpu_limit = 40, memory = 50, tablespace = -1, activestatements = -1 }, pool(world, "loads"))
    assert.same({ 80, "night" }, { world.cluster.workload.max, world.cluster.workload.plans[1].name })
    assert.is_true(reporter:has("^ok CPU limits together: 40 %% of 100$"))
    assert.is_true(reporter:has("^ok read again: as declared$"))
  end)

  it("changes nothing the second time", function()
    local world = dws.world()
    apply(world)
    local result, reporter = apply(world)
    assert.same({ created = 0, changed = 0, same = 4, undeclared = 0 }, result.value)
    assert.is_true(reporter:has("^note everything is as declared: nothing to change$"))
    assert.equal(#MADE, #dws.effects(world))
  end)

  it("shows drift without touching it, then puts it right, what takes less first", function()
    local world = dws.world()
    apply(world, function(d) table.insert(d.queues, { name = "adhoc", cpu_limit = 60 }) end)
    pool(world, "reports").memory = 99
    local function other(d)
      d.queues[2].cpu_limit = 70
      table.insert(d.queues, { name = "adhoc", cpu_limit = 30 })
    end
    local report, told = apply(world, other, { mode = "report" })
    assert.same({ 0, 3 }, { report.value.changed, report.value.differing })
    assert.is_true(told:has("^note 0 missing, 3 differing, 0 not declared; nothing was changed, as asked$"))
    local before = #dws.effects(world)
    local result, reporter = apply(world, other)
    assert.equal("done", result.status, tostring(result.error))
    assert.equal(3, result.value.changed)
    assert.same({ "update_queue_resources", "update_queue_resources", "update_queue_resources" },
      { table.unpack(dws.effects(world), before + 1) })
    assert.same({ 30, 70, 30 }, { pool(world, "adhoc").cpu_limit, pool(world, "loads").cpu_limit, pool(world, "reports").memory })
    assert.is_true(reporter:has("^ok the pool loads is changed: cpu_limit: 40 instead of 70$"))
  end)

  it("waits for a snapshot that begins by itself", function()
    local world = dws.world()
    world.sim:add_fault({ op = "dws.list_workload_plans", ["do"] = "foreign", call = { op = "dws.create_snapshot",
      args = { snapshot = { name = "theirs", cluster_id = world.cluster_id } } } })
    local result = apply(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.equal("create_snapshot", dws.effects(world)[1])
    assert.equal(#MADE + 1, #dws.effects(world))
  end)

  it("is switched off only when the cluster's name is typed", function()
    local world = dws.world()
    local function off(d) d.enabled, d.plans, d.queues = false, nil, nil end
    assert.equal("waiting", apply(world, off).status)
    local refused = apply(world, off, nil, nil, { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been switched", refused.error.message)
    local result = apply(world, off, nil, { "switch off resource management of dws-orders" })
    assert.equal("done", result.status, tostring(result.error))
    assert.equal("off", world.cluster.workload.switch)
  end)

  it("is put back when the run is given up", function()
    local result, world, first = dws.taken_back("dws_workload_plan", function(world)
      return { cluster_id = world.cluster.id, declaration = declaration(function(d)
        table.insert(d.queues, { name = "theirs", cpu_limit = 20 })
      end) }
    end, { world = { faults = { { op = "dws.create_workload_plan", ["do"] = "status", status = 400, code = "DWS.5065", times = 9 } } },
      prepare = function(world) theirs(world, "theirs", 50) end })
    assert.equal("failed", first.state)
    assert.equal("rolled_back", result.state, tostring(result.error))
    assert.same({ 1, 50, 60 }, { #world.cluster.workload.queues, pool(world, "theirs").cpu_limit, world.cluster.workload.max })
  end)
end)

describe("pruning resource management", function()
  local function shrunk(d) d.plans, d.queues[2] = nil, nil end

  it("deletes, confirmed, what this runbook made, and nothing else", function()
    local world = dws.world()
    apply(world)
    theirs(world, "theirs", 10)
    assert.equal(3, apply(world, shrunk, { mode = "report" }).value.undeclared)
    assert.equal("waiting", apply(world, shrunk, { prune = true }).status)
    local refused = apply(world, shrunk, { prune = true }, nil, { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing was pruned", refused.error.message)
    local result = apply(world, shrunk, { prune = true }, { "prune 2" })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_nil(pool(world, "loads"))
    assert.is_table(pool(world, "theirs"))
    assert.equal(0, #world.cluster.workload.plans)
    local again, reporter = apply(world, shrunk, { prune = true })
    assert.equal("done", again.status)
    assert.is_true(reporter:has("^note nothing to prune"))
  end)
end)

describe("a declaration of resource management", function()
  local function refused(edit)
    local world = dws.world()
    local result, reporter = apply(world, edit)
    assert.same({}, dws.effects(world))
    return result.error.message, reporter
  end

  it("is refused where it cannot be meant so, each line named", function()
    local message, reporter = refused(function(d)
      d.enabled = false
      d.plans = { "night", "night" }
      d.queues[1].cpu_limit = 50
      d.queues[2].memory = 101
      d.queues[3] = { name = "reports", cpu_limit = 90 }
    end)
    assert.equal("preflight: not met: declared names, values of the pools, CPU limits together, switched on", message)
    assert.is_true(reporter:has("^fail declared names: reports, night$"))
    assert.is_true(reporter:has("^fail values of the pools: reports: cpu_share or cpu_limit, one of them, loads: memory is 101, from 0 to 100$"))
    assert.is_true(reporter:has("^fail CPU limits together: 180 %% of 100$"))
  end)

  it("counts the limits of pools that are not declared, too", function()
    local world = dws.world()
    theirs(world, "theirs", 70)
    assert.equal("preflight: not met: CPU limits together", apply(world).error.message)
  end)

  it("needs a cluster that is available and at rest", function()
    local world = dws.world()
    world.cluster.failure = "WAITING_REDISTRIBUTION"
    assert.equal("preflight: not met: no task", apply(world).error.message)
    world.cluster.status = "UNAVAILABLE"
    assert.matches("^dws%-orders is UNAVAILABLE: its resource management can be neither read nor changed$", apply(world).error.message)
  end)

  it("waits no longer than told for a cluster that something else keeps busy", function()
    local world = dws.world()
    dws.stuck(world, nil, "SNAPSHOTTING")
    local result = apply(world, nil, { deadline_hours = 1 })
    assert.equal("the cluster before the change: not there after 1 h, the state is SNAPSHOTTING", result.error.message)
    assert.same({}, dws.effects(world))
  end)

  it("is told every wrong field by its place", function()
    local message = refused(function(d) d.queues[1].cpus = 1; d.queues[2].memory = "much" end)
    assert.matches("declaration.queues[1].cpus", message, 1, true)
    assert.matches("declaration.queues[2].memory", message, 1, true)
  end)
end)

describe("resource management in a region without the SDK's calls", function()
  local LACKING = { { op = "dws.list_workload_plans", ["do"] = "status", status = 404, code = "APIGW.0101", times = 99 },
    { op = "dws.show_workload_queue", ["do"] = "status", status = 404, code = "APIGW.0101", times = 99 } }

  it("goes by what was recorded", function()
    local world = dws.world({ faults = LACKING })
    local result, reporter = apply(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^unseen plans: not seen"))
    local again, told = apply(world)
    assert.same({ created = 0, changed = 0, same = 4, undeclared = 0 }, again.value)
    assert.is_true(told:has("^unseen what pools may use: not seen"))
    assert.equal(#MADE, #dws.effects(world))
  end)

  it("leaves a lost answer about a plan to a person", function()
    local world = dws.world({ faults = { LACKING[1], LACKING[2], { op = "dws.create_workload_plan", ["do"] = "reset_after" } } })
    local result = apply(world)
    assert.equal("in_doubt", result.error.kind)
    assert.equal(#MADE, #dws.effects(world))
  end)
end)

describe("resource management that somebody else changes", function()
  it("meanwhile is told, and nothing more is sent", function()
    local world = dws.world()
    world.sim:add_fault({ op = "dws.list_workload_queue", nth = 5, ["do"] = "foreign", call = { op = "dws.add_workload_queue",
      args = { cluster_id = world.cluster_id, workload_queue = { workload_queue_name = "theirs", workload_resource_item_list = {
        { resource_name = "cpu_share", resource_value = 5 }, { resource_name = "memory", resource_value = 0 },
        { resource_name = "tablespace", resource_value = -1 }, { resource_name = "activestatements", resource_value = -1 } } } } } })
    local result = apply(world)
    assert.equal("foreign", result.error.kind, tostring(result.error))
  end)

  it("is found where the answer was lost", function()
    for _, op in ipairs({ "add_workload_queue", "create_workload_plan", "update_cluster_workload" }) do
      local world = dws.world({ faults = { { op = "dws." .. op, ["do"] = "reset_after" } } })
      local result = apply(world)
      assert.equal("done", result.status, tostring(result.error))
      assert.same(MADE, dws.effects(world))
    end
  end)
end)

describe("the runbook of resource management", function()
  require("spec.runbooks.proofs").of({ name = "dws_workload_plan", services = { "dws" }, points = 24,
    prepare = function(world)
      local cluster = world.sim.state.dws.clusters[1]
      cluster.policies.list = {}
      world.cluster = cluster
      theirs(world, "loads", 60)
    end,
    params = function(world) return { cluster_id = world.sim.state.dws.clusters[1].id, declaration = declaration() } end,
    effects = { "update_cluster_workload", "update_queue_resources", "add_workload_queue", "create_workload_plan" } })
end)
