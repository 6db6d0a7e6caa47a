-- SPDX-License-Identifier: Apache-2.0
-- What runbooks record for later ones: one small JSON file a key, in a folder
-- only its owner can read, replaced whole or not at all. Not a journal: a
-- record is a fact a run found, never a call it is about to make.
local core = require("hwdb.core")
local problem = require("hwdb.runbook.problem")

local M = {}

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function failed(path, reason)
  problem.raise({ kind = "failed", message = ("the record %s cannot be kept: %s"):format(path, reason),
    remedy = "make the folder writable, or set XDG_STATE_HOME to one that is" })
end

---Where records are kept unless the caller says otherwise.
---@return string
function M.folder()
  local state = os.getenv("XDG_STATE_HOME")
  if state and state:sub(1, 1) == "/" then return state .. "/hwdb/records" end
  return (os.getenv("HOME") or "/tmp") .. "/.local/state/hwdb/records"
end

-- Readable where it can be; the hash keeps different keys apart.
local function file_name(key)
  return key:gsub("[^%w._-]", "_"):sub(1, 80) .. "-" .. core.sha256(key):sub(1, 16) .. ".json"
end

local Files = {}
Files.__index = Files

---@param key string
---@return any value nil if there is none
function Files:get(key)
  local path = self.folder .. "/" .. file_name(key)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  local record, message = core.decode(text or "")
  if type(record) ~= "table" or record.key ~= key then
    problem.raise({ kind = "failed", message = ("the record %s is damaged: %s"):format(path, message or "another key"),
      remedy = "look at the file; remove it to go on as if nothing had been recorded" })
  end
  return record.value
end

-- `sync FILE` is the fsync that plain Lua lacks: the bytes are on disk before the name is.
local function put_in_place(path, folder)
  return os.execute(("sync %s && mv -f %s %s && sync %s"):format(quoted(path .. ".new"), quoted(path .. ".new"),
    quoted(path), quoted(folder)))
end

---@param key string
---@param value any nil removes it
function Files:put(key, value)
  local path = self.folder .. "/" .. file_name(key)
  if value == nil then
    os.remove(path)
    return
  end
  if not os.execute(("mkdir -p -m 700 %s 2>/dev/null"):format(quoted(self.folder))) then
    failed(path, "the folder cannot be made")
  end
  local file, message = io.open(path .. ".new", "wb")
  if not file then failed(path, message) end
  local written, reason = file:write(core.encode({ key = key, value = value }), "\n")
  local closed, why = file:close()
  if not written or not closed then failed(path, reason or why) end
  if not put_in_place(path, self.folder) then failed(path, "it could not be moved into place") end
end

---@param folder string
function M.files(folder)
  return setmetatable({ folder = folder }, Files)
end

local Memory = {}
Memory.__index = Memory

function Memory:get(key)
  local text = self.texts[key]
  if text then return (core.decode(text)).value end
end

function Memory:put(key, value)
  self.texts[key] = value ~= nil and core.encode({ value = value }) or nil
end

function M.memory()
  return setmetatable({ texts = {} }, Memory)
end

-- A simulator inside the process ends with it, and so do records about its world.
local of_worlds = setmetatable({}, { __mode = "k" })

---@param options { store: table?, state_dir: string?, world: table? }
---@return table store
function M.choose(options)
  if options.store then return options.store end
  if options.state_dir then return M.files(options.state_dir) end
  local world = options.world
  if world then
    of_worlds[world] = of_worlds[world] or M.memory()
    return of_worlds[world]
  end
  return M.files(M.folder())
end

return M
