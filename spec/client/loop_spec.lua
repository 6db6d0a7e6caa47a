-- SPDX-License-Identifier: Apache-2.0
-- A loop that is not ours drives calls: libuv watches the sockets and keeps the time, hwdb only looks.
local hwdb = require("hwdb")
local Server = require("spec.support.server")
local Stub = require("spec.support.stub")
local uv = require("luv")

-- Runs a set of tasks from libuv alone. Returns how often it was woken, and how many sockets it watched at most.
local function drive(tasks)
  local polls, timer, woken, most = {}, uv.new_timer(), 0, 0
  local turn

  local function watch(sockets)
    local wanted = {}
    for _, socket in ipairs(sockets) do wanted[socket.fd] = (socket.read and "r" or "") .. (socket.write and "w" or "") end
    for _, poll in ipairs(polls) do poll:close() end
    polls = {}
    for fd, events in pairs(wanted) do
      if events ~= "" then
        polls[#polls + 1] = assert(uv.new_poll(fd))
        polls[#polls]:start(events, function() turn() end)
      end
    end
    most = math.max(most, #sockets)
  end

  function turn()
    woken = woken + 1
    timer:stop()
    if not tasks:step(0) then
      for _, poll in ipairs(polls) do poll:close() end
      timer:close()
      polls = {}
      return
    end
    local sockets, seconds = tasks:watch()
    watch(sockets)
    if seconds then timer:start(math.ceil(seconds * 1000), 0, function() turn() end) end
  end

  timer:start(0, 0, function() turn() end)
  uv.run()
  return woken, most
end

describe("a foreign loop", function()
  it("carries many calls, other handles of its own beside them", function()
    local server <close> = Server.start({ { json = { total_record = 0 }, times = 50, hold = 50 } })
    local client = server:client()
    local tasks, done = hwdb.tasks(), 0
    for i = 1, 50 do
      tasks:spawn(function() return client.ddm:list_instances({ limit = i }) end, function(task)
        assert.equal(200, task.result[2].status)
        done = done + 1
      end)
    end
    local turns, idle = 0, uv.new_idle()
    idle:start(function()
      turns = turns + 1
      if done == 50 then idle:close() end
    end)
    local _, most = drive(tasks)
    assert.equal(50, done)
    assert.equal(50, most)
    assert.is_true(turns > 0)
    assert.is_false(tasks:pending())
  end)

  it("keeps the time of retries", function()
    local server <close> = Server.start({ { status = 503 }, { json = { total_record = 0 } } })
    local client = server:client()
    local tasks = hwdb.tasks()
    local task = tasks:spawn(function() return client.ddm:list_instances({}) end)
    drive(tasks)
    assert.same({ 0, 2 }, { task.result[1].total_record, task.result[2].attempts })
  end)

  it("keeps the time of time-outs", function()
    local server <close> = Server.start({ { silent = true } })
    local client = server:client({ timeout = 0.05, attempts = 1 })
    local tasks = hwdb.tasks()
    local task = tasks:spawn(function() return client.ddm:list_instances({}) end)
    drive(tasks)
    assert.equal("timeout", task.result[2].kind)
  end)

  it("sleeps while nothing happens: no wake-up without a cause", function()
    local server <close> = Server.start({ { json = {}, times = 20 } })
    local client = server:client()
    local tasks = hwdb.tasks()
    tasks:spawn(function()
      for _ = 1, 20 do assert(client.ddm:list_instances({})) end
      client:sleep(0.2)
    end)
    local woken = drive(tasks)
    assert.is_true(woken < 200, "woken " .. woken .. " times")
  end)

  it("goes on after calls that blocked in between, of several clients", function()
    local server <close> = Server.start({ { on = "limit=8 ", json = {} }, { json = {}, times = 5, hold = 5 } })
    local one, two = server:client(), server:client()
    local tasks, done = hwdb.tasks(), 0
    for i = 1, 4 do
      local client = i % 2 == 0 and one or two
      tasks:spawn(function() return client.ddm:list_instances({ limit = i }) end, function() done = done + 1 end)
    end
    tasks:step(0)
    assert(one.ddm:list_instances({ limit = 9 })) -- all five answers leave together, none before
    assert(one.ddm:list_instances({ limit = 8 })) -- answered after those: the four end on the way
    local _, seconds = tasks:watch()
    assert.equal(0, seconds)
    drive(tasks)
    assert.equal(4, done)
  end)

  it("may carry more sockets than a few hundred", function()
    local server <close> = Server.start({ { json = {}, times = 300, hold = 300 } })
    local client = server:client()
    local tasks, done = hwdb.tasks({ max = 300 }), 0
    for i = 1, 300 do
      tasks:spawn(function() return client.ddm:list_instances({ limit = i % 100 + 1 }) end, function(task)
        if task.result[1] then done = done + 1 end
      end)
    end
    local _, most = drive(tasks)
    assert.equal(300, done)
    assert.is_true(most >= 290, "watched " .. most)
  end)

  it("has nothing to watch for a simulator, only to go on at once", function()
    local client = Stub.new({ { json = {} } }):client()
    local tasks = hwdb.tasks()
    tasks:spawn(function()
      client:sleep(3600)
      return client.ddm:list_instances({})
    end)
    local sockets, seconds = tasks:watch()
    assert.same({ {}, 0 }, { sockets, seconds })
    drive(tasks)
    assert.is_false(tasks:pending())
    assert.same({ {} }, { (tasks:watch()) })
  end)
end)
