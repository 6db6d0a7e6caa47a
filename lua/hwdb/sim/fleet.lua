-- SPDX-License-Identifier: Apache-2.0
-- An account with several regions and projects: a simulator a place behind one
-- clock and one set of keys. A request goes to the place of its project; the
-- region in its host's name has to be that project's. Calls are counted as the
-- gateways do: a user's, by service and region, whatever the project.
local faults = require("hwdb.sim.faults")
local fleet_world = require("hwdb.sim.fleet_world")
local sim = require("hwdb.sim")
local world = require("hwdb.sim.world")
local wire = require("hwdb.sim.wire")

---@class hwdb.Fleet like a hwdb.Simulator, to a client
---@field places { region: string, project: string, id: string, sim: hwdb.Simulator }[]
---@field calls table<string, integer> let through, by "region/service"
---@field throttled integer calls refused for their rate
local Fleet = {}
Fleet.__index = Fleet

local M = {}

M.REGIONS = { "cn-north-4", "cn-east-3", "cn-south-1", "ap-southeast-1", "la-south-2" }

---A region's projects: its own, and those named after it.
M.PROJECTS = { "", "_orders", "_reports" }

---Calls a minute of one user: what DDM's document states. No document has a figure for DWS or DBSS.
M.LIMITS = { ddm = 60 }

local OPTIONS = { regions = true, projects = true, instances = true, limits = true, seed = true, start_ms = true, clock = true,
  time_scale = true, ak = true, sk = true, on_effect = true, on_request = true, region = true }

local function check(options)
  for name in pairs(options) do
    if not OPTIONS[name] then error(("sim: a fleet has no option %s"):format(tostring(name)), 0) end
  end
  local count = options.instances or 0
  if math.type(count) ~= "integer" or count < 0 then error("sim: instances of a fleet must be a whole number", 0) end
end

-- Where a client is at home: the first place of the region wanted.
local function home_of(self, region)
  local place = self.by_region[region or self.places[1].region]
  if place then return place end
  error(("sim: the fleet is not in %s; regions: %s"):format(region, table.concat(M.REGIONS, ", ")), 0)
end

