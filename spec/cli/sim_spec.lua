-- SPDX-License-Identifier: Apache-2.0
-- hwdb sim over real sockets: curl and hwdb itself as clients.
local cjson = require("cjson")
local cli = require("spec.support.cli")

local AK, SK = "SIMAK", "SIMSK-canary"
local KEYS = { "--ak", AK, "--sk", SK }

local function with_keys(...)
  local words = { ... }
  return table.move(KEYS, 1, #KEYS, #words + 1, words)
end

local function curl(words)
  local r = cli.shell("curl -sS -m 20 " .. words)
  r.status = tonumber(r.out:match("^HTTP/%d%.?%d* (%d+)"))
  return r
end

local function call(sim, args, options)
  options = options or {}
  options.env = options.env or cli.towards(sim, AK, SK)
  return cli.run({ "call", table.unpack(args) }, options)
end

describe("hwdb sim", function()
  local sim
  setup(function() sim = cli.sim(with_keys()) end)
  teardown(function()
    sim:signal("KILL")
    sim:wait()
    cli.clean()
  end)

  it("says in one line where it listens", function()
    assert.truthy(sim.ready:find("^hwdb sim: listening on http://127%.0%.0%.1:%d+ %(world default, project %x+%)$"), sim.ready)
  end)

  it("serves signed calls", function()
    local r = call(sim, { "ddm.list_instances", "--json" })
    assert.equal(0, r.code, r.err)
    assert.equal("ddm-orders", cjson.decode(r.out).instances[1].name)
  end)

  it("refuses a wrong secret key and an unknown access key", function()
    for _, pair in ipairs({ { AK, "wrong" }, { "OTHER", SK } }) do
      local env = cli.towards(sim, pair[1], pair[2])
      env.HUAWEICLOUD_SDK_PROJECT_ID = sim.project
      local r = call(sim, { "ddm.list_instances", "--json" }, { env = env })
      assert.equal(1, r.code)
      assert.equal("auth", cjson.decode(r.err).error.kind)
      assert.equal(401, cjson.decode(r.err).error.status)
    end
  end)

  it("answers unsigned requests and unknown paths as the gateway does", function()
    local r = curl("-i " .. sim.url .. "/v1/p/instances")
    assert.equal(401, r.status)
    assert.truthy(r.out:find('"error_code":"APIGW.0301"', 1, true))
    assert.truthy(r.out:lower():find("\nx%-request%-id: %x+"))
    assert.equal(404, curl("-i " .. sim.url .. "/no/such/path").status)
  end)

  it("sees the target as it went out", function()
    local r = curl(("-i --path-as-is '%s/v1/p/../instances%%2F?a=b+c'"):format(sim.url))
    assert.equal(404, r.status)
  end)

  it("keeps connections open between requests", function()
    local r = cli.shell(("curl -sSv -m 20 -o /dev/null -o /dev/null %s/a %s/b"):format(sim.url, sim.url))
    assert.truthy(r.err:find("Re-using existing connection", 1, true))
  end)

  it("refuses what is too large", function()
    local body = cli.file("large", ("x"):rep(14 << 20))
    local r = curl(("-i -X POST -H Expect: --data-binary @%s %s/v1/p/instances"):format(body, sim.url))
    assert.equal(413, r.status)
    r = curl(("-i -X POST --data-binary @%s %s/v1/p/instances"):format(cli.file("over", ("x"):rep((12 << 20) + 1)), sim.url))
    assert.truthy(r.out:find("HTTP/1.1 413", 1, true))
    local header = cli.file("header", "X-Long: " .. ("x"):rep(60000))
    r = curl(("-i -H @%s %s/v1/p/instances"):format(header, sim.url))
    assert.truthy(r.status == 431 or r.status == 413, r.out)
    local many = {}
    for i = 1, 100 do many[i] = ("-H 'X-%d: y'"):format(i) end
    assert.equal(431, curl("-i " .. table.concat(many, " ") .. " " .. sim.url .. "/").status)
  end)

  it("serves others while some never finish a request or never read", function()
    local holder = cli.process(([[
      for i in 1 2 3 4 5 6 7 8 9 10; do
        exec {slow}<>/dev/tcp/127.0.0.1/%s; printf 'GET /slow HTTP/1.1\r\nHost' >&$slow
        exec {deaf}<>/dev/tcp/127.0.0.1/%s; for n in $(seq 500); do printf 'GET /deaf HTTP/1.1\r\nHost: a\r\n\r\n'; done >&$deaf
      done
      echo held
      exec tail -f /dev/null]]):format(sim.port, sim.port))
    assert.equal("held", holder:line())
    assert.equal(0, call(sim, { "ddm.list_instances" }).code)
    holder:signal("KILL")
    holder:wait()
  end)

  it("finds the project by the region's name", function()
    local r = call(sim, { "iam.list_projects", "--json" })
    assert.equal(sim.project, cjson.decode(r.out).projects[1].id)
  end)

  it("tells the keys that it takes unless others are given", function()
    local r = cli.run({ "sim", "--show-keys" })
    local shown = cjson.decode(r.out)
    assert.equal(sim.project, shown.project_id)
    assert.same({ "operator", "root" }, { shown.user, shown.data_node_user })
    assert.truthy(shown.password and shown.data_node_password)
  end)

  it("makes raw calls", function()
    local r = call(sim, { "--raw", "get", "ddm:/v1/{project_id}/instances?limit=1", "--json" })
    assert.equal(0, r.code, r.err)
    assert.equal(1, #cjson.decode(r.out).instances)
    r = call(sim, { "--raw", "GET", sim.url .. "/v3/" .. sim.project .. "/instances/i/databases", "--json" })
    assert.equal(1, r.code)
  end)

  it("walks all pages", function()
    local r = call(sim, { "ddm.list_instances", "--all", "--json" })
    assert.equal(1, #cjson.decode(r.out))
  end)

  it("shows a list to people as a table", function()
    local r = call(sim, { "ddm.list_instances" })
    assert.truthy(r.out:find("\n  ID +NAME +STATUS"))
    assert.truthy(r.out:find("ddm%-orders +RUNNING"))
  end)
end)

describe("hwdb sim's end", function()
  teardown(cli.clean)

  it("comes with SIGTERM or SIGINT, without an answer outstanding, and is a success", function()
    for _, name in ipairs({ "TERM", "INT" }) do
      local sim = cli.sim()
      sim:signal(name)
      local code, rest = sim:wait()
      assert.equal(0, code)
      assert.equal("", rest)
    end
  end)

  it("comes with stalled answers as well", function()
    local faults = cli.file("stall", '{"op":"ddm.update_instance_name","do":"stall","seconds":600}\n')
    local effects = cli.effects()
    local sim = cli.sim(with_keys("--faults", faults, "--effects", effects.path))
    local env = cli.towards(sim, AK, SK)
    env.HUAWEICLOUD_SDK_PROJECT_ID = sim.project
    local id = cjson.decode(call(sim, { "ddm.list_instances", "--json" }, { env = env }).out).instances[1].id
    local client = cli.start({ "call", "ddm.update_instance_name", "instance_id=" .. id, "name=orders-b" }, { env = env })
    assert.truthy(effects:line():find('"op":"update_instance_name"', 1, true))
    sim:signal("TERM")
    assert.equal(0, (sim:wait()))
    assert.equal(3, (client:wait()))
    effects:close()
  end)
end)

describe("hwdb sim's faults and effects", function()
  teardown(cli.clean)

  local function project_of(sim)
    local env = cli.towards(sim, AK, SK)
    env.HUAWEICLOUD_SDK_PROJECT_ID = sim.project
    return env
  end

  it("break connections as asked; every accepted change is written down before its answer", function()
    local effects = cli.folder() .. "/effects"
    local faults = cli.file("faults", '# two of a kind\n{"op":"ddm.update_instance_name","nth":1,"do":"reset_before"}\n\n'
      .. '{"op":"ddm.update_instance_name","nth":2,"do":"reset_after"}\n')
    local sim = cli.sim(with_keys("--faults", faults, "--effects", effects))
    local env = project_of(sim)
    local id = cjson.decode(call(sim, { "ddm.list_instances", "--json" }, { env = env }).out).instances[1].id
    local function rename(name)
      return call(sim, { "ddm.update_instance_name", "instance_id=" .. id, "name=" .. name, "--json" }, { env = env })
    end
    local before = rename("orders-a")
    assert.equal(3, before.code)
    assert.is_true(cjson.decode(before.err).error.in_doubt)
    assert.equal("", cli.read(effects))
    assert.equal(3, rename("orders-b").code)
    local first = cjson.decode((cli.read(effects):match("^([^\n]+)\n$")))
    assert.equal("update_instance_name", first.op)
    assert.equal("ddm", first.service)
    assert.equal(id, first.target)
    assert.equal(1, first.seq)
    assert.equal(0, rename("orders-c").code)
    assert.equal(2, select(2, cli.read(effects):gsub("\n", "")))
    sim:signal("TERM")
    sim:wait()
  end)

  it("answer late, in pieces, with HTML, with nothing, with garbage", function()
    local list = {}
    for i, word in ipairs({ "stall", "dribble", "html", "empty", "garbage" }) do
      list[i] = ('{"op":"ddm.list_nodes","nth":%d,"do":"%s","seconds":0.1}'):format(i, word)
    end
    local sim = cli.sim(with_keys("--faults", cli.file("slow", table.concat(list, "\n"))))
    local env = project_of(sim)
    local id = cjson.decode(call(sim, { "ddm.list_instances", "--json" }, { env = env }).out).instances[1].id
    local args = { "ddm.list_nodes", "instance_id=" .. id, "--json" }
    local stalled, dribbled = call(sim, args, { env = env }), call(sim, args, { env = env })
    assert.equal(0, stalled.code, stalled.err)
    assert.equal(stalled.out, dribbled.out)
    args[#args + 1] = "--attempts=1"
    local html, empty, garbage = call(sim, args, { env = env }), call(sim, args, { env = env }), call(sim, args, { env = env })
    assert.equal("api", cjson.decode(html.err).error.kind)
    assert.equal("{}\n", empty.out)
    assert.equal("decode", cjson.decode(garbage.err).error.kind)
    assert.same({ 1, 0, 1 }, { html.code, empty.code, garbage.code })
    sim:signal("TERM")
    sim:wait()
  end)

  it("are refused when they make no sense, naming file and line", function()
    local function refused(text, message)
      local path = cli.file("bad", text)
      local r = cli.run({ "sim", "--listen", "127.0.0.1:0", "--faults", path })
      assert.equal(2, r.code)
      assert.equal("", r.out)
      assert.truthy(r.err:find(path, 1, true) and r.err:find(message, 1, true), r.err)
    end
    refused('{"op":"ddm.list_nodes","do":"stall"}\n{"op":"ddm.nope","do":"stall"}\n', "line 2: fault: no operation ddm.nope")
    refused('{"op":"*","do":"explode"}', "unknown do explode")
    refused("stall please", "line 1")
  end)
end)

describe("hwdb sim with TLS", function()
  local folder, sim
  setup(function()
    folder = cli.folder()
    assert(os.execute(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
      .. "-addext subjectAltName=IP:127.0.0.1 -keyout %s/key.pem -out %s/cert.pem 2>/dev/null"):format(folder, folder)))
    sim = cli.sim(with_keys("--tls-cert", folder .. "/cert.pem", "--tls-key", folder .. "/key.pem"))
  end)
  teardown(function()
    sim:signal("TERM")
    sim:wait()
    cli.clean()
  end)

  it("is trusted by --ca-file only", function()
    assert.truthy(sim.url:find("^https://"))
    local env = cli.towards(sim, AK, SK)
    local r = cli.run({ "call", "ddm.list_instances", "--ca-file", folder .. "/cert.pem" }, { env = env })
    assert.equal(0, r.code, r.err)
    r = cli.run({ "call", "ddm.list_instances", "--json" }, { env = env })
    assert.equal(1, r.code)
    assert.equal("transport", cjson.decode(r.err).error.kind)
    assert.truthy(r.err:lower():find("certificate", 1, true), r.err)
  end)

  it("is refused with a key or a certificate that is none", function()
    local bad = cli.file("bad.pem", "nonsense")
    local r = cli.run({ "sim", "--listen", "127.0.0.1:0", "--tls-cert", bad, "--tls-key", bad })
    assert.equal(2, r.code)
    assert.truthy(r.err:find("certificate and the key are PEM", 1, true), r.err)
  end)
end)

describe("hwdb sim's options", function()
  teardown(cli.clean)

  for name, case in pairs({
    ["an address that others can reach"] = { { "--listen", "0.0.0.0:0" }, "say --remote if that is meant" },
    ["an address that is none"] = { { "--listen", "nowhere:0" }, "nowhere is not an address" },
    ["a port that is none"] = { { "--listen", "127.0.0.1:99999" }, "--listen takes ADDRESS:PORT" },
    ["half a key pair"] = { { "--ak", "a" }, "--ak and --sk belong together" },
    ["half of TLS"] = { { "--tls-key", "a" }, "--tls-cert and --tls-key belong together" },
    ["a world that is none"] = { { "--world", "mars" }, "there is no world mars" },
    ["a scale that is none"] = { { "--time-scale", "fast" }, "--time-scale must be a number above zero" },
    ["a rate that is none"] = { { "--rate-limit", "0" }, "--rate-limit must be a whole number from 1" },
    ["effects that cannot be written"] = { { "--effects", "/nowhere/x" }, "cannot write the effects" },
    ["a stray word"] = { { "default" }, "sim takes options only, not default" },
  }) do
    it("refuse " .. name, function()
      local r = cli.run({ "sim", table.unpack(case[1]) })
      assert.equal(2, r.code)
      assert.equal("", r.out)
      assert.truthy(r.err:find(case[2], 1, true), r.err)
    end)
  end

  it("refuse a port that is taken", function()
    local sim = cli.sim()
    local r = cli.run({ "sim", "--listen", "127.0.0.1:" .. sim.port })
    assert.equal(2, r.code)
    assert.equal(("hwdb: cannot listen on 127.0.0.1, port %s: Address already in use\n"):format(sim.port), r.err)
    sim:signal("TERM")
    sim:wait()
  end)

  it("limit the rate with the gateway's words", function()
    local sim = cli.sim(with_keys("--rate-limit", "1"))
    local env = cli.towards(sim, AK, SK)
    env.HUAWEICLOUD_SDK_PROJECT_ID = sim.project
    local first = cjson.decode(cli.run({ "sign", "GET", sim.url .. "/v1/" .. sim.project .. "/instances" }, { env = env }).out)
    local headers = {}
    for name, value in pairs(first.headers) do headers[#headers + 1] = ("-H '%s: %s'"):format(name, value) end
    local words = ("-i %s %s/v1/%s/instances"):format(table.concat(headers, " "), sim.url, sim.project)
    assert.equal(200, curl(words).status)
    local r = curl(words)
    assert.equal(429, r.status)
    assert.truthy(r.out:find("APIGW.0308", 1, true))
    sim:signal("TERM")
    sim:wait()
  end)

  it("choose the world, and IPv6", function()
    local sim = cli.sim({ "--world", "empty" })
    assert.truthy(sim.ready:find("(world empty, ", 1, true))
    sim:signal("TERM")
    sim:wait()
    if cli.read("/proc/net/if_inet6") then
      local six = cli.start({ "sim", "--listen", "[::1]:0" })
      local line = six:line()
      if line then
        assert.truthy(line:find("listening on http://[::1]:", 1, true), line)
        six:signal("TERM")
      end
      six:wait()
    end
  end)
end)
