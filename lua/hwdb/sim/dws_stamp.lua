-- SPDX-License-Identifier: Apache-2.0
-- The several ways DWS writes an instant.
local times = require("hwdb.sim.times")

local M = {}

---"2018-02-10T14:28:14Z"
---@param ms integer
---@return string
function M.z(ms)
  return (times.iso(ms):gsub("%+0000$", "Z"))
end

---"2022-10-27T04:18:57", in UTC without saying so.
---@param ms integer
---@return string
function M.bare(ms)
  return (times.iso(ms):gsub("%+0000$", ""))
end

---Milliseconds east of UTC of "GMT", "GMT+08:00" or "UTC-3"; 0 for anything else.
---@param zone string?
---@return integer
function M.offset(zone)
  local sign, hours, minutes = (zone or ""):match("^%u%u%u([+-])(%d%d?):?(%d?%d?)$")
  if not sign then return 0 end
  local ms = (math.tointeger(tonumber(hours)) * 60 + (math.tointeger(tonumber(minutes)) or 0)) * 60000
  return sign == "-" and -ms or ms
end

---"2022-10-27 08:11:29" in a zone.
---@param ms integer
---@param zone string?
---@return string
function M.zoned(ms, zone)
  return (M.bare(ms + M.offset(zone)):gsub("T", " "))
end

---"2022-10-27" in a zone.
---@param ms integer
---@param zone string?
---@return string
function M.day(ms, zone)
  return M.zoned(ms, zone):sub(1, 10)
end

---"20221027_041552", as a backup is keyed.
---@param ms integer
---@return string
function M.key(ms)
  return (times.compact(ms):gsub("T", "_"):gsub("Z$", ""))
end

return M
