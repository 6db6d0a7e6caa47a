-- SPDX-License-Identifier: Apache-2.0
-- A simulator's port without a simulator: answers by script, on a virtual clock that only waiting moves.
--
--   local stub = Stub.new{ answer, ... }      an answer: {status=, headers={{n, v}}, body= or json=, fault={kind=, seconds=}}
--   or a function of (request, stub) that returns one; the last answer serves all further requests
--   stub.requests    {method, target, headers, body, at = ms since the start}

local Stub = {}
Stub.__index = Stub

Stub.START = 1767225600000 -- 2026-01-01T00:00:00Z

function Stub.new(answers)
  return setmetatable({ answers = answers, requests = {}, time = Stub.START }, Stub)
end

function Stub:now() return self.time end

function Stub:advance_to(time)
  if time > self.time then self.time = time end
end

function Stub:handle(request)
  local n = #self.requests + 1
  request.at = self.time - Stub.START
  request.named = {}
  for _, pair in ipairs(request.headers) do request.named[pair[1]] = pair[2] end
  self.requests[n] = request
  local answer = self.answers[math.min(n, #self.answers)]
  if type(answer) == "function" then answer = answer(request, self) end
  return { status = answer.status or 200, headers = answer.headers or {}, fault = answer.fault,
    body = answer.json and require("hwdb.core").encode(answer.json) or answer.body or "" }
end

--- When requests came, in seconds since the start.
function Stub:times()
  local list = {}
  for i, request in ipairs(self.requests) do list[i] = request.at / 1000 end
  return list
end

function Stub:lines()
  local list = {}
  for i, request in ipairs(self.requests) do list[i] = request.method .. " " .. request.target end
  return list
end

--- How long each request but the first was waited for, in ms, exactly.
function Stub:waits()
  local list = {}
  for i = 2, #self.requests do list[i - 1] = self.requests[i].at - self.requests[i - 1].at end
  return list
end

--- A client on this clock. An option that is false is left out.
function Stub:client(options)
  local given = { sim = self, region = "cn-north-4", ak = "SPECAK", sk = "sk-canary-7", project_id = "0p1" }
  for key, value in pairs(options or {}) do given[key] = value or nil end
  return assert(require("hwdb").client(given))
end

return Stub
