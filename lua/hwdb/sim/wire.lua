-- SPDX-License-Identifier: Apache-2.0
-- Between bytes and values: a target, headers and a body become the named
-- arguments of a row, a value becomes a response. Nothing here knows what an
-- operation does.
local core = require("hwdb.core")
local dws_errors = require("hwdb.sim.dws_errors")

local M = {}

---@param target string "/v1/x?limit=10"
---@return string path
---@return string query without the question mark
function M.split_target(target)
  local path, query = target:match("^([^?#]*)%??([^#]*)")
  return path, query
end

---Header values by lower-case name; of a repeated one the first.
---@param headers table list of {name, value}, or a map
---@return table<string, string>
function M.headers(headers)
  local map = {}
  for key, value in pairs(headers or {}) do
    local name = type(value) == "table" and value[1] or key
    local text = type(value) == "table" and value[2] or value
    name = tostring(name):lower()
    if map[name] == nil then map[name] = tostring(text) end
  end
  return map
end

local function query_pairs(query)
  local list = {}
  for part in query:gmatch("[^&]+") do
    local key, value = part:match("^([^=]*)=?(.*)$")
    list[#list + 1] = { core.uri_decode(key) or key, core.uri_decode(value) or value }
  end
  return list
end

-- One beyond 64 bits is as good as the last that fits; a fraction stays one, for the check to find.
local function integer(text)
  local digits = text:match("^%-?%d+$")
  if not digits then return text:find("^%-?%d") and tonumber(text) or text end
  return math.tointeger(tonumber(digits)) or (digits:sub(1, 1) == "-" and math.mininteger or math.maxinteger)
end

-- Text from a path, query or header as its row's type; what does not fit stays
-- text, for the check to find.
local function typed(param, text)
  if param.type == "integer" then return integer(text) end
  if param.type == "number" then return tonumber(text) or text end
  if param.type == "boolean" then
    if text == "true" then return true elseif text == "false" then return false end
  end
  return text
end

local function query_value(param, list)
  local values = core.array({})
  for _, pair in ipairs(list) do
    if pair[1] == param.name or pair[1] == param.alias then values[#values + 1] = pair[2] end
  end
  if param.type == "array" then return #values > 0 and values or nil end
  return values[1] and typed(param, values[1])
end

-- The places every name of a row occurs in.
local function places(row)
  local count = {}
  for _, param in ipairs(row.params or {}) do count[param.name] = (count[param.name] or 0) + 1 end
  return count
end

---Without the nulls, which mean absent to the services.
---@param value any
---@return any
function M.without_nulls(value)
  if value == core.null then return nil end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, member in pairs(value) do copy[key] = M.without_nulls(member) end
  return copy
end

local function put(into, count, param, value)
  if value == nil then return end
  local name = param.name
  if count[name] > 1 then into.checked[param["in"] .. "." .. name] = value else into.checked[name] = value end
  if param["in"] == "body" and into.args[name] ~= nil then name = "body." .. name end
  into.args[name] = M.without_nulls(value)
end

local function put_body(into, count, row, body)
  local rest = {}
  for key, value in pairs(body) do rest[key] = value end
  for _, param in ipairs(row.params or {}) do
    if param["in"] == "body" then
      local given = rest[param.name] ~= nil and param.name or param.alias
      if given and rest[given] ~= nil then
        put(into, count, param, rest[given])
        rest[given] = nil
      end
    end
  end
  for key, value in pairs(rest) do
    if type(key) == "string" and into.checked[key] == nil then into.checked[key] = value end
  end
end

local function decoded_body(row, text)
  local whole, wants = nil, false
  for _, param in ipairs(row.params or {}) do
    if param["in"] == "body" then wants, whole = true, whole or (param.whole and param) end
  end
  if not wants or not text:find("%S") then return {}, whole end
  local body, message = core.decode(text)
  if body == nil then return nil, message end
  if not whole and (type(body) ~= "table" or body[1] ~= nil) then return nil, "the body is not a JSON object" end
  return body, whole
end

---The arguments of a request.
---@param row table
---@param values table<string, string> of the path parameters
---@param request { query: string, headers: table, body: string }
---@return table? checked as core.check takes them
---@return table|string args as the services take them (nulls gone, a body's twin of a path parameter as "body.x"),
---or what is wrong with the body
function M.arguments(row, values, request)
  local into, count = { checked = {}, args = {} }, places(row)
  local list = query_pairs(request.query)
  for _, param in ipairs(row.params or {}) do
    local place, value = param["in"], nil
    if place == "path" then value = values[param.name] and typed(param, values[param.name])
    elseif place == "query" then value = query_value(param, list)
    elseif place == "header" then value = request.headers[param.name:lower()] end
    put(into, count, param, value)
  end
  local body, whole = decoded_body(row, request.body)
  if not body then return nil, whole end
  if whole then put(into, count, whole, body) else put_body(into, count, row, body) end
  return into.checked, into.args
end

---@param status integer
---@param body any a value to encode, text, or nil for an empty body
---@param headers table? further {name, value} pairs
---@return table response without its common headers
function M.response(status, body, headers)
  local list, text = {}, body
  if type(body) == "table" then
    list[1] = { "Content-Type", "application/json" }
    text = core.encode(body)
  end
  for _, header in ipairs(headers or {}) do list[#list + 1] = header end
  return { status = status, headers = list, body = text or "" }
end

---A service's error in its own body form.
---@param service string
---@param version integer 1, 2 or 3 of the path
---@param refusal { status: integer, code: string, message: string, body: table? }
---@param readings table
---@return table response
function M.refused(service, version, refusal, readings)
  local body
  if refusal.body then
    body = refusal.body
  elseif service == "iam" then
    body = { error = { code = refusal.status, message = refusal.message, title = refusal.code } }
  elseif service == "dws" then
    body = dws_errors.body(refusal, readings)
  elseif service == "dbss" then
    body = { error = { error_code = refusal.code, error_msg = refusal.message } }
  elseif service == "ddm" and (version < 3 or readings.v3_errors == "errCode") then
    body = { errCode = refusal.code, externalMessage = refusal.message }
  else
    body = { error_code = refusal.code, error_msg = refusal.message }
  end
  return M.response(refusal.status, body)
end

return M
