/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.3: schemas, and the configuration of their shards (the document's
 * "migration": precheck, start, follow, cancel, roll back, clean, switch).
 */
#include "api/rows.h"

/* The associated data node as v1 shows it (4.3.2 and 4.3.3). */
static const struct hw_field used_rds_out[] = {
    { "id", HW_STRING, HW_ID, .note = "node id of the RDS instance" },
    { "name", HW_STRING, .note = "name of the RDS instance" },
    { "status", HW_STRING, .note = "status of the RDS instance, \"normal\" in the examples" },
    { "error_msg", HW_STRING, .note = "absent unless something is wrong with the node" },
    { 0 }
};

/* 4.3.1 */
static const struct hw_field create_schema_rds_in[] = {
    { "id", HW_STRING, HW_REQUIRED | HW_ID, .note = "RDS instance to associate" },
    { "adminUser", HW_STRING, HW_REQUIRED, .note = "login of the RDS instance; camelCase in this call only" },
    { "adminPassword", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "password of that login" },
    { 0 }
};

static const struct hw_field create_schema_database_in[] = {
    { "name", HW_STRING, HW_REQUIRED, .pattern = "[a-z][a-z0-9_]*", .min_len = 2, .max_len = 48,
      .note = "lowercase, starts with a letter; not information_schema, mysql, performance_schema or sys" },
    { "shard_mode", HW_STRING, HW_REQUIRED, .oneof = "cluster|single", .note = "cluster: sharded; single: unsharded" },
    { "shard_number", HW_INTEGER, HW_REQUIRED,
      .note = "shard_unit times the nodes; without shard_unit above the number of nodes and up to 64 times it. "
              "A single schema has 1 in practice, though 1 is not above 1" },
    { "shard_unit", HW_INTEGER, HW_BOUNDED, HW_RANGE(1, 64), .note = "shards a node; 1 if unsharded" },
    { "used_rds", HW_ARRAY, HW_REQUIRED, .items = HW_OBJECT, .fields = create_schema_rds_in,
      .note = "RDS instances to associate" },
    { 0 }
};

static const struct hw_field create_schema_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "databases", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = create_schema_database_in,
      .note = "schemas to create" },
    { 0 }
};

static const struct hw_field created_name_out[] = {
    { "name", HW_STRING, .note = "schema name" },
    { 0 }
};

static const struct hw_field create_schema_out[] = {
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = created_name_out, .note = "schemas accepted" },
    { "job_id", HW_STRING, HW_ID, .note = "not in this document; answers of the sister service carry it" },
    { 0 }
};

/* 4.3.2 */
static const struct hw_field list_schemas_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "128", "schemas in one answer"),
    { 0 }
};

static const struct hw_field schema_item_out[] = {
    { "name", HW_STRING, .note = "schema name" },
    { "shard_mode", HW_STRING, .oneof = "cluster|single", .note = "cluster: sharded; single: unsharded" },
    { "shard_number", HW_INTEGER, .note = "shards in all" },
    { "status", HW_STRING, .note = "schema status, RUNNING when usable" },
    { "created", HW_INTEGER, HW_EITHER, .note = "creation time, Unix milliseconds" },
    { "used_rds", HW_ARRAY, .items = HW_OBJECT, .fields = used_rds_out, .note = "associated RDS instances" },
    { "shard_unit", HW_INTEGER, .note = "shards a node" },
    { 0 }
};

static const struct hw_field list_schemas_out[] = {
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = schema_item_out, .note = "schemas" },
    { "total", HW_INTEGER, .note = "number of all schemas" },
    { 0 }
};

/* 4.3.3 */
static const struct hw_field show_schema_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "ddm_dbname", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name, case does not matter" },
    { 0 }
};

static const struct hw_field shard_out[] = {
    { "dbslot", HW_INTEGER, .note = "number of the shard, from 0; the table calls it a count" },
    { "name", HW_STRING, .note = "shard name" },
    { "status", HW_STRING, .note = "status of the shard" },
    { "created", HW_INTEGER, HW_EITHER, .note = "creation time, Unix milliseconds" },
    { "updated", HW_INTEGER, HW_EITHER, .note = "last change, Unix milliseconds" },
    { "id", HW_STRING, HW_ID, .note = "RDS instance that holds the shard" },
    { "idName", HW_STRING, .note = "name of the physical database" },
    { 0 }
};

