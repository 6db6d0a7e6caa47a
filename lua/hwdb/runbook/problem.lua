-- SPDX-License-Identifier: Apache-2.0
-- What ends a runbook early. Problems look like the client's errors (kind,
-- message, remedy), so a script treats both alike; whatever else is raised
-- becomes one here.
local Problem = {}
Problem.__index = Problem
Problem.__tostring = function(p)
  if not p.remedy then return p.message end
  return p.message .. "\n  remedy: " .. p.remedy
end

local M = {}

---@class hwdb.runbook.Problem
---@field kind "usage"|"failed"|"timeout"|"waiting"|"script"|"cancelled"|"paused"|"in_doubt"|"foreign"|"locked"|"journal"|"replay"
---@field message string
---@field remedy string?

---@param fields table
---@return hwdb.runbook.Problem
function M.new(fields)
  return setmetatable(fields, Problem)
end

---@param fields table
function M.raise(fields)
  error(M.new(fields), 0)
end

---Whether a raised value is an error object, of the client or from here.
---@param value any
---@return boolean
function M.is(value)
  local kind = type(value)
  if kind ~= "table" and kind ~= "userdata" then return false end
  local ok, is = pcall(function() return type(value.kind) == "string" and value.message ~= nil end)
  return ok and is
end

local STOPS = { cancelled = true, waiting = true, paused = true, in_doubt = true, foreign = true, locked = true,
  journal = true, replay = true, verified = true, unwound = true, planned = true }

---Whether it ends the run whatever the script does about it: Ctrl-C, a person needed, a change whose outcome nobody
---knows, a journal that cannot be written.
---@param value any
---@return boolean
function M.is_stop(value)
  return M.is(value) and (STOPS[value.kind] == true or value.in_doubt == true)
end

-- A raised table without a message: its fields, in order, are the best there is.
local function described(value)
  local ok, text = pcall(require("hwdb.core").encode, value)
  return ok and text or type(value)
end

---Any raised value as a problem.
---@param value any
---@return table
function M.from(value)
  if M.is(value) then return value end
  if type(value) == "string" then
    return M.new({ kind = "script", message = value })
  end
  local meta = type(value) == "table" and getmetatable(value)
  local text = meta and meta.__tostring and tostring(value) or described(value)
  return M.new({ kind = "script", message = "the script raised " .. text,
    remedy = "stop a run with run:fail(message, remedy)" })
end

return M
