-- SPDX-License-Identifier: Apache-2.0
-- A client whose calls keep to a pace that all processes of this user share:
-- each call reserves its moment in the journal and waits for it. Polls count too.
local journals = require("hwdb.runbook.journal")
local pages = require("hwdb.pages")
local problem = require("hwdb.runbook.problem")

local M = {}

local MINUTE = 60000

-- Whose calls they are, as far as the client tells.
local function account_of(client)
  local ok, known = pcall(function() return client:describe() end)
  if not ok or type(known) ~= "table" then return "?" end
  return ("%s/%s"):format(tostring(known.region), tostring(known.ak or known.user or known.project_id))
end

local function wait_turn(client, journal, account, limit)
  local now = client:now()
  local at, err = journal:pace({ account = account, limit = limit, window_ms = MINUTE, now_ms = now })
  if not at then journals.failed(err, "keeping the pace") end
  if at <= now then return end
  local slept, stop = client:sleep((at - now) / 1000)
  if slept == nil and problem.is(stop) then error(stop, 0) end
end

local function service_of(client, journal, name, account, limit)
  local own
  own = setmetatable({}, { __index = function(_, op)
    if op == "each" or op == "pages" then
      return function(_, list, args, options) return pages[op](own, name, list, args, options) end
    end
    local method = client[name][op]
    return function(_, args)
      wait_turn(client, journal, account .. "/" .. name, limit)
      return method(client[name], args)
    end
  end })
  return own
end

---@param client table
---@param journal table
---@param pace table<string, integer>? calls a minute, by service
---@return table client
function M.wrap(client, journal, pace)
  if not pace or next(pace) == nil then return client end
  local services, account = {}, account_of(client)
  return setmetatable({}, { __index = function(_, name)
    if pace[name] then
      services[name] = services[name] or service_of(client, journal, name, account, pace[name])
      return services[name]
    end
    local member = client[name]
    if type(member) ~= "function" then return member end
    return function(_, ...) return member(client, ...) end
  end })
end

return M
