-- SPDX-License-Identifier: Apache-2.0
-- RDS's error codes as far as the simulator gives them; they are none of the
-- documents', but RDS's own. Their status is 400 unless a row here says more.
local refusal = require("hwdb.sim.refusal")

local M = {}

local MESSAGES = {
  ["DBS.200019"] = "Another operation is being performed on the DB instance.",
  ["DBS.200072"] = "Invalid storage space.",
  ["DBS.280001"] = "Parameter error.",
  ["DBS.280042"] = "Invalid request.",
  ["DBS.280110"] = "Selected DB instance does not exist.",
  ["DBS.280122"] = "Invalid DB engine.",
  ["DBS.280124"] = "Invalid backup.",
  ["DBS.280200"] = "The password contains invalid characters.",
  ["DBS.280214"] = "Invalid retention period.",
  ["DBS.280234"] = "Invalid DB instance name.",
  ["DBS.280236"] = "Invalid database version.",
  ["DBS.280239"] = "Invalid specifications.",
}

local STATUSES = { ["DBS.200019"] = 409, ["DBS.280042"] = 403 }

---@param code string
---@return string?
function M.message(code)
  return MESSAGES[code]
end

---Raises the refusal of a code.
---@param code string
---@param message string? where it says more
---@param status integer? where it differs from the usual one
function M.refuse(code, message, status)
  refusal.raise(status or STATUSES[code] or 400, code, message or MESSAGES[code])
end

---Raises that there is no such instance.
---@param ctx hwdb.sim.Context
function M.no_instance(ctx)
  M.refuse("DBS.280110", nil, ctx.readings.rds_unknown_instance)
end

return M
