-- SPDX-License-Identifier: Apache-2.0
-- hwdb check SCRIPT: syntax, header and global names, without running it.
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")
local output = require("hwdb.cli.output")
local script = require("hwdb.cli.script")

local function source_of(given)
  if not script.is_name(given) then return script.text(given), given end
  local text = host.source("script:" .. given)
  if text then return text, given .. ".lua" end
  local names = require("hwdb.runbook").shipped()
  fail.usage(("there is no runbook %s%s"):format(given, require("hwdb.near").hint(given, names)),
    "give the path of a file, with a slash or ending in .lua")
end

local function problem(list, path, line, message)
  list[#list + 1] = { file = path, line = line, message = message }
end

-- The environment itself says what is wrong with a name.
local function unknown(env, name)
  local ok, message = pcall(function() return env[name] end)
  return not ok and tostring(message):gsub("^[^:]*:%d+: ", "") or nil
end

local function check_globals(list, text, path, is_book)
  local code = script.compile(text, path)
  local env = is_book and require("hwdb.runbook.environment").new() or script.environment({}, path)
  local set = {}
  local uses = require("hwdb.cli.globals").of(code) or {}
  for _, use in ipairs(uses) do
    if use.set then set[use.name] = true end
  end
  for _, use in ipairs(uses) do
    local message = not (set[use.name] and not is_book) and not use.set and unknown(env, use.name)
    if message then problem(list, path, use.line, message) end
    if use.set and is_book then problem(list, path, use.line, ("global %s is set: say local %s"):format(use.name, use.name)) end
  end
end

local function check_header(list, text, path)
  local rb, err = require("hwdb.runbook").load_text(text, path)
  if not rb then problem(list, path, nil, tostring(err.message or err)) end
end

local function shown(entry)
  if entry.message:find(entry.file, 1, true) == 1 then return entry.message end
  return ("%s:%s %s"):format(entry.file, entry.line and entry.line .. ":" or "", entry.message)
end

return {
  usage = { "hwdb check SCRIPT [--json]" },
  details = "Compiles the script, reads a runbook's header and looks every global name up, in branches that a run may never\n"
    .. "take as well. Nothing is sent and the script's function is not called.",
  options = { { name = "json", help = "{\"file\", \"kind\", \"problems\": [{\"file\", \"line\", \"message\"}]}" } },
  examples = { "hwdb check scripts/ddm_shard_migration.lua" },
  exits = { "0  nothing is wrong", "2  something is wrong with the script, or it cannot be read" },
  run = function(given, rest)
    if #rest ~= 1 then fail.usage("check takes one script", "see: hwdb check --help") end
    local core = require("hwdb.core")
    local text, path = source_of(rest[1])
    local is_book = script.is_name(rest[1]) or script.is_runbook(text)
    local list = core.array({})
    check_globals(list, text, path, is_book)
    if is_book then check_header(list, text, path) end
    if given.json then
      output.json({ file = path, kind = is_book and "runbook" or "script", problems = list })
    else
      for _, entry in ipairs(list) do output.line("%s", shown(entry)) end
      if #list == 0 then output.line("%s: a %s, nothing is wrong", path, is_book and "runbook" or "script") end
    end
    return #list == 0 and fail.EXIT.done or fail.EXIT.usage
  end,
}
