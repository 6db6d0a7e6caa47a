-- SPDX-License-Identifier: Apache-2.0
-- DBSS's numbers of pages come as text, some as numbers too. Past the end a
-- page is empty, never an error.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dbss_errors")

local M = {}

-- No document gives a default; clients ask for 100 a page, or for everything.
M.LIMIT = 1000

---@param value any
---@param default integer
---@param least integer
---@return integer
function M.whole(value, default, least)
  if value == nil or value == "" then return default end
  local number = math.tointeger(tonumber(value))
  if not number or number < least then errors.refuse("DBSS.10000001") end
  return number
end

---Records of a list, by index.
---@param list table[]
---@param args { offset: any, limit: any }
---@param view fun(item: table): table
---@return table page an array
function M.page(list, args, view)
  local offset, limit = M.whole(args.offset, 0, 0), M.whole(args.limit, M.LIMIT, 1)
  local page = core.array({})
  if offset >= #list then return page end
  for i = offset + 1, math.min(#list, limit > #list and #list or offset + limit) do page[#page + 1] = view(list[i]) end
  return page
end

---Records of a list, by page number from 1.
---@param list table[]
---@param args { page: any, size: any }
---@param size integer when none is given
---@param view fun(item: table): table
---@return table page an array
function M.numbered(list, args, size, view)
  local number, wanted = M.whole(args.page, 1, 1), M.whole(args.size, size, 1)
  if number - 1 > #list // wanted then return core.array({}) end
  return M.page(list, { offset = (number - 1) * wanted, limit = wanted }, view)
end

return M
