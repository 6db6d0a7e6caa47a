-- SPDX-License-Identifier: Apache-2.0
-- Another node class for a DDM instance, or for one of its groups: larger or smaller.
--
--   1. look       the instance, its groups and nodes, its schemas, and the classes on sale
--   2. preflight  every prerequisite an API can see; the others are listed for a person
--   3. confirm    services are interrupted and the new class is paid for: a person types the instance's name
--   4. change     at once or in a dated window; an instance bought by the month gets an order first
--   5. verify     the class, the nodes and the instance's state
-- A change cannot be undone, only changed back: a second interruption, and never from c6s to c6.

local BY_HAND = {
  "the application bears that its connections are interrupted, and makes them again",
  "for a smaller class: CPU, memory and connections of the last days fit into it",
  "no backup, failover or change is under way on the data nodes: RDS shows it, DDM does not",
  "parameters that wait for a restart are not made effective by this change: restart for them separately",
}

local function words(list)
  return table.concat(list, ", ")
end

local function filled(value)
  return type(value) == "string" and value ~= "" and value or nil
end

---------------------------------------------------------------------------
-- 1. What is, and what is on sale.

local function group_of(groups, id)
  if not id then return #groups == 1 and groups[1] or nil end
  for _, group in ipairs(groups) do
    if group.id == id then return group end
  end
end

-- The kernel of an instance need not be one that is still sold: then the first that is.
local function on_sale(run, instance)
  local body, err = run:try(run.ddm.list_flavors_v3, run.ddm, { engine_version = instance.engine_version, limit = 128 })
  if body then return body end
  local engine = run.ddm:all("list_engines_v3", { limit = 128 })[1]
  if not engine then error(err, 0) end
  return run.ddm:list_flavors_v3{ engine_id = engine.id, limit = 128 }
end

