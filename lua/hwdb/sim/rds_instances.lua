-- SPDX-License-Identifier: Apache-2.0
-- The RDS for MySQL instances DDM uses as data nodes: whose they are and what
-- they are like. DDM's own calls about them are in ddm_data_nodes.
local core = require("hwdb.core")

local M = {}

---@param ctx hwdb.sim.Context
---@param id string
---@return table?
function M.find(ctx, id)
  for _, node in ipairs(ctx.state.rds.instances) do
    if node.id == id then return node end
  end
end

---Whether user and password open the node; one without a known password takes any.
---@param node table
---@param user string
---@param password string
---@return boolean
function M.opens(node, user, password)
  if not node.admin_password_sha256 then return password ~= "" end
  return user == node.admin_user and core.sha256(password) == node.admin_password_sha256
end

---Frees the nodes of an instance that no schema of it uses.
---@param ctx hwdb.sim.Context
---@param instance_id string
---@param still_used table<string, boolean>?
function M.release(ctx, instance_id, still_used)
  for _, node in ipairs(ctx.state.rds.instances) do
    if node.ddm_id == instance_id and not (still_used and still_used[node.id]) then
      node.ddm_id, node.scaling = nil, nil
    end
  end
end

---A schema goes from its instance: its databases stay on the data nodes, or go with it.
---@param schema table
---@param with_data boolean?
function M.part(ctx, schema, with_data)
  for _, shard in ipairs(schema.shards or {}) do
    local node = M.find(ctx, shard.data_node_id)
    local kept = {}
    for _, database in ipairs(node and node.databases or {}) do
      if database.name ~= shard.name then kept[#kept + 1] = database end
    end
    if not with_data then kept[#kept + 1] = { name = shard.name, created = schema.created, comment = "" } end
    if node then node.databases = kept end
  end
end

---The version's part before the first dot and the one after: "5.7.38" gives "5.7".
---@param node table
---@return string
function M.major(node)
  return node.version:match("^%d+%.?%d*")
end

return M
