-- SPDX-License-Identifier: Apache-2.0
-- A tenant's quotas (5.10.1) and what its clusters use of them.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")

local M = {}

local KINDS = { "instances", "core", "ram", "disk", "disk_capacity" }
local UNITS = { ram = "GB", disk_capacity = "GB" }

---What so many nodes of a flavor take.
---@param flavor table
---@param nodes integer
---@return table<string, integer>
function M.demand(flavor, nodes)
  return { core = flavor.vcpus * nodes, ram = flavor.ram * nodes, disk = nodes, disk_capacity = flavor.disk * nodes }
end

local function used(ctx)
  local sums = { instances = 0, core = 0, ram = 0, disk = 0, disk_capacity = 0 }
  for _, cluster in ipairs(lookup.all(ctx)) do
    sums.instances = sums.instances + 1
    for kind, amount in pairs(M.demand(cluster.flavor, #cluster.nodes)) do sums[kind] = sums[kind] + amount end
  end
  return sums
end

---Refuses what would exceed a quota.
---@param ctx hwdb.sim.Context
---@param demand table<string, integer> by kind
function M.require(ctx, demand)
  local sums, quotas = used(ctx), ctx.state.dws.quotas
  for _, kind in ipairs(KINDS) do
    if sums[kind] + (demand[kind] or 0) > quotas[kind] then errors.other("The quota of " .. kind .. " is insufficient.") end
  end
end

local function list_quotas(ctx)
  local list, sums = core.array({}), used(ctx)
  local shown = ctx.readings.dws_quota_numbers == "string" and tostring or function(number) return number end
  for i, kind in ipairs(KINDS) do
    list[i] = { type = kind, used = shown(sums[kind]), quota = shown(ctx.state.dws.quotas[kind]),
      unit = UNITS[kind] or core.null }
  end
  return { quotas = { resources = list } }
end

M.operations = { ["dws.list_quotas"] = list_quotas }

return M
