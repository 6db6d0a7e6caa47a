/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.5: snapshots, their policies, and restoring to a new cluster. Only
 * manual snapshots can be deleted, only automated ones copied.
 */
#include "api/rows.h"

#define NAME_TEXT "[A-Za-z][A-Za-z0-9_-]*"

#define SNAPSHOT_STATES "CREATING|AVAILABLE|UNAVAILABLE|RESTORING|FROZEN|POLICE_FROZEN"

/* 5.5.1 */

static const struct hw_field create_snapshot_body[] = {
    { "name", HW_STRING, HW_REQUIRED, .pattern = NAME_TEXT, .min_len = 4, .max_len = 64, .note = "unique" },
    { "cluster_id", HW_STRING, HW_REQUIRED | HW_ID },
    { "description", HW_STRING, .pattern = "[^!<>'=;&\"]*", .max_len = 256 },
    { 0 }
};

static const struct hw_field create_snapshot_in[] = {
    { "snapshot", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = create_snapshot_body },
    { 0 }
};

static const struct hw_field created_snapshot_out[] = {
    { "id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field create_snapshot_out[] = {
    { "snapshot", HW_OBJECT, .fields = created_snapshot_out },
    { 0 }
};

/* 5.5.2 */

static const struct hw_field snapshot_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "description", HW_STRING, HW_NULLABLE },
    { "started", HW_STRING, .note = "2016-08-23T03:59:23Z" },
    { "finished", HW_STRING, HW_NULLABLE, .note = "2016-08-23T04:01:40Z" },
    { "size", HW_NUMBER, .note = "GB" },
    { "status", HW_STRING, .oneof = SNAPSHOT_STATES, .note = "RESTORING stands in 5.5.3 only" },
    { "type", HW_STRING, .oneof = "MANUAL|AUTO", .note = "values from 5.5.3" },
    { "cluster_id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field list_snapshots_out[] = {
    { "snapshots", HW_ARRAY, .items = HW_OBJECT, .fields = snapshot_out },
    { "count", HW_INTEGER, .note = "missing in answers met in practice" },
    { 0 }
};

/* 5.5.3 */

static const struct hw_field datastore_out[] = {
    { "type", HW_STRING },
    { "version", HW_STRING },
    { 0 }
};

static const struct hw_field fine_grained_out[] = {
    { "database", HW_STRING },
    { "schema_list", HW_ARRAY, .items = HW_STRING },
    { "table_list", HW_ARRAY, .items = HW_STRING },
    { 0 }
};

static const struct hw_field list_cluster_snapshots_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "limit", HW_INTEGER, HW_QUERY | HW_MIN, .min = 1, .note = "items a page; absent: no limit" },
    HW_OFFSET("counts pages from 0, not records"),
    { "sort_key", HW_STRING, HW_QUERY, .note = "field to sort by; names not listed" },
    { "sort_dir", HW_STRING, HW_QUERY, .oneof = "asc|desc" },
    { 0 }
};

static const struct hw_field cluster_snapshot_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "description", HW_STRING, HW_NULLABLE },
    { "started", HW_STRING, .note = "missing in the example" },
    { "size", HW_NUMBER, .note = "GB" },
    { "status", HW_STRING, .oneof = SNAPSHOT_STATES },
    { "cluster_id", HW_STRING, HW_ID },
    { "datastore", HW_OBJECT, .fields = datastore_out },
    { "cluster_name", HW_STRING },
    { "updated", HW_STRING, .note = "no zone in the example" },
    { "type", HW_STRING, .oneof = "MANUAL|AUTO" },
    { "bak_expected_start_time", HW_STRING, .note = "milliseconds, as text" },
    { "bak_keep_day", HW_INTEGER },
    { "bak_period", HW_STRING, .note = "cron expression" },
    { "db_user", HW_STRING },
    { "progress", HW_STRING },
    { "backup_key", HW_STRING },
    { "prior_backup_key", HW_STRING, .note = "of the snapshot an incremental one builds on" },
    { "base_backup_key", HW_STRING, .note = "of the full snapshot" },
    { "backup_device", HW_STRING, .note = "obs in the example, OBS or NBU in 5.5.5" },
    { "total_backup_size", HW_INTEGER },
    { "base_backup_name", HW_STRING },
    { "support_inplace_restore", HW_BOOLEAN },
    { "fine_grained_backup", HW_BOOLEAN },
    { "backup_level", HW_STRING },
    { "fine_grained_backup_detail", HW_OBJECT, HW_NULLABLE, .fields = fine_grained_out },
    { "guest_agent_version", HW_STRING },
    { "cluster_status", HW_STRING },
    { 0 }
};

