/* SPDX-License-Identifier: Apache-2.0
 * DBSS, the page on enhanced O&M: clusters for database operation and
 * maintenance.
 */
#include "api/rows.h"

static const struct hw_field activate_info_out[] = {
    { "dsc_proxy_domain_name", HW_STRING },
    { "dsc_proxy_ip", HW_STRING },
    { "dsc_proxy_port", HW_INTEGER },
    { "master_node_id", HW_STRING, HW_ID },
    { "slave_node_id", HW_STRING, HW_ID, .note = "standby node" },
    { 0 }
};

static const struct hw_field server_out[] = {
    { "connect_ip", HW_STRING },
    { "cpu", HW_STRING, .note = "CPUs" },
    { "created", HW_STRING, .note = "yyyy-MM-dd HH:mm:ss in the example; the cluster's is in ms" },
    { "description", HW_STRING, HW_NULLABLE },
    { "effect", HW_INTEGER, HW_NULLABLE, .oneof = "1|2|3",
      .note = "frozen: 1 releasable, 2 not releasable, 3 not renewable; null in the example" },
    { "instance_id", HW_STRING, HW_ID, .note = "that of the cluster" },
    { "is_active", HW_INTEGER, .oneof = "0|1", .note = "0: primary, 1: standby" },
    { "name", HW_STRING },
    { "ram", HW_STRING, .note = "memory" },
    { "region", HW_STRING },
    { "resource_spec_code", HW_STRING },
    { "scene", HW_STRING, HW_NULLABLE, .oneof = "POLICE|ILLEGAL|VERIFY|PARTNER|ARREAR", .note = "why frozen" },
    { "security_group_id", HW_STRING, HW_ID },
    { "specification", HW_STRING },
    { "status", HW_STRING, .note = "ACTIVE in the example" },
    { "subnet_id", HW_STRING, HW_ID },
    { "task_status", HW_STRING, .note = "NO_TASK when idle" },
    { "update_status", HW_STRING, HW_NULLABLE, .oneof = "SUCCESS|FAILED|UPGRADING", .note = "of the upgrade" },
    { "version", HW_STRING },
    { "vpc_id", HW_STRING, HW_ID },
    { "zone", HW_STRING, .note = "availability zone; the table says region" },
    { "server_id", HW_STRING, HW_ID },
    { 0 }
};

static const struct hw_field server_list_out[] = {
    { "server", HW_ARRAY, .items = HW_OBJECT, .fields = server_out, .note = "the servers" },
    { "total", HW_INTEGER, .note = "how many" },
    { 0 }
};

static const struct hw_field cluster_out[] = {
    { "activate_info", HW_OBJECT, HW_NULLABLE, .fields = activate_info_out, .note = "null in the example" },
    { "charge_model", HW_STRING, .oneof = "Period|Demand", .note = "yearly/monthly or pay-per-use" },
    { "comment", HW_STRING, HW_NULLABLE, .note = "remarks" },
    { "created", HW_INTEGER, .note = "ms since 1970" },
    { "deploy_mode", HW_STRING, .oneof = "CLOUD|OUTSIDE", .note = "in the cloud or outside it" },
    { "detail", HW_OBJECT, .fields = server_list_out, .note = "the servers" },
    { "enterprise_project_id", HW_STRING, HW_ID },
    { "expired", HW_INTEGER, .note = "ms since 1970" },
    { "float_ip", HW_STRING, .note = "floating address" },
    { "instance_id", HW_STRING, HW_ID },
    { "is_active_standby", HW_BOOLEAN, .note = "has a standby" },
    { "keep_days", HW_STRING, .note = "days" },
    { "name", HW_STRING },
    { "new_version", HW_STRING, HW_NULLABLE, .note = "latest version; null in the example" },
    { "public_ip", HW_STRING },
    { "remain_days", HW_STRING, .note = "days left" },
    { 0 }
};

static const struct hw_field list_db_om_instances_out[] = {
    { "clusters", HW_ARRAY, .items = HW_OBJECT, .fields = cluster_out, .note = "the O&M clusters" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_db_om_instances", "POST", "/v2/{project_id}/db-om/instances",
      .title = "Obtaining Database O&M Cluster Instances", .doc = "DBSS-OM Enhanced O&M Management",
      .sdk = "list_instances",
      .out = list_db_om_instances_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "A POST without a body that only reads. The SDK calls it list_instances; audit instances are "
              "list_audit_instances. Errors are flat here, nested in the rest of DBSS." },
    { 0 }
};

const struct hw_chapter hw_dbss_om = { "dbss", "Enhanced O&M Management", ops };
