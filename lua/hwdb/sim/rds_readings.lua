-- SPDX-License-Identifier: Apache-2.0
-- Which side a world takes where RDS's definition and its clients differ. The
-- first value is the default.
return {
  rds_task_list = "object", -- or "array": list_tasks gives the latest job as the definition has it, or all
  rds_unknown_instance = 404, -- or 400: status of DBS.280110
}
