-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")

-- A request for an instance that the world's region can place.
local function wanted(c, change)
  local network, ddm = c.sim.state.network, c.sim.state.ddm
  local spec = { name = "ddm-new", flavor_id = ddm.flavors[2].id, node_num = 2, engine_id = ddm.engines[1].id,
    available_zones = { network.zones[1].id, network.zones[2].id }, vpc_id = network.vpcs[1].id,
    security_group_id = network.security_groups[1].id, subnet_id = network.subnets[1].id,
    admin_user_name = "root", admin_user_password = "Simulated-1!" }
  for key, value in pairs(change or {}) do spec[key] = value end
  return spec
end

local function create(c, change, extend)
  return c:must("POST", "/v1/{p}/instances", { instance = wanted(c, change), extend_param = extend })
end

local function refused(c, change, extend)
  return { c:refused("POST", "/v1/{p}/instances", { instance = wanted(c, change), extend_param = extend }) }
end

describe("DDM instances of the simulator", function()
  local c, null
  before_each(function()
    c = caller.new()
    null = require("hwdb.core").null
  end)

  it("are bought, created and running", function()
    local made = create(c)
    assert.matches("^%x+in09$", made.id)
    assert.equal(36, #made.id)
    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", made.job_id)
    assert.equal(null, made.order_id)
    c.instance = made.id
    local shown = c:must("GET", "/v1/{p}/instances/{i}")
    assert.equal("CREATING", shown.status)
    assert.equal("creating", shown.nodes[1].status)
    assert.same({ "Running", "CreateInstance", "0%" }, { c:job(made.job_id).status, c:job(made.job_id).name,
      c:job(made.job_id).process })
    c.sim:advance(150)
    assert.equal("50%", c:job(made.job_id).process)
    c.sim:advance(150)
    shown = c:must("GET", "/v1/{p}/instances/{i}")
    assert.equal("RUNNING", shown.status)
    assert.equal("cn-north-4a,cn-north-4b", shown.available_zone)
    assert.same({ "16", "32", "5066", 2, "root" }, { shown.core_count, shown.ram_capacity, shown.access_port,
      shown.node_count, shown.admin_user_name })
    assert.same({ "RUNNING", "5066" }, { shown.nodes[1].status, shown.nodes[1].port })
    assert.equal("Completed", c:job(made.job_id).status)
  end)

  it("keep no password in the state", function()
    create(c, { admin_user_password = "Unlikely-77!" })
    create(c, { admin_user_password = "Unlikely-77!" }, { charge_mode = "prePaid", period_type = "month", period_num = 1 })
    assert.is_nil(require("hwdb.core").encode(c.sim.state):find("Unlikely", 1, true))
  end)

  it("are refused where the region does not have what they name", function()
    assert.same({ 400, "DBS.280001" }, refused(c, { vpc_id = "no-vpc" }))
    assert.same({ 400, "DBS.280001" }, refused(c, { subnet_id = "no-subnet" }))
    assert.same({ 400, "DBS.280305" }, refused(c, { security_group_id = "no-group" }))
    assert.same({ 400, "DBS.280001" }, refused(c, { flavor_id = "no-flavor" }))
    assert.same({ 400, "DBS.280001" }, refused(c, { engine_id = "no-engine" }))
    assert.same({ 400, "DBS.280001" }, refused(c, { available_zones = { "no-zone" } }))
    assert.same({ 400, "DBS.200057" }, refused(c, { param_group_id = "no-template" }))
    assert.same({ 400, "DBS.280001" }, refused(c, { node_num = 33 }))
    assert.same({ 400, "DBS.280001" }, refused(c, { name = "1-starts-with-a-digit" }))
    assert.equal(1, c:must("GET", "/v1/{p}/instances").instance_num)
    assert.same({}, c.sim:effects())
  end)

  it("are taken with any id in the documents' world", function()
    c = caller.new({ world = "documents" })
    local made = create(c, { vpc_id = "e1d886ec-cfe7-4cd4-b748-fc55a10b4172", flavor_id = "8f2e696c-a9c1" })
    assert.matches("in09$", made.id)
  end)

  it("stop at the quota", function()
    c.sim.state.ddm.quota = 2
    create(c)
    assert.same({ 413, "DBS.280001" }, refused(c, { name = "ddm-third" }))
  end)

  it("come later when ordered by the month and paid", function()
    local paid = { charge_mode = "prePaid", period_type = "month", period_num = 1, is_auto_pay = "true" }
    local ordered = create(c, nil, paid)
    assert.same({ null, null }, { ordered.id, ordered.job_id })
    assert.equal(1, c:must("GET", "/v1/{p}/instances").instance_num)
    c.sim:advance(20)
    local list = c:must("GET", "/v1/{p}/instances").instances
    assert.same({ "CREATING", ordered.order_id }, { list[2].status, list[2].order_id })
    c.sim:advance(300)
    c.instance = list[2].id
    assert.equal("RUNNING", c:instance_status())
    assert.same({ 400, "DBS.300005" }, { c:refused("DELETE", "/v1/{p}/instances/{i}?delete_rds_data=false") })
  end)

  it("wait for payment when nobody pays", function()
    create(c, nil, { charge_mode = "prePaid", period_type = "year", period_num = 1 })
    c.sim:advance(86400)
    assert.equal(1, c:must("GET", "/v1/{p}/instances").instance_num)
    assert.same({ 400, "DBS.280001" }, refused(c, nil, { charge_mode = "prePaid", period_type = "year", period_num = 2 }))
  end)

  it("are listed by record, and past the end there is an empty page", function()
    for i = 2, 5 do create(c, { name = "ddm-list-" .. i }) end
    local page = c:must("GET", "/v1/{p}/instances?offset=1&limit=2")
    assert.same({ "ddm-list-2", "ddm-list-3" }, { page.instances[1].name, page.instances[2].name })
    assert.same({ 5, 5, 3, 2 }, { page.instance_num, page.total_record, page.total_page, page.page_size })
    page = c:must("GET", "/v1/{p}/instances?offset=5")
    assert.same({}, page.instances)
  end)

  it("are renamed, and moved to another security group", function()
    assert.same({ name = "ddm-renamed" }, c:must("PUT", "/v1/{p}/instances/{i}/modify-name", { name = "ddm-renamed" }))
    local group = c.sim.state.network.security_groups[2].id
    c:must("PUT", "/v1/{p}/instances/{i}/modify-security-group", { security_group_id = group })
    local shown = c:must("GET", "/v1/{p}/instances/{i}")
    assert.same({ "ddm-renamed", group }, { shown.name, shown.security_group_id })
    assert.same({ 400, "DBS.280305" }, { c:refused("PUT", "/v1/{p}/instances/{i}/modify-security-group",
      { security_group_id = "no-group" }) })
  end)

  it("restart, still shown as running at first, and refuse other work meanwhile", function()
    local answer = c:must("POST", "/v1/{p}/instances/{i}/action", { restart = { type = "soft" } })
    assert.same({ c.instance, "ddm-orders" }, { answer.instanceId, answer.instanceName })
    assert.equal("RUNNING", c:instance_status())
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", "/v1/{p}/instances/{i}/action", { restart = { type = "soft" } }) })
    c.sim:advance(2)
    assert.equal("RESTARTING", c:instance_status())
    c.sim:advance(58)
    assert.equal("RUNNING", c:instance_status())
    assert.equal("Completed", c:job(answer.jobId).status)
  end)

  it("show changes at once without the lag", function()
    c = caller.new({ lag_seconds = 0 })
    c:must("POST", "/v1/{p}/instances/{i}/action", { restart = { type = "hard" } })
    assert.equal("RESTARTING", c:instance_status())
  end)

  it("are deleted, and then gone with a code of the service", function()
    local answer = c:must("DELETE", "/v1/{p}/instances/{i}?delete_rds_data=false")
    assert.equal(c.instance, answer.id)
    c.sim:advance(2)
    assert.equal("DELETING", c:instance_status())
    c.sim:advance(118)
    assert.same({ 404, "DBS.200002" }, { c:refused("GET", "/v1/{p}/instances/{i}") })
    assert.equal(0, c:must("GET", "/v1/{p}/instances").instance_num)
    assert.equal("Completed", c:must("GET", "/v3/{p}/jobs/" .. answer.job_id).job.status)
    assert.is_nil(c.sim.state.rds.instances[1].ddm_id)
  end)

  it("are still shown as deleted where a region does that", function()
    c = caller.new({ readings = { deleted_instance = "DELETED" } })
    c:must("DELETE", "/v1/{p}/instances/{i}")
    c.sim:advance(120)
    assert.equal("DELETED", c:instance_status())
  end)

  it("fail to be created when a fault says so", function()
    c.sim:add_fault({ op = "ddm.create_instance", ["do"] = "job_failed", at = 0.5, code = "DBS.300005" })
    local made = create(c)
    c.instance = made.id
    c.sim:advance(149)
    assert.equal("CREATING", c:instance_status())
    c.sim:advance(1)
    local shown = c:must("GET", "/v1/{p}/instances/{i}")
    assert.same({ "CREATEFAILED", "createfail" }, { shown.status, shown.nodes[1].status })
    assert.equal("DBS.300005 Failed to process the request. Contact technical support.", c:job(made.job_id).fail_reason)
    assert.same({ 400, "DBS.200076" }, { c:refused("POST", "/v1/{p}/instances/{i}/action", { restart = {} }) })
    c:must("DELETE", "/v1/{p}/instances/{i}")
  end)

  it("grow and shrink by nodes, never past 32 nor to none", function()
    local flavor = c.sim.state.ddm.flavors[1].id
    c:must("POST", "/v2/{p}/instances/{i}/action/enlarge", { flavor_id = flavor, node_number = 3, available_zones = { "of no account" } })
    c.sim:advance(2)
    assert.equal("GROWING", c:instance_status())
    assert.equal(2, c:must("GET", "/v1/{p}/instances/{i}/nodes").total)
    c.sim:advance(298)
    assert.equal(5, c:must("GET", "/v1/{p}/instances/{i}/nodes").total)
    assert.same({ 400, "DBS.280001" }, { c:refused("POST", "/v2/{p}/instances/{i}/action/enlarge",
      { flavor_id = flavor, node_number = 28 }) })
    assert.same({ 400, "DBS.280001" }, { c:refused("POST", "/v2/{p}/instances/{i}/action/reduce", { node_number = 5 }) })
    c:must("POST", "/v2/{p}/instances/{i}/action/reduce", { node_number = 4 })
    c.sim:advance(2)
    assert.equal("REDUCING", c:instance_status())
    c.sim:advance(178)
    assert.equal(1, c:must("GET", "/v1/{p}/instances/{i}/nodes").total)
  end)

  it("show their nodes one by one", function()
    local list = c:must("GET", "/v1/{p}/instances/{i}/nodes?limit=1&offset=1")
    assert.same({ 1, 2, 1, 1 }, { #list.nodes, list.total, list.offset, list.limit })
    assert.same({ "normal", "5066" }, { list.nodes[1].status, list.nodes[1].port })
    local node = c:must("GET", "/v1/{p}/instances/{i}/nodes/" .. list.nodes[1].node_id)
    assert.same({ "ddm-orders_node_02", list.nodes[1].ip }, { node.name, node.private_ip })
    assert.equal(404, (c:refused("GET", "/v1/{p}/instances/{i}/nodes/none")))
  end)

  it("keep read weights of their own data nodes", function()
    local id = c.sim.state.rds.instances[1].id
    assert.same({ success = true, instance_id = c.instance }, c:must("PUT",
      "/v2/{p}/instances/{i}/action/read-write-strategy", { read_weight = { [id] = 60 } }))
    assert.equal(60, c.sim.state.ddm.instances[1].read_weights[id])
    assert.same({ 400, "DBS.300315" }, { c:refused("PUT", "/v2/{p}/instances/{i}/action/read-write-strategy",
      { read_weight = { [id] = 101 } }) })
    assert.same({ 400, "DBS.300323" }, { c:refused("PUT", "/v2/{p}/instances/{i}/action/read-write-strategy",
      { read_weight = { [c.sim.state.rds.instances[3].id] = 50 } }) })
  end)

  it("synchronise data nodes and reload table data as jobs", function()
    local answer = c:must("POST", "/v1/{p}/instances/{i}/rds/sync")
    assert.equal("Running", c:job(answer.jobId).status)
    c.sim:advance(10)
    assert.equal("Completed", c:job(answer.jobId).status)
    assert.same({}, c:must("POST", "/v1/{p}/instances/{i}/reload-config", {}))
    c.sim:advance(10)
    assert.equal("RUNNING", c:instance_status())
  end)
end)
