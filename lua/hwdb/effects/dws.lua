-- SPDX-License-Identifier: Apache-2.0
-- DWS: a cluster shows what happens to it in three fields, of which the first that says something counts; lists are
-- answered whole. Names of clusters and snapshots are unique.
local STATE = { "cluster.task_status", "cluster.action_progress", "cluster.status" }

local FAILED = { "FAILED", "CREATE_FAILED", "CREATION FAILED", "REBOOT_FAILURE", "RESIZE_FAILURE", "RESTORE_FAILURE",
  "REDISTRIBUTE_FAILURE", "CREATE_NODE_FAILED", "CLUSTER_SHRINK_FAILED", "SHRINK_CHECK_FAILED", "DISK_EXPAND_FAILED",
  "FLAVOR_RESIZING_FAILED", "FROZEN" }

-- Right after an accepted change the cluster still shows AVAILABLE: that counts after another state, or after a while.
local function available(timeout, settle, id)
  return { op = "dws.show_cluster", args = { cluster_id = id or "$cluster_id" }, field = STATE,
    success = { "AVAILABLE", "ACTIVE" }, failure = FAILED, reason = "cluster.failed_reasons.error_msg",
    settle = settle or 120, interval = 30, timeout = timeout or 3600 }
end

local function followed(timeout)
  return { op = "dws.show_job", args = { job_id = "@job_id" }, field = "status", success = { "SUCCESS" },
    failure = { "FAIL", "FAILED", "STOP" }, pending = { "INIT", "WAITING", "RUNNING", "DELAY_SCHEDULED" }, progress = "progress",
    reason = "failed_detail", interval = 15, timeout = timeout or 3600 }
end

-- Under way: a task is this change's if it was not shown before; `open` are words under which it may still be hidden.
-- What has finished since is told by something else.
local function begun(words, open)
  return { look = "dws.show_cluster", args = { cluster_id = "$cluster_id" }, new = true, key = "cluster.task_status",
    field = "cluster.task_status", done = words, undone = "other", open = open }
end

-- A member of the cluster that is no longer as it was.
local function changed(path)
  return { look = "dws.show_cluster", args = { cluster_id = "$cluster_id" }, new = true, key = path }
end

local function cluster_list(op, items, where, answer, key)
  return { look = op, args = { cluster_id = "$cluster_id" }, items = items, where = where, new = true, key = key, answer = answer }
end

local function gone(look, items, where, args)
  return { look = look, args = args, items = items, list = not items or nil, where = where, gone = true }
end

-- What sub_status says of a cluster that takes writes.
local WRITABLE = { "NORMAL", "UNBALANCED", "DEGRADED", "DEGRADED UNBALANCED", "REDISTRIBUTING", "UNBALANCED REDISTRIBUTING",
  "REDISTRIBUTION-FAILURE", "UNBALANCED REDISTRIBUTION-FAILURE", "DEGRADED REDISTRIBUTION-FAILURE",
  "DEGRADED UNBALANCED REDISTRIBUTION-FAILURE" }

local OF_CLUSTER = { cluster_id = "$cluster_id" }
local REPEATABLE = { repeatable = true }

local M = {}

-- clusters
M.create_cluster = {
  probe = { look = "dws.list_clusters", items = "clusters", where = { name = "$cluster.name" }, new = true,
    answer = { ["cluster.id"] = "id" } },
  wait = available(3600, 0, "@cluster.id") }
M.restore_cluster = {
  probe = { look = "dws.list_clusters", items = "clusters", where = { name = "$restore.name" }, new = true,
    answer = { ["cluster.id"] = "id" } },
  wait = available(24 * 3600, 0, "@cluster.id") }
M.delete_cluster = {
  probe = { look = "dws.list_clusters", items = "clusters", where = { id = "$cluster_id" }, gone = { "DELETING", "DELETED" },
    field = "status" },
  wait = { op = "dws.show_cluster", args = OF_CLUSTER, field = "cluster.status", success = { "DELETED" }, gone = true,
    failure = { "FAILED", "DELETE_FAILED", "FROZEN" }, interval = 30, delay = 30, settle = 90, timeout = 3600 } }
-- A restart that was due is over when the parameters are in step; one that was not leaves no trace.
local HIDDEN = "hiddenParameterGroup"
local function parameters(probe)
  probe.look, probe.args, probe.items = "dws.list_cluster_configurations", { cluster_id = "$cluster_id" }, "configurations"
  return probe
end
M.restart_cluster = {
  probe = { any = { begun({ "REBOOTING", "REBOOT_FAILURE" }),
    parameters({ where = { type = HIDDEN }, field = "status", undone = { "Pending-Reboot" } }),
    parameters({ where = { type = HIDDEN, status = "In-Sync" }, new = true }) } },
  wait = available(1200) }
