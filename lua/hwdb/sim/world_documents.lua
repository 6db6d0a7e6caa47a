-- SPDX-License-Identifier: Apache-2.0
-- The ids of the documents' examples, so that each example can be run as it is
-- printed. Data nodes here take any password.
local M = {}

local PROJECTS = { "055d9f4ee780d4d42f96c01c1bc3c50c", "070c071d8e80d58c2f42c0121b10cf9f",
  "619d3e78f61b4be68bc5aa0b59edcf7b", "74f57817ca8f42e19318eb0e0ad41d18", "743b4c0428d945316666666666666666" }

local NODES = {
  { id = "c6f68fed9e74478c8679479a07d7d568in01", name = "rds-test" },
  { id = "337e2598c2a64cb5935079f85996731din01", name = "test-ddm-no-delete-test01" },
  { id = "38ef52c365a14b7caeb7333137900e96in01" }, { id = "395298ae6fb9496d95939ed556474983in01" },
  { id = "41c239a1e9bd4cd2aabd678bab45a886in01" }, { id = "55c26c79139446868919c5b8b2cbb542in01" },
  { id = "7edae0250ebc464897bd92b8d3e8b769in01", name = "UTS-rds-src" },
  { id = "91b1272b09364ddeb999f1295bf0506ain01", name = "rds-for-ddm-01" },
  { id = "c5ee103325294f37a8a42e88ba51947ain01" },
  { id = "e70a82534a364492b795c5080e3a1591in01", name = "rds-5338" },
  { id = "f296c394f13f48449d715bf99af07e59in01" }, { id = "f4e2949e9b9b4d60b42c89ed39bfe34cin01" },
  { id = "fc33739e5d2741529e21d87a7b5923fain01" },
}

local INSTANCES = {
  { id = "1f5c9fd6cd984056ba89c8c87cc03278in09", name = "ddm2-test",
    groups = { { id = "b4153b807b1a4f83870bf868fcc4f4eagr09", name = "default", type = "rw" } },
    schemas = { { "db_7567", 8, "e70a82534a364492b795c5080e3a1591in01" },
      { "ddm_db_test", 8, "7edae0250ebc464897bd92b8d3e8b769in01" } } },
  { id = "733c7e8d73a54c27b8308ec784a8be8cin09", name = "UTS-ddm-dtc-src",
    schemas = { { "db_e487", 8, "f4e2949e9b9b4d60b42c89ed39bfe34cin01" } } },
  { id = "490030ecae1345b49c72b11a0812f99ain09", name = "ddm-b794",
    schemas = { { "db_b794", 8, "c5ee103325294f37a8a42e88ba51947ain01" } } },
  { id = "73f27bb0b26d4a79a9b0c58a4c700c4fin09", name = "ddm-36c7",
    schemas = { { "mytestdb170", 8, "c6f68fed9e74478c8679479a07d7d568in01" } } },
  { id = "28e8841d0b9c4f6a9a30742ee60e1068in09", name = "ddm-fb88-test",
    groups = { { id = "f080abf2010d45118068c28c8958f5fcgr09", name = "default", type = "rw" } }, node_num = 4 },
  { id = "a48e43ff268f4c0e879652d65e63d0fbin09", name = "DDM-test" },
  { id = "91b1272b09364ddeb999f1295bf0506ain09", name = "ddm-test-01" },
  { id = "9608ce63-bf66-4342-be8a-44f9b6b15d54", name = "ddm-9608" },
  { id = "175f5aff-xxxx-xxxx-xxxx-d0858982bbec", name = "ddm-175f" },
}
for _, id in ipairs({ "2f0324a93859487eb5566d75951fcd2d", "34970585d4964f2a8d6d9ea8d303398b",
  "3b65c609427c4b20bc0ae93e161dc7ad", "61a4ea66210545909d74a05c27a7179e", "cab932b426ed4215a8d76b9d71322661",
  "d0b008c1ee95479d8799710d9f3a4097", "d697f4a676d64e68a323711e559b021d" }) do
  INSTANCES[#INSTANCES + 1] = { id = id .. "in09", name = "ddm-" .. id:sub(1, 4) }
end

local JOBS = {
  { id = "57933931-9323-422d-8f3d-20a62eb00c4e", name = "CreateInstance", instance = 2, hours = 31 },
  { id = "10501cd3-0c19-498b-9ba4-8935ed447542", name = "migrateLogicDb", instance = 2, hours = 24, schema = 1 },
  { id = "31b8ae23-c687-4d80-b7b4-42a66c9bb886", name = "CreateInstance", instance = 6, hours = 6 },
  { id = "92370d30-3ddc-4e05-b8ab-51662d824318", name = "migrateLogicDb", instance = 2, hours = 4, schema = 1,
    waiting = true },
}

local function plan_of(instance, schema)
  return { schema = schema.name, original_shards = schema.shard_number, new_shards = schema.shard_number + 1,
    original_nodes = { schema.data_nodes[1] }, new_nodes = { schema.data_nodes[1] }, exclusive = false,
    node_id = instance.nodes[1].id }
end

-- One task of the examples waits for its switch, the other jobs have ended.
local function add_job(state, spec)
  local instance, at = state.ddm.instances[spec.instance], state.now - spec.hours * 3600000
  local schema = instance.schemas[spec.schema]
  local job = { id = spec.id, name = spec.name, status = "Completed", phase = "ended", turn = 1, created = at,
    started = at, ended = at + 300000, project_id = instance.project_id, instance_id = instance.id,
    instance_name = instance.name, database_name = schema and schema.name or "", fail_reason = "", logs = {},
    plan = schema and plan_of(instance, schema) }
  if spec.waiting then
    job.status, job.phase, job.ended = "ToBeSwitched", "ready", nil
    instance.status, instance.active_job, schema.status = "MIGRATE_DATABASE", job.id, "EXPANDING"
  end
  state.ddm.jobs[#state.ddm.jobs + 1] = job
end

-- Every world has its own groups to change.
local function groups_of(spec)
  local list = {}
  for i, group in ipairs(spec.groups) do list[i] = { id = group.id, name = group.name, type = group.type } end
  return list
end

---Fills a state with what the examples name.
---@param state table
---@param project_id string of the account, which owns the others too
---@param world table the builder functions
function M.fill(state, project_id, world)
  for _, id in ipairs(PROJECTS) do
    state.iam.projects[#state.iam.projects + 1] = { id = id, name = "project_" .. id:sub(1, 4) }
  end
  for _, node in ipairs(NODES) do world.add_rds(state, node) end
  for _, spec in ipairs(INSTANCES) do
    local given = {}
    for key, value in pairs(spec) do given[key] = key ~= "schemas" and value or {} end
    given.groups = spec.groups and groups_of(spec)
    local instance = world.add_ddm(state, project_id, given)
    for _, schema in ipairs(spec.schemas or {}) do
      world.add_schema(state, instance, schema[1], schema[2], { schema[3] })
    end
  end
  state.ddm.instances[1].nodes[1].id = "4a2b97b7f5e3462c9c78aae93b46ed83no09"
  state.ddm.instances[2].nodes[1].id = "0c12161a26a4426c9bc72efe4ff05224no09"
  for _, spec in ipairs(JOBS) do add_job(state, spec) end
end

return M
