-- SPDX-License-Identifier: Apache-2.0
-- Alarm and event subscriptions of DWS from one declaration, as often as one likes.
--
--   1. read        what is declared, what is there
--   2. preflight   the declaration makes sense, and names tell subscriptions apart
--   3. drift       a table: missing, differs and in what, same, not declared
--   4. apply       creates what is missing, changes what differs
--   5. prune       asked for with prune=true: deletes, at a gate, what this runbook once made and is declared no more
--   6. verify      reads again and compares
-- A subscription that this runbook did not make is never deleted. A time zone cannot be changed: it stays as drift.

local KINDS = {
  { name = "alarm", declared = "alarms", list = "list_alarm_subs", items = "alarm_subscriptions", create = "create_alarm_sub",
    update = "update_alarm_sub", delete = "delete_alarm_sub", id = "alarm_sub_id",
    words = { levels = { "urgent", "important", "minor", "prompt" } }, fields = { levels = "alarm_level" } },
  { name = "event", declared = "events", list = "list_event_subs", items = "event_subscriptions", create = "create_event_sub",
    update = "update_event_sub", delete = "delete_event_sub", id = "event_sub_id",
    words = { severities = { "normal", "warning" }, categories = { "management", "monitor", "security", "system alarm" },
      source_types = { "cluster", "backup", "disaster-recovery" } },
    fields = { severities = "severity", categories = "category", source_types = "source_type", source_id = "source_id",
      tag = "tag" } },
}

-- Order of the columns of a difference, and of the arguments.
local FIELDS = { "alarm_level", "severity", "category", "source_type", "source_id", "tag", "notification_target",
  "notification_target_name", "enable" }

local BY_HAND = {
  "each SMN topic exists, its policy lets DWS publish, and its receivers have confirmed",
}

local function words(list)
  return table.concat(list, ", ")
end

