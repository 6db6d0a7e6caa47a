-- SPDX-License-Identifier: Apache-2.0
-- Pages by record index: offset records are skipped, at most limit given.
-- Past the end a page is empty, never an error.
local core = require("hwdb.core")

local M = {}

---@param list table[]
---@param args { offset: integer?, limit: integer? }
---@param default integer limit when none is given
---@param view fun(item: table): table
---@return table page an array
---@return integer offset
---@return integer limit
function M.page(list, args, default, view)
  local offset, limit = args.offset or 0, args.limit or default
  local page = core.array({})
  for i = offset + 1, math.min(#list, offset + limit) do page[#page + 1] = view(list[i]) end
  return page, offset, limit
end

return M
