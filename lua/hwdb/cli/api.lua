-- SPDX-License-Identifier: Apache-2.0
-- hwdb api: the rows, for people and as JSON.
local core = require("hwdb.core")
local describe = require("hwdb.describe")
local fail = require("hwdb.cli.fail")
local op_errors = require("hwdb.op_errors")
local output = require("hwdb.cli.output")
local render = require("hwdb.cli.render")
local rows = require("hwdb.cli.rows")

local function count(n, word)
  return ("%d %s%s"):format(n, word, n == 1 and "" or "s")
end

local function by_chapter(list)
  local chapters, index = {}, {}
  for _, row in ipairs(list) do
    local key = row.service .. "\n" .. (row.chapter or "")
    if not index[key] then
      index[key] = { service = row.service, title = row.chapter or "", rows = {} }
      chapters[#chapters + 1] = index[key]
    end
    table.insert(index[key].rows, row)
  end
  return chapters
end

local function overview(list)
  local service
  for _, chapter in ipairs(by_chapter(list)) do
    if chapter.service ~= service then
      service = chapter.service
      output.line("%s%s", output.paint("bold", service), "")
    end
    output.line("  %-50s %s", chapter.title, count(#chapter.rows, "operation"))
  end
  output.line("\nhwdb api SERVICE lists operations, hwdb api SERVICE.OPERATION shows one, --search WORD finds some.")
end

local function listing(list)
  for i, chapter in ipairs(by_chapter(list)) do
    output.line("%s%s %s", i > 1 and "\n" or "", output.paint("bold", chapter.service), output.paint("bold", chapter.title))
    for _, row in ipairs(chapter.rows) do
      local width = 38
      output.line("  %-" .. width .. "s %-6s %s", row.name, row.kind, row.title or "")
    end
  end
end

-- -- one operation ------------------------------------------------------------

local function wrapped(text, width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if #line > 0 and #line + #word + 1 > width then
      lines[#lines + 1] = line
      line = word
    else
      line = #line > 0 and line .. " " .. word or word
    end
  end
  if #line > 0 then lines[#lines + 1] = line end
  return lines
end

local function show_field(field, depth, width, has_places)
  local label = ("  "):rep(depth + 1) .. field.name .. (field.required and "*" or "")
  output.line("%-32s  %s%s", label, has_places and ("%-7s"):format(field["in"] or "") or "", describe.type_of(field))
  for _, text in ipairs({ table.concat(describe.rules(field), "; "), field.note or "" }) do
    for _, line in ipairs(wrapped(text, width - 34)) do
      output.line("%s%s", (" "):rep(34), output.paint("dim", line))
    end
  end
  for _, inner in ipairs(field.fields or {}) do show_field(inner, depth + 1, width, has_places) end
end

local function show_fields(title, fields, width)
  if not fields or #fields == 0 then return end
  output.line("\n%s", output.paint("bold", title))
  for _, field in ipairs(fields) do show_field(field, 0, width, fields[1]["in"] ~= nil) end
end

local function indented(text)
  for line in text:gmatch("[^\n]+") do output.line("  %s", line) end
end

local function show_example(row)
  output.line("\n%s", output.paint("bold", "Example"))
  indented(describe.lua_call(row))
  indented(describe.shell_call(row))
end

local function show_errors(row, width)
  output.line("\n%s", output.paint("bold", "Errors that can concern it"))
  for _, one in ipairs(op_errors.of(row)) do
    local lines = wrapped(one.meaning .. "; " .. one.remedy:gsub("^%u%l", string.lower):gsub("%.$", ""), width - 36)
    output.line("  %-16s %-4s %-13s %s", one.code, one.status or "", one.class or "", lines[1])
    for i = 2, #lines do output.line("%s%s", (" "):rep(38), lines[i]) end
  end
end

local STYLES = { index = "offset counts items", page = "offset counts pages", number = "page number from 1",
  marker = "goes on after the last item" }

local function facts(row)
  local list = { { "Kind", row.kind .. ": " .. (describe.KINDS[row.kind] or "") } }
  local function add(name, text) if text then list[#list + 1] = { name, text } end end
  add("Warning", row.paid and "costs money or can cost money")
  add("Warning", row.irreversible and "no other call undoes it")
  add("Job", row.job and ("the answer's %s names a job; follow it with %s"):format(row.job.field, row.job.watch or "-"))
  add("Pages", row.page and ("%s and %s; %s; items in %s"):format(row.page.at, row.page.size or "-",
    STYLES[row.page.style] or row.page.style, row.page.items or "-"))
  add("Success", row.ok and table.concat(row.ok, ", "))
  add("Permission", row.permission)
  add("Document", row.doc and row.doc .. (row.documented == false and " (not in the documents)" or ""))
  add("SDK", row.sdk)
  add("Rests on", row.evidence and #row.evidence > 0 and table.concat(row.evidence, ", "))
  add("Note", row.note)
  return list
end

local function show(row)
  local width = math.min(output.width(), 120)
  output.line("%s  %s", output.paint("bold", row.service .. "." .. row.name), row.title or "")
  output.line("%s %s\n", row.method, row.path)
  for _, fact in ipairs(facts(row)) do
    for i, line in ipairs(wrapped(fact[2], width - 14)) do output.line("%-13s %s", i == 1 and fact[1] or "", line) end
  end
  show_fields("Parameters (* required)", row.params, width)
  show_example(row)
  show_fields("Answer", row.answer, width)
  show_errors(row, width)
end

local LITERAL = { integer = true, number = true, boolean = true }

-- The rows hold choices and defaults as text; a machine gets them in the field's type.
local function typed(fields)
  local copies = core.array({})
  for i, field in ipairs(fields) do
    local copy = {}
    for name, value in pairs(field) do copy[name] = value end
    if LITERAL[field.type] then
      local value = field.default and core.decode(field.default)
      if value ~= nil then copy.default = value end
      for at, choice in ipairs(field.enum or {}) do
        if at == 1 then copy.enum = core.array({}) end
        local decoded = core.decode(choice)
        copy.enum[at] = decoded == nil and choice or decoded
      end
    end
    if field.fields then copy.fields = typed(field.fields) end
    copies[i] = copy
  end
  return copies
end

local function for_machines(list)
  for _, row in ipairs(list) do row.params, row.answer = typed(row.params), typed(row.answer) end
  return core.array(list)
end

local function select(what)
  if not what then return rows.all() end
  if what:find(".", 1, true) then return { rows.find(what) }, true end
  local named = rows.named(what)
  if #named > 0 then return named, #named == 1 end
  return rows.of(what:lower())
end

local function show_found(list, word)
  if #list == 0 then fail.raise("failed", ("no operation mentions %s"):format(word)) end
  local cells = {}
  for i, row in ipairs(list) do cells[i] = { row.service .. "." .. row.name, row.title or "", row.method .. " " .. row.path } end
  render.table(output.line, { "operation", "title", "path" }, cells, "",
    math.max(output.width(), 100), 100)
end

return {
  usage = { "hwdb api [SERVICE[.OPERATION]] [--search WORD] [--json]" },
  details = "Operations answer to their own name, the SDK's (show_avalible_rds) and the command line's (MigrateLogicDb).",
  options = {
    { name = "search", value = "WORD", help = "operations that mention the word, in name, title, path or parameters" },
    { name = "json", help = "a JSON array, one object an operation" },
  },
  examples = { "hwdb api ddm.configure_shards", "hwdb api --search shard", "hwdb api dws --json" },
  run = function(given, rest)
    if #rest > 1 then fail.usage("api takes one SERVICE or SERVICE.OPERATION") end
    local list, is_one = select(rest[1])
    if given.search then list, is_one = rows.search(list, given.search), false end
    if given.json then return output.json(for_machines(list)) end
    if given.search then return show_found(list, given.search) end
    if is_one then return show(list[1]) end
    if rest[1] then return listing(list) end
    overview(list)
  end,
}
