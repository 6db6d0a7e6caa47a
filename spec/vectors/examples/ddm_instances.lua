-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.2, in document order. Ids that an example
-- leaves as a placeholder are taken from its answer or from a neighbouring one.

local pay_per_use_v1_scaling = [[
{
  "instanceId" : "28e8841d0b9c4f6a9a30742ee60e1068in09",
  "instanceName" : "ddm-fb88-test",
  "jobId" : "1eb697c0-1842-43a3-8671-f562d0385cb9"
}]]

local shrink_answer = [[
{
  "instanceId" : "28e8841d0b9c4f6a9a30742ee60e1068in09",
  "instanceName" : "BUG-ddm-fb88-test",
  "jobId" : "1eb697c0-1842-43a3-8671-f562d0385cb9"
}]]

local delete_answer = [[
{
  "id" : "9608ce63-bf66-4342-be8a-44f9b6b15d54",
  "job_id" : "1c403d1d-d3e9-4b3e-9750-7cd6a58376d9"
}]]

return {
  {
    doc = "DDM 4.2.1",
    op = "create_instance",
    method = "POST",
    url = "/v1/{project_id}/instances",
    args = {
      instance = {
        name = "ddm-test-001",
        flavor_id = "8f2e696c-a9c1-30bd-af90-25522bc67606",
        node_num = 4,
        engine_id = "2325a707-0361-8be6-dd01-13474bbac437",
        enterprise_project_id = "0",
        available_zones = { "az1" },
        vpc_id = "e1d886ec-cfe7-4cd4-b748-fc55a10b4172",
        security_group_id = "035b70ed-319b-4086-9fd7-62a2e8548b2e",
        subnet_id = "f942f970-1a02-4eee-8927-xxxxxxx",
        param_group_id = "035b70ed-319b-4086-9fd7-xxxxxxx",
      },
    },
    body = [[
{
  "instance": {
    "name": "ddm-test-001",
    "flavor_id": "8f2e696c-a9c1-30bd-af90-25522bc67606",
    "node_num": 4,
    "engine_id": "2325a707-0361-8be6-dd01-13474bbac437",
    "enterprise_project_id": "0",
    "available_zones": [ "az1" ],
    "vpc_id": "e1d886ec-cfe7-4cd4-b748-fc55a10b4172",
    "security_group_id": "035b70ed-319b-4086-9fd7-62a2e8548b2e",
    "subnet_id": "f942f970-1a02-4eee-8927-xxxxxxx",
    "param_group_id" : "035b70ed-319b-4086-9fd7-xxxxxxx"
  }
}]],
    repaired = "a page break closes the objects before param_group_id and again after it",
    answer = [[
{
  "id": "e90bc6739a3c4666a577c3fa1524dac2in09",
  "job_id": "3ae783f3-844e-4051-abd5-b9cc65899785",
  "order_id": null
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.1",
    op = "create_instance",
    method = "POST",
    url = "/v1/{project_id}/instances",
    args = {
      instance = {
        name = "ddm-test-003",
        flavor_id = "8f2e696c-a9c1-30bd-af90-25522bc67606",
        node_num = 4,
        engine_id = "2325a707-0361-8be6-dd01-13474bbac437",
        enterprise_project_id = "0",
        available_zones = { "az1" },
        vpc_id = "e1d886ec-cfe7-4cd4-b748-fc55a10b4172",
        security_group_id = "035b70ed-319b-4086-9fd7-62a2e8548b2e",
        subnet_id = "f942f970-1a02-4eee-8927-xxxxxxx",
        param_group_id = "035b70ed-319b-4086-9fd7-xxxxxxx",
      },
      extend_param = {
        charge_mode = "prePaid",
        period_type = "month",
        period_num = 1,
        is_auto_renew = "true",
        is_auto_pay = "true",
      },
    },
    body = [[
{
  "instance" : {
    "name" : "ddm-test-003",
    "flavor_id" : "8f2e696c-a9c1-30bd-af90-25522bc67606",
    "node_num" : 4,
    "engine_id" : "2325a707-0361-8be6-dd01-13474bbac437",
    "enterprise_project_id" : "0",
    "available_zones" : [ "az1" ],
    "vpc_id" : "e1d886ec-cfe7-4cd4-b748-fc55a10b4172",
    "security_group_id" : "035b70ed-319b-4086-9fd7-62a2e8548b2e",
    "subnet_id" : "f942f970-1a02-4eee-8927-xxxxxxx",
    "param_group_id" : "035b70ed-319b-4086-9fd7-xxxxxxx"
  },
  "extend_param" : {
    "charge_mode" : "prePaid",
    "period_type" : "month",
    "period_num" : 1,
    "is_auto_renew" : "true",
    "is_auto_pay" : "true"
  }
}]],
    answer = [[
{
  "id" : null,
  "job_id": null,
  "order_id" : "CS1810251738L8VVD"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.2",
    op = "list_instances",
    method = "GET",
    url = "/v1/{project_id}/instances?offset={offset}&limit={limit}",
    args = { offset = 2, limit = 1 },
    answer = [[
{
  "instance_num" : 26,
  "instances" : [ {
    "id" : "73f27bb0b26d4a79a9b0c58a4c700c4fin09",
    "status" : "RUNNING",
    "name" : "ddm-36c7",
    "created" : "2021-12-14T07:46:22+0000",
    "updated" : "2021-12-14T10:11:22+0000",
    "available_zone" : "az1",
    "vpc_id" : "1d9441c5-1a4b-431d-9edb-bf3564a83e74",
    "subnet_id" : "20c2d83c-755b-42a2-846a-4688eb35d1a7",
    "security_group_id" : "fbdff89d-32fe-45a4-832b-115ac4bfaac9",
    "node_count" : 1,
    "access_ip" : "192.168.23.143",
    "access_port" : "5066",
    "core_count" : "2",
    "ram_capacity" : "4",
    "node_status" : "RUNNING",
    "enterprise_project_id" : "0",
    "project_id" : "055d9f4ee780d4d42f96c01c1bc3c50c",
    "engine_version" : "3.0.8",
    "enable_ssl" : false,
    "flavor_ref" : "ddm.c6.large.2"
  } ],
  "page_size" : 1,
  "total_record" : 26,
  "total_page" : 26,
  "page_no" : 3
}]],
    status = 200,
    note = "offset 2 and limit 1 are what page 3 of 26 answers",
  },
  {
    doc = "DDM 4.2.3",
    op = "show_instance",
    method = "GET",
    url = "/v1/{project_id}/instances/{instance_id}",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09" },
    answer = [[
{
  "nodes": [ {
    "status": "RUNNING",
    "port": 5066,
    "ip": "192.168.0.160",
    "group_id": "b4153b807b1a4f83870bf868fcc4f4eagr09",
    "node_id": "4a2b97b7f5e3462c9c78aae93b46ed83no09"
  } ],
  "id": "1f5c9fd6cd984056ba89c8c87cc03278in09",
  "status": "RUNNING",
  "name": "ddm2-test",
  "created": "2021-11-09T03:30:01+0000",
  "updated": "2021-12-15T09:12:58+0000",
  "available_zone": "az1",
  "vpc_id": "cfaa4024-0603-4aba-81d4-2203b4ad26fb",
  "subnet_id": "48f270ef-af70-4ad9-bb1c-c28dd5b37f93",
  "security_group_id": "bc28ef93-0083-4652-bce6-381e14284db6",
  "node_count": 1,
  "access_ip": "192.168.0.160",
  "access_port": "5066",
  "core_count": "2",
  "ram_capacity": "8",
  "node_status": "RUNNING",
  "enterprise_project_id": "0",
  "project_id": "070c071d8e80d58c2f42c0121b10cf9f",
  "engine_version": "3.0.6",
  "admin_user_name": "root",
  "enable_ssl": false,
  "flavor_ref": "ddm.c6.large.2"
}]],
    status = 200,
    contradicts = "answer: an integer nodes[].port and admin_user_name; the table has a string and admin_username",
  },
  {
    doc = "DDM 4.2.4",
    op = "update_instance_name",
    method = "PUT",
    url = "/v1/{project_id}/instances/{instance_id}/modify-name",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", name = "DDM-test-04" },
    body = [[
{
  "name" : "DDM-test-04"
}]],
    answer = [[
{
  "name" : "DDM-test-04"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.5",
    op = "update_instance_security_group",
    method = "PUT",
    url = "/v1/{project_id}/instances/{instance_id}/modify-security-group",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      security_group_id = "035b70ed-319b-4086-9fd7-62a2e8548b2e",
    },
    body = [[
{
  "security_group_id" : "035b70ed-319b-4086-9fd7-62a2e8548b2e"
}]],
    answer = [[
{
  "security_group_id" : "035b70ed-319b-4086-9fd7-62a2e8548b2e"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.6",
    op = "delete_instance",
    method = "DELETE",
    url = "/v1/{project_id}/instances/{instance_id}?delete_rds_data=true",
    args = { instance_id = "9608ce63-bf66-4342-be8a-44f9b6b15d54", delete_rds_data = "true" },
    answer = delete_answer,
    status = 200,
    contradicts = "answer: the table has no job_id",
  },
  {
    doc = "DDM 4.2.6",
    op = "delete_instance",
    method = "DELETE",
    url = "/v1/{project_id}/instances/{instance_id}?delete_rds_data=false",
    args = { instance_id = "9608ce63-bf66-4342-be8a-44f9b6b15d54", delete_rds_data = "false" },
    answer = delete_answer,
    status = 200,
    contradicts = "answer: the table has no job_id",
  },
  {
    doc = "DDM 4.2.7",
    op = "restart_instance",
    method = "POST",
    url = "/v1/{project_id}/instances/{instance_id}/action",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09", restart = { type = "soft" } },
    body = [[
{
  "restart": {
    "type": "soft"
  }
}]],
    answer = [[
{
  "instanceId" : "28e8841d0b9c4f6a9a30742ee60e1068in09",
  "instanceName" : "ddm-fb88-test",
  "jobId" : "1eb697c0-1842-43a3-8671-f562d0385cb9"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.8",
    op = "reload_table_data",
    method = "POST",
    url = "/v1/{project_id}/instances/{instance_id}/reload_config",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09" },
    body = [[{ }]],
    answer = [[{ }]],
    status = 200,
    contradicts = "the URI line ends in reload-config; no table has a body, the example sends an empty object",
  },
  {
    doc = "DDM 4.2.9",
    op = "expand_instance_nodes",
    method = "POST",
    url = "/v2/{project_id}/instances/{instance_id}/action/enlarge",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      flavor_id = "8f2e696c-a9c1-30bd-af90-25522bc67606",
      node_number = 1,
    },
    body = [[
{
  "flavor_id": "8f2e696c-a9c1-30bd-af90-25522bc67606",
  "node_number": 1
}]],
    answer = pay_per_use_v1_scaling,
    status = 200,
  },
  {
    doc = "DDM 4.2.9",
    op = "expand_instance_nodes",
    method = "POST",
    url = "/v2/{project_id}/instances/{instance_id}/action/enlarge",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      flavor_id = "8f2e696c-a9c1-30bd-af90-25522bc67606",
      group_id = "f080abf2010d45118068c28c8958f5fcgr09",
      node_number = 1,
    },
    body = [[
{
  "flavor_id": "8f2e696c-a9c1-30bd-af90-25522bc67606",
  "group_id": "f080abf2010d45118068c28c8958f5fcgr09",
  "node_number": 1
}]],
    answer = pay_per_use_v1_scaling,
    status = 200,
  },
  {
    doc = "DDM 4.2.9",
    op = "expand_instance_nodes",
    method = "POST",
    url = "/v2/{project_id}/instances/{instance_id}/action/enlarge",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      flavor_id = "8f2e696c-a9c1-30bd-af90-25522bc67606",
      node_number = 1,
      is_auto_pay = true,
      available_zones = { "az1xahz" },
    },
    body = [[
{
  "flavor_id": "8f2e696c-a9c1-30bd-af90-25522bc67606",
  "node_number": 1,
  "is_auto_pay": true,
  "available_zones": [
    "az1xahz"
  ]
}]],
    note = "yearly/monthly: no answer with orderId is shown",
  },
  {
    doc = "DDM 4.2.10",
    op = "shrink_instance_nodes",
    method = "POST",
    url = "/v2/{project_id}/instances/{instance_id}/action/reduce",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09", node_number = 2 },
    body = [[
{
  "node_number": 2
}]],
    answer = shrink_answer,
    status = 200,
  },
  {
    doc = "DDM 4.2.10",
    op = "shrink_instance_nodes",
    method = "POST",
    url = "/v2/{project_id}/instances/{instance_id}/action/reduce",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      group_id = "f080abf2010d45118068c28c8958f5fcgr09",
      node_number = 1,
    },
    body = [[
{
  "group_id": "f080abf2010d45118068c28c8958f5fcgr09",
  "node_number": 1
}]],
    answer = shrink_answer,
    status = 200,
  },
  {
    doc = "DDM 4.2.11",
    op = "update_read_and_write_strategy",
    method = "PUT",
    url = "/v2/{project_id}/instances/{instance_id}/action/read-write-strategy",
    args = {
      instance_id = "175f5aff-xxxx-xxxx-xxxx-d0858982bbec",
      read_weight = {
        ["395298ae6fb9496d95939ed556474983in01"] = 60,
        ["38ef52c365a14b7caeb7333137900e96in01"] = 50,
      },
    },
    body = [[
{
  "read_weight" : {
    "395298ae6fb9496d95939ed556474983in01" : 60,
    "38ef52c365a14b7caeb7333137900e96in01" : 50
  }
}]],
    answer = [[
{
  "success" : true,
  "instance_id" : "175f5aff-xxxx-xxxx-xxxx-d0858982bbec"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.12",
    op = "sync_data_nodes",
    method = "POST",
    url = "/v1/{project_id}/instances/{instance_id}/rds/sync",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09" },
    answer = [[
{
  "instanceId" : "1f5c9fd6cd984056ba89c8c87cc03278in09",
  "jobId" : "6f1334ca-faa6-479e-837f-f3219192675e"
}]],
    status = 200,
    note = "the word None stands where the body would be",
  },
  {
    doc = "DDM 4.2.13",
    op = "list_nodes",
    method = "GET",
    url = "/v1/{project_id}/instances/{instance_id}/nodes?offset={offset}&limit={limit}",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", offset = 0, limit = 128 },
    answer = [[
{
  "nodes": [ {
    "port": "5066",
    "status": "normal",
    "node_id": "4a2b97b7f5e3462c9c78aae93b46ed83no09",
    "ip": "192.168.0.160",
    "group_id": "b4153b807b1a4f83870bf868fcc4f4eagr09"
  } ],
  "offset": 0,
  "limit": 128,
  "total": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.14",
    op = "show_node",
    method = "GET",
    url = "/v1/{project_id}/instances/{instance_id}/nodes/{node_id}",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      node_id = "4a2b97b7f5e3462c9c78aae93b46ed83no09",
    },
    answer = [[
{
  "status": "normal",
  "name": "ddm2-test_node_01",
  "node_id": "4a2b97b7f5e3462c9c78aae93b46ed83no09",
  "private_ip": "192.168.0.160",
  "floating_ip": "100.65.78.158",
  "server_id": "8bd4d0bd-f63e-489a-95b6-50351f9657e6",
  "datavolume_id": "30ade9fb-26de-4d1f-af08-c376974b9d86",
  "res_subnet_ip": "172.16.15.224",
  "systemvolume_id": "88d7de55-f886-4929-ae7c-04d842959700",
  "group_id": "b4153b807b1a4f83870bf868fcc4f4eagr09"
}]],
    status = 200,
  },
}
