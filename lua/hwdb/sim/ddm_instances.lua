-- SPDX-License-Identifier: Apache-2.0
-- DDM instances (4.2.1 to 4.2.8 and 4.2.11): buying, reading, renaming,
-- restarting, deleting.
local core = require("hwdb.core")
local backups = require("hwdb.sim.ddm_backup_state")
local bss = require("hwdb.sim.bss_orders")
local errors = require("hwdb.sim.ddm_errors")
local jobs = require("hwdb.sim.ddm_jobs")
local nodes = require("hwdb.sim.ddm_nodes")
local orders = require("hwdb.sim.ddm_orders")
local paging = require("hwdb.sim.paging")
local rds = require("hwdb.sim.rds_instances")
local resources = require("hwdb.sim.bss_resources")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

local function own(ctx, instance)
  return (ctx.state.lenient or instance.project_id == ctx.project_id) and ctx:sees(instance)
end

---The instance of an id; a deleted or unknown one is a 404.
---@param ctx hwdb.sim.Context
---@param id string
---@return table
function M.get(ctx, id)
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if instance.id == id and own(ctx, instance) and not instance.deleted then return instance end
  end
  return errors.refuse("DBS.200002")
end

---The instance for a change: no other job may hold it, and it must be running.
---@return table
function M.get_idle(ctx, id)
  local instance = M.get(ctx, id)
  jobs.require_idle(ctx, instance)
  if instance.status ~= "RUNNING" then errors.refuse("DBS.200076") end
  return instance
end

---The instance a job worked on; nil if it is gone.
function M.of_job(ctx, job)
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if instance.id == job.instance_id then return instance end
  end
end

local function set_nodes(instance, status)
  for _, node in ipairs(instance.nodes) do node.status = status end
end

local function known(list, id)
  for _, entry in ipairs(list) do
    if entry.id == id then return entry end
  end
end

-- The documents' world takes any id; otherwise it must be one of the region's.
local function require_known(ctx, list, id, code)
  local entry = known(list, id)
  if not entry and not ctx.state.lenient then errors.refuse(code) end
  return entry or {}
end

---Refuses a security group the region does not have.
local function require_group(ctx, id)
  require_known(ctx, ctx.state.network.security_groups, id, "DBS.280305")
end

local function check_order(extend)
  if extend.charge_mode ~= "prePaid" then return end
  local years = extend.period_type == "year"
  if not extend.period_type or not extend.period_num or (years and extend.period_num ~= 1) then
    errors.refuse("DBS.280001")
  end
end

local function check_place(ctx, spec)
  local network = ctx.state.network
  require_known(ctx, network.vpcs, spec.vpc_id, "DBS.280001")
  local subnet = require_known(ctx, network.subnets, spec.subnet_id, "DBS.280001")
  if not ctx.state.lenient and subnet.vpc_id ~= spec.vpc_id then errors.refuse("DBS.280001") end
  require_group(ctx, spec.security_group_id)
  for _, zone in ipairs(spec.available_zones) do
    if not ctx.state.lenient and not known(network.zones, zone) then errors.refuse("DBS.280001") end
  end
end

local function check_spec(ctx, spec)
  check_place(ctx, spec)
  require_known(ctx, ctx.state.ddm.flavors, spec.flavor_id, "DBS.280001")
  require_known(ctx, ctx.state.ddm.engines, spec.engine_id, "DBS.280001")
  if spec.param_group_id then require_known(ctx, ctx.state.ddm.templates, spec.param_group_id, "DBS.200057") end
  if spec.node_num < 1 or spec.node_num > nodes.MOST then errors.refuse("DBS.280001") end
end

-- The appendix gives an exceeded quota the status 413 and no code of its own.
local function check_quota(ctx)
  local count = 0
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if not instance.deleted then count = count + 1 end
  end
  if count >= ctx.state.ddm.quota then errors.refuse("DBS.280001", 413) end
end

