-- SPDX-License-Identifier: Apache-2.0
-- Legal and illegal calls to DDM in any order: none fails of itself, and after
-- each the lists, counts and owners agree.
local caller = dofile("spec/sim/caller.lua")

-- A small generator of its own, so that a failure repeats.
local function random(seed)
  return function(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n + 1
  end
end

local function some(list, pick)
  return #list > 0 and list[pick(#list)].id or "none"
end

local V1, V3 = "/v1/{p}/instances/{i}", "/v3/{p}/instances/{i}"

local function wanted(c, pick)
  local network, ddm = c.sim.state.network, c.sim.state.ddm
  return { instance = { name = "ddm-" .. pick(9), flavor_id = ddm.flavors[1].id, node_num = pick(3),
    engine_id = ddm.engines[1].id, available_zones = { network.zones[1].id }, vpc_id = network.vpcs[1].id,
    security_group_id = network.security_groups[1].id, subnet_id = network.subnets[1].id,
    param_group_id = pick(3) == 1 and some(ddm.templates, pick) or nil } }
end

local function schema(c, pick)
  return { name = "db_" .. pick(3), shard_mode = "cluster", shard_number = 8, dn_instances = {
    { id = some(c.sim.state.rds.instances, pick), user_name = c.sim.data_node_user, user_password = c.sim.data_node_password } } }
end

local function place(c)
  return { { available_zone = "cn-north-4a", subnet_id = c.sim.state.network.subnets[1].id } }
end

local function current(c)
  for _, instance in ipairs(c.sim.state.ddm.instances) do
    if instance.id == c.instance then return instance end
  end
end

local CALLS = {
  function(c, pick) return "POST", "/v1/{p}/instances", wanted(c, pick) end,
  function(_, pick) return pick(2) == 1 and "DELETE" or "GET", pick(2) == 1 and V3 or V1 end,
  function() return "POST", V3 .. "/restart" end,
  function(c, pick) return "POST", V3 .. "/databases", schema(c, pick) end,
  function(_, pick) return "DELETE", V3 .. "/databases/db_" .. pick(3) .. "?delete_dn_data=false" end,
  function(c, pick) return "POST", V3 .. "/groups", { name = "group-" .. pick(3), type = pick(2) == 1 and "r" or "rw",
    flavor_ref = "ddm.c6.4xlarge.2", nodes = place(c) } end,
  function(c, pick) return "DELETE", V3 .. "/groups/" .. some(current(c).groups, pick) end,
  function(c, pick) return "POST", V3 .. "/nodes", { group_id = some(current(c).groups, pick), nodes = place(c) } end,
  function(c, pick) return "DELETE", V3 .. "/nodes", { node_ids = { some(current(c).nodes, pick), some(current(c).nodes, pick) } } end,
  function(c, pick) return "DELETE", V3 .. "/nodes", { node_ids = { some(current(c).nodes, pick) } } end,
  function(c, pick) return "PUT", V3 .. "/flavor", { spec_code = c.sim.state.ddm.flavors[pick(6)].code,
    group_id = some(current(c).groups, pick) } end,
  function(_, pick) return "POST", V3 .. "/users", { name = "u" .. pick(2), password = "Orange-tree-7",
    base_authority = { "SELECT" }, databases = pick(3) == 1 and { { name = "db_" .. pick(3) } } or nil } end,
  function(_, pick) return "DELETE", V3 .. "/users/u" .. pick(2) end,
  function(_, pick) return "POST", V3 .. "/database-version/change-version",
    { target_version = pick(2) == 1 and "3.1.0.7" or "3.0.8.5" } end,
  function() return "POST", V3 .. "/database-version/rollback-version" end,
  function(c, pick) return "DELETE", "/v3/{p}/backups/" .. some(c.sim.state.ddm.backups, pick) end,
  function(c, pick) return "POST", V3 .. "/backups/metadata-recovery", { source = { backup_id = some(c.sim.state.ddm.backups, pick) },
    target = { instance_id = some(c.sim.state.ddm.instances, pick), data_nodes = { some(c.sim.state.rds.instances, pick) } } } end,
  function(c, pick)
    return "POST", V3 .. "/backups/recovery", { source = { restore_time = c.sim:now() - pick(90) * 60000 },
      target = { instance_id = some(c.sim.state.ddm.instances, pick) }, data_node_relations = { {
        source_instance_id = some(c.sim.state.rds.instances, pick), target_instance_id = some(c.sim.state.rds.instances, pick) } } }
  end,
  function(_, pick) return "POST", "/v3/{p}/configurations", { name = "t" .. pick(4), description = "" } end,
  function(c, pick) return "DELETE", "/v3/{p}/configurations/" .. some(c.sim.state.ddm.templates, pick) end,
  function(_, pick) return "PUT", V3 .. "/configurations", { values = { long_query_time = tostring(pick(12)) } } end,
  function(_, pick) return "POST", V3 .. "/eip", { public_ip = "10.0.0." .. pick(3),
    public_ip_id = "7c87996a-85f4-4029-a254-50299900000" .. pick(3) } end,
  function() return "DELETE", V3 .. "/eip" end,
  function() return "GET", V1 end,
}

local FAULTS = { "create_instance", "create_schema_v3", "create_group", "delete_group", "resize_flavor", "restore_metadata",
  "delete_nodes", "delete_backup", "change_database_version", "delete_instance_v3" }

local function unique(list, key)
  local seen = {}
  for _, entry in ipairs(list) do
    assert.is_nil(seen[entry[key]], key .. " twice: " .. tostring(entry[key]))
    seen[entry[key]] = true
  end
  return seen
end

-- All pages of a list, two records a page.
local function all(c, path, items, total)
  local list, offset = {}, 0
  repeat
    local page = c:must("GET", ("%s%soffset=%d&limit=2"):format(path, path:find("?", 1, true) and "&" or "?", offset))
    for _, entry in ipairs(page[items]) do list[#list + 1] = entry end
    offset = offset + 2
  until #page[items] == 0
  assert.equal(c:must("GET", path)[total], #list)
  return list
end

local function check_instance(c)
  local groups = unique(all(c, V3 .. "/groups", "group_list", "total_count"), "id")
  local nodes, count = all(c, V1 .. "/nodes", "nodes", "total"), 0
  unique(nodes, "node_id")
  for _, node in ipairs(nodes) do assert.is_true(groups[node.group_id]) end
  for _, group in ipairs(c:must("GET", V3 .. "/groups").group_list) do
    assert.is_true(#group.node_list > 0)
    count = count + #group.node_list
  end
  assert.equal(#nodes, count)
  assert.equal(#nodes, c:must("GET", V1).node_count)
  local schemas = unique(all(c, V1 .. "/databases", "databases", "total"), "name")
  local users = all(c, V3 .. "/users", "users", "total")
  unique(users, "name")
  for _, user in ipairs(users) do
    for _, database in ipairs(user.databases) do assert.is_true(schemas[database.name]) end
  end
end

local function check_invariants(c)
  local instances = unique(all(c, "/v1/{p}/instances", "instances", "total_record"), "id")
  unique(all(c, "/v3/{p}/backups", "backups", "total"), "id")
  unique(all(c, "/v3/{p}/configurations", "configurations", "total"), "name")
  for _, node in ipairs(c.sim.state.rds.instances) do assert.is_true(node.ddm_id == nil or instances[node.ddm_id]) end
  local eips = {}
  for _, instance in ipairs(c.sim.state.ddm.instances) do
    c.instance = instance.id
    if instance.deleted then
      assert.same({ 404, "DBS.200002" }, { c:refused("GET", V1) })
    else
      check_instance(c)
      if instance.eip then
        assert.is_nil(eips[instance.eip.id])
        eips[instance.eip.id] = true
      end
    end
  end
end

describe("calls to DDM at random", function()
  for seed = 1, 4 do
    it(("never fail of themselves, nor leave the state at odds (seed %d)"):format(seed), function()
      local pick = random(seed)
      local c = caller.new({ seed = seed })
      c.sim.state.ddm.quota = 4
      for step = 1, 200 do
        c.instance = some(c.sim.state.ddm.instances, pick)
        if pick(12) == 1 then
          c.sim:add_fault({ op = "ddm." .. FAULTS[pick(#FAULTS)], ["do"] = "job_failed", at = pick(9) / 10 })
        end
        local before = #c.sim:effects()
        local method, path, body = CALLS[pick(#CALLS)](c, pick)
        local status = c:call(method, path, body)
        assert.is_true(status >= 200 and status < 500)
        assert.equal(method ~= "GET" and status < 300 and 1 or 0, #c.sim:effects() - before)
        c.sim:advance(pick(4) == 1 and pick(4000) or pick(20))
        if step % 5 == 0 then check_invariants(c) end
      end
    end)
  end
end)
