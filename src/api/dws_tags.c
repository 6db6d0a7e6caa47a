/* SPDX-License-Identifier: Apache-2.0
 * DWS 5.11: tags of a project and of a cluster.
 */
#include "api/rows.h"

static const struct hw_field no_in[] = { { 0 } };
static const struct hw_field no_out[] = { { 0 } };

static const struct hw_field project_tag_out[] = {
    { "key", HW_STRING, .note = "tag key" },
    { "values", HW_ARRAY, .items = HW_STRING, .note = "all values the key has in the project" },
    { 0 }
};

static const struct hw_field list_tags_out[] = {
    { "tags", HW_ARRAY, .items = HW_OBJECT, .fields = project_tag_out, .note = "one entry a key" },
    { 0 }
};

static const struct hw_field cluster_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    { 0 }
};

static const struct hw_field cluster_tag_out[] = {
    { "key", HW_STRING, .note = "tag key" },
    { "value", HW_STRING, .note = "tag value" },
    { 0 }
};

static const struct hw_field list_cluster_tags_out[] = {
    { "tags", HW_ARRAY, .items = HW_OBJECT, .fields = cluster_tag_out, .note = "one entry a tag" },
    { 0 }
};

static const struct hw_field tag_in[] = {
    { "key", HW_STRING, HW_REQUIRED, .note = "tag key" },
    { "value", HW_STRING, HW_REQUIRED, .note = "tag value" },
    { 0 }
};

static const struct hw_field tags_in[] = {
    HW_PATH_ID("cluster_id", "cluster ID"),
    { "tags", HW_ARRAY, HW_BODY | HW_REQUIRED, .items = HW_OBJECT, .fields = tag_in, .note = "the tags" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_tags", "GET", "/v1.0/{project_id}/tags",
      .title = "Querying Project Tags", .doc = "DWS 5.11.1", .sdk = "list_tags", .alias = "list_project_tags",
      .in = no_in, .out = list_tags_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "list_cluster_tags", "GET", "/v1.0/{project_id}/clusters/{cluster_id}/tags",
      .title = "Querying Cluster Tags", .doc = "DWS 5.11.2", .sdk = "list_cluster_tags",
      .in = cluster_in, .out = list_cluster_tags_out, .ok = { 200 }, .kind = HW_QUERY_KIND,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER | HW_SEEN_ANSWER },
    { "batch_create_resource_tag", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/tags/batch-create",
      .title = "Adding Tags in Batches", .doc = "DWS 5.11.3", .sdk = "batch_create_resource_tag",
      .alias = "batch_create_cluster_tags", .in = tags_in, .out = no_out, .ok = { 200 }, .kind = HW_SET,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "A set, since a key stands once in a cluster. Open Telekom Cloud has tags/action in its place." },
    { "batch_delete_resource_tag", "POST", "/v1.0/{project_id}/clusters/{cluster_id}/tags/batch-delete",
      .title = "Delete Tags in Batches", .doc = "DWS 5.11.4", .sdk = "batch_delete_resource_tag",
      .alias = "batch_delete_cluster_tags", .in = tags_in, .out = no_out, .ok = { 200 }, .kind = HW_DELETE,
      .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "The value is mandatory here too, unlike the tag services of other products." },
    { 0 }
};

const struct hw_chapter hw_dws_tags = { "dws", "5.11 Tag Management", ops };
