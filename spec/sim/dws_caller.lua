-- SPDX-License-Identifier: Apache-2.0
-- A caller for the specs of DWS: in a path, {c} is the cluster, {v1} and {v2}
-- stand for the two versions' paths of it.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")

local Dws = {}

local M = {}

---@param options table? of the simulator
function M.new(options)
  local c = caller.new(options)
  local first = c.sim.state.dws.clusters[1]
  c.cluster = first and first.id or ""
  local plain = c.path
  function c:path(path)
    path = path:gsub("{v1}", "/v1.0/{p}/clusters/{c}"):gsub("{v2}", "/v2/{p}/clusters/{c}")
    return plain(self, (path:gsub("{c}", self.cluster)))
  end
  for name, method in pairs(Dws) do c[name] = method end
  return c
end

---The state behind the cluster.
function Dws:data(id)
  for _, cluster in ipairs(self.sim.state.dws.clusters) do
    if cluster.id == (id or self.cluster) then return cluster end
  end
end

function Dws:shown()
  return self:must("GET", "{v1}").cluster
end

---Status, task_status (false for none) and sub_status as a reader sees them.
function Dws:states()
  local shown = self:shown()
  return { shown.status, shown.task_status ~= core.null and shown.task_status or false, shown.sub_status }
end

-- The three rules of clients for "done", as behaviour.md 2.1 has them.
function Dws:available()
  local shown = self:shown()
  return next(shown.action_progress) == nil and (shown.status == "AVAILABLE" or shown.status == "ACTIVE")
end

function Dws:untasked()
  local shown = self:shown()
  return shown.task_status == core.null and (shown.status == "AVAILABLE" or shown.status == "ACTIVE")
end

function Dws:settled()
  return self:available() and self:untasked() and self:shown().sub_status == "NORMAL"
end

---Every change of status, task and sub-status until nothing is due for a while, each once.
---@param seconds number how long to look
---@return string[] "AVAILABLE/GROWING/NORMAL"
function Dws:course(seconds)
  local seen, ends = {}, self.sim:now() + seconds * 1000
  while true do
    local states = self:states()
    local text = ("%s/%s/%s"):format(states[1], states[2] or "-", states[3] or "-")
    if seen[#seen] ~= text then seen[#seen + 1] = text end
    if self.sim:now() >= ends then return seen end
    self.sim:advance_to(math.min(ends, self.sim:now() + 1000))
  end
end

function Dws:job(id)
  return self:must("GET", "/v1.0/{p}/job/" .. id)
end

---Lets the policies of all clusters rest, so that no automated snapshot comes in between.
function Dws:without_policies()
  for _, cluster in ipairs(self.sim.state.dws.clusters) do cluster.policies.list = {} end
  return self
end

---A request for a cluster that the world's region can place.
function Dws:wanted(change)
  local network = self.sim.state.network
  local spec = { name = "dws-new", node_type = "dws.m3.xlarge", number_of_node = 3, vpc_id = network.vpcs[1].id,
    subnet_id = network.subnets[1].id, security_group_id = network.security_groups[1].id, user_name = "dbadmin",
    user_pwd = "Simulated-123!", availability_zone = network.zones[1].id }
  for key, value in pairs(change or {}) do spec[key] = value end
  return { cluster = spec }
end

---Creates a cluster and makes it the caller's.
function Dws:create(change)
  self.cluster = self:must("POST", "/v1.0/{p}/clusters", self:wanted(change)).cluster.id
  return self.cluster
end

function Dws:effects()
  local list = {}
  for i, effect in ipairs(self.sim:effects()) do list[i] = effect.op end
  return list
end

return M
