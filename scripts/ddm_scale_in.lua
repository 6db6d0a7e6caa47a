-- SPDX-License-Identifier: Apache-2.0
-- Scale-in of a DDM instance: nodes of one of its groups are removed.
--
--   1. look       the instance, its groups and nodes, its schemas
--   2. preflight  every prerequisite an API can see; the others are listed for a person
--   3. confirm    what goes and what stays is shown, a person types the instance's name
--   4. scale in   at once or in a dated window: the nodes that were named, or so many of the service's choice
--   5. verify     what went and what stayed
-- The nodes cannot be had back; ddm_scale_out adds others, with new ids and addresses.

local BY_HAND = {
  "the hour is a quiet one: connections to the nodes that go are broken",
  "the nodes that stay carry the load: their CPU and connections over the last days",
  "no client has the address of a node that goes in its configuration",
  "no backup, failover or change is under way on the data nodes: RDS shows it, DDM does not",
}

local function words(list)
  return table.concat(list, ", ")
end

local function filled(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list or {}) do set[value] = true end
  return set
end

---------------------------------------------------------------------------
-- 1. What is.

-- The group that is named, that of the nodes that are named, or the only one.
local function group_of(groups, nodes, p)
  local id = p.group_id
  for _, node in ipairs(p.nodes and nodes or {}) do
    if node.node_id == p.nodes[1] then id = id or node.group_id end
  end
  if not id then return #groups == 1 and groups[1] or nil end
  for _, group in ipairs(groups) do
    if group.id == id then return group end
  end
end

