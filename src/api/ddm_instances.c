/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.2: instances, their nodes and groups, engines and node classes.
 * Errors are not here: every operation of the service answers the same two shapes.
 */
#include "api/rows.h"

#define INSTANCE_ID HW_PATH_ID("instance_id", "DDM instance ID")

/* 4.2.35 to 4.2.41 state the form of the id. */
#define FORMED_INSTANCE_ID \
  { "instance_id", HW_STRING, HW_PATH | HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]{32}in09", \
    .min_len = 36, .max_len = 36, .note = "DDM instance ID" }

#define INSTANCE_NAME \
  { "name", HW_STRING, HW_BODY | HW_REQUIRED, .pattern = "[A-Za-z][A-Za-z0-9_-]*", .min_len = 4, .max_len = 64, \
    .note = "new name" }

/* Appendix A.6; a deleted instance has also been answered as DELETED. */
#define INSTANCE_STATUSES \
  "CREATING|CREATEFAILED|RUNNING|ERROR|RESTARTING|FREEZING|FROZEN|UNFREEZING|RESIZING|UPGRADE_VERSION_INSTANCE|" \
  "ROLL_BACK_DB_VERSION|GROWING|REDUCING|RESTORE|BACKUP|MODIFY_NAME|MIGRATE_DATABASE|RESET_PASSWORD|" \
  "ONDEMAND_TO_PERIOD|PERIOD_RESOURCE_SPEC_CHG|SET_CONFIGURATION|DELETED"

#define NODE_STATUSES "normal|abnormal|creating|createfail|enlargefail|resizing|RUNNING"

#define SEEN (HW_SEEN_SDK | HW_SEEN_EXPLORER)
#define JOB_ID { "job_id", "ddm.show_job" }
#define JOB_ID_CAMEL { "jobId", "ddm.show_job" }

static const struct hw_field instance_in[] = {
    INSTANCE_ID,
    { 0 }
};

/* 4.2.1 */