-- The instances of each place, dealt out in turns.
local function dealt(places, count)
  local wanted, numbers = {}, {}
  for i = 1, places do wanted[i] = {} end
  for i = 0, count - 1 do
    local list = wanted[i % places + 1]
    local service = fleet_world.service(#list, i % places + 1)
    numbers[service] = (numbers[service] or 0) + 1
    list[#list + 1] = { service = service, number = numbers[service] }
  end
  return wanted
end

-- One account: every place takes the same users, keys and tokens, and has its own project only.
local function place_iam(shared, own)
  local iam = {}
  for key, value in pairs(shared) do iam[key] = value end
  iam.projects = own
  return iam
end

function Fleet:add_place(region, suffix, number, options)
  local one = sim.new({ world = "empty", region = region, seed = (options.seed or 1) * 1000 + number, ak = options.ak,
    sk = options.sk, clock = options.clock, start_ms = options.start_ms, time_scale = options.time_scale,
    limits = options.limits or M.LIMITS, on_effect = function(effect) self:effect(effect, region, suffix) end,
    on_request = function(entry) self:request(entry, region) end })
  local project = one.state.iam.projects[1]
  project.name = region .. suffix
  self.account = self.account or place_iam(one.state.iam, {})
  self.account.projects[number] = project
  one.state.iam = place_iam(self.account, { project })
  self.limited[region] = self.limited[region] or {}
  one.limited = self.limited[region]
  local place = { region = region, project = project.name, id = project.id, sim = one }
  self.places[number], self.by_project[project.id] = place, place
  self.by_region[region] = self.by_region[region] or place
end

---A fleet. Options: `regions` and `projects` (suffixes to the region's name), `instances` over all of them, `limits`
---calls a minute by service ({} for none); `seed`, `start_ms`, `clock`, `time_scale`, `ak`, `sk`, `on_effect` and
---`on_request` as of a simulator.
---@param options table?
---@return hwdb.Fleet
function M.new(options)
  options = options or {}
  check(options)
  local self = setmetatable({ places = {}, by_project = {}, by_region = {}, limited = {}, log = {}, calls = {}, throttled = 0,
    on_effect = options.on_effect, on_request = options.on_request, state = { world = "fleet" } }, Fleet)
  for _, region in ipairs(options.regions or M.REGIONS) do
    for _, suffix in ipairs(options.projects or M.PROJECTS) do
      self:add_place(region, suffix, #self.places + 1, options)
    end
  end
  local wanted = dealt(#self.places, options.instances or 0)
  for i, place in ipairs(self.places) do fleet_world.fill(place.sim.state, place.id, wanted[i]) end
  -- IAM is one for all regions, and knows every project.
  self.home = sim.new({ world = "empty", region = self.places[1].region, seed = options.seed, ak = options.ak, sk = options.sk,
    clock = options.clock, start_ms = options.start_ms, on_request = function(entry) self:request(entry) end })
  self.home.state.iam = self.account
  local first = home_of(self, options.region)
  self.ak, self.sk, self.region, self.project_id = first.sim.ak, first.sim.sk, first.region, first.id
  self.data_node_user, self.data_node_password = world.DEMO.data_node_user, world.DEMO.data_node_password
  return self
end

function Fleet:effect(effect, region, suffix)
  effect.seq, effect.region, effect.project = #self.log + 1, region, region .. suffix
  self.log[effect.seq] = effect
  if self.on_effect then self.on_effect(effect) end
end

-- A call refused for its rate is none to the gateway's count.
function Fleet:request(entry, region)
  entry.region = region
  if entry.status == 429 then
    self.throttled = self.throttled + 1
  elseif region then
    local key = region .. "/" .. (entry.service or "?")
    self.calls[key] = (self.calls[key] or 0) + 1
  end
  if self.on_request then self.on_request(entry) end
end

---The accepted mutations so far, in all places.
function Fleet:effects()
  return self.log
end

---The latest requests of all places, in time order.
function Fleet:requests()
  local list = {}
  for _, place in ipairs(self.places) do table.move(place.sim:requests(), 1, #place.sim:requests(), #list + 1, list) end
  table.sort(list, function(a, b) return a.time < b.time end)
  return list
end

---@return integer ms
function Fleet:now()
  return self.home:now()
end

---@param ms integer
function Fleet:advance_to(ms)
  self.home:advance_to(ms)
  for _, place in ipairs(self.places) do place.sim:advance_to(ms) end
end

---@param seconds number
function Fleet:advance(seconds)
  self.home:advance(seconds)
  for _, place in ipairs(self.places) do place.sim:advance(seconds) end
end

---@return integer? ms
function Fleet:next_due()
  local first
  for _, place in ipairs(self.places) do
    local due = place.sim:next_due()
    if due and (not first or due < first) then first = due end
  end
  return first
end

local function fits(place, region, project)
  return (region == nil or place.region == region) and (project == nil or place.project == project or place.id == project)
end

---Adds a fault to the places it names by `region` and `project`; without them to each place, where it counts by itself.
---@param fault table
function Fleet:add_fault(fault)
  local plain, found = {}, false
  for key, value in pairs(fault) do
    if key ~= "region" and key ~= "project" then plain[key] = value end
  end
  for _, place in ipairs(self.places) do
    if fits(place, fault.region, fault.project) then
      place.sim:add_fault(plain)
      found = true
    end
  end
  if not found then error("fault: the fleet has no such region and project", 0) end
end

---@param text string
function Fleet:add_fault_lines(text)
  faults.each_line(text, function(fault) self:add_fault(fault) end)
end

-- -- requests ----------------------------------------------------------------------

-- Region of "ddm.cn-north-4.myhuaweicloud.com"; a host without one leaves it to the project.
local function region_of(host)
  return (host or ""):lower():match("^%l+%.(%l%l%-[%w%-]+)%.")
end

function Fleet:project_of(path, headers)
  for segment in path:gmatch("[^/]+") do
    if self.by_project[segment] then return self.by_project[segment] end
  end
  return self.by_project[headers["x-project-id"] or ""]
end

local function is_iam(path, host)
  return path:find("^/iam/") or path:find("^/v3%.?0?/auth/") or path:find("^/v3/projects$") or path:find("^/v3%.0/OS%-CREDENTIAL/")
    or (host or ""):find("^iam[.-]")
end

-- The simulator that answers.
function Fleet:answering(request)
  local path, headers = wire.split_target(request.target), wire.headers(request.headers)
  if is_iam(path, headers.host) then return self.home end
  local place, region = self:project_of(path, headers), region_of(headers.host)
  if region and not self.by_region[region] then return nil end
  -- Another region's gateway does not know the project, and says so.
  if place and region and place.region ~= region then place = nil end
  return (place or self.by_region[region or self.region]).sim
end

---Answers a request, as hwdb.Simulator's does. A region that the fleet has not is a host that nobody answers for.
---@param request { method: string, target: string, headers: table, body: string? }
---@return { status: integer, headers: table, body: string, fault: table? }
function Fleet:handle(request)
  local one = self:answering(request)
  if not one then return { status = 0, headers = {}, body = "", fault = { kind = "reset_before" } } end
  return one:handle(request)
end

---The least time in which calls like those so far can have been made: after each full minute's worth of a user's calls
---of a service in a region, the next minute.
---@return number seconds
function Fleet:least_seconds()
  local least = 0
  for key, count in pairs(self.calls) do
    local limit = (self.places[1].sim.limits or {})[key:match("/(.*)$")]
    if limit then least = math.max(least, (count - 1) // limit * 60) end
  end
  return least
end

return M
