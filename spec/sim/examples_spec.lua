-- SPDX-License-Identifier: Apache-2.0
-- Every documented example of a modelled operation runs through the simulator
-- and is answered with the documented status and in the documented shape.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")
local services = require("hwdb.sim.services")

local FILES = { "ddm_instances", "ddm_schemas", "ddm_accounts", "ddm_tasks", "ddm_monitoring", "ddm_sessions", "ddm_kernel",
  "ddm_backups", "ddm_parameters", "ddm_versions" }

-- The end of the span that the example of 4.5.2 asks for.
local NOW = 1747319097182

local rows = {}
for _, row in ipairs(core.rows()) do rows[row.service .. "." .. row.name] = row end

-- Examples no simulator can satisfy as printed.
local REFUSED = {
  import_schema_metadata = "DBS.300330", -- its metadata is cut short
}

-- Examples that take another side than the tables.
local READINGS = {
  check_data_node_connection = { ddm_rds_check_key = "rds_check_info" },
  update_instance_parameters = { ddm_need_restart = "string" },
  list_session_audit_logs = { ddm_process_id = "number" },
}

-- Members that an example has and this world's answer need not have.
local OPTIONAL = { order_id = true }

local function find_job(c, id)
  for _, job in ipairs(c.sim.state.ddm.jobs) do
    if job.id == id then return job end
  end
end

-- Brings the task an example names into the phase its call needs.
local function task_in(phase, status)
  return function(c, args)
    local job = find_job(c, args.job_id)
    local instance = c.sim.state.ddm.instances[1]
    for _, one in ipairs(c.sim.state.ddm.instances) do
      one.active_job = nil
      if one.id == args.instance_id then instance = one end
    end
    job.phase, job.status, job.ended = phase, status, nil
    job.instance_id, job.database_name, job.plan.schema = instance.id, args.db_name, args.db_name
  end
end

local PREPARE = {
  delete_schema = function(c, args)
    c.instance = args.instance_id
    c:must("POST", "/v1/{p}/instances/{i}/databases", { databases = { { name = args.ddm_dbname, shard_mode = "cluster",
      shard_number = 8, used_rds = { { id = "f296c394f13f48449d715bf99af07e59in01", adminUser = "root",
        adminPassword = "any" } } } } })
    c.sim:advance(30)
  end,
  show_precheck = function(c, args)
    c.instance = args.instance_id
    local made = c:must("POST", "/v3/{p}/instances/{i}/databases/" .. args.db_name .. "/migration/precheck",
      { new_shard_number = 9, data_nodes = { { id = "7edae0250ebc464897bd92b8d3e8b769in01", user = "root",
        password = "any" } } })
    c.sim:advance(60)
    find_job(c, made.job_id).id = args.job_id
  end,
  show_shard_task = task_in("full", "Running"),
  cancel_shards = task_in("full", "Running"),
  rollback_shards = task_in("failed", "Failed"),
  retry_shards = task_in("failed", "Failed"),
  clean_shards = task_in("switched", "ToBeCleaned"),
  update_switch_strategy = task_in("ready", "ToBeSwitched"),
  switch_route = task_in("ready", "ToBeSwitched"),
}

local function args_of(example)
  local args = {}
  for key, value in pairs(example.args or {}) do args[(key:gsub("^path%.", ""))] = value end
  return args
end

local function target_of(c, row, args)
  local path = row.path:gsub("{(.-)}", function(name)
    return name == "project_id" and c.sim.project_id or args[name]
  end)
  local query = {}
  for _, param in ipairs(row.params or {}) do
    local value = args[param.name]
    if param["in"] == "query" and value ~= nil then query[#query + 1] = param.name .. "=" .. tostring(value) end
  end
  return path .. (query[1] and "?" .. table.concat(query, "&") or "")
end

-- What the documented value has and the given one lacks, or holds as another type.
local function missing(documented, given, path, either)
  if documented == core.null or OPTIONAL[path:match("[^.]*$")] then return {} end
  if type(documented) ~= type(given) then
    return either and type(given) ~= "nil" and type(given) ~= "table" and {} or { path .. " is a " .. type(given) }
  end
  local list = {}
  if type(documented) == "table" then
    for key, value in pairs(documented) do
      if type(key) == "string" or (key == 1 and given[1] ~= nil) then
        for _, one in ipairs(missing(value, given[key], path .. "." .. key, either)) do list[#list + 1] = one end
      end
    end
  end
  return list
end

local function check(example, row)
  local c, args = caller.new({ world = "documents", start_ms = NOW, readings = READINGS[example.op] }), args_of(example)
  if PREPARE[example.op] then PREPARE[example.op](c, args) end
  local status, body, response = c:call(row.method, target_of(c, row, args), example.body)
  if REFUSED[example.op] then
    assert.equal(REFUSED[example.op], body.errCode or body.error_code)
    return
  end
  assert.equal(example.status or row.ok[1], status, response.body)
  if example.answer and example.answer:find("%S") then
    assert.same({}, missing(core.decode(example.answer), body, "", example.contradicts ~= nil))
  end
end

describe("the documented example", function()
  for _, file in ipairs(FILES) do
    for number, example in ipairs(dofile("spec/vectors/examples/" .. file .. ".lua")) do
      local op = "ddm." .. example.op
      if services.operations[op] then
        it(("%s %s (%s %d) is answered as documented"):format(example.doc, example.op, file, number), function()
          check(example, rows[op])
        end)
      end
    end
  end
end)
