-- SPDX-License-Identifier: Apache-2.0
-- What a restore can go to (4.9.4, 4.9.6, 4.9.7): an empty DDM instance and
-- data nodes as new and as large as the source's.
local core = require("hwdb.core")
local accounts = require("hwdb.sim.ddm_account_state")
local backups = require("hwdb.sim.ddm_backup_state")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local kernels = require("hwdb.sim.ddm_kernel_state")
local metadata = require("hwdb.sim.ddm_metadata")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")

local M = {}

local GB = 1000000000

---The instant of a restore_time, text or number; not before any backup could be, nor in the future.
---@param ctx hwdb.sim.Context
---@param value any
---@return integer ms
function M.instant(ctx, value)
  local ms = math.tointeger(tonumber(value))
  if not ms or ms < 0 or (ms > ctx.now and not ctx.state.lenient) then errors.refuse("DBS.280001") end
  return ms
end

---Why an instance cannot be restored to, or nil.
---@param instance table
---@return string?
function M.instance_obstacle(instance)
  if instance.status ~= "RUNNING" or instance.active_job then return "The instance is not available." end
  if #instance.schemas > 0 then return "The instance has schemas." end
  if #accounts.list(instance) > 0 then return "The instance has accounts." end
  if kernels.compare(instance.engine_version, "3.0.8") < 0 then return "The kernel version is too early." end
end

-- The versions' order is that of their numbers.
local function smaller(node, source)
  return kernels.compare(node.version or "", source.version) < 0 or (node.disk_gb or 0) < source.disk_gb
end

---Why a data node cannot take the data of a source node for an instance, or nil.
---@param instance table the target
---@param node table
---@param source { version: string, disk_gb: number }?
---@return string?
function M.node_obstacle(ctx, instance, node, source)
  if node.status ~= "normal" then return "The data node is not available." end
  if node.vpc_id ~= instance.vpc_id then return "The data node is in another VPC." end
  if node.ddm_id and not ctx.state.lenient then return "The data node is in use." end
  if source and smaller(node, source) then return "The data node is older or smaller than the source." end
end

local function node_view(node)
  return { instance_id = node.id, instance_name = node.name, instance_status = node.status or "deleted",
    data_volume_size = (node.disk_gb or 0) * GB, version = node.version, engine_name = "mysql" }
end

local function status_of(ctx, id)
  for _, node in ipairs(ctx.state.rds.instances) do
    if node.id == id then return node.status end
  end
end

local function list_related(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local found = {}
  for i, node in ipairs(backups.at(ctx, instance, M.instant(ctx, args.restore_time)).nodes) do
    found[i] = { id = node.id, name = node.name, version = node.version, disk_gb = node.disk_gb,
      status = status_of(ctx, node.id) }
  end
  local page, offset, limit = paging.page(found, args, 10, node_view)
  local _, to = metadata.range(ctx, instance)
  return { related_data_nodes = page, latest_restorable_time = to and times.iso(to) or core.null, offset = offset,
    limit = limit, total = #found }
end

local function vpc_name(ctx, id)
  for _, vpc in ipairs(ctx.state.network.vpcs) do
    if vpc.id == id then return vpc.name end
  end
  return ""
end

-- The source node as it was; the documents' example misspells its id.
local function source_node(ctx, instance, id, ms)
  for _, node in ipairs(backups.at(ctx, instance, ms).nodes) do
    if node.id == id then return node end
  end
  if not ctx.state.lenient then errors.refuse("DBS.300103") end
end

local function list_nodes(ctx, args)
  local instance, target = instances.get(ctx, args.instance_id), instances.get(ctx, args.target_instance_id)
  local source = source_node(ctx, instance, args.source_dn_instance_id, M.instant(ctx, args.restore_time))
  local all = ctx.state.rds.instances
  local page, offset, limit = paging.page(all, args, 10, function(node)
    local reason = M.node_obstacle(ctx, target, node, source)
    return { instance_name = node.name, instance_id = node.id, engine_name = node.engine, status = node.status,
      available = not reason, unavailable_reason = reason or "", vpc_name = vpc_name(ctx, node.vpc_id),
      private_ip = node.ip }
  end)
  return { target_data_nodes = page, offset = offset, limit = limit, total = #all }
end

local function list_instances(ctx, args)
  local source, found = instances.get(ctx, args.instance_id), {}
  for _, instance in ipairs(ctx.state.ddm.instances) do
    local mine = ctx.state.lenient or instance.project_id == source.project_id
    if mine and instance ~= source and not instance.deleted and ctx:sees(instance) then found[#found + 1] = instance end
  end
  local page, offset, limit = paging.page(found, args, 10, function(instance)
    local reason = M.instance_obstacle(instance)
    return { instance_name = instance.name, instance_id = instance.id, available = not reason,
      status = instance.status == "RUNNING" and "normal" or "abnormal", unavailable_reason = reason or "",
      vpc_name = vpc_name(ctx, instance.vpc_id) }
  end)
  return { instances = page, offset = offset, limit = limit, total = #found }
end

M.operations = {
  ["ddm.list_related_data_nodes"] = list_related,
  ["ddm.list_restorable_data_nodes"] = list_nodes,
  ["ddm.list_restorable_instances"] = list_instances,
}

return M
