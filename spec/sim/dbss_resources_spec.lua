-- SPDX-License-Identifier: Apache-2.0
-- What an audit instance has: databases, agents, rules, masks, a security
-- group, tags and a log of all changes.
local dbss = dofile("spec/sim/dbss_caller.lua")
local core = require("hwdb.core")

local DATABASES = "/v1/{p}/{a}/dbss/audit/databases"

local function wanted(node, change)
  local one = { id = node.id, db_name = node.name, status = "ACTIVE", port = tostring(node.port), ip = node.ip,
    instance_name = node.name, version = node.version, type = "MySQL", enterprise_id = "0" }
  for key, value in pairs(change or {}) do one[key] = value end
  return one
end

describe("databases of an audit instance", function()
  local c, nodes
  before_each(function()
    c = dbss.new()
    nodes = c.sim.state.rds.instances
  end)

  local function add(...)
    return c:must("POST", DATABASES .. "/rds", { databases = core.array({ ... }) })
  end

  it("are added without an agent, and not audited at first", function()
    assert.same({ legal_db_id = { nodes[1].id, nodes[2].id }, illegal_db_id = {} }, add(wanted(nodes[1]), wanted(nodes[2])))
    local list = c:must("GET", DATABASES)
    assert.equal(3, list.total)
    local one = list.databases[2].database
    assert.same({ "rds-orders-1", "MYSQL", "5.7", "OFF", core.null, "RDS", nodes[1].id, 20 }, { one.name, one.type, one.version,
      one.status, one.audit_status, one.db_classification, one.rds_id, #one.id })
    assert.same({ 3, 2, 1 }, { c:server().config_num, #c:must("GET", DATABASES .. "?status=OFF").databases,
      #c:must("GET", DATABASES .. "?status=ON").databases })
    assert.same({ 0, 3 }, { #c:must("GET", DATABASES .. "?offset=3&limit=100").databases,
      c:must("GET", DATABASES .. "?offset=3").total })
    assert.same({ "add_rds_no_agent_database" }, c:effects())
  end)

  it("are illegal when unknown, elsewhere, too old, busy, or there already; a 200 says which", function()
    nodes[2].complete_version, nodes[3].status = "5.7.29.1", "creating"
    local answer = add(wanted(nodes[1]), wanted(nodes[1]), wanted(nodes[2]), wanted(nodes[3]), wanted(nodes[4], { port = "3307" }),
      wanted(nodes[4], { id = "none" }))
    assert.same({ nodes[1].id }, answer.legal_db_id)
    assert.same({ nodes[1].id, nodes[2].id, nodes[3].id, nodes[4].id, "none" }, answer.illegal_db_id)
    assert.same({}, add(wanted(nodes[1])).legal_db_id)
    assert.same({ "add_rds_no_agent_database" }, c:effects())
  end)

  it("are refused beyond the edition's number, all of them", function()
    local all = {}
    for i = 1, 3 do all[i] = wanted(nodes[i]) end
    assert.same({ 400, "DBSS.10020118" }, { c:no("POST", DATABASES .. "/rds", { databases = all }) })
    assert.equal(1, c:must("GET", DATABASES).total)
    add(all[1], all[2])
    assert.same({ 400, "DBSS.10020118" }, { c:no("POST", DATABASES .. "/rds", { databases = { all[3] } }) })
  end)

  it("are refused in strange requests and on an instance that does not run", function()
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", DATABASES .. "/rds", { databases = core.array({}) }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", DATABASES .. "/rds", { databases = { wanted(nodes[1]) }, total_count = 2 }) })
    assert.same({ 404, "DBSS.10021004" }, { c:no("GET", (DATABASES:gsub("{a}", "{r}"))) })
    local order = c:order()
    c:pay(order)
    c.sim:advance(30)
    c.audit = c.sim.state.dbss.instances[2]
    assert.same({ 400, "DBSS.10020102" }, { c:no("POST", DATABASES .. "/rds", { databases = { wanted(nodes[1]) } }) })
  end)

  it("are told by RDS's id and state where the world takes the table's side", function()
    c = dbss.new({ readings = { dbss_words = "table" } })
    nodes = c.sim.state.rds.instances
    add(wanted(nodes[1]))
    local one = c:must("GET", DATABASES).databases[2].database
    assert.same({ nodes[1].id, "ACTIVE" }, { one.id, one.status })
  end)

  it("are audited while an agent is on", function()
    local agent = c.sim.state.dbss.instances[1].agents[1].id
    local function state() return c:must("GET", DATABASES).databases[1].database.audit_status end
    assert.equal("ACTIVE", state())
    assert.same({ result = "SUCCESS" }, c:must("POST", "/v1/{p}/{a}/audit/agent/switch", { agent_id = agent, status = 0 }))
    assert.equal("SHUTOFF", state())
    c:must("POST", "/v1/{p}/{a}/audit/agent/switch", { agent_id = agent, status = 1 })
    assert.equal("ACTIVE", state())
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", "/v1/{p}/{a}/audit/agent/switch", { agent_id = "none", status = 1 }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", "/v1/{p}/{a}/audit/agent/switch", { agent_id = agent, status = 2 }) })
    assert.same({ "switch_agent", "switch_agent" }, c:effects())
  end)
