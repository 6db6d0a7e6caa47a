-- SPDX-License-Identifier: Apache-2.0
-- Every modelled operation and timer, by name. A new service or chapter is one
-- more module in this list; nothing else needs to know of it.
local MODULES = {
  "iam", "iam_keys",
  "ddm_versions", "ddm_instances", "ddm_scaling", "ddm_data_nodes", "ddm_schemas", "ddm_metadata", "ddm_precheck",
  "ddm_shard_phases", "ddm_shards", "ddm_jobs",
  "ddm_catalogue", "ddm_groups", "ddm_scaling_v3", "ddm_settings", "ddm_instances_v3", "ddm_connectivity", "ddm_tmlogs",
  "ddm_accounts", "ddm_slow_log", "ddm_sessions", "ddm_kernel", "ddm_backups", "ddm_restore_targets", "ddm_restores",
  "ddm_parameters", "ddm_templates",
  "dws_tasks", "dws_jobs", "dws_events", "dws_alarms", "dws_subscriptions", "dws_catalogue", "dws_quotas", "dws_disk",
  "dws_policies", "dws_create", "dws_clusters", "dws_snapshots", "dws_restore", "dws_nodes", "dws_scaling", "dws_flavors", "dws_workload",
  "dws_data_sources", "dws_connections", "dws_tags", "dws_parameters", "dws_audit_logs",
  "bss_prices", "bss_orders", "bss_resources", "bss_ddm",
  "rds_jobs", "rds_create", "rds_backups", "rds_list", "rds_flavors",
  "dbss_instances", "dbss_orders", "dbss_management", "dbss_logs", "dbss_databases", "dbss_agents", "dbss_tags", "dbss_rules",
  "dbss_om",
}

-- `twins`: of an operation, another with its method and path, and the field of the body that means the other.
local M = { operations = {}, timers = {}, twins = {} }

for _, name in ipairs(MODULES) do
  local module = require("hwdb.sim." .. name)
  for op, handler in pairs(module.operations or {}) do
    assert(not M.operations[op], op)
    M.operations[op] = handler
  end
  for kind, handler in pairs(module.timers or {}) do
    assert(not M.timers[kind], kind)
    M.timers[kind] = handler
  end
  for op, other in pairs(module.twins or {}) do M.twins[op] = other end
end

return M
