-- SPDX-License-Identifier: Apache-2.0
-- Whether a change whose answer is missing took place: by the probe that stands
-- beside its row in hwdb.effects, else by a person. Never by guessing.
local core = require("hwdb.core")
local effects = require("hwdb.effects")
local problem = require("hwdb.runbook.problem")
local reach = require("hwdb.reach")

local M = {}

local HOUR = 3600000
local DAY = 86400000

---The value at a path such as "job.status".
local function at(value, path)
  value = reach(value, path)
  if value ~= core.null then return value end
end

---An argument of a call, wherever the script put it: instance_id, path.instance_id, database.name.
---@param args table
---@param name string
---@return any
function M.argument(args, name)
  for _, prefix in ipairs({ "", "path.", "body.", "query." }) do
    if args[prefix .. name] ~= nil then return args[prefix .. name] end
  end
  return at(args, name)
end

-- "$name" is the call's argument, "@now" and "@month" moments of a job list, anything else itself.
local function filled(engine, value, args)
  if type(value) ~= "string" then return value end
  if value:sub(1, 1) == "$" then return M.argument(args, value:sub(2)) end
  -- The list refuses to look back further than 30 days, and an hour allows for clocks that differ.
  if value == "@month" then return engine.client:now() - 30 * DAY + HOUR end
  if value == "@now" then return engine.client:now() + HOUR end
  return value
end

local function filled_all(engine, template, args)
  local result = {}
  for key, value in pairs(template or {}) do result[key] = filled(engine, value, args) end
  return result
end

local function is_one_of(wanted, value)
  if type(wanted) ~= "table" then return tostring(wanted) == tostring(value) end
  for _, each in ipairs(wanted) do
    if each == value then return true end
  end
  return false
end

local function matches(item, where)
  for path, wanted in pairs(where) do
    if not is_one_of(wanted, at(item, path)) then return false end
  end
  return true
end

