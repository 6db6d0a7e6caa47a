-- SPDX-License-Identifier: Apache-2.0
-- One journal, several processes: opening, appending, locks, pace.
local core = require("hwdb.core")
local process = require("process")
local support = require("spec.store.support")
local vfs = require("vfs")

local record, run = support.record, support.run

--- Runs `work(i, tell, hold)` in `n` processes at once. hold() returns when all have come to their hold(). Their lines.
local function race(n, told, work)
  local gate = told .. ".gate"
  assert(os.execute(("mkfifo %s %s"):format(gate .. ".in", gate .. ".out")))
  local pids = {}
  for i = 1, n do
    pids[i] = support.child(told .. i, function(tell)
      work(i, tell, function()
        local arrived = assert(io.open(gate .. ".in", "w"))
        arrived:write("x")
        arrived:close()
        assert(io.open(gate .. ".out", "r")):read("a")
      end)
    end)
  end
  local keeper = process.fork()
  if keeper == 0 then
    local seen = 0
    while seen < n do
      local file = assert(io.open(gate .. ".in", "r"))
      seen = seen + #file:read("a")
      file:close()
    end
    -- Every reader that waits is let go by one opening; a late one by the next.
    while true do assert(io.open(gate .. ".out", "w")):close() end
  end
  local lines = {}
  for i = 1, n do
    local status = process.wait(pids[i])
    lines[i] = support.lines(told .. i)
    assert(status == 0, lines[i][#lines[i]])
  end
  assert(os.execute("kill -9 " .. keeper))
  process.wait(keeper)
  return lines
end

describe("a journal shared by processes", function()
  teardown(support.clean)

  it("is made once, however many open it at once", function()
    for _ = 1, 10 do
      local folder, told = support.folder()
      race(4, told, function(i)
        local store = assert(core.store(folder))
        assert(store:run_create(run { id = "r" .. i }))
        assert(store:pace { account = "a", limit = 1, window_ms = 1, now_ms = 1 })
        store:close()
      end)
      local store = assert(core.store(folder))
      assert.equal(4, #store:run_list())
      assert.is_true(store:check())
      store:close()
    end
  end)

  it("numbers records and audit entries without a gap or a double", function()
    local folder, told = support.folder(true)
    local first = assert(core.store(folder))
    assert(first:run_create(run()))
    local lines = race(3, told, function(i, tell)
      local store = assert(core.store(folder))
      for n = 1, 60 do
        tell(assert(store:append(record { branch = tostring(i), n = n })))
        assert(store:begin())
        assert(store:audit_append({}, core.sha256(assert(store:audit_head()) .. "x"), n))
        assert(store:commit())
      end
      store:close()
    end)
    local seen = {}
    for _, list in ipairs(lines) do
      for at, seq in ipairs(list) do
        assert.is_nil(seen[seq])
        seen[seq] = true
        assert.is_true(at == 1 or tonumber(list[at - 1]) < tonumber(seq))
      end
    end
    assert.equal(180, #first:records("r1"))
    local hash = ""
    for at, entry in ipairs(first:audit_list()) do
      hash = core.sha256(hash .. "x")
      assert.same({ at, hash }, { entry.seq, entry.hash })
    end
    assert.equal(hash, first:audit_head())
    assert.is_true(first:check())
    first:close()
  end)

  it("gives each lock to one, and tells the others who has it", function()
    local folder, told = support.folder(true)
    local lines = race(4, told, function(i, tell, hold)
      local store = assert(core.store(folder))
      for n = 1, 40 do
        local target = "instance/" .. n
        local got, holder = store:lock(target, { run = "r" .. i, operator = "op" .. i, since = n })
        assert(got ~= nil, tostring(holder))
        if not got then assert(holder.operator:match("^op[1-4]$") and holder.since == n and holder.operator ~= "op" .. i) end
        tell(("%s %s"):format(target, got and "op" .. i or "not " .. holder.operator))
      end
      hold()
      store:close()
    end)
    local owner = {}
    for _, list in ipairs(lines) do
      for _, line in ipairs(list) do
        local target, who = line:match("^(%S+) (op%d)$")
        if target then
          assert.is_nil(owner[target])
          owner[target] = who
        end
      end
    end
    for n = 1, 40 do assert.truthy(owner["instance/" .. n]) end
    for _, list in ipairs(lines) do
      for _, line in ipairs(list) do
        local target, who = line:match("^(%S+) not (op%d)$")
        if target then assert.equal(owner[target], who) end
      end
    end
    local store = assert(core.store(folder))
    for n = 1, 40 do assert.is_true(store:lock("instance/" .. n, {})) end
    store:close()
  end)

  it("frees a lock the moment its process dies", function()
    local folder, told = support.folder(true)
    local store = assert(core.store(folder))
    for round = 1, 20 do
      local pid = support.child(told .. round, function()
        assert(assert(core.store(folder)):lock("t", { round = round }))
        assert(os.execute("kill -9 $PPID"))
      end)
      assert.equal(-9, process.wait(pid))
      assert.is_true(store:lock("t", {}))
      store:unlock("t")
    end
    store:close()
  end)

  it("keeps a lock from the programs that its process starts", function()
    local folder, told = support.folder(true)
    local pid = support.child(told, function()
      assert(assert(core.store(folder)):lock("t", {}))
      os.execute("sleep 600 >/dev/null 2>&1 & echo $! >" .. support.quoted(told .. ".pid"))
      assert(os.execute("kill -9 $PPID"))
    end)
    assert.equal(-9, process.wait(pid))
    local store = assert(core.store(folder))
    local got = store:lock("t", {})
    assert(os.execute("kill " .. support.lines(told .. ".pid")[1]))
    assert.is_true(got)
    store:close()
  end)

  it("keeps locks apart by target, and from another store of the same process", function()
    local folder = support.folder(true)
    local a, b = assert(core.store(folder)), assert(core.store(folder))
    assert.is_true(a:lock("t", { who = "a" }))
    assert.is_true(a:lock("t", { who = "a again" }))
    assert.same({ false, { who = "a again" } }, { b:lock("t", { who = "b" }) })
    assert.is_true(b:lock("u", { who = "b" }))
    b:unlock("t")
    assert.is_false((b:lock("t", {})))
    a:unlock("t")
    assert.is_true(b:lock("t", { who = "b" }))
    b:close()
    assert.is_true(a:lock("t", {}))
    a:close()
  end)

  it("does not keep a lock whose words could not be written", function()
    local folder = support.folder(true)
    local a, b = assert(core.store(folder, "forgetful")), assert(core.store(folder))
    vfs.reset()
    vfs.at { what = "full", on = "write" }
    local got, err = a:lock("t", { who = "a" })
    vfs.reset()
    assert.is_nil(got)
    assert.equal("store.full", err.code)
    assert.is_true(b:lock("t", { who = "b" }))
    assert.same({ false, { who = "b" } }, { a:lock("t", {}) })
    a:close()
    b:close()
  end)

  it("is not for a child that was forked, which leaves it as it is", function()
    local folder, told = support.folder(true)
    local store = assert(core.store(folder))
    assert(store:run_create(run()))
    assert(store:lock("t", { who = "parent" }))
    local pid = support.child(told, function(tell)
      for _, method in ipairs { "run_list", "begin", "check", "commit" } do
        local value, err = store[method](store)
        assert(value == nil)
        tell(err.message)
      end
      store:rollback()
      store:unlock("t")
      store:close()
      local own = assert(core.store(folder))
      local got, holder = own:lock("t", {})
      tell(got and "free" or holder.who)
    end)
    process.wait(pid)
    local line = "the journal was opened before this process was forked; open it anew"
    assert.same({ line, line, line, line, "parent" }, support.lines(told))
    assert(store:append(record()))
    assert.is_true(store:check())
    store:close()
  end)

  it("waits for another's transaction", function()
    local folder, told = support.folder(true)
    local lines = race(2, told, function(i, tell, hold)
      local store = assert(core.store(folder))
      if i == 1 then assert(store:begin()) end
      hold()
      if i == 1 then
        assert(store:keep("a", "b", "c"))
        assert(store:commit())
      else
        tell(tostring(store:keep("a", "b", "d")))
      end
      store:close()
    end)
    assert.same({ "true" }, lines[2])
  end)

  describe("paces calls:", function()
    local function paced(store, now, fields)
      local how = { account = "a/ddm", limit = 3, window_ms = 100, now_ms = now }
      for name, value in pairs(fields or {}) do how[name] = value end
      return assert(store:pace(how))
    end

    it("so many a window, wherever it begins", function()
      local store = assert(core.store((support.folder(true))))
      local whens = {}
      for i, now in ipairs { 0, 10, 20, 20, 20, 130, 130, 500, 500, 500, 500 } do whens[i] = paced(store, now) end
      assert.same({ 0, 10, 20, 100, 110, 130, 200, 500, 500, 500, 600 }, whens)
      store:close()
    end)

    it("each account by itself, and none without a limit", function()
      local store = assert(core.store((support.folder(true))))
      for _ = 1, 5 do assert.equal(7, paced(store, 7, { limit = 0 })) end
      assert.equal(7, paced(store, 7, { limit = 1 }))
      assert.equal(7, paced(store, 7, { account = "b/ddm", limit = 1 }))
      assert.equal(107, paced(store, 7, { limit = 1 }))
      store:close()
    end)

    it("anew after a clock was set back", function()
      local store = assert(core.store((support.folder(true))))
      local day = 86400000
      for _ = 1, 3 do assert.equal(day, paced(store, day)) end
      assert.equal(0, paced(store, 0))
      store:close()
    end)

    it("across processes", function()
      local folder, told = support.folder(true)
      local lines = race(4, told, function(_, tell)
        local store = assert(core.store(folder))
        for _ = 1, 75 do tell(paced(store, 1000, { limit = 20, window_ms = 60000 })) end
        store:close()
      end)
      local counts, total = {}, 0
      for _, list in ipairs(lines) do
        for _, when in ipairs(list) do
          counts[when] = (counts[when] or 0) + 1
          total = total + 1
        end
      end
      assert.equal(300, total)
      for window = 0, 14 do assert.equal(20, counts[tostring(1000 + window * 60000)]) end
    end)

    it("without a sync of the journal", function()
      local store = assert(core.store(support.folder(true), "forgetful"))
      paced(store, 0)
      vfs.reset()
      for now = 1, 50 do paced(store, now * 1000) end
      assert.equal(0, vfs.counts().sync)
      store:close()
    end)
  end)
end)
