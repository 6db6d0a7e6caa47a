-- SPDX-License-Identifier: Apache-2.0
-- Faults on the calls of DBSS and RDS that change something.
local dbss = dofile("spec/sim/dbss_caller.lua")
local rds = dofile("spec/sim/rds_caller.lua")

local function agent(c, status)
  return { instance_id = c:path("{a}"), agent_id = c.sim.state.dbss.instances[1].agents[1].id, status = status }
end

-- Every such call, and one of another person that does not hinder it.
local CALLS = {
  ["dbss.create_instances_period_order"] = function(c) return "POST", "/v2/{p}/dbss/audit/charge/period/order", c:wanted() end,
  ["dbss.switch_risk_rule"] = function(c)
    return "POST", "/v1/{p}/{a}/audit/rule/risk/switch", { ids = c.sim.state.dbss.instances[1].risks[1].id, status = "OFF" }
  end,
  ["dbss.switch_agent"] = function(c) return "POST", "/v1/{p}/{a}/audit/agent/switch", agent(c, 0) end,
  ["dbss.update_audit_security_group"] = function(c)
    return "POST", "/v1/{p}/dbss/audit/security-group", { resource_id = c:path("{r}"),
      securitygroup_ids = { c.sim.state.network.security_groups[1].id } }
  end,
  ["dbss.add_rds_no_agent_database"] = function(c)
    local node = c.sim.state.rds.instances[1]
    return "POST", "/v1/{p}/{a}/dbss/audit/databases/rds", { databases = { { id = node.id, db_name = "d", status = "ACTIVE",
      port = "3306", ip = node.ip, instance_name = "d", version = "5.7", type = "MySQL", enterprise_id = "0" } } }
  end,
  ["dbss.batch_add_resource_tag"] = function()
    return "POST", "/v1/{p}/auditInstance/{r}/tags/create", { tags = { { key = "k", value = "v" } } }
  end,
  ["dbss.batch_delete_resource_tag"] = function()
    return "DELETE", "/v1/{p}/auditInstance/{r}/tags/delete", { tags = { { key = "team" } } }
  end,
}

local RDS_CALLS = {
  ["rds.create_instance"] = function(c) return "POST", "/v3/{p}/instances", c:wanted() end,
  ["rds.restore_to_new_instance"] = function(c) return "POST", "/v3/{p}/instances", c:restore() end,
  ["rds.create_manual_backup"] = function(c) return "POST", "/v3/{p}/backups", { instance_id = c.node, name = "before" } end,
  ["rds.delete_instance"] = function(c) return "DELETE", "/v3/{p}/instances/" .. c.sim.state.rds.instances[3].id end,
}

local function describe_faults(new, op, call)
  local function with(fault)
    fault.op = op
    local c = new()
    if fault.call then fault.call.args = agent(c, 1) end
    c.sim:add_fault(fault)
    return c, { call(c) }
  end

  local name = op:match("%.(.*)")

  it(op .. ": nothing happens when the connection breaks before, all when after", function()
    local c, request = with({ ["do"] = "reset_before" })
    assert.equal(0, (c:call(table.unpack(request))))
    assert.same({}, c:effects())
    c, request = with({ ["do"] = "reset_after" })
    assert.equal(0, (c:call(table.unpack(request))))
    assert.same({ name }, c:effects())
  end)

  it(op .. ": the effect comes late, after a 504", function()
    local c, request = with({ ["do"] = "late", seconds = 40 })
    assert.equal(504, (c:call(table.unpack(request))))
    c.sim:advance(39)
    assert.same({}, c:effects())
    c.sim:advance(1)
    assert.same({ name }, c:effects())
    assert.is_true(c.sim:effects()[1].late)
  end)

  it(op .. ": somebody else does something first", function()
    local c, request = with({ ["do"] = "foreign", call = { op = "dbss.switch_agent" } })
    assert.is_true((c:call(table.unpack(request))) < 300)
    assert.same({ "switch_agent", name }, c:effects())
    assert.equal("foreign", c.sim:effects()[1].by)
  end)

  it(op .. ": it is refused, in the service's words", function()
    local c, request = with({ ["do"] = "refuse" })
    local status, body = c:call(table.unpack(request))
    local code = op:find("^dbss") and body.error.error_code or body.error_code
    assert.same(op:find("^dbss") and { 400, "DBSS.10020102" } or { 409, "DBS.200019" }, { status, code })
    assert.same({}, c:effects())
  end)
