-- SPDX-License-Identifier: Apache-2.0
-- For specs of the runbooks that change DWS clusters: a world with a cluster, running a shipped runbook in it.
local support = require("spec.runbooks.support")

local M = {}

---A simulator of the default world and a client on it. Automated snapshots rest unless `policies` is given.
---@param options table? of the simulator
---@param policies boolean?
---@return table world sim, client, store, cluster (its state), cluster_id
function M.world(options, policies)
  local world = support.world(options)
  world.cluster = world.sim.state.dws.clusters[1]
  world.cluster_id = world.cluster.id
  if not policies then
    for _, cluster in ipairs(world.sim.state.dws.clusters) do cluster.policies.list = {} end
  end
  return world
end

---@param world table
---@param name string
---@param params table
---@param accept string[]?
---@param options table? of runbook.run
---@return table result
---@return table reporter
function M.run(world, name, params, accept, options)
  local given = { client = world.client, store = world.store, sim = world.sim, report = support.reporter(), accept = accept,
    params = params }
  for key, value in pairs(options or {}) do given[key] = value end
  return require("hwdb.runbook").run_file(name, given), given.report
end

---Lines of a reporter that match.
function M.lines(reporter, pattern)
  local list = {}
  for _, line in ipairs(reporter.lines) do
    if line:find(pattern) then list[#list + 1] = line end
  end
  return list
end

---Runs a shipped runbook that does not end well, then takes it back.
---@param name string
---@param params table
---@param options { world: table?, accept: string[]?, prepare: fun(world: table)? }
---@return table result of the rollback
---@return table world of durable/support.lua
---@return table first the result of the run
function M.taken_back(name, params, options)
  local durable = require("spec.durable.support")
  local world = durable.world(options.world)
  world.cluster = world.sim.state.dws.clusters[1]
  world.cluster.policies.list = {}
  if options.prepare then options.prepare(world) end
  world.before = #world.sim:effects()
  local rb = assert(require("hwdb.runbook").load(name))
  if type(params) == "function" then params = params(world) end
  local given = { params = params, accept = options.accept, terminal = false }
  local first = durable.run(world, rb, given)
  local again = { params = params, accept = options.accept, terminal = false, rollback = true }
  local result = durable.resume(world, first.run, again)
  durable.clean(world)
  return result, world, first
end

---A client some of whose DWS operations go through functions, fn(call, args).
function M.intercepted(world, operations)
  local real = world.client
  local dws = setmetatable({}, { __index = function(_, op)
    return function(_, ...)
      if not operations[op] then return real.dws[op](real.dws, ...) end
      return operations[op](function(args) return real.dws[op](real.dws, args) end, ...)
    end
  end })
  return setmetatable({ dws = dws }, { __index = function(_, name)
    local member = real[name]
    return type(member) == "function" and function(_, ...) return member(real, ...) end or member
  end })
end

---Once `op` has been asked for, the cluster shows `task` until the client is put back.
---@param world table
---@param op string "restart_cluster"
---@param task string
---@return fun() put_back
function M.stuck(world, op, task)
  local real, begun = world.client, op == nil
  world.client = M.intercepted(world, {
    show_cluster = function(call, args)
      local body, info = call(args)
      if begun and body then body.cluster.task_status = task end
      return body, info
    end,
    [op or ""] = function(call, args)
      begun = true
      return call(args)
    end,
  })
  return function() world.client = real end
end

M.effects = support.effects

return M
