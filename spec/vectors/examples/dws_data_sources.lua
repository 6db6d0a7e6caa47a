-- SPDX-License-Identifier: Apache-2.0
-- The examples of DWS 5.6.
return {
  {
    doc = "DWS 5.6.1", op = "list_data_source", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/ext-data-sources",
    args = { cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1" },
    answer = [[{
    "data_sources": [
        {
            "id": "8010dbc0-c1d2-48d6-87eb-3229f9195fed",
            "name": "tes54",
            "type": "OBS",
            "connect_info": "gaussdb",
            "user_name": "DWSAccessOBS",
            "configure_status": "300",
            "created": "2022-10-30T07:38:33",
            "extend_properties": {},
            "description": "xxx",
            "fail_reason": ""
        }],
        "project_id": "0536cdee2200d5912f7cc00b877980f1",
        "cluster_id": "a07cb2f7-b17e-4d95-923b-a33d0c884d37",
        "type": "OBS",
        "count": 5
    }]],
    repaired = "the answer closes the list a second time before its last brace",
    status = 200,
    note = "the answer names another project and cluster than the request; count is 5 with one entry",
  },
  {
    doc = "DWS 5.6.2", op = "create_data_source", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/ext-data-sources",
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      type = "OBS",
      data_source_name = "source1",
      user_name = "DWSAccessOBS",
      connect_info = "gaussdb",
      description = "description",
    },
    body = [[{
  "type" : "OBS",
  "data_source_name" : "source1",
  "user_name" : "DWSAccessOBS",
  "connect_info" : "gaussdb",
  "description" : "description"
}]],
    answer = [[{
  "id" : "d303f19c-fbd1-4716-ae04-07d1ff358f22",
  "job_id" : "2c9081c88418ed420184197c8bc80001"
}]],
    status = 200,
  },
  {
    doc = "DWS 5.6.3", op = "update_data_source", method = "PUT",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90"
      .. "/ext-data-sources/d303f19c-fbd1-ae04-07d1ff358f22",
    body_missing = true,
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      ext_data_source_id = "d303f19c-fbd1-ae04-07d1ff358f22",
      reconfigure = { agency = "DWSAccessOBS" },
    },
    answer = [[{
    "data_source_id" : "d303f19c-fbd1-4716-ae04-07d1ff358f22",
    "job_id" : "2c9081c88418ed420184197c8bc80001"
}]],
    status = 200,
    contradicts = "no body is printed although reconfigure is mandatory; args hold what the sentence above asks for",
    note = "the ID in the request line lacks one group of the ID in the answer",
  },
  {
    doc = "DWS 5.6.4", op = "delete_data_source", method = "DELETE",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90"
      .. "/ext-data-sources/d303f19c-fbd1-4716-ae04-07d1ff358f22",
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      ext_data_source_id = "d303f19c-fbd1-4716-ae04-07d1ff358f22",
    },
    answer = [[{
    "job_id" : "2c9081c88418ed420184197c8bc80001"
}]],
    status = 200,
  },
}
