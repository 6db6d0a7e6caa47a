-- SPDX-License-Identifier: Apache-2.0
-- The examples of DWS 5.11.
return {
  {
    doc = "DWS 5.11.1", op = "list_tags", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/tags",
    args = {},
    answer = [[{
  "tags": [ {
    "key": "key",
    "values": [ "value-1", "value-2" ]
  } ]
}]],
    status = 200,
  },
  {
    doc = "DWS 5.11.2", op = "list_cluster_tags", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/tags",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    answer = [[{
  "tags" : [ {
    "key" : "key",
    "value" : "value"
  } ]
}]],
    status = 200,
  },
  {
    doc = "DWS 5.11.3", op = "batch_create_resource_tag", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7/tags/batch-create",
    args = { cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", tags = { { key = "key", value = "value" } } },
    body = [[{
  "tags" : [ {
    "key" : "key",
    "value" : "value"
  } ]
}]],
    status = 200,
  },
  {
    doc = "DWS 5.11.4", op = "batch_delete_resource_tag", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7/tags/batch-delete",
    args = { cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", tags = { { key = "key", value = "value" } } },
    body = [[{
  "tags": [ {
    "key": "key",
    "value": "value"
  } ]
}]],
    status = 200,
  },
}
