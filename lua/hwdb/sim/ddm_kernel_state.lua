-- SPDX-License-Identifier: Apache-2.0
-- Kernel versions: their order, and which of them are preferred.
local M = {}

---The versions there are, oldest first. Of a series one may be preferred; only to such a one an instance is changed.
M.VERSIONS = { { version = "3.0.6.3" }, { version = "3.0.8.3" }, { version = "3.0.8.5", favored = true },
  { version = "3.1.0" }, { version = "3.1.0.3" }, { version = "3.1.0.7", favored = true } }

---@param a string
---@param b string
---@return integer below, at or above 0 as a is before, at or after b
function M.compare(a, b)
  local left, right = a:gmatch("%d+"), b:gmatch("%d+")
  while true do
    local x, y = left(), right()
    if not x and not y then return 0 end
    local difference = (tonumber(x) or 0) - (tonumber(y) or 0)
    if difference ~= 0 then return difference end
  end
end

---The first three numbers, which name a series.
---@param version string
---@return string
function M.series(version)
  return version:match("^%d+%.%d+%.%d+") or version
end

return M
