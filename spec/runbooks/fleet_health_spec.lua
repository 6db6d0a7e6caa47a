-- SPDX-License-Identifier: Apache-2.0
-- The fleet's health check: nothing found where nothing is wrong, every fault found, and what cannot be looked at told.
local bench = dofile("bench/fleet.lua")
local cli = require("spec.support.cli")
local durable = require("spec.durable.support")
local fleets = require("hwdb.sim.fleet")
local hwdb = require("hwdb")
local proofs = require("spec.runbooks.proofs")
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.support")

local DAY = 86400000

-- Too few to have a flaw of their own.
local SOUND = { regions = { "cn-north-4" }, projects = { "" }, instances = 10, limits = {} }

local function world_of(options)
  local fleet = fleets.new(options or SOUND)
  local world = { sim = fleet, client = assert(hwdb.client({ sim = fleet, attempts = 1 })), tables = {},
    state = fleet.places[1].sim.state }
  world.ddm, world.dws, world.dbss = world.state.ddm.instances[1], world.state.dws.clusters[1], world.state.dbss.instances[1]
  return world
end

local function run(world, params)
  local reporter = support.reporter()
  world.tables = {}
  function reporter:table(t) world.tables[t.name] = t end
  local result = runbook.run_file("fleet_health", { client = world.client, sim = world.sim, params = params or {}, report = reporter })
  return result, reporter
end

