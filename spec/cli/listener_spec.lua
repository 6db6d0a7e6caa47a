-- SPDX-License-Identifier: Apache-2.0
-- The listener against clients of every kind: many at once, slow ones, deaf ones, senseless ones; and its end.
local cli = require("spec.support.cli")
local uv = require("luv")

-- -- connections of one's own ------------------------------------------------------

local Connection = {}
Connection.__index = Connection

-- Lets events come until the condition holds; a guard of a minute ends a test that would hang.
local function wait_until(holds, what)
  local guard, late = uv.new_timer(), false
  guard:start(60000, 0, function() late = true end)
  while not holds() and not late do uv.run("once") end
  guard:stop()
  guard:close()
  assert(not late, "in vain: " .. what)
end

local function connect(port, deaf)
  local self = setmetatable({ socket = uv.new_tcp(), got = "", closed = false, open = false }, Connection)
  self.socket:connect("127.0.0.1", math.tointeger(tonumber(port)), function(err)
    self.open, self.closed = not err, err ~= nil
    if err or deaf then return end
    self.socket:read_start(function(problem, text)
      if text then self.got = self.got .. text else self.closed = true end
      if problem then self.closed = true end
    end)
  end)
  wait_until(function() return self.open or self.closed end, "a connection")
  return self
end

function Connection:send(text)
  self.socket:write(text, function(err) if err then self.closed = true end end)
end

function Connection:close()
  if not self.socket:is_closing() then self.socket:close() end
  uv.run("nowait")
end

-- How many whole answers have come: each names its length.
function Connection:answers()
  local count, at = 0, 1
  while true do
    local _, stop = self.got:find("\r\n\r\n", at, true)
    local length = stop and tonumber(self.got:sub(at, stop):lower():match("content%-length: (%d+)"))
    if not length or #self.got < stop + length then return count end
    count, at = count + 1, stop + length + 1
  end
end

function Connection:answered(count)
  wait_until(function() return self:answers() >= (count or 1) or self.closed end, "an answer")
  return tonumber(self.got:match("^HTTP/1%.%d (%d+)"))
end

local function ended(self)
  wait_until(function() return self.closed end, "the end of a connection")
end

local ASK <const> = "GET /v1/p/instances HTTP/1.1\r\nHost: a\r\n\r\n"

local function serves(port)
  local one = connect(port)
  one:send(ASK)
  local status = one:answered()
  one:close()
  return status == 401
end

