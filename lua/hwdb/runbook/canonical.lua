-- SPDX-License-Identifier: Apache-2.0
-- What of a call the journal keeps, and what tells two calls apart: method,
-- path template and arguments as the script gave them, before defaults and
-- conversions, so that a better row does not break a resume. Secrets are masked
-- and no part of it: a rotated password is the same call.
local core = require("hwdb.core")
local order = require("hwdb.runbook.order")

local M = {}

M.MASK = "***"

local secret_names = {}

local function collect(fields, found)
  for _, field in ipairs(fields or {}) do
    if field.secret then
      found[field.name] = true
      if field.alias then found[field.alias] = true end
    end
    collect(field.fields, found)
  end
  return found
end

local function secrets_of(row)
  local key = row.service .. "." .. row.name
  secret_names[key] = secret_names[key] or collect(row.answer, collect(row.params, {}))
  return secret_names[key]
end

local function masked(value, secret, name)
  if core.is_secret(value) then return M.MASK end
  if secret[name] and value ~= core.null and type(value) ~= "boolean" then return M.MASK end
  if type(value) ~= "table" then return value end
  local copy = {}
  for _, key in ipairs(order.keys(value)) do
    copy[key] = masked(value[key], secret, type(key) == "string" and (key:match("([^.]+)$") or key) or name)
  end
  return core.is_array(value) and core.array(copy) or copy
end

---Arguments or an answer of an operation, secrets masked.
---@param row table
---@param value any
---@return any
function M.masked(row, value)
  return masked(value, secrets_of(row), "")
end

---@class hwdb.runbook.Identity
---@field op string
---@field method string
---@field path string
---@field args table masked
---@field hash string
---@field at { region: string?, project: string? }? another place than the run's own

---@param row table
---@param args table?
---@param at table? another region or project
---@return hwdb.runbook.Identity
function M.identity(row, args, at)
  local id = { op = row.service .. "." .. row.name, method = row.method, path = row.path,
    args = M.masked(row, args or {}), at = at }
  id.hash = core.sha256(core.encode({ id.method, id.path, id.args, at }))
  return id
end

local function lines_of(value, at, out)
  if type(value) == "table" and next(value) ~= nil then
    for _, key in ipairs(order.keys(value)) do
      lines_of(value[key], at == "" and tostring(key) or at .. "." .. tostring(key), out)
    end
  else
    out[at] = type(value) == "string" and ("%q"):format(value) or core.encode(value)
  end
  return out
end

---The fields in which two values differ, one text each: "shard_number: 8 was seen, 16 is there".
---@param before any
---@param now any
---@param words string format with field, before and now
---@return string[]
function M.differences(before, now, words)
  local a, b, list, seen = lines_of(before, "", {}), lines_of(now, "", {}), {}, {}
  for _, side in ipairs({ a, b }) do
    for _, key in ipairs(order.keys(side)) do
      if not seen[key] and a[key] ~= b[key] then
        list[#list + 1] = words:format(key == "" and "value" or key, a[key] or "nothing", b[key] or "nothing")
      end
      seen[key] = true
    end
  end
  return list
end

return M
