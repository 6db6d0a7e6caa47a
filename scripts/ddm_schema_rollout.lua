-- SPDX-License-Identifier: Apache-2.0
-- A DDM instance with schemas, accounts, parameters and SSL, as one declaration says; what is so already stays.
--
--   1. look        what the declaration says against what there is: the differences, and what it does not mention
--   2. preflight   every prerequisite an API can see; the others are listed for a person
--   3. confirm     a person types the instance's name
--   4. instance    an existing one by id or name, else one is bought
--   5. schemas     6. accounts   7. template, applied to the instance   8. SSL
--   9. verify      there is no difference any more
-- A second run changes nothing. What the declaration does not mention is shown as drift and never touched; what cannot be
-- changed here (shards and data nodes of a schema, passwords) stops the run or stays. Some parameters wait for a restart,
-- which has a gate of its own, and with restart=window a window, too.

-- 4.4.1, 4.4.8 and the manuals.
local MOST_ACCOUNTS, MOST_TEMPLATES, MOST_SHARDS = 100, 100, 64
local ADMINISTRATORS = "3.0.9"
local RIGHTS = { "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" }
local PASSWORD = { min = 8, max = 32, kinds = 3, others = "~!@#/%^*-_+?" }
local RESERVED = { information_schema = true, mysql = true, performance_schema = true, sys = true }

local BY_HAND = {
  "the data node users hold the rights the service asks for, WITH GRANT OPTION and REPLICATION SLAVE among them",
  "lower_case_table_names=1 on every data node; sql_execute_timeout stays below its net_write_timeout",
  "clients are ready for the change of SSL",
  "the project's quotas of instances and templates have room",
}

---------------------------------------------------------------------------
-- Small helpers.

local function words(list)
  return table.concat(list, ", ")
end

