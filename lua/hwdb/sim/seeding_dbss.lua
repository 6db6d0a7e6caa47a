-- SPDX-License-Identifier: Apache-2.0
-- DBSS instances out of an inventory: by the subscription that ends when the
-- account's does, with databases, agents, rules and masks.
local clock = require("hwdb.sim.clock")
local dbss_world = require("hwdb.sim.dbss_world")
local ids = require("hwdb.sim.ids")
local orders = require("hwdb.sim.bss_orders")
local rule_set = require("hwdb.sim.dbss_rule_set")
local seeding = require("hwdb.sim.seeding")

local M = {}

-- The edition by its code, "dbss.bypassaudit.low", or by its CPUs.
local function level_of(state, entry)
  local word = seeding.text(entry.resource_spec_code, ""):match("(%a+)$")
  for _, level in ipairs(state.dbss.specifications) do
    if level.level == word or (not word and level.cpu == seeding.whole(entry.cpu, 0)) then return level end
  end
  return state.dbss.specifications[1]
end

local function subscribe(mint, instance, level, expires)
  local state = mint.state
  local order = { id = mint:order_id(), status = orders.DONE, service = "dbss", project_id = instance.project_id, months = 1,
    created = instance.created, paid_at = instance.created, effective = instance.created, auto_renew = false,
    expires = expires, resource_id = instance.resource_id, spec = { name = instance.name, level = level } }
  state.bss.orders[order.id], instance.order_id = order, order.id
  if expires > mint.now then mint:schedule_at(expires, "bss.expire", { order = order.id }) end
end

local function add_agents(instance, list)
  for _, id in ipairs(list) do
    local known = false
    for _, agent in ipairs(instance.agents) do known = known or agent.id == id end
    if not known then table.insert(instance.agents, { id = id, status = 1 }) end
  end
end

local function databases(reads, instance)
  instance.databases, instance.agents = {}, {}
  for _, wrapped in ipairs(seeding.list(reads:of("dbss.list_audit_databases", { instance_id = instance.id }).databases)) do
    local entry = seeding.list(seeding.list(wrapped).database)
    local agents = {}
    for _, id in ipairs(seeding.list(entry.agent_url)) do agents[#agents + 1] = seeding.text(id) end
    if seeding.text(entry.id) then
      add_agents(instance, agents)
      table.insert(instance.databases, { id = entry.id, name = seeding.text(entry.name, "db"), type = seeding.text(entry.type, "MYSQL"),
        version = seeding.text(entry.version, "5.7"), ip = seeding.text(entry.ip, ""), port = seeding.text(entry.port, "3306"),
        status = seeding.text(entry.status, "OFF"), instance_name = seeding.text(entry.instance_name, ""), agents = agents,
        rds_id = seeding.text(entry.rds_id) })
    end
  end
end

-- What a list says of entries the instance begins with, and its own besides.
local function rules(list, entries, make)
  for i = #list, 1, -1 do list[i] = nil end
  for i, entry in ipairs(seeding.list(entries)) do
    if type(entry) == "table" and seeding.text(entry.id) then list[#list + 1] = make(entry, i) end
  end
end

local function all_rules(reads, mint, instance)
  local asked = { instance_id = instance.id }
  local scopes = reads:of("dbss.list_audit_rule_scopes", asked).scopes
  local sql = reads:of("dbss.list_sql_injection_rules", asked).rules
  local risks = reads:of("dbss.list_audit_rule_risks", asked).rules
  local masks = reads:of("dbss.list_audit_sensitive_masks", asked).rules
  if scopes then rules(instance.scopes, scopes, function(entry) return entry end) end
  if sql then rules(instance.sql_rules, sql, function(entry) return entry end) end
  if risks then
    rules(instance.risks, risks, function(entry, i)
      local action = seeding.text(entry.feature, ""):match("OPERATE%[%[(.-)%]") or "SELECT"
      if entry.type == "LOGIN" then action = "LOGIN" end
      return rule_set.risk(mint, { id = entry.id, name = seeding.text(entry.name, "rule"), action = action,
        level = seeding.text(entry.risk_level, "LOW"), status = seeding.text(entry.status, "ON") }, seeding.whole(entry.rank, i))
    end)
  end
  if masks then
    rules(instance.masks, masks, function(entry)
      return { id = entry.id, name = seeding.text(entry.name, "mask"), type = seeding.text(entry.type, "BUILD_IN"),
        regex = seeding.text(entry.regex, "-"), value = seeding.text(entry.mask_value, "*"), status = seeding.text(entry.status, "ON"),
        operated = seeding.time(entry.operate_time, instance.created) }
    end)
  end
end

local function tags_of(reads, resource_id)
  local tags = {}
  for _, resource in ipairs(reads:items("dbss.list_resource_instance_by_tag", "resources")) do
    for _, tag in ipairs(resource.resource_id == resource_id and seeding.list(resource.tags) or {}) do
      tags[#tags + 1] = { key = seeding.text(tag.key, "key"), value = seeding.text(tag.value, "") }
    end
  end
  return tags
end

local function add(reads, mint, entry)
  local network, level = reads.state.network, level_of(reads.state, entry)
  local period = seeding.text(entry.charge_model, seeding.text(entry.chargeModel, "Period")) == "Period"
  local instance = dbss_world.add_instance(mint, { id = entry.id, name = seeding.text(entry.name, "dbss"), level = level,
    resource_id = seeding.text(entry.resource_id), comment = seeding.text(entry.comment, ""), period = period,
    vpc_id = seeding.text(entry.vpc_id, network.vpcs[1].id), ip = seeding.text(entry.connect_ip),
    subnet_id = seeding.text(entry.subnet_id, seeding.text(entry.subnetId, network.subnets[1].id)),
    security_group_id = seeding.text(entry.security_group_id, network.security_groups[1].id),
    zone = seeding.text(entry.zone), tags = tags_of(reads, entry.resource_id) }, 1)
  instance.created = seeding.time(entry.created, instance.created)
  instance.status, instance.task = seeding.text(entry.status, "ACTIVE"), seeding.text(entry.task, "NO_TASK")
  instance.port_id, instance.version = seeding.text(entry.port_id, instance.port_id), seeding.text(entry.version, instance.version)
  instance.limit, instance.effect, instance.scene = seeding.whole(entry.database_limit, instance.limit), entry.effect, entry.scene
  if period then subscribe(mint, instance, level, seeding.time(entry.expired, reads.now + 30 * 86400000)) end
  databases(reads, instance)
  all_rules(reads, mint, instance)
end

---@param reads hwdb.sim.Reads
function M.fill(reads)
  local state = reads.state
  local timers = clock.new(state, { real = false, time_scale = 1 }, function() end)
  local mint = { state = state, now = state.now, project_id = reads.project_id, uuid = function() return reads:uuid() end,
    hex = function() return ids.hex(state) end, order_id = function() return ids.order(state) end,
    schedule_at = function(_, due, kind, data) return timers:schedule_at(due, kind, data) end }
  for _, entry in ipairs(reads:items("dbss.list_audit_instances", "servers")) do
    if seeding.text(entry.id) then add(reads, mint, entry) end
  end
end

return M
