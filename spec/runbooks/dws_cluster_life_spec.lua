-- SPDX-License-Identifier: Apache-2.0
-- A cluster's life: made once whatever happens, shown, restarted and deleted only by name, and only if it is one's own.
local changes = require("spec.runbooks.dws_support")

local BUY, RESTART, DELETE = "buy dws.create_cluster", "restart dws-demo", "delete dws-demo"
local WHOLE = { "create_cluster", "delete_cluster" }

local function given(world, more)
  local network = world.sim.state.network
  local params = { name = "dws-demo", node_type = "dws.m3.xlarge", vpc_id = network.vpcs[1].id,
    subnet_id = network.subnets[1].id, security_group_id = network.security_groups[1].id, password = "Example-2026!" }
  return changes.with(params, more)
end

local function run(world, more, accept, options)
  return changes.run(world, "dws_cluster_life", given(world, more), accept or { BUY, RESTART, DELETE }, options)
end

local function delete(world, more, accept, options)
  local params = changes.with({ name = "dws-demo", action = "delete", keep_snapshots = 0 }, more)
  return changes.run(world, "dws_cluster_life", params, accept or { DELETE }, options)
end

local named, snapshot = changes.named, changes.take

local function created(options, more)
  local world = changes.world(options)
  local result = run(world, more)
  assert.equal("done", result.status, tostring(result.error))
  return world, result.value.id
end

local function stopped(world, more, pattern, options)
  local result, reporter = run(world, more, nil, options)
  assert.equal("failed", result.status)
  assert.matches(pattern, result.error.message)
  assert.same({}, changes.effects(world))
  return reporter, result
end

