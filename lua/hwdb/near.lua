-- SPDX-License-Identifier: Apache-2.0
-- "Did you mean": the known name nearest to a mistyped one, as the core judges it.
local core = require("hwdb.core")

local M = {}

---", did you mean X?" to end a message with; an empty text where nothing is near.
---@param word any
---@param known string[] the first of equally near ones wins
---@param before string? what stands before the name, such as "--"
---@return string
function M.hint(word, known, before)
  local nearest = type(word) == "string" and core.nearest(word, known)
  return nearest and (", did you mean %s%s?"):format(before or "", nearest) or ""
end

return M
