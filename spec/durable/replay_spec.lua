-- SPDX-License-Identifier: Apache-2.0
-- Runs that lose power at each write of their journal, once and twice, and are taken up: the cloud is asked for the same
-- changes as without.
local support = require("spec.durable.support")

local function holds(scenario, stride)
  local found = support.sweep(scenario, stride)
  assert.same({}, found.violations)
  assert.is_true(found.points > 10)
  print(("%d points, %d kills, %d violations"):format(found.points, found.kills, #found.violations))
  return found
end

local RESTART = [[function(run, p)
  run:step("look", function() run.ddm:show_instance{ instance_id = p.instance_id } end)
  run:step("restart", function()
    local args = { instance_id = p.instance_id, restart = { type = "soft" } }
    local answer = run.ddm:restart_instance(args)
    run:wait_for("ddm.restart_instance", args, answer)
  end)
  run:sleep(30)
  run:record("restarted", run:now())
end]]

describe("a run that loses power anywhere", function()
  it("restarts an instance once", function()
    local found = holds({ book = RESTART })
    assert.same({ "restart_instance" }, found.effects)
    assert.equal("done", found.state)
  end)

  it("does one thing after the other, each once", function()
    local found = holds({ book = [[function(run, p)
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
      local nodes = {}
      for node in run.ddm:each("list_data_nodes", { instance_id = p.instance_id }) do nodes[#nodes + 1] = node.id end
      local args = { instance_id = p.instance_id, databases = { { name = "fresh", shard_mode = "single", shard_number = 1,
        used_rds = { { id = nodes[1], adminUser = "root", adminPassword = "Simulated-1!" } } } } }
      local answer = run.ddm:create_schema(args)
      run:wait_for("ddm.create_schema", args, answer)
      run:wait{ name = "the instance", op = "ddm.show_instance", args = { instance_id = p.instance_id }, field = "status",
        success = { "RUNNING" }, timeout = 3600 }
      run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
    end]] })
    assert.same({ "update_instance_name", "create_schema", "restart_instance" }, found.effects)
  end)

  it("goes on side by side where it was", function()
    local found = holds({ book = [[function(run, p)
      local function look() return run.ddm:show_instance{ instance_id = p.instance_id }.status end
      local results = run:gather{ look, function()
        look()
        return run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }.jobId
      end, look, function() run:sleep(5) return look() end }
      run:wait{ name = "the restart", op = "ddm.show_job", args = { job_id = results[2][1] }, field = "job.status",
        success = { "Completed" }, timeout = 3600 }
    end]] })
    assert.same({ "restart_instance" }, found.effects)
  end)

  it("asks a person once and keeps the answer", function()
    local asked = 0
    local found = holds({ options = { ask = function() asked = asked + 1 return "y" end, terminal = true }, book = [[function(run, p)
      if run:ask{ name = "go", question = "Go?" } then
        run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
      end
    end]] })
    assert.same({ "restart_instance" }, found.effects)
  end)

  it("buys once, with the gate's answer kept", function()
    local flavor = require("hwdb.sim").new({}).state.ddm.flavors[1].id
    local found = holds({ options = { accept = { "buy ddm.expand_instance_nodes" } }, book = ([[function(run, p)
      local args = { instance_id = p.instance_id, flavor_id = "%s", node_number = 1 }
      run:wait_for("ddm.expand_instance_nodes", args, run.ddm:expand_instance_nodes(args))
    end]]):format(flavor) })
    assert.same({ "expand_instance_nodes" }, found.effects)
    assert.equal("done", found.state, tostring(found.error))
  end)

  -- An order that nobody has paid yet shows in billing's list alone.
  local MONTHLY = [[function(run)
    local answer = run.ddm:create_instance{ instance = { name = "ddm-monthly", flavor_id = "%s", node_num = 1, engine_id = "%s",
      available_zones = { "cn-north-4a" }, vpc_id = "%s", subnet_id = "%s", security_group_id = "%s" },
      extend_param = { charge_mode = "prePaid", period_type = "month", period_num = 1, is_auto_pay = "%s" } }
    if not answer.order_id then run:fail("no order") end
    if "%s" == "false" then run.bss:pay_order{ order_id = answer.order_id, use_coupon = "NO", use_discount = "NO" } end
    run:wait{ name = "the order", op = "bss.show_order", args = { order_id = answer.order_id }, field = "order_info.status",
      success = { 5 }, failure = { 4 }, timeout = 3600 }
  end]]

  local function monthly(auto_pay)
    local state = require("hwdb.sim").new({}).state
    return MONTHLY:format(state.ddm.flavors[1].id, state.ddm.engines[1].id, state.network.vpcs[1].id, state.network.subnets[1].id,
      state.network.security_groups[1].id, auto_pay, auto_pay)
  end

  for _, auto_pay in ipairs({ "true", "false" }) do
    for _, fault in ipairs({ "reset_after", "reset_before", "late" }) do
      it(("orders once by the month, whoever pays (is_auto_pay = %s, %s)"):format(auto_pay, fault), function()
        local found = holds({ options = { accept = { "buy ddm.create_instance", "buy bss.pay_order" } }, book = monthly(auto_pay),
          world = { faults = { { op = "ddm.create_instance", ["do"] = fault, seconds = 90 } } } }, 3)
        assert.same(auto_pay == "true" and { "create_instance" } or { "create_instance", "pay_order" }, found.effects)
        assert.equal("done", found.state, tostring(found.error))
      end)
    end
  end

  it("orders nodes for an instance by the month once, and asks a person where billing shows nothing", function()
    local flavor = require("hwdb.sim").new({}).state.ddm.flavors[1].id
    local scenario = { options = { accept = { "buy ddm.expand_instance_nodes" } }, before = function(world)
      world.instance.order_id = "CS1"
    end, world = { faults = { { op = "ddm.expand_instance_nodes", ["do"] = "reset_after" } } }, book = ([[function(run, p)
      local answer = run.ddm:expand_instance_nodes{ instance_id = p.instance_id, flavor_id = "%s", node_number = 1 }
      return run.bss:show_order{ order_id = answer.orderId }.order_info.status
    end]]):format(flavor) }
    local found = holds(scenario, 3)
    assert.same({ "done", { "expand_instance_nodes" } }, { found.state, found.effects })
    local world = support.world({ faults = { { op = "ddm.expand_instance_nodes", ["do"] = "reset_after" },
      { op = "bss.list_orders", ["do"] = "status", status = 403, code = "CBC.0150", times = 99 } } })
    world.instance.order_id = "CS1"
    local result = support.run(world, support.book(scenario.book), scenario.options)
    assert.same({ "in_doubt", { "expand_instance_nodes" } }, { result.state, support.ops(world) })
    support.clean(world)
  end)

  it("keeps a no to a purchase, and what the script did instead", function()
    local flavor = require("hwdb.sim").new({}).state.ddm.flavors[1].id
    local now
    local options = { terminal = true, ask = function() return #now.sim:effects() > 0 and "y" or "n" end }
    local found = holds({ options = options, before = function(world) now = world end, book = ([[function(run, p)
      local bought = run:try(function()
        run.ddm:expand_instance_nodes{ instance_id = p.instance_id, flavor_id = "%s", node_number = 1 }
      end)
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = bought and "bought" or "not-bought" }
      run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
    end]]):format(flavor) })
    assert.same({ "update_instance_name", "restart_instance" }, found.effects)
  end)

  for _, fault in ipairs({ "reset_before", "reset_after", "late", "garbage", "empty", "html", "stall" }) do
    it("and a connection that ends in " .. fault .. " too", function()
      local found = holds({ book = RESTART, world = { faults = { { op = "ddm.restart_instance", ["do"] = fault, seconds = 90,
        after = true } } } }, 3)
      assert.same({ "restart_instance" }, found.effects)
    end)
  end

  it("and a job list that lags behind", function()
    local found = holds({ book = RESTART, world = { faults = { { op = "ddm.list_jobs", ["do"] = "lag", times = 3 },
      { op = "ddm.restart_instance", ["do"] = "reset_after" } } } }, 3)
    assert.same({ "restart_instance" }, found.effects)
  end)
end)
