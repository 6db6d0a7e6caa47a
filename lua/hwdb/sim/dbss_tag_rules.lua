-- SPDX-License-Identifier: Apache-2.0
-- Tags of audit instances as data: which are valid, and putting them together.
local errors = require("hwdb.sim.dbss_errors")

local M = {}

-- Clouds allow 20 tags a resource; the document has no number.
M.MOST = 20

---@param text any
---@param most integer characters
---@return boolean
function M.fits(text, most)
  return type(text) == "string" and (utf8.len(text) or math.maxinteger) <= most
end

local function check(tag)
  local valid = M.fits(tag.key, 128) and tag.key:find("%S") and not tag.key:find("^ ") and not tag.key:find(" $")
    and M.fits(tag.value or "", 255)
  if not valid then errors.refuse("DBSS.10000001") end
end

---The list with tags added or, where the key is there, replaced.
---@param list table[]
---@param tags table[]
---@return table[] a new list
function M.merged(list, tags)
  local result, place = {}, {}
  local function put(tag)
    place[tag.key] = place[tag.key] or #result + 1
    result[place[tag.key]] = { key = tag.key, value = tag.value or "" }
  end
  for _, tag in ipairs(list) do put(tag) end
  for _, tag in ipairs(tags) do
    check(tag)
    put(tag)
  end
  if #result > M.MOST then errors.refuse("DBSS.10000001") end
  return result
end

---The list without those of the tags; one that is given without a value goes whatever its value is.
---@param list table[]
---@param tags table[]
---@return table[] a new list
function M.without(list, tags)
  local result = {}
  for _, own in ipairs(list) do
    local kept = true
    for _, tag in ipairs(tags) do
      if tag.key == own.key and (tag.value == nil or tag.value == own.value) then kept = false end
    end
    if kept then result[#result + 1] = own end
  end
  return result
end

return M
