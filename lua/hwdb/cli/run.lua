-- SPDX-License-Identifier: Apache-2.0
-- hwdb run: a shipped runbook, a runbook in a file, or any Lua script.
local connect = require("hwdb.cli.connect")
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local script = require("hwdb.cli.script")
local values = require("hwdb.cli.values")

-- -- questions -----------------------------------------------------------------------

local function hint(q)
  if q.expect then return ("type %s to go on"):format(q.expect) end
  return q.default and "Y/n" or "y/N"
end

local function interrupted()
  if host.interrupts() > 0 then fail.raise("cancelled", "interrupted at a question; nothing was sent after it") end
end

-- The answer of the person at the terminal; nil when the input ends.
local function ask(q)
  output.finish()
  io.stderr:write(("%s [%s] "):format(q.question, hint(q)))
  local answer = io.stdin:read("l")
  if not answer then
    io.stderr:write("\n")
    interrupted()
  end
  return answer and answer:match("^%s*(.-)%s*$")
end

-- -- a runbook -------------------------------------------------------------------------

local function secret_names(rb)
  local secret = {}
  for _, param in ipairs(rb.params) do secret[param.name] = param.type == "secret" or nil end
  return function(name) return secret[name] or secret[name:match("^[^.]+")] or false end
end

-- accept=NAME may come several times; everything else once.
local function parameters(rb, words, given)
  local accept, rest = {}, {}
  table.move(given.accept or {}, 1, #(given.accept or {}), 1, accept)
  for _, word in ipairs(words) do
    local name = word:match("^accept=(.*)$")
    if name then accept[#accept + 1] = name else rest[#rest + 1] = word end
  end
  return values.plain(rest, secret_names(rb)), accept
end

local function shown_default(param)
  if param.required then return "required" end
  if param.default == nil then return "" end
  local default = param.default
  return "default " .. (type(default) == "table" and table.concat(default, ",") or tostring(default))
end

local function describe_param(param)
  local kind = param.type
  if param.type == "choice" then kind = table.concat(param.choices, "|") end
  if param.type == "secret" then kind = "secret: env:NAME, @FILE or prompt:" end
  output.line("  %-24s %s", param.name .. "=", param.help)
  local rest = shown_default(param)
  output.line("  %-24s %s", "", output.paint("dim", kind .. (rest ~= "" and "; " .. rest or "")
    .. (param.each and "; one for all, or " .. param.name .. ".KEY= for each" or "")))
end

local function describe(rb)
  output.line("%s: %s\n", output.paint("bold", rb.name), rb.summary)
  output.line("Usage: hwdb run %s name=value... [options]\n\nParameters:", rb.name)
  for _, param in ipairs(rb.params) do describe_param(param) end
  for _, fact in ipairs({ { "Changes", rb.changes }, { "Costs", rb.costs }, { "Way back", rb.undo } }) do
    if fact[2] then output.line("\n%s: %s", fact[1], fact[2]) end
  end
  if rb.permissions and #rb.permissions > 0 then output.line("\nPermissions: %s", table.concat(rb.permissions, ", ")) end
  output.line("\nWithout a terminal a question ends the run with exit code 3, unless accept=NAME answered it beforehand.")
  output.line("Options: see hwdb run --help")
end

local function report_end(result)
  if not result.error then return result.exit end
  if result.left_behind then output.note("%s", result.left_behind) end
  local err = result.error
  if type(err) == "table" then rawset(err, "exit", fail.run_exit(result)) end
  error(err, 0)
end

local function run_book(rb, words, given)
  if given.help then return describe(rb) end
  local params, accept = parameters(rb, words, given)
  local client, sim = connect.client(given)
  local terminal = host.isatty(0) and host.isatty(2)
  local result = require("hwdb.runbook").run(rb, { client = client, sim = sim, params = params, accept = accept,
    terminal = terminal, ask = terminal and ask or nil, report = require("hwdb.cli.progress").new(given.json) })
  return report_end(result)
end

local function load_book(given_name)
  local rb, err = require("hwdb.runbook").load(given_name)
  if not rb then error(err, 0) end
  return rb
end

-- -- a plain script ----------------------------------------------------------------------

-- A client that a plain script makes gets the command line's choices where it makes none of its own.
local function with_options(given)
  local settings = connect.settings(given)
  if next(settings) == nil then return end
  local hwdb = require("hwdb")
  package.loaded.hwdb = setmetatable({ client = function(wanted)
    local merged = {}
    for key, value in pairs(settings) do merged[key] = value end
    for key, value in pairs(wanted or {}) do merged[key] = value end
    return hwdb.client(merged)
  end }, { __index = hwdb })
end

local function run_plain(path, text, words, given)
  if given.help then
    output.line("%s is a plain Lua script: it gets the words after its name as arg and has `hwdb` at hand", path)
    return
  end
  with_options(given)
  local result = script.run(text, path, words)
  if type(result) == "table" and type(result.run) == "function" and result.name then
    return run_book(load_book(path), words, given)
  end
  return math.type(result) == "integer" and result or fail.EXIT.done
end

return {
  own_help = true,
  usage = { "hwdb run SCRIPT [name=value]... [options]", "hwdb run SCRIPT --help" },
  details = "SCRIPT is the name of a shipped runbook or the path of a Lua file. A runbook's parameters are given as\n"
    .. "name=value, name=@FILE, name=env:NAME or name=prompt:; a secret only in the last three ways. Any other Lua file\n"
    .. "runs plainly, with hwdb and arg; what follows -- goes to it untouched.\n"
    .. "The first Ctrl-C sends nothing new and lets a change in flight finish, the second gives it up and says that its\n"
    .. "outcome is unknown, the third ends the program.",
  options = options.join({
    { name = "accept", value = "NAME", many = true, help = "answer the question of this name with yes, beforehand" },
    { name = "json", help = "progress as JSON lines" },
    { name = "faults", value = "FILE", help = "with --sim: what shall go wrong" },
    { name = "effects", value = "FILE", help = "with --sim: append a JSON line for every accepted change" },
  }, options.CLIENT),
  examples = { "hwdb run ddm_shard_migration --help", "hwdb run check_all.lua --sim" },
  run = function(given, rest)
    local name = rest[1]
    if not name then
      fail.usage("run needs a script", "shipped ones: " .. table.concat(require("hwdb.runbook").shipped(), ", "))
    end
    local words = table.move(rest, 2, #rest, 1, {})
    if script.is_name(name) then return run_book(load_book(name), words, given) end
    local text = script.text(name)
    if script.is_runbook(text) then return run_book(load_book(name), words, given) end
    return run_plain(name, text, words, given)
  end,
}
