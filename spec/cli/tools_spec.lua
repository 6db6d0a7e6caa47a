-- SPDX-License-Identifier: Apache-2.0
-- demo, doctor and check.
local cjson = require("cjson")
local cli = require("spec.support.cli")

describe("hwdb demo", function()
  teardown(cli.clean)

  it("runs the shard migration on the simulator and says what happened", function()
    local r = cli.run({ "demo", "--effects", cli.folder() .. "/effects" })
    assert.equal(0, r.code, r.err)
    for _, text in ipairs({ "==> precheck", "==> configure", "==> migrate", "==> switch", "==> verify",
      "What the cloud was asked to change", "Try next" }) do
      assert.truthy(r.out:find(text, 1, true), text)
    end
    local ops = {}
    for line in cli.read(cli.folder() .. "/effects"):gmatch("[^\n]+") do ops[#ops + 1] = cjson.decode(line).op end
    assert.same({ "precheck_shards", "configure_shards", "switch_route" }, ops)
  end)

  it("ends as the runbook ends when something goes wrong", function()
    local r = cli.run({ "demo", "--faults", cli.file("f", '{"op":"ddm.configure_shards","do":"job_failed"}') })
    assert.equal(1, r.code, r.out)
  end)
end)

describe("hwdb doctor", function()
  teardown(cli.clean)

  local function findings(args, env)
    local r = cli.run({ "doctor", "--json", table.unpack(args) }, { env = env })
    local by_check = {}
    for _, finding in ipairs(cjson.decode(r.out).findings) do by_check[finding.check] = finding end
    return by_check, r
  end

  it("finds a simulator in order, without showing a secret", function()
    local sim = cli.sim({ "--ak", "SIMAK-canary-last", "--sk", "canary-sk" })
    local env = cli.towards(sim, "SIMAK-canary-last", "canary-sk")
    env.https_proxy = "http://user:canary@proxy.example:3128"
    local by_check, r = findings({}, env)
    sim:signal("TERM")
    sim:wait()
    assert.equal("ok", by_check.credentials.status)
    assert.truthy(by_check.credentials.message:find("environment", 1, true))
    assert.truthy(by_check.credentials.message:find("last", 1, true))
    assert.equal("ok", by_check["read ddm"].status, by_check["read ddm"].message)
    assert.equal("ok", by_check.clock.status)
    assert.equal(sim.url, by_check["endpoint ddm"].message)
    assert.equal("http://***@proxy.example:3128 from https_proxy; loopback goes around it", by_check.proxy.message)
    assert.falsy((r.out .. r.err):find("canary-sk", 1, true))
    assert.falsy(r.out:find("user:canary", 1, true))
    assert.falsy(r.out:find("SIMAK-canary", 1, true))
  end)

  it("says what is missing, and ends with 1", function()
    local by_check, r = findings({}, {})
    assert.equal(1, r.code)
    assert.equal("bad", by_check.credentials.status)
    assert.equal("warn", by_check.region.status)
    assert.truthy(by_check.region.remedy:find("HUAWEICLOUD_SDK_REGION", 1, true))
    assert.is_nil(by_check["read ddm"])
  end)

  it("tells of half a pair, an unreachable host and a file that others can read", function()
    local by_check, r = findings({}, { HUAWEICLOUD_SDK_AK = "a" })
    assert.equal(1, r.code)
    assert.truthy(by_check.configuration.message:find("HUAWEICLOUD_SDK_AK", 1, true))
    by_check = findings({ "--region", "cn-north-4", "--project-id", "p" }, { HUAWEICLOUD_SDK_AK = "a", HUAWEICLOUD_SDK_SK = "b",
      HWDB_ENDPOINT_DDM = "http://127.0.0.1:1", HWDB_ENDPOINT_DWS = "http://127.0.0.1:1", HWDB_ENDPOINT_DBSS = "http://127.0.0.1:1",
      HWDB_ENDPOINT_IAM = "http://127.0.0.1:1" })
    assert.equal("bad", by_check["read ddm"].status)
    assert.truthy(by_check["read ddm"].remedy)
    local path = cli.file("credentials", "[basic]\nak = AKabcd\nsk = canary\n")
    os.execute("chmod 644 " .. path)
    local text = cli.run({ "doctor" }, { env = { HUAWEICLOUD_SDK_CREDENTIALS_FILE = path, HUAWEICLOUD_SDK_REGION = "cn-north-4",
      HWDB_ENDPOINT_DDM = "http://127.0.0.1:1", HWDB_ENDPOINT_DWS = "http://127.0.0.1:1", HWDB_ENDPOINT_DBSS = "http://127.0.0.1:1",
      HWDB_ENDPOINT_IAM = "http://127.0.0.1:1" } })
    assert.truthy(text.out:find("warn  credentials", 1, true), text.out)
    assert.falsy((text.out .. text.err):find("canary", 1, true))
  end)
end)

describe("hwdb check", function()
  teardown(cli.clean)

  it("finds nothing wrong with the shipped runbooks", function()
    for _, name in ipairs({ "ddm_shard_migration", "ddm_shard_clean" }) do
      local r = cli.run({ "check", name })
      assert.equal(0, r.code, r.out)
    end
  end)

  it("finds mistyped globals in branches never taken, and globals that a runbook sets", function()
    local path = cli.file("book.lua", [[
local function later() return tostrng(1) end
return { name = "b", summary = "s", params = {}, run = function(run)
  if later then count = 1 else run:note(os.time()) end
end }
]])
    local r = cli.run({ "check", path, "--json" })
    assert.equal(2, r.code)
    local result, at = cjson.decode(r.out), {}
    assert.equal("runbook", result.kind)
    for i, problem in ipairs(result.problems) do at[i] = ("%d: %s"):format(problem.line, problem.message) end
    assert.same({ "1: unknown global tostrng, did you mean tostring?", "3: global count is set: say local count",
      "3: os is not there in a runbook: use run:now() and run:sleep(seconds); take the rest as a parameter" }, at)
  end)

  it("knows the globals of plain scripts", function()
    assert.equal(0, cli.run({ "check", cli.file("ok.lua", "total = 1\nprint(total, hwdb.version, arg[1], os.time())") }).code)
    local r = cli.run({ "check", cli.file("bad.lua", "print(1)\nif arg[1] then prnt(2) end") })
    assert.equal(2, r.code)
    assert.truthy(r.out:find("bad.lua:2: unknown global prnt, did you mean print?", 1, true), r.out)
  end)

  it("names syntax errors, bad headers and missing files", function()
    assert.truthy(cli.run({ "check", cli.file("s.lua", "local = 1") }).err:find("s.lua:1:", 1, true))
    local r = cli.run({ "check", cli.file("h.lua", 'return { name = "b", params = {}, run = function() end }') })
    assert.equal(2, r.code)
    assert.truthy(r.out:find("summary is missing", 1, true), r.out)
    assert.equal(2, cli.run({ "check", "/nowhere.lua" }).code)
    assert.equal(2, cli.run({ "check", "nowhere" }).code)
    assert.equal(2, cli.run({ "check" }).code)
  end)
end)
