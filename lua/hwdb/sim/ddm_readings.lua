-- SPDX-License-Identifier: Apache-2.0
-- Which side a world takes where DDM's document, its examples and its clients
-- say different things, beside those of the frame. The first value is the default.
return {
  ddm_rds_check_key = "rds_check_infos", -- or "rds_check_info": the list of 4.2.38, by its table or its example
  ddm_need_restart = "boolean", -- or "string": needRestart of 4.10.3, by its table or its example
  ddm_admin_answer = "job_id", -- or "empty": body of 4.4.6, by the sister cloud or as documented
  ddm_failed_resize = "RUNNING", -- or "RESIZING": status after a failed change of class; A.6 reads so
  ddm_group_nodes = 1, -- or 2: fewest nodes of a group, by the example of 4.2.19 or the manual
  ddm_v1_password_rules = false, -- true: the rules of 4.4.8 hold for 4.4.1 and 4.4.5 too
  ddm_slow_log_time = "bare", -- or "zone": logTime of 4.6.1, by its example or its table
  ddm_process_id = "string", -- or "number": process_id of 4.7.5, by its table or its example
}
