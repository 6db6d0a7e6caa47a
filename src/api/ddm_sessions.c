/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.7: sessions at DDM (logical) and at its RDS instances (physical), the
 * ending of sessions, and the record of who ended them.
 */
#include "api/rows.h"

#define KEYWORD \
  { "keyword", HW_STRING, HW_QUERY, .max_len = 255, .note = "part of the text to find; missing in the URI line" }

/* One to a hundred ids. */
#define PROCESS_IDS(note_) \
  { "process_ids", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_STRING, .min_len = 1, .max_len = 100, .note = note_ }

static const struct hw_field list_logical_sessions_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "sessions on a page"),
    KEYWORD,
    { 0 }
};

static const struct hw_field logical_session_out[] = {
    { "id", HW_STRING, HW_ID, .note = "session" },
    { "user", HW_STRING, .note = "account" },
    { "host", HW_STRING, .note = "address and port" },
    { "db", HW_STRING, .note = "schema; the text None when there is none" },
    { "command", HW_STRING, .note = "commonly sleep, query or connect; capitalised in the example" },
    { "time", HW_STRING, .note = "age in seconds" },
    { "state", HW_STRING, .note = "state of the statement" },
    { "info", HW_STRING, .note = "statement being run" },
    { 0 }
};

static const struct hw_field list_logical_sessions_out[] = {
    { "total_count", HW_INTEGER, .note = "sessions in all" },
    { "logical_processes", HW_ARRAY, .items = HW_OBJECT, .fields = logical_session_out, .note = "the sessions" },
    { 0 }
};

static const struct hw_field kill_logical_sessions_in[] = {
    HW_PATH_ID("instance_id", "DDM instance"),
    PROCESS_IDS("ids as listed"),
    { 0 }
};

static const struct hw_field kill_out[] = {
    { "resp", HW_STRING, .note = "\"successful\" in the example" },
    { 0 }
};

static const struct hw_field list_physical_sessions_in[] = {
    HW_PATH_ID("instance_id", "associated RDS instance, not the DDM instance"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "sessions on a page"),
    KEYWORD,
    { 0 }
};

static const struct hw_field physical_session_out[] = {
    { "id", HW_INTEGER, HW_ID, .note = "session; a number here, a string to kill it" },
    { "user", HW_STRING, .note = "account" },
    { "host", HW_STRING, .note = "address and port" },
    { "db", HW_STRING, .note = "physical shard" },
    { "command", HW_STRING, .note = "commonly sleep, query or connect; capitalised in the example" },
    { "time", HW_INTEGER, .note = "age in seconds" },
    { "state", HW_STRING, .note = "state of the statement" },
    { "info", HW_STRING, HW_NULLABLE, .note = "statement being run; null in the example" },
    { "trx_executed_time", HW_INTEGER, .note = "age of the transaction in seconds" },
    { 0 }
};

static const struct hw_field list_physical_sessions_out[] = {
    { "total_count", HW_INTEGER, .note = "sessions in all" },
    { "physical_processes", HW_ARRAY, .items = HW_OBJECT, .fields = physical_session_out, .note = "the sessions" },
    { 0 }
};

static const struct hw_field kill_physical_sessions_in[] = {
    HW_PATH_ID("instance_id", "associated RDS instance, not the DDM instance"),
    PROCESS_IDS("ids as strings, though listed as numbers"),
    { 0 }
};

static const struct hw_field list_session_audit_logs_in[] = {
    HW_PATH_ID("instance_id", "DDM instance or associated RDS instance"),
    HW_OFFSET("records to skip"),
    HW_LIMIT(128, "10", "records on a page"),
    { "start_time", HW_STRING, HW_QUERY | HW_REQUIRED, .note = "yyyy-mm-ddThh:mm:ss+zone" },
    { "end_time", HW_STRING, HW_QUERY | HW_REQUIRED, .note = "same form, at most 7 days after start_time" },
    { 0 }
};

static const struct hw_field session_audit_log_out[] = {
    { "instance_id", HW_STRING, HW_ID, .note = "instance" },
    { "instance_name", HW_STRING, .note = "its name" },
    { "process_id", HW_STRING, HW_EITHER, .note = "session; String in the table, a number in the example" },
    { "execute_user_name", HW_STRING, .note = "who ended it" },
    { "execute_time", HW_STRING, .note = "when; UTC by the table, marked +0800 in the example" },
    { 0 }
};

static const struct hw_field list_session_audit_logs_out[] = {
    { "total_count", HW_INTEGER, .note = "records in all" },
    { "process_audit_logs", HW_ARRAY, .items = HW_OBJECT, .fields = session_audit_log_out, .note = "the records" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_logical_sessions", "GET", "/v3/{project_id}/instances/{instance_id}/logical-processes",
      .title = "Querying Logical Sessions", .doc = "DDM 4.7.1", .sdk = "show_logical_processes",
      .in = list_logical_sessions_in, .out = list_logical_sessions_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "logical_processes", "total_count", "id" } },
    { "kill_logical_sessions", "DELETE", "/v3/{project_id}/instances/{instance_id}/logical-processes",
      .title = "Killing Logical Sessions", .doc = "DDM 4.7.2", .sdk = "execute_kill_logical_processes",
      .in = kill_logical_sessions_in, .out = kill_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER, .note = "A DELETE whose body says what to end." },
    { "list_physical_sessions", "GET", "/v3/{project_id}/instances/{instance_id}/physical-processes",
      .title = "Querying Physical Sessions", .doc = "DDM 4.7.3", .sdk = "show_physical_processes",
      .in = list_physical_sessions_in, .out = list_physical_sessions_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "physical_processes", "total_count", "id" },
      .note = "4.7.3 speaks of the sessions of a DDM instance, but its instance_id is the associated RDS instance; "
              "the SDK says the same." },
    { "kill_physical_sessions", "DELETE", "/v3/{project_id}/instances/{instance_id}/physical-processes",
      .title = "Killing Physical Sessions", .doc = "DDM 4.7.4", .sdk = "execute_kill_physical_processes",
      .in = kill_physical_sessions_in, .out = kill_out, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "A DELETE whose body says what to end. instance_id is the RDS instance. 4.7.3 lists ids as numbers, "
              "4.7.4 takes strings." },
    { "list_session_audit_logs", "GET", "/v3/{project_id}/instances/{instance_id}/processes-audit-log",
      .title = "Querying Audit Logs of Killing Sessions", .doc = "DDM 4.7.5", .sdk = "show_processes_audit_log",
      .in = list_session_audit_logs_in, .out = list_session_audit_logs_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "process_audit_logs", "total_count" },
      .note = "Times are called UTC and accurate to milliseconds, but the example has +0800 and whole seconds, with "
              "its plus sign unescaped." },
    { 0 }
};

const struct hw_chapter hw_ddm_sessions = { "ddm", "4.7 Session Management", ops };
