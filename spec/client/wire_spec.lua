-- SPDX-License-Identifier: Apache-2.0
-- The bytes of requests as a server receives them, and the connections they come on.
local cjson = require("cjson")
local core = require("hwdb.core")
local hwdb = require("hwdb")
local Server = require("spec.support.server")

local ID = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09"

local function with_server(answers, options, run)
  local server <close> = Server.start(answers, options)
  run(server)
end

-- The whole request with what changes from second to second taken out, after the signature was checked by itself.
local function bytes_of(server, request, sk)
  local date = Server.header(request, "X-Sdk-Date")
  local authorization = Server.header(request, "Authorization")
  local signed = {}
  for name in authorization:match("SignedHeaders=([^,]*)"):gmatch("[^;]+") do
    signed[#signed + 1] = { name, Server.header(request, name) }
  end
  local method, target = request.line:match("^(%S+) (%S+)")
  local again = core.sign({ ak = "SPECAK", sk = sk or "sk-canary-7", method = method, url = server.url .. target,
    headers = signed, body = request.body, date = date })
  assert.equal(again.authorization, authorization)
  return (request.head:gsub(date, "DATE"):gsub("Signature=%x+", "Signature=HEX"):gsub(":" .. server.port, ":PORT") .. request.body)
end

local function lines(list) return table.concat(list, "\r\n") end

local AUTHORIZATION = "Authorization: SDK-HMAC-SHA256 Access=SPECAK, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=HEX"

local function expected(line, ...)
  return lines({ line .. " HTTP/1.1", "Host: 127.0.0.1:PORT", "Accept: */*", "Content-Type: application/json",
    "X-Project-Id: 0p1", "X-Sdk-Date: DATE", AUTHORIZATION, "User-Agent: hwdb/" .. hwdb.version, ... }) .. "\r\n\r\n"
end

describe("on the wire", function()
  it("a GET carries no body and no length", function()
    with_server({ { json = { instances = {} } } }, nil, function(server)
      assert(server:client().ddm:list_instances({ limit = 10, offset = 20 }))
      assert.equal(expected("GET /v1/0p1/instances?limit=10&offset=20"), bytes_of(server, server:requests()[1]))
    end)
  end)

  it("a PUT carries its body with its exact length", function()
    with_server({ { json = { name = "new" } } }, nil, function(server)
      assert(server:client().ddm:update_instance_name({ instance_id = ID, name = "new-name" }))
      assert.equal(expected("PUT /v1/0p1/instances/" .. ID .. "/modify-name", "Content-Length: 19") .. '{"name":"new-name"}',
        bytes_of(server, server:requests()[1]))
    end)
  end)

  it("a POST carries its body, large or small, at once", function()
    with_server({ { json = {}, times = 2 } }, nil, function(server)
      local client = server:client()
      assert(client.ddm:restart_instance({ instance_id = ID, restart = { type = "soft" } }))
      local text = cjson.encode({ text = ("x"):rep(2000000) })
      assert(client:request({ service = "ddm", method = "POST", path = "/v9/{project_id}/big", body = text }))
      local requests = server:requests()
      assert.equal(expected("POST /v1/0p1/instances/" .. ID .. "/action", "Content-Length: 27") .. '{"restart":{"type":"soft"}}',
        bytes_of(server, requests[1]))
      assert.equal(expected("POST /v9/0p1/big", "Content-Length: " .. #text) .. text, bytes_of(server, requests[2]))
      assert.equal(1, server:connections())
    end)
  end)

  it("POST and PUT without a body say that it is empty; DELETE says nothing", function()
    with_server({ { json = {}, times = 3 } }, nil, function(server)
      local client = server:client()
      for _, method in ipairs({ "POST", "PUT", "DELETE" }) do
        assert(client:request({ service = "ddm", method = method, path = "/v9/none" }))
      end
      local function bare(line, ...)
        return (expected(line, ...):gsub("X%-Project%-Id: 0p1\r\n", ""):gsub("x%-project%-id;", ""))
      end
      local requests = server:requests()
      assert.equal(bare("POST /v9/none", "Content-Length: 0"), bytes_of(server, requests[1]))
      assert.equal(bare("PUT /v9/none", "Content-Length: 0"), bytes_of(server, requests[2]))
      assert.equal(bare("DELETE /v9/none"), bytes_of(server, requests[3]))
    end)
  end)

  it("a DELETE keeps its body", function()
    with_server({ { json = {} } }, nil, function(server)
      assert(server:client():request({ service = "dws", method = "DELETE", path = "/v1.0/{project_id}/clusters/c1",
        body = { keep_last_manual_snapshot = 0 } }))
      assert.equal(expected("DELETE /v1.0/0p1/clusters/c1", "Content-Length: 31") .. '{"keep_last_manual_snapshot":0}',
        bytes_of(server, server:requests()[1]))
    end)
  end)

  it("PATCH, HEAD and OPTIONS keep their methods", function()
    with_server({ { json = {} }, { type = "", claim = 5, headers = { { "X-Request-Id", "r1" } } }, { json = {} } }, nil, function(server)
      local client = server:client()
      assert(client:request({ service = "ddm", method = "PATCH", path = "/x", body = { a = 1 } }))
      local body, info = client:request({ service = "ddm", method = "HEAD", path = "/x" })
      assert.same({}, body)
      assert.same({ 200, "r1" }, { info.status, info.request_id })
      assert(client:request({ service = "ddm", method = "OPTIONS", path = "/x" }))
      assert.same({ "PATCH /x", "HEAD /x", "OPTIONS /x" }, server:lines())
      assert.equal('{"a":1}', server:requests()[1].body)
    end)
  end)

  it("other methods are refused by name", function()
    local client = assert(hwdb.client({ ak = "A", sk = "S", endpoints = { ddm = "http://127.0.0.1:1" } }))
    local body, err = client:request({ service = "ddm", method = "get", path = "/x" })
    assert.is_nil(body)
    assert.same({ "usage", '"get" is not a method; use GET, POST, PUT, DELETE, PATCH, HEAD or OPTIONS' }, { err.kind, err.message })
  end)

  it("the path and the query go out as they were signed", function()
    with_server({ { json = {} }, { json = {} } }, nil, function(server)
      local client = server:client()
      assert(client:request({ service = "ddm", method = "GET", path = "/v9/a%20b/c.d/%2E.e", query = { q = "a+b c*~/?&=ü", list = { "2", "1" },
        empty = "" } }))
      assert(client:request({ service = "ddm", method = "GET", path = "/v9/slash/" }))
      local requests = server:requests()
      bytes_of(server, requests[1])
      bytes_of(server, requests[2])
      assert.same({ "GET /v9/a%20b/c.d/..e?empty=&list=1&list=2&q=a%2Bb%20c%2A~%2F%3F%26%3D%C3%BC", "GET /v9/slash/" }, server:lines())
    end)
  end)

  it("a path with dots as segments, however they are written, is refused", function()
    local client = assert(hwdb.client({ ak = "A", sk = "S", endpoints = { ddm = "http://127.0.0.1:1" } }))
    for _, path in ipairs({ "/v9/../x", "/v9/./x", "/v9/%2e%2E/x", "/.%2e", "/v9/%2E" }) do
      local body, err = client:request({ service = "ddm", method = "GET", path = path })
      assert.is_nil(body)
      assert.same({ "usage", 0, 'the path must hold no "." or ".." segment' }, { err.kind, err.attempts, err.message })
    end
  end)

  it("an endpoint's base path and host name are kept", function()
    with_server({ { json = {} } }, nil, function(server)
      local client = server:client({ endpoints = { ddm = "http://localhost:" .. server.port .. "/base/" } })
      assert(client.ddm:list_instances({}))
      local request = server:requests()[1]
      assert.equal("GET /base/v1/0p1/instances HTTP/1.1", request.line)
      assert.equal("localhost:" .. server.port, Server.header(request, "Host"))
      bytes_of(server, request)
    end)
  end)

  it("a caller's headers are sent and signed, one with an underscore only sent", function()
    with_server({ { json = {} } }, nil, function(server)
      assert(server:client():request({ service = "ddm", method = "GET", path = "/x", headers = { ["X-Language"] = "en-us", x_odd = "1",
        ["X-Empty"] = "" } }))
      local request = server:requests()[1]
      assert.equal("en-us", Server.header(request, "X-Language"))
      assert.equal("1", Server.header(request, "x_odd"))
      assert.equal("", Server.header(request, "X-Empty"))
      assert.equal("content-type;host;x-empty;x-language;x-sdk-date",
        Server.header(request, "Authorization"):match("SignedHeaders=([^,]*)"))
      bytes_of(server, request)
    end)
  end)

  it("a security token is sent and signed", function()
    with_server({ { json = {} } }, nil, function(server)
      assert(server:client({ security_token = "temporary-canary" }).ddm:list_instances({}))
      local request = server:requests()[1]
      assert.equal("temporary-canary", Server.header(request, "X-Security-Token"))
      assert.equal("content-type;host;x-project-id;x-sdk-date;x-security-token",
        Server.header(request, "Authorization"):match("SignedHeaders=([^,]*)"))
      bytes_of(server, request)
    end)
  end)

  it("a ready token goes out as it is, and nothing is signed", function()
    with_server({ { json = {} } }, nil, function(server)
      assert(server:client({ ak = false, sk = false, token = "ready-token-canary" }).ddm:list_instances({}))
      local names = {}
      for i, pair in ipairs(Server.headers(server:requests()[1])) do names[i] = pair[1] end
      assert.same({ "Host", "Accept", "Content-Type", "X-Project-Id", "X-Auth-Token", "User-Agent" }, names)
      assert.equal("ready-token-canary", Server.header(server:requests()[1], "X-Auth-Token"))
    end)
  end)

  it("the user agent can be another one and is never signed", function()
    with_server({ { json = {} } }, nil, function(server)
      assert(server:client({ user_agent = "runner/1" }).ddm:list_instances({}))
      assert.equal("runner/1", Server.header(server:requests()[1], "User-Agent"))
      bytes_of(server, server:requests()[1])
    end)
  end)
end)

describe("connections", function()
  it("one carries many calls in a row, of several clients too", function()
    with_server({ { json = {}, times = math.huge } }, nil, function(server)
      local one, other = server:client(), server:client()
      for i = 1, 10 do
        assert(one.ddm:list_instances({ limit = i }))
        assert(other.ddm:list_instances({ limit = i }))
      end
      assert.equal(1, server:connections())
      assert.equal(20, #server:requests())
    end)
  end)

  it("one that the server closes after its answer is replaced", function()
    with_server({ { json = {}, times = math.huge, headers = { { "Connection", "close" } }, after = "close" } }, nil, function(server)
      local client = server:client()
      for _ = 1, 3 do assert(client.ddm:list_instances({})) end
      assert.equal(3, server:connections())
      assert.equal(3, #server:requests())
    end)
  end)

  it("as many as there are calls at once, kept for the next ones", function()
    with_server({ { json = {}, times = 8, hold = 8 }, { json = {}, times = 8, hold = 16 } }, nil, function(server)
      local client = server:client()
      local calls = {}
      for i = 1, 8 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
      hwdb.gather(calls)
      hwdb.gather(calls)
      assert.equal(8, server:connections())
      assert.equal(16, #server:requests())
    end)
  end)
end)

describe("answers", function()
  local function answered(answer, options)
    local server <close> = Server.start({ answer })
    local body, info = server:client(options).ddm:list_instances({})
    return body, info
  end

  it("tell status, request id, headers and tries", function()
    local body, info = answered({ json = { total_record = 0, instances = core.array({}) }, headers = { { "X-Request-Id", "req-1" },
      { "X-Odd", "  two words " } } })
    assert.same({ instances = {}, total_record = 0 }, body)
    assert.same({ 200, "req-1", 1, "two words", "application/json" },
      { info.status, info.request_id, info.attempts, info.headers["x-odd"], info.headers["content-type"] })
    assert.is_nil(info.warnings)
    assert.is_true(info.timing.total >= info.timing.first_byte and info.seconds >= 0)
  end)

  it("tell all of it to who walks through, whatever was asked for before", function()
    for _, first in ipairs({ "headers", "timing", "nothing" }) do
      local _, info = answered({ json = { instances = core.array({}) }, headers = { { "X-Odd", "1" } } })
      assert.is_true(first == "nothing" or info[first] ~= nil)
      local found = {}
      for key, value in pairs(info) do found[#found + 1] = ("%s %s"):format(key, type(value)) end
      table.sort(found)
      assert.same({ "attempts number", "headers table", "seconds number", "status number", "timing table" }, found)
      assert.equal("1", info.headers["x-odd"])
      assert.equal(info.headers, info.headers)
      assert.is_nil(info.header)
    end
  end)

  for name, answer in pairs({
    ["in chunks"] = { chunked = true },
    ["byte by byte"] = { dribble = true },
    ["in chunks, byte by byte"] = { chunked = true, dribble = true },
    ["until the connection closes"] = { claim = -1, after = "close" },
  }) do
    it("are read " .. name, function()
      answer.json = { instances = { { id = "a", name = "ü" } } }
      assert.same({ instances = { { id = "a", name = "ü" } } }, (answered(answer)))
    end)
  end

  it("with 204, or 200 and nothing inside, are an empty table", function()
    assert.same({}, (answered({ status = 204, type = "", claim = -1 })))
    assert.same({}, (answered({ status = 200, body = "" })))
    assert.same({}, (answered({ status = 202, body = "" })))
  end)

  it("keep interim answers apart", function()
    local body, info = answered({ raw = "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" })
    assert.same({}, body)
    assert.same({ ["content-length"] = "2" }, info.headers)
  end)

  it("are not followed elsewhere", function()
    local server <close> = Server.start({ { status = 302, headers = { { "Location", "/elsewhere" } }, body = "" } })
    local body, err = server:client().ddm:list_instances({})
    assert.is_nil(body)
    assert.same({ "api", 302, "HTTP 302: a redirect, which is not followed with credentials" }, { err.kind, err.status, err.message })
    assert.equal(1, #server:requests())
  end)

  local function undecodable(answer, options)
    local body, err = answered(answer, options)
    assert.is_nil(body)
    return { err.kind, err.status, err.attempts, err.in_doubt, err.operation, err.message }
  end

  it("that are no JSON are refused in words", function()
    assert.same({ "decode", 200, 1, false, "ddm.list_instances",
      "the answer (HTTP 200, 18 bytes, HTML) cannot be read: not valid JSON at byte 0: a value was expected" },
      undecodable({ body = "<html>hello</html>", type = "text/html" }))
    assert.same({ "decode", 200, 1, false, "ddm.list_instances",
      "the answer (HTTP 200, 9 bytes) cannot be read: not valid JSON at byte 6: not UTF-8" }, undecodable({ body = '{"a":"\xff"' .. "}" }))
  end)

  it("are refused when nested too deeply", function()
    assert.same({ "decode", 200, 1, false, "ddm.list_instances",
      "the answer (HTTP 200, 200000 bytes) cannot be read: not valid JSON at byte 128: nested too deeply" },
      undecodable({ body = ("["):rep(100000) .. ("]"):rep(100000) }))
  end)

  it("are refused when larger than the limit, without reading on", function()
    assert.same({ "decode", 200, 1, false, "ddm.list_instances", "the answer is larger than max_body, 2000000 bytes" },
      undecodable({ size = 2000001 }, { max_body = 2000000 }))
    assert.same({ "decode", 200, 1, false, "ddm.list_instances", "the answer is larger than max_body, 3999 bytes" },
      undecodable({ size = 4000, claim = -1, after = "close" }, { max_body = 3999 }))
  end)

  it("as large as the limit are read", function()
    local text = '{"a":"' .. ("x"):rep(3000) .. '"}'
    assert.same({ a = ("x"):rep(3000) }, (answered({ body = text }, { max_body = #text })))
  end)

  it("with a header beyond every measure are refused", function()
    local kind = undecodable({ raw = "HTTP/1.1 200 OK\r\n" .. ("X-A: " .. ("y"):rep(60000) .. "\r\n"):rep(8) .. "Content-Length: 2\r\n\r\n{}" })
    assert.same({ "decode", "the answer's header lines are larger than 256 KB" }, { kind[1], kind[6] })
  end)

  it("bring integers, null and empty lists exactly, and take them back", function()
    local text = '{"big":9223372036854775807,"empty":[],"float":1.5,"huge":9223372036854775808,"least":-9223372036854775808,' ..
      '"none":null,"object":{},"small":9007199254740993}'
    local server <close> = Server.start({ { body = text, times = 2 } })
    local client = server:client()
    local body = assert(client:request({ service = "ddm", method = "GET", path = "/x" }))
    assert.equal("integer", math.type(body.big))
    assert.same({ math.maxinteger, math.mininteger, 9007199254740993, "9223372036854775808", 1.5 },
      { body.big, body.least, body.small, body.huge, body.float })
    assert.is_true(body.none == hwdb.null and body.none ~= nil)
    assert.is_true(hwdb.is_array(body.empty))
    assert.is_false(hwdb.is_array(body.object))
    assert(client:request({ service = "ddm", method = "POST", path = "/x", body = body }))
    assert.equal((text:gsub("9223372036854775808,", '"9223372036854775808",', 1)), server:requests()[2].body)
  end)

  it("of calls without a row come as text when they are no JSON", function()
    local server <close> = Server.start({ { body = "<html>plain</html>", type = "text/html" } })
    local body, info = server:client():request({ service = "ecs", method = "GET", path = "/v1/{project_id}/page" })
    assert.same({ "<html>plain</html>", 200 }, { body, info.status })
    assert.same({ "GET /v1/0p1/page" }, server:lines())
  end)
end)
