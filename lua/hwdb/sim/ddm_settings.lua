-- SPDX-License-Identifier: Apache-2.0
-- What v3 sets on an instance: SSL, port, addresses, name, security group and
-- read-only (4.2.26, 4.2.27, 4.2.30 to 4.2.32, 4.2.35, 4.2.36, 4.2.39).
local errors = require("hwdb.sim.ddm_errors")
local groups = require("hwdb.sim.ddm_group_state")
local instances = require("hwdb.sim.ddm_instances")
local jobs = require("hwdb.sim.ddm_jobs")
local SECONDS = require("hwdb.sim.ddm_durations")

local M = {}

-- Starts the job of a setting; `status` is the instance's meanwhile, where the
-- documents have one.
local function begin(ctx, instance, work, name, status, data)
  local job = jobs.start(ctx, instance, { name = name, work = work, seconds = SECONDS[work], data = data })
  if status then ctx:change(instance, status) end
  return { job_id = job.id }, instance.id
end

local function switch_ssl(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  return begin(ctx, instance, "switch_ssl", "SwitchSSL", "SWITCH_SSL", { on = args.ssl_enabled })
end

jobs.work("switch_ssl", instances.settles("RUNNING", function(_, instance, job)
  instance.enable_ssl = job.data.on
end))

local function update_port(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  if args.port < 1 or args.port > 65535 then errors.refuse("DBS.280001") end
  return begin(ctx, instance, "update_port", "ModifyPort", nil, { port = args.port })
end

jobs.work("update_port", instances.settles("RUNNING", function(_, instance, job)
  instance.access_port = job.data.port
end))

local function is_address(text)
  local parts = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for _, part in ipairs(parts) do
    if tonumber(part) > 255 then return false end
  end
  return #parts == 4
end

-- An address serves one instance; an instance has one address, except that the
-- documents' example binds where another example unbinds.
local function check_eip(ctx, instance, args)
  if not is_address(args.public_ip) or (instance.eip and not ctx.state.lenient) then errors.refuse("DBS.280001") end
  for _, other in ipairs(ctx.state.ddm.instances) do
    if other ~= instance and not other.deleted and other.eip and other.eip.id == args.public_ip_id then
      errors.refuse("DBS.280001")
    end
  end
end

local function bind_eip(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  check_eip(ctx, instance, args)
  return begin(ctx, instance, "bind_eip", "BindEIP", nil, { eip = { id = args.public_ip_id, ip = args.public_ip } })
end

jobs.work("bind_eip", instances.settles("RUNNING", function(_, instance, job)
  instance.eip = job.data.eip
end))

local function unbind_eip(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  if not instance.eip then errors.refuse("DBS.280001") end
  return begin(ctx, instance, "unbind_eip", "UnbindEIP")
end

jobs.work("unbind_eip", instances.settles("RUNNING", function(_, instance)
  instance.eip = nil
end))

local function update_elb_ip(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  local group = groups.pick(ctx, instance, args.group_id)
  if not instance.load_balancing then errors.refuse("DBS.300370") end
  if not is_address(args.new_ip) then errors.refuse("DBS.280001") end
  return begin(ctx, instance, "update_elb_ip", "ModifyElbIp", nil, { ip = args.new_ip, group_id = group.id })
end

jobs.work("update_elb_ip", instances.settles("RUNNING", function(_, instance, job)
  local group = groups.get(instance, job.data.group_id)
  group.ip = job.data.ip
  if group == instance.groups[1] then instance.access_ip = job.data.ip end
end))

local function update_name(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  return begin(ctx, instance, "update_name", "ModifyName", "MODIFY_NAME", { name = args.name })
end

jobs.work("update_name", instances.settles("RUNNING", function(_, instance, job)
  instance.name = job.data.name
end))

local function update_security_group(ctx, args)
  local _, target = instances.move_to_security_group(ctx, args)
  return {}, target
end

-- Schemas made later take writes until it is set again (4.2.39).
local function set_read_only(ctx, args)
  local instance = instances.get_idle(ctx, args.instance_id)
  return begin(ctx, instance, "set_read_only", "SetReadOnly", nil, { on = args.readonly })
end

jobs.work("set_read_only", instances.settles("RUNNING", function(_, instance, job)
  instance.read_only = job.data.on
  for _, schema in ipairs(instance.schemas) do schema.read_only = job.data.on or nil end
end))

M.operations = {
  ["ddm.switch_ssl"] = switch_ssl,
  ["ddm.update_instance_port"] = update_port,
  ["ddm.bind_eip"] = bind_eip,
  ["ddm.unbind_eip"] = unbind_eip,
  ["ddm.update_elb_ip"] = update_elb_ip,
  ["ddm.update_instance_name_v3"] = update_name,
  ["ddm.update_instance_security_group_v3"] = update_security_group,
  ["ddm.set_read_only_status"] = set_read_only,
}

return M
