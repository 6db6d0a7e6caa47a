-- SPDX-License-Identifier: Apache-2.0
-- Random sequences of legal and illegal calls over every operation, made from the rows and from what answers named
-- before. Whatever comes, the simulator answers, keeps its invariants, and goes on the same after a dump and load.
-- The seed stands in each test's name; HWDB_SEED=N tries one of one's own.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")
local hwdb = require("hwdb")
local samples = require("spec.support.samples")
local services = require("hwdb.sim.services")

local STEPS <const> = 300
local SEEDS <const> = 10

-- A queue that is not there: met in practice with this status and body.
local NO_QUEUE = '"workload_res_code":1'
local DOCUMENTED_500 = { ["dws.delete_workload_queue"] = NO_QUEUE, ["dws.show_workload_queue"] = NO_QUEUE,
  ["dws.update_queue_resources"] = NO_QUEUE }

local rows, modelled, missing = {}, {}, 0
for _, row in ipairs(core.rows()) do
  local op = row.service .. "." .. row.name
  rows[op] = row
  if services.operations[op] then modelled[#modelled + 1] = row else missing = missing + 1 end
end

-- -- chance ---------------------------------------------------------------------

-- A generator of its own (xorshift), so that a seed means the same on every machine.
local function random(seed)
  local x = seed * 0x9E3779B97F4A7C15 | 1
  return function(n)
    x = x ~ (x << 13)
    x = x ~ (x >> 7)
    x = x ~ (x << 17)
    return (x >> 11) % n + 1
  end
end

local function one_of(list, pick) return list[pick(#list)] end

-- -- what can be named ------------------------------------------------------------

-- Where the values of parameters come from: member names met in answers, best first.
local NAMED = {
  instance_id = { "instances.id", "servers.id" }, cluster_id = { "clusters.id" }, snapshot_id = { "snapshots.id" },
  node_id = { "nodes.node_id", "nodes.id" }, group_id = { "group_list.id", "group_id" }, ddm_dbname = { "databases.name" },
  database_name = { "databases.name" }, db_name = { "databases.name" }, config_id = { "configurations.id" },
  source_id = { "configurations.id" }, target_id = { "configurations.id" }, param_group_id = { "configurations.id" },
  backup_id = { "backups.id" }, task_id = { "job_id", "jobs.id" }, id = { "id" }, username = { "users.name" },
  resource_id = { "servers.resource_id", "resource_id" }, risk_id = { "rules.id" }, elb_id = { "elbs.id" },
  eip_id = { "eip_id" }, ext_data_source_id = { "data_sources.id" }, alarm_sub_id = { "alarm_subscriptions.id" },
  event_sub_id = { "event_subscriptions.id" }, policy_id = { "policy_id" }, configuration_id = { "configurations.id" },
  target_instance_id = { "instances.id" }, dn_instance_id = { "data_nodes.id", "used_rds.id" },
}

local PASSWORDS = { "Simulated-1!", "Simulated-123!", "short" }

local Pool = {}
Pool.__index = Pool

local function pool_of(sim)
  local pool = setmetatable({ lists = {}, seen = {} }, Pool)
  local network = sim.state.network
  for name, list in pairs({ vpc_id = network.vpcs, subnet_id = network.subnets, security_group_id = network.security_groups,
    available_zones = network.zones, availability_zone = network.zones, flavor_id = sim.state.ddm.flavors,
    engine_id = sim.state.ddm.engines, ["used_rds.id"] = sim.state.rds.instances, eip_id = sim.state.dws.eips,
    ["elbs.id"] = sim.state.dws.elbs }) do
    for _, entry in ipairs(list) do pool:add(name, entry.id) end
  end
  for _, flavor in ipairs(sim.state.dws.flavors) do pool:add("node_type", flavor.name) end
  return pool
end

function Pool:add(name, value)
  local key = name .. "\0" .. tostring(value)
  if self.seen[key] or value == "" then return end
  self.seen[key] = true
  self.lists[name] = self.lists[name] or {}
  table.insert(self.lists[name], value)
end

---Takes over every scalar of an answer under its name, and under its list's and its own.
function Pool:learn(value, list)
  if type(value) ~= "table" then return end
  for key, member in pairs(value) do
    if type(member) == "table" then
      self:learn(member, type(key) == "string" and key or list)
    elseif type(key) == "string" and (type(member) == "string" or math.type(member) == "integer") then
      self:add(key, member)
      if list and (key == "id" or key == "name" or key:sub(-3) == "_id") then self:add(list .. "." .. key, member) end
    end
  end
end

function Pool:value(name, pick)
  if name:lower():find("password", 1, true) or name:sub(-4) == "_pwd" then return one_of(PASSWORDS, pick) end
  for _, source in ipairs(NAMED[name] or { name }) do
    local list = self.lists[source]
    if list and pick(8) > 1 then return list[math.max(1, #list - pick(6) + 1)] end
  end
end

-- -- calls from rows ----------------------------------------------------------------

local Maker = {}
Maker.__index = Maker

local RIGHT = { string = "string", integer = "number", number = "number", boolean = "boolean" }

function Maker:scalar(field)
  local value = self.pool:value(field.name, self.pick)
  if field.enum and self.pick(4) > 1 then value = one_of(field.enum, self.pick) end
  if value ~= nil and field.type == "string" then value = tostring(value) end
  if field.type == "integer" and type(value) == "string" then value = math.tointeger(tonumber(value)) end
  if value ~= nil and type(value) == RIGHT[field.type] then return value end
  if field.type == "integer" and not field.enum then return math.max(field.min or 1, math.min(field.max or 50, self.pick(8))) end
  return samples.value(field)
end

function Maker:object(fields)
  local value = {}
  for _, field in ipairs(fields or {}) do
    if field.required or self.pick(3) == 1 then value[field.name] = self:value(field) end
  end
  return value
end

function Maker:entry(field)
  if field.fields then return self:object(field.fields) end
  return self:scalar({ name = field.name, type = field.items or "string", enum = field.enum })
end

function Maker:value(field)
  if field.type == "object" then return self:object(field.fields) end
  if field.type == "map" then return { [tostring(self.pool:value("used_rds.id", self.pick) or "a")] = self:entry(field) } end
  if field.type ~= "array" then return self:scalar(field) end
  local list = core.array({})
  for i = 1, math.max(field.min_length or 0, self.pick(2)) do list[i] = self:entry(field) end
  return list
end

local ODD = { "", -1, 0, 1 << 62, 1.5, true, core.null, ("x"):rep(300), "../..", "%00", "é", "none", core.array({}), { a = 1 } }

-- Spoils a member somewhere: another value, another type, or none.
function Maker:spoil(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  if #keys == 0 then return end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  local key = one_of(keys, self.pick)
  if type(value[key]) == "table" and self.pick(3) > 1 then return self:spoil(value[key]) end
  if type(key) == "number" and key ~= #value then return end
  value[key] = self.pick(4) > 1 and one_of(ODD, self.pick) or nil
end

local function text_of(value)
  if type(value) == "table" or value == core.null then return core.encode(value) end
  if math.type(value) == "float" and value == value // 1 then return ("%d"):format(value) end
  return tostring(value)
end

---A request of the row: method, target and body.
function Maker:request(row)
  local path, query, body, whole = {}, {}, {}, nil
  for _, param in ipairs(row.params or {}) do
    if param.name ~= "project_id" and (param.required or self.pick(3) == 1) then
      local value = self:value(param)
      if param["in"] == "path" then path[param.name] = value
      elseif param["in"] == "query" then query[param.name] = value
      elseif param.whole then whole = value
      elseif param["in"] == "body" then body[param.name] = value end
    end
  end
  local spoils = self.pick(5)
  if spoils == 1 then self:spoil(whole or body) elseif spoils == 2 then self:spoil(query) end
  local target = row.path:gsub("{(.-)}", function(name)
    if name == "project_id" then return "{p}" end
    local value = path[name] ~= nil and text_of(path[name]) or "none"
    return core.uri_encode(value == "" and "none" or value)
  end)
  local parts = {}
  for name, value in pairs(query) do parts[#parts + 1] = name .. "=" .. core.uri_encode(text_of(value)) end
  table.sort(parts)
  local has_body = whole ~= nil or next(body) ~= nil or row.method == "POST" or row.method == "PUT"
  return row.method, target .. (parts[1] and "?" .. table.concat(parts, "&") or ""), has_body and (whole or body) or nil
end

-- -- what must hold ---------------------------------------------------------------

-- A list, and the call that shows one of its entries: what is listed can be shown, what is not cannot.
local SHOWN = {
  { "ddm.list_instances", "instances", "id", "ddm.show_instance", "instance_id" },
  { "ddm.list_configurations", "configurations", "id", "ddm.show_configuration", "config_id" },
  { "dws.list_clusters", "clusters", "id", "dws.show_cluster", "cluster_id" },
  { "dws.list_snapshots", "snapshots", "id", "dws.show_snapshot", "snapshot_id" },
}

-- A list within another's entry, and how one of it is shown.
local WITHIN = {
  { "ddm.list_instances", "instances", "instance_id", "ddm.list_schemas", "databases", "name", "ddm.show_schema", "ddm_dbname" },
  { "ddm.list_instances", "instances", "instance_id", "ddm.list_nodes", "nodes", "node_id", "ddm.show_node", "node_id" },
  { "dbss.list_audit_instances", "servers", "instance_id", "dbss.list_audit_rule_risks", "rules", "id",
    "dbss.show_audit_rule_risk", "risk_id" },
}

local COUNTS = { "count", "total", "total_count", "total_record", "instance_num" }

local World = {}
World.__index = World

-- A body, or nil and the status. A read that is not modelled yet says nothing.
function World:read(op, args)
  if not services.operations[op] then return nil, 501 end
  local service, name = op:match("^(%l+)%.(.+)$")
  local body, err = self.client[service][name](self.client[service], args, { attempts = 1 })
  if body then return body end
  assert(err.status and err.status < 500, op .. ": " .. tostring(err))
  return nil, err.status
end

local function values_of(list, member, what)
  local values, seen = {}, {}
  for i, entry in ipairs(list or {}) do
    assert(entry[member] ~= nil and not seen[entry[member]], ("%s: %s %s is there twice or not at all"):format(what, member,
      tostring(entry[member])))
    seen[entry[member]], values[i] = true, entry[member]
  end
  return values, seen
end

-- The whole list; its count agrees, its members are unique, and pages of two give each once.
function World:list(op, items, member, args)
  local size = rows[op].page and rows[op].page.size
  local asked = {}
  for name, value in pairs(args or {}) do asked[name] = value end
  if size then asked[size] = 100 end
  local body = self:read(op, asked)
  if not body then return nil end
  local values, seen = values_of(body[items], member, op)
  if #values < 100 then
    for _, name in ipairs(COUNTS) do
      if body[name] then assert.equal(#values, body[name], op .. " " .. name) end
    end
  end
  if size and #values < 100 then self:pages(op, member, asked, size, values) end
  return values, seen
end

function World:pages(op, member, asked, size, values)
  local service, name = op:match("^(%l+)%.(.+)$")
  local paged = {}
  asked[size] = math.max(2, #values // 3)
  for entry in self.client[service]:each(name, asked) do paged[#paged + 1] = entry[member] end
  assert.same(values, paged, op .. " in pages of " .. asked[size])
end

function World:shown(op, args, wanted)
  if not services.operations[op] then return end
  local body, status = self:read(op, args)
  assert(not body == not wanted, ("%s %s: listed %s, shown %s"):format(op, core.encode(args), tostring(wanted), tostring(status or 200)))
end

function World:check_shown(list, items, member, show, param)
  local values, seen = self:list(list, items, member)
  if not values then return end
  local known = self.known[list] or {}
  self.known[list] = known
  for _, value in ipairs(values) do known[value] = true end
  for value in pairs(known) do self:shown(show, { [param] = value }, seen[value]) end
end

function World:check_within(outer, outer_items, outer_param, list, items, member, show, param)
  local owners = self:list(outer, outer_items, "id")
  for _, owner in ipairs(owners or {}) do
    for _, value in ipairs(self:list(list, items, member, { [outer_param] = owner }) or {}) do
      self:shown(show, { [outer_param] = owner, [param] = value }, true)
    end
  end
end

-- Nothing of what is gone answers any more.
function World:check_gone()
  local alive = {}
  for _, id in ipairs(self:list("ddm.list_instances", "instances", "id") or {}) do alive[id] = true end
  for id in pairs(self.known["ddm.list_instances"] or {}) do
    for _, op in ipairs(alive[id] and {} or { "ddm.list_nodes", "ddm.list_schemas", "ddm.list_groups", "ddm.list_users" }) do
      assert(not self:read(op, { instance_id = id }), op .. " of an instance that is gone")
    end
  end
end

function World:check()
  for _, pair in ipairs(SHOWN) do self:check_shown(table.unpack(pair)) end
  for _, nest in ipairs(WITHIN) do self:check_within(table.unpack(nest)) end
  self:check_gone()
end

local function is_error(body)
  return type(body) == "table" and (body.error_code ~= nil and body.error_code ~= core.null or body.errCode ~= nil)
end

-- One call, and what holds for every call.
function World:step(row)
  local c, op = self.caller, row.service .. "." .. row.name
  local method, target, body = self.maker:request(row)
  local before = #c.sim:effects()
  local status, answer, response = c:call(method, target, body)
  local what = ("%s: %s %s %s -> %d %s"):format(op, method, target, body and core.encode(body) or "", status, response.body:sub(1, 300))
  local meant = status == 500 and DOCUMENTED_500[op] and response.body:find(DOCUMENTED_500[op], 1, true)
  assert(status >= 200 and status < 500 or meant, what)
  local made = #c.sim:effects() - before
  assert(made == 0 or made == 1 and status < 300 and row.kind ~= "query" and not is_error(answer), "effects: " .. what)
  if status < 300 then self.pool:learn(answer) end
  self.tried[op] = self.tried[op] or { 0, 0 }
  local tried = self.tried[op]
  tried[status < 300 and 1 or 2] = tried[status < 300 and 1 or 2] + 1
end

local function world(seed, tried)
  local pick = random(seed)
  local c = caller.new({ seed = seed, lag_seconds = 0 })
  local pool = pool_of(c.sim)
  local self = setmetatable({ caller = c, pick = pick, pool = pool, tried = tried, known = {},
    maker = setmetatable({ pick = pick, pool = pool }, Maker), client = assert(hwdb.client({ sim = c.sim })) }, World)
  for _, row in ipairs(modelled) do
    if row.kind == "query" then self:step(row) end
  end
  return self
end

-- Time goes by in steps of seconds, now and then of hours.
local function pass(self)
  self.caller.sim:advance(self.pick(6) == 1 and self.pick(20000) or self.pick(40))
end

local function breaks(self)
  if self.pick(25) ~= 1 then return end
  local row = one_of(modelled, self.pick)
  self.caller.sim:add_fault({ op = row.service .. "." .. row.name, ["do"] = "job_failed", at = self.pick(9) / 10 })
end

local function answers(sim)
  local client, list = assert(hwdb.client({ sim = sim })), {}
  for _, row in ipairs(modelled) do
    local plain = row.kind == "query"
    for _, param in ipairs(row.params or {}) do plain = plain and (not param.required or param.name == "project_id") end
    if plain then
      local body, err = client[row.service][row.name](client[row.service], {}, { attempts = 1 })
      list[row.service .. "." .. row.name] = core.encode(body or { err.status, err.code })
    end
  end
  return list
end

-- A simulator of the dumped state, time for time and timer for timer the same.
local function check_dump(self)
  local sim = self.caller.sim
  local state = core.decode(core.encode(sim.state))
  local again = caller.new({ state = state, lag_seconds = 0 }).sim
  for _, one in ipairs({ sim, again }) do one:advance(5000) end
  assert.same(answers(sim), answers(again))
end

local tried = {}

local function run(seed)
  local self = world(seed, tried)
  for step = 1, STEPS do
    self:step(one_of(modelled, self.pick))
    if seed % 2 == 1 then breaks(self) end
    pass(self)
    if step % 13 == 0 then self:check() end
  end
  self.caller.sim:advance(86400)
  self:check()
  check_dump(self)
end

describe(("random calls (%d operations; %d not modelled yet answer 501)"):format(#modelled, missing), function()
  local own = math.tointeger(tonumber(os.getenv("HWDB_SEED") or ""))
  for seed = own or 1, own or SEEDS do
    it(("leave the simulator whole, seed %d"):format(seed), function() run(seed) end)
  end

  it("are of every modelled operation, half of them accepted at least once", function()
    if own then return end
    local accepted, total = 0, 0
    for _, row in ipairs(modelled) do
      local counts = tried[row.service .. "." .. row.name]
      if counts then total = total + 1 end
      if counts and counts[1] > 0 then accepted = accepted + 1 end
    end
    assert.is_true(total >= #modelled * 0.95, ("%d of %d tried"):format(total, #modelled))
    assert.is_true(accepted >= #modelled // 2, ("%d of %d accepted"):format(accepted, #modelled))
  end)
end)
