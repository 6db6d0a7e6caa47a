-- SPDX-License-Identifier: Apache-2.0
-- Runbooks: Lua files that return a header and a function, run in a strict
-- environment against a client. Each run is journaled: killed anywhere, it is
-- taken up where it was, and nothing is done twice.
local core = require("hwdb.core")
local engines = require("hwdb.runbook.engine")
local environment = require("hwdb.runbook.environment")
local handle = require("hwdb.runbook.handle")
local journals = require("hwdb.runbook.journal")
local load = require("hwdb.runbook.load")
local locks = require("hwdb.runbook.locks")
local paced = require("hwdb.runbook.paced")
local params = require("hwdb.runbook.params")
local plans = require("hwdb.runbook.plans")
local problem = require("hwdb.runbook.problem")
local questions = require("hwdb.runbook.questions")
local report = require("hwdb.runbook.report")
local runs = require("hwdb.runbook.runs")
local store = require("hwdb.runbook.store")
local undo = require("hwdb.runbook.undo")

local M = {}

---@class hwdb.runbook.Options
---@field client table of hwdb.client
---@field params table<string, any>? as given; texts are read by the declared types
---@field ask (fun(q: hwdb.runbook.Question): string|boolean|nil)? nil: nobody answered
---@field terminal boolean? false: never ask
---@field accept string[]? names of questions answered with yes beforehand; also params.accept
---@field report table? see report.lua
---@field journal table? an open journal (core.store)
---@field state_dir string? folder of the journal, instead of the user's
---@field store table? of records: get(key), put(key, value); without a journal, the run's own ends with the process
---@field sim table? the simulator in this process, whose journal ends with it
---@field refs table<string, string>? where secrets come from ("env:NAME"), kept for the next time
---@field notify (fun(event: string, run: table, result: table))? told of waiting, in_doubt, failed, done …
---@field pace table<string, integer>? calls a minute, by service; shared by all processes of this user
---@field services string[]? what a plan takes stock of; the services the script names unless given
---@field plan string? id of the plan that is applied
---@field mode "prefix"|"rehearse"|nil up to the first change only; with changes in a likeness of the world (see plans.lua)
---Taking up only:
---@field rotated string[]? secrets that were changed meanwhile
---@field script string? another text of the script, which has to replay cleanly first
---@field rollback boolean? take back what was done instead of going on

---@class hwdb.runbook.Result
---@field status "done"|"failed"|"waiting"|"cancelled"
---@field exit integer 0, 1, 2 (parameters, another script), 3 or 130
---@field run string? id of the run
---@field state string? of the run: done, failed, waiting, in_doubt, paused, interrupted, cancelled, rolled_back
---@field head string? hash of the audit's last entry
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

-- What the run's page says, and what the program's caller is told, by what ended it.
local STATES = { cancelled = "interrupted", waiting = "waiting", in_doubt = "in_doubt", paused = "paused", foreign = "waiting" }
local STATUS = { interrupted = "cancelled", cancelled = "cancelled", waiting = "waiting", in_doubt = "waiting",
  paused = "waiting" }

local function state_of(err)
  if not err then return "done" end
  if err.kind == "cancelled" and err.by then return "cancelled" end
  if err.in_doubt == true then return "in_doubt" end
  return STATES[err.kind] or "failed"
end

local USAGE = { usage = true, replay = true }

local function ended(engine, err)
  local state = state_of(err)
  local status = STATUS[state] or (err and "failed" or "done")
  -- Nothing was sent by a run that was cancelled from elsewhere; only Ctrl-C is an interrupt.
  return { status = status, exit = err and (USAGE[err.kind] and 2 or state == "cancelled" and 1) or EXIT[status], error = err,
    steps = engine.steps, state = state, left_behind = err and engine.left_behind or nil, at = err and engine.at or nil,
    step = err and engine.failed_step or nil }
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
local function tracer(seen, file)
  return function(raised)
    if seen.traced ~= raised then seen.traced, seen.line = raised, line_in(file) end
    return raised
  end
end