local function sorted_words(text)
  local list = {}
  for word in tostring(text):gmatch("[^,]+") do list[#list + 1] = word:match("^%s*(.-)%s*$") end
  table.sort(list)
  return table.concat(list, ",")
end

---------------------------------------------------------------------------
-- 1. What is declared, as the service writes it, and what is there.

local function wanted_of(kind, item)
  local sub = { name = item.name, enable = item.enabled and 1 or 0, notification_target = item.topic_urn,
    notification_target_name = item.topic_name, time_zone = item.time_zone }
  for name, field in pairs(kind.fields) do
    local value = item[name]
    sub[field] = type(value) == "table" and table.concat(value, ",") or value or ""
  end
  return sub
end

local function read_kind(run, p, kind)
  local part = { kind = kind, wanted = {}, present = {} }
  for i, item in ipairs(p.declaration[kind.declared] or {}) do part.wanted[i] = wanted_of(kind, item) end
  for sub in run.dws:each(kind.list, { limit = 100 }) do part.present[#part.present + 1] = sub end
  return part
end

local function read(run, p)
  local parts = {}
  for i, kind in ipairs(KINDS) do parts[i] = read_kind(run, p, kind) end
  return parts
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function twice(list)
  local seen, found = {}, {}
  for _, sub in ipairs(list) do
    if seen[sub.name] == 1 then found[#found + 1] = sub.name end
    seen[sub.name] = (seen[sub.name] or 0) + 1
  end
  return found
end

local function unknown_words(kind, items)
  local found = {}
  for name, allowed in pairs(kind.words) do
    local known = {}
    for _, word in ipairs(allowed) do known[word] = true end
    for _, item in ipairs(items or {}) do
      for _, word in ipairs(item[name] or {}) do
        if not known[word] then found[#found + 1] = ("%s of %s"):format(word, item.name) end
      end
    end
  end
  return found
end

local function odd_topics(items)
  local found = {}
  for _, item in ipairs(items or {}) do
    local name = item.topic_urn:match("^urn:smn:[^:]+:[^:]+:([^:]+)$")
    if name ~= item.topic_name then found[#found + 1] = item.name end
  end
  return found
end

local function unknown_sources(run, items)
  local wanted, known = {}, {}
  for _, item in ipairs(items or {}) do
    if item.source_id and table.concat(item.source_types or {}, ",") == "cluster" then wanted[#wanted + 1] = item end
  end
  if #wanted == 0 then return {} end
  for _, cluster in ipairs(run.dws:list_clusters{}.clusters or {}) do known[cluster.id] = true end
  local found = {}
  for _, item in ipairs(wanted) do
    if not known[item.source_id] then found[#found + 1] = item.name end
  end
  return found
end

local function check_kind(p, part, check)
  local kind = part.kind
  local items = p.declaration[kind.declared]
  local function none(name, found, well)
    check(("%s of %s subscriptions"):format(name, kind.name), #found == 0, #found == 0 and well or words(found))
  end
  none("declared names", twice(part.wanted), ("%d, each once"):format(#part.wanted))
  none("present names", twice(part.present), ("%d, each once"):format(#part.present))
  none("words", unknown_words(kind, items), "all known to the service")
  none("topics", odd_topics(items), "each URN ends with its topic's name")
end

local function preflight(run, p, parts)
  run:preflight(function(check)
    for _, part in ipairs(parts) do check_kind(p, part, check) end
    local lost = unknown_sources(run, p.declaration.events)
    check("sources", #lost == 0, #lost == 0 and "each cluster named is there" or "no such cluster: " .. words(lost))
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. Drift.

local function plain(field, value)
  if value == nil then return field == "enable" and "1" or "" end
  if field == "enable" then return tostring(value) end
  if field == "notification_target" or field == "tag" or field == "source_id" then return value end
  return sorted_words(value)
end

local function differences(wanted, present)
  local list = {}
  for _, field in ipairs(FIELDS) do
    if wanted[field] ~= nil and plain(field, wanted[field]) ~= plain(field, present[field]) then
      list[#list + 1] = ("%s: %s instead of %s"):format(field, plain(field, present[field]), plain(field, wanted[field]))
    end
  end
  return list
end

local function by_name(list)
  local index = {}
  for _, sub in ipairs(list) do index[sub.name] = sub end
  return index
end

local function made_key(kind, id)
  return ("dws_subscriptions/made/%s/%s"):format(kind.name, id)
end

local function add(drift, state, kind, name, detail, more)
  local entry = { state = state, kind = kind, name = name, detail = detail }
  for key, value in pairs(more or {}) do entry[key] = value end
  drift[#drift + 1] = entry
end

local function compare(run, part, drift)
  local kind, present, declared = part.kind, by_name(part.present), by_name(part.wanted)
  for _, wanted in ipairs(part.wanted) do
    local sub = present[wanted.name]
    local list = sub and differences(wanted, sub)
    if not sub then
      add(drift, "missing", kind, wanted.name, "", { wanted = wanted })
    elseif #list > 0 then
      add(drift, "differs", kind, wanted.name, table.concat(list, "; "), { wanted = wanted, present = sub })
    elseif sub.time_zone ~= wanted.time_zone then
      add(drift, "time zone", kind, wanted.name, ("%s instead of %s"):format(sub.time_zone, wanted.time_zone))
    else
      add(drift, "same", kind, wanted.name, "")
    end
  end
  for _, sub in ipairs(part.present) do
    if not declared[sub.name] then
      local own = run:recorded(made_key(kind, sub.id)) ~= nil
      add(drift, "not declared", kind, sub.name, own and "made by this runbook" or "not made by this runbook",
        { present = sub, own = own })
    end
  end
end

local function drift_in(run, parts)
  local drift = {}
  for _, part in ipairs(parts) do compare(run, part, drift) end
  return drift
end

local function drift_of(run, parts, title)
  local drift, rows = drift_in(run, parts), {}
  for i, entry in ipairs(drift) do rows[i] = { entry.kind.name, entry.name, entry.state, entry.detail } end
  run:table{ name = title, columns = { "kind", "name", "state", "detail" }, rows = rows }
  return drift
end

local function those(drift, state)
  local list = {}
  for _, entry in ipairs(drift) do
    if entry.state == state then list[#list + 1] = entry end
  end
  return list
end

---------------------------------------------------------------------------
-- 4. Apply.

-- An empty text is "any" in the examples and no documented value: it goes out only to clear what is there.
local function arguments(sub, present)
  local args = { name = sub.name, notification_target_type = "SMN" }
  for _, field in ipairs(FIELDS) do
    local clears = present and (present[field] or "") ~= ""
    if sub[field] ~= "" or clears then args[field] = sub[field] end
  end
  return args
end

-- Somebody else's hands: the subscriptions are as they were listed, up to the moment of each call.
local function watch(run, kind)
  run:guard{ op = "dws." .. kind.list, args = { limit = 1000 }, fields = { kind.items .. "[].id", kind.items .. "[].name" } }
end

local function create(run, entry)
  local kind, id = entry.kind, nil
  watch(run, kind)
  run:undo{ name = ("delete the new %s subscription %s"):format(kind.name, entry.name), run = function()
    run.dws[kind.delete](run.dws, { [kind.id] = id })
    run:record(made_key(kind, id), nil)
  end }
  local args = arguments(entry.wanted)
  args.time_zone = entry.wanted.time_zone
  id = run.dws[kind.create](run.dws, args).id
  run:record(made_key(kind, id), { name = entry.name, at = run:clock() })
  run:line("ok", ("%s subscription %s created"):format(kind.name, entry.name))
end

local function update(run, entry)
  local kind = entry.kind
  local function to(sub, from)
    local args = arguments(sub, from)
    args[kind.id] = entry.present.id
    run.dws[kind.update](run.dws, args)
  end
  watch(run, kind)
  run:undo{ name = ("the %s subscription %s as it was"):format(kind.name, entry.name), run = function()
    to(entry.present, entry.wanted)
  end }
  to(entry.wanted, entry.present)
  run:line("ok", ("%s subscription %s changed: %s"):format(kind.name, entry.name, entry.detail))
end

local function apply(run, drift)
  for _, entry in ipairs(those(drift, "missing")) do
    run:step(("create %s %s"):format(entry.kind.name, entry.name), create, run, entry)
  end
  for _, entry in ipairs(those(drift, "differs")) do
    run:step(("change %s %s"):format(entry.kind.name, entry.name), update, run, entry)
  end
end

---------------------------------------------------------------------------
-- 5. Prune: only what the records say was made here.

local function delete(run, entry)
  local kind = entry.kind
  watch(run, kind)
  run.dws[kind.delete](run.dws, { [kind.id] = entry.present.id })
  run:record(made_key(kind, entry.present.id), nil)
  run:line("ok", ("%s subscription %s deleted"):format(kind.name, entry.name))
end

local function prune(run, drift)
  local own, names = {}, {}
  for _, entry in ipairs(those(drift, "not declared")) do
    if entry.own then
      own[#own + 1], names[#names + 1] = entry, ("%s %s"):format(entry.kind.name, entry.name)
    end
  end
  if #own == 0 then return run:note("nothing to prune: no subscription that this runbook made is undeclared") end
  local count = tostring(#own)
  if not run:ask{ name = "prune " .. count, expect = count, question = ("Delete %s: %s? Type the number of subscriptions to go on"):format(
      #own == 1 and "this subscription" or "these subscriptions", words(names)) } then
    run:fail("not confirmed: nothing was pruned", "type " .. count .. ", or leave prune out")
  end
  for _, entry in ipairs(own) do
    run:step(("delete %s %s"):format(entry.kind.name, entry.name), delete, run, entry)
  end
end

---------------------------------------------------------------------------
-- 6. Verify.

local function not_as_declared(p, drift)
  local open = {}
  for _, entry in ipairs(drift) do
    local left = entry.state == "not declared" and p.prune and entry.own
    if entry.state == "missing" or entry.state == "differs" or left then
      open[#open + 1] = ("%s %s"):format(entry.kind.name, entry.name)
    end
  end
  return open
end

-- What was just made may be listed late.
local function verify(run, p)
  local parts = read(run, p)
  for _ = 1, 6 do
    if #not_as_declared(p, drift_in(run, parts)) == 0 then break end
    run:sleep(20)
    parts = read(run, p)
  end
  local open = not_as_declared(p, drift_of(run, parts, "after"))
  if #open > 0 then
    run:fail("verification: not as declared: " .. words(open), "somebody else changes them too, or the service took less: run again")
  end
  run:line("ok", "read again: as declared")
end

local function tell_zones(run, drift)
  for _, entry in ipairs(those(drift, "time zone")) do
    run:line("warn", ("%s subscription %s: its time zone cannot be changed (%s); delete it by hand and run again"):format(
      entry.kind.name, entry.name, entry.detail))
  end
end

local function subscribe(run, p)
  local parts = run:step("read", read, run, p)
  run:step("preflight", preflight, run, p, parts)
  local drift = run:step("drift", drift_of, run, parts, "drift")
  tell_zones(run, drift)
  local missing, differing = #those(drift, "missing"), #those(drift, "differs")
  local counts = { created = missing, changed = differing, same = #those(drift, "same"),
    undeclared = #those(drift, "not declared"), time_zones = #those(drift, "time zone") }
  if p.mode == "report" then
    run:note(("%d missing, %d differing, %d not declared; nothing was changed, as asked"):format(missing, differing,
      counts.undeclared))
    counts.created, counts.changed, counts.missing, counts.differing = 0, 0, missing, differing
    return counts
  end
  if missing + differing == 0 then run:note("everything is as declared: nothing to change") end
  run:if_stopped("what was created or changed so far stays; `hwdb resume` goes on, and so does another run")
  run:step("apply", apply, run, drift)
  if p.prune then run:step("prune", prune, run, drift) end
  if missing + differing > 0 or p.prune then run:step("verify", verify, run, p) end
  run:if_stopped(nil)
  return counts
end

local function fields_of(own)
  local fields = { { name = "name", type = "string", required = true, help = "its name; one of a kind" } }
  for _, field in ipairs(own) do fields[#fields + 1] = field end
  for _, field in ipairs({
    { name = "topic_urn", type = "string", required = true, help = "urn:smn:REGION:PROJECT:TOPIC" },
    { name = "topic_name", type = "string", required = true, help = "the topic's name" },
    { name = "enabled", type = "boolean", default = true, help = "false: kept, but silent" },
    { name = "time_zone", type = "string", default = "GMT+08:00", help = "of the messages; cannot be changed later" } }) do
    fields[#fields + 1] = field
  end
  return fields
end

return {
  name = "dws_subscriptions",
  summary = "DWS alarm and event subscriptions from one declaration: drift shown, created, changed, pruned at a gate",
  params = {
    { name = "declaration", type = "object", required = true, help = "the subscriptions: @file.json or JSON", fields = {
      { name = "alarms", type = "objects", help = "alarm subscriptions", fields = fields_of({
        { name = "levels", type = "list", required = true, help = "urgent, important, minor, prompt" } }) },
      { name = "events", type = "objects", help = "event subscriptions", fields = fields_of({
        { name = "severities", type = "list", help = "normal, warning; any unless given" },
        { name = "categories", type = "list", help = "management, monitor, security, system alarm; any unless given" },
        { name = "source_types", type = "list", help = "cluster, backup, disaster-recovery; any unless given" },
        { name = "source_id", type = "string", help = "one source; any unless given" },
        { name = "tag", type = "string", help = "a tag; any unless given" } }) } } },
    { name = "mode", type = "choice", choices = { "apply", "report" }, default = "apply",
      help = "report: shows the drift and changes nothing" },
    { name = "prune", type = "boolean", default = false,
      help = "delete, at a gate, what this runbook made and is no longer declared" },
  },
  permissions = { "dws:openAPICluster:list" },
  targets = { "dws/subscriptions" },
  changes = "alarm and event subscriptions of the project",
  costs = "nothing; SMN bills its messages",
  undo = "a rollback deletes what was created and puts back what was changed; what was pruned is gone",
  run = subscribe,
}
