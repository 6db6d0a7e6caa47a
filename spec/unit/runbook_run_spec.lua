-- SPDX-License-Identifier: Apache-2.0
local store = require("hwdb.runbook.store")
local support = require("spec.runbooks.support")

local REFUSED = { kind = "api", status = 409, message = "busy" }

local function client()
  return support.client({ show_instance = function(args) return { id = args.instance_id }, { warnings = {} } end,
    list_jobs = function() return {} end,
    restart_instance = function() return nil, REFUSED end,
    reload_table_data = function() return nil, { kind = "transport", in_doubt = true, message = "answer lost" } end })
end

local function run(body, options)
  options = options or {}
  options.client = options.client or client()
  return support.run(body, options)
end

describe("a run", function()
  it("ends as done, with what its function gives", function()
    local result, reporter = run('function(run) return run.ddm:show_instance{ instance_id = "i" }.id end')
    assert.matches("^%d%d%d%d%d%d%d%d%-%d%d%d%d%-%x%x%x%x%x%x$", result.run)
    assert.same({ status = "done", state = "done", exit = 0, value = "i", steps = {}, head = "", run = result.run }, result)
    assert.equal(result, reporter.result)
  end)

  it("groups by steps and keeps their times", function()
    local result, reporter = run([[function(run)
      return run:step("outer", function(a)
        run:step("inner", function() run:sleep(5) end)
        return a + 1
      end, 1)
    end]])
    assert.equal(2, result.value)
    assert.same({ { name = "outer", ok = true, seconds = 5 }, { name = "inner", ok = true, seconds = 5 } }, result.steps)
    assert.same({ "step outer", "step inner", "done inner", "done outer" }, reporter.lines)
  end)

  it("ends with the error of a call, its step and the script's line", function()
    local result, reporter = run('function(run)\nrun:step("restart", function()\nrun.ddm:restart_instance{}\nend)\nend')
    assert.equal(REFUSED, result.error)
    assert.equal("failed", result.status)
    assert.equal(1, result.exit)
    assert.equal("restart", result.step)
    assert.equal("probe.lua:3", result.at)
    assert.same({ "step restart", "broken restart" }, reporter.lines)
  end)

  it("lets a script take an error as a value", function()
    local result = run([[function(run)
      local body, err = run:try(run.ddm.restart_instance, run.ddm, {})
      return body == nil and err.message
    end]])
    assert.equal("busy", result.value)
  end)

  it("is not held up by try or pcall when an outcome is in doubt", function()
    for _, body in ipairs({ "function(run) run:try(run.ddm.reload_table_data, run.ddm, {}) end",
      "function(run) pcall(run.ddm.reload_table_data, run.ddm, {}) end" }) do
      local result = run(body)
      assert.equal("waiting", result.status)
      assert.equal("in_doubt", result.state)
      assert.equal(3, result.exit)
      assert.matches("^IN_DOUBT: nobody knows whether ddm.reload_table_data took place", result.error.message)
    end
  end)

  it("asks before what cannot be undone, unless the script just did", function()
    local result = run("function(run) run.ddm:delete_instance{ instance_id = 'i' } end")
    assert.equal(3, result.exit)
    assert.matches("ddm.delete_instance cannot be undone", result.error.message, 1, true)
    assert.matches('accept="irreversible ddm.delete_instance"', result.error.remedy, 1, true)
  end)

  it("asks again before the next one, unless the question served for more", function()
    local function deleting(more)
      return run(([[function(run)
        run:ask{ name = "go", question = "?" %s }
        for _ = 1, 2 do run.ddm:delete_instance{ instance_id = 'i' } end
      end]]):format(more), { accept = { "go" }, client = support.client({ delete_instance = function() return {} end,
        show_instance = function(args) return { id = args.instance_id } end, list_instances = function() return { instances = {} } end }) })
    end
    assert.matches("ddm.delete_instance cannot be undone", deleting("").error.message, 1, true)
    assert.matches("ddm.delete_instance cannot be undone", deleting(", serves = 1").error.message, 1, true)
    assert.equal("done", deleting(", serves = 2").status)
  end)

  it("shows mistakes of the script as such, also through try", function()
    local result = run("function(run)\nrun:try(function() local x = nil; return x.y end)\nend")
    assert.equal("script", result.error.kind)
    assert.equal("probe.lua:2: attempt to index a nil value (local 'x')", result.error.message)
    assert.equal("probe.lua:1: run.stepp does not exist, did you mean step?",
      run("function(run) run:stepp('x') end").error.message)
    assert.equal('probe.lua:1: the script raised {"code":7}', run("function() error({ code = 7 }) end").error.message)
  end)

  it("ends with run:fail and run:hand_over", function()
    local result = run('function(run) run:fail("broken", "mend it") end')
    assert.equal(1, result.exit)
    assert.equal("broken\n  remedy: mend it", tostring(result.error))
    result = run('function(run) run:hand_over("over to you") end')
    assert.equal("waiting", result.status)
    assert.equal(3, result.exit)
  end)

  it("says what it leaves behind, unless it ends well", function()
    assert.equal("task 7 goes on", run('function(run) run:if_stopped("task 7 goes on") run:fail("x") end').left_behind)
    assert.is_nil(run('function(run) run:if_stopped("task 7 goes on") end').left_behind)
    assert.is_nil(run('function(run) run:if_stopped("x") run:if_stopped(nil) run:fail("x") end').left_behind)
  end)

  it("calls nothing when parameters are wrong", function()
    local c = client()
    local result = run("function(run) run.ddm:show_instance{} end", { client = c,
      declared = '{ { name = "id", type = "string", required = true, help = "an id" } }', params = { ID = "x" } })
    assert.equal(2, result.exit)
    assert.equal("probe: id is missing: an id; ID is no parameter of this runbook, did you mean id?", result.error.message)
    assert.same({}, c.calls)
  end)

  it("hands warnings of a call on once", function()
    local c = support.client({ show_instance = function() return {}, { warnings = { { path = "x", message = "odd" } } } end })
    local _, reporter = run("function(run) run.ddm:show_instance{} run.ddm:show_instance{} end", { client = c })
    assert.same({ "warn ddm.show_instance: odd" }, reporter.lines)
  end)

  it("cannot change its handle or reach behind it", function()
    assert.equal("probe.lua:1: the run handle cannot be changed", run("function(run) run.x = 1 end").error.message)
    assert.equal("run", run("function(run) return getmetatable(run) end").value)
    assert.same({}, (function()
      local keys = run("function(run) local k = {} for key in pairs(run) do k[#k + 1] = key end return k end").value
      return keys
    end)())
  end)

  it("gathers results side by side; one failing call stops none", function()
    local result = run([[function(run)
      return run:gather({ function() return run.ddm:show_instance{ instance_id = "i" }.id end,
        function() return run.ddm:restart_instance{} end, function() return 3, 4 end })
    end]])
    assert.is_nil(result.error)
    assert.same({ { "i" }, { nil, REFUSED }, { 3, 4 } }, result.value)
    result = run("function(run)\nrun:gather{ function() end, function() return nil + 1 end }\nend")
    assert.matches("^probe.lua:2: attempt to perform arithmetic", result.error.message)
    assert.equal(3, run("function(run) run:gather{ function() run.ddm:delete_instance{} end } end").exit)
  end)

  it("names a service or an operation that does not exist, at the script's line", function()
    local world = support.world()
    assert.equal("probe.lua:2: unknown operation ddm.list_instance, did you mean list_instances?",
      run("function(run)\nrun.ddm:list_instance{}\nend", { client = world.client }).error.message)
    assert.equal("probe.lua:1: run.dmd does not exist, did you mean ddm?",
      run("function(run) run.dmd:list_instances{} end", { client = world.client }).error.message)
  end)

  it("leaves the strings of others alone", function()
    run("function(run) run:fail('x') end")
    assert.equal(string, getmetatable("").__index)
  end)
end)

