-- SPDX-License-Identifier: Apache-2.0
-- Calls every operation that only reads, slowly and once each, and holds the answers' shapes against the rows. What it
-- reports are names and types of fields, statuses and codes: no values, no ids, no secrets.
local core = require("hwdb.core")
local shape = require("hwdb.shape")

local M = {}

M.SERVICES = { "ddm", "dws", "dbss" }

M.PACE_SECONDS = 2

-- Reads that no list leads to.
local UNREACHED = {
  ["ddm.check_data_node_connection"] = "needs the password of a data node",
  ["ddm.validate_weak_password"] = "needs a password",
  ["ddm.show_precheck"] = "only the call that starts a precheck names its job",
  ["dws.check_cluster"] = "needs the plan of a cluster",
  ["dws.show_job"] = "only the call that starts a job names it",
}

local function field_of(items, key) return { items = items, key = key } end

-- Where the value of a required parameter comes from: an item of another read's answer.
local SOURCES = {
  ddm = {
    instance_id = { "list_instances", field_of("instances", "id") },
    node_id = { "list_nodes", field_of("nodes", "node_id") },
    engine_id = { "list_engines", field_of("engineGroups", "id") },
    ddm_dbname = { "list_schemas", field_of("databases", "name") },
    database_name = { "list_schemas", field_of("databases", "name") },
    db_name = { "list_schemas", field_of("databases", "name") },
    job_id = { "list_jobs", field_of("jobs", "id") },
    task_id = { "list_jobs", field_of("jobs", "id") },
    backup_id = { "list_backups", field_of("backups", "id") },
    config_id = { "list_configurations", field_of("configurations", "id") },
    source_id = { "list_configurations", field_of("configurations", "id") },
    target_id = { "list_configurations", field_of("configurations", "id") },
    restore_time = { "show_restorable_time", field_of("restorable_time_intervals", "end_time") },
    target_instance_id = { "list_restorable_instances", field_of("instances", "instance_id") },
    source_dn_instance_id = { "list_related_data_nodes", field_of("related_data_nodes", "instance_id") },
  },
  dws = {
    cluster_id = { "list_clusters", field_of("clusters", "id") },
    snapshot_id = { "list_snapshots", field_of("snapshots", "id") },
    configuration_id = { "list_cluster_configurations", field_of("configurations", "id") },
  },
  dbss = {
    instance_id = { "list_audit_instances", field_of("servers", "id") },
    resource_id = { "list_audit_instances", field_of("servers", "resource_id") },
    risk_id = { "list_audit_rule_risks", field_of("rules", "id") },
  },
}

local DAY_MS <const> = 86400000

