-- SPDX-License-Identifier: Apache-2.0
-- The precheck of a shard configuration (4.3.13, 4.3.14): thirteen items,
-- judged by what the data nodes and the schema are like; a world or a fault
-- can set each to FAILED or WARN. It starts nothing.
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local plans = require("hwdb.sim.ddm_shard_plan")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- Judges for items that the state can answer: a text when the item fails.
local function every(test)
  return function(_, nodes)
    for _, node in ipairs(nodes) do
      local problem = test(node, nodes[1])
      if problem then return node.name .. ": " .. problem end
    end
  end
end

local backup_retention = every(function(node)
  if node.backup_days < 30 then return ("full backups are kept %d days"):format(node.backup_days) end
end)
local binlog_enabled = every(function(node)
  if not node.binlog_enabled then return "binlog is off" end
end)
local binlog_retention = every(function(node)
  if node.binlog_seconds < 604800 then return ("binlog is kept %d s"):format(node.binlog_seconds) end
end)
local connectivity = every(function(node)
  if node.unreachable then return "no connection" end
end)
local node_parameters = every(function(node, first)
  if node.parameters.sql_mode ~= first.parameters.sql_mode then return "sql_mode differs" end
end)
local storage = every(function(node)
  if node.used_gb > node.disk_gb * 0.8 then return ("%d of %d GB are used"):format(node.used_gb, node.disk_gb) end
end)
local time_zone = every(function(node, first)
  if node.time_zone ~= first.time_zone then return "time_zone differs" end
end)
local function primary_keys(schema)
  if (schema.tables_without_key or 0) > 0 then return schema.tables_without_key .. " tables have no primary key" end
end

-- `now` items are answered by the precheck itself, the others by its job.
M.ITEMS = {
  { key = "table_name_length", now = true, name = "Table name length",
    suggestion = "Rename the tables whose temporary names would be too long." },
  { key = "backup_retention", now = true, name = "Full backup retention of associated DN instances",
    suggestion = "Keep full backups for at least 30 days.", judge = backup_retention },
  { key = "binlog_enabled", now = true, name = "Binlog enabled in associated DN instances",
    suggestion = "Enable binlog.", judge = binlog_enabled },
  { key = "binlog_retention", now = true, name = "Expire time of binlog in associated DN instances",
    suggestion = "Keep binlog for at least 7 days (604800 seconds): binlog_expire_logs_seconds.",
    judge = binlog_retention },
  { key = "table_partitions", now = true, name = "Tables with overwhelming table partitions",
    suggestion = "Fewer shards, or contact customer service: the work would take too long." },
  { key = "broadcast_tables", name = "Broadcast table consistency",
    suggestion = "Contact customer service: the copies differ." },
  { key = "charset", name = "Charset and collation of source shards", suggestion = "Align charset and collation." },
  { key = "table_structure", name = "Structure of physical tables",
    suggestion = "CHECK TABLE, then ALTER the tables that differ." },
  { key = "primary_keys", name = "Primary keys of tables",
    suggestion = "Give every table a primary key that holds its sharding key.", judge = primary_keys },
  { key = "connectivity", name = "Access to data nodes", suggestion = "Open the security group.", judge = connectivity },
  { key = "node_parameters", name = "Parameters of source and target data nodes",
    suggestion = "Set the same parameters, such as sql_mode, on all data nodes.", judge = node_parameters },
  { key = "storage", name = "Storage space of data nodes", suggestion = "Enlarge the disk.", judge = storage },
  { key = "time_zone", name = "Time zone of source and target data nodes",
    suggestion = "Set the same time_zone on all data nodes.", judge = time_zone },
}

---What is wrong with setting an item to a status, or nil.
---@param name string key or full name
---@param status string
---@return string?
function M.problem(name, status)
  if status ~= "FAILED" and status ~= "WARN" and status ~= "SUCCESS" then
    return ("a precheck item is FAILED, WARN or SUCCESS, not %s"):format(tostring(status))
  end
  local keys = {}
  for i, item in ipairs(M.ITEMS) do
    if name == item.key or name == item.name then return nil end
    keys[i] = item.key
  end
  return ("no precheck item %s; there are %s"):format(tostring(name), table.concat(keys, ", "))
