-- SPDX-License-Identifier: Apache-2.0
-- The proofs prove something: with a guard of the engine taken away, one of them fails. And what a bad disk does.
local core = require("hwdb.core")
local canonical = require("hwdb.runbook.canonical")
local doubt = require("hwdb.runbook.doubt")
local journals = require("hwdb.runbook.journal")
local locks = require("hwdb.runbook.locks")
local support = require("spec.durable.support")
local vfs = require("vfs")

local RESTART = [[function(run, p)
  local args = { instance_id = p.instance_id, restart = { type = "soft" } }
  run:wait_for("ddm.restart_instance", args, run.ddm:restart_instance(args))
  run:record("restarted", true)
end]]

-- Replaces a member while fn runs.
local function with(module, name, replacement, fn)
  local whole = module[name]
  module[name] = replacement(whole)
  local ok, err = pcall(fn)
  module[name] = whole
  if not ok then error(err, 0) end
end

local function killed()
  return #support.sweep({ book = RESTART }).violations
end

-- The effect takes place, its answer is lost, and the probe has to tell.
local function cut_off()
  return #support.sweep({ book = RESTART, world = { faults = { { op = "ddm.restart_instance", ["do"] = "reset_after" } } } },
    4).violations
end

local function raced()
  local world = support.world()
  local other = assert(core.store(world.folder .. "/hwdb"))
  other:lock("ddm/" .. world.instance.id, { run = "another", operator = "alice", host = "h", pid = 1, since = 0 })
  local result = support.run(world, support.book(RESTART))
  other:close()
  support.clean(world)
  return result.error and result.error.kind == "locked" and 0 or 1
end

local function edited()
  local world = support.world()
  local body = [[function(run, p)
    run.ddm:update_instance_name{ instance_id = p.instance_id, name = "%s" }
    run:ask{ name = "go", question = "Go?" }
  end]]
  local result = support.run(world, support.book(body:format("one")))
  local again = support.resume(world, result.run, { accept = { "go" }, script = support.book(body:format("two")).source })
  support.clean(world)
  return again.error and again.error.kind == "replay" and 0 or 1
end

local SEEDED = {
  { "intent", killed, function(proof, found)
    with(journals, "open", function(open)
      return function(...)
        local journal = open(...)
        local write = journal.write
        journal.write = function(self, place, phase, ...)
          if phase ~= "intent" then return write(self, place, phase, ...) end
        end
        return journal
      end
    end, function() found(proof()) end)
  end },
  { "fsync", killed, function(proof, found)
    with(support, "without_sync", function() return true end, function() found(proof()) end)
  end },
  { "probe", cut_off, function(proof, found)
    with(doubt, "resolve", function() return function() return "undone" end end, function() found(proof()) end)
  end },
  { "lock", raced, function(proof, found)
    with(locks, "take", function() return function() end end, function() found(proof()) end)
  end },
  { "argument hash", edited, function(proof, found)
    with(canonical, "identity", function(identity)
      return function(...)
        local id = identity(...)
        id.hash = "the same"
        return id
      end
    end, function() found(proof()) end)
  end },
}

describe("the proofs", function()
  it("hold with every guard in place, and fail without any one of them", function()
    local caught = 0
    for _, seeded in ipairs(SEEDED) do
      local name, proof, apply = table.unpack(seeded)
      assert.equal(0, proof(), name .. ": holds as it is")
      apply(proof, function(violations)
        assert.is_true(violations > 0, name .. " was taken away and nothing noticed")
        caught = caught + 1
      end)
    end
    print(("%d of %d seeded faults caught"):format(caught, #SEEDED))
    assert.equal(#SEEDED, caught)
  end)
end)

describe("a disk", function()
  before_each(vfs.reset)
  after_each(vfs.reset)

  local function troubled(trouble)
    local rb, points, refused = support.book(RESTART), 0, 0
    while true do
      local world = support.world()
      trouble.nth = points + 1
      vfs.at(trouble)
      local ok, result = pcall(support.run, world, rb)
      local met = vfs.came()
      vfs.reset()
      if met and ok and result and result.error then
        refused = refused + 1
        local kind = result.error.kind
        assert.is_true(kind == "journal" or kind == "usage", tostring(result.error))
      end
      for _ = 1, 3 do
        local ended = support.go_on(world, rb)
        if ended and ended.state == "done" then break end
      end
      assert.same({ "restart_instance" }, support.ops(world), trouble.what .. " at " .. points + 1)
      support.clean(world)
      if not met then break end
      points = points + 1
    end
    assert.is_true(points > 20)
    print(("%s: %d points, %d runs refused, 0 violations"):format(trouble.what, points, refused))
  end

  it("that is full lets no change leave unrecorded, and the run goes on when there is room", function()
    troubled({ what = "full", on = "write", stays = true })
  end)

  it("that fails to sync does neither", function()
    troubled({ what = "io", on = "sync", stays = true })
  end)
end)
