/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.10: parameters of instances, and the templates they come from. A
 * change of a template reaches no instance by itself.
 */
#include "api/rows.h"

#define ON_OFF .oneof = "ON|OFF"
#define DESCRIPTION .max_len = 256, .pattern = "[^\r!<\"='>&]*"
#define DIGITS(a, b) HW_BOUNDED, HW_RANGE(a, b), .pattern = "\\d+" /* a number sent as text */
#define TEMPLATE_NAME .pattern = "[A-Za-z0-9_.-]+", .min_len = 1, .max_len = 64

/* 4.10.7 to 4.10.10 alone state the form of a template id. */
#define CONFIG_ID(note_) \
  { "config_id", HW_STRING, HW_PATH | HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]+", .min_len = 36, .max_len = 36, \
    .note = note_ }

static const struct hw_field list_configurations_in[] = {
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "templates on a page"),
    { 0 }
};

static const struct hw_field configuration_out[] = {
    { "id", HW_STRING, HW_ID, .note = "template" },
    { "name", HW_STRING, .note = "its name" },
    { "description", HW_STRING, .note = "its description" },
    { "datastore_name", HW_STRING, .note = "ddm" },
    { "created", HW_STRING, .note = "yyyy-MM-ddTHH:mm:ss+zone" },
    { "updated", HW_STRING, .note = "yyyy-MM-ddTHH:mm:ss+zone" },
    { "user_defined", HW_BOOLEAN, .note = "false: a default template" },
    { 0 }
};

static const struct hw_field list_configurations_out[] = {
    { "configurations", HW_ARRAY, .items = HW_OBJECT, .fields = configuration_out,
      .note = "the templates; the table speaks of engines" },
    { "offset", HW_INTEGER, .note = "as asked; the table calls it a page" },
    { "limit", HW_INTEGER, .note = "as asked" },
    { "total", HW_INTEGER, .note = "templates in all; the table says engine versions" },
    { 0 }
};

static const struct hw_field show_configuration_in[] = {
    HW_PATH_ID("config_id", "template; empty would be the path of the list, so it is refused"),
    { 0 }
};

static const struct hw_field configuration_parameter_out[] = {
    { "name", HW_STRING, .note = "parameter" },
    { "value", HW_STRING, .note = "its value" },
    { "restart_required", HW_BOOLEAN, .note = "whether a change needs a restart" },
    { "readonly", HW_BOOLEAN, .note = "whether it is fixed" },
    { "value_range", HW_STRING, .note = "1-65535 or ON|OFF in the example; the table says 0 or 1, true or false" },
    { "type", HW_STRING, .oneof = "string|integer|boolean|list|float", .note = "of the value" },
    { "description", HW_STRING, .note = "of the parameter" },
    { 0 }
};

static const struct hw_field show_configuration_out[] = {
    { "id", HW_STRING, HW_ID, .note = "template; the example ends in pr01, other sections in pr09" },
    { "name", HW_STRING, .note = "its name" },
    { "datastore_name", HW_STRING, .note = "ddm" },
    { "description", HW_STRING, .note = "its description" },
    { "created", HW_STRING, .note = "yyyy-MM-ddTHH:mm:ss+zone" },
    { "updated", HW_STRING, .note = "yyyy-MM-ddTHH:mm:ss+zone" },
    { "configuration_parameters", HW_ARRAY, .items = HW_OBJECT, .fields = configuration_parameter_out,
      .note = "its parameters" },
    { 0 }
};

