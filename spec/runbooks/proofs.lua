-- SPDX-License-Identifier: Apache-2.0
-- What holds for every runbook of the library, as specs: it does its work, the plan is what is done, a run killed at any
-- write goes on without doing anything twice, and over real HTTP to a simulator in another process it does the same.
local assert = require("luassert")
local busted = require("busted")
local cli = require("spec.support.cli")
local core = require("hwdb.core")
local durable = require("spec.durable.support")
local reporters = require("spec.runbooks.support")
local runbook = require("hwdb.runbook")

local M = {}

---@class spec.Proof
---@field name string of a shipped runbook
---@field world (fun(): table)? options of the simulator
---@field prepare fun(world: table)? what has to be so before; world of durable/support.lua
---@field params (fun(world: table): table)? times in them count from world.client:now(), which differs over the listener
---@field accept string[]? questions that are answered with yes
---@field effects string[]? operations it changes, in order; at least one unless given
---@field services string[]? what a plan takes stock of
---@field points integer? kill points to try, spread; 8

local function book(spec)
  return assert(runbook.load(spec.name))
end

local function world_of(spec)
  local world = durable.world(spec.world and spec.world())
  if spec.prepare then spec.prepare(world) end
  world.before, world.known = #world.sim:effects(), core.encode(world.sim.state)
  return world
end

local function options_of(spec, world)
  world.params = world.params or spec.params and spec.params(world) or {}
  return { params = world.params, accept = spec.accept, terminal = false,
    report = reporters.reporter() }
end

local UUID = ("%x"):rep(8) .. ("%-" .. ("%x"):rep(4)):rep(3) .. "%-" .. ("%x"):rep(12)
local PLAIN = ("%x"):rep(32) .. "%w*"
local ORDER = "CS" .. ("%x"):rep(15)

-- Ids that the world gave out meanwhile differ once a run makes other requests: they count by the order in which they
-- came up.
local function with_known_ids(text, known, seen)
  for _, pattern in ipairs({ UUID, PLAIN, ORDER }) do
    text = text:gsub(pattern, function(id)
      if known:find(id, 1, true) then return id end
      if not seen[id] then
        seen.count = seen.count + 1
        seen[id] = ("<new id %d>"):format(seen.count)
      end
      return seen[id]
    end)
  end
  return text
end

