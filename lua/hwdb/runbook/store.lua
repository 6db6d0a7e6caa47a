-- SPDX-License-Identifier: Apache-2.0
-- Which journal a run writes, and what runbooks record in it for later ones: a
-- fact a run found, never a call it is about to make.
local core = require("hwdb.core")
local memory = require("hwdb.runbook.memory")
local problem = require("hwdb.runbook.problem")

local M = {}

---Where the journal is unless the caller says otherwise.
---@return string
function M.folder()
  local state = os.getenv("XDG_STATE_HOME")
  if state and state:sub(1, 1) == "/" then return state .. "/hwdb" end
  return (os.getenv("HOME") or "/tmp") .. "/.local/state/hwdb"
end

---Opens a journal; raises why it cannot be.
---@param folder string?
---@return table store
function M.open(folder)
  local store, err = core.store(folder or M.folder())
  if not store then problem.raise({ kind = "usage", code = err.code, message = err.message, remedy = err.remedy }) end
  return store
end

-- -- records -------------------------------------------------------------------------

local SPACE = "record"

local Records = {}
Records.__index = Records

---@param key string
---@return any value nil if there is none
function Records:get(key)
  local text, err = self.journal:kept(SPACE, key)
  if err then require("hwdb.runbook.journal").failed(err, "reading the record " .. key) end
  if not text or text == "" then return nil end
  local record = core.decode(text)
  if type(record) ~= "table" then
    problem.raise({ kind = "failed", message = ("the record %s is damaged"):format(key) })
  end
  return record.value
end

---What has to be written with the journal's own record of it.
---@param key string
---@param value any nil removes it
---@param run string
---@return table more of Journal:write
function Records:put(key, value, run) -- luacheck: ignore 212
  return { keep = { SPACE, key, value == nil and "" or core.encode({ value = value, run = run }) } }
end

---@param journal table
function M.records(journal)
  return setmetatable({ journal = journal }, Records)
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

---Records that end with the process.
function M.memory()
  return setmetatable({ texts = {} }, Memory)
end

-- A simulator inside the process ends with it, and so does what a run of its world writes.
local of_worlds = setmetatable({}, { __mode = "k" })

---@param options { journal: table?, store: table?, state_dir: string?, world: table? }
---@return table journal
---@return table records
function M.choose(options)
  local journal = options.journal
  if not journal and options.state_dir then journal = M.open(options.state_dir) end
  if not journal and options.world then
    of_worlds[options.world] = of_worlds[options.world] or memory.new()
    journal = of_worlds[options.world]
  end
  journal = journal or (options.store and memory.new()) or M.open()
  return journal, options.store or M.records(journal)
end

return M
