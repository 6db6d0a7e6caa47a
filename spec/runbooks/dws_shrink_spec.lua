-- SPDX-License-Identifier: Apache-2.0
-- Taking nodes from a DWS cluster: what has to hold before, and that a scale-in once begun is always carried through.
local durable = require("spec.durable.support")
local dws = require("spec.runbooks.dws_changes")

local YES = { "take 3 nodes from dws-orders", "buy dws.create_snapshot" }

local function shrink(world, params, accept)
  local given = { cluster_id = world.cluster_id, nodes = 3 }
  for key, value in pairs(params or {}) do given[key] = value or nil end
  return dws.run(world, "dws_shrink", given, accept or YES)
end

-- With a snapshot of today, so that nothing is busy when the scale-in is asked for.
local function prepared(world)
  local cluster = world.sim.state.dws.clusters[1]
  cluster.policies.list = {}
  assert(world.client.dws:create_snapshot({ snapshot = { name = "of-today", cluster_id = cluster.id } }))
  world.sim:advance(310)
  return world
end

local function failing(phase, times)
  return { faults = { { op = "dws.shrink_cluster", ["do"] = "job_failed", phase = phase, reason = "Skewed table.", times = times } } }
end

local function record(world)
  return require("hwdb.runbook.store") and world.store:get("dws_shrink/" .. world.cluster_id)
end

