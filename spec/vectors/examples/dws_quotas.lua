-- SPDX-License-Identifier: Apache-2.0
-- The example of DWS 5.10.
return {
  {
    doc = "DWS 5.10.1", op = "list_quotas", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/quotas",
    args = {},
    answer = [[{
  "quotas" : {
    "resources" : [ {
      "type" : "instances",
      "used" : "3",
      "quota" : "100",
      "unit" : null
    }, {
      "type" : "core",
      "used" : "12",
      "quota" : "100",
      "unit" : null
    }, {
      "type" : "ram",
      "used" : "24",
      "quota" : "1000",
      "unit" : "GB"
    }, {
      "type" : "disk",
      "used" : "6",
      "quota" : "100",
      "unit" : null
    }, {
      "type" : "disk_capacity",
      "used" : "600",
      "quota" : "1000",
      "unit" : "GB"
    } ]
  }
}]],
    status = 200,
    contradicts = "used and quota are strings, integers in the table",
  },
}