---Adds an instance in creation.
---@param spec table the request's `instance`
---@return table instance
local function add(ctx, spec, order_id)
  local flavor = known(ctx.state.ddm.flavors, spec.flavor_id) or ctx.state.ddm.flavors[1]
  local engine = known(ctx.state.ddm.engines, spec.engine_id) or ctx.state.ddm.engines[1]
  local instance = { id = ctx:id("in09"), name = spec.name, status = "CREATING", created = ctx.now, updated = ctx.now,
    project_id = ctx.project_id, zones = spec.available_zones, vpc_id = spec.vpc_id, subnet_id = spec.subnet_id,
    security_group_id = spec.security_group_id, flavor_ref = flavor.code, cpu = flavor.cpu, mem = flavor.mem,
    engine_version = engine.version, access_port = 5066, enable_ssl = false, order_id = order_id,
    enterprise_project_id = spec.enterprise_project_id or "0", time_zone = spec.time_zone or "UTC",
    admin_user_name = spec.admin_user_name or spec.admin_username, load_balancing = spec.node_num > 1,
    read_weights = {}, nodes = {}, groups = { { id = ctx:id("gr09"), name = "default", type = "rw" } }, schemas = {} }
  nodes.add(ctx, instance, spec.node_num, "creating")
  instance.access_ip = instance.nodes[1].ip
  local list = ctx.state.ddm.instances
  list[#list + 1] = instance
  ctx:hide(instance)
  return instance
end

-- A template is copied into the instance, and remembers that.
local function apply_template(ctx, instance, id)
  local template = id and known(ctx.state.ddm.templates, id)
  if not template then return end
  instance.parameters = { id = instance.id:sub(1, 32) .. "pr09", name = template.name, values = {}, updated = ctx.now,
    description = template.description or "" }
  for name, value in pairs(template.values or {}) do instance.parameters.values[name] = value end
  template.histories = template.histories or {}
  table.insert(template.histories, { target_id = instance.id, target_name = instance.name, at = ctx.now })
end

local function start_creation(ctx, spec, order_id)
  local instance = add(ctx, spec, order_id)
  apply_template(ctx, instance, spec.param_group_id)
  local job = jobs.start(ctx, instance, { name = "CreateInstance", work = "create_instance",
    seconds = SECONDS.create_instance })
  return instance, job
end

-- Passwords stay out of the state; an order keeps the rest of the request.
local function without_passwords(spec)
  local copy = {}
  for key, value in pairs(spec) do
    if not key:find("password", 1, true) then copy[key] = value end
  end
  return copy
end

local function order(ctx, spec, extend)
  local months = extend.period_type == "year" and 12 * extend.period_num or extend.period_num
  local made = bss.add(ctx, { service = "ddm", spec = without_passwords(spec), months = months,
    auto_renew = extend.is_auto_renew == "true", paid = extend.is_auto_pay == "true" })
  return { id = core.null, job_id = core.null, order_id = made.id }, made.id
end

local function order_paid(ctx, data)
  local paid = ctx.state.bss.orders[data.order]
  if paid.change then return orders.paid(ctx, paid) end
  ctx.project_id = paid.project_id
  bss.fulfil(ctx, paid, start_creation(ctx, paid.spec, paid.id).id)
end

local function create_instance(ctx, args)
  local spec, extend = args.instance, args.extend_param or {}
  check_spec(ctx, spec)
  check_order(extend)
  check_quota(ctx)
  if extend.charge_mode == "prePaid" then return order(ctx, spec, extend) end
  local instance, job = start_creation(ctx, spec)
  return { id = instance.id, job_id = job.id, order_id = core.null }, instance.id
end

-- node_status is no list in the documents: it follows the instance.
local function node_status(instance)
  return instance.nodes[1] and instance.nodes[1].status == "normal" and "RUNNING" or "ERROR"
end

local function item_view(ctx, instance)
  return { id = instance.id, status = ctx:shown(instance), name = instance.name, created = times.iso(instance.created),
    updated = times.iso(instance.updated), available_zone = table.concat(instance.zones, ","),
    vpc_id = instance.vpc_id, subnet_id = instance.subnet_id, security_group_id = instance.security_group_id,
    node_count = #instance.nodes, access_ip = instance.access_ip, access_port = tostring(instance.access_port),
    core_count = tostring(instance.cpu), ram_capacity = tostring(instance.mem), node_status = node_status(instance),
    enterprise_project_id = instance.enterprise_project_id, project_id = instance.project_id,
    engine_version = instance.engine_version, order_id = instance.order_id, enable_ssl = instance.enable_ssl,
    flavor_ref = instance.flavor_ref, error_msg = instance.error_msg }
end

local function list_instances(ctx, args)
  local found = {}
  for _, instance in ipairs(ctx.state.ddm.instances) do
    if own(ctx, instance) and not instance.deleted then found[#found + 1] = instance end
  end
  local page, offset, limit = paging.page(found, args, 10, function(instance) return item_view(ctx, instance) end)
  return { instances = page, instance_num = #found, page_no = offset // limit + 1, page_size = #page,
    total_record = #found, total_page = (#found + limit - 1) // limit }
end

-- A deleted instance is gone; some regions go on showing it as DELETED.
local function readable(ctx, id)
  if ctx.readings.deleted_instance == "DELETED" then
    for _, instance in ipairs(ctx.state.ddm.instances) do
      if instance.id == id and instance.deleted and own(ctx, instance) then return instance end
    end
  end
  return M.get(ctx, id)
end

local function show_instance(ctx, args)
  local instance = readable(ctx, args.instance_id)
  local view = item_view(ctx, instance)
  view.nodes = core.array({})
  for i, node in ipairs(instance.nodes) do view.nodes[i] = nodes.brief(ctx, instance, node) end
  view[ctx.readings.admin_field] = instance.admin_user_name
  return view
end

local function update_name(ctx, args)
  local instance = M.get_idle(ctx, args.instance_id)
  instance.name, instance.updated = args.name, ctx.now
  return { name = args.name }, instance.id
end

local function update_security_group(ctx, args)
  local instance = M.get_idle(ctx, args.instance_id)
  require_group(ctx, args.security_group_id)
  instance.security_group_id, instance.updated = args.security_group_id, ctx.now
  return { security_group_id = args.security_group_id }, instance.id
end

-- Yearly/monthly ones are unsubscribed, not deleted; the appendix has no code
-- of its own for that.
function M.delete(ctx, id, with_data)
  local instance = M.get(ctx, id)
  jobs.require_idle(ctx, instance)
  if instance.order_id then errors.refuse("DBS.300005") end
  local job = jobs.start(ctx, instance, { name = "DeleteInstance", work = "delete_instance",
    seconds = SECONDS.delete_instance, data = { delete_rds_data = with_data } })
  ctx:change(instance, "DELETING")
  return instance, job
end

local function delete_instance(ctx, args)
  local instance, job = M.delete(ctx, args.instance_id, tostring(args.delete_rds_data) == "true")
  return { id = instance.id, job_id = job.id }, instance.id
end

---Starts a restart, soft or hard where that can be said.
function M.restart(ctx, id, kind)
  local instance = M.get_idle(ctx, id)
  local job = jobs.start(ctx, instance, { name = "RestartInstance", work = "restart_instance",
    seconds = SECONDS.restart_instance, data = { type = kind } })
  ctx:change(instance, "RESTARTING")
  return instance, job
end

local function restart_instance(ctx, args)
  local instance, job = M.restart(ctx, args.instance_id, args.restart and args.restart.type)
  return { instanceId = instance.id, instanceName = instance.name, jobId = job.id }, instance.id
end

local function reload_table_data(ctx, args)
  local instance = M.get_idle(ctx, args.instance_id)
  jobs.start(ctx, instance, { name = "loadMetadata", work = "reload_table_data", seconds = SECONDS.reload_table_data })
  return {}, instance.id
end

local function update_read_weights(ctx, args)
  local instance = M.get_idle(ctx, args.instance_id)
  for id, weight in pairs(args.read_weight) do
    if weight < 0 or weight > 100 then errors.refuse("DBS.300315") end
    local node = rds.find(ctx, id)
    if not node or (node.ddm_id ~= instance.id and not ctx.state.lenient) then errors.refuse("DBS.300323") end
  end
  for id, weight in pairs(args.read_weight) do instance.read_weights[id] = weight end
  return { success = true, instance_id = instance.id }, instance.id
end

-- Work that ends with the instance running, or in `bad` when it failed.
local function settles(bad, on_done)
  return {
    done = function(ctx, job)
      local instance = M.of_job(ctx, job)
      ctx:change(instance, "RUNNING")
      if on_done then on_done(ctx, instance, job) end
    end,
    failed = function(ctx, job)
      local instance = M.of_job(ctx, job)
      ctx:change(instance, bad)
      if bad ~= "RUNNING" then instance.error_msg = job.fail_reason end
      if job.work == "create_instance" then set_nodes(instance, "createfail") end
    end,
  }
end

local function delete_done(ctx, job)
  local instance = M.of_job(ctx, job)
  rds.release(ctx, instance.id)
  backups.take(ctx, instance, "metadata")
  for _, schema in ipairs(instance.schemas) do rds.part(ctx, schema, job.data and job.data.delete_rds_data) end
  instance.deleted, instance.status, instance.stale, instance.schemas = true, "DELETED", nil, {}
  resources.close(ctx, instance.order_id)
end

local function delete_failed(ctx, job)
  resources.kept(ctx, M.of_job(ctx, job).order_id)
  settles("ERROR").failed(ctx, job)
end

jobs.work("create_instance", settles("CREATEFAILED", function(_, instance) set_nodes(instance, "normal") end))
jobs.work("restart_instance", settles("ERROR", function(_, instance)
  instance.sessions, instance.needs_restart = {}, nil
end))
jobs.work("reload_table_data", settles("RUNNING"))
jobs.work("delete_instance", { done = delete_done, failed = delete_failed })

M.settles, M.move_to_security_group, M.reload = settles, update_security_group, reload_table_data

M.operations = {
  ["ddm.create_instance"] = create_instance,
  ["ddm.list_instances"] = list_instances,
  ["ddm.show_instance"] = show_instance,
  ["ddm.update_instance_name"] = update_name,
  ["ddm.update_instance_security_group"] = update_security_group,
  ["ddm.delete_instance"] = delete_instance,
  ["ddm.restart_instance"] = restart_instance,
  ["ddm.reload_table_data"] = reload_table_data,
  ["ddm.update_read_and_write_strategy"] = update_read_weights,
}

M.timers = { ["ddm.order"] = order_paid }

return M
