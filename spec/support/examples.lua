-- SPDX-License-Identifier: Apache-2.0
-- The documented examples with their rows: what each says should go out, and what does.
local answering = require("spec.support.answering")
local cjson = require("cjson")
local samples = require("spec.support.samples")

local M = {}

local function files()
  local pipe = assert(io.popen("ls spec/vectors/examples/*.lua"))
  local list = {}
  for file in pipe:lines() do list[#list + 1] = file end
  pipe:close()
  return list
end

local all

---@return { example: table, row: table, name: string }[]
function M.all()
  if all then return all end
  all = {}
  for _, file in ipairs(files()) do
    local service = file:match("/(%a+)_[^/]*$")
    for number, example in ipairs(dofile(file)) do
      local name = ("%s %s (%s %d)"):format(example.doc, example.op, file:match("([^/]+)%.lua$"), number)
      all[#all + 1] = { example = example, row = samples.row(service .. "." .. example.op), name = name }
    end
  end
  return all
end

local PROJECT <const> = "0483b6b16e954cb88930a360d2c4e663"

local function plain(text) return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)) end

local function segments(path)
  local list = {}
  for segment in path:gmatch("[^/]+") do list[#list + 1] = segment end
  return list
end

local function pairs_of(query)
  local list = {}
  for pair in (query or ""):gmatch("[^&]+") do list[#list + 1] = plain(pair) end
  table.sort(list)
  return list
end

local function split(url)
  local path, query = url:match("^([^?]*)%??(.*)$")
  return path, query
end

-- The path of the URI line or the printed one, with the arguments in place of its placeholders.
local function filled(path, args)
  return (path:gsub("{(.-)}", function(name)
    if name == "project_id" then return PROJECT end
    return tostring(args[name] or args["path." .. name])
  end))
end

-- The project id where the example prints one instead of {project_id}.
local function printed_project(row, url)
  local template, printed = segments(row.path), segments((split(url)))
  for i, segment in ipairs(template) do
    if segment == "{project_id}" and #template == #printed and not printed[i]:match("^{") then return printed[i] end
  end
  return PROJECT
end

-- What goes out beyond the example: parameters that are never left to the service.
local function always_sent(row, args)
  local list = {}
  for _, param in ipairs(row.params) do
    if param.send and param["in"] == "query" and args[param.name] == nil and args["query." .. param.name] == nil then
      list[#list + 1] = param.name .. "=" .. param.default
    end
  end
  return list
end

local function expected_query(example, row)
  if example.sent_query then return pairs_of(example.sent_query) end
  local _, query = split(example.url)
  local list = pairs_of(query)
  for i = #list, 1, -1 do
    -- A placeholder stands for its argument; where there is none, as for a parameter without a value, nothing goes out.
    local name, value = list[i]:match("^(.-)=(.*)$")
    local given = value and value:match("^{.*}$") and (example.args or {})[name]
    if given then list[i] = name .. "=" .. tostring(given)
    elseif not value or value:match("^{.*}$") then table.remove(list, i) end
  end
  table.move(always_sent(row, example.args or {}), 1, 8, #list + 1, list)
  table.sort(list)
  return list
end

---What the example says should go out.
---@param entry { example: table, row: table }
---@return { method: string, path: string, query: string[], body: any }
function M.expected(entry)
  local example, row = entry.example, entry.row
  local printed = example.path_differs and row.path or split(example.url)
  local path = filled(printed, example.args or {}):gsub(PROJECT, (printed_project(row, example.url)))
  return { method = example.method_differs and row.method or example.method, path = path,
    query = expected_query(example, row), body = example.body and cjson.decode(example.body) or nil }
end

---What goes out for the example's arguments, or nil and the error.
---@param entry { example: table, row: table }
function M.sent(entry)
  local example, row = entry.example, entry.row
  local client, kept = answering.client({ status = row.ok[1], body = "{}" },
    { project_id = printed_project(row, example.url) })
  local body, err = client[row.service][row.name](client[row.service], example.args or {})
  if not body then return nil, err end
  local sent = kept.requests[1]
  local path, query = split(sent.target)
  local has_body = sent.body ~= "" and not example.body_missing
  return { method = sent.method, path = plain(path), query = pairs_of(query),
    body = has_body and cjson.decode(sent.body) or nil }, nil, #kept.requests
end

return M
