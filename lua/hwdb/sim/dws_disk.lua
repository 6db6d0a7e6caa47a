-- SPDX-License-Identifier: Apache-2.0
-- Full disks: above 90 percent a cluster takes queries only, and cancelling
-- that frees nothing, so it comes back.
local alarms = require("hwdb.sim.dws_alarms")
local build = require("hwdb.sim.dws_build")
local events = require("hwdb.sim.dws_events")
local lookup = require("hwdb.sim.dws_lookup")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

M.FULL_PERCENT = 90
M.ALARM_PERCENT = 80

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

M.timers = { ["dws.disk"] = look_again }

return M
