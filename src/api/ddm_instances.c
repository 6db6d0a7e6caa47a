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
    { "is_auto_pay", HW_BOOLEAN, HW_BODY, .def = "false",
      .note = "pay from the balance, yearly/monthly only; the table's text is that of a class change" },
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

/* 4.2.15 */

static const struct hw_field list_engines_in[] = {
    HW_OFFSET("engines to skip; said to be positive, yet 0 by default"),
    HW_LIMIT(128, "128", "most engines to answer; the table's default speaks of nodes"),
    { 0 }
};

static const struct hw_field engine_az_out[] = {
    { "code", HW_STRING, .note = "AZ code" },
    { "name", HW_STRING, .note = "AZ name" },
    { "favored", HW_BOOLEAN, .note = "whether the AZ is supported" },
    { 0 }
};

static const struct hw_field engine_item_out[] = {
    { "id", HW_STRING, HW_ID, .note = "engine ID" },
    { "name", HW_STRING, .note = "engine name" },
    { "version", HW_STRING, .note = "engine version" },
    { "supportAzs", HW_ARRAY, .items = HW_OBJECT, .fields = engine_az_out, .note = "AZs" },
    { 0 }
};

static const struct hw_field list_engines_out[] = {
    { "engineGroups", HW_ARRAY, .items = HW_OBJECT, .fields = engine_item_out, .note = "the engines" },
    { "offset", HW_INTEGER, .note = "the request's offset; called a page here, a record index in the request" },
    { "limit", HW_INTEGER, .note = "the request's limit" },
    { "total", HW_INTEGER, .note = "all engine versions" },
    { 0 }
};

/* 4.2.16 */

static const struct hw_field list_flavors_in[] = {
    { "engine_id", HW_STRING, HW_QUERY | HW_REQUIRED | HW_ID, .note = "engine ID, see list_engines" },
    HW_OFFSET("node classes to skip in each group; said to be positive, yet 0 by default"),
    HW_LIMIT(128, "128", "most node classes to answer in each group; the table's default speaks of nodes"),
    { 0 }
};

static const struct hw_field flavor_item_out[] = {
    { "id", HW_STRING, HW_ID, .note = "node class ID: flavor_id elsewhere" },
    { "typeCode", HW_STRING, .note = "resource type code" },
    { "code", HW_STRING, .note = "specification code: spec_code or flavor_ref elsewhere" },
    { "iaasCode", HW_STRING, .note = "code of the virtual machine's flavor" },
    { "cpu", HW_STRING, .note = "vCPUs, as text" },
    { "mem", HW_STRING, .note = "memory in GB, as text" },
    { "maxConnections", HW_STRING, HW_NULLABLE, .note = "most connections; the text \"null\" or null if unknown" },
    { "serverType", HW_STRING, .note = "kind of compute resource" },
    { "architecture", HW_STRING, .oneof = "X86|ARM", .note = "x86 and ARM in the table, upper case in the example" },
    { "azStatus", HW_MAP, .items = HW_STRING, .note = "normal, unsupported or sellout by AZ ID" },
    { "regionStatus", HW_STRING, .note = "region status" },
    { "groupType", HW_STRING, HW_NULLABLE, .note = "architecture; the text \"null\", null or absent in practice" },
    { "dbType", HW_STRING, .note = "engine type" },
    { "extendFields", HW_MAP, .items = HW_STRING, .note = "AZ information" },
    { 0 }
};

static const struct hw_field flavor_group_out[] = {
    { "groupType", HW_STRING, .oneof = "X86|ARM", .note = "x86 and Arm in the table, upper case in the example" },
    { "computeFlavors", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_item_out, .note = "the node classes" },
    { "offset", HW_INTEGER, .note = "the request's offset; called a page here, a record index in the request" },
    { "limit", HW_INTEGER, .note = "the request's limit" },
    { "total", HW_INTEGER, .note = "all node classes of the group" },
    { 0 }
};

static const struct hw_field list_flavors_out[] = {
    { "computeFlavorGroups", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_group_out,
      .note = "the node classes by architecture" },
    { 0 }
};

/* 4.2.17 */

