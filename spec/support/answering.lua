-- SPDX-License-Identifier: Apache-2.0
-- A client whose requests are kept and all answered alike: the in-process port with nothing behind it.
local hwdb = require("hwdb")

local M = {}

---@class spec.Answering
---@field requests table[] as sent: method, target, headers, body
---@field clock integer ms since 1970

---@param answer table|fun(request: table): table
---@param options table? of hwdb.client
---@return table client
---@return spec.Answering kept
function M.client(answer, options)
  local kept = { requests = {}, clock = 1767323045000 }
  local sim = { ak = "AK", sk = "SK", region = "cn-north-4", project_id = "0483b6b16e954cb88930a360d2c4e663" }
  function sim.handle(_, request)
    kept.requests[#kept.requests + 1] = request
    local given = type(answer) == "function" and answer(request) or answer
    return { status = given.status or 200, headers = given.headers or { { "Content-Type", "application/json" } },
      body = given.body or "" }
  end
  function sim.now() return kept.clock end
  function sim.advance_to(_, ms) kept.clock = math.max(kept.clock, ms) end
  local settings = { sim = sim }
  for key, value in pairs(options or {}) do settings[key] = value end
  return assert(hwdb.client(settings)), kept
end

return M
