-- SPDX-License-Identifier: Apache-2.0
-- Alarms of clusters: raised by what goes wrong with them, listed and counted
-- by day (5.8.1, 5.8.2).
local core = require("hwdb.core")
local lookup = require("hwdb.sim.dws_lookup")
local pages = require("hwdb.sim.dws_pages")
local stamp = require("hwdb.sim.dws_stamp")
local times = require("hwdb.sim.times")

local M = {}

local DEFINITIONS = {
  DWS_01010 = { name = "Cluster Status Fault", level = 1 },
  DWS_2000000006 = { name = "Node Data Disk Usage Exceeds the Threshold", level = 2 },
}

local LEVELS = { "urgent", "important", "minor", "prompt" }

-- The statistics' example counts a week.
local DAYS = 7

---Raises an alarm.
---@param ctx hwdb.sim.Context
---@param cluster table
---@param id string one of the definitions
function M.raise(ctx, cluster, id)
  local list = ctx.state.dws.alarms
  list[#list + 1] = { id = id, raised = ctx.now, project_id = cluster.project_id, resource_id = cluster.id,
    resource_name = cluster.name }
end

---Ends a cluster's alarms of a kind, or all of them.
---@param id string?
function M.clear(ctx, cluster, id)
  for _, alarm in ipairs(ctx.state.dws.alarms) do
    if alarm.resource_id == cluster.id and (not id or alarm.id == id) then alarm.cleared = alarm.cleared or ctx.now end
  end
end

local function view(ctx, alarm, zone)
  local of, domain = DEFINITIONS[alarm.id], ctx.state.iam.domain
  return { alarm_id = alarm.id, alarm_name = of.name, alarm_level = tostring(of.level), alarm_source = "DWS",
    alarm_message = ("CloudService=DWS, resourceId: %s, resourceIdName: %s, domain_name=%s, domain_id=%s"):format(
      alarm.resource_id, alarm.resource_name, domain.name, domain.id),
    alarm_location = ("cluster_id: %s,cluster_name: %s,cluster type: dws, domain_name: %s, domain_id: %s"):format(
      alarm.resource_id, alarm.resource_name, domain.name, domain.id),
    resource_id = alarm.resource_id, resource_id_name = alarm.resource_name,
    alarm_generate_date = stamp.zoned(alarm.raised, zone), alarm_status = alarm.cleared and "1" or "0" }
end

local function within(ctx, alarm, args)
  local from = args.from or (args.recent_day and ctx.now - args.recent_day * times.DAY_MS) or math.mininteger
  return lookup.own(ctx, alarm) and alarm.raised >= from and alarm.raised <= (args.to or math.maxinteger)
end

local function list_alarm_detail(ctx, args)
  local found, all = {}, ctx.state.dws.alarms
  for i = #all, 1, -1 do
    if within(ctx, all[i], args) then found[#found + 1] = all[i] end
  end
  local zone = args.time_zone or "GMT+08:00"
  return { alarm_details = pages.page(found, args, 10, function(alarm) return view(ctx, alarm, zone) end), count = #found }
end

local function counted(ctx, day, zone)
  local counts = { date = day, urgent = 0, important = 0, minor = 0, prompt = 0 }
  for _, alarm in ipairs(ctx.state.dws.alarms) do
    local level = LEVELS[DEFINITIONS[alarm.id].level]
    if lookup.own(ctx, alarm) and stamp.day(alarm.raised, zone) == day then counts[level] = counts[level] + 1 end
  end
  if ctx.readings.dws_alarm_counts == "string" then
    for _, level in ipairs(LEVELS) do counts[level] = tostring(counts[level]) end
  end
  return counts
end

local function list_alarm_statistic(ctx, args)
  local list, zone = core.array({}), args.time_zone or "GMT+08:00"
  for i = 1, DAYS do list[i] = counted(ctx, stamp.day(ctx.now - (DAYS - i) * times.DAY_MS, zone), zone) end
  return { alarm_statistics = list }
end

M.operations = {
  ["dws.list_alarm_detail"] = list_alarm_detail,
  ["dws.list_alarm_statistic"] = list_alarm_statistic,
}

return M
