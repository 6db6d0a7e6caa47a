-- SPDX-License-Identifier: Apache-2.0
-- What is not as it should be: all DDM, DWS and DBSS instances of an account, over its regions and projects.
--
--   1. places      the account's projects tell its regions; those wanted are taken, unknown ones are told
--   2. look        states, nodes, tasks, disks, snapshots, backups, subscriptions, audit; side by side, what cannot be
--                  looked at becomes a finding of its own
--   3. result      a table of findings, the worst first, each with what to do; fail_on= makes the run fail by it
-- It only reads. `hwdb report RUN --format csv|html|json` gives the tables again.

local SERVICES = { "ddm", "dws", "dbss" }
local SEVERITIES = { "critical", "high", "medium", "low" }

-- No service takes larger pages in each of its lists.
local PAGE = 100

local HOUR = 3600000
local DAY = 86400000

-- What no call shows.
local BY_HAND = {
  "when yearly/monthly DDM instances end, and whether they are renewed: the billing centre shows it",
  "the disks, backups and parameters of the RDS data nodes: RDS has its own alarms for them",
  "whether the alarms reach somebody: see dws_subscriptions",
}

local function text(value)
  return type(value) == "string" and value or type(value) == "number" and tostring(value) or ""
end

local function counted(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list or {}) do set[value] = true end
  return set
end

local function percent_of(value)
  return tonumber((text(value):match("^%s*([%d.]+)")))
end

---------------------------------------------------------------------------
-- 1. Places: a project's name is its region's, or begins with it.

