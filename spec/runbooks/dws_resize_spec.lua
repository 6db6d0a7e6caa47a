-- SPDX-License-Identifier: Apache-2.0
-- Another flavor for a cluster: what has to hold before, the stop, and that a failure leaves it as it was.
local dws = require("spec.runbooks.dws_changes")

local LARGER = "dws2.m6.4xlarge.8"
local YES = { "resize dws-orders to " .. LARGER, "buy dws.create_snapshot", "buy dws.execute_flavor_change" }

local function resize(world, params, accept, options)
  local given = { cluster_id = world.cluster_id, flavor = LARGER }
  for key, value in pairs(params or {}) do given[key] = value end
  return dws.run(world, "dws_resize", given, accept or YES, options)
end

describe("resizing a DWS cluster", function()
  it("takes a snapshot, changes the flavor, and tells the way back", function()
    local world = dws.world()
    local result, reporter = resize(world)
    assert.is_nil(result.error)
    assert.same({ "create_snapshot", "execute_flavor_change" }, dws.effects(world))
    assert.same({ LARGER, "dws.m3.xlarge", true }, { result.value.flavor, result.value.before, result.value.changed })
    assert.same({ LARGER, "AVAILABLE" }, { world.cluster.flavor.name, world.cluster.status })
    for _, pattern in ipairs({ "^ok flavor offered: dws2.m6.4xlarge.8$", "^ok quota of core: 72 more, 3976 left$",
      "^ok kernel: 8.2.1; 8.1.1.300 or later is needed$", "^ok not sold out: dws2.m6.4xlarge.8 in cn%-north%-4a: normal$",
      "^unseen not visible to an API, check by hand: the application can do without", "^ok flavor: dws2.m6.4xlarge.8$",
      "^note to go back: hwdb run dws_resize cluster_id=%x+%-%S+ flavor=dws.m3.xlarge$" }) do
      assert.is_true(reporter:has(pattern), pattern)
    end
  end)

  it("goes back the same way, and has nothing to do the second time", function()
    local world = dws.world()
    resize(world)
    world.sim:advance(60)
    local result = resize(world, { flavor = "dws.m3.xlarge", snapshot = "none" }, { "resize dws-orders to dws.m3.xlarge", YES[3] })
    assert.equal("done", result.status, tostring(result.error))
    assert.equal("dws.m3.xlarge", world.cluster.flavor.name)
    local again, reporter = resize(world, { flavor = "dws.m3.xlarge" })
    assert.is_false(again.value.changed)
    assert.is_true(reporter:has("^note dws%-orders has the flavor dws.m3.xlarge already: nothing to change$"))
    assert.equal(3, #dws.effects(world))
  end)

  it("begins in its window only", function()
    local world = dws.world()
    local result = resize(world, { snapshot = "none", window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" })
    assert.equal("done", result.status, tostring(result.error))
    assert.matches("^2026%-01%-01T18:00:", world.sim:effects()[1].time)
    assert.matches("^a window needs", resize(dws.world(), { window_from = "2026-01-02 02:00" }).error.message)
  end)
end)

describe("a resize that fails", function()
  it("leaves the cluster as it was, and can be repeated", function()
    local world = dws.world({ faults = { { op = "dws.execute_flavor_change", ["do"] = "job_failed", reason = "No host." } } })
    local result = resize(world, { snapshot = "none" })
    assert.equal("the flavor change: FLAVOR_RESIZING_FAILED (No host.); dws-orders is AVAILABLE and has the flavor dws.m3.xlarge",
      result.error.message)
    local again, reporter = resize(world, { snapshot = "none" })
    assert.equal("done", again.status, tostring(again.error))
    assert.is_true(reporter:has("^warn no task: an earlier change of the flavor failed; it may be repeated$"))
    assert.equal(LARGER, world.cluster.flavor.name)
  end)

  it("for time says that it goes on, and a later run sees that it is done", function()
    local world = dws.world()
    local put_back = dws.stuck(world, "execute_flavor_change", "FLAVOR_RESIZING")
    local result = resize(world, { snapshot = "none", deadline_hours = 1 })
    assert.equal("the flavor change: not there after 1 h, the state is FLAVOR_RESIZING", result.error.message)
    assert.equal("the flavor of dws-orders is changing in the cloud; `hwdb resume` follows it", result.left_behind)
    put_back()
    local again = resize(world, { snapshot = "none" })
    assert.same({ "done", false }, { again.status, again.value.changed })
    assert.same({ "execute_flavor_change" }, dws.effects(world))
  end)

  it("because its snapshot failed has changed nothing", function()
    local world = dws.world({ faults = { { op = "dws.create_snapshot", ["do"] = "job_failed" } } })
    assert.matches("^dws.create_snapshot: UNAVAILABLE", resize(world).error.message)
    assert.same({ "create_snapshot" }, dws.effects(world))
  end)

  it("because the region has no such call says so", function()
    local world = dws.world({ faults = { { op = "dws.list_target_flavors", ["do"] = "status", status = 404, code = "APIGW.0101" } } })
    local result = resize(world)
    assert.equal("APIGW.0101", result.error.code)
    assert.same({}, dws.effects(world))
  end)

  it("because somebody else was faster says so", function()
    local world = dws.world()
    local result = resize(world, { snapshot = "none" }, { YES[3] }, { ask = function(q)
      assert(world.client.dws:execute_flavor_change({ cluster_id = world.cluster_id, target_flavor_id = world.sim.state.dws.flavors[3].id }))
      world.sim:advance(900)
      return q.expect
    end })
    assert.equal("dws-orders was changed by somebody else since the preflight: 6 nodes of " .. LARGER, result.error.message)
  end)
end)

describe("the preflight of a resize", function()
  local CASES = {
    ["cluster available"] = function(c) c.status = "UNAVAILABLE" end,
    ["sub-status"] = function(c) c.sub_status = "READONLY" end,
    ["no task"] = function(c) c.failure = "WAITING_REDISTRIBUTION" end,
    ["no restart due"] = function(c) c.groups[2].status = "Pending-Reboot" end,
    ["disks below 70 % for the snapshot"] = function(c) c.data_gb = 700 end,
    ["kernel"] = function(c) c.version = "8.1.1.200" end,
    ["nodes available"] = function(c) c.nodes[2].status = "300" end,
    ["not sold out"] = function(c, w) w.sim.state.dws.flavors[3].sold_out = { [c.zone] = true } end,
    ["quota of core"] = function(_, w) w.sim.state.dws.quotas.core = 40 end,
    ["quota of ram"] = function(_, w) w.sim.state.dws.quotas.ram = 300 end,
  }
  for name, before in pairs(CASES) do
    it("names the line: " .. name, function()
      local world = dws.world()
      before(world.cluster, world)
      local result, reporter = resize(world)
      assert.equal("preflight: not met: " .. name, result.error.message)
      assert.is_true(reporter:has("^fail " .. name:gsub("[%-%%]", "%%%0") .. ": "))
      assert.same({}, dws.effects(world))
    end)
  end

  it("knows the flavors that are offered", function()
    local world = dws.world()
    assert.equal("preflight: not met: flavor offered, not sold out", resize(world, { flavor = "dws.unheard.of" }).error.message)
    assert.equal("preflight: not met: flavor offered", resize(world, { flavor = "dws.d2.xlarge" }).error.message)
  end)
end)

describe("the gates of a resize", function()
  it("each stop it without a person, and want the cluster's name typed", function()
    for i, name in ipairs(YES) do
      local world, accept = dws.world(), {}
      for j, other in ipairs(YES) do accept[#accept + 1] = j ~= i and other or nil end
      assert.equal("waiting", resize(world, {}, accept).status, name)
      assert.equal("dws.m3.xlarge", world.cluster.flavor.name)
    end
    local result = resize(dws.world(), {}, {}, { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
  end)
end)

describe("the runbook of a resize", function()
  require("spec.runbooks.proofs").of({ name = "dws_resize", services = { "dws" }, accept = YES, points = 10,
    prepare = function(world) world.sim.state.dws.clusters[1].policies.list = {} end,
    params = function(world) return { cluster_id = world.sim.state.dws.clusters[1].id, flavor = LARGER } end,
    effects = { "create_snapshot", "execute_flavor_change" } })
end)
