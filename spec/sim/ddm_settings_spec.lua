-- SPDX-License-Identifier: Apache-2.0
-- Settings, restarts, the v3 twins, connectivity and logs of transactions.
local caller = dofile("spec/sim/caller.lua")

local I = "/v3/{p}/instances/{i}"

describe("a setting of an instance by v3", function()
  local c
  before_each(function() c = caller.new() end)

  local function instance() return c.sim.state.ddm.instances[1] end
  local function refused(method, path, body) return { c:refused(method, I .. path, body) } end

  local function done(method, path, body, seconds, name)
    local job = c:must(method, I .. path, body).job_id
    assert.same({ name, "Running" }, { c:job(job).name, c:job(job).status })
    assert.same({ 409, "DBS.200019" }, refused("POST", "/restart"))
    c.sim:advance(seconds)
    assert.same({ "Completed", "RUNNING" }, { c:job(job).status, c:instance_status() })
  end

  it("is SSL", function()
    c:must("POST", I .. "/switch-ssl", { ssl_enabled = true })
    c.sim:advance(2)
    assert.equal("SWITCH_SSL", c:instance_status())
    assert.is_false(c:must("GET", "/v1/{p}/instances/{i}").enable_ssl)
    c.sim:advance(28)
    assert.is_true(c:must("GET", "/v1/{p}/instances/{i}").enable_ssl)
  end)

  it("is the port", function()
    done("PUT", "/port", { port = 5070 }, 30, "ModifyPort")
    assert.equal("5070", c:must("GET", "/v1/{p}/instances/{i}").access_port)
    assert.same({ 400, "DBS.280001" }, refused("PUT", "/port", { port = 0 }))
    assert.same({ 400, "DBS.280001" }, refused("PUT", "/port", { port = 65536 }))
  end)

  it("is an elastic address, one an instance and one instance an address", function()
    local eip = { public_ip = "10.83.84.176", public_ip_id = "7c87996a-85f4-4029-a254-502999d4767a" }
    assert.same({ 400, "DBS.280001" }, refused("DELETE", "/eip"))
    done("POST", "/eip", eip, 10, "BindEIP")
    assert.same({ id = eip.public_ip_id, ip = eip.public_ip }, instance().eip)
    assert.same({ 400, "DBS.280001" }, refused("POST", "/eip", { public_ip = "10.83.84.177",
      public_ip_id = "7c87996a-85f4-4029-a254-502999d4767b" }))
    done("DELETE", "/eip", nil, 10, "UnbindEIP")
    assert.is_nil(instance().eip)
    assert.same({ 400, "DBS.280001" }, refused("POST", "/eip", { public_ip = "10.83.84.999", public_ip_id = eip.public_ip_id }))
  end)

  it("is the load balancer's address, if there is one", function()
    done("PUT", "/elb/ip", { new_ip = "192.168.9.9" }, 30, "ModifyElbIp")
    assert.equal("192.168.9.9", c:must("GET", "/v1/{p}/instances/{i}").access_ip)
    assert.same({ 400, "DBS.280001" }, refused("PUT", "/elb/ip", { new_ip = "nowhere" }))
    assert.same({ 400, "DBS.280001" }, refused("PUT", "/elb/ip", { new_ip = "192.168.9.8", group_id = "none" }))
    instance().load_balancing = false
    assert.same({ 400, "DBS.300370" }, refused("PUT", "/elb/ip", { new_ip = "192.168.9.9" }))
  end)

  it("is the name, later than in v1, and the security group, at once", function()
    c:must("PUT", I .. "/name", { name = "ddm-renamed" })
    c.sim:advance(2)
    assert.same({ "MODIFY_NAME", "ddm-orders" }, { c:instance_status(), c:must("GET", "/v1/{p}/instances/{i}").name })
    c.sim:advance(8)
    assert.equal("ddm-renamed", c:must("GET", "/v1/{p}/instances/{i}").name)
    local group = c.sim.state.network.security_groups[2].id
    assert.same({}, c:must("PUT", I .. "/security-group", { security_group_id = group }))
    assert.equal(group, c:must("GET", "/v1/{p}/instances/{i}").security_group_id)
    assert.same({ 400, "DBS.280305" }, refused("PUT", "/security-group", { security_group_id = "none" }))
  end)

  it("is read-only, for the schemas there are", function()
    done("PUT", "/readonly-status", { readonly = true }, 10, "SetReadOnly")
    assert.same({ true, true }, { instance().read_only, instance().schemas[1].read_only })
    done("PUT", "/readonly-status", { readonly = false }, 10, "SetReadOnly")
    assert.is_nil(instance().schemas[1].read_only)
  end)

  it("is refused where there is no instance, or it does not run", function()
    instance().status = "ERROR"
    assert.same({ 400, "DBS.200076" }, refused("PUT", "/port", { port = 5070 }))
    c.instance = "none"
    assert.same({ 404, "DBS.200002" }, refused("PUT", "/port", { port = 5070 }))
    assert.same({}, c.sim:effects())
  end)
end)

