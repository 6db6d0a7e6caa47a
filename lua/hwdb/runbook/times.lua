-- SPDX-License-Identifier: Apache-2.0
-- Calendar times with a zone, as people write them, and milliseconds since
-- 1970. A time without a zone is never guessed.
local M = {}

local DAYS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

-- Days since 1970-01-01 (years counted from March, so that the leap day is last).
local function days_from(year, month, day)
  local y = month <= 2 and year - 1 or year
  local era = y // 400
  local of_era = y - era * 400
  local of_year = (153 * (month + (month > 2 and -3 or 9)) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

local function date_from(days)
  days = days + 719468
  local era = days // 146097
  local doe = days - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local month = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (month <= 2 and 1 or 0), month, doy - (153 * mp + 2) // 5 + 1
end

---Minutes east of UTC: "+08:00", "-0330", "UTC+8", "Z", "UTC".
---@param text string
---@return integer? minutes
function M.zone(text)
  if text == "Z" or text == "UTC" then return 0 end
  local sign, hours, minutes = text:match("^U?T?C?([+-])(%d%d?):?(%d?%d?)$")
  if not sign or #minutes == 1 then return nil end
  local total = math.tointeger(hours) * 60 + (minutes == "" and 0 or math.tointeger(minutes))
  if total > 14 * 60 or (minutes ~= "" and math.tointeger(minutes) > 59) then return nil end
  return sign == "-" and -total or total
end

---@param text string "02:00" or "02:00:30"
---@return integer? seconds of the day
function M.of_day(text)
  local hours, minutes, seconds = text:match("^(%d%d):(%d%d):?(%d?%d?)$")
  if not hours or #seconds == 1 or (seconds == "" and text:sub(-1) == ":") then return nil end
  local h, m, s = math.tointeger(hours), math.tointeger(minutes), math.tointeger(seconds) or 0
  if h > 23 or m > 59 or s > 59 then return nil end
  return h * 3600 + m * 60 + s
end

---@param text string "2026-11-22"
---@return integer? days since 1970
function M.day(text)
  local year, month, day = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  if not year then return nil end
  year, month, day = math.tointeger(year), math.tointeger(month), math.tointeger(day)
  local last = month == 2 and leap(year) and 29 or DAYS[month]
  if not last or day < 1 or day > last then return nil end
  return days_from(year, month, day)
end

---@param text string "2026-11-22 02:00" (T for the space, seconds allowed)
---@param offset integer minutes east of UTC
---@return integer? ms
function M.moment(text, offset)
  local date, clock = text:match("^(%S-)[ T](%d%d:[%d:]+)$")
  local day, seconds = M.day(date or ""), M.of_day(clock or "")
  if not day or not seconds then return nil end
  return (day * 86400 + seconds - offset * 60) * 1000
end

---A time that carries its own zone: "2026-11-22 02:00 +08:00", "2026-11-21T18:00:00Z".
---@param text string
---@return integer? ms
---@return integer? minutes east of UTC
function M.parse(text)
  local moment, zone = text:match("^(%d%d%d%d%-%d%d%-%d%d[ T]%d%d:[%d:]-%d) ?([ZU+-].*)$")
  local offset = zone and M.zone(zone)
  if not offset then return nil end
  local ms = M.moment(moment, offset)
  if ms then return ms, offset end
end

-- A number below it counts seconds, one above it milliseconds: in seconds it is the year 5138.
local FIRST_MS = 100000000000

local function counted(number)
  return number >= FIRST_MS and math.floor(number) or math.floor(number * 1000)
end

---A moment as services write them: text with a zone, text without one (which is UTC), seconds or milliseconds since 1970.
---@param value any
---@return integer? ms nil for what is none
function M.instant(value)
  if type(value) == "number" then return counted(value) end
  if type(value) ~= "string" then return nil end
  if value:find("^%d+$") then return counted(tonumber(value)) end
  local moment, fraction, zone = value:match("^(%d+%-%d+%-%d+[ T]%d+:%d+:%d+)%.?(%d*) ?(.*)$")
  local offset = zone and (zone == "" and 0 or M.zone(zone))
  local ms = offset and M.moment(moment, offset)
  return ms and ms + math.tointeger(tonumber((fraction .. "000"):sub(1, 3)))
end

---@param offset integer minutes
---@return string "+08:00"
function M.zone_text(offset)
  local absolute = math.abs(offset)
  return ("%s%02d:%02d"):format(offset < 0 and "-" or "+", absolute // 60, absolute % 60)
end

---@param ms integer
---@param offset integer? minutes east of UTC, 0 unless given
---@return string "2026-11-22 02:00:00 +08:00"
function M.text(ms, offset)
  offset = offset or 0
  local seconds = ms // 1000 + offset * 60
  local year, month, day = date_from(seconds // 86400)
  local rest = seconds % 86400
  return ("%04d-%02d-%02d %02d:%02d:%02d %s"):format(year, month, day, rest // 3600, rest // 60 % 60, rest % 60,
    M.zone_text(offset))
end

---A length as people say it: "3 h 10 min", "45 s".
---@param seconds number
---@return string
function M.span(seconds)
  local whole = math.floor(seconds + 0.5)
  if whole < 60 then return whole .. " s" end
  if whole < 3600 then
    return whole % 60 == 0 and ("%d min"):format(whole // 60) or ("%d min %d s"):format(whole // 60, whole % 60)
  end
  local minutes = whole // 60 % 60
  return minutes == 0 and ("%d h"):format(whole // 3600) or ("%d h %d min"):format(whole // 3600, minutes)
end

return M
