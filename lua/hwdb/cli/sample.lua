-- SPDX-License-Identifier: Apache-2.0
-- A shard migration of the simulator's default world, and the clearing after it, as words of a command line: what demo and
-- torture run unless told.
local M = {}

M.RUNBOOK = "ddm_shard_migration"

local ZONE_MS = 8 * 3600000

local function ask(client, op, args)
  local body, err = client.ddm[op](client.ddm, args)
  if body == nil then error(err, 0) end
  return body
end

---The instance, its schema and every data node it could have, as a person would look them up.
---@param client table
---@return { instance: table, schema: string, shards: integer, present: integer, nodes: string[] }
function M.survey(client)
  local instance = ask(client, "list_instances", { limit = 1 }).instances[1]
  local schema = ask(client, "list_schemas", { instance_id = instance.id }).databases[1]
  local detail = ask(client, "show_schema_v3", { instance_id = instance.id, database_name = schema.name })
  local nodes, seen = {}, {}
  local function add(node)
    if not seen[node.id] then nodes[#nodes + 1] = node.id end
    seen[node.id] = true
  end
  for _, node in ipairs(detail.data_nodes) do add(node) end
  local present = #nodes
  for node in client.ddm:each("list_migration_data_nodes", { instance_id = instance.id, db_name = schema.name }) do add(node) end
  return { instance = instance, schema = detail.name or schema.name, shards = detail.shard_number, present = present,
    nodes = nodes }
end

---@param found table of survey
---@param now_ms integer
---@param user string
---@return string[] words; the password comes from the environment's HWDB_DEMO_PASSWORD
function M.words(found, now_ms, user)
  -- Two hours of the coming night, in UTC+08:00.
  local night = os.date("!%Y-%m-%d", ((now_ms + ZONE_MS) // 86400000 + 1) * 86400) .. " 02:00"
  return { "instance_id=" .. found.instance.id, "schema=" .. found.schema, "shards=" .. found.shards * 2,
    "nodes=" .. table.concat(found.nodes, ","), "user=" .. user, "password=env:HWDB_DEMO_PASSWORD",
    "window_from=" .. night, "window_to=04:00", "zone=+08:00" }
end

-- Runbooks that torture can run without being told how: their words, and what has to be run before.
local SAMPLES = {
  [M.RUNBOOK] = function(found, sim) return { words = M.words(found, sim:now(), sim.data_node_user) } end,
  ddm_shard_clean = function(found, sim)
    return { words = { "instance_id=" .. found.instance.id, "schema=" .. found.schema, "soak_hours=0",
        "accept=clear " .. found.schema },
      before = { { M.RUNBOOK, table.unpack(M.words(found, sim:now(), sim.data_node_user)) } } }
  end,
}

---@param script string
---@return boolean
function M.knows(script) return SAMPLES[script] ~= nil end

---@param script string one that it knows
---@param sim hwdb.Simulator
---@return { words: string[], before: string[][]? }
function M.of(script, sim)
  return SAMPLES[script](M.survey(assert(require("hwdb").client({ sim = sim }))), sim)
end

return M
