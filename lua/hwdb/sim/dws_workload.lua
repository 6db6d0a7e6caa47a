-- SPDX-License-Identifier: Apache-2.0
-- Resource management: its switch, plans and resource pools (5.4). A failure is
-- told by workload_res_code, mostly with 200, of a missing pool with 500. What
-- is in plans and pools is told by calls of the SDK only.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")
local paging = require("hwdb.sim.paging")
local refusal = require("hwdb.sim.refusal")
local tasks = require("hwdb.sim.dws_tasks")

local M = {}

local OK = { workload_res_code = 0, workload_res_str = "" }

-- Reading while the cluster is not available is a 400, changing a 403 as elsewhere.
local function readable(ctx, id)
  local cluster = lookup.part(ctx, id)
  if cluster.status ~= "AVAILABLE" then errors.refuse("DWS.7023", 400) end
  return cluster
end

local function changeable(ctx, id)
  local cluster = lookup.part(ctx, id)
  tasks.require_available(ctx, cluster)
  return cluster
end

-- A name given must be one of the cluster's logical clusters, and one is needed
-- where it has them. What logical clusters refuse comes as a 417.
local function logical_name(ctx, cluster, name)
  if ctx.state.lenient then return name or "" end
  if cluster.logical and not name then errors.workload("The logical cluster name is required.") end
  if name and not (cluster.logical and cluster.logical[name]) then
    refusal.raise(417, errors.OTHER, "logical cluster is not existed")
  end
  return name or ""
end

local function show_cluster_workload(ctx, args)
  local workload = readable(ctx, args.cluster_id).workload
  return { workload_res_code = 0, workload_res_str = "Success get workload manager status.",
    workload_status = { workload_switch = workload.switch, max_concurrency_num = workload.max } }
end

local function update_cluster_workload(ctx, args)
  local cluster, wanted = changeable(ctx, args.cluster_id), args.workload_status
  if not wanted then return OK, cluster.id end
  if wanted.workload_switch ~= "on" and wanted.workload_switch ~= "off" then errors.workload("The switch is invalid.") end
  local most = wanted.max_concurrency_num
  if most ~= nil then most = math.tointeger(tonumber(most)) end
  if wanted.max_concurrency_num ~= nil and (not most or most < -1) then
    errors.workload("The maximum concurrency is invalid.")
  end
  cluster.workload.switch, cluster.workload.max = wanted.workload_switch, most or cluster.workload.max
  return OK, cluster.id
end

local function require_on(cluster)
  if cluster.workload.switch ~= "on" then errors.workload("Resource management is disabled.") end
end

-- The entry of that name in that logical cluster.
local function named(list, name, logical)
  for i, entry in ipairs(list) do
    if entry.name == name and entry.logical == logical then return entry, i end
  end
end

local function create_workload_plan(ctx, args)
  local cluster = changeable(ctx, args.cluster_id)
  local logical = logical_name(ctx, cluster, args.logical_cluster_name)
  require_on(cluster)
  if args.plan_name == "" then errors.workload("The plan name is invalid.") end
  if named(cluster.workload.plans, args.plan_name, logical) then errors.workload("The plan already exists.") end
  local plan = { id = ctx:uuid(), name = args.plan_name, logical = logical, status = "disabled", stages = {} }
  table.insert(cluster.workload.plans, plan)
  return OK, cluster.id .. "/" .. plan.name
end

