-- SPDX-License-Identifier: Apache-2.0
-- What can be bought: engine versions (4.2.15, 4.2.21) and node classes by
-- architecture (4.2.16, 4.2.22).
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local groups = require("hwdb.sim.ddm_group_state")
local paging = require("hwdb.sim.paging")

local M = {}

local ARCHITECTURES = { "X86", "ARM" }

local function zones_of_engine(ctx)
  local list = core.array({})
  for i, zone in ipairs(ctx.state.network.zones) do list[i] = { code = zone.id, name = zone.id, favored = true } end
  return list
end

local function list_engines(ctx, args)
  local all = ctx.state.ddm.engines
  local page, offset, limit = paging.page(all, args, 128, function(engine)
    return { id = engine.id, name = "ddm", version = engine.version, supportAzs = zones_of_engine(ctx) }
  end)
  return { engineGroups = page, offset = offset, limit = limit, total = #all }
end

local function list_engines_v3(ctx, args)
  local all = ctx.state.ddm.engines
  local page, offset, limit = paging.page(all, args, 10, function(engine)
    return { id = engine.id, name = "ddm", version = engine.version }
  end)
  return { engine_groups = page, offset = offset, limit = limit, total = #all }
end

-- An engine is named by id, by version, or by both of the same one.
local function require_engine(ctx, id, version)
  if ctx.state.lenient and (id or version) then return end
  for _, engine in ipairs(ctx.state.ddm.engines) do
    if (id or version) and (not id or engine.id == id) and (not version or engine.version == version) then return end
  end
  errors.refuse("DBS.280001")
end

-- A class is nowhere, sold out in the zones it says, and normal elsewhere.
local function status_in(flavor, zone)
  return flavor.sold_out and flavor.sold_out[zone] and "sellout" or "normal"
end

local function az_text(ctx)
  local list = {}
  for i, zone in ipairs(ctx.state.network.zones) do list[i] = zone.id end
  return table.concat(list, ",")
end

local function view_v2(ctx, flavor)
  local status, codes, architecture = {}, az_text(ctx), groups.architecture(flavor.code)
  for _, zone in ipairs(ctx.state.network.zones) do status[zone.id] = status_in(flavor, zone.id) end
  return { id = flavor.id, typeCode = "hws.resource.type.ddm", code = flavor.code, iaasCode = flavor.code:sub(5),
    cpu = tostring(flavor.cpu), mem = tostring(flavor.mem), maxConnections = "null", serverType = "KVM",
    architecture = architecture, azStatus = status, regionStatus = "normal", groupType = "null", dbType = "DDM",
    extendFields = { azCode = codes, azDescription = codes } }
end

local function wanted_zones(ctx, text)
  if not text then return nil end
  local known, wanted = {}, {}
  for _, zone in ipairs(ctx.state.network.zones) do known[zone.id] = true end
  for zone in text:gmatch("[^,]+") do
    if known[zone] then wanted[zone] = true elseif not ctx.state.lenient then errors.refuse("DBS.280001") end
  end
  return next(wanted) and wanted or nil
end

local function view_v3(ctx, flavor, wanted)
  local zones = core.array({})
  for _, zone in ipairs(ctx.state.network.zones) do
    if not wanted or wanted[zone.id] then
      zones[#zones + 1] = { code = zone.id, description = zone.id, status = status_in(flavor, zone.id),
        support_ipv6 = true }
    end
  end
  return { id = flavor.id, spec_code = flavor.code, vcpus = tostring(flavor.cpu), ram = tostring(flavor.mem),
    az_infos = zones }
end

-- One list for each architecture, each paged by itself.
local function by_architecture(ctx, args, default, view)
  local list = core.array({})
  for i, architecture in ipairs(ARCHITECTURES) do
    local found = {}
    for _, flavor in ipairs(ctx.state.ddm.flavors) do
      if groups.architecture(flavor.code) == architecture then found[#found + 1] = flavor end
    end
    local page, offset, limit = paging.page(found, args, default, view)
    list[i] = { architecture = architecture, page = page, offset = offset, limit = limit, total = #found }
  end
  return list
end

local function list_flavors(ctx, args)
  require_engine(ctx, args.engine_id)
  local list = by_architecture(ctx, args, 128, function(flavor) return view_v2(ctx, flavor) end)
  for i, group in ipairs(list) do
    list[i] = { groupType = group.architecture, computeFlavors = group.page, offset = group.offset,
      limit = group.limit, total = group.total }
  end
  return { computeFlavorGroups = list }
end

local function list_flavors_v3(ctx, args)
  require_engine(ctx, args.engine_id, args.engine_version)
  local wanted = wanted_zones(ctx, args.available_zones)
  local list = by_architecture(ctx, args, 10, function(flavor) return view_v3(ctx, flavor, wanted) end)
  for i, group in ipairs(list) do
    list[i] = { group_type = group.architecture, flavors = group.page, offset = group.offset, limit = group.limit,
      total = group.total }
  end
  return { flavor_groups = list }
end

M.operations = {
  ["ddm.list_engines"] = list_engines,
  ["ddm.list_engines_v3"] = list_engines_v3,
  ["ddm.list_flavors"] = list_flavors,
  ["ddm.list_flavors_v3"] = list_flavors_v3,
}

return M
