-- SPDX-License-Identifier: Apache-2.0
-- What people say to a run from outside its process: approvals, answers about
-- changes in doubt, pause and cancel. All of it is in the journal and audited.
local calls = require("hwdb.runbook.calls")
local core = require("hwdb.core")
local gates = require("hwdb.runbook.gates")
local journals = require("hwdb.runbook.journal")
local locks = require("hwdb.runbook.locks")
local problem = require("hwdb.runbook.problem")
local runs = require("hwdb.runbook.runs")
local times = require("hwdb.runbook.times")

local M = {}

local function refused(message, remedy)
  problem.raise({ kind = "usage", message = message, remedy = remedy })
end

local function audited(journal, run, entry, now)
  entry.operator = locks.who().operator
  journals.open(journal, run.id, function() return now end):audit(entry)
end

local function kept(journal, space, name, value)
  local ok, err = journal:keep(space, name, core.encode(value))
  if not ok then journals.failed(err, "keeping it") end
end

-- A run's own clock may be virtual: what is told to it counts from there.
local function now_of(run, given)
  return given or math.max(core.now(), 0), run
end

---Whether a process carries the run out now, and who.
---@param journal table
---@param run table
---@return table? holder
function M.carried_out(journal, run)
  local me = locks.who()
  local got, holder = journal:lock("run/" .. run.id, { run = run.id, operator = me.operator, host = me.host, pid = me.pid,
    since = core.now(), looking = true })
  if got == nil then journals.failed(holder, "looking who carries the run out") end
  if got then
    journal:unlock("run/" .. run.id)
    return nil
  end
  return holder or {}
end

---@param journal table
---@param run table
---@param how { gate: string?, answer: string?, hours: number?, now: integer? }
---@return string what to tell the person
function M.approve(journal, run, how)
  if runs.ENDED[run.state] then refused(("the run %s has ended: %s"):format(run.id, run.state)) end
  local gate = how.gate or (run.gate and run.gate.name)
  if not gate then refused(("the run %s asks nothing now"):format(run.id), "name the question ahead of time with --gate NAME") end
  local expect = run.gate and run.gate.name == gate and run.gate.expect
  if expect and how.answer ~= expect then
    refused(("%s asks for words to be typed"):format(gate), "give them: --answer TEXT")
  end
  local now = now_of(run, how.now)
  local before = journal:kept("approval", gates.key(run.id, gate))
  before = before and before ~= "" and core.decode(before) or nil
  if before and before.hash == run.hash and before.expires > now then
    return ("%s was approved by %s at %s already; it holds until %s"):format(gate, before.by, times.text(before.at),
      times.text(before.expires))
  end
  local approval = { by = locks.who().operator, at = now, expires = now + math.floor((how.hours or 24) * 3600000),
    hash = run.hash, answer = how.answer }
  audited(journal, run, { what = "approval", name = gate, hash = run.hash, expires = approval.expires }, now)
  kept(journal, "approval", gates.key(run.id, gate), approval)
  return ("%s: approved by %s until %s"):format(gate, approval.by, times.text(approval.expires))
end

---@param journal table
---@param run table
---@param how { done: boolean, reason: string, answer: table?, now: integer? }
---@return string
function M.resolve(journal, run, how)
  if run.state ~= "in_doubt" or not run.doubt then
    refused(("the run %s is not in doubt: %s"):format(run.id, run.state), "see: hwdb show " .. run.id)
  end
  if M.carried_out(journal, run) then refused("the run is being carried out; wait until it stops") end
  local now = now_of(run, how.now)
  audited(journal, run, { what = "resolution", op = run.doubt.op, place = run.doubt.place, done = how.done,
    reason = how.reason }, now)
  kept(journal, "resolution", run.id .. "/" .. run.doubt.place, { done = how.done, reason = how.reason, answer = how.answer,
    by = locks.who().operator, at = now, attempt = run.doubt.attempt or 1 })
  return ("%s %s; recorded"):format(run.doubt.op, how.done and "took place" or "did not take place")
end

