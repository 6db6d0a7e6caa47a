-- SPDX-License-Identifier: Apache-2.0
-- One call of a runbook: a query's answer is recorded before the script sees
-- it; a change is recorded as an intent before its first byte leaves, and its
-- answer after. An intent without an answer is never sent again on suspicion.
local canonical = require("hwdb.runbook.canonical")
local core = require("hwdb.core")
local doubt = require("hwdb.runbook.doubt")
local elsewhere = require("hwdb.runbook.elsewhere")
local gates = require("hwdb.runbook.gates")
local effects = require("hwdb.effects")
local guards = require("hwdb.runbook.guards")
local locks = require("hwdb.runbook.locks")
local plans = require("hwdb.runbook.plans")
local problem = require("hwdb.runbook.problem")

local M = {}

local KEPT = { "kind", "message", "remedy", "status", "code", "class", "reason", "request_id", "operation", "attempts",
  "retryable", "problems", "state", "name" }

---An error as it is recorded.
---@param err table
---@return table
function M.plain_error(err)
  local plain = {}
  for _, key in ipairs(KEPT) do plain[key] = err[key] end
  return plain
end

local function info_of(info)
  if type(info) ~= "table" then return nil end
  return { status = info.status, request_id = info.request_id, attempts = info.attempts }
end

local function warn_once(engine, op, info)
  for _, warning in ipairs(type(info) == "table" and info.warnings or {}) do
    local text = ("%s: %s"):format(op, type(warning) == "table" and warning.message or tostring(warning))
    if not engine.warned[text] then
      engine.warned[text] = true
      engine.report:line("warn", text)
    end
  end
end

-- What a script gets of a recorded answer, as the client gave it: body, info or nil, err.
local function replayed(data)
  if data.error then return nil, problem.new(data.error) end
  return data.body, data.info or {}
end

local function answer_of(id, row, body, info)
  local data = { op = id.op, hash = id.hash, args = id.args, step = id.step, at = id.at }
  if body == nil then data.error = M.plain_error(info) else data.body, data.info = canonical.masked(row, body), info_of(info) end
  return data
end

local function query(engine, call)
  if engine.looking[coroutine.running()] then return call.method(call.args) end
  local place = engine:place()
  local data = engine:recorded(place, "query", call.id)
  if data then return replayed(data) end
  engine:live()
  local body, info = call.method(call.args)
  warn_once(engine, call.id.op, info)
  if body ~= nil or not problem.is_stop(info) then
    engine.journal:write(place, "answer", "query", answer_of(call.id, call.row, body, info))
  end
  return body, info
end

-- -- changes ---------------------------------------------------------------------

local function audit_of(engine, call, outcome, info)
  return { what = "change", op = call.id.op, step = call.id.step, hash = call.id.hash, outcome = outcome,
    target = locks.target(call.row, call.args), operator = engine.run.operator,
    request_id = type(info) == "table" and info.request_id or nil, code = type(info) == "table" and info.code or nil }
end

