-- SPDX-License-Identifier: Apache-2.0
-- Many calls in flight from one thread: coroutines whose calls yield while they
-- are on the wire. Ends of calls are events handed over by the core, no polling.

local core = require "hwdb.core"

local create, resume, type = coroutine.create, coroutine.resume, type

local M = {}

---@class hwdb.Tasks
---@field max integer how many run at once
local Tasks = {}
Tasks.__index = Tasks

-- The core hands a finished call out to whoever asks first, so a tag is unique among
-- all sets and tells whose it is.
local set_of_tag = setmetatable({}, { __mode = "v" })
local last_tag = 0

-- Tasks that share a bound: a set's own, and those of each gather inside one of them.
local Lane = {}
Lane.__index = Lane

local function new_lane(options)
  local max = options and options.max or 64
  if math.type(max) ~= "integer" or max < 1 then error("max must be a positive whole number", 4) end
  return setmetatable({ max = max, running = 0, queue = {}, head = 1, tail = 0 }, Lane)
end

function Lane:add(task)
  task.lane = self
  self.tail = self.tail + 1
  self.queue[self.tail] = task
end

function Lane:take()
  if self.running >= self.max or self.head > self.tail then return nil end
  local task = self.queue[self.head]
  self.queue[self.head] = nil
  self.head = self.head + 1
  return task
end

function Lane:pending() return self.running > 0 or self.head <= self.tail end

local function new_set(lane)
  return setmetatable({ max = lane.max, lane = lane, waiting = {}, ready = {}, first_ready = 1, last_ready = 0, clients = {} }, Tasks)
end

--- A set of tasks. At most `max` run at a time; the rest wait their turn.
---@param options? {max: integer}
---@return hwdb.Tasks
function M.new(options)
  local lane = new_lane(options)
  return new_set(lane)
end

local Task = {}
Task.__index = Task

--- The fields without a value make room for what a task comes to hold.
local function new_task(fn, on_end)
  return setmetatable({
    fn = fn, on_end = on_end, lane = nil, thread = nil, set = nil, client = nil, tag = nil, call = nil,
    lane_within = nil, is_ready = nil, ended = nil, result = nil, raised = nil,
  }, Task)
end

local function make_ready(self, task)
  task.is_ready = true
  self.last_ready = self.last_ready + 1
  self.ready[self.last_ready] = task
end

local function no_longer_waits(self, task)
  self.waiting[task.tag] = nil
  task.tag = nil
  local left = self.clients[task.client] - 1
  self.clients[task.client] = left > 0 and left or nil
end

local function finish(self, task, ok, ...)
  local lane = task.lane
  core.schedule(task.thread, false)
  task.ended, task.call = true, nil
  lane.running = lane.running - 1
  if ok then
    task.result = table.pack(...)
  else
    task.result = table.pack(nil, (...))
    task.raised = true
    coroutine.close(task.thread) -- what it meant to close, an error leaves open
  end
  if lane.parent and not lane:pending() then make_ready(self, lane.parent) end
  if task.on_end then task.on_end(task) end
end

local fill

local ENDED <const> = {} -- what comes first when a task's coroutine has run to its end

--- A coroutine came back: it ended, or it waits for the call or the tasks it yielded.
local function settle(self, task, ok, what, ...)
  if not ok then return finish(self, task, false, what) end
  if what == ENDED then return finish(self, task, true, ...) end
  if type(what) ~= "userdata" then
    if getmetatable(what) ~= Lane then
      return finish(self, task, false, "a task yielded by itself; only calls of hwdb may")
    end
    what.parent = task
    task.lane_within = what
    return fill(self, what)
  end
  local tag = last_tag + 1
  last_tag = tag
  task.client, task.tag, task.call = core.watch(what, tag), tag, what
  set_of_tag[tag] = self
  self.waiting[tag] = task
  self.clients[task.client] = (self.clients[task.client] or 0) + 1
end

local function cancelled(call)
  local in_doubt = call ~= nil and core.in_doubt(call)
  return core.error {
    kind = "cancelled", attempts = 0, retryable = false, in_doubt = in_doubt,
    message = "the task was closed while it waited" .. (in_doubt and "; the outcome of its call is unknown" or ""),
    remedy = in_doubt and "look at the resource before doing it again" or nil,
  }
end

--- Runs when a task's coroutine ends; if it was waiting then, somebody closed it.
function Task:__close()
  if self.ended then return end
  local within = self.lane_within
  if within then
    self.lane_within = nil
    within.parent = nil
    within.head = within.tail + 1
    for _, child in ipairs(within.tasks) do
      if child.thread and not child.ended and coroutine.status(child.thread) == "suspended" then coroutine.close(child.thread) end
    end
  elseif self.tag then
    no_longer_waits(self.set, self)
  elseif not self.is_ready then
    return
  end
  finish(self.set, self, true, nil, cancelled(self.call))
  make_ready(self.set, self) -- there is room for another one
end

local function body(task)
  local guard <close> = task -- luacheck: ignore 211
  return ENDED, task.fn()
end

