-- SPDX-License-Identifier: Apache-2.0
-- Every documented example of DWS runs through the simulator as printed and is
-- answered with the documented status and in the documented shape.
local dws = dofile("spec/sim/dws_caller.lua")
local core = require("hwdb.core")

local FILES = { "azs", "clusters", "nodes", "resources", "snapshots", "data_sources", "connections", "alarms", "events",
  "quotas", "tags", "parameters", "audit_logs", "jobs" }

local NOW = 1747319097182

local rows = {}
for _, row in ipairs(core.rows()) do rows[row.service .. "." .. row.name] = row end

local function snapshotting(id)
  return function(c)
    c:must("POST", "/v1.0/{p}/snapshots", { snapshot = { name = "snapshot-4", cluster_id = id } })
    c.sim:advance(60)
  end
end

-- Work that the answer of an example shows going on.
local PREPARE = {
  list_clusters = snapshotting("7d85f602-a948-4a30-afd4-e84f47471c15"),
  show_cluster = snapshotting("b5c45780-1006-49e3-b2d5-b3229975bbc7"),
}

-- Bodies that examples describe in words and do not print.
local BODIES = {
  add_workload_queue = { workload_queue = { workload_queue_name = "test11", workload_resource_item_list = {
    { resource_name = "cpu_share", resource_value = 12 }, { resource_name = "memory", resource_value = 0 },
    { resource_name = "tablespace", resource_value = -1 }, { resource_name = "activestatements", resource_value = 10 } } } },
  update_cluster_workload = { workload_status = { workload_switch = "on", max_concurrency_num = 5 } },
  create_snapshot_policy = { backup_strategies = { { policy_name = "test", backup_strategy = "0 0 3 ? * *",
    backup_type = "full", backup_level = "cluster" } } },
  update_data_source = { reconfigure = { agency = "DWSAccessOBS" } },
}

-- The mandatory query parameter that the example's URL lacks.
local QUERIES = { delete_workload_queue = "?workload_queue_name=test1" }

-- The request line as printed, but with the row's path where the example's is wrong.
local function target_of(example, row)
  local project = example.url:match("^/v[%d.]+/(%x+)/") or "89cd04f168b84af6be287f71730fdb4b"
  local path = row.path:gsub("{(.-)}", function(name)
    return name == "project_id" and project or example.args[name]
  end)
  return path .. (QUERIES[example.op] or example.url:match("%?.*$") or "")
end

-- What the documented value has and the given one lacks, or holds as another type.
local function missing(documented, given, path, either)
  if documented == core.null then return {} end
  if type(documented) ~= type(given) then
    local close = either and given ~= nil and given ~= core.null and type(given) ~= "table" and type(documented) ~= "table"
    return close and {} or { path .. " is a " .. type(given) }
  end
  local list = {}
  if type(documented) == "table" then
    for key, value in pairs(documented) do
      if type(key) == "string" or key == 1 then
        for _, one in ipairs(missing(value, given[key], path .. "." .. key, either)) do list[#list + 1] = one end
      end
    end
  end
  return list
end

local function check(example)
  local row, c = rows["dws." .. example.op], dws.new({ world = "documents", start_ms = NOW })
  assert.equal(example.method, row.method)
  if PREPARE[example.op] then PREPARE[example.op](c) end
  local before = #c.sim:effects()
  local status, body, response = c:call(row.method, target_of(example, row), example.body or BODIES[example.op])
  assert.equal(example.status, status, response.body)
  assert.equal(row.ok[1], status)
  assert.equal(row.kind == "query" and 0 or 1, #c.sim:effects() - before)
  if example.answer then assert.same({}, missing(core.decode(example.answer), body, "", example.contradicts ~= nil))
  else assert.equal("", response.body) end
end

describe("the documented example of DWS", function()
  local seen = {}
  for _, file in ipairs(FILES) do
    for number, example in ipairs(dofile("spec/vectors/examples/dws_" .. file .. ".lua")) do
      seen[example.op] = true
      it(("%s %s (%s %d) is answered as documented"):format(example.doc, example.op, file, number), function()
        check(example)
      end)
    end
  end

  -- The SDK's alone, printed nowhere: specs of their own have them.
  local PLAIN = { show_cluster_volume = true, expand_instance_storage = true, list_cluster_scale_in_numbers = true,
    list_target_flavors = true, execute_flavor_change = true, list_workload_plans = true, delete_workload_plan = true,
    show_workload_queue = true, update_queue_resources = true }

  it("exists for every operation", function()
    for op, row in pairs(rows) do
      if row.service == "dws" and not PLAIN[row.name] then assert.is_true(seen[row.name], op) end
    end
  end)
end)

-- Every member the rows document, in the answers of a world with everything in it.
describe("an answer of DWS", function()
  -- Only sometimes there, by the document's own words or a world's reading.
  local SOMETIMES = { ["show_cluster.cluster.resize_info"] = true, ["show_cluster.cluster.elb"] = true,
    ["restore_cluster.job_id"] = true, ["list_node_types.node_types.detail.unit"] = true }

  local function undocumented(fields, value, path, into)
    local known = {}
    for _, field in ipairs(fields) do known[field.name] = field end
    for key, member in pairs(value) do
      local field = known[key]
      if not field then
        into[#into + 1] = path .. "." .. key .. " is not documented"
      elseif field.fields and type(member) == "table" then
        for _, one in ipairs(field.type == "array" and member or { member }) do
          undocumented(field.fields, one, path .. "." .. key, into)
        end
      end
    end
    for name in pairs(known) do
      local at = path .. "." .. name
      if value[name] == nil and not SOMETIMES[at] and not name:find("^error_") then into[#into + 1] = at .. " is missing" end
    end
    return into
  end

  for _, file in ipairs(FILES) do
    for number, example in ipairs(dofile("spec/vectors/examples/dws_" .. file .. ".lua")) do
      local row = rows["dws." .. example.op]
      if row.answer and example.answer then
        it(("has all members of its table and no other: %s (%s %d)"):format(example.op, file, number), function()
          local c = dws.new({ world = "documents", start_ms = NOW })
          local _, body = c:call(row.method, target_of(example, row), example.body or BODIES[example.op])
          assert.same({}, undocumented(row.answer, body, example.op, {}))
        end)
      end
    end
  end
end)
