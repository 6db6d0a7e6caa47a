-- SPDX-License-Identifier: Apache-2.0
-- Data restored to a moment: what is overwritten is named, listed and typed; every prerequisite; what is left when it fails.
local proofs = require("spec.runbooks.proofs")
local support = require("spec.runbooks.restore_support")

local MOMENT = "2026-01-01 06:00 +00:00"
local YES = { "overwrite rds-spare-1", "overwrite rds-spare-2" }

local function params_of(world, params)
  local given = { target_instance_id = world.target.id, restore_time = MOMENT,
    ["target." .. world.nodes[1]] = world.nodes[3], ["target." .. world.nodes[2]] = world.nodes[4] }
  for key, value in pairs(params or {}) do given[key] = value end
  return given
end

local function restore(world, params, options)
  local opts = { accept = YES }
  for key, value in pairs(options or {}) do opts[key] = value end
  return support.go(world, "ddm_pitr_restore", params_of(world, params), opts)
end

-- Fails at these preflight lines, and changes nothing.
local function stops_at(world, line, params, options)
  local result, reporter = restore(world, params, options)
  assert.equal("failed", result.status)
  assert.equal("preflight: not met: " .. line, result.error.message)
  assert.same({}, support.effects(world))
  return reporter
end

local function rds(world, i) return world.sim.state.rds.instances[i] end

