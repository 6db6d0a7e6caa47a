-- SPDX-License-Identifier: Apache-2.0
-- Backups of RDS instances: manual ones are kept until deleted, automatic ones
-- follow from the instance's age and how many days it keeps them. And the span
-- a point-in-time restore can reach.
local core = require("hwdb.core")
local errors = require("hwdb.sim.rds_errors")
local jobs = require("hwdb.sim.rds_jobs")
local lookup = require("hwdb.sim.rds_lookup")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.rds_durations")

local M = {}

-- The daily backup starts at 17:00 UTC; the first one as soon as the instance is there.
local DAILY_MS = 17 * 3600000

-- Manual backups an account may have.
M.QUOTA = 50

local function automatic(ctx, node, at)
  local ends = at + ctx.clock:span(SECONDS.automatic_backup)
  return { id = core.sha256(node.id .. at):sub(1, 32) .. "br01", name = "mysql-" .. node.name .. "-" .. times.compact(at),
    type = "auto", instance_id = node.id, begin = at, ends = ends, status = ctx.now >= ends and "COMPLETED" or "BUILDING",
    gb = node.used_gb, version = node.version, ddm = node.ddm_id ~= nil }
end

local function add_automatic(ctx, node, into)
  if node.status == "creating" or node.status == "createfail" or node.backup_days == 0 then return end
  local from = math.max(node.created, ctx.now - node.backup_days * times.DAY_MS)
  if from == node.created then into[#into + 1] = automatic(ctx, node, node.created) end
  local day = from // times.DAY_MS * times.DAY_MS + DAILY_MS
  while day <= ctx.now do
    if day > from then into[#into + 1] = automatic(ctx, node, day) end
    day = day + times.DAY_MS
  end
end

---The backups of an instance, gone or not, the latest first.
---@param ctx hwdb.sim.Context
---@param instance_id string
---@return table[]
function M.of(ctx, instance_id)
  local list, node = {}, lookup.living(ctx, instance_id)
  if node then add_automatic(ctx, node, list) end
  for _, backup in ipairs(ctx.state.rds.backups) do
    if backup.instance_id == instance_id and lookup.own(ctx, backup) then list[#list + 1] = backup end
  end
  table.sort(list, function(a, b)
    if a.begin ~= b.begin then return a.begin > b.begin end
    return a.id < b.id
  end)
  return list
end

---The first and last instant a restore can reach; nil when there is none.
---@param ctx hwdb.sim.Context
---@param node table
---@return integer? from ms
---@return integer? to ms
function M.span(ctx, node)
  if not node.binlog_enabled or node.status == "creating" or node.status == "createfail" then return nil end
  local first
  for _, backup in ipairs(M.of(ctx, node.id)) do
    if backup.status == "COMPLETED" and backup.type == "auto" then first = backup.ends end
  end
  local last = ctx.now - ctx.clock:span(SECONDS.restorable_after)
  if first and first < last then return first, last end
end

local function base(backup)
  return { id = backup.id, name = backup.name, instance_id = backup.instance_id, type = backup.type, status = backup.status,
    begin_time = times.iso(backup.begin), databases = core.array({}) }
end

local function view(ctx, backup)
  local item = base(backup)
  item.status = backup.stale and ctx:shown(backup) or backup.status
  item.end_time = backup.ends and item.status ~= "BUILDING" and times.iso(backup.ends) or ""
  item.datastore = { type = lookup.ENGINES.mysql, version = backup.version }
  item.size, item.min_data_volume_capacity_for_restore = backup.gb * 1048576, backup.gb
  item.associated_with_ddm = backup.ddm
  return item
end

local function instant(text)
  if not text then return nil end
  local at = times.from_compact((text:gsub("[-:]", "")))
  return at or errors.refuse("DBS.280001")
end

local function list_backups(ctx, args)
  local all, found = M.of(ctx, args.instance_id), {}
  if #all == 0 then lookup.get(ctx, args.instance_id) end
  local from, to = instant(args.begin_time) or math.mininteger, instant(args.end_time) or math.maxinteger
  for _, backup in ipairs(all) do
    local wanted = (not args.backup_id or backup.id == args.backup_id)
      and (not args.backup_type or backup.type == args.backup_type) and (not args.status or backup.status == args.status)
    if wanted and backup.begin >= from and backup.begin <= to then found[#found + 1] = backup end
  end
  return { backups = lookup.page(found, args, function(backup) return view(ctx, backup) end), total_count = #found }
end

local function create_manual_backup(ctx, args)
  local node = lookup.get_idle(ctx, args.instance_id)
  if not args.name:find("^%a[%w_-]*$") or (args.description or ""):find("[>!<\"&'=]") then errors.refuse("DBS.280001") end
  if #ctx.state.rds.backups >= M.QUOTA then errors.refuse("DBS.280042", "The quota of manual backups is used up.") end
  local backup = { id = ctx:id("br01"), name = args.name, description = args.description or "", type = "manual",
    instance_id = node.id, project_id = node.project_id, begin = ctx.now, status = "BUILDING", gb = node.used_gb,
    version = node.version, ddm = node.ddm_id ~= nil }
  local list = ctx.state.rds.backups
  list[#list + 1] = backup
  ctx:hide(backup)
  jobs.start(ctx, node, { name = "CreateManualSnapshot", work = "create_backup", seconds = SECONDS.create_backup,
    data = { backup = backup.id } })
  ctx:change(node, "backup")
  local answer = base(backup)
  answer.description = backup.description
  return { backup = answer }, backup.id
end

local function manual(ctx, id)
  for i, backup in ipairs(ctx.state.rds.backups) do
    if backup.id == id then return backup, i end
  end
end

local function backed_up(status)
  return function(ctx, node, job)
    local backup = manual(ctx, job.data.backup)
    backup.status, backup.ends = status, ctx.now
    node.status, node.stale = "normal", nil
  end
end

jobs.work("create_backup", { done = backed_up("COMPLETED"), failed = backed_up("FAILED") })

local function delete_manual_backup(ctx, args)
  local backup, at = manual(ctx, args.backup_id)
  if not backup or not lookup.own(ctx, backup) then errors.refuse("DBS.280124", "The manual backup does not exist.", 404) end
  if backup.status == "BUILDING" then errors.refuse("DBS.200019") end
  table.remove(ctx.state.rds.backups, at)
  return {}, backup.id
end

-- A date narrows the span to that day, in UTC.
local function list_restore_times(ctx, args)
  local node = lookup.get(ctx, args.instance_id)
  local from, to = M.span(ctx, node)
  local day = args.date and (instant(args.date .. "T00:00:00Z"))
  if from and day then from, to = math.max(from, day), math.min(to, day + times.DAY_MS - 1) end
  local list = core.array({})
  if from and from <= to then list[1] = { start_time = from, end_time = to } end
  return { restore_time = list }
end

M.operations = {
  ["rds.list_backups"] = list_backups,
  ["rds.create_manual_backup"] = create_manual_backup,
  ["rds.delete_manual_backup"] = delete_manual_backup,
  ["rds.list_restore_times"] = list_restore_times,
}

return M
