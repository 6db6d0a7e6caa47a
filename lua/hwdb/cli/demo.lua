-- SPDX-License-Identifier: Apache-2.0
-- hwdb demo: the shard migration on the simulator inside the program, told step by step.
local connect = require("hwdb.cli.connect")
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local render = require("hwdb.cli.render")

local RUNBOOK = "ddm_shard_migration"
local ZONE_MS = 8 * 3600000

local function ask(client, op, args)
  local body, err = client.ddm[op](client.ddm, args)
  if body == nil then error(err, 0) end
  return body
end

-- The instance, its schema and every data node it could have, as a person would look them up.
local function survey(client)
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

-- Two hours of the coming night, in UTC+08:00.
local function night(now_ms)
  local day = (now_ms + ZONE_MS) // 86400000 + 1
  return os.date("!%Y-%m-%d", day * 86400) .. " 02:00", "04:00", "+08:00"
end

local function tell(format, ...)
  output.line(format, ...)
end

local function opening(found)
  tell("%s", output.paint("bold", "A shard migration, on the simulator inside hwdb"))
  tell("Nothing leaves this machine, nothing costs money, and the clock is virtual: hours pass at once.\n")
  tell("The instance %s holds the schema %s: %d shards on %d data nodes; %d more are free.", found.instance.name,
    found.schema, found.shards, found.present, #found.nodes - found.present)
  tell("The runbook doubles the shards and spreads them over all %d, switching the route at night.\n", #found.nodes)
end

local function closing(sim, client)
  tell("\n%s", output.paint("bold", "What the cloud was asked to change"))
  local cells = {}
  for i, effect in ipairs(sim:effects()) do
    cells[i] = { tostring(effect.seq), tostring(effect.time), effect.service .. "." .. effect.op, tostring(effect.target or "") }
  end
  render.table(output.line, { "no", "virtual time", "operation", "target" }, cells, "  ", math.max(output.width(), 120), 64)
  tell("\nVirtual time is now %s UTC; every request was signed and every signature was checked.",
    os.date("!%Y-%m-%d %H:%M", client:now() // 1000))
  tell("\n%s", output.paint("bold", "Try next"))
  for _, pair in ipairs({ { "run " .. RUNBOOK .. " --help", "its parameters" },
    { "call ddm.list_instances --sim", "one call to a fresh simulator" },
    { "api ddm.configure_shards", "what a call takes and answers" },
    { "sim", "the simulator on a port, for any client" },
    { "doctor", "what hwdb finds of a real account" } }) do
    tell("  hwdb %-34s  %s", pair[1], pair[2])
  end
end

return {
  usage = { "hwdb demo" },
  details = "Needs no account and no network.",
  options = {
    { name = "faults", value = "FILE", help = "what shall go wrong, a JSON object a line" },
    { name = "effects", value = "FILE", help = "append a JSON line for every accepted change" },
  },
  examples = { "hwdb demo" },
  run = function(given, rest)
    if #rest > 0 then fail.usage(("demo takes options only, not %s"):format(rest[1])) end
    given.sim = true
    local client, sim = connect.client(given)
    local found = survey(client)
    opening(found)
    local from, to, zone = night(client:now())
    local runbook = require("hwdb.runbook")
    local result = runbook.run_file(RUNBOOK, { client = client, sim = sim, terminal = false,
      report = require("hwdb.cli.progress").new(), params = { instance_id = found.instance.id, schema = found.schema,
        shards = found.shards * 2, nodes = found.nodes, user = sim.data_node_user, password = sim.data_node_password,
        window_from = from, window_to = to, zone = zone } })
    if result.error then
      if type(result.error) == "table" then result.error.exit = result.exit end
      error(result.error, 0)
    end
    closing(sim, client)
  end,
}
