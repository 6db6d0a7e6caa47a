-- SPDX-License-Identifier: Apache-2.0
-- hwdb conform as a person would use it, on the simulator inside the program.
local cjson = require("cjson")
local cli = require("spec.support.cli")

describe("hwdb conform", function()
  teardown(cli.clean)

  it("prints a line a read, writes the report, and ends well when every answer is as documented", function()
    local path = cli.folder() .. "/report.json"
    local result = cli.run({ "conform", "--sim", "--service", "ddm", "--output", path })
    assert.equal("", result.err)
    assert.equal(0, result.code)
    assert.is_truthy(result.out:find("\nas documented  ddm.show_instance", 1, true))
    assert.is_truthy(result.out:find("\nnot reached    ddm.validate_weak_password +needs a password\n"))
    local report = cjson.decode(cli.read(path))
    assert.equal("ddm.list_api_versions", report.operations[1].operation)
    assert.equal(0, report.summary.differs)
  end)

  it("prints the report itself with --json", function()
    local result = cli.run({ "conform", "--sim", "--service", "ddm", "--json" })
    assert.equal("ddm.list_instances", cjson.decode(result.out).operations[2].operation)
    assert.equal(0, result.code)
  end)

  it("refuses an unknown service and a report that cannot be written", function()
    local result = cli.run({ "conform", "--sim", "--service", "dmm" })
    assert.same({ 2, "" }, { result.code, result.out })
    assert.equal("hwdb: conform knows no service dmm, did you mean ddm?\n  remedy: services: ddm, dws, dbss\n", result.err)
    assert.equal(2, cli.run({ "conform", "--sim", "--service", "ddm", "--output", "/nonexistent/report" }).code)
  end)
end)
