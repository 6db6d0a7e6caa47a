-- SPDX-License-Identifier: Apache-2.0
-- Dump, load, inventory and a world seeded from either.
local account = require("hwdb.account")
local caller = dofile("spec/sim/caller.lua")
local cjson = require("cjson")
local core = require("hwdb.core")
local dump = require("hwdb.sim.dump")
local hwdb = require("hwdb")
local inventory = require("hwdb.inventory")
local simulator = require("hwdb.sim")

-- Through the file and back.
local function filed(document)
  return assert(account.parse(core.encode(document)))
end

local function client_of(sim) return assert(hwdb.client({ sim = sim })) end

local function inventory_of(sim, options)
  return filed(inventory.take(client_of(sim), options))
end

describe("a dump", function()
  it("goes on where the simulator stopped: jobs, effects, faults and the sides taken", function()
    local c = caller.new({ readings = { cleaned_state = "Completed" }, lag_seconds = 0,
      faults = { { op = "ddm.list_nodes", nth = 3, ["do"] = "refuse" } } })
    local id = c:configure({ switch_route_begin_time = "12:00:00", switch_route_end_time = "13:00:00" })
    c:must("GET", "/v1/{p}/instances/{i}/nodes")
    c.sim:advance(3600)
    local again = caller.new({ load = filed(dump.take(c.sim)) })
    assert.same({ c.instance, c.sim.project_id, c.sim:now() }, { again.instance, again.sim.project_id, again.sim:now() })
    for _, one in ipairs({ c, again }) do
      one.sim:advance(3 * 3600 + 300)
      assert.equal("Completed", one:job(id).status)
      assert.equal(1, #one.sim:effects())
      one:must("GET", "/v1/{p}/instances/{i}/nodes")
      assert.equal(409, (one:refused("GET", "/v1/{p}/instances/{i}/nodes")))
    end
    again:task(id, "clean")
    assert.equal(2, again.sim:effects()[2].seq)
  end)

  it("is JSON that another decoder reads", function()
    local document = cjson.decode(core.encode(dump.take(simulator.new())))
    assert.same({ "account", 1, "dump" }, { document.hwdb, document.format, document.kind })
    assert.equal("ddm-orders", document.simulator.state.ddm.instances[1].name)
  end)

  it("holds no key, no token and no password, not even a digest", function()
    local c = caller.new({ ak = "DUMPEDAK", sk = "canary-secret-key" })
    local login = { auth = { identity = { methods = core.array({ "password" }), password = { user = { name = "operator",
      password = "Simulated-1!", domain = { name = "simulated" } } } }, scope = { project = { id = c.sim.project_id } } } }
    local _, _, response = c:call("POST", "/v3/auth/tokens", login)
    assert.equal(201, response.status)
    local token
    for _, header in ipairs(response.headers) do token = header[1] == "X-Subject-Token" and header[2] or token end
    c:call("POST", "/v1.0/{p}/clusters/" .. c.sim.state.dws.clusters[1].id .. "/reset-password", { new_password = "Canary-Password-7" })
    local text = core.encode(dump.take(c.sim))
    for _, secret in ipairs({ "canary-secret-key", token, "Canary-Password-7", core.sha256("Canary-Password-7") }) do
      assert.is_nil(text:find(secret, 1, true))
    end
  end)

  it("of a real clock lets the time pass that went by meanwhile; one of the future stays there", function()
    local sim = simulator.new({ clock = "real" })
    sim:advance(7200)
    assert.is_true(sim:now() >= core.now() + 7199000)
    local document = filed(dump.take(sim))
    assert.is_true(simulator.new({ load = document, clock = "real" }):now() >= sim:now() - 1000)
    document.simulator.state.now = core.now() - 1000000
    local behind = simulator.new({ load = document, clock = "real" }):now() - core.now()
    assert.is_true(behind >= -1 and behind <= 1)
  end)

  it("takes signatures of both times after the clock was moved by hand", function()
    local c = caller.new({ clock = "real" })
    c.sim:advance(86400)
    assert.equal(200, (c:call("GET", "/v1/{p}/instances", nil, { date = os.date("!%Y%m%dT%H%M%SZ", core.now() // 1000) })))
    assert.equal(200, (c:call("GET", "/v1/{p}/instances", nil, { date = os.date("!%Y%m%dT%H%M%SZ", c.sim:now() // 1000) })))
    assert.equal(401, (c:call("GET", "/v1/{p}/instances", nil, { date = os.date("!%Y%m%dT%H%M%SZ", c.sim:now() // 1000 - 40000) })))
  end)
end)

describe("a document that is none", function()
  for text, problem in pairs({
    ["nonsense"] = "it is not JSON",
    ["[]"] = "neither an inventory nor a dump",
    ["7"] = "neither an inventory nor a dump",
    ['{"hwdb":"account","format":2}'] = "its format is 2",
    ['{"hwdb":"account","format":1}'] = "it has no reads",
    ['{"hwdb":"account","format":1,"reads":[{"op":7}]}'] = "entry 1 of reads",
  }) do
    it("is refused: " .. text, function()
      local document, why = account.parse(text)
      assert.is_nil(document)
      assert.truthy(why:find(problem, 1, true), why)
    end)
  end

  it("is refused as a dump when it is an inventory", function()
    local document = inventory_of(simulator.new(), { services = { "ddm" } })
    assert.has_error(function() simulator.new({ load = document }) end,
      "it holds no simulator's state; an inventory is taken by --seed-from")
  end)

  it("is refused beside another beginning", function()
    assert.has_error(function() simulator.new({ world = "empty", state = {} }) end,
      "sim: world, state, load and seed_from exclude each other")
  end)
end)

-- What an inventory says, by operation and arguments; what no answer names with an id of its own left out.
local function told(document)
  local by = {}
  assert.same({}, document.failed)
  for _, read in ipairs(document.reads) do
    local name = read.op
    for _, key in ipairs({ "instance_id", "ddm_dbname", "cluster_id" }) do name = name .. " " .. (read.args[key] or "") end
    by[name] = core.encode(read.body):gsub('"parameter_group":%b{},?', "")
  end
  return by
end

describe("an inventory", function()
  it("reads only", function()
    local sim = simulator.new()
    local document = inventory_of(sim)
    assert.same({}, sim:effects())
    assert.same({ "account", 1, "inventory", "cn-north-4", sim.project_id },
      { document.hwdb, document.format, document.kind, document.region, document.project_id })
  end)

  it("goes at the documented pace", function()
    local sim = simulator.new()
    local before = sim:now()
    local document = inventory_of(sim, { services = { "ddm" } })
    local calls = #document.reads + #document.failed
    assert.is_true(sim:now() - before >= (calls - 1) * 1000)
  end)

  it("follows every page", function()
    local c = caller.new()
    for i = 1, 23 do
      local copy = core.decode(core.encode(c.sim.state.ddm.instances[1]))
      copy.id, copy.name, copy.schemas = ("%032dinin09"):format(i), "copy-" .. i, {}
      table.insert(c.sim.state.ddm.instances, copy)
    end
    local document = inventory_of(c.sim, { services = { "ddm" } })
    local shown, seen = 0, {}
    for _, read in ipairs(document.reads) do
      if read.op == "ddm.show_instance" then shown = shown + 1 end
      if read.op == "ddm.list_instances" then
        for _, entry in ipairs(read.body.instances) do seen[entry.id] = true end
        assert.equal(24, #read.body.instances)
      end
    end
    assert.equal(24, shown)
    assert.is_true(seen[c.instance])
  end)

  it("names what was refused and goes on", function()
    local sim = simulator.new({ faults = { { op = "ddm.list_nodes", ["do"] = "refuse", status = 403, code = "DBS.200000" } } })
    local document = inventory_of(sim, { services = { "ddm" } })
    local refused
    for _, read in ipairs(document.failed) do refused = read.op == "ddm.list_nodes" and read or refused end
    assert.same({ 403, "DBS.200000" }, { refused.status, refused.code })
    assert.equal("ddm-orders", inventory.objects(document)[1].name)
  end)

  it("keeps no secret a service might answer with", function()
    local held = account.new({ kind = "inventory", now = 0 })
    account.add_read(held, "ddm.list_users", { password = "canary" }, { users = { { name = "a", user_pwd = "canary",
      access_token = "canary", secrets = { "canary" } } } })
    assert.is_nil(core.encode(held):find("canary", 1, true))
    assert.equal("a", held.reads[1].body.users[1].name)
  end)
end)

describe("a seeded world", function()
  it("has billing know what is bought by the month", function()
    local c = caller.new()
    c.sim.state.ddm.instances[1].order_id = "CS20260101"
    local seeded = caller.new({ seed_from = inventory_of(c.sim, { services = { "ddm" } }) })
    local bought = seeded:must("POST", "/bss/v2/orders/suscriptions/resources/query", { order_id = "CS20260101", only_main_resource = 1 })
    assert.same({ 1, c.instance }, { bought.total_count, bought.data[1].resource_id })
    local flavor = seeded.sim.state.ddm.flavors[1].id
    local grown = seeded:must("POST", "/v2/{p}/instances/{i}/action/enlarge", { flavor_id = flavor, node_number = 1 })
    assert.matches("^CS", grown.orderId)
  end)

  it("tells what the inventory told", function()
    local document = inventory_of(simulator.new({ seed = 5 }))
    local seeded = simulator.new({ seed_from = document, seed = 99 })
    assert.same(told(document), told(inventory_of(seeded)))
    assert.equal(document.project_id, seeded.project_id)
  end)

  it("rehearses a shard configuration on the account's own instance", function()
    local document = inventory_of(simulator.new({ seed = 5 }))
    local c = caller.new({ seed_from = document })
    local id = c:configure()
    c.sim:advance(4 * 3600)
    assert.equal("ToBeSwitched", c:job(id).status)
  end)

  it("rehearses a restore on the account's own RDS instances: their classes and zones are on offer", function()
    local simulated = simulator.new({ seed = 5 })
    local flavors = simulated.state.rds.flavors
    flavors[#flavors + 1] = { id = "own", code = "rds.mysql.x1.huge.4", mode = "single", cpu = 64, mem = 256 }
    for i = 1, 2 do
      local node = simulated.state.rds.instances[i]
      node.flavor_ref, node.mode, node.az, node.disk_type = "rds.mysql.x1.huge.4", "Single", "somewhere-1", "ESSD"
    end
    local c = caller.new({ seed_from = inventory_of(simulated) })
    local node = c:must("GET", "/rds/v3/{p}/instances?limit=1").instances[1]
    assert.same({ "Single", "rds.mysql.x1.huge.4", "ESSD", 31 }, { node.type, node.flavor_ref, node.volume.type,
      node.backup_strategy.keep_days })
    local copies = {}
    for i, source in ipairs({ c.sim.state.rds.instances[1], c.sim.state.rds.instances[2] }) do
      copies[i] = c:must("POST", "/rds/v3/{p}/instances", { name = "copy-" .. i, flavor_ref = node.flavor_ref,
        availability_zone = "somewhere-1", volume = { type = "ESSD", size = 200 }, restore_point = { instance_id = source.id,
          type = "timestamp", restore_time = c.sim:now() - 3600000 } }).instance.id
    end
    c.sim:advance(900)
    local there = c:must("GET", "/rds/v3/{p}/instances/" .. copies[1] .. "/database/detail?page=1&limit=100")
    assert.equal("orders_0000", there.databases[1].name)
  end)

  it("takes a dump, without its effects", function()
    local c = caller.new()
    c:must("PUT", "/v1/{p}/instances/{i}/modify-name", { name = "ddm-renamed" })
    local seeded = caller.new({ seed_from = filed(dump.take(c.sim)) })
    assert.equal("ddm-renamed", seeded:must("GET", "/v1/{p}/instances/{i}").name)
    assert.same({}, seeded.sim:effects())
  end)

  it("stands with answers that are short, odd or of one service only", function()
    local bare = { hwdb = "account", format = 1, reads = {
      { op = "ddm.list_instances", args = {}, body = { instances = { { id = "x" }, {}, 7, { id = 8, core_count = "many" } } } },
      { op = "dws.list_clusters", args = {}, body = { clusters = { { id = "c", nodes = core.null, created = "soon" } } } },
      { op = "dws.list_snapshots", args = {}, body = { snapshots = { { id = "s", cluster_id = "c" }, { id = "t", cluster_id = "gone" } } } },
      { op = "dws.list_quotas", args = {}, body = core.null },
      { op = "dbss.list_audit_instances", args = {}, body = { servers = { { id = "d", expired = core.null, cpu = {} }, false } } },
      { op = "dbss.list_audit_databases", args = { instance_id = "d" }, body = { databases = { 7, { database = 8 }, {} } } },
      { op = "rds.list_instances", args = {}, body = { instances = { { id = "r", datastore = "old", nodes = "none", port = "x" } } } },
    } }
    local c = caller.new({ seed_from = filed(bare) })
    assert.equal("x", c:must("GET", "/v1/{p}/instances").instances[1].id)
    assert.equal("c", c:must("GET", "/v1.0/{p}/clusters").clusters[1].id)
    assert.equal(1, c:must("GET", "/v1.0/{p}/snapshots").count)
    assert.equal("d", c:must("GET", "/v1/{p}/dbss/audit/instances").servers[1].id)
    assert.equal("r", c:must("GET", "/rds/v3/{p}/instances").instances[1].id)
  end)
end)
