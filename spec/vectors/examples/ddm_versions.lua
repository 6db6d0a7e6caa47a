-- SPDX-License-Identifier: Apache-2.0
-- The documented example of DDM 4.1.
return {
  {
    doc = "DDM 4.1.1", op = "list_api_versions", method = "GET",
    url = "/",
    answer = [[{
  "versions": [
    {
      "id": "v3",
      "links": [],
      "status": "CURRENT",
      "updated": "2019-01-15T12:00:00Z",
      "version": ""
    },
    {
      "id": "v1",
      "links": [],
      "status": "DEPRECATED",
      "updated": "2017-02-07T17:34:02Z",
      "version": ""
    }
  ]
}]],
    status = 200,
  },
}