end

-- What a fault of this call or the world says about an item; both may name it
-- by key or by its full name.
local function forced(ctx, item)
  for _, from in ipairs({ ctx.shape.precheck, ctx.precheck }) do
    local given = from[item.key] or from[item.name]
    if given then return type(given) == "table" and given or { status = given } end
  end
end

local function result(ctx, item, schema, nodes)
  local given, status, message = forced(ctx, item), "SUCCESS", ""
  if given then
    status = given.status
    if status ~= "SUCCESS" then message = given.message or item.name .. " is set to " .. status end
  elseif item.judge then
    message = item.judge(schema, nodes) or ""
    if message ~= "" then status = "FAILED" end
  end
  return { key = item.key, name = item.name, now = item.now, status = status, message = message,
    suggestion = item.suggestion }
end

---All items for a schema and the data nodes it shall have.
---@return table[] results
function M.judge(ctx, schema, nodes)
  local results = {}
  for i, item in ipairs(M.ITEMS) do results[i] = result(ctx, item, schema, nodes) end
  return results
end

---Whether an item failed.
---@param results table[]
---@return boolean
function M.failed(results)
  for _, item in ipairs(results) do
    if item.status == "FAILED" then return true end
  end
  return false
end

local function view(item)
  return { name = item.name, status = item.status, note = "", handling_suggestion = item.suggestion,
    error_message = item.message, error_detail_message = item.message }
end

local function views(results, only_now)
  local list = core.array({})
  for _, item in ipairs(results) do
    if item.now or not only_now then list[#list + 1] = view(item) end
  end
  return list
end

local function precheck(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local plan, schema, nodes = plans.read(ctx, instance, args)
  local results = M.judge(ctx, schema, nodes)
  local job = jobs.start(ctx, instance, { name = "checkMigrateLogicDb", work = "precheck_shards", exclusive = false,
    seconds = SECONDS.precheck, database_name = schema.name, data = { results = results } })
  schema.precheck = { job = job.id, failed = M.failed(results), shards = plan.new_shards, nodes = plan.new_nodes }
  return { job_id = job.id, pre_check_results = views(results, true) }, instance.id .. "/" .. schema.name
end

-- Until its job has ended nothing is known; then every item, the synchronous
-- ones too, as the document's example has them.
local function show_precheck(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  schemas.get(instance, args.db_name)
  local job = jobs.find(ctx, args.job_id)
  if not job or job.instance_id ~= instance.id or job.database_name ~= args.db_name:lower() then
    errors.refuse("DBS.300400")
  end
  if job.work ~= "precheck_shards" then errors.refuse("DBS.300379") end
  local done = job.status == "Completed"
  return { job_id = job.id, pre_check_results = done and views(job.data.results) or core.array({}) }
end

jobs.work("precheck_shards", { done = function() end })

local function same_plan(known, plan)
  if known.shards ~= plan.new_shards or #known.nodes ~= #plan.new_nodes then return false end
  for i, id in ipairs(known.nodes) do
    if id ~= plan.new_nodes[i] then return false end
  end
  return true
end

---Refuses a configuration whose precheck failed. The latest precheck of the same plan counts; without one the items
---are judged now, or, where the world demands a precheck, it is refused.
function M.require_passed(ctx, schema, plan)
  local known, failed = schema.precheck
  if known and same_plan(known, plan) then
    failed = known.failed
  elseif ctx.readings.require_precheck then
    failed = true
  else
    local nodes = {}
    for i, id in ipairs(plan.new_nodes) do nodes[i] = rds.find(ctx, id) end
    failed = M.failed(M.judge(ctx, schema, nodes))
  end
  if failed then errors.refuse("DBS.300363") end
end

M.operations = {
  ["ddm.precheck_shards"] = precheck,
  ["ddm.show_precheck"] = show_precheck,
}

return M
