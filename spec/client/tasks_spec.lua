-- SPDX-License-Identifier: Apache-2.0
-- Many calls in flight from one thread: order, bound, failures, nesting, closing.
local hwdb = require("hwdb")
local Server = require("spec.support.server")
local Stub = require("spec.support.stub")

local ID = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09"

local function limit_of(request) return math.tointeger(tonumber(request.target:match("limit=(%d+)"))) end

-- A service that answers with the limit it was asked for.
local function echo() return Stub.new({ function(request) return { json = { total_record = limit_of(request) } } end }) end

local function listing(client, n)
  return function() return client.ddm:list_instances({ limit = n }) end
end

local function listings(client, from, to)
  local calls = {}
  for i = from, to do calls[#calls + 1] = listing(client, i) end
  return calls
end

local function totals(results)
  local list = {}
  for i, result in ipairs(results) do list[i] = result[1] and result[1].total_record or false end
  return list
end

describe("gather", function()
  it("gives values and infos in the order of the functions, however their answers come", function()
    -- Each answer is held until later requests have arrived: the first call ends last.
    local answers = {}
    for i = 1, 8 do answers[i] = { on = "limit=" .. i .. " ", json = { total_record = i }, hold = 8 } end
    answers[1].hold = 9
    answers[9] = { on = "limit=20 ", json = {} }
    local server <close> = Server.start(answers)
    local client = server:client()
    local calls = listings(client, 1, 8)
    calls[8] = function()
      local body, info = client.ddm:list_instances({ limit = 8 })
      assert(client.ddm:list_instances({ limit = 20 }))
      return body, info
    end
    local results = hwdb.gather(calls)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, totals(results))
    assert.equal(200, results[3][2].status)
  end)

  it("of nothing is nothing", function()
    assert.same({}, hwdb.gather({}))
    local inside = hwdb.gather({ function() return hwdb.gather({}) end })
    assert.same({}, inside[1][1])
  end)

  it("returns whatever the functions return, without calls too", function()
    local results = hwdb.gather({ function() return 1, 2, 3 end, function() end, function() return nil, "why" end })
    assert.same({ { n = 3, 1, 2, 3 }, { n = 0 }, { n = 2, nil, "why" } }, results)
  end)

  it("keeps to its bound", function()
    for _, max in ipairs({ 1, 3, 64 }) do
      local running, most = 0, 0
      local client = echo():client()
      local calls = {}
      for i = 1, 200 do
        calls[i] = function()
          running = running + 1
          most = math.max(most, running)
          local body = client.ddm:list_instances({ limit = i % 100 + 1 })
          running = running - 1
          return body
        end
      end
      local results = hwdb.gather(calls, { max = max })
      assert.equal(max, most)
      assert.equal(100, results[199][1].total_record)
    end
  end)

  it("has 64 out at once unless told otherwise, on as many connections", function()
    local server <close> = Server.start({ { json = {}, times = 64, hold = 64 }, { json = {}, times = 36, hold = 100 } })
    local results = hwdb.gather(listings(server:client(), 1, 100))
    for i = 1, 100 do assert(results[i][1]) end
    assert.equal(64, server:connections())
  end)

  it("refuses a bound that is none", function()
    for _, bad in ipairs({ 0, -1, 1.5, "8" }) do
      assert.has_error(function() hwdb.gather({}, { max = bad }) end)
    end
  end)

  it("loses none to another's failure", function()
    local stub = Stub.new({ function(request)
      local n = limit_of(request)
      return n % 2 == 0 and { status = 404, json = { error_code = "E." .. n, error_msg = "none" } } or { json = { total_record = n } }
    end })
    local results = hwdb.gather(listings(stub:client(), 1, 6))
    assert.same({ 1, false, 3, false, 5, false }, totals(results))
    assert.same({ "E.2", "E.4", "E.6" }, { results[2][2].code, results[4][2].code, results[6][2].code })
  end)

  it("gives what a function raised as its error, closes what it had open, and goes on", function()
    local client, closed = echo():client(), {}
    local function open(name) return setmetatable({}, { __close = function() closed[#closed + 1] = name end }) end
    local results = hwdb.gather({
      function()
        local first <close> = open("first") -- luacheck: ignore
        client.ddm:list_instances({ limit = 1 })
        error({ reason = "mine" })
      end,
      function()
        local second <close> = open("second") -- luacheck: ignore
        error("plain", 0)
      end,
      listing(client, 3),
    })
    assert.same({ nil, { reason = "mine" }, n = 2 }, results[1])
    assert.same({ nil, "plain", n = 2 }, results[2])
    assert.equal(3, results[3][1].total_record)
    table.sort(closed)
    assert.same({ "first", "second" }, closed)
  end)

  it("says so when a function yields by itself", function()
    local results = hwdb.gather({ function() coroutine.yield(1) end, function() return 2 end })
    assert.same({ nil, "a task yielded by itself; only calls of hwdb may", n = 2 }, results[1])
    assert.equal(2, results[2][1])
  end)

  it("lets coroutines of the function's own yield to it, their calls blocking", function()
    local client = echo():client()
    local results = hwdb.gather({ function()
      local list = {}
      for n in coroutine.wrap(function()
        for i = 1, 3 do coroutine.yield(client.ddm:list_instances({ limit = i }).total_record) end
      end) do list[#list + 1] = n end
      return list
    end, listing(client, 9) })
    assert.same({ 1, 2, 3 }, results[1][1])
    assert.equal(9, results[2][1].total_record)
  end)

  it("has calls block where a coroutine cannot yield", function()
    local client = echo():client()
    local results = hwdb.gather({ function()
      local list = { 3, 1, 2 }
      table.sort(list, function(a, b)
        return client.ddm:list_instances({ limit = a }).total_record < client.ddm:list_instances({ limit = b }).total_record
      end)
      return list, ("xyz"):gsub(".", function() return client.ddm:list_instances({ limit = 7 }).total_record end)
    end, listing(client, 9), listing(client, 10) })
    assert.same({ { 1, 2, 3 }, "777", 3 }, { results[1][1], results[1][2], results[1][3] })
    assert.same({ 9, 10 }, { results[2][1].total_record, results[3][1].total_record })
  end)
end)

describe("a gather inside a gather", function()
  it("gives its own results, and the outer one its own", function()
    local client = echo():client()
    local function both(n)
      return function()
        local before = client.ddm:list_instances({ limit = n }).total_record
        local inner = totals(hwdb.gather(listings(client, n * 10, n * 10 + 3)))
        return { before, inner, client.ddm:list_instances({ limit = n + 1 }).total_record }
      end
    end
    local results = hwdb.gather({ both(1), both(2), listing(client, 77), both(3) })
    assert.same({ 1, { 10, 11, 12, 13 }, 2 }, results[1][1])
    assert.same({ 2, { 20, 21, 22, 23 }, 3 }, results[2][1])
    assert.equal(77, results[3][1].total_record)
    assert.same({ 3, { 30, 31, 32, 33 }, 4 }, results[4][1])
  end)

  it("holds up nobody else: all are out at the same time", function()
    local server <close> = Server.start({ { json = {}, times = 7, hold = 7 } })
    local client = server:client()
    local results = hwdb.gather({
      function() return hwdb.gather(listings(client, 1, 3)) end,
      function() return hwdb.gather(listings(client, 4, 6)) end,
      listing(client, 7),
    })
    assert.same({ 3, 3 }, { #results[1][1], #results[2][1] })
    assert.equal(7, #server:requests())
  end)

  it("has a bound of its own", function()
    local client, running, most = echo():client(), 0, 0
    local calls = {}
    for i = 1, 10 do
      calls[i] = function()
        running = running + 1
        most = math.max(most, running)
        client.ddm:list_instances({ limit = i })
        running = running - 1
      end
    end
    hwdb.gather({ function() return hwdb.gather(calls, { max = 2 }) end }, { max = 1 })
    assert.equal(2, most)
  end)

  it("may be as deep and as often as anybody likes", function()
    local client = echo():client()
    local function deep(n)
      if n == 0 then return client.ddm:list_instances({ limit = 1 }).total_record end
      local results = hwdb.gather({ function() return deep(n - 1) end, function() return 1 end })
      return results[1][1] + results[2][1]
    end
    assert.equal(31, hwdb.gather({ function() return deep(30) end })[1][1])
    local results = hwdb.gather({ function()
      local sum = 0
      for i = 1, 1000 do sum = sum + hwdb.gather({ function() return i end })[1][1] end
      return sum
    end })
    assert.equal(500500, results[1][1])
  end)
end)

describe("calls of several clients", function()
  it("wait side by side, with a network and two simulators", function()
    local server <close> = Server.start({ { json = { total_record = 1 }, times = 2, hold = 2 } })
    local real, stub, other = server:client(), echo(), echo()
    local virtual, second = stub:client(), other:client()
    local results = hwdb.gather({ listing(real, 1), listing(virtual, 2), listing(second, 3), listing(server:client(), 1),
      function() return virtual:sleep(1000) end, function() return second:sleep(2000) end })
    assert.same({ 1, 2, 3, 1 }, totals({ results[1], results[2], results[3], results[4] }))
    assert.same({ true, true }, { results[5][1], results[6][1] })
    assert.same({ 1000000, 2000000 }, { stub:now() - Stub.START, other:now() - Stub.START })
  end)

  it("that finished while another blocked are not forgotten", function()
    local server <close> = Server.start({ { on = "limit=1 ", json = { total_record = 1 }, times = 2, hold = 3 },
      { on = "limit=2 ", json = { total_record = 2 }, times = 2 }, { on = "limit=3 ", json = { total_record = 3 }, hold = 4 },
      { on = "limit=4 ", json = { total_record = 4 } } })
    local one, two = server:client(), server:client()
    local results = hwdb.gather({
      listing(one, 1), -- out, held until there are three requests
      listing(two, 1),
      function()
        local inner = coroutine.wrap(function() return two.ddm:list_instances({ limit = 2 }) end) -- blocks; ends the others meanwhile
        return inner()
      end,
      function() -- and this one waits for a request that is only made when the first has gone on
        return one.ddm:list_instances({ limit = 2 })
      end,
    })
    assert.same({ 1, 1, 2, 2 }, totals(results))
  end)
end)

describe("a set of tasks", function()
  it("runs what is added, also while it runs, and tells each end", function()
    local client, ended = echo():client(), {}
    local tasks = hwdb.tasks({ max = 2 })
    local function add(n)
      return tasks:spawn(listing(client, n), function(task) ended[#ended + 1] = task.result[1].total_record end)
    end
    local first = add(1)
    add(2)
    tasks:spawn(function() add(4) end)
    add(3)
    assert.is_true(tasks:pending())
    while tasks:step() do end
    assert.is_false(tasks:pending())
    assert.is_false(tasks:step())
    assert.same({ 1, 2, 3, 4 }, ended)
    assert.equal(1, first.result[1].total_record)
  end)

  it("takes a hundred thousand in no time to speak of", function()
    local tasks, sum = hwdb.tasks(), 0
    for i = 1, 100000 do tasks:spawn(function() sum = sum + i end) end
    while tasks:step() do end
    assert.equal(5000050000, sum)
  end)

  it("leaves another set's calls to it, though both use one client", function()
    local client = echo():client()
    local one, two = hwdb.tasks(), hwdb.tasks()
    local a, b = one:spawn(listing(client, 1)), two:spawn(listing(client, 2))
    one:step(0)
    two:step(0)
    while one:step(0) do end
    while two:step(0) do end
    assert.same({ 1, 2 }, { a.result[1].total_record, b.result[1].total_record })
  end)
end)

describe("a task closed while it waits", function()
  local function cancelled(in_doubt)
    return in_doubt and { "cancelled", true, "the task was closed while it waited; the outcome of its call is unknown" }
      or { "cancelled", false, "the task was closed while it waited" }
  end

  local function told(task)
    local err = task.result[2]
    return { err.kind, err.in_doubt, err.message }
  end

  it("ends its call; the others and the set go on", function()
    local server <close> = Server.start({ { on = "limit=1 ", silent = true }, { on = "limit=2 ", json = { total_record = 2 }, hold = 2 },
      { on = "limit=3 ", json = { total_record = 3 } } })
    local client = server:client()
    local tasks = hwdb.tasks({ max = 2 })
    local ended
    local stuck = tasks:spawn(listing(client, 1), function(task) ended = task.result[2].kind end)
    local other, last = tasks:spawn(listing(client, 2)), tasks:spawn(listing(client, 3))
    tasks:step(0)
    assert.is_true(coroutine.close(stuck.thread))
    assert.equal("cancelled", ended)
    assert.same(cancelled(false), told(stuck))
    while tasks:step() do end
    assert.same({ 2, 3 }, { other.result[1].total_record, last.result[1].total_record })
  end)

  it("is in doubt when a mutation was out", function()
    local server <close> = Server.start({ { silent = true } })
    local client = server:client()
    local tasks = hwdb.tasks()
    local task = tasks:spawn(function() return client.ddm:restart_instance({ instance_id = ID, restart = { type = "soft" } }) end)
    tasks:step(0)
    coroutine.close(task.thread)
    assert.same(cancelled(true), told(task))
    assert.is_false(tasks:step())
  end)

  it("closes what it gathered", function()
    local server <close> = Server.start({ { silent = true, times = 3 }, { json = {} } })
    local client = server:client()
    local tasks = hwdb.tasks()
    local task = tasks:spawn(function() return hwdb.gather(listings(client, 1, 5), { max = 3 }) end)
    tasks:step(0)
    coroutine.close(task.thread)
    assert.same(cancelled(false), told(task))
    assert.is_false(tasks:step())
    assert(client.ddm:list_instances({}))
    assert.is_true(#server:requests() <= 4)
  end)

  it("that is merely forgotten is collected with its call", function()
    local server <close> = Server.start({ { silent = true } })
    local client = server:client()
    local seen = setmetatable({}, { __mode = "k" })
    do
      local tasks = hwdb.tasks()
      local task = tasks:spawn(listing(client, 1))
      tasks:step(0)
      seen[task] = true
      repeat tasks:step(0.01) until #server:requests() == 1
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(seen))
    server:wait_for("closed")
  end)
end)

describe("a client closed while its calls are out", function()
  it("tells everybody who waits", function()
    local server <close> = Server.start({ { silent = true, times = 3 } })
    local client = server:client()
    local calls = listings(client, 1, 2)
    calls[3] = function() return client.ddm:restart_instance({ instance_id = ID, restart = { type = "soft" } }) end
    calls[4] = function() return client:sleep(1000) end
    calls[5] = function()
      local watcher = server:client()
      repeat watcher:sleep(0.01) until #server:requests() == 3
      client:close()
      return "closed"
    end
    local results = hwdb.gather(calls)
    local why = "the client was closed"
    for i = 1, 2 do assert.same({ "cancelled", false, why }, { results[i][2].kind, results[i][2].in_doubt, results[i][2].message }) end
    assert.same({ "cancelled", true, why .. "; its outcome is unknown" }, { results[3][2].kind, results[3][2].in_doubt, results[3][2].message })
    assert.equal("cancelled", results[4][2].kind)
    assert.equal("closed", results[5][1])
  end)

  it("ends by going out of scope as well", function()
    local stub = echo()
    local kept
    do
      local client <close> = stub:client()
      kept = client
      assert(client.ddm:list_instances({ limit = 1 }))
    end
    assert.has_error(function() kept:now() end, "the client is closed")
  end)
end)

describe("a coroutine that waits for a call", function()
  it("complains when somebody else resumes it", function()
    local server <close> = Server.start({ { silent = true } })
    local client = server:client()
    local tasks = hwdb.tasks()
    local task = tasks:spawn(listing(client, 1))
    tasks:step(0)
    local ok, why = coroutine.resume(task.thread)
    assert.is_false(ok)
    assert.truthy(tostring(why):find("resumed by somebody else", 1, true), tostring(why))
  end)
end)
