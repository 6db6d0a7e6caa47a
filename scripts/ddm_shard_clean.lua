-- SPDX-License-Identifier: Apache-2.0
-- Clears what a shard configuration moved away from the original data nodes: the point of no return.
--
--   1. record      ddm_shard_migration has verified this very task, its record says so, and that is soak_hours ago
--   2. look        the task still offers the clearing, and the schema is still as it was verified
--   3. confirm     a person types the schema's name
--   4. clear       the schema is looked at once more; the clearing's own job is followed to its end
--
-- Without the record nothing is cleared, whoever asks.

-- What no API shows.
local BY_HAND = {
  "the application uses the schema without fault since the switch: what is cleared is the last thing to compare with",
  "nobody restarts, restores or fails over the data nodes meanwhile, nor changes their passwords",
}

local HOUR = 3600000

local function record_key(p)
  return ("ddm_shard_migration/verified/%s/%s"):format(p.instance_id, p.schema)
end

---------------------------------------------------------------------------
-- 1. The recorded verification.

local function recorded(run, p)
  local record = run:recorded(record_key(p))
  if not record then
    run:fail(("no verification of %s is recorded here"):format(p.schema),
      "run ddm_shard_migration to its end (job_id=… takes up a switched task), as the same user on the same machine")
  end
  if p.job_id and p.job_id ~= record.job_id then
    run:fail(("the recorded verification is of the task %s, not of %s"):format(record.job_id, p.job_id),
      "verify that task first: ddm_shard_migration with job_id=" .. p.job_id)
  end
  if record.cleared then
    run:fail(("%s was cleared at %s already"):format(p.schema, record.cleared), "there is nothing to do")
  end
  run:line("ok", ("the task %s was verified at %s: %d shards on %d data nodes"):format(record.job_id, record.verified,
    record.shards, #record.nodes))
  return record
end

-- Until it is cleared the moved data is the last thing to compare with, so the application uses the schema for a while before.
local function soaked(run, p, record)
  -- Both are UTC in one form, so the texts compare as the moments do.
  if record.verified > run:clock(run:now() - p.soak_hours * HOUR) then
    run:fail(("%s was verified at %s, which is not %d hours ago"):format(p.schema, record.verified, p.soak_hours),
      "test the application against it meanwhile; nothing has been cleared. soak_hours= sets how long")
  end
  run:line("ok", ("in use for %d hours or more since"):format(p.soak_hours))
end

---------------------------------------------------------------------------
-- 2. Nothing may have changed since.

local function task_of(run, record)
  return run:jobs{ id = record.job_id }[1] or run:fail(("the task %s is not listed"):format(record.job_id),
    "the list reaches back 30 days; clear older source data on the console")
end

local function schema_path(p)
  return { instance_id = p.instance_id, database_name = p.schema }
end

local function require_as_verified(run, p, record, status, shards, nodes)
  if status ~= "RUNNING" or shards ~= record.shards or table.concat(nodes, ",") ~= table.concat(record.nodes, ",") then
    run:fail(("%s is no longer as it was verified: %s, %s shards on %d data nodes"):format(p.schema, tostring(status),
      tostring(shards), #nodes), "find out who changed it; nothing has been cleared")
  end
end

local function at_rest(run, p)
  local instance = run.ddm:show_instance{ instance_id = p.instance_id }
  if instance.status ~= "RUNNING" then
    run:fail(("%s is %s"):format(tostring(instance.name), tostring(instance.status)),
      "nothing has been cleared; run it again once it is RUNNING")
  end
  run:line("ok", instance.name .. " is RUNNING")
end

local function look(run, p, record)
  at_rest(run, p)
  local job = task_of(run, record)
  local offered = false
  for _, operation in ipairs(job.operations or {}) do offered = offered or operation == "toBeCleaned" end
  if not offered then
    run:fail(("the task %s is %s and does not offer to be cleared"):format(job.id, job.status), "nothing has been changed")
  end
  local schema = run.ddm:show_schema_v3(schema_path(p))
  local nodes = {}
  for i, node in ipairs(schema.data_nodes or {}) do nodes[i] = node.id end
  table.sort(nodes)
  require_as_verified(run, p, record, schema.status, schema.shard_number, nodes)
  run:line("ok", "the task offers to be cleared, the schema is as it was verified")
  for _, text in ipairs(BY_HAND) do run:line("unseen", "not visible to an API, check by hand: " .. text) end
end

---------------------------------------------------------------------------
-- 3. A person confirms, 4. and it is cleared.

local function confirm(run, p)
  if not run:ask{ name = "clear " .. p.schema, expect = p.schema,
      question = ("Clearing the source data of %s CANNOT BE UNDONE. Type the schema's name to go on"):format(p.schema) } then
    run:fail("not confirmed: nothing has been cleared", "type the schema's name exactly")
  end
end

-- The answer may have taken days: the schema has to be as it was verified, now and in the moment of the call.
local function still_as_verified(run, p, record)
  local seen = run:guard{ op = "ddm.show_schema_v3", args = schema_path(p),
    fields = { "status", "shard_number", "data_nodes[].id" } }
  require_as_verified(run, p, record, seen.status, seen.shard_number, seen["data_nodes[].id"])
end

local function follow(run, p, job_id)
  local _, err = run:try(run.wait, run, { name = "the clearing of " .. p.schema, op = "ddm.show_job",
    args = { job_id = job_id }, field = "job.status", success = { "Completed" }, failure = { "Failed" },
    pending = { "Running" }, progress = "job.process", interval = 10, timeout = p.deadline_hours * 3600 })
  if not err then return end
  if err.kind ~= "failed" then error(err, 0) end
  run:if_stopped(nil)
  run:fail(err.message, ("some of the moved data may be gone, the schema itself is not touched; see that the task exists, its "
    .. "state, and the data nodes' passwords (hwdb call ddm.list_jobs has the reason of %s), then run this again"):format(job_id))
end

local function clear(run, p, record)
  still_as_verified(run, p, record)
  run:if_stopped("if the clearing was begun it goes on in the cloud: `hwdb resume` finds out and follows it")
  local job_id = run.ddm:clean_shards{ instance_id = p.instance_id, db_name = p.schema, job_id = record.job_id }.job_id
  run:note("the clearing's job is " .. job_id)
  follow(run, p, job_id)
  record.cleared = run:clock()
  run:record(record_key(p), record)
  run:if_stopped(nil)
  run:line("ok", "the source data is cleared; the service makes a metadata backup by itself")
end

---------------------------------------------------------------------------

local function clean(run, p)
  local record = run:step("record", recorded, run, p)
  run:step("soak", soaked, run, p, record)
  run:step("look", look, run, p, record)
  run:step("confirm", confirm, run, p)
  run:step("clear", clear, run, p, record)
  return { job_id = record.job_id }
end

return {
  name = "ddm_shard_clean",
  summary = "Clears the source data of a verified shard configuration; cannot be undone",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "schema", type = "string", required = true, help = "the schema" },
    { name = "job_id", type = "string", help = "the task that was verified; the recorded one unless given" },
    { name = "soak_hours", type = "integer", min = 0, max = 700, default = 24,
      help = "how long ago the verification has to be; the list of tasks reaches back 30 days" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 24, help = "how long to wait at most" },
  },
  -- The documents state none for the other calls.
  permissions = { "ddm:instance:get" },
  targets = { "ddm/{instance_id}" },
  changes = "deletes the moved data on the original data nodes",
  costs = "nothing",
  undo = "none: this is the point of no return",
  run = clean,
}