local function filled(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function set_of(list)
  local set = {}
  for _, value in ipairs(list or {}) do set[value] = true end
  return set
end

local function sorted(list)
  local copy = table.move(list or {}, 1, #(list or {}), 1, {})
  table.sort(copy)
  return copy
end

local function names_of(list, field)
  local names = {}
  for i, item in ipairs(list or {}) do names[i] = item[field or "name"] end
  return sorted(names)
end

local function by_name(list)
  local map = {}
  for _, item in ipairs(list) do map[item.name] = item end
  return map
end

local function restart_window(run, p)
  if p.restart ~= "window" then return nil end
  return run:window_of(p) or run:fail("restart=window needs window_from, window_to and zone",
    'such as window_from="2026-11-22 02:00" window_to=04:00 zone=+08:00; or restart=ask, restart=later')
end

local function restart_key(id)
  return ("ddm_schema_rollout/restart/%s"):format(id)
end

---------------------------------------------------------------------------
-- 1. What there is.

local function find_instance(run, declared)
  if declared.id then return run.ddm:show_instance{ instance_id = declared.id } end
  if not declared.name then run:fail("declaration.instance needs id or name", "id of an existing one, or name of a new one") end
  local found = {}
  for instance in run.ddm:each("list_instances", { limit = 128 }) do
    if instance.name == declared.name and instance.status ~= "DELETED" then found[#found + 1] = instance.id end
  end
  if #found > 1 then
    run:fail(("%d instances are called %s: %s"):format(#found, declared.name, words(found)), "give declaration.instance.id")
  end
  return found[1] and run.ddm:show_instance{ instance_id = found[1] } or nil
end

-- The template of the name, and how many there are of one's own.
local function template_of(run, declared)
  if not declared then return nil end
  local found, own = nil, 0
  for template in run.ddm:each("list_configurations", { limit = 128 }) do
    if template.user_defined then own = own + 1 end
    if template.name == declared.name then found = template end
  end
  if not found then return nil, own end
  local shown = run.ddm:show_configuration{ config_id = found.id }
  return { id = found.id, own = found.user_defined, description = shown.description or "",
    values = by_name(shown.configuration_parameters or {}) }, own
end

local function state(run, d, id)
  local now = { schemas = {}, accounts = {}, parameters = {} }
  now.template, now.templates = template_of(run, d.template)
  now.instance = id and run.ddm:show_instance{ instance_id = id } or find_instance(run, d.instance)
  if not now.instance then return now end
  local at = { instance_id = now.instance.id }
  now.schema_list, now.account_list = run.ddm:all("list_schemas", at), run.ddm:all("list_users", at)
  now.schemas, now.accounts = by_name(now.schema_list), by_name(now.account_list)
  if d.template then now.parameters = by_name(run.ddm:all("show_instance_param", at)) end
  now.restart = run:recorded(restart_key(now.instance.id))
  return now
end

---------------------------------------------------------------------------
-- The differences: what is, what shall be.

local function shape_of(schema, nodes)
  return ("%s, %s shards on %s"):format(schema.shard_mode or schema.mode, tostring(schema.shard_number or schema.shards), words(nodes))
end

local function schema_differences(d, now, add)
  for _, schema in ipairs(d.schemas or {}) do
    local is, shall = now.schemas[schema.name], shape_of(schema, sorted(schema.data_nodes))
    local shape = is and shape_of(is, names_of(is.used_rds, "id"))
    if not is then
      add("schema", schema.name, "missing", shall, { make = schema })
    elseif shape ~= shall then
      add("schema", schema.name, shape, shall, { stuck = "ddm_shard_migration changes shards and data nodes" })
    elseif is.status ~= "RUNNING" then
      add("schema", schema.name, tostring(is.status), shall, { stuck = "wait for it; one that failed is deleted by hand" })
    end
  end
end

local function account_is(account)
  return { rights = words(sorted(account.base_authority)), schemas = words(names_of(account.databases)),
    description = account.description or "" }
end

-- Only what the declaration says of an account is compared.
local function account_shall(account, is)
  return { rights = words(sorted(account.rights)), schemas = account.schemas and words(sorted(account.schemas)) or is.schemas,
    description = account.description or is.description }
end

local function account_differences(d, now, add)
  for _, account in ipairs(d.accounts or {}) do
    local present = now.accounts[account.name]
    local is = present and account_is(present) or { rights = "", schemas = "", description = "" }
    local shall = account_shall(account, is)
    local function text(of) return ("%s on %s%s"):format(of.rights, of.schemas == "" and "nothing" or of.schemas,
      of.description ~= "" and ": " .. of.description or "") end
    if not present then
      add("account", account.name, "missing", text(shall), { make = account })
    elseif text(is) ~= text(shall) then
      add("account", account.name, text(is), text(shall), { change = account, before = present })
    end
  end
end

-- Values of two sources that differ: the template's, and the instance's own.
local function value_differences(declared, present)
  local differing, old, shown_is, shown_shall = {}, {}, {}, {}
  for _, value in ipairs(declared.values) do
    local is = present[value.name] and present[value.name].value
    if is ~= value.value then
      differing[value.name], old[value.name] = value.value, is
      shown_is[#shown_is + 1] = ("%s=%s"):format(value.name, tostring(is))
      shown_shall[#shown_shall + 1] = ("%s=%s"):format(value.name, value.value)
    end
  end
  return differing, old, words(shown_is), words(shown_shall)
end

local function template_differences(d, now, add)
  if not d.template then return end
  local _, _, is, shall = value_differences(d.template, now.template and now.template.values or {})
  local described = not d.template.description or now.template and now.template.description == d.template.description
  if not now.template then
    add("template", d.template.name, "missing", shall)
  elseif shall ~= "" or not described then
    add("template", d.template.name, is ~= "" and is or "another description", shall ~= "" and shall or d.template.description)
  end
  if not d.template.apply then return end
  _, _, is, shall = value_differences(d.template, now.parameters)
  if shall ~= "" then add("parameters", d.template.name, now.instance and is or "missing", shall) end
end

local function differences(d, now)
  local list = {}
  local function add(what, name, is, shall, more)
    local one = more or {}
    one.what, one.name, one.is, one.shall = what, name, is, shall
    list[#list + 1] = one
  end
  if not now.instance then add("instance", d.instance.name, "missing", "bought") end
  schema_differences(d, now, add)
  account_differences(d, now, add)
  template_differences(d, now, add)
  local ssl = now.instance and now.instance.enable_ssl
  if d.ssl ~= nil and d.ssl ~= (ssl == true) then add("SSL", "", ssl and "on" or "off", d.ssl and "on" or "off") end
  return list
end

local function told(list)
  local lines = {}
  for i, one in ipairs(list) do lines[i] = ("%s %s: %s, not %s"):format(one.what, one.name, one.is, one.shall) end
  return table.concat(lines, "; ")
end

local function drift(d, now)
  local rows = {}
  local schemas, accounts = set_of(names_of(d.schemas)), set_of(names_of(d.accounts))
  for _, schema in ipairs(d.schemas and now.schema_list or {}) do
    if not schemas[schema.name] then rows[#rows + 1] = { "schema", schema.name, shape_of(schema, names_of(schema.used_rds, "id")) } end
  end
  for _, account in ipairs(d.accounts and now.account_list or {}) do
    if not accounts[account.name] then rows[#rows + 1] = { "account", account.name, account_is(account).rights } end
  end
  for _, pair in ipairs(now.instance and { { "name", "name" }, { "class", "flavor_ref" }, { "version", "engine_version" },
    { "node_count", "node_count" } } or {}) do
    local declared, is = d.instance[pair[1]], now.instance[pair[2]]
    if declared ~= nil and declared ~= is then
      rows[#rows + 1] = { "instance", pair[1], ("%s, declared %s"):format(tostring(is), tostring(declared)) }
    end
  end
  return rows
end

-- What an order needs to know: the ids of the engine and of the node class.
local function read_order(run, declared)
  local order = { zones = {} }
  for engine in run.ddm:each("list_engines_v3", { limit = 128 }) do
    if engine.version == declared.version then order.engine_id = engine.id end
  end
  if not order.engine_id or not declared.class then return order end
  for _, group in ipairs(run.ddm:list_flavors_v3{ engine_id = order.engine_id, limit = 128 }.flavor_groups or {}) do
    for _, flavor in ipairs(group.flavors or {}) do
      if flavor.spec_code == declared.class then
        order.flavor_id = flavor.id
        for _, zone in ipairs(flavor.az_infos or {}) do order.zones[zone.code] = zone.status end
      end
    end
  end
  return order
end

local function look(run, p)
  local d = p.declaration
  local plan = { d = d, window = restart_window(run, p), now = state(run, d) }
  plan.list, plan.drift = differences(d, plan.now), drift(d, plan.now)
  local rows = {}
  for i, one in ipairs(plan.list) do rows[i] = { one.what, one.name, one.is, one.shall } end
  if #rows > 0 then run:table{ name = "differences", columns = { "what", "name", "is", "shall be" }, rows = rows } end
  if #plan.drift > 0 then
    run:table{ name = "drift", columns = { "what", "name", "is" }, rows = plan.drift,
      note = "not in the declaration; left as it is" }
  end
  plan.pending = plan.now.restart and p.restart ~= "later"
  if plan.now.restart then
    run:line("warn", ("parameters wait for a restart since %s: %s"):format(plan.now.restart.since, words(plan.now.restart.names)))
  end
  if not plan.now.instance then
    plan.order = read_order(run, d.instance)
    plan.order.open = run:open_order("ddm/" .. d.instance.name)
  end
  return plan
end

---------------------------------------------------------------------------
-- 2. Preflight.

local function check_administrator(run, p, declared, check)
  if not declared.administrator then return end
  check("administrator's password", p.administrator_password ~= nil, p.administrator_password and declared.administrator
    or "administrator_password=… is missing")
  check("administrator", run:version_at_least(declared.version, ADMINISTRATORS), "there is one from kernel 3.0.9 on")
end

local function check_order(run, p, plan, check)
  local declared, missing, sold_out = plan.d.instance, {}, {}
  for _, field in ipairs({ "name", "class", "version", "node_count", "zones", "vpc_id", "subnet_id", "security_group_id" }) do
    if declared[field] == nil then missing[#missing + 1] = field end
  end
  check("order complete", #missing == 0, #missing == 0 and "an instance is bought" or "declaration.instance lacks " .. words(missing))
  for _, zone in ipairs(declared.zones or {}) do
    if plan.order.zones[zone] ~= "normal" then sold_out[#sold_out + 1] = ("%s (%s)"):format(zone, plan.order.zones[zone] or "not sold") end
  end
  check("kernel version on sale", plan.order.engine_id ~= nil, tostring(declared.version))
  check("node class on sale", plan.order.flavor_id ~= nil and #sold_out == 0, #sold_out > 0 and words(sold_out)
    or tostring(declared.class))
  local name = declared.name or ""
  check("name of the instance", name:match("^%a[%w_-]+$") ~= nil and #name >= 4 and #name <= 64,
    "4 to 64 letters, digits, - and _, a letter first")
  check_administrator(run, p, declared, check)
  if declared.months then
    check("period", declared.months < 10 or declared.months == 12, "1 to 9 months, or 12 for a year")
  end
  local open = plan.order.open
  if declared.months then
    check("no order open", not open, open and open .. " of an earlier run is not carried out: take that run up again (hwdb runs), "
      .. "or cancel the order" or "none of an earlier run")
  end
  if declared.months and not declared.auto_pay then
    check("payment", "warn", "bought by the month: the order waits until somebody pays it (auto_pay pays it)")
  end
end

local function twice(list)
  local seen = {}
  for _, value in ipairs(list) do
    if seen[value] then return value end
    seen[value] = true
  end
end

-- Why a schema cannot be made, or nil.
local function unfit(schema)
  local nodes, name = #schema.data_nodes, schema.name
  if RESERVED[name] or not name:match("^%l[%l%d_]+$") or #name > 48 then return "no name for a schema" end
  if twice(schema.data_nodes) then return twice(schema.data_nodes) .. " comes twice" end
  local fits = schema.mode == "single" and schema.shards == 1 and nodes == 1
    or schema.mode == "cluster" and schema.shards >= math.max(nodes, 2) and schema.shards <= MOST_SHARDS * nodes
  return not fits and ("%d shards on %d data nodes"):format(schema.shards, nodes) or nil
end

local function check_schemas(plan, check)
  local stuck, bad = {}, {}
  for _, one in ipairs(plan.list) do
    if one.stuck then stuck[#stuck + 1] = ("%s is %s, declared %s: %s"):format(one.name, one.is, one.shall, one.stuck) end
    local schema = one.what == "schema" and one.make
    local reason = schema and unfit(schema)
    if reason then bad[#bad + 1] = ("%s: %s"):format(schema.name, reason) end
    if schema and not reason and schema.mode == "cluster" and schema.shards < 8 * #schema.data_nodes then
      check("shards a data node", "warn", ("%s: 8 to 64 on each are advised"):format(schema.name))
    end
  end
  local name = twice(names_of(plan.d.schemas))
  if name then bad[#bad + 1] = name .. ": declared twice" end
  check("schemas as declared", #stuck == 0, #stuck == 0 and "none differs in shards or data nodes" or words(stuck))
  check("new schemas", #bad == 0, #bad == 0 and "names and shards fit" or words(bad))
end

-- A line of its own where nobody judges the password; else it goes to the weak ones, with the reason.
local function check_password(run, name, password, weak, check)
  local broken = run:password_problem(password, { min = PASSWORD.min, max = PASSWORD.max, kinds = PASSWORD.kinds,
    others = PASSWORD.others, not_name = name })
  if broken then
    weak[#weak + 1] = ("%s (%s)"):format(name, broken)
    return
  end
  local judged, err = run:try(run.ddm.validate_weak_password, run.ddm, { password = password })
  if not judged then return check("password of " .. name, "unseen", err.message) end
  if judged.is_weak_password == true then weak[#weak + 1] = name .. " (easily guessed)" end
end

local function check_accounts(run, p, plan, check)
  local missing, weak, homeless, wrong, rights = {}, {}, {}, {}, set_of(RIGHTS)
  local schemas = set_of(names_of(plan.d.schemas))
  for _, account in ipairs(plan.d.accounts or {}) do
    for _, name in ipairs(account.schemas or {}) do
      if not schemas[name] and not plan.now.schemas[name] then homeless[#homeless + 1] = ("%s on %s"):format(account.name, name) end
    end
    for _, right in ipairs(account.rights) do
      if not rights[right] then wrong[#wrong + 1] = ("%s: %s"):format(account.name, right) end
    end
    local password = not plan.now.accounts[account.name] and p.password and (p.password[account.name] or p.password.all)
    if password then
      check_password(run, account.name, password, weak, check)
    elseif not plan.now.accounts[account.name] then
      missing[#missing + 1] = ("password.%s"):format(account.name)
    end
  end
  check("passwords given", #missing == 0, #missing == 0 and "for each new account" or words(missing) .. " is missing")
  check("passwords strong", #weak == 0, #weak == 0 and "none is easily guessed" or words(weak))
  check("schemas of the accounts", #homeless == 0, #homeless == 0 and "all are there or declared" or "no such schema: " .. words(homeless))
  check("rights of the accounts", #wrong == 0, #wrong == 0 and "all are known" or words(wrong) .. "; there are " .. words(RIGHTS))
end

local function check_account_list(plan, check)
  local count, admin = #(plan.now.account_list or {}), plan.now.instance and plan.now.instance.admin_user_name
    or plan.d.instance.administrator
  local taken, seen, bad = {}, {}, {}
  for _, account in ipairs(plan.d.accounts or {}) do
    local fits = account.name:match("^%a[%w_]*$") and #account.name <= 32 and (utf8.len(account.description or "") or 999) <= 256
    if not fits then bad[#bad + 1] = account.name end
    if not plan.now.accounts[account.name] then count = count + 1 end
    if account.name == admin or seen[account.name] then taken[#taken + 1] = account.name end
    seen[account.name] = true
  end
  check("at most 100 accounts", count <= MOST_ACCOUNTS, ("%d afterwards"):format(count))
  check("names of the accounts", #taken == 0, #taken == 0 and "none is the administrator's, none comes twice" or words(taken))
  check("words of the accounts", #bad == 0, #bad == 0 and "names and descriptions fit"
    or words(bad) .. ": 32 letters, digits and _, a letter first; a description has 256 characters at most")
end

local function in_range(range, value)
  local low, high = range:match("^([%d.]+)%-([%d.]+)$")
  if low then
    local number = tonumber(value)
    return number ~= nil and number >= tonumber(low) and number <= tonumber(high)
  end
  return not range:find("|", 1, true) or ("|" .. range .. "|"):find("|" .. value .. "|", 1, true) ~= nil
end

-- What the parameters may be is told by the template, the instance, or any template there is.
local function known_parameters(run, plan)
  if plan.now.template then return plan.now.template.values end
  if next(plan.now.parameters) then return plan.now.parameters end
  local any = run.ddm:all("list_configurations", { limit = 128 })[1]
  return any and by_name(run.ddm:show_configuration{ config_id = any.id }.configuration_parameters or {}) or {}
end

local function check_template(run, plan, check)
  local declared, known, bad = plan.d.template, known_parameters(run, plan), {}
  for _, value in ipairs(declared.values) do
    local entry = known[value.name]
    if not entry then
      bad[#bad + 1] = value.name .. ": unknown"
    elseif entry.readonly == true or entry.read_only == "1" then
      bad[#bad + 1] = value.name .. ": cannot be changed"
    elseif not in_range(entry.value_range or "", value.value) then
      bad[#bad + 1] = ("%s=%s: %s"):format(value.name, value.value, entry.value_range)
    end
  end
  local values = by_name(declared.values)
  check("parameters", #bad == 0, #bad == 0 and ("%d, all within their ranges"):format(#declared.values) or words(bad))
  check("charset and collation", (values.character_set_server == nil) == (values.collation_server == nil),
    "character_set_server and collation_server change together")
  check("template of one's own", not plan.now.template or plan.now.template.own == true,
    plan.now.template and not plan.now.template.own and "default templates stay as they are: choose another name" or declared.name)
  local described = declared.description or ""
  check("words of the template", declared.name:match("^[%w_.-]+$") ~= nil and #declared.name <= 64
    and not described:find("[!<\"='>&]") and (utf8.len(described) or 999) <= 256,
    "a name of 64 letters, digits, - _ and .; no ! < \" = ' > & in a description of 256 characters")
  local own = plan.now.templates + (plan.now.template and 0 or 1)
  check("at most 100 templates", own <= MOST_TEMPLATES, ("%d afterwards"):format(own))
end

-- The data nodes of schemas to be made, as the instance that there is by now sees them.
local function check_data_nodes(run, p, plan, id, check)
  local listed, missing, versions, infos, nameless = {}, {}, {}, {}, {}
  for _, node in ipairs(run.ddm:all("list_data_nodes", { instance_id = id })) do listed[node.id] = node end
  local user, password, asked = p.node_user or {}, p.node_password or {}, {}
  for _, one in ipairs(plan.list) do
    for _, node_id in ipairs(one.what == "schema" and one.make and one.make.data_nodes or {}) do
      local node, login, secret = listed[node_id], user[node_id] or user.all, password[node_id] or password.all
      if not node then missing[#missing + 1] = node_id end
      if not login or not secret then nameless[#nameless + 1] = node_id end
      local major = node and tostring(node.engineSoftwareVersion):match("^%d+%.%d+")
      if major then versions[one.name] = versions[one.name] or {} versions[one.name][major] = true end
      if node and login and secret and not asked[node_id] then
        asked[node_id] = true
        infos[#infos + 1] = { endpoint = ("%s:%s"):format(node.privateIp, tostring(node.port)), username = login,
          password = secret, rds_instance_id = node_id }
      end
    end
  end
  check("data nodes available", #missing == 0, #missing == 0 and "listed as normal, in the VPC, in no other DDM"
    or "not listed (another VPC, another DDM, or not normal): " .. words(missing))
  check("data node logins given", #nameless == 0, #nameless == 0 and "user and password for each"
    or "node_user or node_password missing for " .. words(nameless))
  local mixed = {}
  for name, set in pairs(versions) do
    local majors = {}
    for major in pairs(set) do majors[#majors + 1] = major end
    if #majors > 1 or (majors[1] ~= "5.7" and majors[1] ~= "8.0") then mixed[#mixed + 1] = ("%s: %s"):format(name, words(majors)) end
  end
  check("one engine version", #mixed == 0, #mixed == 0 and "5.7 or 8.0, one for each schema" or words(mixed))
  return infos
end

local function check_logins(run, id, infos, check)
  if #infos == 0 then return end
  local body, err = run:try(run.ddm.check_data_node_connection, run.ddm, { instance_id = id, infos = infos })
  if not body then return check("data node logins", "unseen", err.message) end
  local closed = {}
  for _, info in ipairs(body.rds_check_infos or body.rds_check_info or {}) do
    if info.success ~= "true" and info.success ~= true then
      closed[#closed + 1] = ("%s (%s)"):format(info.rds_instance_id, filled(info.error_message) or tostring(info.error_code))
    end
  end
  check("data node logins", #closed == 0, #closed == 0 and "each opens" or words(closed))
end

local function makes_schemas(plan)
  for _, one in ipairs(plan.list) do
    if one.what == "schema" and one.make then return true end
  end
end

local function preflight(run, p, plan)
  run:preflight(function(check)
    local present = plan.now.instance
    if present then
      run:at_rest(check, { instance = present, jobs = run:jobs{ instance_id = present.id } })
    else
      check_order(run, p, plan, check)
    end
    check_schemas(plan, check)
    check_accounts(run, p, plan, check)
    check_account_list(plan, check)
    if plan.d.template then check_template(run, plan, check) end
    if plan.now.instance and makes_schemas(plan) then
      local infos = check_data_nodes(run, p, plan, plan.now.instance.id, check)
      check_logins(run, plan.now.instance.id, infos, check)
    elseif makes_schemas(plan) then
      check("data nodes", "unseen", "they are looked at once the instance is there")
    end
  end, BY_HAND)
end

---------------------------------------------------------------------------
-- 3. A person confirms.

local function confirm(run, plan)
  local name = plan.now.instance and plan.now.instance.name or plan.d.instance.name
  if not run:ask{ name = "roll out " .. name, expect = name, question = ("%d differences of %s are done away with, as shown%s. "
      .. "Type the instance's name to go on"):format(#plan.list, name, plan.now.instance and "" or "; the instance is bought") } then
    run:fail("not confirmed: nothing has been changed", "type the instance's name exactly")
  end
  -- Days may have passed: what a person agreed to has to be what there is.
  if told(differences(plan.d, state(run, plan.d))) ~= told(plan.list) then
    run:fail("what there is is not what was looked at: nothing has been changed", "find out who changed it, then begin again")
  end
end

---------------------------------------------------------------------------
-- 4. The instance.

local function bought(run, p, declared, order_id)
  run:follow_order{ id = order_id, target = "ddm/" .. declared.name, auto_pay = declared.auto_pay, timeout = p.deadline_hours * 3600 }
  local made = run:wait{ name = "what the order bought", timeout = 3600, interval = 10,
    call = function() return run.bss:list_order_resources{ order_id = order_id, only_main_resource = 1 } end,
    done = function(body) return (body.total_count or 0) >= 1 end }
  return made.value.data[1].resource_id
end

local function remove_instance(run, p, id)
  local at = { instance_id = id }
  local reached = run:wait{ name = "the instance before the way back", op = "ddm.show_instance", args = at, field = "status",
    success = { "RUNNING", "CREATEFAILED", "ERROR" }, interval = 10, timeout = p.deadline_hours * 3600 }
  -- This run's own schemas are deleted by now: what is left is somebody else's, and would go with the instance.
  local left = reached.state == "RUNNING" and names_of(run.ddm:all("list_schemas", at)) or {}
  if #left > 0 then
    run:fail("the instance this run bought has schemas that it did not make: " .. words(left),
      "find out whose they are; it stays and is paid for until it is deleted by hand: hwdb call ddm.delete_instance")
  end
  local answer = run.ddm:delete_instance{ instance_id = id, delete_rds_data = "false" }
  run:wait_for("ddm.delete_instance", at, answer, p.deadline_hours * 3600)
  run:line("ok", "the instance this run bought is deleted, without the data on its data nodes")
end

local function instance(run, p, plan)
  local declared, order = plan.d.instance, plan.order
  if plan.now.instance then
    run:line("ok", ("%s is there: %s"):format(plan.now.instance.name, plan.now.instance.id))
    return plan.now.instance.id
  end
  local id
  -- What is bought by the month is unsubscribed, which no call here does.
  if not declared.months then run:undo{ name = "delete the instance that was bought", run = function() remove_instance(run, p, id) end } end
  local months = declared.months
  local answer = run.ddm:create_instance{
    instance = { name = declared.name, flavor_id = order.flavor_id, engine_id = order.engine_id, node_num = declared.node_count,
      available_zones = declared.zones, vpc_id = declared.vpc_id, subnet_id = declared.subnet_id,
      security_group_id = declared.security_group_id, enterprise_project_id = declared.enterprise_project_id,
      time_zone = declared.time_zone, admin_user_name = declared.administrator, admin_user_password = p.administrator_password },
    extend_param = months and { charge_mode = "prePaid", period_type = months == 12 and "year" or "month",
      period_num = months == 12 and 1 or months, is_auto_pay = tostring(declared.auto_pay), is_auto_renew = tostring(declared.auto_renew) }
      or nil }
  run:if_stopped("an instance was ordered; taken up again, this run follows it")
  id = filled(answer.id)
  local _, err = run:try(function()
    id = id or bought(run, p, declared, answer.order_id)
    run:wait_for("ddm.create_instance", {}, { id = id }, p.deadline_hours * 3600)
  end)
  if err and err.kind ~= "failed" then error(err, 0) end
  local gone = months and "unsubscribe it in the Billing Center" or "hwdb cancel RUN --rollback deletes it"
  run:if_stopped(not err and ("%s was bought and is paid for: run this again to do the rest, or %s"):format(declared.name, gone) or nil)
  if err then run:fail(err.message, err.remedy or "it is there in that state: " .. gone .. ", then run this again") end
  run:line("ok", ("%s is there: %s"):format(declared.name, id))
  return id
end

---------------------------------------------------------------------------
-- 5. Schemas.

local function remove_schema(run, p, id, name)
  local args = { instance_id = id, ddm_dbname = name }
  if not by_name(run.ddm:all("list_schemas", { instance_id = id }))[name] then return run:note(name .. " is not there") end
  run:wait{ name = "the schema before the way back", op = "ddm.show_schema", args = args, field = "database.status",
    success = { "RUNNING", "CREATE_FAILED" }, interval = 5, timeout = p.deadline_hours * 3600 }
  local answer = run.ddm:delete_schema{ instance_id = id, ddm_dbname = name, delete_rds_data = "false" }
  run:wait_for("ddm.delete_schema", args, answer, p.deadline_hours * 3600)
  run:line("ok", ("the schema %s is deleted again, without data on the data nodes"):format(name))
end

local function make_schema(run, p, id, schema)
  local used, nodes = {}, schema.data_nodes
  for i, node in ipairs(nodes) do
    used[i] = { id = node, adminUser = p.node_user[node] or p.node_user.all, adminPassword = p.node_password[node] or p.node_password.all }
  end
  run:undo{ name = "delete the schema " .. schema.name, run = function() remove_schema(run, p, id, schema.name) end }
  local answer = run.ddm:create_schema{ instance_id = id, databases = { { name = schema.name, shard_mode = schema.mode,
    shard_number = schema.shards, shard_unit = schema.shards % #nodes == 0 and schema.shards // #nodes or nil, used_rds = used } } }
  run:wait_for("ddm.create_schema", { instance_id = id }, answer, p.deadline_hours * 3600)
  run:line("ok", "the schema " .. schema.name)
end

local function schemas(run, p, plan, id)
  if not plan.now.instance and makes_schemas(plan) then
    run:preflight(function(check) check_logins(run, id, check_data_nodes(run, p, plan, id, check), check) end)
  end
  for _, one in ipairs(plan.list) do
    if one.what == "schema" then make_schema(run, p, id, one.make) end
  end
end

---------------------------------------------------------------------------
-- 6. Accounts.

local function databases(names)
  local list = {}
  for i, name in ipairs(names or {}) do list[i] = { name = name } end
  return list
end

local function make_account(run, p, id, account)
  run:undo{ name = "delete the account " .. account.name, run = function()
    if by_name(run.ddm:all("list_users", { instance_id = id }))[account.name] then
      run.ddm:delete_user{ instance_id = id, username = account.name }
    end
  end }
  run.ddm:create_users{ instance_id = id, users = { { name = account.name, base_authority = account.rights,
    password = p.password[account.name] or p.password.all, description = account.description,
    databases = account.schemas and databases(account.schemas) or nil } } }
  run:line("ok", "the account " .. account.name)
end

local function change_account(run, id, account, before)
  run:undo{ name = "the account " .. account.name .. " as it was", run = function()
    run.ddm:update_user{ instance_id = id, username = account.name, user = { base_authority = before.base_authority,
      description = before.description, databases = databases(names_of(before.databases)) } }
  end }
  run.ddm:update_user{ instance_id = id, username = account.name, user = { base_authority = account.rights,
    description = account.description, databases = account.schemas and databases(account.schemas) or nil } }
  run:line("ok", ("the account %s is changed; its password stays"):format(account.name))
end

local function accounts(run, p, plan, id)
  for _, one in ipairs(plan.list) do
    if one.what == "account" and one.make then make_account(run, p, id, one.make) end
    if one.what == "account" and one.change then change_account(run, id, one.change, one.before) end
  end
end

---------------------------------------------------------------------------
-- 7. The template, and what it says on the instance.

local function all_values(declared)
  local values = {}
  for _, value in ipairs(declared.values) do values[value.name] = value.value end
  return values
end

local function template(run, plan)
  local declared, present = plan.d.template, plan.now.template
  if not present then
    local made
    run:undo{ name = "delete the template " .. declared.name, run = function() run.ddm:delete_configuration{ config_id = made } end }
    made = run.ddm:create_configuration{ name = declared.name, description = declared.description or "", values = all_values(declared) }.id
    return run:line("ok", "the template " .. declared.name)
  end
  local old = {}
  for _, value in ipairs(declared.values) do old[value.name] = present.values[value.name].value end
  run:undo{ name = "the template " .. declared.name .. " as it was", run = function()
    run.ddm:update_configuration{ config_id = present.id, values = old, description = present.description }
  end }
  run.ddm:update_configuration{ config_id = present.id, values = all_values(declared), description = declared.description }
  run:line("ok", ("the template %s is changed; instances made from it do not change"):format(declared.name))
end

local function set_parameters(run, p, id, values)
  local at = { instance_id = id }
  local answer = run.ddm:update_instance_parameters{ instance_id = id, values = values }
  run:wait_for("ddm.update_instance_parameters", at, answer, p.deadline_hours * 3600)
  return answer.needRestart == true or answer.needRestart == "true"
end

local function apply(run, p, plan, id)
  local present = by_name(run.ddm:all("show_instance_param", { instance_id = id }))
  local values, old = value_differences(plan.d.template, present)
  if next(values) == nil then return end
  run:undo{ name = "the parameters as they were", run = function()
    set_parameters(run, p, id, old)
    run:note("the old values are set again; those that need a restart wait for one")
  end }
  local waits = set_parameters(run, p, id, values)
  local waiting = {}
  for name in pairs(values) do
    if present[name] and present[name].need_restart == "1" then waiting[#waiting + 1] = name end
  end
  run:line("ok", "the parameters are set: " .. words(names_of(plan.d.template.values)))
  if waits or #waiting > 0 then run:record(restart_key(id), { since = run:clock(), names = waiting }) end
end

local function restart(run, p, plan, id, name)
  local waiting = run:recorded(restart_key(id))
  if not waiting then return end
  if p.restart == "later" then
    return run:note(("%s wait for a restart: run again with restart=ask or restart=window"):format(words(waiting.names)))
  end
  if not run:ask{ name = "restart " .. name, expect = name, question = ("%s wait for a restart: %s is unavailable meanwhile. "
      .. "Type the instance's name to restart it %s"):format(words(waiting.names), name,
      plan.window and "in " .. plan.window.text or "now") } then
    return run:note("not restarted: the parameters wait; run again when it may be")
  end
  if plan.window then
    run:note("the restart may begin in " .. plan.window.text)
    run:enter(plan.window)
  end
  local args = { instance_id = id, restart = { type = "soft" } }
  local answer = run.ddm:restart_instance(args)
  run:wait_for("ddm.restart_instance", args, answer, p.deadline_hours * 3600)
  run:record(restart_key(id), nil)
  run:line("ok", "restarted: the parameters are effective")
end

---------------------------------------------------------------------------
-- 8. SSL, 9. verify.

local function switch(run, p, id, on)
  local answer = run.ddm:switch_ssl{ instance_id = id, ssl_enabled = on }
  run:wait_for("ddm.switch_ssl", { instance_id = id }, answer, p.deadline_hours * 3600)
end

local function ssl(run, p, plan, id)
  local on = run.ddm:show_instance{ instance_id = id }.enable_ssl == true
  if plan.d.ssl == nil or plan.d.ssl == on then return end
  run:undo{ name = "SSL as it was", run = function() switch(run, p, id, on) end }
  switch(run, p, id, plan.d.ssl)
  run:line("ok", "SSL is " .. (plan.d.ssl and "on" or "off"))
end

local function verify(run, plan, id)
  local left = told(differences(plan.d, state(run, plan.d, id)))
  if left ~= "" then run:fail("verification: still differs: " .. left, "run again; it does only what is left") end
  run:line("ok", "there is no difference any more")
end

---------------------------------------------------------------------------

local function has(plan, what)
  for _, one in ipairs(plan.list) do
    if one.what == what then return true end
  end
end

local function carry_out(run, p, plan)
  local id = run:step("instance", instance, run, p, plan)
  run:step("schemas", schemas, run, p, plan, id)
  run:step("accounts", accounts, run, p, plan, id)
  run:step("template", function()
    if has(plan, "template") then template(run, plan) end
    if plan.d.template and plan.d.template.apply then apply(run, p, plan, id) end
  end)
  run:step("SSL", ssl, run, p, plan, id)
  return id
end

local function roll_out(run, p)
  local plan = run:step("look", look, run, p)
  local present = plan.now.instance
  if #plan.list == 0 and not plan.pending then
    run:note(("%s is as declared: nothing has been changed"):format(present.name))
    return { instance_id = present.id, changed = 0, drift = #plan.drift }
  end
  local id, name = present and present.id, present and present.name or plan.d.instance.name
  run:step("preflight", preflight, run, p, plan)
  if p.stop_after == "preflight" then return run:note("stopped after the preflight, as asked; nothing has been changed") end
  if #plan.list > 0 then
    run:step("confirm", confirm, run, plan)
    id = carry_out(run, p, plan)
    run:step("verify", verify, run, plan, id)
  end
  run:if_stopped(nil)
  run:step("restart", restart, run, p, plan, id, name)
  return { instance_id = id, changed = #plan.list, drift = #plan.drift }
end

local INSTANCE = {
  { name = "id", type = "string", help = "an existing instance" },
  { name = "name", type = "string", help = "its name; without an id the instance of this name, bought if there is none" },
  { name = "class", type = "string", help = "to buy: code of the node class, ddm.c6.2xlarge.2" },
  { name = "version", type = "string", help = "to buy: kernel version" },
  { name = "node_count", type = "integer", min = 1, max = 32, help = "to buy: how many nodes" },
  { name = "zones", type = "list", help = "to buy: availability zones" },
  { name = "vpc_id", type = "string", help = "to buy: VPC, that of the data nodes" },
  { name = "subnet_id", type = "string", help = "to buy: subnet" },
  { name = "security_group_id", type = "string", help = "to buy: security group" },
  { name = "enterprise_project_id", type = "string", help = "to buy: enterprise project" },
  { name = "time_zone", type = "string", help = "to buy: UTC+08:00 and the like" },
  { name = "administrator", type = "string", help = "to buy: the administrator's name" },
  { name = "months", type = "integer", min = 1, max = 12, help = "to buy by the month: 1 to 9, or 12 for a year; else by the hour" },
  { name = "auto_pay", type = "boolean", default = false, help = "by the month: pay from the balance" },
  { name = "auto_renew", type = "boolean", default = false, help = "by the month: renew by itself" },
}

local SCHEMA = {
  { name = "name", type = "string", required = true, help = "lower case" },
  { name = "mode", type = "choice", choices = { "cluster", "single" }, default = "cluster", help = "sharded or not" },
  { name = "shards", type = "integer", min = 1, default = 1, help = "shards in all" },
  { name = "data_nodes", type = "list", required = true, help = "ids of its RDS instances" },
}

local ACCOUNT = {
  { name = "name", type = "string", required = true, help = "the account" },
  { name = "rights", type = "list", required = true, help = "of CREATE DROP ALTER INDEX INSERT DELETE UPDATE SELECT" },
  { name = "schemas", type = "list", help = "what it may use" },
  { name = "description", type = "string", help = "what it is for" },
}

local TEMPLATE = {
  { name = "name", type = "string", required = true, help = "the parameter template, one's own" },
  { name = "description", type = "string", help = "what it is for" },
  { name = "values", type = "objects", required = true, help = "its values; others stay", fields = {
    { name = "name", type = "string", required = true, help = "the parameter" },
    { name = "value", type = "string", required = true, help = "as text" },
  } },
  { name = "apply", type = "boolean", default = true, help = "set them on the instance, too" },
}

return {
  name = "ddm_schema_rollout",
  summary = "A DDM instance with schemas, accounts, parameters and SSL, as one declaration says; repeatable",
  params = {
    { name = "declaration", type = "object", required = true, help = "what shall be", fields = {
      { name = "instance", type = "object", required = true, help = "which one, or how to buy it", fields = INSTANCE },
      { name = "schemas", type = "objects", help = "the schemas", fields = SCHEMA },
      { name = "accounts", type = "objects", help = "the accounts", fields = ACCOUNT },
      { name = "template", type = "object", help = "the parameter template", fields = TEMPLATE },
      { name = "ssl", type = "boolean", help = "SSL on or off; as it is unless given" },
    } },
    { name = "password", type = "secret", each = true, help = "of new accounts; password.NAME=… for one" },
    { name = "node_user", type = "string", each = true, help = "login of the data nodes of new schemas; node_user.ID=… for one" },
    { name = "node_password", type = "secret", each = true, help = "its password; node_password.ID=… for one" },
    { name = "administrator_password", type = "secret", help = "of a new instance's administrator" },
    { name = "restart", type = "choice", choices = { "ask", "window", "later" }, default = "ask",
      help = "when parameters need a restart: after a question, after it in a window, or not now" },
    { name = "window_from", type = "string", help = 'restart not before: "2026-11-22 02:00"' },
    { name = "window_to", type = "string", help = 'and not after: "04:00" or "2026-11-22 04:00"' },
    { name = "zone", type = "string", help = "zone of both: +08:00" },
    { name = "cut_off_minutes", type = "integer", min = 0, default = 20, help = "nothing is begun in the last minutes of it" },
    { name = "deadline_hours", type = "integer", min = 1, max = 200, default = 4, help = "how long each wait lasts at most" },
    { name = "stop_after", type = "choice", choices = { "preflight" }, help = "only so far" },
  },
  permissions = { "ddm:instance:get", "ddm:instance:list", "ddm:instance:create", "ddm:instance:delete", "ddm:instance:reboot",
    "ddm:instance:checkDataNodeConnection", "ddm:database:create", "ddm:database:delete", "ddm:database:get", "ddm:database:list",
    "ddm:user:create", "ddm:user:delete", "ddm:user:list", "ddm:user:modify", "ddm::updateParamGroup" },
  changes = "buys an instance, makes schemas and accounts, changes accounts, a parameter template, parameters and SSL",
  costs = "a new instance, by the hour or by the month; the rest nothing",
  undo = "what this run made is deleted, what it changed is set back; data on data nodes stays. By the month: unsubscribe",
  run = roll_out,
}
