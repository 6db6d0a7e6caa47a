-- SPDX-License-Identifier: Apache-2.0
-- Data nodes as DDM lists them (4.3.5, 4.3.11, 4.3.12), their synchronisation
-- (4.2.12), and the rules for associating them with a schema.
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local paging = require("hwdb.sim.paging")
local rds = require("hwdb.sim.rds_instances")
local schemas = require("hwdb.sim.ddm_schema_state")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- In the same VPC and free, or already this instance's.
local function usable(ctx, instance)
  local found = {}
  for _, node in ipairs(ctx.state.rds.instances) do
    if node.vpc_id == instance.vpc_id and (not node.ddm_id or node.ddm_id == instance.id) then
      found[#found + 1] = node
    end
  end
  return found
end

local function normal(list)
  local found = {}
  for _, node in ipairs(list) do
    if node.status == "normal" then found[#found + 1] = node end
  end
  return found
end

local function view_v1(ctx, node)
  return { id = node.id, projectId = ctx.project_id, status = node.status, name = node.name, engineName = node.engine,
    engineSoftwareVersion = node.version, privateIp = node.ip, mode = node.mode, port = node.port, azCode = node.az,
    timeZone = node.time_zone }
end

local function view_v3(node)
  return { id = node.id, status = node.status, name = node.name, engine_name = node.engine,
    engine_version = node.version, private_ip = node.ip, port = node.port, time_zone = node.time_zone }
end

local function list_v1(ctx, args)
  local found = normal(usable(ctx, instances.get(ctx, args.instance_id)))
  local page, offset, limit = paging.page(found, args, 128, function(node) return view_v1(ctx, node) end)
  return { instances = page, offset = offset, limit = limit, total = #found }
end

local function answer_v3(found, args)
  local page, offset, limit = paging.page(found, args, 10, view_v3)
  return { data_nodes = page, offset = offset, limit = limit, total = #found }
end

local function list_v3(ctx, args)
  return answer_v3(normal(usable(ctx, instances.get(ctx, args.instance_id))), args)
end

-- The document's example lists a node in "backup": status is shown, not sifted.
local function list_for_migration(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  schemas.get(instance, args.db_name)
  return answer_v3(usable(ctx, instance), args)
end

local function sync(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local job = jobs.start(ctx, instance, { name = "syncDataNodes", work = "sync_data_nodes",
    seconds = SECONDS.sync_data_nodes })
  return { instanceId = instance.id, jobId = job.id }, instance.id
end

jobs.work("sync_data_nodes", instances.settles("RUNNING"))

local function check_one(ctx, instance, login, wrong_password)
  local node = rds.find(ctx, login.id)
  if not node or node.vpc_id ~= instance.vpc_id then errors.refuse("DBS.300103") end
  if node.scaling then errors.refuse("DBS.300133") end
  if node.status ~= "normal" or node.read_only or (node.ddm_id and node.ddm_id ~= instance.id) then
    errors.refuse("DBS.300110")
  end
  if not rds.opens(node, login.user, login.password) then errors.refuse(wrong_password) end
  if node.parameters.lower_case_table_names ~= "1" then errors.refuse("DBS.300368") end
  return node
end

---The nodes of a list of logins, all fit for one schema of the instance.
---@param ctx hwdb.sim.Context
---@param instance table
---@param logins { id: string, user: string, password: string }[]
---@param wrong_password string code for a login that fails
---@return table[] nodes
function M.check(ctx, instance, logins, wrong_password)
  if #logins == 0 or #logins > 256 then errors.refuse("DBS.300102") end
  local seen, nodes = {}, {}
  for i, login in ipairs(logins) do
    if seen[login.id] then errors.refuse("DBS.300108") end
    seen[login.id] = true
    nodes[i] = check_one(ctx, instance, login, wrong_password)
    if rds.major(nodes[i]) ~= rds.major(nodes[1]) then errors.refuse("DBS.300360") end
  end
  return nodes
end

M.operations = {
  ["ddm.list_data_nodes"] = list_v1,
  ["ddm.list_data_nodes_v3"] = list_v3,
  ["ddm.list_migration_data_nodes"] = list_for_migration,
  ["ddm.sync_data_nodes"] = sync,
}

return M
