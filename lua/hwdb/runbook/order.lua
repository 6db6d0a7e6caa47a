-- SPDX-License-Identifier: Apache-2.0
-- One order for the keys of a table, the same in every process: numbers first,
-- then strings by their bytes. Keys of other types have none and are refused.
local M = {}

---Byte order; `<` on strings would ask the locale.
---@param a string
---@param b string
---@return boolean
local function bytes_before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

---@param a string|number
---@param b string|number
---@return boolean
function M.before(a, b)
  local type_a, type_b = type(a), type(b)
  if type_a ~= type_b then return type_a == "number" end
  if type_a == "number" then return a < b end
  return bytes_before(a, b)
end

local function orderable(key)
  local kind = type(key)
  if kind ~= "string" and kind ~= "number" then
    error(("a table with a %s as key has no fixed order: use strings or numbers as keys"):format(kind), 0)
  end
end

---@param t table
---@return (string|number)[] keys in order
function M.keys(t)
  local keys = {}
  for key in next, t do
    orderable(key)
    keys[#keys + 1] = key
  end
  table.sort(keys, M.before)
  return keys
end

---`next` in order. One call looks at every key: `pairs` is the way to walk a large table.
---@param t table
---@param key (string|number)?
---@return (string|number)?
---@return any
function M.next(t, key)
  if key ~= nil then orderable(key) end
  local found
  for candidate in next, t do
    orderable(candidate)
    local later = key == nil or M.before(key, candidate)
    if later and (found == nil or M.before(candidate, found)) then found = candidate end
  end
  if found ~= nil then return found, t[found] end
end

---`pairs` in order, over the keys the table has when the walk begins.
---@param t table
---@return function
---@return table
function M.pairs(t)
  local keys, at = M.keys(t), 0
  return function()
    while keys[at + 1] ~= nil do
      at = at + 1
      local value = t[keys[at]]
      if value ~= nil then return keys[at], value end
    end
  end, t
end

return M
