-- SPDX-License-Identifier: Apache-2.0
-- Parameter templates (4.10.1, 4.10.2, 4.10.5 to 4.10.11). Default ones can be
-- read and compared, nothing else.
local core = require("hwdb.core")
local catalogue = require("hwdb.sim.ddm_parameter_catalogue")
local errors = require("hwdb.sim.ddm_errors")
local paging = require("hwdb.sim.paging")
local times = require("hwdb.sim.times")

local M = {}

---Templates of a project's own at most, by the manual.
M.MOST = 100

local function own(ctx, template)
  return (not template.user_defined or ctx.state.lenient or template.project_id == ctx.project_id) and ctx:sees(template)
end

local function get(ctx, id)
  for i, template in ipairs(ctx.state.ddm.templates) do
    if template.id == id and own(ctx, template) then return template, i end
  end
  return errors.refuse("DBS.200057")
end

-- The template for a change; a default one stays as it is.
local function get_own(ctx, id)
  local template, position = get(ctx, id)
  if not template.user_defined then errors.refuse("DBS.280001") end
  return template, position
end

local function item(template)
  return { id = template.id, name = template.name, description = template.description, datastore_name = "ddm",
    created = times.iso(template.created), updated = times.iso(template.updated), user_defined = template.user_defined }
end

local function list(ctx, args)
  local found = {}
  for _, template in ipairs(ctx.state.ddm.templates) do
    if own(ctx, template) then found[#found + 1] = template end
  end
  local page, offset, limit = paging.page(found, args, 10, item)
  return { configurations = page, offset = offset, limit = limit, total = #found }
end

local function value_of(template, name)
  local entry = catalogue.BY_NAME[name]
  return template.values[name] or (entry and entry.default)
end

local function show(ctx, args)
  local template = get(ctx, args.config_id)
  local view, parameters = item(template), core.array({})
  for i, entry in ipairs(catalogue.ALL) do
    parameters[i] = { name = entry.name, value = value_of(template, entry.name), restart_required = entry.restart,
      readonly = entry.fixed, value_range = entry.range, type = entry.type, description = entry.description }
  end
  view.user_defined, view.configuration_parameters = nil, parameters
  return view
end

-- Names are unique among the project's templates and the default ones.
local function check_name(ctx, name, except)
  local count = 0
  for _, template in ipairs(ctx.state.ddm.templates) do
    if template ~= except and own(ctx, template) then
      if template.name == name then errors.refuse("DBS.280001") end
      if template.user_defined then count = count + 1 end
    end
  end
  return count
end

local function copied(values)
  local copy = {}
  for name, value in pairs(values or {}) do copy[name] = value end
  return copy
end

local function add(ctx, name, description, values)
  if check_name(ctx, name) >= M.MOST then errors.refuse("DBS.280001", 413) end
  local template = { id = ctx:id("pr09"), name = name, description = (description or ""):sub(1, 256),
    values = copied(values), user_defined = true, created = ctx.now, updated = ctx.now, project_id = ctx.project_id }
  table.insert(ctx.state.ddm.templates, template)
  ctx:hide(template)
  return template
end

local function create(ctx, args)
  catalogue.check(args.values or {}, ctx.state.lenient)
  local template = add(ctx, args.name, args.description, args.values)
  return { id = template.id, name = template.name }, template.id
end

local function copy(ctx, args)
  local source = get_own(ctx, args.config_id)
  return {}, add(ctx, args.new_name, args.description, source.values).id
end

local function delete(ctx, args)
  local template, position = get_own(ctx, args.config_id)
  table.remove(ctx.state.ddm.templates, position)
  return {}, template.id
end

-- Values not sent stay; instances made from it do not change.
local function update(ctx, args)
  local template = get_own(ctx, args.config_id)
  local restart = catalogue.check(args.values, ctx.state.lenient)
  if args.name then check_name(ctx, args.name, template) end
  for name, value in pairs(args.values) do template.values[name] = value end
  template.name, template.description = args.name or template.name, args.description or template.description
  template.updated = ctx.now
  return { need_restart = restart }, template.id
end

local RESULTS = { CREATING = "APPLYING", CREATEFAILED = "FAILED" }

local function history_view(ctx, record)
  local result = "SUCCESS"
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if instance.id == record.target_id then result = RESULTS[instance.status] or result end
  end
  return { target_id = record.target_id, target_name = record.target_name, apply_result = result,
    applied_at = times.iso(record.at), error_code = "", error_message = "" }
end

local function list_histories(ctx, args)
  local template, found = get(ctx, args.config_id), {}
  local histories = template.histories or {}
  for i = #histories, 1, -1 do found[#found + 1] = histories[i] end
  local page = paging.page(found, args, 10, function(record) return history_view(ctx, record) end)
  return { histories = page, total = #found }
end

-- Running instances without a job.
local function list_applicable(ctx, args)
  get(ctx, args.config_id)
  local found = {}
  for _, instance in ipairs(ctx.state.ddm.instances) do
    local mine = (ctx.state.lenient or instance.project_id == ctx.project_id) and ctx:sees(instance)
    if mine and not instance.deleted and instance.status == "RUNNING" and not instance.active_job then
      found[#found + 1] = instance
    end
  end
  local page = paging.page(found, args, 10, function(instance)
    return { instance_id = instance.id, instance_name = instance.name }
  end)
  return { entities = page, total = #found }
end

-- Names that either template sets, and all known ones, in order.
local function all_names(source, target)
  local names, seen = {}, {}
  local function note(name)
    if not seen[name] then seen[name], names[#names + 1] = true, name end
  end
  for _, entry in ipairs(catalogue.ALL) do note(entry.name) end
  for name in pairs(source.values) do note(name) end
  for name in pairs(target.values) do note(name) end
  table.sort(names)
  return names
end

local function compare(ctx, args)
  local source, target = get(ctx, args.source_id), get(ctx, args.target_id)
  local differing = core.array({})
  for _, name in ipairs(all_names(source, target)) do
    local left, right = value_of(source, name), value_of(target, name)
    if left ~= right then
      differing[#differing + 1] = { name = name, source_value = left or "", target_value = right or "" }
    end
  end
  return { parameters = differing, source_id = source.id, source_name = source.name, target_id = target.id,
    target_name = target.name }
end

M.operations = {
  ["ddm.list_configurations"] = list,
  ["ddm.show_configuration"] = show,
  ["ddm.create_configuration"] = create,
  ["ddm.copy_configuration"] = copy,
  ["ddm.delete_configuration"] = delete,
  ["ddm.update_configuration"] = update,
  ["ddm.list_configuration_apply_histories"] = list_histories,
  ["ddm.list_applicable_instances"] = list_applicable,
  ["ddm.compare_configurations"] = compare,
}

return M
