-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")
local simulator = require("hwdb.sim")

local LIST = "/v1/{p}/instances"
local RENAME = "/v1/{p}/instances/{i}/modify-name"

local function with(...)
  return caller.new({ faults = { ... } })
end

-- Renames and tells status, the adapter's fault, and whether it took effect.
local function rename(c)
  local status, value, response = c:call("PUT", RENAME, { name = "ddm-renamed" })
  return status, value, response, c.sim.state.ddm.instances[1].name == "ddm-renamed"
end

describe("a fault of the simulator", function()
  it("refuses with busy unless told otherwise, and only once", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "refuse" })
    local status, value, _, done = rename(c)
    assert.same({ 409, "DBS.200019", false }, { status, value.errCode, done })
    assert.same({}, c.sim:effects())
    assert.equal(200, (rename(c)))
  end)

  it("refuses with the status, code and message given, in the form of the version", function()
    local c = with({ op = "ddm.configure_shards", ["do"] = "refuse", status = 403, code = "DBS.212033", message = "Busy." })
    local status, value = c:call("POST", caller.MIGRATION, { data_nodes = c:data_nodes(3), new_shard_number = "12" })
    assert.same({ 403, { error_code = "DBS.212033", error_msg = "Busy." } }, { status, value })
  end)

  it("refuses in base64 of the URL alphabet, which others decode", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "base64", status = 400, code = "DWS.7107", message = "Off?>ÿÿ already" })
    local status, value, response, done = rename(c)
    assert.same({ 400, false, 0 }, { status, done, #c.sim:effects() })
    assert.is_nil(type(value) == "table" and value.errCode or nil)
    assert.matches("^[%w_-]+$", response.body)
    local pipe = assert(io.popen(("printf %%s '%s' | tr -- '-_' '+/' | base64 -d 2>/dev/null"):format(response.body)))
    local text = pipe:read("a")
    pipe:close()
    assert.same({ errCode = "DWS.7107", externalMessage = "Off?>ÿÿ already" }, core.decode(text))
  end)

  it("in base64 is read by the client: busy is tried again, the rest told by its code", function()
    local hwdb = require("hwdb")
    local sim = simulator.new({ faults = { { op = "dws.list_clusters", ["do"] = "base64" },
      { op = "dws.show_cluster", ["do"] = "base64", status = 400, code = "DWS.0015", message = "No such cluster." } } })
    local client = hwdb.client({ sim = sim })
    local body, info = client.dws:list_clusters({})
    assert.same({ 1, 2 }, { #body.clusters, info.attempts })
    local _, err = client.dws:show_cluster({ cluster_id = sim.state.dws.clusters[1].id })
    assert.same({ "api", 400, "DWS.0015", "No such cluster." }, { err.kind, err.status, err.code, err.message })
  end)

  it("resets before the effect", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "reset_before" })
    local _, _, response, done = rename(c)
    assert.same({ "reset_before", false, 0 }, { response.fault.kind, done, #c.sim:effects() })
  end)

  it("resets after the effect", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "reset_after" })
    local _, _, response, done = rename(c)
    assert.same({ "reset_after", true, 1 }, { response.fault.kind, done, #c.sim:effects() })
  end)

  it("stalls with the work done, or undone", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "stall", seconds = 90 })
    local status, _, response, done = rename(c)
    assert.same({ 200, "stall", 90, true }, { status, response.fault.kind, response.fault.seconds, done })
    c = with({ op = "ddm.update_instance_name", ["do"] = "stall", before = true })
    _, _, response, done = rename(c)
    assert.same({ "stall", 60, false }, { response.fault.kind, response.fault.seconds, done })
  end)

  it("dribbles a good answer", function()
    local c = with({ op = "*", ["do"] = "dribble", seconds = 3 })
    local status, value, response = c:call("GET", LIST)
    assert.same({ 200, 1, "dribble", 3 }, { status, value.instance_num, response.fault.kind, response.fault.seconds })
  end)

  it("answers garbage, HTML or nothing", function()
    local c = with({ op = "*", ["do"] = "garbage" }, { op = "*", ["do"] = "html" }, { op = "*", ["do"] = "empty" },
      { op = "*", ["do"] = "html", status = 200, body = "<p>hello", after = true })
    local status, _, response = c:call("GET", LIST)
    assert.same({ 200, nil }, { status, (core.decode(response.body)) })
    status, _, response = c:call("GET", LIST)
    assert.same({ 502, "<html>" }, { status, response.body:sub(1, 6) })
    status, _, response = c:call("GET", LIST)
    assert.same({ 200, "" }, { status, response.body })
    local done
    status, _, response, done = rename(c)
    assert.same({ 200, "<p>hello", true }, { status, response.body, done })
  end)

  it("answers a status without the work", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "status", status = 429, limit = 5, window = "10 second" },
      { op = "ddm.update_instance_name", ["do"] = "status", status = 500 },
      { op = "ddm.update_instance_name", ["do"] = "status" })
    local status, value, _, done = rename(c)
    assert.same({ 429, "APIGW.0308", false }, { status, value.error_code, done })
    assert.equal("The throttling threshold has been reached: policy user over ratelimit,limit:5,time:10 second",
      value.error_msg)
    status, value = rename(c)
    assert.same({ 500, "DBS.200412" }, { status, value.errCode })
    assert.equal(503, (rename(c)))
    assert.equal(200, (rename(c)))
  end)

  it("lets an effect come late, after a time-out", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "late", seconds = 30 })
    local status, value, _, done = rename(c)
    assert.same({ 504, "Backend timeout", false, 0 }, { status, value.error_msg, done, #c.sim:effects() })
    c.sim:advance(30)
    assert.equal("ddm-renamed", c.sim.state.ddm.instances[1].name)
    local effect = c.sim:effects()[1]
    assert.same({ true, "2026-01-01T08:00:30.000Z", "update_instance_name" }, { effect.late, effect.time, effect.op })
  end)

  it("lets a late effect fall flat when the world has moved on", function()
    local c = with({ op = "ddm.update_instance_name", ["do"] = "late", seconds = 30 })
    rename(c)
    c:must("POST", "/v1/{p}/instances/{i}/action", { restart = {} })
    c.sim:advance(60)
    assert.equal("ddm-orders", c.sim.state.ddm.instances[1].name)
    assert.equal(1, #c.sim:effects())
  end)

  it("shows the state before for longer", function()
    local c = with({ op = "ddm.restart_instance", ["do"] = "lag", seconds = 50 })
    c:must("POST", "/v1/{p}/instances/{i}/action", { restart = {} })
    c.sim:advance(49)
    assert.equal("RUNNING", c:instance_status())
    c.sim:advance(1)
    assert.equal("RESTARTING", c:instance_status())
  end)

  it("keeps a new instance out of the list for a while", function()
    local c = with({ op = "ddm.create_instance", ["do"] = "lag", seconds = 20 })
    local network, ddm = c.sim.state.network, c.sim.state.ddm
    local made = c:must("POST", LIST, { instance = { name = "ddm-new", flavor_id = ddm.flavors[1].id, node_num = 1,
      engine_id = ddm.engines[1].id, available_zones = { network.zones[1].id }, vpc_id = network.vpcs[1].id,
      subnet_id = network.subnets[1].id, security_group_id = network.security_groups[1].id } })
    assert.equal(1, c:must("GET", LIST).instance_num)
    assert.equal(404, (c:refused("GET", "/v1/{p}/instances/" .. made.id)))
    c.sim:advance(20)
    assert.equal(2, c:must("GET", LIST).instance_num)
  end)

  it("gives a list as it was the last time", function()
    local c = with({ op = "ddm.list_instances", ["do"] = "lag", nth = 2 })
    assert.equal("ddm-orders", c:must("GET", LIST).instances[1].name)
    rename(c)
    assert.equal("ddm-orders", c:must("GET", LIST).instances[1].name)
    assert.equal("ddm-renamed", c:must("GET", LIST).instances[1].name)
  end)

  it("lets another operator act before, or after", function()
    local call = { op = "ddm.update_instance_name", args = { name = "ddm-foreign" } }
    local c = caller.new()
    call.args.instance_id = c.instance
    c.sim:add_fault({ op = "ddm.list_instances", ["do"] = "foreign", call = call })
    assert.equal("ddm-foreign", c:must("GET", LIST).instances[1].name)
    assert.same({ "foreign", "update_instance_name", c.instance },
      { c.sim:effects()[1].by, c.sim:effects()[1].op, c.sim:effects()[1].target })
    c = caller.new()
    c.sim:add_fault({ op = "ddm.list_instances", ["do"] = "foreign", call = call, after = true })
    assert.equal("ddm-orders", c:must("GET", LIST).instances[1].name)
    assert.equal("ddm-foreign", c:must("GET", LIST).instances[1].name)
  end)

  it("makes another operator's restart refuse the call", function()
    local c = caller.new()
    c.sim:add_fault({ op = "ddm.configure_shards", ["do"] = "foreign", call = { op = "ddm.restart_instance",
      args = { instance_id = c.instance } } })
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", caller.MIGRATION,
      { data_nodes = c:data_nodes(3), new_shard_number = "12" }) })
  end)

  it("counts the requests of its operation and acts from the nth on, so many times", function()
    local c = with({ op = "ddm.list_instances", ["do"] = "status", status = 500, nth = 2, times = 2 })
    local statuses = {}
    for i = 1, 5 do
      c:call("GET", "/v1/{p}/instances/{i}")
      statuses[i] = c:call("GET", LIST)
    end
    assert.same({ 200, 500, 500, 200, 200 }, statuses)
  end)

  it("matches a whole service", function()
    local c = with({ op = "ddm.*", ["do"] = "status", status = 500 })
    assert.equal(200, (c:call("GET", "/v3/projects")))
    assert.equal(500, (c:call("GET", LIST)))
  end)

  it("leaves one that waits its turn for the next request", function()
    local c = with({ op = "*", ["do"] = "status", status = 500 }, { op = "*", ["do"] = "status", status = 503 })
    assert.equal(500, (c:call("GET", LIST)))
    assert.equal(503, (c:call("GET", LIST)))
    assert.equal(200, (c:call("GET", LIST)))
  end)

  it("is noted in the request log", function()
    local c = with({ op = "*", ["do"] = "reset_before" })
    c:call("GET", LIST)
    local entry = c.sim:requests()[1]
    assert.same({ "reset_before", "ddm", "list_instances", 0 }, { entry.fault, entry.service, entry.op, entry.status })
  end)

  it("does not touch what the gateway refuses", function()
    local c = with({ op = "*", ["do"] = "status", status = 500 })
    assert.equal(401, (c:call("GET", LIST, nil, { sk = "wrong" })))
    assert.equal(500, (c:call("GET", LIST)))
  end)

  it("comes from lines of JSON", function()
    local sim = simulator.new()
    sim:add_fault_lines('# two\n{"op":"*","do":"stall"}\r\n\n{"op":"ddm.list_instances","do":"status","status":500}')
    assert.equal(2, #sim.faults.list)
    assert.error_matches(function() sim:add_fault_lines('\n{"op":') end, "^faults, line 2: ")
    assert.error_matches(function() sim:add_fault_lines('{"op":"*","do":"explode"}') end,
      "^faults, line 1: fault: unknown do explode")
  end)

  it("is refused when it makes no sense", function()
    local function message(fault)
      local ok, err = pcall(simulator.new, { faults = { fault } })
      assert.is_false(ok)
      return err
    end
    assert.matches("unknown do nil", message({ op = "*" }))
    assert.matches("op is missing", message({ ["do"] = "stall" }))
    assert.matches("no operation ddm.configure_shard;", message({ op = "ddm.configure_shard", ["do"] = "stall" }), 1, true)
    assert.matches("nth must be a whole number", message({ op = "*", ["do"] = "stall", nth = 0 }))
    assert.matches("times must be a whole number", message({ op = "*", ["do"] = "stall", times = 1.5 }))
    assert.matches("a precheck item is FAILED, WARN or SUCCESS, not nil",
      message({ op = "*", ["do"] = "precheck", item = "storage" }))
    assert.matches("no precheck item storag; there are table_name_length, ",
      message({ op = "*", ["do"] = "precheck", item = "storag", status = "WARN" }))
    assert.matches("foreign needs call", message({ op = "*", ["do"] = "foreign" }))
    assert.matches("foreign needs call", message({ op = "*", ["do"] = "foreign",
      call = { op = "dws.list_nothing" } }))
    assert.matches("name: ", message({ op = "*", ["do"] = "foreign", call = { op = "ddm.update_instance_name",
      args = { instance_id = "x" } } }))
    assert.matches("a table or JSON object is needed", message("stall"))
  end)
end)
