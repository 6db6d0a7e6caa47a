-- SPDX-License-Identifier: Apache-2.0
-- Which side a world takes where DBSS's tables, its examples and its clients
-- say different things. The first value is the default.
return {
  dbss_words = "example", -- or "table": words and ids of rules, masks, scopes, log entries and databases
  dbss_casing = "example", -- or "snake", "camel": of the fields met in both, here and there
  dbss_job_failure = "FAIL", -- or "ERROR": a failed creation, as the document and as clients name it
  dbss_first_jobs = "empty", -- or "INIT": right after the payment there is no job yet, or one that waits
  dbss_refusals = "error", -- or "result": what a state forbids comes as 200 with a result that is no success
  dbss_security_group_answer = "result", -- or "empty_string": the example's ""
  dbss_count_resources = false, -- true: counting by tags lists the resources too, as the table has it
  dbss_days = "names", -- or "table": whether remain_days counts to the end or past it
  dbss_op_service = false, -- true: the caller may use sys_tags
}
