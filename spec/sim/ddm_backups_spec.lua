-- SPDX-License-Identifier: Apache-2.0
-- Metadata backups and both restores.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")

local DAY = 86400
local B = "/v3/{p}/instances/{i}/backups/"

local function list(c, query) return c:must("GET", "/v3/{p}/backups" .. (query or "")) end

-- A second, empty instance beside the first.
local function with_target(options)
  local c = caller.new(options)
  local network, ddm = c.sim.state.network, c.sim.state.ddm
  local made = c:must("POST", "/v1/{p}/instances", { instance = { name = "ddm-target", flavor_id = ddm.flavors[1].id,
    node_num = 1, engine_id = ddm.engines[1].id, available_zones = { network.zones[1].id }, vpc_id = network.vpcs[1].id,
    security_group_id = network.security_groups[1].id, subnet_id = network.subnets[2].id } })
  c.sim:advance(300)
  return c, made.id
end

-- Both data nodes restored to new ones, as the manual has it before the metadata.
local function restored_nodes(c)
  local made = {}
  for i = 1, 2 do
    local source = c.sim.state.rds.instances[i]
    made[i] = c:must("POST", "/rds/v3/{p}/instances", { name = "copy-" .. i, flavor_ref = "rds.mysql.n1.large.2.ha",
      ha = { mode = "Ha", replication_mode = "async" }, availability_zone = source.az, volume = { type = "CLOUDSSD", size = 200 },
      restore_point = { instance_id = source.id, type = "timestamp", restore_time = c.sim:now() - 3600000 } }).instance.id
  end
  c.sim:advance(900)
  return made
end

local function ids(c)
  local found = {}
  for i, node in ipairs(c.sim.state.rds.instances) do found[i] = node.id end
  return found
end

