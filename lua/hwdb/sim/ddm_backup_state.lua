-- SPDX-License-Identifier: Apache-2.0
-- Metadata backups as data: what an instance's schemas and data nodes are at a
-- moment, kept for 30 days. They hold no rows of tables.
local rds = require("hwdb.sim.rds_instances")
local times = require("hwdb.sim.times")

local M = {}

M.KEPT_MS = 30 * times.DAY_MS

-- "Backup Principles": daily at 02:00 UTC.
local DAILY_MS = 2 * 3600 * 1000

---The next daily backup after an instant.
---@param ms integer
---@return integer ms
function M.next_daily(ms)
  local today = ms - ms % times.DAY_MS + DAILY_MS
  return today > ms and today or today + times.DAY_MS
end

local function copy(list)
  return table.move(list, 1, #list, 1, {})
end

local function schema_copy(schema)
  local homes = {}
  for i, shard in ipairs(schema.shards) do homes[i] = shard.data_node_id end
  return { name = schema.name, shard_mode = schema.shard_mode, shard_number = schema.shard_number,
    data_nodes = copy(schema.data_nodes), homes = homes }
end

local function node_copy(ctx, id)
  local node = rds.find(ctx, id) or { name = "", version = "", disk_gb = 0, used_gb = 0 }
  return { id = id, name = node.name, version = node.version or "", disk_gb = node.disk_gb or 0,
    used_gb = node.used_gb or 0 }
end

---The metadata of an instance now: finished schemas and the data nodes they use.
---@param ctx { state: table }
---@param instance table
---@return { schemas: table[], nodes: table[] }
function M.metadata(ctx, instance)
  local schemas, nodes, seen = {}, {}, {}
  for _, schema in ipairs(instance.schemas) do
    if schema.status ~= "CREATING" and schema.status ~= "CREATE_FAILED" then
      schemas[#schemas + 1] = schema_copy(schema)
      for _, id in ipairs(schema.data_nodes) do
        if not seen[id] then
          seen[id] = true
          nodes[#nodes + 1] = node_copy(ctx, id)
        end
      end
    end
  end
  return { schemas = schemas, nodes = nodes }
end

local function shards_of(metadata)
  local count = 0
  for _, schema in ipairs(metadata.schemas) do count = count + schema.shard_number end
  return count
end

---Takes a backup.
---@param ctx hwdb.sim.Context
---@param instance table
---@param kind string "auto_metadata" of the day, "metadata" on an occasion
---@return table backup
function M.take(ctx, instance, kind)
  local metadata = M.metadata(ctx, instance)
  local stamp = times.compact(ctx.now):gsub("%D", "")
  local backup = { id = ctx:id("br09"), name = ("Backup-%s-%s"):format(instance.name, stamp), type = kind,
    description = kind == "auto_metadata" and "auto metadata backup" or "metadata backup", status = "normal",
    instance_id = instance.id, instance_name = instance.name, project_id = instance.project_id, created = ctx.now,
    updated = ctx.now + 17000, size_kb = 4.5 + shards_of(metadata) / 16, metadata = metadata }
  table.insert(ctx.state.ddm.backups, backup)
  return backup
end

---Drops what is kept no longer.
function M.expire(ctx)
  local kept = {}
  for _, backup in ipairs(ctx.state.ddm.backups) do
    if backup.created > ctx.now - M.KEPT_MS then kept[#kept + 1] = backup end
  end
  ctx.state.ddm.backups = kept
end

---The metadata of an instance at an instant: of the last backup up to then, else as now.
---@param ctx hwdb.sim.Context
---@param instance table
---@param ms integer
function M.at(ctx, instance, ms)
  local best
  for _, backup in ipairs(ctx.state.ddm.backups) do
    if backup.instance_id == instance.id and backup.created <= ms and (not best or backup.created >= best.created) then
      best = backup
    end
  end
  return best and best.metadata or M.metadata(ctx, instance)
end

---The backup of an instance nearest to an instant.
---@return table?
function M.nearest(ctx, instance_id, ms)
  local best
  for _, backup in ipairs(ctx.state.ddm.backups) do
    local away = math.abs(backup.created - ms)
    if backup.instance_id == instance_id and backup.status == "normal"
      and (not best or away < math.abs(best.created - ms)) then
      best = backup
    end
  end
  return best
end

return M
