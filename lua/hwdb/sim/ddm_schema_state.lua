-- SPDX-License-Identifier: Apache-2.0
-- A schema as data: finding it, laying its shards over data nodes, and giving
-- back the nodes nothing uses any more.
local errors = require("hwdb.sim.ddm_errors")
local rds = require("hwdb.sim.rds_instances")

local M = {}

---@param instance table
---@param name string case does not matter
---@return table?
---@return integer? position
function M.find(instance, name)
  for i, schema in ipairs(instance.schemas) do
    if schema.name == name:lower() then return schema, i end
  end
end

---@param status integer? 404 for the calls that read or delete one
---@return table
---@return integer position
function M.get(instance, name, status)
  local schema, position = M.find(instance, name)
  if not schema then errors.refuse("DBS.300129", status) end
  return schema, position
end

-- Shards go to the nodes in blocks as even as possible.
local function node_of(index, count, node_ids)
  return node_ids[index * #node_ids // count + 1]
end

---What the physical database of a shard is called.
---@param schema { name: string }
---@param index integer from 0
---@return string
function M.shard_name(schema, index)
  return ("%s_%04d"):format(schema.name, index)
end

---Lays `count` shards over the nodes.
---@param schema table
---@param node_ids string[]
---@param count integer
function M.lay_out(schema, node_ids, count)
  schema.data_nodes, schema.shard_number, schema.shards = node_ids, count, {}
  schema.shard_unit = (count + #node_ids - 1) // #node_ids
  for index = 0, count - 1 do
    schema.shards[index + 1] = { index = index, name = M.shard_name(schema, index),
      data_node_id = node_of(index, count, node_ids) }
  end
end

---@param spec { name: string, mode: string, count: integer, node_ids: string[], status: string }
---@return table schema
function M.add(ctx, instance, spec)
  local schema = { name = spec.name, status = spec.status, shard_mode = spec.mode, created = ctx.now,
    updated = ctx.now }
  M.lay_out(schema, spec.node_ids, spec.count)
  for _, id in ipairs(spec.node_ids) do
    local node = rds.find(ctx, id)
    if node then node.ddm_id = instance.id end
  end
  instance.schemas[#instance.schemas + 1] = schema
  return schema
end

---Gives back the nodes that no schema of the instance uses.
function M.release_nodes(ctx, instance)
  local used = {}
  for _, schema in ipairs(instance.schemas) do
    for _, id in ipairs(schema.data_nodes) do used[id] = true end
    for _, id in ipairs(schema.uncleaned and schema.uncleaned.nodes or {}) do used[id] = true end
  end
  rds.release(ctx, instance.id, used)
end

return M
