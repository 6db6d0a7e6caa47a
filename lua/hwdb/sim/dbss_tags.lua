-- SPDX-License-Identifier: Apache-2.0
-- Tags of audit instances, and instances by their tags (3.4). They hang on the
-- resource id.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dbss_errors")
local lookup = require("hwdb.sim.dbss_lookup")
local pages = require("hwdb.sim.dbss_pages")
local rules = require("hwdb.sim.dbss_tag_rules")

local M = {}

local SYSTEM_KEY = "_sys_enterprise_project_id"

local function wrong() errors.refuse("DBSS.10000001") end

local function privileged(ctx)
  return ctx.readings.dbss_op_service or ctx.state.lenient
end

-- There are tags on audit instances alone.
local function of_instances(call)
  return function(ctx, args)
    if args.resource_type ~= "auditInstance" then wrong() end
    return call(ctx, args)
  end
end

local function list_project_resource_tags(ctx)
  local list, place = core.array({}), {}
  for _, instance in ipairs(lookup.all(ctx)) do
    for _, tag in ipairs(instance.tags) do
      local entry = place[tag.key] or { key = tag.key, values = core.array({}), seen = {} }
      if not place[tag.key] then list[#list + 1], place[tag.key] = entry, entry end
      if not entry.seen[tag.value] then
        entry.seen[tag.value] = true
        entry.values[#entry.values + 1] = tag.value
      end
    end
  end
  for _, entry in ipairs(list) do entry.seen = nil end
  return { tags = list }
end

-- A value that begins with * is looked for anywhere in the tag's.
local function value_fits(own, wanted)
  if wanted:sub(1, 1) == "*" then return own:lower():find(wanted:sub(2):lower(), 1, true) ~= nil end
  return own == wanted
end

local function has(instance, filter)
  for _, tag in ipairs(instance.tags) do
    if tag.key == filter.key then
      for _, value in ipairs(filter.values) do
        if value_fits(tag.value, value) then return true end
      end
      return #filter.values == 0
    end
  end
  return false
end

local function all_of(instance, filters)
  for _, filter in ipairs(filters) do
    if not has(instance, filter) then return false end
  end
  return true
end

local function any_of(instance, filters)
  for _, filter in ipairs(filters) do
    if has(instance, filter) then return true end
  end
  return false
end

-- Each list of filters by name, and when an instance passes it.
local FILTERS = {
  tags = all_of,
  tags_any = any_of,
  not_tags = function(instance, filters) return not all_of(instance, filters) end,
  not_tags_any = function(instance, filters) return not any_of(instance, filters) end,
}

local function check_filters(filters)
  local keys = {}
  if #filters > 50 then wrong() end
  for _, filter in ipairs(filters) do
    if not rules.fits(filter.key, 128) or not filter.key:find("%S") or keys[filter.key] or #filter.values > 10 then wrong() end
    keys[filter.key] = true
    local values = {}
    for _, value in ipairs(filter.values) do
      if not rules.fits(value, 255) or values[value] then wrong() end
      values[value] = true
    end
  end
end

-- The name in part and in any case; an empty one only itself. Ids whole.
local function matched(instance, matches)
  for _, match in ipairs(matches) do
    local value = match.value or ""
    if match.key == "resource_id" then
      if instance.resource_id ~= value then return false end
    elseif value == "" and instance.name ~= "" or not instance.name:lower():find(value:lower(), 1, true) then
      return false
    end
  end
  return true
end

local function check_matches(matches)
  local keys = {}
  for _, match in ipairs(matches) do
    if (match.key ~= "resource_name" and match.key ~= "resource_id") or keys[match.key] then wrong() end
    keys[match.key] = true
  end
end

local function check(ctx, args)
  local tagged = args.without_any_tag
  for name in pairs(FILTERS) do
    check_filters(args[name] or {})
    tagged = tagged or args[name] ~= nil
  end
  check_matches(args.matches or {})
  if not args.sys_tags then return end
  if not privileged(ctx) or tagged or args.sys_tags.key ~= SYSTEM_KEY then wrong() end
end

local function passes(instance, args)
  if not matched(instance, args.matches or {}) then return false end
  if args.sys_tags then
    for _, id in ipairs(args.sys_tags.values) do
      if id == instance.enterprise_project_id then return true end
    end
    return #args.sys_tags.values == 0
  end
  if args.without_any_tag then return #instance.tags == 0 end
  for name, pass in pairs(FILTERS) do
    if args[name] and #args[name] > 0 and not pass(instance, args[name]) then return false end
  end
  return true
end

local function found(ctx, args)
  check(ctx, args)
  local list = {}
  for _, instance in ipairs(lookup.all(ctx)) do
    if passes(instance, args) then list[#list + 1] = instance end
  end
  return list
end

local function view(ctx, instance)
  local tags = core.array({})
  for i, tag in ipairs(instance.tags) do tags[i] = { key = tag.key, value = tag.value } end
  local system = ctx.readings.dbss_op_service and core.array({ { key = SYSTEM_KEY, value = instance.enterprise_project_id } })
  return { resource_detail = core.null, resource_id = instance.resource_id, tags = tags, sys_tags = system or nil,
    resource_name = instance.name ~= "" and instance.name or instance.resource_id }
end

local function list_resource_instance_by_tag(ctx, args)
  local list = found(ctx, args)
  local page = pages.page(list, args, function(instance) return view(ctx, instance) end)
  return { resources = page, total_count = #list }
end

local function count_resource_instance_by_tag(ctx, args)
  local list = found(ctx, args)
  local resources = ctx.readings.dbss_count_resources and pages.page(list, {}, function(one) return view(ctx, one) end) or nil
  return { total_count = #list, resources = resources }
end

-- The enterprise project of system tags. Tenants have only tags of their own.
local function system_project(ctx, args)
  local tags = args.sys_tags
  if not tags and not args.tags or (args.tags and #args.tags == 0 and not tags) then wrong() end
  if not tags then return nil end
  if not privileged(ctx) or #tags ~= 1 or tags[1].key ~= SYSTEM_KEY then wrong() end
  return tags[1].value
end

local function batch_add_resource_tag(ctx, args)
  local instance = lookup.of_resource(ctx, args.resource_id)
  local project = system_project(ctx, args)
  instance.tags = rules.merged(instance.tags, args.tags or {})
  instance.enterprise_project_id = project or instance.enterprise_project_id
  return nil, instance.resource_id
end

-- Deleting a tag that is not there succeeds.
local function batch_delete_resource_tag(ctx, args)
  local instance = lookup.of_resource(ctx, args.resource_id)
  local project = system_project(ctx, args)
  instance.tags = rules.without(instance.tags, args.tags or {})
  if project == instance.enterprise_project_id then instance.enterprise_project_id = "0" end
  return nil, instance.resource_id
end

M.operations = {
  ["dbss.list_project_resource_tags"] = of_instances(list_project_resource_tags),
  ["dbss.list_resource_instance_by_tag"] = of_instances(list_resource_instance_by_tag),
  ["dbss.count_resource_instance_by_tag"] = of_instances(count_resource_instance_by_tag),
  ["dbss.batch_add_resource_tag"] = of_instances(batch_add_resource_tag),
  ["dbss.batch_delete_resource_tag"] = of_instances(batch_delete_resource_tag),
}

return M
