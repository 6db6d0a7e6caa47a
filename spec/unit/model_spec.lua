-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")
local stages = require("stages")

describe("an operation", function()
  it("is found by its name, the SDK's name, either in CamelCase, and an alias", function()
    for _, row in ipairs(core.rows()) do
      assert.same({ row.name, row.service }, { stages.op_find(row.service, row.name) })
      for _, name in ipairs { row.sdk or row.name, (("_" .. row.name):gsub("_(%w)", string.upper)), row.name:upper() } do
        local found = stages.op_find(row.service, name)
        local own = core.rows(row.service, found)
        assert.is_true(found == row.name or own.name == name:lower(), row.service .. "." .. name)
      end
      for _, alias in ipairs(row.alias or {}) do assert.equal(row.name, (stages.op_find(row.service, alias))) end
    end
    assert.equal("configure_shards", (stages.op_find("ddm", "MigrateLogicDb")))
  end)

  it("is told from its twin of another version", function()
    assert.equal("delete_instance", (stages.op_find("ddm", "delete_instance")))
    assert.equal("delete_instance_v3", (stages.op_find("ddm", "delete_instance_v3")))
  end)

  it("is not found by less, more or another service", function()
    for _, case in ipairs { { "ddm", "" }, { "ddm", "_" }, { "ddm", "list_instance" }, { "ddm", "list_instancess" }, { "dws",
      "configure_shards" },
      { "nothing", "list_instances" }, { "DDM", "list_instances" } } do
      assert.is_nil((stages.op_find(case[1], case[2])))
    end
  end)

  it("that is mistyped has a near one", function()
    assert.equal("list_instances", stages.op_suggest("ddm", "list_instanses"))
    assert.equal("configure_shards", stages.op_suggest("ddm", "configure_shard"))
    assert.equal("ddm", stages.op_suggest(nil, "dmd"))
    assert.equal("dws", stages.op_suggest(nil, "dwss"))
    assert.is_nil(stages.op_suggest("ddm", "frobnicate_everything_at_once"))
    assert.is_nil(stages.op_suggest(nil, "kubernetes"))
    assert.is_nil(stages.op_suggest("ddm", ("x"):rep(500)))
    assert.is_nil(stages.op_suggest("ddm", "show_all_my_instances"))
    assert.equal("list_instances", stages.op_suggest("ddm", "list_inst"))
    assert.equal("configure_shards", stages.op_suggest("ddm", "migrate_logci_db"))
    assert.is_nil(stages.op_suggest(nil, "x"))
    assert.is_nil(stages.op_suggest(nil, ""))
  end)

  it("belongs to a known service", function()
    for _, service in ipairs { "ddm", "dws", "dbss", "iam" } do assert.is_true(core.service_known(service)) end
    for _, service in ipairs { "", "DDM", "dd", "ddmm" } do assert.is_false(core.service_known(service)) end
  end)
end)
