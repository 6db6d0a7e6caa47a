-- SPDX-License-Identifier: Apache-2.0
-- Result tables of a run: what they may hold, and how they look as aligned text
-- and as CSV. They are kept in the journal, so a report shows what was found
-- even long after.
local problem = require("hwdb.runbook.problem")

local M = {}

---@class hwdb.runbook.Table
---@field name string
---@field columns string[]
---@field rows any[][] texts, numbers and booleans; nil, or false in a row with holes, is an empty cell
---@field note string? shown below

local CELLS = { string = true, number = true, boolean = true }

-- The encoded form has to fit into one entry of the journal.
local CELLS_MAX = 500000

local function refused(format, ...)
  problem.raise({ kind = "script", message = "run:table: " .. format:format(...) })
end

local function cell_of(value, name, i, j)
  if value == nil then return "" end
  if not CELLS[type(value)] then refused("%s: row %d, column %d holds a %s", name, i, j, type(value)) end
  return value
end

---A copy with every cell filled, or an error that names the place.
---@param spec hwdb.runbook.Table
---@return hwdb.runbook.Table
function M.checked(spec)
  if type(spec) ~= "table" or type(spec.name) ~= "string" or type(spec.columns) ~= "table" or #spec.columns == 0
    or type(spec.rows) ~= "table" then
    refused("name, columns = {…} and rows = {{…}, …} are needed")
  end
  if #spec.rows * #spec.columns > CELLS_MAX then
    refused("%s has more than %d cells: report less at once", spec.name, CELLS_MAX)
  end
  local rows = {}
  for i, row in ipairs(spec.rows) do
    if type(row) ~= "table" then refused("%s: row %d is a %s", spec.name, i, type(row)) end
    rows[i] = {}
    for j = 1, #spec.columns do rows[i][j] = cell_of(row[j], spec.name, i, j) end
  end
  return { name = spec.name, columns = table.move(spec.columns, 1, #spec.columns, 1, {}), rows = rows, note = spec.note }
end

-- A control character would break the layout, or speak to the terminal.
local function shown(value)
  return (tostring(value):gsub("[%c\127]", " "))
end

local function width_of(text)
  return utf8.len(text) or #text
end

-- How many of the first columns fit side by side; at least one.
local function abreast(widths, total)
  local used = widths[1]
  for j = 2, #widths do
    used = used + 2 + widths[j]
    if used > total then return j - 1 end
  end
  return #widths
end

---@param t hwdb.runbook.Table
---@param total integer? columns of the screen: cells that do not fit into a row stand below it, named
---@return string[] lines without their ends: head, rule, rows
function M.lines(t, total)
  local texts, widths, right = { {} }, {}, {}
  for j, name in ipairs(t.columns) do
    texts[1][j], widths[j], right[j] = shown(name), width_of(shown(name)), #t.rows > 0
  end
  for i, row in ipairs(t.rows) do
    texts[i + 1] = {}
    for j = 1, #t.columns do
      local text = shown(row[j])
      texts[i + 1][j], widths[j] = text, math.max(widths[j], width_of(text))
      right[j] = right[j] and (type(row[j]) == "number" or row[j] == "")
    end
  end
  local lines, rule, beside = {}, {}, total and abreast(widths, total) or #widths
  for j = 1, beside do rule[j] = ("-"):rep(widths[j]) end
  for i, row in ipairs(texts) do
    local cells = {}
    for j = 1, beside do
      local pad = (" "):rep(widths[j] - width_of(row[j]))
      cells[j] = right[j] and pad .. row[j] or row[j] .. pad
    end
    lines[#lines + 1] = table.concat(cells, "  "):gsub(" +$", "")
    if i == 1 then lines[2] = table.concat(rule, "  ") end
    for j = beside + 1, i > 1 and #row or 0 do
      if row[j] ~= "" then lines[#lines + 1] = ("  %s: %s"):format(texts[1][j], row[j]) end
    end
  end
  return lines
end

-- A spreadsheet would calculate a text that begins like a formula.
local function csv_cell(value)
  local text = tostring(value)
  if type(value) == "string" and text:find("^[=+@\t\r-]") then text = "'" .. text end
  if text:find('[",\r\n]') then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

local function csv_row(cells, count)
  local texts = {}
  for j = 1, count do texts[j] = csv_cell(cells[j]) end
  return table.concat(texts, ",") .. "\r\n"
end

---RFC 4180, one table after the other, an empty line between them.
---@param tables hwdb.runbook.Table[]
---@return string
function M.csv(tables)
  local out = {}
  for i, t in ipairs(tables) do
    if i > 1 then out[#out + 1] = "\r\n" end
    out[#out + 1] = csv_row(t.columns, #t.columns)
    for _, row in ipairs(t.rows) do out[#out + 1] = csv_row(row, #t.columns) end
  end
  return table.concat(out)
end

return M
