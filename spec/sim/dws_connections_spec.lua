-- SPDX-License-Identifier: Apache-2.0
local dws = dofile("spec/sim/dws_caller.lua")
local core = require("hwdb.core")

describe("domain names of a DWS cluster", function()
  local c
  before_each(function() c = dws.new():without_policies() end)
  local function dns(method, body) return c:call(method, "{v1}/dns", body) end

  it("are made, changed and, if public, deleted", function()
    local status, body = dns("POST", { name = "orders-db", type = "private", ttl = 300 })
    assert.same({ 200, "" }, { status, body })
    assert.equal("orders-db.dwscloud.com", c:shown().endpoints[1].connect_info)
    c:must("PUT", "{v1}/dns", { name = "orders-db2", type = "private", ttl = 600 })
    assert.equal("orders-db2.dwscloud.com", c:shown().endpoints[1].connect_info)
    c:must("POST", "{v1}/dns", { name = "public-db", type = "public", ttl = 300 })
    c:must("POST", "{v2}/eips/" .. c.sim.state.dws.eips[1].id)
    assert.equal("public-db.dwscloud.com", c:shown().public_endpoints[1].public_connect_info)
    c:must("DELETE", "{v1}/dns?type=public")
    assert.equal("dws-orders.dwscloud.com", c:shown().public_endpoints[1].public_connect_info)
    assert.same({ 400, "DWS.5065" }, { c:refused("DELETE", "{v1}/dns?type=private") })
  end)

  it("are refused twice, unmade, another's, and in a form no name has", function()
    local function refused(method, change)
      local wanted = { name = "orders-db", type = "private", ttl = 300 }
      for key, value in pairs(change or {}) do wanted[key] = value end
      return { c:refused(method, "{v1}/dns", wanted) }
    end
    assert.same({ 404, "DWS.9999" }, refused("PUT"))
    assert.same({ 404, "DWS.9999" }, { c:refused("DELETE", "{v1}/dns?type=public") })
    assert.same({ 400, "DWS.5065" }, refused("POST", { name = "-orders" }))
    assert.same({ 400, "DWS.5065" }, refused("POST", { type = "secret" }))
    assert.same({ 400, "DWS.5060" }, refused("POST", { ttl = 299 }))
    c:must("POST", "{v1}/dns", { name = "orders-db", type = "private", ttl = 300 })
    assert.same({ 409, "DWS.9999" }, refused("POST", { name = "other" }))
    c:create()
    c.sim:advance(740)
    assert.same({ 409, "DWS.9999" }, refused("POST"))
  end)
end)

describe("EIPs of a DWS cluster", function()
  it("are bound and unbound at once", function()
    local c = dws.new()
    local eips = c.sim.state.dws.eips
    local first, second = eips[1].id, eips[2].id
    local status, body = c:call("POST", "{v2}/eips/" .. first)
    assert.same({ 200, "" }, { status, body })
    assert.same({ public_bind_type = "bind_existing", eip_id = first }, c:shown().public_ip)
    assert.same({ 409, "DWS.9999" }, { c:refused("POST", "{v2}/eips/" .. second) })
    assert.same({ 400, "DWS.5135" }, { c:refused("POST", "{v2}/eips/none") })
    assert.same({ 400, "DWS.5135" }, { c:refused("DELETE", "{v2}/eips/" .. second) })
    c:must("DELETE", "{v2}/eips/" .. first)
    assert.same({ { public_bind_type = "not_use", eip_id = "" }, {} }, { c:shown().public_ip, c:shown().public_endpoints })
    assert.same({ 400, "DWS.5135" }, { c:refused("DELETE", "{v2}/eips/" .. first) })
    c:must("POST", "{v2}/eips/" .. second)
    assert.same({ "associate_eip", "disassociate_eip", "associate_eip" }, c:effects())
  end)
end)

