-- SPDX-License-Identifier: Apache-2.0
-- How a command ends badly: one error object with a remedy, and its exit code.
local M = {}

M.EXIT = { done = 0, failed = 1, usage = 2, waiting = 3, interrupted = 130 }

local Failure = {
  __tostring = function(self)
    return self.remedy and self.message .. "\n  remedy: " .. self.remedy or self.message
  end,
}

---Raises a failure of the given kind.
---@param kind "usage"|"failed"|"cancelled"|"waiting"|"script"|"output"
---@param message string
---@param remedy string?
---@param silent boolean? end with the exit code alone
function M.raise(kind, message, remedy, silent)
  error(setmetatable({ kind = kind, message = message, remedy = remedy, silent = silent }, Failure), 0)
end

---@param message string
---@param remedy string?
function M.usage(message, remedy)
  M.raise("usage", message, remedy)
end

-- An answer that refuses the credentials is a failure; credentials that are not there are configuration.
local function is_configuration(err)
  return err.kind == "usage" or err.kind == "check" or (err.kind == "auth" and (err.status or 0) == 0)
end

---The exit code of an error: 2 usage, check, configuration; 3 in doubt or waiting for a person; 130 interrupted; else 1.
---@param err any
---@return integer
function M.exit_code(err)
  if type(err) ~= "table" then return M.EXIT.failed end
  if err.exit then return err.exit end
  if err.kind == "cancelled" then return M.EXIT.interrupted end
  if err.in_doubt or err.kind == "waiting" then return M.EXIT.waiting end
  return is_configuration(err) and M.EXIT.usage or M.EXIT.failed
end

---The exit code of a run's result. A run that never had credentials sent nothing: that is configuration.
---@param result { exit: integer, error: any }
---@return integer
function M.run_exit(result)
  local err = result.error
  if type(err) == "table" and err.kind == "auth" and is_configuration(err) then return M.EXIT.usage end
  return result.exit
end

---True for error objects of the library, of runbooks and of this folder; false for what a defect raises.
---@param err any
function M.is_object(err)
  return type(err) == "table" and type(err.kind) == "string" and err.message ~= nil
end

local SHOWN = { "kind", "message", "remedy", "operation", "status", "code", "class", "request_id", "attempts",
  "retryable", "in_doubt", "problems" }

---The error as a plain table, for --json.
---@param err any
function M.plain(err)
  if not M.is_object(err) then return { kind = "failed", message = tostring(err), exit = M.EXIT.failed } end
  local shown = { exit = M.exit_code(err) }
  for _, key in ipairs(SHOWN) do
    if err[key] ~= nil and err[key] ~= "" then shown[key] = err[key] end
  end
  return shown
end

return M
