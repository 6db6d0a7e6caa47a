-- SPDX-License-Identifier: Apache-2.0
-- The examples of DWS 5.8. Their request lines print no method.
return {
  {
    doc = "DWS 5.8.1", op = "list_alarm_detail", method = "GET",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/alarms?time_zone=GMT",
    args = { time_zone = "GMT" },
    answer = [[{
    "alarm_details" : [ {
        "alarm_id" : "DWS_01010",
        "alarm_name" : "Cluster Status Fault",
        "alarm_level" : "1",
        "alarm_source" : "DWS",
        "alarm_message" : "CloudService=DWS, resourceId: 5e76e8e2-d0cf-4b64-9d9a-aadbb04b54f7, resourceIdName: evs-09, domain_name=, domain_id=0676610f3a0a4c2c80c50bea7ddf18c1, res_domain_name=op_svc_dws_0676610f3a0a4c2c80c50bea7ddf18c1",
        "alarm_location" : "cluster_id: 5e76e8e2-d0cf-4b64-9d9a-aadbb04b54f7,cluster_name: evs-09,cluster type: dws, domain_name: , domain_id: 0676610f3a0a4c2c80c50bea7ddf18c1",
        "resource_id" : "5e76e8e2-d0cf-4b64-9d9a-aadbb04b54f7",
        "resource_id_name" : "evs-09",
        "alarm_generate_date" : "2022-10-27 08:11:29",
        "alarm_status" : "0"
    } ],
    "count" : 1
}]],
    repaired = "line breaks inside alarm_message and alarm_location",
    status = 200,
  },
  {
    doc = "DWS 5.8.2", op = "list_alarm_statistic", method = "GET",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/alarm-statistic?time_zone=GMT",
    args = { time_zone = "GMT" },
    answer = [[{
  "alarm_statistics": [
    {
      "date": "2022-10-21",
      "urgent": 0,
      "important": 0,
      "minor": 0,
      "prompt": 0
    },
    {
      "date": "2022-10-22",
      "urgent": 0,
      "important": 0,
      "minor": 0,
      "prompt": 0
    },
    {
      "date": "2022-10-23",
      "urgent": 0,
      "important": 0,
      "minor": 0,
      "prompt": 0
    },
    {
      "date": "2022-10-24",
      "urgent": 0,
      "important": 0,
      "minor": 0,
      "prompt": 0
    },
    {
      "date": "2022-10-25",
      "urgent": 0,
      "important": 0,
      "minor": 0,
      "prompt": 0
    },
    {
      "date": "2022-10-26",
      "urgent": 0,
      "important": 0,
      "minor": 0,
      "prompt": 0
    },
    {
      "date": "2022-10-27",
      "urgent": 17,
      "important": 0,
      "minor": 0,
      "prompt": 0
    }
  ]
}]],
    status = 200,
    contradicts = "the counts are numbers, strings in the table",
  },
  {
    doc = "DWS 5.8.3", op = "list_alarm_subs", method = "GET",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/alarm-subs",
    args = {},
    answer = [[{
  "count" : 1,
  "alarm_subscriptions" : [ {
    "id" : "e8d8359f-b8bd-4b80-bc4d-32c86c7c725e",
    "name" : "00",
    "enable" : 1,
    "language" : "zh-cn",
    "alarm_level" : "urgent,important,minor,prompt",
    "project_id" : "4cf650fd46704908aa071b4df2453e1e",
    "name_space" : "DWS",
    "notification_target" : "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:CGS",
    "notification_target_name" : "CGS",
    "notification_target_type" : "SMN",
    "time_zone" : "GMT+08:00"
  } ]
}]],
    status = 200,
  },
  {
    doc = "DWS 5.8.4", op = "create_alarm_sub", method = "POST",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/alarm-subs",
    args = {
      alarm_level = "urgent,important,minor",
      enable = 1,
      name = "zrf-test-12",
      notification_target = "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:dws-test-nodelete",
      notification_target_name = "dws-test-nodelete",
      notification_target_type = "SMN",
      time_zone = "GMT+08:00",
    },
    body = [[{
    "alarm_level" : "urgent,important,minor",
    "enable" : 1,
    "name" : "zrf-test-12",
    "notification_target" : "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:dws-test-nodelete",
    "notification_target_name" : "dws-test-nodelete",
    "notification_target_type" : "SMN",
    "time_zone" : "GMT+08:00"
}]],
    answer = [[{
    "id" : "273ce506-dad8-411c-92f9-be5004739b40",
    "name" : "zrf-test-12",
    "enable" : 1,
    "language" : "zh-cn",
    "alarm_level" : "urgent,important,minor",
    "project_id" : "4cf650fd46704908aa071b4df2453e1e",
    "name_space" : "dws",
    "notification_target" : "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:dws-test-nodelete",
    "notification_target_name" : "dws-test-nodelete",
    "notification_target_type" : "SMN",
    "time_zone" : "GMT+08:00"
}]],
    status = 200,
  },
  {
    doc = "DWS 5.8.5", op = "update_alarm_sub", method = "PUT",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/alarm-subs/273ce506-dad8-411c-92f9-be5004739b40",
    args = {
      alarm_sub_id = "273ce506-dad8-411c-92f9-be5004739b40",
      alarm_level = "urgent,important,minor",
      enable = 1,
      name = "zrf-test-13",
      notification_target = "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:dws-test-nodelete",
      notification_target_name = "dws-test-nodelete",
      notification_target_type = "SMN",
    },
    body = [[{
  "alarm_level": "urgent,important,minor",
  "enable": 1,
  "name": "zrf-test-13",
  "notification_target": "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:dws-test-nodelete",
  "notification_target_name": "dws-test-nodelete",
  "notification_target_type": "SMN"
}]],
    answer = [[{
  "id": "273ce506-dad8-411c-92f9-be5004739b40",
  "name": "zrf-test-13",
  "enable": 1,
  "language": "zh-cn",
  "alarm_level": "urgent,important,minor",
  "project_id": "4cf650fd46704908aa071b4df2453e1e",
  "name_space": "dws",
  "notification_target": "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:dws-test-nodelete",
  "notification_target_name": "dws-test-nodelete",
  "notification_target_type": "SMN",
  "time_zone": "GMT+08:00"
}]],
    status = 200,
  },
  {
    doc = "DWS 5.8.6", op = "delete_alarm_sub", method = "DELETE",
    url = "/v2/4cf650fd46704908aa071b4df2453e1e/alarm-subs/273ce506-dad8-411c-92f9-be5004739b40",
    args = { alarm_sub_id = "273ce506-dad8-411c-92f9-be5004739b40" },
    answer = [[{
    "id" : "273ce506-dad8-411c-92f9-be5004739b40",
    "name" : "zrf-test-13",
    "enable" : 1,
    "language" : "zh-cn",
    "alarm_level" : "urgent,important,minor",
    "project_id" : "4cf650fd46704908aa071b4df2453e1e",
    "name_space" : "dws",
    "notification_target" : "urn:smn:cn-north-7:4cf650fd46704908aa071b4df2453e1e:dws-test-nodelete",
    "notification_target_name" : "dws-test-nodelete",
    "notification_target_type" : "SMN",
    "time_zone" : "GMT+08:00"
}]],
    status = 200,
  },
}
