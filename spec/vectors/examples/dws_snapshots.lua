-- DWS 5.5: the document's examples.
return {
  {
    doc = "DWS 5.5.1", op = "create_snapshot", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots",
    args = {
      snapshot = {
        name = "snapshot-3",
        cluster_id = "44b277eb-39be-4921-be31-3d61b43651d7",
        description = "Snapshot-3 description",
      },
    },
    body = [[
{
  "snapshot" : {
    "name" : "snapshot-3",
    "cluster_id" : "44b277eb-39be-4921-be31-3d61b43651d7",
    "description" : "Snapshot-3 description"
  }
}]],
    status = 200,
    answer = [[
{
  "snapshot" : {
    "id" : "2a4d0f86-67cd-408a-8b66-017454fb7793"
  }
}]],
  },
  {
    doc = "DWS 5.5.2", op = "list_snapshots", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots",
    args = {},
    status = 200,
    answer = [[
{
  "snapshots" : [ {
    "id" : "2a4d0f86-67cd-408a-8b66-017454fb7793",
    "name" : "snapshot-1",
    "description" : "",
    "started" : "2016-08-23T03:59:23Z",
    "finished" : "2016-08-23T04:01:40Z",
    "size" : 500,
    "status" : "AVAILABLE",
    "type" : "MANUAL",
    "cluster_id" : "4f87d3c4-9e33-482f-b962-e23b30d1a18c"
  }, {
    "id" : "4af11460-06ec-48a4-b3ad-0e3bbcd8ab1",
    "name" : "snapshot-2",
    "description" : "",
    "started" : "2016-08-23T18:20:00Z",
    "finished" : "2016-08-23T18:22:12Z",
    "size" : 500,
    "status" : "AVAILABLE",
    "type" : "MANUAL",
    "cluster_id" : "4f87d3c4-9e33-482f-b962-e23b30d1a18c"
  } ],
  "count" : 2
}]],
    note = "the second id is a character short of a UUID",
  },
  {
    doc = "DWS 5.5.3", op = "list_cluster_snapshots", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/snapshots",
    args = { cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1" },
    status = 200,
    answer = [[
{
  "project_id" : "2a4d0f86-67cd-408a-8b66-017454fb7793",
  "cluster_id" : "e59d6b86-9072-46eb-a996-13f8b44994c1",
  "snapshots" : [ {
    "id" : "2a4d0f86-67cd-408a-8b66-017454fb7793",
    "name" : "snapshot-1",
    "description" : "",
    "size" : 500,
    "status" : "AVAILABLE",
    "type" : "MANUAL",
    "backup_device" : "obs",
    "backup_key" : "20221027_041552",
    "bak_expected_start_time" : "1666843740000",
    "bak_keep_day" : 3,
    "bak_period" : "0 9 4/8 ? * 2,3,4,5,6,7",
    "base_backup_key" : "20221025_201556",
    "base_backup_name" : "dws-test-20221025201427",
    "cluster_id" : "e59d6b86-9072-46eb-a996-13f8b44994c1",
    "cluster_name" : "test_1025_02",
    "datastore" : {
      "type" : "dws",
      "version" : "8.2.0"
    },
    "db_user" : "dbadmin",
    "fine_grained_backup" : false,
    "guest_agent_version" : "8.2.0",
    "prior_backup_key" : "20221026_201555",
    "support_inplace_restore" : true,
    "total_backup_size" : 813475,
    "updated" : "2022-10-27T04:18:57"
  }],
  "count" : 2
}]],
    contradicts = "count is 2 over a list of one; project_id is the snapshot's id",
  },
  {
    doc = "DWS 5.5.4", op = "list_snapshot_policy", method = "GET",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/snapshot-policies",
    args = { cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1" },
    status = 200,
    answer = [[
{
    "keep_day" : 3,
    "backup_strategies" : [ {
        "policy_id" : "3b5464ad-74a5-42cc-9667-76122839109a",
        "policy_name" : "apie-default-full-strategy",
        "backup_strategy" : "0 0 2 ? * 1",
        "backup_type" : "full",
        "backup_level" : "cluster",
        "next_fire_time" : "1747533600000",
        "update_time" : "2025-05-11T10:06:16",
        "time_zone_offset" : 0
    }, {
        "policy_id" : "ceaeaf07-d600-494c-86d7-caa0fbf0858a",
        "policy_name" : "apie-default-increment-strategy",
        "backup_strategy" : "0 7 2/8 ? * 2,3,4,5,6,7",
        "backup_type" : "increment",
        "backup_level" : "cluster",
        "next_fire_time" : "1747015620000",
        "update_time" : "2025-05-11T10:06:16",
        "time_zone_offset" : 0
    } ],
    "device_name" : "OBS",
    "server_ips" : null,
    "server_port" : null,
    "backup_param" : null,
    "auto_backup" : true,
    "backup_strategy_cluster_type_limit_num" : 10,
    "backup_strategy_schema_type_limit_num" : 50
}]],
  },
  {
    doc = "DWS 5.5.5", op = "show_snapshot", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots/b5c45780-1006-49e3-b2d5-b3229975bbc7",
    args = { snapshot_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7" },
    status = 200,
    answer = [[
{
  "snapshot": {
    "id": "2a4d0f86-67cd-408a-8b66-017454fb7793",
    "name": "snapshot-1",
    "description": "snapshot description",
    "started" : "2016-08-23T03:59:23Z",
    "finished" : "2016-08-23T04:01:40Z",
    "size" : 500,
    "status" : "AVAILABLE",
    "type" : "MANUAL",
    "cluster_id" : "4f87d3c4-9e33-482f-b962-e23b30d1a18c"
  }
}]],
    repaired = "page break after description: a first, lower-case status without a comma taken out, a brace added",
    note = "the id asked for is not the one answered",
  },
  {
    doc = "DWS 5.5.6", op = "delete_snapshot_policy", method = "DELETE",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/snapshot-policies/"
      .. "4db196c8-32fc-4bf1-bf57-05980bbda9a4",
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      id = "4db196c8-32fc-4bf1-bf57-05980bbda9a4",
    },
    status = 200,
  },
  {
    doc = "DWS 5.5.7", op = "delete_snapshot", method = "DELETE",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
    args = { snapshot_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    status = 202,
  },
  {
    doc = "DWS 5.5.8", op = "restore_cluster", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/actions",
    args = {
      snapshot_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      restore = {
        name = "dws-1",
        subnet_id = "374eca02-cfc4-4de7-8ab5-dbef7d9a720",
        security_group_id = "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
        vpc_id = "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
        availability_zone = "az1.dc1",
        port = 8000,
        public_ip = { public_bind_type = "auto_assign", eip_id = "" },
        enterprise_project_id = "aca4e50a-266f-4786-827c-f8d6cc3fbada",
      },
    },
    body = [[
{
  "restore": {
    "name": "dws-1",
    "subnet_id": "374eca02-cfc4-4de7-8ab5-dbef7d9a720",
    "security_group_id" : "dc3ec145-9029-4b39-b5a3-ace5a01f772b",
    "vpc_id" : "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574",
    "availability_zone" : "az1.dc1",
    "port" : 8000,
    "public_ip" : {
      "public_bind_type" : "auto_assign",
      "eip_id" : ""
    },
    "enterprise_project_id" : "aca4e50a-266f-4786-827c-f8d6cc3fbada"
  }
}]],
    repaired = "the outer closing brace lost at a page break",
    status = 200,
    answer = [[
{
  "cluster" : {
    "id" : "7d85f602-a948-4a30-afd4-e84f47471c15"
  }
}]],
    note = "subnet_id is a character short of a UUID",
    contradicts = "eip_id is empty",
    warned = {
      "body.restore.public_ip.eip_id: is empty",
    },
  },
  {
    doc = "DWS 5.5.9", op = "copy_snapshot", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/snapshots/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/linked-copy",
    args = {
      snapshot_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      backup_name = "backup20",
      description = "description",
    },
    body = [[
{
  "backup_name" : "backup20",
  "description" : "description"
}]],
    status = 200,
    answer = [[
{
  "snapshot_id" : "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba92"
}]],
    note = "its title names the copy test1",
  },
  {
    doc = "DWS 5.5.10", op = "create_snapshot_policy", method = "PUT",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/snapshot-policies",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    status = 200,
    answer = "{}",
    contradicts = "no body is printed; the title describes a full policy test at 03:00 every day",
  },
}
