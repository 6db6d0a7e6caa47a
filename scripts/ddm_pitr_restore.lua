-- SPDX-License-Identifier: Apache-2.0
-- Point-in-time restore of a DDM instance: rows and schemas as they were at a moment, on another, empty DDM instance and
-- on RDS instances that are overwritten.
--
-- The procedure, in the order of the functions below:
--   1. plan        the moment, the data nodes of that moment, what may be their targets
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. overwrite   what is on each target is shown, and its name typed back
--   4. restore     one call, which restores the RDS instances too; its job is followed
--   5. verify      schemas, shards and data nodes; a check program compares the rows
-- The source is only read. What the targets held is gone; nothing brings it back.

local GB = 1000000000

-- What no API shows. A person goes through it before anything is overwritten.
local BY_HAND = {
  "nobody uses the target RDS instances, by an address, a replica or a tool of their own, nor through another account",
  "nobody creates schemas or accounts on the target DDM instance meanwhile",
  "the security groups let the target DDM instance reach the target RDS instances",
  "the target DDM instance is not in a primary network with the RDS instances in an extended one",
  "the RDS backups reach back unbroken to the moment: nobody has deleted any",
}

local function words(list)
  return table.concat(list, ", ")
end

-- Names in a line; of many the first.
local SHOWN = 12

