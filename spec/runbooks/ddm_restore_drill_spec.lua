-- SPDX-License-Identifier: Apache-2.0
-- The restore drill: it passes only with proof, buys nothing twice, and deletes what it made and nothing else.
local builder = require("hwdb.sim.world")
local instance_support = require("spec.runbooks.instance_support")
local proofs = require("spec.runbooks.proofs")
local support = require("spec.runbooks.restore_support")

local NAME = "drill-20260101-080000"
local NAMED = "drill%-20260101%-080000"
local SAID = { "configuration ok 12 parameters", "row_counts ok 4711 = 4711", "checksums ok 8 shards", "newest_row ok 2026-01-01 07:54:58" }
local BOUGHT = { "buy rds.restore_to_new_instance", "buy ddm.create_instance", "clean up" }
local OVER = { "overwrite rds-spare-1", "overwrite rds-spare-2", "clean up" }
local MADE = { "restore_to_new_instance", "restore_to_new_instance", "create_instance", "restore_metadata" }
local CLEANED = { "delete_instance_v3", "delete_instance", "delete_instance" }

local function with(params, more)
  local all = {}
  for key, value in pairs(params) do all[key] = value end
  for key, value in pairs(more or {}) do all[key] = value end
  return all
end

local function drill(world, params, options)
  return support.go(world, "ddm_restore_drill", with({ rto_minutes = 60, rpo_minutes = 15, check_program = support.program(SAID) },
    params), with({ accept = BOUGHT }, options))
end

-- On what was prepared: both RDS instances, and the DDM instance where asked.
local function prepared(world, params, options)
  return drill(world, with({ ["target." .. world.nodes[1]] = world.nodes[3], ["target." .. world.nodes[2]] = world.nodes[4] },
    params), with({ accept = OVER }, options))
end

