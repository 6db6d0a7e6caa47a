-- SPDX-License-Identifier: Apache-2.0
-- What can be bought, groups, and scaling as v3 does it.
local caller = dofile("spec/sim/caller.lua")

local GROUPS = "/v3/{p}/instances/{i}/groups"

local function wanted(c, change)
  local network = c.sim.state.network
  local body = { name = "group-1", type = "rw", flavor_ref = "ddm.c6.4xlarge.2",
    nodes = { { available_zone = network.zones[2].id, subnet_id = network.subnets[1].id } } }
  for key, value in pairs(change or {}) do body[key] = value end
  return body
end

local function grouped(c, change)
  local made = c:must("POST", GROUPS, wanted(c, change))
  c.sim:advance(300)
  return made.group_id, made
end

local function refused(c, method, path, body)
  return { c:refused(method, path, body) }
end

describe("what DDM offers", function()
  local c
  before_each(function() c = caller.new() end)

  it("is engines by version, in pages", function()
    local list = c:must("GET", "/v2/{p}/engines")
    assert.same({ 2, "3.1.0", "ddm" }, { list.total, list.engineGroups[1].version, list.engineGroups[1].name })
    assert.same({ code = "cn-north-4a", name = "cn-north-4a", favored = true }, list.engineGroups[1].supportAzs[1])
    local page = c:must("GET", "/v3/{p}/engines?offset=1&limit=1")
    assert.same({ "3.0.8.3", 1, 1, 2 }, { page.engine_groups[1].version, page.offset, page.limit, page.total })
    assert.same({}, c:must("GET", "/v3/{p}/engines?offset=2").engine_groups)
  end)

  it("is node classes by architecture, each paged by itself", function()
    local id = c.sim.state.ddm.engines[1].id
    local groups = c:must("GET", "/v2/{p}/flavors?limit=2&engine_id=" .. id).computeFlavorGroups
    assert.same({ "X86", 3, 2, "ARM", 3, 2 }, { groups[1].groupType, groups[1].total, #groups[1].computeFlavors,
      groups[2].groupType, groups[2].total, #groups[2].computeFlavors })
    assert.same({ "8", "16", "normal" }, { groups[1].computeFlavors[1].cpu, groups[1].computeFlavors[1].mem,
      groups[1].computeFlavors[1].azStatus["cn-north-4b"] })
    local v3 = c:must("GET", "/v3/{p}/flavors?engine_version=3.1.0&available_zones=cn-north-4b").flavor_groups
    assert.same({ "ddm.kc1.2xlarge.2", "8", 1, "cn-north-4b" }, { v3[2].flavors[1].spec_code, v3[2].flavors[1].vcpus,
      #v3[2].flavors[1].az_infos, v3[2].flavors[1].az_infos[1].code })
  end)

  it("is refused for engines and zones there are not", function()
    assert.same({ 400, "DBS.280001" }, refused(c, "GET", "/v2/{p}/flavors?engine_id=none"))
    assert.same({ 400, "DBS.280001" }, refused(c, "GET", "/v3/{p}/flavors"))
    assert.same({ 400, "DBS.280001" }, refused(c, "GET", "/v3/{p}/flavors?engine_version=9.9"))
    assert.same({ 400, "DBS.280001" }, refused(c, "GET", "/v3/{p}/flavors?engine_version=3.1.0&available_zones=cn-x"))
  end)
end)

describe("a group of nodes", function()
  local c
  before_each(function() c = caller.new() end)

  it("is made with a job, listed, and deleted", function()
    local made = c:must("POST", GROUPS, wanted(c))
    assert.matches("^%x+gr09$", made.group_id)
    c.sim:advance(2)
    assert.equal("CREATE_GROUP", c:instance_status())
    local listed = c:must("GET", GROUPS)
    assert.same({ 2, "group-1", "rw", false, 16, 32, "X86" }, { listed.total_count, listed.group_list[2].name,
      listed.group_list[2].role, listed.group_list[2].is_default_group, listed.group_list[2].cpu_num_per_node,
      listed.group_list[2].mem_num_per_node, listed.group_list[2].architecture })
    assert.equal("cn-north-4b", listed.group_list[2].node_list[1].az)
    local node = c:must("GET", "/v3/{p}/instances/{i}/nodes/" .. listed.group_list[2].node_list[1].id)
    assert.same({ "creating", made.group_id }, { node.status, node.group_id })
    c.sim:advance(298)
    assert.same({ "RUNNING", "Completed" }, { c:instance_status(), c:job(made.job_id).status })
    assert.equal(3, c:must("GET", "/v1/{p}/instances/{i}/nodes").total)
    local deleted = c:must("DELETE", GROUPS .. "/" .. made.group_id)
    c.sim:advance(2)
    assert.equal("DELETE_GROUP", c:instance_status())
    c.sim:advance(118)
    assert.equal("Completed", c:job(deleted.job_id).status)
    assert.equal(1, c:must("GET", GROUPS).total_count)
    assert.equal(2, c:must("GET", "/v1/{p}/instances/{i}/nodes").total)
    assert.same({ 404, "DBS.200013" }, refused(c, "DELETE", GROUPS .. "/" .. made.group_id))
  end)

  it("has its own address, which moves with the load balancer's", function()
    local id = grouped(c)
    local list = c:must("GET", GROUPS).group_list
    assert.not_equal(list[1].endpoint, list[2].endpoint)
    c:must("PUT", "/v3/{p}/instances/{i}/elb/ip", { new_ip = "192.168.7.7", group_id = id })
    c.sim:advance(30)
    assert.equal("192.168.7.7:5066", c:must("GET", GROUPS).group_list[2].endpoint)
    assert.equal(list[1].endpoint, c:must("GET", GROUPS).group_list[1].endpoint)
  end)

  it("is refused with a taken name, an unknown class, place or too many nodes", function()
    grouped(c)
    assert.same({ 400, "DBS.280001" }, refused(c, "POST", GROUPS, wanted(c)))
    assert.same({ 400, "DBS.280001" }, refused(c, "POST", GROUPS, wanted(c, { name = "group-2", flavor_ref = "none" })))
    assert.same({ 400, "DBS.280001" }, refused(c, "POST", GROUPS, wanted(c, { name = "group-2", type = "w" })))
    assert.same({ 400, "DBS.280001" }, refused(c, "POST", GROUPS, wanted(c, { name = "group-2",
      nodes = { { available_zone = "none", subnet_id = c.sim.state.network.subnets[1].id } } })))
    local many = {}
    for i = 1, 30 do many[i] = wanted(c).nodes[1] end
    assert.same({ 400, "DBS.280001" }, refused(c, "POST", GROUPS, wanted(c, { name = "group-2", nodes = many })))
  end)

  it("needs two nodes where the manual is followed", function()
    c = caller.new({ readings = { ddm_group_nodes = 2 } })
    assert.same({ 400, "DBS.280001" }, refused(c, "POST", GROUPS, wanted(c)))
  end)

  it("stays when it is the default one", function()
    local first = c.sim.state.ddm.instances[1].groups[1].id
    grouped(c)
    assert.same({ 400, "DBS.280001" }, refused(c, "DELETE", GROUPS .. "/" .. first))
  end)

  it("is gone again when its making failed", function()
    c.sim:add_fault({ op = "ddm.create_group", ["do"] = "job_failed", at = 0.5 })
    local _, made = grouped(c)
    assert.same({ "Failed", 1, 2 }, { c:job(made.job_id).status, c:must("GET", GROUPS).total_count,
      c:must("GET", "/v1/{p}/instances/{i}/nodes").total })
  end)

  it("is ordered where the instance is paid by the month, and begins when it is paid", function()
    c.sim.state.ddm.instances[1].order_id = "CS0"
    local ordered = c:must("POST", GROUPS, wanted(c))
    assert.is_nil(ordered.job_id)
    assert.matches("^CS", ordered.order_id)
    c.sim:advance(3600)
    assert.equal(1, c:must("GET", GROUPS).total_count)
    c:must("POST", "/bss/v3/orders/customer-orders/pay", { order_id = ordered.order_id })
    c.sim:advance(320)
    local group = c:must("GET", GROUPS).group_list[2]
    assert.equal("RUNNING", c:instance_status())
    local bought = c:must("POST", "/bss/v2/orders/suscriptions/resources/query", { order_id = ordered.order_id })
    assert.same({ 1, group.node_list[1].id .. ".vm", 0 }, { bought.total_count, bought.data[1].resource_id,
      bought.data[1].is_main_resource })
  end)

  it("is not made twice from two orders: the second is cancelled when it is paid", function()
    c.sim.state.ddm.instances[1].order_id = "CS0"
    local first, second = c:must("POST", GROUPS, wanted(c)), c:must("POST", GROUPS, wanted(c))
    local scaling = c:must("PUT", "/v3/{p}/instances/{i}/flavor", { spec_code = "ddm.c6.8xlarge.2" })
    for _, order in ipairs({ first, second, scaling }) do
      c:must("POST", "/bss/v3/orders/customer-orders/pay", { order_id = order.order_id })
    end
    c.sim:advance(3600)
    local function status(order)
      return c:must("GET", "/bss/v2/orders/customer-orders/details/" .. order.order_id).order_info.status
    end
    assert.same({ 5, 4, 5, 2 }, { status(first), status(second), status(scaling), c:must("GET", GROUPS).total_count })
    assert.equal("ddm.c6.8xlarge.2", c:must("GET", "/v1/{p}/instances/{i}").flavor_ref)
  end)
end)

describe("scaling by v3", function()
  local c
  before_each(function() c = caller.new() end)

  local function resize(body) return c:must("PUT", "/v3/{p}/instances/{i}/flavor", body) end

  it("changes the class of the nodes", function()
    local job = resize({ spec_code = "ddm.c6.8xlarge.2" }).job_id
    c.sim:advance(2)
    assert.equal("RESIZING", c:instance_status())
    assert.equal("resizing", c:must("GET", "/v1/{p}/instances/{i}/nodes").nodes[1].status)
    c.sim:advance(598)
    local shown = c:must("GET", "/v1/{p}/instances/{i}")
    assert.same({ "RUNNING", "ddm.c6.8xlarge.2", "32", "64", "Completed" }, { shown.status, shown.flavor_ref,
      shown.core_count, shown.ram_capacity, c:job(job).status })
    assert.equal("normal", c:must("GET", "/v1/{p}/instances/{i}/nodes").nodes[1].status)
  end)

  it("changes one group of several, which must be named", function()
    local id = grouped(c)
    assert.same({ 400, "DBS.280001" }, refused(c, "PUT", "/v3/{p}/instances/{i}/flavor", { spec_code = "ddm.c6.8xlarge.2" }))
    resize({ spec_code = "ddm.c6.8xlarge.2", group_id = id })
    c.sim:advance(600)
    local list = c:must("GET", GROUPS).group_list
    assert.same({ 8, 32 }, { list[1].cpu_num_per_node, list[2].cpu_num_per_node })
  end)

  it("is refused for the class there is, an unknown one, and c6 after c6s", function()
    assert.same({ 400, "DBS.280001" }, refused(c, "PUT", "/v3/{p}/instances/{i}/flavor", { spec_code = "ddm.c6.2xlarge.2" }))
    assert.same({ 400, "DBS.280001" }, refused(c, "PUT", "/v3/{p}/instances/{i}/flavor", { spec_code = "ddm.x" }))
    c.sim.state.ddm.instances[1].flavor_ref = "ddm.c6s.2xlarge.2"
    assert.same({ 400, "DBS.280001" }, refused(c, "PUT", "/v3/{p}/instances/{i}/flavor", { spec_code = "ddm.c6.4xlarge.2" }))
  end)

  it("leaves the old class when it fails, and shows what the reading says", function()
    for reading, status in pairs({ RUNNING = "RUNNING", RESIZING = "RESIZING" }) do
      c = caller.new({ readings = { ddm_failed_resize = reading },
        faults = { { op = "ddm.resize_flavor", ["do"] = "job_failed" } } })
      resize({ spec_code = "ddm.c6.8xlarge.2" })
      c.sim:advance(600)
      local shown = c:must("GET", "/v1/{p}/instances/{i}")
      assert.same({ status, "ddm.c6.2xlarge.2" }, { shown.status, shown.flavor_ref })
    end
  end)

  it("adds nodes in the zones asked for", function()
    local job = c:must("POST", "/v3/{p}/instances/{i}/nodes", { nodes = { { available_zone = "cn-north-4c" } } }).job_id
    c.sim:advance(2)
    assert.equal("GROWING", c:instance_status())
    c.sim:advance(298)
    local list = c:must("GET", "/v1/{p}/instances/{i}/nodes")
    local node = c:must("GET", "/v3/{p}/instances/{i}/nodes/" .. list.nodes[3].node_id)
    assert.same({ 3, "cn-north-4c", "normal", "Completed" }, { list.total, node.az_code, node.status, c:job(job).status })
  end)

  it("adds no nodes while a data node is scaled or away, past 32, or between subnets", function()
    local function no(body) return refused(c, "POST", "/v3/{p}/instances/{i}/nodes", body) end
    local many = {}
    for i = 1, 31 do many[i] = { available_zone = "cn-north-4a" } end
    assert.same({ 400, "DBS.280001" }, no({ nodes = many }))
    assert.same({ 400, "DBS.280001" }, no({ nodes = { { available_zone = "none" } } }))
    c.sim.state.rds.instances[1].status = "abnormal"
    assert.same({ 400, "DBS.300323" }, no({ nodes = { { available_zone = "cn-north-4a" } } }))
    c.sim.state.rds.instances[1].status = "normal"
    c.sim.state.ddm.instances[1].nodes[2].subnet_id = c.sim.state.network.subnets[2].id
    assert.same({ 400, "DBS.280001" }, no({ nodes = { { available_zone = "cn-north-4a" } } }))
  end)

  it("deletes the nodes named, of one group, never the last", function()
    local group = grouped(c)
    local ids, other = {}, nil
    for _, node in ipairs(c:must("GET", "/v1/{p}/instances/{i}/nodes").nodes) do
      if node.group_id == group then other = node.node_id else ids[#ids + 1] = node.node_id end
    end
    local function no(list) return refused(c, "DELETE", "/v3/{p}/instances/{i}/nodes", { node_ids = list }) end
    assert.same({ 400, "DBS.280001" }, no(ids))
    assert.same({ 400, "DBS.280001" }, no({ ids[1], other }))
    assert.same({ 400, "DBS.280001" }, no({ ids[1], ids[1] }))
    assert.same({ 404, "DBS.200013" }, no({ "none" }))
    local job = c:must("DELETE", "/v3/{p}/instances/{i}/nodes", { node_ids = { ids[1] } }).job_id
    c.sim:advance(2)
    assert.equal("REDUCING", c:instance_status())
    c.sim:advance(178)
    assert.same({ 2, "Completed" }, { c:must("GET", "/v1/{p}/instances/{i}/nodes").total, c:job(job).status })
    assert.equal(404, (c:refused("GET", "/v3/{p}/instances/{i}/nodes/" .. ids[1])))
  end)
end)
