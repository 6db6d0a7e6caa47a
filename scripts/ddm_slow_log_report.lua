-- SPDX-License-Identifier: Apache-2.0
-- Slow statements of one or many DDM instances over a stretch of time, grouped by their shape.
--
--   1. plan     the stretch, with its zone, and the instances: those named, or all of the project
--   2. read     every instance's log, page by page, several instances at once; one that refuses stops no other
--   3. report   a table of the shapes that took most, and one of the instances
--
-- Nothing is changed. A shape is a statement without its values, so that one that runs a thousand times is one line.

local HOUR = 3600000
local DAY = 24 * HOUR
-- The service gives seven days a call at most.
local SPAN = 7 * DAY

---------------------------------------------------------------------------
-- The shape of a statement.

-- Where the text that opens with this quote ends; a cut statement may have lost the end.
local function after_quoted(sql, from, quote)
  local at = from + 1
  while true do
    local found = sql:find("[\\" .. quote .. "]", at)
    if not found then return #sql + 1 end
    if sql:byte(found) == 92 or sql:sub(found, found + 1) == quote .. quote then at = found + 2 else return found + 1 end
  end
end

local function after_comment(sql, from)
  local _, last = sql:find("*/", from + 2, true)
  return (last or #sql) + 1
end

-- A piece of the statement from here, as it counts for the shape, and where the next begins.
local function piece(sql, at)
  local char = sql:sub(at, at)
  if char == "'" or char == '"' then return "?", after_quoted(sql, at, char) end
  if char == "`" then
    local last = sql:find("`", at + 1, true) or #sql
    return sql:sub(at, last), last + 1
  end
  if sql:sub(at, at + 1) == "/*" then return " ", after_comment(sql, at) end
  local word = sql:match("^[%a_\128-\255][%w_$\128-\255]*", at)
  if word then return word:lower(), at + #word end
  local number = sql:match("^0[xX]%x+", at) or sql:match("^%d+%.?%d*[eE][+-]?%d+", at) or sql:match("^%d+%.?%d*", at)
  if number then return "?", at + #number end
  return char, at + 1
end

local function shape_of(sql)
  local parts, at = {}, 1
  while at <= #sql do parts[#parts + 1], at = piece(sql, at) end
  local shape = table.concat(parts):gsub("%s+", " "):gsub("^ ", ""):gsub("[ ;]+$", "")
  -- Lists of values count as one, however long.
  shape = shape:gsub("%( ?%-?%?[ ,?%-]*%)", "(?)"):gsub("%(%?%)[ ,%(%?%)]*%(%?%)", "(?)")
  return shape
end

---------------------------------------------------------------------------
-- 1. Plan.

local function stretch_of(run, p)
  if p.zone ~= "UTC" and not p.zone:match("^[+-]%d%d:%d%d$") then
    run:fail(("zone %q is not one"):format(p.zone), "such as +08:00, or UTC")
  end
  local now = run:now()
  local to = math.min(p.to or now, now)
  local from = p.from or to - p.hours * HOUR
  if from >= to then
    run:fail("the stretch of time is empty: it begins at " .. run:clock(from, p.zone) .. " and ends at " .. run:clock(to, p.zone),
      "from= lies before to=, and both in the past")
  end
  if to - from > p.most_days * DAY then
    run:fail(("the stretch of time is longer than %d days"):format(p.most_days), "take a shorter one, or raise most_days=")
  end
  return { from = from, to = to, text = run:clock(from, p.zone) .. " to " .. run:clock(to, p.zone) }
end

local function wanted_instances(run, p)
  local named, list, found = {}, {}, {}
  for _, id in ipairs(p.instances or {}) do named[id] = true end
  for instance in run.ddm:each("list_instances", { limit = 128 }) do
    if not p.instances or named[instance.id] then
      list[#list + 1] = { id = instance.id, name = instance.name, status = instance.status }
      found[instance.id] = true
    end
  end
  local missing = {}
  for id in pairs(named) do
    if not found[id] then missing[#missing + 1] = id end
  end
  if #missing > 0 then run:fail("not in this project: " .. table.concat(missing, ", "), "list them: hwdb call ddm.list_instances") end
  return list
end

local function plan(run, p)
  local stretch = stretch_of(run, p)
  run:note("from " .. stretch.text)
  local instances = wanted_instances(run, p)
  run:line("ok", ("instances to read: %d"):format(#instances))
  return stretch, instances
end

---------------------------------------------------------------------------
-- 2. Read.

local function one_of(list, value)
  for _, each in ipairs(list) do
    if each == value then return true end
  end
  return false
end

-- An entry as it counts. The time is compared as text, to the second.
local function entry_of(item)
  local time, zone = tostring(item.logTime or ""):match("^(%d+-%d+-%d+T%d+:%d+:%d+)(.*)$")
  return { sql = tostring(item.querySample or ""), ms = tonumber(item.time) or 0, rows = tonumber(item.rowsExamined) or 0,
    user = tostring(item.users or ""), schema = tostring(item.database or ""), host = tostring(item.host or ""),
    at = time and time:gsub("T", " ") or "", utc = zone == "" or zone == "Z" or zone == "+0000" }
end

local function meant(p, entry)
  if p.user and not one_of(p.user, entry.user) then return false end
  if p.schema and not one_of(p.schema, entry.schema) then return false end
  return entry.ms >= p.min_ms
end

local function group_in(groups, shape)
  groups[shape] = groups[shape] or { shape = shape, count = 0, ms = 0, most = 0, rows = 0, last = "", schemas = {}, users = {},
    hosts = {}, instances = {} }
  return groups[shape]
end

local function joined(set, more)
  for key in pairs(more) do set[key] = true end
end

local function add(groups, more)
  local group = group_in(groups, more.shape)
  group.count, group.ms, group.most = group.count + more.count, group.ms + more.ms, math.max(group.most, more.most)
  group.rows = group.rows + more.rows
  if more.last > group.last then group.last = more.last end
  for _, name in ipairs({ "schemas", "users", "hosts", "instances" }) do joined(group[name], more[name]) end
end

local function read_span(run, p, instance, span, seen)
  local listed, total = 0, 0
  for body in run.ddm:pages("list_slow_log", { instance_id = instance.id, perPage = p.page_size, startDate = span.from,
    endDate = span.to }) do
    total = tonumber(body.totalRecord) or 0
    for _, item in ipairs(body.slowLogList or {}) do
      local entry = entry_of(item)
      listed = listed + 1
      if entry.utc and entry.at ~= "" and (entry.at < seen.first or entry.at > seen.last) then seen.other_zone = true end
      if meant(p, entry) then
        seen.entries, seen.ms, seen.most = seen.entries + 1, seen.ms + entry.ms, math.max(seen.most, entry.ms)
        add(seen.groups, { shape = shape_of(entry.sql), count = 1, ms = entry.ms, most = entry.ms, rows = entry.rows,
          last = entry.at, schemas = { [entry.schema] = true }, users = { [entry.user] = true },
          hosts = { [entry.host] = true }, instances = { [instance.name] = true } })
      end
    end
  end
  seen.short = seen.short + math.abs(total - listed)
end

local function read(run, p, instance, stretch)
  local seen = { entries = 0, ms = 0, most = 0, short = 0, groups = {}, first = run:clock(stretch.from):sub(1, 19),
    last = run:clock(stretch.to):sub(1, 19) }
  local from = stretch.from
  while from <= stretch.to do
    local to = math.min(from + SPAN - 1, stretch.to)
    read_span(run, p, instance, { from = from, to = to }, seen)
    from = to + 1
  end
  return seen
end

local function read_all(run, p, instances, stretch)
  local fns = {}
  for i, instance in ipairs(instances) do
    fns[i] = function() return read(run, p, instance, stretch) end
  end
  return run:gather(fns, { max = p.parallel })
end

---------------------------------------------------------------------------
-- 3. Report.

local function seconds(ms)
  return math.floor(ms / 100 + 0.5) / 10
end

local function names(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  return #list > 3 and ("%d of them"):format(#list) or table.concat(list, " ")
end

local function size(set)
  local count = 0
  for _ in pairs(set) do count = count + 1 end
  return count
end

local function cut(text, most)
  if #text <= most then return text end
  local last = most
  -- Not in the middle of a character.
  while last > 0 and (text:byte(last + 1) or 0) & 0xC0 == 0x80 do last = last - 1 end
  return text:sub(1, last) .. "…"
end

local ORDER = { total = "ms", count = "count", max = "most" }

local function sorted(groups, by)
  local list, field = {}, ORDER[by]
  for _, group in pairs(groups) do list[#list + 1] = group end
  table.sort(list, function(a, b)
    if a[field] ~= b[field] then return a[field] > b[field] end
    return a.shape < b.shape
  end)
  return list
end

local function show_shapes(run, p, groups, stretch)
  local list, rows = sorted(groups, p.order), {}
  for i = 1, math.min(p.top, #list) do
    local g = list[i]
    rows[i] = { g.count, seconds(g.ms), seconds(g.most), g.rows, size(g.hosts), names(g.instances), names(g.schemas),
      names(g.users), g.last, cut(g.shape, p.sql_chars) }
  end
  run:table{ name = "slow statements", rows = rows, columns = { "count", "total s", "longest s", "rows", "clients", "instances",
    "schemas", "users", "last", "statement" }, note = ("%d of %d shapes, by %s, from %s; last: as the service tells the time"):format(
    #rows, #list, p.order, stretch.text) }
  return #list
end

local function show_instances(run, instances, results)
  local rows = {}
  for i, instance in ipairs(instances) do
    local seen, err = results[i][1], results[i][2]
    rows[i] = seen and { instance.name, instance.id, instance.status, seen.entries, seconds(seen.ms), seconds(seen.most), "" }
      or { instance.name, instance.id, instance.status, "", "", "", err.message }
  end
  run:table{ name = "instances", columns = { "name", "id", "status", "entries", "total s", "longest s", "not read" }, rows = rows }
end

local function warn(run, instance, seen)
  if seen.short > 0 then
    run:line("warn", ("%s: %d entries more or fewer were listed than it says it has; it may have grown meanwhile")
      :format(instance.name, seen.short))
  end
  if seen.other_zone then
    run:line("warn", ("%s: the times of its entries are not UTC; no document says in which zone they are"):format(instance.name))
  end
end

local function report(run, p, stretch, instances, results)
  local groups, entries, unread = {}, 0, {}
  for i, instance in ipairs(instances) do
    local seen = results[i][1]
    if seen then
      for _, group in pairs(seen.groups) do add(groups, group) end
      entries = entries + seen.entries
      warn(run, instance, seen)
    else
      unread[#unread + 1] = instance.name
    end
  end
  local shapes = show_shapes(run, p, groups, stretch)
  show_instances(run, instances, results)
  return { entries = entries, shapes = shapes, instances = #instances, unread = unread }
end

---------------------------------------------------------------------------

local function slow_log(run, p)
  local stretch, instances = run:step("plan", plan, run, p)
  local results = run:step("read", read_all, run, p, instances, stretch)
  local result = run:step("report", report, run, p, stretch, instances, results)
  if #result.unread > 0 then
    run:fail(("%d of %d instances could not be read: %s"):format(#result.unread, #instances, table.concat(result.unread, ", ")),
      "the report holds the others; the table says why these are missing")
  end
  result.unread = nil
  return result
end

return {
  name = "ddm_slow_log_report",
  summary = "Slow statements of DDM instances over a stretch of time, grouped by shape; changes nothing",
  params = {
    { name = "instances", type = "list", help = "ids of DDM instances; all of the project unless given" },
    { name = "from", type = "time", help = 'begin, with its zone: "2026-11-22 02:00 +08:00"; hours before the end unless given' },
    { name = "to", type = "time", help = "end, with its zone; now unless given" },
    { name = "hours", type = "integer", min = 1, default = 24, help = "without from=: so many hours up to the end" },
    { name = "zone", type = "string", default = "UTC", help = "the zone in which the stretch is shown: +08:00" },
    { name = "most_days", type = "integer", min = 1, max = 366, default = 31, help = "refuse a longer stretch" },
    { name = "user", type = "list", help = "only statements of these accounts" },
    { name = "schema", type = "list", help = "only statements in these schemas" },
    { name = "min_ms", type = "integer", min = 0, default = 0, help = "only statements that took so many milliseconds, or more" },
    { name = "order", type = "choice", choices = { "total", "count", "max" }, default = "total",
      help = "which shapes come first: most time in all, most often, longest once" },
    { name = "top", type = "integer", min = 1, max = 10000, default = 20, help = "so many shapes" },
    { name = "sql_chars", type = "integer", min = 10, max = 10000, default = 200, help = "so much of each shape" },
    { name = "page_size", type = "integer", min = 1, max = 1000, default = 100, help = "entries a call" },
    { name = "parallel", type = "integer", min = 1, max = 64, default = 4, help = "instances read at once" },
  },
  permissions = { "ddm:instance:list" },
  targets = {},
  -- What the service allows a user, all calls together.
  pace = { ddm = 60 },
  changes = "nothing",
  costs = "nothing",
  undo = "nothing to undo",
  run = slow_log,
}
