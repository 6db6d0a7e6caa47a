-- SPDX-License-Identifier: Apache-2.0
-- How billing deals with yearly/monthly DDM instances. Their nodes are
-- attached resources whose ids end in .vm.
local jobs = require("hwdb.sim.ddm_jobs")
local services = require("hwdb.sim.bss_services")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local function instance_of(ctx, order)
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if instance.id == order.resource_id then return instance end
  end
end

-- The nodes that an order brought: a new group's, those of scaling out, or those the instance was bought with.
local function own_nodes(instance, order)
  local group, list = instance.groups[1], {}
  if order.change then group = order.data.group end
  for _, node in ipairs(instance.nodes) do
    local in_group = group and (node.group_id or instance.groups[1].id) == group.id and not node.order_id
    if node.order_id == order.id or in_group then list[#list + 1] = node end
  end
  return list
end

local function bought(ctx, order)
  local instance = instance_of(ctx, order)
  if not instance then return {} end
  local living, list = not instance.deleted, {}
  if not order.change then
    list[1] = { id = instance.id, name = instance.name, spec = instance.flavor_ref, main = true, living = living }
  end
  for _, node in ipairs(own_nodes(instance, order)) do
    list[#list + 1] = { id = node.id .. ".vm", name = node.name or instance.name, spec = instance.flavor_ref,
      type = "hws.resource.type.vm", living = living }
  end
  return list
end

-- The instance goes as in a deletion, which for a bought one only billing may start.
local function release(ctx, order)
  local instance = instance_of(ctx, order)
  if instance.active_job then return "Another operation is being performed on the instance." end
  jobs.start(ctx, instance, { name = "DeleteInstance", work = "delete_instance", seconds = SECONDS.delete_instance,
    data = { delete_rds_data = false } })
  ctx:change(instance, "DELETING")
end

-- While a job is at work on the instance, its end is waited for.
local function freeze(ctx, order)
  local instance = instance_of(ctx, order)
  if not instance or instance.deleted then return end
  if instance.status == "FREEZING" then
    ctx:change(instance, "FROZEN")
  elseif instance.active_job then
    ctx:schedule(SECONDS.freeze, "ddm.freeze", { order = order.id })
  else
    ctx:change(instance, "FREEZING")
    ctx:schedule(SECONDS.freeze, "ddm.freeze", { order = order.id })
  end
end

services.register("ddm", { type = "hws.service.type.ddm", resource_type = "hws.resource.type.ddm", timer = "ddm.order",
  seconds = SECONDS.order, resources = bought, release = release, freeze = freeze })

M.timers = { ["ddm.freeze"] = function(ctx, data)
  local order = ctx.state.bss.orders[data.order]
  if not order.closed and not order.releasing then freeze(ctx, order) end
end }

return M
