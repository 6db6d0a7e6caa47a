-- SPDX-License-Identifier: Apache-2.0
-- What an account may still buy (3.1.3): instances, CPUs and memory. Orders
-- that may yet become an instance count too.
local errors = require("hwdb.sim.dbss_errors")
local orders = require("hwdb.sim.bss_orders")
local lookup = require("hwdb.sim.dbss_lookup")

local M = {}

---What is left.
---@param ctx hwdb.sim.Context
---@return { instances: integer, cpu: integer, ram: integer }
function M.left(ctx)
  local limits = ctx.state.dbss.quota
  local left = { instances = limits.instances, cpu = limits.cpu, ram = limits.ram }
  local function take(level)
    left.instances, left.cpu, left.ram = left.instances - 1, left.cpu - level.cpu, left.ram - level.ram
  end
  for _, instance in ipairs(lookup.all(ctx)) do take(instance) end
  for _, order in ipairs(orders.all(ctx)) do
    local open = order.status == orders.UNPAID or order.status == orders.WORKING
    if order.service == "dbss" and open and order.project_id == ctx.project_id then take(order.spec.level) end
  end
  return left
end

---Refuses an instance too many.
---@param ctx hwdb.sim.Context
---@param level { cpu: integer, ram: integer }
function M.require(ctx, level)
  local left = M.left(ctx)
  if left.instances < 1 or left.cpu < level.cpu or left.ram < level.ram then errors.refuse("DBSS.100210016") end
end

return M
