-- SPDX-License-Identifier: Apache-2.0
-- Waits as data: which call to look with, what in its answer is the state, and
-- which states end the wait. Every state not named is pending: services add
-- states, and waiters that list the pending ones break on them.
local core = require("hwdb.core")
local effects = require("hwdb.effects")
local order = require("hwdb.runbook.order")
local near = require("hwdb.near")
local problem = require("hwdb.runbook.problem")
local reach = require("hwdb.reach")
local times = require("hwdb.runbook.times")

local M = {}

-- What was seen before and is missing for so long is lost.
M.LOST_MS = 30 * 60000

-- Stands in a wait's arguments for the clock's time in ms at each look.
M.NOW = setmetatable({}, { __tostring = function() return "run.NOW" end, __metatable = "run.NOW" })

-- The earliest moment that a list of jobs reaches back to, less an hour for clocks that differ.
M.MONTH = setmetatable({}, { __tostring = function() return "run.MONTH" end, __metatable = "run.MONTH" })
local MONTH_MS = 30 * 86400000 - 3600000

---@class hwdb.runbook.Wait
---@field name string what is waited for, as people say it
---@field op string? "ddm.show_job"
---@field args table? run.NOW in it is the time of each look
---@field find table? of a list: the fields that the one item has
---@field field string|string[]? where the state is, "job.status"; of several the first that says something
---@field operations table<string, string>? the state that an entry of the item's `operations` means, whatever its field says
---@field items string? with find: where the items of an unpaged answer are
---@field gone boolean? the thing's not being there ends the wait well
---@field success string[]|"any" states that end the wait well; "any": as soon as there is one
---@field failure string[]? states that raise
---@field person string[]? states that need a person; the wait ends, and its result says so
---@field pending string[]? states not worth a remark
---@field progress string? where a figure such as "60%" is
---@field reason string? where the reason of a failure is
---@field timeout number seconds from now; the deadline is kept as a moment, not as a number of looks
---@field interval number? seconds between looks, 10
---@field delay number? seconds before the first look, 0
---@field settle number? seconds in which a final state is believed only after another one was seen: right after a change
---was accepted, the old state is still shown
---@field call fun(): any instead of op: looks; with done and failed
---@field done (fun(value: any): boolean)?
---@field failed (fun(value: any): string?)?

local FIELDS = { "name", "op", "args", "find", "field", "operations", "success", "failure", "person", "pending", "progress",
  "reason", "timeout", "interval", "delay", "settle", "call", "done", "failed", "gone", "items" }

local function check(spec)
  local function bad(text)
    problem.raise({ kind = "script", message = ("wait %s: %s"):format(tostring(spec.name or "?"), text) })
  end
  for _, key in ipairs(order.keys(spec)) do
    local known = false
    for _, field in ipairs(FIELDS) do known = known or field == key end
    if not known then bad(("unknown field %s%s"):format(tostring(key), near.hint(key, FIELDS))) end
  end
  if type(spec.name) ~= "string" then bad("name is missing: what is waited for") end
  if type(spec.timeout) ~= "number" or spec.timeout <= 0 then bad("timeout is missing: seconds; no wait is endless") end
  if spec.call then
    if not spec.done then bad("call needs done = function(value)") end
  elseif not (spec.op and spec.field and spec.success) then
    bad("op, field and success are needed, or call and done")
  end
end

local function holds(list, state)
  for _, each in ipairs(list or {}) do
    if each == state then return true end
  end
  return false
end

local function by_operation(spec, item)
  if not spec.operations or type(item) ~= "table" then return nil end
  for _, word in ipairs(type(item.operations) == "table" and item.operations or {}) do
    if spec.operations[word] then return spec.operations[word] end
  end
end

local function arguments(spec, now)
  local args = {}
  for key, value in next, spec.args or {} do
    if rawequal(value, M.NOW) then value = now elseif rawequal(value, M.MONTH) then value = now - MONTH_MS end
    args[key] = value
  end
  return args
end

local function matches(item, wanted)
  for key, value in next, wanted do
    if item[key] ~= value then return false end
  end
  return true
end

local function call_of(engine, spec)
  local thread = coroutine.running()
  engine.looking[thread] = true
  local results = table.pack(pcall(spec.call))
  engine.looking[thread] = nil
  if not results[1] then error(results[2], 0) end
  return results[2]
end

local function item_of(api, op, args, spec)
  if not spec.items then
    for item in api:each(op, args) do
      if matches(item, spec.find) then return item end
    end
    return nil
  end
  local body, err = api[op](api, args)
  if body == nil then error(err, 0) end
  for _, item in ipairs(reach(body, spec.items) or {}) do
    if matches(item, spec.find) then return item end
  end
end

