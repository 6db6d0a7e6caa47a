-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")
local simulator = require("hwdb.sim")

local function header(response, name)
  for _, pair in ipairs(response.headers) do
    if pair[1] == name then return pair[2] end
  end
end

local function login(sim, password)
  return { method = "POST", target = "/v3/auth/tokens", headers = { { "Content-Type", "application/json" } },
    body = core.encode({ auth = { identity = { methods = core.array({ "password" }), password = { user = {
      name = "operator", password = password, domain = { name = "simulated" } } } },
      scope = { project = { name = sim.region } } } }) }
end

local function with_token(target, token)
  return { method = "GET", target = target, headers = { { "X-Auth-Token", token } } }
end

describe("the simulated gateway", function()
  it("answers a path no row has with its own 404", function()
    local c = caller.new()
    local status, body, response = c:call("GET", "/v1/{p}/nothing")
    assert.equal(404, status)
    assert.same({ error_code = "APIGW.0101", request_id = header(response, "X-Request-Id"),
      error_msg = "The API does not exist or has not been published in the environment" }, body)
  end)

  it("answers another method of a known path likewise", function()
    assert.equal(404, (caller.new():call("DELETE", "/v1/{p}/instances")))
  end)

  it("gives every answer a request id and the date of its clock", function()
    local c = caller.new()
    local _, _, first = c:call("GET", "/v1/{p}/instances")
    local _, _, second = c:call("GET", "/v1/{p}/instances")
    assert.matches("^%x+$", header(first, "X-Request-Id"))
    assert.equal(32, #header(first, "X-Request-Id"))
    assert.not_equal(header(first, "X-Request-Id"), header(second, "X-Request-Id"))
    assert.equal("Thu, 01 Jan 2026 08:00:00 GMT", header(first, "Date"))
    assert.equal("application/json", header(first, "Content-Type"))
  end)

  it("refuses who gives neither signature nor token", function()
    local sim = simulator.new()
    local response = sim:handle({ method = "GET", target = "/v1/" .. sim.project_id .. "/instances", headers = {} })
    assert.equal(401, response.status)
    assert.same({ "APIGW.0301", "Incorrect IAM authentication information: x-auth-token not found" },
      { core.decode(response.body).error_code, core.decode(response.body).error_msg })
  end)

  it("refuses a wrong key and a changed body with 401", function()
    local c = caller.new()
    local status, body = c:call("GET", "/v1/{p}/instances", nil, { sk = "wrong" })
    assert.equal(401, status)
    assert.matches("verify aksk signature fail, canonicalRequest:GET|/v1/", body.error_msg, 1, true)
    local request = c:request("PUT", "/v1/{p}/instances/{i}/modify-name", { name = "ddm-other" })
    request.body = request.body:gsub("other", "0ther")
    assert.equal(401, c.sim:handle(request).status)
    assert.equal("ddm-orders", c.sim.state.ddm.instances[1].name)
  end)

  it("refuses an old signature", function()
    local c = caller.new()
    local status, body = c:call("GET", "/v1/{p}/instances", nil, { date = "20260101T074459Z" })
    assert.equal(401, status)
    assert.equal("Incorrect IAM authentication information: signature expired, signature time:20260101T074459Z, "
      .. "server time:20260101T080000Z", body.error_msg)
  end)

  it("accepts several keys", function()
    local c = caller.new({ keys = { { ak = "A1", sk = "s1" }, { ak = "A2", sk = "s2" } } })
    assert.equal("A1", c.sim.ak)
    assert.equal(200, (c:call("GET", "/v1/{p}/instances")))
    assert.equal(200, (c:call("GET", "/v1/{p}/instances", nil, { ak = "A2", sk = "s2" })))
    assert.equal(401, (c:call("GET", "/v1/{p}/instances", nil, { ak = "A1", sk = "s2" })))
  end)

  it("gives a token for a day and refuses it afterwards", function()
    local sim = simulator.new()
    local response = sim:handle(login(sim, sim.data_node_password))
    assert.equal(201, response.status)
    local token = header(response, "X-Subject-Token")
    local body = core.decode(response.body)
    assert.equal("2026-01-02T08:00:00.000000Z", body.token.expires_at)
    assert.same({ id = sim.project_id, name = "cn-north-4" },
      { id = body.token.project.id, name = body.token.project.name })
    local list = with_token("/v1/" .. sim.project_id .. "/instances", token)
    sim:advance(86399)
    assert.equal(200, sim:handle(list).status)
    sim:advance(1)
    assert.equal(401, sim:handle(list).status)
    assert.equal(401, sim:handle(with_token(list.target, "no-token")).status)
  end)

  it("refuses a wrong password in IAM's own form", function()
    local sim = simulator.new()
    local response = sim:handle(login(sim, "Wrong-1!"))
    assert.equal(401, response.status)
    assert.same({ error = { code = 401, title = "Unauthorized", message = "The username or password is wrong." } },
      core.decode(response.body))
  end)

  it("finds a project by its name", function()
    local c = caller.new()
    local found = c:must("GET", "/v3/projects?name=cn-north-4")
    assert.equal(c.sim.project_id, found.projects[1].id)
    assert.same({}, c:must("GET", "/v3/projects?name=elsewhere").projects)
  end)

  it("refuses another account's project", function()
    local status, body = caller.new():call("GET", "/v1/0123456789abcdef0123456789abcdef/instances")
    assert.equal(403, status)
    assert.equal("APIGW.0302", body.error_code)
  end)

  it("refuses a token of another project", function()
    local sim = simulator.new({ world = "documents" })
    local token = header(sim:handle(login(sim, "Simulated-1!")), "X-Subject-Token")
    local path = "/v1/%s/instances"
    assert.equal(200, sim:handle(with_token(path:format(sim.project_id), token)).status)
    assert.equal(403, sim:handle(with_token(path:format(sim.state.iam.projects[2].id), token)).status)
  end)

  it("takes a body of 12 MB and no more", function()
    local c = caller.new()
    local function post(size)
      return c.sim:handle({ method = "POST", target = c:path("/v1/{p}/instances"), headers = {}, body = (" "):rep(size) })
    end
    assert.equal(401, post(12 * 1024 * 1024).status)
    assert.equal(413, post(12 * 1024 * 1024 + 1).status)
  end)

  it("throttles by the minute and says so in the message", function()
    local c = caller.new({ rate_limit = 2 })
    assert.equal(200, (c:call("GET", "/v1/{p}/instances")))
    assert.equal(200, (c:call("GET", "/v1/{p}/instances")))
    local status, body = c:call("GET", "/v1/{p}/instances")
    assert.equal(429, status)
    assert.equal("APIGW.0308", body.error_code)
    assert.equal("The throttling threshold has been reached: policy user over ratelimit,limit:2,time:1 minute",
      body.error_msg)
    c.sim:advance(60)
    assert.equal(200, (c:call("GET", "/v1/{p}/instances")))
  end)

  it("knows the service by a first segment or by the host", function()
    local c = caller.new()
    assert.equal(1, c:must("GET", "/ddm/v1/{p}/instances").instance_num)
    assert.equal(404, (c:call("GET", "/dbss/v1/{p}/instances")))
    assert.equal(200, (c:call("GET", "/v1/{p}/instances", nil, { host = "ddm.cn-north-4.myhuaweicloud.com" })))
    assert.equal(404, (c:call("GET", "/v1/{p}/instances", nil, { host = "dws.cn-north-4.myhuaweicloud.com" })))
  end)

  it("says what it does not model, and never makes an answer up", function()
    local services = require("hwdb.sim.services")
    for _, row in ipairs(core.rows()) do
      local op = row.service .. "." .. row.name
      if not services.operations[op] then
        local c = caller.new()
        local path = "/" .. row.service .. row.path:gsub("{project_id}", c.sim.project_id):gsub("{.-}", "none")
        local status, body = c:call(row.method, path)
        assert.same({ 501, "The simulator has no model of " .. op .. " yet" }, { status, body.error_msg })
        return
      end
    end
  end)

  it("needs no login for the API versions", function()
    local response = simulator.new():handle({ method = "GET", target = "/", headers = {} })
    assert.equal(200, response.status)
    assert.same({ "v3", "v1" }, { core.decode(response.body).versions[1].id, core.decode(response.body).versions[2].id })
  end)

  it("answers parameter errors in the form of the service and version", function()
    local c = caller.new()
    local status, body = c:call("GET", "/v1/{p}/instances?limit=129")
    assert.equal(400, status)
    assert.same({ errCode = "DBS.280001", externalMessage = "Parameter error." }, body)
    status, body = c:call("GET", "/v3/{p}/jobs?limit=x")
    assert.equal(400, status)
    assert.same({ error_code = "DBS.280001", error_msg = "Parameter error." }, body)
    assert.same({ 400, "DBS.280001" }, { c:refused("PUT", "/v1/{p}/instances/{i}/modify-name", "{\"name\":") })
    assert.same({ 400, "DBS.280001" }, { c:refused("PUT", "/v1/{p}/instances/{i}/modify-name", "[1]") })
    local requests = c.sim:requests()
    assert.equal("body", requests[#requests].problems[1].path)
  end)

  it("refuses options that make no sense", function()
    assert.error_matches(function() simulator.new({ world = "flat" }) end, "no world flat")
    assert.error_matches(function() simulator.new({ clock = "wall" }) end, "clock is virtual or real")
    assert.error_matches(function() simulator.new({ readings = { nonsense = 1 } }) end, "no reading nonsense")
    assert.error_matches(function() simulator.new({ worlds = "default" }) end, "no option worlds")
    assert.error_matches(function() simulator.new({ precheck = { storag = "WARN" } }) end, "no precheck item storag")
    assert.error_matches(function() simulator.new({ time_scale = 0 }) end, "time_scale must be a number above 0")
  end)
end)
