-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DBSS 3.4.
return {
  {
    doc = "DBSS 3.4.1", op = "list_project_resource_tags", method = "GET",
    url = "/v1/{project_id}/{resource_type}/tags",
    args = { resource_type = "auditInstance" },
    answer = [[{
  "tags": [
    {
      "key": "key1",
      "values": [ "value1", "value2" ]
    }, {
      "key": "key2",
      "values": [ "value1", "value2" ]
    }]
}]],
    status = 200,
  },
  {
    doc = "DBSS 3.4.2", op = "list_resource_instance_by_tag", method = "POST",
    url = "/v1/{project_id}/{resource_type}/resource-instances/filter",
    args = {
      resource_type = "auditInstance",
      matches = { { key = "resource_name", value = "resource1" } },
      not_tags = { { key = "key1", values = { "*value1", "value2" } } },
      tags = { { key = "key1", values = { "*value1", "value2" } } },
      tags_any = { { key = "key1", values = { "value1", "value2" } } },
      not_tags_any = { { key = "key1", values = { "value1", "value2" } } },
    },
    body = [[{
  "matches" : [ {
    "key" : "resource_name",
    "value" : "resource1"
  } ],
  "not_tags" : [ {
    "key" : "key1",
    "values" : [ "*value1", "value2" ]
  } ],
  "tags" : [ {
    "key" : "key1",
    "values" : [ "*value1", "value2" ]
  } ],
  "tags_any" : [ {
    "key" : "key1",
    "values" : [ "value1", "value2" ]
  } ],
  "not_tags_any" : [ {
    "key" : "key1",
    "values" : [ "value1", "value2" ]
  } ]
}]],
    answer = [[{
  "resources" : [ {
    "resource_detail" : null,
    "resource_id" : "cdfs_cefs_wesas_12_dsad",
    "resource_name" : "resouce1",
    "tags" : [ {
      "key" : "key1",
      "value" : "value1"
    }, {
      "key" : "key2",
      "value" : "value1"
    } ]
  } ],
  "total_count" : 1000
}]],
    status = 200,
    repaired = "total_count stands inside the resource, without a comma before it and with the last brace missing",
    contradicts = "answer: no sys_tags; one resource for a total of 1000",
  },
  {
    doc = "DBSS 3.4.3", op = "count_resource_instance_by_tag", method = "POST",
    url = "/v1/{project_id}/{resource_type}/resource-instances/count",
    args = {
      resource_type = "auditInstance",
      matches = { { key = "resource_name", value = "resource1" } },
      not_tags = { { key = "key1", values = { "*value1", "value2" } } },
      tags = { { key = "key1", values = { "*value1", "value2" } } },
      tags_any = { { key = "key1", values = { "value1", "value2" } } },
      not_tags_any = { { key = "key1", values = { "value1", "value2" } } },
    },
    body = [[{
  "matches" : [ {
    "key" : "resource_name",
    "value" : "resource1"
  } ],
  "not_tags" : [ {
    "key" : "key1",
    "values" : [ "*value1", "value2" ]
  } ],
  "tags" : [ {
    "key" : "key1",
    "values" : [ "*value1", "value2" ]
  } ],
  "tags_any" : [ {
    "key" : "key1",
    "values" : [ "value1", "value2" ]
  } ],
  "not_tags_any" : [ {
    "key" : "key1",
    "values" : [ "value1", "value2" ]
  } ]
}]],
    answer = [[{
  "total_count" : 1000
}]],
    status = 200,
    contradicts = "answer: no resources",
  },
  {
    doc = "DBSS 3.4.4", op = "batch_add_resource_tag", method = "POST",
    url = "/v1/{project_id}/{resource_type}/{resource_id}/tags/create",
    args = {
      resource_type = "auditInstance",
      resource_id = "062212d8-8e30-4783-9671-43f3f1f3bb1e",
      tags = { { key = "key1" }, { key = "key2", value = "value3" } },
      sys_tags = { { key = "_sys_enterprise_project_id", value = "5aa119a8-d25b-45a7-8d1b-88e127885635" } },
    },
    body = [[{
  "tags": [
    {
      "key": "key1"
    },
    {
      "key": "key2",
      "value": "value3"
    }
  ],
  "sys_tags": [
    {
      "key": "_sys_enterprise_project_id",
      "value": "5aa119a8-d25b-45a7-8d1b-88e127885635"
    }
  ]
}]],
    status = 204,
    contradicts = "no value for key1 although mandatory; both tags and sys_tags, of which one is to be chosen",
    warned = {
      "body.tags[1].value: is required by the document",
    },
  },
  {
    doc = "DBSS 3.4.5", op = "batch_delete_resource_tag", method = "DELETE",
    url = "/v1/{project_id}/{resource_type}/{resource_id}/tags/delete",
    args = {
      resource_type = "auditInstance",
      resource_id = "062212d8-8e30-4783-9671-43f3f1f3bb1e",
      tags = { { key = "key1" }, { key = "key2", value = "value3" } },
    },
    body = [[{
  "tags": [ {
    "key": "key1"
  }, {
    "key": "key2",
    "value": "value3"
  } ]
}]],
    status = 204,
    contradicts = "key1 has no value, which the table makes mandatory",
    warned = {
      "body.tags[1].value: is required by the document",
    },
  },
}
