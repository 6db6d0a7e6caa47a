/* SPDX-License-Identifier: Apache-2.0
 * RDS: the few calls that work on DDM's data nodes and DBSS's databases need.
 * None of them is in the documents; names and types are those of the public
 * API definition, which gives no descriptions.
 */
#include "api/rows.h"

#define LANGUAGE { "X-Language", HW_STRING, HW_HEADER, .note = "language of messages" }
#define LANGUAGE_OF_TWO { "X-Language", HW_STRING, HW_HEADER, .oneof = "zh-cn|en-us", .note = "language of messages" }
#define INSTANCE_ID HW_PATH_ID("instance_id", "RDS instance")

#define ENGINES "MySQL|PostgreSQL|SQLServer|MariaDB"
#define VOLUME_TYPES "ULTRAHIGH|HIGH|COMMON|NVMESSD|ULTRAHIGHPRO|CLOUDSSD|LOCALSSD|ESSD"
#define BACKUP_TYPES "auto|manual|fragment|incremental"

static const struct hw_field auto_enlarge_strategy[] = {
    { "limitSize", HW_INTEGER, .note = "size at which it stops" },
    { "option", HW_BOOLEAN, .note = "on or off" },
    { "stepPercent", HW_INTEGER, .note = "how much at once" },
    { "triggerAvailablePercent", HW_INTEGER, .note = "free space that starts it" },
    { 0 }
};

static const struct hw_field backup_strategy[] = {
    { "keep_days", HW_INTEGER },
    { "start_time", HW_STRING, HW_REQUIRED },
    { 0 }
};

static const struct hw_field charge_info[] = {
    { "charge_mode", HW_STRING, HW_REQUIRED, .oneof = "prePaid|postPaid" },
    { "is_auto_pay", HW_BOOLEAN, .note = "false: the order waits for payment" },
    { "is_auto_renew", HW_BOOLEAN },
    { "period_num", HW_INTEGER },
    { "period_type", HW_STRING, .oneof = "month|year" },
    { 0 }
};

static const struct hw_field datastore[] = {
    { "complete_version", HW_STRING },
    { "type", HW_STRING, HW_REQUIRED, .oneof = ENGINES },
    { "version", HW_STRING, HW_REQUIRED },
    { 0 }
};

static const struct hw_field ha[] = {
    { "mode", HW_STRING, HW_REQUIRED, .oneof = "Ha|Single" },
    { "replication_mode", HW_STRING, HW_REQUIRED, .oneof = "async|semisync|sync" },
    { 0 }
};

static const struct hw_field restore_point[] = {
    { "backup_id", HW_STRING, HW_ID, .note = "backup to restore" },
    { "database_name", HW_OBJECT, .note = "databases to restore; free keys" },
    { "instance_id", HW_STRING, HW_REQUIRED | HW_ID, .note = "instance that the backup is of" },
    { "restore_time", HW_INTEGER, .note = "time to restore to, see list_restore_times" },
    { "type", HW_STRING, HW_REQUIRED, .note = "by backup or by time" },
    { 0 }
};

static const struct hw_field serverless_info[] = {
    { "max_cap", HW_STRING, HW_REQUIRED },
    { "min_cap", HW_STRING, HW_REQUIRED },
    { 0 }
};

static const struct hw_field tag[] = {
    { "key", HW_STRING, HW_REQUIRED },
    { "value", HW_STRING, HW_REQUIRED },
    { 0 }
};

static const struct hw_field unchangeable_param[] = {
    { "lower_case_table_names", HW_STRING },
    { 0 }
};

static const struct hw_field volume[] = {
    { "size", HW_INTEGER, HW_REQUIRED },
    { "type", HW_STRING, HW_REQUIRED, .oneof = VOLUME_TYPES },
    { 0 }
};

