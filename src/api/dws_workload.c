/* SPDX-License-Identifier: Apache-2.0
 * Resource management beside DWS 5.4, which neither lists plans nor shows what
 * a resource pool may use: the SDK does, and working clients use these calls.
 */
#include "api/rows.h"

#define RESULT \
  { "workload_res_code", HW_INTEGER, .note = "0 is success" }, \
  { "workload_res_str", HW_STRING, HW_NULLABLE, .note = "text, empty on success" }, \
  { "error_code", HW_STRING, HW_NULLABLE, .note = "set, it is a failure" }, \
  { "error_msg", HW_STRING, HW_NULLABLE }

static const struct hw_field result_out[] = {
    RESULT,
    { 0 }
};

static const struct hw_field plans_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "logical_cluster_name", HW_STRING, HW_QUERY },
    HW_OFFSET("records to leave out"),
    { "limit", HW_INTEGER, HW_QUERY | HW_MIN, .min = 1, .note = "entries a page" },
    { 0 }
};

static const struct hw_field plan_out[] = {
    { "plan_id", HW_STRING, HW_ID },
    { "plan_name", HW_STRING },
    { "status", HW_INTEGER, .note = "0 stopped, 1 running, as clients read it" },
    { "current_stage", HW_STRING, HW_NULLABLE },
    { "logical_cluster_name", HW_STRING, HW_NULLABLE },
    { "project_id", HW_STRING },
    { "cluster_id", HW_STRING },
    { 0 }
};

static const struct hw_field plans_out[] = {
    RESULT,
    { "plan_list", HW_ARRAY, HW_NULLABLE, .items = HW_OBJECT, .fields = plan_out },
    { "count", HW_INTEGER },
    { 0 }
};

static const struct hw_field plan_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    HW_PATH_ID("plan_id", "from list_workload_plans"),
    { 0 }
};

static const struct hw_field queue_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "queue_name", HW_STRING, HW_PATH | HW_REQUIRED },
    { "logical_cluster_name", HW_STRING, HW_QUERY },
    { 0 }
};

static const struct hw_field item_out[] = {
    { "resource_name", HW_STRING },
    { "resource_value", HW_INTEGER },
    { "value_unit", HW_STRING, HW_NULLABLE },
    { "resource_description", HW_STRING, HW_NULLABLE },
    { 0 }
};

static const struct hw_field queue_out[] = {
    { "queue_name", HW_STRING },
    { "logical_cluster_name", HW_STRING, HW_NULLABLE },
    { "short_query_optimize", HW_STRING, HW_NULLABLE },
    { "short_query_concurrency_num", HW_INTEGER, HW_NULLABLE },
    { "resource_item_list", HW_ARRAY, .items = HW_OBJECT, .fields = item_out },
    { 0 }
};

static const struct hw_field show_queue_out[] = {
    RESULT,
    { "workload_queue", HW_OBJECT, HW_NULLABLE, .fields = queue_out },
    { 0 }
};

static const struct hw_field item_in[] = {
    { "resource_name", HW_STRING, HW_REQUIRED, .oneof = "cpu_share|cpu_limit|memory|tablespace|activestatements" },
    { "resource_value", HW_INTEGER, HW_REQUIRED, .note = "percent, MB or a count; memory 0, tablespace -1: no limit" },
    { 0 }
};

static const struct hw_field resources_in[] = {
    { "workload_queue_name", HW_STRING, HW_REQUIRED },
    { "logical_cluster_name", HW_STRING },
    { "resource_item_list", HW_ARRAY, HW_REQUIRED, HW_OBJECT, item_in },
    { 0 }
};

static const struct hw_field update_resources_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { "queue_name", HW_STRING, HW_PATH | HW_REQUIRED },
    { "workload_queue", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = resources_in },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_workload_plans", "GET", "/v2/{project_id}/clusters/{cluster_id}/workload/plans",
      .title = "Querying Resource Management Plans", .doc = "DWS SDK", .sdk = "list_workload_plans",
      .in = plans_in, .out = plans_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "plan_list", "count", "plan_id" } },
    { "delete_workload_plan", "DELETE", "/v2/{project_id}/clusters/{cluster_id}/workload/plans/{plan_id}",
      .title = "Deleting a Resource Management Plan", .doc = "DWS SDK", .sdk = "delete_workload_plan",
      .in = plan_in, .out = result_out, .ok = { 200 }, .kind = HW_DELETE, .flags = HW_EXTRA | HW_SEEN_SDK },
    { "show_workload_queue", "GET", "/v2/{project_id}/clusters/{cluster_id}/workload/queues/{queue_name}",
      .title = "Querying a Resource Pool", .doc = "DWS SDK", .sdk = "show_workload_queue",
      .in = queue_in, .out = show_queue_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK,
      .note = "One that does not exist is answered by 500 and a null workload_queue." },
    { "update_queue_resources", "PUT", "/v2/{project_id}/clusters/{cluster_id}/workload/queues/{queue_name}/resources",
      .title = "Changing What a Resource Pool May Use", .doc = "DWS SDK", .sdk = "update_queue_resources",
      .in = update_resources_in, .out = result_out, .ok = { 200 }, .kind = HW_SET, .flags = HW_EXTRA | HW_SEEN_SDK },
    { 0 }
};

const struct hw_chapter hw_dws_workload = { "dws", "Resource management (undocumented)", ops };
