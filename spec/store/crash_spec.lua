-- SPDX-License-Identifier: Apache-2.0
-- What is left of a journal whose process was killed, whose machine lost power or whose disk failed: at every
-- operation of a whole life, from making the folder to the last close.
local core = require("hwdb.core")
local process = require("process")
local support = require("spec.store.support")
local vfs = require("vfs")

local record, run = support.record, support.run

--- A life in steps that each are one change, all or nothing.
local life = {
  function(s) return s:run_create(run()) end,
  function(s) return s:append(record()) end,
  function(s) return s:append(record { phase = "answer" }) end,
  function(s) return s:put(record { phase = "poll", data = 1 }) end,
  function(s) return s:put(record { phase = "poll", data = { 2, ("x"):rep(3000) } }) end,
  function(s)
    return s:begin() and s:audit_append({ op = "a" }, "h1", 1) and s:run_update { id = "r1", state = "waiting", updated_ms = 2 }
      and s:commit()
  end,
  function(s) return s:keep("script", "one", ("line\n"):rep(3000)) end,
  function(s) return s:append(record { n = 2, data = { body = ("y"):rep(20000) } }) end,
  function(s)
    if not (s:begin() and s:append(record { n = 3 }) and s:begin() and s:append(record { n = 4 })) then return nil end
    s:rollback()
    return s:append(record { n = 5 }) and s:commit()
  end,
  function(s)
    return s:begin() and s:run_create(run { id = "r2", data = core.null }) and s:append(record { run = "r2" }) and s:commit()
  end,
  function(s) return s:keep("script", "one", "short") end,
  function(s)
    return s:begin() and s:audit_append({ op = "b" }, "h2", 1) and s:run_update { id = "r1", state = "done", updated_ms = 3 }
      and s:commit()
  end,
}

--- Lives on from step `from`; tells each step that was acknowledged. false: one was not.
local function live(store, from, tell)
  for i = from, #life do
    if not life[i](store) then
      store:rollback()
      return false
    end
    if tell then tell(i) end
  end
  return true
end

local contents -- by number of steps done, from 0

local function step_of(store)
  local content = support.content(store)
  for i = 0, #life do
    if contents[i] == content then return i end
  end
end

