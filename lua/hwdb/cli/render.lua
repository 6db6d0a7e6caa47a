-- SPDX-License-Identifier: Apache-2.0
-- Answers for people: lists of objects as tables, the rest as indented "name: value" lines.
local core = require("hwdb.core")
local output = require("hwdb.cli.output")

local M = {}

local CELL_MAX = 40
local COLUMNS_MAX = 8

-- What a terminal would act on must not reach it; line ends would break the layout.
local function clean(text)
  return (text:gsub("[%c\127]", function(c)
    return c == "\n" and "\\n" or c == "\t" and " " or ("\\x%02x"):format(c:byte())
  end))
end

local function is_list(value)
  return type(value) == "table" and (#value > 0 or getmetatable(value) ~= nil)
end

local function scalar(value)
  if value == core.null then return "null" end
  if type(value) == "string" then return clean(value) end
  return tostring(value)
end

local function sorted_keys(object)
  local keys = {}
  for key in pairs(object) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local function flat(list)
  for _, value in ipairs(list) do
    if type(value) == "table" then return false end
  end
  return true
end

local function inline(value)
  if is_list(value) and flat(value) then
    local texts = {}
    for _, item in ipairs(value) do texts[#texts + 1] = scalar(item) end
    return table.concat(texts, ", ")
  end
  if type(value) == "table" then
    return is_list(value) and ("(%d)"):format(#value) or next(value) == nil and "{}" or core.encode(value)
  end
  return scalar(value)
end

-- UTF-8 characters, near enough to columns for names and ids.
local function columns_of(text)
  return utf8.len(text) or #text
end

local function cut(text, width)
  if columns_of(text) <= width then return text end
  local to = utf8.offset(text, width)
  return text:sub(1, (to or width) - 1) .. "…"
end

local LEADING = { "id", "name", "status", "state", "type" }

-- Names of what the objects hold: telling ones first, nested ones last.
local function table_columns(list)
  local seen, first, later, nested = {}, {}, {}, {}
  for _, name in ipairs(LEADING) do seen[name] = 0 end
  for _, object in ipairs(list) do
    for _, key in ipairs(sorted_keys(object)) do
      if seen[key] == 0 or seen[key] == nil then
        local to = seen[key] == 0 and first or type(object[key]) == "table" and nested or later
        seen[key] = 1
        to[#to + 1] = key
      end
    end
  end
  table.sort(first, function(a, b)
    local order = {}
    for i, name in ipairs(LEADING) do order[name] = i end
    return order[a] < order[b]
  end)
  local all = table.move(later, 1, #later, #first + 1, first)
  return table.move(nested, 1, #nested, #all + 1, all)
end

local function fit_columns(columns, cells, width, cell_max)
  local widths, total, shown = {}, 0, 0
  for i, name in ipairs(columns) do
    widths[i] = columns_of(name)
    for _, row in ipairs(cells) do widths[i] = math.max(widths[i], math.min(cell_max, columns_of(row[i]))) end
    total = total + widths[i] + 2
    if i > 1 and (total > width or i > COLUMNS_MAX) then break end
    shown = i
  end
  return widths, shown
end

local function padded(text, width)
  text = cut(text, width)
  return text .. (" "):rep(width - columns_of(text))
end

---A table of rows of texts, as wide as fits; returns how many columns were left out.
---@param add fun(line: string)
---@param columns string[]
---@param cells string[][]
---@param indent string
---@param width integer
---@param cell_max integer? columns of one cell, 40 unless said
function M.table(add, columns, cells, indent, width, cell_max)
  local widths, shown = fit_columns(columns, cells, width - #indent, cell_max or CELL_MAX)
  local head = {}
  for i = 1, shown do head[i] = padded(columns[i]:upper(), widths[i]) end
  add(indent .. output.paint("bold", (table.concat(head, "  "):gsub("%s+$", ""))))
  for _, row in ipairs(cells) do
    local line = {}
    for i = 1, shown do line[i] = padded(row[i], widths[i]) end
    add(indent .. (table.concat(line, "  "):gsub("%s+$", "")))
  end
  return #columns - shown
end

local function objects_only(list)
  for _, value in ipairs(list) do
    if type(value) ~= "table" or is_list(value) then return false end
  end
  return #list > 0
end

local render

local function render_objects(add, list, indent)
  local columns, cells = table_columns(list), {}
  for i, object in ipairs(list) do
    cells[i] = {}
    for j, name in ipairs(columns) do cells[i][j] = object[name] == nil and "-" or inline(object[name]) end
  end
  local hidden = M.table(add, columns, cells, indent, output.width())
  if hidden > 0 then
    add(indent .. output.paint("dim", ("(%d more column%s: see --json)"):format(hidden, hidden == 1 and "" or "s")))
  end
end

local function render_list(add, list, indent)
  if objects_only(list) then return render_objects(add, list, indent) end
  for _, value in ipairs(list) do
    if type(value) == "table" then
      add(indent .. "-")
      render(add, value, indent .. "  ")
    else
      add(indent .. "- " .. scalar(value))
    end
  end
end

function render(add, value, indent)
  if type(value) ~= "table" then return add(indent .. scalar(value)) end
  if is_list(value) then return render_list(add, value, indent) end
  for _, key in ipairs(sorted_keys(value)) do
    local inner = value[key]
    local label = indent .. output.paint("cyan", clean(tostring(key))) .. ":"
    if type(inner) == "table" and next(inner) ~= nil and not (is_list(inner) and flat(inner)) then
      add(label)
      render(add, inner, indent .. "  ")
    elseif is_list(inner) and #inner == 0 then
      add(label .. " (none)")
    else
      add(label .. " " .. inline(inner))
    end
  end
end

---Lines for people out of an answer.
---@param value any
---@return string[]
function M.lines(value)
  local lines = {}
  local function add(line) lines[#lines + 1] = line end
  if type(value) == "table" and next(value) == nil then
    add(is_list(value) and "(none)" or "done")
  else
    render(add, value, "")
  end
  return lines
end

return M
