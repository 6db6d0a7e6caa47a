-- SPDX-License-Identifier: Apache-2.0
-- What statuses mean: the documents' lists are complete, and each value has the phase that a waiter relies on.
local core = require("hwdb.core")
local samples = require("spec.support.samples")

local by_object = {}
for _, row in ipairs(core.statuses()) do
  local object = row.service .. "." .. row.object
  by_object[object] = by_object[object] or {}
  by_object[object][row.value or ""] = row.phase
end

-- Values of an object by phase.
local function of(object, phase)
  local list = {}
  for value, its_phase in pairs(by_object[object]) do
    if its_phase == phase then list[#list + 1] = value end
  end
  table.sort(list)
  return list
end

describe("statuses", function()
  it("are told once each, with words and a phase", function()
    local seen = {}
    for _, row in ipairs(core.statuses()) do
      local key = row.service .. "." .. row.object .. " " .. (row.value or "")
      assert.is_nil(seen[key], key)
      seen[key] = true
      assert.is_string(row.meaning, key)
      assert.is_truthy(row.phase:match("^[tfpw]$"), key)
    end
  end)

  it("of DDM instances: only RUNNING and DELETED are at rest", function()
    assert.same({ "DELETED", "RUNNING" }, of("ddm.instance", "t"))
    assert.same({ "CREATEFAILED", "ERROR" }, of("ddm.instance", "f"))
    assert.same({ "FROZEN" }, of("ddm.instance", "w"))
    assert.same({ "BACKUP", "CREATE_GROUP", "CREATING", "DELETE_GROUP", "FREEZING", "GROWING", "MIGRATE_DATABASE",
      "MODIFY_NAME", "ONDEMAND_TO_PERIOD", "PERIOD_RESOURCE_SPEC_CHG", "REDUCING", "RESET_PASSWORD", "RESIZING", "RESTARTING",
      "RESTORE", "ROLL_BACK_DB_VERSION", "SET_CONFIGURATION", "SWITCH_SSL", "UNFREEZING", "UPGRADE_VERSION_INSTANCE" },
      of("ddm.instance", "p"))
  end)

  it("of DDM schemas, nodes and tasks", function()
    assert.same({ "RUNNING" }, of("ddm.schema", "t"))
    assert.same({ "CREATE_FAILED", "EXPANDING FAILED", "EXPAND_FAILED" }, of("ddm.schema", "f"))
    assert.same({ "CREATING", "DELETING", "EXPANDING", "ROLLING BACK", "UNKNOWN" }, of("ddm.schema", "p"))
    assert.same({ "RUNNING", "normal" }, of("ddm.node", "t"))
    assert.same({ "abnormal", "createfail", "enlargefail" }, of("ddm.node", "f"))
    assert.same({ "creating", "resizing" }, of("ddm.node", "p"))
    assert.same({ "Completed" }, of("ddm.job", "t"))
    assert.same({ "CancelSuccess", "Failed", "RollbackSuccess" }, of("ddm.job", "f"))
    assert.same({ "ToBeCleaned", "ToBeSwitched" }, of("ddm.job", "w"))
    assert.same({ "Canceling", "Expanding", "Rollbacking", "Running", "Switching" }, of("ddm.job", "p"))
  end)

  it("of DWS clusters: both spellings of available are at rest, all of failed are failures", function()
    assert.same({ "ACTIVE", "AVAILABLE", "DELETED" }, of("dws.cluster", "t"))
    assert.same({ "CREATE_FAILED", "CREATION FAILED", "DELETE_FAILED", "FAILED", "UNAVAILABLE" }, of("dws.cluster", "f"))
    assert.same({ "CREATING", "DELETING" }, of("dws.cluster", "p"))
    assert.equal("t", by_object["dws.cluster.task_status"][""])
    assert.equal("p", by_object["dws.cluster.task_status"].ACTIVE_STANDY_SWITCHOVER)
    assert.equal("f", by_object["dws.cluster.task_status"].REBOOT_FAILURE)
    assert.equal("w", by_object["dws.cluster.task_status"].WAITING_REDISTRIBUTION)
    assert.equal("f", by_object["dws.cluster.sub_status"]["REDISTRIBUTION-FAILURE"])
  end)

  it("of DWS tasks named ...ING are pending, of those named ...FAILED or ...FAILURE failures", function()
    for value, phase in pairs(by_object["dws.cluster.task_status"]) do
      if value:match("ING$") and value ~= "ORDER_PENDING" then assert.equal("p", phase, value) end
      if value:match("FAILED$") or value:match("FAILURE$") then assert.equal("f", phase, value) end
    end
  end)

  it("of DWS jobs and snapshots, of DBSS instances and jobs", function()
    assert.same({ "SUCCESS" }, of("dws.job", "t"))
    assert.same({ "FAIL", "STOP" }, of("dws.job", "f"))
    assert.same({ "AVAILABLE" }, of("dws.snapshot", "t"))
    assert.same({ "UNAVAILABLE" }, of("dws.snapshot", "f"))
    assert.same({ "SUCCESS" }, of("dbss.job", "t"))
    assert.same({ "ERROR", "FAIL" }, of("dbss.job", "f"))
    assert.same({ "NO_TASK" }, of("dbss.instance.task", "t"))
    assert.equal(by_object["dbss.instance"].UPGRADEING, by_object["dbss.instance"].UPGRADING)
  end)

  it("of payment orders", function()
    assert.same({ "5" }, of("bss.order", "t"))
    assert.same({ "4" }, of("bss.order", "f"))
    assert.same({ "2", "3", "6" }, of("bss.order", "p"))
  end)

  it("hold every choice that the rows list for an object's status", function()
    local FIELDS = {
      { "ddm.show_instance", "status", "ddm.instance" }, { "ddm.show_node", "status", "ddm.node" },
      { "ddm.show_schema_v3", "status", "ddm.schema" }, { "ddm.show_job", "job.status", "ddm.job" },
      { "dws.show_job", "status", "dws.job" }, { "dws.show_cluster", "cluster.status", "dws.cluster" },
      { "dws.show_cluster", "cluster.task_status", "dws.cluster.task_status" },
      { "dws.show_cluster", "cluster.sub_status", "dws.cluster.sub_status" },
      { "dws.show_snapshot", "snapshot.status", "dws.snapshot" },
      { "dbss.list_audit_instances", "servers.status", "dbss.instance" },
      { "dbss.list_audit_instances", "servers.task", "dbss.instance.task" },
    }
    local missing, compared = {}, 0
    for _, entry in ipairs(FIELDS) do
      local fields, field = samples.row(entry[1]).answer, nil
      for name in entry[2]:gmatch("[^.]+") do
        field = nil
        for _, one in ipairs(fields) do
          if one.name == name then field = one end
        end
        assert.is_table(field, entry[1] .. " " .. entry[2])
        fields = field.fields
      end
      for _, choice in ipairs(field.enum or {}) do
        compared = compared + 1
        if not by_object[entry[3]][choice] then missing[#missing + 1] = entry[3] .. " " .. choice end
      end
    end
    assert.same({}, missing)
    assert.is_true(compared > 90, tostring(compared))
  end)
end)
