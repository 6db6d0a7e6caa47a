-- SPDX-License-Identifier: Apache-2.0
-- DDM schemas: creating, reading, deleting (4.3.1 to 4.3.4, 4.3.6 to 4.3.8).
local core = require("hwdb.core")
local accounts = require("hwdb.sim.ddm_account_state")
local backups = require("hwdb.sim.ddm_backup_state")
local data_nodes = require("hwdb.sim.ddm_data_nodes")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local paging = require("hwdb.sim.paging")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

M.SHARDS_PER_NODE = 64

local RESERVED = { information_schema = true, mysql = true, performance_schema = true, sys = true }

local function check_name(instance, name)
  if RESERVED[name] then errors.refuse("DBS.300406") end
  if schemas.find(instance, name) then errors.refuse("DBS.300112") end
end

-- An unsharded schema has one shard on one node. Otherwise the number is the
-- product with shard_unit, or above the nodes and at most 64 a node.
local function check_shards(spec)
  local count, nodes = spec.shard_number, #spec.logins
  if spec.shard_mode == "single" then
    if nodes ~= 1 then errors.refuse("DBS.300102") end
    if count ~= 1 or (spec.shard_unit or 1) ~= 1 then errors.refuse("DBS.300127") end
  elseif spec.shard_unit then
    if count ~= spec.shard_unit * nodes then errors.refuse("DBS.300127") end
  elseif count <= nodes then
    errors.refuse("DBS.300127")
  end
  if count > nodes * M.SHARDS_PER_NODE then errors.refuse("DBS.300106") end
end

local function check(ctx, instance, spec)
  check_name(instance, spec.name)
  check_shards(spec)
  data_nodes.check(ctx, instance, spec.logins, "DBS.300114")
end

local function begin(ctx, instance, spec)
  local ids = {}
  for i, login in ipairs(spec.logins) do ids[i] = login.id end
  schemas.add(ctx, instance, { name = spec.name, mode = spec.shard_mode, count = spec.shard_number, node_ids = ids,
    status = "CREATING" })
end

-- One job makes all schemas of a call.
local function start(ctx, instance, specs)
  local names = {}
  for i, spec in ipairs(specs) do
    begin(ctx, instance, spec)
    names[i] = spec.name
  end
  return jobs.start(ctx, instance, { name = "createLogicDb", work = "create_schema", seconds = SECONDS.create_schema,
    database_name = names[1], data = { names = names } })
end

local function spec_v1(database)
  local logins = {}
  for i, node in ipairs(database.used_rds) do
    logins[i] = { id = node.id, user = node.adminUser, password = node.adminPassword }
  end
  return { name = database.name, shard_mode = database.shard_mode, shard_number = database.shard_number,
    shard_unit = database.shard_unit, logins = logins }
end

