-- SPDX-License-Identifier: Apache-2.0
-- Plans: the script runs with real reads up to its first change, then once more
-- on a simulator seeded with an inventory of the account; what it changes there
-- is the plan. A run that applies a plan makes no change outside it. Things that
-- the plan itself makes have other ids then: they go by the order in which they
-- are first changed, "dws/new-1".
local core = require("hwdb.core")
local journals = require("hwdb.runbook.journal")
local likeness = require("hwdb.runbook.likeness")
local locks = require("hwdb.runbook.locks")
local memory = require("hwdb.runbook.memory")
local problem = require("hwdb.runbook.problem")
local runs = require("hwdb.runbook.runs")
local store = require("hwdb.runbook.store")

local M = {}

local function key_of(op, target)
  return op .. " " .. (target or "")
end

-- "ddm", "ID"
local function parts_of(target)
  return target:match("^([^/]*)/(.*)$")
end

-- Everything that a run was given and read before its first change: what stands in it was there already.
local function seen_before(journal, run, params)
  local parts = { core.encode(params or {}) }
  for record in journals.records(journal, run) do
    if record.phase == "intent" then break end
    parts[#parts + 1] = core.encode(record.data or core.null)
  end
  return table.concat(parts, "\n")
end

---Readies a run that applies a plan.
---@param engine table
---@param journal table
function M.load(engine, journal)
  if not engine.run.plan then return end
  local plan = M.get(journal, engine.run.plan)
  engine.planned, engine.labels, engine.things = {}, {}, {}
  for _, change in ipairs(plan.changes) do
    local key = key_of(change.op, change.target)
    engine.planned[key] = (engine.planned[key] or 0) + 1
    if change.makes_target then table.insert(engine.labels, { op = change.op, label = change.target }) end
  end
end

local function is_planned(engine, key)
  return (engine.planned[key] or 0) > 0
end

-- The first thing of the plan's own making that this change is planned for and that has no name yet.
local function unnamed(engine, op)
  local taken = {}
  for _, label in pairs(engine.things) do taken[label] = true end
  for _, made in ipairs(engine.labels) do
    if made.op == op and not taken[made.label] and is_planned(engine, key_of(op, made.label)) then return made.label end
  end
end

-- The place of a change in the plan: by its target, or as something that this run has made.
local function place_of(engine, call)
  local op, target = call.id.op, locks.target(call.row, call.args)
  local key = key_of(op, target)
  if is_planned(engine, key) or not target then return key, target end
  if engine.things[target] then return key_of(op, engine.things[target]), target end
  local label = unnamed(engine, op)
  if not label then return key, target end
  engine.seen_before = engine.seen_before or seen_before(engine.journal.store, engine.run.id, engine.run.params)
  local _, id = parts_of(target)
  if engine.seen_before:find(id, 1, true) then return key, target end
  return key_of(op, label), target, label
end

---A change that took place uses up its place in the plan.
---@param engine table
---@param call table
function M.used(engine, call)
  if not engine.planned or engine.rolling_back then return end
  local key, target, label = place_of(engine, call)
  if label then engine.things[target] = label end
  engine.planned[key] = (engine.planned[key] or 0) - 1
end

---Raises when a change is not, or no longer, in the plan that is applied.
---@param engine table
---@param call table
function M.require(engine, call)
  if not engine.planned or engine.rolling_back then return end
  local key, target = place_of(engine, call)
  if is_planned(engine, key) then return end
  problem.raise({ kind = "foreign", message = ("the plan %s holds no such change (any more): %s%s; nothing was sent"):format(
    engine.run.plan, call.id.op, target and " of " .. target or ""),
    remedy = "something is not as it was when the plan was made: make another one" })
end

-- -- making ------------------------------------------------------------------------------

local FAILS = { failed = true, waiting = true, cancelled = true }

local function prefix(runbook, rb, opts, scratch)
  local result = runbook.run(rb, { client = opts.client, params = opts.params, journal = scratch, mode = "prefix",
    report = opts.report, terminal = false, store = opts.store })
  if result.error and result.error.kind ~= "planned" then error(result.error, 0) end
  return result
end

local function rehearse(runbook, opts, scratch, id)
  local client, stock = likeness.of(opts, scratch, id)
  return runbook.resume(id, { client = client, params = opts.params, journal = scratch, mode = "rehearse", terminal = false,
    store = opts.store }), stock
end

-- Names the things that come up in the rehearsal only by their order.
local function namer(before)
  local labels, count = {}, 0
  return function(target)
    local service, id = parts_of(target)
    if before:find(id, 1, true) then return target end
    if not labels[target] then
      count = count + 1
      labels[target] = ("%s/new-%d"):format(service, count)
    end
    return labels[target], true
  end
end

local function changes_of(scratch, id, before)
  local list, name_of = {}, namer(before)
  for record in journals.records(scratch, id) do
    if record.phase == "intent" then
      local service, name = record.data.op:match("^(.-)%.(.+)$")
      local row = core.rows(service, name)
      local change = { op = record.data.op, target = locks.target(row, record.data.args), step = record.data.step,
        args = record.data.args, paid = row.paid, irreversible = row.irreversible, at = record.time_ms }
      if change.target then change.target, change.makes_target = name_of(change.target) end
      list[#list + 1] = change
    end
  end
  return list
end

local function named(changes, field)
  local list, seen = core.array({}), {}
  for _, change in ipairs(changes) do
    local text = change.op .. (change.target and " of " .. change.target or "")
    if change[field] and not seen[text] then
      seen[text] = true
      list[#list + 1] = text
    end
  end
  return list
end

local function assembled(rb, opts, found)
  local plan = { name = rb.name, file = rb.file, script = core.sha256(rb.source), params = runs.open_params(rb, opts.params or {}),
    refs = opts.refs, changes = core.array(found.changes), runs = core.array(found.runs), buys = named(found.changes, "paid"),
    cannot_undo = named(found.changes, "irreversible"), asks = core.array(found.asked), made = opts.client:now(),
    by = locks.who().operator, ends = found.ends }
  local keys = {}
  for i, change in ipairs(plan.changes) do keys[i] = { change.op, change.target or core.null, change.args } end
  plan.id = core.sha256(core.encode({ plan.script, plan.params, keys, plan.made })):sub(1, 12)
  return plan
end

-- What was recorded is there to be read; what is recorded now stays in the scratch journal.
local function overlaid(journal, scratch)
  local below, above = store.records(journal), store.records(scratch)
  return { get = function(_, key)
    local value = above:get(key)
    if value == nil then value = below:get(key) end
    return value
  end, put = function(_, key, value, run) return above:put(key, value, run) end }
end

local function made(runbook, rb, given)
  local scratch, opts = memory.new(), {}
  for key, value in pairs(given) do opts[key] = value end
  opts.journal = given.journal or store.open(given.state_dir)
  opts.services = given.services or likeness.services(rb.source)
  opts.store = overlaid(opts.journal, scratch)
  local first = prefix(runbook, rb, opts, scratch)
  local found = { asked = first.asked or {}, changes = {}, runs = {} }
  if first.error then
    local before = seen_before(scratch, first.run, runs.open_params(rb, opts.params or {}))
    local second, stock = rehearse(runbook, opts, scratch, first.run)
    for _, name in ipairs(second.asked or {}) do table.insert(found.asked, name) end
    found.changes, found.runs = changes_of(scratch, first.run, before .. core.encode(stock)), second.would_run or {}
    if FAILS[second.status] then found.ends = tostring(second.error and second.error.message or second.state) end
  end
  local plan = assembled(rb, opts, found)
  local journal = opts.journal
  for _, kept in ipairs({ { "script", plan.script, rb.source }, { "plan", plan.id, core.encode(plan) } }) do
    local ok, err = journal:keep(kept[1], kept[2], kept[3])
    if not ok then journals.failed(err, "keeping the plan") end
  end
  return plan
end

---@param runbook table the module
---@param rb table
---@param opts hwdb.runbook.Options
---@return table? plan id, changes, buys, cannot_undo, asks, ends
---@return table? err
function M.make(runbook, rb, opts)
  local ok, plan = pcall(made, runbook, rb, opts)
  if ok then return plan end
  return nil, problem.from(plan)
end

-- -- applying ------------------------------------------------------------------------------

---@param journal table
---@param id string
---@return table plan; raises when there is none
function M.get(journal, id)
  local text, err = journal:kept("plan", id)
  if err then journals.failed(err, "reading the plan") end
  if not text then
    problem.raise({ kind = "usage", message = "there is no plan " .. id, remedy = "make one: hwdb plan SCRIPT name=value..." })
  end
  return (core.decode(text))
end

---The runbook and the parameters of a plan, with the secrets given anew.
---@param journal table
---@param id string
---@param given table
---@return table rb
---@return table params
function M.taken(journal, id, given)
  local plan = M.get(journal, id)
  local text = journal:kept("script", plan.script)
  local rb, err = require("hwdb.runbook.load").text(text or "", plan.file)
  if not rb then error(err, 0) end
  return rb, runs.params_again({ params = plan.params }, rb, given)
end

return M
