-- SPDX-License-Identifier: Apache-2.0
-- The worlds a simulator can start with, as plain data. `default` is small and
-- strict, `documents` holds the ids of the documents' examples and takes any
-- other, `empty` has an account and nothing in it.
local core = require("hwdb.core")
local ids = require("hwdb.sim.ids")
local schemas = require("hwdb.sim.ddm_schema_state")
local nodes = require("hwdb.sim.ddm_nodes")
local documents = require("hwdb.sim.world_documents")
local ddm_world = require("hwdb.sim.ddm_world")
local dbss_world = require("hwdb.sim.dbss_world")
local dws_world = require("hwdb.sim.dws_world")
local iam_keys = require("hwdb.sim.iam_keys")
local rds_world = require("hwdb.sim.rds_world")
local times = require("hwdb.sim.times")

local M = {}

---Logins of the default world, for demonstrations and specs. They open nothing but a simulator.
M.DEMO = { ak = "SIMULATEDACCESSKEY00", sk = "simulated-secret-key-opens-nothing-real0", domain = "simulated",
  user = "operator", password = "Simulated-1!", data_node_user = "root", data_node_password = "Simulated-1!",
  mfa_user = "operator-mfa", mfa_secret = "HWDBSIMULATORMFASECRETOPENSNOTHI", agency = "hwdb-operations" }

---2026-01-01T08:00:00Z, where virtual time starts unless told otherwise.
M.START_MS = 1767254400000

local FLAVORS = {
  { "ddm.c6.2xlarge.2", 8, 16 }, { "ddm.c6.4xlarge.2", 16, 32 }, { "ddm.c6.8xlarge.2", 32, 64 },
  { "ddm.kc1.2xlarge.2", 8, 16 }, { "ddm.kc1.4xlarge.2", 16, 32 }, { "ddm.kc1.8xlarge.2", 32, 64 },
}

local function account(state, region, project_id)
  local project = { id = ids.hex(state), name = region }
  project.id = project_id or project.id
  state.iam = { domain = { id = ids.hex(state), name = M.DEMO.domain }, tokens = {}, projects = { project },
    users = { { id = ids.hex(state), name = M.DEMO.user, password_sha256 = core.sha256(M.DEMO.password) } } }
  state.iam.users[2] = { id = core.sha256(project.id):sub(1, 32), name = M.DEMO.mfa_user,
    password_sha256 = core.sha256(M.DEMO.password), totp_secret = M.DEMO.mfa_secret }
  return project.id
end

local function network(state, region)
  local vpc = { id = ids.uuid(state), name = "vpc-demo", cidr = "192.168.0.0/16" }
  state.network = { vpcs = { vpc }, next_ip = 10, zones = {},
    subnets = { { id = ids.uuid(state), name = "subnet-app", vpc_id = vpc.id },
      { id = ids.uuid(state), name = "subnet-data", vpc_id = vpc.id } },
    security_groups = { { id = ids.uuid(state), name = "default" }, { id = ids.uuid(state), name = "database" } } }
  for i, letter in ipairs({ "a", "b", "c" }) do
    state.network.zones[i] = { id = region .. letter }
  end
end

local function ddm(state)
  state.ddm = { quota = 20, instances = {}, jobs = {}, backups = {}, templates = { { id = ids.suffixed(state, "pr09") } },
    engines = { { id = ids.uuid(state), version = "3.1.0" }, { id = ids.uuid(state), version = "3.0.8.3" } },
    flavors = {} }
  for i, flavor in ipairs(FLAVORS) do
    state.ddm.flavors[i] = { id = ids.uuid(state), code = flavor[1], cpu = flavor[2], mem = flavor[3] }
  end
end

-- What every world has. DBSS keeps its instances here too; DWS's part is filled last.
local function bare(state, options)
  state.format, state.random, state.now = 1, options.seed, options.start_ms
  state.timers, state.timer_seq, state.world = {}, 0, options.world
  local project_id = account(state, options.region, options.project_id)
  network(state, options.region)
  ddm(state)
  state.rds, state.dws, state.dbss, state.bss = { instances = {} }, {}, { instances = {} }, { orders = {} }
  return project_id
end

