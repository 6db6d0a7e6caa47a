-- SPDX-License-Identifier: Apache-2.0
-- Changes of yearly/monthly instances: they are ordered, and begin when the
-- order is paid. Those of other instances begin at once.
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local changes = {}

---What begins a change: it checks nothing more, starts the job and returns it.
---@param name string
---@param begin fun(ctx: hwdb.sim.Context, instance: table, data: table): table job
function M.change(name, begin)
  changes[name] = begin
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
  if instance.order_id then return place(ctx, instance, name, data, paid) end
  return { job_id = changes[name](ctx, instance, data).id }
end

---Begins the change of a paid order; while the instance is busy it waits.
---@param ctx hwdb.sim.Context
---@param order table
function M.paid(ctx, order)
  local instance
  for _, one in ipairs(ctx.state.ddm.instances) do
    if one.id == order.instance_id and not one.deleted then instance = one end
  end
  if not instance then
    order.status = 4
  elseif instance.active_job or instance.status ~= "RUNNING" then
    ctx:schedule(SECONDS.order, "ddm.order", { order = order.id })
  else
    changes[order.change](ctx, instance, order.data)
    order.status, order.resource_id = 5, instance.id
  end
end

return M
