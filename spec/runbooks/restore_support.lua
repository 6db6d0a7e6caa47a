-- SPDX-License-Identifier: Apache-2.0
-- For specs of restores: a world with an empty DDM instance in the data nodes' subnet, copies of the data nodes, and the
-- checking programs a caller brings.
local builder = require("hwdb.sim.world")
local instance_support = require("spec.runbooks.instance_support")

local M = { effects = instance_support.effects, intercepted = instance_support.intercepted, go = instance_support.go,
  reporter = instance_support.reporter }

---Adds the empty DDM instance to a world of any kind.
---@param world table with sim
function M.prepare(world)
  local state = world.sim.state
  world.target = builder.add_ddm(state, world.sim.project_id, { name = "ddm-copy", created = state.now,
    subnet_id = state.network.subnets[2].id, node_num = 1 })
  world.nodes = {}
  for i, node in ipairs(state.rds.instances) do world.nodes[i] = node.id end
end

---@param options table? of the simulator
---@return table world
function M.world(options)
  local world = instance_support.world(options)
  M.prepare(world)
  return world
end

---Puts databases on a data node.
function M.fill(world, i, ...)
  local list = {}
  for n, name in ipairs({ ... }) do list[n] = { name = name, created = 0, comment = "" } end
  world.sim.state.rds.instances[i].databases = list
end

---Restores the two data nodes in use to new ones, through RDS.
---@return string[] ids
function M.copies(world, at)
  local ids = {}
  for i = 1, 2 do
    local source = world.sim.state.rds.instances[i]
    ids[i] = assert(world.client.rds:restore_to_new_instance({ name = "copy-" .. i, flavor_ref = "rds.mysql.n1.large.2.ha",
      ha = { mode = "Ha", replication_mode = "async" }, availability_zone = source.az,
      volume = { type = "CLOUDSSD", size = 200 }, restore_point = { instance_id = source.id, type = "timestamp",
        restore_time = at or world.sim:now() - 3600000 } })).instance.id
  end
  world.sim:advance(1000)
  return ids
end

---A moment some hours before now, as a parameter.
---@param hours number
---@return string
function M.ago(world, hours)
  return os.date("!%Y-%m-%d %H:%M +00:00", world.client:now() // 1000 - math.floor(hours * 3600))
end

---argv of a program that says these lines and ends with this code.
---@param lines string[]
---@param code integer?
---@return string[]
function M.program(lines, code)
  local script = {}
  for i, line in ipairs(lines) do script[i] = ("echo \"%s\""):format(line) end
  script[#script + 1] = "exit " .. (code or 0)
  return { "/bin/sh", "-c", table.concat(script, "; ") }
end

---The lines of a kind that a report has.
function M.lines(reporter, kind)
  local list = {}
  for _, line in ipairs(reporter.lines) do
    local text = line:match("^" .. kind .. " (.*)$")
    if text then list[#list + 1] = text end
  end
  return list
end

return M
