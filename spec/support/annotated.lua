-- SPDX-License-Identifier: Apache-2.0
-- A small checker for scripts against LuaCATS annotations, as an editor would be one: it reads the annotations as text
-- and finds unknown operations, unknown, missing and mistyped fields in literal arguments, and unknown answer fields.
-- It follows calls of the form CLIENT.SERVICE:OPERATION{...} and locals that take their answers; nothing else.
local M = {}

-- -- annotations -------------------------------------------------------------------------

-- "string[] words", "fun(...): a, b words": the type is what brackets and bars hold together.
local function leading_type(text)
  local depth, at = 0, 1
  while at <= #text do
    local c = text:sub(at, at)
    if c:find("[%(<{%[]") then depth = depth + 1 end
    if c:find("[%)>}%]]") then depth = depth - 1 end
    if c == '"' then at = text:find('"', at + 1, true) end
    if c == " " and depth == 0 and not text:sub(at - 1, at - 1):find("[:,|]") then break end
    at = at + 1
  end
  return text:sub(1, at - 1)
end

local function field_of(line)
  local name, optional, rest = line:match('^%-%-%-@field %["(.-)"%](%??) (.+)$')
  if not name then name, optional, rest = line:match("^%-%-%-@field ([%a_][%w_]*)(%??) (.+)$") end
  if name then return name, { type = leading_type(rest), optional = optional == "?" } end
end

---Classes of annotation texts.
---@param texts string[]
---@return table<string, table<string, {type: string, optional: boolean}>>
function M.classes(texts)
  local classes, last = {}, nil
  for _, text in ipairs(texts) do
    for line in text:gmatch("[^\n]+") do
      local name = line:match("^%-%-%-@class %(exact%) ([%w_.]+)") or line:match("^%-%-%-@class ([%w_.]+)")
      if name then
        assert(not classes[name], name .. " is defined twice")
        classes[name], last = {}, name
      end
      local field, what = field_of(line)
      if field then classes[last][field] = what end
    end
  end
  return classes
end

-- -- scripts -----------------------------------------------------------------------------

local function long_end(text, at)
  local equals = text:match("^%[(=*)%[", at)
  if not equals then return nil end
  local _, stop = text:find("]" .. equals .. "]", at, true)
  return stop or #text
end

local function next_token(text, at)
  if text:sub(at, at + 1) == "--" then
    local stop = long_end(text, at + 2) or (text:find("\n", at, true) or #text + 1) - 1
    return nil, stop + 1
  end
  local c = text:sub(at, at)
  if c == '"' or c == "'" then
    local stop = at + 1
    while text:sub(stop, stop) ~= c do stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1) end
    return { kind = "string", text = text:sub(at + 1, stop - 1) }, stop + 1
  end
  local stop = c == "[" and long_end(text, at)
  if stop then return { kind = "string", text = "" }, stop + 1 end
  local word = text:match("^[%a_][%w_]*", at)
  if word then return { kind = "name", text = word }, at + #word end
  local number = text:match("^%d[%w.]*", at)
  if number then return { kind = "number", text = number }, at + #number end
  return { kind = "sign", text = c }, at + 1
end

