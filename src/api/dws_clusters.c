/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.2: clusters, node flavors and DSS storage pools. Whether a cluster has
 * settled is read from status, sub_status, task_status and action_progress
 * together: no single one of them says it.
 */
#include "api/rows.h"

/* The document says ACTIVE where the service answers AVAILABLE. */
#define CLUSTER_STATES \
  "AVAILABLE|ACTIVE|CREATING|FAILED|CREATE_FAILED|CREATION FAILED|DELETING|DELETE_FAILED|DELETED|FROZEN" \
  "|POLICE_FROZEN|UNAVAILABLE"

#define SUB_STATES \
  "NORMAL|READONLY|REDISTRIBUTING|REDISTRIBUTION-FAILURE|UNBALANCED|UNBALANCED READONLY|DEGRADED" \
  "|DEGRADED READONLY|DEGRADED UNBALANCED|UNBALANCED REDISTRIBUTING|UNBALANCED REDISTRIBUTION-FAILURE" \
  "|READONLY REDISTRIBUTION-FAILURE|UNBALANCED READONLY REDISTRIBUTION-FAILURE|DEGRADED REDISTRIBUTION-FAILURE" \
  "|DEGRADED UNBALANCED REDISTRIBUTION-FAILURE|DEGRADED UNBALANCED READONLY REDISTRIBUTION-FAILURE" \
  "|DEGRADED UNBALANCED READONLY"

#define TASK_STATES \
  "UNFREEZING|FREEZING|RESTORING|SNAPSHOTTING|GROWING|REBOOTING|SETTING_CONFIGURATION|CONFIGURING_EXT_DATASOURCE" \
  "|DELETING_EXT_DATASOURCE|REBOOT_FAILURE|RESIZE_FAILURE|ADD_CN_ING|DEL_CN_ING|CREATING_NODE|CREATE_NODE_FAILED" \
  "|DELETING_NODE|DELETE_NODE_FAILED|REDISTRIBUTING|REDISTRIBUTE_FAILURE|WAITING_REDISTRIBUTION" \
  "|REDISTRIBUTION_PAUSED|ELB_BINDING|ELB_BIND_FAILED|ELB_UNBINDING|ELB_UNBIND_FAILED|ELB_SWITCHING" \
  "|ELB_SWITCHING_FAILED|NETWORK_CONFIGURING|NETWORK_CONFIG_FAILED|DISK_EXPAND_FAILED|DISK_EXPANDING" \
  "|ACTIVE_STANDBY_SWITCHOVER|ACTIVE_STANDY_SWITCHOVER|ACTIVE_STANDBY_SWITCHOVER_FAILURE|CLUSTER_SHRINK_FAILED" \
  "|CLUSTER_SHRINKING|SHRINK_CHECK_FAILED|SHRINK_CHECKING|FLAVOR_RESIZING_FAILED|FLAVOR_RESIZING" \
  "|MANAGE_IP_BIND_FAILED|MANAGE_IP_BINDING|ORDER_PENDING|FINE_GRAINED_RESTORING|DR_RECOVERING"

#define EIP_BINDINGS "auto_assign|not_use|bind_existing"

/* The section allows any Unicode, then only letters, digits, "_" and "-": checked is what it forbids. */
#define TAG_TEXT "[^=*<>\\\\,|/]*"

/* 5.2.1 */

static const struct hw_field flavor_detail_out[] = {
    { "type", HW_STRING, .note = "vCPU, mem, SSD, LOCAL_DISK, in older services availableZones" },
    { "value", HW_STRING, .note = "numbers come as text" },
    { "unit", HW_STRING, .note = "absent for vCPU" },
    { 0 }
};

static const struct hw_field flavor_zone_out[] = {
    { "code", HW_STRING },
    { "status", HW_STRING, .oneof = "normal|sellout|abandon", .note = "sellout: sold out, abandon: unavailable" },
    { 0 }
};

static const struct hw_field datastore_limits_out[] = {
    { "min_cn", HW_INTEGER, .note = "fewest CNs the version allows" },
    { "max_cn", HW_INTEGER, .note = "most CNs the version allows" },
    { 0 }
};

static const struct hw_field flavor_datastore_out[] = {
    { "version", HW_STRING, .note = "kernel version, 9.1.0 or 9.1.1.100" },
    { "attachments", HW_OBJECT, .fields = datastore_limits_out },
    { "role", HW_STRING, .oneof = "STABLE|PREVIEW" },
    { 0 }
};

