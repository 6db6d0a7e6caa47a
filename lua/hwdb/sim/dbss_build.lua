-- SPDX-License-Identifier: Apache-2.0
-- An audit instance as data. Also used to build worlds, so `mint` need only
-- give ids, state and the time.
local rule_set = require("hwdb.sim.dbss_rule_set")

local M = {}

---The editions: level, ECS type, CPUs, MB, databases.
local LEVELS = {
  { "low", "c6.xlarge.4", 4, 16384, 3 }, { "medium", "c6.2xlarge.4", 8, 32768, 6 }, { "high", "c6.4xlarge.4", 16, 65536, 30 },
}

---The specifications as data of a new state.
---@return table[]
function M.specifications()
  local list = {}
  for i, level in ipairs(LEVELS) do
    list[i] = { level = level[1], id = level[2], cpu = level[3], ram = level[4], proxy = level[5] }
  end
  return list
end

local function address(state)
  state.dbss.next_ip = state.dbss.next_ip + 1
  return ("192.168.%d.%d"):format(100 + state.dbss.next_ip // 250, state.dbss.next_ip % 250 + 2)
end

---A new instance, in no list yet.
---@param mint { state: table, now: integer, uuid: fun(self): string, hex: fun(self): string }
---@param spec { name: string, level: table, vpc_id: string, subnet_id: string, security_group_id: string, zone: string,
---project_id: string, resource_id: string, order_id: string?, comment: string?, ip: string?, period: boolean, tags: table? }
---@return table instance
function M.instance(mint, spec)
  local instance = { id = mint:uuid(), resource_id = spec.resource_id, order_id = spec.order_id, name = spec.name,
    comment = spec.comment or "", project_id = spec.project_id, status = "BUILD", task = "powering-on", created = mint.now,
    level = spec.level.level, cpu = spec.level.cpu, ram = spec.level.ram, limit = spec.level.proxy, flavor = spec.level.id,
    vpc_id = spec.vpc_id, subnet_id = spec.subnet_id, security_group_id = spec.security_group_id, zone = spec.zone,
    port_id = mint:uuid(), server_id = mint:uuid(), version = "24.07.15.104512", period = spec.period, tags = spec.tags or {},
    enterprise_project_id = spec.enterprise_project_id or "0", databases = {}, agents = {}, logs = {} }
  instance.ip = spec.ip or address(mint.state)
  rule_set.fill(mint, instance)
  return instance
end

return M