local function listed(engine, probe, args)
  local service, op = probe.look:match("^(.-)%.(.+)$")
  local api, found = engine.client[service], {}
  if probe.items then
    local body, err = api[op](api, args)
    if body == nil then error(err, 0) end
    local items = at(body, probe.items)
    for _, item in ipairs(type(items) == "table" and items or {}) do found[#found + 1] = item end
    return found
  end
  for item in api:each(op, args) do found[#found + 1] = item end
  return found
end

-- The things a probe looks at that are this call's. Raises what a look raises; gone things are none.
local function candidates(engine, probe, args)
  local given = filled_all(engine, probe.args, args)
  if not (probe.where or probe.list or probe.items) then
    local service, op = probe.look:match("^(.-)%.(.+)$")
    local api = engine.client[service]
    local body, err = api[op](api, given)
    if body == nil then
      if effects.is_gone(err) then return {} end
      error(err, 0)
    end
    return { body }
  end
  local ok, found = pcall(listed, engine, probe, given)
  if not ok then
    if effects.is_gone(found) then return {} end
    error(found, 0)
  end
  local own, where, name = {}, filled_all(engine, probe.where, args), filled(engine, probe.name, args)
  for _, item in ipairs(found) do
    if name ~= nil and item == name or name == nil and matches(item, where) then own[#own + 1] = item end
  end
  return own
end

local function key_of(probe, item)
  if type(item) ~= "table" then return tostring(item) end
  return tostring((at(item, probe.key or "id")))
end

local function probe_of(call)
  local effect = effects.of(call.row.service, call.row.name)
  return effect and effect.probe or nil
end

-- Each of several probes has to know something of its own.
local function before_of(engine, probe, call)
  if probe.any then
    local list, known = core.array({}), false
    for i, each in ipairs(probe.any) do
      local before = before_of(engine, each, call)
      list[i], known = before or core.null, known or before ~= nil
    end
    return known and { any = list } or nil
  end
  if not probe.new then return nil end
  local ok, found = pcall(candidates, engine, probe, call.args)
  if not ok then
    if problem.is_stop(found) or not problem.is(found) then error(found, 0) end
    return { unseen = found.message }
  end
  local keys = core.array({})
  for i, item in ipairs(found) do keys[i] = key_of(probe, item) end
  return { keys = keys }
end

local function orders_of(ordered)
  return { look = "bss.list_orders", args = { service_type_code = ordered.type, limit = 100 }, list = true, new = true,
    key = "order_id", answer = { [ordered.answer] = "order_id" } }
end

-- Whether a change becomes an order: its arguments say so, or the thing it is made to was bought by one.
local function is_ordered(engine, ordered, call)
  if ordered.where then
    for path, wanted in pairs(ordered.where) do
      if not is_one_of(wanted, M.argument(call.args, path)) then return false end
    end
    return true
  end
  local found = candidates(engine, ordered, call.args)
  local value = found[1] and at(found[1], ordered.field)
  return value ~= nil and value ~= ""
end

local function orders_before(engine, ordered, call)
  local ok, is = pcall(is_ordered, engine, ordered, call)
  if ok then return is and before_of(engine, orders_of(ordered), call) or nil end
  if problem.is_stop(is) or not problem.is(is) then error(is, 0) end
  return { unseen = is.message }
end

---What a probe has to know of the time before: which of the things it looks for were there already.
---@param engine table
---@param call table
---@return table? before {keys} or {unseen = message}; {any = {before, …}} of several; orders = {keys} of what is ordered
function M.before(engine, call)
  local probe = probe_of(call)
  if not probe then return nil end
  local before = before_of(engine, probe, call)
  local orders = probe.ordered and orders_before(engine, probe.ordered, call)
  if not orders then return before end
  before = before or {}
  before.orders = orders
  return before
end

local function fresh(probe, found, before)
  if not probe.new then return found end
  local old, list = {}, {}
  for _, key in ipairs(before and before.keys or {}) do old[key] = true end
  for _, item in ipairs(found) do
    if not old[key_of(probe, item)] then list[#list + 1] = item end
  end
  return list
end

-- The answer the service would have given, as far as the probe's data says it. A path "a.1.b" makes a list.
local function adopted(probe, item, args)
  local answer = {}
  for path, source in pairs(probe.answer or {}) do
    local value
    if source:sub(1, 1) == "$" then value = M.argument(args, source:sub(2)) else value = at(item, source) end
    local here, parts = answer, {}
    for part in path:gmatch("[^.]+") do parts[#parts + 1] = math.tointeger(tonumber(part)) or part end
    for i = 1, #parts - 1 do
      here[parts[i]] = here[parts[i]] or {}
      here = here[parts[i]]
    end
    here[parts[#parts]] = value
  end
  return answer
end

local function state_of(probe, item)
  for word, state in pairs(probe.operations or {}) do
    if is_one_of(type(item.operations) == "table" and item.operations or {}, word) then return state end
  end
  return at(item, probe.field)
end

-- What an argument names several of: the members of a list, or of a text with commas.
local function elements(value)
  if type(value) ~= "string" then return type(value) == "table" and value or {} end
  local list = {}
  for word in value:gmatch("[^,%s]+") do list[#list + 1] = word end
  return list
end

-- A member that was not given counts for any.
local function is_of(item, element, as)
  for path, member in pairs(as) do
    local wanted
    if member == "" then wanted = element else wanted = at(element, member) end
    if wanted ~= nil and tostring(at(item, path)) ~= tostring(wanted) then return false end
  end
  return true
end

-- Whether each thing that the call names is among those found, as it was asked to be; or with `none`, none of them.
local function judged_each(engine, probe, call, found)
  local named, there = elements(filled(engine, probe.each, call.args)), 0
  if #named == 0 or (probe.within and #found ~= 1) then return "open" end
  local items = probe.within and at(found[1], probe.within) or found
  local also = filled_all(engine, probe.also, call.args)
  for _, element in ipairs(named) do
    for _, item in ipairs(items) do
      if is_of(item, element, probe.as) and matches(item, also) then
        there = there + 1
        break
      end
    end
  end
  if there == (probe.none and 0 or #named) then return "done", {} end
  return "undone"
end

-- "done" and the answer, "undone", or "open".
-- Of a thing only what was given counts.
local function same_element(wanted, element)
  if type(wanted) ~= "table" or type(element) ~= "table" then return tostring(wanted) == tostring(element) end
  for name, value in pairs(wanted) do
    if tostring(element[name]) ~= tostring(value) then return false end
  end
  return true
end

-- A list is the same in any order.
local function as_asked(wanted, value)
  if type(wanted) ~= "table" or type(value) ~= "table" then return is_one_of(wanted, value) end
  if #wanted ~= #value then return false end
  for _, each in ipairs(wanted) do
    local there = false
    for _, element in ipairs(value) do there = there or same_element(each, element) end
    if not there then return false end
  end
  return true
end

local function judged(engine, probe, call, found)
  if probe.each then return judged_each(engine, probe, call, found) end
  if probe.gone then
    if #found == 0 then return "done", {} end
    if probe.field and is_one_of(probe.gone, at(found[1], probe.field)) then return "done", {} end
    return "undone"
  end
  if #found == 0 then return probe.absent or "undone" end
  if probe.many then return "done", {} end
  if #found > 1 then return "open" end
  if probe.same then
    for path, wanted in pairs(probe.same) do
      local value = filled(engine, wanted, call.args)
      if value ~= nil and not as_asked(value, at(found[1], path)) then return "undone" end
    end
    return "done", adopted(probe, found[1], call.args)
  end
  if not probe.field then return "done", adopted(probe, found[1], call.args) end
  local state = state_of(probe, found[1])
  if is_one_of(probe.done, state) then return "done", adopted(probe, found[1], call.args) end
  if probe.undone == "other" then return is_one_of(probe.open or {}, state) and "open" or "undone" end
  return is_one_of(probe.undone or {}, state) and "undone" or "open"
end

local look

-- One probe that says done is enough; all have to say undone.
local function look_at_any(engine, probe, call, before)
  local open, why = false, nil
  for i, each in ipairs(probe.any) do
    local own = before and before.any and before.any[i]
    local outcome, more = look(engine, each, call, own ~= core.null and own or nil)
    if outcome == "done" then return "done", more end
    if outcome == "open" then open, why = true, why or more end
  end
  if open then return "open", why end
  return "undone"
end

function look(engine, probe, call, before)
  if probe.any then return look_at_any(engine, probe, call, before) end
  if before and before.unseen then return "open", before.unseen end
  local ok, found = pcall(candidates, engine, probe, call.args)
  if ok then return judged(engine, probe, call, fresh(probe, found, before)) end
  if problem.is_stop(found) or not problem.is(found) then error(found, 0) end
  return "open", found.message
end

-- A change that becomes an order is looked for among the orders first, whose answer it would have had; what came since the
-- intent is this one.
local function look_everywhere(engine, probe, call, before)
  local orders = before and before.orders
  if not orders then return look(engine, probe, call, before) end
  local ordered, why = look(engine, orders_of(probe.ordered), call, orders)
  if ordered == "done" then return ordered, why end
  local outcome, more = look(engine, probe, call, before)
  if ordered == "open" and outcome == "undone" then return "open", why end
  return outcome, more
end

-- Looks until the change is found, or until it would have shown by now.
local function probed(engine, probe, call, intent)
  local before = intent.before
  if before and before.unseen then return "open", before.unseen end
  local settle = probe.settle or effects.SETTLE
  local ends = engine.client:now() + settle * 1000
  local outcome, more = look_everywhere(engine, probe, call, before)
  while outcome ~= "done" and engine.client:now() < ends do
    engine.report:progress({ step = engine.stack[#engine.stack], deadline = ends,
      waiting_for = "certainty whether " .. call.id.op .. " took place" })
    engine:rest(math.min(10, settle))
    outcome, more = look_everywhere(engine, probe, call, before)
  end
  return outcome, more
end

---What the probe of a change says: "done" and the answer, "undone" or "open".
---@param engine table
---@param call table
---@param intent table
---@return string outcome
---@return any
function M.probe(engine, call, intent)
  local probe = probe_of(call)
  if not probe then return "open" end
  return probed(engine, probe, call, intent)
end

local function name_of(place)
  return place.branch .. "#" .. place.n
end

-- What a person said about it, if anybody did.
local function person_said(engine, place)
  local text = engine.journal.store:kept("resolution", engine.journal.run .. "/" .. name_of(place))
  return text and core.decode(text) or nil
end

local function ask_a_person(engine, place, call, intent, why)
  engine.run.doubt = { place = name_of(place), op = call.id.op, attempt = intent.attempt or 1, args = call.id.args, step = intent.step,
    since = intent.time_ms }
  problem.raise({ kind = "in_doubt", operation = call.id.op, in_doubt = true,
    message = ("IN_DOUBT: nobody knows whether %s took place%s"):format(call.id.op, why and ": " .. why or ""),
    remedy = ("look at the resource yourself, then: hwdb resolve %s --done|--not-done --reason TEXT"):format(
      engine.journal.run) })
end

---Finds out about an intent without an answer: "done" and the answer, or "undone". Raises in_doubt when only a person
---can tell.
---@param engine table
---@param place hwdb.runbook.Place
---@param call table
---@param intent table
---@param back boolean? the run is being taken back: what may have happened is taken back as well
---@return "done"|"undone"
---@return table? answer
function M.resolve(engine, place, call, intent, back)
  local said = person_said(engine, place)
  if said and said.attempt == (intent.attempt or 1) then
    engine.run.doubt = nil
    engine.report:note(("%s: %s by the word of %s: %s"):format(call.id.op, said.done and "done" or "not done", said.by,
      said.reason))
    if said.done then return "done", said.answer or {} end
    return "undone"
  end
  local effect = effects.of(call.row.service, call.row.name)
  if not effect then return ask_a_person(engine, place, call, intent, "it has no probe") end
  if effect.repeatable and back then return "done", {} end
  if effect.repeatable then return "undone" end
  if not effect.probe then return ask_a_person(engine, place, call, intent, effect.person) end
  engine.report:note(("the answer of %s is missing: looking whether it took place"):format(call.id.op))
  local outcome, more = probed(engine, effect.probe, call, intent)
  if outcome == "done" then
    engine.report:note(call.id.op .. " took place; its answer is adopted")
    return "done", more
  end
  if outcome == "undone" then
    engine.report:note(call.id.op .. " did not take place")
    return "undone"
  end
  return ask_a_person(engine, place, call, intent, more)
end

return M
