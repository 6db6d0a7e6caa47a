-- SPDX-License-Identifier: Apache-2.0
-- Copies of automated snapshots: one of each, verified, and pruned only where this runbook made them.
local core = require("hwdb.core")
local dws = require("spec.runbooks.dws_support")
local durable = require("spec.durable.support")
local runbook = require("hwdb.runbook")

local HOUR = 3600000
local BUY, PRUNE, BROKEN = "buy dws.copy_snapshot", "delete an old copy", "delete the broken copy"

-- An automated snapshot of the world's cluster, so many hours old.
local function automated(world, name, hours, more)
  local list, copy = world.sim.state.dws.snapshots, {}
  for key, value in pairs(list[1]) do copy[key] = value end
  copy.id = ("%08x-0000-4000-8000-00000000000a"):format(#list)
  copy.name, copy.type, copy.started = name, "AUTO", world.sim:now() - hours * HOUR
  copy.finished, copy.expires = copy.started + 300000, nil
  for key, value in pairs(more or {}) do copy[key] = value end
  table.insert(list, copy)
  return copy
end

local function world_of(options)
  local world = dws.world(options)
  world.cluster_id = world.cluster.id
  automated(world, "auto-old", 40)
  automated(world, "auto-new", 4)
  return world
end

local function copy(world, more, accept, options)
  return dws.run(world, "dws_snapshot_copy", dws.with({ cluster_id = world.cluster_id }, more), accept or { BUY, PRUNE }, options)
end

local function record(world)
  local names = {}
  for i, each in ipairs((world.store:get("dws_snapshot_copy/" .. world.cluster_id) or {}).copies or {}) do names[i] = each.name end
  return names
end

local function refused(world, more, pattern)
  local result, reporter = copy(world, more)
  assert.equal("failed", result.status, pattern)
  assert.matches(pattern, result.error.message)
  assert.same({}, dws.effects(world))
  return reporter
end

-- Copies of four snapshots, the oldest first.
local function four(options)
  local world = world_of(options)
  for i = 1, 4 do
    automated(world, "auto-" .. i, 30 - i)
    assert.equal("done", copy(world, { snapshot = "auto-" .. i }).status)
  end
  return world
end

describe("a copy of an automated snapshot", function()
  it("is made of the newest, verified and recorded", function()
    local world = world_of()
    local result, reporter = copy(world)
    assert.is_nil(result.error)
    assert.same({ "copy_snapshot" }, dws.effects(world))
    local made = dws.snapshot(world, "keep-auto-new")
    assert.same({ id = made.id, name = "keep-auto-new", changed = true, pruned = {} }, result.value)
    assert.same({ "MANUAL", "AVAILABLE" }, { made.type, made.status })
    assert.same({ "keep-auto-new" }, record(world))
    assert.is_true(reporter:has("^ok keep%-auto%-new is a manual snapshot of 300 GB"))
    assert.is_nil(result.left_behind)
  end)

  it("is made of the one that is named, by name or id, under a name of one's own", function()
    local world = world_of()
    assert.equal("done", copy(world, { snapshot = "auto-old", name = "year-end", description = "2025" }).status)
    assert.equal("2025", dws.snapshot(world, "year-end").description)
    assert.equal("done", copy(world, { snapshot = dws.snapshot(world, "auto-new").id }).status)
    assert.same({ "year-end", "keep-auto-new" }, record(world))
  end)

  it("is made once: a second run changes nothing and says so", function()
    local world = world_of()
    copy(world)
    local result, reporter = copy(world)
    assert.equal("done", result.status)
    assert.is_false(result.value.changed)
    assert.same({ "copy_snapshot" }, dws.effects(world))
    assert.is_true(reporter:has("^ok auto%-new was copied to keep%-auto%-new at "))
    assert.is_true(reporter:has("^note nothing was changed"))
  end)

  it("that takes too long is waited for by a second run", function()
    local world = world_of()
    local slow = dws.intercepted(world, { show_snapshot = function(call, args)
      local body, info = call(args)
      if body and body.snapshot.type == "MANUAL" then body.snapshot.status = "CREATING" end
      return body, info
    end })
    local real = world.client
    world.client = slow
    local result = copy(world, { copy_hours = 1 })
    assert.matches("^the copy keep%-auto%-new is not available yet: ", result.error.message)
    world.client = real
    world.sim:advance(7200)
    assert.equal("done", copy(world).status)
    assert.same({ "copy_snapshot" }, dws.effects(world))
  end)

  it("that is not seen at once is waited for", function()
    local world = world_of({ faults = { { op = "dws.copy_snapshot", ["do"] = "lag", seconds = 60 } } })
    assert.equal("done", copy(world).status)
  end)

  it("whose answer is lost is found by its name", function()
    local world = world_of({ lag_seconds = 60, faults = { { op = "dws.copy_snapshot", ["do"] = "reset_after" } } })
    local result, reporter = copy(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("dws.copy_snapshot took place; its answer is adopted"))
    assert.same({ "copy_snapshot" }, dws.effects(world))
  end)

  it("is made once, however the answer is lost, and pruned once as well", function()
    for _, op in ipairs({ "copy_snapshot", "delete_snapshot" }) do
      for _, word in ipairs({ "reset_before", "reset_after", "late", "garbage", "empty", "html", "stall" }) do
        local world = world_of()
        assert.equal("done", copy(world, { snapshot = "auto-old" }).status)
        world.sim:add_fault({ op = "dws." .. op, ["do"] = word })
        local result = copy(world, { keep = 1 })
        assert.equal("done", result.status, word .. tostring(result.error))
        assert.same({ "copy_snapshot", "copy_snapshot", "delete_snapshot" }, dws.effects(world), word)
      end
    end
  end)

  it("that fails is deleted, so that another one can be made", function()
    local world = world_of({ faults = { { op = "dws.copy_snapshot", ["do"] = "job_failed" } } })
    local result = copy(world, {}, { BUY, BROKEN })
    assert.equal("the copy keep-auto-new failed: dws.copy_snapshot: UNAVAILABLE", result.error.message)
    assert.equal("it is deleted again; run again", result.error.remedy)
    assert.same({}, record(world))
    assert.is_nil(result.left_behind)
    assert.equal("done", copy(world).status)
    assert.same({ "copy_snapshot", "delete_snapshot", "copy_snapshot" }, dws.effects(world))
  end)

  it("that fails and may not be deleted is named, and dealt with by the next run", function()
    local world = world_of({ faults = { { op = "dws.copy_snapshot", ["do"] = "job_failed" } } })
    local result = copy(world, {}, { BUY }, { ask = function() return "no" end })
    assert.matches("^it is left %(not confirmed: .*%): hwdb call dws.delete_snapshot snapshot_id=", result.error.remedy)
    assert.same({ "keep-auto-new" }, record(world))
    result = copy(world, {}, { BROKEN })
    assert.equal("it is deleted again; run again", result.error.remedy)
    assert.is_nil(dws.snapshot(world, "keep-auto-new"))
  end)

  it("that is not like its original is told", function()
    local world = world_of()
    world.client = dws.intercepted(world, { show_snapshot = function(call, args)
      local body, info = call(args)
      if body and body.snapshot.type == "MANUAL" then body.snapshot.size = 1 end
      return body, info
    end })
    assert.equal("the copy keep-auto-new is not like its original: size is 1, not 300", copy(world).error.message)
  end)

  it("is not paid for unless somebody agrees", function()
    local world = world_of()
    assert.equal("waiting", copy(world, {}, {}).status)
    assert.same({}, dws.effects(world))
  end)

  it("is deleted by a rollback", function()
    local world = durable.world()
    world.cluster_id = world.sim.state.dws.clusters[1].id
    automated(world, "auto-new", 4)
    -- What was copied before stands in the records and waits for its deletion, at which the run stops.
    local old = automated(world, "keep-older", 90, { type = "MANUAL" })
    durable.with_journal(world, function(store)
      assert(store:keep("record", "dws_snapshot_copy/" .. world.cluster_id, core.encode({ value = { copies = { { id = old.id,
        name = "keep-older", source = "gone", source_started = "2025-12-01T00:00:00Z", copied = "then" } } } })))
    end)
    local options = { params = { cluster_id = world.cluster_id, keep = 1 }, accept = { BUY }, terminal = false }
    local rb = assert(runbook.load("dws_snapshot_copy"))
    local first = durable.run(world, rb, options)
    assert.equal("waiting", first.state, tostring(first.error))
    options.rollback = true
    local back = durable.resume(world, first.run, options)
    assert.equal("rolled_back", back.state, tostring(back.error))
    assert.same({ "copy_snapshot", "delete_snapshot" }, dws.effects(world))
    assert.is_truthy(dws.snapshot(world, "keep-older"))
    durable.clean(world)
  end)
end)

describe("before a copy", function()
  it("a snapshot has to be there, automated, available, whole and of the cluster", function()
    local world = world_of()
    refused(world, { snapshot = "none" }, "^there is no snapshot none$")
    refused(world, { snapshot = "dws-orders-initial" }, "^preflight: not met: automated$")
    dws.snapshot(world, "auto-new").status = "RESTORING"
    refused(world, { snapshot = "auto-new" }, "^preflight: not met: available$")
    dws.snapshot(world, "auto-new").cluster_id = "another"
    refused(world, { snapshot = "auto-new" }, "^preflight: not met: of this cluster, available$")
    world.sim.state.dws.snapshots = { world.sim.state.dws.snapshots[1] }
    refused(world, {}, "^the cluster has no available automated snapshot to copy$")
    world = world_of()
    world.client = dws.intercepted(world, { show_snapshot = function(call, args)
      local body, info = call(args)
      body.snapshot.fine_grained_backup = true
      return body, info
    end })
    refused(world, {}, "^preflight: not met: whole cluster$")
  end)

  it("the name has to be fit and free", function()
    refused(world_of(), { name = "1st" }, "^preflight: not met: name$")
    local reporter = refused(world_of(), { name = "dws-orders-initial" }, "^preflight: not met: name free$")
    assert.is_true(reporter:has("and no copy by this runbook"))
  end)

  it("it has to be young enough; one that goes soon or builds on another is told", function()
    refused(world_of(), { max_age_hours = 3 }, "^preflight: not met: young enough$")
    local world = world_of()
    dws.snapshot(world, "auto-new").prior_key = "other"
    local _, reporter = copy(world, { copy_hours = 100, max_age_hours = 5 })
    assert.is_true(reporter:has("^warn kept until it is copied: it goes in about 68 h"))
    assert.is_true(reporter:has("^warn full snapshot: it is an incremental one"))
  end)

  it("somebody else's copy is the service's to refuse", function()
    local world = world_of()
    assert(world.client.dws:copy_snapshot({ snapshot_id = dws.snapshot(world, "auto-new").id, backup_name = "theirs" }))
    world.sim:advance(300)
    local result = copy(world)
    assert.equal("failed", result.status)
    assert.same({ "copy_snapshot" }, dws.effects(world))
    assert.same({}, record(world))
  end)
end)

describe("pruning", function()
  it("deletes own copies beyond the newest N, the oldest first, and shows what becomes of each", function()
    local world = four()
    local result, reporter = copy(world, { keep = 3 })
    assert.same({ "keep-auto-1", "keep-auto-2" }, result.value.pruned)
    assert.same({ "keep-auto-3", "keep-auto-4", "keep-auto-new" }, record(world))
    assert.is_nil(dws.snapshot(world, "keep-auto-1"))
    assert.is_truthy(dws.snapshot(world, "dws-orders-initial"))
    assert.same({ "keep-auto-new", "keep-auto-1" }, { reporter.tables.copies.rows[1][1], reporter.tables.copies.rows[5][1] })
    assert.same({ "stays", "is deleted" }, { reporter.tables.copies.rows[3][4], reporter.tables.copies.rows[4][4] })
    result, reporter = copy(world, { keep = 3 })
    assert.same({}, result.value.pruned)
    assert.is_true(reporter:has("^ok 3 copies, 3 may stay: none is deleted"))
  end)

  it("wants each name typed, and stops where it is not", function()
    local world = four()
    local result = copy(world, { keep = 2 }, { BUY }, { ask = function(q)
      return q.expect == "keep-auto-1" and q.expect or "no"
    end })
    assert.equal("not confirmed: keep-auto-2 was not deleted", result.error.message)
    assert.same({ "keep-auto-2", "keep-auto-3", "keep-auto-4", "keep-auto-new" }, record(world))
  end)

  it("leaves alone what was renamed, broke or is not its own", function()
    local world = four()
    dws.snapshot(world, "keep-auto-1").name = "precious"
    dws.snapshot(world, "keep-auto-2").status = "UNAVAILABLE"
    local result, reporter = copy(world, { keep = 1 })
    assert.same({ "keep-auto-3", "keep-auto-4" }, result.value.pruned)
    assert.is_true(reporter:has("^warn %S+ is called precious now: it is left alone"))
    assert.is_true(reporter:has("^warn keep%-auto%-2 is UNAVAILABLE: it is left alone"))
    assert.is_truthy(dws.snapshot(world, "precious"))
    assert.is_truthy(dws.snapshot(world, "keep-auto-2"))
  end)

  it("does not begin before the new copy is verified", function()
    local world = four()
    world.sim:add_fault({ op = "dws.copy_snapshot", ["do"] = "job_failed" })
    local result = copy(world, { keep = 1 }, { BUY, PRUNE, BROKEN })
    assert.equal("failed", result.status)
    assert.same({ "keep-auto-1", "keep-auto-2", "keep-auto-3", "keep-auto-4" }, record(world))
  end)
end)

describe("every copy", function()
  local function prepared(world)
    world.cluster_id = world.sim.state.dws.clusters[1].id
    world.sim.state.dws.clusters[1].policies.list = {}
    automated(world, "auto-new", 4)
    local copies = {}
    for i = 1, 3 do
      local old = automated(world, "keep-old-" .. i, 100 - i, { type = "MANUAL" })
      copies[i] = { id = old.id, name = old.name, source = "gone-" .. i, source_started = ("2025-12-0%dT00:00:00Z"):format(i), copied = "then" }
    end
    durable.with_journal(world, function(store)
      assert(store:keep("record", "dws_snapshot_copy/" .. world.cluster_id, core.encode({ value = { copies = copies } })))
    end)
  end

  require("spec.runbooks.proofs").of({ name = "dws_snapshot_copy", services = { "dws" }, accept = { BUY, PRUNE }, points = 24,
    prepare = prepared, effects = { "copy_snapshot", "delete_snapshot", "delete_snapshot" },
    params = function(world) return { cluster_id = world.cluster_id, keep = 2 } end })
end)
