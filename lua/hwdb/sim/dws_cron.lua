-- SPDX-License-Identifier: Apache-2.0
-- The cron expressions of snapshot policies: second, minute, hour, day, month,
-- weekday (1 is Sunday), in UTC. Lists, ranges, steps, "*" and "?".
local times = require("hwdb.sim.times")

local M = {}

local FIELDS = { { 0, 59 }, { 0, 59 }, { 0, 23 }, { 1, 31 }, { 1, 12 }, { 1, 7 } }

-- First, last and step of "3", "3-5", "3/8", "*" or "*/2"; nil for anything else.
local function span(text, bounds)
  local base, step = text:match("^([^/]+)/(%d+)$")
  base = base or text
  local first, last = base:match("^(%d+)%-(%d+)$")
  if base == "*" or base == "?" then first, last = bounds[1], bounds[2] end
  if not first and base:find("^%d+$") then first, last = base, step and bounds[2] or base end
  if not first then return nil end
  return math.tointeger(tonumber(first)), math.tointeger(tonumber(last)), math.tointeger(tonumber(step or 1))
end

-- The set of values a field allows, or nil.
local function set_of(field, bounds)
  local set = {}
  for text in field:gmatch("[^,]+") do
    local first, last, step = span(text, bounds)
    if not (first and last and step) or step < 1 or first < bounds[1] or last > bounds[2] or first > last then
      return nil
    end
    for value = first, last, step do set[value] = true end
  end
  return next(set) and set
end

---The parts of an expression, or nil when it is none.
---@param text any
---@return table[]?
function M.parse(text)
  if type(text) ~= "string" then return nil end
  local sets = {}
  for field in text:gmatch("%S+") do
    local bounds = FIELDS[#sets + 1]
    local set = bounds and set_of(field, bounds)
    if not set then return nil end
    sets[#sets + 1] = set
  end
  return #sets == #FIELDS and sets or nil
end

-- The first time on a day, not before `from`, or nil.
local function on_day(sets, day, from)
  for hour = 0, 23 do
    for minute = 0, sets[3][hour] and 59 or -1 do
      for second = 0, sets[2][minute] and 59 or -1 do
        local at = day + ((hour * 60 + minute) * 60 + second) * 1000
        if sets[1][second] and at > from then return at end
      end
    end
  end
end

---When an expression fires next after an instant; nil if not within four years.
---@param text string
---@param after integer ms
---@return integer? ms
function M.next(text, after)
  local sets = M.parse(text)
  if not sets then return nil end
  local day = after // times.DAY_MS * times.DAY_MS
  for _ = 1, 1462 do
    local date = os.date("!*t", day // 1000)
    if sets[4][date.day] and sets[5][date.month] and sets[6][date.wday] then
      local at = on_day(sets, day, after)
      if at then return at end
    end
    day = day + times.DAY_MS
  end
end

return M
