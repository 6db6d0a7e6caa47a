-- SPDX-License-Identifier: Apache-2.0
-- Prerequisites, one named line each. All are looked at before any stops the
-- run, so that a person puts everything right at once; what no API can see is
-- listed for them to check.
local problem = require("hwdb.runbook.problem")

local M = {}

local function line_of(fulfilled)
  return fulfilled == "warn" and "warn" or fulfilled == "unseen" and "unseen" or fulfilled and "ok" or "fail"
end

---@param run table the handle
---@param fn fun(check: fun(name: string, fulfilled: boolean|"warn"|"unseen"|nil, detail: string))
---@param by_hand string[]? what no API shows
function M.look(run, fn, by_hand)
  local failed = {}
  fn(function(name, fulfilled, detail)
    local kind = line_of(fulfilled)
    if kind == "fail" then failed[#failed + 1] = name end
    local form = kind == "unseen" and "%s: not seen (%s): check by hand" or "%s: %s"
    run:line(kind, form:format(name, detail))
  end)
  for _, text in ipairs(by_hand or {}) do run:line("unseen", "not visible to an API, check by hand: " .. text) end
  if #failed == 0 then return end
  problem.raise({ kind = "failed", message = "preflight: not met: " .. table.concat(failed, ", "),
    remedy = "nothing has been changed; put it right and run again" })
end

return M
