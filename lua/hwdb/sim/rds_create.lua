-- SPDX-License-Identifier: Apache-2.0
-- Making RDS instances, empty or from a backup or an instant of another one,
-- and deleting them. A new one in DDM's VPC is a data node to DDM.
local core = require("hwdb.core")
local backups = require("hwdb.sim.rds_backups")
local errors = require("hwdb.sim.rds_errors")
local flavors = require("hwdb.sim.rds_flavors")
local jobs = require("hwdb.sim.rds_jobs")
local lookup = require("hwdb.sim.rds_lookup")
local orders = require("hwdb.sim.bss_orders")
local resources = require("hwdb.sim.bss_resources")
local services = require("hwdb.sim.bss_services")
local SECONDS = require("hwdb.sim.rds_durations")

local M = {}

local DISK_MIN, DISK_MAX, DISK_STEP = 40, 4000, 10

local function known(list, id)
  for _, entry in ipairs(list) do
    if entry.id == id then return entry end
  end
end

-- The documents' world takes any place.
local function check_place(ctx, spec)
  local network = ctx.state.network
  if ctx.state.lenient then return end
  local subnet = known(network.subnets, spec.subnet_id)
  local there = known(network.vpcs, spec.vpc_id) and subnet and subnet.vpc_id == spec.vpc_id
    and known(network.security_groups, spec.security_group_id)
  for zone in spec.availability_zone:gmatch("[^,]+") do there = there and known(network.zones, zone) end
  if not there or (spec.region and spec.region ~= ctx.region) then errors.refuse("DBS.280001") end
end

-- Eight to 32 characters of three kinds, as RDS asks for.
local function check_password(password)
  local kinds = 0
  for _, kind in ipairs({ "%l", "%u", "%d", "[~!@#$%%^*%-_=+?,]" }) do
    if password:find(kind) then kinds = kinds + 1 end
  end
  if #password < 8 or #password > 32 or kinds < 3 then errors.refuse("DBS.280200") end
end

local function check_shape(ctx, spec)
  local flavor = flavors.find(ctx, spec.flavor_ref) or (ctx.state.lenient and ctx.state.rds.flavors[1])
  if not flavor then errors.refuse("DBS.280239") end
  if (flavor.mode == "ha") ~= (spec.ha ~= nil and spec.ha.mode == "Ha") and not ctx.state.lenient then
    errors.refuse("DBS.280239")
  end
  local size = spec.volume.size
  if size < DISK_MIN or size > DISK_MAX or size % DISK_STEP ~= 0 then errors.refuse("DBS.200072") end
  return flavor
end

local function port_of(spec)
  local port = math.tointeger(tonumber(spec.port or "3306"))
  if not port or port < 1024 or port > 65535 then errors.refuse("DBS.280001") end
  return port
end