end)

describe("rules of an audit instance", function()
  local c
  before_each(function() c = dbss.new() end)

  local function risks(query) return c:must("GET", "/v1/{p}/{a}/dbss/audit/rule/risk" .. (query or "")).rules end

  it("of risk are listed, shown and switched, the old state shown a moment longer", function()
    local all = risks()
    assert.same({ 3, "Database_drag_detection", "HIGH", 1 }, { #all, all[1].name, all[1].risk_level, all[1].rank })
    assert.same({ status = "SUCCESS" }, c:must("POST", "/v1/{p}/{a}/audit/rule/risk/switch", { status = "OFF",
      ids = all[1].id .. "," .. all[3].id }))
    assert.equal("ON", risks()[1].status)
    c.sim:advance(2)
    assert.same({ "OFF", "ON", "OFF" }, { risks()[1].status, risks()[2].status, risks()[3].status })
    local shown = c:must("GET", "/v1/{p}/{a}/dbss/audit/rule/risk/" .. all[1].id)
    assert.same({ "OFF", all[1].name, "GREATER", 10000 }, { shown.status, shown.rule_name, shown.affect_symbol, shown.affect_rows })
    assert.same({ 1, 2, 1 }, { #risks("?risk_levels=LOW"), #risks("?risk_levels=LOW,HIGH"), #risks("?name=" .. all[2].name) })
    assert.same({ "switch_risk_rule" }, c:effects())
  end)

  it("of risk are switched all or none", function()
    local id = risks()[1].id
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", "/v1/{p}/{a}/audit/rule/risk/switch", { ids = id .. ",none", status = "OFF" }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", "/v1/{p}/{a}/audit/rule/risk/switch", { ids = ",", status = "OFF" }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("GET", "/v1/{p}/{a}/dbss/audit/rule/risk?risk_levels=WORST") })
    assert.same({ 404, "DBSS.10021004" }, { c:no("GET", "/v1/{p}/{a}/dbss/audit/rule/risk/none") })
    c.sim:advance(2)
    assert.equal("ON", risks()[1].status)
  end)

  it("are refused as a 200 that is no success where the world says so", function()
    c = dbss.new({ readings = { dbss_refusals = "result" } })
    local id = risks()[1].id
    c:unsubscribe(c:path("{r}"))
    local status, body = c:call("POST", "/v1/{p}/{a}/audit/rule/risk/switch", { ids = id, status = "OFF" })
    assert.same({ 200, { status = "FAIL" } }, { status, body })
    assert.same({ "unsubscribe" }, c:effects())
  end)

  it("of injection, scope and masking are listed", function()
    local all = c:must("POST", "/v1/{p}/{a}/dbss/audit/rule/sql-injections", {})
    local high = c:must("POST", "/v1/{p}/{a}/dbss/audit/rule/sql-injections", { risk_levels = "HIGH" })
    local second = c:must("POST", "/v1/{p}/{a}/dbss/audit/rule/sql-injections", { page = 2, size = 3 })
    assert.same({ 4, 2, 2, 1, 4 }, { all.total, high.total, #high.rules, #second.rules, second.total })
    local scopes = c:must("GET", "/v1/{p}/{a}/dbss/audit/rule/scopes")
    assert.same({ 1, "Full audit rule", "ON", true }, { scopes.total, scopes.scopes[1].name, scopes.scopes[1].status,
      scopes.scopes[1].all_audit })
    local masks = c:must("GET", "/v1/{p}/{a}/dbss/audit/sensitive/masks?offset=3&limit=5")
    assert.same({ 4, 1, "BUILD_IN", "OFF" }, { masks.total, #masks.rules, masks.rules[1].type, masks.rules[1].status })
    assert.same({}, c:effects())
  end)

  it("have the tables' words where the world takes their side", function()
    c = dbss.new({ readings = { dbss_words = "table" } })
    assert.same({ "OPERATION", "On", "High" }, { risks()[1].type, risks()[1].status, risks()[1].risk_level })
    assert.equal("Enabled", c:must("GET", "/v1/{p}/{a}/dbss/audit/rule/scopes").scopes[1].status)
    assert.equal("default", c:must("GET", "/v1/{p}/{a}/dbss/audit/sensitive/masks").rules[1].type)
    assert.equal("", c:must("GET", "/v1/{p}/{a}/dbss/audit/rule/risk/" .. risks()[1].id).client_ips)
  end)
end)

describe("the security group of an audit instance", function()
  it("is changed by the resource id, one at a time, to one there is", function()
    local c = dbss.new()
    local group = c.sim.state.network.security_groups[1].id
    local path, resource = "/v1/{p}/dbss/audit/security-group", c:path("{r}")
    assert.same({ result = "success" }, c:must("POST", path, { resource_id = resource, securitygroup_ids = { group } }))
    assert.equal(group, c:server().security_group_id)
    assert.same({ result = "success" }, c:must("POST", path, { instance_id = resource, securitygroup_ids = { group } }))
    assert.same({ 404, "DBSS.10021004" }, { c:no("POST", path, { resource_id = c:path("{a}"), securitygroup_ids = { group } }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", path, { resource_id = resource, securitygroup_ids = { group, group } }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", path, { resource_id = resource, securitygroup_ids = core.array({}) }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", path, { resource_id = resource, securitygroup_ids = { "none" } }) })
  end)
end)

describe("tags of audit instances", function()
  local c
  before_each(function() c = dbss.new() end)

  local function change(what, tags)
    return c:call(what == "create" and "POST" or "DELETE", "/v1/{p}/auditInstance/{r}/tags/" .. what, { tags = tags })
  end

  local function project_tags() return c:must("GET", "/v1/{p}/auditInstance/tags").tags end

  it("are set and taken away with 204", function()
    local status, body = change("create", { { key = "stage", value = "test" }, { key = "team", value = "payments" }, { key = "bare" } })
    assert.same({ 204, "" }, { status, body })
    assert.same({ { key = "team", values = { "payments" } }, { key = "stage", values = { "test" } }, { key = "bare", values = { "" } } },
      project_tags())
    assert.equal(204, (change("delete", { { key = "stage", value = "other" }, { key = "bare" }, { key = "never" } })))
    assert.same({ { key = "team", values = { "payments" } }, { key = "stage", values = { "test" } } }, project_tags())
    assert.same({ "batch_add_resource_tag", "batch_delete_resource_tag" }, c:effects())
  end)

  it("are refused empty, too long, too many, of the system, and on the wrong id", function()
    local function code(tags) return select(2, change("create", tags)).error.error_code end
    assert.equal("DBSS.10000001", code(core.array({})))
    assert.equal("DBSS.10000001", code({ { key = "", value = "v" } }))
    assert.equal("DBSS.10000001", code({ { key = ("k"):rep(129), value = "v" } }))
    assert.equal("DBSS.10000001", code({ { key = "k", value = ("v"):rep(256) } }))
    local many = {}
    for i = 1, 20 do many[i] = { key = "k" .. i, value = "v" } end
    assert.equal("DBSS.10000001", code(many))
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", "/v1/{p}/auditInstance/{r}/tags/create", {}) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", "/v1/{p}/auditInstance/{r}/tags/create",
      { sys_tags = { { key = "_sys_enterprise_project_id", value = "0" } } }) })
    assert.same({ 404, "DBSS.10021004" }, { c:no("POST", "/v1/{p}/auditInstance/{a}/tags/create", { tags = { { key = "k", value = "v" } } }) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("GET", "/v1/{p}/server/tags") })
    assert.equal(1, #project_tags())
  end)

  it("find instances by all, any, not all and none of them, and by name", function()
    local second = c:buy({ name = "audit-2", tags = { { key = "team", value = "payments" }, { key = "stage", value = "test" } } })
    local third = c:buy({ name = "Audit-3" })
    local names = { [c:path("{r}")] = "first", [second] = "second", [third] = "third" }
    local function found(filter, query)
      local list = {}
      local page = c:must("POST", "/v1/{p}/auditInstance/resource-instances/filter" .. (query or ""), filter)
      for i, one in ipairs(page.resources) do list[i] = names[one.resource_id] end
      assert.equal(page.total_count, c:must("POST", "/v1/{p}/auditInstance/resource-instances/count", filter).total_count)
      return table.concat(list, " ")
    end
    local function tag(key, ...) return { key = key, values = core.array({ ... }) } end
    assert.equal("first second third", found({}))
    assert.equal("second", found({}, "?offset=1&limit=1"))
    assert.equal("", found({}, "?offset=3"))
    assert.equal("first second", found({ tags = { tag("team") } }))
    assert.equal("second", found({ tags = { tag("team", "payments", "x"), tag("stage") } }))
    assert.equal("second", found({ tags = { tag("team", "*PAY") } }))
    assert.equal("first second", found({ tags_any = { tag("team", "orders"), tag("stage") } }))
    assert.equal("first third", found({ not_tags = { tag("team"), tag("stage") } }))
    assert.equal("third", found({ not_tags_any = { tag("team"), tag("stage") } }))
    assert.equal("third", found({ without_any_tag = true, tags = { tag("team") } }))
    assert.equal("second third", found({ matches = { { key = "resource_name", value = "AUDIT" } } }))
    assert.equal("", found({ matches = { { key = "resource_name", value = "" } } }))
    assert.equal("third", found({ matches = { { key = "resource_id", value = third } } }))
  end)

  it("cannot be asked for in strange ways", function()
    local path = "/v1/{p}/auditInstance/resource-instances/filter"
    local one = { key = "k", values = core.array({ "a" }) }
    for _, filter in ipairs({ { tags = { one, one } }, { tags = { { key = "k", values = { "a", "a" } } } },
      { matches = { { key = "colour", value = "red" } } }, { sys_tags = { key = "_sys_enterprise_project_id", values = { "0" } } } }) do
      assert.same({ 400, "DBSS.10000001" }, { c:no("POST", path, filter) }, core.encode(filter))
    end
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", path .. "?limit=1001", {}) })
    assert.same({ 400, "DBSS.10000001" }, { c:no("POST", path .. "?offset=-1", {}) })
  end)

  it("of the system are for op_service", function()
    c = dbss.new({ readings = { dbss_op_service = true, dbss_count_resources = true } })
    local eps = "5aa119a8-d25b-45a7-8d1b-88e127885635"
    c:must("POST", "/v1/{p}/auditInstance/{r}/tags/create", { sys_tags = { { key = "_sys_enterprise_project_id", value = eps } } })
    local body = { sys_tags = { key = "_sys_enterprise_project_id", values = { eps } } }
    local count = c:must("POST", "/v1/{p}/auditInstance/resource-instances/count", body)
    assert.same({ 1, eps }, { count.total_count, count.resources[1].sys_tags[1].value })
    body.tags = { { key = "team", values = core.array({}) } }
    assert.equal(400, (c:no("POST", "/v1/{p}/auditInstance/resource-instances/count", body)))
  end)
end)

describe("the log of an audit instance", function()
  local c
  before_each(function()
    c = dbss.new()
    local agent = c.sim.state.dbss.instances[1].agents[1].id
    c:must("POST", "/v1/{p}/{a}/audit/agent/switch", { agent_id = agent, status = 0 })
    c.sim:advance(3600)
    c:must("POST", DATABASES .. "/rds", { databases = { wanted(c.sim.state.rds.instances[1]), wanted(c.sim.state.rds.instances[2],
      { port = "1" }) } })
  end)

  local function log(body) return c:must("POST", "/v1/{p}/{a}/dbss/audit/operate-log", body) end

  it("has every change, the latest first, with who made it", function()
    local list = log({})
    assert.equal(3, list.total_num)
    local last = list.operate_log[3]
    assert.same({ "operator", "2026-01-01 08:00:00", "Update", "Database list", "success" }, { last.user, last.time, last.action,
      last["function"], last.result })
  end)

  it("is sifted by time, user, operation and result, and paged from 1", function()
    assert.equal(2, log({ time = { time_range = "HALF_HOUR" } }).total_num)
    assert.equal(3, log({ time = { time_range = "HOUR" } }).total_num)
    assert.equal(1, log({ time = { start_time = "2026-01-01 08:00:00", end_time = "2026-01-01 08:59:59" } }).total_num)
    assert.same({ 1, 2, 0, 3, 2 }, { log({ result = "fail" }).total_num, log({ result = "success" }).total_num,
      log({ user_name = "nobody" }).total_num, log({ user_name = "operator" }).total_num, log({ operate_name = "create" }).total_num })
    assert.same({ 2, 1, 0, 3 }, { #log({ page = 1, size = 2 }).operate_log, #log({ page = "2", size = "2" }).operate_log,
      #log({ page = 3, size = 2 }).operate_log, log({ page = 3, size = 2 }).total_num })
  end)

  it("cannot be asked for half a span, a page before the first, or a day there is not", function()
    for _, body in ipairs({ { time = { start_time = "2026-01-01 08:00:00" } }, { page = 0 }, { size = "x" },
      { time = { start_time = "2026-02-30 08:00:00", end_time = "2026-03-30 08:00:00" } }, { time = { time_range = "YEAR" } } }) do
      assert.same({ 400, "DBSS.10000001" }, { c:no("POST", "/v1/{p}/{a}/dbss/audit/operate-log", body) }, core.encode(body))
    end
  end)

  it("writes as the table says where the world takes its side", function()
    c = dbss.new({ readings = { dbss_words = "table" } })
    c:must("POST", "/v1/{p}/{a}/audit/agent/switch", { agent_id = c.sim.state.dbss.instances[1].agents[1].id, status = 0 })
    local entry = log({}).operate_log[1]
    assert.same({ "update", "1767254400000" }, { entry.action, entry.time })
  end)
end)

describe("clusters for operation and maintenance", function()
  it("are read with their servers", function()
    assert.same({ clusters = {} }, dbss.new():must("POST", "/v2/{p}/db-om/instances"))
    local cluster = dbss.new({ world = "documents" }):must("POST", "/v2/{p}/db-om/instances").clusters[1]
    assert.same({ "DBSS-OM0819", 2, true, "31" }, { cluster.name, cluster.detail.total, cluster.is_active_standby, cluster.remain_days })
  end)
end)
