-- SPDX-License-Identifier: Apache-2.0
-- The life of a DWS cluster, as the document's Getting Started has it: made, shown, used, deleted.
--
-- action=create, the default:
--   1. preflight   the name is free, the node type is offered in the zone, quotas, the service's own check
--   2. create      asks before it costs; the password goes out and is kept nowhere
--   3. available   follows the cluster until it can be used, 10 to 15 minutes
--   4. connection  addresses, JDBC URL, what to log in with; tags are compared with those asked for
--   5. restart     only with restart=true: connections break, so a person types the name
-- action=delete:
--   6. look        the records of this runbook say that it made the cluster, and it is the same one
--   7. delete      what becomes of each snapshot is shown; a person types the name; what is left is read back
-- action=life does both, one after the other.
-- A cluster that this runbook did not make is never restarted nor deleted by it.

local GB_TO_SAY = { ram = " GB", disk_capacity = " GB" }

-- What no API shows.
local BY_HAND = {
  "the security group lets the clients reach the port, and nobody else",
  "with eip=auto or an EIP: the agency that DWS binds it with exists",
}

local function words(list)
  return table.concat(list, ", ")
end

local function record_key(p)
  return "dws_cluster_life/" .. p.name
end

local function listed(run, field, value)
  for _, cluster in ipairs(run.dws:list_clusters{}.clusters or {}) do
    if cluster[field] == value then return cluster end
  end
end

local function by_id(run, id)
  return listed(run, "id", id)
end

local function text_of(value)
  return type(value) == "string" and value or ""
end

local function available(cluster)
  return cluster.status == "AVAILABLE" or cluster.status == "ACTIVE"
end

local function state_text(run, cluster)
  local task = run:cluster_task(cluster)
  return cluster.status .. (text_of(cluster.sub_status) ~= "" and "/" .. cluster.sub_status or "")
    .. (task and ", " .. task .. " is under way" or "")
end

---------------------------------------------------------------------------
-- 1. Preflight.

local NEEDED = { "node_type", "vpc_id", "subnet_id", "security_group_id", "password" }

