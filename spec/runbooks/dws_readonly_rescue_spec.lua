-- SPDX-License-Identifier: Apache-2.0
-- A read-only cluster: let out of it once, only with room or somebody who makes some, and watched.
local dws = require("spec.runbooks.dws_support")

local GROW, BUY, CANCEL = "grow the disks", "buy dws.expand_instance_storage", "cancel read-only"

-- The cluster's disks of 100 GB a node filled so far, and read-only.
local function fill(world, percent)
  world.cluster = world.cluster or world.sim.state.dws.clusters[1]
  world.cluster_id = world.cluster.id
  world.cluster.flavor = world.sim.state.dws.flavors[4]
  world.cluster.policies.list = {}
  world.cluster.data_gb, world.cluster.sub_status = percent * 6, "READONLY"
end

local function world_of(percent, options)
  local world = dws.world(options)
  fill(world, percent)
  return world
end

local function rescue(world, more, accept, options)
  return dws.run(world, "dws_readonly_rescue", dws.with({ cluster_id = world.cluster_id }, more), accept or { GROW, BUY, CANCEL }, options)
end

local function refused(world, more, pattern)
  local result, reporter = rescue(world, more)
  assert.equal("failed", result.status)
  assert.matches("^preflight: not met: " .. pattern .. "$", result.error.message)
  assert.same({}, dws.effects(world))
  return reporter
end

local function without_disks(world)
  world.client = dws.intercepted(world, { show_cluster_volume = function()
    return nil, require("hwdb.runbook.problem").new({ kind = "api", message = "no such call", status = 404 })
  end })
  return world
end

