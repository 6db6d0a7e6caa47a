/* SPDX-License-Identifier: Apache-2.0
 * DBSS 3.1: switches of rules and agents, quotas, specifications, zones,
 * operation logs, security groups.
 */
#include "api/rows.h"

#define INSTANCE_ID HW_PATH_ID("instance_id", "id of list_audit_instances, not its resource_id")

static const struct hw_field switch_risk_rule_in[] = {
    INSTANCE_ID,
    { "ids", HW_STRING, HW_BODY | HW_REQUIRED,
      .note = "risk rule ids, comma-separated; the API Explorer has it optional" },
    { "status", HW_STRING, HW_BODY | HW_REQUIRED, .oneof = "OFF|ON", .note = "the API Explorer has it optional" },
    { 0 }
};

static const struct hw_field switch_risk_rule_out[] = {
    { "status", HW_STRING, .note = "\"SUCCESS\"; the other switches call this field result" },
    { 0 }
};

static const struct hw_field switch_agent_in[] = {
    INSTANCE_ID,
    { "agent_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .note = "audit agent" },
    { "status", HW_INTEGER, HW_BODY | HW_REQUIRED, .oneof = "0|1", .note = "1: enabled, 0: disabled" },
    { 0 }
};

static const struct hw_field result_out[] = {
    { "result", HW_STRING, .note = "\"SUCCESS\" here, \"success\" in other calls; anything else is a failure" },
    { 0 }
};

static const struct hw_field show_audit_quota_out[] = {
    { "audit_quota", HW_INTEGER, .note = "instances left" },
    { "cpu", HW_INTEGER, .note = "CPUs left" },
    { "project_id", HW_STRING, HW_ID, .alias = "projectId", .note = "the example spells it projectId" },
    { "ram", HW_INTEGER, .note = "memory left" },
    { 0 }
};

static const struct hw_field ecs_specification_out[] = {
    { "azs", HW_ARRAY, .items = HW_STRING, .note = "zones that offer it" },
    { "id", HW_STRING, HW_ID, .note = "specification, the order's flavor_ref" },
    { "level", HW_STRING, .oneof = "low|medium|high" },
    { "name", HW_STRING, .note = "ECS type" },
    { "proxy", HW_INTEGER, .note = "databases: basic 3, professional 6, advanced 30" },
    { "ram", HW_INTEGER, .note = "memory" },
    { "vcpus", HW_INTEGER, .note = "CPUs" },
    { "azType", HW_STRING, HW_NULLABLE, .note = "always null, without meaning" },
    { 0 }
};

static const struct hw_field list_ecs_specification_out[] = {
    { "specification", HW_ARRAY, .items = HW_OBJECT, .fields = ecs_specification_out, .note = "the specifications" },
    { 0 }
};

static const struct hw_field az_out[] = {
    { "zone_name", HW_STRING, .note = "zone, as the order's availability_zone takes it" },
    { "zone_number", HW_INTEGER },
    { "az_type", HW_STRING, .note = "\"normal\"" },
    { "alias", HW_STRING, .note = "display name" },
    { "alias_us", HW_STRING, .note = "display name in English" },
    { 0 }
};

static const struct hw_field list_availability_zone_infos_out[] = {
    { "azs", HW_ARRAY, .items = HW_OBJECT, .fields = az_out, .note = "the zones" },
    { 0 }
};

static const struct hw_field operate_log_time[] = {
    { "end_time", HW_STRING, .pattern = "\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}",
      .note = "UTC, only with start_time; the table describes the two the wrong way round" },
    { "start_time", HW_STRING, .pattern = "\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}",
      .note = "UTC, only with end_time" },
    { "time_range", HW_STRING, .oneof = "HALF_HOUR|HOUR|THREE_HOUR|TWELVE_HOUR|DAY|WEEK|MONTH",
      .note = "span back from now; week is 7 days, month 30" },
    { 0 }
};

static const struct hw_field list_audit_operate_logs_in[] = {
    INSTANCE_ID,
    { "time", HW_OBJECT, HW_BODY, .fields = operate_log_time, .note = "span; the API Explorer demands it" },
    { "user_name", HW_STRING, HW_BODY, .note = "only this user's entries" },
    { "operate_name", HW_STRING, HW_BODY, .alias = "action",
      .note = "only this operation, such as DOWNLOAD; the API Explorer has action instead" },
    { "result", HW_STRING, HW_BODY, .oneof = "success|fail", .note = "only entries that ended so" },
    { "page", HW_STRING, HW_BODY | HW_EITHER,
      .note = "page from 1. String in the table, integer in the example and from clients; API Explorer: mandatory" },
    { "size", HW_STRING, HW_BODY | HW_EITHER,
      .note = "entries a page. String in the table, integer in the example and from clients; API Explorer: mandatory" },
    { 0 }
};

static const struct hw_field operate_log_out[] = {
    { "id", HW_STRING, HW_ID, .note = "log entry" },
    { "user", HW_STRING, .note = "who did it" },
    { "time", HW_STRING, .note = "the table says timestamp, the example has yyyy-MM-dd HH:mm:ss" },
    { "function", HW_STRING, .note = "area of the console" },
    { "action", HW_STRING, .oneof = "create|update|operate|delete",
      .note = "lower case in the table, capitalised in the example" },
    { "name", HW_STRING, .note = "object worked on" },
    { "description", HW_STRING },
    { "result", HW_STRING, .oneof = "success|fail" },
    { 0 }
};

static const struct hw_field list_audit_operate_logs_out[] = {
    { "total_num", HW_INTEGER, .note = "all entries" },
    { "operate_log", HW_ARRAY, .items = HW_OBJECT, .fields = operate_log_out, .note = "the entries" },
    { 0 }
};

static const struct hw_field update_audit_security_group_in[] = {
    { "resource_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .alias = "instance_id",
      .note = "resource_id of list_audit_instances; SDK and API Explorer call it instance_id" },
    { "securitygroup_ids", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_STRING, .max_len = 1,
      .note = "the new security group; only one at a time" },
    { 0 }
};

static const struct hw_field update_audit_security_group_out[] = {
    { "result", HW_STRING, .note = "\"success\", else a failure; the example's body is an empty JSON string" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "switch_risk_rule", "POST", "/v1/{project_id}/{instance_id}/audit/rule/risk/switch",
      .title = "Enabling or Disabling a Risk Rule", .doc = "DBSS 3.1.1", .sdk = "switch_risk_rule",
      .in = switch_risk_rule_in, .out = switch_risk_rule_out, .ok = { 200 },
      .kind = HW_SET, .flags = HW_SEEN_SDK,
      .note = "ids and status are mandatory in the table and optional in the API Explorer; the row demands them." },
    { "switch_agent", "POST", "/v1/{project_id}/{instance_id}/audit/agent/switch",
      .title = "Enabling or Disabling an Agent", .doc = "DBSS 3.1.2", .sdk = "switch_agent",
      .in = switch_agent_in, .out = result_out, .ok = { 200 },
      .kind = HW_SET, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "show_audit_quota", "GET", "/v1/{project_id}/dbss/audit/quota",
      .title = "Querying Quota Information About an Account", .doc = "DBSS 3.1.3", .sdk = "show_audit_quota",
      .out = show_audit_quota_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The table calls project_id optional although it is in the path; it is always filled." },
    { "list_ecs_specification", "GET", "/v1/{project_id}/dbss/audit/specification",
      .title = "Querying ECS Specifications", .doc = "DBSS 3.1.4", .sdk = "list_ecs_specification",
      .alias = "list_ecs_specifications",
      .out = list_ecs_specification_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "list_availability_zone_infos", "GET", "/v2/{project_id}/dbss/audit/availability-zone",
      .title = "Querying AZ Information", .doc = "DBSS 3.1.5", .sdk = "list_availability_zone_infos",
      .alias = "list_availability_zones",
      .out = list_availability_zone_infos_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "list_audit_operate_logs", "POST", "/v1/{project_id}/{instance_id}/dbss/audit/operate-log",
      .title = "Query Operation Logs", .doc = "DBSS 3.1.6", .sdk = "list_audit_operate_logs",
      .in = list_audit_operate_logs_in, .out = list_audit_operate_logs_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .page = { HW_BY_NUMBER, "page", "size", "operate_log", "total_num", "id" },
      .note = "time, page and size are optional in the table and mandatory in the API Explorer; the row keeps them "
              "optional, so give all three to be safe." },
    { "update_audit_security_group", "POST", "/v1/{project_id}/dbss/audit/security-group",
      .title = "Modifying a Security Group", .doc = "DBSS 3.1.7", .sdk = "update_audit_security_group",
      .in = update_audit_security_group_in, .out = update_audit_security_group_out, .ok = { 200 },
      .kind = HW_SET, .flags = HW_SEEN_SDK,
      .note = "The document and clients send resource_id, SDK and API Explorer instance_id; both are accepted. The "
              "table's answer has result, the example's body is \"\"." },
    { 0 }
};

const struct hw_chapter hw_dbss_management = { "dbss", "3.1 Management APIs", ops };
