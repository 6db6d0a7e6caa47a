-- SPDX-License-Identifier: Apache-2.0
-- The operation log of an audit instance (3.1.6): what was changed, by whom,
-- and how it ended.
local errors = require("hwdb.sim.dbss_errors")
local iam_keys = require("hwdb.sim.iam_keys")
local lookup = require("hwdb.sim.dbss_lookup")
local pages = require("hwdb.sim.dbss_pages")
local stamp = require("hwdb.sim.dbss_stamp")

local M = {}

local SPANS = { HALF_HOUR = 1800, HOUR = 3600, THREE_HOUR = 10800, TWELVE_HOUR = 43200, DAY = 86400, WEEK = 604800,
  MONTH = 2592000 }

---Notes a change.
---@param ctx hwdb.sim.Context
---@param instance table
---@param entry { [1]: string, [2]: string, [3]: string, [4]: string } area, action, object, description
---@param failed boolean?
function M.add(ctx, instance, entry, failed)
  local list = instance.logs
  list[#list + 1] = { id = stamp.id(ctx:hex()), user = iam_keys.user_name(ctx.state, ctx.caller.user_id), at = ctx.now,
    area = entry[1], action = entry[2], name = entry[3], description = entry[4], result = failed and "fail" or "success" }
end

local function view(ctx, entry)
  local table_words = ctx.readings.dbss_words == "table"
  return { id = entry.id, user = entry.user, time = table_words and tostring(entry.at) or stamp.text(entry.at),
    ["function"] = entry.area, action = table_words and entry.action:lower() or entry.action, name = entry.name,
    description = entry.description, result = entry.result }
end

-- The two ends come together; a span counts back from now.
local function span(ctx, time)
  if time.time_range then
    return ctx.now - ctx.clock:span(SPANS[time.time_range] or errors.refuse("DBSS.10000001")), ctx.now
  end
  if not time.start_time and not time.end_time then return math.mininteger, math.maxinteger end
  local from, to = stamp.parse(time.start_time), stamp.parse(time.end_time)
  if not from or not to or to < from then errors.refuse("DBSS.10000001") end
  return from, to + 999
end

local function list_audit_operate_logs(ctx, args)
  local instance, found = lookup.get(ctx, args.instance_id), {}
  if args.result and args.result ~= "success" and args.result ~= "fail" then errors.refuse("DBSS.10000001") end
  local from, to = span(ctx, args.time or {})
  for i = #instance.logs, 1, -1 do
    local entry = instance.logs[i]
    local wanted = (not args.user_name or args.user_name == entry.user) and (not args.result or args.result == entry.result)
      and (not args.operate_name or args.operate_name:lower() == entry.action:lower())
    if wanted and entry.at >= from and entry.at <= to then found[#found + 1] = entry end
  end
  return { operate_log = pages.numbered(found, args, 10, function(entry) return view(ctx, entry) end), total_num = #found }
end

M.operations = { ["dbss.list_audit_operate_logs"] = list_audit_operate_logs }

return M
