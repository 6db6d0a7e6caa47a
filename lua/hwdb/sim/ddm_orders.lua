-- SPDX-License-Identifier: Apache-2.0
-- Changes of yearly/monthly instances: they are ordered, and begin when the
-- order is paid. Those of other instances begin at once.
local refusal = require("hwdb.sim.refusal")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local changes = {}

---A kind of change: `check` refuses one that cannot be, `begin` starts its job and returns that.
---@param name string
---@param check fun(ctx: hwdb.sim.Context, instance: table, data: table)
---@param begin fun(ctx: hwdb.sim.Context, instance: table, data: table): table job
function M.change(name, check, begin)
  changes[name] = { check = check, begin = begin }
end

local function place(ctx, instance, name, data, paid)
  local id = ctx:order_id()
  ctx.state.bss.orders[id] = { id = id, status = paid and 3 or 6, created = ctx.now, service = "ddm", change = name,
    project_id = instance.project_id, instance_id = instance.id, data = data }
  if paid then ctx:schedule(SECONDS.order, "ddm.order", { order = id }) end
  return { order_id = id }
end

---Begins a change, or orders it where the instance is paid for by the month.
---@param ctx hwdb.sim.Context
---@param instance table
---@param name string of a change
---@param data table what the change needs
---@param paid boolean? the order needs nobody to pay it
---@return table answer with job_id or order_id
function M.begin(ctx, instance, name, data, paid)
  changes[name].check(ctx, instance, data)
  if instance.order_id then return place(ctx, instance, name, data, paid) end
  return { job_id = changes[name].begin(ctx, instance, data).id }
end

-- What could be when it was ordered need not be when it is paid.
local function still_possible(ctx, instance, order)
  local ok, err = pcall(changes[order.change].check, ctx, instance, order.data)
  if not ok and not refusal.is(err) then error(err, 0) end
  return ok
end

---Begins the change of a paid order; while the instance is busy it waits. One that cannot be any more is cancelled.
---@param ctx hwdb.sim.Context
---@param order table
function M.paid(ctx, order)
  local instance
  for _, one in ipairs(ctx.state.ddm.instances) do
    if one.id == order.instance_id and not one.deleted then instance = one end
  end
  if instance and (instance.active_job or instance.status ~= "RUNNING") then
    ctx:schedule(SECONDS.order, "ddm.order", { order = order.id })
  elseif not instance or not still_possible(ctx, instance, order) then
    order.status = 4
  else
    changes[order.change].begin(ctx, instance, order.data)
    order.status, order.resource_id = 5, instance.id
  end
end

return M
