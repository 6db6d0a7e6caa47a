-- DWS 5.2: the document's examples.
return {
  {
    doc = "DWS 5.2.1", op = "list_node_types", method = "GET",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/node-types",
    args = {},
    status = 200,
    answer = [[
{
    "node_types": [ {
        "spec_name": "dws.d2.xlarge",
        "id": "ebe532d6-665f-40e6-a4d4-3c51545b6a67",
        "datastore_type": "dws",
        "architecture": "x86",
        "available_zones": [ {
            "code": "az1",
            "status": "normal"
        } ],
        "ram": 32,
        "vcpus": 4,
        "datastores": [ {
            "version": "8.1.3.200",
            "attachments": {
                "min_cn": 2,
                "max_cn": 20
            },
            "role": "STABLE"
        } ],
        "volume": {
            "type": "SSD",
            "size": 160
        },
        "elastic_volume_specs": [ {
            "type": "SSD",
            "step": 100,
            "min_size": 100,
            "max_size": 32000
        } ],
        "detail": [ {
            "type": "VCPU",
            "value": "4"
        }, {
            "value": "1675",
            "type" : "LOCAL_DISK",
            "unit" : "GB"
        }, {
            "type" : "mem",
            "value" : "32",
            "unit" : "GB"
        } ]
    } ],
    "count" : 1
}]],
    repaired = "page break inside detail: brackets closed too early before it and one missing after it",
  },
  {
    doc = "DWS 5.2.2", op = "list_clusters", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters?enterprise_project_id=all_granted_eps",
    args = { enterprise_project_id = "all_granted_eps" },
    status = 200,
    answer = [[
{
  "clusters": [ {
    "id": "7d85f602-a948-4a30-afd4-e84f47471c15",
    "name": "dws-1",
    "status": "AVAILABLE",
    "version": "1.2.0",
    "updated": "2016-02-10T14:28:14Z",
    "created": "2016-02-10T14:26:14Z",
    "port" : 8000,
    "endpoints" : [ {
      "connect_info" : "dws-1.cn-north-4.dwscloud.com",
      "jdbc_url" : "jdbc:postgresql://dws-1.cn-north-4.dwscloud.com/<YOUR_DATABASE_name>"
    } ],
    "nodes" : [ {
      "id" : "acaf62a4-41b3-4106-bf6b-2f669d88291e",
      "name" : "dws-1-dws-cn-cn-1-1",
      "status" : "200"
    }, {
      "id" : "d32de51e-4fc4-4e5a-a9dc-bb903abb494b",
      "name" : "dws-1-dws-cn-cn-2-1",
      "status" : "200"
    }, {
      "id" : "d71a4a25-c9bc-4ffd-9f4a-e422aef327f9",
      "name" : "dws-1-dws-cn-cn-3-1",
      "status" : "200"
    } ],
    "tags" : [ {
      "key" : "key1",
      "value" : "value1"
    }, {
      "key" : "key2",
      "value" : "value2"
    } ],
    "user_name" : "dbadmin",
    "number_of_node" : 3,
    "recent_event" : 6,
    "availability_zone" : "cn-north-4b",
    "enterprise_project_id" : "0",
    "node_type" : "dws.d1.xlarge.ultrahigh",
    "vpc_id" : "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
    "subnet_id" : "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
    "public_ip" : {
      "public_bind_type" : "auto_assign",
      "eip_id" : "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574"
    },
    "public_endpoints" : [ {
      "public_connect_info" : "dws-1.cn-north-4.dwscloud.com",
      "jdbc_url" : "jdbc:postgresql://dws-1.cn-north-4.dwscloud.com/<YOUR_DATABASE_name>"
    } ],
    "action_progress" : {
      "SNAPSHOTTING" : "20%"
    },
    "sub_status" : "READONLY",
    "task_status" : "SNAPSHOTTING",
    "security_group_id" : "dc3ec145-9029-4b39-b5a3-ace5a01f772b"
  } ]
}]],
    repaired = "page break after created: a spec object that no table has and brackets closed too early taken out",
    contradicts = "status AVAILABLE is not among the table's values; count of the table is missing; node_type is a "
      .. "name, the table says id",
  },
  {
    doc = "DWS 5.2.3", op = "show_cluster", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7",
    args = { cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7" },
    status = 200,
    answer = [[
{
  "cluster": {
    "id": "7d85f602-a948-4a30-afd4-e84f47471c15",
    "name": "dws-1",
    "status": "AVAILABLE",
    "version": "1.2.0",
    "updated": "2018-02-10T14:28:14Z",
    "created": "2018-02-10T14:28:14Z",
    "port": 8000,
    "endpoints": [ {
      "connect_info": "dws-1.cn-north-4.dwscloud.com",
      "jdbc_url": "jdbc:postgresql://dws-1.cn-north-4.dwscloud.com/<YOUR_DATABASE_name>"
    } ],
    "nodes": [ {
      "id": "acaf62a4-41b3-4106-bf6b-2f669d88291e",
      "name": "dws-1-dws-cn-cn-1-1",
      "status": "200"
    }, {
      "id" : "d32de51e-4fcf-4e5a-a9dc-bb903abb494b",
      "name" : "dws-1-dws-cn-cn-2-1",
      "status" : "200"
    }, {
      "id" : "d71a4a25-c9bc-4ffd-9f4a-e422aef327f9",
      "name" : "dws-1-dws-cn-cn-3-1",
      "status" : "200"
    } ],
    "tags" : [ {
      "key" : "key1",
      "value" : "value1"
    }, {
      "key" : "key2",
      "value" : "value2"
    } ],
    "user_name" : "dbadmin",
    "number_of_node" : 3,
    "recent_event" : 6,
    "availability_zone" : "cn-north-4b",
    "enterprise_project_id" : "0",
    "node_type" : "dws.m1.xlarge.ultrahigh",
    "vpc_id" : "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
    "subnet_id" : "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
    "public_ip" : {
      "public_bind_type" : "auto_assign",
      "eip_id" : "85b20d7e-9etypb2a-98f3-3c8843ea3574"
    },
    "public_endpoints" : [ {
      "public_connect_info" : "dws-1.cn-north-4.dwscloud.com",
      "jdbc_url" : "jdbc:postgresql://dws-1.cn-north-4.dwscloud.com/<YOUR_DATABASE_name>"
    } ],
    "action_progress" : {
      "SNAPSHOTTING" : "20%"
    },
    "sub_status" : "READONLY",
    "task_status" : "SNAPSHOTTING",
    "parameter_group" : {
      "id" : "157e9cc4-64a8-11e8-adc0-fa7ae01bbebc",
      "name" : "Default-Parameter-Group-dws",
      "status" : "In-Sync"
    },
    "security_group_id" : "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
    "order_id" : "",
    "private_ip" : [ "192.168.0.12", "192.168.0.66" ],
    "maintain_window" : {
      "day" : "Wed",
      "start_time" : "22:00",
      "end_time" : "02:00"
    },
    "resize_info" : {
      "target_node_num" : "6",
      "origin_node_num" : "3",
      "resize_status" : "GROWING",
      "start_time" : "2018-02-14T14:28:14Z"
    }
  }
}]],
    repaired = "page break inside nodes: a fourth node that repeats the first one's id, and brackets closed too early, "
      .. "taken out",
    contradicts = "status AVAILABLE is not among the table's values; target_node_num and origin_node_num are text, the "
      .. "table says integer; eip_id is no UUID; the id asked for is not the one answered",
  },
  {
    doc = "DWS 5.2.4", op = "create_cluster", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters",
    args = {
      cluster = {
        node_type = "dws.m1.xlarge.ultrahigh",
        number_of_node = 3,
        subnet_id = "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
        security_group_id = "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
        vpc_id = "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
        availability_zone = "az1.dc1",
        port = 8000,
        name = "dws-1",
        user_name = "dbadmin",
        user_pwd = "Passw0rd!",
        public_ip = { public_bind_type = "auto_assign", eip_id = "" },
        enterprise_project_id = "aca4e50a-266f-4786-827c-f8d6cc3fbada",
      },
    },
    body = [[
{
  "cluster" : {
    "node_type" : "dws.m1.xlarge.ultrahigh",
    "number_of_node" : 3,
    "subnet_id" : "374eca02-cfc4-4de7-8ab5-dbebf7d9a720",
    "security_group_id" : "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
    "vpc_id" : "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
    "availability_zone" : "az1.dc1",
    "port" : 8000,
    "name" : "dws-1",
    "user_name" : "dbadmin",
    "user_pwd" : "Passw0rd!",
    "public_ip" : {
      "public_bind_type" : "auto_assign",
      "eip_id" : ""
    },
    "enterprise_project_id" : "aca4e50a-266f-4786-827c-f8d6cc3fbada"
  }
}]],
    status = 200,
    answer = [[
{
  "cluster" : {
    "id" : "7d85f602-a948-4a30-afd4-e84f47471c15"
  }
}]],
    contradicts = "user_pwd has 9 characters, the table asks for 12 to 32; node_type is a name, the table says id; "
      .. "eip_id is empty",
    warned = {
      "body.cluster.user_pwd: has 9 characters, at least 12 are needed",
      "body.cluster.public_ip.eip_id: is empty",
    },
  },
  {
    doc = "DWS 5.2.5", op = "check_cluster", method = "POST",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/cluster-precheck",
    args = {
      cluster = {
        flavor = "dws.m3.xlarge",
        num_node = 3,
        availability_zones = { "cn-north-7c" },
        vpc_id = "c9f1171e-dc90-4ae9-bf22-f9736983ce2d",
        subnet_id = "ad9ef23f-1d03-4e52-af80-69604645e109",
        security_group_id = "f54a4572-d5d2-40b6-823a-79049bd5b71c",
        public_ip = { public_bind_type = "bind_existing", eip_id = "1923e8b0-cd40-4469-8cb1-64546c7b530c" },
        datastore_version = "8.2.0",
      },
    },
    body = [[
{
  "cluster" : {
    "flavor" : "dws.m3.xlarge",
    "num_node" : 3,
    "availability_zones" : [ "cn-north-7c" ],
    "vpc_id" : "c9f1171e-dc90-4ae9-bf22-f9736983ce2d",
    "subnet_id" : "ad9ef23f-1d03-4e52-af80-69604645e109",
    "security_group_id" : "f54a4572-d5d2-40b6-823a-79049bd5b71c",
    "public_ip" : {
      "public_bind_type" : "bind_existing",
      "eip_id" : "1923e8b0-cd40-4469-8cb1-64546c7b530c"
    },
    "datastore_version" : "8.2.0"
  }
}]],
    status = 200,
    answer = "{ }",
    note = "the printed request line lacks the method",
  },
  {
    doc = "DWS 5.2.6", op = "restart_cluster", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/restart",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", restart = {} },
    body = [[
{
    "restart" : {}
}]],
    status = 200,
    answer = "{}",
  },
  {
    doc = "DWS 5.2.7", op = "reset_password", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/reset-password",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", new_password = "NewPassw0rd!" },
    body = [[
{
    "new_password" : "NewPassw0rd!"
}]],
    status = 200,
    answer = "{ }",
  },
  {
    doc = "DWS 5.2.8", op = "cancel_readonly_cluster", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/cancel-readonly",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    status = 200,
    answer = "{ }",
  },
  {
    doc = "DWS 5.2.9", op = "delete_cluster", method = "DELETE",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", keep_last_manual_snapshot = 0 },
    body = [[
{
  "keep_last_manual_snapshot" : 0
}]],
    status = 202,
    answer = "{}",
  },
  {
    doc = "DWS 5.2.10", op = "list_dss_pools", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/dss-pools",
    args = {},
    status = 200,
    answer = [[
{
  "pools": [ {
    "id": "c950ee97-587c-4f24-8a74-3367e3da570f",
    "name": "pool-1",
    "type": "SSD",
    "project_id": "63d910f2705a487ebe4e1c274748d9e1",
    "capacity": "1000",
    "availability_zone": "AZ1",
    "status": "available",
    "created_at": "2014-12-18T15:57:56.299000"
  }],
  "count": 1
}]],
    contradicts = "capacity is text, the table says integer",
  },
}
