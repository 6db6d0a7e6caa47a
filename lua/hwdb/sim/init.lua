-- SPDX-License-Identifier: Apache-2.0
-- The simulator: handle(request) -> response over a state. It knows no socket;
-- the in-process port and the listener are adapters around it.
local core = require("hwdb.core")
local clock = require("hwdb.sim.clock")
local context = require("hwdb.sim.context")
local bss_errors = require("hwdb.sim.bss_errors")
local dbss_errors = require("hwdb.sim.dbss_errors")
local dbss_readings = require("hwdb.sim.dbss_readings")
local ddm_errors = require("hwdb.sim.ddm_errors")
local ddm_readings = require("hwdb.sim.ddm_readings")
local dws_errors = require("hwdb.sim.dws_errors")
local dws_readings = require("hwdb.sim.dws_readings")
local dump = require("hwdb.sim.dump")
local effects = require("hwdb.sim.effects")
local faults = require("hwdb.sim.faults")
local gateway = require("hwdb.sim.gateway")
local ids = require("hwdb.sim.ids")
local precheck = require("hwdb.sim.ddm_precheck")
local rds_readings = require("hwdb.sim.rds_readings")
local refusal = require("hwdb.sim.refusal")
local route = require("hwdb.sim.route")
local seeding = require("hwdb.sim.seeding")
local services = require("hwdb.sim.services")
local spoil = require("hwdb.sim.spoil")
local times = require("hwdb.sim.times")
local wire = require("hwdb.sim.wire")
local world = require("hwdb.sim.world")

---@class hwdb.Simulator
---@field state table plain data: dump it, and give it to new{state=} to go on
---@field ak string
---@field sk string
---@field region string
---@field project_id string
---@field data_node_user string login of the default world's data nodes
---@field data_node_password string
local Simulator = {}
Simulator.__index = Simulator

local M = { DEMO = world.DEMO, START_MS = world.START_MS }

-- Which side a world takes where the documents contradict each other.
M.READINGS = {
  cleaned_state = "ToBeCleaned", -- or "Completed": a switched task with the operation toBeCleaned
  deleted_instance = "gone", -- or "DELETED": still answered with that status
  node_port = "string", -- or "integer": port of show_instance's nodes
  admin_field = "admin_user_name", -- or "admin_username"
  schema_job_id = false, -- true: create_schema and delete_schema name a job
  schema_times = "integer", -- or "string": created and updated of show_schema
  schema_v3_status = "document", -- or "v1": all states instead of UNKNOWN
  shard_limit = "node", -- 64 shards a data node; or "instance": 64 an instance
  require_precheck = false, -- true: configure_shards without a precheck is refused
  strategy_window = "at_most_hour", -- or "at_least_hour": length in update_switch_strategy
  window_utc_offset_minutes = 0, -- zone of the switch window, which no document states
  v3_errors = "error_code", -- or "errCode": form of DDM's v3 errors
  busy_v3_code = "DBS.200019", -- or "DBS.212033"
}

for _, readings in ipairs({ ddm_readings, dws_readings, dbss_readings, rds_readings }) do
  for name, value in pairs(readings) do M.READINGS[name] = value end
end

M.LAG_SECONDS = 2

local index -- of routes, built on first use: rows are the same for all

local function routes()
  index = index or route.build(core.rows())
  return index
end

local function known_op(op)
  return type(op) == "string" and routes().names[op] ~= nil
end

-- What is wrong with a call that a fault lets another operator make, or nil.
local function foreign_problem(call)
  if type(call) ~= "table" or not services.operations[call.op or ""] then
    return "foreign needs call = {op = \"service.operation\", args = {...}} with a modelled operation"
  end
  local row = routes().names[call.op]
  local ok, err = core.check(row.service, row.name, call.args or {})
  if not ok then return "call: " .. err.problems[1].path .. ": " .. err.problems[1].message end
end

local function problem_with(fault)
  if fault["do"] == "foreign" then return foreign_problem(fault.call) end
  if fault["do"] == "precheck" then return precheck.problem(fault.item, fault.status) end
end

local function merged(defaults, given)
  local result = {}
  for key, value in pairs(defaults) do result[key] = value end
  for key, value in pairs(given or {}) do
    if defaults[key] == nil then error(("sim: no reading %s"):format(tostring(key)), 0) end
    result[key] = value
  end
  return result
end

