-- SPDX-License-Identifier: Apache-2.0
-- The examples of DWS 5.12.
return {
  {
    doc = "DWS 5.12.1", op = "list_cluster_configurations", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90/configurations",
    args = { cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90" },
    answer = [[{
  "configurations" : [ {
    "id" : "509be37f-5420-40fb-89c2-0c5c9b8c90f6",
    "name" : "defaultGUConfig",
    "type" : "GUConfig",
    "status" : "In-Sync",
    "fail_reason" : "null"
  }, {
    "id" : "3f62172a-8258-46a3-a761-e691265d6689",
    "name" : "parameterGroupFor_3bc94408-265d-4076-8c6d-cc35ebc2c747",
    "type" : "hiddenParameterGroup",
    "status" : "In-Sync",
    "fail_reason" : "null"
  }, {
    "id" : "93cb2c86-a598-48ca-8c2c-0389f4b78511",
    "name" : "defaultOBSConfig",
    "type" : "OBSConfig",
    "status" : "In-Sync",
    "fail_reason" : "null"
  }, {
    "id" : "3f377a36-1fa2-48fe-a1fa-a8801dae01ed",
    "name" : "Default-Parameter-Template-DWS-8_2_0",
    "type" : "parameterGroup",
    "status" : "In-Sync",
    "fail_reason" : "null"
  }, {
    "id" : "d8f9ec5a-8235-4000-9433-187409738e8b",
    "name" : "security-paragroup-dws",
    "type" : "securityParameterGroup",
    "status" : "In-Sync",
    "fail_reason" : "null"
  } ]
}]],
    repaired = "the answer's last brace",
    status = 200,
  },
  {
    doc = "DWS 5.12.2", op = "list_cluster_configurations_parameter", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90"
      .. "/configurations/2846d355-cd2a-4239-ae54-a7aef0b7963d",
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      configuration_id = "2846d355-cd2a-4239-ae54-a7aef0b7963d",
    },
    answer = [[{
  "configurations" : [ {
    "name" : "enable_constraint_optimization",
    "values" : [ {
        "type" : "cn",
        "value" : "on",
        "default_value" : "on"
    }, {
        "type" : "dn",
        "value" : "on",
        "default_value" : "on"
    }],
    "unit" : null,
    "type" : "boolean",
    "readonly" : false,
    "value_range" : "on|off",
    "restart_required" : false,
    "description" : "Specifies whether the informational constraint optimization execution plan can be used for an HDFS foreign table."
}
]
}]],
    repaired = "a line break inside description, the answer's last brace",
    status = 200,
  },
  {
    doc = "DWS 5.12.3", op = "update_configuration", method = "PUT",
    url = "/v2/89cd04f168b84af6be287f71730fdb4b/clusters/4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90"
      .. "/configurations/2846d355-cd2a-4239-ae54-a7aef0b7963d",
    args = {
      cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90",
      configuration_id = "2846d355-cd2a-4239-ae54-a7aef0b7963d",
      configurations = {
        { type = "cn", name = "enable_constraint_optimization", value = "off" },
        { type = "dn", name = "enable_constraint_optimization", value = "off" },
      },
    },
    body = [[{
  "configurations" : [ {
"type" : "cn",
"name" : "enable_constraint_optimization",
"value" : "off"
}, {
"type" : "dn",
"name" : "enable_constraint_optimization",
"value" : "off"
} ]
}]],
    status = 200,
  },
}
