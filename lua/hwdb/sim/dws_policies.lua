-- SPDX-License-Identifier: Apache-2.0
-- Snapshot policies of a cluster (5.5.4, 5.5.6, 5.5.10) and the automated
-- snapshots they fire.
local core = require("hwdb.core")
local cron = require("hwdb.sim.dws_cron")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")
local stamp = require("hwdb.sim.dws_stamp")
local tasks = require("hwdb.sim.dws_tasks")

local M = {}

-- 5.5.4's example: so many policies of each level.
M.MOST_CLUSTER, M.MOST_SCHEMA = 10, 50

---Sets the timer of a policy's next snapshot.
local function arm_one(ctx, cluster, policy)
  policy.seq = (policy.seq or 0) + 1
  policy.next = cron.next(policy.strategy, ctx.now)
  if not policy.next then return end
  ctx:schedule_at(policy.next, "dws.policy", { cluster = cluster.id, policy = policy.id, seq = policy.seq })
end

---Sets the timers of all policies of a cluster.
---@param ctx hwdb.sim.Context
---@param cluster table
function M.arm(ctx, cluster)
  for _, policy in ipairs(cluster.policies.list) do arm_one(ctx, cluster, policy) end
end

-- A policy that is due while other work runs is skipped until its next time.
local function fire(ctx, data)
  local cluster = lookup.living(ctx, data.cluster)
  local policy = cluster and lookup.entry(cluster.policies.list, data.policy)
  if not policy or policy.seq ~= data.seq then return end
  if not tasks.busy(ctx, cluster) and not cluster.locked and cluster.status == "AVAILABLE" then
    M.take(ctx, cluster, policy)
  end
  arm_one(ctx, cluster, policy)
end

---Takes an automated snapshot: set by dws_snapshots, which knows how.
---@type fun(ctx: hwdb.sim.Context, cluster: table, policy: table)
M.take = nil

local function view(policy)
  return { policy_id = policy.id, policy_name = policy.name, backup_strategy = policy.strategy, backup_type = policy.type,
    backup_level = policy.level, next_fire_time = policy.next and tostring(policy.next) or core.null,
    update_time = stamp.bare(policy.updated), time_zone_offset = 0 }
end

local function list_snapshot_policy(ctx, args)
  local own, list = lookup.part(ctx, args.cluster_id).policies, core.array({})
  for i, policy in ipairs(own.list) do list[i] = view(policy) end
  local server = own.server or {}
  return { keep_day = own.keep_day, backup_strategies = list, device_name = own.device,
    server_ips = server.ips and core.array(server.ips) or core.null, server_port = server.port or core.null,
    backup_param = server.param or core.null, auto_backup = #own.list > 0,
    backup_strategy_cluster_type_limit_num = M.MOST_CLUSTER, backup_strategy_schema_type_limit_num = M.MOST_SCHEMA }
end

-- Names are unique whatever their case.
local function require_free_name(own, name, but)
  for _, policy in ipairs(own.list) do
    if policy ~= but and policy.name:lower() == name:lower() then errors.other("The policy name already exists.", 409) end
  end
end

local TYPES = { full = true, increment = true }
local DEVICES = { OBS = true, NBU = true, NFS = true }

local function check_one(own, wanted)
  local known = wanted.policy_id and lookup.entry(own.list, wanted.policy_id)
  if wanted.policy_id and not known then errors.other("The snapshot policy does not exist.", 404) end
  if not known and not (wanted.policy_name and wanted.backup_strategy) then errors.refuse("DWS.5018") end
  if wanted.backup_strategy and not cron.parse(wanted.backup_strategy) then errors.refuse("DWS.5018") end
  if not TYPES[wanted.backup_type or "full"] or (wanted.backup_level or "cluster") ~= "cluster" then
    errors.refuse("DWS.5065")
  end
  if wanted.policy_name then require_free_name(own, wanted.policy_name, known) end
  return known
end

local function put_one(ctx, cluster, known, wanted)
  local policy = known or { id = ctx:uuid(), type = "full", level = "cluster" }
  policy.name = wanted.policy_name or policy.name
  policy.strategy = wanted.backup_strategy or policy.strategy
  policy.type, policy.updated = wanted.backup_type or policy.type, ctx.now
  if not known then table.insert(cluster.policies.list, policy) end
  arm_one(ctx, cluster, policy)
end

-- 5.5.10: NBU needs its server's addresses, port and parameters, NFS its addresses.
local function check_device(args)
  local device, ips = args.device_name, args.server_ips and args.server_ips[1]
  if device and not DEVICES[device] then errors.refuse("DWS.5065") end
  if device == "NBU" and not (ips and args.server_port and args.backup_param) or device == "NFS" and not ips then
    errors.refuse("DWS.5065")
  end
end

-- Two new policies of one request must differ in name as well.
local function check_all(own, list)
  local known, names, added = {}, {}, 0
  for i, wanted in ipairs(list) do
    known[i] = check_one(own, wanted) or false
    if not known[i] then added = added + 1 end
    local name = wanted.policy_name and wanted.policy_name:lower()
    if name and names[name] then errors.other("The policy name already exists.", 409) end
    if name then names[name] = true end
  end
  if #own.list + added > M.MOST_CLUSTER then errors.other("The number of snapshot policies has reached the maximum.") end
  return known
end

local function create_snapshot_policy(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local own, list = cluster.policies, args.backup_strategies or {}
  check_device(args)
  local known = check_all(own, list)
  for i, wanted in ipairs(list) do put_one(ctx, cluster, known[i] or nil, wanted) end
  own.keep_day, own.device = args.keep_day or own.keep_day, args.device_name or own.device
  if args.server_ips then own.server = { ips = args.server_ips, port = args.server_port, param = args.backup_param } end
  return {}, cluster.id
end

local function delete_snapshot_policy(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local policy, at = lookup.entry(cluster.policies.list, args.id)
  if not policy then errors.other("The snapshot policy does not exist.", 404) end
  table.remove(cluster.policies.list, at)
  return nil, cluster.id .. "/" .. policy.id
end

M.operations = {
  ["dws.list_snapshot_policy"] = list_snapshot_policy,
  ["dws.create_snapshot_policy"] = create_snapshot_policy,
  ["dws.delete_snapshot_policy"] = delete_snapshot_policy,
}

M.timers = { ["dws.policy"] = fire }

return M