static const struct hw_field flavor_volume_out[] = {
    { "type", HW_STRING, .oneof = "SSD" },
    { "size", HW_INTEGER, .note = "disk capacity; the table repeats the type's text as its range" },
    { 0 }
};

static const struct hw_field elastic_volume_out[] = {
    { "type", HW_STRING },
    { "step", HW_INTEGER, .note = "size increment" },
    { "min_size", HW_INTEGER },
    { "max_size", HW_INTEGER },
    { 0 }
};

static const struct hw_field node_type_out[] = {
    { "spec_name", HW_STRING, .note = "flavor name: what requests take as node_type or flavor" },
    { "detail", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_detail_out },
    { "id", HW_STRING, HW_ID, .note = "flavor id, returned elsewhere as node_type_id" },
    { "datastore_type", HW_STRING, .oneof = "dws|hybrid" },
    { "architecture", HW_STRING, .oneof = "x86|arm" },
    { "available_zones", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_zone_out, .alias = "availability_zones",
      .note = "one client reads availability_zones" },
    { "ram", HW_INTEGER, .note = "GB" },
    { "vcpus", HW_INTEGER },
    { "datastores", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_datastore_out, .note = "kernel versions" },
    { "volume", HW_OBJECT, HW_NULLABLE, .fields = flavor_volume_out, .note = "null for elastic storage" },
    { "elastic_volume_specs", HW_ARRAY, HW_NULLABLE, HW_OBJECT, elastic_volume_out, .note = "null for fixed storage" },
    { 0 }
};

static const struct hw_field list_node_types_out[] = {
    { "node_types", HW_ARRAY, .items = HW_OBJECT, .fields = node_type_out },
    { "count", HW_INTEGER, .note = "number of flavors; older services leave it out" },
    { 0 }
};

/* 5.2.2 and 5.2.3 */

static const struct hw_field endpoint_out[] = {
    { "connect_info", HW_STRING, .note = "private address, with or without port" },
    { "jdbc_url", HW_STRING },
    { 0 }
};

static const struct hw_field node_out[] = {
    { "id", HW_STRING, HW_ID },
    { "status", HW_STRING, .oneof = "100|199|200|300|303|304|305|400",
      .note = "100 creating, 199 idle, 200 available, 300 unavailable, 303/305 failed to create/delete, 304 deleting, "
              "400 deleted" },
    { "name", HW_STRING },
    { 0 }
};

static const struct hw_field tag_out[] = {
    { "key", HW_STRING },
    { "value", HW_STRING },
    { 0 }
};

static const struct hw_field public_ip_out[] = {
    { "public_bind_type", HW_STRING, .oneof = EIP_BINDINGS },
    { "eip_id", HW_STRING, HW_ID, .note = "5.2.3's example is no UUID" },
    { 0 }
};

static const struct hw_field public_endpoint_out[] = {
    { "public_connect_info", HW_STRING },
    { "jdbc_url", HW_STRING },
    { 0 }
};

static const struct hw_field failed_reason_out[] = {
    { "error_code", HW_STRING },
    { "error_msg", HW_STRING },
    { 0 }
};

static const struct hw_field cluster_info_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "status", HW_STRING, .oneof = CLUSTER_STATES,
      .note = "the table says ACTIVE, the example and the service AVAILABLE: either is good" },
    { "version", HW_STRING },
    { "updated", HW_STRING, .note = "2016-02-10T14:28:14Z" },
    { "created", HW_STRING },
    { "port", HW_INTEGER },
    { "endpoints", HW_ARRAY, .items = HW_OBJECT, .fields = endpoint_out },
    { "nodes", HW_ARRAY, .items = HW_OBJECT, .fields = node_out,
      .note = "as many as number_of_node by the text, not always in practice" },
    { "tags", HW_ARRAY, HW_NULLABLE, HW_OBJECT, tag_out, .note = "null without tags" },
    { "user_name", HW_STRING, .note = "administrator" },
    { "number_of_node", HW_INTEGER },
    { "recent_event", HW_INTEGER, .note = "number of events" },
    { "availability_zone", HW_STRING },
    { "enterprise_project_id", HW_STRING, HW_ID, .def = "0" },
    { "node_type", HW_STRING, .note = "flavor name; the table calls it an id" },
    { "vpc_id", HW_STRING, HW_ID },
    { "subnet_id", HW_STRING, HW_ID },
    { "public_ip", HW_OBJECT, .fields = public_ip_out },
    { "public_endpoints", HW_ARRAY, .items = HW_OBJECT, .fields = public_endpoint_out },
    { "action_progress", HW_MAP, HW_NULLABLE, HW_STRING,
      .note = "running task to progress, \"20%\"; empty or null when idle; spells ACTIVE_STANDY_SWITCHOVER so" },
    { "sub_status", HW_STRING, .oneof = SUB_STATES, .note = "of an available cluster" },
    { "task_status", HW_STRING, HW_NULLABLE, .oneof = TASK_STATES, .note = "null or absent when idle" },
    { "security_group_id", HW_STRING, HW_ID },
    { "failed_reasons", HW_OBJECT, HW_NULLABLE, .fields = failed_reason_out, .note = "empty when all is well" },
    { 0 }
};

