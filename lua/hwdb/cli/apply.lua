-- SPDX-License-Identifier: Apache-2.0
-- hwdb apply: carries a plan out. No change is made that the plan does not hold.
local fail = require("hwdb.cli.fail")
local options = require("hwdb.cli.options")
local runner = require("hwdb.cli.runner")
local source = require("hwdb.cli.source")
local values = require("hwdb.cli.values")

return {
  usage = { "hwdb apply PLAN [secret=env:NAME]... [options]" },
  details = "Script and parameters are the plan's; secrets are fetched again from where they came. Applying a plan agrees to\n"
    .. "what it buys and to what it cannot undo; the questions of the script are still asked.",
  options = options.join(runner.OPTIONS, options.CLIENT),
  examples = { "hwdb apply 3fa9c1d2e4b5" },
  run = function(given, rest)
    local id = rest[1]
    if not id or id:find("=", 1, true) then fail.usage("apply needs a plan", "make one: hwdb plan SCRIPT name=value...") end
    local journal = runner.journal()
    local plan = require("hwdb.runbook.plans").get(journal, id)
    local params = values.plain(table.move(rest, 2, #rest, 1, {}), function() return false end)
    for name, text in pairs(plan.refs or {}) do
      if params[name] == nil then params[name] = source.fetch(text, name) end
    end
    local settings = runner.settings(given, { params = params, accept = given.accept, journal = journal, refs = plan.refs })
    return runner.finish(require("hwdb.runbook").apply(id, settings), given)
  end,
}
