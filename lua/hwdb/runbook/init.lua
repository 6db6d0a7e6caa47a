-- SPDX-License-Identifier: Apache-2.0
-- Runbooks: Lua files that return a header and a function, run in a strict
-- environment against a client. This form keeps no journal: a run that was
-- killed starts anew.
local environment = require("hwdb.runbook.environment")
local handle = require("hwdb.runbook.handle")
local load = require("hwdb.runbook.load")
local params = require("hwdb.runbook.params")
local problem = require("hwdb.runbook.problem")
local questions = require("hwdb.runbook.questions")
local report = require("hwdb.runbook.report")
local store = require("hwdb.runbook.store")

local M = {}

---@class hwdb.runbook.Options
---@field client table of hwdb.client
---@field params table<string, any>? as given; texts are read by the declared types
---@field ask (fun(q: hwdb.runbook.Question): string|boolean|nil)? nil: nobody answered
---@field terminal boolean? false: never ask
---@field accept string[]? names of questions answered with yes beforehand; also params.accept
---@field report table? see report.lua
---@field store table? get(key), put(key, value)
---@field state_dir string? folder of the records
---@field sim table? the simulator in this process, whose records end with it

---@class hwdb.runbook.Result
---@field status "done"|"failed"|"waiting"|"cancelled"
---@field exit integer 0, 1, 2 (parameters), 3 or 130
---@field error table? what ended it
---@field step string? the step that failed
---@field at string? file:line of the script at which it ended
---@field left_behind string? what goes on in the cloud, and how to take it up
---@field steps { name: string, ok: boolean, seconds: number }[]
---@field value any what the runbook's function gave

---Finds and checks a runbook. err.kind is "usage"; its message names file and line.
---@param path_or_name string
---@return table? runbook
---@return table? err
function M.load(path_or_name)
  return load.load(path_or_name)
end

---The same for a text; `chunk` is what messages call it.
---@param text string
---@param chunk string
---@return table? runbook
---@return table? err
function M.load_text(text, chunk)
  return load.text(text, chunk)
end

---@return string[] names of the runbooks inside the program
function M.shipped()
  return load.shipped()
end

local function accepted(opts, given)
  local list = {}
  for _, source in ipairs({ opts.accept or {}, given.accept or {} }) do
    for _, name in ipairs(type(source) == "table" and source or { source }) do list[#list + 1] = name end
  end
  return list
end

local EXIT = { done = 0, failed = 1, waiting = 3, cancelled = 130 }

local function status_of(err)
  if err.kind == "cancelled" then return "cancelled" end
  if err.kind == "waiting" or err.in_doubt == true then return "waiting" end
  return "failed"
end

local function ended(ctx, err)
  local status = err and status_of(err) or "done"
  return { status = status, exit = err and err.kind == "usage" and 2 or EXIT[status], error = err, steps = ctx.steps,
    left_behind = err and ctx.left_behind or nil, at = err and ctx.at or nil, step = err and ctx.failed_step or nil }
end

-- The script's own line that is being executed.
local function line_in(file)
  for level = 3, 200 do
    local info = debug.getinfo(level, "Sl")
    if not info then return nil end
    if info.source == "@" .. file and info.currentline > 0 then return info.currentline end
  end
end

-- A message handler: an error passes it at every step it leaves, and the first pass sees the deepest line.
local function tracer(ctx, file)
  return function(raised)
    if ctx.traced ~= raised then ctx.traced, ctx.line = raised, line_in(file) end
    return raised
  end
end

local function watched(rb, ctx, run, values)
  environment.enter()
  local ok, result = xpcall(rb.run, ctx.trace, run, values)
  environment.leave()
  if ok then
    ctx.value = result
    return nil
  end
  ctx.at = ctx.line and ("%s:%d"):format(rb.file, ctx.line)
  local p = problem.from(result)
  if p.kind == "script" and ctx.at and not p.message:find(rb.file, 1, true) then
    p.message = ctx.at .. ": " .. p.message
  end
  return p
end

-- What a simulator inside the process is known by, or nil.
local function world_of(opts)
  return opts.sim or rawget(opts.client, "is_virtual") and opts.client or nil
end

local function context(opts, given)
  return { client = opts.client, report = report.complete(opts.report),
    questions = questions.new({ accept = accepted(opts, given), ask = opts.ask, terminal = opts.terminal }),
    store = store.choose({ store = opts.store, state_dir = opts.state_dir, world = world_of(opts) }),
    gather = function(...) return require("hwdb").gather(...) end }
end

local function without_accept(given)
  local rest = {}
  for key, value in next, given do
    if key ~= "accept" then rest[key] = value end
  end
  return rest
end

---Runs a loaded runbook to its end. Never raises for what the runbook does.
---@param rb table of load
---@param opts hwdb.runbook.Options
---@return hwdb.runbook.Result
function M.run(rb, opts)
  local given = opts.params or {}
  local ctx = context(opts, given)
  ctx.trace = tracer(ctx, rb.file)
  local run = handle.new(ctx)
  local values, err = params.read(rb.params, without_accept(given), rb.name)
  if values then
    ctx.report:begin(rb, values)
    err = watched(rb, ctx, run, values)
  end
  local result = ended(ctx, err)
  if not err then result.value = ctx.value end
  for _, name in ipairs(ctx.questions:unused()) do
    ctx.report:line("warn", ("accept=%s: no question of this run had that name"):format(name))
  end
  ctx.report:finish(result)
  return result
end

---Loads and runs.
---@param path_or_name string
---@param opts hwdb.runbook.Options
---@return hwdb.runbook.Result
function M.run_file(path_or_name, opts)
  local rb, err = load.load(path_or_name)
  if not rb then return { status = "failed", exit = 2, error = err, steps = {} } end
  return M.run(rb, opts)
end

return M
