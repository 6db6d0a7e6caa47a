-- SPDX-License-Identifier: Apache-2.0
-- The audit of snapshots: each rule, on both sides, over clusters that are well, badly or not to be looked at.
local dws = require("spec.runbooks.dws_support")

local HOUR = 3600000

-- A cluster all of whose rules are kept: a full snapshot 20 hours old, kept for 7 days, policies with a next time.
local function world_of(options)
  local world = dws.world(options, true)
  world.cluster.policies.keep_day = 7
  world.snapshot = dws.snapshot(world, "dws-orders-initial")
  world.snapshot.started = world.sim:now() - 20 * HOUR
  return world
end

-- Another snapshot of the cluster, so many hours old.
local function add(world, name, hours, more)
  local copy = {}
  for key, value in pairs(world.snapshot) do copy[key] = value end
  copy.id, copy.name, copy.started = ("%08x-0000-4000-8000-000000000000"):format(#world.sim.state.dws.snapshots), name,
    world.sim:now() - hours * HOUR
  for key, value in pairs(more or {}) do copy[key] = value end
  table.insert(world.sim.state.dws.snapshots, copy)
  return copy
end

local function audit(world, params)
  local before = #dws.effects(world)
  local result, reporter = dws.run(world, "dws_snapshot_audit", params or {})
  assert.equal(before, #dws.effects(world))
  return result, reporter
end

local function findings(reporter)
  local list = {}
  for _, line in ipairs(reporter.lines) do
    if line:find("^fail ") or line:find("^warn ") then list[#list + 1] = line end
  end
  return list
end

local function found(world, params)
  local result, reporter = audit(world, params)
  assert.equal("done", result.status, tostring(result.error))
  return findings(reporter), reporter, result
end

local function second_cluster(world, name)
  local first = world.cluster
  return assert(world.client.dws:create_cluster({ cluster = { name = name, node_type = "dws.m3.xlarge", number_of_node = 3,
    vpc_id = first.vpc_id, subnet_id = first.subnet_id, security_group_id = first.security_group_id, user_name = "dbadmin",
    user_pwd = require("hwdb").secret("Example-2026!") } })).cluster.id
end

describe("an audit of snapshots", function()
  it("finds nothing where all is well, and shows what there is", function()
    local list, reporter, result = found(world_of())
    assert.same({}, list)
    assert.same({ clusters = 1, findings = 0, violating = {} }, result.value)
    assert.same({ "dws-orders", "AVAILABLE", "full 0 0 2 ? * 1; increment 0 7 2/8 ? * 2,3,4,5,6,7", 7, "dws-orders-initial",
      "MANUAL", 20, "ok" }, reporter.tables.snapshots.rows[1])
  end)

  it("finds a last good snapshot that is too old, and takes the limit from its parameter", function()
    local world = world_of()
    world.snapshot.started = world.sim:now() - 25 * HOUR
    assert.same({ "fail dws-orders: the last good snapshot is 25 h old, more than max_age_hours=24" }, (found(world)))
    assert.same({}, (found(world, { max_age_hours = 26 })))
  end)

  it("counts neither what failed nor what holds some schemas only", function()
    local world = world_of()
    world.snapshot.started = world.sim:now() - 30 * HOUR
    add(world, "broken", 2, { status = "UNAVAILABLE" })
    add(world, "creating", 1, { status = "CREATING" })
    assert.same({ "fail dws-orders: the last good snapshot is 30 h old, more than max_age_hours=24",
      "fail dws-orders: the latest snapshot failed: broken of 2026-01-01T06:00:00Z is UNAVAILABLE" }, (found(world)))
    world = world_of()
    world.snapshot.started = world.sim:now() - 30 * HOUR
    local partial = add(world, "some-schemas", 1)
    world.client = dws.intercepted(world, { list_cluster_snapshots = function(call, args)
      local body, info = call(args)
      for _, snapshot in ipairs(body.snapshots) do snapshot.fine_grained_backup = snapshot.id == partial.id end
      return body, info
    end })
    assert.same({ "fail dws-orders: the last good snapshot is 30 h old, more than max_age_hours=24" }, (found(world)))
  end)

  it("finds a failed snapshot only while none succeeded since", function()
    local world = world_of()
    add(world, "broken", 30, { status = "UNAVAILABLE" })
    assert.same({}, (found(world)))
  end)

  it("finds that none is there, and spares a new cluster", function()
    local world = world_of()
    world.sim.state.dws.snapshots = {}
    assert.same({ "fail dws-orders: no good snapshot at all" }, (found(world)))
    world.cluster.created = world.sim:now() - HOUR
    local list, reporter = found(world)
    assert.same({ "warn dws-orders: no good snapshot yet: the cluster is new" }, list)
    assert.equal("look", reporter.tables.snapshots.rows[1][8])
  end)

  it("wants a full snapshot now and then", function()
    local world = world_of()
    world.snapshot.started = world.sim:now() - 9 * 24 * HOUR
    local base = world.snapshot
    add(world, "increment", 3, { type = "AUTO", kind = "increment", key = "another", base_key = base.key, prior_key = base.key })
    assert.same({ "fail dws-orders: the last full snapshot is 216 h old, more than max_full_days=8" }, (found(world)))
    assert.same({}, (found(world, { max_full_days = 9 })))
    world.snapshot.status = "UNAVAILABLE"
    assert.same({ "fail dws-orders: no full snapshot is there to build on" }, (found(world)))
    add(world, "full", 2, { status = "AVAILABLE", type = "AUTO", kind = "full", key = "own", base_key = "own", prior_key = "" })
    assert.same({}, (found(world)))
  end)

  it("judges the policies: some, a full one, a next time, retention, a device to restore from", function()
    local world = world_of()
    world.cluster.policies.keep_day = 3
    assert.same({ "fail dws-orders: automated snapshots are kept 3 days, fewer than min_keep_days=7" }, (found(world)))
    assert.same({}, (found(world, { min_keep_days = 3 })))
    world.cluster.policies.keep_day, world.cluster.policies.device = 7, "NFS"
    assert.same({ "warn dws-orders: snapshots go to NFS: they cannot be restored to a new cluster" }, (found(world)))
    world.cluster.policies.device = "OBS"
    local full = table.remove(world.cluster.policies.list, 1)
    assert.same({ "fail dws-orders: no policy takes full snapshots of the cluster" }, (found(world)))
    full.next = nil
    table.insert(world.cluster.policies.list, full)
    assert.same({ "warn dws-orders: the policy default-full-strategy has no next time" }, (found(world)))
    world.cluster.policies.list = {}
    assert.same({ "fail dws-orders: no automated snapshots" }, (found(world)))
  end)

  it("tells snapshots of clusters that are gone", function()
    local world = world_of()
    add(world, "left", 500, { cluster_id = "00000000-0000-4000-8000-000000000000" })
    assert.same({ "warn 1 snapshots (300 GB) are of clusters that are gone: they cost until they are deleted" }, (found(world)))
  end)

  it("goes on past a cluster that cannot be looked at, which violates", function()
    local world = world_of()
    second_cluster(world, "dws-billing")
    world.sim:advance(800)
    world.sim:add_fault({ op = "dws.list_snapshot_policy", ["do"] = "status", status = 403, times = 1, code = "DWS.5036" })
    local list, reporter, result = found(world, { parallel = 1 })
    assert.matches("^fail dws%-billing: could not be looked at: ", list[1])
    assert.same({ "dws-billing" }, result.value.violating)
    assert.equal("ok", reporter.tables.snapshots.rows[2][8])
  end)

  it("looks at many clusters some at a time, in the order of their names", function()
    local world = world_of()
    for i = 1, 12 do second_cluster(world, ("dws-%02d"):format(i)) end
    world.sim:advance(800)
    local running, most = 0, 0
    world.client = dws.intercepted(world, { list_snapshot_policy = function(call, args)
      running = running + 1
      most = math.max(most, running)
      local body, info = call(args)
      running = running - 1
      return body, info
    end })
    local _, reporter = found(world, { parallel = 3 })
    local names = {}
    for i, row in ipairs(reporter.tables.snapshots.rows) do names[i] = row[1] end
    assert.equal("dws-01 dws-12 dws-orders", table.concat({ names[1], names[12], names[13] }, " "))
    assert.is_true(most <= 3)
  end)

  it("looks at some only, or at all but some", function()
    local world = world_of()
    local id = second_cluster(world, "dws-billing")
    world.sim:advance(800)
    local _, _, result = found(world, { clusters = { id } })
    assert.equal(1, result.value.clusters)
    _, _, result = found(world, { except = { "dws-billing", "dws-orders" } })
    assert.equal(0, result.value.clusters)
    result = audit(world, { clusters = { "dws-orders", "dws-none" } })
    assert.equal("no cluster is called dws-none", result.error.message)
  end)

  it("fails if asked to, naming who violates what", function()
    local world = world_of()
    world.cluster.policies.keep_day = 3
    local result, reporter = audit(world, { fail_on_findings = true })
    assert.equal(1, result.exit)
    assert.equal("1 of 1 clusters violate the rules: dws-orders", result.error.message)
    assert.equal("violates", reporter.tables.snapshots.rows[1][8])
    world.cluster.policies.keep_day, world.cluster.policies.device = 7, "NFS"
    assert.equal("done", audit(world, { fail_on_findings = true }).status)
  end)

  it("says why when the lists cannot be read", function()
    local world = world_of({ faults = { { op = "dws.list_snapshots", ["do"] = "status", status = 403, code = "DWS.5036", times = 9 } } })
    local result = audit(world)
    assert.equal("failed", result.status)
    assert.equal("DWS.5036", result.error.code)
  end)
end)

describe("every audit of snapshots", function()
  require("spec.runbooks.proofs").of({ name = "dws_snapshot_audit", services = { "dws" }, effects = {}, points = 8 })
end)
