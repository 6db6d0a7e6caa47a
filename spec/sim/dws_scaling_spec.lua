-- SPDX-License-Identifier: Apache-2.0
local dws = dofile("spec/sim/dws_caller.lua")
local core = require("hwdb.core")

local function resize(c, change)
  local body = { scale_out = { count = 3 } }
  for key, value in pairs(change or {}) do body[key] = value end
  return c:must("POST", "{v1}/resize", body)
end

local function shrink(c, change)
  local body = { shrink_number = 3 }
  for key, value in pairs(change or {}) do body[key] = value end
  return c:call("POST", "{v1}/cluster-shrink", body)
end

local function cns(c)
  local ids = {}
  for i, cn in ipairs(c:must("GET", "{v1}/cns").instances) do ids[i] = cn.id end
  return ids
end

describe("scaling a DWS cluster out", function()
  local c
  before_each(function() c = dws.new():without_policies() end)

  it("grows, redistributes, and is followed by a snapshot nobody asked for", function()
    assert.same({}, resize(c))
    assert.same({ "AVAILABLE/-/NORMAL", "AVAILABLE/GROWING/NORMAL", "AVAILABLE/REDISTRIBUTING/REDISTRIBUTING",
      "UNAVAILABLE/-/REDISTRIBUTING", "AVAILABLE/-/NORMAL", "AVAILABLE/SNAPSHOTTING/NORMAL", "AVAILABLE/-/NORMAL" },
      c:course(3600))
    assert.equal(9, c:shown().number_of_node)
    local list = c:must("GET", "{v1}/snapshots").snapshots
    assert.same({ "AUTO", "AVAILABLE" }, { list[1].type, list[1].status })
    assert.same({ "resize_cluster" }, c:effects())
  end)

  it("is done by every rule before that snapshot begins, and busy again in it", function()
    resize(c)
    c.sim:advance(3010)
    assert.is_true(c:available() and c:untasked() and c:settled())
    c.sim:advance(30)
    assert.is_false(c:available() or c:untasked() or c:settled())
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/restart", { restart = {} }) })
  end)

  it("has a moment without task in which it is not available", function()
    resize(c)
    c.sim:advance(3000)
    local shown = c:shown()
    assert.same({ core.null, "UNAVAILABLE", {} }, { shown.task_status, shown.status, shown.action_progress })
    assert.is_false(c:available() or c:untasked() or c:settled())
  end)

  it("does without the snapshot where the world says so, or where other work came first", function()
    c = dws.new({ readings = { dws_spontaneous_snapshot = false } }):without_policies()
    resize(c)
    c.sim:advance(3600)
    assert.equal(1, c:must("GET", "/v1.0/{p}/snapshots").count)
    c = dws.new():without_policies()
    resize(c)
    c.sim:advance(3015)
    c:must("POST", "{v1}/restart", { restart = {} })
    c.sim:advance(600)
    assert.equal(1, c:must("GET", "/v1.0/{p}/snapshots").count)
  end)

  it("shows where it comes from and goes to", function()
    resize(c)
    assert.same({ origin_node_num = 6, target_node_num = 9, resize_status = "GROWING",
      start_time = "2026-01-01T08:00:00Z" }, c:shown().resize_info)
    c = dws.new({ readings = { dws_resize_numbers = "string", dws_resize_state_key = "status" } })
    resize(c)
    assert.same({ "6", "9", "GROWING" }, { c:shown().resize_info.origin_node_num, c:shown().resize_info.target_node_num,
      c:shown().resize_info.status })
  end)

  it("adds idle nodes only, which stand in the way of a scale-in", function()
    resize(c, { create_node_only = true })
    c.sim:advance(2)
    assert.same({ "AVAILABLE", "CREATING_NODE", "NORMAL" }, c:states())
    c.sim:advance(603)
    assert.same({ 6, 9, "199" }, { c:shown().number_of_node, #c:shown().nodes, c:shown().nodes[9].status })
    local status, body = shrink(c)
    assert.same({ 200, { error_code = "DWS.9999", error_msg = "The cluster has idle nodes." } }, { status, body })
  end)

  it("waits to be redistributed where that was turned off, and takes no other work", function()
    resize(c, { auto_redistribute = false })
    c.sim:advance(1200)
    assert.same({ "AVAILABLE", "WAITING_REDISTRIBUTION", "UNBALANCED" }, c:states())
    c.sim:advance(86400)
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/resize", { scale_out = { count = 3 } }) })
    assert.equal(9, c:shown().number_of_node)
    c:must("DELETE", "{v1}", { keep_last_manual_snapshot = 0 })
  end)

  it("is redistributed once somebody starts that on the console", function()
    c = dws.new({ readings = { dws_redistribution_by_hand = 600 } }):without_policies()
    resize(c, { auto_redistribute = false })
    c.sim:advance(1800)
    assert.same({ "AVAILABLE", "REDISTRIBUTING", "REDISTRIBUTING" }, c:states())
    c.sim:advance(1815)
    assert.is_true(c:settled())
    c:must("POST", "{v1}/restart", { restart = {} })
  end)

  it("fails in a redistribution started by hand, too", function()
    c = dws.new({ readings = { dws_redistribution_by_hand = 600 } }):without_policies()
    c.sim:add_fault({ op = "dws.resize_cluster", ["do"] = "job_failed", phase = "redistribute" })
    resize(c, { auto_redistribute = false })
    c.sim:advance(1800 + 905)
    assert.same({ "AVAILABLE", "REDISTRIBUTE_FAILURE", "REDISTRIBUTION-FAILURE" }, c:states())
    c.sim:advance(600 + 1815)
    assert.is_true(c:settled())
  end)

  it("rolls back by itself when it fails", function()
    c.sim:add_fault({ op = "dws.resize_cluster", ["do"] = "job_failed" })
    resize(c)
    c.sim:advance(600)
    assert.same({ "AVAILABLE", "RESIZE_FAILURE", "NORMAL" }, c:states())
    assert.same({ 6, "RESIZE_FAILURE", "DWS.9999" }, { c:shown().number_of_node, c:shown().resize_info.resize_status,
      c:shown().failed_reasons.error_code })
    c.sim:advance(5)
    resize(c)
    c.sim:advance(3010)
    assert.is_true(c:settled())
  end)

  it("is lost when the way back fails too", function()
    c.sim:add_fault({ op = "dws.resize_cluster", ["do"] = "job_failed", lost = true })
    resize(c)
    c.sim:advance(605)
    assert.same({ "UNAVAILABLE", "RESIZE_FAILURE", "NORMAL" }, c:states())
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/restart", { restart = {} }) })
  end)

  it("loses no node when the redistribution fails", function()
    c.sim:add_fault({ op = "dws.resize_cluster", ["do"] = "job_failed", phase = "redistribute" })
    resize(c)
    c.sim:advance(2100)
    assert.same({ "AVAILABLE", "REDISTRIBUTE_FAILURE", "REDISTRIBUTION-FAILURE" }, c:states())
    assert.equal(9, c:shown().number_of_node)
  end)

  it("is refused beyond 256 nodes, below three, over a quota, in another VPC, and while a restart is due", function()
    local function refused(body) return { c:refused("POST", "{v1}/resize", body) } end
    assert.same({ 400, "DWS.5091" }, refused({ scale_out = { count = 251 } }))
    assert.same({ 400, "DWS.5060" }, refused({ scale_out = { count = 2 } }))
    assert.same({ 400, "DWS.5060" }, refused({ scale_out = { count = 3 }, waiting_for_killing = 20 }))
    assert.same({ 404, "DWS.5022" }, refused({ scale_out = { count = 3, subnet_id = "none" } }))
    c.sim.state.dws.quotas.disk = 8
    assert.same({ 400, "DWS.9999" }, refused({ scale_out = { count = 3 } }))
    c.sim.state.dws.quotas.disk = 1000
    c:data().groups[2].status = "Pending-Reboot"
    assert.same({ 403, "DWS.7023" }, refused({ scale_out = { count = 3 } }))
    assert.same({}, c:effects())
  end)

  it("makes room: a read-only cluster opens", function()
    local data = c:data()
    data.data_gb, data.sub_status = 900, "READONLY"
    resize(c)
    c.sim:advance(3010)
    assert.equal("NORMAL", c:shown().sub_status)
  end)
end)

describe("changing the flavor of a DWS cluster", function()
  local c
  before_each(function() c = dws.new():without_policies() end)

  local function targets() return c:must("GET", "/v1/{p}/flavors/" .. c:shown().node_type_id .. "/target-flavors") end

  local function change(id) return c:must("POST", "/v1/{p}/clusters/{c}/flavor", { target_flavor_id = id }) end

  it("is offered for flavors of the same kind and storage", function()
    local list = targets()
    assert.equal(2, list.count)
    assert.same({ "dws.m3.xlarge", true, "4" }, { list.flavors[1].name, list.flavors[1].is_current_flavor, list.flavors[1].vcpus })
    assert.same({ "dws2.m6.4xlarge.8", false }, { list.flavors[2].name, list.flavors[2].is_current_flavor })
    assert.same({ 400, "DWS.5006" }, { c:refused("GET", "/v1/{p}/flavors/none/target-flavors") })
  end)

  it("stops the cluster for a while", function()
    change(targets().flavors[2].id)
    assert.same({ "AVAILABLE/-/NORMAL", "UNAVAILABLE/FLAVOR_RESIZING/NORMAL", "UNAVAILABLE/-/NORMAL", "AVAILABLE/-/NORMAL" },
      c:course(520))
    assert.equal("dws2.m6.4xlarge.8", c:shown().node_type)
  end)

  it("leaves it as it was when it fails, and may be tried again", function()
    c.sim:add_fault({ op = "dws.execute_flavor_change", ["do"] = "job_failed" })
    local id = targets().flavors[2].id
    change(id)
    c.sim:advance(400)
    assert.same({ "AVAILABLE", "FLAVOR_RESIZING_FAILED", "NORMAL" }, c:states())
    assert.equal("dws.m3.xlarge", c:shown().node_type)
    change(id)
    c.sim:advance(600)
    assert.equal("dws2.m6.4xlarge.8", c:shown().node_type)
  end)

  it("is refused for the present flavor, another kind, a sold-out one, and over a quota", function()
    local function refused(id) return { c:refused("POST", "/v1/{p}/clusters/{c}/flavor", { target_flavor_id = id }) } end
    local flavors = c.sim.state.dws.flavors
    assert.same({ 400, "DWS.5006" }, refused(flavors[1].id))
    assert.same({ 400, "DWS.5006" }, refused(flavors[2].id))
    c.sim.state.dws.quotas.core = 30
    assert.same({ 400, "DWS.9999" }, refused(flavors[3].id))
    flavors[3].sold_out = { [c:data().zone] = true }
    assert.same({ 400, "DWS.5200" }, refused(flavors[3].id))
    assert.same({}, c:effects())
  end)
end)

describe("scaling a DWS cluster in", function()
  local c
  before_each(function() c = dws.new():without_policies() end)

  it("takes a snapshot, checks, shrinks", function()
    local status, body = shrink(c)
    assert.equal(200, status)
    assert.matches("^2c9080%x+$", body.job_id)
    assert.same({ 32, "INIT", "ecfClusterShrinkJob" }, { #body.job_id, c:job(body.job_id).status, c:job(body.job_id).job_name })
    assert.same({ "AVAILABLE/-/NORMAL", "AVAILABLE/SNAPSHOTTING/NORMAL", "AVAILABLE/SHRINK_CHECKING/NORMAL",
      "AVAILABLE/CLUSTER_SHRINKING/NORMAL", "UNAVAILABLE/-/NORMAL", "AVAILABLE/-/NORMAL" }, c:course(2400))
    assert.same({ 3, "SUCCESS", "100%" }, { c:shown().number_of_node, c:job(body.job_id).status, c:job(body.job_id).progress })
    assert.equal(2, c:must("GET", "/v1.0/{p}/snapshots").count)
  end)

  it("is possible by whole rings, one of which stays", function()
    assert.same({ "3" }, c:must("GET", "{v1}/shrink-numbers").shrink_sequence)
    c:data().nodes[6].status = "199"
    assert.same({}, c:must("GET", "{v1}/shrink-numbers").shrink_sequence)
  end)

  it("goes without the snapshot where that is turned off", function()
    shrink(c, { force_backup = false })
    c.sim:advance(2)
    assert.same({ "AVAILABLE", "SHRINK_CHECKING", "NORMAL" }, c:states())
  end)

  it("is refused with 200, an error_code and no job", function()
    local function why(change)
      local status, body = shrink(c, change)
      assert.same({ 200, "DWS.9999", nil }, { status, body.error_code, body.job_id })
      return body.error_msg
    end
    assert.equal("The number of nodes to be removed must be a multiple of the ring size.", why({ shrink_number = 2 }))
    assert.equal("At least one ring must remain.", why({ shrink_number = 6 }))
    assert.equal("There is no failed scale-in to retry.", why({ retry = true }))
    local data = c:data()
    data.nodes[6].cn = "00000000-0000-4000-8000-000000000000"
    assert.equal("The nodes to be removed have CNs.", why())
    data.nodes[6].cn, data.data_gb = nil, 500
    assert.equal("The disk usage is too high.", why())
    data.data_gb, data.sub_status = 300, "READONLY"
    assert.equal("The cluster is read-only.", why())
    data.sub_status, data.logical = "NORMAL", { v3_logical = true }
    assert.equal("A logical cluster cannot be scaled in.", why())
    assert.same({}, c:effects())
    assert.same({ 400, "DWS.5060" }, { c:refused("POST", "{v1}/cluster-shrink", { shrink_number = 0 }) })
  end)

  it("says DWS.0000 beside the job where the world reads it so", function()
    c = dws.new({ readings = { dws_shrink_answer = "error_code" } })
    local _, body = shrink(c)
    assert.same({ "DWS.0000", "string" }, { body.error_code, type(body.job_id) })
  end)

  it("has no way back: after a failure only the repetition", function()
    c.sim:add_fault({ op = "dws.shrink_cluster", ["do"] = "job_failed", code = "DWS.0114" })
    local _, body = shrink(c)
    c.sim:advance(1265)
    assert.same({ "AVAILABLE", "CLUSTER_SHRINK_FAILED", "NORMAL" }, c:states())
    local job = c:job(body.job_id)
    assert.same({ "FAIL", "ecfClusterShrinkJob-fail:DWS.0114", "DWS.0114:ELB private IP is not configured." },
      { job.status, job.failed_code, job.failed_detail })
    assert.equal(403, (c:refused("POST", "{v1}/restart", { restart = {} })))
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/cluster-shrink", { shrink_number = 3 }) })
    shrink(c, { retry = true })
    c.sim:advance(1815)
    assert.is_true(c:settled())
    assert.equal(3, c:shown().number_of_node)
    c:must("POST", "{v1}/restart", { restart = {} })
  end)

  it("leaves everything as it was when the check fails", function()
    c.sim:add_fault({ op = "dws.shrink_cluster", ["do"] = "job_failed", phase = "check" })
    shrink(c)
    c.sim:advance(335)
    assert.same({ "AVAILABLE", "SHRINK_CHECK_FAILED", "NORMAL" }, c:states())
    assert.equal(6, c:shown().number_of_node)
    c:must("POST", "{v1}/restart", { restart = {} })
  end)
end)

describe("the coordinators of a DWS cluster", function()
  local c
  before_each(function() c = dws.new():without_policies() end)

  it("are listed with their limits", function()
    local list = c:must("GET", "{v1}/cns")
    assert.same({ 2, 6, 3 }, { list.min_num, list.max_num, #list.instances })
    assert.same({ "dws-orders-dws-cn-cn-1-1", c:shown().private_ip[1] },
      { list.instances[1].name, list.instances[1].private_ip })
  end)

  it("are added up to a total, as a job", function()
    local id = c:must("POST", "{v1}/cns/batch-create", { num = 5 }).job_id
    c.sim:advance(2)
    assert.same({ "AVAILABLE", "ADD_CN_ING", "NORMAL" }, c:states())
    assert.equal("RUNNING", c:job(id).status)
    assert.equal(3, #cns(c))
    c.sim:advance(598)
    assert.same({ 5, "SUCCESS" }, { #cns(c), c:job(id).status })
    c.sim:advance(5)
    assert.same({ 400, "DWS.5207" }, { c:refused("POST", "{v1}/cns/batch-create", { num = 5 }) })
    assert.same({ 400, "DWS.5207" }, { c:refused("POST", "{v1}/cns/batch-create", { num = 7 }) })
  end)

  it("are added by number where the world reads num so", function()
    c = dws.new({ readings = { dws_cn_number = "added" } }):without_policies()
    c:must("POST", "{v1}/cns/batch-create", { num = 3 })
    c.sim:advance(605)
    assert.equal(6, #cns(c))
  end)

  it("are deleted by id, two staying and the one with the EIP too", function()
    local ids = cns(c)
    local function refused(list) return { c:refused("POST", "{v1}/cns/batch-delete", { instances = list }) } end
    assert.same({ 400, "DWS.5207" }, refused({ ids[1], ids[2] }))
    assert.same({ 400, "DWS.5207" }, refused({ "none" }))
    c:must("POST", "{v2}/eips/" .. c.sim.state.dws.eips[1].id)
    assert.same({ 403, "DWS.9999" }, refused({ ids[1] }))
    local job = c:must("POST", "{v1}/cns/batch-delete", { instances = { ids[3] } }).job_id
    c.sim:advance(2)
    assert.same({ "AVAILABLE", "DEL_CN_ING", "NORMAL" }, c:states())
    c.sim:advance(303)
    assert.same({ { ids[1], ids[2] }, "SUCCESS", 6 }, { cns(c), c:job(job).status, c:shown().number_of_node })
  end)

  it("allow nothing but another try after a failure", function()
    c.sim:add_fault({ op = "dws.batch_create_cluster_cn", ["do"] = "job_failed" })
    local id = c:must("POST", "{v1}/cns/batch-create", { num = 4 }).job_id
    c.sim:advance(305)
    assert.same({ 3, "FAIL", "50%" }, { #cns(c), c:job(id).status, c:job(id).progress })
    assert.same({ 403, "DWS.7023" }, { c:refused("POST", "{v1}/restart", { restart = {} }) })
    c:must("POST", "{v1}/cns/batch-create", { num = 4 })
    c.sim:advance(605)
    c:must("POST", "{v1}/restart", { restart = {} })
    assert.equal(4, #cns(c))
  end)
end)
