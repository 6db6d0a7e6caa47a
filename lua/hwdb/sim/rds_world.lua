-- SPDX-License-Identifier: Apache-2.0
-- RDS's own part of the worlds; the data nodes themselves come with DDM's.
local flavors = require("hwdb.sim.rds_flavors")
local ids = require("hwdb.sim.ids")

local M = {}

-- Two databases that DBSS's examples audit, out of the VPC of DDM's.
local DOCUMENTS = {
  { id = "123751d3ee2f47aea64822e98318c6a8in01", name = "rds1", ip = "192.168.0.119", version = "8.0" },
  { id = "2343f7285d684fed8b09fac201c3fc7ain01", name = "rds2", ip = "192.168.0.92", version = "8.0" },
}

-- Ids come from a stream of their own, so that other services' worlds keep theirs.
---@param state table
---@param world table the builder functions
function M.fill(state, world)
  local stream = { random = state.random ~ 0x524453 }
  local rds = state.rds
  rds.jobs, rds.backups, rds.next_ip = {}, {}, 0
  rds.flavors = flavors.classes(function() return ids.uuid(stream) end)
  if state.world ~= "documents" then return end
  for _, spec in ipairs(DOCUMENTS) do
    spec.vpc_id, spec.subnet_id = "76d98391-5abc-46ed-b8a8-f664202cb166", "97ef0bb5-3759-4db4-aa49-0d087ed49ce5"
    world.add_rds(state, spec)
  end
end

return M
