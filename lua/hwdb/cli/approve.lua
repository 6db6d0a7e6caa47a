-- SPDX-License-Identifier: Apache-2.0
-- hwdb approve: an operator agrees to what a run asks. It proves a login name, no more.
local control = require("hwdb.runbook.control")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")

return {
  usage = { "hwdb approve RUN [options]" },
  details = "The approval is bound to what the run does (script, parameters, plan) and expires. It proves a login name, no more.",
  options = {
    { name = "gate", value = "NAME", help = "the question; the one the run waits at unless given" },
    { name = "answer", value = "TEXT", help = "the words a question asks to be typed" },
    { name = "hours", value = "N", help = "how long it holds, 24 unless given" },
  },
  examples = { "hwdb approve 20260101-0800-3fa9c1" },
  run = function(given, rest)
    local journal = runner.journal()
    local run = runner.pick(journal, runner.one_word(rest, "approve"),
      function(run) return run.state == "waiting" and run.gate ~= nil end, "that waits for an approval")
    local said = control.approve(journal, run, { gate = given.gate, answer = given.answer,
      hours = options.positive(given, "hours") or 24 })
    output.line("%s", said)
    output.line("next: hwdb resume %s", run.id)
  end,
}
