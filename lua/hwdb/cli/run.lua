-- SPDX-License-Identifier: Apache-2.0
-- hwdb run: a shipped runbook, a runbook in a file, or any Lua script.
local connect = require("hwdb.cli.connect")
local fail = require("hwdb.cli.fail")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")
local script = require("hwdb.cli.script")
local values = require("hwdb.cli.values")

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

local KINDS = { secret = "secret: env:NAME, @FILE or prompt:", object = "JSON, or @FILE of", objects = "JSON list, or @FILE of" }

-- A declaration's fields stand below it, indented by their depth.
local function describe_param(param, depth)
  local indent = ("  "):rep(depth)
  local kind = param.type == "choice" and table.concat(param.choices, "|") or KINDS[param.type] or param.type
  if depth > 0 and param.fields then kind = param.type == "objects" and "list of" or "object of" end
  output.line("  %-24s %s", indent .. param.name .. (depth == 0 and "=" or ""), param.help)
  local rest = shown_default(param)
  output.line("  %-24s %s", "", output.paint("dim", kind .. (rest ~= "" and "; " .. rest or "")
    .. (param.each and "; one for all, or " .. param.name .. ".KEY= for each" or "")))
  for _, field in ipairs(param.fields or {}) do describe_param(field, depth + 1) end
end

local function describe(rb)
  output.line("%s: %s\n", output.paint("bold", rb.name), rb.summary)
  output.line("Usage: hwdb run %s name=value... [options]\n\nParameters:", rb.name)
  for _, param in ipairs(rb.params) do describe_param(param, 0) end
  for _, fact in ipairs({ { "Changes", rb.changes }, { "Costs", rb.costs }, { "Way back", rb.undo } }) do
    if fact[2] then output.line("\n%s: %s", fact[1], fact[2]) end
  end
  if rb.permissions and #rb.permissions > 0 then output.line("\nPermissions: %s", table.concat(rb.permissions, ", ")) end
  output.line("\nWithout a terminal a question ends the run with exit code 3, unless accept=NAME answered it beforehand.")
  output.line("Options: see hwdb run --help")
end

-- Where secrets come from, as said on the command line; the journal keeps this, never what was fetched.
local function references(rb, words)
  local secret, refs = secret_names(rb), {}
  for _, word in ipairs(words) do
    local name, text = word:match("^([^=:]+)=(.*)$")
    if name and secret(name) then refs[name] = text end
  end
  return next(refs) and refs or nil
end

-- In the background, in a session of its own; the words are the same without --detach.
local function detach()
  local quoted = require("hwdb.cli.pipe").quoted
  local words = {}
  local file <close> = assert(io.open("/proc/self/cmdline", "rb"))
  for word in file:read("a"):gmatch("([^\0]*)\0") do
    if word ~= "--detach" then words[#words + 1] = quoted(word) end
  end
  table.remove(words, 1)
  local folder = require("hwdb.runbook.store").folder()
  require("hwdb.runbook").journal():close()
  local log = ("%s/detached-%s.log"):format(folder, os.date("!%Y%m%d-%H%M%S"))
  -- By its path: this process has ended before the other one begins.
  if not os.execute(("umask 077; setsid -f \"$(readlink -f /proc/%d/exe)\" %s </dev/null >%s 2>&1"):format(
      require("hwdb.runbook.locks").who().pid, table.concat(words, " "), quoted(log))) then
    fail.raise("failed", "the run could not be started in the background")
  end
  output.line("started in the background; its output goes to %s", log)
  output.line("next: hwdb runs, hwdb watch RUN")
end

local function run_book(rb, words, given)
  if given.help then return describe(rb) end
  if given.detach then return detach() end
  local params, accept = parameters(rb, words, given)
  local settings = runner.settings(given, { params = params, accept = accept, refs = references(rb, words) })
  return runner.finish(require("hwdb.runbook").run(rb, settings), given)
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

-- What `hwdb plan` needs too: a runbook by its words, its parameters, where its secrets come from.
local function book(words)
  return load_book(words[1]), table.move(words, 2, #words, 1, {})
end

return {
  book = book, parameters = parameters, references = references, describe = describe,
  own_help = true,
  usage = { "hwdb run SCRIPT [name=value]... [options]", "hwdb run SCRIPT --help" },
  details = "SCRIPT is the name of a shipped runbook or the path of a Lua file. A runbook's parameters are given as\n"
    .. "name=value, name=@FILE, name=env:NAME or name=prompt:; a secret only in the last three ways. Any other Lua file\n"
    .. "runs plainly, with hwdb and arg; what follows -- goes to it untouched.\n"
    .. "The first Ctrl-C sends nothing new and lets a change in flight finish, the second gives it up and says that its\n"
    .. "outcome is unknown, the third ends the program.",
  options = options.join(runner.OPTIONS, {
    { name = "detach", help = "go on in the background; see hwdb watch" },
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
