-- SPDX-License-Identifier: Apache-2.0
-- A client whose requests are kept and answered from a list: the in-process port with nothing behind it.
local hwdb = require("hwdb")

local M = {}

---@class spec.Stub
---@field requests table[] as sent: method, target, headers, body
---@field answers table[] status, headers, body; taken one after the other, the last again and again

---@param answer table|fun(request: table): table
---@param options table? of hwdb.client
---@return table client
---@return spec.Stub stub
function M.client(answer, options)
  local stub = { requests = {}, clock = 1767323045000 }
  local sim = { ak = "AK", sk = "SK", region = "cn-north-4", project_id = "0483b6b16e954cb88930a360d2c4e663" }
  function sim.handle(_, request)
    stub.requests[#stub.requests + 1] = request
    local given = type(answer) == "function" and answer(request) or answer
    return { status = given.status or 200, headers = given.headers or { { "Content-Type", "application/json" } },
      body = given.body or "" }
  end
  function sim.now() return stub.clock end
  function sim.advance_to(_, ms) stub.clock = math.max(stub.clock, ms) end
  local settings = { sim = sim }
  for key, value in pairs(options or {}) do settings[key] = value end
  return assert(hwdb.client(settings)), stub
end

---The value of a header, or nil.
function M.header(request, name)
  for _, pair in ipairs(request.headers) do
    if pair[1]:lower() == name:lower() then return pair[2] end
  end
end

return M
