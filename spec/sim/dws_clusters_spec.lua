-- SPDX-License-Identifier: Apache-2.0
local dws = dofile("spec/sim/dws_caller.lua")
local core = require("hwdb.core")

local BUSY = { errCode = "DWS.7023", externalMessage = "Cluster status is not allowed to operation.",
  error_code = "DWS.7023", error_msg = "Cluster status is not allowed to operation." }

local function refused(c, change)
  local status, body = c:call("POST", "/v1.0/{p}/clusters", c:wanted(change))
  return { status, body.error_code }
end

describe("DWS clusters of the simulator", function()
  local c
  before_each(function() c = dws.new():without_policies() end)

  it("are created, with a gap between the last progress and the available state", function()
    local id = c:create({ tags = { { key = "k1", value = "v1" }, { key = "k2", value = "v2" } }, port = 8100 })
    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", id)
    local shown = c:shown()
    assert.same({ "CREATING", core.null, { CREATING = "0%" } }, { shown.status, shown.task_status, shown.action_progress })
    assert.equal("100", shown.nodes[1].status)
    assert.same({ { key = "k1", value = "v1" }, { key = "k2", value = "v2" } }, shown.tags)
    c.sim:advance(360)
    assert.same({ CREATING = "50%" }, c:shown().action_progress)
    c.sim:advance(360)
    assert.same({ "CREATING", {} }, { c:shown().status, c:shown().action_progress })
    assert.is_false(c:available())
    c.sim:advance(10)
    shown = c:shown()
    assert.same({ "AVAILABLE", "NORMAL", core.null, {}, {} }, { shown.status, shown.sub_status, shown.task_status,
      shown.action_progress, shown.failed_reasons })
    assert.same({ 3, 3, "200", 8100, "dbadmin", "" }, { shown.number_of_node, #shown.nodes, shown.nodes[1].status, shown.port,
      shown.user_name, shown.order_id })
    assert.same({ "create_cluster" }, c:effects())
    assert.equal(id, c.sim:effects()[1].target)
  end)

  it("take one tag as an object too, and are counted in the list", function()
    c:create({ tags = { key = "one", value = "object" } })
    local list = c:must("GET", "/v1.0/{p}/clusters")
    assert.same({ 2, { { key = "one", value = "object" } } }, { list.count, list.clusters[2].tags })
    assert.equal(0, c:must("GET", "/v1.0/{p}/clusters?enterprise_project_id=other").count)
    assert.equal(2, c:must("GET", "/v1.0/{p}/clusters?enterprise_project_id=all_granted_eps").count)
  end)

  it("keep no password in the state", function()
    c:create({ user_pwd = "Unlikely-77!x" })
    c.sim:advance(800)
    c:must("POST", "{v1}/reset-password", { new_password = "Unlikely-78!x" })
    assert.is_nil(core.encode(c.sim.state):find("Unlikely", 1, true))
  end)

  it("are refused with the appendix's code for what is wrong", function()
    local id = c.sim.state.dws.flavors[1].id
    local cases = {
      { { name = "dws-orders" }, 409, "DWS.5050" }, { { name = "1-digit" }, 400, "DWS.5057" },
      { { node_type = "no-flavor" }, 400, "DWS.5006" }, { { vpc_id = "none" }, 404, "DWS.5021" },
      { { subnet_id = "none" }, 404, "DWS.5022" }, { { security_group_id = "none" }, 404, "DWS.5023" },
      { { availability_zone = "none" }, 400, "DWS.5012" }, { { number_of_node = 2 }, 400, "DWS.5047" },
      { { number_of_node = 257 }, 400, "DWS.5047" }, { { number_of_cn = 4 }, 400, "DWS.5207" },
      { { number_of_cn = 21, number_of_node = 30 }, 400, "DWS.5207" }, { { user_pwd = "Short-1!" }, 400, "DWS.5144" },
      { { user_pwd = "onlylowercaseletters" }, 400, "DWS.5144" }, { { user_pwd = "xX1-dbadmin-x" }, 400, "DWS.5145" },
      { { user_pwd = "xX1-nimdabd-x" }, 400, "DWS.5145" }, { { user_name = "root" }, 400, "DWS.5082" },
      { { user_name = "Upper" }, 400, "DWS.5059" }, { { port = 80 }, 400, "DWS.5060" },
      { { public_ip = { public_bind_type = "elsewhere" } }, 400, "DWS.5098" },
      { { public_ip = { public_bind_type = "bind_existing" } }, 400, "DWS.5133" },
      { { public_ip = { public_bind_type = "bind_existing", eip_id = "none" } }, 400, "DWS.5135" },
      { { tags = { { key = "a=b", value = "" } } }, 400, "DWS.5197" },
    }
    for _, case in ipairs(cases) do
      assert.same({ case[2], case[3] }, refused(c, case[1]), core.encode(case[1]))
    end
    assert.same({ 400, "DWS.5202" }, { c:refused("POST", "/v1.0/{p}/clusters", { cluster = { name = "dws-new",
      node_type = id, number_of_node = 3, vpc_id = "v", user_name = "u", user_pwd = "p", security_group_id = "s" } }) })
    assert.same({}, c:effects())
  end)

  it("take a flavor's id as well as its name, and one node of a hybrid warehouse", function()
    c:create({ node_type = c.sim.state.dws.flavors[2].id })
    assert.equal("dws.d2.xlarge", c:shown().node_type)
    c:create({ name = "dws-hybrid", node_type = "dws2.h.xlarge.4.c7", number_of_node = 1 })
    assert.equal(1, c:shown().number_of_node)
  end)

  it("stop at the quotas, which count what is there", function()
    local function used(kind)
      for _, entry in ipairs(c:must("GET", "/v1.0/{p}/quotas").quotas.resources) do
        if entry.type == kind then return { entry.used, entry.quota } end
      end
    end
    assert.same({ { 1, 100 }, { 24, 4000 }, { 192, 32000 }, { 6, 1000 }, { 960, 400000 } },
      { used("instances"), used("core"), used("ram"), used("disk"), used("disk_capacity") })
    c.sim.state.dws.quotas.instances = 2
    c:create()
    assert.same({ 2, 2 }, used("instances"))
    assert.same({ 400, "DWS.9999" }, refused(c, { name = "dws-third" }))
    assert.same({ 400, "DWS.9999" }, { c:refused("POST", "/v2/{p}/cluster-precheck", { cluster = { flavor = "dws.m3.xlarge",
      num_node = 3, datastore_version = "8.2.1", availability_zones = { "cn-north-4a" },
      vpc_id = c:wanted().cluster.vpc_id, subnet_id = c:wanted().cluster.subnet_id } }) })
  end)

  it("get a security group of their own where it is left empty, and an EIP where one is asked for", function()
    c:create({ security_group_id = "", public_ip = { public_bind_type = "auto_assign", eip_id = "" } })
    local shown, groups = c:shown(), c.sim.state.network.security_groups
    assert.equal(groups[#groups].id, shown.security_group_id)
    assert.equal("auto_assign", shown.public_ip.public_bind_type)
    assert.matches("^dws%-new", shown.public_endpoints[1].public_connect_info)
    local eip = c.sim.state.dws.eips[1].id
    c:create({ name = "dws-bound", public_ip = { public_bind_type = "bind_existing", eip_id = eip } })
    assert.same({ public_bind_type = "bind_existing", eip_id = eip }, c:shown().public_ip)
    assert.same({ 409, "DWS.9999" }, refused(c, { name = "dws-late", public_ip = { public_bind_type = "bind_existing",
      eip_id = eip } }))
  end)

  it("fail to be created when a fault says so, and can only be deleted then", function()
    c.sim:add_fault({ op = "dws.create_cluster", ["do"] = "job_failed", code = "ECS.0319" })
    c:create()
    c.sim:advance(360)
    local shown = c:shown()
    assert.same({ "CREATION FAILED", {}, "303", { error_code = "ECS.0319",
      error_msg = "The capacity of the flavor is not sufficient." } }, { shown.status, shown.action_progress,
      shown.nodes[1].status, shown.failed_reasons })
    c.sim:advance(10)
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/restart", { restart = {} }) })
    c:must("DELETE", "{v1}", { keep_last_manual_snapshot = 0 })
    c.sim:advance(300)
    assert.same({ 404, "DWS.3027" }, { c:refused("GET", "{v1}") })
  end)

  it("spell that failure as the world reads it", function()
    c = dws.new({ readings = { dws_failed_status = "CREATE_FAILED", dws_available = "ACTIVE", dws_idle_task = "absent" } })
    assert.same({ "ACTIVE" }, { c:shown().status, c:shown().task_status })
    c.sim:add_fault({ op = "dws.create_cluster", ["do"] = "job_failed" })
    c:create()
    c.sim:advance(400)
    assert.equal("CREATE_FAILED", c:shown().status)
  end)

  it("are refused, or fail, where the flavor is sold out", function()
    local function sold_out(options)
      local one = dws.new(options):without_policies()
      one.sim.state.dws.flavors[1].sold_out = { ["cn-north-4b"] = true }
      return one
    end
    c = sold_out()
    assert.same({ 400, "DWS.5200" }, refused(c, { availability_zone = "cn-north-4b" }))
    assert.same({ "normal", "sellout", "normal" }, (function(zones)
      return { zones[1].status, zones[2].status, zones[3].status }
    end)(c:must("GET", "/v2/{p}/node-types").node_types[1].available_zones))
    c = sold_out({ readings = { dws_sold_out = "creation_failed" } })
    c:create({ availability_zone = "cn-north-4b" })
    c.sim:advance(720)
    assert.same({ "CREATION FAILED", "ECS.0319" }, { c:shown().status, c:shown().failed_reasons.error_code })
  end)

  it("are checked beforehand by the same rules, under v2's names", function()
    local network = c.sim.state.network
    local function check(change)
      local spec = { flavor = "dws.m3.xlarge", num_node = 3, datastore_version = "8.2.1", vpc_id = network.vpcs[1].id,
        availability_zones = { network.zones[1].id }, subnet_id = network.subnets[1].id, name = "dws-new" }
      for key, value in pairs(change) do spec[key] = value end
      return { c:call("POST", "/v2/{p}/cluster-precheck", { cluster = spec }) }
    end
    assert.same({ 200, {} }, { table.unpack(check({}), 1, 2) })
    for _, case in ipairs({ { { flavor = c.sim.state.dws.flavors[1].id }, "DWS.5240" }, { { num_node = 2 }, "DWS.5047" },
      { { datastore_version = "1.2.0" }, "DWS.5003" }, { { name = "dws-orders" }, "DWS.5050" },
      { { subnet_id = "none" }, "DWS.5022" }, { { num_cn = 9 }, "DWS.5207" } }) do
      assert.equal(case[2], check(case[1])[2].error_code)
    end
    assert.same({ 1, {} }, { c:must("GET", "/v1.0/{p}/clusters").count, c:effects() })
  end)

  it("restart: task, unavailable, gap, available", function()
    assert.same({}, c:must("POST", "{v1}/restart", { restart = {} }))
    assert.same({ "AVAILABLE/-/NORMAL", "UNAVAILABLE/REBOOTING/NORMAL", "UNAVAILABLE/-/NORMAL", "AVAILABLE/-/NORMAL" },
      c:course(240))
  end)

  it("show the old state at first, though they are busy at once", function()
    c:must("POST", "{v1}/restart", { restart = {} })
    assert.is_true(c:settled())
    local status, body = c:call("POST", "{v1}/restart", { restart = {} })
    assert.same({ 403, BUSY }, { status, body })
    c.sim:advance(2)
    assert.is_false(c:settled())
    c = dws.new({ lag_seconds = 0 })
    c:must("POST", "{v1}/restart", { restart = {} })
    assert.same({ "UNAVAILABLE", "REBOOTING", "NORMAL" }, c:states())
  end)

  it("refuse work for a moment after a task has ended, though nothing shows", function()
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(190)
    assert.is_true(c:settled())
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/restart", { restart = {} }) })
    c.sim:advance(5)
    c:must("POST", "{v1}/restart", { restart = {} })
    c = dws.new({ readings = { dws_held_seconds = 0 } })
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(190)
    c:must("POST", "{v1}/restart", { restart = {} })
  end)

  it("stay down when a restart fails, and can be restarted again", function()
    c.sim:add_fault({ op = "dws.restart_cluster", ["do"] = "job_failed", at = 0.1 })
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(30)
    assert.same({ "UNAVAILABLE", "REBOOT_FAILURE", "NORMAL" }, c:states())
    assert.equal("DWS_01010", c:must("GET", "/v2/{p}/alarms").alarm_details[1].alarm_id)
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(190)
    assert.same({ "AVAILABLE", false, "NORMAL" }, c:states())
    assert.equal("1", c:must("GET", "/v2/{p}/alarms").alarm_details[1].alarm_status)
  end)

  it("take a new password once", function()
    local function reset(password) return c:call("POST", "{v1}/reset-password", { new_password = password }) end
    assert.equal(200, (reset("Another-123!")))
    local status, body = reset("Another-123!")
    assert.same({ 400, "DWS.5199" }, { status, body.error_code })
    assert.equal("DWS.5145", select(2, reset("Xx1-dbadmin-")).error_code)
    assert.equal("DWS.5144", select(2, reset("short")).error_code)
  end)

  it("turn read-only with full disks; cancelling helps for a while only", function()
    assert.same({ 403, "DWS.9999" }, { c:refused("POST", "{v1}/cancel-readonly") })
    local data = c:data()
    data.data_gb, data.sub_status = 900, "READONLY"
    assert.same({}, c:must("POST", "{v1}/cancel-readonly"))
    assert.equal("NORMAL", c:shown().sub_status)
    c.sim:advance(600)
    assert.equal("READONLY", c:shown().sub_status)
    assert.equal("DWS_2000000006", c:must("GET", "/v2/{p}/alarms").alarm_details[1].alarm_id)
    c:must("POST", "{v1}/cancel-readonly")
    data.data_gb = 300
    c.sim:advance(600)
    assert.equal("NORMAL", c:shown().sub_status)
    assert.equal("1", c:must("GET", "/v2/{p}/alarms").alarm_details[1].alarm_status)
  end)

  it("show how full their disks are, and take larger ones where the flavor's storage is elastic", function()
    assert.same({ 403, "DWS.9999" }, { c:refused("POST", "{v1}/expand-instance-storage", { new_size = 200 }) })
    c:create({ node_type = "dwsx2.xlarge.m7" })
    c.sim:advance(800)
    local data = c:data()
    data.data_gb, data.sub_status = 285, "READONLY"
    local disks = c:must("GET", "/v1/{p}/clusters/{c}/volume").disk_info_list
    assert.same({ 3, "95.0", "100", "95.0" }, { #disks, disks[1].percentage, disks[1].disk_capacity, disks[1].disk_used })
    for _, size in ipairs({ 100, 250, 32100 }) do
      assert.same({ 400, "DWS.5061" }, { c:refused("POST", "{v1}/expand-instance-storage", { new_size = size }) })
    end
    assert.same({}, c:must("POST", "{v1}/expand-instance-storage", { new_size = 200 }))
    assert.same({ "AVAILABLE/-/READONLY", "AVAILABLE/DISK_EXPANDING/READONLY", "AVAILABLE/-/NORMAL" }, c:course(910))
    assert.equal("47.5", c:must("GET", "/v1/{p}/clusters/{c}/volume").disk_info_list[1].percentage)
    assert.equal(100, c.sim.state.dws.flavors[4].disk)
  end)

  it("are deleted with a body, and are then gone everywhere", function()
    local eip = c.sim.state.dws.eips[1].id
    c:must("POST", "{v2}/eips/" .. eip)
    local status, body = c:call("DELETE", "{v1}", { keep_last_manual_snapshot = 0 })
    assert.same({ 202, {} }, { status, body })
    assert.equal("AVAILABLE", c:shown().status)
    c.sim:advance(2)
    assert.same({ "DELETING", "304" }, { c:shown().status, c:shown().nodes[1].status })
    assert.same({ 403, "DWS.7023" }, { c:refused("DELETE", "{v1}", { keep_last_manual_snapshot = 0 }) })
    c.sim:advance(298)
    assert.same({ 404, "DWS.3027" }, { c:refused("GET", "{v1}") })
    assert.same({ 404, "DWS.3027" }, { c:refused("DELETE", "{v1}", { keep_last_manual_snapshot = 0 }) })
    assert.same({ 403, "DWS.0015" }, { c:refused("GET", "{v1}/tags") })
    assert.equal(0, c:must("GET", "/v1.0/{p}/clusters").count)
    assert.same({}, c:must("GET", "/v1.0/{p}/tags").tags)
    assert.equal(0, c:must("GET", "/v1.0/{p}/quotas").quotas.resources[1].used)
    assert.is_nil(c.sim.state.dws.eips[1].cluster_id)
    assert.equal("deleteClusterSuccess", c:must("GET", "/v2/{p}/events").events[1].name)
    c:create({ name = "dws-orders" })
  end)

  it("have a different answer for each way not to exist", function()
    local unknown = "7d85f602-a948-4a30-afd4-e84f47471c15"
    assert.same({ 404, "DWS.0047" }, { c:refused("GET", "/v1.0/{p}/clusters/" .. unknown) })
    assert.same({ 403, "DWS.0015" }, { c:refused("GET", "/v1.0/{p}/clusters/" .. unknown .. "/cns") })
    assert.same({ 400, "DWS.0001" }, { c:refused("GET", "/v1.0/{p}/clusters/none/cns") })
    assert.same({ 400, "DWS.0001" }, { c:refused("GET", "/v2/{p}/clusters/none/elbs") })
    c = dws.new({ readings = { dws_unknown_cluster = "401" } })
    assert.same({ 401, "DWS.0047" }, { c:refused("GET", "/v1.0/{p}/clusters/" .. unknown) })
    c = dws.new({ readings = { dws_unknown_cluster = "403" } })
    assert.same({ 403, "DWS.0015" }, { c:refused("GET", "/v1.0/{p}/clusters/" .. unknown) })
    c = dws.new({ readings = { dws_deleted_cluster = "DELETED" } })
    c:must("DELETE", "{v1}", { keep_last_manual_snapshot = 0 })
    c.sim:advance(300)
    assert.equal("DELETED", c:shown().status)
  end)

  it("fail to be deleted when a fault says so", function()
    c.sim:add_fault({ op = "dws.delete_cluster", ["do"] = "job_failed" })
    c:must("DELETE", "{v1}", { keep_last_manual_snapshot = 0 })
    c.sim:advance(150)
    assert.same({ "DELETE_FAILED", "305" }, { c:shown().status, c:shown().nodes[1].status })
    c.sim:advance(5)
    c:must("DELETE", "{v1}", { keep_last_manual_snapshot = 0 })
  end)

  it("answer refusals under the keys a world reads", function()
    local function body(readings)
      local _, value = dws.new({ readings = readings }):call("GET", "/v1.0/{p}/clusters/none/cns")
      return value
    end
    local message = "The request parameter is invalid."
    assert.same({ error_code = "DWS.0001", error_msg = message }, body())
    assert.same({ errCode = "DWS.0001", externalMessage = message }, body({ dws_errors = "errCode" }))
    assert.same({ errCode = "DWS.0001", externalMessage = message, error_code = "DWS.0001", error_msg = message },
      body({ dws_errors = "both" }))
  end)

  it("are nobody else's: another project's token sees none", function()
    local state = c.sim.state
    table.insert(state.iam.projects, { id = ("a"):rep(32), name = "other" })
    assert.equal(0, c:must("GET", "/v1.0/" .. ("a"):rep(32) .. "/clusters").count)
    assert.equal(404, (c:refused("GET", "/v1.0/" .. ("a"):rep(32) .. "/clusters/" .. c.cluster)))
  end)

  it("go on from a dumped state as if nothing had happened", function()
    c = dws.new()
    c:must("POST", "{v1}/resize", { scale_out = { count = 3 } })
    c.sim:advance(700)
    local again = dws.new({ state = core.decode(core.encode(c.sim.state)) })
    for _, one in ipairs({ c, again }) do
      one.sim:advance(86400)
      assert.equal(9, one:shown().number_of_node)
    end
    assert.same(c.sim.state, again.sim.state)
  end)
end)