describe("load balancers of a DWS cluster", function()
  local c, elb
  before_each(function()
    c = dws.new():without_policies()
    elb = c:must("GET", "{v2}/elbs").elbs[1]
  end)

  it("are bound by a job, and then in no list of free ones", function()
    assert.same({ "elb-dws", "192.168.0.222", "Internal" }, { elb.name, elb.vip_address, elb.type })
    local job = c:must("POST", "{v2}/elbs/" .. elb.id).job_id
    assert.same({ "INIT", "ecfClusterElbCreateJob", core.null }, { c:job(job).status, c:job(job).job_name, c:job(job).end_time })
    assert.is_nil(c:shown().elb)
    c.sim:advance(30)
    assert.same({ "RUNNING", "50%", "ELB_BINDING" }, { c:job(job).status, c:job(job).progress, c:shown().task_status })
    c.sim:advance(30)
    assert.same({ "SUCCESS", "100%", "2026-01-01T08:01:00" }, { c:job(job).status, c:job(job).progress, c:job(job).end_time })
    assert.same({ elb.id, "192.168.0.222", "192.168.0.222:8000" }, { c:shown().elb.id, c:shown().elb.private_ip,
      c:shown().elb.private_endpoint })
    assert.equal(1, #c:must("GET", "{v2}/elbs").elbs)
  end)

  it("fail without a private address, with 200 and the job's own words", function()
    local other = c:must("GET", "{v2}/elbs").elbs[2]
    local job = c:must("POST", "{v2}/elbs/" .. other.id).job_id
    c.sim:advance(6)
    local shown = c:job(job)
    assert.same({ "FAIL", "10%", "CreateELBTask-fail:DWS.0114", "DWS.0114:ELB private IP is not configured." },
      { shown.status, shown.progress, shown.failed_code, shown.failed_detail })
    assert.same({ "AVAILABLE", "ELB_BIND_FAILED", "NORMAL" }, c:states())
    assert.equal(2, #c:must("GET", "{v2}/elbs").elbs)
  end)

  it("refuse a busy cluster under both families of keys, a moment longer than it shows", function()
    c:must("POST", "{v2}/elbs/" .. elb.id)
    c.sim:advance(60)
    assert.is_true(c:settled())
    local status, body = c:call("DELETE", "{v2}/elbs/" .. elb.id)
    assert.same({ 403, "DWS.7023", "DWS.7023" }, { status, body.errCode, body.error_code })
    c.sim:advance(5)
    local job = c:must("DELETE", "{v2}/elbs/" .. elb.id).job_id
    c.sim:advance(60)
    assert.same({ "SUCCESS", nil }, { c:job(job).status, c:shown().elb })
    c.sim:advance(5)
    assert.same({ 400, "DWS.0102" }, { c:refused("DELETE", "{v2}/elbs/" .. elb.id) })
  end)

  it("are refused unknown, twice, and in use elsewhere", function()
    assert.same({ 404, "DWS.9999" }, { c:refused("POST", "{v2}/elbs/none") })
    c:must("POST", "{v2}/elbs/" .. elb.id)
    c.sim:advance(65)
    assert.same({ 409, "DWS.9999" }, { c:refused("POST", "{v2}/elbs/" .. c:must("GET", "{v2}/elbs").elbs[1].id) })
    c:create()
    c.sim:advance(740)
    assert.same({ 409, "DWS.9999" }, { c:refused("POST", "{v2}/elbs/" .. elb.id) })
  end)

  it("have no job of a number never given out", function()
    assert.same({ 404, "DWS.9999" }, { c:refused("GET", "/v1.0/{p}/job/none") })
  end)
end)

describe("data sources of a DWS cluster", function()
  local c
  before_each(function() c = dws.new():without_policies() end)

  local function create(change)
    local wanted = { type = "OBS", data_source_name = "source1", user_name = "DWSAccessOBS", connect_info = "gaussdb" }
    for key, value in pairs(change or {}) do wanted[key] = value end
    return c:call("POST", "{v1}/ext-data-sources", wanted)
  end

  local function only() return c:must("GET", "{v1}/ext-data-sources").data_sources[1] end

  it("are made, reconfigured and deleted, each by a job", function()
    local _, made = create()
    assert.same({ "100", "CREATING" }, { only().configure_status, only().status })
    c.sim:advance(2)
    assert.same({ "AVAILABLE", "CONFIGURING_EXT_DATASOURCE", "NORMAL" }, c:states())
    c.sim:advance(123)
    assert.same({ "300", "ACTIVE", made.id, "SUCCESS" }, { only().configure_status, only().status, only().id,
      c:job(made.job_id).status })
    local changed = c:must("PUT", "{v1}/ext-data-sources/" .. made.id, { reconfigure = { agency = "Other" } })
    assert.equal(made.id, changed.data_source_id)
    c.sim:advance(125)
    assert.equal("Other", only().user_name)
    local job = c:must("DELETE", "{v1}/ext-data-sources/" .. made.id).job_id
    c.sim:advance(2)
    assert.same({ "AVAILABLE", "DELETING_EXT_DATASOURCE", "NORMAL" }, c:states())
    c.sim:advance(123)
    assert.same({ 0, "SUCCESS" }, { c:must("GET", "{v1}/ext-data-sources").count, c:job(job).status })
    assert.same({ 404, "DWS.9999" }, { c:refused("DELETE", "{v1}/ext-data-sources/" .. made.id) })
    assert.same({ "create_data_source", "update_data_source", "delete_data_source" }, c:effects())
  end)

  it("restart the cluster when asked to", function()
    local _, made = create({ reboot = true })
    assert.same({ "AVAILABLE/-/NORMAL", "AVAILABLE/CONFIGURING_EXT_DATASOURCE/NORMAL", "UNAVAILABLE/REBOOTING/NORMAL",
      "UNAVAILABLE/-/NORMAL", "AVAILABLE/-/NORMAL" }, c:course(400))
    assert.equal("SUCCESS", c:job(made.job_id).status)
  end)

  it("say why they failed", function()
    c.sim:add_fault({ op = "dws.create_data_source", ["do"] = "job_failed", code = "DWS.5006" })
    local _, made = create()
    c.sim:advance(60)
    assert.same({ "FAILED", "DWS.5006:Invalid specifications.", "FAIL" }, { only().status, only().fail_reason,
      c:job(made.job_id).status })
  end)

  it("are refused without what their type needs, with another's name, and while the cluster works", function()
    local function code(change) return select(2, create(change)).error_code end
    assert.equal("DWS.5089", code({ type = "S3" }))
    assert.equal("DWS.5065", code({ type = "MRS" }))
    assert.equal("DWS.5065", code({ data_source_name = "no-hyphen" }))
    local status = create({ type = "MRS", data_source_id = "mrs-1", user_pwd = "Unlikely-55!x", data_source_name = "mrs" })
    assert.equal(200, status)
    assert.equal("DWS.7023", code())
    c.sim:advance(125)
    assert.equal("DWS.9999", code({ data_source_name = "mrs" }))
    assert.is_nil(core.encode(c.sim.state):find("Unlikely-55", 1, true))
  end)
end)
