/* SPDX-License-Identifier: Apache-2.0
 * DBSS 3.2: audit instances, the tasks that create them, the order that buys
 * one. An instance has two ids: id in paths, resource_id in tasks and tags.
 */
#include "api/rows.h"

static const struct hw_field list_audit_instances_in[] = {
    { "offset", HW_STRING, HW_QUERY, .note = "records to skip; a number, typed String" },
    { "limit", HW_STRING, HW_QUERY, .note = "records wanted; a number, typed String" },
    { 0 }
};

static const struct hw_field audit_instance_out[] = {
    { "charge_model", HW_STRING, .oneof = "Period|Demand", .alias = "chargeModel",
      .note = "yearly/monthly or pay-per-use; also met as chargeModel" },
    { "comment", HW_STRING, .note = "remarks" },
    { "config_num", HW_INTEGER, .alias = "configNum", .note = "databases configured; also met as configNum" },
    { "connect_ip", HW_STRING, .note = "address" },
    { "connect_ipv6", HW_STRING, HW_NULLABLE, .alias = "connectIpv6", .note = "IPv6 address; also met as connectIpv6" },
    { "cpu", HW_INTEGER, .note = "CPUs" },
    { "created", HW_STRING, .note = "yyyy-MM-dd HH:mm:ss in the example" },
    { "database_limit", HW_INTEGER, .note = "databases it can hold" },
    { "effect", HW_INTEGER, HW_NULLABLE, .oneof = "1|2|3",
      .note = "frozen: 1 releasable, 2 not releasable, 3 not renewable; null: not frozen" },
    { "expired", HW_STRING, HW_NULLABLE, .note = "end of the subscription" },
    { "id", HW_STRING, HW_ID,
      .note = "the instance_id of paths; the table calls it a meaningless number, the example is a UUID" },
    { "keep_days", HW_STRING, HW_NULLABLE,
      .note = "days until expiry; its text and that of remain_days look swapped" },
    { "name", HW_STRING, .note = "alias of the instance" },
    { "new_version", HW_STRING, HW_NULLABLE, .note = "set when an upgrade is due" },
    { "port_id", HW_STRING, HW_ID, .note = "port that the EIP is bound to" },
    { "ram", HW_INTEGER, .note = "memory" },
    { "region", HW_STRING },
    { "remain_days", HW_STRING, HW_NULLABLE, .alias = "remainDays",
      .note = "days past expiry, says the table; also met as remainDays" },
    { "resource_id", HW_STRING, HW_ID, .note = "for tasks, tags, security group and unsubscribing, not for paths" },
    { "resource_spec_code", HW_STRING, .note = "such as dbss.bypassaudit.low" },
    { "scene", HW_STRING, HW_NULLABLE, .oneof = "POLICE|ILLEGAL|VERIFY|PARTNER|ARREARS|ARREAR",
      .note = "why frozen; ARREARS here, ARREAR in the db-om page" },
    { "security_group_id", HW_STRING, HW_ID },
    { "specification", HW_STRING, .note = "readable form: \"Low | 3 Proxy\"" },
    { "status", HW_STRING, .oneof = "SHUTOFF|ACTIVE|DELETING|BUILD|DELETED|ERROR|HAWAIT|FROZEN|UPGRADING|UPGRADEING",
      .note = "the document spells UPGRADEING, the SDK UPGRADING: both count" },
    { "subnet_id", HW_STRING, HW_ID, .alias = "subnetId", .note = "also met as subnetId" },
    { "task", HW_STRING, .oneof = "powering-on|powering-off|rebooting|delete_wait|NO_TASK",
      .note = "running task; NO_TASK when idle" },
    { "version", HW_STRING, .note = "software of the instance" },
    { "vpc_id", HW_STRING, HW_ID },
    { "zone", HW_STRING, .note = "availability zone" },
    { "upgrade_log", HW_STRING, .note = "absent from the example" },
    { 0 }
};

static const struct hw_field list_audit_instances_out[] = {
    { "servers", HW_ARRAY, .items = HW_OBJECT, .fields = audit_instance_out, .note = "the instances" },
    { "total", HW_INTEGER, .note = "all instances" },
    { 0 }
};

static const struct hw_field list_audit_instance_jobs_in[] = {
    HW_PATH_ID("resource_id", "resource_id of the order or of list_audit_instances, not its id"),
    { 0 }
};

static const struct hw_field job_out[] = {
    { "job_id", HW_STRING, HW_ID },
    { "status", HW_STRING, .oneof = "SUCCESS|RUNNING|FAIL|INIT|READY|ERROR",
      .note = "the document fails with FAIL, clients look for ERROR: both are failures" },
    { "job_type", HW_STRING, HW_NULLABLE, .note = "unused" },
    { "server_id", HW_STRING, HW_ID, .note = "virtual machine" },
    { "server_name", HW_STRING, .note = "name of the virtual machine" },
    { "begin_time", HW_INTEGER, .note = "ms since 1970" },
    { "end_time", HW_INTEGER, .note = "ms since 1970" },
    { "charge_mode", HW_STRING, .oneof = "Period|Demand", .note = "charge_model in the instance list" },
    { "error_code", HW_STRING, HW_NULLABLE, .note = "null on success" },
    { "fail_reason", HW_STRING, HW_NULLABLE, .note = "null on success" },
    { "ha_id", HW_STRING, HW_ID, .note = "kept for old calls, without meaning" },
    { "ha_name", HW_STRING, .note = "kept for old calls, without meaning" },
    { 0 }
};

