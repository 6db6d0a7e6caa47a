-- SPDX-License-Identifier: Apache-2.0
-- The ids of DBSS's documented examples, so that each can be run as printed.
local rule_set = require("hwdb.sim.dbss_rule_set")
local times = require("hwdb.sim.times")

local M = {}

local PROJECT = "0250cb8a80c24c0b9f20f557cb159aad"

-- The rules that examples list, show and switch.
local RISKS = {
  { id = "xX4W2ngBo47GiyUSBeOy", name = "Database_drag_detection", level = "HIGH", action = "SELECT" },
  { id = "xn4W2ngBo47GiyUSBeP4", name = "Database_Slow_SQL_Detection", level = "LOW", action = "SELECT" },
  { id = "c7ILB3kBcwCqSg3B2OpF", name = "risk_rule_name_01", level = "LOW", action = "DELETE" },
  { id = "AWTOHznX7At9UslqwTfm", name = "risk_rule_name_00", level = "MEDIUM", action = "LOGIN,SELECT,INSERT", status = "OFF",
    schemas = { { schema = "dbss_audit" } }, db_ids = "11111,22222", execution_symbol = "GREATER", execution_time = 10000,
    affect_symbol = "GREATER", affect_rows = 30, client_ips = "192.168.0.1" },
}

local function rules(mint, instance)
  instance.scopes[1].id, instance.sql_rules[1].id = "zX4W2ngBo47GiyUSBuNs", "zX4W2ngBo47GiyUSBuNs"
  instance.masks[1].id, instance.risks = "n34W2ngBo47GiyUSKOVL", {}
  for i, spec in ipairs(RISKS) do instance.risks[i] = rule_set.risk(mint, spec, i) end
  instance.risks[4].rank = 6
end

local function history(mint, instance)
  local function entry(id, minutes, action, description)
    return { id = id, user = "hby-test", at = mint.now - minutes * 60000, area = "Database list", action = action, name = "db01",
      description = description, result = "success" }
  end
  instance.logs = { entry("ULKM93gBCwCqSg3BZeD1", 45, "Create", "Create a database."),
    entry("07JO-HgBCwCqSg3ByOAD", 20, "Update", "Close the audit agent."),
    entry("1LJP-HgBCwCqSg3BVuAp", 19, "Delete", "Delete an audited database.") }
end

local function maintenance(mint)
  return { id = "a8c37c9be61ffd4ee8aacab7bae74e91", name = "DBSS-OM0819", status = "ACTIVE", project_id = mint.project_id,
    created = mint.now, expires = mint.now + 31 * times.DAY_MS, zone = mint.state.network.zones[3].id,
    vpc_id = "21f3dac4-f460-4173-ba5e-cb7a0d528605", subnet_id = "cbed162e-045a-4afd-aa2b-0da11219989c",
    security_group_id = "9e033f2d-04a5-4bdc-858e-17e31599d052", float_ip = "10.0.148.95", public_ip = "100.85.120.66",
    nodes = { { id = "24307773-2399-495a-a6ad-5159b4bb6a43", name = "DBSS-OM0819-HA-1", ip = "10.0.169.77", standby = true },
      { id = "df392d71-f504-411e-b336-ad98dcfacad1", name = "DBSS-OM0819-HA-2", ip = "10.0.9.187" } } }
end

---Fills a state with what the examples name.
---@param mint table
---@param world table the builder functions
function M.fill(mint, world)
  local state = mint.state
  table.insert(state.iam.projects, { id = PROJECT, name = "project_" .. PROJECT:sub(1, 4) })
  local instance = world.add_instance(mint, { id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364", name = "DBSS-Test", period = false,
    resource_id = "062212d8-8e30-4783-9671-43f3f1f3bb1e", vpc_id = "76d98391-5abc-46ed-b8a8-f664202cb166",
    subnet_id = "97ef0bb5-3759-4db4-aa49-0d087ed49ce5", security_group_id = "f0fbec06-bcf6-4c7e-99fa-f0ddfb1d9bd",
    ip = "192.168.0.229", tags = { { key = "key1", value = "value1" }, { key = "key2", value = "value1" } } }, 3)
  rules(mint, instance)
  history(mint, instance)
  instance.agents = { { id = "ASWDSDSDSWEWDSDSD", status = 0 }, { id = "zrKw83gBCwCqSg3Bkt1P", status = 0 } }
  instance.databases = { { id = "zLKv83gBCwCqSg3BJt0m", name = "db01", type = "MYSQL", version = "5.0", ip = "192.168.0.204",
    port = "3306", status = "OFF", instance_name = "", agents = { "zrKw83gBCwCqSg3Bkt1P" } } }
  state.dbss.om_clusters[1] = maintenance(mint)
end

return M
