-- SPDX-License-Identifier: Apache-2.0
-- What stands deep in an answer: "job.status", "nodes.1.id".

---@param value any
---@param path string? names and places between dots; nil and "" are the value itself
---@return any nil where the path does not lead
return function(value, path)
  for part in (path or ""):gmatch("[^.]+") do
    if type(value) ~= "table" then return nil end
    value = value[math.tointeger(tonumber(part)) or part]
  end
  return value
end