/* All values are strings, numbers too. */
static const struct hw_field instance_value_in[] = {
    { "bind_table", HW_STRING, .note = "joined tables: [{tb.col1,tb2.col2},{tb.col2,tb3.col1},...]" },
    { "character_set_server", HW_STRING, .oneof = "gbk|utf8|utf8mb4",
      .note = "change collation_server with it; choices from the API Explorer" },
    { "collation_server", HW_STRING,
      .oneof = "utf8_unicode_ci|utf8_bin|gbk_chinese_ci|gbk_bin|utf8mb4_unicode_ci|utf8mb4_bin",
      .note = "change character_set_server with it; choices from the API Explorer" },
    { "concurrent_execution_level", HW_STRING, .oneof = "DATA_NODE|RDS_INSTANCE|PHY_TABLE",
      .note = "what is scanned in parallel: database shards, RDS instances or all table shards" },
    { "connection_idle_timeout", HW_STRING, DIGITS(60, 28800), .def = "28800", .note = "seconds" },
    { "enable_table_recycle", HW_STRING, ON_OFF, .note = "table recycle bin; choices from the API Explorer" },
    { "insert_to_load_data", HW_STRING, ON_OFF, .note = "constants by LOAD DATA; choices from the API Explorer" },
    { "live_transaction_timeout_on_shutdown", HW_STRING, DIGITS(0, 100), .def = "1", .note = "seconds" },
    { "long_query_time", HW_STRING, HW_MAX, .pattern = "\\d+\\.?\\d*", .max = 10, .def = "1",
      .note = "seconds from which a query is slow; at least 0.01" },
    { "max_allowed_packet", HW_STRING, DIGITS(1024, 1073741824), .def = "16777216",
      .note = "bytes, a multiple of 1024" },
    { "max_backend_connections", HW_STRING, DIGITS(0, 10000000), .def = "0",
      .note = "connections to RDS; 0: from the RDS maximum and the number of nodes" },
    { "max_connections", HW_STRING, DIGITS(10, 40000), .def = "20000", .note = "of the instance" },
    { "min_backend_connections", HW_STRING, DIGITS(0, 10000000), .def = "10",
      .note = "connections of a node to an RDS instance" },
    { "not_from_pushdown", HW_STRING, ON_OFF, .note = "push down SELECT without FROM; choices from the API Explorer" },
    { "seconds_behind_master", HW_STRING, DIGITS(0, 7200), .def = "30",
      .note = "seconds of lag after which read replicas get no reads" },
    { "sql_audit", HW_STRING, ON_OFF, .note = "SQL audit; choices from the API Explorer" },
    { "sql_execute_timeout", HW_STRING, DIGITS(100, 28800), .def = "28800",
      .note = "seconds; below net_write_timeout of the data nodes" },
    { "support_ddl_binlog_hint", HW_STRING, ON_OFF, .note = "binlog hint on DDL; choices from the API Explorer" },
    { "transaction_policy", HW_STRING, .oneof = "XA|FREE|NO_DTX",
      .note = "atomic, best effort over shards, or one shard only" },
    { "ultimate_optimize", HW_STRING, ON_OFF, .note = "plan by parameter values; choices from the API Explorer" },
    { 0 }
};

static const struct hw_field update_instance_parameters_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "X-Language", HW_STRING, HW_HEADER, .oneof = "en-us|zh-cn", .note = "not in 4.10.3, but in the SDK" },
    { "values", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = instance_value_in,
      .note = "name to value, all strings; also a free map in the table, so other names pass" },
    { 0 }
};

static const struct hw_field update_instance_parameters_out[] = {
    { "nodeList", HW_STRING, HW_NULLABLE, .note = "nodes; null in the example" },
    { "needRestart", HW_BOOLEAN, HW_EITHER, .note = "Boolean in the table, \"false\" in the example" },
    { "jobId", HW_STRING, HW_ID, .note = "task" },
    { "configId", HW_STRING, HW_ID | HW_NULLABLE, .note = "template; null in the example" },
    { "configName", HW_STRING, HW_NULLABLE, .note = "its name; null in the example" },
    { 0 }
};

static const struct hw_field update_instance_parameters_v31_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "description", HW_STRING, HW_BODY, DESCRIPTION, .note = "of the template; no carriage return or ! < \" = ' > &" },
    { "values", HW_MAP, HW_BODY | HW_REQUIRED, .items = HW_STRING, .note = "name to value, all strings" },
    { "name", HW_STRING, HW_BODY, TEMPLATE_NAME, .note = "of the template: letters, digits, - _ ." },
    { 0 }
};

static const struct hw_field need_restart_out[] = {
    { "need_restart", HW_BOOLEAN, .note = "whether instances must be restarted" },
    { 0 }
};

static const struct hw_field create_configuration_in[] = {
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, TEMPLATE_NAME, .note = "letters, digits, - _ ." },
    { "description", HW_STRING, HW_BODY | HW_REQUIRED, DESCRIPTION,
      .note = "no carriage return or ! < \" = ' > &; a longer one would be cut to 256 characters" },
    { "values", HW_MAP, HW_BODY, .items = HW_STRING, .note = "name to value, all strings, none empty" },
    { 0 }
};

static const struct hw_field create_configuration_out[] = {
    { "id", HW_STRING, HW_ID, .note = "template" },
    { "name", HW_STRING, .note = "its name" },
    { 0 }
};

