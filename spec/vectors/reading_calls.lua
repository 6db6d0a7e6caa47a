-- SPDX-License-Identifier: Apache-2.0
-- Calls that change nothing although their method is not GET: they may be sent again.
return {
  "bss.list_order_resources",
  "bss.show_price",
  "dbss.count_resource_instance_by_tag",
  "dbss.list_audit_operate_logs",
  "dbss.list_db_om_instances",
  "dbss.list_resource_instance_by_tag",
  "dbss.list_sql_injection_rules",
  "ddm.check_data_node_connection",
  "ddm.compare_configurations",
  "ddm.validate_weak_password",
  "dws.check_cluster",
}
