-- SPDX-License-Identifier: Apache-2.0
-- The run's services in another region or project. Such calls only read: what
-- makes a change safe (its probe, its guard, its plan) knows one place, the
-- run's own. They are recorded like all others, with their place beside them.
local order = require("hwdb.runbook.order")
local paced = require("hwdb.runbook.paced")
local problem = require("hwdb.runbook.problem")

local M = {}

local FIELDS = { region = true, project = true }

local function refused(message, remedy)
  problem.raise({ kind = "usage", message = message, remedy = remedy })
end

local function checked(place)
  if type(place) ~= "table" then refused("run:at needs a table", "run:at{ region = …, project = … }") end
  local copy = {}
  for _, key in ipairs(order.keys(place)) do
    if not FIELDS[key] then refused(("run:at knows region and project, not %s"):format(tostring(key))) end
    if type(place[key]) ~= "string" or place[key] == "" then refused(("run:at: %s must be a name"):format(key)) end
    copy[key] = place[key]
  end
  if next(copy) == nil then refused("run:at needs region or project", "run.ddm, run.dws and run.dbss are the run's own") end
  return copy
end

-- The client's ones of this and all other projects of a region keep to one pace: a service counts its callers.
local function client_of(engine, place)
  local known, make = pcall(function() return engine.client.elsewhere end)
  if not known or type(make) ~= "function" then refused("this run's client knows no other region or project") end
  local client, err = make(engine.client, place)
  if not client then error(err, 0) end
  return paced.wrap(client, engine.journal.store, engine.pace)
end

---The engine as seen from another place: all of it is shared but the client, its services and `elsewhere`, which calls record.
---@param engine table
---@param place { region: string?, project: string? } the region's own project unless one is named, by name or id
---@return table view
function M.view(engine, place)
  local at = checked(place)
  local key = (at.region or "") .. "/" .. (at.project or "")
  engine.views = engine.views or {}
  if not engine.views[key] then
    engine.views[key] = setmetatable({ elsewhere = at, services = {}, client = client_of(engine, at) },
      { __index = engine, __newindex = engine })
  end
  return engine.views[key]
end

---Raises for a call that would change something elsewhere.
---@param engine table
---@param row table
function M.require_query(engine, row)
  if not engine.elsewhere or row.kind == "query" then return end
  refused(("%s.%s changes something: run:at only reads"):format(row.service, row.name),
    "begin a run of its own there: --region and --project-id")
end

return M
