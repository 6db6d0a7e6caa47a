-- SPDX-License-Identifier: Apache-2.0
-- Many calls in flight from one thread: coroutines whose calls yield while they
-- are on the wire. Ends of calls are events handed over by the core, no polling.

local core = require "hwdb.core"

local M = {}

---@class hwdb.Tasks
---@field max integer how many run at once
local Tasks = {}
Tasks.__index = Tasks

--- A set of tasks. At most `max` run at a time; the rest wait their turn.
---@param options? {max: integer}
---@return hwdb.Tasks
function M.new(options)
  local max = options and options.max or 64
  if math.type(max) ~= "integer" or max < 1 then error("max must be a positive whole number", 2) end
  return setmetatable({ max = max, running = 0, queue = {}, head = 1, waiting = {}, clients = {}, next_tag = 1, ended = 0 }, Tasks)
end

local function finish(self, task, ok, ...)
  core.schedule(task.thread, false)
  self.running = self.running - 1
  self.ended = self.ended + 1
  if ok then
    task.result = table.pack(...)
  else
    task.result = table.pack(nil, (...))
    task.raised = true
  end
  if task.on_end then task.on_end(task) end
end

--- A coroutine came back: it ended, or it waits for the call it yielded.
local function settle(self, task, ok, ...)
  if not ok or coroutine.status(task.thread) == "dead" then return finish(self, task, ok, ...) end
  local tag = self.next_tag
  self.next_tag = tag + 1
  local client = core.watch(..., tag)
  self.waiting[tag] = task
  task.client = client
  self.clients[client] = (self.clients[client] or 0) + 1
end

local function start(self, task)
  task.thread = coroutine.create(task.fn)
  core.schedule(task.thread, true)
  self.running = self.running + 1
  settle(self, task, coroutine.resume(task.thread))
end

local function fill(self)
  while self.running < self.max do
    local task = self.queue[self.head]
    if not task then return end
    self.queue[self.head] = nil
    self.head = self.head + 1
    start(self, task)
  end
end

--- Adds a function to run. It starts at the next step, or when there is room.
---@param fn fun(): any
---@param on_end? fun(task: {result: table, raised: boolean?})
---@return table task its `result` is set when it ends: value, info or nil, err
function Tasks:spawn(fn, on_end)
  local task = { fn = fn, on_end = on_end }
  local last = self.head
  while self.queue[last] do last = last + 1 end
  self.queue[last] = task
  return task
end

local function resume(self, tag)
  local task = self.waiting[tag]
  if not task then return end -- a call that somebody else watches
  self.waiting[tag] = nil
  local left = self.clients[task.client] - 1
  self.clients[task.client] = left > 0 and left or nil
  settle(self, task, coroutine.resume(task.thread))
end

--- The clock of a simulator stands still unless somebody waits on it, so its
--- clients go first and never hold up the others.
local function pick(self)
  local real, soonest
  for client in pairs(self.clients) do
    if core.is_virtual(client) then return client, nil end
    local due = core.due(client) or math.huge
    if not soonest or due < soonest then real, soonest = client, due end
  end
  return real, soonest
end

--- Lets everything go on that can; waits at most `seconds` (0: not at all, nil:
--- until something happened). Returns false once all tasks have ended.
---@param seconds? number
---@return boolean more
function Tasks:step(seconds)
  fill(self)
  local client, soonest = pick(self)
  if client then
    if next(self.clients, next(self.clients)) and soonest and soonest < math.huge then
      seconds = math.min(seconds or soonest, soonest)
    end
    local tag = core.poll(client, seconds)
    while tag do
      resume(self, tag)
      tag = self.clients[client] and core.poll(client, 0)
    end
    for other in pairs(self.clients) do
      if other ~= client then
        local done = core.poll(other, 0)
        if done then resume(self, done) break end -- resuming changes the set of clients
      end
    end
    fill(self)
  end
  return self:pending()
end

---@return boolean whether any task has not ended
function Tasks:pending() return self.running > 0 or self.queue[self.head] ~= nil end

--- For a loop of one's own: what to watch until the next step.
---@return {fd: integer, read: boolean, write: boolean}[] sockets
---@return number? seconds until a step is due even without a socket
function Tasks:watch()
  fill(self)
  local sockets, due = {}, nil
  for client in pairs(self.clients) do
    local d = core.is_virtual(client) and 0 or core.due(client)
    if d and (not due or d < due) then due = d end
    if not core.is_virtual(client) then sockets = core.sockets(client) end -- all share one port
  end
  return sockets, due
end

--- Runs functions at the same time and waits for all. One failure stops none.
---@param functions (fun(): any, any)[]
---@param options? {max: integer} how many at once; 64 unless told
---@return table[] results in the same order, each {value, info} or {nil, err}
function M.gather(functions, options)
  local self = M.new(options)
  local own = {}
  for i, fn in ipairs(functions) do
    own[i] = { fn = fn }
    self.queue[i] = own[i]
  end
  while self:step() do end
  local results = {}
  for i, task in ipairs(own) do results[i] = task.result end
  return results
end

return M
