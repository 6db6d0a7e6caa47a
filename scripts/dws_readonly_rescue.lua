-- SPDX-License-Identifier: Apache-2.0
-- Gets a DWS cluster out of the read-only state that full disks put it into, and sees that it stays out.
--
--   1. look        state, disks, alarms
--   2. preflight   it is read-only, nothing runs on it, and there is or will be room; what fills it is a person's to find
--   3. grow        only with new_size: larger disks, which cost and never shrink; a person types the name
--   4. cancel      if it still is read-only: the state is cancelled, once the name was typed
--   5. watch       for watch_minutes: a cluster whose disks are still full comes back
-- Cancelling frees nothing. Without room it is refused, unless clean_after=true says that somebody cleans at once.

local FULL, TIGHT = 90, 80

-- What no API shows, beside what depends on the version.
local BY_HAND = {
  "the writes are stopped, or they fill the disks again: loads, ETL jobs, long INSERT and UPDATE statements",
  "what fills it: large tables, tables with many dead rows (VACUUM FULL gives back the space), skewed tables that fill one node",
  "what fills it beside tables: temporary files of running queries, logs, core dumps on the nodes",
}

local function text_of(value)
  return type(value) == "string" and value or ""
end

local function find(list, field, value)
  for _, item in ipairs(list or {}) do
    if item[field] == value then return item end
  end
end

local function cluster_of(run, p)
  return run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
end

local function readonly(cluster)
  return text_of(cluster.sub_status):find("READONLY", 1, true) ~= nil
end

local function number_in(text)
  return tonumber((text_of(text):match("[%d.]+")))
end

---------------------------------------------------------------------------
-- 1. Look. Only the SDK has the call about disks: where it is refused, a person looks.

local function read_disks(run, p)
  local body, err = run:try(run.dws.show_cluster_volume, run.dws, { cluster_id = p.cluster_id })
  if not body then
    run:line("unseen", ("disks: not seen (%s): look on the console"):format(err.message))
    return nil
  end
  local disks = { rows = {} }
  for i, disk in ipairs(body.disk_info_list or {}) do
    local percent, size = number_in(disk.percentage), number_in(disk.disk_capacity)
    disks.rows[i] = { text_of(disk.name), percent or "", text_of(disk.disk_used), text_of(disk.disk_capacity) }
    if percent and percent > (disks.fullest or -1) then disks.fullest, disks.where = percent, text_of(disk.name) end
    disks.size = disks.size or size
  end
  return disks
end

local function show_disks(run, name, disks)
  if not disks or #disks.rows == 0 then return end
  run:table{ name = name, columns = { "disk", "percent", "used", "capacity" }, rows = disks.rows,
    note = disks.fullest and ("the fullest has %.0f %%; above %d %% a cluster turns read-only"):format(disks.fullest, FULL) }
end

-- Alarms are only shown: whoever may not see them is not held up.
local function show_alarms(run, p)
  local shown, err = run:try(function()
    for alarm in run.dws:each("list_alarm_detail", { limit = 100 }) do
      if alarm.resource_id == p.cluster_id and alarm.alarm_status == "0" then
        run:line("warn", ("alarm of %s: %s"):format(text_of(alarm.alarm_generate_date), text_of(alarm.alarm_name)))
      end
    end
    return true
  end)
  if not shown then run:line("unseen", ("alarms: not seen (%s): look on the console"):format(err.message)) end
end

