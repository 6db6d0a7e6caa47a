-- SPDX-License-Identifier: Apache-2.0
-- Flipped bytes, cut and missing files: refused with a place, or harmless; never fewer or other entries in silence.
local core = require("hwdb.core")
local process = require("process")
local support = require("spec.store.support")
local vfs = require("vfs")

local record, run = support.record, support.run

local function fill(store)
  assert(store:run_create(run()))
  assert(store:run_create(run { id = "r2" }))
  for i = 1, 12 do
    assert(store:append(record { n = i, data = { text = ("record %d "):format(i):rep(60) } }))
    assert(store:append(record { run = "r2", n = i, branch = "b" }))
    assert(store:audit_append({ op = i }, "hash" .. i, i))
  end
  assert(store:put(record { phase = "poll", data = "polled" }))
  assert(store:keep("script", "one", ("return {}\n"):rep(30)))
  assert(store:run_update { id = "r1", state = "waiting", updated_ms = 9 })
end

local base, full, wal_base

setup(function()
  base = support.folder(true)
  local store = assert(core.store(base))
  fill(store)
  full = support.content(store)
  store:close()
  -- The same with everything still in the log, as a killed process leaves it.
  local told
  wal_base, told = support.folder(true)
  local pid = support.child(told, function()
    fill(assert(core.store(wal_base)))
    vfs.at { what = "kill", on = "write" }
    core.store(wal_base, "forgetful"):keep("never", "kept", "")
  end)
  assert.equal(-9, process.wait(pid))
end)
teardown(support.clean)

--- A copy of a folder, changed.
local function changed(from, change)
  local folder = support.folder(true)
  support.copy(from, folder)
  change(folder)
  return folder
end

--- "refused", "told" (an error when read or checked), "sound"; raises when something is missing in silence.
local function outcome(folder, point)
  local store, err = core.store(folder)
  if not store then
    assert(err.code == "store.damaged" or err.code == "store.older", point .. ": " .. tostring(err))
    assert(err.kind == "usage" and err.message:find(folder, 1, true) and err.remedy, point .. ": " .. tostring(err))
    return "refused", err
  end
  local sound, why = store:check()
  local read, content = pcall(support.content, store)
  store:close()
  if sound then
    assert(read, point .. ": sound, but not readable: " .. tostring(content))
    assert(content == full, point .. ": sound, but something else is in it")
    return "sound"
  end
  assert(why.kind == "decode" and why.code == "store.damaged" and why.message:find(folder, 1, true), point .. ": " .. tostring(why))
  return "told", why
end

