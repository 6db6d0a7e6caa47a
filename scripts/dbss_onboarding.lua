-- SPDX-License-Identifier: Apache-2.0
-- Brings databases under audit, from one declaration: an audit instance, its databases, agents, rules and masks.
--
--   1. read        what is there of the declaration
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. order       the instance is ordered and paid, each behind its gate; an order made before is taken up
--   4. network     the instance's security group
--   5. databases   those of RDS are added without agents by call, those with agents by hand
--   6. agents      by hand: add, open the ports, install
--   7. rules       risk rules on and off; masks by hand
--   8. audit       last: turned on by hand for each database, then seen by call
--   9. verify      all of it is read again, as a table
-- What is there already is left alone: a second run changes nothing. The calls of the documents add no databases with
-- agents, no agents and no masks, and turn no database on: there the run asks, and then looks whether it was done.

local TYPE, RESOURCE = "hws.service.type.dbss", "hws.resource.type.dbss"

-- Billing's states of an order.
local UNPAID, WORKING, DONE = 6, 3, 5

-- The oldest versions of RDS for MySQL that are audited without an agent.
local OLDEST = { ["5.6"] = { 5, 6, 51, 1 }, ["5.7"] = { 5, 7, 29, 2 }, ["8.0"] = { 8, 0, 20, 3 } }

local PORTS = "TCP 8000 and UDP 7000-7100"

local function words(list) return table.concat(list, ", ") end

local function place_of(ip, port) return ("%s:%s"):format(tostring(ip), tostring(port)) end

local function upper(text) return tostring(text or ""):upper() end

-- The documents write ON and On, Enabled and Disabled for the same.
local function is_on(text) return upper(text) == "ON" or upper(text) == "ENABLED" end

---------------------------------------------------------------------------
-- 1. Reading.

local function of_instance(run, instance)
  local found = { databases = {}, rules = {}, masks = {}, scopes = {} }
  if not instance then return found end
  local args = { instance_id = instance.id }
  for entry in run.dbss:each("list_audit_databases", args) do table.insert(found.databases, entry.database) end
  for mask in run.dbss:each("list_audit_sensitive_masks", args) do table.insert(found.masks, mask) end
  for scope in run.dbss:each("list_audit_rule_scopes", args) do table.insert(found.scopes, scope) end
  found.rules = run.dbss:list_audit_rule_risks(args).rules or {}
  return found
end

local function nodes_of(run, d)
  local nodes = {}
  for _, database in ipairs(d.databases or {}) do
    if database.rds_id then nodes[database.rds_id] = (run.rds:list_instances{ id = database.rds_id }.instances or {})[1] end
  end
  return nodes
end

local function order_key(p) return "dbss_onboarding/order/" .. p.declaration.instance.name end

-- What only matters where an instance is to be bought.
local function shop_of(run, p)
  local record = p.order_id and { order_id = p.order_id } or run:recorded(order_key(p))
  local shop = { quota = run.dbss:show_audit_quota{}, record = record, open = {}, levels = {}, zones = {} }
  for _, level in ipairs(run.dbss:list_ecs_specification{}.specification or {}) do shop.levels[level.level] = level end
  for _, zone in ipairs(run.dbss:list_availability_zone_infos{}.azs or {}) do shop.zones[zone.zone_name] = true end
  for order in run.bss:each("list_orders", { service_type_code = TYPE, limit = 100 }) do
    if order.status == UNPAID or order.status == WORKING or order.status == 1 then table.insert(shop.open, order) end
    if record and order.order_id == record.order_id then record.status = order.status end
  end
  return shop
end

