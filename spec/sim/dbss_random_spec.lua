-- SPDX-License-Identifier: Apache-2.0
-- Random calls to DBSS, billing and RDS, legal and illegal: the simulator never
-- fails of itself, and lists, counts, quotas and ids always agree.
local dbss = dofile("spec/sim/dbss_caller.lua")
local rds = dofile("spec/sim/rds_caller.lua")
local core = require("hwdb.core")

-- A generator of its own, so that a seed gives the same calls everywhere.
local function random(seed)
  seed = seed * 7919 + 17
  return function(n)
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return seed // 65536 % n + 1
  end
end

local function some(list, pick, key)
  return #list > 0 and list[pick(#list)][key or "id"] or "none"
end

local function orders(c)
  local list = {}
  for id in pairs(c.sim.state.bss.orders) do list[#list + 1] = { id = id } end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

local function bought(c)
  return c:must("POST", "/bss/v2/orders/suscriptions/resources/query", {}).data
end

local function nodes(c) return c.sim.state.rds.instances end

local CALLS = {
  function(c, pick) return "POST", "/v2/{p}/dbss/audit/charge/period/order", c:wanted({ name = "a" .. pick(9),
    is_auto_renew = pick(2) - 1, tags = { { key = "k" .. pick(3), value = "v" .. pick(3) } } }) end,
  function(c, pick) return "POST", "/bss/v3/orders/customer-orders/pay", { order_id = some(orders(c), pick) } end,
  function(c, pick) return "POST", "/bss/v2/orders/subscriptions/resources/unsubscribe", { resource_ids = {
    some(bought(c), pick, "resource_id") }, unsubscribe_type = 1 } end,
  function(c, pick) return pick(2) == 1 and "POST" or "DELETE",
    "/bss/v2/orders/subscriptions/resources/autorenew/" .. some(bought(c), pick, "resource_id") end,
  function(c, pick)
    local node = nodes(c)[pick(#nodes(c))]
    return "POST", "/v1/{p}/{a}/dbss/audit/databases/rds", { databases = { { id = node.id, db_name = node.name, status = "ACTIVE",
      port = tostring(node.port), ip = node.ip, instance_name = node.name, version = node.version, type = "MySQL" } } }
  end,
  function(c, pick) return "POST", "/v1/{p}/{a}/audit/rule/risk/switch", { status = pick(2) == 1 and "ON" or "OFF",
    ids = c.audit and c.audit.risks[pick(3)].id or "none" } end,
  function(_, pick) return "POST", "/v1/{p}/auditInstance/{r}/tags/create", { tags = { { key = "k" .. pick(30), value = "v" .. pick(3) } } } end,
  function(_, pick) return "DELETE", "/v1/{p}/auditInstance/{r}/tags/delete", { tags = { { key = "k" .. pick(30) } } } end,
  function(c, pick) return "POST", "/rds/v3/{p}/instances", rds.wanted(c, { name = "rds-" .. pick(99) }) end,
  function(c, pick)
    c.node = some(nodes(c), pick)
    return "POST", "/rds/v3/{p}/instances", rds.restore(c, { restore_time = c.sim:now() - pick(9) * 86400000 })
  end,
  function(c, pick) return "POST", "/rds/v3/{p}/backups", { instance_id = some(nodes(c), pick), name = "backup" .. pick(9) } end,
  function(c, pick) return "DELETE", "/rds/v3/{p}/backups/" .. some(c.sim.state.rds.backups, pick) end,
  function(c, pick) return "DELETE", "/rds/v3/{p}/instances/" .. some(nodes(c), pick) end,
}

local FAULTS = { "dbss.create_instances_period_order", "bss.pay_order", "rds.create_instance", "rds.create_manual_backup",
  "rds.delete_instance", "rds.restore_to_new_instance" }

local function unique(list, key)
  local seen = {}
  for _, entry in ipairs(list) do
    assert.is_nil(seen[entry[key]], key .. " twice: " .. tostring(entry[key]))
    seen[entry[key]] = true
  end
  return seen
end

local function check_audit(c)
  local servers = c:servers()
  local quota = c:must("GET", "/v1/{p}/dbss/audit/quota")
  local resources = unique(servers, "resource_id")
  unique(servers, "id")
  assert.is_true(10 - #servers >= quota.audit_quota)
  local all = c:must("POST", "/v1/{p}/auditInstance/resource-instances/filter", {})
  assert.same({ #servers, #servers }, { all.total_count, #all.resources })
  for _, server in ipairs(servers) do
    c.audit = server
    assert.equal(server.config_num, c:must("GET", "/v1/{p}/{a}/dbss/audit/databases").total)
    assert.is_true(server.config_num <= server.database_limit)
  end
  for _, entry in ipairs(bought(c)) do
    if entry.resource_type_code == "hws.resource.type.dbss" then
      assert.equal(entry.status ~= 3, resources[entry.resource_id] == true)
    end
  end
end

local function check_rds(c)
  local list, paged = c:must("GET", "/rds/v3/{p}/instances"), {}
  unique(list.instances, "id")
  assert.equal(list.total_count, #list.instances)
  for offset = 0, list.total_count, 3 do
    for _, one in ipairs(c:must("GET", "/rds/v3/{p}/instances?limit=3&offset=" .. offset).instances) do paged[#paged + 1] = one end
  end
  assert.equal(list.total_count, #paged)
  unique(paged, "id")
  local used = {}
  for _, one in ipairs(list.instances) do
    local address = one.private_ips[1]
    assert.is_nil(used[address])
    used[address] = true
  end
end

describe("calls to DBSS, billing and RDS at random", function()
  for seed = 1, 5 do
    it(("never fail of themselves, nor leave the state at odds (seed %d)"):format(seed), function()
      local pick, c = random(seed), dbss.new({ seed = seed })
      for _ = 1, 100 do
        c.audit = c.sim.state.dbss.instances[pick(#c.sim.state.dbss.instances + 1)] or { id = "none", resource_id = "none" }
        if not c.audit.risks then c.audit.risks = { { id = "none" }, { id = "none" }, { id = "none" } } end
        if pick(10) == 1 then c.sim:add_fault({ op = FAULTS[pick(#FAULTS)], ["do"] = "job_failed", at = pick(9) / 10 }) end
        local before = #c.sim:effects()
        local status, body, response = c:call(CALLS[pick(#CALLS)](c, pick))
        assert.is_true(status >= 200 and status < 500, response.body)
        local nothing = type(body) == "table" and ((body.legal_db_id and #body.legal_db_id == 0) or (body.order_ids and #body.order_ids == 0))
        assert.equal(status < 300 and not nothing and 1 or 0, #c.sim:effects() - before, response.body)
        c.sim:advance(pick(5) == 1 and pick(30000) * 20 or pick(200))
        check_audit(c)
        check_rds(c)
      end
      assert.truthy(core.encode(c.sim.state))
    end)
  end
end)
