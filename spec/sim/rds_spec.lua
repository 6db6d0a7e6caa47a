-- SPDX-License-Identifier: Apache-2.0
-- RDS: instances made, restored and deleted, their backups, databases and jobs,
-- and how DDM sees them.
local rds = dofile("spec/sim/rds_caller.lua")
local core = require("hwdb.core")

describe("an RDS instance", function()
  local c
  before_each(function() c = rds.new() end)

  it("is made by a job, and is then a data node to DDM", function()
    local made = c:must("POST", "/v3/{p}/instances", c:wanted())
    local id = made.instance.id
    assert.truthy(id:find("^%x+in01$"))
    assert.same({ "BUILD", "rds-new" }, { made.instance.status, made.instance.name })
    assert.same({ "BUILD", nil }, { c:shown(id).status, c:free_data_nodes()[id] })
    c.sim:advance(180)
    assert.same({ "Running", "50%", "CreateMysqlInstance", "" }, { c:rds_job(made.job_id).status, c:rds_job(made.job_id).process,
      c:rds_job(made.job_id).name, c:rds_job(made.job_id).ended })
    c.sim:advance(180)
    assert.same({ "Completed", "100%", "2026-01-01T08:06:00+0000" }, { c:rds_job(made.job_id).status, c:rds_job(made.job_id).process,
      c:rds_job(made.job_id).ended })
    local shown = c:shown(id)
    assert.same({ "ACTIVE", "8.0", "2", "4", 3306, "Ha", 2, "postPaid", false }, { shown.status, shown.datastore.version, shown.cpu,
      shown.mem, shown.port, shown.type, #shown.nodes, shown.charge_info.charge_mode, shown.associated_with_ddm })
    assert.is_true(c:free_data_nodes()[id])
    assert.same({ "create_instance" }, c:effects())
    assert.is_nil(core.encode(c.sim.state):find("Simulated-1!", 1, true))
  end)

  it("can fail to come", function()
    c.sim:add_fault({ op = "rds.create_instance", ["do"] = "job_failed", reason = "no capacity" })
    local made = c:must("POST", "/v3/{p}/instances", c:wanted())
    c.sim:advance(180)
    assert.same({ "Failed", "no capacity", "FAILED" }, { c:rds_job(made.job_id).status, c:rds_job(made.job_id).fail_reason,
      c:shown(made.instance.id).status })
    assert.is_nil(c:free_data_nodes()[made.instance.id])
    c:must("DELETE", "/v3/{p}/instances/" .. made.instance.id)
    c.sim:advance(60)
    assert.is_nil(c:shown(made.instance.id))
  end)

  it("is refused where the region does not have what it names", function()
    local function no(change) return { c:refused("POST", "/v3/{p}/instances", c:wanted(change)) } end
    assert.same({ 400, "DBS.280001" }, no({ vpc_id = "none" }))
    assert.same({ 400, "DBS.280001" }, no({ subnet_id = "none" }))
    assert.same({ 400, "DBS.280001" }, no({ security_group_id = "none" }))
    assert.same({ 400, "DBS.280001" }, no({ availability_zone = "none" }))
    assert.same({ 400, "DBS.280001" }, no({ region = "none" }))
    assert.same({ 400, "DBS.280239" }, no({ flavor_ref = "none" }))
    assert.same({ 400, "DBS.280239" }, no({ flavor_ref = "rds.mysql.n1.large.2" }))
    assert.same({ 400, "DBS.280122" }, no({ datastore = { type = "PostgreSQL", version = "14" } }))
    assert.same({ 400, "DBS.280236" }, no({ datastore = { type = "MySQL", version = "5.5" } }))
    assert.same({ 400, "DBS.200072" }, no({ volume = { type = "CLOUDSSD", size = 45 } }))
    assert.same({ 400, "DBS.280234" }, no({ name = "1-first" }))
    assert.same({ 400, "DBS.280200" }, no({ password = "simple" }))
    assert.same({ 400, "DBS.280001" }, no({ port = "80" }))
    assert.same({ 400, "DBS.280001" }, no({ data_vip = c.sim.state.rds.instances[1].ip }))
    assert.same({ 400, "DBS.280214" }, no({ backup_strategy = { start_time = "17:00-18:00", keep_days = 733 } }))
    assert.same({ 400, "DBS.280001" }, no({ charge_info = { charge_mode = "prePaid" } }))
    assert.same({}, c:effects())
  end)

  it("is only checked in a dry run", function()
    c:must("POST", "/v3/{p}/instances", c:wanted({ dry_run = true }))
    assert.same({ 4, {} }, { c:instances().total_count, c:effects() })
    assert.equal(400, (c:refused("POST", "/v3/{p}/instances", c:wanted({ dry_run = true, flavor_ref = "none" }))))
  end)

  it("is bought by the month, and then only unsubscribed", function()
    local charge = { charge_mode = "prePaid", period_type = "month", period_num = 1, is_auto_pay = false }
    local made = c:must("POST", "/v3/{p}/instances", c:wanted({ charge_info = charge }))
    assert.same({ nil, 4 }, { made.job_id, c:instances().total_count })
    assert.equal(204, (c:call("POST", "/bss/v3/orders/customer-orders/pay", { order_id = made.order_id })))
    c.sim:advance(20)
    assert.same({ "BUILD", "prePaid", made.order_id, "2026-02-01T15:59:59+0000" }, { c:shown(made.instance.id).status,
      c:shown(made.instance.id).charge_info.charge_mode, c:shown(made.instance.id).order_id, c:shown(made.instance.id).expiration_time })
    c.sim:advance(360)
    assert.same({ 403, "DBS.280042" }, { c:refused("DELETE", "/v3/{p}/instances/" .. made.instance.id) })
    c:must("POST", "/bss/v2/orders/subscriptions/resources/unsubscribe", { resource_ids = { made.instance.id } })
    c.sim:advance(60)
    assert.is_nil(c:shown(made.instance.id))
    assert.equal(400, (c:call("POST", "/bss/v2/orders/subscriptions/resources/unsubscribe", { resource_ids = { made.instance.id } })))
  end)

  it("is deleted by a job, unless DDM uses it, and then gone everywhere", function()
    assert.same({ 403, "DBS.280042" }, { c:refused("DELETE", "/v3/{p}/instances/{n}") })
    c.node = c.sim.state.rds.instances[3].id
    local backup = c:must("POST", "/v3/{p}/backups", { instance_id = c.node, name = "kept" }).backup.id
    c.sim:advance(180)
    local job = c:must("DELETE", "/v3/{p}/instances/{n}").job_id
    assert.same({ 409, "DBS.200019" }, { c:refused("DELETE", "/v3/{p}/instances/{n}") })
    assert.equal("ACTIVE", c:shown().status)
    c.sim:advance(60)
    assert.same({ "Completed", nil, nil }, { c:rds_job(job).status, c:shown(), c:free_data_nodes()[c.node] })
    for _, path in ipairs({ "/restore-time", "/database/detail?page=1&limit=10", "/tasklist/detail?start_time=0" }) do
      assert.same({ 404, "DBS.280110" }, { c:refused("GET", "/v3/{p}/instances/{n}" .. path) })
    end
    assert.same({ 404, "DBS.280110" }, { c:refused("DELETE", "/v3/{p}/instances/{n}") })
    assert.same({ 404, "DBS.280110" }, { c:refused("POST", "/v3/{p}/backups", { instance_id = c.node, name = "late" }) })
    assert.same({ 1, backup }, { c:backups().total_count, c:backups().backups[1].id })
    c = rds.new({ readings = { rds_unknown_instance = 400 } })
    assert.same({ 400, "DBS.280110" }, { c:refused("GET", "/v3/{p}/instances/none/restore-time") })
  end)

  it("is found by id, name, type, network and engine, page by page", function()
    assert.same({ 4, "rds-orders-1", true }, { c:instances().total_count, c:instances().instances[1].name,
      c:instances().instances[1].associated_with_ddm })
    assert.same({ 2, 4, 0, 0, 4, 1 }, { c:instances("?name=spare").total_count, c:instances("?type=Ha").total_count,
      c:instances("?type=Single").total_count, c:instances("?vpc_id=none").total_count,
      c:instances("?datastore_type=MySQL").total_count, c:instances("?id=" .. c.node).total_count })
    assert.same({ 1, 4, 0, 4 }, { #c:instances("?offset=3&limit=2").instances, c:instances("?offset=3&limit=2").total_count,
      #c:instances("?offset=4").instances, c:instances("?offset=4").total_count })
  end)

  it("has the databases that DDM keeps on it", function()
    local list = c:must("GET", "/v3/{p}/instances/{n}/database/detail?page=1&limit=3")
    assert.same({ 4, 3, "orders_0000", "utf8mb4" }, { list.total_count, #list.databases, list.databases[1].name,
      list.databases[1].character_set })
    assert.same({ 1, 0 }, { #c:must("GET", "/v3/{p}/instances/{n}/database/detail?page=2&limit=3").databases,
      #c:must("GET", "/v3/{p}/instances/{n}/database/detail?page=3&limit=3").databases })
  end)
end)

describe("backups of an RDS instance", function()
  local c
  before_each(function() c = rds.new() end)

  local function create(name) return c:must("POST", "/v3/{p}/backups", { instance_id = c.node, name = name or "before" }).backup end

  it("are made while the instance is busy with it, and deleted again", function()
    local before = c:backups().total_count
    local made = create()
    assert.same({ "BUILDING", "manual", "2026-01-01T08:00:00+0000" }, { made.status, made.type, made.begin_time })
    assert.equal("ACTIVE", c:shown().status)
    c.sim:advance(2)
    assert.equal("BACKING UP", c:shown().status)
    assert.same({ 409, "DBS.200019" }, { c:refused("POST", "/v3/{p}/backups", { instance_id = c.node, name = "again" }) })
    assert.same({ 409, "DBS.200019" }, { c:refused("DELETE", "/v3/{p}/backups/" .. made.id) })
    c.sim:advance(178)
    local shown = c:backups("&backup_type=manual").backups[1]
    assert.same({ "COMPLETED", "2026-01-01T08:03:00+0000", "MySQL", true, "ACTIVE" }, { shown.status, shown.end_time,
      shown.datastore.type, shown.associated_with_ddm, c:shown().status })
    c:must("DELETE", "/v3/{p}/backups/" .. made.id)
    assert.equal(before, c:backups().total_count)
    assert.same({ 404, "DBS.280124" }, { c:refused("DELETE", "/v3/{p}/backups/" .. made.id) })
    assert.same({ "create_manual_backup", "delete_manual_backup" }, c:effects())
  end)

  it("can fail", function()
    c.sim:add_fault({ op = "rds.create_manual_backup", ["do"] = "job_failed" })
    create()
    c.sim:advance(90)
    assert.same({ 1, "ACTIVE" }, { c:backups("&status=FAILED").total_count, c:shown().status })
  end)

  it("are made every day by themselves, and kept for as many days as the instance says", function()
    local all = c:backups("&backup_type=auto&limit=100")
    assert.same({ 31, "2025-12-31T17:00:00+0000" }, { all.total_count, all.backups[1].begin_time })
    c.sim:advance(9 * 3600)
    local building = c:backups("&backup_type=auto&status=BUILDING")
    assert.same({ 1, "" }, { building.total_count, building.backups[1].end_time })
    c.sim:advance(600)
    assert.same({ 0, 31 }, { c:backups("&status=BUILDING").total_count, c:backups("&status=COMPLETED").total_count })
    assert.same({ 404, "DBS.280124" }, { c:refused("DELETE", "/v3/{p}/backups/" .. all.backups[1].id) })
  end)

  it("are found by time, and past the end there are none", function()
    assert.equal(1, c:backups("&begin_time=2025-12-31T00:00:00Z&end_time=2025-12-31T23:59:59Z").total_count)
    assert.same({ 0, 31 }, { #c:backups("&offset=31").backups, c:backups("&offset=31").total_count })
    assert.same({ 400, "DBS.280001" }, { c:refused("GET", "/v3/{p}/backups?instance_id={n}&begin_time=yesterday") })
    assert.same({ 404, "DBS.280110" }, { c:refused("GET", "/v3/{p}/backups?instance_id=none") })
    assert.same({ 400, "DBS.280001" }, { c:refused("POST", "/v3/{p}/backups", { instance_id = c.node, name = "1 bad" }) })
  end)

  it("span what a restore can reach", function()
    local function span(query) return c:must("GET", "/v3/{p}/instances/{n}/restore-time" .. (query or "")).restore_time end
    assert.same({ { start_time = c.sim:now() - 31 * 86400000 + 9 * 3600000 + 600000, end_time = c.sim:now() - 300000 } }, span())
    assert.same({ { start_time = 1767139200000, end_time = 1767225599999 } }, span("?date=2025-12-31"))
    assert.same({}, span("?date=2025-01-01"))
    c.sim.state.rds.instances[1].binlog_enabled = false
    assert.same({}, span())
  end)
end)

describe("a restore to a new RDS instance", function()
  local c
  before_each(function() c = rds.new() end)

  local function no(point, change) return { c:refused("POST", "/v3/{p}/instances", c:restore(point, change)) } end

  it("makes a node as the source was then, which DDM can take", function()
    local made = c:must("POST", "/v3/{p}/instances", c:restore())
    assert.equal("RestoreToNewInstance", c:rds_job(made.job_id).name)
    c.sim:advance(900)
    local shown = c:shown(made.instance.id)
    assert.same({ "ACTIVE", "5.7", false, c:shown().vpc_id }, { shown.status, shown.datastore.version, shown.associated_with_ddm,
      shown.vpc_id })
    assert.is_true(c:free_data_nodes()[made.instance.id])
    assert.equal(4, c:must("GET", "/v3/{p}/instances/" .. made.instance.id .. "/database/detail?page=1&limit=10").total_count)
    assert.same({ "restore_to_new_instance" }, c:effects())
    local body = { databases = { { name = "rehearsal", shard_mode = "cluster", shard_number = 8, used_rds = { { id = made.instance.id,
      adminUser = "root", adminPassword = "Simulated-1!" } } } } }
    assert.equal(200, (c:call("POST", "/ddm/v1/{p}/instances/{i}/databases", body)))
    c:must("DELETE", "/v3/{p}/instances/" .. c.sim.state.rds.instances[4].id)
    assert.same({ 403, "DBS.280042" }, { c:refused("DELETE", "/v3/{p}/instances/" .. made.instance.id) })
  end)

  it("takes a backup too, and has what there was then", function()
    c.node = c.sim.state.rds.instances[1].id
    local old = c:backups("&limit=100").backups
    local made = c:must("POST", "/v3/{p}/instances", c:restore({ type = "backup", backup_id = old[#old].id }))
    c.sim:advance(900)
    assert.equal("ACTIVE", c:shown(made.instance.id).status)
    c.sim.state.ddm.instances[1].schemas[1].created = c.sim:now()
    made = c:must("POST", "/v3/{p}/instances", c:restore({ type = "backup", backup_id = old[1].id }, { name = "rds-older" }))
    assert.equal(0, c:must("GET", "/v3/{p}/instances/" .. made.instance.id .. "/database/detail?page=1&limit=10").total_count)
  end)

  it("can fail", function()
    c.sim:add_fault({ op = "rds.restore_to_new_instance", ["do"] = "job_failed" })
    local made = c:must("POST", "/v3/{p}/instances", c:restore())
    c.sim:advance(450)
    assert.same({ "Failed", "FAILED" }, { c:rds_job(made.job_id).status, c:shown(made.instance.id).status })
  end)

  it("goes on in a state that was written down in between", function()
    local made = c:must("POST", "/v3/{p}/instances", c:restore())
    c.sim:advance(300)
    c.sim = require("hwdb.sim").new({ state = core.decode(core.encode(c.sim.state)) })
    assert.equal("33%", c:rds_job(made.job_id).process)
    c.sim:advance(600)
    assert.same({ "ACTIVE", 4 }, { c:shown(made.instance.id).status,
      c:must("GET", "/v3/{p}/instances/" .. made.instance.id .. "/database/detail?page=1&limit=10").total_count })
  end)

  it("is refused out of the span, from no backup, to a smaller disk or another version", function()
    assert.same({ 400, "DBS.280001" }, no({ restore_time = c.sim:now() }))
    assert.same({ 400, "DBS.280001" }, no({ restore_time = c.sim:now() - 40 * 86400000 }))
    assert.same({ 400, "DBS.280001" }, no({ type = "guess" }))
    assert.same({ 400, "DBS.280124" }, no({ type = "backup", backup_id = "none" }))
    assert.same({ 404, "DBS.280110" }, no({ instance_id = "none" }))
    assert.same({ 400, "DBS.200072" }, no({}, { volume = { type = "CLOUDSSD", size = 190 } }))
    assert.same({ 400, "DBS.280236" }, no({}, { datastore = { type = "MySQL", version = "8.0" } }))
    assert.same({ 400, "DBS.280239" }, no({}, { flavor_ref = "none" }))
    assert.same({}, c:effects())
  end)
end)

describe("jobs and classes of RDS", function()
  local c
  before_each(function() c = rds.new() end)

  it("are listed by instance and time; the latest, or all", function()
    c:must("POST", "/v3/{p}/backups", { instance_id = c.node, name = "first" })
    c.sim:advance(180)
    c:must("POST", "/v3/{p}/backups", { instance_id = c.node, name = "second" })
    local path = "/v3/{p}/instances/{n}/tasklist/detail?start_time="
    local list = c:must("GET", path .. "1767254400000")
    assert.same({ 2, "Running", "CreateManualSnapshot" }, { list.count, list.jobs.status, list.jobs.name })
    assert.equal(1, c:must("GET", path .. "1767254400000&end_time=1767254400000").count)
    assert.same({ 400, "DBS.280001" }, { c:refused("GET", path .. "x") })
    assert.same({ 404, "DBS.280001" }, { c:refused("GET", "/v3/{p}/jobs?id=none") })
    c = rds.new({ readings = { rds_task_list = "array" } })
    c:must("POST", "/v3/{p}/backups", { instance_id = c.node, name = "first" })
    assert.equal("Running", c:must("GET", path .. "0").jobs[1].status)
  end)

  it("are on offer for MySQL alone", function()
    local list = c:must("GET", "/v3/{p}/flavors/MySQL?version_name=8.0").flavors
    assert.same({ 4, "rds.mysql.n1.large.2.ha", "ha", "2", 4 }, { #list, list[1].spec_code, list[1].instance_mode, list[1].vcpus, list[1].ram })
    assert.same({ 1, 0, 0 }, { #c:must("GET", "/v3/{p}/flavors/MySQL?spec_code=rds.mysql.n1.xlarge.2").flavors,
      #c:must("GET", "/v3/{p}/flavors/MySQL?version_name=5.5").flavors, #c:must("GET", "/v3/{p}/flavors/PostgreSQL").flavors })
  end)
end)

-- Every member the rows have, and no other: the public definition's names and types.
describe("an answer of RDS", function()
  local rows = {}
  for _, row in ipairs(core.rows()) do rows[row.service .. "." .. row.name] = row end

  -- Of bought and serverless instances only, or repeated from a request that gave them.
  local SOMETIMES = { order_id = true, expiration_time = true, serverless_info = true, ha = true, job_id = true, collation = true,
    configuration_id = true, disk_encryption_id = true, enterprise_project_id = true, port = true, restore_point = true,
    backup_strategy = true, charge_info = true, complete_version = true, backup_id = true, database_name = true }

  local LUA = { string = "string", integer = "number", number = "number", boolean = "boolean", array = "table", object = "table" }

  local function differing(fields, value, path, into)
    local known = {}
    for _, field in ipairs(fields) do
      local member = value[field.name]
      known[field.name] = true
      if member == nil then
        if not SOMETIMES[field.name] then into[#into + 1] = path .. "." .. field.name .. " is missing" end
      elseif type(member) ~= LUA[field.type] then
        into[#into + 1] = path .. "." .. field.name .. " is a " .. type(member)
      elseif field.fields then
        for _, one in ipairs(field.type == "array" and member or { member }) do
          differing(field.fields, one, path .. "." .. field.name, into)
        end
      end
    end
    for key in pairs(value) do
      if not known[key] then into[#into + 1] = path .. "." .. tostring(key) .. " is not known" end
    end
    return into
  end

  local CALLS = {
    create_instance = function(c) return "POST", "/v3/{p}/instances", c:wanted() end,
    restore_to_new_instance = function(c) return "POST", "/v3/{p}/instances", c:restore() end,
    create_manual_backup = function(c) return "POST", "/v3/{p}/backups", { instance_id = c.node, name = "before" } end,
    delete_instance = function(c) return "DELETE", "/v3/{p}/instances/" .. c.sim.state.rds.instances[3].id end,
    list_backups = function() return "GET", "/v3/{p}/backups?instance_id={n}" end,
    list_databases = function() return "GET", "/v3/{p}/instances/{n}/database/detail?page=1&limit=10" end,
    list_flavors = function() return "GET", "/v3/{p}/flavors/MySQL" end,
    list_instances = function() return "GET", "/v3/{p}/instances" end,
    list_restore_times = function() return "GET", "/v3/{p}/instances/{n}/restore-time" end,
    list_tasks = function(c)
      c:must("POST", "/v3/{p}/backups", { instance_id = c.node, name = "before" })
      return "GET", "/v3/{p}/instances/{n}/tasklist/detail?start_time=0"
    end,
    show_job = function(c)
      return "GET", "/v3/{p}/jobs?id=" .. c:must("POST", "/v3/{p}/instances", c:wanted()).job_id
    end,
  }

  for op, call in pairs(CALLS) do
    it("has what the definition has: " .. op, function()
      local c = rds.new()
      local _, body = c:call(call(c))
      assert.same({}, differing(rows["rds." .. op].answer, body, op, {}))
    end)
  end
end)
