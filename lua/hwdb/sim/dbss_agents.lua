-- SPDX-License-Identifier: Apache-2.0
-- The audit agents of an instance, on and off (3.1.2). A database is audited
-- while one of its agents is on.
local errors = require("hwdb.sim.dbss_errors")
local logs = require("hwdb.sim.dbss_logs")
local lookup = require("hwdb.sim.dbss_lookup")

local M = {}

local function switch_agent(ctx, args)
  local instance = lookup.get(ctx, args.instance_id)
  local agent = lookup.entry(instance.agents, args.agent_id)
  if not agent or (args.status ~= 0 and args.status ~= 1) then errors.refuse("DBSS.10000001") end
  lookup.require_running(ctx, instance, "result")
  agent.status = args.status
  local what = args.status == 1 and "Open the audit agent." or "Close the audit agent."
  logs.add(ctx, instance, { "Database list", "Update", agent.id, what })
  return { result = "SUCCESS" }, agent.id
end

M.operations = { ["dbss.switch_agent"] = switch_agent }

return M
