-- SPDX-License-Identifier: Apache-2.0
-- Statements that took long (4.6.1). What is kept per instance is history: it
-- stays when the account or schema it names goes. It grows with time: whoever
-- runs with a schema has a slow statement every half hour, the same in any world
-- of the same age.
local accounts = require("hwdb.sim.ddm_account_state")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")

local M = {}

local MOST_MS = 7 * times.DAY_MS

local STEP_MS = 30 * 60000

-- How long one is kept, which bounds the log.
local KEPT_MS = 14 * times.DAY_MS

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

-- What is slow again and again, with other values each time.
local SHAPES = {
  "select * from items where customer_id = %d order by created",
  "select sum(amount) from items where created > '2025-12-%02d' group by customer_id",
  "update items set note = 'seen %d' where id in (%d, %d, %d)",
  "select i.*, c.name from items i join customers c on c.id = i.customer_id where i.note like '%%%d%%'",
}

local FILL = { function(n) return n % 9973 end, function(n) return n % 28 + 1 end }

local function statement(n)
  local shape = n % #SHAPES + 1
  if shape == 3 then return SHAPES[3]:format(n % 97, n % 9973, n % 9967, n % 9949) end
  return SHAPES[shape]:format((FILL[shape] or FILL[1])(n))
end

-- A number of the moment and the instance; no chance in it.
local function seed_of(ctx, instance)
  local sum = ctx.now // STEP_MS
  for i = 1, #instance.id do sum = sum * 31 % 1000003 + instance.id:byte(i) end
  return sum % 1000003
end

local function entry_of(ctx, instance)
  local n = seed_of(ctx, instance)
  local schema = instance.schemas[n % #instance.schemas + 1]
  local account = accounts.list(instance)[1]
  return { user = account and account.name or instance.admin_user_name or "root", database = schema.name, sql = statement(n),
    at = ctx.now, ms = 1000 + n * 7919 % 9000, shard = ("%s_%04d"):format(schema.name, n % math.max(1, schema.shard_number)),
    rows = n % 500000, host = ("192.168.0.%d"):format(31 + n % 3) }
end

local function grow(ctx, instance)
  instance.slow_log = instance.slow_log or {}
  local log = instance.slow_log
  log[#log + 1] = entry_of(ctx, instance)
  while log[1].at < ctx.now - KEPT_MS do table.remove(log, 1) end
end

---When the next slow statements begin.
---@param now integer ms
---@return integer ms
function M.next(now)
  return (now // STEP_MS + 1) * STEP_MS
end

local function statements(ctx)
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if instance.status == "RUNNING" and not instance.deleted and #instance.schemas > 0 then grow(ctx, instance) end
  end
  ctx:schedule_at(M.next(ctx.now), "ddm.slow_statements", {})
end

M.operations = { ["ddm.list_slow_log"] = list }

M.timers = { ["ddm.slow_statements"] = statements }

return M
