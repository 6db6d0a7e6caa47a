-- SPDX-License-Identifier: Apache-2.0
-- One run's journal: what is recorded at which place, and writing on. A place is
-- a branch path and a counter in it; a branch is what runs in a row, so calls
-- made side by side keep their places whatever order they end in.
local core = require("hwdb.core")
local problem = require("hwdb.runbook.problem")

local Journal = {}
Journal.__index = Journal

local M = {}

local PAGE = 500

---@class hwdb.runbook.Place
---@field branch string
---@field n integer

local function key_of(place, phase)
  return place.branch .. "\0" .. place.n .. "\0" .. phase
end

---A failure of the journal as what ends a run.
---@param err table
---@param what string
function M.failed(err, what)
  problem.raise({ kind = "journal", code = err.code, message = ("the journal: %s: %s"):format(what, err.message),
    remedy = err.remedy or "nothing further was sent; put the disk right, then: hwdb resume" })
end

local function checked(what, value, err)
  if value == nil and err then M.failed(err, what) end
  return value
end

---All records of a run in their order, read page by page.
---@param store table
---@param run string
---@return fun(): table?
function M.records(store, run)
  local page, at, after = {}, 0, 0
  return function()
    at = at + 1
    if not page[at] then
      page, at = checked("reading the run " .. run, store:records(run, after, PAGE)), 1
    end
    local record = page[at]
    if record then after = record.seq end
    return record
  end
end

local function note(self, record)
  -- Nobody comes to a written read's place again, and a fleet has many thousands of them.
  local over = record.kind == "query" and record.phase == "answer" and not record.data
  self.known[key_of(record, record.phase)] = not over and record or nil
  self.last[record.branch] = math.max(self.last[record.branch] or 0, record.n)
end

---@param store table
---@param run string
---@param clock fun(): integer ms
---@return table journal
function M.open(store, run, clock)
  local self = setmetatable({ store = store, run = run, clock = clock, known = {}, last = {}, pending = {}, closed = {} },
    Journal)
  self.recorded = 0
  for record in M.records(store, run) do
    note(self, record)
    self.recorded = record.seq
  end
  return self
end

---@param place hwdb.runbook.Place
---@param phase string
---@return table? record kind and data
function Journal:at(place, phase)
  return self.known[key_of(place, phase)]
end

---Whether a place is the last one of its branch: nothing that came of it was recorded.
---@param place hwdb.runbook.Place
---@return boolean
function Journal:is_last(place)
  return self.last[place.branch] == place.n
end

-- Records that were read are needed once only; a long run shall not hold all of them.
---@param place hwdb.runbook.Place
---@param phase string
function Journal:forget(place, phase)
  local record = self.known[key_of(place, phase)]
  if record then record.data = nil end
end

local function record_of(self, place, phase, kind, data)
  return { run = self.run, branch = place.branch, n = place.n, phase = phase, kind = kind, time_ms = self.clock(),
    data = data }
end

-- A place that was recorded before is replaced: an attempt taken up again.
local function store_one(self, record)
  local method = self.known[key_of(record, record.phase)] and "put" or "append"
  checked("writing " .. record.kind, self.store[method](self.store, record))
end

local function audited(self, entry)
  local head = checked("reading the audit's head", self.store:audit_head())
  entry.run = self.run
  local hash = M.audit_hash(head, entry)
  checked("writing the audit", self.store:audit_append(entry, hash, self.clock()))
end

---The hash of an audit entry, which covers the one before.
---@param before string
---@param entry table
---@return string
function M.audit_hash(before, entry)
  return core.sha256(before .. "\n" .. core.encode(entry))
end

local function together(self, fn)
  checked("beginning", self.store:begin())
  local ok, err = pcall(fn)
  if not ok then
    self.store:rollback()
    error(err, 0)
  end
  checked("writing", self.store:commit())
end

local function forgotten(record)
  return { branch = record.branch, n = record.n, phase = record.phase, kind = record.kind }
end

---A record that may be lost with the process: what it says is found out anew. It is written with the next one.
function Journal:later(place, phase, kind, data)
  self.pending[#self.pending + 1] = record_of(self, place, phase, kind, data)
end

---A record on disk, with those that were held back; returns when it would survive a power cut.
---@param place hwdb.runbook.Place
---@param phase string
---@param kind string
---@param data table
---@param more { audit: table?, keep: table? }? entries of the same transaction
function Journal:write(place, phase, kind, data, more)
  local record = record_of(self, place, phase, kind, data)
  if #self.pending == 0 and not more then
    store_one(self, record)
  else
    together(self, function()
      for _, held in ipairs(self.pending) do store_one(self, held) end
      store_one(self, record)
      if more and more.keep then checked("keeping " .. more.keep[2], self.store:keep(table.unpack(more.keep))) end
      if more and more.audit then audited(self, more.audit) end
    end)
  end
  for _, held in ipairs(self.pending) do note(self, forgotten(held)) end
  self.pending = {}
  note(self, forgotten(record))
end

---Writes what was held back.
function Journal:flush()
  if #self.pending == 0 then return end
  together(self, function()
    for _, held in ipairs(self.pending) do store_one(self, held) end
  end)
  for _, held in ipairs(self.pending) do note(self, forgotten(held)) end
  self.pending = {}
end

---An audit entry of its own.
function Journal:audit(entry)
  together(self, function() audited(self, entry) end)
end

return M
