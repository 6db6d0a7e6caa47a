-- SPDX-License-Identifier: Apache-2.0
-- The slow-log report: what lies in the stretch, all pages of it, grouped by shape, of every instance that can be read.
local support = require("spec.runbooks.support")
local worlds = require("hwdb.sim.world")

local DAY = 86400

local function reporter()
  local r = support.reporter()
  r.tables = {}
  function r:table(t) self.tables[t.name] = t end
  return r
end

local function report_of(world, params, options)
  local given = { client = world.client, store = world.store, sim = world.sim, report = reporter(), params = params or {} }
  for key, value in pairs(options or {}) do given[key] = value end
  local result = require("hwdb.runbook").run_file("ddm_slow_log_report", given)
  return result, given.report
end

-- An instance more, with a log of one's own.
local function add_instance(world, name, log)
  local state = world.sim.state
  local instance = worlds.add_ddm(state, world.instance.project_id, { name = name })
  instance.slow_log = {}
  for i, entry in ipairs(log or {}) do
    instance.slow_log[i] = { user = entry.user or "app", database = entry.schema or "orders", sql = entry.sql,
      at = entry.at or state.now - 1000, ms = entry.ms or 1000, shard = "orders_0000", rows = entry.rows or 1,
      host = entry.host or "10.0.0.1" }
  end
  return instance
end

local function shapes(r)
  local list = {}
  for i, row in ipairs(r.tables["slow statements"].rows) do list[i] = row[10] end
  return list
end

local function prepare(world)
  world.sim:advance(3 * DAY)
end

