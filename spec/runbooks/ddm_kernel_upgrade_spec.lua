-- SPDX-License-Identifier: Apache-2.0
-- The kernel version of a DDM instance: upgraded, rolled back, and what the manual forbids between which versions.
local support = require("spec.runbooks.instance_support")

local UP, BACK = "upgrade kernel of ddm-orders", "roll back kernel of ddm-orders"
local WINDOW = { window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }

local function upgrade(world, params, options)
  local given, opts = { version = "latest" }, { accept = { UP } }
  for key, value in pairs(params or {}) do given[key] = value end
  for key, value in pairs(options or {}) do opts[key] = value end
  return support.go(world, "ddm_kernel_upgrade", given, opts)
end

local function rollback(world, params, options)
  local given, opts = { action = "rollback", version = "absent" }, { accept = { BACK } }
  for key, value in pairs(params or {}) do given[key] = value end
  for key, value in pairs(options or {}) do opts[key] = value end
  return upgrade(world, given, opts)
end

local function cells(t, column)
  local list = {}
  for i, row in ipairs(t.rows) do list[i] = row[column] end
  return list
end

describe("a kernel upgrade", function()
  it("goes to the latest preferred version and shows what there was and is", function()
    local world = support.world()
    local result, reporter = upgrade(world)
    assert.is_nil(result.error)
    assert.same({ "change_database_version" }, support.effects(world))
    assert.equal("3.1.0.7", world.instance.engine_version)
    assert.same({ from = "3.1.0", to = "3.1.0.7", changed = true }, result.value)
    local shown = reporter.tables["kernel versions"]
    assert.same({ "3.0.8.5", "3.1.0", "3.1.0.7" }, cells(shown, 1))
    assert.same({ "offered", "now", "offered, preferred in its series, latest preferred" }, cells(shown, 2))
    for _, verdict in ipairs(cells(reporter.tables["before and after"], 4)) do assert.equal("as it should be", verdict) end
    assert.is_true(reporter:has("^warn 3%.1%.0, level 1: Version 3%.1%.0%.7 of this series"))
    assert.is_true(reporter:has("^note test the application; until nodes are added, action=rollback leads back$"))
    local record = world.store:get("ddm_kernel_upgrade/" .. world.instance_id)
    assert.same({ "3.1.0", "3.1.0.7", 2 }, { record.from, record.to, #record.nodes })
  end)

  it("goes to the preferred version of the series, or to the one that is named", function()
    local world = support.world()
    world.instance.engine_version = "3.0.8.3"
    local result, reporter = upgrade(world, { version = "preferred" })
    assert.equal("done", result.status)
    assert.equal("3.0.8.5", world.instance.engine_version)
    assert.equal("none below 3.0.9", cells(reporter.tables["before and after"], 4)[7])
    assert.equal("done", upgrade(world, { version = "3.1.0.7" }).status)
    assert.equal("3.1.0.7", world.instance.engine_version)
  end)

  it("changes nothing when the version is there already", function()
    local world = support.world()
    world.instance.engine_version = "3.1.0.7"
    local result, reporter = upgrade(world)
    assert.is_nil(result.error)
    assert.is_false(result.value.changed)
    assert.is_true(reporter:has("^note ddm%-orders has the version 3%.1%.0%.7 already; nothing has been changed$"))
    assert.is_true(reporter:has("^ok the service reminds of no risk"))
    assert.same({}, support.effects(world))
  end)

  it("wants to know the version, and lists those there are", function()
    local result = upgrade(support.world(), { version = "absent" })
    assert.equal("which version? 3.0.8.5, 3.1.0.7", result.error.message)
  end)

  it("goes on without the reminder of risks when it cannot be read", function()
    local world = support.world({ faults = { { op = "ddm.show_risk_info", ["do"] = "refuse", status = 400, code = "DBS.280001" } } })
    local result, reporter = upgrade(world, { stop_after = "preflight" })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^unseen the service's reminder of risks cannot be read"))
    assert.same({}, support.effects(world))
  end)

  it("bears old states and a service that stumbles", function()
    local world = support.world({ lag_seconds = 90, faults = { { op = "ddm.list_jobs", nth = 3, ["do"] = "status", status = 500 } } })
    assert.equal("done", upgrade(world).status)
    assert.same({ "change_database_version" }, support.effects(world))
  end)
end)

describe("a kernel rollback", function()
  local function upgraded(options)
    local world = support.world(options)
    assert.equal("done", upgrade(world).status)
    return world
  end

  it("goes to the version before the last upgrade, once", function()
    local world = upgraded()
    local result, reporter = rollback(world)
    assert.is_nil(result.error)
    assert.same({ "change_database_version", "roll_back_database_version" }, support.effects(world))
    assert.equal("3.1.0", world.instance.engine_version)
    assert.is_true(reporter:has("^ok no nodes added since: those of the upgrade at 2026%-01%-01"))
    assert.is_nil(world.store:get("ddm_kernel_upgrade/" .. world.instance_id))
    assert.equal("preflight: not met: a version to go back to", rollback(world).error.message)
  end)

  it("takes no other version than that", function()
    local world = upgraded()
    local result = rollback(world, { version = "3.0.8.5" })
    assert.equal("a rollback goes to 3.1.0, not to 3.0.8.5", result.error.message)
    assert.equal("a rollback goes to no version, not to 3.0.8.5", rollback(support.world(), { version = "3.0.8.5" }).error.message)
    assert.equal("done", rollback(world, { version = "3.1.0" }).status)
  end)

  it("stops when nodes were added since, and names them", function()
    local world = upgraded()
    assert(world.client.ddm:expand_instance_nodes_v3({ instance_id = world.instance_id,
      nodes = { { available_zone = "cn-north-4a" } } }))
    world.sim:advance(3600)
    local result, reporter = rollback(world)
    assert.equal("preflight: not met: no nodes added since", result.error.message)
    assert.is_true(reporter:has("ddm_scale_in nodes=…%): " .. world.instance.nodes[3].id .. "$"))
    assert.equal("3.1.0.7", world.instance.engine_version)
  end)

  it("without a record of the upgrade tells of tasks that added nodes", function()
    local world = upgraded()
    world.store = require("hwdb.runbook.store").memory()
    local _, reporter = rollback(world, { stop_after = "preflight" })
    assert.is_true(reporter:has("^unseen no nodes added since: not seen %(no record of the upgrade here, and no task"))
    assert(world.client.ddm:expand_instance_nodes_v3({ instance_id = world.instance_id,
      nodes = { { available_zone = "cn-north-4a" } } }))
    world.sim:advance(3600)
    _, reporter = rollback(world, { stop_after = "preflight" })
    assert.is_true(reporter:has("^unseen no nodes added since: not seen %(no record of the upgrade here, but there was EnlargeNode at"))
  end)

  it("is refused by the service when it was not seen that nodes were added", function()
    local world = upgraded()
    world.store = require("hwdb.runbook.store").memory()
    assert(world.client.ddm:expand_instance_nodes_v3({ instance_id = world.instance_id,
      nodes = { { available_zone = "cn-north-4a" } } }))
    world.sim:advance(3600)
    assert.equal("DBS.300005", rollback(world).error.code)
    assert.equal("3.1.0.7", world.instance.engine_version)
  end)

  it("warns that the administrator goes below 3.0.9", function()
    local world = support.world()
    world.instance.engine_version = "3.0.8.3"
    assert.equal("done", upgrade(world).status)
    world.instance.admin_user_name = "root"
    local asked
    local result, reporter = rollback(world, {}, { accept = {}, ask = function(q)
      asked = q.question
      return q.expect or "yes"
    end })
    assert.equal("done", result.status)
    assert.matches("leads back; the administrator's account is deleted. Type", asked, 1, true)
    assert.is_true(reporter:has("^warn administrator: below 3%.0%.9 there is none: the account root is deleted$"))
  end)
end)

describe("the preflight of a kernel upgrade", function()
  local function stops(name, change, params, client)
    local world = support.world()
    local given = change(world) or params
    local result, reporter = upgrade(world, given, { client = client and client(world) })
    assert.equal(1, result.exit)
    assert.equal("preflight: not met: " .. name, result.error.message)
    assert.same({}, support.effects(world))
    assert.is_true(reporter:has("^fail " .. name:match("^[^,]+")))
    return reporter
  end

  local function nothing() end

  it("stops when the instance is not running, or a task is", function()
    stops("instance running", function(world) world.instance.status = "ERROR" end)
    stops("instance running, no running task", function(world)
      assert(world.client.ddm:restart_instance({ instance_id = world.instance_id, restart = { type = "soft" } }))
      world.sim.log.effects = {}
      world.sim:advance(5)
    end)
  end)

  it("stops when a node, a schema or a data node is not as it should be", function()
    stops("DDM nodes", function(world) world.instance.nodes[1].status = "abnormal" end)
    stops("schemas at rest", function(world) world.instance.schemas[1].status = "EXPANDING" end)
    stops("data nodes normal", function(world) world.sim.state.rds.instances[1].status = "rebooting" end)
  end)

  it("stops for a version that is not offered, or is earlier", function()
    stops("version offered", nothing, { version = "9.9.9" })
    local reporter = stops("later than now", nothing, { version = "3.0.8.5" })
    assert.is_true(reporter:has("^fail later than now: 3%.1%.0 now: an earlier version is a downgrade"))
  end)

  -- As if the service offered it.
  local function offering(version, also)
    return function(world)
      return support.intercepted(world, {
        list_database_available_versions = function(call, args)
          local body, info = call(args)
          table.insert(body.versions, version)
          return body, info
        end,
        show_instance = function(call, args)
          local body, info = call(args)
          if also then also(body) end
          return body, info
        end })
    end
  end

  it("stops below the lowest version, and warns of one that only some regions have", function()
    stops("lowest version", function(world) world.instance.engine_version = "3.0.2" end, { version = "3.0.4" }, offering("3.0.4"))
    local world = support.world()
    world.instance.engine_version = "3.0.2"
    local result, reporter = upgrade(world, { version = "3.0.5", stop_after = "preflight" }, { client = offering("3.0.5")(world) })
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^warn lowest version by region"))
  end)

  it("stops for an instance with IPv6 between 3.0.9 and 3.1.3", function()
    local world = support.world()
    local client = support.answering(world, "list_groups", function(body) body.group_list[1].ipv6_endpoint = "[2001:db8::1]:5066" end)
    local result, reporter = upgrade(world, {}, { client = client })
    assert.equal("preflight: not met: IPv6", result.error.message)
    assert.is_true(reporter:has("^fail IPv6: up to 3%.0%.9 or from 3%.1%.3 on, not in between$"))
  end)

  it("stops for a step over 3.1.6.0 without load balancing, and tells what is special about it", function()
    stops("load balancing", function(world) world.instance.load_balancing = false end, { version = "3.1.6.2" }, offering("3.1.6.2"))
    local world = support.world()
    local result, reporter = upgrade(world, { version = "3.1.6.2", stop_after = "preflight" }, { client = offering("3.1.6.2")(world) })
    assert.is_nil(result.error)
    assert.is_true(reporter:has("^warn nodes are rebuilt: a step over 3%.1%.6%.0 takes longer"))
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: no XA transaction is left over"))
  end)
end)

describe("the gates of a kernel upgrade", function()
  it("wait for a person without a terminal, and want the name typed", function()
    local world = support.world()
    local result = upgrade(world, {}, { accept = {} })
    assert.equal(3, result.exit)
    assert.matches(('accept="%s"'):format(UP), result.error.remedy, 1, true)
    result = upgrade(world, {}, { accept = {}, ask = function() return "yes" end })
    assert.equal("not confirmed: nothing has been changed", result.error.message)
    assert.same({}, support.effects(world))
  end)

  it("open with a window that holds five minutes a node", function()
    local world = support.world()
    assert.equal("done", upgrade(world, WINDOW).status)
    assert.equal("2026-01-01T18:00:00.000Z", world.sim:effects()[1].time)
    world = support.world()
    local result = upgrade(world, { window_from = "2026-01-02 02:00", window_to = "02:15", zone = "+08:00" })
    assert.matches("it is shorter than its cut%-off of 20 min", result.error.message)
    assert.same({}, support.effects(world))
    assert.equal("a window needs window_from, window_to and zone", upgrade(world, { zone = "+08:00" }).error.message)
  end)

  it("send nothing when somebody else changed the instance before a person agreed, or while the window was waited for", function()
    local world = support.world()
    local result = upgrade(world, {}, { accept = {}, ask = function(q)
      world.instance.engine_version = "3.0.8.5"
      return q.expect
    end })
    assert.equal("the instance is not as it was looked at: nothing has been changed", result.error.message)
    assert.same({}, support.effects(world))
    world = support.world()
    result = upgrade(world, WINDOW, { client = support.watched(world, function()
      world.instance.engine_version = "3.0.8.5"
    end) })
    assert.equal(3, result.exit)
    assert.matches("somebody else changed what ddm.show_instance shows", result.error.message, 1, true)
    assert.same({}, support.effects(world))
  end)
end)

describe("a kernel upgrade that fails", function()
  it("is told with the task's own reason", function()
    local world = support.world({ faults = { { op = "ddm.change_database_version", ["do"] = "job_failed", code = "DBS.200412",
      reason = "a node did not start" } } })
    local result = upgrade(world)
    assert.equal("the change of version: Failed (DBS.200412 a node did not start)", result.error.message)
    assert.equal("3.1.0", world.instance.engine_version)
    assert.is_nil(world.store:get("ddm_kernel_upgrade/" .. world.instance_id))
  end)

  it("by a refusal is told as the service says it", function()
    local world = support.world({ faults = { { op = "ddm.change_database_version", ["do"] = "refuse", status = 400,
      code = "DBS.280001" } } })
    assert.equal("DBS.280001", upgrade(world).error.code)
    assert.same({}, support.effects(world))
  end)

  it("whose answer is lost is found in the list of tasks, and not begun again", function()
    local world = support.world({ faults = { { op = "ddm.change_database_version", ["do"] = "reset_after" } } })
    local result, reporter = upgrade(world)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("ddm.change_database_version took place; its answer is adopted"))
    assert.same({ "change_database_version" }, support.effects(world))
  end)

  it("with SSL off or a node in trouble afterwards is told", function()
    local world = support.world()
    world.instance.enable_ssl = true
    local client = support.watched(world, function()
      if world.instance.engine_version == "3.1.0.7" then
        world.instance.enable_ssl, world.instance.nodes[2].status = false, "abnormal"
      end
    end)
    local result, reporter = upgrade(world, {}, { client = client })
    assert.equal("verification: differs: nodes in trouble, SSL", result.error.message)
    assert.equal("differs", cells(reporter.tables["before and after"], 4)[6])
    assert.equal("3.1.0.7", world.store:get("ddm_kernel_upgrade/" .. world.instance_id).to)
  end)

  it("ends at its deadline", function()
    local world = support.world()
    world.sim:add_fault({ op = "ddm.list_jobs", nth = 3, times = 100000, ["do"] = "status", status = 503 })
    local result = upgrade(world, { deadline_hours = 1 })
    assert.matches("^the change of version: not there after 1 h", result.error.message)
    assert.matches("taken up again, this run follows it", result.left_behind, 1, true)
  end)
end)

describe("a kernel upgrade taken back", function()
  it("is rolled back to the version before", function()
    local world = support.lasting_world()
    local client = support.watched(world, function()
      if world.instance.engine_version == "3.1.0.7" then world.instance.nodes[2].status = "abnormal" end
    end)
    local result, back, reporter = support.and_back(world, "ddm_kernel_upgrade", { version = "latest" },
      { accept = { UP }, client = client })
    assert.equal("failed", result.state)
    assert.is_nil(back.error)
    assert.equal("3.1.0", world.instance.engine_version)
    assert.same({ "change_database_version", "roll_back_database_version" }, support.effects(world))
    assert.is_true(reporter:has("^ok rolled back to 3%.1%.0$"))
    support.clean(world)
  end)

  it("has nothing to do when it failed", function()
    local world = support.lasting_world({ faults = { { op = "ddm.change_database_version", ["do"] = "job_failed" } } })
    local _, back, reporter = support.and_back(world, "ddm_kernel_upgrade", { version = "latest" }, { accept = { UP } })
    assert.is_nil(back.error)
    assert.same({ "change_database_version" }, support.effects(world))
    assert.is_true(reporter:has("^note the version is 3%.1%.0 as before"))
    support.clean(world)
  end)
end)

describe("the kernel upgrade runbook", function()
  require("spec.runbooks.proofs").of{ name = "ddm_kernel_upgrade", accept = { UP }, services = { "ddm", "rds" },
    effects = { "change_database_version" },
    params = function(world) return { instance_id = world.instance.id, version = "latest" } end }
end)

describe("the kernel upgrade runbook, going back,", function()
  require("spec.runbooks.proofs").of{ name = "ddm_kernel_upgrade", accept = { BACK }, services = { "ddm", "rds" },
    effects = { "roll_back_database_version" }, prepare = function(world)
      assert(world.client.ddm:change_database_version({ instance_id = world.instance.id, target_version = "3.1.0.7" }))
      world.sim:advance(3600)
    end,
    params = function(world) return { instance_id = world.instance.id, action = "rollback" } end }
end)
