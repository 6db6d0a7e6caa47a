-- SPDX-License-Identifier: Apache-2.0
-- DWS's part of the worlds: what the region offers in each, and in `default`
-- one cluster with a snapshot.
local build = require("hwdb.sim.dws_build")
local catalogue = require("hwdb.sim.dws_catalogue")
local clock = require("hwdb.sim.clock")
local documents = require("hwdb.sim.dws_world_documents")
local ids = require("hwdb.sim.ids")
local policies = require("hwdb.sim.dws_policies")
local store = require("hwdb.sim.dws_snapshot_store")
local times = require("hwdb.sim.times")

local M = {}

local FLAVORS = {
  { name = "dws.m3.xlarge", kind = "dws", vcpus = 4, ram = 32, disk = 160, disk_type = "SSD" },
  { name = "dws.d2.xlarge", kind = "dws", vcpus = 4, ram = 32, disk = 1675, disk_type = "LOCAL_DISK" },
  { name = "dws2.m6.4xlarge.8", kind = "dws", vcpus = 16, ram = 128, disk = 2000, disk_type = "SSD" },
  { name = "dwsx2.xlarge.m7", kind = "dws", vcpus = 4, ram = 32, disk = 100, elastic = true },
  { name = "dws2.h.xlarge.4.c7", kind = "hybrid", vcpus = 4, ram = 16, disk = 100, elastic = true },
}

-- What building needs of a context. Its ids come from a stream of their own, so
-- that other services' worlds keep theirs.
local function minter(state, project_id)
  local stream = { random = state.random ~ 0x445753 }
  local timers = clock.new(state, { real = false, time_scale = 1 }, function() end)
  return { state = state, now = state.now, project_id = project_id, uuid = function() return ids.uuid(stream) end,
    schedule_at = function(_, due, kind, data) return timers:schedule_at(due, kind, data) end }
end

local function bare(state, mint)
  state.dws = { next_ip = 10, clusters = {}, snapshots = {}, jobs = {}, events = {}, alarms = {}, alarm_subs = {},
    event_subs = {}, eips = {}, elbs = {}, pools = {}, flavors = {},
    quotas = { instances = 100, core = 4000, ram = 32000, disk = 1000, disk_capacity = 400000 } }
  for i, flavor in ipairs(FLAVORS) do
    local copy = { id = mint:uuid() }
    for key, value in pairs(flavor) do copy[key] = value end
    state.dws.flavors[i] = copy
  end
end

---Adds an available cluster; `spec` overrides anything of it.
---@param mint hwdb.sim.Mint
---@param spec table
---@return table cluster
function M.add_cluster(mint, spec)
  local state, now = mint.state, mint.now
  local network = state.network
  local wanted = { name = "dws", flavor = state.dws.flavors[1], nodes = 6, cns = 3, vpc_id = network.vpcs[1].id,
    subnet_id = network.subnets[2].id, security_group_id = network.security_groups[2].id, zone = network.zones[1].id,
    version = catalogue.VERSIONS[2], project_id = mint.project_id, data_gb = 300 }
  for key, value in pairs(spec) do wanted[key] = value end
  local cluster = build.cluster(mint, wanted)
  cluster.status, cluster.sub_status = "AVAILABLE", "NORMAL"
  cluster.created, cluster.updated = now - 40 * times.DAY_MS, now - 40 * times.DAY_MS
  build.set_nodes(cluster, "200")
  table.insert(state.dws.clusters, cluster)
  policies.arm(mint, cluster)
  return cluster
end

---Adds a complete snapshot of a cluster, taken so many hours ago.
---@param mint hwdb.sim.Mint
---@param cluster table
---@param spec table
---@param hours number
---@return table snapshot
function M.add_snapshot(mint, cluster, spec, hours)
  local snapshot = store.add(mint, cluster, spec)
  snapshot.started = mint.now - hours * 3600000
  store.complete(snapshot, snapshot.started + 120000)
  return snapshot
end

---Adds a load balancer; one without `vip` cannot be bound.
---@param mint hwdb.sim.Mint
---@param spec { id: string?, name: string, vip: string? }
function M.add_elb(mint, spec)
  local network = mint.state.network
  local elb = { id = spec.id or mint:uuid(), name = spec.name, description = spec.description or "", vip = spec.vip,
    vpc_id = network.vpcs[1].id, subnet_id = network.subnets[1].id }
  table.insert(mint.state.dws.elbs, elb)
  return elb
end

local function default(mint)
  local state = mint.state
  local cluster = M.add_cluster(mint, { name = "dws-orders", tags = { { key = "team", value = "orders" } } })
  M.add_snapshot(mint, cluster, { name = "dws-orders-initial", type = "MANUAL" }, 48)
  cluster.audit = { since = state.now - 2 * 3600000, every_ms = 3600000, bucket = "dws-audit", prefix = "dws-orders" }
  M.add_elb(mint, { name = "elb-dws", vip = "192.168.0.222" })
  M.add_elb(mint, { name = "elb-without-address" })
  for _ = 1, 2 do table.insert(state.dws.eips, { id = mint:uuid() }) end
  table.insert(state.dws.pools, { id = mint:uuid(), name = "pool-1", project_id = mint.project_id, capacity = 1000,
    zone = state.network.zones[1].id, created = "2025-01-01T08:00:00.000000" })
end

---Fills DWS's part of a new state.
---@param state table
---@param project_id string
function M.fill(state, project_id)
  local mint = minter(state, project_id)
  bare(state, mint)
  if state.world == "default" then default(mint) end
  if state.world == "documents" then documents.fill(mint, M) end
end

return M