describe("a new cluster", function()
  it("is created, followed until it is available, and shown with what a client needs", function()
    local world = changes.world()
    local eip = world.sim.state.dws.eips[1].id
    local result, reporter = run(world, { tags = "team=demo,stage=test", eip = eip, cns = 2, port = 8123 })
    assert.is_nil(result.error)
    assert.equal("done", result.status)
    assert.same({ "create_cluster" }, changes.effects(world))
    local cluster = named(world, "dws-demo")
    assert.same({ id = cluster.id, changed = true }, result.value)
    assert.same({ "AVAILABLE", 3, 8123, 2 }, { cluster.status, #cluster.nodes, cluster.port, #cluster.tags })
    assert.equal(cluster.id, world.store:get("dws_cluster_life/dws-demo").id)
    assert.is_true(reporter:has("^note to be bought: 3 x dws.m3.xlarge in cn%-north%-4a"))
    assert.is_nil(result.left_behind)
    local table_of = {}
    for _, row in ipairs(reporter.tables.connection.rows) do table_of[row[1]] = row[2] end
    assert.same({ "dws-demo.dwscloud.com", 8123, "AVAILABLE/NORMAL", "dbadmin" },
      { table_of.address, table_of.port, table_of.state, table_of.administrator })
    assert.matches("^jdbc:postgresql://", table_of.JDBC)
    assert.is_false(reporter:has("did not take the tags"))
  end)

  it("is made once: a second run shows it and changes nothing", function()
    local world, id = created()
    local result, reporter = run(world, { password = "absent", node_type = "absent" })
    assert.equal("done", result.status)
    assert.same({ id = id, changed = false }, result.value)
    assert.same({ "create_cluster" }, changes.effects(world))
    assert.is_true(reporter:has("^ok dws%-demo was made by this runbook at 2026%-01%-01 08:00:00 %+00:00: " .. id:gsub("%-", "%%-")))
  end)

  it("is waited for longer by a second run", function()
    local world = changes.world()
    local result = run(world, { create_minutes = 5 })
    assert.matches("^the cluster dws%-demo did not become available: dws.create_cluster: not there after 5 min", result.error.message)
    assert.matches("it is still there and costs", result.error.remedy, 1, true)
    assert.matches("to be rid of it: hwdb run dws_cluster_life action=delete name=dws%-demo", result.left_behind)
    assert.equal("done", run(world).status)
    assert.same({ "create_cluster" }, changes.effects(world))
  end)

  it("that fails is told with the reason, left for a deletion, and can be deleted", function()
    local world = changes.world({ faults = { { op = "dws.create_cluster", ["do"] = "job_failed", code = "ECS.0319" } } })
    local result = run(world)
    assert.matches("^the cluster dws%-demo did not become available: dws.create_cluster: CREATION FAILED %(The capacity of the flavor",
      result.error.message)
    assert.matches("delete it: hwdb run dws_cluster_life action=delete", result.error.remedy, 1, true)
    assert.matches("CREATION FAILED", run(world).error.message, 1, true)
    assert.equal("done", delete(world).status)
    assert.same({ "create_cluster", "delete_cluster" }, changes.effects(world))
    assert.is_nil(named(world, "dws-demo"))
  end)

  it("is made once, however the answer is lost", function()
    for _, word in ipairs({ "reset_before", "reset_after", "late", "garbage", "empty", "html", "stall" }) do
      local world = changes.world({ faults = { { op = "dws.create_cluster", ["do"] = word } } })
      assert.equal("done", run(world).status, word)
      assert.same({ "create_cluster" }, changes.effects(world), word)
    end
  end)

  it("is not bought unless somebody agrees", function()
    local world = changes.world()
    local result = run(world, {}, {})
    assert.equal("waiting", result.status)
    assert.matches('accept="buy dws.create_cluster"', result.error.remedy, 1, true)
    result = run(world, {}, {}, { ask = function() return "no" end })
    assert.equal("buy dws.create_cluster: not agreed to; it was not sent", result.error.message)
    assert.same({}, changes.effects(world))
  end)

  it("that is not seen at once is waited for", function()
    local world = changes.world({ faults = { { op = "dws.create_cluster", ["do"] = "lag", seconds = 120 } },
      readings = { dws_unknown_cluster = "401" } })
    assert.equal("done", run(world).status)
    assert.same({ "create_cluster" }, changes.effects(world))
  end)

  it("whose answer is lost is found by its name and not made twice", function()
    local world = changes.world({ faults = { { op = "dws.create_cluster", ["do"] = "reset_after" } } })
    local result, reporter = run(world)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("dws.create_cluster took place; its answer is adopted"))
    assert.same({ "create_cluster" }, changes.effects(world))
  end)

  it("is deleted by a rollback, with its manual snapshots kept; the password is kept nowhere", function()
    local durable, runbook = require("spec.durable.support"), require("hwdb.runbook")
    local world = durable.world()
    local options = { params = given(world, { restart = true }), accept = { BUY }, terminal = false }
    local rb = assert(runbook.load("dws_cluster_life"))
    local first = durable.run(world, rb, options)
    assert.equal("waiting", first.state)
    snapshot(world, named(world, "dws-demo").id, "precious")
    options.rollback = true
    local back = durable.resume(world, first.run, options)
    assert.equal("rolled_back", back.state, tostring(back.error))
    assert.same({ "create_cluster", "create_snapshot", "delete_cluster" }, changes.effects(world))
    assert.is_nil(named(world, "dws-demo"))
    assert.is_truthy(changes.snapshot(world, "precious"))
    local journal = assert(io.popen("cat " .. world.folder .. "/hwdb/*"))
    local kept = journal:read("a")
    journal:close()
    assert.is_true(#kept > 1000 and not kept:find("Example-2026!", 1, true), "the password is in the journal")
    durable.clean(world)
  end)

  it("warns of tags that the service dropped", function()
    local world = changes.world()
    world.client = changes.intercepted(world, { show_cluster = function(call, args)
      local body, info = call(args)
      body.cluster.tags = nil
      return body, info
    end })
    local _, reporter = run(world, { tags = { "team=demo" } })
    assert.is_true(reporter:has("^warn the service did not take the tags team=demo"))
  end)
end)

describe("before a cluster is bought", function()
  it("its parameters have to be there", function()
    stopped(changes.world(), { node_type = "absent", password = "absent" }, "^to create dws%-demo, give also: node_type, password$")
  end)

  it("its name has to be free", function()
    stopped(changes.world(), { name = "x y" }, "not met: name$")
    local reporter = stopped(changes.world(), { name = "dws-orders" }, "not met: name free$")
    assert.is_true(reporter:has("^fail name free: dws%-orders is there already"))
  end)

  it("the node type and the numbers have to fit", function()
    local reporter = stopped(changes.world(), { node_type = "dws.none" }, "not met: node type offered$")
    assert.is_true(reporter:has("dws.none is none of dws.m3.xlarge, "))
    stopped(changes.world(), { nodes = 2 }, "number of nodes, the service's own check$")
    stopped(changes.world(), { nodes = 3, cns = 4 }, "number of CNs, the service's own check$")
  end)

  it("the zone has to be there and not sold out", function()
    stopped(changes.world(), { zone = "cn-north-9z" }, "zone available, not sold out, the service's own check$")
    local world = changes.world()
    world.sim.state.dws.flavors[1].sold_out = { ["cn-north-4a"] = true }
    local reporter = stopped(world, {}, "not sold out, the service's own check$")
    assert.is_true(reporter:has("^fail not sold out: dws.m3.xlarge is sellout in cn%-north%-4a"))
  end)

  it("the quotas have to suffice", function()
    local world = changes.world()
    world.sim.state.dws.quotas.core = 30
    local reporter = stopped(world, {}, "quota core, the service's own check$")
    assert.is_true(reporter:has("^fail quota core: 12 of 6 left are taken"))
  end)

  it("the service's own check has its say: network, password", function()
    local reporter = stopped(changes.world(), { subnet_id = "none" }, "not met: the service's own check$")
    assert.is_true(reporter:has("^fail the service's own check: "))
    stopped(changes.world(), { password = "short" }, "not met: the service's own check$")
    stopped(changes.world(), { tags = { "team" } }, '^tags: "team" is no KEY=VALUE$')
  end)
end)

describe("the restart of a new cluster", function()
  it("is done for whoever types the name", function()
    local world = created(nil, { restart = true })
    assert.same({ "create_cluster", "restart_cluster" }, changes.effects(world))
    local result, reporter = run(world, { restart = true }, {}, { ask = function(q) return q.expect end })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^ok dws%-demo is available again"))
  end)

  it("is not done otherwise, nor while a task runs", function()
    local world, id = created()
    local result = run(world, { restart = true }, {}, { ask = function() return "yes" end })
    assert.equal("not confirmed: the cluster was not restarted", result.error.message)
    assert(world.client.dws:create_snapshot({ snapshot = { name = "busy", cluster_id = id } }))
    world.sim:advance(60)
    result = run(world, { restart = true })
    assert.equal("preflight: not met: no task on the cluster", result.error.message)
    assert.same({ "create_cluster", "create_snapshot" }, changes.effects(world))
  end)

  it("whose answer is lost is found while it goes on, and not done twice", function()
    local world = created()
    world.sim:add_fault({ op = "dws.restart_cluster", ["do"] = "reset_after" })
    local result, reporter = run(world, { restart = true })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("dws.restart_cluster took place; its answer is adopted"))
    assert.same({ "create_cluster", "restart_cluster" }, changes.effects(world))
  end)

  it("of which nothing shows is a person's to judge", function()
    local world = created()
    world.sim:add_fault({ op = "dws.restart_cluster", ["do"] = "reset_before" })
    local result = run(world, { restart = true })
    assert.equal("waiting", result.status)
    assert.matches("^IN_DOUBT: nobody knows whether dws.restart_cluster took place", result.error.message)
    assert.same({ "create_cluster" }, changes.effects(world))
  end)

  it("that fails is told", function()
    local world = created()
    world.sim:add_fault({ op = "dws.restart_cluster", ["do"] = "job_failed" })
    local result = run(world, { restart = true })
    assert.matches("^dws.restart_cluster: REBOOT_FAILURE", result.error.message)
  end)
end)

describe("the deletion of a cluster", function()
  it("is done for one that this runbook made, and says what became of its snapshots", function()
    local world, id = created()
    snapshot(world, id, "kept-1")
    snapshot(world, id, "kept-2")
    local result, reporter = delete(world, { keep_snapshots = 1 })
    assert.is_nil(result.error)
    assert.same({ id = id, deleted = true, snapshots_left = 2 }, result.value)
    assert.is_nil(named(world, "dws-demo"))
    assert.same({ "kept-2", "MANUAL", "AVAILABLE" }, table.move(reporter.tables.snapshots.rows[1], 1, 3, 1, {}))
    assert.same({ "is kept", "goes, or stays if the service keeps all manual ones" },
      { reporter.tables.snapshots.rows[1][5], reporter.tables.snapshots.rows[2][5] })
    assert.is_true(reporter:has("^warn 2 of its snapshots are left and cost"))
    assert.is_string(world.store:get("dws_cluster_life/dws-demo").deleted)
  end)

  it("keeps as many as asked for where the service counts them", function()
    local world, id = created({ readings = { dws_keep_snapshots = "count" } })
    snapshot(world, id, "kept-1")
    snapshot(world, id, "kept-2")
    local result, reporter = delete(world, { keep_snapshots = 1 })
    assert.equal(1, result.value.snapshots_left)
    assert.is_false(reporter:has("^fail"))
    assert.equal("kept-2", world.sim.state.dws.snapshots[2].name)
  end)

  it("tells when one that was to be kept is gone", function()
    local world, id = created({ readings = { dws_keep_snapshots = "count" } })
    snapshot(world, id, "kept-1")
    local result, reporter = delete(world, { keep_snapshots = 1 }, {}, { ask = function(q)
      world.sim.state.dws.snapshots[2].type = "AUTO"
      return q.expect
    end })
    assert.equal(0, result.value.snapshots_left)
    assert.is_true(reporter:has("^fail the snapshot %S+ was to be kept and is gone"))
  end)

  it("is refused without a record, whoever asks", function()
    local world = changes.world()
    local result = delete(world, { name = "dws-orders" }, { "delete dws-orders" })
    assert.equal("no record says that this runbook made a cluster dws-orders: it is not deleted", result.error.message)
    assert.same({}, changes.effects(world))
  end)

  it("wants to know how many snapshots stay, and that they are there", function()
    local world = created()
    assert.matches("^keep_snapshots is missing", delete(world, { keep_snapshots = "absent" }).error.message)
    assert.equal("preflight: not met: snapshots to keep", delete(world, { keep_snapshots = 1 }).error.message)
    assert.same({ "create_cluster" }, changes.effects(world))
  end)

  it("is refused for another cluster than the recorded one, and while work goes on", function()
    local world, id = created()
    named(world, "dws-demo").name = "dws-other"
    assert.equal("preflight: not met: same cluster", delete(world).error.message)
    named(world, "dws-other").name = "dws-demo"
    assert(world.client.dws:create_snapshot({ snapshot = { name = "busy", cluster_id = id } }))
    world.sim:advance(60)
    assert.equal("preflight: not met: no task on the cluster, no snapshot under way", delete(world).error.message)
  end)

  it("waits for a person, and wants the name typed", function()
    local world = created()
    assert.equal("waiting", delete(world, {}, {}).status)
    for _, answer in ipairs({ "yes", "dws", "" }) do
      local result = delete(world, {}, {}, { ask = function() return answer end })
      assert.equal("not confirmed: nothing was deleted", result.error.message)
    end
    assert.same({ "create_cluster" }, changes.effects(world))
  end)

  it("of one that is gone changes nothing and says so", function()
    local world, id = created()
    delete(world)
    local result, reporter = delete(world)
    assert.same({ "done", { id = id, deleted = false, snapshots_left = 0 } }, { result.status, result.value })
    assert.is_true(reporter:has("^note dws%-demo is gone already"))
    assert.same({ "create_cluster", "delete_cluster" }, changes.effects(world))
  end)

  it("that takes too long is taken up by a second run, not sent twice", function()
    local world = created()
    assert.equal("timeout", delete(world, { delete_minutes = 1 }).error.kind)
    local result, reporter = delete(world)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^note it is being deleted already"))
    assert.same({ "create_cluster", "delete_cluster" }, changes.effects(world))
  end)

  it("that fails is told and can be asked for again; old states shown meanwhile do no harm", function()
    local world = created({ lag_seconds = 60 })
    world.sim:add_fault({ op = "dws.delete_cluster", ["do"] = "job_failed" })
    assert.matches("^dws.delete_cluster: DELETE_FAILED", delete(world).error.message)
    assert.equal("done", delete(world).status)
    assert.is_nil(named(world, "dws-demo"))
  end)

  it("stops when somebody renames the cluster meanwhile", function()
    local world = created()
    local result = delete(world, {}, {}, { ask = function(q)
      named(world, "dws-demo").name = "dws-renamed"
      return q.expect
    end })
    assert.equal("foreign", result.error.kind)
    assert.matches("dws-renamed", result.error.message, 1, true)
    assert.same({ "create_cluster" }, changes.effects(world))
  end)
end)

describe("the whole life of a cluster", function()
  require("spec.runbooks.proofs").of({ name = "dws_cluster_life", services = { "dws" }, accept = { BUY, DELETE },
    effects = WHOLE, points = 24,
    world = function() return {} end,
    params = function(world) return given(world, { action = "life", keep_snapshots = 0 }) end })
end)
