-- SPDX-License-Identifier: Apache-2.0
-- Clearing the source data: only what was verified, only confirmed, only once.
local core = require("hwdb.core")
local durable = require("spec.durable.support")
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.support")

local function migrated(options)
  local world = support.world(options)
  local result = support.run_shipped(world, "ddm_shard_migration", { shards = 16, user = world.sim.data_node_user,
    password = world.sim.data_node_password, window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" })
  assert.equal("done", result.status)
  world.sim:advance(24 * 3600)
  return world, result.value.job_id
end

-- The same with a journal on disk, for the proofs; a listener's clock is never behind the machine's.
local function prepare(world)
  local night = os.date("!%Y-%m-%d", world.client:now() // 1000 + 86400)
  local migration = assert(runbook.load("ddm_shard_migration"))
  local result = durable.run(world, migration, { params = { instance_id = world.instance.id, schema = "orders", shards = 16,
    user = world.sim.data_node_user, password = world.sim.data_node_password, window_from = night .. " 02:00",
    window_to = "04:00", zone = "UTC" }, terminal = false })
  assert.equal("done", result.state, tostring(result.error))
  world.sim:advance(24 * 3600)
end

local CONFIRMED = { accept = { "clear orders" } }

local function clean(world, params, options)
  return support.run_shipped(world, "ddm_shard_clean", params or {}, options)
end

local function cleanings(world)
  local count = 0
  for _, op in ipairs(support.effects(world)) do
    if op == "clean_shards" then count = count + 1 end
  end
  return count
end

describe("clearing the source data", function()
  require("spec.runbooks.proofs").of({ name = "ddm_shard_clean", services = { "ddm", "rds" }, accept = { "clear orders" },
    world = function() return { start_ms = core.now() } end, prepare = prepare, effects = { "clean_shards" }, points = 4,
    params = function(world) return { instance_id = world.instance.id, schema = "orders" } end })

  it("is done once it is verified and confirmed", function()
    local world, job_id = migrated()
    local result, reporter = clean(world, {}, CONFIRMED)
    assert.is_nil(result.error)
    assert.equal("done", result.status)
    assert.equal(job_id, result.value.job_id)
    assert.equal(1, cleanings(world))
    assert.is_nil(world.instance.schemas[1].uncleaned)
    assert.is_true(reporter:has("^ok the source data is cleared"))
  end)

  it("is refused until the verification is as old as asked", function()
    local world = migrated()
    local result = clean(world, { soak_hours = 25 }, CONFIRMED)
    assert.equal("failed", result.status)
    assert.matches("^orders was verified at 2026%-01%-01 18:%d%d:%d%d %+00:00, which is not 25 hours ago$", result.error.message)
    assert.equal(0, cleanings(world))
    world.sim:advance(3600)
    assert.equal("done", clean(world, { soak_hours = 25 }, CONFIRMED).status)
  end)

  it("is refused a day long unless told otherwise", function()
    local world = migrated()
    world.sim.clock.state.now = world.sim.clock.state.now - 3600000
    assert.matches("which is not 24 hours ago$", clean(world, {}, CONFIRMED).error.message)
    assert.equal("done", clean(world, { soak_hours = 0 }, CONFIRMED).status)
  end)

  it("is refused without a recorded verification, whoever asks", function()
    local world = migrated()
    world.store = require("hwdb.runbook.store").memory()
    local result = clean(world, {}, CONFIRMED)
    assert.equal("failed", result.status)
    assert.equal(1, result.exit)
    assert.equal("no verification of orders is recorded here", result.error.message)
    assert.equal(0, cleanings(world))
  end)

  it("is refused for another task than the verified one", function()
    local world, job_id = migrated()
    local result = clean(world, { job_id = "another" }, CONFIRMED)
    assert.equal(("the recorded verification is of the task %s, not of another"):format(job_id), result.error.message)
    assert.equal(0, cleanings(world))
  end)

  it("is refused when the schema has changed since", function()
    local world = migrated()
    world.instance.schemas[1].shard_number = 32
    local result = clean(world, {}, CONFIRMED)
    assert.matches("orders is no longer as it was verified", result.error.message, 1, true)
    assert.equal(0, cleanings(world))
  end)

  it("is refused when the schema changes while the answer is awaited", function()
    local world = migrated()
    local result = clean(world, {}, { ask = function(q)
      world.instance.schemas[1].shard_number = 32
      return q.expect
    end })
    assert.equal("orders is no longer as it was verified: RUNNING, 32 shards on 2 data nodes", result.error.message)
    assert.equal(0, cleanings(world))
  end)

  it("is refused while the instance does not run", function()
    local world = migrated()
    world.instance.status = "RESTARTING"
    assert.equal("ddm-orders is RESTARTING", clean(world, {}, CONFIRMED).error.message)
    assert.equal(0, cleanings(world))
  end)

  it("lists what no API shows before it asks", function()
    local world, seen = migrated(), nil
    local reporter = support.reporter()
    clean(world, {}, { report = reporter, ask = function()
      seen = reporter:has("^unseen not visible to an API, check by hand: the application uses the schema without fault")
      return "no"
    end })
    assert.is_true(seen)
  end)

  it("is refused when the task does not offer it any more", function()
    local world, job_id = migrated()
    assert(world.client.ddm:clean_shards({ instance_id = world.instance_id, db_name = "orders", job_id = job_id }))
    world.sim:advance(3600)
    local result = clean(world, {}, CONFIRMED)
    assert.equal(("the task %s is Completed and does not offer to be cleared"):format(job_id), result.error.message)
    assert.equal(1, cleanings(world))
  end)

  it("is refused when the task is older than the list of tasks", function()
    local world, job_id = migrated()
    world.sim:advance(31 * 86400)
    assert.equal(("the task %s is not listed"):format(job_id), clean(world, {}, CONFIRMED).error.message)
  end)

  it("waits for a person without a terminal", function()
    local world = migrated()
    for _, accept in ipairs({ {}, { "clear" }, { "orders" }, { "clear customers" } }) do
      local result = clean(world, {}, { accept = accept })
      assert.equal("waiting", result.status)
      assert.equal(3, result.exit)
      assert.matches('accept="clear orders"', result.error.remedy, 1, true)
    end
    assert.equal(0, cleanings(world))
  end)

  it("wants the schema's name typed at a terminal", function()
    local world = migrated()
    for _, answer in ipairs({ "yes", "order", "" }) do
      local result = clean(world, {}, { ask = function() return answer end })
      assert.equal("not confirmed: nothing has been cleared", result.error.message)
    end
    assert.equal(0, cleanings(world))
    assert.equal("done", clean(world, {}, { ask = function(q) return q.expect end }).status)
    assert.equal(1, cleanings(world))
  end)

  it("is not done twice", function()
    local world = migrated()
    clean(world, {}, CONFIRMED)
    local result = clean(world, {}, CONFIRMED)
    assert.matches("^orders was cleared at 2026%-01%-02 18:%d%d:%d%d %+00:00 already$", result.error.message)
    assert.equal(1, cleanings(world))
  end)

  it("that fails is told, and can be begun again", function()
    local world = migrated({ faults = { { op = "ddm.clean_shards", ["do"] = "job_failed" } } })
    local result = clean(world, {}, CONFIRMED)
    assert.equal("the clearing of orders: Failed", result.error.message)
    assert.matches("the schema itself is not touched; .* then run this again$", result.error.remedy)
    assert.is_nil(result.left_behind)
    assert.equal("done", clean(world, {}, CONFIRMED).status)
    assert.equal(2, cleanings(world))
  end)

  it("that lasts too long is told, and goes on", function()
    local world = migrated()
    local result = clean(world, { deadline_hours = 1 }, { accept = CONFIRMED.accept,
      client = support.intercepted(world, { show_job = function(call, args)
        local body = call(args)
        body.job.status = "Running"
        return body
      end }) })
    assert.equal("the clearing of orders: not there after 1 h, the state is Running", result.error.message)
    assert.matches("`hwdb resume` finds out", result.left_behind, 1, true)
  end)

  it("that is refused is told, and nothing is cleared", function()
    local world = migrated({ faults = { { op = "ddm.clean_shards", ["do"] = "refuse", status = 400, code = "DBS.300121" } } })
    assert.equal("DBS.300121", clean(world, {}, CONFIRMED).error.code)
    assert.equal(0, cleanings(world))
  end)

  it("whose answer is lost is found in the job list, and not begun again", function()
    local world = migrated({ faults = { { op = "ddm.clean_shards", ["do"] = "reset_after" } } })
    local result, reporter = clean(world, {}, CONFIRMED)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("ddm.clean_shards took place; its answer is adopted"))
    assert.equal(1, cleanings(world))
  end)

  it("makes way for the next shard configuration", function()
    local world = migrated()
    clean(world, {}, CONFIRMED)
    local result = support.run_shipped(world, "ddm_shard_migration", { shards = 32, user = world.sim.data_node_user,
      password = world.sim.data_node_password, window_from = "2026-01-04 02:00", window_to = "04:00", zone = "+08:00" })
    assert.equal("done", result.status)
    assert.equal(32, world.instance.schemas[1].shard_number)
  end)
end)
