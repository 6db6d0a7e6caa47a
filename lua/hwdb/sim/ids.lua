-- SPDX-License-Identifier: Apache-2.0
-- Identifiers as the cloud mints them, from one seeded stream kept in the
-- state: the same seed and the same requests give the same ids, also after a
-- dump and load.
local M = {}

---Next 64 random bits (SplitMix64).
---@param state table
---@return integer
local function bits(state)
  state.random = state.random + 0x9E3779B97F4A7C15
  local z = state.random
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

---32 hexadecimal digits.
---@param state table
---@return string
function M.hex(state)
  return ("%016x%016x"):format(bits(state), bits(state))
end

---32 hexadecimal digits and the suffix of a kind: in09 a DDM instance, no09 its
---node, gr09 its group, in01 an RDS instance, br09 a backup, pr09 a template.
---@param state table
---@param suffix string
---@return string
function M.suffixed(state, suffix)
  return M.hex(state) .. suffix
end

---A random UUID (version 4).
---@param state table
---@return string
function M.uuid(state)
  local hex = M.hex(state)
  local variant = ("89ab"):sub(tonumber(hex:sub(17, 17), 16) % 4 + 1):sub(1, 1)
  return ("%s-%s-4%s-%s%s-%s"):format(hex:sub(1, 8), hex:sub(9, 12), hex:sub(14, 16), variant, hex:sub(18, 20),
    hex:sub(21, 32))
end

---An order number such as CS1810251738L8VVD.
---@param state table
---@return string
function M.order(state)
  return "CS" .. M.hex(state):sub(1, 15):upper()
end

return M
