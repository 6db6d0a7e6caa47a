-- SPDX-License-Identifier: Apache-2.0
-- Nodes are taken away from a DWS cluster: whole rings, from the last ones on.
--
--   1. look        the cluster, its CNs and disks, and what the records say of an earlier scale-in
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. confirm     a person types the cluster's name: there is no way back, only forward
--   4. snapshot    a manual one before it, or one of the last day
--   5. shrink      in the window, if one is given
--   6. follow      a failure after the check locks the cluster: the scale-in is entered again, never abandoned
--   7. verify      number and state of the nodes; a table of them
-- A record stands from before the first request until the nodes are gone. The next start takes up what it finds there:
-- it follows what is under way, enters a failed scale-in again, or verifies what has ended meanwhile.

local DAY = 86400000
local LATE_SECONDS = 120
local FAILED = "CLUSTER_SHRINK_FAILED"
local PAST = { [FAILED] = FAILED .. " is shown: an earlier scale-in failed",
  SHRINK_CHECK_FAILED = "SHRINK_CHECK_FAILED is shown: an earlier scale-in failed" }
local UNDER_WAY = { SHRINK_CHECKING = true, CLUSTER_SHRINKING = true }

local BY_HAND = {
  "it is no logical cluster",
  "the nodes that go hold no GTM, CM server or ETCD",
  "no user or schema quota is used to 80 % or more; 1.5 times the largest table is free; skew is below 10 %",
  "sessions with temporary tables are closed; VACUUM has been run on the large tables",
  "no other task on the cluster from now until it has ended: it is announced and kept",
}

