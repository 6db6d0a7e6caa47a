-- SPDX-License-Identifier: Apache-2.0
-- Brings the parameters of many DDM instances to those of a template: one instance first, then batches.
--
--   1. plan        the template, and how each instance differs from it, as a table; back=true takes the values that the
--                  last roll-out found instead
--   2. preflight   every prerequisite an API can see, of all instances that would change
--   3. confirm     a person types the template's name
--   4. canary      one instance: its values are recorded, set, read back; restarted where a parameter needs it
--   5. go on       a person looks at it, then says so
--   6. batches     the others, some at a time; the first batch in which one fails is the last
--   7. report      what became of each instance
--
-- Editing a template touches no instance, and no call applies one: the values are set on each instance (4.10.3).
-- Restarts are one at a time, after a question or in a dated window; an instance is not available meanwhile.

-- These two change together or not at all.
local PAIR = { "character_set_server", "collation_server" }

local function words(list)
  return table.concat(list, ", ")
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list or {}) do set[value] = true end
  return set
end

---------------------------------------------------------------------------
-- 1. Plan.

local function template_of(run, p)
  local found = {}
  for entry in run.ddm:each("list_configurations", { limit = 128 }) do
    if entry.id == p.template or entry.name == p.template then found[#found + 1] = entry end
  end
  if #found ~= 1 then
    run:fail(#found == 0 and ("there is no parameter template %s"):format(p.template)
      or ("%d parameter templates are called %s"):format(#found, p.template),
      "list them: hwdb call ddm.list_configurations; then give the id")
  end
  local shown = run.ddm:show_configuration{ config_id = found[1].id }
  local only, values, named = set_of(p.only), {}, {}
  for _, entry in ipairs(shown.configuration_parameters or {}) do
    named[entry.name] = true
    if (not p.only or only[entry.name]) and not entry.readonly and type(entry.value) == "string" then
      values[entry.name] = { value = entry.value, restart = entry.restart_required == true }
    end
  end
  for _, name in ipairs(p.only or {}) do
    if not named[name] then run:fail(("the template %s has no parameter %s"):format(shown.name, name), "nothing has been changed") end
  end
  return { id = shown.id, name = shown.name, updated = shown.updated, values = values }
end

local function record_key(id)
  return "ddm_parameter_rollout/before/" .. id
end

-- No call shows that a value waits for a restart: a later run, which finds no difference, knows it from here only.
local function pending_key(id)
  return "ddm_parameter_rollout/restart/" .. id
end

local function read_values(run, id)
  local values = {}
  for entry in run.ddm:each("show_instance_param", { instance_id = id }) do
    values[entry.name] = { value = tostring(entry.value), restart = tostring(entry.need_restart) == "1",
      fixed = tostring(entry.read_only) == "1", range = tostring(entry.value_range or "") }
  end
  return values
end

-- What the instance shall have: the template's values, or those that a roll-out replaced.
local function wanted_of(run, p, template, instance)
  if not p.back then return template.values end
  local record, wanted, only = run:recorded(record_key(instance.id)), {}, set_of(p.only)
  instance.unrecorded = record == nil
  for name, value in pairs(record and record.values or {}) do
    if not p.only or only[name] then wanted[name] = { value = value } end
  end
  return wanted
end

local function complete_pair(differing, wanted, values)
  for i, name in ipairs(PAIR) do
    local other = PAIR[3 - i]
    if differing[name] and not differing[other] and wanted[other] and values[other] then
      differing[other] = { from = values[other].value, to = wanted[other].value, restart = values[other].restart }
    end
  end
end

local function compare(instance, wanted, values)
  local differing = {}
  for name, want in pairs(wanted) do
    local has = values[name]
    if not has then
      instance.unknown[#instance.unknown + 1] = name
    elseif has.value ~= want.value then
      if has.fixed then
        instance.fixed[#instance.fixed + 1] = name
      elseif want.value == "" then
        instance.empty[#instance.empty + 1] = name
      else
        differing[name] = { from = has.value, to = want.value, restart = want.restart or has.restart, range = has.range }
      end
    end
  end
  complete_pair(differing, wanted, values)
  return differing
end

local function look_at(run, p, template, id)
  local shown = run.ddm:show_instance{ instance_id = id }
  local instance = { id = id, name = shown.name or id, status = shown.status, unknown = {}, fixed = {}, empty = {} }
  instance.differing = compare(instance, wanted_of(run, p, template, instance), read_values(run, id))
  instance.pending = run:recorded(pending_key(id))
  return instance
end

local function ids_of(run, p, template)
  if p.instances then return p.instances end
  if not p.all then run:fail("no instances are named", "instances=ID,ID… or all=true; nothing has been changed") end
  local ids = {}
  for entry in run.ddm:each("list_applicable_instances", { config_id = template.id, limit = 128 }) do ids[#ids + 1] = entry.instance_id end
  return ids
end

-- The canary is the first.
local function in_order(run, p, ids)
  local list, seen = {}, {}
  if p.canary then
    list[1], seen[p.canary] = p.canary, true
    if not set_of(ids)[p.canary] then run:fail("the canary " .. p.canary .. " is none of the instances", "name one of them") end
  end
  for _, id in ipairs(ids) do
    if not seen[id] then list[#list + 1], seen[id] = id, true end
  end
  return list
end

local function results_of(results)
  local list = {}
  for i, result in ipairs(results) do
    if result[1] == nil then error(result[2], 0) end
    list[i] = result[1]
  end
  return list
end

local function show_differences(run, p, template, instances)
  local rows, changing = {}, {}
  for _, instance in ipairs(instances) do
    if next(instance.differing) then changing[#changing + 1] = instance end
    for name, d in pairs(instance.differing) do
      rows[#rows + 1] = { instance.name, instance.id, name, d.from, d.to, d.restart }
    end
  end
  run:table{ name = "differences", columns = { "instance", "id", "parameter", "now", p.back and "recorded" or "template", "restart" },
    rows = rows, note = ("%d of %d instances differ from %s"):format(#changing, #instances,
    p.back and "what was recorded" or "the template " .. template.name) }
  return changing
end

local function tell_of_earlier(run, instances)
  local unrecorded = {}
  for _, instance in ipairs(instances) do
    if instance.unrecorded then unrecorded[#unrecorded + 1] = instance.name end
    if instance.pending then
      run:line("warn", ("%s: not restarted here since values that need it were set at %s; unless somebody did: hwdb call "
        .. "ddm.restart_instance instance_id=%s restart.type=soft"):format(instance.name, instance.pending, instance.id))
    end
  end
  if #unrecorded > 0 then
    run:line("warn", ("no roll-out is recorded here for %s: nothing to take back"):format(words(unrecorded)))
  end
end

local function plan(run, p)
  local template = template_of(run, p)
  local fns = {}
  for i, id in ipairs(in_order(run, p, ids_of(run, p, template))) do
    fns[i] = function() return look_at(run, p, template, id) end
  end
  local instances = results_of(run:gather(fns, { max = p.parallel }))
  tell_of_earlier(run, instances)
  return template, instances, show_differences(run, p, template, instances)
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function in_range(d)
  local low, high = d.range:match("^(%d+%.?%d*)%-(%d+%.?%d*)$")
  if low then
    local number = tonumber(d.to)
    return number ~= nil and number >= tonumber(low) and number <= tonumber(high)
  end
  if not d.range:find("|", 1, true) then return true end
  return ("|" .. d.range .. "|"):find("|" .. d.to .. "|", 1, true) ~= nil
end

local function check_values(instance, check)
  local wrong = {}
  for name, d in pairs(instance.differing) do
    if not in_range(d) then wrong[#wrong + 1] = ("%s=%s (%s)"):format(name, d.to, d.range) end
  end
  if #wrong > 0 then check("ranges of " .. instance.name, false, words(wrong)) end
  local one, other = instance.differing[PAIR[1]], instance.differing[PAIR[2]]
  if (one == nil) ~= (other == nil) then
    check("character set of " .. instance.name, false, words(PAIR) .. " change together: give both")
  end
  for _, kind in ipairs({ { "unknown", "it has no such parameter" }, { "fixed", "cannot be changed on it" },
    { "empty", "has no value in the template: it stays as it is" } }) do
    local names = instance[kind[1]]
    if #names > 0 then check("parameters of " .. instance.name, "warn", words(names) .. ": " .. kind[2]) end
  end
end

local function timeouts(changing)
  for _, instance in ipairs(changing) do
    if instance.differing.sql_execute_timeout then
      return { "sql_execute_timeout stays below net_write_timeout of the data nodes" }
    end
  end
end

local function preflight(run, p, template, changing)
  run:preflight(function(check)
    local applicable = {}
    for entry in run.ddm:each("list_applicable_instances", { config_id = template.id, limit = 128 }) do
      applicable[entry.instance_id] = true
    end
    for _, instance in ipairs(changing) do
      check(instance.name, instance.status == "RUNNING" and applicable[instance.id] == true,
        instance.status ~= "RUNNING" and "is " .. tostring(instance.status)
        or applicable[instance.id] and "is RUNNING and takes the template" or "does not take the template now: a task runs on it")
      check_values(instance, check)
    end
    if p.restart == "window" then
      check("window", p.window_from and p.window_to and p.zone and true, "restart=window: window_from, window_to, zone")
    end
  end, timeouts(changing))
end

---------------------------------------------------------------------------
-- 3. Confirm.

local function counted(number)
  return number == 1 and "1 instance" or ("%d instances"):format(number)
end

local function restarts_in(changing)
  local count = 0
  for _, instance in ipairs(changing) do
    for _, d in pairs(instance.differing) do
      if d.restart then
        count = count + 1
        break
      end
    end
  end
  return count
end

local function confirm(run, p, template, changing)
  local what = p.back and "take back" or "roll out"
  if not run:ask{ name = ("%s %s"):format(what, template.name), expect = template.name,
      question = ("Change the parameters of %s as the table says (restarts needed: %d, restart=%s)? Type the template's name "
      .. "to go on"):format(counted(#changing), restarts_in(changing), p.restart) } then
    run:fail("not confirmed: nothing has been changed", "type the template's name exactly")
  end
end

---------------------------------------------------------------------------
-- 4. One instance, 6. a batch of them.

local function values_for(instance, field)
  local values = {}
  for name, d in pairs(instance.differing) do values[name] = d[field] end
  return values
end

-- What differs from the values expected, as the instance shows them now.
local function deviations(run, instance, field)
  local now, list = read_values(run, instance.id), {}
  for name, d in pairs(instance.differing) do
    local has = now[name] and now[name].value
    if has ~= d[field] then list[#list + 1] = ("%s is %s, not %s"):format(name, tostring(has), d[field]) end
  end
  return list
end

local function set_values(run, p, instance, values)
  local args = { instance_id = instance.id, values = values }
  local answer = run.ddm:update_instance_parameters(args)
  run:wait_for("ddm.update_instance_parameters", args, answer, p.deadline_minutes * 60)
  return tostring(answer.needRestart) == "true"
end

local function apply(run, p, instance)
  local changed = deviations(run, instance, "from")
  if #changed > 0 then
    run:fail(("%s was changed by somebody else meanwhile: %s"):format(instance.name, words(changed)), "nothing was sent to it")
  end
  if not p.back then
    run:record(record_key(instance.id), { values = values_for(instance, "from"), template = p.template, at = run:clock() })
  end
  instance.restart = set_values(run, p, instance, values_for(instance, "to"))
  for _, d in pairs(instance.differing) do instance.restart = instance.restart or d.restart == true end
  if instance.restart then run:record(pending_key(instance.id), run:clock()) end
  local wrong = deviations(run, instance, "to")
  if #wrong > 0 then run:fail(("%s shows other values than were set: %s"):format(instance.name, words(wrong))) end
  return true
end

local function take_back(run, p, instance)
  if #deviations(run, instance, "to") > 0 then
    return run:line("warn", instance.name .. ": left as it is, its values are not those that were rolled out")
  end
  if set_values(run, p, instance, values_for(instance, "from")) then
    run:line("warn", ("%s has its old values back; some take effect with a restart only"):format(instance.name))
  end
end

local function restart(run, p, instance)
  local args = { instance_id = instance.id, restart = { type = "soft" } }
  local answer = run.ddm:restart_instance(args)
  run:wait_for("ddm.restart_instance", args, answer, p.deadline_minutes * 60)
  run:wait{ name = instance.name .. " after its restart", op = "ddm.show_instance", args = { instance_id = instance.id },
    field = "status", success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = p.deadline_minutes * 60 }
  local wrong = deviations(run, instance, "to")
  if #wrong > 0 then run:fail(("%s shows other values after its restart: %s"):format(instance.name, words(wrong))) end
end

-- One at a time: whoever is restarted is not available.
local function restart_where_needed(run, p, name, instances, window)
  local list, names = {}, {}
  for _, instance in ipairs(instances) do
    if instance.restart then list[#list + 1], names[#names + 1] = instance, instance.name end
  end
  if #list == 0 then return end
  if p.restart == "never" then return run:note("to be restarted by hand: " .. words(names)) end
  local expect = #names == 1 and names[1] or ("%d"):format(#names)
  if p.restart == "ask" and not run:ask{ name = "restart " .. name, expect = expect, question = ("Restart %s now, one at a time? "
      .. "None is available during its restart. Type %s"):format(words(names), #names == 1 and "its name" or "their number") } then
    return run:note("not restarted: " .. words(names))
  end
  for _, instance in ipairs(list) do
    if window then run:enter(window) end
    restart(run, p, instance)
    instance.restarted = true
    run:record(pending_key(instance.id), nil)
    run:line("ok", instance.name .. ": restarted, RUNNING, values as set")
  end
end

local function failed_in(run, instances, results)
  local failed = {}
  for i, instance in ipairs(instances) do
    local err = results[i][2]
    if results[i][1] then
      instance.outcome = "changed"
      run:line("ok", instance.name .. ": set and read back")
    else
      instance.outcome = "failed: " .. err.message
      run:line("fail", ("%s: %s"):format(instance.name, err.message))
      failed[#failed + 1] = instance.name
    end
  end
  return failed
end

local function batch(run, p, template, name, instances, window)
  if not p.back then
    local seen = run:guard{ op = "ddm.show_configuration", args = { config_id = template.id }, fields = { "updated" } }
    if seen.updated ~= template.updated then
      run:fail(("the template %s was edited meanwhile"):format(template.name), "begin again to see what differs now")
    end
  end
  run:undo{ name = "the parameters of " .. name, run = function()
    for _, instance in ipairs(instances) do take_back(run, p, instance) end
  end }
  local fns = {}
  for i, instance in ipairs(instances) do
    fns[i] = function() return apply(run, p, instance) end
  end
  local failed = failed_in(run, instances, run:gather(fns, { max = p.parallel }))
  if #failed > 0 then run:fail(("%s: %s failed"):format(name, words(failed)), "the instances after it are as they were") end
  restart_where_needed(run, p, name, instances, window)
  for _, instance in ipairs(instances) do
    if p.back then run:record(record_key(instance.id), nil) end
  end
end

local function batches_of(changing, size)
  local list = { { name = "canary", changing[1] } }
  for i = 2, #changing do
    local last = list[#list]
    if #list == 1 or #last >= size then
      last = { name = ("batch %d"):format(#list) }
      list[#list + 1] = last
    end
    last[#last + 1] = changing[i]
  end
  return list
end

---------------------------------------------------------------------------
-- 5. Go on after the canary, 7. report.

local function go_on(run, p, canary, rest)
  if p.soak_minutes > 0 then
    run:note(("the others follow in %d minutes at the earliest"):format(p.soak_minutes))
    run:sleep(p.soak_minutes * 60)
    local now = run.ddm:show_instance{ instance_id = canary.id }
    if now.status ~= "RUNNING" then run:fail(("%s is %s after its change"):format(canary.name, tostring(now.status))) end
  end
  if not run:ask{ name = "after the canary", question = ("%s has its new parameters. Look at it and its applications. Go on with "
      .. "%s?"):format(canary.name, counted(rest)) } then
    run:fail("stopped after the canary", "the other instances are as they were; back=true takes the canary back")
  end
end

local function account_for(run, instances)
  local rows, pending = {}, {}
  for i, instance in ipairs(instances) do
    local count = 0
    for _ in pairs(instance.differing) do count = count + 1 end
    local restarted = instance.restarted and "done" or instance.restart and instance.outcome == "changed" and "pending" or ""
    rows[i] = { instance.name, instance.id, count, count == 0 and "was so already" or instance.outcome or "not reached", restarted }
    if restarted == "pending" then pending[#pending + 1] = instance.name end
  end
  run:table{ name = "outcome", columns = { "instance", "id", "parameters", "outcome", "restart" }, rows = rows }
  if #pending > 0 then run:line("warn", "in effect after a restart only: " .. words(pending)) end
end

local function carry_out(run, p, template, changing, window)
  local list = batches_of(changing, p.batch)
  for i, instances in ipairs(list) do
    if i == 2 then run:step("go on", go_on, run, p, changing[1], #changing - 1) end
    run:step(instances.name, batch, run, p, template, instances.name, instances, window)
  end
end

local function roll_out(run, p)
  local template, instances, changing = run:step("plan", plan, run, p)
  if #changing == 0 then
    run:note(p.back and "there is nothing to take back; nothing has been changed"
      or "every instance is as it shall be; nothing has been changed")
    return { instances = #instances, changed = 0 }
  end
  run:step("preflight", preflight, run, p, template, changing)
  local window = p.restart == "window" and run:window{ from = p.window_from, to = p.window_to, zone = p.zone,
    cut_off = p.cut_off_minutes * 60 } or nil
  run:step("confirm", confirm, run, p, template, changing)
  local _, err = run:try(function()
    carry_out(run, p, template, changing, window)
    return true
  end)
  run:step("report", account_for, run, instances)
  if err then error(err, 0) end
  return { instances = #instances, changed = #changing }
end

return {
  name = "ddm_parameter_rollout",
  summary = "Brings DDM instances to a parameter template: compared, canary first, then batches, read back, restarted if needed",
  params = {
    { name = "template", type = "string", required = true, help = "the parameter template, by id or name" },
    { name = "instances", type = "list", help = "ids of the DDM instances" },
    { name = "all", type = "boolean", default = false, help = "instead: every instance that the template can be applied to" },
    { name = "only", type = "list", help = "only these parameters of the template" },
    { name = "back", type = "boolean", default = false, help = "set what the last roll-out found on each instance, not the template" },
    { name = "canary", type = "string", help = "the instance that is changed first; the first one unless given" },
    { name = "soak_minutes", type = "integer", min = 0, max = 10080, default = 10, help = "time between the canary and the others" },
    { name = "batch", type = "integer", min = 1, max = 100, default = 5, help = "instances of a batch" },
    { name = "parallel", type = "integer", min = 1, max = 16, default = 4, help = "instances read or changed at once" },
    { name = "restart", type = "choice", choices = { "ask", "window", "never" }, default = "ask",
      help = "where a parameter needs it: after a question for each batch, in a dated window, or not here" },
    { name = "window_from", type = "string", help = 'restart=window: it opens: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'it closes: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 15, help = "no restart is begun in its last minutes" },
    { name = "deadline_minutes", type = "integer", min = 1, max = 1440, default = 60, help = "how long each wait lasts at most" },
  },
  permissions = { "ddm:instance:get", "ddm:instance:list", "ddm:instance:reboot" },
  -- Each instance is locked when it is changed first.
  targets = {},
  pace = { ddm = 60 },
  changes = "parameters of the instances; restarts those of which a parameter needs it: they are not available meanwhile",
  costs = "nothing",
  undo = "the values found are recorded: back=true, or hwdb cancel RUN --rollback while it stands, sets them again",
  run = roll_out,
}