local function tokens_of(text)
  local list, at, line = {}, 1, 1
  while at <= #text do
    local blank = text:match("^%s+", at)
    if blank then
      line = line + select(2, blank:gsub("\n", ""))
      at = at + #blank
    else
      local token, after = next_token(text, at)
      if token then
        token.line = line
        list[#list + 1] = token
      end
      line = line + select(2, text:sub(at, after - 1):gsub("\n", ""))
      at = after
    end
  end
  return list
end

local Check = {}
Check.__index = Check

function Check:is(at, text) return self.tokens[at] ~= nil and self.tokens[at].kind ~= "string" and self.tokens[at].text == text end

function Check:complain(at, format, ...)
  self.found[#self.found + 1] = ("%d: %s"):format(self.tokens[at].line, format:format(...))
end

local OPEN, CLOSE = { ["("] = true, ["{"] = true, ["["] = true }, { [")"] = true, ["}"] = true, ["]"] = true }

-- Past an expression: to the comma, semicolon or brace that ends it.
function Check:skip(at)
  local depth = 0
  while self.tokens[at] do
    local token = self.tokens[at]
    if token.kind == "sign" then
      if depth == 0 and (token.text == "," or token.text == ";" or CLOSE[token.text]) then return at end
      if OPEN[token.text] then depth = depth + 1 elseif CLOSE[token.text] then depth = depth - 1 end
    end
    at = at + 1
  end
  return at
end

local function alternatives(kind)
  local list = {}
  for one in (kind .. "|"):gmatch("(.-)|") do list[#list + 1] = one end
  return list
end

local LITERALS = { string = true, number = true, boolean = true }

local function literal(token)
  if token.kind == "string" or token.kind == "number" then return token.kind end
  if token.text == "true" or token.text == "false" then return "boolean" end
end

local function takes(kind, given)
  for _, one in ipairs(alternatives(kind)) do
    if one == given or (given == "number" and one == "integer") then return true end
    if one:sub(1, 1) == '"' and given == "string" then return true end
  end
  return not (LITERALS[alternatives(kind)[1]] or alternatives(kind)[1] == "integer" or kind:find('"', 1, true)
    or kind:find("[]", 1, true) or kind:find("^hwdb%.") or kind:find("^table"))
end

-- The class of a list's or map's entries, or of the value itself.
local function class_in(kind)
  return kind:match("^%(?(hwdb%.[%w_.]+)%)?%[%]") or kind:match("^table<string, (hwdb%.[%w_.]+)>") or kind:match("^hwdb%.[%w_.]+")
end

function Check:value(at, field, path)
  local token = self.tokens[at]
  local stop = self:skip(at)
  local given = literal(token)
  if given and stop == at + 1 then
    if not takes(field.type, given) then self:complain(at, "%s takes %s, not a %s", path, field.type, given) end
  elseif self:is(at, "{") then
    local name = class_in(field.type)
    if name and self.classes[name] and (field.type:find("%[%]") or field.type:find("^table<")) then self:entries(at, name, path)
    elseif name and self.classes[name] then self:table(at, name, path) end
  end
  return stop
end

-- The entries of a list or a map: each table literal is of the class.
function Check:entries(at, name, path)
  at = at + 1
  while self.tokens[at] and not self:is(at, "}") do
    if self.tokens[at].kind == "name" and self:is(at + 1, "=") then at = at + 2 end
    if self:is(at, "{") then self:table(at, name, path .. "[]") end
    at = self:skip(at)
    if self:is(at, ",") or self:is(at, ";") then at = at + 1 end
  end
end

function Check:key(at)
  local token = self.tokens[at]
  if token.kind == "name" and self:is(at + 1, "=") and not self:is(at + 2, "=") then return token.text, at + 2 end
  if self:is(at, "[") and self.tokens[at + 1].kind == "string" and self:is(at + 2, "]") then
    return self.tokens[at + 1].text, at + 4
  end
end

function Check:table(at, name, path)
  local fields, seen, open, began = self.classes[name], {}, false, at
  at = at + 1
  while self.tokens[at] and not self:is(at, "}") do
    local key, value_at = self:key(at)
    if key and fields[key] then
      seen[key] = true
      at = self:value(value_at, fields[key], path .. "." .. key)
    else
      if key then self:complain(at, "%s has no field %s", path, key) else open = true end
      at = self:skip(value_at or at)
    end
    if self:is(at, ",") or self:is(at, ";") then at = at + 1 end
  end
  local missing = {}
  for key, field in pairs(fields) do
    if not field.optional and not seen[key] and not open then missing[#missing + 1] = key end
  end
  table.sort(missing)
  if #missing > 0 then self:complain(began, "%s lacks %s", path, table.concat(missing, ", ")) end
end

-- The local that takes a call's answer: "local body, info = client.ddm:...".
function Check:taker(at)
  local i = at
  while self.tokens[i] and not self:is(i, "=") and i > at - 6 do i = i - 1 end
  if not self:is(i, "=") then return nil end
  i = i - 1
  while self:is(i - 1, ",") do i = i - 2 end
  return self:is(i - 1, "local") and self.tokens[i].text or nil
end

function Check:call(at)
  local service, op = self.tokens[at + 1].text, self.tokens[at + 3].text
  local methods = self.classes["hwdb." .. service]
  if not methods then return end
  local method = methods[op]
  if not method then return self:complain(at + 3, "%s has no operation %s", service, op) end
  local open = self:is(at + 4, "(") and at + 5 or at + 4
  local args = method.type:match("args%??: (hwdb%.[%w_.]+)")
  if args and self:is(open, "{") then self:table(open, args, service .. "." .. op) end
  local taker = self:taker(at - 1)
  if taker then self.answers[taker] = method.type:match("%): (hwdb%.[%w_.]+)%?") end
end

-- "body.instances[1].name": each field must be one of its class.
function Check:reading(at)
  local name, path = self.answers[self.tokens[at].text], self.tokens[at].text
  while name and self.classes[name] and self:is(at + 1, ".") and self.tokens[at + 2].kind == "name" do
    local key = self.tokens[at + 2].text
    local field = self.classes[name][key]
    if not field then return self:complain(at + 2, "%s has no field %s", path, key) end
    path, at = path .. "." .. key, at + 2
    if self:is(at + 1, "[") then at = self:skip(at + 2) end
    name = class_in(field.type)
  end
end

---What is wrong with a script, a line each: "3: ddm.create_instance.instance has no field nam".
---@param classes table of M.classes
---@param script string
---@return string[]
function M.check(classes, script)
  local check = setmetatable({ classes = classes, tokens = tokens_of(script), found = {}, answers = {} }, Check)
  for at, token in ipairs(check.tokens) do
    if check:is(at, ".") and check:is(at + 2, ":") and check.tokens[at + 3] and check.tokens[at + 3].kind == "name" then
      check:call(at)
    elseif token.kind == "name" and check.answers[token.text] and not check:is(at - 1, ".") then
      check:reading(at)
    end
  end
  return check.found
end

return M