local function text_of(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function record_key(p)
  return "dws_shrink/" .. p.cluster_id
end

---------------------------------------------------------------------------
-- 1. What is, and what was begun before.

-- How this start goes on: "anew", "again" after a failure, "follow" what is under way, "verify" what has ended.
local function mode_of(run, plan)
  local task, record = run:cluster_task(plan.cluster), plan.record
  if task == FAILED then return "again" end
  if record and (task and UNDER_WAY[task] or task == "SNAPSHOTTING") then return "follow" end
  if record and plan.cluster.number_of_node == record.before - record.nodes then return "verify" end
  return "anew"
end

local function require_same_number(run, p, plan)
  local record = plan.record
  if plan.mode == "anew" or not record or not p.nodes or p.nodes == record.nodes then return end
  run:fail(("a scale-in of %s by %d nodes was begun at %s and is not yet verified: it cannot become one of %d"):format(
    plan.cluster.name, record.nodes, record.begun, p.nodes), "leave nodes out: that one is taken up")
end

local function look(run, p)
  local plan = { window = run:window_of(p), record = run:recorded(record_key(p)) }
  plan.cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  plan.mode = mode_of(run, plan)
  if plan.record and plan.mode == "anew" then
    run:note("a scale-in is recorded and the cluster shows none: looking again in a while, it may show late")
    run:sleep(LATE_SECONDS)
    plan.cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
    plan.mode = mode_of(run, plan)
  end
  require_same_number(run, p, plan)
  plan.nodes = p.nodes or plan.record and plan.record.nodes
  -- What was recorded and never began is begun anew, with all its questions.
  if plan.mode == "anew" then plan.record = nil end
  local record = plan.record
  if not plan.nodes then
    run:fail("give nodes: how many are taken away", plan.mode == "again"
      and "the records here do not know the failed scale-in; it has to be entered again with the number it was begun with" or nil)
  end
  plan.before = record and record.before or plan.cluster.number_of_node
  plan.total = plan.before - plan.nodes
  if plan.mode ~= "anew" then
    run:line("warn", ("an earlier scale-in is taken up (%s): %s by %d nodes, begun at %s"):format(plan.mode, plan.cluster.name,
      plan.nodes, record and record.begun or "an unknown time, by somebody else"))
  end
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_state(run, plan, check)
  local cluster, again = plan.cluster, plan.mode == "again"
  run:at_rest(check, { cluster = cluster, past = PAST, nodes = not again and cluster.nodes or nil })
  local sub = cluster.sub_status or "NORMAL"
  check("not read-only", not sub:find("READONLY", 1, true), sub)
  check("balanced", again or sub == "NORMAL" or sub:find("READONLY", 1, true) ~= nil, sub)
end

local function check_rings(run, p, plan, check)
  local size = plan.before
  check("whole rings", plan.nodes % p.ring_size == 0, ("%d nodes, rings of %d"):format(plan.nodes, p.ring_size))
  check("a ring stays", plan.total >= p.ring_size, ("%d of %d nodes stay; one ring of %d at least"):format(plan.total, size, p.ring_size))
  local body, err = run:try(run.dws.list_cluster_scale_in_numbers, run.dws, { cluster_id = p.cluster_id })
  if not body then return check("numbers the service offers", "unseen", err.message) end
  local offered = table.concat(body.shrink_sequence or {}, ", ")
  local found = (", " .. offered .. ","):find((", %d,"):format(plan.nodes), 1, true) ~= nil
  check("numbers the service offers", found, offered == "" and "none" or offered)
end

-- Names end in the node's number and that of its process: NAME-dws-dn-4-1.
local function numbered(node)
  return tonumber((text_of(node.name) or ""):match("%-(%d+)%-%d+$"))
end

-- The nodes a scale-in takes: the last ones.
local function last_nodes(cluster, count)
  local list = {}
  for i, node in ipairs(cluster.nodes or {}) do list[i] = { name = node.name, at = numbered(node) or i } end
  table.sort(list, function(a, b) return a.at < b.at end)
  return table.move(list, math.max(1, #list - count + 1), #list, 1, {})
end

local function check_nodes(run, p, plan, check)
  local idle, with_cn, names = 0, {}, {}
  for _, node in ipairs(plan.cluster.nodes or {}) do
    if node.status == "199" then idle = idle + 1 end
  end
  check("no idle nodes", idle == 0, ("%d"):format(idle))
  local cns = {}
  for _, cn in ipairs(run.dws:list_cluster_cn{ cluster_id = p.cluster_id }.instances or {}) do cns[cn.name] = true end
  for i, node in ipairs(last_nodes(plan.cluster, plan.nodes)) do
    names[i] = node.name
    if cns[node.name] then with_cn[#with_cn + 1] = node.name end
  end
  check("nodes without CN", #with_cn == 0, #with_cn == 0 and "these go: " .. table.concat(names, ", ")
    or "delete their CNs first (dws_cn_nodes): " .. table.concat(with_cn, ", "))
end

local function check_disks(run, p, plan, check)
  local fullest, why = run:fullest_disk(p.cluster_id)
  if not fullest then return check("disks below 80 %", "unseen", why) end
  local predicted = plan.total > 0 and fullest * plan.before / plan.total or 100
  check("disks below 80 %", fullest < 80, ("the fullest is at %.0f %%"):format(fullest))
  check("disks below 80 % afterwards", predicted < 80, ("%.0f %% on %d nodes"):format(predicted, plan.total))
end

-- A parameter like others, where the cluster lists it.
local function check_node_group(run, p, check)
  local value
  for _, group in ipairs(run.dws:list_cluster_configurations{ cluster_id = p.cluster_id }.configurations or {}) do
    if group.type == "hiddenParameterGroup" then
      local body = run.dws:list_cluster_configurations_parameter{ cluster_id = p.cluster_id, configuration_id = group.id }
      for _, parameter in ipairs(body.configurations or {}) do
        if parameter.name == "default_storage_nodegroup" then value = (parameter.values or {})[1] end
      end
    end
  end
  if not value then return check("default_storage_nodegroup", "unseen", "not among the parameters listed; installation is needed") end
  check("default_storage_nodegroup", value.value == "installation", tostring(value.value))
end

local function recent_snapshot(run, p)
  local best
  for snapshot in run.dws:each("list_cluster_snapshots", { cluster_id = p.cluster_id, limit = 100 }) do
    local taken = text_of(snapshot.started) or text_of(snapshot.updated)
    if snapshot.status == "AVAILABLE" and taken and (not best or taken > best.taken) then
      best = { id = snapshot.id, name = snapshot.name, taken = taken }
    end
  end
  return best
end

local function check_snapshot(run, p, plan, check)
  if p.snapshot == "take" then return run:fit_for_snapshot(check, p.cluster_id) end
  local found = recent_snapshot(run, p)
  local since = run:clock(run:now() - DAY):gsub(" ", "T")
  check("snapshot of the last day", found ~= nil and found.taken >= since:sub(1, 16), found
    and ("%s of %s"):format(found.name, found.taken) or "none is available")
  plan.snapshot = found
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_state(run, plan, check)
    if plan.mode == "again" then return end
    check_rings(run, p, plan, check)
    check_nodes(run, p, plan, check)
    check_disks(run, p, plan, check)
    check_node_group(run, p, check)
    check_snapshot(run, p, plan, check)
  end, plan.mode == "anew" and BY_HAND or nil)
end

---------------------------------------------------------------------------
-- 3. Confirm, 4. snapshot.

local function confirm(run, p, plan, locked)
  local name = plan.cluster.name
  local question = locked
    and "%s is locked by a failed scale-in by %d nodes: nothing but entering it again helps. Type its name to go on"
    or "%s loses %d nodes, for good: there is no way back, a failure is only entered again, and all other operations are "
    .. "refused until it succeeds. Type its name to go on"
  if not run:ask{ name = ("take %d nodes from %s"):format(plan.nodes, name), expect = name, serves = p.retries + 1,
      question = question:format(name, plan.nodes) } then
    run:fail("not confirmed: nothing has been changed", locked and "the cluster stays locked; start it again"
      or "type the cluster's name exactly")
  end
end

-- Automated snapshots begin when they like: the cluster has to be at rest before anything is asked of it.
local function at_rest(run, p, what)
  run:cluster_at_rest{ name = what, id = p.cluster_id, past = PAST, timeout = p.deadline_hours * 3600 }
end

local function snapshot(run, p, plan)
  at_rest(run, p, "the cluster before the snapshot")
  local args = { snapshot = { name = ("before-shrink-%d"):format(run:now() // 1000), cluster_id = p.cluster_id,
    description = ("before %d nodes are taken away"):format(plan.nodes) } }
  local answer = run.dws:create_snapshot(args)
  run:wait_for("dws.create_snapshot", args, answer, p.deadline_hours * 3600)
  plan.snapshot = { id = answer.snapshot.id, name = args.snapshot.name }
  run:line("ok", ("the snapshot %s is available; it is kept until somebody deletes it"):format(plan.snapshot.name))
end

---------------------------------------------------------------------------
-- 5. Shrink, 6. follow.

local function locked_text(plan)
  return ("a scale-in of %s is begun: if it fails, the cluster refuses everything until it is entered again. "
    .. "`hwdb resume` goes on; so does another start of dws_shrink without nodes="):format(plan.cluster.name)
end

local function unchanged(run, p, plan, again)
  local seen = run:guard{ op = "dws.show_cluster", args = { cluster_id = p.cluster_id },
    fields = { "cluster.number_of_node", "cluster.nodes[].id" } }
  -- What a failed one shows is not for this run to judge: it is entered again in any case.
  if not again and seen["cluster.number_of_node"] ~= plan.before then
    run:fail(("%s was changed by somebody else since the preflight: %s nodes"):format(plan.cluster.name,
      tostring(seen["cluster.number_of_node"])), "nothing has been taken away by this run; begin again")
  end
end

local function arguments(p, plan, again)
  return { cluster_id = p.cluster_id, shrink_number = plan.nodes, online = p.online, parallel_jobs = p.parallel_jobs,
    need_agency = p.need_agency, retry = again or nil }
end

-- The record is there before the first request leaves: whatever happens, the next start finds it.
local function enter(run, p, plan, again)
  if plan.window then run:enter(plan.window) end
  at_rest(run, p, "the cluster before the scale-in")
  unchanged(run, p, plan, again)
  local record = plan.record or { nodes = plan.nodes, before = plan.before, begun = run:clock(),
    snapshot = plan.snapshot and plan.snapshot.name }
  plan.record = record
  run:record(record_key(p), record)
  if plan.window then run:enter(plan.window) end
  run:if_stopped(locked_text(plan))
  local answer, err = run:try(run.dws.shrink_cluster, run.dws, arguments(p, plan, again))
  if answer then return answer end
  if not again then
    run:record(record_key(p), nil)
    run:if_stopped(nil)
  end
  error(err, 0)
end

-- A failure before the nodes are touched changes nothing; one after it locks the cluster.
local function outcome(run, p, plan, answer)
  local seen, err = run:try(run.wait_for, run, "dws.shrink_cluster", arguments(p, plan), answer, p.deadline_hours * 3600)
  if seen then return seen.value.cluster end
  if err.state == "SHRINK_CHECK_FAILED" then
    run:record(record_key(p), nil)
    run:if_stopped(nil)
    run:fail(err.message, "the service's own check refused it and nothing was taken away; put the reason right and begin again")
  end
  if err.state ~= FAILED then error(err, 0) end
  run:line("fail", err.message)
  return nil, err
end

local function carry_through(run, p, plan)
  local answer
  if plan.mode ~= "follow" then answer = run:step("shrink", enter, run, p, plan, plan.mode == "again") end
  local tries = 0
  while true do
    local cluster, err = run:step("follow", outcome, run, p, plan, answer)
    if cluster then return answer end
    if tries >= p.retries then
      run:fail(("%s; %s is locked"):format(err.message, plan.cluster.name),
        "all other operations are refused until it is entered again: start dws_shrink for this cluster, it takes it up; if it "
        .. "fails again for the same reason, ask the service's support")
    end
    tries = tries + 1
    -- Whoever took one up that was under way has agreed to nothing yet.
    if plan.mode == "follow" and tries == 1 then run:step("confirm", confirm, run, p, plan, true) end
    run:sleep(p.retry_minutes * 60)
    answer = run:step(("enter again %d of %d"):format(tries, p.retries), enter, run, p, plan, true)
  end
end

---------------------------------------------------------------------------
-- 7. Verify.

local function job_reason(run, answer)
  if not (answer and text_of(answer.job_id)) then return nil end
  local job = run:try(run.dws.show_job, run.dws, { job_id = answer.job_id })
  return job and text_of(job.failed_detail)
end

local function verify(run, p, plan, answer)
  local cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  local rows, bad = {}, 0
  for i, node in ipairs(cluster.nodes or {}) do
    rows[i] = { node.name, node.status, node.id }
    if node.status ~= "200" then bad = bad + 1 end
  end
  run:table{ name = "nodes", columns = { "name", "status", "id" }, rows = rows }
  if cluster.number_of_node == plan.before then
    run:record(record_key(p), nil)
    run:if_stopped(nil)
    run:fail(("nothing was taken away: %s has its %d nodes as before"):format(cluster.name, plan.before),
      job_reason(run, answer) or "look at the cluster's tasks on the console, then begin again")
  end
  local well = cluster.number_of_node == plan.total and bad == 0
  run:line(well and "ok" or "fail", ("nodes: %s, %d expected, %d not available"):format(tostring(cluster.number_of_node),
    plan.total, bad))
  if not well then run:fail("verification: the nodes are not as expected", "look at the cluster on the console") end
  run:record(record_key(p), nil)
end

local function shrink(run, p)
  local plan = run:step("look", look, run, p)
  local answer
  if plan.mode ~= "verify" then
    if plan.mode ~= "follow" then
      run:step("preflight", preflight, run, p, plan)
      run:step("confirm", confirm, run, p, plan, plan.mode == "again")
    end
    if plan.mode == "anew" and p.snapshot == "take" then run:step("snapshot", snapshot, run, p, plan) end
    answer = carry_through(run, p, plan)
  end
  run:step("verify", verify, run, p, plan, answer)
  run:if_stopped(nil)
  local taken = plan.snapshot and plan.snapshot.name or plan.record and plan.record.snapshot
  return { nodes = plan.total, mode = plan.mode, snapshot = taken }
end

return {
  name = "dws_shrink",
  summary = "Takes whole rings of nodes from a DWS cluster: checked, snapshot before it, re-entered until it succeeds",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "nodes", type = "integer", min = 1, max = 253, help = "how many are taken away; not needed to take up an earlier one" },
    { name = "ring_size", type = "integer", min = 1, default = 3, help = "nodes of a ring" },
    { name = "snapshot", type = "choice", choices = { "take", "recent" }, default = "take",
      help = "a manual snapshot before it, or one of the last day that is there" },
    { name = "online", type = "boolean", default = false, help = "tables can be written meanwhile" },
    { name = "parallel_jobs", type = "integer", min = 1, max = 200, default = 4, help = "tables redistributed at once" },
    { name = "need_agency", type = "boolean", default = false, help = "the service makes the agency it needs" },
    { name = "retries", type = "integer", min = 0, max = 10, default = 1, help = "how often a failed one is entered again by this run" },
    { name = "retry_minutes", type = "integer", min = 1, max = 600, default = 10, help = "how long it waits before that" },
    { name = "window_from", type = "string", help = 'it begins in this window only: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'its end: "06:00" or "2026-11-22 06:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 60, help = "nothing begins in its last minutes" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 24, help = "how long each wait lasts at most" },
  },
  permissions = { "dws:openAPICluster:getDetail", "dws:openAPISnapshot:create", "dws:openAPISnapshot:list",
    "dws:openAPISnapshot:detail" },
  targets = { "dws/{cluster_id}" },
  changes = "nodes of the cluster and the places of its data; it is unavailable for a while, offline tables cannot be written",
  costs = "the snapshot's storage; fewer nodes cost less",
  undo = "none from the request on: a failed scale-in can only be entered again; nodes are added with dws_scale_out",
  run = shrink,
}
