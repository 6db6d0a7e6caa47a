-- SPDX-License-Identifier: Apache-2.0
-- Who calls: IAM login and its renewal, the project by name, and what a 401 leads to. On a virtual clock where time
-- matters, over sockets where calls are in flight at the same time.
local core = require("hwdb.core")
local hwdb = require("hwdb")
local Server = require("spec.support.server")
local Stub = require("spec.support.stub")

local DAY = 24 * 3600
local OK = { json = { total_record = 0 } }
local LOGIN = { ak = false, sk = false, project_id = false, user = "u-spec", password = "pw-canary-3", domain_name = "d-spec" }

local function at(ms) return os.date("!%Y-%m-%dT%H:%M:%S.000000Z", ms // 1000) end

local function login_answer(token, expires, project)
  return { status = 201, headers = { { "X-Subject-Token", token } },
    json = { token = { expires_at = expires, project = { id = project or "0p-login", name = "cn-north-4" } } } }
end

-- Gives token-1, token-2 … for a day each; other requests are answered by `others`.
local function iam(others)
  local count = 0
  return Stub.new({ function(request, stub)
    if request.target ~= "/v3/auth/tokens" then return others(request, stub) end
    count = count + 1
    return login_answer("token-" .. count, at(stub.time + DAY * 1000))
  end })
end

local function tokens(stub)
  local list = {}
  for i, request in ipairs(stub.requests) do
    list[i] = request.target == "/v3/auth/tokens" and "login" or request.named["X-Auth-Token"]
  end
  return list
end

local function list(client, args) return client.ddm:list_instances(args or {}) end

describe("a login at IAM", function()
  it("asks for a token of the region's project, and calls bear the token instead of a signature", function()
    local stub = iam(function() return OK end)
    local client = stub:client(LOGIN)
    assert(list(client))
    assert(list(client))
    local login, call = stub.requests[1], stub.requests[2]
    assert.same({ "POST /v3/auth/tokens", "GET /v1/0p-login/instances", "GET /v1/0p-login/instances" }, stub:lines())
    assert.equal('{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"u-spec","password":"pw-canary-3",' ..
      '"domain":{"name":"d-spec"}}}},"scope":{"project":{"name":"cn-north-4"}}}}', login.body)
    assert.is_nil(login.named.Authorization)
    assert.is_nil(login.named["X-Auth-Token"])
    assert.is_nil(call.named.Authorization)
    assert.same({ "token-1", "0p-login" }, { call.named["X-Auth-Token"], call.named["X-Project-Id"] })
  end)

  it("names the project when one is given, by id or by name", function()
    local function scope(options)
      for key, value in pairs(LOGIN) do if options[key] == nil then options[key] = value end end
      local stub = iam(function() return OK end)
      assert(list(stub:client(options)))
      return core.decode(stub.requests[1].body).auth.scope.project
    end
    assert.same({ id = "0p-given" }, scope({ project_id = "0p-given" }))
    assert.same({ name = "cn-north-4_extra" }, scope({ project_name = "cn-north-4_extra" }))
  end)

  it("is made once for many calls at the same time", function()
    local server <close> = Server.start({
      { on = "POST /v3/auth/tokens", status = 201, headers = { { "X-Subject-Token", "token-1" } },
        json = { token = { expires_at = "2099-01-01T00:00:00Z", project = { id = "0p-login" } } } },
      { json = {}, times = 40, hold = 41 },
    })
    local client = server:client(LOGIN)
    local calls = {}
    for i = 1, 40 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
    for _, result in ipairs(hwdb.gather(calls)) do assert(result[1], tostring(result[2])) end
    local requests = server:requests()
    assert.equal(41, #requests)
    assert.equal("POST /v3/auth/tokens HTTP/1.1", requests[1].line)
    for i = 2, 41 do assert.equal("token-1", Server.header(requests[i], "X-Auth-Token")) end
  end)

  it("is renewed before it ends, while its token still serves", function()
    local stub = iam(function() return OK end)
    local client = stub:client(LOGIN)
    assert(list(client))
    client:sleep(DAY - 301)
    assert(list(client))
    assert.same({ "login", "token-1", "token-1" }, tokens(stub))
    client:sleep(2)
    assert(list(client))
    assert(list(client))
    assert.same({ "login", "token-1", "token-1", "login", "token-1", "token-2" }, tokens(stub))
  end)

  it("is made anew when it has ended", function()
    local stub = iam(function() return OK end)
    local client = stub:client(LOGIN)
    assert(list(client))
    client:sleep(DAY + 1)
    assert(list(client))
    assert.same({ "login", "token-1", "login", "token-2" }, tokens(stub))
  end)

  it("is made anew once when its token is refused", function()
    local refused = { status = 401, json = { error_code = "APIGW.0301", error_msg = "Incorrect IAM authentication information: decrypt token fail" } }
    local stub = iam(function(request) return request.named["X-Auth-Token"] == "token-1" and refused or OK end)
    local _, info = assert(list(stub:client(LOGIN)))
    assert.equal(2, info.attempts)
    assert.same({ "login", "token-1", "login", "token-2" }, tokens(stub))
  end)

  it("refused again ends the call", function()
    local stub = iam(function() return { status = 401, json = { error_code = "APIGW.0301", error_msg = "decrypt token fail" } } end)
    local body, err = list(stub:client(LOGIN))
    assert.is_nil(body)
    assert.same({ "auth", 401, "APIGW.0301", 2, false }, { err.kind, err.status, err.code, err.attempts, err.in_doubt })
    assert.same({ "login", "token-1", "login", "token-2" }, tokens(stub))
  end)

  it("is made anew once by many calls whose token is refused", function()
    local function token(n)
      return { on = "POST /v3/auth/tokens", status = 201, headers = { { "X-Subject-Token", "token-" .. n } },
        json = { token = { expires_at = "2099-01-01T00:00:00Z", project = { id = "0p-login" } } } }
    end
    local server <close> = Server.start({ token(1), token(2), token(3),
      { on = "X-Auth-Token: token-1", times = 20, hold = 21, status = 401, json = { error_code = "APIGW.0301", error_msg = "decrypt token fail" } },
      { on = "X-Auth-Token: token-2", times = 20, json = {} } })
    local client = server:client(LOGIN)
    local calls = {}
    for i = 1, 20 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
    for _, result in ipairs(hwdb.gather(calls)) do assert(result[1], tostring(result[2])) end
    local logins = 0
    for _, line in ipairs(server:lines()) do logins = logins + (line == "POST /v3/auth/tokens" and 1 or 0) end
    assert.same({ 2, 42 }, { logins, #server:requests() })
  end)

  it("that fails ends every call that waits for it, each with the reason", function()
    local server <close> = Server.start({ { on = "POST /v3/auth/tokens", status = 401, headers = { { "X-Request-Id", "r-401" } },
      json = { error = { code = 401, title = "Unauthorized", message = "The username or password is wrong." } } } })
    local client = server:client(LOGIN)
    local calls = {}
    for i = 1, 10 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
    for i, result in ipairs(hwdb.gather(calls)) do
      local err = result[2]
      assert.is_nil(result[1])
      assert.same({ "auth", 401, "The username or password is wrong.", "r-401", 0, "ddm.list_instances" },
        { err.kind, err.status, err.message, err.request_id, err.attempts, err.operation }, i)
      assert.equal("IAM refuses the login. Check user, password and account (domain_name), and that the user may use "
        .. "programmatic access.", err.remedy)
    end
    assert.same({ "POST /v3/auth/tokens" }, server:lines())
  end)

  it("without a token in its answer is refused", function()
    local stub = Stub.new({ { status = 201, json = { token = { expires_at = "2099-01-01T00:00:00Z" } } } })
    local body, err = list(stub:client(LOGIN))
    assert.is_nil(body)
    assert.same({ "auth", "IAM answered the login without an X-Subject-Token header" }, { err.kind, err.message })
  end)

  it("without an account is not tried", function()
    local stub = Stub.new({ OK })
    local body, err = list(stub:client({ ak = false, sk = false, user = "u", password = "p" }))
    assert.is_nil(body)
    assert.equal("auth", err.kind)
    assert.truthy(err.remedy:find("domain_name", 1, true), err.remedy)
    assert.equal(0, #stub.requests)
  end)
end)

describe("no credentials at all", function()
  it("are told by the first call, which is not sent", function()
    local stub = Stub.new({ OK })
    local body, err = list(stub:client({ ak = false, sk = false }))
    assert.is_nil(body)
    assert.same({ "auth", 0 }, { err.kind, err.attempts })
    assert.truthy(err.message:find("no credentials were found", 1, true), err.message)
    assert.truthy(err.remedy:find("HUAWEICLOUD_SDK_AK", 1, true), err.remedy)
    assert.equal(0, #stub.requests)
  end)
end)

describe("the project's id", function()
  local function projects(...)
    local found = {}
    for i, pair in ipairs({ ... }) do found[i] = { id = pair[1], name = pair[2] } end
    return { json = { projects = core.array(found) } }
  end

  local function looked_up(answer, options)
    local stub = Stub.new({ function(request) return request.target:find("^/v3/projects") and answer or OK end })
    local given = { project_id = false }
    for key, value in pairs(options or {}) do given[key] = value end
    local body, err = list(stub:client(given))
    return stub, body, err
  end

  it("is that of the project named exactly like the region, wherever it stands in the list", function()
    local stub, body = looked_up(projects({ "0p-2", "cn-north-4_other" }, { "0p-1", "cn-north-4" }, { "0p-3", "cn-north-41" }))
    assert(body)
    assert.same({ "GET /v3/projects?name=cn-north-4", "GET /v1/0p-1/instances" }, stub:lines())
    assert.is_nil(stub.requests[1].named["X-Project-Id"])
    assert.equal("0p-1", stub.requests[2].named["X-Project-Id"])
  end)

  it("is that of the project named in the options", function()
    local stub = looked_up(projects({ "0p-9", "team" }), { project_name = "team" })
    assert.same({ "GET /v3/projects?name=team", "GET /v1/0p-9/instances" }, stub:lines())
  end)

  it("is looked up once", function()
    local stub = Stub.new({ function(request) return request.target:find("^/v3/projects") and projects({ "0p-1", "cn-north-4" }) or OK end })
    local client = stub:client({ project_id = false })
    hwdb.gather({ function() return list(client) end, function() return list(client) end })
    assert(list(client))
    assert.equal(4, #stub.requests)
  end)

  it("is not guessed when none or several match", function()
    local remedy = "give project_id (HUAWEICLOUD_SDK_PROJECT_ID), or correct region or project_name"
    local stub, body, err = looked_up(projects({ "0p-2", "cn-north-4_other" }))
    assert.is_nil(body)
    assert.same({ "auth", 'no project is named "cn-north-4", or these credentials may not see it', remedy }, { err.kind, err.message, err.remedy })
    assert.equal(1, #stub.requests)
    stub, body, err = looked_up(projects({ "0p-1", "cn-north-4" }, { "0p-2", "cn-north-4" }))
    assert.is_nil(body)
    assert.same({ "auth", '2 projects are named "cn-north-4"', remedy }, { err.kind, err.message, err.remedy })
    assert.equal(1, #stub.requests)
  end)

  it("needs a region or a name to be looked up by", function()
    local stub = Stub.new({ OK })
    local body, err = list(stub:client({ project_id = false, region = false, endpoints = { ddm = "http://127.0.0.1:1", iam = "http://127.0.0.1:1" } }))
    assert.is_nil(body)
    assert.equal("usage", err.kind)
    assert.truthy(err.remedy:find("project_id", 1, true), err.remedy)
    assert.equal(0, #stub.requests)
  end)

  it("is not needed for paths without it", function()
    local stub = Stub.new({ OK })
    assert(stub:client({ project_id = false }):request({ service = "ecs", method = "GET", path = "/v1/regions" }))
    assert.same({ "GET /v1/regions" }, stub:lines())
  end)
end)

describe("a 401 about the clock", function()
  local function skewed(seconds)
    return function(request, stub)
      local server_time = stub.time + seconds * 1000
      local text = os.date("!%Y%m%dT%H%M%SZ", server_time // 1000)
      local sent = request.named["X-Sdk-Date"]
      if sent >= os.date("!%Y%m%dT%H%M%SZ", server_time // 1000 - 900) and sent <= os.date("!%Y%m%dT%H%M%SZ", server_time // 1000 + 900) then
        return OK
      end
      return { status = 401, json = { error_code = "APIGW.0301", error_msg =
        ("Incorrect IAM authentication information: AK access failed to reach the limit,signature expired, signature time:%s, server time:%s")
        :format(sent, text) } }
    end
  end

  it("corrects it once for the process; the call goes through at once", function()
    for _, seconds in ipairs({ 7200, -7200, 86400 * 400 }) do
      local stub = Stub.new({ skewed(seconds) })
      local client = stub:client()
      local _, info = assert(list(client))
      assert.equal(2, info.attempts)
      assert.same({ 0, 0 }, stub:times())
      assert.equal(stub.time + seconds * 1000, client:now())
      _, info = assert(list(client))
      assert.equal(1, info.attempts)
    end
  end)

  it("corrects it for calls that were on their way together", function()
    local stub = Stub.new({ skewed(7200) })
    local client = stub:client()
    local calls = {}
    for i = 1, 5 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
    for i, result in ipairs(hwdb.gather(calls)) do assert(result[1], i .. ": " .. tostring(result[2])) end
    assert.equal(stub.time + 7200000, client:now())
  end)

  it("counts for a mutation as well, and even for the last try", function()
    local stub = Stub.new({ skewed(7200) })
    local _, info = assert(stub:client({ attempts = 1 }).ddm:restart_instance({ instance_id = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09",
      restart = { type = "soft" } }))
    assert.equal(2, info.attempts)
  end)

  it("that stays ends the call after one correction", function()
    local stub = Stub.new({ function(request, self)
      return { status = 401, json = { error_code = "APIGW.0301", error_msg = "signature expired, signature time:" ..
        request.named["X-Sdk-Date"] .. ", server time:" .. os.date("!%Y%m%dT%H%M%SZ", self.time // 1000 + 7200 * #self.requests) } }
    end })
    local body, err = list(stub:client())
    assert.is_nil(body)
    assert.same({ "auth", 401, 2 }, { err.kind, err.status, err.attempts })
    assert.truthy(err.remedy:find("clock", 1, true), err.remedy)
  end)
end)

describe("a 401 about the signature", function()
  -- The gateway echoes the canonical request it computed, with | for line ends.
  local function echo(change)
    return function(request)
      local signed = core.sign({ ak = "SPECAK", sk = "sk-canary-7", method = request.method,
        url = "https://ddm.cn-north-4.myhuaweicloud.com" .. request.target, body = request.body, date = request.named["X-Sdk-Date"],
        headers = { { "Host", request.named.Host }, { "Content-Type", "application/json" }, { "X-Project-Id", "0p1" } } })
      local canonical = change(signed.canonical_request)
      return { status = 401, json = { error_code = "APIGW.0301", error_msg = "Incorrect IAM authentication information: verify aksk " ..
        "signature fail, canonicalRequest:" .. canonical:gsub("\n", "|") } }
    end
  end

  local function refused(change)
    local body, err = list(Stub.new({ echo(change) }):client(), { limit = 7 })
    assert.is_nil(body)
    assert.same({ "auth", 401, "APIGW.0301", 1, false }, { err.kind, err.status, err.code, err.attempts, err.retryable })
    return err.remedy, err.message
  end

  it("names what differs, with both versions", function()
    assert.truthy(refused(function(text) return (text:gsub("limit=7", "limit=8")) end):find(
      'differ in the query: signed "limit=7", arrived "limit=8". ', 1, true))
    assert.truthy(refused(function(text) return (text:gsub("/v1/0p1", "/other/v1/0p1")) end):find(
      'differ in the path: signed "/v1/0p1/instances/", arrived "/other/v1/0p1/instances/". ', 1, true))
    assert.truthy(refused(function(text) return (text:gsub("host:ddm[^\n]*", "host:proxy.example")) end):find(
      'The header host differs between what was signed and what arrived: signed "ddm.cn-north-4.myhuaweicloud.com", ' ..
      'arrived "proxy.example". ', 1, true))
  end)

  it("that agree means the secret key is wrong, and the echo is not shown", function()
    local remedy, message = refused(function(text) return text end)
    assert.truthy(remedy:find("the secret key (SK) does not", 1, true), remedy)
    assert.is_nil(message:find("x-sdk-date", 1, true))
  end)

  it("by a key that nobody knows says so", function()
    local stub = Stub.new({ { status = 401, json = { error_code = "APIGW.0301", error_msg =
      "Incorrect IAM authentication information: Get secretKey failed,ak:SPECAK,err:ak not exist" } } })
    local _, err = list(stub:client())
    assert.same({ "auth", 1 }, { err.kind, err.attempts })
    assert.truthy(err.remedy:find("access key (AK)", 1, true), err.remedy)
  end)
end)

describe("a ready token that is refused", function()
  it("ends the call, since nobody can renew it", function()
    local stub = Stub.new({ { status = 401, json = { error_code = "APIGW.0301", error_msg = "decrypt token fail" } } })
    local _, err = list(stub:client({ ak = false, sk = false, token = "ready-canary" }))
    assert.same({ "auth", 401, 1 }, { err.kind, err.status, err.attempts })
    assert.truthy(err.remedy:find("The token is expired or not valid", 1, true), err.remedy)
  end)
end)

describe("a 401 of the service itself", function()
  it("is the service's refusal, not about who calls", function()
    local stub = Stub.new({ { status = 401, json = { errCode = "DBS.200001", externalMessage = "no right" } } })
    local _, err = list(stub:client())
    assert.same({ "api", 401, "DBS.200001", 1 }, { err.kind, err.status, err.code, err.attempts })
  end)
end)
