-- SPDX-License-Identifier: Apache-2.0
-- Whatever a body holds, the simulator answers: every member of every
-- documented request is in turn taken away or replaced by something else.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")
local services = require("hwdb.sim.services")

local rows = {}
for _, row in ipairs(core.rows()) do rows[row.service .. "." .. row.name] = row end

local STRANGE = { core.null, true, -1, 1.5, 9223372036854775807, "", "\0", ("x"):rep(300), core.array({}), {},
  core.array({ core.null }), { nested = { deeper = 1 } } }

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, member in pairs(value) do result[key] = copy(member) end
  return setmetatable(result, getmetatable(value))
end

-- Calls `try` with every variant of a body in which one member is changed.
local function variants(body, try)
  local function walk(path, value)
    if type(value) ~= "table" then return end
    for key, member in pairs(value) do
      local at = { table.unpack(path) }
      at[#at + 1] = key
      for i = 0, #STRANGE do
        local changed = copy(body)
        local parent = changed
        for step = 1, #at - 1 do parent = parent[at[step]] end
        parent[at[#at]] = i > 0 and copy(STRANGE[i]) or nil
        try(changed)
      end
      walk(at, member)
    end
  end
  walk({}, body)
end

local function target_of(c, row)
  local values = { project_id = c.sim.project_id, instance_id = c.instance, db_name = "ddm_db_test",
    ddm_dbname = "ddm_db_test", database_name = "ddm_db_test", job_id = c.task_id, task_id = c.task_id, node_id = "none" }
  local query = {}
  for _, param in ipairs(row.params or {}) do
    if param["in"] == "query" then query[#query + 1] = param.name .. "=%00" end
  end
  return row.path:gsub("{(.-)}", values) .. (query[1] and "?" .. table.concat(query, "&") or ""),
    (row.path:gsub("{(.-)}", values))
end

-- The documents' world takes unknown ids, so that more of a request is looked at.
local function in_documents()
  local c = caller.new({ world = "documents" })
  c.instance, c.task_id = "1f5c9fd6cd984056ba89c8c87cc03278in09", "none"
  return c
end

local function waiting_task(c)
  c.task_id = c:must("POST", "/v3/{p}/instances/{i}/databases/ddm_db_test/migration", { new_shard_number = 9,
    data_nodes = { { id = "7edae0250ebc464897bd92b8d3e8b769in01", user = "root", password = "any" } } }).job_id
  c.sim:advance(3 * 3600)
end

describe("strange input", function()
  for _, file in ipairs({ "ddm_instances", "ddm_schemas", "ddm_accounts", "ddm_sessions", "ddm_kernel", "ddm_backups", "ddm_parameters" }) do
    for number, example in ipairs(dofile("spec/vectors/examples/" .. file .. ".lua")) do
      local row = rows["ddm." .. example.op]
      if example.body and services.operations["ddm." .. example.op] then
        it(("in the body of %s (%s %d) is answered"):format(example.op, file, number), function()
          variants(core.decode(example.body), function(body)
            local c = in_documents()
            if row.path:find("{job_id}", 1, true) then waiting_task(c) end
            local _, path = target_of(c, row)
            local status = c:call(row.method, path, body)
            assert.is_true(status >= 200 and status < 500, core.encode(body))
          end)
        end)
      end
    end
  end

  it("in paths and queries is answered by every modelled call", function()
    local c, ops = in_documents(), {}
    for op in pairs(services.operations) do ops[#ops + 1] = op end
    table.sort(ops)
    for _, op in ipairs(ops) do
      local row = rows[op]
      local strange = target_of(c, row)
      for _, target in ipairs({ strange, (row.path:gsub("{project_id}", c.sim.project_id):gsub("{.-}", "%%00")),
        (row.path:gsub("{project_id}", c.sim.project_id):gsub("{.-}", "%%zz")) }) do
        for _, body in ipairs({ "", "{}", "null", "[]", "{\"a\":", "\xff" }) do
          local status = c.sim:handle(c:request(row.method, target, body)).status
          assert.is_true(status >= 200 and status < 500, op .. " " .. target .. " " .. body)
        end
      end
    end
  end)
end)