describe("the rescue of a read-only cluster", function()
  it("with room: cancels it once the name is typed, and watches", function()
    local world = world_of(60)
    local result, reporter = rescue(world, {}, {}, { ask = function(q) return q.expect end })
    assert.is_nil(result.error)
    assert.same({ changed = true, grown = false }, result.value)
    assert.same({ "cancel_readonly_cluster" }, dws.effects(world))
    assert.equal("NORMAL", world.cluster.sub_status)
    assert.is_true(reporter:has("^ok dws%-orders took writes for 30 min"))
    assert.same({ "dws-orders-dws-cn-cn-1-1", 60.0, "60.0", "100" }, reporter.tables["disks before"].rows[1])
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: DROP and TRUNCATE work while it is read%-only"))
  end)

  it("with larger disks: grows them, which lets it out, and cancels nothing more", function()
    local world = world_of(95)
    local result, reporter = rescue(world, { new_size = 200 })
    assert.is_nil(result.error)
    assert.same({ changed = true, grown = true }, result.value)
    assert.same({ "expand_instance_storage" }, dws.effects(world))
    assert.equal(200, world.cluster.flavor.disk)
    assert.is_true(reporter:has("^ok dws%-orders takes writes again: it is NORMAL"))
    assert.equal("200", reporter.tables["disks after"].rows[1][4])
  end)

  it("with larger disks that do not let it out: cancels after growing", function()
    local world = world_of(95)
    world.cluster.sub_status = "DEGRADED READONLY"
    local result = rescue(world, { new_size = 200 })
    assert.equal("done", result.status, tostring(result.error))
    assert.same({ "expand_instance_storage", "cancel_readonly_cluster" }, dws.effects(world))
  end)

  it("tells alarms that are open", function()
    local world = world_of(60)
    require("hwdb.sim.dws_alarms").raise({ state = world.sim.state, now = world.sim:now() }, world.cluster, "DWS_2000000006")
    local _, reporter = rescue(world)
    assert.is_true(reporter:has("^warn alarm of .*: Node Data Disk Usage Exceeds the Threshold"))
  end)

  it("changes nothing where it is not read-only, and says so", function()
    local world = world_of(60)
    world.cluster.sub_status = "NORMAL"
    local result, reporter = rescue(world, { new_size = 200 })
    assert.same({ "done", { changed = false } }, { result.status, result.value })
    assert.same({}, dws.effects(world))
    assert.is_true(reporter:has("^note dws%-orders is not read%-only: nothing was changed"))
  end)

  it("fails when it comes back, after how long, and says what helps", function()
    local world = world_of(95)
    local result, reporter = rescue(world, { clean_after = true })
    assert.equal("dws-orders turned read-only again after 10 min: the disks are still full", result.error.message)
    assert.matches("run again with a new_size", result.error.remedy, 1, true)
    assert.is_true(reporter:has("^warn room: the fullest disk has 95 %%: somebody cleans as soon as it takes writes"))
    assert.equal(95.0, reporter.tables["disks after"].rows[1][2])
  end)

  it("goes well when somebody cleans meanwhile", function()
    local world = world_of(95)
    local result, reporter = rescue(world, { clean_after = true }, {}, { ask = function(q)
      world.cluster.data_gb = 85 * 6
      return q.expect
    end })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^warn the fullest disk has 85 %%: at 90 %% it turns read%-only again"))
  end)

  it("bears old states, lost answers and stumbles, and does nothing twice", function()
    local world = world_of(95, { lag_seconds = 60, faults = { { op = "dws.expand_instance_storage", ["do"] = "reset_after" },
      { op = "dws.show_cluster", nth = 8, times = 2, ["do"] = "html" }, { op = "dws.show_cluster", nth = 20, ["do"] = "reset_before" } } })
    local result = rescue(world, { new_size = 200 })
    assert.equal("done", result.status, tostring(result.error))
    assert.same({ "expand_instance_storage" }, dws.effects(world))
    world = world_of(60, { faults = { { op = "dws.cancel_readonly_cluster", ["do"] = "reset_after" } } })
    assert.equal("done", rescue(world).status)
    assert.same({ "cancel_readonly_cluster" }, dws.effects(world))
  end)

  it("takes it for done when the cluster opened by itself", function()
    local world, shown = world_of(60), 0
    local opened
    world.client = dws.intercepted(world, { show_cluster = function(call, args)
      local body, info = call(args)
      shown = shown + 1
      if body and not opened then body.cluster.sub_status = "READONLY" end
      return body, info
    end, cancel_readonly_cluster = function(call, args)
      opened = true
      world.cluster.sub_status = "NORMAL"
      return call(args)
    end })
    local result, reporter = rescue(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.same({}, dws.effects(world))
    assert.is_true(reporter:has("^note dws%-orders took writes by itself"))
  end)
end)

describe("before a rescue", function()
  it("there has to be room, or will be", function()
    local reporter = refused(world_of(95), {}, "room")
    assert.is_true(reporter:has("^fail room: the fullest disk has 95 %%; free some, give new_size, or clean_after=true"))
    local world = world_of(95)
    world.cluster.flavor.disk, world.cluster.data_gb = 1000, 950 * 6
    refused(world, { new_size = 1100 }, "room")
  end)

  it("where nothing shows the disks, somebody has to say that there is room", function()
    local reporter = refused(without_disks(world_of(60)), {}, "room")
    assert.is_true(reporter:has("^unseen disks: not seen %(no such call%)"))
    assert.equal("done", rescue(without_disks(world_of(60)), { freed = true }).status)
    local world = without_disks(world_of(95))
    local result, seen = rescue(world, { new_size = 200 })
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(seen:has("^warn room: how full the disks are is not seen, new_size is taken as enough"))
  end)

  it("a disk that is seen to be full counts, whatever somebody says", function()
    refused(world_of(95), { freed = true }, "room")
  end)

  it("it has to be available and at rest", function()
    local world = world_of(60)
    world.cluster.status = "UNAVAILABLE"
    refused(world, {}, "available")
    world.cluster.status = "AVAILABLE"
    assert(world.client.dws:restart_cluster({ cluster_id = world.cluster_id, restart = {} }))
    world.sim:advance(60)
    local result = rescue(world)
    assert.equal("preflight: not met: available, no task on the cluster", result.error.message)
  end)

  it("new disks have to be of a kind that grows, of a size there is, and within the quota", function()
    local world = world_of(95)
    refused(world, { new_size = 250 }, "new size")
    refused(world, { new_size = 32100 }, "new size")
    refused(world, { new_size = 100 }, "room, new size")
    world.sim.state.dws.quotas.disk_capacity = 1000
    refused(world, { new_size = 200 }, "quota disk_capacity")
    world = world_of(95)
    world.cluster.flavor = world.sim.state.dws.flavors[1]
    world.cluster.data_gb = 900
    local reporter = refused(world, { new_size = 300 }, "disks can grow")
    assert.is_true(reporter:has("disks of a fixed size: add nodes instead"))
  end)

  it("alarms that may not be seen hold nothing up", function()
    local world = world_of(60)
    world.sim:add_fault({ op = "dws.list_alarm_detail", ["do"] = "status", status = 403, code = "DWS.0010", times = 9 })
    local result, reporter = rescue(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^unseen alarms: not seen %("))
  end)

  it("the version has to know the call", function()
    for version, fits in pairs({ ["1.7.1"] = false, ["1.7.2"] = true, ["1.7"] = false, ["1.10.0"] = true, ["8.2.0.100"] = true }) do
      local world = world_of(60)
      world.cluster.version = version
      if fits then
        assert.equal("done", rescue(world).status, version)
      else
        refused(world, {}, "version")
      end
    end
    local world = world_of(60)
    world.client = dws.intercepted(world, { show_cluster = function(call, args)
      local body, info = call(args)
      body.cluster.version = nil
      return body, info
    end })
    local result, reporter = rescue(world)
    assert.equal("done", result.status, tostring(result.error))
    assert.is_true(reporter:has("^unseen version: not seen %(not shown; 1.7.2 or later is needed%): check by hand$"))
  end)

  it("an old version is told to allow nothing before", function()
    local world = world_of(60)
    world.cluster.version = "8.1.3.200"
    local _, reporter = rescue(world)
    assert.is_true(reporter:has("before 8.2.0 nothing can be dropped while it is read%-only"))
  end)
end)

describe("at a rescue's gates", function()
  it("nothing happens without the name, or without agreeing to pay", function()
    for _, case in ipairs({ { {}, CANCEL }, { { new_size = 200 }, GROW } }) do
      local world = world_of(60)
      local result = rescue(world, case[1], {}, { ask = function() return "yes" end })
      assert.equal("not confirmed: " .. case[2], result.error.message)
      assert.same({}, dws.effects(world))
      assert.equal("waiting", rescue(world, case[1], {}).status)
    end
    local world = world_of(95)
    local result = rescue(world, { new_size = 200 }, { GROW }, { ask = function() return "no" end })
    assert.equal("buy dws.expand_instance_storage: not agreed to; it was not sent", result.error.message)
    assert.same({}, dws.effects(world))
  end)

  it("a cluster that changed meanwhile is left alone", function()
    local world = world_of(60)
    local result = rescue(world, {}, {}, { ask = function(q)
      world.cluster.name = "renamed"
      return q.expect
    end })
    assert.equal("foreign", result.error.kind)
    assert.same({}, dws.effects(world))
  end)
end)

describe("a rescue that fails", function()
  it("at the disks says why, and is begun again", function()
    local world = world_of(95, { faults = { { op = "dws.expand_instance_storage", ["do"] = "job_failed", reason = "No capacity." } } })
    local result = rescue(world, { new_size = 200 })
    assert.equal("dws.expand_instance_storage: DISK_EXPAND_FAILED (No capacity.)", result.error.message)
    world.cluster.failure = nil
    assert.equal("done", rescue(world, { new_size = 200 }).status)
  end)

  it("where the disks did not grow says so", function()
    local world = world_of(95)
    world.client = dws.intercepted(world, { show_cluster_volume = function(call, args)
      local body, info = call(args)
      for _, disk in ipairs(body.disk_info_list) do disk.disk_capacity = "100" end
      return body, info
    end })
    assert.equal("the disks did not grow: still 100 GB a node", rescue(world, { new_size = 200 }).error.message)
  end)

  it("for time leaves word", function()
    local result = rescue(world_of(95), { new_size = 200, grow_minutes = 5 })
    assert.equal("timeout", result.error.kind)
    assert.matches("the disks of dws-orders may be growing; `hwdb resume`", result.left_behind, 1, true)
  end)
end)

describe("every rescue", function()
  require("spec.runbooks.proofs").of({ name = "dws_readonly_rescue", services = { "dws" }, accept = { CANCEL }, points = 24,
    prepare = function(world) fill(world, 60) end, effects = { "cancel_readonly_cluster" },
    params = function(world) return { cluster_id = world.cluster_id } end })
end)

describe("every rescue by larger disks", function()
  require("spec.runbooks.proofs").of({ name = "dws_readonly_rescue", services = { "dws" }, accept = { GROW, BUY }, points = 24,
    prepare = function(world) fill(world, 95) end, effects = { "expand_instance_storage" },
    params = function(world) return { cluster_id = world.cluster_id, new_size = 200 } end })
end)
