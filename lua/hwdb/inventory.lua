-- SPDX-License-Identifier: Apache-2.0
-- What an account holds, read only and slowly: every list, and the details of everything listed. The result is a
-- document of hwdb.account, which a simulator starts from. It never changes anything and keeps no secret.
local account = require("hwdb.account")
local core = require("hwdb.core")

local M = {}

M.SERVICES = { "ddm", "dws", "dbss", "rds" }

---Seconds between two calls: DDM takes sixty a minute.
M.PACE_SECONDS = 1

local ITSELF = {} -- of a list of plain names: the name

-- A read, and for details the list that leads to it: of = the list, items = where its entries stand, take = an argument
-- from a member of each, where = members that it has to have. What the list itself was asked for (its instance_id) is
-- asked for again. args = what a list is always asked for.
local READS = {
  { "rds.list_instances" },
  { "ddm.list_engines" },
  { "ddm.list_flavors", of = "ddm.list_engines", items = "engineGroups", take = { engine_id = "id" } },
  { "ddm.list_instances" },
  { "ddm.show_instance", of = "ddm.list_instances", items = "instances", take = { instance_id = "id" } },
  { "ddm.list_nodes", of = "ddm.list_instances", items = "instances", take = { instance_id = "id" } },
  { "ddm.list_groups", of = "ddm.list_instances", items = "instances", take = { instance_id = "id" } },
  { "ddm.show_instance_param", of = "ddm.list_instances", items = "instances", take = { instance_id = "id" } },
  { "ddm.list_users", of = "ddm.list_instances", items = "instances", take = { instance_id = "id" } },
  { "ddm.list_schemas", of = "ddm.list_instances", items = "instances", take = { instance_id = "id" } },
  { "ddm.show_schema", of = "ddm.list_schemas", items = "databases", take = { ddm_dbname = "name" } },
  { "ddm.list_configurations" },
  { "ddm.show_configuration", of = "ddm.list_configurations", items = "configurations", take = { config_id = "id" } },
  { "ddm.list_backups" },
  { "dws.list_node_types" },
  { "dws.list_availability_zones" },
  { "dws.list_quotas" },
  { "dws.list_clusters" },
  { "dws.show_cluster", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.list_snapshot_policy", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.list_cluster_tags", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.list_data_source", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.show_cluster_workload", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.list_workload_queue", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.show_workload_queue", of = "dws.list_workload_queue", items = "workload_queue_name_list", take = { queue_name = ITSELF } },
  { "dws.list_workload_plans", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.show_cluster_volume", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.list_cluster_cn", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  { "dws.list_cluster_configurations", of = "dws.list_clusters", items = "clusters", take = { cluster_id = "id" } },
  -- The other templates have no parameters.
  { "dws.list_cluster_configurations_parameter", of = "dws.list_cluster_configurations", items = "configurations",
    take = { configuration_id = "id" }, where = { type = "hiddenParameterGroup" } },
  { "dws.list_snapshots" },
  { "dws.list_alarm_subs" },
  { "dws.list_event_subs" },
  { "dbss.show_audit_quota" },
  { "dbss.list_audit_instances" },
  { "dbss.list_audit_databases", of = "dbss.list_audit_instances", items = "servers", take = { instance_id = "id" } },
  { "dbss.list_audit_rule_scopes", of = "dbss.list_audit_instances", items = "servers", take = { instance_id = "id" } },
  { "dbss.list_sql_injection_rules", of = "dbss.list_audit_instances", items = "servers", take = { instance_id = "id" } },
  { "dbss.list_audit_rule_risks", of = "dbss.list_audit_instances", items = "servers", take = { instance_id = "id" } },
  { "dbss.list_audit_sensitive_masks", of = "dbss.list_audit_instances", items = "servers",
    take = { instance_id = "id" } },
  { "dbss.list_resource_instance_by_tag", args = { resource_type = "auditInstance" } },
}

local Taking = {}
Taking.__index = Taking

-- After these no other call would fare better.
local FATAL = { auth = true, usage = true, cancelled = true }

local function named(args)
  local parts = {}
  for name, value in pairs(args) do parts[#parts + 1] = name .. "=" .. tostring(value) end
  table.sort(parts)
  return table.concat(parts, " ")
end

-- A refused code is the service's word; one that could be anything else is not repeated.
local function plain_code(code)
  return type(code) == "string" and #code <= 32 and code:match("^[%w._-]+$") or nil
end

function Taking:failed(op, args, err)
  if type(err) ~= "table" or FATAL[err.kind] then error(err, 0) end
  table.insert(self.account.failed, { op = op, args = args, status = err.status, code = plain_code(err.code),
    kind = err.kind })
end

function Taking:wait()
  if self.calls > 0 then self.client:sleep(self.pace) end
  self.calls = self.calls + 1
end

-- The whole list as one body: the first page's, with the items of all.
function Taking:whole(service, name, args, items)
  local whole
  self:wait()
  for body in service:pages(name, args) do
    if whole then
      table.move(body[items] or {}, 1, #(body[items] or {}), #whole[items] + 1, whole[items])
      self:wait()
    else
      whole = body
    end
  end
  return whole or {}
end

function Taking:one(service, name, args)
  self:wait()
  local body, info = service[name](service, args)
  if body == nil then error(info, 0) end
  return body
end

function Taking:read(op, args)
  local service_name, name = op:match("^(%l+)%.(.+)$")
  local service, row = self.client[service_name], core.rows(service_name, name)
  local ok, body
  if row.page and row.page.items then
    ok, body = pcall(self.whole, self, service, name, args, row.page.items)
  else
    ok, body = pcall(self.one, self, service, name, args)
  end
  if not ok then self:failed(op, args, body) else account.add_read(self.account, op, args, body) end
  if self.on_read then self.on_read(op, named(args), ok) end
end

local function meant(entry, where)
  for member, value in pairs(where or {}) do
    if entry[member] ~= value then return false end
  end
  return true
end

-- The arguments of a detail for every entry of the lists it belongs to.
local function details(document, read)
  local list = {}
  for _, done in ipairs(document.reads) do
    local entries = done.op == read.of and type(done.body) == "table" and done.body[read.items]
    for _, entry in ipairs(type(entries) == "table" and entries or {}) do
      local args = {}
      for name, value in pairs(done.args) do args[name] = value end
      for name, member in pairs(read.take) do
        if member == ITSELF then args[name] = entry else args[name] = entry[member] end
      end
      if meant(entry, read.where) then list[#list + 1] = args end
    end
  end
  return list
end

---Takes an inventory. Raises the error object when there can be no more calls (credentials missing or refused).
---@param client hwdb.Client
---@param options? { services: string[]?, pace: number?, on_read: fun(op: string, args: string, ok: boolean)? }
---@return hwdb.Account
function M.take(client, options)
  options = options or {}
  local services = {}
  for _, name in ipairs(options.services or M.SERVICES) do services[name] = true end
  local taking = setmetatable({ client = client, calls = 0, pace = options.pace or M.PACE_SECONDS, on_read = options.on_read,
    account = account.new({ kind = "inventory", now = client:now() }) }, Taking)
  for _, read in ipairs(READS) do
    if services[read[1]:match("^%l+")] then
      for _, args in ipairs(read.of and details(taking.account, read) or { read.args or {} }) do taking:read(read[1], args) end
    end
  end
  -- The project may have been looked up on the way.
  local about = client:describe()
  if about.region ~= core.null then taking.account.region = about.region end
  if about.project_id ~= core.null then taking.account.project_id = about.project_id end
  return taking.account
end

-- What a list's entries are called, and the members that show them.
local OBJECTS = {
  { "ddm.list_instances", "instances", "DDM instance" },
  { "ddm.list_schemas", "databases", "DDM schema" },
  { "dws.list_clusters", "clusters", "DWS cluster" },
  { "dws.list_snapshots", "snapshots", "DWS snapshot" },
  { "dbss.list_audit_instances", "servers", "DBSS instance" },
  { "rds.list_instances", "instances", "RDS instance" },
}

---The objects of an inventory, for a table.
---@param document hwdb.Account
---@return { kind: string, name: string, id: string, status: string }[]
function M.objects(document)
  local list = {}
  for _, object in ipairs(OBJECTS) do
    for _, read in ipairs(document.reads) do
      for _, entry in ipairs(read.op == object[1] and read.body[object[2]] or {}) do
        list[#list + 1] = { kind = object[3], name = tostring(entry.name or ""), id = tostring(entry.id or read.args.instance_id or ""),
          status = tostring(entry.status or "") }
      end
    end
  end
  return list
end

return M
