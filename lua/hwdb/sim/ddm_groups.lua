-- SPDX-License-Identifier: Apache-2.0
-- Groups of an instance's nodes (4.2.18 to 4.2.20): each has its own address,
-- kind and node class.
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local groups = require("hwdb.sim.ddm_group_state")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local nodes = require("hwdb.sim.ddm_nodes")
local orders = require("hwdb.sim.ddm_orders")
local paging = require("hwdb.sim.paging")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- Without load balancing the nodes' own addresses.
local function endpoint(instance, group, members)
  if instance.load_balancing then
    return ("%s:%d"):format(groups.address(instance, group), instance.access_port)
  end
  local list = {}
  for i, node in ipairs(members) do list[i] = ("%s:%d"):format(node.ip, instance.access_port) end
  return table.concat(list, ",")
end

local function view(instance, group)
  local members, list, class = groups.nodes(instance, group.id), core.array({}), groups.class(instance, group)
  for i, node in ipairs(members) do list[i] = { id = node.id, name = node.name, az = nodes.zone(instance, node) } end
  return { id = group.id, name = group.name, role = group.type, endpoint = endpoint(instance, group, members),
    is_load_balance = instance.load_balancing, is_default_group = group == instance.groups[1],
    cpu_num_per_node = class.cpu, mem_num_per_node = class.mem, node_list = list,
    architecture = groups.architecture(class.flavor_ref) }
end

local function list_groups(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local page = paging.page(instance.groups, args, 10, function(group) return view(instance, group) end)
  return { group_list = page, total_count = #instance.groups }
end

local function flavor_of(ctx, args)
  for _, flavor in ipairs(ctx.state.ddm.flavors) do
    if flavor.id == args.flavor_id or (not args.flavor_id and flavor.code == args.flavor_ref) then return flavor end
  end
  if not ctx.state.lenient or not (args.flavor_id or args.flavor_ref) then errors.refuse("DBS.280001") end
  return ctx.state.ddm.flavors[1]
end

local function check_group(ctx, instance, data)
  if data.group.type ~= "rw" and data.group.type ~= "r" then errors.refuse("DBS.280001") end
  for _, group in ipairs(instance.groups) do
    if group.name == data.group.name then errors.refuse("DBS.280001") end
  end
  if #data.nodes < ctx.readings.ddm_group_nodes or #instance.nodes + #data.nodes > nodes.MOST then
    errors.refuse("DBS.280001")
  end
  for _, node in ipairs(data.nodes) do
    groups.check_place(ctx, instance, node.available_zone, node.subnet_id)
  end
end

local function create_group(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local flavor = flavor_of(ctx, args)
  local group = { id = ctx:id("gr09"), name = args.name, type = args.type, flavor_ref = flavor.code, cpu = flavor.cpu,
    mem = flavor.mem }
  local answer = orders.begin(ctx, instance, "create_group", { group = group, nodes = args.nodes })
  if answer.job_id then answer.group_id = group.id end
  answer.instance_id = instance.id
  return answer, instance.id .. "/" .. group.id
end

-- The group is seen from the start, its nodes in creation.
orders.change("create_group", check_group, function(ctx, instance, data)
  instance.groups[#instance.groups + 1] = data.group
  groups.add_nodes(ctx, instance, data.group.id, data.nodes, "creating")
  data.group.ip = groups.nodes(instance, data.group.id)[1].ip
  local job = jobs.start(ctx, instance, { name = "CreateGroup", work = "create_group", seconds = SECONDS.create_group,
    data = { group_id = data.group.id } })
  ctx:change(instance, "CREATE_GROUP")
  return job
end)

-- The last group that takes writes stays.
local function check_deletion(_, instance, data)
  local group, writing = groups.get(instance, data.group_id), 0
  for _, one in ipairs(instance.groups) do
    if one.type == "rw" then writing = writing + 1 end
  end
  if group == instance.groups[1] or (group.type == "rw" and writing == 1) then errors.refuse("DBS.280001") end
end

local function delete_group(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local data = { group_id = args.group_id }
  return orders.begin(ctx, instance, "delete_group", data, true), instance.id .. "/" .. args.group_id
end

orders.change("delete_group", check_deletion, function(ctx, instance, data)
  local job = jobs.start(ctx, instance, { name = "DeleteGroup", work = "delete_group", seconds = SECONDS.delete_group,
    data = data })
  ctx:change(instance, "DELETE_GROUP")
  return job
end)

local made = instances.settles("RUNNING", function(_, instance, job)
  for _, node in ipairs(groups.nodes(instance, job.data.group_id)) do node.status = "normal" end
end)

local function not_made(ctx, job)
  groups.remove(instances.of_job(ctx, job), job.data.group_id)
  made.failed(ctx, job)
end

jobs.work("create_group", { done = made.done, failed = not_made })
jobs.work("delete_group", instances.settles("RUNNING", function(_, instance, job)
  groups.remove(instance, job.data.group_id)
end))

M.operations = {
  ["ddm.list_groups"] = list_groups,
  ["ddm.create_group"] = create_group,
  ["ddm.delete_group"] = delete_group,
}

return M
