-- SPDX-License-Identifier: Apache-2.0
-- DDM: most changes show as a job of the instance; the job list reaches back 30 days. Where no document names a change's
-- job, any new job of the instance counts: an instance carries out one at a time.
local JOBS = { start_time = "@month", end_time = "@now", limit = 128 }

local function job(names, answer)
  return { look = "ddm.list_jobs", args = JOBS, new = true, where = { instance_id = "$instance_id", name = names },
    answer = answer or { job_id = "id" } }
end

local function of_schema(names)
  local probe = job(names)
  probe.where.database_name = "$db_name"
  return probe
end

local function followed(timeout, answer)
  return { op = "ddm.show_job", args = { job_id = answer or "@job_id" }, field = "job.status", success = { "Completed" },
    failure = { "Failed" }, pending = { "Running" }, progress = "job.process", interval = 10, timeout = timeout or 3600 }
end

-- The instance is at work before it is RUNNING again, so RUNNING counts only after something else, or after a while.
local function running(timeout, settle, id)
  return { op = "ddm.show_instance", args = { instance_id = id or "$instance_id" }, field = "status", success = { "RUNNING" },
    failure = { "CREATEFAILED", "ERROR" }, settle = settle or 60, interval = 10, timeout = timeout or 3600 }
end

local function instance_has(same, answer)
  return { look = "ddm.show_instance", args = { instance_id = "$instance_id" }, same = same, answer = answer }
end

local function listed(op, where, answer)
  return { look = op, args = { instance_id = "$instance_id" }, list = true, where = where, new = true, key = "name", answer = answer }
end

local function absent(op, args, where)
  return { look = op, args = args, list = where ~= nil or nil, where = where, gone = true }
end

-- Changes of an instance that is paid for by the month are ordered.
local function by_order(probe, answer)
  probe.ordered = { look = "ddm.show_instance", args = { instance_id = "$instance_id" }, field = "order_id",
    type = "hws.service.type.ddm", answer = answer or "order_id" }
  return probe
end

local REPEATABLE = { repeatable = true }

local M = {}

-- instances
M.create_instance = {
  probe = { look = "ddm.list_instances", list = true, where = { name = "$instance.name" }, new = true, answer = { id = "id" },
    ordered = { where = { ["extend_param.charge_mode"] = "prePaid" }, type = "hws.service.type.ddm", answer = "order_id" } },
  wait = running(900, 0, "@id") }
M.update_instance_name = { probe = instance_has({ name = "$name" }, { name = "name" }), wait = running(600, 5) }
M.update_instance_name_v3 = { probe = job(nil), wait = followed(600) }
M.update_instance_security_group = { probe = instance_has({ security_group_id = "$security_group_id" },
  { security_group_id = "security_group_id" }) }
M.update_instance_security_group_v3 = { probe = instance_has({ security_group_id = "$security_group_id" }) }
M.update_instance_port = { probe = job(nil), wait = followed() }
M.switch_ssl = { probe = job(nil), wait = followed() }
M.delete_instance = {
  probe = { look = "ddm.show_instance", args = { instance_id = "$instance_id" }, gone = { "DELETED", "DELETING" }, field = "status",
    answer = { id = "$instance_id" } },
  wait = { op = "ddm.show_instance", args = { instance_id = "$instance_id" }, field = "status", success = { "DELETED" },
    gone = true, failure = { "ERROR" }, interval = 10, delay = 30, timeout = 1200 } }
M.delete_instance_v3 = {
  probe = { look = "ddm.show_instance", args = { instance_id = "$instance_id" }, gone = { "DELETED", "DELETING" }, field = "status" },
  wait = M.delete_instance.wait }
M.restart_instance = { probe = job({ "RestartInstance" }, { jobId = "id", instanceId = "$instance_id" }),
  wait = followed(3600, "@jobId") }
M.restart_instance_v3 = { probe = job({ "RestartInstance" }), wait = followed() }
M.restart_node = { probe = job({ "RestartNode", "RestartInstanceNode" }), wait = followed() }
M.resize_flavor = { probe = by_order(job(nil)), wait = running(3600, 120) }
M.expand_instance_nodes = { probe = by_order(job({ "EnlargeNode" }, { jobId = "id", instanceId = "$instance_id" }), "orderId"),
  wait = running(3600, 120) }