local function ask(journal, run, what, now)
  what.by, what.at = locks.who().operator, now
  audited(journal, run, { what = what.want, rollback = what.rollback }, now)
  kept(journal, "control", run.id, what)
end

---@param journal table
---@param run table
---@return string
function M.pause(journal, run)
  if runs.AT_REST[run.state] then refused(("the run %s has ended: %s"):format(run.id, run.state)) end
  if not M.carried_out(journal, run) then return ("nobody carries the run %s out; it stands still already"):format(run.id) end
  ask(journal, run, { want = "pause" }, core.now())
  return "it stops before its next change"
end

local function each_change(journal, id, fn)
  for record in journals.records(journal, id) do
    if record.phase == "intent" and type(record.data) == "table" and record.data.op then
      local row = calls.row(record.data.op:match("^(.-)%.(.+)$"))
      fn(row and locks.target(row, record.data.args or {}), record.time_ms, record.data.op)
    end
  end
end

-- A way back that goes over what another run has done since might take that back as well.
local function require_untouched(journal, run)
  local targets, last = {}, nil
  each_change(journal, run.id, function(target, at)
    if target then targets[target] = true end
    last = math.max(last or at, at)
  end)
  for _, other in ipairs(last and runs.list(journal) or {}) do
    local older = runs.AT_REST[other.state] and (other.updated or last) < last
    if other.id ~= run.id and other.state ~= "rolled_back" and not older then
      each_change(journal, other.id, function(target, at, op)
        if at <= last or not targets[target] then return end
        refused(("the run %s has changed %s since (%s): taking back could take that back too; nothing was sent"):format(
          other.id, target, op), ("look at both and take back by hand: hwdb show %s, hwdb show %s"):format(run.id, other.id))
      end)
    end
  end
end

---@param journal table
---@param run table
---@param how { rollback: boolean?, now: integer? }
---@return string
---@return boolean elsewhere whether another process does it
function M.cancel(journal, run, how)
  local given_up = run.state == "cancelled"
  if given_up and not how.rollback then
    refused(("the run %s was cancelled already"):format(run.id), ("to take back what it did: hwdb cancel %s --rollback"):format(run.id))
  end
  if runs.ENDED[run.state] and not given_up then
    refused(("the run %s has ended: %s"):format(run.id, run.state),
      run.state == "done" and "what a run did to its end is undone by another runbook" or nil)
  end
  local now = now_of(run, how.now)
  if M.carried_out(journal, run) then
    ask(journal, run, { want = "cancel", rollback = how.rollback }, now)
    return "it stops before its next change" .. (how.rollback and " and rolls back" or ""), true
  end
  if how.rollback and run.state ~= "rolling_back" then require_untouched(journal, run) end
  audited(journal, run, { what = "cancel", rollback = how.rollback }, now)
  if how.rollback then return "rolling back", false end
  run.state, run.gate, run.progress = "cancelled", nil, nil
  runs.save(journal, run, now)
  return "the run is given up; nothing was taken back", false
end

---Goes over the whole audit chain.
---@param journal table
---@param head string? a hash that has to be in it
---@param each (fun(entry: table))?
---@return { count: integer, head: string, problem: string? }
function M.verify_audit(journal, head, each)
  local found, before, after, seen = { count = 0 }, "", 0, head == nil
  while true do
    local page, err = journal:audit_list(after, 500)
    if not page then journals.failed(err, "reading the audit") end
    if #page == 0 then break end
    for _, entry in ipairs(page) do
      if entry.hash ~= journals.audit_hash(before, entry.data) then
        found.problem = ("record %d of the audit is not what was written, or not where it was"):format(entry.seq)
        return found
      end
      if each then each({ seq = entry.seq, time_ms = entry.time_ms, hash = entry.hash, entry = entry.data }) end
      before, after, found.count = entry.hash, entry.seq, found.count + 1
      seen = seen or entry.hash:sub(1, #(head or "")) == head
    end
  end
  found.head = before
  if not seen then found.problem = "the head hash given is nowhere in the chain: its tail was cut off, or it was written anew" end
  return found
end

return M