static const struct hw_field list_cluster_snapshots_out[] = {
    { "snapshots", HW_ARRAY, .items = HW_OBJECT, .fields = cluster_snapshot_out },
    { "project_id", HW_STRING, HW_ID },
    { "cluster_id", HW_STRING, HW_ID },
    { "count", HW_INTEGER, .note = "all snapshots; 2 over a list of one in the example" },
    { 0 }
};

/* 5.5.4 */

static const struct hw_field policy_out[] = {
    { "policy_id", HW_STRING, HW_ID },
    { "policy_name", HW_STRING },
    { "backup_strategy", HW_STRING, .note = "cron expression" },
    { "backup_type", HW_STRING, .oneof = "full|increment" },
    { "backup_level", HW_STRING, .note = "cluster, or a schema-level one" },
    { "next_fire_time", HW_STRING, HW_NULLABLE, .note = "milliseconds, as text; skipped when other work runs" },
    { "update_time", HW_STRING },
    { "time_zone_offset", HW_INTEGER, HW_BOUNDED, HW_RANGE(0, 23), .note = "hours from UTC" },
    { 0 }
};

static const struct hw_field only_cluster_id_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { 0 }
};

static const struct hw_field list_snapshot_policy_out[] = {
    { "keep_day", HW_INTEGER, HW_MIN, .min = 0 },
    { "backup_strategies", HW_ARRAY, .items = HW_OBJECT, .fields = policy_out },
    { "device_name", HW_STRING, .note = "mostly OBS" },
    { "server_ips", HW_ARRAY, HW_NULLABLE, HW_STRING },
    { "server_port", HW_STRING, HW_NULLABLE },
    { "backup_param", HW_STRING, HW_NULLABLE },
    { "auto_backup", HW_BOOLEAN },
    { "backup_strategy_cluster_type_limit_num", HW_INTEGER, HW_MIN, .min = 0, .note = "most cluster-level policies" },
    { "backup_strategy_schema_type_limit_num", HW_INTEGER, HW_MIN, .min = 0, .note = "most schema-level policies" },
    { 0 }
};

/* 5.5.5 */

static const struct hw_field only_snapshot_id_in[] = {
    HW_PATH_ID("snapshot_id", "a UUID"),
    { 0 }
};

static const struct hw_field snapshot_detail_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "description", HW_STRING, HW_NULLABLE },
    { "started", HW_STRING, .note = "2016-08-23T03:59:23Z" },
    { "finished", HW_STRING, HW_NULLABLE, .note = "2016-08-23T04:01:40Z" },
    { "size", HW_NUMBER, .note = "GB" },
    { "status", HW_STRING, .oneof = SNAPSHOT_STATES, .note = "RESTORING stands in 5.5.3 only" },
    { "type", HW_STRING, .oneof = "MANUAL|AUTO", .note = "values from 5.5.3" },
    { "cluster_id", HW_STRING, HW_ID },
    { "datastore", HW_OBJECT, .fields = datastore_out, .note = "this and the rest are missing in the example" },
    { "cluster_name", HW_STRING },
    { "bak_expected_start_time", HW_STRING, .note = "milliseconds, as text" },
    { "bak_keep_day", HW_INTEGER },
    { "bak_period", HW_STRING, .note = "cron expression" },
    { "db_user", HW_STRING },
    { "progress", HW_STRING },
    { "backup_key", HW_STRING },
    { "prior_backup_key", HW_STRING, .note = "of the snapshot an incremental one builds on" },
    { "base_backup_key", HW_STRING, .note = "of the full snapshot" },
    { "backup_device", HW_STRING, .note = "NBU or OBS here, obs in 5.5.3's example" },
    { "total_backup_size", HW_INTEGER },
    { "base_backup_name", HW_STRING },
    { "support_inplace_restore", HW_BOOLEAN },
    { "fine_grained_backup", HW_BOOLEAN },
    { "backup_level", HW_STRING },
    { "fine_grained_backup_detail", HW_OBJECT, HW_NULLABLE, .fields = fine_grained_out },
    { "guest_agent_version", HW_STRING },
    { "cluster_status", HW_STRING },
    { 0 }
};

