-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.9.
return {
  {
    doc = "DDM 4.9.1", op = "list_backups", method = "GET",
    url = "/v3/project_id/backups?offset=0&limit=10",
    args = { offset = 0, limit = 10 },
    answer = [[{
  "backups": [
    {
      "id": "c131f9339****5cdebe350228br09",
      "name": "Backup",
      "description": "auto metadata backup",
      "status": "normal",
      "instance_id": "169f4f2fd6****04385a18ain09",
      "instance_name": "ddm-test",
      "instance_status": "normal",
      "file_size": 5.419922,
      "created": "2025-02-19T02:50:20+0000",
      "updated": "2025-02-19T02:50:37+0000",
      "backup_type": "auto_metadata"
    }
  ],
  "total": 1,
  "offset": 0,
  "limit": 10
}]],
    status = 200,
    repaired = "a closing brace before total",
    note = "project_id is printed without braces",
  },
  {
    doc = "DDM 4.9.2", op = "delete_backup", method = "DELETE",
    url = "/v3/{project_id}/backups/{backup_id}",
    args = { backup_id = "09902ee7866649b8908ec209bfee2747br09" },
    answer = [[{
  "job_id" : "9fe84a77-6a6b-4b03-9a3e-db910a548657"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.9.3", op = "show_backup", method = "GET",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/backups/cfea30126a884f46887b4e9211460fc1br09",
    path_differs = true,
    args = {
      instance_id = "34970585d4964f2a8d6d9ea8d303398bin09", backup_id = "cfea30126a884f46887b4e9211460fc1br09",
    },
    answer = [[{
  "id": "09902ee7866649b8908ec209bfee2747br09",
  "name": "Backup-ddm-diagnose3-2u8g-1-4bfGfxqdESTHbkKm5XrWLg-2025052005400",
  "instance_id": "34970585d4964f2a8d6d9ea8d303398bin09",
  "instance_name": "ddm-diagnose3-2u8g-1-4bfGfxqdESTHbkKm5XrWLg",
  "related_data_nodes": [
    {
      "instance_id": "fc33739e5d2741529e21d87a7b5923fain01",
      "instance_name": "mysql_rds_related_ddm_for_diagnose3_01"
    }
  ]
}]],
    status = 200,
    contradicts = "the example's path lacks instances/{instance_id} of the URI line",
    note = "the answer shows another backup than the one asked for",
  },
  {
    doc = "DDM 4.9.4", op = "list_related_data_nodes", method = "GET",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/1f5c9fd6cd984056ba89c8c87cc03278in09/backups/related-dn"
      .. "?restore_time=1747728424956",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", restore_time = "1747728424956" },
    answer = [[{
  "related_data_nodes": [{
    "instance_name": "UTS-dtc-mysql_80_4u8g_single_2",
    "instance_id": "41c239a1e9bd4cd2aabd678bab45a886in01",
    "instance_status": "abnormal",
    "data_volume_size": 40000000000,
    "version": "8.0.32",
    "engine_name": "mysql"
  }],
  "latest_restorable_time": "2025-05-27T02:38:15+0000",
  "offset": 0,
  "limit": 100,
  "total": 1
}]],
    status = 200,
    note = "the answer's limit is 100 where none was asked for and 10 is the default",
  },
  {
    doc = "DDM 4.9.5", op = "show_restorable_time", method = "GET",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/1f5c9fd6cd984056ba89c8c87cc03278in09"
      .. "/backups/restorable-time-interval",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09" },
    answer = [[{
  "restorable_time_intervals": [{
    "start_time": "2025-05-20T09:40:40+0000",
    "end_time": "2025-05-21T11:15:43+0000"
  }],
  "offset": 0,
  "limit": 10,
  "total": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.9.6", op = "list_restorable_data_nodes", method = "GET",
    url = "/v3/74f57817ca8f42e19318eb0e0ad41d18/instances/733c7e8d73a54c27b8308ec784a8be8cin09"
      .. "/backups/restorable-data-node?source_dn_instance_id=41c239a1e9bd4cd2aab678bab45a886in01"
      .. "&target_instance_id=2f0324a93859487eb5566d75951fcd2din09&restore_time=1747730765390",
    args = {
      instance_id = "733c7e8d73a54c27b8308ec784a8be8cin09",
      source_dn_instance_id = "41c239a1e9bd4cd2aab678bab45a886in01",
      target_instance_id = "2f0324a93859487eb5566d75951fcd2din09",
      restore_time = "1747730765390",
    },
    answer = [[{
  "target_data_nodes": [{
    "instance_name": "rds-f0e2",
    "instance_id": "55c26c79139446868919c5b8b2cbb542in01",
    "engine_name": "mysql",
    "status": "normal",
    "available": true,
    "unavailable_reason": "",
    "vpc_name": "vpc-ddm-172",
    "private_ip": "172.16.248.115"
  }, {
    "instance_name": "mysql_80_4u8g_single_2",
    "instance_id": "c5ee103325294f37a8a42e88ba51947ain01",
    "engine_name": "mysql",
    "status": "normal",
    "available": true,
    "unavailable_reason": "",
    "vpc_name": "vpc-ddm-172",
    "private_ip": "172.16.192.156"
  }],
  "offset": 0,
  "limit": 2,
  "total": 192
}]],
    status = 200,
    note = "source_dn_instance_id has 35 characters, one less than the same node in 4.9.4; "
      .. "the answer's limit is 2 where none was asked for and 10 is the default",
  },
  {
    doc = "DDM 4.9.7", op = "list_restorable_instances", method = "GET",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/1f5c9fd6cd984056ba89c8c87cc03278in09"
      .. "/backups/restorable-instances",
    args = { instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09" },
    answer = [[{
  "instances": [
    {
      "instance_id": "3b65c609427c4b20bc0ae93e161dc7adin09",
      "instance_name": "ddm-agent-create-instance1",
      "status": "normal",
      "available": true,
      "unavailable_reason": "",
      "vpc_name": "vpc-ddm-172"
    }
  ],
  "offset": 0,
  "limit": 10,
  "total": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.9.8", op = "restore_metadata", method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/backups/metadata-recovery",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      source = { backup_id = "defa45b24d314e878fde930a61732e9dbr09" },
      target = {
        instance_id = "2f0324a93859487eb5566d75951fcd2din09",
        data_nodes = { "f4e2949e9b9b4d60b42c89ed39bfe34cin01" },
      },
    },
    body = [[{
  "source": {
    "backup_id": "defa45b24d314e878fde930a61732e9dbr09"
  },
  "target": {
    "instance_id": "2f0324a93859487eb5566d75951fcd2din09",
    "data_nodes": [
      "f4e2949e9b9b4d60b42c89ed39bfe34cin01"
    ]
  }
}]],
    answer = [[{
  "job_id": "09902ee7866649b8908ec209bfee2747"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.9.9", op = "restore_data", method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/backups/recovery",
    args = {
      instance_id = "1f5c9fd6cd984056ba89c8c87cc03278in09",
      source = { restore_time = 1747732352076 },
      target = { instance_id = "2f0324a93859487eb5566d75951fcd2din09" },
      data_node_relations = { {
        source_instance_id = "f4e2949e9b9b4d60b42c89ed39bfe34cin01",
        target_instance_id = "f4e2949e9b9b4d60b42c89ed39bfe34cin01",
      } },
    },
    body = [[{
  "source": {
    "restore_time": 1747732352076
  },
  "target": {
    "instance_id": "2f0324a93859487eb5566d75951fcd2din09"
  },
  "data_node_relations": [ {
    "source_instance_id": "f4e2949e9b9b4d60b42c89ed39bfe34cin01",
    "target_instance_id": "f4e2949e9b9b4d60b42c89ed39bfe34cin01"
  } ]
}]],
    answer = [[{
  "job_id": "09902ee7866649b8908ec209bfee2747"
}]],
    status = 202,
    note = "source and target are the same data node",
  },
}
