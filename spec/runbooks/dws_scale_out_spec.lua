-- SPDX-License-Identifier: Apache-2.0
-- Adding nodes to a DWS cluster: what has to hold before, how the redistribution ends, and what is told when it does not.
local dws = require("spec.runbooks.dws_changes")

local YES = { "add 3 nodes to dws-orders", "buy dws.create_snapshot", "buy dws.resize_cluster" }
local WITH_HAND = { YES[1], YES[2], YES[3], "redistribute dws-orders" }

local function scale_out(world, params, accept)
  local given = { cluster_id = world.cluster_id, nodes = 3 }
  for key, value in pairs(params or {}) do given[key] = value end
  return dws.run(world, "dws_scale_out", given, accept or YES)
end

describe("adding nodes to a DWS cluster", function()
  it("takes a snapshot, grows, redistributes, and waits for the service's own snapshot", function()
    local world = dws.world()
    local result, reporter = scale_out(world)
    assert.is_nil(result.error)
    assert.same({ "create_snapshot", "resize_cluster" }, dws.effects(world))
    assert.equal(9, result.value.nodes)
    assert.same({ 9, "NORMAL", "AVAILABLE" }, { #world.cluster.nodes, world.cluster.sub_status, world.cluster.status })
    local snapshots = world.sim.state.dws.snapshots
    assert.same({ result.value.snapshot, "MANUAL", "AVAILABLE" }, { snapshots[2].name, snapshots[2].type, snapshots[2].status })
    assert.same({ "AUTO", "AVAILABLE" }, { snapshots[3].type, snapshots[3].status })
    for _, pattern in ipairs({ "^ok cluster available: dws%-orders is AVAILABLE$", "^ok quota of core: 12 needed, 3976 left$",
      "^ok node class: dws.m3.xlarge in cn%-north%-4a: normal$", "^ok idle nodes: 0;", "^ok nodes: 9, 9 expected$",
      "^ok balance: NORMAL$", "^unseen not visible to an API, check by hand: the inspection", "^ok no restart due" }) do
      assert.is_true(reporter:has(pattern), pattern)
    end
  end)

  it("is done without the snapshot where that is asked for", function()
    local world = dws.world()
    local result, reporter = scale_out(world, { snapshot = "none" })
    assert.equal("done", result.status)
    assert.same({ "resize_cluster" }, dws.effects(world))
    assert.is_true(reporter:has("^warn snapshot before it: none is taken"))
  end)

  it("waits for a snapshot that somebody else takes, and for its window", function()
    local world = dws.world()
    assert(world.client.dws:create_snapshot({ snapshot = { name = "theirs", cluster_id = world.cluster_id } }))
    world.sim:advance(305)
    assert(world.client.dws:create_snapshot({ snapshot = { name = "theirs-2", cluster_id = world.cluster_id } }))
    world.sim:advance(304)
    local result = scale_out(world, { snapshot = "none", window_from = "2026-01-01 12:00", window_to = "18:00", zone = "+00:00" })
    assert.equal("done", result.status, tostring(result.error))
    local effects = world.sim:effects()
    assert.matches("^2026%-01%-01T12:00:0", effects[3].time)
  end)

  it("is not begun in a window that has passed", function()
    local world = dws.world()
    local result = scale_out(world, { window_from = "2025-01-01 12:00", window_to = "18:00", zone = "+00:00" })
    assert.equal("usage", result.error.kind)
    assert.matches("^a window needs", scale_out(world, { window_from = "2026-01-01 12:00" }).error.message)
    assert.same({}, dws.effects(world))
  end)
end)

describe("the redistribution after adding nodes", function()
  it("is followed once a person has started it", function()
    local world = dws.world({ readings = { dws_redistribution_by_hand = 7200 } })
    local result, reporter = scale_out(world, { redistribute = "by_hand" }, WITH_HAND)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^warn dws%-orders has its nodes and shows WAITING_REDISTRIBUTION"))
    assert.equal("NORMAL", world.cluster.sub_status)
    assert.same({ "create_snapshot", "resize_cluster" }, dws.effects(world))
  end)

  it("is left to a person where there is none to ask", function()
    local world = dws.world()
    local result = scale_out(world, { redistribute = "by_hand" })
    assert.equal("waiting", result.status)
    assert.matches("Start %(or resume%) the redistribution of dws%-orders on the console", result.error.message)
    assert.equal("UNBALANCED", world.cluster.sub_status)
  end)

  it("that nobody starts ends at the deadline, and nothing is cancelled", function()
    local world = dws.world()
    local result = scale_out(world, { redistribute = "by_hand", deadline_hours = 2 }, WITH_HAND)
    assert.equal("timeout", result.error.kind)
    assert.matches("not there after 2 h, the state is WAITING_REDISTRIBUTION", result.error.message)
  end)

  it("is handed to a person when it fails, and followed once it is started again", function()
    local world = dws.world({ readings = { dws_redistribution_by_hand = 200 }, faults = { { op = "dws.resize_cluster",
      ["do"] = "job_failed", phase = "redistribute", times = 2 } } })
    local result = scale_out(world, {}, WITH_HAND)
    assert.equal("done", result.status, tostring(result.error))
    assert.equal("NORMAL", world.cluster.sub_status)
  end)

  it("that fails and is not started again is told with what to do", function()
    local world = dws.world({ faults = { { op = "dws.resize_cluster", ["do"] = "job_failed", phase = "redistribute",
      reason = "Lock timeout.", times = 2 } } })
    local result, reporter = scale_out(world, {}, WITH_HAND)
    assert.is_true(reporter:has("^fail the scale%-out: REDISTRIBUTE_FAILURE %(Lock timeout.%); no data is lost$"))
    assert.equal("dws-orders", world.cluster.name)
    assert.equal("the redistribution of dws-orders: REDISTRIBUTE_FAILURE (Lock timeout.)", result.error.message)
    assert.matches("no data is lost: start the redistribution again on the console", result.error.remedy)
    assert.equal(9, #world.cluster.nodes)
  end)
end)

-- Right after a snapshot the service refuses a call or two as busy; a fault of the next call has to outlast them.
describe("a scale-out that fails", function()
  it("is taken back by the service, and can be repeated", function()
    local world = dws.world({ faults = { { op = "dws.resize_cluster", ["do"] = "job_failed", reason = "No capacity.",
      times = 2 } } })
    local result = scale_out(world)
    assert.equal("the scale-out: RESIZE_FAILURE (No capacity.); the service took it back: dws-orders has 6 nodes",
      result.error.message)
    assert.matches("the snapshot before%-scale%-out%-%d+ stays$", result.error.remedy)
    local again, reporter = scale_out(world, { snapshot = "none" })
    assert.equal("done", again.status, tostring(again.error))
    assert.is_true(reporter:has("^warn no task: an earlier scale%-out failed and was taken back by the service$"))
    assert.same({ "create_snapshot", "resize_cluster", "resize_cluster" }, dws.effects(world))
    assert.equal(9, #world.cluster.nodes)
  end)

  it("and whose way back fails is for the support", function()
    local world = dws.world({ faults = { { op = "dws.resize_cluster", ["do"] = "job_failed", lost = true, times = 2 } } })
    local result = scale_out(world)
    assert.matches("and the way back failed too: dws%-orders is unavailable$", result.error.message)
    assert.equal("it cannot be repeated: ask the service's support", result.error.remedy)
  end)

  it("because its snapshot failed has added nothing", function()
    local world = dws.world({ faults = { { op = "dws.create_snapshot", ["do"] = "job_failed" } } })
    local result = scale_out(world)
    assert.matches("^dws.create_snapshot: UNAVAILABLE", result.error.message)
    assert.same({ "create_snapshot" }, dws.effects(world))
  end)

  it("because it was refused says why", function()
    local world = dws.world()
    local result = scale_out(world, { snapshot = "none", subnet_id = "none" })
    assert.equal("DWS.5022", result.error.code)
    assert.same({}, dws.effects(world))
  end)
end)

describe("the preflight of adding nodes", function()
  local function refused(before, params)
    local world = dws.world()
    before(world.cluster, world)
    local result, reporter = scale_out(world, params)
    assert.same({}, dws.effects(world))
    return result.error.message, reporter
  end

  local CASES = {
    ["cluster available"] = function(c) c.status = "UNAVAILABLE" end,
    ["sub-status"] = function(c) c.sub_status = "DEGRADED" end,
    ["no task"] = function(c) c.failure = "WAITING_REDISTRIBUTION" end,
    ["no restart due"] = function(c) c.groups[2].status = "Pending-Reboot" end,
    ["nodes available"] = function(c) c.nodes[2].status = "300" end,
    ["node class"] = function(c) c.flavor.sold_out = { [c.zone] = true } end,
    ["quota of core"] = function(_, w) w.sim.state.dws.quotas.core = 30 end,
  }
  for name, before in pairs(CASES) do
    it("names the line: " .. name, function()
      local message, reporter = refused(before)
      assert.equal("preflight: not met: " .. name, message)
      assert.is_true(reporter:has("^fail " .. name:gsub("%-", "%%-") .. ": "))
    end)
  end

  it("wants room for the snapshot, or none", function()
    assert.equal("preflight: not met: disks below 70 % for the snapshot", refused(function(c) c.data_gb = 700 end))
    assert.equal("preflight: not met: not read-only for the snapshot, disks below 70 % for the snapshot",
      refused(function(c) c.data_gb, c.sub_status = 900, "READONLY" end))
    local world = dws.world()
    world.cluster.data_gb, world.cluster.sub_status = 900, "READONLY"
    assert.equal("done", scale_out(world, { snapshot = "none" }).status)
    assert.equal("NORMAL", world.cluster.sub_status)
  end)

  it("wants whole rings where there are idle nodes, and not too many nodes", function()
    local function idle(c) c.nodes[6].status = "199" end
    assert.equal("preflight: not met: idle nodes", refused(idle, { nodes = 4 }))
    assert.equal("preflight: not met: number of nodes, quota of disk",
      refused(function(_, w) w.sim.state.dws.quotas.disk = 100 end, { nodes = 253 }))
  end)
end)

describe("the gates of adding nodes", function()
  it("each stop it without a person", function()
    for i, name in ipairs(YES) do
      local world = dws.world()
      local accept = {}
      for j = 1, #YES do accept[#accept + 1] = j ~= i and YES[j] or nil end
      local result = scale_out(world, {}, accept)
      assert.equal("waiting", result.status, name)
      assert.is_nil((","..table.concat(dws.effects(world), ",")):find("resize", 1, true), name)
    end
  end)

  it("want the cluster's name typed", function()
    local world = dws.world()
    local result = dws.run(world, "dws_scale_out", { cluster_id = world.cluster_id, nodes = 3 }, {}, { ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
    assert.same({}, dws.effects(world))
  end)

  it("do not protect against a change by somebody else: the guard does", function()
    local world = dws.world()
    local answers = { ["add 3 nodes to dws-orders"] = function()
      assert(world.client.dws:resize_cluster({ cluster_id = world.cluster_id, scale_out = { count = 3 } }))
      world.sim:advance(4000)
      return "dws-orders"
    end }
    local result = dws.run(world, "dws_scale_out", { cluster_id = world.cluster_id, nodes = 3, snapshot = "none" },
      { "buy dws.resize_cluster" }, { ask = function(q) return answers[q.name]() end })
    assert.equal("dws-orders was changed by somebody else since the preflight: 9 nodes", result.error.message)
    assert.same({ "resize_cluster" }, dws.effects(world))
  end)
end)

describe("the runbook that adds nodes", function()
  require("spec.runbooks.proofs").of({ name = "dws_scale_out", services = { "dws" }, accept = YES,
    prepare = function(world) world.sim.state.dws.clusters[1].policies.list = {} end,
    params = function(world) return { cluster_id = world.sim.state.dws.clusters[1].id, nodes = 3 } end,
    effects = { "create_snapshot", "resize_cluster" }, points = 8 })
end)
