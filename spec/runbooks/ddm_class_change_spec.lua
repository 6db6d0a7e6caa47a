-- SPDX-License-Identifier: Apache-2.0
-- Another node class: up and down, a whole instance or one group, what forbids it, and the change back.
local support = require("spec.runbooks.instance_support")

local OLD, NEW = "ddm.c6.2xlarge.2", "ddm.c6.4xlarge.2"
local YES = { "change class of ddm-orders", "buy ddm.resize_flavor" }
local WINDOW = { window_from = "2026-01-02 02:00", window_to = "04:00", zone = "+08:00" }

local function change(world, params, options)
  local given, opts = { class = NEW }, { accept = YES }
  for key, value in pairs(params or {}) do given[key] = value end
  for key, value in pairs(options or {}) do opts[key] = value end
  return support.go(world, "ddm_class_change", given, opts)
end

describe("a class change", function()
  it("makes the nodes larger", function()
    local world = support.world()
    local result, reporter = change(world)
    assert.is_nil(result.error)
    assert.same({ "resize_flavor" }, support.effects(world))
    assert.equal(NEW, world.instance.flavor_ref)
    assert.same({ class = NEW, before = OLD, group = world.instance.groups[1].id }, result.value)
    assert.is_true(reporter:has("^ok class: " .. NEW:gsub("%.", "%%.") .. "$"))
    assert.is_nil(result.left_behind)
  end)

  it("makes them smaller, with a warning", function()
    local world = support.world()
    change(world)
    local result, reporter = change(world, { class = OLD })
    assert.equal("done", result.status)
    assert.equal(OLD, world.instance.flavor_ref)
    assert.is_true(reporter:has("^warn size: smaller: 16 to 8 vCPUs, 32 to 16 GB$"))
  end)

  it("reads sizes that are written as text, and says where they are not shown", function()
    local world = support.world()
    local client = support.answering(world, "list_groups", function(body)
      local group = body.group_list[1]
      group.cpu_num_per_node, group.mem_num_per_node = tostring(group.cpu_num_per_node), tostring(group.mem_num_per_node)
    end)
    assert.equal("done", change(world, {}, { client = client }).status)
    client = support.answering(world, "list_groups", function(body) body.group_list[1].cpu_num_per_node = nil end)
    local result, reporter = change(world, { class = OLD, stop_after = "preflight" }, { client = client })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^unseen size: not seen"))
  end)

  it("changes one group and leaves the others", function()
    local world = support.world()
    local group = support.add_group(world)
    local result, reporter = change(world, { group_id = group, class = OLD })
    assert.is_nil(result.error)
    assert.equal(OLD, world.instance.flavor_ref)
    assert.equal(OLD, world.instance.groups[2].flavor_ref)
    assert.is_true(reporter:has("^warn no way back by this runbook: the group's present class is not shown$"))
    assert.is_true(reporter:has("^unseen not from c6s to c6: not seen"))
    assert.equal("done", change(world, { group_id = world.instance.groups[1].id }).status)
    assert.equal(NEW, world.instance.flavor_ref)
  end)

  it("finds the classes of an instance whose kernel is not sold", function()
    local world = support.world()
    world.instance.engine_version = "3.1.0.7"
    assert.equal("done", change(world).status)
    world = support.world()
    world.instance.engine_version, world.sim.state.ddm.engines = "3.1.0.7", {}
    assert.equal("DBS.280001", change(world).error.code)
  end)

  it("warns of another architecture", function()
    local world = support.world()
    local result, reporter = change(world, { class = "ddm.kc1.4xlarge.2" })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^warn architecture: from X86 to ARM: no page says that this goes$"))
  end)

  it("bears old states and a service that stumbles", function()
    local world = support.world({ lag_seconds = 90, faults = { { op = "ddm.list_jobs", nth = 3, ["do"] = "status", status = 500 },
      { op = "ddm.list_jobs", nth = 5, ["do"] = "garbage" } } })
    assert.equal("done", change(world).status)
    assert.same({ "resize_flavor" }, support.effects(world))
  end)

  it("stops after the preflight where it is told to", function()
    local world = support.world()
    local result, reporter = change(world, { stop_after = "preflight" })
    assert.equal("done", result.status)
    assert.is_true(reporter:has("^unseen not visible to an API, check by hand: the application bears"))
    assert.same({}, support.effects(world))
  end)

  it("opens with its window, and not after it", function()
    local world = support.world()
    assert.equal("done", change(world, WINDOW).status)
    assert.equal("2026-01-01T18:00:00.000Z", world.sim:effects()[1].time)
    assert.equal("a window needs window_from, window_to and zone", change(support.world(), { window_to = "04:00" }).error.message)
  end)
end)

