/* SPDX-License-Identifier: Apache-2.0
 * DBSS 3.3: the databases that an instance audits.
 */
#include "api/rows.h"

#define INSTANCE_ID HW_PATH_ID("instance_id", "id of list_audit_instances, not its resource_id")

static const struct hw_field list_audit_databases_in[] = {
    INSTANCE_ID,
    { "status", HW_STRING, HW_QUERY, .oneof = "ON|OFF", .note = "only databases whose audit is on or off" },
    { "offset", HW_STRING, HW_QUERY, .note = "records to skip; a number, typed String" },
    { "limit", HW_STRING, HW_QUERY, .note = "records wanted; a number, typed String" },
    { 0 }
};

static const struct hw_field database_out[] = {
    { "id", HW_STRING, HW_ID, .note = "of DBSS in the example; the table points to RDS, whose id is rds_id" },
    { "name", HW_STRING },
    { "type", HW_STRING,
      .oneof = "MYSQL|ORACLE|POSTGRESQL|SQLSERVER|DAMENG|TAURUS|DWS|KINGBASE|GAUSSDBOPENGAUSS|GREENPLUM|HIGHGO|"
               "SHENTONG|GBASE8A|GBASE8S|GBASEXDM|MONGODB|DDS" },
    { "version", HW_STRING },
    { "charset", HW_STRING },
    { "ip", HW_STRING },
    { "port", HW_STRING },
    { "os", HW_STRING, .note = "operating system, such as LINUX64" },
    { "status", HW_STRING, .oneof = "ON|OFF",
      .note = "audit on or off, as in the example; the table copies the states of an RDS instance" },
    { "instance_name", HW_STRING },
    { "audit_status", HW_STRING, HW_NULLABLE, .oneof = "ACTIVE|SHUTOFF|ERROR", .note = "state of the audit" },
    { "agent_url", HW_ARRAY, .items = HW_STRING, .note = "ids of the agents" },
    { "db_classification", HW_STRING, .oneof = "RDS|ECS", .note = "ECS: built by the customer" },
    { "rds_id", HW_STRING, HW_ID, .note = "RDS instance; absent from the example" },
    { "rds_obj_info", HW_STRING, .note = "bucket of the full logs; absent from the example" },
    { "dws_obj_info", HW_STRING, .note = "bucket of the full logs; absent from the example" },
    { 0 }
};

static const struct hw_field database_entry_out[] = {
    { "database", HW_OBJECT, .fields = database_out },
    { 0 }
};

static const struct hw_field list_audit_databases_out[] = {
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = database_entry_out,
      .note = "each wrapped once more in database" },
    { "total", HW_INTEGER, .note = "all databases; absent from the example" },
    { 0 }
};

static const struct hw_field rds_database[] = {
    { "id", HW_STRING, HW_REQUIRED | HW_ID, .note = "RDS instance, from rds.list_instances" },
    { "db_name", HW_STRING, HW_REQUIRED },
    { "status", HW_STRING, HW_REQUIRED,
      .oneof = "BUILD|ACTIVE|FAILED|MODIFYING|REBOOTING|RESTORING|MODIFYING INSTANCE TYPE|SWITCHOVER|MIGRATING|"
               "BACKING UP|MODIFYING DATABASE PORT|SHUTDOWN",
      .note = "state of the RDS instance" },
    { "port", HW_STRING, HW_REQUIRED },
    { "ip", HW_STRING, HW_REQUIRED },
    { "instance_name", HW_STRING, HW_REQUIRED },
    { "version", HW_STRING, HW_REQUIRED, .note = "\"8.0\" in the example, \"MySQL 8.0\" in the table" },
    { "type", HW_STRING, HW_REQUIRED, .note = "\"MySQL\" in the example, RDS in the table" },
    { "enterprise_id", HW_STRING, HW_REQUIRED | HW_SOFT | HW_ID,
      .note = "enterprise project; mandatory in the table, left out by the example" },
    { "enterprise_name", HW_STRING, .note = "name of the enterprise project" },
    { 0 }
};

static const struct hw_field add_rds_no_agent_database_in[] = {
    INSTANCE_ID,
    { "databases", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = rds_database,
      .note = "databases to add" },
    { "total_count", HW_INTEGER, HW_BODY, .note = "how many" },
    { 0 }
};

static const struct hw_field add_rds_no_agent_database_out[] = {
    { "illegal_db_id", HW_ARRAY, .items = HW_STRING, .note = "ids that could not be added" },
    { "legal_db_id", HW_ARRAY, .items = HW_STRING, .note = "ids that were added" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_audit_databases", "GET", "/v1/{project_id}/{instance_id}/dbss/audit/databases",
      .title = "Querying Databases", .doc = "DBSS 3.3.1", .sdk = "list_audit_databases",
      .in = list_audit_databases_in, .out = list_audit_databases_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "databases", "total", "database.id" },
      .note = "The table explains id, name and status by RDS; the example shows an id of DBSS and status OFF." },
    { "add_rds_no_agent_database", "POST", "/v1/{project_id}/{instance_id}/dbss/audit/databases/rds",
      .title = "Adding an Agent-Free RDS Database", .doc = "DBSS 3.3.2", .sdk = "add_rds_no_agent_database",
      .in = add_rds_no_agent_database_in, .out = add_rds_no_agent_database_out, .ok = { 200 },
      .kind = HW_CREATE, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "A 200 can still list failures in illegal_db_id. enterprise_id is mandatory in the table and missing in "
              "the example: its absence only warns." },
    { 0 }
};

const struct hw_chapter hw_dbss_databases = { "dbss", "3.3 Database APIs", ops };
