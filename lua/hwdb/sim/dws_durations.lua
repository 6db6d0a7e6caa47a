-- SPDX-License-Identifier: Apache-2.0
-- How long the simulated work of DWS takes, in seconds of the clock. Only the
-- creation is documented (10 to 15 minutes); the rest is of practice's order.
return {
  create_cluster = 720,
  delete_cluster = 300,
  restart_cluster = 180,
  restore_cluster = 1500,
  create_snapshot = 300,
  copy_snapshot = 120,
  spontaneous_snapshot = 30, -- from the end of a scale-out to its beginning
  grow = 1200,
  create_node = 600,
  redistribute = 1800,
  change_flavor = 480,
  shrink_check = 60,
  shrink = 1800,
  add_cn = 600,
  delete_cn = 300,
  elb = 60,
  data_source = 120,
  configuration = 30,
  expand_storage = 900,
  readonly_again = 600, -- until a disk that is still too full closes the cluster again
  gap = 10, -- no task is shown any more, but the cluster is not available yet
}