describe("metadata backups", function()
  local c
  before_each(function() c = caller.new() end)

  it("are made at 02:00 UTC every day and kept for 30 days", function()
    local all = list(c)
    assert.same({ 3, 0, 10, "2026-01-01T02:00:00+0000" }, { all.total, all.offset, all.limit, all.backups[1].created })
    assert.matches("^%x+br09$", all.backups[1].id)
    c.sim:advance(18 * 3600 - 1)
    assert.equal(3, list(c).total)
    c.sim:advance(1)
    local first = list(c).backups[1]
    assert.same({ "2026-01-02T02:00:00+0000", "auto_metadata", "normal", "normal", c.instance, "ddm-orders" },
      { first.created, first.backup_type, first.status, first.instance_status, first.instance_id, first.instance_name })
    c.sim:advance(40 * DAY)
    assert.same({ 30, "2026-01-13T02:00:00+0000" }, { list(c).total, list(c, "?offset=29").backups[1].created })
    assert.same({}, list(c, "?offset=30").backups)
  end)

  it("are made on occasions: a schema's deletion, a cleaning, the instance's deletion", function()
    local id = c:configure()
    c.sim:advance(3 * 3600)
    c:task(id, "route-switch", {})
    c.sim:advance(300)
    c:task(id, "clean")
    c.sim:advance(600)
    assert.equal("metadata", list(c).backups[1].backup_type)
    local shown = c:must("GET", B .. list(c).backups[1].id)
    assert.equal(3, #shown.related_data_nodes)
    c:must("DELETE", "/v1/{p}/instances/{i}/databases/orders?delete_rds_data=false")
    c.sim:advance(30)
    assert.equal(5, list(c).total)
    c:must("DELETE", "/v1/{p}/instances/{i}?delete_rds_data=false")
    c.sim:advance(120)
    assert.same({ 6, "deleted" }, { list(c).total, list(c).backups[1].instance_status })
    assert.same(list(c).backups[1].id, c:must("GET", B .. list(c).backups[1].id).id)
    c.sim:advance(DAY)
    assert.equal(6, list(c).total)
  end)

  it("are found by instance and name, and shown with their data nodes", function()
    local first = list(c).backups[1]
    assert.equal(1, list(c, "?backup_name=" .. first.name).total)
    assert.equal(3, list(c, "?instance_id=" .. c.instance .. "&instance_name=ddm-orders").total)
    assert.equal(0, list(c, "?instance_name=other").total)
    assert.same({ id = first.id, name = first.name, instance_id = c.instance, instance_name = "ddm-orders",
      related_data_nodes = { { instance_id = ids(c)[1], instance_name = "rds-orders-1" },
        { instance_id = ids(c)[2], instance_name = "rds-orders-2" } } }, c:must("GET", B .. first.id))
    assert.same({ 400, "DBS.280001" }, { c:refused("GET", B .. "none") })
  end)

  it("are deleted by a job that does not hold the instance, and are gone", function()
    local id = list(c).backups[1].id
    local job = c:must("DELETE", "/v3/{p}/backups/" .. id).job_id
    assert.same({ 409, "DBS.200019" }, { c:refused("DELETE", "/v3/{p}/backups/" .. id) })
    c:must("POST", "/v3/{p}/instances/{i}/restart")
    c.sim:advance(10)
    assert.same({ 2, "Completed" }, { list(c).total, c:job(job).status })
    assert.same({ 400, "DBS.280001" }, { c:refused("GET", B .. id) })
    assert.same({ 400, "DBS.280001" }, { c:refused("DELETE", "/v3/{p}/backups/" .. id) })
  end)

  it("stay when their deletion fails", function()
    c.sim:add_fault({ op = "ddm.delete_backup", ["do"] = "job_failed" })
    c:must("DELETE", "/v3/{p}/backups/" .. list(c).backups[1].id)
    c.sim:advance(2)
    assert.equal("DELETING", list(c).backups[1].status)
    c.sim:advance(8)
    assert.same({ 3, "normal" }, { list(c).total, list(c).backups[1].status })
  end)
end)

describe("what a restore can use", function()
  it("is the data nodes of that time", function()
    local c = caller.new()
    local before = c.sim:now()
    c.sim:advance(DAY)
    c:must("DELETE", "/v1/{p}/instances/{i}/databases/orders?delete_rds_data=false")
    c.sim:advance(DAY)
    local then_ = c:must("GET", B .. "related-dn?restore_time=" .. before)
    assert.same({ 2, { instance_id = ids(c)[1], instance_name = "rds-orders-1", instance_status = "normal",
      data_volume_size = 200000000000, version = "5.7", engine_name = "mysql" } },
      { then_.total, then_.related_data_nodes[1] })
    assert.equal(0, c:must("GET", B .. "related-dn?restore_time=" .. c.sim:now()).total)
    assert.same({ 400, "DBS.280001" }, { c:refused("GET", B .. "related-dn?restore_time=" .. c.sim:now() + 1) })
    assert.same({ 400, "DBS.280001" }, { c:refused("GET", B .. "related-dn?restore_time=soon") })
  end)

  it("is empty instances; the others say why not", function()
    local c, target = with_target()
    local found = c:must("GET", B .. "restorable-instances")
    assert.same({ { instance_id = target, instance_name = "ddm-target", status = "normal", available = true,
      unavailable_reason = "", vpc_name = "vpc-demo" }, 1 }, { found.instances[1], found.total })
    c:must("POST", "/v3/{p}/instances/" .. target .. "/users", { name = "app", password = "Orange-tree-7",
      base_authority = { "SELECT" } })
    found = c:must("GET", B .. "restorable-instances").instances[1]
    assert.same({ false, "The instance has accounts." }, { found.available, found.unavailable_reason })
  end)

  it("is free data nodes, as new and as large", function()
    local c, target = with_target()
    c.sim.state.rds.instances[4].disk_gb = 100
    local found = c:must("GET", (B .. "restorable-data-node?target_instance_id=%s&source_dn_instance_id=%s&restore_time=%d"):format(
      target, ids(c)[1], c.sim:now()))
    local told = {}
    for i, node in ipairs(found.target_data_nodes) do told[i] = node.unavailable_reason end
    assert.same({ "The data node is in use.", "The data node is in use.", "",
      "The data node is older or smaller than the source." }, told)
    assert.same({ true, "192.168.200.3", 4 }, { found.target_data_nodes[3].available, found.target_data_nodes[3].private_ip,
      found.total })
    assert.same({ 400, "DBS.300103" }, { c:refused("GET", (B
      .. "restorable-data-node?target_instance_id=%s&source_dn_instance_id=none&restore_time=%d"):format(target, c.sim:now())) })
  end)
end)

describe("restoring metadata", function()
  local c, target, copies
  local function wanted(change)
    local body = { source = { backup_id = list(c).backups[1].id }, target = { instance_id = target, data_nodes = copies } }
    for key, value in pairs(change or {}) do body[key] = value end
    return body
  end
  local function no(change) return { c:refused("POST", B .. "metadata-recovery", wanted(change)) } end
  local function onto(...) return { target = { instance_id = target, data_nodes = { ... } } } end
  before_each(function()
    c, target = with_target()
    copies = restored_nodes(c)
  end)

  it("lays the schemas of a backup over the data nodes that hold their shards, however these are ordered", function()
    local job = c:must("POST", B .. "metadata-recovery", wanted(onto(copies[2], copies[1]))).job_id
    c.instance = target
    c.sim:advance(2)
    assert.equal("RESTORE", c:instance_status())
    c.sim:advance(118)
    assert.same({ "RUNNING", "Completed", "RestoreInstance" }, { c:instance_status(), c:job(job).status, c:job(job).name })
    local schema = c:must("GET", "/v3/{p}/instances/{i}/databases/orders")
    assert.same({ 8, copies[1], copies[2] }, { schema.shard_number, schema.shards[1].data_node_id,
      schema.shards[8].data_node_id })
    assert.equal(target, c.sim.state.rds.instances[5].ddm_id)
    assert.equal(0, c:must("GET", "/v1/{p}/instances/{i}/users").total_record)
    local there = c:must("GET", "/rds/v3/{p}/instances/" .. copies[1] .. "/database/detail?page=1&limit=100")
    assert.same({ 4, "orders_0000" }, { there.total_count, there.databases[1].name })
  end)

  it("takes the backup nearest to a time", function()
    c:must("POST", B .. "metadata-recovery", wanted({ source = { restore_time = c.sim:now() - 3 * DAY * 1000 } }))
  end)

  it("is refused before the data nodes were restored: the shards are looked for on them", function()
    local free = ids(c)
    assert.same({ 400, "DBS.300336" }, no(onto(free[3], free[4])))
    assert.same({ 400, "DBS.300336" }, no(onto(copies[1], free[4])))
    c.sim.state.rds.instances[6].databases[4] = nil
    assert.same({ 400, "DBS.300336" }, no())
  end)

  it("is refused in another subnet than the data nodes'", function()
    c.sim.state.ddm.instances[2].subnet_id = c.sim.state.network.subnets[1].id
    assert.same({ 400, "DBS.300103" }, no())
  end)

  it("is refused without one source, or with a target that is not empty or not another", function()
    assert.same({ 400, "DBS.280001" }, no({ source = {} }))
    assert.same({ 400, "DBS.280001" }, no({ source = { backup_id = list(c).backups[1].id, restore_time = 1 } }))
    assert.same({ 400, "DBS.280001" }, no({ source = { backup_id = "none" } }))
    assert.same({ 400, "DBS.300372" }, no({ target = { instance_id = c.instance, data_nodes = copies } }))
    assert.same({ 404, "DBS.200002" }, no({ target = { instance_id = "none", data_nodes = copies } }))
    assert.same({ 400, "DBS.300102" }, no(onto(copies[1])))
    assert.same({ 400, "DBS.300108" }, no(onto(copies[1], copies[1])))
    assert.same({ 400, "DBS.300110" }, no(onto(ids(c)[1], copies[1])))
    assert.same({ 400, "DBS.300103" }, no(onto("none", copies[1])))
    c.sim.state.rds.instances[6].version = "8.0"
    assert.same({ 400, "DBS.300360" }, no())
    c.sim.state.ddm.instances[2].engine_version = "3.0.6.3"
    assert.same({ 400, "DBS.300372" }, no())
    assert.equal(3, #c.sim:effects())
  end)

  it("leaves databases on the data nodes when it goes, unless they are to go too", function()
    local function count(i) return #c.sim.state.rds.instances[i].databases end
    c:must("POST", B .. "metadata-recovery", wanted())
    c.sim:advance(120)
    c:must("DELETE", "/v1/{p}/instances/" .. target .. "?delete_rds_data=false")
    c.sim:advance(120)
    assert.same({ 4, 4, nil }, { count(5), count(6), c.sim.state.rds.instances[5].ddm_id })
    c:must("DELETE", "/v1/{p}/instances/{i}/databases/orders?delete_rds_data=true")
    c.sim:advance(30)
    assert.same({ 0, 0 }, { count(1), count(2) })
  end)
end)

describe("restoring data", function()
  local function wanted(c, target, change)
    local body = { source = { restore_time = c.sim:now() - 3600000 }, target = { instance_id = target },
      data_node_relations = { { source_instance_id = ids(c)[1], target_instance_id = ids(c)[3] },
        { source_instance_id = ids(c)[2], target_instance_id = ids(c)[4] } } }
    for key, value in pairs(change or {}) do body[key] = value end
    return body
  end

  it("overwrites the target data nodes, which are away meanwhile", function()
    local c, target = with_target()
    c.sim.state.rds.instances[1].used_gb = 77
    c.sim.state.rds.instances[3].databases = { { name = "shop", created = 0, comment = "" } }
    c:must("POST", "/v3/{p}/instances/{i}/restart")
    c.sim:advance(DAY)
    local job = c:must("POST", B .. "recovery", wanted(c, target)).job_id
    assert.equal("restoring", c.sim.state.rds.instances[3].status)
    c.sim:advance(1800)
    c.instance = target
    assert.same({ "RUNNING", "Completed", "normal", 77 }, { c:instance_status(), c:job(job).status,
      c.sim.state.rds.instances[3].status, c.sim.state.rds.instances[3].used_gb })
    assert.equal("RUNNING", c:schema_status("orders"))
    local there = c:must("GET", "/rds/v3/{p}/instances/" .. ids(c)[3] .. "/database/detail?page=1&limit=100")
    assert.same({ 4, "orders_0000" }, { there.total_count, there.databases[1].name })
    assert.equal("rds-spare-2", c:must("GET", "/v3/{p}/instances/{i}/databases/orders").data_nodes[2].name)
  end)

  it("leaves the target empty when it fails", function()
    local c, target = with_target({ faults = { { op = "ddm.restore_data", ["do"] = "job_failed" } } })
    local job = c:must("POST", B .. "recovery", wanted(c, target)).job_id
    c.sim:advance(1800)
    c.instance = target
    assert.same({ "RUNNING", "Failed", "normal", 0 }, { c:instance_status(), c:job(job).status,
      c.sim.state.rds.instances[3].status, c:must("GET", "/v1/{p}/instances/{i}/databases").total })
  end)

  it("is refused outside the range of time, and with relations that do not fit", function()
    local c, target = with_target()
    local function no(change) return { c:refused("POST", B .. "recovery", wanted(c, target, change)) } end
    assert.same({ 400, "DBS.280001" }, no({ source = { restore_time = c.sim:now() - 1 } }))
    assert.same({ 400, "DBS.280001" }, no({ source = { restore_time = c.sim:now() - 60 * DAY * 1000 } }))
    assert.same({ 400, "DBS.300372" }, no({ target = { instance_id = c.instance } }))
    assert.same({ 400, "DBS.300102" }, no({ data_node_relations = core.array({}) }))
    assert.same({ 400, "DBS.300102" }, no({ data_node_relations = { wanted(c, target).data_node_relations[1] } }))
    local twice = wanted(c, target).data_node_relations
    twice[2].target_instance_id = ids(c)[3]
    assert.same({ 400, "DBS.300108" }, no({ data_node_relations = twice }))
    c.sim.state.rds.instances[4].disk_gb = 100
    assert.same({ 400, "DBS.300110" }, no())
    c:must("POST", "/v3/{p}/instances/" .. target .. "/restart")
    assert.same({ 409, "DBS.200019" }, no())
  end)
end)
