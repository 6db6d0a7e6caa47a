-- SPDX-License-Identifier: Apache-2.0
-- hwdb runs: what the journal holds, newest first.
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local render = require("hwdb.cli.render")
local runner = require("hwdb.cli.runner")

local function waits_for(run)
  if run.state == "waiting" and run.gate then return run.gate.name end
  if run.state == "in_doubt" and run.doubt then return "word on " .. run.doubt.op end
  return run.progress and run.progress.waiting_for or ""
end

return {
  usage = { "hwdb runs [options]" },
  options = {
    { name = "state", value = "STATE", help = "only runs in this state" },
    { name = "json", help = "JSON lines" },
  },
  examples = { "hwdb runs", "hwdb runs --state in_doubt" },
  run = function(given, rest)
    if #rest > 0 then fail.usage(("runs takes options only, not %s"):format(rest[1])) end
    local list = require("hwdb.runbook").list(runner.journal(), given.state)
    if given.json then
      for _, run in ipairs(list) do
        output.json({ run = run.id, name = run.name, state = run.state, created = run.created, updated = run.updated,
          operator = run.operator, host = run.host, waiting_for = waits_for(run) })
      end
      return
    end
    if #list == 0 then return output.line("no runs yet") end
    local cells = {}
    for i, run in ipairs(list) do
      cells[i] = { run.id, run.name, run.state, os.date("!%Y-%m-%d %H:%M", run.created // 1000), run.operator,
        output.clean(waits_for(run)) }
    end
    render.table(output.line, { "run", "runbook", "state", "begun (UTC)", "by", "waits for" }, cells, "", output.width(), 60)
  end,
}
