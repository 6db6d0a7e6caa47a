-- SPDX-License-Identifier: Apache-2.0
-- A fleet: one account in several regions and projects, each place with a state of its own.
local cli = require("spec.support.cli")
local core = require("hwdb.core")
local fleets = require("hwdb.sim.fleet")
local hwdb = require("hwdb")

local function fleet_of(options)
  local fleet = fleets.new(options)
  return fleet, assert(hwdb.client({ sim = fleet, attempts = 1 }))
end

local function at(client, place, fleet)
  return assert(client:elsewhere({ region = place.region, project = place.id })), fleet
end

local function ids(list)
  local found = {}
  for i, item in ipairs(list) do found[i] = item.id end
  return found
end

describe("a fleet", function()
  teardown(cli.clean)

  it("has a project of its own and others in every region, and IAM knows them all", function()
    local fleet, client = fleet_of({ regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" } })
    local names = {}
    for project in client.iam:each("list_projects", { page = 1, per_page = 3 }) do names[#names + 1] = project.name end
    assert.same({ "cn-north-4", "cn-north-4_a", "la-south-2", "la-south-2_a" }, names)
    local body = assert(client.iam:list_projects({ name = "la-south-2_a" }))
    assert.equal(fleet.places[4].id, body.projects[1].id)
    assert.same({ "cn-north-4", fleet.places[1].id }, { fleet.region, fleet.project_id })
  end)

  it("deals its instances out over all places, the same every time", function()
    local fleet = fleets.new({ instances = 1000 })
    local count, seen = { ddm = 0, dws = 0, dbss = 0 }, {}
    for _, place in ipairs(fleet.places) do
      local state = place.sim.state
      local own = { ddm = #state.ddm.instances, dws = #state.dws.clusters, dbss = #state.dbss.instances }
      for service, number in pairs(own) do
        count[service] = count[service] + number
        assert.is_true(number >= 19 and number <= 27, service .. " " .. place.project)
      end
      for _, instance in ipairs(state.ddm.instances) do
        assert.is_nil(seen[instance.id])
        seen[instance.id] = true
      end
    end
    assert.equal(15, #fleet.places)
    assert.equal(1000, count.ddm + count.dws + count.dbss)
    local again = fleets.new({ instances = 1000 })
    for i, place in ipairs(again.places) do
      assert.same(ids(fleet.places[i].sim.state.ddm.instances), ids(place.sim.state.ddm.instances))
    end
    assert.not_same(fleet.places[1].id, fleets.new({ seed = 2 }).places[1].id)
  end)

  it("answers for the project of the path, in its own region only", function()
    local fleet, client = fleet_of({ regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" }, instances = 40 })
    for _, place in ipairs(fleet.places) do
      local listed = assert(at(client, place).ddm:list_instances({ limit = 100 })).instances
      assert.same(ids(place.sim.state.ddm.instances), ids(listed))
      assert.equal(place.id, listed[1].project_id)
    end
    local wrong = assert(client:elsewhere({ region = "la-south-2", project = fleet.places[1].id }))
    local _, err = wrong.ddm:list_instances({})
    assert.same({ 403, "APIGW.0302" }, { err.status, err.code })
    local nowhere = assert(client:elsewhere({ region = "cn-south-1", project = fleet.places[1].id }))
    _, err = nowhere.ddm:list_instances({})
    assert.equal("transport", err.kind)
  end)

  it("finds a project by its name, and the region's own without one", function()
    local fleet, client = fleet_of({ regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" }, instances = 8 })
    for place, number in pairs({ [{ region = "la-south-2" }] = 3, [{ region = "la-south-2", project = "la-south-2_a" }] = 4 }) do
      local listed = assert(assert(client:elsewhere(place)).dws:list_clusters({})).clusters
      assert.same(ids(fleet.places[number].sim.state.dws.clusters), ids(listed))
    end
    local _, err = assert(client:elsewhere({ region = "la-south-2", project = "la-south-2_b" })).dws:list_clusters({})
    assert.matches('no project is named "la-south-2_b"', err.message, 1, true)
  end)

  it("counts a user's calls by region and service, whatever the project", function()
    local fleet, client = fleet_of({ regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" }, limits = { ddm = 3 } })
    local first, second, far = at(client, fleet.places[1]), at(client, fleet.places[2]), at(client, fleet.places[3])
    assert(first.ddm:list_instances({}))
    assert(second.ddm:list_instances({}))
    assert(first.ddm:list_instances({}))
    local _, err = second.ddm:list_instances({})
    assert.same({ 429, "APIGW.0308" }, { err.status, err.code })
    assert.matches("limit:3,time:1 minute", err.message, 1, true)
    assert(far.ddm:list_instances({}))
    assert(second.dws:list_clusters({}))
    assert.same({ ["cn-north-4/ddm"] = 3, ["la-south-2/ddm"] = 1, ["cn-north-4/dws"] = 1 }, fleet.calls)
    assert.equal(1, fleet.throttled)
    fleet:advance(60)
    assert(second.ddm:list_instances({}))
    assert.equal(60, fleet:least_seconds())
  end)

  it("takes the document's limit for DDM, and none for the others, unless told", function()
    assert.same({ ddm = 60 }, fleets.new().places[1].sim.limits)
    local fleet, client = fleet_of({ regions = { "cn-north-4" }, limits = {} })
    for _ = 1, 70 do assert(client.ddm:list_instances({})) end
    assert.equal(0, fleet.throttled)
  end)

  it("is one account: a token of any place is known in all, for its project", function()
    local fleet = fleets.new({ regions = { "cn-north-4", "la-south-2" }, projects = { "" } })
    local login = require("hwdb.sim.world").DEMO
    local client = assert(hwdb.client({ sim = fleet }))
    local _, info = assert(client.iam:create_token({ auth = { identity = { methods = { "password" }, password = { user = {
      name = login.user, password = login.password, domain = { name = login.domain } } } },
      scope = { project = { name = "la-south-2" } } } }))
    local function with_token(place)
      return fleet:handle({ method = "GET", target = "/v1/" .. place.id .. "/instances", headers = {
        { "Host", ("ddm.%s.myhuaweicloud.com"):format(place.region) }, { "X-Auth-Token", info.headers["x-subject-token"] } } }).status
    end
    assert.same({ 403, 200 }, { with_token(fleet.places[1]), with_token(fleet.places[2]) })
  end)

  it("has one clock, and one list of effects that name their place", function()
    local told = {}
    local fleet, client = fleet_of({ regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" }, instances = 20,
      on_effect = function(effect) told[#told + 1] = effect end })
    local place = fleet.places[4]
    local instance = place.sim.state.ddm.instances[1]
    assert(at(client, place).ddm:restart_instance({ instance_id = instance.id, restart = { type = "soft" } }))
    assert.same({ { 1, "restart_instance", "la-south-2", "la-south-2_a" } }, { { fleet:effects()[1].seq, fleet:effects()[1].op,
      fleet:effects()[1].region, fleet:effects()[1].project } })
    assert.equal(fleet:effects()[1], told[1])
    client:sleep(3600)
    for _, each in ipairs(fleet.places) do assert.equal(fleet:now(), each.sim:now()) end
    assert.equal("RUNNING", assert(at(client, place).ddm:show_instance({ instance_id = instance.id })).status)
    assert.is_true(fleet:next_due() > fleet:now())
  end)

  it("breaks where a fault says, and everywhere else goes on", function()
    local fleet, client = fleet_of({ regions = { "cn-north-4", "la-south-2" }, projects = { "", "_a" } })
    fleet:add_fault_lines('{"op": "dws.*", "do": "refuse", "status": 500, "code": "DWS.0005", "times": 9, "region": "la-south-2"}\n')
    for i, place in ipairs(fleet.places) do
      local body = at(client, place).dws:list_clusters({})
      assert.equal(i <= 2, body ~= nil, place.project)
    end
    assert.has_error(function() fleet:add_fault({ op = "*", ["do"] = "empty", region = "cn-east-3" }) end,
      "fault: the fleet has no such region and project")
    assert.has_error(function() fleet:add_fault_lines('{"op": "*", "do": "vanish"}') end)
  end)

  it("refuses options that make no sense", function()
    assert.has_error(function() fleets.new({ world = "default" }) end, "sim: a fleet has no option world")
    assert.has_error(function() fleets.new({ instances = -1 }) end, "sim: instances of a fleet must be a whole number")
    assert.has_error(function() fleets.new({ limits = { ddm = 0 } }) end, "sim: limits.ddm must be a whole number above 0, not 0")
    assert.has_error(function() fleets.new({ region = "eu-west-101" }) end,
      "sim: the fleet is not in eu-west-101; regions: cn-north-4, cn-east-3, cn-south-1, ap-southeast-1, la-south-2")
  end)
end)

describe("the world fleet", function()
  teardown(cli.clean)

  it("is there for every command with --sim", function()
    local r = cli.run({ "call", "ddm.list_instances", "limit=100", "--sim", "--world", "fleet:150", "--region", "cn-east-3", "--json" })
    assert.equal(0, r.code, r.err)
    assert.equal(#fleets.new({ instances = 150 }).by_region["cn-east-3"].sim.state.ddm.instances, #core.decode(r.out).instances)
  end)

  it("says what it does not take", function()
    for _, words in ipairs({ { "--world", "fleet:1000000" }, { "--world", "fleet:x" }, { "--world", "fleet", "--region", "cn-nowhere-1" } }) do
      local r = cli.run({ "call", "ddm.list_instances", "--sim", table.unpack(words) })
      assert.equal(2, r.code, r.err)
    end
    local r = cli.run({ "sim", "--world", "fleet", "--control" })
    assert.same({ 2, "hwdb: --control does not go with --world fleet\n" }, { r.code, r.err })
  end)

  it("is served to other processes: the project of the path tells the place", function()
    local sim <close> = setmetatable({}, { __index = cli.sim({ "--ak", "FLEETAK", "--sk", "FLEETSK", "--world", "fleet:30" }),
      __close = function(self)
        self:signal("TERM")
        self:wait()
      end })
    local endpoints = {}
    for _, name in ipairs({ "ddm", "dws", "dbss", "iam" }) do endpoints[name] = sim.url end
    local client = assert(hwdb.client({ region = "cn-north-4", ak = "FLEETAK", sk = "FLEETSK", endpoints = endpoints }))
    local count, projects = 0, 0
    for project in client.iam:each("list_projects") do
      projects = projects + 1
      local there = assert(client:elsewhere({ region = project.name:match("^[^_]+"), project = project.id }))
      count = count + #assert(there.ddm:list_instances({})).instances + #assert(there.dws:list_clusters({})).clusters
        + #assert(there.dbss:list_audit_instances({})).servers
    end
    assert.same({ 15, 30 }, { projects, count })
  end)
end)
