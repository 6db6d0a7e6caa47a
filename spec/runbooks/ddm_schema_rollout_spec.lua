-- SPDX-License-Identifier: Apache-2.0
-- A declaration rolled out: what is missing is made, what differs is changed, what is so or not mentioned stays.
local core = require("hwdb.core")
local support = require("spec.runbooks.instance_support")

local YES = { "roll out ddm-orders", "restart ddm-orders" }
local NEW = { "roll out ddm-new", "restart ddm-new", "buy ddm.create_instance" }
local PASSWORD = "Blue-7-Horse"
local ALL = { "create_schema", "update_user", "create_users", "create_configuration", "update_instance_parameters", "switch_ssl",
  "restart_instance" }

local function rds_ids(world)
  local ids = {}
  for i, node in ipairs(world.sim.state.rds.instances) do ids[i] = node.id end
  return ids
end

-- For the instance there is.
local function declared(world, change)
  local ids = rds_ids(world)
  local d = { instance = { id = world.instance.id },
    schemas = { { name = "orders", shards = 8, data_nodes = { ids[1], ids[2] } },
      { name = "shop", shards = 16, data_nodes = { ids[3], ids[4] } } },
    accounts = { { name = "app", rights = { "SELECT", "INSERT" }, schemas = { "orders", "shop" } },
      { name = "reader", rights = { "SELECT" }, schemas = { "shop" }, description = "reports" } },
    template = { name = "rollout", description = "of the shop", values = { { name = "max_connections", value = "5000" },
      { name = "transaction_policy", value = "FREE" } } },
    ssl = true }
  if change then change(d, ids) end
  return d
end

-- For one that is bought.
local function new_instance(world, change)
  local instance = world.instance
  return declared(world, function(d, ids)
    d.instance = { name = "ddm-new", class = "ddm.c6.2xlarge.2", version = "3.1.0", node_count = 2, zones = { "cn-north-4a" },
      vpc_id = instance.vpc_id, subnet_id = instance.subnet_id, security_group_id = instance.security_group_id }
    table.remove(d.schemas, 1)
    d.accounts[1].schemas = { "shop" }
    if change then change(d, ids) end
  end)
end

local function params_of(world, d, more)
  local given = { instance_id = "absent", declaration = d, password = PASSWORD, node_user = world.sim.data_node_user,
    node_password = world.sim.data_node_password }
  for key, value in pairs(more or {}) do given[key] = value end
  return given
end

local function roll_out(world, d, more, options)
  local opts = { accept = d.instance.id and YES or NEW }
  for key, value in pairs(options or {}) do opts[key] = value end
  return support.go(world, "ddm_schema_rollout", params_of(world, d, more), opts)
end

local function account_of(world, name)
  return require("hwdb.sim.ddm_account_state").find(world.instance, name)
end

