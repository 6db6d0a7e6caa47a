/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.9: metadata backups, and what can be restored when, to which data
 * nodes and instances. There is no call that makes a backup: they are automatic.
 */
#include "api/rows.h"

/* Sent in a query, so text and number read the same. */
#define RESTORE_TIME \
  { "restore_time", HW_STRING, HW_QUERY | HW_REQUIRED | HW_EITHER, \
    .note = "milliseconds since 1970; String here, Number in 4.9.8 and 4.9.9" }

static const struct hw_field list_backups_in[] = {
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "backups on a page; the API Explorer allows 1024"),
    { "instance_id", HW_STRING, HW_QUERY | HW_ID, .note = "by instance; not in 4.9.1, but in API Explorer and SDK" },
    { "instance_name", HW_STRING, HW_QUERY, .note = "by instance name; not in 4.9.1, but in API Explorer and SDK" },
    { "backup_name", HW_STRING, HW_QUERY, .note = "by backup name; not in 4.9.1, but in API Explorer and SDK" },
    { 0 }
};

static const struct hw_field backup_out[] = {
    { "id", HW_STRING, HW_ID, .note = "backup" },
    { "name", HW_STRING, .note = "of the backup; the table says of a parameter template" },
    { "description", HW_STRING, .note = "of the backup; the table says of a parameter template" },
    { "status", HW_STRING, .note = "normal in the example" },
    { "instance_id", HW_STRING, HW_ID, .note = "instance backed up" },
    { "instance_name", HW_STRING, .note = "its name" },
    { "instance_status", HW_STRING, .note = "its status, normal in the example" },
    { "file_size", HW_NUMBER, .note = "KB" },
    { "created", HW_STRING, .note = "yyyy-MM-ddTHH:mm:ss+zone" },
    { "updated", HW_STRING, .note = "yyyy-MM-ddTHH:mm:ss+zone" },
    { "backup_type", HW_STRING, .oneof = "auto_metadata|metadata",
      .note = "auto_metadata: the daily one; metadata: made on an occasion, such as a deletion" },
    { 0 }
};

static const struct hw_field list_backups_out[] = {
    { "backups", HW_ARRAY, .items = HW_OBJECT, .fields = backup_out, .note = "the backups" },
    { "offset", HW_INTEGER, .note = "as asked; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "as asked" },
    { "total", HW_INTEGER, .note = "backups in all" },
    { 0 }
};

static const struct hw_field delete_backup_in[] = {
    HW_PATH_ID("backup_id", "backup"),
    { 0 }
};

static const struct hw_field job_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "task" },
    { 0 }
};

static const struct hw_field show_backup_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_PATH_ID("backup_id", "backup"),
    { 0 }
};

static const struct hw_field backup_data_node_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "data node" },
    { "instance_name", HW_STRING, .note = "its name" },
    { 0 }
};

static const struct hw_field show_backup_out[] = {
    { "id", HW_STRING, HW_ID, .note = "backup" },
    { "name", HW_STRING, .note = "its name" },
    { "instance_id", HW_STRING, HW_ID, .note = "instance backed up" },
    { "instance_name", HW_STRING, .note = "its name" },
    { "related_data_nodes", HW_ARRAY, .items = HW_OBJECT, .fields = backup_data_node_out, .note = "its data nodes" },
    { 0 }
};

static const struct hw_field list_related_data_nodes_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_OFFSET("records to skip; unknown to API Explorer and SDK"),
    HW_LIMIT(128, "10", "data nodes on a page; unknown to API Explorer and SDK"),
    RESTORE_TIME,
    { 0 }
};

static const struct hw_field related_data_node_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "data node" },
    { "instance_name", HW_STRING, .note = "its name" },
    { "instance_status", HW_STRING, .note = "abnormal in the example" },
    { "data_volume_size", HW_NUMBER, .note = "disk size; bytes, to judge by the example" },
    { "version", HW_STRING, .note = "of the engine" },
    { "engine_name", HW_STRING, .note = "mysql in the example" },
    { 0 }
};

static const struct hw_field list_related_data_nodes_out[] = {
    { "related_data_nodes", HW_ARRAY, .items = HW_OBJECT, .fields = related_data_node_out, .note = "the data nodes" },
    { "latest_restorable_time", HW_STRING, .note = "latest time to restore to; with zone, unlike restore_time" },
    { "offset", HW_INTEGER, .note = "as asked; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "as asked; 100 in the example, which gives none" },
    { "total", HW_INTEGER, .note = "data nodes in all" },
    { 0 }
};

static const struct hw_field show_restorable_time_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_OFFSET("records to skip, called a page; unknown to API Explorer and SDK"),
    HW_LIMIT(128, "10", "intervals on a page; unknown to API Explorer and SDK"),
    { 0 }
};

