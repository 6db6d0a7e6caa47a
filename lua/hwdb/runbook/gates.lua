-- SPDX-License-Identifier: Apache-2.0
-- What a person has to agree to: the questions a script asks, money before it
-- is spent, and what cannot be undone. Answers are recorded; without a terminal
-- the run stops and waits for `hwdb approve`.
local core = require("hwdb.core")
local problem = require("hwdb.runbook.problem")
local times = require("hwdb.runbook.times")
local window = require("hwdb.runbook.window")

local M = {}

---Where an approval is kept.
---@param run string
---@param name string
---@return string
function M.key(run, name)
  return run .. "/" .. name
end

-- The approval of a question, if it is for what this run does and still holds.
local function approval(engine, q)
  local text = engine.journal.store:kept("approval", M.key(engine.journal.run, q.name))
  local given = text and text ~= "" and core.decode(text)
  if not given then return nil end
  if given.hash ~= engine.run.hash then
    engine.report:line("warn", ("the approval of %s by %s is for another plan and counts for nothing"):format(q.name, given.by))
  elseif engine:now() > given.expires then
    engine.report:line("warn", ("the approval of %s by %s has expired at %s"):format(q.name, given.by, times.text(given.expires)))
  elseif q.expect and given.answer ~= q.expect then
    engine.report:line("warn", ("the approval of %s by %s lacks the words asked for"):format(q.name, given.by))
  else
    return given
  end
end

local PLANNING = { prefix = true, rehearse = true }

local function put(engine, q)
  if PLANNING[engine.mode] then
    engine.asked[#engine.asked + 1] = q.name
    return { yes = true, by = engine.run.operator, how = "plan" }
  end
  local given = approval(engine, q)
  if given then
    engine.report:line("ok", ("%s: approved by %s at %s"):format(q.question, given.by, times.text(given.at)))
    return { yes = true, by = given.by, how = "approve" }
  end
  local beforehand = engine.questions:accepts(q.name)
  engine.run.gate = { name = q.name, question = q.question, expect = q.expect, since = engine:now() }
  local yes = engine.questions:put(q, engine.report)
  engine.run.gate = nil
  return { yes = yes, by = engine.run.operator, how = beforehand and "accept" or "terminal" }
end

local function audit_of(engine, q, answer)
  return { what = "answer", name = q.name, yes = answer.yes, operator = answer.by, how = answer.how,
    step = engine.stack[#engine.stack] }
end

---Asks a question of the script, once.
---@param engine table
---@param q hwdb.runbook.Question
---@return boolean
function M.ask(engine, q)
  local place = engine:place()
  local data = engine:recorded(place, "ask", { label = q.name })
  if not data then
    engine:live()
    local answer = put(engine, q)
    data = { label = q.name, question = q.question, yes = answer.yes, by = answer.by, how = answer.how }
    engine.journal:write(place, "answer", "ask", data, { audit = audit_of(engine, q, answer) })
  end
  engine.questions:settled(q.name)
  if data.yes then engine.permission, engine.serves = q.name, q.serves or 1 end
  return data.yes
end

---A window has been entered: until the step ends, what follows may begin in it only.
---@param engine table
---@param w hwdb.runbook.Window
function M.entered(engine, w)
  engine.permission, engine.window = w.text, { window = w, depth = #engine.stack }
  engine.serves = math.max(1, engine.serves or 0)
end

---A step has ended, and with it the window it entered.
function M.leave(engine)
  if engine.window and engine.window.depth > #engine.stack then engine.window = nil end
end

---A permission serves one irreversible change, or as many as its question said.
---@param engine table
---@param row table
function M.used(engine, row)
  local op = row.service .. "." .. row.name
  if row.paid then engine.questions:settled("buy " .. op) end
  if row.irreversible then
    engine.serves = (engine.serves or 1) - 1
    if engine.serves <= 0 then engine.permission = nil end
    engine.questions:settled("irreversible " .. op)
  end
end

local function wanted(engine, row)
  local op = row.service .. "." .. row.name
  -- Whoever applies a plan has seen what it buys and what it cannot undo.
  if engine.run.plan or engine.mode == "rehearse" then return nil end
  if row.paid then return { name = "buy " .. op, question = op .. " costs money. Go on?" } end
  -- Whoever rolls a run back agrees to its ways back.
  if row.irreversible and not engine.permission and not engine.rolling_back then
    return { name = "irreversible " .. op, question = op .. " cannot be undone. Go on?" }
  end
end

local function require_window(engine)
  local w = engine.window and engine.window.window
  if w and window.state(w, engine:now()) == "late" then
    problem.raise({ kind = "waiting", message = ("the window %s has passed: nothing is begun any more"):format(w.text),
      remedy = ("begin again with another window; first: hwdb cancel %s"):format(engine.journal.run) })
  end
end

---Before a change is sent: money and what cannot be undone need a yes, and an entered window must still be open.
---@param engine table
---@param place hwdb.runbook.Place
---@param call table
---@return hwdb.runbook.Problem? refused the answer was no
function M.require(engine, place, call)
  require_window(engine)
  if call.permitted then return end
  local q = wanted(engine, call.row)
  if q and not engine.journal:at(place, "gate") then
    local answer = put(engine, q)
    if not answer.yes then
      return problem.new({ kind = "failed", message = q.name .. ": not agreed to; it was not sent" })
    end
    engine.journal:write(place, "gate", "gate", { label = q.name, by = answer.by, how = answer.how },
      { audit = audit_of(engine, q, answer) })
  end
  require_window(engine)
  call.permitted = true
  M.used(engine, call.row)
end

return M