---An RDS instance fit to be a data node; `spec` overrides anything.
---@param state table
---@param spec table
---@return table
function M.add_rds(state, spec)
  local number = #state.rds.instances + 1
  local node = { id = ids.suffixed(state, "in01"), name = "rds-" .. number, status = "normal", engine = "mysql",
    version = "5.7", ip = ("192.168.200.%d"):format(number), port = 3306, mode = "Ha", cpu = 2, mem = 4,
    vpc_id = state.network.vpcs[1].id, subnet_id = state.network.subnets[2].id, az = state.network.zones[1].id,
    time_zone = "UTC+08:00", admin_user = "root", binlog_enabled = true, binlog_seconds = 14 * 86400,
    backup_days = 31, disk_gb = 200, used_gb = 60, created = state.now - 60 * times.DAY_MS,
    parameters = { lower_case_table_names = "1", sql_mode = "", local_infile = "ON" } }
  for key, value in pairs(spec) do node[key] = value end
  state.rds.instances[number] = node
  return node
end

-- The little of a context that building needs.
local function builder(state, project_id)
  return { state = state, now = state.now, project_id = project_id,
    id = function(_, suffix) return ids.suffixed(state, suffix) end, uuid = function() return ids.uuid(state) end }
end

---A running DDM instance; `spec` overrides anything, `node_num` is its size.
---@param state table
---@param project_id string
---@param spec table
---@return table
function M.add_ddm(state, project_id, spec)
  local flavor, created = state.ddm.flavors[1], state.now - 45 * times.DAY_MS
  local instance = { id = spec.id or ids.suffixed(state, "in09"), name = "ddm", status = "RUNNING", created = created,
    updated = created, project_id = project_id, zones = { state.network.zones[1].id },
    vpc_id = state.network.vpcs[1].id, subnet_id = state.network.subnets[1].id,
    security_group_id = state.network.security_groups[1].id, flavor_ref = flavor.code, cpu = flavor.cpu,
    mem = flavor.mem, engine_version = state.ddm.engines[1].version, access_port = 5066, enable_ssl = false,
    enterprise_project_id = "0", time_zone = "UTC", admin_user_name = "root", load_balancing = true, read_weights = {},
    nodes = {}, groups = { { id = ids.suffixed(state, "gr09"), name = "default", type = "rw" } }, schemas = {} }
  for key, value in pairs(spec) do
    if key ~= "node_num" then instance[key] = value end
  end
  nodes.add(builder(state, project_id), instance, spec.node_num or 2, "normal")
  instance.access_ip = instance.nodes[1].ip
  state.ddm.instances[#state.ddm.instances + 1] = instance
  return instance
end

---A running schema on the nodes.
---@param instance table
---@param name string
---@param count integer shards
---@param node_ids string[]
---@return table
function M.add_schema(state, instance, name, count, node_ids)
  local schema = schemas.add(builder(state), instance, { name = name, mode = "cluster", count = count,
    node_ids = node_ids, status = "RUNNING" })
  schema.created, schema.updated = instance.created, instance.created
  return schema
end

local function default(state, project_id)
  local password = core.sha256(M.DEMO.data_node_password)
  local used = {}
  for i, name in ipairs({ "rds-orders-1", "rds-orders-2", "rds-spare-1", "rds-spare-2" }) do
    local node = M.add_rds(state, { name = name, admin_user = M.DEMO.data_node_user, admin_password_sha256 = password })
    if i <= 2 then used[i] = node.id end
  end
  local instance = M.add_ddm(state, project_id, { name = "ddm-orders" })
  M.add_schema(state, instance, "orders", 8, used)
end

---@param options { world: string, region: string, seed: integer, start_ms: integer }
---@return table state
function M.build(options)
  local state = {}
  local project_id = bare(state, options)
  if options.world == "default" then
    default(state, project_id)
  elseif options.world == "documents" then
    state.lenient = true
    documents.fill(state, project_id, M)
  elseif options.world ~= "empty" then
    error(("no world %s; there are default, documents, empty"):format(tostring(options.world)), 0)
  end
  dws_world.fill(state, project_id)
  iam_keys.fill(state)
  rds_world.fill(state, M)
  dbss_world.fill(state, project_id)
  ddm_world.fill(state, M, project_id)
  return state
end

return M
