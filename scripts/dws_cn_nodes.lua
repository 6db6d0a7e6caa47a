-- SPDX-License-Identifier: Apache-2.0
-- Coordinator nodes (CNs) of a DWS cluster: added up to a number, or deleted by name or id.
--
--   1. look        the cluster, its CNs, and what the records say of an earlier change that failed
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. confirm     a person types the cluster's name: services stop meanwhile, a deletion has no rollback
--   4. change      in the window, if one is given; the list of CNs tells what became of it
--   5. retry       after a failure the cluster takes nothing but the same change again: it is retried, then left recorded
--   6. verify      the CNs are those that were asked for
-- A record stands from before the first request until the CNs are as wanted; another change is refused until then.

local LEAST, MOST = 2, 20
local SUITS = { NORMAL = true, UNBALANCED = true }

local BY_HAND = {
  add = {
    "services are stopped, or it is off-peak: the document asks for it while CNs are added",
    "no other operation on the cluster from now until it has ended",
    "a load balancer that is bound takes the new CNs over by itself; clients with fixed addresses do not",
  },
  delete = {
    "services are stopped, or it is off-peak: the document asks for it while CNs are deleted",
    "no client connects to the addresses of the CNs that go",
    "no other operation on the cluster from now until it has ended",
  },
}

local function words(list)
  return table.concat(list, ", ")
end

