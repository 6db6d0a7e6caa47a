-- SPDX-License-Identifier: Apache-2.0
-- Ctrl-C: the first sends nothing new and lets a change in flight finish, the second gives it up.
local cjson = require("cjson")
local cli = require("spec.support.cli")

local AK, SK = "SIMAK", "SIMSK"

-- A simulator that does the change at once and answers it late, or when the spec lets it.
local function stalled(seconds)
  local faults = cli.file("stall", ('{"op":"ddm.update_instance_name","do":"stall","seconds":%s}\n'):format(seconds))
  local effects = cli.effects()
  local sim = cli.sim({ "--ak", AK, "--sk", SK, "--faults", faults, "--effects", effects.path })
  local env = cli.towards(sim, AK, SK)
  env.HUAWEICLOUD_SDK_PROJECT_ID = sim.project
  local list = cli.run({ "call", "ddm.list_instances", "--json" }, { env = env })
  return sim, effects, env, cjson.decode(list.out).instances[1].id
end

-- stderr of a program, line by line.
local function listen()
  local path = cli.folder() .. "/err.fifo"
  assert(os.execute("rm -f " .. path .. " && mkfifo " .. path))
  return path, assert(io.popen("exec cat " .. path))
end

-- Interrupts and waits until the program has noticed.
local function interrupt(process, err, text)
  process:signal("INT")
  repeat
    local line = assert(err:read("l"))
  until line:find(text, 1, true)
end

local function ended(sim, effects)
  sim:signal("TERM")
  sim:wait()
  effects:close()
end

local TWICE = [[
local client = assert(hwdb.client())
local id = arg[1]
local first = { client.ddm:update_instance_name{ instance_id = id, name = "orders-b" } }
io.write(first[1] and "first done\n" or "first: " .. tostring(first[2]) .. "\n")
local body, err = client.ddm:update_instance_name{ instance_id = id, name = "orders-c" }
if not body then error(err, 0) end
]]

describe("Ctrl-C", function()
  teardown(cli.clean)

  it("lets a change in flight finish and sends nothing after it", function()
    local sim, effects, env, id = stalled("1")
    local path, err = listen()
    local run = cli.start({ "run", cli.file("twice.lua", TWICE), id }, { env = env, err = path })
    assert.truthy(effects:line():find('"update_instance_name"', 1, true))
    interrupt(run, err, "hwdb: interrupted: nothing new is sent")
    local code, out = run:wait()
    assert.equal(130, code)
    assert.equal("first done\n", out)
    assert.truthy(err:read("a"):find("hwdb: ", 1, true))
    err:close()
    ended(sim, effects)
  end)

  it("twice gives the change up and says that its outcome is unknown", function()
    local sim, effects, env, id = stalled("600")
    local path, err = listen()
    local call = cli.start({ "call", "ddm.update_instance_name", "instance_id=" .. id, "name=orders-b", "--json" },
      { env = env, err = path })
    assert.truthy(effects:line())
    interrupt(call, err, "hwdb: interrupted: nothing new is sent")
    interrupt(call, err, "hwdb: interrupted again")
    local code, out = call:wait()
    local text = err:read("a")
    err:close()
    ended(sim, effects)
    assert.equal("", out)
    assert.equal(130, code, text)
    local told = cjson.decode(text).error
    assert.equal("cancelled", told.kind)
    assert.is_true(told.in_doubt)
  end)

  it("ends a read at once", function()
    local faults = cli.file("stall", '{"op":"ddm.list_nodes","do":"stall","seconds":600}\n')
    local sim = cli.sim({ "--ak", AK, "--sk", SK, "--faults", faults })
    local env = cli.towards(sim, AK, SK)
    env.HUAWEICLOUD_SDK_PROJECT_ID = sim.project
    local id = cjson.decode(cli.run({ "call", "ddm.list_instances", "--json" }, { env = env }).out).instances[1].id
    local script = cli.file("read.lua", [[
      local client = assert(hwdb.client())
      io.write("ready\n") io.flush()
      local body, err = client.ddm:list_nodes{ instance_id = arg[1] }
      if not body then error(err, 0) end]])
    local run = cli.start({ "run", script, id }, { env = env })
    assert.equal("ready", run:line())
    run:signal("INT")
    assert.equal(130, (run:wait()))
    sim:signal("TERM")
    sim:wait()
  end)

  it("ends a loop that looks at nothing when it comes a third time", function()
    local path, err = listen()
    local run = cli.start({ "run", cli.file("loop.lua", 'io.write("looping\\n") io.flush() while true do end') }, { err = path })
    assert.equal("looping", run:line())
    interrupt(run, err, "hwdb: interrupted: nothing new is sent")
    interrupt(run, err, "hwdb: interrupted again")
    run:signal("INT")
    assert.equal(130, (run:wait()))
    err:close()
  end)
end)