static const struct hw_field list_audit_instance_jobs_out[] = {
    { "jobs", HW_ARRAY, .items = HW_OBJECT, .fields = job_out, .note = "may be empty right after paying" },
    { 0 }
};

static const struct hw_field nic[] = {
    { "subnet_id", HW_STRING, HW_REQUIRED | HW_ID },
    { "ip_address", HW_STRING, .note = "empty or absent: assigned" },
    { 0 }
};

static const struct hw_field security_group[] = {
    { "id", HW_STRING, HW_REQUIRED | HW_ID, .note = "security group of the network card" },
    { 0 }
};

static const struct hw_field product_info[] = {
    { "product_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "from the price query, bss.show_price" },
    { "cloud_service_type", HW_STRING, HW_REQUIRED, .def = "hws.service.type.dbss" },
    { "resource_type", HW_STRING, HW_REQUIRED, .def = "hws.resource.type.dbss" },
    { "resource_spec_code", HW_STRING, HW_REQUIRED,
      .oneof = "dbss.bypassaudit.low|dbss.bypassaudit.medium|dbss.bypassaudit.high" },
    { "product_spec_desc", HW_STRING, HW_REQUIRED,
      .note = "JSON inside a string: {\"specDesc\":{\"zh-cn\":{},\"en-us\":{}}}; API Explorer: optional" },
    { 0 }
};

static const struct hw_field tag[] = {
    { "key", HW_STRING, HW_REQUIRED },
    { "value", HW_STRING, HW_REQUIRED, .note = "the API Explorer has it optional" },
    { 0 }
};

static const struct hw_field create_instances_period_order_in[] = {
    { "flavor_ref", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID, .note = "id of list_ecs_specification" },
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, .pattern = "[A-Za-z0-9_-]+", .max_len = 64,
      .note = "of the instance" },
    { "vpc_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID },
    { "availability_zone", HW_STRING, HW_BODY | HW_REQUIRED, .note = "primary and standby zone joined by a comma" },
    { "enterprise_project_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID,
      .note = "0 is the default one; the API Explorer has it optional" },
    { "nics", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = nic, .note = "network cards" },
    { "security_groups", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = security_group },
    { "comment", HW_STRING, HW_BODY, .note = "remarks" },
    { "region", HW_STRING, HW_BODY | HW_REQUIRED, .note = "region id" },
    { "cloud_service_type", HW_STRING, HW_BODY | HW_REQUIRED, .def = "hws.service.type.dbss" },
    { "charging_mode", HW_INTEGER, HW_BODY | HW_REQUIRED, .oneof = "0|1",
      .note = "0: yearly/monthly, 1: pay-per-use; clients send 0" },
    { "period_type", HW_INTEGER, HW_BODY | HW_REQUIRED, .oneof = "0|1|2|3|4|5",
      .note = "0 day, 1 week, 2 month, 3 year (printed t3), 4 hour, 5 absolute; clients send 2 or 3" },
    { "period_num", HW_INTEGER, HW_BODY | HW_REQUIRED, .note = "how many periods" },
    { "subscription_num", HW_INTEGER, HW_BODY | HW_REQUIRED | HW_BOUNDED, HW_RANGE(1, 1),
      .note = "how many instances: one" },
    { "product_infos", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = product_info },
    { "tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = tag },
    { "promotion_info", HW_STRING, HW_BODY, .note = "discount" },
    { "is_auto_renew", HW_INTEGER, HW_BODY, .oneof = "0|1",
      .note = "1 renews by itself; the API Explorer demands it" },
    { 0 }
};

static const struct hw_field create_instances_period_order_out[] = {
    { "description", HW_STRING, .note = "\" Success\" in the example, blank included" },
    { "code", HW_STRING, .note = "\"0\" in the example" },
    { "order_id", HW_STRING, HW_ID, .note = "to be paid: bss.pay_order" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_audit_instances", "GET", "/v1/{project_id}/dbss/audit/instances",
      .title = "Querying the Audit Instance List", .doc = "DBSS 3.2.1", .sdk = "list_audit_instances",
      .in = list_audit_instances_in, .out = list_audit_instances_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .page = { HW_BY_INDEX, "offset", "limit", "servers", "total", "id" },
      .note = "The table calls id meaningless, but it is the instance_id of every path; resource_id is for tasks, "
              "tags and unsubscribing. Casing of some answer fields varies: both spellings count." },
    { "list_audit_instance_jobs", "GET", "/v1/{project_id}/dbss/audit/jobs/{resource_id}",
      .title = "Query instance creation task information", .doc = "DBSS 3.2.2", .sdk = "list_audit_instance_jobs",
      .in = list_audit_instance_jobs_in, .out = list_audit_instance_jobs_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "create_instances_period_order", "POST", "/v2/{project_id}/dbss/audit/charge/period/order",
      .title = "Creating an Audit Instance in Yearly/Monthly Billing Mode", .doc = "DBSS 3.2.3",
      .sdk = "create_instances_period_order", .alias = "create_audit_instance",
      .in = create_instances_period_order_in, .out = create_instances_period_order_out, .ok = { 200 },
      .kind = HW_CREATE, .flags = HW_PAID | HW_SEEN_SDK,
      .note = "Answers with an order only: pay it, find its resource_id, then watch list_audit_instance_jobs. The API "
              "Explorer demands is_auto_renew and leaves enterprise_project_id and product_spec_desc free; the row "
              "follows the table." },
    { 0 }
};

const struct hw_chapter hw_dbss_instances = { "dbss", "3.2 Instance Purchase and Query APIs", ops };
