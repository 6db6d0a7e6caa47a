-- SPDX-License-Identifier: Apache-2.0
-- hwdb conform: do the service's answers have the shapes that the documents give them?
local conform = require("hwdb.conform")
local connect = require("hwdb.cli.connect")
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")

local STYLES = { ["as documented"] = "green", differs = "yellow", failed = "red", ["not reached"] = "dim" }

local WORDS = {
  unknown = "%s: not documented (%s)",
  type = "%s: %s came, documented is %s",
  null = "%s: null came, documented is %s",
  choice = "%s: an undocumented value, %s",
}

local function explain(difference)
  local path = difference.path == "" and "the whole answer" or difference.path
  if difference.what == "null" then return WORDS.null:format(path, difference.documented) end
  return WORDS[difference.what]:format(path, difference.answered, difference.documented)
end

local function show(result)
  local more = result.why or ""
  if result.outcome == "failed" then
    more = ("%s%s%s"):format(result.kind, result.status and " HTTP " .. result.status or "", result.code and " " .. result.code or "")
  end
  local mark = ("%-13s"):format(result.outcome)
  output.line("%s  %-40s %s", output.paint(STYLES[result.outcome], mark), result.operation, more)
  for _, difference in ipairs(result.differences or {}) do output.line("%s%s", (" "):rep(15), explain(difference)) end
end

local function services(given)
  if not given.service then return nil end
  for _, name in ipairs(given.service) do
    options.require_service("conform", name, conform.SERVICES)
  end
  return given.service
end

-- Opened before the first call: minutes of calls are not lost on a mistyped path.
local function open(path)
  local file, message = io.open(path, "wb")
  if not file then fail.usage("cannot write the report: " .. message) end
  return file
end

local function write(file, path, report)
  local ok, problem = file:write(core.encode(report), "\n")
  local closed, late = file:close()
  if not ok or not closed then fail.raise("output", ("cannot write the report to %s: %s"):format(path, problem or late)) end
end

local function conclude(report, path)
  local count = report.summary
  output.line("\n%d calls: %d as documented, %d with differences, %d failed; %d not reached", report.calls,
    count["as documented"], count.differs, count.failed, count["not reached"])
  if path then output.line("The report in %s holds names of fields, types and codes; no values, ids or secrets.", path) end
end

return {
  usage = { "hwdb conform [--output FILE] [options]" },
  details = "Calls every operation that only reads, once and slowly, with what other reads list (first instance, first\n"
    .. "cluster, ...), and reports where an answer's shape differs from the documents. Changes nothing. The report can be\n"
    .. "attached to a bug report as it is.",
  options = options.join({
    { name = "output", value = "FILE", help = "write the report there, as JSON" },
    { name = "service", value = "NAME", many = true, help = "only ddm, dws or dbss; may be repeated" },
    { name = "pace", value = "SECONDS", help = ("between two calls; %d unless given"):format(conform.PACE_SECONDS) },
    { name = "json", help = "the report on stdout instead of lines" },
  }, options.CLIENT),
  examples = { "hwdb conform --output conform.json", "hwdb conform --sim" },
  exits = { "0  every answer is as documented", "1  some differ, or none came", "2  usage, or no credentials", "130  interrupted" },
  run = function(given, rest)
    if #rest > 0 then fail.usage(("conform takes options only, not %s"):format(rest[1])) end
    local wanted, pace = services(given), options.positive(given, "pace")
    local client = connect.client(given)
    local file = given.output and open(given.output)
    local report = conform.run(client, { services = wanted, pace = pace, on_result = not given.json and show or nil })
    if file then write(file, given.output, report) end
    if given.json then output.json(report) else conclude(report, given.output) end
    local good = report.summary.differs == 0 and report.summary["as documented"] > 0
    return good and fail.EXIT.done or fail.EXIT.failed
  end,
}
