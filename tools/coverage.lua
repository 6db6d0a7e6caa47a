-- SPDX-License-Identifier: Apache-2.0
-- Writes docs/coverage.md: a line for every section of the documents. coverage.lua FILE. Whether an example is
-- reproduced is tried, not claimed: it is sent through the client and compared.
local core = require("hwdb.core")
local examples = require("spec.support.examples")
local samples = require("spec.support.samples")

local M = {}

local EVIDENCE = { sdk = "SDK", explorer = "API Explorer", answer = "answer" }

local function cell(text) return (tostring(text):gsub("|", "\\|")) end

-- "yes" and its restrictions, "no" and why.
local function reproduced(entry)
  local example = entry.example
  if example.refused then return "no: refused, " .. example.contradicts end
  local sent, err = examples.sent(entry)
  if not sent then return "no: " .. tostring(err) end
  if core.encode(sent) ~= core.encode(examples.expected(entry)) then return "no: something else is sent" end
  if example.path_differs then return "yes, with the URI line's path" end
  if example.method_differs then return "yes, with the URI line's method" end
  if example.body_missing then return "yes; the body it lacks is added" end
  return "yes"
end

local function verdicts()
  local by_doc = {}
  for _, entry in ipairs(examples.all()) do
    local list = by_doc[entry.row.doc] or { seen = {} }
    by_doc[entry.row.doc] = list
    local verdict = reproduced(entry)
    if not list.seen[verdict] then list[#list + 1] = verdict end
    list.seen[verdict] = true
    list.count = (list.count or 0) + 1
  end
  return by_doc
end

local function evidence(row)
  local list = {}
  for _, word in ipairs(row.evidence) do list[#list + 1] = EVIDENCE[word] end
  return table.concat(list, ", ")
end

local function section_line(section, row, verdict)
  local doc = section[1] .. " " .. section[2]
  if row then
    local count = verdict.count > 1 and (" (%d examples)"):format(verdict.count) or ""
    return ("| %s | %s | [%s](reference/%s.md#%s%s) | %s | `%s` | %s%s | %s |"):format(doc, cell(section[3]), row.name, row.service,
      row.service, row.name, row.method, cell(row.path), cell(table.concat(verdict, "; ")), count, evidence(row))
  end
  return ("| %s | %s | %s | | | | |"):format(doc, cell(section[3]), section.by or "")
end

local function chapter_of(sections, at)
  local prefix, count = sections[at][2] .. ".", 0
  for i = at + 1, #sections do
    local one = sections[i]
    if one[1] == sections[at][1] and one[2]:sub(1, #prefix) == prefix then count = count + 1 end
  end
  return count
end

---The whole page.
---@return string
function M.page()
  local sections, by_doc, tried = dofile("spec/vectors/sections.lua"), {}, verdicts()
  local counts = {}
  for _, row in ipairs(samples.rows) do
    if row.documented then
      by_doc[row.doc] = row
      counts[row.service] = (counts[row.service] or 0) + 1
    end
  end
  local lines = { "<!-- Made by `make docs`; `make test` tries every line. -->\n\n# Coverage of the documents\n",
    ("%d documented operations: DDM %d, DWS %d, DBSS %d (one of them from its O&M page). Each has a row, and every documented "
      .. "example was sent through the client and compared with the print.\n"):format(counts.ddm + counts.dws + counts.dbss,
      counts.ddm, counts.dws, counts.dbss),
    "| section | heading | operation, or what covers it | method | path | example reproduced | evidence beside the document |",
    "|---|---|---|---|---|---|---|" }
  for i, section in ipairs(sections) do
    local row = by_doc[section[1] .. " " .. section[2]]
    if not row and not section.by then
      section.by = ("(%d sections below)"):format(chapter_of(sections, i))
    end
    lines[#lines + 1] = section_line(section, row, row and tried[row.doc])
  end
  local simulated = require("tools.sim_coverage").lines()
  table.move(simulated, 1, #simulated, #lines + 1, lines)
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

if arg and arg[0] and arg[0]:match("coverage%.lua$") then
  local file = assert(io.open(assert(arg[1], "usage: coverage.lua FILE"), "wb"))
  assert(file:write(M.page()))
  assert(file:close())
end

return M