static const struct hw_field schema_out[] = {
    { "name", HW_STRING, .note = "schema name" },
    { "created", HW_INTEGER, HW_EITHER, .note = "creation time, Unix milliseconds; a string in the example" },
    { "status", HW_STRING, .note = "schema status, RUNNING when usable" },
    { "updated", HW_INTEGER, HW_EITHER, .note = "last change, Unix milliseconds; a string in the example" },
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = shard_out, .note = "shards" },
    { "shard_mode", HW_STRING, .oneof = "cluster|single", .note = "cluster: sharded; single: unsharded" },
    { "shard_number", HW_INTEGER, .note = "shards in all" },
    { "shard_unit", HW_INTEGER, .note = "shards a node" },
    { "dataVips", HW_ARRAY, .items = HW_STRING, .note = "addresses to connect to, host:port" },
    { "used_rds", HW_ARRAY, .items = HW_OBJECT, .fields = used_rds_out, .note = "associated RDS instances" },
    { 0 }
};

static const struct hw_field show_schema_out[] = {
    { "database", HW_OBJECT, .fields = schema_out, .note = "the schema" },
    { 0 }
};

/* 4.3.4 */
static const struct hw_field delete_schema_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "ddm_dbname", HW_STRING, HW_PATH | HW_REQUIRED,
      .note = "schema to delete, case does not matter; the table says it is the one to query" },
    { "delete_rds_data", HW_STRING, HW_QUERY | HW_EITHER | HW_SEND, .oneof = "true|false", .def = "false",
      .note = "true also deletes the data on the RDS instances; blank keeps it, the row always sends it" },
    { 0 }
};

static const struct hw_field delete_schema_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "not in this document, whose answer is {}; seen from the sister service" },
    { 0 }
};

/* 4.3.5 */
static const struct hw_field list_data_nodes_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "128", "instances in one answer; the API Explorer allows 1000"),
    { 0 }
};

static const struct hw_field rds_out[] = {
    { "id", HW_STRING, HW_ID, .note = "RDS instance" },
    { "projectId", HW_STRING, HW_ID, .note = "project of the RDS instance" },
    { "status", HW_STRING, .note = "status of the RDS instance, \"normal\" when usable" },
    { "name", HW_STRING, .note = "name of the RDS instance" },
    { "engineName", HW_STRING, .note = "engine, mysql" },
    { "engineSoftwareVersion", HW_STRING, HW_EITHER,
      .note = "engine version; string in the table, number in the example" },
    { "privateIp", HW_STRING, .note = "private address" },
    { "mode", HW_STRING, .note = "primary/standby (\"Ha\") or single" },
    { "port", HW_INTEGER, .note = "port" },
    { "azCode", HW_STRING, .note = "availability zones, run together" },
    { "timeZone", HW_STRING, .note = "time zone, such as UTC+08:00" },
    { 0 }
};

static const struct hw_field list_data_nodes_out[] = {
    { "instances", HW_ARRAY, .items = HW_OBJECT, .fields = rds_out, .note = "RDS instances free for a schema" },
    { "offset", HW_INTEGER, .note = "the offset asked for; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "the limit in force" },
    { "total", HW_INTEGER, .note = "number of all instances" },
    { 0 }
};

/* 4.3.6 */
static const struct hw_field create_schema_v3_node_in[] = {
    { "id", HW_STRING, HW_REQUIRED | HW_ID, .note = "data node to associate" },
    { "user_name", HW_STRING, HW_REQUIRED, .note = "login of the data node" },
    { "user_password", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "password of that login" },
    { 0 }
};

static const struct hw_field create_schema_v3_in[] = {
    { "instance_id", HW_STRING, HW_PATH | HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]{32}in09",
      .min_len = 36, .max_len = 36, .note = "DDM instance" },
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, .pattern = "[a-z][a-z0-9_]*", .min_len = 2, .max_len = 48,
      .note = "lowercase, starts with a letter; not information_schema, mysql, performance_schema or sys" },
    { "shard_mode", HW_STRING, HW_BODY | HW_REQUIRED, .oneof = "cluster|single",
      .note = "cluster: sharded; single: unsharded" },
    { "shard_number", HW_INTEGER, HW_BODY | HW_REQUIRED,
      .note = "above the number of data nodes, up to 64 times it; the text names a shard_unit this call lacks" },
    { "dn_instances", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = create_schema_v3_node_in,
      .max_len = 256, .note = "data nodes to associate" },
    { 0 }
};

