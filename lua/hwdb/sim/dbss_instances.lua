-- SPDX-License-Identifier: Apache-2.0
-- Audit instances and the tasks that create them (3.2.1, 3.2.2).
local core = require("hwdb.core")
local errors = require("hwdb.sim.dbss_errors")
local lookup = require("hwdb.sim.dbss_lookup")
local orders = require("hwdb.sim.bss_orders")
local pages = require("hwdb.sim.dbss_pages")
local stamp = require("hwdb.sim.dbss_stamp")
local times = require("hwdb.sim.times")

local M = {}

local NAMES = { low = "Low", medium = "Medium", high = "High" }

-- Fields that clients have met in the other spelling.
local CAMEL = { charge_model = "chargeModel", config_num = "configNum", connect_ipv6 = "connectIpv6", remain_days = "remainDays",
  subnet_id = "subnetId" }

-- Days to the end of the subscription and past it; by the table the names are the other way round.
local function days(ctx, instance)
  local order = instance.period and instance.order_id and orders.find(ctx, instance.order_id)
  local ends = order and order.expires
  if not ends then return core.null, core.null, core.null end
  local left, past = math.max(0, (ends - ctx.now) // times.DAY_MS), math.max(0, (ctx.now - ends) // times.DAY_MS)
  local remain, keep = tostring(left), ctx.now >= ends and tostring(past) or core.null
  if ctx.readings.dbss_days == "table" then remain, keep = keep, remain end
  return stamp.text(ends), remain, keep
end

local function view(ctx, instance)
  local expired, remain, keep = days(ctx, instance)
  local item = { id = instance.id, resource_id = instance.resource_id, name = instance.name, comment = instance.comment,
    status = ctx:shown(instance), task = instance.task, created = stamp.text(instance.created), expired = expired,
    keep_days = keep, remain_days = remain, charge_model = instance.period and "Period" or "Demand",
    config_num = #instance.databases, database_limit = instance.limit, connect_ip = instance.ip, connect_ipv6 = core.null,
    cpu = instance.cpu, ram = instance.ram, region = ctx.region, version = instance.version, new_version = core.null,
    effect = instance.effect or core.null, scene = instance.scene or core.null, port_id = instance.port_id,
    vpc_id = instance.vpc_id, subnet_id = instance.subnet_id, security_group_id = instance.security_group_id,
    zone = instance.zone, resource_spec_code = "dbss.bypassaudit." .. instance.level, upgrade_log = "",
    specification = ("%s | %d Proxy"):format(NAMES[instance.level], instance.limit) }
  if ctx.readings.dbss_casing == "camel" then
    for snake, camel in pairs(CAMEL) do item[camel], item[snake] = item[snake], nil end
  end
  return item
end

local function list_audit_instances(ctx, args)
  local all = lookup.all(ctx)
  return { servers = pages.page(all, args, function(instance) return view(ctx, instance) end), total = #all }
end

local function job_view(ctx, job)
  return { job_id = job.id, status = job.status == "FAIL" and ctx.readings.dbss_job_failure or job.status,
    job_type = core.null, server_id = job.server_id, server_name = job.server_name, begin_time = job.begin,
    end_time = job.ended or job.begin, charge_mode = job.period and "Period" or "Demand", ha_id = "", ha_name = "",
    error_code = job.status == "FAIL" and job.code or core.null, fail_reason = job.status == "FAIL" and job.reason or core.null }
end

-- A resource that has no job yet is known all the same; one never sold, or taken back, is not.
local function list_audit_instance_jobs(ctx, args)
  local instance = lookup.entry(lookup.all(ctx), args.resource_id, "resource_id")
  if not instance then errors.refuse("DBSS.10020140") end
  local list = core.array({})
  local job = instance.job
  if job and (ctx.now >= job.visible_from or ctx.readings.dbss_first_jobs == "INIT") then list[1] = job_view(ctx, job) end
  return { jobs = list }
end

M.operations = {
  ["dbss.list_audit_instances"] = list_audit_instances,
  ["dbss.list_audit_instance_jobs"] = list_audit_instance_jobs,
}

return M