local function watched(rb, engine, fn, ...)
  environment.enter()
  local ok, result = xpcall(fn, engine.trace, ...)
  environment.leave()
  if ok then return nil, result end
  engine.at = engine.seen.line and ("%s:%d"):format(rb.file, engine.seen.line)
  local p = problem.from(result)
  if p.kind == "script" and engine.at and not p.message:find(rb.file, 1, true) then
    p.message = engine.at .. ": " .. p.message
  end
  return p
end

-- What a simulator inside the process is known by, or nil.
local function world_of(opts)
  return opts.sim or rawget(opts.client, "is_virtual") and opts.client or nil
end

local function without_accept(given)
  local rest = {}
  for key, value in next, given do
    if key ~= "accept" then rest[key] = value end
  end
  return rest
end

-- -- one go at a run -------------------------------------------------------------------

local function engine_of(rb, run, opts, parts)
  local seen = {}
  local client = paced.wrap(opts.client, parts.journal, opts.pace or rb.pace)
  local engine = engines.new({ client = client, run = run, report = parts.report, records = parts.records, seen = seen,
    journal = journals.open(parts.journal, run.id, function() return opts.client:now() end),
    questions = questions.new({ accept = accepted(opts, opts.params or {}), ask = opts.ask, terminal = opts.terminal }),
    pace = opts.pace or rb.pace,
    gather = function(...) return require("hwdb").gather(...) end, trace = tracer(seen, rb.file), mode = parts.mode or opts.mode,
    line_now = function()
      local line = line_in(rb.file)
      return line and ("%s:%d"):format(rb.file, line)
    end })
  engine.on_progress = function() runs.save(parts.journal, run, engine:now()) end
  plans.load(engine, parts.journal)
  if engine.replaying or parts.mode then engine.report:mute() end
  return engine
end

local function target_of(template, values)
  local missing
  local target = template:gsub("{([%w_]+)}", function(name)
    if values[name] == nil then missing = true end
    return tostring(values[name])
  end)
  return not missing and target or nil
end

local function lock_targets(rb, engine, values)
  for _, template in ipairs(rb.targets or {}) do locks.require(engine, target_of(template, values)) end
end

local function tell_unused(engine)
  for _, name in ipairs(engine.questions:unused()) do
    engine.report:line("warn", ("accept=%s: no question of this run had that name"):format(name))
  end
end

-- The page of a run that ends; what a damaged or full journal does not take is not worth another failure.
local function put_down(engine, parts, run, result)
  local err = result.error
  if err and (err.kind == "replay" or err.kind == "locked") then return end
  run.state, run.progress = result.state, nil
  run.error = err and { kind = err.kind, message = err.message, remedy = err.remedy, operation = err.operation,
    request_id = err.request_id, code = err.code, status = err.status, at = result.at, step = result.step } or nil
  run.left_behind, run.value = result.left_behind, nil
  if not (err and err.kind == "waiting") then run.gate = nil end
  if pcall(core.encode, result.value) then run.value = result.value end
  local ok, failure = pcall(function()
    engine.journal:flush()
    runs.save(parts.journal, run, engine:now())
  end)
  if not ok and not err then result.error, result.status, result.exit, result.state = failure, "failed", 1, "failed" end
end

local function finish(engine, parts, run, result, opts)
  put_down(engine, parts, run, result)
  result.asked, result.would_run = opts.mode and engine.asked or nil, opts.mode and engine.would_run or nil
  result.run, result.head, result.gate, result.doubt = run.id, parts.journal:audit_head() or nil, run.gate, run.doubt
  locks.release(engine)
  parts.journal:unlock("run/" .. run.id)
  tell_unused(engine)
  engine.report:unmute()
  engine.report:finish(result)
  if opts.notify then opts.notify(result.state, run, result) end
  return result
end

-- Rebuilds the compensations by replaying, then runs them.
local function roll_back(rb, engine, handle_of_run, values)
  local err = watched(rb, engine, rb.run, handle_of_run, values)
  if err and problem.is_stop(err) and err.kind ~= "unwound" then return err end
  engine.report:unmute()
  engine.replaying = false
  return watched(rb, engine, function() return undo.roll_back(engine) end)
end

