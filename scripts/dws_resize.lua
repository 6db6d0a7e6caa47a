-- SPDX-License-Identifier: Apache-2.0
-- Another flavor for the nodes of a DWS cluster: more or fewer CPUs and memory, with the same nodes and disks.
--
--   1. look        the cluster, its flavor, the flavors the service offers for it, the quotas
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. confirm     a person types the cluster's name: it is stopped for 5 to 10 minutes
--   4. snapshot    a manual one before it, unless snapshot=none
--   5. resize      in the window, if one is given; costs are asked for by their own gate
--   6. verify      the flavor, the nodes, the state
-- The document has no such call; the SDK's is used. What the console calls "change all specifications" (another number
-- of nodes and other disks by a new cluster and a migration) has no call at all: see the page.

local FAILED = "FLAVOR_RESIZING_FAILED"

-- A failed change of the flavor is no obstacle to another one.
local PAST = { [FAILED] = "an earlier change of the flavor failed; it may be repeated" }
local SUITS = { NORMAL = true, UNBALANCED = true }

local BY_HAND = {
  "the application can do without the cluster for 5 to 10 minutes, and connects again by itself",
  "the new flavor's memory is enough for what the parameters claim (max_process_memory, shared buffers)",
  "no other task on the cluster from now until it has ended",
}

---------------------------------------------------------------------------
-- 1. Look.

local function class_of(classes, name)
  for _, class in ipairs(classes) do
    if class.spec_name == name then return class end
  end
end

local function show_offered(run, offered)
  local rows = {}
  for i, flavor in ipairs(offered) do
    rows[i] = { flavor.name, flavor.vcpus, flavor.ram, flavor.is_current_flavor == true and "now" or "" }
  end
  run:table{ name = "flavors", columns = { "name", "vCPUs", "memory", "" }, rows = rows }
end

local function look(run, p)
  local plan = { window = run:window_of(p) }
  plan.cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  plan.before = plan.cluster.node_type
  plan.nothing = plan.before == p.flavor
  if plan.nothing then return plan end
  local body = run.dws:list_target_flavors{ flavor_id = plan.cluster.node_type_id, cluster_id = p.cluster_id }
  plan.offered = body.flavors or {}
  for _, flavor in ipairs(plan.offered) do
    if flavor.name == p.flavor then plan.target = flavor end
  end
  show_offered(run, plan.offered)
  local classes = run.dws:list_node_types{}.node_types or {}
  plan.class, plan.class_before = class_of(classes, p.flavor), class_of(classes, plan.before)
  plan.quotas = run.dws:list_quotas{}.quotas.resources or {}
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_state(run, plan, check)
  local cluster = plan.cluster
  run:at_rest(check, { cluster = cluster, suits = SUITS, needs = "normal or unbalanced", past = PAST, nodes = cluster.nodes })
  check("kernel", run:version_at_least(cluster.version, "8.1.1.300"),
    ("%s; 8.1.1.300 or later is needed"):format(tostring(cluster.version)))
end

local function check_supply(p, plan, check)
  local cluster, class, before = plan.cluster, plan.class, plan.class_before
  check("flavor offered", plan.target ~= nil, plan.target and p.flavor or p.flavor .. " is not offered for this cluster")
  local zone
  for _, known in ipairs(class and class.available_zones or {}) do
    if known.code == cluster.availability_zone then zone = known.status end
  end
  check("not sold out", zone == "normal", ("%s in %s: %s"):format(p.flavor, cluster.availability_zone, zone or "not listed"))
  local more = { core = ((class and class.vcpus or 0) - (before and before.vcpus or 0)) * cluster.number_of_node,
    ram = ((class and class.ram or 0) - (before and before.ram or 0)) * cluster.number_of_node }
  for _, quota in ipairs(plan.quotas) do
    local needed = more[quota.type]
    if needed then
      local left = (tonumber(quota.quota) or 0) - (tonumber(quota.used) or 0)
      check("quota of " .. quota.type, left >= needed, ("%d more, %d left"):format(math.max(0, needed), left))
    end
  end
end

local function check_snapshot(run, p, check)
  if p.snapshot == "none" then return check("snapshot before it", "warn", "none is taken") end
  run:fit_for_snapshot(check, p.cluster_id)
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_state(run, plan, check)
    check_supply(p, plan, check)
    check_snapshot(run, p, check)
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. Confirm, 4. snapshot.

local function confirm(run, p, plan)
  local name = plan.cluster.name
  if not run:ask{ name = ("resize %s to %s"):format(name, p.flavor), expect = name,
      question = ("%s becomes %s instead of %s: it is stopped for 5 to 10 minutes, all connections break. Type its name to go on")
        :format(name, p.flavor, plan.before) } then
    run:fail("not confirmed: nothing has been changed", "type the cluster's name exactly")
  end
end

-- Automated snapshots begin when they like: the cluster has to be at rest before anything is asked of it.
local function at_rest(run, p, what)
  run:cluster_at_rest{ name = what, id = p.cluster_id, past = PAST, timeout = p.deadline_hours * 3600 }
end

