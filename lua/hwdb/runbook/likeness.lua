-- SPDX-License-Identifier: Apache-2.0
-- A simulator like the account, for a rehearsal: its objects come from an
-- inventory, its tasks from what the script itself has read. The clock begins now.
local account = require("hwdb.account")

local M = {}

-- Which stretch of a shard task offers an operation.
local PHASES = { toBeCleaned = "switched", toBeSwitched = "ready", toBeRetried = "failed", toBeCanceled = "incremental" }

local function phase_of(item)
  for _, word in ipairs({ "toBeCleaned", "toBeSwitched", "toBeRetried", "toBeCanceled" }) do
    for _, offered in ipairs(type(item.operations) == "table" and item.operations or {}) do
      if offered == word then return PHASES[word] end
    end
  end
  return "ended"
end

local function schema_of(sim, item)
  for _, instance in ipairs(sim.state.ddm.instances) do
    if instance.id == item.instance_id then
      for _, schema in ipairs(instance.schemas) do
        if schema.name == item.database_name then return instance, schema end
      end
      return instance
    end
  end
end

local function add_task(sim, item)
  local instance, schema = schema_of(sim, item)
  if not instance then return end
  local job = { id = item.id, name = item.name, status = item.status, created = sim:now(), started = sim:now(),
    project_id = instance.project_id, instance_id = instance.id, instance_name = instance.name,
    database_name = item.database_name or "", fail_reason = item.fail_reason or "", logs = {}, phase = phase_of(item) }
  if schema and job.phase ~= "ended" then
    job.plan = { schema = schema.name, original_shards = schema.shard_number, new_shards = schema.shard_number,
      original_nodes = schema.data_nodes, new_nodes = schema.data_nodes, exclusive = false }
    if job.phase == "switched" then schema.uncleaned = { job = job.id, nodes = {} } end
  end
  table.insert(sim.state.ddm.jobs, job)
end

-- What the script itself has read.
local function own_reads(scratch, run)
  local list, after = {}, 0
  while true do
    local page = scratch:records(run, after, 500)
    if #page == 0 then return list end
    for _, record in ipairs(page) do
      after = record.seq
      if record.kind == "query" and record.data.body then list[#list + 1] = record.data end
    end
  end
end

local function add_tasks(sim, reads)
  local known = {}
  for _, read in ipairs(reads) do
    for _, item in ipairs(read.op == "ddm.list_jobs" and read.body.jobs or {}) do
      if not known[item.id] then add_task(sim, item) end
      known[item.id] = true
    end
  end
end

-- What no inventory reads; a list that it has as well would count twice.
local function add_reads(document, reads)
  local stocked = {}
  for _, read in ipairs(document.reads) do stocked[read.op] = true end
  for _, read in ipairs(reads) do
    if not stocked[read.op] then account.add_read(document, read.op, read.args or {}, read.body) end
  end
end

-- What an inventory can hold, and what belongs to it: DDM's data nodes are RDS's.
local STOCKED = { "ddm", "dws", "dbss", "rds" }
local BRINGS = { ddm = { "rds" } }

---The services whose objects a script can touch: those its text names, in branches not taken as well; all if it names none.
---@param source string
---@return string[]
function M.services(source)
  local named = {}
  for word in source:gmatch("%f[%w_]%l+%f[^%w_]") do named[word] = true end
  for _, name in ipairs(STOCKED) do
    for _, more in ipairs(named[name] and BRINGS[name] or {}) do named[more] = true end
  end
  local list = {}
  for _, name in ipairs(STOCKED) do
    if named[name] then list[#list + 1] = name end
  end
  return #list > 0 and list or STOCKED
end

---@param opts { client: table, services: string[], stock_pace: number? } seconds between the reads of the inventory
---@param scratch table journal of the prefix
---@param run string its id
---@return table client of the simulator
---@return table[] stock what the inventory read
function M.of(opts, scratch, run)
  local document = require("hwdb.inventory").take(opts.client, { services = opts.services, pace = opts.stock_pace })
  local reads = own_reads(scratch, run)
  add_reads(document, reads)
  local sim = require("hwdb.sim").new({ seed_from = document, start_ms = opts.client:now() })
  add_tasks(sim, reads)
  local client, err = require("hwdb").client({ sim = sim })
  if not client then error(err, 0) end
  client.is_virtual = nil
  return client, document.reads
end

return M
