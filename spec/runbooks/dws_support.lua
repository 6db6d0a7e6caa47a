-- SPDX-License-Identifier: Apache-2.0
-- For specs of the runbooks about DWS snapshots and whole clusters: dws_changes with a reporter that keeps tables by name.
local changes = require("spec.runbooks.dws_changes")
local support = require("spec.runbooks.support")

local M = setmetatable({}, { __index = changes })

local function reporter()
  local r = support.reporter()
  r.tables = {}
  function r:table(t) self.tables[t.name] = t end
  return r
end

---As dws_changes.run; what options have besides, such as ask, goes to the run.
function M.run(world, name, params, accept, options)
  local given = { report = reporter() }
  for key, value in pairs(options or {}) do given[key] = value end
  local result = changes.run(world, name, params, accept, given)
  return result, given.report
end

---Parameters with some of their own; "absent" takes one away.
function M.with(params, more)
  for key, value in pairs(more or {}) do params[key] = value end
  for key, value in pairs(params) do
    if value == "absent" then params[key] = nil end
  end
  return params
end

---The cluster of a name that is not deleted.
function M.named(world, name)
  for _, cluster in ipairs(world.sim.state.dws.clusters) do
    if cluster.name == name and not cluster.deleted then return cluster end
  end
end

---The snapshot of a name that is not deleted.
function M.snapshot(world, name)
  for _, snapshot in ipairs(world.sim.state.dws.snapshots) do
    if snapshot.name == name and not snapshot.gone_from then return snapshot end
  end
end

---Takes a manual snapshot, and waits for it.
function M.take(world, cluster_id, name)
  assert(world.client.dws:create_snapshot({ snapshot = { name = name, cluster_id = cluster_id } }))
  world.sim:advance(400)
end

return M
