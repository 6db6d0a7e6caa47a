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
    mode = entry.type == "Single" and "Single" or "Ha", flavor_ref = seeding.text(entry.flavor_ref),
    disk_type = seeding.text(volume.type), backup_days = seeding.whole(seeding.list(entry.backup_strategy).keep_days, 7),
    time_zone = seeding.text(entry.time_zone), disk_gb = seeding.whole(volume.size, 200),
    admin_user = seeding.text(entry.db_user_name), created = seeding.time(entry.created, reads.now) }
end

-- The account's own classes can be ordered again.
local function offer(reads, node)
  local flavors = reads.state.rds.flavors
  for _, flavor in ipairs(flavors) do
    if flavor.code == node.flavor_ref then return end
  end
  flavors[#flavors + 1] = { id = reads:uuid(), code = node.flavor_ref, mode = node.mode == "Ha" and "ha" or "single",
    cpu = node.cpu, mem = node.mem }
end

---@param reads hwdb.sim.Reads
function M.fill(reads)
  for _, entry in ipairs(reads:items("rds.list_instances", "instances")) do
    if seeding.text(entry.id) then
      local node = world.add_rds(reads.state, spec_of(reads, entry))
      if node.flavor_ref then offer(reads, node) end
    end
  end
end

return M
