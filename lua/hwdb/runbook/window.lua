-- SPDX-License-Identifier: Apache-2.0
-- A maintenance window: dated, with a zone, and with a cut-off, the seconds
-- before its end from which on nothing begins any more. The service's own
-- windows have neither date nor zone; these do.
local problem = require("hwdb.runbook.problem")
local times = require("hwdb.runbook.times")

local M = {}

---@class hwdb.runbook.Window
---@field opens integer ms
---@field closes integer ms
---@field last_start integer ms: closes less the cut-off
---@field text string

local function bad(message)
  problem.raise({ kind = "usage", message = "window: " .. message,
    remedy = "such as from=\"2026-11-22 02:00\", to=\"04:00\", zone=\"+08:00\"" })
end

-- "04:00" means the first such time after the beginning.
local function closing(to, opens, from, offset)
  local ms = times.moment(to, offset)
  if ms then return ms end
  if not times.of_day(to) then return nil end
  ms = times.moment(from:sub(1, 10) .. " " .. to, offset)
  return ms > opens and ms or ms + 86400000
end

local function zone_of(spec)
  if type(spec.zone) ~= "string" then bad("zone is missing; a time without a zone is never guessed") end
  return times.zone(spec.zone) or bad(("zone %q is not one; +08:00 or UTC is"):format(spec.zone))
end

---@param spec { from: string, to: string, zone: string, cut_off: number? } cut_off in seconds, 0 unless given
---@return hwdb.runbook.Window
function M.read(spec)
  local offset = zone_of(spec)
  local opens = type(spec.from) == "string" and times.moment(spec.from, offset)
  if not opens then bad(("from %q is no date and time"):format(tostring(spec.from))) end
  local closes = type(spec.to) == "string" and closing(spec.to, opens, spec.from, offset)
  if not closes then bad(("to %q is no time"):format(tostring(spec.to))) end
  if closes <= opens then bad("it ends before it begins") end
  local last_start = closes - math.floor((spec.cut_off or 0) * 1000)
  if last_start < opens then bad(("it is shorter than its cut-off of %s"):format(times.span(spec.cut_off))) end
  return { opens = opens, closes = closes, last_start = last_start,
    text = times.text(opens, offset) .. " to " .. times.text(closes, offset) }
end

---@param window hwdb.runbook.Window
---@param now integer ms
---@return "early"|"open"|"late"
function M.state(window, now)
  if now < window.opens then return "early" end
  return now <= window.last_start and "open" or "late"
end

return M
