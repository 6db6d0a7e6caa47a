-- SPDX-License-Identifier: Apache-2.0
-- Kernel version of a DDM instance: upgraded, or rolled back to the one before the last upgrade.
--
--   1. look       the versions there are, the service's own reminder of risks, the instance and its nodes
--   2. preflight  every prerequisite an API can see, for this step between these two versions
--   3. confirm    all nodes restart in turn: a person types the instance's name
--   4. change     at once or in a dated window that has to hold five minutes a node
--   5. verify     version, nodes, SSL, address, administrator; which nodes there were is recorded for a rollback
-- A rollback goes to the version before the last upgrade, never further, and only without nodes added since. After a
-- rollback there is none: one upgrades again. A downgrade by any other way is not done here: nothing leads back from it.

-- Tasks that add nodes.
local GROWTH = { EnlargeNode = true, CreateGroup = true }

-- Versions at which the manual's rules change.
local LOWEST, LOWEST_ALLIED = "3.0.6.3", "3.0.4.3"
local ADMINISTRATORS = "3.0.9"
local IPV6_TO, IPV6_FROM = "3.0.9", "3.1.3"
local REBUILT = "3.1.6.0"

local BY_HAND = {
  "the application makes its connections again: each node restarts, five minutes a node, second-long cuts",
  "the hour is a quiet one; long transactions and batch jobs have ended",
  "no backup, failover or change is under way on the data nodes: RDS shows it, DDM does not",
}
local BY_HAND_REBUILT = {
  "no XA transaction is left over: XA RECOVER on every data node",
  "an EIP is bound again: connections over it break once more",
}

local function words(list)
  return table.concat(list, ", ")
end

local function filled(value)
  return type(value) == "string" and value ~= "" and value or nil
end

-- Below, at or above 0 as a is before, at or after b.
local function compared(a, b)
  local left, right = a:gmatch("%d+"), b:gmatch("%d+")
  while true do
    local x, y = left(), right()
    if not x and not y then return 0 end
    local difference = (tonumber(x) or 0) - (tonumber(y) or 0)
    if difference ~= 0 then return difference end
  end
end

---------------------------------------------------------------------------
-- 1. What is, and what there is to be had.

local function target_of(run, p, versions)
  if p.action == "rollback" then
    local before = filled(versions.previous_version)
    if p.version and p.version ~= before then
      run:fail(("a rollback goes to %s, not to %s"):format(before or "no version", p.version),
        "leave version out; no way leads to another earlier version")
    end
    return before
  end
  if p.version == "preferred" then return filled(versions.current_favored_version) end
  if p.version == "latest" then return filled(versions.latest_version) end
  if not p.version then
    run:fail("which version? " .. (words(versions.versions or {})),
      "give version=…, or version=preferred (of the present series), or version=latest")
  end
  return p.version
end