end

describe("a fault on", function()
  for op, call in pairs(CALLS) do describe_faults(dbss.new, op, call) end

  local function of_rds(options)
    local c = rds.new(options)
    local plain = c.path
    function c:path(path)
      local instance = self.sim.state.dbss.instances[1]
      return plain(self, (path:gsub("{a}", instance.id)))
    end
    return c
  end
  for op, call in pairs(RDS_CALLS) do describe_faults(of_rds, op, call) end

  it("a change of DBSS shows it later", function()
    local c = dbss.new({ faults = { { op = "dbss.switch_risk_rule", ["do"] = "lag", seconds = 60 },
      { op = "dbss.add_rds_no_agent_database", ["do"] = "lag", seconds = 60 } } })
    c:must(CALLS["dbss.switch_risk_rule"](c))
    c:must(CALLS["dbss.add_rds_no_agent_database"](c))
    local function seen()
      return { c:must("GET", "/v1/{p}/{a}/dbss/audit/rule/risk").rules[1].status, c:must("GET", "/v1/{p}/{a}/dbss/audit/databases").total }
    end
    c.sim:advance(59)
    assert.same({ "ON", 1 }, seen())
    c.sim:advance(1)
    assert.same({ "OFF", 2 }, seen())
  end)

  it("a change of RDS shows it later", function()
    local c = rds.new({ faults = { { op = "rds.create_instance", ["do"] = "lag", seconds = 60 },
      { op = "rds.create_manual_backup", ["do"] = "lag", seconds = 600 } } })
    local id = c:must("POST", "/v3/{p}/instances", c:wanted()).instance.id
    c:must("POST", "/v3/{p}/backups", { instance_id = c.node, name = "before" })
    c.sim:advance(59)
    assert.same({ nil, "ACTIVE", 0 }, { c:shown(id), c:shown().status, c:backups("&backup_type=manual").total_count })
    c.sim:advance(1)
    assert.equal("BUILD", c:shown(id).status)
    c.sim:advance(540)
    assert.same({ 1, "COMPLETED" }, { c:backups("&backup_type=manual").total_count, c:backups("&backup_type=manual").backups[1].status })
  end)

  it("a query of DBSS answers as it did before", function()
    local c = dbss.new({ faults = { { op = "dbss.list_audit_instances", nth = 2, ["do"] = "lag" } } })
    assert.equal(1, #c:servers())
    c:pay(c:order())
    c.sim:advance(20)
    assert.equal(1, #c:servers())
    assert.equal(2, #c:servers())
  end)

  it("an unnamed failure is DBSS's or billing's own", function()
    local c = dbss.new({ faults = { { op = "dbss.*", ["do"] = "status" }, { op = "bss.*", ["do"] = "status" } } })
    assert.same({ 503, "DBSS.11000000" }, { c:no("GET", "/v1/{p}/dbss/audit/instances") })
    local status, body = c:call("POST", "/v2/{p}/db-om/instances")
    assert.same({ 200, {} }, { status, body.clusters })
    c.sim:add_fault({ op = "dbss.list_db_om_instances", ["do"] = "refuse" })
    status, body = c:call("POST", "/v2/{p}/db-om/instances")
    assert.same({ 400, "DBSS.10020102" }, { status, body.error_code })
    assert.same({ 503, "CBC.0999" }, { c:no("GET", "/bss/v2/orders/customer-orders/details/none") })
  end)
end)
