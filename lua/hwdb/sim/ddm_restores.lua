-- SPDX-License-Identifier: Apache-2.0
-- The two restores. 4.9.8 lays the schemas of a backup over data nodes whose
-- rows are restored already, and looks for the shards on them; 4.9.9 restores
-- the rows too, and overwrites what the target data nodes held. Accounts, parameters and addresses do not come back.
local backups = require("hwdb.sim.ddm_backup_state")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local lookup = require("hwdb.sim.rds_lookup")
local metadata = require("hwdb.sim.ddm_metadata")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local stored = require("hwdb.sim.ddm_backups")
local targets = require("hwdb.sim.ddm_restore_targets")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- The target: another instance, and nothing in it.
local function target_of(ctx, args)
  local target = instances.get(ctx, args.target.instance_id)
  jobs.require_idle(ctx, target)
  if target.id == args.instance_id or targets.instance_obstacle(target) then errors.refuse("DBS.300372") end
  return target
end

-- The data nodes in the order given, fit for the target and each named once.
-- Nodes of different RDS versions fail.
local function check_nodes(ctx, target, ids, sources)
  local seen, first = {}, nil
  for i, id in ipairs(ids) do
    local node = rds.find(ctx, id)
    if not node or node.vpc_id ~= target.vpc_id then errors.refuse("DBS.300103") end
    if seen[id] then errors.refuse("DBS.300108") end
    if targets.node_obstacle(ctx, target, node, sources and sources[i]) then errors.refuse("DBS.300110") end
    first = first or rds.major(node)
    if rds.major(node) ~= first then errors.refuse("DBS.300360") end
    seen[id] = true
  end
end

-- Either a backup of the source instance or the one nearest to a time.
local function chosen_backup(ctx, args)
  local id, time = args.source.backup_id, args.source.restore_time
  if (id == nil) == (time == nil) then errors.refuse("DBS.280001") end
  if not id then
    return backups.nearest(ctx, args.instance_id, targets.instant(ctx, time)) or errors.refuse("DBS.280001")
  end
  local backup = stored.get(ctx, id)
  if backup.instance_id ~= args.instance_id or backup.status ~= "normal" then errors.refuse("DBS.280001") end
  return backup
end

local function start(ctx, target, work, data)
  local job = jobs.start(ctx, target, { name = "RestoreInstance", work = work, seconds = SECONDS[work], data = data })
  ctx:change(target, "RESTORE")
  return { job_id = job.id }, target.id
end