describe("a class change of an instance bought by the month", function()
  local function monthly()
    local world = support.world()
    world.instance.order_id = "CS2601010800ABCDE"
    return world
  end

  it("is paid from the balance when it may be", function()
    local world = monthly()
    local result, reporter = change(world, { auto_pay = true })
    assert.is_nil(result.error)
    assert.equal(NEW, world.instance.flavor_ref)
    assert.is_true(reporter:has("^warn no way back by this runbook: bought by the month"))
  end)

  it("ends at its deadline when nobody pays", function()
    local world = monthly()
    local result, reporter = change(world, { deadline_hours = 1 })
    assert.matches("^the order %S+: not there after 1 h, the state is 6$", result.error.message)
    assert.is_true(reporter:has("^warn payment: bought by the month"))
    assert.is_true(reporter:has("^note the order %S+ waits for its payment"))
    assert.equal("preflight: not met: no order open", change(world).error.message)
  end)
end)

describe("the preflight of a class change", function()
  local function stops(name, prepare, params)
    local world = support.world()
    local given = prepare(world) or params
    local result, reporter = change(world, given)
    assert.equal(1, result.exit)
    assert.equal("preflight: not met: " .. name, result.error.message)
    assert.same({}, support.effects(world))
    assert.is_true(reporter:has("^fail " .. name:match("^[^,]+")))
    return reporter
  end

  it("stops when the instance is not running, or a task is", function()
    stops("instance running", function(world) world.instance.status = "ERROR" end)
    stops("instance running, no running task", function(world)
      assert(world.client.ddm:restart_instance({ instance_id = world.instance_id, restart = { type = "soft" } }))
      world.sim.log.effects = {}
      world.sim:advance(5)
    end)
  end)

  it("stops when one of several groups is not named, or there is none of the name", function()
    stops("group", function(world) support.add_group(world) end)
    stops("group", function() return { group_id = "nothing" } end)
  end)

  it("stops when a node, a schema or a data node is not as it should be", function()
    stops("DDM nodes", function(world) world.instance.nodes[1].status = "resizing" end)
    stops("schemas at rest", function(world) world.instance.schemas[1].status = "EXPANDING" end)
    stops("data nodes normal", function(world) world.sim.state.rds.instances[1].status = "rebooting" end)
  end)

  it("stops for a class that is unknown or sold out, naming those there are", function()
    local reporter = stops("class on sale", function() return { class = "ddm.c6.3xlarge.2" } end)
    assert.is_true(reporter:has("ddm%.c6%.3xlarge%.2 is none of ddm%.c6%.2xlarge%.2, "))
    stops("class on sale", function(world) world.sim.state.ddm.flavors[2].sold_out = { ["cn-north-4a"] = true } end)
  end)

  it("stops for the class it has already", function()
    stops("another class", function() return { class = OLD } end)
  end)

  it("stops for a change from c6s to c6", function()
    stops("not from c6s to c6", function(world) world.instance.flavor_ref = "ddm.c6s.2xlarge.2" end)
  end)

  it("tells all that is not met", function()
    stops("instance running, DDM nodes, class on sale", function(world)
      world.instance.status, world.instance.nodes[1].status = "RESIZING", "abnormal"
      return { class = "nothing" }
    end)
  end)
end)

