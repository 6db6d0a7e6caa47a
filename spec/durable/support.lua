-- SPDX-License-Identifier: Apache-2.0
-- For specs of durable runs: a world that outlives its runs, a journal on disk that "loses power" at a chosen write, and
-- going on until the run has ended.
local core = require("hwdb.core")
local runbook = require("hwdb.runbook")
local reporters = require("spec.runbooks.support")
local vfs = require("vfs")

local M = {}

local WRITES = { run_create = true, run_update = true, append = true, put = true, keep = true, audit_append = true, commit = true }

M.POWER = { kind = "power", message = "the power is gone" }

-- Before the k-th write or after it everything ends; what was written stays.
local function failing(journal, points, store)
  local dead = false
  local function at_point()
    points.seen = points.seen + 1
    if points.seen == points.kill then
      dead = true
      vfs.cut() -- what was not synced is lost
      store:close() -- locks end with the process
      vfs.reset()
    end
    if dead then error(M.POWER, 0) end
  end
  return setmetatable({}, { __index = function(_, name)
    return function(_, ...)
      if dead then error(M.POWER, 0) end
      if not WRITES[name] then return journal[name](journal, ...) end
      at_point()
      local results = table.pack(journal[name](journal, ...))
      at_point()
      return table.unpack(results, 1, results.n)
    end
  end })
end

local base, count

---A name below a folder of this process, in memory where there is such a place.
function M.folder()
  if not base then
    local pipe <close> = assert(io.popen("mktemp -d -p /dev/shm 2>/dev/null || mktemp -d"))
    local path = pipe:read("l")
    base = setmetatable({ path = path }, { __gc = function() os.execute("rm -rf '" .. path .. "'") end })
    count = 0
  end
  count = count + 1
  return base.path .. "/" .. count
end

---A simulator, a client on it, and a folder for the journal.
---@param options table? of the simulator
function M.world(options)
  local sim = require("hwdb.sim").new(options or {})
  local world = { sim = sim, folder = M.folder(), instance = sim.state.ddm.instances[1] }
  world.client = assert(require("hwdb").client({ sim = sim }))
  -- For the runs the world is somebody else's, as a real cloud is.
  world.client.is_virtual = nil
  return world
end

local cleaned = {}

