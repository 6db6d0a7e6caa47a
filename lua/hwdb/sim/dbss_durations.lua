-- SPDX-License-Identifier: Apache-2.0
-- How long the simulated work of DBSS takes, in seconds of the clock; of the
-- order of magnitude of practice.
return {
  order = 20, -- from the payment to the resource
  no_job = 10, -- with a resource, but no job yet
  job_waits = 10, -- in INIT, and again in READY
  create_instance = 600,
  delete_instance = 120,
}
