-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DBSS 3.1.
return {
  {
    doc = "DBSS 3.1.1", op = "switch_risk_rule", method = "POST",
    url = "/v1/{project_id}/{instance_id}/audit/rule/risk/switch",
    args = {
      instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364",
      ids = "c7ILB3kBcwCqSg3B2OpF",
      status = "OFF",
    },
    body = [[{
  "ids" : "c7ILB3kBcwCqSg3B2OpF",
  "status" : "OFF"
}]],
    answer = [[{
  "status" : "SUCCESS"
}]],
    status = 200,
  },
  {
    doc = "DBSS 3.1.2", op = "switch_agent", method = "POST",
    url = "/v1/{project_id}/{instance_id}/audit/agent/switch",
    args = {
      instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364",
      agent_id = "ASWDSDSDSWEWDSDSD",
      status = 1,
    },
    body = [[{
  "agent_id" : "ASWDSDSDSWEWDSDSD",
  "status" : 1
}]],
    answer = [[{
  "result" : "SUCCESS"
}]],
    status = 200,
  },
  {
    doc = "DBSS 3.1.3", op = "show_audit_quota", method = "GET",
    url = "/v1/{project_id}/dbss/audit/quota",
    args = {},
    answer = [[{
  "projectId" : "0250cb8a80c24c0b9f20f557cb159aad",
  "cpu" : 796,
  "ram" : 1622016,
  "audit_quota" : 1
}]],
    status = 200,
    contradicts = "answer: projectId; the table has project_id",
  },
  {
    doc = "DBSS 3.1.4", op = "list_ecs_specification", method = "GET",
    url = "/v1/{project_id}/dbss/audit/specification",
    args = {},
    answer = [[{
  "specification" : [ {
    "level" : "low",
    "id" : "s2.xlarge.4",
    "name" : "s2.xlarge.4",
    "vcpus" : 4,
    "ram" : 16384,
    "proxy" : 3,
    "azs" : [ "region-01-7a" ]
  }, {
    "level" : "medium",
    "id" : "s2.2xlarge.4",
    "name" : "s2.2xlarge.4",
    "vcpus" : 8,
    "ram" : 32768,
    "proxy" : 6,
    "azs" : [ "region-01-7a" ]
  }, {
    "level" : "high",
    "id" : "s3.4xlarge.4",
    "name" : "s3.4xlarge.4",
    "vcpus" : 16,
    "ram" : 65536,
    "proxy" : 30,
    "azs" : [ "region-01-7a", "region-01-7b" ]
  } ]
}]],
    status = 200,
    repaired = "a page break closes all brackets after vcpus and goes on with ram",
  },
  {
    doc = "DBSS 3.1.5", op = "list_availability_zone_infos", method = "GET",
    url = "/v2/{project_id}/dbss/audit/availability-zone",
    args = {},
    answer = [[{
  "azs": [ {
    "zone_name": "region-01-7a",
    "zone_number": 2,
    "az_type": "normal",
    "alias": "AZ 2",
    "alias_us": "AZ2"
  }, {
    "zone_name": "region-01-7b",
    "zone_number": 1,
    "az_type": "normal",
    "alias": "AZ 1",
    "alias_us": "AZ1"
  }, {
    "zone_name": "region-01-7c",
    "zone_number": 3,
    "az_type": "normal",
    "alias": "AZ3",
    "alias_us": "AZ3"
  } ]
}]],
    status = 200,
  },
  {
    doc = "DBSS 3.1.6", op = "list_audit_operate_logs", method = "POST",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/operate-log",
    args = {
      instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364",
      time = { time_range = "HOUR" },
      page = 1,
      size = 10,
    },
    body = [[{
  "time": {
    "time_range": "HOUR"
  },
  "page": 1,
  "size": 10
}]],
    answer = [[{
  "total_num": 3,
  "operate_log": [
    {
      "id": "1LJP-HgBCwCqSg3BVuAp",
      "user": "hby-test",
      "time": "2021-04-22 06:40:52",
      "function": "Database list",
      "action": "Delete",
      "name": "db01",
      "description": "Delete an audited database.",
      "result": "success"
    },
    {
      "id": "07JO-HgBCwCqSg3ByOAD",
      "user": "hby-test",
      "time" : "2021-04-22 06:40:15",
      "function" : "Database list",
      "action" : "Update",
      "name" : "db01",
      "description" : "Close the audit agent.",
      "result" : "success"
    }, {
      "id" : "ULKM93gBCwCqSg3BZeD1",
      "user" : "hby-test",
      "time" : "2021-04-22 03:07:56",
      "function" : "Database list",
      "action" : "Create",
      "name" : "db01",
      "description" : "Create a database.",
      "result" : "success"
    }
  ]
}]],
    status = 200,
    repaired = "a page break closes all brackets after the second user and goes on with time",
    contradicts = "page and size are integers, the table has strings; answer: action is capitalised",
    odd = {
      "operate_log[].action: choice: Delete",
      "operate_log[].action: choice: Update",
      "operate_log[].action: choice: Create",
    },
  },
  {
    doc = "DBSS 3.1.7", op = "update_audit_security_group", method = "POST",
    url = "/v1/{project_id}/dbss/audit/security-group",
    args = {
      resource_id = "062212d8-8e30-4783-9671-43f3f1f3bb1e",
      securitygroup_ids = { "f0fbec06-bcf6-4c7e-99fa-f0ddfb1d9bd" },
    },
    body = [[{
  "resource_id" : "062212d8-8e30-4783-9671-43f3f1f3bb1e",
  "securitygroup_ids" : [ "f0fbec06-bcf6-4c7e-99fa-f0ddfb1d9bd" ]
}]],
    answer = [[""]],
    status = 200,
    note = "the security group's id is one character short of a UUID",
    contradicts = "answer: an empty JSON string; the table has an object with result",
    odd = {
      "type: string",
    },
  },
}