local function flavors_of(run, instance)
  local list, by_code = {}, {}
  local body = on_sale(run, instance)
  for _, group in ipairs(body.flavor_groups or {}) do
    for _, flavor in ipairs(group.flavors or {}) do
      local one = { code = flavor.spec_code, cpu = tonumber(flavor.vcpus), mem = tonumber(flavor.ram),
        architecture = group.group_type, zones = {} }
      for _, zone in ipairs(flavor.az_infos or {}) do one.zones[zone.code] = zone.status end
      list[#list + 1], by_code[one.code] = one, one
    end
  end
  return list, by_code
end

-- Of a group that is not the default one only the size and architecture of its class are shown.
local function old_class(plan)
  local group = plan.group
  if not group then return {} end
  local old = { cpu = tonumber(group.cpu_num_per_node), mem = tonumber(group.mem_num_per_node), architecture = group.architecture }
  if #plan.groups == 1 or group.is_default_group then old.code = plan.instance.flavor_ref end
  old.text = ("%s%s vCPUs, %s GB"):format(old.code and old.code .. ", " or "", old.cpu, old.mem)
  return old
end

local function look(run, p)
  local at = { instance_id = p.instance_id }
  local plan = { instance = run.ddm:show_instance(at), window = run:window_of(p), nodes = run.ddm:all("list_nodes", at),
    groups = run.ddm:all("list_groups", { instance_id = p.instance_id, limit = 128 }), schemas = run.ddm:all("list_schemas", at) }
  plan.group = group_of(plan.groups, p.group_id)
  plan.old = old_class(plan)
  local flavors, by_code = flavors_of(run, plan.instance)
  plan.flavors, plan.new, plan.by_code = flavors, by_code[p.class], by_code
  plan.monthly, plan.order = filled(plan.instance.order_id) ~= nil, run:open_order("ddm/" .. p.instance_id)
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_instance(run, p, plan, check)
  run:at_rest(check, { instance = plan.instance, jobs = run:jobs{ instance_id = p.instance_id } })
  check("group", plan.group ~= nil, plan.group and ("%s: %s"):format(plan.group.name, plan.old.text)
    or p.group_id and "the instance has no group " .. p.group_id
    or "the class is changed group by group, give group_id=…")
  run:at_rest(check, { nodes = plan.nodes, schemas = plan.schemas })
end

local function is_c6s(code)
  return code:find("^ddm%.c6s%.") ~= nil
end

local function is_c6(code)
  return code:find("^ddm%.c6%.") ~= nil
end

-- Without a code the size alone tells that two classes differ; of two of one size nobody knows.
local function check_other(p, plan, check)
  local old, new = plan.old, plan.new
  local same_size = new and old.cpu == new.cpu and old.mem == new.mem
  if old.code then
    check("another class", old.code ~= p.class, old.code == p.class and "it has this class already" or old.code .. " now")
    check("not from c6s to c6", not (is_c6s(old.code) and is_c6(p.class)), is_c6s(old.code) and is_c6(p.class)
      and "the service does not go back from c6s to c6" or "it is no such change")
  else
    check("another class", same_size and "unseen" or true, same_size and "the group's class has the same size"
      or "another size")
    if is_c6(p.class) then check("not from c6s to c6", "unseen", "only the size of this group's class is shown") end
  end
end

local function check_class(p, plan, check)
  local new, missing, seen = plan.new, {}, {}
  if not new then
    local codes = {}
    for i, flavor in ipairs(plan.flavors) do codes[i] = flavor.code end
    return check("class on sale", false, ("%s is none of %s"):format(p.class, words(codes)))
  end
  for _, node in ipairs(plan.group.node_list or {}) do
    local zone = filled(node.az)
    if zone and new.zones[zone] ~= "normal" and not seen[zone] then
      seen[zone] = true
      missing[#missing + 1] = ("%s (%s)"):format(zone, new.zones[zone] or "not sold")
    end
  end
  check("class on sale", #missing == 0, #missing == 0 and ("%s: %s vCPUs, %s GB, in all zones of the group"):format(new.code,
    new.cpu, new.mem) or "not to be had in " .. words(missing))
  check_other(p, plan, check)
  if new.architecture ~= plan.old.architecture then
    check("architecture", "warn", ("from %s to %s: no page says that this goes"):format(plan.old.architecture, new.architecture))
  end
  local old = plan.old
  if not (old.cpu and old.mem and new.cpu and new.mem) then
    check("size", "unseen", "the service does not show both classes' sizes")
  elseif new.cpu < old.cpu or new.mem < old.mem then
    check("size", "warn", ("smaller: %d to %d vCPUs, %d to %d GB"):format(old.cpu, new.cpu, old.mem, new.mem))
  end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_instance(run, p, plan, check)
    if plan.group then check_class(p, plan, check) end
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
-- 3. A person confirms.

-- Why the way back cannot be gone, or nil.
local function no_way_back(p, plan)
  if plan.monthly then return "bought by the month, another change is another order" end
  if not plan.old.code then return "the group's present class is not shown" end
  if not plan.by_code[plan.old.code] then return plan.old.code .. " is not sold any more" end
  if is_c6s(p.class) and is_c6(plan.old.code) then return "there is no change from c6s to c6" end
end

local function confirm(run, p, plan)
  local name, reason = plan.instance.name, no_way_back(p, plan)
  if reason then run:line("warn", "no way back by this runbook: " .. reason) end
  if not run:ask{ name = "change class of " .. name, expect = name, question = ("The group %s of %s goes from %s to %s. "
      .. "Services are interrupted meanwhile. Type the instance's name to go on"):format(plan.group.name, name, plan.old.text,
      p.class) } then
    run:fail("not confirmed: nothing has been changed", "type the instance's name exactly")
  end
end

---------------------------------------------------------------------------
-- 4. Change.

local function resized(run, p, plan, class)
  local since = run:now()
  local answer = run.ddm:resize_flavor{ instance_id = p.instance_id, spec_code = class,
    group_id = #plan.groups > 1 and plan.group.id or nil, is_auto_pay = plan.monthly and p.auto_pay or nil }
  run:follow_change{ op = "ddm.resize_flavor", instance_id = p.instance_id, answer = answer, name = "the change to " .. class,
    since = since, auto_pay = p.auto_pay, timeout = p.deadline_hours * 3600,
    remedy = "look at it: hwdb call ddm.show_instance instance_id=" .. p.instance_id .. "; once it is RUNNING run this again; "
      .. "one that stays RESIZING is a case for support" }
end

local function class_now(run, p, plan)
  local instance = run.ddm:show_instance{ instance_id = p.instance_id }
  local group = group_of(run.ddm:all("list_groups", { instance_id = p.instance_id, limit = 128 }), plan.group.id)
  return instance, group or {}
end

local function take_back(run, p, plan)
  run:wait{ name = "the instance before the way back", op = "ddm.show_instance", args = { instance_id = p.instance_id },
    field = "status", success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = p.deadline_hours * 3600 }
  if class_now(run, p, plan).flavor_ref == plan.old.code then return run:note("the class is as it was: there is nothing to take back") end
  resized(run, p, plan, plan.old.code)
  run:line("ok", "changed back to " .. plan.old.code)
end

local function change(run, p, plan)
  run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, was = plan.instance, what = "the instance",
    fields = { "status", "flavor_ref", "nodes[].node_id" } }
  if plan.window then
    run:note("the change may begin in " .. plan.window.text)
    run:enter(plan.window)
  end
  if not no_way_back(p, plan) then
    run:undo{ name = "change back to " .. plan.old.code, run = function() take_back(run, p, plan) end }
  end
  resized(run, p, plan, p.class)
end

---------------------------------------------------------------------------
-- 5. Verify.

local function verify(run, p, plan)
  local instance, group = class_now(run, p, plan)
  local failed = {}
  local function check(name, fulfilled, text)
    run:line(fulfilled and "ok" or "fail", name .. ": " .. text)
    if not fulfilled then failed[#failed + 1] = name end
  end
  local size = ("%s vCPUs, %s GB"):format(group.cpu_num_per_node, group.mem_num_per_node)
  check("size", tonumber(group.cpu_num_per_node) == plan.new.cpu and tonumber(group.mem_num_per_node) == plan.new.mem, size)
  if plan.old.code then check("class", instance.flavor_ref == p.class, tostring(instance.flavor_ref)) end
  local nodes = run.ddm:all("list_nodes", { instance_id = p.instance_id })
  local bad = run:troubled(nodes)
  check("DDM nodes", #bad == 0 and #nodes == #plan.nodes, #bad > 0 and words(bad) or ("%d, %d before"):format(#nodes, #plan.nodes))
  if #failed > 0 then run:fail("verification: differs: " .. words(failed), "look at the task on the console") end
end

---------------------------------------------------------------------------

local function main(run, p)
  local plan = run:step("look", look, run, p)
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  run:step("confirm", confirm, run, p, plan)
  run:step("change", change, run, p, plan)
  run:step("verify", verify, run, p, plan)
  return { class = p.class, before = plan.old.code, group = plan.group.id }
end

return {
  name = "ddm_class_change",
  summary = "Another node class for a DDM instance or one of its groups: checked, in a window, verified",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "class", type = "string", required = true, help = "code of the new node class: ddm.c6.4xlarge.2" },
    { name = "group_id", type = "string", help = "the group that changes; needed when there are several" },
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
  changes = "the class of all nodes of a group; services are interrupted for a while",
  costs = "the new class, by the hour or by the month as the instance is paid",
  undo = "it is changed back, with another interruption; not from c6s to c6, nor where it was bought by the month",
  run = main,
}
