-- SPDX-License-Identifier: Apache-2.0
-- Nodes are added to a DWS cluster, and its data is redistributed over them.
--
--   1. look        the cluster, its node class, the quotas
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. confirm     a person types the cluster's name: tables cannot be written meanwhile
--   4. snapshot    a manual one before it, unless snapshot=none
--   5. scale out   in the window, if one is given; costs are asked for by their own gate
--   6. follow      growing, then the redistribution; where a person has to start that, it is asked for and followed
--   7. settle      the service takes a snapshot of its own accord a while later: it is waited for
--   8. verify      number and state of the nodes, balance; a table of the nodes
-- Nodes that were added are taken away by dws_shrink only: there is no way back from here.

local STATE = { "cluster.task_status", "cluster.action_progress", "cluster.status" }
local MOST_NODES = 256
local SUITS = { NORMAL = true, READONLY = true, UNBALANCED = true, ["UNBALANCED READONLY"] = true }

-- A failed scale-out that the service took back is no obstacle to another one.
local PAST = { RESIZE_FAILURE = "an earlier scale-out failed and was taken back by the service" }

local BY_HAND = {
  "the inspection of the cluster has passed within the last 24 hours (from 8.1.1 on)",
  "sessions with temporary tables are closed; VACUUM has been run on the large tables",
  "no queries over 20 minutes meanwhile: the redistribution fails when it cannot get a lock",
  "no DDL, no DCL, and offline no writes to the tables that are being redistributed",
  "no restart, class change, CN change, snapshot or password reset meanwhile: the service refuses them",
}

---------------------------------------------------------------------------
-- 1. What is.

local function look(run, p)
  local plan = { window = run:window_of(p) }
  plan.cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  plan.before = plan.cluster.number_of_node
  plan.total = plan.before + p.nodes
  for _, class in ipairs(run.dws:list_node_types{}.node_types or {}) do
    if class.spec_name == plan.cluster.node_type then plan.class = class end
  end
  plan.quotas = run.dws:list_quotas{}.quotas.resources or {}
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_nodes(plan, p, check)
  local idle = 0
  for _, node in ipairs(plan.cluster.nodes or {}) do
    if node.status == "199" then idle = idle + 1 end
  end
  check("idle nodes", idle == 0 or p.nodes % p.ring_size == 0, ("%d; with idle nodes only whole rings of %d can be added"):format(
    idle, p.ring_size))
  check("number of nodes", plan.total <= MOST_NODES, ("%d and %d are %d; %d at most"):format(plan.before, p.nodes, plan.total, MOST_NODES))
  if plan.total > 240 and plan.total <= MOST_NODES then
    check("redistribution", "warn", "one page allows 240 nodes only")
  end
end

local function check_supply(plan, p, check)
  local cluster, class = plan.cluster, plan.class
  local zone
  for _, known in ipairs(class and class.available_zones or {}) do
    if known.code == cluster.availability_zone then zone = known.status end
  end
  check("node class", zone == "normal", ("%s in %s: %s"):format(cluster.node_type, cluster.availability_zone,
    zone or "not among the classes offered"))
  local demand = { core = class and class.vcpus, ram = class and class.ram, disk = 1 }
  for _, quota in ipairs(plan.quotas) do
    local each = demand[quota.type]
    if each then
      local left = (tonumber(quota.quota) or 0) - (tonumber(quota.used) or 0)
      check("quota of " .. quota.type, left >= each * p.nodes, ("%d needed, %d left"):format(each * p.nodes, left))
    end
  end
end

-- From 8.1.3.101 on a read-only cluster takes no snapshots.
local function check_snapshot(run, p, plan, check)
  if p.snapshot == "none" then
    return check("snapshot before it", "warn", "none is taken: there is no way back to the data as it is now")
  end
  local sub = plan.cluster.sub_status or "NORMAL"
  check("not read-only for the snapshot", not sub:find("READONLY", 1, true), sub .. "; snapshot=none does without")
  run:fit_for_snapshot(check, p.cluster_id)
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    run:at_rest(check, { cluster = plan.cluster, suits = SUITS, needs = "normal, read-only or unbalanced", past = PAST,
      nodes = plan.cluster.nodes })
    check_nodes(plan, p, check)
    check_supply(plan, p, check)
    check_snapshot(run, p, plan, check)
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. Confirm, 4. snapshot.

local function confirm(run, p, plan)
  local name = plan.cluster.name
  if not run:ask{ name = ("add %d nodes to %s"):format(p.nodes, name), expect = name,
      question = ("%s gets %d nodes, for good. Offline it restarts, and tables cannot be written while they are redistributed. "
        .. "Type its name to go on"):format(name, p.nodes) } then
    run:fail("not confirmed: nothing has been changed", "type the cluster's name exactly")
  end
