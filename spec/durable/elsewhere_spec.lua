-- SPDX-License-Identifier: Apache-2.0
-- run:at: reads in other regions and projects, recorded with their place, so that no answer passes for another's.
local durable = require("spec.durable.support")
local fleets = require("hwdb.sim.fleet")
local hwdb = require("hwdb")
local memory = require("hwdb.runbook.memory")
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.support")

local PLACES = { regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" }, instances = 60 }

local function world_of(options)
  local fleet = fleets.new(options or PLACES)
  local world = { sim = fleet, folder = durable.folder(), instance = { id = "none" }, requests = {} }
  fleet.on_request = function(entry) table.insert(world.requests, entry) end
  world.client = assert(hwdb.client({ sim = fleet }))
  world.client.is_virtual = nil
  return world
end

local function run(world, body, header)
  return durable.run(world, durable.book(body, header))
end

local NAMES = [[function(run)
  local names = {}
  for i, place in ipairs{ { region = "la-south-2" }, { region = "la-south-2", project = "la-south-2_a" }, { project = "cn-north-4_a" } } do
    local at = run:at(place)
    names[i] = at.ddm:list_instances{ limit = 1 }.instances[1].name
    for cluster in ipairs(at.dws:list_clusters{}.clusters) do end
    local count = 0
    for _ in at.dbss:each("list_audit_instances", { limit = "2" }) do count = count + 1 end
    names[i] = names[i] .. " " .. count
  end
  names[4] = run.ddm:list_instances{ limit = 1 }.instances[1].name
  return names
end]]

describe("run:at", function()
  it("reads in another region, project, or both", function()
    local world = world_of()
    local result = run(world, NAMES)
    assert.is_nil(result.error)
    local expected = {}
    for i, number in ipairs({ 3, 4, 2, 1 }) do
      local state = world.sim.places[number].sim.state
      expected[i] = state.ddm.instances[1].name .. (i < 4 and " " .. #state.dbss.instances or "")
    end
    assert.same(expected, result.value)
  end)

  it("is replayed without asking again", function()
    local world = world_of()
    local book = durable.book((NAMES:gsub("return names", "run:ask{ name = 'go', question = 'go on?' } return names")))
    local first = durable.run(world, book, { terminal = false })
    assert.equal("waiting", first.state)
    local before = #world.requests
    local second = durable.resume(world, first.run, { accept = { "go" } })
    assert.equal("done", second.state)
    assert.equal(before, #world.requests)
    assert.equal(4, #second.value)
  end)

  it("stops a script whose place is not the journal's", function()
    local world = world_of()
    local body = [[function(run)
      local list = run:at{ region = "la-south-2", project = "%s" }.ddm:list_instances{}
      run:ask{ name = "go", question = "go on?" }
    end]]
    local first = durable.run(world, durable.book(body:format("la-south-2")), { terminal = false })
    local before = #world.requests
    local other = durable.book(body:format("la-south-2_a"))
    local second = durable.resume(world, first.run, { accept = { "go" }, script = other.source })
    assert.equal(2, second.exit)
    assert.matches('journal: query ddm.list_instances at {"project":"la-south-2","region":"la-south-2"}', second.error.message, 1, true)
    assert.matches('script:  query ddm.list_instances at {"project":"la-south-2_a","region":"la-south-2"}', second.error.message, 1, true)
    assert.equal(before, #world.requests)
  end)

  it("changes nothing", function()
    local world = world_of()
    local result = run(world, [[function(run)
      run:at{ region = "la-south-2" }.ddm:restart_instance{ instance_id = "i", restart = { type = "soft" } }
    end]])
    assert.equal("ddm.restart_instance changes something: run:at only reads", result.error.message)
    assert.same({ 0, 0 }, { #world.requests, #world.sim:effects() })
  end)

  it("keeps all projects of a region to one pace, and other regions to their own", function()
    local world = world_of({ regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" }, limits = { ddm = 5 } })
    local result = run(world, [[function(run)
      local fns = {}
      for _, name in ipairs{ "cn-north-4", "cn-north-4_a", "la-south-2", "la-south-2_a" } do
        for i = 1, 6 do
          fns[#fns + 1] = function()
            return run:at{ region = name:match("^[^_]+"), project = name }.ddm:list_instances{ offset = i }
          end
        end
      end
      local began = run:now()
      local failed = 0
      for _, each in ipairs(run:gather(fns)) do failed = failed + (each[2] and each[1] == nil and 1 or 0) end
      return { failed = failed, seconds = (run:now() - began) / 1000 }
    end]], "pace = { ddm = 5 },")
    assert.is_nil(result.error)
    assert.equal(0, result.value.failed)
    assert.equal(0, world.sim.throttled)
    assert.same({ 120, 120 }, { math.floor(result.value.seconds), world.sim:least_seconds() })
  end)

  it("keeps to the pace without a journal on disk too", function()
    local store = memory.new()
    local given = {}
    for i, now in ipairs({ 0, 10, 20, 30, 40, 70000 }) do
      given[i] = store:pace({ account = "a", limit = 2, window_ms = 60000, now_ms = now })
    end
    assert.same({ 0, 10, 60000, 60010, 120000, 120010 }, given)
    assert.equal(5, store:pace({ account = "b", limit = 2, window_ms = 60000, now_ms = 5 }))
    assert.equal(70000, store:pace({ account = "a", limit = 3, window_ms = 60000, now_ms = 70000 }))
  end)

  it("says what is wrong with a place, as an error that run:try takes", function()
    local world = world_of()
    local result = run(world, [[function(run)
      local messages = {}
      for i, place in ipairs{ {}, { regions = "x" }, { region = "" }, { region = "La_South" }, { project = 7 } } do
        local services, err = run:try(function() return run:at(place) end)
        messages[i] = err.message
      end
      messages[6] = select(2, run:try(function() return run:at("la-south-2") end)).message
      return messages
    end]])
    assert.is_nil(result.error)
    assert.same({ "run:at needs region or project", "run:at knows region and project, not regions", "run:at: region must be a name",
      '"La_South" has not the form of a region', "run:at: project must be a name", "run:at needs a table" }, result.value)
  end)

  it("has the same services, and no others", function()
    local world = world_of()
    local result = run(world, 'function(run) return run:at{ region = "la-south-2" }.ecs end')
    assert.matches("run:at has no service ecs", result.error.message, 1, true)
    result = run(world, 'function(run) run:at{ region = "la-south-2" }.ddm = 1 end')
    assert.matches("services cannot be changed", result.error.message, 1, true)
  end)

  it("needs a client that knows other places", function()
    local client = support.client({ list_jobs = function() return {} end })
    local result = support.run('function(run) return run:at{ region = "la-south-2" } end', { client = client })
    assert.equal("this run's client knows no other region or project", result.error.message)
  end)

  it("is in no plan: a script that only reads changes nothing", function()
    local world = world_of()
    local plan = durable.with_journal(world, function(store)
      return assert(runbook.plan(durable.book(NAMES), { client = world.client, params = { instance_id = "i" }, journal = store }))
    end)
    assert.same({}, plan.changes)
    assert.is_nil(plan.ends)
  end)
end)

describe("a client elsewhere", function()
  it("keeps credentials and settings, not the project", function()
    local client = assert(hwdb.client({ ak = "AKAKAKAKAKAK", sk = "sk", region = "cn-north-4", project_id = ("a"):rep(32), pace = { ddm = 3 } }))
    local there = assert(client:elsewhere({ region = "la-south-2" })):describe()
    assert.same({ "la-south-2", "la-south-2", hwdb.null }, { there.region, there.project_name, there.project_id })
    there = assert(client:elsewhere({ project = ("b"):rep(32) })):describe()
    assert.same({ "cn-north-4", ("b"):rep(32), "***AKAK" }, { there.region, there.project_id, there.ak })
    assert.equal(("a"):rep(32), client:describe().project_id)
  end)

  it("does not take an address that names its region elsewhere", function()
    local function client(url)
      return assert(hwdb.client({ ak = "a", sk = "b", region = "cn-north-4", project_id = "p", endpoints = { dws = url } }))
    end
    local there, err = client("https://dws.cn-north-4.myhuaweicloud.com"):elsewhere({ region = "cn-north-9" })
    assert.is_nil(there)
    assert.equal("the address of dws is that of cn-north-4, also for cn-north-9: https://dws.cn-north-4.myhuaweicloud.com", err.message)
    assert(client("https://dws.cn-north-4.myhuaweicloud.com"):elsewhere({ region = "cn-north-4", project = "x" }))
    assert(client("https://dws.private.example"):elsewhere({ region = "cn-north-9" }))
  end)

  it("needs a region", function()
    local client = assert(hwdb.client({ ak = "a", sk = "b", project_id = "p" }))
    local _, err = client:elsewhere({ project = "x" })
    assert.equal("no region is known", err.message)
    assert.equal("cn-north-9", assert(client:elsewhere({ region = "cn-north-9" })):describe().region)
  end)
end)
