-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")
local clock = require("hwdb.sim.clock")
local core = require("hwdb.core")
local simulator = require("hwdb.sim")
local times = require("hwdb.sim.times")

describe("the simulator's memory", function()
  it("has an effect for every accepted mutation and none for a refused one", function()
    local seen = {}
    local c = caller.new({ on_effect = function(effect) seen[#seen + 1] = effect end })
    c:must("GET", "/v1/{p}/instances")
    c:call("PUT", "/v1/{p}/instances/{i}/modify-name", { name = "x" })
    c.sim:advance(1.5)
    local body = core.encode({ name = "ddm-renamed" })
    c:must("PUT", "/v1/{p}/instances/{i}/modify-name", body)
    local id = c:configure()
    local path = c:path("/v1/{p}/instances/{i}/modify-name")
    assert.same({ seq = 1, time = "2026-01-01T08:00:01.500Z", service = "ddm", op = "update_instance_name", method = "PUT",
      path = path, target = c.instance, sha256 = core.sha256("PUT\n" .. path .. "\n" .. body) }, c.sim:effects()[1])
    assert.same({ 2, "configure_shards", c.instance .. "/orders" },
      { c.sim:effects()[2].seq, c.sim:effects()[2].op, c.sim:effects()[2].target })
    assert.same(c.sim:effects(), seen)
    assert.is_string(id)
  end)

  it("logs every request without bodies or headers", function()
    local seen = {}
    local c = caller.new({ on_request = function(entry) seen[#seen + 1] = entry end })
    c:call("GET", "/v1/{p}/instances?limit=1")
    c:call("GET", "/none")
    c:call("GET", "/v1/{p}/instances/none")
    local list = c.sim:requests()
    assert.same({ 200, 404, 404 }, { list[1].status, list[2].status, list[3].status })
    assert.same({ "ddm", "list_instances", c:path("/v1/{p}/instances?limit=1") },
      { list[1].service, list[1].op, list[1].target })
    assert.equal("DBS.200002", list[3].code)
    assert.same(list, seen)
    assert.is_nil(core.encode(list):find("Signature", 1, true))
  end)

  it("mints the same ids from the same seed, others from another", function()
    local function ids(seed)
      local c = caller.new({ seed = seed })
      return { c.instance, c.sim.project_id, c:configure() }
    end
    assert.same(ids(7), ids(7))
    assert.not_same(ids(7), ids(8))
  end)

  it("goes on from a dumped state as if nothing had happened", function()
    local c = caller.new()
    local id = c:configure({ switch_route_begin_time = "12:00:00", switch_route_end_time = "13:00:00" })
    c.sim:advance(3600)
    local dumped = core.encode(c.sim.state)
    local again = caller.new({ state = core.decode(dumped) })
    assert.same({ c.instance, c.sim.project_id, c.sim:now() }, { again.instance, again.sim.project_id, again.sim:now() })
    for _, one in ipairs({ c, again }) do
      one.sim:advance(3 * 3600 + 300)
      assert.equal("ToBeCleaned", one:job(id).status)
    end
    assert.same(c.sim.state, again.sim.state)
  end)

  it("has nothing in an empty world but an account", function()
    local c = caller.new({ world = "empty" })
    assert.same({}, c:must("GET", "/v1/{p}/instances").instances)
    assert.equal(c.sim.project_id, c:must("GET", "/v3/projects").projects[1].id)
  end)

  it("holds the instances of the documents' examples, in any of their projects", function()
    local c = caller.new({ world = "documents" })
    c.instance = "1f5c9fd6cd984056ba89c8c87cc03278in09"
    assert.equal("ddm2-test", c:must("GET", "/v1/070c071d8e80d58c2f42c0121b10cf9f/instances/{i}").name)
    assert.equal("db_7567", c:must("GET", "/v1/619d3e78f61b4be68bc5aa0b59edcf7b/instances/{i}/databases/db_7567").database.name)
  end)
end)

describe("the simulator's clock", function()
  it("fires what falls due in time order, then in order of arrival", function()
    local fired, state = {}, { now = 0, timers = {}, timer_seq = 0 }
    local c
    c = clock.new(state, { time_scale = 1 }, function(timer)
      fired[#fired + 1] = timer.kind .. "@" .. state.now
      if timer.kind == "a" then c:schedule(1, "chained", {}) end
    end)
    c:schedule(5, "c", {})
    c:schedule(1, "a", {})
    c:schedule(1, "b", {})
    c:settle(1999)
    assert.same({ "a@1000", "b@1000" }, fired)
    assert.equal(2000, c:next_due())
    c:settle(10000)
    assert.same({ "a@1000", "b@1000", "chained@2000", "c@5000" }, fired)
    assert.same({ 10000, nil }, { c:now(), c:next_due() })
  end)

  it("starts where it is told and moves only when told", function()
    local sim = simulator.new({ start_ms = times.from_compact("20270203T040506Z") })
    assert.equal(1801627506000, sim:now())
    sim:advance(0.25)
    assert.equal(1801627506250, sim:now())
    sim:advance_to(1801627507000)
    assert.equal(1801627507000, sim:now())
  end)

  it("divides durations by the time scale, not timestamps", function()
    local c = caller.new({ time_scale = 3600 })
    local id = c:configure()
    c.sim:advance(2.999)
    assert.equal("Running", c:job(id).status)
    c.sim:advance(0.001)
    assert.equal("ToBeSwitched", c:job(id).status)
    assert.equal("2026-01-01T08:00:00+0000", c:job(id).created_time)
  end)

  it("may be the real one", function()
    local before = core.now()
    local sim = simulator.new({ clock = "real" })
    assert.is_true(sim:now() >= before)
    assert.is_true(sim:now() <= core.now() + 1)
  end)
end)

describe("the simulator's times", function()
  it("are written as each service writes them", function()
    local ms = times.from_compact("20240229T235958Z") + 7
    assert.same({ "2024-02-29T23:59:58+0000", "2024-02-29T23:59:58.007Z", "2024-02-29T23:59:58.007000Z",
      "Thu, 29 Feb 2024 23:59:58 GMT", "20240229T235958Z" },
      { times.iso(ms), times.exact(ms), times.micro(ms), times.http(ms), times.compact(ms) })
  end)

  it("are read back, and nonsense is not", function()
    assert.equal(0, times.from_compact("19700101T000000Z"))
    assert.equal(951782400000, times.from_compact("20000229T000000Z"))
    assert.is_nil(times.from_compact("2024-02-29"))
    assert.same({ 0, 86399 }, { times.of_day("00:00:00"), times.of_day("23:59:59") })
    assert.same({}, { times.of_day("24:00:00"), times.of_day("7:00:00"), times.of_day(nil) })
  end)
end)