local function joined(...)
  local all = {}
  for _, list in ipairs({ ... }) do table.move(list, 1, #list, #all + 1, all) end
  return all
end

local function stops_at(world, line, params, options)
  local result, reporter = drill(world, params, options)
  assert.equal("failed", result.status)
  assert.equal("preflight: not met: " .. line, result.error.message)
  assert.same({}, support.effects(world))
  return reporter
end

local function rds(world, i) return world.sim.state.rds.instances[i] end

-- DDM and RDS instances that are there.
local function there(world)
  local names = {}
  for _, instance in ipairs(world.sim.state.ddm.instances) do
    if not instance.deleted then names[#names + 1] = instance.name end
  end
  for _, node in ipairs(world.sim.state.rds.instances) do names[#names + 1] = node.name end
  return names
end

local BEFORE = { "ddm-orders", "ddm-copy", "rds-orders-1", "rds-orders-2", "rds-spare-1", "rds-spare-2" }

local function record(world) return world.store:get("ddm_restore_drill/made/" .. world.instance_id) end

local function evidence(world, name)
  return world.store:get(("ddm_restore_drill/evidence/%s/%s"):format(world.instance_id, name or NAME))
end

describe("a restore drill", function()
  it("makes its own instances, restores, compares, times and removes them", function()
    local world = support.world()
    local result, reporter = drill(world)
    assert.is_nil(result.error)
    assert.equal(0, result.exit)
    assert.same({ drill = NAME, passed = true, left = {} }, result.value)
    assert.same(joined(MADE, CLEANED), support.effects(world))
    assert.same(BEFORE, there(world))
    assert.is_true(reporter:has("^note " .. NAMED .. ": ddm%-orders as of 2026%-01%-01 07:55:00 %+00:00; RDS instances: made by "
      .. "point%-in%-time recovery; DDM instance: made$"))
    assert.is_true(reporter:has("^note PASSED: " .. NAMED .. "; what it made is gone$"))
    assert.is_nil(result.left_behind)
  end)

  it("leaves evidence: checks, times, what was made", function()
    local world = support.world()
    local _, reporter = drill(world)
    local rows = reporter.tables.checks.rows
    assert.same({ "row_counts", "ok", "4711 = 4711" }, rows[4])
    assert.same({ { "RTO", "ok", "17 min, at most 60 min" }, { "RPO", "ok", "5 min, at most 15 min" } }, { rows[8], rows[9] })
    assert.same({ { "made", "2026-01-01 08:15:00 +00:00", 900 }, { "restored", "2026-01-01 08:17:00 +00:00", 120 } },
      { reporter.tables.times.rows[1], reporter.tables.times.rows[2] })
    assert.same({ "RDS instance", NAME .. "-1", record(world).items[1].id, "gone" }, reporter.tables.made.rows[1])
    local kept = evidence(world)
    assert.same({ true, 1020, 300, "made", "ddm-orders" }, { kept.passed, kept.rto_seconds, kept.rpo_seconds, kept.nodes, kept.source })
  end)

  it("has its evidence in the report of its run", function()
    local durable = require("spec.durable.support")
    local world = durable.world()
    support.prepare(world)
    local result = durable.run(world, assert(require("hwdb.runbook").load("ddm_restore_drill")), { accept = BOUGHT,
      params = { instance_id = world.instance.id, rto_minutes = 60, rpo_minutes = 15, check_program = support.program(SAID) } })
    assert.equal("done", result.state, tostring(result.error))
    local told = durable.with_journal(world, function(store)
      return require("hwdb.runbook.account").of(store, require("hwdb.runbook").list(store)[1])
    end)
    local names = {}
    for i, t in ipairs(told.tables) do names[i] = t.name end
    assert.same({ "checks", "times", "made" }, names)
    assert.same({ "checksums", "ok", "8 shards" }, told.tables[1].rows[5])
    durable.clean(world)
  end)

  it("restores onto a prepared DDM instance, and empties it again", function()
    local world = support.world()
    local result, reporter = drill(world, { target_instance_id = world.target.id })
    assert.is_nil(result.error)
    assert.same({ "restore_to_new_instance", "restore_to_new_instance", "restore_metadata", "delete_schema_v3", "delete_instance",
      "delete_instance" }, support.effects(world))
    assert.same(BEFORE, there(world))
    assert.same({}, world.target.schemas)
    assert.is_true(reporter:has("DDM instance: prepared, ddm%-copy$"))
  end)

  it("restores rows and metadata onto prepared RDS instances, and takes the rows off them again", function()
    local world = support.world()
    support.fill(world, 3, "shop")
    local result, reporter = prepared(world, { target_instance_id = world.target.id })
    assert.is_nil(result.error)
    assert.same({ "restore_data", "delete_schema_v3" }, support.effects(world))
    assert.is_true(reporter:has("RDS instances: prepared ones, by restore_data; DDM instance: prepared, ddm%-copy$"))
    assert.same({ {}, {}, {} }, { world.target.schemas, rds(world, 3).databases, rds(world, 4).databases })
    assert.same({ "prepared", true }, { evidence(world).nodes, evidence(world).passed })
  end)

  it("makes a DDM instance for prepared RDS instances, and deletes it with the rows on these", function()
    local world = support.world()
    local result = prepared(world, {}, { accept = joined(OVER, { BOUGHT[2] }) })
    assert.is_nil(result.error)
    assert.same({ "create_instance", "restore_data", "delete_instance_v3" }, support.effects(world))
    assert.same(BEFORE, there(world))
    assert.same({ {}, {} }, { rds(world, 3).databases, rds(world, 4).databases })
  end)

  it("takes a moment, a class, zones and names as given", function()
    local world = support.world()
    local result = drill(world, { restore_time = "2026-01-01 03:00 +00:00", rds_flavor = "rds.mysql.n1.xlarge.2.ha",
      rds_zone = "cn-north-4a,cn-north-4b", prefix = "weekly", ddm_nodes = 2, ddm_flavor_id = world.sim.state.ddm.flavors[2].id,
      ddm_engine_id = world.sim.state.ddm.engines[2].id, node_password = "Top-secret-1", keep = true })
    assert.is_nil(result.error)
    local made, node = world.sim.state.ddm.instances[3], rds(world, 5)
    assert.same({ "weekly-20260101-080000", 2, "ddm.c6.4xlarge.2", "3.0.8.3" }, { made.name, #made.nodes, made.flavor_ref,
      made.engine_version })
    assert.same({ "weekly-20260101-080000-1", "rds.mysql.n1.xlarge.2.ha", "cn-north-4a,cn-north-4b", 1767236400000 }, { node.name,
      node.flavor_ref, node.az, node.restored.time })
    assert.equal(300, evidence(world, "weekly-20260101-080000").rpo_seconds)
  end)

  it("bears old states that are shown for a while", function()
    local world = support.world({ lag_seconds = 90 })
    assert.equal("done", drill(world).status)
    assert.same(BEFORE, there(world))
  end)

  it("gives the check program both sides, the logins too", function()
    local world = support.world()
    local lines = joined(SAID, { "$SOURCE_NODES $TARGET_NODES", "$SOURCE_DDM $TARGET_DDM $SCHEMAS",
      "$RESTORE_TIME $NODE_USER/$NODE_PASSWORD/${#NODE_PASSWORD}" })
    local result, reporter = drill(world, { target_instance_id = world.target.id, check_program = support.program(lines),
      user = "root", password = "Top-secret-1" })
    assert.is_nil(result.error)
    assert.same({ "192.168.200.1:3306,192.168.200.2:3306 192.168.201.3:3306,192.168.201.4:3306",
      ("%s:5066 %s:5066 orders"):format(world.instance.access_ip, world.target.access_ip),
      "2026-01-01 07:55:00 +00:00 root/***/12" }, support.lines(reporter, "log"))
  end)
end)

describe("what a restore drill made", function()
  it("is kept if asked, keeps the next drill away, and is removed by its name alone", function()
    local world = support.world()
    local result, reporter = drill(world, { keep = true })
    assert.is_nil(result.error)
    assert.same(MADE, support.effects(world))
    assert.is_true(reporter:has("^note PASSED: .* kept, as asked: RDS instance " .. NAMED .. "%-1 .* clean_up=" .. NAMED .. "$"))
    result, reporter = drill(world)
    assert.equal("preflight: not met: nothing left of an earlier drill", result.error.message)
    assert.is_true(reporter:has("remove it: hwdb run ddm_restore_drill instance_id=" .. world.instance_id .. " clean_up=" .. NAMED .. "$"))
    result = support.go(world, "ddm_restore_drill", { clean_up = "drill-1" }, { accept = BOUGHT })
    assert.equal("no drill drill-1 of this instance is recorded here", result.error.message)
    assert.equal("the latest is " .. NAME, result.error.remedy)
    result = support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT })
    assert.is_nil(result.error)
    assert.same(joined(MADE, CLEANED), support.effects(world))
    assert.same(BEFORE, there(world))
    -- Once more, there is nothing to do.
    assert.equal("done", support.go(world, "ddm_restore_drill", { clean_up = NAME }).status)
    assert.equal(7, #support.effects(world))
    assert.equal("done", drill(world).status)
  end)

  it("is unknown where no drill is recorded", function()
    local result = support.go(support.world(), "ddm_restore_drill", { clean_up = NAME })
    assert.equal("no drill " .. NAME .. " of this instance is recorded here", result.error.message)
    assert.matches("records are kept by the user and the machine", result.error.remedy)
  end)

  it("is not taken for gone because a gateway knows no such address", function()
    for code, status in pairs({ ["APIGW.0101"] = 404, ["DBS.200002"] = 404, ["DBS.280110"] = 400 }) do
      local world = support.world()
      drill(world, { keep = true })
      world.sim:add_fault({ op = "ddm.show_instance", ["do"] = "refuse", status = status, code = code })
      local result = support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT })
      assert.is_nil(result.error)
      assert.same(joined(MADE, CLEANED), support.effects(world))
      assert.same(BEFORE, there(world))
    end
  end)

  it("that somebody else has deleted is not looked for", function()
    local world = support.world()
    drill(world, { keep = true })
    assert(world.client.ddm:delete_instance_v3({ instance_id = world.sim.state.ddm.instances[3].id, delete_dn_data = false }))
    world.sim:advance(3600)
    local result = support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT })
    assert.is_nil(result.error)
    assert.same(joined(MADE, CLEANED), support.effects(world))
    assert.same(BEFORE, there(world))
  end)

  it("is not deleted under another name", function()
    local world = support.world()
    drill(world, { keep = true })
    rds(world, 5).name = "payroll"
    local result, reporter = support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT })
    assert.equal(("still left: RDS instance %s-1 (%s)"):format(NAME, rds(world, 5).id), result.error.message)
    assert.is_true(reporter:has("is called payroll now, not " .. NAMED .. "%-1 as the drill named it: not touched$"))
    assert.same(joined(MADE, { CLEANED[1], CLEANED[2] }), support.effects(world))
  end)

  it("is not deleted with somebody else's schema on it, nor an RDS instance that is used by then", function()
    local world = support.world()
    drill(world, { keep = true })
    local made = world.sim.state.ddm.instances[3]
    builder.add_schema(world.sim.state, made, "payroll", 4, { rds(world, 5).id })
    local result, reporter = support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT })
    assert.matches("^still left: RDS instance .*%-1 .*, RDS instance .*%-2 .*, DDM instance", result.error.message)
    assert.is_true(reporter:has(NAMED .. " holds schemas of somebody else: payroll; not touched$"))
    assert.is_true(reporter:has(NAMED .. "%-1 is still used by a DDM instance: not touched$"))
    assert.same(MADE, support.effects(world))
  end)

  it("is not deleted with somebody else's schema on it when it is out of order, either", function()
    local world = support.world()
    drill(world, { keep = true })
    local made = world.sim.state.ddm.instances[3]
    builder.add_schema(world.sim.state, made, "payroll", 4, { rds(world, 5).id })
    made.status = "ERROR"
    local _, reporter = support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT })
    assert.is_true(reporter:has(NAMED .. " holds schemas of somebody else: payroll; not touched$"))
    assert.same(MADE, support.effects(world))
  end)

  it("leaves somebody else's schema on a prepared DDM instance alone", function()
    local world = support.world()
    drill(world, { keep = true, target_instance_id = world.target.id })
    builder.add_schema(world.sim.state, world.target, "payroll", 4, { world.nodes[3] })
    support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT })
    assert.same({ 1, "payroll" }, { #world.target.schemas, world.target.schemas[1].name })
    assert.same(BEFORE, there(world))
  end)

  it("stays when nobody agrees to its deletion", function()
    local world = support.world()
    local result = drill(world, {}, { accept = { BOUGHT[1], BOUGHT[2] }, ask = function(q)
      assert.equal("clean up", q.name)
      return "no"
    end })
    assert.matches("^the drill passed, but is not cleaned up: ", result.error.message)
    assert.equal(("hwdb run ddm_restore_drill instance_id=%s clean_up=%s"):format(world.instance_id, NAME), result.error.remedy)
    assert.same(MADE, support.effects(world))
  end)

  it("is told as left when the service does not delete it", function()
    local world = support.world({ faults = { { op = "rds.delete_instance", ["do"] = "refuse", status = 400, code = "DBS.280042" } } })
    local result = drill(world)
    assert.matches("^the drill passed, but is not cleaned up: RDS instance " .. NAMED .. "%-2", result.error.message)
    assert.matches("^left: RDS instance " .. NAMED .. "%-2", result.left_behind)
    assert.equal("done", support.go(world, "ddm_restore_drill", { clean_up = NAME }, { accept = BOUGHT }).status)
    assert.same(BEFORE, there(world))
  end)

  it("is taken back by a rollback, last things first", function()
    local world = instance_support.lasting_world()
    support.prepare(world)
    local params = { rto_minutes = 60, rpo_minutes = 15, check_program = support.program(SAID) }
    local result, back = instance_support.and_back(world, "ddm_restore_drill", params, { accept = { BOUGHT[1], BOUGHT[2] },
      terminal = false })
    assert.equal("waiting", result.state)
    assert.equal("rolled_back", back.state, tostring(back.error))
    assert.same(joined(MADE, CLEANED), support.effects(world))
    assert.same(BEFORE, there(world))
    instance_support.clean(world)
  end)
end)

