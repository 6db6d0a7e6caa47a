/* SPDX-License-Identifier: Apache-2.0
 * DDM 4.1: API versions.
 */
#include "api/rows.h"

static const struct hw_field link_out[] = {
    { "href", HW_STRING, .note = "URL of the API" },
    { "rel", HW_STRING, .note = "\"self\": href is a local link" },
    { 0 }
};

static const struct hw_field version_out[] = {
    { "id", HW_STRING, .note = "API version, v1 or v3" },
    { "links", HW_ARRAY, .items = HW_OBJECT, .fields = link_out, .note = "empty for v1 and v3" },
    { "status", HW_STRING, .oneof = "CURRENT|SUPPORTED|DEPRECATED", .note = "CURRENT is the recommended one" },
    { "version", HW_STRING, .note = "highest microversion, empty where there are none" },
    { "updated", HW_STRING, .note = "time of the last change, UTC" },
    { 0 }
};

static const struct hw_field list_api_versions_out[] = {
    { "versions", HW_ARRAY, .items = HW_OBJECT, .fields = version_out, .note = "the versions with their links" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_api_versions", "GET", "/",
      .title = "Querying API Versions", .doc = "DDM 4.1.1", .sdk = "list_api_version",
      .out = list_api_versions_out, .ok = { 200 }, .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { 0 }
};

const struct hw_chapter hw_ddm_versions = { "ddm", "4.1 API Versions", ops };
