-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.5, in document order. Ids that an example
-- leaves as a placeholder are taken from its answer or from a neighbouring one.

return {
  {
    doc = "DDM 4.5.1",
    op = "show_job",
    method = "GET",
    url = "/v3/{project_id}/jobs/{job_id}",
    args = { job_id = "31b8ae23-c687-4d80-b7b4-42a66c9bb886" },
    answer = [[
{
  "job": {
    "id": "31b8ae23-c687-4d80-b7b4-42a66c9bb886",
    "name": "CreateInstance",
    "status": "Running",
    "created_time": "2018-08-06T10:41:14+0000",
    "end_time": "2018-08-06T16:41:14+0000",
    "process": "60%",
    "instance": {
      "id": "a48e43ff268f4c0e879652d65e63d0fbin09",
      "name": "DDM-test"
    }
  }
}]],
    status = 200,
    note = "the task is running, yet has an end_time",
  },
  {
    doc = "DDM 4.5.2",
    op = "list_jobs",
    method = "GET",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/jobs?start_time=1746028800000&end_time=1747319097182",
    args = { start_time = 1746028800000, end_time = 1747319097182 },
    repaired = "at a page break the list is closed after its second task and the comma is missing",
    answer = [[
{
  "jobs": [
    {
      "id": "92370d30-3ddc-4e05-b8ab-51662d824318",
      "name": "migrateLogicDb",
      "status": "ToBeSwitched",
      "created_time": "2025-05-20T15:05:13+0000",
      "end_time": "2025-05-20T15:05:13+0000",
      "process": "",
      "instance_name": "UTS-ddm-dtc-src",
      "instance_id": "733c7e8d73a54c27b8308ec784a8be8cin09",
      "operations": [
        "modifySwitchingStrategy",
        "toBeCanceled"
      ],
      "database_name": "db_e487",
      "fail_reason": ""
    },
    {
      "id": "10501cd3-0c19-498b-9ba4-8935ed447542",
      "name": "migrateLogicDb",
      "status": "Completed",
      "created_time": "2025-05-20T14:48:09+0000",
      "end_time": "2025-05-20T15:03:45+0000",
      "process": "",
      "instance_name": "UTS-ddm-dtc-src",
      "instance_id": "733c7e8d73a54c27b8308ec784a8be8cin09",
      "operations": [],
      "database_name": "db_e487",
      "fail_reason": ""
    },
{
  "id": "57933931-9323-422d-8f3d-20a62eb00c4e",
  "name": "CreateInstance",
  "status": "Completed",
  "created_time": "2025-05-20T07:51:47+0000",
  "end_time": "2025-05-20T07:56:54+0000",
  "process": "",
  "instance_name": "UTS-ddm-dtc-src",
  "instance_id": "733c7e8d73a54c27b8308ec784a8be8cin09",
  "operations": [],
  "database_name": "",
  "fail_reason": ""
}
],
"offset": 0,
"limit": 10,
"total": 3
}]],
    status = 200,
    contradicts = "the status ToBeSwitched is not among the table's three",
    note = "the tasks are of 20 May 2025, after the end_time of the request",
  },
}
