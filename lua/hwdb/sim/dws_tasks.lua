-- SPDX-License-Identifier: Apache-2.0
-- The one task a cluster can have. It shows in task_status and action_progress
-- while it runs; some end with a gap in which neither shows anything and the
-- status still is not available; and for a while after that the service may go
-- on refusing work. What a task does at its end is given by the module that
-- started it.
local errors = require("hwdb.sim.dws_errors")
local jobs = require("hwdb.sim.dws_jobs")
local lookup = require("hwdb.sim.dws_lookup")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

local works = {}

---What ends the tasks of a kind of work.
---@param name string
---@param ends { done: fun(ctx, cluster, task), failed: fun(ctx, cluster, task)? }
function M.work(name, ends)
  works[name] = ends
end

local function progress(ctx, task)
  local share = (ctx.now - task.started) / math.max(1, task.due - task.started)
  return { [task.name] = ("%d%%"):format(math.max(0, math.min(99, math.floor(share * 100)))) }
end

local function present(ctx, cluster)
  local task = cluster.task
  return { status = cluster.status, sub_status = cluster.sub_status, progress = task and progress(ctx, task) or {},
    task_status = task and not task.unnamed and task.name or cluster.failure }
end

---What a reader sees: shortly after an accepted change, what was before it.
---@param ctx hwdb.sim.Context
---@param cluster table
---@return { status: string, sub_status: string?, task_status: string?, progress: table }
function M.shown(ctx, cluster)
  local stale = cluster.stale
  return stale and ctx.now < stale.till and stale or present(ctx, cluster)
end

-- Has readers see the present for the lag of this call.
local function keep_shown(ctx, cluster)
  local lag = ctx.clock:span(ctx.lag)
  cluster.stale = nil
  if lag > 0 then
    cluster.stale = present(ctx, cluster)
    cluster.stale.till = ctx.now + lag
  end
end

-- How a job_failed fault of this call fails the task it starts, or one that follows it; or nil.
local function planned(ctx, phase)
  local fault = ctx.shape.job_failed
  if not fault then return nil end
  local code = fault.code or errors.OTHER
  return { phase = fault.phase or phase, at = fault.at or 0.5, code = code, step = fault.step, lost = fault.lost,
    reason = fault.reason or errors.message(code) or "The task failed." }
end

-- Puts a task on the cluster and a timer to its end.
local function run(ctx, cluster, spec, fail)
  local here = fail and (fail.phase == nil or fail.phase == spec.phase)
  cluster.task_seq = (cluster.task_seq or 0) + 1
  cluster.task = { name = spec.task, unnamed = spec.unnamed, work = spec.work, failure = spec.failure, job = spec.job,
    data = spec.data or {}, gap = spec.gap, fail = fail, fails = here, seq = cluster.task_seq, started = ctx.now,
    due = ctx.now + ctx.clock:span(spec.seconds) }
  cluster.status = spec.status or cluster.status
  cluster.sub_status = spec.sub_status or cluster.sub_status
  cluster.failure, cluster.failed_reasons = nil, nil
  ctx:schedule(spec.seconds * (here and fail.at or 1), "dws.task", { cluster = cluster.id, seq = cluster.task_seq })
end

---Starts the task of an accepted call.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param spec { task: string, work: string, seconds: number, failure: string?, phase: string?, gap: string?, job: string?,
---status: string?, sub_status: string?, unnamed: boolean?, data: table?, fail: table?, fails_in: string? }
---`failure` is the task_status a failed one leaves, `gap` the status in the gap at its end, `unnamed` keeps it out of
---task_status; `fail` {code, reason, at} fails it whatever the faults say, `fails_in` is the phase that a fault
---without one means.
function M.start(ctx, cluster, spec)
  keep_shown(ctx, cluster)
  run(ctx, cluster, spec, spec.fail or planned(ctx, spec.fails_in))
end

---Goes on with a further task of the same work: its data, its job and a failure planned for it.
---@param task table that ends
---@param spec table as for start
function M.continue(ctx, cluster, task, spec)
  spec.job, spec.data = task.job, task.data
  run(ctx, cluster, spec, task.fail)
end

-- The cluster and task of a timer, unless something else has come since.
local function of_timer(ctx, data, slot)
  local cluster = lookup.living(ctx, data.cluster)
  local task = cluster and cluster[slot]
  if task and task.seq == data.seq then return cluster, task end
end

local function hold(ctx, cluster)
  cluster.held_until = ctx.now + ctx.clock:span(ctx.readings.dws_held_seconds)
end

local function finish(ctx, cluster, task)
  cluster.task, cluster.updated = nil, ctx.now
  works[task.work].done(ctx, cluster, task)
  if not cluster.task then
    hold(ctx, cluster)
    jobs.succeed(ctx, task.job)
  end
end

local function fail(ctx, cluster, task)
  cluster.task, cluster.updated, cluster.failure = nil, ctx.now, task.failure
  cluster.failed_reasons = { error_code = task.fail.code, error_msg = task.fail.reason }
  hold(ctx, cluster)
  jobs.fail(ctx, task.job, task.fail)
  local failed = works[task.work].failed
  if failed then failed(ctx, cluster, task) end
end

local function due(ctx, data)
  local cluster, task = of_timer(ctx, data, "task")
  if not cluster then return end
  if task.fails then return fail(ctx, cluster, task) end
  if not task.gap then return finish(ctx, cluster, task) end
  cluster.task, cluster.settling, cluster.status = nil, task, task.gap
  ctx:schedule(SECONDS.gap, "dws.settled", data)
end

local function settled(ctx, data)
  local cluster, task = of_timer(ctx, data, "settling")
  if not cluster then return end
  cluster.settling, cluster.status = nil, "AVAILABLE"
  finish(ctx, cluster, task)
end

---Whether anything keeps the cluster from taking on work now.
---@param ctx hwdb.sim.Context
---@param cluster table
---@return boolean
function M.busy(ctx, cluster)
  return (cluster.task or cluster.settling or ctx.now < (cluster.held_until or 0)) and true or false
end

---Refuses while a task runs, or a failed one allows nothing but its own repetition.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param what string? the kind of work that a lock of that name lets through
function M.require_idle(ctx, cluster, what)
  if M.busy(ctx, cluster) or (cluster.locked and cluster.locked ~= what) then errors.refuse("DWS.7023") end
end

---Refuses unless the cluster rests and is available.
---@param what string?
function M.require_available(ctx, cluster, what)
  M.require_idle(ctx, cluster, what)
  if cluster.status ~= "AVAILABLE" then errors.refuse("DWS.7023") end
end

M.timers = { ["dws.task"] = due, ["dws.settled"] = settled }

return M