local function wanted_services(run, p)
  local known, wanted = set_of(SERVICES), set_of(p.services)
  for _, name in ipairs(p.services) do
    if not known[name] then run:fail(("there is no service %s here"):format(name), "services: " .. table.concat(SERVICES, ", ")) end
  end
  local list = {}
  for _, name in ipairs(SERVICES) do
    if wanted[name] then list[#list + 1] = name end
  end
  return list
end

-- What was asked for and is not there is a finding; the rest is looked at.
local function places(run, p, findings)
  local list, unknown = run:projects(p)
  for _, each in ipairs(unknown) do
    findings[#findings + 1] = { "high", "", each.name, "", "", "",
      "the account has no project there, or these credentials may not see it", "compare with `hwdb call iam.list_projects`" }
  end
  if #list == 0 then run:fail("there is no place to look at", "see `hwdb call iam.list_projects`; give regions= or projects= of it") end
  run:line("ok", ("%s to look at"):format(counted(#list, "project")))
  for _, what in ipairs(BY_HAND) do run:line("unseen", what) end
  return list
end

---------------------------------------------------------------------------
-- 2. What is looked at. `look` has find(severity, thing, what, remedy), part(thing, what, fn), which makes a failure a
-- finding, runbook(name, params), the command to type, instant(value), a moment of an answer, and the time.

local function is_old(look, value, hours)
  local at = look.instant(value)
  return at ~= nil and look.now - at > hours * HOUR
end

-- -- DDM.

local DDM_STATES = {
  ERROR = { "critical", "ask support; the reason is in its task (`hwdb call ddm.list_jobs`)" },
  CREATEFAILED = { "high", "delete it and create it again; nothing uses it" },
  FREEZING = { "critical", "settle the account: a frozen instance serves nobody and is deleted in the end" },
  FROZEN = { "critical", "settle the account: a frozen instance serves nobody and is deleted in the end" },
}

local function ddm_state(look, instance)
  local state = DDM_STATES[instance.status]
  if state then
    look.find(state[1], instance, "is " .. instance.status .. (instance.error_msg and ": " .. text(instance.error_msg) or ""), state[2])
  elseif instance.status ~= "RUNNING" then
    look.find("low", instance, "is " .. text(instance.status), "a task is under way: look again when it has ended")
  end
end

local function ddm_nodes(at, look, instance)
  local bad, count = {}, 0
  for node in at.ddm:each("list_nodes", { instance_id = instance.id, limit = PAGE }) do
    count = count + 1
    if node.status ~= "normal" and node.status ~= "RUNNING" then bad[#bad + 1] = ("%s is %s"):format(node.ip, node.status) end
  end
  if #bad == 0 then return end
  local what = ("%d of %s: %s"):format(#bad, counted(count, "node"), table.concat(bad, ", "))
  look.find(#bad == count and "critical" or "high", instance, what, "the others serve its clients meanwhile; restart it or ask support")
end

local function ddm_task(look, instance, job)
  local offered = set_of(type(job.operations) == "table" and job.operations or {})
  local where = ("instance_id=%s schema=%s job_id=%s"):format(instance.id, text(job.database_name), job.id)
  local what = job.name .. (text(job.database_name) ~= "" and " of " .. job.database_name or "")
  if offered.toBeRetried or offered.toBeRolled then
    look.find("high", instance, ("%s failed: %s"):format(what, text(job.fail_reason)), look.runbook("ddm_shard_migration", where))
  elseif offered.toBeSwitched or job.status == "ToBeSwitched" then
    look.find("medium", instance, what .. " waits for its route to be switched", look.runbook("ddm_shard_migration", where))
  elseif offered.toBeCleaned or job.status == "ToBeCleaned" then
    look.find("low", instance, what .. " has left source data behind", look.runbook("ddm_shard_clean", where))
  elseif job.status == "Failed" then
    look.find("medium", instance, ("%s failed at %s: %s"):format(what, text(job.end_time), text(job.fail_reason)),
      "see to the reason, then do again what it was for")
  end
end

-- A task that failed and was done again later is no finding: only the latest of a kind counts.
local function ddm_tasks(at, look, by_id)
  local latest, order = {}, {}
  for job in at.ddm:each("list_jobs", { start_time = look.now - 30 * DAY + HOUR, end_time = look.now, limit = PAGE }) do
    local key = table.concat({ text(job.instance_id), text(job.name), text(job.database_name) }, "\0")
    if not latest[key] then order[#order + 1] = key end
    if not latest[key] or text(job.created_time) > text(latest[key].created_time) then latest[key] = job end
  end
  for _, key in ipairs(order) do
    local instance = by_id[latest[key].instance_id]
    if instance then ddm_task(look, instance, latest[key]) end
  end
end

local function ddm_backups(at, look, p, instances)
  local newest = {}
  for backup in at.ddm:each("list_backups", { limit = PAGE }) do
    if text(backup.created) > (newest[backup.instance_id] or "") then newest[backup.instance_id] = backup.created end
  end
  for _, instance in ipairs(instances) do
    local last = newest[instance.id]
    local late = not last or is_old(look, last, p.backup_hours)
    if late and instance.status == "RUNNING" and is_old(look, instance.created, p.backup_hours) then
      look.find("medium", instance, "its newest metadata backup is " .. (last and "of " .. last or "missing"),
        "the service makes one a day by itself: ask support why it does not")
    end
  end
end

local CHECK = {}

function CHECK.ddm(at, look, p)
  local instances, by_id = {}, {}
  for instance in at.ddm:each("list_instances", { limit = PAGE }) do
    instances[#instances + 1] = { id = instance.id, name = instance.name, status = instance.status, created = instance.created,
      error_msg = instance.error_msg }
    by_id[instance.id] = instances[#instances]
    ddm_state(look, instance)
  end
  look.count(#instances)
  if #instances == 0 then return end
  look.part({}, "the tasks", ddm_tasks, at, look, by_id)
  look.part({}, "the backups", ddm_backups, at, look, p, instances)
  for _, instance in ipairs(instances) do
    if not DDM_STATES[instance.status] then look.part(instance, "the nodes", ddm_nodes, at, look, instance) end
  end
end

-- -- DWS.

local DWS_GOOD = set_of{ "AVAILABLE", "ACTIVE" }
local DWS_UNDER_WAY = set_of{ "CREATING", "DELETING" }
local DWS_BAD_NODES = set_of{ "300", "303", "305" }

-- Parts of a sub-status, as the documents join them; a runbook is called with the cluster.
local DWS_SUB = {
  { "READONLY", "critical", "is read-only: its disks are over 90 %", "stop the writes, then: ", runbook = "dws_readonly_rescue" },
  { "REDISTRIBUTION%-FAILURE", "high", "redistribution failed", "nothing is lost; start the redistribution again" },
  { "DEGRADED", "high", "is degraded: a node is down", "the cluster still serves; ask support if it lasts" },
  { "UNBALANCED", "medium", "is unbalanced: primary instances lie unevenly", "switch primary and standby back off-peak" },
}

local function dws_task(look, cluster)
  local task = text(cluster.task_status)
  if task == "CLUSTER_SHRINK_FAILED" then
    look.find("critical", cluster, "scale-in failed: everything else is locked",
      "it is entered again, never abandoned: " .. look.runbook("dws_shrink", "cluster_id=" .. cluster.id))
  elseif task:find("FAIL", 1, true) then
    look.find("high", cluster, "its task is " .. task, "see its events, then do again what it was for")
  end
  local reason = type(cluster.failed_reasons) == "table" and text(cluster.failed_reasons.error_msg) or ""
  if reason ~= "" then look.find("high", cluster, "says it failed: " .. reason, "see to the reason; ask support with it") end
end

local function dws_state(look, cluster)
  if not DWS_GOOD[cluster.status] then
    local under_way = DWS_UNDER_WAY[cluster.status]
    look.find(under_way and "low" or "critical", cluster, "is " .. text(cluster.status), under_way
      and "a task is under way: look again when it has ended" or "ask support; its last snapshot restores to a new cluster")
  end
  for _, sub in ipairs(DWS_SUB) do
    if text(cluster.sub_status):find(sub[1]) then
      look.find(sub[2], cluster, sub[3], sub[4] .. (sub.runbook and look.runbook(sub.runbook, "cluster_id=" .. cluster.id) or ""))
    end
  end
  dws_task(look, cluster)
  local bad = 0
  for _, node in ipairs(type(cluster.nodes) == "table" and cluster.nodes or {}) do
    if DWS_BAD_NODES[text(node.status)] then bad = bad + 1 end
  end
  if bad > 0 then look.find("high", cluster, counted(bad, "node") .. " unavailable or failed", "see its events; ask support") end
end

local function dws_disk(at, look, p, cluster)
  local most, where = 0, nil
  for _, disk in ipairs(at.dws:show_cluster_volume{ cluster_id = cluster.id }.disk_info_list or {}) do
    local percent = percent_of(disk.percentage)
    if percent and percent > most then most, where = percent, disk.name end
  end
  if most < p.disk_percent then return end
  look.find(most >= 85 and "high" or "medium", cluster, ("%s: the disk is %.0f %% full"):format(text(where), most),
    "clean up or grow the disks: at 90 % the cluster takes queries only")
end

local function dws_policy(at, look, cluster)
  local policy = at.dws:list_snapshot_policy{ cluster_id = cluster.id }
  local list = type(policy.backup_strategies) == "table" and policy.backup_strategies or {}
  if policy.auto_backup ~= false and #list > 0 then return end
  look.find("medium", cluster, "takes no automated snapshots",
    "add a policy: dws.create_snapshot_policy; " .. look.runbook("dws_snapshot_audit", ""))
end

local function dws_snapshots(at, look, p, clusters)
  local newest = {}
  for _, snapshot in ipairs(at.dws:list_snapshots{}.snapshots or {}) do
    local begun = snapshot.status == "AVAILABLE" and text(snapshot.started) or ""
    if begun > (newest[snapshot.cluster_id] or "") then newest[snapshot.cluster_id] = begun end
  end
  for _, cluster in ipairs(clusters) do
    local last = newest[cluster.id]
    if (not last or is_old(look, last, p.snapshot_hours)) and is_old(look, cluster.created, p.snapshot_hours) then
      look.find("high", cluster, "its newest usable snapshot is " .. (last and "of " .. last or "missing"),
        "take one now: `hwdb api dws.create_snapshot`; then find out why none is made")
    end
  end
end

local function dws_quotas(at, look, p)
  local quotas = at.dws:list_quotas{}.quotas
  for _, one in ipairs(type(quotas) == "table" and quotas.resources or {}) do
    local used, quota = tonumber(one.used), tonumber(one.quota)
    if used and quota and quota > 0 and used * 100 >= quota * p.quota_percent then
      look.find("low", {}, ("quota of %s: %d of %d used"):format(text(one.type), used, quota),
        "ask for more before a restore or a scale-out needs it")
    end
  end
end

function CHECK.dws(at, look, p)
  local clusters = {}
  for i, cluster in ipairs(at.dws:list_clusters{}.clusters or {}) do
    clusters[i] = { id = cluster.id, name = cluster.name, status = cluster.status, created = cluster.created }
    dws_state(look, cluster)
  end
  look.count(#clusters)
  if #clusters == 0 then return end
  look.part({}, "the snapshots", dws_snapshots, at, look, p, clusters)
  look.part({}, "the quotas", dws_quotas, at, look, p)
  for _, cluster in ipairs(clusters) do
    if DWS_GOOD[cluster.status] then
      look.part(cluster, "the disks", dws_disk, at, look, p, cluster)
      look.part(cluster, "the snapshot policy", dws_policy, at, look, cluster)
    end
  end
end

-- -- DBSS.

local DBSS_STATES = {
  ERROR = { "critical", "is ERROR", "ask support: nothing is audited" },
  FROZEN = { "critical", "is frozen", "settle the account: nothing is audited" },
  SHUTOFF = { "high", "is shut off: none of its databases is audited", "start it; stopping ended the audit of all of them" },
}

-- Casing of these fields varies, and the names of the two counts of days look swapped: the end itself is unambiguous.
local function dbss_end(look, p, instance)
  local ends = look.instant(instance.expired)
  if not ends then return end
  local days = (ends - look.now) // DAY
  if days < 0 then
    look.find("critical", instance, "ended " .. instance.expired, "renew it at once: unsubscribing erases its records and logs")
  elseif days < p.expiry_days then
    look.find(days < 7 and "high" or "medium", instance, ("ends in %s: %s"):format(counted(days, "day"), instance.expired),
      "renew it, or switch automatic renewal on")
  end
end

local function dbss_state(look, p, instance)
  local state = DBSS_STATES[instance.status]
  if state then
    look.find(state[1], instance, state[2], state[3])
  elseif instance.status ~= "ACTIVE" then
    look.find("low", instance, "is " .. text(instance.status), "a task is under way: look again when it has ended")
  end
  if text(instance.effect) ~= "" and not state then
    look.find("critical", instance, ("is frozen%s"):format(text(instance.scene) ~= "" and ": " .. instance.scene or ""),
      "settle the account: nothing is audited")
  end
  if text(instance.new_version) ~= "" then
    look.find("low", instance, "an upgrade to " .. text(instance.new_version) .. " is due", "upgrade it off-peak")
  end
  local held, limit = tonumber(instance.config_num or instance.configNum), tonumber(instance.database_limit)
  if held and limit and limit > 0 and held >= limit then
    look.find("low", instance, ("holds %d of %d databases"):format(held, limit), "a further one needs a larger edition: a new instance")
  end
  dbss_end(look, p, instance)
end

local function dbss_databases(at, look, instance)
  local count = 0
  for entry in at.dbss:each("list_audit_databases", { instance_id = instance.id, limit = tostring(PAGE) }) do
    local database = entry.database or entry
    count = count + 1
    if database.status ~= "ON" then
      look.find("high", instance, ("audit of %s is off"):format(text(database.name)), "switch it on; the database needs no restart")
    elseif text(database.audit_status) ~= "ACTIVE" and text(database.audit_status) ~= "" then
      look.find("high", instance, ("audit of %s is %s"):format(text(database.name), database.audit_status),
        "see that an agent of it runs and reaches TCP 8000 and UDP 7000 to 7100")
    end
  end
  if count == 0 then look.find("medium", instance, "audits no database", "add its databases (dbss_onboarding), or give the instance up") end
end

function CHECK.dbss(at, look, p)
  local instances = {}
  for instance in at.dbss:each("list_audit_instances", { limit = tostring(PAGE) }) do
    instances[#instances + 1] = { id = instance.id, name = instance.name, status = instance.status }
    dbss_state(look, p, instance)
  end
  look.count(#instances)
  for _, instance in ipairs(instances) do
    if instance.status == "ACTIVE" then look.part(instance, "the databases", dbss_databases, at, look, instance) end
  end
end

-- -- All of them.

local function look_of(run, now, job, findings)
  local look = { now = now }
  function look.find(severity, thing, what, remedy)
    local place = job.place
    findings[#findings + 1] = { severity, place.region, place.project, job.service, text(thing.name), text(thing.id), what, remedy }
  end
  function look.part(thing, what, fn, ...)
    local _, err = run:try(fn, ...)
    if not err then return end
    look.find("high", thing, ("%s could not be read: %s"):format(what, run:told(err)), "see to it and look again: `hwdb doctor`")
  end
  function look.runbook(name, params)
    return (("hwdb run %s --region %s --project-id %s %s"):format(name, job.place.region, job.place.id, params):gsub(" $", ""))
  end
  function look.instant(value) return run:instant(value) end
  function look.count(count) job.count = count end
  return look
end

local function look_at_all(run, p, list, services, findings)
  local jobs, fns, ended, failed, last = {}, {}, 0, 0, nil
  local now = run:now()
  for _, place in ipairs(list) do
    for _, service in ipairs(services) do jobs[#jobs + 1] = { place = place, service = service, count = 0 } end
  end
  for i, job in ipairs(jobs) do
    fns[i] = function()
      CHECK[job.service](run:at{ region = job.place.region, project = job.place.id }, look_of(run, now, job, findings), p)
      ended = ended + 1
      run:progress({ waiting_for = "the lists", percent = ended * 100 // #jobs })
    end
  end
  for i, result in ipairs(run:gather(fns, { max = p.at_once })) do
    if result[2] then
      local job = jobs[i]
      failed, last = failed + 1, run:told(result[2])
      run:line("fail", ("%s %s: %s"):format(job.place.project, job.service, last))
      look_of(run, now, job, findings).find("high", {}, "could not be looked at: " .. last, "see to it and look again: `hwdb doctor`")
    end
  end
  if failed == #jobs then run:fail("nothing could be looked at: " .. last, "see `hwdb doctor`") end
  local count = 0
  for _, job in ipairs(jobs) do count = count + job.count end
  run:line("ok", ("%s looked at"):format(counted(count, "instance")))
  return count
end

---------------------------------------------------------------------------
-- 3. Tables.

local function sort_findings(findings)
  local rank = {}
  for i, severity in ipairs(SEVERITIES) do rank[severity] = tostring(i) end
  local function key(row) return rank[row[1]] .. table.concat(row, "\0", 2, 7) end
  table.sort(findings, function(a, b) return key(a) < key(b) end)
end

local function by_severity(findings, services)
  local count, rows = {}, {}
  for _, row in ipairs(findings) do
    count[row[1]] = (count[row[1]] or 0) + 1
    local key = row[1] .. " " .. row[4]
    count[key] = (count[key] or 0) + 1
  end
  for i, severity in ipairs(SEVERITIES) do
    rows[i] = { severity, count[severity] or 0 }
    for _, service in ipairs(services) do table.insert(rows[i], count[severity .. " " .. service] or 0) end
  end
  return rows
end

local function show(run, findings, services, count, projects)
  local rows = by_severity(findings, services)
  if #findings > 0 then
    run:table{ name = "findings", rows = findings,
      columns = { "severity", "region", "project", "service", "name", "id", "finding", "remedy" } }
  end
  run:table{ name = "summary", columns = { "severity", "all", table.unpack(services) }, rows = rows,
    note = ("%s in %s: %s"):format(counted(count, "instance"), counted(projects, "project"),
      #findings == 0 and "nothing to find fault with" or counted(#findings, "finding")) }
  local result = { instances = count, projects = projects }
  for _, row in ipairs(rows) do result[row[1]] = row[2] end
  return result
end

-- The run fails if there is anything of at least this severity.
local function judge(run, p, result)
  local bad = 0
  for _, severity in ipairs(SEVERITIES) do
    if p.fail_on == "none" then return end
    bad = bad + result[severity]
    if severity == p.fail_on then break end
  end
  if bad > 0 then
    run:fail(("%s of severity %s%s"):format(counted(bad, "finding"), p.fail_on, p.fail_on == "critical" and "" or " or worse"),
      "the table of findings says what to do about each")
  end
end

local function health(run, p)
  local findings = {}
  local services = wanted_services(run, p)
  local list = run:step("places", places, run, p, findings)
  local count = run:step("look", look_at_all, run, p, list, services, findings)
  sort_findings(findings)
  local result = run:step("result", show, run, findings, services, count, #list)
  judge(run, p, result)
  return result
end

return {
  name = "fleet_health",
  summary = "Looks for what is not as it should be in all DDM, DWS and DBSS instances, over regions and projects",
  params = {
    { name = "regions", type = "list", help = "only these; all in which the account has a project unless given" },
    { name = "projects", type = "list", help = "only these, by name or id; all unless given" },
    { name = "services", type = "list", default = { "ddm", "dws", "dbss" }, help = "only these: ddm, dws, dbss" },
    { name = "fail_on", type = "choice", choices = { "none", "critical", "high", "medium", "low" }, default = "none",
      help = "end as failed when a finding is at least so severe" },
    { name = "disk_percent", type = "integer", min = 1, max = 100, default = 80, help = "a DWS disk so full is a finding" },
    { name = "snapshot_hours", type = "integer", min = 1, default = 48, help = "a DWS cluster's newest snapshot may be so old" },
    { name = "backup_hours", type = "integer", min = 25, default = 36, help = "a DDM instance's newest metadata backup may be so old" },
    { name = "expiry_days", type = "integer", min = 1, default = 30, help = "a subscription that ends sooner is a finding" },
    { name = "quota_percent", type = "integer", min = 1, max = 100, default = 90, help = "a DWS quota so used up is a finding" },
    { name = "at_once", type = "integer", min = 1, max = 256, default = 64, help = "lists read at the same time" },
  },
  permissions = { "iam:projects:listProjects", "ddm:instance:list", "dws:openAPICluster:list", "dws:openAPISnapshot:list" },
  pace = { ddm = 60 },
  changes = "nothing: it only reads",
  costs = "nothing",
  undo = "nothing to undo",
  run = health,
}