local function look(engine, spec)
  if spec.call then return call_of(engine, spec) end
  local service, op = spec.op:match("^([^.]+)%.(.+)$")
  local api, args = engine.client[service], arguments(spec, engine.client:now())
  if not spec.find then
    local body, err = api[op](api, args)
    if body == nil then error(err, 0) end
    return body
  end
  return item_of(api, op, args, spec)
end

-- Looking again is always safe, so whatever may pass by itself is waited out.
local function passes(err)
  if not problem.is(err) or problem.is_stop(err) then return false end
  if err.kind == "transport" or err.kind == "timeout" or err.kind == "decode" then return true end
  if err.kind ~= "api" then return false end
  local status = err.status or 0
  return err.retryable == true or status >= 500 or status == 429 or status == 404
end

-- Of several places the first that is not empty; a table there is work in progress.
local function state_in(value, field)
  for _, path in ipairs(type(field) == "table" and field or { field }) do
    local state = reach(value, path)
    if type(state) == "table" and next(state) then return "under way" end
    if type(state) ~= "table" and state ~= nil and state ~= core.null and state ~= "" then return state end
  end
end

-- outcome ("success", "failure", "person" or "pending") and the state.
local function judged(spec, value)
  if value == nil then return spec.gone and "success" or "pending", spec.gone and "gone" or nil end
  if spec.call then
    local reason = spec.failed and spec.failed(value)
    if reason then return "failure", tostring(reason) end
    return spec.done(value) and "success" or "pending", nil
  end
  local state = by_operation(spec, value) or state_in(value, spec.field)
  if state == nil or state == "" then return "pending", nil end
  if spec.success == "any" or holds(spec.success, state) then return "success", state end
  if holds(spec.failure, state) then return "failure", state end
  return holds(spec.person, state) and "person" or "pending", state
end

local function percent_of(value, path)
  local figure = path and reach(value, path)
  return type(figure) == "number" and figure or tonumber(tostring(figure or ""):match("^(%d+%.?%d*)%s*%%?$"))
end

local Watch = {}
Watch.__index = Watch

function Watch:remark(kind, text)
  if self.remarked[text] then return end
  self.remarked[text] = true
  self.engine.report:line(kind, text)
end

function Watch:tell(value, state)
  local spec, engine = self.spec, self.engine
  engine:progress({ waiting_for = state and ("%s (%s)"):format(spec.name, state) or spec.name,
    percent = percent_of(value, spec.progress), elapsed = (engine:now() - self.open.started) / 1000,
    deadline = self.open.deadline })
  if state and not self.expected[state] and not self.told[state] then
    self.told[state] = true
    if spec.pending then
      self:remark("warn", ("%s: the state %s is not one this runbook knows; it counts as pending"):format(spec.name, state))
    end
  end
end

-- What was seen once and is gone for half an hour does not come back: a cloud restored to an older state looks so.
function Watch:missing(value)
  if value ~= nil then
    self.open.seen, self.gone_since = true, nil
    return
  end
  self.gone_since = self.gone_since or self.engine:now()
  if self.open.seen and self.engine:now() - self.gone_since >= M.LOST_MS then
    problem.raise({ kind = "failed", name = self.spec.name, state = "gone",
      message = ("%s: what was looked at is not there any more"):format(self.spec.name),
      remedy = "nothing was sent; find out who took it away, or whether the cloud was restored to an older state" })
  end
end

-- What was only just made may not be there for readers, in whatever words the service says so.
function Watch:unseen_yet(err)
  return not self.open.seen and effects.is_gone(err) and self.engine:now() < self.open.started + effects.SETTLE * 1000
end

-- One look, with what it means. A final state may still be the old one.
function Watch:once()
  local ok, value = pcall(look, self.engine, self.spec)
  self.looks = self.looks + 1
  if not ok and self.spec.gone and effects.is_gone(value) then ok, value = true, nil end
  if not ok then
    if not passes(value) and not self:unseen_yet(value) then error(value, 0) end
    self:remark("warn", ("%s: looking failed, looking again: %s"):format(self.spec.name, value.message))
    if value.status == 404 then self:missing(nil) end
    return "pending"
  end
  if not self.spec.gone then self:missing(value) end
  local outcome, state = judged(self.spec, value)
  if outcome == "pending" then
    self.open.pending = self.open.pending or state ~= nil or nil
  elseif not self.open.pending and self.engine:now() < self.open.settled then
    outcome = "pending"
  end
  return outcome, state, value
end

function Watch:late(state)
  local spec = self.spec
  problem.raise({ kind = "timeout", state = state, name = spec.name,
    message = ("%s: not there after %s%s"):format(spec.name, times.span(spec.timeout),
      state and ", the state is " .. state or ""),
    remedy = "nothing has been cancelled; look what holds it up, then take it up again" })
