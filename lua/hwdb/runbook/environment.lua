-- SPDX-License-Identifier: Apache-2.0
-- The globals a runbook sees: pure functions with one result for one input.
-- Whatever reads the clock, the machine or chance is missing, and says where
-- it is to be had instead; so a run can be replayed.
local near = require("hwdb.near")
local order = require("hwdb.runbook.order")
local problem = require("hwdb.runbook.problem")

local M = {}

-- Names people reach for, and what takes their place.
local INSTEAD = {
  print = "use run:note(text)",
  require = "a runbook is one file; what it needs is on its run handle",
  load = "code is written out in the runbook", loadstring = "code is written out in the runbook",
  loadfile = "a runbook is one file", dofile = "a runbook is one file", package = "a runbook is one file",
  os = "use run:now() and run:sleep(seconds); take the rest as a parameter",
  io = "keep results with run:record(key, value); take input as a parameter",
  debug = "use run:note(text)", collectgarbage = "memory is the engine's business",
  coroutine = "use run:gather{function, ...}",
  _G = "say local, or pass the value as an argument", unpack = "use table.unpack",
}

local INSTEAD_IN = {
  ["math.random"] = "a runbook has no chance in it: take the value as a parameter",
  ["math.randomseed"] = "a runbook has no chance in it",
  ["string.dump"] = "code is written out in the runbook",
}

---Text of a value without its address, which differs from run to run.
---@param value any
---@return string
function M.tostring(value)
  local kind = type(value)
  if kind ~= "table" and kind ~= "function" and kind ~= "userdata" and kind ~= "thread" then return tostring(value) end
  local meta = getmetatable(value)
  if type(meta) == "table" and meta.__tostring or type(meta) == "string" then return tostring(value) end
  return "<" .. kind .. ">"
end

local function format(pattern, ...)
  if type(pattern) == "string" and pattern:gsub("%%%%", ""):find("%%%-?%d*p") then
    error("%p shows an address, which differs from run to run", 2)
  end
  local args = table.pack(...)
  for i = 1, args.n do
    local kind = type(args[i])
    if kind == "table" or kind == "function" or kind == "userdata" then args[i] = M.tostring(args[i]) end
  end
  return string.format(pattern, table.unpack(args, 1, args.n))
end

local function known_names(t)
  local list = {}
  for _, key in ipairs(order.keys(t)) do
    if type(key) == "string" then list[#list + 1] = key end
  end
  return list
end

local function copied(library, without)
  local copy = {}
  for key, value in next, library do
    if not without[key] then copy[key] = value end
  end
  return copy
end

-- A library that cannot be changed and knows its own names.
local function sealed(title, library)
  return setmetatable({}, { __metatable = title, __index = function(_, key)
    local value = library[key]
    if value ~= nil then return value end
    local name = title .. "." .. tostring(key)
    local instead = INSTEAD_IN[name]
    if instead then error(("%s is not there in a runbook: %s"):format(name, instead), 2) end
    error(("%s does not exist%s"):format(name, near.hint(key, known_names(library))), 2)
  end, __newindex = function(_, key)
    error(("%s.%s cannot be set: the libraries stay as they are"):format(title, tostring(key)), 2)
  end })
end

-- Ctrl-C and the like pass through a script's pcall.
local function passing(ok, ...)
  if not ok and problem.is_stop((...)) then error((...), 0) end
  return ok, ...
end

local function ordered_pairs(t)
  local meta = type(t) == "table" and getmetatable(t)
  if type(meta) == "table" and meta.__pairs then return meta.__pairs(t) end
  if type(t) ~= "table" then error(("pairs: a table is needed, not %s"):format(type(t)), 2) end
  return order.pairs(t)
end

local function metatables()
  local own = setmetatable({}, { __mode = "k" })
  local function set(t, meta)
    if meta and (rawget(meta, "__gc") or rawget(meta, "__mode") or rawget(meta, "__close")) then
      error("__gc, __mode and __close depend on when memory is collected: not in a runbook", 2)
    end
    if meta then own[meta] = true end
    return setmetatable(t, meta)
  end
  local function get(t)
    local meta = getmetatable(t)
    if type(meta) == "table" and not own[meta] then return nil end
    return meta
  end
  return set, get
end

local safe_string = copied(string, { dump = true })
safe_string.format = format

---The globals of one runbook.
---@return table
function M.new()
  local set, get = metatables()
  local globals = {
    assert = assert, error = error, ipairs = ipairs, rawequal = rawequal, rawget = rawget, rawlen = rawlen,
    rawset = rawset, select = select, tonumber = tonumber, type = type, _VERSION = _VERSION,
    tostring = M.tostring, pairs = ordered_pairs, next = order.next, setmetatable = set,
    getmetatable = function(value) if type(value) ~= "string" then return get(value) end end,
    pcall = function(f, ...) return passing(pcall(f, ...)) end,
    xpcall = function(f, handler, ...) return passing(xpcall(f, handler, ...)) end,
    string = sealed("string", safe_string), utf8 = sealed("utf8", utf8),
    table = sealed("table", table), math = sealed("math", copied(math, { random = true, randomseed = true })),
  }
  return setmetatable({}, { __metatable = "globals", __index = function(_, name)
    local value = globals[name]
    if value ~= nil then return value end
    if INSTEAD[name] then error(("%s is not there in a runbook: %s"):format(name, INSTEAD[name]), 2) end
    error(("unknown global %s%s"):format(tostring(name), near.hint(name, known_names(globals))), 2)
  end, __newindex = function(_, name)
    error(("global %s is set: say local %s"):format(tostring(name), tostring(name)), 2)
  end })
end

local depth, unguarded = 0, nil

---From here to `leave`, methods of strings, ("…"):format(…), are the runbook's as well. All strings share one metatable,
---so it is put back when the last run has ended.
function M.enter()
  local strings = getmetatable("")
  if depth == 0 then
    unguarded, strings.__index = strings.__index, safe_string
  end
  depth = depth + 1
end

function M.leave()
  depth = depth - 1
  if depth == 0 then getmetatable("").__index = unguarded end
end

return M
