-- SPDX-License-Identifier: Apache-2.0
-- The parameters of DDM: their defaults, ranges and kinds, and whether a value
-- fits. Ranges are of the console's; names are those of the document's tables
-- and examples.
local refusal = require("hwdb.sim.refusal")

local M = {}

local COLLATIONS = "utf8_unicode_ci|utf8_bin|gbk_chinese_ci|gbk_bin|utf8mb4_unicode_ci|utf8mb4_bin"

-- name, default, range, type, flags (R: restart, F: fixed), description
local ROWS = {
  { "auto_increment_increment", "1", "1-65535", "integer", "F", "Step of generated numbers; DDM sets it." },
  { "autocommit", "ON", "ON|OFF", "boolean", "F", "Whether each statement is its own transaction." },
  { "bind_table", "", "", "string", "", "Tables joined on the same shard." },
  { "character_set_server", "utf8mb4", "gbk|utf8|utf8mb4", "string", "R", "Character set; goes with collation_server." },
  { "collation_server", "utf8mb4_unicode_ci", COLLATIONS, "string", "R", "Collation; goes with character_set_server." },
  { "concurrent_execution_level", "DATA_NODE", "RDS_INSTANCE|DATA_NODE|PHY_TABLE", "list", "",
    "What is scanned in parallel." },
  { "connection_idle_timeout", "28800", "60-28800", "integer", "", "Seconds until an idle connection is closed." },
  { "contains_shard_key", "OFF", "ON|OFF", "boolean", "", "Whether statements must name the sharding key." },
  { "ddl_flowcontrol_threshold", "10000", "1-1000000", "integer", "", "DDL statements that may wait." },
  { "enable_table_recycle", "OFF", "ON|OFF", "boolean", "", "Whether dropped tables go to a recycle bin." },
  { "insert_to_load_data", "OFF", "ON|OFF", "boolean", "", "Whether constants are inserted by LOAD DATA." },
  { "live_transaction_timeout_on_shutdown", "1", "0-100", "integer", "", "Seconds a shutdown waits for transactions." },
  { "long_query_time", "1", "0.01-10", "float", "", "Seconds from which a statement is slow." },
  { "max_allowed_packet", "16777216", "1024-1073741824", "integer", "", "Largest packet in bytes, in steps of 1024." },
  { "max_backend_connections", "0", "0-10000000", "integer", "", "Most connections to an RDS instance." },
  { "max_connections", "20000", "10-40000", "integer", "", "Most connections of clients." },
  { "min_backend_connections", "10", "0-10000000", "integer", "", "Fewest connections of a node to an RDS instance." },
  { "not_from_pushdown", "OFF", "ON|OFF", "boolean", "", "Whether SELECT without FROM is pushed down." },
  { "seconds_behind_master", "30", "0-7200", "integer", "", "Lag after which a replica gets no reads." },
  { "sql_audit", "OFF", "ON|OFF", "boolean", "", "Whether statements are recorded." },
  { "sql_execute_timeout", "28800", "100-28800", "integer", "", "Seconds after which a statement is given up." },
  { "support_ddl_binlog_hint", "OFF", "ON|OFF", "boolean", "", "Whether DDL carries a hint for binlogs." },
  { "temp_table_size_limit", "1000000", "500000-2000000000", "integer", "", "Largest temporary table." },
  { "transaction_policy", "XA", "XA|FREE|NO_DTX", "list", "R", "How transactions span shards." },
  { "ultimate_optimize", "ON", "ON|OFF", "boolean", "", "Whether values shape the plan." },
}

M.ALL, M.BY_NAME = {}, {}

for i, row in ipairs(ROWS) do
  local entry = { name = row[1], default = row[2], range = row[3], type = row[4], restart = row[5] == "R",
    fixed = row[5] == "F", description = row[6] }
  M.ALL[i], M.BY_NAME[entry.name] = entry, entry
end

local function refuse(name)
  refusal.raise(400, "DBS.300375", ("Invalid %s."):format(name))
end

local function in_range(entry, value)
  local low, high = entry.range:match("^([%d.]+)%-([%d.]+)$")
  local number = tonumber(value:match(entry.type == "float" and "^%d+%.?%d*$" or "^%d+$"))
  return number and number >= tonumber(low) and number <= tonumber(high)
end

local function listed(entry, value)
  return ("|" .. entry.range .. "|"):find("|" .. value .. "|", 1, true) ~= nil
end

local function fits(entry, value)
  if entry.range == "" then return true end
  if value:find("|", 1, true) then return false end
  if entry.range:find("^[%d.]+%-") then
    return in_range(entry, value) and (entry.name ~= "max_allowed_packet" or math.tointeger(tonumber(value)) % 1024 == 0)
  end
  return listed(entry, value)
end

-- The two change together, and to a pair.
local function check_collation(values)
  local set, collation = values.character_set_server, values.collation_server
  if (set == nil) ~= (collation == nil) then refuse(set and "collation_server" or "character_set_server") end
  if set and collation:match("^[^_]+") ~= set then refuse("collation_server") end
end

---Refuses values that cannot be set, naming the first of them in the alphabet.
---@param values table<string, string>
---@param lenient boolean? takes names it does not know
---@return boolean restart one of them waits for a restart
function M.check(values, lenient)
  local names, restart = {}, false
  for name in pairs(values) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local entry, value = M.BY_NAME[name], values[name]
    if not entry and not lenient or type(value) ~= "string" then refuse(name) end
    if entry and (entry.fixed or (value == "" and name ~= "bind_table") or not fits(entry, value)) then refuse(name) end
    restart = restart or (entry and entry.restart) or false
  end
  check_collation(values)
  return restart
end

return M
