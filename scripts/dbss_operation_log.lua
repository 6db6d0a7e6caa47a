-- SPDX-License-Identifier: Apache-2.0
-- What people did to the database audit: the operation logs of audit instances over a range of time, as a table.
--
--   1. instances   the named ones, or all
--   2. preflight   the range and the zone make sense, each instance is there once
--   3. read        page by page, several instances side by side
--   4. report      one line an entry, oldest first, and one an instance
-- Nothing is changed. An instance that cannot be read is told, and ends the run as failed after the report.

local HOUR = 3600000
local SIDE_BY_SIDE = 4

-- Of what the log says, this part alone is uncertain.
local NOTE = "the document gives the range in UTC and no zone for the entries: they are taken as UTC"

local function service_text(run, ms)
  return (run:clock(ms):match("^(%S+ %S+)"))
end

local function range_of(run, p)
  local now = run:now()
  local to = math.min(p.to or now, now)
  return { from = p.from or to - p.hours * HOUR, to = to, future = p.to ~= nil and p.to > now }
end

---------------------------------------------------------------------------
-- 1. The instances, 2. the preflight.

local function find_instances(run, p)
  local all = {}
  for instance in run.dbss:each("list_audit_instances", {}) do all[#all + 1] = instance end
  if not p.instances then return all, {} end
  local found, missing, taken = {}, {}, {}
  for _, wanted in ipairs(p.instances) do
    local hits = 0
    for _, instance in ipairs(all) do
      if instance.id == wanted or instance.name == wanted then
        hits = hits + 1
        if not taken[instance.id] then found[#found + 1] = instance end
        taken[instance.id] = true
      end
    end
    if hits ~= 1 then missing[#missing + 1] = ("%s (%d of that name or id)"):format(wanted, hits) end
  end
  return found, missing
end

local function preflight(run, p, range, instances, missing)
  run:preflight(function(check)
    check("instances", #missing == 0 and #instances > 0, #missing > 0 and table.concat(missing, ", ")
      or ("%d audit instances"):format(#instances))
    local zone = p.zone == "Z" or p.zone:find("^[+-]%d%d:[0-5]%d$") ~= nil
    check("zone", zone, zone and p.zone or p.zone .. " is none: such as +08:00")
    check("range", range.from < range.to, ("%s to %s"):format(run:clock(range.from), run:clock(range.to)))
    if range.future then check("end of the range", "warn", "it lies ahead: entries up to now are read") end
  end)
end

---------------------------------------------------------------------------
-- 3. Reading. The newest come first, so a page may shift while it is read: an entry counts once.

local function entries_of(run, p, range, instance)
  local args = { instance_id = instance.id, user_name = p.user, operate_name = p.action, result = p.result, page = 1,
    size = p.page_size, time = { start_time = service_text(run, range.from), end_time = service_text(run, range.to) } }
  local list, seen, total = {}, {}, 0
  for body in run.dbss:pages("list_audit_operate_logs", args) do
    total = math.max(total, body.total_num or 0)
    for _, entry in ipairs(body.operate_log or {}) do
      if not seen[entry.id] and #list < p.most then
        seen[entry.id] = true
        list[#list + 1] = entry
      end
    end
    if #list >= p.most then break end
  end
  return { instance = instance, list = list, total = math.max(total, #list) }
end

local function read(run, p, range, instances)
  local reads = {}
  for i, instance in ipairs(instances) do
    reads[i] = function() return entries_of(run, p, range, instance) end
  end
  local logs, unread = {}, {}
  for i, ended in ipairs(run:gather(reads, { max = SIDE_BY_SIDE })) do
    if ended[1] then
      logs[#logs + 1] = ended[1]
    else
      unread[#unread + 1] = instances[i].name
      run:line("fail", ("%s cannot be read: %s"):format(instances[i].name, ended[2].message))
    end
  end
  return logs, unread
end

---------------------------------------------------------------------------
-- 4. The report.

local function row_of(run, p, log, entry)
  local at = run:instant(tostring(entry.time or ""))
  return { order = at or 0, id = entry.id, at and run:clock(at, p.zone) or tostring(entry.time), log.instance.name,
    entry.user or "", entry["function"] or "", entry.action or "", entry.name or "", entry.result or "",
    entry.description or "" }
end

local function report(run, p, logs)
  local rows, summary, failed = {}, {}, 0
  for _, log in ipairs(logs) do
    local bad = 0
    for _, entry in ipairs(log.list) do
      rows[#rows + 1] = row_of(run, p, log, entry)
      if entry.result == "fail" then bad = bad + 1 end
    end
    failed = failed + bad
    summary[#summary + 1] = { log.instance.name, log.instance.id, #log.list, bad }
    if log.total > #log.list then
      run:line("warn", ("%s has %d entries, the newest %d are shown: raise most or narrow the range"):format(
        log.instance.name, log.total, #log.list))
    end
  end
  table.sort(rows, function(a, b)
    if a.order ~= b.order then return a.order < b.order end
    return a.id < b.id
  end)
  for _, row in ipairs(rows) do row.order, row.id = nil, nil end
  run:table{ name = "operations", note = NOTE, rows = rows,
    columns = { "time", "instance", "user", "area", "action", "object", "result", "description" } }
  run:table{ name = "instances", columns = { "instance", "id", "entries", "failed" }, rows = summary }
  return { entries = #rows, failed = failed, instances = #logs }
end

---------------------------------------------------------------------------

local function operation_log(run, p)
  local instances, missing = run:step("instances", find_instances, run, p)
  local range = range_of(run, p)
  run:step("preflight", preflight, run, p, range, instances, missing)
  local logs, unread = run:step("read", read, run, p, range, instances)
  local result = run:step("report", report, run, p, logs)
  if #unread > 0 then
    run:fail(("%d of %d instances could not be read: %s"):format(#unread, #instances, table.concat(unread, ", ")),
      "the report holds the others; run again for these: instances=" .. table.concat(unread, ","))
  end
  return result
end

return {
  name = "dbss_operation_log",
  summary = "The operation logs of audit instances over a range of time, as a table",
  params = {
    { name = "instances", type = "list", help = "names or ids of audit instances; all unless given" },
    { name = "from", type = "time", help = 'where the range begins: "2026-11-22 02:00 +08:00"' },
    { name = "to", type = "time", help = "where it ends; now unless given" },
    { name = "hours", type = "integer", min = 1, max = 8784, default = 24, help = "without from: so long before the end" },
    { name = "zone", type = "string", default = "+00:00", help = "zone of the times in the report" },
    { name = "user", type = "string", help = "only what this user did" },
    { name = "action", type = "string", help = "only this kind of operation, such as DOWNLOAD" },
    { name = "result", type = "choice", choices = { "success", "fail" }, help = "only what ended so" },
    { name = "page_size", type = "integer", min = 1, max = 1000, default = 100, help = "entries a page" },
    { name = "most", type = "integer", min = 1, max = 20000, default = 10000, help = "entries read of an instance at most" },
  },
  permissions = {},
  changes = "nothing",
  costs = "nothing",
  undo = "nothing to undo",
  run = operation_log,
}
