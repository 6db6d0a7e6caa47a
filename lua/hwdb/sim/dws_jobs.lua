-- SPDX-License-Identifier: Apache-2.0
-- DWS jobs: what some calls name so that they can be watched. The document has
-- no call to ask about them; its SDK and every client does.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")
local stamp = require("hwdb.sim.dws_stamp")

local M = {}

---A job in its beginning; the cluster's tasks end it.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param name string "ecfClusterElbCreateJob"
---@param seconds number
---@return table job
function M.start(ctx, cluster, name, seconds)
  local job = { id = "2c9080" .. ctx:hex():sub(7), name = name, status = "RUNNING", project_id = cluster.project_id,
    cluster_id = cluster.id, created = ctx.now, runs_from = ctx.now + ctx.clock:span(ctx.lag),
    due = ctx.now + ctx.clock:span(seconds) }
  local list = ctx.state.dws.jobs
  list[#list + 1] = job
  return job
end

local function percent(ctx, job)
  local share = (ctx.now - job.created) / math.max(1, job.due - job.created)
  return ("%d%%"):format(math.max(0, math.min(99, math.floor(share * 100))))
end

---@param ctx hwdb.sim.Context
---@param id string?
function M.succeed(ctx, id)
  local job = id and lookup.entry(ctx.state.dws.jobs, id)
  if job then job.status, job.ended = "SUCCESS", ctx.now end
end

---@param ctx hwdb.sim.Context
---@param id string?
---@param fail { step: string?, code: string, reason: string }
function M.fail(ctx, id, fail)
  local job = id and lookup.entry(ctx.state.dws.jobs, id)
  if not job then return end
  job.progress = percent(ctx, job)
  job.status, job.ended = "FAIL", ctx.now
  job.failed_code = ("%s-fail:%s"):format(fail.step or job.name, fail.code)
  job.failed_detail = fail.code .. ":" .. fail.reason
end

local function status(ctx, job)
  return not job.ended and ctx.now < job.runs_from and "INIT" or job.status
end

-- 200 also for a job that failed.
local function show_job(ctx, args)
  local job = lookup.entry(ctx.state.dws.jobs, args.job_id)
  if not job or not lookup.own(ctx, job) then errors.other("The job does not exist.", 404) end
  local done = job.status == "SUCCESS" and "100%"
  return { job_id = job.id, job_name = job.name, status = status(ctx, job), begin_time = stamp.bare(job.created),
    progress = done or job.progress or percent(ctx, job), end_time = job.ended and stamp.bare(job.ended) or core.null,
    failed_code = job.failed_code or core.null, failed_detail = job.failed_detail or core.null }
end

M.operations = { ["dws.show_job"] = show_job }

return M
