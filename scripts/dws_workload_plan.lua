-- SPDX-License-Identifier: Apache-2.0
-- Resource management of a DWS cluster from one declaration, as often as one likes: the switch, plans, resource pools.
--
--   1. read        what is declared, what is there
--   2. preflight   the cluster can be asked, the pools make sense together
--   3. drift       a table: missing, differs and in what, same, not declared
--   4. apply       the switch, what pools may use (less first), new pools, new plans
--   5. prune       asked for with prune=true: deletes, at a gate, what this runbook once made and is declared no more
--   6. verify      reads again and compares
-- The document's calls neither list plans nor show what a pool may use. The SDK's do; where a region lacks them, what
-- this runbook recorded stands in, and the drift says so. A pool or plan that it did not make is never deleted.

local ITEMS = { "cpu_share", "cpu_limit", "memory", "tablespace", "activestatements" }
local RANGES = { cpu_share = { 1, 99 }, cpu_limit = { 0, 100 }, memory = { 0, 100 }, tablespace = { -1 }, activestatements = { -1 } }

local BY_HAND = {
  "the cluster is not in logical cluster mode: its pools belong to one logical cluster each",
  "users are bound to the pools, stages are in the plans, and plans are started: on the console",
}

local function words(list)
  return table.concat(list, ", ")
end

local function made_key(p, kind, name)
  return ("dws_workload_plan/made/%s/%s/%s"):format(p.cluster_id, kind, name)
end

---------------------------------------------------------------------------
-- 1. Read.

local function wanted_of(queue)
  return { cpu_share = queue.cpu_share, cpu_limit = queue.cpu_limit, memory = queue.memory, tablespace = queue.tablespace,
    activestatements = queue.statements }
end

-- What a pool may use, by the SDK's call; else what was recorded when it was made here.
local function shown_values(run, p, name, parts)
  local body, err = run:try(run.dws.show_workload_queue, run.dws, { cluster_id = p.cluster_id, queue_name = name })
  if body and type(body.workload_queue) == "table" then
    local values = {}
    for _, item in ipairs(body.workload_queue.resource_item_list or {}) do values[item.resource_name] = item.resource_value end
    return values
  end
  parts.queues_unseen = err and err.message or "nothing is shown"
  local record = run:recorded(made_key(p, "queue", name))
  return record and record.values or nil
end

local function read_plans(run, p, parts)
  local list, err = run:try(function()
    local names = {}
    for plan in run.dws:each("list_workload_plans", { cluster_id = p.cluster_id, limit = 100 }) do names[plan.plan_name] = plan.plan_id end
    return names
  end)
  if list then return list end
  parts.plans_unseen = err.message
  list = {}
  for _, name in ipairs(p.declaration.plans or {}) do
    if run:recorded(made_key(p, "plan", name)) then list[name] = "as recorded" end
  end
  return list
end

