-- SPDX-License-Identifier: Apache-2.0
-- What an account may buy and where (3.1.3 to 3.1.5), and the security group
-- of an instance (3.1.7).
local core = require("hwdb.core")
local errors = require("hwdb.sim.dbss_errors")
local logs = require("hwdb.sim.dbss_logs")
local lookup = require("hwdb.sim.dbss_lookup")
local quota = require("hwdb.sim.dbss_quota")

local M = {}

local function show_audit_quota(ctx)
  local left = quota.left(ctx)
  local view = { audit_quota = math.max(0, left.instances), cpu = math.max(0, left.cpu), ram = math.max(0, left.ram) }
  view[ctx.readings.dbss_casing == "snake" and "project_id" or "projectId"] = ctx.project_id
  return view
end

local function zones(ctx)
  local list = core.array({})
  for i, zone in ipairs(ctx.state.network.zones) do list[i] = zone.id end
  return list
end

local function list_ecs_specification(ctx)
  local list = core.array({})
  for i, spec in ipairs(ctx.state.dbss.specifications) do
    list[i] = { level = spec.level, id = spec.id, name = spec.id, vcpus = spec.cpu, ram = spec.ram, proxy = spec.proxy,
      azs = zones(ctx), azType = core.null }
  end
  return { specification = list }
end

local function list_availability_zone_infos(ctx)
  local list = core.array({})
  for i, zone in ipairs(ctx.state.network.zones) do
    list[i] = { zone_name = zone.id, zone_number = i, az_type = "normal", alias = "AZ " .. i, alias_us = "AZ" .. i }
  end
  return { azs = list }
end

local function update_audit_security_group(ctx, args)
  local instance = lookup.of_resource(ctx, args.resource_id)
  local id = args.securitygroup_ids[1]
  if #args.securitygroup_ids ~= 1 then errors.refuse("DBSS.10000001") end
  local network = ctx.state.network
  local any = ctx.state.lenient or network.partial
  if not any and not lookup.entry(network.security_groups, id) then errors.refuse("DBSS.10000001") end
  lookup.require_running(ctx, instance, "result")
  instance.security_group_id = id
  logs.add(ctx, instance, { "Instance list", "Update", instance.name, "Change the security group." })
  return ctx.readings.dbss_security_group_answer == "result" and { result = "success" } or '""', instance.resource_id
end

M.operations = {
  ["dbss.show_audit_quota"] = show_audit_quota,
  ["dbss.list_ecs_specification"] = list_ecs_specification,
  ["dbss.list_availability_zone_infos"] = list_availability_zone_infos,
  ["dbss.update_audit_security_group"] = update_audit_security_group,
}

return M
