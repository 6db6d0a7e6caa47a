-- SPDX-License-Identifier: Apache-2.0
-- DDM: most changes show as a job of the instance; the job list reaches back 30 days.
local JOBS = { start_time = "@month", end_time = "@now", limit = 128 }

local function job(names, where)
  local probe = { look = "ddm.list_jobs", args = JOBS, new = true, where = { instance_id = "$instance_id", name = names },
    answer = { job_id = "id" } }
  for key, value in pairs(where or {}) do probe.where[key] = value end
  return probe
end

local function of_schema(names)
  return job(names, { database_name = "$db_name" })
end

local function followed(timeout)
  return { op = "ddm.show_job", args = { job_id = "@job_id" }, field = "job.status", success = { "Completed" },
    failure = { "Failed" }, pending = { "Running" }, progress = "job.process", interval = 10, timeout = timeout or 3600 }
end

local M = {}

M.precheck_shards = { probe = of_schema({ "checkMigrateLogicDb", "preCheckMigrateLogicDb", "precheckMigrateLogicDb" }),
  wait = followed(7200) }
M.configure_shards = { probe = of_schema({ "migrateLogicDb" }), wait = followed(72 * 3600) }
M.clean_shards = { probe = of_schema({ "cleanMigrateLogicDb" }), wait = followed(24 * 3600) }
M.retry_shards = { probe = of_schema({ "retryMigrateLogicDb" }), wait = followed(72 * 3600) }
M.rollback_shards = { probe = of_schema({ "rollbackMigrateLogicDb" }), wait = followed(24 * 3600) }
M.cancel_shards = { probe = of_schema({ "cancelMigrateLogicDb" }), wait = followed(24 * 3600) }

M.switch_route = {
  probe = { look = "ddm.list_jobs", args = JOBS, where = { id = "$job_id" }, field = "status",
    operations = { toBeSwitched = "ToBeSwitched", toBeCleaned = "ToBeCleaned" },
    done = { "Switching", "ToBeCleaned", "Completed" }, undone = { "ToBeSwitched" }, absent = "open" },
  wait = { op = "ddm.list_jobs", args = { start_time = "@month", end_time = "@now", limit = 128 },
    find = { id = "$job_id" }, field = "status", operations = { toBeCleaned = "ToBeCleaned" },
    success = { "ToBeCleaned", "Completed" }, failure = { "Failed" }, pending = { "Switching", "ToBeSwitched" },
    interval = 30, timeout = 24 * 3600 },
}

return M
