/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.1: availability zones.
 */
#include "api/rows.h"

static const struct hw_field zone_out[] = {
    { "code", HW_STRING, .note = "what availability_zone takes" },
    { "name", HW_STRING },
    { "status", HW_STRING, .oneof = "available|unavailable" },
    { "public_border_group", HW_STRING, .note = "zone group, for example center" },
    { 0 }
};

static const struct hw_field list_availability_zones_out[] = {
    { "availability_zones", HW_ARRAY, .items = HW_OBJECT, .fields = zone_out },
    { "count", HW_INTEGER, .note = "number of zones" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_availability_zones", "GET", "/v1.0/{project_id}/availability-zones",
      .title = "Querying the AZ List", .doc = "DWS 5.1.1", .sdk = "list_availability_zones",
      .out = list_availability_zones_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { 0 }
};

const struct hw_chapter hw_dws_azs = { "dws", "5.1 AZ Management", ops };
