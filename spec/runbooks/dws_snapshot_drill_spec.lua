-- SPDX-License-Identifier: Apache-2.0
-- A restore drill: passes with proof, fails with the reason, and in every case leaves nothing that it does not name.
local dws = require("spec.runbooks.dws_support")
local durable = require("spec.durable.support")
local runbook = require("hwdb.runbook")

local BUY_SNAPSHOT, BUY_CLUSTER = "buy dws.create_snapshot", "buy dws.restore_cluster"
local NO_CLUSTER, NO_SNAPSHOT = "delete the drill's cluster", "delete the drill's snapshot"
local YES = { BUY_SNAPSHOT, BUY_CLUSTER, NO_CLUSTER, NO_SNAPSHOT }
local WHOLE = { "create_snapshot", "restore_cluster", "delete_cluster", "delete_snapshot" }

local function given(world, more)
  return dws.with({ cluster_id = world.cluster_id, name = "drill-1", check = { "/bin/true" } }, more)
end

local function drill(world, more, accept, options)
  return dws.run(world, "dws_snapshot_drill", given(world, more), accept or YES, options)
end

local function value_of(reporter, what)
  for _, row in ipairs(reporter.tables.evidence.rows) do
    if row[1] == what then return row[2] end
  end
end

-- Nothing but what was there before.
local function untouched(world)
  local names = {}
  for _, cluster in ipairs(world.sim.state.dws.clusters) do
    if not cluster.deleted then names[#names + 1] = cluster.name end
  end
  assert.same({ "dws-orders" }, names)
  assert.is_nil(dws.snapshot(world, "drill-1"))
  assert.is_truthy(dws.snapshot(world, "dws-orders-initial"))
end

local function refused(world, more, pattern)
  local result, reporter = drill(world, more)
  assert.equal("failed", result.status)
  assert.matches("^preflight: not met: " .. pattern .. "$", result.error.message)
  assert.same({}, dws.effects(world))
  return reporter
end

local function failing(fault, more, accept, options)
  local world = dws.world({ faults = { fault } })
  local result, reporter = drill(world, more, accept, options)
  assert.equal("failed", result.status)
  return world, result, reporter
end

describe("a restore drill", function()
  it("passes: snapshot, restore, comparison, both deleted, evidence with times", function()
    local world = dws.world()
    local result, reporter = drill(world, { rto_minutes = 40, rpo_hours = 1 })
    assert.is_nil(result.error)
    assert.equal("done", result.status)
    assert.same(WHOLE, dws.effects(world))
    assert.is_true(result.value.compared)
    assert.is_true(result.value.restore_seconds > 1500)
    untouched(world)
    assert.is_nil(result.left_behind)
    assert.same({ "25 min 30 s", "/bin/true", "yes", "nothing" }, { value_of(reporter, "restored in"),
      value_of(reporter, "data compared"), value_of(reporter, "passed"), value_of(reporter, "left behind") })
    local record = world.store:get("dws_snapshot_drill/" .. world.cluster_id)
    assert.same({ true, true }, { record.passed, record.data_compared })
    assert.same({ "number_of_node", "6", "6", "same" }, reporter.tables.details.rows[1])
  end)

  it("gives the check program both addresses and the password, and shows what it says", function()
    local _, reporter = drill(dws.world(), { check_password = "Secret-77!",
      check = { "/bin/sh", "-c", "echo $DWS_HOST:$DWS_PORT $DWS_SOURCE_HOST $DWS_USER; test $DWS_PASSWORD = Secret-77!" }, port = 8100 })
    assert.is_true(reporter:has("^log drill%-1.dwscloud.com:8100 dws%-orders.dwscloud.com dbadmin"))
    assert.is_true(reporter:has("^ok the check program /bin/sh passed"))
  end)

  it("of a snapshot that is there leaves that snapshot", function()
    local world = dws.world()
    local id = dws.snapshot(world, "dws-orders-initial").id
    local result, reporter = drill(world, { snapshot_id = id, rpo_hours = 49 })
    assert.equal("done", result.status, tostring(result.error))
    assert.same({ "restore_cluster", "delete_cluster" }, dws.effects(world))
    untouched(world)
    assert.equal("dws-orders-initial of 2025-12-30T08:00:00Z", value_of(reporter, "snapshot"))
  end)

  it("of a snapshot from before the source was scaled brings back what was then, and says so", function()
    local world = dws.world()
    world.client = dws.intercepted(world, { show_cluster = function(call, args)
      local body, info = call(args)
      if body and body.cluster.name == "drill-1" then body.cluster.number_of_node = 3 end
      return body, info
    end })
    local result, reporter = drill(world, { snapshot_id = dws.snapshot(world, "dws-orders-initial").id })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^warn number_of_node differ from the source as it is now: see that they are those of 2025%-12%-30T"))
    assert.same({ "number_of_node", "6", "3", "DIFFERENT" }, reporter.tables.details.rows[1])
  end)

  it("restores elsewhere if asked", function()
    local world, seen = dws.world(), nil
    local network = world.sim.state.network
    world.client = dws.intercepted(world, { restore_cluster = function(call, args)
      seen = args.restore
      return call(args)
    end })
    assert.equal("done", drill(world, { vpc_id = network.vpcs[1].id, subnet_id = network.subnets[1].id, port = 8200,
      security_group_id = network.security_groups[1].id, zone = network.zones[2].id }).status)
    assert.same({ network.subnets[1].id, 8200, network.zones[2].id }, { seen.subnet_id, seen.port, seen.availability_zone })
  end)

  it("without a check program says so in line, table and record", function()
    local world = dws.world()
    local result, reporter = drill(world, { check = "absent", without_check = true })
    assert.equal("done", result.status)
    assert.is_false(result.value.compared)
    assert.is_true(reporter:has("^warn DATA NOT COMPARED"))
    assert.equal("DATA NOT COMPARED", value_of(reporter, "data compared"))
    assert.is_false(world.store:get("dws_snapshot_drill/" .. world.cluster_id).data_compared)
  end)

  it("names itself by the date unless told", function()
    local world = dws.world()
    local _, reporter = drill(world, { name = "absent" })
    assert.is_true(reporter:has("^ok name: drill%-2026%-01%-01%-0800: "))
  end)

  it("bears old states, a lost answer and a stumbling service without doing anything twice", function()
    local world = dws.world({ lag_seconds = 90, faults = { { op = "dws.create_snapshot", ["do"] = "reset_after" },
      { op = "dws.restore_cluster", ["do"] = "late", seconds = 60 }, { op = "dws.show_cluster", nth = 6, ["do"] = "html" },
      { op = "dws.delete_cluster", ["do"] = "reset_after" }, { op = "dws.delete_snapshot", ["do"] = "reset_after" } } })
    local result = drill(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.same(WHOLE, dws.effects(world))
    untouched(world)
  end)
end)

describe("a drill over a broken connection", function()
  local WORDS = { "reset_before", "reset_after", "late", "garbage", "empty", "html", "stall" }

  for _, op in ipairs(WHOLE) do
    it("at " .. op .. " does it once, however the answer is lost", function()
      for _, word in ipairs(WORDS) do
        local world = dws.world({ faults = { { op = "dws." .. op, ["do"] = word } } })
        assert.equal("done", drill(world).status, word)
        assert.same(WHOLE, dws.effects(world), word)
        untouched(world)
      end
    end)
  end

  it("does what was answered empty and did not take place", function()
    for _, op in ipairs({ "create_snapshot", "restore_cluster" }) do
      local world = dws.world({ faults = { { op = "dws." .. op, ["do"] = "empty", before = true } } })
      assert.equal("done", drill(world).status, op)
      assert.same(WHOLE, dws.effects(world))
    end
  end)

  it("names what was answered as deleted and is not", function()
    local world = dws.world({ faults = { { op = "dws.delete_cluster", ["do"] = "empty", before = true } } })
    local result = drill(world)
    assert.matches("^the drill passed, but the cluster drill%-1 .* could not be deleted$", result.error.message)
    assert.is_truthy(dws.named(world, "drill-1"))
  end)
end)

describe("before a drill", function()
  it("the source has to be available, sound and at rest", function()
    local world = dws.world()
    world.cluster.status = "UNAVAILABLE"
    refused(world, {}, "source available")
    world.cluster.status, world.cluster.sub_status = "AVAILABLE", "READONLY"
    refused(world, {}, "source sound")
    world.cluster.sub_status = "NORMAL"
    assert(world.client.dws:create_snapshot({ snapshot = { name = "other", cluster_id = world.cluster_id } }))
    world.sim:advance(60)
    local result, reporter = drill(world)
    assert.equal("preflight: not met: no task on the source, one snapshot at a time", result.error.message)
    assert.is_true(reporter:has("^fail one snapshot at a time: other is CREATING"))
  end)

  it("disks have to have room; where that is not shown a person looks", function()
    local world = dws.world()
    world.cluster.data_gb = 720
    local reporter = refused(world, {}, "disks below 70 %%")
    assert.is_true(reporter:has("^fail disks below 70 %%: the fullest has 75 %%"))
    world = dws.world({ faults = { { op = "dws.show_cluster_volume", ["do"] = "refuse", times = 9 } } })
    local result, seen = drill(world)
    assert.equal("done", result.status)
    assert.is_true(seen:has("^unseen disks below 70 %%: not seen"))
  end)

  it("names have to be fit and free", function()
    refused(dws.world(), { name = "1-drill" }, "name")
    refused(dws.world(), { name = "dws-orders" }, "cluster name free")
    refused(dws.world(), { name = "dws-orders-initial" }, "snapshot name free")
  end)

  it("snapshots have to be on OBS", function()
    local world = dws.world()
    world.cluster.policies.device = "NFS"
    refused(world, {}, "snapshots on OBS")
  end)

  it("a second cluster has to be to be had", function()
    local world = dws.world()
    world.cluster.flavor.sold_out = { [world.cluster.zone] = true }
    refused(world, {}, "node type to be had")
    world = dws.world()
    world.sim.state.dws.quotas.ram = 300
    local reporter = refused(world, {}, "quota for a second cluster")
    assert.is_true(reporter:has("ram: 192 needed, 108 left"))
  end)

  it("a check program has to be given, or its absence", function()
    refused(dws.world(), { check = "absent" }, "check program")
  end)

  it("resource pools are told as not restored", function()
    local world = dws.world()
    assert(world.client.dws:add_workload_queue({ cluster_id = world.cluster_id, workload_queue = { workload_queue_name = "pool_1",
      workload_resource_item_list = {
        { resource_name = "cpu_share", resource_value = 12 }, { resource_name = "memory", resource_value = 0 },
        { resource_name = "tablespace", resource_value = -1 }, { resource_name = "activestatements", resource_value = 10 } } } }))
    local result, reporter = drill(world)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^warn resource pools: pool_1 are not restored"))
  end)

  it("a snapshot that is named has to be this cluster's, whole and available", function()
    local world = dws.world()
    refused(world, { snapshot_id = "00000000-0000-4000-8000-000000000000" }, "snapshot there")
    local snapshot = dws.snapshot(world, "dws-orders-initial")
    snapshot.status = "UNAVAILABLE"
    refused(world, { snapshot_id = snapshot.id }, "snapshot available")
    snapshot.status, snapshot.cluster_id = "AVAILABLE", "another"
    refused(world, { snapshot_id = snapshot.id }, "snapshot of this cluster")
  end)
end)

describe("a drill that fails", function()
  it("at the snapshot deletes it", function()
    local world, result, reporter = failing({ op = "dws.create_snapshot", ["do"] = "job_failed" })
    assert.equal("the drill failed: dws.create_snapshot: UNAVAILABLE", result.error.message)
    assert.equal("what it made is deleted again", result.error.remedy)
    assert.same({ "create_snapshot", "delete_snapshot" }, dws.effects(world))
    assert.equal("no", value_of(reporter, "passed"))
    untouched(world)
  end)

  it("at the restore deletes the broken cluster and the snapshot", function()
    local world, result = failing({ op = "dws.restore_cluster", ["do"] = "job_failed" })
    assert.matches("^the drill failed: dws.restore_cluster: CREATION FAILED", result.error.message)
    assert.same(WHOLE, dws.effects(world))
    untouched(world)
  end)

  it("at the service's refusal deletes the snapshot", function()
    local world, result = failing({ op = "dws.restore_cluster", ["do"] = "status", status = 400, code = "DWS.5001" })
    assert.matches("^the drill failed: ", result.error.message)
    assert.same({ "create_snapshot", "delete_snapshot" }, dws.effects(world))
    untouched(world)
  end)

  it("because nobody buys deletes what there is by then", function()
    local world = dws.world()
    local result = drill(world, {}, { BUY_SNAPSHOT, NO_SNAPSHOT }, { ask = function() return "no" end })
    assert.equal("the drill failed: buy dws.restore_cluster: not agreed to; it was not sent", result.error.message)
    assert.same({ "create_snapshot", "delete_snapshot" }, dws.effects(world))
    untouched(world)
  end)

  it("at the check program says what it said", function()
    local world, result, reporter = failing({ op = "dws.list_quotas", nth = 99, ["do"] = "refuse" },
      { check = { "/bin/sh", "-c", "echo 3 rows differ; exit 4" } })
    assert.equal("the drill failed: the check program /bin/sh ended with 4: the data does not pass", result.error.message)
    assert.is_true(reporter:has("^log 3 rows differ"))
    assert.same(WHOLE, dws.effects(world))
    untouched(world)
  end)

  it("for a restored cluster that differs says where", function()
    local world = dws.world()
    world.client = dws.intercepted(world, { show_cluster = function(call, args)
      local body, info = call(args)
      if body and body.cluster.name == "drill-1" then body.cluster.number_of_node = 5 end
      return body, info
    end })
    local result, reporter = drill(world)
    assert.equal("the drill failed: the restored cluster differs: number_of_node", result.error.message)
    assert.same({ "number_of_node", "6", "5", "DIFFERENT" }, reporter.tables.details.rows[1])
    untouched(world)
  end)

  it("for its times says both", function()
    local world = dws.world()
    local result = drill(world, { rto_minutes = 10, rpo_hours = 2, snapshot_id = dws.snapshot(world, "dws-orders-initial").id })
    assert.equal("the drill failed: the restore took 25 min 30 s, more than rto_minutes=10; "
      .. "the snapshot is 48 h old, more than rpo_hours=2", result.error.message)
  end)

  it("keeps what it made if asked, and says exactly what and how to be rid of it", function()
    local world, result, reporter = failing({ op = "dws.restore_cluster", ["do"] = "job_failed" }, { on_failure = "keep" })
    local cluster, snapshot = dws.named(world, "drill-1"), dws.snapshot(world, "drill-1")
    assert.same({ "create_snapshot", "restore_cluster" }, dws.effects(world))
    assert.equal(("left behind: the cluster drill-1 (%s) and the snapshot drill-1 (%s); delete it: hwdb call dws.delete_cluster "
      .. "cluster_id=%s keep_last_manual_snapshot=0; hwdb call dws.delete_snapshot snapshot_id=%s"):format(cluster.id, snapshot.id,
      cluster.id, snapshot.id), result.error.remedy)
    assert.matches("still there and costing; delete it: ", result.left_behind, 1, true)
    assert.matches("^the cluster drill%-1 ", value_of(reporter, "left behind"))
  end)

  it("for time names what is still under way and cannot be deleted yet", function()
    local seconds = require("hwdb.sim.dws_durations")
    local usual = seconds.restore_cluster
    seconds.restore_cluster = 3 * 3600
    local world = dws.world()
    local result = drill(world, { restore_hours = 1 })
    seconds.restore_cluster = usual
    local cluster, snapshot = dws.named(world, "drill-1"), dws.snapshot(world, "drill-1")
    assert.equal("the drill failed: dws.restore_cluster: not there after 1 h, the state is RESTORING", result.error.message)
    assert.matches(("^left behind: the cluster drill%%-1 %%(%s%%) and the snapshot drill%%-1 %%(%s%%); delete it: "):format(
      cluster.id:gsub("%-", "%%-"), (snapshot.id:gsub("%-", "%%-"))), result.error.remedy)
    assert.same({ "create_snapshot", "restore_cluster" }, dws.effects(world))
  end)

  it("at cleaning up still deletes the rest, and names what is left", function()
    local world, result, reporter = failing({ op = "dws.delete_cluster", ["do"] = "job_failed" })
    local cluster = dws.named(world, "drill-1")
    assert.equal(("the drill passed, but the cluster drill-1 (%s) could not be deleted"):format(cluster.id), result.error.message)
    assert.matches("hwdb call dws.delete_cluster cluster_id=" .. cluster.id, result.error.remedy, 1, true)
    assert.same(WHOLE, dws.effects(world))
    assert.is_nil(dws.snapshot(world, "drill-1"))
    assert.equal("yes", value_of(reporter, "passed"))
  end)

  it("at a refused deletion names what is left", function()
    local world = dws.world()
    local result = drill(world, {}, { BUY_SNAPSHOT, BUY_CLUSTER }, { ask = function() return "no" end })
    assert.matches("^the drill passed, but the cluster drill%-1 .* and the snapshot drill%-1 .* could not be deleted$", result.error.message)
    assert.same({ "create_snapshot", "restore_cluster" }, dws.effects(world))
  end)

  it("does not delete a cluster that somebody renamed", function()
    local world = dws.world()
    local result, reporter = drill(world, { check = { "/bin/true" } }, { BUY_SNAPSHOT, BUY_CLUSTER, NO_SNAPSHOT },
      { ask = function(q)
        dws.named(world, "drill-1").name = "in-use"
        return q.expect
      end })
    assert.equal("failed", result.status)
    assert.is_true(reporter:has("is called in%-use: it is not deleted"))
    assert.is_truthy(dws.named(world, "in-use"))
  end)

  it("keeps manual snapshots that somebody took of the drill's cluster", function()
    local world = dws.world({ readings = { dws_keep_snapshots = "count" } })
    local result = drill(world, {}, { BUY_SNAPSHOT, BUY_CLUSTER, NO_SNAPSHOT }, { ask = function(q)
      dws.take(world, dws.named(world, "drill-1").id, "foreign")
      return q.expect
    end })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_truthy(dws.snapshot(world, "foreign"))
  end)
end)

describe("a drill without anybody to ask", function()
  it("waits, and says what is there meanwhile", function()
    local world = dws.world()
    local result = drill(world, {}, { BUY_SNAPSHOT, BUY_CLUSTER })
    assert.equal("waiting", result.status)
    assert.matches("^the cluster drill%-1 .* and the snapshot drill%-1 .*: made by this drill, still there and costing; "
      .. "`hwdb resume` goes on and deletes it", result.left_behind)
  end)

  it("is taken back: cluster and snapshot are deleted, the last first", function()
    local world = durable.world()
    world.cluster_id = world.sim.state.dws.clusters[1].id
    world.sim.state.dws.clusters[1].policies.list = {}
    local options = { params = given(world), accept = { BUY_SNAPSHOT, BUY_CLUSTER }, terminal = false }
    local rb = assert(runbook.load("dws_snapshot_drill"))
    local first = durable.run(world, rb, options)
    assert.equal("waiting", first.state)
    options.rollback = true
    local back = durable.resume(world, first.run, options)
    assert.equal("rolled_back", back.state, tostring(back.error))
    assert.same(WHOLE, dws.effects(world))
    untouched(world)
    durable.clean(world)
  end)

  -- The run waits for the deletion of its cluster; taking it back is killed at every fourth of its writes.
  it("is taken back once, wherever that is killed", function()
    local rb, kills = assert(runbook.load("dws_snapshot_drill")), 0
    local function taken_back(point)
      local world = durable.world()
      world.cluster_id = world.sim.state.dws.clusters[1].id
      world.sim.state.dws.clusters[1].policies.list = {}
      local options = { params = given(world), accept = { BUY_SNAPSHOT, BUY_CLUSTER }, terminal = false }
      local first = durable.run(world, rb, options)
      options.rollback = true
      local points = { seen = 0, kill = point }
      local back = durable.resume(world, first.run, options, points)
      if not back then
        kills = kills + 1
        back = durable.resume(world, first.run, options)
      end
      assert.equal("rolled_back", back.state, tostring(back.error))
      assert.same(WHOLE, dws.effects(world))
      untouched(world)
      durable.clean(world)
      return points.seen
    end
    local all = taken_back(0)
    for point = 1, all, 4 do taken_back(point) end
    assert.equal((all + 3) // 4, kills)
  end)
end)

describe("every drill", function()
  local function with_cluster(world)
    world.cluster_id = world.sim.state.dws.clusters[1].id
    for _, cluster in ipairs(world.sim.state.dws.clusters) do cluster.policies.list = {} end
  end

  require("spec.runbooks.proofs").of({ name = "dws_snapshot_drill", services = { "dws" }, accept = YES, effects = WHOLE,
    points = 32, prepare = with_cluster, params = given })
end)
