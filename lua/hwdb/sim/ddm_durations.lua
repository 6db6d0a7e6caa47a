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
}
