-- SPDX-License-Identifier: Apache-2.0
-- Answers of DWS met in practice: in fixtures, source comments and issues of public clients, and in a sister cloud's documents.
-- Each: where it was found, the call, the status and the body as text (absent: no body).
return {
  {
    name = "dws-cluster-actions-otc", source = "opentelekomcloud-docs/data-warehouse-service",
    method = "GET", path = "/v1/{project_id}/clusters/{cluster_id}/actions/{action_name}", status = 200,
    body = [[{
  "id": "abb30649-4ab5-448f-a199-f764d2a4271d",
  "status": "FAILED",
  "items": [
    {
      "item_name": "Create a snapshot",
      "sub_items": [
        {
          "status": "FAILED",
          "detail": "{\"progressInfo\":\"{\\\"actionEndTime\\\":\\\"2025-05-19 09:07:42\\\",\\\"failedStep\\\":\\\"INIT\\\",\\\"partialPassKeys\\\":\\\"N/A\\\",\\\"errorCode\\\":\\\"\\\",\\\"updateTime\\\":\\\"2025-05-19 09:07:43\\\",\\\"errorMsg\\\":\\\"host-172-16-13-211    SUCCESS          host-172-16-47-24     SUCCESS          host-172-16-19-132    SUCCESS          \\\",\\\"backupSize\\\":157661926,\\\"backupRate\\\":{\\\"compressRate\\\":\\\"0MB/s\\\",\\\"consumerRate\\\":\\\"0MB/s\\\",\\\"producerRate\\\":\\\"0MB/s\\\"},\\\"currentStep\\\":\\\"FINISH\\\",\\\"actionType\\\":\\\"Backup\\\",\\\"unrestoreKeys\\\":\\\"N/A\\\",\\\"progress\\\":\\\"100.00%\\\",\\\"actionStartTime\\\":\\\"2025-05-19 09:07:28\\\",\\\"priorKey\\\":\\\"N/A\\\",\\\"key\\\":\\\"20250519_090729\\\"}\"}",
          "sub_item_name": "Perform a backup",
          "begin_time": "2025-05-19 09:06:18.0",
          "end_time": null,
          "estimated_time": -1
        }
      ]
    }
  ],
  "action_name": "SNAPSHOTTING_FAILED",
  "cluster_name": "cluster_779",
  "submit_time": "2025-05-19 09:05:10.0"
}]],
  },
  {
    name = "dws-cluster-tags-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "GET", path = "/v1.0/{project_id}/clusters/{cluster_id}/tags", status = 200,
    body = [[{
  "tags": [
    {
      "key": "example_key",
      "value": "example_value"
    }
  ]
}]],
  },
  {
    name = "dws-create-cluster-500-flexibleengine", source = "FlexibleEngineCloud/terraform-provider-flexibleengine",
    method = "POST", path = "/v1.0/{project_id}/clusters", status = 500,
    body = [[{
  "errCode": "DWS.0005",
  "externalMessage": "Server failure."
}]],
  },
  {
    name = "dws-elb-bind-busy-403", source = "huaweicloud/terraform-provider-huaweicloud",
    method = "POST", path = "/v2/{project_id}/clusters/{cluster_id}/elbs/{elb_id}", status = 403,
    body = [[{
  "externalMessage": "Cluster status is not allowed to operation.",
  "errCode": "DWS.7023",
  "error_code": "DWS.7023",
  "error_msg": "Cluster status is not allowed to operation."
}]],
  },
  {
    name = "dws-error-without-message", source = "huaweicloud/dws_ai_native",
    method = "GET", path = "/v1.0/{project_id}/dms/host-overview", status = 500,
    body = [[{
  "error_code": "DWS.500"
}]],
  },
  {
    name = "dws-get-cluster-golangsdk", source = "chnsz/golangsdk",
    method = "GET", path = "/v1.0/{project_id}/clusters/{cluster_id}", status = 200,
    body = [[{
  "cluster": {
    "id": "7d85f602-a948-4a30-afd4-e84f47471c15",
    "status": "AVAILABLE",
    "name": "dws-1",
    "updated": "2018-02-10T14:28:14Z",
    "created": "2018-02-10T14:28:14Z",
    "user_name": "dbadmin",
    "sub_status": "READONLY",
    "task_status": "SNAPSHOTTING",
    "action_progress": {
      "SNAPSHOTTING": "20%"
    },
    "node_type": "dws.m1.xlarge.ultrahigh",
    "subnet_id": "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
    "security_group_id": "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
    "number_of_node": 3,
    "availability_zone": "cn-north-4b",
    "port": 8000,
    "vpc_id": "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
    "public_ip": {
      "public_bind_type": "auto_assign",
      "eip_id": "85b20d7e-9etypeb2a-98f3-3c8843ea3574",
      "eip_address": "100.95.157.20"
    },
    "private_ip": [
      "192.168.0.12",
      "192.168.0.66"
    ],
    "public_endpoints": [
      {
        "public_connect_info": "dws-1.cn-north-4.myhuaweicloud.com",
        "jdbc_url": "jdbc:postgresql://dws-1.cn-north-4.myhuaweicloud.com/<YOUR_DATABASE_name>"
      }
    ],
    "endpoints": [
      {
        "connect_info": "dws-1.cn-north-4.myhuaweicloud.com",
        "jdbc_url": "jdbc:postgresql://dws-1.cn-north-4.myhuaweicloud.com/<YOUR_DATABASE_name>"
      }
    ],
    "version": "1.2.0",
    "maintain_window": {
      "day": "Wed",
      "start_time": "22:00",
      "end_time": "02:00"
    },
    "resize_info": {
      "target_node_num": 6,
      "origin_node_num": 3,
      "status": "GROWING",
      "start_time": "2018-02-14T14:28:14Z",
      "origin_node_type": "dws.m1.xlarge.ultrahigh",
      "target_node_type": "dws.d2.xlarge"
    },
    "enterprise_project_id": "6a6a18fe-417a-4188-9214-75fd08c22065",
    "recent_event": 6,
    "tags": [
      {
        "key": "key1",
        "value": "value1"
      },
      {
        "key": "key2",
        "value": "value2"
      }
    ],
    "parameter_group": {
      "id": "157e9cc4-64a8-11e8-adc0-fa7ae01bbebc",
      "name": "Default-Parameter-Group-dws ",
      "status": "In-Sync"
    }
  }
}]],
  },
  {
    name = "dws-get-cluster-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "GET", path = "/v1.0/{project_id}/clusters/{cluster_id}", status = 200,
    body = [[{
  "cluster": {
    "action_progress": {},
    "availability_zone": "eu-de-01",
    "created": "2023-01-16T02:11:19",
    "endpoints": [
      {
        "connect_info": "test-dws-6433a577.dws.otc-tsi.de",
        "jdbc_url": "jdbc:postgresql://test.example.com:8000/gaussdb"
      }
    ],
    "enterprise_project_id": "0abc0000000000000000000000000001",
    "guest_agent_version": "8.1.1.202",
    "id": "0abc0000000000000000000000000002",
    "logical_cluster_initialed": false,
    "logical_cluster_mode": false,
    "maintain_window": {
      "day": "Thu",
      "end_time": "02:00",
      "start_time": "22:00"
    },
    "name": "test-dws-6433a577",
    "node_type": "dws.m3.xlarge",
    "node_type_id": "0abc0000000000000000000000000003",
    "nodes": [
      {
        "id": "0abc0000000000000000000000000004",
        "status": "200"
      },
      {
        "id": "0abc0000000000000000000000000005",
        "status": "200"
      },
      {
        "id": "0abc0000000000000000000000000006",
        "status": "200"
      }
    ],
    "number_of_free_node": 0,
    "number_of_node": 6,
    "parameter_group": {
      "id": "0abc0000000000000000000000000007",
      "name": "parameterGroupFor_bd5cdd60-0c94-4f38-9a23-49cb2c5c425a",
      "status": "In-Sync"
    },
    "plugins": [
      {
        "aarchType": "x86_64",
        "autoInstall": "install|upgrade",
        "datastoreType": "dws",
        "datastoreVersion": "8.1.1.202",
        "id": "0abc0000000000000000000000000008",
        "packageName": "8.1.1.202-dmsAgent-x86_64-20220211161451.tar.gz",
        "status": "0",
        "type": "dmsAgent",
        "updateTime": 1666792707000,
        "version": "8.1.1.202"
      },
      {
        "aarchType": "all",
        "autoInstall": "install|upgrade",
        "datastoreType": "dws",
        "datastoreVersion": "8.1.1.202",
        "id": "0abc0000000000000000000000000009",
        "packageName": "8.1.1.202-inspect-ed1eb6e-20220207110934.tar.gz",
        "status": "0",
        "type": "inspect",
        "updateTime": 1666792707000,
        "version": "8.1.1.202"
      }
    ],
    "port": 8000,
    "private_ip": [
      "192.168.1.192",
      "192.168.1.15",
      "192.168.1.73"
    ],
    "public_endpoints": [
      {
        "jdbc_url": "jdbc:postgresql://test.example.com:8000/gaussdb",
        "public_connect_info": "test.example.com"
      }
    ],
    "public_ip": {
      "eip_address": "80.158.89.54",
      "eip_id": "0abc000000000000000000000000000a",
      "public_bind_type": "auto_assign"
    },
    "recent_event": 9,
    "security_group_id": "0abc000000000000000000000000000b",
    "spec_version": "v1.0",
    "status": "AVAILABLE",
    "sub_status": "NORMAL",
    "subnet_id": "0abc000000000000000000000000000c",
    "tags": [
      {
        "key": "key1",
        "value": "value1"
      },
      {
        "key": "key2",
        "value": "value2"
      }
    ],
    "task_status": "SNAPSHOTTING",
    "updated": "2023-01-16T02:11:19",
    "use_logical_cluster": false,
    "user_name": "dbadmin",
    "version": "8.1.1.202",
    "vpc_id": "0abc000000000000000000000000000d",
    "failed_reasons": {}
  }
}]],
  },
  {
    name = "dws-get-snapshot-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "GET", path = "/v1.0/{project_id}/snapshots/{snapshot_id}", status = 200,
    body = [[{
  "snapshot": {
    "id": "0abc000000000000000000000000001d",
    "name": "snapshot-1",
    "description": "snapshot description",
    "started": "2016-08-23T03:59:23Z",
    "finished": "2016-08-23T04:01:40Z",
    "size": 500,
    "status": "AVAILABLE",
    "type": "MANUAL",
    "cluster_id": "0abc000000000000000000000000001e"
  }
}]],
  },
  {
    name = "dws-job-failed-otc", source = "opentelekomcloud-docs/data-warehouse-service",
    method = "GET", path = "/v1.0/{project_id}/job/{job_id}", status = 200,
    body = [[{
  "status": "FAIL",
  "progress": "9%",
  "job_id": "2c9080e88459fa44018459fbeb600001",
  "job_name": "ecfClusterElbCreateJob",
  "begin_time": "2022-11-09T20:25:00",
  "end_time": "2022-11-09T20:30:00",
  "failed_code": "CreateELBTask-fail:DWS.0114",
  "failed_detail": "DWS.0114:ELB private IP is not configured."
}]],
  },
  {
    name = "dws-list-clusters-golangsdk", source = "chnsz/golangsdk",
    method = "GET", path = "/v1.0/{project_id}/clusters", status = 200,
    body = [[{
  "clusters": [
    {
      "id": "7d85f602-a948-4a30-afd4-e84f47471c15",
      "status": "AVAILABLE",
      "sub_status": "READONLY",
      "task_status": "SNAPSHOTTING",
      "action_progress": {
        "SNAPSHOTTING": "20%"
      },
      "node_type": "dws.d1.xlarge.ultrahigh",
      "subnet_id": "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
      "security_group_id": "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
      "number_of_node": 3,
      "availability_zone": "cn-north-4b",
      "port": 8000,
      "name": "dws-1",
      "version": "1.2.0",
      "vpc_id": "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
      "user_name": "dbadmin",
      "public_ip": {
        "public_bind_type": "auto_assign",
        "eip_id": "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574"
      },
      "public_endpoints": [
        {
          "public_connect_info": "dws-1.cn-north-4.myhuaweicloud.com",
          "jdbc_url": "jdbc:postgresql://dws-1.cn-north-4.myhuaweicloud.com/<YOUR_DATABASE_name>"
        }
      ],
      "endpoints": [
        {
          "connect_info": "dws-1.cn-north-4.myhuaweicloud.com",
          "jdbc_url": "jdbc:postgresql://dws-1.cn-north-4.myhuaweicloud.com/<YOUR_DATABASE_name>"
        }
      ],
      "updated": "2016-02-10T14:28:14Z",
      "created": "2016-02-10T14:26:14Z",
      "enterprise_project_id": "aca4e50a-266f-4786-827c-f8d6cc3fbada",
      "recent_event": 6
    }
  ]
}]],
  },
  {
    name = "dws-list-clusters-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "GET", path = "/v1.0/{project_id}/clusters", status = 200,
    body = [[{
  "clusters": [
    {
      "action_progress": {},
      "availability_zone": "eu-de-01",
      "created": "2023-01-16T02:11:19",
      "endpoints": [
        {
          "connect_info": "test.example.com",
          "jdbc_url": "jdbc:postgresql://test.example.com:8000/gaussdb"
        }
      ],
      "enterprise_project_id": "0abc000000000000000000000000000e",
      "guest_agent_version": "8.1.1.202",
      "id": "0abc000000000000000000000000000f",
      "logical_cluster_initialed": false,
      "logical_cluster_mode": false,
      "maintain_window": {
        "day": "Thu",
        "end_time": "02:00",
        "start_time": "22:00"
      },
      "name": "test-dws-6433a577",
      "node_type": "dws.m3.xlarge",
      "node_type_id": "0abc0000000000000000000000000010",
      "nodes": [
        {
          "id": "0abc0000000000000000000000000011",
          "status": "200"
        }
      ],
      "number_of_free_node": 0,
      "number_of_node": 6,
      "parameter_group": {
        "id": "0abc0000000000000000000000000012",
        "name": "parameterGroupFor_0abc0000000000000000000000000013",
        "status": "In-Sync"
      },
      "plugins": [
        {
          "aarchType": "all",
          "autoInstall": "install|upgrade",
          "datastoreType": "dws",
          "datastoreVersion": "8.1.1.202",
          "id": "0abc0000000000000000000000000014",
          "packageName": "8.1.1.202-inspect-xxxx.tar.gz",
          "status": "0",
          "type": "inspect",
          "updateTime": 1666792707000,
          "version": "8.1.1.202"
        }
      ],
      "port": 8000,
      "private_ip": [
        "192.168.1.192",
        "192.168.1.15",
        "192.168.1.73"
      ],
      "public_endpoints": [
        {
          "jdbc_url": "jdbc:postgresql://test.example.com:8000/gaussdb",
          "public_connect_info": "test.example.com"
        }
      ],
      "public_ip": {
        "eip_address": "1.2.3.4",
        "eip_id": "0abc0000000000000000000000000015",
        "public_bind_type": "auto_assign"
      },
      "recent_event": 9,
      "security_group_id": "0abc0000000000000000000000000016",
      "spec_version": "v1.0",
      "status": "AVAILABLE",
      "sub_status": "NORMAL",
      "subnet_id": "0abc0000000000000000000000000017",
      "tags": [
        {
          "key": "key2",
          "value": "value2"
        }
      ],
      "task_status": "SNAPSHOTTING",
      "updated": "2023-01-16T02:11:19",
      "use_logical_cluster": false,
      "user_name": "dbadmin",
      "version": "8.1.1.202",
      "vpc_id": "0abc0000000000000000000000000018"
    }
  ]
}]],
  },
  {
    name = "dws-list-clusters-v2-otc", source = "opentelekomcloud-docs/data-warehouse-service",
    method = "GET", path = "/v2/{project_id}/clusters", status = 200,
    body = [[{
  "clusters": [
    {
      "id": "7d85f602-a948-4a30-afd4-e84f47471c15",
      "name": "dws-1",
      "status": "AVAILABLE",
      "version": "1.2.0",
      "updated": "2016-02-10T14:28:14Z",
      "created": "2016-02-10T14:26:14Z",
      "port": 8000,
      "endpoints": [
        {
          "connect_info": "192.168.0.12:8000",
          "jdbc_url": "jdbc:postgresql://192.168.0.12:8000/<YOUR_DATABASE_name>"
        }
      ],
      "nodes": [
        {
          "id": "acaf62a4-41b3-4106-bf6b-2f669d88291e",
          "name": "dws-1-dws-cn-cn-1-1",
          "status": "200"
        },
        {
          "id": "d32de51e-4fcd-4e5a-a9dc-bb903abb494b",
          "name": "dws-1-dws-cn-cn-2-1",
          "status": "200"
        },
        {
          "id": "d71a4a25-c9bc-4ffd-9f4a-e422aef327f9",
          "name": "dws-1-dws-cn-cn-3-1",
          "status": "200"
        }
      ],
      "tags": [
        {
          "key": "key1",
          "value": "value1"
        },
        {
          "key": "key2",
          "value": "value2"
        }
      ],
      "user_name": "dbadmin",
      "number_of_node": 3,
      "recent_event": 6,
      "availability_zone": "eu-de-01b",
      "enterprise_project_id": "0",
      "node_type": "dws.d1.xlarge.ultrahigh",
      "vpc_id": "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
      "subnet_id": "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
      "public_ip": {
        "public_bind_type": "auto_assign",
        "eip_id": "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574"
      },
      "public_endpoints": [
        {
          "public_connect_info": "192.168.0.12:8000",
          "jdbc_url": "jdbc:postgresql://192.168.0.12:8000/<YOUR_DATABASE_name>"
        }
      ],
      "action_progress": {
        "SNAPSHOTTING": "20%"
      },
      "sub_status": "READONLY",
      "task_status": "SNAPSHOTTING",
      "security_group_id": "dc3ec145-9029-4b39-b5a3-ace5a01f772b"
    }
  ]
}]],
  },
  {
    name = "dws-list-snapshots-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "GET", path = "/v1.0/{project_id}/snapshots", status = 200,
    body = [[{
  "snapshots": [
    {
      "id": "0abc0000000000000000000000000019",
      "name": "snapshot-1",
      "description": "snapshot description",
      "started": "2016-08-23T03:59:23Z",
      "finished": "2016-08-23T04:01:40Z",
      "size": 500,
      "status": "AVAILABLE",
      "type": "MANUAL",
      "cluster_id": "0abc000000000000000000000000001a"
    }
  ]
}]],
  },
  {
    name = "dws-logical-cluster-delete-first", source = "huaweicloud/terraform-provider-huaweicloud",
    method = "DELETE", path = "/v2/{project_id}/clusters/{cluster_id}/logical-clusters/{logical_cluster_id}", status = 417,
    body = [[{
  "error_code": "DWS.9999",
  "error_msg": "the first logical cluster can't be deleted"
}]],
  },
  {
    name = "dws-logical-cluster-delete-missing", source = "huaweicloud/terraform-provider-huaweicloud",
    method = "DELETE", path = "/v2/{project_id}/clusters/{cluster_id}/logical-clusters/{logical_cluster_id}", status = 200,
    body = [[{
  "error_code": "DWS.9999",
  "error_msg": "logical cluster is not existed"
}]],
  },
  {
    name = "dws-logical-cluster-delete-ok", source = "huaweicloud/terraform-provider-huaweicloud",
    method = "DELETE", path = "/v2/{project_id}/clusters/{cluster_id}/logical-clusters/{logical_cluster_id}", status = 200,
    body = [[{
  "error_code": "DWS.0000",
  "error_msg": null
}]],
  },
  {
    name = "dws-logical-clusters-otc", source = "opentelekomcloud-docs/data-warehouse-service",
    method = "GET", path = "/v2/{project_id}/clusters/{cluster_id}/logical-clusters", status = 200,
    body = [[{
  "logical_clusters": [
    {
      "logical_cluster_id": "fa9d69a0-3814-4fb9-98df-d9f4f5ef53ca",
      "logical_cluster_name": "elastic_group",
      "cluster_rings": [
        {
          "ring_hosts": [
            {
              "host_name": "host-172-16-20-246",
              "back_ip": "172.16.73.90",
              "cpu_cores": 8,
              "memory": 32.0,
              "disk_size": 800.0
            },
            {
              "host_name": "host-172-16-4-26",
              "back_ip": "172.16.123.5",
              "cpu_cores": 8,
              "memory": 32.0,
              "disk_size": 800.0
            },
            {
              "host_name": "host-172-16-43-90",
              "back_ip": "172.16.92.175",
              "cpu_cores": 8,
              "memory": 32.0,
              "disk_size": 800.0
            }
          ],
          "un_shrinkable_cluster_ring": true
        }
      ],
      "status": "Normal",
      "first_logical_cluster": false,
      "action_info": {
        "progress": 100,
        "completed": true,
        "result": "success",
        "logs": null,
        "action_name": "Grow",
        "start_time": "2023-06-05 01:58:43",
        "end_time": "2023-06-05 02:11:50"
      },
      "edit_enable": true,
      "restart_enable": true,
      "delete_enable": false,
      "add_to_elastic": true,
      "mode": null,
      "cluster_type": null
    }
  ],
  "count": 1,
  "add_enable": true
}]],
  },
  {
    name = "dws-node-types-golangsdk", source = "chnsz/golangsdk",
    method = "GET", path = "/v2/{project_id}/node-types", status = 200,
    body = [[{
  "node_types": [
    {
      "spec_name": "dws.d2.xlarge",
      "id": "ebe532d6-665f-40e6-a4d4-3c51545b6a67",
      "detail": [
        {
          "type": "vCPU",
          "value": "4"
        },
        {
          "value": "1675",
          "type": "LOCAL_DISK",
          "unit": "GB"
        },
        {
          "type": "mem",
          "value": "32",
          "unit": "GB"
        }
      ]
    },
    {
      "spec_name": "dws.m1.xlarge.ultrahigh",
      "id": "ebe532d6-665f-40e6-a4d4-3c51545b4f71",
      "detail": [
        {
          "type": "vCPU",
          "value": "4"
        },
        {
          "value": "512",
          "type": "SSD",
          "unit": "GB"
        },
        {
          "type": "mem",
          "value": "32",
          "unit": "GB"
        }
      ]
    }
  ]
}]],
  },
  {
    name = "dws-node-types-otcextensions-2", source = "opentelekomcloud/python-otcextensions",
    method = "GET", path = "/v2/{project_id}/node-types", status = 200,
    body = [[{
  "node_types": [
    {
      "id": "0abc000000000000000000000000001b",
      "detail": [
        {
          "value": "4",
          "type": "vCPU"
        },
        {
          "value": "160",
          "type": "SSD",
          "unit": "GB"
        },
        {
          "value": "32",
          "type": "mem",
          "unit": "GB"
        },
        {
          "value": "eu-de-02,eu-de-01",
          "type": "availableZones"
        }
      ],
      "spec_name": "dws.m3.xlarge"
    }
  ]
}]],
  },
  {
    name = "dws-node-types-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "GET", path = "/v2/{project_id}/node-types", status = 200,
    body = [[{
  "node_types": [
    {
      "id": "0abc000000000000000000000000001c",
      "detail": [
        {
          "value": "32",
          "type": "vCPU"
        },
        {
          "value": "4000",
          "type": "SSD",
          "unit": "GB"
        },
        {
          "value": "256",
          "type": "mem",
          "unit": "GB"
        },
        {
          "value": "eu-de-02,eu-de-01",
          "type": "availableZones"
        }
      ],
      "spec_name": "dws2.m6.8xlarge.8"
    }
  ]
}]],
  },
  {
    name = "dws-restart-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "POST", path = "/v1.0/{project_id}/clusters/{cluster_id}/restart", status = 200,
    request = [[{"restart": {}}]],
  },
  {
    name = "dws-restore-cluster-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "POST", path = "/v1.0/{project_id}/snapshots/{snapshot_id}/actions", status = 200,
    body = [[{
  "cluster": {
    "id": "0abc000000000000000000000000001f"
  }
}]],
  },
  {
    name = "dws-start-cluster-otc", source = "opentelekomcloud-docs/data-warehouse-service",
    method = "POST", path = "/v1/{project_id}/clusters/{cluster_id}/start", status = 200,
    body = [[{
  "error_code": null,
  "error_msg": null,
  "job_id": "2c9080d08cc99d28018ccd139e942498"
}]],
  },
  {
    name = "dws-tags-action-create-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "POST", path = "/v1.0/{project_id}/clusters/{cluster_id}/tags/action", status = 204,
    request = [[{"action": "create", "tags": [{"key": "key1", "value": "value1"}, {"key": "key2", "value": "value2"}]}]],
  },
  {
    name = "dws-tags-action-delete-otcextensions", source = "opentelekomcloud/python-otcextensions",
    method = "POST", path = "/v1.0/{project_id}/clusters/{cluster_id}/tags/action", status = 204,
    request = [[{"action": "delete", "tags": [{"key": "key1"}, {"key": "key2"}]}]],
  },
  {
    name = "dws-workload-queue-missing-500", source = "huaweicloud/terraform-provider-huaweicloud",
    method = "GET", path = "/v2/{project_id}/clusters/{cluster_id}/workload/queues/{queue_name}", status = 500,
    body = [[{
  "workload_res_code": 1,
  "workload_res_str": "",
  "workload_queue": null
}]],
  },
}
