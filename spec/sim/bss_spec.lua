-- SPDX-License-Identifier: Apache-2.0
-- Billing: prices, orders and their states, what they bought, giving it back
-- and renewing it.
local dbss = dofile("spec/sim/dbss_caller.lua")
local core = require("hwdb.core")

local PRICE = "/bss/v2/bills/ratings/period-resources/subscribe-rate"
local PAY = "/bss/v3/orders/customer-orders/pay"

local function pay_body(order) return { order_id = order, use_coupon = "NO", use_discount = "NO" } end

describe("a price", function()
  local c
  before_each(function() c = dbss.new() end)

  local function info(change)
    local one = { id = "1", cloud_service_type = "hws.service.type.dbss", resource_type = "hws.resource.type.dbss",
      resource_spec = "dbss.bypassaudit.low", region = "cn-north-4", period_type = "2", period_num = 2, subscription_num = 1 }
    for key, value in pairs(change or {}) do one[key] = value end
    return one
  end

  it("is the sum of its products, each with the id an order names", function()
    local body = c:must("POST", PRICE, { project_id = c.sim.project_id, product_infos = { info(),
      info({ id = "2", period_type = 3, period_num = "1" }) } })
    assert.same({ 4600 + 23000, 27600, 0 }, { body.amount, body.official_website_amount, body.discount_amount })
    local results = body.official_website_rating_result.product_rating_results
    assert.same({ "1", 4600, "2", 23000 }, { results[1].id, results[1].official_website_amount, results[2].id,
      results[2].official_website_amount })
    assert.are_not.equal(results[1].product_id, results[2].product_id)
    assert.same({}, c:effects())
  end)

  it("is refused for what is not sold, and when asked for in strange ways", function()
    for _, infos in ipairs({ core.array({}), { info({ resource_spec = "none" }) }, { info({ period_type = "1" }) }, { info(), info() },
      { info({ period_num = 0 }) }, { info({ id = 1 }) }, { 7 } }) do
      assert.same({ 400, "CBC.0101" }, { c:no("POST", PRICE, { project_id = "p", product_infos = infos }) }, core.encode(infos))
    end
    assert.same({ 400, "CBC.0101" }, { c:no("POST", PRICE, { product_infos = { info() } }) })
  end)
end)

