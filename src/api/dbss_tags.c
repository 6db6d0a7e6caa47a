/* SPDX-License-Identifier: Apache-2.0
 * DBSS 3.4: tags, and instances found by their tags. Tags hang on the
 * resource_id of an instance.
 */
#include "api/rows.h"

#define RESOURCE_TYPE \
  { "resource_type", HW_STRING, HW_PATH | HW_REQUIRED, .oneof = "auditInstance", .def = "auditInstance", \
    .note = "auditInstance" }
#define RESOURCE_ID HW_PATH_ID("resource_id", "resource_id of list_audit_instances, not its id")

static const struct hw_field list_project_resource_tags_in[] = {
    RESOURCE_TYPE,
    { 0 }
};

static const struct hw_field project_tag_out[] = {
    { "key", HW_STRING, .max_len = 128 },
    { "values", HW_ARRAY, .items = HW_STRING, .note = "values in use, each up to 255 characters" },
    { 0 }
};

static const struct hw_field list_project_resource_tags_out[] = {
    { "tags", HW_ARRAY, .items = HW_OBJECT, .fields = project_tag_out, .note = "the keys with their values" },
    { 0 }
};

static const struct hw_field match[] = {
    { "key", HW_STRING, .oneof = "resource_name|resource_id", .note = "resource_name alone is promised" },
    { "value", HW_STRING, .note = "part of the name, any case; empty: exact match" },
    { 0 }
};

static const struct hw_field tag_values[] = {
    { "key", HW_STRING, HW_REQUIRED, .min_len = 1, .max_len = 128, .note = "no blanks around it" },
    { "values", HW_ARRAY, HW_REQUIRED, .items = HW_STRING, .max_len = 10,
      .note = "any of these, each up to 255 characters; empty: any value" },
    { 0 }
};

#define TAG_FILTERS \
  { "matches", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = match, .note = "by field; keys differ" }, \
  { "not_tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = tag_values, .max_len = 50, \
    .note = "not all of these tags" }, \
  { "tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = tag_values, .max_len = 50, .note = "all of these tags" }, \
  { "tags_any", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = tag_values, .max_len = 50, \
    .note = "at least one of these tags" }, \
  { "not_tags_any", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = tag_values, .max_len = 50, \
    .note = "not any of these tags" }, \
  { "sys_tags", HW_OBJECT, HW_BODY, .fields = tag_values, \
    .note = "op_service only, not beside other filters; one object in the table, an array in the API Explorer" }, \
  { "without_any_tag", HW_BOOLEAN, HW_BODY, .note = "true: only untagged ones; tag filters are then ignored" }

static const struct hw_field list_resource_instance_by_tag_in[] = {
    RESOURCE_TYPE,
    { "limit", HW_STRING, HW_QUERY | HW_BOUNDED, HW_RANGE(1, 1000), .pattern = "\\d+", .def = "1000",
      .note = "records wanted; a number, typed String" },
    { "offset", HW_STRING, HW_QUERY | HW_MIN, .min = 0, .pattern = "\\d+", .def = "0",
      .note = "records to skip; a number, typed String" },
    TAG_FILTERS,
    { 0 }
};

static const struct hw_field count_resource_instance_by_tag_in[] = {
    RESOURCE_TYPE,
    TAG_FILTERS,
    { 0 }
};

static const struct hw_field tag_out[] = {
    { "key", HW_STRING },
    { "value", HW_STRING },
    { 0 }
};

static const struct hw_field resource_out[] = {
    { "resource_detail", HW_OBJECT, HW_NULLABLE, .note = "for later use, null" },
    { "resource_id", HW_STRING, HW_ID, .note = "resource_id of list_audit_instances" },
    { "resource_name", HW_STRING, .note = "the id where there is no name" },
    { "tags", HW_ARRAY, .items = HW_OBJECT, .fields = tag_out },
    { "sys_tags", HW_ARRAY, .items = HW_OBJECT, .fields = tag_out, .note = "op_service only" },
    { 0 }
};

static const struct hw_field list_resource_instance_by_tag_out[] = {
    { "resources", HW_ARRAY, .items = HW_OBJECT, .fields = resource_out, .note = "the instances" },
    { "total_count", HW_INTEGER, .note = "all instances; the example's brackets put it inside a resource" },
    { 0 }
};

