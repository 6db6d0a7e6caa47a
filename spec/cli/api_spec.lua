-- SPDX-License-Identifier: Apache-2.0
local cjson = require("cjson")
local cli = require("spec.support.cli")

local function rows(...)
  local r = cli.run({ "api", "--json", ... })
  assert.equal(0, r.code)
  return cjson.decode(r.out)
end

describe("hwdb api", function()
  teardown(cli.clean)

  it("prints every row as JSON in the fixed shape", function()
    local types = { string = true, integer = true, number = true, boolean = true, array = true, object = true, map = true }
    local places = { path = true, query = true, header = true, body = true }
    local seen, documented = {}, 0
    for _, row in ipairs(rows()) do
      local name = row.service .. "." .. row.name
      assert.falsy(seen[name], name)
      seen[name] = true
      documented = documented + ((row.documented and (row.service == "ddm" or row.service == "dws" or row.service == "dbss")) and 1 or 0)
      assert.truthy(row.method:find("^%u+$") and row.path:sub(1, 1) == "/" and row.kind and row.ok[1], name)
      for _, param in ipairs(row.params) do
        assert.truthy(types[param.type] and places[param["in"]], name .. " " .. param.name)
        assert.not_equal("project_id", param["in"] == "path" and param.name)
      end
    end
    assert.truthy(seen["ddm.configure_shards"] and seen["iam.create_token"] and seen["ddm.show_migration_log"])
    assert.truthy(documented >= 195, documented)
  end)

  it("prints one service or one operation as JSON, too", function()
    for _, row in ipairs(rows("dws")) do assert.equal("dws", row.service) end
    local list = rows("ddm.configure_shards")
    assert.equal(1, #list)
    assert.same({ field = "job_id", watch = "ddm.show_job" }, list[1].job)
    assert.equal("DDM 4.3.15", list[1].doc)
  end)

  it("finds an operation by the SDK's and the command line's name", function()
    for _, name in ipairs({ "migrate_logic_db", "MigrateLogicDb", "migrate-logic-db", "configure_shards" }) do
      assert.equal("configure_shards", rows("ddm." .. name)[1].name)
    end
  end)

  it("gives people an overview by service and chapter", function()
    local r = cli.run({ "api" })
    assert.equal(0, r.code)
    assert.truthy(r.out:find("\n  4.3 Schemas +22 operations\n"))
    assert.falsy(r.out:find("\27", 1, true))
  end)

  it("shows an operation with parameters, example and answer", function()
    local r = cli.run({ "api", "ddm.list_instances" })
    assert.truthy(r.out:find("^ddm.list_instances  Querying DDM Instances\nGET /v1/{project_id}/instances\n"))
    assert.truthy(r.out:find("limit +query  integer"))
    assert.truthy(r.out:find("client.ddm:list_instances{}", 1, true))
    assert.truthy(r.out:find("hwdb call ddm.list_instances\n", 1, true))
    assert.truthy(r.out:find("\nAnswer\n", 1, true))
  end)

  it("searches words, paths and names", function()
    for _, word in ipairs({ "precheck", "/precheck/{job_id}", "Asynchronous Pre-check", "check_preliminary_results" }) do
      assert.truthy(cli.run({ "api", "--search", word }).out:find("ddm.show_precheck", 1, true), word)
    end
    assert.equal("[]\n", cli.run({ "api", "--search", "zzzz", "--json" }).out)
    assert.equal(1, cli.run({ "api", "--search", "zzzz" }).code)
  end)

  it("shows an operation by a name alone, or lists those that share it", function()
    for _, word in ipairs({ "MigrateLogicDb", "migrate_logic_db", "configure_shards" }) do
      assert.equal("ddm.configure_shards  Configuring Shards", cli.run({ "api", word }).out:match("^[^\n]+"))
    end
    local both = cli.run({ "api", "delete_instance" }).out
    assert.truthy(both:find("Deleting a DDM Instance", 1, true) and both:find("Deleting a DB Instance", 1, true))
  end)

  it("names what is near to an unknown service or operation", function()
    local r = cli.run({ "api", "ddn" })
    assert.equal(2, r.code)
    assert.equal("hwdb: there is no service ddn, did you mean ddm?\n"
      .. "  remedy: services: ddm, dws, dbss, iam, rds, bss\n", r.err)
    r = cli.run({ "api", "ddm.list_instance" })
    assert.equal(2, r.code)
    assert.equal("hwdb: ddm has no operation list_instance, did you mean list_instances?\n  remedy: see: hwdb api ddm\n", r.err)
    assert.equal(2, cli.run({ "api", "nothing.like_this" }).code)
  end)
end)
