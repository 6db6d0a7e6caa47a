-- SPDX-License-Identifier: Apache-2.0
-- A cluster as data: minting it with its nodes, parameter groups and policies.
-- Also used to build worlds, so `mint` need only give ids, state and the time.
local M = {}

---@class hwdb.sim.Mint
---@field state table
---@field now integer
---@field uuid fun(self): string

local function address(state)
  local dws = state.dws
  dws.next_ip = dws.next_ip + 1
  return ("172.16.%d.%d"):format(dws.next_ip // 250 % 250, dws.next_ip % 250 + 4)
end

-- Nodes with a CN are named after it.
local function add_node(mint, cluster, status, cn)
  cluster.node_seq = (cluster.node_seq or 0) + 1
  local kind = cn and "cn-cn" or "dn"
  local node = { id = mint:uuid(), status = status, ip = address(mint.state), cn = cn and mint:uuid() or nil,
    name = ("%s-dws-%s-%d-1"):format(cluster.name, kind, cluster.node_seq) }
  cluster.nodes[#cluster.nodes + 1] = node
  return node
end

---Adds nodes without a CN.
---@param mint hwdb.sim.Mint
---@param cluster table
---@param count integer
---@param status string "100" in creation, "199" idle, "200" available
function M.add_nodes(mint, cluster, count, status)
  for _ = 1, count do add_node(mint, cluster, status) end
end

local GROUPS = { { "defaultGUConfig", "GUConfig" }, { "parameterGroupFor_%s", "hiddenParameterGroup" },
  { "defaultOBSConfig", "OBSConfig" }, { "Default-Parameter-Template-DWS-8_2_0", "parameterGroup" },
  { "security-paragroup-dws", "securityParameterGroup" } }

local function groups(mint, cluster)
  local list = {}
  for i, group in ipairs(GROUPS) do
    list[i] = { id = mint:uuid(), name = group[1]:format(cluster.id), type = group[2], status = "In-Sync" }
  end
  return list
end

-- Automated snapshots are on unless turned off: a full one a week, incremental
-- ones every eight hours, kept three days as in 5.5.4's example.
local function policies(mint)
  local function policy(name, strategy, kind)
    return { id = mint:uuid(), name = name, strategy = strategy, type = kind, level = "cluster", updated = mint.now }
  end
  return { keep_day = 3, device = "OBS", list = { policy("default-full-strategy", "0 0 2 ? * 1", "full"),
    policy("default-increment-strategy", "0 7 2/8 ? * 2,3,4,5,6,7", "increment") } }
end

---A new cluster, in no list yet.
---@param mint hwdb.sim.Mint
---@param spec { name: string, flavor: table, nodes: integer, cns: integer, vpc_id: string, subnet_id: string,
---security_group_id: string, zone: string, port: integer?, user: string?, version: string, tags: table?,
---project_id: string, enterprise_project_id: string?, id: string?, data_gb: number? }
---@return table cluster
function M.cluster(mint, spec)
  local cluster = { id = spec.id or mint:uuid(), name = spec.name, project_id = spec.project_id, status = "CREATING",
    version = spec.version, created = mint.now, updated = mint.now, port = spec.port or 8000,
    user_name = spec.user or "dbadmin", flavor = spec.flavor, vpc_id = spec.vpc_id, subnet_id = spec.subnet_id,
    security_group_id = spec.security_group_id, zone = spec.zone, tags = spec.tags or {}, data_gb = spec.data_gb or 1,
    enterprise_project_id = spec.enterprise_project_id or "0", nodes = {}, domains = {}, data_sources = {},
    parameters = {}, workload = { switch = "on", max = 60, plans = {}, queues = {} }, events = 0, passwords = {},
    maintain_window = { day = "Wed", start_time = "22:00", end_time = "02:00" } }
  for i = 1, spec.nodes do add_node(mint, cluster, "100", i <= spec.cns) end
  cluster.groups, cluster.policies = groups(mint, cluster), policies(mint)
  return cluster
end

---Sets the status of nodes.
---@param cluster table
---@param from string? only those with this one
function M.set_nodes(cluster, status, from)
  for _, node in ipairs(cluster.nodes) do
    if not from or node.status == from then node.status = status end
  end
end

---How many nodes belong to the cluster's rings; idle ones do not.
---@param cluster table
---@return integer
function M.size(cluster)
  local count = 0
  for _, node in ipairs(cluster.nodes) do
    if node.status ~= "199" then count = count + 1 end
  end
  return count
end

---The nodes with a CN.
---@param cluster table
---@return table[]
function M.coordinators(cluster)
  local list = {}
  for _, node in ipairs(cluster.nodes) do
    if node.cn then list[#list + 1] = node end
  end
  return list
end

---Percent of the disks in use.
---@param cluster table
---@param nodes integer? with so many nodes
---@return number
function M.disk_percent(cluster, nodes)
  return cluster.data_gb * 100 / (cluster.flavor.disk * (nodes or M.size(cluster)))
end

return M
