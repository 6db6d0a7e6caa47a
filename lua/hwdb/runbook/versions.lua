-- SPDX-License-Identifier: Apache-2.0
-- Versions as services write them: numbers between dots, whatever stands around them.
local M = {}

local function parts_of(version)
  local parts = {}
  for part in tostring(version):gmatch("%d+") do parts[#parts + 1] = math.tointeger(tonumber(part)) end
  return parts
end

---Whether a version is another or a later one: "3.1.0" is at least "3.0.8.3". One that is not told is not. Missing parts
---count as 0, or with as_told not at all: "5.7" is at least "5.7.44" then.
---@param version any
---@param wanted any
---@param as_told boolean?
---@return boolean
function M.at_least(version, wanted, as_told)
  local own, other = parts_of(version), parts_of(wanted)
  if #own == 0 then return false end
  for i, number in ipairs(other) do
    local part = own[i] or as_told and number or 0
    if part ~= number then return part > number end
  end
  return true
end

return M