local function read(run, p)
  local parts = { queues = {}, wanted = {}, plans_wanted = p.declaration.plans or {} }
  parts.cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  if parts.cluster.status ~= "AVAILABLE" and parts.cluster.status ~= "ACTIVE" then
    run:fail(("%s is %s: its resource management can be neither read nor changed"):format(parts.cluster.name, parts.cluster.status),
      "wait until it is available")
  end
  local status = run.dws:show_cluster_workload{ cluster_id = p.cluster_id }.workload_status
  parts.switch, parts.concurrency = status.workload_switch, tonumber(status.max_concurrency_num)
  parts.names = run.dws:list_workload_queue{ cluster_id = p.cluster_id }.workload_queue_name_list
  for _, name in ipairs(parts.names) do parts.queues[name] = shown_values(run, p, name, parts) or {} end
  parts.plans = read_plans(run, p, parts)
  for i, queue in ipairs(p.declaration.queues or {}) do parts.wanted[i] = { name = queue.name, values = wanted_of(queue) } end
  return parts
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function twice(names)
  local seen, found = {}, {}
  for _, name in ipairs(names) do
    if seen[name] == 1 then found[#found + 1] = name end
    seen[name] = (seen[name] or 0) + 1
  end
  return found
end

local function odd_values(parts)
  local odd = {}
  for _, queue in ipairs(parts.wanted) do
    local values = queue.values
    if (values.cpu_share == nil) == (values.cpu_limit == nil) then
      odd[#odd + 1] = queue.name .. ": cpu_share or cpu_limit, one of them"
    end
    for _, item in ipairs(ITEMS) do
      local value, range = values[item], RANGES[item]
      if value and (value < range[1] or range[2] and value > range[2]) then
        odd[#odd + 1] = ("%s: %s is %d, from %d%s"):format(queue.name, item, value, range[1], range[2] and " to " .. range[2] or "")
      end
    end
  end
  return odd
end

-- Hard limits of all pools together, those not declared included.
local function limits_sum(parts)
  local declared, sum = {}, 0
  for _, queue in ipairs(parts.wanted) do
    declared[queue.name] = true
    sum = sum + (queue.values.cpu_limit or 0)
  end
  for name, values in pairs(parts.queues) do
    if not declared[name] then sum = sum + (values.cpu_limit or 0) end
  end
  return sum
end

local function preflight(run, p, parts)
  local names = {}
  for i, queue in ipairs(parts.wanted) do names[i] = queue.name end
  run:preflight(function(check)
    run:at_rest(check, { cluster = parts.cluster })
    local doubled = twice(names)
    table.move(twice(parts.plans_wanted), 1, #parts.plans_wanted, #doubled + 1, doubled)
    check("declared names", #doubled == 0, #doubled == 0 and ("%d pools, %d plans, each once"):format(#names, #parts.plans_wanted)
      or words(doubled))
    local odd = odd_values(parts)
    check("values of the pools", #odd == 0, #odd == 0 and "each in its range" or words(odd))
    local sum = limits_sum(parts)
    check("CPU limits together", sum <= 100, ("%d %% of 100"):format(sum))
    local needed = #names + #parts.plans_wanted > 0
    check("switched on", p.declaration.enabled or not needed, p.declaration.enabled and "declared on"
      or "declared off, " .. (needed and "yet pools or plans are declared" or "nothing else is declared"))
    if parts.queues_unseen then check("what pools may use", "unseen", parts.queues_unseen) end
    if parts.plans_unseen then check("plans", "unseen", parts.plans_unseen) end
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. Drift.

local function differences(wanted, present)
  local list = {}
  for _, item in ipairs(ITEMS) do
    if wanted[item] ~= present[item] then
      list[#list + 1] = ("%s: %s instead of %s"):format(item, tostring(present[item] or "none"), tostring(wanted[item] or "none"))
    end
  end
  return list
end

local function queue_drift(run, p, parts, add)
  local declared = {}
  for _, queue in ipairs(parts.wanted) do
    declared[queue.name] = true
    local present = parts.queues[queue.name]
    if not present then
      add("queue", queue.name, "missing", "", { values = queue.values })
    elseif next(present) == nil then
      add("queue", queue.name, "there", "what it may use is not shown")
    else
      local list = differences(queue.values, present)
      add("queue", queue.name, #list > 0 and "differs" or "same", table.concat(list, "; "), { values = queue.values, present = present })
    end
  end
  for _, name in ipairs(parts.names) do
    if not declared[name] then
      local own = run:recorded(made_key(p, "queue", name)) ~= nil
      add("queue", name, "not declared", own and "made by this runbook" or "not made by this runbook", { own = own })
    end
  end
end

local function plan_drift(run, p, parts, add)
  local declared = {}
  for _, name in ipairs(parts.plans_wanted) do
    declared[name] = true
    add("plan", name, parts.plans[name] and "same" or "missing", parts.plans[name] and parts.plans_unseen and "as recorded" or "")
  end
  for name, id in pairs(parts.plans) do
    if not declared[name] then
      local own = run:recorded(made_key(p, "plan", name)) ~= nil
      add("plan", name, "not declared", own and "made by this runbook" or "not made by this runbook", { own = own, id = id })
    end
  end
end

local function drift_of(run, p, parts, title)
  local drift, rows = {}, {}
  local function add(kind, name, state, detail, more)
    local entry = { kind = kind, name = name, state = state, detail = detail }
    for key, value in pairs(more or {}) do entry[key] = value end
    drift[#drift + 1] = entry
    rows[#rows + 1] = { kind, name, state, detail }
  end
  local d = p.declaration
  local on = d.enabled and "on" or "off"
  local most = d.max_concurrency or parts.concurrency
  local same = parts.switch == on and most == parts.concurrency
  add("switch", on, same and "same" or "differs", same and "" or ("%s, %s at once instead of %s, %s at once"):format(parts.switch,
    tostring(parts.concurrency), on, tostring(most)), { switch = on, most = most })
  queue_drift(run, p, parts, add)
  plan_drift(run, p, parts, add)
  run:table{ name = title, columns = { "kind", "name", "state", "detail" }, rows = rows }
  return drift
end

local function those(drift, state, kind)
  local list = {}
  for _, entry in ipairs(drift) do
    if entry.state == state and (not kind or entry.kind == kind) then list[#list + 1] = entry end
  end
  return list
end

---------------------------------------------------------------------------
-- 4. Apply.

-- Automated snapshots begin when they like, and a cluster at work takes no change.
local function at_rest(run, p)
  run:cluster_at_rest{ name = "the cluster before the change", id = p.cluster_id, timeout = p.deadline_hours * 3600 }
  run:guard{ op = "dws.list_workload_queue", args = { cluster_id = p.cluster_id }, fields = { "workload_queue_name_list" } }
end

local function items_of(values)
  local list = {}
  for _, item in ipairs(ITEMS) do
    if values[item] then list[#list + 1] = { resource_name = item, resource_value = values[item] } end
  end
  return list
end

local function set_switch(run, p, parts, entry)
  local name = parts.cluster.name
  if entry.switch == "off" and not run:ask{ name = "switch off resource management of " .. name, expect = name,
      question = ("All pools of %s stop to limit anything. Type its name to go on"):format(name) } then
    run:fail("not confirmed: nothing has been switched", "type the cluster's name exactly")
  end
  at_rest(run, p)
  local function to(switch, most)
    run.dws:update_cluster_workload{ cluster_id = p.cluster_id, workload_status = { workload_switch = switch,
      max_concurrency_num = most } }
  end
  run:undo{ name = "the switch as it was", run = function() to(parts.switch, parts.concurrency) end }
  to(entry.switch, entry.most)
  run:line("ok", ("resource management is %s, %s at once"):format(entry.switch, tostring(entry.most)))
end

local function change_queue(run, p, entry)
  at_rest(run, p)
  local function to(values)
    run.dws:update_queue_resources{ cluster_id = p.cluster_id, queue_name = entry.name, workload_queue = {
      workload_queue_name = entry.name, resource_item_list = items_of(values) } }
  end
  run:undo{ name = ("the pool %s as it was"):format(entry.name), run = function() to(entry.present) end }
  to(entry.values)
  run:line("ok", ("the pool %s is changed: %s"):format(entry.name, entry.detail))
end

local function delete_queue(run, p, name)
  run.dws:delete_workload_queue{ cluster_id = p.cluster_id, workload_queue_name = name }
  run:record(made_key(p, "queue", name), nil)
end

local function add_queue(run, p, entry)
  at_rest(run, p)
  run:undo{ name = "delete the new pool " .. entry.name, run = function() delete_queue(run, p, entry.name) end }
  run.dws:add_workload_queue{ cluster_id = p.cluster_id, workload_queue = { workload_queue_name = entry.name,
    workload_resource_item_list = items_of(entry.values) } }
  run:record(made_key(p, "queue", entry.name), { values = entry.values, at = run:clock() })
  run:line("ok", ("the pool %s is made"):format(entry.name))
end

local function delete_plan(run, p, name)
  for plan in run.dws:each("list_workload_plans", { cluster_id = p.cluster_id, limit = 100 }) do
    if plan.plan_name == name then run.dws:delete_workload_plan{ cluster_id = p.cluster_id, plan_id = plan.plan_id } end
  end
  run:record(made_key(p, "plan", name), nil)
end

local function add_plan(run, p, entry)
  at_rest(run, p)
  run:undo{ name = "delete the new plan " .. entry.name, run = function() delete_plan(run, p, entry.name) end }
  run.dws:create_workload_plan{ cluster_id = p.cluster_id, plan_name = entry.name }
  run:record(made_key(p, "plan", entry.name), { at = run:clock() })
  run:line("ok", ("the plan %s is made; its stages are given on the console"):format(entry.name))
end

-- All limits together may not exceed 100 % at any moment: what takes less comes first.
local function less_first(changed)
  table.sort(changed, function(a, b)
    local more_a = (a.values.cpu_limit or 0) - (a.present.cpu_limit or 0)
    local more_b = (b.values.cpu_limit or 0) - (b.present.cpu_limit or 0)
    if more_a ~= more_b then return more_a < more_b end
    return a.name < b.name
  end)
  return changed
end

local function apply(run, p, parts, drift)
  for _, entry in ipairs(those(drift, "differs", "switch")) do run:step("switch", set_switch, run, p, parts, entry) end
  for _, entry in ipairs(less_first(those(drift, "differs", "queue"))) do
    run:step("change pool " .. entry.name, change_queue, run, p, entry)
  end
  for _, entry in ipairs(those(drift, "missing", "queue")) do run:step("make pool " .. entry.name, add_queue, run, p, entry) end
  for _, entry in ipairs(those(drift, "missing", "plan")) do run:step("make plan " .. entry.name, add_plan, run, p, entry) end
end

---------------------------------------------------------------------------
-- 5. Prune: only what the records say was made here.

local function prune_one(run, p, entry)
  at_rest(run, p)
  if entry.kind == "queue" then delete_queue(run, p, entry.name) else delete_plan(run, p, entry.name) end
  run:line("ok", ("%s %s deleted"):format(entry.kind, entry.name))
end

local function prune(run, p, drift)
  local own, names = {}, {}
  for _, entry in ipairs(those(drift, "not declared")) do
    if entry.own then
      own[#own + 1], names[#names + 1] = entry, ("%s %s"):format(entry.kind, entry.name)
    end
  end
  if #own == 0 then return run:note("nothing to prune: nothing that this runbook made is undeclared") end
  local count = tostring(#own)
  if not run:ask{ name = "prune " .. count, expect = count, question = ("Delete for good: %s? Users bound to a pool lose it. "
      .. "Type how many are deleted to go on"):format(words(names)) } then
    run:fail("not confirmed: nothing was pruned", "type " .. count .. ", or leave prune out")
  end
  for _, entry in ipairs(own) do run:step(("delete %s %s"):format(entry.kind, entry.name), prune_one, run, p, entry) end
end

---------------------------------------------------------------------------
-- 6. Verify.

local function verify(run, p)
  local open = {}
  for _, entry in ipairs(drift_of(run, p, read(run, p), "after")) do
    if entry.state == "missing" or entry.state == "differs" or entry.own and p.prune then
      open[#open + 1] = ("%s %s"):format(entry.kind, entry.name)
    end
  end
  if #open > 0 then
    run:fail("verification: not as declared: " .. words(open), "somebody else changes it too, or the service took less: run again")
  end
  run:line("ok", "read again: as declared")
end

local function run_it(run, p)
  local parts = run:step("read", read, run, p)
  run:step("preflight", preflight, run, p, parts)
  local drift = run:step("drift", drift_of, run, p, parts, "drift")
  local missing, differing = #those(drift, "missing"), #those(drift, "differs")
  local counts = { created = missing, changed = differing, same = #those(drift, "same"), undeclared = #those(drift, "not declared") }
  if p.mode == "report" then
    run:note(("%d missing, %d differing, %d not declared; nothing was changed, as asked"):format(missing, differing, counts.undeclared))
    counts.created, counts.changed, counts.missing, counts.differing = 0, 0, missing, differing
    return counts
  end
  if missing + differing == 0 then run:note("everything is as declared: nothing to change") end
  run:if_stopped("what was made or changed so far stays; `hwdb resume` goes on, and so does another run")
  apply(run, p, parts, drift)
  if p.prune then run:step("prune", prune, run, p, drift) end
  if missing + differing > 0 or p.prune then run:step("verify", verify, run, p) end
  run:if_stopped(nil)
  return counts
end

return {
  name = "dws_workload_plan",
  summary = "Resource management of a DWS cluster from one declaration: drift shown, pools and plans made, changed, pruned",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "declaration", type = "object", required = true, help = "switch, pools and plans: @file.json or JSON", fields = {
      { name = "enabled", type = "boolean", default = true, help = "resource management as a whole" },
      { name = "max_concurrency", type = "integer", min = -1, help = "complex statements at once on a CN; as it is unless given" },
      { name = "plans", type = "list", help = "names of plans" },
      { name = "queues", type = "objects", help = "resource pools", fields = {
        { name = "name", type = "string", required = true, help = "its name" },
        { name = "cpu_share", type = "integer", help = "percent when CPUs are scarce, 1 to 99; this or cpu_limit" },
        { name = "cpu_limit", type = "integer", help = "percent of dedicated CPUs, 0 to 100" },
        { name = "memory", type = "integer", default = 0, help = "percent of memory; 0: no limit" },
        { name = "tablespace", type = "integer", default = -1, help = "MB; -1: no limit" },
        { name = "statements", type = "integer", default = -1, help = "statements at once; -1: no limit" } } } } },
    { name = "mode", type = "choice", choices = { "apply", "report" }, default = "apply",
      help = "report: shows the drift and changes nothing" },
    { name = "prune", type = "boolean", default = false,
      help = "delete, at a gate, what this runbook made and is no longer declared" },
    { name = "deadline_hours", type = "integer", min = 1, max = 100, default = 4, help = "how long it waits for the cluster at most" },
  },
  permissions = { "dws:openAPICluster:getDetail" },
  targets = { "dws/{cluster_id}" },
  changes = "resource management of the cluster: its switch, pools and plans",
  costs = "nothing",
  undo = "a rollback deletes what was made and puts back what was changed; what was pruned is gone",
  run = run_it,
}