static const struct hw_field delete_configuration_in[] = {
    HW_PATH_ID("config_id", "template; not a default one"),
    { 0 }
};

static const struct hw_field list_configuration_apply_histories_in[] = {
    CONFIG_ID("template"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "records on a page"),
    { 0 }
};

static const struct hw_field apply_history_out[] = {
    { "target_id", HW_STRING, HW_ID, .note = "instance, as in the example; the table says template" },
    { "target_name", HW_STRING, .note = "its name; the table says the template's" },
    { "apply_result", HW_STRING, .oneof = "SUCCESS|FAILED|APPLYING", .note = "how it went" },
    { "applied_at", HW_STRING, .note = "yyyy-mm-ddThh:mm:ss+zone" },
    { "error_message", HW_STRING, .note = "in the table only" },
    { "error_code", HW_STRING, .note = "in the example only, empty on success" },
    { 0 }
};

static const struct hw_field list_configuration_apply_histories_out[] = {
    { "histories", HW_ARRAY, .items = HW_OBJECT, .fields = apply_history_out, .note = "the records" },
    { "total", HW_INTEGER, .note = "records in all" },
    { 0 }
};

static const struct hw_field copy_configuration_in[] = {
    CONFIG_ID("template to copy; not a default one"),
    { "new_name", HW_STRING, HW_BODY | HW_REQUIRED, TEMPLATE_NAME, .note = "of the copy: letters, digits, - _ ." },
    { "description", HW_STRING, HW_BODY, DESCRIPTION, .note = "of the copy; no carriage return or ! < \" = ' > &" },
    { 0 }
};

static const struct hw_field update_configuration_in[] = {
    CONFIG_ID("template; not a default one"),
    { "description", HW_STRING, HW_BODY, DESCRIPTION, .note = "no carriage return or ! < \" = ' > &" },
    { "values", HW_MAP, HW_BODY | HW_REQUIRED, .items = HW_STRING, .note = "name to value, all strings, none empty" },
    { "name", HW_STRING, HW_BODY, TEMPLATE_NAME, .note = "letters, digits, - _ ." },
    { 0 }
};

static const struct hw_field list_applicable_instances_in[] = {
    CONFIG_ID("template"),
    HW_OFFSET("records to skip; the table calls it a page"),
    HW_LIMIT(128, "10", "instances on a page"),
    { 0 }
};

static const struct hw_field applicable_instance_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance" },
    { "instance_name", HW_STRING, .note = "its name" },
    { 0 }
};

static const struct hw_field list_applicable_instances_out[] = {
    { "entities", HW_ARRAY, .items = HW_OBJECT, .fields = applicable_instance_out, .note = "the instances" },
    { "total", HW_INTEGER, .note = "instances in all" },
    { 0 }
};

static const struct hw_field compare_configurations_in[] = {
    { "source_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]+", .min_len = 36, .max_len = 36,
      .note = "template; the API Explorer has no length" },
    { "target_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]+", .min_len = 36, .max_len = 36,
      .note = "template compared with; the API Explorer has no length" },
    { 0 }
};

static const struct hw_field parameter_difference_out[] = {
    { "name", HW_STRING, .note = "parameter" },
    { "source_value", HW_STRING, .note = "value in the source" },
    { "target_value", HW_STRING, .note = "value in the target" },
    { 0 }
};

