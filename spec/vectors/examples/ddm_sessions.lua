-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.7.
return {
  {
    doc = "DDM 4.7.1", op = "list_logical_sessions", method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/logical-processes?offset=0&limit=10",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", offset = 0, limit = 10 },
    answer = [[{
  "logical_processes": [
    {
      "id": "4564224",
      "user": "drdsagent",
      "host": "127.0.0.1:54486",
      "db": "None",
      "command": "Query",
      "time": "0",
      "state": "starting",
      "info": "show processlist"
    }
  ],
  "total_count": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.7.2", op = "kill_logical_sessions", method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}/logical-processes",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", process_ids = { "12312" } },
    body = [[{
  "process_ids": [
    "12312"
  ]
}]],
    answer = [[{
  "resp": "successful"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.7.3", op = "list_physical_sessions", method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/physical-processes?offset=0&limit=10",
    args = { instance_id = "55c26c79139446868919c5b8b2cbb542in01", offset = 0, limit = 10 },
    answer = [[{
  "physical_processes": [
    {
      "id": 1973,
      "user": "DDMRW1613058863",
      "host": "172.16.241.84:58908",
      "db": "ddm_db_test_0001",
      "state": "",
      "command": "Sleep",
      "info": null,
      "time": 13977,
      "trx_executed_time": 0
    }
  ],
  "total_count": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.7.4", op = "kill_physical_sessions", method = "DELETE",
    url = "/v3/{project_id}/instances/{instance_id}/physical-processes",
    args = { instance_id = "55c26c79139446868919c5b8b2cbb542in01", process_ids = { "43534" } },
    body = [[{
  "process_ids": [
    "43534"
  ]
}]],
    answer = [[{
  "resp": "successful"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.7.5", op = "list_session_audit_logs", method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/processes-audit-log"
      .. "?start_time=2024-06-18T09:00:00+0800&end_time=2024-06-18T12:00:00+0800&offset=0&limit=10",
    args = {
      instance_id = "5af0884170a84164980f79f9f5bf230c****",
      start_time = "2024-06-18T09:00:00+0800", end_time = "2024-06-18T12:00:00+0800",
      offset = 0, limit = 10,
    },
    answer = [[{
  "total_count": 1,
  "process_audit_logs": [
    {
      "instance_id": "5af0884170a84164980f79f9f5bf230c****",
      "instance_name": "UTS-ddm-name",
      "process_id": 123456,
      "execute_user_name": "user_name",
      "execute_time": "2024-06-18T03:08:15+0800"
    }
  ]
}]],
    status = 200,
    contradicts = "the plus signs of the query are not escaped, so they would read as spaces",
    note = "process_id is a String in the table and a number here; execute_time lies in the range "
      .. "asked for only if its zone is ignored and it is read as UTC",
  },
}
