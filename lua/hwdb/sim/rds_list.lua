-- SPDX-License-Identifier: Apache-2.0
-- RDS instances and their databases as lists.
local core = require("hwdb.core")
local errors = require("hwdb.sim.rds_errors")
local lookup = require("hwdb.sim.rds_lookup")
local times = require("hwdb.sim.times")

local M = {}

local function nodes(ctx, node)
  local list, zones = core.array({}), {}
  for zone in node.az:gmatch("[^,]+") do zones[#zones + 1] = zone end
  local roles = node.mode == "Ha" and { "master", "slave" } or { "master" }
  for i, role in ipairs(roles) do
    list[i] = { id = core.sha256(node.id .. role):sub(1, 32) .. "no01", name = ("%s_node%d"):format(node.name, i - 1), role = role,
      status = lookup.status(ctx, node), availability_zone = zones[i] or zones[1] }
  end
  return list
end

local function charge(ctx, node)
  local order = node.order_id and ctx.state.bss.orders[node.order_id]
  return { charge_mode = order and "prePaid" or "postPaid" }, order and order.expires and times.iso(order.expires) or nil
end

local function tags(node)
  local list = core.array({})
  for i, tag in ipairs(node.tags or {}) do list[i] = { key = tag.key, value = tag.value } end
  return list
end

local function view(ctx, node)
  local charge_info, expires = charge(ctx, node)
  local group = node.security_group_id or ctx.state.network.security_groups[1].id
  return { id = node.id, name = node.name, alias = "", status = lookup.status(ctx, node), type = node.mode, region = ctx.region,
    port = node.port, private_ips = core.array({ node.ip }), public_ips = core.array({}), cpu = tostring(node.cpu),
    mem = tostring(node.mem), flavor_ref = node.flavor_ref or "rds.mysql.n1.large.2.ha", vpc_id = node.vpc_id,
    subnet_id = node.subnet_id, security_group_id = group, time_zone = node.time_zone, db_user_name = node.admin_user,
    datastore = { type = lookup.ENGINES.mysql, version = node.version, complete_version = lookup.complete_version(node) },
    ha = node.mode == "Ha" and { replication_mode = "async" } or nil, created = times.iso(node.created),
    updated = times.iso(node.updated or node.created), nodes = nodes(ctx, node), related_instance = core.array({}),
    volume = { type = node.disk_type or "CLOUDSSD", size = node.disk_gb }, switch_strategy = "reliability",
    backup_strategy = { start_time = "17:00-18:00", keep_days = node.backup_days }, maintenance_window = "18:00-22:00",
    charge_info = charge_info, expiration_time = expires, order_id = node.order_id, tags = tags(node), enable_ssl = false,
    enterprise_project_id = node.enterprise_project_id or "0", disk_encryption_id = "", backup_used_space = 0.0,
    storage_used_space = node.used_gb, associated_with_ddm = node.ddm_id ~= nil, read_only_by_user = node.read_only or false,
    private_dns_names = core.array({ node.id .. ".internal." .. ctx.region .. ".mysql.rds.myhuaweicloud.com" }),
    public_dns_names = core.array({}), max_iops = 0 }
end

local function tagged(node, wanted)
  for _, tag in ipairs(node.tags or {}) do
    if wanted == tag.key or wanted == tag.key .. "," .. tag.value then return true end
  end
  return false
end

local function matches(node, args)
  return (not args.id or node.id == args.id) and (not args.name or node.name:find(args.name, 1, true) ~= nil)
    and (not args.type or node.mode == args.type)
    and (not args.datastore_type or lookup.ENGINES[node.engine] == args.datastore_type)
    and (not args.eps_id or (node.enterprise_project_id or "0") == args.eps_id)
    and (not args.vpc_id or node.vpc_id == args.vpc_id) and (not args.subnet_id or node.subnet_id == args.subnet_id)
    and (not args.tags or tagged(node, args.tags))
end

local function list_instances(ctx, args)
  local found = {}
  for _, node in ipairs(ctx.state.rds.instances) do
    if lookup.own(ctx, node) and matches(node, args) then found[#found + 1] = node end
  end
  return { instances = lookup.page(found, args, function(node) return view(ctx, node) end), total_count = #found }
end

local function list_databases(ctx, args)
  local node = lookup.get(ctx, args.instance_id)
  local all = lookup.databases(ctx, node)
  if args.page < 1 or args.limit < 1 or args.limit > 100 then errors.refuse("DBS.280001") end
  local first = math.min(args.page - 1, #all) * args.limit
  local page = lookup.page(all, { offset = first, limit = args.limit }, function(database)
    return { name = database.name, character_set = "utf8mb4", comment = database.comment or "" }
  end)
  return { databases = page, total_count = #all }
end

M.operations = { ["rds.list_instances"] = list_instances, ["rds.list_databases"] = list_databases }

return M
