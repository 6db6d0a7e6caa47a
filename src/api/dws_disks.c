/* SPDX-License-Identifier: Apache-2.0
 * Disks of DWS clusters: how full they are, and growing them. Neither call is
 * in the document, whose read-only state they are the way out of; the SDK has
 * both, working clients use the second.
 */
#include "api/rows.h"

static const struct hw_field show_cluster_volume_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { 0 }
};

static const struct hw_field disk_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "percentage", HW_STRING, .note = "in use; with or without a percent sign" },
    { "disk_capacity", HW_STRING, .note = "unit not said" },
    { "disk_used", HW_STRING, .note = "unit not said" },
    { 0 }
};

static const struct hw_field show_cluster_volume_out[] = {
    { "duplicate", HW_INTEGER, .note = "number of copies of the data" },
    { "disk_info_list", HW_ARRAY, .items = HW_OBJECT, .fields = disk_out },
    { 0 }
};

static const struct hw_field expand_instance_storage_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "new_size", HW_INTEGER, HW_BODY | HW_REQUIRED | HW_MIN, .min = 1, .note = "GB a node after it; more than now" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "show_cluster_volume", "GET", "/v1/{project_id}/clusters/{cluster_id}/volume",
      .title = "Querying the Disks of a Cluster", .doc = "DWS SDK", .sdk = "show_cluster_volume",
      .in = show_cluster_volume_in, .out = show_cluster_volume_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_EXTRA | HW_SEEN_SDK },
    { "expand_instance_storage", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/expand-instance-storage",
      .title = "Expanding the Disks of a Cluster", .doc = "DWS SDK", .sdk = "expand_instance_storage",
      .in = expand_instance_storage_in, .ok = { 200 }, .kind = HW_PULSE,
      .flags = HW_EXTRA | HW_PAID | HW_IRREVERSIBLE | HW_SEEN_SDK,
      .note = "Online, also while the cluster is read-only; disks never shrink. No job is named: watch the cluster." },
    { 0 }
};

const struct hw_chapter hw_dws_disks = { "dws", "Disks (undocumented)", ops };
