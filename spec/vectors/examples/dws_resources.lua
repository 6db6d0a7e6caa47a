-- DWS 5.4: the document's examples.
return {
  {
    doc = "DWS 5.4.1", op = "show_cluster_workload", method = "GET",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/workload",
    args = { cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1" },
    status = 200,
    answer = [[
{
    "workload_res_code" : 0,
    "workload_res_str" : "Success get workload manager status.",
    "workload_status" : {
        "workload_switch" : "on",
        "max_concurrency_num" : 60
    }
}]],
  },
  {
    doc = "DWS 5.4.2", op = "create_workload_plan", method = "POST",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/workload/plans",
    args = {
      cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1",
      plan_name = "planA",
      logical_cluster_name = "v3_logical",
    },
    body = [[
{
  "plan_name" : "planA",
  "logical_cluster_name" : "v3_logical"
}]],
    status = 200,
    answer = [[
{
  "workload_res_code" : 0,
  "workload_res_str" : ""
}]],
    note = "its title names the plan test2",
  },
  {
    doc = "DWS 5.4.3", op = "list_workload_queue", method = "GET",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/workload/queues",
    args = { cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1" },
    status = 200,
    answer = [[
{
    "workload_queue_name_list": [ "test1" ]
}]],
    contradicts = "workload_res_code and workload_res_str of the table are missing",
  },
  {
    doc = "DWS 5.4.4", op = "add_workload_queue", method = "PUT",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/workload/queues",
    args = { cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1" },
    status = 200,
    answer = [[
{
    "workload_res_code": 0,
    "workload_res_str": ""
}]],
    contradicts = "no body is printed, the table has workload_queue as mandatory; the title describes pool test11 with "
      .. "CPU share 12, memory 0, storage -1, concurrency 10",
    refused = {
      "body.workload_queue: is required",
    },
  },
  {
    doc = "DWS 5.4.5", op = "delete_workload_queue", method = "DELETE",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/workload/queues",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    status = 200,
    answer = [[
{
    "workload_res_code": 0,
    "workload_res_str": ""
}]],
    contradicts = "the mandatory query parameter workload_queue_name is missing",
    refused = {
      "query.workload_queue_name: is required",
    },
  },
  {
    doc = "DWS 5.4.6", op = "update_cluster_workload", method = "POST",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/workload",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    status = 200,
    answer = [[
{
    "workload_res_code": 0,
    "workload_res_str": ""
}]],
    contradicts = "no body is printed; the title switches it on with 5 tasks at most",
  },
}
