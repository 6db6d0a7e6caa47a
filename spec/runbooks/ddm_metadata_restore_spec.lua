-- SPDX-License-Identifier: Apache-2.0
-- Metadata laid over restored rows: the order is kept, the shards are looked for, nothing but an empty target is taken.
local instance_support = require("spec.runbooks.instance_support")
local proofs = require("spec.runbooks.proofs")
local support = require("spec.runbooks.restore_support")

local YES = { "take copy-1", "take copy-2" }

local function world_with_copies(options)
  local world = support.world(options)
  world.copies = support.copies(world)
  world.sim.log.effects = {}
  return world
end

local function latest_backup(world)
  return world.sim.state.ddm.backups[#world.sim.state.ddm.backups]
end

local function restore(world, params, options)
  local given = { target_instance_id = world.target.id, nodes = world.copies, backup_id = latest_backup(world).id }
  for key, value in pairs(params or {}) do given[key] = value end
  local opts = { accept = YES }
  for key, value in pairs(options or {}) do opts[key] = value end
  return support.go(world, "ddm_metadata_restore", given, opts)
end

local function stops_at(world, line, params, options)
  local result, reporter = restore(world, params, options)
  assert.equal("failed", result.status)
  assert.equal("preflight: not met: " .. line, result.error.message)
  assert.same({}, support.effects(world))
  return reporter
end

local function rds(world, i) return world.sim.state.rds.instances[i] end

describe("a metadata restore", function()
  it("lays a backup's schemas over the RDS instances that hold their shards, in whichever order these are given", function()
    local world = world_with_copies()
    local result, reporter = restore(world, { nodes = { world.copies[2], world.copies[1] } })
    assert.is_nil(result.error)
    assert.equal(0, result.exit)
    assert.same({ "restore_metadata" }, support.effects(world))
    local schema = world.target.schemas[1]
    assert.same({ "orders", 8, world.copies[1], world.copies[2] }, { schema.name, schema.shard_number,
      schema.shards[1].data_node_id, schema.shards[8].data_node_id })
    assert.is_true(reporter:has("^ok rows of rds%-orders%-1 restored: its 4 shards are on " .. world.copies[1]))
    assert.is_true(reporter:has("^ok orders: 8 of 8 shards listed, each has its database$"))
    assert.same({ { "orders", "cluster", 8, 2 } }, reporter.tables["restored schemas"].rows)
    assert.is_true(reporter:has("^note DATA NOT COMPARED"))
    assert.equal(latest_backup(world).id, world.store:get("ddm_metadata_restore/restored/" .. world.target.id).backup)
  end)

  it("takes the backup nearest to a moment, and says how near it is", function()
    local world = world_with_copies()
    local result, reporter = restore(world, { backup_id = "absent", restore_time = "2026-01-01 01:00 +00:00" })
    assert.is_nil(result.error)
    assert.equal(latest_backup(world).id, result.value.backup)
    assert.is_true(reporter:has("^ok backup near the moment: the nearest is 1 h away$"))
    world = world_with_copies()
    reporter = select(2, restore(world, { backup_id = "absent", restore_time = "2025-12-20 02:00 +00:00", stop_after = "preflight" }))
    assert.is_true(reporter:has("^warn backup near the moment: the nearest is 240 h away$"))
    assert.same({}, support.effects(world))
  end)

  it("changes nothing when it is run again", function()
    local world = world_with_copies()
    assert.equal("done", restore(world).status)
    local result = restore(world)
    assert.equal("preflight: not met: target without schemas and data nodes, target offered, copy-1 in no DDM instance, "
      .. "copy-1 offered, copy-2 in no DDM instance, copy-2 offered", result.error.message)
    assert.equal(1, #support.effects(world))
  end)

  it("works when the source is gone: its backups outlive it", function()
    local world = world_with_copies()
    assert(world.client.ddm:delete_instance({ instance_id = world.instance_id, delete_rds_data = "false" }))
    world.sim:advance(300)
    world.sim.log.effects = {}
    local result, reporter = restore(world)
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^unseen source kernel: not seen %(the source is gone; at least 2.3.2.11%): check by hand$"))
    assert.is_true(reporter:has("^unseen rows of rds%-orders%-1 restored: not seen %(the source does not tell its shards any more"))
    assert.equal(8, world.target.schemas[1].shard_number)
  end)

  it("takes a source for gone only if it is", function()
    for status, code in pairs({ [403] = "DBS.300541", [400] = "DBS.280001" }) do
      local world = world_with_copies()
      world.sim:add_fault({ op = "ddm.show_instance", nth = 2, ["do"] = "refuse", status = status, code = code })
      assert.equal(code, restore(world).error.code)
      assert.same({}, support.effects(world))
    end
    local world = world_with_copies()
    world.sim:add_fault({ op = "ddm.show_instance", nth = 2, ["do"] = "refuse", status = 404, code = "APIGW.0101" })
    local result, reporter = restore(world, { stop_after = "preflight" })
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^ok rows of rds%-orders%-1 restored: its 4 shards are on "))
  end)

  it("does not go on where a source that is there is not asked about its targets", function()
    local world = world_with_copies()
    world.sim:add_fault({ op = "ddm.list_restorable_data_nodes", ["do"] = "refuse", status = 403, code = "DBS.300541" })
    stops_at(world, "copy-1 offered")
  end)

  it("does not go on where a source that is there lists no shards", function()
    local world = world_with_copies()
    world.sim:add_fault({ op = "ddm.show_schema_v3", ["do"] = "empty" })
    local reporter = stops_at(world, "shards of the source")
    assert.is_true(reporter:has("^fail shards of the source: not listed of orders: nobody sees whether their rows are restored$"))
  end)

  it("does not look for the shards of schemas that are younger than the backup", function()
    local world = world_with_copies()
    assert(world.client.ddm:create_schema({ instance_id = world.instance_id, databases = { { name = "later", shard_mode = "cluster",
      shard_number = 8, used_rds = { { id = world.nodes[1], adminUser = world.sim.data_node_user,
        adminPassword = world.sim.data_node_password } } } } }))
    world.sim:advance(60)
    world.sim.log.effects = {}
    assert.equal("done", restore(world).status)
  end)

  it("is taken back with its rows kept", function()
    local world = instance_support.lasting_world()
    support.prepare(world)
    world.copies = support.copies(world)
    local function without_shards(call, args)
      local body = call(args)
      if args.instance_id == world.target.id then body.shards = {} end
      return body
    end
    local result, back, reporter = instance_support.and_back(world, "ddm_metadata_restore", { target_instance_id = world.target.id,
      nodes = world.copies, backup_id = latest_backup(world).id }, { accept = YES,
      client = support.intercepted(world, { show_schema_v3 = without_shards }) })
    assert.equal("failed", result.state)
    assert.equal("rolled_back", back.state)
    assert.is_true(reporter:has("^ok taken back, the rows were kept: orders$"))
    assert.same({ 0, nil, 4 }, { #world.target.schemas, rds(world, 5).ddm_id, #rds(world, 5).databases })
    instance_support.clean(world)
  end)

  it("is taken back without what somebody else has begun to make there", function()
    local durable = require("spec.durable.support")
    local world = durable.world()
    support.prepare(world)
    world.copies = support.copies(world)
    local rb = assert(require("hwdb.runbook").load("ddm_metadata_restore"))
    local given = { params = { instance_id = world.instance.id, target_instance_id = world.target.id, nodes = world.copies,
      backup_id = latest_backup(world).id }, accept = YES, client = support.intercepted(world, { show_schema_v3 = function(call, args)
        local body = call(args)
        if args.instance_id == world.target.id then body.shards = {} end
        return body
      end }) }
    local result = durable.run(world, rb, given)
    assert.equal("failed", result.state)
    local theirs = require("hwdb.sim.world").add_schema(world.sim.state, world.target, "theirs", 4, { world.nodes[3] })
    theirs.data_nodes = {}
    given.rollback, given.client = true, nil
    local back, reporter = durable.resume(world, result.run, given)
    assert.equal("rolled_back", back.state, tostring(back.error))
    assert.is_true(reporter:has("^ok taken back, the rows were kept: orders$"))
    assert.same({ 1, "theirs" }, { #world.target.schemas, world.target.schemas[1].name })
    durable.clean(world)
  end)
end)

describe("the order of a metadata restore", function()
  it("is point-in-time recovery first: RDS instances without the shards are no targets", function()
    local world = support.world()
    world.copies = { world.nodes[3], world.nodes[4] }
    local reporter = stops_at(world, "rows of rds-orders-1 restored, rows of rds-orders-2 restored")
    assert.is_true(reporter:has("^fail rows of rds%-orders%-1 restored: no RDS instance given holds all its shards, missing: "
      .. "orders_0000, orders_0001, orders_0002, orders_0003; point%-in%-time recovery comes first$"))
    world = world_with_copies()
    rds(world, 6).databases[4] = nil
    reporter = stops_at(world, "rows of rds-orders-2 restored")
    assert.is_true(reporter:has("missing: orders_0007; point"))
  end)

  it("holds without the source, too: an empty RDS instance has nothing to lay metadata over", function()
    local world = world_with_copies()
    assert(world.client.ddm:delete_instance({ instance_id = world.instance_id, delete_rds_data = "false" }))
    world.sim:advance(300)
    world.sim.log.effects = {}
    stops_at(world, "rows of rds-orders-2 restored", { nodes = { world.copies[1], world.nodes[3] } })
  end)
end)

describe("the preflight of a metadata restore", function()
  it("needs a backup or a moment, and one that there is", function()
    local world = world_with_copies()
    for _, params in ipairs({ { backup_id = "absent" }, { restore_time = "2026-01-01 01:00 +00:00" } }) do
      assert.equal("either backup_id or restore_time is needed, and not both", restore(world, params).error.message)
    end
    assert.equal("there is no such backup of this instance", restore(world, { backup_id = "none" }).error.message)
    latest_backup(world).status = "DELETING"
    stops_at(world, "backup usable")
    world = world_with_copies()
    stops_at(world, "moment, copy-1 offered, copy-2 offered", { backup_id = "absent", restore_time = "2026-01-01 23:00 +00:00" })
  end)

  it("names a target that is not empty, not running, busy, too old or the source itself", function()
    local world = world_with_copies()
    assert(world.client.ddm:create_user_v3({ instance_id = world.target.id, name = "app", password = "Orange-tree-7",
      base_authority = { "SELECT" } }))
    world.sim.log.effects = {}
    stops_at(world, "target without accounts, target offered")
    world = world_with_copies()
    assert(world.client.ddm:restart_instance_v3({ instance_id = world.target.id, type = "soft" }))
    world.sim:advance(3)
    world.sim.log.effects = {}
    stops_at(world, "target running, no task on the target, target offered")
    world = world_with_copies()
    world.target.engine_version, world.instance.engine_version = "3.0.6.3", "2.3.2.10"
    stops_at(world, "source kernel, target kernel, target offered")
    world = world_with_copies()
    stops_at(world, "another instance, target without schemas and data nodes, target without accounts, target offered, "
      .. "copy-1 subnet, copy-2 subnet", { target_instance_id = world.instance_id })
  end)

  it("names too few RDS instances, one given twice, a source node, and what there is not", function()
    local world = world_with_copies()
    stops_at(world, "as many RDS instances as data nodes, rows of rds-orders-2 restored", { nodes = { world.copies[1] } })
    stops_at(world, "each once, rows of rds-orders-2 restored", { nodes = { world.copies[1], world.copies[1] } })
    stops_at(world, "no source node, rds-orders-1 in no DDM instance, rds-orders-1 offered", { nodes = { world.nodes[1], world.copies[2] } })
    stops_at(world, "RDS instance nothing, rows of rds-orders-2 restored", { nodes = { world.copies[1], "nothing" } })
  end)

  it("names an RDS instance elsewhere, at work, read-only, of another version or unlisted", function()
    local world = world_with_copies()
    rds(world, 5).subnet_id = world.sim.state.network.subnets[1].id
    stops_at(world, "copy-1 subnet")
    world = world_with_copies()
    rds(world, 5).vpc_id, rds(world, 6).read_only = "00000000-0000-0000-0000-000000000000", true
    stops_at(world, "copy-1 VPC, copy-1 offered, copy-2 state")
    world = world_with_copies()
    rds(world, 6).status = "backup"
    stops_at(world, "copy-2 state, copy-2 offered")
    world = world_with_copies()
    rds(world, 6).version = "8.0"
    stops_at(world, "one engine version")
    world = world_with_copies()
    world.sim:add_fault({ op = "rds.list_databases", ["do"] = "refuse", status = 403, times = 99 })
    stops_at(world, "copy-1 contents, copy-2 contents, rows of rds-orders-1 restored, rows of rds-orders-2 restored")
  end)

  it("names an RDS instance that another DDM instance uses", function()
    local world = world_with_copies()
    local builder = require("hwdb.sim.world")
    local other = builder.add_ddm(world.sim.state, world.sim.project_id, { name = "ddm-other" })
    builder.add_schema(world.sim.state, other, "shop", 4, { world.copies[1] })
    rds(world, 5).ddm_id = nil
    local reporter = stops_at(world, "copy-1 in no DDM instance")
    assert.is_true(reporter:has("^fail copy%-1 in no DDM instance: used by ddm%-other$"))
  end)
end)

describe("the gate of a metadata restore", function()
  it("is the name of each RDS instance", function()
    local world = world_with_copies()
    local result = restore(world, {}, { accept = {}, ask = function(q) return q.name == "take copy-1" and "copy-1" or "copy-1" end })
    assert.equal("not confirmed: nothing has been restored", result.error.message)
    assert.same({}, support.effects(world))
    result = restore(world, {}, { accept = { "take copy-1" } })
    assert.same({ "waiting", 3 }, { result.status, result.exit })
    assert.same({}, support.effects(world))
  end)

  it("is not asked for by contents that are old", function()
    local world = world_with_copies()
    local result = restore(world, {}, { client = support.intercepted(world, { list_jobs = function(call, args)
      rds(world, 6).databases[1] = nil
      return call(args)
    end }) })
    assert.equal("a target was changed by somebody else since it was looked at", result.error.message)
    assert.same({}, support.effects(world))
  end)

  it("is not passed by what changed after it was looked at", function()
    local world = world_with_copies()
    local result = restore(world, {}, { accept = {}, ask = function(q)
      rds(world, 5).databases[1] = nil
      return q.expect
    end })
    assert.matches("somebody else changed what rds.list_databases shows; nothing was sent", result.error.message)
    assert.same({}, support.effects(world))
  end)
end)

describe("a metadata restore that fails", function()
  it("says why, and that no rows were changed", function()
    local world = world_with_copies({ faults = { { op = "ddm.restore_metadata", ["do"] = "job_failed", reason = "shards differ" } } })
    local result = restore(world)
    assert.matches("^the metadata restore failed: .*shards differ$", result.error.message)
    assert.equal("no rows were changed. Once ddm-copy is RUNNING and empty: put the cause right and run this again", result.error.remedy)
    -- What failed left the target empty, so it may be run again.
    assert.equal("done", restore(world).status)
  end)

  it("is told by a shard without a database, and by no schema at all", function()
    local world = world_with_copies()
    local result, reporter = restore(world, {}, { client = support.intercepted(world, { show_schema_v3 = function(call, args)
      local body = call(args)
      if args.instance_id == world.target.id then body.shards[1].physical_db_name = "orders_9999" end
      return body
    end }) })
    assert.equal("verification: differs: orders", result.error.message)
    assert.is_true(reporter:has("^fail orders: 8 of 8 shards listed, without a database: orders_9999$"))
    world = world_with_copies()
    result = restore(world, {}, { client = support.intercepted(world, { list_schemas = function(call, args)
      if args.instance_id == world.target.id then world.target.schemas = {} end
      return call(args)
    end }) })
    assert.equal("verification: differs: no schema was restored", result.error.message)
  end)

  it("goes on in the cloud when the deadline has passed", function()
    local world = world_with_copies()
    local result = restore(world, { deadline_hours = 1 }, { client = support.intercepted(world, { show_job = function(call, args)
      local body = call(args)
      body.job.status = "Running"
      return body
    end }) })
    assert.equal("timeout", result.error.kind)
    assert.matches("goes on in the cloud", result.left_behind, 1, true)
  end)
end)

describe("ddm_metadata_restore", function()
  proofs.of{ name = "ddm_metadata_restore", accept = YES, services = { "ddm", "rds" }, effects = { "restore_metadata" },
    prepare = function(world)
      support.prepare(world)
      world.copies = support.copies(world)
    end,
    params = function(world)
      return { instance_id = world.instance.id, target_instance_id = world.target.id, nodes = world.copies,
        restore_time = support.ago(world, 2) }
    end }
end)