describe("the gates of a class change", function()
  it("wait for a person without a terminal, first for the name, then for the money", function()
    for _, case in ipairs({ { {}, YES[1] }, { { YES[1] }, YES[2] } }) do
      local world = support.world()
      local result = change(world, {}, { accept = case[1] })
      assert.equal(3, result.exit)
      assert.matches(('accept="%s"'):format(case[2]), result.error.remedy, 1, true)
      assert.same({}, support.effects(world))
    end
  end)

  it("want the instance's name typed", function()
    local world = support.world()
    assert.equal("not confirmed: nothing has been changed",
      change(world, {}, { accept = {}, ask = function() return "yes" end }).error.message)
    assert.same({}, support.effects(world))
  end)

  it("send nothing when somebody else changed the class meanwhile", function()
    local world = support.world()
    local result = change(world, {}, { accept = { YES[1] }, ask = function()
      world.instance.flavor_ref = "ddm.c6.8xlarge.2"
      return "yes"
    end })
    assert.equal(3, result.exit)
    assert.matches("somebody else changed what ddm.show_instance shows", result.error.message, 1, true)
    assert.same({}, support.effects(world))
  end)
end)

describe("a class change that fails", function()
  it("is told with the task's own reason, also where the instance stays RESIZING", function()
    for _, state in ipairs({ "RUNNING", "RESIZING" }) do
      local world = support.world({ readings = { ddm_failed_resize = state }, faults = { { op = "ddm.resize_flavor",
        ["do"] = "job_failed", code = "DBS.200412", reason = "no capacity" } } })
      local result = change(world)
      assert.equal(("the change to %s: Failed (DBS.200412 no capacity)"):format(NEW), result.error.message)
      assert.equal(state, world.instance.status)
      assert.equal("change", result.step)
    end
  end)

  it("by a refusal is told as the service says it", function()
    local world = support.world({ faults = { { op = "ddm.resize_flavor", ["do"] = "refuse", status = 400, code = "DBS.280001" } } })
    assert.equal("DBS.280001", change(world).error.code)
    assert.same({}, support.effects(world))
  end)

  it("whose answer is lost is found in the list of tasks, and not begun again", function()
    local world = support.world({ faults = { { op = "ddm.resize_flavor", ["do"] = "reset_after" } } })
    local result, reporter = change(world)
    assert.equal("done", result.status)
    assert.is_true(reporter:has("ddm.resize_flavor took place; its answer is adopted"))
    assert.same({ "resize_flavor" }, support.effects(world))
  end)

  it("with a node in trouble afterwards is told", function()
    local world = support.world()
    local client = support.watched(world, function()
      if world.instance.flavor_ref == NEW then world.instance.nodes[2].status = "abnormal" end
    end)
    local result = change(world, {}, { client = client })
    assert.equal("verification: differs: DDM nodes", result.error.message)
  end)
end)

describe("a class change taken back", function()
  local function back_from(world)
    local client = support.watched(world, function()
      if world.instance.flavor_ref == NEW then world.instance.nodes[2].status = "abnormal" end
    end)
    return support.and_back(world, "ddm_class_change", { class = NEW }, { accept = YES, client = client })
  end

  it("changes back to the old class", function()
    local world = support.lasting_world()
    local result, back, reporter = back_from(world)
    assert.equal("failed", result.state)
    assert.is_nil(back.error)
    assert.equal("rolled_back", back.state)
    assert.equal(OLD, world.instance.flavor_ref)
    assert.same({ "resize_flavor", "resize_flavor" }, support.effects(world))
    assert.is_true(reporter:has("^ok changed back to "))
    support.clean(world)
  end)

  it("has nothing to do when the change failed", function()
    local world = support.lasting_world({ faults = { { op = "ddm.resize_flavor", ["do"] = "job_failed" } } })
    local _, back, reporter = back_from(world)
    assert.is_nil(back.error)
    assert.same({ "resize_flavor" }, support.effects(world))
    assert.is_true(reporter:has("^note the class is as it was"))
    support.clean(world)
  end)
end)

describe("the class change runbook", function()
  require("spec.runbooks.proofs").of{ name = "ddm_class_change", accept = YES, services = { "ddm", "rds" },
    effects = { "resize_flavor" },
    params = function(world) return { instance_id = world.instance.id, class = NEW } end }
end)

describe("the class change runbook, for one group of several,", function()
  require("spec.runbooks.proofs").of{ name = "ddm_class_change", accept = YES, services = { "ddm", "rds" }, points = 2,
    effects = { "resize_flavor" }, prepare = function(world)
      world.instance_id = world.instance.id
      support.add_group(world)
    end,
    params = function(world) return { instance_id = world.instance.id, group_id = world.instance.groups[2].id, class = OLD } end }
end)
