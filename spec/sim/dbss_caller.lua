-- SPDX-License-Identifier: Apache-2.0
-- A caller for the specs of DBSS and billing: in a path, {a} is the audit
-- instance's id and {r} its resource id.
local caller = dofile("spec/sim/caller.lua")

local Dbss = {}

local M = {}

---@param options table? of the simulator
function M.new(options)
  local c = caller.new(options)
  local plain = c.path
  function c:path(path)
    local instance = self.audit or self.sim.state.dbss.instances[1] or { id = "none", resource_id = "none" }
    return plain(self, (path:gsub("{a}", instance.id):gsub("{r}", instance.resource_id)))
  end
  for name, method in pairs(Dbss) do c[name] = method end
  return c
end

function Dbss:servers()
  return self:must("GET", "/v1/{p}/dbss/audit/instances").servers
end

---The instance as the list shows it.
function Dbss:server(resource_id)
  for _, server in ipairs(self:servers()) do
    if server.resource_id == (resource_id or self:path("{r}")) then return server end
  end
end

function Dbss:states(resource_id)
  local server = self:server(resource_id)
  return { server.status, server.task }
end

---The code of a DBSS refusal, whose body nests.
function Dbss:no(method, path, body)
  local status, value, response = self:call(method, path, body)
  if status < 300 then error(method .. " " .. path .. " was not refused: " .. response.body, 2) end
  return status, value.error and value.error.error_code or value.error_code
end

function Dbss:product_id(spec, period_type)
  return self:must("POST", "/bss/v2/bills/ratings/period-resources/subscribe-rate", { project_id = self.sim.project_id,
    product_infos = { { id = "1", cloud_service_type = "hws.service.type.dbss", resource_type = "hws.resource.type.dbss",
      resource_spec = spec or "dbss.bypassaudit.medium", region = self.sim.region, period_type = tostring(period_type or 2),
      period_num = 1, subscription_num = "1" } } }).official_website_rating_result.product_rating_results[1].product_id
end

---An order that the world's region can fulfil.
function Dbss:wanted(change)
  local network = self.sim.state.network
  local spec = { flavor_ref = "c6.2xlarge.4", name = "DBSS-test", vpc_id = network.vpcs[1].id, region = self.sim.region,
    availability_zone = network.zones[1].id .. "," .. network.zones[2].id, nics = { { subnet_id = network.subnets[1].id } },
    security_groups = { { id = network.security_groups[1].id } }, cloud_service_type = "hws.service.type.dbss",
    charging_mode = 0, period_type = 2, period_num = 1, subscription_num = 1, is_auto_renew = 0, enterprise_project_id = "0",
    product_infos = { { product_id = "00301-225396-0--0", cloud_service_type = "hws.service.type.dbss",
      resource_type = "hws.resource.type.dbss", resource_spec_code = "dbss.bypassaudit.medium",
      product_spec_desc = '{"specDesc":{"zh-cn":{},"en-us":{}}}' } } }
  for key, value in pairs(change or {}) do spec[key] = value end
  return spec
end

M.ORDER = "/v2/{p}/dbss/audit/charge/period/order"

function Dbss:order(change)
  return self:must("POST", M.ORDER, self:wanted(change)).order_id
end

function Dbss:pay(order)
  self:must("POST", "/bss/v3/orders/customer-orders/pay", { order_id = order, use_coupon = "NO", use_discount = "NO" })
end

function Dbss:order_status(order)
  return self:must("GET", "/bss/v2/orders/customer-orders/details/" .. order).order_info.status
end

function Dbss:bought(order, change)
  local body = { order_id = order, only_main_resource = 1 }
  for key, value in pairs(change or {}) do body[key] = value end
  return self:must("POST", "/bss/v2/orders/suscriptions/resources/query", body)
end

---Buys an instance to the end; gives its resource id and order.
function Dbss:buy(change)
  local order = self:order(change)
  self:pay(order)
  self.sim:advance(700)
  return self:bought(order).data[1].resource_id, order
end

function Dbss:jobs(resource_id)
  return self:must("GET", "/v1/{p}/dbss/audit/jobs/" .. resource_id).jobs
end

function Dbss:unsubscribe(...)
  return self:call("POST", "/bss/v2/orders/subscriptions/resources/unsubscribe", { resource_ids = { ... }, unsubscribe_type = 1 })
end

function Dbss:effects()
  local list = {}
  for i, effect in ipairs(self.sim:effects()) do list[i] = effect.op end
  return list
end

return M