local function list_workload_queue(ctx, args)
  local cluster, names = readable(ctx, args.cluster_id), core.array({})
  local logical = logical_name(ctx, cluster, args.logical_cluster_name)
  for _, queue in ipairs(cluster.workload.queues) do
    if queue.logical == logical then names[#names + 1] = queue.name end
  end
  return { workload_queue_name_list = names, workload_res_code = 0, workload_res_str = "" }
end

local RANGES = { cpu_share = { 1, 99 }, cpu_limit = { 0, 100 }, memory = { 0, 100 },
  tablespace = { -1, math.maxinteger }, activestatements = { -1, math.maxinteger } }

-- The items by name: one of the cpu ones and all others, each once and in its range.
local function resources(items)
  local values = {}
  for _, item in ipairs(items) do
    local range, value = RANGES[item.resource_name], item.resource_value
    if not range or value < range[1] or value > range[2] or values[item.resource_name] then
      errors.workload("The resource " .. tostring(item.resource_name) .. " is invalid.")
    end
    values[item.resource_name] = value
  end
  if not ((values.cpu_share or values.cpu_limit) and values.memory and values.tablespace and values.activestatements) then
    errors.workload("The resource list is incomplete.")
  end
  return values
end

local function limited(queues, values)
  local sum = values.cpu_limit or 0
  for _, queue in ipairs(queues) do sum = sum + (queue.resources.cpu_limit or 0) end
  if sum > 100 then errors.workload("The CPU limits of all resource pools exceed 100%.") end
end

local function add_workload_queue(ctx, args)
  local cluster, wanted = changeable(ctx, args.cluster_id), args.workload_queue
  local queues, name = cluster.workload.queues, wanted.workload_queue_name
  local logical = logical_name(ctx, cluster, wanted.logical_cluster_name)
  require_on(cluster)
  if name == "" then errors.workload("The resource pool name is invalid.") end
  if named(queues, name, logical) then errors.workload("The resource pool already exists.") end
  local values = resources(wanted.workload_resource_item_list)
  limited(queues, values)
  queues[#queues + 1] = { name = name, logical = logical, resources = values }
  return OK, cluster.id .. "/" .. name
end

local function delete_workload_queue(ctx, args)
  local cluster = changeable(ctx, args.cluster_id)
  local logical = logical_name(ctx, cluster, args.logical_cluster_name)
  local queue, at = named(cluster.workload.queues, args.workload_queue_name, logical)
  if not queue then errors.no_queue() end
  table.remove(cluster.workload.queues, at)
  return OK, cluster.id .. "/" .. queue.name
end

local function list_workload_plans(ctx, args)
  local cluster, found = readable(ctx, args.cluster_id), {}
  local logical = logical_name(ctx, cluster, args.logical_cluster_name)
  for _, plan in ipairs(cluster.workload.plans) do
    if plan.logical == logical then found[#found + 1] = plan end
  end
  local list = paging.page(found, args, 100, function(plan)
    return { plan_id = plan.id, plan_name = plan.name, status = plan.status == "disabled" and 0 or 1, current_stage = "",
      logical_cluster_name = plan.logical, project_id = cluster.project_id, cluster_id = cluster.id }
  end)
  return { plan_list = list, count = #found, workload_res_code = 0, workload_res_str = "" }
end

local function delete_workload_plan(ctx, args)
  local cluster = changeable(ctx, args.cluster_id)
  local plan, at = lookup.entry(cluster.workload.plans, args.plan_id)
  if not plan then errors.workload("The plan does not exist.") end
  table.remove(cluster.workload.plans, at)
  return OK, cluster.id .. "/" .. plan.name
end

local UNITS = { cpu_share = "%", cpu_limit = "%", memory = "%", tablespace = "MB" }

local function show_workload_queue(ctx, args)
  local cluster, items = readable(ctx, args.cluster_id), core.array({})
  local logical = logical_name(ctx, cluster, args.logical_cluster_name)
  local queue = named(cluster.workload.queues, args.queue_name, logical)
  if not queue then errors.no_queue() end
  for _, name in ipairs({ "cpu_share", "cpu_limit", "memory", "tablespace", "activestatements" }) do
    if queue.resources[name] then
      items[#items + 1] = { resource_name = name, resource_value = queue.resources[name], value_unit = UNITS[name] or "" }
    end
  end
  return { workload_queue = { queue_name = queue.name, logical_cluster_name = queue.logical, resource_item_list = items },
    workload_res_code = 0, workload_res_str = "" }
end

local function update_queue_resources(ctx, args)
  local cluster, wanted = changeable(ctx, args.cluster_id), args.workload_queue
  local queues = cluster.workload.queues
  local queue = named(queues, args.queue_name, logical_name(ctx, cluster, wanted.logical_cluster_name))
  if not queue then errors.no_queue() end
  if wanted.workload_queue_name ~= queue.name then errors.workload("The resource pool name is invalid.") end
  local values, others = resources(wanted.resource_item_list), {}
  for _, other in ipairs(queues) do others[#others + 1] = other ~= queue and other or nil end
  limited(others, values)
  queue.resources = values
  return OK, cluster.id .. "/" .. queue.name
end

M.operations = {
  ["dws.list_workload_plans"] = list_workload_plans,
  ["dws.delete_workload_plan"] = delete_workload_plan,
  ["dws.show_workload_queue"] = show_workload_queue,
  ["dws.update_queue_resources"] = update_queue_resources,
  ["dws.show_cluster_workload"] = show_cluster_workload,
  ["dws.update_cluster_workload"] = update_cluster_workload,
  ["dws.create_workload_plan"] = create_workload_plan,
  ["dws.list_workload_queue"] = list_workload_queue,
  ["dws.add_workload_queue"] = add_workload_queue,
  ["dws.delete_workload_queue"] = delete_workload_queue,
}

return M
