-- SPDX-License-Identifier: Apache-2.0
-- Billing's refusals. No document here lists its codes; of those clients have
-- met, CBC.30000067 is what unsubscribing a resource that is gone gives.
local refusal = require("hwdb.sim.refusal")

local M = {}

M.INVALID = "CBC.0101"
M.GONE = "CBC.30000067"

local MESSAGES = {
  ["CBC.0101"] = "Invalid parameter.",
  ["CBC.30000067"] = "Unsubscription not supported. The resource has been deleted or its subscription is not known here.",
}

---@param code string
---@return string?
function M.message(code)
  return MESSAGES[code]
end

---Raises the refusal of a code, with 400.
---@param code string
---@param message string? where it says more
function M.refuse(code, message)
  refusal.raise(400, code, message or MESSAGES[code])
end

---Raises a failure that comes with 200 and tells itself in the body.
---@param body table
function M.despite_200(body)
  refusal.raise(200, M.INVALID, MESSAGES[M.INVALID], body)
end

return M
