-- SPDX-License-Identifier: Apache-2.0
-- Making clusters: the checks of a creation (5.2.4), the same ones asked for
-- beforehand (5.2.5), and the life from CREATING on. Restoring uses it too.
local alarms = require("hwdb.sim.dws_alarms")
local build = require("hwdb.sim.dws_build")
local catalogue = require("hwdb.sim.dws_catalogue")
local errors = require("hwdb.sim.dws_errors")
local events = require("hwdb.sim.dws_events")
local lookup = require("hwdb.sim.dws_lookup")
local network = require("hwdb.sim.dws_network")
local password = require("hwdb.sim.dws_password")
local policies = require("hwdb.sim.dws_policies")
local quotas = require("hwdb.sim.dws_quotas")
local tag_rules = require("hwdb.sim.dws_tag_rules")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

-- 5.2.4: 3 to 256 nodes; one alone is a standalone hybrid warehouse.
M.LEAST_NODES, M.MOST_NODES = 3, 256

local RESERVED = { omm = true, gs_role = true, postgres = true, public = true, root = true }

local function check_size(flavor, nodes, cns)
  local least = flavor.kind == "hybrid" and 1 or M.LEAST_NODES
  if nodes < least or nodes > M.MOST_NODES then errors.refuse("DWS.5047") end
  if cns and nodes > 1 and (cns < catalogue.LEAST_CN or cns > math.min(nodes, catalogue.MOST_CN)) then
    errors.refuse("DWS.5207")
  end
end

-- A sold-out flavor is refused, or by the reading accepted and then fails.
local function sold_out(ctx, flavor, zone)
  if not (flavor.sold_out and flavor.sold_out[zone]) then return nil end
  if ctx.readings.dws_sold_out == "refuse" then errors.refuse("DWS.5200") end
  return { at = 0.2, code = "ECS.0319", reason = errors.message("ECS.0319") }
end

-- The flavor asked for; the documents' world makes one of any name.
local function flavor_of(ctx, name, by_id, code)
  local flavor = catalogue.flavor(ctx, name, by_id)
  if flavor or not ctx.state.lenient then return flavor or errors.refuse(code) end
  local copy = {}
  for key, value in pairs(ctx.state.dws.flavors[1]) do copy[key] = value end
  copy.name = name
  return copy
end

local function default_cns(nodes)
  return math.min(nodes, 3)
end

-- What a creation needs to know, checked.
local function planned(ctx, cluster)
  local flavor = flavor_of(ctx, cluster.node_type, true, "DWS.5006")
  check_size(flavor, cluster.number_of_node, cluster.number_of_cn)
  lookup.require_free_name(ctx, cluster.name)
  local zone = cluster.availability_zone or ctx.state.network.zones[1].id
  network.require_place(ctx, { vpc_id = cluster.vpc_id, subnet_id = cluster.subnet_id, zone = zone,
    security_group_id = cluster.security_group_id })
  if RESERVED[cluster.user_name] then errors.refuse("DWS.5082") end
  if cluster.user_pwd then password.require(ctx, cluster.user_pwd, cluster.user_name) end
  local demand = quotas.demand(flavor, cluster.number_of_node)
  demand.instances = 1
  quotas.require(ctx, demand)
  return { name = cluster.name, flavor = flavor, nodes = cluster.number_of_node, port = cluster.port, zone = zone,
    cns = cluster.number_of_cn or default_cns(cluster.number_of_node), vpc_id = cluster.vpc_id,
    subnet_id = cluster.subnet_id, user = cluster.user_name, version = catalogue.VERSIONS[1],
    tags = tag_rules.of_creation(cluster.tags), project_id = ctx.project_id,
    enterprise_project_id = cluster.enterprise_project_id }
end

---Adds a cluster in creation and starts the task that makes it available.
---@param ctx hwdb.sim.Context
---@param spec table as for dws_build.cluster
---@param eip table|boolean|nil
---@param task table? what the task differs in
---@return table cluster
function M.add(ctx, spec, eip, task)
  local cluster = build.cluster(ctx, spec)
  local list = ctx.state.dws.clusters
  list[#list + 1] = cluster
  network.give_eip(ctx, cluster, eip)
  ctx:hide(cluster)
  local start = { task = "CREATING", unnamed = true, work = "create_cluster", seconds = SECONDS.create_cluster,
    gap = "CREATING", status = "CREATING", phase = "create" }
  for key, value in pairs(task or {}) do start[key] = value end
  tasks.start(ctx, cluster, start)
  cluster.stale = nil -- there is no older state of a new thing
  return cluster
end

local function create_cluster(ctx, args)
  local wanted = args.cluster
  local spec = planned(ctx, wanted)
  local fail = sold_out(ctx, spec.flavor, spec.zone)
  local eip = network.wanted_eip(ctx, wanted.public_ip)
  spec.security_group_id = network.security_group(ctx, wanted.security_group_id, wanted.name)
  local cluster = M.add(ctx, spec, eip, { fail = fail })
  if wanted.user_pwd then password.keep(cluster, wanted.user_pwd) end
  return { cluster = { id = cluster.id } }, cluster.id
end

local function check_volume(flavor, volume)
  if not volume or not volume.capacity then return end
  if flavor.elastic and (volume.capacity < 100 or volume.capacity > 32000) then errors.refuse("DWS.5061") end
end

-- The same checks under the names of the v2 creation; it wants a flavor's name, never its id.
local function check_cluster(ctx, args)
  local wanted = args.cluster
  local flavor = flavor_of(ctx, wanted.flavor, false, "DWS.5240")
  if not ctx.state.lenient then catalogue.require_version(wanted.datastore_version) end
  check_volume(flavor, wanted.volume)
  local zone = wanted.availability_zones[1]
  planned(ctx, { node_type = flavor.name, number_of_node = wanted.num_node, number_of_cn = wanted.num_cn,
    name = wanted.name or "", vpc_id = wanted.vpc_id, subnet_id = wanted.subnet_id, availability_zone = zone,
    security_group_id = wanted.security_group_id, user_name = wanted.db_name or "dbadmin",
    user_pwd = wanted.db_password, tags = wanted.tag_list })
  if flavor.sold_out and flavor.sold_out[zone] then errors.refuse("DWS.5200") end
  network.wanted_eip(ctx, wanted.public_ip)
  return {}
end

---The end of making a cluster.
---@param cluster table
function M.done(ctx, cluster)
  cluster.status, cluster.sub_status = "AVAILABLE", "NORMAL"
  build.set_nodes(cluster, "200")
  policies.arm(ctx, cluster)
end

---@param cluster table
function M.failed(ctx, cluster)
  cluster.status = "CREATION FAILED"
  build.set_nodes(cluster, "303")
  alarms.raise(ctx, cluster, "DWS_01010")
end

tasks.work("create_cluster", {
  done = function(ctx, cluster)
    M.done(ctx, cluster)
    events.add(ctx, cluster, "createClusterSuccess")
  end,
  failed = function(ctx, cluster)
    M.failed(ctx, cluster)
    events.add(ctx, cluster, "createClusterFail")
  end,
})

M.operations = {
  ["dws.create_cluster"] = create_cluster,
  ["dws.check_cluster"] = check_cluster,
}

return M
