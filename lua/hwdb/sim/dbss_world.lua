-- SPDX-License-Identifier: Apache-2.0
-- DBSS's part of the worlds: what there is to buy in each, and in `default` one
-- yearly/monthly instance that audits a database.
local build = require("hwdb.sim.dbss_build")
local clock = require("hwdb.sim.clock")
local documents = require("hwdb.sim.dbss_world_documents")
local ids = require("hwdb.sim.ids")
local orders = require("hwdb.sim.bss_orders")
local stamp = require("hwdb.sim.dbss_stamp")
local times = require("hwdb.sim.times")

local M = {}

-- What building needs of a context. Its ids come from a stream of their own, so
-- that other services' worlds keep theirs.
local function minter(state, project_id)
  local stream = { random = state.random ~ 0x44425353 }
  local timers = clock.new(state, { real = false, time_scale = 1 }, function() end)
  return { state = state, now = state.now, project_id = project_id, uuid = function() return ids.uuid(stream) end,
    hex = function() return ids.hex(stream) end, order_id = function() return ids.order(stream) end,
    schedule_at = function(_, due, kind, data) return timers:schedule_at(due, kind, data) end }
end

local function bare(state)
  state.dbss = { next_ip = 10, instances = {}, om_clusters = {}, specifications = build.specifications(),
    quota = { instances = 10, cpu = 800, ram = 1638400 } }
end

---Adds a running instance; `spec` overrides anything of it.
---@param mint table
---@param spec table
---@param days integer how old it is
---@return table instance
function M.add_instance(mint, spec, days)
  local state = mint.state
  local network = state.network
  local wanted = { name = "dbss", level = state.dbss.specifications[1], vpc_id = network.vpcs[1].id,
    subnet_id = network.subnets[2].id, security_group_id = network.security_groups[2].id, zone = network.zones[1].id,
    project_id = mint.project_id, resource_id = mint:uuid(), period = true }
  for key, value in pairs(spec) do wanted[key] = value end
  local instance = build.instance(mint, wanted)
  instance.id = spec.id or instance.id
  instance.created = mint.now - days * times.DAY_MS
  instance.status, instance.task = "ACTIVE", "NO_TASK"
  instance.job = { id = mint:hex(), status = "SUCCESS", begin = instance.created, ended = instance.created + 600000,
    server_id = instance.server_id, server_name = instance.name, period = instance.period, visible_from = instance.created }
  for _, mask in ipairs(instance.masks) do mask.operated = instance.created end
  table.insert(state.dbss.instances, instance)
  return instance
end

-- The order by which an instance of a world was bought.
local function add_order(mint, instance)
  local order = { id = mint:order_id(), status = orders.DONE, service = "dbss", project_id = instance.project_id, months = 1,
    created = instance.created, paid_at = instance.created, auto_renew = true,
    spec = { name = instance.name, level = mint.state.dbss.specifications[1] } }
  mint.state.bss.orders[order.id], instance.order_id = order, order.id
  orders.fulfil({ now = instance.created, schedule_at = mint.schedule_at }, order, instance.resource_id)
end

local function default(mint)
  local instance = M.add_instance(mint, { name = "dbss-orders", tags = { { key = "team", value = "orders" } } }, 10)
  add_order(mint, instance)
  local agent = { id = stamp.id(mint:hex()), status = 1 }
  instance.agents[1] = agent
  instance.databases[1] = { id = stamp.id(mint:hex()), name = "db-reports", type = "MYSQL", version = "8.0", ip = "192.168.1.20",
    port = "3306", status = "ON", instance_name = "", agents = { agent.id } }
end

---Fills DBSS's part of a new state.
---@param state table
---@param project_id string
function M.fill(state, project_id)
  local mint = minter(state, project_id)
  bare(state)
  if state.world == "default" then default(mint) end
  if state.world == "documents" then documents.fill(mint, M) end
end

return M
