-- SPDX-License-Identifier: Apache-2.0
local support = require("spec.runbooks.support")

-- A service whose job goes through a list of answers, the last of which stays.
local function jobs(answers)
  local at = 0
  return support.client({ show_job = function()
    at = math.min(at + 1, #answers)
    local answer = answers[at]
    if answer.kind then return nil, answer end
    return { job = answer }
  end })
end

local WAIT = [[function(run)
  local reached = run:wait{ name = "the job", op = "ddm.show_job", args = { job_id = "j" }, field = "job.status",
    success = { "Completed" }, failure = { "Failed" }, person = { "ToBeSwitched" }, pending = { "Running" },
    progress = "job.process", reason = "job.why", interval = 10, %s }
  return reached
end]]

local function wait(client, more)
  return support.run(WAIT:format(more or "timeout = 100"), { client = client })
end

describe("a wait", function()
  it("ends with a success state", function()
    local client = jobs({ { status = "Running", process = "20%" }, { status = "Running", process = "80%" },
      { status = "Completed" } })
    local result, reporter = wait(client)
    assert.equal("done", result.status)
    assert.equal("Completed", result.value.state)
    assert.is_false(result.value.person)
    assert.equal(20, result.value.seconds)
    assert.equal(20, reporter.waiting[1].percent)
    assert.equal("the job (Running)", reporter.waiting[1].waiting_for)
    assert.equal(support.START + 100000, reporter.waiting[1].deadline)
    assert.equal(80, reporter.waiting[2].percent)
    assert.equal(10, reporter.waiting[2].elapsed)
    assert.equal(3, #client.calls)
  end)

  it("ends with a state that needs a person, and says so", function()
    local result = wait(jobs({ { status = "ToBeSwitched" } }))
    assert.equal("ToBeSwitched", result.value.state)
    assert.is_true(result.value.person)
  end)

  it("raises on a failure state, with its reason", function()
    local result = wait(jobs({ { status = "Failed", why = "DBS.300364" } }))
    assert.equal("failed", result.status)
    assert.equal(1, result.exit)
    assert.equal("the job: Failed (DBS.300364)", result.error.message)
    assert.equal("Failed", result.error.state)
    assert.equal("probe.lua:2", result.at)
  end)

  it("waits on in an unknown state and remarks on it once", function()
    local result, reporter = wait(jobs({ { status = "Dancing" }, { status = "Dancing" }, { status = "Completed" } }))
    assert.equal("done", result.status)
    assert.same({ "warn the job: the state Dancing is not one this runbook knows; it counts as pending" }, reporter.lines)
  end)

  it("ends at its deadline, on the client's clock", function()
    local client = jobs({ { status = "Running" } })
    local result = wait(client, "timeout = 35")
    assert.equal("timeout", result.error.kind)
    assert.equal("the job: not there after 35 s, the state is Running", result.error.message)
    assert.equal(support.START + 35000, client.time)
    assert.equal(5, #client.calls)
  end)

  it("starts late when told to", function()
    local client = jobs({ { status = "Completed" } })
    local result = wait(client, "timeout = 100, delay = 30")
    assert.equal(30, result.value.seconds)
  end)

  it("does not believe the old state right after a change", function()
    local client = jobs({ { status = "Failed" }, { status = "Failed" }, { status = "Running" }, { status = "Completed" } })
    assert.equal("Completed", wait(client, "timeout = 100, settle = 60").value.state)
    client = jobs({ { status = "Failed" } })
    local result = wait(client, "timeout = 100, settle = 25")
    assert.equal("the job: Failed", result.error.message)
    assert.equal(support.START + 30000, client.time)
  end)

  it("looks again after errors that pass, and remarks on them once", function()
    local gone = { kind = "api", status = 404, message = "no such task" }
    local result, reporter = wait(jobs({ { kind = "transport", message = "reset" }, gone, gone,
      { kind = "api", status = 500, message = "server" }, { kind = "decode", message = "HTML" }, { status = "Completed" } }))
    assert.equal("done", result.status)
    assert.same({
      "warn the job: looking failed, looking again: reset", "warn the job: looking failed, looking again: no such task",
      "warn the job: looking failed, looking again: server", "warn the job: looking failed, looking again: HTML",
    }, reporter.lines)
  end)

  it("ends with errors that do not pass", function()
    for _, err in ipairs({ { kind = "auth", message = "x" }, { kind = "api", status = 403, message = "x" },
      { kind = "check", message = "x" } }) do
      local result = wait(jobs({ err }))
      assert.equal(err, result.error)
    end
  end)

  it("ends with Ctrl-C, as cancelled", function()
    local client = jobs({ { status = "Running" } })
    client.interrupted = true
    local result = wait(client)
    assert.equal("cancelled", result.status)
    assert.equal(130, result.exit)
    assert.equal(1, #client.calls)
  end)

  it("finds one item of a list, and lets its operations decide", function()
    local lists = {
      {}, { { id = "other", status = "Failed" }, { id = "j", status = "Running", operations = { "toBeCanceled" } } },
      { { id = "j", status = "Completed", operations = { "toBeCleaned" } } },
    }
    local seen = {}
    local client = support.client({ list_jobs = function(args)
      seen[#seen + 1] = args.end_time
      local list = lists[math.min(#seen, #lists)]
      return { jobs = list, total = #list }
    end })
    local result = support.run([[function(run)
      return run:wait{ name = "the task", op = "ddm.list_jobs", args = { start_time = 1, end_time = run.NOW },
        find = { id = "j" }, field = "status", operations = { toBeCleaned = "ToBeCleaned" }, success = { "ToBeCleaned" },
        timeout = 100 }
    end]], { client = client })
    assert.equal("ToBeCleaned", result.value.state)
    assert.same({ support.START, support.START + 10000, support.START + 20000 }, seen)
  end)

  it("can look with a function", function()
    local result = support.run([[function(run)
      local n = 0
      return run:wait{ name = "three", call = function() n = n + 1 return n end, done = function(v) return v == 3 end,
        failed = function(v) return v > 3 and "too far" or nil end, timeout = 100 }
    end]], { client = support.client({}) })
    assert.equal(3, result.value.value)
  end)

  it("is refused without an end or with an unknown field", function()
    local function message(fields)
      return support.run("function(run) run:wait{ " .. fields .. " } end", { client = support.client({}) }).error.message
    end
    assert.equal("probe.lua:1: wait x: timeout is missing: seconds; no wait is endless",
      message('name = "x", op = "ddm.show_job", field = "a", success = { "b" }'))
    assert.equal("probe.lua:1: wait x: unknown field sucess, did you mean success?",
      message('name = "x", op = "ddm.show_job", field = "a", sucess = { "b" }, timeout = 1'))
  end)
end)