static const struct hw_field create_schema_v3_out[] = {
    { "name", HW_STRING, .note = "schema name" },
    { "job_id", HW_STRING, HW_ID, .note = "job that creates it" },
    { 0 }
};

/* 4.3.7 */
static const struct hw_field delete_schema_v3_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "database_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema to delete" },
    { "delete_dn_data", HW_BOOLEAN, HW_QUERY | HW_REQUIRED,
      .note = "true also deletes the data on the data nodes; mandatory here, so never filled in" },
    { 0 }
};

static const struct hw_field delete_schema_v3_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that deletes it" },
    { "database_name", HW_STRING, .note = "schema name" },
    { 0 }
};

/* 4.3.8 */
static const struct hw_field show_schema_v3_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "database_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name" },
    { 0 }
};

static const struct hw_field shard_v3_out[] = {
    { "data_node_id", HW_STRING, HW_ID, .note = "data node that holds the shard" },
    { "physical_db_name", HW_STRING, .note = "name of the physical shard" },
    { "status", HW_STRING, .note = "status of the shard" },
    { "shard_index", HW_INTEGER, .note = "number of the shard, from 0" },
    { 0 }
};

static const struct hw_field data_node_v3_out[] = {
    { "id", HW_STRING, HW_ID, .note = "data node" },
    { "status", HW_STRING, .note = "status of the data node" },
    { "name", HW_STRING, .note = "name of the data node" },
    { "engine_name", HW_STRING, .note = "engine" },
    { "engine_version", HW_STRING, .note = "engine version" },
    { "mem", HW_INTEGER, .note = "memory" },
    { "cpu", HW_INTEGER, .note = "CPUs" },
    { 0 }
};

static const struct hw_field show_schema_v3_out[] = {
    { "shards", HW_ARRAY, .items = HW_OBJECT, .fields = shard_v3_out, .note = "shards" },
    { "status", HW_STRING, .oneof = "CREATING|RUNNING|UNKNOWN", .note = "schema status; its text speaks of a table" },
    { "created", HW_STRING, .note = "creation time, yyyy-MM-ddTHH:mm:ssZ" },
    { "updated", HW_STRING, .note = "last change, yyyy-MM-ddTHH:mm:ssZ" },
    { "name", HW_STRING, .note = "schema name" },
    { "shard_mode", HW_STRING, .oneof = "cluster|single", .note = "cluster: sharded; single: unsharded" },
    { "shard_number", HW_INTEGER, .note = "shards in all" },
    { "data_nodes", HW_ARRAY, .items = HW_OBJECT, .fields = data_node_v3_out, .note = "associated data nodes" },
    { 0 }
};

/* 4.3.9 */
static const struct hw_field export_schema_metadata_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { 0 }
};

static const struct hw_field metadata_node_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "data node" },
    { "instance_name", HW_STRING, .note = "name of the data node" },
    { "access_host", HW_STRING, .note = "address of the data node" },
    { "access_port", HW_INTEGER, .note = "port of the data node" },
    { "engine", HW_STRING, .note = "engine" },
    { "engine_version", HW_STRING, .note = "engine version" },
    { 0 }
};

static const struct hw_field export_schema_metadata_out[] = {
    { "compressed_databases_info", HW_STRING, .note = "schemas and shards, compressed and encoded" },
    { "data_nodes", HW_ARRAY, .items = HW_OBJECT, .fields = metadata_node_out, .note = "associated data nodes" },
    { 0 }
};

/* 4.3.10 */
static const struct hw_field metadata_node_in[] = {
    { "dn_instance_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "data node" },
    { "admin_user", HW_STRING, HW_REQUIRED, .note = "login of the data node" },
    { "admin_password", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "password of that login" },
    { 0 }
};

static const struct hw_field import_schema_metadata_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "compressed_databases_info", HW_STRING, HW_BODY | HW_REQUIRED, .note = "as exported by 4.3.9" },
    { "dn_instance", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = metadata_node_in,
      .note = "data nodes to use; an array despite its singular name" },
    { 0 }
};

static const struct hw_field import_schema_metadata_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "instance_name", HW_STRING, .note = "name of the DDM instance" },
    { "job_id", HW_STRING, HW_ID, .note = "job that imports; cut short in the example" },
    { 0 }
};

