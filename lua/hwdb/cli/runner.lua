-- SPDX-License-Identifier: Apache-2.0
-- What the commands about runs have in common: the journal, the client,
-- questions at the terminal, notices, and the next command to type.
local connect = require("hwdb.cli.connect")
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")

local M = {}

---Options of every command that runs a runbook.
M.OPTIONS = {
  { name = "accept", value = "NAME", many = true, help = "answer the question of this name with yes, beforehand" },
  { name = "json", help = "progress as JSON lines" },
  { name = "notify", value = "CMD", help = "shell command for each stop and end; HWDB_EVENT, HWDB_RUN, HWDB_HEAD tell it" },
  { name = "pace", value = "SERVICE=N", many = true, help = "so many calls a minute, shared by all runs of this user" },
  { name = "faults", value = "FILE", help = "with --sim: what shall go wrong" },
  { name = "effects", value = "FILE", help = "with --sim: append a JSON line for every accepted change" },
  { name = "world-pipe", value = "PATH", help = "with a simulator that another process serves (torture and demo do)" },
}

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

---@param given table
---@return table client
---@return table? sim in this process
---@return table? far the simulator in another process
function M.client(given)
  if given.world_pipe then
    local sim = require("hwdb.cli.pipe").connect(given.world_pipe)
    local client, err = require("hwdb").client({ sim = sim })
    if not client then error(err, 0) end
    -- Its world outlives this process, so its journal has to as well.
    client.is_virtual = nil
    return client, nil, sim
  end
  return connect.client(given)
end

local function pace_of(words)
  if not words then return nil end
  local pace = {}
  for _, word in ipairs(words) do
    local service, limit = word:match("^(%l+)=(%d+)$")
    if not service or tonumber(limit) < 1 then fail.usage(("--pace is SERVICE=N, not %s"):format(word), "such as --pace ddm=60") end
    pace[service] = math.tointeger(tonumber(limit))
  end
  return pace
end

-- A notice must not hold up a run.
local NOTIFY_SECONDS = 10

local function notifier(command)
  if not command then return nil end
  local quoted = require("hwdb.cli.pipe").quoted
  return function(event, run, result)
    os.execute(("HWDB_EVENT=%s HWDB_RUN=%s HWDB_HEAD=%s timeout -k 1 %d sh -c %s </dev/null >&2"):format(quoted(event),
      quoted(run.id), quoted(result.head or ""), NOTIFY_SECONDS, quoted(command)))
  end
end

local WRITES = { run_create = true, run_update = true, append = true, put = true, keep = true, audit_append = true,
  begin = true, commit = true }

-- A journal before and after each of whose writes the other side may kill this process.
local function with_points(journal, far)
  return setmetatable({}, { __index = function(_, name)
    return function(_, ...)
      if not WRITES[name] then return journal[name](journal, ...) end
      local record = ...
      local what = type(record) == "table" and record.phase and ("%s %s %s%s#%d"):format(name, record.kind, record.phase,
        record.branch ~= "" and " " .. record.branch or "", record.n) or name
      far:point("before " .. what)
      local results = table.pack(journal[name](journal, ...))
      far:point("after " .. what)
      return table.unpack(results, 1, results.n)
    end
  end })
end

---The options of runbook.run and runbook.resume.
---@param given table
---@param more table
---@return table
function M.settings(given, more)
  local terminal = host.isatty(0) and host.isatty(2)
  local settings = { terminal = terminal, ask = terminal and ask or nil, notify = notifier(given.notify), pace = pace_of(given.pace),
    report = require("hwdb.cli.progress").new(given.json) }
  for key, value in pairs(more) do settings[key] = value end
  local far
  settings.client, settings.sim, far = M.client(given)
  if far and far.points then settings.journal = with_points(settings.journal or M.journal(), far) end
  return settings
end

---What to type next, by how a run stands.
---@param run { id: string, state: string, gate: table? }
---@return string?
function M.next_command(run)
  if (run.state == "waiting" or run.state == "rolling_back") and run.gate then
    return ("hwdb approve %s && hwdb resume %s"):format(run.id, run.id)
  elseif run.state == "in_doubt" then
    return ("hwdb resolve %s --done|--not-done --reason TEXT && hwdb resume %s"):format(run.id, run.id)
  elseif run.state == "done" or run.state == "rolled_back" or run.state == "cancelled" then
    return "hwdb report " .. run.id
  elseif run.state == "failed" then
    return ("hwdb resume %s, or hwdb cancel %s --rollback"):format(run.id, run.id)
  end
  return "hwdb resume " .. run.id
end

---Ends a command by a run's result.
---@param result table
---@param given table
---@return integer exit
function M.finish(result, given)
  local run = result.run and { id = result.run, state = result.state, gate = result.gate }
  -- Without credentials nothing was sent: there is nothing to take up.
  local idle = fail.run_exit(result) == fail.EXIT.usage
  if run and not given.json and not idle then
    if result.left_behind then output.note("%s", result.left_behind) end
    if not given.sim then
      output.note("run %s is %s; audit head %s", run.id, run.state, result.head ~= "" and result.head or "none")
      output.note("next: %s", M.next_command(run))
    end
  end
  if not result.error then return result.exit end
  local err = result.error
  if type(err) == "table" then rawset(err, "exit", fail.run_exit(result)) end
  error(err, 0)
end

---The journal of this user; a failure names what is wrong with it.
function M.journal()
  return require("hwdb.runbook").journal()
end

---The run a command is about: the named one, or the only one in a state it fits.
---@param journal table
---@param name string?
---@param fits fun(run: table): boolean
---@param what string "to take up"
---@return table run
function M.pick(journal, name, fits, what)
  local runs = require("hwdb.runbook.runs")
  if name then return runs.get(journal, name) end
  local list = {}
  for _, run in ipairs(runs.list(journal)) do
    if fits(run) then list[#list + 1] = run end
  end
  if #list == 1 then return list[1] end
  if #list == 0 then fail.usage("there is no run " .. what, "see: hwdb runs") end
  local lines = {}
  for i, run in ipairs(list) do lines[i] = ("  %s  %s  %s"):format(run.id, run.name, run.state) end
  fail.usage(("there are %d runs %s; name one:\n%s"):format(#list, what, table.concat(lines, "\n")))
end

---Rejects words beyond the first.
---@param rest string[]
---@param name string of the command
function M.one_word(rest, name)
  if #rest > 1 then fail.usage(("%s takes one run, not %s too"):format(name, rest[2])) end
  return rest[1]
end

M.CLIENT = options.CLIENT

return M