-- "severity name: finding" of each.
local function findings(world)
  local list = {}
  for i, row in ipairs(world.tables.findings and world.tables.findings.rows or {}) do
    list[i] = ("%s %s: %s"):format(row[1], row[5] ~= "" and row[5] or "-", row[7])
    assert.is_true(#row[8] > 10, "a finding without a remedy: " .. list[i])
  end
  return list
end

local function found(change, params)
  local world = world_of()
  change(world)
  local result = run(world, params)
  assert.is_nil(result.error)
  assert.same({}, world.sim:effects())
  return findings(world)
end

local function job(world, spec)
  local at = world.sim:now() - (spec.days or 1) * DAY
  local one = { id = spec.id or "j-" .. #world.state.ddm.jobs, name = spec.name or "EnlargeNode", status = spec.status, created = at,
    started = at, ended = at + 60000, project_id = world.ddm.project_id, instance_id = world.ddm.id, instance_name = world.ddm.name,
    database_name = spec.schema or "", fail_reason = spec.reason or "", logs = {}, phase = spec.phase }
  if spec.phase then
    one.plan = { schema = spec.schema, original_shards = 4, new_shards = 8, original_nodes = {}, new_nodes = {}, exclusive = false }
  end
  table.insert(world.state.ddm.jobs, one)
end

describe("the fleet's health check", function()
  teardown(cli.clean)

  it("finds nothing where nothing is wrong", function()
    local world = world_of()
    local result, reporter = run(world)
    assert.is_nil(result.error)
    assert.same({ instances = 10, projects = 1, critical = 0, high = 0, medium = 0, low = 0 }, result.value)
    assert.is_nil(world.tables.findings)
    assert.equal("10 instances in 1 project: nothing to find fault with", world.tables.summary.note)
    assert.same({ { "critical", 0, 0, 0, 0 }, { "high", 0, 0, 0, 0 }, { "medium", 0, 0, 0, 0 }, { "low", 0, 0, 0, 0 } },
      world.tables.summary.rows)
    assert.is_true(reporter:has("^unseen when yearly/monthly DDM instances end"))
    assert.same({}, world.sim:effects())
  end)

  it("finds DDM instances that are not running", function()
    for status, expected in pairs({ ERROR = "critical ddm-0001: is ERROR", FROZEN = "critical ddm-0001: is FROZEN",
        CREATEFAILED = "high ddm-0001: is CREATEFAILED", RESTARTING = "low ddm-0001: is RESTARTING" }) do
      assert.same({ expected }, found(function(w) w.ddm.status = status end))
    end
  end)

  it("finds DDM nodes that are down", function()
    assert.same({ ("high ddm-0001: 1 of 2 nodes: %s is abnormal"):format(world_of().ddm.nodes[2].ip) },
      found(function(w) w.ddm.nodes[2].status = "abnormal" end))
    local both = found(function(w) w.ddm.nodes[1].status, w.ddm.nodes[2].status = "abnormal", "createfail" end)
    assert.equal(1, #both)
    assert.matches("^critical ddm%-0001: 2 of 2 nodes: .* is abnormal, .* is createfail$", both[1])
  end)

  it("finds DDM tasks that failed, unless they were done again", function()
    assert.same({ "medium ddm-0001: EnlargeNode failed at 2025-12-31T08:01:00+0000: no room" },
      found(function(w) job(w, { status = "Failed", reason = "no room" }) end))
    assert.same({}, found(function(w)
      job(w, { status = "Failed", days = 3 })
      job(w, { status = "Completed", days = 2 })
      job(w, { status = "Failed", days = 31, name = "BindEIP" })
    end))
  end)

  it("finds shard tasks that wait for somebody, with the runbook to run", function()
    local world = world_of()
    job(world, { status = "Failed", name = "migrateLogicDb", schema = "main", phase = "failed", reason = "lost", id = "j-failed" })
    run(world)
    assert.same({ "high ddm-0001: migrateLogicDb of main failed: lost" }, findings(world))
    assert.equal(("hwdb run ddm_shard_migration --region cn-north-4 --project-id %s instance_id=%s schema=main job_id=j-failed"):format(
      world.sim.project_id, world.ddm.id),
      world.tables.findings.rows[1][8])
    assert.same({ "medium ddm-0001: migrateLogicDb of main waits for its route to be switched" },
      found(function(w) job(w, { status = "ToBeSwitched", name = "migrateLogicDb", schema = "main", phase = "ready" }) end))
    assert.same({ "low ddm-0001: migrateLogicDb of main has left source data behind" },
      found(function(w) job(w, { status = "ToBeCleaned", name = "migrateLogicDb", schema = "main", phase = "switched" }) end))
  end)

  it("finds DDM instances without a fresh metadata backup, new ones excepted", function()
    assert.same({ "medium ddm-0001: its newest metadata backup is missing" }, found(function(w) table.remove(w.state.ddm.backups, 1) end))
    assert.same({}, found(function(w)
      table.remove(w.state.ddm.backups, 1)
      w.ddm.created = w.sim:now() - DAY
    end))
    local old = found(function(w) w.state.ddm.backups[1].created = w.sim:now() - 2 * DAY end)
    assert.same({ "medium ddm-0001: its newest metadata backup is of 2025-12-30T08:00:00+0000" }, old)
    assert.same({}, found(function(w) w.state.ddm.backups[1].created = w.sim:now() - 2 * DAY end, { backup_hours = 72 }))
  end)

  it("finds DWS clusters that are not available, read-only, degraded or unbalanced", function()
    assert.same({ "critical dws-0001: is UNAVAILABLE" }, found(function(w) w.dws.status = "UNAVAILABLE" end))
    assert.same({ "low dws-0001: is CREATING" }, found(function(w) w.dws.status = "CREATING" end))
    assert.same({ "critical dws-0001: is read-only: its disks are over 90 %", "high dws-0001: is degraded: a node is down",
      "medium dws-0001: is unbalanced: primary instances lie unevenly" },
      found(function(w) w.dws.sub_status = "DEGRADED UNBALANCED READONLY" end))
    assert.same({ "high dws-0001: redistribution failed" }, found(function(w) w.dws.sub_status = "REDISTRIBUTION-FAILURE" end))
    assert.same({ "high dws-0001: 1 node unavailable or failed" }, found(function(w) w.dws.nodes[2].status = "300" end))
    assert.same({ "high dws-0001: says it failed: no room" },
      found(function(w) w.dws.failed_reasons = { error_code = "DWS.1", error_msg = "no room" } end))
  end)

  it("names the runbook for a cluster that is read-only", function()
    local world = world_of()
    world.dws.sub_status = "READONLY"
    run(world)
    assert.equal(("stop the writes, then: hwdb run dws_readonly_rescue --region cn-north-4 --project-id %s cluster_id=%s"):format(
      world.sim.project_id, world.dws.id), world.tables.findings.rows[1][8])
  end)

  it("finds DWS tasks that failed, a scale-in above all", function()
    local function answered(task)
      local world = world_of()
      local real = world.client.dws
      local client = support.intercepted({ client = world.client }, {})
      client.elsewhere = function()
        return setmetatable({ dws = setmetatable({}, { __index = function(_, op)
          return function(_, args)
            local body, info = real[op](real, args)
            if op == "list_clusters" then body.clusters[1].task_status = task end
            return body, info
          end
        end }) }, { __index = client })
      end
      world.client = client
      assert.is_nil(run(world, { services = "dws" }).error)
      return findings(world)
    end
    assert.same({ "critical dws-0001: scale-in failed: everything else is locked" }, answered("CLUSTER_SHRINK_FAILED"))
    assert.same({ "high dws-0001: its task is RESIZE_FAILURE" }, answered("RESIZE_FAILURE"))
    assert.same({}, answered("SNAPSHOTTING"))
  end)

  it("finds full disks", function()
    local function filled(percent)
      return function(w) w.dws.data_gb = percent / 100 * w.dws.flavor.disk * #w.dws.nodes end
    end
    assert.same({ "medium dws-0001: dws-0001-dws-cn-cn-1-1: the disk is 82 % full" }, found(filled(82)))
    assert.same({ "high dws-0001: dws-0001-dws-cn-cn-1-1: the disk is 88 % full" }, found(filled(88)))
    assert.same({}, found(filled(79)))
    assert.same({}, found(filled(82), { disk_percent = 90 }))
  end)

  it("finds clusters without a fresh snapshot or any policy", function()
    assert.same({ "high dws-0001: its newest usable snapshot is missing" }, found(function(w) table.remove(w.state.dws.snapshots, 1) end))
    local old = function(w) w.state.dws.snapshots[1].started = w.sim:now() - 3 * DAY end
    assert.same({ "high dws-0001: its newest usable snapshot is of 2025-12-29T08:00:00Z" }, found(old))
    assert.same({}, found(old, { snapshot_hours = 100 }))
    assert.same({ "high dws-0001: its newest usable snapshot is missing" },
      found(function(w) w.state.dws.snapshots[1].status = "UNAVAILABLE" end))
    assert.same({ "medium dws-0001: takes no automated snapshots" }, found(function(w) w.dws.policies.list = {} end))
  end)

  it("finds quotas nearly used up", function()
    assert.same({ "low -: quota of instances: 3 of 3 used" }, found(function(w) w.state.dws.quotas.instances = 3 end))
  end)

  it("finds DBSS instances that audit nothing", function()
    assert.same({ "critical dbss-0001: is ERROR" }, found(function(w) w.dbss.status = "ERROR" end))
    assert.same({ "high dbss-0001: is shut off: none of its databases is audited" }, found(function(w) w.dbss.status = "SHUTOFF" end))
    assert.same({ "low dbss-0001: is UPGRADING" }, found(function(w) w.dbss.status = "UPGRADING" end))
    assert.same({ "critical dbss-0001: is frozen: ARREAR" }, found(function(w) w.dbss.effect, w.dbss.scene = 2, "ARREAR" end))
    assert.same({ "medium dbss-0001: audits no database" }, found(function(w) w.dbss.databases = {} end))
    assert.same({ "high dbss-0001: audit of dbss-0001-db is off" }, found(function(w) w.dbss.databases[1].status = "OFF" end))
    assert.same({ "high dbss-0001: audit of dbss-0001-db is SHUTOFF" }, found(function(w) w.dbss.agents[1].status = 0 end))
    assert.same({ "low dbss-0001: holds 1 of 1 databases" }, found(function(w) w.dbss.limit = 1 end))
  end)

  it("finds subscriptions that end soon or have ended", function()
    local function ends_in(days)
      return function(w) w.state.bss.orders[w.dbss.order_id].expires = w.sim:now() + days * DAY end
    end
    assert.same({ "medium dbss-0001: ends in 20 days: 2026-01-21 08:00:00" }, found(ends_in(20)))
    assert.same({ "high dbss-0001: ends in 1 day: 2026-01-02 08:00:00" }, found(ends_in(1)))
    assert.same({ "critical dbss-0001: ended 2025-12-30 08:00:00" }, found(ends_in(-2)))
    assert.same({}, found(ends_in(31)))
    assert.same({}, found(ends_in(20), { expiry_days = 10 }))
  end)

  it("reckons with every day of leap years", function()
    for _, days in ipairs({ 58, 59, 60, 425, 789, 790, 1154 }) do
      local ms = os.time({ year = 2026, month = 1, day = 1 + days, hour = 12 })
      local date = os.date("%Y-%m-%d", ms)
      assert.same({ ("medium dbss-0001: ends in %d days: %s 08:00:00"):format(days, date) },
        found(function(w)
          for _, order in pairs(w.state.bss.orders) do order.expires = w.sim:now() + 3000 * DAY end
          w.state.bss.orders[w.dbss.order_id].expires = w.sim:now() + days * DAY
        end, { expiry_days = 2000 }))
    end
  end)

  it("makes what cannot be looked at a finding, and goes on", function()
    local world = world_of()
    world.sim:add_fault({ op = "ddm.list_jobs", ["do"] = "refuse", status = 403, code = "DBS.300541" })
    world.sim:add_fault({ op = "ddm.list_nodes", ["do"] = "refuse", status = 500, code = "DBS.300002" })
    world.sim:add_fault({ op = "dws.show_cluster_volume", ["do"] = "reset_before", nth = 2 })
    world.sim:add_fault({ op = "dbss.list_audit_instances", ["do"] = "refuse", status = 500, code = "DBSS.11000000" })
    world.dws.status = "UNAVAILABLE"
    local result, reporter = run(world)
    assert.equal("done", result.status)
    local list = findings(world)
    assert.equal(5, #list)
    assert.equal("critical dws-0001: is UNAVAILABLE", list[1])
    assert.matches("^high %-: could not be looked at: .*DBSS%.11000000", list[2])
    assert.matches("^high %-: the tasks could not be read: .*DBS%.300541", list[3])
    assert.matches("^high ddm%-0001: the nodes could not be read: .*DBS%.300002", list[4])
    assert.matches("^high dws%-0003: the disks could not be read: .*%(transport%)$", list[5])
    assert.is_true(reporter:has("^fail cn%-north%-4 dbss: "))
  end)

  it("fails when nothing can be looked at", function()
    local world = world_of()
    world.sim:add_fault({ op = "*", ["do"] = "refuse", status = 403, code = "APIGW.0305", times = 999 })
    assert.matches("^nothing could be looked at: ", run(world).error.message)
    assert.equal("there is no place to look at", run(world_of(), { regions = "la-south-2" }).error.message)
    world = world_of()
    world.sim.home:add_fault({ op = "iam.list_projects", ["do"] = "refuse", status = 403, code = "IAM.0003", times = 9 })
    assert.matches("^the projects cannot be listed: ", run(world).error.message)
    assert.equal(10, run(world, { regions = "cn-north-4", projects = world.sim.project_id }).value.instances)
    assert.equal("there is no service dsw here", run(world_of(), { services = "dsw" }).error.message)
  end)

  it("tells regions and projects that are not there", function()
    local world = world_of()
    assert.equal(2, run(world, { regions = "cn-north-4,la-south-2", projects = "cn-north-4,x" }).value.high)
    local row = world.tables.findings.rows[1]
    assert.same({ "high", "", "la-south-2" }, { row[1], row[2], row[3] })
  end)

  it("fails by the severity that is asked for", function()
    local function ends(fail_on)
      local world = world_of()
      world.dws.policies.list, world.dbss.databases = {}, {}
      world.ddm.nodes[1].status = "abnormal"
      local result = run(world, { fail_on = fail_on })
      assert.equal(3, #findings(world))
      return result.error and result.error.message
    end
    assert.is_nil(ends("none"))
    assert.is_nil(ends("critical"))
    assert.equal("1 finding of severity high or worse", ends("high"))
    assert.equal("3 findings of severity medium or worse", ends("medium"))
    assert.equal("3 findings of severity low or worse", ends("low"))
  end)

  it("finds the flaws of a fleet, the worst first, at the throttle's own pace", function()
    local world = world_of({ instances = 300 })
    local began = world.sim:now()
    local result = run(world)
    assert.is_nil(result.error)
    assert.equal(300, result.value.instances)
    local rank, last, ddm = { critical = 1, high = 2, medium = 3, low = 4 }, 1, 0
    for _, row in ipairs(world.tables.findings.rows) do
      assert.is_true(rank[row[1]] >= last)
      last = rank[row[1]]
      if row[4] == "ddm" then ddm = ddm + 1 end
      if row[5] ~= "" then assert.equal(0, tonumber(row[5]:match("%d+$")) % 7, row[5]) end
    end
    assert.equal(120 // 7, ddm)
    assert.equal(#world.tables.findings.rows, result.value.critical + result.value.high + result.value.medium + result.value.low)
    assert.equal(0, world.sim.throttled)
    local least = world.sim:least_seconds()
    assert.is_true((world.sim:now() - began) / 1000 <= 1.2 * least)
  end)

  it("needs memory for its findings, not for the fleet", function()
    local function measure(count) return bench.measure(count, durable.folder(), "fleet_health") end
    measure(20)
    local small, large = measure(100), measure(1000)
    assert.equal(1000, large.value.instances)
    assert.is_true(large.seconds <= 1.2 * large.least, large.seconds .. " s")
    local grown = large.peak - small.peak
    -- Of each instance its id, name and state are kept until its details have been read.
    assert.is_true(grown <= 900 * 0.5 + 1.5 * (large.result - small.result), ("%.0f KB more"):format(grown))
  end)
end)

describe("the runbook fleet_health", function()
  proofs.of({ name = "fleet_health", effects = {}, services = { "ddm" }, points = 6 })
end)
