-- SPDX-License-Identifier: Apache-2.0
-- What the documents' examples of 4.2.15 and later name, masked ids as they
-- are printed.
local accounts = require("hwdb.sim.ddm_account_state")
local backups = require("hwdb.sim.ddm_backup_state")
local ids = require("hwdb.sim.ids")

local M = {}

local INSTANCES = { "849c450a43xxxxxxxxxf33cff5f0717pr09", "b7eabbbc6bxxxxxxxxadfffa99a7c2in09",
  "b7eabbbc6bxxxxxxxxxadffa99a7c2in09", "b7eabbc6bxxxxxxxxxadffa99a7c2in09",
  "28e8841d0b9c4f6a9a30742ee60e1055****", "5af0884170a84164980f79f9f5bf230c****",
  "e6b99563-xxxx-xxxx-xxxx-1820d4fd2a67", "34694c59f8xxxxxxxxxx35bd53e06d8bin09",
  "59974b82e7xxxxxxxx9802d28bbe18in09" }

-- Nodes by instance: {instance, position, id}.
local NODES = { { "28e8841d0b9c4f6a9a30742ee60e1068in09", 1, "116ba14da45678d28ecd83a38c218907no02" },
  { "28e8841d0b9c4f6a9a30742ee60e1068in09", 2, "8d5601f17b30****da1e69181173cdno09" },
  { "b7eabbc6bxxxxxxxxxadffa99a7c2in09", 1, "d768e14643xxxxxxxxxxxx692dcfa5no09" },
  { "b7eabbc6bxxxxxxxxxadffa99a7c2in09", 2, "3422de7fc5xxxxxxxxxxxxd9a7f675no09" } }

local TEMPLATES = { { "2aa71dc81e2c47699229b7aa26038f9dpr09", "ddm-param1724812533" },
  { "07fc12a8e0e94df7a3fcf53d0b5e1605pr01", "default-ddm-test" },
  { "404f3bbb8a724f7697e7fb15a1b09370pr09", "param-404f" },
  { "31b1304fc0xxxxxxxxxf846c92318edpr09", "paramTemplate-31b1" },
  { "849c450a43xxxxxxxxxf33cff5f0717pr09", "paramTemplate-849c4", { ddl_flowcontrol_threshold = "1005" } },
  { "849c450a43xxxxxxxxf33cff5f0717pr09", "paramTemplate-849c" },
  { "8368f6642dxxxxxxxxx9d683c00b7f0pr09", "paramTemplate-2b7f" } }

local BACKUPS = { { "c131f9339****5cdebe350228br09", "1f5c9fd6cd984056ba89c8c87cc03278in09" },
  { "defa45b24d314e878fde930a61732e9dbr09", "1f5c9fd6cd984056ba89c8c87cc03278in09" },
  { "cfea30126a884f46887b4e9211460fc1br09", "34970585d4964f2a8d6d9ea8d303398bin09" },
  { "09902ee7866649b8908ec209bfee2747br09", "34970585d4964f2a8d6d9ea8d303398bin09" } }

-- With accounts: {instance, accounts, schemas}.
local ACCOUNTS = { { "61a4ea66210545909d74a05c27a7179ein09", { "ddmtest", "testuser" },
    { "zhxtest", "logicdb1", "ddmdb1", "db_7350" } },
  { "e6b99563-xxxx-xxxx-xxxx-1820d4fd2a67", { "ddmtest" }, {} } }

local function find(state, id)
  for _, instance in ipairs(state.ddm.instances) do
    if instance.id == id then return instance end
  end
end

local function builder(state, age)
  return { state = state, now = state.now - age, id = function(_, suffix) return ids.suffixed(state, suffix) end }
end

local function upgraded(instance, before, now)
  instance.previous_version, instance.engine_version, instance.upgraded_nodes = before, now, {}
  for _, node in ipairs(instance.nodes) do instance.upgraded_nodes[node.id] = true end
end

local function add_instances(state, world, project_id)
  for _, id in ipairs(INSTANCES) do
    world.add_ddm(state, project_id, { id = id, name = "ddm-" .. id:sub(1, 6), engine_version = "3.1.0.3" })
  end
  for _, entry in ipairs(NODES) do find(state, entry[1]).nodes[entry[2]].id = entry[3] end
  find(state, "28e8841d0b9c4f6a9a30742ee60e1068in09").eip = { id = ids.uuid(state), ip = "10.83.84.1" }
  upgraded(find(state, "28e8841d0b9c4f6a9a30742ee60e1055****"), "3.1.0.3", "3.1.0.7")
  upgraded(find(state, "d697f4a676d64e68a323711e559b021din09"), "3.0.8.3", "3.1.0.3")