static const struct hw_field create_instance_detail[] = {
    { "name", HW_STRING, HW_REQUIRED, .pattern = "[A-Za-z][A-Za-z0-9_-]*", .min_len = 4, .max_len = 64,
      .note = "instance name" },
    { "flavor_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "node class ID, see list_flavors" },
    { "node_num", HW_INTEGER, HW_REQUIRED, .note = "number of nodes" },
    { "engine_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "engine ID, see list_engines" },
    { "enterprise_project_id", HW_STRING, HW_ID, .note = "enterprise project, \"0\" is the default one" },
    { "available_zones", HW_ARRAY, HW_REQUIRED, .items = HW_STRING, .min_len = 1, .note = "AZ codes" },
    { "vpc_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "VPC ID" },
    { "security_group_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "security group ID" },
    { "subnet_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "subnet ID" },
    { "param_group_id", HW_STRING, HW_ID, .note = "parameter template ID" },
    { "time_zone", HW_STRING,
      .oneof = "UTC|UTC-12:00|UTC-11:00|UTC-10:00|UTC-09:00|UTC-08:00|UTC-07:00|UTC-06:00|UTC-05:00|UTC-04:00|"
               "UTC-03:00|UTC-02:00|UTC-01:00|UTC+01:00|UTC+02:00|UTC+03:00|UTC+05:00|UTC+06:00|UTC+07:00|"
               "UTC+08:00|UTC+09:00|UTC+10:00|UTC+11:00|UTC+12:00",
      .def = "UTC", .note = "offset to UTC; the document's list skips UTC+04:00" },
    { "admin_user_name", HW_STRING, .pattern = "[A-Za-z][A-Za-z0-9_]*", .min_len = 1, .max_len = 32,
      .note = "administrator account; the spelling of clients and API Explorer, bounds of admin_username" },
    { "admin_user_password", HW_STRING, HW_SECRET, .pattern = "[A-Za-z0-9~!@#%^*_+?-]*", .min_len = 8, .max_len = 32,
      .note = "its password: upper and lower case, digits and special characters; bounds of admin_password" },
    { "admin_username", HW_STRING, .pattern = "[A-Za-z][A-Za-z0-9_]*", .min_len = 1, .max_len = 32,
      .note = "the table's spelling of admin_user_name; no client sends it" },
    { "admin_password", HW_STRING, HW_SECRET, .pattern = "[A-Za-z0-9~!@#%^*_+?-]*", .min_len = 8, .max_len = 32,
      .note = "the table's spelling of admin_user_password; no client sends it" },
    { 0 }
};

static const struct hw_field create_instance_extend[] = {
    { "charge_mode", HW_STRING, .oneof = "prePaid|postPaid", .def = "postPaid",
      .note = "prePaid: yearly/monthly, postPaid: pay-per-use" },
    { "period_type", HW_STRING, .oneof = "month|year", .note = "needed with prePaid" },
    { "period_num", HW_INTEGER, HW_BOUNDED, HW_RANGE(1, 9), .note = "needed with prePaid: 1 to 9 months or 1 year" },
    { "is_auto_renew", HW_STRING, .oneof = "true|false", .def = "false", .note = "renew on expiry, with prePaid" },
    { "is_auto_pay", HW_STRING, .oneof = "true|false", .def = "false", .note = "pay from the balance, with prePaid" },
    { 0 }
};

static const struct hw_field create_instance_in[] = {
    { "instance", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = create_instance_detail, .note = "the instance" },
    { "extend_param", HW_OBJECT, HW_BODY, .fields = create_instance_extend, .note = "payment, yearly/monthly only" },
    { 0 }
};

static const struct hw_field create_instance_out[] = {
    { "id", HW_STRING, HW_ID | HW_NULLABLE, .note = "instance ID; null for yearly/monthly" },
    { "job_id", HW_STRING, HW_ID | HW_NULLABLE, .note = "job ID; null for yearly/monthly" },
    { "order_id", HW_STRING, HW_ID | HW_NULLABLE, .note = "order ID; null for pay-per-use" },
    { 0 }
};

/* 4.2.2 */

static const struct hw_field list_instances_in[] = {
    HW_OFFSET("number of instances to skip"),
    HW_LIMIT(128, "10", "most instances to answer"),
    { 0 }
};

static const struct hw_field instance_item_out[] = {
    { "id", HW_STRING, HW_ID, .note = "DDM instance ID" },
    { "status", HW_STRING, .oneof = INSTANCE_STATUSES, .note = "instance status, appendix A.6" },
    { "name", HW_STRING, .note = "instance name" },
    { "created", HW_STRING, .note = "creation time; the example ends in +0000, not in the table's Z" },
    { "updated", HW_STRING, .note = "time of the last change, as created" },
    { "available_zone", HW_STRING, .note = "AZ names, joined by commas" },
    { "vpc_id", HW_STRING, HW_ID, .note = "VPC ID" },
    { "subnet_id", HW_STRING, HW_ID, .note = "subnet ID" },
    { "security_group_id", HW_STRING, HW_ID, .note = "security group ID" },
    { "node_count", HW_INTEGER, .note = "number of nodes" },
    { "access_ip", HW_STRING, .note = "address for connections" },
    { "access_port", HW_STRING, .note = "port for connections, as text" },
    { "core_count", HW_STRING, .note = "vCPUs, as text" },
    { "ram_capacity", HW_STRING, .note = "memory in GB, as text" },
    { "error_msg", HW_STRING, .note = "only when something is wrong" },
    { "node_status", HW_STRING, .oneof = NODE_STATUSES, .note = "RUNNING in the example, not one of appendix A.6" },
    { "enterprise_project_id", HW_STRING, HW_ID, .note = "enterprise project ID" },
    { "project_id", HW_STRING, HW_ID, .note = "project ID" },
    { "engine_version", HW_STRING, .note = "engine version" },
    { "order_id", HW_STRING, HW_ID, .note = "order ID, yearly/monthly only" },
    { "enable_ssl", HW_BOOLEAN, .note = "whether SSL is on" },
    { "flavor_ref", HW_STRING, .note = "specification code" },
    { 0 }
};

static const struct hw_field list_instances_out[] = {
    { "instances", HW_ARRAY, .items = HW_OBJECT, .fields = instance_item_out, .note = "the instances" },
    { "instance_num", HW_INTEGER, .note = "instances of the project" },
    { "page_no", HW_INTEGER, .note = "current page, for information" },
    { "page_size", HW_INTEGER, .note = "records on this page" },
    { "total_record", HW_INTEGER, .note = "all records" },
    { "total_page", HW_INTEGER, .note = "all pages" },
    { 0 }
};

/* 4.2.3 */

static const struct hw_field instance_node_out[] = {
    { "status", HW_STRING, .oneof = NODE_STATUSES, .note = "node status; RUNNING here, normal in 4.2.13" },
    { "port", HW_STRING, HW_EITHER, .note = "port; a string in the table, an integer in the example" },
    { "ip", HW_STRING, .note = "node address, or that of its group's load balancer" },
    { "group_id", HW_STRING, HW_ID, .note = "group of the node" },
    { "node_id", HW_STRING, HW_ID, .note = "node ID" },
    { 0 }
};

static const struct hw_field show_instance_out[] = {
    { "id", HW_STRING, HW_ID, .note = "DDM instance ID" },
    { "status", HW_STRING, .oneof = INSTANCE_STATUSES, .note = "instance status, appendix A.6" },
    { "name", HW_STRING, .note = "instance name" },
    { "created", HW_STRING, .note = "creation time; the example ends in +0000, not in the table's Z" },
    { "updated", HW_STRING, .note = "time of the last change, as created" },
    { "available_zone", HW_STRING, .note = "AZ names, joined by commas" },
    { "vpc_id", HW_STRING, HW_ID, .note = "VPC ID" },
    { "subnet_id", HW_STRING, HW_ID, .note = "subnet ID" },
    { "security_group_id", HW_STRING, HW_ID, .note = "security group ID" },
    { "node_count", HW_INTEGER, .note = "number of nodes" },
    { "access_ip", HW_STRING, .note = "address for connections" },
    { "access_port", HW_STRING, .note = "port for connections, as text" },
    { "node_status", HW_STRING, .oneof = NODE_STATUSES, .note = "RUNNING in the example, not one of appendix A.6" },
    { "core_count", HW_STRING, .note = "vCPUs, as text" },
    { "ram_capacity", HW_STRING, .note = "memory in GB, as text" },
    { "error_msg", HW_STRING, .note = "only when something is wrong" },
    { "project_id", HW_STRING, HW_ID, .note = "project ID" },
    { "order_id", HW_STRING, HW_ID, .note = "order ID, yearly/monthly only" },
    { "enterprise_project_id", HW_STRING, HW_ID, .note = "enterprise project ID" },
    { "engine_version", HW_STRING, .note = "engine version" },
    { "nodes", HW_ARRAY, .items = HW_OBJECT, .fields = instance_node_out, .note = "the nodes" },
    { "admin_user_name", HW_STRING, .alias = "admin_username",
      .note = "administrator account; the table spells it admin_username, the example and clients as here" },
    { "enable_ssl", HW_BOOLEAN, .note = "whether SSL is on" },
    { "flavor_ref", HW_STRING, .note = "specification code" },
    { 0 }
};

/* 4.2.4 */

static const struct hw_field update_instance_name_in[] = {
    INSTANCE_ID,
    INSTANCE_NAME,
    { 0 }
};

static const struct hw_field update_instance_name_out[] = {
    { "name", HW_STRING, .note = "the new name" },
    { 0 }
};

/* 4.2.5 */

static const struct hw_field update_instance_security_group_in[] = {
    INSTANCE_ID,
    { "security_group_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .note = "new security group ID" },
    { 0 }
};

static const struct hw_field update_instance_security_group_out[] = {
    { "security_group_id", HW_STRING, HW_ID, .note = "the new security group ID" },
    { 0 }
};

/* 4.2.6 */

static const struct hw_field delete_instance_in[] = {
    INSTANCE_ID,
    { "delete_rds_data", HW_STRING, HW_QUERY | HW_EITHER | HW_SEND, .oneof = "true|false", .def = "false",
      .note = "delete the data on the data nodes too; blank keeps it here but deletes it by the SDK's text, "
              "so it is always sent" },
    { 0 }
};

static const struct hw_field delete_instance_out[] = {
    { "id", HW_STRING, HW_ID, .note = "DDM instance ID" },
    { "job_id", HW_STRING, HW_ID, .note = "deletion job; in the example, missing in the table" },
    { 0 }
};

/* 4.2.7 */

static const struct hw_field restart_info[] = {
    { "type", HW_STRING, .oneof = "soft|hard", .note = "soft: the process, hard: the virtual machine" },
    { 0 }
};

static const struct hw_field restart_instance_in[] = {
    INSTANCE_ID,
    { "restart", HW_OBJECT, HW_BODY, .fields = restart_info,
      .note = "optional in the table, but nothing else names the action: send it" },
    { 0 }
};

static const struct hw_field restart_instance_out[] = {
    { "instanceId", HW_STRING, HW_ID, .note = "DDM instance ID" },
    { "instanceName", HW_STRING, .note = "instance name" },
    { "jobId", HW_STRING, HW_ID, .note = "restart job" },
    { 0 }
};

/* 4.2.9 and 4.2.10 */

static const struct hw_field expand_instance_nodes_in[] = {
    INSTANCE_ID,
    { "flavor_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .note = "node class ID of the instance" },
    { "node_number", HW_INTEGER, HW_BODY | HW_REQUIRED, .note = "nodes to add, not the new total" },
    { "group_id", HW_STRING, HW_BODY | HW_ID, .note = "group to grow; needed if there are several" },
    { "is_auto_pay", HW_BOOLEAN, HW_BODY, .def = "false", .note = "pay from the balance, yearly/monthly only" },
    { "available_zones", HW_ARRAY, HW_BODY, .items = HW_STRING,
      .note = "AZ codes, one a new node, yearly/monthly only" },
    { 0 }
};

static const struct hw_field scaled_out[] = {
    { "instanceId", HW_STRING, HW_ID, .note = "DDM instance ID" },
    { "instanceName", HW_STRING, .note = "instance name" },
    { "jobId", HW_STRING, HW_ID, .alias = "job_id", .note = "job, pay-per-use only; some clients read job_id" },
    { "orderId", HW_STRING, HW_ID, .alias = "order_id", .note = "order, yearly/monthly only; some read order_id" },
    { 0 }
};

static const struct hw_field shrink_instance_nodes_in[] = {
    INSTANCE_ID,
    { "node_number", HW_INTEGER, HW_BODY | HW_REQUIRED, .note = "nodes to remove; at least one must remain" },
    { "group_id", HW_STRING, HW_BODY | HW_ID,
      .note = "group to shrink (the table says scale out); needed if there are several" },
    { 0 }
};

/* 4.2.11 */

static const struct hw_field update_read_and_write_strategy_in[] = {
    INSTANCE_ID,
    { "read_weight", HW_MAP, HW_BODY | HW_REQUIRED, .items = HW_INTEGER,
      .note = "read weight by ID of the DB instance or read replica" },
    { 0 }
};

static const struct hw_field update_read_and_write_strategy_out[] = {
    { "success", HW_BOOLEAN, .note = "whether it worked" },
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance ID" },
    { 0 }
};

/* 4.2.12 */

static const struct hw_field sync_data_nodes_out[] = {
    { "instanceId", HW_STRING, HW_ID, .note = "DDM instance ID" },
    { "jobId", HW_STRING, HW_ID, .note = "synchronization job" },
    { 0 }
};

/* 4.2.13 */

static const struct hw_field list_nodes_in[] = {
    INSTANCE_ID,
    HW_OFFSET("number of nodes to skip"),
    HW_LIMIT(128, "128", "most nodes to answer"),
    { 0 }
};

static const struct hw_field node_item_out[] = {
    { "port", HW_STRING, .note = "port, as text" },
    { "status", HW_STRING, .oneof = NODE_STATUSES, .note = "node status, appendix A.6" },
    { "node_id", HW_STRING, HW_ID, .note = "node ID" },
    { "ip", HW_STRING, .note = "private address" },
    { "group_id", HW_STRING, HW_ID, .note = "group of the node" },
    { 0 }
};

static const struct hw_field list_nodes_out[] = {
    { "nodes", HW_ARRAY, .items = HW_OBJECT, .fields = node_item_out, .note = "the nodes" },
    { "offset", HW_INTEGER, .note = "the request's offset; called a page here, a record index in the request" },
    { "limit", HW_INTEGER, .note = "the request's limit" },
    { "total", HW_INTEGER, .note = "all nodes" },
    { 0 }
};

/* 4.2.14 */

static const struct hw_field node_in[] = {
    INSTANCE_ID,
    HW_PATH_ID("node_id", "node ID"),
    { 0 }
};

static const struct hw_field show_node_out[] = {
    { "status", HW_STRING, .oneof = NODE_STATUSES, .note = "node status, appendix A.6" },
    { "name", HW_STRING, .note = "node name" },
    { "node_id", HW_STRING, HW_ID, .note = "node ID" },
    { "private_ip", HW_STRING, .note = "private address" },
    { "floating_ip", HW_STRING, .note = "management address" },
    { "server_id", HW_STRING, HW_ID, .note = "virtual machine ID" },
    { "subnet_name", HW_STRING, .note = "subnet name; not in the example" },
    { "datavolume_id", HW_STRING, HW_ID, .note = "data disk ID" },
    { "res_subnet_ip", HW_STRING, .note = "address for data synchronization" },
    { "systemvolume_id", HW_STRING, HW_ID, .note = "system disk ID" },
    { "group_id", HW_STRING, HW_ID, .note = "group of the node" },
    { "subnet_id", HW_STRING, HW_ID, .note = "subnet ID; not in the example" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "create_instance", "POST", "/v1/{project_id}/instances",
      .title = "Buying a DDM Instance", .doc = "DDM 4.2.1", .sdk = "create_instance",
      .in = create_instance_in, .out = create_instance_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_PAID | HW_SEEN_SDK | HW_SEEN_ANSWER, .job = JOB_ID, .permission = "ddm:instance:create",
      .note = "The table names the administrator's fields admin_username and admin_password, clients and the API "
              "Explorer admin_user_name and admin_user_password: the row has both pairs and sends what is given." },
    { "list_instances", "GET", "/v1/{project_id}/instances",
      .title = "Querying DDM Instances", .doc = "DDM 4.2.2", .sdk = "list_instances",
      .in = list_instances_in, .out = list_instances_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = SEEN | HW_SEEN_ANSWER,
      .page = { HW_BY_INDEX, "offset", "limit", "instances", "total_record", "id" },
      .permission = "ddm:instance:list",
      .note = "Table 4-17 defines a tag with key and value, but no field of the answer holds one: left out." },
    { "show_instance", "GET", "/v1/{project_id}/instances/{instance_id}",
      .title = "Querying Details of a DDM Instance", .doc = "DDM 4.2.3", .sdk = "show_instance",
      .in = instance_in, .out = show_instance_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = SEEN | HW_SEEN_ANSWER, .permission = "ddm:instance:get" },
    { "update_instance_name", "PUT", "/v1/{project_id}/instances/{instance_id}/modify-name",
      .title = "Modifying the Name of a DDM Instance", .doc = "DDM 4.2.4", .sdk = "update_instance_name",
      .in = update_instance_name_in, .out = update_instance_name_out, .ok = { 200 }, .kind = HW_SET,
      .flags = SEEN, .permission = "ddm:instance:modify",
      .note = "The permission chapter names it with PUT on the instance's own path, which no section has." },
    { "update_instance_security_group", "PUT", "/v1/{project_id}/instances/{instance_id}/modify-security-group",
      .title = "Changing the Security Group of a DDM Instance", .doc = "DDM 4.2.5",
      .sdk = "update_instance_security_group",
      .in = update_instance_security_group_in, .out = update_instance_security_group_out, .ok = { 200 },
      .kind = HW_SET, .flags = SEEN, .permission = "ddm:instance:modify",
      .note = "The table says the group stays when none is given, yet the field is mandatory." },
    { "delete_instance", "DELETE", "/v1/{project_id}/instances/{instance_id}",
      .title = "Deleting a DDM Instance", .doc = "DDM 4.2.6", .sdk = "delete_instance",
      .in = delete_instance_in, .out = delete_instance_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | SEEN | HW_SEEN_ANSWER, .job = JOB_ID, .permission = "ddm:instance:delete",
      .note = "Refused for yearly/monthly instances. The answer's table has only id, its example also job_id." },
    { "restart_instance", "POST", "/v1/{project_id}/instances/{instance_id}/action",
      .title = "Restarting a DDM Instance", .doc = "DDM 4.2.7", .sdk = "restart_instance",
      .in = restart_instance_in, .out = restart_instance_out, .ok = { 200 }, .kind = HW_PULSE, .flags = SEEN,
      .job = JOB_ID_CAMEL, .permission = "ddm:instance:reboot" },
    { "reload_table_data", "POST", "/v1/{project_id}/instances/{instance_id}/reload-config",
      .title = "Reloading Table Data", .doc = "DDM 4.2.8", .sdk = "rebuild_config", .alias = "reload_config",
      .in = instance_in, .ok = { 200 }, .kind = HW_PULSE, .flags = SEEN, .permission = "ddm:instance:modify",
      .note = "The example's path ends in reload_config; the URI line and clients have reload-config. The example "
              "sends an empty object, the tables and the SDK have no body." },
    { "expand_instance_nodes", "POST", "/v2/{project_id}/instances/{instance_id}/action/enlarge",
      .title = "Scaling Out a DDM Instance", .doc = "DDM 4.2.9", .sdk = "expand_instance_nodes",
      .in = expand_instance_nodes_in, .out = scaled_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_PAID | SEEN, .job = JOB_ID_CAMEL },
    { "shrink_instance_nodes", "POST", "/v2/{project_id}/instances/{instance_id}/action/reduce",
      .title = "Scaling In a DDM Instance", .doc = "DDM 4.2.10", .sdk = "shrink_instance_nodes",
      .in = shrink_instance_nodes_in, .out = scaled_out, .ok = { 200 }, .kind = HW_PULSE, .flags = SEEN,
      .job = JOB_ID_CAMEL,
      .note = "The constraints exclude yearly/monthly instances, the answer's table has an order for them: kept." },
    { "update_read_and_write_strategy", "PUT",
      "/v2/{project_id}/instances/{instance_id}/action/read-write-strategy",
      .title = "Modifying the Read Policy of the Associated DB Instance", .doc = "DDM 4.2.11",
      .sdk = "update_read_and_write_strategy", .alias = "update_read_write_strategy",
      .in = update_read_and_write_strategy_in, .out = update_read_and_write_strategy_out, .ok = { 200 },
      .kind = HW_SET, .flags = SEEN,
      .note = "The example answers an instance ID in UUID form; other sections have 32 digits and in09." },
    { "sync_data_nodes", "POST", "/v1/{project_id}/instances/{instance_id}/rds/sync",
      .title = "Synchronizing Data Node Information", .doc = "DDM 4.2.12", .sdk = "update_database_info",
      .in = instance_in, .out = sync_data_nodes_out, .ok = { 200 }, .kind = HW_PULSE, .flags = SEEN,
      .job = JOB_ID_CAMEL },
    { "list_nodes", "GET", "/v1/{project_id}/instances/{instance_id}/nodes",
      .title = "Querying Nodes of a DDM Instance", .doc = "DDM 4.2.13", .sdk = "list_nodes",
      .in = list_nodes_in, .out = list_nodes_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN,
      .page = { HW_BY_INDEX, "offset", "limit", "nodes", "total", "node_id" } },
    { "show_node", "GET", "/v1/{project_id}/instances/{instance_id}/nodes/{node_id}",
      .title = "Querying Details of a DDM Instance Node", .doc = "DDM 4.2.14", .sdk = "show_node",
      .in = node_in, .out = show_node_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN | HW_SEEN_ANSWER },
    { 0 }
};

const struct hw_chapter hw_ddm_instances = { "ddm", "4.2 DDM Instances", ops };
