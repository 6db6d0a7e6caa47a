-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")
local precheck = require("hwdb.sim.ddm_precheck")

local PATH = caller.MIGRATION .. "/precheck"

local function body(c)
  return { data_nodes = c:data_nodes(3), new_shard_number = "12" }
end

-- The outcome of every item after its job: name -> status.
local function outcomes(c)
  local job = c:must("POST", PATH, body(c)).job_id
  c.sim:advance(60)
  local map = {}
  for _, item in ipairs(c:must("GET", PATH .. "/" .. job).pre_check_results) do map[item.name] = item.status end
  return map
end

local function only(status, name)
  local map = {}
  for _, item in ipairs(precheck.ITEMS) do map[item.name] = item.name == name and status or "SUCCESS" end
  return map
end

describe("the precheck of a shard configuration", function()
  local c
  before_each(function() c = caller.new() end)

  it("answers five items at once and all thirteen when its job has ended", function()
    local answer = c:must("POST", PATH, body(c))
    local names = {}
    for i, item in ipairs(answer.pre_check_results) do names[i] = item.name .. " " .. item.status end
    assert.same({ "Table name length SUCCESS", "Full backup retention of associated DN instances SUCCESS",
      "Binlog enabled in associated DN instances SUCCESS", "Expire time of binlog in associated DN instances SUCCESS",
      "Tables with overwhelming table partitions SUCCESS" }, names)
    assert.same({}, c:must("GET", PATH .. "/" .. answer.job_id).pre_check_results)
    assert.equal("Running", c:job(answer.job_id).status)
    c.sim:advance(60)
    assert.equal("Completed", c:job(answer.job_id).status)
    local shown = c:must("GET", PATH .. "/" .. answer.job_id)
    assert.same({ answer.job_id, 13 }, { shown.job_id, #shown.pre_check_results })
  end)

  it("starts nothing and keeps nothing busy", function()
    c:must("POST", PATH, body(c))
    assert.same({ "RUNNING", "RUNNING" }, { c:instance_status(), c:schema_status() })
    c:must("POST", PATH, body(c))
  end)

  local WORLDS = {
    ["Full backup retention of associated DN instances"] = function(s) s.rds.instances[3].backup_days = 29 end,
    ["Binlog enabled in associated DN instances"] = function(s) s.rds.instances[1].binlog_enabled = false end,
    ["Expire time of binlog in associated DN instances"] = function(s) s.rds.instances[2].binlog_seconds = 604799 end,
    ["Primary keys of tables"] = function(s) s.ddm.instances[1].schemas[1].tables_without_key = 2 end,
    ["Access to data nodes"] = function(s) s.rds.instances[3].unreachable = true end,
    ["Parameters of source and target data nodes"] = function(s)
      s.rds.instances[3].parameters.sql_mode = "STRICT_TRANS_TABLES"
    end,
    ["Storage space of data nodes"] = function(s) s.rds.instances[1].used_gb = 161 end,
    ["Time zone of source and target data nodes"] = function(s) s.rds.instances[3].time_zone = "UTC" end,
  }
  for name, change in pairs(WORLDS) do
    it("fails " .. name .. " by what the world is like, and the configuration with it", function()
      change(c.sim.state)
      assert.same(only("FAILED", name), outcomes(c))
      assert.same({ 400, "DBS.300363" }, { c:refused("POST", caller.MIGRATION, body(c)) })
    end)
  end

  for _, item in ipairs(precheck.ITEMS) do
    it("can be set to FAILED or WARN for " .. item.key, function()
      c = caller.new({ precheck = { [item.key] = "WARN" } })
      assert.same(only("WARN", item.name), outcomes(c))
      c:configure()
      c = caller.new({ precheck = { [item.name] = "FAILED" } })
      assert.same(only("FAILED", item.name), outcomes(c))
      assert.same({ 400, "DBS.300363" }, { c:refused("POST", caller.MIGRATION, body(c)) })
    end)
  end

  it("fails once by a fault, with its message, and passes the next time", function()
    c.sim:add_fault({ op = "ddm.precheck_shards", ["do"] = "precheck", item = "storage", status = "FAILED",
      message = "rds-orders-1 is full" })
    local job = c:must("POST", PATH, body(c)).job_id
    c.sim:advance(60)
    for _, item in ipairs(c:must("GET", PATH .. "/" .. job).pre_check_results) do
      if item.name == "Storage space of data nodes" then
        assert.same({ "FAILED", "rds-orders-1 is full" }, { item.status, item.error_message })
      end
    end
    assert.same({ 400, "DBS.300363" }, { c:refused("POST", caller.MIGRATION, body(c)) })
    assert.same(only(nil, nil), outcomes(c))
    c:configure()
  end)

  it("is demanded before a configuration where a world says so, and for the same plan", function()
    c = caller.new({ readings = { require_precheck = true } })
    assert.same({ 400, "DBS.300363" }, { c:refused("POST", caller.MIGRATION, body(c)) })
    c:must("POST", PATH, body(c))
    assert.same({ 400, "DBS.300363" }, { c:refused("POST", caller.MIGRATION,
      { data_nodes = c:data_nodes(3), new_shard_number = "13" }) })
    c:configure()
  end)

  it("is not found under another schema or as another job", function()
    assert.same({ 400, "DBS.300400" }, { c:refused("GET", PATH .. "/none") })
    local id = c:configure()
    assert.same({ 400, "DBS.300379" }, { c:refused("GET", PATH .. "/" .. id) })
  end)
end)
