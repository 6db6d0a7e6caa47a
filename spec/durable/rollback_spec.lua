-- SPDX-License-Identifier: Apache-2.0
-- Rollbacks that lose power at each write of the journal: compensations run once, in reverse, whatever failed before.
local support = require("spec.durable.support")

local function holds(scenario, stride)
  local found = support.sweep(scenario, stride)
  assert.same({}, found.violations)
  assert.is_true(found.points > 10)
  print(("%d points, %d kills, %d violations"):format(found.points, found.kills, #found.violations))
  return found
end

describe("a rollback that loses power anywhere", function()
  local BOOK = [[function(run, p)
    local before = run.ddm:show_instance{ instance_id = p.instance_id }.name
    run:undo{ name = "the old name", run = function()
      run.ddm:update_instance_name{ instance_id = p.instance_id, name = before }
    end }
    run.ddm:update_instance_name{ instance_id = p.instance_id, name = "renamed" }
    run:undo{ name = "never needed", run = function() run:fail("nothing was done here") end }
    run:undo{ name = "the state before", run = function()
      local args = { instance_id = p.instance_id, restart = { type = "soft" } }
      run:wait_for("ddm.restart_instance", args, run.ddm:restart_instance(args))
    end }
    local answer = run.ddm:restart_instance{ instance_id = p.instance_id, restart = { type = "soft" } }
    run:wait_for("ddm.restart_instance", { instance_id = p.instance_id }, answer)
    run:fail("no further")
  end]]

  -- As an operator: takes up what was killed, and once it has failed has it taken back.
  local function drive(world, points, rb)
    local run = support.latest(world)
    local result
    if not run then
      result = support.run(world, rb, nil, points)
    elseif run.state == "running" then
      result = support.resume(world, run.id, nil, points)
    elseif run.state == "rolled_back" then
      return { state = run.state }
    else
      return support.resume(world, run.id, { rollback = true }, points)
    end
    if result and result.state == "failed" then return support.resume(world, result.run, { rollback = true }, points) end
    return result
  end

  it("takes back what was done, once, the last first", function()
    local found = holds({ book = BOOK, drive = drive })
    assert.equal("rolled_back", found.state, tostring(found.error))
    assert.same({ "update_instance_name", "restart_instance", "restart_instance", "update_instance_name" }, found.effects)
  end)

  -- The name is given back only where it was changed.
  local DONE = { update_instance_name = {}, restart_instance = { "update_instance_name", "update_instance_name" } }

  for _, op in ipairs({ "update_instance_name", "restart_instance" }) do
    it("takes back what was done before " .. op .. " was refused", function()
      local found = holds({ book = BOOK, drive = drive, world = { faults = { { op = "ddm." .. op, ["do"] = "refuse", status = 400,
        code = "DBS.280001", times = 9 } } } }, 4)
      assert.equal("rolled_back", found.state, tostring(found.error))
      assert.same(DONE[op], found.effects)
    end)

    for _, how in ipairs({ "reset_before", "reset_after", "late", "status" }) do
      it("takes all of it back when " .. op .. " ended in " .. how, function()
        local found = holds({ book = BOOK, drive = drive, world = { faults = { { op = "ddm." .. op, ["do"] = how, seconds = 90,
          status = how == "status" and 500 or nil } } } }, 10)
        assert.equal("rolled_back", found.state, tostring(found.error))
        assert.same({ "update_instance_name", "restart_instance", "restart_instance", "update_instance_name" }, found.effects)
      end)
    end
  end

  it("whose own change is cut off is not done twice", function()
    local found = holds({ book = BOOK, drive = drive, world = { faults = { { op = "ddm.update_instance_name", nth = 2,
      ["do"] = "reset_after" }, { op = "ddm.restart_instance", nth = 2, ["do"] = "reset_after" } } } }, 5)
    assert.same({ "update_instance_name", "restart_instance", "restart_instance", "update_instance_name" }, found.effects)
  end)

  it("takes back what may have happened where nothing tells and repeating does no harm", function()
    local node = require("hwdb.sim").new({}).state.rds.instances[1].id
    local body = ([[function(run, p)
      run:undo{ name = "the weights before", run = function()
        run.ddm:update_read_and_write_strategy{ instance_id = p.instance_id, read_weight = { ["NODE"] = 0 } }
      end }
      run.ddm:update_read_and_write_strategy{ instance_id = p.instance_id, read_weight = { ["NODE"] = 50 } }
    end]]):gsub("NODE", node)
    local rb = support.book(body)
    local whole, world = { seen = 0 }, support.world()
    assert.equal("done", support.run(world, rb, nil, whole).state)
    assert.same({ "update_read_and_write_strategy" }, support.ops(world))
    for kill = 1, whole.seen do
      local w = support.world()
      support.run(w, rb, nil, { seen = 0, kill = kill })
      local done = #support.ops(w)
      local run = support.latest(w)
      if run and run.state ~= "done" then
        assert.equal("rolled_back", support.resume(w, run.id, { rollback = true }).state)
        assert.is_true(done == 0 or #support.ops(w) == 2, "killed at " .. kill)
      end
      support.clean(w)
    end
    support.clean(world)
  end)
end)
