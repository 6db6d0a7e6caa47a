-- SPDX-License-Identifier: Apache-2.0
-- The parameters of one instance (4.2.23, 4.10.3, 4.10.4). They are its own:
-- a template it was made from may change later without it.
local core = require("hwdb.core")
local catalogue = require("hwdb.sim.ddm_parameter_catalogue")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- The set of an instance, with an id of its own made from the instance's.
local function set_of(instance)
  if not instance.parameters then
    instance.parameters = { id = instance.id:sub(1, 32) .. "pr09", name = "ddm_" .. instance.id:sub(1, 11),
      description = "ParamGroup for instance", values = {}, updated = instance.created }
  end
  return instance.parameters
end

-- A switch as the texts 0 and 1.
local function digit(value)
  return value and "1" or "0"
end

local function show(ctx, args)
  local set = set_of(instances.get(ctx, args.instance_id))
  local page, offset, limit = paging.page(catalogue.ALL, args, 128, function(entry)
    return { name = entry.name, value = set.values[entry.name] or entry.default, need_restart = digit(entry.restart),
      read_only = digit(entry.fixed), value_range = entry.range, data_type = entry.type, description = entry.description }
  end)
  local updated = times.iso(set.updated):gsub("T", " "):gsub("%+0000$", "")
  return { id = set.id, name = set.name, description = set.description, updated = updated,
    configuration_parameter = page, offset = offset, limit = limit, total = #catalogue.ALL }
end

local function apply(ctx, instance, values, restart)
  local set = set_of(instance)
  for name, value in pairs(values) do set.values[name] = value end
  set.updated = ctx.now
  if restart then instance.needs_restart = true end
end

local function check(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  if next(args.values) == nil then errors.refuse("DBS.280001") end
  return instance, catalogue.check(args.values, ctx.state.lenient)
end

local function update(ctx, args)
  local instance, restart = check(ctx, args)
  local job = jobs.start(ctx, instance, { name = "SetConfiguration", work = "set_parameters",
    seconds = SECONDS.set_parameters, data = { values = args.values, restart = restart } })
  ctx:change(instance, "SET_CONFIGURATION")
  return { nodeList = core.null, jobId = job.id, configId = core.null, configName = core.null,
    needRestart = ctx.readings.ddm_need_restart == "string" and tostring(restart) or restart }, instance.id
end

jobs.work("set_parameters", instances.settles("RUNNING", function(ctx, instance, job)
  apply(ctx, instance, job.data.values, job.data.restart)
end))

local function update_v31(ctx, args)
  local instance, restart = check(ctx, args)
  apply(ctx, instance, args.values, restart)
  local set = set_of(instance)
  set.name, set.description = args.name or set.name, args.description or set.description
  return { need_restart = restart }, instance.id
end

M.operations = {
  ["ddm.show_instance_param"] = show,
  ["ddm.update_instance_parameters"] = update,
  ["ddm.update_instance_parameters_v31"] = update_v31,
}

return M
