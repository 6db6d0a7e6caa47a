-- SPDX-License-Identifier: Apache-2.0
-- Snapshots: taking, reading, copying, deleting (5.5.1 to 5.5.3, 5.5.5, 5.5.7,
-- 5.5.9), and those the service takes of its own accord.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local events = require("hwdb.sim.dws_events")
local lookup = require("hwdb.sim.dws_lookup")
local pages = require("hwdb.sim.dws_pages")
local policies = require("hwdb.sim.dws_policies")
local stamp = require("hwdb.sim.dws_stamp")
local store = require("hwdb.sim.dws_snapshot_store")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

---Begins a snapshot as the cluster's task.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param spec table as for dws_snapshot_store.add
---@return table snapshot
function M.begin(ctx, cluster, spec)
  local snapshot = store.add(ctx, cluster, spec)
  ctx:hide(snapshot)
  tasks.start(ctx, cluster, { task = "SNAPSHOTTING", work = "create_snapshot", seconds = SECONDS.create_snapshot,
    data = { snapshot = snapshot.id } })
  return snapshot
end

local function of_task(ctx, task)
  return lookup.entry(ctx.state.dws.snapshots, task.data.snapshot)
end

tasks.work("create_snapshot", {
  done = function(ctx, cluster, task)
    local snapshot = of_task(ctx, task)
    if not snapshot then return end
    store.complete(snapshot, ctx.now)
    if snapshot.kind == "full" then cluster.full_next = nil end
    store.purge(ctx)
    events.add(ctx, snapshot, "createBackupSuccess")
  end,
  failed = function(ctx, cluster, task)
    local snapshot = of_task(ctx, task)
    cluster.failed_reasons = nil -- the cluster itself is well
    if not snapshot then return end
    snapshot.status, snapshot.updated = "UNAVAILABLE", ctx.now
    events.add(ctx, snapshot, "createBackupFail")
  end,
})

---Takes an automated snapshot of a resting cluster.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param policy table? the policy that fired, if any
function M.automated(ctx, cluster, policy)
  local kind = cluster.full_next and "full" or policy and policy.type or "full"
  return M.begin(ctx, cluster, { type = "AUTO", kind = kind, period = policy and policy.strategy,
    name = ("%s-%s"):format(cluster.name, stamp.bare(ctx.now):gsub("[-T:]", "")) })
end

policies.take = M.automated

-- A scale-out is followed by a snapshot nobody asked for; other work in that moment makes it wait for a policy.
local function spontaneous(ctx, data)
  local cluster = lookup.living(ctx, data.cluster)
  if not cluster or cluster.status ~= "AVAILABLE" or tasks.busy(ctx, cluster) or cluster.locked then return end
  M.automated(ctx, cluster)
end

local function create_snapshot(ctx, args)
  local wanted = args.snapshot
  local cluster = lookup.part(ctx, wanted.cluster_id)
  tasks.require_available(ctx, cluster)
  store.require_free_name(ctx, wanted.name)
  local snapshot = M.begin(ctx, cluster, { name = wanted.name, description = wanted.description, type = "MANUAL" })
  return { snapshot = { id = snapshot.id } }, snapshot.id
end

local function brief(snapshot)
  return { id = snapshot.id, name = snapshot.name, description = snapshot.description, type = snapshot.type,
    started = stamp.z(snapshot.started), finished = snapshot.finished and stamp.z(snapshot.finished) or core.null,
    size = snapshot.size, status = snapshot.status, cluster_id = snapshot.cluster_id }
end

local function progress(snapshot)
  return snapshot.status == "AVAILABLE" and "100%" or snapshot.status == "CREATING" and "0%" or ""
end

local function add_details(ctx, view, snapshot, device)
  local cluster = lookup.living(ctx, snapshot.cluster_id)
  view.datastore = { type = "dws", version = snapshot.cluster.version }
  view.cluster_name, view.cluster_status = snapshot.cluster_name, cluster and tasks.shown(ctx, cluster).status or "DELETED"
  view.bak_expected_start_time, view.bak_keep_day = tostring(snapshot.started), snapshot.keep_day
  view.bak_period, view.db_user, view.progress = snapshot.period, snapshot.cluster.user, progress(snapshot)
  view.backup_key, view.prior_backup_key = snapshot.key, snapshot.prior_key
  view.base_backup_key, view.base_backup_name = snapshot.base_key, snapshot.base_name
  view.backup_device, view.total_backup_size = device, math.floor(snapshot.size * 1024)
  view.support_inplace_restore, view.fine_grained_backup, view.backup_level = true, false, "cluster"
  view.fine_grained_backup_detail, view.guest_agent_version = core.null, snapshot.cluster.version
  return view
