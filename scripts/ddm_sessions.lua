-- SPDX-License-Identifier: Apache-2.0
-- Session triage of a DDM instance, or of one of its data nodes.
--
--   1. preflight   the instance; with node_id, that it is one of its data nodes; with kill, that something narrows it down
--   2. look        all sessions, page by page, and those that fit every filter given, as a table
--      audit       with audit_days, which sessions were ended in the last days, by whom
--   3. confirm     kill=true only: a person types how many are to be ended
--   4. end         those that still are what was confirmed, one call each; the others are left alone
--   5. verify      none of them is listed any more, and the service's own record says who ended which
--
-- Without kill=true nothing is changed. A session cannot be brought back: its transaction is rolled back.

local RECORD_SECONDS = 300
-- So many are ended after one look, and only while that look is fresh.
local PORTION, FRESH = 20, 10 * 60000
local DAY = 86400000
-- The service gives seven days of its record a call at most.
local SPAN = 7 * DAY

---------------------------------------------------------------------------
-- Which sessions are meant. Texts are compared as they are, never as patterns of a language.

local function text_of(value)
  if type(value) ~= "string" and type(value) ~= "number" then return "" end
  return tostring(value)
end

-- The service writes None where there is no schema.
local function session_of(item)
  local db = text_of(item.db)
  return { id = text_of(item.id), user = text_of(item.user), host = text_of(item.host), db = db ~= "None" and db or "",
    command = text_of(item.command), seconds = math.tointeger(tonumber(item.time)) or 0, state = text_of(item.state),
    sql = text_of(item.info), trx_seconds = math.tointeger(tonumber(item.trx_executed_time)) }
end

local function one_of(list, value)
  for _, each in ipairs(list) do
    if each:lower() == value:lower() then return true end
  end
  return false
end

