-- SPDX-License-Identifier: Apache-2.0
-- hwdb cancel: gives a run up; with --rollback what it did is taken back.
local control = require("hwdb.runbook.control")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")

return {
  usage = { "hwdb cancel [RUN] [--rollback] [options]" },
  details = "A run that another process carries out stops before its next change, and rolls back there. Otherwise the\n"
    .. "rollback is done here, also of a run that was given up before, unless another run has changed the same since.",
  options = options.join({ { name = "rollback", help = "run the compensations of what was done, the last first" } },
    runner.OPTIONS, options.CLIENT),
  examples = { "hwdb cancel 20260101-0800-3fa9c1", "hwdb cancel --rollback" },
  run = function(given, rest)
    local journal, runs = runner.journal(), require("hwdb.runbook.runs")
    local name
    for _, word in ipairs(rest) do
      if not word:find("=", 1, true) then name = name or word end
    end
    local run = runner.pick(journal, name, function(run) return not runs.ENDED[run.state] end, "to cancel")
    local said, elsewhere = control.cancel(journal, run, { rollback = given.rollback })
    output.line("%s", said)
    if elsewhere or not given.rollback then return end
    journal:close()
    if not name then table.insert(rest, 1, run.id) end
    return require("hwdb.cli.resume").take_up(given, rest, true)
  end,
}
