-- SPDX-License-Identifier: Apache-2.0
-- Onboarding: one declaration, carried out once, with what only a person can do done by one; an order is never made twice.
local durable = require("spec.durable.support")
local proofs = require("spec.runbooks.proofs")
local runbook = require("hwdb.runbook")
local stamp = require("hwdb.sim.dbss_stamp")
local support = require("spec.runbooks.dbss_support")

local NAME = "dbss_onboarding"
local BUY = { "order audit", "buy dbss.create_instances_period_order", "buy bss.pay_order" }

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, inner in pairs(value) do result[key] = copy(inner) end
  return result
end

local function create_of(sim, more)
  local network = sim.state.network
  local create = { edition = "low", region = sim.region, vpc_id = network.vpcs[1].id, subnet_id = network.subnets[1].id,
    security_group_id = network.security_groups[1].id, availability_zone = network.zones[1].id, months = 1 }
  for key, value in pairs(more or {}) do create[key] = value end
  return create
end

-- The default world: an instance of one database with an agent, and RDS instances in use and free.
local function free_nodes(sim)
  local list = {}
  for _, node in ipairs(sim.state.rds.instances) do
    if node.status == "normal" then list[#list + 1] = node end
  end
  return list
end

local function free(sim, i, more)
  local database = { name = "free" .. i, mode = "agent_free", rds_id = free_nodes(sim)[i].id }
  for key, value in pairs(more or {}) do database[key] = value end
  return database
end

local AGENT = { name = "own", mode = "agent", ip = "192.168.1.30", port = 3306, type = "MYSQL", agents = { { type = "DB" },
  { type = "APP", ip = "192.168.1.31" } } }

local function existing(sim, more)
  local declaration = { instance = { name = "dbss-orders" }, databases = { free(sim, 1) } }
  for key, value in pairs(more or {}) do declaration[key] = value end
  return declaration
end

local function bought(sim, more)
  return existing(sim, { instance = { name = "audit", create = create_of(sim, more) } })
end

local function instance_of(sim, name)
  for _, instance in ipairs(sim.state.dbss.instances) do
    if instance.name == name then return instance end
  end
end

-- A person at the console: does what is asked for, and says yes.
local function person(world, name, asked)
  local sim, hand = world.sim, {}
  hand["by hand: databases with agents"] = function(instance)
    table.insert(instance.databases, { id = stamp.id(("3f"):rep(16)), name = "own", type = "MYSQL", version = "8.0", ip = AGENT.ip,
      port = tostring(AGENT.port), status = "OFF", instance_name = "", agents = {} })
  end
  hand["by hand: agents"] = function(instance)
    for i = 1, 2 do
      local id = stamp.id((tostring(i)):rep(32))
      table.insert(instance.agents, { id = id, status = world.sleeping and 0 or 1 })
      table.insert(instance.databases[#instance.databases].agents, id)
    end
  end
  hand["by hand: masks"] = function(instance)
    for _, mask in ipairs(instance.masks) do mask.status = mask.name == "Email" and "ON" or mask.status end
  end
  hand["by hand: audit"] = function(instance)
    for _, database in ipairs(instance.databases) do database.status = "ON" end
  end
  return function(q)
    asked[#asked + 1] = q.name
    if hand[q.name] and not world.idle then hand[q.name](instance_of(sim, name)) end
    return q.expect or "yes"
  end
end

local function go(world, declaration, params, options)
  local asked = {}
  local all = { ask = person(world, declaration.instance.name, asked) }
  for key, value in pairs(options or {}) do all[key] = value ~= "absent" and value or nil end
  local given = { declaration = declaration }
  for key, value in pairs(params or {}) do given[key] = value end
  local result, reporter = support.go(world, NAME, given, all)
  return result, reporter, asked
end

local function ops(world)
  local list = {}
  for i, effect in ipairs(world.sim:effects()) do list[i] = effect.op end
  return list
end

local GROUP = "replace the security group of dbss-orders"

local ORDERED = { "create_instances_period_order", "pay_order", "add_rds_no_agent_database" }

describe("onboarding", function()
  it("adds databases without and with agents to an instance that is there, the audit last", function()
    local world = support.world()
    local sim = world.sim
    local declaration = existing(sim, { databases = { free(sim, 1), copy(AGENT) }, rules = { { name = "Database_Slow_SQL_Detection",
      status = "OFF" }, { name = "Database_drag_detection", status = "ON" } }, masks = { { name = "Email", status = "ON" } } })
    declaration.instance.security_group_id = sim.state.network.security_groups[1].id
    local result, reporter, asked = go(world, declaration)
    assert.is_nil(result.error)
    assert.same({ GROUP, "by hand: databases with agents", "by hand: agents", "by hand: masks", "by hand: audit" }, asked)
    assert.is_true(reporter:has("^warn security group: .* is replaced by .*; 1 databases are audited through it$"))
    assert.same({ "update_audit_security_group", "add_rds_no_agent_database", "switch_risk_rule" }, ops(world))
    for _, row in ipairs(reporter.tables.onboarding.rows) do assert.equal("as declared", row[5], row[2]) end
    assert.equal(10, #reporter.tables.onboarding.rows)
    assert.is_true(reporter:has("^unseen add the database own, MYSQL at 192.168.1.30:3306$"))
    assert.is_true(reporter:has("^unseen own: an agent on the application 192.168.1.31$"))
    assert.is_true(reporter:has("^unseen turn the audit on for free1$"))
    assert.is_true(reporter:has("security group lets TCP 8000 and UDP 7000%-7100 in from the agent nodes"))
    assert.is_false(result.value.bought)
  end)

  it("changes nothing the second time, and asks nothing", function()
    local world = support.world()
    local declaration = existing(world.sim, { databases = { free(world.sim, 1), copy(AGENT) } })
    go(world, declaration)
    local before = #ops(world)
    local result, _, asked = go(world, declaration)
    assert.equal("done", result.status)
    assert.same({}, asked)
    assert.equal(before, #ops(world))
  end)

  it("buys the instance at its gates: price, name, money", function()
    local world = support.world()
    local result, reporter, asked = go(world, bought(world.sim, { tags = { { key = "team", value = "db" } }, comment = "by hwdb" }))
    assert.is_nil(result.error)
    assert.same({ BUY[1], BUY[2], BUY[3], "by hand: audit" }, asked)
    assert.is_true(reporter:has("^ok price: 2300 CNY for 1 month, edition low$"))
    assert.same(ORDERED, ops(world))
    local instance = instance_of(world.sim, "audit")
    assert.equal("ACTIVE", instance.status)
    assert.same({ { key = "team", value = "db" } }, instance.tags)
    assert.same({ true, instance.id }, { result.value.bought, result.value.instance_id })
    local again, _, more = go(world, bought(world.sim))
    assert.equal("done", again.status)
    assert.same({}, more)
    assert.same(ORDERED, ops(world))
  end)

  it("buys by the year, renewed by itself, in another edition", function()
    local world = support.world()
    local declaration = bought(world.sim, { years = 2, edition = "high", auto_renew = true })
    declaration.instance.create.months = nil
    local result, reporter = go(world, declaration)
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^ok price: 400000 CNY for 2 years, edition high$"))
    assert.equal(30, instance_of(world.sim, "audit").limit)
  end)

  it("understands the table's words, other spellings and an empty answer as well", function()
    local world = support.world({ readings = { dbss_words = "table", dbss_casing = "camel", dbss_security_group_answer = "empty_string",
      dbss_first_jobs = "INIT" } })
    local declaration = bought(world.sim)
    declaration.instance.security_group_id = world.sim.state.network.security_groups[2].id
    local result = go(world, declaration)
    assert.is_nil(result.error)
    local before = #ops(world)
    assert.equal("done", go(world, declaration).status)
    assert.equal(before, #ops(world))
  end)

  it("stops after the preflight when told to", function()
    local world = support.world()
    assert.equal("done", go(world, bought(world.sim), { stop_after = "preflight" }).status)
    assert.same({}, ops(world))
  end)

  describe("stops at the preflight", function()
    local function refused(declaration, line, said, params, world)
      world = world or support.world()
      if type(declaration) == "function" then declaration = declaration(world.sim) end
      local result, reporter = go(world, declaration, params)
      assert.equal("failed", result.status)
      assert.equal("preflight: not met: " .. line, result.error.message)
      assert.is_true(reporter:has(said), table.concat(reporter.lines, "\n"))
      assert.same({}, ops(world))
    end

    it("for an instance that is not there and not to be bought, or there twice", function()
      refused(function(sim) return existing(sim, { instance = { name = "audit" } }) end, "instance, room for the databases",
        "^fail instance: audit is not there: declare instance.create")
      local world = support.world({}, { "twin", "twin" })
      refused(existing(world.sim, { instance = { name = "twin" } }), "instance, room for the databases",
        "^fail instance: 2 instances are called twin$", nil, world)
    end)

    it("for an instance that does not rest", function()
      for _, change in ipairs({ { "SHUTOFF", "NO_TASK" }, { "ACTIVE", "rebooting" }, { "FROZEN", "NO_TASK" } }) do
        local world = support.world()
        world.instances[1].status, world.instances[1].task = change[1], change[2]
        refused(existing(world.sim), "instance running", "^fail instance running: " .. change[1] .. ", ", nil, world)
      end
    end)

    it("for what cannot be bought", function()
      refused(function(sim) return existing(sim, { instance = { name = "audit of all", create = create_of(sim) } }) end, "name",
        "^fail name: audit of all; letters, digits, _ and %- and at most 64 of them$")
      local world = support.world()
      world.sim.state.dbss.specifications = { world.sim.state.dbss.specifications[2] }
      refused(bought(world.sim), "edition, room for the databases", "^fail edition: low is not sold here$", nil, world)
      refused(function(sim) return bought(sim, { availability_zone = "nowhere-1a" }) end, "availability zone",
        "^fail availability zone: unknown, or without this edition: nowhere%-1a$")
      refused(function(sim) return bought(sim, { years = 1 }) end, "period", "^fail period: either months or years$")
      world = support.world()
      world.sim.state.dbss.quota.instances = 1
      refused(bought(world.sim), "quota", "^fail quota: 0 instances, ", nil, world)
    end)

    it("for an order that somebody has made and not recorded", function()
      local world = support.world()
      local declaration = bought(world.sim)
      go(world, declaration, nil, { accept = { BUY[1], BUY[2] }, ask = "absent" })
      assert.same({ "create_instances_period_order" }, ops(world))
      world.store = require("hwdb.runbook.store").memory()
      local result, reporter = go(world, declaration)
      assert.equal("preflight: not met: no open order", result.error.message)
      assert.is_true(reporter:has("^fail no open order: %w+ %(state 6%): take one up with order_id=…, or cancel it$"))
      result, reporter = go(world, declaration, { order_id = "CS0" })
      assert.equal("preflight: not met: order", result.error.message)
      assert.is_true(reporter:has("^fail order: CS0 is not among the account's orders for audit instances$"))
    end)

    it("for more databases than the edition takes", function()
      local world = support.world()
      for i = 1, 2 do world.instances[1].databases[i + 1] = copy(world.instances[1].databases[1]) end
      for i = 2, 3 do world.instances[1].databases[i].ip = "192.168.9." .. i end
      refused(existing(world.sim), "room for the databases", "^fail room for the databases: 3 there and 1 new, the edition takes 3$", nil,
        world)
    end)

    it("for databases that are declared wrongly", function()
      refused(function(sim)
        return existing(sim, { databases = { { name = "a", mode = "agent_free" }, { name = "b", mode = "agent", ip = "1.2.3.4", port = 1 },
          { name = "c", mode = "agent", agents = { { type = "DB" } } }, { name = "d", mode = "agent", ip = "1.2.3.5", port = 1,
            agents = { { type = "APP" } } } } })
      end, "databases declared, room for the databases", "^fail databases declared: a: rds_id is missing, b: agents are missing, "
        .. "c: ip and port are missing, d: an agent on an application needs its ip$")
      refused(function(sim)
        local node = free_nodes(sim)[1]
        return existing(sim, { databases = { free(sim, 1), { name = "twice", mode = "agent", ip = node.ip, port = node.port,
          agents = { { type = "DB" } } } } })
      end, "databases declared", "^fail databases declared: twice has the address of free1$")
    end)

    it("for RDS instances that are not there, not running or too old", function()
      refused(function(sim) return existing(sim, { databases = { { name = "gone", mode = "agent_free", rds_id = "nowhere" } } }) end,
        "RDS gone", "^fail RDS gone: nowhere is not there$")
      local world = support.world()
      local node = free_nodes(world.sim)[1]
      node.version, node.complete_version = "8.0", "8.0.19"
      refused(existing(world.sim), "RDS free1 version", "^fail RDS free1 version: 8.0.19; ", nil, world)
      world = support.world()
      local declaration = existing(world.sim)
      free_nodes(world.sim)[1].status = "REBOOTING"
      refused(declaration, "RDS free1", "^fail RDS free1: ", nil, world)
    end)

    it("for rules and masks that there are none of, or twice", function()
      refused(function(sim)
        return existing(sim, { rules = { { name = "No_rule", status = "ON" } }, masks = { { name = "Email", status = "ON" },
          { name = "Email", status = "OFF" } } })
      end, "rules, masks", "^fail rules: there is no No_rule$")
    end)
  end)

  it("warns of a full audit scope that overrides others", function()
    local world = support.world()
    table.insert(world.instances[1].scopes, { id = "s", name = "own", action = "", status = "ON", all_audit = false })
    local _, reporter = go(world, existing(world.sim))
    assert.is_true(reporter:has("^warn audit scopes: Full audit rule is on and overrides the others until it is disabled$"))
  end)

  it("orders nothing without the name, nor without the money", function()
    local world = support.world()
    local result = go(world, bought(world.sim), nil, { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been ordered", result.error.message)
    result = go(world, bought(world.sim), nil, { ask = function(q) return q.expect or "no" end })
    assert.equal("buy dbss.create_instances_period_order: not agreed to; it was not sent", result.error.message)
    assert.equal("waiting", go(world, bought(world.sim), nil, { ask = "absent" }).status)
    assert.same({}, ops(world))
  end)

  it("orders nothing when somebody else does at the same moment", function()
    local world = support.world()
    local create = create_of(world.sim)
    world.sim:add_fault({ op = "bss.list_orders", nth = 4, ["do"] = "foreign", call = { op = "dbss.create_instances_period_order", args = {
      name = "theirs", flavor_ref = world.sim.state.dbss.specifications[1].id, region = create.region, vpc_id = create.vpc_id,
      availability_zone = create.availability_zone, enterprise_project_id = "0", nics = { { subnet_id = create.subnet_id } },
      security_groups = { { id = create.security_group_id } }, cloud_service_type = "hws.service.type.dbss", charging_mode = 0,
      period_type = 2, period_num = 1, subscription_num = 1, product_infos = { { cloud_service_type = "hws.service.type.dbss",
        product_id = require("hwdb.sim.bss_prices").product("dbss", "dbss.bypassaudit.low", 2).id,
        resource_type = "hws.resource.type.dbss", resource_spec_code = "dbss.bypassaudit.low",
        product_spec_desc = '{"specDesc":{}}' } } } } })
    local result = go(world, bought(world.sim))
    assert.equal("waiting", result.status)
    assert.matches("^somebody else changed what bss.list_orders shows", result.error.message)
    assert.same({ "create_instances_period_order" }, ops(world)) -- theirs
    result = go(world, bought(world.sim))
    assert.equal("preflight: not met: no open order", result.error.message)
  end)

  it("takes its own order up, unpaid, being worked on, or done", function()
    for _, after in ipairs({ 0, 5, 60 }) do
      local world = support.world()
      local declaration = bought(world.sim)
      local result = go(world, declaration, nil, { accept = { BUY[1], BUY[2] }, ask = "absent" })
      assert.equal("waiting", result.status)
      local order_id = world.store:get("dbss_onboarding/order/audit").order_id
      if after > 0 then
        assert(world.client.bss:pay_order({ order_id = order_id }))
        world.sim:advance(after)
      end
      local reporter
      result, reporter = go(world, declaration)
      assert.is_nil(result.error)
      assert.same(ORDERED, ops(world))
      assert.is_true(after == 60 or reporter:has("^ok order: " .. order_id .. ", made before, is taken up"))
    end
  end)

  it("takes up an order that is named, whoever made it", function()
    local world = support.world()
    local declaration = bought(world.sim)
    go(world, declaration, nil, { accept = { BUY[1], BUY[2] }, ask = "absent" })
    local order_id = world.store:get("dbss_onboarding/order/audit").order_id
    world.store = require("hwdb.runbook.store").memory()
    local result = go(world, declaration, { order_id = order_id })
    assert.is_nil(result.error)
    assert.same(ORDERED, ops(world))
  end)

  it("orders anew when the recorded order was never paid and is cancelled", function()
    local world = support.world()
    local declaration = bought(world.sim)
    go(world, declaration, nil, { accept = { BUY[1], BUY[2] }, ask = "absent" })
    local order_id = world.store:get("dbss_onboarding/order/audit").order_id
    world.sim:advance(8 * 86400)
    local result = go(world, declaration, { order_id = order_id })
    assert.equal(("the order %s is over (state 4)"):format(order_id), result.error.message)
    local reporter
    result, reporter = go(world, declaration)
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^note the order " .. order_id .. " came to nothing %(state 4%): a new one is made$"))
  end)

  it("tells a rule that the new instance turns out not to have", function()
    local world = support.world()
    local declaration = bought(world.sim)
    declaration.rules = { { name = "No_rule", status = "ON" } }
    assert.equal("rules: there is no No_rule", go(world, declaration).error.message)
    declaration.rules = nil
    assert.equal("done", go(world, declaration).status)
    assert.same(ORDERED, ops(world))
  end)

  it("orders anew when what it bought has been given back", function()
    local world = support.world()
    local declaration = bought(world.sim)
    go(world, declaration)
    assert(world.client.bss:unsubscribe({ resource_ids = { instance_of(world.sim, "audit").resource_id } }))
    world.sim:advance(600)
    local result, reporter = go(world, declaration)
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^note what the order %w+ brought is gone: a new one is made$"))
    assert.equal("ACTIVE", instance_of(world.sim, "audit").status)
  end)

  it("goes no further when the order brings another instance", function()
    local world = support.world()
    local declaration = bought(world.sim)
    go(world, declaration, nil, { accept = { BUY[1], BUY[2] }, ask = "absent" })
    local order_id = world.store:get("dbss_onboarding/order/audit").order_id
    world.sim.state.bss.orders[order_id].spec.name = "theirs"
    local result = go(world, declaration)
    assert.equal(("the order %s has brought theirs, not audit"):format(order_id), result.error.message)
  end)

  it("tells a refused order, a refunded one and a creation that failed", function()
    local world = support.world({ faults = { { op = "dbss.create_instances_period_order", ["do"] = "refuse", status = 400,
      code = "DBSS.100210016" } } })
    local result = go(world, bought(world.sim))
    assert.equal("order", result.step)
    assert.equal("done", go(world, bought(world.sim)).status)

    world = support.world({ faults = { { op = "bss.pay_order", ["do"] = "job_failed" } } })
    result = go(world, bought(world.sim))
    assert.equal("failed", result.status)
    assert.matches("^bss.pay_order: ", result.error.message)

    for _, word in ipairs({ "FAIL", "ERROR" }) do
      world = support.world({ readings = { dbss_job_failure = word }, faults = { { op = "dbss.create_instances_period_order",
        ["do"] = "job_failed", reason = "sold out" } } })
      result = go(world, bought(world.sim))
      assert.equal(("the instance's creation: %s (sold out)"):format(word), result.error.message)
      assert.matches("^the order %w+ stands; run again to take it up", result.left_behind)
      result = go(world, bought(world.sim))
      assert.equal("preflight: not met: instance running", result.error.message)
      assert.equal(2, #ops(world))
    end
  end)

  it("waits no longer than told for what it paid, and the order is taken up by another run", function()
    for _, step in ipairs({ "bss.show_order", "dbss.list_audit_instance_jobs" }) do
      local world = support.world()
      local service, op = step:match("^(.-)%.(.+)$")
      local real, slow = world.client, true
      world.client = setmetatable({ [service] = setmetatable({}, { __index = function(_, name)
        return function(_, args)
          if name == op and slow then
            return service == "bss" and { order_info = { order_id = args.order_id, status = 3 } } or { jobs = { { status = "RUNNING" } } }
          end
          return real[service][name](real[service], args)
        end
      end }) }, { __index = function(_, name)
        local member = real[name]
        return type(member) == "function" and function(_, ...) return member(real, ...) end or member
      end })
      local result = go(world, bought(world.sim), { minutes = 5 })
      assert.matches("not there after 5 min, the state is ", result.error.message)
      assert.matches("^the order %w+ stands; run again to take it up", result.left_behind)
      slow = false
      assert.equal("done", go(world, bought(world.sim)).status)
      assert.same(ORDERED, ops(world))
    end
  end)

  it("waits for an instance that is being created", function()
    local world = support.world()
    local declaration = bought(world.sim)
    local function ask(q)
      if q.name == BUY[3] then return "no" end
      return q.expect or "yes"
    end
    go(world, declaration, nil, { ask = ask })
    assert(world.client.bss:pay_order({ order_id = world.store:get("dbss_onboarding/order/audit").order_id }))
    world.sim:advance(60)
    local result, reporter = go(world, declaration)
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^warn instance running: it is being created: the run waits for it$"))
    assert.same(ORDERED, ops(world))
  end)

  it("stops at what only a person can do, and takes up what was done", function()
    local world = support.world()
    local declaration = existing(world.sim, { databases = { free(world.sim, 1), copy(AGENT) } })
    local result = go(world, declaration, nil, { ask = "absent" })
    assert.equal("waiting", result.status)
    result = go(world, declaration, nil, { ask = function() return "no" end })
    assert.equal("stopped: by hand: databases with agents", result.error.message)
    world.idle = true
    local reporter
    result, reporter = go(world, declaration)
    assert.equal("databases with agents, done by hand: not there after 10 min", result.error.message)
    assert.is_true(reporter:has("^fail add the database own, MYSQL at 192.168.1.30:3306$"))
    world.idle = false
    assert.equal("done", go(world, declaration).status)
    assert.same({ "add_rds_no_agent_database" }, ops(world))
  end)

  it("switches agents on that sleep", function()
    local world = support.world()
    world.sleeping = true
    local result, reporter = go(world, existing(world.sim, { databases = { copy(AGENT) } }))
    assert.is_nil(result.error)
    assert.same({ "switch_agent", "switch_agent" }, ops(world))
    assert.is_true(reporter:has("^ok the agents of own are switched on$"))
  end)

  it("names databases that the service does not take", function()
    local world = support.world()
    local declaration = existing(world.sim)
    world.sim:add_fault({ op = "dbss.add_rds_no_agent_database", ["do"] = "garbage", status = 200, before = true,
      body = ('{"illegal_db_id":["%s"],"legal_db_id":[]}'):format(declaration.databases[1].rds_id) })
    local result = go(world, declaration)
    assert.equal("the service did not take: free1", result.error.message)
  end)

  it("fails when something is changed back before the last look", function()
    local world = support.world()
    local declaration = existing(world.sim, { rules = { { name = "Database_Slow_SQL_Detection", status = "OFF" } } })
    local count, real = 0, person(world, "dbss-orders", {})
    local result = go(world, declaration, nil, { ask = function(q)
      count = count + 1
      world.instances[1].risks[2].status = "ON"
      return real(q)
    end })
    assert.equal(1, count)
    assert.equal("read again, these differ: Database_Slow_SQL_Detection", result.error.message)
  end)

  it("switches rules on and off, each once the one before shows, and nothing when somebody else does", function()
    local wanted = { { name = "Database_Slow_SQL_Detection", status = "OFF" }, { name = "Database_drag_detection", status = "ON" } }
    local world = support.world()
    world.instances[1].risks[1].status = "OFF"
    local result, reporter = go(world, existing(world.sim, { databases = {}, rules = wanted }))
    assert.is_nil(result.error)
    assert.same({ "switch_risk_rule", "switch_risk_rule" }, ops(world))
    assert.is_true(reporter:has("^ok 1 rules ON$"))

    world = support.world()
    world.sim:add_fault({ op = "dbss.list_audit_rule_risks", nth = 3, ["do"] = "foreign", call = { op = "dbss.switch_risk_rule",
      args = { instance_id = world.instances[1].id, ids = world.instances[1].risks[3].id, status = "OFF" } } })
    result = go(world, existing(world.sim, { databases = {}, rules = wanted }))
    assert.equal("waiting", result.status)
    assert.same({ "switch_risk_rule" }, ops(world))
  end)

  it("leaves a security group that serves databases unless the instance's name is typed", function()
    local world = support.world()
    local declaration = existing(world.sim, { databases = {} })
    declaration.instance.security_group_id = world.sim.state.network.security_groups[1].id
    local result = go(world, declaration, nil, { ask = function() return "yes" end })
    assert.equal("not confirmed: the security group is as it was", result.error.message)
    world.instances[1].databases = {}
    result = go(world, declaration, nil, { ask = "absent" })
    assert.equal("done", result.status, tostring(result.error))
    assert.same({ "update_audit_security_group" }, ops(world))
  end)

  it("sets no security group when somebody else does", function()
    local world = support.world()
    local groups, instance = world.sim.state.network.security_groups, world.instances[1]
    local declaration = existing(world.sim, { databases = {} })
    declaration.instance.security_group_id = groups[1].id
    table.insert(groups, { id = "f0fbec06-bcf6-4c7e-99fa-f0ddfb1d9bdc", name = "third" })
    world.sim:add_fault({ op = "dbss.list_audit_instances", nth = 3, ["do"] = "foreign", call = { op = "dbss.update_audit_security_group",
      args = { resource_id = instance.resource_id, securitygroup_ids = { groups[#groups].id } } } })
    assert.equal("waiting", go(world, declaration).status)
    assert.equal(groups[#groups].id, instance.security_group_id)
  end)

  it("puts rules and security group back when it is given up", function()
    local world = durable.world()
    local declaration = existing(world.sim, { rules = { { name = "Database_Slow_SQL_Detection", status = "OFF" } } })
    local instance = world.sim.state.dbss.instances[1]
    local group = instance.security_group_id
    declaration.instance.security_group_id = world.sim.state.network.security_groups[1].id
    local options = { params = { declaration = declaration, by_hand_minutes = 1 }, accept = { GROUP, "by hand: audit" } }
    local result = durable.run(world, assert(runbook.load(NAME)), options)
    assert.equal("failed", result.state)
    assert.equal("OFF", instance.risks[2].status)
    options.rollback = true
    result = durable.resume(world, result.run, options)
    assert.equal("rolled_back", result.state, tostring(result.error))
    assert.same({ "ON", group }, { instance.risks[2].status, instance.security_group_id })
    durable.clean(world)
  end)

  -- Killed anywhere between the first read and the last, and at pairs of points: one order, one payment.
  it("orders once, wherever it is killed", function()
    local rb = assert(runbook.load(NAME))
    local options = { accept = BUY, terminal = false }
    local function carried_out(kills)
      local world = durable.world()
      local declaration = bought(world.sim)
      declaration.databases[1].audit = false
      options.params = { declaration = declaration }
      local seen, result = 0, nil
      for i = 1, #kills + 1 do
        local points = { seen = 0, kill = kills[i] }
        result = durable.go_on(world, rb, options, points)
        seen = points.seen
      end
      local done, name = durable.ops(world), instance_of(world.sim, "audit")
      durable.clean(world)
      return result, done, seen, name
    end
    local result, done, points = carried_out({})
    assert.equal("done", result.state, tostring(result.error))
    assert.same(ORDERED, done)
    for i = 1, 12 do
      local kills = { 1 + (i - 1) * (points - 1) // 11, i % 3 == 0 and 5 or nil }
      local ended, got, _, instance = carried_out(kills)
      local where = "killed at " .. table.concat(kills, "+")
      assert.equal("done", ended and ended.state, where .. tostring(ended and ended.error))
      assert.same(ORDERED, got, where)
      assert.equal("ACTIVE", instance.status)
    end
  end)

  describe("as every runbook, of an instance that is there", function()
    proofs.of({ name = NAME, services = { "dbss", "rds" }, points = 10, accept = { GROUP },
      effects = { "update_audit_security_group", "add_rds_no_agent_database", "switch_risk_rule" },
      params = function(world)
        local declaration = existing(world.sim, { rules = { { name = "Database_Slow_SQL_Detection", status = "OFF" } } })
        declaration.instance.security_group_id = world.sim.state.network.security_groups[1].id
        declaration.databases[1].audit = false
        return { declaration = declaration }
      end })
  end)

  describe("as every runbook, of an instance that is bought", function()
    proofs.of({ name = NAME, services = { "dbss", "rds" }, points = 14, accept = BUY,
      effects = { "create_instances_period_order", "pay_order", "update_audit_security_group", "add_rds_no_agent_database",
        "switch_risk_rule" },
      params = function(world)
        local declaration = bought(world.sim)
        declaration.instance.security_group_id = world.sim.state.network.security_groups[2].id
        declaration.databases[1].audit = false
        declaration.rules = { { name = "Database_Slow_SQL_Detection", status = "OFF" } }
        return { declaration = declaration }
      end })
  end)
end)
