/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.6: monitoring of slow queries.
 */
#include "api/rows.h"

/* The table types all four as String; in a query a number reads the same. */
static const struct hw_field list_slow_log_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    { "curPage", HW_STRING, HW_QUERY | HW_REQUIRED | HW_EITHER, .pattern = "[1-9]\\d*", .note = "page from 1" },
    { "perPage", HW_STRING, HW_QUERY | HW_REQUIRED | HW_EITHER, .note = "records on a page" },
    { "startDate", HW_STRING, HW_QUERY | HW_REQUIRED | HW_EITHER, .note = "milliseconds since 1970" },
    { "endDate", HW_STRING, HW_QUERY | HW_REQUIRED | HW_EITHER,
      .note = "milliseconds since 1970, at most 7 days after startDate" },
    { 0 }
};

static const struct hw_field slow_log_out[] = {
    { "users", HW_STRING, .note = "account that ran the statement" },
    { "database", HW_STRING, .note = "schema it ran in" },
    { "querySample", HW_STRING, .note = "the statement" },
    { "logTime", HW_STRING, .note = "start; the table shows a zone, the example none" },
    { "time", HW_STRING, .note = "duration in milliseconds" },
    { "shards", HW_STRING, .note = "physical shard" },
    { "rowsExamined", HW_STRING, .note = "rows examined; the table says affected" },
    { "host", HW_STRING, .note = "client address, possibly personal data" },
    { 0 }
};

static const struct hw_field list_slow_log_out[] = {
    { "totalRecord", HW_INTEGER, .note = "records in all; 2 in the example, which lists one" },
    { "slowLogList", HW_ARRAY, .items = HW_OBJECT, .fields = slow_log_out, .note = "the slow queries" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_slow_log", "GET", "/v2/{project_id}/instances/{instance_id}/slowlog",
      .title = "Monitoring Slow Query Logs", .doc = "DDM 4.6.1", .sdk = "list_slow_log",
      .in = list_slow_log_in, .out = list_slow_log_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_NUMBER, "curPage", "perPage", "slowLogList", "totalRecord" },
      .note = "Page number and size are strings in 4.6.1; numbers are taken too, a query knows no types." },
    { 0 }
};

const struct hw_chapter hw_ddm_monitoring = { "ddm", "4.6 Monitoring", ops };
