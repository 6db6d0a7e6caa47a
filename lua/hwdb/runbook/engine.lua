-- SPDX-License-Identifier: Apache-2.0
-- What a run is made of while it runs: its journal, where in it each branch
-- stands, whether it still replays, and what has to hold before anything new is
-- done. The handle is the script's side of it; nothing here knows an operation.
local core = require("hwdb.core")
local problem = require("hwdb.runbook.problem")

local Engine = {}
Engine.__index = Engine

local M = {}

-- Members of the recorded data by which two entries of one kind are told apart.
local LABELS = { "hash", "label" }

---@param parts table client, journal, report, questions, records, gather, trace, run (see runs.lua)
---@return table engine
function M.new(parts)
  local self = setmetatable(parts, Engine)
  self.services, self.steps, self.stack, self.warned, self.guards, self.undos = {}, {}, {}, {}, {}, {}
  self.branches, self.looking = setmetatable({}, { __mode = "k" }), setmetatable({}, { __mode = "k" })
  self.locked, self.reached, self.asked, self.would_run = {}, {}, {}, {}
  self.root = { path = "", n = 0 }
  self.step_count, self.latest, self.replayed = 0, 0, 0
  self.replaying = self.journal.recorded > 0
  return self
end

---The clock, which never runs backwards within a run: a clock set back a day stands still meanwhile.
---@return integer ms
function Engine:now()
  self.latest = math.max(self.latest, self.client:now())
  return self.latest
end

---The branch that runs now.
function Engine:branch()
  return self.branches[coroutine.running()] or self.root
end

---@return hwdb.runbook.Place
function Engine:place()
  local branch = self:branch()
  branch.n = branch.n + 1
  self.reached[branch.path] = branch.n
  return { branch = branch.path, n = branch.n }
end

---A recorded place that the script did not come to.
---@return string?
function Engine:unreached()
  for branch, last in pairs(self.journal.last) do
    if branch ~= "#marks" and not branch:match("^undo") and last > (self.reached[branch] or 0) then
      return ("%d further entries%s"):format(last - (self.reached[branch] or 0), branch ~= "" and " in branch " .. branch or "")
    end
  end
end

---Runs fn as a branch of its own.
---@param path string
---@param fn function
function Engine:in_branch(path, fn)
  local thread = coroutine.running()
  local before = self.branches[thread]
  self.branches[thread] = { path = path, n = 0 }
  local results = table.pack(xpcall(fn, self.trace))
  self.branches[thread] = before
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

local function described(data, kind)
  local label = data.op or data.label
  local args = data.args and next(data.args) ~= nil and " " .. core.encode(data.args) or ""
  local place = data.at and " at " .. core.encode(data.at) or ""
  return kind .. (label and " " .. label or "") .. args .. place
end

local function differs(record, kind, ident)
  if record.kind ~= kind then return true end
  local data = record.data or {}
  for _, name in ipairs(LABELS) do
    if data[name] ~= ident[name] then return true end
  end
  return false
end

---Stops before anything is sent when what the script does now is not what the journal has at this place.
---@param record table
---@param kind string
---@param ident table op, hash, args, label
function Engine:require_same(record, kind, ident)
  if not differs(record, kind, ident) then return end
  problem.raise({ kind = "replay", message = ("the script does something else than the journal of this run has:\n"
      .. "  journal: %s\n  script:  %s\n  at:      %s"):format(described(record.data or {}, record.kind),
      described(ident, kind), self.line_now() or "?"),
    remedy = "nothing was sent; go on with the script and the parameters the run began with" })
end

-- An error that ended a run is no answer to build on: its call is made again.
local function counts(self, place, record)
  return not (record.data and record.data.error and self.journal:is_last(place))
end

---What was recorded at a place, if it still counts; compared with what the script does there now.
---@param place hwdb.runbook.Place
---@param kind string
---@param ident table
---@return table? data
function Engine:recorded(place, kind, ident)
  local record = self.journal:at(place, "answer")
  if not record then return nil end
  self:require_same(record, kind, ident)
  if not counts(self, place, record) then return nil end
  local data = record.data
  self.replayed = self.replayed + 1
  self.journal:forget(place, "answer")
  return data
