-- SPDX-License-Identifier: Apache-2.0
-- DBSS's error codes (appendix 4.2) as far as the simulator gives them. The
-- appendix names none for a missing instance: the one with 404 is taken; none
-- for a call the state forbids: the failed operation's is taken.
local refusal = require("hwdb.sim.refusal")

local M = {}

local MESSAGES = {
  ["DBSS.10000001"] = "Enter a valid request message",
  ["DBSS.10020101"] = "Enter a valid request message",
  ["DBSS.10020102"] = "Enter a valid request message",
  ["DBSS.10020118"] = "Failed to add database, exceeding the limit",
  ["DBSS.10020140"] = "Illegal order ID",
  ["DBSS.100210016"] = "Insufficient quota",
  ["DBSS.10021004"] = "ECS can not found the request page",
  ["DBSS.11000000"] = "Internal system exception. Contact technical support engineers",
}

local STATUSES = { ["DBSS.10021004"] = 404, ["DBSS.11000000"] = 500 }

---The service's message for a code; nil for a code the simulator never gives by itself.
---@param code string
---@return string?
function M.message(code)
  return MESSAGES[code]
end

---Raises the refusal of a code.
---@param code string
function M.refuse(code)
  refusal.raise(STATUSES[code] or 400, code, MESSAGES[code])
end

---Raises the refusal of a change that the instance's state forbids: an error, or by the world's reading a 200 whose
---result is no success.
---@param ctx hwdb.sim.Context
---@param field string? of the answer that tells success, if the call has one
function M.not_now(ctx, field)
  if field and ctx.readings.dbss_refusals == "result" then
    refusal.raise(200, "DBSS.10020102", MESSAGES["DBSS.10020102"], { [field] = "FAIL" })
  end
  M.refuse("DBSS.10020102")
end

return M