local function stamp(ms) return os.date("!%Y-%m-%dT%H:%M:%S+0000", ms // 1000) end

-- Times and pages that a read requires.
local FIXED = {
  ["ddm.list_jobs"] = function(now) return { start_time = now - 7 * DAY_MS, end_time = now } end,
  ["ddm.list_slow_log"] = function(now)
    return { curPage = "1", perPage = "10", startDate = tostring(now - DAY_MS), endDate = tostring(now) }
  end,
  ["ddm.list_session_audit_logs"] = function(now)
    return { start_time = stamp(now - 6 * DAY_MS), end_time = stamp(now) }
  end,
}

-- Where one operation means something else by a parameter's name: 4.7.3's
-- instance is a data node.
local OWN_SOURCES = {
  ["ddm.list_physical_sessions"] = { instance_id = { "export_schema_metadata", field_of("data_nodes", "instance_id") } },
}

-- Parameters without which a read that requires none is refused.
local ALSO = { ["ddm.list_flavors_v3"] = { engine_id = true } }

local function days_before(year, month, day) -- since 1970, by the civil calendar
  year = month <= 2 and year - 1 or year
  local era, shifted = year // 400, (month + 9) % 12
  return era * 146097 + (year % 400) * 365 + (year % 400) // 4 - (year % 400) // 100 + (153 * shifted + 2) // 5 + day - 719469
end

-- Some calls answer a time as text that others take as milliseconds.
local function as_ms(text)
  local y, mo, d, h, mi, s, sign, zh, zm = text:match("^(%d+)-(%d+)-(%d+)[T ](%d+):(%d+):(%d+)([+-])(%d%d):?(%d%d)$")
  if not y then return text end
  local zone = (zh * 60 + zm) * (sign == "-" and -1 or 1)
  local days = days_before(math.tointeger(y), math.tointeger(mo), math.tointeger(d))
  return tostring((((days * 24 + h) * 60 + mi - zone) * 60 + s) * 1000)
end

---@class hwdb.conform.Result
---@field operation string "ddm.list_instances"
---@field section? string
---@field outcome "as documented"|"differs"|"failed"|"not reached"
---@field why? string
---@field kind? string kind of the error
---@field status? integer
---@field code? string
---@field class? string
---@field differences? hwdb.Difference[]
---@field absent? string[] documented fields that did not come

local Run = {}
Run.__index = Run

local function reads_of(services)
  local list, by_name = {}, {}
  for _, row in ipairs(core.rows()) do
    if services[row.service] and row.kind == "query" then
      list[#list + 1] = row
      by_name[row.service .. "." .. row.name] = row
    end
  end
  return list, by_name
end

-- The value a parameter takes, or nil and why there is none.
function Run:value_for(row, param)
  local fixed = FIXED[row.service .. "." .. row.name]
  local value = fixed and fixed(self.client:now())[param.name]
  if value ~= nil then return value end
  local own = OWN_SOURCES[row.service .. "." .. row.name]
  local source = own and own[param.name] or SOURCES[row.service][param.name]
  if not source then
    if param.enum then return param.enum[1] end
    return nil, ("nothing read so far gives %s"):format(param.name)
  end
  local name = row.service .. "." .. source[1]
  local items = self:answer_of(name)[source[2].items]
  local first = type(items) == "table" and items[1]
  value = type(first) == "table" and first[source[2].key]
  if type(value) ~= "string" and type(value) ~= "number" then
    if self.results[name].outcome == "failed" then return nil, source[1] .. " failed" end
    return nil, ("%s lists nothing that gives %s"):format(source[1], param.name)
  end
  if param.name == "restore_time" and type(value) == "string" then return as_ms(value) end
  return value
end

function Run:arguments(row)
  local args = {}
  for _, param in ipairs(row.params) do
    local also = ALSO[row.service .. "." .. row.name]
    if param.required or also and also[param.name] then
      local value, why = self:value_for(row, param)
      if value == nil then return nil, why end
      args[param.name] = value
    end
  end
  return args
end

local function split(found)
  local differences, absent = core.array({}), core.array({})
  for _, difference in ipairs(found) do
    if difference.what == "absent" then absent[#absent + 1] = difference.path
    else differences[#differences + 1] = difference end
  end
  return differences, absent
end

-- Codes are the service's words; one that could be an id is not repeated.
local function plain_code(code)
  return code and #code <= 32 and code:match("^[%w._-]+$") and code or nil
end

local function failed(result, err)
  result.outcome, result.kind, result.status = "failed", err.kind, err.status
  result.code, result.class = plain_code(err.code), err.class
end

-- After these no other call would fare better.
local FATAL = { auth = true, usage = true, cancelled = true }

function Run:call(row, args, result)
  if self.called > 0 then self.client:sleep(self.pace) end
  self.called = self.called + 1
  local service = self.client[row.service]
  local body, info = service[row.name](service, args, { attempts = 1 })
  if body == nil then
    if FATAL[info.kind] then error(info, 0) end
    failed(result, info)
    return {}
  end
  result.status = info.status
  result.differences, result.absent = split(shape.compare(row.answer, body))
  result.outcome = #result.differences > 0 and "differs" or "as documented"
  return type(body) == "table" and body or {}
end

-- The answer of a read, called when it is first asked for.
function Run:answer_of(name)
  if self.answers[name] then return self.answers[name] end
  self.answers[name] = {}
  local row = self.by_name[name]
  local result = { operation = name, section = row.doc, outcome = "not reached" }
  self.results[name] = result
  local args, why
  if UNREACHED[name] then why = UNREACHED[name] else args, why = self:arguments(row) end
  if args then self.answers[name] = self:call(row, args, result) else result.why = why end
  if self.on_result then self.on_result(result) end
  return self.answers[name]
end

local function summary(results)
  local count = { ["as documented"] = 0, differs = 0, failed = 0, ["not reached"] = 0 }
  for _, result in ipairs(results) do count[result.outcome] = count[result.outcome] + 1 end
  return count
end

---Reads and compares. Raises the error object when there can be no more calls (credentials missing or refused, interrupted).
---@param client hwdb.Client
---@param options? {services?: string[], pace?: number, on_result?: fun(result: hwdb.conform.Result)}
---@return table report plain data: hwdb, made, region, summary, operations
function M.run(client, options)
  options = options or {}
  local services = {}
  for _, name in ipairs(options.services or M.SERVICES) do services[name] = true end
  local rows, by_name = reads_of(services)
  local run = setmetatable({ client = client, by_name = by_name, answers = {}, results = {}, called = 0,
    pace = options.pace or M.PACE_SECONDS, on_result = options.on_result }, Run)
  local operations = core.array({})
  for i, row in ipairs(rows) do
    local name = row.service .. "." .. row.name
    run:answer_of(name)
    operations[i] = run.results[name]
  end
  local about = client:describe()
  return { hwdb = core.version, made = os.date("!%Y-%m-%d", client:now() // 1000),
    region = about.region ~= core.null and about.region or nil, calls = run.called, summary = summary(operations),
    operations = operations }
end

return M
