-- SPDX-License-Identifier: Apache-2.0
-- From a path or the name of a shipped runbook to a checked header. The file
-- is run once, in the strict environment, to give its table; nothing is called.
local environment = require("hwdb.runbook.environment")
local near = require("hwdb.near")
local order = require("hwdb.runbook.order")
local params = require("hwdb.runbook.params")
local problem = require("hwdb.runbook.problem")

local M = {}

---What a runbook's file returns.
---@class hwdb.Runbook
---@field name string letters, digits and _
---@field summary string one line on what it does
---@field params hwdb.runbook.Param[]?
---@field permissions string[]? what its calls need; see hwdb policy
---@field targets string[]? "ddm/{instance_id}": one run each
---@field changes string?
---@field costs string?
---@field undo string? the way back, and from where there is none
---@field pace table<string, integer>? calls a minute, by service
---@field run fun(run: hwdb.Run, p: table): any

local HEADER = { "name", "summary", "params", "permissions", "changes", "costs", "undo", "targets", "pace", "run" }
local LARGEST = 1024 * 1024

local function refused(message, remedy)
  return nil, problem.new({ kind = "usage", message = message, remedy = remedy })
end

local function read_file(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  -- A folder opens, but does not read.
  local text, reason = file:read(LARGEST + 1)
  file:close()
  if not text then return nil, reason and path .. ": " .. reason or path .. ": is empty" end
  if #text > LARGEST then return nil, path .. ": is larger than 1 MB" end
  return text
end

-- The scripts inside the program, where this is the program.
local function host()
  local found, module = pcall(require, "hwdb.host")
  return found and type(module) == "table" and module.source and module or nil
end

local FOLDERS = { "scripts", "/usr/local/share/hwdb/scripts", "/usr/share/hwdb/scripts" }

---Names of the shipped runbooks inside the program.
---@return string[]
function M.shipped()
  local module, list = host(), {}
  for i, name in ipairs(module and module.sources("script:") or {}) do list[i] = name:gsub("^script:", "") end
  return list
end

local function by_name(name)
  local module = host()
  local text = module and module.source("script:" .. name)
  if text then return text, name .. ".lua" end
  for _, folder in ipairs(FOLDERS) do
    local path = ("%s/%s.lua"):format(folder, name)
    text = read_file(path)
    if text then return text, path end
  end
end

---Text of a runbook and what to call it in messages.
---@param given string a path (with a slash or .lua), or the name of a shipped one
---@return string? text
---@return string|hwdb.runbook.Problem chunkname or error
function M.source(given)
  if given:find("/", 1, true) or given:match("%.lua$") then
    local text, message = read_file(given)
    if text then return text, given end
    return refused("cannot read the runbook: " .. message, "give the path of a Lua file, or a shipped runbook's name")
  end
  local text, path = by_name(given)
  if text then return text, path end
  local shipped = M.shipped()
  local list = #shipped > 0 and "shipped ones: " .. table.concat(shipped, ", ") .. "; or give a path with a slash"
    or "give a path with a slash or ending in .lua"
  return refused(("there is no runbook %s%s"):format(given, near.hint(given, shipped)), list)
end

-- Where the header begins, for messages about it.
local function header_line(text)
  local line, found = 0, 1
  for each in (text .. "\n"):gmatch("(.-)\n") do
    line = line + 1
    if each:match("^return%f[%W]") then found = line end
  end
  return found
end

-- The line of a word in the header, else that of the header.
local function line_of(text, word)
  local start, line = header_line(text), 0
  for each in (text .. "\n"):gmatch("(.-)\n") do
    line = line + 1
    if line >= start and word and each:find(word, 1, true) then return line end
  end
  return start
end

local function header_problems(rb)
  local problems = {}
  local function add(text) problems[#problems + 1] = text end
  for _, key in ipairs(order.keys(rb)) do
    local known = false
    for _, field in ipairs(HEADER) do known = known or field == key end
    if not known then add(("unknown field %s%s"):format(tostring(key), near.hint(key, HEADER))) end
  end
  if type(rb.name) ~= "string" or not rb.name:match("^%a[%w_]*$") then
    add("name is missing: letters, digits and _")
  end
  if type(rb.summary) ~= "string" or rb.summary == "" then add("summary is missing: one line on what it does") end
  if type(rb.run) ~= "function" then add("run is missing: function(run, p) … end") end
  if rb.permissions ~= nil and type(rb.permissions) ~= "table" then add("permissions must be a list of names") end
  if rb.targets ~= nil and type(rb.targets) ~= "table" then
    add("targets must be a list such as \"ddm/{instance_id}\"")
  end
  if rb.pace ~= nil and type(rb.pace) ~= "table" then add("pace must be calls a minute by service: { ddm = 60 }") end
  for _, text in ipairs(rb.params ~= nil and params.check(rb.params) or {}) do add(text) end
  return problems
end

local function compiled(text, chunk)
  if text:sub(1, 1) == "\27" then
    return refused(chunk .. ":1: is compiled code, not Lua text", "give the source file")
  end
  local code, message = load(text:gsub("^#[^\n]*", ""), "@" .. chunk, "t", environment.new())
  if code then return code end
  return refused(message, "correct the line; nothing has been run")
end

local function executed(code, chunk)
  environment.enter()
  local ok, result = pcall(code)
  environment.leave()
  if not ok then
    local p = problem.from(result)
    return refused(p.message:find(chunk, 1, true) and p.message or ("%s:1: %s"):format(chunk, p.message),
      "what a runbook does belongs into its run function")
  end
  if type(result) ~= "table" then
    return refused(("%s:1: is no runbook: it returns %s"):format(chunk, result == nil and "nothing" or type(result)),
      "end it with return { name = …, summary = …, params = {…}, run = function(run, p) … end }")
  end
  return result
end

---@param text string
---@param chunk string what to call it in messages
---@return table? runbook with `file` and `source` added
---@return hwdb.runbook.Problem?
function M.text(text, chunk)
  local code, err = compiled(text, chunk)
  if not code then return nil, err end
  local rb
  rb, err = executed(code, chunk)
  if not rb then return nil, err end
  local problems = header_problems(rb)
  if #problems > 0 then
    local word = problems[1]:match("^unknown field (%S-),?%f[%s\0]") or problems[1]:match("^parameter ([%w_]+)")
    return refused(("%s:%d: the runbook's header: %s"):format(chunk, line_of(text, word),
      table.concat(problems, "; ")), "correct the header; nothing has been run")
  end
  rb.params, rb.file, rb.source = rb.params or {}, chunk, text
  return rb
end

---@param given string path or name
---@return table? runbook
---@return hwdb.runbook.Problem?
function M.load(given)
  if type(given) ~= "string" or given == "" then
    return refused("no runbook is named", "give a path or the name of a shipped one")
  end
  local text, chunk = M.source(given)
  if not text then return nil, chunk end
  return M.text(text, chunk)
end

return M