local function text_of(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function record_key(p)
  return "dws_cn_nodes/" .. p.cluster_id
end

-- What this runbook deleted, by name and by id.
local function gone_key(p)
  return "dws_cn_nodes/deleted/" .. p.cluster_id
end

local function remember(run, p, change)
  if not change.ids then return end
  local gone = run:recorded(gone_key(p)) or {}
  for _, list in ipairs({ change.ids, change.names or {} }) do
    for _, word in ipairs(list) do gone[word] = true end
  end
  run:record(gone_key(p), gone)
end

---------------------------------------------------------------------------
-- 1. What is, what is wanted, and what was begun before.

local function require_parameters(run, p)
  if p.action == "add" and not p.total then run:fail("action=add needs total: how many CNs there shall be", "such as total=5") end
  if p.action == "delete" and not p.cns then run:fail("action=delete needs cns: names or ids", "such as cns=dws-cn-cn-3-1") end
  local odd = p.action == "add" and p.cns and "cns" or p.action == "delete" and p.total and "total"
  if odd then run:fail(("action=%s has no use for %s"):format(p.action, odd), "leave it out") end
end

local function list_cns(run, p)
  local body = run.dws:list_cluster_cn{ cluster_id = p.cluster_id }
  return body.instances or {}, body
end

local function show_cns(run, title, cns)
  local rows = {}
  for i, cn in ipairs(cns) do rows[i] = { cn.name, cn.private_ip, cn.id } end
  run:table{ name = title, columns = { "name", "address", "id" }, rows = rows }
end

-- The CNs of a list that are named, by name or id, and the words that name none.
local function named(cns, given)
  local found, unknown = {}, {}
  for _, word in ipairs(given) do
    local hit
    for _, cn in ipairs(cns) do
      if cn.id == word or cn.name == word then hit = cn end
    end
    if hit then found[#found + 1] = hit else unknown[#unknown + 1] = word end
  end
  return found, unknown
end

local function each_of(cns, field)
  local list = {}
  for i, cn in ipairs(cns) do list[i] = cn[field] end
  return list
end

-- Whether the CNs are as a change wanted them.
local function reached(change, cns)
  if change.action == "add" then return #cns >= change.total end
  return #named(cns, change.ids) == 0
end

local function text_of_change(change)
  if change.action == "add" then return ("adding CNs up to %d"):format(change.total) end
  return ("deleting %d CNs"):format(#change.ids)
end

local function same_change(a, b)
  if a.action ~= b.action then return false end
  if a.action == "add" then return a.total == b.total end
  local known = {}
  for _, id in ipairs(a.ids) do known[id] = true end
  for _, id in ipairs(b.ids) do
    if not known[id] then return false end
  end
  return #b.ids > 0
end

-- After a failure the service takes only the same change again.
local function require_no_other(run, p, plan)
  local record = run:recorded(record_key(p))
  if not record then return end
  if reached(record, plan.cns) or p.forget then
    run:note(("%s of %s is %s"):format(text_of_change(record), record.begun, p.forget and "forgotten, as asked" or "done by now"))
    if reached(record, plan.cns) then remember(run, p, record) end
    return run:record(record_key(p), nil)
  end
  if not same_change(record, plan.change) then
    run:fail(("%s was begun at %s and has not succeeded: a failed change may only be retried"):format(text_of_change(record),
      record.begun), ("run it again with %s; if the console shows no failed CN task, forget=true"):format(record.action == "add"
        and "action=add total=" .. record.total or "action=delete cns=" .. words(record.ids):gsub(", ", ",")))
  end
  plan.again = true
  run:line("warn", ("%s was begun at %s and has not succeeded: it is retried"):format(text_of_change(record), record.begun))
end

-- A name that is not there is nothing to change only if it was deleted here: else it is a slip.
local function require_known(run, p, plan)
  if p.action ~= "delete" then return end
  local gone, strange = run:recorded(gone_key(p)) or {}, {}
  for _, word in ipairs(plan.unknown) do
    if not gone[word] then strange[#strange + 1] = word end
  end
  if #strange > 0 and #plan.going == 0 then
    run:fail(("%s has no CN %s"):format(plan.cluster.name, words(strange)),
      "nothing has been changed; the CNs that are there are listed above")
  end
end

local function look(run, p)
  require_parameters(run, p)
  local plan = { window = run:window_of(p) }
  plan.cluster = run.dws:show_cluster{ cluster_id = p.cluster_id }.cluster
  plan.cns, plan.limits = list_cns(run, p)
  show_cns(run, "CNs", plan.cns)
  plan.change = { action = p.action, total = p.total, begun = run:clock() }
  if p.action == "delete" then
    local found, unknown = named(plan.cns, p.cns)
    plan.change.names = each_of(found, "name")
    plan.unknown, plan.going, plan.change.ids = unknown, found, each_of(found, "id")
  end
  require_no_other(run, p, plan)
  require_known(run, p, plan)
  plan.nothing = p.action == "add" and #plan.cns == p.total or p.action == "delete" and #plan.going == 0
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

-- The CN of a degraded cluster may be what has to go.
local function suiting(cluster)
  local suits, sub = { NORMAL = true, UNBALANCED = true }, text_of(cluster.sub_status) or "NORMAL"
  if sub:find("DEGRADED", 1, true) == 1 then suits[sub] = true end
  return suits
end

local function check_state(run, p, plan, check)
  local adding = p.action == "add"
  run:at_rest(check, { cluster = plan.cluster, suits = adding and SUITS or suiting(plan.cluster),
    needs = adding and "normal or unbalanced" or "normal, unbalanced or degraded", nodes = adding and plan.cluster.nodes or nil })
end

local function check_add(p, plan, check)
  local limits = plan.limits
  local most = math.min(tonumber(limits.max_num) or MOST, MOST)
  check("more CNs than now", p.total > #plan.cns, ("%d now, %d wanted"):format(#plan.cns, p.total))
  check("number of CNs", p.total >= LEAST and p.total <= most, ("%d; this cluster may have %d to %d"):format(p.total,
    math.max(tonumber(limits.min_num) or LEAST, LEAST), most))
end

local function check_delete(plan, check)
  local names = {}
  for i, cn in ipairs(plan.going) do names[i] = cn.name end
  if #plan.unknown > 0 then check("CNs named", "warn", "not there (any more): " .. words(plan.unknown)) end
  check("CNs that go", #names > 0, words(names))
  local stay, least = #plan.cns - #plan.going, math.max(tonumber(plan.limits.min_num) or LEAST, LEAST)
  check("CNs that stay", stay >= least, ("%d; %d at least"):format(stay, least))
  local eip = text_of((plan.cluster.public_ip or {}).eip_id)
  if eip then
    check("no EIP on them", "unseen", "the cluster has an EIP, no call shows on which CN; the service refuses to delete that one")
  end
  local elb = plan.cluster.elb
  if type(elb) == "table" and text_of(elb.id) then
    check("load balancer", "warn", ("%s: see afterwards that it lists the CNs that stay"):format(elb.name or elb.id))
  end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_state(run, p, plan, check)
    if p.action == "add" then check_add(p, plan, check) else check_delete(plan, check) end
  end, BY_HAND[p.action])
end

---------------------------------------------------------------------------
-- 3. Confirm.

local function confirm(run, p, plan)
  local name = plan.cluster.name
  local what, warning
  if p.action == "add" then
    what, warning = ("add %d CNs to %s"):format(p.total - #plan.cns, name), "a failed addition may only be retried"
  else
    what = ("delete %d CNs of %s"):format(#plan.going, name)
    warning = "a DELETION HAS NO ROLLBACK, and a failed one may only be retried"
  end
  if not run:ask{ name = what, expect = name, serves = p.retries + 1,
      question = ("%s: services stop meanwhile, %s. Type the cluster's name to go on"):format(what, warning) } then
    run:fail("not confirmed: nothing has been changed", "type the cluster's name exactly")
  end
end

---------------------------------------------------------------------------
-- 4. Change, 5. retry.

local function watch(run, p, plan)
  local seen = run:guard{ op = "dws.list_cluster_cn", args = { cluster_id = p.cluster_id }, fields = { "instances[].id" } }
  local known, count = {}, 0
  for _, id in ipairs(seen["instances[].id"]) do
    known[id], count = true, count + 1
  end
  local same = count == #plan.cns
  for _, cn in ipairs(plan.cns) do same = same and known[cn.id] end
  if not same then
    run:fail(("the CNs of %s were changed by somebody else since they were listed: %d now"):format(plan.cluster.name, count),
      "look at them and begin again")
  end
end

-- The table takes num for the total, the example's title for those added.
local function number_of(p, plan)
  return p.num_means == "added" and p.total - #plan.cns or p.total
end

-- Refused, it has not begun: what is recorded then is what was recorded before.
local function send(run, p, plan)
  if plan.window then run:enter(plan.window) end
  run:cluster_at_rest{ name = "the cluster before the change", id = p.cluster_id, timeout = p.deadline_hours * 3600 }
  watch(run, p, plan)
  run:record(record_key(p), plan.change)
  if plan.window then run:enter(plan.window) end
  run:if_stopped(("%s of %s may have begun: `hwdb resume` finds out by the cluster's task and its CNs"):format(
    text_of_change(plan.change), plan.cluster.name))
  local answer, err
  if p.action == "add" then
    answer, err = run:try(run.dws.batch_create_cluster_cn, run.dws, { cluster_id = p.cluster_id, num = number_of(p, plan) })
  else
    answer, err = run:try(run.dws.batch_delete_cluster_cn, run.dws, { cluster_id = p.cluster_id, instances = each_of(plan.going, "id") })
  end
  if answer then return answer end
  if not plan.again then
    run:record(record_key(p), nil)
    run:if_stopped(nil)
  end
  error(err, 0)
end

local function reason_of(run, answer)
  if not text_of(answer.job_id) then return nil end
  local job = run:try(run.dws.show_job, run.dws, { job_id = answer.job_id })
  return job and text_of(job.failed_detail)
end

-- What the list of CNs says when the cluster is at rest again; a failed change leaves no word at the cluster itself.
local function follow(run, p, plan, answer)
  local op = p.action == "add" and "dws.batch_create_cluster_cn" or "dws.batch_delete_cluster_cn"
  run:wait_for(op, { cluster_id = p.cluster_id }, answer, p.deadline_hours * 3600)
  plan.cns = list_cns(run, p)
  if reached(plan.change, plan.cns) then return true end
  return false, reason_of(run, answer) or "the service gives no reason"
end

local function change(run, p, plan)
  local tries = 0
  while true do
    local answer = run:step(tries == 0 and "change" or ("retry %d of %d"):format(tries, p.retries), send, run, p, plan)
    plan.again = true
    local done, reason = run:step("follow", follow, run, p, plan, answer)
    if done then return end
    run:line("fail", ("%s failed: %s"):format(text_of_change(plan.change), reason))
    if tries >= p.retries then
      run:fail(("%s failed: %s"):format(text_of_change(plan.change), reason), "it may only be retried: run the same again; if it "
        .. "fails for the same reason, the service's support has to put the cluster right")
    end
    if p.action == "delete" then plan.going = named(plan.cns, plan.change.ids) end
    tries = tries + 1
    run:sleep(p.retry_minutes * 60)
  end
end

---------------------------------------------------------------------------
-- 6. Verify.

local function verify(run, p, plan)
  local cns = list_cns(run, p)
  show_cns(run, "CNs afterwards", cns)
  if p.action == "add" and #cns > p.total then
    run:record(record_key(p), nil)
    run:fail(("%d CNs are there, %d were wanted: the service counts num as CNs added"):format(#cns, p.total),
      "delete those that are too many (action=delete), and use num_means=added in future")
  end
  if not reached(plan.change, cns) then run:fail("verification: the CNs are not as wanted", "look at the cluster on the console") end
  remember(run, p, plan.change)
  run:record(record_key(p), nil)
  run:line("ok", p.action == "add" and ("%d CNs, as wanted"):format(#cns) or ("%d CNs stay, those named are gone"):format(#cns))
  return #cns
end

local function run_it(run, p)
  local plan = run:step("look", look, run, p)
  if plan.nothing then
    run:note(p.action == "add" and ("%d CNs are there already: nothing to change"):format(p.total)
      or "none of the CNs named is there (any more): nothing to change")
    return { cns = #plan.cns, changed = false }
  end
  run:step("preflight", preflight, run, p, plan)
  run:step("confirm", confirm, run, p, plan)
  change(run, p, plan)
  local count = run:step("verify", verify, run, p, plan)
  run:if_stopped(nil)
  return { cns = count, changed = true }
end

return {
  name = "dws_cn_nodes",
  summary = "Adds or deletes coordinator nodes of a DWS cluster: checked, retried after a failure, verified by their list",
  params = {
    { name = "cluster_id", type = "string", required = true, help = "the cluster" },
    { name = "action", type = "choice", choices = { "add", "delete" }, required = true, help = "what to do" },
    { name = "total", type = "integer", min = 2, max = 20, help = "action=add: CNs there shall be afterwards" },
    { name = "cns", type = "list", help = "action=delete: names or ids of the CNs" },
    { name = "num_means", type = "choice", choices = { "total", "added" }, default = "total",
      help = "how the service counts num; the table says total, an example's title added" },
    { name = "retries", type = "integer", min = 0, max = 10, default = 1, help = "how often a failed change is retried by this run" },
    { name = "retry_minutes", type = "integer", min = 1, max = 600, default = 10, help = "how long it waits before that" },
    { name = "forget", type = "boolean", default = false,
      help = "an earlier change that is recorded here never began, or was put right by support" },
    { name = "window_from", type = "string", help = 'it begins in this window only: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'its end: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 30, help = "nothing begins in its last minutes" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 6, help = "how long each wait lasts at most" },
  },
  permissions = { "dws:openAPICluster:getDetail" },
  targets = { "dws/{cluster_id}" },
  changes = "coordinator nodes of the cluster; services have to be stopped meanwhile",
  costs = "nothing: CNs stand on the cluster's nodes",
  undo = "none: a deletion has no rollback, a failure may only be retried; the opposite action is another run",
  run = run_it,
}
