-- SPDX-License-Identifier: Apache-2.0
-- Full disks: above 90 percent a cluster takes queries only, and cancelling
-- that frees nothing, so it comes back; growing them does help. The two calls
-- about disks are the SDK's, not the document's.
local core = require("hwdb.core")
local alarms = require("hwdb.sim.dws_alarms")
local build = require("hwdb.sim.dws_build")
local errors = require("hwdb.sim.dws_errors")
local events = require("hwdb.sim.dws_events")
local lookup = require("hwdb.sim.dws_lookup")
local quotas = require("hwdb.sim.dws_quotas")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

M.FULL_PERCENT = 90
M.ALARM_PERCENT = 80

-- The limits that elastic storage is shown with.
M.STEP_GB, M.MOST_GB = 100, 32000

---@param cluster table
---@return boolean
function M.readonly(cluster)
  return (cluster.sub_status or ""):find("READONLY", 1, true) ~= nil
end

---Closes a cluster whose disks are full, or opens one that has room again.
---@param ctx hwdb.sim.Context
---@param cluster table
function M.check(ctx, cluster)
  local percent = build.disk_percent(cluster)
  if percent > M.FULL_PERCENT and cluster.sub_status == "NORMAL" then
    cluster.sub_status = "READONLY"
    alarms.raise(ctx, cluster, "DWS_2000000006")
    events.add(ctx, cluster, "clusterReadonly")
  elseif percent <= M.FULL_PERCENT and cluster.sub_status == "READONLY" then
    cluster.sub_status = "NORMAL"
  end
  if percent <= M.ALARM_PERCENT then alarms.clear(ctx, cluster, "DWS_2000000006") end
end

---Cancels the read-only state; the disks are looked at again a while later.
---@param ctx hwdb.sim.Context
---@param cluster table
function M.open(ctx, cluster)
  cluster.sub_status, cluster.updated = "NORMAL", ctx.now
  ctx:schedule(SECONDS.readonly_again, "dws.disk", { cluster = cluster.id })
end

local function look_again(ctx, data)
  local cluster = lookup.living(ctx, data.cluster)
  if cluster and cluster.status == "AVAILABLE" then M.check(ctx, cluster) end
end

local function show_cluster_volume(ctx, args)
  local cluster, list = lookup.part(ctx, args.cluster_id), core.array({})
  local used = cluster.data_gb / build.size(cluster)
  for _, node in ipairs(cluster.nodes) do
    local own = node.status == "199" and 0 or used
    list[#list + 1] = { id = node.id, name = node.name, percentage = ("%.1f"):format(own * 100 / cluster.flavor.disk),
      disk_capacity = tostring(cluster.flavor.disk), disk_used = ("%.1f"):format(own) }
  end
  return { duplicate = 2, disk_info_list = list }
end

-- Online, in whatever state: a cluster that is read-only or unavailable may need nothing else.
local function expand_instance_storage(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local flavor = cluster.flavor
  tasks.require_idle(ctx, cluster)
  if not flavor.elastic then errors.other("The disks of this flavor cannot be expanded.", 403) end
  if args.new_size <= flavor.disk or args.new_size > M.MOST_GB or args.new_size % M.STEP_GB ~= 0 then errors.refuse("DWS.5061") end
  quotas.require(ctx, { disk_capacity = (args.new_size - flavor.disk) * #cluster.nodes })
  tasks.start(ctx, cluster, { task = "DISK_EXPANDING", work = "expand_storage", seconds = SECONDS.expand_storage,
    failure = "DISK_EXPAND_FAILED", data = { size = args.new_size } })
  return {}, cluster.id
end

tasks.work("expand_storage", {
  done = function(ctx, cluster, task)
    local larger = {}
    for key, value in pairs(cluster.flavor) do larger[key] = value end
    cluster.flavor = larger
    cluster.flavor.disk = task.data.size
    M.check(ctx, cluster)
  end,
})

M.operations = {
  ["dws.show_cluster_volume"] = show_cluster_volume,
  ["dws.expand_instance_storage"] = expand_instance_storage,
}

M.timers = { ["dws.disk"] = look_again }

return M
