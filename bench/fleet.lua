-- SPDX-License-Identifier: Apache-2.0
-- An inventory of a simulated fleet, five regions of three projects each, in one process: how long it takes on the
-- virtual clock under DDM's throttle, and what memory it needs beside the fleet. bench.lua drives it, a spec asserts
-- it, and as a program it measures one size:
--   lua5.4 bench/fleet.lua INSTANCES [FOLDER]    prints a line of name=value pairs; the journal goes to FOLDER
-- Memory is what is alive: everything is collected before each look, and what the simulators remember of calls is
-- forgotten, since the fleet is no part of what is measured.

local M = {}

local function alive()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count")
end

local function resident()
  for line in io.lines("/proc/self/status") do
    local size = line:match("^VmRSS:%s*(%d+)")
    if size then return tonumber(size) end
  end
end

local function forget(fleet)
  fleet.home.last, fleet.home.log.requests = {}, {}
  for _, place in ipairs(fleet.places) do place.sim.last, place.sim.log.requests = {}, {} end
end

-- Looks at every so many requests, and whenever asked to; each gives the most that was alive since the last.
local LOOK_EVERY <const> = 50

local function watched(count)
  local watch = { most = 0, seen = 0 }
  function watch.look()
    forget(watch.fleet)
    watch.most = math.max(watch.most, alive() - watch.base)
  end
  watch.fleet = require("hwdb.sim.fleet").new { instances = count, on_request = function()
    watch.seen = watch.seen + 1
    if watch.base and watch.seen % LOOK_EVERY == 0 then watch.look() end
  end }
  return watch
end

local function run(watch, folder, name)
  local client = assert(require("hwdb").client { sim = watch.fleet })
  local report = { table = function(_, t)
    watch.read = watch.read or watch.most
    watch.look()
    if t.name == "fleet" or t.name == "findings" then watch.result = t.rows end
  end }
  watch.base, watch.resident = alive(), resident()
  local began = watch.fleet:now()
  local result = require("hwdb.runbook").run_file(name, { client = client, state_dir = folder, report = report })
  if result.status ~= "done" then error(tostring(result.error), 0) end
  return result.value, (watch.fleet:now() - began) / 1000, function() report.table = nil end
end

local function size_of_result(watch)
  local with = alive()
  watch.result = nil
  return with - alive()
end

---@param count integer instances of the fleet
---@param folder string for the journal
---@param name string? of another runbook than fleet_inventory
---@return table seconds (virtual), least (by the throttle), calls, throttled, value, and KB: read (most while it reads),
---peak (most at all), result (the fleet's table), resident (what the process grew by, garbage and the rest included)
function M.measure(count, folder, name)
  local watch = watched(count)
  local value, seconds, let_go = run(watch, folder, name or "fleet_inventory")
  let_go()
  local fleet, result = watch.fleet, size_of_result(watch)
  return { value = value, seconds = seconds, least = fleet:least_seconds(), calls = watch.seen, throttled = fleet.throttled,
    read = watch.read, peak = watch.most, result = result, resident = resident() - watch.resident }
end

local NAMES <const> = { "seconds", "least", "calls", "throttled", "read", "peak", "result", "resident" }

-- Modules, compiled scripts and prepared statements are there after the first run.
local function program(count, folder)
  M.measure(20, folder)
  local found, words = M.measure(count, folder), {}
  for i, name in ipairs(NAMES) do words[i] = ("%s=%.1f"):format(name, found[name]) end
  print(table.concat(words, " "))
end

---The pairs for bench.lua: the throttle's bound, and the fleet's table. Both are the same in every round.
---@param tools { lines_of: function }
---@return table, table
function M.pairs(tools)
  local known = {}
  local function of(count)
    if known[count] then return known[count] end
    local folder = tools.lines_of("mktemp -d")[1]
    local found = {}
    for name, number in tools.lines_of(("lua5.4 bench/fleet.lua %d %s"):format(count, folder))[1]:gmatch("(%a+)=(%S+)") do
      found[name] = tonumber(number)
    end
    os.execute("rm -rf " .. folder)
    known[count] = found
    return found
  end
  local function grown(name) return of(1000)[name] - of(100)[name] end
  return { name = "fleet of 1,000: inventory, virtual time", against = "the throttle's least", unit = "s", most = 1.2,
      measure = function() return of(1000).least, of(1000).seconds end },
    { name = "its memory beyond a fleet of 100's", against = "the result's beyond 100's", unit = "KB", most = 1.5,
      measure = function() return grown("result"), grown("peak") end }
end

if arg and arg[0] and arg[0]:match("fleet%.lua$") then
  assert(math.tointeger(tonumber(arg[1])), "usage: fleet.lua INSTANCES [FOLDER]")
  program(math.tointeger(tonumber(arg[1])), arg[2] or os.tmpname() .. ".d")
end

return M