static const struct hw_field compare_configurations_out[] = {
    { "source_id", HW_STRING, HW_ID, .note = "source template" },
    { "source_name", HW_STRING, .note = "its name" },
    { "target_id", HW_STRING, HW_ID, .note = "target template" },
    { "target_name", HW_STRING, .note = "its name" },
    { "parameters", HW_ARRAY, .items = HW_OBJECT, .fields = parameter_difference_out, .note = "what differs" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_configurations", "GET", "/v3/{project_id}/configurations",
      .title = "Obtaining Parameter Templates", .doc = "DDM 4.10.1", .sdk = "list_ddm_configurations",
      .in = list_configurations_in, .out = list_configurations_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "configurations", "total", "id" } },
    { "show_configuration", "GET", "/v3/{project_id}/configurations/{config_id}",
      .title = "Obtaining Parameters in a Specified Parameter Template", .doc = "DDM 4.10.2",
      .sdk = "show_configuration",
      .in = show_configuration_in, .out = show_configuration_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "update_instance_parameters", "PUT", "/v3/{project_id}/instances/{instance_id}/configurations",
      .title = "Modifying Parameters of an Instance", .doc = "DDM 4.10.3", .sdk = "update_instance_param",
      .in = update_instance_parameters_in, .out = update_instance_parameters_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK, .job = { "jobId", "ddm.show_job" },
      .note = "values is an object of 20 known names and a free map at once; 4.10.5 and 4.10.9 use names beyond the "
              "20. Numbers are sent as strings. Choices of the switches, character set and collation are the API "
              "Explorer's." },
    { "update_instance_parameters_v31", "PUT", "/v3.1/{project_id}/instances/{instance_id}/configurations",
      .title = "Modifying Parameters of an Instance", .doc = "DDM 4.10.4", .sdk = "modify_configuration",
      .in = update_instance_parameters_v31_in, .out = need_restart_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Same heading as 4.10.3 with another version, body and answer; answers no job. name and description "
              "are described as a template's, as in 4.10.9." },
    { "create_configuration", "POST", "/v3/{project_id}/configurations",
      .title = "Creating a Parameter Template", .doc = "DDM 4.10.5", .sdk = "create_ddm_configurations",
      .in = create_configuration_in, .out = create_configuration_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "description is mandatory here, optional for a copy (4.10.8) and a change (4.10.9); a longer one than "
              "256 characters is accepted and cut, so the length only warns." },
    { "delete_configuration", "DELETE", "/v3/{project_id}/configurations/{config_id}",
      .title = "Deleting a Parameter Template", .doc = "DDM 4.10.6", .sdk = "delete_configuration",
      .in = delete_configuration_in, .ok = { 200 }, .kind = HW_DELETE, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "list_configuration_apply_histories", "GET", "/v3/{project_id}/configurations/{config_id}/apply-histories",
      .title = "Querying Parameter Template Application Records", .doc = "DDM 4.10.7",
      .sdk = "list_configuration_apply_histories",
      .in = list_configuration_apply_histories_in, .out = list_configuration_apply_histories_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "histories", "total" }, .permission = "ddm::listParamGroup",
      .note = "The example's path lacks the project. The section names the permission ddm::listParameterGroup, the "
              "permissions chapter ddm::listParamGroup. The table has error_message, the example error_code." },
    { "copy_configuration", "POST", "/v3/{project_id}/configurations/{config_id}/copy",
      .title = "Replicating a Parameter Template", .doc = "DDM 4.10.8", .sdk = "copy_configuration",
      .in = copy_configuration_in, .ok = { 200 }, .kind = HW_CREATE, .flags = HW_SEEN_SDK,
      .permission = "ddm::copyParamGroup",
      .note = "The API Explorer has source_id and copy_para in the body; the table, the example and the SDK have "
              "new_name and description, and so has the row. The section names the permission "
              "ddm::copyParameterGroup, the permissions chapter ddm::copyParamGroup." },
    { "update_configuration", "PUT", "/v3/{project_id}/configurations/{config_id}",
      .title = "Updating a Parameter Template", .doc = "DDM 4.10.9", .sdk = "reset_parameter_group",
      .in = update_configuration_in, .out = need_restart_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "ddm::updateParamGroup",
      .note = "The SDK calls it a reset, but values not sent stay as they are." },
    { "list_applicable_instances", "GET", "/v3/{project_id}/configurations/{config_id}/query-instances",
      .title = "Querying Instances that a Parameter Template Can Be Applied To", .doc = "DDM 4.10.10",
      .sdk = "list_instances_configurations",
      .in = list_applicable_instances_in, .out = list_applicable_instances_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "entities", "total", "instance_id" },
      .permission = "ddm:instance:list",
      .note = "4.10.10 calls offset a page; clients use it as a record index everywhere in DDM, so does the row." },
    { "compare_configurations", "PUT", "/v3/{project_id}/configurations/diff",
      .title = "Comparing Two Parameter Templates", .doc = "DDM 4.10.11", .sdk = "compare_parameter_groups",
      .in = compare_configurations_in, .out = compare_configurations_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK, .permission = "ddm::listParamGroup",
      .note = "A PUT that only reads. The section names the permission ddm::listParameterGroup, the permissions "
              "chapter ddm::listParamGroup, with a broken path." },
    { 0 }
};

const struct hw_chapter hw_ddm_parameters = { "ddm", "4.10 Parameter Management", ops };