local function address(ctx, wanted)
  local rds, used = ctx.state.rds, {}
  for _, node in ipairs(rds.instances) do used[node.ip] = true end
  if wanted and wanted ~= "" then return not used[wanted] and wanted or errors.refuse("DBS.280001") end
  repeat rds.next_ip = rds.next_ip + 1 until not used[("192.168.%d.%d"):format(201 + rds.next_ip // 250, rds.next_ip % 250 + 2)]
  return ("192.168.%d.%d"):format(201 + rds.next_ip // 250, rds.next_ip % 250 + 2)
end

local function check(ctx, spec)
  if not spec.name:find("^%a[%w_-]*$") or #spec.name < 4 or #spec.name > 64 then errors.refuse("DBS.280234") end
  if spec.datastore.type ~= lookup.ENGINES.mysql then errors.refuse("DBS.280122", "The region offers MySQL alone.") end
  if not flavors.version(spec.datastore.version) then errors.refuse("DBS.280236") end
  if spec.replica_of_id then errors.refuse("DBS.280042", "Read replicas are not on offer here.") end
  if (spec.count or 1) ~= 1 then errors.refuse("DBS.280001", "One instance at a time.") end
  local keep = spec.backup_strategy and spec.backup_strategy.keep_days
  if keep and (keep < 0 or keep > 732) then errors.refuse("DBS.280214") end
  if spec.password then check_password(spec.password) end
  check_place(ctx, spec)
  port_of(spec)
  return check_shape(ctx, spec)
end

-- An order keeps what is needed to make the instance; never the password.
local function plan(ctx, spec, flavor, source)
  local keep = spec.backup_strategy and spec.backup_strategy.keep_days
  local case = spec.unchangeable_param and spec.unchangeable_param.lower_case_table_names
  local parameters = source and source.parameters or { lower_case_table_names = case or "1", sql_mode = "", local_infile = "ON" }
  return { name = spec.name, engine = "mysql", version = flavors.version(spec.datastore.version), port = port_of(spec),
    ip = address(ctx, spec.data_vip), mode = flavor.mode == "ha" and "Ha" or "Single", cpu = flavor.cpu, mem = flavor.mem,
    flavor_ref = spec.flavor_ref, vpc_id = spec.vpc_id, subnet_id = spec.subnet_id, security_group_id = spec.security_group_id,
    az = spec.availability_zone, time_zone = spec.time_zone or "UTC+08:00", admin_user = "root", binlog_enabled = true,
    admin_password_sha256 = spec.password and core.sha256(spec.password) or source and source.admin_password_sha256,
    binlog_seconds = 7 * 86400, backup_days = keep or 7, disk_gb = spec.volume.size, disk_type = spec.volume.type,
    used_gb = source and source.used_gb or 1, parameters = parameters, tags = spec.tags,
    enterprise_project_id = spec.enterprise_project_id or "0", complete_version = source and source.complete_version,
    databases = source and source.databases or {}, restored = source and source.restored }
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, member in pairs(value) do result[key] = copy(member) end
  return result
end

-- Puts the instance of a plan there, and a job to it.
local function start(ctx, wanted, restores)
  local node = copy(wanted)
  node.id, node.status, node.created, node.updated = node.id or ctx:id("in01"), "creating", ctx.now, ctx.now
  node.project_id = ctx.project_id
  local list = ctx.state.rds.instances
  list[#list + 1] = node
  ctx:hide(node)
  local job = jobs.start(ctx, node, { name = restores and "RestoreToNewInstance" or "CreateMysqlInstance",
    work = "create_instance", seconds = restores and SECONDS.restore_instance or SECONDS.create_instance })
  return node, job
end

local function made(status)
  return function(ctx, node)
    node.status, node.stale, node.updated = status, nil, ctx.now
    if status == "normal" then node.created = ctx.now end
  end
end

jobs.work("create_instance", { done = made("normal"), failed = made("createfail") })

local function months(charge)
  local count = charge.period_num or 0
  local years = charge.period_type == "year"
  if not charge.period_type or count < 1 or count > (years and 3 or 9) then errors.refuse("DBS.280001") end
  return years and 12 * count or count
end

local ECHOED = { "availability_zone", "backup_strategy", "charge_info", "collation", "configuration_id", "datastore",
  "disk_encryption_id", "enterprise_project_id", "flavor_ref", "ha", "name", "port", "region", "restore_point",
  "security_group_id", "subnet_id", "volume", "vpc_id" }

local function answer(spec, id, job, order)
  local instance = { id = id, status = "BUILD" }
  for _, name in ipairs(ECHOED) do instance[name] = spec[name] end
  return { instance = instance, job_id = job and job.id, order_id = order and order.id }
end

local function prepaid(ctx, spec, wanted, restores)
  local charge = spec.charge_info
  wanted.id = ctx:id("in01")
  local order = orders.add(ctx, { service = "rds", spec = wanted, restores = restores, months = months(charge),
    auto_renew = charge.is_auto_renew, paid = charge.is_auto_pay ~= false })
  return answer(spec, wanted.id, nil, order), wanted.id
end

local function paid(ctx, data)
  local order = ctx.state.bss.orders[data.order]
  ctx.project_id = order.project_id
  order.spec.order_id = order.id
  orders.fulfil(ctx, order, (start(ctx, order.spec, order.restores)).id)
end

local function make(ctx, spec, source)
  local flavor = check(ctx, spec)
  local is_prepaid = spec.charge_info and spec.charge_info.charge_mode == "prePaid"
  if is_prepaid then months(spec.charge_info) end
  if spec.dry_run then return {}, nil, { checked_only = true } end
  local wanted = plan(ctx, spec, flavor, source)
  if is_prepaid then return prepaid(ctx, spec, wanted, source ~= nil) end
  local node, job = start(ctx, wanted, source ~= nil)
  return answer(spec, node.id, job), node.id
end

local function create_instance(ctx, args)
  return make(ctx, args)
end

-- The instant a restore point means: of a backup, its beginning.
local function instant(ctx, node, point)
  if point.type == "timestamp" then
    local from, to = backups.span(ctx, node)
    local at = point.restore_time
    if not at or not from or at < from or at > to then errors.refuse("DBS.280001", "The restore time is out of range.") end
    return at
  end
  if point.type ~= "backup" then errors.refuse("DBS.280001") end
  for _, backup in ipairs(backups.of(ctx, point.instance_id)) do
    if backup.id == point.backup_id and backup.status == "COMPLETED" then return backup.begin end
  end
  errors.refuse("DBS.280124")
end

-- What is not given is as at the source.
local function restore_to_new_instance(ctx, args)
  local node = lookup.get(ctx, args.restore_point.instance_id)
  local at = instant(ctx, node, args.restore_point)
  local spec = { datastore = { type = lookup.ENGINES.mysql, version = node.version }, vpc_id = node.vpc_id,
    subnet_id = node.subnet_id, security_group_id = node.security_group_id or ctx.state.network.security_groups[1].id,
    region = ctx.region }
  for key, value in pairs(args) do spec[key] = value end
  if flavors.version(spec.datastore.version) ~= node.version then errors.refuse("DBS.280236") end
  if spec.volume.size < node.disk_gb then errors.refuse("DBS.200072") end
  return make(ctx, spec, { parameters = copy(node.parameters), admin_password_sha256 = node.admin_password_sha256,
    used_gb = node.used_gb, complete_version = node.complete_version, databases = lookup.databases(ctx, node, at),
    restored = { source = node.id, time = at } })
end

-- Bought ones are unsubscribed; a data node in use belongs to its DDM instance.
local function delete_instance(ctx, args)
  local node = lookup.get(ctx, args.instance_id)
  if node.rds_job then errors.refuse("DBS.200019") end
  if node.order_id then errors.refuse("DBS.280042", "Yearly/monthly instances are unsubscribed.") end
  if node.ddm_id then errors.refuse("DBS.280042", "The DB instance is associated with a DDM instance.") end
  local job = jobs.start(ctx, node, { name = "DeleteMysqlInstance", work = "delete_instance", seconds = SECONDS.delete_instance })
  return { job_id = job.id }, node.id
end

local function gone(ctx, node)
  local _, at = lookup.living(ctx, node.id)
  table.remove(ctx.state.rds.instances, at)
  resources.close(ctx, node.order_id)
end

jobs.work("delete_instance", { done = gone, failed = function(ctx, node) resources.kept(ctx, node.order_id) end })

services.register("rds", { type = "hws.service.type.rds", resource_type = "hws.resource.type.rds.vm", timer = "rds.order",
  seconds = SECONDS.order,
  resources = function(ctx, order)
    local living = lookup.living(ctx, order.resource_id) ~= nil
    return { { id = order.resource_id, name = order.spec.name, spec = order.spec.flavor_ref, main = true, living = living } }
  end,
  release = function(ctx, order)
    local node = lookup.living(ctx, order.resource_id)
    if node.rds_job then return errors.message("DBS.200019") end
    if node.ddm_id then return "The DB instance is associated with a DDM instance." end
    jobs.start(ctx, node, { name = "DeleteMysqlInstance", work = "delete_instance", seconds = SECONDS.delete_instance })
  end,
  freeze = function(ctx, order)
    local node = lookup.living(ctx, order.resource_id)
    if node and not node.rds_job then node.status, node.stale = "frozen", nil end
  end })

M.operations = {
  ["rds.create_instance"] = create_instance,
  ["rds.restore_to_new_instance"] = restore_to_new_instance,
  ["rds.delete_instance"] = delete_instance,
}

M.twins = { ["rds.create_instance"] = { field = "restore_point", op = "rds.restore_to_new_instance" } }

M.timers = { ["rds.order"] = paid }

return M
