-- SPDX-License-Identifier: Apache-2.0
-- Shard configuration as people drive it (4.3.15 to 4.3.22). What a task
-- allows now is its `operations`; whatever is not among them is refused.
local core = require("hwdb.core")
local backups = require("hwdb.sim.ddm_backup_state")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local phases = require("hwdb.sim.ddm_shard_phases")
local plans = require("hwdb.sim.ddm_shard_plan")
local precheck = require("hwdb.sim.ddm_precheck")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local window = require("hwdb.sim.ddm_window")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

---What may be asked of a job now, in the service's words. An automatic policy hides the switch by hand.
---@param job table
---@return string[]
function M.operations_of(job)
  if not job.plan or job.action or job.superseded then return {} end
  if job.phase == "full" or job.phase == "incremental" then return { "toBeCanceled" } end
  if job.phase == "ready" then
    if job.plan.window then return { "modifySwitchingStrategy", "toBeCanceled" } end
    return { "modifySwitchingStrategy", "toBeCanceled", "toBeSwitched" }
  end
  if job.phase == "failed" then return { "toBeRetried", "toBeRolled", "toBeCanceled" } end
  if job.phase == "switched" then return { "toBeCleaned" } end
  return {}
end

jobs.operations_of = M.operations_of

local function allows(job, operation)
  for _, word in ipairs(M.operations_of(job)) do
    if word == operation then return true end
  end
  return false
end