static const struct hw_field list_clusters_in[] = {
    { "enterprise_project_id", HW_STRING, HW_QUERY | HW_ID,
      .note = "all_granted_eps: all granted ones; 0: the default one" },
    { 0 }
};

static const struct hw_field list_clusters_out[] = {
    { "clusters", HW_ARRAY, .items = HW_OBJECT, .fields = cluster_info_out },
    { "count", HW_INTEGER, .note = "in the table only; the example lacks it" },
    { 0 }
};

static const struct hw_field parameter_group_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "status", HW_STRING, .oneof = "In-Sync|Applying|Pending-Reboot|Sync-Failure" },
    { 0 }
};

static const struct hw_field maintain_window_out[] = {
    { "day", HW_STRING, .oneof = "Mon|Tue|Wed|Thu|Fri|Sat|Sun" },
    { "start_time", HW_STRING, .note = "HH:mm, UTC" },
    { "end_time", HW_STRING, .note = "HH:mm, UTC; may lie on the next day" },
    { 0 }
};

static const struct hw_field resize_info_out[] = {
    { "target_node_num", HW_INTEGER, HW_EITHER, .note = "the table and clients have a number, the example text" },
    { "origin_node_num", HW_INTEGER, HW_EITHER, .note = "as target_node_num" },
    { "resize_status", HW_STRING, .oneof = "GROWING|RESIZE_FAILURE", .alias = "status",
      .note = "one answer met in practice calls it status" },
    { "start_time", HW_STRING, .note = "the table shows no zone, the example a Z" },
    { 0 }
};

static const struct hw_field elb_out[] = {
    { "public_ip", HW_STRING, HW_NULLABLE },
    { "private_ip", HW_STRING },
    { "private_endpoint", HW_STRING },
    { "name", HW_STRING },
    { "id", HW_STRING, HW_ID },
    { "vpc_id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field cluster_detail_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "status", HW_STRING, .oneof = CLUSTER_STATES,
      .note = "the table says ACTIVE, the example and the service AVAILABLE: either is good" },
    { "version", HW_STRING },
    { "updated", HW_STRING, .note = "2018-02-10T14:28:14Z" },
    { "created", HW_STRING },
    { "port", HW_INTEGER },
    { "endpoints", HW_ARRAY, .items = HW_OBJECT, .fields = endpoint_out },
    { "nodes", HW_ARRAY, .items = HW_OBJECT, .fields = node_out },
    { "tags", HW_ARRAY, HW_NULLABLE, HW_OBJECT, tag_out, .note = "null without tags" },
    { "user_name", HW_STRING, .note = "administrator" },
    { "number_of_node", HW_INTEGER },
    { "recent_event", HW_INTEGER, .note = "number of events" },
    { "availability_zone", HW_STRING },
    { "enterprise_project_id", HW_STRING, HW_ID, .def = "0" },
    { "vpc_id", HW_STRING, HW_ID },
    { "subnet_id", HW_STRING, HW_ID },
    { "public_ip", HW_OBJECT, .fields = public_ip_out },
    { "public_endpoints", HW_ARRAY, .items = HW_OBJECT, .fields = public_endpoint_out },
    { "action_progress", HW_MAP, HW_NULLABLE, HW_STRING,
      .note = "running task to progress, \"20%\"; empty or null when idle; spells ACTIVE_STANDY_SWITCHOVER so" },
    { "sub_status", HW_STRING, .oneof = SUB_STATES, .note = "of an available cluster" },
    { "task_status", HW_STRING, HW_NULLABLE, .oneof = TASK_STATES, .note = "null or absent when idle" },
    { "parameter_group", HW_OBJECT, .fields = parameter_group_out },
    { "node_type", HW_STRING, .note = "flavor name" },
    { "node_type_id", HW_STRING, HW_ID, .note = "flavor id; missing in the example" },
    { "security_group_id", HW_STRING, HW_ID },
    { "order_id", HW_STRING, HW_ID, .note = "empty unless paid by month or year" },
    { "private_ip", HW_ARRAY, .items = HW_STRING },
    { "maintain_window", HW_OBJECT, .fields = maintain_window_out },
    { "resize_info", HW_OBJECT, HW_NULLABLE, .fields = resize_info_out, .note = "of a scale-out" },
    { "failed_reasons", HW_OBJECT, HW_NULLABLE, .fields = failed_reason_out, .note = "empty when all is well" },
    { "elb", HW_OBJECT, HW_NULLABLE, .fields = elb_out, .note = "the load balancer bound, if any" },
    { 0 }
};

