-- SPDX-License-Identifier: Apache-2.0
-- RDS's jobs: one at a time on an instance. What a job does at its end is
-- given by the module that started it.
local core = require("hwdb.core")
local errors = require("hwdb.sim.rds_errors")
local lookup = require("hwdb.sim.rds_lookup")
local times = require("hwdb.sim.times")

local M = {}

-- Jobs can be seen for so long.
M.KEPT_MS = 30 * times.DAY_MS

local works = {}

---@param name string
---@param ends { done: fun(ctx, node, job), failed: fun(ctx, node, job)? }
function M.work(name, ends)
  works[name] = ends
end

---@param ctx hwdb.sim.Context
---@param node table
---@param spec { name: string, work: string, seconds: number, data: table?, fail: table? }
---@return table job
function M.start(ctx, node, spec)
  local fault = spec.fail or ctx.shape.job_failed
  local job = { id = ctx:uuid(), name = spec.name, work = spec.work, status = "Running", created = ctx.now,
    instance_id = node.id, instance_name = node.name, project_id = node.project_id, type = node.mode, data = spec.data,
    endpoint = ("%s:%d"):format(node.ip, node.port), version = node.version, disk_gb = node.disk_gb,
    due = ctx.now + ctx.clock:span(spec.seconds) }
  job.fail = fault and { at = fault.at or 0.5, reason = fault.reason or errors.message(fault.code or "DBS.280042") }
  local list = ctx.state.rds.jobs
  list[#list + 1] = job
  node.rds_job = job.id
  ctx:schedule(spec.seconds * (job.fail and job.fail.at or 1), "rds.job", { job = job.id })
  return job
end

local function find(ctx, id)
  for _, job in ipairs(ctx.state.rds.jobs) do
    if job.id == id then return job end
  end
end

local function due(ctx, data)
  local job = find(ctx, data.job)
  local node = lookup.living(ctx, job.instance_id)
  job.ended, job.status = ctx.now, job.fail and "Failed" or "Completed"
  if node then node.rds_job = nil end
  local ends = works[job.work]
  local act = job.fail and ends.failed or not job.fail and ends.done
  if node and act then act(ctx, node, job) end
end

local function process(ctx, job)
  if job.status ~= "Running" then return job.status == "Completed" and "100%" or "" end
  return ("%d%%"):format(math.min(99, (ctx.now - job.created) * 100 // math.max(1, job.due - job.created)))
end

local function view(ctx, job)
  return { id = job.id, name = job.name, status = job.status, created = times.iso(job.created),
    ended = job.ended and times.iso(job.ended) or "", process = process(ctx, job),
    fail_reason = job.status == "Failed" and job.fail.reason or "",
    instance = { id = job.instance_id, name = job.instance_name },
    entities = { resource_ids = core.array({ job.instance_id }), public_ip = "", switch_strategy = "",
      instance = { endpoint = job.endpoint, type = job.type, replica_of = "",
        datastore = { type = lookup.ENGINES.mysql, version = job.version } },
      volume = { type = "CLOUDSSD", original_size = tostring(job.disk_gb), target_size = tostring(job.disk_gb) } } }
end

local function seen(ctx, job)
  local own = ctx.state.lenient or not job.project_id or job.project_id == ctx.project_id
  return own and job.created >= ctx.now - M.KEPT_MS
end

local function show_job(ctx, args)
  local job = find(ctx, args.id)
  if not job or not seen(ctx, job) then errors.refuse("DBS.280001", "The job does not exist.", 404) end
  return { job = view(ctx, job) }
end

-- Start and end are milliseconds, as text.
local function list_tasks(ctx, args)
  local node = lookup.get(ctx, args.instance_id)
  local from, to = math.tointeger(tonumber(args.start_time)), math.tointeger(tonumber(args.end_time or ctx.now))
  if not from or not to or to < from then errors.refuse("DBS.280001") end
  local found = core.array({})
  for i = #ctx.state.rds.jobs, 1, -1 do
    local job = ctx.state.rds.jobs[i]
    if job.instance_id == node.id and seen(ctx, job) and job.created >= from and job.created <= to then
      found[#found + 1] = view(ctx, job)
      found[#found].task_detail = job.name
    end
  end
  return { count = #found, jobs = ctx.readings.rds_task_list == "array" and found or found[1] or core.null }
end

M.operations = { ["rds.show_job"] = show_job, ["rds.list_tasks"] = list_tasks }

M.timers = { ["rds.job"] = due }

return M
