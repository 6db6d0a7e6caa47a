-- SPDX-License-Identifier: Apache-2.0
-- Journaled calls: an intent and an answer, each on disk before the next, as the engine writes them from Lua.
--   lua5.4 bench/journal.lua calls FOLDER CALLS    prints the seconds taken
--   lua5.4 bench/journal.lua polls FOLDER          prints KiB of the process and of the journal after 1,000 polls of one
--                                                  wait, and after 100,000
--   lua5.4 bench/journal.lua texts                 prints the intent and the answer as JSON, a line each
-- Called with a table {build =, numbers = function(command), lines_of = function(command), quoted =}, as by bench.lua,
-- it returns the measured pairs.

local core = require "hwdb.core"

local CALLS <const> = 600

local function intent(n)
  return { operation = "ddm.list_instances", method = "GET", path = "/v1/{project_id}/instances",
    arguments = { limit = 10, offset = n }, sha256 = ("0123456789abcdef"):rep(4) }
end

local function answer()
  local instances = core.array {}
  for i = 1, 2 do
    instances[i] = { id = ("%dd1f2f0a5e8b4c0d9d2f6f1f1c7d2b3ain09"):format(i), name = "ddm-orders-" .. i, status = "RUNNING",
      created = "2026-01-02T03:04:05+0000", vpc_id = "e8f3bd4a-7b5c-4a8e-9c51-5d6c9f0a1b2c", node_count = 2, access_port = "5066" }
  end
  return { status = 200, request_id = "4bf92f3577b34da6a3ce929d0e0e4736", body = { instances = instances, instance_num = 2 } }
end

local function opened(folder)
  local store = assert(core.store(folder))
  assert(store:run_create { id = "run", name = "bench", state = "running", data = {}, created_ms = 1, updated_ms = 1 })
  return store
end

local function write(store, how, n, phase, data)
  assert(store[how](store, { run = "run", branch = "", n = n, phase = phase, kind = "call", time_ms = 1767322800000 + n, data = data }))
end

local function calls(folder, count)
  local store = opened(folder)
  local started = core.mono()
  for n = 1, count do
    write(store, "append", n, "intent", intent(n))
    write(store, "append", n, "answer", answer())
  end
  local seconds = (core.mono() - started) / 1000
  store:close()
  return seconds
end

local function resident()
  for line in io.lines("/proc/self/status") do
    local size = line:match("^VmRSS:%s*(%d+)")
    if size then return tonumber(size) end
  end
end

local function file_size(path)
  local file = io.open(path, "rb")
  if not file then return 0 end
  local size = file:seek("end")
  file:close()
  return size // 1024
end

local FEW <const>, MANY <const> = 1000, 100000

-- A client whose only instance never comes to rest, on a clock that sleeping moves: what is left is the engine's own.
local function restless(on_poll)
  local now, polls = 1767322800000, 0
  return { now = function() return now end, describe = function() return { region = "cn-north-4", ak = "bench" } end,
    sleep = function(_, seconds)
      now, polls = now + math.floor(seconds * 1000), polls + 1
      on_poll(polls)
      return true
    end, ddm = { show_instance = function() return { status = "RESTARTING" }, { status = 200, attempts = 1 } end } }
end

local BOOK <const> = [[return { name = "polls", summary = "Waits", params = {}, run = function(run)
  run:wait{ name = "the instance", op = "ddm.show_instance", args = { instance_id = "i" }, field = "status",
    success = { "RUNNING" }, interval = 10, timeout = 10 * 365 * 86400 }
end }]]

-- KiB of the process and of the journal's files after FEW polls and after MANY.
local function polls(folder)
  local runbook, sizes = require "hwdb.runbook", {}
  local client = restless(function(count)
    if count ~= FEW and count ~= MANY then return end
    collectgarbage()
    collectgarbage()
    local disk = 0
    for _, name in ipairs { "journal.db", "journal.db-wal" } do disk = disk + file_size(folder .. "/" .. name) end
    sizes[#sizes + 1], sizes[#sizes + 2] = resident(), disk
    if count == MANY then error("enough", 0) end
  end)
  runbook.run(assert(runbook.load_text(BOOK, "polls.lua")), { client = client, state_dir = folder, report = {} })
  return table.unpack(sizes)
end

--- Memory and journal of a wait over 100,000 polls, against the same process after 1,000. Nothing in it varies: once will do.
local function growth(tools)
  local sizes
  local function measure(first)
    return function()
      if not sizes then
        local folder = tools.lines_of(("mktemp -d %s/bench/journal.XXXXXX"):format(tools.build))[1]
        sizes = { tools.numbers(("lua5.4 bench/journal.lua polls %s/own"):format(folder)) }
        os.execute("rm -rf " .. tools.quoted(folder))
      end
      return sizes[first], sizes[first + 2]
    end
  end
  return { name = "memory after 100,000 polls", against = "after 1,000 polls", unit = "KiB", most = 1.05, measure = measure(1) },
    { name = "journal after 100,000 polls", against = "after 1,000 polls", unit = "KiB", most = 1, measure = measure(2) }
end

--- Both sides write into the build's folder, so to the same disk.
local function pair(tools)
  local texts = tools.lines_of("lua5.4 bench/journal.lua texts")
  local function measure()
    local folder = tools.lines_of(("mktemp -d %s/bench/journal.XXXXXX"):format(tools.build))[1]
    local bare = tools.numbers(("%s/bench/raw_sqlite %s/bare.db %d %s %s"):format(tools.build, folder, CALLS, tools.quoted(texts[1]),
      tools.quoted(texts[2])))
    local own = tools.numbers(("lua5.4 bench/journal.lua calls %s/own %d"):format(folder, CALLS))
    os.execute("rm -rf " .. tools.quoted(folder))
    return CALLS / bare, CALLS / own
  end
  return { name = "journaled calls from Lua", against = "bare SQLite, as many commits", unit = "calls/s", least = 0.8,
    measure = measure }
end

local mode, folder, count = ...
if type(mode) == "table" then return pair(mode), growth(mode) end
if mode == "texts" then
  print(core.encode(intent(1)))
  print(core.encode(answer()))
elseif mode == "calls" and math.tointeger(tonumber(count)) then
  print(calls(folder, math.tointeger(tonumber(count))))
elseif mode == "polls" and folder then
  print(polls(folder))
else
  io.stderr:write("usage: journal.lua calls FOLDER COUNT | polls FOLDER | texts\n")
  os.exit(2)
end
