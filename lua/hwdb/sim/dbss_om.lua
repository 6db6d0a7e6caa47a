-- SPDX-License-Identifier: Apache-2.0
-- The clusters for operation and maintenance of databases, from the page on
-- enhanced O&M. They are bought elsewhere and only read here.
local core = require("hwdb.core")
local lookup = require("hwdb.sim.dbss_lookup")
local stamp = require("hwdb.sim.dbss_stamp")
local times = require("hwdb.sim.times")

local M = {}

local SPEC = "dbss.opsmgmt.high"

local function server(ctx, cluster, node)
  return { name = node.name, description = core.null, status = cluster.status, specification = SPEC, zone = cluster.zone,
    created = stamp.text(cluster.created), cpu = "8", ram = "16384", region = ctx.region, version = "2.0",
    effect = core.null, scene = core.null, instance_id = cluster.id, connect_ip = node.ip, task_status = "NO_TASK",
    server_id = node.id, vpc_id = cluster.vpc_id, subnet_id = cluster.subnet_id, security_group_id = cluster.security_group_id,
    resource_spec_code = SPEC, update_status = core.null, is_active = node.standby and 1 or 0 }
end

local function view(ctx, cluster)
  local servers = core.array({})
  for i, node in ipairs(cluster.nodes) do servers[i] = server(ctx, cluster, node) end
  local days = tostring(math.max(0, (cluster.expires - ctx.now) // times.DAY_MS))
  return { name = cluster.name, created = cluster.created, expired = cluster.expires, comment = core.null,
    detail = { total = #servers, server = servers }, instance_id = cluster.id, float_ip = cluster.float_ip,
    charge_model = "Period", remain_days = days, keep_days = days, new_version = core.null,
    enterprise_project_id = "0", public_ip = cluster.public_ip, is_active_standby = #servers > 1, deploy_mode = "CLOUD",
    activate_info = core.null }
end

local function list_db_om_instances(ctx)
  local list = core.array({})
  for _, cluster in ipairs(ctx.state.dbss.om_clusters) do
    if lookup.own(ctx, cluster) then list[#list + 1] = view(ctx, cluster) end
  end
  return { clusters = list }
end

M.operations = { ["dbss.list_db_om_instances"] = list_db_om_instances }

return M
