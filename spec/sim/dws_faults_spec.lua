-- SPDX-License-Identifier: Apache-2.0
-- Faults on DWS's asynchronous operations.
local dws = dofile("spec/sim/dws_caller.lua")

-- Every operation that starts work: its call, and where that work is seen.
local STARTS = {
  create_cluster = function(c) return "POST", "/v1.0/{p}/clusters", c:wanted() end,
  restart_cluster = function() return "POST", "{v1}/restart", { restart = {} } end,
  delete_cluster = function() return "DELETE", "{v1}", { keep_last_manual_snapshot = 0 } end,
  resize_cluster = function() return "POST", "{v1}/resize", { scale_out = { count = 3 } } end,
  shrink_cluster = function() return "POST", "{v1}/cluster-shrink", { shrink_number = 3 } end,
  batch_create_cluster_cn = function() return "POST", "{v1}/cns/batch-create", { num = 4 } end,
  batch_delete_cluster_cn = function(c)
    return "POST", "{v1}/cns/batch-delete", { instances = { c:must("GET", "{v1}/cns").instances[3].id } }
  end,
  create_snapshot = function(c)
    return "POST", "/v1.0/{p}/snapshots", { snapshot = { name = "snapshot-1", cluster_id = c.cluster } }
  end,
  restore_cluster = function(c)
    return "POST", "/v1.0/{p}/snapshots/" .. c.sim.state.dws.snapshots[1].id .. "/actions", { restore = { name = "dws-back" } }
  end,
  create_data_source = function()
    return "POST", "{v1}/ext-data-sources", { type = "OBS", data_source_name = "s", user_name = "agency", connect_info = "db" }
  end,
  associate_elb = function(c) return "POST", "{v2}/elbs/" .. c.sim.state.dws.elbs[1].id end,
  update_configuration = function(c)
    return "PUT", "{v2}/configurations/" .. c:data().groups[2].id, { configurations = { { type = "cn",
      name = "session_timeout", value = "1" } } }
  end,
}

-- The cluster the work is done on: the new one of a creation.
local function worked_on(c)
  local list = c.sim.state.dws.clusters
  return list[#list]
end

local function busy(c)
  local cluster = worked_on(c)
  return cluster.task ~= nil or cluster.settling ~= nil
end

describe("a fault on", function()
  for op, start in pairs(STARTS) do
    local function with(fault)
      fault.op = "dws." .. op
      local c = dws.new():without_policies()
      if fault.call then fault.call.args.cluster_id = c.cluster end
      c.sim:add_fault(fault)
      return c, { start(c) }
    end

    it(op .. ": the job fails, and the service goes on", function()
      local c, call = with({ ["do"] = "job_failed", at = 0.3 })
      local answer = c:must(table.unpack(call))
      assert.same({ op }, c:effects())
      c.sim:advance(5000)
      assert.is_false(busy(c))
      if type(answer) == "table" and answer.job_id then assert.equal("FAIL", c:job(answer.job_id).status) end
    end)

    it(op .. ": the effect comes late, after a 504", function()
      local c, call = with({ ["do"] = "late", seconds = 40 })
      assert.equal(504, (c:call(table.unpack(call))))
      assert.same({ {}, false }, { c:effects(), busy(c) })
      c.sim:advance(40)
      assert.same({ op }, c:effects())
      assert.is_true(c.sim:effects()[1].late and busy(c))
    end)

    it(op .. ": nothing happens when the connection breaks before, all when after", function()
      local c, call = with({ ["do"] = "reset_before" })
      c:call(table.unpack(call))
      assert.same({ {}, false }, { c:effects(), busy(c) })
      c, call = with({ ["do"] = "reset_after" })
      c:call(table.unpack(call))
      assert.same({ { op }, true }, { c:effects(), busy(c) })
    end)

    it(op .. ": somebody else was faster", function()
      local c, call = with({ ["do"] = "foreign", call = { op = "dws.restart_cluster", args = { restart = {} } } })
      local status = c:call(table.unpack(call))
      local refused = op ~= "create_cluster" and op ~= "restore_cluster"
      assert.equal(refused and 403 or 200, status)
      assert.equal("foreign", c.sim:effects()[1].by)
      assert.equal(refused and 1 or 2, #c:effects())
    end)
  end

  it("a change shows it later", function()
    local c = dws.new({ faults = { { op = "dws.restart_cluster", ["do"] = "lag", seconds = 60 } } }):without_policies()
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(59)
    assert.is_true(c:settled())
    c.sim:advance(1)
    assert.same({ "UNAVAILABLE", "REBOOTING", "NORMAL" }, c:states())
  end)

  it("a creation hides the new cluster and snapshot for a while", function()
    local c = dws.new({ faults = { { op = "dws.create_cluster", ["do"] = "lag", seconds = 5 },
      { op = "dws.create_snapshot", ["do"] = "lag", seconds = 5 } } }):without_policies()
    local id = c:must("POST", "/v1.0/{p}/clusters", c:wanted()).cluster.id
    assert.same({ 404, "DWS.0047" }, { c:refused("GET", "/v1.0/{p}/clusters/" .. id) })
    assert.equal(1, c:must("GET", "/v1.0/{p}/clusters").count)
    local made = c:must("POST", "/v1.0/{p}/snapshots", { snapshot = { name = "snapshot-1", cluster_id = c.cluster } })
    assert.same({ 400, "DWS.5149" }, { c:refused("GET", "/v1.0/{p}/snapshots/" .. made.snapshot.id) })
    c.sim:advance(5)
    assert.equal(2, c:must("GET", "/v1.0/{p}/clusters").count)
    assert.equal("CREATING", c:must("GET", "/v1.0/{p}/snapshots/" .. made.snapshot.id).snapshot.status)
  end)

  it("any call is refused as DWS refuses", function()
    local c = dws.new({ faults = { { op = "dws.*", ["do"] = "refuse" }, { op = "dws.*", ["do"] = "status" } } })
    local status, body = c:call("GET", "{v1}")
    assert.same({ 403, "DWS.7023", "DWS.7023" }, { status, body.error_code, body.errCode })
    assert.same({ 503, "DWS.0005" }, { c:refused("GET", "{v1}") })
  end)
end)
