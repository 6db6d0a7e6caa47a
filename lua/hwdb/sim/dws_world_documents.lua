-- SPDX-License-Identifier: Apache-2.0
-- The ids of DWS's documented examples, so that each can be run as printed.
-- Names that examples give to new things are left free.
local M = {}

local PROJECTS = { "89cd04f168b84af6be287f71730fdb4b", "4cf650fd46704908aa071b4df2453e1e",
  "0536cdee2200d5912f7cc00b877980f1" }

local CLUSTERS = {
  { id = "7d85f602-a948-4a30-afd4-e84f47471c15", name = "dws-1-example", tags = { { key = "key1", value = "value1" },
    { key = "key2", value = "value2" } } },
  { id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", name = "dws-b5c4", cns = 2, tags = { { key = "key", value = "value" } } },
  { id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", name = "demo", tags = { { key = "key", value = "value" } } },
  { id = "e59d6b86-9072-46eb-a996-13f8b44994c1", name = "test_1025_02", tags = { { key = "key", value = "value-2" } } },
  { id = "44b277eb-39be-4921-be31-3d61b43651d7", name = "dws-44b2" },
  { id = "194408fa-9d41-435c-a140-91edcf5fe519", name = "dws-1944" },
  { id = "194408fa-9d41-435ca140-91edcf5fe519", name = "dws-1944-line-break" },
  { id = "4f87d3c4-9e33-482f-b962-e23b30d1a18c", name = "dws-4f87" },
  { id = "a07cb2f7-b17e-4d95-923b-a33d0c884d37", name = "dws-a07c" },
  { id = "5e76e8e2-d0cf-4b64-9d9a-aadbb04b54f7", name = "evs-09" },
}

local SNAPSHOTS = {
  { id = "2a4d0f86-67cd-408a-8b66-017454fb7793", name = "snapshot-1", cluster = 8, type = "MANUAL" },
  { id = "4af11460-06ec-48a4-b3ad-0e3bbcd8ab1", name = "snapshot-2", cluster = 8, type = "MANUAL" },
  { id = "b5c45780-1006-49e3-b2d5-b3229975bbc7", name = "snapshot-b5c4", cluster = 2, type = "MANUAL" },
  { id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", name = "snapshot-4ca4", cluster = 3, type = "AUTO" },
  { name = "dws-test-20221025201427", cluster = 4, type = "AUTO" },
}

local function clusters(mint, world)
  local made = {}
  for i, spec in ipairs(CLUSTERS) do made[i] = world.add_cluster(mint, spec) end
  -- The list of 5.2.2 shows work going on, 5.2.3 a scale-out that was rolled back.
  made[1].eip = { id = "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574", auto = true }
  made[2].eip = { id = "85b20d7e-9etypb2a-98f3-3c8843ea3574", auto = true }
  made[1].sub_status, made[2].sub_status = "READONLY", "READONLY"
  made[2].resize_info = { origin = 3, target = 6, status = "RESIZE_FAILURE", started = mint.now - 86400000 }
  made[2].nodes[2].cn = "b6ad3dc3-d2de-4d2c-a5df-fdde58eca8f0"
  made[3].nodes[1].cn = "e07d1bfb-6eac-4827-96e0-d10b8ca29c41"
  made[3].groups[2].id = "2846d355-cd2a-4239-ae54-a7aef0b7963d"
  made[3].groups[1].id = "509be37f-5420-40fb-89c2-0c5c9b8c90f6"
  made[4].audit = { since = mint.now - 1200000, every_ms = 600000, bucket = "testbucket", prefix = "test" }
  return made
end

local function source(mint, id, name)
  return { id = id, name = name, type = "OBS", connect_info = "gaussdb", user_name = "DWSAccessOBS", version = "1.0",
    status = "ACTIVE", configure_status = "300", description = "xxx", created = mint.now - 3600000,
    updated = mint.now - 3600000 }
end

local function parts(mint, made)
  made[3].data_sources = { source(mint, "d303f19c-fbd1-4716-ae04-07d1ff358f22", "source0"),
    source(mint, "d303f19c-fbd1-ae04-07d1ff358f22", "source0_line_break") }
  made[4].data_sources = { source(mint, "8010dbc0-c1d2-48d6-87eb-3229f9195fed", "tes54") }
  made[4].workload.queues = { { name = "test1", logical = "", resources = { cpu_share = 10, memory = 0, tablespace = -1,
    activestatements = 10 } } }
  made[3].workload.queues = { { name = "test1", logical = "", resources = { cpu_share = 10, memory = 0, tablespace = -1,
    activestatements = 10 } } }
  made[3].policies.list[2].id = "4db196c8-32fc-4bf1-bf57-05980bbda9a4"
  made[4].policies.list[1].id = "3b5464ad-74a5-42cc-9667-76122839109a"
  made[4].policies.list[2].id = "ceaeaf07-d600-494c-86d7-caa0fbf0858a"
  for _, kind in ipairs({ "public", "private" }) do made[2].domains[kind] = { name = "demo-" .. kind, ttl = 300 } end
end

local function connections(mint, world, made)
  local dws = mint.state.dws
  local elb = world.add_elb(mint, { id = "1e6e0b66-6223-4523-bfd9-033c88b4ce9f", name = "loadbalancer5",
    description = "simple lb", vip = "192.168.0.222" })
  world.add_elb(mint, { name = "loadbalancer6", description = "simple lb", vip = "192.168.0.223" })
  elb.cluster_id = made[6].id
  made[6].elb = { id = elb.id, name = elb.name, vip = elb.vip, vpc_id = elb.vpc_id }
  made[6].eip = { id = "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983" }
  dws.eips = { { id = "1923e8b0-cd40-4469-8cb1-64546c7b530c" } }
  for _, at in ipairs({ 1, 2, 6 }) do
    table.insert(dws.eips, { id = made[at].eip.id, auto = made[at].eip.auto, cluster_id = made[at].id })
  end
end

local function subscriptions(mint)
  local dws, project = mint.state.dws, PROJECTS[2]
  local function sub(id, name, topic, extra)
    local result = { id = id, name = name, enable = 1, language = "zh-cn", project_id = project, name_space = "DWS",
      notification_target = "urn:smn:cn-north-7:" .. project .. ":" .. topic, notification_target_name = topic,
      notification_target_type = "SMN", time_zone = "GMT+08:00" }
    for key, value in pairs(extra) do result[key] = value end
    return result
  end
  dws.alarm_subs = { sub("e8d8359f-b8bd-4b80-bc4d-32c86c7c725e", "00", "CGS", { alarm_level = "urgent,important,minor,prompt" }),
    sub("273ce506-dad8-411c-92f9-be5004739b40", "zrf-test-13", "dws-test-nodelete", { alarm_level = "urgent,important,minor" }) }
  local any = { category = "", severity = "", tag = "", source_type = "", source_id = "" }
  dws.event_subs = { sub("4d62f33b-b9ee-41d3-b1bc-67e54b2239f9", "00", "CGS", any),
    sub("41eb162b-cd3b-4c66-88d0-0c2c17fdfc2b", "zrf-test-66", "dws-test-nodelete", any) }
end

local function history(mint)
  local dws, now = mint.state.dws, mint.now
  dws.events = { { id = "f63ccf96-e3e0-474a-835a-fd1a779f68bd", name = "deleteClusterSuccess", occurred = now - 86400000,
    project_id = PROJECTS[2], source_id = "9defa0ce-b11c-47b2-abbc-5cad09ced772", source_name = "test-ty-820-1006" } }
  dws.alarms = { { id = "DWS_01010", raised = now - 3600000, project_id = PROJECTS[2], resource_name = "evs-09",
    resource_id = "5e76e8e2-d0cf-4b64-9d9a-aadbb04b54f7" } }
  dws.jobs = { { id = "2c9080e88459fa44018459fbeb600001", name = "ecfClusterElbCreateJob", status = "FAIL",
    project_id = PROJECTS[1], cluster_id = CLUSTERS[6].id, created = now - 7200000, runs_from = now - 7200000,
    due = now - 6900000, ended = now - 6900000, progress = "9%", failed_code = "CreateELBTask-fail:DWS.0114",
    failed_detail = "DWS.0114:ELB private IP is not configured." } }
  dws.pools = { { id = "c950ee97-587c-4f24-8a74-3367e3da570f", name = "pool-1", zone = "AZ1", capacity = 1000,
    project_id = "63d910f2705a487ebe4e1c274748d9e1", created = "2014-12-18T15:57:56.299000" } }
end

---Fills a state with what the examples name.
---@param mint hwdb.sim.Mint
---@param world table the builder functions
function M.fill(mint, world)
  for _, id in ipairs(PROJECTS) do
    table.insert(mint.state.iam.projects, { id = id, name = "project_" .. id:sub(1, 4) })
  end
  mint.state.dws.flavors[1] = { id = "ebe532d6-665f-40e6-a4d4-3c51545b6a67", name = "dws.d2.xlarge", kind = "dws", vcpus = 4,
    ram = 32, disk = 1675, disk_type = "LOCAL_DISK", elastic = true }
  table.remove(mint.state.dws.flavors, 2)
  local made = clusters(mint, world)
  parts(mint, made)
  for _, spec in ipairs(SNAPSHOTS) do
    world.add_snapshot(mint, made[spec.cluster], { id = spec.id, name = spec.name, type = spec.type }, 24)
  end
  connections(mint, world, made)
  subscriptions(mint)
  history(mint)
end

return M
