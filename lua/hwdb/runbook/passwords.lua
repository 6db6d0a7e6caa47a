-- SPDX-License-Identifier: Apache-2.0
-- Which of a service's rules a password breaks, told without a part of it: so
-- that a preflight can say it before the first of several changes is sent.
local core = require("hwdb.core")

local M = {}

---@class hwdb.runbook.PasswordRules
---@field min integer? characters
---@field max integer?
---@field kinds integer? so many of: lower case, upper case, digits, others
---@field others string? the others that are allowed, such as "~!@#%^*-_+?"
---@field not_name string? neither this name nor its reverse

local KINDS = { "%l", "%u", "%d", "[^%w]" }

local function strange_in(text, others)
  for char in text:gmatch("[^%w]") do
    if not others:find(char, 1, true) then return true end
  end
  return false
end

---@param password any a secret parameter
---@param rules hwdb.runbook.PasswordRules
---@return string? problem nil: it keeps the rules
function M.problem(password, rules)
  local text = core.is_secret(password) and core.reveal(password) or tostring(password)
  local count, kinds = utf8.len(text) or #text, 0
  for _, kind in ipairs(KINDS) do kinds = kinds + (text:find(kind) and 1 or 0) end
  if rules.min and count < rules.min then return ("it is shorter than %d characters"):format(rules.min) end
  if rules.max and count > rules.max then return ("it is longer than %d characters"):format(rules.max) end
  if rules.others and strange_in(text, rules.others) then
    return "it has a character that is neither a letter or digit of ASCII nor one of " .. rules.others
  end
  if rules.kinds and kinds < rules.kinds then
    return ("it has fewer than %d of: lower case, upper case, digits, other characters"):format(rules.kinds)
  end
  local name = rules.not_name and rules.not_name:lower()
  if name and (text:lower() == name or text:lower() == name:reverse()) then return "it is the name, or the name reversed" end
end

return M