end

-- Automated snapshots begin when they like: the cluster has to be at rest before anything is asked of it.
local function at_rest(run, p, what)
  run:cluster_at_rest{ name = what, id = p.cluster_id, past = PAST, failure = { "REDISTRIBUTE_FAILURE" },
    timeout = p.deadline_hours * 3600 }
end

local function snapshot(run, p, plan)
  at_rest(run, p, "the cluster before the snapshot")
  local args = { snapshot = { name = ("before-scale-out-%d"):format(run:now() // 1000), cluster_id = p.cluster_id,
    description = ("before %d nodes were added"):format(p.nodes) } }
  local answer = run.dws:create_snapshot(args)
  run:wait_for("dws.create_snapshot", args, answer, p.deadline_hours * 3600)
  plan.snapshot = { id = answer.snapshot.id, name = args.snapshot.name }
  run:line("ok", ("the snapshot %s is available; it is kept until somebody deletes it"):format(plan.snapshot.name))
end

---------------------------------------------------------------------------
-- 5. Scale out.

-- Questions, a snapshot and a window may have taken hours.
local function unchanged(run, p, plan)
  local seen = run:guard{ op = "dws.show_cluster", args = { cluster_id = p.cluster_id },
    fields = { "cluster.number_of_node", "cluster.node_type", "cluster.nodes[].id" } }
  if seen["cluster.number_of_node"] ~= plan.before or seen["cluster.node_type"] ~= plan.cluster.node_type then
    run:fail(("%s was changed by somebody else since the preflight: %s nodes"):format(plan.cluster.name,
      tostring(seen["cluster.number_of_node"])), "nothing has been added by this run; begin again")
  end
end

local function scale_out(run, p, plan)
  if plan.window then run:enter(plan.window) end
  at_rest(run, p, "the cluster before the scale-out")
  unchanged(run, p, plan)
  local args = { cluster_id = p.cluster_id, scale_out = { count = p.nodes, subnet_id = p.subnet_id },
    auto_redistribute = p.redistribute == "auto", waiting_for_killing = p.waiting_for_killing }
  if plan.window then run:enter(plan.window) end
  run:if_stopped("the scale-out may have begun: `hwdb resume` finds out by the cluster's task and number of nodes")
  local answer = run.dws:resize_cluster(args)
  run:if_stopped(("the scale-out of %s goes on in the cloud; `hwdb resume` follows it"):format(plan.cluster.name))
  return { args = args, answer = answer }
end

---------------------------------------------------------------------------
-- 6. Follow.

-- A failed redistribution loses nothing, and a person can start another one.
local function explain(run, plan, err, again)
  local cluster = err.kind == "failed" and type(err.value) == "table" and err.value.cluster
  if not cluster then error(err, 0) end
  if cluster.status == "UNAVAILABLE" then
    run:fail(("%s, and the way back failed too: %s is unavailable"):format(err.message, cluster.name),
      "it cannot be repeated: ask the service's support")
  end
  if err.state == "RESIZE_FAILURE" then
    run:if_stopped(nil)
    run:fail(("%s; the service took it back: %s has %s nodes"):format(err.message, cluster.name, tostring(cluster.number_of_node)),
      "see the reason; when it is put right, begin again" .. (plan.snapshot and "; the snapshot " .. plan.snapshot.name .. " stays" or ""))
  end
  if err.state == "REDISTRIBUTE_FAILURE" and not again then
    run:line("fail", err.message .. "; no data is lost")
    return { person = true, state = err.state }
  end
  run:fail(err.message, again and "the nodes are there and no data is lost: start the redistribution again on the console"
    or "look at the cluster on the console")
end

-- No documented call starts a redistribution: a person does, and the run goes on following.
local function by_hand(run, p, plan, state)
  local name = plan.cluster.name
  run:line("warn", ("%s has its nodes and shows %s: until its data is redistributed it refuses other work"):format(name, state))
  if not run:ask{ name = "redistribute " .. name, question = ("Start (or resume) the redistribution of %s on the console. "
      .. "Is it started?"):format(name) } then
    run:hand_over(("%s waits for its redistribution"):format(name), "start it on the console; nothing else is left to do but to look")
  end
  local seen, err = run:try(run.wait, run, { name = "the redistribution of " .. name, op = "dws.show_cluster",
    args = { cluster_id = p.cluster_id }, field = STATE, success = { "AVAILABLE", "ACTIVE" },
    failure = { "REDISTRIBUTE_FAILURE", "FROZEN" }, pending = { "WAITING_REDISTRIBUTION", "REDISTRIBUTION_PAUSED", "REDISTRIBUTING" },
    reason = "cluster.failed_reasons.error_msg", settle = 300, interval = 60, timeout = p.deadline_hours * 3600 })
  if not seen then explain(run, plan, err, true) end
end

local function follow(run, p, plan, begun)
  local seen, err = run:try(run.wait_for, run, "dws.resize_cluster", begun.args, begun.answer, p.deadline_hours * 3600)
  if not seen then seen = explain(run, plan, err) end
  if seen.person then by_hand(run, p, plan, seen.state) end
end

---------------------------------------------------------------------------
-- 7. Settle, 8. verify.

local function settle(run, p)
  run:wait{ name = "the snapshot that the service takes afterwards", op = "dws.show_cluster", args = { cluster_id = p.cluster_id },
    field = STATE, success = { "AVAILABLE", "ACTIVE" }, pending = { "SNAPSHOTTING" }, delay = 90, interval = 30,
    timeout = p.deadline_hours * 3600 }
end

local function verify(run, p, plan)
  local cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  local rows, bad, failed = {}, 0, {}
  for i, node in ipairs(cluster.nodes or {}) do
    rows[i] = { node.name, node.status, node.id }
    if node.status ~= "200" then bad = bad + 1 end
  end
  run:table{ name = "nodes", columns = { "name", "status", "id" }, rows = rows }
  local function check(name, fulfilled, text)
    run:line(fulfilled and "ok" or "fail", name .. ": " .. text)
    if not fulfilled then failed[#failed + 1] = name end
  end
  check("nodes", cluster.number_of_node == plan.total, ("%s, %d expected"):format(tostring(cluster.number_of_node), plan.total))
  check("state of the nodes", bad == 0, bad == 0 and "all available" or ("%d are not"):format(bad))
  local sub = cluster.sub_status or "NORMAL"
  check("balance", not sub:find("REDISTRIBUTION", 1, true) and not sub:find("UNBALANCED", 1, true), sub)
  if #failed > 0 then
    run:fail("verification: differs: " .. table.concat(failed, ", "), "look at the cluster on the console")
  end
end

local function run_it(run, p)
  local plan = run:step("look", look, run, p)
  run:step("preflight", preflight, run, p, plan)
  run:step("confirm", confirm, run, p, plan)
  if p.snapshot == "take" then run:step("snapshot", snapshot, run, p, plan) end
  local begun = run:step("scale out", scale_out, run, p, plan)
  run:step("follow", follow, run, p, plan, begun)
  run:step("settle", settle, run, p)
  run:step("verify", verify, run, p, plan)
  run:if_stopped(nil)
  return { nodes = plan.total, snapshot = plan.snapshot and plan.snapshot.name or nil }
end

return {
  name = "dws_scale_out",
  summary = "Adds nodes to a DWS cluster: checked, snapshot before it, redistribution followed, verified",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "nodes", type = "integer", required = true, min = 3, max = 253, help = "how many are added" },
    { name = "redistribute", type = "choice", choices = { "auto", "by_hand" }, default = "auto",
      help = "by_hand: a person starts it on the console; until then the cluster refuses other work" },
    { name = "snapshot", type = "choice", choices = { "take", "none" }, default = "take", help = "a manual snapshot before it" },
    { name = "subnet_id", type = "string", help = "of the new nodes, in the cluster's VPC; the cluster's unless given" },
    { name = "waiting_for_killing", type = "integer", min = 30, max = 1200,
      help = "seconds before jobs that block it are ended; no limit unless given" },
    { name = "ring_size", type = "integer", min = 1, default = 3, help = "nodes of a ring" },
    { name = "window_from", type = "string", help = 'it begins in this window only: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'its end: "06:00" or "2026-11-22 06:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 60, help = "nothing begins in its last minutes" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 24, help = "how long each wait lasts at most" },
  },
  permissions = { "dws:openAPICluster:getDetail", "dws:openAPILavor:node-types:get", "dws:cluster:scaleOutOrOpenAPIResize",
    "dws:openAPISnapshot:create", "dws:openAPISnapshot:list", "dws:openAPISnapshot:detail" },
  targets = { "dws/{cluster_id}" },
  changes = "nodes of the cluster and the places of its data; offline it restarts, and writes are blocked meanwhile",
  costs = "the added nodes, and the snapshot's storage",
  undo = "none: a failed scale-out is taken back by the service; added nodes are taken away with dws_shrink",
  run = run_it,
}
