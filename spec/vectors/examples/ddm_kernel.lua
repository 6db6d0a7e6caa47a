-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.8.
return {
  {
    doc = "DDM 4.8.1", op = "list_database_available_versions", method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/database-version/available-versions",
    args = { instance_id = "d697f4a676d64e68a323711e559b021din09" },
    answer = [[{
  "versions": [
    "3.1.0.7"
  ],
  "current_version": "3.0.8.5",
  "latest_version": "3.1.0.7",
  "current_favored_version": "3.0.8.5",
  "previous_version": "3.0.8.3"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.8.2", op = "change_database_version", method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/database-version/change-version",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1055****", target_version = "3.0.8.5" },
    body = [[{
  "target_version": "3.0.8.5"
}]],
    answer = [[{
  "instance_id" : "28e8841d0b9c4f6a9a30742ee60e1055****",
  "job_id" : "1eb697c0-1842-43a3-8671-f562d038****"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.8.3", op = "roll_back_database_version", method = "POST",
    url = "/v3/{project_id}/instances/{instance_id}/database-version/rollback-version",
    args = { instance_id = "28e8841d0b9c4f6a9a30742ee60e1055****" },
    answer = [[{
  "instance_id" : "28e8841d0b9c4f6a9a30742ee60e1055****",
  "job_id" : "1eb697c0-1842-43a3-8671-f562d038****"
}]],
    status = 202,
  },
  {
    doc = "DDM 4.8.4", op = "show_risk_info", method = "GET",
    url = "/v3/{project_id}/instances/{instance_id}/show-risk-info",
    args = { instance_id = "d697f4a676d64e68a323711e559b021din09" },
    answer = [[{
  "risks": [
    {
      "instance_id": "d697f4a676d64e68a323711e559b021din09",
      "engine_name": "ddm",
      "engine_version": "3.1.0.3",
      "level": 1,
      "suggest": "MySQL clients cannot end queries occasionally. Upgrading the version to 3.1.0.7 at off-peak hours is recommended.",
      "influence": "Multiple nodes of a DDM instance are upgraded in rolling mode. There will be a brief interruption (seconds) that the applications can detect. To minimize the impact, perform the upgrade during off-peak hours and ensure that your applications support automatic reconnection.",
      "guidance": "https://support.huaweicloud.com/usermanual-ddm/ddm_06_0042.html",
      "service_impact_duration": "The interruption is less than 60s for regular workloads.",
      "upgrade_duration": "The upgrade duration depends on how many instance nodes are upgraded. Upgrading a single node takes about 5 minutes."
    }
  ]
}]],
    status = 200,
    repaired = "line breaks inside two strings",
  },
}
