-- SPDX-License-Identifier: Apache-2.0
-- Which operation a request means: built once from the rows, by service,
-- method and number of path segments. Literal segments win over parameters.
local core = require("hwdb.core")

local M = {}

M.SERVICES = { "ddm", "dws", "dbss", "iam", "rds", "bss" }

local known = {}
for _, name in ipairs(M.SERVICES) do known[name] = true end

---The segments of a path; one slash at the end means nothing.
---@param path string
---@return string[]
local function split(path)
  local segments = {}
  for segment in path:gsub("/$", ""):gmatch("/([^/]*)") do segments[#segments + 1] = segment end
  return segments
end

-- Parameter names by position, and how many segments are literal.
local function template(row)
  local entry = { row = row, segments = split(row.path), literals = 0 }
  for _, segment in ipairs(entry.segments) do
    if not segment:find("^{") then entry.literals = entry.literals + 1 end
  end
  return entry
end

local function bucket(index, service, method, count, create)
  local key = service .. " " .. method .. " " .. count
  if not index[key] and create then index[key] = {} end
  return index[key]
end

---@param rows table[] as core.rows() gives them
---@return table index
function M.build(rows)
  local index = { names = {} }
  for order, row in ipairs(rows) do
    local entry = template(row)
    entry.order = order
    local list = bucket(index, row.service, row.method, #entry.segments, true)
    list[#list + 1] = entry
    index.names[row.service .. "." .. row.name] = row
  end
  for key, list in pairs(index) do
    if key ~= "names" then
      table.sort(list, function(a, b)
        if a.literals ~= b.literals then return a.literals > b.literals end
        return a.order < b.order
      end)
    end
  end
  return index
end

-- The values of the path parameters, or nil if the path is another one.
local function match(entry, segments)
  local values = {}
  for i, wanted in ipairs(entry.segments) do
    local name = wanted:match("^{(.*)}$")
    if name then
      if segments[i] == "" then return nil end
      values[name] = core.uri_decode(segments[i]) or segments[i]
    elseif wanted ~= segments[i] then
      return nil
    end
  end
  return values
end

-- A first path segment or a first label of the host may name the service.
local function named_service(segments, host)
  if known[segments[1]] then return table.remove(segments, 1) end
  local label = (host or ""):lower():match("^([%a]+)[%-%a]*%.")
  return known[label] and label or nil
end

---@param index table of M.build
---@param method string
---@param path string as received, still encoded
---@param host string?
---@return table? row
---@return table values of the path parameters
---@return string? service if the request names one
function M.find(index, method, path, host)
  local segments = split(path)
  local service = named_service(segments, host)
  for _, name in ipairs(service and { service } or M.SERVICES) do
    for _, entry in ipairs(bucket(index, name, method, #segments) or {}) do
      local values = match(entry, segments)
      if values then return entry.row, values, service end
    end
  end
  return nil, {}, service
end

return M
