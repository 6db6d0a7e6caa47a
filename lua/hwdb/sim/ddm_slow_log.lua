-- SPDX-License-Identifier: Apache-2.0
-- Statements that took long (4.6.1). What is kept per instance is history: it
-- stays when the account or schema it names goes.
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")

local M = {}

local MOST_MS = 7 * times.DAY_MS

local function whole(text)
  return math.tointeger(tonumber(text)) or errors.refuse("DBS.280001")
end

local function view(ctx, entry)
  local time = times.iso(entry.at)
  if ctx.readings.ddm_slow_log_time == "bare" then time = time:gsub("%+0000$", "") end
  return { users = entry.user, database = entry.database, querySample = entry.sql, logTime = time,
    time = tostring(entry.ms), shards = entry.shard, rowsExamined = tostring(entry.rows), host = entry.host }
end

-- The latest first.
local function between(instance, from, to)
  local found, log = {}, instance.slow_log or {}
  for i = #log, 1, -1 do
    if log[i].at >= from and log[i].at <= to then found[#found + 1] = log[i] end
  end
  return found
end

local function list(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local number, size = whole(args.curPage), whole(args.perPage)
  local from, to = whole(args.startDate), whole(args.endDate)
  if number < 1 or size < 1 or number > 1000000 or size > 1000000 or to < from or to - from > MOST_MS then
    errors.refuse("DBS.280001")
  end
  local found = between(instance, from, to)
  local page = paging.page(found, { offset = (number - 1) * size, limit = size }, size, function(entry)
    return view(ctx, entry)
  end)
  return { totalRecord = #found, slowLogList = page }
end

M.operations = { ["ddm.list_slow_log"] = list }

return M
