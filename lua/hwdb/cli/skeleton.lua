-- SPDX-License-Identifier: Apache-2.0
-- What `hwdb new` writes: a small runbook that works, and its spec. {{name}} in them becomes the runbook's.
local M = {}

M.RUNBOOK = [==[
-- {{name}}: gives a DDM instance another name.
-- A working example: put your own procedure in its place.
--
--   1. find        the instance, by its id or its name
--   2. preflight   everything an API can tell before anything is changed; what it cannot is listed for a person
--   3. rename      with the way back said first, and nothing sent if somebody else changes the instance meanwhile
--   4. verify      read back what was asked for
--
-- Each call is recorded before it is sent and when it was answered: killed anywhere, the run is taken up with
-- `hwdb resume` and does nothing twice. Time, chance and files come through `run` alone, so that a run can be replayed.

-- For people; each line is shown as one that no API can see.
local BY_HAND = { "whoever looks the instance up by its old name knows about the new one" }

---------------------------------------------------------------------------
-- 1. Reads are recorded too: after a kill they are not made again. Lists are read with each, page by page.

---@param run hwdb.Run an editor with the annotations of hwdb completes what it can do, and every operation's fields
local function find(run, p)
  local found, same_name = {}, {}
  for instance in run.ddm:each("list_instances") do
    if not p.instance or instance.id == p.instance or instance.name == p.instance then found[#found + 1] = instance end
    if instance.name == p.new_name then same_name[#same_name + 1] = instance.id end
  end
  if #found ~= 1 then
    run:fail(("%d instances are %s, one is needed"):format(#found, p.instance or "there"), "give instance=ID")
  end
  return found[1], same_name
end

---------------------------------------------------------------------------
-- 2. All checks are made before the first that fails ends the run. A question without a terminal ends it too, with
-- exit code 3, until `hwdb approve RUN` or accept="same name".

local function preflight(run, p, instance, same_name)
  run:preflight(function(check)
    check("instance running", instance.status == "RUNNING", ("%s is %s"):format(instance.name, instance.status))
    check("name not taken", #same_name == 0 or "warn", #same_name == 0 and "no instance is called " .. p.new_name
      or ("%s is called so"):format(table.concat(same_name, ", ")))
  end, BY_HAND)
  if #same_name > 0 and not run:ask{ name = "same name", question = "Two instances would have one name. Go on?" } then
    run:fail("stopped: the name is taken", "give another new_name; nothing has been changed")
  end
end

---------------------------------------------------------------------------
-- 3. The way back stands before the change: `hwdb cancel RUN --rollback` goes it.

local function rename(run, p, instance)
  local args = { instance_id = instance.id, name = p.new_name }
  run:guard{ op = "ddm.show_instance", args = { instance_id = instance.id }, fields = { "name", "status" } }
  run:undo{ name = "the old name", run = function()
    run.ddm:update_instance_name{ instance_id = instance.id, name = instance.name }
  end }
  local answer = run.ddm:update_instance_name(args)
  run:wait_for("ddm.update_instance_name", args, answer, p.minutes * 60)
end

---------------------------------------------------------------------------
-- 4. What was not read back is not known.

local function verify(run, p, instance)
  local now = run.ddm:show_instance{ instance_id = instance.id }
  if now.name ~= p.new_name then
    run:fail(("%s is called %s, not %s"):format(instance.id, now.name, p.new_name), "look who else changed it")
  end
  run:line("ok", ("%s is now called %s"):format(instance.id, now.name))
end

---------------------------------------------------------------------------

local function main(run, p)
  local instance, same_name = run:step("find", find, run, p)
  if instance.name == p.new_name then
    run:note(("%s is called %s already: nothing to do"):format(instance.id, p.new_name))
    return { instance_id = instance.id, changed = false }
  end
  run:step("preflight", preflight, run, p, instance, same_name)
  run:step("rename", rename, run, p, instance)
  run:step("verify", verify, run, p, instance)
  return { instance_id = instance.id, changed = true }
end

---@type hwdb.Runbook
return {
  name = "{{name}}",
  summary = "Gives a DDM instance another name",
  -- Types: string integer number boolean list choice time secret object objects.
  params = {
    { name = "instance", type = "string", help = "id or name of the instance; the only one unless given" },
    { name = "new_name", type = "string", default = "renamed-by-hwdb", help = "what it shall be called" },
    { name = "minutes", type = "integer", min = 1, max = 1440, default = 10, help = "how long to wait at most" },
  },
  -- `hwdb policy --check` compares them with what the calls need.
  permissions = { "ddm:instance:get", "ddm:instance:list", "ddm:instance:modify" },
  -- One run a target: who comes second is told who has it.
  targets = { "ddm/{instance}" },
  changes = "the name of one instance",
  costs = "nothing",
  undo = "hwdb cancel RUN --rollback gives the old name back",
  run = main,
}
]==]

M.SPEC = [==[
-- luacheck: std +busted
-- {{name}} on the simulator: with busted, Lua 5.4 and the module hwdb on its path.
local hwdb = require("hwdb")
local runbook = require("hwdb.runbook")
local simulator = require("hwdb.sim")
local stores = require("hwdb.runbook.store")

local SCRIPT = debug.getinfo(1, "S").source:match("^@(.*)_spec%.lua$") .. ".lua"

-- A cloud of its own for each test. Its time passes at once: nothing here waits.
local function world(options)
  local sim = simulator.new(options or {})
  return { sim = sim, client = assert(hwdb.client({ sim = sim })), store = stores.memory(),
    instance = sim.state.ddm.instances[1], lines = {} }
end

local function run(w, params, accept)
  local report = { line = function(_, kind, text) w.lines[#w.lines + 1] = kind .. " " .. text end }
  return runbook.run_file(SCRIPT, { client = w.client, sim = w.sim, store = w.store, params = params or {},
    accept = accept, report = report })
end

-- What the cloud was asked to change, in order.
local function effects(w)
  local ops = {}
  for i, effect in ipairs(w.sim:effects()) do ops[i] = effect.op end
  return ops
end

describe("{{name}}", function()
  it("renames the only instance", function()
    local w = world()
    local result = run(w, { new_name = "renamed" })
    assert.equal("done", result.status)
    assert.is_true(result.value.changed)
    assert.equal("renamed", w.instance.name)
    assert.same({ "update_instance_name" }, effects(w))
  end)

  it("changes nothing the second time", function()
    local w = world()
    run(w, { new_name = "renamed" })
    local result = run(w, { new_name = "renamed" })
    assert.equal("done", result.status)
    assert.is_false(result.value.changed)
    assert.same({ "update_instance_name" }, effects(w))
  end)

  it("stops at the preflight, with nothing changed, when the instance does not run", function()
    local w = world()
    w.instance.status = "RESTARTING"
    local result = run(w)
    assert.equal("failed", result.status)
    assert.matches("instance running", result.error.message, 1, true)
    assert.same({}, effects(w))
  end)

  it("stops when there is no such instance", function()
    local result = run(world(), { instance = "elsewhere" })
    assert.equal("0 instances are elsewhere, one is needed", result.error.message)
  end)

  it("does nothing twice when an answer is lost", function()
    local w = world({ faults = { { op = "ddm.update_instance_name", ["do"] = "reset_after" } } })
    assert.equal("done", run(w, { new_name = "renamed" }).status)
    assert.same({ "update_instance_name" }, effects(w))
  end)

  it("tells how the service refused it", function()
    local w = world({ faults = {
      { op = "ddm.update_instance_name", ["do"] = "refuse", status = 400, code = "DBS.280001" },
    } })
    local result = run(w, { new_name = "renamed" })
    assert.equal("failed", result.status)
    assert.equal("rename", result.step)
    assert.same({}, effects(w))
  end)
end)
]==]

return M
