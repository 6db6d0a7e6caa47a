-- SPDX-License-Identifier: Apache-2.0
-- DDM accounts (4.4): v1 and v2 with wrapped bodies and numbers as times, v3
-- flat with texts, and the administrator.
local core = require("hwdb.core")
local accounts = require("hwdb.sim.ddm_account_state")
local errors = require("hwdb.sim.ddm_errors")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local kernels = require("hwdb.sim.ddm_kernel_state")
local paging = require("hwdb.sim.paging")
local schemas = require("hwdb.sim.ddm_schema_state")
local times = require("hwdb.sim.times")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- The names of schemas that exist, as the instance spells them, each once.
local function schema_names(instance, databases)
  local names, seen = {}, {}
  for _, database in ipairs(databases or {}) do
    local schema = schemas.get(instance, database.name or "")
    if not seen[schema.name] then names[#names + 1], seen[schema.name] = schema.name, true end
  end
  return names
end

local BASIC = { CREATE = true, DROP = true, ALTER = true, INDEX = true, INSERT = true, DELETE = true, UPDATE = true,
  SELECT = true }

local function check_authority(list)
  if #list == 0 then errors.refuse("DBS.300309") end
  for _, name in ipairs(list) do
    if not BASIC[name] then errors.refuse("DBS.300309") end
  end
end

local function check_new(ctx, instance, spec, rules)
  if spec.name == instance.admin_user_name or accounts.find(instance, spec.name) then errors.refuse("DBS.300311") end
  check_authority(spec.base_authority)
  if spec.password == "" then errors.refuse("DBS.300306") end
  if rules then accounts.check_password(ctx, spec.name, spec.password) end
end

local function check_quota(instance, more)
  if #accounts.list(instance) + more > accounts.MOST then errors.refuse("DBS.300300", 413) end
end

local function add(ctx, instance, spec)
  accounts.add(ctx, instance, { name = spec.name, password = spec.password, base_authority = spec.base_authority,
    description = spec.description, databases = schema_names(instance, spec.databases),
    password_lifetime = spec.password_lifetime })
end

-- All accounts of a call or none.
local function create_v1(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local names, seen = core.array({}), {}
  for i, spec in ipairs(args.users) do
    if seen[spec.name] then errors.refuse("DBS.300107") end
    check_new(ctx, instance, spec, ctx.readings.ddm_v1_password_rules)
    schema_names(instance, spec.databases)
    seen[spec.name], names[i] = true, { name = spec.name }
  end
  if #names == 0 then errors.refuse("DBS.280001") end
  check_quota(instance, #names)
  for _, spec in ipairs(args.users) do add(ctx, instance, spec) end
  return { users = names }, instance.id .. "/" .. names[1].name
end

local function create_v3(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  check_new(ctx, instance, args, true)
  check_quota(instance, 1)
  add(ctx, instance, args)
  return {}, instance.id .. "/" .. args.name
end

local function array_of(list)
  return core.array(table.move(list, 1, #list, 1, {}))
end

local function databases_of(account, described)
  local list = core.array({})
  for i, name in ipairs(account.databases) do list[i] = { name = name, description = described and "" or nil } end
  return list
end

local function view_v1(account)
  return { name = account.name, status = account.status, base_authority = array_of(account.base_authority),
    extend_authority = array_of(account.extend_authority), password_last_changed = account.password_changed,
    description = account.description, created = account.created, databases = databases_of(account, true) }
end

local function expiration(account)
  local days = account.password_lifetime or 0
  return days > 0 and times.iso(account.password_changed + days * times.DAY_MS) or core.null
end

local function view_v3(account)
  return { name = account.name, status = account.status, base_authority = array_of(account.base_authority),
    password_lifetime = account.password_lifetime or core.null, description = account.description,
    password_last_changed = times.iso(account.password_changed), created = times.iso(account.created),
    databases = databases_of(account), expiration_time = expiration(account) }
end

local function list_v1(ctx, args)
  local all = accounts.list(instances.get(ctx, args.instance_id))
  local page, offset, limit = paging.page(all, args, 128, view_v1)
  return { users = page, page_no = offset // limit + 1, page_size = #page, total_record = #all,
    total_page = (#all + limit - 1) // limit }
end

local function list_v3(ctx, args)
  local all = accounts.list(instances.get(ctx, args.instance_id))
  local page, offset, limit = paging.page(all, args, 10, view_v3)
  return { users = page, offset = offset, limit = limit, total = #all }
end

-- At least one of the fields must be given; what is not given stays.
local function update(ctx, args, fields)
  local instance = instances.get_idle(ctx, args.instance_id)
  local account = accounts.get(instance, args.username)
  if not (fields.base_authority or fields.description or fields.databases or fields.password_lifetime) then
    errors.refuse("DBS.280001")
  end
  if fields.base_authority then check_authority(fields.base_authority) end
  local names = fields.databases and schema_names(instance, fields.databases)
  account.databases = names or account.databases
  account.base_authority = fields.base_authority or account.base_authority
  account.description = fields.description or account.description
  account.password_lifetime = fields.password_lifetime or account.password_lifetime
  return instance.id .. "/" .. account.name
end

local function update_v1(ctx, args)
  return { name = args.username }, update(ctx, args, { base_authority = args.user.base_authority,
    description = args.user.description, databases = args.user.databases })
end

local function update_v3(ctx, args)
  return {}, update(ctx, args, args)
end

-- The administrator is no account of the list and is never deleted.
local function delete(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  if args.username == instance.admin_user_name then errors.refuse("DBS.300302") end
  local _, position = accounts.get(instance, args.username)
  table.remove(accounts.list(instance), position)
  return instance.id .. "/" .. args.username
end

local function delete_v1(ctx, args)
  return { name = args.username }, delete(ctx, args)
end

local function delete_v3(ctx, args)
  return {}, delete(ctx, args)
end

local function reset(ctx, args, rules)
  local instance = instances.get_idle(ctx, args.instance_id)
  local account = accounts.get(instance, args.username)
  if args.password == "" then errors.refuse("DBS.300306") end
  if rules then accounts.check_password(ctx, account.name, args.password) end
  accounts.set_password(ctx, account, args.password)
  return instance
end

local function reset_v2(ctx, args)
  local instance = reset(ctx, args, ctx.readings.ddm_v1_password_rules)
  return { success = true, instance_id = instance.id, user_name = args.username }, instance.id .. "/" .. args.username
end

local function reset_v3(ctx, args)
  return {}, reset(ctx, args, true).id .. "/" .. args.username
end

-- The first call names the administrator, later ones only change the password.
local function reset_administrator(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  if kernels.compare(instance.engine_version, "3.0.9") < 0 then errors.refuse("DBS.300005") end
  if instance.admin_user_name and instance.admin_user_name ~= args.name then errors.refuse("DBS.300305") end
  if accounts.find(instance, args.name) then errors.refuse("DBS.300311") end
  accounts.check_password(ctx, args.name, args.password)
  local job = jobs.start(ctx, instance, { name = "ResetPassword", work = "reset_password",
    seconds = SECONDS.reset_password, data = { name = args.name, password_sha256 = core.sha256(args.password) } })
  ctx:change(instance, "RESET_PASSWORD")
  return ctx.readings.ddm_admin_answer == "job_id" and { job_id = job.id } or nil, instance.id .. "/" .. args.name
end

jobs.work("reset_password", instances.settles("RUNNING", function(_, instance, job)
  instance.admin_user_name, instance.admin_password_sha256 = job.data.name, job.data.password_sha256
end))

local function validate_weak_password(_, args)
  return { is_weak_password = accounts.is_weak(args.password) }
end

M.operations = {
  ["ddm.create_users"] = create_v1,
  ["ddm.list_users"] = list_v1,
  ["ddm.update_user"] = update_v1,
  ["ddm.delete_user"] = delete_v1,
  ["ddm.reset_user_password"] = reset_v2,
  ["ddm.reset_administrator"] = reset_administrator,
  ["ddm.validate_weak_password"] = validate_weak_password,
  ["ddm.create_user_v3"] = create_v3,
  ["ddm.list_users_v3"] = list_v3,
  ["ddm.update_user_v3"] = update_v3,
  ["ddm.delete_user_v3"] = delete_v3,
  ["ddm.reset_user_password_v3"] = reset_v3,
}

return M