local function look(run, p)
  if (p.remove == nil) == (p.nodes == nil) then
    run:fail("one of remove and nodes is needed, and not both",
      "nodes=ID,ID removes those; remove=N as many, of the service's choice")
  end
  local at = { instance_id = p.instance_id }
  local instance, nodes = run.ddm:show_instance(at), run.ddm:all("list_nodes", at)
  local groups = run.ddm:all("list_groups", { instance_id = p.instance_id, limit = 128 })
  local group, members = group_of(groups, nodes, p), {}
  for _, node in ipairs(nodes) do
    if group and node.group_id == group.id then members[#members + 1] = node end
  end
  return { instance = instance, groups = groups, group = group, nodes = nodes, members = members,
    schemas = run.ddm:all("list_schemas", at), going = set_of(p.nodes), count = p.remove or #p.nodes, window = run:window_of(p) }
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_instance(run, p, plan, check)
  run:at_rest(check, { instance = plan.instance, jobs = run:jobs{ instance_id = p.instance_id } })
  local order = filled(plan.instance.order_id)
  check("pay-per-use", not order, order and "bought by the month: nodes are unsubscribed in the Billing Center"
    or "no order behind it")
end

local function check_group(p, plan, check)
  local group = plan.group
  check("group", group ~= nil, group and ("%s with %d nodes"):format(group.name, #plan.members)
    or (p.group_id or p.nodes) and "the instance has no such group or node" or "there are several, give group_id=…")
  if not group then return end
  local members, strange, seen = {}, {}, {}
  for _, node in ipairs(plan.members) do members[node.node_id] = true end
  for _, id in ipairs(p.nodes or {}) do
    if not members[id] or seen[id] then strange[#strange + 1] = id end
    seen[id] = true
  end
  if p.nodes then
    check("nodes of the group", #strange == 0, #strange == 0 and "all that are named"
      or "not in it, or named twice: " .. words(strange))
  end
  local left = #plan.members - plan.count
  check("a node stays", left >= 1, ("%d of %d go, %d stay"):format(plan.count, #plan.members, left))
  if group.role == "r" and left == 1 then
    check("read-only group", "warn", "the manual has two nodes at least in it")
  end
end

-- Nodes in trouble may go when they are named; the service's choice could fall on the good ones.
local function check_nodes(run, p, plan, check)
  local staying, going = {}, {}
  for _, node in ipairs(plan.nodes) do
    local list = plan.going[node.node_id] and going or staying
    list[#list + 1] = node
  end
  local bad, going_bad = run:troubled(staying), run:troubled(going)
  check("DDM nodes", #bad == 0, #bad > 0 and words(bad) .. (p.remove and ": name the nodes that shall go with nodes=…" or "")
    or p.nodes and "all that stay are running" or "all are running")
  if #going_bad > 0 then check("nodes that go", "warn", words(going_bad) .. ": the service may refuse") end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_instance(run, p, plan, check)
    check_group(p, plan, check)
    check_nodes(run, p, plan, check)
    run:at_rest(check, { schemas = plan.schemas })
    if plan.group and not plan.group.is_load_balance then
      check("load balancing", "warn", "it is off: clients lose the addresses of the nodes that go")
    end
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. A person confirms.

local function confirm(run, p, plan)
  local rows = {}
  for i, node in ipairs(plan.members) do
    rows[i] = { node.node_id, plan.going[node.node_id] and "goes" or p.remove and "may go" or "stays", node.status, node.ip }
  end
  run:table{ name = "nodes of the group " .. plan.group.name, columns = { "node", "what", "status", "address" }, rows = rows }
  local name = plan.instance.name
  if not run:ask{ name = "scale in " .. name, expect = name, question = ("Of the %d nodes of %s %d are removed%s, and their "
      .. "connections broken. Type the instance's name to go on"):format(#plan.members, name, plan.count,
      p.remove and ", the service chooses which" or "") } then
    run:fail("not confirmed: nothing has been changed", "type the instance's name exactly")
  end
end

---------------------------------------------------------------------------
-- 4. Scale in: by number the v2 call, by node the v3 one.

local function reduced(run, p, plan)
  if p.nodes then
    return "ddm.delete_nodes", run.ddm:delete_nodes{ instance_id = p.instance_id, node_ids = p.nodes }
  end
  return "ddm.shrink_instance_nodes", run.ddm:shrink_instance_nodes{ instance_id = p.instance_id, node_number = p.remove,
    group_id = #plan.groups > 1 and plan.group.id or nil }
end

local function scale_in(run, p, plan)
  run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, fields = { "status", "nodes[].node_id" },
    was = plan.instance, what = "the instance" }
  if plan.window then
    run:note("the scale-in may begin in " .. plan.window.text)
    run:enter(plan.window)
  end
  local since = run:now()
  local op, answer = reduced(run, p, plan)
  run:follow_change{ op = op, instance_id = p.instance_id, answer = answer, name = "the scale-in", since = since,
    timeout = p.deadline_hours * 3600, remedy = "see which nodes are left: hwdb call ddm.list_nodes instance_id="
      .. p.instance_id .. "; once it is RUNNING run this again for those that still have to go" }
end

---------------------------------------------------------------------------
-- 5. Verify: what stayed is what should have stayed.

local function verify(run, p, plan)
  local nodes = run.ddm:all("list_nodes", { instance_id = p.instance_id })
  local left, gone, bad, strange = {}, {}, run:troubled(nodes), {}
  for _, node in ipairs(nodes) do left[node.node_id] = true end
  for _, node in ipairs(plan.nodes) do
    if not left[node.node_id] then
      gone[#gone + 1] = node.node_id
      if p.nodes and not plan.going[node.node_id] or node.group_id ~= plan.group.id then strange[#strange + 1] = node.node_id end
    end
  end
  if #gone ~= plan.count or #strange > 0 or #bad > 0 then
    run:fail(("%d should have gone, %d went%s%s"):format(plan.count, #gone,
      #strange > 0 and "; not meant: " .. words(strange) or "", #bad > 0 and "; of those that stay " .. words(bad) or ""),
      "look at the task on the console")
  end
  run:line("ok", ("gone: %s; %d of %d stay, all of them running"):format(words(gone), #plan.nodes - #gone, #plan.nodes))
  return gone
end

---------------------------------------------------------------------------

local function main(run, p)
  local plan = run:step("look", look, run, p)
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  run:step("confirm", confirm, run, p, plan)
  run:step("scale in", scale_in, run, p, plan)
  local gone = run:step("verify", verify, run, p, plan)
  return { removed = gone, total = #plan.nodes - #gone }
end

return {
  name = "ddm_scale_in",
  summary = "Fewer nodes for a DDM instance: checked, shown, confirmed, removed, verified",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "nodes", type = "list", help = "ids of the nodes that go, all of one group" },
    { name = "remove", type = "integer", min = 1, max = 31, help = "instead: how many go, of the service's choice" },
    { name = "group_id", type = "string", help = "the group that shrinks; needed with remove when there are several" },
    { name = "window_from", type = "string", help = 'begin not before: "2026-11-22 02:00"; at once unless given' },
    { name = "window_to", type = "string", help = 'and not after: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 30, help = "nothing is begun in the last minutes of it" },
    { name = "deadline_hours", type = "integer", min = 1, max = 200, default = 4, help = "how long each wait lasts at most" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = { "ddm:instance:get", "ddm:database:list" },
  targets = { "ddm/{instance_id}" },
  changes = "removes nodes of a group; the instance is REDUCING meanwhile, connections to those nodes break",
  costs = "nothing; the removed nodes are not paid for any more",
  undo = "none: the nodes are gone. ddm_scale_out adds others, with new ids and addresses",
  run = main,
}
