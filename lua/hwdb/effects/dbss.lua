-- SPDX-License-Identifier: Apache-2.0
-- DBSS: switches are set again without harm; an order for an instance is known only by the instance that comes of it.
local REPEATABLE = { repeatable = true }

local M = {}

-- The order's answer is the order id alone, which no list of this service shows.
M.create_instances_period_order = {
  person = "orders are listed by the billing service only: look there for one of this moment",
  wait = { op = "bss.show_order", args = { order_id = "@order_id" }, field = "order_info.status", success = { 5 }, failure = { 4 },
    interval = 10, delay = 5, timeout = 1200 } }
M.add_rds_no_agent_database = { repeatable = true }
M.switch_agent = REPEATABLE
M.switch_risk_rule = REPEATABLE
M.update_audit_security_group = REPEATABLE
M.batch_add_resource_tag = REPEATABLE
M.batch_delete_resource_tag = REPEATABLE

return M
