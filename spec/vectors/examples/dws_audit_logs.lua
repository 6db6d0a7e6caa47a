-- SPDX-License-Identifier: Apache-2.0
-- The example of DWS 5.13.
return {
  {
    doc = "DWS 5.13.1", op = "list_audit_log", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/e59d6b86-9072-46eb-a996-13f8b44994c1/audit-log-records",
    args = { cluster_id = "e59d6b86-9072-46eb-a996-13f8b44994c1" },
    answer = [[{
  "records": [
    {
      "result": "RUNNING",
      "cluster_id": "a07cb2f7-b17e-4d95-923b-a33d0c884d37",
      "executor_time": "2022-10-31T09:11:31",
      "begin_time": "2022-10-31T09:09:55",
      "end_time": "2022-10-31T09:19:55",
      "bucket_name": "testbucket",
      "location_prefix": "test"
    }
  ],
  "count": 1,
  "cluster_id": "a07cb2f7-b17e-4d95-923b-a33d0c884d37"
}]],
    status = 200,
    note = "the answer names another cluster than the request",
  },
}
