-- SPDX-License-Identifier: Apache-2.0
-- Journaled calls: an intent and an answer, each on disk before the next, as the engine writes them from Lua.
--   lua5.4 bench/journal.lua calls FOLDER CALLS    prints the seconds taken
--   lua5.4 bench/journal.lua polls FOLDER POLLS    prints by how many KiB the process and the journal have grown over
--                                                  the second half of so many polls at one place
--   lua5.4 bench/journal.lua texts                 prints the intent and the answer as JSON, a line each
-- Called with a table {build =, numbers = function(command), lines_of = function(command), quoted =}, as by bench.lua,
-- it returns the measured pair.

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

local function polls(folder, count)
  local store = opened(folder)
  local memory, disk
  for i = 1, count do
    write(store, "put", 1, "poll", { count = i, last = answer() })
    if i == count // 2 then
      collectgarbage()
      memory, disk = resident(), file_size(folder .. "/journal.db-wal")
    end
  end
  collectgarbage()
  local grown = resident() - memory
  disk = file_size(folder .. "/journal.db-wal") - disk
  store:close()
  return grown, disk
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
if type(mode) == "table" then return pair(mode) end
if mode == "texts" then
  print(core.encode(intent(1)))
  print(core.encode(answer()))
elseif mode == "calls" and math.tointeger(tonumber(count)) then
  print(calls(folder, math.tointeger(tonumber(count))))
elseif mode == "polls" and math.tointeger(tonumber(count)) then
  print(polls(folder, math.tointeger(tonumber(count))))
else
  io.stderr:write("usage: journal.lua calls|polls FOLDER COUNT | texts\n")
  os.exit(2)
end