---The task of a path, which must be of this schema and a shard configuration.
local function task(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  schemas.get(instance, args.db_name)
  local job = jobs.find(ctx, args.job_id)
  if not job or job.instance_id ~= instance.id or job.database_name ~= args.db_name:lower() then
    errors.refuse("DBS.300400")
  end
  if not job.plan then errors.refuse("DBS.300379") end
  return job, instance
end

local function task_for(ctx, args, operation, code)
  local job, instance = task(ctx, args)
  if not allows(job, operation) then errors.refuse(code) end
  return job, instance
end

local function start_task(ctx, instance, name, plan, phase)
  local job = jobs.add(ctx, instance, { name = name, database_name = plan.schema })
  job.plan, job.fail = plan, jobs.planned_failure(ctx)
  if job.fail then job.fail.phase = job.fail.phase or phase end
  phases.occupy(ctx, job, "EXPANDING")
  phases.mark_nodes(ctx, instance, plan, job.id)
  phases.start(ctx, job, phase)
  return job
end

local function target(instance, plan)
  return instance.id .. "/" .. plan.schema
end

local function configure(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local plan, schema = plans.read(ctx, instance, args)
  precheck.require_passed(ctx, schema, plan)
  local job = start_task(ctx, instance, "migrateLogicDb", plan, "full")
  return { job_id = job.id }, target(instance, plan)
end

local function nodes_view(ctx, ids)
  local list = core.array({})
  for i, id in ipairs(ids) do
    local node = rds.find(ctx, id)
    list[i] = { dn_instance_id = id, dn_instance_name = node and node.name or "" }
  end
  return list
end

local function show_task(ctx, args)
  local job, instance = task(ctx, args)
  local plan = job.plan
  return { instance_name = instance.name, original_shard_num = plan.original_shards, after_shard_num = plan.new_shards,
    original_dn_info_list = nodes_view(ctx, plan.original_nodes), after_dn_info_list = nodes_view(ctx, plan.new_nodes),
    switch_route_is_manual = plan.window == nil, auto_switch_begin_time = plan.window and plan.window.begin_time or "",
    auto_switch_end_time = plan.window and plan.window.end_time or "", node_id_for_migrate = plan.node_id,
    is_exclusive = plan.exclusive }
end

-- An action is a job of its own beside the task, which shows what happens to it.
local function start_action(ctx, job, instance, action)
  phases.silence(job)
  local action_job = jobs.start(ctx, instance, { name = action.name, work = action.work, seconds = action.seconds,
    database_name = job.plan.schema, task = job.id, exclusive = false })
  action_job.plan_of = job.id
  job.action, job.action_job, job.before = action.work, action_job.id, job.status
  if action.status then action_job.status, job.status, job.ended = action.status, action.status, nil end
  jobs.log(ctx, job, "INFO", action.note)
  return { job_id = action_job.id }, target(instance, job.plan)
end

local function cancel(ctx, args)
  local job, instance = task_for(ctx, args, "toBeCanceled", "DBS.300134")
  if job.phase == "failed" then jobs.require_idle(ctx, instance) end
  phases.occupy(ctx, job, "EXPANDING")
  return start_action(ctx, job, instance, { name = "cancelMigrateLogicDb", work = "cancel_shards",
    seconds = SECONDS.cancel_shards, status = "Canceling", note = "Cancelling." })
end

local function rollback(ctx, args)
  local job, instance = task_for(ctx, args, "toBeRolled", "DBS.300122")
  jobs.require_idle(ctx, instance)
  phases.occupy(ctx, job, "ROLLING BACK")
  return start_action(ctx, job, instance, { name = "rollbackMigrateLogicDb", work = "rollback_shards",
    seconds = SECONDS.rollback_shards, status = "Rollbacking", note = "Rolling back." })
end

local function clean(ctx, args)
  local job, instance = task_for(ctx, args, "toBeCleaned", "DBS.300121")
  jobs.require_idle(ctx, instance)
  local body, id = start_action(ctx, job, instance, { name = "cleanMigrateLogicDb", work = "clean_shards",
    seconds = SECONDS.clean_shards, note = "Clearing source data." })
  instance.active_job = job.action_job
  return body, id
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, member in pairs(value) do result[key] = copy(member) end
  return result
end

-- A retry goes on in the phase that failed; a failed switch is caught up anew.
local function retry(ctx, args)
  local job, instance = task_for(ctx, args, "toBeRetried", "DBS.300123")
  jobs.require_idle(ctx, instance)
  local phase = job.failed_phase == "full" and "full" or "incremental"
  local again = start_task(ctx, instance, "retryMigrateLogicDb", copy(job.plan), phase)
  job.superseded = again.id
  return { job_id = again.id }, target(instance, job.plan)
end

local function same(given, expected)
  if given ~= nil and given ~= expected then errors.refuse("DBS.280001") end
end

local function update_strategy(ctx, args)
  local job, instance = task_for(ctx, args, "modifySwitchingStrategy", "DBS.300401")
  same(args["body.instance_id"], instance.id)
  same(args.task_id, job.id)
  same(args.logic_db_name, job.plan.schema)
  job.plan.window = window.of_change(ctx, args.switch_route_begin_time, args.switch_route_end_time)
  phases.arm_window(ctx, job)
  return {}, target(instance, job.plan)
end

local function switch_route(ctx, args)
  local job, instance = task_for(ctx, args, "toBeSwitched", "DBS.300402")
  job.fail = jobs.planned_failure(ctx) or job.fail
  if ctx.shape.job_failed and not job.fail.phase then job.fail.phase = "switch" end
  phases.switch(ctx, job)
  return nil, target(instance, job.plan)
end

-- Ends task and action together in the same status.
local function undone(status)
  return function(ctx, action_job)
    local job = jobs.find(ctx, action_job.task)
    local instance = phases.subject(ctx, job)
    action_job.status, job.action, job.phase = status, nil, "ended"
    phases.mark_nodes(ctx, instance, job.plan, nil)
    jobs.log(ctx, job, "INFO", status .. ": the original shards and data are in use.")
    jobs.finish(ctx, job, status)
    phases.vacate(ctx, job, "RUNNING")
    schemas.release_nodes(ctx, instance)
  end
end

-- The task is as it was before, or failed if it was running.
local function not_undone(ctx, action_job)
  local job = jobs.find(ctx, action_job.task)
  job.action, job.status, job.ended = nil, "Failed", ctx.now
  job.failed_phase, job.phase = job.failed_phase or job.phase, "failed"
  job.fail_reason = action_job.fail_reason
  jobs.log(ctx, job, "ERROR", action_job.fail_reason)
  phases.vacate(ctx, job, "EXPAND_FAILED")
end

-- Clearing triggers a metadata backup.
local function cleaned(ctx, action_job)
  local job = jobs.find(ctx, action_job.task)
  local instance, schema = phases.subject(ctx, job)
  job.action, job.phase, schema.uncleaned = nil, "ended", nil
  jobs.log(ctx, job, "INFO", "Source data cleared.")
  jobs.finish(ctx, job, "Completed")
  instance.active_job = nil
  schemas.release_nodes(ctx, instance)
  backups.take(ctx, instance, "metadata")
end

local function not_cleaned(ctx, action_job)
  local job = jobs.find(ctx, action_job.task)
  local instance = phases.subject(ctx, job)
  job.action, job.status, instance.active_job = nil, job.before, nil
  jobs.log(ctx, job, "ERROR", action_job.fail_reason)
end

jobs.work("cancel_shards", { done = undone("CancelSuccess"), failed = not_undone })
jobs.work("rollback_shards", { done = undone("RollbackSuccess"), failed = not_undone })
jobs.work("clean_shards", { done = cleaned, failed = not_cleaned })

M.operations = {
  ["ddm.configure_shards"] = configure,
  ["ddm.show_shard_task"] = show_task,
  ["ddm.cancel_shards"] = cancel,
  ["ddm.rollback_shards"] = rollback,
  ["ddm.clean_shards"] = clean,
  ["ddm.retry_shards"] = retry,
  ["ddm.update_switch_strategy"] = update_strategy,
  ["ddm.switch_route"] = switch_route,
}

return M
