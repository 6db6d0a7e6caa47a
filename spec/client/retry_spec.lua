-- SPDX-License-Identifier: Apache-2.0
-- What is sent again and what is not: over real connections that break at every point.
local hwdb = require("hwdb")
local Nginx = require("spec.support.nginx")
local Server = require("spec.support.server")

local ID = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09"
local ASK = "the request may have had its effect: look at the resource before doing it again"

local function restart(client)
  return client.ddm:restart_instance({ instance_id = ID, restart = { type = "soft" } })
end

local function list(client) return client.ddm:list_instances({}) end

-- Runs a call against a server with these answers; gives its results and the requests that arrived.
local function try(answers, call, options)
  local server <close> = Server.start(answers)
  local value, more = call(server:client(options))
  return value, more, server:requests()
end

local broken = {
  ["is reset before an answer"] = { reset = true },
  ["is closed before an answer"] = { close = true },
  ["is reset in the middle of an answer"] = { json = { text = ("x"):rep(400) }, part = 200, after = "reset" },
  ["is closed in the middle of an answer"] = { json = { text = ("x"):rep(400) }, part = 200, after = "close" },
  ["is closed in the middle of the header"] = { json = {}, part = 20, after = "close" },
  ["is closed short of the stated length"] = { json = {}, claim = 1000, after = "close" },
  ["is closed in the middle of a chunk"] = { json = { text = ("x"):rep(400) }, chunked = true, part = 200, after = "close" },
}