static const struct hw_field job_or_order_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that does the work, pay-per-use only" },
    { "order_id", HW_STRING, HW_ID, .note = "order, yearly/monthly only" },
    { 0 }
};

static const struct hw_field resize_flavor_in[] = {
    INSTANCE_ID,
    { "spec_code", HW_STRING, HW_BODY | HW_REQUIRED, .note = "code of the new node class, list_flavors has it" },
    { "group_id", HW_STRING, HW_BODY | HW_ID, .note = "group to change, if there are several" },
    { "is_auto_pay", HW_BOOLEAN, HW_BODY, .def = "false", .note = "pay from the balance, yearly/monthly only" },
    { 0 }
};

/* 4.2.18 */

static const struct hw_field list_groups_in[] = {
    INSTANCE_ID,
    HW_OFFSET("number of groups to skip"),
    HW_LIMIT(128, "10", "most groups to answer"),
    { 0 }
};

static const struct hw_field group_node_out[] = {
    { "id", HW_STRING, HW_ID, .note = "node ID" },
    { "name", HW_STRING, .note = "node name" },
    { "az", HW_STRING, .note = "AZ of the node" },
    { 0 }
};

static const struct hw_field group_item_out[] = {
    { "id", HW_STRING, HW_ID, .note = "group ID" },
    { "name", HW_STRING, .note = "group name" },
    { "role", HW_STRING, .oneof = "rw|r", .note = "rw: read and write, r: read only" },
    { "endpoint", HW_STRING, .note = "address for connections; its nodes' without load balancing" },
    { "ipv6_endpoint", HW_STRING, .note = "IPv6 address for connections; not in the example" },
    { "is_load_balance", HW_BOOLEAN, .note = "whether load balancing is on" },
    { "is_default_group", HW_BOOLEAN,
      .note = "whether it is the default group; false in the example, for the only one" },
    { "cpu_num_per_node", HW_INTEGER, .note = "CPU cores a node" },
    { "mem_num_per_node", HW_INTEGER, .note = "memory a node in GB" },
    { "architecture", HW_STRING, .oneof = "X86|ARM", .note = "x86 and Arm in the table, X86 in the example" },
    { "node_list", HW_ARRAY, .items = HW_OBJECT, .fields = group_node_out, .note = "the nodes" },
    { 0 }
};

static const struct hw_field list_groups_out[] = {
    { "total_count", HW_INTEGER, .note = "all groups" },
    { "group_list", HW_ARRAY, .items = HW_OBJECT, .fields = group_item_out, .note = "the groups" },
    { 0 }
};

/* 4.2.19 */

static const struct hw_field create_group_node[] = {
    { "available_zone", HW_STRING, HW_REQUIRED, .min_len = 1, .note = "AZ of the node" },
    { "subnet_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "subnet ID" },
    { 0 }
};

static const struct hw_field create_group_in[] = {
    INSTANCE_ID,
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, .pattern = "[A-Za-z][A-Za-z0-9_-]*", .min_len = 4, .max_len = 64,
      .note = "group name" },
    { "type", HW_STRING, HW_BODY | HW_REQUIRED, .oneof = "rw|r", .note = "rw: read and write, r: read only" },
    { "flavor_id", HW_STRING, HW_BODY | HW_ID, .note = "node class ID; this or flavor_ref is needed" },
    { "flavor_ref", HW_STRING, HW_BODY, .note = "node class code; this or flavor_id is needed" },
    { "nodes", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = create_group_node, .min_len = 1,
      .max_len = 32, .note = "one entry a node" },
    { 0 }
};

static const struct hw_field create_group_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "DDM instance ID; not in the examples" },
    { "job_id", HW_STRING, HW_ID, .note = "job that makes the group, pay-per-use only" },
    { "order_id", HW_STRING, HW_ID, .note = "order, yearly/monthly only" },
    { "group_id", HW_STRING, HW_ID, .note = "group ID, pay-per-use only" },
    { 0 }
};

/* 4.2.20 */

static const struct hw_field delete_group_in[] = {
    INSTANCE_ID,
    HW_PATH_ID("group_id", "group ID"),
    { 0 }
};

/* 4.2.21 */

static const struct hw_field list_engines_v3_in[] = {
    HW_OFFSET("number of engines to skip"),
    HW_LIMIT(128, "10", "most engines to answer; 128 by default in v2"),
    { 0 }
};

