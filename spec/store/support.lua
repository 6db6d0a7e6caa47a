-- SPDX-License-Identifier: Apache-2.0
-- Folders, child processes and a journal's whole content, for the specs of the store.
local core = require("hwdb.core")
local process = require("process")

local M = {}

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
M.quoted = quoted

local made, count = {}, 0

local function around(where)
  if not made[where] then
    local pipe = assert(io.popen(where))
    made[where] = pipe:read("l")
    pipe:close()
  end
  return made[where]
end

---A new folder that does not exist yet; in memory, where there is such a place, with `in_memory`.
---@param in_memory boolean?
---@return string folder, string told a file name of its own beside it
function M.folder(in_memory)
  count = count + 1
  local base = around(in_memory and "mktemp -d -p /dev/shm 2>/dev/null || mktemp -d" or "mktemp -d") .. "/" .. count
  return base .. "/hwdb", base .. ".told"
end

---Takes all of them away; call it after the last test.
function M.clean()
  for _, folder in pairs(made) do os.execute("rm -rf " .. quoted(folder)) end
  made = {}
end

---@param path string
function M.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

---Changes the byte at `offset` (from 0).
function M.flip(path, offset)
  local text = assert(M.read(path))
  M.write(path, text:sub(1, offset) .. string.char(text:byte(offset + 1) ~ 0x55) .. text:sub(offset + 2))
end

local FILES <const> = { "journal.db", "journal.db-wal", "journal.guard" }

---Makes `to` a copy of the journal in `from`, as a power cut leaves one: without what is only shared memory.
function M.copy(from, to)
  core.store(to):close()
  for _, name in ipairs(FILES) do
    local text = M.read(from .. "/" .. name)
    if text then M.write(to .. "/" .. name, text) end
  end
end

---Takes the files of a journal away.
function M.remove(folder)
  for _, name in ipairs(FILES) do os.remove(folder .. "/" .. name) end
  os.remove(folder .. "/journal.db-shm")
end

---Runs `work` in a process of its own; what it tells is in the file at `told`, a line each.
---@param told string
---@param work fun(tell: fun(text: string))
---@return integer pid
function M.child(told, work)
  local pid = process.fork()
  if pid ~= 0 then return pid end
  local file = io.open(told, "ab")
  file:setvbuf("no")
  local done, why = pcall(work, function(text) file:write(text, "\n") end)
  if not done then file:write("failed: ", tostring(why), "\n") end
  process.exit(done and 0 or 1)
end

---@param told string
---@return string[]
function M.lines(told)
  local list = {}
  for line in io.lines(told) do list[#list + 1] = line end
  return list
end

---Everything a journal holds, as one text.
function M.content(store)
  local all = { runs = assert(store:run_list()), audit = assert(store:audit_list()), head = assert(store:audit_head()),
    script = assert(store:kept("script", "one") or "none"), records = {} }
  for _, run in ipairs(all.runs) do all.records[run.id] = assert(store:records(run.id)) end
  return core.encode(all)
end

---A record with everything but what the spec is about.
function M.record(fields)
  local record = { run = "r1", branch = "", n = 1, phase = "intent", kind = "call", time_ms = 1000, data = { x = 1 } }
  for name, value in pairs(fields or {}) do record[name] = value end
  return record
end

function M.run(fields)
  local run = { id = "r1", name = "migrate", state = "running", created_ms = 1, updated_ms = 1, data = { script = "a" } }
  for name, value in pairs(fields or {}) do run[name] = value end
  return run
end

return M
