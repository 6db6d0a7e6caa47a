-- SPDX-License-Identifier: Apache-2.0
-- Waiting between tries, pace and deadlines, on a virtual clock: every instant is exact.
local hwdb = require("hwdb")
local Stub = require("spec.support.stub")

local ID = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09"
local OK = { json = { total_record = 0 } }

local function restart(client, options)
  return client.ddm:restart_instance({ instance_id = ID, restart = { type = "soft" } }, options)
end

local function list(client, options) return client.ddm:list_instances({}, options) end

local function busy(status, code) return { status = status, json = { errCode = code, externalMessage = "busy" } } end

local function throttled(limit, time, headers)
  return { status = 429, headers = headers, json = { error_code = "APIGW.0308", request_id = "r-308",
    error_msg = ("The throttling threshold has been reached: policy ip over ratelimit,limit:%d,time:%s"):format(limit, time) } }
end

describe("a query", function()
  it("waits twice as long each time, by half of it at random, and gives up after six tries", function()
    for _ = 1, 20 do
      local stub = Stub.new({ { status = 503 } })
      local body, err = list(stub:client())
      assert.is_nil(body)
      assert.same({ "api", 503, 6, true, false }, { err.kind, err.status, err.attempts, err.retryable, err.in_doubt })
      local waits = stub:waits()
      assert.equal(5, #waits)
      for i, most in ipairs({ 500, 1000, 2000, 4000, 8000 }) do
        assert.is_true(waits[i] >= most / 2 and waits[i] <= most, ("wait %d: %s ms"):format(i, waits[i]))
      end
    end
  end)

  it("waits differently in another client", function()
    local seen, count = {}, 0
    for _ = 1, 20 do
      local stub = Stub.new({ { status = 503 }, OK })
      assert(list(stub:client()))
      local wait = stub:waits()[1]
      if not seen[wait] then count = count + 1 end
      seen[wait] = true
    end
    assert.is_true(count > 5, "only " .. count .. " different waits of 20")
  end)

  it("never waits longer than ten seconds", function()
    local stub = Stub.new({ { status = 500 } })
    list(stub:client({ attempts = 12, deadline = 1000 }))
    local waits = stub:waits()
    assert.equal(11, #waits)
    for i = 6, 11 do
      assert.is_true(waits[i] >= 5000 and waits[i] <= 10000, ("wait %d: %s ms"):format(i, waits[i]))
    end
  end)

  for _, status in ipairs({ 408, 500, 502, 503, 504 }) do
    it("is sent again after " .. status, function()
      local stub = Stub.new({ { status = status }, OK })
      local _, info = assert(list(stub:client()))
      assert.same({ 2, 200 }, { info.attempts, info.status })
    end)
  end

  it("is not sent again after other refusals", function()
    for _, status in ipairs({ 400, 403, 404, 405, 409, 413, 422 }) do
      local stub = Stub.new({ { status = status }, OK })
      local body, err = list(stub:client())
      assert.is_nil(body)
      assert.same({ status, 1, 1 }, { err.status, err.attempts, #stub.requests })
    end
  end)

  it("is signed anew for each try", function()
    local stub = Stub.new({ { status = 503, headers = { { "Retry-After", "30" } } }, OK })
    assert(list(stub:client()))
    assert.equal("20260101T000000Z", stub.requests[1].named["X-Sdk-Date"])
    assert.equal("20260101T000030Z", stub.requests[2].named["X-Sdk-Date"])
    assert.are_not.equal(stub.requests[1].named.Authorization, stub.requests[2].named.Authorization)
  end)
end)

describe("tries", function()
  it("can be fewer, for a client or for one call", function()
    local stub = Stub.new({ { status = 503 } })
    local client = stub:client({ attempts = 3 })
    local _, err = list(client)
    assert.equal(3, err.attempts)
    _, err = list(client, { attempts = 1 })
    assert.same({ 1, 4 }, { err.attempts, #stub.requests })
  end)

  it("end at the deadline over all of them", function()
    local stub = Stub.new({ { status = 503, headers = { { "Retry-After", "9" } } } })
    local _, err = list(stub:client({ deadline = 20, attempts = 100 }))
    assert.same({ "api", 503, 3, true, 9 }, { err.kind, err.status, err.attempts, err.retryable, err.retry_after })
    assert.same({ 0, 9, 18 }, stub:times())
  end)

  it("end at the deadline of the one call", function()
    local stub = Stub.new({ { status = 503, headers = { { "Retry-After", "9" } } } })
    local _, err = list(stub:client(), { deadline = 10 })
    assert.same({ 2, 9 }, { err.attempts, err.retry_after })
    assert.same({ 0, 9 }, stub:times())
  end)

  it("of a query get no more time than the deadline leaves", function()
    local stub = Stub.new({ { fault = { kind = "stall", seconds = 1000 } } })
    local _, err = list(stub:client({ timeout = 60, stall_timeout = 60, deadline = 25 }))
    assert.same({ "timeout", 1 }, { err.kind, err.attempts })
    assert.equal(25000, stub:now() - Stub.START)
  end)

  it("of a mutation are never cut short by the deadline", function()
    local stub = Stub.new({ { fault = { kind = "stall", seconds = 50 }, json = {} } })
    assert(restart(stub:client({ timeout = 60, stall_timeout = 60, deadline = 5 })))
  end)
end)

describe("Retry-After", function()
  it("is waited for exactly, by queries and by refused mutations", function()
    for _, call in ipairs({ list, restart }) do
      local stub = Stub.new({ { status = 429, headers = { { "Retry-After", "17" } } }, OK })
      local _, info = assert(call(stub:client()))
      assert.equal(2, info.attempts)
      assert.same({ 0, 17 }, stub:times())
    end
  end)

  it("holds up the other calls of the service, not those of another", function()
    local stub = Stub.new({ { status = 429, headers = { { "Retry-After", "40" } } }, OK })
    local client = stub:client()
    list(client, { attempts = 1 })
    assert(client:request({ service = "ecs", method = "GET", path = "/x" }))
    assert(list(client))
    assert.same({ 0, 0, 40 }, stub:times())
  end)

  it("beyond the deadline is told instead of waited for", function()
    local stub = Stub.new({ { status = 429, headers = { { "Retry-After", "300" } } }, OK })
    local _, err = restart(stub:client())
    assert.same({ "api", 429, 1, true, 300, false, "throttled" },
      { err.kind, err.status, err.attempts, err.retryable, err.retry_after, err.in_doubt, err.class })
    assert.equal(1, #stub.requests)
  end)

  it("may name a day and time", function()
    local stub = Stub.new({ { status = 503, headers = { { "Retry-After", "Thu, 01 Jan 2026 00:00:25 GMT" } } }, OK })
    assert(list(stub:client()))
    assert.same({ 0, 25 }, stub:times())
    stub = Stub.new({ { status = 503, headers = { { "Retry-After", "Wed, 31 Dec 2025 23:59:00 GMT" } } }, OK })
    assert(list(stub:client()))
    assert.is_true(stub:times()[2] <= 0.5)
  end)

  it("that makes no sense is not waited for", function()
    for _, value in ipairs({ "-5", "soon", "99999999999999999999", "" }) do
      local stub = Stub.new({ { status = 503, headers = { { "Retry-After", value } } }, OK })
      assert(list(stub:client()))
      assert.is_true(stub:times()[2] <= 0.5, value)
    end
  end)
end)

describe("the window that a throttled call is told of", function()
  it("is waited out and kept to from then on", function()
    local stub = Stub.new({ throttled(2, "10 second"), OK })
    local client = stub:client()
    for _ = 1, 6 do assert(list(client)) end
    assert.same({ 0, 10, 10, 20, 20, 30, 30 }, stub:times())
  end)

  it("is kept to by many calls at once", function()
    local stub = Stub.new({ throttled(3, "1 minute"), OK })
    local client = stub:client({ deadline = 1000 })
    local calls = {}
    for i = 1, 9 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
    for i, result in ipairs(hwdb.gather(calls, { max = 1 })) do assert(result[1], i .. tostring(result[2])) end
    assert.same({ 0, 60, 60, 60, 120, 120, 120, 180, 180, 180 }, stub:times())
  end)

  it("may be of minutes, hours and days", function()
    for unit, seconds in pairs({ second = 1, minute = 60, hour = 3600, day = 86400 }) do
      local stub = Stub.new({ throttled(100, "2 " .. unit), OK })
      assert(restart(stub:client({ deadline = 200000 })))
      assert.same({ 0, 2 * seconds }, stub:times())
    end
  end)

  it("gives way to Retry-After for the first wait", function()
    local stub = Stub.new({ throttled(1, "1 minute", { { "Retry-After", "5" } }), OK })
    local client = stub:client()
    assert(list(client))
    assert(list(client))
    assert.same({ 0, 5, 65 }, stub:times())
  end)

  it("longer than the deadline is told", function()
    local stub = Stub.new({ throttled(200, "5 minute"), OK })
    local _, err = list(stub:client())
    assert.same({ "api", 429, "APIGW.0308", "r-308", "throttled", 1, true, 300 },
      { err.kind, err.status, err.code, err.request_id, err.class, err.attempts, err.retryable, err.retry_after })
    assert.same({ calls = 200, seconds = 300 }, err.limit)
  end)

  it("tells the limit it stated, also where the call came through later", function()
    local client = Stub.new({ throttled(7, "2 second"), OK, { status = 429 }, OK }):client()
    local _, info = list(client)
    assert.same({ 2, { calls = 7, seconds = 2 } }, { info.attempts, info.limit })
    _, info = list(client)
    assert.same({ 2 }, { info.attempts, info.limit })
  end)
end)

describe("pace", function()
  it("is kept by all calls of the service, whoever makes them", function()
    local stub = Stub.new({ OK })
    local client = stub:client({ pace = { ddm = 2 }, deadline = 1000 })
    local calls = {}
    for i = 1, 5 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
    hwdb.gather(calls)
    assert(client:request({ service = "ecs", method = "GET", path = "/x" }))
    assert.same({ 0, 0, 60, 60, 120, 120 }, stub:times())
  end)

  it("off, lets everything out at once", function()
    local stub = Stub.new({ OK })
    local client = stub:client()
    for _ = 1, 100 do assert(list(client)) end
    assert.equal(0, stub:times()[100])
  end)

  it("that cannot be kept before the deadline says so, and nothing is sent", function()
    local stub = Stub.new({ OK })
    local client = stub:client({ pace = { ddm = 1 }, deadline = 30 })
    assert(list(client))
    local body, err = restart(client)
    assert.is_nil(body)
    assert.same({ "timeout", 0, true, false, 60, "the pace allows the next call of ddm in 60 s, after this call's deadline" },
      { err.kind, err.attempts, err.retryable, err.in_doubt, err.retry_after, err.message })
    assert.equal(1, #stub.requests)
  end)

  it("must be calls a minute", function()
    for _, bad in ipairs({ 0, -1, 1.5, 10001, "fast" }) do
      local client, err = hwdb.client({ pace = { ddm = bad } })
      assert.is_nil(client)
      assert.same({ "usage", "client: option pace.ddm must be calls a minute, from 1 to 10000" }, { err.kind, err.message })
    end
  end)
end)

describe("a busy instance", function()
  for _, case in ipairs({ { 409, "DBS.200019" }, { 403, "DBS.200019" }, { 409, "DBS.212033" }, { 403, "DBS.212033" }, { 400, "DBS.200076" } }) do
    it(("answering %d %s has the mutation sent again"):format(case[1], case[2]), function()
      local stub = Stub.new({ busy(case[1], case[2]), busy(case[1], case[2]), OK })
      local _, info = assert(restart(stub:client()))
      assert.equal(3, info.attempts)
      assert.same({ 0, 10, 20 }, stub:times())
    end)
  end

  it("that stays busy is told in the end, without doubt", function()
    local stub = Stub.new({ busy(409, "DBS.200019") })
    local _, err = restart(stub:client({ attempts = 3 }))
    assert.same({ "api", 409, "DBS.200019", "busy", 3, true, false, 10 },
      { err.kind, err.status, err.code, err.class, err.attempts, err.retryable, err.in_doubt, err.retry_after })
  end)
end)

describe("a mutation", function()
  it("lost on its way is not sent again, whatever was refused before", function()
    local stub = Stub.new({ busy(409, "DBS.200019"), { fault = { kind = "reset_after" } }, OK })
    local _, err = restart(stub:client())
    assert.same({ "transport", 2, true, false }, { err.kind, err.attempts, err.in_doubt, err.retryable })
    assert.equal(2, #stub.requests)
  end)
end)

describe("the client's clock", function()
  it("sleeps exactly as long as told, and is the simulator's", function()
    local stub = Stub.new({ OK })
    local client = stub:client()
    assert.equal(Stub.START, client:now())
    assert.is_true(client:sleep(86400.25))
    assert.equal(Stub.START + 86400250, client:now())
    assert.is_true(client:sleep(0))
    assert.equal(Stub.START + 86400250, client:now())
  end)

  it("lets sleepers wake in the order of their times", function()
    local stub = Stub.new({ OK })
    local client, other = stub:client(), stub:client()
    local woken = {}
    local function sleeper(which, seconds)
      return function()
        which:sleep(seconds)
        woken[#woken + 1] = { seconds, client:now() - Stub.START }
      end
    end
    hwdb.gather({ sleeper(client, 30), sleeper(other, 10), sleeper(client, 20), sleeper(other, 40) })
    assert.same({ { 10, 10000 }, { 20, 20000 }, { 30, 30000 }, { 40, 40000 } }, woken)
  end)

  it("refuses to sleep for no number of seconds", function()
    local client = Stub.new({ OK }):client()
    for _, bad in ipairs({ -1, 0 / 0, math.huge }) do
      assert.has_error(function() client:sleep(bad) end)
    end
  end)
end)