-- The physical databases that a backup has on a data node.
local function shards_on(backup, node_id)
  local names = {}
  for _, schema in ipairs(backup.schemas) do
    for i, home in ipairs(schema.homes) do
      if home == node_id then names[#names + 1] = schemas.shard_name(schema, i - 1) end
    end
  end
  return names
end

local function holds(ctx, node, names)
  local there = {}
  for _, database in ipairs(lookup.databases(ctx, node)) do there[database.name] = true end
  for _, name in ipairs(names) do
    if not there[name] then return false end
  end
  return true
end

-- Each data node of the backup finds the given one that its shards were restored to (guide: PITR first). What is on the
-- data nodes of an account that was read from outside nobody knows.
local function match(ctx, backup, ids)
  local map, taken = {}, {}
  for _, old in ipairs(backup.nodes) do
    local names = shards_on(backup, old.id)
    for _, id in ipairs(ids) do
      local node = rds.find(ctx, id)
      local unknown = ctx.state.lenient or ctx.state.world == "seeded" and not node.databases
      if not map[old.id] and not taken[id] and (unknown or holds(ctx, node, names)) then
        map[old.id], taken[id] = id, true
      end
    end
    if not map[old.id] then errors.refuse("DBS.300336") end
  end
  return map
end

-- 4.9.8 asks for the subnet as well.
local function check_subnet(ctx, target, ids)
  for _, id in ipairs(ids) do
    if rds.find(ctx, id).subnet_id ~= target.subnet_id and not ctx.state.lenient then errors.refuse("DBS.300103") end
  end
end

local function restore_metadata(ctx, args)
  local backup, target = chosen_backup(ctx, args), target_of(ctx, args)
  local nodes, given = backup.metadata.nodes, args.target.data_nodes
  if #nodes == 0 or #given ~= #nodes then errors.refuse("DBS.300102") end
  check_nodes(ctx, target, given)
  check_subnet(ctx, target, given)
  local map = match(ctx, backup.metadata, given)
  return start(ctx, target, "restore_metadata", { metadata = backup.metadata, map = map, source = backup.instance_id })
end

-- One relation for each source node of that time. The documents' example maps
-- a node onto itself.
local function mapping(ctx, relations, old)
  local map, ids, sources, count = {}, {}, {}, 0
  for i, relation in ipairs(relations) do
    if map[relation.source_instance_id] then errors.refuse("DBS.300108") end
    map[relation.source_instance_id], ids[i] = relation.target_instance_id, relation.target_instance_id
  end
  if ctx.state.lenient then return map, ids, sources end
  for i, relation in ipairs(relations) do
    for _, node in ipairs(old.nodes) do
      if node.id == relation.source_instance_id then sources[i], count = node, count + 1 end
    end
  end
  if count == 0 or count ~= #old.nodes or count ~= #relations then errors.refuse("DBS.300102") end
  return map, ids, sources
end

local function check_time(ctx, source, ms)
  local from, to = metadata.range(ctx, source)
  if not ctx.state.lenient and not (from and ms >= from and ms <= to) then errors.refuse("DBS.280001") end
end

local function restore_data(ctx, args)
  local source, ms = instances.get(ctx, args.instance_id), targets.instant(ctx, args.source.restore_time)
  check_time(ctx, source, ms)
  local target, old = target_of(ctx, args), backups.at(ctx, source, ms)
  if #args.data_node_relations == 0 then errors.refuse("DBS.300102") end
  local map, ids, sources = mapping(ctx, args.data_node_relations, old)
  check_nodes(ctx, target, ids, sources)
  for _, id in ipairs(ids) do rds.find(ctx, id).status = "restoring" end
  return start(ctx, target, "restore_data", { metadata = old, map = map, nodes = ids, source = source.id, time = ms })
end

-- Builds the schemas of the metadata on the mapped nodes, shard by shard.
local function rebuild(ctx, instance, job)
  for _, was in ipairs(job.data.metadata.schemas) do
    local ids = {}
    for i, id in ipairs(was.data_nodes) do ids[i] = job.data.map[id] or id end
    local schema = schemas.add(ctx, instance, { name = was.name, mode = was.shard_mode, count = was.shard_number,
      node_ids = ids, status = "RUNNING" })
    for i, home in ipairs(was.homes) do schema.shards[i].data_node_id = job.data.map[home] or home end
  end
end

local function free_nodes(ctx, job)
  for _, id in ipairs(job.data.nodes) do
    local node = rds.find(ctx, id)
    if node then node.status = "normal" end
  end
end

-- The rows of the source are there now, those of before are gone.
local function overwrite(ctx, instance, job)
  free_nodes(ctx, job)
  local used = {}
  for _, node in ipairs(job.data.metadata.nodes) do used[node.id] = node.used_gb end
  for source_id, id in pairs(job.data.map) do
    local node = rds.find(ctx, id)
    if node then
      node.restored, node.databases = { source = source_id, time = job.data.time }, {}
      node.used_gb = used[source_id] or node.used_gb
    end
  end
  rebuild(ctx, instance, job)
end

local with_rows = instances.settles("RUNNING", overwrite)

jobs.work("restore_metadata", instances.settles("RUNNING", rebuild))
jobs.work("restore_data", { done = with_rows.done, failed = function(ctx, job)
  free_nodes(ctx, job)
  with_rows.failed(ctx, job)
end })

M.operations = { ["ddm.restore_metadata"] = restore_metadata, ["ddm.restore_data"] = restore_data }

return M
