-- SPDX-License-Identifier: Apache-2.0
-- External data sources of a cluster (5.6). Every change is a job; with reboot
-- the cluster restarts after it.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local jobs = require("hwdb.sim.dws_jobs")
local clusters = require("hwdb.sim.dws_clusters")
local lookup = require("hwdb.sim.dws_lookup")
local stamp = require("hwdb.sim.dws_stamp")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

local CONFIGURED, CONFIGURING, FAILED = "300", "100", "301"

local function view(source)
  return { id = source.id, name = source.name, type = source.type, connect_info = source.connect_info or "",
    user_name = source.user_name, version = source.version, configure_status = source.configure_status,
    status = source.status, data_source_id = source.data_source_id or "", created = stamp.bare(source.created),
    updated = stamp.bare(source.updated), data_source_updated = stamp.bare(source.updated), extend_properties = {},
    description = source.description or "", fail_reason = source.fail_reason or "" }
end

local function list_data_source(ctx, args)
  local cluster, list = lookup.part(ctx, args.cluster_id), core.array({})
  for _, source in ipairs(cluster.data_sources) do
    if ctx:sees(source) then list[#list + 1] = view(source) end
  end
  local first = cluster.data_sources[1]
  return { data_sources = list, project_id = cluster.project_id, cluster_id = cluster.id, count = #list,
    type = first and first.type or "" }
end

local function find(cluster, id)
  local source, at = lookup.entry(cluster.data_sources, id)
  if not source then errors.other("The data source does not exist.", 404) end
  return source, at
end

local function begin(ctx, cluster, task, name, data)
  local job = jobs.start(ctx, cluster, name, SECONDS.data_source)
  tasks.start(ctx, cluster, { task = task, work = "data_source", seconds = SECONDS.data_source, job = job.id, data = data })
  return job.id
end

-- What each type of source cannot do without.
local function check_new(cluster, args)
  if args.type ~= "OBS" and args.type ~= "MRS" then errors.refuse("DWS.5089") end
  if args.type == "MRS" and not (args.data_source_id and args.user_pwd) then errors.refuse("DWS.5065") end
  if args.type == "OBS" and not args.connect_info then errors.refuse("DWS.5065") end
  for _, source in ipairs(cluster.data_sources) do
    if source.name == args.data_source_name then errors.other("The data source name already exists.", 409) end
  end
end

local function create_data_source(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  tasks.require_available(ctx, cluster)
  check_new(cluster, args)
  local source = { id = ctx:uuid(), name = args.data_source_name, type = args.type, user_name = args.user_name,
    connect_info = args.connect_info, description = args.description, data_source_id = args.data_source_id,
    version = "1.0", status = "CREATING", configure_status = CONFIGURING, created = ctx.now, updated = ctx.now }
  ctx:hide(source)
  table.insert(cluster.data_sources, source)
  local job = begin(ctx, cluster, "CONFIGURING_EXT_DATASOURCE", "ecfClusterExtDataSourceCreateJob",
    { source = source.id, reboot = args.reboot })
  return { id = source.id, job_id = job }, source.id
end

local function update_data_source(ctx, args)
  local cluster, wanted = lookup.part(ctx, args.cluster_id), args.reconfigure
  local source = find(cluster, args.ext_data_source_id)
  tasks.require_available(ctx, cluster)
  source.status, source.configure_status, source.updated = "CONFIGURING", CONFIGURING, ctx.now
  local job = begin(ctx, cluster, "CONFIGURING_EXT_DATASOURCE", "ecfClusterExtDataSourceUpdateJob",
    { source = source.id, reboot = wanted.reboot, agency = wanted.agency })
  return { job_id = job, data_source_id = source.id }, source.id
end

local function delete_data_source(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local source = find(cluster, args.ext_data_source_id)
  tasks.require_available(ctx, cluster)
  source.status = "DELETING"
  local job = begin(ctx, cluster, "DELETING_EXT_DATASOURCE", "ecfClusterExtDataSourceDeleteJob",
    { source = source.id, delete = true })
  return { job_id = job }, source.id
end

tasks.work("data_source", {
  done = function(ctx, cluster, task)
    local data = task.data
    local source, at = lookup.entry(cluster.data_sources, data.source)
    if not source then return end
    if data.delete then
      table.remove(cluster.data_sources, at)
      return
    end
    source.status, source.configure_status, source.fail_reason = "ACTIVE", CONFIGURED, nil
    source.user_name, source.updated = data.agency or source.user_name, ctx.now
    if data.reboot then
      jobs.succeed(ctx, task.job)
      clusters.restart(ctx, cluster)
    end
  end,
  failed = function(ctx, cluster, task)
    local source = lookup.entry(cluster.data_sources, task.data.source)
    if not source then return end
    source.status, source.configure_status, source.updated = "FAILED", FAILED, ctx.now
    source.fail_reason = task.fail.code .. ":" .. task.fail.reason
  end,
})

M.operations = {
  ["dws.list_data_source"] = list_data_source,
  ["dws.create_data_source"] = create_data_source,
  ["dws.update_data_source"] = update_data_source,
  ["dws.delete_data_source"] = delete_data_source,
}

return M
