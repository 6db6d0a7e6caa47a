-- SPDX-License-Identifier: Apache-2.0
-- How long the simulated work of DDM takes, in seconds of the clock. The
-- documents give no figures; these have the order of magnitude of practice.
return {
  create_instance = 300,
  delete_instance = 120,
  restart_instance = 60,
  reload_table_data = 10,
  expand_nodes = 300,
  shrink_nodes = 180,
  sync_data_nodes = 10,
  order = 20, -- from payment to the start of the creation
  freeze = 60, -- from the end of a subscription, once the instance rests
  create_schema = 30,
  delete_schema = 30,
  import_metadata = 60,
  precheck = 60,
  migrate_full = 9000, -- 2.5 h; with the incremental part a migration takes 3 h
  migrate_incremental = 1800,
  switch_route = 300,
  clean_shards = 600,
  cancel_shards = 120,
  rollback_shards = 600,
  restart_node = 60,
  resize_flavor = 600,
  create_group = 300,
  delete_group = 120,
  switch_ssl = 30,
  update_port = 30,
  bind_eip = 10,
  unbind_eip = 10,
  update_elb_ip = 30,
  update_name = 10,
  set_read_only = 10,
  move_tmlogs = 20,
  reset_password = 10,
  set_parameters = 10,
  change_version_node = 300, -- the manual's five minutes a node
  delete_backup = 10,
  restore_metadata = 120,
  restore_data = 1800,
}