local function create_v1(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local specs, names, seen = {}, core.array({}), {}
  for i, database in ipairs(args.databases) do
    specs[i], names[i] = spec_v1(database), { name = database.name }
    check(ctx, instance, specs[i])
    if seen[database.name] then errors.refuse("DBS.300112") end
    seen[database.name] = true
  end
  if #specs == 0 then errors.refuse("DBS.280001") end
  local job = start(ctx, instance, specs)
  return { databases = names, job_id = ctx.readings.schema_job_id and job.id or nil }, instance.id .. "/" .. specs[1].name
end

local function create_v3(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local logins = {}
  for i, node in ipairs(args.dn_instances) do
    logins[i] = { id = node.id, user = node.user_name, password = node.user_password }
  end
  local spec = { name = args.name, shard_mode = args.shard_mode, shard_number = args.shard_number, logins = logins }
  check(ctx, instance, spec)
  local job = start(ctx, instance, { spec })
  return { name = args.name, job_id = job.id }, instance.id .. "/" .. args.name
end

local function used_rds(ctx, schema)
  local list = core.array({})
  for i, id in ipairs(schema.data_nodes) do
    local node = rds.find(ctx, id) or { name = "", status = "deleted" }
    list[i] = { id = id, name = node.name, status = node.status }
  end
  return list
end

local function item_v1(ctx, schema)
  return { name = schema.name, shard_mode = schema.shard_mode, shard_number = schema.shard_number,
    shard_unit = schema.shard_unit, status = ctx:shown(schema), created = schema.created,
    used_rds = used_rds(ctx, schema) }
end

local function list_v1(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local page = paging.page(instance.schemas, args, 128, function(schema) return item_v1(ctx, schema) end)
  return { databases = page, total = #instance.schemas }
end

local function shard_v1(ctx, schema, shard)
  return { dbslot = shard.index, name = shard.name, idName = shard.name, id = shard.data_node_id,
    status = ctx:shown(schema), created = schema.created, updated = schema.updated }
end

-- The table has the schema's times as numbers, the example as text.
local function stamp(ctx, ms)
  return ctx.readings.schema_times == "string" and tostring(ms) or ms
end

local function show_v1(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local schema = schemas.get(instance, args.ddm_dbname, 404)
  local view = item_v1(ctx, schema)
  view.created, view.updated = stamp(ctx, schema.created), stamp(ctx, schema.updated)
  view.databases = core.array({})
  for i, shard in ipairs(schema.shards) do view.databases[i] = shard_v1(ctx, schema, shard) end
  view.dataVips = core.array({ ("%s:%d"):format(instance.access_ip, instance.access_port) })
  return { database = view }
end

-- 4.3.8 knows only three words.
local function status_v3(ctx, schema)
  local status = ctx:shown(schema)
  if ctx.readings.schema_v3_status == "v1" or status == "CREATING" or status == "RUNNING" then return status end
  return "UNKNOWN"
end

local function nodes_v3(ctx, schema)
  local list = core.array({})
  for i, id in ipairs(schema.data_nodes) do
    local node = rds.find(ctx, id)
    list[i] = node and { id = id, status = node.status, name = node.name, engine_name = node.engine,
      engine_version = node.version, mem = node.mem, cpu = node.cpu } or { id = id, status = "deleted" }
  end
  return list
end

local function show_v3(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local schema = schemas.get(instance, args.database_name, 404)
  local shards = core.array({})
  for i, shard in ipairs(schema.shards) do
    shards[i] = { data_node_id = shard.data_node_id, physical_db_name = shard.name, status = ctx:shown(schema),
      shard_index = shard.index }
  end
  return { shards = shards, status = status_v3(ctx, schema), created = times.iso(schema.created),
    updated = times.iso(schema.updated), name = schema.name, shard_mode = schema.shard_mode,
    shard_number = schema.shard_number, data_nodes = nodes_v3(ctx, schema) }
end

-- A schema in a shard configuration, or with source data not cleared, stays.
local function remove(ctx, instance_id, name, delete_data)
  local instance = instances.get_idle(ctx, instance_id)
  local schema = schemas.get(instance, name, 404)
  if schema.uncleaned then errors.refuse("DBS.300358") end
  if schema.status ~= "RUNNING" and schema.status ~= "CREATE_FAILED" then errors.refuse("DBS.300130") end
  local job = jobs.start(ctx, instance, { name = "deleteLogicDb", work = "delete_schema",
    seconds = SECONDS.delete_schema, database_name = schema.name, data = { delete_data = delete_data } })
  ctx:change(schema, "DELETING")
  return schema, job, instance.id .. "/" .. schema.name
end

local function delete_v1(ctx, args)
  local _, job, target = remove(ctx, args.instance_id, args.ddm_dbname, tostring(args.delete_rds_data) == "true")
  return { job_id = ctx.readings.schema_job_id and job.id or nil }, target
end

local function delete_v3(ctx, args)
  local schema, job, target = remove(ctx, args.instance_id, args.database_name, args.delete_dn_data)
  return { job_id = job.id, database_name = schema.name }, target
end

local function set_created(status)
  return function(ctx, job)
    local instance = instances.of_job(ctx, job)
    for _, name in ipairs(job.data.names) do ctx:change(schemas.find(instance, name), status) end
  end
end

jobs.work("create_schema", { done = set_created("RUNNING"), failed = set_created("CREATE_FAILED") })

jobs.work("delete_schema", {
  done = function(ctx, job)
    local instance = instances.of_job(ctx, job)
    local schema, position = schemas.find(instance, job.database_name)
    backups.take(ctx, instance, "metadata")
    rds.part(ctx, schema, job.data.delete_data)
    accounts.forget_schema(instance, job.database_name)
    table.remove(instance.schemas, position)
    schemas.release_nodes(ctx, instance)
  end,
  failed = function(ctx, job)
    ctx:change(schemas.find(instances.of_job(ctx, job), job.database_name), "RUNNING")
  end,
})

M.operations = {
  ["ddm.create_schema"] = create_v1,
  ["ddm.list_schemas"] = list_v1,
  ["ddm.show_schema"] = show_v1,
  ["ddm.delete_schema"] = delete_v1,
  ["ddm.create_schema_v3"] = create_v3,
  ["ddm.show_schema_v3"] = show_v3,
  ["ddm.delete_schema_v3"] = delete_v3,
}

return M
