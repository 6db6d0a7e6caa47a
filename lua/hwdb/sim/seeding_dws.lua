-- SPDX-License-Identifier: Apache-2.0
-- DWS clusters and snapshots out of an inventory, with policies, tags, CNs, parameters, resource pools; subscriptions.
local clock = require("hwdb.sim.clock")
local dws_world = require("hwdb.sim.dws_world")
local parameters = require("hwdb.sim.dws_parameters")
local policies = require("hwdb.sim.dws_policies")
local seeding = require("hwdb.sim.seeding")
local store = require("hwdb.sim.dws_snapshot_store")

local M = {}

local function number_of(entry, kind, otherwise)
  for _, detail in ipairs(seeding.list(entry.detail)) do
    if detail.type == kind then return seeding.whole(detail.value, otherwise) end
  end
  return otherwise
end

-- The account's node classes, by their names; those it does not have stay.
local function flavors(reads)
  local known = reads.state.dws.flavors
  for _, entry in ipairs(reads:items("dws.list_node_types", "node_types")) do
    local own
    for _, flavor in ipairs(known) do own = own or flavor.name == entry.spec_name and flavor end
    if not own and seeding.text(entry.spec_name) then
      own = { name = entry.spec_name, kind = seeding.text(entry.datastore_type, "dws"),
        vcpus = number_of(entry, "vCPU", seeding.whole(entry.vcpus, 4)), ram = number_of(entry, "mem", seeding.whole(entry.ram, 32)),
        disk = math.max(1, number_of(entry, "SSD", 160)), disk_type = "SSD",
        elastic = #seeding.list(entry.elastic_volume_specs) > 0 or nil }
      known[#known + 1] = own
    end
    if own then own.id = seeding.text(entry.id, own.id) or reads:uuid() end
  end
end

-- A node class by the name the cluster has; one the region's list lacks is made up from another.
local function flavor_of(state, entry)
  for _, flavor in ipairs(state.dws.flavors) do
    if flavor.id == entry.node_type_id or flavor.name == entry.node_type then return flavor end
  end
  local flavor = {}
  for key, value in pairs(state.dws.flavors[1]) do flavor[key] = value end
  flavor.name, flavor.id = seeding.text(entry.node_type, flavor.name), seeding.text(entry.node_type_id, flavor.id)
  table.insert(state.dws.flavors, flavor)
  return flavor
end

local function tags_of(reads, id)
  local list = {}
  for i, tag in ipairs(seeding.list(reads:of("dws.list_cluster_tags", { cluster_id = id }).tags)) do
    list[i] = { key = tag.key, value = seeding.text(tag.value, "") }
  end
  return list
end

local function coordinators(entry, nodes)
  local count = 0
  for _, node in ipairs(seeding.list(entry.nodes)) do
    if seeding.text(node.name, ""):find("-cn", 1, true) then count = count + 1 end
  end
  return math.min(nodes, count > 0 and count or 3)
end

-- The account's policies instead of those a new cluster has; their timers are set anew.
local function set_policies(reads, mint, cluster)
  local read = reads:of("dws.list_snapshot_policy", { cluster_id = cluster.id })
  if type(read.backup_strategies) ~= "table" then return end
  cluster.policies.list = {}
  cluster.policies.keep_day = seeding.whole(read.keep_day, cluster.policies.keep_day)
  for i, entry in ipairs(read.backup_strategies) do
    cluster.policies.list[i] = { id = seeding.text(entry.policy_id) or reads:uuid(), name = seeding.text(entry.policy_name, "policy"),
      strategy = seeding.text(entry.backup_strategy, ""), type = seeding.text(entry.backup_type, "full"),
      level = seeding.text(entry.backup_level, "cluster"), updated = reads.now }
  end
  policies.arm(mint, cluster)
end

local function set_nodes(cluster, entries)
  for i, node in ipairs(cluster.nodes) do
    local entry = seeding.list(entries[i])
    node.id, node.name = seeding.text(entry.id, node.id), seeding.text(entry.name, node.name)
    node.status = seeding.text(entry.status, node.status)
  end
end

-- The CNs stand on the nodes of their names; those whose node is not listed, on the first without one.
local function set_coordinators(reads, cluster)
  local list = seeding.list(reads:of("dws.list_cluster_cn", { cluster_id = cluster.id }).instances)
  if #list == 0 then return end
  for _, node in ipairs(cluster.nodes) do node.cn = nil end
  for _, entry in ipairs(list) do
    local place
    for _, node in ipairs(cluster.nodes) do
      if not node.cn and (node.name == entry.name or not place) then place = node end
    end
    if place and seeding.text(entry.id) then place.cn, place.ip = entry.id, seeding.text(entry.private_ip, place.ip) end
  end
end

-- What a failed or waiting task leaves is the account's too; work in progress is not.
local LOCKS = { CLUSTER_SHRINK_FAILED = "shrink", WAITING_REDISTRIBUTION = "redistribution" }

local function set_task(cluster, entry)
  local word = seeding.text(entry.task_status, "")
  if not (LOCKS[word] or word:find("FAILURE", 1, true) or word:find("FAILED", 1, true)) then return end
  cluster.failure, cluster.locked = word, LOCKS[word]
  if word == "WAITING_REDISTRIBUTION" then cluster.awaiting = {} end
end

local function set_ends(cluster, entry)
  local eip, elb = seeding.text(seeding.list(entry.public_ip).eip_id), seeding.list(entry.elb)
  if eip then cluster.eip = { id = eip } end
  if seeding.text(elb.id) then
    cluster.elb = { id = elb.id, name = seeding.text(elb.name, ""), vip = seeding.text(elb.private_ip, "192.168.0.222"),
      vpc_id = seeding.text(elb.vpc_id, cluster.vpc_id) }
  end
end

local function set_workload(reads, cluster)
  local status = seeding.list(reads:of("dws.show_cluster_workload", { cluster_id = cluster.id }).workload_status)
  cluster.workload.switch = seeding.text(status.workload_switch, cluster.workload.switch)
  cluster.workload.max = seeding.whole(status.max_concurrency_num, cluster.workload.max)
  local names = reads:of("dws.list_workload_queue", { cluster_id = cluster.id }).workload_queue_name_list
  for _, name in ipairs(seeding.list(names)) do
    local shown = seeding.list(reads:of("dws.show_workload_queue", { cluster_id = cluster.id, queue_name = name }).workload_queue)
    local values = {}
    for _, item in ipairs(seeding.list(shown.resource_item_list)) do
      if seeding.text(item.resource_name) then values[item.resource_name] = seeding.whole(item.resource_value, 0) end
    end
    table.insert(cluster.workload.queues, { name = name, logical = "", resources = values })
  end
  for _, plan in ipairs(seeding.list(reads:of("dws.list_workload_plans", { cluster_id = cluster.id }).plan_list)) do
    table.insert(cluster.workload.plans, { id = seeding.text(plan.plan_id, reads:uuid()), name = seeding.text(plan.plan_name, "plan"),
      logical = "", status = plan.status == 1 and "enabled" or "disabled", stages = {} })
  end
end

local function set_parameters(reads, cluster)
  for _, entry in ipairs(seeding.list(reads:of("dws.list_cluster_configurations", { cluster_id = cluster.id }).configurations)) do
    for _, group in ipairs(cluster.groups) do
      if group.type == entry.type then
        group.id, group.name = seeding.text(entry.id, group.id), seeding.text(entry.name, group.name)
        group.status = seeding.text(entry.status, group.status)
      end
    end
  end
  for _, group in ipairs(cluster.groups) do
    local list = seeding.list(reads:of("dws.list_cluster_configurations_parameter", { cluster_id = cluster.id,
      configuration_id = group.id }).configurations)
    if #list > 0 then parameters.take(cluster, list) end
  end
end

-- A text such as "95.2" or "95.2%" as a number.
local function measured(text)
  return tonumber((seeding.text(text, ""):match("%d+%.?%d*")))
end

-- How large the disks are and how full, where the account's are shown.
local function set_disks(reads, cluster)
  local used, size = 0, nil
  for _, disk in ipairs(seeding.list(reads:of("dws.show_cluster_volume", { cluster_id = cluster.id }).disk_info_list)) do
    used, size = used + (measured(disk.disk_used) or 0), size or measured(disk.disk_capacity)
  end
  if not size or size <= 0 then return end
  local own = {}
  for key, value in pairs(cluster.flavor) do own[key] = value end
  cluster.flavor, cluster.data_gb = own, used
  cluster.flavor.disk = size
end

local function set_quotas(reads)
  local known = reads.state.dws.quotas
  for _, answer in ipairs(reads:all("dws.list_quotas")) do
    for _, entry in ipairs(seeding.list(seeding.list(answer.body.quotas).resources)) do
      if known[entry.type] then known[entry.type] = seeding.whole(entry.quota, known[entry.type]) end
    end
  end
end

local function add_cluster(reads, mint, entry)
  for key, value in pairs(seeding.list(reads:of("dws.show_cluster", { cluster_id = entry.id }).cluster)) do entry[key] = value end
  local network = reads.state.network
  local listed = seeding.list(entry.nodes)
  local count = math.max(1, #listed, seeding.whole(entry.number_of_node, 3))
  local cluster = dws_world.add_cluster(mint, { id = entry.id, name = seeding.text(entry.name, "dws"), nodes = count,
    cns = coordinators(entry, count), flavor = flavor_of(reads.state, entry), tags = tags_of(reads, entry.id),
    vpc_id = seeding.text(entry.vpc_id, network.vpcs[1].id), subnet_id = seeding.text(entry.subnet_id, network.subnets[1].id),
    security_group_id = seeding.text(entry.security_group_id, network.security_groups[1].id),
    zone = seeding.text(entry.availability_zone), version = seeding.text(entry.version), user = seeding.text(entry.user_name),
    port = seeding.whole(entry.port, 8000), enterprise_project_id = seeding.text(entry.enterprise_project_id) })
  local status = seeding.text(entry.status, "AVAILABLE")
  cluster.status, cluster.sub_status = status == "ACTIVE" and "AVAILABLE" or status, seeding.text(entry.sub_status, "NORMAL")
  cluster.created = seeding.time(entry.created, cluster.created)
  cluster.updated = seeding.time(entry.updated, cluster.created)
  set_nodes(cluster, listed)
  set_disks(reads, cluster)
  set_coordinators(reads, cluster)
  set_task(cluster, entry)
  set_ends(cluster, entry)
  set_workload(reads, cluster)
  set_parameters(reads, cluster)
  set_policies(reads, mint, cluster)
end

local function cluster_of(state, id)
  for _, cluster in ipairs(state.dws.clusters) do
    if cluster.id == id then return cluster end
  end
end

-- A snapshot outlives its cluster, but what to restore it to is known from the cluster only.
local function add_snapshot(reads, mint, entry)
  local cluster = cluster_of(reads.state, entry.cluster_id)
  if not cluster or not seeding.text(entry.id) then return end
  local snapshot = store.add(mint, cluster, { id = entry.id, name = seeding.text(entry.name, "snapshot"),
    description = seeding.text(entry.description, ""), type = seeding.text(entry.type, "MANUAL") })
  snapshot.started = seeding.time(entry.started, reads.now)
  store.complete(snapshot, seeding.time(entry.finished, snapshot.started))
  snapshot.status, snapshot.size = seeding.text(entry.status, "AVAILABLE"), seeding.whole(entry.size, 1)
  if snapshot.expires and snapshot.expires <= reads.now then snapshot.expires = nil end
end

local function add_subscriptions(reads, op, items, slot)
  for _, entry in ipairs(reads:items(op, items)) do
    local sub = {}
    for key, value in pairs(entry) do sub[key] = value end
    sub.project_id = reads.project_id
    if seeding.text(sub.id) then table.insert(reads.state.dws[slot], sub) end
  end
end

---@param reads hwdb.sim.Reads
function M.fill(reads)
  local state = reads.state
  local timers = clock.new(state, { real = false, time_scale = 1 }, function() end)
  local mint = { state = state, now = state.now, project_id = reads.project_id, uuid = function() return reads:uuid() end,
    schedule_at = function(_, due, kind, data) return timers:schedule_at(due, kind, data) end }
  flavors(reads)
  set_quotas(reads)
  for _, entry in ipairs(reads:items("dws.list_clusters", "clusters")) do
    if seeding.text(entry.id) then add_cluster(reads, mint, entry) end
  end
  for _, entry in ipairs(reads:items("dws.list_snapshots", "snapshots")) do add_snapshot(reads, mint, entry) end
  add_subscriptions(reads, "dws.list_alarm_subs", "alarm_subscriptions", "alarm_subs")
  add_subscriptions(reads, "dws.list_event_subs", "event_subscriptions", "event_subs")
end

return M
