-- SPDX-License-Identifier: Apache-2.0
-- Writes the reference from the rows: reference.lua FOLDER makes a page a service, and one each of errors and statuses.
local core = require("hwdb.core")
local describe = require("hwdb.describe")
local examples = require("spec.support.examples")
local op_errors = require("hwdb.op_errors")

local M = {}

local NAMES = {
  ddm = "Distributed Database Middleware", dws = "Data Warehouse Service", dbss = "Database Security Service",
  iam = "Identity and Access Management", rds = "Relational Database Service", bss = "Billing",
}

local STYLES = { index = "counts items", page = "counts pages from 0", number = "is a page number from 1",
  marker = "is the last item seen" }

local EVIDENCE = { document = "the document", sdk = "Huawei's SDK", explorer = "the API Explorer",
  answer = "an answer met in practice" }

local HEAD = "<!-- Made by `make docs` from the rows; edit those in src/api. -->\n\n"

local function cell(text)
  return (tostring(text or ""):gsub("|", "\\|"):gsub("<", "&lt;"):gsub("\n", " "))
end

local function code(text) return "`" .. tostring(text):gsub("|", "\\|") .. "`" end

-- Rules in a table's cell: a form holds characters that Markdown reads.
local function rules_cell(field)
  local list = {}
  for i, rule in ipairs(describe.rules(field)) do
    local form = rule:match("^form (.+)$")
    list[i] = form and "form " .. code(form) or cell(rule)
  end
  return table.concat(list, "; ")
end

local function suffix(field)
  return field.type == "array" and "[]" or field.type == "map" and "{}" or ""
end

local function add_fields(lines, fields, prefix, is_request, place)
  for _, field in ipairs(fields or {}) do
    local name = prefix .. field.name
    local where = place or field["in"]
    if is_request then
      lines[#lines + 1] = ("| %s | %s | %s | %s | %s | %s |"):format(code(name), where, cell(describe.type_of(field)),
        field.required and "yes" or "", rules_cell(field), cell(field.note))
    else
      lines[#lines + 1] = ("| %s | %s | %s | %s |"):format(code(name), cell(describe.type_of(field)), rules_cell(field),
        cell(field.note))
    end
    add_fields(lines, field.fields, name .. suffix(field) .. ".", is_request, where)
  end
end

