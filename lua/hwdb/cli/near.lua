-- SPDX-License-Identifier: Apache-2.0
-- "Did you mean": the known word nearest to a mistyped one.
local M = {}

-- Edit distance; a swap of neighbours counts as two.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local change = diagonal + (a:byte(i) == b:byte(j) and 0 or 1)
      diagonal = row[j]
      row[j] = math.min(change, row[j] + 1, row[j - 1] + 1)
    end
  end
  return row[#b]
end

---@param word string
---@param known string[]
---@return string? nearest
function M.find(word, known)
  local best, least = nil, #word < 6 and 3 or #word // 2 + 1
  local lower = word:lower()
  for _, candidate in ipairs(known) do
    local d = #candidate < 64 and distance(lower, candidate:lower()) or 64
    if #lower >= 3 and candidate:sub(1, #lower) == lower then d = math.min(d, 1) end
    if d < least then best, least = candidate, d end
  end
  return best
end

---`, did you mean X?` or an empty text, to end a message with.
---@param word string
---@param known string[]
---@param before string? what stands before the word, such as "--"
function M.hint(word, known, before)
  local near = M.find(word, known)
  return near and ("; did you mean %s%s?"):format(before or "", near) or ""
end

return M
