-- SPDX-License-Identifier: Apache-2.0
-- Shard configuration of a DDM schema: more shards, more data nodes, or both.
--
-- The procedure, in the order of the functions below:
--   1. preflight   every prerequisite an API can see; the others are listed for a person
--   2. way back    the schema's metadata is exported, the restorable interval noted
--   3. precheck    both lists of items: FAILED stops, WARN asks
--   4. configure   starts the task, reads back what the service understood, stops if it differs
--   5. migrate     follows the task; a failure shows its log, then retries, rolls back or stops
--   6. switch      changes the route, in a dated window: writes are blocked meanwhile
--   7. verify      shards, data nodes and states; the result is recorded
-- Clearing the source data cannot be undone and is another command: ddm_shard_clean.

local DAY = 86400000
local HOUR = 3600000

-- What no API shows. A person goes through it before the task is started.
local BY_HAND = {
  "no DDL on the schema from now until the task has ended: it is announced and kept",
  "the data node users hold the rights the service asks for, WITH GRANT OPTION and REPLICATION SLAVE among them",
  "lower_case_table_names=1 and local_infile=ON on every data node",
  "no restart, failover, restore, password, parameter, security group or VPC change of the data nodes meanwhile",
  "no restart of the DDM instance and no other change to it meanwhile",
  "the DDM nodes have capacity to spare, or is_exclusive takes one of them",
  "the application is tested against the schema after the switch, before anything is cleared",
}

-- An operation offered now says more than the status: documents disagree on the latter.
local BY_OPERATION = { toBeSwitched = "ToBeSwitched", toBeCleaned = "ToBeCleaned", toBeRetried = "Failed",
  toBeRolled = "Failed" }
local UNDER_WAY = { "Running", "Expanding", "Switching", "ToBeSwitched", "Canceling", "Rollbacking" }

local function set_of(list)
  local set = {}
  for _, value in ipairs(list) do set[value] = true end
  return set
end

local function ids_of(list, field)
  local ids = {}
  for i, item in ipairs(list or {}) do ids[i] = item[field] end
  table.sort(ids)
  return ids
end

local function words(list)
  return table.concat(list, ", ")
end

local function major(version)
  return tostring(version or ""):match("^%d+%.%d+")
end

---------------------------------------------------------------------------
-- The plan: what is, and what shall be.

local function task_path(p, job_id)
  return { instance_id = p.instance_id, db_name = p.schema, job_id = job_id }
end

local function service_window(run, p)
  if p.switch ~= "service" then return nil end
  local hour, rest = (p.service_from or ""):match("^(%d%d)(:%d%d:%d%d)$")
  local begins = tonumber(hour)
  if not begins or begins > 22 then
    run:fail("switch=service needs service_from, such as 17:00:00 and at latest 22:59:59",
      "the service's window is one hour on one day")
  end
  return { from = p.service_from, to = ("%02d%s"):format(begins + 1, rest) }
end

local function own_window(run, p)
  if p.switch ~= "window" then return nil end
  return run:window_of(p) or run:fail("switch=window needs window_from, window_to and zone",
    'such as window_from="2026-11-22 02:00" window_to=04:00 zone=+08:00; or switch=ask, switch=service')
end

local function read_plan(run, p)
  local instance = run.ddm:show_instance{ instance_id = p.instance_id }
  local schema = run.ddm:show_schema_v3{ instance_id = p.instance_id, database_name = p.schema }
  local present = ids_of(schema.data_nodes, "id")
  return { instance = instance, schema = schema, shards_before = schema.shard_number, nodes_before = present,
    shards = p.shards or schema.shard_number, nodes = p.nodes or present, exclusive = p.exclusive,
    service = service_window(run, p), window = own_window(run, p) }
end

---------------------------------------------------------------------------
-- 1. Preflight. Each check gives a named line; all are made before any stops.

