-- SPDX-License-Identifier: Apache-2.0
-- What changes of a DWS cluster look at: its task, whether it is fit, its disks; and the wait until it rests.
local support = require("spec.runbooks.support")

-- `shown` are the clusters one look after the other sees, or the answer to a look at the disks.
local function client(shown, disks)
  local at = 0
  local of = support.client({})
  of.dws = {
    show_cluster = function()
      at = math.min(at + 1, #shown)
      return { cluster = shown[at] }
    end,
    show_cluster_volume = function() return disks end,
  }
  return of
end

local function run(body, of)
  return support.run("function(run)\n" .. body .. "\nend", { client = of })
end

describe("run:cluster_task", function()
  it("is the task, or what is in progress, or nothing", function()
    local result = run([[
      return { run:cluster_task{ task_status = "GROWING", action_progress = { CREATING = "20%" } },
        run:cluster_task{ task_status = "", action_progress = { CREATING = "20%" } },
        run:cluster_task{ task_status = "", action_progress = {} } == nil, run:cluster_task{} == nil }]], client({}))
    assert.same({ "GROWING", "CREATING", true, true }, result.value)
  end)
end)

describe("run:at_rest of a cluster", function()
  local function lines(seen)
    local _, reporter = run(("run:preflight(function(check) run:at_rest(check, %s) end)"):format(seen), client({}))
    return reporter.lines
  end

  it("gives a line for each thing a change needs", function()
    assert.same({ "ok cluster available: c is AVAILABLE", "ok no task: none is under way", "ok no restart due: the parameters are in step" },
      lines([[{ cluster = { name = "c", status = "AVAILABLE" } }]]))
    assert.same({ "ok cluster available: c is ACTIVE", "ok sub-status: NORMAL; normal is needed", "ok no task: none is under way",
      "ok nodes available: all 2" }, lines([[{ cluster = { name = "c", status = "ACTIVE", parameter_group = { status = "Pending-Reboot" } },
        suits = { NORMAL = true }, needs = "normal", nodes = { { status = "200" }, { status = "199" } }, restart_due = true }]]))
  end)

  it("names what does not fit", function()
    assert.same({ "fail cluster available: c is UNAVAILABLE", "fail sub-status: READONLY; normal is needed", "fail no task: GROWING is shown",
      "fail no restart due: changed parameters wait for a restart", "fail nodes available: n1 is 300" },
      lines([[{ cluster = { name = "c", status = "UNAVAILABLE", sub_status = "READONLY", task_status = "GROWING",
        parameter_group = { status = "Pending-Reboot" } }, suits = { NORMAL = true }, needs = "normal",
        nodes = { { name = "n1", status = "300" }, { name = "n2", status = "200" } } }]]))
  end)

  it("warns of a snapshot, and of a task that is over", function()
    local function third(task) return lines(([[{ cluster = { name = "c", status = "AVAILABLE", task_status = %q },
      past = { RESIZE_FAILURE = "an earlier one failed" } }]]):format(task))[2] end
    assert.equal("warn no task: a snapshot is being taken: it is waited for", third("SNAPSHOTTING"))
    assert.equal("warn no task: an earlier one failed", third("RESIZE_FAILURE"))
    assert.equal("fail no task: REBOOT_FAILURE is shown", third("REBOOT_FAILURE"))
  end)
end)

describe("run:cluster_at_rest", function()
  local function rest(shown, more)
    return run(([[return run:cluster_at_rest{ name = "the cluster", id = "c", timeout = 60 %s }.name]]):format(more or ""), client(shown))
  end

  it("gives the cluster once no task is shown, or one that is over", function()
    assert.equal("b", rest({ { name = "a", task_status = "SNAPSHOTTING", status = "AVAILABLE" }, { name = "b", status = "AVAILABLE" } }).value)
    assert.equal("c", rest({ { name = "c", task_status = "RESIZE_FAILURE", status = "AVAILABLE" } }, ", past = { RESIZE_FAILURE = '' }").value)
  end)

  it("fails with a frozen cluster and with what is named, and ends at its deadline", function()
    assert.equal("the cluster: FROZEN", rest({ { status = "FROZEN" } }).error.message)
    assert.equal("the cluster: REDISTRIBUTE_FAILURE", rest({ { status = "AVAILABLE", task_status = "REDISTRIBUTE_FAILURE" } },
      ", failure = { 'REDISTRIBUTE_FAILURE' }").error.message)
    assert.equal("the cluster: not there after 1 min, the state is GROWING", rest({ { status = "AVAILABLE", task_status = "GROWING" } })
      .error.message)
  end)
end)

describe("run:fullest_disk", function()
  local function fullest(disks)
    return run([[return { run:fullest_disk("c") }]], client({}, disks)).value
  end

  it("is the greatest percentage, however it is written", function()
    assert.same({ 71.5 }, fullest({ disk_info_list = { { percentage = "31%" }, { percentage = "71.5" }, { percentage = 40 } } }))
    assert.same({ 0 }, fullest({ disk_info_list = { { percentage = "0%" } } }))
  end)

  it("says why there is none", function()
    local result = run([[local percent, why = run:fullest_disk("c") return { percent == nil, why }]], client({}, { disk_info_list = {} }))
    assert.same({ true, "no disk is shown" }, result.value)
  end)
end)

describe("run:fit_for_snapshot", function()
  local function lines(disks)
    local _, reporter = run([[run:try(function() run:preflight(function(check) run:fit_for_snapshot(check, "c") end) end)]],
      client({}, { disk_info_list = disks }))
    return reporter.lines
  end

  it("wants disks below 70 percent, and says what nobody sees", function()
    local quiet = "unseen quiet while the snapshot is taken: not seen (few writes, no VACUUM FULL): check by hand"
    assert.same({ "ok disks below 70 % for the snapshot: the fullest is at 69 %", quiet }, lines({ { percentage = "69%" } }))
    assert.same({ "fail disks below 70 % for the snapshot: the fullest is at 70 %", quiet }, lines({ { percentage = "70" } }))
    assert.same({ "unseen disks below 70 % for the snapshot: not seen (no disk is shown): check by hand", quiet }, lines({}))
  end)
end)
