-- SPDX-License-Identifier: Apache-2.0
-- The life of an audit instance: ordered, paid, created by a task, used,
-- unsubscribed; what the document forbids on the way.
local dbss = dofile("spec/sim/dbss_caller.lua")
local core = require("hwdb.core")

local ORDER = "/v2/{p}/dbss/audit/charge/period/order"

describe("an audit instance", function()
  local c
  before_each(function() c = dbss.new() end)

  it("comes by order, payment, resource and task, under a second id", function()
    local answer = c:must("POST", ORDER, c:wanted())
    assert.same({ " Success", "0" }, { answer.description, answer.code })
    local order = answer.order_id
    assert.truthy(order:find("^CS%x+$"))
    assert.same({ 6, 0, 1 }, { c:order_status(order), c:bought(order).total_count, #c:servers() })
    c:pay(order)
    assert.equal(6, c:order_status(order))
    c.sim:advance(2)
    assert.equal(3, c:order_status(order))
    c.sim:advance(18)
    assert.equal(5, c:order_status(order))
    local resource = c:bought(order).data[1].resource_id
    local server = c:server(resource)
    assert.are_not.equal(resource, server.id)
    assert.same({ "BUILD", "powering-on", "Period", 6, 8, "Medium | 6 Proxy" }, { server.status, server.task,
      server.charge_model, server.database_limit, server.cpu, server.specification })
    local seen = {}
    for _, seconds in ipairs({ 0, 10, 10, 10, 599, 1 }) do
      c.sim:advance(seconds)
      local job = c:jobs(resource)[1]
      seen[#seen + 1] = job and job.status or "none"
    end
    assert.same({ "none", "INIT", "READY", "RUNNING", "RUNNING", "SUCCESS" }, seen)
    assert.same({ "ACTIVE", "NO_TASK" }, c:states(resource))
    local job = c:jobs(resource)[1]
    assert.same({ core.null, core.null, "Period", 630000 }, { job.error_code, job.fail_reason, job.charge_mode,
      job.end_time - job.begin_time })
    assert.same({ "2026-02-01 15:59:59", "31" }, { c:server(resource).expired, c:server(resource).remain_days })
    assert.same({ "create_instances_period_order", "pay_order" }, c:effects())
    assert.equal(order, c.sim:effects()[1].target)
  end)

  it("can fail to come: its task says FAIL, or ERROR as clients know it", function()
    for reading, word in pairs({ FAIL = "FAIL", ERROR = "ERROR" }) do
      c = dbss.new({ readings = { dbss_job_failure = reading },
        faults = { { op = "dbss.create_instances_period_order", ["do"] = "job_failed", reason = "no host" } } })
      local resource = c:buy()
      local job = c:jobs(resource)[1]
      assert.same({ word, "DBSS.11000000", "no host" }, { job.status, job.error_code, job.fail_reason })
      assert.same({ "ERROR", "NO_TASK" }, c:states(resource))
      assert.equal(200, (c:unsubscribe(resource)))
      c.sim:advance(120)
      assert.is_nil(c:server(resource))
    end
  end)

  it("shows its task at once where the world says so", function()
    c = dbss.new({ readings = { dbss_first_jobs = "INIT" } })
    local order = c:order()
    c:pay(order)
    c.sim:advance(20)
    assert.equal("INIT", c:jobs(c:bought(order).data[1].resource_id)[1].status)
  end)

  it("goes by unsubscribing, and is then gone everywhere", function()
    local resource, order = c:buy({ tags = { { key = "k", value = "v" } } })
    local id = c:server(resource).id
    assert.same({ 200, {} }, { (c:unsubscribe(resource)), select(2, c:unsubscribe(resource)).order_ids })
    assert.same({ "ACTIVE", "delete_wait" }, c:states(resource))
    c.sim:advance(2)
    assert.same({ "DELETING", "delete_wait" }, c:states(resource))
    assert.equal(1, c:bought(order, { status_list = { 2 } }).total_count)
    c.sim:advance(118)
    assert.is_nil(c:server(resource))
    for _, path in ipairs({ "/dbss/audit/databases", "/dbss/audit/rule/scopes", "/dbss/audit/rule/risk",
      "/dbss/audit/sensitive/masks" }) do
      assert.same({ 404, "DBSS.10021004" }, { c:no("GET", "/v1/{p}/" .. id .. path) })
    end
    assert.same({ 404, "DBSS.10021004" }, { c:no("POST", "/v1/{p}/" .. id .. "/dbss/audit/operate-log", {}) })
    assert.same({ 404, "DBSS.10021004" }, { c:no("POST", "/v1/{p}/auditInstance/" .. resource .. "/tags/create",
      { tags = { { key = "k", value = "v" } } }) })
    assert.same({ 400, "DBSS.10020140" }, { c:no("GET", "/v1/{p}/dbss/audit/jobs/" .. resource) })
    assert.equal(0, c:must("POST", "/v1/{p}/auditInstance/resource-instances/count",
      { tags = { { key = "k", values = core.array({}) } } }).total_count)
    assert.equal(0, c:bought(order, { status_list = { 2 } }).total_count)
    assert.equal(3, c:bought(order).data[1].status)
  end)

  it("goes on coming, and going, in a state that was written down in between", function()
    local function reload() c.sim = require("hwdb.sim").new({ state = core.decode(core.encode(c.sim.state)) }) end
    local order = c:order()
    reload()
    c:pay(order)
    reload()
    c.sim:advance(50)
    reload()
    local resource = c:bought(order).data[1].resource_id
    assert.equal("RUNNING", c:jobs(resource)[1].status)
    reload()
    c.sim:advance(600)
    assert.same({ "ACTIVE", "NO_TASK" }, c:states(resource))
    c:unsubscribe(resource)
    reload()
    c.sim:advance(120)
    assert.same({ 1, 3 }, { #c:servers(), c:bought(order).data[1].status })
  end)

  it("is not to be unsubscribed while it is being created", function()
    local order = c:order()
    c:pay(order)
    c.sim:advance(60)
    local resource = c:bought(order).data[1].resource_id
    local status, body = c:unsubscribe(resource)
    assert.same({ 200, resource, 1 }, { status, body.fail_resource_infos[1].resource_id, #body.fail_resource_infos })
    assert.same({ "create_instances_period_order", "pay_order" }, c:effects())
  end)

  it("is frozen at the end of its subscription, unless that renews itself", function()
    local resource = c:buy()
    local renewed = c:buy({ is_auto_renew = 1 })
    c.sim:advance(32 * 86400)
    local server = c:server(resource)
    assert.same({ "FROZEN", 1, "ARREARS", "0", "0" }, { server.status, server.effect, server.scene, server.remain_days,
      server.keep_days })
    assert.same({ "ACTIVE", "2026-03-01 15:59:59" }, { c:server(renewed).status, c:server(renewed).expired })
    c.audit = { id = server.id, resource_id = resource }
    assert.same({ 400, "DBSS.10020102" }, { c:no("POST", "/v1/{p}/{a}/audit/rule/risk/switch", { status = "OFF",
      ids = c.sim.state.dbss.instances[2].risks[1].id }) })
    assert.equal(200, (c:unsubscribe(resource)))
  end)

  it("has the spelling clients met where the world says so", function()
    c = dbss.new({ readings = { dbss_casing = "camel" } })
    local server = c:servers()[1]
    assert.same({ "Period", 1, c.sim.state.network.subnets[2].id, "21", core.null }, { server.chargeModel, server.configNum,
      server.subnetId, server.remainDays, server.connectIpv6 })
    assert.is_nil(server.subnet_id)
  end)

  it("is on one of several pages, and none is past the end", function()
    c:buy()
    local function page(query) return c:must("GET", "/v1/{p}/dbss/audit/instances" .. query) end
    assert.same({ 2, 2, 1 }, { #page("").servers, page("?limit=1").total, #page("?limit=1").servers })
    assert.are_not.equal(page("?limit=1").servers[1].id, page("?limit=1&offset=1").servers[1].id)
    assert.same({ 0, 2 }, { #page("?limit=1&offset=2").servers, page("?offset=9").total })
    assert.same({ 400, "DBSS.10000001" }, { c:no("GET", "/v1/{p}/dbss/audit/instances?limit=x") })
    assert.same({ 400, "DBSS.10000001" }, { c:no("GET", "/v1/{p}/dbss/audit/instances?offset=-1") })
  end)
end)

describe("an order of an audit instance", function()
  local c
  before_each(function() c = dbss.new() end)

  local function code(change)
    local status, value = c:no("POST", ORDER, c:wanted(change))
    assert.equal(400, status)
    return value
  end

  local function product(change)
    local one = c:wanted().product_infos[1]
    for key, value in pairs(change) do one[key] = value end
    return { product_infos = { one } }
  end

  it("is refused with an unknown place, flavor, product or period", function()
    assert.equal("DBSS.10000001", code({ vpc_id = "none" }))
    assert.equal("DBSS.10000001", code({ nics = { { subnet_id = "none" } } }))
    assert.equal("DBSS.10000001", code({ security_groups = { { id = "none" } } }))
    assert.equal("DBSS.10000001", code({ availability_zone = "cn-north-4z" }))
    assert.equal("DBSS.10000001", code({ region = "cn-south-1" }))
    assert.equal("DBSS.10000001", code({ nics = { { subnet_id = c.sim.state.network.subnets[1].id, ip_address = c:server().connect_ip } } }))
    assert.equal("DBSS.10020101", code({ flavor_ref = "c6.xlarge.4" }))
    assert.equal("DBSS.10000001", code(product({ product_id = "00301-1-0--0" })))
    assert.equal("DBSS.10000001", code(product({ product_spec_desc = "{}" })))
    assert.equal("DBSS.10000001", code(product({ resource_type = "hws.resource.type.ddm" })))
    assert.equal("DBSS.10000001", code({ period_type = 3 }))
    assert.equal("DBSS.10000001", code({ period_type = 5 }))
    assert.equal("DBSS.10000001", code({ period_num = 0 }))
    assert.equal("DBSS.10000001", code({ subscription_num = 2 }))
    assert.equal("DBSS.10000001", code({ name = "a b" }))
    assert.equal("DBSS.10000001", code({ tags = { { key = " k", value = "v" } } }))
    assert.same({}, c:effects())
  end)

  it("takes the product that the price query gave", function()
    local id = c:product_id("dbss.bypassaudit.high", 3)
    local change = product({ product_id = id, resource_spec_code = "dbss.bypassaudit.high" })
    change.flavor_ref, change.period_type = "c6.4xlarge.4", 3
    local resource = c:buy(change)
    assert.same({ "High | 30 Proxy", "2027-01-01 15:59:59" }, { c:server(resource).specification, c:server(resource).expired })
  end)

  it("counts against the quota from the start", function()
    local function quota() return c:must("GET", "/v1/{p}/dbss/audit/quota") end
    assert.same({ 9, 796, c.sim.project_id }, { quota().audit_quota, quota().cpu, quota().projectId })
    c.sim.state.dbss.quota.instances = 2
    local order = c:order()
    assert.same({ 0, 788 }, { quota().audit_quota, quota().cpu })
    assert.equal("DBSS.100210016", code())
    c.sim:advance(7 * 86400)
    assert.same({ 4, 1 }, { c:order_status(order), quota().audit_quota })
    assert.equal(400, (c:no("POST", "/bss/v3/orders/customer-orders/pay", { order_id = order })))
  end)

  it("lists flavors and zones that can be ordered", function()
    local specs = c:must("GET", "/v1/{p}/dbss/audit/specification").specification
    assert.same({ "low", "medium", "high" }, { specs[1].level, specs[2].level, specs[3].level })
    assert.same({ 3, 6, 30 }, { specs[1].proxy, specs[2].proxy, specs[3].proxy })
    local azs = c:must("GET", "/v2/{p}/dbss/audit/availability-zone").azs
    assert.same({ specs[1].azs[1], 1 }, { azs[1].zone_name, azs[1].zone_number })
  end)
end)