static const struct hw_field restorable_time_out[] = {
    { "start_time", HW_STRING, .note = "yyyy-mm-ddThh:mm:ss+zone" },
    { "end_time", HW_STRING, .note = "yyyy-mm-ddThh:mm:ss+zone" },
    { 0 }
};

static const struct hw_field show_restorable_time_out[] = {
    { "restorable_time_intervals", HW_ARRAY, .items = HW_OBJECT, .fields = restorable_time_out,
      .note = "intervals one can restore to" },
    { "offset", HW_INTEGER, .note = "as asked; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "as asked" },
    { "total", HW_INTEGER, .note = "intervals in all" },
    { 0 }
};

static const struct hw_field list_restorable_data_nodes_in[] = {
    HW_PATH_ID("instance_id", "DDM instance whose data is restored"),
    { "target_instance_id", HW_STRING, HW_QUERY | HW_REQUIRED | HW_ID, .note = "DDM instance to restore to" },
    { "source_dn_instance_id", HW_STRING, HW_QUERY | HW_REQUIRED | HW_ID, .note = "source data node" },
    RESTORE_TIME,
    HW_OFFSET("records to skip; unknown to API Explorer and SDK"),
    HW_LIMIT(128, "10", "data nodes on a page; unknown to API Explorer and SDK"),
    { 0 }
};

static const struct hw_field restorable_data_node_out[] = {
    { "instance_name", HW_STRING, .note = "name of the data node" },
    { "instance_id", HW_STRING, HW_ID, .note = "data node" },
    { "engine_name", HW_STRING, .note = "mysql in the example" },
    { "status", HW_STRING, .note = "normal in the example" },
    { "available", HW_BOOLEAN, .note = "whether it can be a target" },
    { "unavailable_reason", HW_STRING, .note = "why not; empty when available" },
    { "vpc_name", HW_STRING, .note = "VPC" },
    { "private_ip", HW_STRING, .note = "private address" },
    { 0 }
};

static const struct hw_field list_restorable_data_nodes_out[] = {
    { "target_data_nodes", HW_ARRAY, .items = HW_OBJECT, .fields = restorable_data_node_out,
      .note = "data nodes, also unavailable ones" },
    { "offset", HW_INTEGER, .note = "only in the example" },
    { "limit", HW_INTEGER, .note = "only in the example: 2, where the default is 10" },
    { "total", HW_INTEGER, .note = "data nodes in all; only in the example" },
    { 0 }
};

static const struct hw_field list_restorable_instances_in[] = {
    HW_PATH_ID("instance_id", "DDM instance whose data is restored"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "instances on a page; the API Explorer allows 1024"),
    { 0 }
};

static const struct hw_field restorable_instance_out[] = {
    { "instance_name", HW_STRING, .note = "name of the instance" },
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "status", HW_STRING, .note = "normal in the example" },
    { "available", HW_BOOLEAN, .note = "whether it can be the target" },
    { "unavailable_reason", HW_STRING, .note = "why not; empty when available" },
    { "vpc_name", HW_STRING, .note = "VPC" },
    { 0 }
};

static const struct hw_field list_restorable_instances_out[] = {
    { "instances", HW_ARRAY, .items = HW_OBJECT, .fields = restorable_instance_out,
      .note = "instances, also unavailable ones" },
    { "offset", HW_INTEGER, .note = "only in the example" },
    { "limit", HW_INTEGER, .note = "only in the example" },
    { "total", HW_INTEGER, .note = "instances in all; only in the example" },
    { 0 }
};

static const struct hw_field restore_metadata_source_in[] = {
    { "restore_time", HW_INTEGER, .note = "milliseconds since 1970; either this or backup_id; a Number in the table" },
    { "backup_id", HW_STRING, HW_ID, .note = "either this or restore_time" },
    { 0 }
};

