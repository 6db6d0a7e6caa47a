-- SPDX-License-Identifier: Apache-2.0
-- Scaling out (5.3.4) and in (5.3.5). Out: nodes grow, data is redistributed,
-- and a while later the service takes a snapshot of its own accord. In: a
-- snapshot first, then a check, then no way back but forward.
local build = require("hwdb.sim.dws_build")
local create = require("hwdb.sim.dws_create")
local disk = require("hwdb.sim.dws_disk")
local errors = require("hwdb.sim.dws_errors")
local events = require("hwdb.sim.dws_events")
local jobs = require("hwdb.sim.dws_jobs")
local lookup = require("hwdb.sim.dws_lookup")
local network = require("hwdb.sim.dws_network")
local quotas = require("hwdb.sim.dws_quotas")
local store = require("hwdb.sim.dws_snapshot_store")
local tasks = require("hwdb.sim.dws_tasks")
local alarms = require("hwdb.sim.dws_alarms")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

-- Nodes come and go in whole rings; the smallest number to add is one ring.
M.RING = 3

-- 4.3 of the manuals: disks below this, before and as predicted for afterwards.
M.SHRINK_PERCENT = 80

local function pending_reboot(cluster)
  for _, group in ipairs(cluster.groups) do
    if group.status == "Pending-Reboot" then return true end
  end
  return false
end

local function check_growth(ctx, cluster, scale)
  if scale.count > create.MOST_NODES - build.size(cluster) then errors.refuse("DWS.5091") end
  quotas.require(ctx, quotas.demand(cluster.flavor, scale.count))
  if scale.subnet_id then network.require_place(ctx, { vpc_id = cluster.vpc_id, subnet_id = scale.subnet_id }) end
end

local function add_idle_nodes(ctx, cluster, count)
  tasks.start(ctx, cluster, { task = "CREATING_NODE", work = "create_nodes", seconds = SECONDS.create_node,
    failure = "CREATE_NODE_FAILED", phase = "grow", data = { count = count } })
end

local function scale_out(ctx, cluster, count, auto)
  local origin = build.size(cluster)
  tasks.start(ctx, cluster, { task = "GROWING", work = "grow", seconds = SECONDS.grow, failure = "RESIZE_FAILURE",
    phase = "grow", data = { count = count, auto = auto, origin = origin } })
  cluster.resize_info = { origin = origin, target = origin + count, status = "GROWING", started = ctx.now }
end

-- A body without scale_out asks for nothing.
local function resize_cluster(ctx, args)
  local cluster, scale = lookup.part(ctx, args.cluster_id), args.scale_out
  tasks.require_available(ctx, cluster)
  if pending_reboot(cluster) then errors.refuse("DWS.7023") end
  local waiting = args.waiting_for_killing or 0
  if waiting ~= 0 and waiting < 30 then errors.refuse("DWS.5060") end
  if not scale then return {}, cluster.id end
  check_growth(ctx, cluster, scale)
  if args.create_node_only then
    add_idle_nodes(ctx, cluster, scale.count)
  else
    scale_out(ctx, cluster, scale.count, args.auto_redistribute ~= false)
  end
  return {}, cluster.id
end

tasks.work("create_nodes", {
  done = function(ctx, cluster, task) build.add_nodes(ctx, cluster, task.data.count, "199") end,
})

local function grown(ctx, cluster)
  cluster.resize_info, cluster.full_next = nil, true
  cluster.sub_status = "NORMAL"
  disk.check(ctx, cluster)
  events.add(ctx, cluster, "resizeClusterSuccess")
  if ctx.readings.dws_spontaneous_snapshot then
    ctx:schedule(SECONDS.spontaneous_snapshot, "dws.spontaneous", { cluster = cluster.id })
  end
end

local function redistribution()
  return { task = "REDISTRIBUTING", work = "redistribute", phase = "redistribute", seconds = SECONDS.redistribute,
    failure = "REDISTRIBUTE_FAILURE", gap = "UNAVAILABLE", sub_status = "REDISTRIBUTING" }
end

-- No documented call starts a redistribution that waits or has failed: somebody does on the console, if anybody does.
local function await_hand(ctx, cluster, fail)
  cluster.awaiting = { fail = fail }
  local seconds = ctx.readings.dws_redistribution_by_hand
  if seconds then ctx:schedule(seconds, "dws.redistribute", { cluster = cluster.id }) end
end

-- Without automatic redistribution the cluster waits for one and refuses other work. A failure planned for it waits, too.
local function await_redistribution(ctx, cluster, task)
  cluster.resize_info = nil
  cluster.failure, cluster.locked, cluster.sub_status = "WAITING_REDISTRIBUTION", "redistribution", "UNBALANCED"
  events.add(ctx, cluster, "resizeClusterSuccess")
  await_hand(ctx, cluster, task.fail)
end

local AWAITING = { WAITING_REDISTRIBUTION = true, REDISTRIBUTE_FAILURE = true }

local function redistribute_by_hand(ctx, data)
  local cluster = lookup.living(ctx, data.cluster)
  if not cluster or not AWAITING[cluster.failure] or cluster.task then return end
  local spec = redistribution()
  spec.fail, cluster.awaiting, cluster.locked = cluster.awaiting.fail, nil, nil
  tasks.start(ctx, cluster, spec)
end

