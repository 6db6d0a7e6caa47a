-- SPDX-License-Identifier: Apache-2.0
-- Node classes and numbers of nodes as v3 changes them (4.2.17, 4.2.24,
-- 4.2.33).
local errors = require("hwdb.sim.ddm_errors")
local groups = require("hwdb.sim.ddm_group_state")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local nodes = require("hwdb.sim.ddm_nodes")
local orders = require("hwdb.sim.ddm_orders")
local rds = require("hwdb.sim.rds_instances")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local function class_named(ctx, code)
  for _, flavor in ipairs(ctx.state.ddm.flavors) do
    if flavor.code == code then return flavor end
  end
  if not ctx.state.lenient then errors.refuse("DBS.280001") end
  return { code = code, cpu = ctx.state.ddm.flavors[1].cpu, mem = ctx.state.ddm.flavors[1].mem }
end

-- 4.2.17: not the present class, and never from c6s back to c6.
local function check_class(_, instance, data)
  local old = groups.class(instance, groups.get(instance, data.group_id)).flavor_ref
  if data.code == old or (old:find("^ddm%.c6s%.") and data.code:find("^ddm%.c6%.")) then errors.refuse("DBS.280001") end
end

local function resize(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local group, flavor = groups.pick(ctx, instance, args.group_id), class_named(ctx, args.spec_code)
  return orders.begin(ctx, instance, "resize_flavor", { group_id = group.id, code = flavor.code, cpu = flavor.cpu,
    mem = flavor.mem }, args.is_auto_pay), instance.id
end

local function set_nodes(instance, group_id, status)
  for _, node in ipairs(groups.nodes(instance, group_id)) do node.status = status end
end

orders.change("resize_flavor", check_class, function(ctx, instance, data)
  local job = jobs.start(ctx, instance, { name = "ResizeFlavor", work = "resize_flavor",
    seconds = SECONDS.resize_flavor, data = data })
  set_nodes(instance, data.group_id, "resizing")
  ctx:change(instance, "RESIZING")
  return job
end)

local function resized(_, instance, job)
  local group, data = groups.get(instance, job.data.group_id), job.data
  set_nodes(instance, group.id, "normal")
  group.flavor_ref, group.cpu, group.mem = data.code, data.cpu, data.mem
  if group == instance.groups[1] then
    instance.flavor_ref, instance.cpu, instance.mem = data.code, data.cpu, data.mem
  end
end

local function not_resized(ctx, job)
  local instance = instances.of_job(ctx, job)
  set_nodes(instance, job.data.group_id, "normal")
  ctx:change(instance, ctx.readings.ddm_failed_resize)
end

jobs.work("resize_flavor", { done = instances.settles("RUNNING", resized).done, failed = not_resized })

-- 4.2.24 wants the associated RDS instances available and left alone.
local function check_data_nodes(ctx, instance)
  for _, schema in ipairs(instance.schemas) do
    for _, id in ipairs(schema.data_nodes) do
      local node = rds.find(ctx, id)
      if not node or node.status ~= "normal" or node.scaling then errors.refuse("DBS.300323") end
    end
  end
end

-- The subnets that the nodes of a group lie in.
local function subnets(instance, group)
  local seen, count = {}, 0
  for _, node in ipairs(groups.nodes(instance, group.id)) do
    local id = node.subnet_id or instance.subnet_id
    if not seen[id] then seen[id], count = true, count + 1 end
  end
  return count
end

local function check_places(ctx, instance, data)
  groups.get(instance, data.group_id)
  if #data.places == 0 or #instance.nodes + #data.places > nodes.MOST then errors.refuse("DBS.280001") end
  for _, place in ipairs(data.places) do
    groups.check_place(ctx, instance, place.available_zone, place.subnet_id)
  end
  check_data_nodes(ctx, instance)
end

local function expand(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local group, places = groups.pick(ctx, instance, args.group_id), {}
  if not args.subnet_id and subnets(instance, group) > 1 then errors.refuse("DBS.280001") end
  for i, node in ipairs(args.nodes) do
    places[i] = { available_zone = node.available_zone, subnet_id = args.subnet_id }
  end
  return orders.begin(ctx, instance, "expand_nodes_v3", { group_id = group.id, places = places }, args.is_auto_pay),
    instance.id
end

orders.change("expand_nodes_v3", check_places, function(ctx, instance, data, order_id)
  local job = jobs.start(ctx, instance, { name = "EnlargeNode", work = "expand_nodes_v3", seconds = SECONDS.expand_nodes,
    data = { group_id = data.group_id, places = data.places, order_id = order_id } })
  ctx:change(instance, "GROWING")
  return job
end)

jobs.work("expand_nodes_v3", instances.settles("RUNNING", function(ctx, instance, job)
  local first = #instance.nodes
  groups.add_nodes(ctx, instance, job.data.group_id, job.data.places, "normal")
  for i = first + 1, #instance.nodes do instance.nodes[i].order_id = job.data.order_id end
end))

-- Different nodes of one group, which keeps at least one.
local function check_nodes(_, instance, data)
  local ids, seen, group_id = data.node_ids, {}, nil
  for _, id in ipairs(ids) do
    local node = nodes.get(instance, id)
    if seen[id] or (group_id and node.group_id ~= group_id) then errors.refuse("DBS.280001") end
    seen[id], group_id = true, node.group_id
  end
  if not group_id or #ids >= nodes.count(instance, group_id) then errors.refuse("DBS.280001") end
end

local function delete_nodes(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  return orders.begin(ctx, instance, "delete_nodes", { node_ids = args.node_ids }, true), instance.id
end

orders.change("delete_nodes", check_nodes, function(ctx, instance, data)
  local job = jobs.start(ctx, instance, { name = "ReduceNode", work = "delete_nodes", seconds = SECONDS.shrink_nodes,
    data = data })
  ctx:change(instance, "REDUCING")
  return job
end)

jobs.work("delete_nodes", instances.settles("RUNNING", function(_, instance, job)
  local gone = {}
  for _, id in ipairs(job.data.node_ids) do gone[id] = true end
  for i = #instance.nodes, 1, -1 do
    if gone[instance.nodes[i].id] then table.remove(instance.nodes, i) end
  end
end))

M.operations = {
  ["ddm.resize_flavor"] = resize,
  ["ddm.expand_instance_nodes_v3"] = expand,
  ["ddm.delete_nodes"] = delete_nodes,
}

return M
