-- SPDX-License-Identifier: Apache-2.0
-- The databases an instance audits (3.3): built by customers, with agents, or
-- of RDS, without. New ones are not audited until somebody turns that on.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dbss_errors")
local logs = require("hwdb.sim.dbss_logs")
local lookup = require("hwdb.sim.dbss_lookup")
local pages = require("hwdb.sim.dbss_pages")
local rds = require("hwdb.sim.rds_lookup")
local stamp = require("hwdb.sim.dbss_stamp")

local M = {}

-- The oldest versions of RDS for MySQL that need no agent.
local OLDEST = { ["5.6"] = { 5, 6, 51, 1 }, ["5.7"] = { 5, 7, 29, 2 }, ["8.0"] = { 8, 0, 20, 3 } }

local function new_enough(node)
  local oldest, at = OLDEST[node.version], 0
  if not oldest then return false end
  for part in rds.complete_version(node):gmatch("%d+") do
    at = at + 1
    local number = tonumber(part)
    if not oldest[at] or number > oldest[at] then return true end
    if number < oldest[at] then return false end
  end
  return true
end

local function agent_state(instance, database)
  if database.status ~= "ON" then return core.null end
  local running = #database.agents == 0
  for _, id in ipairs(database.agents) do
    local agent = lookup.entry(instance.agents, id)
    running = running or (agent ~= nil and agent.status == 1)
  end
  return running and "ACTIVE" or "SHUTOFF"
end

-- The table explains id and status by the RDS instance.
local function table_words(ctx, database)
  local node = database.rds_id and rds.living(ctx, database.rds_id)
  return database.rds_id or database.id, node and rds.status(ctx, node) or "ACTIVE"
end

local function view(ctx, instance, database)
  local id, status = database.id, database.status
  if ctx.readings.dbss_words == "table" then id, status = table_words(ctx, database) end
  return { database = { id = id, name = database.name, type = database.type, version = database.version, charset = "UTF8",
    ip = database.ip, port = database.port, os = "LINUX64", status = status, instance_name = database.instance_name,
    audit_status = agent_state(instance, database), agent_url = core.array({ table.unpack(database.agents) }),
    db_classification = database.rds_id and "RDS" or "ECS", rds_id = database.rds_id or "", rds_obj_info = "",
    dws_obj_info = "" } }
end

local function list_audit_databases(ctx, args)
  local instance, found = lookup.get(ctx, args.instance_id), {}
  if args.status and args.status ~= "ON" and args.status ~= "OFF" then errors.refuse("DBSS.10000001") end
  for _, database in ipairs(instance.databases) do
    if ctx:sees(database) and (not args.status or database.status == args.status) then found[#found + 1] = database end
  end
  return { databases = pages.page(found, args, function(database) return view(ctx, instance, database) end), total = #found }
end

local function audited(instance, ip, port)
  for _, database in ipairs(instance.databases) do
    if database.ip == ip and database.port == port then return true end
  end
  return false
end

-- The documents' world takes RDS instances it has never heard of, but none twice.
local function legal(ctx, instance, wanted, taken)
  local place = wanted.ip .. ":" .. wanted.port
  if taken[place] or audited(instance, wanted.ip, wanted.port) then return false end
  local node = rds.living(ctx, wanted.id)
  if not node then return ctx.state.lenient == true end
  local same = node.ip == wanted.ip and tostring(node.port) == wanted.port
  return rds.own(ctx, node) and node.status == "normal" and new_enough(node) and (same or ctx.state.lenient == true)
end

local function add(ctx, instance, wanted)
  local database = { id = stamp.id(ctx:hex()), name = wanted.db_name, type = wanted.type:upper() == "RDS" and "MYSQL"
    or wanted.type:upper(), version = wanted.version:match("[%d.]+") or wanted.version, ip = wanted.ip, port = wanted.port,
    status = "OFF", instance_name = wanted.instance_name, agents = {}, rds_id = wanted.id }
  ctx:hide(database)
  instance.databases[#instance.databases + 1] = database
end

local function sorted_out(ctx, instance, databases)
  local good, good_ids, bad_ids, taken = {}, core.array({}), core.array({}), {}
  for _, wanted in ipairs(databases) do
    if legal(ctx, instance, wanted, taken) then
      good[#good + 1], good_ids[#good_ids + 1] = wanted, wanted.id
      taken[wanted.ip .. ":" .. wanted.port] = true
    else
      bad_ids[#bad_ids + 1] = wanted.id
    end
  end
  return good, { legal_db_id = good_ids, illegal_db_id = bad_ids }
end

local function add_rds_no_agent_database(ctx, args)
  local instance = lookup.get(ctx, args.instance_id)
  lookup.require_running(ctx, instance)
  if #args.databases == 0 or (args.total_count and args.total_count ~= #args.databases) then errors.refuse("DBSS.10000001") end
  local good, answer = sorted_out(ctx, instance, args.databases)
  if #instance.databases + #good > instance.limit then errors.refuse("DBSS.10020118") end
  for _, wanted in ipairs(good) do
    add(ctx, instance, wanted)
    logs.add(ctx, instance, { "Database list", "Create", wanted.db_name, "Create a database." })
  end
  for _, id in ipairs(answer.illegal_db_id) do
    logs.add(ctx, instance, { "Database list", "Create", id, "Create a database." }, true)
  end
  return answer, instance.id, { checked_only = #good == 0 }
end

M.operations = {
  ["dbss.list_audit_databases"] = list_audit_databases,
  ["dbss.add_rds_no_agent_database"] = add_rds_no_agent_database,
}

return M
