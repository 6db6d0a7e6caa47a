-- SPDX-License-Identifier: Apache-2.0
-- An answer against what its row says of it. Differences name places and types, never contents: keys of maps become
-- {}, indices [], and only a status-like word is ever repeated.
local core = require("hwdb.core")

local M = {}

---@class hwdb.Difference
---@field path string "nodes[].port"
---@field what "unknown"|"type"|"null"|"choice"|"absent"
---@field documented? string what the row says
---@field answered? string what came

-- Deeper nesting than any row has is not walked.
local DEPTH_MAX <const> = 32

---The JSON type of a value.
---@return string
function M.type_of(value)
  if value == core.null then return "null" end
  if type(value) ~= "table" then return type(value) end
  if core.is_array(value) then return "array" end
  return next(value) ~= nil and #value > 0 and "array" or "object"
end

-- A name that an id might hide in: digits among it and long, or longer than any field's name.
local function harmless(name)
  return #name <= 64 and not (#name >= 16 and name:find("%d")) and name:match("^[%w_.-]+$") ~= nil
end

-- A choice is worth repeating when it looks like one.
local function word(value)
  local text = tostring(value)
  return #text <= 40 and text:match("^[%a_ .:-]+$") and text or "a text that is not repeated here"
end

local TAKES = {
  string = { string = true },
  integer = { number = true },
  number = { number = true },
  boolean = { boolean = true },
  array = { array = true },
  object = { object = true },
  map = { object = true },
}

local SCALAR = { string = true, number = true, boolean = true }

local function fits(field, kind, value)
  if field.either then
    if field.type == "array" or field.type == "object" then return kind == "array" or kind == "object" end
    return SCALAR[kind] or false
  end
  if field.type == "integer" and kind == "string" then
    -- Beyond 2^63-1 an integer stays a text.
    return #value >= 19 and value:match("^%-?%d+$") ~= nil
  end
  return TAKES[field.type][kind] or false
end

local Walk = {}
Walk.__index = Walk

function Walk:add(path, what, documented, answered)
  local key = path .. "\0" .. what .. "\0" .. tostring(answered)
  if self.seen[key] then return end
  self.seen[key] = true
  self.list[#self.list + 1] = { path = path, what = what, documented = documented, answered = answered }
end

local function listed(field, value)
  for _, choice in ipairs(field.enum) do
    if choice == tostring(value) then return true end
  end
  return false
end

function Walk:scalar(field, value, path)
  if field.enum and not listed(field, value) then
    self:add(path, "choice", table.concat(field.enum, ", "), word(value))
  end
end

function Walk:entries(field, value, path, depth)
  local item = { type = field.items, fields = field.fields, enum = field.enum, either = field.either }
  if not item.type then return end
  if field.type == "map" then
    for _, entry in pairs(value) do self:value(item, entry, path .. "{}", depth) end
  else
    for _, entry in ipairs(value) do self:value(item, entry, path .. "[]", depth) end
  end
end

function Walk:value(field, value, path, depth)
  local kind = M.type_of(value)
  if kind == "null" then
    if not field.nullable then self:add(path, "null", field.type, "null") end
  elseif kind == "object" and next(value) == nil and field.type == "array" then
    self:add(path, "type", field.type, kind)
  elseif not fits(field, kind, value) then
    self:add(path, "type", field.type, kind)
  elseif kind == "object" and (field.type == "object" or field.type == "array") then
    self:members(field.fields, value, path, depth + 1)
  elseif kind == "object" or kind == "array" then
    self:entries(field, value, path, depth)
  else
    self:scalar(field, value, path)
  end
end

local function sorted_keys(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  return keys
end

function Walk:members(fields, value, path, depth)
  if not fields or depth > DEPTH_MAX then return end
  local known = {}
  local prefix = path == "" and "" or path .. "."
  for _, field in ipairs(fields) do
    known[field.name] = true
    if field.alias then known[field.alias] = true end
    local found = value[field.name]
    if found == nil and field.alias then found = value[field.alias] end
    if found ~= nil then self:value(field, found, prefix .. field.name, depth)
    else self:add(prefix .. field.name, "absent", field.type) end
  end
  for _, key in ipairs(sorted_keys(value)) do
    if not known[key] then
      self:add(prefix .. (harmless(key) and key or "{}"), "unknown", nil, M.type_of(value[key]))
    end
  end
end

---Where an answer and its row differ. Documented fields that did not come are listed as "absent".
---@param fields table[]? the row's answer
---@param body any the decoded answer
---@return hwdb.Difference[]
function M.compare(fields, body)
  local walk = setmetatable({ list = {}, seen = {} }, Walk)
  local kind = M.type_of(body)
  local whole = fields and fields[1] and fields[1].whole and fields[1]
  if whole then
    walk:value(whole, body, whole.name, 0)
  elseif kind == "object" then
    walk:members(fields or {}, body, "", 0)
  else
    walk:add("", "type", "object", kind)
  end
  return walk.list
end

return M
