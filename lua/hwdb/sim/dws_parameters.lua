-- SPDX-License-Identifier: Apache-2.0
-- Parameter groups of a cluster and their parameters (5.12). A change is being
-- applied for a while; one that needs it then waits for a restart.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")
local tasks = require("hwdb.sim.dws_tasks")
local SECONDS = require("hwdb.sim.dws_durations")

local M = {}

local DEFINITIONS = {
  { name = "enable_constraint_optimization", type = "boolean", range = "on|off", default = "on",
    description = "Whether informational constraints of foreign tables shape the execution plan." },
  { name = "session_timeout", type = "integer", range = "0-86400", default = "600", unit = "s",
    description = "How long a session may do nothing." },
  { name = "max_connections", type = "integer", range = "100-262143", default = "800", restart = true,
    description = "Connections at once." },
  { name = "datestyle", type = "list", range = "ISO,MDY|ISO,DMY|ISO,YMD", default = "ISO,MDY", several = true,
    description = "How dates are written." },
  { name = "cstore_buffers", type = "integer", range = "16384-2147483647", default = "1048576", unit = "kB", restart = true,
    nodes = { "dn" }, description = "Memory for columnar data." },
  { name = "server_version", type = "string", range = "", default = "9.2.4", readonly = true,
    description = "Version the kernel gives." },
}

local BOTH = { "cn", "dn" }

-- Those of an account's cluster, where it came out of an inventory.
local function definitions(cluster)
  return cluster.definitions or DEFINITIONS
end

local function definition(cluster, name)
  for _, of in ipairs(definitions(cluster)) do
    if of.name == name then return of end
  end
end

---Gives a cluster the parameters that another one was shown to have.
---@param cluster table
---@param list table[] entries of list_cluster_configurations_parameter
function M.take(cluster, list)
  cluster.definitions = {}
  for i, entry in ipairs(list) do
    local of = { name = entry.name, type = entry.type, range = type(entry.value_range) == "string" and entry.value_range or "",
      restart = entry.restart_required == true, readonly = entry.readonly == true, description = entry.description or "",
      unit = type(entry.unit) == "string" and entry.unit or nil, default = "", nodes = {} }
    for j, value in ipairs(entry.values or {}) do
      of.several = of.several or tostring(value.value):find(";", 1, true) ~= nil
      of.nodes[j], of.default = value.type, (tostring(value.default_value or ""):gsub(";", ","))
      local own = cluster.parameters[of.name] or {}
      own[value.type], cluster.parameters[of.name] = (tostring(value.value):gsub(";", ",")), own
    end
    cluster.definitions[i] = of
  end
end

local function list_configurations(ctx, args)
  local list = core.array({})
  for i, group in ipairs(lookup.part(ctx, args.cluster_id).groups) do
    list[i] = { id = group.id, name = group.name, type = group.type, status = group.status,
      fail_reason = group.fail_reason or "null" }
  end
  return { configurations = list }
end

local function group_of(cluster, id)
  return lookup.entry(cluster.groups, id) or errors.refuse("DWS.5054")
end

local function value_of(cluster, of, node)
  local own = cluster.parameters[of.name]
  return own and own[node] or of.default
end

-- Several values are sent joined by commas and come back joined by semicolons.
local function shown(of, value)
  return of.several and (value:gsub(",", ";")) or value
end

local function parameter(cluster, of)
  local values = core.array({})
  for i, node in ipairs(of.nodes or BOTH) do
    values[i] = { type = node, value = shown(of, value_of(cluster, of, node)), default_value = shown(of, of.default) }
  end
  return { name = of.name, values = values, unit = of.unit or core.null, type = of.type, readonly = of.readonly or false,
    value_range = of.range, restart_required = of.restart or false, description = of.description }
end

-- Only the hidden group has the parameters.
local function list_parameters(ctx, args)
  local cluster, list = lookup.part(ctx, args.cluster_id), core.array({})
  if group_of(cluster, args.configuration_id).type == "hiddenParameterGroup" then
    for i, of in ipairs(definitions(cluster)) do list[i] = parameter(cluster, of) end
  end
  return { configurations = list }
end

local function one_of(text, range)
  for choice in range:gmatch("[^|]+") do
    if choice == text then return true end
  end
  return false
end

local function in_range(of, value)
  local least, most = of.range:match("^(%d+)%-(%d+)$")
  if of.range == "" or of.type == "integer" and not least then return true end
  if of.type ~= "integer" then return one_of(value, of.range) end
  local number = math.tointeger(tonumber(value))
  return number ~= nil and number >= tonumber(least) and number <= tonumber(most)
end

local function check_one(cluster, wanted, seen)
  local of = definition(cluster, wanted.name)
  if not of or not one_of(wanted.type, table.concat(of.nodes or BOTH, "|")) then errors.refuse("DWS.5037") end
  if of.readonly or not in_range(of, wanted.value) then errors.refuse("DWS.5038") end
  local key = wanted.type .. " " .. wanted.name
  if seen[key] then errors.refuse("DWS.5039") end
  seen[key] = true
  return of
end

local function set_one(cluster, wanted)
  local own = cluster.parameters[wanted.name] or {}
  own[wanted.type], cluster.parameters[wanted.name] = wanted.value, own
end

local function update_configuration(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local group, seen, restart = group_of(cluster, args.configuration_id), {}, false
  if group.type ~= "hiddenParameterGroup" then errors.refuse("DWS.5054") end
  tasks.require_available(ctx, cluster)
  for _, wanted in ipairs(args.configurations) do restart = check_one(cluster, wanted, seen).restart or restart end
  restart = restart or group.status == "Pending-Reboot"
  local before = {}
  for name, own in pairs(cluster.parameters) do before[name] = { cn = own.cn, dn = own.dn } end
  for _, wanted in ipairs(args.configurations) do set_one(cluster, wanted) end
  group.status, group.fail_reason = "Applying", nil
  tasks.start(ctx, cluster, { task = "SETTING_CONFIGURATION", work = "configuration", seconds = SECONDS.configuration,
    data = { group = group.id, restart = restart, before = before } })
  return nil, cluster.id
end

tasks.work("configuration", {
  done = function(_, cluster, task)
    local group = lookup.entry(cluster.groups, task.data.group)
    if group then group.status = task.data.restart and "Pending-Reboot" or "In-Sync" end
  end,
  failed = function(_, cluster, task)
    local group = lookup.entry(cluster.groups, task.data.group)
    cluster.parameters = task.data.before
    if group then group.status, group.fail_reason = "Sync-Failure", task.fail.reason end
  end,
})

M.operations = {
  ["dws.list_cluster_configurations"] = list_configurations,
  ["dws.list_cluster_configurations_parameter"] = list_parameters,
  ["dws.update_configuration"] = update_configuration,
}

return M
