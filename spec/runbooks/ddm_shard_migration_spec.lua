-- SPDX-License-Identifier: Apache-2.0
-- The shard migration on a simulated cloud, through every branch, with its effects counted.
local core = require("hwdb.core")
local sim = require("hwdb.sim")
local support = require("spec.runbooks.support")

local effects = support.effects

-- From 8 shards on two data nodes to 16 on four; virtual time begins at 2026-01-01 08:00 UTC, a migration takes 3 h.
local function migrate(world, params, options)
  local given = { shards = 16, nodes = world.nodes, user = world.sim.data_node_user,
    password = world.sim.data_node_password, window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }
  for key, value in pairs(params or {}) do given[key] = value end
  for key, value in pairs(given) do
    if value == "absent" then given[key] = nil end
  end
  return support.run_shipped(world, "ddm_shard_migration", given, options)
end

-- The same without new data nodes.
local function more_shards(world, params, options)
  local given = { nodes = "absent" }
  for key, value in pairs(params or {}) do given[key] = value end
  return migrate(world, given, options)
end

local function take_up(world, job_id, params, options)
  local given = { shards = "absent", nodes = "absent", user = "absent", password = "absent", job_id = job_id }
  for key, value in pairs(params or {}) do given[key] = value end
  return migrate(world, given, options)
end

local function the_task(world)
  for _, job in ipairs(world.sim.state.ddm.jobs) do
    if job.name == "migrateLogicDb" then return job end
  end
end

local function schema_of(world) return world.instance.schemas[1] end

local watched = support.watched

local STARTED = { "precheck_shards", "configure_shards" }
local SWITCHED = { "precheck_shards", "configure_shards", "switch_route" }

