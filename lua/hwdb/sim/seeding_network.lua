-- SPDX-License-Identifier: Apache-2.0
-- The networks, security groups and zones that an inventory's objects are in:
-- they are what a call may name.
local M = {}

local OWNERS = { { "ddm.list_instances", "instances" }, { "dws.list_clusters", "clusters" }, { "rds.list_instances", "instances" },
  { "dbss.list_audit_instances", "servers" } }

local function add(list, id, entry)
  if type(id) ~= "string" or id == "" then return end
  for _, known in ipairs(list) do
    if known.id == id then return end
  end
  entry.id = id
  list[#list + 1] = entry
end

local function zones_of(entry)
  local text = entry.available_zone or entry.availability_zone or entry.zone
  return type(text) == "string" and text or ""
end

local function add_all(network, entry)
  add(network.vpcs, entry.vpc_id, { name = "vpc-" .. #network.vpcs + 1, cidr = "192.168.0.0/16" })
  add(network.subnets, entry.subnet_id, { name = "subnet-" .. #network.subnets + 1, vpc_id = entry.vpc_id })
  add(network.security_groups, entry.security_group_id, { name = "group-" .. #network.security_groups + 1 })
  for zone in zones_of(entry):gmatch("[^,%s]+") do add(network.zones, zone, {}) end
  for _, node in ipairs(type(entry.nodes) == "table" and entry.nodes or {}) do
    if type(node) == "table" then add(network.zones, node.availability_zone, {}) end
  end
end

-- A world without any network is as good as none: then the empty world's stay.
local function replace_if_any(network, found)
  for _, kind in ipairs({ "vpcs", "subnets", "security_groups", "zones" }) do
    if #found[kind] > 0 then network[kind] = found[kind] end
  end
end

---@param reads hwdb.sim.Reads
function M.fill(reads)
  local found = { vpcs = {}, subnets = {}, security_groups = {}, zones = {} }
  for _, owner in ipairs(OWNERS) do
    for _, entry in ipairs(reads:items(owner[1], owner[2])) do add_all(found, entry) end
  end
  for _, zone in ipairs(reads.state.network.zones) do add(found.zones, zone.id, {}) end
  local network = reads.state.network
  -- What no listed object is in, an inventory has not seen; it may be there all the same.
  network.partial = true
  replace_if_any(network, found)
  if not network.subnets[2] then network.subnets[2] = network.subnets[1] end
  if not network.security_groups[2] then network.security_groups[2] = network.security_groups[1] end
end

return M
