-- SPDX-License-Identifier: Apache-2.0
-- The instance classes of RDS. The region offers MySQL alone; of other engines
-- there are no classes.
local core = require("hwdb.core")

local M = {}

---The versions of MySQL on offer.
M.VERSIONS = { "5.6", "5.7", "8.0" }

local CLASSES = {
  { "rds.mysql.n1.large.2.ha", "ha", 2, 4 }, { "rds.mysql.n1.xlarge.2.ha", "ha", 4, 8 },
  { "rds.mysql.n1.large.2", "single", 2, 4 }, { "rds.mysql.n1.xlarge.2", "single", 4, 8 },
}

---Classes as data of a new state.
---@param mint fun(): string gives ids
---@return table[]
function M.classes(mint)
  local list = {}
  for i, class in ipairs(CLASSES) do
    list[i] = { id = mint(), code = class[1], mode = class[2], cpu = class[3], mem = class[4] }
  end
  return list
end

---@param ctx hwdb.sim.Context
---@param code string
---@return table?
function M.find(ctx, code)
  for _, flavor in ipairs(ctx.state.rds.flavors) do
    if flavor.code == code then return flavor end
  end
end

---@param version string? "8.0", or one in full
---@return string? version as offered
function M.version(version)
  for _, known in ipairs(M.VERSIONS) do
    if version == known or (version or ""):sub(1, #known + 1) == known .. "." then return known end
  end
end

local function view(ctx, flavor)
  local status, names = {}, {}
  for _, zone in ipairs(ctx.state.network.zones) do status[zone.id], names[zone.id] = "normal", zone.id end
  return { id = flavor.id, spec_code = flavor.code, vcpus = tostring(flavor.cpu), ram = flavor.mem, group_type = "normal",
    instance_mode = flavor.mode, version_name = core.array({ table.unpack(M.VERSIONS) }), az_status = status, az_desc = names }
end

local function list_flavors(ctx, args)
  local list = core.array({})
  local offered = args.database_name == "MySQL" and args.is_serverless ~= "true"
    and (not args.version_name or M.version(args.version_name))
  for _, flavor in ipairs(offered and ctx.state.rds.flavors or {}) do
    if not args.spec_code or flavor.code == args.spec_code then list[#list + 1] = view(ctx, flavor) end
  end
  return { flavors = list }
end

M.operations = { ["rds.list_flavors"] = list_flavors }

return M
