-- SPDX-License-Identifier: Apache-2.0
-- hwdb policy SCRIPT: the permissions its calls need, from the documents' tables, as a custom policy of IAM.
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local permissions = require("hwdb.cli.permissions")
local script = require("hwdb.cli.script")
local uses = require("hwdb.cli.uses")

local function source_of(given)
  local runbook = require("hwdb.runbook")
  if script.is_name(given) or script.is_runbook(script.text(given)) then
    local rb, err = runbook.load(given)
    if not rb then error(err, 0) end
    return rb.source, rb
  end
  return script.text(given), nil
end

-- A policy is read by people before IAM gets it.
local function shown(policy)
  local lines = { "{", ('  "Version": %s,'):format(core.encode(policy.Version)), '  "Statement": [' }
  for i, statement in ipairs(policy.Statement) do
    lines[#lines + 1] = ('    {"Effect": "%s", "Action": ['):format(statement.Effect)
    for j, action in ipairs(statement.Action) do
      lines[#lines + 1] = ("      %s%s"):format(core.encode(action), j < #statement.Action and "," or "")
    end
    lines[#lines + 1] = "    ]}" .. (i < #policy.Statement and "," or "")
  end
  lines[#lines + 1] = "  ]"
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

local function warn(format, ...)
  output.note("%s %s", output.paint("yellow", "warning:", 2), format:format(...))
end

local function remarks(path, needs, unseen)
  if #needs.unstated > 0 then
    output.note("the documents state no permission for: %s", table.concat(needs.unstated, ", "))
  end
  if #needs.own > 0 then output.note("by the header alone: %s", table.concat(needs.own, ", ")) end
  for _, role in ipairs(needs.roles) do output.note("besides, as roles of the system: %s", role) end
  if #needs.actions + #needs.own == 0 then output.note("%s: nothing that a policy could name", path) end
  for _, entry in ipairs(unseen) do warn("%s:%d: %s", path, entry.line, entry.text) end
  if #needs.missing > 0 then warn("%s: the header's permissions lack: %s", path, table.concat(needs.missing, ", ")) end
  if #needs.extra > 0 then
    warn("%s: the header names what the documents state for none of its calls: %s", path, table.concat(needs.extra, ", "))
  end
end

local function entries(list)
  local all = core.array({})
  for i, use in ipairs(list) do
    all[i] = { op = use.op, permission = use.row.permission, lines = core.array(use.lines),
      reads = use.reads and core.array(use.reads) or nil }
  end
  return all
end

return {
  usage = { "hwdb policy SCRIPT [--check] [--json]" },
  details = "Reads the operations out of the script's text, adds what the engine reads to wait for its changes and to find out\n"
    .. "about them, and gives the permissions that the documents state for them. What the documents leave out is named.\n"
    .. "The header adds those of services whose documents have none (RDS, BSS, IAM, DBSS): they are taken over.",
  options = {
    { name = "check", help = "end with exit code 1 when the header's permissions are others" },
    { name = "json", help = "{\"policy\", \"operations\", \"unstated\", \"missing\", \"extra\", \"own\", \"roles\", \"unseen\"}" },
  },
  examples = { "hwdb policy ddm_shard_migration", "hwdb policy my_runbook.lua --check" },
  exits = { "0  done", "1  with --check: the header differs", "2  the script cannot be read" },
  run = function(given, rest)
    if #rest ~= 1 then fail.usage("policy takes one script", "see: hwdb policy --help") end
    local text, rb = source_of(rest[1])
    local list, unseen = uses.of(text)
    local needs = permissions.of(list, rb and (rb.permissions or {}))
    local policy = permissions.policy(needs)
    if given.json then
      output.json({ policy = policy, operations = entries(list), unstated = needs.unstated, missing = needs.missing,
        extra = needs.extra, own = needs.own, roles = needs.roles, unseen = core.array(unseen) })
    else
      output.line("%s", shown(policy))
      remarks(rb and rb.file or rest[1], needs, unseen)
    end
    return given.check and #needs.missing + #needs.extra > 0 and fail.EXIT.failed or fail.EXIT.done
  end,
}
