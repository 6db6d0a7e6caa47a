-- SPDX-License-Identifier: Apache-2.0
-- A run's account as Markdown.
local core = require("hwdb.core")
local order = require("hwdb.runbook.order")
local times = require("hwdb.runbook.times")

local M = {}

local function cell(text)
  return (tostring(text == nil and "" or text):gsub("[|\n\r]", " "):gsub("[<>&]", { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;" }))
end

local function rows(out, head, list, columns)
  if #list == 0 then
    out[#out + 1] = "none\n"
    return
  end
  out[#out + 1] = "| " .. table.concat(head, " | ") .. " |"
  out[#out + 1] = "|" .. ("---|"):rep(#head)
  for _, item in ipairs(list) do
    local cells = columns(item)
    for i = 1, #head do cells[i] = cell(cells[i]) end
    out[#out + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  out[#out + 1] = ""
end

local function length(item)
  return item.to and times.span((item.to - item.from) / 1000) or "not ended"
end

local function outcome(change)
  if not change.ok then return change.error end
  return change.request_id and "done" or "done; its answer was lost, it was found afterwards"
end

local function parameters(run)
  local list = {}
  for _, name in ipairs(order.keys(run.params or {})) do
    local value = run.params[name]
    list[#list + 1] = { name = name, text = type(value) == "table" and core.encode(value) or tostring(value) }
  end
  for _, name in ipairs(order.keys(run.secrets or {})) do list[#list + 1] = { name = name, text = "*** (secret)" } end
  return list
end

---@param told table of account.lua
---@return string
function M.text(told)
  local run, out = told.run, {}
  local function line(format, ...) out[#out + 1] = select("#", ...) > 0 and format:format(...) or format end
  line("# %s: %s\n", run.name, run.state)
  line("Run %s, begun %s by %s on %s; last change of the journal %s.", run.id, times.text(run.created), cell(run.operator),
    cell(run.host), times.text(told.ended))
  line("Script %s. Audit head %s.\n", run.script, told.head ~= "" and told.head or "none")
  if run.error then line("Ended by: %s\n", cell(run.error.message)) end
  if not told.data_compared then line("**DATA NOT COMPARED**: no checking program was run.\n") end
  for _, t in ipairs(told.tables) do
    line("## %s\n", cell(t.name))
    rows(out, t.columns, t.rows, function(row) return table.move(row, 1, #t.columns, 1, {}) end)
    if t.note then line("%s\n", cell(t.note)) end
  end
  line("## Parameters\n")
  rows(out, { "name", "value" }, parameters(run), function(p) return { p.name, p.text } end)
  line("## Changes\n")
  rows(out, { "at", "operation", "step", "request id", "outcome" }, told.changes, function(c)
    return { times.text(c.from), c.op, c.step, c.request_id, outcome(c) }
  end)
  line("## Approvals\n")
  rows(out, { "at", "question", "answer", "by", "how" }, told.approvals, function(a)
    return { times.text(a.at), a.question or a.name, a.yes and "yes" or "no", a.by, a.how }
  end)
  line("An approval proves a login name, no more.\n")
  line("## Steps\n")
  rows(out, { "begun", "step", "took", "outcome" }, told.steps, function(s)
    return { times.text(s.from), s.name, length(s), s.ok and "done" or s.to and "failed" or "not ended" }
  end)
  line("## Waits\n")
  rows(out, { "begun", "for", "took", "state" }, told.waits, function(w)
    return { times.text(w.from), w.name, length(w), w.state }
  end)
  line("## What was seen\n")
  for _, entry in ipairs(told.entries) do
    line("- %s %s: %s", times.text(entry.time), entry.mark, cell(entry.text))
  end
  line("\n%d reads are in the journal.", told.queries)
  return table.concat(out, "\n") .. "\n"
end

M.parameters = parameters
M.length = length
M.outcome = outcome

return M