describe("the v3 twins of instance calls", function()
  local c
  before_each(function() c = caller.new() end)

  it("restart, a node or all, and end the sessions", function()
    local job = c:must("POST", I .. "/restart").job_id
    c.sim:advance(2)
    assert.equal("RESTARTING", c:instance_status())
    c.sim:advance(58)
    assert.same({ "RestartInstance", "Completed" }, { c:job(job).name, c:job(job).status })
    assert.equal(0, c:must("GET", I .. "/logical-processes").total_count)
    local node = c.sim.state.ddm.instances[1].nodes[2].id
    job = c:must("POST", I .. "/nodes/" .. node .. "/restart").job_id
    c.sim:advance(2)
    assert.equal("RESTARTING", c:instance_status())
    c.sim:advance(58)
    assert.same({ "RestartNode", "Completed" }, { c:job(job).name, c:job(job).status })
    assert.same({ 404, "DBS.200013" }, { c:refused("POST", I .. "/nodes/none/restart") })
  end)

  it("reload table data, saying nothing", function()
    assert.same({}, c:must("POST", I .. "/reload-config", {}))
    c.sim:advance(10)
    assert.equal("RUNNING", c:instance_status())
  end)

  it("show a node", function()
    local state = c.sim.state.ddm.instances[1]
    assert.same({ status = "normal", name = "ddm-orders_node_01", id = state.nodes[1].id, private_ip = state.nodes[1].ip,
      group_id = state.groups[1].id, az_code = "cn-north-4a", subnet_id = state.subnet_id },
      c:must("GET", I .. "/nodes/" .. state.nodes[1].id))
  end)

  it("delete the instance, and it is gone everywhere", function()
    local job = c:must("DELETE", I .. "?delete_dn_data=false").job_id
    c.sim:advance(2)
    assert.equal("DELETING", c:instance_status())
    c.sim:advance(118)
    assert.equal("Completed", c:must("GET", "/v3/{p}/jobs/" .. job).job.status)
    for _, path in ipairs({ "/groups", "/users", "/configurations", "/tmlogs", "/logical-processes", "/show-risk-info",
      "/database-version/available-versions", "/backups/restorable-instances" }) do
      assert.same({ 404, "DBS.200002" }, { c:refused("GET", I .. path) })
    end
    assert.equal(0, c:must("GET", "/v3/{p}/configurations/" .. c.sim.state.ddm.templates[1].id .. "/query-instances").total)
    c.instance = "none"
    assert.same({ 404, "DBS.200002" }, { c:refused("DELETE", I) })
  end)

  it("do not delete what is paid by the month", function()
    c.sim.state.ddm.instances[1].order_id = "CS0"
    assert.same({ 400, "DBS.300005" }, { c:refused("DELETE", I .. "?delete_dn_data=false") })
  end)
end)

describe("the connectivity check", function()
  local function info(c, change)
    local node = c.sim.state.rds.instances[3]
    local body = { endpoint = node.ip .. ":3306", username = c.sim.data_node_user, password = c.sim.data_node_password,
      rds_instance_id = node.id }
    for key, value in pairs(change or {}) do body[key] = value end
    return body
  end

  it("tells for each data node whether it was reached", function()
    local c = caller.new()
    local null = require("hwdb.core").null
    local list = c:must("POST", I .. "/rds/connection", { infos = { info(c), info(c, { password = "wrong" }),
      info(c, { endpoint = "192.168.1.1:3306" }), info(c, { rds_instance_id = ("0"):rep(32) .. "in01" }) } }).rds_check_infos
    assert.same({ rds_instance_id = info(c).rds_instance_id, success = "true", error_code = null, error_message = null },
      list[1])
    assert.same({ "false", "DBS.300357", "DBS.300356", "DBS.300103" }, { list[2].success, list[2].error_code,
      list[3].error_code, list[4].error_code })
    assert.equal("The RDS instance administrator or password is incorrect.", list[2].error_message)
    assert.same({}, c.sim:effects())
  end)

  it("is spelt as the reading says", function()
    local c = caller.new({ readings = { ddm_rds_check_key = "rds_check_info" } })
    assert.equal(1, #c:must("POST", I .. "/rds/connection", { infos = { info(c) } }).rds_check_info)
  end)
end)

describe("logs of transactions", function()
  it("grow, and are moved to files", function()
    local c = caller.new()
    local ids = {}
    for i, node in ipairs(c.sim.state.ddm.instances[1].nodes) do ids[i] = node.id end
    local list = c:must("GET", I .. "/tmlogs")
    assert.same({ 2, ids[1], {}, 90 }, { list.total, list.tmlogs[1].node_id, list.tmlogs[1].file_list,
      list.tmlogs[1].tmlog_size })
    local job = c:must("POST", I .. "/tmlogs", { node_ids = { ids[1] } }).job_id
    c.sim:advance(20)
    assert.equal("Completed", c:job(job).status)
    list = c:must("GET", I .. "/tmlogs")
    assert.same({ { "tmlog_20260101T080020Z.tar.gz" }, 0 }, { list.tmlogs[1].file_list, list.tmlogs[1].tmlog_size })
    assert.same({}, list.tmlogs[2].file_list)
    c.sim:advance(86400)
    assert.equal(2, c:must("GET", I .. "/tmlogs").tmlogs[1].tmlog_size)
    assert.same({ 404, "DBS.200013" }, { c:refused("POST", I .. "/tmlogs", { node_ids = { "none" } }) })
    assert.same({ 400, "DBS.280001" }, { c:refused("POST", I .. "/tmlogs", { node_ids = { ids[1], ids[1] } }) })
    assert.same({}, c:must("GET", I .. "/tmlogs?offset=2").tmlogs)
  end)
end)
