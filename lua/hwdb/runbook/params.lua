-- SPDX-License-Identifier: Apache-2.0
-- Parameters of a runbook: their declarations, and reading what was given
-- against them. All problems are told at once; a secret's value in none.
local core = require("hwdb.core")
local near = require("hwdb.near")
local order = require("hwdb.runbook.order")
local problem = require("hwdb.runbook.problem")
local times = require("hwdb.runbook.times")

local M = {}

---@class hwdb.runbook.Param
---@field name string
---@field type "string"|"integer"|"number"|"boolean"|"list"|"secret"|"time"|"choice"|"object"|"objects"
---@field help string
---@field required boolean?
---@field default any
---@field choices string[]? of a choice
---@field min number?
---@field max number?
---@field fields hwdb.runbook.Param[]? of an object, and of each of a list of objects
---@field each boolean? one value for all (NAME=…) or one for each key (NAME.KEY=…): read as {all = …, KEY = …}

local FIELDS = { "name", "type", "help", "required", "default", "choices", "min", "max", "fields", "each" }

local function text_of(value)
  if math.type(value) == "integer" then value = tostring(value) end
  if type(value) ~= "string" then return nil, "must be text, not a " .. type(value) end
  if value == "" then return nil, "is empty" end
  if value:find("%c") then return nil, "holds a control character" end
  return value
end

local function in_range(param, value)
  if param.min and value < param.min then return nil, ("is %s, at least %s is needed"):format(value, param.min) end
  if param.max and value > param.max then return nil, ("is %s, at most %s is allowed"):format(value, param.max) end
  return value
end

local function integer_of(value, param)
  local text = type(value) == "string" and value:match("^%s*(-?%d+)%s*$")
  local number = math.tointeger(text and tonumber(text) or type(value) == "number" and value or nil)
  if not number then return nil, ("must be a whole number, not %q"):format(tostring(value)) end
  return in_range(param, number)
end

local function number_of(value, param)
  local text = type(value) == "string" and value:match("^%s*(-?%d+%.?%d*)%s*$")
  local number = text and tonumber(text) or type(value) == "number" and value or nil
  if not number then return nil, ("must be a number, not %q"):format(tostring(value)) end
  return in_range(param, number)
end

local BOOLEANS = { ["true"] = true, ["false"] = false, [true] = true, [false] = false }

local function boolean_of(value)
  local truth = BOOLEANS[value]
  if truth == nil then return nil, ("must be true or false, not %q"):format(tostring(value)) end
  return truth
end