M.reset_password = { person = "a password cannot be read back", wait = available(3600) }
-- The service takes it in the read-only state only, so a second one is refused: the state tells whether it took place.
M.cancel_readonly_cluster = {
  probe = { look = "dws.show_cluster", args = OF_CLUSTER, same = { ["cluster.sub_status"] = WRITABLE } },
  wait = { op = "dws.show_cluster", args = OF_CLUSTER, field = "cluster.sub_status", success = WRITABLE,
    pending = { "READONLY", "UNBALANCED READONLY", "DEGRADED READONLY", "DEGRADED UNBALANCED READONLY" }, interval = 15,
    timeout = 1200 } }
-- While it grows the old number of nodes is shown, afterwards the new one. Without automatic redistribution a person goes on.
M.resize_cluster = {
  probe = { any = { begun({ "GROWING", "CREATING_NODE", "REDISTRIBUTING", "WAITING_REDISTRIBUTION", "RESIZE_FAILURE",
    "REDISTRIBUTE_FAILURE", "CREATE_NODE_FAILED" }), changed("cluster.number_of_node") } },
  wait = available(12 * 3600, 300) }
M.resize_cluster.wait.name = "the scale-out"
M.resize_cluster.wait.person = { "WAITING_REDISTRIBUTION", "REDISTRIBUTION_PAUSED" }
-- It begins with a snapshot, which may be somebody else's: that is waited out before anything is said.
M.shrink_cluster = {
  probe = { any = { begun({ "SHRINK_CHECKING", "CLUSTER_SHRINKING", "SHRINK_CHECK_FAILED", "CLUSTER_SHRINK_FAILED" },
    { "SNAPSHOTTING" }), changed("cluster.number_of_node") }, settle = 900 },
  wait = available(12 * 3600, 300) }
M.shrink_cluster.wait.name = "the scale-in"
-- An adopted answer names no job, and a failed change leaves no word at the cluster: look at the list of CNs afterwards.
M.batch_create_cluster_cn = {
  probe = { any = { begun({ "ADD_CN_ING" }), { look = "dws.list_cluster_cn", args = OF_CLUSTER, items = "instances", new = true,
    many = true } } },
  wait = available(3 * 3600, 300) }
M.batch_create_cluster_cn.wait.name = "the adding of CNs"
M.batch_delete_cluster_cn = {
  probe = { any = { begun({ "DEL_CN_ING" }), { look = "dws.list_cluster_cn", args = OF_CLUSTER, items = "instances",
    where = { id = "$instances.1" }, gone = true } } },
  wait = available(3 * 3600, 300) }
M.batch_delete_cluster_cn.wait.name = "the deletion of CNs"

M.execute_flavor_change = {
  probe = { any = { begun({ "FLAVOR_RESIZING", "FLAVOR_RESIZING_FAILED" }),
    { look = "dws.show_cluster", args = OF_CLUSTER, same = { ["cluster.node_type_id"] = "$target_flavor_id" } } } },
  wait = available(3 * 3600, 300) }
M.execute_flavor_change.wait.name = "the flavor change"
M.expand_instance_storage = {
  probe = { any = { begun({ "DISK_EXPANDING", "DISK_EXPAND_FAILED" }),
    { look = "dws.show_cluster_volume", args = { cluster_id = "$cluster_id" }, new = true, key = "disk_info_list.1.disk_capacity" } } },
  wait = available(4 * 3600) }

-- workload
M.update_cluster_workload = { probe = { look = "dws.show_cluster_workload", args = OF_CLUSTER, same = {
  ["workload_status.workload_switch"] = "$workload_status.workload_switch",
  ["workload_status.max_concurrency_num"] = "$workload_status.max_concurrency_num" } } }
-- Listed by a call that only the SDK knows: where a region lacks it, a person is asked.
M.create_workload_plan = {
  probe = { look = "dws.list_workload_plans", args = OF_CLUSTER, list = true, where = { plan_name = "$plan_name" }, new = true,
    key = "plan_id" } }
M.delete_workload_plan = { probe = gone("dws.list_workload_plans", nil, { plan_id = "$plan_id" }, OF_CLUSTER) }
M.update_queue_resources = { probe = { look = "dws.show_workload_queue",
  args = { cluster_id = "$cluster_id", queue_name = "$queue_name" }, same = {} } }
for i = 1, 4 do
  local function value(of) return of .. ".resource_item_list." .. i .. ".resource_value" end
  M.update_queue_resources.probe.same[value("workload_queue")] = "$" .. value("workload_queue")
end
M.add_workload_queue = {
  probe = { look = "dws.list_workload_queue", args = OF_CLUSTER, items = "workload_queue_name_list",
    name = "$workload_queue.workload_queue_name", new = true } }
M.delete_workload_queue = {
  probe = { look = "dws.list_workload_queue", args = OF_CLUSTER, items = "workload_queue_name_list",
    name = "$workload_queue_name", gone = true } }

