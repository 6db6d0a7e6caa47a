-- SPDX-License-Identifier: Apache-2.0
-- Sizes of a cluster as the SDK's calls beside the document know them: which
-- numbers of nodes a scale-in may take, and the change of the flavor, for which
-- the cluster is stopped.
local core = require("hwdb.core")
local build = require("hwdb.sim.dws_build")
local errors = require("hwdb.sim.dws_errors")
local events = require("hwdb.sim.dws_events")
local lookup = require("hwdb.sim.dws_lookup")
local quotas = require("hwdb.sim.dws_quotas")
local scaling = require("hwdb.sim.dws_scaling")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

local function list_cluster_scale_in_numbers(ctx, args)
  local cluster, list = lookup.part(ctx, args.cluster_id), core.array({})
  for count = scaling.RING, build.size(cluster) - scaling.RING, scaling.RING do list[#list + 1] = tostring(count) end
  return { shrink_sequence = list }
end

-- The kind of storage stays.
local function alike(a, b)
  return a.kind == b.kind and a.disk_type == b.disk_type and (a.elastic or false) == (b.elastic or false)
end

local function list_target_flavors(ctx, args)
  local current = lookup.entry(ctx.state.dws.flavors, args.flavor_id)
  if not current then errors.refuse("DWS.5006") end
  local list = core.array({})
  for _, flavor in ipairs(ctx.state.dws.flavors) do
    if alike(flavor, current) then
      list[#list + 1] = { id = flavor.id, name = flavor.name, vcpus = tostring(flavor.vcpus), ram = tostring(flavor.ram),
        is_current_flavor = flavor == current }
    end
  end
  return { flavors = list, count = #list, change_mode = core.null }
end

local function execute_flavor_change(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local target = lookup.entry(ctx.state.dws.flavors, args.target_flavor_id)
  tasks.require_available(ctx, cluster)
  if not target or target.id == cluster.flavor.id or not alike(target, cluster.flavor) then errors.refuse("DWS.5006") end
  if target.sold_out and target.sold_out[cluster.zone] then errors.refuse("DWS.5200") end
  local more = #cluster.nodes
  quotas.require(ctx, { core = (target.vcpus - cluster.flavor.vcpus) * more, ram = (target.ram - cluster.flavor.ram) * more })
  tasks.start(ctx, cluster, { task = "FLAVOR_RESIZING", work = "change_flavor", seconds = SECONDS.change_flavor,
    failure = "FLAVOR_RESIZING_FAILED", gap = "UNAVAILABLE", status = "UNAVAILABLE", data = { flavor = target.id } })
  return {}, cluster.id
end

tasks.work("change_flavor", {
  done = function(ctx, cluster, task)
    local flavor = {}
    for key, value in pairs(lookup.entry(ctx.state.dws.flavors, task.data.flavor)) do flavor[key] = value end
    flavor.disk = cluster.flavor.disk
    cluster.flavor, cluster.status = flavor, "AVAILABLE"
    events.add(ctx, cluster, "changeFlavorSuccess")
  end,
  -- It comes up again as it was, and may be tried again.
  failed = function(ctx, cluster)
    cluster.status = "AVAILABLE"
    events.add(ctx, cluster, "changeFlavorFail")
  end,
})

M.operations = {
  ["dws.list_cluster_scale_in_numbers"] = list_cluster_scale_in_numbers,
  ["dws.list_target_flavors"] = list_target_flavors,
  ["dws.execute_flavor_change"] = execute_flavor_change,
}

return M