describe("a question", function()
  local ASK = 'function(run) return run:ask{ name = "item one", question = "Go on?" } end'

  it("stops the run without a terminal and names the way out", function()
    for _, options in ipairs({ {}, { ask = function() return "yes" end, terminal = false }, { ask = function() end } }) do
      local result = run(ASK, options)
      assert.equal("waiting", result.status)
      assert.equal(3, result.exit)
      assert.equal("waiting for a person: Go on?", result.error.message)
      assert.equal('run it at a terminal, or answer beforehand with accept="item one"', result.error.remedy)
    end
  end)

  it("is answered beforehand by exactly its name", function()
    assert.is_true(run(ASK, { accept = { "item one" } }).value)
    assert.is_true(run(ASK, { params = { accept = "item one" } }).value)
    local result, reporter = run(ASK, { accept = { "item", "Item one" } })
    assert.equal(3, result.exit)
    assert.same({ "warn accept=item: no question of this run had that name",
      "warn accept=Item one: no question of this run had that name" }, reporter.lines)
  end)

  it("is answered at the terminal", function()
    local asked
    for answer, expected in pairs({ yes = true, Y = true, no = false, [""] = false, ["perhaps"] = false }) do
      local result = run(ASK, { ask = function(q) asked = q return answer end })
      assert.equal(expected, result.value)
    end
    assert.equal("Go on?", asked.question)
    assert.is_true(run('function(run) return run:ask{ name = "x", question = "x?", default = true } end',
      { ask = function() return "" end }).value)
  end)

  it("may want a text typed out", function()
    local typed = 'function(run) return run:ask{ name = "x", question = "Type", expect = "orders" } end'
    assert.is_true(run(typed, { ask = function() return "orders" end }).value)
    for _, answer in ipairs({ "yes", "order", "", true }) do
      assert.is_false(run(typed, { ask = function() return answer end }).value)
    end
  end)
end)

