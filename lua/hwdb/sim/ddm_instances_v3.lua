-- SPDX-License-Identifier: Apache-2.0
-- The v3 twins of deleting, restarting, reloading and showing a node (4.2.25,
-- 4.2.28, 4.2.29, 4.2.34, 4.2.37).
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local nodes = require("hwdb.sim.ddm_nodes")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local function delete_instance(ctx, args)
  local instance, job = instances.delete(ctx, args.instance_id, args.delete_dn_data == true)
  return { job_id = job.id }, instance.id
end

local function restart_instance(ctx, args)
  local instance, job = instances.restart(ctx, args.instance_id)
  return { job_id = job.id }, instance.id
end

-- The instance is unavailable meanwhile, says the manual, also with more nodes.
local function restart_node(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local node = nodes.get(instance, args.node_id)
  local job = jobs.start(ctx, instance, { name = "RestartNode", work = "restart_node", seconds = SECONDS.restart_node,
    data = { node_id = node.id } })
  ctx:change(instance, "RESTARTING")
  return { job_id = job.id }, instance.id .. "/" .. node.id
end

jobs.work("restart_node", instances.settles("ERROR"))

local function show_node(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local node = nodes.get(instance, args.node_id)
  return { status = node.status, name = node.name, id = node.id, private_ip = node.ip, group_id = node.group_id,
    az_code = nodes.zone(instance, node), subnet_id = node.subnet_id or instance.subnet_id }
end

local function reload_table_data(ctx, args)
  local _, target = instances.reload(ctx, args)
  return {}, target
end

M.operations = {
  ["ddm.delete_instance_v3"] = delete_instance,
  ["ddm.restart_instance_v3"] = restart_instance,
  ["ddm.restart_node"] = restart_node,
  ["ddm.show_node_v3"] = show_node,
  ["ddm.reload_table_data_v3"] = reload_table_data,
}

return M