static const struct hw_field engine_item_v3_out[] = {
    { "id", HW_STRING, HW_ID, .note = "engine ID" },
    { "name", HW_STRING, .note = "engine name" },
    { "version", HW_STRING, .note = "engine version" },
    { 0 }
};

static const struct hw_field list_engines_v3_out[] = {
    { "engine_groups", HW_ARRAY, .items = HW_OBJECT, .fields = engine_item_v3_out, .note = "the engines" },
    { "offset", HW_INTEGER, .note = "the request's offset; called a page here, a record index in the request" },
    { "limit", HW_INTEGER, .note = "the request's limit; 1 in the example, which asks for 10" },
    { "total", HW_INTEGER, .note = "all engine versions" },
    { 0 }
};

/* 4.2.22 */

static const struct hw_field list_flavors_v3_in[] = {
    { "engine_id", HW_STRING, HW_QUERY | HW_ID, .note = "engine ID; this or engine_version is needed" },
    { "engine_version", HW_STRING, HW_QUERY, .note = "engine version; this or engine_id is needed" },
    { "available_zones", HW_STRING, HW_QUERY, .min_len = 1, .note = "AZ codes, joined by commas" },
    HW_OFFSET("number of node classes to skip in each group"),
    HW_LIMIT(128, "10", "most node classes to answer in each group; 128 by default in v2"),
    { 0 }
};

static const struct hw_field flavor_az_v3_out[] = {
    { "code", HW_STRING, .note = "AZ code" },
    { "description", HW_STRING, .note = "AZ description" },
    { "status", HW_STRING, .oneof = "normal|unsupported|sellout", .note = "whether the class is to be had there" },
    { "support_ipv6", HW_BOOLEAN, .note = "whether IPv6 is supported" },
    { 0 }
};

static const struct hw_field flavor_item_v3_out[] = {
    { "az_infos", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_az_v3_out,
      .note = "AZs; the table lists the values of their status here" },
    { "id", HW_STRING, HW_ID, .note = "node class ID: flavor_id elsewhere" },
    { "spec_code", HW_STRING, .note = "specification code" },
    { "vcpus", HW_STRING, .note = "vCPUs, as text" },
    { "ram", HW_STRING, .note = "memory in GB, as text" },
    { 0 }
};

static const struct hw_field flavor_group_v3_out[] = {
    { "flavors", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_item_v3_out, .note = "the node classes" },
    { "group_type", HW_STRING, .oneof = "X86|ARM", .note = "x86 and ARM in the table, upper case in the example" },
    { "offset", HW_INTEGER, .note = "the request's offset; called a page here, a record index in the request" },
    { "limit", HW_INTEGER, .note = "the request's limit; 1 in the example, which asks for 10" },
    { "total", HW_INTEGER, .note = "all node classes of the group; the table speaks of engine versions" },
    { 0 }
};

static const struct hw_field list_flavors_v3_out[] = {
    { "flavor_groups", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_group_v3_out,
      .note = "the node classes by architecture" },
    { 0 }
};

/* 4.2.23 */

static const struct hw_field show_instance_param_in[] = {
    INSTANCE_ID,
    HW_OFFSET("number of parameters to skip"),
    HW_LIMIT(128, "128", "most parameters to answer; the table speaks of nodes"),
    { "X-Language", HW_STRING, HW_HEADER, .oneof = "zh-cn|en-us", .def = "zh-cn", .note = "language of descriptions" },
    { 0 }
};

static const struct hw_field instance_param_out[] = {
    { "name", HW_STRING, .note = "parameter name" },
    { "value", HW_STRING, .note = "parameter value" },
    { "need_restart", HW_STRING, .oneof = "0|1", .note = "1: a change needs a restart; text, not boolean" },
    { "read_only", HW_STRING, .oneof = "0|1", .note = "1: it cannot be changed; text, not boolean" },
    { "value_range", HW_STRING, .note = "allowed values" },
    { "data_type", HW_STRING, .note = "parameter type" },
    { "description", HW_STRING, .note = "what it does" },
    { 0 }
};

