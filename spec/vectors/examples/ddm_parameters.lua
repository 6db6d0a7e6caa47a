-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.10.
return {
  {
    doc = "DDM 4.10.1", op = "list_configurations", method = "GET",
    url = "/v3/project_id/configurations?offset=0&limit=10",
    args = { offset = 0, limit = 10 },
    answer = [[{
  "configurations": [
    {
      "id": "2aa71dc81e2c47699229b7aa26038f9dpr09",
      "name": "ddm-param1724812533",
      "description": "",
      "datastore_name": "ddm",
      "created": "2021-12-14T07:46:22+0000",
      "updated": "2021-12-14T07:46:22+0000",
      "user_defined": false
    }
  ],
  "offset": 0,
  "limit": 10,
  "total": 1
}]],
    status = 200,
    note = "project_id is printed without braces",
  },
  {
    doc = "DDM 4.10.2", op = "show_configuration", method = "GET",
    url = "/v3/{project_id}/configurations/{config_id}",
    args = { config_id = "07fc12a8e0e94df7a3fcf53d0b5e1605pr01" },
    answer = [[{
  "id": "07fc12a8e0e94df7a3fcf53d0b5e1605pr01",
  "name": "default-ddm-test",
  "datastore_name": "ddm",
  "description": "Default parameter group for ddm-test",
  "created": "2020-05-05T04:40:51+0800",
  "updated": "2020-05-05T04:40:51+0800",
  "configuration_parameters": [
    {
      "name": "auto_increment_increment",
      "value": "1",
      "restart_required": false,
      "readonly": true,
      "value_range": "1-65535",
      "type": "integer",
      "description": "auto_increment_increment and auto_increment_offset are intended for use with master-to-master replication, and can be used to control the operation of AUTO_INCREMENT columns."
    },
    {
      "name": "autocommit",
      "value": "ON",
      "restart_required": false,
      "readonly": true,
      "value_range": "ON|OFF",
      "type": "boolean",
      "description": "The autocommit mode. If set to ON, all changes to a table take effect immediately. If set to OFF, you must use COMMIT to accept a transaction or ROLLBACK to cancel it. "
    }
  ]
}]],
    status = 200,
  },
  {
    doc = "DDM 4.10.3", op = "update_instance_parameters", method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/configurations",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", values = { long_query_time = "2" } },
    body = [[{
  "values" : {
    "long_query_time" : "2"
  }
}]],
    answer = [[{
  "nodeList" : null,
  "needRestart" : "false",
  "jobId" : "9fe84a77-xxxx-xxxx-xxxx-db910a548657",
  "configId" : null,
  "configName" : null
}]],
    status = 200,
    note = "needRestart is a Boolean in the table and a string here",
  },
  {
    doc = "DDM 4.10.4", op = "update_instance_parameters_v31", method = "PUT",
    url = "/v3.1/{project_id}/instances/{instance_id}/configurations",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", values = { long_query_time = "2" } },
    body = [[{
  "values": {
    "long_query_time": "2"
  }
}]],
    answer = [[{
  "need_restart": false
}]],
    status = 200,
  },
  {
    doc = "DDM 4.10.5", op = "create_configuration", method = "POST",
    url = "/v3/{project_id}/configurations",
    args = { name = "param1688972688", description = "test" },
    body = [[{
  "name" : "param1688972688",
  "description" : "test"
}]],
    answer = [[{
  "id": "404f3bbb8a724f7697e7fb15a1b09370pr09",
  "name": "param1688972688"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.10.6", op = "delete_configuration", method = "DELETE",
    url = "/v3/{project_id}/configurations/{config_id}",
    args = { config_id = "404f3bbb8a724f7697e7fb15a1b09370pr09" },
    answer = [[{ }]],
    status = 200,
  },
  {
    doc = "DDM 4.10.7", op = "list_configuration_apply_histories", method = "GET",
    url = "/v3/configurations/{config_id}/apply-histories",
    path_differs = true,
    args = { config_id = "404f3bbb8a724f7697e7fb15a1b09370pr09" },
    answer = [[{
  "histories" : [ {
    "target_id" : "59974b82e7xxxxxxxx9802d28bbe18in09",
    "target_name" : "ddm-test1",
    "apply_result" : "SUCCESS",
    "applied_at" : "2026-01-06T07:07:51+0000",
    "error_code" : ""
  }, {
    "target_id" : "59974b82e7xxxxxxxx9802d28bbe18in09",
    "target_name" : "ddm-test2",
    "apply_result" : "SUCCESS",
    "applied_at" : "2026-01-06T06:22:48+0000",
    "error_code" : ""
  } ],
  "total" : 9
}]],
    status = 200,
    contradicts = "the example's path lacks {project_id} of the URI line",
    note = "error_code stands where the table has error_message; one target id has two names",
  },
  {
    doc = "DDM 4.10.8", op = "copy_configuration", method = "POST",
    url = "/v3/a8e2a5e2a6xxxxxxxxx5af5b9ddabe5/configurations/31b1304fc0xxxxxxxxxf846c92318edpr09/copy",
    args = {
      config_id = "31b1304fc0xxxxxxxxxf846c92318edpr09", new_name = "paramTemplate-test", description = "",
    },
    body = [[{
  "new_name" : "paramTemplate-test",
  "description" : ""
}]],
    answer = [[{ }]],
    status = 200,
    note = "the masked template id has 35 characters, not 36",
    warned = {
      "path.config_id: has 35 characters, at least 36 are needed",
    },
  },
  {
    doc = "DDM 4.10.9", op = "update_configuration", method = "PUT",
    url = "/v3/a8e2a5e2a6xxxxxxxxx5af5b9ddabe5/configurations/849c450a43xxxxxxxxxf33cff5f0717pr09",
    args = {
      config_id = "849c450a43xxxxxxxxxf33cff5f0717pr09", values = { ddl_flowcontrol_threshold = "10005" },
    },
    body = [[{
  "values" : {
    "ddl_flowcontrol_threshold" : "10005"
  }
}]],
    answer = [[{
  "need_restart" : false
}]],
    status = 200,
    note = "the masked template id has 35 characters, not 36",
    warned = {
      "path.config_id: has 35 characters, at least 36 are needed",
    },
  },
  {
    doc = "DDM 4.10.10", op = "list_applicable_instances", method = "GET",
    url = "/v3/a8e2a5e2a6xxxxxxxx5af5b9ddabe5/configurations/849c450a43xxxxxxxxf33cff5f0717pr09/query-instances",
    args = { config_id = "849c450a43xxxxxxxxf33cff5f0717pr09" },
    answer = [[{
  "entities": [ {
    "instance_id": "34694c59f8xxxxxxxxxx35bd53e06d8bin09",
    "instance_name": "ddm-test"
  } ],
  "total": 9
}]],
    status = 200,
    note = "the masked template id has 34 characters, not 36; the answer counts 9 and lists 1",
    warned = {
      "path.config_id: has 34 characters, at least 36 are needed",
    },
  },
  {
    doc = "DDM 4.10.11", op = "compare_configurations", method = "PUT",
    url = "/v3/a8e2a5e2a6xxxxxxxxx5af5b9ddabe5/configurations/diff",
    args = {
      source_id = "849c450a43xxxxxxxxxf33cff5f0717pr09", target_id = "8368f6642dxxxxxxxxx9d683c00b7f0pr09",
    },
    body = [[{
  "source_id" : "849c450a43xxxxxxxxxf33cff5f0717pr09",
  "target_id" : "8368f6642dxxxxxxxxx9d683c00b7f0pr09"
}]],
    answer = [[{
  "parameters": [ {
    "name": "ddl_flowcontrol_threshold",
    "source_value": "1005",
    "target_value": "10000"
  } ],
  "source_id": "849c450a43xxxxxxxxxxf33cff5f0717pr09",
  "source_name": "paramTemplate-test",
  "target_id": "8368f6642dxxxxxxxxxx9d683c00b7f0pr09",
  "target_name": "paramTemplate-2b7f"
}]],
    status = 200,
    note = "the masked template ids have 35 characters, not 36",
    warned = {
      "body.source_id: has 35 characters, at least 36 are needed",
      "body.target_id: has 35 characters, at least 36 are needed",
    },
  },
}
