-- SPDX-License-Identifier: Apache-2.0
-- The rules every new audit instance begins with.
local stamp = require("hwdb.sim.dbss_stamp")

local M = {}

local SQL = {
  { "MySQL error based SQL injection", "HIGH", [[(.*?)(select)\s+count(.*)?(concat)\s*(.*)?(from)\s*(information_schema.tables)(.*?)]] },
  { "Union query SQL injection", "HIGH", [[(.*?)\s+union\s+(all\s+)?select\s+(.*?)]] },
  { "Time based SQL injection", "MEDIUM", [[(.*?)(sleep|benchmark|pg_sleep)\s*\((.*?)\)(.*?)]] },
  { "Boolean based SQL injection", "LOW", [[(.*?)\s+(and|or)\s+(\d+)\s*=\s*\3(.*?)]] },
}

local RISKS = {
  { name = "Database_drag_detection", level = "HIGH", action = "SELECT", affect_symbol = "GREATER", affect_rows = 10000 },
  { name = "Database_Slow_SQL_Detection", level = "LOW", action = "SELECT", execution_symbol = "GREATER",
    execution_time = 1000 },
  { name = "Database_account_change", level = "MEDIUM", action = "CREATE_USER,DROP_USER,GRANT" },
}

local MASKS = {
  { "GPS Information", "-", "###" }, { "Passport Number", [[[a-zA-Z]\d{8}]], "*" }, { "Military Officer Card No", "-", "*" },
  { "Email", [[[\w.-]+@[\w-]+(\.[\w-]+)+]], "###" },
}

local function sql_rules(mint)
  local list = {}
  for i, rule in ipairs(SQL) do
    list[i] = { id = stamp.id(mint:hex()), name = rule[1], status = "ON", risk_level = rule[2], type = "SYSTEM", rank = i,
      feature = "Regular expression", regex = rule[3], keywords = "" }
  end
  return list
end

---A risk rule as data.
---@param spec { id: string?, name: string, level: string, action: string, status: string? }
---@param rank integer
---@return table
function M.risk(mint, spec, rank)
  return { id = spec.id or stamp.id(mint:hex()), name = spec.name, type = spec.action == "LOGIN" and "LOGIN" or "OPERATE",
    status = spec.status or "ON", rank = rank, risk_level = spec.level, action = spec.action, schemas = spec.schemas or {},
    ignore_case = spec.ignore_case or false, db_ids = spec.db_ids or "", client_ips = spec.client_ips or "",
    execution_symbol = spec.execution_symbol or "NO_MATCH", execution_time = spec.execution_time or 0,
    affect_symbol = spec.affect_symbol or "NO_MATCH", affect_rows = spec.affect_rows or 0 }
end

---Gives an instance its rules.
---@param mint { hex: fun(self): string }
---@param instance table
function M.fill(mint, instance)
  instance.scopes = { { id = stamp.id(mint:hex()), name = "Full audit rule", action = "", status = "ON", all_audit = true } }
  instance.sql_rules, instance.risks, instance.masks = sql_rules(mint), {}, {}
  for i, spec in ipairs(RISKS) do instance.risks[i] = M.risk(mint, spec, i) end
  for i, mask in ipairs(MASKS) do
    instance.masks[i] = { id = stamp.id(mint:hex()), name = mask[1], type = "BUILD_IN", regex = mask[2], value = mask[3],
      status = i <= 2 and "ON" or "OFF", operated = instance.created }
  end
end

return M
