-- SPDX-License-Identifier: Apache-2.0
-- The global names that a piece of Lua text reads and sets, in branches not taken too: read out of the
-- compiled form, so the language's own compiler decides what is a global. Lua 5.4's format only.
local M = {}

local GETTABUP, SETTABUP = 11, 15
local ABSOLUTE = -128

local Reader = {}
Reader.__index = Reader

function Reader:byte()
  local value = self.text:byte(self.at)
  self.at = self.at + 1
  return value
end

function Reader:skip(n)
  self.at = self.at + n
end

-- Seven bits a byte, the highest first; the last one is marked.
function Reader:size()
  local value = 0
  repeat
    local byte = self:byte()
    value = value << 7 | byte & 0x7f
  until byte & 0x80 ~= 0
  return value
end

function Reader:string()
  local size = self:size()
  if size == 0 then return nil end
  self:skip(size - 1)
  return self.text:sub(self.at - size + 1, self.at - 1)
end

function Reader:list(read)
  local list = {}
  for i = 1, self:size() do list[i] = read(self) end
  return list
end

local CONSTANTS = {
  [0x00] = function() return false end, [0x01] = function() return false end, [0x11] = function() return false end,
  [0x03] = function(r) r:skip(8) return false end, [0x13] = function(r) r:skip(8) return false end,
  [0x04] = function(r) return r:string() end, [0x14] = function(r) return r:string() end,
}

function Reader:constant()
  local read = CONSTANTS[self:byte()]
  if not read then error("unknown constant", 0) end
  return read(self) or false
end

function Reader:instruction()
  local value = ("<I4"):unpack(self.text, self.at)
  self:skip(4)
  return value
end

function Reader:signed()
  local byte = self:byte()
  return byte > 127 and byte - 256 or byte
end

-- The line of each instruction.
local function lines(first, deltas, absolute)
  local list, line, known = {}, first, {}
  for _, pair in ipairs(absolute) do known[pair[1]] = pair[2] end
  for i, delta in ipairs(deltas) do
    line = delta == ABSOLUTE and known[i - 1] or line + delta
    list[i] = line
  end
  return list
end

local function collect(code, constants, upvalues, line_of, found)
  for i, instruction in ipairs(code) do
    local op, a = instruction & 0x7f, instruction >> 7 & 0xff
    local b, c = instruction >> 16 & 0xff, instruction >> 24 & 0xff
    if op == GETTABUP and upvalues[b + 1] == "_ENV" then
      found[#found + 1] = { name = constants[c + 1], line = line_of[i], set = false }
    elseif op == SETTABUP and upvalues[a + 1] == "_ENV" then
      found[#found + 1] = { name = constants[b + 1], line = line_of[i], set = true }
    end
  end
end

function Reader:prototype(found)
  self:string()
  local first = self:size()
  self:size()
  self:skip(3)
  local code = self:list(Reader.instruction)
  local constants = self:list(Reader.constant)
  self:list(function(r) r:skip(3) return true end)
  self:list(function(r) r:prototype(found) return true end)
  local deltas = self:list(Reader.signed)
  local absolute = self:list(function(r) return { r:size(), r:size() } end)
  self:list(function(r) r:string() r:size() r:size() return true end)
  local upvalues = self:list(function(r) return r:string() or "" end)
  collect(code, constants, upvalues, lines(first, deltas, absolute), found)
end

local HEADER = "\27Lua\x54\0\x19\x93\r\n\26\n\4\8\8"

---Every use of a global by a compiled function, in order of lines; nil where this Lua compiles to another form.
---@param compiled function
---@return { name: string, line: integer, set: boolean }[]?
function M.of(compiled)
  local text = string.dump(compiled)
  if text:sub(1, #HEADER) ~= HEADER then return nil end
  local reader = setmetatable({ text = text, at = #HEADER + 1 + 16 + 1 }, Reader)
  local found = {}
  reader:prototype(found)
  table.sort(found, function(a, b)
    if a.line ~= b.line then return a.line < b.line end
    return a.name < b.name
  end)
  return found
end

return M