M.expand_instance_nodes_v3 = { probe = by_order(job({ "EnlargeNode" })), wait = running(3600, 120) }
M.shrink_instance_nodes = { probe = job({ "ReduceNode" }, { jobId = "id", instanceId = "$instance_id" }), wait = running(3600, 120) }
M.delete_nodes = { probe = by_order(job({ "ReduceNode" })), wait = running(3600, 120) }
M.create_group = {
  probe = by_order({ look = "ddm.list_groups", args = { instance_id = "$instance_id" }, list = true, where = { name = "$name" },
    new = true, answer = { group_id = "id", instance_id = "$instance_id" } }),
  wait = running(3600, 120) }
M.delete_group = { probe = by_order(absent("ddm.list_groups", { instance_id = "$instance_id" }, { id = "$group_id" })),
  wait = running(3600, 120) }
M.sync_data_nodes = { probe = job({ "syncDataNodes", "SyncDataNodes" }, { jobId = "id", instanceId = "$instance_id" }),
  wait = followed(3600, "@jobId") }
M.update_read_and_write_strategy = REPEATABLE
M.set_read_only_status = { repeatable = true, wait = followed() }
M.bind_eip = { probe = job({ "BindEIP" }), wait = followed() }
M.unbind_eip = { probe = job({ "UnbindEIP" }), wait = followed() }
M.update_elb_ip = { repeatable = true, wait = followed() }
M.reload_table_data = { person = "no answer of the service shows whether table data was reloaded" }
M.reload_table_data_v3 = { person = "no answer of the service shows whether table data was reloaded" }
M.move_tmlog_files = { probe = job(nil), wait = followed() }
-- An id is not given out again, so a session that is not there any more needs no second call. Who ended it the record of
-- ended sessions tells (4.7.5), which a runbook reads afterwards. The first of several stands for all: a call ends all or none.
local function session_gone(list)
  return { probe = { look = list, args = { instance_id = "$instance_id", limit = 128 }, list = true,
    where = { id = "$process_ids.1" }, gone = true, answer = {} } }
end

M.kill_logical_sessions = session_gone("ddm.list_logical_sessions")
M.kill_physical_sessions = session_gone("ddm.list_physical_sessions")

-- schemas
M.create_schema = {
  probe = listed("ddm.list_schemas", { name = "$databases.1.name" }, { ["databases.1.name"] = "name" }),
  wait = { op = "ddm.show_schema", args = { instance_id = "$instance_id", ddm_dbname = "@databases.1.name" },
    field = "database.status", success = { "RUNNING" }, failure = { "CREATEFAILED", "CREATE_FAILED" }, interval = 5, timeout = 1200 } }
M.create_schema_v3 = {
  probe = listed("ddm.list_schemas", { name = "$name" }, { name = "name" }),
  wait = { op = "ddm.show_schema_v3", args = { instance_id = "$instance_id", database_name = "$name" },
    field = "status", success = { "RUNNING" }, failure = { "CREATEFAILED", "CREATE_FAILED" }, interval = 5, timeout = 1200 } }
M.delete_schema = {
  probe = { look = "ddm.list_schemas", args = { instance_id = "$instance_id" }, list = true, where = { name = "$ddm_dbname" },
    gone = { "DELETING" }, field = "status" },
  wait = { op = "ddm.list_schemas", args = { instance_id = "$instance_id" }, find = { name = "$ddm_dbname" }, field = "status",
    success = {}, gone = true, failure = { "DELETE_FAILED" }, interval = 5, timeout = 1800 } }
M.delete_schema_v3 = {
  probe = { look = "ddm.list_schemas", args = { instance_id = "$instance_id" }, list = true, where = { name = "$database_name" },
    gone = { "DELETING" }, field = "status" },
  wait = { op = "ddm.list_schemas", args = { instance_id = "$instance_id" }, find = { name = "$database_name" }, field = "status",
    success = {}, gone = true, failure = { "DELETE_FAILED" }, interval = 5, timeout = 1800 } }
M.import_schema_metadata = { probe = job({ "loadMetadata" }, { job_id = "id", instance_id = "$instance_id" }), wait = followed() }

-- shards
M.precheck_shards = { probe = of_schema({ "checkMigrateLogicDb", "preCheckMigrateLogicDb", "precheckMigrateLogicDb" }),
  wait = followed(7200) }
M.configure_shards = { probe = of_schema({ "migrateLogicDb" }), wait = followed(72 * 3600) }
M.clean_shards = { probe = of_schema({ "cleanMigrateLogicDb" }), wait = followed(24 * 3600) }
M.retry_shards = { probe = of_schema({ "retryMigrateLogicDb" }), wait = followed(72 * 3600) }

