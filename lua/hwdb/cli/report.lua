-- SPDX-License-Identifier: Apache-2.0
-- hwdb report: the account of a run, as Markdown, JSON or one HTML page, or its result tables as CSV.
local account = require("hwdb.runbook.account")
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")
local tables = require("hwdb.runbook.tables")

local FORMATS = {
  md = function(told) return require("hwdb.runbook.account_md").text(told) end,
  html = function(told) return require("hwdb.runbook.account_html").text(told) end,
  json = function(told) return require("hwdb.core").encode(told) .. "\n" end,
  csv = function(told)
    if #told.tables == 0 then fail.usage("the run shows no table: CSV is for result tables", "formats of any run: md, json, html") end
    return tables.csv(told.tables)
  end,
}

return {
  usage = { "hwdb report [RUN] [--format md|json|html|csv]" },
  options = { { name = "format", value = "FORMAT", help = "md (default), json, html, or csv of its result tables" },
    { name = "output", value = "FILE", help = "write it there instead of to stdout" } },
  examples = { "hwdb report 20260101-0800-3fa9c1 --format html --output run.html" },
  run = function(given, rest)
    local format = given.format or "md"
    if not FORMATS[format] then fail.usage(("there is no format %s"):format(format), "formats: md, json, html, csv") end
    local journal = runner.journal()
    local run = runner.pick(journal, runner.one_word(rest, "report"), function() return true end, "to report on")
    local text = FORMATS[format](account.of(journal, run))
    if not given.output then return output.write(text) end
    local file, message = io.open(given.output, "wb")
    if not file or not file:write(text) or not file:close() then
      fail.raise("failed", ("cannot write the report: %s"):format(message or given.output))
    end
    output.line("wrote %s", given.output)
  end,
}
