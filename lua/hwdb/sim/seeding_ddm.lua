-- SPDX-License-Identifier: Apache-2.0
-- DDM instances with nodes, groups and schemas out of an inventory, and the
-- engines and node classes an order may name.
local orders = require("hwdb.sim.bss_orders")
local groups = require("hwdb.sim.ddm_group_state")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local seeding = require("hwdb.sim.seeding")
local world = require("hwdb.sim.world")

local M = {}

local function engines(reads)
  local list = {}
  for i, entry in ipairs(reads:items("ddm.list_engines", "engineGroups")) do
    list[i] = { id = entry.id, version = seeding.text(entry.version, "3.1.0") }
  end
  if #list > 0 then reads.state.ddm.engines = list end
end

local function flavors(reads)
  local list, seen = {}, {}
  for _, group in ipairs(reads:items("ddm.list_flavors", "computeFlavorGroups")) do
    for _, entry in ipairs(seeding.list(group.computeFlavors)) do
      if not seen[entry.id] then
        seen[entry.id] = true
        list[#list + 1] = { id = entry.id, code = seeding.text(entry.code, "ddm"), cpu = seeding.whole(entry.cpu, 8),
          mem = seeding.whole(entry.mem, 16) }
      end
    end
  end
  if #list > 0 then reads.state.ddm.flavors = list end
end

-- A group's class shows by its size and architecture only; the first group has the instance's.
local function class_of(reads, group)
  for _, flavor in ipairs(reads.state.ddm.flavors) do
    if flavor.cpu == seeding.whole(group.cpu_num_per_node, 0) and flavor.mem == seeding.whole(group.mem_num_per_node, 0)
      and groups.architecture(flavor.code) == seeding.text(group.architecture) then return flavor end
  end
end

local function groups_of(reads, id)
  local list = {}
  for i, group in ipairs(seeding.list(reads:of("ddm.list_groups", { instance_id = id }).group_list)) do
    list[i] = { id = group.id, name = seeding.text(group.name, "default"), type = seeding.text(group.role, "rw") }
    local class = i > 1 and class_of(reads, group)
    if class then list[i].flavor_ref, list[i].cpu, list[i].mem = class.code, class.cpu, class.mem end
  end
  return #list > 0 and list or nil
end

local function zones_of(entry)
  local list = {}
  for zone in seeding.text(entry.available_zone, ""):gmatch("[^,%s]+") do list[#list + 1] = zone end
  return #list > 0 and list or nil
end

local function spec_of(reads, entry)
  local created = seeding.time(entry.created, reads.now)
  return { id = entry.id, name = seeding.text(entry.name, "ddm"), status = seeding.text(entry.status, "RUNNING"),
    created = created, updated = seeding.time(entry.updated, created), zones = zones_of(entry), vpc_id = entry.vpc_id,
    subnet_id = entry.subnet_id, security_group_id = entry.security_group_id, flavor_ref = seeding.text(entry.flavor_ref),
    cpu = seeding.whole(entry.core_count, 8), mem = seeding.whole(entry.ram_capacity, 16), order_id = seeding.text(entry.order_id),
    engine_version = seeding.text(entry.engine_version), access_port = seeding.whole(entry.access_port, 5066),
    enable_ssl = entry.enable_ssl == true, enterprise_project_id = seeding.text(entry.enterprise_project_id),
    admin_user_name = seeding.text(entry.admin_user_name), groups = groups_of(reads, entry.id) }
end

-- The minted nodes take the account's ids, addresses and states.
local function name_nodes(instance, entries)
  for i, node in ipairs(instance.nodes) do
    local entry = seeding.list(entries[i])
    node.id, node.ip = seeding.text(entry.node_id, node.id), seeding.text(entry.ip, node.ip)
    node.status, node.group_id = seeding.text(entry.status, node.status), seeding.text(entry.group_id, node.group_id)
  end
end

-- A data node that the inventory of RDS does not have is known by what its schema says of it.
local function data_nodes(reads, instance, entry)
  local list = {}
  for _, used in ipairs(seeding.list(entry.used_rds)) do
    local node = rds.find(reads, used.id) or world.add_rds(reads.state, { id = used.id, name = seeding.text(used.name, "rds"),
      vpc_id = instance.vpc_id, subnet_id = instance.subnet_id })
    list[#list + 1] = node.id
  end
  return list
end

-- Which node a shard is on, where the details say so.
local function place_shards(schema, shards)
  for _, entry in ipairs(seeding.list(shards)) do
    for _, shard in ipairs(schema.shards) do
      if shard.index == seeding.whole(entry.dbslot, -1) then shard.data_node_id = seeding.text(entry.id, shard.data_node_id) end
    end
  end
end

local function add_schema(reads, instance, entry)
  local used = data_nodes(reads, instance, entry)
  local name = seeding.text(entry.name)
  if not name or #used == 0 then return end
  local schema = schemas.add(reads, instance, { name = name, mode = seeding.text(entry.shard_mode, "cluster"),
    count = math.max(1, seeding.whole(entry.shard_number, #used)), node_ids = used, status = seeding.text(entry.status, "RUNNING") })
  schema.created = seeding.time(entry.created, instance.created)
  schema.updated = schema.created
  local shown = reads:of("ddm.show_schema", { instance_id = instance.id, ddm_dbname = name }).database
  if shown then place_shards(schema, shown.databases) end
end

-- Billing knows a bought instance too; when its time is up the reads do not say.
local function subscribe(reads, instance)
  local id = instance.order_id
  if not id or reads.state.bss.orders[id] then return end
  reads.state.bss.orders[id] = { id = id, status = orders.DONE, service = "ddm", project_id = instance.project_id,
    created = instance.created, paid_at = instance.created, effective = instance.created, resource_id = instance.id, spec = {} }
end

-- Whether nodes were added since the last upgrade no answer shows: the present ones count as old.
local function last_upgrade(reads, instance)
  local versions = reads:of("ddm.list_database_available_versions", { instance_id = instance.id })
  if seeding.text(versions.previous_version, "") == "" then return end
  instance.previous_version, instance.upgraded_nodes = versions.previous_version, {}
  for _, node in ipairs(instance.nodes) do instance.upgraded_nodes[node.id] = true end
end

local function add(reads, entry)
  local shown = reads:of("ddm.show_instance", { instance_id = entry.id })
  for key, value in pairs(shown) do entry[key] = value end
  local spec = spec_of(reads, entry)
  local listed = seeding.list(reads:of("ddm.list_nodes", { instance_id = entry.id }).nodes or shown.nodes)
  spec.node_num = math.max(1, #listed, seeding.whole(entry.node_count, 1))
  local instance = world.add_ddm(reads.state, reads.project_id, spec)
  name_nodes(instance, listed)
  last_upgrade(reads, instance)
  subscribe(reads, instance)
  instance.load_balancing, instance.access_ip = #instance.nodes > 1, seeding.text(entry.access_ip, instance.nodes[1].ip)
  for _, schema in ipairs(seeding.list(reads:of("ddm.list_schemas", { instance_id = entry.id }).databases)) do
    add_schema(reads, instance, schema)
  end
end

---@param reads hwdb.sim.Reads
function M.fill(reads)
  engines(reads)
  flavors(reads)
  for _, entry in ipairs(reads:items("ddm.list_instances", "instances")) do
    if seeding.text(entry.id) then add(reads, entry) end
  end
end

return M
