-- SPDX-License-Identifier: Apache-2.0
-- Fields whose documented rule a document's own example breaks, and how.
return {
  { "dbss.add_rds_no_agent_database.databases.enterprise_id", "3.3.2 leaves it out" },
  { "dbss.batch_add_resource_tag.sys_tags.value", "3.4.4 leaves out the value of a tag" },
  { "dbss.batch_add_resource_tag.tags.value", "3.4.4 leaves out the value of a tag" },
  { "dbss.batch_delete_resource_tag.sys_tags.value", "3.4.5 leaves out the value of a tag" },
  { "dbss.batch_delete_resource_tag.tags.value", "3.4.5 leaves out the value of a tag" },
  { "ddm.reset_administrator.password", "4.4.6 sends 5 characters of at least 8" },
  { "ddm.reset_user_password_v3.password", "4.4.12 sends 6 characters of at least 8" },
  { "dws.check_cluster.cluster.public_ip.eip_id", "as in 5.2.4" },
  { "dws.create_cluster.cluster.public_ip.eip_id", "5.2.4 sends it empty" },
  { "dws.create_cluster.cluster.user_pwd", "5.2.4 sends 9 characters of at least 12" },
  { "dws.create_event_sub.category", "5.9.3 sends it empty" },
  { "dws.create_event_sub.severity", "5.9.3 sends two choices at once" },
  { "dws.create_event_sub.source_type", "5.9.3 sends it empty" },
  { "dws.restore_cluster.restore.public_ip.eip_id", "5.5.8 sends it empty" },
  { "dws.update_event_sub.category", "5.9.4 sends it empty" },
  { "dws.update_event_sub.severity", "5.9.4 sends two choices at once" },
  { "dws.update_event_sub.source_type", "5.9.4 sends it empty" },
}
