-- SPDX-License-Identifier: Apache-2.0
-- Metadata restore of a DDM instance: the schemas of a backup are laid over RDS instances whose rows were restored before.
--
-- The manual's order: (1) each RDS data node is restored to the moment, onto another RDS instance, (2) an empty DDM instance
-- is made, (3) its metadata is restored to the same moment. This is (3):
--   1. plan        the backup, the data nodes it is of, the RDS instances that hold their rows now
--   2. preflight   every prerequisite an API can see, above all: the shards are on the RDS instances
--   3. restore     the name of each RDS instance is typed back, then the backup is laid over them
--   4. verify      schemas, shards and the databases below them
-- No row is restored by this, and none is changed; the source is only read, and may be gone already.

local DAY = 86400000

-- What no API shows. A person goes through it before anything is changed.
local BY_HAND = {
  "each RDS instance was restored by point-in-time recovery to the very moment of the metadata, all to the same",
  "nobody uses these RDS instances, by an address, a replica or a tool of their own, nor through another account",
  "nobody creates schemas or accounts on the target DDM instance meanwhile",
  "the security groups let the target DDM instance reach the RDS instances",
  "the target DDM instance is not in a primary network with the RDS instances in an extended one",
}

local function words(list)
  return table.concat(list, ", ")
end