static const struct hw_field show_cluster_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { 0 }
};

static const struct hw_field only_cluster_id_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { 0 }
};

static const struct hw_field show_cluster_out[] = {
    { "cluster", HW_OBJECT, .fields = cluster_detail_out },
    { 0 }
};

/* 5.2.4 and 5.2.5 */

static const struct hw_field public_ip_in[] = {
    { "public_bind_type", HW_STRING, .oneof = EIP_BINDINGS },
    { "eip_id", HW_STRING, HW_ID | HW_SOFT,
      .note = "the EIP of bind_existing; the example sends an empty one with auto_assign" },
    { 0 }
};

static const struct hw_field create_tag_in[] = {
    { "key", HW_STRING, HW_REQUIRED, .pattern = TAG_TEXT, .min_len = 1, .max_len = 128,
      .note = "no space at either end" },
    { "value", HW_STRING, HW_REQUIRED, .pattern = TAG_TEXT, .max_len = 256, .note = "may be empty" },
    { 0 }
};

static const struct hw_field create_cluster_body[] = {
    { "node_type", HW_STRING, HW_REQUIRED,
      .note = "flavor name (spec_name); the table asks for the id, the example and clients send the name" },
    { "number_of_node", HW_INTEGER, HW_REQUIRED | HW_BOUNDED, HW_RANGE(1, 256),
      .note = "3 to 256; 1 for a standalone hybrid warehouse" },
    { "subnet_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "of the VPC" },
    { "security_group_id", HW_STRING, HW_REQUIRED,
      .note = "mandatory, yet its text says that an empty one makes a new group: must be there, may be empty" },
    { "vpc_id", HW_STRING, HW_REQUIRED | HW_ID },
    { "availability_zone", HW_STRING, .note = "code of list_availability_zones; else the first available" },
    { "port", HW_INTEGER, HW_BOUNDED, HW_RANGE(8000, 30000), .def = "8000" },
    { "name", HW_STRING, HW_REQUIRED, .pattern = "[A-Za-z][A-Za-z0-9_-]*", .min_len = 4, .max_len = 64,
      .note = "unique; the default 8000 in the table belongs to port" },
    { "user_name", HW_STRING, HW_REQUIRED, .pattern = "[a-z_][a-z0-9_]*", .min_len = 1, .max_len = 63,
      .note = "administrator, no keyword; mandatory, though the table has the default dbadmin" },
    { "user_pwd", HW_STRING, HW_REQUIRED | HW_SECRET | HW_SOFT, .min_len = 12, .max_len = 32,
      .note = "three of four kinds of characters, not the user name or its reverse; the example has 9 characters" },
    { "public_ip", HW_OBJECT, .fields = public_ip_in, .note = "absent: no public access" },
    { "number_of_cn", HW_INTEGER, HW_BOUNDED, HW_RANGE(2, 20), .def = "3", .note = "at most number_of_node" },
    { "enterprise_project_id", HW_STRING, HW_ID, .def = "0" },
    { "tags", HW_ARRAY, HW_EITHER, HW_OBJECT, create_tag_in,
      .note = "the table has one object, working clients send a list; either goes out as given. Check them afterwards: "
              "one client lost tags here once" },
    { 0 }
};

static const struct hw_field create_cluster_in[] = {
    { "cluster", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = create_cluster_body },
    { 0 }
};

static const struct hw_field created_cluster_out[] = {
    { "id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field create_cluster_out[] = {
    { "cluster", HW_OBJECT, .fields = created_cluster_out },
    { 0 }
};

static const struct hw_field check_volume_in[] = {
    { "volume", HW_STRING, HW_REQUIRED, .oneof = "SSD|SAS|SATA", .note = "disk type; the table calls it name" },
    { "capacity", HW_INTEGER, .note = "GB" },
    { 0 }
};

static const struct hw_field restore_point_in[] = {
    { "back_ref", HW_STRING, HW_ID, .note = "snapshot id" },
    { "restore_time", HW_INTEGER, .note = "a Long, unit not said" },
    { "cluster_id", HW_STRING, HW_ID, .note = "the original cluster" },
    { 0 }
};

static const struct hw_field check_tag_in[] = {
    { "key", HW_STRING, .pattern = TAG_TEXT, .min_len = 1, .max_len = 128, .note = "no space at either end" },
    { "value", HW_STRING, .pattern = TAG_TEXT, .max_len = 256, .note = "may be empty" },
    { 0 }
};

static const struct hw_field check_cluster_body[] = {
    { "enterprise_project_id", HW_STRING, HW_ID, .def = "0" },
    { "flavor", HW_STRING, HW_REQUIRED, .note = "flavor name; an id is refused with DWS.5240" },
    { "availability_zones", HW_ARRAY, HW_REQUIRED, HW_STRING },
    { "num_node", HW_INTEGER, HW_REQUIRED },
    { "security_group_id", HW_STRING, HW_ID },
    { "datastore_version", HW_STRING, HW_REQUIRED, .note = "from the flavor's datastores" },
    { "vpc_id", HW_STRING, HW_REQUIRED | HW_ID },
    { "subnet_id", HW_STRING, HW_REQUIRED | HW_ID },
    { "public_ip", HW_OBJECT, .fields = public_ip_in },
    { "cross_spec_restore", HW_STRING, .note = "restoring to other specifications" },
    { "volume", HW_OBJECT, .fields = check_volume_in },
    { "old_cluster_hostname", HW_STRING },
    { "restore_point", HW_OBJECT, .fields = restore_point_in },
    { "tag_list", HW_ARRAY, .items = HW_OBJECT, .fields = check_tag_in },
    { "dss_pool_id", HW_STRING, HW_ID, .note = "from list_dss_pools" },
    { "db_port", HW_STRING, HW_EITHER | HW_BOUNDED, HW_RANGE(8000, 30000), .def = "8000",
      .note = "text here, a number in the v2 creation of 6.1" },
    { "db_password", HW_STRING, HW_SECRET },
    { "db_name", HW_STRING, .def = "dbadmin", .note = "the administrator, not a database" },
    { "num_cn", HW_INTEGER },
    { "name", HW_STRING, .note = "of the cluster" },
    { 0 }
};

static const struct hw_field check_cluster_in[] = {
    { "cluster", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = check_cluster_body },
    { 0 }
};

/* 5.2.6 to 5.2.9 */

static const struct hw_field restart_cluster_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "restart", HW_OBJECT, HW_BODY | HW_REQUIRED, .note = "an empty object" },
    { 0 }
};