local function key_table(options)
  local keys = {}
  for _, key in ipairs(options.keys or {}) do keys[key.ak] = { sk = key.sk, security_token = key.security_token } end
  if options.ak then keys[options.ak] = { sk = options.sk, security_token = options.security_token } end
  if next(keys) == nil then keys[world.DEMO.ak] = { sk = world.DEMO.sk } end
  return keys
end

local OPTIONS = {}
for name in ("world state ak sk security_token keys region seed faults clock start_ms time_scale rate_limit lag_seconds "
  .. "project_id any_project precheck readings on_effect on_request load seed_from limits"):gmatch("%S+") do
  OPTIONS[name] = true
end

local function check_names(options)
  for name in pairs(options) do
    if not OPTIONS[name] then error(("sim: no option %s"):format(tostring(name)), 0) end
  end
  for item, status in pairs(options.precheck or {}) do
    local problem = precheck.problem(item, status)
    if problem then error("sim: " .. problem, 0) end
  end
end

local function check_options(options)
  check_names(options)
  if options.clock and options.clock ~= "virtual" and options.clock ~= "real" then
    error("sim: clock is virtual or real, not " .. tostring(options.clock), 0)
  end
  if options.ak and not options.sk then error("sim: ak needs sk", 0) end
  for service, limit in pairs(options.limits or {}) do
    if math.type(limit) ~= "integer" or limit < 1 then
      error(("sim: limits.%s must be a whole number above 0, not %s"):format(tostring(service), tostring(limit)), 0)
    end
  end
  local from = 0
  for _, name in ipairs({ "world", "state", "load", "seed_from" }) do from = from + (options[name] and 1 or 0) end
  if from > 1 then error("sim: world, state, load and seed_from exclude each other", 0) end
  for _, name in ipairs({ "time_scale", "rate_limit" }) do
    if options[name] ~= nil and not (type(options[name]) == "number" and options[name] > 0) then
      error(("sim: %s must be a number above 0, not %s"):format(name, tostring(options[name])), 0)
    end
  end
end

local function start_ms(options)
  if options.clock == "real" then return core.now() end
  return options.start_ms or world.START_MS
end

local function first_key(options, keys)
  local ak = options.ak or (options.keys and options.keys[1] and options.keys[1].ak) or world.DEMO.ak
  return ak, keys[ak].sk
end

local function first_state(options, region)
  local wanted = { world = options.world or "default", region = region, seed = options.seed or 1,
    start_ms = start_ms(options), project_id = options.project_id }
  if options.seed_from then return seeding.build(options.seed_from, wanted) end
  return world.build(wanted)
end

---A simulated cloud. Raises one clear message when an option makes no sense.
---
---Options: `world` default|documents|empty, or one of `state`, `load` (a decoded dump) and `seed_from` (a decoded inventory
---or dump; its objects in a new world); `ak`, `sk` or `keys` {{ak=, sk=, security_token=}};
---`region`; `seed`; `faults` (a list); `clock` virtual|real, `start_ms`, `time_scale`; `rate_limit` requests a minute, `limits`
---{ddm = 60} those of one user by service; `project_id` of the account, `any_project` takes calls signed for any other as meant for it;
---`lag_seconds` an old status is still shown after an accepted change; `precheck` {item = "FAILED"|"WARN"}; `readings`
---(see READINGS); `on_effect`, `on_request`.
---@param options table?
---@return hwdb.Simulator
function M.new(options)
  options = options or {}
  check_options(options)
  if options.load then options = dump.options(options.load, options) end
  local region = options.region or (options.seed_from and options.seed_from.region) or "cn-north-4"
  local keys = key_table(options)
  local ak, sk = first_key(options, keys)
  local state = options.state or first_state(options, region)
  local self = setmetatable({ state = state, keys = keys, ak = ak, sk = sk, region = region,
    project_id = state.iam.projects[1].id, any_project = options.any_project, rate_limit = options.rate_limit,
    rate = { ends = 0, count = 0 }, limits = options.limits, limited = {},
    readings = merged(M.READINGS, options.readings), precheck = options.precheck or {},
    lag_seconds = options.lag_seconds or M.LAG_SECONDS, data_node_user = world.DEMO.data_node_user,
    data_node_password = world.DEMO.data_node_password, last = {} }, Simulator)
  self.log = effects.new(options)
  self.faults = faults.new(known_op, problem_with)
  self.clock = clock.new(state, { real = options.clock == "real", time_scale = options.time_scale or 1 },
    function(timer) self:fire(timer) end)
  if options.load then dump.restore(self, options.load) end
  for _, fault in ipairs(options.faults or {}) do self.faults:add(fault) end
  return self