local function held(list)
  if #list == 0 then return "no databases" end
  if #list <= SHOWN then return words(list) end
  return ("%s … (%d in all)"):format(table.concat(list, ", ", 1, SHOWN), #list)
end

local function major(version)
  return tostring(version):match("^%d+%.%d+") or tostring(version)
end

---------------------------------------------------------------------------
-- 1. What is to be restored, and to where.

-- The pairs as the caller named them: target.SOURCE=NODE, or target=NODE where there is one source only.
local function read_relations(p, sources)
  local relations, given = {}, {}
  for key, id in pairs(p.target) do given[key] = id end
  for _, source in ipairs(sources) do
    local id = given[source.instance_id] or #sources == 1 and given.all or nil
    relations[#relations + 1] = { source = source, id = id }
    given[source.instance_id] = nil
    if #sources == 1 then given.all = nil end
  end
  local strangers = {}
  for key in pairs(given) do strangers[#strangers + 1] = key == "all" and "target=… (several sources)" or key end
  return relations, strangers
end

local function rds_instance(run, id)
  for node in run.rds:each("list_instances", { id = id }) do
    if node.id == id then return node end
  end
end

local function login_of(p, id)
  local user, password = p.user or {}, p.password or {}
  return user[id] or user.all, password[id] or password.all
end

-- The caller's program says more than RDS does; either is a listing.
local function contents_of(run, p, node)
  local names, err = run:try(function()
    local list = {}
    for database in run.rds:each("list_databases", { instance_id = node.id, page = 1, limit = 100 }) do
      list[#list + 1] = database.name
    end
    table.sort(list)
    return list
  end)
  if not p.list_program then return names, err and err.message, names end
  local user, password = login_of(p, node.id)
  local told = run:exec{ argv = p.list_program, timeout = 600, env = { NODE_ID = node.id, NODE_NAME = node.name,
    NODE_HOST = node.private_ips[1], NODE_PORT = ("%d"):format(node.port or 3306), NODE_USER = user, NODE_PASSWORD = password } }
  if told.status ~= 0 then return nil, ("list_program ended with %d"):format(told.status), names end
  local lines = {}
  for line in told.output:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines, nil, names
end

local function read_targets(run, p, plan)
  for _, relation in ipairs(plan.relations) do
    relation.node = relation.id and rds_instance(run, relation.id)
    if relation.node then
      relation.contents, relation.unlisted, relation.listed = contents_of(run, p, relation.node)
    end
  end
end

local function read_plan(run, p)
  local plan = { at = p.restore_time, ranges = {}, sources = {} }
  plan.source = run.ddm:show_instance{ instance_id = p.instance_id }
  plan.target = run.ddm:show_instance{ instance_id = p.target_instance_id }
  for range in run.ddm:each("show_restorable_time", { instance_id = p.instance_id, limit = 128 }) do
    plan.ranges[#plan.ranges + 1] = { from = run:instant(range.start_time), to = run:instant(range.end_time) }
  end
  for node in run.ddm:each("list_related_data_nodes", { instance_id = p.instance_id, limit = 128,
    restore_time = ("%d"):format(plan.at) }) do
    plan.sources[#plan.sources + 1] = node
  end
  plan.relations, plan.strangers = read_relations(p, plan.sources)
  read_targets(run, p, plan)
  run:note(("%s as of %s: %d data nodes, onto %s"):format(plan.source.name, run:clock(plan.at), #plan.sources, plan.target.name))
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_time(run, plan, check)
  local texts, inside = {}, false
  for _, range in ipairs(plan.ranges) do
    inside = inside or plan.at >= (range.from or math.maxinteger) and plan.at <= (range.to or 0)
    texts[#texts + 1] = ("%s to %s"):format(range.from and run:clock(range.from) or "?", range.to and run:clock(range.to) or "?")
  end
  check("moment can be restored", inside, ("%s; %s"):format(run:clock(plan.at),
    #texts == 0 and "there is no time that can be restored" or "from " .. words(texts)))
end

local function names_of(run, op, args)
  local names = {}
  for item in run.ddm:each(op, args) do names[#names + 1] = item.name end
  return names
end

local function check_instances(run, p, plan, check)
  local source, target = plan.source, plan.target
  local source_task, target_task = run:task_under_way(source.id), run:task_under_way(target.id)
  check("another instance", p.instance_id ~= p.target_instance_id, p.instance_id == p.target_instance_id
    and "the target is the source" or target.name)
  check("same region", true, "both answer at this region's endpoint")
  check("source kernel", run:version_at_least(source.engine_version, "2.3.2.11"), ("%s, at least 2.3.2.11"):format(source.engine_version))
  check("target kernel", run:version_at_least(target.engine_version, "3.0.8"), ("%s, at least 3.0.8"):format(
    tostring(target.engine_version)))
  check("target running", target.status == "RUNNING", target.status)
  check("no task on the target", not target_task, target_task or "none runs")
  check("no task on the source", not source_task or "warn", source_task or "none runs")
  run:empty_target(check, target.id)
  check("target offered", run:offered("ddm.list_restorable_instances", { instance_id = p.instance_id, limit = 128 }, target.id))
end

local function check_relations(plan, check)
  local missing, twice, seen, sources, own = {}, {}, {}, {}, {}
  for _, source in ipairs(plan.sources) do sources[source.instance_id] = true end
  for _, relation in ipairs(plan.relations) do
    if not relation.id then missing[#missing + 1] = relation.source.instance_id end
    if relation.id and seen[relation.id] then twice[#twice + 1] = relation.id end
    if relation.id and sources[relation.id] then own[#own + 1] = relation.id end
    seen[relation.id or ""] = true
  end
  check("data nodes of that moment", #plan.sources > 0, ("%d"):format(#plan.sources))
  check("a target for each", #missing == 0, #missing == 0 and "named by the caller" or "target.ID=… is missing for " .. words(missing))
  check("targets for these only", #plan.strangers == 0, #plan.strangers == 0 and "yes"
    or "no data node of that moment: " .. words(plan.strangers))
  check("each target once", #twice == 0, #twice == 0 and "yes" or "twice: " .. words(twice))
  check("no source as target", #own == 0, #own == 0 and "yes" or "source data nodes: " .. words(own))
end

local function is_offered(run, p, plan, relation)
  local source = relation.source
  local available, detail = run:offered("ddm.list_restorable_data_nodes", { instance_id = p.instance_id, limit = 128,
    target_instance_id = p.target_instance_id, source_dn_instance_id = source.instance_id,
    restore_time = ("%d"):format(plan.at) }, relation.id)
  return available, available and "offered for " .. source.instance_name or detail
end

local function check_shape(run, plan, relation, check)
  local node, source = relation.node, relation.source
  local store, size = node.datastore or {}, node.volume and node.volume.size or 0
  local version = store.complete_version or store.version
  check(node.name .. " engine", store.type == "MySQL" and run:version_at_least(version, source.version, true),
    ("%s %s, the source %s %s"):format(tostring(store.type), tostring(version), source.engine_name, source.version))
  check(node.name .. " disk", size * GB >= (source.data_volume_size or 0), ("%d GB, the source %d GB"):format(size,
    (source.data_volume_size or 0) // GB))
  check(node.name .. " VPC", node.vpc_id == plan.target.vpc_id, node.vpc_id)
  local same = node.subnet_id == plan.target.subnet_id
  check(node.name .. " subnet", same or "warn", same and "the target's"
    or "not the target's; only of the metadata restore it is known to be refused")
end

local function check_node(run, p, plan, relation, check, uses)
  local node = relation.node
  if not node then return check("target " .. tostring(relation.id), false, "RDS lists no such instance") end
  check(node.name .. " state", node.status == "ACTIVE" and not node.read_only_by_user, node.status
    .. (node.read_only_by_user and ", read-only" or ""))
  check_shape(run, plan, relation, check)
  local user = uses.by_node[node.id] or node.associated_with_ddm and "a DDM instance"
  check(node.name .. " in no DDM instance", not user and #uses.untold == 0, user and "used by " .. user
    or #uses.untold > 0 and "these do not tell: " .. words(uses.untold) or "of this account")
  check(node.name .. " offered", is_offered(run, p, plan, relation))
  check(node.name .. " contents", relation.contents ~= nil, relation.contents and held(relation.contents)
    or relation.unlisted .. "; list_program=… can list them")
end

local function check_versions(plan, check)
  local seen, list = {}, {}
  for _, relation in ipairs(plan.relations) do
    local version = relation.node and relation.node.datastore and major(relation.node.datastore.version)
    if version and not seen[version] then
      seen[version] = true
      list[#list + 1] = version
    end
  end
  check("one engine version", #list <= 1, words(list))
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_time(run, plan, check)
    check_instances(run, p, plan, check)
    check_relations(plan, check)
    local uses = {}
    uses.by_node, uses.untold = run:data_nodes_in_use()
    for _, relation in ipairs(plan.relations) do
      if relation.id then check_node(run, p, plan, relation, check, uses) end
    end
    check_versions(plan, check)
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. A person types the name of what is overwritten, 4. and it is.

-- From here to the call: the target stays empty, and what was listed is what is overwritten.
local function watch(run, plan)
  if run:targets_changed(plan.target.id, plan.relations) then
    run:fail("a target was changed by somebody else since it was looked at", "nothing has been overwritten; begin again")
  end
end

-- A question names the first only; what is overwritten is seen whole before it.
local function show_contents(run, node, contents)
  if #contents <= SHOWN then return end
  local rows = {}
  for i, name in ipairs(contents) do rows[i] = { name } end
  run:table{ name = "contents of " .. node.name, columns = { "it holds" }, rows = rows, note = ("%d, to be replaced"):format(#rows) }
end

local function confirm(run, plan)
  for _, relation in ipairs(plan.relations) do
    local node = relation.node
    show_contents(run, node, relation.contents)
    if not run:ask{ name = "overwrite " .. node.name, expect = node.name,
        question = ("ALL DATA of the RDS instance %s (%s) is replaced by that of %s; it holds: %s. Type its name to go on"):format(
          node.name, node.id, relation.source.instance_name, held(relation.contents)) } then
      run:fail("not confirmed: nothing has been overwritten", "type the instance's name exactly: " .. node.name)
    end
  end
end

local function request(p, plan)
  local pairs_of = {}
  for i, relation in ipairs(plan.relations) do
    pairs_of[i] = { source_instance_id = relation.source.instance_id, target_instance_id = relation.id }
  end
  return { instance_id = p.instance_id, source = { restore_time = plan.at }, target = { instance_id = p.target_instance_id },
    data_node_relations = pairs_of }
end

local function overwrite(run, p, plan)
  watch(run, plan)
  confirm(run, plan)
  local args = request(p, plan)
  run:if_stopped("unless it was refused or not sent, the restore may have begun: `hwdb resume` finds out (it looks for a new "
    .. "task of the target)")
  local answer = run.ddm:restore_data(args)
  run:if_stopped(("the task %s goes on in the cloud: `hwdb call ddm.show_job job_id=%s` shows it"):format(answer.job_id, answer.job_id))
  run:note("the task is " .. answer.job_id)
  local _, err = run:try(run.wait_for, run, "ddm.restore_data", args, answer, p.deadline_hours * 3600)
  if not err then
    run:if_stopped("the restore itself is done; where only a look at it failed, `hwdb resume` looks again; nobody relies on it before")
    return answer.job_id
  end
  if err.kind ~= "failed" then error(err, 0) end
  run:if_stopped(nil)
  run:fail(("the restore failed: %s"):format(run:why_failed(answer.job_id)),
    ("the source is as it was; what the target RDS instances held is to be taken for lost. Once %s is RUNNING and empty: "
      .. "run this again"):format(plan.target.name))
end

---------------------------------------------------------------------------
-- 5. Verify what can be seen; a program compares the rows.

local function settled_schema(run, instance_id, name)
  return run:wait{ name = "the schema " .. name, op = "ddm.show_schema_v3", args = { instance_id = instance_id,
    database_name = name }, field = "status", success = { "RUNNING" }, interval = 10, timeout = 1800 }.value
end

local function shapes(run, instance_id)
  local list = {}
  for schema in run.ddm:each("list_schemas", { instance_id = instance_id, limit = 128 }) do
    list[#list + 1] = ("%s (%s, %d shards)"):format(schema.name, schema.shard_mode, schema.shard_number)
  end
  table.sort(list)
  return words(list)
end

local function check_shards(run, plan, failed)
  local allowed, count, names = {}, 0, names_of(run, "list_schemas", { instance_id = plan.target.id, limit = 128 })
  for _, relation in ipairs(plan.relations) do allowed[relation.id] = true end
  for _, name in ipairs(names) do
    local schema, wrong = settled_schema(run, plan.target.id, name), {}
    for _, shard in ipairs(schema.shards or {}) do
      if not allowed[shard.data_node_id] then wrong[#wrong + 1] = tostring(shard.physical_db_name) end
    end
    count = count + #(schema.shards or {})
    local fine = #wrong == 0 and #(schema.shards or {}) == schema.shard_number
    run:line(fine and "ok" or "fail", ("%s: %d of %d shards listed, %s"):format(name, #(schema.shards or {}), schema.shard_number,
      #wrong == 0 and "all on the targets" or "elsewhere: " .. words(wrong)))
    if not fine then failed[#failed + 1] = name end
  end
  if #names == 0 then failed[#failed + 1] = "no schema was restored" end
  return count
end

-- The manual restores none of these.
local function tell_missing(run, p, plan)
  local accounts = names_of(run, "list_users", { instance_id = p.instance_id, limit = 128 })
  run:line("warn", "accounts are not restored: " .. (#accounts == 0 and "the source has none" or "create " .. words(accounts)))
  local values, differ = {}, {}
  for parameter in run.ddm:each("show_instance_param", { instance_id = p.instance_id }) do values[parameter.name] = parameter.value end
  for parameter in run.ddm:each("show_instance_param", { instance_id = plan.target.id }) do
    if values[parameter.name] ~= parameter.value then differ[#differ + 1] = parameter.name end
  end
  run:line(#differ == 0 and "ok" or "warn", "parameters: " .. (#differ == 0 and "as at the source" or "these differ: " .. words(differ)))
  run:line("unseen", "EIP, security group, SSL, read weights and SQL blacklists are not restored: set them by hand")
end

local function addresses(run, ids)
  local list = {}
  for i, id in ipairs(ids) do
    local node = rds_instance(run, id)
    list[i] = node and ("%s:%d"):format(node.private_ips[1], node.port or 3306) or ""
  end
  return table.concat(list, ",")
end

local function compare(run, p, plan)
  if not p.check_program then
    return run:note("DATA NOT COMPARED: no check_program was given; compare the data before anybody relies on it")
  end
  local sources, targets = {}, {}
  for i, relation in ipairs(plan.relations) do sources[i], targets[i] = relation.source.instance_id, relation.id end
  local user, password = login_of(p, "check")
  local told = run:exec{ argv = p.check_program, timeout = p.check_minutes * 60, env = { SOURCE_NODES = addresses(run, sources),
    TARGET_NODES = addresses(run, targets), RESTORE_TIME = run:clock(plan.at), NODE_USER = user, NODE_PASSWORD = password } }
  for line in told.output:gmatch("[^\n]+") do run:line("log", line) end
  if told.status ~= 0 then
    run:fail(("the check program ended with %d: the restored data is not as it should be"):format(told.status),
      "see its lines above; the source is as it was, the targets hold what was restored")
  end
  run:line("ok", "DATA COMPARED by the check program, output sha256 " .. told.sha256)
end

local function result_table(run, plan)
  local rows = {}
  for i, relation in ipairs(plan.relations) do
    rows[i] = { relation.source.instance_name, relation.node.name, relation.id, held(relation.contents) }
  end
  run:table{ name = "restored to " .. run:clock(plan.at), columns = { "data node", "target", "id", "held before" }, rows = rows }
end

local function verify(run, p, plan, job_id)
  run:wait{ name = "the target instance", op = "ddm.show_instance", args = { instance_id = plan.target.id }, field = "status",
    success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = 1800 }
  local failed = {}
  local shards = check_shards(run, plan, failed)
  local before, after = shapes(run, p.instance_id), shapes(run, p.target_instance_id)
  run:line(before == after and "ok" or "warn", before == after and "schemas as at the source: " .. after
    or ("schemas differ from the source's of today: %s there, %s here"):format(before, after))
  result_table(run, plan)
  if #failed > 0 then run:fail("verification: differs: " .. words(failed), "do not use the target; ask the service's support") end
  run:record("ddm_pitr_restore/restored/" .. plan.target.id, { source = p.instance_id, moment = plan.at, job_id = job_id,
    shards = shards, verified = run:clock() })
end

---------------------------------------------------------------------------

local function restore(run, p)
  local plan = run:step("plan", read_plan, run, p)
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  local job_id = run:step("overwrite", overwrite, run, p, plan)
  run:step("verify", verify, run, p, plan, job_id)
  run:step("compare", compare, run, p, plan)
  run:step("what is missing", tell_missing, run, p, plan)
  run:if_stopped(nil)
  return { job_id = job_id, target = plan.target.id }
end

return {
  name = "ddm_pitr_restore",
  summary = "Restores a DDM instance as it was at a moment onto an empty one; overwrites the RDS instances named",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance whose data is restored; only read" },
    { name = "target_instance_id", type = "string", required = true, help = "an empty DDM instance" },
    { name = "restore_time", type = "time", required = true, help = 'the moment, with its zone: "2026-11-22 02:00 +08:00"' },
    { name = "target", type = "string", each = true, required = true,
      help = "the RDS instance that a data node's data goes to: target.SOURCE_ID=TARGET_ID; IT IS OVERWRITTEN" },
    { name = "list_program", type = "list", help = "lists what is on NODE_HOST:NODE_PORT, a line each; RDS's own list unless given" },
    { name = "check_program", type = "list", help = "compares SOURCE_NODES with TARGET_NODES; exit code 0: they agree" },
    { name = "check_minutes", type = "integer", min = 1, max = 1440, default = 60, help = "how long it may take" },
    { name = "user", type = "string", each = true, help = "login for these programs, NODE_USER; user.ID=… for a single node" },
    { name = "password", type = "secret", each = true, help = "its password, NODE_PASSWORD: env:NAME, @file, prompt:" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 24, help = "how long the restore may take" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = { "ddm:instance:get", "ddm:instance:list", "ddm:database:list", "ddm:user:list", "rds:instance:list" },
  targets = { "ddm/{instance_id}", "ddm/{target_instance_id}" },
  changes = "overwrites all data of the target RDS instances; makes the source's schemas on the target DDM instance",
  costs = "nothing by itself; the target instances are paid for anyway",
  undo = "none once the restore has begun: what the targets held is gone; the source is never changed",
  run = restore,
}