local function look(run, p)
  local cluster = cluster_of(run, p)
  run:line("ok", ("%s is %s/%s, version %s"):format(cluster.name, cluster.status, text_of(cluster.sub_status), text_of(cluster.version)))
  local disks = read_disks(run, p)
  show_disks(run, "disks before", disks)
  show_alarms(run, p)
  return { cluster = cluster, disks = disks }
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function by_hand(run, cluster)
  local list = {}
  for i, text in ipairs(BY_HAND) do list[i] = text end
  list[#list + 1] = run:version_at_least(cluster.version, "8.2") and "DROP and TRUNCATE work while it is read-only (8.2.0 and later)"
    or "before 8.2.0 nothing can be dropped while it is read-only: grow the disks, or cancel and clean at once (clean_after=true)"
  return list
end

local function check_room(p, plan, check)
  local fullest = plan.disks and plan.disks.fullest
  local shown = fullest and ("the fullest disk has %.0f %%"):format(fullest) or "how full the disks are is not seen"
  if p.new_size then
    local size = plan.disks and plan.disks.size
    if not (fullest and size) then return check("room", "warn", shown .. ", new_size is taken as enough") end
    local after = fullest * size / p.new_size
    return check("room", after < TIGHT, ("%.0f %% after growing; below %d %% is needed"):format(after, TIGHT))
  end
  if p.clean_after then return check("room", "warn", shown .. ": somebody cleans as soon as it takes writes") end
  if not fullest then return check("room", p.freed, shown .. ": freed=true says that there is room now") end
  check("room", fullest <= FULL, ("%s; free some, give new_size, or clean_after=true"):format(shown))
end

local function check_size(run, p, plan, check)
  if not p.new_size then return end
  local flavor = find(run.dws:list_node_types{}.node_types, "spec_name", plan.cluster.node_type)
  local limits = flavor and type(flavor.elastic_volume_specs) == "table" and flavor.elastic_volume_specs[1]
  check("disks can grow", limits and true or false, ("%s has %s"):format(plan.cluster.node_type,
    limits and ("elastic disks: %s to %s GB by %s"):format(tostring(limits.min_size), tostring(limits.max_size), tostring(limits.step))
      or "disks of a fixed size: add nodes instead (dws_scale_out)"))
  if not limits then return end
  local size, step = plan.disks and plan.disks.size, tonumber(limits.step) or 1
  check("new size", p.new_size % step == 0 and p.new_size <= (tonumber(limits.max_size) or math.huge)
    and (not size or p.new_size > size), ("%s to %d GB a node"):format(size and ("%.0f"):format(size) or "?", p.new_size))
  local quota = find((run.dws:list_quotas{}.quotas or {}).resources, "type", "disk_capacity")
  if not quota then return end
  local left = (tonumber(quota.quota) or 0) - (tonumber(quota.used) or 0)
  local wanted = (p.new_size - (size or 0)) * (plan.cluster.number_of_node or 0)
  check("quota disk_capacity", left >= wanted, ("%.0f GB of %.0f left are taken"):format(wanted, left))
end

local function preflight(run, p, plan)
  local cluster = plan.cluster
  run:preflight(function(check)
    check("read-only", readonly(cluster), "sub_status is " .. text_of(cluster.sub_status))
    check("available", cluster.status == "AVAILABLE" or cluster.status == "ACTIVE", ("%s is %s"):format(cluster.name, cluster.status))
    local version = text_of(cluster.version)
    check("version", version == "" and "unseen" or run:version_at_least(version, "1.7.2"),
      (version == "" and "not shown" or version) .. "; 1.7.2 or later is needed")
    local task = run:cluster_task(cluster)
    check("no task on the cluster", not task, task and task .. " is under way" or "none")
    check_room(p, plan, check)
    check_size(run, p, plan, check)
  end, by_hand(run, cluster))
end

---------------------------------------------------------------------------
-- 3. Grow.

local function confirm(run, plan, name, question)
  if run:ask{ name = name, expect = plan.cluster.name, question = question .. " Type its name to go on" } then return end
  run:fail(("not confirmed: %s"):format(name), "type the cluster's name exactly")
end

local function watch_for_others(run, p)
  run:guard{ op = "dws.show_cluster", args = { cluster_id = p.cluster_id }, fields = { "cluster.name", "cluster.status",
    "cluster.sub_status", "cluster.task_status", "cluster.number_of_node" } }
end

local function grow(run, p, plan)
  watch_for_others(run, p)
  confirm(run, plan, "grow the disks", ("The disks of %s grow to %d GB on each of %s nodes, for good: disks never shrink."):format(
    plan.cluster.name, p.new_size, tostring(plan.cluster.number_of_node)))
  run:if_stopped(("the disks of %s may be growing; `hwdb resume` finds out and goes on"):format(plan.cluster.name))
  local args = { cluster_id = p.cluster_id, new_size = p.new_size }
  run:wait_for("dws.expand_instance_storage", args, run.dws:expand_instance_storage(args), p.grow_minutes * 60)
  local disks = read_disks(run, p)
  show_disks(run, "disks after growing", disks)
  if disks and disks.size and plan.disks and plan.disks.size and disks.size <= plan.disks.size then
    run:fail(("the disks did not grow: still %.0f GB a node"):format(disks.size), "look at the cluster's tasks on the console")
  end
  run:if_stopped(nil)
  run:line("ok", ("the disks have %d GB a node"):format(p.new_size))
end

---------------------------------------------------------------------------
-- 4. Cancel, 5. watch.

local function cancel(run, p, plan)
  local cluster = cluster_of(run, p)
  if not readonly(cluster) then return run:line("ok", ("%s takes writes again: it is %s"):format(cluster.name, cluster.sub_status)) end
  watch_for_others(run, p)
  confirm(run, plan, "cancel read-only", ("%s takes writes again at once; this frees nothing."):format(cluster.name))
  local args = { cluster_id = p.cluster_id }
  local answer, refusal = run:try(run.dws.cancel_readonly_cluster, run.dws, args)
  if not answer then
    -- Larger disks may have opened it in this moment; an old state was shown.
    if readonly(cluster_of(run, p)) then error(refusal, 0) end
    return run:note(("%s took writes by itself"):format(cluster.name))
  end
  run:wait_for("dws.cancel_readonly_cluster", args, answer)
  run:line("ok", ("%s takes writes"):format(cluster.name))
end

local BACK = { "READONLY", "UNBALANCED READONLY", "DEGRADED READONLY", "DEGRADED UNBALANCED READONLY",
  "READONLY REDISTRIBUTION-FAILURE", "UNBALANCED READONLY REDISTRIBUTION-FAILURE",
  "DEGRADED UNBALANCED READONLY REDISTRIBUTION-FAILURE" }

-- The wait's end is the bad case: at its deadline nothing has happened, which is what is wanted.
local function watch(run, p, plan)
  local back, err = run:try(run.wait, run, { name = "whether it turns read-only again", op = "dws.show_cluster",
    args = { cluster_id = p.cluster_id }, field = "cluster.sub_status", success = BACK, interval = 60,
    timeout = p.watch_minutes * 60 })
  local disks = read_disks(run, p)
  show_disks(run, "disks after", disks)
  if back then
    run:fail(("%s turned read-only again after %s: the disks are still full"):format(plan.cluster.name, run:span(back.seconds)),
      "stop the writes; drop or truncate, VACUUM FULL, or run again with a new_size")
  end
  if err.kind ~= "timeout" then error(err, 0) end
  if disks and disks.fullest and disks.fullest > TIGHT then
    run:line("warn", ("the fullest disk has %.0f %%: at %d %% it turns read-only again"):format(disks.fullest, FULL))
  end
  run:line("ok", ("%s took writes for %s"):format(plan.cluster.name, run:span(p.watch_minutes * 60)))
end

local function rescue(run, p)
  local plan = run:step("look", look, run, p)
  if not readonly(plan.cluster) then
    run:note(("%s is not read-only: nothing was changed"):format(plan.cluster.name))
    return { changed = false }
  end
  run:step("preflight", preflight, run, p, plan)
  if p.new_size then run:step("grow", grow, run, p, plan) end
  run:step("cancel", cancel, run, p, plan)
  run:step("watch", watch, run, p, plan)
  return { changed = true, grown = p.new_size ~= nil }
end

return {
  name = "dws_readonly_rescue",
  summary = "Gets a DWS cluster with full disks out of the read-only state and watches that it stays out",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "new_size", type = "integer", min = 1, max = 1000000, help = "grow the disks to so many GB a node first; costs, for good" },
    { name = "freed", type = "boolean", default = false,
      help = "there is room, where no call shows it; where one does, it counts" },
    { name = "clean_after", type = "boolean", default = false,
      help = "cancel although the disks are full: somebody cleans at once, within watch_minutes" },
    { name = "watch_minutes", type = "integer", min = 1, max = 1440, default = 30, help = "how long it has to stay writable" },
    { name = "grow_minutes", type = "integer", min = 1, max = 10000, default = 240, help = "how long to wait for larger disks" },
  },
  permissions = { "dws:openAPICluster:getDetail", "dws:openAPILavor:node-types:get" },
  targets = { "dws/{cluster_id}" },
  changes = "cancels the read-only state; with new_size the cluster's disks are larger for good",
  costs = "nothing; larger disks cost from then on",
  undo = "none: disks never shrink, and no call makes a cluster read-only",
  run = rescue,
}
