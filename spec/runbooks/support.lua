-- SPDX-License-Identifier: Apache-2.0
-- For specs of runbooks: a client whose operations are functions, with a clock of its own, and a reporter that remembers.
local M = {}

---2026-11-22T00:00:00Z
M.START = 1795305600000

---@param operations table<string, fun(args: table): any, any> of ddm
---@return table client `calls` lists the operations called; `time` is its clock in ms
function M.client(operations)
  local client = { calls = {}, time = M.START }
  function client:now() return self.time end
  function client:sleep(seconds)
    if self.interrupted then return nil, { kind = "cancelled", message = "interrupted" } end
    self.time = self.time + math.floor(seconds * 1000)
    return true
  end
  client.ddm = setmetatable({}, { __index = function(_, op)
    return function(_, args)
      client.calls[#client.calls + 1] = op
      return operations[op](args)
    end
  end })
  return client
end

---@return table reporter with `lines` ("step plan", "ok kernel: …", …) and `result`
function M.reporter()
  local r = { lines = {}, waiting = {} }
  local function add(text) r.lines[#r.lines + 1] = text end
  function r:begin(rb, params) self.runbook, self.params = rb.name, params end
  function r:step(name) add("step " .. name) end
  function r:step_end(name, ok) add((ok and "done " or "broken ") .. name) end
  function r:note(text) add("note " .. text) end
  function r:line(kind, text) add(kind .. " " .. text) end
  function r:progress(p) self.waiting[#self.waiting + 1] = p end
  function r:finish(result) self.result = result end
  function r:has(pattern)
    for _, line in ipairs(self.lines) do
      if line:find(pattern) then return true end
    end
    return false
  end
  return r
end

---Runs a function as a runbook of its own.
---@param body string Lua text of `function(run, p) … end`
---@param options table? of runbook.run; client has to be there
---@return table result
---@return table reporter
function M.run(body, options)
  local runbook = require("hwdb.runbook")
  local text = ('return { name = "probe", summary = "A probe", params = %s, run = %s }'):format(
    options.declared or "{}", body)
  local rb = assert(runbook.load_text(text, "probe.lua"))
  local reporter = M.reporter()
  options.report = reporter
  if not options.state_dir and not options.journal then
    options.store = options.store or require("hwdb.runbook.store").memory()
  end
  return runbook.run(rb, options), reporter
end

---A simulator of the default world, a client on it, and what the runbooks need to know of it.
---@param options table? of the simulator
---@return table world sim, client, instance_id, nodes (ids: two in use, two free), store
function M.world(options)
  local sim = require("hwdb.sim").new(options or {})
  local world = { sim = sim, store = require("hwdb.runbook.store").memory(), instance = sim.state.ddm.instances[1],
    nodes = {} }
  world.client = assert(require("hwdb").client({ sim = sim }))
  world.instance_id = world.instance.id
  for i, node in ipairs(sim.state.rds.instances) do world.nodes[i] = node.id end
  return world
end

---Runs a shipped runbook in a world, without a terminal unless `ask` is given.
---@param world table
---@param name string
---@param params table
---@param options table? of runbook.run
---@return table result
---@return table reporter
function M.run_shipped(world, name, params, options)
  local run_options = { client = world.client, store = world.store, sim = world.sim, report = M.reporter() }
  for key, value in pairs(options or {}) do run_options[key] = value end
  run_options.params = { instance_id = world.instance_id, schema = "orders" }
  for key, value in pairs(params) do run_options.params[key] = value end
  return require("hwdb.runbook").run_file(name, run_options), run_options.report
end

-- The client with some members of its own.
local function client_with(world, own)
  return setmetatable(own, { __index = function(_, name)
    local member = world.client[name]
    if type(member) ~= "function" then return member end
    return function(_, ...) return member(world.client, ...) end
  end })
end

---A client whose sleep does something first; what that gives (true, err) ends the sleep.
---@param world table
---@param before_sleep fun(seconds: number): boolean?, table?
function M.watched(world, before_sleep)
  return client_with(world, { sleep = function(_, seconds)
    local stopped, err = before_sleep(seconds)
    if stopped then return nil, err end
    return world.client:sleep(seconds)
  end })
end

---A client some of whose DDM operations go through functions.
---@param world table
---@param operations table<string, fun(call: function, args: table): table?, table?>
function M.intercepted(world, operations)
  local real = world.client.ddm
  local ddm = setmetatable({}, { __index = function(_, op)
    local through = operations[op]
    return function(_, ...)
      if not through then return real[op](real, ...) end
      return through(function(args) return real[op](real, args) end, ...)
    end
  end })
  return client_with(world, { ddm = ddm })
end

---The mutations a world has seen, in order.
---@param world table
---@return string[] names of operations
function M.effects(world)
  local list = {}
  for i, effect in ipairs(world.sim:effects()) do list[i] = effect.op end
  return list
end

return M
