-- SPDX-License-Identifier: Apache-2.0
-- hwdb resolve: a person says whether a change took place whose answer was lost.
local control = require("hwdb.runbook.control")
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")
local values = require("hwdb.cli.values")

return {
  usage = { "hwdb resolve RUN --done|--not-done --reason TEXT" },
  options = {
    { name = "done", help = "it took place" },
    { name = "not-done", help = "it did not; resume sends it again" },
    { name = "reason", value = "TEXT", help = "how you know; it is recorded" },
    { name = "answer", value = "FILE", help = "with --done: the answer the script shall see, a JSON object" },
  },
  examples = { 'hwdb resolve 20260101-0800-3fa9c1 --done --reason "the console shows the new password"' },
  run = function(given, rest)
    if (given.done == nil) == (given.not_done == nil) then fail.usage("say either --done or --not-done") end
    if not given.reason or not given.reason:find("%S") then fail.usage("a reason is needed: --reason TEXT") end
    local journal = runner.journal()
    local run = runner.pick(journal, runner.one_word(rest, "resolve"), function(run) return run.state == "in_doubt" end,
      "in doubt")
    output.line("%s", control.resolve(journal, run, { done = given.done or false, reason = given.reason,
      answer = given.answer and values.input(given.answer) or nil }))
    output.line("next: hwdb resume %s", run.id)
  end,
}
