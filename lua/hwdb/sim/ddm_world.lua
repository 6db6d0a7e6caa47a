-- SPDX-License-Identifier: Apache-2.0
-- What a new world's DDM has beside its instances: the default parameter
-- template, accounts, sessions, slow statements (more of them with time), and
-- backups, a new one daily.
local accounts = require("hwdb.sim.ddm_account_state")
local backups = require("hwdb.sim.ddm_backup_state")
local clock = require("hwdb.sim.clock")
local documents = require("hwdb.sim.ddm_world_documents")
local ids = require("hwdb.sim.ids")
local slow = require("hwdb.sim.ddm_slow_log")
local times = require("hwdb.sim.times")

local M = {}

local ALL = { "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" }

-- The little of a context that building needs, at an instant.
local function builder(state, ms)
  return { state = state, now = ms, id = function(_, suffix) return ids.suffixed(state, suffix) end }
end

local function templates(state)
  local template = state.ddm.templates[1]
  template.name, template.description = "Default-DDM", "Default parameter template for DDM"
  template.user_defined, template.values = false, {}
  template.created, template.updated = state.now - 400 * times.DAY_MS, state.now - 400 * times.DAY_MS
end

-- The last days' backups, as the service would have made them.
local function past_backups(state, instance, days)
  local last = backups.next_daily(state.now) - times.DAY_MS
  for day = days - 1, 0, -1 do
    backups.take(builder(state, last - day * times.DAY_MS), instance, "auto_metadata")
  end
end

local function session(state, id, age, spec)
  spec.id, spec.since = tostring(id), state.now - age * 1000
  return spec
end

local function sessions(state, instance)
  instance.sessions = {
    session(state, 4564224, 0, { user = "drdsagent", host = "127.0.0.1:54486", command = "Query", state = "starting",
      info = "show processlist" }),
    session(state, 4564301, 35, { user = "app", host = "192.168.0.31:40112", db = "orders", command = "Query",
      state = "executing", info = "select sum(amount) from orders group by customer" }),
    session(state, 4564302, 900, { user = "app", host = "192.168.0.31:40118", db = "orders", command = "Sleep" }),
  }
  for i = 1, 2 do
    local node = state.rds.instances[i]
    node.sessions = {
      session(state, 1970 + i, 13977, { user = "DDMRW1613058863", host = instance.nodes[1].data_ip .. ":58908",
        db = "orders_0000", command = "Sleep" }),
      session(state, 2970 + i, 35, { user = "DDMRW1613058863", host = instance.nodes[1].data_ip .. ":58910",
        db = "orders_0001", command = "Query", state = "Sending data", info = "select sum(amount) from orders_0001",
        trx_since = state.now - 35000 }),
    }
  end
end

local function slow_log(state, instance)
  instance.slow_log = {}
  for i, hours in ipairs({ 200, 50, 26, 3 }) do
    instance.slow_log[i] = { user = "app", database = "orders", sql = "select * from orders where note like '%late%'",
      at = state.now - hours * 3600000, ms = 4000 + 731 * i, shard = ("orders_%04d"):format(i - 1), rows = 100000 + i,
      host = "192.168.0.31" }
  end
end

local function default(state)
  local instance = state.ddm.instances[1]
  local then_ = builder(state, state.now - 40 * times.DAY_MS)
  accounts.add(then_, instance, { name = "app", password = ids.hex(state), base_authority = ALL,
    description = "the order service", databases = { "orders" } })
  sessions(state, instance)
  slow_log(state, instance)
  past_backups(state, instance, 3)
end

---Fills this part of a new state.
---@param state table
---@param world table functions that add instances, schemas and data nodes
---@param project_id string
function M.fill(state, world, project_id)
  templates(state)
  if state.world == "default" then default(state) end
  if state.world == "documents" then documents.fill(state, world, project_id) end
  local timers = clock.new(state, { real = false, time_scale = 1 }, function() end)
  timers:schedule_at(backups.next_daily(state.now), "ddm.daily_backup", {})
  timers:schedule_at(slow.next(state.now), "ddm.slow_statements", {})
end

return M
