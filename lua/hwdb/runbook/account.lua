-- SPDX-License-Identifier: Apache-2.0
-- What a run's journal tells, as data: its steps with their times, each change
-- with its request id, waits, approvals, and what was said. Reports and
-- `hwdb show` are made of it; secrets never came in.
local journals = require("hwdb.runbook.journal")
local times = require("hwdb.runbook.times")

local M = {}

M.time = times.text

local function records(journal, id)
  local list = {}
  for record in journals.records(journal, id) do list[#list + 1] = record end
  table.sort(list, function(a, b)
    if a.time_ms ~= b.time_ms then return a.time_ms < b.time_ms end
    return a.seq < b.seq
  end)
  return list
end

local function add(told, list, entry)
  told[list][#told[list] + 1] = entry
end

local function say(told, time, mark, text)
  told.entries[#told.entries + 1] = { time = time, mark = mark, text = text }
end

local function place_of(record)
  return record.branch .. "#" .. record.n
end

local READ = {}

function READ.change(told, record, intents)
  local data, intent = record.data, intents[place_of(record)]
  local ok = not data.error
  local change = { op = data.op, step = data.step, from = intent and intent.time_ms or record.time_ms, to = record.time_ms,
    ok = ok, request_id = (data.info or data.error or {}).request_id, attempt = intent and intent.data.attempt,
    error = data.error and data.error.message, args = intent and intent.data.args }
  add(told, "changes", change)
  local adopted = ok and not (data.info and data.info.request_id)
  say(told, record.time_ms, ok and "change" or "refused", ("%s%s%s"):format(data.op,
    change.request_id and " (request " .. change.request_id .. ")" or adopted and " (found afterwards; its answer was lost)" or "",
    change.error and ": " .. change.error or ""))
end

function READ.wait(told, record, intents)
  local data, open = record.data, intents[place_of(record)]
  local result = data.value or {}
  add(told, "waits", { name = data.label, from = open and open.time_ms or record.time_ms, to = record.time_ms,
    ok = not data.error, state = data.error and data.error.state or result.state })
  say(told, record.time_ms, "wait", ("%s: %s"):format(data.label, data.error and data.error.message or result.state or "done"))
end

local function answered(told, record)
  local data = record.data
  add(told, "approvals", { name = data.label, question = data.question, yes = data.yes ~= false, by = data.by, how = data.how,
    at = record.time_ms })
  say(told, record.time_ms, "answer", ("%s: %s by %s (%s)"):format(data.label, data.yes ~= false and "yes" or "no", data.by or "?",
    data.how or "?"))
end

READ.ask = answered
READ.gate = answered

function READ.guard(told, record)
  add(told, "guards", { op = record.data.op, value = record.data.value, at = record.time_ms })
end

function READ.exec(told, record)
  local value = record.data.value
  add(told, "programs", { command = record.data.label, status = value.status, sha256 = value.sha256, at = record.time_ms })
  say(told, record.time_ms, "program", ("%s: status %d"):format(record.data.label, value.status))
end

function READ.table(told, record)
  add(told, "tables", record.data.value)
  say(told, record.time_ms, "table", ("%s: %d rows"):format(record.data.label, #record.data.value.rows))
end

function READ.record(told, record)
  add(told, "records", { key = record.data.label, value = record.data.value, at = record.time_ms })
  say(told, record.time_ms, "record", record.data.label)
end

local function step(told, record, open)
  local name = record.data.name
  if record.kind == "begin" then
    local entry = { name = name, from = record.time_ms, depth = #open }
    add(told, "steps", entry)
    open[#open + 1] = entry
    say(told, record.time_ms, "step", name)
    return
  end
  for i = #open, 1, -1 do
    if open[i].name == name then
      open[i].to, open[i].ok = record.time_ms, record.kind == "end"
      for j = #open, i, -1 do open[j] = nil end
      return
    end
  end
  -- Its beginning was lost with a killed process.
  add(told, "steps", { name = name, from = record.time_ms, to = record.time_ms, ok = record.kind == "end", depth = 0 })
end

local function counted(told, record)
  told.queries = told.queries + (record.kind == "query" and 1 or 0)
end

local function audit_head(journal)
  local head, err = journal:audit_head()
  if not head then journals.failed(err, "reading the audit's head") end
  return head
end

---@param journal table
---@param run table of runs.lua
---@return table told run, entries, steps, changes, waits, approvals, guards, programs, records, tables, queries, head
function M.of(journal, run)
  local told = { run = run, entries = {}, steps = {}, changes = {}, waits = {}, approvals = {}, guards = {}, programs = {},
    records = {}, tables = {}, queries = 0, head = audit_head(journal) }
  local intents, open = {}, {}
  for _, record in ipairs(records(journal, run.id)) do
    if record.phase == "intent" or record.phase == "wait" then
      intents[place_of(record)] = record
    elseif record.phase == "step" then
      step(told, record, open)
    elseif record.phase == "said" then
      say(told, record.time_ms, record.kind, record.data.text)
    elseif READ[record.kind] then
      READ[record.kind](told, record, intents)
      intents[place_of(record)] = nil
    else
      counted(told, record)
    end
  end
  for _, intent in pairs(intents) do
    if intent.phase == "intent" then
      add(told, "changes", { op = intent.data.op, step = intent.data.step, from = intent.time_ms, ok = false,
        error = "outcome unknown", args = intent.data.args })
      say(told, intent.time_ms, "IN DOUBT", intent.data.op)
    end
  end
  told.ended = run.updated or run.created
  -- A run that changed nothing has nothing to compare.
  told.data_compared = #told.programs > 0 or #told.changes == 0
  return told
end

return M
