-- SPDX-License-Identifier: Apache-2.0
-- How long the simulated work of RDS takes, in seconds of the clock; of the
-- order of magnitude of practice.
return {
  create_instance = 360,
  restore_instance = 900,
  delete_instance = 60,
  create_backup = 180,
  order = 20,
  automatic_backup = 600,
  restorable_after = 300, -- how far behind the present point-in-time recovery is
}