static const struct hw_field reset_password_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "new_password", HW_STRING, HW_BODY | HW_REQUIRED | HW_SECRET, .min_len = 12, .max_len = 32,
      .note = "three of four kinds of characters, not the user name or its reverse, not used before, not weak" },
    { 0 }
};

static const struct hw_field delete_cluster_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "keep_last_manual_snapshot", HW_INTEGER, HW_BODY | HW_REQUIRED | HW_MIN, .min = 0,
      .note = "how many snapshots to keep" },
    { 0 }
};

/* 5.2.10 */

static const struct hw_field dss_pool_out[] = {
    { "id", HW_STRING, HW_ID, .note = "the table has id and name the wrong way round" },
    { "name", HW_STRING },
    { "type", HW_STRING, .oneof = "SSD" },
    { "project_id", HW_STRING, HW_ID },
    { "availability_zone", HW_STRING },
    { "capacity", HW_INTEGER, HW_EITHER, .note = "TB; a number in the table, text in the example" },
    { "status", HW_STRING, .oneof = "available|deploying|extending", .note = "extending: usable while it grows" },
    { "created_at", HW_STRING, .note = "UTC, with a fraction in the example" },
    { 0 }
};

static const struct hw_field list_dss_pools_out[] = {
    { "pools", HW_ARRAY, .items = HW_OBJECT, .fields = dss_pool_out },
    { "count", HW_INTEGER },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_node_types", "GET", "/v2/{project_id}/node-types",
      .title = "Querying Flavor Information", .doc = "DWS 5.2.1", .sdk = "list_node_types", .alias = "list_flavors",
      .out = list_node_types_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER,
      .permission = "dws:openAPILavor:node-types:get",
      .note = "Chapter 4 calls /v1.0/{project_id}/node_types: the URI line is used. The permission is spelled as "
              "chapter 7 prints it; openAPIFlavor may be meant." },
    { "list_clusters", "GET", "/v1.0/{project_id}/clusters",
      .title = "Querying the Cluster List", .doc = "DWS 5.2.2", .sdk = "list_clusters",
      .in = list_clusters_in, .out = list_clusters_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .permission = "dws:openAPICluster:list",
      .note = "All clusters come in one answer. The example's status AVAILABLE is not in the table." },
    { "show_cluster", "GET", "/v1.0/{project_id}/clusters/{cluster_id}",
      .title = "Querying Cluster Details", .doc = "DWS 5.2.3", .sdk = "list_cluster_details",
      .in = show_cluster_in, .out = show_cluster_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .permission = "dws:openAPICluster:getDetail",
      .note = "A cluster that is gone is answered by 404, but also by 401 DWS.0047, 403 DWS.0015 or 400 DWS.0001. The "
              "example's status AVAILABLE is not in the table." },
    { "create_cluster", "POST", "/v1.0/{project_id}/clusters",
      .title = "Creating a Cluster", .doc = "DWS 5.2.4", .sdk = "create_cluster",
      .in = create_cluster_in, .out = create_cluster_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_PAID | HW_SEEN_SDK | HW_SEEN_ANSWER, .permission = "dws:openAPICluster:create",
      .note = "No job is named: watch the cluster, 10 to 15 minutes. node_type and user_pwd of the example break their "
              "table rows. The API Explorer adds ip_type, eip_address, band_width, status and error_message to "
              "public_ip: left out." },
    { "check_cluster", "POST", "/v2/{project_id}/cluster-precheck",
      .title = "Performing a Check Before Cluster Creation", .doc = "DWS 5.2.5", .sdk = "check_cluster",
      .in = check_cluster_in, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Fields are named as in the v2 creation, not as in create_cluster. The example's request line lacks "
              "POST." },
    { "restart_cluster", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/restart",
      .title = "Restarting a Cluster", .doc = "DWS 5.2.6", .sdk = "restart_cluster",
      .in = restart_cluster_in, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER, .permission = "dws:openAPICluster:restart" },
    { "reset_password", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/reset-password",
      .title = "Resetting a Password", .doc = "DWS 5.2.7", .sdk = "reset_password", .alias = "reset_cluster_password",
      .in = reset_password_in, .ok = { 200 }, .kind = HW_PULSE, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .permission = "dws:openAPICluster:resetPassword" },
    { "cancel_readonly_cluster", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/cancel-readonly",
      .title = "Canceling Read-only Status of a Cluster", .doc = "DWS 5.2.8", .sdk = "cancel_readonly_cluster",
      .alias = "cancel_cluster_readonly",
      .in = only_cluster_id_in, .ok = { 200 }, .kind = HW_SET, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Frees no space: above 90% disk the cluster turns read-only again." },
    { "delete_cluster", "DELETE", "/v1.0/{project_id}/clusters/{cluster_id}",
      .title = "Deleting a Cluster", .doc = "DWS 5.2.9", .sdk = "delete_cluster",
      .in = delete_cluster_in, .ok = { 202 }, .kind = HW_DELETE,
      .flags = HW_IRREVERSIBLE | HW_SEEN_SDK | HW_SEEN_EXPLORER, .permission = "dws:openAPICluster:delete",
      .note = "A DELETE with a body. Automated snapshots go with the cluster." },
    { "list_dss_pools", "GET", "/v1.0/{project_id}/dss-pools",
      .title = "Querying the DSS Storage Pool List", .doc = "DWS 5.2.10", .sdk = "list_dss_pools",
      .out = list_dss_pools_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { 0 }
};

const struct hw_chapter hw_dws_clusters = { "dws", "5.2 Cluster Management", ops };
