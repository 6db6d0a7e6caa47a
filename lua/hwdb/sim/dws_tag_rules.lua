-- SPDX-License-Identifier: Apache-2.0
-- Tags as data: which are valid, and putting them together.
local errors = require("hwdb.sim.dws_errors")

local M = {}

-- Clouds allow 20 tags a resource; the appendix has the code and no number.
M.MOST = 20

local function check(tag)
  local known = type(tag) == "table" and type(tag.key) == "string" and type(tag.value or "") == "string"
  if not known then errors.refuse("DWS.5197") end
  local both = { tag.key, tag.value or "" }
  if #tag.key == 0 or #tag.key > 128 or #both[2] > 256 then errors.refuse("DWS.5197") end
  for _, text in ipairs(both) do
    if text:find("[=*<>\\,|/]") or text:find("^ ") or text:find(" $") then errors.refuse("DWS.5197") end
  end
end

local function put(list, tag)
  for _, own in ipairs(list) do
    if own.key == tag.key then
      own.value = tag.value or ""
      return
    end
  end
  list[#list + 1] = { key = tag.key, value = tag.value or "" }
end

---The list with tags added or, where the key is there, replaced.
---@param list table[]
---@param tags table[]
---@return table[] a new list
function M.merged(list, tags)
  local result = {}
  for _, tag in ipairs(list) do result[#result + 1] = { key = tag.key, value = tag.value } end
  for _, tag in ipairs(tags) do
    check(tag)
    put(result, tag)
  end
  if #result > M.MOST then errors.refuse("DWS.5194") end
  return result
end

---The tags of a creation: one object in the document's table, a list from working clients.
---@param tags table?
---@return table[]
function M.of_creation(tags)
  if not tags then return {} end
  if type(tags) ~= "table" then errors.refuse("DWS.5197") end
  return M.merged({}, tags.key and { tags } or tags)
end

return M
