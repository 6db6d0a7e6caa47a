-- SPDX-License-Identifier: Apache-2.0
-- Strange bodies, queries and paths for DBSS, billing, RDS and temporary keys:
-- refused or answered, never a failure of the simulator itself.
local dbss = dofile("spec/sim/dbss_caller.lua")
local rds = dofile("spec/sim/rds_caller.lua")
local core = require("hwdb.core")

local STRANGE = { core.null, true, 0, -1, 1.5, 9007199254740993, "", " ", "\0", "\u{1F600}", ("x"):rep(300), core.array({}),
  core.array({ core.null }), core.array({ 1, "a", {} }), {}, { a = { b = {} } } }

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = setmetatable({}, getmetatable(value))
  for key, member in pairs(value) do result[key] = copy(member) end
  return result
end

-- Calls `try` with every variant of a body in which one member is changed or gone.
local function variants(body, try)
  local function walk(path, value)
    if type(value) ~= "table" then return end
    for key, member in pairs(value) do
      local at = { table.unpack(path) }
      at[#at + 1] = key
      for i = 0, #STRANGE do
        local changed = copy(body)
        local parent = changed
        for step = 1, #at - 1 do parent = parent[at[step]] end
        if i > 0 then parent[at[#at]] = copy(STRANGE[i])
        elseif type(key) == "number" then table.remove(parent, key)
        else parent[at[#at]] = nil end
        try(changed)
      end
      walk(at, member)
    end
  end
  walk({}, body)
end

local PRICE = { project_id = "p", product_infos = { { id = "1", cloud_service_type = "hws.service.type.dbss", period_num = 1,
  resource_type = "hws.resource.type.dbss", resource_spec = "dbss.bypassaudit.low", region = "r", period_type = "2",
  subscription_num = 1 } } }

local POSTS = {
  { "/bss/v2/bills/ratings/period-resources/subscribe-rate", function() return PRICE end },
  { "/bss/v2/orders/suscriptions/resources/query", function() return { order_id = "o", only_main_resource = 1, status_list = { 2 } } end },
  { "/bss/v2/orders/subscriptions/resources/unsubscribe", function() return { resource_ids = { "r" }, unsubscribe_type = 1 } end },
  { "/bss/v3/orders/customer-orders/pay", function() return { order_id = "o", use_coupon = "NO", use_discount = "NO" } end },
  { "/v3.0/OS-CREDENTIAL/securitytokens", function()
    return { auth = { identity = { methods = { "assume_role" }, assume_role = { agency_name = "a", domain_name = "d",
      duration_seconds = 900, session_user = { name = "n" } } } } }
  end },
  { "/v3.0/OS-CREDENTIAL/securitytokens", function()
    return { auth = { identity = { methods = { "token" }, token = { id = "t", duration_seconds = 900 } } } }
  end },
  { "/rds/v3/{p}/instances", function(c) return rds.wanted(c, { charge_info = { charge_mode = "prePaid", period_type = "month",
    period_num = 1, is_auto_pay = true }, tags = { { key = "k", value = "v" } }, port = "3306", data_vip = "",
    backup_strategy = { keep_days = 7, start_time = "17:00-18:00" }, unchangeable_param = { lower_case_table_names = "1" } }) end },
  { "/rds/v3/{p}/instances", function(c)
    c.node = c.sim.state.rds.instances[1].id
    return rds.restore(c)
  end },
  { "/rds/v3/{p}/backups", function(c) return { instance_id = c.sim.state.rds.instances[1].id, name = "name", description = "d" } end },
}

local function answered(c, method, path, body)
  local status, _, response = c:call(method, path, body)
  assert.is_true(status >= 200 and status < 500, path .. " " .. core.encode(body or {}) .. " " .. response.body)
end

describe("strange bodies", function()
  for _, world in ipairs({ "default", "documents" }) do
    for number, post in ipairs(POSTS) do
      it(("are answered by %s (%d, %s)"):format(post[1], number, world), function()
        local c = dbss.new({ world = world })
        variants(post[2](c), function(body) answered(c, "POST", post[1], body) end)
      end)
    end
  end

  for _, file in ipairs({ "management", "instances", "databases", "tags", "rules" }) do
    for _, example in ipairs(dofile("spec/vectors/examples/dbss_" .. file .. ".lua")) do
      if example.body then
        it("are answered by dbss." .. example.op, function()
          local c = dbss.new({ world = "documents" })
          local path = example.url:gsub("{(.-)}", function(name) return name == "project_id" and "{p}" or example.args[name] end)
          variants(core.decode(example.body), function(body) answered(c, example.method, path, body) end)
        end)
      end
    end
  end
end)

describe("strange queries and paths", function()
  it("are answered by every call", function()
    local c = dbss.new({ world = "documents" })
    local audit, node = c.sim.state.dbss.instances[1], c.sim.state.rds.instances[1].id
    local known = { project_id = c.sim.project_id, resource_type = "auditInstance", resource_id = audit.resource_id,
      risk_id = audit.risks[1].id, database_name = "MySQL" }
    for _, row in ipairs(core.rows()) do
      if row.service == "dbss" or row.service == "rds" or row.service == "bss" then
        known.instance_id = row.service == "rds" and node or audit.id
        for _, value in ipairs({ "%00", "-1", "0", "99999999999999999999", "1.5", "x", "", "2026-01-01T00:00:00Z" }) do
          local query = {}
          for _, param in ipairs(row.params or {}) do
            if param["in"] == "query" then query[#query + 1] = param.name .. "=" .. value end
          end
          local path = "/" .. row.service .. row.path:gsub("{(.-)}", function(name) return known[name] or "%00" end)
          answered(c, row.method, path .. "?" .. table.concat(query, "&"), row.method ~= "GET" and "{}" or nil)
          answered(c, row.method, "/" .. row.service .. row.path:gsub("{(.-)}", { project_id = c.sim.project_id }):gsub("{.-}", "%%00"), "[]")
        end
      end
    end
  end)
end)
