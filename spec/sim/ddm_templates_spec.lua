-- SPDX-License-Identifier: Apache-2.0
-- Parameters of an instance, and parameter templates.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")

local P, T = "/v3/{p}/instances/{i}/configurations", "/v3/{p}/configurations"

local function value_of(list, name)
  for _, entry in ipairs(list) do
    if entry.name == name then return entry.value end
  end
end

describe("the parameters of an instance", function()
  local c
  before_each(function() c = caller.new() end)

  local function show() return c:must("GET", P) end

  it("are listed with texts, in pages", function()
    local all = show()
    assert.same({ 25, 25, c.instance:sub(1, 32) .. "pr09", "2025-11-17 08:00:00" }, { all.total,
      #all.configuration_parameter, all.id, all.updated })
    assert.same({ name = "autocommit", value = "ON", need_restart = "0", read_only = "1", value_range = "ON|OFF",
      data_type = "boolean", description = "Whether each statement is its own transaction." },
      c:must("GET", P .. "?offset=1&limit=1").configuration_parameter[1])
    assert.same({}, c:must("GET", P .. "?offset=25").configuration_parameter)
  end)

  it("change by a job, and tell whether a restart is needed", function()
    local answer = c:must("PUT", P, { values = { long_query_time = "2", transaction_policy = "FREE" } })
    assert.same({ true, core.null, core.null, core.null }, { answer.needRestart, answer.nodeList, answer.configId,
      answer.configName })
    c.sim:advance(2)
    assert.equal("SET_CONFIGURATION", c:instance_status())
    assert.equal("1", value_of(show().configuration_parameter, "long_query_time"))
    c.sim:advance(8)
    assert.same({ "2", "RUNNING", "Completed" }, { value_of(show().configuration_parameter, "long_query_time"),
      c:instance_status(), c:job(answer.jobId).status })
    assert.is_true(c.sim.state.ddm.instances[1].needs_restart)
    c:must("POST", "/v3/{p}/instances/{i}/restart")
    c.sim:advance(60)
    assert.is_nil(c.sim.state.ddm.instances[1].needs_restart)
  end)

  it("change at once by v3.1", function()
    assert.same({ need_restart = false }, c:must("PUT", "/v3.1/{p}/instances/{i}/configurations",
      { values = { max_connections = "30000" }, name = "own", description = "for orders" }))
    local all = show()
    assert.same({ "30000", "own", "for orders", "2026-01-01 08:00:00" }, { value_of(all.configuration_parameter,
      "max_connections"), all.name, all.description, all.updated })
  end)

  it("write needRestart as the reading says", function()
    c = caller.new({ readings = { ddm_need_restart = "string" } })
    assert.equal("false", c:must("PUT", P, { values = { long_query_time = "2" } }).needRestart)
  end)

  it("are refused by name, fixed, out of range, or one of two that go together", function()
    for _, values in ipairs({ { no_such = "1" }, { autocommit = "OFF" }, { temp_table_size_limit = "1" },
      { ddl_flowcontrol_threshold = "" }, { character_set_server = "gbk" },
      { character_set_server = "gbk", collation_server = "utf8_bin" }, { contains_shard_key = "ON|OFF" } }) do
      assert.same({ 400, "DBS.300375" }, { c:refused("PUT", "/v3.1/{p}/instances/{i}/configurations", { values = values }) })
    end
    local _, body = c:call("PUT", P, { values = { no_such = "1" } })
    assert.equal("Invalid no_such.", body.error_msg)
    assert.same({ 400, "DBS.280001" }, { c:refused("PUT", P, { values = {} }) })
    assert.same({}, c.sim:effects())
    c:must("PUT", P, { values = { character_set_server = "gbk", collation_server = "gbk_bin" } })
  end)
end)

describe("a parameter template", function()
  local c
  before_each(function() c = caller.new() end)

  local function refused(method, path, body) return { c:refused(method, path, body) } end
  local function make(name, values)
    return c:must("POST", T, { name = name, description = "", values = values }).id
  end

  it("is made, listed, shown, changed, copied and deleted", function()
    local id = make("orders", { long_query_time = "5" })
    assert.matches("^%x+pr09$", id)
    local all = c:must("GET", T)
    assert.same({ 2, "Default-DDM", false, "orders", true }, { all.total, all.configurations[1].name,
      all.configurations[1].user_defined, all.configurations[2].name, all.configurations[2].user_defined })
    local shown = c:must("GET", T .. "/" .. id)
    assert.same({ "5", "20000", "ddm" }, { value_of(shown.configuration_parameters, "long_query_time"),
      value_of(shown.configuration_parameters, "max_connections"), shown.datastore_name })
    assert.same({ need_restart = true }, c:must("PUT", T .. "/" .. id, { values = { transaction_policy = "FREE" },
      name = "orders-2", description = "slow" }))
    assert.same({}, c:must("POST", T .. "/" .. id .. "/copy", { new_name = "copy" }))
    local copy = c:must("GET", T .. "?offset=2").configurations[1]
    assert.same({}, c:must("PUT", T .. "/diff", { source_id = id, target_id = copy.id }).parameters)
    c:must("PUT", T .. "/" .. copy.id, { values = { long_query_time = "6" } })
    assert.same({ source_id = id, source_name = "orders-2", target_id = copy.id, target_name = "copy", parameters = {
      { name = "long_query_time", source_value = "5", target_value = "6" } } },
      c:must("PUT", T .. "/diff", { source_id = id, target_id = copy.id }))
    assert.same({}, c:must("DELETE", T .. "/" .. id))
    for _, call in ipairs({ { "GET", "" }, { "DELETE", "" }, { "GET", "/apply-histories" }, { "GET", "/query-instances" } }) do
      assert.same({ 400, "DBS.200057" }, refused(call[1], T .. "/" .. id .. call[2]))
    end
    assert.same({ 400, "DBS.200057" }, refused("PUT", T .. "/diff", { source_id = id, target_id = copy.id }))
    assert.same({}, c:must("GET", T .. "?offset=2").configurations)
  end)

  it("is refused with a taken name or a bad value", function()
    local id = make("orders")
    make("other")
    assert.same({ 400, "DBS.280001" }, refused("POST", T, { name = "orders", description = "" }))
    assert.same({ 400, "DBS.280001" }, refused("POST", T, { name = "Default-DDM", description = "" }))
    assert.same({ 400, "DBS.280001" }, refused("PUT", T .. "/" .. id, { values = {}, name = "other" }))
    assert.same({ 400, "DBS.280001" }, refused("POST", T .. "/" .. id .. "/copy", { new_name = "other" }))
    assert.same({ 400, "DBS.300375" }, refused("POST", T, { name = "bad", description = "", values = { autocommit = "ON" } }))
    assert.same({ 400, "DBS.300375" }, refused("PUT", T .. "/" .. id, { values = { max_connections = "1" } }))
    c:must("PUT", T .. "/" .. id, { values = {}, name = "orders" })
  end)

  it("of the service's own is only read", function()
    local id = c.sim.state.ddm.templates[1].id
    assert.same({ 400, "DBS.280001" }, refused("PUT", T .. "/" .. id, { values = { long_query_time = "2" } }))
    assert.same({ 400, "DBS.280001" }, refused("DELETE", T .. "/" .. id))
    assert.same({ 400, "DBS.280001" }, refused("POST", T .. "/" .. id .. "/copy", { new_name = "copy" }))
    assert.equal("Default-DDM", c:must("GET", T .. "/" .. id).name)
  end)

  it("is one of a hundred at most", function()
    for i = 1, 100 do make("t" .. i) end
    assert.same({ 413, "DBS.280001" }, refused("POST", T, { name = "one-more", description = "" }))
  end)

  it("is copied into an instance made with it, and remembers", function()
    local id = make("orders", { long_query_time = "5" })
    local network, ddm = c.sim.state.network, c.sim.state.ddm
    assert.equal(1, c:must("GET", T .. "/" .. id .. "/query-instances").total)
    c.instance = c:must("POST", "/v1/{p}/instances", { instance = { name = "ddm-new", flavor_id = ddm.flavors[1].id,
      node_num = 1, engine_id = ddm.engines[1].id, available_zones = { network.zones[1].id }, vpc_id = network.vpcs[1].id,
      security_group_id = network.security_groups[1].id, subnet_id = network.subnets[1].id, param_group_id = id } }).id
    local histories = c:must("GET", T .. "/" .. id .. "/apply-histories")
    assert.same({ 1, { target_id = c.instance, target_name = "ddm-new", apply_result = "APPLYING", error_code = "",
      error_message = "", applied_at = "2026-01-01T08:00:00+0000" } }, { histories.total, histories.histories[1] })
    c.sim:advance(300)
    assert.equal("SUCCESS", c:must("GET", T .. "/" .. id .. "/apply-histories").histories[1].apply_result)
    assert.equal("5", value_of(c:must("GET", P).configuration_parameter, "long_query_time"))
    c:must("PUT", T .. "/" .. id, { values = { long_query_time = "6" } })
    assert.equal("5", value_of(c:must("GET", P).configuration_parameter, "long_query_time"))
    assert.same({ { instance_id = c.instance, instance_name = "ddm-new" } },
      c:must("GET", T .. "/" .. id .. "/query-instances?offset=1").entities)
    assert.same({}, c:must("GET", T .. "/" .. id .. "/apply-histories?offset=1").histories)
  end)
end)
