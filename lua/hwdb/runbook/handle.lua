-- SPDX-License-Identifier: Apache-2.0
-- The run handle: everything a runbook does to the world goes through it, so
-- that later a journal can stand here and no script has to change. Calls raise
-- the client's error object; run:try turns that back into nil, err.
local names = require("hwdb.runbook.names")
local order = require("hwdb.runbook.order")
local problem = require("hwdb.runbook.problem")
local times = require("hwdb.runbook.times")
local waits = require("hwdb.runbook.waits")
local window = require("hwdb.runbook.window")

local M = {}

local Run = {}

-- Context of a handle: client, report, questions, store, steps… out of a script's reach.
local contexts = setmetatable({}, { __mode = "k" })

local function raised(value, ...)
  if value == nil then error((...), 0) end
  return value, ...
end

local function warn_once(ctx, op, info)
  for _, warning in ipairs(type(info) == "table" and info.warnings or {}) do
    local text = ("%s: %s"):format(op, type(warning) == "table" and warning.message or tostring(warning))
    if not ctx.warned[text] then
      ctx.warned[text] = true
      ctx.report:line("warn", text)
    end
  end
end

-- A service: operations as methods, and the client's iterators.
local function service(ctx, title, api)
  return setmetatable({}, { __metatable = "service", __newindex = function() error("a service cannot be changed", 2) end,
    __index = function(_, op)
      local known, method = pcall(function() return api[op] end)
      if not known then error((tostring(method):gsub("^[^:\n]*:%d+: ", "")), 2) end
      if op == "each" or op == "pages" then
        return function(_, ...) return method(api, ...) end
      end
      return function(_, args)
        local body, info = raised(method(api, args))
        warn_once(ctx, title .. "." .. op, info)
        return body, info
      end
    end })
end

local function of_client(ctx, name)
  if ctx.services[name] == nil then
    local ok, api = pcall(function() return ctx.client[name] end)
    local kind = ok and type(api)
    ctx.services[name] = (kind == "table" or kind == "userdata") and service(ctx, name, api) or false
  end
  return ctx.services[name] or nil
end

---Time on the client's clock, ms since 1970.
function Run:now()
  return contexts[self].client:now()
end

---@param seconds number
function Run:sleep(seconds)
  local slept, err = contexts[self].client:sleep(seconds)
  if slept == nil and problem.is(err) then error(err, 0) end
end

-- Whether a script may go on after it.
local function held_up(err)
  return problem.is(err) and err.kind ~= "script" and not problem.is_stop(err)
end

