-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.6.
return {
  {
    doc = "DDM 4.6.1", op = "list_slow_log", method = "GET",
    url = "/v2/{project_id}/instances/{instance_id}/slowlog"
      .. "?curPage={curPage}&perPage={perPage}&startDate={startDate}&endDate={endDate}",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09",
      curPage = "1", perPage = "10", startDate = "1619341200000", endDate = "1619600400000",
    },
    answer = [[{
  "totalRecord": 2,
  "slowLogList": [ {
    "users": "testddm",
    "database": "test1",
    "querySample": "select id, sleep(3) from test",
    "logTime": "2021-04-26T02:40:21",
    "time": "12002",
    "shards": "test1_0000",
    "rowsExamined": "4",
    "host" : "192.168.16.18"
  }]
}]],
    status = 200,
    note = "the answer counts 2 records and lists 1",
  },
}
