-- SPDX-License-Identifier: Apache-2.0
-- hwdb plan: what a runbook would change, found out with real reads and a rehearsal on a likeness of the account.
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local fail = require("hwdb.cli.fail")
local run = require("hwdb.cli.run")
local runner = require("hwdb.cli.runner")

local function list(title, items, nothing)
  output.line("\n%s:", title)
  if #items == 0 then output.line("  %s", nothing) end
  for _, item in ipairs(items) do output.line("  %s", output.clean(item)) end
end

local function show(plan)
  output.line("%s", output.paint("bold", ("plan %s: %s, %d changes"):format(plan.id, plan.name, #plan.changes)))
  for i, change in ipairs(plan.changes) do
    output.line("  %2d  %-28s %s%s", i, change.op, change.target or "", change.step and "  (" .. change.step .. ")" or "")
  end
  list("it asks", plan.asks, "nothing")
  if plan.runs and #plan.runs > 0 then list("it would run", plan.runs) end
  if plan.ends then list("the rehearsal ended early", { plan.ends }) end
  list("it would buy", plan.buys, "nothing")
  list("it cannot undo", plan.cannot_undo, "nothing")
end

return {
  own_help = true,
  usage = { "hwdb plan SCRIPT [name=value]... [options]" },
  details = "The script reads the account as it is up to its first change; the rest is rehearsed on a simulator that starts from\n"
    .. "an inventory of the account. Nothing is changed, and programs are not run. What it makes itself goes by new-1, new-2.\n"
    .. "The plan is kept, and carried out with hwdb apply.",
  options = options.join({
    { name = "services", value = "LIST", help = "what to take stock of: the services the script uses unless given" } },
    runner.OPTIONS, options.CLIENT),
  examples = { "hwdb plan ddm_shard_migration instance_id=... schema=orders shards=16 ..." },
  run = function(given, rest)
    if not rest[1] then fail.usage("plan needs a script") end
    local rb, words = run.book(rest)
    if given.help then return run.describe(rb) end
    local params = run.parameters(rb, words, given)
    local settings = runner.settings(given, { params = params, refs = run.references(rb, words) })
    settings.report, settings.ask = nil, nil
    settings.journal = settings.journal or runner.journal()
    settings.services = given.services and require("hwdb.cli.inventory").services(given) or nil
    local plan, err = require("hwdb.runbook").plan(rb, settings)
    if not plan then error(err, 0) end
    if given.json then return output.json(plan) end
    show(plan)
    output.line("\nnext: hwdb apply %s", plan.id)
    return plan.ends and fail.EXIT.failed or fail.EXIT.done
  end,
}
