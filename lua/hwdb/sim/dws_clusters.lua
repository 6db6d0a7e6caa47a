-- SPDX-License-Identifier: Apache-2.0
-- DWS clusters: reading, restarting, passwords, the read-only state and
-- deleting (5.2.2, 5.2.3, 5.2.6 to 5.2.9).
local core = require("hwdb.core")
local alarms = require("hwdb.sim.dws_alarms")
local build = require("hwdb.sim.dws_build")
local disk = require("hwdb.sim.dws_disk")
local errors = require("hwdb.sim.dws_errors")
local events = require("hwdb.sim.dws_events")
local lookup = require("hwdb.sim.dws_lookup")
local network = require("hwdb.sim.dws_network")
local password = require("hwdb.sim.dws_password")
local snapshots = require("hwdb.sim.dws_snapshot_store")
local tasks = require("hwdb.sim.dws_tasks")
local view = require("hwdb.sim.dws_cluster_view")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

local function list_clusters(ctx, args)
  local list, wanted = core.array({}), args.enterprise_project_id
  for _, cluster in ipairs(lookup.all(ctx)) do
    if wanted == nil or wanted == "all_granted_eps" or cluster.enterprise_project_id == wanted then
      list[#list + 1] = view.item(ctx, cluster)
    end
  end
  return { clusters = list, count = #list }
end

-- Some clients have met a deleted cluster that is still answered, as DELETED.
local function show_cluster(ctx, args)
  local known = lookup.find(ctx, args.cluster_id)
  if known and known.deleted and ctx.readings.dws_deleted_cluster == "DELETED" then
    return { cluster = view.detail(ctx, known) }
  end
  return { cluster = view.detail(ctx, lookup.main(ctx, args.cluster_id)) }
end

local function restart_cluster(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_idle(ctx, cluster)
  if cluster.status ~= "AVAILABLE" and cluster.status ~= "UNAVAILABLE" then errors.refuse("DWS.7023") end
  M.restart(ctx, cluster)
  return {}, cluster.id
end

---Restarts a cluster that may be restarted.
---@param ctx hwdb.sim.Context
---@param cluster table
function M.restart(ctx, cluster)
  tasks.start(ctx, cluster, { task = "REBOOTING", work = "restart_cluster", seconds = SECONDS.restart_cluster,
    failure = "REBOOT_FAILURE", gap = "UNAVAILABLE", status = "UNAVAILABLE" })
end

tasks.work("restart_cluster", {
  done = function(ctx, cluster)
    cluster.status = "AVAILABLE"
    for _, group in ipairs(cluster.groups) do
      if group.status == "Pending-Reboot" then group.status = "In-Sync" end
    end
    alarms.clear(ctx, cluster, "DWS_01010")
    events.add(ctx, cluster, "restartClusterSuccess")
  end,
  failed = function(ctx, cluster)
    alarms.raise(ctx, cluster, "DWS_01010")
    events.add(ctx, cluster, "restartClusterFail")
  end,
})

local function reset_password(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_available(ctx, cluster)
  password.require(ctx, args.new_password, cluster.user_name)
  if password.used(cluster, args.new_password) then errors.refuse("DWS.5199") end
  password.keep(cluster, args.new_password)
  cluster.updated = ctx.now
  return {}, cluster.id
end

-- Only in that state, says the manual; the documents' world takes it always.
local function cancel_readonly(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_available(ctx, cluster)
  if not disk.readonly(cluster) and not ctx.state.lenient then errors.other("The cluster is not read-only.", 403) end
  disk.open(ctx, cluster)
  events.add(ctx, cluster, "cancelReadonlySuccess")
  return {}, cluster.id
end

-- Whatever state it is in; only running work keeps a cluster.
local function delete_cluster(ctx, args)
  local cluster = lookup.main(ctx, args.cluster_id)
  if tasks.busy(ctx, cluster) then errors.refuse("DWS.7023") end
  tasks.start(ctx, cluster, { task = "DELETING", unnamed = true, work = "delete_cluster", status = "DELETING",
    seconds = SECONDS.delete_cluster, data = { keep = args.keep_last_manual_snapshot } })
  build.set_nodes(cluster, "304")
  return {}, cluster.id
end

tasks.work("delete_cluster", {
  done = function(ctx, cluster, task)
    network.take_eip(ctx, cluster, true)
    network.take_elb(ctx, cluster)
    snapshots.release(ctx, cluster, task.data.keep)
    alarms.clear(ctx, cluster)
    events.add(ctx, cluster, "deleteClusterSuccess")
    cluster.deleted, cluster.status, cluster.stale, cluster.sub_status = true, "DELETED", nil, nil
    cluster.nodes, cluster.data_sources, cluster.tags, cluster.passwords = {}, {}, {}, {}
  end,
  failed = function(ctx, cluster)
    cluster.status = "DELETE_FAILED"
    build.set_nodes(cluster, "305")
    events.add(ctx, cluster, "deleteClusterFail")
  end,
})

M.operations = {
  ["dws.list_clusters"] = list_clusters,
  ["dws.show_cluster"] = show_cluster,
  ["dws.restart_cluster"] = restart_cluster,
  ["dws.reset_password"] = reset_password,
  ["dws.cancel_readonly_cluster"] = cancel_readonly,
  ["dws.delete_cluster"] = delete_cluster,
}

return M
