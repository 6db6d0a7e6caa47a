-- SPDX-License-Identifier: Apache-2.0
-- DBSS: switches, tags and databases show in lists of its own, an order in billing's.
local REPEATABLE = { repeatable = true }

local M = {}

-- No list of this service shows an order; billing's does, unpaid ones too. What came since the intent is this one.
M.create_instances_period_order = {
  probe = { look = "bss.list_orders", args = { service_type_code = "hws.service.type.dbss", limit = 100 }, list = true, new = true,
    key = "order_id", answer = { order_id = "order_id" } },
  wait = { op = "bss.show_order", args = { order_id = "@order_id" }, field = "order_info.status", success = { 5 }, failure = { 4 },
    interval = 10, delay = 5, timeout = 1200 } }

-- A database is audited under its address; the list shows the RDS instance in one field or another.
M.add_rds_no_agent_database = {
  probe = { look = "dbss.list_audit_databases", args = { instance_id = "$instance_id" }, list = true, each = "$databases",
    as = { ["database.ip"] = "ip", ["database.port"] = "port" }, key = "database.id", settle = 60 } }
M.switch_agent = REPEATABLE
M.switch_risk_rule = {
  probe = { look = "dbss.list_audit_rule_risks", args = { instance_id = "$instance_id" }, items = "rules", each = "$ids",
    as = { id = "" }, also = { status = "$status" }, settle = 60 } }
M.update_audit_security_group = {
  probe = { look = "dbss.list_audit_instances", args = {}, where = { resource_id = "$resource_id" },
    same = { security_group_id = "$securitygroup_ids.1" }, settle = 60 } }

local function tags(none)
  return { probe = { look = "dbss.list_resource_instance_by_tag", args = { resource_type = "$resource_type" },
    where = { resource_id = "$resource_id" }, within = "tags", each = "$tags", as = { key = "key", value = "value" }, none = none,
    settle = 60 } }
end
M.batch_add_resource_tag = tags()
M.batch_delete_resource_tag = tags(true)

return M