local function require_parameters(run, p)
  local missing = {}
  for _, name in ipairs(NEEDED) do
    if p[name] == nil then missing[#missing + 1] = name end
  end
  if #missing > 0 then
    run:fail(("to create %s, give also: %s"):format(p.name, words(missing)), "hwdb run dws_cluster_life --help")
  end
end

local function zone_status(flavor, zone)
  for _, known in ipairs(flavor.available_zones or {}) do
    if known.code == zone then return known.status end
  end
end

local function check_flavor(run, p, check)
  local offered, flavor = {}, nil
  for _, known in ipairs(run.dws:list_node_types{}.node_types or {}) do
    offered[#offered + 1] = known.spec_name
    if known.spec_name == p.node_type then flavor = known end
  end
  check("node type offered", flavor ~= nil, flavor and ("%s: %s vCPUs, %s GB a node"):format(p.node_type,
    tostring(flavor.vcpus), tostring(flavor.ram)) or ("%s is none of %s"):format(p.node_type, words(offered)))
  if not flavor then return nil end
  local least = flavor.datastore_type == "hybrid" and 1 or 3
  check("number of nodes", p.nodes >= least, ("%d; %d to 256 of this type"):format(p.nodes, least))
  local most = math.min(p.nodes, 20)
  check("number of CNs", not p.cns or p.nodes == 1 or p.cns <= most, ("%s; 2 to %d"):format(
    p.cns or "the service's choice", most))
  return flavor
end

local function check_zone(run, p, flavor, check)
  local codes, status = {}, nil
  for _, zone in ipairs(run.dws:list_availability_zones{}.availability_zones or {}) do
    if zone.status == "available" then codes[#codes + 1] = zone.code end
    if zone.code == p.zone then status = zone.status end
  end
  local zone = p.zone or codes[1]
  check("zone available", zone ~= nil and (not p.zone or status == "available"), zone and (p.zone and zone
    or zone .. ", the first one available") or "none of the region's is")
  local sold = flavor and zone and zone_status(flavor, zone)
  if flavor then check("not sold out", sold == "normal", ("%s is %s in %s"):format(p.node_type, sold or "not offered", tostring(zone))) end
  return zone
end

local function check_quotas(run, p, flavor, check)
  local demand = { instances = 1, core = (flavor.vcpus or 0) * p.nodes, ram = (flavor.ram or 0) * p.nodes, disk = p.nodes }
  for _, quota in ipairs((run.dws:list_quotas{}.quotas or {}).resources or {}) do
    local wanted = demand[quota.type]
    local left = (tonumber(quota.quota) or 0) - (tonumber(quota.used) or 0)
    if wanted then
      check("quota " .. quota.type, left >= wanted, ("%d%s of %d left are taken"):format(wanted, GB_TO_SAY[quota.type] or "", left))
    end
  end
end

local function public_ip(p)
  if not p.eip then return nil end
  if p.eip == "auto" then return { public_bind_type = "auto_assign" } end
  return { public_bind_type = "bind_existing", eip_id = p.eip }
end

-- The service's own check speaks of a kernel version, the creation does not: it takes a stable one.
local function version_of(flavor)
  local stores = flavor.datastores or {}
  for _, store in ipairs(stores) do
    if store.role == "STABLE" then return store.version end
  end
  return stores[1] and stores[1].version
end

local function tags_of(run, p)
  local list = {}
  for i, text in ipairs(p.tags or {}) do
    local key, value = text:match("^([^=]+)=(.*)$")
    if not key then run:fail(("tags: %q is no KEY=VALUE"):format(text), "such as tags=team=orders,stage=test") end
    list[i] = { key = key, value = value }
  end
  return #list > 0 and list or nil
end

local function check_service(run, p, flavor, zone, check)
  local version = version_of(flavor)
  if not version then return check("the service's own check", "unseen", "the node type names no kernel version") end
  local passed, err = run:try(run.dws.check_cluster, run.dws, { cluster = { name = p.name, flavor = p.node_type,
    availability_zones = { zone }, num_node = p.nodes, num_cn = p.cns, datastore_version = version, vpc_id = p.vpc_id,
    subnet_id = p.subnet_id, security_group_id = p.security_group_id, db_name = p.user, db_password = p.password,
    db_port = ("%d"):format(p.port), public_ip = public_ip(p), enterprise_project_id = p.enterprise_project_id,
    tag_list = tags_of(run, p) } })
  if not passed and err.kind ~= "api" then error(err, 0) end
  check("the service's own check", passed ~= nil, passed and "it would take the request" or err.message)
end

local function preflight(run, p)
  local zone
  run:preflight(function(check)
    local other = listed(run, "name", p.name)
    check("name", p.name:match("^%a[%w_-]*$") ~= nil and #p.name >= 4 and #p.name <= 64,
      ("%s: 4 to 64 letters, digits, - and _, the first a letter"):format(p.name))
    check("name free", not other, other and ("%s is there already (%s), and not made by this runbook"):format(p.name, other.id)
      or p.name)
    local flavor = check_flavor(run, p, check)
    zone = check_zone(run, p, flavor, check)
    if flavor then
      check_quotas(run, p, flavor, check)
      if zone and not other then check_service(run, p, flavor, zone, check) end
    end
  end, BY_HAND)
  return zone
end

---------------------------------------------------------------------------
-- 2. Create, 3. until it is available.

local function request(run, p, zone)
  return { cluster = { name = p.name, node_type = p.node_type, number_of_node = p.nodes, number_of_cn = p.cns,
    vpc_id = p.vpc_id, subnet_id = p.subnet_id, security_group_id = p.security_group_id, availability_zone = zone,
    port = p.port, user_name = p.user, user_pwd = p.password, public_ip = public_ip(p),
    enterprise_project_id = p.enterprise_project_id, tags = tags_of(run, p) } }
end

local function how_to_delete(p)
  return ("hwdb run dws_cluster_life action=delete name=%s keep_snapshots=0"):format(p.name)
end

local function manual_snapshots(run, id)
  local list = {}
  for _, snapshot in ipairs(run.dws:list_snapshots{}.snapshots or {}) do
    if snapshot.cluster_id == id and snapshot.type == "MANUAL" then list[#list + 1] = snapshot end
  end
  return list
end

local function create(run, p, zone)
  local id
  run:undo{ name = "delete the cluster " .. p.name, run = function()
    if not by_id(run, id) then return run:note("the cluster is gone already") end
    local args = { cluster_id = id, keep_last_manual_snapshot = #manual_snapshots(run, id) }
    run:wait_for("dws.delete_cluster", args, run.dws:delete_cluster(args))
    run:record(record_key(p), nil)
  end }
  run:note(("to be bought: %d x %s in %s, charged from its creation to its deletion"):format(p.nodes, p.node_type, zone))
  run:if_stopped(("the cluster %s may have been created, and costs: `hwdb resume` finds out"):format(p.name))
  id = run.dws:create_cluster(request(run, p, zone)).cluster.id
  run:record(record_key(p), { id = id, name = p.name, created = run:clock() })
  run:if_stopped(("the cluster %s (%s) exists and costs. `hwdb resume` goes on; to be rid of it: %s"):format(p.name, id,
    how_to_delete(p)))
  run:note("the cluster is " .. id)
  return id
end

local function wait_available(run, p, id)
  local reached, err = run:try(run.wait_for, run, "dws.create_cluster", { cluster = { name = p.name } }, { cluster = { id = id } },
    p.create_minutes * 60)
  if reached then return end
  run:fail(("the cluster %s did not become available: %s"):format(p.name, err.message),
    err.kind == "timeout" and ("it is still there and costs; look again: hwdb run dws_cluster_life name=%s"):format(p.name)
      or "it is still there; delete it: " .. how_to_delete(p))
end

---------------------------------------------------------------------------
-- 4. What a client needs to know.

local function endpoint(list, field)
  local first = type(list) == "table" and list[1]
  return first and text_of(first[field]) or ""
end

local function check_tags(run, p, cluster)
  local has, missing = {}, {}
  for _, tag in ipairs(type(cluster.tags) == "table" and cluster.tags or {}) do has[tag.key .. "=" .. tag.value] = true end
  for _, text in ipairs(p.tags or {}) do
    if not has[text] then missing[#missing + 1] = text end
  end
  if #missing > 0 then
    run:line("warn", ("the service did not take the tags %s: add them with hwdb call dws.batch_create_resource_tag"):format(words(missing)))
  end
end

local function connection(run, p, id)
  local cluster = run.dws:show_cluster{ cluster_id = id }.cluster
  check_tags(run, p, cluster)
  run:table{ name = "connection", columns = { "what", "value" }, rows = {
    { "cluster", cluster.name }, { "id", id }, { "state", state_text(run, cluster) }, { "version", text_of(cluster.version) },
    { "nodes", ("%s x %s"):format(tostring(cluster.number_of_node), text_of(cluster.node_type)) },
    { "address", endpoint(cluster.endpoints, "connect_info") }, { "port", cluster.port },
    { "JDBC", endpoint(cluster.endpoints, "jdbc_url") },
    { "private addresses", words(type(cluster.private_ip) == "table" and cluster.private_ip or {}) },
    { "public address", endpoint(cluster.public_endpoints, "public_connect_info") },
    { "administrator", text_of(cluster.user_name) } },
    note = "the password is the one that was given; it is kept nowhere" }
  return cluster
end

---------------------------------------------------------------------------
-- 5. Restart.

local function restart(run, p, id)
  run:preflight(function(check)
    local cluster = run.dws:show_cluster{ cluster_id = id }.cluster
    check("no task on the cluster", not run:cluster_task(cluster), state_text(run, cluster))
  end, { "nobody works in the cluster: a restart takes some 3 minutes and breaks every connection" })
  run:guard{ op = "dws.show_cluster", args = { cluster_id = id }, fields = { "cluster.name", "cluster.status", "cluster.task_status" } }
  if not run:ask{ name = "restart " .. p.name, expect = p.name,
      question = ("Restarting %s breaks every connection for some minutes. Type its name to go on"):format(p.name) } then
    run:fail("not confirmed: the cluster was not restarted", "type the cluster's name exactly; the cluster itself is ready")
  end
  local args = { cluster_id = id, restart = {} }
  run:wait_for("dws.restart_cluster", args, run.dws:restart_cluster(args))
  run:line("ok", p.name .. " is available again")
end

local function create_all(run, p)
  local record = run:recorded(record_key(p))
  local known = record and not record.deleted and by_id(run, record.id)
  local id = known and known.id
  if known then
    run:line("ok", ("%s was made by this runbook at %s: %s"):format(p.name, record.created, id))
    run:if_stopped(("the cluster %s (%s) exists and costs; to be rid of it: %s"):format(p.name, id, how_to_delete(p)))
  else
    require_parameters(run, p)
    local zone = run:step("preflight", preflight, run, p)
    id = run:step("create", create, run, p, zone)
  end
  if not (known and available(known)) then run:step("available", wait_available, run, p, id) end
  run:step("connection", connection, run, p, id)
  if p.restart then run:step("restart", restart, run, p, id) end
  run:if_stopped(nil)
  return { id = id, changed = not known }
end

---------------------------------------------------------------------------
-- 6. Look before deleting.

local function sorted_snapshots(run, id)
  local list = {}
  for _, snapshot in ipairs(run.dws:list_snapshots{}.snapshots or {}) do
    if snapshot.cluster_id == id then list[#list + 1] = snapshot end
  end
  table.sort(list, function(a, b) return text_of(a.started) > text_of(b.started) end)
  return list
end

-- The document's count of snapshots to keep reads like the latest manual ones; the manual says all manual ones stay.
local function fates(p, snapshots)
  local rows, kept, manual = {}, {}, 0
  for i, snapshot in ipairs(snapshots) do
    local fate = "goes with the cluster"
    if snapshot.type == "MANUAL" then
      manual = manual + 1
      fate = manual <= p.keep_snapshots and "is kept" or "goes, or stays if the service keeps all manual ones"
      if manual <= p.keep_snapshots then kept[#kept + 1] = snapshot.id end
    end
    rows[i] = { snapshot.name, snapshot.type, snapshot.status, text_of(snapshot.started), fate }
  end
  return rows, kept, manual
end

local function look(run, p)
  local record = run:recorded(record_key(p))
  if not record then
    run:fail(("no record says that this runbook made a cluster %s: it is not deleted"):format(p.name),
      "delete what was made otherwise on the console or with hwdb call dws.delete_cluster")
  end
  if p.keep_snapshots == nil then
    run:fail("keep_snapshots is missing: how many of the manual snapshots stay",
      "automated ones always go with the cluster; copy what is to stay: hwdb run dws_snapshot_copy")
  end
  local cluster = by_id(run, record.id)
  if not cluster or cluster.status == "DELETING" then return record, cluster, {} end
  local snapshots = sorted_snapshots(run, record.id)
  local rows, kept, manual = fates(p, snapshots)
  if #rows > 0 then run:table{ name = "snapshots", columns = { "name", "type", "status", "started", "on deletion" }, rows = rows } end
  local open = 0
  for _, snapshot in ipairs(snapshots) do
    if snapshot.status == "CREATING" or snapshot.status == "RESTORING" then open = open + 1 end
  end
  run:preflight(function(check)
    check("same cluster", cluster.name == p.name, ("%s is called %s"):format(record.id, cluster.name))
    check("no task on the cluster", not run:cluster_task(cluster), state_text(run, cluster))
    check("no snapshot under way", open == 0, open == 0 and "none" or open .. " being made or restored")
    check("snapshots to keep", manual >= p.keep_snapshots, ("%d asked for, %d manual ones there"):format(p.keep_snapshots, manual))
  end, { "nobody needs the data of " .. p.name .. " any more, or it is elsewhere" })
  return record, cluster, kept
end

---------------------------------------------------------------------------
-- 7. Delete, and see what is left.

local function read_back(run, id, kept)
  local there, left = {}, 0
  for _, snapshot in ipairs(run.dws:list_snapshots{}.snapshots or {}) do
    there[snapshot.id] = true
    if snapshot.cluster_id == id then left = left + 1 end
  end
  for _, snapshot_id in ipairs(kept) do
    if not there[snapshot_id] then run:line("fail", ("the snapshot %s was to be kept and is gone"):format(snapshot_id)) end
  end
  if left > 0 then run:line("warn", ("%d of its snapshots are left and cost"):format(left)) end
  return left
end

local function wait_gone(run, p, args, answer)
  run:wait_for("dws.delete_cluster", args, answer, p.delete_minutes * 60)
end

local function delete(run, p, record, cluster, kept)
  local args = { cluster_id = record.id, keep_last_manual_snapshot = p.keep_snapshots }
  if cluster and cluster.status == "DELETING" then
    run:note("it is being deleted already")
    wait_gone(run, p, args)
  elseif cluster then
    run:guard{ op = "dws.show_cluster", args = { cluster_id = record.id }, fields = { "cluster.name", "cluster.created",
      "cluster.task_status" } }
    if not run:ask{ name = "delete " .. p.name, expect = p.name,
        question = ("Deleting the cluster %s (%s) and its data CANNOT BE UNDONE; %d of its manual snapshots stay. "
          .. "Type its name to go on"):format(p.name, record.id, p.keep_snapshots) } then
      run:fail("not confirmed: nothing was deleted", "type the cluster's name exactly")
    end
    run:if_stopped(("the deletion of %s, once begun, goes on in the cloud; run again to see its end"):format(p.name))
    wait_gone(run, p, args, run.dws:delete_cluster(args))
  else
    run:note(("%s is gone already; nothing was deleted"):format(p.name))
  end
  record.deleted = record.deleted or run:clock()
  run:record(record_key(p), record)
  local left = read_back(run, record.id, kept)
  run:if_stopped(nil)
  run:line("ok", p.name .. " is gone")
  return { id = record.id, deleted = cluster ~= nil, snapshots_left = left }
end

local function delete_all(run, p)
  local record, cluster, kept = run:step("look", look, run, p)
  return run:step("delete", delete, run, p, record, cluster, kept)
end

local function life(run, p)
  if p.action == "delete" then return delete_all(run, p) end
  local made = create_all(run, p)
  if p.action == "create" then return made end
  return delete_all(run, p)
end

return {
  name = "dws_cluster_life",
  summary = "Creates a DWS cluster, shows how to reach it, restarts it, and deletes what it created",
  params = {
    { name = "name", type = "string", required = true, help = "of the cluster: 4 to 64 letters, digits, - and _" },
    { name = "action", type = "choice", choices = { "create", "delete", "life" }, default = "create",
      help = "create; delete what was created; life: both" },
    { name = "node_type", type = "string", help = "create: such as dws.m3.xlarge" },
    { name = "nodes", type = "integer", min = 1, max = 256, default = 3, help = "create: number of nodes" },
    { name = "cns", type = "integer", min = 2, max = 20, help = "create: number of CNs; the service's choice unless given" },
    { name = "zone", type = "string", help = "create: availability zone; the first available one unless given" },
    { name = "vpc_id", type = "string", help = "create: the VPC" },
    { name = "subnet_id", type = "string", help = "create: the subnet" },
    { name = "security_group_id", type = "string", help = "create: the security group" },
    { name = "port", type = "integer", min = 8000, max = 30000, default = 8000, help = "create: port of the database" },
    { name = "user", type = "string", default = "dbadmin", help = "create: the administrator" },
    { name = "password", type = "secret", help = "create: the administrator's password; 12 to 32 characters of three kinds" },
    { name = "eip", type = "string", help = "create: auto, or an EIP's ID; no public access unless given" },
    { name = "enterprise_project_id", type = "string", help = "create: the enterprise project" },
    { name = "tags", type = "list", help = "create: KEY=VALUE,KEY=VALUE" },
    { name = "create_minutes", type = "integer", min = 1, max = 1440, default = 60, help = "create: how long to wait at most" },
    { name = "restart", type = "boolean", default = false, help = "create: restart it once it is available" },
    { name = "keep_snapshots", type = "integer", min = 0, max = 10000, help = "delete: how many of its manual snapshots stay" },
    { name = "delete_minutes", type = "integer", min = 1, max = 1440, default = 60, help = "delete: how long to wait at most" },
  },
  permissions = { "dws:openAPICluster:create", "dws:openAPICluster:delete", "dws:openAPICluster:getDetail",
    "dws:openAPICluster:list", "dws:openAPICluster:restart", "dws:openAPILavor:node-types:get", "dws:openAPISnapshot:list" },
  targets = { "dws-name/{name}" },
  changes = "makes, restarts or deletes one cluster; with it go its automated snapshots",
  costs = "a cluster costs from its creation to its deletion, kept snapshots after it",
  undo = "rolling back a creation deletes the cluster and keeps its manual snapshots; a deletion cannot be undone",
  run = life,
}
