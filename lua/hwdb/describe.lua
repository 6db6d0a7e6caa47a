-- SPDX-License-Identifier: Apache-2.0
-- Words for rows: types, rules and example calls, as the prompt and the reference show them.
local core = require("hwdb.core")

local M = {}

---What a call of each kind does.
M.KINDS = {
  query = "reads only",
  set = "sets a state: the same twice is the same",
  create = "makes something new",
  delete = "takes something away",
  pulse = "does it again each time it is sent",
}

---"array of object"
---@param field table
function M.type_of(field)
  if field.type == "array" then return "array of " .. (field.items or "any") end
  if field.type == "map" then return "map of " .. (field.items or "any") end
  return field.type
end

local function range(least, most, unit)
  unit = unit or ""
  if least and most and least == most then return ("exactly %s%s"):format(least, unit) end
  if least and most then return ("%s to %s%s"):format(least, most, unit) end
  if least then return ("from %s%s"):format(least, unit) end
  if most then return ("up to %s%s"):format(most, unit) end
end

local function unit_of(field)
  return (field.type == "array" or field.type == "map") and " entries" or " characters"
end

---The rules of a field, each in a few words.
---@param field table
---@return string[]
function M.rules(field)
  local texts = {}
  local function add(text) if text then texts[#texts + 1] = text end end
  if field.secret then add("secret") end
  add(field.enum and "one of " .. table.concat(field.enum, ", "))
  add(range(field.min, field.max))
  add(range(field.min_length, field.max_length, unit_of(field)))
  add(field.pattern and "form " .. field.pattern)
  if field.default ~= nil then add("default " .. tostring(field.default)) end
  add(field.either and "text or number, goes out as given")
  add(field.nullable and "may be null")
  add(field.soft and "rules only warn")
  add(field.send and "always sent")
  add(field.alias and "also " .. field.alias)
  return texts
end

-- -- example arguments --------------------------------------------------------------------

local sample

local function sample_object(fields)
  local value = {}
  for _, field in ipairs(fields or {}) do
    if field.required then value[field.name] = sample(field) end
  end
  return value
end

local function sample_entry(field)
  if field.fields then return sample_object(field.fields) end
  return sample({ name = field.name, type = field.items or "string", enum = field.enum, id = field.id })
end

function sample(field)
  if field.type == "object" then return sample_object(field.fields) end
  if field.type == "array" then return core.array({ sample_entry(field) }) end
  if field.type == "map" then return { name = sample_entry(field) } end
  if field.type == "boolean" then return true end
  if field.type == "integer" or field.type == "number" then
    return field.enum and math.tointeger(tonumber(field.enum[1])) or field.min or 1
  end
  if field.enum then return field.enum[1] end
  return (field.id or field.name:find("[iI][dD]$")) and field.name:upper():gsub("%W", "_") or "..."
end

-- The name an argument needs: with its place where two parameters share the name.
local function argument_names(row)
  local count, names = {}, {}
  for _, param in ipairs(row.params or {}) do count[param.name] = (count[param.name] or 0) + 1 end
  for i, param in ipairs(row.params or {}) do
    names[i] = count[param.name] > 1 and param["in"] .. "." .. param.name or param.name
  end
  return names
end

---Arguments that show how a call looks: what the row requires, made up.
---@param row table
function M.sample_args(row)
  local args, names = {}, argument_names(row)
  for i, param in ipairs(row.params or {}) do
    if param.required then args[names[i]] = sample(param) end
  end
  return args
end

-- The arguments in the row's order, each with its field; what the row does not know comes last.
local function ordered(fields, value, names)
  local list, taken = {}, {}
  for i, field in ipairs(fields or {}) do
    for _, name in ipairs({ names and names[i] or field.name, field.name, field.alias }) do
      if value[name] ~= nil and not taken[name] then
        list[#list + 1] = { name = name, field = field, value = value[name] }
        taken[name] = true
        break
      end
    end
  end
  local others = {}
  for name in pairs(value) do
    if not taken[name] then others[#others + 1] = name end
  end
  table.sort(others, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(others) do list[#list + 1] = { name = name, field = {}, value = value[name] } end
  return list
end

local function is_list(value, field) return core.is_array(value) or field.type == "array" or #value > 0 end

-- -- as Lua ---------------------------------------------------------------------------------

local KEYWORDS = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
  :gmatch("%S+") do
  KEYWORDS[word] = true
end

local function lua_key(name)
  if name:match("^[%a_][%w_]*$") and not KEYWORDS[name] then return name end
  return ("[%q]"):format(name)
end

local WIDTH <const> = 100

local function lua_text(text)
  return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n"):gsub("\r", "\\r"):gsub("\t", "\\t") .. '"'
end

local lua_value

local function lua_table(parts, depth)
  if #parts == 0 then return "{}" end
  local flat = "{ " .. table.concat(parts, ", ") .. " }"
  if #flat + 2 * depth <= WIDTH and not flat:find("\n") then return flat end
  local pad = ("  "):rep(depth + 1)
  return "{\n" .. pad .. table.concat(parts, ",\n" .. pad) .. ",\n" .. ("  "):rep(depth) .. "}"
end

local function lua_members(fields, value, depth, names)
  local parts = {}
  for i, one in ipairs(ordered(fields, value, names)) do
    parts[i] = lua_key(one.name) .. " = " .. lua_value(one.field, one.value, depth + 1)
  end
  return lua_table(parts, depth)
end

function lua_value(field, value, depth)
  if field.secret and type(value) == "string" then return "hwdb.secret(" .. (field.name or "value"):gsub("%W", "_") .. ")" end
  if value == core.null then return "hwdb.null" end
  if type(value) == "string" then return lua_text(value) end
  if type(value) ~= "table" then return tostring(value) end
  if is_list(value, field) then
    local parts = {}
    local entry = { type = field.fields and "object" or field.items, fields = field.fields, secret = field.secret, name = field.name }
    for i, one in ipairs(value) do parts[i] = lua_value(entry, one, depth + 1) end
    return #parts == 0 and "hwdb.array({})" or lua_table(parts, depth)
  end
  if field.type == "map" then
    local parts = {}
    for i, one in ipairs(ordered({}, value)) do
      parts[i] = lua_key(tostring(one.name)) .. " = "
        .. lua_value({ type = field.items, fields = field.fields, secret = field.secret }, one.value, depth + 1)
    end
    return lua_table(parts, depth)
  end
  return lua_members(field.fields, value, depth)
end

---The call in Lua: "local body, info = client.ddm:list_instances{ limit = 10 }".
---@param row table
---@param args table? made up when not given
function M.lua_call(row, args)
  args = args or M.sample_args(row)
  local call = ("local body, info = client.%s:%s"):format(row.service, row.name)
  return call .. lua_members(row.params, args, 0, argument_names(row))
end

-- -- as a command -----------------------------------------------------------------------------

local function shell_text(text)
  if text:match("^[%w_@%%+=:,./-]+$") then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function holds_secret(field, value)
  if field.secret then return true end
  if type(value) ~= "table" then return false end
  for key, inner in pairs(value) do
    for _, one in ipairs(field.fields or {}) do
      if one.name == key and holds_secret(one, inner) then return true end
    end
    if type(key) == "number" and holds_secret({ fields = field.fields }, inner) then return true end
  end
  return false
end

local function shell_words(words, name, field, value)
  if field.secret then
    words[#words + 1] = name .. "=prompt:"
  elseif type(value) ~= "table" then
    if value == core.null then words[#words + 1] = name .. ":=null"
    else words[#words + 1] = shell_text(name .. "=" .. tostring(value)) end
  elseif not is_list(value, field) and field.type == "object" and next(value) ~= nil then
    for _, one in ipairs(ordered(field.fields, value)) do shell_words(words, name .. "." .. one.name, one.field, one.value) end
  elseif holds_secret(field, value) then
    words[#words + 1] = ("%s=@%s.json"):format(name, (name:gsub("[^%w_]", "_")))
  elseif is_list(value, field) and #value > 0 and type(value[1]) == "string" and not field.fields then
    for _, one in ipairs(value) do words[#words + 1] = shell_text(name .. "=" .. one) end
  else
    words[#words + 1] = name .. ":='" .. core.encode(value):gsub("'", "'\\''") .. "'"
  end
end

---The call as a command: "hwdb call ddm.list_instances limit=10", broken into lines where it is long.
---@param row table
---@param args table? made up when not given
function M.shell_call(row, args)
  local words = { ("hwdb call %s.%s"):format(row.service, row.name) }
  for _, one in ipairs(ordered(row.params, args or M.sample_args(row), argument_names(row))) do
    shell_words(words, one.name, one.field, one.value)
  end
  local flat = table.concat(words, " ")
  return #flat <= WIDTH and flat or table.concat(words, " \\\n  ")
end

return M
