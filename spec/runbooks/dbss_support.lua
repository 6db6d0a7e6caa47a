-- SPDX-License-Identifier: Apache-2.0
-- For specs of the DBSS runbooks: worlds with more audit instances, running a shipped one and keeping its tables.
local dbss_world = require("hwdb.sim.dbss_world")
local ids = require("hwdb.sim.ids")
local reporters = require("spec.runbooks.support")
local runbook = require("hwdb.runbook")
local stamp = require("hwdb.sim.dbss_stamp")

local M = {}

local function minter(sim)
  local stream = { random = sim.state.random ~ 0x53504543 }
  return { state = sim.state, now = sim:now(), project_id = sim.project_id, uuid = function() return ids.uuid(stream) end,
    hex = function() return ids.hex(stream) end }
end

---Adds running audit instances to a simulator.
---@param sim table
---@param names string[]
---@return table[] instances
function M.add_instances(sim, names)
  local mint, list = minter(sim), {}
  for i, name in ipairs(names) do list[i] = dbss_world.add_instance(mint, { name = name, period = false }, 5) end
  for i, instance in ipairs(list) do instance.created = instance.created + i * 1000 end
  return list
end

---Adds an entry to an operation log.
---@param sim table
---@param instance table
---@param entry table { user, at, area, action, name, description, result }
function M.add_log(sim, instance, entry)
  local mint = minter(sim)
  for _ = 1, #instance.logs do mint.hex() end
  entry.id = stamp.id(mint.hex())
  table.insert(instance.logs, entry)
end

---@param options table? of the simulator
---@param names string[]? further audit instances
---@return table world sim, client, store, instances
function M.world(options, names)
  local sim = require("hwdb.sim").new(options or {})
  M.add_instances(sim, names or {})
  return { sim = sim, client = assert(require("hwdb").client({ sim = sim })), store = require("hwdb.runbook.store").memory(),
    instances = sim.state.dbss.instances }
end

function M.reporter()
  local r = reporters.reporter()
  r.tables = {}
  function r:table(t) self.tables[t.name] = t end
  return r
end

---@param world table
---@param name string of a shipped runbook
---@param params table
---@param options table? of runbook.run
---@return table result
---@return table reporter
function M.go(world, name, params, options)
  local given = { client = world.client, store = world.store, sim = world.sim, report = M.reporter(), params = params }
  for key, value in pairs(options or {}) do given[key] = value end
  return runbook.run_file(name, given), given.report
end

---@return string[] "op target" of each accepted change
function M.effects(world)
  local list = {}
  for i, effect in ipairs(world.sim:effects()) do list[i] = effect.op .. " " .. effect.target end
  return list
end

return M
