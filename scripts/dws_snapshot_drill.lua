-- SPDX-License-Identifier: Apache-2.0
-- A restore drill: shows that a DWS cluster can be brought back from a snapshot, and how long that takes.
--
--   1. look        the cluster, its snapshots, its disks
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. snapshot    a manual one is taken, or snapshot_id names one that is there
--   4. restore     to a new cluster, which costs until it is deleted; the source keeps working
--   5. verify      what is shown of both is compared, the data by a check program
--   6. clean up    the new cluster and the snapshot are deleted, also when something before failed
--   7. evidence    a table and a record, with times
-- It deletes only what this very run made. What it cannot delete it names, with the commands.

local HOUR = 3600000

-- What no API shows.
local BY_HAND = {
  "while the snapshot is taken: no restart, scaling, password or configuration change, no VACUUM FULL, few writes",
  "logical clusters and resource pools are not restored: nothing the check looks at depends on them",
  "the security group of the new cluster lets the check program reach it",
}

local function words(list)
  return table.concat(list, ", ")
end

local function text_of(value)
  return type(value) == "string" and value or ""
end

local function available(cluster)
  return cluster.status == "AVAILABLE" or cluster.status == "ACTIVE"
end

local function find(list, field, value)
  for _, item in ipairs(list or {}) do
    if item[field] == value then return item end
  end
end

local function clusters(run)
  return run.dws:list_clusters{}.clusters or {}
end

local function snapshots(run)
  return run.dws:list_snapshots{}.snapshots or {}
end

---------------------------------------------------------------------------
-- 1. Look.

local function look(run, p)
  local day, hour, minute = run:clock():match("^(%S+) (%d%d):(%d%d)")
  local name = p.name or ("drill-%s-%s%s"):format(day, hour, minute)
  local source = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  run:line("ok", ("%s: %s nodes of %s, version %s, %s"):format(source.name, tostring(source.number_of_node), source.node_type,
    source.version, source.status))
  return { name = name, source = source, started = run:now(), made = {} }
end

---------------------------------------------------------------------------
-- 2. Preflight.

local SOUND = { NORMAL = true, UNBALANCED = true }

