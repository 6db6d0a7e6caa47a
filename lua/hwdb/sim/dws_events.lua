-- SPDX-License-Identifier: Apache-2.0
-- What happened to clusters and snapshots (5.9.1). The document shows one
-- definition, deleteClusterSuccess; the others are named after it.
local pages = require("hwdb.sim.dws_pages")
local lookup = require("hwdb.sim.dws_lookup")

local M = {}

local function definition(display, source, severity)
  return { display = display, source = source or "cluster", severity = severity or "normal" }
end

local DEFINITIONS = {
  createClusterSuccess = definition("Cluster created"),
  createClusterFail = definition("Cluster creation failed", nil, "warning"),
  deleteClusterSuccess = definition("Cluster deleted"),
  deleteClusterFail = definition("Cluster deletion failed", nil, "warning"),
  restartClusterSuccess = definition("Cluster restarted"),
  restartClusterFail = definition("Cluster restart failed", nil, "warning"),
  resizeClusterSuccess = definition("Cluster scaled out"),
  resizeClusterFail = definition("Cluster scale-out failed", nil, "warning"),
  shrinkClusterSuccess = definition("Cluster scaled in"),
  shrinkClusterFail = definition("Cluster scale-in failed", nil, "warning"),
  changeFlavorSuccess = definition("Cluster flavor changed"),
  changeFlavorFail = definition("Cluster flavor change failed", nil, "warning"),
  clusterReadonly = definition("Cluster read-only", nil, "warning"),
  cancelReadonlySuccess = definition("Cluster read-only canceled"),
  createBackupSuccess = definition("Snapshot created", "backup"),
  createBackupFail = definition("Snapshot creation failed", "backup", "warning"),
  deleteBackupSuccess = definition("Snapshot deleted", "backup"),
  restoreClusterSuccess = definition("Cluster restored", "backup"),
  restoreClusterFail = definition("Cluster restoration failed", "backup", "warning"),
}

-- A log, not a record.
M.KEPT = 1000

---Notes an event.
---@param ctx hwdb.sim.Context
---@param source table the cluster or snapshot
---@param name string one of the definitions
function M.add(ctx, source, name)
  local list = ctx.state.dws.events
  list[#list + 1] = { id = ctx:uuid(), name = name, occurred = ctx.now, project_id = source.project_id,
    source_id = source.id, source_name = source.name }
  if #list > M.KEPT then table.remove(list, 1) end
  source.events = (source.events or 0) + 1
end

local function view(event)
  local of = DEFINITIONS[event.name]
  local noun, happening = of.display:match("^(%S+) (.*)$")
  return { event_id = event.id, category = "management", description = ("%s %%s %s"):format(noun, happening),
    name = event.name, display_name = of.display, name_space = "dws", severity = of.severity, source_type = of.source,
    occur_time = event.occurred, project_id = event.project_id, source_id = event.source_id, status = 2,
    source_name = event.source_name, subject = "DWS event notification",
    context = ("The %s %s is %s"):format(noun:lower(), event.source_name, happening) }
end

local function list_events(ctx, args)
  local found, all = {}, ctx.state.dws.events
  for i = #all, 1, -1 do
    if lookup.own(ctx, all[i]) then found[#found + 1] = all[i] end
  end
  return { events = pages.page(found, args, 1000, view), count = #found }
end

M.operations = { ["dws.list_events"] = list_events }

return M
