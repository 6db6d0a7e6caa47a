-- SPDX-License-Identifier: Apache-2.0
-- Restoring a snapshot to a new cluster (5.5.8): as large as the one it was
-- taken of, elsewhere in the network if asked.
local create = require("hwdb.sim.dws_create")
local errors = require("hwdb.sim.dws_errors")
local events = require("hwdb.sim.dws_events")
local jobs = require("hwdb.sim.dws_jobs")
local lookup = require("hwdb.sim.dws_lookup")
local network = require("hwdb.sim.dws_network")
local quotas = require("hwdb.sim.dws_quotas")
local store = require("hwdb.sim.dws_snapshot_store")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

-- The original with what the request says otherwise.
local function planned(ctx, snapshot, wanted)
  local origin = snapshot.cluster
  local spec = { name = wanted.name, flavor = origin.flavor, nodes = origin.nodes, cns = origin.cns, user = origin.user,
    version = origin.version, data_gb = origin.data_gb, port = wanted.port or origin.port,
    vpc_id = wanted.vpc_id or origin.vpc_id, subnet_id = wanted.subnet_id or origin.subnet_id,
    security_group_id = wanted.security_group_id or origin.security_group_id,
    zone = wanted.availability_zone or origin.zone, project_id = ctx.project_id,
    enterprise_project_id = wanted.enterprise_project_id }
  if spec.port < 8000 or spec.port > 30000 then errors.refuse("DWS.5060") end
  network.require_place(ctx, spec)
  local demand = quotas.demand(spec.flavor, spec.nodes)
  demand.instances = 1
  quotas.require(ctx, demand)
  return spec
end

local function restore_cluster(ctx, args)
  local snapshot, wanted = store.require(ctx, args.snapshot_id, "DWS.5149"), args.restore
  if snapshot.status ~= "AVAILABLE" then errors.other("The snapshot status does not allow this operation.", 403) end
  lookup.require_free_name(ctx, wanted.name)
  local spec = planned(ctx, snapshot, wanted)
  local eip = network.wanted_eip(ctx, wanted.public_ip)
  spec.security_group_id = network.security_group(ctx, spec.security_group_id, wanted.name)
  local cluster = create.add(ctx, spec, eip, { task = "RESTORING", unnamed = false, work = "restore_cluster",
    seconds = SECONDS.restore_cluster, phase = "restore", data = { snapshot = snapshot.id } })
  snapshot.status = "RESTORING"
  local answer = { cluster = { id = cluster.id } }
  if ctx.readings.dws_restore_job_id then
    local job = jobs.start(ctx, cluster, "ecfClusterRestoreJob", SECONDS.restore_cluster)
    cluster.task.job, answer.job_id = job.id, job.id
  end
  return answer, cluster.id
end

local function free_snapshot(ctx, task)
  local snapshot = lookup.entry(ctx.state.dws.snapshots, task.data.snapshot)
  if snapshot and snapshot.status == "RESTORING" then snapshot.status = "AVAILABLE" end
end

tasks.work("restore_cluster", {
  done = function(ctx, cluster, task)
    create.done(ctx, cluster)
    free_snapshot(ctx, task)
    events.add(ctx, cluster, "restoreClusterSuccess")
  end,
  failed = function(ctx, cluster, task)
    create.failed(ctx, cluster)
    free_snapshot(ctx, task)
    events.add(ctx, cluster, "restoreClusterFail")
  end,
})

M.operations = { ["dws.restore_cluster"] = restore_cluster }

return M
