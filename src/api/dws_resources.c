/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.4: resource management (the switch, plans, resource pools). Every
 * answer carries workload_res_code: other than 0 it is a failure, whatever the
 * HTTP status.
 */
#include "api/rows.h"

static const struct hw_field result_out[] = {
    { "workload_res_code", HW_INTEGER, .note = "0 is success" },
    { "workload_res_str", HW_STRING, HW_NULLABLE, .note = "text, empty on success" },
    { "error_code", HW_STRING, HW_NULLABLE, .note = "not in the table; set, it is a failure" },
    { "error_msg", HW_STRING, HW_NULLABLE },
    { 0 }
};

static const struct hw_field workload_status_out[] = {
    { "workload_switch", HW_STRING, .oneof = "on|off" },
    { "max_concurrency_num", HW_INTEGER, HW_EITHER },
    { 0 }
};

static const struct hw_field show_cluster_workload_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { 0 }
};

static const struct hw_field show_cluster_workload_out[] = {
    { "workload_res_code", HW_INTEGER, .note = "0 is success" },
    { "workload_res_str", HW_STRING, HW_NULLABLE },
    { "workload_status", HW_OBJECT, HW_NULLABLE, .fields = workload_status_out },
    { "error_code", HW_STRING, HW_NULLABLE, .note = "not in the table; set, it is a failure" },
    { "error_msg", HW_STRING, HW_NULLABLE },
    { 0 }
};

static const struct hw_field create_workload_plan_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "plan_name", HW_STRING, HW_BODY | HW_REQUIRED },
    { "logical_cluster_name", HW_STRING, HW_BODY },
    { 0 }
};

static const struct hw_field list_workload_queue_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "logical_cluster_name", HW_STRING, HW_QUERY, .note = "mandatory when the cluster is in logical cluster mode" },
    { 0 }
};

static const struct hw_field list_workload_queue_out[] = {
    { "workload_queue_name_list", HW_ARRAY, HW_NULLABLE, HW_STRING },
    { "workload_res_code", HW_INTEGER, .note = "0 is success; missing in the example" },
    { "workload_res_str", HW_STRING, HW_NULLABLE, .note = "missing in the example" },
    { "error_code", HW_STRING, HW_NULLABLE, .note = "not in the table; set, it is a failure" },
    { "error_msg", HW_STRING, HW_NULLABLE },
    { 0 }
};

static const struct hw_field workload_resource_in[] = {
    { "resource_name", HW_STRING, HW_REQUIRED, .oneof = "cpu_share|cpu_limit|memory|tablespace|activestatements",
      .note = "names as clients send them, the section lists none; one of the cpu ones, and the other three" },
    { "resource_value", HW_INTEGER, HW_REQUIRED, .note = "percent, MB or a count; memory 0, tablespace -1: no limit" },
    { 0 }
};

static const struct hw_field workload_queue_in[] = {
    { "workload_queue_name", HW_STRING, HW_REQUIRED, .note = "serves as id" },
    { "logical_cluster_name", HW_STRING },
    { "workload_resource_item_list", HW_ARRAY, HW_REQUIRED, HW_OBJECT, workload_resource_in },
    { 0 }
};

static const struct hw_field add_workload_queue_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "workload_queue", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = workload_queue_in },
    { 0 }
};

static const struct hw_field delete_workload_queue_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "logical_cluster_name", HW_STRING, HW_QUERY, .note = "mandatory when the cluster is in logical cluster mode" },
    { "workload_queue_name", HW_STRING, HW_QUERY | HW_REQUIRED, .note = "missing in the example's URL" },
    { 0 }
};

static const struct hw_field workload_status_in[] = {
    { "workload_switch", HW_STRING, HW_REQUIRED, .oneof = "on|off" },
    { "max_concurrency_num", HW_INTEGER, HW_EITHER, .note = "a number in the table, text from working clients" },
    { 0 }
};

static const struct hw_field update_cluster_workload_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "workload_status", HW_OBJECT, HW_BODY, .fields = workload_status_in,
      .note = "optional in the table; nothing happens without it" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "show_cluster_workload", "GET", "/v2/{project_id}/clusters/{cluster_id}/workload",
      .title = "Querying Whether Resource Management Is Enabled", .doc = "DWS 5.4.1", .sdk = "list_cluster_workload",
      .in = show_cluster_workload_in, .out = show_cluster_workload_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "create_workload_plan", "POST", "/v2/{project_id}/clusters/{cluster_id}/workload/plans",
      .title = "Creating a Resource Management Plan", .doc = "DWS 5.4.2", .sdk = "create_workload_plan",
      .in = create_workload_plan_in, .out = result_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "No id comes back: the plan is found by its name. The example speaks of test2 and sends planA." },
    { "list_workload_queue", "GET", "/v2/{project_id}/clusters/{cluster_id}/workload/queues",
      .title = "Querying Resource Pools", .doc = "DWS 5.4.3", .sdk = "list_workload_queue",
      .alias = "list_workload_queues",
      .in = list_workload_queue_in, .out = list_workload_queue_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "Names only. Answers 400 while the cluster is not available." },
    { "add_workload_queue", "PUT", "/v2/{project_id}/clusters/{cluster_id}/workload/queues",
      .title = "Creating a Resource Pool", .doc = "DWS 5.4.4", .sdk = "add_workload_queue",
      .alias = "create_workload_queue",
      .in = add_workload_queue_in, .out = result_out, .ok = { 200 }, .kind = HW_CREATE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "A PUT that creates. The example describes a body and prints none." },
    { "delete_workload_queue", "DELETE", "/v2/{project_id}/clusters/{cluster_id}/workload/queues",
      .title = "Deleting a Resource Pool", .doc = "DWS 5.4.5", .sdk = "delete_workload_queue",
      .in = delete_workload_queue_in, .out = result_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_EMPTY_BODY,
      .note = "No body is documented, one client found that at least {} is needed. The example lacks the mandatory "
              "name." },
    { "update_cluster_workload", "POST", "/v2/{project_id}/clusters/{cluster_id}/workload",
      .title = "Enabling or Disabling Resource Management", .doc = "DWS 5.4.6", .sdk = "create_cluster_workload",
      .in = update_cluster_workload_in, .out = result_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The example describes a body and prints none. New clusters have it enabled." },
    { 0 }
};

const struct hw_chapter hw_dws_resources = { "dws", "5.4 Resource Management", ops };
