-- SPDX-License-Identifier: Apache-2.0
local dws = dofile("spec/sim/dws_caller.lua")
local core = require("hwdb.core")
local cron = require("hwdb.sim.dws_cron")

local function take(c, name)
  return c:must("POST", "/v1.0/{p}/snapshots", { snapshot = { name = name, cluster_id = c.cluster,
    description = "by hand" } }).snapshot.id
end

local function snapshot(c, id)
  return c:must("GET", "/v1.0/{p}/snapshots/" .. id).snapshot
end

local function refused(c, body)
  return { c:refused("POST", "/v1.0/{p}/snapshots", { snapshot = body }) }
end

-- The automated snapshot of the default policies, two hours after the start.
local function automated()
  local c = dws.new()
  c.sim:advance(2 * 3600 + 7 * 60 + 310)
  return c, c:must("GET", "{v1}/snapshots").snapshots[1]
end

describe("snapshots of the simulator's DWS", function()
  local c, first
  before_each(function()
    c = dws.new():without_policies()
    first = c:must("GET", "/v1.0/{p}/snapshots").snapshots[1]
  end)

  it("are the cluster's task while they are taken", function()
    local id = take(c, "before-upgrade")
    assert.same({ "CREATING", "MANUAL", core.null, "by hand", c.cluster }, { snapshot(c, id).status, snapshot(c, id).type,
      snapshot(c, id).finished, snapshot(c, id).description, snapshot(c, id).cluster_id })
    c.sim:advance(150)
    assert.same({ SNAPSHOTTING = "50%" }, c:shown().action_progress)
    assert.same({ 403, "DWS.7023" }, refused(c, { name = "another", cluster_id = c.cluster }))
    c.sim:advance(150)
    local made = snapshot(c, id)
    assert.same({ "AVAILABLE", "2026-01-01T08:00:00Z", "2026-01-01T08:05:00Z", 300, "8.2.1", "100%" }, { made.status,
      made.started, made.finished, made.size, made.datastore.version, made.progress })
    assert.is_true(c:settled())
    assert.equal(2, c:must("GET", "/v1.0/{p}/snapshots").count)
    assert.same({ "create_snapshot", id }, { c.sim:effects()[1].op, c.sim:effects()[1].target })
    assert.equal("createBackupSuccess", c:must("GET", "/v2/{p}/events").events[1].name)
  end)

  it("leave an unavailable one and a well cluster when they fail", function()
    c.sim:add_fault({ op = "dws.create_snapshot", ["do"] = "job_failed" })
    local id = take(c, "will-fail")
    c.sim:advance(155)
    assert.equal("UNAVAILABLE", snapshot(c, id).status)
    assert.is_true(c:settled())
    c:must("DELETE", "/v1.0/{p}/snapshots/" .. id)
  end)

  it("need a cluster that rests, a name of their own, and a documented form of it", function()
    assert.same({ 409, "DWS.9999" }, refused(c, { name = first.name, cluster_id = c.cluster }))
    assert.same({ 400, "DWS.5056" }, refused(c, { name = "abc", cluster_id = c.cluster }))
    assert.same({ 400, "DWS.0001" }, refused(c, { name = "snapshot-9", cluster_id = "none" }))
    c:must("DELETE", "{v1}", { keep_last_manual_snapshot = 1 })
    assert.same({ 403, "DWS.7023" }, refused(c, { name = "snapshot-9", cluster_id = c.cluster }))
  end)

  it("are deleted at once, yet shown for the lag; gone reads otherwise than it deletes", function()
    local path = "/v1.0/{p}/snapshots/" .. first.id
    local status, body = c:call("DELETE", path)
    assert.same({ 202, "" }, { status, body })
    assert.equal("AVAILABLE", snapshot(c, first.id).status)
    assert.same({ 400, "DWS.0001" }, { c:refused("DELETE", path) })
    c.sim:advance(2)
    assert.same({ 400, "DWS.5149" }, { c:refused("GET", path) })
    assert.same({ 400, "DWS.0001" }, { c:refused("DELETE", path) })
    assert.same({ 400, "DWS.5149" }, { c:refused("POST", path .. "/actions", { restore = { name = "dws-back" } }) })
    assert.same({ 400, "DWS.5149" }, { c:refused("POST", path .. "/linked-copy", { backup_name = "copy" }) })
    assert.equal(0, c:must("GET", "/v1.0/{p}/snapshots").count)
    assert.equal(0, c:must("GET", "{v1}/snapshots").count)
  end)

  it("cannot be deleted while they are made", function()
    local id = take(c, "in-the-making")
    assert.same({ 403, "DWS.9999" }, { c:refused("DELETE", "/v1.0/{p}/snapshots/" .. id) })
  end)

  it("are listed by page number, newest first, sorted on request", function()
    for i = 1, 4 do
      take(c, "page-" .. i)
      c.sim:advance(400)
    end
    local function names(query)
      local list = {}
      for i, one in ipairs(c:must("GET", "{v1}/snapshots" .. query).snapshots) do list[i] = one.name end
      return list
    end
    assert.same({ "page-4", "page-3", "page-2", "page-1", "dws-orders-initial" }, names(""))
    assert.same({ "page-2", "page-1" }, names("?limit=2&offset=1"))
    assert.same({ "dws-orders-initial" }, names("?limit=2&offset=2"))
    assert.same({}, names("?limit=2&offset=3"))
    assert.same({ "dws-orders-initial", "page-1" }, names("?sort_key=name&sort_dir=asc&limit=2"))
    assert.equal(5, c:must("GET", "{v1}/snapshots?limit=2&offset=9").count)
  end)

  it("outlive their cluster when made by hand, or as few as the world reads", function()
    for _, case in ipairs({ { nil, 0, 2 }, { { dws_keep_snapshots = "count" }, 1, 1 },
      { { dws_keep_snapshots = "count" }, 0, 0 } }) do
      c = dws.new({ readings = case[1] }):without_policies()
      take(c, "second")
      c.sim:advance(310)
      c:must("DELETE", "{v1}", { keep_last_manual_snapshot = case[2] })
      c.sim:advance(300)
      assert.equal(case[3], c:must("GET", "/v1.0/{p}/snapshots").count)
    end
  end)

  describe("taken by a policy", function()
    it("come at their time and go after their days", function()
      local one, made = automated()
      assert.same({ "AUTO", "AVAILABLE", "2026-01-01T10:07:00Z", 3, "0 7 2/8 ? * 2,3,4,5,6,7" }, { made.type, made.status,
        made.started, made.bak_keep_day, made.bak_period })
      assert.same({ "dws-orders-initial", one:must("GET", "{v1}/snapshots").snapshots[2].backup_key },
        { made.base_backup_name, made.prior_backup_key })
      assert.same({ 403, "DWS.9999" }, { one:refused("DELETE", "/v1.0/{p}/snapshots/" .. made.id) })
      one.sim:advance(3 * 86400 + 60)
      assert.same({ 400, "DWS.5149" }, { one:refused("GET", "/v1.0/{p}/snapshots/" .. made.id) })
    end)

    it("are skipped while other work runs", function()
      c = dws.new()
      c.sim:advance(2 * 3600 + 6 * 60)
      c:must("POST", "{v1}/restart", { restart = {} })
      c.sim:advance(600)
      assert.equal(1, c:must("GET", "{v1}/snapshots").count)
    end)

    it("are full after a scale-out", function()
      c = dws.new({ readings = { dws_spontaneous_snapshot = false } })
      c:must("POST", "{v1}/resize", { scale_out = { count = 3 } })
      c.sim:advance(3 * 3600)
      local made = c:must("GET", "{v1}/snapshots").snapshots[1]
      assert.same({ made.name, made.backup_key }, { made.base_backup_name, made.base_backup_key })
    end)

    it("end with their cluster", function()
      local one = automated()
      one:must("DELETE", "{v1}", { keep_last_manual_snapshot = 9 })
      one.sim:advance(86400)
      assert.equal(1, one:must("GET", "/v1.0/{p}/snapshots").count)
    end)
  end)

  describe("copied", function()
    it("are automated ones, once each, and stay", function()
      local one, made = automated()
      local path = "/v1.0/{p}/snapshots/" .. made.id .. "/linked-copy"
      local id = one:must("POST", path, { backup_name = "kept-copy", description = "d" }).snapshot_id
      assert.same({ "CREATING", "MANUAL" }, { snapshot(one, id).status, snapshot(one, id).type })
      assert.same({ 409, "DWS.9999" }, { one:refused("POST", path, { backup_name = "second-copy" }) })
      one.sim:advance(120)
      assert.same({ "AVAILABLE", "kept-copy" }, { snapshot(one, id).status, snapshot(one, id).name })
      one.sim:advance(10 * 86400)
      assert.equal("AVAILABLE", snapshot(one, id).status)
    end)

    it("may be copied again once the copy is deleted, but not while restoring nor made by hand", function()
      local one, made = automated()
      local path = "/v1.0/{p}/snapshots/" .. made.id .. "/linked-copy"
      local id = one:must("POST", path, { backup_name = "kept-copy" }).snapshot_id
      one.sim:advance(120)
      one:must("DELETE", "/v1.0/{p}/snapshots/" .. id)
      one.sim:advance(2)
      one:must("POST", path, { backup_name = "kept-copy" })
      assert.same({ 400, "DWS.9999" }, { c:refused("POST", "/v1.0/{p}/snapshots/" .. first.id .. "/linked-copy",
        { backup_name = "by-hand" }) })
      one, made = automated()
      one:must("POST", "/v1.0/{p}/snapshots/" .. made.id .. "/actions", { restore = { name = "dws-back" } })
      assert.same({ 403, "DWS.9999" }, { one:refused("POST", "/v1.0/{p}/snapshots/" .. made.id .. "/linked-copy",
        { backup_name = "kept-copy" }) })
    end)

    it("fail when a fault says so", function()
      local one, made = automated()
      one.sim:add_fault({ op = "dws.copy_snapshot", ["do"] = "job_failed" })
      local id = one:must("POST", "/v1.0/{p}/snapshots/" .. made.id .. "/linked-copy", { backup_name = "bad-copy" }).snapshot_id
      one.sim:advance(120)
      assert.equal("UNAVAILABLE", snapshot(one, id).status)
    end)
  end)

  describe("restored", function()
    local path
    before_each(function() path = "/v1.0/{p}/snapshots/" .. first.id .. "/actions" end)

    it("give a new cluster like the old one, and are free again", function()
      local old = c:shown()
      local answer = c:must("POST", path, { restore = { name = "dws-back" } })
      assert.is_nil(answer.job_id)
      c.cluster = answer.cluster.id
      assert.same({ "CREATING", "RESTORING" }, { c:shown().status, c:shown().task_status })
      assert.equal("RESTORING", snapshot(c, first.id).status)
      assert.same({ 403, "DWS.9999" }, { c:refused("POST", path, { restore = { name = "dws-twice" } }) })
      assert.same({ 403, "DWS.9999" }, { c:refused("DELETE", "/v1.0/{p}/snapshots/" .. first.id) })
      c.sim:advance(1500)
      assert.same({ "CREATING", core.null }, { c:shown().status, c:shown().task_status })
      c.sim:advance(10)
      local new = c:shown()
      assert.is_true(c:settled())
      assert.same({ old.number_of_node, old.node_type, old.vpc_id, old.version, old.port },
        { new.number_of_node, new.node_type, new.vpc_id, new.version, new.port })
      assert.equal("AVAILABLE", snapshot(c, first.id).status)
      assert.equal(2, c:must("GET", "/v1.0/{p}/clusters").count)
    end)

    it("go elsewhere in the network when asked, and nowhere the region does not have", function()
      local network = c.sim.state.network
      local function refuse(change)
        local wanted = { name = "dws-back" }
        for key, value in pairs(change) do wanted[key] = value end
        return { c:refused("POST", path, { restore = wanted }) }
      end
      assert.same({ 409, "DWS.5050" }, refuse({ name = "dws-orders" }))
      assert.same({ 400, "DWS.5057" }, refuse({ name = "1-digit" }))
      assert.same({ 404, "DWS.5022" }, refuse({ subnet_id = "none" }))
      assert.same({ 400, "DWS.5060" }, refuse({ port = 80 }))
      c.sim.state.dws.quotas.core = 40
      assert.same({ 400, "DWS.9999" }, refuse({}))
      c.sim.state.dws.quotas.core = 4000
      assert.same({}, c:effects())
      c.cluster = c:must("POST", path, { restore = { name = "dws-back", subnet_id = network.subnets[1].id, port = 9000,
        security_group_id = network.security_groups[1].id } }).cluster.id
      assert.same({ network.subnets[1].id, 9000 }, { c:shown().subnet_id, c:shown().port })
    end)

    it("outlive the cluster they were taken of", function()
      c:must("DELETE", "{v1}", { keep_last_manual_snapshot = 1 })
      c.sim:advance(300)
      assert.equal("DELETED", snapshot(c, first.id).cluster_status)
      c.cluster = c:must("POST", path, { restore = { name = "dws-orders" } }).cluster.id
      c.sim:advance(1510)
      assert.is_true(c:settled())
    end)

    it("fail as a creation does", function()
      c.sim:add_fault({ op = "dws.restore_cluster", ["do"] = "job_failed" })
      c.cluster = c:must("POST", path, { restore = { name = "dws-back" } }).cluster.id
      c.sim:advance(750)
      assert.same({ "CREATION FAILED", core.null }, { c:shown().status, c:shown().task_status })
      assert.equal("AVAILABLE", snapshot(c, first.id).status)
    end)

    it("name a job where the world reads it so", function()
      c = dws.new({ readings = { dws_restore_job_id = true } })
      local answer = c:must("POST", path, { restore = { name = "dws-back" } })
      assert.equal("INIT", c:job(answer.job_id).status)
      c.sim:advance(1510)
      assert.equal("SUCCESS", c:job(answer.job_id).status)
    end)
  end)
end)

