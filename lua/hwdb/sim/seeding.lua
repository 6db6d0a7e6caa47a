-- SPDX-License-Identifier: Apache-2.0
-- A state out of somebody's own account.
local world = require("hwdb.sim.world")
local M = {}
function M.build(document, wanted)
  wanted.project_id = wanted.project_id or document.project_id
  wanted.world = "empty"
  return world.build(wanted)
end
return M
