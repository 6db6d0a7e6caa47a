-- SPDX-License-Identifier: Apache-2.0
-- The program's commands. Each stands in a file of its own and is loaded when it is called.
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")

local M = {}

---In the order in which help shows them.
M.COMMANDS = {
  { "run", "run a script or a shipped runbook" },
  { "resume", "take up a run that was killed or stopped" },
  { "runs", "the runs of this machine's journal" },
  { "show", "one run: what was done, what it waits for" },
  { "watch", "follow a run that another process carries out" },
  { "approve", "agree to what a run asks" },
  { "resolve", "say whether a change in doubt took place" },
  { "pause", "stop a run before its next change" },
  { "cancel", "give a run up, and take back what it did" },
  { "plan", "what a runbook would change, without changing it" },
  { "apply", "carry a plan out" },
  { "report", "the account of a run, for people" },
  { "audit", "check that no record of a change was altered" },
  { "torture", "kill a runbook at every point, on the simulator" },
  { "call", "make one call, or show what it would send" },
  { "api", "what calls there are, with their parameters and rules" },
  { "doctor", "look at credentials, clock, endpoints and TLS, and say what is wrong" },
  { "conform", "compare the service's answers with the documents, reading only" },
  { "inventory", "what the account holds, as a file a simulator starts from" },
  { "sim", "serve the simulator on a port of this machine" },
  { "demo", "watch a shard migration run on the simulator" },
  { "new", "write a runbook skeleton with its spec" },
  { "check", "look a script over without running it" },
  { "policy", "the permissions a script's calls need, as a policy of IAM" },
  { "sign", "sign a request and show every step" },
  { "version", "versions of the program and its libraries" },
  { "help", "this text, or a command's" },
}

---@return string[]
function M.names()
  local names = {}
  for _, entry in ipairs(M.COMMANDS) do names[#names + 1] = entry[1] end
  return names
end

---The module of a command; raises a failure for an unknown one.
---@param name string
function M.command(name)
  for _, entry in ipairs(M.COMMANDS) do
    if entry[1] == name then
      local command = require("hwdb.cli." .. name)
      command.name, command.summary = entry[1], entry[2]
      return command
    end
  end
  fail.usage(("there is no command %s%s"):format(name, require("hwdb.near").hint(name, M.names())), "see: hwdb help")
end

local ALIASES = { ["--help"] = "help", ["-h"] = "help", ["--version"] = "version", ["-V"] = "version" }

local function wants_json(words)
  for _, word in ipairs(words) do
    if word == "--" then return false end
    if word == "--json" then return true end
  end
  return false
end

local function dispatch(words)
  local name = words[1] or "help"
  local command = M.command(ALIASES[name] or name)
  local options = require("hwdb.cli.options")
  local given, rest = options.parse(command, table.move(words, 2, #words, 1, {}))
  -- A script has a help text of its own.
  if given.help and not (command.own_help and #rest > 0) then
    output.line("%s", options.help(command))
    return fail.EXIT.done
  end
  return command.run(given, rest) or fail.EXIT.done
end

local function traced(err)
  if type(err) == "table" then return err end
  return debug.traceback("internal error: " .. tostring(err), 2)
end

local function run(words)
  local code = dispatch(words)
  output.finish()
  return code
end

---Runs a command line; returns the exit code.
---@param argv string[] the words after the program's name
---@return integer
function M.main(argv)
  local ok, result = xpcall(run, traced, argv)
  if ok then return result end
  io.stdout:flush()
  output.error(result, wants_json(argv))
  return fail.exit_code(result)
end

return M