local function check_source(run, p, plan, check)
  local source = plan.source
  check("source available", available(source), ("%s is %s"):format(source.name, source.status))
  if p.snapshot_id then return end
  local task = run:cluster_task(source)
  check("no task on the source", not task, task and task .. " is under way" or "none")
  check("source sound", text_of(source.sub_status) == "" or SOUND[source.sub_status] == true,
    ("%s is %s; a snapshot needs NORMAL or UNBALANCED"):format(source.name, text_of(source.sub_status)))
  local open = {}
  for _, snapshot in ipairs(snapshots(run)) do
    if snapshot.cluster_id == p.cluster_id and (snapshot.status == "CREATING" or snapshot.status == "RESTORING") then
      open[#open + 1] = ("%s is %s"):format(snapshot.name, snapshot.status)
    end
  end
  check("one snapshot at a time", #open == 0, #open == 0 and "none is under way" or words(open))
end

-- The manual wants less than 70 percent; only the SDK has the call that tells.
local function check_disks(run, p, check)
  if p.snapshot_id then return end
  local fullest, why = run:fullest_disk(p.cluster_id)
  if not fullest then return check("disks below 70 %", "unseen", why) end
  check("disks below 70 %", fullest < 70, ("the fullest has %.0f %%"):format(fullest))
end

local function check_snapshot(run, p, plan, check)
  if not p.snapshot_id then
    local device = run.dws:list_snapshot_policy{ cluster_id = p.cluster_id }.device_name
    check("snapshots on OBS", text_of(device) == "" or device == "OBS", ("the device is %s; from another one nothing is restored "
      .. "to a new cluster"):format(text_of(device) ~= "" and device or "not named"))
    local taken = find(snapshots(run), "name", plan.name)
    return check("snapshot name free", not taken, taken and plan.name .. " is there already: " .. taken.id or plan.name)
  end
  local snapshot, err = run:try(function() return run.dws:show_snapshot{ snapshot_id = p.snapshot_id }.snapshot end)
  if not snapshot then return check("snapshot there", false, err.message) end
  plan.snapshot = snapshot
  check("snapshot of this cluster", snapshot.cluster_id == p.cluster_id, ("%s is of %s"):format(snapshot.name, snapshot.cluster_id))
  check("snapshot available", snapshot.status == "AVAILABLE", ("%s is %s"):format(snapshot.name, snapshot.status))
  local device = text_of(snapshot.backup_device)
  check("snapshot on OBS", device == "" or device:upper() == "OBS", "the device is " .. (device ~= "" and device or "not named"))
  check("whole cluster", snapshot.fine_grained_backup ~= true, snapshot.fine_grained_backup and "it holds some schemas only"
    or "a snapshot of the cluster")
end

local function check_room(run, p, plan, check)
  local source = plan.source
  local flavor = find(run.dws:list_node_types{}.node_types, "spec_name", source.node_type)
  local zone = p.zone or source.availability_zone
  local offer = flavor and find(flavor.available_zones, "code", zone)
  check("node type to be had", offer ~= nil and offer.status == "normal", ("%s is %s in %s"):format(source.node_type,
    offer and offer.status or "not offered", zone))
  local nodes = source.number_of_node or 0
  local demand = { instances = 1, disk = nodes, core = (flavor and flavor.vcpus or 0) * nodes, ram = (flavor and flavor.ram or 0) * nodes }
  local short = {}
  for _, quota in ipairs((run.dws:list_quotas{}.quotas or {}).resources or {}) do
    local left = (tonumber(quota.quota) or 0) - (tonumber(quota.used) or 0)
    if demand[quota.type] and left < demand[quota.type] then
      short[#short + 1] = ("%s: %d needed, %d left"):format(quota.type, demand[quota.type], left)
    end
  end
  check("quota for a second cluster", #short == 0, #short == 0 and "it suffices" or words(short))
  local taken = find(clusters(run), "name", plan.name)
  check("cluster name free", not taken, taken and plan.name .. " is there already: " .. taken.id or plan.name)
end

local function check_pools(run, p, check)
  local body = run:try(run.dws.list_workload_queue, run.dws, { cluster_id = p.cluster_id })
  local pools = body and body.workload_queue_name_list or {}
  if #pools > 0 then check("resource pools", "warn", ("%s are not restored: make them again"):format(words(pools))) end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check("name", plan.name:match("^%a[%w_-]*$") ~= nil and #plan.name >= 4 and #plan.name <= 64,
      ("%s: 4 to 64 letters, digits, - and _, the first a letter"):format(plan.name))
    check_source(run, p, plan, check)
    check_disks(run, p, check)
    check_snapshot(run, p, plan, check)
    check_room(run, p, plan, check)
    check_pools(run, p, check)
    check("check program", p.check ~= nil or p.without_check, p.check and p.check[1] or p.without_check
      and "none: the evidence will say DATA NOT COMPARED" or "give check=PROGRAM,ARGUMENT or without_check=true")
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- What this run has made is never forgotten.

local function left_of(plan)
  local made, parts, commands = plan.made, {}, {}
  if made.cluster then
    parts[#parts + 1] = ("the cluster %s (%s)"):format(plan.name, made.cluster)
    commands[#commands + 1] = ("hwdb call dws.delete_cluster cluster_id=%s keep_last_manual_snapshot=0"):format(made.cluster)
  end
  if made.snapshot then
    parts[#parts + 1] = ("the snapshot %s (%s)"):format(plan.name, made.snapshot)
    commands[#commands + 1] = ("hwdb call dws.delete_snapshot snapshot_id=%s"):format(made.snapshot)
  end
  return #parts > 0 and { what = table.concat(parts, " and "), how = table.concat(commands, "; ") } or nil
end

-- What a person has to know if the run ends right now; `maybe` is what the next call may begin.
local function tell_left(run, plan, maybe)
  plan.left = left_of(plan)
  local texts = {}
  if maybe then texts[1] = ("%s may have been begun: `hwdb resume` finds out"):format(maybe) end
  if plan.left then
    texts[#texts + 1] = ("%s: made by this drill, still there and costing; `hwdb resume` goes on and deletes it, "
      .. "by hand: %s"):format(plan.left.what, plan.left.how)
  end
  run:if_stopped(#texts > 0 and table.concat(texts, ". ") or nil)
end

local function delete_cluster(run, plan, id)
  local there = find(clusters(run), "id", id)
  if not there then return run:note("the drill's cluster is gone already") end
  if there.name ~= plan.name or id == plan.source.id then
    run:fail(("%s is called %s: it is not deleted"):format(id, there.name), "find out who renamed it")
  end
  local manual = 0
  for _, snapshot in ipairs(snapshots(run)) do
    if snapshot.cluster_id == id and snapshot.type == "MANUAL" then manual = manual + 1 end
  end
  local args = { cluster_id = id, keep_last_manual_snapshot = manual }
  if there.status == "DELETING" then return run:wait_for("dws.delete_cluster", args) end
  run:wait_for("dws.delete_cluster", args, run.dws:delete_cluster(args))
end

local function delete_snapshot(run, id)
  if not find(snapshots(run), "id", id) then return run:note("the drill's snapshot is gone already") end
  local args = { snapshot_id = id }
  run:wait_for("dws.delete_snapshot", args, run.dws:delete_snapshot(args))
end

---------------------------------------------------------------------------
-- 3. Snapshot.

local function take_snapshot(run, p, plan)
  if plan.snapshot then
    return run:line("ok", ("%s of %s is used; it stays"):format(plan.snapshot.name, plan.snapshot.started))
  end
  local args = { snapshot = { name = plan.name, cluster_id = p.cluster_id, description = "restore drill of hwdb" } }
  local id
  run:undo{ name = "delete the drill's snapshot", run = function()
    run:try(run.wait_for, run, "dws.create_snapshot", args, { snapshot = { id = id } })
    delete_snapshot(run, id)
  end }
  run:guard{ op = "dws.show_cluster", args = { cluster_id = p.cluster_id }, fields = { "cluster.name", "cluster.status",
    "cluster.number_of_node" } }
  tell_left(run, plan, "the snapshot " .. plan.name)
  local answer = run.dws:create_snapshot(args)
  id = answer.snapshot.id
  plan.made.snapshot = id
  tell_left(run, plan)
  run:wait_for("dws.create_snapshot", args, answer, p.snapshot_hours * 3600)
  plan.snapshot = run.dws:show_snapshot{ snapshot_id = id }.snapshot
  run:line("ok", ("the snapshot %s is available: %s GB"):format(plan.name, tostring(plan.snapshot.size)))
end

---------------------------------------------------------------------------
-- 4. Restore.

local function restore(run, p, plan)
  local args = { snapshot_id = plan.snapshot.id, restore = { name = plan.name, vpc_id = p.vpc_id, subnet_id = p.subnet_id,
    security_group_id = p.security_group_id, availability_zone = p.zone, port = p.port,
    enterprise_project_id = text_of(plan.source.enterprise_project_id) ~= "" and plan.source.enterprise_project_id or nil } }
  local id
  run:undo{ name = "delete the drill's cluster", run = function()
    -- A restore under way has to end first: until then the service refuses to delete.
    run:try(run.wait_for, run, "dws.restore_cluster", args, { cluster = { id = id } }, p.restore_hours * 3600)
    delete_cluster(run, plan, id)
  end }
  run:note(("to be bought: a second cluster %s of %s x %s, charged until step \"clean up\""):format(plan.name,
    tostring(plan.source.number_of_node), plan.source.node_type))
  local begun = run:now()
  tell_left(run, plan, "the cluster " .. plan.name)
  local answer = run.dws:restore_cluster(args)
  id = answer.cluster.id
  plan.made.cluster = id
  tell_left(run, plan)
  run:wait_for("dws.restore_cluster", args, answer, p.restore_hours * 3600)
  plan.restored, plan.restore_seconds = run.dws:show_cluster{ cluster_id = id }.cluster, (run:now() - begun) / 1000
  run:line("ok", ("%s is available after %s"):format(plan.name, run:span(plan.restore_seconds)))
end

---------------------------------------------------------------------------
-- 5. Verify.

local SAME = { "number_of_node", "node_type", "version", "user_name" }

-- The source may have been scaled or upgraded since a snapshot that was there: it brings back what was then.
local OF_THE_TIME = { number_of_node = true, node_type = true, version = true }

local function compare_details(run, p, plan)
  local rows, differ, since = {}, {}, {}
  for i, field in ipairs(SAME) do
    local source, restored = plan.source[field], plan.restored[field]
    rows[i] = { field, tostring(source), tostring(restored), source == restored and "same" or "DIFFERENT" }
    local list = p.snapshot_id and OF_THE_TIME[field] and since or differ
    if source ~= restored then list[#list + 1] = field end
  end
  if #since > 0 then
    run:line("warn", ("%s differ from the source as it is now: see that they are those of %s"):format(words(since), plan.snapshot.started))
  end
  local port = p.port or plan.source.port
  rows[#rows + 1] = { "port", tostring(port), tostring(plan.restored.port), port == plan.restored.port and "same" or "DIFFERENT" }
  if port ~= plan.restored.port then differ[#differ + 1] = "port" end
  run:table{ name = "details", columns = { "what", "source", "restored", "" }, rows = rows }
  if text_of(plan.restored.sub_status) ~= "" and plan.restored.sub_status ~= "NORMAL" then
    differ[#differ + 1] = "sub_status " .. plan.restored.sub_status
  end
  if #differ > 0 then run:fail("the restored cluster differs: " .. words(differ), "see the table above") end
end

local function host_of(cluster)
  local first = type(cluster.endpoints) == "table" and cluster.endpoints[1] or {}
  return (text_of(first.connect_info):gsub(":%d+$", ""))
end

local function compare_data(run, p, plan)
  if not p.check then
    run:line("warn", "DATA NOT COMPARED: no check program was given")
    return false
  end
  local result = run:exec{ argv = p.check, timeout = p.check_minutes * 60, env = { DWS_SOURCE_HOST = host_of(plan.source),
    DWS_SOURCE_PORT = plan.source.port, DWS_HOST = host_of(plan.restored), DWS_PORT = plan.restored.port,
    DWS_USER = text_of(plan.source.user_name), DWS_PASSWORD = p.check_password } }
  if result.planned then return true end
  for line in result.output:gmatch("[^\n]+") do run:line("log", line) end
  if result.status ~= 0 then
    run:fail(("the check program %s ended with %d: the data does not pass"):format(p.check[1], result.status), "its output is above")
  end
  run:line("ok", ("the check program %s passed (output %s)"):format(p.check[1], result.sha256:sub(1, 12)))
  return true
end

local function check_times(run, p, plan)
  local taken = run:instant(plan.snapshot.started)
  plan.age_seconds = taken and (plan.started - taken) / 1000 or nil
  local late = {}
  if p.rto_minutes and plan.restore_seconds > p.rto_minutes * 60 then
    late[#late + 1] = ("the restore took %s, more than rto_minutes=%d"):format(run:span(plan.restore_seconds), p.rto_minutes)
  end
  if p.rpo_hours and (not plan.age_seconds or plan.age_seconds * 1000 > p.rpo_hours * HOUR) then
    late[#late + 1] = ("the snapshot is %s old, more than rpo_hours=%d"):format(
      plan.age_seconds and run:span(plan.age_seconds) or "of unknown age,", p.rpo_hours)
  end
  if #late > 0 then run:fail(table.concat(late, "; "), "the data itself was restored") end
end

local function verify(run, p, plan)
  compare_details(run, p, plan)
  plan.compared = compare_data(run, p, plan)
  check_times(run, p, plan)
  return true
end

---------------------------------------------------------------------------
-- 6. Clean up: only what this run made, and both even if one cannot be deleted.

local function confirm(run, plan, what)
  if not run:ask{ name = "delete the drill's " .. what, expect = plan.name,
      question = ("The drill's %s %s (%s) is deleted now, with its data. Type its name to go on"):format(what, plan.name,
        plan.made[what]) } then
    run:fail(("the drill's %s was not deleted: not confirmed"):format(what))
  end
end

local function clean_cluster(run, plan)
  run:guard{ op = "dws.show_cluster", args = { cluster_id = plan.made.cluster }, fields = { "cluster.name", "cluster.created" } }
  confirm(run, plan, "cluster")
  delete_cluster(run, plan, plan.made.cluster)
  return true
end

local function clean_snapshot(run, plan)
  confirm(run, plan, "snapshot")
  delete_snapshot(run, plan.made.snapshot)
  return true
end

local function clean(run, plan)
  for _, part in ipairs({ { "cluster", clean_cluster }, { "snapshot", clean_snapshot } }) do
    local what, fn = part[1], part[2]
    if plan.made[what] then
      local done, err = run:try(run.step, run, "delete the drill's " .. what, fn, run, plan)
      if done then
        plan.made[what] = nil
        run:line("ok", ("the drill's %s is gone"):format(what))
      else
        run:line("fail", err.message)
      end
      tell_left(run, plan)
    end
  end
end

---------------------------------------------------------------------------
-- 7. Evidence.

local function passed(value)
  return value and "yes" or "no"
end

local function evidence(run, p, plan, err)
  -- What is left from here on stays: taking the run up again does not delete it.
  run:if_stopped(plan.left and ("%s: made by this drill, still there and costing; delete it: %s"):format(plan.left.what, plan.left.how))
  local restored = plan.restore_seconds and run:span(plan.restore_seconds) or ""
  local record = { at = run:clock(), cluster_id = p.cluster_id, snapshot = plan.snapshot and plan.snapshot.id, passed = not err,
    data_compared = plan.compared or false, restore_seconds = plan.restore_seconds, reason = err and err.message,
    left = plan.left and plan.left.what }
  run:record("dws_snapshot_drill/" .. p.cluster_id, record)
  run:table{ name = "evidence", columns = { "what", "value" }, rows = { { "cluster", plan.source.name },
    { "snapshot", plan.snapshot and ("%s of %s"):format(plan.snapshot.name, plan.snapshot.started) or "" },
    { "restored in", restored }, { "data compared", plan.compared and p.check[1] or "DATA NOT COMPARED" },
    { "passed", passed(not err) }, { "reason", err and err.message or "" }, { "left behind", plan.left and plan.left.what or "nothing" } } }
  return record
end

local function work(run, p, plan)
  run:step("snapshot", take_snapshot, run, p, plan)
  run:step("restore", restore, run, p, plan)
  return run:step("verify", verify, run, p, plan)
end

local function drill(run, p)
  local plan = run:step("look", look, run, p)
  run:step("preflight", preflight, run, p, plan)
  local fine, err = run:try(work, run, p, plan)
  if p.on_failure == "clean" or fine then run:step("clean up", clean, run, plan) end
  local record = run:step("evidence", evidence, run, p, plan, not fine and err or nil)
  if not fine then
    run:fail("the drill failed: " .. err.message, plan.left and ("left behind: %s; delete it: %s"):format(plan.left.what, plan.left.how)
      or "what it made is deleted again")
  end
  if plan.left then
    run:fail(("the drill passed, but %s could not be deleted"):format(plan.left.what), "delete it: " .. plan.left.how)
  end
  return { snapshot = record.snapshot, restore_seconds = record.restore_seconds, compared = record.data_compared }
end

return {
  name = "dws_snapshot_drill",
  summary = "Restores a snapshot of a DWS cluster to a new one, compares, times it, and deletes what it made",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster to be restored elsewhere; it keeps working" },
    { name = "name", type = "string", help = "of the drill's snapshot and cluster; drill-DATE-TIME unless given" },
    { name = "snapshot_id", type = "string", help = "a snapshot that is there, instead of a new one; it stays" },
    { name = "vpc_id", type = "string", help = "the new cluster's VPC; the source's unless given" },
    { name = "subnet_id", type = "string", help = "its subnet" },
    { name = "security_group_id", type = "string", help = "its security group" },
    { name = "zone", type = "string", help = "its availability zone" },
    { name = "port", type = "integer", min = 8000, max = 30000, help = "its port" },
    { name = "check", type = "list", help = "program and arguments that compare the data: DWS_HOST, DWS_PORT, DWS_USER, "
      .. "DWS_PASSWORD, DWS_SOURCE_HOST, DWS_SOURCE_PORT; 0 is passed" },
    { name = "check_password", type = "secret", help = "what the check program gets as DWS_PASSWORD" },
    { name = "check_minutes", type = "integer", min = 1, max = 1440, default = 60, help = "how long it may run" },
    { name = "without_check", type = "boolean", default = false, help = "drill without comparing data, and say so" },
    { name = "rto_minutes", type = "integer", min = 1, max = 100000, help = "a restore that takes longer fails" },
    { name = "rpo_hours", type = "integer", min = 1, max = 10000, help = "a snapshot that is older fails" },
    { name = "on_failure", type = "choice", choices = { "clean", "keep" }, default = "clean",
      help = "clean: delete what was made; keep: leave it for a look" },
    { name = "snapshot_hours", type = "integer", min = 1, max = 240, default = 24, help = "how long to wait for the snapshot" },
    { name = "restore_hours", type = "integer", min = 1, max = 240, default = 24, help = "how long to wait for the restore" },
  },
  permissions = { "dws:openAPICluster:delete", "dws:openAPICluster:getDetail", "dws:openAPICluster:list",
    "dws:openAPILavor:node-types:get", "dws:openAPISnapshot:create", "dws:openAPISnapshot:delete",
    "dws:openAPISnapshot:detail", "dws:openAPISnapshot:list", "dws:openAPISnapshot:restore" },
  targets = { "dws/{cluster_id}" },
  changes = "makes a snapshot and a cluster, and deletes both; the source is only read",
  costs = "a second cluster like the first while the drill runs, and the snapshot's storage",
  undo = "rolling back deletes the cluster and the snapshot that this run made",
  run = drill,
}
