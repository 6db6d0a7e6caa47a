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
---@field finish fun(self, result: table)

local function nothing() end

---@param reporter table?
---@return hwdb.runbook.Reporter
function M.complete(reporter)
  return setmetatable({}, { __index = function(_, name)
    local method = reporter and reporter[name]
    if not method then return nothing end
    return function(_, ...) return method(reporter, ...) end
  end })
end

return M