static const struct hw_field show_instance_param_out[] = {
    { "updated", HW_STRING, .note = "time of the last change; no zone in the example" },
    { "configuration_parameter", HW_ARRAY, .items = HW_OBJECT, .fields = instance_param_out,
      .note = "the parameters; the name is singular" },
    { "offset", HW_INTEGER, .note = "the request's offset; called a page here, a record index in the request" },
    { "limit", HW_INTEGER, .note = "the request's limit" },
    { "total", HW_INTEGER, .note = "all parameters" },
    { "id", HW_STRING, HW_ID, .note = "parameter template ID" },
    { "name", HW_STRING, .note = "parameter template name" },
    { "description", HW_STRING, .note = "parameter template description" },
    { 0 }
};

/* 4.2.24 */

static const struct hw_field expand_instance_node_v3[] = {
    { "available_zone", HW_STRING, HW_REQUIRED, .min_len = 1, .note = "AZ of the node" },
    { 0 }
};

static const struct hw_field expand_instance_nodes_v3_in[] = {
    INSTANCE_ID,
    { "group_id", HW_STRING, HW_BODY | HW_ID, .note = "group to grow; needed if there are several" },
    { "subnet_id", HW_STRING, HW_BODY | HW_ID, .note = "subnet; needed if the group has several" },
    { "is_auto_pay", HW_BOOLEAN, HW_BODY, .def = "false", .note = "pay from the balance, yearly/monthly only" },
    { "nodes", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = expand_instance_node_v3, .min_len = 1,
      .max_len = 32, .note = "one entry a new node" },
    { 0 }
};

/* 4.2.25 */

static const struct hw_field job_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that does the work" },
    { 0 }
};

static const struct hw_field delete_instance_v3_in[] = {
    INSTANCE_ID,
    { "delete_dn_data", HW_BOOLEAN, HW_QUERY | HW_EITHER | HW_SEND, .def = "false",
      .note = "delete the data on the data nodes too; blank keeps it, still it is always sent" },
    { 0 }
};

/* 4.2.26 */

static const struct hw_field switch_ssl_in[] = {
    INSTANCE_ID,
    { "ssl_enabled", HW_BOOLEAN, HW_BODY | HW_REQUIRED, .note = "whether SSL is to be on" },
    { 0 }
};

/* 4.2.27 */

static const struct hw_field update_instance_port_in[] = {
    INSTANCE_ID,
    { "port", HW_INTEGER, HW_BODY | HW_REQUIRED, .note = "new port" },
    { 0 }
};

/* 4.2.30 */

static const struct hw_field bind_eip_in[] = {
    INSTANCE_ID,
    { "public_ip", HW_STRING, HW_BODY | HW_REQUIRED, .note = "the elastic address" },
    { "public_ip_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID,
      .pattern = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
      .note = "its ID, a UUID" },
    { 0 }
};

/* 4.2.32 */

static const struct hw_field update_elb_ip_in[] = {
    INSTANCE_ID,
    { "new_ip", HW_STRING, HW_BODY | HW_REQUIRED, .note = "new address of the load balancer" },
    { "group_id", HW_STRING, HW_BODY | HW_ID, .note = "group, if there are several" },
    { 0 }
};

/* 4.2.33 */

static const struct hw_field delete_nodes_in[] = {
    INSTANCE_ID,
    { "node_ids", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_STRING,
      .note = "nodes of one group, at least one must remain; the example's ends in no02, elsewhere no09" },
    { 0 }
};

static const struct hw_field delete_nodes_out[] = {
    { "job_id", HW_STRING, HW_ID, .note = "job that does the work" },
    { "order_id", HW_STRING, HW_ID, .note = "order, yearly/monthly only" },
    { 0 }
};

/* 4.2.34 */

static const struct hw_field show_node_v3_out[] = {
    { "status", HW_STRING, .oneof = NODE_STATUSES, .note = "node status, appendix A.6" },
    { "name", HW_STRING, .note = "node name" },
    { "id", HW_STRING, HW_ID, .note = "node ID; node_id in v1" },
    { "private_ip", HW_STRING, .note = "private address" },
    { "group_id", HW_STRING, HW_ID, .note = "group of the node" },
    { "az_code", HW_STRING, .note = "AZ of the node" },
    { "subnet_id", HW_STRING, HW_ID, .note = "subnet ID" },
    { 0 }
};

