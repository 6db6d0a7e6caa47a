-- SPDX-License-Identifier: Apache-2.0
-- hwdb sim ctl, --control, --load, --dump-on-exit, --seed-from and hwdb inventory, as programs beside each other.
local cjson = require("cjson")
local cli = require("spec.support.cli")

local AK, SK = "CTLAK", "CTLSK-canary"

local function start(...)
  return cli.sim({ "--ak", AK, "--sk", SK, ... })
end

local function ask(sim, words, env)
  local all = { "sim", "ctl" }
  for _, word in ipairs(words) do all[#all + 1] = word end
  all[#all + 1] = "--url=" .. sim.url
  return cli.run(all, { env = env or { HUAWEICLOUD_SDK_AK = AK, HUAWEICLOUD_SDK_SK = SK } })
end

local function must(sim, words)
  local r = ask(sim, words)
  assert.equal(0, r.code, r.err)
  return r.out
end

local function call(sim, words)
  local all = { "call" }
  for _, word in ipairs(words) do all[#all + 1] = word end
  all[#all + 1] = "--json"
  local env = cli.towards(sim, AK, SK)
  env.HUAWEICLOUD_SDK_PROJECT_ID = sim.project
  return cli.run(all, { env = env })
end

local function first_instance(sim)
  return cjson.decode(call(sim, { "ddm.list_instances" }).out).instances[1]
end

local function stop(sim)
  sim:signal("TERM")
  assert.equal(0, (sim:wait()))
end

describe("hwdb sim ctl", function()
  local sim
  setup(function() sim = start("--control") end)
  teardown(function()
    stop(sim)
    cli.clean()
  end)

  it("shows how it stands", function()
    local status = cjson.decode(must(sim, { "status", "--json" }))
    assert.same({ "default", "cn-north-4", sim.project, 0, 1 },
      { status.world, status.region, status.project_id, status.effects, status.objects.ddm_instances })
    assert.truthy(must(sim, {}):find("^time +%d%d%d%d%-%d%d%-%d%dT"))
  end)

  it("moves the clock, and what falls due happens; later calls are signed as before", function()
    local id = first_instance(sim).id
    assert.equal(0, call(sim, { "ddm.restart_instance", "instance_id=" .. id, "restart:={}" }).code)
    local before = cjson.decode(must(sim, { "status", "--json" })).time
    local after = cjson.decode(must(sim, { "advance", "86400", "--json" })).time
    assert.is_true(after:sub(1, 10) > before:sub(1, 10))
    assert.equal("RUNNING", first_instance(sim).status)
  end)

  it("lists effects and requests as JSON lines, from a number on", function()
    local id = first_instance(sim).id
    for _, name in ipairs({ "ctl-a", "ctl-b" }) do
      assert.equal(0, call(sim, { "ddm.update_instance_name", "instance_id=" .. id, "name=" .. name }).code)
    end
    local lines = {}
    for line in must(sim, { "effects" }):gmatch("[^\n]+") do lines[#lines + 1] = cjson.decode(line) end
    assert.equal("update_instance_name", lines[#lines].op)
    local last = lines[#lines].seq
    assert.equal("", must(sim, { "effects", "--after", ("%d"):format(last) }))
    local one = must(sim, { "effects", "--after", ("%d"):format(last - 1) })
    assert.equal(last, cjson.decode(one).seq)
    assert.truthy(must(sim, { "requests" }):find('"op":"update_instance_name"', 1, true))
  end)

  it("sets faults, given as text or in a file", function()
    local fault = '{"op":"ddm.list_nodes","do":"refuse","status":503,"times":9}'
    assert.equal("set; 1 faults wait\n", must(sim, { "fault", fault }))
    assert.equal("set; 2 faults wait\n", must(sim, { "fault", "@" .. cli.file("fault", '{"op":"dws.list_clusters","do":"garbage"}') }))
    local r = call(sim, { "ddm.list_nodes", "instance_id=" .. first_instance(sim).id, "--attempts=1" })
    assert.equal(503, cjson.decode(r.err).error.status)
  end)

  it("says what is wrong with a fault, a step or a word", function()
    for _, case in ipairs({
      { { "fault", '{"op":"ddm.nope","do":"stall"}' }, 1, "no operation ddm.nope" },
      { { "fault", "stall" }, 2, "the fault is not a JSON object" },
      { { "fault", "7" }, 2, "the fault is not a JSON object" },
      { { "fault" }, 2, "fault takes one fault" },
      { { "advance", "-1" }, 2, "no option" },
      { { "advance", "soon" }, 2, "SECONDS must be a number" },
      { { "advance", "99999999999" }, 2, "SECONDS must be a number" },
      { { "advance" }, 2, "advance takes the SECONDS" },
      { { "advnce" }, 2, "did you mean advance?" },
      { { "status", "now" }, 2, "takes nothing more, not now" },
      { { "dump" }, 2, "dump takes the FILE" },
      { { "dump", "/nowhere/x" }, 2, "cannot write the dump" },
      { { "status", "--seed", "1" }, 2, "--seed is not for sim ctl" },
    }) do
      local r = ask(sim, case[1])
      assert.equal(case[2], r.code, r.err)
      assert.equal("", r.out)
      assert.truthy(r.err:find(case[3], 1, true), r.err)
    end
  end)

  it("is refused without the simulator's own key pair", function()
    for _, env in ipairs({ {}, { HUAWEICLOUD_SDK_AK = AK, HUAWEICLOUD_SDK_SK = "wrong" } }) do
      local r = ask(sim, { "status" }, env)
      assert.equal(1, r.code)
      assert.truthy(r.err:find("HTTP 401", 1, true), r.err)
    end
    for _, words in ipairs({ "", "-X POST -d '{\"seconds\":9}'" }) do
      local r = cli.shell(("curl -sS -m 20 -w '%%{http_code}' %s %s/.hwdb/%s"):format(words, sim.url, words == "" and "dump" or "advance"))
      assert.equal("401", r.out:sub(-3))
    end
  end)

  it("speaks to this machine only", function()
    local r = cli.run({ "sim", "ctl", "--url", "http://sim.example.com:8480" })
    assert.equal(2, r.code)
    assert.truthy(r.err:find("--url must name a simulator of this machine", 1, true))
  end)

  it("dumps to a file or stdout without keys", function()
    local path = cli.folder() .. "/dump.json"
    must(sim, { "dump", path })
    local text = cli.read(path)
    assert.equal("dump", cjson.decode(text).kind)
    assert.is_nil(text:find(SK, 1, true))
    assert.is_nil(cli.read(path .. ".part"))
    assert.equal("dump", cjson.decode(must(sim, { "dump", "-" })).kind)
  end)
end)

describe("hwdb sim without --control", function()
  teardown(cli.clean)

  it("has no control path", function()
    local sim = start()
    local r = ask(sim, { "status" })
    assert.equal(1, r.code)
    assert.truthy(r.err:find("start it with: hwdb sim --control", 1, true), r.err)
    stop(sim)
  end)

  it("takes --control on this machine only", function()
    local r = cli.run({ "sim", "--listen", "0.0.0.0:0", "--remote", "--control" })
    assert.equal(2, r.code)
    assert.truthy(r.err:find("does not go with --remote", 1, true), r.err)
    r = cli.run({ "sim", "--listen", "0.0.0.0:0", "--control" })
    assert.equal(2, r.code)
  end)

  it("has no use for what belongs to ctl", function()
    local r = cli.run({ "sim", "--url", "http://127.0.0.1:1" })
    assert.equal(2, r.code)
    assert.truthy(r.err:find("--url goes with sim ctl", 1, true))
  end)
end)

describe("hwdb sim's memory", function()
  teardown(cli.clean)

  it("is written at its end and taken up again", function()
    local path = cli.folder() .. "/state.json"
    for _, signal in ipairs({ "TERM", "INT" }) do
      local sim = start("--dump-on-exit", path)
      local instance = first_instance(sim)
      assert.equal(0, call(sim, { "ddm.update_instance_name", "instance_id=" .. instance.id, "name=kept-" .. signal:lower() }).code)
      sim:signal(signal)
      assert.equal(0, (sim:wait()))
      local again = start("--load", path)
      assert.equal(sim.project, again.project)
      assert.equal("kept-" .. signal:lower(), first_instance(again).name)
      stop(again)
      assert.truthy(cli.read(path):find('"op":"update_instance_name"', 1, true))
    end
  end)

  it("is not begun where it cannot be written or read", function()
    for _, case in ipairs({
      { { "--dump-on-exit", "/nowhere/x" }, "cannot write the dump" },
      { { "--load", "/nowhere/x" }, "cannot read the dump" },
      { { "--load", cli.file("none", "none") }, "it is not JSON" },
      { { "--seed-from", cli.file("list", "[]") }, "neither an inventory nor a dump" },
      { { "--load", cli.file("other", '{"hwdb":"account","format":1,"reads":[]}') }, "it holds no simulator's state" },
      { { "--load", "a", "--world", "empty" }, "--world, --load and --seed-from exclude each other" },
    }) do
      local r = cli.run({ "sim", "--listen", "127.0.0.1:0", table.unpack(case[1]) })
      assert.equal(2, r.code, r.err)
      assert.equal("", r.out)
      assert.truthy(r.err:find(case[2], 1, true), r.err)
    end
  end)
end)

describe("hwdb inventory", function()
  teardown(cli.clean)

  it("reads an account to a file; a simulator starts from it", function()
    local path = cli.folder() .. "/mine.json"
    local sim = start("--seed", "7", "--effects", cli.folder() .. "/effects")
    local env = cli.towards(sim, AK, SK)
    env.HWDB_ENDPOINT_RDS = sim.url
    local r = cli.run({ "inventory", "--pace", "0.001", "--attempts=1", "--output", path }, { env = env })
    assert.equal(0, r.code, r.err)
    assert.truthy(r.out:find("DDM instance +ddm%-orders"))
    assert.equal("", cli.read(cli.folder() .. "/effects"))
    stop(sim)
    assert.is_nil(cli.read(path):find(SK, 1, true))
    local wanted = cjson.decode(cli.read(path))
    assert.same({ "account", "inventory", sim.project }, { wanted.hwdb, wanted.kind, wanted.project_id })
    local seeded = start("--seed-from", path)
    assert.equal(sim.project, seeded.project)
    assert.equal(wanted.reads[1].op:match("^%l+%."), "rds.")
    assert.equal("ddm-orders", first_instance(seeded).name)
    stop(seeded)
    r = cli.run({ "call", "ddm.list_instances", "--sim", "--seed-from", path, "--json" })
    assert.equal("ddm-orders", cjson.decode(r.out).instances[1].name)
  end)

  it("shows JSON, or the objects, of the services that are asked for", function()
    local r = cli.run({ "inventory", "--sim", "--services", "ddm", "--json" })
    assert.equal(0, r.code)
    for _, read in ipairs(cjson.decode(r.out).reads) do assert.truthy(read.op:find("^ddm%.")) end
    r = cli.run({ "inventory", "--sim", "--services=dws" })
    assert.truthy(r.out:find("DWS cluster +dws%-orders"))
    assert.is_nil(r.out:find("ddm%-orders"))
  end)

  it("says what is wrong with its options", function()
    for _, case in ipairs({
      { { "--services", "ddn", "--sim" }, "inventory knows no service ddn, did you mean ddm?" },
      { { "--services", ",", "--sim" }, "--services names none" },
      { { "--format", "xml", "--sim" }, "--format is json or table, not xml" },
      { { "--json", "--format", "table", "--sim" }, "exclude each other" },
      { { "--output", "/nowhere/x", "--sim" }, "cannot write the inventory" },
      { { "all", "--sim" }, "takes options only, not all" },
      { { "--seed-from", "x" }, "--seed-from shapes the simulator" },
      { {}, "" },
    }) do
      local r = cli.run({ "inventory", table.unpack(case[1]) })
      assert.equal(2, r.code, r.err)
      assert.truthy(r.err:find(case[2], 1, true), r.err)
    end
  end)
end)