local function list_of(value)
  local given = value
  if type(value) == "string" then
    given = {}
    for item in (value .. ","):gmatch("%s*(.-)%s*,") do given[#given + 1] = item end
  end
  if type(given) ~= "table" then return nil, "must be a list: a,b,c" end
  local list = {}
  for i, item in ipairs(given) do
    local text, message = text_of(item)
    if not text then return nil, ("item %d %s"):format(i, message) end
    list[i] = text
  end
  if #list == 0 then return nil, "is an empty list" end
  return list
end

-- Never with the value in the message.
local function secret_of(value)
  if type(value) == "string" then
    if value == "" then return nil, "is empty" end
    return require("hwdb").secret(value)
  end
  if type(value) == "table" and getmetatable(value) or type(value) == "userdata" then return value end
  return nil, "must be text"
end

local function time_of(value)
  local ms = type(value) == "string" and times.parse(value)
  if not ms then
    return nil, ("must be a time with its zone, such as \"2026-11-22 02:00 +08:00\", not %q"):format(tostring(value))
  end
  return ms
end

local function choice_of(value, param)
  for _, choice in ipairs(param.choices) do
    if value == choice then return choice end
  end
  return nil, ("must be one of %s, not %q%s"):format(table.concat(param.choices, ", "), tostring(value),
    near.hint(value, param.choices))
end

local READERS = { string = text_of, integer = integer_of, number = number_of, boolean = boolean_of, list = list_of,
  secret = secret_of, time = time_of, choice = choice_of }

-- A declaration: objects within objects, as JSON or as tables. Their readers tell several problems, by path.
local NESTED = {}

M.TYPES = order.keys(READERS)
table.move({ "object", "objects" }, 1, 2, #M.TYPES + 1, M.TYPES)

local function decoded(value)
  if type(value) ~= "string" then return value end
  local read, message = core.decode(value, true)
  if read ~= nil then return read end
  return nil, message:find("^the member ") and "is ambiguous: " .. message or "is not JSON: " .. message
end

local function is_list(value)
  return #value > 0 or next(value) == nil
end

local function read_fields(fields, given, label, add)
  local values, known, declared = {}, {}, {}
  for i, field in ipairs(fields) do
    local path, value = label .. "." .. field.name, given[field.name]
    known[i], declared[field.name] = field.name, true
    if value == core.null then value = nil end
    if value == nil and field.required then add(path, "is missing: " .. field.help) end
    if value == nil then value = field.default end
    if value ~= nil then values[field.name] = NESTED.read(value, field, path, add) end
  end
  for _, key in ipairs(order.keys(given)) do
    if not declared[key] then add(("%s.%s"):format(label, key), "is no field of it" .. near.hint(key, known)) end
  end
  return values
end

function NESTED.object(value, param, label, add)
  if type(value) ~= "table" or #value > 0 then return add(label, "must be an object: {…}") end
  return read_fields(param.fields, value, label, add)
end

function NESTED.objects(value, param, label, add)
  if type(value) ~= "table" or not is_list(value) then return add(label, "must be a list of objects: [{…}, …]") end
  local list = {}
  for i, item in ipairs(value) do list[i] = NESTED.object(item, param, ("%s[%d]"):format(label, i), add) or {} end
  return list
end

-- Any type's value at a path; nil after a problem was added.
function NESTED.read(value, param, label, add)
  local nested = NESTED[param.type]
  local read, message = (nested and decoded or READERS[param.type])(value, param)
  if read == nil then return add(label, message) end
  return nested and nested(read, param, label, add) or read
end

local check_all

local function declared_field_problems(param, label, problems)
  for _, key in ipairs(order.keys(param)) do
    local known = false
    for _, field in ipairs(FIELDS) do known = known or field == key end
    if not known then
      problems[#problems + 1] = ("%s: unknown field %s%s"):format(label, tostring(key), near.hint(key, FIELDS))
    end
  end
end

local function declaration_problems(param, label, problems)
  local function add(text) problems[#problems + 1] = label .. ": " .. text end
  if type(param.help) ~= "string" or param.help == "" then add("help is missing: one line on what it is") end
  if NESTED[param.type] then
    if type(param.fields) ~= "table" or #param.fields == 0 then
      add(("an %s needs fields = {…}"):format(param.type))
    else
      check_all(param.fields, label .. ".", problems)
    end
  elseif not READERS[param.type] then
    add(("type %s is none of %s%s"):format(tostring(param.type), table.concat(M.TYPES, ", "),
      near.hint(param.type, M.TYPES)))
  elseif param.type == "choice" and (type(param.choices) ~= "table" or #param.choices == 0) then
    add("a choice needs choices = {…}")
  elseif param.default ~= nil and param.type == "secret" then
    add("a secret has no default")
  elseif param.type == "secret" and label:find(".", 1, true) then
    add("a secret is a parameter of its own, never part of a declaration")
  elseif param.default ~= nil and not param.each then
    local value, message = READERS[param.type](param.default, param)
    if value == nil then add("its default " .. message) end
  end
  if param.required and param.default ~= nil then add("it is required and has a default: leave out one") end
end

function check_all(params, prefix, problems)
  local seen = {}
  for i, param in ipairs(params) do
    local label = ("params[%s%d]"):format(prefix, i)
    if type(param) ~= "table" or type(param.name) ~= "string" or not param.name:match("^%a[%w_]*$") then
      problems[#problems + 1] = label .. ": a table with a name of letters, digits and _ is needed"
    else
      label = prefix == "" and "parameter " .. param.name or prefix .. param.name
      if seen[param.name] then problems[#problems + 1] = label .. ": declared twice" end
      seen[param.name] = true
      declared_field_problems(param, label, problems)
      declaration_problems(param, label, problems)
    end
  end
end

---What is wrong with a header's params.
---@param params any
---@return string[] problems
function M.check(params)
  if type(params) ~= "table" then return { "params must be a list of tables" } end
  local problems = {}
  if next(params) ~= nil and #params == 0 then
    problems[1] = 'params must be a list, such as { { name = "schema", type = "string" } }'
  end
  check_all(params, "", problems)
  for _, param in ipairs(params) do
    if type(param) == "table" and param.name == "accept" then
      problems[#problems + 1] = "parameter accept: this name is the runner's own"
    end
  end
  return problems
end

-- {all = …, KEY = …} from NAME=…, NAME={KEY=…} and NAME.KEY=….
local function gather_each(param, given)
  local found = {}
  local whole = given[param.name]
  if type(whole) == "table" and not getmetatable(whole) then
    for key, value in order.pairs(whole) do found[key] = value end
  elseif whole ~= nil then
    found.all = whole
  end
  for key, value in order.pairs(given) do
    local part = type(key) == "string" and key:match("^" .. param.name .. "%.(.+)$")
    if part then found[part] = value end
  end
  return next(found) and found or nil
end

local function read_each(param, found, add)
  local values = {}
  for key, value in order.pairs(found) do
    local label = key == "all" and param.name or param.name .. "." .. tostring(key)
    local read, message = READERS[param.type](value, param)
    if read == nil then add(label, message) else values[key] = read end
  end
  return values
end

local function read_one(param, given, add)
  local value
  if param.each then value = gather_each(param, given) else value = given[param.name] end
  if value == nil then
    if param.required then add(param.name, "is missing: " .. param.help) end
    if param.default == nil then return nil end
    value = param.default
    if param.each then value = { all = value } end
  end
  if param.each then return read_each(param, value, add) end
  return NESTED.read(value, param, param.name, add)
end

local function unknown(declared, given, add)
  local known, by_name = {}, {}
  for i, param in ipairs(declared) do known[i], by_name[param.name] = param.name, param end
  for _, key in ipairs(order.keys(given)) do
    local base = tostring(key):match("^([^.]+)%.")
    if not by_name[key] and not (base and by_name[base] and by_name[base].each) then
      add(tostring(key), "is no parameter of this runbook" .. near.hint(key, known))
    end
  end
end

---@param declared hwdb.runbook.Param[]
---@param given table<string, any>
---@param runbook string its name, for the message
---@return table<string, any>? values
---@return hwdb.runbook.Problem? err its `problems` are {path, message} pairs
function M.read(declared, given, runbook)
  local values, problems = {}, {}
  local function add(path, message) problems[#problems + 1] = { path = path, message = message } end
  for _, param in ipairs(declared) do values[param.name] = read_one(param, given, add) end
  unknown(declared, given, add)
  if #problems == 0 then return values end
  local lines = {}
  for i, p in ipairs(problems) do lines[i] = p.path .. " " .. p.message end
  return nil, problem.new({ kind = "usage", problems = problems,
    message = ("%s: %s"):format(runbook, table.concat(lines, "; ")),
    remedy = ("`hwdb run %s --help` lists the parameters"):format(runbook) })
end

return M
