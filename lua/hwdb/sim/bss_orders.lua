-- SPDX-License-Identifier: Apache-2.0
-- Orders: unpaid (6), in work (3), done (5), or to be refunded (2) and
-- cancelled (4). Services make them; paying one sets its service to work.
local core = require("hwdb.core")
local errors = require("hwdb.sim.bss_errors")
local services = require("hwdb.sim.bss_services")
local times = require("hwdb.sim.times")

local M = {}

M.UNPAID, M.WORKING, M.DONE, M.CANCELLED, M.REFUNDED = 6, 3, 5, 4, 2

-- How long an order waits for its payment, and the money for its way back.
M.PAYABLE_SECONDS, M.REFUND_SECONDS = 7 * 86400, 30

---A new order. `fail` {code, reason, at} lets what it buys fail.
---@param ctx hwdb.sim.Context
---@param order { service: string, spec: table, months: integer?, auto_renew: boolean?, paid: boolean?, fail: table? }
---@return table order
function M.add(ctx, order)
  order.id, order.created, order.project_id = ctx:order_id(), ctx.now, ctx.project_id
  order.status = M.UNPAID
  ctx.state.bss.orders[order.id] = order
  ctx:hide(order)
  if order.paid then M.start(ctx, order) end
  return order
end

-- An order nobody pays for in time is cancelled; nothing need happen for that.
local function settled(ctx, order)
  if order.status == M.UNPAID and ctx.now >= order.created + ctx.clock:span(M.PAYABLE_SECONDS) then
    order.status, order.stale = M.CANCELLED, nil
  end
  return order
end

---@param ctx hwdb.sim.Context
---@param id string
---@return table? order
function M.find(ctx, id)
  local order = ctx.state.bss.orders[id]
  return order and ctx:sees(order) and settled(ctx, order) or nil
end

---All orders, the oldest first.
---@param ctx hwdb.sim.Context
---@return table[]
function M.all(ctx)
  local list = {}
  for id in pairs(ctx.state.bss.orders) do
    local order = M.find(ctx, id)
    if order then list[#list + 1] = order end
  end
  table.sort(list, function(a, b)
    if a.created ~= b.created then return a.created < b.created end
    return a.id < b.id
  end)
  return list
end

---Has a paid order fulfilled.
---@param ctx hwdb.sim.Context
---@param order table
function M.start(ctx, order)
  local seller, fault = services.of(order), ctx.shape.job_failed
  order.status, order.paid_at = M.WORKING, ctx.now
  if fault then
    ctx:schedule(seller.seconds * (fault.at or 0.5), "bss.undo", { order = order.id })
  else
    ctx:schedule(seller.seconds, seller.timer, { order = order.id })
  end
end

-- 15:59:59Z is the last second of the day where billing lives.
local function after(ms, months)
  local t = os.date("!*t", ms // 1000)
  local month = t.month - 1 + months
  local year = t.year + month // 12
  month = month % 12 + 1
  local function last_second(day)
    local at = times.from_compact(("%04d%02d%02dT155959Z"):format(year, month, day))
    return os.date("!*t", at // 1000).month == month and at or last_second(day - 1)
  end
  return last_second(t.day)
end

---An order's resource is there: it is done, and its subscription runs.
---@param ctx hwdb.sim.Context
---@param order table
---@param resource_id string
function M.fulfil(ctx, order, resource_id)
  order.status, order.resource_id, order.effective = M.DONE, resource_id, ctx.now
  if order.months then
    order.expires = after(ctx.now, order.months)
    ctx:schedule_at(order.expires, "bss.expire", { order = order.id })
  end
end

---The end of the period after this one.
function M.next_end(order)
  return after(order.expires, order.months)
end

-- "2026-01-01T08:00:00Z"
local function second(ms)
  return (times.iso(ms):gsub("%+0000$", "Z"))
end

local function undo(ctx, data)
  local order = ctx.state.bss.orders[data.order]
  order.status = order.status == M.WORKING and M.REFUNDED or M.CANCELLED
  if order.status == M.REFUNDED then ctx:schedule(M.REFUND_SECONDS, "bss.undo", data) end
end

local function get(ctx, id)
  return M.find(ctx, id) or errors.refuse(errors.INVALID, "The order does not exist.")
end

local function show_order(ctx, args)
  local order = get(ctx, args.order_id)
  local view = { order_id = order.id, status = ctx:shown(order), create_time = second(order.created) }
  view.payment_time = order.paid_at and second(order.paid_at)
  return { order_info = view }
end

local function order_view(ctx, order)
  local seller = services.of(order)
  return { order_id = order.id, status = ctx:shown(order), service_type_code = seller and seller.type or "",
    create_time = second(order.created), payment_time = order.paid_at and second(order.paid_at) or nil }
end

-- Codes of services count in any case.
local function wanted(view, args)
  local code = args.service_type_code
  if code and code:lower() ~= view.service_type_code:lower() then return false end
  if args.order_id and args.order_id ~= view.order_id or args.status and args.status ~= view.status then return false end
  return (args.create_time_begin or "") <= view.create_time and view.create_time <= (args.create_time_end or "9")
end

local function list_orders(ctx, args)
  local limit, offset, found, page = args.limit or 10, args.offset or 0, {}, core.array({})
  if limit < 1 or limit > 100 or offset < 0 then errors.refuse(errors.INVALID) end
  for _, order in ipairs(M.all(ctx)) do
    local view = order_view(ctx, order)
    if wanted(view, args) then table.insert(found, args.order_by == "-createTime" and 1 or #found + 1, view) end
  end
  for i = offset + 1, math.min(#found, offset + limit) do page[#page + 1] = found[i] end
  return { order_infos = page, total_count = #found }
end

local function pay_order(ctx, args)
  local order = get(ctx, args.order_id)
  if order.status ~= M.UNPAID then errors.refuse(errors.INVALID, "The order does not wait for a payment.") end
  for _, name in ipairs({ "use_coupon", "use_discount" }) do
    if args[name] == "YES" then errors.refuse(errors.INVALID, "The account has no coupons and no discounts.") end
    if args[name] and args[name] ~= "NO" then errors.refuse(errors.INVALID) end
  end
  ctx:change(order, M.WORKING)
  M.start(ctx, order)
  return nil, order.id
end

M.operations = { ["bss.show_order"] = show_order, ["bss.list_orders"] = list_orders, ["bss.pay_order"] = pay_order }

M.timers = { ["bss.undo"] = undo }

return M
