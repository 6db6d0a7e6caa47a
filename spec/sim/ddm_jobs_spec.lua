-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")

local DAY = 86400

local function list(c, query)
  return c:must("GET", "/v3/{p}/jobs?" .. query)
end

-- Three restarts, a day apart.
local function restarted()
  local c = caller.new()
  local jobs = {}
  for i = 1, 3 do
    jobs[i] = c:must("POST", "/v1/{p}/instances/{i}/action", { restart = {} }).jobId
    c.sim:advance(DAY)
  end
  return c, jobs, c.sim:now()
end

describe("DDM's task centre", function()
  it("lists the jobs of a span of time, newest first", function()
    local c, jobs, now = restarted()
    local all = list(c, ("start_time=%d&end_time=%d"):format(now - 4 * DAY * 1000, now))
    assert.same({ 3, 0, 10 }, { all.total, all.offset, all.limit })
    assert.same({ jobs[3], jobs[2], jobs[1] }, { all.jobs[1].id, all.jobs[2].id, all.jobs[3].id })
    assert.same({ id = jobs[3], name = "RestartInstance", status = "Completed", process = "", operations = {},
      created_time = "2026-01-03T08:00:00+0000", end_time = "2026-01-03T08:01:00+0000", instance_name = "ddm-orders",
      instance_id = c.instance, database_name = "", fail_reason = "" }, all.jobs[1])
    local some = list(c, ("start_time=%d&end_time=%d"):format(now - 2 * DAY * 1000, now - 2 * DAY * 1000))
    assert.same({ 1, jobs[2] }, { some.total, some.jobs[1].id })
  end)

  it("pages by record", function()
    local c, jobs, now = restarted()
    local span = ("start_time=%d&end_time=%d"):format(now - 4 * DAY * 1000, now)
    local page = list(c, span .. "&offset=1&limit=1")
    assert.same({ 3, 1, 1, 1, jobs[2] }, { page.total, page.offset, page.limit, #page.jobs, page.jobs[1].id })
    assert.same({}, list(c, span .. "&offset=3").jobs)
  end)

  it("looks no more than 30 days back, and needs both ends", function()
    local c = caller.new()
    local now = c.sim:now()
    list(c, ("start_time=%d&end_time=%d"):format(now - 30 * DAY * 1000, now))
    local function refused(query)
      return { c:refused("GET", "/v3/{p}/jobs?" .. query) }
    end
    assert.same({ 400, "DBS.280001" }, refused(("start_time=%d&end_time=%d"):format(now - 30 * DAY * 1000 - 1, now)))
    assert.same({ 400, "DBS.280001" }, refused(("start_time=%d&end_time=%d"):format(now, now - 1)))
    assert.same({ 400, "DBS.280001" }, refused("start_time=" .. now))
  end)

  it("answers one job, and 300400 for none", function()
    local c, jobs = restarted()
    assert.same({ id = jobs[1], name = "RestartInstance", status = "Completed", process = "",
      created_time = "2026-01-01T08:00:00+0000", end_time = "2026-01-01T08:01:00+0000",
      instance = { id = c.instance, name = "ddm-orders" } }, c:must("GET", "/v3/{p}/jobs/" .. jobs[1]).job)
    assert.same({ 400, "DBS.300400" }, { c:refused("GET", "/v3/{p}/jobs/none") })
  end)

  it("logs a migration line by line, in pages", function()
    local c = caller.new()
    local id = c:configure()
    c.sim:advance(3 * 3600)
    local path = "/v3/{p}/instance/{i}/task/" .. id .. "/run-logs"
    local all = c:must("GET", path)
    assert.same({ 3, 1, 10, 3 }, { all.total, all.cur_page, all.per_page, #all.task_logs })
    assert.same({ task_id = id, ddm_instance_id = c.instance, level = "INFO", created_time = 1767254400000,
      message = "Shard configuration of orders: 8 shards on 2 data nodes to 12 on 3." }, all.task_logs[1])
    local last = c:must("GET", path .. "?offset=2&limit=2")
    assert.same({ 1, 2, 2 }, { #last.task_logs, last.cur_page, last.per_page })
    assert.same({ 400, "DBS.300400" }, { c:refused("GET",
      "/v3/{p}/instance/0123456789abcdef0123456789abcdefin09/task/" .. id .. "/run-logs") })
  end)
end)
