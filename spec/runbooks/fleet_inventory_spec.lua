-- SPDX-License-Identifier: Apache-2.0
-- The fleet's inventory: everything once, whatever fails told, at the service's pace, in memory that its result needs.
local bench = dofile("bench/fleet.lua")
local cli = require("spec.support.cli")
local core = require("hwdb.core")
local durable = require("spec.durable.support")
local fleets = require("hwdb.sim.fleet")
local hwdb = require("hwdb")
local proofs = require("spec.runbooks.proofs")
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.support")

local FOUR = { regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" }, instances = 60 }

local function world_of(options)
  local fleet = fleets.new(options or FOUR)
  return { sim = fleet, client = assert(hwdb.client({ sim = fleet, attempts = 1 })), tables = {} }
end

local function run(world, params)
  local reporter = support.reporter()
  function reporter:table(t) world.tables[t.name] = t end
  local result = runbook.run_file("fleet_inventory", { client = world.client, sim = world.sim, params = params or {}, report = reporter })
  return result, reporter
end

-- What the places hold, as the table should list it.
local function expected(world, fits)
  local list = {}
  for _, place in ipairs(world.sim.places) do
    local state = place.sim.state
    for service, items in pairs({ ddm = state.ddm.instances, dws = state.dws.clusters, dbss = state.dbss.instances }) do
      for _, item in ipairs(items) do
        if not fits or fits(place, service) then
          list[#list + 1] = table.concat({ place.region, place.project, service, item.name, item.id, item.status }, " ")
        end
      end
    end
  end
  table.sort(list)
  return list
end

local function listed(world)
  local list = {}
  for i, row in ipairs(world.tables.fleet.rows) do list[i] = table.concat(row, " ", 1, 6) end
  table.sort(list)
  return list
end

local function row_of(world, name)
  for _, row in ipairs(world.tables.fleet.rows) do
    if row[4] == name then return row end
  end
end

describe("the fleet's inventory", function()
  teardown(cli.clean)
  it("lists every instance of every service, region and project once, and changes nothing", function()
    local world = world_of()
    local result, reporter = run(world)
    assert.is_nil(result.error)
    assert.same({ instances = 60, projects = 4, missing = 0, ddm = 24, dws = 19, dbss = 17 }, result.value)
    assert.same(expected(world), listed(world))
    assert.same({}, world.sim:effects())
    assert.is_true(reporter:has("^ok 4 projects to look at$"))
    assert.equal("60 instances in 4 projects", world.tables.fleet.note)
    assert.is_nil(world.tables.missing)
  end)

  it("tells of each what it is and holds, ordered by place, service and name", function()
    local world = world_of()
    run(world)
    local state = world.sim.places[1].sim.state
    local ddm, dws, dbss = state.ddm.instances[1], state.dws.clusters[1], state.dbss.instances[1]
    assert.same({ "cn-north-4", "cn-north-4", "ddm", ddm.name, ddm.id, "RUNNING", "3.1.0", "ddm.c6.2xlarge.2", 2,
      "2025-11-17T08:00:00+0000", "1 schema on 2 data nodes" }, row_of(world, ddm.name))
    assert.same({ "cn-north-4", "cn-north-4", "dws", dws.name, dws.id, "AVAILABLE", dws.version, "dws.m3.xlarge", 3,
      "2025-11-22T08:00:00Z", "newest snapshot 2026-01-01T02:00:00Z" }, row_of(world, dws.name))
    assert.same({ "cn-north-4", "cn-north-4", "dbss", dbss.name, dbss.id, "ACTIVE", "24.07.15.104512", "dbss.bypassaudit.low", 1,
      "2025-12-22 08:00:00", "1 database, 1 audited" }, row_of(world, dbss.name))
    local order, rank = {}, { ddm = 1, dws = 2, dbss = 3 }
    for i, row in ipairs(world.tables.fleet.rows) do order[i] = row[1] .. row[2] .. " " .. rank[row[3]] .. row[4] end
    local sorted = table.move(order, 1, #order, 1, {})
    table.sort(sorted)
    assert.same(sorted, order)
    assert.same({ "region", "project", "ddm", "dws", "dbss" }, world.tables.totals.columns)
    assert.same({ "cn-north-4", "cn-north-4", #state.ddm.instances, #state.dws.clusters, #state.dbss.instances },
      world.tables.totals.rows[1])
  end)

  it("keeps to the regions, projects and services that are wanted", function()
    local world = world_of()
    assert.equal(#expected(world, function(place) return place.region == "la-south-2" end),
      run(world, { regions = "la-south-2" }).value.instances)
    run(world, { projects = { "cn-north-4_a", world.sim.places[3].id } })
    assert.same(expected(world, function(place) return place.project == "cn-north-4_a" or place == world.sim.places[3] end), listed(world))
    local before = world.sim.calls["cn-north-4/ddm"]
    local result = run(world, { services = "dbss,dws" })
    assert.same({ instances = 36, projects = 4, missing = 0, dws = 19, dbss = 17 }, result.value)
    assert.same({ "region", "project", "dws", "dbss" }, world.tables.totals.columns)
    assert.equal(before, world.sim.calls["cn-north-4/ddm"])
  end)

  it("asks for lists only when no details are wanted", function()
    local world = world_of()
    local result = run(world, { details = "false" })
    assert.equal(60, result.value.instances)
    assert.equal("", row_of(world, "ddm-0001")[11])
    assert.equal("", row_of(world, "dws-0001")[11])
    assert.same({ 2, 2, 2 }, { world.sim.calls["cn-north-4/ddm"], world.sim.calls["cn-north-4/dws"], world.sim.calls["cn-north-4/dbss"] })
  end)

  it("reads lists of several pages to their end", function()
    local world = world_of({ regions = { "cn-north-4" }, projects = { "" }, instances = 700, limits = {} })
    local result = run(world, { details = "false" })
    assert.equal(700, result.value.instances)
    assert.same(expected(world), listed(world))
    assert.equal(3, world.sim.calls["cn-north-4/ddm"])
  end)

  it("tells a service that fails in a region, and goes on", function()
    local world = world_of()
    world.sim:add_fault({ op = "dws.list_clusters", ["do"] = "refuse", status = 500, code = "DWS.0005", times = 9, region = "la-south-2" })
    local result, reporter = run(world)
    assert.equal("done", result.status)
    assert.equal(2, result.value.missing)
    assert.same(expected(world, function(place, service) return place.region ~= "la-south-2" or service ~= "dws" end), listed(world))
    assert.is_true(reporter:has("^fail la%-south%-2 dws: .*DWS%.0005"))
    assert.is_true(reporter:has("^fail la%-south%-2_a dws: "))
    assert.matches("NOT ALL: 2 lists could not be read", world.tables.fleet.note, 1, true)
    assert.same({ "la-south-2", "la-south-2_a", "dws" }, table.move(world.tables.missing.rows[2], 1, 3, 1, {}))
    assert.equal("not read", world.tables.totals.rows[3][4])
  end)

  it("tells a region without an answer, one that is unknown, and a project that is", function()
    local world = world_of()
    for _, op in ipairs({ "ddm.*", "dws.*", "dbss.*" }) do
      world.sim:add_fault({ op = op, ["do"] = "reset_before", times = 99, region = "la-south-2" })
    end
    local result, reporter = run(world, { regions = "la-south-2,cn-north-4,cn-east-3", projects = "cn-north-4,la-south-2,other" })
    assert.equal("done", result.status)
    assert.same(expected(world, function(place) return place.project == "cn-north-4" end), listed(world))
    assert.is_true(reporter:has("^fail cn%-east%-3: the account has no project there"))
    assert.is_true(reporter:has("^fail other: the account has no project there"))
    assert.is_true(reporter:has("^fail la%-south%-2 ddm: "))
    assert.same({ 5, 5 }, { result.value.missing, #world.tables.missing.rows })
    assert.same({ "cn-east-3", "", "", "no such region" }, world.tables.missing.rows[1])
    assert.same({ "", "other", "", "no such project" }, world.tables.missing.rows[2])
  end)

  it("keeps an instance whose details cannot be read", function()
    local world = world_of()
    world.sim:add_fault({ op = "ddm.list_schemas", ["do"] = "refuse", status = 500, code = "DBS.300128", project = "cn-north-4" })
    local result, reporter = run(world)
    assert.same({ 60, 0 }, { result.value.instances, result.value.missing })
    assert.equal("not read: DBS.300128", row_of(world, world.sim.places[1].sim.state.ddm.instances[1].name)[11])
    assert.is_true(reporter:has("^warn cn%-north%-4 ddm: 1 detail could not be read$"))
  end)

  it("fails when nothing can be read, or there is nowhere to look", function()
    local world = world_of()
    world.sim:add_fault({ op = "*", ["do"] = "refuse", status = 403, code = "APIGW.0305", times = 999 })
    local result = run(world)
    assert.equal("failed", result.status)
    assert.matches("^no list could be read: ", result.error.message)
    assert.equal("there is no place to look at", run(world_of(), { regions = "cn-east-3" }).error.message)
    assert.equal("there is no service rds here", run(world_of(), { services = "ddm,rds" }).error.message)
  end)

  it("asks nobody for the projects of a region that are given by id", function()
    local world = world_of()
    world.sim.home:add_fault({ op = "iam.list_projects", ["do"] = "refuse", status = 403, code = "IAM.0003", times = 9 })
    local err = run(world).error
    assert.matches("^the projects cannot be listed: .*%(HTTP 403, 403%)$", err.message)
    assert.matches("give one region and its projects by id", err.remedy, 1, true)
    local place = world.sim.places[4]
    local result = run(world, { regions = "la-south-2", projects = place.id })
    assert.is_nil(result.error)
    assert.equal(#expected(world, function(each) return each == place end), result.value.instances)
    assert.same({ "la-south-2", place.id }, table.move(world.tables.fleet.rows[1], 1, 2, 1, {}))
  end)

  it("learns the limits that no document states, and keeps to them", function()
    local world = world_of({ instances = 300, limits = { ddm = 60, dws = 5, dbss = 20 } })
    world.client = assert(hwdb.client({ sim = world.sim }))
    local began = world.sim:now()
    assert.equal(300, run(world).value.instances)
    assert.is_nil(world.tables.missing)
    assert.is_true(world.sim.throttled > 0)
    local least = world.sim:least_seconds()
    assert.is_true(least >= 60)
    assert.is_true((world.sim:now() - began) / 1000 <= 1.2 * least)
  end)

  it("leaves out projects of no region, and says so", function()
    local world = world_of()
    table.insert(world.sim.account.projects, { id = ("e"):rep(32), name = "MOS" })
    local result, reporter = run(world)
    assert.equal(4, result.value.projects)
    assert.is_true(reporter:has("^note by their names in no region, so not looked at: MOS$"))
  end)

  it("goes on where it was killed, without reading anything twice", function()
    local function world()
      local own = world_of()
      own.client.is_virtual, own.folder, own.instance = nil, durable.folder(), { id = "none" }
      return own
    end
    local rb = assert(runbook.load("fleet_inventory"))
    local options = { params = { details = false }, report = support.reporter() }
    local whole, seen = world(), { seen = 0 }
    local undisturbed = durable.run(whole, rb, options, seen)
    for _, point in ipairs({ 12, seen.seen // 3, seen.seen // 2, seen.seen - 3 }) do
      local killed, requests = world(), 0
      assert.is_nil((durable.run(killed, rb, options, { seen = 0, kill = point })))
      for _, count in pairs(killed.sim.calls) do requests = requests + count end
      local id = durable.with_journal(killed, function(store) return runbook.list(store)[1].id end)
      local result = durable.resume(killed, id, options)
      assert.equal("done", result.state)
      assert.same(undisturbed.value, result.value)
      local total, all = 0, 0
      for _, count in pairs(killed.sim.calls) do total = total + count end
      for _, count in pairs(whole.sim.calls) do all = all + count end
      -- Calls whose answers were on their way when it was killed are made again, one a task.
      assert.is_true(total - all <= 12, ("%d requests, %d undisturbed"):format(total, all))
    end
  end)

  it("of a thousand takes the least time the throttle allows, and memory for its result", function()
    bench.measure(20, durable.folder())
    local small, large = bench.measure(100, durable.folder()), bench.measure(1000, durable.folder())
    assert.same({ instances = 1000, projects = 15, missing = 0, ddm = 400, dws = 300, dbss = 300 }, large.value)
    assert.equal(0, large.throttled)
    assert.equal(60, large.least)
    assert.is_true(large.seconds <= 1.2 * large.least, large.seconds .. " s")
    local grown, result = large.peak - small.peak, large.result - small.result
    assert.is_true(grown <= 1.5 * result, ("%.0f KB more, %.0f KB of them the result"):format(grown, result))
  end)

  it("is a CSV, HTML and JSON report, read from another process that listens", function()
    local sim <close> = setmetatable({}, { __index = cli.sim({ "--ak", "FLEETAK", "--sk", "FLEETSK", "--world", "fleet:30" }),
      __close = function(self)
        self:signal("TERM")
        self:wait()
      end })
    local env = { HUAWEICLOUD_SDK_AK = "FLEETAK", HUAWEICLOUD_SDK_SK = "FLEETSK", HUAWEICLOUD_SDK_REGION = "cn-north-4",
      XDG_STATE_HOME = cli.folder() }
    for _, name in ipairs({ "DDM", "DWS", "DBSS", "IAM", "RDS" }) do env["HWDB_ENDPOINT_" .. name] = sim.url end
    local r = cli.run({ "run", "fleet_inventory", "--json" }, { env = env })
    assert.equal(0, r.code, r.err)
    local shown
    for line in r.out:gmatch("[^\n]+") do
      local event = core.decode(line)
      if event.event == "table" and event.name == "fleet" then shown = event end
    end
    assert.equal(30, #shown.rows)
    r = cli.run({ "report", "--format", "csv" }, { env = env })
    assert.equal(0, r.code, r.err)
    local lines = {}
    for line in r.out:gmatch("([^\r]*)\r\n") do lines[#lines + 1] = line end
    assert.equal("region,project,service,name,id,status,version,class,nodes,created,holds", lines[1])
    assert.equal(table.concat(shown.rows[1], ",", 1, 6), lines[2]:match("^" .. ("[^,]*,"):rep(5) .. "[^,]*"))
    assert.same({ "", "region,project,ddm,dws,dbss" }, { lines[32], lines[33] })
    r = cli.run({ "report", "--format", "html" }, { env = env })
    assert.equal(0, r.code, r.err)
    for _, row in ipairs(shown.rows) do assert.is_truthy(r.out:find(row[5], 1, true)) end
    r = cli.run({ "report", "--format", "json" }, { env = env })
    assert.same(shown.rows, core.decode(r.out).tables[1].rows)
  end)
end)

describe("the runbook fleet_inventory", function()
  proofs.of({ name = "fleet_inventory", effects = {}, services = { "ddm" }, points = 6 })
end)
