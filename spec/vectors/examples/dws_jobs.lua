-- The DWS job query: not in the document, so this answer is the sister documentation's.
return {
  {
    doc = "DWS SDK", op = "show_job", method = "GET",
    url = "/v1.0/{project_id}/job/{job_id}", no_request_line = true,
    args = { job_id = "2c9080e88459fa44018459fbeb600001" },
    status = 200,
    answer = [[
{
  "status": "FAIL",
  "progress": "9%",
  "job_id": "2c9080e88459fa44018459fbeb600001",
  "job_name": "ecfClusterElbCreateJob",
  "begin_time": "2022-11-09T20:25:00",
  "end_time": "2022-11-09T20:30:00",
  "failed_code": "CreateELBTask-fail:DWS.0114",
  "failed_detail": "DWS.0114:ELB private IP is not configured."
}]],
    note = "200 although the job failed",
  },
}