end

-- The group that 4.2.20 deletes cannot be the only one.
local function add_group(state)
  local instance = find(state, "1f5c9fd6cd984056ba89c8c87cc03278in09")
  local group = instance.groups[1]
  table.insert(instance.groups, 1, { id = ids.suffixed(state, "gr09"), name = "group-default", type = "rw" })
  group.name = "group-second"
  instance.nodes[1].group_id = instance.groups[1].id
end

local function add_templates(state)
  state.ddm.templates[1].histories = {}
  for _, spec in ipairs(TEMPLATES) do
    table.insert(state.ddm.templates, { id = spec[1], name = spec[2], description = "", values = spec[3] or {},
      user_defined = true, created = state.now, updated = state.now, histories = {
        { target_id = "59974b82e7xxxxxxxx9802d28bbe18in09", target_name = "ddm-test1", at = state.now } } })
  end
end

local function add_accounts(state, world)
  local builder_ = builder(state, 86400000)
  for _, entry in ipairs(ACCOUNTS) do
    local instance = find(state, entry[1])
    for _, name in ipairs(entry[3]) do world.add_schema(state, instance, name, 8, { "337e2598c2a64cb5935079f85996731din01" }) end
    for _, name in ipairs(entry[2]) do
      accounts.add(builder_, instance, { name = name, password = ids.hex(state), base_authority = { "SELECT" },
        description = "Account", databases = { entry[3][1] } })
    end
  end
end

local function add_sessions(state)
  local instance = find(state, "61a4ea66210545909d74a05c27a7179ein09")
  instance.sessions = {
    { id = "4564224", user = "drdsagent", host = "127.0.0.1:54486", command = "Query", state = "starting",
      info = "show processlist", since = state.now },
    { id = "12312", user = "ddmtest", host = "192.168.16.18:40112", command = "Sleep", since = state.now } }
  for _, node in ipairs(state.rds.instances) do
    if node.id == "55c26c79139446868919c5b8b2cbb542in01" then
      node.sessions = {
        { id = "1973", user = "DDMRW1613058863", host = "172.16.241.84:58908", db = "ddm_db_test_0001", command = "Sleep",
          since = state.now - 13977000 },
        { id = "43534", user = "DDMRW1613058863", host = "172.16.241.84:58910", command = "Sleep", since = state.now } }
    end
  end
  state.ddm.session_audit = { { instance_id = "5af0884170a84164980f79f9f5bf230c****", instance_name = "UTS-ddm-name",
    process_id = "123456", user = "user_name", at = 1718680095000 } }
  instance.slow_log = { { user = "testddm", database = "test1", sql = "select id, sleep(3) from test", at = 1619404821000,
    ms = 12002, shard = "test1_0000", rows = 4, host = "192.168.16.18" } }
end

local function add_backups(state, world)
  world.add_schema(state, find(state, "34970585d4964f2a8d6d9ea8d303398bin09"), "db_diagnose", 8,
    { "fc33739e5d2741529e21d87a7b5923fain01" })
  for i, entry in ipairs(BACKUPS) do
    local backup = backups.take(builder(state, (10 - i) * 3600000), find(state, entry[2]), "auto_metadata")
    backup.id = entry[1]
  end
  -- The example of 4.9.8 restores one data node where the instance has two.
  local nodes = find(state, "1f5c9fd6cd984056ba89c8c87cc03278in09").schemas[1].data_nodes
  for _, backup in ipairs(state.ddm.backups) do
    if backup.id == "defa45b24d314e878fde930a61732e9dbr09" then
      table.remove(backup.metadata.schemas, 2)
      for i = #backup.metadata.nodes, 1, -1 do
        if backup.metadata.nodes[i].id ~= nodes[1] then table.remove(backup.metadata.nodes, i) end
      end
    end
  end
end

---@param state table
---@param world table functions that add instances, schemas and data nodes
---@param project_id string
function M.fill(state, world, project_id)
  state.ddm.quota = 100
  world.add_rds(state, { id = "b944d6e9a8xxxxxxxx74e257b83c84in01", name = "rds-b944" })
  for _, zone in ipairs({ "az1", "az2", "az1xahz", "az2xahz", "az3xahz", "az2.dc0", "cn-north-1a", "cn-north-1b" }) do
    table.insert(state.network.zones, { id = zone })
  end
  add_instances(state, world, project_id)
  add_group(state)
  add_templates(state)
  add_accounts(state, world)
  add_sessions(state)
  add_backups(state, world)
end

return M