static const struct hw_field restore_metadata_target_in[] = {
    { "data_nodes", HW_ARRAY, HW_REQUIRED | HW_ID, .items = HW_STRING,
      .note = "data nodes whose data is already restored, in the VPC and subnet of the instance" },
    { "instance_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "empty DDM instance to restore to" },
    { 0 }
};

static const struct hw_field restore_metadata_in[] = {
    HW_PATH_ID("instance_id", "DDM instance; the source, to judge by the target in the body"),
    { "source", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = restore_metadata_source_in, .note = "what to restore" },
    { "target", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = restore_metadata_target_in, .note = "where to" },
    { 0 }
};

static const struct hw_field restore_data_source_in[] = {
    { "restore_time", HW_INTEGER, HW_REQUIRED, .note = "milliseconds since 1970; a Number in the table" },
    { 0 }
};

static const struct hw_field restore_data_target_in[] = {
    { "instance_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "empty DDM instance to restore to" },
    { 0 }
};

static const struct hw_field data_node_relation_in[] = {
    { "source_instance_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "data node at that time, from 4.9.4" },
    { "target_instance_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "data node whose data is replaced, from 4.9.6" },
    { 0 }
};

static const struct hw_field restore_data_in[] = {
    HW_PATH_ID("instance_id", "DDM instance; the source, to judge by the target in the body"),
    { "source", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = restore_data_source_in, .note = "what to restore" },
    { "target", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = restore_data_target_in, .note = "where to" },
    { "data_node_relations", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = data_node_relation_in,
      .note = "one target for each source data node" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_backups", "GET", "/v3/{project_id}/backups",
      .title = "Querying Backups", .doc = "DDM 4.9.1", .sdk = "list_backups",
      .in = list_backups_in, .out = list_backups_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "backups", "total", "id" },
      .note = "API Explorer and SDK have three filters that 4.9.1 lacks; the row has them. The limit stays at the "
              "documented 128." },
    { "delete_backup", "DELETE", "/v3/{project_id}/backups/{backup_id}",
      .title = "Deleting a Backup", .doc = "DDM 4.9.2", .sdk = "delete_backup",
      .in = delete_backup_in, .out = job_out, .ok = { 202 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_IRREVERSIBLE, .job = { "job_id", "ddm.show_job" } },
    { "show_backup", "GET", "/v3/{project_id}/instances/{instance_id}/backups/{backup_id}",
      .title = "Querying Backup Details", .doc = "DDM 4.9.3", .sdk = "show_backup",
      .in = show_backup_in, .out = show_backup_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The example's path lacks instances/{instance_id}; the URI line and the SDK have it, so does the row." },
    { "list_related_data_nodes", "GET", "/v3/{project_id}/instances/{instance_id}/backups/related-dn",
      .title = "Querying Data Nodes Associated with an Instance at a Restoration Time Point", .doc = "DDM 4.9.4",
      .sdk = "show_related_dns",
      .in = list_related_data_nodes_in, .out = list_related_data_nodes_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "related_data_nodes", "total", "instance_id" },
      .note = "offset and limit stand in 4.9.4 only, not in API Explorer or SDK; the example answers a limit of 100 "
              "where 10 is the default. Do not rely on paging here." },
    { "show_restorable_time", "GET", "/v3/{project_id}/instances/{instance_id}/backups/restorable-time-interval",
      .title = "Querying the Restoration Time Range", .doc = "DDM 4.9.5", .sdk = "show_avalible_time",
      .in = show_restorable_time_in, .out = show_restorable_time_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "restorable_time_intervals", "total", "start_time" },
      .note = "offset and limit stand in 4.9.5 only, not in API Explorer or SDK. Times come with a zone, the other "
              "calls of 4.9 take milliseconds." },
    { "list_restorable_data_nodes", "GET", "/v3/{project_id}/instances/{instance_id}/backups/restorable-data-node",
      .title = "Querying Data Nodes Available to Restore Data to a Point in Time", .doc = "DDM 4.9.6",
      .sdk = "show_avalible_rds",
      .in = list_restorable_data_nodes_in, .out = list_restorable_data_nodes_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "target_data_nodes", "total", "instance_id" },
      .note = "offset and limit stand in the table of 4.9.6, not in API Explorer or SDK; offset, limit and total of "
              "the answer stand in its example, not in its table." },
    { "list_restorable_instances", "GET", "/v3/{project_id}/instances/{instance_id}/backups/restorable-instances",
      .title = "Querying Instances That Can Be Used for Restoration", .doc = "DDM 4.9.7", .sdk = "show_avalible_ddms",
      .in = list_restorable_instances_in, .out = list_restorable_instances_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "instances", "total", "instance_id" },
      .note = "offset, limit and total of the answer stand in the example, not in the table of 4.9.7." },
    { "restore_metadata", "POST", "/v3/{project_id}/instances/{instance_id}/backups/metadata-recovery",
      .title = "Restoring Metadata", .doc = "DDM 4.9.8", .sdk = "restore_metadata",
      .in = restore_metadata_in, .out = job_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "Restores no rows: the data nodes are restored before, to the same time. The target must have no data "
              "nodes, schemas or accounts. One of restore_time and backup_id is needed, neither alone is mandatory." },
    { "restore_data", "POST", "/v3/{project_id}/instances/{instance_id}/backups/recovery",
      .title = "Restoring Data to a New Instance", .doc = "DDM 4.9.9", .sdk = "restore2_exist",
      .in = restore_data_in, .out = job_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_IRREVERSIBLE, .job = { "job_id", "ddm.show_job" },
      .note = "The title says a new instance; the body names existing ones, and the data on the target data nodes is "
              "overwritten. The example maps a data node onto itself. The sister cloud also has source.instance_id; "
              "4.9.9 and the SDK have only restore_time." },
    { 0 }
};

const struct hw_chapter hw_ddm_backups = { "ddm", "4.9 Backup Management", ops };
