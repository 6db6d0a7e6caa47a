-- SPDX-License-Identifier: Apache-2.0
-- Buying an audit instance (3.2.3): an order, then by its payment a resource,
-- then a task, and at its end a running instance. And taking one back.
local core = require("hwdb.core")
local build = require("hwdb.sim.dbss_build")
local errors = require("hwdb.sim.dbss_errors")
local lookup = require("hwdb.sim.dbss_lookup")
local orders = require("hwdb.sim.bss_orders")
local prices = require("hwdb.sim.bss_prices")
local quota = require("hwdb.sim.dbss_quota")
local resources = require("hwdb.sim.bss_resources")
local sellers = require("hwdb.sim.bss_services")
local tag_rules = require("hwdb.sim.dbss_tag_rules")
local SECONDS = require("hwdb.sim.dbss_durations")

local M = {}

local SERVICE, RESOURCE = "hws.service.type.dbss", "hws.resource.type.dbss"

-- Months in a period; shorter ones are not renewed, and an absolute end has no field.
local MONTHS = { [2] = 1, [3] = 12 }

local function wrong() errors.refuse("DBSS.10000001") end

-- The documents' world takes any place, one out of an inventory any it has not seen.
local function check_place(ctx, args)
  if #args.nics ~= 1 or #args.security_groups ~= 1 then wrong() end
  local network = ctx.state.network
  if ctx.state.lenient or network.partial then return end
  local subnet = lookup.entry(network.subnets, args.nics[1].subnet_id)
  local there = lookup.entry(network.vpcs, args.vpc_id) and subnet and subnet.vpc_id == args.vpc_id
    and lookup.entry(network.security_groups, args.security_groups[1].id) and args.region == ctx.region
  for zone in args.availability_zone:gmatch("[^,]+") do there = there and lookup.entry(network.zones, zone) end
  if not there then wrong() end
end

local function describes(text)
  local value = core.decode(text)
  return type(value) == "table" and type(value.specDesc) == "table"
end

local function check_product(ctx, args)
  local product = args.product_infos[1]
  if #args.product_infos ~= 1 or args.cloud_service_type ~= SERVICE or product.cloud_service_type ~= SERVICE
    or product.resource_type ~= RESOURCE or not describes(product.product_spec_desc) then
    wrong()
  end
  local sold = prices.product("dbss", product.resource_spec_code, args.period_type)
  if not ctx.state.lenient and (not sold or sold.id ~= product.product_id) then wrong() end
  return product.resource_spec_code:match("[^.]*$")
end

local function check_period(args)
  local known = args.period_type >= 0 and args.period_type <= 4 and (args.charging_mode == 0 or args.charging_mode == 1)
  if not known or args.period_num < 1 or args.period_num > 99 then wrong() end
  if args.charging_mode == 0 and not MONTHS[args.period_type] then wrong() end
end

-- The specification of the flavor, which has to be the product's level.
local function level_of(ctx, args)
  local level = lookup.entry(ctx.state.dbss.specifications, check_product(ctx, args), "level")
  if not level then wrong() end
  if level.id ~= args.flavor_ref and not ctx.state.lenient then errors.refuse("DBSS.10020101") end
  return level
end

local function address_free(ctx, ip)
  for _, instance in ipairs(ctx.state.dbss.instances) do
    if instance.ip == ip then return false end
  end
  return true
end

