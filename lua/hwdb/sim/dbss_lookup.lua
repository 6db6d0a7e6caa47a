-- SPDX-License-Identifier: Apache-2.0
-- Finding audit instances. Each has two ids: paths name the one, tasks, tags
-- and billing the other; the wrong one is as unknown as any.
local errors = require("hwdb.sim.dbss_errors")

local M = {}

---Whether the caller's project may see an object.
---@param ctx hwdb.sim.Context
---@param object table
---@return boolean
function M.own(ctx, object)
  local project = ctx.state.lenient or not ctx.project_id or object.project_id == ctx.project_id
  return project and ctx:sees(object)
end

---The caller's instances.
---@param ctx hwdb.sim.Context
---@return table[]
function M.all(ctx)
  local list = {}
  for _, instance in ipairs(ctx.state.dbss.instances) do
    if M.own(ctx, instance) then list[#list + 1] = instance end
  end
  return list
end

---@param list table[]
---@param id any
---@param key string? "id" unless told
---@return table?
---@return integer? position
function M.entry(list, id, key)
  for i, entry in ipairs(list) do
    if entry[key or "id"] == id then return entry, i end
  end
end

---The instance of a path.
---@return table
function M.get(ctx, id)
  return M.entry(M.all(ctx), id) or errors.refuse("DBSS.10021004")
end

---The instance of a resource id in a path.
---@return table
function M.of_resource(ctx, id)
  return M.entry(M.all(ctx), id, "resource_id") or errors.refuse("DBSS.10021004")
end

---The instance of a timer; nil once it is gone.
---@return table?
---@return integer? position
function M.living(ctx, resource_id)
  return M.entry(ctx.state.dbss.instances, resource_id, "resource_id")
end

---Refuses a change of an instance that does not rest or does not run.
---@param ctx hwdb.sim.Context
---@param instance table
---@param field string? of the answer that tells success
function M.require_running(ctx, instance, field)
  if instance.status ~= "ACTIVE" or instance.task ~= "NO_TASK" then errors.not_now(ctx, field) end
end

return M
