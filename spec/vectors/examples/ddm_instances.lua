-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.2, in document order. Ids that an example
-- leaves as a placeholder are taken from its answer or from a neighbouring one.

local expand_answer = [[
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

local create_group_1 = [[
{
  "name": "group-1",
  "type": "rw",
  "flavor_id": "a615922f-0ed8-3691-aad4-a595185febba",
  "nodes": [
    {
      "available_zone": "az1",
      "subnet_id": "ead1e945-ca89-45dd-bcce-4a30b2054c22"
    }
  ]
}]]

local create_group_answer = [[
{
  "job_id": "3ae783f3-844e-4051-abd5-b9cc65899785",
  "group_id": "b4153b807b1a4f83870bf868fcc4f4ea****"
}]]

local job_answer = [[
{
  "job_id" : "9fe84a77-6a6b-4b03-9a3e-db910a548657"
}]]

local order_answer = [[
{
  "order_id" : "CS1810251738L8VVD"
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
    path_differs = true,
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
    answer = expand_answer,
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
    answer = expand_answer,
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
  {
    doc = "DDM 4.2.15",
    op = "list_engines",
    method = "GET",
    url = "/v2/{project_id}/engines?offset={offset}&limit={limit}",
    args = { offset = 0, limit = 128 },
    answer = [[
{
  "engineGroups": [ {
    "id": "b6907aa2-aacb-3ac9-9782-b90b152d456c",
    "name": "ddm",
    "version": "3.0.8",
    "supportAzs": [ {
      "code": "az1",
      "name": "az1",
      "favored": false
    }, {
      "code": "az2",
      "name": "az2",
      "favored": true
    } ]
  } ],
  "offset" : 0,
  "limit" : 128,
  "total" : 1
}]],
    repaired = "a page break repeats brackets after the last AZ",
    status = 200,
  },
  {
    doc = "DDM 4.2.16",
    op = "list_flavors",
    method = "GET",
    url = "/v2/{project_id}/flavors?engine_id={engine_id}&offset={offset}&limit={limit}",
    args = { engine_id = "b6907aa2-aacb-3ac9-9782-b90b152d456c", offset = 0, limit = 128 },
    answer = [[
{
  "computeFlavorGroups" : [ {
    "offset" : 0,
    "limit" : 128,
    "total" : 6,
    "groupType" : "X86",
    "computeFlavors" : [ {
      "id" : "8f2e696c-a9c1-30bd-af90-25522bc67606",
      "typeCode" : "hws.resource.type.ddm",
      "code" : "ddm.c3.large.2",
      "iaasCode" : "c3.large.2",
      "cpu" : "2",
      "mem" : "4",
      "maxConnections" : "null",
      "serverType" : "KVM",
      "architecture" : "X86",
      "azStatus" : {
        "az2.dc0" : "unsupported",
        "az3xahz" : "normal",
        "az2xahz" : "normal",
        "az1xahz" : "normal"
      },
      "regionStatus" : "normal",
      "dbType" : "DDM",
      "extendFields" : {
        "azCode" : "az2.dc0,az3xahz,az2xahz,az1xahz",
        "azDescription" : "az2.dc0,az3xahz,az2xahz,az1xahz"
      }
    } ]
  }, {
    "offset" : 0,
    "limit" : 128,
    "total" : 3,
    "groupType" : "ARM",
    "computeFlavors" : [ {
      "id" : "87a6cb8b-0c56-3e16-a91d-9b680a1f8b7f",
      "typeCode" : "hws.resource.type.ddm",
      "code" : "ddm.rc6.large.2",
      "iaasCode" : "kc1.xlarge.2",
      "cpu" : "4",
      "mem" : "8",
      "maxConnections" : "null",
      "serverType" : "KVM",
      "architecture" : "ARM",
      "azStatus" : {
        "az2.dc0" : "unsupported",
        "az3xahz" : "normal",
        "az2xahz" : "normal",
        "az1xahz" : "normal"
      },
      "regionStatus" : "normal",
      "groupType" : "null",
      "dbType" : "DDM",
      "extendFields" : {
        "azCode" : "az2.dc0,az3xahz,az2xahz,az1xahz",
        "azDescription" : "az2.dc0,az3xahz,az2xahz,az1xahz"
      }
    } ]
  } ]
}]],
    repaired = "the last closing brace is missing",
    status = 200,
  },
  {
    doc = "DDM 4.2.17",
    op = "resize_flavor",
    method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/flavor",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      spec_code = "ddm.c6.4xlarge.2",
      group_id = "3e5a9063d3b84729b0a3310fad3a0942gr09",
      is_auto_pay = false,
    },
    body = [[
{
  "spec_code" : "ddm.c6.4xlarge.2",
  "group_id" : "3e5a9063d3b84729b0a3310fad3a0942gr09",
  "is_auto_pay" : false
}]],
    answer = [[
{
  "job_id" : "2x414788a5112333a02390e2eb0ea227"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.2.18",
    op = "list_groups",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/groups?offset=null&limit=null",
    sent_query = "",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09" },
    answer = [[
{
  "group_list": [
    {
      "id": "****gr09",
      "name": "group-default",
      "role": "rw",
      "endpoint": "****.5066",
      "is_load_balance": true,
      "is_default_group": false,
      "architecture": "X86",
      "cpu_num_per_node": 4,
      "mem_num_per_node": 8,
      "node_list": [
        {
          "id": "****no09",
          "name": "node_01",
          "az": "some_az"
        }
      ]
    }
  ],
  "total_count": 1
}]],
    status = 200,
    contradicts = "offset and limit are sent as null where the table has integers; args leave both out",
  },
  {
    doc = "DDM 4.2.19",
    op = "create_group",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/groups",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      name = "group-1",
      type = "rw",
      flavor_id = "a615922f-0ed8-3691-aad4-a595185febba",
      nodes = { { available_zone = "az1", subnet_id = "ead1e945-ca89-45dd-bcce-4a30b2054c22" } },
    },
    body = create_group_1,
    answer = create_group_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.19",
    op = "create_group",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/groups",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      name = "group-2",
      type = "r",
      flavor_id = "a615922f-0ed8-3691-aad4-a595185febba",
      nodes = { { available_zone = "az1", subnet_id = "ead1e945-ca89-45dd-bcce-4a30b2054c22" } },
    },
    body = [[
{
  "name": "group-2",
  "type": "r",
  "flavor_id": "a615922f-0ed8-3691-aad4-a595185febba",
  "nodes": [
    {
      "available_zone": "az1",
      "subnet_id": "ead1e945-ca89-45dd-bcce-4a30b2054c22"
    }
  ]
}]],
    answer = create_group_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.19",
    op = "create_group",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/groups",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      name = "group-3",
      type = "rw",
      flavor_id = "a615922f-0ed8-3691-aad4-a595185febba",
      nodes = {
        { available_zone = "az1", subnet_id = "ead1e945-ca89-45dd-bcce-4a30b2054c22" },
        { available_zone = "az2", subnet_id = "ead1e945-ca89-45dd-bcce-4a30b2054c22" },
      },
    },
    body = [[
{
  "name": "group-3",
  "type": "rw",
  "flavor_id": "a615922f-0ed8-3691-aad4-a595185febba",
  "nodes": [
    {
      "available_zone": "az1",
      "subnet_id": "ead1e945-ca89-45dd-bcce-4a30b2054c22"
    },
    {
      "available_zone": "az2",
      "subnet_id": "ead1e945-ca89-45dd-bcce-4a30b2054c22"
    }
  ]
}]],
    answer = create_group_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.19",
    op = "create_group",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/groups",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      name = "group-1",
      type = "rw",
      flavor_id = "a615922f-0ed8-3691-aad4-a595185febba",
      nodes = { { available_zone = "az1", subnet_id = "ead1e945-ca89-45dd-bcce-4a30b2054c22" } },
    },
    body = create_group_1,
    answer = order_answer,
    status = 202,
    note = "the first request again, answered for a yearly/monthly instance",
  },
  {
    doc = "DDM 4.2.20",
    op = "delete_group",
    method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}/groups/{group_id}",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      group_id = "b4153b807b1a4f83870bf868fcc4f4eagr09",
    },
    answer = [[
{
  "job_id": "3ae783f3-844e-4051-abd5-b9cc65899785"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.2.20",
    op = "delete_group",
    method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}/groups/{group_id}",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      group_id = "b4153b807b1a4f83870bf868fcc4f4eagr09",
    },
    answer = order_answer,
    status = 202,
    note = "the same request, answered for a yearly/monthly instance",
  },
  {
    doc = "DDM 4.2.21",
    op = "list_engines_v3",
    method = "GET",
    url = "/v3/{project_id}/engines?offset=0&limit=10",
    args = { offset = 0, limit = 10 },
    answer = [[
{
  "engine_groups": [
    {
      "id": "036dc44a-b560-4316-9e7f-e25a60f2aea2",
      "name": "ddm",
      "version": "3.1.0.8"
    }
  ],
  "offset": 0,
  "limit": 1,
  "total": 3
}]],
    status = 200,
    contradicts = "answer: limit 1 and one engine of three, though 10 were asked for",
  },
  {
    doc = "DDM 4.2.22",
    op = "list_flavors_v3",
    method = "GET",
    url = "/v3/{project_id}/flavors?engine_id=xxxxxx-xxxx-xxxx-f7ab-100f2cd33008&engine_version=3.x.x.x"
      .. "&available_zones=cn-north-1a,cn-north-1b&offset=0&limit=10",
    args = {
      engine_id = "xxxxxx-xxxx-xxxx-f7ab-100f2cd33008",
      engine_version = "3.x.x.x",
      available_zones = "cn-north-1a,cn-north-1b",
      offset = 0,
      limit = 10,
    },
    answer = [[
{
  "flavor_groups": [
    {
      "offset": 0,
      "limit": 1,
      "total": 4,
      "group_type": "X86",
      "flavors": [
        {
          "id": "xxxxx-xxxx-xxxx-xxxx-xxxxxxxx",
          "spec_code": "ddm.c6.xlarge.2",
          "vcpus": "4",
          "ram": "8",
          "az_infos": [
            {
              "code": "cn-north-7a",
              "status": "normal",
              "description": "AZ 1",
              "support_ipv6": true
            }
          ]
        }
      ]
    },
    {
      "offset": 0,
      "limit": 1,
      "total": 5,
      "group_type": "ARM",
      "flavors": [
        {
          "id": "xxxxx-xxxx-xxxx-xxxx-xxxxxxxx",
          "spec_code": "ddm.kc1.large.2",
          "vcpus": "2",
          "ram": "4",
          "az_infos": [
            {
              "code": "cn-north-7a",
              "status": "normal",
              "description": "AZ 1",
              "support_ipv6": true
            }
          ]
        }
      ]
    }
  ]
}]],
    repaired = "no comma after description; group list closed too early; last brace missing",
    status = 200,
    contradicts = "answer: limit 1, though 10 were asked for",
  },
  {
    doc = "DDM 4.2.23",
    op = "show_instance_param",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/configurations?offset={offset}&limit={limit}",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", offset = 0, limit = 128 },
    answer = [[
{
  "id": "08142a7de30d40549f04fe4757c6660cpr09",
  "name": "ddm_69873de2-072",
  "description": "ParamGroup for instance",
  "updated": "2021-11-09 03:26:52",
  "configuration_parameter": [ {
    "name": "temp_table_size_limit",
    "value": "1000000",
    "need_restart": "0",
    "read_only": "0",
    "value_range": "500000-2000000000",
    "data_type": "integer",
    "description": "Maximum size of the temporary table."
  } ],
  "offset": 0,
  "limit": 128,
  "total": 22
}]],
    status = 200,
    contradicts = "answer: one parameter under a limit of 128, though the total is 22",
  },
  {
    doc = "DDM 4.2.24",
    op = "expand_instance_nodes_v3",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/nodes",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09", nodes = { { available_zone = "az1" } } },
    body = [[
{
  "nodes": [
    {
      "available_zone": "az1"
    }
  ]
}]],
    repaired = "a page break repeats two closing brackets",
    answer = [[
{
  "job_id": "eff1d289-4d03-4942-8b9f-463ea07c000c"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.2.24",
    op = "expand_instance_nodes_v3",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/nodes",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      group_id = "efd077a3a50e460c8ba62e1956363299gr09",
      subnet_id = "ead1e945-ca89-45dd-bcce-4a30b2054c22",
      nodes = { { available_zone = "az1" } },
    },
    body = [[
{
  "group_id": "efd077a3a50e460c8ba62e1956363299gr09",
  "subnet_id": "ead1e945-ca89-45dd-bcce-4a30b2054c22",
  "nodes": [
    {
      "available_zone": "az1"
    }
  ]
}]],
    answer = [[
{
  "job_id": "eff1d289-4d03-4942-8b9f-463ea07c000c"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.2.24",
    op = "expand_instance_nodes_v3",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/nodes",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      is_auto_pay = true,
      nodes = { { available_zone = "az1" } },
    },
    body = [[
{
  "is_auto_pay": true,
  "nodes": [
    {
      "available_zone": "az1"
    }
  ]
}]],
    answer = order_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.25",
    op = "delete_instance_v3",
    method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}?delete_dn_data=true",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09", delete_dn_data = true },
    answer = [[
{
  "job_id": "eff1d289-xxxx-xxxx-8b9f-463ea07c000c"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.2.25",
    op = "delete_instance_v3",
    method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}?delete_dn_data=false",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09", delete_dn_data = false },
    answer = [[
{
  "job_id": "eff1d289-xxxx-xxxx-8b9f-463ea07c000c"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.2.26",
    op = "switch_ssl",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/switch-ssl",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09", ssl_enabled = true },
    body = [[
{
  "ssl_enabled": true
}]],
    answer = job_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.27",
    op = "update_instance_port",
    method = "POST",
    method_differs = true,
    url = "/v3/{project_id}/instances/{instance_id}/port",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09", port = 5067 },
    body = [[
{
  "port" : 5067
}]],
    answer = job_answer,
    status = 202,
    contradicts = "the example's request line says POST, the URI line and the row PUT",
  },
  {
    doc = "DDM 4.2.28",
    op = "restart_instance_v3",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/restart",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09" },
    answer = job_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.29",
    op = "restart_node",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/nodes/{node_id}/restart",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      node_id = "4a2b97b7f5e3462c9c78aae93b46ed83no09",
    },
    answer = job_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.30",
    op = "bind_eip",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/eip",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      public_ip = "10.83.84.176",
      public_ip_id = "7c87996a-85f4-4029-a254-502999d4767a",
    },
    body = [[
{
  "public_ip": "10.83.84.176",
  "public_ip_id": "7c87996a-85f4-4029-a254-502999d4767a"
}]],
    answer = job_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.31",
    op = "unbind_eip",
    method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}/eip",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09" },
    answer = job_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.32",
    op = "update_elb_ip",
    method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/elb/ip",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      new_ip = "172.16.192.208",
      group_id = "ee8f0a088ec3408880ef1971a96431ecgr09",
    },
    body = [[
{
  "new_ip": "172.16.192.208",
  "group_id": "ee8f0a088ec3408880ef1971a96431ecgr09"
}]],
    answer = job_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.33",
    op = "delete_nodes",
    method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}/nodes",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      node_ids = { "116ba14da45678d28ecd83a38c218907no02" },
    },
    body = [[
{
  "node_ids": ["116ba14da45678d28ecd83a38c218907no02"]
}]],
    answer = job_answer,
    status = 202,
  },
  {
    doc = "DDM 4.2.33",
    op = "delete_nodes",
    method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}/nodes",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      node_ids = { "116ba14da45678d28ecd83a38c218907no02" },
    },
    body = [[
{
  "node_ids": ["116ba14da45678d28ecd83a38c218907no02"]
}]],
    answer = order_answer,
    status = 202,
    note = "the same request, answered for a yearly/monthly instance",
  },
  {
    doc = "DDM 4.2.34",
    op = "show_node_v3",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/nodes/{node_id}",
    args = {
      instance_id = "28e8841d0b9c4f6a9a30742ee60e1068in09",
      node_id = "8d5601f17b30****da1e69181173cdno09",
    },
    answer = [[
{
  "id": "8d5601f17b30****da1e69181173cdno09",
  "private_ip": "172.16.203.68",
  "status": "normal",
  "name": "ddm-ag****de2_node_01",
  "subnet_id": "d27cdc75****b6-b2ab-fec93af33538",
  "az_code": "cn-southwest-244a",
  "group_id": "148a54****41ba6ed231487e73ccgr09"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.35",
    op = "update_instance_name_v3",
    method = "PUT",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/name",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", name = "ddm-test" },
    body = [[
{
  "name" : "ddm-test"
}]],
    answer = [[
{
  "job_id" : "0b063c71-364f-4012-95c9-576dfedf350"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.2.36",
    op = "update_instance_security_group_v3",
    method = "PUT",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/security-group",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09",
      security_group_id = "035b70ed-319b-4086-9fd7-62a2e8548b2e",
    },
    body = [[
{
  "security_group_id" : "035b70ed-319b-4086-9fd7-62a2e8548b2e"
}]],
    answer = [[{}]],
    status = 200,
  },
  {
    doc = "DDM 4.2.37",
    op = "reload_table_data_v3",
    method = "POST",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/reload-config",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09" },
    body = [[{ }]],
    answer = [[{ }]],
    status = 200,
    contradicts = "no table has a body, the example sends an empty object",
  },
  {
    doc = "DDM 4.2.38",
    op = "check_data_node_connection",
    method = "POST",
    url = "/v3/a8e2a5e2a6xxxxxxxxx5af5b9ddabe5/instances/b7eabbbc6bxxxxxxxxadfffa99a7c2in09/rds/connection",
    args = {
      instance_id = "b7eabbbc6bxxxxxxxxadfffa99a7c2in09",
      infos = {
        {
          endpoint = "****.***.***.***.***",
          username = "root",
          password = "*****",
          rds_instance_id = "b944d6e9a8xxxxxxxx74e257b83c84in01",
        },
      },
    },
    body = [[
{
  "infos": [ {
    "endpoint": "****.***.***.***.***",
    "username": "root",
    "password": "*****",
    "rds_instance_id": "b944d6e9a8xxxxxxxx74e257b83c84in01"
  } ]
}]],
    answer = [[
{
  "rds_check_info" : [ {
    "rds_instance_id" : "b3110ddff4xxxxxxxxx7f2b752cd2a70in01",
    "success" : "true",
    "error_code" : null,
    "error_message" : null
  }]
}]],
    repaired = "joined over a page break",
    status = 200,
    contradicts = "masked ids are shorter than 36; answer: rds_check_info and another RDS instance than asked for, "
      .. "the table has rds_check_infos",
    warned = {
      "path.instance_id: has 34 characters, at least 36 are needed",
      "path.instance_id: does not have the documented form [A-Za-z0-9]{32}in09",
      "body.infos[1].rds_instance_id: has 34 characters, at least 36 are needed",
      "body.infos[1].rds_instance_id: does not have the documented form [A-Za-z0-9]{32}in01",
    },
  },
  {
    doc = "DDM 4.2.39",
    op = "set_read_only_status",
    method = "PUT",
    url = "/v3/a8e2a5e2a6xxxxxxxxx5af5b9ddabe5/instances/849c450a43xxxxxxxxxf33cff5f0717pr09/readonly-status",
    args = { instance_id = "849c450a43xxxxxxxxxf33cff5f0717pr09", readonly = true },
    body = [[
{
  "readonly": true
}]],
    answer = [[
{
  "job_id" : "075fabcf-c4f0-4dc3-a734-65449f5cd277"
}]],
    status = 202,
    contradicts = "the masked instance ID is shorter than 36 and ends in pr09 where the table asks for in09",
    warned = {
      "path.instance_id: has 35 characters, at least 36 are needed",
      "path.instance_id: does not have the documented form [A-Za-z0-9]{32}in09",
    },
  },
  {
    doc = "DDM 4.2.40",
    op = "show_tmlog_infos",
    method = "GET",
    url = "/v3/a8e2a5e2a6xxxxxxxxx5af5b9ddabe5/instances/b7eabbbc6bxxxxxxxxxadffa99a7c2in09/tmlogs",
    args = { instance_id = "b7eabbbc6bxxxxxxxxxadffa99a7c2in09" },
    answer = [[
{
  "tmlogs": [ {
    "node_id": "d768e14643xxxxxxxxxxxx692dcfa5no09",
    "file_list": [ ],
    "tmlog_size": 0
  }, {
    "node_id": "3422de7fc5xxxxxxxxxxxxd9a7f675no09",
    "file_list": [ ],
    "tmlog_size": 0
  } ],
  "total": 2
}]],
    status = 200,
    contradicts = "the masked instance ID is shorter than 36",
    warned = {
      "path.instance_id: has 34 characters, at least 36 are needed",
      "path.instance_id: does not have the documented form [A-Za-z0-9]{32}in09",
    },
  },
  {
    doc = "DDM 4.2.41",
    op = "move_tmlog_files",
    method = "POST",
    url = "/v3/a8e2a5e2a6xxxxxxxxx5af5b9ddabe5/instances/b7eabbc6bxxxxxxxxxadffa99a7c2in09/tmlogs",
    args = {
      instance_id = "b7eabbc6bxxxxxxxxxadffa99a7c2in09",
      node_ids = { "d768e14643xxxxxxxxxxxx692dcfa5no09", "3422de7fc5xxxxxxxxxxxxd9a7f675no09" },
    },
    body = [[
{
  "node_ids" : [ "d768e14643xxxxxxxxxxxx692dcfa5no09", "3422de7fc5xxxxxxxxxxxxd9a7f675no09" ]
}]],
    answer = [[
{
  "job_id" : "24xxx04-xxx-xxx-c65xxx857c9"
}]],
    status = 202,
    contradicts = "the masked instance ID is shorter than 36",
    warned = {
      "path.instance_id: has 33 characters, at least 36 are needed",
      "path.instance_id: does not have the documented form [A-Za-z0-9]{32}in09",
    },
  },
}
