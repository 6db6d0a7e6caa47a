-- SPDX-License-Identifier: Apache-2.0
-- TLS and HTTP/2 against nginx under a throw-away certificate authority.
local hwdb = require("hwdb")
local Nginx = require("spec.support.nginx")
local Server = require("spec.support.server")

local PROBLEM = "SSL certificate problem: "

describe("over TLS", function()
  local nginx

  setup(function() nginx = Nginx.start() end)
  teardown(function() nginx:close() end)

  local function client_of(name, options)
    local given = { region = "cn-north-4", ak = "SPECAK", sk = "sk-canary", project_id = "0p1", endpoints = { ddm = nginx:url(name) } }
    for key, value in pairs(options or {}) do given[key] = value end
    return assert(hwdb.client(given))
  end

  local function refused(name, options)
    local body, err = client_of(name, options).ddm:list_instances({})
    assert.is_nil(body)
    assert.equal("check the endpoint and its certificate; for a private certificate authority give ca_file", err.remedy)
    assert.same({ "transport", 1, false, false }, { err.kind, err.attempts, err.retryable, err.in_doubt })
    return (err.message:gsub(nginx:url(name), "URL"))
  end

  it("a server whose authority is trusted by ca_file answers, in HTTP/2", function()
    local body, info = client_of("good", { ca_file = nginx.ca_file }).ddm:list_instances({})
    assert.same({}, body)
    assert.equal("HTTP/2.0", info.headers["x-protocol"])
  end)

  it("is verified without being asked to, whatever other clients trust", function()
    assert(client_of("good", { ca_file = nginx.ca_file }).ddm:list_instances({}))
    for _ = 1, 3 do
      assert.equal("the certificate of URL is refused: " .. PROBLEM .. "unable to get local issuer certificate", refused("good"))
    end
    assert(client_of("good", { ca_file = nginx.ca_file }).ddm:list_instances({}))
  end)

  it("another authority, another name and an expired certificate are refused, each in words", function()
    assert.equal("the certificate of URL is refused: " .. PROBLEM .. "unable to get local issuer certificate",
      refused("good", { ca_file = nginx.other_ca_file }))
    assert.equal("the certificate of URL is refused: SSL: no alternative certificate subject name matches target host name '127.0.0.1'",
      refused("wrong_name", { ca_file = nginx.ca_file }))
    assert.equal("the certificate of URL is refused: " .. PROBLEM .. "certificate has expired",
      refused("expired", { ca_file = nginx.ca_file }))
  end)

  it("a ca_file that is not there is named", function()
    assert.equal("error setting certificate file: /nowhere/ca.pem", refused("good", { ca_file = "/nowhere/ca.pem" }))
  end)

  it("a mutation that met a refused certificate was not sent and is not in doubt", function()
    local body, err = client_of("expired", { ca_file = nginx.ca_file }).ddm:restart_instance({
      instance_id = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09", restart = { type = "soft" } })
    assert.is_nil(body)
    assert.same({ "transport", false, 1 }, { err.kind, err.in_doubt, err.attempts })
  end)

  it("a server that speaks plain HTTP is no TLS server", function()
    local server <close> = Server.start({}, { rest = "plain" })
    local client = client_of("good", { endpoints = { ddm = "https://127.0.0.1:" .. server.port }, attempts = 1 })
    local body, err = client.ddm:list_instances({})
    assert.is_nil(body)
    assert.same({ "transport", false }, { err.kind, err.in_doubt })
    assert.truthy(err.message:find("SSL routines::wrong version number", 1, true), err.message)
    assert.equal(0, #server:requests())
  end)

  it("many calls at once share one HTTP/2 connection", function()
    local client = client_of("good", { ca_file = nginx.ca_file })
    local calls = {}
    for i = 1, 100 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
    local connections = {}
    for _, result in ipairs(hwdb.gather(calls)) do
      local info = result[2]
      assert.same({ 200, 1, "HTTP/2.0" }, { info.status, info.attempts, info.headers["x-protocol"] })
      connections[info.headers["x-connection"]] = (connections[info.headers["x-connection"]] or 0) + 1
    end
    local names = {}
    for name in pairs(connections) do names[#names + 1] = name end
    assert.equal(1, #names)
    assert.equal(100, connections[names[1]])
  end)

  it("bodies of every method arrive in HTTP/2 as they were signed", function()
    local server <close> = Server.start({ { json = {}, times = math.huge } })
    local front <close> = Nginx.start({ upstream = server.port })
    local client = client_of("good", { endpoints = { ddm = front:url("good") }, ca_file = front.ca_file })
    for _, method in ipairs({ "POST", "PUT", "DELETE" }) do
      assert(client:request({ service = "ddm", method = method, path = "/x/" .. method, body = { m = method } }))
    end
    assert(client:request({ service = "ddm", method = "GET", path = "/x/GET" }))
    local seen = {}
    for i, request in ipairs(server:requests()) do seen[i] = { request.line:match("^%S+ %S+"), request.body } end
    assert.same({ { "POST /x/POST", '{"m":"POST"}' }, { "PUT /x/PUT", '{"m":"PUT"}' }, { "DELETE /x/DELETE", '{"m":"DELETE"}' },
      { "GET /x/GET", "" } }, seen)
  end)
end)

describe("a proxy", function()
  local process = require("process")

  local function client_of(url, options)
    local given = { region = "cn-north-4", ak = "SPECAK", sk = "sk-canary", project_id = "0p1", endpoints = { ddm = url }, attempts = 1 }
    for key, value in pairs(options or {}) do given[key] = value end
    return assert(hwdb.client(given))
  end

  it("gets plain requests in their absolute form", function()
    local proxy <close> = Server.start({ { json = {} }, { json = {} } })
    local client = client_of("http://ddm.example.test:8080", { allow_http = true, proxy = proxy.url })
    assert(client.ddm:list_instances({}))
    assert(client:request({ service = "ddm", method = "GET", path = "/v1/%2F/x", query = { q = "a b/Ü" } }))
    local first, second = table.unpack(proxy:requests())
    assert.equal("GET http://ddm.example.test:8080/v1/0p1/instances HTTP/1.1", first.line)
    assert.equal("ddm.example.test:8080", Server.header(first, "Host"))
    assert.equal("GET http://ddm.example.test:8080/v1/%2F/x?q=a%20b%2F%C3%9C HTTP/1.1", second.line)
  end)

  it("joins TLS to the server, whose certificate is still checked by its name", function()
    local nginx <close> = Nginx.start()
    local port = math.tointeger(tonumber(nginx:url("wrong_name"):match(":(%d+)$")))
    local proxy <close> = Server.start({ { tunnel = port, on = "CONNECT elsewhere.example:443" }, { tunnel = port, on = "CONNECT other.example" } })
    local _, info = assert(client_of("https://elsewhere.example", { ca_file = nginx.ca_file, proxy = proxy.url }).ddm:list_instances({}))
    assert.equal("HTTP/2.0", info.headers["x-protocol"])
    local body, err = client_of("https://other.example", { ca_file = nginx.ca_file, proxy = proxy.url }).ddm:list_instances({})
    assert.is_nil(body)
    assert.equal("the certificate of https://other.example is refused: SSL: no alternative certificate subject name matches " ..
      "target host name 'other.example'", err.message)
    local requests = proxy:requests()
    assert.same({ "CONNECT elsewhere.example:443 HTTP/1.1", "CONNECT other.example:443 HTTP/1.1" }, { requests[1].line, requests[2].line })
    assert.is_nil(requests[1].head:find("Authorization", 1, true))
    assert.is_nil(requests[1].head:find("X-Sdk-Date", 1, true))
  end)

  it("that refuses to join is told of, and nothing was sent", function()
    local proxy <close> = Server.start({ { status = 403, body = "" } })
    local client = client_of("https://ddm.example.test", { proxy = proxy.url })
    local body, err = client.ddm:restart_instance({ instance_id = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09", restart = {} })
    assert.is_nil(body)
    assert.same({ "transport", false, "CONNECT tunnel failed, response 403" }, { err.kind, err.in_doubt, err.message })
  end)

  it("is never asked for a server on this machine", function()
    local server <close> = Server.start({ { json = {}, times = 3 } })
    local proxy <close> = Server.start({})
    process.setenv("http_proxy", proxy.url)
    process.setenv("HTTPS_PROXY", proxy.url)
    local ok, why = pcall(function()
      assert(client_of(server.url).ddm:list_instances({}))
      assert(client_of("http://localhost:" .. server.port).ddm:list_instances({}))
      assert(client_of(server.url, { proxy = proxy.url }).ddm:list_instances({}))
    end)
    process.setenv("http_proxy")
    process.setenv("HTTPS_PROXY")
    assert(ok, why)
    assert.equal(0, proxy:connections())
    assert.equal(3, #server:requests())
  end)

  it("of the environment serves other hosts", function()
    local proxy <close> = Server.start({ { json = {} } })
    process.setenv("http_proxy", proxy.url)
    local body, err = client_of("http://ddm.example.test", { allow_http = true }).ddm:list_instances({})
    process.setenv("http_proxy")
    assert(body, err)
    assert.equal("GET http://ddm.example.test/v1/0p1/instances HTTP/1.1", proxy:requests()[1].line)
  end)

  it("plain http to another host needs to be allowed", function()
    for _, url in ipairs({ "http://ddm.example.test", "http://10.0.0.1:8080", "http://127.example.test", "http://localhost.example.test" }) do
      local body, err = client_of(url).ddm:list_instances({})
      assert.is_nil(body)
      assert.same({ "usage", 0 }, { err.kind, err.attempts })
      assert.equal("endpoints.ddm uses plain http to another machine (" .. url:match("//([^:]+)") .. ")", err.message)
      assert.truthy(err.remedy:find("allow_http", 1, true), err.remedy)
    end
  end)
end)
