-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DBSS 3.2.
return {
  {
    doc = "DBSS 3.2.1", op = "list_audit_instances", method = "GET",
    url = "/v1/{project_id}/dbss/audit/instances",
    args = {},
    answer = [[{
  "servers" : [ {
    "name" : "DBSS-Test",
    "comment" : "",
    "connect_ipv6" : null,
    "status" : "ACTIVE",
    "task" : "NO_TASK",
    "id" : "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364",
    "specification" : "Low | 3 Proxy",
    "zone" : "region-01-7a",
    "created" : "2021-04-21 04:37:54",
    "expired" : null,
    "subnet_id" : "97ef0bb5-3759-4db4-aa49-0d087ed49ce5",
    "cpu" : 4,
    "ram" : 16384,
    "region" : "eu-de",
    "version" : "21.04.16.164614",
    "charge_model" : "Demand",
    "remain_days" : null,
    "config_num" : 1,
    "effect" : null,
    "scene" : null,
    "connect_ip" : "192.168.0.229",
    "port_id" : "dc4bd420-e01c-4d12-a7ff-814f17c63079",
    "resource_id" : "062212d8-8e30-4783-9671-43f3f1f3bb1e",
    "vpc_id" : "76d98391-5abc-46ed-b8a8-f664202cb166",
    "security_group_id" : "f0fbec06-bcf6-4c7e-99fa-f0ddfb1d9bd",
    "resource_spec_code" : "dbss.bypassaudit.low",
    "keep_days" : null,
    "new_version" : null,
    "database_limit" : 3
  } ],
  "total" : 1
}]],
    status = 200,
    contradicts = "answer: id is a UUID and in use, the table calls it a meaningless number; no upgrade_log",
  },
  {
    doc = "DBSS 3.2.2", op = "list_audit_instance_jobs", method = "GET",
    url = "/v1/{project_id}/dbss/audit/jobs/{resource_id}",
    args = { resource_id = "062212d8-8e30-4783-9671-43f3f1f3bb1e" },
    answer = [[{
  "jobs": [ {
    "status": "SUCCESS",
    "job_type": null,
    "job_id": "8abf9647852a1daa01852e517e1a1a0b",
    "begin_time": 1671519371000,
    "end_time": 1671519417000,
    "error_code": null,
    "fail_reason": null,
    "charge_mode": "Demand",
    "server_name": "DBSS-qct-1220",
    "server_id": "0aa8f621-bc19-4822-b66d-7ab9ae3c8693"
  } ]
}]],
    status = 200,
    repaired = "the closing brackets are printed again after a page break",
    contradicts = "answer: no ha_id and ha_name",
  },
  {
    doc = "DBSS 3.2.3", op = "create_instances_period_order", method = "POST",
    url = "/v2/{project_id}/dbss/audit/charge/period/order", no_request_line = true,
    args = {
      flavor_ref = "c6.2xlarge.2",
      name = "DBSS-test",
      vpc_id = "4c035747-f77b-4c6d-b23b-cb3a2b96c7e6",
      availability_zone = "cn-north-7b",
      comment = "",
      region = "cn-north-7",
      nics = { { subnet_id = "6201dcf2-1374-43ec-ae8b-78b4081572d3" } },
      security_groups = { { id = "59c45017-a484-481b-8440-18c2214ccb06" } },
      cloud_service_type = "hws.service.type.dbss",
      charging_mode = 0,
      period_type = 2,
      period_num = 1,
      subscription_num = 1,
      is_auto_renew = 0,
      product_infos = { {
        product_id = "00301-225396-0--0",
        cloud_service_type = "hws.service.type.dbss",
        resource_type = "hws.resource.type.dbss",
        resource_spec_code = "dbss.bypassaudit.medium",
        product_spec_desc = '{"specDesc":{"zh-cn":{"key1":"value1"},"en-us":{"key1":"value1"}}}',
      } },
      promotion_info = "",
      enterprise_project_id = "0",
    },
    body = [[{
  "flavor_ref": "c6.2xlarge.2",
  "name": "DBSS-test",
  "vpc_id": "4c035747-f77b-4c6d-b23b-cb3a2b96c7e6",
  "availability_zone": "cn-north-7b",
  "comment": "",
  "region": "cn-north-7",
  "nics": [
    {
      "subnet_id": "6201dcf2-1374-43ec-ae8b-78b4081572d3"
    }
  ],
  "security_groups": [
    {
      "id": "59c45017-a484-481b-8440-18c2214ccb06"
    }
  ],
  "cloud_service_type": "hws.service.type.dbss",
  "charging_mode": 0,
  "period_type": 2,
  "period_num": 1,
  "subscription_num": 1,
  "is_auto_renew": 0,
  "product_infos": [
    {
      "product_id": "00301-225396-0--0",
      "cloud_service_type": "hws.service.type.dbss",
      "resource_type": "hws.resource.type.dbss",
      "resource_spec_code": "dbss.bypassaudit.medium",
      "product_spec_desc": "{\"specDesc\":{\"zh-cn\":{\"key1\":\"value1\"},\"en-us\":{\"key1\":\"value1\"}}}"
    }
  ],
  "promotion_info": "",
  "enterprise_project_id": "0"
}]],
    answer = [[{
  "description" : " Success",
  "code" : "0",
  "order_id" : "CS1710190909OGQIS"
}]],
    status = 200,
  },
}
