-- SPDX-License-Identifier: Apache-2.0
-- Arguments made from rows: valid ones, and the same with one value put somewhere. Keys carry their place
-- ("body.name"), since some names occur in two places.
local core = require("hwdb.core")
local form = require("spec.support.form")

local M = {}

---Stands for "leave it out" in `M.with`.
M.NOTHING = {}

---All rows.
M.rows = core.rows()

local by_name = {}
for _, row in ipairs(M.rows) do by_name[row.service .. "." .. row.name] = row end

---The row of "ddm.list_instances".
function M.row(name) return (assert(by_name[name], name)) end

---A text for the field, of `length` characters if given. The second result tells whether its form allows that.
function M.text(field, length)
  if field.enum and not length then return field.enum[1], true end
  length = length or math.max(field.min_length or 0, 1)
  if field.pattern then
    local text = form.text(field.pattern, length)
    if #text == length or (#text > length and not field.min_length) then return text, true end
    text = #text > length and text:sub(1, length) or text .. ("a"):rep(length - #text)
    return text, form.has(field.pattern, text)
  end
  return ("a"):rep(length), true
end

local SCALARS = {
  string = function(field)
    if field.min then return tostring(field.min) end
    if field.max then return tostring(field.max) end
    return (M.text(field))
  end,
  integer = function(field)
    return field.enum and math.tointeger(tonumber(field.enum[1])) or field.min or math.min(1, field.max or 1)
  end,
  number = function(field) return field.min or 1.5 end,
  boolean = function() return true end,
}

local object

---A value that the field takes; with `all`, optional members are there too.
function M.value(field, all)
  if SCALARS[field.type] then return SCALARS[field.type](field) end
  if field.type == "object" then return object(field.fields or {}, all) end
  if field.type == "array" then return M.entries(field, math.max(1, field.min_length or 1), all) end
  return { a = M.entry(field, all) }
end

---One entry of an array or a map.
function M.entry(field, all)
  if field.fields then return object(field.fields, all) end
  if not field.items then return "a" end
  return M.value({ name = field.name, type = field.items, enum = field.enum }, all)
end

---An array with n entries.
function M.entries(field, n, all)
  local list = core.array({})
  for i = 1, n do list[i] = M.entry(field, all) end
  return list
end

function object(fields, all)
  local value = {}
  for _, field in ipairs(fields) do
    if field.required or all then value[field.name] = M.value(field, all) end
  end
  return value
end

local function key_of(field) return field["in"] .. "." .. field.name end

---Arguments that the row takes: the required ones, or all.
function M.args(row, all)
  local args = {}
  for _, field in ipairs(row.params) do
    if field.required or all then args[key_of(field)] = M.value(field, all) end
  end
  return args
end

---@class spec.Spot
---@field field table the field of the row
---@field steps table[] the fields from the top level down to it
---@field path string as the check names it, first entries of arrays taken

local function add_spots(list, field, steps, path)
  steps = table.move(steps, 1, #steps, 1, {})
  steps[#steps + 1] = field
  list[#list + 1] = { field = field, steps = steps, path = path }
  local inside = path .. (field.type == "array" and "[1]" or field.type == "map" and ".a" or "")
  for _, inner in ipairs(field.fields or {}) do add_spots(list, inner, steps, inside .. "." .. inner.name) end
end

---Every request field of a row, nested ones too.
---@return spec.Spot[]
function M.spots(row)
  local list = {}
  for _, field in ipairs(row.params) do
    add_spots(list, field, {}, field.whole and field["in"] or key_of(field))
  end
  return list
end

local function put(value, field, steps, at, what)
  if at > #steps then return what end
  local inner = steps[at]
  local holder = value
  if field.type == "array" or field.type == "map" then
    local key = field.type == "array" and 1 or "a"
    value[key] = value[key] or object(field.fields)
    holder = value[key]
  end
  local new = holder[inner.name]
  if new == nil and at < #steps then new = M.value(inner) end
  new = put(new, inner, steps, at + 1, what)
  if new == M.NOTHING then new = nil end
  holder[inner.name] = new
  return value
end

---Valid arguments with `what` at the spot; `M.NOTHING` takes the field out, its parents stay.
---@param spot spec.Spot
function M.with(row, spot, what)
  local args, top = M.args(row), spot.steps[1]
  local key = key_of(top)
  local value = args[key]
  if value == nil and #spot.steps > 1 then value = M.value(top) end
  value = put(value, top, spot.steps, 2, what)
  if value == M.NOTHING then value = nil end
  args[key] = value
  return args
end

---What the check says: problems and warnings, each "path: message".
---@return string[] problems
---@return string[] warnings
function M.verdict(row, args)
  local ok, more = core.check(row.service, row.name, args)
  local problems = {}
  if not ok then
    for i, problem in ipairs(more.problems) do problems[i] = problem.path .. ": " .. problem.message end
    return problems, more.warnings or {}
  end
  return problems, more or {}
end

return M
