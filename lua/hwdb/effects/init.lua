-- SPDX-License-Identifier: Apache-2.0
-- Beside the rows, as data: how to find out whether a change took place whose
-- answer is missing, and what to watch until it is finished. One file a service.
--
-- An effect is { probe = {…} } or { repeatable = true } or { person = "why" },
-- and wait = {…} if the change goes on after its answer.
--   probe: look = "ddm.list_jobs"; args, where: "$name" is the change's argument;
--     list = true: all items of the list, items = "path": of an unpaged answer;
--     new = true: things that were there before the intent do not count, key tells them apart;
--     field with done, undone (and operations): states; gone = true or states: not there is done;
--     same = {path = "$name"}: the thing is as it was asked to be, lists in any order; absent = what no thing means;
--     answer = {path = "path in the thing" or "$name"}: the answer to adopt; settle = seconds in
--     which the thing may still show up late.
--     name = "$name" picks from a list of plain names; many = true: several new things are one change;
--     undone = "other": any state but those of done and open means that it did not take place;
--     any = {probe, …}: done if one says so, not done if all do;
--     each = "$name" of a list, or a text with commas: each thing it names is there, as = {path = member of
--     the named, "" for itself}, also = {path = "$name"}; within = "path" of a list in the one thing;
--     none = true: none of them is there.
--     ordered: what is paid for by the month becomes an order, which the service shows nowhere until it
--     is carried out: where = {path = value} of the arguments that say so, or look, args and field, the
--     thing's member that names its order; type of billing's, and the answer's member for the order.
--   wait: the data of run:wait; in args "$name" is the argument and "@path" the answer's.
local reach = require("hwdb.reach")

local M = {}

-- How services say "does not exist" in other words than 404.
local GONE = { ["DWS.0047"] = true, ["DWS.3027"] = true, ["DWS.0015"] = true, ["DWS.5149"] = true, ["DWS.10101"] = true,
  ["DWS.0102"] = true }

---Whether an error says that the thing looked at is not there. The gateway's own 404 says nothing about it.
---@param err any
---@return boolean
function M.is_gone(err)
  local kind = type(err)
  if (kind ~= "table" and kind ~= "userdata") or err.kind ~= "api" then return false end
  local code = tostring(err.code or "")
  if code:find("^APIGW") then return false end
  return GONE[code] or err.class == "not_found" or err.status == 404
end

---Seconds after which a change that was under way has shown or never will.
M.SETTLE = 300

local SERVICES = { ddm = true, dws = true, dbss = true, rds = true, bss = true, iam = true }

local function table_of(service)
  return SERVICES[service] and require("hwdb.effects." .. service) or nil
end

---@param service string
---@param name string
---@return table? effect
function M.of(service, name)
  local all = table_of(service)
  return all and all[name] or nil
end

local function filled(value, args, answer)
  if type(value) == "table" and not getmetatable(value) then
    local copy = {}
    for key, inner in pairs(value) do copy[key] = filled(inner, args, answer) end
    return copy
  end
  if type(value) ~= "string" then return value end
  if value == "@now" then return require("hwdb.runbook.waits").NOW end
  if value == "@month" then return require("hwdb.runbook.waits").MONTH end
  if value:sub(1, 1) == "@" then return reach(answer or {}, value:sub(2)) end
  if value:sub(1, 1) == "$" then return args[value:sub(2)] or args["path." .. value:sub(2)] or reach(args, value:sub(2)) end
  return value
end

---What to wait for after a change, as run:wait takes it.
---@param op string
---@param args table
---@param answer table?
---@param timeout number?
---@return hwdb.runbook.Wait
function M.wait(op, args, answer, timeout)
  local service, name = op:match("^([^.]+)%.(.+)$")
  local effect = service and M.of(service, name)
  if not effect or not effect.wait then error(("%s starts nothing that goes on after its answer"):format(op), 3) end
  local spec = {}
  for key, value in pairs(effect.wait) do spec[key] = filled(value, args, answer) end
  spec.name, spec.timeout = spec.name or op, timeout or spec.timeout
  return spec
end

return M
