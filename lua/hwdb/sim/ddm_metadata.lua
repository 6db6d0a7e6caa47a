-- SPDX-License-Identifier: Apache-2.0
-- Schema metadata out and in (4.3.9, 4.3.10), and the range of time that can
-- be restored (4.9.5).
local core = require("hwdb.core")
local data_nodes = require("hwdb.sim.ddm_data_nodes")
local errors = require("hwdb.sim.ddm_errors")
local gzip = require("hwdb.sim.gzip")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local paging = require("hwdb.sim.paging")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- The last minutes are not yet in a node's binlog backup.
local BACKUP_LAG_MS = 5 * 60 * 1000

-- Ids of all nodes of all schemas, in order of first use.
local function node_ids(instance)
  local list, seen = {}, {}
  for _, schema in ipairs(instance.schemas) do
    for _, id in ipairs(schema.data_nodes) do
      if not seen[id] then
        seen[id] = true
        list[#list + 1] = id
      end
    end
  end
  return list
end

-- A list marked for encoding must not be the state's own table.
local function array_of(list)
  return core.array(table.move(list, 1, #list, 1, {}))
end

local function export(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local databases, list = core.array({}), core.array({})
  for i, schema in ipairs(instance.schemas) do
    databases[i] = { name = schema.name, shard_mode = schema.shard_mode, shard_number = schema.shard_number,
      data_nodes = array_of(schema.data_nodes), shards = array_of(schema.shards) }
  end
  for i, id in ipairs(node_ids(instance)) do
    local node = rds.find(ctx, id) or {}
    list[i] = { instance_id = id, instance_name = node.name, access_host = node.ip, access_port = node.port,
      engine = node.engine, engine_version = node.version }
  end
  local nodes = core.array(node_ids(instance))
  return { compressed_databases_info = gzip.pack(core.encode({ databases = databases, data_nodes = nodes })),
    data_nodes = list }
end

local function read_metadata(text)
  local unpacked = gzip.unpack(text)
  local metadata = unpacked and core.decode(unpacked)
  if type(metadata) ~= "table" or type(metadata.databases) ~= "table" or #metadata.databases == 0 then
    errors.refuse("DBS.300330")
  end
  return metadata
end

-- Old node to new one: by id where the same are given, otherwise in order.
local function mapping(metadata, logins)
  if #logins ~= #metadata.data_nodes then errors.refuse("DBS.300102") end
  local given, map = {}, {}
  for _, login in ipairs(logins) do given[login.id] = true end
  local same = true
  for _, id in ipairs(metadata.data_nodes) do same = same and given[id] end
  for i, id in ipairs(metadata.data_nodes) do map[id] = same and id or logins[i].id end
  return map
end

local function import(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local metadata, logins = read_metadata(args.compressed_databases_info), {}
  for i, node in ipairs(args.dn_instance) do
    logins[i] = { id = node.dn_instance_id, user = node.admin_user, password = node.admin_password }
  end
  data_nodes.check(ctx, instance, logins, "DBS.300114")
  local map, names = mapping(metadata, logins), {}
  for i, database in ipairs(metadata.databases) do
    if schemas.find(instance, database.name) then errors.refuse("DBS.300112") end
    names[i] = database.name
  end
  for _, database in ipairs(metadata.databases) do
    local ids = {}
    for i, id in ipairs(database.data_nodes) do ids[i] = map[id] end
    local schema = schemas.add(ctx, instance, { name = database.name, mode = database.shard_mode,
      count = database.shard_number, node_ids = ids, status = "CREATING" })
    for i, shard in ipairs(database.shards) do schema.shards[i].data_node_id = map[shard.data_node_id] end
  end
  local job = jobs.start(ctx, instance, { name = "loadMetadata", work = "create_schema",
    seconds = SECONDS.import_metadata, data = { names = names } })
  return { instance_id = instance.id, instance_name = instance.name, job_id = job.id }, instance.id
end

---What all nodes can restore, in ms: from the latest of their starts to now; nil when there is nothing.
---@return integer? from
---@return integer? to
function M.range(ctx, instance)
  local from, ids = instance.created, node_ids(instance)
  for _, id in ipairs(ids) do
    local node = rds.find(ctx, id)
    if not node or not node.backup_days then return nil end
    from = math.max(from, node.created, ctx.now - node.backup_days * times.DAY_MS)
  end
  local to = ctx.now - BACKUP_LAG_MS
  if #ids == 0 or from >= to then return nil end
  return from, to
end

local function interval(ctx, instance)
  local from, to = M.range(ctx, instance)
  return from and { start_time = times.iso(from), end_time = times.iso(to) }
end

local function restorable(ctx, args)
  local found = { interval(ctx, instances.get(ctx, args.instance_id)) }
  local page, offset, limit = paging.page(found, args, 10, function(range) return range end)
  return { restorable_time_intervals = page, offset = offset, limit = limit, total = #found }
end

M.operations = {
  ["ddm.export_schema_metadata"] = export,
  ["ddm.import_schema_metadata"] = import,
  ["ddm.show_restorable_time"] = restorable,
}

return M
