-- SPDX-License-Identifier: Apache-2.0
-- DDM's task centre: jobs, their progress, and the list and log calls (4.5).
-- A job names its work; when its time has come, the work's `done` or `failed`
-- (given by the module that started it) changes the world.
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")

local M = {}

M.KEPT_MS = 30 * times.DAY_MS

---@param ctx hwdb.sim.Context
---@param job_id string
---@return table?
function M.find(ctx, job_id)
  for _, job in ipairs(ctx.state.ddm.jobs) do
    if job.id == job_id and (ctx.state.lenient or not ctx.project_id or job.project_id == ctx.project_id) then
      return job
    end
  end
end

---Adds a line to a job's log.
function M.log(ctx, job, level, message)
  job.logs[#job.logs + 1] = { level = level, time = ctx.now, message = message }
end

---A new job that nothing drives yet.
---@param instance table
---@param spec { name: string, database_name: string?, work: string?, task: string? }
---@return table job
function M.add(ctx, instance, spec)
  local job = { id = ctx:uuid(), name = spec.name, status = "Running", created = ctx.now, started = ctx.now,
    project_id = instance.project_id, instance_id = instance.id, instance_name = instance.name,
    database_name = spec.database_name or "", fail_reason = "", work = spec.work, task = spec.task, logs = {} }
  local list = ctx.state.ddm.jobs
  list[#list + 1] = job
  return job
end

---How a job_failed fault of this call fails the job it starts, or nil.
---@return table?
function M.planned_failure(ctx)
  local fault = ctx.shape.job_failed
  if not fault then return nil end
  return { phase = fault.phase, at = fault.at or 0.5, code = fault.code or "DBS.300331",
    reason = fault.reason or errors.message(fault.code or "DBS.300331") or "The job failed." }
end

---Starts a job that ends by itself. An exclusive one keeps the instance busy.
---@param instance table
---@param spec { name: string, work: string, seconds: number, exclusive: boolean?, database_name: string?, task: string?,
---data: table? }
---@return table job
function M.start(ctx, instance, spec)
  local job = M.add(ctx, instance, spec)
  job.data, job.fail = spec.data, M.planned_failure(ctx)
  if spec.exclusive ~= false then
    instance.active_job = job.id
    job.exclusive = true
  end
  job.due = ctx.now + ctx.clock:span(spec.seconds)
  ctx:schedule(spec.seconds * (job.fail and job.fail.at or 1), "ddm.job", { job = job.id })
  return job
end

---Ends a job and frees its instance.
---@param status string
---@param reason string? why it failed
function M.finish(ctx, job, status, reason)
  job.status, job.ended, job.fail_reason = status, ctx.now, reason or ""
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if instance.active_job == job.id then instance.active_job = nil end
  end
end

---Marks a job failed as its fault says.
function M.fail(ctx, job)
  M.log(ctx, job, "ERROR", job.fail.code .. " " .. job.fail.reason)
  M.finish(ctx, job, "Failed", job.fail.code .. " " .. job.fail.reason)
end

---Refuses while another job holds the instance.
function M.require_idle(ctx, instance)
  if instance.active_job then
    errors.refuse(ctx.version >= 3 and ctx.readings.busy_v3_code or "DBS.200019")
  end
end

local works = {}

---What ends the jobs of a kind of work.
---@param name string
---@param ends { done: function, failed: function? }
function M.work(name, ends)
  works[name] = ends
end

local function due(ctx, data)
  local job = M.find(ctx, data.job)
  if not job or job.ended then return end
  if job.fail then
    M.fail(ctx, job)
    if works[job.work].failed then works[job.work].failed(ctx, job) end
  else
    M.finish(ctx, job, "Completed")
    works[job.work].done(ctx, job)
  end
end

-- Progress while running, otherwise nothing (4.5.1).
local function process(ctx, job)
  if job.status ~= "Running" or not job.due then return "" end
  local share = (ctx.now - job.started) / math.max(1, job.due - job.started)
  return ("%d%%"):format(math.min(99, math.floor(share * 100)))
end

-- An unfinished job shows its creation time as its end, as the example of a
-- waiting task in 4.5.2 does.
local function common(ctx, job)
  return { id = job.id, name = job.name, status = job.status, created_time = times.iso(job.created),
    end_time = times.iso(job.ended or job.created), process = process(ctx, job) }
end

M.operations_of = function() return {} end

local function job_item(ctx, job)
  local item = common(ctx, job)
  item.instance_name, item.instance_id = job.instance_name, job.instance_id
  item.database_name, item.fail_reason = job.database_name, job.fail_reason
  item.operations = core.array(M.operations_of(job))
  return item
end

local function show_job(ctx, args)
  local job = M.find(ctx, args.job_id) or errors.refuse("DBS.300400")
  local view = common(ctx, job)
  view.instance = { id = job.instance_id, name = job.instance_name }
  return { job = view }
end

local function list_jobs(ctx, args)
  local from, to = args.start_time, args.end_time
  if from < ctx.now - M.KEPT_MS or to < from then errors.refuse("DBS.280001") end
  local found, jobs = {}, ctx.state.ddm.jobs
  for i = #jobs, 1, -1 do
    local job = jobs[i]
    local own = ctx.state.lenient or job.project_id == ctx.project_id
    if own and job.created >= from and job.created <= to then found[#found + 1] = job end
  end
  local page, offset, limit = paging.page(found, args, 10, function(job) return job_item(ctx, job) end)
  return { jobs = page, offset = offset, limit = limit, total = #found }
end

local function show_migration_log(ctx, args)
  local job = M.find(ctx, args.task_id)
  if not job or job.instance_id ~= args.instance_id then errors.refuse("DBS.300400") end
  local page, offset, limit = paging.page(job.logs, args, 10, function(line)
    return { task_id = job.id, ddm_instance_id = job.instance_id, level = line.level, created_time = line.time,
      message = line.message }
  end)
  return { task_logs = page, cur_page = offset // limit + 1, per_page = limit, total = #job.logs }
end

M.operations = {
  ["ddm.show_job"] = show_job,
  ["ddm.list_jobs"] = list_jobs,
  ["ddm.show_migration_log"] = show_migration_log,
}

M.timers = { ["ddm.job"] = due }

return M