describe("a damaged journal", function()
  local tally = {}

  teardown(function() print(table.concat(tally, "\n")) end)

  local function count(name, results)
    local words, points = {}, 0
    for word, n in pairs(results) do words[#words + 1], points = n .. " " .. word, points + n end
    table.sort(words)
    tally[#tally + 1] = ("%s: %d points (%s), 0 violations"):format(name, points, table.concat(words, ", "))
  end

  local function add(results, folder, point)
    local word = outcome(folder, point)
    results[word] = (results[word] or 0) + 1
    support.remove(folder)
  end

  it("is never taken for a sound one: a byte flipped anywhere in the file", function()
    local results, size = {}, #support.read(base .. "/journal.db")
    for offset = 0, size - 1, 131 do
      add(results, changed(base, function(folder) support.flip(folder .. "/journal.db", offset) end), "byte " .. offset)
    end
    count("bytes flipped in the file", results)
    assert.is_true(results.refused > 0 and results.told > 50)
  end)

  it("is never taken for a sound one: the file cut anywhere", function()
    local results, text = {}, support.read(base .. "/journal.db")
    for size = 0, #text - 1, 1024 do
      add(results, changed(base, function(folder) support.write(folder .. "/journal.db", text:sub(1, size)) end), "size " .. size)
    end
    count("file cut", results)
    assert.is_nil(results.sound)
  end)

  it("is never taken for a sound one: a byte flipped anywhere in the log", function()
    local results, size = {}, #support.read(wal_base .. "/journal.db-wal")
    for offset = 0, size - 1, 1021 do
      add(results, changed(wal_base, function(folder) support.flip(folder .. "/journal.db-wal", offset) end), "byte " .. offset)
    end
    count("bytes flipped in the log", results)
    assert.is_true(results.refused > 50)
  end)

  it("is never taken for a sound one: the log cut anywhere", function()
    local results, text = {}, support.read(wal_base .. "/journal.db-wal")
    for size = 0, #text - 4096 * 4, 4096 do
      add(results, changed(wal_base, function(folder) support.write(folder .. "/journal.db-wal", text:sub(1, size)) end), "size " .. size)
    end
    count("log cut", results)
    assert.is_true(results.refused > 50)
  end)

  it("whose log is gone lacks what it has acknowledged", function()
    local folder = changed(wal_base, function(f) os.remove(f .. "/journal.db-wal") end)
    local word, err = outcome(folder, "no log")
    assert.same({ "refused", "store.older" }, { word, err.code })
  end)

  it("whose file is gone is not begun anew", function()
    local folder = changed(base, function(f) os.remove(f .. "/journal.db") end)
    local word, err = outcome(folder, "no file")
    assert.same({ "refused", "store.older", ("the journal in %s lacks everything that it has acknowledged"):format(folder) },
      { word, err.code, err.message })
    assert.equal("refused", (outcome(folder, "no file, again")))
  end)

  it("that is an older copy is refused until a person decides", function()
    local older = support.folder(true)
    local store = assert(core.store(older))
    assert(store:run_create(run()))
    assert(store:append(record()))
    store:close()
    local folder = changed(older, function(f)
      local s = assert(core.store(f))
      assert(s:append(record { n = 2 }))
      s:close()
      support.write(f .. "/journal.db", support.read(older .. "/journal.db"))
    end)
    local opened, err = core.store(folder)
    assert.is_nil(opened)
    assert.same({ "store.older", ("the journal in %s lacks a record that it has acknowledged"):format(folder) },
      { err.code, err.message })
    assert.matches("remove journal.guard while no hwdb runs$", err.remedy)
    os.remove(folder .. "/journal.guard")
    store = assert(core.store(folder))
    assert.equal(1, #store:records("r1"))
    store:close()
  end)

  describe("names the place:", function()
    local function told(sql)
      local folder = changed(base, function(f) vfs.sql(f .. "/journal.db", sql) end)
      return assert(core.store(folder)), "the journal in " .. folder .. " is damaged: "
    end

    local cases = {
      { "UPDATE record SET data = '{}' WHERE n = 7 AND branch = 'b'", "record 7 of run r2 does not fit its checksum" },
      { "UPDATE record SET phase = 'answer' WHERE n = 7 AND branch = 'b'", "record 7 of run r2 does not fit its checksum" },
      { "DELETE FROM record WHERE n = 7 AND branch = ''", "7 is missing before record 8 of run r1" },
      { "UPDATE run SET state = 'done' WHERE id = 'r2'", "run r2 does not fit its checksum" },
      { "DELETE FROM run WHERE id = 'r1'", "record 1 of run 1 does not fit its checksum" },
      { "UPDATE audit SET data = '{}' WHERE seq = 3", "audit entry 3 does not fit its checksum" },
      { "DELETE FROM audit WHERE seq = 3", "3 is missing before audit entry 4" },
      { "UPDATE kept SET data = 'x'", "the script kept as one does not fit its checksum" },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        local store, start = told(case[1])
        local sound, err = store:check()
        store:close()
        assert.is_nil(sound)
        assert.same({ "decode", "store.damaged", start .. case[2] }, { err.kind, err.code, err.message })
      end)
    end

    it("when read as well", function()
      local store, start = told(cases[1][1] .. ";" .. cases[4][1] .. ";" .. cases[6][1] .. ";" .. cases[8][1])
      local function same(text, value, err)
        assert.is_nil(value)
        assert.equal(start .. text, err.message)
      end
      same(cases[1][2], store:records("r2"))
      assert.equal(6, #store:records("r2", 0, 6))
      same(cases[1][2], store:get { run = "r2", branch = "b", n = 7, phase = "intent" })
      same(cases[4][2], store:run_get("r2"))
      same(cases[4][2], store:run_list())
      same(cases[4][2], store:run_update { id = "r2", state = "x", updated_ms = 1 })
      same(cases[6][2], store:audit_list())
      same(cases[8][2], store:kept("script", "one"))
      store:close()
    end)

    it("where the last audit entry is what is damaged", function()
      local store, start = told("UPDATE audit SET hash = 'forged' WHERE seq = 12")
      local _, err = store:audit_head()
      assert.equal(start .. "audit entry 12 does not fit its checksum", err.message)
      store:close()
    end)

    it("where entries at the end are missing", function()
      local folder = changed(base, function(f) vfs.sql(f .. "/journal.db", "DELETE FROM audit WHERE seq > 10") end)
      local _, err = core.store(folder)
      assert.equal(("the journal in %s lacks an audit entry that it has acknowledged"):format(folder), err.message)
    end)
  end)
end)
