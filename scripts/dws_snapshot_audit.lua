-- SPDX-License-Identifier: Apache-2.0
-- Are all DWS clusters of the project backed up as they should be? Reads only.
--
--   1. list        clusters and snapshots, one answer each
--   2. look        per cluster, some at a time: its policies and the chain of its snapshots
--   3. judge       the age of the last good snapshot, full ones, retention, failures since
--   4. report      a table, a line for each finding; with fail_on_findings=true the run fails if there is one
-- A snapshot counts as good when it is AVAILABLE and holds the whole cluster; its age is that of its beginning.

local HOUR = 3600000
local DAY = 24 * HOUR

local function text_of(value)
  return type(value) == "string" and value or ""
end

local function words(list)
  return table.concat(list, ", ")
end

---------------------------------------------------------------------------
-- 1. List.

local function wanted(p, cluster)
  local function named(list)
    for _, name in ipairs(list or {}) do
      if name == cluster.name or name == cluster.id then return true end
    end
    return false
  end
  return (not p.clusters or named(p.clusters)) and not named(p.except)
end

local function check_names(run, p, list)
  local known = {}
  for _, cluster in ipairs(list) do known[cluster.name], known[cluster.id] = true, true end
  local missing = {}
  for _, name in ipairs(p.clusters or {}) do
    if not known[name] then missing[#missing + 1] = name end
  end
  if #missing > 0 then run:fail(("no cluster is called %s"):format(words(missing)), "hwdb call dws.list_clusters") end
end

local function list(run, p)
  local all = run.dws:list_clusters{ enterprise_project_id = p.enterprise_project_id }.clusters or {}
  check_names(run, p, all)
  local audited, of, homeless = {}, {}, { count = 0, gb = 0 }
  local present = {}
  for _, cluster in ipairs(all) do
    present[cluster.id] = true
    if wanted(p, cluster) then audited[#audited + 1] = cluster end
  end
  table.sort(audited, function(a, b) return a.name < b.name end)
  for _, snapshot in ipairs(run.dws:list_snapshots{}.snapshots or {}) do
    local own = of[snapshot.cluster_id] or {}
    own[#own + 1], of[snapshot.cluster_id] = snapshot, own
    if not present[snapshot.cluster_id] then
      homeless.count, homeless.gb = homeless.count + 1, homeless.gb + (tonumber(snapshot.size) or 0)
    end
  end
  run:line("ok", ("%d of %d clusters are looked at"):format(#audited, #all))
  -- Another enterprise project's clusters are not in the list either.
  if homeless.count > 0 and not p.enterprise_project_id then
    run:line("warn", ("%d snapshots (%.0f GB) are of clusters that are gone: they cost until they are deleted"):format(
      homeless.count, homeless.gb))
  end
  return audited, of
end

---------------------------------------------------------------------------
-- 2. Look.

-- What a snapshot builds on stands in this list only.
local function chain(run, cluster)
  local whole = {}
  for snapshot in run.dws:each("list_cluster_snapshots", { cluster_id = cluster.id, limit = 100 }) do
    local key, base = text_of(snapshot.backup_key), text_of(snapshot.base_backup_key)
    whole[snapshot.id] = { partial = snapshot.fine_grained_backup == true,
      full = snapshot.type == "MANUAL" or key ~= "" and key == base or text_of(snapshot.prior_backup_key) == "" and base == "" }
  end
  return whole
end

local function look_at(run, cluster)
  local policy = run.dws:list_snapshot_policy{ cluster_id = cluster.id }
  return { policy = policy, chain = chain(run, cluster) }
end

local function look(run, p, audited)
  local fns = {}
  for i, cluster in ipairs(audited) do
    fns[i] = function() return look_at(run, cluster) end
  end
  return run:gather(fns, { max = p.parallel })
end

---------------------------------------------------------------------------
-- 3. Judge. A finding is { "fail" or "warn", text }.

local function newest(run, snapshots, fits)
  local best, best_ms
  for _, snapshot in ipairs(snapshots) do
    local ms = run:instant(snapshot.started)
    if ms and fits(snapshot) and (not best or ms > best_ms) then best, best_ms = snapshot, ms end
  end
  return best, best_ms
end

local function last_of(run, seen, snapshots)
  local function good(snapshot)
    local link = seen.chain[snapshot.id]
    return snapshot.status == "AVAILABLE" and not (link and link.partial)
  end
  local last = {}
  last.good, last.good_ms = newest(run, snapshots, good)
  last.full, last.full_ms = newest(run, snapshots, function(snapshot)
    local link = seen.chain[snapshot.id]
    return good(snapshot) and (snapshot.type == "MANUAL" or link ~= nil and link.full)
  end)
  last.bad, last.bad_ms = newest(run, snapshots, function(snapshot) return snapshot.status == "UNAVAILABLE" end)
  return last
end

local function age_text(run, now, ms)
  return run:span((now - ms) / 1000)
end

local function judge_age(run, p, now, cluster, last, add)
  local created = run:instant(cluster.created)
  local young = created and now - created < p.max_age_hours * HOUR
  if not last.good then
    add(young and "warn" or "fail", young and "no good snapshot yet: the cluster is new" or "no good snapshot at all")
  elseif now - last.good_ms > p.max_age_hours * HOUR then
    add("fail", ("the last good snapshot is %s old, more than max_age_hours=%d"):format(age_text(run, now, last.good_ms), p.max_age_hours))
  end
  if last.good and not (last.full and now - last.full_ms <= p.max_full_days * DAY) and not young then
    add("fail", last.full and ("the last full snapshot is %s old, more than max_full_days=%d"):format(age_text(run, now, last.full_ms),
      p.max_full_days) or "no full snapshot is there to build on")
  end
  if last.bad and last.bad_ms > (last.good_ms or 0) then
    add("fail", ("the latest snapshot failed: %s of %s is UNAVAILABLE"):format(last.bad.name, last.bad.started))
  end
end

local function judge_policy(p, now, policy, add)
  local strategies, full = policy.backup_strategies or {}, false
  for _, strategy in ipairs(strategies) do
    if strategy.backup_type ~= "increment" and (strategy.backup_level or "cluster") == "cluster" then full = true end
    local fires = tonumber(strategy.next_fire_time)
    if not fires or fires < now - HOUR then
      add("warn", ("the policy %s has no next time"):format(tostring(strategy.policy_name)))
    end
  end
  if #strategies == 0 or policy.auto_backup == false then
    add("fail", "no automated snapshots")
  elseif not full then
    add("fail", "no policy takes full snapshots of the cluster")
  end
  local days = tonumber(policy.keep_day)
  if not days or days < p.min_keep_days then
    add("fail", ("automated snapshots are kept %s days, fewer than min_keep_days=%d"):format(days and ("%d"):format(days) or "?",
      p.min_keep_days))
  end
  local device = text_of(policy.device_name)
  if device ~= "" and device ~= "OBS" then
    add("warn", ("snapshots go to %s: they cannot be restored to a new cluster"):format(device))
  end
end

local function policies_text(policy)
  local parts = {}
  for i, strategy in ipairs(policy.backup_strategies or {}) do
    parts[i] = ("%s %s"):format(strategy.backup_type or "full", text_of(strategy.backup_strategy))
  end
  return table.concat(parts, "; ")
end

local function judged(run, p, now, cluster, seen, snapshots)
  local findings = {}
  local function add(kind, text) findings[#findings + 1] = { kind, text } end
  local last = last_of(run, seen, snapshots)
  judge_age(run, p, now, cluster, last, add)
  judge_policy(p, now, seen.policy, add)
  return { findings = findings, row = { cluster.name, cluster.status, policies_text(seen.policy), seen.policy.keep_day,
    last.good and last.good.name or "", last.good and last.good.type or "",
    last.good and math.floor((now - last.good_ms) / HOUR) or "" } }
end

---------------------------------------------------------------------------
-- 4. Report.

local COLUMNS = { "cluster", "status", "policies", "keep days", "last good", "type", "age h", "verdict" }

local function report(run, audited, results)
  local rows, violating, count = {}, {}, 0
  for i, result in ipairs(results) do
    local verdict = "ok"
    for _, finding in ipairs(result.findings) do
      run:line(finding[1], ("%s: %s"):format(audited[i].name, finding[2]))
      if finding[1] == "fail" then verdict = "violates" elseif verdict == "ok" then verdict = "look" end
      count = count + 1
    end
    if verdict == "violates" then violating[#violating + 1] = audited[i].name end
    rows[i] = result.row
    rows[i][#COLUMNS] = verdict
  end
  run:table{ name = "snapshots", columns = COLUMNS, rows = rows,
    note = ("%d clusters, %d findings, %d clusters violate the rules"):format(#audited, count, #violating) }
  return violating, count
end

local function judge(run, p, audited, seen, of)
  local results, now = {}, run:now()
  for i, cluster in ipairs(audited) do
    local answer, err = seen[i][1], seen[i][2]
    if answer then
      results[i] = judged(run, p, now, cluster, answer, of[cluster.id] or {})
    else
      results[i] = { findings = { { "fail", "could not be looked at: " .. err.message } },
        row = { cluster.name, cluster.status, "", "", "", "", "" } }
    end
  end
  return results
end

local function audit(run, p)
  local audited, of = run:step("list", list, run, p)
  local seen = run:step("look", look, run, p, audited)
  local results = run:step("judge", judge, run, p, audited, seen, of)
  local violating, count = run:step("report", report, run, audited, results)
  if p.fail_on_findings and #violating > 0 then
    run:fail(("%d of %d clusters violate the rules: %s"):format(#violating, #audited, words(violating)),
      "set policies on the console or with hwdb call dws.create_snapshot_policy; take one now: hwdb call dws.create_snapshot")
  end
  return { clusters = #audited, findings = count, violating = violating }
end

return {
  name = "dws_snapshot_audit",
  summary = "Audits policies, age and retention of the snapshots of all DWS clusters; changes nothing",
  params = {
    { name = "max_age_hours", type = "integer", min = 1, max = 10000, default = 24,
      help = "the last good snapshot may be so old" },
    { name = "max_full_days", type = "integer", min = 1, max = 1000, default = 8, help = "the last full snapshot may be so old" },
    { name = "min_keep_days", type = "integer", min = 1, max = 31, default = 7,
      help = "automated snapshots have to be kept so long" },
    { name = "clusters", type = "list", help = "only these: names or IDs" },
    { name = "except", type = "list", help = "all but these: names or IDs" },
    { name = "enterprise_project_id", type = "string", help = "only its clusters; all_granted_eps for all that are granted" },
    { name = "parallel", type = "integer", min = 1, max = 32, default = 8, help = "how many clusters are looked at at once" },
    { name = "fail_on_findings", type = "boolean", default = false, help = "fail if a cluster violates a rule" },
  },
  permissions = { "dws:openAPICluster:list", "dws:openAPISnapshot:list" },
  targets = {},
  changes = "nothing",
  costs = "nothing",
  undo = "none is needed",
  run = audit,
}
