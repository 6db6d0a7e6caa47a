-- SPDX-License-Identifier: Apache-2.0
-- Changes of DWS clusters whose answer is missing: found while they run, found when they are over, sent when they never
-- left, and nothing else taken for them.
local durable = require("spec.durable.support")

local BODY = [[function(run)
  local id = run.dws:list_clusters{}.clusters[1].id
  local cns = run.dws:list_cluster_cn{ cluster_id = id }.instances
  local args = %s
  args.cluster_id = id
  local answer = run.dws:%s(args)
  run:wait_for("dws.%s", args, answer)
end]]

local CHANGES = {
  resize_cluster = "{ scale_out = { count = 3 } }",
  shrink_cluster = "{ shrink_number = 3 }",
  batch_create_cluster_cn = "{ num = 6 }",
  batch_delete_cluster_cn = "{ instances = { cns[2].id } }",
  restart_cluster = "{ restart = {} }",
}

local OPTIONS = { accept = { "buy dws.resize_cluster", "irreversible dws.shrink_cluster", "irreversible dws.batch_delete_cluster_cn" } }

local function book(op)
  return durable.book(BODY:format(CHANGES[op], op, op))
end

-- A restart leaves a trace where one was due.
local function world_of(op, fault)
  local world = durable.world({ faults = { fault } })
  local cluster = world.sim.state.dws.clusters[1]
  cluster.policies.list = {}
  if op == "restart_cluster" then
    for _, group in ipairs(cluster.groups) do
      if group.type == "hiddenParameterGroup" then group.status = "Pending-Reboot" end
    end
  end
  return world, cluster
end

describe("a change of a DWS cluster", function()
  for op in pairs(CHANGES) do
    it(op .. " is found while it runs", function()
      local world = world_of(op, { op = "dws." .. op, ["do"] = "reset_after" })
      local result, reporter = durable.run(world, book(op), OPTIONS)
      assert.equal("done", result.state, tostring(result.error))
      assert.same({ op }, durable.ops(world))
      assert.is_true(reporter:has("took place; its answer is adopted"))
      durable.clean(world)
    end)

    it(op .. " is found although it takes effect late", function()
      local world = world_of(op, { op = "dws." .. op, ["do"] = "late", seconds = 40 })
      local result = durable.run(world, book(op), OPTIONS)
      assert.equal("done", result.state, tostring(result.error))
      assert.same({ op }, durable.ops(world))
      durable.clean(world)
    end)

    it(op .. " is sent once, wherever the run is killed and however long it was down", function()
      local rb, whole = book(op), { seen = 0 }
      local first = world_of(op)
      assert.equal("done", durable.run(first, rb, OPTIONS, whole).state)
      durable.clean(first)
      for point = 1, whole.seen do
        local world = world_of(op)
        durable.run(world, rb, OPTIONS, { seen = 0, kill = point })
        world.sim:advance(3 * 3600)
        local result = durable.go_on(world, rb, OPTIONS)
        assert.same({ "done", { op } }, { result.state, durable.ops(world) }, ("point %d: %s"):format(point, tostring(result.error)))
        durable.clean(world)
      end
    end)
  end

  it("is not confused with a snapshot that somebody else takes", function()
    for op in pairs(CHANGES) do
      local world, cluster = world_of(op)
      world.sim:add_fault({ op = "dws." .. op, ["do"] = "foreign", call = { op = "dws.create_snapshot",
        args = { snapshot = { name = "theirs", cluster_id = cluster.id } } } })
      world.sim:add_fault({ op = "dws." .. op, nth = 2, ["do"] = "reset_before" })
      local result = durable.run(world, book(op), OPTIONS)
      assert.is_true(result.state == "done" or result.error.code == "DWS.7023", tostring(result.error))
      local ops = durable.ops(world)
      assert.is_true(ops[2] == nil or ops[2] == op and ops[3] == nil, table.concat(ops, " "))
      durable.clean(world)
    end
  end)

  it("that may be a restart that was not due is left to a person", function()
    local world = durable.world({ faults = { { op = "dws.restart_cluster", ["do"] = "reset_before" } } })
    local result = durable.run(world, book("restart_cluster"), OPTIONS)
    assert.equal("in_doubt", result.state)
    assert.same({}, durable.ops(world))
    durable.clean(world)
  end)
end)
