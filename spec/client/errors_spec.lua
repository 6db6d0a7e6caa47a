-- SPDX-License-Identifier: Apache-2.0
-- Refusals as callers see them: five bodies, base64, HTML, nothing; failures inside a success; what the client refuses
-- by itself; and that no secret is in any of it.
local hwdb = require("hwdb")
local Server = require("spec.support.server")
local Stub = require("spec.support.stub")

local ID = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09"

local function refused(answer, options)
  local stub = Stub.new({ answer })
  local body, err = stub:client(options):request({ service = "ddm", method = "POST", path = "/v1/{project_id}/x", body = { a = 1 } })
  assert.is_nil(body)
  return err
end

describe("an error body", function()
  local bodies = {
    { "of DWS and the v3 calls", { error_code = "DBS.280001", error_msg = "Parameter error." } },
    { "of the v1 calls of DDM", { errCode = "DBS.280001", externalMessage = "Parameter error." } },
    { "of DBSS", { error = { error_code = "DBS.280001", error_msg = "Parameter error." } } },
    { "of IAM", { error = { code = "DBS.280001", message = "Parameter error.", title = "Bad Request" } } },
    { "with code and message", { code = "DBS.280001", message = "Parameter error." } },
    { "with all keys at once", { errCode = "DBS.280001", externalMessage = "Parameter error.", error_code = "DBS.280001",
      error_msg = "Parameter error." } },
    { "with more than it needs", { error_code = "DBS.280001", error_msg = "Parameter error.", encoded_authorization_message = "x", details = {} } },
  }
  for _, case in ipairs(bodies) do
    it(case[1] .. " gives code and message", function()
      local err = refused({ status = 400, headers = { { "X-Request-Id", "r-1" } }, json = case[2] })
      assert.same({ "api", 400, "DBS.280001", "Parameter error.", "r-1", "ddm POST /v1/{project_id}/x", 1, false, false, "bad_argument" },
        { err.kind, err.status, err.code, err.message, err.request_id, err.operation, err.attempts, err.retryable, err.in_doubt, err.class })
    end)
  end

  it("in base64 of the URL alphabet is read", function()
    -- {"errCode":"DWS.0005","externalMessage":"??>>Server failure."}
    local text = "eyJlcnJDb2RlIjoiRFdTLjAwMDUiLCJleHRlcm5hbE1lc3NhZ2UiOiI_Pz4-U2VydmVyIGZhaWx1cmUuIn0"
    for _, body in ipairs({ text, text .. "=", '"' .. text .. '="', text .. "\n", (text:gsub("_", "/"):gsub("-", "+")) }) do
      local err = refused({ status = 500, body = body })
      assert.same({ "DWS.0005", "??>>Server failure." }, { err.code, err.message }, body)
    end
  end)

  it("that is HTML, empty or something else is told as such", function()
    for status, word in pairs({ [400] = "bad request", [403] = "not allowed", [404] = "not found", [413] = "request too large",
      [502] = "bad gateway", [503] = "unavailable", [504] = "gateway time-out", [418] = "error" }) do
      local head = ("HTTP %d (%s)"):format(status, word)
      assert.equal(head .. " with an HTML page instead of JSON: a gateway or proxy answered",
        refused({ status = status, body = "\r\n<!DOCTYPE html><h1>no</h1>" }).message)
      assert.equal(head .. " with an empty body", refused({ status = status }).message)
      assert.equal(head, refused({ status = status, body = "oops" }).message)
      assert.equal(head, refused({ status = status, body = '{"error_code":' }).message)
      assert.equal(head, refused({ status = status, body = "[1]" }).message)
      assert.equal(head, refused({ status = status, body = '"text"' }).message)
    end
  end)

  it("may tell its request id in the body", function()
    assert.equal("r-body", refused({ status = 400, json = { error_code = "X.1", error_msg = "m", request_id = "r-body" } }).request_id)
    assert.equal("r-head", refused({ status = 400, headers = { { "x-request-id", " r-head " } },
      json = { error_code = "X.1", error_msg = "m", request_id = "r-body" } }).request_id)
  end)

  it("may lack the message, or give the code as a number", function()
    local err = refused({ status = 500, json = { error_code = "DWS.500" } })
    assert.same({ "DWS.500", "HTTP 500 (internal error)" }, { err.code, err.message })
    err = refused({ status = 404, json = { error = { code = 404, message = "none", title = "Not Found" } } })
    assert.same({ "404", "none" }, { err.code, err.message })
  end)

  it("of any size or shape harms nothing", function()
    for _, body in ipairs({ ("["):rep(100000), '{"error_msg":"' .. ("x"):rep(100000) .. '"}', '{"error_code":{"a":[]},"error_msg":[1]}',
      "\0\0\0", "\xff\xfe{}", '{"error":null}', '{"error":[]}', "null", ("A"):rep(100001) }) do
      local err = refused({ status = 400, body = body })
      assert.same({ "api", 400 }, { err.kind, err.status })
      assert.is_true(#err.message <= 2000 and #err.message > 0)
    end
  end)

  it("with control characters cannot forge lines of a terminal", function()
    local err = refused({ status = 400, json = { error_code = "A\27[2J\nB", error_msg = "one\27[31m\r\nremedy: run rm -rf" } })
    assert.same({ "A [2J B", "one [31m  remedy: run rm -rf" }, { err.code, err.message })
    assert.equal("a  b", refused({ status = 400, json = { error_code = "X.1", error_msg = "a\u{9b}b" } }).message)
    assert.is_nil(refused({ status = 400, json = { error_code = "X.1", error_msg = "m", request_id = "r\27[2J" } }).request_id)
  end)
end)

describe("a success with a failure inside", function()
  local function answered(service, body)
    return Stub.new({ { json = body } }):client():request({ service = service, method = "POST", path = "/x" })
  end

  it("is a refusal, without doubt and without another try", function()
    local body, err = answered("dws", { error_code = "DWS.0001", error_msg = "it did not work" })
    assert.is_nil(body)
    assert.same({ "api", 200, "DWS.0001", "it did not work", 1, false, false },
      { err.kind, err.status, err.code, err.message, err.attempts, err.in_doubt, err.retryable })
    local stub = Stub.new({ { json = { workload_res_code = 7, workload_res_str = "no queue" } } })
    body, err = stub:client().dws:show_cluster_workload({ cluster_id = ID })
    assert.is_nil(body)
    assert.same({ "api", 200, "7", "no queue", 1, "dws.show_cluster_workload" },
      { err.kind, err.status, err.code, err.message, err.attempts, err.operation })
    assert.equal(1, #stub.requests)
  end)

  it("is none where those words mean something else", function()
    assert.same({ error_code = "DWS.0001" }, (answered("ddm", { error_code = "DWS.0001" })))
    assert.same({ error_code = "DWS.0000" }, (answered("dws", { error_code = "DWS.0000" })))
    assert.same({ workload_res_code = 0 }, (answered("dws", { workload_res_code = 0 })))
  end)
end)

describe("misuse", function()
  local client = Stub.new({ { json = {} } }):client()

  it("of names is answered with the nearest one", function()
    assert.has_error(function() return client.ddn end, "unknown service ddn, did you mean ddm?; client:request calls any other")
    assert.has_error(function() return client.ddm.list_instance end, "unknown operation ddm.list_instance, did you mean list_instances?")
    assert.has_error(function() return client.ddm.fly_to_the_moon_and_back end)
  end)

  it("of a closed client is an error, not a crash", function()
    local closed = Stub.new({ { json = {} } }):client()
    local list, service = closed.ddm.list_instances, closed.ddm
    closed:close()
    closed:close()
    for _, use in ipairs({ function() list(service, {}) end, function() return closed.dws.list_clusters end,
      function() closed:request({ service = "ecs", method = "GET", path = "/" }) end, function() closed:now() end,
      function() closed:sleep(1) end, function() closed:describe() end, function() closed:endpoint("ddm") end,
      function() closed:dry_run("ddm", "list_instances") end }) do
      local ok, why = pcall(use)
      assert.is_false(ok)
      assert.truthy(tostring(why):find("the client is closed", 1, true), tostring(why))
    end
  end)

  it("of arguments is told whole, and nothing is sent", function()
    local stub = Stub.new({ { json = {} } })
    local body, err = stub:client().ddm:update_instance_name({ instance_id = "a/b", name = 7 })
    assert.is_nil(body)
    assert.same({ "check", 0, false, false }, { err.kind, err.attempts, err.retryable, err.in_doubt })
    local paths = {}
    for i, problem in ipairs(err.problems) do paths[i] = problem.path end
    assert.same({ "path.instance_id", "body.name" }, paths)
    assert.equal(0, #stub.requests)
    assert.has_error(function() client.ddm:list_instances("all") end)
    body, err = client.ddm:list_instances({ 1, 2 })
    assert.is_nil(body)
    assert.same({ "usage", "list_instances: the arguments must be a table with names, not a list" }, { err.kind, err.message })
  end)

  it("of options is told by name", function()
    for options, message in pairs({
      [{ regoin = "x" }] = 'client: "regoin" is not an option',
      [{ ak = 7 }] = "client: option ak must be a text",
      [{ max_body = 0 }] = "client: option max_body must be a whole number from 1 to 1073741824",
      [{ attempts = 101 }] = "client: option attempts must be a whole number from 1 to 100",
      [{ attempts = 1.5 }] = "client: option attempts must be a whole number from 1 to 100",
      [{ algorithm = "MD5" }] = '"MD5" is not a signing algorithm',
    }) do
      local made, err = hwdb.client(options)
      assert.is_nil(made)
      assert.same({ "usage", message }, { err.kind, err.message })
    end
  end)

  it("a body of more than 12 MB cannot be signed, and is not sent", function()
    local stub = Stub.new({ { json = {} } })
    local body, err = stub:client():request({ service = "ddm", method = "POST", path = "/x", body = ("x"):rep(13 * 1000 * 1000) })
    assert.is_nil(body)
    assert.same({ "usage", 0 }, { err.kind, err.attempts })
    assert.truthy(err.message:find("12", 1, true), err.message)
    assert.equal(0, #stub.requests)
  end)
end)

describe("an error", function()
  it("reads as one text with its remedy", function()
    local err = refused({ status = 409, json = { errCode = "DBS.200019", externalMessage = "Another job runs." } }, { attempts = 1 })
    assert.equal("ddm POST /v1/{project_id}/x: Another job runs. (HTTP 409, DBS.200019)\n" ..
      "  remedy: Wait until the instance is back at rest, then try again.", tostring(err))
  end)

  it("can be raised and caught as it is", function()
    local client = Stub.new({ { status = 404, json = { error_code = "DBS.201010", error_msg = "none" } } }):client()
    local ok, raised = pcall(function() error(select(2, client.ddm:show_instance({ instance_id = ID }))) end)
    assert.is_false(ok)
    assert.same({ "api", 404, "ddm.show_instance" }, { raised.kind, raised.status, raised.operation })
  end)
end)

describe("the log", function()
  it("tells each try, and that it waits for the next", function()
    local lines = {}
    local stub = Stub.new({ { status = 503 }, { json = {} } })
    assert(stub:client({ log = function(line) lines[#lines + 1] = line end }).ddm:list_instances({ limit = 3 }))
    assert.equal(3, #lines)
    local url = "https://ddm.cn-north-4.myhuaweicloud.com/v1/0p1/instances?limit=3"
    assert.truthy(lines[1]:find("^GET " .. url:gsub("%p", "%%%0") .. ": HTTP 503, try 1, "), lines[1])
    assert.truthy(lines[2]:find("^ddm: HTTP 503 %(unavailable%) with an empty body; trying again in 0%.%d s$"), lines[2])
    assert.truthy(lines[3]:find("^GET " .. url:gsub("%p", "%%%0") .. ": HTTP 200, try 2, "), lines[3])
  end)

  it("may raise, without harm to the client", function()
    local angry = true
    local client = Stub.new({ { json = {} } }):client({ log = function() if angry then error("no log today", 0) end end })
    assert.has_error(function() client.ddm:list_instances({}) end, "no log today")
    angry = false
    assert(client.ddm:list_instances({}))
  end)

  it("must be a function", function()
    assert.has_error(function() hwdb.client({ log = "stderr" }) end)
  end)
end)

describe("secrets", function()
  local canaries = { "sk-canary-7", "st-canary-5", "pw-canary-3", "token-canary-9", "root-canary-1" }

  local function clean(...)
    for _, text in ipairs({ ... }) do
      for _, canary in ipairs(canaries) do
        assert.is_nil(text:find(canary, 1, true), canary .. " in " .. text)
      end
    end
  end

  local function flat(value, seen)
    seen = seen or {}
    if type(value) ~= "table" or seen[value] then return tostring(value) end
    seen[value] = true
    local parts = {}
    for key, inner in pairs(value) do parts[#parts + 1] = tostring(key) .. "=" .. flat(inner, seen) end
    return table.concat(parts, "\n")
  end

  -- A service that says back whatever it was sent, headers and all.
  local function echo(status)
    return function(request)
      local parts = { request.target, request.body }
      for _, pair in ipairs(request.headers) do parts[#parts + 1] = pair[1] .. ": " .. pair[2] end
      return { status = status, json = { error_code = "X.1", error_msg = table.concat(parts, " ") } }
    end
  end

  local ways = {
    keys = { security_token = "st-canary-5" },
    token = { ak = false, sk = false, token = "token-canary-9" },
  }
  for name, options in pairs(ways) do
    for _, status in ipairs({ 400, 401, 500 }) do
      it(("stay out of errors and logs with a %s and an echoing %d"):format(name, status), function()
        local lines = {}
        local given = { log = function(line) lines[#lines + 1] = line end, attempts = 1 }
        for key, value in pairs(options) do given[key] = value end
        local client = Stub.new({ echo(status) }):client(given)
        local body, err = client.ddm:create_user({ instance_id = ID, users = { { name = "u1", password = "root-canary-1",
          base_authority = { "SELECT" }, databases = { { name = "d1" } } } } })
        if not err then body, err = client.ddm:list_instances({}) end
        assert.is_nil(body)
        assert.equal("api", err.kind == "auth" and "api" or err.kind, tostring(err))
        clean(tostring(err), flat(err), flat(client), flat(client:describe()), table.unpack(lines))
      end)
    end
  end

  it("stay out of a login's failure", function()
    local lines = {}
    local client = Stub.new({ echo(401) }):client({ ak = false, sk = false, project_id = false, user = "u", password = "pw-canary-3",
      domain_name = "d", log = function(line) lines[#lines + 1] = line end })
    local body, err = client.ddm:list_instances({})
    assert.is_nil(body)
    clean(tostring(err), flat(err), flat(client:describe()), table.unpack(lines))
  end)

  it("stay out of a dry run", function()
    local client = Stub.new({ { json = {} } }):client({ security_token = "st-canary-5" })
    local shown = assert(client:dry_run("ddm", "create_user", { instance_id = ID, users = { { name = "u1", password = "root-canary-1",
      base_authority = { "SELECT" }, databases = { { name = "d1" } } } } }))
    clean(flat(shown))
    assert.equal("***", shown.headers["X-Security-Token"])
    assert.equal("***", shown.body.users[1].password)
    client = Stub.new({ { json = {} } }):client({ ak = false, sk = false, token = "token-canary-9" })
    shown = assert(client:dry_run("ddm", "list_instances", {}))
    clean(flat(shown))
    assert.equal("***", shown.headers["X-Auth-Token"])
  end)

  it("stay out of a failed connection through a proxy that has a password", function()
    local server = Server.start({})
    server:close()
    local client = server:client({ endpoints = { ddm = "http://ddm.example.test" }, allow_http = true, attempts = 1,
      proxy = ("http://user:pw-canary-3@127.0.0.1:%d"):format(server.port) })
    local body, err = client.ddm:list_instances({})
    assert.is_nil(body)
    clean(tostring(err), flat(err), flat(client:describe()))
  end)

  it("given as opaque values go out in full and show as stars", function()
    local stub = Stub.new({ { json = {} } })
    local secret = hwdb.secret("root-canary-1")
    assert.equal("***", tostring(secret))
    assert(stub:client().ddm:create_user({ instance_id = ID, users = { { name = "u1", password = secret,
      base_authority = { "SELECT" }, databases = { { name = "d1" } } } } }))
    assert.truthy(stub.requests[1].body:find('"password":"root-canary-1"', 1, true))
  end)
end)
