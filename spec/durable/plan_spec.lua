-- SPDX-License-Identifier: Apache-2.0
-- Plans: what is planned is what is done, and nothing else is.
local runbook = require("hwdb.runbook")
local support = require("spec.durable.support")

local function migration(world)
  local nodes = {}
  for i, node in ipairs(world.sim.state.rds.instances) do nodes[i] = node.id end
  return { instance_id = world.instance.id, schema = "orders", shards = 16, nodes = nodes, user = world.sim.data_node_user,
    password = world.sim.data_node_password, window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }
end

local function planned(world, rb, params)
  return support.with_journal(world, function(store)
    return assert(runbook.plan(rb, { client = world.client, params = params, journal = store }))
  end)
end

local function applied(world, id, options)
  return support.with_journal(world, function(store)
    local given = { client = world.client, journal = store, terminal = false }
    for key, value in pairs(options or {}) do given[key] = value end
    return runbook.apply(id, given)
  end)
end

local function ops_of(plan)
  local list = {}
  for i, change in ipairs(plan.changes) do list[i] = change.op:match("%.(.+)$") end
  return list
end

describe("a plan", function()
  it("of the shard migration changes nothing, names what cannot be undone, and is what is done then", function()
    local world = support.world()
    local rb = assert(runbook.load("ddm_shard_migration"))
    local plan = planned(world, rb, migration(world))
    assert.same({}, support.ops(world))
    assert.same({ "precheck_shards", "configure_shards", "switch_route" }, ops_of(plan))
    assert.is_nil(plan.ends)
    assert.same({}, { table.unpack(plan.buys) })
    assert.same({ "ddm.switch_route of ddm/" .. world.instance.id }, { table.unpack(plan.cannot_undo) })
    local result = applied(world, plan.id, { params = { password = world.sim.data_node_password } })
    assert.is_nil(result.error)
    assert.same(ops_of(plan), support.ops(world))
    support.clean(world)
  end)

  it("takes stock of what the script uses, in branches not taken as well", function()
    local likeness = require("hwdb.runbook.likeness")
    for source, services in pairs({ ["run.ddm:list_instances{}"] = { "ddm", "rds" }, ["run.dws:list_clusters{}"] = { "dws" },
      ['run:wait_for("dbss.switch_agent", a)'] = { "dbss" }, ["local api = run.dws; run.rds:x{}"] = { "dws", "rds" },
      ["run.ddms:x{} mydws = 1"] = { "ddm", "dws", "dbss", "rds" } }) do
      assert.same(services, likeness.services(source), source)
    end
    local world = support.world()
    local cluster = world.sim.state.dws.clusters[1]
    local rb = support.book(([[function(run) run.dws:restart_cluster{ cluster_id = "%s", restart = {} } end]]):format(cluster.id))
    local plan = support.with_journal(world, function(store)
      return assert(runbook.plan(rb, { client = world.client, params = { instance_id = "i" }, journal = store }))
    end)
    assert.same({ { "restart_cluster" } }, { ops_of(plan), plan.ends })
    local asked = {}
    for _, request in ipairs(world.sim:requests()) do asked[request.service] = true end
    assert.same({ dws = true }, asked)
    support.clean(world)
  end)

  it("of clearing source data is what is done then", function()
    local world = support.world()
    local rb = assert(runbook.load("ddm_shard_migration"))
    assert.equal("done", support.run(world, rb, { params = migration(world) }).state)
    local clean = assert(runbook.load("ddm_shard_clean"))
    local before = #support.ops(world)
    local plan = support.with_journal(world, function(store)
      return assert(runbook.plan(clean, { client = world.client, params = { instance_id = world.instance.id, schema = "orders",
        soak_hours = 0 },
        journal = store }))
    end)
    assert.same({ "clean_shards" }, ops_of(plan))
    assert.is_nil(plan.ends)
    local result = applied(world, plan.id, { accept = { "clear orders" } })
    assert.is_nil(result.error)
    assert.equal("clean_shards", support.ops(world)[before + 1])
    assert.equal(before + 1, #support.ops(world))
    support.clean(world)
  end)

  local RENAME = [[function(run, p)
    local name = run.ddm:show_instance{ instance_id = p.instance_id }.name
    if name == "ddm-orders" then
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
    else
      run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
    end
  end]]

  local SNAPSHOTS = [[function(run)
    local cluster = run.dws:list_clusters{}.clusters[1].id
    local made = {}
    for i = 1, 2 do
      local args = { snapshot = { name = "plan-" .. i, cluster_id = cluster } }
      local answer = run.dws:create_snapshot(args)
      run:wait_for("dws.create_snapshot", args, answer)
      made[i] = answer.snapshot.id
    end
    run:rest_of_it(made, run)
  end]]

  local function snapshots(rest)
    return support.book((SNAPSHOTS:gsub("run:rest_of_it%(made, run%)", function() return rest end)))
  end

  it("names what it makes itself by its order, and is applied to what comes of it then", function()
    local rb = snapshots([[
      run.dws:delete_snapshot{ snapshot_id = made[2] }
      run.dws:delete_snapshot{ snapshot_id = made[1] }]])
    local world = support.world()
    local plan = planned(world, rb, { instance_id = "i" })
    local targets = {}
    for i, change in ipairs(plan.changes) do targets[i] = change.op .. " " .. tostring(change.target) end
    assert.same({ "dws.create_snapshot nil", "dws.create_snapshot nil", "dws.delete_snapshot dws/new-1",
      "dws.delete_snapshot dws/new-2" }, targets)
    assert.same({ "dws.delete_snapshot of dws/new-1", "dws.delete_snapshot of dws/new-2" }, { table.unpack(plan.cannot_undo) })
    world.sim:handle({ method = "GET", target = "/", headers = {} }) -- other ids from here on
    local result = applied(world, plan.id)
    assert.equal("done", result.state, tostring(result.error))
    assert.same(ops_of(plan), support.ops(world))
    support.clean(world)
  end)

  it("stops before a change of what was there where it holds one of what it makes, and before one too many", function()
    for _, rest in ipairs({ "run.dws:delete_snapshot{ snapshot_id = run:recorded('which') or made[1] }",
      "run.dws:delete_snapshot{ snapshot_id = made[1] } if run:recorded('which') then run.dws:delete_snapshot{ snapshot_id = made[2] } end" }) do
      local world, rb = support.world(), snapshots("run.dws:list_snapshots{} " .. rest)
      rb = support.book((rb.source:match("run = (.*) }$"):gsub("local made", "run.dws:list_snapshots{}\n local made", 1)))
      local plan = planned(world, rb, { instance_id = "i" })
      assert.is_nil(plan.ends)
      support.run(world, support.book(("function(run) run:record('which', %q) end"):format(world.sim.state.dws.snapshots[1].id)))
      local before = #support.ops(world)
      local result = applied(world, plan.id)
      assert.matches("holds no such change %(any more%): dws.delete_snapshot of dws/", result.error.message)
      assert.is_true(#support.ops(world) <= before + 3)
      assert.equal("AVAILABLE", world.sim.state.dws.snapshots[1].status)
      support.clean(world)
    end
  end)

  it("goes on with an applied plan after a kill at any point, whatever is named anew", function()
    local rb = snapshots("run.dws:delete_snapshot{ snapshot_id = made[2] }")
    local id
    local found = support.sweep({ book = rb.source:match("run = (.*) }$"), before = function(world)
      id = planned(world, rb, { instance_id = world.instance.id }).id
    end, drive = function(world, points)
      local run = support.latest(world)
      if run then return support.go_on(world, rb, nil, points) end
      return support.apply(world, id, points)
    end }, 7)
    assert.same({}, found.violations)
    assert.same({ "create_snapshot", "create_snapshot", "delete_snapshot" }, found.effects)
  end)

  it("runs no program in its rehearsal, and says what it would run", function()
    local world = support.world()
    local count = world.folder .. ".count"
    local rb = support.book(([[function(run, p)
      run:exec{ argv = { "sh", "-c", "echo x >>%s" } }
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
      local r = run:exec{ argv = { "sh", "-c", "echo x >>%s; exit 3" } }
      if r.status ~= 0 then run:fail("not so") end
    end]]):format(count, count))
    local plan = planned(world, rb, { instance_id = world.instance.id })
    assert.is_nil(plan.ends)
    assert.same({ "sh -c echo x >>" .. count .. "; exit 3" }, { table.unpack(plan.runs) })
    local file = assert(io.open(count))
    assert.equal("x\n", file:read("a"))
    file:close()
    assert.equal("not so", applied(world, plan.id).error.message)
    os.remove(count)
    support.clean(world)
  end)

  it("stops before a change it does not hold", function()
    local world = support.world()
    local plan = planned(world, support.book(RENAME), { instance_id = world.instance.id })
    assert.same({ "update_instance_name" }, ops_of(plan))
    world.instance.name = "somebody-elses"
    local result = applied(world, plan.id)
    assert.equal(3, result.exit)
    assert.matches("holds no such change (any more): ddm.restart_instance", result.error.message, 1, true)
    assert.same({}, support.ops(world))
    support.clean(world)
  end)

  it("says what it would buy, and buys it when it is applied without another question", function()
    local world = support.world()
    local flavor = world.sim.state.ddm.flavors[1].id
    local rb = support.book(([[function(run, p)
      run.ddm:expand_instance_nodes{ instance_id = p.instance_id, flavor_id = "%s", node_number = 1 }
    end]]):format(flavor))
    local plan = planned(world, rb, { instance_id = world.instance.id })
    assert.same({ "ddm.expand_instance_nodes of ddm/" .. world.instance.id }, { table.unpack(plan.buys) })
    local result = applied(world, plan.id)
    assert.is_nil(result.error)
    assert.same({ "expand_instance_nodes" }, support.ops(world))
    support.clean(world)
  end)

  it("that is not there is refused, and so are other parameters", function()
    local world = support.world()
    assert.equal(2, applied(world, "nosuchplan").exit)
    local plan = planned(world, support.book(RENAME), { instance_id = world.instance.id })
    local result = applied(world, plan.id, { params = { instance_id = "another" } })
    assert.equal(2, result.exit)
    assert.matches("goes on with the parameters it began with", result.error.message, 1, true)
    support.clean(world)
  end)
end)
