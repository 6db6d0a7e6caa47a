/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.10: quotas of a tenant.
 */
#include "api/rows.h"

static const struct hw_field no_in[] = { { 0 } };

static const struct hw_field resource_out[] = {
    { "type", HW_STRING, .note = "kind of resource: instances, core, ram, disk, disk_capacity" },
    { "used", HW_INTEGER, HW_EITHER, .note = "how much is used; a string in the example" },
    { "quota", HW_INTEGER, HW_EITHER, .note = "how much is allowed; a string in the example" },
    { "unit", HW_STRING, HW_NULLABLE, .note = "unit, null for plain numbers" },
    { 0 }
};

static const struct hw_field quotas_out[] = {
    { "resources", HW_ARRAY, .items = HW_OBJECT, .fields = resource_out, .note = "one entry a kind" },
    { 0 }
};

static const struct hw_field list_quotas_out[] = {
    { "quotas", HW_OBJECT, .fields = quotas_out, .note = "the quotas" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_quotas", "GET", "/v1.0/{project_id}/quotas",
      .title = "Querying Quotas", .doc = "DWS 5.10.1", .sdk = "list_quotas",
      .in = no_in, .out = list_quotas_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "5.10.1's table has used and quota as integers, its example as strings; clients read integers. Both "
              "are read." },
    { 0 }
};

const struct hw_chapter hw_dws_quotas = { "dws", "5.10 Quota Management", ops };
