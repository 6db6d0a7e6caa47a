-- SPDX-License-Identifier: Apache-2.0
-- What the run handle offers beyond calls: programs, ways back that are checked, waits for things to go, shared pace,
-- and what nobody else may do meanwhile.
local core = require("hwdb.core")
local runbook = require("hwdb.runbook")
local support = require("spec.durable.support")

local worlds = {}

local function world_of(options)
  local world = support.world(options)
  worlds[#worlds + 1] = world
  return world
end

describe("a durable run", function()
  after_each(function()
    for _, world in ipairs(worlds) do support.clean(world) end
    worlds = {}
  end)

  it("runs a checking program once, with its own environment; its output is hashed and has no secret in it", function()
    local world = world_of()
    local count = world.folder .. "/count"
    local rb = support.book(([[function(run, p)
      local r = run:exec{ argv = { "sh", "-c", "echo x >>%s; echo $CHECK; env | grep -c HOME" }, env = { CHECK = p.secret } }
      run:ask{ name = "go", question = "Go?" }
      return r
    end]]):format(count))
    local given = { params = { instance_id = world.instance.id, secret = "canary" } }
    local result = support.run(world, rb, given)
    assert.equal("waiting", result.state, tostring(result.error))
    result = support.resume(world, result.run, { params = { secret = "canary" }, accept = { "go" } })
    assert.equal(1, result.value.status)
    assert.equal("***\n0\n", result.value.output)
    assert.equal(core.sha256("***\n0\n"), result.value.sha256)
    assert.equal("x\n", io.open(count):read("a"))
  end)

  it("ends a program that takes too long, and cuts what it says", function()
    local world = world_of()
    local result = support.run(world, support.book([[function(run)
      return { run:exec{ argv = { "sleep", "60" }, timeout = 1 }.status,
        run:exec{ argv = { "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' a" } },
        run:exec{ argv = { "sh", "-c", "printf a; yes ä | tr -d '\\n' | head -c 100000" } } }
    end]]))
    assert.equal(124, result.value[1])
    assert.equal(65536, #result.value[2].output)
    assert.is_true(result.value[2].cut)
    assert.equal("a" .. ("ä"):rep(32767), result.value[3].output)
  end)

  it("makes no change whose way back cannot be gone", function()
    local world = world_of()
    local result = support.run(world, support.book([[function(run, p)
      run:undo{ name = "the old name", check = function() return false end, run = function() end }
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
    end]]))
    assert.equal('the way back "the old name" cannot be gone; nothing was changed', result.error.message)
    assert.same({}, support.ops(world))
  end)

  it("waits until a thing is gone", function()
    local world = world_of()
    local result = support.run(world, support.book([[function(run, p)
      local args = { instance_id = p.instance_id, delete_rds_data = false }
      local gone = run:wait_for("ddm.delete_instance", args, run.ddm:delete_instance(args))
      return gone.state
    end]]), { accept = { "irreversible ddm.delete_instance" } })
    assert.is_nil(result.error)
    assert.equal("gone", result.value)
    assert.same({ "delete_instance" }, support.ops(world))
  end)

  it("changes nothing inside a wait's own function, and records none of its looks", function()
    local world = world_of()
    local result = support.run(world, support.book([[function(run, p)
      return run:wait{ name = "it", timeout = 60, interval = 1, call = function()
        return run.ddm:show_instance{ instance_id = p.instance_id }
      end, done = function(value) return value.status == "RUNNING" end }.value.name
    end]]))
    assert.equal("ddm-orders", result.value)
    result = support.run(world, support.book([[function(run, p)
      run:wait{ name = "it", timeout = 60, call = function()
        return run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
      end, done = function() return true end }
    end]]))
    assert.matches("changes something: not inside a wait", result.error.message, 1, true)
    assert.same({}, support.ops(world))
  end)

  it("keeps to a pace that other processes of this user share", function()
    local world = world_of()
    local other = assert(core.store(world.folder .. "/hwdb"))
    local started = world.sim:now()
    local rb = support.book([[function(run, p)
      for _ = 1, 5 do run.ddm:show_instance{ instance_id = p.instance_id } end
    end]], "pace = { ddm = 4 },")
    local known = world.client:describe()
    for _ = 1, 2 do
      assert.equal(started, other:pace({ account = ("%s/%s/ddm"):format(known.region, known.ak), limit = 4, window_ms = 60000,
        now_ms = started }))
    end
    other:close()
    assert.equal("done", support.run(world, rb).state)
    assert.equal(60000, world.sim:now() - started)
  end)

  it("goes by the limit that another process of this user learnt by being refused, until a day has passed", function()
    local function calls(count)
      return support.book(([[function(run, p)
        for _ = 1, %d do run.ddm:show_instance{ instance_id = p.instance_id } end
        run.dws:list_clusters{}
      end]]):format(count))
    end
    local refused = world_of({ faults = { { op = "ddm.show_instance", ["do"] = "status", status = 429, limit = 2, window = "1 minute" } } })
    assert.equal("done", support.run(refused, calls(1)).state)
    local function seconds(start_ms)
      local world = world_of({ start_ms = start_ms })
      local result = runbook.run(calls(5), { client = world.client, state_dir = refused.folder .. "/hwdb",
        params = { instance_id = world.instance.id } })
      assert.equal("done", result.state)
      return (world.sim:now() - start_ms) / 1000
    end
    local at = refused.sim:now()
    assert.equal(120, seconds(at))
    assert.equal(0, seconds(at + 86400000))
  end)

  it("goes by a limit whose refusal ended a call, from the moment it names", function()
    local rb = support.book([[function(run, p) run.ddm:show_instance{ instance_id = p.instance_id } end]])
    local refused = world_of({ faults = { { op = "ddm.show_instance", ["do"] = "status", status = 429, limit = 60, window = "1 hour" } } })
    local result = support.run(refused, rb)
    assert.same({ "failed", 429 }, { result.state, result.error.status })
    local other = world_of({ start_ms = refused.sim:now() })
    assert.equal("done", runbook.run(rb, { client = other.client, state_dir = refused.folder .. "/hwdb",
      params = { instance_id = other.instance.id } }).state)
    assert.equal(3600, (other.sim:now() - refused.sim:now()) / 1000)
  end)

  it("refuses a journal of a newer version, and leaves it as it is", function()
    local world = world_of()
    assert.equal("done", support.run(world, support.book("function() end")).state)
    require("vfs").sql(world.folder .. "/hwdb/journal.db", "PRAGMA user_version = 99")
    local refused = runbook.run(support.book("function(run, p) run.ddm:show_instance{ instance_id = p.instance_id } end"),
      { client = world.client, state_dir = world.folder .. "/hwdb", params = { instance_id = world.instance.id } })
    assert.equal(2, refused.exit)
    assert.equal("store.newer", refused.error.code)
    assert.equal(0, #world.sim:requests())
  end)

  it("refuses a damaged journal by the place, and sends nothing", function()
    local world = world_of()
    local result = support.run(world, support.book("function(run) run:ask{ name = 'go', question = 'Go?' } end"))
    assert.equal("waiting", result.state)
    local path = world.folder .. "/hwdb/journal.db"
    local file = assert(io.open(path, "r+b"))
    file:seek("set", 0)
    file:write(("\0"):rep(64))
    file:close()
    local requests = #world.sim:requests()
    local ok, err = pcall(support.resume, world, result.run)
    assert.is_false(ok)
    assert.matches("/hwdb is damaged: ", tostring(err), 1, true)
    assert.equal(requests, #world.sim:requests())
    local refused = runbook.run(support.book("function() end"), { client = world.client, state_dir = world.folder .. "/hwdb",
      params = { instance_id = "i" } })
    assert.equal(2, refused.exit)
    assert.matches("/hwdb is damaged: ", refused.error.message, 1, true)
  end)
end)

describe("a third person", function()
  local function migrate(faults)
    local world = world_of({ faults = faults })
    local nodes = {}
    for i, node in ipairs(world.sim.state.rds.instances) do nodes[i] = node.id end
    local result = support.run(world, assert(runbook.load("ddm_shard_migration")), { params = { instance_id = world.instance.id,
      schema = "orders", shards = 16, nodes = nodes, user = world.sim.data_node_user, password = world.sim.data_node_password,
      window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }, terminal = false })
    return world, result
  end

  local function count(world, op)
    local n = 0
    for _, each in ipairs(support.ops(world)) do n = n + (each == op and 1 or 0) end
    return n
  end

  it("who changes the schema before any request makes the migration stop or go on, never act on what it no longer is", function()
    local whole = #migrate({}).sim:requests()
    local stopped, ended = 0, 0
    for nth = 1, whole, 23 do
      local world, result = migrate({ { op = "*", nth = nth, ["do"] = "foreign", call = { op = "ddm.delete_schema",
        args = { instance_id = require("hwdb.sim").new({}).state.ddm.instances[1].id, ddm_dbname = "orders" } } } })
      assert.is_true(count(world, "configure_shards") <= 1 and count(world, "switch_route") <= 1)
      if count(world, "delete_schema") > 0 then
        assert.not_equal("done", result.state, "at request " .. nth)
        stopped = stopped + 1
      else
        assert.equal("done", result.state, tostring(result.error))
        ended = ended + 1
      end
      support.clean(world)
    end
    assert.is_true(stopped > 0 and ended > 0)
    print(("%d boundaries, %d stopped, 0 violations"):format(stopped + ended, stopped))
    worlds = {}
  end)

  it("who switches, cancels or clears the task itself is noticed at every boundary of the switch", function()
    -- The task's id is not known beforehand, so the third person acts on what the simulator holds when a request comes.
    local function task(world)
      for _, job in ipairs(world.sim.state.ddm.jobs) do
        if job.name == "migrateLogicDb" then return job end
      end
    end
    local function switching(op, nth)
      local world = world_of()
      local handle, seen = world.sim.handle, 0
      world.sim.handle = function(self, request)
        local job = task(world)
        if job and job.phase == "ready" then
          seen = seen + 1
          if seen == nth then
            self:add_fault({ op = "*", ["do"] = "foreign", call = { op = op, args = { instance_id = world.instance.id,
              db_name = "orders", job_id = job.id } } })
          end
        end
        return handle(self, request)
      end
      local nodes = {}
      for i, node in ipairs(world.sim.state.rds.instances) do nodes[i] = node.id end
      local result = support.run(world, assert(runbook.load("ddm_shard_migration")), { params = {
        instance_id = world.instance.id, schema = "orders", shards = 16, nodes = nodes, user = world.sim.data_node_user,
        password = world.sim.data_node_password, window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" },
        terminal = false })
      return world, result, seen
    end
    local _, _, boundaries = switching("ddm.switch_route", 0)
    for nth = 1, boundaries do
      for _, op in ipairs({ "ddm.switch_route", "ddm.cancel_shards" }) do
        local world, result = switching(op, nth)
        local place = ("%s at %d"):format(op, nth)
        assert.is_true(count(world, "switch_route") <= 1, place)
        if op == "ddm.switch_route" then
          assert.equal("done", result.state, place .. ": " .. tostring(result.error))
          assert.equal(1, count(world, "switch_route"), place)
        elseif count(world, "cancel_shards") > 0 then
          assert.equal("failed", result.state, place)
          assert.equal(0, count(world, "switch_route"), place)
        end
      end
    end
    print(("%d boundaries, 0 violations"):format(boundaries * 2))
  end)
end)
