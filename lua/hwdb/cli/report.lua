-- SPDX-License-Identifier: Apache-2.0
-- hwdb report: the account of a run, as Markdown, JSON or one HTML page.
local account = require("hwdb.runbook.account")
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")

local FORMATS = { md = "account_md", json = false, html = "account_html" }

return {
  usage = { "hwdb report [RUN] [--format md|json|html]" },
  options = { { name = "format", value = "FORMAT", help = "md (default), json or html" },
    { name = "output", value = "FILE", help = "write it there instead of to stdout" } },
  examples = { "hwdb report 20260101-0800-3fa9c1 --format html --output run.html" },
  run = function(given, rest)
    local format = given.format or "md"
    if FORMATS[format] == nil then fail.usage(("there is no format %s"):format(format), "formats: md, json, html") end
    local journal = runner.journal()
    local run = runner.pick(journal, runner.one_word(rest, "report"), function() return true end, "to report on")
    local told = account.of(journal, run)
    local text = FORMATS[format] and require("hwdb.runbook." .. FORMATS[format]).text(told)
      or require("hwdb.core").encode(told) .. "\n"
    if not given.output then return output.write(text) end
    local file, message = io.open(given.output, "wb")
    if not file or not file:write(text) or not file:close() then
      fail.raise("failed", ("cannot write the report: %s"):format(message or given.output))
    end
    output.line("wrote %s", given.output)
  end,
}
