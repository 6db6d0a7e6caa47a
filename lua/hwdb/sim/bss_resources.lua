-- SPDX-License-Identifier: Apache-2.0
-- What orders have bought: listing it, giving it back, renewing it by itself,
-- and what happens when a subscription ends.
local core = require("hwdb.core")
local errors = require("hwdb.sim.bss_errors")
local orders = require("hwdb.sim.bss_orders")
local services = require("hwdb.sim.bss_services")
local times = require("hwdb.sim.times")

local M = {}

-- In use, closed, frozen: billing's numbers.
local IN_USE, CLOSED, FROZEN = 2, 3, 4

-- What happens at the end: renewed, or frozen and kept for a while.
local RENEWED, KEPT = 3, 0

local function resources(ctx, order)
  local seller = order.resource_id and services.of(order)
  return seller and seller.resources(ctx, order) or {}
end

local function status(order, resource)
  if order.closed or not resource.living then return CLOSED end
  return order.frozen and FROZEN or IN_USE
end

local function instant(ms)
  return ms and (times.iso(ms):gsub("%+0000$", "Z")) or core.null
end

local function view(ctx, order, resource)
  local seller = services.of(order)
  return { id = core.sha256(order.id .. resource.id):sub(1, 32), resource_id = resource.id, resource_name = resource.name,
    project_id = order.project_id, region_code = ctx.region, cloud_service_type_code = seller.type,
    resource_type_code = resource.type or seller.resource_type, resource_spec_code = resource.spec,
    is_main_resource = resource.main and 1 or 0, main_resource_id = order.resource_id, status = status(order, resource),
    effective_time = instant(order.effective or order.updated), expire_time = instant(order.expires),
    expire_policy = order.auto_renew and RENEWED or KEPT }
end

local function wanted(list)
  if not list then return function() return true end end
  local set = {}
  for _, value in ipairs(list) do set[value] = true end
  return function(value) return set[value] end
end

local function list_order_resources(ctx, args)
  local list, shown, named = core.array({}), wanted(args.status_list), wanted(args.resource_ids)
  for _, order in ipairs(orders.all(ctx)) do
    for _, resource in ipairs((not args.order_id or order.id == args.order_id) and resources(ctx, order) or {}) do
      local whole = resource.main or args.only_main_resource ~= 1
      if whole and named(resource.id) and shown(status(order, resource)) then list[#list + 1] = view(ctx, order, resource) end
    end
  end
  return { data = list, total_count = #list }
end

-- The order that bought a resource which is still there.
local function bought(ctx, id)
  for _, order in ipairs(orders.all(ctx)) do
    for _, resource in ipairs(resources(ctx, order)) do
      if resource.id == id and status(order, resource) ~= CLOSED then return order, resource end
    end
  end
end

-- Takes one resource back, or says why not.
local function give_back(ctx, id)
  local order, resource = bought(ctx, id)
  if not order then return errors.GONE, errors.message(errors.GONE) end
  if not resource.main then return errors.INVALID, "The resource is attached to another and goes with that." end
  if order.releasing then return errors.INVALID, "The resource is being unsubscribed already." end
  local why = services.of(order).release(ctx, order)
  if why then return errors.INVALID, why end
  order.releasing = true
end

local function check_ids(args)
  local seen = {}
  if #args.resource_ids == 0 or #args.resource_ids > 100 then errors.refuse(errors.INVALID) end
  for _, id in ipairs(args.resource_ids) do
    if seen[id] then errors.refuse(errors.INVALID, "A resource is named twice.") end
    seen[id] = true
  end
  if args.unsubscribe_type and args.unsubscribe_type ~= 1 and args.unsubscribe_type ~= 2 then errors.refuse(errors.INVALID) end
end

-- Nothing was given back: gone resources are an error, others a 200 all the same.
local function all_failed(failures)
  for _, failure in ipairs(failures) do
    if failure.error_code ~= errors.GONE then
      return errors.despite_200({ order_ids = core.array({}), fail_resource_infos = failures })
    end
  end
  errors.refuse(errors.GONE)
end

local function unsubscribe(ctx, args)
  check_ids(args)
  local failures = core.array({})
  for _, id in ipairs(args.resource_ids) do
    local code, message = give_back(ctx, id)
    if code then failures[#failures + 1] = { resource_id = id, error_code = code, error_msg = message } end
  end
  if #failures == #args.resource_ids then all_failed(failures) end
  local refund = orders.add(ctx, { service = "refund", spec = {} })
  refund.status = orders.DONE
  return { order_ids = core.array({ refund.id }), fail_resource_infos = failures }, table.concat(args.resource_ids, ",")
end

---Billing's note that a resource is gone.
---@param ctx hwdb.sim.Context
---@param order_id string?
function M.close(ctx, order_id)
  local order = order_id and ctx.state.bss.orders[order_id]
  if order then order.closed, order.closed_at = true, ctx.now end
end

---Billing's note that giving a resource back has failed.
---@param ctx hwdb.sim.Context
---@param order_id string?
function M.kept(ctx, order_id)
  local order = order_id and ctx.state.bss.orders[order_id]
  if order then order.releasing = nil end
end

local function renewing(on)
  return function(ctx, args)
    local order, resource = bought(ctx, args.id)
    if not order or not resource.main then errors.refuse(errors.INVALID, "No subscription has this resource.") end
    order.auto_renew = on
    return nil, args.id
  end
end

local function expire(ctx, data)
  local order = ctx.state.bss.orders[data.order]
  if order.closed or order.releasing then return end
  if order.auto_renew then
    order.expires = orders.next_end(order)
    ctx:schedule_at(order.expires, "bss.expire", data)
    return
  end
  order.frozen = true
  local seller = services.of(order)
  if seller.freeze then seller.freeze(ctx, order) end
end

M.operations = {
  ["bss.list_order_resources"] = list_order_resources,
  ["bss.unsubscribe"] = unsubscribe,
  ["bss.enable_auto_renew"] = renewing(true),
  ["bss.disable_auto_renew"] = renewing(false),
}

M.timers = { ["bss.expire"] = expire }

return M