/* 4.2.35 */

static const struct hw_field formed_instance_in[] = {
    FORMED_INSTANCE_ID,
    { 0 }
};

static const struct hw_field update_instance_name_v3_in[] = {
    FORMED_INSTANCE_ID,
    INSTANCE_NAME,
    { 0 }
};

/* 4.2.36 */

static const struct hw_field update_instance_security_group_v3_in[] = {
    FORMED_INSTANCE_ID,
    { "security_group_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .note = "new security group ID" },
    { 0 }
};

/* 4.2.38 */

static const struct hw_field data_node_login[] = {
    { "endpoint", HW_STRING, HW_REQUIRED, .note = "private address and port of the RDS instance, a.b.c.d:port" },
    { "username", HW_STRING, HW_REQUIRED, .note = "RDS account" },
    { "password", HW_STRING, HW_REQUIRED | HW_SECRET, .note = "its password" },
    { "rds_instance_id", HW_STRING, HW_REQUIRED | HW_ID, .pattern = "[A-Za-z0-9]{32}in01", .min_len = 36,
      .max_len = 36, .note = "RDS instance ID; the API Explorer asks for 1 character or more" },
    { 0 }
};

static const struct hw_field check_data_node_connection_in[] = {
    FORMED_INSTANCE_ID,
    { "infos", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = data_node_login,
      .note = "the data nodes to try" },
    { 0 }
};

static const struct hw_field data_node_check_out[] = {
    { "rds_instance_id", HW_STRING, HW_ID, .note = "RDS instance ID; the table says in09, the example in01" },
    { "success", HW_STRING, .oneof = "true|false", .note = "whether it could be reached, as text" },
    { "error_code", HW_STRING, HW_NULLABLE, .note = "error code of a failure, else null" },
    { "error_message", HW_STRING, HW_NULLABLE, .note = "cause of a failure, else null" },
    { 0 }
};

static const struct hw_field check_data_node_connection_out[] = {
    { "rds_check_infos", HW_ARRAY, .items = HW_OBJECT, .fields = data_node_check_out, .alias = "rds_check_info",
      .note = "one entry a data node; the example spells it rds_check_info" },
    { 0 }
};

/* 4.2.39 */

static const struct hw_field set_read_only_status_in[] = {
    FORMED_INSTANCE_ID,
    { "readonly", HW_BOOLEAN, HW_BODY | HW_REQUIRED, .note = "true: read only, false: no longer" },
    { 0 }
};

/* 4.2.40 */

static const struct hw_field show_tmlog_infos_in[] = {
    FORMED_INSTANCE_ID,
    HW_OFFSET("number of nodes to skip"),
    HW_LIMIT(128, "10", "most nodes to answer"),
    { 0 }
};

static const struct hw_field tmlog_out[] = {
    { "node_id", HW_STRING, HW_ID, .note = "node ID" },
    { "file_list", HW_ARRAY, .items = HW_STRING, .note = "compressed files" },
    { "tmlog_size", HW_NUMBER, .note = "size in MB" },
    { 0 }
};

static const struct hw_field show_tmlog_infos_out[] = {
    { "tmlogs", HW_ARRAY, .items = HW_OBJECT, .fields = tmlog_out, .note = "one entry a node" },
    { "total", HW_INTEGER, .note = "all nodes found" },
    { 0 }
};

/* 4.2.41 */

static const struct hw_field move_tmlog_files_in[] = {
    FORMED_INSTANCE_ID,
    { "node_ids", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_STRING, .note = "nodes whose logs move" },
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
      .in = instance_in, .ok = { 200 }, .kind = HW_PULSE, .flags = SEEN | HW_EMPTY_BODY,
      .permission = "ddm:instance:modify",
      .note = "The example's path ends in reload_config; the URI line and clients have reload-config. The tables and "
              "the SDK have no body; the example sends an empty object, so does the row." },
    { "expand_instance_nodes", "POST", "/v2/{project_id}/instances/{instance_id}/action/enlarge",
      .title = "Scaling Out a DDM Instance", .doc = "DDM 4.2.9", .sdk = "expand_instance_nodes",
      .in = expand_instance_nodes_in, .out = scaled_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_PAID | SEEN, .job = JOB_ID_CAMEL },
    { "shrink_instance_nodes", "POST", "/v2/{project_id}/instances/{instance_id}/action/reduce",
      .title = "Scaling In a DDM Instance", .doc = "DDM 4.2.10", .sdk = "shrink_instance_nodes",
      .in = shrink_instance_nodes_in, .out = scaled_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_IRREVERSIBLE | SEEN, .job = JOB_ID_CAMEL,
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
    { "list_engines", "GET", "/v2/{project_id}/engines",
      .title = "Querying DDM Engine Information", .doc = "DDM 4.2.15", .sdk = "list_engines",
      .in = list_engines_in, .out = list_engines_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN,
      .page = { HW_BY_INDEX, "offset", "limit", "engineGroups", "total", "id" } },
    { "list_flavors", "GET", "/v2/{project_id}/flavors",
      .title = "Querying DDM Node Classes Available in an AZ", .doc = "DDM 4.2.16", .sdk = "list_flavors",
      .in = list_flavors_in, .out = list_flavors_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = SEEN | HW_SEEN_ANSWER,
      .note = "offset and limit count inside every architecture's list, so there is no single list to page over: "
              "ask again until the largest total is reached." },
    { "resize_flavor", "PUT", "/v3/{project_id}/instances/{instance_id}/flavor",
      .title = "Changing the Node Class of a DDM Instance", .doc = "DDM 4.2.17", .sdk = "resize_flavor",
      .in = resize_flavor_in, .out = job_or_order_out, .ok = { 202 }, .kind = HW_SET,
      .flags = HW_PAID | SEEN | HW_SEEN_ANSWER, .job = JOB_ID,
      .note = "Refused if the class is the present one, or c6 after c6s." },
    { "list_groups", "GET", "/v3/{project_id}/instances/{instance_id}/groups",
      .title = "Obtaining the Instance Group Information", .doc = "DDM 4.2.18", .sdk = "list_group",
      .in = list_groups_in, .out = list_groups_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN,
      .page = { HW_BY_INDEX, "offset", "limit", "group_list", "total_count", "id" },
      .note = "The example sends offset=null and limit=null where the table has integers; the row takes integers." },
    { "create_group", "POST", "/v3/{project_id}/instances/{instance_id}/groups",
      .title = "Creating an Instance Group", .doc = "DDM 4.2.19", .sdk = "create_group",
      .in = create_group_in, .out = create_group_out, .ok = { 202 }, .kind = HW_CREATE, .flags = HW_PAID | SEEN,
      .job = JOB_ID },
    { "delete_group", "DELETE", "/v3/{project_id}/instances/{instance_id}/groups/{group_id}",
      .title = "Deleting an Instance Group", .doc = "DDM 4.2.20", .sdk = "delete_group",
      .in = delete_group_in, .out = job_or_order_out, .ok = { 202 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | SEEN, .job = JOB_ID,
      .note = "The captions of the answers speak of buying. No token header is listed; it is signed as every "
              "other call." },
    { "list_engines_v3", "GET", "/v3/{project_id}/engines",
      .title = "Querying DDM Engine Information", .doc = "DDM 4.2.21", .sdk = "list_ddm_engines",
      .in = list_engines_v3_in, .out = list_engines_v3_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN,
      .page = { HW_BY_INDEX, "offset", "limit", "engine_groups", "total", "id" } },
    { "list_flavors_v3", "GET", "/v3/{project_id}/flavors",
      .title = "Querying DDM Node Classes Available in Each AZ", .doc = "DDM 4.2.22", .sdk = "list_ddm_flavors",
      .in = list_flavors_v3_in, .out = list_flavors_v3_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN,
      .note = "offset and limit count inside every architecture's list, so there is no single list to page over: "
              "ask for 128, or again until the largest total is reached." },
    { "show_instance_param", "GET", "/v3/{project_id}/instances/{instance_id}/configurations",
      .title = "Querying Parameters of a Specified DDM Instance", .doc = "DDM 4.2.23", .sdk = "show_instance_param",
      .alias = "show_instance_params|list_instance_params",
      .in = show_instance_param_in, .out = show_instance_param_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = SEEN, .page = { HW_BY_INDEX, "offset", "limit", "configuration_parameter", "total", "name" } },
    { "expand_instance_nodes_v3", "POST", "/v3/{project_id}/instances/{instance_id}/nodes",
      .title = "Scaling Out a DDM Instance", .doc = "DDM 4.2.24", .sdk = "expand_ddm_instance_nodes",
      .in = expand_instance_nodes_v3_in, .out = job_or_order_out, .ok = { 202 }, .kind = HW_PULSE,
      .flags = HW_PAID | SEEN, .job = JOB_ID },
    { "delete_instance_v3", "DELETE", "/v3/{project_id}/instances/{instance_id}",
      .title = "Deleting an Instance", .doc = "DDM 4.2.25", .sdk = "delete_ddm_instance",
      .in = delete_instance_v3_in, .out = job_out, .ok = { 202 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | SEEN, .job = JOB_ID,
      .note = "Refused for yearly/monthly instances. The permission chapter names only the v1 call." },
    { "switch_ssl", "POST", "/v3/{project_id}/instances/{instance_id}/switch-ssl",
      .title = "Enabling or Disabling SSL", .doc = "DDM 4.2.26", .sdk = "switch_ssl",
      .in = switch_ssl_in, .out = job_out, .ok = { 202 }, .kind = HW_SET, .flags = SEEN, .job = JOB_ID },
    { "update_instance_port", "PUT", "/v3/{project_id}/instances/{instance_id}/port",
      .title = "Changing an Instance Port", .doc = "DDM 4.2.27", .sdk = "update_instance_port",
      .in = update_instance_port_in, .out = job_out, .ok = { 202 }, .kind = HW_SET, .flags = SEEN, .job = JOB_ID,
      .note = "The example's request line says POST; the URI line and clients PUT. No token header is listed." },
    { "restart_instance_v3", "POST", "/v3/{project_id}/instances/{instance_id}/restart",
      .title = "Restarting an Instance", .doc = "DDM 4.2.28", .sdk = "restart_ddm_instance",
      .in = instance_in, .out = job_out, .ok = { 202 }, .kind = HW_PULSE, .flags = SEEN, .job = JOB_ID,
      .note = "No body, so no choice between soft and hard as in v1." },
    { "restart_node", "POST", "/v3/{project_id}/instances/{instance_id}/nodes/{node_id}/restart",
      .title = "Restarting a Node", .doc = "DDM 4.2.29", .sdk = "restart_node",
      .in = node_in, .out = job_out, .ok = { 202 }, .kind = HW_PULSE, .flags = SEEN, .job = JOB_ID,
      .note = "No token header is listed; it is signed as every other call." },
    { "bind_eip", "POST", "/v3/{project_id}/instances/{instance_id}/eip",
      .title = "Binding an EIP", .doc = "DDM 4.2.30", .sdk = "bind_eip",
      .in = bind_eip_in, .out = job_out, .ok = { 202 }, .kind = HW_SET, .flags = HW_PAID | SEEN, .job = JOB_ID,
      .note = "No token header is listed; it is signed as every other call." },
    { "unbind_eip", "DELETE", "/v3/{project_id}/instances/{instance_id}/eip",
      .title = "Unbinding an EIP", .doc = "DDM 4.2.31", .sdk = "unbind_eip",
      .in = instance_in, .out = job_out, .ok = { 202 }, .kind = HW_DELETE, .flags = SEEN, .job = JOB_ID },
    { "update_elb_ip", "PUT", "/v3/{project_id}/instances/{instance_id}/elb/ip",
      .title = "Changing the ELB Load Balancer IP Address of an Instance", .doc = "DDM 4.2.32", .sdk = "modify_eip",
      .in = update_elb_ip_in, .out = job_out, .ok = { 202 }, .kind = HW_SET, .flags = SEEN, .job = JOB_ID,
      .note = "The SDK's name speaks of an EIP; it is the load balancer's address that changes." },
    { "delete_nodes", "DELETE", "/v3/{project_id}/instances/{instance_id}/nodes",
      .title = "Deleting Nodes from an Instance", .doc = "DDM 4.2.33", .sdk = "delete_nodes",
      .in = delete_nodes_in, .out = delete_nodes_out, .ok = { 202 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | SEEN, .job = JOB_ID,
      .note = "A DELETE with a body, which some proxies drop. A caption of the answer speaks of buying." },
    { "show_node_v3", "GET", "/v3/{project_id}/instances/{instance_id}/nodes/{node_id}",
      .title = "Querying Details About an Instance Node", .doc = "DDM 4.2.34", .sdk = "show_ddm_node_detail",
      .in = node_in, .out = show_node_v3_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN },
    { "update_instance_name_v3", "PUT", "/v3/{project_id}/instances/{instance_id}/name",
      .title = "Changing an Instance Name", .doc = "DDM 4.2.35", .sdk = "update_ddm_instance_name",
      .in = update_instance_name_v3_in, .out = job_out, .ok = { 202 }, .kind = HW_SET, .flags = SEEN,
      .job = JOB_ID, .permission = "ddm:instance:updateName" },
    { "update_instance_security_group_v3", "PUT", "/v3/{project_id}/instances/{instance_id}/security-group",
      .title = "Changing the Security Group of an Instance", .doc = "DDM 4.2.36",
      .sdk = "update_ddm_instance_security_group",
      .in = update_instance_security_group_v3_in, .ok = { 200 }, .kind = HW_SET, .flags = SEEN,
      .permission = "ddm:instance:updateSecurityGroup",
      .note = "Answers an empty object and no job, unlike 4.2.35." },
    { "reload_table_data_v3", "POST", "/v3/{project_id}/instances/{instance_id}/reload-config",
      .title = "Reloading Table Data", .doc = "DDM 4.2.37", .sdk = "rebuild_ddm_config", .alias = "reload_config_v3",
      .in = formed_instance_in, .ok = { 200 }, .kind = HW_PULSE,
      .flags = SEEN | HW_EMPTY_BODY, .permission = "ddm:instance:reload",
      .note = "The tables and the SDK have no body; the example sends an empty object, so does the row." },
    { "check_data_node_connection", "POST", "/v3/{project_id}/instances/{instance_id}/rds/connection",
      .title = "Checking RDS Connectivity", .doc = "DDM 4.2.38", .sdk = "check_data_node_connection",
      .in = check_data_node_connection_in, .out = check_data_node_connection_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK, .permission = "ddm:instance:checkDataNodeConnection",
      .note = "The answer's table has rds_check_infos, its example rds_check_info: the SDK reads the first, both are "
              "accepted. No token header is listed." },
    { "set_read_only_status", "PUT", "/v3/{project_id}/instances/{instance_id}/readonly-status",
      .title = "Setting an Instance to Read-Only", .doc = "DDM 4.2.39", .sdk = "set_read_only_status",
      .in = set_read_only_status_in, .out = job_out, .ok = { 202 }, .kind = HW_SET, .flags = SEEN, .job = JOB_ID,
      .permission = "ddm:instance:setReadOnly",
      .note = "Schemas made later stay writable until it is set again. The example's instance ID ends in pr09 where "
              "the table asks for in09; no token header is listed." },
    { "show_tmlog_infos", "GET", "/v3/{project_id}/instances/{instance_id}/tmlogs",
      .title = "Querying TMLog Information", .doc = "DDM 4.2.40", .sdk = "show_tmlog_infos", .alias = "list_tmlogs",
      .in = show_tmlog_infos_in, .out = show_tmlog_infos_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = SEEN,
      .page = { HW_BY_INDEX, "offset", "limit", "tmlogs", "total", "node_id" },
      .permission = "ddm:instance:getTmlogs" },
    { "move_tmlog_files", "POST", "/v3/{project_id}/instances/{instance_id}/tmlogs",
      .title = "Moving a TMLog File", .doc = "DDM 4.2.41", .sdk = "move_tmlog_files",
      .in = move_tmlog_files_in, .out = job_out, .ok = { 202 }, .kind = HW_PULSE, .flags = SEEN, .job = JOB_ID,
      .permission = "ddm:instance:moveTmlogs" },
    { 0 }
};

const struct hw_chapter hw_ddm_instances = { "ddm", "4.2 DDM Instances", ops };
