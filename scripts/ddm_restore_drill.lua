-- SPDX-License-Identifier: Apache-2.0
-- The restore drill: is a DDM instance's data really there to be restored, how fast, and how much of it would be lost?
--
-- The procedure, in the order of the functions below:
--   1. plan        the latest moment all data nodes can be restored to; what will be made, what was prepared
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. confirm     prepared RDS instances will be OVERWRITTEN: what each holds is shown, its name typed back
--   4. make        throw-away RDS instances by point-in-time recovery, an empty DDM instance; each purchase is a gate
--   5. restore     metadata over the RDS instances made, or rows and metadata onto the prepared ones
--   6. verify      schemas, shards, data nodes against the source's
--   7. compare     a check program: configuration, row counts, checksums, the newest row; without it the drill cannot pass
--   8. clean up    what its own records say it made, data included; after a failure as well
--   9. evidence    checks, times against RTO and RPO, what was made and what became of it
-- With clean_up=DRILL only 8 is done, for an earlier drill. The source is only read.

local GB = 1000000000

-- What the check program has to say a line of: "row_counts ok …" or "row_counts differs …".
local COMPARISONS = { "configuration", "row_counts", "checksums", "newest_row" }

-- What no API shows.
local BY_HAND = {
  "quota and budget allow the instances above for some hours",
  "the security groups let a DDM instance reach the RDS instances, and this machine reach both",
  "nobody uses what was prepared for the drill, by an address, a replica or a tool of their own, nor through another account",
  "the DDM instance is not in a primary network with the RDS instances in an extended one",
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

-- A refusal with what was refused.
local function text_of(err)
  local code = err.code and (" (%s)"):format(err.code) or ""
  return (err.operation and err.operation .. ": " or "") .. err.message .. code
end

local function rds_instance(run, id)
  for node in run.rds:each("list_instances", { id = id }) do
    if node.id == id then return node end
  end
end

---------------------------------------------------------------------------
-- The record of what the drill made: written before each purchase and after it, and read by every later drill.

local function record_key(p)
  return "ddm_restore_drill/made/" .. p.instance_id
end

local function remember(run, p, made)
  run:record(record_key(p), made)
end

local function left_of(made)
  local left = {}
  for _, item in ipairs(made and made.items or {}) do
    if item.state ~= "gone" then
      left[#left + 1] = ("%s %s (%s)"):format(item.what, item.name, item.id or "no id is known: look for the name")
    end
  end
  return left
end

local function how_to_remove(p, name)
  return ("hwdb run ddm_restore_drill instance_id=%s clean_up=%s"):format(p.instance_id, name)
end

---------------------------------------------------------------------------
-- 1. What is restored, from when, to where.

-- The latest moment that the service and RDS can restore all data nodes to, and the earliest.
local function restorable(run, p, ids)
  local from, to = math.maxinteger, 0
  for range in run.ddm:each("show_restorable_time", { instance_id = p.instance_id, limit = 128 }) do
    from, to = run:instant(range.start_time) or math.maxinteger, run:instant(range.end_time) or 0
  end
  for _, id in ipairs(ids) do
    local spans = run.rds:list_restore_times{ instance_id = id }.restore_time or {}
    local last = { start_time = math.maxinteger, end_time = 0 }
    for _, span in ipairs(spans) do
      if span.end_time > last.end_time then last = span end
    end
    from, to = math.max(from, last.start_time), math.min(to, last.end_time)
  end
  return from, to
end

local function read_schemas(run, instance_id)
  local texts, names, nodes, seen = {}, {}, {}, {}
  for schema in run.ddm:each("list_schemas", { instance_id = instance_id, limit = 128 }) do
    names[#names + 1] = schema.name
    texts[#texts + 1] = ("%s (%s, %d shards)"):format(schema.name, schema.shard_mode, schema.shard_number)
    for _, node in ipairs(schema.used_rds or {}) do
      if not seen[node.id] then nodes[#nodes + 1] = node.id end
      seen[node.id] = true
    end
  end
  table.sort(texts)
  return { text = words(texts), names = names, nodes = nodes }
end

local function read_sources(run, p, plan)
  plan.from, plan.latest = restorable(run, p, plan.schemas.nodes)
  plan.moment = p.restore_time or plan.latest
  plan.nodes = {}
  if plan.moment < plan.from or plan.moment > plan.latest then return end
  for source in run.ddm:each("list_related_data_nodes", { instance_id = p.instance_id, limit = 128,
    restore_time = ("%d"):format(plan.moment) }) do
    local i = #plan.nodes + 1
    plan.nodes[i] = { source = source, found = rds_instance(run, source.instance_id), name = ("%s-%d"):format(plan.name, i) }
  end
end

-- The caller's program says more than RDS does; either is a listing.
local function contents_of(run, p, node)
  local names, err = run:try(function()
    local list = {}
    for database in run.rds:each("list_databases", { instance_id = node.id, page = 1, limit = 100 }) do list[#list + 1] = database.name end
    table.sort(list)
    return list
  end)
  if not p.list_program then return names, err and err.message, names end
  local told = run:exec{ argv = p.list_program, timeout = 600, env = { NODE_ID = node.id, NODE_NAME = node.name,
    NODE_HOST = node.private_ips[1], NODE_PORT = ("%d"):format(node.port or 3306), NODE_USER = p.user or "",
    NODE_PASSWORD = p.password or "" } }
  if told.status ~= 0 then return nil, ("list_program ended with %d"):format(told.status), names end
  local lines = {}
  for line in told.output:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines, nil, names
end

-- Prepared RDS instances, as the caller named them: target.SOURCE=NODE.
local function read_prepared(run, p, plan)
  local given = {}
  for key, id in pairs(p.target or {}) do given[key] = id end
  for _, node in ipairs(plan.nodes) do
    local id = node.source.instance_id
    node.id, given[id] = given[id], nil
    node.target = node.id and rds_instance(run, node.id)
    if node.target then node.contents, node.unlisted, node.listed = contents_of(run, p, node.target) end
  end
  plan.strangers = {}
  for key in pairs(given) do plan.strangers[#plan.strangers + 1] = key end
end

-- The class and engine of the DDM instance to be made: the source's, unless they are named.
local function read_ddm_shape(run, p, plan)
  local best
  for engine in run.ddm:each("list_engines", { limit = 128 }) do
    if p.ddm_engine_id == engine.id or not p.ddm_engine_id and engine.version == plan.source.engine_version then best = engine end
  end
  plan.engine = best
  if p.ddm_flavor_id then plan.flavor = { id = p.ddm_flavor_id, code = "as named" } end
  if not best or plan.flavor then return end
  for _, group in ipairs(run.ddm:list_flavors{ engine_id = best.id, limit = 128 }.computeFlavorGroups or {}) do
    for _, flavor in ipairs(group.computeFlavors or {}) do
      if flavor.code == plan.source.flavor_ref then plan.flavor = flavor end
    end
  end
end

local function read_plan(run, p)
  local plan = { begun = run:now(), prepared = p.target ~= nil }
  plan.name = p.prefix .. "-" .. run:clock(plan.begun):sub(1, 19):gsub("[-:]", ""):gsub(" ", "-")
  plan.source = run.ddm:show_instance{ instance_id = p.instance_id }
  plan.schemas = read_schemas(run, p.instance_id)
  read_sources(run, p, plan)
  if plan.prepared then read_prepared(run, p, plan) end
  if p.target_instance_id then
    plan.target = run.ddm:show_instance{ instance_id = p.target_instance_id }
  else
    read_ddm_shape(run, p, plan)
  end
  run:note(("%s: %s as of %s; RDS instances: %s; DDM instance: %s"):format(plan.name, plan.source.name,
    plan.from > plan.latest and "no moment" or run:clock(plan.moment),
    plan.prepared and "prepared ones, by restore_data" or "made by point-in-time recovery",
    plan.target and "prepared, " .. plan.target.name or "made"))
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_purpose(run, p, plan, check)
  check("check program given", p.check_program ~= nil, p.check_program and p.check_program[1]
    or "check_program=… compares the data; without it a drill cannot pass")
  check("objectives given", p.rto_minutes ~= nil and p.rpo_minutes ~= nil, ("RTO %s, RPO %s minutes"):format(
    p.rto_minutes and ("%d"):format(p.rto_minutes) or "missing,", p.rpo_minutes and ("%d"):format(p.rpo_minutes) or "missing"))
  local earlier = run:recorded(record_key(p))
  local left = left_of(earlier)
  check("nothing left of an earlier drill", #left == 0, #left == 0 and "nothing" or ("%s; remove it: %s"):format(words(left),
    how_to_remove(p, earlier.drill)))
  check("source kernel", run:version_at_least(plan.source.engine_version, "2.3.2.11"), ("%s, at least 2.3.2.11"):format(
    tostring(plan.source.engine_version)))
  check("source running", plan.source.status == "RUNNING" or "warn", plan.source.status)
end

-- The metadata that goes with the moment: the nearest backup, which has to be of the same data nodes.
local function check_backup(run, p, plan, check)
  local best, away
  for backup in run.ddm:each("list_backups", { instance_id = p.instance_id, limit = 128 }) do
    local made = backup.instance_id == p.instance_id and backup.status == "normal" and run:instant(backup.created)
    if made and (not best or math.abs(made - plan.moment) < away) then best, away = backup, math.abs(made - plan.moment) end
  end
  if not best then return check("metadata backup", false, "there is none that is normal") end
  local of, nodes = {}, {}
  for i, node in ipairs(run.ddm:show_backup{ instance_id = p.instance_id, backup_id = best.id }.related_data_nodes or {}) do
    of[i] = node.instance_id
  end
  for i, node in ipairs(plan.nodes) do nodes[i] = node.source.instance_id end
  table.sort(of)
  table.sort(nodes)
  check("metadata backup", words(of) == words(nodes), ("%s, %s from the moment, of %d data nodes"):format(best.name,
    run:span(away // 1000), #of))
end

local function check_moment(run, p, plan, check)
  check("moment can be restored", plan.moment >= plan.from and plan.moment <= plan.latest, plan.from > plan.latest
    and "there is none that all data nodes can be restored to"
    or ("%s; %s to %s"):format(run:clock(plan.moment), run:clock(plan.from), run:clock(plan.latest)))
  local task = run:task_under_way(p.instance_id)
  check("no task on the source", not task or "warn", task or "none runs")
  local versions, seen, strange = {}, {}, {}
  for _, node in ipairs(plan.nodes) do
    local store = node.found and node.found.datastore or {}
    if store.type ~= "MySQL" then strange[#strange + 1] = node.source.instance_name end
    local version = tostring(store.version):match("^%d+%.%d+")
    if version and not seen[version] then versions[#versions + 1] = version end
    seen[version or ""] = true
  end
  check("data nodes", #plan.nodes > 0, ("%d"):format(#plan.nodes))
  check("RDS for MySQL", #strange == 0, #strange == 0 and "all of them" or "gone, or another engine: " .. words(strange))
  check("one engine version", #versions <= 1, words(versions))
  if #plan.nodes > 0 then check_backup(run, p, plan, check) end
end

-- What both services allow; the longest name has two places and a hyphen behind it.
local function check_prefix(p, plan, check)
  local fits = p.prefix:match("^%a[%w_-]*$") ~= nil and #plan.name + 3 <= 64
  check("prefix", fits, fits and plan.name or "prefix= is a letter, then letters, digits, - and _; 45 characters at most")
end

local function check_to_make(run, p, plan, check)
  if not plan.target or not plan.prepared then check_prefix(p, plan, check) end
  local names, buys = {}, {}
  for instance in run.ddm:each("list_instances", { limit = 128 }) do names[instance.name] = true end
  for node in run.rds:each("list_instances", {}) do names[node.name] = true end
  if not plan.target then
    check("kernel to be made", plan.engine ~= nil and run:version_at_least(plan.engine.version, "3.0.8"), plan.engine
      and ("%s, at least 3.0.8"):format(plan.engine.version) or "the source's is not on offer: ddm_engine_id=…")
    check("class to be made", plan.flavor ~= nil, plan.flavor and plan.flavor.code or "the source's is not on offer: ddm_flavor_id=…")
    check(plan.name .. " is free", not names[plan.name], names[plan.name] and "an instance has this name" or "no instance has this name")
    buys[1] = "a DDM instance, nodes: " .. p.ddm_nodes
  end
  if not plan.prepared then
    for _, node in ipairs(plan.nodes) do
      check(node.name .. " is free", not names[node.name], names[node.name] and "an instance has this name" or "no instance has this name")
      if node.found then buys[#buys + 1] = ("an RDS instance like %s (%s, %d GB)"):format(node.found.name,
        p.rds_flavor or node.found.flavor_ref, node.found.volume.size) end
    end
  end
  check("to be paid by the hour", true, #buys == 0 and "nothing" or words(buys))
end

local function check_target(run, p, plan, check)
  local target, task = plan.target, run:task_under_way(plan.target.id)
  check("another instance", target.id ~= p.instance_id, target.id == p.instance_id and "the target is the source" or target.name)
  check("target kernel", run:version_at_least(target.engine_version, "3.0.8"), ("%s, at least 3.0.8"):format(
    tostring(target.engine_version)))
  check("target running", target.status == "RUNNING", target.status)
  local near = plan.nodes[1] and plan.nodes[1].found
  check("target VPC", near ~= nil and near.vpc_id == target.vpc_id, target.vpc_id)
  check("no task on the target", not task, task or "none runs")
  run:empty_target(check, target.id)
  check("target offered", run:offered("ddm.list_restorable_instances", { instance_id = p.instance_id, limit = 128 }, target.id))
end

local function check_prepared_node(run, p, plan, node, check)
  local target, source = node.target, node.source
  if not target then return check("RDS instance " .. tostring(node.id), false, "RDS lists no such instance") end
  local store, name, at = target.datastore or {}, target.name, plan.target or plan.source
  check(name .. " state", target.status == "ACTIVE" and not target.read_only_by_user,
    target.status .. (target.read_only_by_user and ", read-only" or ""))
  local version = store.complete_version or store.version
  check(name .. " engine", store.type == "MySQL" and run:version_at_least(version, source.version, true),
    ("%s %s, the source %s"):format(tostring(store.type), tostring(version), source.version))
  check(name .. " disk", target.volume.size * GB >= (source.data_volume_size or 0), ("%d GB, the source %d GB"):format(
    target.volume.size, (source.data_volume_size or 0) // GB))
  check(name .. " VPC", target.vpc_id == at.vpc_id, target.vpc_id)
  local used, untold = plan.used, plan.untold
  local user = used[target.id] or target.associated_with_ddm and "a DDM instance"
  check(name .. " in no DDM instance", not user and #untold == 0, user and "used by " .. user
    or #untold > 0 and "these do not tell: " .. words(untold) or "of this account")
  check(name .. " contents", node.contents ~= nil, node.contents and held(node.contents)
    or node.unlisted .. "; list_program=… can list them")
  if plan.target then
    check(name .. " offered", run:offered("ddm.list_restorable_data_nodes", { instance_id = p.instance_id, limit = 128,
      target_instance_id = plan.target.id, source_dn_instance_id = source.instance_id,
      restore_time = ("%d"):format(plan.moment) }, target.id))
  end
end

local function check_prepared(run, p, plan, check)
  local missing, twice, own, seen, sources = {}, {}, {}, {}, {}
  for _, node in ipairs(plan.nodes) do sources[node.source.instance_id] = true end
  for _, id in ipairs(plan.schemas.nodes) do sources[id] = true end
  for _, node in ipairs(plan.nodes) do
    if not node.id then missing[#missing + 1] = node.source.instance_id end
    if node.id and seen[node.id] then twice[#twice + 1] = node.id end
    if node.id and sources[node.id] then own[#own + 1] = node.id end
    seen[node.id or ""] = true
  end
  check("a target for each", #missing == 0, #missing == 0 and "named by the caller" or "target.ID=… is missing for " .. words(missing))
  check("targets for these only", #plan.strangers == 0, #plan.strangers == 0 and "yes" or "no data node: " .. words(plan.strangers))
  check("each target once", #twice == 0, #twice == 0 and "yes" or "twice: " .. words(twice))
  check("no source as target", #own == 0, #own == 0 and "yes" or "source data nodes: " .. words(own))
  plan.used, plan.untold = run:data_nodes_in_use()
  for _, node in ipairs(plan.nodes) do
    if node.id then check_prepared_node(run, p, plan, node, check) end
  end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    check_purpose(run, p, plan, check)
    check_moment(run, p, plan, check)
    check_to_make(run, p, plan, check)
    if plan.target then check_target(run, p, plan, check) end
    if plan.prepared then check_prepared(run, p, plan, check) end
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. Before the first purchase, so that no time is measured while a person thinks.

-- A question names the first only; what is overwritten is seen whole before it.
local function show_contents(run, node, contents)
  if #contents <= SHOWN then return end
  local rows = {}
  for i, name in ipairs(contents) do rows[i] = { name } end
  run:table{ name = "contents of " .. node.name, columns = { "it holds" }, rows = rows, note = ("%d, to be replaced"):format(#rows) }
end

local function confirm(run, plan)
  for _, node in ipairs(plan.nodes) do
    show_contents(run, node.target, node.contents)
    if not run:ask{ name = "overwrite " .. node.target.name, expect = node.target.name,
        question = ("ALL DATA of the RDS instance %s (%s) is replaced by that of %s; it holds: %s. Type its name to go on"):format(
          node.target.name, node.id, node.source.instance_name, held(node.contents)) } then
      run:fail("not confirmed: nothing has been overwritten", "type the instance's name exactly: " .. node.target.name)
    end
  end
end

---------------------------------------------------------------------------
-- 8. Clean up comes after the rest, but how a thing is taken back is said before it is made.

-- Without a question where the run is being taken back: whoever did that has agreed.
local function agreed(run, item, taking_back)
  if taking_back then return end
  if not run:ask{ name = "clean up", question = ("Delete the %s %s (%s), which this drill made, with its data?"):format(item.what,
      item.name, item.id) } then
    run:fail("not agreed to: " .. item.name .. " stays")
  end
end

local function require_name(run, item, name)
  if name ~= item.name then
    run:fail(("%s is called %s now, not %s as the drill named it: not touched"):format(item.id, tostring(name), item.name))
  end
end

local function remove_rds(run, p, item, taking_back)
  local found = rds_instance(run, item.id)
  if not found then return end
  require_name(run, item, found.name)
  found = run:wait{ name = "the RDS instance " .. item.name .. " at rest", op = "rds.list_instances", args = { id = item.id },
    find = { id = item.id }, field = "status", success = { "ACTIVE", "FAILED" }, interval = 20, timeout = p.deadline_hours * 3600 }.value
  if found.associated_with_ddm then run:fail(item.name .. " is still used by a DDM instance: not touched") end
  agreed(run, item, taking_back)
  local args = { instance_id = item.id }
  run:wait_for("rds.delete_instance", args, run.rds:delete_instance(args), p.deadline_hours * 3600)
end

-- Schemas that lie on the drill's RDS instances and have the source's names; anything else is somebody's.
local function own_schemas(run, instance_id, item)
  local own, strange, nodes, known = {}, {}, {}, {}
  for _, id in ipairs(item.nodes or {}) do nodes[id] = true end
  for _, name in ipairs(item.names or {}) do known[name] = true end
  for schema in run.ddm:each("list_schemas", { instance_id = instance_id, limit = 128 }) do
    local ours = known[schema.name] ~= nil and (item.kind == "ddm" or #(schema.used_rds or {}) > 0)
    for _, node in ipairs(schema.used_rds or {}) do ours = ours and nodes[node.id] ~= nil end
    table.insert(ours and own or strange, schema.name)
  end
  return own, strange
end

local function at_rest(run, p, id)
  return run:wait{ name = "the DDM instance at rest", op = "ddm.show_instance", args = { instance_id = id }, field = "status",
    success = { "RUNNING", "CREATEFAILED", "ERROR" }, interval = 10, timeout = p.deadline_hours * 3600 }.value
end

-- A gateway's 404 says nothing of the instance, and what is taken for gone is forgotten: the list has to say so, too.
local function ddm_instance(run, id)
  local found, err = run:try(run.ddm.show_instance, run.ddm, { instance_id = id })
  if not found and err.status ~= 404 and err.class ~= "not_found" then error(err, 0) end
  if found and found.status ~= "DELETED" then return found end
  for instance in run.ddm:each("list_instances", { limit = 128 }) do
    if instance.id == id and instance.status ~= "DELETED" then return instance end
  end
end

local function remove_ddm(run, p, item, taking_back)
  local found = ddm_instance(run, item.id)
  if not found then return end
  require_name(run, item, found.name)
  if at_rest(run, p, item.id).status ~= "CREATEFAILED" then
    local _, strange = own_schemas(run, item.id, item)
    if #strange > 0 then run:fail(("%s holds schemas of somebody else: %s; not touched"):format(item.name, words(strange))) end
  end
  agreed(run, item, taking_back)
  local args = { instance_id = item.id, delete_dn_data = item.with_data == true }
  run:wait_for("ddm.delete_instance_v3", args, run.ddm:delete_instance_v3(args), p.deadline_hours * 3600)
end

local function remove_schemas(run, p, item, taking_back)
  at_rest(run, p, item.id)
  for _, name in ipairs((own_schemas(run, item.id, item))) do
    agreed(run, { what = "schema", name = name, id = item.name }, taking_back)
    local args = { instance_id = item.id, database_name = name, delete_dn_data = true }
    run:wait_for("ddm.delete_schema_v3", args, run.ddm:delete_schema_v3(args), p.deadline_hours * 3600)
  end
end

local REMOVE = { rds = remove_rds, ddm = remove_ddm, schemas = remove_schemas }

local function by_name(run, item)
  if item.kind == "rds" then
    for node in run.rds:each("list_instances", {}) do
      if node.name == item.name then return node.id end
    end
  end
  for instance in run.ddm:each("list_instances", { limit = 128 }) do
    if item.kind == "ddm" and instance.name == item.name then return instance.id end
  end
end

-- Only what the record has an id of is deleted; what was wanted and never came is looked for by its name.
local function remove(run, p, item, taking_back)
  if item.state == "gone" then return end
  if item.id then
    REMOVE[item.kind](run, p, item, taking_back)
  else
    local id = by_name(run, item)
    if id then run:fail(("%s has the name %s, but no record says that the drill made it: look at it"):format(id, item.name)) end
  end
  item.state = "gone"
end

local function clean_up(run, p, made)
  for i = #made.items, 1, -1 do
    local item = made.items[i]
    local was = item.state
    local _, err = run:try(remove, run, p, item)
    if err then run:line("fail", ("%s %s is left: %s"):format(item.what, item.name, text_of(err))) end
    if not err and was ~= "gone" then run:line("ok", ("%s %s is gone"):format(item.what, item.name)) end
    remember(run, p, made)
  end
end

-- Notes that something will be made, and how it is taken back. The caller makes it and gives it its id.
local function will_make(run, p, made, item)
  item.state = "wanted"
  made.items[#made.items + 1] = item
  if item.order then run:note(("to be bought: %s %s, %s"):format(item.what, item.name, item.order)) end
  remember(run, p, made)
  run:undo{ name = ("delete the %s %s"):format(item.what, item.name), run = function()
    remove(run, p, item, true)
    remember(run, p, made)
  end }
  return item
end

local function was_made(run, p, made, item, id)
  item.id, item.state = id, "made"
  made.started = made.started or run:now()
  remember(run, p, made)
  run:note(("made: %s %s (%s)"):format(item.what, item.name, id))
end

---------------------------------------------------------------------------
-- 4. Make.

local function zones_of(found)
  local zones = {}
  for _, node in ipairs(found.nodes or {}) do zones[#zones + 1] = node.availability_zone end
  return table.concat(zones, ",")
end

local function rds_request(p, plan, node)
  local found = node.found
  return { name = node.name, flavor_ref = p.rds_flavor or found.flavor_ref, availability_zone = p.rds_zone or zones_of(found),
    ha = found.type == "Ha" and { mode = "Ha", replication_mode = found.ha and found.ha.replication_mode or "async" } or nil,
    volume = { type = found.volume.type, size = found.volume.size }, vpc_id = found.vpc_id,
    subnet_id = plan.target and plan.target.subnet_id or found.subnet_id, security_group_id = found.security_group_id,
    password = p.node_password, restore_point = { instance_id = found.id, type = "timestamp", restore_time = plan.moment } }
end

-- In the subnet of the RDS instances, as the metadata restore wants it.
local function ddm_request(p, plan)
  local zones, near = {}, plan.nodes[1].target or plan.nodes[1].found
  for zone in plan.source.available_zone:gmatch("[^,%s]+") do zones[#zones + 1] = zone end
  return { instance = { name = plan.name, flavor_id = plan.flavor.id, engine_id = plan.engine.id, node_num = p.ddm_nodes,
    available_zones = zones, vpc_id = near.vpc_id, subnet_id = near.subnet_id, security_group_id = plan.source.security_group_id,
    enterprise_project_id = plan.source.enterprise_project_id } }
end

local function ddm_reason(run, job_id)
  return run:why_failed(job_id)
end

local function rds_reason(run, job_id)
  return run.rds:show_job{ id = job_id }.job.fail_reason
end

-- Waits for what a change started; a failure is told with the service's reason.
local function followed(run, p, op, args, answer, reason_of)
  local seen, err = run:try(run.wait_for, run, op, args, answer, p.deadline_hours * 3600)
  if seen then return seen end
  if err.kind ~= "failed" then error(err, 0) end
  local reason = answer.job_id and run:try(reason_of, run, answer.job_id)
  run:fail(("%s (%s)"):format(err.message, type(reason) == "string" and reason ~= "" and reason or "no reason is given"))
end

local function make_nodes(run, p, plan, made, waits)
  for _, node in ipairs(plan.nodes) do
    local args = rds_request(p, plan, node)
    local item = will_make(run, p, made, { kind = "rds", what = "RDS instance", name = node.name,
      source = node.source.instance_id, order = ("%s, %d GB"):format(args.flavor_ref, args.volume.size) })
    local answer = run.rds:restore_to_new_instance(args)
    node.id = answer.instance.id
    was_made(run, p, made, item, node.id)
    waits[#waits + 1] = function() return followed(run, p, "rds.restore_to_new_instance", args, answer, rds_reason) end
  end
end

local function make_ddm(run, p, plan, made, waits)
  local args = ddm_request(p, plan)
  local item = will_make(run, p, made, { kind = "ddm", what = "DDM instance", name = plan.name, names = plan.schemas.names,
    with_data = plan.prepared, order = ("%s, nodes: %d"):format(plan.flavor.code, p.ddm_nodes) })
  local answer = run.ddm:create_instance(args)
  was_made(run, p, made, item, answer.id)
  plan.target, plan.target_item = { id = answer.id, name = plan.name }, item
  waits[#waits + 1] = function() return followed(run, p, "ddm.create_instance", args, answer, ddm_reason) end
end

local function make(run, p, plan, made)
  local waits = {}
  if not plan.prepared then make_nodes(run, p, plan, made, waits) end
  if not plan.target then make_ddm(run, p, plan, made, waits) end
  for _, result in ipairs(run:gather(waits)) do
    if not result[1] then error(result[2], 0) end
  end
  made.times.made = run:now()
end

---------------------------------------------------------------------------
-- 5. Restore.

-- From here to the call: the target stays empty, and a prepared RDS instance holds what was shown at the gate.
local function watch(run, plan)
  if run:targets_changed(plan.target.id, plan.nodes) then
    run:fail("a target was changed by somebody else since it was looked at: nothing was overwritten")
  end
end

local function ids_of(plan)
  local ids = {}
  for i, node in ipairs(plan.nodes) do ids[i] = node.id end
  return ids
end

-- The schemas to come: on a DDM instance of the drill's own they go with it, on a prepared one they are removed by themselves.
local function will_restore(run, p, plan, made)
  if plan.target_item then
    plan.target_item.nodes = ids_of(plan)
    return remember(run, p, made)
  end
  local item = will_make(run, p, made, { kind = "schemas", what = "schemas on", name = plan.target.name,
    names = plan.schemas.names, nodes = ids_of(plan) })
  item.id = plan.target.id
  remember(run, p, made)
end

local function started_restore(run, p, plan)
  local args = { instance_id = p.instance_id, source = { restore_time = plan.moment }, target = { instance_id = plan.target.id } }
  if not plan.prepared then
    args.target.data_nodes = ids_of(plan)
    return "ddm.restore_metadata", args, run.ddm:restore_metadata(args)
  end
  args.data_node_relations = {}
  for i, node in ipairs(plan.nodes) do
    args.data_node_relations[i] = { source_instance_id = node.source.instance_id, target_instance_id = node.id }
  end
  return "ddm.restore_data", args, run.ddm:restore_data(args)
end

local function restore(run, p, plan, made)
  watch(run, plan)
  will_restore(run, p, plan, made)
  made.started = made.started or run:now()
  made.overwrites = plan.prepared
  local op, args, answer = started_restore(run, p, plan)
  run:note(("the task is %s (%s)"):format(answer.job_id, op))
  followed(run, p, op, args, answer, ddm_reason)
  made.times.restored = run:now()
end

---------------------------------------------------------------------------
-- 6. Verify, 7. compare: findings, not failures; the evidence has them all.

local function finding(run, made, name, fine, text)
  made.checks[#made.checks + 1] = { name, fine and "ok" or "differs", text }
  run:line(fine and "ok" or "fail", ("%s: %s"):format(name, text))
end

local function verify(run, plan, made)
  run:wait{ name = "the DDM instance restored", op = "ddm.show_instance", args = { instance_id = plan.target.id }, field = "status",
    success = { "RUNNING" }, failure = { "ERROR" }, interval = 10, timeout = 1800 }
  local restored, allowed = read_schemas(run, plan.target.id), {}
  for _, id in ipairs(ids_of(plan)) do allowed[id] = true end
  finding(run, made, "schemas", restored.text == plan.schemas.text and #restored.names > 0, restored.text == plan.schemas.text
    and restored.text or ("the source has %s, restored are %s"):format(plan.schemas.text, #restored.names == 0 and "none" or restored.text))
  for _, name in ipairs(restored.names) do
    local schema = run:wait{ name = "the schema " .. name, op = "ddm.show_schema_v3", args = { instance_id = plan.target.id,
      database_name = name }, field = "status", success = { "RUNNING" }, interval = 10, timeout = 1800 }.value
    local astray = 0
    for _, shard in ipairs(schema.shards or {}) do
      if not allowed[shard.data_node_id] then astray = astray + 1 end
    end
    finding(run, made, "shards of " .. name, astray == 0 and #(schema.shards or {}) == schema.shard_number,
      ("%d of %d listed, %d elsewhere"):format(#(schema.shards or {}), schema.shard_number, astray))
  end
  made.times.verified = run:now()
  plan.access = run.ddm:show_instance{ instance_id = plan.target.id }
end

local function addresses(run, ids)
  local list = {}
  for i, id in ipairs(ids) do
    local node = rds_instance(run, id)
    list[i] = node and ("%s:%d"):format(node.private_ips[1], node.port or 3306) or ""
  end
  return table.concat(list, ",")
end

local function run_check(run, p, plan)
  local sources = {}
  for i, node in ipairs(plan.nodes) do sources[i] = node.source.instance_id end
  return run:exec{ argv = p.check_program, timeout = p.check_minutes * 60, env = { SOURCE_NODES = addresses(run, sources),
    TARGET_NODES = addresses(run, ids_of(plan)), SOURCE_DDM = ("%s:%s"):format(plan.source.access_ip, plan.source.access_port),
    TARGET_DDM = ("%s:%s"):format(plan.access.access_ip, plan.access.access_port), SCHEMAS = table.concat(plan.schemas.names, ","),
    RESTORE_TIME = run:clock(plan.moment), NODE_USER = p.user or "", NODE_PASSWORD = p.password or "" } }
end

local function compare(run, p, plan, made)
  local told, said = run_check(run, p, plan), {}
  for line in told.output:gmatch("[^\n]+") do
    local name, outcome, text = line:match("^(%S+)%s+(%S+)%s*(.*)$")
    if outcome == "ok" or outcome == "differs" then said[name] = { outcome, text } else run:line("log", line) end
  end
  for _, name in ipairs(COMPARISONS) do
    local own = said[name]
    finding(run, made, name, told.planned or own ~= nil and own[1] == "ok", own and (own[2] ~= "" and own[2] or "as the check program says")
      or told.planned and "not looked at in a rehearsal" or "the check program says nothing of it")
  end
  finding(run, made, "check program", told.status == 0, ("ended with %d, output sha256 %s"):format(told.status, told.sha256))
  made.times.compared = run:now()
end

---------------------------------------------------------------------------
-- 9. Evidence.

local function judge_times(run, p, plan, made)
  local times, rows, before = made.times, {}, made.started
  for _, phase in ipairs({ "made", "restored", "verified", "compared" }) do
    if times[phase] and before then
      rows[#rows + 1] = { phase, run:clock(times[phase]), (times[phase] - before) // 1000 }
      before = times[phase]
    end
  end
  local rto = times.verified and (times.verified - made.started) // 1000
  local rpo = (plan.begun - plan.latest) // 1000
  finding(run, made, "RTO", rto ~= nil and rto <= p.rto_minutes * 60, rto
    and ("%s, at most %d min"):format(run:span(rto), p.rto_minutes) or "not restored and verified")
  finding(run, made, "RPO", rpo <= p.rpo_minutes * 60, ("%s, at most %d min"):format(run:span(rpo), p.rpo_minutes))
  return rows, rto, rpo
end

local function evidence(run, p, plan, made, err)
  local times, rto, rpo = judge_times(run, p, plan, made)
  local things, failed = {}, {}
  for i, item in ipairs(made.items) do
    things[i] = { item.what, item.name, item.id or "", item.id and item.state or item.state == "gone" and "never made" or "unknown" }
  end
  for _, check in ipairs(made.checks) do
    if check[2] ~= "ok" then failed[#failed + 1] = check[1] end
  end
  if err then table.insert(failed, 1, text_of(err)) end
  run:table{ name = "checks", columns = { "check", "outcome", "what was found" }, rows = made.checks }
  run:table{ name = "times", columns = { "phase", "ended", "seconds" }, rows = times,
    note = "RTO counts from the first purchase, or the restore's begin, to verified; RPO from the drill's begin to the latest moment" }
  run:table{ name = "made", columns = { "what", "name", "id", "state" }, rows = things }
  local passed = #failed == 0
  run:record(("ddm_restore_drill/evidence/%s/%s"):format(p.instance_id, plan.name), { drill = plan.name, passed = passed,
    source = plan.source.name, moment = plan.moment, rto_seconds = rto, rpo_seconds = rpo, checks = made.checks, made = made.items,
    failed = failed, written = run:clock(), nodes = plan.prepared and "prepared" or "made" })
  return passed, failed
end

local function conclude(run, p, plan, made, err)
  local passed, failed = evidence(run, p, plan, made, err)
  local left = left_of(made)
  if made.overwrites then run:line("warn", "what the prepared RDS instances held before is gone: " .. words(ids_of(plan))) end
  run:if_stopped(#left > 0 and ("left: %s; remove it: %s"):format(words(left), how_to_remove(p, plan.name)) or nil)
  if not passed then
    run:fail("the drill did not pass: " .. words(failed), #left == 0 and "what it made is gone; see the table of checks"
      or ("see the table of checks; left: %s; remove it: %s"):format(words(left), how_to_remove(p, plan.name)))
  end
  if #left > 0 and not p.keep then
    run:fail("the drill passed, but is not cleaned up: " .. words(left), how_to_remove(p, plan.name))
  end
  run:note("PASSED: " .. plan.name .. (#left > 0 and ("; kept, as asked: %s; remove it: %s"):format(words(left),
    how_to_remove(p, plan.name)) or "; what it made is gone"))
  return { drill = plan.name, passed = true, left = left }
end

---------------------------------------------------------------------------

local function clean_up_only(run, p)
  local made = run:recorded(record_key(p))
  if not made or made.drill ~= p.clean_up then
    run:fail(("no drill %s of this instance is recorded here"):format(p.clean_up), made and "the latest is " .. made.drill
      or "records are kept by the user and the machine that ran the drill")
  end
  run:step("clean up", clean_up, run, p, made)
  local left = left_of(made)
  if #left > 0 then run:fail("still left: " .. words(left), "see above why; then run this again") end
  run:note(("nothing is left of %s"):format(made.drill))
  return { drill = made.drill, left = left }
end

local function drill(run, p)
  if p.clean_up then return clean_up_only(run, p) end
  local plan = run:step("plan", read_plan, run, p)
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  local made = { drill = plan.name, items = {}, checks = {}, times = {} }
  if plan.prepared then run:step("confirm", confirm, run, plan) end
  run:if_stopped(("what was made so far is recorded; `hwdb resume` goes on, or: %s"):format(how_to_remove(p, plan.name)))
  -- Whatever goes wrong from here on, what was made is cleaned up and the evidence is written.
  local _, err = run:try(function()
    run:step("make", make, run, p, plan, made)
    run:step("restore", restore, run, p, plan, made)
    run:step("verify", verify, run, plan, made)
    run:step("compare", compare, run, p, plan, made)
  end)
  if err then run:line("fail", text_of(err)) end
  if not p.keep then run:step("clean up", clean_up, run, p, made) end
  return run:step("evidence", conclude, run, p, plan, made, err)
end

return {
  name = "ddm_restore_drill",
  summary = "Restores a DDM instance to throw-away instances, compares, times it against RTO and RPO, cleans up",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance whose restore is tried; only read" },
    { name = "rto_minutes", type = "integer", min = 1, help = "longest time allowed until restored and verified" },
    { name = "rpo_minutes", type = "integer", min = 1, help = "most data that may be lost, in minutes" },
    { name = "check_program", type = "list",
      help = "compares SOURCE_NODES and TARGET_NODES; says \"row_counts ok …\" or \"… differs …\" of four things" },
    { name = "check_minutes", type = "integer", min = 1, max = 1440, default = 60, help = "how long it may take" },
    { name = "user", type = "string", help = "login for the programs, NODE_USER" },
    { name = "password", type = "secret", help = "its password, NODE_PASSWORD: env:NAME, @file, prompt:" },
    { name = "restore_time", type = "time", help = "the moment; the latest one unless given" },
    { name = "target_instance_id", type = "string", help = "a prepared, empty DDM instance; one is made unless given" },
    { name = "target", type = "string", each = true,
      help = "prepared RDS instances, target.SOURCE_ID=ID: THEY ARE OVERWRITTEN; some are made unless given" },
    { name = "list_program", type = "list", help = "lists what is on NODE_HOST:NODE_PORT; RDS's own list unless given" },
    { name = "prefix", type = "string", default = "drill", help = "what the names of all that is made begin with" },
    { name = "rds_flavor", type = "string", help = "class of the RDS instances made; the source's unless given" },
    { name = "rds_zone", type = "string", help = "their zones, joined by commas; the source's unless given" },
    { name = "node_password", type = "secret", help = "administrator's password of the RDS instances made" },
    { name = "ddm_flavor_id", type = "string", help = "class of the DDM instance made; the source's unless given" },
    { name = "ddm_engine_id", type = "string", help = "its kernel; the source's unless given" },
    { name = "ddm_nodes", type = "integer", min = 1, max = 32, default = 1, help = "its nodes" },
    { name = "deadline_hours", type = "integer", min = 1, max = 600, default = 12, help = "how long each wait lasts at most" },
    { name = "keep", type = "boolean", default = false, help = "keep what was made, to look at it; remove it with clean_up" },
    { name = "clean_up", type = "string", help = "the name of an earlier drill: only remove what it left" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = { "ddm:instance:get", "ddm:instance:list", "ddm:instance:create", "ddm:database:list", "ddm:user:list",
    "rds:instance:list", "rds:instance:create", "rds:instance:delete" },
  targets = { "ddm/{instance_id}", "ddm/{target_instance_id}" },
  changes = "makes and deletes RDS instances and a DDM instance; prepared RDS instances are overwritten and emptied",
  costs = "what it makes is paid by the hour until it is gone: an RDS instance for each data node, a DDM instance",
  undo = "hwdb cancel RUN --rollback deletes what was made; what prepared RDS instances held is gone",
  run = drill,
}
