/* SPDX-License-Identifier: Apache-2.0
 * DBSS 3.5: audit scopes, SQL injection rules, risk rules and masking rules
 * of an instance.
 */
#include "api/rows.h"

#define INSTANCE_ID HW_PATH_ID("instance_id", "id of list_audit_instances, not its resource_id")
#define OFFSET_AND_LIMIT \
  { "offset", HW_STRING, HW_QUERY, .note = "records to skip; a number, typed String" }, \
  { "limit", HW_STRING, HW_QUERY, .note = "records wanted; a number, typed String" }

static const struct hw_field list_audit_rule_scopes_in[] = {
    INSTANCE_ID,
    OFFSET_AND_LIMIT,
    { 0 }
};

static const struct hw_field scope_out[] = {
    { "id", HW_STRING, HW_ID, .note = "audit scope" },
    { "name", HW_STRING },
    { "action", HW_STRING, .note = "operations such as LOGIN, SELECT, DROP_TABLE; empty in the full audit" },
    { "status", HW_STRING, .oneof = "ON|OFF|Enabled|Disabled",
      .note = "Enabled or Disabled in the table, ON in the example" },
    { "exception_ips", HW_STRING, .note = "addresses left out" },
    { "source_ips", HW_STRING },
    { "source_ports", HW_STRING },
    { "db_ids", HW_STRING, .note = "databases" },
    { "db_names", HW_STRING },
    { "db_users", HW_STRING, .note = "accounts" },
    { "all_audit", HW_BOOLEAN, .note = "full audit" },
    { 0 }
};

static const struct hw_field list_audit_rule_scopes_out[] = {
    { "scopes", HW_ARRAY, .items = HW_OBJECT, .fields = scope_out, .note = "the scopes" },
    { "total", HW_INTEGER, .note = "all scopes" },
    { 0 }
};

static const struct hw_field list_sql_injection_rules_in[] = {
    INSTANCE_ID,
    { "risk_levels", HW_STRING, HW_BODY, .note = "HIGH, MEDIUM, LOW; several joined by commas" },
    { "page", HW_INTEGER, HW_BODY, .note = "page number; in the API Explorer only" },
    { "size", HW_INTEGER, HW_BODY, .note = "rules a page; in the API Explorer only" },
    { 0 }
};

static const struct hw_field sql_rule_out[] = {
    { "id", HW_STRING, HW_ID, .note = "SQL rule" },
    { "name", HW_STRING },
    { "status", HW_STRING, .oneof = "ON|OFF" },
    { "risk_level", HW_STRING, .oneof = "HIGH|MEDIUM|LOW" },
    { "type", HW_STRING, .oneof = "SYSTEM|CUSTOMIZE", .note = "built in or made by the user" },
    { "rank", HW_INTEGER, HW_BOUNDED, HW_RANGE(1, 8), .note = "the smaller wins" },
    { "feature", HW_STRING, .note = "what the SQL looks like" },
    { "regex", HW_STRING },
    { "keywords", HW_STRING, .note = "built-in rules only; absent from the example" },
    { 0 }
};

static const struct hw_field list_sql_injection_rules_out[] = {
    { "rules", HW_ARRAY, .items = HW_OBJECT, .fields = sql_rule_out, .note = "the rules" },
    { "total", HW_INTEGER, .note = "all rules" },
    { 0 }
};

static const struct hw_field list_audit_rule_risks_in[] = {
    INSTANCE_ID,
    { "name", HW_STRING, HW_QUERY, .note = "only rules of this name" },
    { "risk_levels", HW_STRING, HW_QUERY, .note = "LOW, MEDIUM, HIGH, NO_RISK" },
    { 0 }
};

static const struct hw_field risk_rule_out[] = {
    { "id", HW_STRING, HW_ID, .note = "the risk_id of paths" },
    { "name", HW_STRING },
    { "type", HW_STRING, .oneof = "OPERATION|OPERATE|LOGIN", .note = "OPERATION in the table, OPERATE in the example" },
    { "feature", HW_STRING, .note = "client, operations and objects in one text" },
    { "status", HW_STRING, .oneof = "ON|OFF", .note = "the table writes On" },
    { "rank", HW_INTEGER, HW_BOUNDED, HW_RANGE(1, 8), .note = "priority" },
    { "risk_level", HW_STRING, .oneof = "NO_RISK|LOW|MEDIUM|HIGH",
      .note = "No Risk, Low, Moderate, High in the table; HIGH and LOW in the example" },
    { 0 }
};

static const struct hw_field list_audit_rule_risks_out[] = {
    { "rules", HW_ARRAY, .items = HW_OBJECT, .fields = risk_rule_out, .note = "the rules" },
    { "total", HW_INTEGER, .note = "all rules" },
    { 0 }
};

static const struct hw_field show_audit_rule_risk_in[] = {
    INSTANCE_ID,
    HW_PATH_ID("risk_id", "id of list_audit_rule_risks"),
    { 0 }
};

static const struct hw_field schema_out[] = {
    { "schema", HW_STRING },
    { "table", HW_STRING, HW_NULLABLE },
    { "column", HW_STRING, HW_NULLABLE },
    { 0 }
};