local function go_back(rb, engine, parts, run, values, opts)
  run.state, engine.mode = "rolling_back", "rollback"
  runs.save(parts.journal, run, engine:now())
  local err, count = roll_back(rb, engine, handle.new(engine), values)
  local result = ended(engine, err)
  if err then
    -- Taken up again, it goes on going back.
    result.state = "rolling_back"
  else
    result.state, result.status, result.exit, result.value = "rolled_back", "done", 0, { undone = count }
  end
  return finish(engine, parts, run, result, opts)
end

local function go(rb, engine, parts, run, values, opts)
  local locked, refusal = pcall(lock_targets, rb, engine, values)
  local err, value = not locked and problem.from(refusal) or nil, nil
  if locked then err, value = watched(rb, engine, rb.run, handle.new(engine), values) end
  local result = ended(engine, err)
  if not err then result.value = value end
  if result.state == "cancelled" and err.rollback then
    locks.release(engine)
    local again = engine_of(rb, run, opts, parts)
    return go_back(rb, again, parts, run, values, opts)
  end
  return finish(engine, parts, run, result, opts)
end

local function refused_early(rep, err)
  local result = { status = "failed", exit = USAGE[err.kind] and 2 or 1, error = err, steps = {} }
  rep:finish(result)
  return result
end

-- -- begin, take up ----------------------------------------------------------------------

local function begin(rb, opts, parts, given, values)
  local run = runs.create(parts.journal, rb, { client = opts.client, given = given, values = values, refs = opts.refs,
    plan = opts.plan })
  locks.take(parts.journal, "run/" .. run.id, run.id, opts.client:now())
  return run
end

---Runs a loaded runbook to its end. Never raises for what the runbook does.
---@param rb table of load
---@param opts hwdb.runbook.Options
---@return hwdb.runbook.Result
function M.run(rb, opts)
  local given = without_accept(opts.params or {})
  local rep = report.complete(opts.report)
  local values, err = params.read(rb.params, given, rb.name)
  if not values then return refused_early(rep, err) end
  local parts, run = { report = rep }, nil
  local ok, failure = pcall(function()
    parts.journal, parts.records = store.choose({ journal = opts.journal, store = opts.store, state_dir = opts.state_dir,
      world = world_of(opts) })
    run = begin(rb, opts, parts, given, values)
    parts.engine = engine_of(rb, run, opts, parts)
  end)
  if not ok then return refused_early(rep, problem.from(failure)) end
  -- A run whose world ends with this process cannot be named to another one.
  rep:begin(rb, values, not world_of(opts) and run or nil)
  return go(rb, parts.engine, parts, run, values, opts)
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

local function loaded(text, file)
  local rb, err = load.text(text, file)
  if not rb then error(err, 0) end
  return rb
end

local function script_of(journal, run)
  local text, err = journal:kept("script", run.script)
  if not text then
    problem.raise(err or { kind = "usage", message = ("the script of the run %s is not in the journal"):format(run.id) })
  end
  return loaded(text, run.file)
end

-- Replays without doing anything new; raises where another script leaves the journal's path.
local function verify(rb, run, opts, parts, values)
  local engine = engine_of(rb, run, opts, { journal = parts.journal, records = parts.records, mode = "verify",
    report = report.complete() })
  local err = watched(rb, engine, rb.run, handle.new(engine), values)
  if err and (err.kind == "replay" or err.kind == "script") then
    err.kind, err.remedy = "replay", err.remedy or "the new script was not taken; nothing was sent"
    error(err, 0)
  end
  local left = engine:unreached()
  if left then
    problem.raise({ kind = "replay", message = ("the new script leaves out what the journal has: %s"):format(left),
      remedy = "nothing was sent; go on with the script the run began with" })
  end
end

-- A run that was given up can still be taken back.
local function require_open(run, back)
  if runs.ENDED[run.state] and not (back and run.state == "cancelled") then
    problem.raise({ kind = "usage", message = ("the run %s has ended: %s"):format(run.id, run.state), remedy = "begin a new one" })
  end
end

local function adopt_script(rb, run, opts, parts, values)
  verify(rb, run, opts, parts, values)
  run.script = core.sha256(rb.source)
  local kept, err = parts.journal:keep("script", run.script, rb.source)
  if not kept then journals.failed(err, "keeping the script") end
end

