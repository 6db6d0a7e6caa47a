-- SPDX-License-Identifier: Apache-2.0
-- What a request for a shard configuration asks for, and everything that must
-- hold before it may begin (the manuals' prerequisites), each with its code.
local data_nodes = require("hwdb.sim.ddm_data_nodes")
local errors = require("hwdb.sim.ddm_errors")
local jobs = require("hwdb.sim.ddm_jobs")
local schemas = require("hwdb.sim.ddm_schema_state")
local window = require("hwdb.sim.ddm_window")

local M = {}

M.SHARDS_PER_NODE = 64
M.SHARDS_PER_INSTANCE = 64

-- "3.0.8.3" and later.
local KERNEL = { 3, 0, 8, 3 }

local function kernel_ok(version)
  local i = 0
  for part in version:gmatch("%d+") do
    i = i + 1
    if not KERNEL[i] then return true end
    local number = math.tointeger(part)
    if number ~= KERNEL[i] then return number > KERNEL[i] end
  end
  return i >= #KERNEL
end

local function require_clean(instance)
  for _, schema in ipairs(instance.schemas) do
    if schema.uncleaned then errors.refuse("DBS.300358") end
  end
end

local function require_ready(ctx, instance, schema)
  require_clean(instance)
  jobs.require_idle(ctx, instance)
  if instance.status ~= "RUNNING" then errors.refuse("DBS.200076") end
  if not kernel_ok(instance.engine_version) then errors.refuse("DBS.300360") end
  if schema.status ~= "RUNNING" then errors.refuse("DBS.300130") end
  if schema.shard_mode == "single" then errors.refuse("DBS.300104") end
end

-- The table has the number as text, the example as a number.
local function shard_number(value)
  local number = math.tointeger(tonumber(value))
  if not number or number < 1 then errors.refuse("DBS.280001") end
  return number
end

-- The manual counts 64 shards a data node, the API text 64 an instance.
local function check_limit(ctx, instance, schema, plan)
  if plan.new_shards > #plan.new_nodes * M.SHARDS_PER_NODE then errors.refuse("DBS.300106") end
  if ctx.readings.shard_limit ~= "instance" then return end
  local total = plan.new_shards - schema.shard_number
  for _, other in ipairs(instance.schemas) do total = total + other.shard_number end
  if total > M.SHARDS_PER_INSTANCE then errors.refuse("DBS.300127") end
end

local function ids_of(logins)
  local list, has = {}, {}
  for i, login in ipairs(logins) do
    list[i] = login.id
    has[login.id] = true
  end
  return list, has
end

-- All present nodes stay, and shards or nodes grow.
local function check_growth(schema, plan, has)
  for _, id in ipairs(schema.data_nodes) do
    if not has[id] then errors.refuse("DBS.300102") end
  end
  if plan.new_shards < plan.original_shards or plan.new_shards < #plan.new_nodes then errors.refuse("DBS.300127") end
  if plan.new_shards == plan.original_shards and #plan.new_nodes == #plan.original_nodes then
    errors.refuse("DBS.300362")
  end
end

local function check_exclusive(instance, plan)
  if plan.exclusive and (not instance.load_balancing or #instance.nodes < 2) then errors.refuse("DBS.300370") end
end

---The plan of a request, when nothing speaks against it.
---@param ctx hwdb.sim.Context
---@param instance table
---@param args table of precheck_shards or configure_shards
---@return table plan
---@return table schema
---@return table[] nodes
function M.read(ctx, instance, args)
  local schema = schemas.get(instance, args.db_name)
  require_ready(ctx, instance, schema)
  local ids, has = ids_of(args.data_nodes)
  local nodes = data_nodes.check(ctx, instance, args.data_nodes, "DBS.300357")
  local plan = { schema = schema.name, original_shards = schema.shard_number, new_shards =
    shard_number(args.new_shard_number), original_nodes = { table.unpack(schema.data_nodes) }, new_nodes = ids,
    exclusive = args.is_exclusive == true, node_id = instance.nodes[#instance.nodes].id,
    window = window.of_task(args.switch_route_begin_time, args.switch_route_end_time) }
  check_growth(schema, plan, has)
  check_limit(ctx, instance, schema, plan)
  check_exclusive(instance, plan)
  return plan, schema, nodes
end

return M
