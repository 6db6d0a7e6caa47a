-- SPDX-License-Identifier: Apache-2.0
-- What a run tells while it runs. The default tells nothing; a reporter may
-- leave out what it does not care for.
local M = {}

---@class hwdb.runbook.Reporter
---@field begin fun(self, runbook: table, params: table)
---@field step fun(self, name: string)
---@field step_end fun(self, name: string, ok: boolean, seconds: number)
---@field progress fun(self, p: { step: string?, percent: number?, elapsed: number?, waiting_for: string?, deadline: integer? })
---@field note fun(self, text: string)
---@field line fun(self, kind: "ok"|"warn"|"fail"|"unseen"|"log", text: string)
---@field table fun(self, t: hwdb.runbook.Table)
---@field finish fun(self, result: table)

local function nothing() end

---While muted only `begin` and `finish` get through: what a replay would say was said the first time.
---@param reporter table?
---@return hwdb.runbook.Reporter reporter with mute and unmute
function M.complete(reporter)
  local muted = false
  local own = { mute = function() muted = true end, unmute = function() muted = false end }
  return setmetatable(own, { __index = function(_, name)
    local method = reporter and reporter[name]
    if not method then return nothing end
    return function(_, ...)
      if muted and name ~= "begin" and name ~= "finish" then return end
      return method(reporter, ...)
    end
  end })
end

return M
