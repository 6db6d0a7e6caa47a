-- SPDX-License-Identifier: Apache-2.0
-- Changing the kernel version of an instance and rolling an upgrade back (4.8).
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local kernels = require("hwdb.sim.ddm_kernel_state")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local function favored()
  local list = {}
  for _, entry in ipairs(kernels.VERSIONS) do
    if entry.favored then list[#list + 1] = entry.version end
  end
  return list
end

-- The preferred version of the series, or the version itself where there is none.
local function favored_of(version)
  for _, candidate in ipairs(favored()) do
    if kernels.series(candidate) == kernels.series(version) then return candidate end
  end
  return version
end

-- Preferred versions other than the present one, older ones too.
local function targets(instance)
  local list = core.array({})
  for _, version in ipairs(favored()) do
    if kernels.compare(version, instance.engine_version) ~= 0 then list[#list + 1] = version end
  end
  return list
end

local function list_versions(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local all = favored()
  return { versions = targets(instance), current_version = instance.engine_version, latest_version = all[#all],
    current_favored_version = favored_of(instance.engine_version), previous_version = instance.previous_version }
end

local function check_target(ctx, instance, version)
  if not version:find("^%d+%.%d+[%d.]*$") or kernels.compare(version, instance.engine_version) == 0 then
    errors.refuse("DBS.280001")
  end
  for _, target in ipairs(targets(instance)) do
    if target == version then return end
  end
  if not ctx.state.lenient then errors.refuse("DBS.280001") end
end

local function accepted(instance, job)
  return { instance_id = instance.id, job_id = job.id }, instance.id
end

-- The nodes are changed one after the other.
local function begin(ctx, instance, name, status, data)
  local job = jobs.start(ctx, instance, { name = name, work = "change_version",
    seconds = SECONDS.change_version_node * #instance.nodes, data = data })
  ctx:change(instance, status)
  return accepted(instance, job)
end

local function change(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  check_target(ctx, instance, args.target_version)
  local upgrade = kernels.compare(args.target_version, instance.engine_version) > 0
  return begin(ctx, instance, upgrade and "UpgradeVersion" or "DowngradeVersion", "UPGRADE_VERSION_INSTANCE",
    { version = args.target_version, previous = upgrade and instance.engine_version or nil })
end

-- Only an upgrade can be rolled back, and only while no node was added since.
local function roll_back(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  if not instance.previous_version then errors.refuse("DBS.300005") end
  for _, node in ipairs(instance.nodes) do
    if not instance.upgraded_nodes[node.id] then errors.refuse("DBS.300005") end
  end
  return begin(ctx, instance, "RollbackVersion", "ROLL_BACK_DB_VERSION", { version = instance.previous_version })
end

-- A version below 3.0.9 has no administrator.
jobs.work("change_version", instances.settles("RUNNING", function(_, instance, job)
  instance.engine_version, instance.previous_version = job.data.version, job.data.previous
  instance.upgraded_nodes = job.data.previous and {} or nil
  if job.data.previous then
    for _, node in ipairs(instance.nodes) do instance.upgraded_nodes[node.id] = true end
  end
  if kernels.compare(instance.engine_version, "3.0.9") < 0 then instance.admin_user_name = nil end
  instance.sessions, instance.needs_restart = {}, nil
end))

-- A version behind the preferred one of its series is a risk.
local function show_risk_info(ctx, args)
  local instance = instances.get(ctx, args.instance_id)
  local wanted, risks = favored_of(instance.engine_version), core.array({})
  if kernels.compare(instance.engine_version, wanted) < 0 then
    risks[1] = { instance_id = instance.id, engine_name = "ddm", engine_version = instance.engine_version, level = 1,
      suggest = ("Version %s of this series mends known faults; change to it at a quiet hour."):format(wanted),
      influence = "The nodes restart in turn; connections break for seconds and must be made again.",
      guidance = "https://support.huaweicloud.com/usermanual-ddm/ddm_06_0042.html",
      service_impact_duration = "Less than a minute for ordinary workloads.",
      upgrade_duration = ("About five minutes a node, %d nodes."):format(#instance.nodes) }
  end
  return { risks = risks }
end

M.operations = {
  ["ddm.list_database_available_versions"] = list_versions,
  ["ddm.change_database_version"] = change,
  ["ddm.roll_back_database_version"] = roll_back,
  ["ddm.show_risk_info"] = show_risk_info,
}

return M