tasks.work("grow", {
  done = function(ctx, cluster, task)
    build.add_nodes(ctx, cluster, task.data.count, "200")
    if not task.data.auto then return await_redistribution(ctx, cluster, task) end
    tasks.continue(ctx, cluster, task, redistribution())
  end,
  -- It rolls back by itself; where that fails too only support helps.
  failed = function(ctx, cluster, task)
    cluster.resize_info.status = "RESIZE_FAILURE"
    events.add(ctx, cluster, "resizeClusterFail")
    if not task.fail.lost then return end
    cluster.status, cluster.locked = "UNAVAILABLE", "support"
    alarms.raise(ctx, cluster, "DWS_01010")
  end,
})

tasks.work("redistribute", {
  done = grown,
  failed = function(ctx, cluster)
    cluster.resize_info, cluster.sub_status = nil, "REDISTRIBUTION-FAILURE"
    events.add(ctx, cluster, "resizeClusterFail")
    await_hand(ctx, cluster)
  end,
})

-- The nodes a scale-in takes: the last ones.
local function last_nodes(cluster, count)
  return table.move(cluster.nodes, #cluster.nodes - count + 1, #cluster.nodes, 1, {})
end

local function has_idle(cluster)
  return build.size(cluster) ~= #cluster.nodes
end

local function has_cn(nodes)
  for _, node in ipairs(nodes) do
    if node.cn then return true end
  end
  return false
end

-- Why a cluster cannot lose so many nodes, or nil.
local function obstacle(cluster, count)
  local size = build.size(cluster)
  if disk.readonly(cluster) then return "The cluster is read-only." end
  if cluster.logical then return "A logical cluster cannot be scaled in." end
  if has_idle(cluster) then return "The cluster has idle nodes." end
  if count % M.RING ~= 0 then return "The number of nodes to be removed must be a multiple of the ring size." end
  if size - count < M.RING then return "At least one ring must remain." end
  if has_cn(last_nodes(cluster, count)) then return "The nodes to be removed have CNs." end
  if build.disk_percent(cluster) >= M.SHRINK_PERCENT or build.disk_percent(cluster, size - count) >= M.SHRINK_PERCENT then
    return "The disk usage is too high."
  end
end

local function check_task(count)
  return { task = "SHRINK_CHECKING", work = "shrink_check", phase = "check", seconds = SECONDS.shrink_check,
    failure = "SHRINK_CHECK_FAILED", data = { count = count } }
end

local function shrink_task(count)
  return { task = "CLUSTER_SHRINKING", work = "shrink", phase = "shrink", seconds = SECONDS.shrink,
    failure = "CLUSTER_SHRINK_FAILED", gap = "UNAVAILABLE", data = { count = count } }
end

local function shrink_answer(ctx, job)
  if ctx.readings.dws_shrink_answer == "error_code" then
    return { error_code = "DWS.0000", error_msg = "", job_id = job.id }
  end
  return { job_id = job.id }
end

-- The first task: the snapshot before it, or at once the check; a repeated one goes straight on.
local function first_task(ctx, cluster, args)
  local count = args.shrink_number
  if args.retry and cluster.locked == "shrink" then return shrink_task(count) end
  if args.force_backup == false then return check_task(count) end
  local snapshot = store.add(ctx, cluster, { type = "AUTO", name = cluster.name .. "-before-shrink-" .. ctx:hex():sub(1, 8) })
  return { task = "SNAPSHOTTING", work = "shrink_snapshot", phase = "snapshot", seconds = SECONDS.create_snapshot,
    data = { count = count, snapshot = snapshot.id } }
end

-- Refused with 200 and an error_code; only a busy cluster is refused as everywhere.
local function shrink_cluster(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_available(ctx, cluster, args.retry and "shrink" or nil)
  if args.retry and cluster.locked ~= "shrink" then errors.despite_200("There is no failed scale-in to retry.") end
  local why = obstacle(cluster, args.shrink_number)
  if why then errors.despite_200(why) end
  local spec = first_task(ctx, cluster, args)
  local job = jobs.start(ctx, cluster, "ecfClusterShrinkJob", SECONDS.create_snapshot + SECONDS.shrink_check
    + SECONDS.shrink)
  spec.job, spec.fails_in = job.id, "shrink"
  tasks.start(ctx, cluster, spec)
  cluster.locked = nil
  return shrink_answer(ctx, job), cluster.id
end

tasks.work("shrink_snapshot", {
  done = function(ctx, cluster, task)
    local snapshot = lookup.entry(ctx.state.dws.snapshots, task.data.snapshot)
    if snapshot then store.complete(snapshot, ctx.now) end
    tasks.continue(ctx, cluster, task, check_task())
  end,
  failed = function(ctx, _, task)
    local snapshot = lookup.entry(ctx.state.dws.snapshots, task.data.snapshot)
    if snapshot then snapshot.status = "UNAVAILABLE" end
  end,
})

tasks.work("shrink_check", {
  done = function(ctx, cluster, task) tasks.continue(ctx, cluster, task, shrink_task()) end,
})

tasks.work("shrink", {
  done = function(ctx, cluster, task)
    for _ = 1, task.data.count do table.remove(cluster.nodes) end
    disk.check(ctx, cluster)
    events.add(ctx, cluster, "shrinkClusterSuccess")
  end,
  failed = function(ctx, cluster)
    cluster.locked = "shrink"
    events.add(ctx, cluster, "shrinkClusterFail")
  end,
})

M.operations = {
  ["dws.resize_cluster"] = resize_cluster,
  ["dws.shrink_cluster"] = shrink_cluster,
}

M.timers = { ["dws.redistribute"] = redistribute_by_hand }

return M