/* 4.3.11 and 4.3.12 */
static const struct hw_field available_node_out[] = {
    { "id", HW_STRING, HW_ID, .note = "data node" },
    { "status", HW_STRING, .note = "status of the data node, \"normal\" when usable" },
    { "name", HW_STRING, .note = "name of the data node" },
    { "engine_name", HW_STRING, .note = "engine, mysql" },
    { "engine_version", HW_STRING, .note = "engine version" },
    { "private_ip", HW_STRING, .note = "private address" },
    { "port", HW_INTEGER, .note = "port" },
    { "time_zone", HW_STRING, .note = "time zone, such as UTC+08:00" },
    { 0 }
};

static const struct hw_field available_nodes_out[] = {
    { "data_nodes", HW_ARRAY, .items = HW_OBJECT, .fields = available_node_out, .note = "data nodes that can be used" },
    { "offset", HW_INTEGER, .note = "the offset asked for; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "the limit in force" },
    { "total", HW_INTEGER, .note = "number of all data nodes" },
    { 0 }
};

static const struct hw_field list_data_nodes_v3_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "data nodes in one answer; the API Explorer allows 1024"),
    { 0 }
};

static const struct hw_field list_migration_data_nodes_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "db_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name" },
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "data nodes in one answer; the API Explorer allows 1024"),
    { 0 }
};

/* 4.3.13 and 4.3.15 */
static const struct hw_field shard_node_in[] = {
    { "id", HW_STRING, HW_REQUIRED | HW_ID, .note = "data node" },
    { "user", HW_STRING, HW_REQUIRED, .note = "database user; 4.3.15 lists the rights it needs, GRANT OPTION too" },
    { "password", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "password of that user" },
    { 0 }
};

static const struct hw_field precheck_result_out[] = {
    { "name", HW_STRING, .note = "check" },
    { "status", HW_STRING, .oneof = "SUCCESS|FAILED|WARN", .note = "outcome; only 4.3.14 lists the values" },
    { "note", HW_STRING, .note = "remark" },
    { "handling_suggestion", HW_STRING, .note = "what to do about it; given for passed checks too" },
    { "error_message", HW_STRING, .note = "error" },
    { "error_detail_message", HW_STRING, .note = "details of the error" },
    { 0 }
};

/* 4.3.13 */
static const struct hw_field precheck_shards_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "db_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name" },
    { "data_nodes", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = shard_node_in,
      .note = "all data nodes as they shall be; nodes or shards must grow" },
    { "new_shard_number", HW_STRING, HW_BODY | HW_REQUIRED | HW_EITHER,
      .note = "shards as they shall be, 64 an instance at most; string in the table, number in the example" },
    { "switch_route_begin_time", HW_STRING, HW_BODY, .note = "start of the route switch; format only in 4.3.15" },
    { "switch_route_end_time", HW_STRING, HW_BODY, .note = "end of the route switch; format only in 4.3.15" },
    { "is_exclusive", HW_BOOLEAN, HW_BODY, .note = "use a node for nothing else" },
    { 0 }
};

static const struct hw_field precheck_shards_out[] = {
    { "pre_check_results", HW_ARRAY, .items = HW_OBJECT, .fields = precheck_result_out,
      .note = "checks done at once; the table describes them as data nodes" },
    { "job_id", HW_STRING, HW_ID, .note = "job that does the other checks, read with show_precheck" },
    { 0 }
};

/* 4.3.14 */
static const struct hw_field show_precheck_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "db_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name" },
    HW_PATH_ID("job_id", "job named by precheck_shards"),
    { 0 }
};

static const struct hw_field show_precheck_out[] = {
    { "pre_check_results", HW_ARRAY, .items = HW_OBJECT, .fields = precheck_result_out, .note = "checks and outcomes" },
    { "job_id", HW_STRING, HW_ID, .note = "job of the precheck" },
    { 0 }
};

