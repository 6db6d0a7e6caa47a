-- SPDX-License-Identifier: Apache-2.0
-- The objects of a fleet: so many DDM, DWS and DBSS instances a place, most of
-- them in order. Every few of a kind have one flaw, so that whoever looks finds
-- something; which ones depends on their number alone.
local backups = require("hwdb.sim.ddm_backup_state")
local clock = require("hwdb.sim.clock")
local dbss_world = require("hwdb.sim.dbss_world")
local dws_world = require("hwdb.sim.dws_world")
local ids = require("hwdb.sim.ids")
local orders = require("hwdb.sim.bss_orders")
local stamp = require("hwdb.sim.dbss_stamp")
local times = require("hwdb.sim.times")
local world = require("hwdb.sim.world")

local M = {}

-- What a fleet is made of, ten at a time.
local MIX = { "ddm", "dws", "dbss", "ddm", "dws", "ddm", "dbss", "dws", "ddm", "dbss" }

-- How often each flaw comes up: one in so many of its kind.
M.FLAWED = 7

local function mint_of(state, project_id)
  local timers = clock.new(state, { real = false, time_scale = 1 }, function() end)
  return { state = state, now = state.now, project_id = project_id, uuid = function() return ids.uuid(state) end,
    id = function(_, suffix) return ids.suffixed(state, suffix) end, hex = function() return ids.hex(state) end,
    order_id = function() return ids.order(state) end,
    schedule_at = function(_, due, kind, data) return timers:schedule_at(due, kind, data) end }
end

-- -- DDM ---------------------------------------------------------------------------

local function failed_job(mint, instance)
  local at = mint.now - 3 * times.DAY_MS
  table.insert(mint.state.ddm.jobs, { id = mint:uuid(), name = "EnlargeNode", status = "Failed", created = at, started = at,
    ended = at + 600000, project_id = instance.project_id, instance_id = instance.id, instance_name = instance.name,
    database_name = "", fail_reason = "DBS.300331 The job failed.", logs = {} })
end

local DDM_FLAWS = {
  function(_, instance) instance.status = "ERROR" end,
  function(_, instance) instance.nodes[1].status = "abnormal" end,
  failed_job,
  function(mint, instance)
    for i = #mint.state.ddm.backups, 1, -1 do
      if mint.state.ddm.backups[i].instance_id == instance.id then table.remove(mint.state.ddm.backups, i) end
    end
  end,
}

local function daily_backup(mint, instance)
  local at = backups.next_daily(mint.now) - times.DAY_MS
  backups.take({ state = mint.state, now = at, id = mint.id, uuid = mint.uuid }, instance, "auto_metadata")
end

local function add_ddm(mint, name)
  local state, used = mint.state, {}
  for i = 1, 2 do used[i] = world.add_rds(state, { name = ("%s-data-%d"):format(name, i) }).id end
  local instance = world.add_ddm(state, mint.project_id, { name = name })
  world.add_schema(state, instance, "main", 4, used)
  daily_backup(mint, instance)
  return instance
end

-- -- DWS ---------------------------------------------------------------------------

local DWS_FLAWS = {
  function(_, cluster) cluster.sub_status, cluster.data_gb = "READONLY", 0.95 * cluster.flavor.disk * #cluster.nodes end,
  function(_, cluster) cluster.status = "UNAVAILABLE" end,
  function(mint, cluster)
    local last = mint.state.dws.snapshots[#mint.state.dws.snapshots]
    last.started, last.finished = last.started - 9 * times.DAY_MS, last.finished and last.finished - 9 * times.DAY_MS
    cluster.sub_status = "UNBALANCED"
  end,
  function(_, cluster) cluster.policies.list = {} end,
}

local function add_dws(mint, name)
  local cluster = dws_world.add_cluster(mint, { name = name, nodes = 3, cns = 2 })
  dws_world.add_snapshot(mint, cluster, { name = name .. "-daily", type = "MANUAL" }, 6)
  return cluster
end

-- -- DBSS --------------------------------------------------------------------------

local function ends_in(mint, instance, days)
  local order = mint.state.bss.orders[instance.order_id]
  order.expires = mint.now + days * times.DAY_MS
end

local DBSS_FLAWS = {
  function(_, instance) instance.databases[1].status = "OFF" end,
  function(_, instance) instance.status = "SHUTOFF" end,
  function(mint, instance) ends_in(mint, instance, 5) end,
  function(_, instance) instance.databases = {} end,
}

local function add_order(mint, instance)
  local order = { id = mint:order_id(), status = orders.DONE, service = "dbss", project_id = mint.project_id, months = 12,
    created = instance.created, paid_at = instance.created, auto_renew = true,
    spec = { name = instance.name, level = mint.state.dbss.specifications[1] } }
  mint.state.bss.orders[order.id], instance.order_id = order, order.id
  orders.fulfil({ now = instance.created, schedule_at = mint.schedule_at }, order, instance.resource_id)
end

local function add_dbss(mint, name)
  local instance = dbss_world.add_instance(mint, { name = name }, 10)
  add_order(mint, instance)
  instance.agents[1] = { id = stamp.id(mint:hex()), status = 1 }
  instance.databases[1] = { id = stamp.id(mint:hex()), name = name .. "-db", type = "MYSQL", version = "8.0", ip = "192.168.1.20",
    port = "3306", status = "ON", instance_name = "", agents = { instance.agents[1].id } }
  return instance
end

-- ----------------------------------------------------------------------------------

local ADD = { ddm = add_ddm, dws = add_dws, dbss = add_dbss }
local FLAWS = { ddm = DDM_FLAWS, dws = DWS_FLAWS, dbss = DBSS_FLAWS }

---Which service a fleet's instance is of.
---@param turn integer how many instances its place got before it
---@param place integer number of the place
---@return "ddm"|"dws"|"dbss"
function M.service(turn, place)
  return MIX[(turn + place) % #MIX + 1]
end

---Fills a place of the fleet.
---@param state table of the empty world
---@param project_id string
---@param wanted { service: string, number: integer }[] the number is the one among those of its service in the fleet
function M.fill(state, project_id, wanted)
  local mint = mint_of(state, project_id)
  for _, one in ipairs(wanted) do
    local made = ADD[one.service](mint, ("%s-%04d"):format(one.service, one.number))
    local nth, list = one.number // M.FLAWED, FLAWS[one.service]
    if one.number % M.FLAWED == 0 then list[(nth - 1) % #list + 1](mint, made) end
  end
end

return M
