-- SPDX-License-Identifier: Apache-2.0
-- Tags of a project and of a cluster (5.11).
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")
local lookup = require("hwdb.sim.dws_lookup")
local rules = require("hwdb.sim.dws_tag_rules")

local M = {}

local function has(list, wanted)
  for _, value in ipairs(list) do
    if value == wanted then return true end
  end
  return false
end

local function list_tags(ctx)
  local list, place = core.array({}), {}
  for _, cluster in ipairs(lookup.all(ctx)) do
    for _, tag in ipairs(cluster.tags) do
      local entry = place[tag.key]
      if not entry then
        entry = { key = tag.key, values = core.array({}) }
        place[tag.key], list[#list + 1] = entry, entry
      end
      if not has(entry.values, tag.value) then entry.values[#entry.values + 1] = tag.value end
    end
  end
  return { tags = list }
end

local function list_cluster_tags(ctx, args)
  local list = core.array({})
  for i, tag in ipairs(lookup.part(ctx, args.cluster_id).tags) do list[i] = { key = tag.key, value = tag.value } end
  return { tags = list }
end

local function batch_create(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  cluster.tags = rules.merged(cluster.tags, args.tags)
  return nil, cluster.id
end

local function place_of(list, wanted)
  for i, tag in ipairs(list) do
    if tag.key == wanted.key and tag.value == wanted.value then return i end
  end
end

-- All or none: key and value must both be right.
local function batch_delete(ctx, args)
  local cluster = lookup.part(ctx, args.cluster_id)
  local left = rules.merged(cluster.tags, {})
  for _, tag in ipairs(args.tags) do
    local at = place_of(left, tag)
    if at then
      table.remove(left, at)
    elseif not ctx.state.lenient then
      errors.refuse("DWS.5191")
    end
  end
  cluster.tags = left
  return nil, cluster.id
end

M.operations = {
  ["dws.list_tags"] = list_tags,
  ["dws.list_cluster_tags"] = list_cluster_tags,
  ["dws.batch_create_resource_tag"] = batch_create,
  ["dws.batch_delete_resource_tag"] = batch_delete,
}

return M
