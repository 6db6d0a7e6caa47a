-- SPDX-License-Identifier: Apache-2.0
-- Sessions, the record of ended ones, and slow statements.
local caller = dofile("spec/sim/caller.lua")

local LOGICAL, AUDIT = "/v3/{p}/instances/{i}/logical-processes", "/v3/{p}/instances/{i}/processes-audit-log"
local SPAN = "?start_time=2026-01-01T07:00:00%2B0000&end_time=2026-01-02T09:00:00%2B0000"

describe("DDM sessions", function()
  local c, node, physical
  before_each(function()
    c = caller.new()
    node = c.sim.state.rds.instances[1]
    physical = "/v3/{p}/instances/" .. node.id .. "/physical-processes"
  end)

  it("are listed with texts, those of a data node with numbers", function()
    local list = c:must("GET", LOGICAL)
    assert.equal(3, list.total_count)
    assert.same({ id = "4564224", user = "drdsagent", host = "127.0.0.1:54486", db = "None", command = "Query",
      time = "0", state = "starting", info = "show processlist" }, list.logical_processes[1])
    c.sim:advance(10)
    assert.equal("45", c:must("GET", LOGICAL .. "?offset=1&limit=1").logical_processes[1].time)
    local sessions = c:must("GET", physical).physical_processes
    assert.same({ 1971, 13987, 0, 45 }, { sessions[1].id, sessions[1].time, sessions[1].trx_executed_time,
      sessions[2].trx_executed_time })
    assert.equal(require("hwdb.core").null, sessions[1].info)
  end)

  it("are found by a word", function()
    assert.equal(2, c:must("GET", LOGICAL .. "?keyword=192.168.0.31").total_count)
    assert.equal(1, c:must("GET", LOGICAL .. "?keyword=SELECT").total_count)
    assert.same({}, c:must("GET", LOGICAL .. "?offset=3").logical_processes)
    assert.equal(1, c:must("GET", physical .. "?keyword=sending").total_count)
  end)

  it("are ended, all named ones or none, and recorded", function()
    assert.same({ 400, "DBS.280001" }, { c:refused("DELETE", LOGICAL, { process_ids = { "4564301", "1" } }) })
    assert.same({ resp = "successful" }, c:must("DELETE", LOGICAL, { process_ids = { "4564301", "4564302" } }))
    assert.equal(1, c:must("GET", LOGICAL).total_count)
    assert.same({ 400, "DBS.280001" }, { c:refused("DELETE", LOGICAL, { process_ids = { "4564301" } }) })
    local audit = c:must("GET", AUDIT .. SPAN)
    assert.equal(2, audit.total_count)
    assert.same({ instance_id = c.instance, instance_name = "ddm-orders", process_id = "4564301",
      execute_user_name = "operator", execute_time = "2026-01-01T08:00:00+0000" }, audit.process_audit_logs[1])
    assert.equal(1, #c.sim:effects())
  end)

  it("of a data node are ended by their numbers as texts", function()
    c:must("DELETE", physical, { process_ids = { "1971" } })
    assert.equal(1, c:must("GET", physical).total_count)
    local audit = c:must("GET", "/v3/{p}/instances/" .. node.id .. "/processes-audit-log" .. SPAN)
    assert.same({ node.id, "rds-orders-1", "1971" }, { audit.process_audit_logs[1].instance_id,
      audit.process_audit_logs[1].instance_name, audit.process_audit_logs[1].process_id })
    assert.equal(0, c:must("GET", AUDIT .. SPAN).total_count)
    local spare = c.sim.state.rds.instances[3].id
    assert.same({ 404, "DBS.200002" }, { c:refused("GET", "/v3/{p}/instances/" .. spare .. "/physical-processes") })
  end)

  it("have their record asked for by zone, a plus sign escaped or not, over seven days at most", function()
    c:must("DELETE", LOGICAL, { process_ids = { "4564301" } })
    local function total(from, to) return c:must("GET", AUDIT .. "?start_time=" .. from .. "&end_time=" .. to).total_count end
    assert.equal(1, total("2026-01-01T16:00:00+0800", "2026-01-01T16:00:01+0800"))
    assert.equal(1, total("2026-01-01T16:00:00%2B0800", "2026-01-01T16:00:01.000%2B0800"))
    assert.equal(1, total("2026-01-01T08:00:00Z", "2026-01-01T08:00:00Z"))
    assert.equal(0, total("2026-01-01T08:00:00-0100", "2026-01-01T10:00:00Z"))
    for _, span in ipairs({ { "2026-01-01T08:00:01Z", "2026-01-01T08:00:00Z" }, { "2026-01-01T08:00:00Z", "2026-01-08T08:00:01Z" },
      { "yesterday", "2026-01-08T08:00:01Z" }, { "2026-01-01T08:00:00+08", "2026-01-02T08:00:01Z" } }) do
      assert.same({ 400, "DBS.280001" }, { c:refused("GET", AUDIT .. "?start_time=" .. span[1] .. "&end_time=" .. span[2]) })
    end
  end)
end)

describe("slow statements", function()
  it("are listed by page number within seven days", function()
    local c = caller.new()
    local now, day = c.sim:now(), 86400000
    local function path(page, size, from, to)
      return ("/v2/{p}/instances/{i}/slowlog?curPage=%s&perPage=%s&startDate=%d&endDate=%d"):format(page, size, from, to)
    end
    local list = c:must("GET", path(1, 2, now - 7 * day, now))
    assert.same({ 3, 2 }, { list.totalRecord, #list.slowLogList })
    assert.same({ users = "app", database = "orders", querySample = "select * from orders where note like '%late%'",
      logTime = "2026-01-01T05:00:00", time = "6924", shards = "orders_0003", rowsExamined = "100004",
      host = "192.168.0.31" }, list.slowLogList[1])
    assert.equal(1, #c:must("GET", path(2, 2, now - 7 * day, now)).slowLogList)
    assert.same({}, c:must("GET", path(3, 2, now - 7 * day, now)).slowLogList)
    assert.equal(0, c:must("GET", path(1, 2, now - day // 24, now)).totalRecord)
    for _, bad in ipairs({ path(1, 2, now - 7 * day - 1, now), path(1, 2, now, now - 1), path(0, 2, now - 1, now),
      path(1, 0, now - 1, now), path(1, "x", now - 1, now) }) do
      assert.same({ 400, "DBS.280001" }, { c:refused("GET", bad) })
    end
  end)

  it("come with time, the same ones in any such world, while the instance runs, and are kept two weeks", function()
    local function grown(stop_at)
      local c = caller.new()
      local from, instance = c.sim:now(), c.sim.state.ddm.instances[1]
      c.sim:advance(3600)
      if stop_at then instance.status = "ERROR" end
      c.sim:advance(3 * 3600)
      return c:must("GET", ("/v2/{p}/instances/{i}/slowlog?curPage=1&perPage=100&startDate=%d&endDate=%d"):format(from + 1,
        c.sim:now())).slowLogList, c
    end
    local list, c = grown()
    assert.equal(8, #list)
    assert.equal("2026-01-01T12:00:00", list[1].logTime)
    assert.equal("orders", list[1].database)
    assert.matches("^orders_000%d$", list[1].shards)
    assert.same(list, (grown()))
    assert.equal(2, #grown(true))
    c.sim:advance(40 * 86400)
    assert.equal(14 * 48 + 1, #c.sim.state.ddm.instances[1].slow_log)
  end)

  it("do not come to an instance without a schema", function()
    local c = caller.new()
    c.sim.state.ddm.instances[1].schemas = {}
    c.sim:advance(86400)
    assert.equal(4, #c.sim.state.ddm.instances[1].slow_log)
  end)

  it("have a zone in their time where the table is followed", function()
    local c = caller.new({ readings = { ddm_slow_log_time = "zone" } })
    local list = c:must("GET", ("/v2/{p}/instances/{i}/slowlog?curPage=1&perPage=1&startDate=%d&endDate=%d"):format(
      c.sim:now() - 86400000, c.sim:now()))
    assert.equal("2026-01-01T05:00:00+0000", list.slowLogList[1].logTime)
  end)
end)