/* 4.3.15 */
static const struct hw_field configure_shards_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "db_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name" },
    { "data_nodes", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = shard_node_in,
      .note = "all data nodes as they shall be" },
    { "switch_route_begin_time", HW_STRING, HW_BODY, .pattern = "\\d{2}:\\d{2}:\\d{2}",
      .note = "automatic switch from then, hh:mm:ss; together with the end, without both it is manual. "
              "At least 60 minutes here, at most one hour in 4.3.21: exactly 60 fits both" },
    { "switch_route_end_time", HW_STRING, HW_BODY, .pattern = "\\d{2}:\\d{2}:\\d{2}",
      .note = "automatic switch until then, hh:mm:ss, later than the start" },
    { "new_shard_number", HW_STRING, HW_BODY | HW_REQUIRED | HW_EITHER,
      .note = "shards as they shall be, 64 an instance at most; string in the table, number in the example. "
              "Shards or nodes must grow" },
    { "is_exclusive", HW_BOOLEAN, HW_BODY, .def = "false",
      .note = "use a node for nothing else: faster; needs a balanced default group of two nodes or more" },
    { 0 }
};

/* 4.3.15, 4.3.17 to 4.3.20 */
static const struct hw_field shard_job_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that does it" },
    { 0 }
};

/* 4.3.16 to 4.3.20 and 4.3.22 */
static const struct hw_field shard_task_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "db_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name" },
    HW_PATH_ID("job_id", "job named by configure_shards"),
    { 0 }
};

/* 4.3.16 */
static const struct hw_field shard_task_node_out[] = {
    { "dn_instance_id", HW_STRING, HW_ID, .note = "data node" },
    { "dn_instance_name", HW_STRING, .note = "name of the data node" },
    { 0 }
};

static const struct hw_field show_shard_task_out[] = {
    { "instance_name", HW_STRING, .note = "name of the DDM instance" },
    { "original_shard_num", HW_INTEGER, .note = "shards before" },
    { "after_shard_num", HW_INTEGER, .note = "shards afterwards" },
    { "original_dn_info_list", HW_ARRAY, .items = HW_OBJECT, .fields = shard_task_node_out,
      .note = "data nodes before" },
    { "after_dn_info_list", HW_ARRAY, .items = HW_OBJECT, .fields = shard_task_node_out,
      .note = "data nodes afterwards" },
    { "switch_route_is_manual", HW_BOOLEAN, .note = "whether a person switches the route" },
    { "auto_switch_begin_time", HW_STRING, .note = "automatic switch from then, hh:mm:ss; empty if manual" },
    { "auto_switch_end_time", HW_STRING, .note = "automatic switch until then, hh:mm:ss; empty if manual" },
    { "node_id_for_migrate", HW_STRING, HW_ID, .note = "DDM node that does the work" },
    { "is_exclusive", HW_BOOLEAN, .note = "whether that node does nothing else" },
    { 0 }
};

/* 4.3.21 */
static const struct hw_field update_switch_strategy_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "db_name", HW_STRING, HW_PATH | HW_REQUIRED, .note = "schema name" },
    HW_PATH_ID("job_id", "job named by configure_shards"),
    { "project_id", HW_STRING, HW_BODY | HW_ID, .note = "also in the path, which suffices" },
    { "instance_id", HW_STRING, HW_BODY | HW_ID, .note = "also in the path, which suffices" },
    { "task_id", HW_STRING, HW_BODY | HW_ID, .note = "the job once more; the path suffices" },
    { "switch_route_begin_time", HW_STRING, HW_BODY, .pattern = "\\d{2}:\\d{2}:\\d{2}",
      .note = "automatic switch from then, hh:mm:ss; together with the end, without both it becomes manual. "
              "At most one hour here, at least 60 minutes in 4.3.15: exactly 60 fits both" },
    { "switch_route_end_time", HW_STRING, HW_BODY, .pattern = "\\d{2}:\\d{2}:\\d{2}",
      .note = "automatic switch until then, hh:mm:ss" },
    { "is_open_api", HW_BOOLEAN, HW_BODY, .note = "marks an open API; not needed" },
    { "logic_db_name", HW_STRING, HW_BODY, .note = "the schema once more; the path suffices" },
    { 0 }
};

#define HW_SHARDS "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration"