static const struct hw_field show_audit_rule_risk_out[] = {
    { "rule_id", HW_STRING, HW_ID, .note = "risk rule" },
    { "rule_name", HW_STRING },
    { "status", HW_STRING, .oneof = "OFF|ON" },
    { "action", HW_STRING,
      .note = "comma-separated: LOGIN CREATE_TABLE CREATE_TABLESPACE DROP_TABLE DROP_TABLESPACE DELETE INSERT "
              "INSERT_SELECT SELECT SELECT_FOR_UPDATE UPDATE CREATE_USER DROP_USER GRANT OPERATE ALL" },
    { "schemas", HW_ARRAY, .items = HW_OBJECT, .fields = schema_out, .note = "what it watches" },
    { "rank", HW_INTEGER, .note = "priority" },
    { "ignore_case", HW_BOOLEAN },
    { "risk_level", HW_STRING, .oneof = "LOW|MEDIUM|HIGH|NO_RISK" },
    { "db_ids", HW_STRING, .note = "databases, comma-separated, each up to 256 characters" },
    { "execution_symbol", HW_STRING, .oneof = "GREATER|EQUAL|LESS|GREATER_EQUAL|LESS_EQUAL|NO_MATCH",
      .note = "how the duration compares to execution_time" },
    { "execution_time", HW_INTEGER, .note = "threshold of the duration" },
    { "affect_symbol", HW_STRING, .oneof = "GREATER|EQUAL|LESS|GREATER_EQUAL|LESS_EQUAL|NO_MATCH",
      .note = "how the rows compare to affect_rows" },
    { "affect_rows", HW_INTEGER, .note = "threshold of the rows touched" },
    { "client_ips", HW_STRING, .alias = "client_ip",
      .note = "IP-IP or IP/XX, comma-separated; the example spells it client_ip and gives one plain address" },
    { 0 }
};

static const struct hw_field list_audit_sensitive_masks_in[] = {
    INSTANCE_ID,
    OFFSET_AND_LIMIT,
    { 0 }
};

static const struct hw_field mask_out[] = {
    { "id", HW_STRING, HW_ID, .note = "masking rule" },
    { "name", HW_STRING },
    { "type", HW_STRING, .oneof = "default|User-defined|BUILD_IN",
      .note = "default or User-defined in the table, BUILD_IN in the example" },
    { "regex", HW_STRING },
    { "mask_value", HW_STRING, .note = "what is shown instead" },
    { "status", HW_STRING, .oneof = "ON|OFF" },
    { "operate_time", HW_STRING, .note = "yyyy-MM-dd HH:mm:ss in the example" },
    { 0 }
};

static const struct hw_field list_audit_sensitive_masks_out[] = {
    { "rules", HW_ARRAY, .items = HW_OBJECT, .fields = mask_out, .note = "the rules" },
    { "total", HW_INTEGER, .note = "all rules; absent from the example" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_audit_rule_scopes", "GET", "/v1/{project_id}/{instance_id}/dbss/audit/rule/scopes",
      .title = "Querying the Audit Scope Policy List", .doc = "DBSS 3.5.1", .sdk = "list_audit_rule_scopes",
      .in = list_audit_rule_scopes_in, .out = list_audit_rule_scopes_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "scopes", "total", "id" },
      .note = "status is Enabled or Disabled in the table and ON in the example; all spellings count." },
    { "list_sql_injection_rules", "POST", "/v1/{project_id}/{instance_id}/dbss/audit/rule/sql-injections",
      .title = "Querying a SQL Injection Rule Policy", .doc = "DBSS 3.5.2", .sdk = "list_sql_injection_rules",
      .in = list_sql_injection_rules_in, .out = list_sql_injection_rules_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .note = "page and size are in the API Explorer only. Clients take the list as a whole, so does the row." },
    { "list_audit_rule_risks", "GET", "/v1/{project_id}/{instance_id}/dbss/audit/rule/risk",
      .title = "Querying a Risk Rule Policy", .doc = "DBSS 3.5.3", .sdk = "list_audit_rule_risks",
      .in = list_audit_rule_risks_in, .out = list_audit_rule_risks_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "type, status and risk_level are spelt differently in table and example; the row lists what the example "
              "and the query parameter use." },
    { "show_audit_rule_risk", "GET", "/v1/{project_id}/{instance_id}/dbss/audit/rule/risk/{risk_id}",
      .title = "Querying a Specified Risk Rule Policy", .doc = "DBSS 3.5.4", .sdk = "show_audit_rule_risk",
      .in = show_audit_rule_risk_in, .out = show_audit_rule_risk_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The table has client_ips, the example client_ip; both are read." },
    { "list_audit_sensitive_masks", "GET", "/v1/{project_id}/{instance_id}/dbss/audit/sensitive/masks",
      .title = "Querying a Privacy Data Masking Rule", .doc = "DBSS 3.5.5", .sdk = "list_audit_sensitive_masks",
      .in = list_audit_sensitive_masks_in, .out = list_audit_sensitive_masks_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "rules", "total", "id" },
      .note = "type is default or User-defined in the table and BUILD_IN in the example; total is in the table only." },
    { 0 }
};

const struct hw_chapter hw_dbss_rules = { "dbss", "3.5 Instance Rule APIs", ops };