describe("the purchases of a restore drill", function()
  it("are each a gate", function()
    for n, accept in ipairs({ {}, { BOUGHT[1] }, { BOUGHT[2] } }) do
      local world = support.world()
      local result = drill(world, {}, { accept = accept })
      assert.same({ "waiting", 3 }, { result.status, result.exit })
      assert.equal(n == 2 and 2 or 0, #support.effects(world))
      assert.matches("what was made so far is recorded; `hwdb resume` goes on, or: hwdb run ddm_restore_drill", result.left_behind, 1, true)
    end
  end)

  it("end the drill when they are refused, and what was bought before goes", function()
    local world, asked = support.world(), 0
    local result, reporter = drill(world, {}, { accept = { "clean up" }, ask = function()
      asked = asked + 1
      return asked == 1 and "yes" or "no"
    end })
    assert.matches("^the drill did not pass: buy rds.restore_to_new_instance: not agreed to; it was not sent", result.error.message)
    assert.same({ "restore_to_new_instance", "delete_instance" }, support.effects(world))
    assert.same(BEFORE, there(world))
    local made = reporter.tables.made.rows
    assert.same({ "gone", "never made", "" }, { made[1][4], made[2][4], made[2][3] })
  end)

  it("stay refused when the clean-up that follows is killed", function()
    local durable = require("spec.durable.support")
    local rb = assert(require("hwdb.runbook").load("ddm_restore_drill"))
    local function refusing(points)
      local world, asked = durable.world(), 0
      support.prepare(world)
      local params = { instance_id = world.instance.id, rto_minutes = 60, rpo_minutes = 15, check_program = support.program(SAID) }
      local result = durable.run(world, rb, { params = params, accept = { "clean up" }, ask = function()
        asked = asked + 1
        return asked == 1 and "yes" or "no"
      end }, points)
      return world, params, result
    end
    local whole = { seen = 0 }
    durable.clean((refusing(whole)))
    for back = 5, 25, 10 do
      local world, params, result = refusing({ seen = 0, kill = whole.seen - back })
      assert.is_nil(result)
      result = durable.resume(world, durable.latest(world).id, { params = params, accept = { "clean up" }, ask = function()
        error("asked again")
      end })
      assert.matches("not agreed to; it was not sent", result.error.message)
      assert.same({ "restore_to_new_instance", "delete_instance" }, support.effects(world))
      assert.same(BEFORE, there(world))
      durable.clean(world)
    end
  end)

  it("and everything after them are done once when each answer is lost, or comes late", function()
    for _, how in ipairs({ "reset_after", "late", "reset_before" }) do
      local faults = {}
      for i, op in ipairs({ "rds.restore_to_new_instance", "ddm.create_instance", "ddm.restore_metadata", "ddm.delete_instance_v3",
        "rds.delete_instance" }) do
        faults[i] = { op = op, ["do"] = how, seconds = how == "late" and 30 or nil }
      end
      local world = support.world({ faults = faults })
      local result = drill(world)
      assert.is_nil(result.error, how)
      assert.same(joined(MADE, CLEANED), support.effects(world), how)
      assert.same(BEFORE, there(world), how)
    end
  end)

  it("are found again when their answer is lost, and not made twice", function()
    local world = support.world({ faults = {
      { op = "rds.restore_to_new_instance", nth = 2, ["do"] = "reset_after" },
      { op = "ddm.create_instance", ["do"] = "reset_after" },
    } })
    local result = drill(world)
    assert.is_nil(result.error)
    assert.same(joined(MADE, CLEANED), support.effects(world))
    assert.same(BEFORE, there(world))
  end)
end)

describe("what a restore drill overwrites", function()
  it("is shown whole before its name is asked for, however much it holds", function()
    local world = support.world()
    local list = {}
    for i = 1, 130 do list[i] = ("db%03d"):format(i) end
    support.fill(world, 3, table.unpack(list))
    local _, reporter = prepared(world, {}, { accept = {}, ask = function() return "no" end })
    assert.equal(130, #reporter.tables["contents of rds-spare-1"].rows)
    assert.same({}, support.effects(world))
  end)

  it("is named, listed and typed before anything is bought", function()
    local world = support.world()
    local result = prepared(world, {}, { accept = {}, ask = function() return "rds-spare-1" end })
    assert.equal("not confirmed: nothing has been overwritten", result.error.message)
    result = prepared(world, {}, { accept = { OVER[1], BOUGHT[2] } })
    assert.equal("waiting", result.status)
    assert.same({}, support.effects(world))
  end)

  it("is not what somebody else filled, or took, after it was shown", function()
    for _, change in ipairs({ function(world) support.fill(world, 3, "payroll") end,
      function(world) rds(world, 4).ddm_id = world.instance_id end,
      function(world) world.target.status = "RESTARTING" end }) do
      local world, n = support.world(), 0
      local result, reporter = prepared(world, { target_instance_id = world.target.id }, { accept = { "clean up" }, ask = function(q)
        n = n + 1
        if n == 2 then change(world) end
        return q.expect
      end })
      assert.matches("^the drill did not pass: a target was changed by somebody else since it was looked at", result.error.message)
      assert.is_false(reporter:has("^note the task is"))
      assert.same({}, support.effects(world))
    end
  end)
end)

describe("the preflight of a restore drill", function()
  it("needs a check program and objectives", function()
    local world = support.world()
    local result = support.go(world, "ddm_restore_drill", {}, { accept = BOUGHT })
    assert.equal("preflight: not met: check program given, objectives given", result.error.message)
    stops_at(world, "objectives given", { rpo_minutes = "absent" })
  end)

  it("needs a moment that all can be restored to, data nodes of it, and metadata that goes with them", function()
    local world = support.world()
    stops_at(world, "moment can be restored, data nodes", { restore_time = "2026-01-01 07:59 +00:00" })
    rds(world, 1).binlog_enabled = false
    local reporter = stops_at(world, "moment can be restored, data nodes")
    assert.is_true(reporter:has("^fail moment can be restored: there is none that all data nodes can be restored to$"))
    world = support.world()
    world.sim.state.ddm.backups = {}
    stops_at(world, "metadata backup")
    world = support.world()
    world.sim.state.ddm.backups[3].metadata = { schemas = {}, nodes = {} }
    stops_at(world, "data nodes")
    world = support.world()
    world.instance.engine_version = "2.3.2.10"
    stops_at(world, "source kernel, kernel to be made, class to be made")
    world = support.world()
    rds(world, 2).version = "8.0"
    stops_at(world, "one engine version")
  end)

  it("needs names that are free, a class and a kernel on offer", function()
    local world = support.world()
    rds(world, 3).name = NAME .. "-2"
    world.target.name = NAME
    stops_at(world, NAME .. " is free, " .. NAME .. "-2 is free")
    world = support.world()
    world.instance.flavor_ref = "ddm.old.class"
    stops_at(world, "class to be made")
    stops_at(world, "kernel to be made, class to be made", { ddm_engine_id = "none" })
  end)

  it("needs a prefix that both services take, before anything is bought", function()
    for _, prefix in ipairs({ "9drill", "drill to try", "dr.ill", ("d"):rep(46) }) do stops_at(support.world(), "prefix", { prefix = prefix }) end
    assert.equal("done", drill(support.world(), { prefix = ("d"):rep(45) }).status)
  end)

  it("needs an empty target, where one is prepared", function()
    local world = support.world()
    assert(world.client.ddm:create_user_v3({ instance_id = world.target.id, name = "app", password = "Orange-tree-7",
      base_authority = { "SELECT" } }))
    world.sim.log.effects = {}
    stops_at(world, "target without accounts, target offered", { target_instance_id = world.target.id })
    stops_at(world, "another instance, target without schemas and data nodes, target without accounts, target offered",
      { target_instance_id = world.instance_id })
    world = support.world()
    world.target.engine_version, world.target.status = "3.0.6.3", "ERROR"
    world.target.vpc_id = "00000000-0000-0000-0000-000000000000"
    stops_at(world, "target kernel, target running, target VPC, target offered", { target_instance_id = world.target.id })
  end)

  it("needs a free RDS instance for each data node, where they are prepared", function()
    local world = support.world()
    local n = world.nodes
    local function no(line, params)
      local result = prepared(world, with({ target_instance_id = world.target.id }, params))
      assert.equal("preflight: not met: " .. line, result.error.message)
      assert.same({}, support.effects(world))
    end
    no("a target for each", { ["target." .. n[2]] = "absent" })
    no("each target once", { ["target." .. n[2]] = n[3] })
    no("targets for these only", { ["target." .. n[4]] = n[3] })
    no("no source as target, rds-orders-2 in no DDM instance, rds-orders-2 offered", { ["target." .. n[1]] = n[2] })
    no("RDS instance nothing", { ["target." .. n[1]] = "nothing" })
    local other = builder.add_ddm(world.sim.state, world.sim.project_id, { name = "ddm-other" })
    builder.add_schema(world.sim.state, other, "shop", 4, { n[3] })
    rds(world, 3).ddm_id = nil
    no("rds-spare-1 in no DDM instance")
    rds(world, 4).disk_gb, rds(world, 4).version, rds(world, 4).status = 100, "5.6", "backup"
    no("rds-spare-1 in no DDM instance, rds-spare-2 state, rds-spare-2 engine, rds-spare-2 disk, rds-spare-2 offered")
  end)

  it("is all that is done, if asked", function()
    local world = support.world()
    assert.equal("done", drill(world, { stop_after = "preflight" }).status)
    assert.same({}, support.effects(world))
  end)
end)

describe("a restore drill that goes wrong", function()
  local function fails(options, message, effects, params)
    local world = support.world(options)
    local result, reporter = drill(world, params)
    assert.equal("failed", result.status)
    assert.matches("^the drill did not .*" .. message, result.error.message)
    if effects then assert.same(effects, support.effects(world)) end
    assert.same(BEFORE, there(world))
    assert.equal("what it made is gone; see the table of checks", result.error.remedy)
    assert.is_false(evidence(world).passed)
    assert.is_table(reporter.tables.checks)
    return result, reporter, world
  end

  it("deletes what was made when an RDS restore fails, the failed one too", function()
    fails({ faults = { { op = "rds.restore_to_new_instance", ["do"] = "job_failed", reason = "disk full" } } },
      "rds.restore_to_new_instance: FAILED %(disk full%)",
      { MADE[1], MADE[2], MADE[3], table.unpack(CLEANED) })
  end)

  it("deletes what was made when the DDM instance fails, or is refused", function()
    fails({ faults = { { op = "ddm.create_instance", ["do"] = "job_failed" } } }, "ddm.create_instance: CREATEFAILED %(DBS",
      { MADE[1], MADE[2], MADE[3], table.unpack(CLEANED) })
    fails({ faults = { { op = "ddm.create_instance", ["do"] = "refuse", status = 413, code = "DBS.280001" } } }, "ddm.create_instance",
      { MADE[1], MADE[2], CLEANED[2], CLEANED[3] })
    fails({ faults = { { op = "rds.restore_to_new_instance", nth = 2, ["do"] = "refuse", status = 400, code = "DBS.280239" } } },
      "rds.restore_to_new_instance", { MADE[1], CLEANED[2] })
  end)

  it("deletes what was made when the metadata restore fails, or is refused", function()
    fails({ faults = { { op = "ddm.restore_metadata", ["do"] = "job_failed", reason = "shards differ" } } }, "ddm.restore_metadata: Failed .*shards differ",
      joined(MADE, CLEANED))
    fails({ faults = { { op = "ddm.restore_metadata", ["do"] = "refuse", status = 400, code = "DBS.300336" } } }, "ddm.restore_metadata",
      { MADE[1], MADE[2], MADE[3], table.unpack(CLEANED) })
  end)

  it("does not pass without a word of each comparison, with a difference, or with another exit code", function()
    fails(nil, "newest_row$", nil, { check_program = support.program({ SAID[1], SAID[2], SAID[3] }) })
    local _, reporter = fails(nil, "row_counts$", nil, { check_program = support.program({ SAID[1], "row_counts differs 12, not 13",
      SAID[3], SAID[4] }) })
    assert.is_true(reporter:has("^fail row_counts: 12, not 13$"))
    fails(nil, "check program$", nil, { check_program = support.program(SAID, 3) })
    fails(nil, "configuration, row_counts, checksums, newest_row, check program$", nil, { check_program = { "/nowhere/at/all" } })
  end)

  it("does not pass outside its objectives", function()
    fails(nil, "pass: RTO$", nil, { rto_minutes = 16 })
    fails(nil, "pass: RPO$", nil, { rpo_minutes = 4 })
  end)

  it("does not pass when schemas or shards are not the source's", function()
    for pattern, change in pairs({ ["schemas"] = function(world) world.sim.state.ddm.instances[3].schemas[1].shard_number = 9 end,
      ["did not pass: shards of orders"] = function(world)
        world.sim.state.ddm.instances[3].schemas[1].shards[1].data_node_id = "elsewhere"
      end }) do
      local world = support.world()
      local result = drill(world, {}, { client = support.intercepted(world, { list_schemas = function(call, args)
        local made = world.sim.state.ddm.instances[3]
        if made and args.instance_id == made.id and made.schemas[1] and made.status == "RUNNING" then change(world) end
        return call(args)
      end }) })
      assert.matches(pattern, result.error.message)
      assert.same(BEFORE, there(world))
    end
  end)

  it("says that prepared RDS instances were overwritten by a restore that failed, and keeps nothing on them", function()
    local world = support.world({ faults = { { op = "ddm.restore_data", ["do"] = "job_failed" } } })
    local result, reporter = prepared(world, { target_instance_id = world.target.id })
    assert.matches("did not pass: ddm.restore_data: Failed", result.error.message)
    assert.is_true(reporter:has("^warn what the prepared RDS instances held before is gone: " .. world.nodes[3] .. ", " .. world.nodes[4]))
    assert.same({ "restore_data" }, support.effects(world))
    assert.same({}, world.target.schemas)
  end)
end)

describe("ddm_restore_drill", function()
  proofs.of{ name = "ddm_restore_drill", prepare = support.prepare, accept = BOUGHT, services = { "ddm", "rds" }, points = 16,
    effects = joined(MADE, CLEANED), params = function(world)
      return { instance_id = world.instance.id, rto_minutes = 60, rpo_minutes = 15, check_program = support.program(SAID) }
    end }
end)

describe("ddm_restore_drill on what was prepared", function()
  proofs.of{ name = "ddm_restore_drill", prepare = function(world)
    support.prepare(world)
    support.fill(world, 3, "shop")
  end, accept = OVER, services = { "ddm", "rds" }, points = 6, effects = { "restore_data", "delete_schema_v3" },
    params = function(world)
      return { instance_id = world.instance.id, rto_minutes = 60, rpo_minutes = 15, check_program = support.program(SAID),
        target_instance_id = world.target.id, ["target." .. world.nodes[1]] = world.nodes[3],
        ["target." .. world.nodes[2]] = world.nodes[4] }
    end }
end)