static const struct hw_field show_snapshot_out[] = {
    { "snapshot", HW_OBJECT, .fields = snapshot_detail_out },
    { 0 }
};

/* 5.5.6 */

static const struct hw_field delete_snapshot_policy_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    HW_PATH_ID("id", "policy_id of list_snapshot_policy"),
    { 0 }
};

/* 5.5.8 */

static const struct hw_field public_ip_in[] = {
    { "public_bind_type", HW_STRING, .oneof = "auto_assign|not_use|bind_existing" },
    { "eip_id", HW_STRING, HW_ID | HW_SOFT,
      .note = "the EIP of bind_existing; the example sends an empty one with auto_assign" },
    { 0 }
};

static const struct hw_field restore_body[] = {
    { "name", HW_STRING, HW_REQUIRED, .pattern = NAME_TEXT, .min_len = 4, .max_len = 64,
      .note = "of the new cluster, unique" },
    { "subnet_id", HW_STRING, HW_ID, .note = "else the original cluster's" },
    { "security_group_id", HW_STRING, HW_ID, .note = "else the original cluster's" },
    { "vpc_id", HW_STRING, HW_ID, .note = "else the original cluster's" },
    { "availability_zone", HW_STRING, .note = "else the original cluster's" },
    { "port", HW_INTEGER, .note = "no range here, 8000 to 30000 in 5.2.4" },
    { "public_ip", HW_OBJECT, .fields = public_ip_in, .note = "absent: no public access" },
    { "enterprise_project_id", HW_STRING, HW_ID, .def = "0" },
    { "ipv6_enable", HW_BOOLEAN, .def = "false" },
    { 0 }
};

static const struct hw_field restore_cluster_in[] = {
    HW_PATH_ID("snapshot_id", "an available snapshot on OBS"),
    { "restore", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = restore_body },
    { 0 }
};

static const struct hw_field restored_cluster_out[] = {
    { "id", HW_STRING, HW_ID, .note = "of the new cluster" },
    { 0 }
};

static const struct hw_field restore_cluster_out[] = {
    { "cluster", HW_OBJECT, .fields = restored_cluster_out },
    { "job_id", HW_STRING, HW_ID, .note = "in the SDK only, optional" },
    { 0 }
};

/* 5.5.9 */

static const struct hw_field copy_snapshot_in[] = {
    HW_PATH_ID("snapshot_id", "an automated snapshot"),
    { "backup_name", HW_STRING, HW_BODY | HW_REQUIRED, .note = "name of the copy" },
    { "description", HW_STRING, HW_BODY },
    { 0 }
};

static const struct hw_field copy_snapshot_out[] = {
    { "snapshot_id", HW_STRING, HW_ID, .note = "of the copy" },
    { 0 }
};

/* 5.5.10 */

static const struct hw_field policy_in[] = {
    { "policy_id", HW_STRING, HW_ID, .note = "names an existing policy; absent when adding" },
    { "policy_name", HW_STRING, .pattern = NAME_TEXT, .min_len = 4, .max_len = 92,
      .note = "unique; mandatory when adding" },
    { "backup_strategy", HW_STRING, .note = "cron expression, \"0 0 2 ? * 1\"; mandatory when adding" },
    { "backup_type", HW_STRING, .oneof = "full|increment" },
    { "backup_level", HW_STRING, .oneof = "cluster" },
    { 0 }
};

