-- SPDX-License-Identifier: Apache-2.0
-- hwdb watch: follows a run that another process carries out, by the journal alone.
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")

local INTERVAL = "1"

local function line_of(run)
  local p = run.progress
  if not p then return run.state end
  local parts = { (p.step or run.state) .. ":" }
  if p.percent then parts[#parts + 1] = ("%3d%%"):format(math.floor(p.percent)) end
  parts[#parts + 1] = ("%d min"):format((p.at - run.created) // 60000)
  if p.waiting_for then parts[#parts + 1] = "waiting for " .. p.waiting_for end
  if p.deadline then parts[#parts + 1] = "until " .. os.date("!%Y-%m-%d %H:%M UTC", p.deadline // 1000) end
  return table.concat(parts, "  ")
end

return {
  usage = { "hwdb watch [RUN]" },
  details = "Ends when the run does, with the exit code the run had. Ctrl-C ends the watching, not the run.",
  options = {},
  examples = { "hwdb watch 20260101-0800-3fa9c1" },
  run = function(_, rest)
    local journal, runs = runner.journal(), require("hwdb.runbook.runs")
    local host = require("hwdb.host")
    local run = runner.pick(journal, runner.one_word(rest, "watch"), function(run) return not runs.AT_REST[run.state] end,
      "to watch")
    local last
    while run.state == "running" or run.state == "rolling_back" do
      if not require("hwdb.runbook.control").carried_out(journal, run) then
        output.line("nobody carries the run out: its process has ended")
        output.line("next: %s", runner.next_command(run))
        return fail.EXIT.waiting
      end
      local line = line_of(run)
      if line ~= last then
        output.line("%s", output.clean(line))
        output.finish()
      end
      last = line
      host.run({ "sleep", INTERVAL })
      if host.interrupts() > 0 then fail.raise("cancelled", "no longer watching; the run goes on") end
      run = runs.get(journal, run.id)
    end
    output.line("%s", run.state)
    if run.error then output.line("%s", output.clean(run.error.message)) end
    output.line("next: %s", runner.next_command(run))
    return ({ done = 0, rolled_back = 0, interrupted = 130, failed = 1, cancelled = 1 })[run.state] or fail.EXIT.waiting
  end,
}
