/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.13: records of audit log dumps to OBS.
 */
#include "api/rows.h"

static const struct hw_field list_audit_log_in[] = {
    HW_PATH_UUID("cluster_id", "cluster ID"),
    { 0 }
};

static const struct hw_field record_out[] = {
    { "cluster_id", HW_STRING, HW_ID, .min_len = 36, .max_len = 36, .note = "cluster ID" },
    { "executor_time", HW_STRING, .note = "when the dump ran" },
    { "begin_time", HW_STRING, .note = "start of the period dumped" },
    { "end_time", HW_STRING, .note = "end of the period dumped" },
    { "bucket_name", HW_STRING, .note = "OBS bucket" },
    { "location_prefix", HW_STRING, .note = "prefix in the bucket" },
    { "result", HW_STRING, .note = "result; the example has RUNNING" },
    { "failed_reason", HW_STRING, .note = "why it failed; absent in the example" },
    { 0 }
};

static const struct hw_field list_audit_log_out[] = {
    { "records", HW_ARRAY, .items = HW_OBJECT, .fields = record_out, .note = "the records" },
    { "cluster_id", HW_STRING, HW_ID, .min_len = 36, .max_len = 36, .note = "cluster ID" },
    { "count", HW_INTEGER, .note = "total" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_audit_log", "GET", "/v1.0/{project_id}/clusters/{cluster_id}/audit-log-records",
      .title = "Querying Log Records", .doc = "DWS 5.13.1", .sdk = "list_audit_log", .alias = "list_audit_logs",
      .in = list_audit_log_in, .out = list_audit_log_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "A total is answered but no paging is documented. 5.13.1's example answer shows another cluster_id "
              "than its request line." },
    { 0 }
};

const struct hw_chapter hw_dws_audit_logs = { "dws", "5.13 Audit Logs", ops };