static const struct hw_field count_resource_instance_by_tag_out[] = {
    { "resources", HW_ARRAY, .items = HW_OBJECT, .fields = resource_out,
      .note = "in the table only, not in the example" },
    { "total_count", HW_INTEGER, .note = "how many match" },
    { 0 }
};

static const struct hw_field new_tag[] = {
    { "key", HW_STRING, HW_REQUIRED },
    { "value", HW_STRING, HW_REQUIRED | HW_SOFT, .note = "mandatory in the table, left out once by the example" },
    { 0 }
};

static const struct hw_field batch_add_resource_tag_in[] = {
    RESOURCE_TYPE,
    RESOURCE_ID,
    { "tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = new_tag,
      .note = "mandatory for tenants; op_service gives this or sys_tags" },
    { "sys_tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = new_tag,
      .note = "op_service only; key _sys_enterprise_project_id" },
    { 0 }
};

static const struct hw_field old_tag[] = {
    { "key", HW_STRING, HW_REQUIRED },
    { "value", HW_STRING, HW_REQUIRED | HW_SOFT,
      .note = "mandatory in the table, left out once by the example; optional in the API Explorer" },
    { 0 }
};

static const struct hw_field batch_delete_resource_tag_in[] = {
    RESOURCE_TYPE,
    RESOURCE_ID,
    { "tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = old_tag,
      .note = "mandatory for tenants; op_service gives this or sys_tags" },
    { "sys_tags", HW_ARRAY, HW_BODY, .items = HW_OBJECT, .fields = old_tag,
      .note = "op_service only; key _sys_enterprise_project_id" },
    { 0 }
};

static const struct hw_op ops[] = {
    { "list_project_resource_tags", "GET", "/v1/{project_id}/{resource_type}/tags",
      .title = "Querying Project Tags", .doc = "DBSS 3.4.1", .sdk = "list_project_resource_tags",
      .in = list_project_resource_tags_in, .out = list_project_resource_tags_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER },
    { "list_resource_instance_by_tag", "POST", "/v1/{project_id}/{resource_type}/resource-instances/filter",
      .title = "Querying Resource Instances by Tag", .doc = "DBSS 3.4.2", .sdk = "list_resource_instance_by_tag",
      .in = list_resource_instance_by_tag_in, .out = list_resource_instance_by_tag_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .page = { HW_BY_INDEX, "offset", "limit", "resources", "total_count", "resource_id" },
      .note = "sys_tags is one object in the table and an array in the API Explorer; the row follows the "
              "table. limit and offset speak of an action field that this call does not have." },
    { "count_resource_instance_by_tag", "POST", "/v1/{project_id}/{resource_type}/resource-instances/count",
      .title = "Querying the Number of Resource Instances by Tag", .doc = "DBSS 3.4.3",
      .sdk = "count_resource_instance_by_tag",
      .in = count_resource_instance_by_tag_in, .out = count_resource_instance_by_tag_out, .ok = { 200 },
      .kind = HW_QUERY_KIND, .flags = HW_SEEN_SDK,
      .note = "sys_tags is one object in the table and an array in the API Explorer; the row follows the "
              "table. The table copies resources from the filter call, the example has total_count alone." },
    { "batch_add_resource_tag", "POST", "/v1/{project_id}/{resource_type}/{resource_id}/tags/create",
      .title = "Adding Resource Tags in Batches", .doc = "DBSS 3.4.4", .sdk = "batch_add_resource_tag",
      .in = batch_add_resource_tag_in, .ok = { 204 },
      .kind = HW_SET, .flags = HW_SEEN_SDK | HW_SEEN_EXPLORER,
      .note = "A set, since a key stands once on a resource. The example omits a mandatory value, whose absence "
              "therefore only warns, and gives both tags and sys_tags, of which one is to be chosen." },
    { "batch_delete_resource_tag", "DELETE", "/v1/{project_id}/{resource_type}/{resource_id}/tags/delete",
      .title = "Batch Deleting Resource Tags", .doc = "DBSS 3.4.5", .sdk = "batch_delete_resource_tag",
      .in = batch_delete_resource_tag_in, .ok = { 204 },
      .kind = HW_DELETE, .flags = HW_SEEN_SDK,
      .note = "A DELETE with a body. As in 3.4.4 the table demands value and the example omits it once, so that its "
              "absence only warns." },
    { 0 }
};

const struct hw_chapter hw_dbss_tags = { "dbss", "3.4 Tag APIs", ops };