-- Many at once: starting a program costs more than the files do.
function M.clean(world)
  cleaned[#cleaned + 1] = "'" .. world.folder .. "'"
  if #cleaned < 40 then return end
  os.execute("rm -rf " .. table.concat(cleaned, " "))
  cleaned = {}
end

---@param body string Lua text of function(run, p)
---@param header string? further members
function M.book(body, header)
  return assert(runbook.load_text(('return { name = "probe", summary = "A probe", params = {{ name = "instance_id", '
    .. 'type = "string", required = true, help = "it" }, { name = "secret", type = "secret", help = "it" }}, %s run = %s }'):format(
      header or "", body), "probe.lua"))
end

local function settings(world, options, journal)
  local all = { client = world.client, params = { instance_id = world.instance.id }, report = reporters.reporter(),
    journal = journal }
  for key, value in pairs(options or {}) do all[key] = value end
  return all
end

-- A seeded fault: everything is acknowledged, nothing synced before the end.
local function unsynced(store)
  assert(store:begin())
  return setmetatable({}, { __index = function(_, name)
    return function(_, ...)
      local inside = name ~= "lock" and name ~= "pace"
      if not inside then store:commit() end
      local results = table.pack(store[name](store, ...))
      if not inside then store:begin() end
      return table.unpack(results, 1, results.n)
    end
  end })
end

local function opened(world, points)
  local store, err = core.store(world.folder .. "/hwdb", "forgetful")
  if not store then error(err, 0) end
  local seen = M.without_sync and unsynced(store) or store
  return points and failing(seen, points, store) or seen, store
end

---Begins a run. A run that loses power gives nil.
---@return table? result
---@return table reporter
function M.run(world, rb, options, points)
  local journal, store = opened(world, points)
  local given = settings(world, options, journal)
  local ok, result = pcall(runbook.run, rb, given)
  if M.without_sync and ok then pcall(store.commit, store) end
  store:close()
  if not ok or (result.error and result.error.kind == "power") then return nil, given.report end
  return result, given.report
end

---@return table? result
---@return table reporter
function M.resume(world, id, options, points)
  local journal, store = opened(world, points)
  local given = settings(world, options, journal)
  local ok, result = pcall(runbook.resume, id, given)
  if M.without_sync and ok then pcall(store.commit, store) end
  store:close()
  if not ok or (result.error and result.error.kind == "power") then return nil, given.report end
  return result, given.report
end

---Carries out a plan.
---@return table? result
function M.apply(world, id, points)
  local journal, store = opened(world, points)
  local ok, result = pcall(runbook.apply, id, settings(world, { params = {} }, journal))
  store:close()
  if not ok or (result.error and result.error.kind == "power") then return nil end
  return result
end

---Something with the journal open.
function M.with_journal(world, fn)
  local store = assert(core.store(world.folder .. "/hwdb"))
  local results = table.pack(pcall(fn, store))
  store:close()
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

---@return table? run the newest
function M.latest(world)
  return M.with_journal(world, function(store) return runbook.list(store)[1] end)
end

---Goes on as an operator would: takes up what is there, else begins anew.
function M.go_on(world, rb, options, points)
  local run = M.latest(world)
  if not run then return M.run(world, rb, options, points) end
  if run.state == "done" or run.state == "failed" or run.state == "rolled_back" then
    return { state = run.state, run = run.id }
  end
  return M.resume(world, run.id, options, points)
end

---@return string[] "op target" of each accepted change
function M.effects(world)
  local list = {}
  for i, effect in ipairs(world.sim:effects()) do list[i] = effect.op .. " " .. effect.target end
  return list
end

-- A body with ids that the simulator minted counts as the same.
function M.ops(world)
  local list = {}
  for i, effect in ipairs(world.sim:effects()) do list[i] = effect.op end
  return list
end

---Kills a scenario at every point, and at pairs of points, and compares what the cloud was asked.
---@param scenario { book: string, header: string?, options: table?, world: table?, before: function?, drive: function? }
---@param stride integer? of the points
---@return { points: integer, kills: integer, violations: string[], state: string, effects: string[] }
function M.sweep(scenario, stride)
  local rb = M.book(scenario.book, scenario.header)
  local drive = scenario.drive or function(world, points) return M.go_on(world, rb, scenario.options, points) end
  local world = M.world(scenario.world)
  if scenario.before then scenario.before(world) end
  local whole = { seen = 0 }
  local result = drive(world, whole, rb)
  while result == nil or result.state == "running" do result = drive(world, whole, rb) end
  local found = { points = whole.seen, kills = 0, violations = {}, state = result.state, effects = M.ops(world), error = result.error }
  M.clean(world)
  local function try(kills)
    local w, ended = M.world(scenario.world), nil
    if scenario.before then scenario.before(w) end
    for i = 1, #kills + 3 do
      local points = { seen = 0, kill = kills[i] }
      ended = drive(w, points, rb)
      if points.kill and points.seen >= points.kill then found.kills = found.kills + 1 end
      if ended and not points.kill then break end
      if ended and points.seen < points.kill and ended.state == found.state then break end
    end
    local got = table.concat(M.ops(w), ",")
    if got ~= table.concat(found.effects, ",") or not ended or ended.state ~= found.state then
      found.violations[#found.violations + 1] = ("killed at %s: %s; %s: %s"):format(table.concat(kills, "+"), got,
        ended and tostring(ended.state) or "never ended", ended and ended.error and tostring(ended.error) or "")
    end
    M.clean(w)
  end
  for k = 1, whole.seen, stride or 1 do try({ k }) end
  for k = 3, whole.seen, (stride or 1) * 5 do try({ k, 1 + k % 7 }) end
  return found
end

return M
