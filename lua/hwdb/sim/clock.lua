-- SPDX-License-Identifier: Apache-2.0
-- Time and what falls due in it. Timers are plain data in the state
-- ({due, seq, kind, data}), so a dumped state goes on where it stopped; the
-- handlers of their kinds are given from outside. A real clock that was moved
-- by hand is ahead of the machine's from then on, by state.ahead.
local core = require("hwdb.core")

local Clock = {}
Clock.__index = Clock

local M = {}

---@param state table holds now, timers and timer_seq
---@param options { real: boolean, time_scale: number }
---@param fire fun(timer: table) called for every timer, with state.now at its due time
function M.new(state, options, fire)
  if options.real then state.ahead = math.max(0, state.now - core.now()) end
  return setmetatable({ state = state, real = options.real, scale = options.time_scale, fire = fire }, Clock)
end

---@return integer ms
function Clock:now()
  if self.real then return math.max(core.now() + self.state.ahead, self.state.now) end
  return self.state.now
end

---The machine's time for a real clock: what clients date their signatures by.
---@return integer ms
function Clock:wall()
  return self.real and core.now() or self.state.now
end

---Lets time pass at once; whatever falls due happens, in time order.
---@param ms integer
function Clock:advance(ms)
  local to = self:now() + ms
  if self.real then self.state.ahead = self.state.ahead + ms end
  self:settle(to)
end

---Length on this clock of so many of the model's seconds.
---@param seconds number
---@return integer ms
function Clock:span(seconds)
  return math.max(0, math.floor(seconds * 1000 / self.scale + 0.5))
end

---Puts a timer in its place: by due time, then in the order of arrival.
---@param seconds number
---@param kind string
---@param data table
---@return integer due
function Clock:schedule(seconds, kind, data)
  return self:schedule_at(self.state.now + self:span(seconds), kind, data)
end

---@param due integer ms
---@param kind string
---@param data table
---@return integer due
function Clock:schedule_at(due, kind, data)
  local state = self.state
  state.timer_seq = state.timer_seq + 1
  local timers, at = state.timers, #state.timers + 1
  while at > 1 and timers[at - 1].due > due do at = at - 1 end
  table.insert(timers, at, { due = due, seq = state.timer_seq, kind = kind, data = data })
  return due
end

---Fires everything due up to then, in time order, and stays at then.
---@param ms integer
function Clock:settle(ms)
  local state = self.state
  while state.timers[1] and state.timers[1].due <= ms do
    local timer = table.remove(state.timers, 1)
    state.now = math.max(state.now, timer.due)
    self.fire(timer)
  end
  state.now = math.max(state.now, ms)
end

---When the next timer falls due, or nil.
---@return integer? ms
function Clock:next_due()
  local first = self.state.timers[1]
  return first and first.due
end

return M
