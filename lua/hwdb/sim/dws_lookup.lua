-- SPDX-License-Identifier: Apache-2.0
-- Finding clusters, and the several answers that mean "no such cluster": one
-- for the cluster itself, another for what belongs to it.
local errors = require("hwdb.sim.dws_errors")

local M = {}

---Whether the caller's project may see an object.
---@param ctx hwdb.sim.Context
---@param object table
---@return boolean
function M.own(ctx, object)
  local project = ctx.state.lenient or not ctx.project_id or object.project_id == ctx.project_id
  return project and ctx:sees(object)
end

---The cluster of an id, a deleted one too; nil if there never was one.
---@param ctx hwdb.sim.Context
---@param id string
---@return table?
function M.find(ctx, id)
  for _, cluster in ipairs(ctx.state.dws.clusters) do
    if cluster.id == id and M.own(ctx, cluster) then return cluster end
  end
end

---The cluster of a timer; nil once it is deleted.
function M.living(ctx, id)
  local cluster = M.find(ctx, id)
  return cluster and not cluster.deleted and cluster or nil
end

local function is_uuid(id)
  return #id == 36 and id:find("^%x+%-%x+%-%x+%-%x+%-%x+$") ~= nil
end

local function unknown(ctx)
  local reading = ctx.readings.dws_unknown_cluster
  if reading == "403" then errors.refuse("DWS.0015") end
  errors.refuse("DWS.0047", reading == "401" and 401 or 404)
end

---The cluster a call is about.
---@param ctx hwdb.sim.Context
---@param id string
---@return table
function M.main(ctx, id)
  local cluster = M.find(ctx, id)
  if not cluster then
    if not is_uuid(id) then errors.refuse("DWS.0001") end
    unknown(ctx)
  end
  if cluster.deleted then errors.refuse("DWS.3027") end
  return cluster
end

---The cluster whose parts a call is about.
---@param ctx hwdb.sim.Context
---@param id string
---@return table
function M.part(ctx, id)
  local cluster = M.find(ctx, id)
  if cluster and not cluster.deleted then return cluster end
  return errors.refuse(is_uuid(id) and "DWS.0015" or "DWS.0001")
end

---The caller's clusters that are not deleted.
---@param ctx hwdb.sim.Context
---@return table[]
function M.all(ctx)
  local found = {}
  for _, cluster in ipairs(ctx.state.dws.clusters) do
    if not cluster.deleted and M.own(ctx, cluster) then found[#found + 1] = cluster end
  end
  return found
end

---Refuses a name another cluster has.
---@param ctx hwdb.sim.Context
---@param name string
function M.require_free_name(ctx, name)
  for _, cluster in ipairs(M.all(ctx)) do
    if cluster.name == name then errors.refuse("DWS.5050") end
  end
end

---The entry of a list with that id.
---@param list table[]
---@param id any
---@return table?
---@return integer?
function M.entry(list, id)
  for i, entry in ipairs(list) do
    if entry.id == id then return entry, i end
  end
end

return M
