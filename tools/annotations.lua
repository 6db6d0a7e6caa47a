-- SPDX-License-Identifier: Apache-2.0
-- Writes LuaCATS annotations from the rows: annotations.lua FOLDER makes a file a service. An editor with the folder
-- among its libraries completes and checks operations, parameters and answers.
local core = require("hwdb.core")

local M = {}

local SCALARS = { string = "string", integer = "integer", number = "number", boolean = "boolean" }

local function choices(field)
  local list = {}
  for i, choice in ipairs(field.enum) do
    list[i] = field.type == "integer" and choice or ("%q"):format(choice)
  end
  -- Choices are open: a value that is not listed only warns.
  list[#list + 1] = SCALARS[field.type]
  return table.concat(list, "|")
end

local function either(name)
  return name == "boolean" and "boolean|string" or name == "string" and "string|number|boolean" or name .. "|string"
end

local Writer = {}
Writer.__index = Writer

function Writer:line(format, ...) self.lines[#self.lines + 1] = select("#", ...) > 0 and format:format(...) or format end

local class

-- The type of a field; classes of its members are written first.
local function type_of(writer, field, name)
  local found
  if field.type == "object" then
    found = field.fields and class(writer, name, field.fields) or "table<string, any>"
  elseif field.type == "array" or field.type == "map" then
    local item = field.fields and class(writer, name, field.fields)
      or type_of(writer, { type = field.items or "string", enum = field.enum }, name)
    if item:find("|", 1, true) then item = "(" .. item .. ")" end
    found = field.type == "array" and item .. "[]" or ("table<string, %s>"):format(item)
  else
    found = field.enum and choices(field) or SCALARS[field.type]
    if field.either then found = either(found) end
  end
  if field.secret and not name:find(".answer", 1, true) then found = found .. "|hwdb.Secret" end
  return field.nullable and found .. "|hwdb.Null" or found
end

local function key(name) return name:match("^[%a_][%w_]*$") and name or ("[%q]"):format(name) end

local function comment(field)
  local parts = {}
  if field.note then parts[#parts + 1] = field.note end
  if field.default then parts[#parts + 1] = "default " .. field.default end
  return #parts > 0 and " " .. table.concat(parts, "; "):gsub("%s+", " ") or ""
end

-- Fields of a class with their types, gathered before its own line is written.
local function members(writer, name, fields, is_answer)
  local list = {}
  for _, field in ipairs(fields) do
    local kind = type_of(writer, field, name .. "." .. field.name:gsub("[^%w_]", "_"))
    local optional = is_answer or not field.required or field.alias
    list[#list + 1] = ("---@field %s%s %s%s"):format(key(field.name), optional and "?" or "", kind, comment(field))
    if field.alias then
      list[#list + 1] = ("---@field %s? %s another spelling of %s"):format(key(field.alias), kind, field.name)
    end
  end
  return list
end

local function write_class(writer, name, list)
  writer:line("---@class (exact) %s", name)
  for _, line in ipairs(list) do writer.lines[#writer.lines + 1] = line end
  writer:line("")
  return name
end

function class(writer, name, fields)
  return write_class(writer, name, members(writer, name, fields, name:find(".answer", 1, true) ~= nil))
end

-- Where two parameters share a name, each can be given with its place.
local function placed(writer, row, name)
  local seen, list = {}, {}
  for _, param in ipairs(row.params) do
    if seen[param.name] then
      for _, one in ipairs({ seen[param.name], param }) do
        list[#list + 1] = ("---@field [%q]? %s only in the %s"):format(one["in"] .. "." .. one.name,
          type_of(writer, one, name .. "." .. one.name), one["in"])
      end
    end
    seen[param.name] = seen[param.name] or param
  end
  return list
end

-- A name that stands in two places is one field, required where both are.
local function once(params)
  local list, by_name = {}, {}
  for _, param in ipairs(params) do
    if not by_name[param.name] then
      list[#list + 1] = param
      by_name[param.name] = param
    end
  end
  return list
end

local function arguments(writer, row, name)
  local list = members(writer, name, once(row.params), false)
  for _, line in ipairs(placed(writer, row, name)) do list[#list + 1] = line end
  if #list == 0 then return "table" end
  local has_places = #list > 0 and table.concat(list):find('["path.', 1, true)
  -- Given by its place, a required name is not there under its own.
  if has_places then
    for i, line in ipairs(list) do list[i] = line:gsub("^(%-%-%-@field [%w_]+) ", "%1? ") end
  end
  return write_class(writer, name, list)
end

local function operation(writer, row)
  local base = ("hwdb.%s.%s"):format(row.service, row.name)
  local args = arguments(writer, row, base .. ".args")
  local answer = #(row.answer or {}) > 0 and class(writer, base .. ".answer", row.answer) or "table"
  local required
  for _, param in ipairs(row.params) do required = required or param.required end
  return ("---@field %s fun(self: hwdb.%s, args%s: %s, options?: hwdb.CallOptions): %s?, hwdb.Info|hwdb.Error %s (%s)"):format(
    row.name, row.service, required and "" or "?", args, answer, row.title or "", row.doc)
end

local function each_names(rows)
  local list = {}
  for _, row in ipairs(rows) do
    if row.page then list[#list + 1] = ("%q"):format(row.name) end
  end
  return #list > 0 and table.concat(list, "|") or "string"
end

---The annotations of a service.
---@param service string
---@return string
function M.file(service)
  local rows = core.rows(service)
  local writer = setmetatable({ lines = { "---@meta", "-- Made from the rows; do not edit.", "" } }, Writer)
  local fields = {}
  for i, row in ipairs(rows) do fields[i] = operation(writer, row) end
  writer:line("---@class hwdb.%s", service)
  writer:line("---@field each fun(self: hwdb.%s, name: %s, args?: table, options?: {max: integer}): fun(): any", service, each_names(rows))
  writer:line("---@field all fun(self: hwdb.%s, name: %s, args?: table, options?: {max: integer}): any[]", service, each_names(rows))
  writer:line("---@field pages fun(self: hwdb.%s, name: %s, args?: table, options?: table): fun(): any", service, each_names(rows))
  for _, line in ipairs(fields) do writer.lines[#writer.lines + 1] = line end
  writer:line("")
  return table.concat(writer.lines, "\n")
end

local COMMON = [[
---@meta
-- Made from the rows; do not edit.

---A value that is shown nowhere: hwdb.secret("...").
---@class hwdb.Secret: userdata

---JSON's null: hwdb.null.
---@alias hwdb.Null lightuserdata
]]

local function services()
  local list, seen = {}, {}
  for _, row in ipairs(core.rows()) do
    if not seen[row.service] then list[#list + 1] = row.service end
    seen[row.service] = true
  end
  return list
end

---All files by name.
---@return table<string, string>
function M.files()
  local files = { ["common.lua"] = COMMON }
  for _, service in ipairs(services()) do files[service .. ".lua"] = M.file(service) end
  return files
end

if arg and arg[0] and arg[0]:match("annotations%.lua$") then
  local folder = assert(arg[1], "usage: annotations.lua FOLDER")
  for name, text in pairs(M.files()) do
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    assert(file:write(text))
    assert(file:close())
  end
end

return M