end

function Watch:failed(state, value)
  local reason = reach(value, self.spec.reason)
  problem.raise({ kind = "failed", state = state, value = value, name = self.spec.name, reason = reason,
    message = ("%s: %s%s"):format(self.spec.name, state,
      type(reason) == "string" and reason ~= "" and " (" .. reason .. ")" or "") })
end

-- Polls are one record: it is written anew when the state changes, so it does not grow.
function Watch:keep(state)
  if self.kept and self.kept.state == state and self.kept.seen == self.open.seen then return end
  self.open.state = state
  self.engine.journal:write(self.place, "wait", "wait", self.open)
  self.kept = { state = state, seen = self.open.seen }
end

local function expected_states(spec)
  local set = {}
  for _, list in ipairs({ spec.success ~= "any" and spec.success or {}, spec.failure or {}, spec.person or {},
    spec.pending or {} }) do
    for _, state in ipairs(list) do set[state] = true end
  end
  return set
end

local function fresh(spec, ident, now)
  return { label = ident.label, op = ident.op, hash = ident.hash, started = now,
    deadline = now + math.floor(spec.timeout * 1000),
    settled = now + math.floor(((spec.delay or 0) + (spec.settle or 0)) * 1000) }
end

-- Begun before, its deadline stands. One that ended at its deadline is begun anew when it is taken up again.
local function opened(engine, place, spec, ident)
  local record = engine.journal:at(place, "wait")
  if record and record.data then
    engine:require_same(record, "wait", ident)
    if not engine.journal:at(place, "answer") then return record.data, true end
  end
  return fresh(spec, ident, engine:now()), false
end

local function watch(engine, place, spec, ident)
  local open, begun = opened(engine, place, spec, ident)
  return setmetatable({ engine = engine, place = place, spec = spec, open = open, begun = begun, remarked = {}, told = {},
    looks = 0, expected = expected_states(spec) }, Watch)
end

function Watch:run()
  local spec, engine = self.spec, self.engine
  self:keep(self.open.state)
  if not self.begun and (spec.delay or 0) > 0 then engine:rest(math.min(spec.delay, spec.timeout)) end
  while true do
    local outcome, state, value = self:once()
    if outcome == "failure" then self:failed(state, value) end
    if outcome ~= "pending" then
      return { state = state, value = value, person = outcome == "person", seconds = (engine:now() - self.open.started) / 1000 }
    end
    self:keep(state)
    self:tell(value, state)
    local left = (self.open.deadline - engine:now()) / 1000
    if left <= 0 then self:late(state) end
    engine:rest(math.min(spec.interval or 10, left))
  end
end

local function audit_of(self, outcome, state)
  return { what = "wait", name = self.spec.name, op = self.spec.op, outcome = outcome, state = state, looks = self.looks,
    from = self.open.started, to = self.engine:now(), step = self.engine.stack[#self.engine.stack],
    operator = self.engine.run.operator }
end

local function identity(spec)
  local args = {}
  for key, value in next, spec.args or {} do
    args[key] = (rawequal(value, M.NOW) or rawequal(value, M.MONTH)) and tostring(value) or value
  end
  return { label = spec.name, op = spec.op, args = next(args) and args or nil,
    hash = core.sha256(core.encode({ spec.op or core.null, args, spec.find or core.null, spec.field or core.null })) }
end

local function closed(self, ok, result)
  local data = { label = self.open.label, op = self.open.op, hash = self.open.hash }
  if ok then
    data.value = result
  else
    if problem.is_stop(result) or not problem.is(result) then error(result, 0) end
    data.error = require("hwdb.runbook.calls").plain_error(result)
    data.error.value, data.error.reason = result.value, result.reason
  end
  self.engine.journal:write(self.place, "answer", "wait", data,
    { audit = audit_of(self, ok and "done" or result.kind, ok and result.state or result.state) })
end

---Waits until a state ends it. Raises on a failure state (kind "failed", with state, value, reason), at the deadline
---(kind "timeout"), and on errors that do not pass by themselves. Leaving a wait cancels nothing in the cloud; taken up
---again it goes on, with the deadline it had.
---@param engine table
---@param spec hwdb.runbook.Wait
---@return { state: string?, value: any, person: boolean, seconds: number }
function M.wait(engine, spec)
  check(spec)
  local place, ident = engine:place(), identity(spec)
  local data = engine:recorded(place, "wait", ident)
  if data then
    if data.error then error(problem.new(data.error), 0) end
    return data.value
  end
  engine:live()
  local self = watch(engine, place, spec, ident)
  local ok, result = xpcall(self.run, engine.trace, self)
  closed(self, ok, result)
  if not ok then error(result, 0) end
  return result
end

return M