static const struct hw_field create_snapshot_policy_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "keep_day", HW_INTEGER, HW_BODY | HW_BOUNDED, HW_RANGE(1, 31), .note = "days that automated snapshots stay" },
    { "backup_strategies", HW_ARRAY, HW_BODY, HW_OBJECT, policy_in, .note = "mandatory when adding a policy" },
    { "device_name", HW_STRING, HW_BODY, .oneof = "OBS|NBU|NFS" },
    { "server_port", HW_STRING, HW_BODY, .note = "mandatory with NBU" },
    { "backup_param", HW_STRING, HW_BODY, .note = "mandatory with NBU" },
    { "server_ips", HW_ARRAY, HW_BODY, HW_STRING, .note = "mandatory with NBU and NFS" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "create_snapshot", "POST", "/v1.0/{project_id}/snapshots",
      .title = "Creating a Snapshot", .doc = "DWS 5.5.1", .sdk = "create_snapshot",
      .in = create_snapshot_in, .out = create_snapshot_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_PAID | HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "dws:openAPISnapshot:create",
      .note = "No job is named: watch the snapshot until AVAILABLE." },
    { "list_snapshots", "GET", "/v1.0/{project_id}/snapshots",
      .title = "Querying the Snapshot List", .doc = "DWS 5.5.2", .sdk = "list_snapshots",
      .out = list_snapshots_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .permission = "dws:openAPISnapshot:list",
      .note = "All snapshots come in one answer." },
    { "list_cluster_snapshots", "GET", "/v1.0/{project_id}/clusters/{cluster_id}/snapshots",
      .title = "Querying the Cluster Snapshot List", .doc = "DWS 5.5.3", .sdk = "list_cluster_snapshots",
      .in = list_cluster_snapshots_in, .out = list_cluster_snapshots_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .page = { HW_BY_PAGE, "offset", "limit", "snapshots", "count", "id" },
      .note = "offset is the page number less one. Without limit everything comes at once." },
    { "list_snapshot_policy", "GET", "/v2/{project_id}/clusters/{cluster_id}/snapshot-policies",
      .title = "Querying a Snapshot Policy", .doc = "DWS 5.5.4", .sdk = "list_snapshot_policy",
      .alias = "list_snapshot_policies|show_snapshot_policy",
      .in = only_cluster_id_in, .out = list_snapshot_policy_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "show_snapshot", "GET", "/v1.0/{project_id}/snapshots/{snapshot_id}",
      .title = "Querying Snapshot Details", .doc = "DWS 5.5.5", .sdk = "list_snapshot_details",
      .in = only_snapshot_id_in, .out = show_snapshot_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .permission = "dws:openAPISnapshot:detail",
      .note = "A snapshot that is gone is answered by 400 DWS.5149." },
    { "delete_snapshot_policy", "DELETE", "/v1.0/{project_id}/clusters/{cluster_id}/snapshot-policies/{id}",
      .title = "Deleting a Snapshot Policy", .doc = "DWS 5.5.6", .sdk = "delete_snapshot_policy",
      .in = delete_snapshot_policy_in, .ok = { 200 }, .kind = HW_DELETE, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "v1.0, where querying and adding policies are v2." },
    { "delete_snapshot", "DELETE", "/v1.0/{project_id}/snapshots/{snapshot_id}",
      .title = "Deleting a Snapshot", .doc = "DWS 5.5.7", .sdk = "delete_snapshot",
      .in = only_snapshot_id_in, .ok = { 202 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "dws:openAPISnapshot:delete",
      .note = "Manual snapshots only. One that is gone is answered by 400 DWS.0001." },
    { "restore_cluster", "POST", "/v1.0/{project_id}/snapshots/{snapshot_id}/actions",
      .title = "Restoring a Cluster", .doc = "DWS 5.5.8", .sdk = "restore_cluster",
      .in = restore_cluster_in, .out = restore_cluster_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_PAID | HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .permission = "dws:openAPISnapshot:restore",
      .note = "Always makes a new cluster; watch that one. Everything stands inside restore; only name is needed." },
    { "copy_snapshot", "POST", "/v1.0/{project_id}/snapshots/{snapshot_id}/linked-copy",
      .title = "Copying a Snapshot", .doc = "DWS 5.5.9", .sdk = "copy_snapshot",
      .in = copy_snapshot_in, .out = copy_snapshot_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_PAID | HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Automated snapshots only, one copy each. The example speaks of test1 and sends backup20." },
    { "create_snapshot_policy", "PUT", "/v2/{project_id}/clusters/{cluster_id}/snapshot-policies",
      .title = "Adding a Snapshot Policy", .doc = "DWS 5.5.10", .sdk = "create_snapshot_policy",
      .in = create_snapshot_policy_in, .ok = { 200 }, .kind = HW_CREATE, .flags = HW_SEEN_SDK,
      .note = "A PUT that creates; it returns no id, so look the policy up by name. The example describes a body and "
              "prints none. The API Explorer adds auto_backup, and to each policy next_fire_time, update_time, "
              "time_zone_offset, backup_database, backup_schema_list and backup_table_list: left out." },
    { 0 }
};

const struct hw_chapter hw_dws_snapshots = { "dws", "5.5 Snapshot Management", ops };
