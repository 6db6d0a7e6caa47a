-- SPDX-License-Identifier: Apache-2.0
-- A client whose calls keep to a pace that all processes of this user share:
-- each call reserves its moment in the journal and waits for it. Polls count
-- too. What one process learns of a service's limit by being refused, the
-- others go by from then on; it is forgotten after a day.
local core = require("hwdb.core")
local journals = require("hwdb.runbook.journal")
local pages = require("hwdb.pages")
local problem = require("hwdb.runbook.problem")

local M = {}

local SECOND, MINUTE, DAY = 1000, 60000, 86400000

-- Whose calls they are, as far as the client tells.
local function account_of(client)
  local ok, known = pcall(function() return client:describe() end)
  if not ok or type(known) ~= "table" then return "?" end
  local who = known.project_id
  for _, name in ipairs({ "user", "ak" }) do
    if known[name] and known[name] ~= core.null then who = known[name] end
  end
  return ("%s/%s"):format(tostring(known.region), tostring(who))
end

local function rest_until(client, at, now)
  if at <= now then return end
  local slept, stop = client:sleep((at - now) / 1000)
  if slept == nil and problem.is(stop) then error(stop, 0) end
end

---@class hwdb.runbook.Pace
---@field client table
---@field journal table
---@field account string of a service
---@field declared integer? calls a minute
---@field learnt { calls: integer, ms: integer, at: integer, till: integer? }? by this or another process
---@field looked integer? when the journal was last asked for that
local Pace = {}
Pace.__index = Pace

function Pace:reserve(account, limit, window_ms)
  local now = self.client:now()
  local at, err = self.journal:pace({ account = account, limit = limit, window_ms = window_ms, now_ms = now })
  if not at then journals.failed(err, "keeping the pace") end
  rest_until(self.client, at, now)
end

-- Another process may have learnt something, but hardly within this second.
function Pace:look(now)
  if self.looked and now >= self.looked and now < self.looked + SECOND then return end
  self.looked = now
  local text = self.journal:kept("pace", self.account)
  self.learnt = text and core.decode(text) or nil
end

function Pace:wait()
  local now = self.client:now()
  self:look(now)
  local learnt = self.learnt
  if learnt and math.abs(now - learnt.at) < DAY then
    rest_until(self.client, learnt.till or now, now)
    self:reserve(self.account .. "/learnt", learnt.calls, learnt.ms)
  end
  if self.declared then self:reserve(self.account, self.declared, MINUTE) end
end

-- Of an answer or an error of a call. A journal that takes it not says so at the next record.
function Pace:learn(more)
  local kind = type(more)
  local limit = (kind == "table" or kind == "userdata") and more.limit
  if not limit then return end
  local now = self.client:now()
  self.learnt = { calls = limit.calls, ms = math.floor(limit.seconds * 1000), at = now,
    till = more.retry_after and now + math.floor(more.retry_after * 1000) or nil }
  self.journal:keep("pace", self.account, core.encode(self.learnt))
end

local function service_of(pace, name)
  local own, calls, client = nil, {}, pace.client
  own = setmetatable({}, { __index = function(_, op)
    if pages.WAYS[op] then
      return function(_, list, args, options) return pages.WAYS[op](own, name, list, args, options) end
    end
    local method = client[name][op]
    calls[op] = calls[op] or function(_, ...)
      pace:wait()
      local body, more = method(client[name], ...)
      pace:learn(more)
      return body, more
    end
    return calls[op]
  end })
  return own
end

local SERVICES = { ddm = true, dws = true, dbss = true, rds = true, bss = true, iam = true }

---@param client table
---@param journal table
---@param declared table<string, integer>? calls a minute, by service
---@return table client
function M.wrap(client, journal, declared)
  local services, account = {}, account_of(client)
  return setmetatable({}, { __index = function(_, name)
    if SERVICES[name] then
      services[name] = services[name] or service_of(setmetatable({ client = client, journal = journal,
        account = account .. "/" .. name, declared = declared and declared[name] }, Pace), name)
      return services[name]
    end
    local member = client[name]
    if type(member) ~= "function" then return member end
    return function(_, ...) return member(client, ...) end
  end })
end

return M