-- Names in a line; of many the first.
local function held(list)
  if #list == 0 then return "no databases" end
  if #list <= 12 then return words(list) end
  return ("%s … (%d in all)"):format(table.concat(list, ", ", 1, 12), #list)
end

---------------------------------------------------------------------------
-- 1. The backup and what it is of.

local function by_id(run, p)
  for backup in run.ddm:each("list_backups", { instance_id = p.instance_id, limit = 128 }) do
    if backup.id == p.backup_id and backup.instance_id == p.instance_id then return backup end
  end
end

-- The service takes the backup nearest to a time; this is which.
local function by_time(run, p)
  local best, away
  for backup in run.ddm:each("list_backups", { instance_id = p.instance_id, limit = 128 }) do
    local made = run:instant(backup.created)
    if backup.instance_id == p.instance_id and backup.status == "normal" and made
      and (not best or math.abs(made - p.restore_time) < away) then
      best, away = backup, math.abs(made - p.restore_time)
    end
  end
  return best
end

local function read_backup(run, p, plan)
  if (p.backup_id == nil) == (p.restore_time == nil) then
    run:fail("either backup_id or restore_time is needed, and not both", "`hwdb call ddm.list_backups` lists the backups")
  end
  local find = p.backup_id and by_id or by_time
  plan.backup = find(run, p) or run:fail("there is no such backup of this instance", "`hwdb call ddm.list_backups` lists the backups")
  plan.made = run:instant(plan.backup.created)
  plan.of = run.ddm:show_backup{ instance_id = p.instance_id, backup_id = plan.backup.id }.related_data_nodes or {}
  run:note(("the backup %s of %s, with %d data nodes"):format(plan.backup.name, run:clock(plan.made), #plan.of))
end

-- Physical databases by data node, of the schemas that were there when the backup was made.
local function shards_of(run, p, plan)
  local homes = {}
  for schema in run.ddm:each("list_schemas", { instance_id = p.instance_id, limit = 128 }) do
    local created = run:instant(schema.created) or 0
    if created <= plan.made then
      local shown = run.ddm:show_schema_v3{ instance_id = p.instance_id, database_name = schema.name }
      if #(shown.shards or {}) == 0 then table.insert(plan.unshown, schema.name) end
      for _, shard in ipairs(shown.shards or {}) do
        homes[shard.data_node_id] = homes[shard.data_node_id] or {}
        table.insert(homes[shard.data_node_id], shard.physical_db_name)
      end
    end
  end
  return homes
end

local function databases_of(run, id)
  return run:try(function()
    local list = {}
    for database in run.rds:each("list_databases", { instance_id = id, page = 1, limit = 100 }) do list[#list + 1] = database.name end
    table.sort(list)
    return list
  end)
end

local function read_nodes(run, p)
  local nodes = {}
  for i, id in ipairs(p.nodes) do
    nodes[i] = { id = id }
    for node in run.rds:each("list_instances", { id = id }) do
      if node.id == id then nodes[i].found = node end
    end
    if nodes[i].found then nodes[i].contents, nodes[i].unlisted = databases_of(run, id) end
  end
  return nodes
end

-- Which given RDS instance has all databases that a data node had.
local function match(plan)
  local taken = {}
  for _, old in ipairs(plan.of) do
    for _, node in ipairs(plan.nodes) do
      local there, missing = {}, {}
      for _, name in ipairs(node.contents or {}) do there[name] = true end
      for _, name in ipairs(plan.homes[old.instance_id] or {}) do
        if not there[name] then missing[#missing + 1] = name end
      end
      if #missing == 0 and not taken[node.id] and not old.match and #(node.contents or {}) > 0 then
        old.match, taken[node.id], node.source = node.id, true, old
      end
      old.missing = old.missing and #old.missing <= #missing and old.missing or missing
    end
  end
end

-- nil only if it is gone: what merely cannot be read might use the RDS instances, and would tell its shards.
local function source_of(run, p)
  local found, err = run:try(run.ddm.show_instance, run.ddm, { instance_id = p.instance_id })
  if not found and err.status ~= 404 and err.class ~= "not_found" then error(err, 0) end
  if found and found.status ~= "DELETED" then return found end
  for instance in run.ddm:each("list_instances", { limit = 128 }) do
    if instance.id == p.instance_id and instance.status ~= "DELETED" then return instance end
  end
end

local function read_plan(run, p)
  local plan = {}
  read_backup(run, p, plan)
  plan.target = run.ddm:show_instance{ instance_id = p.target_instance_id }
  plan.source = source_of(run, p)
  plan.unshown = {}
  plan.homes = plan.source and shards_of(run, p, plan) or {}
  plan.nodes = read_nodes(run, p)
  match(plan)
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_backup(run, p, plan, check)
  check("backup usable", plan.backup.status == "normal", ("%s is %s"):format(plan.backup.name, plan.backup.status))
  if not p.restore_time then return end
  local away = math.abs(plan.made - p.restore_time) // 1000
  check("moment", p.restore_time <= run:now(), run:clock(p.restore_time))
  check("backup near the moment", away <= DAY // 1000 or "warn", ("the nearest is %s away"):format(run:span(away)))
end

-- An operation on a source that is gone says nothing.
local function offered(run, p, plan, op, args, id)
  args.instance_id, args.limit = p.instance_id, 128
  local available, detail = run:try(run.offered, run, op, args, id)
  if available == nil then return not plan.source and "unseen", detail.message end
  return available, detail
end

local function check_target(run, p, plan, check)
  local target, task = plan.target, run:task_under_way(plan.target.id)
  check("another instance", target.id ~= p.instance_id, target.id == p.instance_id and "the target is the source" or target.name)
  check("same region", true, "both answer at this region's endpoint")
  if plan.source then
    check("source kernel", run:version_at_least(plan.source.engine_version, "2.3.2.11"), ("%s, at least 2.3.2.11"):format(
      tostring(plan.source.engine_version)))
  else
    check("source kernel", "unseen", "the source is gone; at least 2.3.2.11")
  end
  check("target kernel", run:version_at_least(target.engine_version, "3.0.8"), ("%s, at least 3.0.8"):format(
    tostring(target.engine_version)))
  check("target running", target.status == "RUNNING", target.status)
  check("no task on the target", not task, task or "none runs")
  run:empty_target(check, target.id)
  check("target offered", offered(run, p, plan, "ddm.list_restorable_instances", {}, target.id))
end

local function check_list(plan, check)
  local seen, twice, own, sources = {}, {}, {}, {}
  for _, old in ipairs(plan.of) do sources[old.instance_id] = true end
  for id in pairs(plan.homes) do sources[id] = true end
  for _, node in ipairs(plan.nodes) do
    if seen[node.id] then twice[#twice + 1] = node.id end
    if sources[node.id] then own[#own + 1] = node.id end
    seen[node.id] = true
  end
  check("as many RDS instances as data nodes", #plan.of > 0 and #plan.nodes == #plan.of, ("%d, the backup has %d"):format(
    #plan.nodes, #plan.of))
  check("each once", #twice == 0, #twice == 0 and "yes" or "twice: " .. words(twice))
  check("no source node", #own == 0, #own == 0 and "yes" or "source data nodes: " .. words(own))
end

local function check_node(run, p, plan, node, check)
  local found = node.found
  if not found then return check("RDS instance " .. node.id, false, "RDS lists no such instance") end
  local store = found.datastore or {}
  check(found.name .. " state", found.status == "ACTIVE" and not found.read_only_by_user,
    found.status .. (found.read_only_by_user and ", read-only" or ""))
  check(found.name .. " engine", store.type == "MySQL", ("%s %s"):format(tostring(store.type), tostring(store.version)))
  check(found.name .. " VPC", found.vpc_id == plan.target.vpc_id, found.vpc_id)
  check(found.name .. " subnet", found.subnet_id == plan.target.subnet_id, found.subnet_id == plan.target.subnet_id and "the target's"
    or "not the target's")
  local used, untold = plan.used, plan.untold
  local user = used[found.id] or found.associated_with_ddm and "a DDM instance"
  check(found.name .. " in no DDM instance", not user and #untold == 0, user and "used by " .. user
    or #untold > 0 and "these do not tell: " .. words(untold) or "of this account")
  check(found.name .. " contents", node.contents ~= nil, node.contents and held(node.contents) or node.unlisted.message)
  if node.source then
    check(found.name .. " offered", offered(run, p, plan, "ddm.list_restorable_data_nodes", {
      target_instance_id = plan.target.id, source_dn_instance_id = node.source.instance_id,
      restore_time = ("%d"):format(p.restore_time or plan.made) }, found.id))
  end
end

local function check_shards(plan, check)
  local seen, versions = {}, {}
  for _, node in ipairs(plan.nodes) do
    local version = node.found and tostring((node.found.datastore or {}).version):match("^%d+%.%d+")
    if version and not seen[version] then versions[#versions + 1] = version end
    seen[version or ""] = true
  end
  check("one engine version", #versions <= 1, words(versions))
  if #plan.unshown > 0 then
    check("shards of the source", false, "not listed of " .. words(plan.unshown) .. ": nobody sees whether their rows are restored")
  end
  for _, old in ipairs(plan.of) do
    local known = #(plan.homes[old.instance_id] or {})
    local name = ("rows of %s restored"):format(old.instance_name or old.instance_id)
    if not old.match then
      check(name, false, known == 0 and "an RDS instance given holds no databases: point-in-time recovery comes first"
        or ("no RDS instance given holds all its shards, missing: %s; point-in-time recovery comes first"):format(held(old.missing)))
    elseif known == 0 then
      check(name, "unseen", "the source does not tell its shards any more; compare with the contents above")
    else
      check(name, true, ("its %d shards are on %s"):format(known, old.match))
    end
  end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_backup(run, p, plan, check)
    check_target(run, p, plan, check)
    check_list(plan, check)
    plan.used, plan.untold = run:data_nodes_in_use()
    for _, node in ipairs(plan.nodes) do check_node(run, p, plan, node, check) end
    check_shards(plan, check)
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. A person types the names, and the metadata is restored.

-- From here to the call: the target stays empty, and what was listed is what is taken over.
local function watch(run, plan)
  local nodes = {}
  for i, node in ipairs(plan.nodes) do nodes[i] = { id = node.id, listed = node.contents } end
  if run:targets_changed(plan.target.id, nodes) then
    run:fail("a target was changed by somebody else since it was looked at", "nothing has been restored; begin again")
  end
end

local function confirm(run, plan)
  for _, node in ipairs(plan.nodes) do
    if not run:ask{ name = "take " .. node.found.name, expect = node.found.name,
        question = ("%s takes over the RDS instance %s (%s), which holds: %s. Type its name to go on"):format(plan.target.name,
          node.found.name, node.id, held(node.contents)) } then
      run:fail("not confirmed: nothing has been restored", "type the instance's name exactly: " .. node.found.name)
    end
  end
end

-- The way back: the target is empty again, and the rows stay where they are. It was empty before, so the schemas that lie
-- on these RDS instances alone are this run's.
local function take_back(run, p, plan)
  local own, list = {}, {}
  for _, node in ipairs(plan.nodes) do own[node.id] = true end
  run:wait{ name = "the target instance at rest", op = "ddm.show_instance", args = { instance_id = plan.target.id },
    field = "status", success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = p.deadline_hours * 3600 }
  for schema in run.ddm:each("list_schemas", { instance_id = plan.target.id, limit = 128 }) do
    local ours = #(schema.used_rds or {}) > 0
    for _, node in ipairs(schema.used_rds or {}) do ours = ours and own[node.id] end
    if ours then list[#list + 1] = schema.name end
  end
  for _, name in ipairs(list) do
    local args = { instance_id = plan.target.id, database_name = name, delete_dn_data = false }
    run:wait_for("ddm.delete_schema_v3", args, run.ddm:delete_schema_v3(args))
  end
  run:line("ok", #list == 0 and "no schema was there to be taken back" or "taken back, the rows were kept: " .. words(list))
end

local function restore(run, p, plan)
  watch(run, plan)
  confirm(run, plan)
  local ids = {}
  for i, old in ipairs(plan.of) do ids[i] = old.match end
  local args = { instance_id = p.instance_id, source = { backup_id = p.backup_id, restore_time = p.restore_time },
    target = { instance_id = plan.target.id, data_nodes = ids } }
  run:undo{ name = "empty the target, keep the rows", run = function() take_back(run, p, plan) end }
  run:if_stopped("unless it was refused or not sent, the restore may have begun: `hwdb resume` finds out (it looks for a new "
    .. "task of the target)")
  local answer = run.ddm:restore_metadata(args)
  run:if_stopped(("the task %s goes on in the cloud: `hwdb call ddm.show_job job_id=%s` shows it"):format(answer.job_id, answer.job_id))
  run:note("the task is " .. answer.job_id)
  local _, err = run:try(run.wait_for, run, "ddm.restore_metadata", args, answer, p.deadline_hours * 3600)
  if not err then
    run:if_stopped("the restore itself is done; where only a look at it failed, `hwdb resume` looks again; nobody relies on it before")
    return answer.job_id
  end
  if err.kind ~= "failed" then error(err, 0) end
  run:if_stopped(nil)
  run:fail("the metadata restore failed: " .. run:why_failed(answer.job_id),
    ("no rows were changed. Once %s is RUNNING and empty: put the cause right and run this again"):format(plan.target.name))
end

---------------------------------------------------------------------------
-- 4. Verify: each shard listed is a database of the RDS instance it is said to be on.

local function check_schema(run, plan, name, on_node)
  local schema = run:wait{ name = "the schema " .. name, op = "ddm.show_schema_v3", args = { instance_id = plan.target.id,
    database_name = name }, field = "status", success = { "RUNNING" }, interval = 10, timeout = 1800 }.value
  local wrong = {}
  for _, shard in ipairs(schema.shards or {}) do
    if not on_node[shard.data_node_id .. "/" .. shard.physical_db_name] then wrong[#wrong + 1] = shard.physical_db_name end
  end
  local fine = #wrong == 0 and #(schema.shards or {}) == schema.shard_number
  run:line(fine and "ok" or "fail", ("%s: %d of %d shards listed, %s"):format(name, #(schema.shards or {}), schema.shard_number,
    #wrong == 0 and "each has its database" or "without a database: " .. words(wrong)))
  return fine, schema
end

local function verify(run, plan, job_id)
  run:wait{ name = "the target instance", op = "ddm.show_instance", args = { instance_id = plan.target.id }, field = "status",
    success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = 1800 }
  local on_node, rows, failed = {}, {}, {}
  for _, node in ipairs(plan.nodes) do
    for _, name in ipairs(node.contents) do on_node[node.id .. "/" .. name] = true end
  end
  for i, listed in ipairs(run.ddm:all("list_schemas", { instance_id = plan.target.id, limit = 128 })) do
    local fine, schema = check_schema(run, plan, listed.name, on_node)
    if not fine then failed[#failed + 1] = listed.name end
    rows[i] = { listed.name, schema.shard_mode, schema.shard_number, #(schema.data_nodes or {}) }
  end
  run:table{ name = "restored schemas", columns = { "schema", "mode", "shards", "data nodes" }, rows = rows }
  if #rows == 0 then failed[1] = "no schema was restored" end
  if #failed > 0 then run:fail("verification: differs: " .. words(failed), "do not use the target; ask the service's support") end
  run:record("ddm_metadata_restore/restored/" .. plan.target.id, { source = plan.backup.instance_id, backup = plan.backup.id,
    job_id = job_id, verified = run:clock() })
end

---------------------------------------------------------------------------

local function restored(run, p)
  local plan = run:step("plan", read_plan, run, p)
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  local job_id = run:step("restore", restore, run, p, plan)
  run:step("verify", verify, run, plan, job_id)
  run:if_stopped(nil)
  run:note("DATA NOT COMPARED: the rows are what the point-in-time recovery left; compare them before anybody relies on them")
  run:line("unseen", "accounts, parameters, EIP, SSL, read weights are not restored: create and set them by hand")
  run:note("what is changed at the data nodes themselves later shows after: hwdb call ddm.sync_data_nodes instance_id=" .. plan.target.id)
  return { job_id = job_id, target = plan.target.id, backup = plan.backup.id }
end

return {
  name = "ddm_metadata_restore",
  summary = "Lays the schemas of a metadata backup over RDS instances restored before, on an empty DDM instance",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance the backup is of; it may be deleted" },
    { name = "target_instance_id", type = "string", required = true, help = "an empty DDM instance" },
    { name = "nodes", type = "list", required = true,
      help = "the RDS instances that hold the rows, restored to the same moment before; one for each data node" },
    { name = "backup_id", type = "string", help = "the backup; or:" },
    { name = "restore_time", type = "time", help = 'the moment, the nearest backup counts: "2026-11-22 02:00 +08:00"' },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 12, help = "how long the restore may take" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = { "ddm:instance:get", "ddm:instance:list", "ddm:database:list", "ddm:user:list", "rds:instance:list" },
  targets = { "ddm/{instance_id}", "ddm/{target_instance_id}" },
  changes = "makes the backup's schemas on the target, which takes over the RDS instances named",
  costs = "nothing by itself; the target instances are paid for anyway",
  undo = "the schemas on the target are deleted, the rows kept: hwdb cancel RUN --rollback; after its end ddm.delete_schema_v3",
  run = restored,
}