describe("a shard migration", function()
  it("runs through: new shards on new data nodes, the route switched once, inside the window", function()
    local world = support.world()
    local result, reporter = migrate(world)
    assert.is_nil(result.error)
    assert.equal("done", result.status)
    assert.equal(0, result.exit)
    assert.same(SWITCHED, effects(world))
    assert.equal("2026-01-01T18:00:00.000Z", world.sim:effects()[3].time)
    assert.equal(16, schema_of(world).shard_number)
    assert.same(world.nodes, schema_of(world).data_nodes)
    local names = {}
    for i, step in ipairs(result.steps) do names[i] = step.name end
    assert.same({ "plan", "preflight", "way back", "precheck", "configure", "migrate", "switch", "verify" }, names)
    assert.is_nil(result.left_behind)
    assert.is_true(reporter:has("^note DATA NOT COMPARED"))
    assert.is_false(reporter:has("^note the route was switched by somebody else"))
    assert.equal(the_task(world).id, result.value.job_id)
  end)

  it("records the way back and the verification", function()
    local world = support.world()
    migrate(world)
    local verified = world.store:get("ddm_shard_migration/verified/" .. world.instance_id .. "/orders")
    assert.equal(the_task(world).id, verified.job_id)
    assert.equal(16, verified.shards)
    assert.equal(4, #verified.nodes)
    local back = world.store:get("ddm_shard_migration/way_back/" .. world.instance_id .. "/orders")
    assert.is_string(back.metadata.compressed_databases_info)
    assert.equal(1, #back.restorable)
  end)

  it("grows shards alone, or data nodes alone", function()
    local world = support.world()
    assert.equal("done", more_shards(world).status)
    assert.equal(16, schema_of(world).shard_number)
    assert.equal(2, #schema_of(world).data_nodes)
    world = support.world()
    assert.equal("done", migrate(world, { shards = "absent" }).status)
    assert.equal(8, schema_of(world).shard_number)
    assert.equal(4, #schema_of(world).data_nodes)
  end)

  it("shows progress with what it waits for", function()
    local _, reporter = migrate(support.world())
    local migrating, windowed = {}, false
    for _, p in ipairs(reporter.waiting) do
      if p.step == "migrate" and p.percent then migrating[#migrating + 1] = p.percent end
      windowed = windowed or p.step == "switch" and p.waiting_for:find("the window", 1, true) == 1
    end
    assert.is_true(#migrating > 300)
    assert.equal(0, migrating[1])
    assert.equal(99, migrating[#migrating])
    assert.is_true(windowed)
  end)

  it("reads the other documented end: Completed with toBeCleaned", function()
    local world = support.world({ readings = { cleaned_state = "Completed" } })
    assert.equal("done", migrate(world).status)
    assert.same(SWITCHED, effects(world))
  end)

  it("bears old states that are shown for a while", function()
    local world = support.world({ lag_seconds = 90 })
    assert.equal("done", migrate(world).status)
    assert.same(SWITCHED, effects(world))
  end)

  it("bears a service that stumbles while the task is followed", function()
    local world = support.world({ faults = {
      { op = "ddm.list_jobs", nth = 3, ["do"] = "status", status = 500 },
      { op = "ddm.list_jobs", nth = 5, ["do"] = "html" },
      { op = "ddm.list_jobs", nth = 7, ["do"] = "reset_before" },
      { op = "ddm.list_jobs", nth = 9, ["do"] = "empty" },
      { op = "ddm.show_job", nth = 1, ["do"] = "garbage" },
    } })
    assert.equal("done", migrate(world).status)
    assert.same(SWITCHED, effects(world))
  end)

  it("takes one password for all data nodes or one for each", function()
    local world = support.world()
    local other = "Another-1!"
    world.sim.state.rds.instances[3].admin_password_sha256 = core.sha256(other)
    assert.equal("failed", migrate(world).status)
    assert.same({}, effects(world))
    assert.equal("done", migrate(world, { ["password." .. world.nodes[3]] = other }).status)
  end)

  it("keeps passwords out of what it shows and records", function()
    local folder = os.tmpname()
    os.remove(folder)
    local world = support.world({ precheck = { storage = "WARN" } })
    world.store = nil
    local result, reporter = migrate(world, {}, { state_dir = folder, accept = { "Storage space of data nodes" } })
    assert.equal("done", result.status)
    local shown = table.concat(reporter.lines, "\n") .. core.encode(result.steps)
    assert.is_nil(shown:find(sim.DEMO.data_node_password, 1, true))
    local pipe = io.popen("cat '" .. folder .. "'/*")
    local kept = pipe:read("a")
    pipe:close()
    assert.is_nil(kept:find(sim.DEMO.data_node_password, 1, true))
    assert.is_truthy(kept:find("migrateLogicDb", 1, true))
    os.execute("rm -rf '" .. folder .. "'")
  end)

  it("stops where it is told to", function()
    local world = support.world()
    assert.equal("done", migrate(world, { stop_after = "preflight" }).status)
    assert.same({}, effects(world))
    assert.equal("done", migrate(world, { stop_after = "precheck" }).status)
    assert.same({ "precheck_shards" }, effects(world))
  end)
end)

describe("the preflight of a shard migration", function()
  local function stops(name, change, params)
    local world = support.world()
    change(world)
    local result, reporter = migrate(world, params and params(world))
    assert.equal("failed", result.status)
    assert.equal(1, result.exit)
    assert.equal("preflight: not met: " .. name, result.error.message)
    assert.same({}, effects(world))
    assert.is_true(reporter:has("^fail " .. name:match("^[^,]+")))
  end

  local function nothing() end

  it("stops when the instance is not running", function()
    stops("instance running", function(world) world.instance.status = "SET_CONFIGURATION" end)
  end)

  it("stops below kernel 3.0.8.3", function()
    stops("kernel", function(world) world.instance.engine_version = "3.0.8.2" end)
  end)

  it("stops when a DDM node is abnormal", function()
    stops("DDM nodes", function(world) world.instance.nodes[1].status = "abnormal" end)
  end)

  it("stops while a task is running on the instance", function()
    stops("instance running, no running task", function(world)
      assert(world.client.ddm:restart_instance({ instance_id = world.instance_id, restart = { type = "soft" } }))
      world.sim.log.effects = {}
      world.sim:advance(5)
    end)
  end)

  it("stops while a failed shard task is unresolved", function()
    local world = support.world({ faults = { { op = "ddm.configure_shards", ["do"] = "job_failed" } } })
    assert.equal("failed", migrate(world).status)
    local result = migrate(world, { window_from = "2026-01-03 02:00" })
    assert.equal("preflight: not met: no failed shard task, schema running", result.error.message)
    assert.same(STARTED, effects(world))
  end)

  it("stops while source data is not cleared", function()
    local world = support.world()
    assert.equal("done", more_shards(world).status)
    local result = migrate(world, { shards = 32, window_from = "2026-01-03 02:00" })
    assert.equal("preflight: not met: source data cleared", result.error.message)
    assert.same(SWITCHED, effects(world))
  end)

  it("stops when the schema is not running or not sharded", function()
    stops("schema running", function(world) schema_of(world).status = "EXPAND_FAILED" end)
    stops("schema sharded", function(world) schema_of(world).shard_mode = "single" end)
  end)

  it("stops when a present data node is left out", function()
    stops("source nodes included", nothing, function(world) return { nodes = { world.nodes[1], world.nodes[3], world.nodes[4] } } end)
  end)

  it("stops when a data node is named twice: that is no growth", function()
    stops("each node once", nothing, function(world) return { nodes = { world.nodes[1], world.nodes[2], world.nodes[2] } } end)
  end)

  it("stops when nothing grows, or something shrinks", function()
    stops("shards or nodes grow", nothing, function() return { nodes = "absent", shards = 8 } end)
    stops("shards or nodes grow", nothing, function() return { shards = 4 } end)
  end)

  it("stops above 64 shards a data node", function()
    stops("shards a data node", nothing, function() return { nodes = "absent", shards = 129 } end)
  end)

  it("stops when a new node is in another VPC or in another DDM", function()
    stops("new nodes available", function(world) world.sim.state.rds.instances[3].vpc_id = "other" end)
    stops("new nodes available", function(world) world.sim.state.rds.instances[4].ddm_id = "other" end)
  end)

  it("stops when a data node is not normal", function()
    stops("data nodes normal", function(world) world.sim.state.rds.instances[3].status = "backup" end)
  end)

  it("stops when engine versions differ", function()
    stops("one engine version", function(world) world.sim.state.rds.instances[3].version = "8.0" end)
  end)

  it("stops when a login is missing", function()
    stops("logins given", nothing, function() return { password = "absent" } end)
    stops("logins given", nothing, function(world)
      return { password = { [world.nodes[1]] = "x", [world.nodes[2]] = "x" } }
    end)
  end)

  it("stops at a login for something that is no data node", function()
    stops("logins for these only", nothing, function(world)
      return { password = { all = "x", [world.nodes[1] .. "x"] = "y" } }
    end)
  end)

  it("stops when one DDM node cannot be spared", function()
    stops("more than one DDM node", function(world) table.remove(world.instance.nodes) end,
      function() return { exclusive = true } end)
  end)

  it("tells all that is not met, not only the first", function()
    stops("kernel, schema sharded, logins given", function(world)
      world.instance.engine_version = "2.4"
      schema_of(world).shard_mode = "single"
    end, function() return { password = "absent" } end)
  end)

  it("lists what no API shows", function()
    local _, reporter = migrate(support.world(), { stop_after = "preflight" })
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: no DDL on the schema"))
    assert.is_true(reporter:has("^unseen data nodes as RDS shows them: not seen"))
  end)

  it("names a schema or instance that does not exist", function()
    local world = support.world()
    local result = migrate(world, { schema = "nothing" })
    assert.equal(1, result.exit)
    assert.equal("plan", result.step)
    assert.equal("api", result.error.kind)
  end)
end)

describe("the precheck of a shard migration", function()
  for _, item in ipairs(require("hwdb.sim.ddm_precheck").ITEMS) do
    it("stops at " .. item.name .. " when it failed", function()
      local world = support.world({ precheck = { [item.key] = "FAILED" } })
      local result, reporter = migrate(world)
      assert.equal(1, result.exit)
      assert.equal("precheck: failed: " .. item.name, result.error.message)
      assert.is_true(reporter:has("^fail " .. item.name .. ": FAILED"))
      assert.same({ "precheck_shards" }, effects(world))
    end)
  end

  it("reads the list answered at once as well as the later one", function()
    for _, status in ipairs({ "FAILED", "WARN" }) do
      local world = support.world({ precheck = { binlog_enabled = status } })
      local name = "Binlog enabled in associated DN instances"
      local client = support.intercepted(world, { show_precheck = function(call, args)
        local body, info = call(args)
        for i = #body.pre_check_results, 1, -1 do
          if body.pre_check_results[i].name == name then table.remove(body.pre_check_results, i) end
        end
        return body, info
      end })
      local result = migrate(world, {}, { client = client })
      assert.equal(status == "FAILED" and 1 or 3, result.exit)
      assert.matches(name, result.error.message, 1, true)
      assert.same({ "precheck_shards" }, effects(world))
    end
  end)

  it("stops when its job failed though no item says so", function()
    local world = support.world({ faults = { { op = "ddm.precheck_shards", ["do"] = "job_failed" } } })
    local result = migrate(world)
    assert.equal("the precheck: Failed", result.error.message)
    assert.same({ "precheck_shards" }, effects(world))
  end)

  it("stops when it answers no item at all", function()
    local world = support.world()
    local function emptied(call, args)
      local body, info = call(args)
      body.pre_check_results = {}
      return body, info
    end
    local client = support.intercepted(world, { precheck_shards = emptied, show_precheck = emptied })
    assert.equal("precheck: no item was answered", migrate(world, {}, { client = client }).error.message)
  end)

  it("waits for a person at a warning, without a terminal", function()
    local world = support.world({ precheck = { storage = "WARN", table_name_length = "WARN" } })
    local result = migrate(world)
    assert.equal("waiting", result.status)
    assert.equal(3, result.exit)
    assert.matches('accept="Table name length"', result.error.remedy, 1, true)
    assert.same({ "precheck_shards" }, effects(world))
  end)

  it("accepts exactly the items that were named", function()
    local world = support.world({ precheck = { storage = "WARN", table_name_length = "WARN" } })
    local result = migrate(world, {}, { accept = { "Table name length" } })
    assert.equal(3, result.exit)
    assert.matches('accept="Storage space of data nodes"', result.error.remedy, 1, true)
    result = migrate(world, { accept = { "Table name length", "Storage space of data nodes" } })
    assert.equal("done", result.status)
    world = support.world({ precheck = { storage = "WARN" } })
    assert.equal(3, migrate(world, {}, { accept = { "storage", "yes", "*" } }).exit)
  end)

  it("asks at a terminal", function()
    local world = support.world({ precheck = { storage = "WARN" } })
    local asked = {}
    local result = migrate(world, {}, { ask = function(q) asked[#asked + 1] = q.name return "no" end })
    assert.equal(1, result.exit)
    assert.equal("stopped at the precheck item Storage space of data nodes", result.error.message)
    assert.same({ "Storage space of data nodes" }, asked)
    assert.same({ "precheck_shards" }, effects(world))
    result = migrate(world, {}, { ask = function() return "yes" end })
    assert.equal("done", result.status)
  end)

  it("does not let an accepted warning carry a failed item", function()
    local world = support.world({ precheck = { storage = "WARN", charset = "FAILED" } })
    local result = migrate(world, {}, { accept = { "Storage space of data nodes", "Charset and collation of source shards" } })
    assert.equal("precheck: failed: Charset and collation of source shards", result.error.message)
  end)
end)

describe("the task of a shard migration", function()
  it("is not followed when the service configured something else", function()
    local world
    world = support.world({ on_effect = function(effect)
      if effect.op == "configure_shards" then the_task(world).plan.new_shards = 12 end
    end })
    local result = migrate(world)
    assert.equal(1, result.exit)
    assert.equal("the service configured something else: shards: 16 was asked for, 12 is configured", result.error.message)
    assert.matches("hwdb call ddm.cancel_shards", result.error.remedy, 1, true)
    assert.matches(the_task(world).id, result.left_behind, 1, true)
    assert.same(STARTED, effects(world))
  end)

  it("that failed is left alone, its log shown", function()
    local world = support.world({ faults = { { op = "ddm.configure_shards", ["do"] = "job_failed", code = "DBS.300337" } } })
    local result, reporter = migrate(world)
    assert.equal("failed", result.status)
    assert.equal(1, result.exit)
    assert.matches("the shard configuration failed: the migration of orders: Failed", result.error.message, 1, true)
    assert.is_true(reporter:has("^log ERROR DBS.300337"))
    assert.equal(("the task %s failed and waits as it is; until the route is switched the original data is untouched"):format(
      the_task(world).id), result.left_behind)
    assert.matches(("schema=orders job_id=%s on_failure=retry …; on_failure=rollback gives it up"):format(the_task(world).id),
      result.error.remedy, 1, true)
    assert.same(STARTED, effects(world))
  end)

  it("that failed is retried", function()
    local world = support.world({ faults = { { op = "ddm.configure_shards", ["do"] = "job_failed" } } })
    local result = migrate(world, { on_failure = "retry" })
    assert.equal("done", result.status)
    assert.same({ "precheck_shards", "configure_shards", "retry_shards", "switch_route" }, effects(world))
    assert.equal(16, schema_of(world).shard_number)
  end)

  it("is retried as often as declared, no more", function()
    local failing = { { op = "ddm.configure_shards", ["do"] = "job_failed" },
      { op = "ddm.retry_shards", ["do"] = "job_failed", times = 9 } }
    local world = support.world({ faults = failing })
    local result = migrate(world, { on_failure = "retry", retries = 2 })
    assert.equal(1, result.exit)
    assert.matches("the shard configuration failed", result.error.message, 1, true)
    assert.same({ "precheck_shards", "configure_shards", "retry_shards", "retry_shards" }, effects(world))
  end)

  it("that failed is rolled back", function()
    local world = support.world({ faults = { { op = "ddm.configure_shards", ["do"] = "job_failed" } } })
    local result, reporter = migrate(world, { on_failure = "rollback" })
    assert.equal(1, result.exit)
    assert.matches("failed and was rolled back", result.error.message, 1, true)
    assert.is_nil(result.left_behind)
    assert.is_true(reporter:has("^ok rolled back: orders has its 8 shards as before"))
    assert.same({ "precheck_shards", "configure_shards", "rollback_shards" }, effects(world))
    assert.equal(8, schema_of(world).shard_number)
    assert.equal("RUNNING", schema_of(world).status)
  end)

  it("that was left alone is retried or rolled back by another run", function()
    for policy, expected in pairs({ retry = { "done", 16 }, rollback = { "failed", 8 } }) do
      local world = support.world({ faults = { { op = "ddm.configure_shards", ["do"] = "job_failed" } } })
      assert.equal("failed", migrate(world).status)
      local result = take_up(world, the_task(world).id, { on_failure = policy })
      assert.equal(expected[1], result.status)
      assert.equal(expected[2], schema_of(world).shard_number)
      assert.equal("RUNNING", schema_of(world).status)
      assert.equal(policy .. "_shards", effects(world)[3])
    end
  end)

  it("whose rollback fails says so", function()
    local world = support.world({ faults = { { op = "ddm.configure_shards", ["do"] = "job_failed" },
      { op = "ddm.rollback_shards", ["do"] = "job_failed" } } })
    local result = migrate(world, { on_failure = "rollback" })
    assert.equal("the rollback: Failed", result.error.message)
    assert.matches(the_task(world).id, result.left_behind, 1, true)
  end)

  it("that fails during the switch is retried and switched anew", function()
    local world = support.world({ faults = { { op = "ddm.switch_route", ["do"] = "job_failed" } } })
    local result = migrate(world, { on_failure = "retry" })
    assert.equal("done", result.status)
    assert.same({ "precheck_shards", "configure_shards", "switch_route", "retry_shards", "switch_route" }, effects(world))
  end)

  it("that somebody else cancels ends the run", function()
    local world = support.world()
    local cancelled
    local client = watched(world, function()
      local task = the_task(world)
      if task and task.phase == "incremental" and not cancelled then
        cancelled = assert(world.client.ddm:cancel_shards({ instance_id = world.instance_id, db_name = "orders", job_id = task.id }))
      end
    end)
    local result = migrate(world, { on_failure = "retry" }, { client = client })
    assert.equal("the migration of orders: CancelSuccess", result.error.message)
    assert.equal("somebody else has cancelled the task; the original data is as it was, begin again", result.error.remedy)
    assert.is_nil(result.left_behind)
    assert.same({ "precheck_shards", "configure_shards", "cancel_shards" }, effects(world))
  end)
end)

describe("the route switch of a shard migration", function()
  it("waits for a window that opens later", function()
    local world = support.world()
    migrate(world, { window_from = "2026-01-05 02:00" })
    assert.equal("2026-01-04T18:00:00.000Z", world.sim:effects()[3].time)
  end)

  it("happens at once when the window is open already", function()
    local world = support.world()
    migrate(world, { window_from = "2026-01-01 16:00", window_to = "23:00" })
    assert.matches("^2026%-01%-01T11:0%d", world.sim:effects()[3].time)
  end)

  it("does not happen after the window; another run takes the task up with another window", function()
    local world = support.world()
    local result = migrate(world, { window_from = "2026-01-01 17:00", window_to = "18:00" })
    assert.equal("waiting", result.status)
    assert.equal(3, result.exit)
    assert.matches("has passed: nothing is begun any more", result.error.message, 1, true)
    assert.same(STARTED, effects(world))
    local task = the_task(world)
    assert.equal("ToBeSwitched", task.status)
    assert.matches("job_id=" .. task.id, result.left_behind, 1, true)
    result = take_up(world, task.id)
    assert.is_nil(result.error)
    assert.equal("done", result.status)
    assert.same(SWITCHED, effects(world))
    assert.equal("2026-01-01T18:00:00.000Z", world.sim:effects()[3].time)
  end)

  it("keeps the cut-off before the window's end", function()
    local world = support.world()
    local result = migrate(world, { window_from = "2026-01-01 17:00", window_to = "19:30", cut_off_minutes = 45 })
    assert.equal(3, result.exit)
    assert.same(STARTED, effects(world))
  end)

  it("is refused beforehand when the window is over, incomplete or without a zone", function()
    local world = support.world()
    local result = migrate(world, { window_from = "2026-01-01 02:00" })
    assert.equal(2, result.exit)
    assert.matches("is over", result.error.message, 1, true)
    assert.equal("plan", result.step)
    assert.matches("needs window_from, window_to and zone", migrate(world, { zone = "absent" }).error.message, 1, true)
    assert.matches("zone \"CET\" is not one", migrate(world, { zone = "CET" }).error.message, 1, true)
    assert.same({}, effects(world))
  end)

  it("asks when no window is declared", function()
    local world = support.world()
    local result = migrate(world, { switch = "ask" })
    assert.equal(3, result.exit)
    assert.same(STARTED, effects(world))
    result = take_up(world, the_task(world).id, { switch = "ask" }, { ask = function(q)
      assert.same({ "switch orders", "orders" }, { q.name, q.expect })
      return "yes"
    end })
    assert.equal(3, result.exit)
    assert.equal("the route has not been switched", result.error.message)
    result = take_up(world, the_task(world).id, { switch = "ask" }, { accept = { "switch" } })
    assert.equal(3, result.exit)
    result = take_up(world, the_task(world).id, { switch = "ask" }, { accept = { "switch orders" } })
    assert.equal("done", result.status)
    assert.same(SWITCHED, effects(world))
  end)

  it("is the service's own in its hour, on request", function()
    local world = support.world()
    local result, reporter = migrate(world, { switch = "service", service_from = "17:00:00" })
    assert.equal("done", result.status)
    assert.same(STARTED, effects(world))
    assert.is_true(reporter:has("^ok read back: 16 shards on 4 data nodes, automatic switch"))
    assert.is_true(reporter:has("^warn the service switches between 17:00:00 and 18:00:00"))
    assert.equal(16, schema_of(world).shard_number)
  end)

  it("wants the service's hour as one hour of one day", function()
    local world = support.world()
    for _, from in ipairs({ "absent", "23:00:00", "17:00", "24:00:00" }) do
      local result = migrate(world, { switch = "service", service_from = from })
      assert.matches("switch=service needs service_from", result.error.message, 1, true)
    end
    assert.same({}, effects(world))
  end)

  it("is not repeated when somebody else has switched meanwhile", function()
    local world = support.world()
    local switched
    local client = watched(world, function()
      local task = the_task(world)
      if task and task.status == "ToBeSwitched" and not switched then
        switched = assert(world.client.ddm:switch_route({ instance_id = world.instance_id, db_name = "orders", job_id = task.id }))
      end
    end)
    local result, reporter = migrate(world, {}, { client = client })
    assert.equal("done", result.status)
    assert.same(SWITCHED, effects(world))
    assert.is_true(reporter:has("^note the route was switched by somebody else"))
  end)
end)

describe("a shard migration that is cut off", function()
  it("by Ctrl-C while it waits leaves the task and says how to take it up", function()
    local world = support.world()
    local client = watched(world, function()
      if the_task(world) then return true, { kind = "cancelled", message = "interrupted" } end
    end)
    local result = migrate(world, { on_failure = "rollback" }, { client = client })
    assert.equal("cancelled", result.status)
    assert.equal(130, result.exit)
    assert.same(STARTED, effects(world))
    assert.matches("job_id=" .. the_task(world).id, result.left_behind, 1, true)
    assert.equal("done", take_up(world, the_task(world).id).status)
    assert.same(SWITCHED, effects(world))
  end)

  it("by a lost answer to a change finds it and goes on: nothing is sent twice", function()
    for _, op in ipairs({ "ddm.precheck_shards", "ddm.configure_shards", "ddm.switch_route" }) do
      for _, how in ipairs({ "reset_after", "garbage", "html" }) do
        local world = support.world({ faults = { { op = op, ["do"] = how, after = true } } })
        local result, reporter = migrate(world)
        assert.is_nil(result.error)
        assert.is_true(reporter:has(op .. " took place; its answer is adopted"))
        assert.same(SWITCHED, effects(world))
      end
    end
  end)

  it("before a change had its effect sends it once it is sure of that", function()
    for _, op in ipairs({ "ddm.precheck_shards", "ddm.configure_shards", "ddm.switch_route" }) do
      local world = support.world({ faults = { { op = op, ["do"] = "reset_before" } } })
      local result, reporter = migrate(world)
      assert.is_nil(result.error)
      assert.is_true(reporter:has(op .. " did not take place"))
      assert.same(SWITCHED, effects(world))
    end
  end)

  it("by an effect that comes late makes no second one", function()
    for _, op in ipairs({ "ddm.precheck_shards", "ddm.configure_shards", "ddm.switch_route" }) do
      local world = support.world({ faults = { { op = op, ["do"] = "late", seconds = 90 } } })
      local result = migrate(world)
      assert.is_nil(result.error)
      assert.same(SWITCHED, effects(world))
    end
  end)

  it("before anything was sent has nothing to take up", function()
    local world = support.world()
    local client = watched(world, function() return true, { kind = "cancelled", message = "interrupted" } end)
    local result = migrate(world, {}, { client = client })
    assert.equal(130, result.exit)
    assert.same({ "precheck_shards" }, effects(world))
    assert.is_nil(result.left_behind)
  end)

  it("takes up no task of another plan", function()
    local world = support.world()
    migrate(world, { window_from = "2026-01-01 17:00", window_to = "18:00" })
    local result = take_up(world, the_task(world).id, { shards = 32 })
    assert.matches("shards: 32 was asked for, 16 is configured", result.error.message, 1, true)
    assert.same(STARTED, effects(world))
  end)
end)

describe("the verification of a shard migration", function()
  it("refuses a schema that is not as planned, and records nothing", function()
    local world
    world = support.world()
    local client = watched(world, function()
      local task = the_task(world)
      if task and task.phase == "switching" then task.plan.new_shards = 12 end
    end)
    local result, reporter = migrate(world, {}, { client = client })
    assert.equal("verification: differs: shards, places of the shards", result.error.message)
    assert.is_true(reporter:has("^fail shards: 12, 16 expected"))
    assert.is_nil(world.store:get("ddm_shard_migration/verified/" .. world.instance_id .. "/orders"))
  end)
end)

-- The same for a journal on disk; the window is that of the next night, whatever the time is.
local function on_disk(world, more)
  local nodes = {}
  for i, node in ipairs(world.sim.state.rds.instances) do nodes[i] = node.id end
  local params = { instance_id = world.instance.id, schema = "orders", shards = 16, nodes = nodes,
    user = world.sim.data_node_user, password = world.sim.data_node_password }
  for key, value in pairs(more) do params[key] = value end
  if not params.switch then
    params.window_from = os.date("!%Y-%m-%d", world.client:now() // 1000 + 86400) .. " 02:00"
    params.window_to, params.zone = "04:00", "UTC"
  end
  return params
end

describe("a shard migration switched in a window", function()
  require("spec.runbooks.proofs").of({ name = "ddm_shard_migration", services = { "ddm", "rds" }, effects = SWITCHED,
    params = function(world) return on_disk(world, {}) end, points = 5 })
end)

describe("a shard migration switched by the service", function()
  require("spec.runbooks.proofs").of({ name = "ddm_shard_migration", services = { "ddm", "rds" }, effects = STARTED, points = 2,
    params = function(world) return on_disk(world, { switch = "service", service_from = "17:00:00" }) end })
end)

describe("a shard migration that fails and is killed", function()
  local durable = require("spec.durable.support")
  local rb = assert(require("hwdb.runbook").load("ddm_shard_migration"))
  local CASES = {
    { policy = "retry", state = "done", effects = { "precheck_shards", "configure_shards", "retry_shards", "switch_route" } },
    { policy = "rollback", state = "failed", effects = { "precheck_shards", "configure_shards", "rollback_shards" } },
  }
  for _, case in ipairs(CASES) do
    it(("is taken up and does nothing twice, on_failure=%s"):format(case.policy), function()
      local found = durable.sweep({ book = "function() end", world = { faults = { { op = "ddm.configure_shards",
        ["do"] = "job_failed" } } }, drive = function(world, points)
        world.params = world.params or on_disk(world, { on_failure = case.policy })
        return durable.go_on(world, rb, { params = world.params, terminal = false }, points)
      end }, 120)
      assert.same({}, found.violations)
      assert.is_true(found.kills >= 3, tostring(found.kills))
      assert.same({ case.state, case.effects }, { found.state, found.effects })
    end)
  end
end)
