-- SPDX-License-Identifier: Apache-2.0
-- Legal and illegal calls to DWS in any order: none fails of itself, and after
-- each the lists, counts and owners agree.
local dws = dofile("spec/sim/dws_caller.lua")

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

-- Legal and illegal calls: on any cluster or snapshot there is or was.
local CALLS = {
  function(c, pick) return "POST", "/v1.0/{p}/clusters", c:wanted({ name = "dws-" .. pick(4) }) end,
  function() return "POST", "{v1}/restart", { restart = {} } end,
  function(_, pick) return "POST", "{v1}/resize", { scale_out = { count = pick(4) }, auto_redistribute = pick(5) > 1,
    create_node_only = pick(6) == 1 } end,
  function(_, pick) return "POST", "{v1}/cluster-shrink", { shrink_number = pick(4), retry = pick(4) == 1 } end,
  function() return "DELETE", "{v1}", { keep_last_manual_snapshot = 0 } end,
  function(_, pick) return "POST", "{v1}/cns/batch-create", { num = pick(8) } end,
  function(c, pick) return "POST", "/v1.0/{p}/snapshots", { snapshot = { name = "snap-" .. pick(6), cluster_id = c.cluster } } end,
  function(c, pick) return "DELETE", "/v1.0/{p}/snapshots/" .. some(c.sim.state.dws.snapshots, pick) end,
  function(c, pick) return "POST", "/v1.0/{p}/snapshots/" .. some(c.sim.state.dws.snapshots, pick) .. "/actions",
    { restore = { name = "dws-" .. pick(4) } } end,
  function(c, pick) return "POST", "/v1.0/{p}/snapshots/" .. some(c.sim.state.dws.snapshots, pick) .. "/linked-copy",
    { backup_name = "copy-" .. pick(4) } end,
  function(c, pick) return "POST", "{v2}/elbs/" .. some(c.sim.state.dws.elbs, pick) end,
  function(c, pick) return "DELETE", "{v2}/elbs/" .. some(c.sim.state.dws.elbs, pick) end,
  function(c, pick) return "POST", "{v2}/eips/" .. some(c.sim.state.dws.eips, pick) end,
  function(c, pick) return "DELETE", "{v2}/eips/" .. some(c.sim.state.dws.eips, pick) end,
  function(_, pick) return "POST", "{v1}/ext-data-sources", { type = "OBS", data_source_name = "s" .. pick(3),
    user_name = "agency", connect_info = "db", reboot = pick(2) == 1 } end,
  function(_, pick) return "POST", "{v1}/tags/batch-create", { tags = { { key = "k" .. pick(30), value = "v" .. pick(3) } } } end,
  function(_, pick) return "POST", "{v1}/dns", { name = "name" .. pick(3), type = "public", ttl = 300 } end,
  function() return "POST", "{v1}/cancel-readonly" end,
}

local FAULTS = { "create_cluster", "restart_cluster", "resize_cluster", "shrink_cluster", "create_snapshot", "restore_cluster",
  "delete_cluster", "associate_elb" }

local function unique(list, key)
  local seen = {}
  for _, entry in ipairs(list) do
    assert.is_nil(seen[entry[key]], key .. " twice: " .. tostring(entry[key]))
    seen[entry[key]] = true
  end
  return seen
end

local function check_invariants(c)
  local clusters = c:must("GET", "/v1.0/{p}/clusters")
  assert.equal(clusters.count, #clusters.clusters)
  local ids = unique(clusters.clusters, "id")
  unique(clusters.clusters, "name")
  local snapshots = c:must("GET", "/v1.0/{p}/snapshots")
  assert.equal(snapshots.count, #snapshots.snapshots)
  unique(snapshots.snapshots, "id")
  local nodes = 0
  for _, cluster in ipairs(clusters.clusters) do nodes = nodes + #cluster.nodes end
  local quotas = c:must("GET", "/v1.0/{p}/quotas").quotas.resources
  assert.same({ clusters.count, nodes }, { quotas[1].used, quotas[4].used })
  for _, list in ipairs({ c.sim.state.dws.eips, c.sim.state.dws.elbs }) do
    for _, entry in ipairs(list) do assert.is_true(entry.cluster_id == nil or ids[entry.cluster_id]) end
  end
  for _, cluster in ipairs(c.sim.state.dws.clusters) do
    if cluster.deleted then assert.is_true(select(2, c:call("GET", "/v1.0/{p}/clusters/" .. cluster.id)).error_code ~= nil) end
  end
end

describe("calls to DWS at random", function()
  for seed = 1, 8 do
    it(("never fail of themselves, nor leave the state at odds (seed %d)"):format(seed), function()
      local pick = random(seed)
      local c = dws.new({ seed = seed })
      c.sim.state.dws.quotas.instances = 6
      for _ = 1, 150 do
        c.cluster = some(c.sim.state.dws.clusters, pick)
        if pick(12) == 1 then
          c.sim:add_fault({ op = "dws." .. FAULTS[pick(#FAULTS)], ["do"] = "job_failed", at = pick(9) / 10 })
        end
        local before = #c.sim:effects()
        local status, body = c:call(CALLS[pick(#CALLS)](c, pick))
        assert.is_true(status >= 200 and status < 500)
        local accepted = status < 300 and not (type(body) == "table" and body.error_code)
        assert.equal(accepted and 1 or 0, #c.sim:effects() - before)
        c.sim:advance(pick(4) == 1 and pick(4000) or pick(20))
        check_invariants(c)
      end
    end)
  end
end)