describe("the list of orders", function()
  local c
  before_each(function() c = dbss.new() end)

  local LIST = "/bss/v2/orders/customer-orders"

  local function ids(query)
    local list = {}
    for i, order in ipairs(c:must("GET", LIST .. (query or "")).order_infos) do list[i] = order.order_id end
    return list
  end

  it("shows an order before it is paid, newest first if so wanted, page by page", function()
    local known = ids()
    assert.equal(1, #known)
    c.sim:advance(60)
    local order = c:order()
    assert.same({ known[1], order }, ids())
    assert.same({ order, known[1] }, ids("?order_by=-createTime"))
    assert.same({ order }, ids("?offset=1&limit=1"))
    assert.same({ order }, ids("?status=6"))
    assert.equal(2, c:must("GET", LIST .. "?limit=1").total_count)
  end)

  it("finds by service, moment and id", function()
    c.sim:advance(60)
    local order = c:order()
    assert.equal(2, #ids("?service_type_code=HWS.service.type.dbss"))
    assert.same({}, ids("?service_type_code=hws.service.type.ddm"))
    assert.same({ order }, ids("?create_time_begin=2026-01-01T08:00:30Z"))
    assert.same({}, ids("?create_time_begin=2026-01-01T08:01:30Z"))
    assert.same({ order }, ids("?order_id=" .. order))
    assert.same({ 400, "CBC.0101" }, { c:no("GET", LIST .. "?limit=101") })
  end)
end)

describe("an order", function()
  local c
  before_each(function() c = dbss.new() end)

  it("goes from 6 over 3 to 5, the old state shown a moment longer, and is paid once", function()
    local order = c:order()
    assert.equal(6, c:order_status(order))
    local status, body = c:call("POST", PAY, pay_body(order))
    assert.same({ 204, "" }, { status, body })
    assert.equal(6, c:order_status(order))
    assert.same({ 400, "CBC.0101" }, { c:no("POST", PAY, pay_body(order)) })
    c.sim:advance(2)
    assert.equal(3, c:order_status(order))
    c.sim:advance(18)
    assert.equal(5, c:order_status(order))
    assert.same({ 400, "CBC.0101" }, { c:no("POST", PAY, pay_body(order)) })
    assert.same({ "create_instances_period_order", "pay_order" }, c:effects())
  end)

  it("that nobody pays is cancelled (4)", function()
    local order = c:order()
    c.sim:advance(7 * 86400 - 1)
    assert.equal(6, c:order_status(order))
    c.sim:advance(1)
    assert.equal(4, c:order_status(order))
    assert.same({ 400, "CBC.0101" }, { c:no("POST", PAY, pay_body(order)) })
  end)

  it("that cannot be fulfilled is refunded (2), then cancelled (4)", function()
    c.sim:add_fault({ op = "bss.pay_order", ["do"] = "job_failed" })
    local order = c:order()
    c:pay(order)
    c.sim:advance(10)
    assert.equal(2, c:order_status(order))
    c.sim:advance(30)
    assert.same({ 4, 0, 1 }, { c:order_status(order), c:bought(order).total_count, #c:servers() })
  end)

  it("is unknown to billing while a lag hides it, and when there never was one", function()
    c.sim:add_fault({ op = "dbss.create_instances_period_order", ["do"] = "lag", seconds = 5 })
    local order = c:order()
    assert.equal(400, (c:no("GET", "/bss/v2/orders/customer-orders/details/" .. order)))
    c.sim:advance(5)
    assert.equal(6, c:order_status(order))
    assert.same({ 400, "CBC.0101" }, { c:no("GET", "/bss/v2/orders/customer-orders/details/none") })
    assert.same({ 400, "CBC.0101" }, { c:no("POST", PAY, pay_body("none")) })
    assert.equal(0, c:bought("none").total_count)
  end)

  it("takes no coupons", function()
    local order = c:order()
    assert.equal(400, (c:no("POST", PAY, { order_id = order, use_coupon = "YES", use_discount = "NO" })))
    assert.equal(6, c:order_status(order))
  end)

  it("paid late, broken off, or by somebody else too", function()
    local order = c:order()
    c.sim:add_fault({ op = "bss.pay_order", ["do"] = "late", seconds = 40 })
    assert.equal(504, (c:call("POST", PAY, pay_body(order))))
    c.sim:advance(40)
    assert.same({ 2, true }, { #c:effects(), c.sim:effects()[2].late })
    local second = c:order({ name = "second" })
    c.sim:add_fault({ op = "bss.pay_order", ["do"] = "reset_before" })
    c:call("POST", PAY, pay_body(second))
    assert.equal(3, #c:effects())
    c.sim:add_fault({ op = "bss.pay_order", ["do"] = "foreign", call = { op = "bss.pay_order", args = pay_body(second) } })
    assert.equal(400, (c:no("POST", PAY, pay_body(second))))
    c.sim:advance(20)
    assert.same({ 5, "foreign" }, { c:order_status(second), c.sim:effects()[4].by })
  end)
end)

describe("a resource", function()
  local c
  before_each(function() c = dbss.new() end)

  local function one(resource)
    for _, entry in ipairs(c:must("POST", "/bss/v2/orders/suscriptions/resources/query", {}).data) do
      if entry.resource_id == resource then return entry end
    end
  end

  it("is listed with its order's period, whoever asks", function()
    local resource, order = c:buy()
    local entry = one(resource)
    assert.same({ 2, 1, 0, "2026-02-01T15:59:59Z", "hws.service.type.dbss" }, { entry.status, entry.is_main_resource,
      entry.expire_policy, entry.expire_time, entry.cloud_service_type_code })
    assert.same({ 1, 0 }, { c:bought(order, { status_list = { 2 } }).total_count, c:bought(order, { status_list = { 3 } }).total_count })
    assert.equal(2, c:must("POST", "/bss/v2/orders/suscriptions/resources/query", {}).total_count)
  end)

  it("is renewed by itself or not, as said last", function()
    local resource = c:buy()
    local path = "/bss/v2/orders/subscriptions/resources/autorenew/"
    local status, body = c:call("POST", path .. resource)
    assert.same({ 204, "", 3 }, { status, body, one(resource).expire_policy })
    assert.same({ 204, 0 }, { (c:call("DELETE", path .. resource)), one(resource).expire_policy })
    assert.same({ 400, "CBC.0101" }, { c:no("POST", path .. "none") })
    assert.same({ "enable_auto_renew", "disable_auto_renew" }, { c:effects()[3], c:effects()[4] })
  end)

  it("is given back once; some can fail in a 200, all gone is an error", function()
    local resource, order = c:buy()
    local status, body = c:unsubscribe(resource, "none")
    assert.same({ 200, 1, 1, "none", "CBC.30000067" }, { status, #body.order_ids, #body.fail_resource_infos,
      body.fail_resource_infos[1].resource_id, body.fail_resource_infos[1].error_code })
    assert.equal(5, c:order_status(body.order_ids[1]))
    status, body = c:unsubscribe(resource)
    assert.same({ 200, 0, resource }, { status, #body.order_ids, body.fail_resource_infos[1].resource_id })
    c.sim:advance(120)
    assert.same({ 400, "CBC.30000067" }, { (c:unsubscribe(resource)), select(2, c:unsubscribe(resource)).error_code })
    assert.equal(3, c:bought(order).data[1].status)
    assert.equal(3, #c:effects())
  end)

  it("cannot be given back in strange ways", function()
    local resource = c:buy()
    assert.equal(400, (c:unsubscribe()))
    assert.equal(400, (c:unsubscribe(resource, resource)))
    assert.equal(400, (c:call("POST", "/bss/v2/orders/subscriptions/resources/unsubscribe",
      { resource_ids = { resource }, unsubscribe_type = 9 })))
    assert.equal(2, #c:effects())
  end)
end)

describe("a yearly/monthly DDM instance", function()
  local c
  before_each(function() c = dbss.new() end)

  local function buy(auto_pay, change)
    local state = c.sim.state
    local extend = { charge_mode = "prePaid", period_type = "month", period_num = 1, is_auto_pay = auto_pay }
    for key, value in pairs(change or {}) do extend[key] = value end
    return c:must("POST", "/ddm/v1/{p}/instances", { instance = { name = "ddm-paid", flavor_id = state.ddm.flavors[1].id, node_num = 2,
      engine_id = state.ddm.engines[1].id, available_zones = { state.network.zones[1].id }, vpc_id = state.network.vpcs[1].id,
      security_group_id = state.network.security_groups[1].id, subnet_id = state.network.subnets[1].id },
      extend_param = extend }).order_id
  end

  -- A bought instance at rest: its id and order.
  local function bought(change)
    local order = buy("true", change)
    c.sim:advance(400)
    return c:bought(order).data[1].resource_id, order
  end

  local function state(instance) return c:must("GET", "/ddm/v1/{p}/instances/" .. instance).status end
  local function nodes(instance) return c:must("GET", "/ddm/v1/{p}/instances/" .. instance .. "/nodes").total end

  local function refused(...)
    local code, body = c:call(...)
    return code, body.errCode
  end

  local function expires(order) return c:bought(order).data[1].expire_time end

  -- Past an instant of billing's, with time for what follows it.
  local function pass(instant) c.sim:advance_to(require("hwdb.sim.times").from_compact((instant:gsub("[-:]", ""))) + 300000) end

  it("is paid through billing, with its nodes as attached resources", function()
    local order = buy("false")
    assert.equal(6, c:order_status(order))
    c:pay(order)
    c.sim:advance(20)
    assert.equal(5, c:order_status(order))
    local instance = c:bought(order).data[1].resource_id
    assert.truthy(instance:find("^%x+in09$"))
    local all = c:bought(order, { only_main_resource = 0 }).data
    assert.same({ 3, 1, 0 }, { #all, all[1].is_main_resource, all[2].is_main_resource })
    assert.truthy(all[2].resource_id:find("^%x+no09%.vm$"))
    local status, body = c:unsubscribe(all[2].resource_id)
    assert.same({ 200, 1 }, { status, #body.fail_resource_infos })
  end)

  it("is given back when it rests, and then gone", function()
    local order = buy("true")
    c.sim:advance(20)
    local instance = c:bought(order).data[1].resource_id
    assert.equal(1, #select(2, c:unsubscribe(instance)).fail_resource_infos)
    c.sim:advance(600)
    assert.equal(0, #select(2, c:unsubscribe(instance)).fail_resource_infos)
    c.sim:advance(2)
    assert.equal("DELETING", c:must("GET", "/ddm/v1/{p}/instances/" .. instance).status)
    c.sim:advance(600)
    assert.equal(404, (c:call("GET", "/ddm/v1/{p}/instances/" .. instance)))
    assert.equal(0, c:bought(order, { status_list = { 2 } }).total_count)
  end)

  it("is frozen when its month is over, refuses changes then, and can be given back", function()
    local instance, order = bought()
    assert.equal("2026-02-01T15:59:59Z", expires(order))
    c.sim:advance_to(c.sim.state.bss.orders[order].expires - 1)
    assert.equal("RUNNING", state(instance))
    c.sim:advance(3)
    assert.equal("FREEZING", state(instance))
    c.sim:advance(62)
    assert.same({ "FROZEN", 4 }, { state(instance), c:bought(order).data[1].status })
    assert.same({ 400, "DBS.200076" }, { refused("PUT", "/ddm/v1/{p}/instances/" .. instance .. "/modify-name", { name = "later" }) })
    assert.equal(0, #select(2, c:unsubscribe(instance)).fail_resource_infos)
    c.sim:advance(600)
    assert.same({ 404, 3 }, { (c:call("GET", "/ddm/v1/{p}/instances/" .. instance)), c:bought(order).data[1].status })
  end)

  it("goes on where it is renewed by itself, as bought or as said later", function()
    local instance, order = bought({ is_auto_renew = "true" })
    pass(expires(order))
    assert.same({ "RUNNING", "2026-03-01T15:59:59Z", 3 }, { state(instance), expires(order), c:bought(order).data[1].expire_policy })
    c:call("DELETE", "/bss/v2/orders/subscriptions/resources/autorenew/" .. instance)
    pass(expires(order))
    assert.same({ "FROZEN", "2026-03-01T15:59:59Z" }, { state(instance), expires(order) })
  end)

  it("lasts a year where a year was bought", function()
    local instance, order = bought({ period_type = "year" })
    assert.equal("2027-01-01T15:59:59Z", expires(order))
    pass("2026-12-31T00:00:00Z")
    assert.equal("RUNNING", state(instance))
  end)

  it("is not frozen while a job works on it, nor once it is gone", function()
    local instance, order = bought()
    c.sim:advance_to(c.sim.state.bss.orders[order].expires - 10000)
    c:must("PUT", "/ddm/v3/{p}/instances/" .. instance .. "/flavor", { spec_code = "ddm.c6.8xlarge.2", is_auto_pay = true })
    c.sim:advance(9)
    c:must("POST", "/ddm/v1/{p}/instances/" .. instance .. "/action", { restart = { type = "soft" } })
    c.sim:advance(5)
    assert.equal("RESTARTING", state(instance))
    c.sim:advance(200)
    assert.equal("FROZEN", state(instance))
    local other, second = bought()
    c:unsubscribe(other)
    pass(expires(second))
    assert.equal(404, (c:call("GET", "/ddm/v1/{p}/instances/" .. other)))
  end)

  it("keeps its subscription when giving it back fails", function()
    local instance, order = bought()
    c.sim:add_fault({ op = "bss.unsubscribe", ["do"] = "job_failed" })
    c:unsubscribe(instance)
    c.sim:advance(200)
    assert.same({ "ERROR", 2 }, { state(instance), c:bought(order).data[1].status })
    assert.equal(0, #select(2, c:unsubscribe(instance)).fail_resource_infos)
  end)

  it("grows by an order (4.2.9) that is paid by itself, or later, or never", function()
    local instance, order = bought()
    local flavor, path = c.sim.state.ddm.flavors[1].id, "/ddm/v2/{p}/instances/" .. instance .. "/action/enlarge"
    local answer = c:must("POST", path, { flavor_id = flavor, node_number = 2, is_auto_pay = true,
      available_zones = { "cn-north-4a", "cn-north-4b" } })
    assert.same({ instanceId = instance, orderId = answer.orderId }, answer)
    assert.same({ 3, "RUNNING", 2 }, { c:order_status(answer.orderId), state(instance), nodes(instance) })
    c.sim:advance(23)
    assert.same({ 5, "GROWING" }, { c:order_status(answer.orderId), state(instance) })
    c.sim:advance(300)
    local list = c:must("POST", "/bss/v2/orders/suscriptions/resources/query", { order_id = answer.orderId }).data
    assert.same({ "RUNNING", 4, 2, 3 }, { state(instance), nodes(instance), #list, c:bought(order, { only_main_resource = 0 }).total_count })
    assert.truthy(list[1].resource_id:find("^%x+no09%.vm$"))
    local unpaid = c:must("POST", path, { flavor_id = flavor, node_number = 1 }).orderId
    c.sim:advance(3600)
    assert.same({ 6, 4 }, { c:order_status(unpaid), nodes(instance) })
    c:pay(unpaid)
    c.sim:advance(400)
    assert.same({ 5, 5 }, { c:order_status(unpaid), nodes(instance) })
    local never = c:must("POST", path, { flavor_id = flavor, node_number = 1 }).orderId
    c.sim:advance(7 * 86400)
    assert.same({ 4, 5 }, { c:order_status(never), nodes(instance) })
  end)

  it("refuses to grow past 32 nodes, into unknown zones, or by an unknown class", function()
    local instance = bought()
    local flavor, path = c.sim.state.ddm.flavors[1].id, "/ddm/v2/{p}/instances/" .. instance .. "/action/enlarge"
    for _, body in ipairs({ { flavor_id = flavor, node_number = 31 }, { flavor_id = "none", node_number = 1 },
      { flavor_id = flavor, node_number = 2, available_zones = { "cn-north-4a" } },
      { flavor_id = flavor, node_number = 1, available_zones = { "moon" } } }) do
      assert.same({ 400, "DBS.280001" }, { refused("POST", path, body) }, core.encode(body))
    end
    assert.same({ "create_instance" }, c:effects())
  end)

  it("has an order for growth cancelled when it is frozen meanwhile", function()
    local instance, order = bought()
    local flavor = c.sim.state.ddm.flavors[1].id
    pass("2026-01-31T00:00:00Z")
    local growth = c:must("POST", "/ddm/v2/{p}/instances/" .. instance .. "/action/enlarge", { flavor_id = flavor, node_number = 1 }).orderId
    pass(expires(order))
    c:pay(growth)
    c.sim:advance(60)
    assert.same({ 4, 2 }, { c:order_status(growth), nodes(instance) })
  end)

  it("whose creation cannot be fulfilled is refunded", function()
    c.sim:add_fault({ op = "ddm.create_instance", ["do"] = "job_failed" })
    local order = buy("true")
    c.sim:advance(10)
    assert.equal(2, c:order_status(order))
    c.sim:advance(30)
    assert.same({ 4, 0 }, { c:order_status(order), c:bought(order).total_count })
  end)
end)
