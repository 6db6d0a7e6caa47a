-- SPDX-License-Identifier: Apache-2.0
-- hwdb demo: the shard migration on the simulator, killed by SIGKILL while the route is being switched, and taken up again.
local connect = require("hwdb.cli.connect")
local fail = require("hwdb.cli.fail")
local migration = require("hwdb.cli.sample")
local output = require("hwdb.cli.output")
local pipe = require("hwdb.cli.pipe")
local render = require("hwdb.cli.render")

local quoted = pipe.quoted

local function tell(format, ...)
  output.line(format, ...)
end

local function own_pid()
  local file <close> = assert(io.open("/proc/self/stat", "rb"))
  return math.tointeger(file:read("n"))
end

local function temporary()
  local maker <close> = assert(io.popen('mktemp -d "${TMPDIR:-/tmp}/hwdb-demo-XXXXXX"'))
  return maker:read("l") or fail.raise("failed", "there is no place for temporary files")
end

local function opening(found)
  tell("%s", output.paint("bold", "A shard migration, on the simulator inside hwdb"))
  tell("Nothing leaves this machine, nothing costs money, and the clock is virtual: hours pass at once.\n")
  tell("The instance %s holds the schema %s: %d shards on %d data nodes; %d more are free.", found.instance.name,
    found.schema, found.shards, found.present, #found.nodes - found.present)
  tell("The runbook doubles the shards and spreads them over all %d, switching the route at night.", #found.nodes)
  tell("It runs in a process of its own, which is killed (SIGKILL) while the route is being switched.\n")
end

local function was_switched(sim)
  local last = sim:effects()[#sim:effects()]
  return last ~= nil and last.op == "switch_route"
end

-- The process of the run, whose output is shown as it comes; killed as soon as the switch was accepted, if `deadly`.
local function start(sim, folder, words, deadly)
  local list, path = {}, folder .. "/output"
  for i, word in ipairs(words) do list[i] = quoted(word) end
  local said <close> = assert(io.open(path, "w+b"))
  local function show()
    local text = said:read("a")
    if text ~= "" then output.write(text) end
    output.finish()
  end
  local ended = pipe.serve({ sim = sim, folder = folder, on_answer = function(near)
    show()
    if deadly and was_switched(sim) then near:kill() end
  end, command = ("env XDG_STATE_HOME=%s HWDB_DEMO_PASSWORD=%s /proc/%d/exe %s --world-pipe {pipe}"):format(quoted(folder),
    quoted(sim.data_node_password), own_pid(), table.concat(list, " ")), output = (">>%s 2>&1"):format(quoted(path)) })
  show()
  return ended
end

local function write_report(folder)
  local file = folder .. "/report.html"
  local me = own_pid()
  os.execute(("XDG_STATE_HOME=%s /proc/%d/exe report --format html --output %s >/dev/null"):format(quoted(folder), me, quoted(file)))
  return file
end

local function closing(sim, folder)
  tell("\n%s", output.paint("bold", "What the cloud was asked to change"))
  local cells, switched = {}, 0
  for i, effect in ipairs(sim:effects()) do
    cells[i] = { tostring(effect.seq), tostring(effect.time), effect.service .. "." .. effect.op, tostring(effect.target or "") }
    if effect.op == "switch_route" then switched = switched + 1 end
  end
  render.table(output.line, { "no", "virtual time", "operation", "target" }, cells, "  ", math.max(output.width(), 120), 64)
  tell("\nThe route was switched %s.", switched == 1 and "once" or switched .. " times")
  tell("Virtual time is now %s UTC; every request was signed and every signature was checked.",
    os.date("!%Y-%m-%d %H:%M", sim:now() // 1000))
  tell("The report of the run: %s", write_report(folder))
  tell("Its journal, apart from your own: XDG_STATE_HOME=%s hwdb show", folder)
  tell("\n%s", output.paint("bold", "Try next"))
  for _, pair in ipairs({ { "run " .. migration.RUNBOOK .. " --help", "its parameters" },
    { "torture " .. migration.RUNBOOK .. " --points 10", "the same, killed at ten points" },
    { "call ddm.list_instances --sim", "one call to a fresh simulator" },
    { "api ddm.configure_shards", "what a call takes and answers" },
    { "sim", "the simulator on a port, for any client" },
    { "doctor", "what hwdb finds of a real account" } }) do
    tell("  hwdb %-42s  %s", pair[1], pair[2])
  end
  return switched
end

local function carried_out(sim, folder, words)
  local ended = start(sim, folder, words, true)
  if ended.killed then
    tell("\n%s", output.paint("red", "--- the process was killed with SIGKILL: the switch was on its way, its answer never read ---"))
    tell("%s\n", output.paint("bold", "$ hwdb resume"))
    ended = start(sim, folder, { "resume" })
  end
  if ended.code ~= 0 then fail.raise("failed", "the run ended with exit code " .. tostring(ended.code), nil, true) end
end

return {
  usage = { "hwdb demo" },
  details = "Needs no account and no network.",
  options = {
    { name = "faults", value = "FILE", help = "what shall go wrong, a JSON object a line" },
    { name = "effects", value = "FILE", help = "append a JSON line for every accepted change" },
  },
  examples = { "hwdb demo" },
  run = function(given, rest)
    if #rest > 0 then fail.usage(("demo takes options only, not %s"):format(rest[1])) end
    given.sim = true
    local client, sim = connect.client(given)
    local found = migration.survey(client)
    local words = migration.words(found, sim:now(), sim.data_node_user)
    opening(found)
    local folder = temporary()
    carried_out(sim, folder, { "run", migration.RUNBOOK, table.unpack(words) })
    return closing(sim, folder) == 1 and fail.EXIT.done or fail.EXIT.failed
  end,
}
