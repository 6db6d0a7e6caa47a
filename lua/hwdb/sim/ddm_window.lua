-- SPDX-License-Identifier: Apache-2.0
-- The time of day in which the service itself switches the route. The
-- documents give three lengths and no time zone: the world's readings decide.
local errors = require("hwdb.sim.ddm_errors")
local times = require("hwdb.sim.times")

local M = {}

local HOUR = 3600

-- Begin and end as seconds of the day. Both or none; begin before end, so on
-- one day; `fits` judges the length.
local function read(begin_time, end_time, fits)
  if begin_time == nil and end_time == nil then return nil end
  local from, to = times.of_day(begin_time), times.of_day(end_time)
  if not from or not to or from >= to or not fits(to - from) then errors.refuse("DBS.300377") end
  return { begin_time = begin_time, end_time = end_time }
end

---The window of a new task: at least an hour (4.3.15). Nil means by hand.
---@return { begin_time: string, end_time: string }?
function M.of_task(begin_time, end_time)
  return read(begin_time, end_time, function(length) return length >= HOUR end)
end

---The window of a changed policy: at most an hour (4.3.21), or at least one where the world reads it as 4.3.15 does.
---@param ctx hwdb.sim.Context
---@return { begin_time: string, end_time: string }?
function M.of_change(ctx, begin_time, end_time)
  local longer = ctx.readings.strategy_window == "at_least_hour"
  return read(begin_time, end_time, function(length)
    if longer then return length >= HOUR end
    return length <= HOUR
  end)
end

---When the window is next open: now if it is, otherwise its next beginning. A window that passes unused waits for the
---next day.
---@param ctx hwdb.sim.Context
---@param window { begin_time: string, end_time: string }
---@return integer ms
function M.next_open(ctx, window)
  local shift = ctx.readings.window_utc_offset_minutes * 60000
  local midnight = (ctx.now + shift) // times.DAY_MS * times.DAY_MS - shift
  local from = midnight + times.of_day(window.begin_time) * 1000
  local to = midnight + times.of_day(window.end_time) * 1000
  if ctx.now < from then return from end
  if ctx.now < to then return ctx.now end
  return from + times.DAY_MS
end

return M
