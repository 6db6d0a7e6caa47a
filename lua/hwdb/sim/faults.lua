-- SPDX-License-Identifier: Apache-2.0
-- Faults: {op, nth, do, times, ...}. A fault counts the requests of its
-- operation from when it was given and acts from the nth on, `times` times
-- (once unless said). The first that breaks an answer wins; those that shape
-- the work (job_failed, precheck, lag) all act.
--
--   refuse        status 409, code DBS.200019, message: the service's own no
--   base64        likewise, its body in base64 of the URL alphabet, as LTS calls
--                 of DWS answer in some regions
--   status        status 503, code, message, or body; 429 with limit, window
--   reset_before, reset_after   connection closed before or after the effect
--   stall         seconds 60 of silence; before = true: nothing was done
--   dribble       seconds 10 for the whole answer
--   garbage, empty, html   status, body; html keeps the request from the
--                 service unless after = true, the others with before = true
--   late          504 now, the effect after seconds 30
--   lag           seconds 5: a change shows later; a query answers as last time
--   foreign       call = {op, args} by somebody else; after = true: afterwards
--   job_failed    phase full|incremental|switch, at 0.5, code, reason; DWS:
--                 phase create|restore|grow|redistribute|snapshot|check|shrink,
--                 lost = true: a failed scale-out does not roll back either
--   precheck      item, status FAILED|WARN|SUCCESS, message
local core = require("hwdb.core")

local M = {}

-- What each word does; `shape` ones go to the service, the others to the wire.
M.WORDS = {
  refuse = "wire", base64 = "wire", reset_before = "wire", reset_after = "wire", stall = "wire", dribble = "wire", garbage = "wire",
  html = "wire", empty = "wire", status = "wire", late = "wire", foreign = "wire",
  job_failed = "shape", precheck = "shape", lag = "shape",
}

local Faults = {}
Faults.__index = Faults

---@param known fun(op: string): boolean
---@param problem_with fun(fault: table): string? what is wrong with a fault's contents
function M.new(known, problem_with)
  return setmetatable({ list = {}, known = known, problem_with = problem_with }, Faults)
end

local function whole(value, name)
  if value ~= nil and (math.type(value) ~= "integer" or value < 1) then
    error(("fault: %s must be a whole number from 1, not %s"):format(name, tostring(value)), 0)
  end
end

local function known_op(faults, op)
  if type(op) ~= "string" then error("fault: op is missing; give service.operation or \"*\"", 0) end
  if op == "*" or op:match("^%l+%.%*$") or faults.known(op) then return end
  error(("fault: no operation %s; `hwdb api` lists them"):format(op), 0)
end

---Adds a fault; raises one clear message when it makes no sense.
---@param fault table
function Faults:add(fault)
  if type(fault) ~= "table" then error("fault: a table or JSON object is needed, not " .. type(fault), 0) end
  if not M.WORDS[fault["do"]] then
    error(("fault: unknown do %s; one of base64, dribble, empty, foreign, garbage, html, job_failed, lag, late, precheck, "
      .. "refuse, reset_after, reset_before, stall, status"):format(tostring(fault["do"])), 0)
  end
  known_op(self, fault.op)
  whole(fault.nth, "nth")
  whole(fault.times, "times")
  whole(fault.status ~= nil and fault["do"] ~= "precheck" and fault.status or nil, "status")
  local problem = self.problem_with(fault)
  if problem then error("fault: " .. problem, 0) end
  self.list[#self.list + 1] = { fault = fault, seen = 0, used = 0 }
end

---Hands on the faults of a text with one JSON object a line; blank lines and lines starting with # are skipped.
---@param text string
---@param add fun(fault: table)
function M.each_line(text, add)
  local number = 0
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    if line:find("%S") and not line:find("^%s*#") then
      local fault, message = core.decode(line)
      if fault == nil then error(("faults, line %d: %s"):format(number, message), 0) end
      local ok, problem = pcall(add, fault)
      if not ok then error(("faults, line %d: %s"):format(number, problem), 0) end
    end
  end
end

---Adds the faults of such a text.
---@param text string
function Faults:add_lines(text)
  M.each_line(text, function(fault) self:add(fault) end)
end

local function matches(pattern, op)
  return pattern == "*" or pattern == op or (pattern:sub(-2) == ".*" and op:sub(1, #pattern - 1) == pattern:sub(1, -2))
end

-- Whether the entry acts on this request; counts it either way.
local function due(entry, op)
  if not matches(entry.fault.op, op) then return false end
  entry.seen = entry.seen + 1
  return entry.seen >= (entry.fault.nth or 1) and entry.used < (entry.fault.times or 1)
end

---What acts on this request.
---@param op string "ddm.configure_shards"
---@return table? wire the fault that breaks the answer
---@return table shape { job_failed, lag, precheck = {item = fault} }
function Faults:take(op)
  local wire, shape = nil, { precheck = {} }
  for _, entry in ipairs(self.list) do
    local fault = entry.fault
    local kind = M.WORDS[fault["do"]]
    if due(entry, op) and not (kind == "wire" and wire) then
      entry.used = entry.used + 1
      if kind == "wire" then wire = fault
      elseif fault["do"] == "precheck" then shape.precheck[fault.item] = fault
      else shape[fault["do"]] = fault end
    end
  end
  return wire, shape
end

return M
