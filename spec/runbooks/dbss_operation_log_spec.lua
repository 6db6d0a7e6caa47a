-- SPDX-License-Identifier: Apache-2.0
-- The operation log: the right entries, once each, in the zone asked for; and an instance that cannot be read is told.
local proofs = require("spec.runbooks.proofs")
local support = require("spec.runbooks.dbss_support")

local NAME = "dbss_operation_log"
local MINUTE = 60000

-- Entries of the default instance and of a second one, so many minutes ago.
local function filled(options)
  local world = support.world(options, { "dbss-two" })
  local now = world.sim:now()
  local function add(which, minutes, user, action, result)
    support.add_log(world.sim, world.instances[which], { user = user, at = now - minutes * MINUTE, area = "Database list",
      action = action, name = "db" .. minutes, description = "Does it.", result = result or "success" })
  end
  add(1, 3000, "ann", "Create")
  add(1, 90, "ann", "Create")
  add(1, 50, "bob", "Update", "fail")
  add(1, 10, "ann", "Delete")
  add(2, 30, "bob", "Create")
  return world
end

local function column(reporter, name, n)
  local values = {}
  for i, row in ipairs(reporter.tables[name].rows) do values[i] = row[n] end
  return values
end

describe("the operation log", function()
  it("lists a day of all instances, oldest first", function()
    local world = filled()
    local result, reporter = support.go(world, NAME, {})
    assert.equal("done", result.status)
    assert.same({ entries = 4, failed = 1, instances = 2 }, result.value)
    assert.same({ "db90", "db50", "db30", "db10" }, column(reporter, "operations", 6))
    assert.same({ "2026-01-01 06:30:00 +00:00", "dbss-orders", "ann", "Database list", "Create", "db90", "success", "Does it." },
      reporter.tables.operations.rows[1])
    assert.same({ { "dbss-orders", world.instances[1].id, 3, 1 }, { "dbss-two", world.instances[2].id, 1, 0 } },
      reporter.tables.instances.rows)
    assert.same({}, support.effects(world))
  end)

  it("takes a range with its zone, and shows times in another", function()
    local _, reporter = support.go(filled(), NAME, { from = "2026-01-01 15:00 +08:00", to = "2026-01-01 07:15 Z", zone = "+08:00" })
    assert.same({ "2026-01-01 15:10:00 +08:00" }, column(reporter, "operations", 1))
    assert.is_true(reporter:has("^ok range: 2026%-01%-01 07:00:00 %+00:00 to 2026%-01%-01 07:15:00 %+00:00$"))
  end)

  it("understands the timestamps of the document's table", function()
    local _, reporter = support.go(filled({ readings = { dbss_words = "table" } }), NAME, { hours = 1 })
    assert.same({ "2026-01-01 07:10:00 +00:00", "2026-01-01 07:30:00 +00:00", "2026-01-01 07:50:00 +00:00" },
      column(reporter, "operations", 1))
  end)

  it("filters by user, action and result", function()
    local cases = { { { user = "ann" }, { "db90", "db10" } }, { { action = "create" }, { "db90", "db30" } },
      { { result = "fail" }, { "db50" } }, { { user = "nobody" }, {} } }
    for _, case in ipairs(cases) do
      local result, reporter = support.go(filled(), NAME, case[1])
      assert.equal("done", result.status)
      assert.same(case[2], column(reporter, "operations", 6))
    end
  end)

  it("reads instances by name or id, each once", function()
    local world = filled()
    local _, reporter = support.go(world, NAME, { instances = { "dbss-two", world.instances[2].id } })
    assert.same({ "db30" }, column(reporter, "operations", 6))
    assert.equal(1, #reporter.tables.instances.rows)
  end)

  it("reads page by page to the end", function()
    local world = filled()
    local _, reporter = support.go(world, NAME, { page_size = 1, hours = 100 })
    assert.same({ "db3000", "db90", "db50", "db30", "db10" }, column(reporter, "operations", 6))
  end)

  it("counts an entry once that comes again, because a newer one has shifted the pages", function()
    local world = filled()
    local calls, real = 0, world.client.dbss
    local dbss = setmetatable({}, { __index = function(_, op)
      return function(_, args)
        if op == "list_audit_operate_logs" then calls = calls + 1 end
        if op == "list_audit_operate_logs" and calls == 2 then
          support.add_log(world.sim, world.instances[1], { user = "eve", at = world.sim:now() - MINUTE, area = "a", action = "Create",
            name = "new", description = "", result = "success" })
        end
        return real[op](real, args)
      end
    end })
    local client = setmetatable({ dbss = dbss }, { __index = function(_, key)
      local member = world.client[key]
      return type(member) == "function" and function(_, ...) return member(world.client, ...) end or member
    end })
    local _, reporter = support.go(world, NAME, { page_size = 2, instances = { "dbss-orders" } }, { client = client })
    assert.same({ "db90", "db50", "db10" }, column(reporter, "operations", 6))
  end)

  it("says when there are more than wanted", function()
    local result, reporter = support.go(filled(), NAME, { most = 2, instances = { "dbss-orders" } })
    assert.equal("done", result.status)
    assert.same({ "db50", "db10" }, column(reporter, "operations", 6))
    assert.is_true(reporter:has("^warn dbss%-orders has 3 entries, the newest 2 are shown: raise most or narrow the range$"))
  end)

  it("stops at the preflight for an unknown instance, a zone that is none, an empty range", function()
    local cases = {
      { { instances = { "dbss-tow" } }, "instances", "^fail instances: dbss%-tow %(0 of that name or id%)$" },
      { { zone = "CET" }, "zone", "^fail zone: CET is none: such as %+08:00$" },
      { { from = "2026-01-01 07:00 Z", to = "2026-01-01 07:00 Z" }, "range", "^fail range: 2026" },
    }
    for _, case in ipairs(cases) do
      local result, reporter = support.go(filled(), NAME, case[1])
      assert.equal("failed", result.status)
      assert.equal("preflight: not met: " .. case[2], result.error.message)
      assert.is_true(reporter:has(case[3]))
    end
  end)

  it("stops where one name is two instances'", function()
    local world = support.world({}, { "twin", "twin" })
    local _, reporter = support.go(world, NAME, { instances = { "twin" } })
    assert.is_true(reporter:has("^fail instances: twin %(2 of that name or id%)$"))
  end)

  it("stops where there are no audit instances", function()
    local result = support.go(support.world({ world = "empty" }), NAME, {})
    assert.equal("preflight: not met: instances", result.error.message)
  end)

  it("warns of a range that ends in the future", function()
    local result, reporter = support.go(filled(), NAME, { to = "2027-01-01 00:00 Z" })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^warn end of the range"))
  end)

  it("reports what could be read and fails for the rest", function()
    local world = filled({ faults = { { op = "dbss.list_audit_operate_logs", nth = 2, ["do"] = "refuse", status = 400, code = "DBSS.10000001" } } })
    local result, reporter = support.go(world, NAME, {})
    assert.equal("failed", result.status)
    assert.equal("1 of 2 instances could not be read: dbss-two", result.error.message)
    assert.is_true(reporter:has("^fail dbss%-two cannot be read: "))
    assert.same({ "db90", "db50", "db10" }, column(reporter, "operations", 6))
  end)

  describe("as every runbook", function()
    proofs.of({ name = NAME, effects = {}, services = { "dbss" }, points = 6, prepare = function(world)
      support.add_instances(world.sim, { "dbss-two" })
    end })
  end)
end)