describe("a roll-out on an existing instance", function()
  it("makes what is missing, changes what differs, and restarts at its gate", function()
    local world = support.world()
    local result, reporter = roll_out(world, declared(world))
    assert.is_nil(result.error)
    assert.same(ALL, support.effects(world))
    assert.same({ instance_id = world.instance_id, changed = 6, drift = 0 }, result.value)
    assert.same({ 16, "RUNNING" }, { world.instance.schemas[2].shard_number, world.instance.schemas[2].status })
    assert.same({ "SELECT", "INSERT" }, account_of(world, "app").base_authority)
    assert.same({ "shop" }, account_of(world, "reader").databases)
    assert.equal(core.sha256(PASSWORD), account_of(world, "reader").password_sha256)
    assert.equal("5000", world.instance.parameters.values.max_connections)
    assert.is_true(world.instance.enable_ssl)
    assert.is_nil(world.instance.needs_restart)
    local kinds = {}
    for i, row in ipairs(reporter.tables.differences.rows) do kinds[i] = row[1] .. " " .. row[2] end
    assert.same({ "schema shop", "account app", "account reader", "template rollout", "parameters rollout", "SSL " }, kinds)
    assert.is_true(reporter:has("^ok there is no difference any more$"))
    assert.is_nil(result.left_behind)
  end)

  it("changes nothing the second time, and says so", function()
    local world = support.world()
    roll_out(world, declared(world))
    local before = #support.effects(world)
    local result, reporter = roll_out(world, declared(world))
    assert.is_nil(result.error)
    assert.equal(0, result.value.changed)
    assert.is_true(reporter:has("^note ddm%-orders is as declared: nothing has been changed$"))
    assert.is_nil(reporter.tables.differences)
    assert.equal(before, #support.effects(world))
  end)

  it("does only what is left after somebody changed something", function()
    local world = support.world()
    roll_out(world, declared(world))
    local before = #support.effects(world)
    account_of(world, "reader").description = "something else"
    world.instance.parameters.values.max_connections = "7000"
    local result = roll_out(world, declared(world))
    assert.equal(2, result.value.changed)
    local now = support.effects(world)
    assert.same({ "update_user", "update_instance_parameters" }, { now[before + 1], now[before + 2] })
    assert.equal(before + 2, #now)
    assert.equal("reports", account_of(world, "reader").description)
  end)

  it("shows what the declaration does not mention and leaves it alone", function()
    local world = support.world()
    local d = declared(world, function(d)
      table.remove(d.schemas, 1)
      table.remove(d.accounts, 1)
      d.instance.name, d.instance.class, d.instance.node_count = "another", "ddm.c6.4xlarge.2", 3
    end)
    local result, reporter = roll_out(world, d)
    assert.is_nil(result.error)
    local rows = {}
    for i, row in ipairs(reporter.tables.drift.rows) do rows[i] = row[1] .. " " .. row[2] end
    assert.same({ "schema orders", "account app", "instance name", "instance class", "instance node_count" }, rows)
    assert.equal("ddm-orders, declared another", reporter.tables.drift.rows[3][3])
    assert.equal(2, #world.instance.schemas)
    assert.equal(2, #world.instance.accounts)
    assert.equal(5, result.value.drift)
  end)

  it("finds the instance by its name", function()
    local world = support.world()
    local d = declared(world, function(d) d.instance = { name = "ddm-orders" } end)
    assert.equal("done", roll_out(world, d, {}, { accept = YES }).status)
    assert.equal(1, #world.sim.state.ddm.instances)
  end)

  it("needs no password when no account is new, and no login when no schema is", function()
    local world = support.world()
    local d = declared(world, function(d)
      d.schemas, d.accounts = { d.schemas[1] }, { d.accounts[1] }
      d.accounts[1].schemas = { "orders" }
    end)
    local result = roll_out(world, d, { password = "absent", node_user = "absent", node_password = "absent" })
    assert.is_nil(result.error)
  end)

  it("makes unsharded schemas, and some with as many shards as data nodes", function()
    local world = support.world()
    local d = declared(world, function(d, ids)
      d.schemas = { { name = "plain", mode = "single", data_nodes = { ids[3] } }, { name = "pair", shards = 2,
        data_nodes = { ids[3], ids[4] } } }
      d.accounts = nil
    end)
    local result, reporter = roll_out(world, d)
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^warn shards a data node: pair: 8 to 64 on each are advised$"))
    assert.equal(0, roll_out(world, d).value.changed)
  end)

  it("changes a template that is there, and only what it says", function()
    local world = support.world()
    assert(world.client.ddm:create_configuration({ name = "rollout", description = "old", values = { sql_audit = "ON" } }))
    local d = declared(world, function(d) d.schemas, d.accounts, d.ssl = nil, nil, nil end)
    assert.equal("done", roll_out(world, d).status)
    local template = world.sim.state.ddm.templates[2]
    assert.same({ sql_audit = "ON", max_connections = "5000", transaction_policy = "FREE" }, template.values)
    assert.equal("of the shop", template.description)
    d.template.apply = false
    d.template.values[1].value = "6000"
    local result = roll_out(world, d)
    assert.equal(1, result.value.changed)
    assert.equal("5000", world.instance.parameters.values.max_connections)
  end)

  it("keeps passwords out of what it shows and records", function()
    local world = support.lasting_world()
    local rb = assert(require("hwdb.runbook").load("ddm_schema_rollout"))
    local given = params_of(world, declared(world))
    given.instance_id = nil
    local durable = require("spec.durable.support")
    local result, reporter = durable.run(world, rb, { params = given, accept = YES })
    assert.equal("done", result.state)
    local pipe <close> = io.popen("find '" .. world.folder .. "' -type f -exec cat {} +")
    local kept = pipe:read("a")
    assert.is_truthy(kept:find("create_schema", 1, true))
    for _, secret in ipairs({ PASSWORD, world.sim.data_node_password }) do
      assert.is_nil(table.concat(reporter.lines, "\n"):find(secret, 1, true))
      assert.is_nil(kept:find(secret, 1, true))
    end
    support.clean(world)
  end)

  it("bears old states and a service that stumbles", function()
    local world = support.world({ lag_seconds = 20, faults = { { op = "ddm.show_schema", nth = 2, ["do"] = "html" },
      { op = "ddm.show_instance", nth = 5, ["do"] = "status", status = 500 } } })
    local result = roll_out(world, declared(world))
    assert.is_nil(result.error)
    assert.same(ALL, support.effects(world))
  end)
end)

describe("a restart that parameters wait for", function()
  local function of_parameters(world)
    return declared(world, function(d) d.schemas, d.accounts, d.ssl = nil, nil, nil end)
  end

  it("is put off, remembered, and done by a later run", function()
    local world = support.world()
    local result, reporter = roll_out(world, of_parameters(world), { restart = "later" })
    assert.equal("done", result.status)
    assert.same({ "create_configuration", "update_instance_parameters" }, support.effects(world))
    assert.is_true(reporter:has("^note transaction_policy wait for a restart: run again"))
    result, reporter = roll_out(world, of_parameters(world), { restart = "later" })
    assert.equal(0, result.value.changed)
    assert.is_true(reporter:has("^warn parameters wait for a restart since 2026%-01%-01"))
    assert.equal("done", roll_out(world, of_parameters(world)).status)
    assert.equal("restart_instance", support.effects(world)[3])
    assert.equal("done", roll_out(world, of_parameters(world)).status)
    assert.equal(3, #support.effects(world))
  end)

  it("is not made by a run that only looks", function()
    local world = support.world()
    assert.equal("done", roll_out(world, of_parameters(world), { restart = "later" }).status)
    local result, reporter = roll_out(world, of_parameters(world), { stop_after = "preflight" })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^note stopped after the preflight"))
    assert.equal(2, #support.effects(world))
  end)

  it("comes in its window, once a person has typed the name", function()
    local world = support.world()
    local window = { restart = "window", window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }
    local result = roll_out(world, of_parameters(world), window, { accept = { YES[1] } })
    assert.equal(3, result.exit)
    assert.matches("Type the instance's name to restart it in 2026-01-02 02:00:00 +08:00 to", result.error.message, 1, true)
    result = roll_out(world, of_parameters(world), window)
    assert.equal("done", result.status)
    assert.equal("2026-01-01T18:00:00.000Z", world.sim:effects()[3].time)
    assert.equal("restart=window needs window_from, window_to and zone",
      roll_out(support.world(), of_parameters(world), { restart = "window" }).error.message)
  end)

  it("does not come when a person says no, and waits for one without a terminal", function()
    local world = support.world()
    local result = roll_out(world, of_parameters(world), {}, { accept = { YES[1] } })
    assert.equal(3, result.exit)
    assert.matches('accept="restart ddm-orders"', result.error.remedy, 1, true)
    local reporter
    result, reporter = roll_out(world, of_parameters(world), {}, { accept = {}, ask = function() return "no" end })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^note not restarted: the parameters wait"))
    assert.same({ "create_configuration", "update_instance_parameters" }, support.effects(world))
  end)

  it("is not asked for when no parameter needs it", function()
    local world = support.world()
    local d = of_parameters(world)
    table.remove(d.template.values)
    assert.equal("done", roll_out(world, d, {}, { accept = { YES[1] } }).status)
  end)

  it("is read from needRestart as text, too", function()
    local world = support.world({ readings = { ddm_need_restart = "string" } })
    assert.equal("done", roll_out(world, of_parameters(world)).status)
    assert.equal("restart_instance", support.effects(world)[3])
  end)
end)

describe("a roll-out that buys the instance", function()
  it("buys it at the money's gate and rolls out the rest", function()
    local world = support.world()
    local d = new_instance(world, function(d) d.instance.administrator = "boss" end)
    local result, reporter = roll_out(world, d, { administrator_password = "Green-8-Sea*" })
    assert.is_nil(result.error)
    assert.same({ "create_instance", "create_schema", "create_users", "create_users", "create_configuration",
      "update_instance_parameters", "switch_ssl", "restart_instance" }, support.effects(world))
    local made = world.sim.state.ddm.instances[2]
    assert.same({ "ddm-new", 2, "boss" }, { made.name, #made.nodes, made.admin_user_name })
    assert.equal(made.id, result.value.instance_id)
    assert.is_true(reporter:has("^unseen data nodes: not seen %(they are looked at once the instance is there%)"))
    assert.equal(0, roll_out(world, d).value.changed)
    assert.equal(2, #world.sim.state.ddm.instances)
  end)

  it("by the month pays the order, or waits for somebody who does", function()
    local world = support.world()
    local d = new_instance(world, function(d)
      d.instance.months, d.instance.auto_pay = 12, true
      d.schemas, d.accounts, d.template, d.ssl = nil, nil, nil, nil
    end)
    local result = roll_out(world, d)
    assert.is_nil(result.error)
    assert.is_string(world.sim.state.ddm.instances[2].order_id)
    world = support.world()
    d.instance.auto_pay, d.instance.months = false, 3
    local reporter
    result, reporter = roll_out(world, d, { deadline_hours = 1 })
    assert.matches("^the order %S+: not there after 1 h, the state is 6$", result.error.message)
    assert.is_true(reporter:has("^warn payment: bought by the month"))
    assert.matches("an instance was ordered", result.left_behind, 1, true)
    assert.equal("preflight: not met: no order open", roll_out(world, d).error.message)
    assert.equal(1, #support.effects(world))
  end)

  it("stops when the order is not complete, or cannot be filled", function()
    local function stops(name, change, more)
      local world = support.world()
      local result = roll_out(world, new_instance(world, change), more)
      assert.equal("preflight: not met: " .. name, result.error.message)
      assert.same({}, support.effects(world))
    end
    stops("order complete", function(d) d.instance.subnet_id, d.instance.node_count = nil, nil end)
    stops("kernel version on sale, node class on sale", function(d) d.instance.version = "9.9" end)
    stops("node class on sale", function(d) d.instance.class = "ddm.c6.nothing" end)
    stops("node class on sale", function(d) d.instance.zones = { "cn-north-4a", "cn-north-4z" } end)
    stops("administrator's password", function(d) d.instance.administrator = "boss" end)
    stops("administrator", function(d) d.instance.administrator, d.instance.version = "boss", "3.0.8.3" end,
      { administrator_password = "Green-8-Sea*" })
    stops("name of the instance", function(d) d.instance.name = "9x!" end)
    stops("period", function(d) d.instance.months, d.instance.auto_pay = 10, true end)
    stops("names of the accounts", function(d) d.instance.administrator = "reader" end, { administrator_password = "Green-8-Sea*" })
  end)

  it("looks at the data nodes once the instance is there, and says what is wrong with them", function()
    local world = support.world()
    local d = new_instance(world, function(d, ids) d.schemas[1].data_nodes = { ids[1], ids[3] } end)
    local result = roll_out(world, d)
    assert.equal("preflight: not met: data nodes available", result.error.message)
    assert.equal("schemas", result.step)
    assert.same({ "create_instance" }, support.effects(world))
  end)

  it("that fails to be created is told", function()
    local world = support.world({ faults = { { op = "ddm.create_instance", ["do"] = "job_failed" } } })
    local result = roll_out(world, new_instance(world))
    assert.equal("instance", result.step)
    assert.matches("ddm.create_instance: CREATEFAILED", result.error.message, 1, true)
    assert.equal("it is there in that state: hwdb cancel RUN --rollback deletes it, then run this again", result.error.remedy)
    assert.is_nil(result.left_behind)
  end)

  it("wants one instance of the name", function()
    local world = support.world()
    local d = new_instance(world, function(d) d.instance.name = "ddm-orders" end)
    require("hwdb.sim.world").add_ddm(world.sim.state, world.sim.project_id, { name = "ddm-orders" })
    assert.matches("^2 instances are called ddm%-orders: ", roll_out(world, d).error.message)
    d.instance = { class = "x" }
    assert.equal("declaration.instance needs id or name", roll_out(world, d).error.message)
  end)
end)

describe("the preflight of a roll-out", function()
  local function stops(name, change, more, prepare)
    local world = support.world()
    if prepare then prepare(world) end
    local result, reporter = roll_out(world, declared(world, change), more)
    assert.equal(1, result.exit)
    assert.equal("preflight: not met: " .. name, result.error.message)
    assert.same({}, support.effects(world))
    return reporter
  end

  it("stops when the instance is not running, or a task is", function()
    stops("instance running", nil, nil, function(world) world.instance.status = "RESIZING" end)
    stops("instance running, no running task", nil, nil, function(world)
      assert(world.client.ddm:restart_instance({ instance_id = world.instance_id, restart = { type = "soft" } }))
      world.sim.log.effects = {}
      world.sim:advance(5)
    end)
  end)

  it("stops when a schema that is there differs, or is not running", function()
    local reporter = stops("schemas as declared", function(d) d.schemas[1].shards = 16 end)
    assert.is_true(reporter:has("ddm_shard_migration changes shards and data nodes$"))
    stops("schemas as declared", function(d, ids) d.schemas[1].data_nodes = { ids[1], ids[3] } end)
    stops("schemas as declared", nil, nil, function(world) world.instance.schemas[1].status = "CREATE_FAILED" end)
  end)

  it("stops for a schema that cannot be made", function()
    stops("new schemas", function(d) d.schemas[2].shards = 129 end)
    stops("new schemas", function(d) d.schemas[2].shards = 1 end)
    stops("new schemas", function(d) d.schemas[2].mode = "single" end)
    stops("new schemas, schemas of the accounts", function(d) d.schemas[2].name = "mysql" end)
    for _, name in ipairs({ "Shop", "s" .. ("x"):rep(48) }) do
      stops("new schemas", function(d)
        d.schemas[2].name = name
        d.accounts = nil
      end)
    end
    local reporter = stops("new schemas", function(d) d.schemas[3] = d.schemas[2] end)
    assert.is_true(reporter:has("^fail new schemas: shop: declared twice$"))
    reporter = stops("new schemas", function(d, ids) d.schemas[2].data_nodes = { ids[3], ids[3] } end)
    assert.is_true(reporter:has("^fail new schemas: shop: %S+ comes twice$"))
  end)

  it("stops for data nodes that are taken, not normal, closed, or of two versions", function()
    stops("data nodes available", nil, nil, function(world) world.sim.state.rds.instances[3].ddm_id = "other" end)
    stops("data nodes available", nil, nil, function(world) world.sim.state.rds.instances[4].status = "rebooting" end)
    stops("one engine version", nil, nil, function(world) world.sim.state.rds.instances[4].version = "8.0" end)
    stops("data node logins given", nil, { node_password = "absent" })
    local reporter = stops("data node logins", nil, { node_password = "Wrong-1!" })
    assert.is_true(reporter:has("^fail data node logins: %S+ %(The RDS instance administrator or password is incorrect"))
  end)

  it("stops for passwords that are missing or weak", function()
    local reporter = stops("passwords given", nil, { password = "absent" })
    assert.is_true(reporter:has("^fail passwords given: password%.reader is missing$"))
    stops("passwords given", nil, { password = { app = PASSWORD } })
    reporter = stops("passwords strong", nil, { password = { reader = "huawei-123" } })
    assert.is_true(reporter:has("^fail passwords strong: reader %(easily guessed%)$"))
    reporter = stops("passwords strong", nil, { password = { reader = "Ab-1" } })
    assert.is_true(reporter:has("^fail passwords strong: reader %(it is shorter than 8 characters%)$"))
  end)

  it("stops for accounts with unknown schemas, rights or names that are taken", function()
    stops("schemas of the accounts", function(d) d.accounts[2].schemas = { "nothing" } end)
    stops("rights of the accounts", function(d) d.accounts[2].rights = { "SELECT", "GRANT" } end)
    stops("names of the accounts", function(d) d.accounts[2].name = "root" end)
    stops("names of the accounts", function(d) d.accounts[3] = d.accounts[2] end)
    stops("words of the accounts", function(d) d.accounts[2].name = "9reader" end)
    stops("words of the accounts", function(d) d.accounts[2].description = ("x"):rep(257) end)
  end)

  it("stops above 100 accounts", function()
    stops("at most 100 accounts", nil, nil, function(world)
      for i = 1, 99 do
        require("hwdb.sim.ddm_account_state").add({ now = world.sim:now() }, world.instance, { name = "a" .. i, password = "x",
          base_authority = { "SELECT" } })
      end
    end)
  end)

  it("stops for parameters that are unknown, fixed, out of range or half a pair, and for a default template", function()
    local function value(name, text)
      return function(d) d.template.values = { { name = name, value = text } } end
    end
    stops("parameters", value("no_such_parameter", "1"))
    stops("parameters", value("autocommit", "OFF"))
    stops("parameters", value("max_connections", "5"))
    stops("parameters", value("transaction_policy", "SOME"))
    stops("charset and collation", value("character_set_server", "utf8"))
    stops("template of one's own", function(d) d.template.name = "Default-DDM" end)
    stops("words of the template", function(d) d.template.name = "a b" end)
    stops("words of the template", function(d) d.template.description = "a & b" end)
    stops("at most 100 templates", nil, nil, function(world)
      for i = 1, 100 do assert(world.client.ddm:create_configuration({ name = "t" .. i, description = "", values = {} })) end
      world.sim.log.effects = {}
    end)
  end)

  it("goes on where the service does not judge passwords or logins, and says so", function()
    local world = support.world({ faults = { { op = "ddm.validate_weak_password", ["do"] = "refuse", status = 400, code = "DBS.280001" },
      { op = "ddm.check_data_node_connection", ["do"] = "refuse", status = 400, code = "DBS.280001" } } })
    local result, reporter = roll_out(world, declared(world), { stop_after = "preflight" })
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^unseen password of reader: not seen"))
    assert.is_true(reporter:has("^unseen data node logins: not seen"))
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: clients are ready for the change of SSL$"))
    assert.same({}, support.effects(world))
  end)
end)

describe("the gates of a roll-out", function()
  it("wait for a person without a terminal, and want the name typed", function()
    local world = support.world()
    local result = roll_out(world, declared(world), {}, { accept = {} })
    assert.equal(3, result.exit)
    assert.matches('accept="roll out ddm-orders"', result.error.remedy, 1, true)
    result = roll_out(world, declared(world), {}, { accept = {}, ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
    result = roll_out(world, new_instance(world), {}, { accept = { NEW[1] } })
    assert.matches('accept="buy ddm.create_instance"', result.error.remedy, 1, true)
    assert.same({}, support.effects(world))
  end)

  it("send nothing when something has changed since it was looked at", function()
    local world = support.world()
    local result = roll_out(world, declared(world), {}, { accept = {}, ask = function(q)
      account_of(world, "app").description = "changed"
      return q.expect
    end })
    assert.equal("what there is is not what was looked at: nothing has been changed", result.error.message)
    assert.same({}, support.effects(world))
  end)
end)

describe("a roll-out that fails", function()
  for _, op in ipairs(ALL) do
    it("at " .. op .. " by a refusal is told, and taken up by running it again", function()
      local world = support.world({ faults = { { op = "ddm." .. op, ["do"] = "refuse", status = 400, code = "DBS.280001" } } })
      local result = roll_out(world, declared(world))
      assert.equal("DBS.280001", result.error.code)
      assert.equal("done", roll_out(world, declared(world)).status)
      assert.same(ALL, support.effects(world))
    end)
  end

  it("at a schema of the service is told, and not tried again over its remains", function()
    local world = support.world({ faults = { { op = "ddm.create_schema", ["do"] = "job_failed" } } })
    local result = roll_out(world, declared(world))
    assert.matches("ddm.create_schema: CREATE_FAILED", result.error.message, 1, true)
    result = roll_out(world, declared(world))
    assert.equal("preflight: not met: schemas as declared", result.error.message)
    assert.same({ "create_schema" }, support.effects(world))
  end)

  it("loses no answer", function()
    for _, op in ipairs({ "create_schema", "create_users", "create_configuration", "switch_ssl", "restart_instance" }) do
      local world = support.world({ faults = { { op = "ddm." .. op, ["do"] = "reset_after" } } })
      local result, reporter = roll_out(world, declared(world))
      assert.is_nil(result.error)
      assert.is_true(reporter:has("ddm." .. op .. " took place; its answer is adopted"))
      assert.same(ALL, support.effects(world))
    end
  end)

  it("to become as declared is told", function()
    local world = support.world()
    local client = support.answering(world, "show_instance", function(body) body.enable_ssl = false end)
    local result = roll_out(world, declared(world), {}, { client = client })
    assert.equal("verification: still differs: SSL : off, not on", result.error.message)
  end)
end)

describe("a roll-out taken back, killed on its way or not,", function()
  local function params(d)
    return function(world)
      local given = params_of(world, d(world))
      given.instance_id = nil
      return given
    end
  end

  it("deletes what it made and sets back what it changed, the last first", function()
    local list = support.survives_going_back({ name = "ddm_schema_rollout", params = params(declared), accept = YES,
      fails = "ddm.restart_instance", points = 10 })
    assert.same({ "create_schema", "update_user", "create_users", "create_configuration", "update_instance_parameters", "switch_ssl",
      "switch_ssl", "update_instance_parameters", "delete_configuration", "delete_user", "update_user", "delete_schema" }, list)
  end)

  it("deletes the instance it bought", function()
    local list = support.survives_going_back({ name = "ddm_schema_rollout", params = params(new_instance), accept = NEW,
      fails = "ddm.create_users", points = 6 })
    assert.same({ "create_instance", "create_schema", "delete_schema", "delete_instance" }, list)
  end)

  it("keeps the instance it bought when somebody else uses it by now", function()
    local world = support.lasting_world({ faults = { { op = "ddm.create_users", ["do"] = "refuse", status = 400, code = "DBS.280001" } } })
    local durable, rb = require("spec.durable.support"), assert(require("hwdb.runbook").load("ddm_schema_rollout"))
    local options = { params = params(new_instance)(world), accept = NEW }
    local result = durable.run(world, rb, options)
    assert.equal("failed", result.state)
    local bought = world.sim.state.ddm.instances[2]
    assert(world.client.ddm:create_schema({ instance_id = bought.id, databases = { { name = "theirs", shard_mode = "single",
      shard_number = 1, used_rds = { { id = rds_ids(world)[3], adminUser = world.sim.data_node_user,
        adminPassword = world.sim.data_node_password } } } } }))
    world.sim:advance(3600)
    options.rollback = true
    local back = durable.resume(world, result.run, options)
    assert.equal("the instance this run bought has schemas that it did not make: theirs", back.error.message)
    assert.equal(2, #world.sim.state.ddm.instances)
    support.clean(world)
  end)

  it("leaves everything else as it was", function()
    local world = support.lasting_world({ faults = { { op = "ddm.restart_instance", ["do"] = "refuse", status = 400,
      code = "DBS.280001" } } })
    local durable, rb = require("spec.durable.support"), assert(require("hwdb.runbook").load("ddm_schema_rollout"))
    local options = { params = params(declared)(world), accept = YES }
    local result = durable.run(world, rb, options)
    assert.equal("failed", result.state)
    options.rollback = true
    assert.equal("rolled_back", durable.resume(world, result.run, options).state)
    assert.equal(1, #world.instance.schemas)
    assert.equal(1, #world.instance.accounts)
    assert.equal(8, #account_of(world, "app").base_authority)
    assert.equal("20000", world.instance.parameters.values.max_connections)
    assert.is_false(world.instance.enable_ssl)
    support.clean(world)
  end)
end)

local function proof(points, d, accept, effects)
  require("spec.runbooks.proofs").of{ name = "ddm_schema_rollout", accept = accept, services = { "ddm", "rds" }, points = points,
    effects = effects, params = function(world)
      local given = params_of(world, d(world))
      given.instance_id = nil
      return given
    end }
end

describe("the roll-out runbook", function()
  proof(16, declared, YES, ALL)
end)

describe("the roll-out runbook, with an instance to buy,", function()
  proof(8, new_instance, NEW, { "create_instance", "create_schema", "create_users", "create_users", "create_configuration",
    "update_instance_parameters", "switch_ssl", "restart_instance" })
end)
