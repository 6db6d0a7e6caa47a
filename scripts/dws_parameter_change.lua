-- SPDX-License-Identifier: Apache-2.0
-- Parameters of a DWS cluster: compared with a declaration, changed, and restarted for inside a window.
--
--   1. look        the cluster, its parameter group, every parameter named
--   2. preflight   they exist, can be changed, and the values lie in their ranges; nothing else is under way
--   3. compare     a table: now, wanted, whether a restart is needed
--   4. change      the old values are recorded first; the service takes the new ones over, which is followed
--   5. restart     where it is due: in the dated window, after a person typed the cluster's name
--   6. verify      values and status, read again
-- action=undo does the same with the old values that the last change recorded.

local GROUP = "hiddenParameterGroup"
local PAST = { REBOOT_FAILURE = "an earlier restart failed; it may be repeated" }

local BY_HAND = {
  "what the values mean for running jobs: they apply to new sessions, or after a restart, to everything",
  "with a restart: all connections break, it takes about 3 minutes and at most 20; the application connects again",
}

local function words(list)
  return table.concat(list, ", ")
end

local function text_of(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function record_key(p)
  return "dws_parameter_change/" .. p.cluster_id
end

-- Several values go out joined by commas and come back joined by semicolons.
local function plain(value)
  return (tostring(value):gsub(";", ","))
end

---------------------------------------------------------------------------
-- 1. Look.

-- A window that is not meant to be kept is more likely a slip than a wish.
local function window_of(run, p)
  if p.restart == "window" and not (p.window_from and p.window_to and p.zone) then
    run:fail("restart=window needs window_from, window_to and zone",
      'such as window_from="2026-11-22 02:00" window_to=03:00 zone=+08:00; or restart=ask, restart=no')
  end
  local window = run:window_of(p)
  if window and p.restart ~= "window" then
    run:fail(("a window is given, yet restart=%s would not keep to it"):format(p.restart), "say restart=window, or leave the window out")
  end
  return window
end

-- What is declared, one entry a parameter and kind of node; without a kind, for each that it has.
local function declared(run, p)
  if p.action == "undo" then
    local record = run:recorded(record_key(p))
    if not record then run:fail("no change of this cluster's parameters is recorded here", "give the values in a declaration") end
    run:line("ok", ("the values before the change of %s are put back"):format(record.at))
    return record.values
  end
  if not p.declaration then run:fail("give a declaration: which parameters shall have which values", "declaration=@file.json") end
  local list = {}
  for _, item in ipairs(p.declaration.parameters) do
    for _, kind in ipairs({ "cn", "dn" }) do
      if item[kind] then list[#list + 1] = { name = item.name, type = kind, value = item[kind] } end
    end
    if item.value then list[#list + 1] = { name = item.name, value = item.value, but = { cn = item.cn, dn = item.dn } } end
    if not (item.value or item.cn or item.dn) then list[#list + 1] = { name = item.name } end
  end
  if #list == 0 then run:fail("the declaration names no parameter", "nothing has been changed") end
  return list
end

local function group_of(run, p)
  for _, group in ipairs(run.dws:list_cluster_configurations{ cluster_id = p.cluster_id }.configurations or {}) do
    if group.type == GROUP then return group end
  end
  run:fail("the cluster has no parameter group that can be changed", "look at it on the console")
end

local function read_parameters(run, p, group)
  local by_name = {}
  local body = run.dws:list_cluster_configurations_parameter{ cluster_id = p.cluster_id, configuration_id = group.id }
  for _, parameter in ipairs(body.configurations or {}) do
    local values = {}
    for _, value in ipairs(parameter.values or {}) do values[value.type] = plain(value.value) end
    by_name[parameter.name] = { name = parameter.name, values = values, type = parameter.type, range = parameter.value_range,
      readonly = parameter.readonly, restart = parameter.restart_required, unit = text_of(parameter.unit) }
  end
  return by_name
end

local function look(run, p)
  local plan = { window = window_of(run, p) }
  plan.cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  plan.group = group_of(run, p)
  plan.parameters = read_parameters(run, p, plan.group)
  plan.items, plan.wanted = declared(run, p), {}
  for _, item in ipairs(plan.items) do
    local of = plan.parameters[item.name]
    for _, kind in ipairs({ "cn", "dn" }) do
      local meant = item.type == kind or not item.type and item.value and not item.but[kind]
      if of and of.values[kind] and meant then
        plan.wanted[#plan.wanted + 1] = { name = item.name, type = kind, value = plain(item.value), now = of.values[kind],
          restart = of.restart == true, of = of }
      end
    end
  end
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_state(run, plan, check)
  local group = plan.group
  local again = group.status == "Pending-Reboot" and run:cluster_task(plan.cluster) == "REBOOT_FAILURE"
  run:at_rest(function(name, fulfilled, detail)
    -- A failed restart may have left it unavailable: another one is what can help.
    check(name, fulfilled or again and name == "cluster available" and "warn", detail)
  end, { cluster = plan.cluster, past = PAST, restart_due = true })
  if group.status == "Pending-Reboot" then
    check("parameters in step", "warn", "an earlier change waits for a restart, which would take it over, too")
  elseif group.status == "Sync-Failure" then
    check("parameters in step", "warn", "an earlier change was not taken over: " .. tostring(group.fail_reason))
  else
    check("parameters in step", group.status == "In-Sync", tostring(group.status))
  end
end

local function check_names(plan, check)
  local unknown, kinds, locked, empty, twice, seen = {}, {}, {}, {}, {}, {}
  for _, item in ipairs(plan.items) do
    local of, key = plan.parameters[item.name], item.name .. "/" .. (item.type or "")
    if not of then unknown[#unknown + 1] = item.name end
    if of and item.type and not of.values[item.type] then kinds[#kinds + 1] = ("%s on %s"):format(item.name, item.type) end
    if of and of.readonly == true then locked[#locked + 1] = item.name end
    if not item.value then empty[#empty + 1] = item.name end
    if seen[key] then twice[#twice + 1] = item.name end
    seen[key] = true
  end
  local function none(name, list, well) check(name, #list == 0, #list == 0 and well or words(list)) end
  none("parameters known", unknown, ("%d, all known to the cluster"):format(#plan.items))
  none("kinds of nodes", kinds, "each parameter has the kinds named")
  none("parameters can be changed", locked, "none is read-only")
  none("values given", empty, "each has one")
  none("declared once", twice, "each of them")
end

-- Whether a value lies in a range: true, false, or nil where the range says nothing that can be judged.
local function in_range(of, value)
  local range = text_of(of.range)
  if not range then return nil end
  if of.type == "integer" or of.type == "float" then
    local least, most = range:match("^%s*(%-?[%d.]+)%s*%-%s*(%-?[%d.]+)%s*$")
    local number = tonumber(value)
    if not number then return false end
    if not least then return nil end
    return number >= tonumber(least) and number <= tonumber(most)
  end
  local whole, parts = false, {}
  for choice in range:gmatch("[^|]+") do
    whole = whole or choice == value
    for part in choice:gmatch("[^,]+") do parts[part] = true end
  end
  if whole or of.type ~= "list" then return whole end
  for part in value:gmatch("[^,]+") do
    if not parts[part] then return false end
  end
  return true
end

local function check_values(plan, check)
  local wrong, unjudged = {}, {}
  for _, wanted in ipairs(plan.wanted) do
    local fits = in_range(wanted.of, wanted.value)
    if fits == false then
      wrong[#wrong + 1] = ("%s=%s (%s)"):format(wanted.name, wanted.value, wanted.of.range)
    elseif fits == nil then
      unjudged[#unjudged + 1] = wanted.name
    end
  end
  check("values in range", #wrong == 0, #wrong == 0 and "all that have one" or words(wrong))
  if #unjudged > 0 then check("values without a range", "unseen", words(unjudged)) end
end

local function preflight(run, plan)
  run:preflight(function(check)
    check_state(run, plan, check)
    check_names(plan, check)
    check_values(plan, check)
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. Compare.

local function compare(run, plan)
  local rows, differing = {}, {}
  for i, wanted in ipairs(plan.wanted) do
    local same = wanted.now == wanted.value
    rows[i] = { wanted.name, wanted.type, wanted.now, wanted.value, wanted.of.unit, wanted.restart and "restart" or "at once",
      same and "same" or "differs" }
    if not same then
      differing[#differing + 1] = wanted
      plan.needs_restart = plan.needs_restart or wanted.restart
    end
  end
  run:table{ name = "parameters", columns = { "name", "nodes", "now", "wanted", "unit", "effective", "state" }, rows = rows }
  plan.differing = differing
end

---------------------------------------------------------------------------
-- 4. Change.

local function at_rest(run, p, what)
  run:cluster_at_rest{ name = what, id = p.cluster_id, past = PAST, timeout = p.deadline_hours * 3600 }
end

local function values_of(list, field)
  local values = {}
  for i, entry in ipairs(list) do values[i] = { name = entry.name, type = entry.type, value = entry[field] } end
  return values
end

local function require_unchanged(run, p, plan)
  local now, others = read_parameters(run, p, plan.group), {}
  for _, wanted in ipairs(plan.differing) do
    local value = now[wanted.name] and now[wanted.name].values[wanted.type]
    if value ~= wanted.now then others[#others + 1] = ("%s is %s"):format(wanted.name, tostring(value)) end
  end
  if #others > 0 then
    run:fail("somebody else changed parameters since they were compared: " .. words(others), "nothing was sent; begin again")
  end
end

local function set(run, p, plan, values)
  local args = { cluster_id = p.cluster_id, configuration_id = plan.group.id, configurations = values }
  local answer = run.dws:update_configuration(args)
  return run:wait_for("dws.update_configuration", args, answer, p.deadline_hours * 3600).state
end

local function change(run, p, plan)
  at_rest(run, p, "the cluster before the change")
  require_unchanged(run, p, plan)
  run:guard{ op = "dws.show_cluster", args = { cluster_id = p.cluster_id }, fields = { "cluster.parameter_group.status" } }
  local old = values_of(plan.differing, "now")
  run:record(record_key(p), { at = run:clock(), values = old })
  run:undo{ name = "the old values", run = function()
    at_rest(run, p, "the cluster before the old values")
    if set(run, p, plan, old) == "Pending-Reboot" then
      run:note("the old values wait for a restart of the cluster")
    end
  end }
  run:if_stopped("parameters may have been changed; `hwdb resume` goes on, action=undo puts the old values back")
  plan.status = set(run, p, plan, values_of(plan.differing, "value"))
  run:line("ok", ("%d values taken over: %s"):format(#plan.differing, plan.status))
end

---------------------------------------------------------------------------
-- 5. Restart.

local function confirm_restart(run, plan)
  local name = plan.cluster.name
  return run:ask{ name = "restart " .. name, expect = name, question = ("%s has to be restarted for its parameters: all connections "
    .. "break, for about 3 minutes. Type its name to go on"):format(name) }
end

-- "Pending-Reboot" is what the console calls "To be restarted"; some operations are refused until then.
local function restart(run, p, plan)
  local left = ("%s waits to be restarted: until then the old values hold, and some operations are refused"):format(plan.cluster.name)
  if p.restart == "no" then
    run:line("warn", left)
    return false
  end
  run:if_stopped(left .. "; run the same again, it only restarts then")
  if not confirm_restart(run, plan) then run:fail("not confirmed: not restarted", left) end
  if plan.window then run:enter(plan.window) end
  at_rest(run, p, "the cluster before the restart")
  run:guard{ op = "dws.show_cluster", args = { cluster_id = p.cluster_id }, fields = { "cluster.parameter_group.status" } }
  if plan.window then run:enter(plan.window) end
  local args = { cluster_id = p.cluster_id, restart = {} }
  local answer = run.dws:restart_cluster(args)
  run:if_stopped(("the restart of %s goes on in the cloud; `hwdb resume` follows it"):format(plan.cluster.name))
  local seen, err = run:try(run.wait_for, run, "dws.restart_cluster", args, answer, p.deadline_hours * 3600)
  if not seen then
    if err.kind == "failed" then run:if_stopped(left .. "; run the same again, it only restarts then") end
    error(err, 0)
  end
  run:line("ok", plan.cluster.name .. " is available again")
  return true
end

---------------------------------------------------------------------------
-- 6. Verify.

local function verify(run, p, plan, restarted)
  local now, rows, wrong = read_parameters(run, p, plan.group), {}, {}
  for i, wanted in ipairs(plan.wanted) do
    local value = now[wanted.name] and now[wanted.name].values[wanted.type]
    rows[i] = { wanted.name, wanted.type, value, value == wanted.value and "as wanted" or "differs" }
    if value ~= wanted.value then wrong[#wrong + 1] = wanted.name end
  end
  run:table{ name = "parameters afterwards", columns = { "name", "nodes", "value", "state" }, rows = rows }
  local status = group_of(run, p).status
  if #wrong > 0 then run:fail("verification: not as wanted: " .. words(wrong), "action=undo puts the old values back") end
  if restarted and status ~= "In-Sync" then
    run:fail("verification: restarted, but the parameters are " .. tostring(status), "look at the cluster on the console")
  end
  run:line("ok", ("values as wanted, parameters %s"):format(status))
  return status
end

local function run_it(run, p)
  local plan = run:step("look", look, run, p)
  run:step("preflight", preflight, run, plan)
  run:step("compare", compare, run, plan)
  local due = plan.group.status == "Pending-Reboot"
  if p.mode == "report" or #plan.differing == 0 and not (due and p.restart ~= "no") then
    run:note(#plan.differing == 0 and "every value is as wanted: nothing to change"
      or ("%d values differ; nothing was changed, as asked"):format(#plan.differing))
    return { changed = 0, differing = #plan.differing, restarted = false, status = plan.group.status }
  end
  if #plan.differing > 0 then run:step("change", change, run, p, plan) end
  due = plan.status == "Pending-Reboot" or #plan.differing == 0
  local restarted = due and run:step("restart", restart, run, p, plan) or false
  local status = run:step("verify", verify, run, p, plan, restarted)
  if p.action == "undo" then run:record(record_key(p), nil) end
  run:if_stopped(nil)
  return { changed = #plan.differing, differing = 0, restarted = restarted, status = status }
end

return {
  name = "dws_parameter_change",
  summary = "Changes parameters of a DWS cluster: compared, old values recorded, restarted in a window where it is due",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "declaration", type = "object", help = "the parameters: @file.json or JSON", fields = {
      { name = "parameters", type = "objects", required = true, help = "the parameters", fields = {
        { name = "name", type = "string", required = true, help = "its name" },
        { name = "value", type = "string", help = "its value on every kind of node that has it; several joined by commas" },
        { name = "cn", type = "string", help = "on coordinator nodes, where it differs" },
        { name = "dn", type = "string", help = "on data nodes, where it differs" } } } } },
    { name = "action", type = "choice", choices = { "change", "undo" }, default = "change",
      help = "undo: the values before the last change by this runbook" },
    { name = "mode", type = "choice", choices = { "apply", "report" }, default = "apply",
      help = "report: compares and changes nothing" },
    { name = "restart", type = "choice", choices = { "ask", "window", "no" }, default = "ask",
      help = "where one is due: after a question, in a dated window after a question, or left to somebody else" },
    { name = "window_from", type = "string", help = 'restart=window: it opens: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'it closes: "03:00" or "2026-11-22 03:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 20, help = "no restart is begun in its last minutes" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 2, help = "how long each wait lasts at most" },
  },
  permissions = { "dws:openAPICluster:getDetail", "dws:openAPICluster:restart" },
  targets = { "dws/{cluster_id}" },
  changes = "parameters of the cluster; with a restart all connections break",
  costs = "nothing",
  undo = "action=undo, or a rollback: the old values are recorded; they may need a restart as well",
  run = run_it,
}
