-- SPDX-License-Identifier: Apache-2.0
local dws = dofile("spec/sim/dws_caller.lua")
local core = require("hwdb.core")

local OK = { workload_res_code = 0, workload_res_str = "" }

local function pool(name, change)
  local values = { cpu_share = 12, memory = 0, tablespace = -1, activestatements = 10 }
  for key, value in pairs(change or {}) do values[key] = value or nil end
  local items = core.array({})
  for key, value in pairs(values) do items[#items + 1] = { resource_name = key, resource_value = value } end
  return { workload_queue = { workload_queue_name = name, workload_resource_item_list = items } }
end

describe("resource management of a DWS cluster", function()
  local c
  before_each(function() c = dws.new():without_policies() end)

  local function failed(method, path, body)
    local status, value = c:call(method, path, body)
    return { status, value.workload_res_code, value.error_code }
  end

  it("is on, and can be turned off", function()
    assert.same({ workload_res_code = 0, workload_res_str = "Success get workload manager status.",
      workload_status = { workload_switch = "on", max_concurrency_num = 60 } }, c:must("GET", "{v2}/workload"))
    assert.same(OK, c:must("POST", "{v2}/workload", { workload_status = { workload_switch = "off" } }))
    assert.same({ 200, 1 }, failed("POST", "{v2}/workload/plans", { plan_name = "planA" }))
    assert.same({ 200, 1 }, failed("PUT", "{v2}/workload/queues", pool("p")))
    c:must("POST", "{v2}/workload", { workload_status = { workload_switch = "on", max_concurrency_num = "5" } })
    assert.equal(5, c:must("GET", "{v2}/workload").workload_status.max_concurrency_num)
    assert.same({ 200, 1 }, failed("POST", "{v2}/workload", { workload_status = { workload_switch = "half" } }))
    assert.same({ 200, 1 }, failed("POST", "{v2}/workload", { workload_status = { workload_switch = "on",
      max_concurrency_num = "many" } }))
    assert.same({ "update_cluster_workload", "update_cluster_workload" }, c:effects())
  end)

  it("makes plans, each name once; a failure is a 200 with a code", function()
    assert.same(OK, c:must("POST", "{v2}/workload/plans", { plan_name = "planA" }))
    assert.same({ 200, 1 }, failed("POST", "{v2}/workload/plans", { plan_name = "planA" }))
    assert.equal(1, #c:data().workload.plans)
    assert.same({ "create_workload_plan" }, c:effects())
  end)

  it("makes and deletes resource pools, named by their name", function()
    assert.same(OK, c:must("PUT", "{v2}/workload/queues", pool("reports")))
    c:must("PUT", "{v2}/workload/queues", pool("loads", { cpu_share = false, cpu_limit = 60 }))
    assert.same({ "reports", "loads" }, c:must("GET", "{v2}/workload/queues").workload_queue_name_list)
    assert.same({ 200, 1 }, failed("PUT", "{v2}/workload/queues", pool("reports")))
    assert.same(OK, c:must("DELETE", "{v2}/workload/queues?workload_queue_name=reports", {}))
    assert.same({ "loads" }, c:must("GET", "{v2}/workload/queues").workload_queue_name_list)
  end)

  it("lists and deletes plans by the SDK's calls", function()
    for _, name in ipairs({ "planA", "planB", "planC" }) do c:must("POST", "{v2}/workload/plans", { plan_name = name }) end
    local page = c:must("GET", "{v2}/workload/plans?limit=2&offset=1")
    assert.same({ 3, "planB", "planC", 0 }, { page.count, page.plan_list[1].plan_name, page.plan_list[2].plan_name,
      page.plan_list[1].status })
    assert.same(OK, c:must("DELETE", "{v2}/workload/plans/" .. page.plan_list[1].plan_id))
    assert.equal(2, c:must("GET", "{v2}/workload/plans").count)
    assert.same({ 200, 1 }, failed("DELETE", "{v2}/workload/plans/" .. page.plan_list[1].plan_id))
  end)

  it("shows and changes what a pool may use by the SDK's calls", function()
    c:must("PUT", "{v2}/workload/queues", pool("reports"))
    c:must("PUT", "{v2}/workload/queues", pool("loads", { cpu_share = false, cpu_limit = 60 }))
    local shown = c:must("GET", "{v2}/workload/queues/reports").workload_queue
    assert.same({ "reports", "cpu_share" }, { shown.queue_name, shown.resource_item_list[1].resource_name })
    local function change(values)
      local wanted = pool("reports", values).workload_queue
      return { workload_queue = { workload_queue_name = "reports", resource_item_list = wanted.workload_resource_item_list } }
    end
    assert.same(OK, c:must("PUT", "{v2}/workload/queues/reports/resources", change({ memory = 33 })))
    assert.equal(33, c:must("GET", "{v2}/workload/queues/reports").workload_queue.resource_item_list[2].resource_value)
    assert.same({ 200, 1 }, failed("PUT", "{v2}/workload/queues/reports/resources", change({ cpu_share = false, cpu_limit = 41 })))
    assert.equal(500, (c:call("GET", "{v2}/workload/queues/none")))
    assert.equal(500, (c:call("PUT", "{v2}/workload/queues/none/resources", change())))
  end)

  it("answers a missing pool with 500, a code and a null", function()
    local status, body = c:call("DELETE", "{v2}/workload/queues?workload_queue_name=none")
    assert.same({ 500, { workload_res_code = 1, workload_res_str = "", workload_queue = core.null } }, { status, body })
    assert.same({}, c:effects())
  end)

  it("refuses pools with too little, too much or the unknown in them", function()
    for _, change in ipairs({ { cpu_share = false }, { memory = false }, { tablespace = false }, { activestatements = false },
      { memory = 101 }, { cpu_share = 0 }, { tablespace = -2 }, { disk = 1 } }) do
      assert.same({ 200, 1 }, failed("PUT", "{v2}/workload/queues", pool("p", change)))
    end
    c:must("PUT", "{v2}/workload/queues", pool("half", { cpu_limit = 60 }))
    assert.same({ 200, 1 }, failed("PUT", "{v2}/workload/queues", pool("more", { cpu_limit = 41 })))
  end)

  it("knows only the cluster's logical clusters, of which there are none", function()
    local function refusal(method, path, body)
      local status, value = c:call(method, path, body)
      return { status, value.error_code, value.error_msg }
    end
    local missing = { 417, "DWS.9999", "logical cluster is not existed" }
    assert.same(missing, refusal("POST", "{v2}/workload/plans", { plan_name = "planA", logical_cluster_name = "v3_logical" }))
    assert.same(missing, refusal("GET", "{v2}/workload/queues?logical_cluster_name=v3_logical"))
    c:data().logical = { v3_logical = true }
    assert.same({ 200, 1 }, failed("GET", "{v2}/workload/queues"))
    assert.same({}, c:must("GET", "{v2}/workload/queues?logical_cluster_name=v3_logical").workload_queue_name_list)
    c:must("POST", "{v2}/workload/plans", { plan_name = "planA", logical_cluster_name = "v3_logical" })
  end)

  it("reads nothing with 400 while the cluster is not available, and changes nothing with 403 while it works", function()
    c:must("POST", "{v1}/restart", { restart = {} })
    assert.same({ 400, "DWS.7023" }, { c:refused("GET", "{v2}/workload/queues") })
    assert.same({ 400, "DWS.7023" }, { c:refused("GET", "{v2}/workload") })
    assert.same({ 403, "DWS.7023" }, { c:refused("PUT", "{v2}/workload/queues", pool("p")) })
  end)
end)

describe("tags of DWS", function()
  it("are added, replaced by key, deleted by key and value, and gathered by project", function()
    local c = dws.new()
    local status, body = c:call("POST", "{v1}/tags/batch-create", { tags = { { key = "env", value = "test" },
      { key = "team", value = "sales" } } })
    assert.same({ 200, "" }, { status, body })
    assert.same({ { key = "team", value = "sales" }, { key = "env", value = "test" } }, c:must("GET", "{v1}/tags").tags)
    c:create({ tags = { { key = "env", value = "live" } } })
    assert.same({ { key = "team", values = { "sales" } }, { key = "env", values = { "test", "live" } } },
      c:must("GET", "/v1.0/{p}/tags").tags)
    assert.same({ 400, "DWS.5191" }, { c:refused("POST", "{v1}/tags/batch-delete", { tags = { { key = "env", value = "x" } } }) })
    c:must("POST", "{v1}/tags/batch-delete", { tags = { { key = "env", value = "live" } } })
    assert.same({}, c:must("GET", "{v1}/tags").tags)
    assert.equal(core.null, c:shown().tags)
  end)

  it("are at most twenty, and of the documented form", function()
    local c, many = dws.new(), {}
    for i = 1, 20 do many[i] = { key = "k" .. i, value = "" } end
    assert.same({ 400, "DWS.5194" }, { c:refused("POST", "{v1}/tags/batch-create", { tags = many }) })
    many[20] = nil
    c:must("POST", "{v1}/tags/batch-create", { tags = many })
    for _, tag in ipairs({ { key = "", value = "v" }, { key = "a<b", value = "v" }, { key = " a", value = "v" },
      { key = ("k"):rep(129), value = "v" } }) do
      assert.same({ 400, "DWS.5197" }, { c:refused("POST", "{v1}/tags/batch-create", { tags = { tag } }) })
    end
    assert.equal(20, #c:must("GET", "{v1}/tags").tags)
  end)
end)

describe("parameters of a DWS cluster", function()
  local c, group
  before_each(function()
    c = dws.new():without_policies()
    for _, one in ipairs(c:must("GET", "{v1}/configurations").configurations) do
      if one.type == "hiddenParameterGroup" then group = one.id end
    end
  end)

  local function status() return c:shown().parameter_group.status end
  local function put(list) return c:call("PUT", "{v2}/configurations/" .. group, { configurations = list }) end
  local function value(name, node)
    for _, one in ipairs(c:must("GET", "{v1}/configurations/" .. group).configurations) do
      for _, entry in ipairs(one.name == name and one.values or {}) do
        if entry.type == node then return entry.value end
      end
    end
  end

  it("come in five groups, of which the hidden one has the values", function()
    local groups = c:must("GET", "{v1}/configurations").configurations
    assert.same({ 5, "GUConfig", "In-Sync", "null" }, { #groups, groups[1].type, groups[1].status, groups[1].fail_reason })
    assert.same({}, c:must("GET", "{v1}/configurations/" .. groups[1].id).configurations)
    assert.same({ 400, "DWS.5054" }, { c:refused("GET", "{v1}/configurations/none") })
    assert.equal("on", value("enable_constraint_optimization", "cn"))
  end)

  it("are applied for a while, and joined by commas one way, by semicolons the other", function()
    local code, body = put({ { type = "cn", name = "session_timeout", value = "900" },
      { type = "cn", name = "datestyle", value = "ISO,DMY" } })
    assert.same({ 200, "" }, { code, body })
    assert.equal("Applying", status())
    c.sim:advance(2)
    assert.same({ "AVAILABLE", "SETTING_CONFIGURATION", "NORMAL" }, c:states())
    c.sim:advance(28)
    assert.same({ "In-Sync", "900", "600", "ISO;DMY" }, { status(), value("session_timeout", "cn"), value("session_timeout", "dn"),
      value("datestyle", "cn") })
  end)

  it("wait for a restart where they need one, and some work is refused until then", function()
    put({ { type = "cn", name = "max_connections", value = "1000" } })
    c.sim:advance(35)
    assert.same({ "Pending-Reboot", "1000" }, { status(), value("max_connections", "cn") })
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/resize", { scale_out = { count = 3 } }) })
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(190)
    assert.equal("In-Sync", status())
  end)

  it("go back when applying them fails", function()
    c.sim:add_fault({ op = "dws.update_configuration", ["do"] = "job_failed", reason = "no answer from a node" })
    put({ { type = "dn", name = "session_timeout", value = "900" } })
    c.sim:advance(15)
    assert.same({ "Sync-Failure", "600", "no answer from a node" }, { status(), value("session_timeout", "dn"),
      c:must("GET", "{v1}/configurations").configurations[2].fail_reason })
  end)

  it("are refused unknown, out of range, read-only, twice, of the wrong node, and while the cluster works", function()
    local function code(list) return select(2, put(list)).error_code end
    assert.equal("DWS.5037", code({ { type = "cn", name = "no_such", value = "1" } }))
    assert.equal("DWS.5037", code({ { type = "cn", name = "cstore_buffers", value = "20000" } }))
    assert.equal("DWS.5038", code({ { type = "cn", name = "session_timeout", value = "86401" } }))
    assert.equal("DWS.5038", code({ { type = "cn", name = "enable_constraint_optimization", value = "maybe" } }))
    assert.equal("DWS.5038", code({ { type = "cn", name = "server_version", value = "9" } }))
    assert.equal("DWS.5039", code({ { type = "cn", name = "session_timeout", value = "1" },
      { type = "cn", name = "session_timeout", value = "2" } }))
    assert.same({}, c:effects())
    put({ { type = "cn", name = "session_timeout", value = "1" } })
    assert.equal("DWS.7023", code({ { type = "cn", name = "session_timeout", value = "2" } }))
  end)
end)

describe("alarms of DWS", function()
  it("are counted by day in the zone asked for, and paged by page number", function()
    local c = dws.new():without_policies()
    local alarms = require("hwdb.sim.dws_alarms")
    for i = 1, 12 do
      local at = c.sim:now() - (i - 1) * 3600000
      alarms.raise({ state = c.sim.state, now = at }, c:data(), i == 1 and "DWS_2000000006" or "DWS_01010")
    end
    local list = c:must("GET", "/v2/{p}/alarms?time_zone=GMT")
    assert.same({ 12, 10 }, { list.count, #list.alarm_details })
    assert.equal(2, #c:must("GET", "/v2/{p}/alarms?offset=1").alarm_details)
    assert.equal(2, #c:must("GET", "/v2/{p}/alarms?offset=2&limit=5").alarm_details)
    assert.same({}, c:must("GET", "/v2/{p}/alarms?offset=99999999999999999999").alarm_details)
    assert.equal(3, c:must("GET", ("/v2/{p}/alarms?from=%d"):format(c.sim:now() - 2 * 3600000)).count)
    assert.same({ 400, "DWS.5060" }, { c:refused("GET", "/v2/{p}/alarms?limit=0") })
    local days = c:must("GET", "/v2/{p}/alarm-statistic?time_zone=GMT").alarm_statistics
    assert.same({ 7, "2025-12-26", { date = "2025-12-31", urgent = 3, important = 0, minor = 0, prompt = 0 },
      { date = "2026-01-01", urgent = 8, important = 1, minor = 0, prompt = 0 } }, { #days, days[1].date, days[6], days[7] })
    days = c:must("GET", "/v2/{p}/alarm-statistic").alarm_statistics
    assert.same({ date = "2026-01-01", urgent = 11, important = 1, minor = 0, prompt = 0 }, days[7])
    c = dws.new({ readings = { dws_alarm_counts = "string", dws_quota_numbers = "string" } })
    assert.equal("0", c:must("GET", "/v2/{p}/alarm-statistic").alarm_statistics[1].urgent)
    assert.same({ "1", "100" }, { c:must("GET", "/v1.0/{p}/quotas").quotas.resources[1].used,
      c:must("GET", "/v1.0/{p}/quotas").quotas.resources[1].quota })
  end)
end)

local SUB = { name = "night", notification_target = "urn:smn:cn-north-4:p:topic", notification_target_name = "topic",
  notification_target_type = "SMN", time_zone = "GMT+08:00", enable = 1 }

local function with(change)
  local body = {}
  for key, value in pairs(SUB) do body[key] = value end
  for key, value in pairs(change) do body[key] = value end
  return body
end

for _, kind in ipairs({ { "alarm", "alarm_subscriptions", { alarm_level = "urgent,minor" }, { alarm_level = "loud" } },
  { "event", "event_subscriptions", { severity = "normal,warning", category = "", source_type = "cluster" },
    { category = "gossip" } } }) do
  describe(("subscriptions to %ss of DWS"):format(kind[1]), function()
    local path, c = ("/v2/{p}/%s-subs"):format(kind[1])
    before_each(function() c = dws.new() end)

    it("are made, changed and deleted, each answering with the whole", function()
      local made = c:must("POST", path, with(kind[3]))
      assert.same({ "night", 1, "zh-cn", "GMT+08:00", c.sim.project_id }, { made.name, made.enable, made.language,
        made.time_zone, made.project_id })
      local changed = c:must("PUT", path .. "/" .. made.id, with({ name = "day", enable = 0, time_zone = "GMT" }))
      assert.same({ "day", 0, "GMT+08:00", made.id }, { changed.name, changed.enable, changed.time_zone, changed.id })
      assert.same({ 1, { changed } }, { c:must("GET", path).count, c:must("GET", path)[kind[2]] })
      assert.same(changed, c:must("DELETE", path .. "/" .. made.id))
      assert.equal(0, c:must("GET", path).count)
      assert.same({ 404, "DWS.9999" }, { c:refused("DELETE", path .. "/" .. made.id) })
      assert.same({ 404, "DWS.9999" }, { c:refused("PUT", path .. "/" .. made.id, with({})) })
      assert.equal(3, #c:effects())
    end)

    it("are paged by page number, each seen once", function()
      for i = 1, 5 do c:must("POST", path, with({ name = "s" .. i })) end
      local seen = {}
      for offset = 0, 3 do
        for _, sub in ipairs(c:must("GET", ("%s?offset=%d&limit=2"):format(path, offset))[kind[2]]) do seen[#seen + 1] = sub.name end
      end
      assert.same({ "s1", "s2", "s3", "s4", "s5" }, seen)
    end)

    it("are refused with words no document lists", function()
      assert.same({ 400, "DWS.5065" }, { c:refused("POST", path, with(kind[4])) })
      assert.same({ 400, "DWS.5065" }, { c:refused("POST", path, with({ enable = 2 })) })
      assert.same({ 400, "DWS.5065" }, { c:refused("POST", path, with({ notification_target_type = "MAIL" })) })
      assert.same({ 400, "DWS.5065" }, { c:refused("POST", path, { name = "x" }) })
    end)
  end)
end

describe("what happened to DWS clusters", function()
  it("is listed newest first and counted at the cluster", function()
    local c = dws.new({ readings = { dws_event_list = "event_subscription" } }):without_policies()
    assert.same({}, c:must("GET", "/v2/{p}/event-subs").event_subscription)
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(200)
    c:must("POST", "{v1}/resize", { scale_out = { count = 3 } })
    c.sim:advance(3600)
    local names = {}
    for i, event in ipairs(c:must("GET", "/v2/{p}/events").events) do names[i] = event.name end
    assert.same({ "createBackupSuccess", "resizeClusterSuccess", "restartClusterSuccess" }, names)
    assert.equal(2, c:shown().recent_event)
    local page = c:must("GET", "/v2/{p}/events?offset=2&limit=1")
    assert.same({ 3, "restartClusterSuccess", "cluster", "Cluster %s restarted", "The cluster dws-orders is restarted",
      c.cluster, 1767254590000 }, { page.count, page.events[1].name, page.events[1].source_type, page.events[1].description,
      page.events[1].context, page.events[1].source_id, page.events[1].occur_time })
  end)

  it("is dumped to OBS at its pace where audit logs are on", function()
    local c = dws.new()
    local list = c:must("GET", "{v1}/audit-log-records")
    assert.same({ 2, "RUNNING", "SUCCESS", "2026-01-01T07:00:00", "2026-01-01T08:00:00", "dws-audit" }, { list.count,
      list.records[1].result, list.records[2].result, list.records[1].begin_time, list.records[1].end_time,
      list.records[1].bucket_name })
    c.sim:advance(3600)
    assert.equal(3, c:must("GET", "{v1}/audit-log-records").count)
    c:create()
    assert.same({}, c:must("GET", "{v1}/audit-log-records").records)
  end)
end)

describe("what a DWS region offers", function()
  it("is its zones, flavors and pools", function()
    local c = dws.new()
    local zones = c:must("GET", "/v1.0/{p}/availability-zones")
    assert.same({ 3, { code = "cn-north-4a", name = "AZ1", status = "available", public_border_group = "center" } },
      { zones.count, zones.availability_zones[1] })
    local types = c:must("GET", "/v2/{p}/node-types")
    assert.same({ 5, "dws.m3.xlarge", { type = "SSD", size = 160 }, core.null }, { types.count, types.node_types[1].spec_name,
      types.node_types[1].volume, types.node_types[1].elastic_volume_specs })
    assert.same({ core.null, { { type = "SSD", step = 100, min_size = 100, max_size = 32000 } } },
      { types.node_types[4].volume, types.node_types[4].elastic_volume_specs })
    assert.equal("pool-1", c:must("GET", "/v1.0/{p}/dss-pools").pools[1].name)
    assert.equal(0, dws.new({ world = "empty" }):must("GET", "/v1.0/{p}/clusters").count)
  end)
end)
