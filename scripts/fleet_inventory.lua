-- SPDX-License-Identifier: Apache-2.0
-- What there is: all DDM, DWS and DBSS instances of an account, over its regions and projects.
--
--   1. places      the account's projects tell its regions; those wanted are taken, unknown ones are told
--   2. read        every list, page by page, side by side; a list that fails is told and holds up no other
--   3. result      tables: the fleet, its totals by place, what could not be read
-- It only reads. `hwdb report RUN --format csv|html|json` gives the tables again.

local SERVICES = { "ddm", "dws", "dbss" }

-- No service takes larger pages in each of its lists.
local PAGE = 100

local COLUMNS = { "region", "project", "service", "name", "id", "status", "version", "class", "nodes", "created", "holds" }

local function text(value)
  return type(value) == "string" and value or type(value) == "number" and tostring(value) or ""
end

local function counted(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list) do set[value] = true end
  return set
end

---------------------------------------------------------------------------
-- 1. Places: a project's name is its region's, or begins with it.

local function wanted_services(run, p)
  local known, wanted = set_of(SERVICES), set_of(p.services)
  for _, name in ipairs(p.services) do
    if not known[name] then run:fail(("there is no service %s here"):format(name), "services: " .. table.concat(SERVICES, ", ")) end
  end
  local list = {}
  for _, name in ipairs(SERVICES) do
    if wanted[name] then list[#list + 1] = name end
  end
  return list
end

-- What was asked for and is not there is a line; the rest is looked at.
local function places(run, p, missing)
  local list, unknown = run:projects(p)
  for _, each in ipairs(unknown) do
    run:line("fail", ("%s: the account has no project there, or these credentials may not see it"):format(each.name))
    missing[#missing + 1] = { each.what == "region" and each.name or "", each.what == "project" and each.name or "", "",
      "no such " .. each.what }
  end
  table.sort(list, function(a, b)
    if a.region ~= b.region then return a.region < b.region end
    return a.project < b.project
  end)
  if #list == 0 then run:fail("there is no place to look at", "see `hwdb call iam.list_projects`; give regions= or projects= of it") end
  run:line("ok", ("%s to look at"):format(counted(#list, "project")))
  return list
end

---------------------------------------------------------------------------
-- 2. One list of one place: first its instances, so that no page is kept while their details are read.

local LIST, HOLDS = {}, {}

function LIST.ddm(at, _, add)
  for instance in at.ddm:each("list_instances", { limit = PAGE }) do
    local class = instance.flavor_ref or ("%s vCPUs, %s GB"):format(text(instance.core_count), text(instance.ram_capacity))
    add(instance, { instance.engine_version, class, instance.node_count, instance.created })
  end
end

function HOLDS.ddm(at, id)
  local schemas, nodes, seen = 0, 0, {}
  for schema in at.ddm:each("list_schemas", { instance_id = id, limit = PAGE }) do
    schemas = schemas + 1
    for _, node in ipairs(type(schema.used_rds) == "table" and schema.used_rds or {}) do
      if not seen[node.id] then nodes = nodes + 1 end
      seen[node.id] = true
    end
  end
  return schemas == 0 and "no schema" or counted(schemas, "schema") .. " on " .. counted(nodes, "data node")
end

function LIST.dws(at, p, add)
  local newest = {}
  for _, snapshot in ipairs(p.details and at.dws:list_snapshots{}.snapshots or {}) do
    local begun = snapshot.status == "AVAILABLE" and text(snapshot.started) or ""
    if begun > (newest[snapshot.cluster_id] or "") then newest[snapshot.cluster_id] = begun end
  end
  for _, cluster in ipairs(at.dws:list_clusters{}.clusters or {}) do
    local holds = p.details and (newest[cluster.id] and "newest snapshot " .. newest[cluster.id] or "no snapshot") or ""
    add(cluster, { cluster.version, cluster.node_type, cluster.number_of_node, cluster.created }, holds)
  end
end

function LIST.dbss(at, _, add)
  for instance in at.dbss:each("list_audit_instances", { limit = tostring(PAGE) }) do
    add(instance, { instance.version, instance.resource_spec_code, 1, instance.created })
  end
end

function HOLDS.dbss(at, id)
  local count, on = 0, 0
  for entry in at.dbss:each("list_audit_databases", { instance_id = id, limit = tostring(PAGE) }) do
    count = count + 1
    if (entry.database or entry).status == "ON" then on = on + 1 end
  end
  return count == 0 and "no database" or ("%s, %d audited"):format(counted(count, "database"), on)
end

-- A detail that cannot be read leaves its instance in the list.
local function read_list(run, p, place, service, rows)
  local at, own, unread = run:at{ region = place.region, project = place.id }, {}, 0
  LIST[service](at, p, function(instance, fields, holds)
    own[#own + 1] = { place.region, place.project, service, text(instance.name), instance.id, text(instance.status),
      text(fields[1]), text(fields[2]), fields[3], text(fields[4]), holds or "" }
    rows[#rows + 1] = own[#own]
  end)
  for _, row in ipairs(p.details and HOLDS[service] and own or {}) do
    local holds, err = run:try(HOLDS[service], at, row[5])
    if not holds then unread = unread + 1 end
    row[11] = holds or "not read: " .. (err.code or err.kind)
  end
  return unread
end

-- The order of the lists, whatever the order of their answers.
local function read_all(run, p, list, services, rows, missing)
  local jobs, fns, ended, failed = {}, {}, 0, 0
  for _, place in ipairs(list) do
    for _, service in ipairs(services) do jobs[#jobs + 1] = { place = place, service = service } end
  end
  for i, job in ipairs(jobs) do
    fns[i] = function()
      job.unread = read_list(run, p, job.place, job.service, rows)
      ended = ended + 1
      run:progress({ waiting_for = "the lists", percent = ended * 100 // #jobs })
    end
  end
  for i, result in ipairs(run:gather(fns, { max = p.at_once })) do
    local job = jobs[i]
    local where = ("%s %s"):format(job.place.project, job.service)
    if result[2] then
      local why = run:told(result[2])
      run:line("fail", where .. ": " .. why)
      job.failed, failed = true, failed + 1
      missing[#missing + 1] = { job.place.region, job.place.project, job.service, why }
    elseif job.unread > 0 then
      run:line("warn", ("%s: %s could not be read"):format(where, counted(job.unread, "detail")))
    end
  end
  if failed == #jobs then run:fail("no list could be read: " .. missing[#missing][4], "see `hwdb doctor`") end
  return jobs
end

---------------------------------------------------------------------------
-- 3. Tables.

local function sort_rows(rows)
  local rank = { ddm = "1", dws = "2", dbss = "3" }
  local function key(row) return table.concat({ row[1], row[2], rank[row[3]], row[4], row[5] }, "\0") end
  table.sort(rows, function(a, b) return key(a) < key(b) end)
end

-- A place's part of a failed list is not known; what came before it failed would pass for all.
local function totals(list, services, rows, jobs)
  local count, failed, result = {}, {}, {}
  for _, row in ipairs(rows) do
    local key = row[2] .. " " .. row[3]
    count[key] = (count[key] or 0) + 1
  end
  for _, job in ipairs(jobs) do failed[job.place.project .. " " .. job.service] = job.failed end
  for i, place in ipairs(list) do
    result[i] = { place.region, place.project }
    for _, service in ipairs(services) do
      local key = place.project .. " " .. service
      table.insert(result[i], failed[key] and "not read" or count[key] or 0)
    end
  end
  return result
end

local function columns_of(services)
  local columns = { "region", "project" }
  for _, service in ipairs(services) do columns[#columns + 1] = service end
  return columns
end

local function inventory(run, p)
  local missing, rows = {}, {}
  local services = wanted_services(run, p)
  local list = run:step("places", places, run, p, missing)
  local jobs = run:step("read", read_all, run, p, list, services, rows, missing)
  sort_rows(rows)
  local result = { instances = #rows, projects = #list, missing = #missing }
  for _, service in ipairs(services) do result[service] = 0 end
  for _, row in ipairs(rows) do result[row[3]] = result[row[3]] + 1 end
  run:step("result", function()
    run:table{ name = "fleet", columns = COLUMNS, rows = rows, note = ("%s in %s%s"):format(
      counted(#rows, "instance"), counted(#list, "project"),
      #missing > 0 and ("; NOT ALL: %s could not be read"):format(counted(#missing, "list")) or "") }
    run:table{ name = "totals", columns = columns_of(services), rows = totals(list, services, rows, jobs) }
    if #missing > 0 then run:table{ name = "missing", columns = { "region", "project", "service", "why" }, rows = missing } end
  end)
  return result
end

return {
  name = "fleet_inventory",
  summary = "Lists all DDM, DWS and DBSS instances of the account, over regions and projects",
  params = {
    { name = "regions", type = "list", help = "only these; all in which the account has a project unless given" },
    { name = "projects", type = "list", help = "only these, by name or id; all unless given" },
    { name = "services", type = "list", default = { "ddm", "dws", "dbss" }, help = "only these: ddm, dws, dbss" },
    { name = "details", type = "boolean", default = true,
      help = "what each holds, too: schemas, snapshots, databases; a call for each DDM and DBSS instance" },
    { name = "at_once", type = "integer", min = 1, max = 256, default = 64, help = "lists read at the same time" },
  },
  permissions = { "iam:projects:listProjects", "ddm:instance:list", "ddm:database:list", "dws:openAPICluster:list",
    "dws:openAPISnapshot:list" },
  pace = { ddm = 60 },
  changes = "nothing: it only reads",
  costs = "nothing",
  undo = "nothing to undo",
  run = inventory,
}
