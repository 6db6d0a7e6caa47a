-- SPDX-License-Identifier: Apache-2.0
-- From a command's options to a client, and to the simulator inside the program.
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local source = require("hwdb.cli.source")

local M = {}

M.WORLDS = { "default", "documents", "empty", "fleet" }

-- "fleet", or "fleet:1000" for so many instances.
local FLEET = "^fleet:?(%d*)$"
local FLEET_SIZE, FLEET_MOST = 60, 100000

---The world that --world names.
---@param name string?
function M.world(name)
  if name and name:find("^fleet:%d+$") then return name end
  for _, known in ipairs(M.WORLDS) do
    if name == nil or name == known then return name or "default" end
  end
  fail.usage(("there is no world %s%s"):format(name, require("hwdb.near").hint(name, M.WORLDS)),
    "worlds: " .. table.concat(M.WORLDS, ", "))
end

---A function that appends effects to a file, each on the disk's way before its answer is.
---@param path string
---@return fun(effect: table)
function M.effect_writer(path)
  local core = require("hwdb.core")
  local file, message = io.open(path, "ab")
  if not file then fail.usage("cannot write the effects: " .. message) end
  return function(effect)
    local ok, problem = file:write(core.encode(effect), "\n")
    if ok then ok, problem = file:flush() end
    if not ok then error(("cannot write the effects to %s: %s"):format(path, problem), 0) end
  end
end

-- The simulator's first state: a world's name, or the document a file holds.
local function beginning(given)
  local from = (given.world and 1 or 0) + (given.load and 1 or 0) + (given.seed_from and 1 or 0)
  if from > 1 then fail.usage("--world, --load and --seed-from exclude each other") end
  if not (given.load or given.seed_from) then return { world = M.world(given.world) } end
  local path = given.load or given.seed_from
  local document, problem = require("hwdb.account").parse(source.file(path, given.load and "the dump" or "the inventory", 1 << 28))
  if not document then fail.usage(("cannot use %s: %s"):format(path, problem)) end
  return { load = given.load and document, seed_from = given.seed_from and document }
end

-- What shapes one simulator, and a fleet of them does not know.
local NOT_OF_FLEETS = { "project_id", "rate_limit", "control", "dump_on_exit" }

local function fleet(given, size, settings)
  for _, name in ipairs(NOT_OF_FLEETS) do
    if given[name] and given[name] ~= "off" then fail.usage(("--%s does not go with --world fleet"):format(name:gsub("_", "-"))) end
  end
  if #size > 6 or (tonumber(size) or 0) > FLEET_MOST then fail.usage(("a fleet has %d instances at most"):format(FLEET_MOST)) end
  settings.world, settings.any_project, settings.instances = nil, nil, math.tointeger(tonumber(size)) or FLEET_SIZE
  return require("hwdb.sim.fleet").new(settings)
end

local function made(given, settings)
  local size = settings.world and settings.world:match(FLEET)
  if size then return fleet(given, size, settings) end
  return require("hwdb.sim").new(settings)
end

---A simulator as the options want it.
---@param given table
---@param more table? further fields of hwdb.sim's options
function M.simulator(given, more)
  local settings = beginning(given)
  settings.region = given.region
  for key, value in pairs(more or {}) do settings[key] = value end
  if given.effects then settings.on_effect = M.effect_writer(given.effects) end
  local ok, sim = pcall(made, given, settings)
  if not ok then
    if type(sim) == "table" then error(sim, 0) end
    fail.usage(tostring(sim))
  end
  if given.faults then
    local good, message = pcall(sim.add_fault_lines, sim, source.file(given.faults, "the faults"))
    if not good then fail.usage(("%s: %s"):format(given.faults, tostring(message))) end
  end
  return sim
end

local SIMULATED = { "world", "seed_from", "faults", "effects" }

---The options of hwdb.client; with --sim the simulator too.
---@param given table
---@param service string? whose address --endpoint gives
---@return table settings
function M.settings(given, service)
  if not given.sim then
    for _, name in ipairs(SIMULATED) do
      if given[name] then fail.usage(("--%s shapes the simulator"):format(name:gsub("_", "-")), "add --sim") end
    end
  end
  local settings = { region = given.region, project_id = given.project_id, profile = given.profile,
    ca_file = given.ca_file, timeout = options.positive(given, "timeout"), allow_http = given.allow_http,
    strict = given.strict, attempts = options.integer(given, "attempts", 1, 100) }
  if given.endpoint then
    if not service then fail.usage("--endpoint needs a call of one service") end
    settings.endpoints = { [service] = given.endpoint }
  end
  if given.sim then settings.sim = M.simulator(given) end
  return settings
end

-- A file of certificates that is not there is a wrong setting, not a server's fault.
local function check_ca_file(path)
  local status, reason = host.stat(path)
  if not status or status.kind == "directory" then
    fail.usage(("cannot read --ca-file %s: %s"):format(path, reason or "it is a directory"), "give a file of certificates, PEM")
  end
end

---What the client found odd about a part of its configuration, as warnings on stderr.
---@param client table
---@param part "credential_notes"|"notes" notes: on regions, known once a service's address is
function M.warn(client, part)
  local about = client:describe()
  -- Where nothing was found, the error of the call tells where was looked.
  if about.kind == "none" or type(about[part]) ~= "string" then return end
  local lines = {}
  for line in about[part]:gmatch("[^\n]+") do lines[#lines + 1] = line end
  output.warnings(lines)
end

---A client; raises the error object when there can be none. What is odd about
---its credentials is said on stderr.
---@param given table
---@param service string?
---@return table client
---@return table? simulator
function M.client(given, service)
  local settings = M.settings(given, service)
  if given.ca_file then check_ca_file(given.ca_file) end
  local client, err = require("hwdb").client(settings)
  if not client then error(err, 0) end
  if not given.sim then M.warn(client, "credential_notes") end
  return client, settings.sim
end

---A client for a command that reports on its configuration itself.
---@param given table
---@return table client
function M.silent_client(given)
  local client, err = require("hwdb").client(M.settings(given))
  if not client then error(err, 0) end
  return client
end

return M