local function parameters(lines, row)
  if #(row.params or {}) == 0 then
    lines[#lines + 1] = "No parameters."
  else
    lines[#lines + 1] = "| parameter | in | type | required | rules | |\n|---|---|---|---|---|---|"
    add_fields(lines, row.params, "", true)
  end
  lines[#lines + 1] = ""
end

local function answer(lines, row)
  if #(row.answer or {}) == 0 then
    lines[#lines + 1] = "The answer has no documented field.\n"
    return
  end
  lines[#lines + 1] = "| answer | type | values | |\n|---|---|---|---|"
  add_fields(lines, row.answer, "", false)
  lines[#lines + 1] = ""
end

local first_example

-- The first documented example that the row takes; without one the call is made up.
local function example_args(row)
  if not first_example then
    first_example = {}
    for _, entry in ipairs(examples.all()) do
      local key = entry.row.service .. "." .. entry.row.name
      if not first_example[key] and not entry.example.refused then first_example[key] = entry.example.args or {} end
    end
  end
  return first_example[row.service .. "." .. row.name]
end

local function calls(lines, row)
  local args = example_args(row)
  lines[#lines + 1] = ("```lua\n%s\n```\n\n```sh\n%s\n```\n"):format(describe.lua_call(row, args), describe.shell_call(row, args))
end

local function evidence(row)
  local list = {}
  for _, word in ipairs(row.evidence or {}) do list[#list + 1] = EVIDENCE[word] end
  return #list > 0 and table.concat(list, ", ") or "the code of public clients"
end

local function statuses(row)
  local list = {}
  for i, status in ipairs(row.ok) do list[i] = tostring(status) end
  return table.concat(list, " or ")
end

local function facts(lines, row)
  local function add(text) lines[#lines + 1] = "- " .. text end
  add(("Kind: %s, %s. Success: %s."):format(row.kind, describe.KINDS[row.kind], statuses(row)))
  if row.paid then add("**Can cost money.**") end
  if row.irreversible then add("**No other call undoes it.**") end
  if row.job then add(("The answer's %s names a job; `%s` follows it."):format(code(row.job.field), row.job.watch)) end
  if row.page then
    add(("Pages: %s %s%s; items in %s. `client.%s:each(\"%s\", …)` goes through all."):format(code(row.page.at),
      STYLES[row.page.style], row.page.size and ", " .. code(row.page.size) .. " says how many" or "", code(row.page.items),
      row.service, row.name))
  end
  if row.permission then add("Permission: " .. code(row.permission)) end
  add(("Section: %s. Rests on %s."):format(row.doc, evidence(row)))
  if row.sdk then add(("SDK name: %s."):format(code(row.sdk))) end
  if row.note then add("Note: " .. cell(row.note)) end
  lines[#lines + 1] = ""
end

local function error_list(lines, row)
  local list = {}
  for i, one in ipairs(op_errors.of(row)) do
    list[i] = ("[%s](errors.md) %s"):format(one.code, cell(one.meaning))
  end
  lines[#lines + 1] = "Errors that can concern it: " .. table.concat(list, "; ") .. ".\n"
end

local function operation(lines, row)
  lines[#lines + 1] = ("### %s.%s\n"):format(row.service, row.name)
  lines[#lines + 1] = ("%s\n\n```\n%s %s\n```\n"):format(cell(row.title), row.method, row.path)
  facts(lines, row)
  parameters(lines, row)
  calls(lines, row)
  answer(lines, row)
  error_list(lines, row)
end

-- As GitHub makes anchors of headings.
local function anchor(row) return row.service .. row.name end

local function overview(lines, rows)
  local chapter
  for _, row in ipairs(rows) do
    if row.chapter ~= chapter then
      chapter = row.chapter
      lines[#lines + 1] = ("\n**%s**\n"):format(chapter)
    end
    lines[#lines + 1] = ("- [%s](#%s) %s"):format(row.name, anchor(row), cell(row.title))
  end
  lines[#lines + 1] = ""
end

---The page of a service.
---@param service string
---@return string
function M.service_page(service)
  local rows = core.rows(service)
  local lines = { HEAD .. ("# %s: %s\n"):format(service, NAMES[service]),
    ("%d operations. `hwdb api %s.OPERATION` shows the same at the prompt."):format(#rows, service) }
  overview(lines, rows)
  local chapter
  for _, row in ipairs(rows) do
    if row.chapter ~= chapter then
      chapter = row.chapter
      lines[#lines + 1] = ("## %s\n"):format(chapter)
    end
    operation(lines, row)
  end
  return table.concat(lines, "\n")
end

local TABLES = { "ddm", "dws", "dbss", "gateway" }

function M.errors_page()
  local lines = { HEAD .. "# Error codes\n",
    "`err.code`, `err.class`, `err.reason` and `err.remedy` of a failed call. Codes of the gateway and those met in practice "
      .. "stand last; a row without a code is about the HTTP status alone.\n" }
  for _, service in ipairs(TABLES) do
    lines[#lines + 1] = ("## %s\n\n| code | status | class | meaning | what to do |\n|---|---|---|---|---|"):format(service)
    for _, row in ipairs(core.errors()) do
      if row.service == service then
        lines[#lines + 1] = ("| %s | %s | %s | %s | %s |"):format(row.code or "", row.status or "", row.class or "",
          cell(row.meaning), cell(row.remedy))
      end
    end
    lines[#lines + 1] = ""
  end
  return table.concat(lines, "\n")
end

local PHASES = { t = "at rest", f = "failure", p = "pending", w = "waits for a person" }

function M.statuses_page()
  local lines = { HEAD .. "# Statuses\n",
    "What the statuses of objects mean, and what a waiter makes of them. A value that is not listed counts as pending.\n" }
  local object
  for _, row in ipairs(core.statuses()) do
    if row.service .. row.object ~= object then
      object = row.service .. row.object
      lines[#lines + 1] = ("\n## %s %s\n\n| value | phase | meaning |\n|---|---|---|"):format(row.service, row.object)
    end
    lines[#lines + 1] = ("| %s | %s | %s |"):format(row.value and code(row.value) or "(empty)", PHASES[row.phase], cell(row.meaning))
  end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

local function services()
  local list, seen = {}, {}
  for _, row in ipairs(core.rows()) do
    if not seen[row.service] then list[#list + 1] = row.service end
    seen[row.service] = true
  end
  return list
end

function M.index_page()
  local lines = { HEAD .. "# Reference\n" }
  for _, service in ipairs(services()) do
    lines[#lines + 1] = ("- [%s](%s.md): %s, %d operations"):format(service, service, NAMES[service], #core.rows(service))
  end
  lines[#lines + 1] = "- [errors](errors.md), [statuses](statuses.md)"
  lines[#lines + 1] = "- [coverage](../coverage.md) of the documents, section by section\n"
  return table.concat(lines, "\n")
end

---All pages by file name.
---@return table<string, string>
function M.pages()
  local pages = { ["README.md"] = M.index_page(), ["errors.md"] = M.errors_page(), ["statuses.md"] = M.statuses_page() }
  for _, service in ipairs(services()) do pages[service .. ".md"] = M.service_page(service) end
  return pages
end

if arg and arg[0] and arg[0]:match("reference%.lua$") then
  local folder = assert(arg[1], "usage: reference.lua FOLDER")
  for name, text in pairs(M.pages()) do
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    assert(file:write(text))
    assert(file:close())
  end
end

return M