-- snapshots
M.create_snapshot = {
  probe = { look = "dws.list_snapshots", items = "snapshots", where = { name = "$snapshot.name" }, new = true,
    answer = { ["snapshot.id"] = "id" } },
  wait = { op = "dws.show_snapshot", args = { snapshot_id = "@snapshot.id" }, field = "snapshot.status",
    success = { "AVAILABLE" }, failure = { "UNAVAILABLE" }, pending = { "CREATING" }, interval = 30, timeout = 24 * 3600 } }
M.copy_snapshot = {
  probe = { look = "dws.list_snapshots", items = "snapshots", where = { name = "$backup_name" }, new = true,
    answer = { snapshot_id = "id" } },
  wait = { op = "dws.show_snapshot", args = { snapshot_id = "@snapshot_id" }, field = "snapshot.status",
    success = { "AVAILABLE" }, failure = { "UNAVAILABLE" }, pending = { "CREATING" }, interval = 30, timeout = 24 * 3600 } }
M.delete_snapshot = {
  probe = gone("dws.list_snapshots", "snapshots", { id = "$snapshot_id" }),
  wait = { op = "dws.show_snapshot", args = { snapshot_id = "$snapshot_id" }, field = "snapshot.status", success = { "DELETED" },
    gone = true, interval = 10, timeout = 1800 } }
M.create_snapshot_policy = {
  probe = cluster_list("dws.list_snapshot_policy", "backup_strategies",
    { policy_name = "$backup_strategies.1.policy_name" }, nil, "policy_id") }
M.delete_snapshot_policy = { probe = gone("dws.list_snapshot_policy", "backup_strategies", { policy_id = "$id" }, OF_CLUSTER) }

-- data sources
M.create_data_source = {
  probe = cluster_list("dws.list_data_source", "data_sources", { name = "$data_source_name" }, { id = "id" }),
  wait = { op = "dws.list_data_source", args = OF_CLUSTER, items = "data_sources", find = { name = "$data_source_name" },
    field = "configure_status", success = { "COMPLETED", "CONFIGURED", "ACTIVE" }, failure = { "FAILED", "CREATE_FAILED" },
    reason = "fail_reason", interval = 30, timeout = 3600 } }
M.update_data_source = { person = "a data source shows no trace of being configured again", wait = followed() }
M.delete_data_source = { probe = gone("dws.list_data_source", "data_sources", { id = "$ext_data_source_id" }, OF_CLUSTER),
  wait = followed() }

-- network
local function endpoint_of(wanted)
  return { look = "dws.show_cluster", args = OF_CLUSTER, same = wanted }
end

M.create_cluster_dns = REPEATABLE
M.update_cluster_dns = REPEATABLE
M.delete_cluster_dns = REPEATABLE
M.associate_elb = { probe = endpoint_of({ ["cluster.elb.id"] = "$elb_id" }), wait = followed() }
M.disassociate_elb = { repeatable = true, wait = followed() }
M.associate_eip = { probe = endpoint_of({ ["cluster.public_ip.eip_id"] = "$eip_id" }) }
M.disassociate_eip = REPEATABLE

-- notices
local function subscription(list, items)
  return { look = list, list = true, where = { name = "$name" }, new = true, answer = { id = "id", name = "name" }, items = items }
end

M.create_alarm_sub = { probe = subscription("dws.list_alarm_subs") }
M.update_alarm_sub = { probe = { look = "dws.list_alarm_subs", list = true, where = { id = "$alarm_sub_id" }, same = {
  name = "$name", enable = "$enable", alarm_level = "$alarm_level", notification_target = "$notification_target" } } }
M.delete_alarm_sub = { probe = gone("dws.list_alarm_subs", nil, { id = "$alarm_sub_id" }) }
M.create_event_sub = { probe = subscription("dws.list_event_subs") }
M.update_event_sub = { probe = { look = "dws.list_event_subs", list = true, where = { id = "$event_sub_id" }, same = {
  name = "$name", enable = "$enable", severity = "$severity", category = "$category", source_type = "$source_type",
  source_id = "$source_id", tag = "$tag", notification_target = "$notification_target" } } }
M.delete_event_sub = { probe = gone("dws.list_event_subs", nil, { id = "$event_sub_id" }) }

-- tags, parameters
M.batch_create_resource_tag = REPEATABLE
M.batch_delete_resource_tag = REPEATABLE
-- One that left no trace is sent again, which changes nothing.
M.update_configuration = {
  probe = { any = { begun({ "SETTING_CONFIGURATION" }),
    parameters({ where = { type = HIDDEN }, new = true, key = "status" }) } },
  wait = { op = "dws.list_cluster_configurations", args = OF_CLUSTER, items = "configurations",
    find = { id = "$configuration_id" }, field = "status", success = { "In-Sync", "Pending-Reboot" }, failure = { "Sync-Failure" },
    pending = { "Applying" }, reason = "fail_reason", settle = 30, interval = 30, timeout = 600 } }

return M