local function parts_of(pattern)
  local parts = {}
  for part in pattern:lower():gmatch("[^*]+") do parts[#parts + 1] = part end
  return parts
end

-- The parts one behind the other; * between them stands for anything.
local function holds(text, parts)
  local from, lower = 1, text:lower()
  for _, part in ipairs(parts) do
    local _, last = lower:find(part, from, true)
    if not last then return false end
    from = last + 1
  end
  return true
end

local function address_of(host)
  return host:match("^(.*):%d+$") or host
end

local function fits(p, session)
  if p.ids and not one_of(p.ids, session.id) then return false end
  if p.user and not one_of(p.user, session.user) then return false end
  if p.host and not one_of(p.host, address_of(session.host)) then return false end
  if p.db and not one_of(p.db, session.db) then return false end
  if p.command and not one_of(p.command, session.command) then return false end
  if p.min_seconds and session.seconds < p.min_seconds then return false end
  if p.min_trx_seconds and (session.trx_seconds or 0) < p.min_trx_seconds then return false end
  return not p.sql or holds(session.sql, parts_of(p.sql))
end

-- One that every session passes is none: sql=* or an age of 0.
local function narrows(value)
  return value ~= nil and value ~= 0 and not (type(value) == "string" and #parts_of(value) == 0)
end

local function filters_of(p)
  local list = {}
  for _, name in ipairs({ "ids", "user", "host", "db", "command", "min_seconds", "min_trx_seconds", "sql" }) do
    local value = p[name]
    if narrows(value) then list[#list + 1] = name .. "=" .. (type(value) == "table" and table.concat(value, ",") or tostring(value)) end
  end
  return list
end

---------------------------------------------------------------------------
-- 1. Preflight.

-- What the two kinds of sessions have of their own.
local function side_of(p)
  if p.node_id then
    return { list = "list_physical_sessions", kill = "kill_physical_sessions", id = p.node_id, what = "data node " .. p.node_id }
  end
  return { list = "list_logical_sessions", kill = "kill_logical_sessions", id = p.instance_id, what = "instance " .. p.instance_id }
end

local function check_node(run, p, check)
  local nodes = {}
  for schema in run.ddm:each("list_schemas", { instance_id = p.instance_id }) do
    for _, node in ipairs(schema.used_rds or {}) do nodes[node.id] = true end
  end
  check("data node", nodes[p.node_id] == true, nodes[p.node_id] and "a schema of the instance is on it"
    or "no schema of the instance is on " .. p.node_id)
end

local function preflight(run, p)
  run:preflight(function(check)
    local instance = run.ddm:show_instance{ instance_id = p.instance_id }
    check("instance", instance.status == "RUNNING" or "warn", ("%s is %s"):format(instance.name, instance.status))
    if p.node_id then check_node(run, p, check) end
    if p.min_trx_seconds then
      check("age of transactions", p.node_id ~= nil, "only the sessions of a data node have one: give node_id")
    end
    if p.kill then
      local filters = filters_of(p)
      check("narrowed down", #filters > 0, #filters > 0 and table.concat(filters, " ")
        or "no filter: kill=true would take every session")
    end
  end)
end

---------------------------------------------------------------------------
-- 2. Look.

local function counted(number)
  return number == 1 and "1 session" or ("%d sessions"):format(number)
end

local function cut(text, most)
  text = most > 0 and text:gsub("%s+", " ") or ""
  if #text <= most then return text end
  local last = most
  -- Not in the middle of a character.
  while last > 0 and (text:byte(last + 1) or 0) & 0xC0 == 0x80 do last = last - 1 end
  return text:sub(1, last) .. "…"
end

local function listed(run, side)
  local list = {}
  for item in run.ddm:each(side.list, { instance_id = side.id, limit = 128 }) do list[#list + 1] = session_of(item) end
  table.sort(list, function(a, b)
    if a.seconds ~= b.seconds then return a.seconds > b.seconds end
    return a.id < b.id
  end)
  return list
end

local function show(run, p, side, found, total)
  local rows = {}
  for i, s in ipairs(found) do
    rows[i] = { s.id, s.user, s.host, s.db, s.command, s.seconds, s.state, cut(s.sql, p.sql_chars) }
    if p.node_id then table.insert(rows[i], 7, s.trx_seconds or "") end
  end
  local columns = { "id", "user", "host", "db", "command", "seconds", "state", "sql" }
  if p.node_id then table.insert(columns, 7, "trx seconds") end
  local filters = filters_of(p)
  run:table{ name = "sessions", columns = columns, rows = rows, note = ("%d of %d sessions of the %s%s"):format(#found, total,
    side.what, #filters > 0 and ", " .. table.concat(filters, " ") or "") }
end

local function look(run, p, side)
  local all, found = listed(run, side), {}
  for _, session in ipairs(all) do
    if fits(p, session) then found[#found + 1] = session end
  end
  show(run, p, side, found, #all)
  return found
end

local function moment(run, ms)
  return (run:clock(ms):gsub(" ", "T", 1):gsub(" ", ""):gsub(":(%d%d)$", "%1"))
end

local function audit(run, p, side)
  local now, rows = run:now(), {}
  local from = now - p.audit_days * DAY
  while from < now do
    local to = math.min(from + SPAN - 1000, now)
    local span = {}
    for entry in run.ddm:each("list_session_audit_logs", { instance_id = side.id, start_time = moment(run, from),
      end_time = moment(run, to), limit = 128 }) do
      span[#span + 1] = { text_of(entry.process_id), text_of(entry.execute_user_name), text_of(entry.execute_time) }
    end
    table.sort(span, function(a, b) return a[3] < b[3] or a[3] == b[3] and a[1] < b[1] end)
    for _, row in ipairs(span) do rows[#rows + 1] = row end
    from = to + 1000
  end
  run:table{ name = "record", columns = { "session", "ended by", "at" }, rows = rows,
    note = ("the service's record of the %s, %d days"):format(side.what, p.audit_days) }
end

-- The service's own sessions are never ended.
local function chosen(run, p, found)
  local list, spared = {}, 0
  for _, session in ipairs(found) do
    if one_of(p.spare, session.user) then spared = spared + 1 else list[#list + 1] = session end
  end
  if spared > 0 then
    run:line("warn", ("%s of %s left alone (spare=)"):format(counted(spared), table.concat(p.spare, ", ")))
  end
  return list
end

---------------------------------------------------------------------------
-- 3. Confirm.

local function some(list)
  local texts = {}
  for i, session in ipairs(list) do
    if i > 5 then
      texts[i] = ("and %d more"):format(#list - 5)
      break
    end
    texts[i] = ("%s of %s"):format(session.id, session.user)
  end
  return table.concat(texts, ", ")
end

local function confirm(run, p, side, list)
  if #list > p.most then
    run:fail(("%d sessions fit, at most %d are ended at once"):format(#list, p.most),
      "nothing has been changed; narrow it down, or raise most=")
  end
  local yes = run:ask{ name = "kill " .. counted(#list), expect = tostring(#list),
    question = ("End %s of the %s (%s)? Open transactions are rolled back. Type the number to go on"):format(counted(#list),
      side.what, some(list)) }
  if not yes then run:fail("not confirmed: no session has been ended", "type the number of sessions exactly") end
end

---------------------------------------------------------------------------
-- 4. End.

-- The answer may have taken hours: an id alone does not say that it is still the same work.
local function same(p, was, is)
  if is.user ~= was.user or is.host ~= was.host then return false end
  return fits(p, is) and (not p.ids or is.sql == was.sql)
end

local function still_meant(run, p, side, list)
  local now, kept, outcomes = {}, {}, {}
  for _, session in ipairs(listed(run, side)) do now[session.id] = session end
  for _, was in ipairs(list) do
    local is = now[was.id]
    if not is then
      outcomes[was.id] = "ended by itself"
    elseif not same(p, was, is) then
      outcomes[was.id] = "left alone: it does something else now"
      run:line("warn", ("session %s does something else than when it was confirmed; it is left alone"):format(was.id))
    else
      kept[#kept + 1] = was
    end
  end
  return kept, outcomes
end

-- A run that is down between the look and the call ends nothing hours later by an id that may be another's by then.
local function only_while_fresh(run)
  local now = run:now()
  run:enter(run:window{ from = run:clock(now):sub(1, 19), to = run:clock(now + FRESH):sub(1, 19), zone = "UTC" })
end

-- One call a session: one that ends meanwhile holds up no other.
local function end_portion(run, p, side, list, outcomes)
  local kept, told = still_meant(run, p, side, list)
  for id, outcome in pairs(told) do outcomes[id] = outcome end
  only_while_fresh(run)
  local refused = 0
  for _, session in ipairs(kept) do
    local answer, err = run:try(run.ddm[side.kill], run.ddm, { instance_id = side.id, process_ids = { session.id } })
    outcomes[session.id] = answer and "killed" or "refused: " .. err.message
    if not answer then
      refused = refused + 1
      run:line("warn", ("session %s: %s"):format(session.id, err.message))
    end
  end
  return refused
end

local function end_them(run, p, side, list)
  local outcomes, since, refused = {}, run:now(), 0
  run:if_stopped("some of the sessions may have been ended already: look at what is there now, in a run of its own")
  for from = 1, #list, PORTION do
    local portion = table.move(list, from, math.min(from + PORTION - 1, #list), 1, {})
    refused = refused + end_portion(run, p, side, portion, outcomes)
  end
  run:if_stopped(nil)
  return outcomes, since, refused
end

---------------------------------------------------------------------------
-- 5. Verify.

local function gone(run, side, list, outcomes)
  local now, left = {}, {}
  for _, session in ipairs(listed(run, side)) do now[session.id] = session end
  for _, session in ipairs(list) do
    local there = now[session.id] ~= nil
    if there and outcomes[session.id] == "killed" then left[#left + 1] = session.id end
    if not there and outcomes[session.id]:find("^refused") then outcomes[session.id] = "ended by itself" end
  end
  return left
end

-- The record is the service's; it may come a little later than the answer.
local function record_of(run, side, outcomes, since)
  local from, to = moment(run, since - 60000), moment(run, run:now() + RECORD_SECONDS * 1000)
  local function read()
    local by_id = {}
    for entry in run.ddm:each("list_session_audit_logs", { instance_id = side.id, start_time = from, end_time = to, limit = 128 }) do
      by_id[text_of(entry.process_id)] = { by = text_of(entry.execute_user_name), at = text_of(entry.execute_time) }
    end
    return by_id
  end
  local function missing(by_id)
    local ids = {}
    for id, outcome in pairs(outcomes) do
      if outcome == "killed" and not by_id[id] then ids[#ids + 1] = id end
    end
    return ids
  end
  local waited, err = run:try(run.wait, run, { name = "the service's record of the ended sessions", call = read,
    done = function(by_id) return #missing(by_id) == 0 end, interval = 10, timeout = RECORD_SECONDS })
  if waited then return waited.value, {} end
  if err.kind ~= "timeout" then error(err, 0) end
  local by_id = read()
  return by_id, missing(by_id)
end

local function account_for(run, list, outcomes, by_id)
  local rows, killed = {}, 0
  for i, session in ipairs(list) do
    local entry = by_id[session.id] or {}
    if outcomes[session.id] == "killed" then killed = killed + 1 end
    rows[i] = { session.id, session.user, session.host, outcomes[session.id], entry.by or "", entry.at or "" }
  end
  run:table{ name = "ended", columns = { "id", "user", "host", "outcome", "ended by", "at" }, rows = rows,
    note = "who and when: the service's record of ended sessions" }
  return killed
end

local function verify(run, side, list, ended)
  local left = gone(run, side, list, ended.outcomes)
  local by_id, missing = record_of(run, side, ended.outcomes, ended.since)
  local killed = account_for(run, list, ended.outcomes, by_id)
  if #missing > 0 then
    run:line("warn", "not in the service's record: " .. table.concat(missing, ", "))
  end
  if #left > 0 then
    run:fail("still listed after they were ended: " .. table.concat(left, ", "), "look again: hwdb run ddm_sessions")
  end
  run:line("ok", ("%s ended and gone, of %d chosen"):format(counted(killed), #list))
  return killed
end

---------------------------------------------------------------------------

local function triage(run, p)
  local side = side_of(p)
  run:step("preflight", preflight, run, p)
  local found = run:step("look", look, run, p, side)
  if p.audit_days then run:step("audit", audit, run, p, side) end
  if not p.kill then return { found = #found, killed = 0 } end
  local list = chosen(run, p, found)
  if #list == 0 then
    run:note("no session is to be ended; nothing has been changed")
    return { found = #found, killed = 0 }
  end
  run:step("confirm", confirm, run, p, side, list)
  local outcomes, since, refused = run:step("end", end_them, run, p, side, list)
  local killed = run:step("verify", verify, run, side, list, { outcomes = outcomes, since = since })
  for _, session in ipairs(list) do
    if outcomes[session.id]:find("^refused") then
      run:fail(("%d of %d sessions could not be ended, %s among them"):format(refused, #list, session.id),
        "the table says why; run it again for those")
    end
  end
  return { found = #found, killed = killed }
end

return {
  name = "ddm_sessions",
  summary = "Sessions of a DDM instance or data node: list, filter, and end what a person confirms by number",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "node_id", type = "string", help = "one of its data nodes (RDS): its physical sessions instead of the logical ones" },
    { name = "user", type = "list", help = "only of these accounts" },
    { name = "host", type = "list", help = "only from these addresses, without their ports" },
    { name = "db", type = "list", help = "only in these schemas (of a data node: physical shards)" },
    { name = "command", type = "list", help = "only with these commands: query, sleep, connect" },
    { name = "min_seconds", type = "integer", min = 0, help = "only as old as this, or older" },
    { name = "min_trx_seconds", type = "integer", min = 0, help = "of a data node: only with a transaction as old as this" },
    { name = "sql", type = "string", help = 'only with this in the statement; * stands for anything: "select*from orders"' },
    { name = "ids", type = "list", help = "only these sessions" },
    { name = "audit_days", type = "integer", min = 1, max = 366, help = "also show which sessions were ended in so many days" },
    { name = "kill", type = "boolean", default = false, help = "end what fits, after a question that names the number" },
    { name = "most", type = "integer", min = 1, max = 1000, default = 20, help = "refuse to end more than so many at once" },
    { name = "spare", type = "list", default = "drdsagent", help = "accounts whose sessions are never ended: the service's own" },
    { name = "sql_chars", type = "integer", min = 0, max = 4000, default = 80,
      help = "so much of each statement is shown; statements may hold personal data" },
  },
  permissions = { "ddm:instance:get", "ddm:database:list" },
  -- Looking is for the time when another run is at work, too: only the ending takes the lock.
  targets = {},
  changes = "nothing unless kill=true; then ends sessions, and their transactions are rolled back",
  costs = "nothing",
  undo = "none: an ended session does not come back; the application connects anew",
  run = triage,
}
