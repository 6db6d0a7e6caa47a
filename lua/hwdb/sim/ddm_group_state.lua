-- SPDX-License-Identifier: Apache-2.0
-- A group as data: finding it, its nodes, class and address, and where nodes
-- may be put.
local errors = require("hwdb.sim.ddm_errors")
local nodes = require("hwdb.sim.ddm_nodes")

local M = {}

local function known(list, id)
  for _, entry in ipairs(list) do
    if entry.id == id then return entry end
  end
end

---The group that a path names.
---@param instance table
---@param id string
---@return table
function M.get(instance, id)
  return known(instance.groups, id) or errors.refuse("DBS.200013")
end

---The group that a body names; it must name one when there are several. The documents' world takes an unknown one for
---the first.
---@param ctx hwdb.sim.Context
---@param instance table
---@param id string?
---@return table
function M.pick(ctx, instance, id)
  if not id then
    if #instance.groups > 1 then errors.refuse("DBS.280001") end
    return instance.groups[1]
  end
  local group = known(instance.groups, id)
  if not group and not ctx.state.lenient then errors.refuse("DBS.280001") end
  return group or instance.groups[1]
end

---@return table[] nodes of the group
function M.nodes(instance, group_id)
  local list = {}
  for _, node in ipairs(instance.nodes) do
    if node.group_id == group_id then list[#list + 1] = node end
  end
  return list
end

---The node class of a group; one never changed has the instance's.
---@return { flavor_ref: string, cpu: integer, mem: integer }
function M.class(instance, group)
  return group.flavor_ref and group or instance
end

---@param flavor_ref string
---@return string "X86" or "ARM"
function M.architecture(flavor_ref)
  return flavor_ref:find("^ddm%.[kr]c") and "ARM" or "X86"
end

---@return string address that clients of the group use
function M.address(instance, group)
  return group.ip or instance.access_ip
end

---Refuses a zone or subnet that the region or the instance's VPC does not have.
---@param ctx hwdb.sim.Context
---@param instance table
---@param zone string
---@param subnet_id string?
function M.check_place(ctx, instance, zone, subnet_id)
  if ctx.state.lenient then return end
  local subnet = subnet_id and known(ctx.state.network.subnets, subnet_id)
  if not known(ctx.state.network.zones, zone) or (subnet_id and not (subnet and subnet.vpc_id == instance.vpc_id)) then
    errors.refuse("DBS.280001")
  end
end

---Adds one node for each place.
---@param ctx hwdb.sim.Context
---@param instance table
---@param group_id string
---@param places { available_zone: string, subnet_id: string? }[]
---@param status string
function M.add_nodes(ctx, instance, group_id, places, status)
  for _, place in ipairs(places) do
    nodes.add(ctx, instance, 1, status, group_id)
    local node = instance.nodes[#instance.nodes]
    node.zone, node.subnet_id = place.available_zone, place.subnet_id
  end
end

---Takes a group and its nodes away.
function M.remove(instance, group_id)
  for i = #instance.nodes, 1, -1 do
    if instance.nodes[i].group_id == group_id then table.remove(instance.nodes, i) end
  end
  for i = #instance.groups, 1, -1 do
    if instance.groups[i].id == group_id then table.remove(instance.groups, i) end
  end
end

return M
