-- SPDX-License-Identifier: Apache-2.0
-- DBSS instances out of an inventory.
local M = {}

---@param reads hwdb.sim.Reads
function M.fill(reads)
  local _ = reads
end

return M
