-- SPDX-License-Identifier: Apache-2.0
-- How a service says no. A handler raises a refusal before it changes any
-- state; the wire turns it into the body form of the service and version.
local M = {}

local Refusal = {}
Refusal.__index = Refusal
Refusal.__tostring = function(r) return ("%d %s: %s"):format(r.status, r.code, r.message) end

---Raises a refusal.
---@param status integer
---@param code string
---@param message string
---@param body table? sent as it is, where the service's usual form does not fit
function M.raise(status, code, message, body)
  error(setmetatable({ status = status, code = code, message = message, body = body }, Refusal), 0)
end

---@param value any
---@return boolean
function M.is(value)
  return getmetatable(value) == Refusal
end

return M
