-- SPDX-License-Identifier: Apache-2.0
-- Changes of yearly/monthly instances: they are ordered, and begin when the
-- order is paid. Those of other instances begin at once.
local bss = require("hwdb.sim.bss_orders")
local refusal = require("hwdb.sim.refusal")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local changes = {}

---A kind of change: `check` refuses one that cannot be, `begin` starts its job and returns that.
---@param name string
---@param check fun(ctx: hwdb.sim.Context, instance: table, data: table)
---@param begin fun(ctx: hwdb.sim.Context, instance: table, data: table, order_id: string?): table job
function M.change(name, check, begin)
  changes[name] = { check = check, begin = begin }
end

local function place(ctx, instance, name, data, paid)
  local order = bss.add(ctx, { service = "ddm", change = name, instance_id = instance.id, data = data, paid = paid })
  order.project_id = instance.project_id
  return { order_id = order.id }
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

-- Out of these no order leads by itself.
local STUCK = { CREATEFAILED = true, ERROR = true, FREEZING = true, FROZEN = true }

---Begins the change of a paid order; while the instance is busy it waits. One that cannot be any more is cancelled.
---@param ctx hwdb.sim.Context
---@param order table
function M.paid(ctx, order)
  local instance
  for _, one in ipairs(ctx.state.ddm.instances) do
    if one.id == order.instance_id and not one.deleted then instance = one end
  end
  if instance and (instance.active_job or instance.status ~= "RUNNING" and not STUCK[instance.status]) then
    ctx:schedule(SECONDS.order, "ddm.order", { order = order.id })
  elseif not instance or STUCK[instance.status] or not still_possible(ctx, instance, order) then
    order.status = bss.CANCELLED
  else
    changes[order.change].begin(ctx, instance, order.data, order.id)
    bss.fulfil(ctx, order, instance.id)
  end
end

return M
