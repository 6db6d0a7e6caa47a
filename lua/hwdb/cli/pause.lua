-- SPDX-License-Identifier: Apache-2.0
-- hwdb pause: a run stops before its next change; what the cloud is doing goes on.
local control = require("hwdb.runbook.control")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")

return {
  usage = { "hwdb pause [RUN]" },
  options = {},
  examples = { "hwdb pause 20260101-0800-3fa9c1" },
  run = function(_, rest)
    local journal, runs = runner.journal(), require("hwdb.runbook.runs")
    local run = runner.pick(journal, runner.one_word(rest, "pause"), function(run) return not runs.AT_REST[run.state] end,
      "to pause")
    output.line("%s", control.pause(journal, run))
    output.line("next: hwdb resume %s", run.id)
  end,
}
