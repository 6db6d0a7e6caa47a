-- SPDX-License-Identifier: Apache-2.0
-- Foreign change: the fields a step relies on are read again before each change
-- it makes. If they are not what was seen last, nothing is sent.
local canonical = require("hwdb.runbook.canonical")
local core = require("hwdb.core")
local problem = require("hwdb.runbook.problem")
local reach = require("hwdb.reach")

local M = {}

---@class hwdb.runbook.Guard
---@field op string what is looked at, "ddm.show_instance"
---@field args table? of it
---@field fields string[] "status"; "nodes[].id" is the sorted list of that member
---@field was table? an earlier answer of op: the run fails if the fields are not as they were in it
---@field what string? what it is, for people: "the instance"

-- A path "data_nodes[].id" is the sorted list of that member.
local function field_of(body, path)
  local list, member = path:match("^(.-)%[%]%.(.+)$")
  if not list then return reach(body, path) end
  local values = {}
  for i, item in ipairs(reach(body, list) or {}) do values[i] = tostring(reach(item, member)) end
  table.sort(values)
  return core.array(values)
end

local function picked(guard, body)
  local seen = {}
  for _, path in ipairs(guard.fields) do seen[path] = field_of(body, path) end
  return (core.decode(core.encode(seen)))
end

-- Kept as what was seen, an answer without anything would differ from every later one.
local function blind(engine, guard)
  problem.raise({ kind = "foreign", message = ("%s answers nothing, so nobody sees whether somebody else changed what it shows; "
    .. "nothing was sent"):format(guard.op),
    remedy = ("hwdb resume %s looks again; or: hwdb cancel %s"):format(engine.journal.run, engine.journal.run) })
end

local function read(engine, guard)
  local service, op = guard.op:match("^([^.]+)%.(.+)$")
  local api = engine.client[service]
  local body, err = api[op](api, guard.args)
  if body == nil then error(err, 0) end
  if next(body) == nil then blind(engine, guard) end
  return picked(guard, body)
end

local DIFFERENCE <const> = "%s: %s was seen, %s is there"

-- Days may lie between the look and the change: what a person agreed to has to be what is there.
local function require_as_before(guard, spec)
  local list = canonical.differences(picked(guard, spec.was), guard.seen, DIFFERENCE)
  if #list == 0 then return end
  local what = spec.what or "what " .. guard.op .. " shows"
  problem.raise({ kind = "failed", message = what .. " is not as it was looked at: nothing has been changed",
    remedy = ("find out who changed it, then begin again: %s"):format(table.concat(list, "; ")) })
end

---Reads the fields now and watches them until the step ends.
---@param engine table
---@param spec hwdb.runbook.Guard
function M.add(engine, spec)
  if type(spec) ~= "table" or type(spec.op) ~= "string" or type(spec.fields) ~= "table" then
    error("run:guard needs op, args and fields", 3)
  end
  local guard = { op = spec.op, args = spec.args or {}, fields = spec.fields, depth = #engine.stack }
  local place = engine:place()
  local ident = { op = spec.op, hash = core.sha256(core.encode({ spec.op, spec.fields })), args = guard.args }
  local data = engine:recorded(place, "guard", ident)
  if not data then
    engine:live()
    data = { op = ident.op, hash = ident.hash, args = guard.args, value = read(engine, guard) }
    engine.journal:write(place, "answer", "guard", data)
  end
  guard.seen = data.value
  if spec.was then require_as_before(guard, spec) end
  engine.guards[#engine.guards + 1] = guard
  return data.value
end

---The step has ended; its guards too.
function M.leave(engine)
  for i = #engine.guards, 1, -1 do
    if engine.guards[i].depth > #engine.stack then table.remove(engine.guards, i) end
  end
end

---Raises when something a guard watches is not as it was.
---@param engine table
function M.require(engine)
  -- A rehearsal's world is a likeness, in which nobody else is at work.
  if engine.mode == "rehearse" then return end
  for _, guard in ipairs(engine.guards) do
    local list = canonical.differences(guard.seen, read(engine, guard), DIFFERENCE)
    if #list > 0 then
      problem.raise({ kind = "foreign", message = ("somebody else changed what %s shows; nothing was sent: %s"):format(
        guard.op, table.concat(list, "; ")),
        remedy = ("put it back and: hwdb resume %s, or: hwdb cancel %s"):format(engine.journal.run, engine.journal.run) })
    end
  end
end

return M