end

local function cluster_view(ctx, snapshot)
  local view = add_details(ctx, brief(snapshot), snapshot, "obs")
  view.finished, view.updated = nil, stamp.bare(snapshot.updated)
  return view
end

local function list_snapshots(ctx)
  local list = core.array({})
  for i, snapshot in ipairs(store.all(ctx)) do list[i] = brief(snapshot) end
  return { snapshots = list, count = #list }
end

local SORTABLE = { name = "name", started = "started", start_time = "started", size = "size", status = "status",
  type = "type", updated = "updated" }

-- Newest first unless asked otherwise; sort keys are not listed, unknown ones mean the time.
local function sorted(list, args)
  local key, down = SORTABLE[args.sort_key] or "started", args.sort_dir ~= "asc"
  local place = {}
  for i, snapshot in ipairs(list) do place[snapshot] = i end
  table.sort(list, function(a, b)
    if a[key] == b[key] then return place[a] > place[b] == down end
    return a[key] > b[key] == down
  end)
  return list
end

local function list_cluster_snapshots(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local found = sorted(store.all(ctx, cluster.id), args)
  return { snapshots = pages.page(found, args, nil, function(snapshot) return cluster_view(ctx, snapshot) end),
    project_id = cluster.project_id, cluster_id = cluster.id, count = #found }
end

local function show_snapshot(ctx, args)
  local snapshot = store.find(ctx, args.snapshot_id) or errors.refuse("DWS.5149")
  return { snapshot = add_details(ctx, brief(snapshot), snapshot, "OBS") }
end

-- Manual ones only; the documents' world holds one id that is deleted and copied, so it takes either.
local function delete_snapshot(ctx, args)
  local snapshot = store.require(ctx, args.snapshot_id, "DWS.0001")
  if snapshot.type ~= "MANUAL" and not ctx.state.lenient then errors.other("Automated snapshots cannot be deleted.", 403) end
  if snapshot.status == "CREATING" or snapshot.status == "RESTORING" then
    errors.other("The snapshot status does not allow this operation.", 403)
  end
  snapshot.gone_from = ctx.now + ctx.clock:span(ctx.lag)
  events.add(ctx, snapshot, "deleteBackupSuccess")
  return nil, snapshot.id
end

local function require_copyable(ctx, snapshot)
  if snapshot.type ~= "AUTO" then errors.other("Only automated snapshots can be copied.") end
  if snapshot.status ~= "AVAILABLE" then errors.other("The snapshot status does not allow this operation.", 403) end
  if snapshot.copy and store.find(ctx, snapshot.copy) then errors.other("The snapshot has been copied already.", 409) end
end

local function copied(snapshot, id, args, now)
  local copy = {}
  for key, value in pairs(snapshot) do copy[key] = value end
  copy.id, copy.name, copy.description, copy.type = id, args.backup_name, args.description or "", "MANUAL"
  copy.status, copy.started, copy.updated = "CREATING", now, now
  copy.finished, copy.expires, copy.copy, copy.events, copy.visible_from = nil, nil, nil, nil, nil
  return copy
end

local function copy_snapshot(ctx, args)
  local snapshot = store.require(ctx, args.snapshot_id, "DWS.5149")
  require_copyable(ctx, snapshot)
  store.require_free_name(ctx, args.backup_name)
  local copy = copied(snapshot, ctx:uuid(), args, ctx.now)
  snapshot.copy = copy.id
  ctx:hide(copy)
  table.insert(ctx.state.dws.snapshots, copy)
  ctx:schedule(SECONDS.copy_snapshot, "dws.copied", { snapshot = copy.id, fails = ctx.shape.job_failed ~= nil })
  return { snapshot_id = copy.id }, copy.id
end

local function copy_ends(ctx, data)
  local copy = lookup.entry(ctx.state.dws.snapshots, data.snapshot)
  if not copy then return end
  if not data.fails then return store.complete(copy, ctx.now) end
  copy.status, copy.updated = "UNAVAILABLE", ctx.now
  events.add(ctx, copy, "createBackupFail")
end

M.operations = {
  ["dws.create_snapshot"] = create_snapshot,
  ["dws.list_snapshots"] = list_snapshots,
  ["dws.list_cluster_snapshots"] = list_cluster_snapshots,
  ["dws.show_snapshot"] = show_snapshot,
  ["dws.delete_snapshot"] = delete_snapshot,
  ["dws.copy_snapshot"] = copy_snapshot,
}

M.timers = { ["dws.spontaneous"] = spontaneous, ["dws.copied"] = copy_ends }

return M