end

-- From here on the run does new things, so people see them.
local function go_on(self)
  if not self.replaying then return end
  self.replaying = false
  self.report:unmute()
  if self.replayed > 0 then self.report:note(("taken up again after %d recorded steps"):format(self.replayed)) end
  if #self.stack > 0 then self.report:step(self.stack[#self.stack]) end
end

---Raises when somebody asked to pause or cancel this run.
function Engine:obey()
  local text, err = self.journal.store:kept("control", self.journal.run)
  if err then require("hwdb.runbook.journal").failed(err, "reading what was asked of the run") end
  local asked = text and text ~= "" and core.decode(text)
  if not asked then return end
  if asked.want == "pause" then
    problem.raise({ kind = "paused", message = ("paused by %s"):format(asked.by), remedy = "hwdb resume " .. self.journal.run })
  elseif self.mode ~= "rollback" and not self.rolling_back then
    problem.raise({ kind = "cancelled", by = asked.by, message = ("cancelled by %s; nothing was sent after it"):format(asked.by),
      rollback = asked.rollback or nil })
  end
end

---Before the first new thing: replays that only look end here.
function Engine:live()
  if self.mode == "verify" then problem.raise({ kind = "verified", message = "replayed" }) end
  if self.mode == "rollback" and not self.rolling_back then problem.raise({ kind = "unwound", message = "unwound" }) end
  go_on(self)
end

---A value found out once and recorded. `late`: losing it with the process does no harm.
---@param kind string
---@param label string?
---@param produce fun(place: hwdb.runbook.Place): any
---@param late boolean?
---@return any
function Engine:once(kind, label, produce, late)
  local place = self:place()
  local data = self:recorded(place, kind, { label = label })
  if data then return data.value end
  self:live()
  local value = produce(place)
  self.journal[late and "later" or "write"](self.journal, place, "answer", kind, { label = label, value = value })
  return value
end

-- What was said and when, for the report. Losing the last of it with the process does no harm.
function Engine:mark(phase, kind, data)
  if self.replaying or self.mode then return end
  self.journal:later({ branch = "#marks", n = self:mark_number() }, phase, kind, data)
end

-- A replay says nothing, so what is said after it goes behind what was said before.
function Engine:mark_number()
  self.last_mark = (self.last_mark or self.journal.last["#marks"] or 0) + 1
  return self.last_mark
end

---@param kind "note"|"ok"|"warn"|"fail"|"unseen"|"log"
---@param text string
function Engine:say(kind, text)
  if kind == "note" then self.report:note(text) else self.report:line(kind, text) end
  self:mark("said", kind, { text = text, step = self.stack[#self.stack] })
end

---@param name string
---@return table step
function Engine:enter(name)
  local step = { name = name, started = self:now() }
  self.steps[#self.steps + 1] = step
  self.stack[#self.stack + 1] = name
  self.report:step(name)
  self:mark("step", "begin", { name = name })
  return step
end

---@param step table
---@param ok boolean
function Engine:leave(step, ok)
  step.ok, step.seconds = ok, (self:now() - step.started) / 1000
  self.stack[#self.stack] = nil
  step.started = nil
  self.report:step_end(step.name, ok, step.seconds)
  self:mark("step", ok and "end" or "break", { name = step.name })
end

---Shows how far it is; other processes see it when what is waited for changes.
---@param p table
function Engine:progress(p)
  p.step = p.step or self.stack[#self.stack]
  self.report:progress(p)
  local key = ("%s/%s"):format(tostring(p.step), tostring(p.waiting_for))
  if self.mode or self.shown == key then return end
  self.shown = key
  self.run.progress = { step = p.step, waiting_for = p.waiting_for, percent = p.percent, deadline = p.deadline, at = self:now() }
  if self.on_progress then self.on_progress() end
end

---Sleeps on the client's clock; looks for pause and cancel meanwhile.
---@param seconds number
function Engine:rest(seconds)
  local slept, err = self.client:sleep(seconds)
  if slept == nil and problem.is(err) then error(err, 0) end
  self:obey()
end

return M
