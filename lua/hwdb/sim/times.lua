-- SPDX-License-Identifier: Apache-2.0
-- Instants are integers: milliseconds since 1970 UTC. Here they become the
-- texts the services write, and back. No locale and no local time zone.
local M = {}

local DAYS = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }

M.DAY_MS = 86400000

local function parts(ms)
  return os.date("!*t", ms // 1000)
end

-- Days since 1970-01-01 of a Gregorian date (Howard Hinnant's days_from_civil).
local function days(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = year // 400
  local of_era = year - era * 400
  local of_year = (153 * (month + (month > 2 and -3 or 9)) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

---"2021-11-09T03:30:01+0000", as DDM writes it.
---@param ms integer
---@return string
function M.iso(ms)
  local t = parts(ms)
  return ("%04d-%02d-%02dT%02d:%02d:%02d+0000"):format(t.year, t.month, t.day, t.hour, t.min, t.sec)
end

---"2021-11-09T03:30:01.250Z", for the logs.
---@param ms integer
---@return string
function M.exact(ms)
  return (M.iso(ms):gsub("%+0000$", (".%03dZ"):format(ms % 1000), 1))
end

---"2021-11-09T03:30:01.250000Z", as IAM writes it.
---@param ms integer
---@return string
function M.micro(ms)
  return (M.exact(ms):gsub("Z$", "000Z"))
end

---The Date header.
---@param ms integer
---@return string
function M.http(ms)
  local t = parts(ms)
  return ("%s, %02d %s %04d %02d:%02d:%02d GMT"):format(DAYS[t.wday], t.day, MONTHS[t.month], t.year, t.hour, t.min,
    t.sec)
end

---"20260102T030405Z", as a signature is dated.
---@param ms integer
---@return string
function M.compact(ms)
  local t = parts(ms)
  return ("%04d%02d%02dT%02d%02d%02dZ"):format(t.year, t.month, t.day, t.hour, t.min, t.sec)
end

---The instant of "20260102T030405Z"; nil for anything else.
---@param text string
---@return integer?
function M.from_compact(text)
  local year, month, day, hour, min, sec = text:match("^(%d%d%d%d)(%d%d)(%d%d)T(%d%d)(%d%d)(%d%d)Z$")
  if not year then return nil end
  local seconds = hour * 3600 + min * 60 + sec
  return (days(math.tointeger(year), math.tointeger(month), math.tointeger(day)) * 86400 + math.tointeger(seconds))
    * 1000
end

---Seconds since midnight of "17:00:00"; nil for anything else.
---@param text any
---@return integer?
function M.of_day(text)
  local hour, min, sec = tostring(text):match("^(%d%d):(%d%d):(%d%d)$")
  if not hour or tonumber(hour) > 23 or tonumber(min) > 59 or tonumber(sec) > 59 then return nil end
  return math.tointeger(hour * 3600 + min * 60 + sec)
end

return M
