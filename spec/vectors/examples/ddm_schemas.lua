-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.3, in document order. Ids that an example
-- leaves as a placeholder are taken from its answer or from a neighbouring one.

return {
  {
    doc = "DDM 4.3.1",
    op = "create_schema",
    method = "POST",
    url = "/v1/{project_id}/instances/{instance_id}/databases",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      databases = {
        {
          name = "mytestdb",
          shard_mode = "cluster",
          shard_number = 8,
          shard_unit = 8,
          used_rds = {
            {
              id = "f296c394f13f48449d715bf99af07e59in01",
              adminUser = "root",
              adminPassword = "xxxxxx",
            },
          },
        },
      },
    },
    body = [[
{
  "databases": [ {
    "name": "mytestdb",
    "shard_mode": "cluster",
    "shard_number": 8,
    "shard_unit": 8,
    "used_rds": [ {
      "id": "f296c394f13f48449d715bf99af07e59in01",
      "adminUser": "root",
      "adminPassword": "xxxxxx"
    } ]
  } ]
}]],
    answer = [[
{
  "databases" : [ {
    "name" : "mytestdb"
  } ]
}]],
    status = 200,
  },
  {
    doc = "DDM 4.3.2",
    op = "list_schemas",
    method = "GET",
    url = "/v1/{project_id}/instances/{instance_id}/databases?offset={offset}&limit={limit}",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", offset = 0, limit = 128 },
    answer = [[
{
  "databases": [ {
    "status": "RUNNING",
    "created": 1642063713625,
    "name": "mytestdb170",
    "shard_mode": "cluster",
    "shard_number": 8,
    "shard_unit": 8,
    "used_rds": [ {
      "id": "c6f68fed9e74478c8679479a07d7d568in01",
      "status": "normal",
      "name": "rds-test"
    } ]
  } ],
  "total": 172
}]],
    status = 200,
    note = "offset and limit are placeholders in the example; total is 172 with one schema shown",
  },
  {
    doc = "DDM 4.3.3",
    op = "show_schema",
    method = "GET",
    url = "/v1/{project_id}/instances/{instance_id}/databases/{ddm_dbname}",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", ddm_dbname = "db_7567" },
    repaired = "a page break cuts the answer in two",
    answer = [[
{
  "database": {
    "name": "db_7567",
    "created": "1604631243234",
    "status": "RUNNING",
    "updated": "1604631243234",
    "databases": [ {
      "id": "e70a82534a364492b795c5080e3a1591in01",
      "name": "db_7567_0000",
      "idName": "db_7567_0000",
      "dbslot": 0,
      "status": "RUNNING",
      "created": 1604631243234,
      "updated": 1604631243234
    }, {
      "id": "e70a82534a364492b795c5080e3a1591in01",
      "name": "db_7567_0001",
      "idName": "db_7567_0001",
      "dbslot": 1,
      "status": "RUNNING",
      "created": 1604631243234,
      "updated": 1604631243234
    }, {
      "id": "e70a82534a364492b795c5080e3a1591in01",
      "name": "db_7567_0002",
      "idName": "db_7567_0002",
"dbslot" : 2,
"status" : "RUNNING",
"created" : 1604631243234,
"updated" : 1604631243234
}, {
  "id" : "e70a82534a364492b795c5080e3a1591in01",
  "name" : "db_7567_0003",
  "idName" : "db_7567_0003",
  "dbslot" : 3,
  "status" : "RUNNING",
  "created" : 1604631243234,
  "updated" : 1604631243234
}, {
  "id" : "e70a82534a364492b795c5080e3a1591in01",
  "name" : "db_7567_0004",
  "idName" : "db_7567_0004",
  "dbslot" : 4,
  "status" : "RUNNING",
  "created" : 1604631243234,
  "updated" : 1604631243234
}, {
  "id" : "e70a82534a364492b795c5080e3a1591in01",
  "name" : "db_7567_0005",
  "idName" : "db_7567_0005",
  "dbslot" : 5,
  "status" : "RUNNING",
  "created" : 1604631243234,
  "updated" : 1604631243234
}, {
  "id" : "e70a82534a364492b795c5080e3a1591in01",
  "name" : "db_7567_0006",
  "idName" : "db_7567_0006",
  "dbslot" : 6,
  "status" : "RUNNING",
  "created" : 1604631243234,
  "updated" : 1604631243234
}, {
  "id" : "e70a82534a364492b795c5080e3a1591in01",
  "name" : "db_7567_0007",
  "idName" : "db_7567_0007",
  "dbslot" : 7,
  "status" : "RUNNING",
  "created" : 1604631243234,
  "updated" : 1604631243234
}
],
"shard_mode" : "cluster",
"shard_number" : 8,
"shard_unit" : 8,
"dataVips" : [
  "192.168.185.97:5066"
],
"used_rds" : [ {
  "id" : "e70a82534a364492b795c5080e3a1591in01",
  "name" : "rds-5338",
  "status" : "normal"
}
]
}
}]],
    status = 200,
    contradicts = "created and updated of the schema are strings where the table has Long",
  },
  {
    doc = "DDM 4.3.4",
    op = "delete_schema",
    method = "DELETE",
    url = "/v1/{project_id}/instances/{instance_id}/databases/{ddm_dbname}?delete_rds_data=true",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      ddm_dbname = "mytestdb",
      delete_rds_data = "true",
    },
    answer = [[{ }]],
    status = 200,
  },
  {
    doc = "DDM 4.3.4",
    op = "delete_schema",
    method = "DELETE",
    url = "/v1/{project_id}/instances/{instance_id}/databases/{ddm_dbname}?delete_rds_data=false",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      ddm_dbname = "mytestdb",
      delete_rds_data = "false",
    },
    answer = [[{ }]],
    status = 200,
  },
  {
    doc = "DDM 4.3.5",
    op = "list_data_nodes",
    method = "GET",
    url = "/v1/{project_id}/instances/{instance_id}/rds?offset={offset}&limit={limit}",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", offset = 0, limit = 6 },
    repaired = "a page break cuts the answer in two",
    answer = [[
{
  "instances": [ {
    "id": "c6f68fed9e74478c8679479a07d7d568in01",
    "projectId": "055d9f4ee780d4d42f96c01c1bc3c50c",
    "status": "normal",
    "name": "test-ddm-no-delete-test01-00",
    "engineName": "mysql",
"engineSoftwareVersion" : 5.7,
"privateIp" : "192.168.23.97",
"mode" : "Ha",
"port" : 3306,
"azCode" : "az1xahzaz1xahz",
"timeZone" : "UTC+08: 00"
}, {
"id" : "337e2598c2a64cb5935079f85996731din01",
"projectId" : "055d9f4ee780d4d42f96c01c1bc3c50c",
"status" : "normal",
"name" : "test-ddm-no-delete-test01",
"engineName" : "mysql",
"engineSoftwareVersion" : 5.7,
"privateIp" : "192.168.23.221",
"mode" : "Ha",
"port" : 3306,
"azCode" : "az1xahzaz1xahz",
"timeZone" : "UTC+08: 00"
}],
"offset" : 0,
"limit" : 6,
"total" : 2
}]],
    status = 200,
    contradicts = "engineSoftwareVersion is a number where the table has String",
    note = "offset and limit are placeholders in the example; these are the ones its answer repeats",
  },
  {
    doc = "DDM 4.3.6",
    op = "create_schema_v3",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/databases",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      name = "mytestdb",
      shard_mode = "cluster",
      shard_number = 8,
      dn_instances = {
        {
          id = "f296c394f13f48449d715bf99af07e59in01",
          user_name = "root",
          user_password = "PassWord_234",
        },
      },
    },
    body = [[
{
  "name" : "mytestdb",
  "shard_mode" : "cluster",
  "shard_number" : 8,
  "dn_instances" : [ {
    "id" : "f296c394f13f48449d715bf99af07e59in01",
    "user_name" : "root",
    "user_password" : "PassWord_234"
  } ]
}]],
    answer = [[
{
  "name" : "mytestdb",
  "job_id" : "0e20f87b-cb3a-4612-a2ae-16e3f04e1f4c"
}]],
    status = 202,
    note = "the example's URL has the region cn-north-1 in place of the endpoint",
  },
  {
    doc = "DDM 4.3.7",
    op = "delete_schema_v3",
    method = "DELETE",
    url = "/v3/74f57817ca8f42e19318eb0e0ad41d18/instances/490030ecae1345b49c72b11a0812f99ain09/databases"
      .. "/db_b794?delete_dn_data=true",
    args = {
      instance_id = "490030ecae1345b49c72b11a0812f99ain09",
      database_name = "db_b794",
      delete_dn_data = true,
    },
    answer = [[
{
  "job_id" : "075fabcf-c4f0-4dc3-a734-65449f5cd277",
  "database_name" : "abc"
}]],
    status = 202,
    note = "the answer names another schema, abc",
  },
  {
    doc = "DDM 4.3.7",
    op = "delete_schema_v3",
    method = "DELETE",
    url = "/v3/74f57817ca8f42e19318eb0e0ad41d18/instances/490030ecae1345b49c72b11a0812f99ain09/databases"
      .. "/db_b794?delete_dn_data=false",
    args = {
      instance_id = "490030ecae1345b49c72b11a0812f99ain09",
      database_name = "db_b794",
      delete_dn_data = false,
    },
    answer = [[
{
  "job_id" : "075fabcf-c4f0-4dc3-a734-65449f5cd277",
  "database_name" : "abc"
}]],
    status = 202,
    note = "the answer names another schema, abc",
  },
  {
    doc = "DDM 4.3.8",
    op = "show_schema_v3",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{database_name}",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      database_name = "ddm_db_test",
    },
    answer = [[
{
  "shards": [ {
    "data_node_id": "253883d4****d3fb38161b57in01",
    "physical_db_name": "ddm_db_test_0000",
    "status": "RUNNING",
    "shard_index": 0
  }, {
    "data_node_id": "253883d4****9960d3fb38161b57in01",
    "physical_db_name": "ddm_db_test_0001",
    "status": "RUNNING",
    "shard_index": 1
  } ],
  "status": "RUNNING",
  "created": "2025-02-10T07:18:26+0000",
  "updated": "2025-02-10T07:18:26+0000",
  "name": "ddm_db_test",
  "shard_mode": "cluster",
  "shard_number": 2,
  "data_nodes": [ {
    "id": "253883****089960d3fb38161b57in01",
    "status": "normal",
    "name": "mysql****YwVuVoio6g8AnF5oUH5i",
    "engine_name": "mysql",
    "engine_version": "5.7",
    "mem": 4,
    "cpu": 2
  } ]
}]],
    status = 200,
    contradicts = "the status table says 202",
    note = "ids and names are masked with asterisks",
  },
  {
    doc = "DDM 4.3.9",
    op = "export_schema_metadata",
    method = "GET",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/1f5c9fd6cd984056ba89c8c87cc03278in09/schema-metadata",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09" },
    repaired = "a line break inside the encoded string",
    answer = [[
{
  "compressed_databases_info": "H4sIAAAAAAAAAAN3cTW/bRhgE4P/Csw7aL4rUtQUKX3wo0IMQCPxYNQJsOjAplIWR/17K1RvDPgQ9...",
  "data_nodes": [{
    "instance_id": "91b1272b09364ddeb999f1295bf0506ain01",
    "instance_name": "rds-for-ddm-01",
    "access_host": "172.16.192.110",
    "access_port": 3306,
    "engine": "mysql",
    "engine_version": "5.7"
  }]
}]],
    status = 200,
    note = "the example stands before the answer's table; where examples belong the section says there is "
      .. "none",
  },
  {
    doc = "DDM 4.3.10",
    op = "import_schema_metadata",
    method = "POST",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/1f5c9fd6cd984056ba89c8c87cc03278in09/schema-metadata",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      compressed_databases_info = "H4slAAAAAAAAAN3cTW/bRhgE4P/Csw7aL4rUtQUKX3wo0lMQCPxYNQJsOjApIIWR/17K1RvDPgQ9...",
      dn_instance = {
        {
          dn_instance_id = "91b1272b09364ddeb999f1295bf0506ain01",
          admin_user = "root",
          admin_password = "xxxxxxx",
        },
      },
    },
    body = [[
{
  "compressed_databases_info" : "H4slAAAAAAAAAN3cTW/bRhgE4P/Csw7aL4rUtQUKX3wo0lMQCPxYNQJsOjApIIWR/17K1RvDPgQ9...",
  "dn_instance" : [ {
    "dn_instance_id" : "91b1272b09364ddeb999f1295bf0506ain01",
    "admin_user" : "root",
    "admin_password" : "xxxxxxx"
  } ]
}]],
    repaired = "a line break inside the encoded string",
    answer = [[
{
  "job_id":"441d5677-b76a-4dd4-a97a",
  "instance_id":"91b1272b09364ddeb999f1295bf0506ain09",
  "instance_name":"ddm-test-01"
}]],
    status = 202,
    note = "the encoded text is not quite that of 4.3.9, the answer names another instance, and its job_id "
      .. "is cut short",
  },
  {
    doc = "DDM 4.3.11",
    op = "list_data_nodes_v3",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/available-data-nodes?offset=0&limit=10",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", offset = 0, limit = 10 },
    answer = [[
{
  "data_nodes": [
    {
      "id": "085ef55*****d1c9770fa92413a8822in01",
      "status": "normal",
      "name": "rds-f2f2",
      "engine_name": "mysql",
      "engine_version": "8.0",
      "private_ip": "127.0.0.1",
      "port": 3306,
      "time_zone": "UTC+08:00"
    }
  ],
  "offset": 0,
  "limit": 10,
  "total": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.3.12",
    op = "list_migration_data_nodes",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration"
      .. "/available-data-nodes?offset=0&limit=10",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      offset = 0,
      limit = 10,
    },
    answer = [[
{
  "data_nodes": [
    {
      "id": "6fbbff10****e68bd6c4cfb5f3280c0in01",
      "status": "backup",
      "name": "rds-25b3",
      "engine_name": "mysql",
      "engine_version": "8.0",
      "private_ip": "127.0.0.1",
      "port": 3306,
      "time_zone": "UTC+08:00"
    }
  ],
  "offset": 0,
  "limit": 10,
  "total": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.3.13",
    op = "precheck_shards",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/precheck",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      new_shard_number = 9,
      data_nodes = {
        {
          id = "7edae0250ebc464897bd92b8d3e8b769in01",
          user = "root",
          password = "xxxxxx",
        },
      },
    },
    body = [[
{
  "new_shard_number" : 9,
  "data_nodes" : [ {
    "id" : "7edae0250ebc464897bd92b8d3e8b769in01",
    "user" : "root",
    "password" : "xxxxxx"
  } ]
}]],
    answer = [[
{
  "job_id": "65c77858-e6a2-4694-8810-ab0b501b0003",
  "pre_check_results": [
    {
      "name": "Expire time of binlog in associated DN instances",
      "status": "SUCCESS",
      "note": "",
      "handling_suggestion": "Configuring shards require expiration of binlog more than 7 days(604800 seconds), please change binlog_expire_logs_seconds",
      "error_message": "",
      "error_detail_message": ""
    },
    {
      "name": "Tables with overwhelming table partitions",
      "status": "SUCCESS",
      "note": "",
      "handling_suggestion": "Every single row from source table will be recalculated and routed to all new partition table when shard number is changed. Because your partition table number will be overwhelming after configuring shard, shard configuring will take too long to finish. Please contact customer service.",
      "error_message": "",
      "error_detail_message": ""
    }
  ]
}]],
    status = 202,
    contradicts = "new_shard_number is a number where the table has String",
  },
  {
    doc = "DDM 4.3.14",
    op = "show_precheck",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/precheck/{job_id}",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "65c77858-e6a2-4694-8810-ab0b501b0003",
    },
    answer = [[
{
  "job_id": "65c77858-e6a2-4694-8810-ab0b501b0003",
  "pre_check_results": [
    {
      "name": "Expire time of binlog in associated DN instances",
      "status": "SUCCESS",
      "note": "",
      "handling_suggestion": "Configuring shards require expiration of binlog more than 7 days(604800 seconds), please change binlog_expire_logs_seconds",
      "error_message": "",
      "error_detail_message": ""
    },
    {
      "name": "Tables with overwhelming table partitions",
      "status": "SUCCESS",
      "note": "",
      "handling_suggestion": "Every single row from source table will be recalculated and routed to all new partition table when shard number is changed. Because your partition table number will be overwhelming after configuring shard, shard configuring will take too long to finish. Please contact customer service.",
      "error_message": "",
      "error_detail_message": ""
    }
  ]
}]],
    status = 200,
  },
  {
    doc = "DDM 4.3.15",
    op = "configure_shards",
    method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      new_shard_number = 9,
      data_nodes = {
        {
          id = "7edae0250ebc464897bd92b8d3e8b769in01",
          user = "root",
          password = "Pa*****4",
        },
      },
    },
    body = [[
{
  "new_shard_number" : 9,
  "data_nodes" : [ {
    "id" : "7edae0250ebc464897bd92b8d3e8b769in01",
    "user" : "root",
    "password" : "Pa*****4"
  } ]
}]],
    answer = [[
{
  "job_id": "xxxxxxxx-5d7e-4e1a-aeb4-9b1e6d0a4999"
}]],
    status = 202,
    contradicts = "new_shard_number is a number where the table has String",
  },
  {
    doc = "DDM 4.3.16",
    op = "show_shard_task",
    method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/jobs/{job_id}",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
    },
    answer = [[
{
  "instance_name": "UTS-src",
  "original_shard_num": 8,
  "after_shard_num": 9,
  "original_dn_info_list": [
    {
      "dn_instance_id": "7edae0250ebc464897bd92b8d3e8b769in01",
      "dn_instance_name": "UTS-rds-src"
    }
  ],
  "after_dn_info_list": [
    {
      "dn_instance_id": "7edae0250ebc464897bd92b8d3e8b769in01",
      "dn_instance_name": "UTS-rds-src"
    }
  ],
  "switch_route_is_manual": true,
  "auto_switch_begin_time": "",
  "auto_switch_end_time": "",
  "node_id_for_migrate": "0c12161a26a4426c9bc72efe4ff05224no09",
  "is_exclusive": false
}]],
    status = 200,
    note = "a manual switch shows its window as empty strings",
  },
  {
    doc = "DDM 4.3.17",
    op = "cancel_shards",
    method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/jobs/{job_id}/cancel",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
    },
    answer = [[
{
  "job_id": "xxxxxxxx-5d7e-4e1a-aeb4-9b1e6d0a4999"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.3.18",
    op = "rollback_shards",
    method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/jobs/{job_id}/rollback",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
    },
    answer = [[
{
  "job_id": "xxxxxxxx-5d7e-4e1a-aeb4-9b1e6d0a4999"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.3.19",
    op = "clean_shards",
    method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/jobs/{job_id}/clean",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
    },
    answer = [[
{
  "job_id": "xxxxxxxx-5d7e-4e1a-aeb4-9b1e6d0a4999"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.3.20",
    op = "retry_shards",
    method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/jobs/{job_id}/retry",
    no_request_line = true,
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
    },
    answer = [[
{
  "job_id": "xxxxxxxx-5d7e-4e1a-aeb4-9b1e6d0a4999"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.3.21",
    op = "update_switch_strategy",
    method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/databases/{db_name}/migration/jobs/{job_id}"
      .. "/route-switch-strategy",
    args = {
      ["path.instance_id"] = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
      switch_route_begin_time = "17:00:00",
      switch_route_end_time = "18:00:00",
    },
    body = [[
{
  "switch_route_begin_time": "17:00:00",
  "switch_route_end_time": "18:00:00"
}]],
    answer = [[{}]],
    status = 200,
    note = "instance_id is meant for the path only: the row has it in the body, too",
  },
  {
    doc = "DDM 4.3.21",
    op = "update_switch_strategy",
    method = "PUT",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/1f5c9fd6cd984056ba89c8c87cc03278in09/databases"
      .. "/ddm_db_test/migration/jobs/10501cd3-0c19-498b-9ba4-8935ed447542/route-switch-strategy",
    args = {
      ["path.instance_id"] = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      db_name = "ddm_db_test",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
    },
    answer = [[{}]],
    status = 200,
    note = "without a window, and without a body, the switch becomes manual; instance_id is meant for the "
      .. "path only: the row has it in the body, too",
  },
  {
    doc = "DDM 4.3.22",
    op = "switch_route",
    method = "PUT",
    url = "/v3/74f57817ca8f42e19318eb0e0ad41d18/instances/733c7e8d73a54c27b8308ec784a8be8cin09/databases"
      .. "/db_e487/migration/jobs/10501cd3-0c19-498b-9ba4-8935ed447542/route-switch",
    args = {
      instance_id = "733c7e8d73a54c27b8308ec784a8be8cin09",
      db_name = "db_e487",
      job_id = "10501cd3-0c19-498b-9ba4-8935ed447542",
    },
    status = 200,
    note = "the example answer says None: no body",
  },
}