for how, answer in pairs(broken) do
  describe("a connection that " .. how, function()
    it("leaves a mutation in doubt, sent exactly once", function()
      local body, err, requests = try({ answer, { json = {}, times = 9 } }, restart)
      assert.is_nil(body)
      assert.same({ "transport", 1, true, false, ASK }, { err.kind, err.attempts, err.in_doubt, err.retryable, err.remedy })
      assert.equal(1, #requests)
    end)

    it("has a query sent again", function()
      local body, info, requests = try({ answer, { json = { total_record = 0 } } }, list)
      assert.same({ { total_record = 0 }, 2, 2 }, { body, info.attempts, #requests })
    end)

    it("leaves a mutation in doubt on a connection that served before", function()
      local server <close> = Server.start({ { json = {} }, answer, { json = {}, times = 9 } })
      local client = server:client()
      assert(list(client))
      local body, err = restart(client)
      assert.is_nil(body)
      assert.same({ "transport", 1, true, false }, { err.kind, err.attempts, err.in_doubt, err.retryable })
      assert.same({ "GET /v1/0p1/instances", "POST /v1/0p1/instances/" .. ID .. "/action" }, server:lines())
      local requests = server:requests()
      assert.same({ 1, 1 }, { requests[1].connection, requests[2].connection })
    end)
  end)
end

describe("a kept connection", function()
  it("that the server closed meanwhile is replaced without doubt", function()
    local server <close> = Server.start({ { json = {}, after = "close" }, { json = {} } })
    local client = server:client()
    assert(list(client))
    server:wait_for("closed")
    local body, info = restart(client)
    assert.same({ {}, 1 }, { body, info.attempts })
    assert.equal(2, #server:requests())
    assert.equal(2, server:connections())
  end)
end)

describe("a server that cannot be reached", function()
  it("is tried again, mutations too, since nothing left", function()
    local server = Server.start({})
    local client = server:client({ attempts = 2 })
    server:close()
    local body, err = restart(client)
    assert.is_nil(body)
    assert.same({ "transport", 2, false, true, "check the network, the proxy and the endpoint: hwdb doctor" },
      { err.kind, err.attempts, err.in_doubt, err.retryable, err.remedy })
    assert.truthy(err.message:find("^Failed to connect to 127%.0%.0%.1 port " .. server.port .. " "), err.message)
  end)

  it("is tried again after a broken handshake, and the mutation arrives once", function()
    local back <close> = Server.start({ { json = {} } })
    local nginx <close> = Nginx.start({ upstream = back.port })
    local front <close> = Server.start({}, { connections = { "reset" }, rest = "join", join = tonumber(nginx:url("good"):match("%d+$")) })
    local client = back:client({ endpoints = { ddm = "https://127.0.0.1:" .. front.port }, ca_file = nginx.ca_file })
    local body, info = restart(client)
    assert.same({ {}, 2 }, { body, info.attempts })
    assert.equal(1, #back:requests())
    assert.equal(2, front:connections())
  end)

  it("whose name does not exist is named", function()
    -- A label of 64 characters fits no question to a name server: none is asked.
    local host = ("n"):rep(64) .. ".invalid"
    local client = assert(hwdb.client({ ak = "A", sk = "S", project_id = "p", attempts = 1, endpoints = { ddm = "https://" .. host } }))
    local body, err = restart(client)
    assert.is_nil(body)
    assert.same({ "transport", false, "Could not resolve host: " .. host }, { err.kind, err.in_doubt, err.message })
  end)
end)

describe("a time-out", function()
  it("of connecting is a time-out before anything was sent", function()
    local server <close> = Server.start({}, { rest = "silent" })
    local client = server:client({ endpoints = { ddm = "https://127.0.0.1:" .. server.port }, connect_timeout = 0.05, attempts = 2 })
    local body, err = restart(client)
    assert.is_nil(body)
    assert.same({ "timeout", 2, false, true }, { err.kind, err.attempts, err.in_doubt, err.retryable })
    assert.equal(2, server:connections())
  end)

  it("of the whole leaves a mutation in doubt and has a query sent again", function()
    local body, err, requests = try({ { silent = true }, { json = {} } }, restart, { timeout = 0.05 })
    assert.is_nil(body)
    assert.same({ "timeout", 1, true, false, ASK }, { err.kind, err.attempts, err.in_doubt, err.retryable, err.remedy })
    assert.equal(1, #requests)
    local found, info = try({ { silent = true }, { json = {} } }, list, { timeout = 0.05 })
    assert.same({ {}, 2 }, { found, info.attempts })
  end)

  it("of silence ends an answer that stalls", function()
    local body, err, requests = try({ { json = { text = ("x"):rep(400) }, part = 300, after = "keep" }, { json = {} } }, restart,
      { stall_timeout = 1, timeout = 60 })
    assert.is_nil(body)
    assert.same({ "timeout", 1, true }, { err.kind, err.attempts, err.in_doubt })
    assert.truthy(err.message:find("too slow", 1, true), err.message)
    assert.equal(1, #requests)
  end)

  it("can be given for one call", function()
    local server <close> = Server.start({ { silent = true } })
    local body, err = server:client().ddm:list_instances({}, { timeout = 0.05, attempts = 1 })
    assert.is_nil(body)
    assert.same({ "timeout", 1, false, true }, { err.kind, err.attempts, err.in_doubt, err.retryable })
  end)

  it("that is none is refused", function()
    local server <close> = Server.start({})
    local range = "client: option timeout must be more than 0 and at most a year of seconds"
    for bad, why in pairs({ [0] = range, [-1] = range, [4e7] = range, [math.huge] = "timeout: must be a finite number",
      soon = "client: option timeout must be a number of seconds" }) do
      local client, err = hwdb.client({ timeout = bad })
      assert.is_nil(client)
      assert.equal(why, err.message)
    end
    for _, bad in ipairs({ 0, -1, 4e7, "soon" }) do
      assert.has_error(function() server:client().ddm:list_instances({}, { timeout = bad }) end, "option timeout must be a number of seconds")
    end
  end)
end)

describe("an answer that tells of failure", function()
  it("with status 500 and more leaves a mutation in doubt", function()
    for _, status in ipairs({ 500, 502, 503, 504 }) do
      local body, err, requests = try({ { status = status, body = "" }, { json = {}, times = 9 } }, restart)
      assert.is_nil(body)
      assert.same({ "api", status, 1, true }, { err.kind, err.status, err.attempts, err.in_doubt })
      assert.equal(1, #requests)
    end
  end)

  it("with status 400 leaves none, and is final", function()
    for _, call in ipairs({ restart, list }) do
      local body, err, requests = try({ { status = 400, json = { errCode = "DBS.280001", externalMessage = "Parameter error." } } }, call)
      assert.is_nil(body)
      assert.same({ "api", 400, "DBS.280001", "Parameter error.", 1, false }, { err.kind, err.status, err.code, err.message, err.attempts, err.in_doubt })
      assert.equal(1, #requests)
    end
  end)

  it("being unreadable leaves a mutation in doubt", function()
    local body, err, requests = try({ { body = "<html>ok</html>" }, { json = {} } }, restart)
    assert.is_nil(body)
    assert.same({ "decode", 200, 1, true }, { err.kind, err.status, err.attempts, err.in_doubt })
    assert.equal(1, #requests)
  end)

  it("being too large leaves a mutation in doubt", function()
    local body, err, requests = try({ { size = 3000 }, { json = {} } }, restart, { max_body = 2000 })
    assert.is_nil(body)
    assert.same({ "decode", 200, 1, true }, { err.kind, err.status, err.attempts, err.in_doubt })
    assert.equal(1, #requests)
  end)
end)

describe("a call without a row", function()
  local function post(repeatable)
    return function(client)
      return client:request({ service = "ecs", method = "POST", path = "/x", body = {}, repeatable = repeatable })
    end
  end

  it("is a mutation unless it reads", function()
    local body, err, requests = try({ { reset = true }, { json = {} } }, post())
    assert.is_nil(body)
    assert.same({ true, 1, "ecs POST /x" }, { err.in_doubt, #requests, err.operation })
    local found, info = try({ { reset = true }, { json = {} } }, function(client)
      return client:request({ service = "ecs", method = "GET", path = "/x" })
    end)
    assert.same({ {}, 2 }, { found, info.attempts })
  end)

  it("is a query when it is said to be repeatable", function()
    local body, info = try({ { reset = true }, { json = {} } }, post(true))
    assert.same({ {}, 2 }, { body, info.attempts })
  end)
end)