local function close(engine, place, call, body, info, outcome)
  engine.journal:write(place, "answer", "change", answer_of(call.id, call.row, body, info),
    { audit = audit_of(engine, call, outcome, info) })
  if body ~= nil then plans.used(engine, call) end
  if body ~= nil and engine.undos[#engine.undos] then engine.undos[#engine.undos].taken = true end
  return body, info
end

-- What a guard watches is looked at last: nothing but the intent's own write lies between that and the change.
local function intend(engine, place, call, attempt)
  local intent = { op = call.id.op, hash = call.id.hash, method = call.id.method, path = call.id.path,
    args = call.id.args, before = doubt.before(engine, call), attempt = attempt, step = call.id.step,
    line = engine.line_now() }
  guards.require(engine)
  engine.journal:write(place, "intent", "change", intent)
  return intent
end

-- Everything that has to hold in the moment before a change is sent.
local function permitted(engine, place, call)
  if engine.mode == "prefix" then problem.raise({ kind = "planned", message = "here the first change would be made" }) end
  engine:obey()
  plans.require(engine, call)
  locks.require(engine, locks.target(call.row, call.args))
  local refused = gates.require(engine, place, call)
  -- Kept like the service's own no: a script that goes on without the change does so again when it is taken up.
  if refused then error(select(2, close(engine, place, call, nil, refused, "not agreed")), 0) end
end

-- An answer that arrived without what it should name: a job, or the thing it made.
local function hollow(row, body)
  if type(body) ~= "table" or next(body) ~= nil then return false end
  local effect = effects.of(row.service, row.name)
  return row.job ~= nil or effect ~= nil and effect.probe ~= nil and effect.probe.answer ~= nil
end

local settle

-- A job is looked up, and nothing is sent again; a thing that is not there counts like one whose answer is missing.
local function filled_in(engine, place, call, intent, body, info)
  local outcome, found = doubt.probe(engine, call, intent)
  if outcome ~= "done" and not call.row.job then return settle(engine, place, call, intent) end
  return close(engine, place, call, outcome == "done" and found or body, info, "done")
end

local function send(engine, place, call, attempt)
  local intent = intend(engine, place, call, attempt)
  local body, info = call.method(call.args)
  warn_once(engine, call.id.op, info)
  if body ~= nil and not hollow(call.row, body) then return close(engine, place, call, body, info, "done") end
  if body ~= nil then return filled_in(engine, place, call, intent, body, info) end
  if info.in_doubt ~= true then
    close(engine, place, call, nil, info, "refused")
    if problem.is_stop(info) then error(info, 0) end
    return nil, info
  end
  if info.kind == "cancelled" then error(info, 0) end
  return settle(engine, place, call, intent)
end

-- An intent without an answer: finds out what became of it.
function settle(engine, place, call, intent)
  local back = engine.mode == "rollback" and not engine.rolling_back
  local outcome, found = doubt.resolve(engine, place, call, intent, back)
  if outcome == "done" then
    gates.used(engine, call.row)
    return close(engine, place, call, found, {}, "adopted")
  end
  if back then
    return close(engine, place, call, nil, { kind = "failed", message = "never sent: the run was given up" }, "never sent")
  end
  permitted(engine, place, call)
  return send(engine, place, call, (intent.attempt or 1) + 1)
end

local function change(engine, call)
  if engine.looking[coroutine.running()] then error(call.id.op .. " changes something: not inside a wait", 0) end
  local place = engine:place()
  local data = engine:recorded(place, "change", call.id)
  if data then
    if not data.error and engine.undos[#engine.undos] then engine.undos[#engine.undos].taken = true end
    if not data.error then
      gates.used(engine, call.row)
      plans.used(engine, call)
    end
    return replayed(data)
  end
  local open = engine.journal:at(place, "intent")
  if open then
    engine:require_same(open, "change", call.id)
    if not engine.journal:at(place, "answer") then
      if engine.mode ~= "rollback" then engine:live() end
      return settle(engine, place, call, open.data)
    end
  end
  engine:live()
  permitted(engine, place, call)
  return send(engine, place, call, open and open.data and (open.data.attempt or 1) + 1 or 1)
end

---Makes a call of a runbook. Gives body, info or nil, err as the client does.
---@param engine table
---@param api table the client's service
---@param row table?
---@param name string the operation's name as the script says it
---@param args table?
function M.make(engine, api, row, name, args)
  local method = function(given) return api[name](api, given) end
  elsewhere.require_query(engine, row)
  local id = canonical.identity(row, args, engine.elsewhere)
  id.step = engine.stack[#engine.stack]
  local call = { row = row, args = args or {}, id = id, method = method, name = name }
  if row.kind == "query" then return query(engine, call) end
  return change(engine, call)
end

local rows = {} -- a row is made anew each time it is asked for

---The row of an operation, whichever of its names is used.
---@param service string
---@param name string
---@return table?
function M.row(service, name)
  local key = service .. "." .. tostring(name)
  if rows[key] == nil then
    local ok, row = pcall(core.rows, service, name)
    rows[key] = ok and row or false
  end
  return rows[key] or nil
end

return M
