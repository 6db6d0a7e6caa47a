-- SPDX-License-Identifier: Apache-2.0
-- A world with the objects of somebody's own account: an inventory's answers
-- become state again. Ids, names, statuses, sizes and places are the account's;
-- what no answer tells (passwords, parameters, free disk) is as in the default
-- world. An inventory of one service leaves the others empty.
local account = require("hwdb.account")
local ids = require("hwdb.sim.ids")
local times = require("hwdb.sim.times")
local wire = require("hwdb.sim.wire")
local world = require("hwdb.sim.world")

local M = {}

-- Each fills one service; a later one sees what earlier ones added.
local PARTS = { "seeding_network", "seeding_rds", "seeding_ddm", "seeding_ddm_objects", "seeding_dws", "seeding_dbss" }

---@class hwdb.sim.Reads the answers of an inventory, and the state they go into
---@field state table
---@field now integer
---@field project_id string
local Reads = {}
Reads.__index = Reads

---The answers of an operation.
---@param op string
---@return { args: table, body: table }[]
function Reads:all(op)
  return self.by_op[op] or {}
end

---The answer of an operation that was asked with these arguments; an empty one if there is none.
---@param op string
---@param args table<string, string>
---@return table body
function Reads:of(op, args)
  for _, read in ipairs(self:all(op)) do
    local same = true
    for name, value in pairs(args) do same = same and read.args[name] == value end
    if same then return read.body end
  end
  return {}
end

---The entries of all answers of a list.
---@param op string
---@param items string
---@return table[]
function Reads:items(op, items)
  local list = {}
  for _, read in ipairs(self:all(op)) do
    for _, entry in ipairs(M.list(read.body[items])) do
      if type(entry) == "table" then list[#list + 1] = entry end
    end
  end
  return list
end

function Reads:id(suffix) return ids.suffixed(self.state, suffix) end
function Reads:uuid() return ids.uuid(self.state) end

---A list or object of an answer; an empty one where something else came.
---@param value any
---@return table
function M.list(value)
  return type(value) == "table" and value or {}
end

---A text of an answer, or the given one.
---@param value any
---@param otherwise string?
---@return string?
function M.text(value, otherwise)
  if type(value) == "string" and value ~= "" then return value end
  if math.type(value) then return tostring(value) end
  return otherwise
end

---A whole number of an answer, which may come as text.
---@param value any
---@param otherwise integer
---@return integer
function M.whole(value, otherwise)
  local number = tonumber(type(value) == "string" and value:match("^%s*(%-?%d+)") or value)
  return number and math.tointeger(number // 1) or otherwise
end

---A time of an answer: milliseconds, or "2026-01-01T08:00:00+0000", "2026-01-01 08:00:00", with Z, fraction or zone.
---@param value any
---@param otherwise integer ms
---@return integer ms
function M.time(value, otherwise)
  if math.type(value) == "integer" then return value end
  if type(value) ~= "string" then return otherwise end
  if value:find("^%d+$") then return math.tointeger(tonumber(value)) or otherwise end
  local y, mo, d, h, mi, s, rest = value:match("^(%d%d%d%d)-(%d%d)-(%d%d)[T ](%d%d):(%d%d):(%d%d)(.*)$")
  local ms = y and times.from_compact(y .. mo .. d .. "T" .. h .. mi .. s .. "Z")
  if not ms then return otherwise end
  local sign, hours, minutes = rest:match("([+-])(%d%d):?(%d%d)$")
  if not sign then return ms end
  local offset = (tonumber(hours) * 60 + tonumber(minutes)) * 60000
  return math.tointeger(sign == "+" and ms - offset or ms + offset)
end

local function grouped(document)
  local by_op = {}
  for _, read in ipairs(document.reads) do
    if type(read.body) == "table" then
      by_op[read.op] = by_op[read.op] or {}
      table.insert(by_op[read.op], { args = read.args, body = wire.without_nulls(read.body) })
    end
  end
  return by_op
end

---The state of a simulator with a document's objects. A dump gives its own state, without effects and faults.
---@param document hwdb.Account
---@param wanted { region: string, seed: integer, start_ms: integer, project_id: string? }
---@return table state
function M.build(document, wanted)
  if document.simulator then return account.without_secrets(document.simulator.state, function() return true end) end
  local project_id = wanted.project_id or document.project_id
  local state = world.build({ world = "empty", region = wanted.region, seed = wanted.seed, start_ms = wanted.start_ms,
    project_id = project_id })
  state.world = "seeded"
  local reads = setmetatable({ by_op = grouped(document), state = state, now = state.now,
    project_id = state.iam.projects[1].id }, Reads)
  for _, part in ipairs(PARTS) do require("hwdb.sim." .. part).fill(reads) end
  return state
end

return M
