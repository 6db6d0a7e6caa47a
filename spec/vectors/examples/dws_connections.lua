-- SPDX-License-Identifier: Apache-2.0
-- The examples of DWS 5.7. From 5.7.4 on the request lines print no method.
return {
  {
    doc = "DWS 5.7.1", op = "create_cluster_dns", method = "POST",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7/dns",
    args = { cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", name = "demo", type = "public", ttl = 300 },
    body = [[{
  "name" : "demo",
  "type" : "public",
  "ttl" : 300
}]],
    status = 200,
  },
  {
    doc = "DWS 5.7.2", op = "update_cluster_dns", method = "PUT",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7/dns",
    args = { cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", name = "demo", type = "public", ttl = 300 },
    body = [[{
    "name" : "demo",
    "type" : "public",
    "ttl" : 300
}]],
    status = 200,
  },
  {
    doc = "DWS 5.7.3", op = "delete_cluster_dns", method = "DELETE",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/b5c45780-1006-49e3-b2d5-b3229975bbc7/dns?type=public",
    args = { cluster_id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", type = "public" },
    status = 200,
  },
  {
    doc = "DWS 5.7.4", op = "list_elbs", method = "GET",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/clusters/194408fa-9d41-435ca140-91edcf5fe519/elbs",
    args = { cluster_id = "194408fa-9d41-435ca140-91edcf5fe519" },
    answer = [[{
  "elbs": [ {
    "id": "1e6e0b66-6223-4523-bfd9-033c88b4ce9f",
    "name": "loadbalancer5",
    "description": "simple lb",
    "bandwidth": 0,
    "vip_address": "192.168.0.222",
    "admin_state_up": true,
    "vpc_id": "c9f1171e-dc90-4ae9-bf22-f9736983ce2d"
  } ]
}]],
    status = 200,
    contradicts = "the cluster ID has 35 characters: a line break took a hyphen that 5.7.5 still has",
    warned = {
      "path.cluster_id: has 35 characters, at least 36 are needed",
    },
  },
  {
    doc = "DWS 5.7.5", op = "associate_elb", method = "POST",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/clusters/194408fa-9d41-435c-a140-91edcf5fe519"
      .. "/elbs/1e6e0b66-6223-4523-bfd9-033c88b4ce9f",
    args = {
      cluster_id = "194408fa-9d41-435c-a140-91edcf5fe519",
      elb_id = "1e6e0b66-6223-4523-bfd9-033c88b4ce9f",
    },
    answer = [[{
    "job_id" : "2c9081838417d8850184196d8282002b"
}]],
    status = 200,
  },
  {
    doc = "DWS 5.7.6", op = "disassociate_elb", method = "DELETE",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/clusters/194408fa-9d41-435c-a140-91edcf5fe519"
      .. "/elbs/1e6e0b66-6223-4523-bfd9-033c88b4ce9f",
    args = {
      cluster_id = "194408fa-9d41-435c-a140-91edcf5fe519",
      elb_id = "1e6e0b66-6223-4523-bfd9-033c88b4ce9f",
    },
    answer = [[{"job_id":"2c9081838417d8850184196d8282002b"}]],
    repaired = "quotes around job_id in the answer",
    status = 200,
  },
  {
    doc = "DWS 5.7.7", op = "associate_eip", method = "POST",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/clusters/194408fa-9d41-435c-a140-91edcf5fe519"
      .. "/eips/ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983",
    args = {
      cluster_id = "194408fa-9d41-435c-a140-91edcf5fe519",
      eip_id = "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983",
    },
    status = 200,
  },
  {
    doc = "DWS 5.7.8", op = "disassociate_eip", method = "DELETE",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/clusters/194408fa-9d41-435c-a140-91edcf5fe519"
      .. "/eips/ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983",
    args = {
      cluster_id = "194408fa-9d41-435c-a140-91edcf5fe519",
      eip_id = "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983",
    },
    status = 200,
  },
}
