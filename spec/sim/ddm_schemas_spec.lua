-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")

local V1, V3 = "/v1/{p}/instances/{i}/databases", "/v3/{p}/instances/{i}/databases"

local function rds(c, i)
  return c.sim.state.rds.instances[i]
end

local function database(c, change)
  local spec = { name = "billing", shard_mode = "cluster", shard_number = 16, shard_unit = 8, used_rds = {} }
  for i = 1, 2 do
    spec.used_rds[i] = { id = rds(c, i + 2).id, adminUser = "root", adminPassword = c.sim.data_node_password }
  end
  for key, value in pairs(change or {}) do spec[key] = value end
  return { databases = { spec } }
end

local function refused(c, change)
  return { c:refused("POST", V1, database(c, change)) }
end

describe("DDM schemas of the simulator", function()
  local c
  before_each(function() c = caller.new() end)

  it("are created over their data nodes", function()
    assert.same({ databases = { { name = "billing" } } }, c:must("POST", V1, database(c)))
    assert.equal("CREATING", c:schema_status("billing"))
    assert.same({ 409, "DBS.200019" }, refused(c, { name = "other" }))
    c.sim:advance(30)
    local shown = c:must("GET", V1 .. "/billing").database
    assert.same({ "RUNNING", 16, 8, 16 }, { shown.status, shown.shard_number, shown.shard_unit, #shown.databases })
    assert.same({ "billing_0000", rds(c, 3).id, 0 },
      { shown.databases[1].name, shown.databases[1].id, shown.databases[1].dbslot })
    assert.same({ "billing_0015", rds(c, 4).id }, { shown.databases[16].name, shown.databases[16].id })
    assert.same({ "rds-spare-1", "normal" }, { shown.used_rds[1].name, shown.used_rds[1].status })
    assert.equal(c.instance, rds(c, 3).ddm_id)
  end)

  it("name their job where a region does so", function()
    c = caller.new({ readings = { schema_job_id = true } })
    local job = c:must("POST", V1, database(c)).job_id
    c.sim:advance(30)
    assert.equal("Completed", c:job(job).status)
    assert.matches("^%x+%-", c:must("DELETE", V1 .. "/billing").job_id)
  end)

  it("are refused with the code of what is wrong", function()
    local login = { adminUser = "root", adminPassword = c.sim.data_node_password }
    local function nodes(...)
      local list = {}
      for i, id in ipairs({ ... }) do list[i] = { id = id, adminUser = "root", adminPassword = login.adminPassword } end
      return list
    end
    assert.same({ 400, "DBS.300112" }, refused(c, { name = "orders" }))
    assert.same({ 400, "DBS.300406" }, refused(c, { name = "mysql" }))
    assert.same({ 400, "DBS.280001" }, refused(c, { name = "Orders" }))
    assert.same({ 400, "DBS.300127" }, refused(c, { shard_number = 15 }))
    assert.same({ 400, "DBS.300102" }, refused(c, { used_rds = core.array({}), shard_number = 0 }))
    assert.same({ 400, "DBS.300108" }, refused(c, { used_rds = nodes(rds(c, 3).id, rds(c, 3).id) }))
    assert.same({ 400, "DBS.300103" }, refused(c, { used_rds = nodes("unknownin01", rds(c, 3).id) }))
    assert.same({ 400, "DBS.300102" }, refused(c, { shard_mode = "single", shard_number = 1 }))
    assert.same({ 400, "DBS.300114" }, refused(c, { used_rds = {
      { id = rds(c, 3).id, adminUser = "root", adminPassword = "wrong" } }, shard_number = 8 }))
    rds(c, 3).status = "backup"
    assert.same({ 400, "DBS.300110" }, refused(c))
    rds(c, 3).status, rds(c, 3).parameters.lower_case_table_names = "normal", "0"
    assert.same({ 400, "DBS.300368" }, refused(c))
    rds(c, 3).parameters.lower_case_table_names, rds(c, 3).version = "1", "8.0"
    assert.same({ 400, "DBS.300360" }, refused(c))
    assert.equal(1, c:must("GET", V1).total)
  end)

  it("may be unsharded", function()
    c:must("POST", V1, database(c, { shard_mode = "single", shard_number = 1, shard_unit = 1,
      used_rds = { { id = rds(c, 3).id, adminUser = "root", adminPassword = c.sim.data_node_password } } }))
    c.sim:advance(30)
    assert.equal("single", c:must("GET", V3 .. "/billing").shard_mode)
  end)

  it("are created and shown in the v3 form", function()
    local made = c:must("POST", V3, { name = "billing", shard_mode = "cluster", shard_number = 8, dn_instances = {
      { id = rds(c, 3).id, user_name = "root", user_password = c.sim.data_node_password } } })
    assert.equal("billing", made.name)
    assert.equal("CREATING", c:must("GET", V3 .. "/billing").status)
    c.sim:advance(30)
    assert.equal("Completed", c:job(made.job_id).status)
    local shown = c:must("GET", V3 .. "/billing")
    assert.same({ "RUNNING", 8, "2026-01-01T08:00:00+0000" }, { shown.status, shown.shard_number, shown.created })
    assert.same({ data_node_id = rds(c, 3).id, physical_db_name = "billing_0007", status = "RUNNING", shard_index = 7 },
      shown.shards[8])
    assert.same({ id = rds(c, 3).id, status = "normal", name = "rds-spare-1", engine_name = "mysql",
      engine_version = "5.7", mem = 4, cpu = 2 }, shown.data_nodes[1])
    assert.same({ 400, "DBS.300127" }, { c:refused("POST", V3, { name = "third", shard_mode = "cluster", shard_number = 1,
      dn_instances = { { id = rds(c, 4).id, user_name = "root", user_password = c.sim.data_node_password } } }) })
  end)

  it("are listed with how many there are", function()
    c:must("POST", V1, database(c))
    local list = c:must("GET", V1 .. "?offset=1&limit=1")
    assert.same({ 2, 1, "billing", "CREATING" }, { list.total, #list.databases, list.databases[1].name,
      list.databases[1].status })
  end)

  it("are found whatever the case, and missing with a 404", function()
    assert.equal("orders", c:must("GET", V1 .. "/ORDERS").database.name)
    assert.same({ 404, "DBS.300129" }, { c:refused("GET", V1 .. "/none") })
    assert.same({ 404, "DBS.300129" }, { c:refused("GET", V3 .. "/none") })
  end)

  it("are deleted, and their data nodes are free again", function()
    assert.same({}, c:must("DELETE", V1 .. "/orders?delete_rds_data=false"))
    c.sim:advance(2)
    assert.equal("DELETING", c:schema_status())
    c.sim:advance(28)
    assert.same({ 404, "DBS.300129" }, { c:refused("GET", V1 .. "/orders") })
    assert.is_nil(rds(c, 1).ddm_id)
    assert.equal("RUNNING", c:instance_status())
  end)

  it("are deleted in the v3 form only with delete_dn_data said", function()
    assert.same({ 400, "DBS.280001" }, { c:refused("DELETE", V3 .. "/orders") })
    local answer = c:must("DELETE", V3 .. "/orders?delete_dn_data=true")
    assert.equal("orders", answer.database_name)
    c.sim:advance(30)
    assert.equal("Completed", c:job(answer.job_id).status)
  end)

  it("show their times as text where the example is followed", function()
    assert.equal("integer", math.type(c:must("GET", V1 .. "/orders").database.created))
    c = caller.new({ readings = { schema_times = "string" } })
    assert.equal("1763366400000", c:must("GET", V1 .. "/orders").database.created)
  end)

  it("fail to be created when a fault says so", function()
    c.sim:add_fault({ op = "ddm.create_schema_v3", ["do"] = "job_failed" })
    c:must("POST", V3, { name = "billing", shard_mode = "cluster", shard_number = 8, dn_instances = {
      { id = rds(c, 3).id, user_name = "root", user_password = c.sim.data_node_password } } })
    c.sim:advance(30)
    assert.equal("CREATE_FAILED", c:schema_status("billing"))
    assert.equal("UNKNOWN", c:must("GET", V3 .. "/billing").status)
    c:must("DELETE", V1 .. "/billing")
  end)
end)

describe("data nodes as DDM lists them", function()
  local c
  before_each(function() c = caller.new() end)

  it("are those of the instance and the free ones that run", function()
    rds(c, 3).status = "backup"
    rds(c, 4).ddm_id = "another"
    local list = c:must("GET", "/v1/{p}/instances/{i}/rds")
    assert.same({ 2, "rds-orders-1", "5.7", 3306 },
      { list.total, list.instances[1].name, list.instances[1].engineSoftwareVersion, list.instances[1].port })
    list = c:must("GET", "/v3/{p}/instances/{i}/available-data-nodes?limit=1")
    assert.same({ 2, 1, "rds-orders-1", "UTC+08:00" },
      { list.total, #list.data_nodes, list.data_nodes[1].name, list.data_nodes[1].time_zone })
  end)

  it("show their status for a shard configuration", function()
    rds(c, 3).status = "backup"
    local list = c:must("GET", "/v3/{p}/instances/{i}/databases/orders/migration/available-data-nodes")
    assert.same({ 4, "backup" }, { list.total, list.data_nodes[3].status })
    assert.same({ 400, "DBS.300129" },
      { c:refused("GET", "/v3/{p}/instances/{i}/databases/none/migration/available-data-nodes") })
  end)
end)

describe("schema metadata", function()
  local PATH = "/v3/{p}/instances/{i}/schema-metadata"

  it("goes out and comes in on other data nodes with the same shards", function()
    local c = caller.new()
    local out = c:must("GET", PATH)
    assert.equal("H4sI", out.compressed_databases_info:sub(1, 4))
    assert.same({ rds(c, 1).id, "rds-orders-1", "mysql" },
      { out.data_nodes[1].instance_id, out.data_nodes[1].instance_name, out.data_nodes[1].engine })
    c:must("DELETE", V1 .. "/orders")
    c.sim:advance(30)
    local logins = {}
    for i = 1, 2 do
      logins[i] = { dn_instance_id = rds(c, i + 2).id, admin_user = "root", admin_password = c.sim.data_node_password }
    end
    local answer = c:must("POST", PATH, { compressed_databases_info = out.compressed_databases_info, dn_instance = logins })
    assert.same({ c.instance, "ddm-orders" }, { answer.instance_id, answer.instance_name })
    c.sim:advance(60)
    local shown = c:must("GET", V3 .. "/orders")
    assert.same({ "RUNNING", 8, rds(c, 3).id, rds(c, 4).id },
      { shown.status, shown.shard_number, shown.shards[1].data_node_id, shown.shards[8].data_node_id })
  end)

  it("is refused when damaged, misfitting or in the way", function()
    local c = caller.new()
    local text = c:must("GET", PATH).compressed_databases_info
    local login = { dn_instance_id = rds(c, 1).id, admin_user = "root", admin_password = c.sim.data_node_password }
    local second = { dn_instance_id = rds(c, 2).id, admin_user = "root", admin_password = c.sim.data_node_password }
    local function import(info, logins)
      return { c:refused("POST", PATH, { compressed_databases_info = info, dn_instance = logins }) }
    end
    assert.same({ 400, "DBS.300330" }, import(text:sub(1, -9), { login, second }))
    assert.same({ 400, "DBS.300102" }, import(text, { login }))
    assert.same({ 400, "DBS.300112" }, import(text, { login, second }))
    assert.same({ 400, "DBS.300114" }, import(text, { { dn_instance_id = rds(c, 1).id, admin_user = "root",
      admin_password = "wrong" }, second }))
  end)
end)

describe("the time that can be restored", function()
  local PATH = "/v3/{p}/instances/{i}/backups/restorable-time-interval"

  it("is what all data nodes can restore", function()
    local c = caller.new()
    rds(c, 2).backup_days = 7
    assert.same({ restorable_time_intervals = { { start_time = "2025-12-25T08:00:00+0000",
      end_time = "2026-01-01T07:55:00+0000" } }, offset = 0, limit = 10, total = 1 }, c:must("GET", PATH))
  end)

  it("is empty without schemas", function()
    local c = caller.new()
    c:must("DELETE", V1 .. "/orders")
    c.sim:advance(30)
    assert.same({ restorable_time_intervals = {}, offset = 0, limit = 10, total = 0 }, c:must("GET", PATH))
  end)
end)
