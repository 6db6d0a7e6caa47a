-- SPDX-License-Identifier: Apache-2.0
-- Pages by page number: offset counts pages from 0, not records. Past the end a
-- page is empty, never an error.
local core = require("hwdb.core")

local M = {}

-- offset and limit may be text; what no integer holds is past every end.
local function whole(value, default)
  if value == nil then return default end
  return math.tointeger(tonumber(value)) or math.maxinteger
end

---@param list table[]
---@param args { offset: any, limit: any }
---@param default integer? limit when none is given; nil for all at once
---@param view fun(item: table): table
---@return table page an array
function M.page(list, args, default, view)
  local limit = whole(args.limit, default or math.max(1, #list))
  local first = whole(args.offset, 0)
  local page = core.array({})
  if first > #list // limit then return page end
  for i = first * limit + 1, math.min(#list, first * limit + limit) do page[#page + 1] = view(list[i]) end
  return page
end

return M
