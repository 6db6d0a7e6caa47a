-- SPDX-License-Identifier: Apache-2.0
-- Finding operations among the rows: by name, by the SDK's or the CLI's spelling, by word, by path.
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local near = require("hwdb.near")

local M = {}

local all

---All rows, in document order.
---@return table[]
function M.all()
  all = all or core.rows()
  return all
end

---@return string[]
function M.services()
  local names, seen = {}, {}
  for _, row in ipairs(M.all()) do
    if not seen[row.service] then
      seen[row.service] = true
      names[#names + 1] = row.service
    end
  end
  return names
end

---Rows of a service; raises a failure for an unknown one.
---@param service string
function M.of(service)
  local found = {}
  for _, row in ipairs(M.all()) do
    if row.service == service then found[#found + 1] = row end
  end
  if #found == 0 then
    fail.usage(("there is no service %s%s"):format(service, near.hint(service, M.services())),
      "services: " .. table.concat(M.services(), ", "))
  end
  return found
end

-- MigrateLogicDb, migrate_logic_db and migrate-logic-db are one name.
local function loose(name)
  return (name:lower():gsub("[^%w]", ""))
end

local function aliases(row)
  local names = {}
  if type(row.alias) == "table" then
    for _, name in ipairs(row.alias) do names[#names + 1] = name end
  else
    for name in (row.alias or ""):gmatch("[^|]+") do names[#names + 1] = name end
  end
  if row.sdk then names[#names + 1] = row.sdk end
  return names
end

local function fits_loosely(row, wanted)
  if loose(row.name) == wanted then return true end
  for _, name in ipairs(aliases(row)) do
    if loose(name) == wanted then return true end
  end
  return false
end

---Rows of any service that have this very name: their own, the SDK's or the command line's.
---@param name string
---@return table[]
function M.named(name)
  local wanted, found = loose(name), {}
  for _, row in ipairs(wanted ~= "" and M.all() or {}) do
    if fits_loosely(row, wanted) then found[#found + 1] = row end
  end
  return found
end

---The row of "service.operation"; raises a failure that names what is near.
---@param text string
---@return table row
function M.find(text)
  local service, name = text:match("^([^.]+)%.(.+)$")
  if not service then
    fail.usage(("%s is not SERVICE.OPERATION"):format(text), "such as ddm.list_instances; hwdb api lists them")
  end
  service = service:lower()
  local rows = M.of(service)
  for _, row in ipairs(rows) do
    if row.name == name then return row end
  end
  local wanted, names = loose(name), {}
  for _, row in ipairs(rows) do
    if wanted ~= "" and fits_loosely(row, wanted) then return row end
    names[#names + 1] = row.name
    table.move(aliases(row), 1, #aliases(row), #names + 1, names)
  end
  fail.usage(("%s has no operation %s%s"):format(service, name, near.hint(name, names)),
    ("see: hwdb api %s"):format(service))
end

local function texts(row)
  return { row.service .. "." .. row.name, row.title or "", row.path, row.sdk or "", row.doc or "", row.note or "",
    row.permission or "", row.method .. " " .. row.path }
end

local function mentions(row, wanted, loosely)
  for _, text in ipairs(texts(row)) do
    if text:lower():find(wanted, 1, true) then return true end
  end
  if loosely ~= "" and fits_loosely(row, loosely) then return true end
  for _, param in ipairs(row.params or {}) do
    if param.name:lower():find(wanted, 1, true) then return true end
  end
  return false
end

---Rows that mention a word: in name, title, path, SDK name, section or parameters.
---@param rows table[]
---@param word string
function M.search(rows, word)
  local found = {}
  for _, row in ipairs(rows) do
    if mentions(row, word:lower(), loose(word)) then found[#found + 1] = row end
  end
  return found
end

return M