describe("taking nodes from a DWS cluster", function()
  it("takes a snapshot first, then the last ring, and forgets its record", function()
    local world = dws.world()
    local result, reporter = shrink(world)
    assert.is_nil(result.error)
    assert.same({ "create_snapshot", "shrink_cluster" }, dws.effects(world))
    assert.same({ 3, "anew" }, { result.value.nodes, result.value.mode })
    assert.equal(3, #world.cluster.nodes)
    assert.is_nil(record(world))
    for _, pattern in ipairs({ "^ok whole rings: 3 nodes, rings of 3$", "^ok a ring stays: 3 of 6 nodes stay",
      "^ok numbers the service offers: 3$", "^ok nodes without CN: these go: dws%-orders%-dws%-dn%-4%-1, ",
      "^ok disks below 80 %%: the fullest is at 31 %%$", "^ok disks below 80 %% afterwards: 62 %% on 3 nodes$",
      "^unseen not visible to an API, check by hand: the nodes that go hold no GTM", "^ok nodes: 3, 3 expected, 0 not available$" }) do
      assert.is_true(reporter:has(pattern), pattern)
    end
  end)

  it("takes a snapshot of the last day for one of its own, where that is asked for", function()
    local world = dws.world()
    local result = shrink(world, { snapshot = "recent" })
    assert.equal("preflight: not met: snapshot of the last day", result.error.message)
    prepared(world)
    local again, reporter = shrink(world, { snapshot = "recent" })
    assert.equal("done", again.status, tostring(again.error))
    assert.equal("of-today", again.value.snapshot)
    assert.is_true(reporter:has("^ok snapshot of the last day: of%-today of 2026%-01%-01T08:00:00Z$"))
    assert.same({ "create_snapshot", "shrink_cluster" }, dws.effects(world))
  end)

  it("begins in its window only", function()
    local world = prepared(dws.world())
    local result = shrink(world, { snapshot = "recent", window_from = "2026-01-01 22:00", window_to = "04:00", zone = "+00:00" })
    assert.equal("done", result.status, tostring(result.error))
    assert.matches("^2026%-01%-01T22:00:", world.sim:effects()[2].time)
  end)
end)

describe("a scale-in that fails", function()
  it("is entered again by the same run", function()
    local world = prepared(dws.world(failing("shrink")))
    local result, reporter = shrink(world, { snapshot = "recent" })
    assert.equal("done", result.status, tostring(result.error))
    assert.same({ "create_snapshot", "shrink_cluster", "shrink_cluster" }, dws.effects(world))
    assert.is_true(reporter:has("^fail the scale%-in: CLUSTER_SHRINK_FAILED %(Skewed table.%)$"))
    assert.is_true(reporter:has("^step enter again 1 of 1$"))
    assert.equal(3, #world.cluster.nodes)
    assert.is_nil(record(world))
  end)

  it("for good leaves its record, and the next start takes it up without being told the number", function()
    local world = prepared(dws.world(failing("shrink", 2)))
    local result = shrink(world, { snapshot = "recent" })
    assert.equal("the scale-in: CLUSTER_SHRINK_FAILED (Skewed table.); dws-orders is locked", result.error.message)
    assert.matches("^all other operations are refused until it is entered again: start dws_shrink", result.error.remedy)
    assert.matches("is begun: if it fails, the cluster refuses everything", result.left_behind)
    assert.equal(3, record(world).nodes)
    local other = shrink(world, { nodes = 6 })
    assert.matches("^a scale%-in of dws%-orders by 3 nodes was begun at 2026%-01%-01 08:%d%d:%d%d %+00:00 and is not yet verified: "
      .. "it cannot become one of 6$", other.error.message)
    local again, reporter = shrink(world, { nodes = false })
    assert.equal("done", again.status, tostring(again.error))
    assert.same({ 3, "again", "of-today" }, { again.value.nodes, again.value.mode, again.value.snapshot })
    assert.is_true(reporter:has("^warn an earlier scale%-in is taken up %(again%): dws%-orders by 3 nodes, begun at 2026"))
    assert.is_nil(record(world))
    assert.equal(4, #dws.effects(world))
  end)

  it("is taken up although somebody else began it, with the number given", function()
    local world = dws.world(failing("shrink"))
    assert(world.client.dws:shrink_cluster({ cluster_id = world.cluster_id, shrink_number = 3 }))
    world.sim:advance(3600)
    assert.matches("^give nodes", shrink(world, { nodes = false }).error.message)
    local result, reporter = shrink(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("begun at an unknown time, by somebody else$"))
    assert.equal(3, #world.cluster.nodes)
  end)

  it("in the service's own check has changed nothing, and is not entered again", function()
    local world = prepared(dws.world(failing("check")))
    local result = shrink(world, { snapshot = "recent" })
    assert.equal("the scale-in: SHRINK_CHECK_FAILED (Skewed table.)", result.error.message)
    assert.is_nil(record(world))
    assert.equal("done", shrink(world, { snapshot = "recent" }).status)
    assert.equal(3, #world.cluster.nodes)
  end)

  it("because the service's snapshot failed has changed nothing", function()
    local world = prepared(dws.world(failing("snapshot")))
    local result = shrink(world, { snapshot = "recent" })
    assert.equal("nothing was taken away: dws-orders has its 6 nodes as before", result.error.message)
    assert.matches("Skewed table", result.error.remedy)
    assert.is_nil(record(world))
  end)

  it("because it was refused leaves no record", function()
    local world = prepared(dws.world({ faults = { { op = "dws.shrink_cluster", ["do"] = "status", status = 400, code = "DWS.5047" } } }))
    local result = shrink(world, { snapshot = "recent" })
    assert.equal("DWS.5047", result.error.code)
    assert.is_nil(record(world))
    assert.is_nil(result.left_behind)
  end)

  it("never, because nobody knows yet, is followed by the next start", function()
    local world = prepared(dws.world())
    local result = dws.run(world, "dws_shrink", { cluster_id = world.cluster_id, nodes = 3, snapshot = "recent" }, YES,
      { client = require("spec.runbooks.support").watched(world, function(seconds)
        return #dws.effects(world) == 2 and seconds >= 20, { kind = "cancelled", message = "interrupted" }
      end) })
    assert.equal("cancelled", result.error.kind)
    local again = shrink(world, { nodes = false })
    assert.equal("done", again.status, tostring(again.error))
    assert.equal("follow", again.value.mode)
    assert.equal(2, #dws.effects(world))
  end)

  it("after it was taken up under way, is entered again only once the name is typed", function()
    local world = prepared(dws.world(failing("shrink")))
    dws.run(world, "dws_shrink", { cluster_id = world.cluster_id, nodes = 3, snapshot = "recent" }, YES,
      { client = require("spec.runbooks.support").watched(world, function(seconds)
        return #dws.effects(world) == 2 and seconds >= 20, { kind = "cancelled", message = "interrupted" }
      end) })
    local result = shrink(world, { nodes = false, retry_minutes = 1 }, {})
    assert.equal("waiting", result.status)
    assert.matches("dws%-orders is locked by a failed scale%-in by 3 nodes", result.error.message)
    assert.equal(2, #dws.effects(world))
    assert.equal("done", shrink(world, { nodes = false }).status)
    assert.equal(3, #dws.effects(world))
  end)

  it("is planned as what cannot be undone", function()
    local world = dws.world()
    local plan = assert(require("hwdb.runbook").plan(assert(require("hwdb.runbook").load("dws_shrink")), { client = world.client,
      params = { cluster_id = world.cluster_id, nodes = 3 }, journal = require("hwdb.runbook.memory").new() }))
    assert.same({ "dws.shrink_cluster of dws/" .. world.cluster_id }, { table.unpack(plan.cannot_undo) })
  end)

  it("to leave, because the process died before, is begun anew with its questions", function()
    local world = prepared(dws.world())
    world.store:put("dws_shrink/" .. world.cluster_id, { nodes = 3, before = 6, begun = "2026-01-01 08:00:00 +00:00" })
    local result, reporter = shrink(world, { nodes = false, snapshot = "recent" })
    assert.equal("done", result.status, tostring(result.error))
    assert.equal("anew", result.value.mode)
    assert.is_true(reporter:has("^note a scale%-in is recorded and the cluster shows none"))
    assert.is_true(reporter:has("^step confirm$"))
  end)

  it("that ended while nobody looked is verified by the next start", function()
    local world = prepared(dws.world())
    local result = dws.run(world, "dws_shrink", { cluster_id = world.cluster_id, nodes = 3, snapshot = "recent" }, YES,
      { client = require("spec.runbooks.support").watched(world, function()
        return #dws.effects(world) == 2, { kind = "cancelled", message = "interrupted" }
      end) })
    assert.equal("cancelled", result.error.kind)
    world.sim:advance(7200)
    local again = shrink(world, { nodes = false })
    assert.same({ "verify", 3 }, { again.value.mode, again.value.nodes })
    assert.is_nil(record(world))
    assert.equal(2, #dws.effects(world))
  end)
end)

describe("taking nodes away that lasts too long", function()
  it("is told as what it is, and taken up by another start", function()
    local world = dws.world()
    local put_back = dws.stuck(world, "shrink_cluster", "CLUSTER_SHRINKING")
    local result = shrink(world, { deadline_hours = 1 })
    assert.equal("the scale-in: not there after 1 h, the state is CLUSTER_SHRINKING", result.error.message)
    assert.matches("^a scale%-in of dws%-orders is begun", result.left_behind)
    assert.equal(3, record(world).nodes)
    put_back()
    local again = shrink(world, { nodes = false })
    assert.same({ "verify", 3 }, { again.value.mode, again.value.nodes })
    assert.is_nil(record(world))
    assert.same({ "create_snapshot", "shrink_cluster" }, dws.effects(world))
  end)
end)

describe("the preflight of taking nodes away", function()
  local function refused(before, params)
    local world = dws.world()
    before(world.cluster, world)
    local result, reporter = shrink(world, params)
    assert.same({}, dws.effects(world))
    assert.is_nil(record(world))
    return result.error.message, reporter
  end

  local CASES = {
    ["cluster available"] = function(c) c.status = "UNAVAILABLE" end,
    ["not read-only"] = function(c) c.sub_status = "READONLY" end,
    ["balanced"] = function(c) c.sub_status = "UNBALANCED" end,
    ["no task"] = function(c) c.failure = "WAITING_REDISTRIBUTION" end,
    ["no restart due"] = function(c) c.groups[2].status = "Pending-Reboot" end,
    ["nodes available"] = function(c) c.nodes[2].status = "300" end,
    ["nodes without CN"] = function(c) c.nodes[5].cn = "00000000-0000-4000-8000-000000000000" end,
    ["disks below 80 %, disks below 80 % afterwards, disks below 70 % for the snapshot"] = function(c) c.data_gb = 800 end,
    ["disks below 80 % afterwards, disks below 70 % for the snapshot"] = function(c) c.data_gb = 700 end,
    ["default_storage_nodegroup"] = function(c)
      c.definitions = { { name = "default_storage_nodegroup", type = "string", range = "", default = "other", nodes = { "dn" } } }
    end,
    ["disks below 80 % afterwards"] = function(c) c.data_gb = 500 end,
  }
  for names, before in pairs(CASES) do
    it("names the line: " .. names, function()
      local message, reporter = refused(before)
      assert.equal("preflight: not met: " .. names, message)
      assert.is_true(reporter:has("^fail " .. names:gsub(",.*", ""):gsub("[%-%%]", "%%%0") .. ": "))
    end)
  end

  it("wants whole rings, no idle nodes, and a ring that stays", function()
    assert.equal("preflight: not met: whole rings, a ring stays, numbers the service offers, nodes without CN, "
      .. "disks below 80 % afterwards", (refused(function() end, { nodes = 4 })))
    assert.matches("a ring stays, numbers the service offers", (refused(function() end, { nodes = 6 })), 1, true)
    assert.matches("no idle nodes", (refused(function(c) c.nodes[6].status = "199" end)), 1, true)
  end)

  it("waits for a snapshot that is being taken", function()
    local world = dws.world()
    assert(world.client.dws:create_snapshot({ snapshot = { name = "theirs", cluster_id = world.cluster_id } }))
    world.sim:advance(10)
    local result, reporter = shrink(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^warn no task: a snapshot is being taken: it is waited for$"))
    assert.is_true(reporter:has("^unseen default_storage_nodegroup: not seen"))
  end)

  it("goes on by hand where a service has not got the SDK's calls", function()
    local world = prepared(dws.world({ faults = {
      { op = "dws.list_cluster_scale_in_numbers", ["do"] = "status", status = 404, code = "APIGW.0101" },
      { op = "dws.show_cluster_volume", ["do"] = "status", status = 404, code = "APIGW.0101" } } }))
    local result, reporter = shrink(world, { snapshot = "recent" })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^unseen numbers the service offers: not seen"))
    assert.is_true(reporter:has("^unseen disks below 80 %%: not seen"))
  end)
end)

describe("the gates of taking nodes away", function()
  it("each stop it without a person", function()
    for i, name in ipairs(YES) do
      local world = dws.world()
      local result = shrink(world, {}, { YES[3 - i] })
      assert.equal("waiting", result.status, name)
      assert.same({}, dws.effects(world))
    end
  end)

  it("want the cluster's name typed", function()
    local world = dws.world()
    local result = dws.run(world, "dws_shrink", { cluster_id = world.cluster_id, nodes = 3 }, {}, { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
    assert.same({}, dws.effects(world))
  end)
end)

describe("the runbook that takes nodes away", function()
  require("spec.runbooks.proofs").of({ name = "dws_shrink", services = { "dws" }, accept = YES,
    prepare = function(world) world.sim.state.dws.clusters[1].policies.list = {} end,
    params = function(world) return { cluster_id = world.sim.state.dws.clusters[1].id, nodes = 3 } end,
    effects = { "create_snapshot", "shrink_cluster" }, points = 8 })

  it("plans the entering again of a failed one, and does that", function()
    local runbook = require("hwdb.runbook")
    local world = durable.world(failing("shrink"))
    local id = world.sim.state.dws.clusters[1].id
    assert(world.client.dws:shrink_cluster({ cluster_id = id, shrink_number = 3 }))
    world.sim:advance(3600)
    durable.with_journal(world, function(store)
      local given = { client = world.client, journal = store, services = { "dws" }, params = { cluster_id = id, nodes = 3 },
        terminal = false, accept = YES }
      local plan = assert(runbook.plan(assert(runbook.load("dws_shrink")), given))
      assert.same({ 1, "dws.shrink_cluster", true }, { #plan.changes, plan.changes[1].op, plan.changes[1].args.retry })
      local result = runbook.apply(plan.id, { client = world.client, journal = store, terminal = false, accept = YES })
      assert.equal("done", result.state, tostring(result.error))
    end)
    assert.same({ "shrink_cluster", "shrink_cluster" }, durable.ops(world))
    durable.clean(world)
  end)

  it("enters a failed one again exactly once, wherever it is killed", function()
    local rb = assert(require("hwdb.runbook").load("dws_shrink"))
    local function world_of()
      local world = prepared(durable.world(failing("shrink")))
      return world, { accept = YES, terminal = false, params = { cluster_id = world.sim.state.dws.clusters[1].id, nodes = 3,
        snapshot = "recent" } }
    end
    local world, options = world_of()
    local whole = { seen = 0 }
    assert.equal("done", durable.run(world, rb, options, whole).state)
    local wanted = durable.ops(world)
    assert.same({ "create_snapshot", "shrink_cluster", "shrink_cluster" }, wanted)
    durable.clean(world)
    for point = 2, whole.seen, math.max(1, whole.seen // 10) do
      world, options = world_of()
      durable.run(world, rb, options, { seen = 0, kill = point })
      local result = durable.go_on(world, rb, options)
      assert.same({ "done", wanted }, { result.state, durable.ops(world) }, ("point %d of %d"):format(point, whole.seen))
      durable.clean(world)
    end
  end)
end)
