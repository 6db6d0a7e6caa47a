-- SPDX-License-Identifier: Apache-2.0
-- What billing knows of the services that sell by order. Each registers how a
-- paid order is fulfilled and what becomes of the resources it bought.
local M = {}

local services = {}

---@class hwdb.sim.Seller
---@field type string cloud service type of billing
---@field resource_type string
---@field timer string? kind of the timer that fulfils a paid order; its data is {order = id}
---@field seconds number? from the payment to that timer
---@field resources fun(ctx, order): { id: string, name: string, spec: string, main: boolean, living: boolean }[]
---@field release fun(ctx, order): string? takes a resource back; says why it cannot
---@field freeze fun(ctx, order)? at the end of a subscription that is not renewed

---@param name string
---@param seller hwdb.sim.Seller
function M.register(name, seller)
  services[name] = seller
end

---@param order table
---@return hwdb.sim.Seller? seller nil for a refund, which sold nothing
function M.of(order)
  return services[order.service]
end

return M