describe("snapshot policies of the simulator's DWS", function()
  local c
  before_each(function() c = dws.new() end)

  local function put(body) return c:must("PUT", "{v2}/snapshot-policies", body) end
  local function list() return c:must("GET", "{v2}/snapshot-policies") end
  local function put_refused(body) return { c:refused("PUT", "{v2}/snapshot-policies", body) } end
  local function policy(change)
    local wanted = { policy_name = "nightly", backup_strategy = "0 0 3 ? * *", backup_type = "full", backup_level = "cluster" }
    for key, value in pairs(change or {}) do wanted[key] = value end
    return { backup_strategies = { wanted } }
  end

  it("are on from the start", function()
    local own = list()
    assert.same({ 3, "OBS", true, 10, 50, core.null }, { own.keep_day, own.device_name, own.auto_backup,
      own.backup_strategy_cluster_type_limit_num, own.backup_strategy_schema_type_limit_num, own.server_ips })
    assert.same({ "default-full-strategy", "0 0 2 ? * 1", "full", "1767492000000" }, { own.backup_strategies[1].policy_name,
      own.backup_strategies[1].backup_strategy, own.backup_strategies[1].backup_type, own.backup_strategies[1].next_fire_time })
  end)

  it("are added without an id in the answer, found by name, changed by id, deleted", function()
    assert.same({}, put(policy()))
    local added = list().backup_strategies[3]
    assert.same({ "nightly", tostring(1767322800000) }, { added.policy_name, added.next_fire_time })
    put({ keep_day = 31, backup_strategies = { { policy_id = added.policy_id, backup_strategy = "0 30 4 ? * *" } } })
    assert.same({ 31, "nightly", "0 30 4 ? * *" }, { list().keep_day, list().backup_strategies[3].policy_name,
      list().backup_strategies[3].backup_strategy })
    c.sim:advance(86400)
    local found = {}
    for _, one in ipairs(c:must("GET", "{v1}/snapshots").snapshots) do found[one.started] = one.type end
    assert.equal("AUTO", found["2026-01-02T04:30:00Z"])
    assert.is_nil(found["2026-01-02T03:00:00Z"])
    local path = "{v1}/snapshot-policies/" .. added.policy_id
    local status, body = c:call("DELETE", path)
    assert.same({ 200, "" }, { status, body })
    assert.equal(2, #list().backup_strategies)
    assert.same({ 404, "DWS.9999" }, { c:refused("DELETE", path) })
  end)

  it("fire no more once they are gone", function()
    for _, one in ipairs(list().backup_strategies) do c:must("DELETE", "{v1}/snapshot-policies/" .. one.policy_id) end
    c.sim:advance(20 * 86400)
    assert.equal(1, c:must("GET", "/v1.0/{p}/snapshots").count)
    assert.is_false(list().auto_backup)
  end)

  it("are refused without name or time, with another's name, with bad values, and beyond ten", function()
    assert.same({ 400, "DWS.5018" }, put_refused({ backup_strategies = { { policy_name = "nightly" } } }))
    assert.same({ 400, "DWS.5018" }, put_refused(policy({ backup_strategy = "at three" })))
    assert.same({ 409, "DWS.9999" }, put_refused(policy({ policy_name = "Default-FULL-strategy" })))
    assert.same({ 404, "DWS.9999" }, put_refused(policy({ policy_id = "none" })))
    assert.same({ 400, "DWS.5065" }, put_refused(policy({ backup_type = "half" })))
    assert.same({ 400, "DWS.5017" }, put_refused({ keep_day = 32 }))
    assert.same({ 400, "DWS.5065" }, put_refused({ device_name = "NFS" }))
    local many = { backup_strategies = {} }
    for i = 1, 9 do many.backup_strategies[i] = policy({ policy_name = "nightly-" .. i }).backup_strategies[1] end
    assert.same({ 400, "DWS.9999" }, put_refused(many))
    many.backup_strategies[9] = nil
    put(many)
    assert.equal(10, #list().backup_strategies)
  end)
end)

describe("a policy's cron expression", function()
  local START = 1767254400000 -- Thursday 2026-01-01T08:00:00Z

  local function hours(text) return (cron.next(text, START) - START) / 3600000 end

  it("means what the documents' examples say", function()
    assert.equal(1747533600000, cron.next("0 0 2 ? * 1", 1746957976000))
    assert.equal(1747015620000, cron.next("0 7 2/8 ? * 2,3,4,5,6,7", 1746957976000))
  end)

  it("knows lists, ranges, steps and days", function()
    assert.equal(19, hours("0 0 3 ? * *"))
    assert.equal(1, hours("0 0 9-11 ? * ?"))
    assert.equal(24 * 9 - 8, hours("0 0 0 10 1 ?"))
    assert.equal(0.25, hours("0 15/15 * ? * *"))
    assert.equal(24 - 8, hours("0 0 0 ? * 6"))
  end)

  it("is refused when it is none", function()
    for _, text in ipairs({ "", "0 0 2 ? *", "0 0 2 ? * 1 2026", "0 0 25 ? * *", "0 0 2 ? * 8", "a b c d e f", "0 0 5-3 ? * *",
      "0 0 2/0 ? * *", "0 0 2, ? * *x" }) do
      assert.is_nil(cron.parse(text))
    end
    assert.is_nil(cron.parse(nil))
    assert.is_nil(cron.next("0 0 0 31 2 ?", START))
  end)
end)
