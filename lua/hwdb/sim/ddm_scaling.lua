-- SPDX-License-Identifier: Apache-2.0
-- Nodes of DDM instances: listing (4.2.13, 4.2.14), scaling out and in
-- (4.2.9, 4.2.10).
local errors = require("hwdb.sim.ddm_errors")
local groups = require("hwdb.sim.ddm_group_state")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local nodes = require("hwdb.sim.ddm_nodes")
local orders = require("hwdb.sim.ddm_orders")
local paging = require("hwdb.sim.paging")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local function list_nodes(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local page, offset, limit = paging.page(instance.nodes, args, 128, function(node)
    return nodes.listed(instance, node)
  end)
  return { nodes = page, offset = offset, limit = limit, total = #instance.nodes }
end

local function show_node(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  return nodes.full(instance, nodes.get(instance, args.node_id))
end

local function accepted(instance, job)
  return { instanceId = instance.id, instanceName = instance.name, jobId = job.id }, instance.id
end

-- One zone a node, where zones are given.
local function check_growth(ctx, instance, data)
  groups.get(instance, data.group_id)
  if data.count < 1 or #instance.nodes + data.count > nodes.MOST then errors.refuse("DBS.280001") end
  if data.zones and #data.zones ~= data.count then errors.refuse("DBS.280001") end
  for _, zone in ipairs(data.zones or {}) do groups.check_place(ctx, instance, zone) end
end

orders.change("expand_nodes", check_growth, function(ctx, instance, data, order_id)
  local job = jobs.start(ctx, instance, { name = "EnlargeNode", work = "expand_nodes", seconds = SECONDS.expand_nodes,
    data = { count = data.count, group_id = data.group_id, zones = data.zones, order_id = order_id } })
  ctx:change(instance, "GROWING")
  return job
end)

local function check_flavor(ctx, id)
  for _, flavor in ipairs(ctx.state.ddm.flavors) do
    if flavor.id == id then return end
  end
  if not ctx.state.lenient then errors.refuse("DBS.280001") end
end

-- Zones count for yearly/monthly instances only, and the instance's name comes with a job only (4.2.9).
local function expand(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  check_flavor(ctx, args.flavor_id)
  local data = { group_id = groups.pick(ctx, instance, args.group_id).id, count = args.node_number,
    zones = instance.order_id and args.available_zones or nil }
  local begun = orders.begin(ctx, instance, "expand_nodes", data, args.is_auto_pay)
  if begun.order_id then return { instanceId = instance.id, orderId = begun.order_id }, instance.id end
  return { instanceId = instance.id, instanceName = instance.name, jobId = begun.job_id }, instance.id
end

local function shrink(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local group = groups.pick(ctx, instance, args.group_id).id
  local count = args.node_number
  if instance.order_id then errors.refuse("DBS.300005") end
  if count < 1 or count > nodes.count(instance, group) - 1 then errors.refuse("DBS.280001") end
  local job = jobs.start(ctx, instance, { name = "ReduceNode", work = "shrink_nodes", seconds = SECONDS.shrink_nodes,
    data = { count = count, group_id = group } })
  ctx:change(instance, "REDUCING")
  return accepted(instance, job)
end

jobs.work("expand_nodes", instances.settles("RUNNING", function(ctx, instance, job)
  local first, data = #instance.nodes, job.data
  nodes.add(ctx, instance, data.count, "normal", data.group_id)
  for i = 1, data.count do
    local node = instance.nodes[first + i]
    node.order_id, node.zone = data.order_id, data.zones and data.zones[i]
  end
end))
jobs.work("shrink_nodes", instances.settles("RUNNING", function(_, instance, job)
  nodes.remove(instance, job.data.count, job.data.group_id)
end))

M.operations = {
  ["ddm.list_nodes"] = list_nodes,
  ["ddm.show_node"] = show_node,
  ["ddm.expand_instance_nodes"] = expand,
  ["ddm.shrink_instance_nodes"] = shrink,
}

return M
