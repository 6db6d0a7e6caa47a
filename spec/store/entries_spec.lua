-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")
local support = require("spec.store.support")

local record, run = support.record, support.run

describe("a journal's", function()
  local store, folder

  before_each(function()
    folder = support.folder()
    store = assert(core.store(folder))
  end)
  after_each(function() store:close() end)
  teardown(support.clean)

  local function refused(code, kind, message, value, err)
    assert.is_nil(value)
    assert.same({ code, kind, message }, { err.code, err.kind, err.message })
  end

  describe("runs", function()
    it("come back as they were given", function()
      assert.is_true(store:run_create(run { data = { list = core.array {}, empty = {}, big = math.maxinteger, text = "a\0ü" } }))
      assert.same({ id = "r1", name = "migrate", state = "running", created_ms = 1, updated_ms = 1,
        data = { list = core.array {}, empty = {}, big = math.maxinteger, text = "a\0ü" } }, store:run_get("r1"))
      assert.is_true(core.is_array(store:run_get("r1").data.list))
    end)

    it("that do not exist are nothing, not an error", function()
      assert.same({ n = 1 }, table.pack(store:run_get("r1")))
    end)

    it("have ids of their own", function()
      assert(store:run_create(run()))
      refused("store.taken", "usage", "the journal has a run r1 already", store:run_create(run { state = "new" }))
      assert.equal("running", store:run_get("r1").state)
    end)

    it("change only in what an update names", function()
      assert(store:run_create(run()))
      assert.is_true(store:run_update { id = "r1", state = "waiting", updated_ms = 5 })
      assert.same({ "waiting", 5, { script = "a" } }, { store:run_get("r1").state, store:run_get("r1").updated_ms,
        store:run_get("r1").data })
      assert.is_true(store:run_update { id = "r1", data = { script = "b" }, updated_ms = 6 })
      assert.same({ "waiting", 6, 1, { script = "b" } }, { store:run_get("r1").state, store:run_get("r1").updated_ms,
        store:run_get("r1").created_ms, store:run_get("r1").data })
      refused("store.missing", "usage", "the journal has no run r2", store:run_update { id = "r2", updated_ms = 5 })
    end)

    it("are listed newest first, all or those of a state", function()
      assert.equal("[]", core.encode(store:run_list()))
      for i, state in ipairs { "done", "running", "done" } do
        assert(store:run_create(run { id = "r" .. i, state = state, created_ms = i == 3 and 2 or i }))
      end
      local function ids(list)
        local words = {}
        for i, entry in ipairs(list) do words[i] = entry.id end
        return table.concat(words, " ")
      end
      assert.equal("r3 r2 r1", ids(store:run_list()))
      assert.equal("r3 r1", ids(store:run_list("done")))
      assert.equal("", ids(store:run_list("none")))
    end)
  end)

  describe("records", function()
    before_each(function() assert(store:run_create(run())) end)

    it("are numbered by run, from 1", function()
      assert(store:run_create(run { id = "r2" }))
      assert.equal(1, store:append(record()))
      assert.equal(2, store:append(record { phase = "answer" }))
      assert.equal(1, store:append(record { run = "r2" }))
      assert.equal(3, store:append(record { branch = "1.2", n = 1 }))
      assert.same({ { seq = 1, branch = "", n = 1, phase = "intent", kind = "call", time_ms = 1000, data = { x = 1 } } },
        setmetatable(store:records("r2"), nil))
      local list = store:records("r1", 1)
      assert.same({ 2, 3 }, { list[1].seq, list[2].seq })
      assert.same({ "answer", "1.2" }, { list[1].phase, list[2].branch })
    end)

    it("have places of their own", function()
      assert(store:append(record()))
      refused("store.taken", "usage", "run r1 has a record at  1 intent already", store:append(record { data = 2 }))
      assert.equal(2, store:append(record { n = 2 }))
      assert.same({ x = 1 }, store:get { run = "r1", branch = "", n = 1, phase = "intent" }.data)
    end)

    it("belong to a run", function()
      refused("store.missing", "usage", "the journal has no run r9", store:append(record { run = "r9" }))
      refused("store.missing", "usage", "the journal has no run r9", store:put(record { run = "r9" }))
      refused("store.missing", "usage", "the journal has no run r9", store:records("r9"))
      assert.same({ n = 1 }, table.pack(store:get { run = "r9", branch = "", n = 1, phase = "intent" }))
    end)

    it("are replaced at their place by put, which keeps their number", function()
      assert.is_true(store:put(record { phase = "poll", data = 1 }))
      assert(store:append(record { n = 2 }))
      assert.is_true(store:put(record { phase = "poll", data = 2, kind = "wait", time_ms = 2000 }))
      assert.same({ seq = 1, branch = "", n = 1, phase = "poll", kind = "wait", time_ms = 2000, data = 2 },
        store:get { run = "r1", branch = "", n = 1, phase = "poll" })
      assert.equal(2, #store:records("r1"))
    end)

    it("are looked up by their place", function()
      assert(store:append(record { branch = "b", n = -3 }))
      assert.equal(1, store:get { run = "r1", branch = "b", n = -3, phase = "intent" }.seq)
      for name, other in pairs { branch = "", n = 3, phase = "answer", run = "r2" } do
        local place = { run = "r1", branch = "b", n = -3, phase = "intent" }
        place[name] = other
        assert.is_nil(store:get(place))
      end
    end)

    it("are listed in pages", function()
      for i = 1, 7 do assert(store:append(record { n = i })) end
      local seen, after = {}, 0
      repeat
        local page = assert(store:records("r1", after, 3))
        for _, entry in ipairs(page) do seen[#seen + 1] = entry.seq end
        after = page[1] and page[#page].seq
      until not after
      assert.same({ 1, 2, 3, 4, 5, 6, 7 }, seen)
      assert.equal("[]", core.encode(store:records("r1", 7)))
      assert.equal("[]", core.encode(store:records("r1", math.maxinteger)))
      assert.equal("[]", core.encode(store:records("r1", 0, 0)))
      assert.equal(7, #store:records("r1", math.mininteger, math.maxinteger))
    end)

    it("without data hold null", function()
      local fields = record()
      fields.data = nil
      assert(store:append(fields))
      assert.equal(core.null, store:records("r1")[1].data)
    end)
  end)

  describe("audit", function()
    it("keeps entries in their order and the last hash", function()
      assert.equal("", store:audit_head())
      assert.is_true(store:audit_append({ op = "a" }, "h1", 10))
      assert.is_true(store:audit_append({ op = "b" }, "h2", 11))
      assert.equal("h2", store:audit_head())
      assert.same({ { seq = 1, time_ms = 10, data = { op = "a" }, hash = "h1" },
        { seq = 2, time_ms = 11, data = { op = "b" }, hash = "h2" } }, setmetatable(store:audit_list(), nil))
      assert.equal(2, store:audit_list(1)[1].seq)
      assert.equal(1, #store:audit_list(0, 1))
    end)
  end)

  describe("things kept by name", function()
    it("come back byte for byte, the last one given", function()
      assert.is_nil(store:kept("script", "a"))
      assert.is_true(store:keep("script", "a", "x\0\255"))
      assert.is_true(store:keep("plan", "a", ""))
      assert.equal("x\0\255", store:kept("script", "a"))
      assert.equal("", store:kept("plan", "a"))
      assert.is_true(store:keep("script", "a", "y"))
      assert.equal("y", store:kept("script", "a"))
    end)
  end)

  describe("transactions", function()
    before_each(function() assert(store:run_create(run())) end)

    it("keep all or nothing", function()
      assert.is_true(store:begin())
      assert.equal(1, store:append(record()))
      assert(store:audit_append({}, "h", 1))
      store:rollback()
      assert.same({ 0, "" }, { #store:records("r1"), store:audit_head() })
      assert(store:begin())
      assert.equal(1, store:append(record()))
      assert.is_true(store:commit())
      assert.equal(1, #store:records("r1"))
    end)

    it("nest once", function()
      assert(store:begin())
      assert(store:append(record()))
      assert(store:begin())
      assert(store:append(record { n = 2 }))
      refused("store.misuse", "usage", "transactions nest once", store:begin())
      store:rollback()
      assert.equal(2, store:append(record { n = 3 }))
      assert(store:begin())
      assert.equal(3, store:append(record { n = 4 }))
      assert.is_true(store:commit())
      assert.is_true(store:commit())
      local places = {}
      for i, entry in ipairs(store:records("r1")) do places[i] = entry.n end
      assert.same({ 1, 3, 4 }, places)
    end)

    it("end with what was undone outside, whatever the inner part did", function()
      assert(store:begin())
      assert(store:begin())
      assert(store:append(record()))
      assert(store:commit())
      store:rollback()
      assert.equal(0, #store:records("r1"))
      refused("store.misuse", "usage", "no transaction is open", store:commit())
      store:rollback()
    end)

    it("take a run that they made with them", function()
      assert(store:begin())
      assert(store:run_create(run { id = "r2" }))
      assert(store:append(record { run = "r2" }))
      store:rollback()
      refused("store.missing", "usage", "the journal has no run r2", store:append(record { run = "r2" }))
      assert(store:begin())
      assert(store:begin())
      assert(store:run_create(run { id = "r3" }))
      assert(store:append(record { run = "r3" }))
      store:rollback()
      refused("store.missing", "usage", "the journal has no run r3", store:append(record { run = "r3" }))
      assert(store:commit())
      assert.is_true(store:check())
    end)

    it("go on after a place was taken", function()
      assert(store:append(record()))
      assert(store:begin())
      assert(store:append(record { n = 2 }))
      assert.is_nil(store:append(record { n = 2 }))
      assert.is_true(store:commit())
      assert.equal(2, #store:records("r1"))
    end)

    it("are undone when the journal is closed", function()
      assert(store:begin())
      assert(store:append(record()))
      store:close()
      store = assert(core.store(folder))
      assert.equal(0, #store:records("r1"))
    end)

    it("exclude locks and pacing, which others must see at once", function()
      assert(store:begin())
      refused("store.misuse", "usage", "locks are taken outside of a transaction", store:lock("t", {}))
      refused("store.misuse", "usage", "pacing stands outside of a transaction",
        store:pace { account = "a", limit = 1, window_ms = 1, now_ms = 0 })
    end)
  end)

  describe("content", function()
    it("is the same after it was closed and opened", function()
      assert(store:run_create(run()))
      assert(store:append(record()))
      assert(store:audit_append({ a = 1 }, "h", 1))
      assert(store:keep("script", "one", "text"))
      local before = support.content(store)
      store:close()
      store = assert(core.store(folder))
      assert.equal(before, support.content(store))
      assert.is_true(store:check())
    end)

    it("has bounds", function()
      assert(store:run_create(run()))
      local long = ("x"):rep(512)
      assert.equal(1, store:append(record { branch = long }))
      refused("store.misuse", "usage", "branch is longer than the journal takes (512 bytes)",
        store:append(record { branch = long .. "x" }))
      refused("store.misuse", "usage", "name is longer than the journal takes (512 bytes)", store:keep("s", long .. "x", ""))
      local most = ("x"):rep((16 << 20) - 2)
      assert.equal(2, store:append(record { n = 2, data = most }))
      assert.equal(3, store:append(record { n = 3, data = most }))
      assert.equal(4, store:append(record { n = 4, data = "small" }))
      refused("store.misuse", "usage", "data is longer than the journal takes (16777216 bytes)",
        store:append(record { n = 5, data = most .. "x" }))
      refused("store.misuse", "usage", "data is longer than the journal takes", store:keep("s", "n", most .. "xyz"))
      local first = assert(store:records("r1"))
      assert.same({ 3, true }, { #first, first[3].data == most }) -- a list ends before it outgrows its limit
      assert.equal("small", store:records("r1", 3)[1].data)
      assert(store:keep("s", "n", most))
      assert.is_true(store:kept("s", "n") == most)
      assert.is_true(store:check())
    end)

    it("may be nested as deep as it can be read back", function()
      assert(store:run_create(run()))
      local function nested(depth)
        local value = "leaf"
        for _ = 1, depth do value = { value } end
        return value
      end
      assert(store:append(record { data = nested(100) }))
      assert.same(nested(100), store:records("r1")[1].data)
      assert.has_error(function() store:append(record { n = 2, data = nested(101) }) end,
        "data cannot be kept: it is nested more than 100 deep")
    end)
  end)

  describe("misuse raises:", function()
    local function raises(message, work) assert.has_error(work, message) end

    it("members", function()
      raises("unknown member brnach", function() store:append(record { brnach = "x" }) end)
      raises("n must be an integer, not 1.5", function() store:append(record { n = 1.5 }) end)
      raises("n must be an integer, not 1", function() store:append(record { n = "1" }) end)
      raises("run must be a text, not nil", function() store:get { branch = "", n = 1, phase = "intent" } end)
      raises("phase must not hold U+0000", function() store:append(record { phase = "a\0b" }) end)
      raises("updated_ms must be an integer, not nil", function() store:run_update { id = "r1" } end)
    end)

    it("data", function()
      raises("data cannot be kept: f: must be plain data: text, number, boolean, table or null",
        function() store:append(record { data = { f = print } }) end)
      raises("data cannot be kept: password: a secret is accepted only in a field that is secret",
        function() store:append(record { data = { password = core.secret("Canary#1") } }) end)
      raises("holder cannot be kept: must be UTF-8 text", function() store:lock("t", "\255") end)
    end)

    it("a file layer that SQLite does not know is an error", function()
      refused("store.misuse", "usage", "no file layer of SQLite has that name", core.store(folder, "none"))
    end)

    it("a closed journal", function()
      store:close()
      store:close()
      raises("calling 'run_get' on bad self (the journal is closed)", function() store:run_get("r1") end)
    end)
  end)
end)
