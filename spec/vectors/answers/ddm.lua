-- SPDX-License-Identifier: Apache-2.0
-- Answers of DDM met in practice: those of a sister cloud's documents.
-- Each: where it was found, the call, the status and the body as text (absent: no body).
return {
  {
    name = "ddm-admin-user-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "PUT", path = "/v3/{project_id}/instances/{instance_id}/admin-user", status = 202,
    body = [[{
  "job_id": "b9e057a0-f0fb-4987-9d21-f3a7550b32e7"
}]],
  },
  {
    name = "ddm-create-instance-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "POST", path = "/v1/{project_id}/instances", status = 200,
    body = [[{
  "job_id": "2x414788a5112333a02390e2eb0ea227",
  "id": "7191674e562d495d9e8e4b23ece6522ein09",
  "order_id": null
}]],
  },
  {
    name = "ddm-create-schema-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "POST", path = "/v1/{project_id}/instances/{instance_id}/databases", status = 200,
    body = [[{
  "databases": [
    {
      "name": "mytestdb"
    }
  ],
  "job_id": "68a55553-4057-4d05-b074-d6£090e08a50"
}]],
  },
  {
    name = "ddm-delete-instance-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "DELETE", path = "/v1/{project_id}/instances/{instance_id}", status = 200,
    body = [[{
  "job_id": "394976a1-8fb1-48b8-a2c0-a733405c1bb9",
  "id": "9608ce63-bf66-4342-be8a-44f9b6b15d54"
}]],
  },
  {
    name = "ddm-delete-schema-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "DELETE", path = "/v1/{project_id}/instances/{instance_id}/databases/{ddm_dbname}", status = 200,
    body = [[{
  "job_id": "01a53563-6057-9ab3-6618-f135nxsj5h2s"
}]],
  },
  {
    name = "ddm-flavor-change-400-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "PUT", path = "/v3/{project_id}/instances/{instance_id}/flavor", status = 400,
    body = [[{
  "externalMessage": "Parameter error.",
  "errCode": "DBS.280001"
}]],
  },
  {
    name = "ddm-get-instance-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "GET", path = "/v1/{project_id}/instances/{instance_id}", status = 200,
    body = [[{
  "nodes": [
    {
      "status": "RUNNING",
      "port": "5066",
      "ip": "192.168.0.160",
      "group_id": "b4153b807b1a4f83870bf868fcc4f4eagr09",
      "node_id": "4a2b97b7f5e3462c9c78aae93b46ed83no09"
    }
  ],
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
  "project_id": "070c071d8e80d58c2f42c0121b10cf9f",
  "engine_version": "3.0.6",
  "admin_user_name": "root",
  "enable_ssl": false,
  "flavor_ref": "ddm.c6.large.2"
}]],
  },
  {
    name = "ddm-get-node-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "GET", path = "/v1/{project_id}/instances/{instance_id}/nodes/{node_id}", status = 200,
    body = [[{
  "status": "normal",
  "name": "ddm2-test_node_01",
  "node_id": "4a2b97b7f5e3462c9c78aae93b46ed83no09",
  "private_ip": "192.168.0.160",
  "floating_ip": "100.65.78.158",
  "server_id": "8bd4d0bd-f63e-489a-95b6-50351f9657e6",
  "subnet_name": "manageSubnet",
  "datavolume_id": "30ade9fb-26de-4d1f-af08-c376974b9d86",
  "res_subnet_ip": "172.16.15.224",
  "systemvolume_id": "88d7de55-f886-4929-ae7c-04d842959700"
}]],
  },
  {
    name = "ddm-list-flavors-v2-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "GET", path = "/v2/{project_id}/flavors", status = 200,
    body = [[{
  "computeFlavorGroups": [
    {
      "offset": 0,
      "limit": 100,
      "total": 3,
      "groupType": "X86",
      "computeFlavors": [
        {
          "id": "7267235a-80b0-3fd4-892f-4f3dd0cd60e4",
          "typeCode": "hws.resource.type.ddm",
          "code": "ddm.2xlarge.2",
          "iaasCode": "s2.xlarge.2",
          "cpu": "8",
          "mem": "16",
          "maxConnections": null,
          "serverType": "KVM",
          "architecture": "X86",
          "azStatus": {
            "eu-de-03": "unsupported",
            "eu-de-02": "normal",
            "eu-de-01": "normal"
          },
          "regionStatus": "abandon",
          "groupType": null,
          "dbType": "DDM",
          "extendFields": {
            "azCode": "eu-de-03,eu-de-02,eu-de-01",
            "azDescription": "eu-de-03,eu-de-02,eu-de-01"
          }
        },
        {
          "id": "8cfd2730-1d53-3349-acbb-12a741767f70",
          "typeCode": "hws.resource.type.ddm",
          "code": "ddm.4xlarge.2",
          "iaasCode": "s2.xlarge.2",
          "cpu": "16",
          "mem": "32",
          "maxConnections": null,
          "serverType": "KVM",
          "architecture": "X86",
          "azStatus": {
            "eu-de-03": "unsupported",
            "eu-de-02": "normal",
            "eu-de-01": "normal"
          },
          "regionStatus": "abandon",
          "groupType": null,
          "dbType": "DDM",
          "extendFields": {
            "azCode": "eu-de-03,eu-de-02,eu-de-01,",
            "azDescription": "eu-de-03,eu-de-02,eu-de-01"
          }
        },
        {
          "id": "f8388a59-b2af-3be0-8fe5-7422755d4570",
          "typeCode": "hws.resource.type.ddm",
          "code": "ddm.8xlarge.2",
          "iaasCode": "s2.xlarge.2",
          "cpu": "32",
          "mem": "64",
          "maxConnections": null,
          "serverType": "KVM",
          "architecture": "X86",
          "azStatus": {
            "eu-de-03": "unsupported",
            "eu-de-02": "normal",
            "eu-de-01": "normal"
          },
          "regionStatus": "abandon",
          "groupType": null,
          "dbType": "DDM",
          "extendFields": {
            "azCode": "eu-de-03,eu-de-02,eu-de-01",
            "azDescription": "eu-de-03,eu-de-02,eu-de-01"
          }
        }
      ]
    }
  ]
}]],
  },
  {
    name = "ddm-list-instances-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "GET", path = "/v1/{project_id}/instances", status = 200,
    body = [[{
  "instance_num": 26,
  "instances": [
    {
      "id": "73f27bb0b26d4a79a9b0c58a4c700c4fin09",
      "status": "RUNNING",
      "name": "ddm-36c7",
      "created": "2021-12-14T07:46:22+0000",
      "updated": "2021-12-14T10:11:22+0000",
      "available_zone": "az1",
      "vpc_id": "1d9441c5-1a4b-431d-9edb-bf3564a83e74",
      "subnet_id": "20c2d83c-755b-42a2-846a-4688eb35d1a7",
      "security_group_id": "fbdff89d-32fe-45a4-832b-115ac4bfaac9",
      "node_count": 1,
      "access_ip": "192.168.23.143",
      "access_port": "5066",
      "core_count": "2",
      "ram_capacity": "4",
      "node_status": "RUNNING",
      "project_id": "055d9f4ee780d4d42f96c01c1bc3c50c",
      "engine_version": "3.0.8",
      "enable_ssl": false,
      "flavor_ref": "ddm.c6.large.2"
    }
  ],
  "page_size": 1,
  "total_record": 26,
  "total_page": 26,
  "page_no": 3
}]],
  },
  {
    name = "ddm-list-rds-otc", source = "opentelekomcloud-docs/distributed-database-middleware",
    method = "GET", path = "/v1/{project_id}/instances/{instance_id}/rds", status = 200,
    body = [[{
  "instances": [
    {
      "id": "c6f68fed9e74478c8679479a07d7d568in01",
      "projectId": "055d9f4ee780d4d42f96c01c1bc3c50c",
      "status": "normal",
      "name": "test-ddm",
      "engineName": "mysql",
      "engineSoftwareVersion": "5.7",
      "privateIp": "192.168.23.97",
      "mode": "Ha",
      "port": 3306,
      "azCode": "az1az1",
      "timeZone": "UTC+08: 00"
    },
    {
      "id": "337e2598c2a64cb5935079f85996731din01",
      "projectId": "055d9f4ee780d4d42f96c01c1bc3c50c",
      "status": "normal",
      "name": "test-ddm",
      "engineName": "mysql",
      "engineSoftwareVersion": "5.7",
      "privateIp": "192.168.23.221",
      "mode": "Ha",
      "port": 3306,
      "azCode": "az1az1",
      "timeZone": "UTC+08: 00"
    }
  ],
  "offset": 0,
  "limit": 6,
  "total": 2
}]],
  },
}