end

---The simulator's time.
---@return integer ms since 1970
function Simulator:now()
  return self.clock:now()
end

---Lets time pass; whatever falls due happens, in time order.
---@param seconds number
function Simulator:advance(seconds)
  self.clock:advance(math.floor(seconds * 1000 + 0.5))
end

---@param ms integer
function Simulator:advance_to(ms)
  self.clock:settle(ms)
end

---When something happens next by itself, or nil.
---@return integer? ms
function Simulator:next_due()
  return self.clock:next_due()
end

---The accepted mutations so far.
---@return table[] {seq, time, service, op, method, path, target, sha256}
function Simulator:effects()
  return self.log.effects
end

---The latest requests.
---@return table[] {seq, time, method, target, service, op, status, request_id, fault}
function Simulator:requests()
  return self.log.requests
end

---Adds a fault from now on; raises one clear message when it makes no sense.
---@param fault table
function Simulator:add_fault(fault)
  self.faults:add(fault)
end

---Adds the faults of a text with one JSON object a line.
---@param text string
function Simulator:add_fault_lines(text)
  self.faults:add_lines(text)
end

-- Runs a handler. A refusal comes back as a value; any other error is a defect
-- of the simulator and goes on up.
local function call(handler, ctx, args)
  local results = table.pack(xpcall(handler, function(err)
    if refusal.is(err) then return err end
    return debug.traceback(tostring(err), 2)
  end, ctx, args))
  if results[1] then return nil, results[2], results[3], results[4] end
  if refusal.is(results[2]) then return results[2] end
  error(results[2], 0)
end

local function version_of(row)
  return math.tointeger(tonumber(row.path:match("^/v(%d)"))) or 3
end

-- A request in the simulator's own terms.
local function received(request, id)
  local path, query = wire.split_target(request.target)
  return { method = request.method:upper(), target = request.target, path = path, query = query, id = id,
    headers = wire.headers(request.headers), body = request.body or "" }
end

-- A call that comes later than its request: a timed-out one taking effect.
function Simulator:run_late(data)
  local row = routes().names[data.op]
  local ctx = context.new(self, { project_id = data.project_id, version = version_of(row), caller = data.caller })
  local no, _, target = call(services.operations[data.op], ctx, data.args)
  if not no and row.kind ~= "query" then
    self.log:effect(self.state.now, data.request, row, target, { late = true })
  end
end

---Hands a due timer to the service that set it.
---@param timer table
function Simulator:fire(timer)
  if timer.kind == "sim.late" then return self:run_late(timer.data) end
  services.timers[timer.kind](context.new(self, {}), timer.data)
end

-- Another operator's call, in this moment and unseen.
function Simulator:run_foreign(fault)
  local row = routes().names[fault.call.op]
  local ctx = context.new(self, { project_id = self.project_id, version = version_of(row) })
  local no, _, target = call(services.operations[fault.call.op], ctx, fault.call.args or {})
  if not no and row.kind ~= "query" then
    local body = core.encode(fault.call.args or {})
    self.log:effect(self.state.now, { method = row.method, target = row.path, path = row.path, body = body }, row, target,
      { by = "foreign" })
  end
end

-- What a service says of parameters it does not take; DWS has a code for most of them.
local PARAMETER_ERROR = ddm_errors.message("DBS.280001")
local WRONG_PARAMETER = { iam = { "Bad Request", PARAMETER_ERROR }, ddm = { "DBS.280001", PARAMETER_ERROR },
  rds = { "DBS.280001", PARAMETER_ERROR }, dbss = { "DBSS.10000001", dbss_errors.message("DBSS.10000001") },
  bss = { bss_errors.INVALID, bss_errors.message(bss_errors.INVALID) } }

local function parameter_error(row, readings, problem)
  if row.service == "dws" then
    local dws_code = dws_errors.of_problem(problem)
    return wire.refused("dws", version_of(row), { status = 400, code = dws_code,
      message = dws_errors.message(dws_code) }, readings)
  end
  local words = WRONG_PARAMETER[row.service]
  return wire.refused(row.service, version_of(row), { status = 400, code = words[1], message = words[2] }, readings)
end

local function answered(row, body, extra)
  local headers = {}
  if extra and extra.subject_token then headers[1] = { "X-Subject-Token", extra.subject_token } end
  return wire.response(row.ok and row.ok[1] or 200, body, headers)
end