describe("the listener", function()
  local sim, open
  before_each(function() open = {} end)
  after_each(function()
    for _, one in ipairs(open) do one:close() end
  end)
  setup(function() sim = cli.sim() end)
  teardown(function()
    sim:signal("TERM")
    assert.equal(0, (sim:wait()))
    cli.clean()
  end)

  local function many(count, deaf)
    for i = #open + 1, #open + count do open[i] = connect(sim.port, deaf) end
    return open
  end

  it("answers 64 connections that are open at once, again and again", function()
    many(64)
    for round = 1, 3 do
      for _, one in ipairs(open) do one:send(ASK) end
      for i, one in ipairs(open) do assert.equal(401, one:answered(round), "connection " .. i) end
    end
    for i, one in ipairs(open) do assert.is_false(one.closed, "connection " .. i) end
  end)

  it("takes a 65th when another has gone", function()
    many(64)
    for _, one in ipairs(open) do one:send(ASK) end
    for _, one in ipairs(open) do one:answered() end
    local extra = connect(sim.port)
    extra:send(ASK)
    open[1]:close()
    -- The one too many may have been turned away meanwhile; a new one is served.
    wait_until(function()
      if extra:answers() == 1 then return true end
      if not extra.closed then return false end
      extra:close()
      extra = connect(sim.port)
      extra:send(ASK)
      return false
    end, "an answer to the 65th")
    extra:close()
  end)

  it("serves others while a request dribbles in, and then it too", function()
    local slow = connect(sim.port)
    open[1] = slow
    for i = 1, #ASK do
      slow:send(ASK:sub(i, i))
      uv.run("nowait")
      if i % 8 == 0 then assert.is_true(serves(sim.port)) end
    end
    assert.equal(401, slow:answered())
  end)

  it("serves others while 60 hold half a request or half a body", function()
    many(60)
    for i, one in ipairs(open) do
      one:send(i % 2 == 0 and "POST /v1/p/instances HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{" or "GET /half HTTP/1.1\r\nHo")
    end
    for _ = 1, 5 do assert.is_true(serves(sim.port)) end
  end)

  it("serves others while 30 never read the answers to hundreds of requests", function()
    many(30, true)
    for _, one in ipairs(open) do one:send(ASK:rep(2000)) end
    for _ = 1, 5 do assert.is_true(serves(sim.port)) end
  end)

  it("answers requests that come together, in their order", function()
    local one = connect(sim.port)
    open[1] = one
    one:send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" .. ASK .. "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
    one:answered(3)
    local statuses = {}
    for status in one.got:gmatch("HTTP/1%.1 (%d+)") do statuses[#statuses + 1] = status end
    assert.same({ "404", "401", "404" }, statuses)
  end)

  for name, case in pairs({
    ["TLS at a plain port"] = "\22\3\1\2\0\1\0\1\252\3\3" .. ("\0"):rep(64) .. "\r\n\r\n",
    ["a length that is none"] = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
    ["a negative length"] = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    ["a length beyond 64 bits"] = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    ["a chunk that is none"] = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
    ["a request line without end"] = "GET /" .. ("a"):rep(100000),
    ["headers without end"] = "GET /a HTTP/1.1\r\nHost: a\r\n" .. ("X-Long: " .. ("b"):rep(1000) .. "\r\n"):rep(100),
    ["no host"] = "GET /a HTTP/1.1\r\n\r\n",
    ["another protocol"] = "GET /a HTTP/9.9\r\nHost: a\r\n\r\n",
  }) do
    it("stands " .. name, function()
      local one = connect(sim.port)
      open[1] = one
      one:send(case)
      one.socket:shutdown()
      wait_until(function() return one.closed or one:answers() > 0 end, "an end or an answer")
      local status = tonumber(one.got:match("^HTTP/1%.%d (%d+)"))
      assert.is_true(status == nil or status >= 400 and status < 600, one.got)
      assert.is_true(serves(sim.port))
    end)
  end

  -- The library waits for the rest until its time is over.
  it("serves others beside clients that break off or talk no HTTP", function()
    for i, text in ipairs({ "GET /a HT", ("\0\255\1\r\n"):rep(50) .. "\r\n\r\n", "\r\n\r\n\r\n", "" }) do
      open[i] = connect(sim.port)
      open[i]:send(text)
      open[i].socket:shutdown()
      assert.is_true(serves(sim.port))
    end
  end)

  it("bounds a body whose length is not said", function()
    local one = connect(sim.port)
    open[1] = one
    one:send("POST /v1/p/instances HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    local chunk = ("100000\r\n%s\r\n"):format(("x"):rep(0x100000))
    for _ = 1, 14 do one:send(chunk) end
    one:send("0\r\n\r\n")
    assert.equal(413, one:answered())
    assert.is_true(serves(sim.port))
  end)
end)

describe("the listener's end", function()
  teardown(cli.clean)

  for _, signal in ipairs({ "TERM", "INT" }) do
    it("comes with SIG" .. signal .. " whatever its clients do", function()
      local sim = cli.sim({ "--faults", cli.file("faults", '{"op":"*","do":"stall","seconds":600,"times":5}\n') })
      local open = {}
      for i = 1, 40 do
        local one = connect(sim.port, i % 4 == 3)
        open[i] = one
        if i % 4 == 0 then one:send("GET /half") end
        if i % 4 == 1 then one:send("POST /v1/p/instances HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{") end
        if i % 4 == 3 then one:send(ASK:rep(500)) end
      end
      assert.is_true(serves(sim.port))
      sim:signal(signal)
      assert.equal(0, (sim:wait()))
      for i, one in ipairs(open) do
        if i % 4 ~= 3 then ended(one) end
        one:close()
      end
    end)
  end
end)
