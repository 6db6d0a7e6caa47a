-- SPDX-License-Identifier: Apache-2.0
-- name=value words to an operation's arguments. The row says what a value is; a word that the row
-- does not know goes along as text. Secrets never come from the command line itself.
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local source = require("hwdb.cli.source")

local M = {}

local PLACES = { path = true, query = true, header = true, body = true }

local function named(fields, name, place)
  for _, field in ipairs(fields or {}) do
    if (field.name == name or field.alias == name) and (not place or field["in"] == place) then return field end
  end
end

-- Below the top: the rest as one name, else its first part and what nests in that. An unknown part ends the row's
-- knowledge; a map's keys are free.
local function descend(field, rest, keys)
  if not rest then return field, keys end
  local inner = field and named(field.fields, rest)
  if inner then
    keys[#keys + 1] = rest
    return inner, keys
  end
  local first, more = rest:match("^([^.]+)%.(.+)$")
  first = first or rest
  keys[#keys + 1] = first
  inner = field and named(field.fields, first)
  if not inner and field and field.type == "map" then
    inner = { name = first, type = field.items or "object", fields = field.fields, secret = field.secret }
  end
  return descend(inner or { name = first }, more, keys)
end

---Where a name points: the field (with only a name if the row knows none) and the keys that lead there.
---@param params table[] of the row
---@param name string
---@return table field
---@return string[] keys
function M.resolve(params, name)
  local field = named(params, name)
  if field then return field, { name } end
  local place, rest = name:match("^(%l+)%.(.+)$")
  if place and PLACES[place] and not named(params, place) then
    field = named(params, rest, place)
    if field then return field, { name } end
    local first, more = rest:match("^([^.]+)%.(.+)$")
    field = first and named(params, first, place)
    if field then return descend(field, more, { place .. "." .. first }) end
    return { name = rest }, { name }
  end
  local first, more = name:match("^([^.]+)%.(.+)$")
  field = first and named(params, first)
  if field then return descend(field, more, { first }) end
  return { name = name }, { name }
end

local function is_number(text)
  return text:find("^%-?%d+$") or text:find("^%-?%d+%.%d+$") or text:find("^%-?%d+%.?%d*[eE][+-]?%d+$")
end

-- A text that does not read as the type stays a text: the check then says what was wanted.
local function scalar(kind, text)
  if kind == "integer" and text:find("^%-?%d+$") then
    return math.tointeger(tonumber(text)) or text
  elseif kind == "number" and is_number(text) then
    return math.tointeger(tonumber(text)) or tonumber(text)
  elseif kind == "boolean" and (text == "true" or text == "false") then
    return text == "true"
  end
  return text
end

-- Of two members with one name readers take the first or the last: which one was meant cannot be told.
local function decode(text, name)
  local value, message = core.decode(text, true)
  if value ~= nil then return value end
  if message:find("^the member ") then fail.usage(("%s: %s"):format(name, message), "keep one of the two") end
  fail.usage(("%s is not JSON: %s"):format(name, message))
end

local SECRET_LIKE = { "passw", "pwd", "secret_", "_secret", "^secret$", "securitytoken" }

local function sounds_secret(name)
  local lower = name:lower()
  for _, pattern in ipairs(SECRET_LIKE) do
    if lower:find(pattern) then return true end
  end
  return false
end

local function is_secret(field)
  return field.secret or (not field.type and sounds_secret(field.name))
end

-- The name of a secret field that a literal JSON value fills, or nil.
local function secret_inside(field, value)
  if is_secret(field) then return value ~= core.null and field.name or nil end
  if type(value) ~= "table" then return nil end
  for key, inner in pairs(value) do
    local known = type(key) == "string" and (named(field.fields, key) or { name = key })
    if type(key) ~= "string" then known = { name = field.name, fields = field.fields, type = "object" } end
    local found = secret_inside(known, inner)
    if found then return found end
  end
end

local function refuse_literal(name, asked)
  fail.usage(("%s is secret: a value on the command line shows in ps and in the shell's history"):format(name),
    ("give %s=env:NAME, %s=@FILE or %s=prompt:"):format(asked, asked, asked))
end

local NESTED = { object = true, map = true }

-- One word's value, by the field it is for.
local function value_of(word, field)
  local fetched = source.fetch(word.text, word.name)
  if word.json then
    local value = decode(fetched or word.text, word.name)
    local secret = not fetched and secret_inside(field, value)
    if secret then refuse_literal(secret, word.name) end
    return value
  end
  if not fetched and is_secret(field) then refuse_literal(word.name, word.name) end
  local text = fetched or word.text
  if NESTED[field.type] or (field.type == "array" and (field.fields or fetched)) then
    if fetched then return decode(text, word.name) end
    fail.usage(("%s is %s: give it as JSON"):format(word.name, field.type == "array" and "a list of objects" or "an object"),
      ("%s:='...', %s=@FILE%s"):format(word.name, word.name, field.fields and field.type == "object"
        and (" or %s.%s=..."):format(word.name, field.fields[1].name) or ""))
  end
  return scalar(field.type == "array" and (field.items or "string") or field.type, text)
end

---Takes "name=value" or "name:=JSON" apart.
---@param text string
---@return { name: string, text: string, json: boolean }
function M.split(text)
  local name, value = text:match("^([^=]+)=(.*)$")
  if not name then fail.usage(("%s is not name=value"):format(text), "parameters are given as name=value or name:=JSON") end
  local json = name:sub(-1) == ":"
  if json then name = name:sub(1, -2) end
  if name == "" or name:find("[%c ]") then fail.usage("a parameter's name is missing or holds a space") end
  return { name = name, text = value, json = json }
end

local function given_twice(word)
  fail.usage(("%s is given twice"):format(word.name))
end

local function place_value(args, taken, word, field, keys)
  local at = args
  for i = 1, #keys - 1 do
    local key = keys[i]
    if taken[at] and taken[at][key] then given_twice(word) end
    if type(at[key]) ~= "table" then at[key] = {} end
    at = at[key]
  end
  local last = keys[#keys]
  taken[at] = taken[at] or {}
  local value = value_of(word, field)
  local repeats = field.type == "array" and not word.json and type(value) ~= "table"
  if repeats and taken[at][last] == "list" then
    table.insert(at[last], value)
    return
  end
  if taken[at][last] or (type(at[last]) == "table" and next(at[last]) and taken[at[last]]) then given_twice(word) end
  taken[at][last] = repeats and "list" or "value"
  at[last] = repeats and core.array({ value }) or value
end

---Arguments of an operation out of words; a word wins over the same top-level name in `args`.
---@param row table
---@param words string[]
---@param args table? what came as JSON
---@return table args
function M.build(row, words, args)
  args = args or {}
  local taken = {}
  for _, text in ipairs(words) do
    local word = M.split(text)
    local field, keys = M.resolve(row.params or {}, word.name)
    place_value(args, taken, word, field, keys)
  end
  return args
end

---Words of a script's parameters: texts by name, fetched where they say so.
---@param words string[]
---@param is_secret_name fun(name: string): boolean
---@return table<string, any>
function M.plain(words, is_secret_name)
  local values = {}
  for _, text in ipairs(words) do
    local word = M.split(text)
    if values[word.name] ~= nil then given_twice(word) end
    local fetched = source.fetch(word.text, word.name)
    if not fetched and is_secret_name(word.name) then refuse_literal(word.name, word.name) end
    if word.json then
      values[word.name] = decode(fetched or word.text, word.name)
    else
      values[word.name] = fetched or word.text
    end
  end
  return values
end

---The JSON object of --input.
---@param path string "-" for stdin
---@return table
function M.input(path)
  local text = source.file(path, "the input")
  local value = decode(text, "the input")
  if type(value) ~= "table" or getmetatable(value) then fail.usage("the input must be one JSON object") end
  return value
end

return M
