-- SPDX-License-Identifier: Apache-2.0
-- What a region offers: availability zones (5.1.1), flavors (5.2.1) and DSS
-- storage pools (5.2.10).
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")

local M = {}

---Kernel versions a cluster can have, the newest first.
M.VERSIONS = { "9.1.0", "8.2.1", "8.1.3.200" }

-- 5.2.4 and 6.1: 2 CNs to the number of nodes, 20 at most.
M.LEAST_CN, M.MOST_CN = 2, 20

local function list_availability_zones(ctx)
  local list = core.array({})
  for i, zone in ipairs(ctx.state.network.zones) do
    list[i] = { code = zone.id, name = "AZ" .. i, status = "available", public_border_group = "center" }
  end
  return { availability_zones = list, count = #list }
end

---The flavor of a name or, where that is taken too, an id.
---@param ctx hwdb.sim.Context
---@param name string
---@param by_id boolean?
---@return table?
function M.flavor(ctx, name, by_id)
  for _, flavor in ipairs(ctx.state.dws.flavors) do
    if flavor.name == name or (by_id and flavor.id == name) then return flavor end
  end
end

---Refuses a version no flavor offers.
function M.require_version(version)
  for _, known in ipairs(M.VERSIONS) do
    if known == version then return end
  end
  errors.refuse("DWS.5003")
end

local function datastores()
  local list = core.array({})
  for i, version in ipairs(M.VERSIONS) do
    list[i] = { version = version, role = i == 1 and "PREVIEW" or "STABLE",
      attachments = { min_cn = M.LEAST_CN, max_cn = M.MOST_CN } }
  end
  return list
end

local function zones_of(ctx, flavor)
  local list = core.array({})
  for i, zone in ipairs(ctx.state.network.zones) do
    list[i] = { code = zone.id, status = flavor.sold_out and flavor.sold_out[zone.id] and "sellout" or "normal" }
  end
  return list
end

-- Fixed storage has volume, elastic has its limits, the documents' example both; what a flavor lacks is null.
local function flavor_view(ctx, flavor)
  local disk = flavor.disk_type or "SSD"
  return { spec_name = flavor.name, id = flavor.id, datastore_type = flavor.kind, architecture = "x86",
    available_zones = zones_of(ctx, flavor), ram = flavor.ram, vcpus = flavor.vcpus, datastores = datastores(),
    volume = flavor.disk_type and { type = "SSD", size = flavor.disk } or core.null,
    elastic_volume_specs = flavor.elastic and core.array({ { type = "SSD", step = 100, min_size = 100, max_size = 32000 } })
      or core.null,
    detail = core.array({ { type = "vCPU", value = tostring(flavor.vcpus) },
      { type = disk, value = tostring(flavor.disk), unit = "GB" },
      { type = "mem", value = tostring(flavor.ram), unit = "GB" } }) }
end

local function list_node_types(ctx)
  local list = core.array({})
  for i, flavor in ipairs(ctx.state.dws.flavors) do list[i] = flavor_view(ctx, flavor) end
  return { node_types = list, count = #list }
end

local function list_dss_pools(ctx)
  local list = core.array({})
  for _, pool in ipairs(ctx.state.dws.pools) do
    if lookup.own(ctx, pool) then
      list[#list + 1] = { id = pool.id, name = pool.name, type = "SSD", project_id = pool.project_id,
        capacity = pool.capacity, availability_zone = pool.zone, status = "available", created_at = pool.created }
    end
  end
  return { pools = list, count = #list }
end

M.operations = {
  ["dws.list_availability_zones"] = list_availability_zones,
  ["dws.list_node_types"] = list_node_types,
  ["dws.list_dss_pools"] = list_dss_pools,
}

return M
