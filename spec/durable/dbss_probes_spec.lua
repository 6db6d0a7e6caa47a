-- SPDX-License-Identifier: Apache-2.0
-- Whether a change of DBSS took place whose answer is lost: found out for each, before and after its effect, with no
-- change made twice.
local durable = require("spec.durable.support")
local proofs_support = require("spec.runbooks.dbss_support")

local function ids(world)
  local instance = world.sim.state.dbss.instances[1]
  return { instance = instance, id = instance.id, resource = instance.resource_id, rule = instance.risks[1].id, other = instance.risks[2].id }
end

local function free_node(world)
  for _, node in ipairs(world.sim.state.rds.instances) do
    if node.status == "normal" then return node end
  end
end

local CASES = {
  { "switch_risk_rule", function(i) return ('{ instance_id = "%s", ids = "%s,%s", status = "OFF" }'):format(i.id, i.rule, i.other) end },
  { "batch_add_resource_tag", function(i)
    return ('{ resource_type = "auditInstance", resource_id = "%s", tags = {{ key = "a", value = "1" }, { key = "team", value = "x" }} }')
      :format(i.resource)
  end },
  { "batch_delete_resource_tag", function(i)
    return ('{ resource_type = "auditInstance", resource_id = "%s", tags = {{ key = "team", value = "orders" }} }'):format(i.resource)
  end },
  { "update_audit_security_group", function(i, world)
    return ('{ resource_id = "%s", securitygroup_ids = { "%s" } }'):format(i.resource, world.sim.state.network.security_groups[1].id)
  end },
  { "add_rds_no_agent_database", function(i, world)
    local node = free_node(world)
    return ([[{ instance_id = "%s", databases = {{ id = "%s", db_name = "d", status = "ACTIVE", port = "%s", ip = "%s",
      instance_name = "n", version = "%s", type = "MySQL", enterprise_id = "0" }} }]]):format(i.id, node.id, node.port, node.ip, node.version)
  end },
  { "create_instances_period_order", function(_, world)
    local network, level = world.sim.state.network, world.sim.state.dbss.specifications[1]
    return ([[{ flavor_ref = "%s", name = "audit", vpc_id = "%s", availability_zone = "%s", enterprise_project_id = "0",
      nics = {{ subnet_id = "%s" }}, security_groups = {{ id = "%s" }}, region = "%s", cloud_service_type = "hws.service.type.dbss",
      charging_mode = 0, period_type = 2, period_num = 1, subscription_num = 1, product_infos = {{ product_id = "%s",
        cloud_service_type = "hws.service.type.dbss", resource_type = "hws.resource.type.dbss",
        resource_spec_code = "dbss.bypassaudit.low", product_spec_desc = '{"specDesc":{}}' }} }]]):format(level.id, network.vpcs[1].id,
      network.zones[1].id, network.subnets[1].id, network.security_groups[1].id, world.sim.region,
      require("hwdb.sim.bss_prices").product("dbss", "dbss.bypassaudit.low", 2).id)
  end },
}

local ACCEPT = { accept = { "buy dbss.create_instances_period_order" } }

describe("a DBSS change whose answer is lost", function()
  for _, case in ipairs(CASES) do
    for _, how in ipairs({ "reset_before", "reset_after", "late" }) do
      it(("is made once: %s, %s"):format(case[1], how), function()
        local world = durable.world({ faults = { { op = "dbss." .. case[1], ["do"] = how, seconds = 20 } } })
        local rb = durable.book(("function(run) return run.dbss:%s%s end"):format(case[1], case[2](ids(world), world)))
        local result = durable.run(world, rb, ACCEPT)
        assert.equal("done", result.state, tostring(result.error))
        world.sim:advance(600)
        assert.same({ case[1] }, durable.ops(world))
        durable.clean(world)
      end)
    end

    it("is made once, killed at any write: " .. case[1], function()
      local w = durable.world()
      local body = ("function(run) return run.dbss:%s%s end"):format(case[1], case[2](ids(w), w))
      durable.clean(w)
      local found = durable.sweep({ book = body, options = ACCEPT })
      assert.same({}, found.violations)
      assert.same({ case[1] }, found.effects)
      assert.is_true(found.kills > 10)
    end)
  end

  -- Giving back takes the service two minutes; meanwhile billing shows the resource as before.
  for _, how in ipairs({ "reset_before", "reset_after", "late" }) do
    it("is made once: unsubscribe, " .. how, function()
      local world = durable.world({ faults = { { op = "bss.unsubscribe", ["do"] = how, seconds = 20 } } })
      local rb = durable.book(('function(run) return run.bss:unsubscribe{ resource_ids = { "%s" } } end'):format(ids(world).resource))
      local result = durable.run(world, rb, { accept = { "irreversible bss.unsubscribe" } })
      assert.equal("done", result.state, tostring(result.error))
      world.sim:advance(600)
      assert.same({ "unsubscribe" }, durable.ops(world))
      assert.same({}, world.sim.state.dbss.instances)
      durable.clean(world)
    end)
  end

  it("is asked for where somebody else ordered at the same moment, or billing may not be looked at", function()
    for _, fault in ipairs({ { op = "bss.list_orders", nth = 2, ["do"] = "foreign" }, { op = "bss.list_orders", ["do"] = "status",
      status = 403, code = "CBC.0151" } }) do
      local world = durable.world({ faults = { { op = "dbss.create_instances_period_order", ["do"] = "reset_after" } } })
      local args = CASES[6][2](nil, world)
      if fault["do"] == "foreign" then fault.call = { op = "dbss.create_instances_period_order", args = load("return " .. args)() } end
      world.sim:add_fault(fault)
      local result = durable.run(world, durable.book(("function(run) run.dbss:create_instances_period_order%s end"):format(args)), ACCEPT)
      assert.equal("in_doubt", result.state)
      durable.clean(world)
    end
  end)

  it("is asked for when it names nothing that shows", function()
    local world = durable.world({ faults = { { op = "dbss.batch_add_resource_tag", ["do"] = "reset_before" } },
      readings = { dbss_op_service = true } })
    local rb = durable.book(([[function(run) run.dbss:batch_add_resource_tag{ resource_type = "auditInstance", resource_id = "%s",
      sys_tags = {{ key = "_sys_enterprise_project_id", value = "0" }} } end]]):format(ids(world).resource))
    assert.equal("in_doubt", durable.run(world, rb).state)
    assert.same({}, proofs_support.effects(world))
    durable.clean(world)
  end)
end)