local function show_versions(run, versions)
  local rows, seen = {}, {}
  local function add(version, what)
    if not filled(version) then return end
    if not seen[version] then
      rows[#rows + 1] = { version, {} }
      seen[version] = rows[#rows]
    end
    table.insert(seen[version][2], what)
  end
  add(versions.current_version, "now")
  for _, version in ipairs(versions.versions or {}) do add(version, "offered") end
  add(versions.current_favored_version, "preferred in its series")
  add(versions.latest_version, "latest preferred")
  add(versions.previous_version, "before the last upgrade")
  table.sort(rows, function(a, b) return compared(a[1], b[1]) < 0 end)
  for _, row in ipairs(rows) do row[2] = words(row[2]) end
  run:table{ name = "kernel versions", columns = { "version", "what" }, rows = rows }
end

local function remind(run, p)
  local body, err = run:try(run.ddm.show_risk_info, run.ddm, { instance_id = p.instance_id })
  if not body then return run:line("unseen", "the service's reminder of risks cannot be read: " .. err.message) end
  for _, risk in ipairs(body.risks or {}) do
    for _, text in ipairs({ risk.suggest or "", risk.influence or "", risk.service_impact_duration or "", risk.upgrade_duration or "",
      risk.guidance or "" }) do
      if text ~= "" then run:line("warn", ("%s, level %s: %s"):format(tostring(risk.engine_version), tostring(risk.level), text)) end
    end
  end
  if #(body.risks or {}) == 0 then run:line("ok", "the service reminds of no risk of the present version") end
end

-- All nodes in turn have to fit in before the window closes.
local function window_of(run, p, plan)
  local minutes = p.cut_off_minutes or (plan.rebuilt and 30 or 10) + 5 * #plan.nodes
  return run:window_of{ window_from = p.window_from, window_to = p.window_to, zone = p.zone, cut_off_minutes = minutes }
end

local function look(run, p)
  local at = { instance_id = p.instance_id }
  local versions = run.ddm:list_database_available_versions(at)
  show_versions(run, versions)
  remind(run, p)
  local plan = { instance = run.ddm:show_instance(at), versions = versions, to = target_of(run, p, versions),
    nodes = run.ddm:all("list_nodes", at), groups = run.ddm:all("list_groups", { instance_id = p.instance_id, limit = 128 }),
    schemas = run.ddm:all("list_schemas", at), record = run:recorded("ddm_kernel_upgrade/" .. p.instance_id) }
  plan.from = filled(versions.current_version) or plan.instance.engine_version
  local low, high = plan.from, plan.to or plan.from
  if compared(low, high) > 0 then low, high = high, low end
  plan.rebuilt = compared(low, REBUILT) < 0 and compared(high, REBUILT) >= 0
  plan.window = window_of(run, p, plan)
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_upgrade(plan, check)
  local offered = false
  for _, version in ipairs(plan.versions.versions or {}) do offered = offered or version == plan.to end
  local later = plan.to ~= nil and compared(plan.to, plan.from) > 0
  check("version offered", offered, offered and tostring(plan.to) or ("%s is none of %s"):format(tostring(plan.to),
    words(plan.versions.versions or {})))
  check("later than now", later, later and ("%s now"):format(plan.from)
    or ("%s now: an earlier version is a downgrade, from which nothing leads back"):format(plan.from))
end

-- Nodes that were not there when this runbook upgraded; without a record, tasks that added some.
local function check_added(plan, jobs, check)
  local added, tasks = {}, {}
  if plan.record and plan.record.to == plan.from then
    local known = {}
    for _, id in ipairs(plan.record.nodes) do known[id] = true end
    for _, node in ipairs(plan.nodes) do
      if not known[node.node_id] then added[#added + 1] = node.node_id end
    end
    return check("no nodes added since", #added == 0, #added == 0 and "those of the upgrade at " .. plan.record.at
      or "remove them first (ddm_scale_in nodes=…): " .. words(added))
  end
  for _, job in ipairs(jobs) do
    if GROWTH[job.name] and job.status == "Completed" then tasks[#tasks + 1] = ("%s at %s"):format(job.name, job.created_time) end
  end
  check("no nodes added since", "unseen", #tasks == 0 and "no record of the upgrade here, and no task that added nodes in 30 days"
    or "no record of the upgrade here, but there was " .. words(tasks))
end

-- The service deletes it with the change to a version that has none.
local function loses_administrator(plan)
  return compared(plan.to, ADMINISTRATORS) < 0 and compared(plan.from, ADMINISTRATORS) >= 0
end

local function check_rollback(plan, jobs, check)
  local back = plan.to ~= nil and compared(plan.to, plan.from) < 0
  check("a version to go back to", back, back and ("%s, before the last upgrade to %s"):format(plan.to, plan.from)
    or "there is none: the last change was no upgrade")
  check_added(plan, jobs, check)
  if back and loses_administrator(plan) then
    check("administrator", "warn", ("below %s there is none: the account %s is deleted"):format(ADMINISTRATORS,
      filled(plan.instance.admin_user_name) or "of the administrator"))
  end
end

local function check_versions(plan, check)
  if not plan.to then return end
  local low = compared(plan.to, LOWEST) < 0
  check("lowest version", compared(plan.to, LOWEST_ALLIED) >= 0, ("%s; %s is the lowest"):format(plan.to, LOWEST))
  if low then check("lowest version by region", "warn", ("only some regions go below %s"):format(LOWEST)) end
  local ipv6, balanced = false, true
  for _, group in ipairs(plan.groups) do
    ipv6 = ipv6 or filled(group.ipv6_endpoint) ~= nil
    balanced = balanced and group.is_load_balance == true
  end
  local fits = compared(plan.to, IPV6_TO) <= 0 or compared(plan.to, IPV6_FROM) >= 0
  check("IPv6", not ipv6 or fits, not ipv6 and "no group has an IPv6 address"
    or ("up to %s or from %s on, not in between"):format(IPV6_TO, IPV6_FROM))
  if not plan.rebuilt then return end
  check("load balancing", balanced, balanced and "on, as a step over " .. REBUILT .. " needs"
    or "off: a step over " .. REBUILT .. " needs it")
  check("nodes are rebuilt", "warn", "a step over " .. REBUILT .. " takes longer and may leave SSL switched off")
end

local function by_hand(p, plan)
  local list = table.move(BY_HAND, 1, #BY_HAND, 1, {})
  if plan.rebuilt then table.move(BY_HAND_REBUILT, 1, #BY_HAND_REBUILT, #list + 1, list) end
  if plan.rebuilt and p.action == "rollback" then list[#list + 1] = "global secondary indexes are dropped" end
  return list
end

local function preflight(run, p, plan)
  local jobs = run:jobs{ instance_id = p.instance_id }
  run:preflight(function(check)
    run:at_rest(check, { instance = plan.instance, jobs = jobs, nodes = plan.nodes, schemas = plan.schemas })
    if p.action == "upgrade" then check_upgrade(plan, check) else check_rollback(plan, jobs, check) end
    check_versions(plan, check)
  end, by_hand(p, plan))
end

---------------------------------------------------------------------------
-- 3. A person confirms, 4. and the version is changed.

local function confirm(run, p, plan)
  local name = plan.instance.name
  local what = p.action == "upgrade" and "upgrade kernel of " or "roll back kernel of "
  local after = p.action == "upgrade" and "it can be rolled back once" or "and only another upgrade leads back"
  if loses_administrator(plan) then after = after .. "; the administrator's account is deleted" end
  if not run:ask{ name = what .. name, expect = name, question = ("%s goes from %s to %s: its %d nodes restart in turn, %s. "
      .. "Type the instance's name to go on"):format(name, plan.from, plan.to, #plan.nodes, after) } then
    run:fail("not confirmed: nothing has been changed", "type the instance's name exactly")
  end
end

local function follow(run, p, op, answer, since)
  run:follow_change{ op = op, instance_id = p.instance_id, answer = answer, name = "the change of version", since = since,
    interval = 30, timeout = p.deadline_hours * 3600,
    remedy = "look at it: hwdb call ddm.show_instance instance_id=" .. p.instance_id .. "; once it is RUNNING run this again; "
      .. "nodes that do not come back are a case for support" }
end

local function rolled_back(run, p)
  local since = run:now()
  local answer = run.ddm:roll_back_database_version{ instance_id = p.instance_id }
  follow(run, p, "ddm.roll_back_database_version", answer, since)
end

local function take_back(run, p, plan)
  local at = { instance_id = p.instance_id }
  run:wait{ name = "the instance before the way back", op = "ddm.show_instance", args = at, field = "status",
    success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = p.deadline_hours * 3600 }
  if run.ddm:show_instance(at).engine_version == plan.from then
    return run:note(("the version is %s as before: there is nothing to take back"):format(plan.from))
  end
  rolled_back(run, p)
  run:line("ok", "rolled back to " .. run.ddm:show_instance(at).engine_version)
end

local function change(run, p, plan)
  run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, was = plan.instance, what = "the instance",
    fields = { "status", "engine_version", "nodes[].node_id" } }
  if plan.window then
    run:note("the change of version may begin in " .. plan.window.text)
    run:enter(plan.window)
  end
  if p.action == "rollback" then return rolled_back(run, p) end
  run:undo{ name = "roll the kernel back to " .. plan.from, run = function() take_back(run, p, plan) end }
  local since = run:now()
  local answer = run.ddm:change_database_version{ instance_id = p.instance_id, target_version = plan.to }
  follow(run, p, "ddm.change_database_version", answer, since)
end

---------------------------------------------------------------------------
-- 5. Verify.

local function verify(run, p, plan)
  local before, now = plan.instance, run.ddm:show_instance{ instance_id = p.instance_id }
  local nodes, failed, ids = run.ddm:all("list_nodes", { instance_id = p.instance_id }), {}, {}
  for i, node in ipairs(nodes) do ids[i] = node.node_id end
  local bad = run:troubled(nodes)
  local rows = {}
  local function compare(name, was, is, wanted, soft)
    local fits = is == wanted
    rows[#rows + 1] = { name, was, is, fits and "as it should be" or soft or "differs" }
    if not fits and not soft then failed[#failed + 1] = name end
  end
  compare("version", plan.from, now.engine_version, plan.to)
  compare("nodes", #plan.nodes, #nodes, #plan.nodes)
  compare("nodes in trouble", 0, #bad, 0)
  compare("address", before.access_ip, now.access_ip, before.access_ip)
  compare("port", before.access_port, now.access_port, before.access_port)
  compare("SSL", before.enable_ssl, now.enable_ssl, before.enable_ssl, plan.rebuilt and "switch it again: hwdb call ddm.switch_ssl")
  compare("administrator", before.admin_user_name, now.admin_user_name, before.admin_user_name,
    compared(plan.to, ADMINISTRATORS) < 0 and "none below " .. ADMINISTRATORS)
  run:table{ name = "before and after", columns = { "what", "before", "now", "verdict" }, rows = rows }
  -- What a later rollback has to know holds whatever else is amiss.
  if now.engine_version == plan.to then
    run:record("ddm_kernel_upgrade/" .. p.instance_id, p.action == "upgrade"
      and { from = plan.from, to = plan.to, nodes = ids, at = run:clock() } or nil)
  end
  if #failed > 0 then
    run:fail("verification: differs: " .. words(failed), #bad > 0 and words(bad) or "look at the task on the console")
  end
end

---------------------------------------------------------------------------

local function main(run, p)
  local plan = run:step("look", look, run, p)
  if p.action == "upgrade" and plan.to == plan.from then
    run:note(("%s has the version %s already; nothing has been changed"):format(plan.instance.name, plan.from))
    return { from = plan.from, to = plan.to, changed = false }
  end
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  run:step("confirm", confirm, run, p, plan)
  run:step("change", change, run, p, plan)
  run:step("verify", verify, run, p, plan)
  run:note(p.action == "upgrade" and "test the application; until nodes are added, action=rollback leads back"
    or "test the application; back to the newer version leads another upgrade")
  return { from = plan.from, to = plan.to, changed = true }
end

return {
  name = "ddm_kernel_upgrade",
  summary = "Kernel version of a DDM instance: upgraded or rolled back, in a window, verified",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "action", type = "choice", choices = { "upgrade", "rollback" }, default = "upgrade",
      help = "rollback goes to the version before the last upgrade" },
    { name = "version", type = "string", help = "upgrade: 3.1.0.7, or preferred (of the series), or latest" },
    { name = "window_from", type = "string", help = 'begin not before: "2026-11-22 02:00"; at once unless given' },
    { name = "window_to", type = "string", help = 'and not after: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0,
      help = "nothing is begun in the last minutes of it; five a node and ten more unless given" },
    { name = "deadline_hours", type = "integer", min = 1, max = 200, default = 8, help = "how long each wait lasts at most" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = { "ddm:instance:get", "ddm:database:list" },
  targets = { "ddm/{instance_id}" },
  changes = "the kernel version; all nodes restart in turn, connections break",
  costs = "nothing",
  undo = "an upgrade: rolled back to the version before, once, without nodes added since; a rollback: by another upgrade",
  run = main,
}