local function audit_rotation(parts, run, changed, opts)
  if #changed == 0 then return end
  journals.open(parts.journal, run.id, function() return opts.client:now() end):audit({ what = "rotated",
    names = changed, operator = locks.who().operator })
end

local function taken_up(id, opts, parts)
  parts.journal, parts.records = store.choose({ journal = opts.journal, store = opts.store, state_dir = opts.state_dir,
    world = world_of(opts) })
  local run = runs.get(parts.journal, id)
  require_open(run, opts.rollback)
  locks.take(parts.journal, "run/" .. id, id, opts.client:now())
  run = runs.get(parts.journal, id)
  require_open(run, opts.rollback)
  runs.require_account(run, opts.client)
  local rb = opts.script and loaded(opts.script, run.file) or script_of(parts.journal, run)
  local given = runs.params_again(run, rb, without_accept(opts.params or {}))
  local values, err = params.read(rb.params, given, rb.name)
  if not values then error(err, 0) end
  audit_rotation(parts, run, runs.require_secrets(parts.journal, run, values, opts.rotated), opts)
  if opts.script then adopt_script(rb, run, opts, parts, values) end
  run.refs = opts.refs or run.refs
  return rb, run, values
end

-- Somebody may have asked to give the run up just before its process died.
local function cancel_asked(parts, run)
  local text = parts.journal:kept("control", run.id)
  local asked = text and text ~= "" and core.decode(text)
  return asked and asked.want == "cancel" and asked or nil
end

local function clear_control(parts, run)
  local ok, err = parts.journal:keep("control", run.id, "")
  if not ok then journals.failed(err, "clearing what was asked of the run") end
end

---Takes up a run that was killed, or stopped for a person. It goes on with the script it began with.
---@param id string
---@param opts hwdb.runbook.Options
---@return hwdb.runbook.Result
function M.resume(id, opts)
  local rep, parts, rb, run, values = report.complete(opts.report), {}, nil, nil, nil
  parts.report = rep
  local ok, failure = pcall(function()
    rb, run, values = taken_up(id, opts, parts)
    local asked = cancel_asked(parts, run)
    clear_control(parts, run)
    parts.back = opts.rollback or run.state == "rolling_back" or asked and asked.rollback
    if asked and not parts.back then
      run.state = "cancelled"
      runs.save(parts.journal, run, opts.client:now())
      problem.raise({ kind = "cancelled", by = asked.by, message = ("the run was cancelled by %s; nothing was sent"):format(asked.by) })
    end
    parts.engine = engine_of(rb, run, opts, parts)
    if not parts.back then run.state = "running" end
    runs.save(parts.journal, run, opts.client:now())
  end)
  if not ok then
    if parts.journal and not (problem.is(failure) and failure.kind == "locked") then parts.journal:unlock("run/" .. id) end
    return refused_early(rep, problem.from(failure))
  end
  rep:begin(rb, values, not world_of(opts) and run or nil)
  if parts.back then return go_back(rb, parts.engine, parts, run, values, opts) end
  return go(rb, parts.engine, parts, run, values, opts)
end

---What a runbook would change: real reads, then a rehearsal on a simulator seeded with the account's objects. The plan is
---kept in `opts.journal` (the user's unless given) under its id.
---@param rb table
---@param opts hwdb.runbook.Options
---@return table? plan
---@return table? err
function M.plan(rb, opts)
  return plans.make(M, rb, opts)
end

---Carries a plan out: the same script and parameters, and no change that the plan does not hold.
---@param id string
---@param opts hwdb.runbook.Options
---@return hwdb.runbook.Result
function M.apply(id, opts)
  local rep = report.complete(opts.report)
  local ok, rb, given = pcall(plans.taken, opts.journal or store.open(opts.state_dir), id, opts.params or {})
  if not ok then return refused_early(rep, problem.from(rb)) end
  local again = {}
  for key, value in pairs(opts) do again[key] = value end
  again.params, again.plan = given, id
  return M.run(rb, again)
end

---The runs of a journal, newest first.
---@param journal table
---@param state string?
---@return table[]
function M.list(journal, state)
  return runs.list(journal, state)
end

---Opens the user's journal, or the one in a folder. Raises why it cannot be.
---@param folder string?
---@return table journal of core.store
function M.journal(folder)
  return store.open(folder)
end

return M
