-- SPDX-License-Identifier: Apache-2.0
-- How a cluster is shown (5.2.2, 5.2.3).
local core = require("hwdb.core")
local build = require("hwdb.sim.dws_build")
local stamp = require("hwdb.sim.dws_stamp")
local tasks = require("hwdb.sim.dws_tasks")

local M = {}

local function domain(cluster, kind)
  local own = cluster.domains[kind]
  return (own and own.name or cluster.name) .. ".dwscloud.com"
end

local function jdbc(host, port)
  return ("jdbc:postgresql://%s:%d/<YOUR_DATABASE_name>"):format(host, port)
end

local function endpoints(cluster)
  local host = domain(cluster, "private")
  return core.array({ { connect_info = host, jdbc_url = jdbc(host, cluster.port) } })
end

local function public_endpoints(cluster)
  if not cluster.eip then return core.array({}) end
  local host = domain(cluster, "public")
  return core.array({ { public_connect_info = host, jdbc_url = jdbc(host, cluster.port) } })
end

local function public_ip(cluster)
  if not cluster.eip then return { public_bind_type = "not_use", eip_id = "" } end
  return { public_bind_type = cluster.eip.auto and "auto_assign" or "bind_existing", eip_id = cluster.eip.id }
end

local function nodes(cluster)
  local list = core.array({})
  for i, node in ipairs(cluster.nodes) do list[i] = { id = node.id, name = node.name, status = node.status } end
  return list
end

local function tags(cluster)
  if #cluster.tags == 0 then return core.null end
  local list = core.array({})
  for i, tag in ipairs(cluster.tags) do list[i] = { key = tag.key, value = tag.value } end
  return list
end

local function status_word(ctx, status)
  if status == "AVAILABLE" then return ctx.readings.dws_available end
  if status == "CREATION FAILED" then return ctx.readings.dws_failed_status end
  return status
end

local function add_state(ctx, cluster, view)
  local shown = tasks.shown(ctx, cluster)
  view.status, view.sub_status = status_word(ctx, shown.status), shown.sub_status
  view.action_progress, view.task_status = shown.progress, shown.task_status
  if not shown.task_status and ctx.readings.dws_idle_task == "null" then view.task_status = core.null end
end

---An entry of the list.
---@param ctx hwdb.sim.Context
---@param cluster table
---@return table
function M.item(ctx, cluster)
  local view = { id = cluster.id, name = cluster.name, version = cluster.version, updated = stamp.z(cluster.updated),
    created = stamp.z(cluster.created), port = cluster.port, endpoints = endpoints(cluster), nodes = nodes(cluster),
    tags = tags(cluster), user_name = cluster.user_name, number_of_node = build.size(cluster),
    recent_event = cluster.events, availability_zone = cluster.zone, node_type = cluster.flavor.name,
    enterprise_project_id = cluster.enterprise_project_id, vpc_id = cluster.vpc_id, subnet_id = cluster.subnet_id,
    public_ip = public_ip(cluster), public_endpoints = public_endpoints(cluster),
    security_group_id = cluster.security_group_id, failed_reasons = cluster.failed_reasons or {} }
  add_state(ctx, cluster, view)
  return view
end

local function private_ips(cluster)
  local list = core.array({})
  for i, node in ipairs(build.coordinators(cluster)) do list[i] = node.ip end
  return list
end

local function resize_info(ctx, cluster)
  local info = cluster.resize_info
  local shown = ctx.readings.dws_resize_numbers == "string" and tostring or function(number) return number end
  return { target_node_num = shown(info.target), origin_node_num = shown(info.origin),
    [ctx.readings.dws_resize_state_key] = info.status, start_time = stamp.z(info.started) }
end

local function parameter_group(cluster)
  for _, group in ipairs(cluster.groups) do
    if group.type == "hiddenParameterGroup" then return { id = group.id, name = group.name, status = group.status } end
  end
end

local function elb(cluster)
  local own = cluster.elb
  return { id = own.id, name = own.name, private_ip = own.vip, vpc_id = own.vpc_id, public_ip = core.null,
    private_endpoint = ("%s:%d"):format(own.vip, cluster.port) }
end

---The details.
---@param ctx hwdb.sim.Context
---@param cluster table
---@return table
function M.detail(ctx, cluster)
  local view = M.item(ctx, cluster)
  view.parameter_group, view.node_type_id = parameter_group(cluster), cluster.flavor.id
  view.order_id, view.private_ip, view.maintain_window = "", private_ips(cluster), cluster.maintain_window
  if cluster.resize_info then view.resize_info = resize_info(ctx, cluster) end
  if cluster.elb then view.elb = elb(cluster) end
  return view
end

return M
