-- SPDX-License-Identifier: Apache-2.0
-- The life of a shard configuration task on the clock: full migration,
-- incremental migration, waiting for the switch, switching, waiting to be
-- cleaned; and how it fails. What people may ask of it is in ddm_shards.
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local window = require("hwdb.sim.ddm_window")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local LENGTH = { full = SECONDS.migrate_full, incremental = SECONDS.migrate_incremental,
  switching = SECONDS.switch_route }

local begin -- each phase begins the next

---The instance and the schema of a task.
---@return table instance
---@return table schema
function M.subject(ctx, job)
  local instance = instances.of_job(ctx, job)
  return instance, schemas.find(instance, job.plan.schema)
end

---Puts instance and schema into the states of a configuration under way.
---@param schema_status string EXPANDING or ROLLING BACK
function M.occupy(ctx, job, schema_status)
  local instance, schema = M.subject(ctx, job)
  instance.active_job = job.id
  ctx:change(instance, "MIGRATE_DATABASE")
  ctx:change(schema, schema_status)
end

---Frees the instance; the schema takes its state.
function M.vacate(ctx, job, schema_status)
  local instance, schema = M.subject(ctx, job)
  instance.active_job = nil
  ctx:change(instance, "RUNNING")
  ctx:change(schema, schema_status)
end

---Marks the nodes of a plan as in use by its task, or free again.
---@param job_id string? nil frees them
function M.mark_nodes(ctx, instance, plan, job_id)
  for _, id in ipairs(plan.new_nodes) do
    local node = rds.find(ctx, id)
    if node then
      node.scaling = job_id
      if job_id then node.ddm_id = instance.id end
    end
  end
end

---Timers of earlier phases, windows and policies of the task fall silent.
function M.silence(job)
  job.turn = (job.turn or 0) + 1
end

local function arm(ctx, job, seconds)
  M.silence(job)
  ctx:schedule(seconds, "ddm.shards", { job = job.id, turn = job.turn })
end

---Arms the automatic switch of a task that waits for it.
function M.arm_window(ctx, job)
  M.silence(job)
  if job.plan.window then
    ctx:schedule_at(window.next_open(ctx, job.plan.window), "ddm.window", { job = job.id, turn = job.turn })
  end
end

local function fails_in(job, phase)
  local wanted = job.fail and job.fail.phase
  if wanted == "switch" then wanted = "switching" end
  return wanted == phase
end

-- A task that failed leaves the instance to others; the schema waits for
-- retry, rollback or cancel.
local function fail(ctx, job)
  job.failed_phase = job.phase
  M.silence(job)
  local reason = job.fail.code .. " " .. job.fail.reason
  jobs.log(ctx, job, "ERROR", job.fail.code .. " " .. job.fail.reason .. " (" .. job.phase .. ")")
  job.fail, job.phase = nil, "failed"
  jobs.finish(ctx, job, "Failed", reason)
  M.vacate(ctx, job, "EXPAND_FAILED")
end

local function switched(ctx, job)
  local instance, schema = M.subject(ctx, job)
  schemas.lay_out(schema, job.plan.new_nodes, job.plan.new_shards)
  schema.uncleaned = { job = job.id, nodes = job.plan.original_nodes }
  schema.precheck = nil
  M.mark_nodes(ctx, instance, job.plan, nil)
  M.vacate(ctx, job, "RUNNING")
  job.phase, job.status = "switched", ctx.readings.cleaned_state
  if job.status == "Completed" then job.ended = ctx.now end
  jobs.log(ctx, job, "INFO", "Data verified, route switched; source data is still on the original data nodes.")
end

local function ready(ctx, job)
  job.phase, job.status = "ready", "ToBeSwitched"
  jobs.log(ctx, job, "INFO", "Incremental migration has caught up; the route can be switched.")
  M.arm_window(ctx, job)
end

local NEXT = {
  full = function(ctx, job)
    jobs.log(ctx, job, "INFO", "Full migration ended: structure, data and indexes.")
    begin(ctx, job, "incremental")
  end,
  incremental = ready,
  switching = switched,
}

---Begins a phase: full, incremental or switching.
begin = function(ctx, job, phase)
  job.phase = phase
  local length = LENGTH[phase]
  if fails_in(job, phase) then length = length * job.fail.at end
  arm(ctx, job, length)
end

M.begin = begin

---Sets what progress is measured against, then begins.
---@param phase string full, incremental or switching
function M.start(ctx, job, phase)
  local total = SECONDS.migrate_full + SECONDS.migrate_incremental
  if phase == "incremental" then total = SECONDS.migrate_incremental end
  job.due = ctx.now + ctx.clock:span(total)
  jobs.log(ctx, job, "INFO", ("Shard configuration of %s: %d shards on %d data nodes to %d on %d."):format(
    job.plan.schema, job.plan.original_shards, #job.plan.original_nodes, job.plan.new_shards, #job.plan.new_nodes))
  begin(ctx, job, phase)
end

---Switches the route, by hand or by the window.
function M.switch(ctx, job)
  job.status = "Switching"
  jobs.log(ctx, job, "INFO", "Route switch begins: data is verified, writes are blocked.")
  begin(ctx, job, "switching")
end

local function current(ctx, data)
  local job = jobs.find(ctx, data.job)
  if job and job.turn == data.turn then return job end
end

local function phase_due(ctx, data)
  local job = current(ctx, data)
  if not job then return end
  if fails_in(job, job.phase) then fail(ctx, job) else NEXT[job.phase](ctx, job) end
end

local function window_open(ctx, data)
  local job = current(ctx, data)
  if job and job.phase == "ready" then M.switch(ctx, job) end
end

M.timers = { ["ddm.shards"] = phase_due, ["ddm.window"] = window_open }

return M