static const struct hw_field create_instance_in[] = {
    LANGUAGE_OF_TWO,
    { "X-Client-Token", HW_STRING, HW_HEADER, .note = "marks repetitions of one request" },
    { "auto_enlarge_strategy", HW_OBJECT, HW_BODY, .fields = auto_enlarge_strategy },
    { "availability_zone", HW_STRING, HW_BODY | HW_REQUIRED },
    { "backup_strategy", HW_OBJECT, HW_BODY, .fields = backup_strategy },
    { "charge_info", HW_OBJECT, HW_BODY, .fields = charge_info },
    { "collation", HW_STRING, HW_BODY },
    { "configuration_id", HW_STRING, HW_BODY | HW_ID },
    { "count", HW_INTEGER, HW_BODY },
    { "data_vip", HW_STRING, HW_BODY, .note = "address of the instance" },
    { "datastore", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = datastore },
    { "disk_encryption_id", HW_STRING, HW_BODY | HW_ID },
    { "dry_run", HW_BOOLEAN, HW_BODY, .note = "true: check only" },
    { "dsspool_id", HW_STRING, HW_BODY | HW_ID },
    { "enterprise_project_id", HW_STRING, HW_BODY | HW_ID },
    { "flavor_ref", HW_STRING, HW_BODY | HW_REQUIRED, .note = "spec_code of list_flavors" },
    { "ha", HW_OBJECT, HW_BODY, .fields = ha },
    { "is_auto_upgrade", HW_BOOLEAN, HW_BODY },
    { "name", HW_STRING, HW_BODY | HW_REQUIRED },
    { "password", HW_STRING, HW_BODY | HW_SECRET },
    { "port", HW_STRING, HW_BODY },
    { "region", HW_STRING, HW_BODY | HW_REQUIRED },
    { "replica_of_id", HW_STRING, HW_BODY | HW_ID, .note = "makes it a replica of this instance" },
    { "restore_point", HW_OBJECT, HW_BODY, .fields = restore_point },
    { "security_group_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID },
    { "serverless_info", HW_OBJECT, HW_BODY, .fields = serverless_info },
    { "subnet_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID },
    { "tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = tag },
    { "time_zone", HW_STRING, HW_BODY },
    { "unchangeable_param", HW_OBJECT, HW_BODY, .fields = unchangeable_param },
    { "volume", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = volume },
    { "vpc_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID },
    { 0 }
};

static const struct hw_field restore_to_new_instance_in[] = {
    LANGUAGE_OF_TWO,
    { "availability_zone", HW_STRING, HW_BODY | HW_REQUIRED },
    { "backup_strategy", HW_OBJECT, HW_BODY, .fields = backup_strategy },
    { "charge_info", HW_OBJECT, HW_BODY, .fields = charge_info },
    { "collation", HW_STRING, HW_BODY },
    { "configuration_id", HW_STRING, HW_BODY | HW_ID },
    { "data_vip", HW_STRING, HW_BODY, .note = "address of the instance" },
    { "datastore", HW_OBJECT, HW_BODY, .fields = datastore },
    { "disk_encryption_id", HW_STRING, HW_BODY | HW_ID },
    { "dry_run", HW_BOOLEAN, HW_BODY, .note = "true: check only" },
    { "dsspool_id", HW_STRING, HW_BODY | HW_ID },
    { "enterprise_project_id", HW_STRING, HW_BODY | HW_ID },
    { "flavor_ref", HW_STRING, HW_BODY | HW_REQUIRED, .note = "spec_code of list_flavors" },
    { "ha", HW_OBJECT, HW_BODY, .fields = ha },
    { "is_auto_upgrade", HW_BOOLEAN, HW_BODY },
    { "name", HW_STRING, HW_BODY | HW_REQUIRED },
    { "password", HW_STRING, HW_BODY | HW_SECRET },
    { "port", HW_STRING, HW_BODY },
    { "region", HW_STRING, HW_BODY },
    { "restore_point", HW_OBJECT, HW_BODY, .fields = restore_point,
      .note = "what makes it a restore; optional in the definition" },
    { "security_group_id", HW_STRING, HW_BODY | HW_ID },
    { "serverless_info", HW_OBJECT, HW_BODY, .fields = serverless_info },
    { "subnet_id", HW_STRING, HW_BODY | HW_ID },
    { "tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = tag },
    { "time_zone", HW_STRING, HW_BODY },
    { "volume", HW_OBJECT, HW_BODY | HW_REQUIRED, .fields = volume },
    { "vpc_id", HW_STRING, HW_BODY | HW_ID },
    { 0 }
};

static const struct hw_field new_instance_out[] = {
    { "availability_zone", HW_STRING },
    { "backup_strategy", HW_OBJECT, .fields = backup_strategy },
    { "charge_info", HW_OBJECT, .fields = charge_info },
    { "collation", HW_STRING },
    { "configuration_id", HW_STRING, HW_ID },
    { "datastore", HW_OBJECT, .fields = datastore },
    { "disk_encryption_id", HW_STRING, HW_ID },
    { "enterprise_project_id", HW_STRING, HW_ID },
    { "flavor_ref", HW_STRING },
    { "ha", HW_OBJECT, .fields = ha },
    { "id", HW_STRING, HW_ID, .note = "the new instance" },
    { "name", HW_STRING },
    { "port", HW_STRING },
    { "region", HW_STRING },
    { "restore_point", HW_OBJECT, .fields = restore_point },
    { "security_group_id", HW_STRING, HW_ID },
    { "status", HW_STRING },
    { "subnet_id", HW_STRING, HW_ID },
    { "volume", HW_OBJECT, .fields = volume },
    { "vpc_id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field create_instance_out[] = {
    { "instance", HW_OBJECT, .fields = new_instance_out },
    { "job_id", HW_STRING, HW_ID },
    { "order_id", HW_STRING, HW_ID, .note = "of a prepaid instance" },
    { 0 }
};

static const struct hw_field backup_database[] = {
    { "name", HW_STRING, HW_REQUIRED },
    { 0 }
};

static const struct hw_field create_manual_backup_in[] = {
    LANGUAGE,
    { "backup_database_individually", HW_BOOLEAN, HW_BODY },
    { "databases", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = backup_database },
    { "description", HW_STRING, HW_BODY, .max_len = 256 },
    { "instance_id", HW_STRING, HW_BODY | HW_REQUIRED | HW_ID },
    { "name", HW_STRING, HW_BODY | HW_REQUIRED, .min_len = 4, .max_len = 64 },
    { 0 }
};

static const struct hw_field new_backup_out[] = {
    { "begin_time", HW_STRING },
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = backup_database },
    { "description", HW_STRING },
    { "id", HW_STRING, HW_ID, .note = "the new backup" },
    { "instance_id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "status", HW_STRING, .oneof = "BUILDING|COMPLETED|FAILED|DELETING" },
    { "type", HW_STRING, .oneof = BACKUP_TYPES },
    { 0 }
};

static const struct hw_field create_manual_backup_out[] = {
    { "backup", HW_OBJECT, .fields = new_backup_out },
    { 0 }
};

static const struct hw_field delete_instance_in[] = {
    INSTANCE_ID,
    LANGUAGE_OF_TWO,
    { 0 }
};

static const struct hw_field delete_instance_out[] = {
    { "job_id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field delete_manual_backup_in[] = {
    HW_PATH_ID("backup_id", "manual backup"),
    LANGUAGE,
    { 0 }
};

static const struct hw_field list_backups_in[] = {
    { "instance_id", HW_STRING, HW_QUERY | HW_REQUIRED | HW_ID },
    { "backup_id", HW_STRING, HW_QUERY | HW_ID },
    { "backup_type", HW_STRING, HW_QUERY, .oneof = BACKUP_TYPES },
    { "status", HW_STRING, HW_QUERY, .oneof = "BUILDING|COMPLETED|FAILED" },
    { "offset", HW_INTEGER, HW_QUERY, .note = "records to skip" },
    { "limit", HW_INTEGER, HW_QUERY | HW_BOUNDED, HW_RANGE(1, 100), .note = "records wanted" },
    { "begin_time", HW_STRING, HW_QUERY },
    { "end_time", HW_STRING, HW_QUERY },
    LANGUAGE,
    { 0 }
};

static const struct hw_field backup_datastore_out[] = {
    { "type", HW_STRING, .oneof = ENGINES },
    { "version", HW_STRING },
    { 0 }
};

static const struct hw_field backup_out[] = {
    { "associated_with_ddm", HW_BOOLEAN, .note = "belongs to a DDM instance" },
    { "begin_time", HW_STRING },
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = backup_database },
    { "datastore", HW_OBJECT, .fields = backup_datastore_out },
    { "end_time", HW_STRING },
    { "id", HW_STRING, HW_ID },
    { "instance_id", HW_STRING, HW_ID },
    { "min_data_volume_capacity_for_restore", HW_INTEGER },
    { "name", HW_STRING },
    { "size", HW_INTEGER },
    { "status", HW_STRING, .oneof = "BUILDING|COMPLETED|FAILED|DELETING" },
    { "type", HW_STRING, .oneof = BACKUP_TYPES },
    { 0 }
};

static const struct hw_field list_backups_out[] = {
    { "backups", HW_ARRAY, .items = HW_OBJECT, .fields = backup_out },
    { "total_count", HW_INTEGER, .note = "all backups" },
    { 0 }
};

static const struct hw_field list_databases_in[] = {
    INSTANCE_ID,
    { "page", HW_INTEGER, HW_QUERY | HW_REQUIRED, .note = "page number" },
    { "limit", HW_INTEGER, HW_QUERY | HW_REQUIRED, .note = "databases a page" },
    LANGUAGE,
    { 0 }
};

static const struct hw_field database_out[] = {
    { "character_set", HW_STRING },
    { "comment", HW_STRING },
    { "name", HW_STRING },
    { 0 }
};

static const struct hw_field list_databases_out[] = {
    { "databases", HW_ARRAY, .items = HW_OBJECT, .fields = database_out },
    { "total_count", HW_INTEGER, .note = "all databases" },
    { 0 }
};

static const struct hw_field list_flavors_in[] = {
    { "database_name", HW_STRING, HW_PATH | HW_REQUIRED, .oneof = ENGINES, .note = "engine" },
    { "version_name", HW_STRING, HW_QUERY, .note = "version of the engine" },
    { "spec_code", HW_STRING, HW_QUERY },
    { "is_serverless", HW_STRING, HW_QUERY },
    LANGUAGE,
    { 0 }
};

static const struct hw_field flavor_out[] = {
    { "az_desc", HW_OBJECT, .note = "zones and their descriptions; free keys" },
    { "az_status", HW_OBJECT, .note = "zones and what they offer; free keys" },
    { "group_type", HW_STRING },
    { "id", HW_STRING, HW_ID },
    { "instance_mode", HW_STRING },
    { "ram", HW_INTEGER },
    { "spec_code", HW_STRING },
    { "vcpus", HW_STRING },
    { "version_name", HW_ARRAY, .items = HW_STRING },
    { 0 }
};

static const struct hw_field list_flavors_out[] = {
    { "flavors", HW_ARRAY, .items = HW_OBJECT, .fields = flavor_out },
    { 0 }
};

static const struct hw_field list_instances_in[] = {
    { "id", HW_STRING, HW_QUERY | HW_ID },
    { "name", HW_STRING, HW_QUERY },
    { "type", HW_STRING, HW_QUERY, .oneof = "Single|Ha|Replica" },
    { "datastore_type", HW_STRING, HW_QUERY, .oneof = ENGINES },
    { "eps_id", HW_STRING, HW_QUERY | HW_ID, .note = "enterprise project" },
    { "vpc_id", HW_STRING, HW_QUERY | HW_ID },
    { "subnet_id", HW_STRING, HW_QUERY | HW_ID },
    { "offset", HW_INTEGER, HW_QUERY, .note = "records to skip" },
    { "limit", HW_INTEGER, HW_QUERY, .note = "records wanted" },
    { "tags", HW_STRING, HW_QUERY },
    { "group_type", HW_STRING, HW_QUERY },
    LANGUAGE_OF_TWO,
    { 0 }
};

static const struct hw_field instance_backup_strategy_out[] = {
    { "keep_days", HW_INTEGER },
    { "start_time", HW_STRING },
    { 0 }
};

static const struct hw_field instance_charge_info_out[] = {
    { "charge_mode", HW_STRING, .oneof = "prePaid|postPaid" },
    { 0 }
};

static const struct hw_field instance_ha_out[] = {
    { "replication_mode", HW_STRING, .oneof = "async|semisync|sync" },
    { 0 }
};

static const struct hw_field node_out[] = {
    { "availability_zone", HW_STRING },
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "role", HW_STRING },
    { "status", HW_STRING },
    { 0 }
};

static const struct hw_field related_instance_out[] = {
    { "id", HW_STRING, HW_ID },
    { "type", HW_STRING },
    { 0 }
};

static const struct hw_field instance_serverless_info_out[] = {
    { "max_compute_unit", HW_STRING },
    { "min_compute_unit", HW_STRING },
    { 0 }
};

static const struct hw_field instance_out[] = {
    { "alias", HW_STRING },
    { "associated_with_ddm", HW_BOOLEAN, .note = "is a data node of DDM" },
    { "backup_strategy", HW_OBJECT, .fields = instance_backup_strategy_out },
    { "backup_used_space", HW_NUMBER },
    { "charge_info", HW_OBJECT, .fields = instance_charge_info_out },
    { "cpu", HW_STRING },
    { "created", HW_STRING },
    { "datastore", HW_OBJECT, .fields = datastore },
    { "db_user_name", HW_STRING },
    { "disk_encryption_id", HW_STRING, HW_ID },
    { "enable_ssl", HW_BOOLEAN },
    { "enterprise_project_id", HW_STRING, HW_ID },
    { "expiration_time", HW_STRING },
    { "flavor_ref", HW_STRING },
    { "ha", HW_OBJECT, .fields = instance_ha_out },
    { "id", HW_STRING, HW_ID },
    { "maintenance_window", HW_STRING },
    { "max_iops", HW_INTEGER },
    { "mem", HW_STRING },
    { "name", HW_STRING },
    { "nodes", HW_ARRAY, .items = HW_OBJECT, .fields = node_out },
    { "order_id", HW_STRING, HW_ID },
    { "port", HW_INTEGER },
    { "private_dns_names", HW_ARRAY, .items = HW_STRING },
    { "private_ips", HW_ARRAY, .items = HW_STRING },
    { "public_dns_names", HW_ARRAY, .items = HW_STRING },
    { "public_ips", HW_ARRAY, .items = HW_STRING },
    { "read_only_by_user", HW_BOOLEAN },
    { "region", HW_STRING },
    { "related_instance", HW_ARRAY, .items = HW_OBJECT, .fields = related_instance_out },
    { "security_group_id", HW_STRING, HW_ID },
    { "serverless_info", HW_OBJECT, .fields = instance_serverless_info_out },
    { "status", HW_STRING,
      .oneof = "BUILD|ACTIVE|FAILED|MODIFYING|REBOOTING|RESTORING|MODIFYING INSTANCE TYPE|SWITCHOVER|MIGRATING|"
               "BACKING UP|MODIFYING DATABASE PORT|SHUTDOWN",
      .note = "values as DBSS 3.3.1 lists them" },
    { "storage_used_space", HW_NUMBER },
    { "subnet_id", HW_STRING, HW_ID },
    { "switch_strategy", HW_STRING },
    { "tags", HW_ARRAY, .items = HW_OBJECT, .fields = tag },
    { "time_zone", HW_STRING },
    { "type", HW_STRING },
    { "updated", HW_STRING },
    { "volume", HW_OBJECT, .fields = volume },
    { "vpc_id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field list_instances_out[] = {
    { "instances", HW_ARRAY, .items = HW_OBJECT, .fields = instance_out },
    { "total_count", HW_INTEGER, .note = "all instances" },
    { 0 }
};

static const struct hw_field show_job_in[] = {
    { "id", HW_STRING, HW_QUERY | HW_REQUIRED | HW_ID, .note = "the job_id of other calls" },
    LANGUAGE,
    { 0 }
};

static const struct hw_field job_datastore_out[] = {
    { "type", HW_STRING },
    { "version", HW_STRING },
    { 0 }
};

static const struct hw_field job_entity_instance_out[] = {
    { "datastore", HW_OBJECT, .fields = job_datastore_out },
    { "endpoint", HW_STRING },
    { "replica_of", HW_STRING },
    { "type", HW_STRING },
    { 0 }
};

static const struct hw_field job_entity_volume_out[] = {
    { "original_size", HW_STRING },
    { "target_size", HW_STRING },
    { "type", HW_STRING },
    { 0 }
};

static const struct hw_field job_entities_out[] = {
    { "instance", HW_OBJECT, .fields = job_entity_instance_out },
    { "public_ip", HW_STRING },
    { "resource_ids", HW_ARRAY, .items = HW_STRING },
    { "switch_strategy", HW_STRING },
    { "volume", HW_OBJECT, .fields = job_entity_volume_out },
    { 0 }
};

static const struct hw_field job_instance_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { 0 }
};

static const struct hw_field job_out[] = {
    { "created", HW_STRING },
    { "ended", HW_STRING },
    { "entities", HW_OBJECT, .fields = job_entities_out },
    { "fail_reason", HW_STRING },
    { "id", HW_STRING, HW_ID },
    { "instance", HW_OBJECT, .fields = job_instance_out },
    { "name", HW_STRING },
    { "process", HW_STRING },
    { "status", HW_STRING, .oneof = "Running|Completed|Failed" },
    { 0 }
};

static const struct hw_field show_job_out[] = {
    { "job", HW_OBJECT, .fields = job_out },
    { 0 }
};

static const struct hw_field list_tasks_in[] = {
    INSTANCE_ID,
    { "start_time", HW_STRING, HW_QUERY | HW_REQUIRED },
    { "end_time", HW_STRING, HW_QUERY },
    LANGUAGE,
    { 0 }
};

static const struct hw_field task_out[] = {
    { "created", HW_STRING },
    { "ended", HW_STRING },
    { "entities", HW_OBJECT, .note = "any members" },
    { "fail_reason", HW_STRING },
    { "id", HW_STRING, HW_ID },
    { "instance", HW_OBJECT, .fields = job_instance_out },
    { "name", HW_STRING },
    { "process", HW_STRING },
    { "status", HW_STRING, .oneof = "Running|Completed|Failed" },
    { "task_detail", HW_STRING },
    { 0 }
};

static const struct hw_field list_tasks_out[] = {
    { "count", HW_INTEGER },
    { "jobs", HW_OBJECT, .fields = task_out, .note = "one object in the definition, in spite of its name" },
    { 0 }
};

static const struct hw_field list_restore_times_in[] = {
    INSTANCE_ID,
    { "date", HW_STRING, HW_QUERY },
    LANGUAGE,
    { 0 }
};

static const struct hw_field restore_time_out[] = {
    { "end_time", HW_INTEGER },
    { "start_time", HW_INTEGER },
    { 0 }
};

static const struct hw_field list_restore_times_out[] = {
    { "restore_time", HW_ARRAY, .items = HW_OBJECT, .fields = restore_time_out,
      .note = "spans that can be restored to" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "create_instance", "POST", "/v3/{project_id}/instances",
      .title = "Creating a DB Instance", .doc = "RDS SDK", .sdk = "create_instance",
      .in = create_instance_in, .out = create_instance_out, .ok = { 202 },
      .kind = HW_CREATE, .flags = HW_PAID | HW_EXTRA | HW_SEEN_SDK,
      .job = { "job_id", "rds.show_job" } },
    { "create_manual_backup", "POST", "/v3/{project_id}/backups",
      .title = "Creating a Manual Backup", .doc = "RDS SDK", .sdk = "create_manual_backup",
      .in = create_manual_backup_in, .out = create_manual_backup_out, .ok = { 200 },
      .kind = HW_CREATE, .flags = HW_PAID | HW_EXTRA | HW_SEEN_SDK },
    { "restore_to_new_instance", "POST", "/v3/{project_id}/instances",
      .title = "Restoring to a New DB Instance", .doc = "RDS SDK", .sdk = "create_restore_instance",
      .in = restore_to_new_instance_in, .out = create_instance_out, .ok = { 202 },
      .kind = HW_CREATE, .flags = HW_PAID | HW_EXTRA | HW_SEEN_SDK,
      .job = { "job_id", "rds.show_job" },
      .note = "Shares method and path with create_instance; restore_point tells them apart, though the definition "
              "leaves it optional." },
    { "delete_instance", "DELETE", "/v3/{project_id}/instances/{instance_id}",
      .title = "Deleting a DB Instance", .doc = "RDS SDK", .sdk = "delete_instance",
      .in = delete_instance_in, .out = delete_instance_out, .ok = { 200 },
      .kind = HW_DELETE, .flags = HW_IRREVERSIBLE | HW_EXTRA | HW_SEEN_SDK,
      .job = { "job_id", "rds.show_job" } },
    { "delete_manual_backup", "DELETE", "/v3/{project_id}/backups/{backup_id}",
      .title = "Deleting a Manual Backup", .doc = "RDS SDK", .sdk = "delete_manual_backup",
      .in = delete_manual_backup_in, .ok = { 200 },
      .kind = HW_DELETE, .flags = HW_IRREVERSIBLE | HW_EXTRA | HW_SEEN_SDK },
    { "list_backups", "GET", "/v3/{project_id}/backups",
      .title = "Querying Backups", .doc = "RDS SDK", .sdk = "list_backups",
      .in = list_backups_in, .out = list_backups_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "backups", "total_count", "id" } },
    { "list_databases", "GET", "/v3/{project_id}/instances/{instance_id}/database/detail",
      .title = "Querying Databases", .doc = "RDS SDK", .sdk = "list_databases",
      .in = list_databases_in, .out = list_databases_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK,
      .page = { HW_BY_NUMBER, "page", "limit", "databases", "total_count", "name" } },
    { "list_flavors", "GET", "/v3/{project_id}/flavors/{database_name}",
      .title = "Querying Instance Classes", .doc = "RDS SDK", .sdk = "list_flavors",
      .in = list_flavors_in, .out = list_flavors_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK },
    { "list_instances", "GET", "/v3/{project_id}/instances",
      .title = "Querying DB Instances", .doc = "RDS SDK", .sdk = "list_instances",
      .in = list_instances_in, .out = list_instances_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "instances", "total_count", "id" } },
    { "show_job", "GET", "/v3/{project_id}/jobs",
      .title = "Querying a Job", .doc = "RDS SDK", .sdk = "list_job_info",
      .in = show_job_in, .out = show_job_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK,
      .note = "The job goes into the query as id, not into the path." },
    { "list_tasks", "GET", "/v3/{project_id}/instances/{instance_id}/tasklist/detail",
      .title = "Querying the Tasks of an Instance", .doc = "RDS SDK", .sdk = "list_job_info_detail",
      .in = list_tasks_in, .out = list_tasks_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK },
    { "list_restore_times", "GET", "/v3/{project_id}/instances/{instance_id}/restore-time",
      .title = "Querying the Restoration Time Range", .doc = "RDS SDK", .sdk = "list_restore_times",
      .in = list_restore_times_in, .out = list_restore_times_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_EXTRA | HW_SEEN_SDK },
    { 0 }
};

const struct hw_chapter hw_rds = { "rds", "RDS", ops };
