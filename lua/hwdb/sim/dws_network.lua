-- SPDX-License-Identifier: Apache-2.0
-- What clusters take from other services: the VPC's parts, EIPs and ELBs, and
-- whether they are there and free.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")

local M = {}

-- An inventory knows of a network only what its objects are in: what it does not know may be there.
local function missing(ctx, list, id)
  return not lookup.entry(list, id) and ctx.state.world ~= "seeded"
end

---Refuses a place the region does not have. The documents' world takes any.
---@param ctx hwdb.sim.Context
---@param place { vpc_id: string, subnet_id: string, security_group_id: string?, zone: string? }
function M.require_place(ctx, place)
  if ctx.state.lenient then return end
  local network = ctx.state.network
  if missing(ctx, network.vpcs, place.vpc_id) then errors.refuse("DWS.5021") end
  local subnet = lookup.entry(network.subnets, place.subnet_id)
  if missing(ctx, network.subnets, place.subnet_id) or subnet and subnet.vpc_id ~= place.vpc_id then errors.refuse("DWS.5022") end
  local group = place.security_group_id
  if group and group ~= "" and missing(ctx, network.security_groups, group) then errors.refuse("DWS.5023") end
  if place.zone and not lookup.entry(network.zones, place.zone) then errors.refuse("DWS.5012") end
end

---The security group asked for, or a new one where it is left empty.
---@param ctx hwdb.sim.Context
---@param id string?
---@param name string of the cluster
---@return string id
function M.security_group(ctx, id, name)
  if id and id ~= "" then return id end
  local group = { id = ctx:uuid(), name = "dws-" .. name }
  local list = ctx.state.network.security_groups
  list[#list + 1] = group
  return group.id
end

---The EIP a creation asks for: nil for none, `true` for one to assign.
---@param ctx hwdb.sim.Context
---@param spec table? public_ip of the request
---@return table|boolean|nil
function M.wanted_eip(ctx, spec)
  local how = spec and spec.public_bind_type
  if how == "auto_assign" then return true end
  if how == nil or how == "not_use" then return nil end
  if how ~= "bind_existing" then errors.refuse("DWS.5098") end
  if (spec.eip_id or "") == "" then errors.refuse("DWS.5133") end
  return M.free_eip(ctx, spec.eip_id)
end

---A free EIP of the account.
---@param ctx hwdb.sim.Context
---@param id string
---@param cluster table? it may be bound to already
---@return table
function M.free_eip(ctx, id, cluster)
  local eip = lookup.entry(ctx.state.dws.eips, id)
  if not eip and (ctx.state.lenient or ctx.state.world == "seeded") then
    eip = { id = id }
    table.insert(ctx.state.dws.eips, eip)
  end
  if not eip then errors.refuse("DWS.5135") end
  if eip.cluster_id and eip.cluster_id ~= (cluster and cluster.id) then errors.other("The EIP is in use.", 409) end
  return eip
end

---Gives an EIP, or a new one for `true`, to a cluster.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param eip table|boolean|nil
function M.give_eip(ctx, cluster, eip)
  if not eip then return end
  if eip == true then
    eip = { id = ctx:uuid(), auto = true }
    table.insert(ctx.state.dws.eips, eip)
  end
  eip.cluster_id = cluster.id
  cluster.eip = { id = eip.id, auto = eip.auto }
end

---Takes the EIP away from a cluster; one that was assigned with it is released.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param release boolean?
function M.take_eip(ctx, cluster, release)
  if not cluster.eip then return end
  local list = ctx.state.dws.eips
  local eip, at = lookup.entry(list, cluster.eip.id)
  if eip then
    eip.cluster_id = nil
    if eip.auto and release then table.remove(list, at) end
  end
  cluster.eip = nil
end

---@param ctx hwdb.sim.Context
---@param cluster table
function M.take_elb(ctx, cluster)
  local elb = cluster.elb and lookup.entry(ctx.state.dws.elbs, cluster.elb.id)
  if elb then elb.cluster_id = nil end
  cluster.elb = nil
end

---The ELBs of a cluster's VPC that no cluster uses.
---@param ctx hwdb.sim.Context
---@param cluster table
---@return table
function M.free_elbs(ctx, cluster)
  local list = core.array({})
  for _, elb in ipairs(ctx.state.dws.elbs) do
    if not elb.cluster_id and elb.vpc_id == cluster.vpc_id then list[#list + 1] = elb end
  end
  return list
end

return M
