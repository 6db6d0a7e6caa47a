-- SPDX-License-Identifier: Apache-2.0
-- For specs of runbooks over one DDM instance: running a shipped one in a world, stops at a preflight line, and taking a
-- finished run back.
local assert = require("luassert")
local durable = require("spec.durable.support")
local support = require("spec.runbooks.support")

local M = { effects = support.effects, watched = support.watched, intercepted = support.intercepted }

---@param options table? of the simulator
---@return table world of support.lua
function M.world(options)
  return support.world(options)
end

---A reporter that keeps result tables, too, by their names.
function M.reporter()
  local r = support.reporter()
  r.tables = {}
  function r:table(t) self.tables[t.name] = t end
  return r
end

---Runs a shipped runbook on the world's instance.
---@param world table
---@param name string
---@param params table "absent" takes a parameter away
---@param options table? of runbook.run
---@return table result
---@return table reporter
function M.go(world, name, params, options)
  local given = { client = world.client, store = world.store, sim = world.sim, report = M.reporter() }
  for key, value in pairs(options or {}) do given[key] = value end
  given.params = { instance_id = world.instance_id }
  for key, value in pairs(params) do given.params[key] = value ~= "absent" and value or nil end
  return require("hwdb.runbook").run_file(name, given), given.report
end

---A client that changes what one DDM operation answers; lists are read through it, too.
---@param world table
---@param op string
---@param change fun(body: table)
function M.answering(world, op, change)
  local real = world.client.ddm
  local ddm = setmetatable({}, { __index = function(_, name)
    return function(_, ...)
      local body, info = real[name](real, ...)
      if name == op and body then change(body) end
      return body, info
    end
  end })
  return setmetatable({ ddm = ddm }, { __index = function(_, name)
    local member = world.client[name]
    return type(member) ~= "function" and member or function(_, ...) return member(world.client, ...) end
  end })
end

---Adds a group of two nodes to the world's instance, beside the default one.
---@param kind string? "r" unless given
---@return string id
function M.add_group(world, kind)
  local zone = world.sim.state.network.zones[1].id
  local body = assert(world.client.ddm:create_group({ instance_id = world.instance_id, name = "reports", type = kind or "r",
    flavor_ref = world.sim.state.ddm.flavors[2].code, flavor_id = world.sim.state.ddm.flavors[2].id,
    nodes = { { available_zone = zone, subnet_id = world.instance.subnet_id },
      { available_zone = zone, subnet_id = world.instance.subnet_id } } }))
  world.sim:advance(3600)
  world.sim.log.effects = {}
  return body.group_id
end

---Runs it on a journal that stays, and has what it did taken back.
---@param world table of spec.durable.support
---@param name string
---@param params table
---@param options table? of runbook.run
---@return table result of the run
---@return table result of the way back
---@return table reporter of the way back
function M.and_back(world, name, params, options)
  local rb = assert(require("hwdb.runbook").load(name))
  local given = { params = { instance_id = world.instance.id } }
  for key, value in pairs(params) do given.params[key] = value end
  for key, value in pairs(options or {}) do given[key] = value end
  local result = durable.run(world, rb, given)
  given.rollback, given.client, given.report = true, nil, nil
  local back, reporter = durable.resume(world, result.run, given)
  return result, back, reporter
end

-- As an operator would: takes up what was killed, and once it has failed has it taken back.
local function drive(world, rb, options, points)
  local run = durable.latest(world)
  if not run then return durable.run(world, rb, options, points) end
  if run.state == "rolled_back" then return { state = run.state } end
  options.rollback = run.state ~= "running" or nil
  return durable.resume(world, run.id, options, points)
end

local function taken_back(case, rb, kill)
  local world = durable.world({ faults = { { op = case.fails, ["do"] = "refuse", status = 400, code = "DBS.280001", times = 99 } } })
  local points, killed, state = { seen = 0, kill = kill }, false, nil
  for _ = 1, 5 do
    local result = drive(world, rb, { params = case.params(world), accept = case.accept, terminal = false }, points)
    state = result and result.state
    if state == "rolled_back" then break end
    if kill and not killed and points.seen >= kill then points, killed = { seen = 0 }, true end
  end
  local done = support.effects(world)
  durable.clean(world)
  return done, state, points.seen, killed
end

---Has a run that fails at an operation taken back, undisturbed and killed at spread points, and compares what was done.
---@param case { name: string, params: (fun(world: table): table), accept: string[], fails: string, points: integer }
---@return string[] effects
function M.survives_going_back(case)
  local rb = assert(require("hwdb.runbook").load(case.name))
  local whole, state, seen = taken_back(case, rb)
  assert.equal("rolled_back", state)
  for i = 1, case.points do
    local kill = i * (seen - 1) // case.points
    local done, killed, _
    done, state, _, killed = taken_back(case, rb, kill)
    assert.is_true(killed)
    assert.equal("rolled_back", state, "killed at " .. kill)
    assert.same(whole, done, "killed at " .. kill)
  end
  return whole
end

M.lasting_world, M.clean = durable.world, durable.clean

return M