local function create_order(ctx, args)
  check_place(ctx, args)
  check_period(args)
  local level, ip = level_of(ctx, args), args.nics[1].ip_address
  ip = ip ~= "" and ip or nil
  if ip and not address_free(ctx, ip) then wrong() end
  local tags = tag_rules.merged({}, args.tags or {})
  quota.require(ctx, level)
  local fault, period = ctx.shape.job_failed, args.charging_mode == 0
  local order = orders.add(ctx, { service = "dbss", months = period and MONTHS[args.period_type] * args.period_num or nil,
    auto_renew = args.is_auto_renew == 1, spec = { name = args.name, level = level, vpc_id = args.vpc_id, ip = ip,
      subnet_id = args.nics[1].subnet_id, security_group_id = args.security_groups[1].id, zone = args.availability_zone,
      comment = args.comment, tags = tags, enterprise_project_id = args.enterprise_project_id, period = period } })
  order.fail = fault and { at = fault.at or 0.5, code = fault.code or "DBSS.11000000",
    reason = fault.reason or errors.message(fault.code or "DBSS.11000000") or "The task failed." }
  return { description = " Success", code = "0", order_id = order.id }, order.id
end

-- The order is done: there is a resource, hence an instance, and its task begins soon.
local function paid(ctx, data)
  local order = ctx.state.bss.orders[data.order]
  ctx.project_id = order.project_id
  local spec = { project_id = order.project_id, resource_id = ctx:uuid(), order_id = order.id }
  for key, value in pairs(order.spec) do spec[key] = value end
  local instance = build.instance(ctx, spec)
  instance.job = { id = ctx:hex(), status = "INIT", begin = ctx.now, server_id = instance.server_id, server_name = instance.name,
    period = instance.period, visible_from = ctx.now + ctx.clock:span(SECONDS.no_job), code = order.fail and order.fail.code,
    reason = order.fail and order.fail.reason, fails = order.fail ~= nil }
  table.insert(ctx.state.dbss.instances, instance)
  orders.fulfil(ctx, order, instance.resource_id)
  local work = SECONDS.create_instance * (order.fail and order.fail.at or 1)
  local at = SECONDS.no_job + SECONDS.job_waits
  for _, step in ipairs({ { "READY", at }, { "RUNNING", at + SECONDS.job_waits }, { "ended", at + SECONDS.job_waits + work } }) do
    ctx:schedule(step[2], "dbss.creation", { resource = instance.resource_id, status = step[1] })
  end
end

local function creation(ctx, data)
  local instance = lookup.living(ctx, data.resource)
  if not instance then return end
  local job = instance.job
  if data.status ~= "ended" then
    job.status = data.status
    return
  end
  job.status, job.ended = job.fails and "FAIL" or "SUCCESS", ctx.now
  if instance.releasing then return end
  instance.status, instance.task = job.fails and "ERROR" or "ACTIVE", "NO_TASK"
end

local function bought(ctx, order)
  local instance = lookup.living(ctx, order.resource_id)
  local spec = "dbss.bypassaudit." .. order.spec.level.level
  return { { id = order.resource_id, name = order.spec.name, spec = spec, main = true, living = instance ~= nil } }
end

local function release(ctx, order)
  local instance = lookup.living(ctx, order.resource_id)
  if instance.status == "BUILD" then return "The instance is being created." end
  instance.releasing = true
  ctx:change(instance, "DELETING")
  instance.task = "delete_wait"
  ctx:schedule(SECONDS.delete_instance, "dbss.released", { resource = instance.resource_id })
end

local function released(ctx, data)
  local instance, at = lookup.living(ctx, data.resource)
  table.remove(ctx.state.dbss.instances, at)
  resources.close(ctx, instance.order_id)
end

local function freeze(ctx, order)
  local instance = lookup.living(ctx, order.resource_id)
  if instance and not instance.releasing then
    ctx:change(instance, "FROZEN")
    instance.effect, instance.scene = 1, ctx.readings.dbss_words == "table" and "ARREAR" or "ARREARS"
  end
end

sellers.register("dbss", { type = SERVICE, resource_type = RESOURCE, timer = "dbss.order", seconds = SECONDS.order,
  resources = bought, release = release, freeze = freeze })

M.operations = { ["dbss.create_instances_period_order"] = create_order }

M.timers = { ["dbss.order"] = paid, ["dbss.creation"] = creation, ["dbss.released"] = released }

return M