-- Operations and what they were done to.
local function done_by(list, before, known)
  local done, seen = {}, { count = 0 }
  for i, effect in ipairs(list) do
    if i > before then
      done[#done + 1] = effect.op .. " " .. with_known_ids(tostring(effect.target), known, seen)
    end
  end
  return done
end

local function effects(world)
  return done_by(world.sim:effects(), world.before, world.known)
end

local function ops(list)
  local names = {}
  for i, text in ipairs(list) do names[i] = text:match("^%S+") end
  return names
end

local function newest(world, name)
  return durable.with_journal(world, function(store)
    for _, run in ipairs(runbook.list(store)) do
      if run.name == name then return run end
    end
  end)
end

local FINAL = { done = true, failed = true, rolled_back = true }

-- As an operator would: takes up what is there, else begins.
local function go_on(spec, world, rb, points)
  local run = newest(world, spec.name)
  if not run then return durable.run(world, rb, options_of(spec, world), points) end
  if FINAL[run.state] then return { state = run.state, error = run.error } end
  return durable.resume(world, run.id, options_of(spec, world), points)
end

local function undisturbed(spec, rb)
  local world, seen = world_of(spec), { seen = 0 }
  local result = go_on(spec, world, rb, seen)
  assert.equal("done", result.state, tostring(result.error))
  local done = effects(world)
  durable.clean(world)
  return done, seen.seen
end

local function killed_at(spec, rb, point)
  local world = world_of(spec)
  local points = { seen = 0, kill = point }
  local result = go_on(spec, world, rb, points)
  if not result or not FINAL[result.state] then result = go_on(spec, world, rb, { seen = 0 }) end
  local done = effects(world)
  durable.clean(world)
  return done, result, points.seen >= point
end

local function sweep(spec)
  local rb = book(spec)
  local whole, points = undisturbed(spec, rb)
  local wanted, kills = math.min(spec.points or 8, points), 0
  for i = 1, wanted do
    local point = wanted == 1 and points or 1 + (i - 1) * (points - 1) // (wanted - 1)
    local done, result, killed = killed_at(spec, rb, point)
    local where = ("killed at point %d of %d"):format(point, points)
    assert.is_true(killed, where)
    assert.equal("done", result and result.state, where .. ": " .. tostring(result and result.error))
    assert.same(whole, done, where)
    kills = kills + 1
  end
  assert.equal(wanted, kills)
  print(("%s: %d points, %d kills, 0 violations"):format(spec.name, points, kills))
end

local function plan_and_apply(spec)
  local rb, world = book(spec), world_of(spec)
  local plan = durable.with_journal(world, function(store)
    local given = options_of(spec, world)
    given.client, given.journal, given.services = world.client, store, spec.services
    return assert(runbook.plan(rb, given))
  end)
  assert.same({}, effects(world), "planning changed something")
  assert.is_nil(plan.ends)
  local planned = {}
  for i, change in ipairs(plan.changes) do planned[i] = change.op:match("%.(.+)$") end
  local result = durable.with_journal(world, function(store)
    local given = options_of(spec, world)
    given.client, given.journal = world.client, store
    return runbook.apply(plan.id, given)
  end)
  assert.equal("done", result.state, tostring(result.error))
  assert.same(ops(effects(world)), planned)
  durable.clean(world)
end

-- -- over the listener -----------------------------------------------------------------------

local AK, SK = "PROOFAK", "PROOFSK"
local SERVICES = { "ddm", "dws", "dbss", "rds", "bss", "iam", "simctl" }

local function control(client, method, name, body)
  local answer, err = client:request({ service = "simctl", method = method, path = "/.hwdb/" .. name,
    body = body and core.encode(body), headers = body and { ["Content-Type"] = "application/json" } or nil })
  if not answer then error(err, 0) end
  return answer
end

-- A client whose sleep moves the other process's clock, so that nobody waits.
local function distant(sim, project_id)
  local endpoints = {}
  -- RDS and DDM share paths; the first part of the path tells them apart.
  for _, name in ipairs(SERVICES) do endpoints[name] = sim.url .. (name == "simctl" and "" or "/" .. name) end
  local client = assert(require("hwdb").client({ region = "cn-north-4", ak = AK, sk = SK, project_id = project_id,
    endpoints = endpoints }))
  local now = require("hwdb.runbook.times").parse(control(client, "GET", "status").time:gsub("%.%d+Z$", "Z"))
  assert.is_number(now)
  local own = { now = function() return now end, sleep = function(_, seconds)
    now = now + math.floor(seconds * 1000)
    control(client, "POST", "advance", { seconds = seconds })
    return true
  end }
  return setmetatable(own, { __index = function(_, name)
    local member = client[name]
    if type(member) ~= "function" then return member end
    return function(_, ...) return member(client, ...) end
  end }), client
end

local function over_the_listener(spec)
  local rb, world = book(spec), world_of(spec)
  local dump = cli.file(spec.name .. ".json", core.encode(require("hwdb.sim.dump").take(world.sim)))
  local sim <close> = setmetatable({}, { __index = cli.sim({ "--ak", AK, "--sk", SK, "--control", "--load", dump }),
    __close = function(self)
      self:signal("TERM")
      self:wait()
    end })
  world.client = distant(sim, world.sim.project_id)
  local result = durable.run(world, rb, options_of(spec, world))
  assert.equal("done", result.state, tostring(result.error))
  local whole = undisturbed(spec, rb)
  assert.same(ops(whole), ops(done_by(control(world.client, "GET", "effects"), world.before, world.known)))
  durable.clean(world)
end

---Registers the specs; call it inside a describe.
---@param spec spec.Proof
function M.of(spec)
  busted.teardown(cli.clean)
  busted.it("does its work", function()
    local done = undisturbed(spec, book(spec))
    if spec.effects then assert.same(spec.effects, ops(done)) else assert.is_true(#done > 0) end
  end)
  busted.it("does what its plan says, and nothing else", function() plan_and_apply(spec) end)
  busted.it("goes on after a kill at any of the spread points, and does nothing twice", function() sweep(spec) end)
  busted.it("does the same over HTTP to a simulator in another process", function() over_the_listener(spec) end)
end

return M
