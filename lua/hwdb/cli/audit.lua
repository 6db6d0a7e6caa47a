-- SPDX-License-Identifier: Apache-2.0
-- hwdb audit verify: whether the chain of records about changes is whole.
local control = require("hwdb.runbook.control")
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local runner = require("hwdb.cli.runner")

return {
  usage = { "hwdb audit verify [--head HASH]" },
  details = "Any record changed or out of order is found by itself. A tail that was cut off, or a chain written anew, shows only\n"
    .. "against a head hash kept elsewhere: every report and notice carries it.",
  options = {
    { name = "head", value = "HASH", help = "a head hash of earlier; it has to be in the chain" },
    { name = "json", help = "the records as JSON lines" },
  },
  examples = { "hwdb audit verify", "hwdb audit verify --head 5f3c..." },
  run = function(given, rest)
    if rest[1] ~= "verify" or #rest > 1 then fail.usage("audit knows one thing: hwdb audit verify") end
    local journal = runner.journal()
    local ok, err = journal:check()
    if not ok then error(err, 0) end
    local found = control.verify_audit(journal, given.head, given.json and output.json or nil)
    if found.problem then fail.raise("failed", found.problem, "compare with the reports and notices of these runs") end
    if not given.json then output.line("%d records, chain whole, head %s", found.count, found.count > 0 and found.head or "none") end
  end,
}
