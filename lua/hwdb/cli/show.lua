-- SPDX-License-Identifier: Apache-2.0
-- hwdb show: one run, from its page and its journal.
local account = require("hwdb.runbook.account")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")

local function field(name, text)
  if text and text ~= "" then output.line("%-12s %s", name, output.clean(text)) end
end

local function parameters(run)
  local core = require("hwdb.core")
  local list = {}
  for _, name in ipairs(require("hwdb.runbook.order").keys(run.params or {})) do
    local value = run.params[name]
    list[#list + 1] = ("%s=%s"):format(name, type(value) == "table" and core.encode(value) or tostring(value))
  end
  return table.concat(list, " ")
end

local function show(told)
  local run = told.run
  field("run", run.id)
  field("runbook", ("%s (script %s)"):format(run.name, run.script:sub(1, 12)))
  field("state", run.state)
  field("begun", ("%s by %s on %s"):format(account.time(run.created), run.operator, run.host))
  field("parameters", parameters(run))
  if run.progress then field("now", ("%s: waiting for %s"):format(run.progress.step or "-", run.progress.waiting_for or "-")) end
  if run.gate and run.state == "waiting" then field("asks", ("%s: %s"):format(run.gate.name, run.gate.question)) end
  if run.doubt then field("in doubt", ("%s since %s"):format(run.doubt.op, run.doubt.since and account.time(run.doubt.since) or "?")) end
  if run.error then field("ended by", run.error.message) end
  field("left behind", run.left_behind)
  output.line("")
  for _, entry in ipairs(told.entries) do
    output.line("%s  %-8s %s", account.time(entry.time), entry.mark, output.clean(entry.text))
  end
  output.line("\nnext: %s", runner.next_command(run))
end

return {
  usage = { "hwdb show RUN [options]" },
  options = { { name = "json", help = "the run's page and journal as JSON" } },
  examples = { "hwdb show 20260101-0800-3fa9c1" },
  run = function(given, rest)
    local journal = runner.journal()
    local run = runner.pick(journal, runner.one_word(rest, "show"), function() return true end, "to show")
    local told = account.of(journal, run)
    if given.json then return output.json(told) end
    show(told)
  end,
}