local function snapshot(run, p, plan)
  at_rest(run, p, "the cluster before the snapshot")
  local args = { snapshot = { name = ("before-resize-%d"):format(run:now() // 1000), cluster_id = p.cluster_id,
    description = "before the flavor is changed" } }
  local answer = run.dws:create_snapshot(args)
  run:wait_for("dws.create_snapshot", args, answer, p.deadline_hours * 3600)
  plan.snapshot = args.snapshot.name
  run:line("ok", ("the snapshot %s is available; it is kept until somebody deletes it"):format(plan.snapshot))
end

---------------------------------------------------------------------------
-- 5. Resize.

local function unchanged(run, p, plan)
  local seen = run:guard{ op = "dws.show_cluster", args = { cluster_id = p.cluster_id },
    fields = { "cluster.node_type", "cluster.number_of_node" } }
  if seen["cluster.node_type"] ~= plan.before or seen["cluster.number_of_node"] ~= plan.cluster.number_of_node then
    run:fail(("%s was changed by somebody else since the preflight: %s nodes of %s"):format(plan.cluster.name,
      tostring(seen["cluster.number_of_node"]), tostring(seen["cluster.node_type"])), "begin again")
  end
end

local function explain(run, plan, err)
  local cluster = err.kind == "failed" and type(err.value) == "table" and err.value.cluster
  if not cluster or err.state ~= FAILED then error(err, 0) end
  run:fail(("%s; %s is %s and has the flavor %s"):format(err.message, cluster.name, cluster.status, tostring(cluster.node_type)),
    cluster.status == "AVAILABLE" and "it is as before; when the reason is put right, run it again"
      or "ask the service's support" .. (plan.snapshot and "; the snapshot " .. plan.snapshot .. " stays" or ""))
end

local function resize(run, p, plan)
  if plan.window then run:enter(plan.window) end
  at_rest(run, p, "the cluster before the change")
  unchanged(run, p, plan)
  local args = { cluster_id = p.cluster_id, target_flavor_id = plan.target.id }
  if plan.window then run:enter(plan.window) end
  run:if_stopped("the flavor may be changing: `hwdb resume` finds out by the cluster's task and flavor")
  local answer = run.dws:execute_flavor_change(args)
  run:if_stopped(("the flavor of %s is changing in the cloud; `hwdb resume` follows it"):format(plan.cluster.name))
  local seen, err = run:try(run.wait_for, run, "dws.execute_flavor_change", args, answer, p.deadline_hours * 3600)
  if not seen then explain(run, plan, err) end
end

---------------------------------------------------------------------------
-- 6. Verify.

local function verify(run, p, plan)
  local cluster, bad, failed = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster, 0, {}
  for _, node in ipairs(cluster.nodes or {}) do
    if node.status ~= "200" then bad = bad + 1 end
  end
  local function check(name, fulfilled, text)
    run:line(fulfilled and "ok" or "fail", name .. ": " .. text)
    if not fulfilled then failed[#failed + 1] = name end
  end
  check("flavor", cluster.node_type == p.flavor, tostring(cluster.node_type))
  check("nodes", cluster.number_of_node == plan.cluster.number_of_node and bad == 0, ("%s, %d not available"):format(
    tostring(cluster.number_of_node), bad))
  check("sub-status", cluster.sub_status == plan.cluster.sub_status, tostring(cluster.sub_status))
  if #failed > 0 then
    run:fail("verification: differs: " .. table.concat(failed, ", "), "look at the cluster on the console")
  end
end

local function run_it(run, p)
  local plan = run:step("look", look, run, p)
  if plan.nothing then
    run:note(("%s has the flavor %s already: nothing to change"):format(plan.cluster.name, p.flavor))
    return { flavor = p.flavor, changed = false }
  end
  run:step("preflight", preflight, run, p, plan)
  run:step("confirm", confirm, run, p, plan)
  if p.snapshot == "take" then run:step("snapshot", snapshot, run, p, plan) end
  run:step("resize", resize, run, p, plan)
  run:step("verify", verify, run, p, plan)
  run:if_stopped(nil)
  run:note(("to go back: hwdb run dws_resize cluster_id=%s flavor=%s"):format(p.cluster_id, plan.before))
  return { flavor = p.flavor, before = plan.before, changed = true, snapshot = plan.snapshot }
end

return {
  name = "dws_resize",
  summary = "Another flavor for a DWS cluster's nodes: checked, snapshot before it, stopped and started, verified",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "flavor", type = "string", required = true, help = "the name of the flavor it shall have, such as dws2.m6.4xlarge.8" },
    { name = "snapshot", type = "choice", choices = { "take", "none" }, default = "take", help = "a manual snapshot before it" },
    { name = "window_from", type = "string", help = 'it begins in this window only: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'its end: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 30, help = "nothing begins in its last minutes" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 6, help = "how long each wait lasts at most" },
  },
  permissions = { "dws:openAPICluster:getDetail", "dws:openAPILavor:node-types:get", "dws:openAPISnapshot:create",
    "dws:openAPISnapshot:list", "dws:openAPISnapshot:detail" },
  targets = { "dws/{cluster_id}" },
  changes = "CPUs and memory of all nodes; the cluster is stopped for 5 to 10 minutes",
  costs = "the flavor's price, and the snapshot's storage",
  undo = "the flavor it had, by the same runbook and another stop",
  run = run_it,
}