describe("a record", function()
  local folder

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
  end)

  after_each(function() os.execute("rm -rf '" .. folder .. "'") end)

  local function on_disk(body)
    return run(body, { state_dir = folder })
  end

  it("is on disk, whole, for later runs", function()
    on_disk('function(run) run:record("a/b", { n = 9007199254740993, list = { 1, 2 } }) end')
    local result = on_disk('function(run) return run:recorded("a/b") end')
    assert.equal(9007199254740993, result.value.n)
    assert.equal(2, #result.value.list)
    on_disk('function(run) run:record("a/b", nil) end')
    assert.is_nil(on_disk('function(run) return run:recorded("a/b") end').value)
  end)

  it("that cannot be written stops the run", function()
    local result = run('function(run) run:record("key", 1) end', { state_dir = "/proc/nowhere" })
    assert.equal("failed", result.status)
    assert.equal(2, result.exit)
    assert.matches("/proc/nowhere", result.error.message, 1, true)
  end)

  it("of a simulator in the process ends with it", function()
    local world = {}
    local journal, records = store.choose({ world = world })
    journal:keep(table.unpack(records:put("key", { 1 }, "run").keep))
    assert.same({ 1 }, select(2, store.choose({ world = world })):get("key"))
    assert.is_nil(select(2, store.choose({ world = {} })):get("key"))
  end)

  it("goes by its exact key", function()
    on_disk('function(run) run:record("a/b", "one"); run:record("a_b", "two") end')
    assert.equal("one", on_disk('function(run) return run:recorded("a/b") end').value)
    assert.equal("two", on_disk('function(run) return run:recorded("a_b") end').value)
  end)
end)

describe("a window of a run", function()
  local ENTER = [[function(run)
    local w = run:window{ from = "2026-11-22 01:00", to = "02:00", zone = "UTC", cut_off = 600 }
    %s
    run:enter(w)
    return run:clock()
  end]]

  it("is waited for", function()
    local result, reporter = run(ENTER:format(""))
    assert.equal("2026-11-22 01:00:00 +00:00", result.value)
    assert.equal("the window 2026-11-22 01:00:00 +00:00 to 2026-11-22 02:00:00 +00:00", reporter.waiting[1].waiting_for)
  end)

  it("hands over to a person once its cut-off has passed", function()
    local result = run(ENTER:format("run:sleep(6601)"))
    assert.equal(3, result.exit)
    assert.matches("has passed: nothing is begun any more", result.error.message, 1, true)
  end)

  it("is refused when it is over before it is needed", function()
    local c = client()
    c.time = c.time + 7200000
    local result = run(ENTER:format(""), { client = c })
    assert.equal(2, result.exit)
    assert.matches("is over", result.error.message, 1, true)
  end)
end)
