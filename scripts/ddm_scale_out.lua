-- SPDX-License-Identifier: Apache-2.0
-- Scale-out of a DDM instance: nodes are added to one of its groups.
--
--   1. look       the instance, its groups and nodes, its schemas; where the new nodes shall lie
--   2. preflight  every prerequisite an API can see; the others are listed for a person
--   3. confirm    nodes are paid for: a person types the instance's name
--   4. scale out  at once or in a dated window; an instance bought by the month gets an order first
--   5. verify     the nodes that came, their states and places; they are recorded
-- Given up with a rollback, the nodes this run added, and no others, are removed again.

-- "DDM instance operations" of the manuals.
local MOST_NODES = 32
-- Tasks that add nodes.
local GROWTH = { EnlargeNode = true, CreateGroup = true }

local BY_HAND = {
  "the hour is a quiet one",
  "no backup, failover or change is under way on the data nodes: RDS shows it, DDM does not",
  "the data nodes take the connections of more DDM nodes: max_connections there, max_backend_connections here",
  "the subnet has addresses to spare and the project's quota has room",
}

local function words(list)
  return table.concat(list, ", ")
end

local function filled(value)
  return type(value) == "string" and value ~= "" and value or nil
end

---------------------------------------------------------------------------
-- 1. What is, and where the new nodes shall lie.

local function group_of(groups, id)
  if not id then return #groups == 1 and groups[1] or nil end
  for _, group in ipairs(groups) do
    if group.id == id then return group end
  end
end

-- Of a group that is not the default one only the size of its class is shown.
local function class_of(instance, groups, group)
  if not group then return nil end
  if #groups == 1 or group.is_default_group then return { code = instance.flavor_ref, text = instance.flavor_ref } end
  local cpu, mem = tostring(group.cpu_num_per_node), tostring(group.mem_num_per_node)
  return { cpu = cpu, mem = mem, text = ("%s vCPUs and %s GB"):format(cpu, mem) }
end

