-- SPDX-License-Identifier: Apache-2.0
-- RDS instances as RDS itself sees them: finding them, the words for their
-- states, the databases on them. DDM keeps words of its own for the states.
local errors = require("hwdb.sim.rds_errors")
local paging = require("hwdb.sim.paging")

local M = {}

local STATUSES = { normal = "ACTIVE", creating = "BUILD", createfail = "FAILED", backup = "BACKING UP", restoring = "RESTORING",
  frozen = "FROZEN" }

M.ENGINES = { mysql = "MySQL" }

---Whether the caller's project may see the instance.
---@param ctx hwdb.sim.Context
---@param node table
---@return boolean
function M.own(ctx, node)
  local project = ctx.state.lenient or not ctx.project_id or not node.project_id or node.project_id == ctx.project_id
  return project and ctx:sees(node)
end

---@param ctx hwdb.sim.Context
---@param id string
---@return table
function M.get(ctx, id)
  for _, node in ipairs(ctx.state.rds.instances) do
    if node.id == id and M.own(ctx, node) then return node end
  end
  return errors.no_instance(ctx)
end

---The instance for a change: it must be available and nothing may work on it.
---@return table
function M.get_idle(ctx, id)
  local node = M.get(ctx, id)
  if node.rds_job then errors.refuse("DBS.200019") end
  if node.status ~= "normal" then errors.refuse("DBS.280042", "The DB instance is not available.") end
  return node
end

---A page by record index; 100 records unless told.
---@param list table[]
---@param args { offset: integer?, limit: integer? }
---@param view fun(item: table): table
---@return table page an array
function M.page(list, args, view)
  local offset, limit = args.offset or 0, args.limit or 100
  if offset < 0 or limit < 1 or limit > 100 then errors.refuse("DBS.280001") end
  return (paging.page(list, { offset = math.min(offset, #list), limit = limit }, limit, view))
end

---The instance of a timer; nil once it is gone.
---@return table?
---@return integer? position
function M.living(ctx, id)
  for i, node in ipairs(ctx.state.rds.instances) do
    if node.id == id then return node, i end
  end
end

---RDS's word for the state a reader sees.
---@param ctx hwdb.sim.Context
---@param node table
---@return string
function M.status(ctx, node)
  return STATUSES[ctx:shown(node)] or ctx:shown(node):upper()
end

---The version in full, as audit and migration ask for it.
---@param node table
---@return string
function M.complete_version(node)
  local full = { ["5.6"] = "5.6.51.7", ["5.7"] = "5.7.44.2", ["8.0"] = "8.0.32.4" }
  return node.complete_version or full[node.version] or node.version
end

---The databases on an instance that were there at some time: its own, and the shards DDM keeps on it.
---@param ctx hwdb.sim.Context
---@param node table
---@param at integer? ms; now unless told
---@return { name: string, created: integer, comment: string }[] by name
function M.databases(ctx, node, at)
  local list, own, there = {}, {}, {}
  for _, database in ipairs(node.databases or {}) do
    list[#list + 1], own[database.name] = database, true
  end
  -- A schema laid over databases that were there already adds none.
  for _, instance in ipairs(ctx.state.ddm.instances) do
    for _, schema in ipairs(instance.schemas) do
      for _, shard in ipairs(schema.shards or {}) do
        if shard.data_node_id == node.id and not own[shard.name] then
          list[#list + 1] = { name = shard.name, created = schema.created, comment = "" }
        end
      end
    end
  end
  for _, database in ipairs(list) do
    if database.created <= (at or ctx.now) then there[#there + 1] = database end
  end
  table.sort(there, function(a, b) return a.name < b.name end)
  return there
end

return M
