-- SPDX-License-Identifier: Apache-2.0
-- Which operations a script calls, read out of its text without running it: in branches not taken as well. Where it
-- chooses one while it runs, any of the names it writes out may be meant; where it writes none, that is said.
local calls = require("hwdb.runbook.calls")
local effects = require("hwdb.effects")

local M = {}

local SERVICES = { ddm = true, dws = true, dbss = true, rds = true, bss = true, iam = true }
local LISTS = require("hwdb.pages").WAYS
-- What members of the handle read: run:jobs.
local LOOKS = {}
for _, part in ipairs({ "jobs", "clusters", "targets", "projects" }) do
  for member, op in pairs(require("hwdb.runbook." .. part).LOOKS) do LOOKS[member] = op end
end

-- -- words ------------------------------------------------------------------------------

local ESCAPES = { n = "\n", t = "\t", r = "\r", ["\n"] = "\n" }

-- The end of a long bracket that opens at `at`, and what is in it; nil where none opens.
local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local from, to = text:find("]" .. level .. "]", at, true)
  return (to or #text) + 1, text:sub(at + #level + 2, (from or #text + 1) - 1)
end

local function quoted(text, at)
  local quote, parts, i = text:sub(at, at), {}, at + 1
  while i <= #text and text:sub(i, i) ~= quote do
    local char = text:sub(i, i)
    if char == "\\" then
      i = i + 1
      char = ESCAPES[text:sub(i, i)] or text:sub(i, i)
    end
    parts[#parts + 1] = char
    i = i + 1
  end
  return i + 1, table.concat(parts)
end

-- The next word from `at`: kind ("name", "string", "sign" or nil for a comment), its text and where it ends.
local function word_at(text, at)
  if text:find("^%-%-", at) then
    local ends = long_bracket(text, at + 2)
    return nil, nil, ends or (text:find("\n", at, true) or #text + 1)
  end
  local char = text:sub(at, at)
  if char == '"' or char == "'" then
    local ends, value = quoted(text, at)
    return "string", value, ends
  end
  local ends, value = long_bracket(text, at)
  if ends then return "string", value, ends end
  local name = text:match("^[%a_][%w_]*", at)
  if name then return "name", name, at + #name end
  local number = text:match("^%d[%w.]*", at)
  if number then return "sign", number, at + #number end
  local dots = text:match("^%.%.%.?", at)
  return "sign", dots or char, at + #(dots or char)
end

local function words_of(text)
  local list, at, line, counted = {}, 1, 1, 1
  while true do
    at = text:find("%S", at)
    if not at then return list end
    for _ in text:sub(counted, at - 1):gmatch("\n") do line = line + 1 end
    counted = at
    local kind, value, ends = word_at(text, at)
    if kind then list[#list + 1] = { kind = kind, text = value, line = line } end
    at = ends
  end
end

-- -- uses -------------------------------------------------------------------------------

local Reader = {}
Reader.__index = Reader

function Reader:is(i, kind, text)
  local word = self.words[i]
  return word ~= nil and word.kind == kind and (text == nil or word.text == text)
end

function Reader:used(service, name, i, waits)
  local row = calls.row(service, name)
  local line = self.words[i].line
  if not row then
    self.unknown[#self.unknown + 1] = { line = line, text = ("%s.%s is no operation"):format(service, name) }
    return
  end
  local op = row.service .. "." .. row.name
  local use = self.uses[op] or { op = op, row = row, lines = {} }
  self.uses[op], use.waits = use, use.waits or waits
  use.lines[line] = true
end

function Reader:chosen(service, i, text)
  local found = false
  for at, word in ipairs(self.words) do
    if word.kind == "string" and word.text:find("^[%w_]+$") and calls.row(service, word.text) then
      self:used(service, word.text, at)
      found = true
    end
  end
  if not found then self.unknown[#self.unknown + 1] = { line = self.words[i].line, text = text } end
end

-- After a service, at i: ":op", ".op", ":each("op"", or something else.
function Reader:member(service, i)
  if self:is(i, "sign", "[") then return self:chosen(service, i, ("an operation of %s is chosen while it runs"):format(service)) end
  if not (self:is(i, "sign", ":") or self:is(i, "sign", ".")) or not self:is(i + 1, "name") then return end
  local name = self.words[i + 1].text
  if not LISTS[name] then return self:used(service, name, i + 1) end
  local at = self:is(i + 2, "sign", "(") and i + 3 or i + 2
  if self:is(at, "string") then return self:used(service, self.words[at].text, at) end
  self:chosen(service, i, ("the list of %s:%s is chosen while it runs"):format(service, name))
end

-- local NAME = run.SERVICE
function Reader:alias(i, service)
  local known = self:is(i - 3, "name") and self:is(i - 2, "sign", "=")
  local more = self:is(i + 2, "sign", ":") or self:is(i + 2, "sign", ".") or self:is(i + 2, "sign", "[")
  if known and not more then self.aliases[self.words[i - 3].text] = service end
end

-- `run . SERVICE` at i-1, i, i+1, also after run:at{…}, or a name that stands for one.
function Reader:service_at(i)
  local owner = self:is(i - 1, "name") or self:is(i - 1, "sign", "}") or self:is(i - 1, "sign", ")")
  if self:is(i, "sign", ".") and owner and self:is(i + 1, "name") and SERVICES[self.words[i + 1].text] then
    local service = self.words[i + 1].text
    self:alias(i, service)
    return service, i + 2
  end
  local alias = self:is(i, "name") and self.aliases[self.words[i].text]
  if alias and not self:is(i - 1, "sign", ".") then return alias, i + 1 end
end

-- "ddm.show_job", wherever it stands: op = of waits and guards, the first word of run:wait_for.
function Reader:string_at(i)
  local service, name = self.words[i].text:match("^(%l+)%.([%w_]+)$")
  if not SERVICES[service] or not calls.row(service, name) then return end
  local call = self:is(i - 1, "sign", "(") and i - 2 or i - 1
  self:used(service, name, i, self:is(call, "name", "wait_for") or nil)
end

-- run:jobs and the like
function Reader:look_at(i)
  local word = self.words[i]
  local look = word.kind == "name" and LOOKS[word.text]
  if not look or not self:is(i - 1, "sign", ":") or not self:is(i - 2, "name", "run") then return end
  for _, op in ipairs(type(look) == "table" and look or { look }) do
    local service, name = op:match("^(.-)%.(.+)$")
    self:used(service, name, i)
  end
end

function Reader:run()
  for i = 1, #self.words do
    self:look_at(i)
    if self:is(i, "string") then
      self:string_at(i)
    elseif self:is(i, "name", "wait_for") and self:is(i + 1, "sign", "(") and not self:is(i + 2, "string") then
      self.any_wait = true
    else
      local service, after = self:service_at(i)
      if service then self:member(service, after) end
    end
  end
end

-- What the engine itself reads: to find out about a change whose answer is lost, and to wait.
local function add_reads(reader)
  local changes = {}
  for _, use in pairs(reader.uses) do
    if use.row.kind ~= "query" then changes[#changes + 1] = use end
  end
  local function read(op, change, why)
    local service, name = op:match("^(.-)%.(.+)$")
    local use = reader.uses[op] or { op = op, row = calls.row(service, name), lines = {} }
    reader.uses[op] = use
    use.reads = use.reads or {}
    use.reads[#use.reads + 1] = ("%s %s"):format(why, change.op)
  end
  table.sort(changes, function(a, b) return a.op < b.op end)
  for _, change in ipairs(changes) do
    local effect = effects.of(change.row.service, change.row.name) or {}
    for _, probe in ipairs(effect.probe and effect.probe.any or { effect.probe }) do
      read(probe.look, change, "finds out about")
    end
    if effect.wait and (change.waits or reader.any_wait) then read(effect.wait.op, change, "waits for") end
  end
end

---@class hwdb.cli.Use
---@field op string "ddm.list_jobs"
---@field row table
---@field lines integer[] of the script; none for what the engine alone reads
---@field reads string[]? what the engine reads it for

---The operations a script uses, by name.
---@param text string
---@return hwdb.cli.Use[]
---@return { line: integer, text: string }[] unseen what cannot be told from the text
function M.of(text)
  local reader = setmetatable({ words = words_of(text), uses = {}, aliases = {}, unknown = {} }, Reader)
  reader:run()
  add_reads(reader)
  local list = {}
  for _, use in pairs(reader.uses) do
    local lines = {}
    for line in pairs(use.lines) do lines[#lines + 1] = line end
    table.sort(lines)
    use.lines = lines
    list[#list + 1] = use
  end
  table.sort(list, function(a, b) return a.op < b.op end)
  return list, reader.unknown
end

return M