local function start(self, task)
  task.thread = create(body)
  task.set = self
  core.schedule(task.thread, true)
  task.lane.running = task.lane.running + 1
  settle(self, task, resume(task.thread, task))
end

function fill(self, lane)
  local task = lane:take()
  while task do
    start(self, task)
    task = lane:take()
  end
end

--- Lets every task go on whose call has finished. Returns whether there was any.
local function go_on(self)
  local any = false
  while self.first_ready <= self.last_ready do
    local task = self.ready[self.first_ready]
    self.ready[self.first_ready] = nil
    self.first_ready = self.first_ready + 1
    task.lane_within, task.is_ready, task.call = nil, nil, nil -- the call is spent, and may be another's now
    if not task.ended then settle(self, task, resume(task.thread)) end
    fill(self, task.lane)
    any = true
  end
  return any
end

--- A finished call goes to the set that waits for it, which may be another one.
local function deliver(tag)
  local set = set_of_tag[tag]
  if not set then return end
  set_of_tag[tag] = nil
  local task = set.waiting[tag]
  no_longer_waits(set, task)
  make_ready(set, task)
end

--- Takes what has finished already, whoever moved it; nothing is waited for.
local function collect(self)
  for client in pairs(self.clients) do
    local tag = core.done(client)
    while tag do
      deliver(tag) -- may only take clients out of the table, which a traversal allows
      tag = core.done(client)
    end
  end
end

local function drain(self)
  local any = false
  repeat
    collect(self)
    local more = go_on(self)
    any = any or more
  until not more
  return any
end

--- The clock of a simulator stands still unless somebody waits on it, so its
--- clients go first and never hold up the others. Of several the one with the
--- earliest thing to do, so that their common clock does not run past it.
local function pick(self)
  local real, real_due, virtual, virtual_due
  for client in pairs(self.clients) do
    local due = core.due(client) or math.huge
    if core.is_virtual(client) then
      if not virtual or due < virtual_due then virtual, virtual_due = client, due end
    elseif not real or due < real_due then
      real, real_due = client, due
    end
  end
  return virtual or real, virtual and math.huge or real_due
end

--- Moves every client: the most urgent one may wait, the others only look.
local function poll(self, seconds)
  local client = next(self.clients)
  if not client then return end
  if next(self.clients, client) then
    local due
    client, due = pick(self)
    if due < (seconds or math.huge) then seconds = due end
  end
  if core.is_virtual(client) then seconds = nil end -- waiting there takes no time here
  local tag = core.poll(client, seconds)
  if tag then deliver(tag) end
  for other in pairs(self.clients) do
    tag = other ~= client and core.poll(other, 0)
    if tag then deliver(tag) end
  end
end

--- Adds a function to run. It starts at the next step, or when there is room.
---@param fn fun(): any
---@param on_end? fun(task: {result: table, raised: boolean?})
---@return table task its `result` is set when it ends: value, info or nil, err
function Tasks:spawn(fn, on_end)
  local task = new_task(fn, on_end)
  self.lane:add(task)
  return task
end

--- Lets everything go on that can; waits at most `seconds` (0: not at all, nil:
--- until something happened). Returns false once all tasks have ended.
---@param seconds? number
---@return boolean more
function Tasks:step(seconds)
  fill(self, self.lane)
  if drain(self) then seconds = 0 end
  poll(self, seconds)
  drain(self)
  return self:pending()
end

---@return boolean whether any task has not ended
function Tasks:pending() return self.lane:pending() end

--- For a loop of one's own: what to watch until the next step. Take the list as a
--- whole each time: a number seen before may belong to another socket now.
---@return {fd: integer, read: boolean, write: boolean}[] sockets
---@return number? seconds until a step is due even without a socket
function Tasks:watch()
  fill(self, self.lane)
  collect(self)
  local sockets, due = {}, nil
  for client in pairs(self.clients) do
    local d = core.is_virtual(client) and 0 or core.due(client)
    if d and (not due or d < due) then due = d end
    if not core.is_virtual(client) then sockets = core.sockets(client) end -- all share one port
  end
  if self.first_ready <= self.last_ready then due = 0 end
  return sockets, due
end

local function results_of(tasks)
  local results = {}
  for i, task in ipairs(tasks) do results[i] = task.result end
  return results
end

local function lane_of(functions, options)
  local lane = new_lane(options)
  lane.tasks = {}
  for i, fn in ipairs(functions) do
    lane.tasks[i] = new_task(fn)
    lane:add(lane.tasks[i])
  end
  return lane
end

--- Runs functions at the same time and waits for all. One failure stops none.
--- Inside a task the other tasks go on meanwhile.
---@param functions (fun(): any, any)[]
---@param options? {max: integer} how many at once; 64 unless told
---@return table[] results in the same order, each {value, info} or {nil, err}
function M.gather(functions, options)
  local lane = lane_of(functions, options)
  if core.scheduled() then
    if lane:pending() then coroutine.yield(lane) end
  else
    local self = new_set(lane)
    while self:step() do end
  end
  return results_of(lane.tasks)
end

return M