-- The zone of the group with the fewest nodes, again and again.
local function spread(group, count)
  local names, nodes = {}, {}
  for _, node in ipairs(group and group.node_list or {}) do
    if filled(node.az) then
      if not nodes[node.az] then names[#names + 1] = node.az end
      nodes[node.az] = (nodes[node.az] or 0) + 1
    end
  end
  table.sort(names)
  local zones = {}
  for i = 1, #names > 0 and count or 0 do
    local least = names[1]
    for _, name in ipairs(names) do
      if nodes[name] < nodes[least] then least = name end
    end
    zones[i], nodes[least] = least, nodes[least] + 1
  end
  return zones
end

local function subnets_of(run, p, group)
  local looks, seen, list = {}, {}, {}
  for i, node in ipairs(group and group.node_list or {}) do
    looks[i] = function() return run.ddm:show_node_v3{ instance_id = p.instance_id, node_id = node.id } end
  end
  for _, found in ipairs(run:gather(looks, { max = 8 })) do
    local subnet = found[1] and filled(found[1].subnet_id)
    if subnet and not seen[subnet] then
      seen[subnet] = true
      list[#list + 1] = subnet
    end
  end
  return list
end

local function look(run, p)
  local at = { instance_id = p.instance_id }
  local instance = run.ddm:show_instance(at)
  local groups = run.ddm:all("list_groups", { instance_id = p.instance_id, limit = 128 })
  local group = group_of(groups, p.group_id)
  return { instance = instance, groups = groups, group = group, class = class_of(instance, groups, group),
    nodes = run.ddm:all("list_nodes", at), schemas = run.ddm:all("list_schemas", at), zones = p.zones or spread(group, p.add),
    subnets = subnets_of(run, p, group), monthly = filled(instance.order_id) ~= nil, window = run:window_of(p),
    order = run:open_order("ddm/" .. p.instance_id), jobs = run:jobs{ instance_id = p.instance_id } }
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_places(p, plan, check)
  check("zones", #plan.zones == p.add, #plan.zones == p.add and words(plan.zones)
    or #plan.zones == 0 and "the group's nodes show none: give zones=…"
    or ("%d given for %d nodes"):format(#plan.zones, p.add))
  check("subnet", #plan.subnets < 2 or p.subnet_id ~= nil, p.subnet_id
    or #plan.subnets < 2 and "that of the group" or "the group lies in several, give subnet_id=…: " .. words(plan.subnets))
end

local function is_class(class, flavor)
  if class.code then return flavor.spec_code == class.code end
  return flavor.vcpus == class.cpu and flavor.ram == class.mem
end

local function check_class(run, plan, check)
  local on_sale, missing, seen = {}, {}, {}
  local body, err = run:try(run.ddm.list_flavors_v3, run.ddm, { engine_version = plan.instance.engine_version, limit = 128 })
  -- The kernel of an instance need not be one that is still sold.
  if not body then return check("node class on sale", "unseen", err.message) end
  for _, group in ipairs(body.flavor_groups or {}) do
    for _, flavor in ipairs(group.flavors or {}) do
      for _, zone in ipairs(is_class(plan.class, flavor) and flavor.az_infos or {}) do
        on_sale[zone.code] = on_sale[zone.code] or zone.status == "normal"
      end
    end
  end
  for _, zone in ipairs(plan.zones) do
    if not on_sale[zone] and not seen[zone] then missing[#missing + 1] = zone end
    seen[zone] = true
  end
  check("node class on sale", #missing == 0, #missing == 0 and plan.class.text .. " in the zones"
    or ("not to be had in %s; zones=… names others"):format(words(missing)))
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    run:at_rest(check, { instance = plan.instance, jobs = plan.jobs })
    check("group", plan.group ~= nil, plan.group and ("%s with %d nodes"):format(plan.group.name, #(plan.group.node_list or {}))
      or p.group_id and "the instance has no group " .. p.group_id or "there are several, give group_id=…")
    run:at_rest(check, { nodes = plan.nodes, schemas = plan.schemas })
    local total = #plan.nodes + p.add
    check("at most 32 nodes", total <= MOST_NODES, ("%d and %d make %d"):format(#plan.nodes, p.add, total))
    if not plan.group then return end
    check_places(p, plan, check)
    check_class(run, plan, check)
    if not plan.group.is_load_balance then
      check("load balancing", "warn", "it is off: clients have to learn the new nodes' addresses")
    end
    if plan.monthly then
      check("no order open", not plan.order, plan.order and plan.order .. " of an earlier run is not carried out: take that run up "
        .. "again (hwdb runs), or cancel the order" or "none of an earlier run")
    end
    if plan.monthly and not p.auto_pay then
      check("payment", "warn", "bought by the month: the order waits until somebody pays it (auto_pay=true pays it)")
    end
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. A person confirms, 4. and the nodes are added.

local function confirm(run, p, plan)
  local name = plan.instance.name
  if not run:ask{ name = "scale out " .. name, expect = name, question = ("%d nodes of the class %s are added to the group "
      .. "%s of %s, in %s. They are paid for. Type the instance's name to go on"):format(p.add, plan.class.text,
      plan.group.name, name, words(plan.zones)) } then
    run:fail("not confirmed: nothing has been changed", "type the instance's name exactly")
  end
end

local function removed(run, p, ids)
  run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, fields = { "status", "nodes[].node_id" } }
  local since = run:now()
  local answer = run.ddm:delete_nodes{ instance_id = p.instance_id, node_ids = ids }
  run:follow_change{ op = "ddm.delete_nodes", instance_id = p.instance_id, answer = answer, name = "the way back", since = since,
    timeout = p.deadline_hours * 3600, remedy = "ddm_scale_in nodes=… removes those that are still there: " .. words(ids) }
  run:line("ok", "removed again: " .. words(ids))
end

-- What is new is this run's only where no other task added nodes meanwhile, and no more are new than it asked for.
local function own_nodes(run, p, plan, own_job)
  local known, ids, others = {}, {}, {}
  for _, job in ipairs(plan.jobs) do known[job.id] = true end
  for _, job in ipairs(run:jobs{ instance_id = p.instance_id }) do
    if GROWTH[job.name] and not known[job.id] and job.id ~= own_job then
      others[#others + 1] = ("%s %s is %s"):format(job.name, job.id, job.status)
    end
  end
  for _, node in ipairs(plan.nodes) do known[node.node_id] = true end
  for _, node in ipairs(run.ddm:all("list_nodes", { instance_id = p.instance_id })) do
    if not known[node.node_id] then ids[#ids + 1] = node.node_id end
  end
  if #ids > 0 and (#others > 0 or #ids > p.add) then
    run:fail(("%d nodes are new, this run added %d at most%s"):format(#ids, p.add,
      #others > 0 and ", and not alone: " .. words(others) or ""),
      "find out which are whose; ddm_scale_in nodes=… removes the right ones: " .. words(ids))
  end
  return ids
end

local function take_back(run, p, plan, own_job)
  run:wait{ name = "the instance before the way back", op = "ddm.show_instance", args = { instance_id = p.instance_id },
    field = "status", success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = p.deadline_hours * 3600 }
  local ids = own_nodes(run, p, plan, own_job)
  if #ids == 0 then return run:note("no node was added: there is nothing to take back") end
  removed(run, p, ids)
end

local function scale_out(run, p, plan)
  run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, fields = { "status", "nodes[].node_id" },
    was = plan.instance, what = "the instance" }
  if plan.window then
    run:note("the scale-out may begin in " .. plan.window.text)
    run:enter(plan.window)
  end
  local answer
  -- Nodes bought by the month are unsubscribed, which no call here does.
  if not plan.monthly then
    run:undo{ name = "remove the nodes that were added", run = function() take_back(run, p, plan, answer.job_id) end }
  end
  local since, nodes = run:now(), {}
  for i, zone in ipairs(plan.zones) do nodes[i] = { available_zone = zone } end
  answer = run.ddm:expand_instance_nodes_v3{ instance_id = p.instance_id, nodes = nodes, subnet_id = p.subnet_id,
    group_id = #plan.groups > 1 and plan.group.id or nil, is_auto_pay = plan.monthly and p.auto_pay or nil }
  run:follow_change{ op = "ddm.expand_instance_nodes_v3", instance_id = p.instance_id, answer = answer, name = "the scale-out",
    since = since, auto_pay = p.auto_pay, timeout = p.deadline_hours * 3600,
    remedy = "see which nodes came: hwdb call ddm.list_nodes instance_id=" .. p.instance_id .. "; once it is RUNNING run this "
      .. "again for those missing, or hwdb cancel RUN --rollback removes those that came" }
end

---------------------------------------------------------------------------
-- 5. Verify.

local function verify(run, p, plan)
  local nodes = run.ddm:all("list_nodes", { instance_id = p.instance_id })
  local known, rows, ids, bad = {}, {}, {}, run:troubled(nodes)
  for _, node in ipairs(plan.nodes) do known[node.node_id] = true end
  for i, node in ipairs(nodes) do
    local new = not known[node.node_id]
    rows[i] = { node.node_id, new and "new" or "", node.status, node.ip, node.group_id }
    if new then ids[#ids + 1] = node.node_id end
    if new and node.group_id ~= plan.group.id then bad[#bad + 1] = node.node_id .. " is in another group" end
  end
  run:table{ name = "nodes", columns = { "node", "what", "status", "address", "group" }, rows = rows }
  if #ids ~= p.add or #bad > 0 then
    run:fail(("%d nodes were asked for, %d came%s"):format(p.add, #ids,
      #bad > 0 and "; not as they should be: " .. words(bad) or ""), "look at the task on the console; nothing was taken back")
  end
  run:record("ddm_scale_out/" .. p.instance_id, { nodes = ids, group = plan.group.id, added = run:clock() })
  return ids
end

---------------------------------------------------------------------------

local function main(run, p)
  local plan = run:step("look", look, run, p)
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  run:step("confirm", confirm, run, p, plan)
  run:step("scale out", scale_out, run, p, plan)
  local ids = run:step("verify", verify, run, p, plan)
  run:note("a kernel version can be rolled back only without the new nodes: ddm_scale_in nodes=… removes them first")
  return { nodes = ids, total = #plan.nodes + #ids }
end

return {
  name = "ddm_scale_out",
  summary = "More nodes for a DDM instance: checked, confirmed, added, verified",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "add", type = "integer", required = true, min = 1, max = 31, help = "how many nodes are added" },
    { name = "group_id", type = "string", help = "the group that grows; needed when there are several" },
    { name = "zones", type = "list", help = "availability zones, one a new node; spread over the group's unless given" },
    { name = "subnet_id", type = "string", help = "their subnet; needed when the group lies in several" },
    { name = "auto_pay", type = "boolean", default = false, help = "an instance by the month: pay the order from the balance" },
    { name = "window_from", type = "string", help = 'begin not before: "2026-11-22 02:00"; at once unless given' },
    { name = "window_to", type = "string", help = 'and not after: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 30, help = "nothing is begun in the last minutes of it" },
    { name = "deadline_hours", type = "integer", min = 1, max = 200, default = 4, help = "how long each wait lasts at most" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = { "ddm:instance:get", "ddm:database:list" },
  targets = { "ddm/{instance_id}" },
  changes = "adds nodes to a group; the instance is GROWING meanwhile and takes no other change",
  costs = "the new nodes, by the hour or by the month as the instance is paid",
  undo = "pay-per-use: the nodes this run added are removed again; by the month: unsubscribe them",
  run = main,
}