---Calls fn and gives its results, or nil and the error object of a call, a wait or run:fail. Mistakes of the script,
---Ctrl-C, questions without an answer and mutations in doubt are not held up.
---@param fn function
---@return any ...
function Run:try(fn, ...)
  local results = table.pack(xpcall(fn, contexts[self].trace, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  if not held_up(results[2]) then error(results[2], 0) end
  return nil, results[2]
end

---Names a part of the work, for people; the calls in it are safe by themselves.
---@param name string
---@param fn function
---@return any ... what fn gives
function Run:step(name, fn, ...)
  local ctx = contexts[self]
  local step = { name = name, started = self:now() }
  ctx.steps[#ctx.steps + 1] = step
  ctx.stack[#ctx.stack + 1] = name
  ctx.report:step(name)
  local results = table.pack(xpcall(fn, ctx.trace, ...))
  step.ok, step.seconds = results[1], (self:now() - step.started) / 1000
  ctx.stack[#ctx.stack] = nil
  step.started = nil
  ctx.report:step_end(name, step.ok, step.seconds)
  if not results[1] then
    ctx.failed_step = ctx.failed_step or name
    error(results[2], 0)
  end
  return table.unpack(results, 2, results.n)
end

---@param text string
function Run:note(text)
  contexts[self].report:note(tostring(text))
end

---A line of a list of findings.
---@param kind "ok"|"warn"|"fail"|"unseen"|"log"
---@param text string
function Run:line(kind, text)
  contexts[self].report:line(kind, tostring(text))
end

---@param p { percent: number?, elapsed: number?, waiting_for: string?, deadline: integer? }
function Run:progress(p)
  local ctx = contexts[self]
  p.step = p.step or ctx.stack[#ctx.stack]
  ctx.report:progress(p)
end

---Asks a person. True if they agree; without anyone to ask, the run ends (exit code 3) unless accept=NAME was given.
---@param q hwdb.runbook.Question
---@return boolean
function Run:ask(q)
  local ctx = contexts[self]
  if type(q) ~= "table" or type(q.name) ~= "string" or type(q.question) ~= "string" then
    error("run:ask needs name and question", 2)
  end
  return ctx.questions:put(q, ctx.report)
end

---@param spec hwdb.runbook.Wait
---@return { state: string?, value: any, person: boolean, seconds: number }
function Run:wait(spec)
  return waits.wait(self, spec)
end

---Ends the run as failed.
---@param message string
---@param remedy string?
function Run:fail(message, remedy) -- luacheck: ignore 212
  problem.raise({ kind = "failed", message = tostring(message), remedy = remedy and tostring(remedy) })
end

---Ends the run as waiting (exit code 3): the rest is a person's to decide.
---@param message string
---@param remedy string?
function Run:hand_over(message, remedy) -- luacheck: ignore 212
  problem.raise({ kind = "waiting", message = tostring(message), remedy = remedy and tostring(remedy) })
end

---A dated window. Raises when it makes no sense or nothing can begin in it any more.
---@param spec { from: string, to: string, zone: string, cut_off: number? }
---@return hwdb.runbook.Window
function Run:window(spec)
  local w = window.read(spec)
  if window.state(w, self:now()) == "late" then
    problem.raise({ kind = "usage", message = ("the window %s is over"):format(w.text),
      remedy = "give one in the future; it is now " .. times.text(self:now()) })
  end
  return w
end

---Waits until the window is open. When its cut-off has passed the run ends, waiting for a person to give another one.
---@param w hwdb.runbook.Window
function Run:enter(w)
  while window.state(w, self:now()) == "early" do
    local left = (w.opens - self:now()) / 1000
    self:progress({ waiting_for = "the window " .. w.text, deadline = w.opens })
    self:sleep(math.min(60, left))
  end
  if window.state(w, self:now()) == "late" then
    problem.raise({ kind = "waiting", message = ("the window %s has passed: nothing is begun any more"):format(w.text),
      remedy = "give another window" })
  end
end

---Runs functions side by side. One failing call stops none of the others; what run:try lets through is raised once all
---have ended.
---@param fns function[]
---@param options { max: integer? }?
---@return table[] each {value, …}, or {nil, err}
function Run:gather(fns, options)
  local ctx, guarded, results = contexts[self], {}, {}
  for i, fn in ipairs(fns) do
    guarded[i] = function() return table.pack(xpcall(fn, ctx.trace)) end
  end
  for i, ended in ipairs(ctx.gather(guarded, options)) do
    local packed = ended[1]
    if packed[1] then
      results[i] = table.move(packed, 2, packed.n, 1, {})
    elseif held_up(packed[2]) then
      results[i] = { nil, packed[2] }
    else
      error(packed[2], 0)
    end
  end
  return results
end

---Keeps a fact for later runs, on disk. Plain data only.
---@param key string
---@param value any nil forgets it
function Run:record(key, value)
  contexts[self].store:put(key, value)
end

---@param key string
---@return any value nil if nothing was recorded
function Run:recorded(key)
  return contexts[self].store:get(key)
end

---What a person has to know if the run ends early from here on; nil when there is nothing any more.
---@param text string?
function Run:if_stopped(text)
  contexts[self].left_behind = text
end

---@param ms integer?
---@param zone string? "+08:00"; UTC unless given
---@return string
function Run:clock(ms, zone)
  return times.text(ms or self:now(), zone and times.zone(zone) or 0)
end

Run.NOW = waits.NOW

---A length in words: "3 h 10 min".
---@param seconds number
---@return string
function Run:span(seconds) -- luacheck: ignore 212
  return times.span(seconds)
end

local function unknown(name)
  local list = order.keys(Run)
  list[#list + 1] = "ddm"
  list[#list + 1] = "dws"
  list[#list + 1] = "dbss"
  error(("run.%s does not exist%s"):format(tostring(name), names.hint(name, list)), 3)
end

local meta = { __metatable = "run", __newindex = function() error("the run handle cannot be changed", 2) end,
  __index = function(run, name)
    local member = Run[name]
    if member ~= nil then return member end
    return of_client(contexts[run], name) or unknown(name)
  end }

---@param ctx { client: table, report: table, questions: table, store: table, gather: function, trace: function }
---@return table run
function M.new(ctx)
  ctx.services, ctx.steps, ctx.stack, ctx.warned = {}, {}, {}, {}
  local run = setmetatable({}, meta)
  contexts[run] = ctx
  return run
end

return M