local function taken_back()
  local wait = followed(24 * 3600)
  wait.success = { "Completed", "CancelSuccess", "RollbackSuccess" }
  wait.pending = { "Running", "Canceling", "Rollbacking" }
  return wait
end

M.rollback_shards = { probe = of_schema({ "rollbackMigrateLogicDb" }), wait = taken_back() }
M.cancel_shards = { probe = of_schema({ "cancelMigrateLogicDb" }), wait = taken_back() }
M.update_switch_strategy = REPEATABLE
M.switch_route = {
  probe = { look = "ddm.list_jobs", args = JOBS, list = true, where = { id = "$job_id" }, field = "status",
    operations = { toBeSwitched = "ToBeSwitched", toBeCleaned = "ToBeCleaned" },
    done = { "Switching", "ToBeCleaned", "Completed" }, undone = { "ToBeSwitched" }, absent = "open" },
  wait = { op = "ddm.list_jobs", args = { start_time = "@month", end_time = "@now", limit = 128 },
    find = { id = "$job_id" }, field = "status", operations = { toBeCleaned = "ToBeCleaned" },
    success = { "ToBeCleaned", "Completed" }, failure = { "Failed" }, pending = { "Switching", "ToBeSwitched" },
    interval = 30, timeout = 24 * 3600 } }

-- accounts
M.create_users = { probe = listed("ddm.list_users", { name = "$users.1.name" }, { ["users.1.name"] = "name" }) }
M.create_user_v3 = { probe = listed("ddm.list_users_v3", { name = "$name" }) }
M.update_user = { probe = { look = "ddm.list_users", args = { instance_id = "$instance_id" }, list = true,
  where = { name = "$username" }, answer = { name = "name" }, same = { base_authority = "$user.base_authority",
    description = "$user.description", databases = "$user.databases" } } }
M.update_user_v3 = { probe = { look = "ddm.list_users_v3", args = { instance_id = "$instance_id" }, list = true,
  where = { name = "$username" }, same = { base_authority = "$base_authority", description = "$description",
    databases = "$databases", password_lifetime = "$password_lifetime" } } }
M.delete_user = { probe = absent("ddm.list_users", { instance_id = "$instance_id" }, { name = "$username" }) }
M.delete_user_v3 = { probe = absent("ddm.list_users_v3", { instance_id = "$instance_id" }, { name = "$username" }) }
-- A password cannot be read back, but the list says when each was changed last: another moment than before is this change.
local function password_changed(answer)
  local probe = listed("ddm.list_users", { name = "$username" }, answer)
  probe.key = "password_last_changed"
  return { probe = probe }
end

M.reset_user_password = password_changed({ user_name = "name", instance_id = "$instance_id" })
M.reset_user_password_v3 = password_changed()
-- Where the answer names no job, the instance's state tells.
M.reset_administrator = { probe = job(nil), wait = running(900, 60) }

-- versions, backups
M.change_database_version = { probe = job(nil, { job_id = "id", instance_id = "$instance_id" }), wait = running(7200, 120) }
M.roll_back_database_version = { probe = job(nil, { job_id = "id", instance_id = "$instance_id" }), wait = running(7200, 120) }
M.delete_backup = { probe = { look = "ddm.list_backups", list = true, where = { id = "$backup_id" }, gone = true }, wait = followed() }
M.restore_metadata = { probe = { look = "ddm.list_jobs", args = JOBS, new = true, where = { instance_id = "$target.instance_id" },
  answer = { job_id = "id" } }, wait = followed(24 * 3600) }
M.restore_data = { probe = { look = "ddm.list_jobs", args = JOBS, new = true, where = { instance_id = "$target.instance_id" },
  answer = { job_id = "id" } }, wait = followed(72 * 3600) }

-- parameters
local function configuration(name, answer)
  return { look = "ddm.list_configurations", list = true, where = { name = name }, new = true, answer = answer }
end

M.create_configuration = { probe = configuration("$name", { id = "id", name = "name" }) }
M.copy_configuration = { probe = configuration("$new_name") }
M.delete_configuration = { probe = { look = "ddm.list_configurations", list = true, where = { id = "$config_id" }, gone = true } }
M.update_configuration = REPEATABLE
M.update_instance_parameters = { probe = job(nil, { jobId = "id" }), wait = running(1800, 30) }
M.update_instance_parameters_v31 = { repeatable = true, wait = running(1800, 30) }

return M