--- Opens what is left, and lives on to the end: nothing acknowledged is missing, and nothing is half there.
local function recovers(folder, acknowledged, point)
  local store, err = core.store(folder, "forgetful")
  assert(store, ("%s: does not open after %d steps: %s"):format(point, acknowledged, tostring(err)))
  local sound, why = store:check()
  assert(sound, point .. ": " .. tostring(why))
  local now = step_of(store)
  assert(now == acknowledged or now == acknowledged + 1,
    ("%s: %d steps were acknowledged, the journal is at %s"):format(point, acknowledged, now or "no step"))
  assert(live(store, now + 1), point)
  assert.equal(contents[#life], support.content(store), point)
  store:close()
end

--- Makes the trouble at each operation in turn until a whole life passes without; how many points there were.
local function sweep(trouble, attempt)
  local points = 0
  while true do
    local folder, told = support.folder(true)
    trouble.nth = points + 1
    vfs.reset()
    vfs.at(trouble)
    local met, acknowledged = attempt(folder, told)
    vfs.reset()
    local point = ("%s at %s %d"):format(trouble.what, trouble.on or "operation", points + 1)
    recovers(folder, acknowledged, point)
    if not met then return points end
    points = points + 1
  end
end

--- The trouble meets this process, which only sees its calls fail.
local function here(folder)
  local acknowledged = 0
  local store = core.store(folder, "forgetful")
  if store then
    live(store, 1, function(step) acknowledged = step end)
    store:close()
  end
  return vfs.came(), acknowledged
end

describe("a journal", function()
  local reached = {}

  setup(function()
    contents = {}
    local store = assert(core.store((support.folder(true))))
    contents[0] = support.content(store)
    assert(live(store, 1, function(step) contents[step] = support.content(store) end))
    store:close()
  end)
  before_each(vfs.reset)
  after_each(vfs.reset)
  teardown(function()
    support.clean()
    table.sort(reached)
    print(table.concat(reached, "\n"))
  end)

  local function count(name, points)
    assert.is_true(points > 40, name .. " reached only " .. points)
    reached[#reached + 1] = ("%s: %d points, 0 violations"):format(name, points)
  end

  it("syncs every change before it is acknowledged", function()
    local store = assert(core.store(support.folder(true), "forgetful"))
    for i = 1, #life do
      local before = vfs.counts()
      assert(life[i](store))
      local after = vfs.counts()
      assert.is_true(after.sync > before.sync, "step " .. i)
      assert.is_true(after.write > before.write, "step " .. i)
    end
    store:close()
  end)

  it("outlives a power cut that takes all that was not synced", function()
    count("power cut, nothing unsynced kept", sweep({ what = "cut" }, here))
  end)

  for seed = 1, 2 do
    it("outlives a power cut that keeps some sectors, draw " .. seed, function()
      count("power cut, draw " .. seed, sweep({ what = "cut", seed = seed * 7919 }, here))
    end)
  end

  it("loses nothing to a cut between two steps", function()
    for steps = 0, #life do
      local folder = support.folder(true)
      local store = assert(core.store(folder, "forgetful"))
      for i = 1, steps do assert(life[i](store)) end
      vfs.cut()
      store:close()
      vfs.reset()
      store = assert(core.store(folder))
      assert.equal(steps, step_of(store))
      store:close()
    end
  end)

  it("outlives SIGKILL at every operation", function()
    count("SIGKILL", sweep({ what = "kill" }, function(folder, told)
      local pid = support.child(told, function(tell)
        tell("0")
        local store = assert(core.store(folder, "forgetful"))
        assert(live(store, 1, function(step) tell(tostring(step)) end))
        store:close()
      end)
      local status = process.wait(pid)
      local lines = support.lines(told)
      assert(status == 0 or status == -9, lines[#lines])
      return status == -9, math.tointeger(tonumber(lines[#lines]))
    end))
  end)

  it("outlives SIGKILL between any two statements", function()
    for steps = 0, #life do
      local folder, told = support.folder(true)
      local pid = support.child(told, function()
        local store = assert(core.store(folder))
        for i = 1, steps do assert(life[i](store)) end
        vfs.at { what = "kill", on = "write" }
        core.store(folder, "forgetful"):keep("never", "kept", "")
      end)
      assert.equal(-9, process.wait(pid))
      local store = assert(core.store(folder))
      assert.equal(steps, step_of(store))
      assert.is_true(store:check())
      store:close()
    end
  end)

  it("goes on where it was when a full disk has room again", function()
    local points = 0
    repeat
      local folder = support.folder(true)
      vfs.reset()
      vfs.at { what = "full", on = "write", nth = points + 1 }
      local store, err = core.store(folder, "forgetful")
      if not store then
        assert.equal("store.full", err.code)
        assert.matches("^no space is left for the journal in ", err.message)
        store = assert(core.store(folder, "forgetful"))
      end
      local done = 0
      if not live(store, 1, function(step) done = step end) then
        assert.equal(done, step_of(store))
        assert(live(store, done + 1))
      end
      assert.equal(contents[#life], support.content(store))
      local came = vfs.came()
      store:close()
      points = points + (came and 1 or 0)
    until not came
    count("disk full", points)
  end)

  it("takes no change while the disk is full, and says so", function()
    local store = assert(core.store(support.folder(true), "forgetful"))
    assert(store:run_create(run()))
    vfs.at { what = "full", on = "write", stays = true }
    for _, change in ipairs { "append", "put" } do
      local value, err = store[change](store, record())
      assert.is_nil(value)
      assert.same({ "store.full", "usage" }, { err.code, err.kind })
      assert.equal("make room on that disk; nothing of this change was kept, so run the command again", err.remedy)
    end
    assert(store:begin())
    assert(store:append(record()))
    local value, err = store:commit()
    assert.is_nil(value)
    assert.equal("store.full", err.code)
    store:rollback()
    vfs.at { what = "none" }
    assert.equal("[]", core.encode(store:records("r1")))
    assert.equal(1, store:append(record()))
    store:close()
  end)

  it("only undoes a transaction of which a change has failed", function()
    for _, depth in ipairs { 1, 2 } do
      local store = assert(core.store(support.folder(true), "forgetful"))
      assert(store:run_create(run()))
      for i = 1, depth do
        assert(store:begin())
        assert(store:append(record { n = i }))
      end
      vfs.at { what = "full", on = "write" }
      local _, err = store:append(record { n = 7, data = ("x"):rep(8 << 20) }) -- too large to wait for the commit in memory
      assert.equal("store.full", err.code)
      _, err = store:append(record { n = 8 })
      assert.equal("a change of this transaction has failed: it can only be undone", err.message)
      for _ = 2, depth do store:rollback() end
      assert.is_nil(store:commit())
      assert.equal("[]", core.encode(store:records("r1")))
      assert.equal(1, store:append(record()))
      store:close()
    end
  end)

  it("outlives a disk that fails", function()
    count("EIO", sweep({ what = "io", stays = true }, here))
  end)

  it("outlives a sync that fails, and takes nothing more until it is opened anew", function()
    local points = sweep({ what = "io", on = "sync" }, here)
    assert.is_true(points > 12)
    local folder = support.folder(true)
    local store = assert(core.store(folder, "forgetful"))
    assert(store:run_create(run()))
    vfs.at { what = "io", on = "sync" }
    local value, err = store:append(record())
    assert.is_nil(value)
    assert.same({ "store.io", "usage" }, { err.code, err.kind })
    assert.matches("^the disk failed under the journal in ", err.message)
    value, err = store:append(record())
    assert.is_nil(value)
    assert.same({ "store.io", "the disk failed under the journal before" }, { err.code, err.message })
    assert.is_nil(store:begin())
    assert.equal("r1", store:run_get("r1").id)
    store:close()
  end)

  it("does not grow by polls that replace each other", function()
    local folder = support.folder(true)
    local store = assert(core.store(folder, "forgetful"))
    assert(store:run_create(run()))
    for i = 1, 3000 do assert(store:put(record { phase = "poll", time_ms = i, data = { count = i } })) end
    assert.equal(1, #store:records("r1"))
    store:close()
    assert.is_true(#support.read(folder .. "/journal.db") <= 64 * 1024)
  end)
end)
