/* SPDX-License-Identifier: Apache-2.0
 * Sizes of DWS clusters: which numbers of nodes a scale-in may take, and the
 * change of the node flavor. None of the calls is in the document, which names
 * the states they lead to; the SDK has them.
 */
#include "api/rows.h"

static const struct hw_field scale_in_numbers_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "logical_cluster_name", HW_STRING, HW_QUERY },
    { 0 }
};

static const struct hw_field scale_in_numbers_out[] = {
    { "shrink_sequence", HW_ARRAY, HW_NULLABLE, .items = HW_STRING, .note = "numbers of nodes that can be removed" },
    { 0 }
};

static const struct hw_field target_flavors_in[] = {
    HW_PATH_ID("flavor_id", "the cluster's node_type_id"),
    { "cluster_id", HW_STRING, HW_QUERY },
    { 0 }
};

static const struct hw_field flavor_out[] = {
    { "id", HW_STRING, HW_ID },
    { "name", HW_STRING },
    { "vcpus", HW_STRING },
    { "ram", HW_STRING, .note = "unit not said" },
    { "is_current_flavor", HW_BOOLEAN },
    { 0 }
};

static const struct hw_field target_flavors_out[] = {
    { "count", HW_INTEGER },
    { "flavors", HW_ARRAY, HW_NULLABLE, .items = HW_OBJECT, .fields = flavor_out },
    { "change_mode", HW_STRING, HW_NULLABLE, .note = "values not said" },
    { 0 }
};

static const struct hw_field flavor_change_in[] = {
    HW_PATH_ID("cluster_id", "a UUID"),
    { "target_flavor_id", HW_STRING, HW_BODY | HW_REQUIRED, .note = "one of list_target_flavors" },
    { "force_backup", HW_BOOLEAN, HW_BODY, .note = "whether a snapshot is taken before; default not said" },
    { "change_mode", HW_STRING, HW_BODY, .note = "values not said" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_cluster_scale_in_numbers", "GET", "/v1.0/{project_id}/clusters/{cluster_id}/shrink-numbers",
      .title = "Querying How Many Nodes Can Be Scaled In", .doc = "DWS SDK", .sdk = "list_cluster_scale_in_numbers",
      .in = scale_in_numbers_in, .out = scale_in_numbers_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_EXTRA | HW_SEEN_SDK },
    { "list_target_flavors", "GET", "/v1/{project_id}/flavors/{flavor_id}/target-flavors",
      .title = "Querying the Flavors a Cluster Can Be Changed To", .doc = "DWS SDK", .sdk = "list_target_flavors",
      .in = target_flavors_in, .out = target_flavors_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_EXTRA | HW_SEEN_SDK },
    { "execute_flavor_change", "POST", "/v1/{project_id}/clusters/{cluster_id}/flavor",
      .title = "Changing the Flavor of a Cluster", .doc = "DWS SDK", .sdk = "execute_flavor_change",
      .in = flavor_change_in, .ok = { 200 }, .kind = HW_SET, .flags = HW_EXTRA | HW_PAID | HW_SEEN_SDK,
      .note = "Manuals: from 8.1.1.300 on; the cluster is stopped for 5 to 10 minutes. No job is named: watch the "
              "cluster's FLAVOR_RESIZING." },
    { 0 }
};

const struct hw_chapter hw_dws_flavors = { "dws", "Sizes (undocumented)", ops };