local function read(run, p)
  local s = { found = {} }
  for instance in run.dbss:each("list_audit_instances", {}) do
    if instance.name == p.declaration.instance.name then s.found[#s.found + 1] = instance end
  end
  s.instance = #s.found == 1 and s.found[1] or nil
  s.has = of_instance(run, s.instance and s.instance.status ~= "BUILD" and s.instance or nil)
  s.nodes = nodes_of(run, p.declaration)
  if not s.instance then s.shop = shop_of(run, p) end
  return s
end

-- A database is known by its RDS instance or by its address.
local function database_of(s, wanted)
  local node = wanted.rds_id and s.nodes[wanted.rds_id]
  local place = node and place_of((node.private_ips or {})[1], node.port) or place_of(wanted.ip, wanted.port)
  for _, database in ipairs(s.has.databases) do
    local same = wanted.rds_id and (database.rds_id == wanted.rds_id or database.id == wanted.rds_id)
    if same or place_of(database.ip, database.port) == place then return database end
  end
end

local function missing_databases(p, s, mode)
  local list = {}
  for _, wanted in ipairs(p.declaration.databases or {}) do
    if (not mode or wanted.mode == mode) and not database_of(s, wanted) then list[#list + 1] = wanted end
  end
  return list
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_instance(p, s, check)
  local name, create = p.declaration.instance.name, p.declaration.instance.create
  if #s.found > 1 then return check("instance", false, ("%d instances are called %s"):format(#s.found, name)) end
  local one = s.instance
  if not one then
    return check("instance", create ~= nil, create and name .. " is not there: it is ordered"
      or name .. " is not there: declare instance.create, or correct the name")
  end
  check("instance", true, name .. " is there")
  if one.status == "BUILD" then return check("instance running", "warn", "it is being created: the run waits for it") end
  local rests = one.status == "ACTIVE" and (one.task == nil or one.task == "NO_TASK")
  check("instance running", rests, ("%s, %s"):format(tostring(one.status), tostring(one.task)))
end

local function check_order(p, s, check)
  local create, shop = p.declaration.instance.create, s.shop
  if not create or not shop then return end
  local name = p.declaration.instance.name
  check("name", #name <= 64 and name:find("^[%w_-]+$") ~= nil, name .. "; letters, digits, _ and - and at most 64 of them")
  local level = shop.levels[create.edition]
  check("edition", level ~= nil, level and ("%s: %d CPUs, %d databases"):format(create.edition, level.vcpus, level.proxy)
    or create.edition .. " is not sold here")
  local strange, sold = {}, {}
  for _, zone in ipairs(level and level.azs or {}) do sold[zone] = true end
  for zone in create.availability_zone:gmatch("[^,%s]+") do
    if not shop.zones[zone] or next(sold) and not sold[zone] then strange[#strange + 1] = zone end
  end
  check("availability zone", #strange == 0, #strange == 0 and create.availability_zone
    or "unknown, or without this edition: " .. words(strange))
  check("period", (create.months ~= nil) ~= (create.years ~= nil), "either months or years")
  local record = shop.record
  if record and not record.instance_id then return check("order", record.status ~= nil, record.status
    and ("%s, made before, is taken up (state %d)"):format(record.order_id, record.status)
    or record.order_id .. " is not among the account's orders for audit instances") end
  local open = {}
  for i, order in ipairs(shop.open) do open[i] = ("%s (state %d)"):format(order.order_id, order.status) end
  check("no open order", #open == 0, #open == 0 and "none for an audit instance"
    or words(open) .. ": take one up with order_id=…, or cancel it")
  local left = shop.quota.audit_quota or 0
  local room = left > 0 and (not level or (shop.quota.cpu or 0) >= level.vcpus and (shop.quota.ram or 0) >= level.ram)
  check("quota", room, ("%d instances, %d CPUs, %d MB left"):format(left, shop.quota.cpu or 0, shop.quota.ram or 0))
end

-- Agents reach the instance through its group: another one may cut off those that work.
local function check_group(p, s, check)
  local one, group = s.instance, p.declaration.instance.security_group_id
  if not one or not group or one.security_group_id == group then return end
  check("security group", "warn", ("%s is replaced by %s; %d databases are audited through it"):format(tostring(one.security_group_id),
    group, #s.has.databases))
end

local function check_room(p, s, check)
  local create, more = p.declaration.instance.create, #missing_databases(p, s)
  local level = create and s.shop and s.shop.levels[create.edition]
  local limit = s.instance and (s.instance.database_limit or 0) or level and level.proxy or 0
  local have = #s.has.databases
  check("room for the databases", have + more <= limit, ("%d there and %d new, the edition takes %d"):format(have, more, limit))
end

local function problems_of(database)
  if database.mode == "agent_free" then return not database.rds_id and "rds_id is missing" or nil end
  if not database.ip or not database.port then return "ip and port are missing" end
  if #(database.agents or {}) == 0 then return "agents are missing" end
  for _, agent in ipairs(database.agents) do
    if agent.type == "APP" and not agent.ip then return "an agent on an application needs its ip" end
  end
end

local function check_databases(p, s, check)
  local bad, seen = {}, {}
  for _, database in ipairs(p.declaration.databases or {}) do
    local problem = problems_of(database)
    local node = database.rds_id and s.nodes[database.rds_id]
    local place = node and place_of((node.private_ips or {})[1], node.port) or place_of(database.ip, database.port)
    if problem then bad[#bad + 1] = ("%s: %s"):format(database.name, problem) end
    if not problem and seen[place] then bad[#bad + 1] = ("%s has the address of %s"):format(database.name, seen[place]) end
    seen[place] = database.name
  end
  check("databases declared", #bad == 0, #bad == 0 and ("%d, each with its own address"):format(#(p.declaration.databases or {}))
    or words(bad))
end

local function new_enough(node)
  local oldest, at = OLDEST[node.datastore.version], 0
  if not oldest then return false end
  for part in tostring(node.datastore.complete_version or node.datastore.version):gmatch("%d+") do
    at = at + 1
    local number = math.tointeger(tonumber(part))
    if not oldest[at] or number ~= oldest[at] then return not oldest[at] or number > oldest[at] end
  end
  return at >= #oldest
end

local function check_node(s, database, create, check)
  local node, name = s.nodes[database.rds_id], "RDS " .. database.name
  if not node then return check(name, false, database.rds_id .. " is not there") end
  local store = node.datastore or {}
  check(name, node.status == "ACTIVE", ("%s, %s %s"):format(tostring(node.status), tostring(store.type), tostring(store.version)))
  if store.type == "MySQL" then
    check(name .. " version", new_enough(node), ("%s; 5.6.51.1, 5.7.29.2, 8.0.20.3 or later need no agent"):format(
      tostring(store.complete_version or store.version)))
  else
    check(name .. " version", "unseen", "which versions of " .. tostring(store.type) .. " need no agent stands in the manual")
  end
  local region = s.instance and s.instance.region or create and create.region
  if node.region and region then check(name .. " region", node.region == region, ("%s, the audit is in %s"):format(node.region, region)) end
  if node.enable_ssl then check(name .. " TLS", "warn", "it is on: older manuals say that this prevents an audit") end
end

local function check_switches(s, kind, wanted, there, check)
  local seen, bad = {}, {}
  for _, one in ipairs(wanted or {}) do
    if seen[one.name] then bad[#bad + 1] = one.name .. " is given twice" end
    seen[one.name] = true
    local known = s.instance == nil or s.instance.status == "BUILD"
    for _, each in ipairs(there) do known = known or each.name == one.name end
    if not known then bad[#bad + 1] = "there is no " .. one.name end
  end
  check(kind, #bad == 0, #bad == 0 and ("%d declared"):format(#(wanted or {})) or words(bad))
end

local function by_hand(p)
  local list, modes = { "storing result sets is off unless it is meant: the manual advises against it" }, {}
  for _, database in ipairs(p.declaration.databases or {}) do modes[database.mode] = true end
  if modes.agent_free then
    list[2] = "the audit without agents shows no logins, client ports or result sets: whoever needs those declares mode=agent"
  end
  if modes.agent then
    for _, text in ipairs({ "the agent nodes are in the audit instance's VPC, which cannot be changed later",
        "TLS is off at databases that agents audit: encrypted statements cannot be read",
        ("the audit instance's security group lets %s in from the agent nodes; one manual asks for it without agents too")
          :format(PORTS) }) do
      list[#list + 1] = text
    end
  end
  return list
end

local function preflight(run, p, s)
  local d = p.declaration
  run:preflight(function(check)
    check_instance(p, s, check)
    check_order(p, s, check)
    check_group(p, s, check)
    check_databases(p, s, check)
    check_room(p, s, check)
    for _, database in ipairs(d.databases or {}) do
      if database.mode == "agent_free" and database.rds_id and not database_of(s, database) then
        check_node(s, database, d.instance.create, check)
      end
    end
    check_switches(s, "rules", d.rules, s.has.rules, check)
    check_switches(s, "masks", d.masks, s.has.masks, check)
    for _, scope in ipairs(s.has.scopes) do
      if scope.all_audit and is_on(scope.status) and #s.has.scopes > 1 then
        check("audit scopes", "warn", scope.name .. " is on and overrides the others until it is disabled")
      end
    end
  end, by_hand(p))
end

---------------------------------------------------------------------------
-- 3. The order. Its id is recorded, and billing's list is looked at first: none is made twice.

local function period_of(create)
  local function text(count, word) return ("%d %s%s"):format(count, word, count == 1 and "" or "s") end
  if create.years then return 3, create.years, text(create.years, "year") end
  return 2, create.months, text(create.months, "month")
end

local function price_of(run, p, s)
  local create = p.declaration.instance.create
  local period_type, count = period_of(create)
  local answer = run.bss:show_price{ body = { project_id = s.shop.quota.project_id or s.shop.quota.projectId, product_infos = { {
    id = "1", cloud_service_type = TYPE, resource_type = RESOURCE, resource_spec = "dbss.bypassaudit." .. create.edition,
    region = create.region, period_type = tostring(period_type), period_num = count, subscription_num = 1 } } } }
  local rated = ((answer.official_website_rating_result or {}).product_rating_results or {})[1] or {}
  local product = rated.product_id or answer.product_id
  if not product then
    run:fail("the price query names no product for " .. create.edition, "nothing has been ordered; order on the console")
  end
  return { product_id = product, amount = answer.amount or rated.amount, currency = answer.currency or "" }
end

local function wanted_order(p, s, price)
  local create = p.declaration.instance.create
  local period_type, count = period_of(create)
  return { name = p.declaration.instance.name, flavor_ref = create.flavor or s.shop.levels[create.edition].id, region = create.region,
    vpc_id = create.vpc_id, availability_zone = create.availability_zone, enterprise_project_id = create.enterprise_project_id,
    nics = { { subnet_id = create.subnet_id, ip_address = create.ip_address } }, security_groups = { { id = create.security_group_id } },
    comment = create.comment, tags = create.tags, cloud_service_type = TYPE, charging_mode = 0, period_type = period_type,
    period_num = count, subscription_num = 1, is_auto_renew = create.auto_renew and 1 or 0, product_infos = { {
      product_id = price.product_id, cloud_service_type = TYPE, resource_type = RESOURCE,
      resource_spec_code = "dbss.bypassaudit." .. create.edition,
      product_spec_desc = '{"specDesc":{"zh-cn":{},"en-us":{"edition":"' .. create.edition .. '"}}}' } } }
end

local function make_order(run, p, s)
  local price, name = price_of(run, p, s), p.declaration.instance.name
  local _, _, period = period_of(p.declaration.instance.create)
  run:line("ok", ("price: %s %s for %s, edition %s"):format(tostring(price.amount), price.currency, period,
    p.declaration.instance.create.edition))
  if not run:ask{ name = "order " .. name, expect = name,
      question = ("An audit instance is ordered and paid for %s. Type its name to go on"):format(period) } then
    run:fail("not confirmed: nothing has been ordered", "type the instance's name exactly")
  end
  -- Whoever orders at the same time is told apart before it costs twice.
  run:guard{ op = "bss.list_orders", args = { service_type_code = TYPE, limit = 100 }, fields = { "total_count" } }
  run:guard{ op = "dbss.list_audit_instances", args = {}, fields = { "servers[].name" } }
  run:if_stopped("an order may have been made, unpaid: `hwdb resume` finds out, and another run sees it in billing's list")
  local order_id = run.dbss:create_instances_period_order(wanted_order(p, s, price)).order_id
  if not order_id then
    run:fail("the order's id is not known", "look it up in the billing centre and run again with order_id=…")
  end
  run:record(order_key(p), { order_id = order_id, ordered = run:clock() })
  run:line("ok", "order " .. order_id)
  return { order_id = order_id, status = UNPAID }
end

local function order(run, p, s)
  local record = s.shop.record
  if record and record.instance_id then
    run:note(("what the order %s brought is gone: a new one is made"):format(record.order_id))
    record = nil
  elseif record and record.status ~= UNPAID and record.status ~= WORKING and record.status ~= DONE then
    if p.order_id then run:fail(("the order %s is over (state %d)"):format(record.order_id, record.status), "leave order_id out") end
    run:note(("the order %s came to nothing (state %d): a new one is made"):format(record.order_id, record.status))
    run:record(order_key(p), nil)
    record = nil
  end
  if record and p.order_id then run:record(order_key(p), { order_id = record.order_id, ordered = run:clock() }) end
  return record or make_order(run, p, s)
end

local function pay(run, p, current)
  local args = { order_id = current.order_id }
  run:if_stopped(("the order %s stands; run again to take it up, or cancel it in the billing centre"):format(current.order_id))
  if current.status == UNPAID then run.bss:pay_order(args) end
  if current.status ~= DONE then run:wait_for("bss.pay_order", args, {}, p.minutes * 60) end
  local bought = run:wait{ name = "what the order brings", timeout = p.minutes * 60, interval = 10, call = function()
    local first = (run.bss:list_order_resources{ order_id = current.order_id, only_main_resource = 1 }.data or {})[1]
    return first and first.resource_id or ""
  end, done = function(id) return id ~= "" end }
  return bought.value
end

local function instance_of(run, p, resource_id)
  run:wait{ name = "the instance's creation", op = "dbss.list_audit_instance_jobs", args = { resource_id = resource_id },
    items = "jobs", find = {}, field = "status", success = { "SUCCESS" }, failure = { "FAIL", "ERROR" },
    pending = { "INIT", "READY", "RUNNING" }, reason = "fail_reason", interval = 10, delay = 10, timeout = p.minutes * 60 }
  return run:wait{ name = "the instance", op = "dbss.list_audit_instances", args = {}, find = { resource_id = resource_id },
    field = "status", success = { "ACTIVE" }, failure = { "ERROR" }, pending = { "BUILD" }, interval = 10, timeout = p.minutes * 60 }.value
end

local function bring(run, p, s, current)
  local instance = instance_of(run, p, pay(run, p, current))
  run:if_stopped(nil)
  if instance.name ~= p.declaration.instance.name then
    run:fail(("the order %s has brought %s, not %s"):format(current.order_id, instance.name, p.declaration.instance.name),
      "it may be somebody else's order: look in the billing centre; nothing else has been changed")
  end
  run:record(order_key(p), { order_id = current.order_id, ordered = run:clock(), instance_id = instance.id })
  run:line("ok", ("%s is running at %s"):format(instance.name, instance.connect_ip or "?"))
  s.instance, s.bought, s.has = instance, true, of_instance(run, instance)
end

local function wait_built(run, p, s)
  s.instance = instance_of(run, p, s.instance.resource_id)
  s.has = of_instance(run, s.instance)
end

---------------------------------------------------------------------------
-- 4. The security group.

local function set_group(run, one, group)
  local answer = run.dbss:update_audit_security_group{ resource_id = one.resource_id, securitygroup_ids = { group } }
  if type(answer) == "table" and answer.result and upper(answer.result) ~= "SUCCESS" then
    run:fail(("the security group of %s: the service answers %s"):format(one.name, tostring(answer.result)), "look at the instance")
  end
end

local function network(run, s, group)
  local one = s.instance
  if #s.has.databases > 0 and not run:ask{ name = "replace the security group of " .. one.name, expect = one.name,
      question = ("%s gets another security group: agents that it does not let in are cut off. Type its name to go on"):format(
        one.name) } then
    run:fail("not confirmed: the security group is as it was", "leave security_group_id out, or type the instance's name exactly")
  end
  run:guard{ op = "dbss.list_audit_instances", args = {}, fields = { "servers[].security_group_id" } }
  run:undo{ name = "the security group " .. one.security_group_id, run = function() set_group(run, one, one.security_group_id) end }
  set_group(run, one, group)
  run:line("ok", ("the security group of %s is %s"):format(one.name, group))
end

---------------------------------------------------------------------------
-- 5. Databases, 6. agents. Asked for by hand, then looked for.

local function looked_for(run, p, s, what, still)
  local ok, err = run:try(function()
    run:wait{ name = what, timeout = p.by_hand_minutes * 60, interval = 10, call = function()
      s.has = of_instance(run, s.instance)
      return #still()
    end, done = function(count) return count == 0 end }
  end)
  s.has = of_instance(run, s.instance)
  if ok ~= nil or not err then return end
  for _, text in ipairs(still()) do run:line("fail", text) end
  error(err, 0)
end

local function do_by_hand(run, p, s, what, how, still)
  local list = still()
  if #list == 0 then return end
  for _, text in ipairs(list) do run:line("unseen", text) end
  if not run:ask{ name = "by hand: " .. what, question = how .. " Is it done?" } then
    run:fail("stopped: by hand: " .. what, "do it on the console and run again: what is there is recognised")
  end
  looked_for(run, p, s, what .. ", done by hand", still)
  run:line("ok", what .. ": seen")
end

local function rds_request(s, database)
  local node = s.nodes[database.rds_id]
  return { id = database.rds_id, db_name = database.name, status = node.status, port = tostring(node.port),
    ip = node.private_ips[1], instance_name = node.name, version = node.datastore.version, type = node.datastore.type,
    enterprise_id = node.enterprise_project_id or "0" }
end

local function add_free(run, p, s)
  local missing, list = missing_databases(p, s, "agent_free"), {}
  if #missing == 0 then return end
  for i, database in ipairs(missing) do list[i] = rds_request(s, database) end
  run.dbss:add_rds_no_agent_database{ instance_id = s.instance.id, databases = list, total_count = #list }
  local ok, err = run:try(function()
    run:wait{ name = "the added databases", timeout = 300, interval = 5, call = function()
      s.has = of_instance(run, s.instance)
      return #missing_databases(p, s, "agent_free")
    end, done = function(count) return count == 0 end }
  end)
  s.has = of_instance(run, s.instance)
  local refused = {}
  for _, database in ipairs(missing_databases(p, s, "agent_free")) do refused[#refused + 1] = database.name end
  if #refused > 0 then
    run:fail("the service did not take: " .. words(refused),
      "see the operation log (dbss_operation_log); another audit instance may have them")
  elseif err and not ok then
    run:note(err.message)
  end
  run:line("ok", ("%d databases added without agents"):format(#list))
end

local function databases(run, p, s)
  add_free(run, p, s)
  do_by_hand(run, p, s, "databases with agents", "On the console, add these databases to " .. s.instance.name .. ".", function()
    local list = {}
    for _, database in ipairs(missing_databases(p, s, "agent")) do
      list[#list + 1] = ("add the database %s, %s at %s"):format(database.name, database.type or "its type",
        place_of(database.ip, database.port))
    end
    return list
  end)
end

local function agents(run, p, s)
  do_by_hand(run, p, s, "agents", ("Add the agents, open %s on the audit instance's security group, install them."):format(PORTS),
    function()
      local list = {}
      for _, wanted in ipairs(p.declaration.databases or {}) do
        local database = wanted.mode == "agent" and database_of(s, wanted)
        if database and #(database.agent_url or {}) < #wanted.agents then
          for _, agent in ipairs(wanted.agents) do
            list[#list + 1] = ("%s: an agent on the %s%s"):format(wanted.name, agent.type == "DB" and "database's node" or "application",
              agent.ip and " " .. agent.ip or "")
          end
        end
      end
      return list
    end)
end

---------------------------------------------------------------------------
-- 7. Rules and masks.

local function differing(wanted, there)
  local list = {}
  for _, one in ipairs(wanted or {}) do
    for _, each in ipairs(there) do
      if each.name == one.name and is_on(each.status) ~= (one.status == "ON") then
        list[#list + 1] = { id = each.id, name = one.name, status = one.status }
      end
    end
  end
  return list
end

local function set_rules(run, s, ids, status)
  local answer = run.dbss:switch_risk_rule{ instance_id = s.instance.id, ids = words(ids):gsub("%s", ""), status = status }
  if answer.status and upper(answer.status) ~= "SUCCESS" then
    run:fail("the rules: the service answers " .. tostring(answer.status), "look at the instance's state, then run again")
  end
end

-- One step a call: the guard sees what others switch, and not the call before.
local function switch(run, p, s, status)
  local function open()
    local ids, list = {}, {}
    for _, rule in ipairs(differing(p.declaration.rules, s.has.rules)) do
      if rule.status == status then
        ids[#ids + 1], list[#list + 1] = rule.id, ("the rule %s is not %s"):format(rule.name, status)
      end
    end
    return list, ids
  end
  local _, ids = open()
  run:guard{ op = "dbss.list_audit_rule_risks", args = { instance_id = s.instance.id }, fields = { "rules" } }
  run:undo{ name = ("%d rules as before"):format(#ids), run = function() set_rules(run, s, ids, status == "ON" and "OFF" or "ON") end }
  set_rules(run, s, ids, status)
  looked_for(run, p, s, ("the rules to show %s"):format(status), function() return (open()) end)
  run:line("ok", ("%d rules %s"):format(#ids, status))
end

local function rules(run, p, s)
  for _, status in ipairs({ "ON", "OFF" }) do
    local wanted = false
    for _, rule in ipairs(differing(p.declaration.rules, s.has.rules)) do wanted = wanted or rule.status == status end
    if wanted then run:step("rules " .. status, switch, run, p, s, status) end
  end
end

local function masks(run, p, s)
  do_by_hand(run, p, s, "masks", "Switch these masking rules of " .. s.instance.name .. " on the console.", function()
    local list = {}
    for i, mask in ipairs(differing(p.declaration.masks, s.has.masks)) do list[i] = ("the mask %s: %s"):format(mask.name, mask.status) end
    return list
  end)
end

---------------------------------------------------------------------------
-- 8. The audit itself, last.

-- By the document's example status tells the audit; by its table, the RDS instance, and audit_status the audit.
local function audited(database)
  return is_on(database.status) or upper(database.audit_status) == "ACTIVE"
end

local function off(p, s)
  local list = {}
  for _, wanted in ipairs(p.declaration.databases or {}) do
    local database = wanted.audit and database_of(s, wanted)
    if database and not audited(database) then
      list[#list + 1] = "turn the audit on for " .. wanted.name
    end
  end
  return list
end

-- Audited, but its agents are off: those are switched by call.
local function asleep(p, s)
  local list = {}
  for _, wanted in ipairs(p.declaration.databases or {}) do
    local database = wanted.audit and database_of(s, wanted)
    if database and is_on(database.status) and database.audit_status == "SHUTOFF" and #(database.agent_url or {}) > 0 then
      list[#list + 1] = database
    end
  end
  return list
end

local function audit(run, p, s)
  do_by_hand(run, p, s, "audit", "On the console, turn the audit on for these databases; no database restarts.",
    function() return off(p, s) end)
  local sleeping = asleep(p, s)
  for _, database in ipairs(sleeping) do
    for _, id in ipairs(database.agent_url) do run.dbss:switch_agent{ instance_id = s.instance.id, agent_id = id, status = 1 } end
    run:line("ok", ("the agents of %s are switched on"):format(database.name))
  end
  if #sleeping == 0 then return end
  looked_for(run, p, s, "the agents to work", function()
    local list = {}
    for i, database in ipairs(asleep(p, s)) do list[i] = "no agent works for " .. database.name end
    return list
  end)
end

---------------------------------------------------------------------------
-- 9. Verify: read once more, and shown whole.

local function rows_of(p, s)
  local rows, left = {}, {}
  local function add(kind, name, wanted, found, right)
    rows[#rows + 1] = { kind, name, wanted, found, right and "as declared" or "LEFT" }
    if not right then left[#left + 1] = name end
  end
  local d, group = p.declaration, p.declaration.instance.security_group_id
  add("instance", d.instance.name, "ACTIVE", s.instance.status, s.instance.status == "ACTIVE")
  if group then add("security group", d.instance.name, group, s.instance.security_group_id, s.instance.security_group_id == group) end
  for _, wanted in ipairs(d.databases or {}) do
    local database = database_of(s, wanted)
    add("database", wanted.name, wanted.mode, database and database.id or "missing", database ~= nil)
    if database and wanted.mode == "agent" then
      local count = #(database.agent_url or {})
      add("agents", wanted.name, #wanted.agents, count, count >= #wanted.agents)
    end
    if database and wanted.audit then add("audit", wanted.name, "ON", audited(database) and "ON" or "OFF", audited(database)) end
  end
  for _, kind in ipairs({ { "rule", d.rules, s.has.rules }, { "mask", d.masks, s.has.masks } }) do
    local differ = {}
    for _, one in ipairs(differing(kind[2], kind[3])) do differ[one.name] = true end
    for _, one in ipairs(kind[2] or {}) do
      add(kind[1], one.name, one.status, differ[one.name] and (one.status == "ON" and "OFF" or "ON") or one.status, not differ[one.name])
    end
  end
  return rows, left
end

local function verify(run, p, s)
  for instance in run.dbss:each("list_audit_instances", {}) do
    if instance.id == s.instance.id then s.instance = instance end
  end
  s.has = of_instance(run, s.instance)
  local rows, left = rows_of(p, s)
  run:table{ name = "onboarding", columns = { "what", "name", "wanted", "found", "state" }, rows = rows,
    note = "AUDIT NOT SEEN AT WORK: run a statement on each database and look for it on the console" }
  if #left > 0 then run:fail("read again, these differ: " .. words(left), "look who else changes them, then run again") end
end

---------------------------------------------------------------------------

local function onboard(run, p)
  local s, d = run:step("read", read, run, p), p.declaration
  run:step("preflight", preflight, run, p, s)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  if not s.instance then
    run:step("pay", bring, run, p, s, run:step("order", order, run, p, s))
  elseif s.instance.status == "BUILD" then
    run:step("instance", wait_built, run, p, s)
  end
  -- Of a new instance they could not be known before.
  for kind, there in pairs({ rules = s.has.rules, masks = s.has.masks }) do
    check_switches(s, kind, d[kind], there, function(name, ok, text)
      if not ok then run:fail(name .. ": " .. text, "correct the declaration and run again: what is there is recognised") end
    end)
  end
  local group = d.instance.security_group_id
  if group and s.instance.security_group_id ~= group then run:step("network", network, run, s, group) end
  run:step("databases", databases, run, p, s)
  run:step("agents", agents, run, p, s)
  rules(run, p, s)
  run:step("masks", masks, run, p, s)
  run:step("audit", audit, run, p, s)
  run:step("verify", verify, run, p, s)
  return { instance_id = s.instance.id, databases = #s.has.databases, bought = s.bought or false }
end

local SWITCH = { { name = "name", type = "string", required = true, help = "its name" },
  { name = "status", type = "choice", choices = { "ON", "OFF" }, required = true, help = "what it shall be" } }

local CREATE = {
  { name = "edition", type = "choice", choices = { "low", "medium", "high" }, required = true, help = "3, 6 or 30 databases" },
  { name = "region", type = "string", required = true, help = "region, that of the databases" },
  { name = "vpc_id", type = "string", required = true, help = "VPC, that of the agent nodes; it cannot be changed later" },
  { name = "subnet_id", type = "string", required = true, help = "subnet" },
  { name = "security_group_id", type = "string", required = true, help = "security group" },
  { name = "availability_zone", type = "string", required = true, help = "zone, or two with a comma" },
  { name = "months", type = "integer", min = 1, max = 9, help = "how long it is bought" },
  { name = "years", type = "integer", min = 1, max = 5, help = "likewise, in years" },
  { name = "auto_renew", type = "boolean", default = false, help = "bought again at the end" },
  { name = "flavor", type = "string", help = "ECS type; the edition's unless given" },
  { name = "enterprise_project_id", type = "string", default = "0", help = "enterprise project" },
  { name = "ip_address", type = "string", help = "its address; any unless given" },
  { name = "comment", type = "string", help = "remarks" },
  { name = "tags", type = "objects", help = "tags", fields = { { name = "key", type = "string", required = true, help = "key" },
    { name = "value", type = "string", required = true, help = "value" } } } }

local DATABASE = {
  { name = "name", type = "string", required = true, help = "what it is called in the audit" },
  { name = "mode", type = "choice", choices = { "agent_free", "agent" }, required = true, help = "how it is audited" },
  { name = "rds_id", type = "string", help = "agent_free: the RDS instance" },
  { name = "ip", type = "string", help = "agent: its address" },
  { name = "port", type = "integer", min = 1, max = 65535, help = "agent: its port" },
  { name = "type", type = "string", help = "agent: MYSQL, POSTGRESQL …" },
  { name = "audit", type = "boolean", default = true, help = "turn the audit on" },
  { name = "agents", type = "objects", help = "agent: where its agents are", fields = {
    { name = "type", type = "choice", choices = { "DB", "APP" }, required = true, help = "on the database's node or the application's" },
    { name = "ip", type = "string", help = "APP: the application's address" } } } }

return {
  name = "dbss_onboarding",
  summary = "Databases under audit from one declaration: instance, databases, agents, rules, masks",
  params = {
    { name = "declaration", type = "object", required = true, help = "what there shall be", fields = {
      { name = "instance", type = "object", required = true, help = "the audit instance", fields = {
        { name = "name", type = "string", required = true, help = "its name, one of a kind" },
        { name = "security_group_id", type = "string", help = "its security group; as it is unless given" },
        { name = "create", type = "object", help = "how to buy it where it is not there", fields = CREATE } } },
      { name = "databases", type = "objects", help = "the databases", fields = DATABASE },
      { name = "rules", type = "objects", help = "risk rules by name", fields = SWITCH },
      { name = "masks", type = "objects", help = "masking rules by name", fields = SWITCH } } },
    { name = "order_id", type = "string", help = "take up this order instead of making one" },
    { name = "minutes", type = "integer", min = 1, max = 1440, default = 60, help = "how long to wait for the order, each time" },
    { name = "by_hand_minutes", type = "integer", min = 1, max = 1440, default = 10,
      help = "how long to look for what was done by hand" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = {},
  changes = "an audit instance, its security group, databases and rules; the rest is done by hand and looked at",
  costs = "the yearly/monthly instance, where it is not there yet; the price is shown before it is ordered",
  undo = "hwdb cancel RUN --rollback puts rules and security group back; the console takes databases out and unsubscribes",
  run = onboard,
}