describe("the slow-log report", function()
  require("spec.runbooks.proofs").of({ name = "ddm_slow_log_report", services = { "ddm" }, prepare = prepare, effects = {},
    params = function() return { hours = 48, page_size = 10 } end })

  local world
  before_each(function() world = support.world() end)

  it("holds what lies in the stretch, all pages of it, and nothing else", function()
    world.sim:advance(3 * DAY)
    local result, r = report_of(world, { hours = 24, page_size = 7 })
    assert.is_nil(result.error)
    local rows, count = r.tables["slow statements"].rows, 0
    assert.equal(4, #rows)
    for i, row in ipairs(rows) do
      count = count + row[1]
      assert.is_true(i == 1 or rows[i - 1][2] >= row[2])
      assert.is_true(row[9] >= "2026-01-03 08:00:00" and row[9] <= "2026-01-04 08:00:00", row[9])
    end
    assert.equal(49, count)
    assert.same({ entries = 49, shapes = 4, instances = 1 }, result.value)
    assert.same({}, world.sim:effects())
  end)

  it("reads more than seven days in pieces, without losing or doubling an entry", function()
    world.sim:advance(20 * DAY)
    local result = report_of(world, { hours = 13 * 24 })
    assert.equal(13 * 48 + 1, result.value.entries)
  end)

  it("takes times with their zones, and shows them in one", function()
    local result, r = report_of(world, { from = "2026-01-01 12:00 +08:00", to = "2026-01-01T06:00:00Z", zone = "+08:00" })
    assert.is_nil(result.error)
    assert.equal(1, result.value.entries)
    assert.is_true(r:has("^note from 2026%-01%-01 12:00:00 %+08:00 to 2026%-01%-01 14:00:00 %+08:00$"))
  end)

  it("refuses an empty or overlong stretch, and a zone that is none", function()
    local result = report_of(world, { from = "2027-01-01 00:00 Z" })
    assert.matches("^the stretch of time is empty: it begins at 2027%-01%-01 00:00:00 %+00:00", result.error.message)
    result = report_of(world, { hours = 32 * 24 })
    assert.equal("the stretch of time is longer than 31 days", result.error.message)
    result = report_of(world, { zone = "CST" })
    assert.equal('zone "CST" is not one', result.error.message)
    result = report_of(world, { from = "2026-01-01 00:00" })
    assert.equal("usage", result.error.kind)
  end)

  local SHAPES = {
    { "SELECT * FROM t WHERE a = 'it''s' AND b = \"x\\\"y\" ;", "select * from t where a = ? and b = ?" },
    { "insert into t values (1, 'a', -2.5), (2, 'b', 0x1F)", "insert into t values (?)" },
    { "select a1 from t_0001 where x in (1,2,3) and y in (4)", "select a1 from t_0001 where x in (?) and y in (?)" },
    { "select /* hint 5 */ f(a)\n  from `T 1`", "select f(a) from `T 1`" },
    { "update t set s = 'cut off", "update t set s = ?" },
    { "select 1e-3, (a), ()", "select ?, (a), ()" },
    { "", "" },
    { "select 'ö' from ä", "select ? from ä" },
  }
  for i, case in ipairs(SHAPES) do
    it(("makes the shape %d: %s"):format(i, case[2]), function()
      local instance = add_instance(world, "ddm-two", { { sql = case[1] } })
      local _, r = report_of(world, { instances = { instance.id } })
      assert.same({ case[2] }, shapes(r))
    end)
  end

  it("groups over instances, by time in all, by count and by the longest", function()
    add_instance(world, "ddm-two", { { sql = "select 1 from a", ms = 100, host = "10.0.0.1", rows = 3 },
      { sql = "select 2 from a", ms = 300, host = "10.0.0.2", rows = 4 }, { sql = "select 1 from b", ms = 350 } })
    add_instance(world, "ddm-three", { { sql = "select 3 from a", ms = 50, user = "batch", schema = "items" } })
    local _, r = report_of(world, { hours = 1 })
    local rows = r.tables["slow statements"].rows
    assert.same({ 3, 0.5, 0.3, 8, 2, "ddm-three ddm-two", "items orders", "app batch", "2026-01-01 07:59:59",
      "select ? from a" }, rows[1])
    assert.same({ "select ? from a", "select ? from b" }, shapes(r))
    _, r = report_of(world, { hours = 1, order = "max", top = 1 })
    assert.same({ "select ? from b" }, shapes(r))
    assert.matches("^1 of 2 shapes, by max, ", r.tables["slow statements"].note)
    _, r = report_of(world, { hours = 1, order = "count" })
    assert.same({ "select ? from a", "select ? from b" }, shapes(r))
  end)

  it("keeps to accounts, schemas and durations", function()
    local instance = add_instance(world, "ddm-two", { { sql = "a", user = "batch" }, { sql = "b", schema = "items" },
      { sql = "c", ms = 5000 } })
    for expected, params in pairs({ a = { user = { "batch" } }, b = { schema = { "items" } }, c = { min_ms = 5000 } }) do
      params.instances = { instance.id }
      local _, r = report_of(world, params)
      assert.same({ expected }, shapes(r))
    end
  end)

  it("names an instance that is not there, before anything is read", function()
    local result = report_of(world, { instances = { world.instance_id, "elsewhere" } })
    assert.equal("not in this project: elsewhere", result.error.message)
  end)

  it("reports the others when one cannot be read, and then fails", function()
    add_instance(world, "ddm-two", { { sql = "a" } })
    local client = support.intercepted(world, { list_slow_log = function(call, args)
      if args.instance_id == world.instance_id then
        return nil, require("hwdb.core").error({ kind = "api", status = 403, code = "DBS.300541", message = "Insufficient permissions." })
      end
      return call(args)
    end })
    local result, r = report_of(world, { hours = 1 }, { client = client })
    assert.equal("1 of 2 instances could not be read: ddm-orders", result.error.message)
    assert.same({ "a" }, shapes(r))
    assert.matches("Insufficient permissions", r.tables.instances.rows[1][7])
    assert.equal(1, r.tables.instances.rows[2][4])
  end)

  it("warns of times that are not UTC, and of a list shorter than its total", function()
    local client = support.intercepted(world, { list_slow_log = function(_, args)
      return { totalRecord = 2, slowLogList = args.curPage > 1 and {} or { { users = "app", database = "orders", querySample = "a",
        logTime = "2026-01-01T15:59:59", time = "1000", rowsExamined = "1", host = "h" } } }, {}
    end })
    local result, r = report_of(world, { hours = 1, page_size = 2 }, { client = client })
    assert.is_nil(result.error)
    assert.is_true(r:has("^warn ddm%-orders: 1 entries more or fewer were listed than it says it has"))
    assert.is_true(r:has("^warn ddm%-orders: the times of its entries are not UTC"))
  end)
end)