-- The service's answer to checked arguments.
function Simulator:serve(exchange, args, shape)
  local row, request = exchange.row, exchange.request
  local ctx = context.new(self, { project_id = exchange.values.project_id, version = version_of(row), shape = shape,
    lag = self.lag_seconds, caller = exchange.caller })
  local no, body, target, extra = call(services.operations[exchange.op], ctx, args)
  if no then
    exchange.entry.code = no.code
    return wire.refused(row.service, version_of(row), no, self.readings)
  end
  if row.kind ~= "query" and not (extra and extra.checked_only) then self.log:effect(self.state.now, request, row, target) end
  return answered(row, body, extra)
end

-- A lag fault on a query gives the answer the same query had before.
function Simulator:remembered(exchange, shape, response)
  if exchange.row.kind ~= "query" then return response end
  local key = exchange.request.method .. " " .. exchange.request.target
  if shape.lag and self.last[key] then return self.last[key] end
  self.last[key] = response
  return response
end

-- Schedules the effect of a request that is answered as timed out.
function Simulator:postpone(exchange, args, fault)
  local request = exchange.request
  self.clock:schedule(fault.seconds or 30, "sim.late", { op = exchange.op, args = args,
    project_id = exchange.values.project_id, caller = exchange.caller, request = { method = request.method, target = request.target,
      path = request.path, body = request.body } })
  return gateway.refused(504, "APIGW.0202", "Backend timeout", request.id)
end

-- Parses and checks, then serves.
function Simulator:work(exchange, fault, shape)
  local row, request = exchange.row, exchange.request
  local checked, args = wire.arguments(row, exchange.values, request)
  local ok, err = checked ~= nil, { problems = { { path = "body", message = args } } }
  if ok then ok, err = core.check(row.service, row.name, checked) end
  if not ok then
    exchange.entry.problems = err.problems
    return parameter_error(row, self.readings, err.problems[1])
  end
  if fault and fault["do"] == "late" then return self:postpone(exchange, args, fault) end
  return self:remembered(exchange, shape, self:serve(exchange, args, shape))
end

-- An admitted request, with the faults that are due for it.
function Simulator:admitted(exchange)
  local fault, shape = self.faults:take(exchange.op)
  local word = fault and fault["do"]
  exchange.entry.fault = word
  local instead = fault and spoil.instead(fault, exchange, self.readings)
  if instead then return instead end
  if not services.operations[exchange.op] then return gateway.not_modelled(exchange.request.id, exchange.op) end
  if word == "foreign" and not fault.after then self:run_foreign(fault) end
  local response = self:work(exchange, fault, shape)
  if word == "foreign" and fault.after then self:run_foreign(fault) end
  return fault and spoil.after(fault, response, self.state) or response
end

-- Of two operations with one method and path, the one that a field of the body tells.
local function twin(row, request)
  local other = services.twins[row.service .. "." .. row.name]
  local body = other and core.decode(request.body)
  local given = type(body) == "table" and body[other.field]
  return given and given ~= core.null and routes().names[other.op] or row
end

-- From the gateway to the service.
function Simulator:dispatch(request, entry)
  local refused = gateway.oversized(request, request.id)
  if refused then return refused end
  local row, values = route.find(routes(), request.method, request.path, request.headers.host)
  if not row then return gateway.not_published(request.id) end
  row = twin(row, request)
  entry.service, entry.op = row.service, row.name
  local caller
  refused, caller = gateway.admit(self, request, row, values)
  if refused then return refused end
  return self:admitted({ request = request, row = row, values = values, op = row.service .. "." .. row.name,
    entry = entry, caller = caller })
end

-- The headers every answer has, on a fresh table: a remembered answer is given
-- out again.
local function finished(response, id, now)
  local headers = { { "X-Request-Id", id }, { "Date", times.http(now) } }
  table.move(response.headers, 1, #response.headers, #headers + 1, headers)
  return { status = response.status, headers = headers, body = response.body, fault = response.fault }
end

---Answers a request. `fault` of the response is what the adapter must do to it: reset_before and reset_after close the
---connection unanswered, stall waits `seconds` first, dribble spreads the body over `seconds`.
---@param request { method: string, target: string, headers: table, body: string? }
---@return { status: integer, headers: table, body: string, fault: table? }
function Simulator:handle(request)
  self.clock:settle(self.clock:now())
  local state = self.state
  local id = ids.hex(state)
  local own = received(request, id)
  local entry = { time = times.exact(state.now), method = own.method, target = own.target, request_id = id }
  local response = finished(self:dispatch(own, entry), id, state.now)
  entry.status = response.status
  self.log:request(entry)
  return response
end

return M
