-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")

-- What must hold before shards are configured: each breach and its code.
local BREACHES = {
  { "an unknown schema", "DBS.300129", path = "/v3/{p}/instances/{i}/databases/none/migration" },
  { "a kernel that is too old", "DBS.300360", world = function(state)
    state.ddm.instances[1].engine_version = "3.0.8.2"
  end },
  { "an unsharded schema", "DBS.300104", world = function(state)
    state.ddm.instances[1].schemas[1].shard_mode = "single"
  end },
  { "a schema that is not running", "DBS.300130", world = function(state)
    state.ddm.instances[1].schemas[1].status = "CREATE_FAILED"
  end },
  { "an instance that is not running", "DBS.200076", world = function(state)
    state.ddm.instances[1].status = "ERROR"
  end },
  { "a data node named twice", "DBS.300108", body = function(body) body.data_nodes[3].id = body.data_nodes[1].id end },
  { "an unknown data node", "DBS.300103", body = function(body)
    body.data_nodes[3].id = "0123456789abcdef0123456789abcdefin01"
  end },
  { "a data node in another VPC", "DBS.300103", world = function(state) state.rds.instances[3].vpc_id = "elsewhere" end },
  { "a data node of another DDM instance", "DBS.300110", world = function(state)
    state.rds.instances[3].ddm_id = "another"
  end },
  { "a read-only data node", "DBS.300110", world = function(state) state.rds.instances[3].read_only = true end },
  { "a data node that is busy", "DBS.300110", world = function(state) state.rds.instances[1].status = "modifying" end },
  { "a data node in another task", "DBS.300133", world = function(state) state.rds.instances[3].scaling = "job" end },
  { "a wrong data node password", "DBS.300357", body = function(body) body.data_nodes[2].password = "wrong" end },
  { "a wrong data node user", "DBS.300357", body = function(body) body.data_nodes[2].user = "nobody" end },
  { "a data node of another major version", "DBS.300360", world = function(state)
    state.rds.instances[3].version = "8.0.28"
  end },
  { "lower_case_table_names other than 1", "DBS.300368", world = function(state)
    state.rds.instances[3].parameters.lower_case_table_names = "0"
  end },
  { "a present data node left out", "DBS.300102", body = function(body) table.remove(body.data_nodes, 1) end },
  { "fewer shards", "DBS.300127", body = function(body) body.new_shard_number = "7" end },
  { "neither more shards nor more nodes", "DBS.300362", body = function(body)
    body.data_nodes[3], body.new_shard_number = nil, "8"
  end },
  { "more than 64 shards a data node", "DBS.300106", body = function(body) body.new_shard_number = "193" end },
  { "a number of shards that is none", "DBS.280001", body = function(body) body.new_shard_number = "many" end },
  { "a dedicated node without balancing", "DBS.300370", body = function(body) body.is_exclusive = true end,
    world = function(state) state.ddm.instances[1].load_balancing = false end },
  { "a dedicated node where there is only one", "DBS.300370", body = function(body) body.is_exclusive = true end,
    world = function(state) table.remove(state.ddm.instances[1].nodes) end },
  { "a window under an hour", "DBS.300377", body = function(body)
    body.switch_route_begin_time, body.switch_route_end_time = "17:00:00", "17:59:59"
  end },
  { "a window over midnight", "DBS.300377", body = function(body)
    body.switch_route_begin_time, body.switch_route_end_time = "23:30:00", "00:30:00"
  end },
  { "half a window", "DBS.300377", body = function(body) body.switch_route_begin_time = "17:00:00" end },
  { "a time of day that does not exist", "DBS.300377", body = function(body)
    body.switch_route_begin_time, body.switch_route_end_time = "17:00:00", "24:00:00"
  end },
}

describe("configuring shards", function()
  for _, breach in ipairs(BREACHES) do
    for _, action in ipairs({ "", "/precheck" }) do
      it("is refused for " .. breach[1] .. (action == "" and "" or " already by the precheck"), function()
        local c = caller.new()
        local body = { data_nodes = c:data_nodes(3), new_shard_number = "12" }
        if breach.world then breach.world(c.sim.state) end
        if breach.body then breach.body(body) end
        assert.same({ 400, breach[2] }, { c:refused("POST", (breach.path or caller.MIGRATION) .. action, body) })
        assert.same({}, c.sim:effects())
      end)
    end
  end

  it("counts 64 shards an instance where a world reads it so", function()
    local body = { data_nodes = nil, new_shard_number = "65" }
    local c = caller.new()
    body.data_nodes = c:data_nodes(2)
    c:must("POST", caller.MIGRATION, body)
    c = caller.new({ readings = { shard_limit = "instance" } })
    body.data_nodes = c:data_nodes(2)
    assert.same({ 400, "DBS.300127" }, { c:refused("POST", caller.MIGRATION, body) })
    body.new_shard_number = "64"
    c:must("POST", caller.MIGRATION, body)
  end)

  it("takes a kernel of exactly 3.0.8.3, and of 3.1", function()
    for _, version in ipairs({ "3.0.8.3", "3.0.8.3.1", "3.1", "3.0.9" }) do
      local c = caller.new()
      c.sim.state.ddm.instances[1].engine_version = version
      c:configure()
    end
  end)
end)
