-- DWS 5.1: the document's examples.
return {
  {
    doc = "DWS 5.1.1", op = "list_availability_zones", method = "GET",
    url = "/v1.0/89cd04f168b84af6be287f71730fdb4b/availability-zones",
    args = {},
    status = 200,
    answer = [[
{
  "availability_zones": [ {
    "code": "az1",
    "name": "AZ1",
    "status": "available",
    "public_border_group": "center"
  }],
  "count": 1
}]],
  },
}
