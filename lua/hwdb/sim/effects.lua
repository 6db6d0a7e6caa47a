-- SPDX-License-Identifier: Apache-2.0
-- What the simulator remembers: one effect for every accepted mutation, one
-- entry for every request. Neither holds a body or a header, so no secret.
local core = require("hwdb.core")
local times = require("hwdb.sim.times")

local Log = {}
Log.__index = Log

local M = {}

-- The request log is for looking back, not a record: it keeps the latest.
M.REQUESTS_KEPT = 10000

---@param options { on_effect: function?, on_request: function? }
function M.new(options)
  return setmetatable({ effects = {}, requests = {}, effect_seq = 0, request_seq = 0, on_effect = options.on_effect,
    on_request = options.on_request }, Log)
end

---Notes an accepted mutation. `sha256` is over method, target and body, a line feed between them.
---@param now integer ms
---@param request { method: string, target: string, path: string, body: string? }
---@param row table
---@param target string? id of the resource
---@param extra table? further members: by = "foreign", late = true
function Log:effect(now, request, row, target, extra)
  self.effect_seq = self.effect_seq + 1
  local effect = { seq = self.effect_seq, time = times.exact(now), service = row.service, op = row.name,
    method = request.method, path = request.path, target = target or "",
    sha256 = core.sha256(request.method .. "\n" .. request.target .. "\n" .. (request.body or "")) }
  for key, value in pairs(extra or {}) do effect[key] = value end
  self.effects[#self.effects + 1] = effect
  if self.on_effect then self.on_effect(effect) end
end

---Notes an answered request.
---@param entry table
function Log:request(entry)
  self.request_seq = self.request_seq + 1
  entry.seq = self.request_seq
  local list = self.requests
  list[#list + 1] = entry
  if #list >= 2 * M.REQUESTS_KEPT then
    self.requests = table.move(list, #list - M.REQUESTS_KEPT + 1, #list, 1, {})
  end
  if self.on_request then self.on_request(entry) end
end

return M
