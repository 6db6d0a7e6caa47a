-- SPDX-License-Identifier: Apache-2.0
-- Parameters of a cluster: compared, changed, restarted for in a window, put back.
local dws = require("spec.runbooks.dws_changes")

local AT_ONCE = { parameters = { { name = "session_timeout", value = "1200" } } }
local RESTART = { parameters = { { name = "session_timeout", value = "1200" }, { name = "max_connections", cn = "1000", dn = "5000" } } }
local YES = { "restart dws-orders" }

local function change(world, declaration, more, accept, options)
  local params = { cluster_id = world.cluster_id, declaration = declaration }
  for key, value in pairs(more or {}) do params[key] = value end
  return dws.run(world, "dws_parameter_change", params, accept, options)
end

local function hidden(world)
  for _, group in ipairs(world.cluster.groups) do
    if group.type == "hiddenParameterGroup" then return group end
  end
end

local function value(world, name, kind)
  return (world.cluster.parameters[name] or {})[kind]
end

describe("parameters that apply at once", function()
  it("are changed without a restart, and the second time there is nothing to do", function()
    local world = dws.world()
    local result, reporter = change(world, AT_ONCE)
    assert.is_nil(result.error)
    assert.same({ changed = 2, differing = 0, restarted = false, status = "In-Sync" }, result.value)
    assert.same({ "update_configuration" }, dws.effects(world))
    assert.same({ "1200", "1200" }, { value(world, "session_timeout", "cn"), value(world, "session_timeout", "dn") })
    assert.is_true(reporter:has("^ok 2 values taken over: In%-Sync$"))
    local again, told = change(world, AT_ONCE)
    assert.same({ 0, 0 }, { again.value.changed, again.value.differing })
    assert.is_true(told:has("^note every value is as wanted: nothing to change$"))
    assert.equal(1, #dws.effects(world))
  end)

  it("are only compared where that is asked for", function()
    local world = dws.world()
    local result, reporter = change(world, RESTART, { mode = "report" })
    assert.same({ 0, 4 }, { result.value.changed, result.value.differing })
    assert.is_true(reporter:has("^note 4 values differ; nothing was changed, as asked$"))
    assert.same({}, dws.effects(world))
  end)

  it("of several values are the same whatever joins them", function()
    local world = dws.world()
    local list = { parameters = { { name = "datestyle", value = "ISO,YMD" } } }
    assert.equal("done", change(world, list).status)
    assert.equal(0, change(world, list).value.changed)
  end)
end)

describe("parameters that need a restart", function()
  it("are changed, and the cluster is restarted in its window", function()
    local world = dws.world()
    local result, reporter = change(world, RESTART, { restart = "window", window_from = "2026-01-02 02:00", window_to = "03:00",
      zone = "+08:00" }, YES)
    assert.is_nil(result.error)
    assert.same({ true, "In-Sync", 4 }, { result.value.restarted, result.value.status, result.value.changed })
    local effects = world.sim:effects()
    assert.same({ "update_configuration", "restart_cluster" }, dws.effects(world))
    assert.matches("^2026%-01%-01T18:00:", effects[2].time)
    assert.same({ "1000", "5000" }, { value(world, "max_connections", "cn"), value(world, "max_connections", "dn") })
    assert.is_true(reporter:has("^ok values as wanted, parameters In%-Sync$"))
  end)

  it("wait for it where that is left to somebody else, and a later run only restarts", function()
    local world = dws.world()
    local result, reporter = change(world, RESTART, { restart = "no" })
    assert.same({ false, "Pending-Reboot" }, { result.value.restarted, result.value.status })
    assert.is_true(reporter:has("^warn dws%-orders waits to be restarted: until then the old values hold"))
    local left = change(world, RESTART, { restart = "no" })
    assert.equal(0, left.value.changed)
    local again, told = change(world, RESTART, nil, YES)
    assert.same({ true, "In-Sync", 0 }, { again.value.restarted, again.value.status, again.value.changed })
    assert.is_true(told:has("^warn parameters in step: an earlier change waits for a restart"))
    assert.same({ "update_configuration", "restart_cluster" }, dws.effects(world))
  end)

  it("wait for a person, who types the cluster's name", function()
    local world = dws.world()
    assert.equal("waiting", change(world, RESTART).status)
    assert.equal("Pending-Reboot", hidden(world).status)
    local result = change(world, RESTART, nil, nil, { ask = function() return "yes" end })
    assert.equal("not confirmed: not restarted", result.error.message)
    assert.same({ "update_configuration" }, dws.effects(world))
  end)

  it("are not restarted for once the window has passed", function()
    local world = dws.world()
    local result = change(world, RESTART, { restart = "window", window_from = "2026-01-01 08:00", window_to = "09:00",
      zone = "+00:00" }, nil, { ask = function(q)
        world.sim:advance(7200)
        return q.expect
      end })
    assert.equal("waiting", result.error.kind)
    assert.matches("has passed: nothing is begun any more", result.error.message)
    assert.same({ "update_configuration" }, dws.effects(world))
    assert.equal("the declaration names no parameter", change(world, { parameters = {} }).error.message)
    assert.matches("^restart=window needs", change(world, RESTART, { restart = "window" }).error.message)
  end)
end)

describe("parameters that were changed", function()
  it("are put back from what was recorded", function()
    local world = dws.world()
    change(world, RESTART, nil, YES)
    local result, reporter = change(world, nil, { action = "undo" }, YES)
    assert.equal("done", result.status, tostring(result.error))
    assert.same({ "800", "800", "600" }, { value(world, "max_connections", "cn"), value(world, "max_connections", "dn"),
      value(world, "session_timeout", "cn") })
    assert.is_true(reporter:has("^ok the values before the change of 2026%-01%-01 08:00:%d%d %+00:00 are put back$"))
    assert.matches("^no change of this cluster's parameters is recorded here$", change(world, nil, { action = "undo" }).error.message)
    assert.same({ "update_configuration", "restart_cluster", "update_configuration", "restart_cluster" }, dws.effects(world))
  end)

  it("are put back when the run is given up", function()
    local result, world = dws.taken_back("dws_parameter_change", function(world)
      return { cluster_id = world.cluster.id, declaration = RESTART }
    end, {})
    assert.equal("rolled_back", result.state, tostring(result.error))
    assert.equal("800", world.cluster.parameters.max_connections.cn)
    assert.same({ "update_configuration", "update_configuration" }, dws.effects(world))
  end)
end)

describe("a change of parameters that fails", function()
  it("tells why the service did not take it over", function()
    local world = dws.world({ faults = { { op = "dws.update_configuration", ["do"] = "job_failed", reason = "A node is down." } } })
    local result = change(world, AT_ONCE)
    assert.equal("dws.update_configuration: Sync-Failure (A node is down.)", result.error.message)
    local again, reporter = change(world, AT_ONCE)
    assert.equal("done", again.status, tostring(again.error))
    assert.is_true(reporter:has("^warn parameters in step: an earlier change was not taken over: A node is down.$"))
  end)

  it("in its restart says so", function()
    local world = dws.world({ faults = { { op = "dws.restart_cluster", ["do"] = "job_failed", reason = "GTM.", times = 2 } } })
    local result = change(world, RESTART, nil, YES)
    assert.equal("dws.restart_cluster: REBOOT_FAILURE (GTM.)", result.error.message)
    assert.matches("waits to be restarted", result.left_behind)
    local again, reporter = change(world, RESTART, nil, YES)
    assert.equal("done", again.status, tostring(again.error))
    assert.same({ true, "In-Sync", 0 }, { again.value.restarted, again.value.status, again.value.changed })
    assert.is_true(reporter:has("^warn cluster available: dws%-orders is UNAVAILABLE$"))
    assert.is_true(reporter:has("^warn no task: an earlier restart failed; it may be repeated$"))
    assert.same({ "update_configuration", "restart_cluster", "restart_cluster" }, dws.effects(world))
  end)

  it("because its restart does not end says that it goes on", function()
    local world = dws.world()
    dws.stuck(world, "restart_cluster", "REBOOTING")
    local result = change(world, RESTART, { deadline_hours = 1 }, YES)
    assert.equal("dws.restart_cluster: not there after 1 h, the state is REBOOTING", result.error.message)
    assert.equal("the restart of dws-orders goes on in the cloud; `hwdb resume` follows it", result.left_behind)
  end)

  it("because the cluster does not come to rest has changed nothing", function()
    local world = dws.world()
    dws.stuck(world, nil, "SNAPSHOTTING")
    local result = change(world, RESTART, { deadline_hours = 1 }, YES)
    assert.equal("the cluster before the change: not there after 1 h, the state is SNAPSHOTTING", result.error.message)
    assert.same({}, dws.effects(world))
  end)

  it("because its window would not be kept is not begun", function()
    local world = dws.world()
    local result = change(world, RESTART, { window_from = "2026-01-02 02:00", window_to = "03:00", zone = "+08:00" }, YES)
    assert.equal("a window is given, yet restart=ask would not keep to it", result.error.message)
    assert.same({}, dws.effects(world))
  end)

  it("because somebody else changed them meanwhile sends nothing", function()
    local world = dws.world()
    world.sim:add_fault({ op = "dws.list_cluster_configurations_parameter", nth = 2, ["do"] = "foreign", call = {
      op = "dws.update_configuration", args = { cluster_id = world.cluster_id, configuration_id = hidden(world).id,
        configurations = { { name = "session_timeout", type = "cn", value = "60" } } } } })
    local result = change(world, AT_ONCE)
    assert.equal("somebody else changed parameters since they were compared: session_timeout is 60", result.error.message)
    assert.same({ "update_configuration" }, dws.effects(world))
  end)
end)

describe("the preflight of parameters", function()
  it("names every line that is not met", function()
    local world = dws.world()
    local result, reporter = change(world, { parameters = { { name = "unheard_of", value = "1" }, { name = "cstore_buffers", cn = "20000" },
      { name = "server_version", value = "10" }, { name = "datestyle" }, { name = "session_timeout", value = "90000" },
      { name = "session_timeout", value = "1" } } })
    assert.equal("preflight: not met: parameters known, kinds of nodes, parameters can be changed, values given, declared once, "
      .. "values in range", result.error.message)
    assert.is_true(reporter:has("^fail values in range: session_timeout=90000 %(0%-86400%), session_timeout=90000 %(0%-86400%)$"))
    assert.is_true(reporter:has("^fail kinds of nodes: cstore_buffers on cn$"))
    assert.same({}, dws.effects(world))
  end)

  it("judges words, lists and numbers", function()
    local world = dws.world()
    for name, wrong in pairs({ enable_constraint_optimization = "maybe", datestyle = "ISO,XYZ", max_connections = "many" }) do
      assert.equal("preflight: not met: values in range", change(world, { parameters = { { name = name, value = wrong } } }).error.message)
    end
  end)

  it("wants the cluster available, without a task", function()
    for name, before in pairs({ ["cluster available"] = function(c) c.status = "UNAVAILABLE" end,
      ["no task"] = function(c) c.failure = "WAITING_REDISTRIBUTION" end,
      ["parameters in step"] = function(c) c.groups[2].status = "Applying" end }) do
      local world = dws.world()
      before(world.cluster)
      assert.equal("preflight: not met: " .. name, change(world, AT_ONCE).error.message)
    end
  end)

  it("needs a declaration with nothing unknown in it", function()
    local world = dws.world()
    assert.matches("^give a declaration", change(world).error.message)
    assert.matches("declaration.parameters%[1%].vale", change(world, { parameters = { { name = "x", vale = "1" } } }).error.message)
  end)
end)

describe("the runbook of parameters", function()
  require("spec.runbooks.proofs").of({ name = "dws_parameter_change", services = { "dws" }, accept = YES, points = 10,
    prepare = function(world) world.sim.state.dws.clusters[1].policies.list = {} end,
    params = function(world) return { cluster_id = world.sim.state.dws.clusters[1].id, declaration = RESTART } end,
    effects = { "update_configuration", "restart_cluster" } })
end)