local function check_instance(run, p, plan, check)
  local instance = plan.instance
  run:at_rest(check, { instance = instance })
  check("kernel", run:version_at_least(instance.engine_version, "3.0.8.3"),
    ("version %s, 3.0.8.3 or later is needed"):format(instance.engine_version))
  local bad = run:troubled(run.ddm:all("list_nodes", { instance_id = p.instance_id }))
  check("DDM nodes", #bad == 0, #bad == 0 and "all are running" or words(bad))
end

-- The task list reaches back 30 days; older source data shows when the service refuses (DBS.300358).
local function check_tasks(run, p, check)
  local others, broken, uncleaned = {}, {}, {}
  for _, job in ipairs(run:jobs{ instance_id = p.instance_id }) do
    local offered = set_of(job.operations or {})
    local text = ("%s %s is %s"):format(job.name, job.id, job.status)
    if offered.toBeCleaned then
      uncleaned[#uncleaned + 1] = ("%s (schema %s)"):format(text, job.database_name)
    elseif offered.toBeRetried or offered.toBeRolled then
      broken[#broken + 1] = text
    else
      others[#others + 1] = job
    end
  end
  run:at_rest(check, { jobs = others })
  check("no failed shard task", #broken == 0,
    #broken == 0 and "none waits to be retried or rolled back" or words(broken) .. ": take it up with job_id=…")
  check("source data cleared", #uncleaned == 0,
    #uncleaned == 0 and "nothing is left of earlier tasks" or words(uncleaned) .. ": clear it first (ddm_shard_clean)")
end

local function check_schema(plan, check)
  local schema = plan.schema
  check("schema running", schema.status == "RUNNING", ("%s is %s"):format(schema.name, schema.status))
  check("schema sharded", schema.shard_mode == "cluster", "shard_mode is " .. tostring(schema.shard_mode))
end

local function check_growth(plan, check)
  local shall = set_of(plan.nodes)
  local missing = {}
  for _, id in ipairs(plan.nodes_before) do
    if not shall[id] then missing[#missing + 1] = id end
  end
  check("source nodes included", #missing == 0,
    #missing == 0 and "all present data nodes stay" or "missing in nodes: " .. words(missing))
  local seen, twice = {}, {}
  for _, id in ipairs(plan.nodes) do
    if seen[id] then twice[#twice + 1] = id end
    seen[id] = true
  end
  if #twice > 0 then check("each node once", false, "twice in nodes: " .. words(twice)) end
  local grows = plan.shards > plan.shards_before or #plan.nodes > #plan.nodes_before
  check("shards or nodes grow", grows and plan.shards >= plan.shards_before,
    ("shards %d to %d, data nodes %d to %d"):format(plan.shards_before, plan.shards, #plan.nodes_before, #plan.nodes))
  check("shards a data node", plan.shards >= #plan.nodes and plan.shards <= 64 * #plan.nodes,
    ("%d shards on %d data nodes; 1 to 64 each"):format(plan.shards, #plan.nodes))
end

local function new_nodes(run, p, plan)
  local before, found, missing = set_of(plan.nodes_before), {}, {}
  local listed = {}
  for node in run.ddm:each("list_migration_data_nodes", { instance_id = p.instance_id, db_name = p.schema }) do
    listed[node.id] = node
  end
  for _, id in ipairs(plan.nodes) do
    if listed[id] then found[#found + 1] = listed[id] elseif not before[id] then missing[#missing + 1] = id end
  end
  return found, missing
end

local function check_nodes(run, p, plan, check)
  local added, missing = new_nodes(run, p, plan)
  check("new nodes available", #missing == 0, #missing == 0 and "listed for this schema: same VPC, in no other DDM"
    or "not listed (another VPC, or used by another DDM): " .. words(missing))
  local bad, versions, seen = {}, {}, {}
  for _, list in ipairs({ plan.schema.data_nodes, added }) do
    for _, node in ipairs(list) do
      if node.status ~= "normal" and node.status ~= "RUNNING" then bad[#bad + 1] = node.id .. " is " .. node.status end
      local version = major(node.engine_version)
      if version and not seen[version] then
        seen[version] = true
        versions[#versions + 1] = version
      end
    end
  end
  check("data nodes normal", #bad == 0, #bad == 0 and "all of them" or words(bad))
  check("one engine version", #versions == 1 and (versions[1] == "5.7" or versions[1] == "8.0"),
    "RDS for MySQL " .. words(versions) .. "; 5.7 or 8.0, one for all")
end

local function check_logins(p, plan, check)
  local missing = {}
  for _, id in ipairs(plan.nodes) do
    local user, password = p.user or {}, p.password or {}
    if not (user[id] or user.all) or not (password[id] or password.all) then missing[#missing + 1] = id end
  end
  check("logins given", #missing == 0, #missing == 0 and "user and password for each data node"
    or "user or password missing for " .. words(missing))
  -- A slip in a node's id would leave that node to the login for all.
  local shall, strange = set_of(plan.nodes), {}
  for _, param in ipairs({ "user", "password" }) do
    for key in pairs(p[param] or {}) do
      if key ~= "all" and not shall[key] then strange[#strange + 1] = param .. "." .. key end
    end
  end
  if #strange > 0 then check("logins for these only", false, "of no data node: " .. words(strange)) end
end

local function check_exclusive(run, p, plan, check)
  if not plan.exclusive then return end
  check("more than one DDM node", (plan.instance.node_count or 0) > 1, ("%s has %s; one is taken for the task"):format(
    plan.instance.name, tostring(plan.instance.node_count)))
  local groups, err = run:try(run.ddm.list_groups, run.ddm, { instance_id = p.instance_id })
  if not groups then return check("load balancing on the default group", "unseen", err.message) end
  for _, group in ipairs(groups.group_list or {}) do
    if group.is_default_group or #groups.group_list == 1 then
      return check("load balancing", group.is_load_balance == true, "of the group " .. group.name)
    end
  end
  check("load balancing on the default group", "unseen", "no group is marked as the default one")
end

-- Through RDS itself: what DDM's lists do not tell.
local function check_rds(run, p, plan, check)
  if not p.check_rds then
    return check("data nodes as RDS shows them", "unseen", "check_rds=true looks (VPC, read-only, state)")
  end
  for _, id in ipairs(plan.nodes) do
    local body, err = run:try(run.rds.list_instances, run.rds, { id = id })
    local node = body and body.instances and body.instances[1]
    if not node then
      return check("data nodes as RDS shows them", "unseen", err and err.message or id .. " is not listed")
    end
    check("RDS " .. id, node.vpc_id == plan.instance.vpc_id and node.status == "ACTIVE" and not node.read_only_by_user,
      ("%s, VPC %s%s"):format(node.status, node.vpc_id, node.read_only_by_user and ", read-only" or ""))
  end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_instance(run, p, plan, check)
    check_tasks(run, p, check)
    check_schema(plan, check)
    check_growth(plan, check)
    check_nodes(run, p, plan, check)
    check_logins(p, plan, check)
    check_exclusive(run, p, plan, check)
    check_rds(run, p, plan, check)
    if plan.shards > 64 then
      check("64 shards", "warn", "one page counts them per instance, not per data node; the service may refuse")
    end
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 2. The way back, as far as there is one: until the route is switched the
-- original data is untouched; afterwards only a restore to other instances.

local function way_back(run, p)
  local metadata = run.ddm:export_schema_metadata{ instance_id = p.instance_id }
  local body = run.ddm:show_restorable_time{ instance_id = p.instance_id }
  local intervals = body.restorable_time_intervals or {}
  run:record(("ddm_shard_migration/way_back/%s/%s"):format(p.instance_id, p.schema), {
    exported = run:clock(), metadata = metadata, restorable = intervals })
  run:line("ok", ("metadata of %d data nodes exported and recorded"):format(#(metadata.data_nodes or {})))
  local latest = intervals[#intervals]
  if latest then
    run:line("ok", ("data can be restored from %s to %s"):format(latest.start_time, latest.end_time))
  elseif not run:ask{ name = "no restorable time", question = "There is no time to which the data could be restored. Go on?" } then
    run:fail("stopped: no restorable time", "see that the data nodes are backed up")
  end
end

---------------------------------------------------------------------------
-- 3. Precheck, 4. configure: the same request, twice.

local function request(p, plan)
  local nodes = {}
  for i, id in ipairs(plan.nodes) do
    nodes[i] = { id = id, user = p.user[id] or p.user.all, password = p.password[id] or p.password.all }
  end
  local service = plan.service or {}
  return { instance_id = p.instance_id, db_name = p.schema, data_nodes = nodes,
    new_shard_number = ("%d"):format(plan.shards), is_exclusive = plan.exclusive,
    switch_route_begin_time = service.from, switch_route_end_time = service.to }
end

-- Both lists may name an item; the worse outcome counts.
local WEIGHT = { SUCCESS = 1, WARN = 2, FAILED = 3 }

local function merged(...)
  local items, by_name = {}, {}
  for _, list in ipairs({ ... }) do
    for _, item in ipairs(list) do
      local known = by_name[item.name]
      if not known then
        items[#items + 1] = item
        by_name[item.name] = #items
      elseif (WEIGHT[item.status] or 2) > (WEIGHT[items[known].status] or 2) then
        items[known] = item
      end
    end
  end
  return items
end

local function item_text(item)
  local text = ("%s: %s"):format(item.name, item.status)
  for _, more in ipairs({ item.error_message or "", item.handling_suggestion or "" }) do
    if more ~= "" then text = text .. "; " .. more end
  end
  return text
end

local function judge(run, items)
  local failed = {}
  for _, item in ipairs(items) do
    if item.status == "SUCCESS" then
      run:line("ok", item.name)
    elseif item.status == "FAILED" then
      run:line("fail", item_text(item))
      failed[#failed + 1] = item.name
    else
      run:line("warn", item_text(item))
    end
  end
  if #failed > 0 then run:fail("precheck: failed: " .. words(failed), "nothing has been changed; put it right and run again") end
  if #items == 0 then run:fail("precheck: no item was answered", "ask the service's support; nothing has been changed") end
  for _, item in ipairs(items) do
    if item.status ~= "SUCCESS" and not run:ask{ name = item.name,
        question = ("The precheck item %q ends with %s. Go on nevertheless?"):format(item.name, item.status) } then
      run:fail("stopped at the precheck item " .. item.name, "nothing has been changed")
    end
  end
end

local function precheck(run, p, plan)
  local body = run.ddm:precheck_shards(request(p, plan))
  -- A failed precheck job still has its list, which says why.
  local _, err = run:try(run.wait, run, { name = "the precheck", op = "ddm.show_job", args = { job_id = body.job_id },
    field = "job.status", success = { "Completed" }, failure = { "Failed" }, progress = "job.process",
    interval = 5, timeout = 2 * 3600 })
  if err and err.kind ~= "failed" then error(err, 0) end
  local later = run.ddm:show_precheck(task_path(p, body.job_id))
  judge(run, merged(body.pre_check_results or {}, later.pre_check_results or {}))
  if err then error(err, 0) end
end

local function taking_up(p, job_id, more)
  return ("hwdb run ddm_shard_migration instance_id=%s schema=%s job_id=%s %s…"):format(p.instance_id, p.schema, job_id, more or "")
end

local function how_to_go_on(p, job_id)
  return ("the task %s goes on in the cloud. `hwdb resume` takes the run up; where its journal is lost: %s"):format(job_id,
    taking_up(p, job_id))
end

local function differences(plan, task)
  local list = {}
  local function same(name, expected, got)
    if expected ~= got then list[#list + 1] = ("%s: %s was asked for, %s is configured"):format(name, tostring(expected), tostring(got)) end
  end
  local nodes = {}
  for i, id in ipairs(plan.nodes) do nodes[i] = id end
  table.sort(nodes)
  same("shards", plan.shards, task.after_shard_num)
  same("data nodes", words(nodes), words(ids_of(task.after_dn_info_list, "dn_instance_id")))
  same("manual switch", plan.service == nil, task.switch_route_is_manual)
  same("is_exclusive", plan.exclusive, task.is_exclusive)
  if plan.service then
    same("switch from", plan.service.from, task.auto_switch_begin_time)
    same("switch until", plan.service.to, task.auto_switch_end_time)
  end
  return list
end

local function read_back(run, p, plan, job_id)
  local seen = run:wait{ name = "the task as configured", op = "ddm.show_shard_task", args = task_path(p, job_id),
    field = "after_shard_num", success = "any", interval = 5, timeout = 600 }
  local list = differences(plan, seen.value)
  for _, text in ipairs(list) do run:line("fail", text) end
  if #list > 0 then
    run:fail("the service configured something else: " .. table.concat(list, "; "),
      ("nothing has been switched; cancel it with: hwdb call ddm.cancel_shards instance_id=%s db_name=%s job_id=%s"):format(
        p.instance_id, p.schema, job_id))
  end
  run:line("ok", ("read back: %d shards on %d data nodes, %s switch"):format(plan.shards, #plan.nodes,
    plan.service and "automatic" or "manual"))
  if plan.service then
    run:line("warn", ("the service switches between %s and %s, every day until it succeeds; no document says in which zone"):format(
      plan.service.from, plan.service.to))
  end
  return seen.value
end

-- Questions may have taken hours: the schema has to be as it was looked at, now and in the moment of the call.
local function unchanged(run, p, plan)
  local seen = run:guard{ op = "ddm.show_schema_v3", args = { instance_id = p.instance_id, database_name = p.schema },
    fields = { "status", "shard_number", "data_nodes[].id" } }
  if seen.shard_number ~= plan.shards_before or words(seen["data_nodes[].id"]) ~= words(plan.nodes_before) then
    run:fail(("%s was changed by somebody else since the preflight: %s shards on %d data nodes"):format(p.schema,
      tostring(seen.shard_number), #seen["data_nodes[].id"]), "nothing has been changed by this run; begin again")
  end
end

local function configure(run, p, plan)
  unchanged(run, p, plan)
  local started = run:now()
  run:if_stopped("the task may have begun: `hwdb resume` finds out (it looks for migrateLogicDb among the jobs)")
  local job_id = run.ddm:configure_shards(request(p, plan)).job_id
  run:if_stopped(how_to_go_on(p, job_id))
  run:note("the task is " .. job_id)
  read_back(run, p, plan, job_id)
  return { job_id = job_id, since = started - HOUR }
end

-- Instead of 1 to 4: a task that was configured before.
local function take_up(run, p, plan)
  local seen = run.ddm:show_shard_task(task_path(p, p.job_id))
  plan.shards, plan.shards_before = p.shards or seen.after_shard_num, seen.original_shard_num
  plan.nodes = p.nodes or ids_of(seen.after_dn_info_list, "dn_instance_id")
  plan.exclusive = seen.is_exclusive
  run:if_stopped(how_to_go_on(p, p.job_id))
  read_back(run, p, plan, p.job_id)
  -- The list reaches back 30 days from each look, the last of which is at the deadline.
  return { job_id = p.job_id, since = run:now() - 30 * DAY + (p.deadline_hours + 1) * HOUR }
end

---------------------------------------------------------------------------
-- 5. Migrate, 6. switch.

local function follow(run, p, task, what, ends)
  return run:wait{ name = what, op = "ddm.list_jobs",
    args = { start_time = task.since, end_time = run.NOW, limit = 128 }, find = { id = task.job_id },
    field = "status", operations = BY_OPERATION, success = { "ToBeCleaned", "Completed" },
    person = ends.ready and { "ToBeSwitched" } or nil, failure = { "Failed", "CancelSuccess", "RollbackSuccess" },
    pending = UNDER_WAY, progress = "process", reason = "fail_reason", interval = 30, settle = task.settle,
    timeout = p.deadline_hours * 3600 }
end

local function permit_switch(run, p, plan)
  if plan.window then
    run:note("the switch may begin in " .. plan.window.text)
    return run:enter(plan.window)
  end
  if not run:ask{ name = "switch " .. p.schema, expect = p.schema, question = ("The route of %s can be switched: writes (with more "
      .. "shards reads too) are blocked while the data is verified, and there is NO WAY BACK. Type the schema's name to switch "
      .. "now"):format(p.schema) } then
    run:hand_over("the route has not been switched", "the task waits; the migration itself is complete")
  end
end

local function switch(run, p, plan, task)
  permit_switch(run, p, plan)
  -- Hours may have passed: somebody else may have switched or cancelled, or the task may have failed.
  local now = follow(run, p, task, "the task before the switch", { ready = true })
  if now.state ~= "ToBeSwitched" then return run:note("the route was switched by somebody else") end
  run:guard{ op = "ddm.show_shard_task", args = task_path(p, task.job_id),
    fields = { "after_shard_num", "after_dn_info_list[].dn_instance_id", "switch_route_is_manual" } }
  if plan.window then run:enter(plan.window) end
  local switched, refusal = run:try(run.ddm.switch_route, run.ddm, task_path(p, task.job_id))
  if not switched then
    -- Between the look and the call somebody else may have been faster.
    if follow(run, p, task, "the task after the refusal", { ready = true }).state == "ToBeSwitched" then error(refusal, 0) end
    return run:note("the route was switched by somebody else")
  end
  follow(run, p, task, "the route switch", {})
end

local function migrate_and_switch(run, p, plan, task)
  local manual = plan.service == nil
  local reached = run:step("migrate", follow, run, p, task, "the migration of " .. p.schema, { ready = manual })
  if reached.state == "ToBeSwitched" then run:step("switch", switch, run, p, plan, task) end
  return true
end

local function show_log(run, p, task)
  local lines, err = run:try(function()
    local found = {}
    for line in run.ddm:each("show_migration_log", { instance_id = p.instance_id, task_id = task.job_id, limit = 128 }) do
      found[#found + 1] = line
    end
    return found
  end)
  if not lines then return run:line("warn", "the migration log cannot be read: " .. err.message) end
  for i = math.max(1, #lines - p.log_lines + 1), #lines do
    run:line("log", ("%s %s"):format(lines[i].level or "", lines[i].message or ""))
  end
end

local function retry(run, p, task)
  local again = run.ddm:retry_shards(task_path(p, task.job_id)).job_id or task.job_id
  -- Where the task keeps its id, its old failure is still shown for a while.
  task.job_id, task.settle = again, 60
  run:if_stopped(how_to_go_on(p, again))
  run:note("retried; the task is now " .. again)
end

local function roll_back(run, p, plan, task)
  local job_id = run.ddm:rollback_shards(task_path(p, task.job_id)).job_id
  run:wait{ name = "the rollback", op = "ddm.show_job", args = { job_id = job_id }, field = "job.status",
    success = { "RollbackSuccess", "Completed" }, failure = { "Failed" }, pending = UNDER_WAY, progress = "job.process",
    interval = 30, timeout = p.deadline_hours * 3600 }
  local schema = run:wait{ name = "the schema after the rollback", op = "ddm.show_schema_v3",
    args = { instance_id = p.instance_id, database_name = p.schema }, field = "status", success = { "RUNNING" },
    interval = 10, timeout = 3600 }.value
  if schema.shard_number ~= plan.shards_before then
    run:fail(("rolled back, but %s has %s shards, not %d"):format(p.schema, tostring(schema.shard_number), plan.shards_before),
      "ask the service's support")
  end
  run:if_stopped(nil)
  run:line("ok", ("rolled back: %s has its %d shards as before"):format(p.schema, plan.shards_before))
end

local function on_failure(run, p, plan, task, err, tries)
  run:line("fail", err.message)
  show_log(run, p, task)
  if p.on_failure == "retry" and tries < p.retries then
    run:step(("retry %d of %d"):format(tries + 1, p.retries), retry, run, p, task)
    return
  end
  if p.on_failure == "rollback" then
    run:step("roll back", roll_back, run, p, plan, task)
    run:fail("the shard configuration failed and was rolled back: " .. err.message, "see the log above for the cause")
  end
  run:if_stopped(("the task %s failed and waits as it is; until the route is switched the original data is untouched"):format(task.job_id))
  run:fail("the shard configuration failed: " .. err.message, ("the log above has the cause; once it is put right: %s; "
    .. "on_failure=rollback gives it up"):format(taking_up(p, task.job_id, "on_failure=retry ")))
end

local GIVEN_UP = { CancelSuccess = "cancelled", RollbackSuccess = "rolled back" }

local function carry_through(run, p, plan, task)
  local tries = 0
  while true do
    local switched, err = run:try(migrate_and_switch, run, p, plan, task)
    if switched then return end
    local given_up = err.kind == "failed" and GIVEN_UP[err.state]
    if given_up then
      run:if_stopped(nil)
      run:fail(err.message, ("somebody else has %s the task; the original data is as it was, begin again"):format(given_up))
    end
    if err.kind ~= "failed" or err.state ~= "Failed" then error(err, 0) end
    on_failure(run, p, plan, task, err, tries)
    tries = tries + 1
  end
end

---------------------------------------------------------------------------
-- 7. Verify what can be seen; the data itself is not compared.

local function settled(run, what, op, args)
  return run:wait{ name = what, op = op, args = args, field = "status", success = { "RUNNING" }, interval = 10,
    timeout = 1800 }.value
end

local function misplaced(schema, nodes)
  local allowed, wrong = set_of(nodes), {}
  for _, shard in ipairs(schema.shards or {}) do
    if not allowed[shard.data_node_id] then wrong[#wrong + 1] = tostring(shard.physical_db_name) end
  end
  return wrong
end

local function verify(run, p, plan, task)
  settled(run, "the instance", "ddm.show_instance", { instance_id = p.instance_id })
  local schema = settled(run, "the schema", "ddm.show_schema_v3", { instance_id = p.instance_id, database_name = p.schema })
  local failed = {}
  local function check(name, fulfilled, text)
    run:line(fulfilled and "ok" or "fail", name .. ": " .. text)
    if not fulfilled then failed[#failed + 1] = name end
  end
  local wanted = {}
  for i, id in ipairs(plan.nodes) do wanted[i] = id end
  table.sort(wanted)
  local wrong = misplaced(schema, plan.nodes)
  check("shards", schema.shard_number == plan.shards, ("%s, %d expected"):format(tostring(schema.shard_number), plan.shards))
  check("data nodes", words(ids_of(schema.data_nodes, "id")) == words(wanted), ("%d, %d expected"):format(
    #(schema.data_nodes or {}), #wanted))
  check("places of the shards", #(schema.shards or {}) == plan.shards and #wrong == 0,
    #wrong == 0 and ("%d listed, all on these data nodes"):format(#(schema.shards or {})) or "elsewhere: " .. words(wrong))
  if #failed > 0 then
    run:fail("verification: differs: " .. words(failed), "do not clear the source data; ask the service's support")
  end
  run:record(("ddm_shard_migration/verified/%s/%s"):format(p.instance_id, p.schema), { job_id = task.job_id,
    shards = plan.shards, nodes = wanted, verified = run:clock(), instance = plan.instance.name })
end

---------------------------------------------------------------------------

local function migrate(run, p)
  local plan = run:step("plan", read_plan, run, p)
  local task
  if p.job_id then
    task = run:step("take up", take_up, run, p, plan)
  else
    run:step("preflight", preflight, run, p, plan)
    if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
    run:step("way back", way_back, run, p)
    run:step("precheck", precheck, run, p, plan)
    if p.stop_after == "precheck" then return run:note("stopped after the precheck, as asked; nothing has been changed") end
    task = run:step("configure", configure, run, p, plan)
  end
  carry_through(run, p, plan, task)
  run:step("verify", verify, run, p, plan, task)
  run:if_stopped(nil)
  run:note("DATA NOT COMPARED: test the application. The source data is still on the original data nodes; clear it with:")
  run:note(("hwdb run ddm_shard_clean instance_id=%s schema=%s"):format(p.instance_id, p.schema))
  return { job_id = task.job_id, shards = plan.shards, nodes = plan.nodes }
end

return {
  name = "ddm_shard_migration",
  summary = "More shards or data nodes for a DDM schema: checked, migrated, switched in a window, verified",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "schema", type = "string", required = true, help = "the schema, a sharded one" },
    { name = "shards", type = "integer", min = 1, help = "shards afterwards; as many as now unless given" },
    { name = "nodes", type = "list", help = "ids of all data nodes afterwards, the present ones too; as now unless given" },
    { name = "user", type = "string", each = true, help = "login of the data nodes; user.ID=… for a single one" },
    { name = "password", type = "secret", each = true, help = "its password: env:NAME, @file, prompt:; password.ID=… for one" },
    { name = "exclusive", type = "boolean", default = false, help = "one DDM node works for the task alone" },
    { name = "switch", type = "choice", choices = { "window", "ask", "service" }, default = "window",
      help = "who switches the route: hwdb in a dated window, hwdb after a question, the service in its daily hour" },
    { name = "window_from", type = "string", help = 'the window opens: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'it closes: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 30,
      help = "no switch is begun in the last minutes of the window" },
    { name = "service_from", type = "string", help = "switch=service: begin of its hour, 17:00:00; its zone is documented nowhere" },
    { name = "on_failure", type = "choice", choices = { "stop", "retry", "rollback" }, default = "stop",
      help = "when the task fails: leave it, retry it (then leave it), or roll it back" },
    { name = "retries", type = "integer", min = 0, max = 10, default = 1, help = "on_failure=retry: how often" },
    { name = "log_lines", type = "integer", min = 1, max = 1000, default = 20, help = "lines of the migration log shown" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 72, help = "how long each wait lasts at most" },
    { name = "check_rds", type = "boolean", default = false, help = "look at the data nodes through RDS as well" },
    { name = "stop_after", type = "choice", choices = { "preflight", "precheck" }, help = "only so far; a day before, say" },
    { name = "job_id", type = "string", help = "take up this task, configured before, instead of starting one" },
  },
  permissions = { "ddm:instance:get", "rds:instance:list" },
  targets = { "ddm/{instance_id}" },
  changes = "shards and data nodes of the schema; writes are blocked during the route switch, DDL throughout",
  costs = "nothing by itself; new data nodes are paid RDS instances",
  undo = "until the switch: cancel or roll back, the original data is untouched; afterwards there is no documented way back",
  run = migrate,
}
