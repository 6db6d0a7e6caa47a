-- SPDX-License-Identifier: Apache-2.0
-- The control path of a listening simulator: requests under /.hwdb/ that move
-- its clock, set faults and look at its memory. Every one is signed with a key
-- pair the simulator accepts, like any call, so no web page and nobody without
-- the pair gets anywhere. Nothing here touches a file.
local core = require("hwdb.core")
local dump = require("hwdb.sim.dump")
local signature = require("hwdb.sim.signature")
local times = require("hwdb.sim.times")
local wire = require("hwdb.sim.wire")

local M = {}

M.PREFIX = "/.hwdb/"

-- A step on the clock: ten years.
M.LONGEST_STEP = 315360000

local LARGEST_BODY = 1024 * 1024

local function refused(status, message)
  return wire.response(status, { error_code = "HWDB." .. status, error_msg = message })
end

local function counted(list)
  local counts = {}
  for name, entries in pairs(list) do counts[name] = #entries end
  return counts
end

local function waiting(faults)
  local count = 0
  for _, entry in ipairs(faults) do
    if entry.used < (entry.fault.times or 1) then count = count + 1 end
  end
  return count
end

local function status(sim)
  local due = sim:next_due()
  local objects = counted({ ddm_instances = sim.state.ddm.instances, dws_clusters = sim.state.dws.clusters,
    dbss_instances = sim.state.dbss.instances, rds_instances = sim.state.rds.instances })
  return { time = times.exact(sim:now()), next_due = due and times.exact(due) or core.null, world = sim.state.world,
    region = sim.region, project_id = sim.project_id, effects = #sim:effects(), requests = sim.log.request_seq,
    faults_waiting = waiting(sim.faults.list), objects = objects }
end

local function advance(sim, given)
  local seconds = given.seconds
  if type(seconds) ~= "number" or seconds < 0 or seconds > M.LONGEST_STEP then
    return nil, ("seconds must be a number from 0 to %d"):format(M.LONGEST_STEP)
  end
  sim:advance(seconds)
  return status(sim)
end

local function add_fault(sim, given)
  local ok, problem = pcall(sim.add_fault, sim, given)
  if not ok then return nil, tostring(problem) end
  return { faults_waiting = waiting(sim.faults.list) }
end

local function after(list, query)
  local first, kept = math.tointeger(tonumber(query:match("^after=(%d+)$"))) or 0, core.array({})
  for _, entry in ipairs(list) do
    if entry.seq > first then kept[#kept + 1] = entry end
  end
  return kept
end

local CALLS = {
  ["GET status"] = status,
  ["GET dump"] = dump.take,
  ["GET effects"] = function(sim, _, query) return after(sim:effects(), query) end,
  ["GET requests"] = function(sim, _, query) return after(sim:requests(), query) end,
  ["POST advance"] = advance,
  ["POST fault"] = add_fault,
}

local function body_of(request)
  if request.method == "GET" then return {} end
  if #request.body > LARGEST_BODY then return nil, "the body is larger than 1 MB" end
  local value, message = core.decode(request.body)
  if type(value) ~= "table" or core.is_array(value) then return nil, message or "the body is not a JSON object" end
  return value
end

local function called(sim, request)
  local call = CALLS[request.method .. " " .. request.path:sub(#M.PREFIX + 1)]
  if not call then return refused(404, "there is no such control; see: hwdb sim ctl --help") end
  if not request.headers.authorization then return refused(401, "control takes signed requests only") end
  local who, message = signature.verify(request, sim.keys, sim:now(), sim.clock:wall())
  if not who then return refused(401, message) end
  local given, problem = body_of(request)
  if not given then return refused(400, problem) end
  local result, why = call(sim, given, request.query)
  if not result then return refused(400, why) end
  return wire.response(200, result)
end

---Answers a request of the control path; nil for any other.
---@param sim hwdb.Simulator
---@param request { method: string, target: string, headers: table, body: string? }
---@return table? response
function M.answer(sim, request)
  local path, query = wire.split_target(request.target)
  if path:sub(1, #M.PREFIX) ~= M.PREFIX then return nil end
  local response = called(sim, { method = request.method, path = path, query = query,
    headers = wire.headers(request.headers), body = request.body or "" })
  table.insert(response.headers, { "Cache-Control", "no-store" })
  return response
end

return M
