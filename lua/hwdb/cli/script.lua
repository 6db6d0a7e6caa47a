-- SPDX-License-Identifier: Apache-2.0
-- Which kind of script a file is, and running a plain one. Runbooks belong to hwdb.runbook.
local fail = require("hwdb.cli.fail")
local near = require("hwdb.near")
local source = require("hwdb.cli.source")

local M = {}

M.LARGEST = 1 << 20

---True for a name without a slash and without .lua: a shipped runbook's.
---@param given string
function M.is_name(given)
  return not given:find("/", 1, true) and not given:find("%.lua$")
end

---The text of a script file; raises a failure if it cannot be read.
---@param path string
---@return string
function M.text(path)
  local text = source.file(path, "the script", M.LARGEST)
  if text:sub(1, 1) == "\27" then fail.usage(path .. " is compiled code, not Lua text", "give the source file") end
  return (text:gsub("^#[^\n]*", ""))
end

---Whether a text looks like a runbook: it ends in a header with a run function.
---@param text string
function M.is_runbook(text)
  local header = ("\n" .. text):match("\nreturn%s*(%b{})[%s;]*$") or ("\n" .. text):match("\nreturn%s*(%b{})")
  return header ~= nil and header:find("%f[%w_]run%s*=") ~= nil and header:find("%f[%w_]name%s*=") ~= nil
end

local function global_names()
  local list = {}
  for name in pairs(_G) do list[#list + 1] = name end
  table.sort(list)
  return list
end

---The globals of a plain script: Lua's own, hwdb and arg. An unset one raises.
---@param words string[]
---@param path string
function M.environment(words, path)
  local env = { hwdb = require("hwdb"), arg = table.move(words, 1, #words, 1, { [0] = path }) }
  env._G = env
  return setmetatable(env, { __index = function(_, name)
    local value = _G[name]
    if value == nil and type(name) == "string" then
      error(("unknown global %s%s"):format(name, near.hint(name, global_names())), 2)
    end
    return value
  end })
end

---The compiled script; a syntax error is a usage failure.
---@param text string
---@param path string
---@param env table?
function M.compile(text, path, env)
  local code, message = load(text, "@" .. path, "t", env)
  if not code then fail.usage(message, "correct the line; nothing has been run") end
  return code
end

local function described(value)
  local meta = type(value) == "table" and getmetatable(value)
  if type(value) ~= "table" or (meta and meta.__tostring) then return tostring(value) end
  local ok, text = pcall(require("hwdb.core").encode, value)
  return ok and text or "a table"
end

-- Whatever a script raises becomes one error; objects of the library stay what they are.
local function raised(value)
  if fail.is_object(value) or (type(value) == "userdata" and pcall(function() return value.kind end)) then return value end
  if type(value) == "string" then return { kind = "script", message = value } end
  local where = ""
  for level = 2, 20 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    if info.source:sub(1, 1) == "@" and info.currentline > 0 then
      where = ("%s:%d: "):format(info.source:sub(2), info.currentline)
      break
    end
  end
  return { kind = "script", message = where .. "the script raised " .. described(value) }
end

---Runs a plain script; raises its error. Returns what the script returned.
---@param text string
---@param path string
---@param words string[]
---@return any
function M.run(text, path, words)
  local code = M.compile(text, path, M.environment(words, path))
  local results = table.pack(xpcall(code, raised, table.unpack(words)))
  if results[1] then return table.unpack(results, 2, results.n) end
  local err = results[2]
  if err.kind == "script" then fail.raise("script", err.message) end
  error(err, 0)
end

return M
