-- SPDX-License-Identifier: Apache-2.0
-- RDS instances out of an inventory; any login opens them, since no answer
-- tells a password.
local seeding = require("hwdb.sim.seeding")
local world = require("hwdb.sim.world")

local M = {}

local function first(list) return seeding.list(list)[1] end

local function status_of(entry)
  local status = seeding.text(entry.status, "ACTIVE")
  return status == "ACTIVE" and "normal" or status:lower()
end

local function spec_of(reads, entry)
  local store, volume = seeding.list(entry.datastore), seeding.list(entry.volume)
  local node = seeding.list(first(entry.nodes))
  return { id = entry.id, name = seeding.text(entry.name, "rds"), status = status_of(entry),
    engine = seeding.text(store.type, "MySQL"):lower(), version = seeding.text(store.version, "5.7"),
    ip = seeding.text(first(entry.private_ips), "192.168.200.1"), port = seeding.whole(entry.port, 3306),
    cpu = seeding.whole(entry.cpu, 2), mem = seeding.whole(entry.mem, 4), vpc_id = entry.vpc_id, subnet_id = entry.subnet_id,
    security_group_id = entry.security_group_id, az = seeding.text(node.availability_zone),
    time_zone = seeding.text(entry.time_zone), disk_gb = seeding.whole(volume.size, 200),
    admin_user = seeding.text(entry.db_user_name), created = seeding.time(entry.created, reads.now) }
end

---@param reads hwdb.sim.Reads
function M.fill(reads)
  for _, entry in ipairs(reads:items("rds.list_instances", "instances")) do
    if seeding.text(entry.id) then world.add_rds(reads.state, spec_of(reads, entry)) end
  end
end

return M
