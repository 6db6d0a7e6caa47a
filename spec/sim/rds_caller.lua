-- SPDX-License-Identifier: Apache-2.0
-- A caller for the specs of RDS: {n} in a path is the first data node.
local caller = dofile("spec/sim/caller.lua")

local Rds = {}

local M = {}

---@param options table? of the simulator
function M.new(options)
  local c = caller.new(options)
  local plain = c.path
  c.node = c.sim.state.rds.instances[1] and c.sim.state.rds.instances[1].id or "none"
  function c:path(path)
    return (plain(self, path:gsub("{n}", self.node)):gsub("^/v", "/rds/v"))
  end
  for name, method in pairs(Rds) do c[name] = method end
  return c
end

---A request for an instance that the region can place.
function Rds:wanted(change)
  local network = self.sim.state.network
  local spec = { name = "rds-new", region = self.sim.region, flavor_ref = "rds.mysql.n1.large.2.ha",
    datastore = { type = "MySQL", version = "8.0" }, ha = { mode = "Ha", replication_mode = "async" },
    volume = { type = "CLOUDSSD", size = 100 }, vpc_id = network.vpcs[1].id, subnet_id = network.subnets[1].id,
    security_group_id = network.security_groups[1].id, password = "Simulated-1!",
    availability_zone = network.zones[1].id .. "," .. network.zones[2].id }
  for key, value in pairs(change or {}) do spec[key] = value end
  return spec
end

---A restore of the first node, to five minutes ago unless told.
function Rds:restore(point, change)
  local spec = { name = "rds-restored", flavor_ref = "rds.mysql.n1.large.2.ha", ha = { mode = "Ha", replication_mode = "async" },
    availability_zone = self.sim.state.network.zones[1].id, volume = { type = "CLOUDSSD", size = 200 },
    restore_point = { instance_id = self.node, type = "timestamp", restore_time = self.sim:now() - 300000 } }
  for key, value in pairs(point or {}) do spec.restore_point[key] = value end
  for key, value in pairs(change or {}) do spec[key] = value end
  return spec
end

M.wanted, M.restore = Rds.wanted, Rds.restore

function Rds:instances(query)
  return self:must("GET", "/v3/{p}/instances" .. (query or ""))
end

---The instance as the list shows it.
function Rds:shown(id)
  return self:instances("?id=" .. (id or self.node)).instances[1]
end

function Rds:rds_job(id)
  return self:must("GET", "/v3/{p}/jobs?id=" .. id).job
end

function Rds:backups(query, id)
  return self:must("GET", "/v3/{p}/backups?instance_id=" .. (id or self.node) .. (query or ""))
end

---The ids of what DDM could take as data nodes.
function Rds:free_data_nodes()
  local set = {}
  local target = ("/ddm/v1/%s/instances/%s/rds?limit=128"):format(self.sim.project_id, self.instance)
  local _, body = self:call("GET", target)
  for _, node in ipairs(body.instances) do set[node.id] = true end
  return set
end

function Rds:effects()
  local list = {}
  for i, effect in ipairs(self.sim:effects()) do list[i] = effect.op end
  return list
end

return M
