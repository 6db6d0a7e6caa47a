-- SPDX-License-Identifier: Apache-2.0
-- What every change of a DDM instance needs: its tasks listed and followed, orders followed, whether it is at rest, and
-- whether it is still what was looked at.
local support = require("spec.runbooks.support")

local DAY = 86400000

-- A DDM whose list of tasks is given by a function of the arguments.
local function client(jobs, more)
  local operations = { list_jobs = function(args)
    local list = jobs(args)
    return { jobs = list, total = #list }
  end }
  for name, fn in pairs(more or {}) do operations[name] = fn end
  return support.client(operations)
end

local function run(body, of)
  return support.run("function(run)\n" .. body .. "\nend", { client = of })
end

local TASKS = {
  { id = "a", name = "EnlargeNode", instance_id = "i", status = "Running" },
  { id = "b", name = "migrateLogicDb", instance_id = "i", status = "ToBeCleaned" },
  { id = "c", name = "RestartInstance", instance_id = "i", status = "Completed" },
  { id = "d", name = "ReduceNode", instance_id = "other", status = "Failed", fail_reason = "full" },
}

describe("run:jobs", function()
  it("gives those asked for, of the 30 days that the list reaches back", function()
    local asked
    local of = client(function(args)
      asked = args
      return TASKS
    end)
    local result = run([[
      local all, own, busy = run:jobs(), run:jobs{ instance_id = "i" }, run:jobs{ instance_id = "i", unfinished = true }
      return { #all, #own, #busy, busy[1].id, run:jobs{ id = "d" }[1].fail_reason, #run:jobs{ id = "e" } }]], of)
    assert.same({ 4, 3, 1, "a", "full", 0 }, result.value)
    assert.equal(support.START, asked.end_time)
    assert.equal(support.START - 30 * DAY + 3600000, asked.start_time)
  end)
end)

describe("what is under way on an instance, and why a task failed,", function()
  it("are told in the service's words, or in those that say there are none", function()
    local result = run([[
      return { run:task_under_way("i"), run:task_under_way("other") or "none", run:why_failed("d"), run:why_failed("a"),
        run:why_failed("gone") }]], client(function() return TASKS end))
    assert.same({ "EnlargeNode is Running", "none", "full", "no reason is given", "no reason is given" }, result.value)
    local refused = support.client({ list_jobs = function() return nil, { kind = "api", status = 403, message = "no" } end })
    assert.equal("no reason is given", run('return run:why_failed("d")', refused).value)
  end)
end)

describe("run:follow_job", function()
  local function follow(states, more)
    local at, since = 0, nil
    local of = client(function(args)
      at, since = math.min(at + 1, #states), args.start_time
      return { { id = "j", status = states[at], process = "40%", fail_reason = "DBS.200412 no capacity" }, { id = "k", status = "Failed" } }
    end)
    local result, reporter = run(([[return run:follow_job{ name = "the task", id = "j", since = run:now(), timeout = 60 %s }.state]])
      :format(more or ""), of)
    return result, reporter, of, since
  end

  it("ends with the task", function()
    local result, reporter, of, since = follow({ "Running", "Completed" }, ", interval = 30")
    assert.equal("Completed", result.value)
    assert.equal("the task (Running)", reporter.waiting[1].waiting_for)
    assert.equal(40, reporter.waiting[1].percent)
    assert.equal(support.START + 30000, of.time)
    assert.equal(support.START - 3600000, since)
  end)

  it("fails with the service's reason, or when somebody cancels the task", function()
    for _, state in ipairs({ "Failed", "CancelSuccess", "RollbackSuccess" }) do
      assert.equal(("the task: %s (DBS.200412 no capacity)"):format(state), (follow({ "Running", state })).error.message)
    end
  end)

  it("ends at its deadline", function()
    assert.equal("the task: not there after 1 min, the state is Running", (follow({ "Running" })).error.message)
  end)
end)

describe("run:follow_order", function()
  local store
  before_each(function() store = require("hwdb.runbook.store").memory() end)

  local function follow(status, more)
    local of = client(function() return {} end)
    of.bss = { show_order = function(_, args) return { order_info = { order_id = args.order_id, status = status } } end }
    local options = { client = of, store = store }
    return support.run(([[function(run) return run:follow_order{ id = "CS1", target = "ddm/i", timeout = 60 %s }.state end]]):format(
      more or ""), options)
  end

  it("says how it is paid, and ends once it is carried out", function()
    local result, reporter = follow(5)
    assert.equal(5, result.value)
    assert.same({ "note the order CS1 waits for its payment: in the Billing Center, or hwdb call bss.pay_order order_id=CS1" },
      reporter.lines)
    result, reporter = follow(5, ", auto_pay = true")
    assert.equal("done", result.status)
    assert.same({}, reporter.lines)
  end)

  it("fails with an order that was cancelled, and at its deadline", function()
    assert.equal("the order CS1: 4 (it was cancelled)", (follow(4)).error.message)
    assert.equal("the order CS1: 2 (its refund is under way)", (follow(2)).error.message)
    assert.equal("the order CS1: not there after 1 min, the state is 6", (follow(6)).error.message)
  end)

  it("leaves word of an order that stays open, for later runs", function()
    local function open(status)
      local of = client(function() return {} end)
      of.bss = { show_order = function() return { order_info = { status = status } } end }
      return support.run([[function(run) return run:open_order("ddm/i") or "none" end]], { client = of, store = store }).value
    end
    assert.equal("none", open(6))
    follow(6)
    assert.same({ "CS1", "CS1", "none", "none" }, { open(6), open(3), open(4), open(5) })
    follow(5)
    assert.equal("none", open(6))
    follow(4)
    assert.equal("none", open(6))
  end)
end)

describe("run:follow_change", function()
  local function follow(answer, task, status)
    local of = client(function() return { { id = "j", status = task, fail_reason = "no capacity" } } end,
      { show_instance = function() return { status = status or "RUNNING" } end })
    of.bss = { show_order = function() return { order_info = { status = 5 } } end }
    local result, reporter = run(([[run:follow_change{ op = "ddm.resize_flavor", instance_id = "i", answer = %s, name = "the change",
      since = run:now(), timeout = 600, remedy = "look at it" }]]):format(answer), of)
    return result, reporter, of
  end

  it("follows the order, the task and the instance, in whatever words the answer names them", function()
    for answer, calls in pairs({ ['{ order_id = "CS1", job_id = "" }'] = { "show_instance" }, ['{ jobId = "j" }'] = { "list_jobs",
      "show_instance" }, ['{ job_id = "j" }'] = { "list_jobs", "show_instance" }, ["{}"] = { "show_instance" } }) do
      local result, _, of = follow(answer, "Completed")
      assert.is_nil(result.error)
      assert.same(calls, { of.calls[1], of.calls[2] ~= of.calls[1] and of.calls[2] or nil })
    end
  end)

  it("says what a person does once it has failed, and nothing of what goes on", function()
    local result = follow('{ job_id = "j" }', "Failed")
    assert.equal("the change: Failed (no capacity)", result.error.message)
    assert.equal("look at it", result.error.remedy)
    assert.is_nil(result.left_behind)
    result = follow('{ job_id = "j" }', "Completed", "ERROR")
    assert.equal("ddm.resize_flavor: ERROR", result.error.message)
    assert.equal("look at it", result.error.remedy)
  end)

  it("says that it goes on when nobody waits any more", function()
    local result = follow('{ job_id = "j" }', "Running")
    assert.equal("timeout", result.error.kind)
    assert.matches("goes on in the cloud", result.left_behind, 1, true)
  end)
end)

describe("run:at_rest", function()
  local function lines(seen)
    local _, reporter = run(("run:preflight(function(check) run:at_rest(check, %s) end)"):format(seen), client(function() return {} end))
    return reporter.lines
  end

  it("gives a line for each thing that was read, and for nothing else", function()
    assert.same({}, lines("{}"))
    assert.same({ "ok instance running: ddm is RUNNING", "ok no running task: none on the instance", "ok DDM nodes: all 2 are running",
      "ok schemas at rest: all are running", "ok data nodes normal: all of them" },
      lines([[{ instance = { name = "ddm", status = "RUNNING" }, jobs = { { status = "Completed" }, { status = "ToBeCleaned" } },
        nodes = { { status = "normal" }, { status = "RUNNING" } },
        schemas = { { status = "RUNNING", used_rds = { { status = "normal" } } }, { status = "RUNNING" } } }]]))
  end)

  it("names what is not at rest, a shared data node once", function()
    assert.same({ "fail instance running: ddm is GROWING", "fail no running task: EnlargeNode j is Running",
      "fail DDM nodes: n2 is abnormal", "fail schemas at rest: orders is EXPANDING",
      "fail data nodes normal: rds-1 is backup, r2 is nil" },
      lines([[{ instance = { name = "ddm", status = "GROWING" }, jobs = { { id = "j", name = "EnlargeNode", status = "Running" } },
        nodes = { { node_id = "n1", status = "normal" }, { node_id = "n2", status = "abnormal" } },
        schemas = { { name = "orders", status = "EXPANDING", used_rds = { { id = "r1", name = "rds-1", status = "backup" } } },
          { name = "stock", status = "RUNNING", used_rds = { { id = "r1", name = "rds-1", status = "backup" }, { id = "r2" } } } } }]]))
  end)
end)

describe("run:guard with an earlier answer", function()
  local function guard(now)
    local of = client(function() return {} end, { show_instance = function() return now end })
    return run([[run:guard{ op = "ddm.show_instance", args = { instance_id = "i" }, what = "the instance",
      fields = { "status", "nodes[].node_id" }, was = { status = "RUNNING", nodes = { { node_id = "b" }, { node_id = "a" } } } }]], of)
  end

  it("goes on while all is as it was, in whatever order", function()
    assert.equal("done", guard({ status = "RUNNING", name = "new", nodes = { { node_id = "a" }, { node_id = "b" } } }).status)
  end)

  it("fails naming what somebody changed", function()
    local result = guard({ status = "GROWING", nodes = { { node_id = "a" }, { node_id = "c" } } })
    assert.equal(1, result.exit)
    assert.equal("the instance is not as it was looked at: nothing has been changed", result.error.message)
    assert.equal('find out who changed it, then begin again: nodes[].node_id.2: "b" was seen, "c" is there; '
      .. 'status: "RUNNING" was seen, "GROWING" is there', result.error.remedy)
  end)
end)

describe("run:version_at_least", function()
  it("compares number by number", function()
    local result = run([[
      local texts = {}
      for i, case in ipairs({ { "3.1.0", "3.0.8.3" }, { "3.0.8.3", "3.0.8.3" }, { "3.0.8", "3.0.8.3" }, { "3.0.8", "3.0.8.3", true },
          { "3.0.10", "3.0.9" }, { "2.9", "3.0.9", true }, { nil, "1" }, { "", "1", true }, { "8.1.1.300 (build 2)", "8.1.1.300" } }) do
        texts[i] = tostring(run:version_at_least(case[1], case[2], case[3]))
      end
      return table.concat(texts, " ")]], client(function() return {} end))
    assert.equal("true true false true true false false false true", result.value)
  end)
end)
