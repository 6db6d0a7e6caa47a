-- SPDX-License-Identifier: Apache-2.0
-- A DWS account comes back out of its inventory with all that a change of it looks at.
local inventory = require("hwdb.inventory")
local support = require("spec.runbooks.support")

local function sub(world, name)
  return assert(world.client.dws:create_alarm_sub({ name = name, alarm_level = "urgent", notification_target = "urn:smn:r:p:t",
    notification_target_name = "t", notification_target_type = "SMN", time_zone = "GMT+08:00" }))
end

-- The account's world once more, from what its calls answer.
local function again(world)
  local document = inventory.take(world.client, { services = { "dws" }, pace = 0 })
  assert.same({}, document.failed)
  local sim = require("hwdb.sim").new({ seed_from = document, start_ms = world.sim:now() })
  return assert(require("hwdb").client({ sim = sim })), sim
end

describe("an account's DWS cluster out of an inventory", function()
  local world, id, hidden
  before_each(function()
    world = support.world()
    local cluster = world.sim.state.dws.clusters[1]
    cluster.policies.list = {}
    id = cluster.id
    for _, group in ipairs(cluster.groups) do hidden = group.type == "hiddenParameterGroup" and group.id or hidden end
  end)

  it("has its CNs, resource pools, subscriptions and parameters", function()
    local dws = world.client.dws
    sub(world, "night")
    assert(dws:add_workload_queue({ cluster_id = id, workload_queue = { workload_queue_name = "etl", workload_resource_item_list = {
      { resource_name = "cpu_share", resource_value = 10 }, { resource_name = "memory", resource_value = 0 },
      { resource_name = "tablespace", resource_value = -1 }, { resource_name = "activestatements", resource_value = 5 } } } }))
    assert(dws:update_configuration({ cluster_id = id, configuration_id = hidden, configurations = {
      { name = "max_connections", type = "cn", value = "1000" }, { name = "datestyle", type = "dn", value = "ISO,YMD" } } }))
    world.sim:advance(60)
    local client = again(world)
    for _, op in ipairs({ "list_cluster_cn", "list_workload_queue", "list_cluster_configurations" }) do
      assert.same(dws[op](dws, { cluster_id = id }), client.dws[op](client.dws, { cluster_id = id }), op)
    end
    local one = { cluster_id = id, configuration_id = hidden }
    assert.same(dws:list_cluster_configurations_parameter(one), client.dws:list_cluster_configurations_parameter(one))
    assert.equal("Pending-Reboot", client.dws:show_cluster({ cluster_id = id }).cluster.parameter_group.status)
    assert.equal("night", client.dws:list_alarm_subs({}).alarm_subscriptions[1].name)
    assert(client.dws:update_configuration({ cluster_id = id, configuration_id = hidden, configurations = {
      { name = "datestyle", type = "cn", value = "ISO,DMY" } } }))
  end)

  it("has its disks, as large and as full, and its quotas", function()
    local flavor = {}
    for key, value in pairs(world.sim.state.dws.flavors[4]) do flavor[key] = value end
    flavor.disk = 400
    world.sim.state.dws.clusters[1].flavor, world.sim.state.dws.clusters[1].data_gb = flavor, 2280
    world.sim.state.dws.quotas.instances = 7
    local client, sim = again(world)
    for _, args in ipairs({ { "show_cluster_volume", { cluster_id = id } }, { "list_quotas", {} } }) do
      assert.same(world.client.dws[args[1]](world.client.dws, args[2]), client.dws[args[1]](client.dws, args[2]), args[1])
    end
    assert(client.dws:expand_instance_storage({ cluster_id = id, new_size = 500 }))
    sim:advance(1000)
    assert.equal("76.0", client.dws:show_cluster_volume({ cluster_id = id }).disk_info_list[1].percentage)
  end)

  it("refuses a parameter's value out of its range, as the account would", function()
    local client = again(world)
    local body, err = client.dws:update_configuration({ cluster_id = id, configuration_id = hidden, configurations = {
      { name = "max_connections", type = "cn", value = "1" } } })
    assert.is_nil(body)
    assert.equal("DWS.5038", err.code)
  end)

  it("still waits for a failed scale-in to be repeated", function()
    world.sim:add_fault({ op = "dws.shrink_cluster", ["do"] = "job_failed" })
    assert(world.client.dws:shrink_cluster({ cluster_id = id, shrink_number = 3 }))
    world.sim:advance(3600)
    local client, sim = again(world)
    assert.equal("CLUSTER_SHRINK_FAILED", client.dws:show_cluster({ cluster_id = id }).cluster.task_status)
    assert.is_nil((client.dws:create_snapshot({ snapshot = { name = "snap-1", cluster_id = id } })))
    assert(client.dws:shrink_cluster({ cluster_id = id, shrink_number = 3, retry = true }))
    sim:advance(3600)
    assert.equal(3, client.dws:show_cluster({ cluster_id = id }).cluster.number_of_node)
  end)

  it("still has its EIP", function()
    assert(world.client.dws:associate_eip({ cluster_id = id, eip_id = world.sim.state.dws.eips[1].id }))
    local client = again(world)
    assert.equal(world.sim.state.dws.eips[1].id, client.dws:show_cluster({ cluster_id = id }).cluster.public_ip.eip_id)
  end)
end)
