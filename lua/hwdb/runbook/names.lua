-- SPDX-License-Identifier: Apache-2.0
-- The nearest known name to a mistyped one.
local M = {}

-- Edit distance, with a swap of neighbours as one edit.
local function distance(a, b)
  local rows = { [0] = {} }
  for j = 0, #b do rows[0][j] = j end
  for i = 1, #a do
    rows[i] = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
      local swapped = i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
      rows[i][j] = swapped and math.min(best, rows[i - 2][j - 2] + 1) or best
    end
  end
  return rows[#a][#b]
end

---@param name string
---@param known string[] the first of equally near ones wins
---@return string?
function M.nearest(name, known)
  local best, least = nil, #name < 4 and 2 or math.max(2, #name // 3) + 1
  for _, candidate in ipairs(known) do
    local d = distance(name:lower(), candidate:lower())
    if d < least and d < #name then best, least = candidate, d end
  end
  return best
end

---", did you mean X?" or nothing.
---@param name any
---@param known string[]
---@return string
function M.hint(name, known)
  local nearest = type(name) == "string" and M.nearest(name, known)
  return nearest and (", did you mean %s?"):format(nearest) or ""
end

return M
