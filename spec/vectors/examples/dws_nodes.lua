-- DWS 5.3: the document's examples.
return {
  {
    doc = "DWS 5.3.1", op = "list_cluster_cn", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/cns",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    status = 200,
    answer = [[
{
    "min_num": 2,
    "max_num": 3,
    "instances": [ {
        "id": "e07d1bfb-6eac-4827-96e0-d10b8ca29c41",
        "name": "demo-dws-cn-cn-1-1",
        "private_ip": "172.16.69.106"
    } ]
}]],
  },
  {
    doc = "DWS 5.3.2", op = "batch_create_cluster_cn", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7/cns/batch-create",
    args = { cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", num = 3 },
    body = [[
{
  "num" : 3
}]],
    status = 200,
    answer = [[
{
  "job_id" : "2c908185841339ce018414e9944b0020"
}]],
    contradicts = "its title adds three nodes, the table says that num is the total afterwards",
  },
  {
    doc = "DWS 5.3.3", op = "batch_delete_cluster_cn", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7/cns/batch-delete",
    args = {
      cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7",
      instances = { "b6ad3dc3-d2de-4d2c-a5df-fdde58eca8f0" },
    },
    body = [[
{
    "instances" : [ "b6ad3dc3-d2de-4d2c-a5df-fdde58eca8f0" ]
}]],
    status = 200,
    answer = [[
{
    "job_id" : "2c908185841339ce018414e9944b0020"
}]],
  },
  {
    doc = "DWS 5.3.4", op = "resize_cluster", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/resize",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", scale_out = { count = 3 } },
    body = [[
{
  "scale_out": {
    "count": 3
  }
}]],
    status = 200,
    answer = "{}",
  },
  {
    doc = "DWS 5.3.4", op = "resize_cluster", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/resize",
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      scale_out = { count = 3 },
      create_node_only = true,
    },
    body = [[
{
  "scale_out": {
    "count": 3
  },
  "create_node_only": true
}]],
    status = 200,
    answer = "{}",
    note = "idle nodes; speaks of a third example that is missing",
  },
  {
    doc = "DWS 5.3.5", op = "shrink_cluster", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/shrink",
    path_differs = true,
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      shrink_number = 3,
      online = false,
      retry = false,
      need_agency = true,
      parallel_jobs = 2,
    },
    body = [[
{
  "shrink_number" : 3,
  "online" : false,
  "retry" : false,
  "need_agency" : true,
  "parallel_jobs" : 2
}]],
    status = 200,
    answer = [[
{
  "job_id" : "2c9081c88418ed420184197c8bc80001"
}]],
    note = "example's path differs from the URI line: /shrink for /cluster-shrink",
    contradicts = "the path ends with /shrink, the URI line with /cluster-shrink",
  },
}
