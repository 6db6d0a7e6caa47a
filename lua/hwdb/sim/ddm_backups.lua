-- SPDX-License-Identifier: Apache-2.0
-- Metadata backups (4.9.1 to 4.9.3): made by the service itself, daily and on
-- occasions; read and deleted by people.
local core = require("hwdb.core")
local backups = require("hwdb.sim.ddm_backup_state")
local errors = require("hwdb.sim.ddm_errors")
local jobs = require("hwdb.sim.ddm_jobs")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local function own(ctx, backup)
  return ctx.state.lenient or backup.project_id == ctx.project_id
end

---The backup of an id.
---@param ctx hwdb.sim.Context
---@param id string
---@return table backup
---@return integer position
function M.get(ctx, id)
  for i, backup in ipairs(ctx.state.ddm.backups) do
    if backup.id == id and own(ctx, backup) then return backup, i end
  end
  return errors.refuse("DBS.280001")
end

-- A deleted instance's backups outlive it.
local function instance_status(ctx, backup)
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if instance.id == backup.instance_id then
      if instance.deleted then return "deleted" end
      return instance.status == "ERROR" and "abnormal" or "normal"
    end
  end
  return "deleted"
end

local function view(ctx, backup)
  return { id = backup.id, name = backup.name, description = backup.description, status = ctx:shown(backup),
    instance_id = backup.instance_id, instance_name = backup.instance_name, file_size = backup.size_kb,
    instance_status = instance_status(ctx, backup), created = times.iso(backup.created),
    updated = times.iso(backup.updated), backup_type = backup.type }
end

local function wanted(backup, args)
  return (not args.instance_id or backup.instance_id == args.instance_id)
    and (not args.instance_name or backup.instance_name == args.instance_name)
    and (not args.backup_name or backup.name == args.backup_name)
end

-- The latest first.
local function list(ctx, args)
  local found, all = {}, ctx.state.ddm.backups
  for i = #all, 1, -1 do
    if own(ctx, all[i]) and wanted(all[i], args) then found[#found + 1] = all[i] end
  end
  local page, offset, limit = paging.page(found, args, 10, function(backup) return view(ctx, backup) end)
  return { backups = page, offset = offset, limit = limit, total = #found }
end

local function show(ctx, args)
  local backup = M.get(ctx, args.backup_id)
  if backup.instance_id ~= args.instance_id then errors.refuse("DBS.280001") end
  local nodes = core.array({})
  for i, node in ipairs(backup.metadata.nodes) do nodes[i] = { instance_id = node.id, instance_name = node.name } end
  return { id = backup.id, name = backup.name, instance_id = backup.instance_id, instance_name = backup.instance_name,
    related_data_nodes = nodes }
end

-- The job is not the instance's: it may be gone, and is not kept busy.
local function delete(ctx, args)
  local backup = M.get(ctx, args.backup_id)
  if backup.status ~= "normal" then errors.refuse(ctx.readings.busy_v3_code) end
  local job = jobs.start(ctx, { id = backup.instance_id, name = backup.instance_name, project_id = backup.project_id },
    { name = "deleteMetadataBackup", work = "delete_backup", seconds = SECONDS.delete_backup, exclusive = false,
      data = { backup_id = backup.id } })
  ctx:change(backup, "DELETING")
  return { job_id = job.id }, backup.id
end

local function find(ctx, id)
  for i, backup in ipairs(ctx.state.ddm.backups) do
    if backup.id == id then return backup, i end
  end
end

jobs.work("delete_backup", {
  done = function(ctx, job)
    local _, position = find(ctx, job.data.backup_id)
    if position then table.remove(ctx.state.ddm.backups, position) end
  end,
  failed = function(ctx, job)
    local backup = find(ctx, job.data.backup_id)
    if backup then ctx:change(backup, "normal") end
  end,
})

-- Every instance that is there, once a day.
local function daily(ctx)
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if not instance.deleted and instance.status ~= "CREATING" and instance.status ~= "CREATEFAILED" then
      backups.take(ctx, instance, "auto_metadata")
    end
  end
  backups.expire(ctx)
  ctx:schedule_at(backups.next_daily(ctx.now), "ddm.daily_backup", {})
end

M.operations = {
  ["ddm.list_backups"] = list,
  ["ddm.show_backup"] = show,
  ["ddm.delete_backup"] = delete,
}

M.timers = { ["ddm.daily_backup"] = daily }

return M