static const struct hw_op ops[] = {
    { "create_schema", "POST", "/v1/{project_id}/instances/{instance_id}/databases",
      .title = "Creating a Schema", .doc = "DDM 4.3.1", .sdk = "create_database",
      .in = create_schema_in, .out = create_schema_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER,
      .job = { "job_id", "ddm.show_job" }, .permission = "ddm:database:create",
      .note = "The RDS instances must be free or belong to this DDM instance. The document's answer names no job; "
              "without one, wait until the instance or the schema is RUNNING." },
    { "list_schemas", "GET", "/v1/{project_id}/instances/{instance_id}/databases",
      .title = "Querying Schemas", .doc = "DDM 4.3.2", .sdk = "list_databases",
      .in = list_schemas_in, .out = list_schemas_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "databases", "total", "name" },
      .permission = "ddm:database:list",
      .note = "The text on limit speaks of nodes; schemas are meant." },
    { "show_schema", "GET", "/v1/{project_id}/instances/{instance_id}/databases/{ddm_dbname}",
      .title = "Querying Details of a Schema", .doc = "DDM 4.3.3", .sdk = "show_database",
      .in = show_schema_in, .out = show_schema_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm:database:get",
      .note = "created and updated of the schema are numbers in the table and strings in the example, those of its "
              "shards numbers in both: either is taken." },
    { "delete_schema", "DELETE", "/v1/{project_id}/instances/{instance_id}/databases/{ddm_dbname}",
      .title = "Deleting a Schema", .doc = "DDM 4.3.4", .sdk = "delete_database",
      .in = delete_schema_in, .out = delete_schema_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER,
      .job = { "job_id", "ddm.show_job" }, .permission = "ddm:database:delete",
      .note = "The document shows {} as the answer and no table for it; a job_id is met in practice. A schema of the "
              "same name cannot be created before the deletion has ended." },
    { "list_data_nodes", "GET", "/v1/{project_id}/instances/{instance_id}/rds",
      .title = "Querying DB Instances Available for Creating a Schema", .doc = "DDM 4.3.5",
      .sdk = "list_available_rds_list",
      .in = list_data_nodes_in, .out = list_data_nodes_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_ANSWER,
      .page = { HW_BY_INDEX, "offset", "limit", "instances", "total", "id" },
      .note = "offset is a record index in the request and a page in the answer's table; it counts records." },
    { "create_schema_v3", "POST", "/v3/{project_id}/instances/{instance_id}/databases",
      .title = "Creating a Schema", .doc = "DDM 4.3.6", .sdk = "create_ddm_database",
      .in = create_schema_v3_in, .out = create_schema_v3_out, .ok = { 202 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "One schema a call, its fields directly in the body (4.3.1 wraps a list). shard_unit is mentioned but "
              "no parameter. The example's URL has a region in place of the endpoint." },
    { "delete_schema_v3", "DELETE", "/v3/{project_id}/instances/{instance_id}/databases/{database_name}",
      .title = "Deleting a Schema", .doc = "DDM 4.3.7", .sdk = "delete_ddm_database",
      .in = delete_schema_v3_in, .out = delete_schema_v3_out, .ok = { 202 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "delete_dn_data is mandatory though the URI line lacks it; elsewhere its like is optional." },
    { "show_schema_v3", "GET", "/v3/{project_id}/instances/{instance_id}/databases/{database_name}",
      .title = "Querying Details About a Schema", .doc = "DDM 4.3.8", .sdk = "show_instance_database",
      .in = show_schema_v3_in, .out = show_schema_v3_out, .ok = { 200, 202 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The status table says 202, the answer's heading and example 200. The schema stands at the top of the "
              "answer (4.3.3 wraps it in database)." },
    { "export_schema_metadata", "GET", "/v3/{project_id}/instances/{instance_id}/schema-metadata",
      .title = "Exporting Schema Metadata", .doc = "DDM 4.3.9", .sdk = "download_schema_metadata",
      .in = export_schema_metadata_in, .out = export_schema_metadata_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The section has two example requests, the second says there is none." },
    { "import_schema_metadata", "POST", "/v3/{project_id}/instances/{instance_id}/schema-metadata",
      .title = "Importing Schema Metadata", .doc = "DDM 4.3.10", .sdk = "upload_schema_metadata",
      .in = import_schema_metadata_in, .out = import_schema_metadata_out, .ok = { 202 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK, .job = { "job_id", "ddm.show_job" },
      .note = "Mandatory fields as in the table; the API Explorer has them optional and knows instance_id, project_id "
              "and iam_account in the body besides. The export calls the nodes data_nodes and instance_id." },
    { "list_data_nodes_v3", "GET", "/v3/{project_id}/instances/{instance_id}/available-data-nodes",
      .title = "Querying Data Nodes Available for Creating a Schema", .doc = "DDM 4.3.11", .sdk = "list_available_rds",
      .in = list_data_nodes_v3_in, .out = available_nodes_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "data_nodes", "total", "id" },
      .note = "offset is a record index in the request and a page in the answer's table; it counts records. The "
              "default of limit is 10, in the v1 twin 128." },
    { "list_migration_data_nodes", "GET", HW_SHARDS "/available-data-nodes",
      .title = "Querying Data Nodes Available for Shard Configuration", .doc = "DDM 4.3.12",
      .sdk = "list_available_rds_for_migrate",
      .in = list_migration_data_nodes_in, .out = available_nodes_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "data_nodes", "total", "id" },
      .note = "offset is a record index in the request and a page in the answer's table; it counts records." },
    { "precheck_shards", "POST", HW_SHARDS "/precheck",
      .title = "Pre-checking Shard Configuration", .doc = "DDM 4.3.13", .sdk = "check_migrate_logic_db",
      .in = precheck_shards_in, .out = precheck_shards_out, .ok = { 202 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "Starts a job that only checks: repeating it is harmless. Some checks are answered at once, the others "
              "by show_precheck with the job_id. new_shard_number: string in the table, number in the example." },
    { "show_precheck", "GET", HW_SHARDS "/precheck/{job_id}",
      .title = "Querying the Asynchronous Pre-check Result of Shard Configuration", .doc = "DDM 4.3.14",
      .sdk = "check_preliminary_results",
      .in = show_precheck_in, .out = show_precheck_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Holds only part of the checks; the others come with the answer of precheck_shards." },
    { "configure_shards", "POST", HW_SHARDS,
      .title = "Configuring Shards", .doc = "DDM 4.3.15", .sdk = "migrate_logic_db",
      .in = configure_shards_in, .out = shard_job_out, .ok = { 202 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "Starts the job migrateLogicDb. The window must be no shorter than 60 minutes here and no longer than "
              "one hour in 4.3.21. new_shard_number is a string in the table and a number in the example." },
    { "show_shard_task", "GET", HW_SHARDS "/jobs/{job_id}",
      .title = "Querying Details About a Shard Configuration Task", .doc = "DDM 4.3.16", .sdk = "migrate_results",
      .in = shard_task_in, .out = show_shard_task_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Tells the plan, not the progress; the status is in show_job and list_jobs." },
    { "cancel_shards", "PUT", HW_SHARDS "/jobs/{job_id}/cancel",
      .title = "Canceling Shard Configuration", .doc = "DDM 4.3.17", .sdk = "cancel_migration",
      .in = shard_task_in, .out = shard_job_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "No body. Offered while the task's operations hold toBeCanceled." },
    { "rollback_shards", "PUT", HW_SHARDS "/jobs/{job_id}/rollback",
      .title = "Rolling Back Shard Configuration", .doc = "DDM 4.3.18", .sdk = "rollback_migration",
      .in = shard_task_in, .out = shard_job_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "No body. Offered while the task's operations hold toBeRolled." },
    { "clean_shards", "PUT", HW_SHARDS "/jobs/{job_id}/clean",
      .title = "Clearing Shard Configuration Data", .doc = "DDM 4.3.19", .sdk = "clean_migration",
      .in = shard_task_in, .out = shard_job_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "No body. Deletes what was moved from the original data nodes; there is no way back afterwards." },
    { "retry_shards", "PUT", HW_SHARDS "/jobs/{job_id}/retry",
      .title = "Retrying Shard Configuration", .doc = "DDM 4.3.20", .sdk = "retry_migration",
      .in = shard_task_in, .out = shard_job_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .job = { "job_id", "ddm.show_job" },
      .note = "No body. Offered while the task's operations hold toBeRetried." },
    { "update_switch_strategy", "PUT", HW_SHARDS "/jobs/{job_id}/route-switch-strategy",
      .title = "Changing a Route Switching Policy", .doc = "DDM 4.3.21", .sdk = "change_strategy",
      .in = update_switch_strategy_in, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Without a window the switch becomes manual; that example sends no body. project_id and instance_id are "
              "documented in path and body, no example sends them in the body. The answer is empty." },
    { "switch_route", "PUT", HW_SHARDS "/jobs/{job_id}/route-switch",
      .title = "Switching a Route", .doc = "DDM 4.3.22", .sdk = "switch_route",
      .in = shard_task_in, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "No body, no answer and no new job: follow the configuration's own job. No way back after the switch is "
              "documented. The example's title speaks of configuring." },
    { 0 }
};

const struct hw_chapter hw_ddm_schemas = { "ddm", "4.3 Schemas", ops };
