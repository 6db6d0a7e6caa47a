-- SPDX-License-Identifier: Apache-2.0
-- How DBSS writes instants, and the short ids it gives to rules, databases and
-- log entries.
local times = require("hwdb.sim.times")

local M = {}

---"2021-04-21 04:37:54", in UTC.
---@param ms integer
---@return string
function M.text(ms)
  return (times.iso(ms):gsub("%+0000$", ""):gsub("T", " "))
end

---The instant of such a text; nil for anything else.
---@param text any
---@return integer? ms
function M.parse(text)
  local date, time = tostring(text):match("^(%d%d%d%d%-%d%d%-%d%d) (%d%d:%d%d:%d%d)$")
  local at = date and times.from_compact((date .. "T" .. time .. "Z"):gsub("[-:]", ""), nil)
  return at and M.text(at) == text and at or nil
end

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

---Twenty characters such as zLKv83gBCwCqSg3BJt0m.
---@param hex string 32 hexadecimal digits
---@return string
function M.id(hex)
  local chars = {}
  for i = 1, 20 do
    local bits = (tonumber(hex:sub(i + 2, i + 4), 16) + i) % 64 + 1
    chars[i] = ALPHABET:sub(bits, bits)
  end
  return table.concat(chars)
end

return M
