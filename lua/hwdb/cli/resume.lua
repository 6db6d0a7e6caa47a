-- SPDX-License-Identifier: Apache-2.0
-- hwdb resume: takes up a run that was killed, or stopped for a person.
local fail = require("hwdb.cli.fail")
local options = require("hwdb.cli.options")
local runner = require("hwdb.cli.runner")
local source = require("hwdb.cli.source")
local values = require("hwdb.cli.values")

local function resumable(runs)
  return function(run) return not runs.AT_REST[run.state] end
end

-- Secrets are fetched from where they came from at the beginning, unless said anew.
local function secrets_again(run, words)
  local given = values.plain(words, function() return false end)
  for name, text in pairs(run.refs or {}) do
    if given[name] == nil then given[name] = source.fetch(text, name) end
  end
  return given
end

local M = {
  usage = { "hwdb resume [RUN] [secret=env:NAME]... [options]" },
  details = "Without a name the only unfinished run is taken up. It goes on with the script and the parameters it began\n"
    .. "with; secrets are fetched again from where they came.",
  options = options.join(runner.OPTIONS, {
    { name = "rotated", value = "NAME", many = true, help = "this secret was changed since the run began" },
    { name = "with-new-script", value = "FILE", help = "go on with this script, if it replays what was done" },
  }, options.CLIENT),
  examples = { "hwdb resume", "hwdb resume 20260101-0800-3fa9c1 --rotated password" },
}

---Takes a run up; with `back` it is rolled back.
---@param given table
---@param rest string[]
---@param back boolean?
---@return integer
function M.take_up(given, rest, back)
  local runs = require("hwdb.runbook.runs")
  if given.sim then fail.usage("the simulator inside the program ends with it: no run of it can be taken up") end
  local words, name = {}, nil
  for _, word in ipairs(rest) do
    if word:find("=", 1, true) then words[#words + 1] = word
    elseif name then fail.usage(("only one run can be named, not %s too"):format(word))
    else name = word end
  end
  local journal = runner.journal()
  local run = runner.pick(journal, name, resumable(runs), "to take up")
  local settings = runner.settings(given, { params = secrets_again(run, words), accept = given.accept, journal = journal,
    rotated = given.rotated, rollback = back,
    script = given.with_new_script and source.file(given.with_new_script, "the script") or nil })
  return runner.finish(require("hwdb.runbook").resume(run.id, settings), given)
end

function M.run(given, rest)
  return M.take_up(given, rest)
end

return M
