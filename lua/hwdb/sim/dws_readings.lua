-- SPDX-License-Identifier: Apache-2.0
-- Which side a world takes where DWS's document, its examples and its clients
-- say different things. The first value is the default.
return {
  dws_available = "AVAILABLE", -- or "ACTIVE": the table's word for a resting cluster
  dws_failed_status = "CREATION FAILED", -- or "CREATE_FAILED", "FAILED": of a cluster that could not be made
  dws_idle_task = "null", -- or "absent": task_status of a resting cluster
  dws_deleted_cluster = "gone", -- or "DELETED": show_cluster goes on answering with that status
  dws_unknown_cluster = "404", -- or "401" (DWS.0047), "403" (DWS.0015): show_cluster of an id never given out
  dws_sold_out = "refuse", -- or "creation_failed": a sold-out flavor is accepted and fails later
  dws_held_seconds = 5, -- still refused as busy after a task has ended, though nothing shows
  dws_spontaneous_snapshot = true, -- false: none follows a scale-out
  dws_redistribution_by_hand = false, -- or 3600: seconds until somebody starts a redistribution that waits or failed
  dws_errors = "error_code", -- or "errCode", "both": keys of a refusal
  dws_cn_number = "total", -- or "added": what num of batch_create_cluster_cn counts
  dws_shrink_answer = "job_id", -- or "error_code": that and DWS.0000 beside it
  dws_resize_numbers = "integer", -- or "string": node numbers of resize_info
  dws_resize_state_key = "resize_status", -- or "status"
  dws_quota_numbers = "integer", -- or "string": used and quota
  dws_alarm_counts = "integer", -- or "string": counts of alarm statistics
  dws_event_list = "event_subscriptions", -- or "event_subscription"
  dws_keep_snapshots = "all", -- or "count": manual snapshots that outlive a deleted cluster
  dws_restore_job_id = false, -- true: restore_cluster names a job
}