describe("a point-in-time restore", function()
  it("replaces what the named RDS instances hold, and makes the schemas on the empty instance", function()
    local world = support.world()
    support.fill(world, 3, "shop", "test")
    local result, reporter = restore(world)
    assert.is_nil(result.error)
    assert.equal(0, result.exit)
    assert.same({ "restore_data" }, support.effects(world))
    assert.same({ source = world.nodes[1], time = 1767247200000 }, rds(world, 3).restored)
    assert.same({ "orders", 8 }, { world.target.schemas[1].name, world.target.schemas[1].shard_number })
    assert.same({ world.nodes[3], world.nodes[4] }, world.target.schemas[1].data_nodes)
    assert.is_true(reporter:has("^ok rds%-spare%-1 contents: shop, test$"))
    assert.is_true(reporter:has("^ok orders: 8 of 8 shards listed, all on the targets$"))
    assert.is_true(reporter:has("^ok schemas as at the source: orders %(cluster, 8 shards%)$"))
    assert.is_true(reporter:has("^note DATA NOT COMPARED"))
    assert.is_true(reporter:has("^warn accounts are not restored: create app$"))
    assert.same({ "rds-orders-1", "rds-spare-1", world.nodes[3], "shop, test" },
      reporter.tables["restored to 2026-01-01 06:00:00 +00:00"].rows[1])
    assert.same({ result.value.job_id, world.target.id }, { world.store:get("ddm_pitr_restore/restored/" .. world.target.id).job_id,
      result.value.target })
    assert.is_nil(result.left_behind)
  end)

  it("changes nothing when it is run again: the target is not empty any more", function()
    local world = support.world()
    assert.equal("done", restore(world).status)
    local result, reporter = restore(world)
    assert.equal("preflight: not met: target without schemas and data nodes, target offered, rds-spare-1 in no DDM instance, "
      .. "rds-spare-1 offered, rds-spare-2 in no DDM instance, rds-spare-2 offered", result.error.message)
    assert.is_true(reporter:has("^fail target without schemas and data nodes: it has orders$"))
    assert.equal(1, #support.effects(world))
  end)

  it("stops after the preflight, if asked", function()
    local world = support.world()
    assert.equal("done", restore(world, { stop_after = "preflight" }).status)
    assert.same({}, support.effects(world))
  end)

  it("takes one target without its source's id where there is one data node", function()
    local world = support.world()
    assert(world.client.ddm:delete_schema({ instance_id = world.instance_id, ddm_dbname = "orders", delete_rds_data = "false" }))
    world.sim:advance(60)
    assert(world.client.ddm:create_schema({ instance_id = world.instance_id, databases = { { name = "one", shard_mode = "single",
      shard_number = 1, used_rds = { { id = world.nodes[1], adminUser = world.sim.data_node_user,
        adminPassword = world.sim.data_node_password } } } } }))
    world.sim:advance(2 * 86400)
    world.sim.log.effects = {}
    local result = support.go(world, "ddm_pitr_restore", { target_instance_id = world.target.id, target = world.nodes[3],
      restore_time = "2026-01-03 03:00 +00:00" }, { accept = YES })
    assert.is_nil(result.error)
    assert.same({ world.nodes[3] }, world.target.schemas[1].data_nodes)
  end)

  it("bears old states that are shown for a while", function()
    local world = support.world({ lag_seconds = 90 })
    assert.equal("done", restore(world).status)
  end)
end)

describe("what a point-in-time restore overwrites", function()
  it("is overwritten only after its name was typed", function()
    local world = support.world()
    support.fill(world, 3, "shop")
    local asked = {}
    local result = restore(world, {}, { accept = {}, ask = function(q)
      asked[#asked + 1] = q
      return #asked == 1 and "rds-spare-1" or "yes"
    end })
    assert.equal("not confirmed: nothing has been overwritten", result.error.message)
    assert.same({ "overwrite rds-spare-1", "overwrite rds-spare-2" }, { asked[1].name, asked[2].name })
    assert.matches("it holds: shop. Type its name", asked[1].question, 1, true)
    assert.matches("it holds: no databases", asked[2].question, 1, true)
    assert.same({}, support.effects(world))
  end)

  it("is shown whole before its name is asked for, however much it holds", function()
    local world = support.world()
    local list = {}
    for i = 1, 230 do list[i] = ("db%03d"):format(i) end
    support.fill(world, 3, table.unpack(list))
    local report, seen = require("spec.runbooks.instance_support").reporter(), nil
    restore(world, {}, { accept = {}, report = report, ask = function(q)
      seen = seen or { q.question, report.tables["contents of rds-spare-1"] }
      return "no"
    end })
    assert.matches("it holds: db001, .*, db012 … %(230 in all%)", seen[1])
    assert.same({ 230, { "db230" } }, { #seen[2].rows, seen[2].rows[230] })
    assert.is_nil(report.tables["contents of rds-spare-2"])
  end)

  it("waits for a person without a terminal, and no wider answer counts", function()
    for _, accept in ipairs({ {}, { "overwrite" }, { YES[1] }, { YES[2] } }) do
      local world = support.world()
      local result = restore(world, {}, { accept = accept })
      assert.same({ "waiting", 3 }, { result.status, result.exit })
      assert.same({}, support.effects(world))
    end
  end)

  it("is listed by a program of the caller's, too, which gets the logins", function()
    local world = support.world()
    local _, reporter = restore(world, { list_program = support.program({ "shop.orders 12 rows",
      "$NODE_NAME $NODE_HOST:$NODE_PORT $NODE_USER/$NODE_PASSWORD/${#NODE_PASSWORD}" }), user = "root",
      ["password." .. world.nodes[3]] = "Top-secret-1" })
    assert.is_true(reporter:has("^ok rds%-spare%-1 contents: shop.orders 12 rows, rds%-spare%-1 192.168.200.3:3306 root/%*%*%*/12$"))
    assert.is_true(reporter:has("^ok rds%-spare%-2 contents: shop.orders 12 rows, rds%-spare%-2 192.168.200.4:3306 root//0$"))
  end)

  it("is not touched when nothing can list it", function()
    local world = support.world({ faults = { { op = "rds.list_databases", ["do"] = "refuse", status = 403, times = 99 } } })
    stops_at(world, "rds-spare-1 contents, rds-spare-2 contents")
    world = support.world()
    local reporter = stops_at(world, "rds-spare-1 contents, rds-spare-2 contents", { list_program = support.program({ "x" }, 4) })
    assert.is_true(reporter:has("^fail rds%-spare%-1 contents: list_program ended with 4; list_program=… can list them$"))
  end)

  it("is not touched when a list that shall tell is answered with nothing", function()
    local world = support.world({ faults = { { op = "rds.list_databases", ["do"] = "empty", times = 99 } } })
    local reporter = stops_at(world, "rds-spare-1 contents, rds-spare-2 contents")
    assert.is_true(reporter:has("^fail rds%-spare%-1 contents: the answer is empty where a list was asked for"))
    world = support.world({ faults = { { op = "ddm.list_schemas", ["do"] = "empty", nth = 2 } } })
    stops_at(world, "rds-spare-1 in no DDM instance, rds-spare-2 in no DDM instance")
    world = support.world({ faults = { { op = "ddm.list_users", ["do"] = "empty" } } })
    local result = restore(world)
    assert.equal("the answer is empty where a list was asked for; an empty list would say so", result.error.message)
    assert.same({}, support.effects(world))
    world = support.world({ faults = { { op = "ddm.show_instance", ["do"] = "empty" } } })
    stops_at(world, "source kernel")
  end)

  it("is listed by the program alone where RDS does not tell", function()
    local world = support.world({ faults = { { op = "rds.list_databases", ["do"] = "refuse", status = 403, times = 99 } } })
    assert.equal("done", restore(world, { list_program = support.program({ "shop" }) }).status)
  end)

  it("is not what somebody else filled after it was listed", function()
    local world = support.world()
    local count = 0
    local result = restore(world, {}, { accept = {}, ask = function(q)
      count = count + 1
      if count == 2 then support.fill(world, 3, "payroll") end
      return q.expect
    end })
    assert.matches('somebody else changed what rds.list_databases shows; nothing was sent: .*payroll', result.error.message)
    assert.same({}, support.effects(world))
  end)

  it("is not asked for by contents that are old", function()
    local world = support.world()
    local result = restore(world, {}, { client = support.intercepted(world, { list_jobs = function(call, args)
      support.fill(world, 4, "payroll")
      return call(args)
    end }) })
    assert.equal("a target was changed by somebody else since it was looked at", result.error.message)
    assert.same({}, support.effects(world))
  end)

  it("is not what a DDM instance took in the meantime, nor a target that is in use by then", function()
    local world = support.world()
    local result = restore(world, {}, { accept = {}, ask = function(q)
      rds(world, 4).ddm_id = world.instance_id
      return q.expect
    end })
    assert.matches("somebody else changed what rds.list_instances shows", result.error.message)
    world = support.world()
    result = restore(world, {}, { accept = {}, ask = function(q)
      world.client.ddm:create_user_v3({ instance_id = world.target.id, name = "app", password = "Orange-tree-7",
        base_authority = { "SELECT" } })
      return q.expect
    end })
    assert.matches("somebody else changed what ddm.list_users shows", result.error.message)
  end)
end)

describe("the preflight of a point-in-time restore", function()
  it("names a moment that cannot be restored", function()
    local reporter = stops_at(support.world(), "moment can be restored", { restore_time = "2026-01-01 07:59 +00:00" })
    assert.is_true(reporter:has("^fail moment can be restored: 2026%-01%-01 07:59:00 %+00:00; from .* to 2026%-01%-01 07:55:00"))
    local world = support.world()
    rds(world, 1).backup_days = nil
    stops_at(world, "moment can be restored")
  end)

  it("names a target instance that is not empty, not running, busy, too old or the source itself", function()
    local world = support.world()
    assert(world.client.ddm:create_user_v3({ instance_id = world.target.id, name = "app", password = "Orange-tree-7",
      base_authority = { "SELECT" } }))
    world.sim.log.effects = {}
    stops_at(world, "target without accounts, target offered")
    world = support.world()
    world.target.status = "ERROR"
    stops_at(world, "target running, target offered")
    world = support.world()
    assert(world.client.ddm:restart_instance_v3({ instance_id = world.target.id, type = "soft" }))
    world.sim:advance(3)
    world.sim.log.effects = {}
    stops_at(world, "target running, no task on the target, target offered")
    world = support.world()
    world.target.engine_version, world.instance.engine_version = "3.0.6.3", "2.3.2.10"
    stops_at(world, "source kernel, target kernel, target offered")
    world = support.world()
    stops_at(world, "another instance, target without schemas and data nodes, target without accounts, target offered",
      { target_instance_id = world.instance_id })
  end)

  it("names data nodes without a target, targets named twice, source nodes, and ids that are no data node of then", function()
    local world = support.world()
    local n = world.nodes
    stops_at(world, "a target for each", { ["target." .. n[2]] = "absent" })
    stops_at(world, "each target once", { ["target." .. n[2]] = n[3] })
    stops_at(world, "no source as target, rds-orders-2 in no DDM instance, rds-orders-2 offered", { ["target." .. n[1]] = n[2] })
    stops_at(world, "targets for these only", { ["target." .. n[4]] = n[3] })
    stops_at(world, "a target for each, targets for these only", { ["target." .. n[1]] = "absent", target = n[3] })
    stops_at(world, "target nothing", { ["target." .. n[1]] = "nothing" })
    for _, backup in ipairs(world.sim.state.ddm.backups) do backup.metadata = { schemas = {}, nodes = {} } end
    stops_at(world, "data nodes of that moment, targets for these only")
  end)

  it("names what a DDM instance uses, whatever is said to be available", function()
    local world = support.world()
    local other = require("hwdb.sim.world").add_ddm(world.sim.state, world.sim.project_id, { name = "ddm-other" })
    require("hwdb.sim.world").add_schema(world.sim.state, other, "shop", 4, { world.nodes[3] })
    rds(world, 3).ddm_id = nil
    local reporter = stops_at(world, "rds-spare-1 in no DDM instance")
    assert.is_true(reporter:has("^fail rds%-spare%-1 in no DDM instance: used by ddm%-other$"))
    assert.is_true(reporter:has("^ok rds%-spare%-1 offered"))
  end)

  it("says so where the service gives no reason", function()
    local world = support.world()
    local function silent(call, args)
      local body = call(args)
      for _, list in ipairs({ body.instances or {}, body.target_data_nodes or {} }) do
        for _, item in ipairs(list) do item.available, item.unavailable_reason = false, require("hwdb.core").null end
      end
      return body
    end
    local reporter = stops_at(world, "target offered, rds-spare-1 offered, rds-spare-2 offered", {},
      { client = support.intercepted(world, { list_restorable_instances = silent, list_restorable_data_nodes = silent }) })
    assert.is_true(reporter:has("^fail target offered: not available, no reason is given$"))
    assert.is_true(reporter:has("^fail rds%-spare%-2 offered: not available, no reason is given$"))
  end)

  it("counts an instance that does not tell what it uses as one that may use it", function()
    local world = support.world()
    local reporter = stops_at(world, "rds-spare-1 in no DDM instance, rds-spare-2 in no DDM instance", {},
      { client = support.intercepted(world, { list_schemas = function(call, args)
        if args.instance_id ~= world.instance_id then return call(args) end
        return nil, { kind = "api", status = 403, message = "denied" }
      end }) })
    assert.is_true(reporter:has("these do not tell: ddm%-orders$"))
  end)

  it("names an RDS instance of another version, too small, elsewhere, read-only or not at rest", function()
    local world = support.world()
    rds(world, 3).version, rds(world, 4).version = "5.6", "5.6"
    stops_at(world, "rds-spare-1 engine, rds-spare-1 offered, rds-spare-2 engine, rds-spare-2 offered")
    world = support.world()
    rds(world, 3).version = "8.0"
    stops_at(world, "one engine version")
    world = support.world()
    rds(world, 3).disk_gb = 100
    stops_at(world, "rds-spare-1 disk, rds-spare-1 offered")
    world = support.world()
    rds(world, 3).vpc_id = "00000000-0000-0000-0000-000000000000"
    stops_at(world, "rds-spare-1 VPC, rds-spare-1 offered")
    world = support.world()
    rds(world, 3).read_only = true
    stops_at(world, "rds-spare-1 state")
    world = support.world()
    rds(world, 4).status = "backup"
    stops_at(world, "rds-spare-2 state, rds-spare-2 offered")
  end)

  it("warns of another subnet and of a task on the source, and shows what no API sees", function()
    local world = support.world()
    rds(world, 3).subnet_id = world.sim.state.network.subnets[1].id
    assert(world.client.ddm:restart_instance_v3({ instance_id = world.instance_id, type = "soft" }))
    local result, reporter = restore(world, { stop_after = "preflight" })
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^warn rds%-spare%-1 subnet: not the target's"))
    assert.is_true(reporter:has("^warn no task on the source: RestartInstance is Running$"))
    assert.equal(5, #support.lines(reporter, "unseen"))
  end)
end)

describe("a point-in-time restore that fails", function()
  it("says why, and what is lost", function()
    local world = support.world({ faults = { { op = "ddm.restore_data", ["do"] = "job_failed", reason = "no space" } } })
    local result = restore(world)
    assert.equal("failed", result.status)
    assert.matches("^the restore failed: .*no space$", result.error.message)
    assert.matches("what the target RDS instances held is to be taken for lost. Once ddm-copy is RUNNING and empty: run this again",
      result.error.remedy, 1, true)
  end)

  it("says that it goes on in the cloud when the deadline has passed", function()
    local world = support.world()
    local result = restore(world, { deadline_hours = 1 }, { client = support.intercepted(world, { show_job = function(call, args)
      local body = call(args)
      body.job.status = "Running"
      return body
    end }) })
    assert.equal("timeout", result.error.kind)
    assert.matches("goes on in the cloud: `hwdb call ddm.show_job job_id=", result.left_behind, 1, true)
  end)

  it("is refused by the service: nothing is begun", function()
    local world = support.world({ faults = { { op = "ddm.restore_data", ["do"] = "refuse", status = 400, code = "DBS.300372" } } })
    local result = restore(world)
    assert.equal("DBS.300372", result.error.code)
    assert.matches("^unless it was refused or not sent, the restore may have begun", result.left_behind)
    assert.same({}, support.effects(world))
  end)

  it("is told by shards that are elsewhere or missing", function()
    for _, change in ipairs({ function(schema) schema.shards[1].data_node_id = "elsewhere" end,
      function(schema) schema.shards[8] = nil end }) do
      local world = support.world()
      local result, reporter = restore(world, {}, { client = support.intercepted(world, { show_schema_v3 = function(call, args)
        local body = call(args)
        change(body)
        return body
      end }) })
      assert.equal("verification: differs: orders", result.error.message)
      assert.is_true(reporter:has("^fail orders: "))
    end
  end)

  it("that was done, but could not be looked at, is looked at when the run is taken up", function()
    local durable = require("spec.durable.support")
    local world = durable.world()
    support.prepare(world)
    local rb = assert(require("hwdb.runbook").load("ddm_pitr_restore"))
    local options = { params = params_of(world, { instance_id = world.instance.id }), accept = YES, terminal = false }
    world.sim:add_fault({ op = "ddm.show_schema_v3", ["do"] = "refuse", status = 403, code = "DBS.300541" })
    local result = durable.run(world, rb, options)
    assert.equal("DBS.300541", result.error.code)
    assert.matches("^the restore itself is done; where only a look at it failed, `hwdb resume` looks again", result.left_behind)
    local again = durable.resume(world, result.run, options)
    assert.equal("done", again.state, tostring(again.error))
    assert.same({ "restore_data" }, durable.ops(world))
    durable.clean(world)
  end)

  it("is told when no schema came back", function()
    local world = support.world()
    local result = restore(world, {}, { client = support.intercepted(world, { list_schemas = function(call, args)
      if args.instance_id == world.target.id then world.target.schemas = {} end
      return call(args)
    end }) })
    assert.equal("verification: differs: no schema was restored", result.error.message)
    assert.matches("^the restore itself is done", result.left_behind)
  end)
end)

describe("the rows of a point-in-time restore", function()
  it("are compared by a program that knows both sides", function()
    local result, reporter = restore(support.world(), { check_program = support.program({ "$SOURCE_NODES to $TARGET_NODES",
      "as of $RESTORE_TIME" }), password = "Top-secret-1" })
    assert.equal("done", result.status)
    assert.same({ "192.168.200.1:3306,192.168.200.2:3306 to 192.168.200.3:3306,192.168.200.4:3306",
      "as of 2026-01-01 06:00:00 +00:00" }, support.lines(reporter, "log"))
    assert.is_true(reporter:has("^ok DATA COMPARED by the check program, output sha256 %x+$"))
  end)

  it("fail the run when the program says that they differ", function()
    local result, reporter = restore(support.world(), { check_program = support.program({ "orders_0003: 12 rows, 11 rows" }, 1) })
    assert.equal("the check program ended with 1: the restored data is not as it should be", result.error.message)
    assert.is_true(reporter:has("^log orders_0003: 12 rows, 11 rows$"))
  end)
end)

describe("ddm_pitr_restore", function()
  proofs.of{ name = "ddm_pitr_restore", prepare = support.prepare, accept = YES, services = { "ddm", "rds" },
    effects = { "restore_data" }, params = function(world)
      return params_of(world, { instance_id = world.instance.id, check_program = support.program({ "alike" }),
        restore_time = support.ago(world, 2) })
    end }
end)
