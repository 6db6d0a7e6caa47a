-- SPDX-License-Identifier: Apache-2.0
-- Answers of the gateway before the services, met in practice.
-- Each: where it was found, the call, the status and the body as text (absent: no body).
return {
  {
    name = "gateway-404-api-not-published", source = "sbercloud-terraform/terraform-provider-sbercloud",
    method = "GET", path = "/v3/{project_id}/instances/{instance_id}/monitoring-by-seconds/switch", status = 404,
    body = [[{
  "error_msg": "The API does not exist or has not been published in the environment",
  "error_code": "APIGW.0101",
  "request_id": "616a9d01e6617ee6e285cd6ecbef60af"
}]],
  },
  {
    name = "gateway-429-throttled-2", source = "huaweicloud/terraform-provider-huaweicloud",
    method = "POST", path = "/v2.0/fwaas/firewall_policies", status = 429,
    body = [[{
  "error_msg": "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:5 minute",
  "error_code": "APIGW.0308",
  "request_id": "d4e8174b8df00840aef0c6907ec0e384"
}]],
  },
  {
    name = "gateway-429-throttled", source = "sbercloud-terraform/terraform-provider-sbercloud",
    method = "GET", path = "/v3.0/OS-ROLE/roles/{role_id}", status = 429,
    body = [[{
  "error_code": "APIGW.0308",
  "error_msg": "The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 second",
  "request_id": "efd9d3ca153924cc19bb9d579712f6dd"
}]],
  },
}
