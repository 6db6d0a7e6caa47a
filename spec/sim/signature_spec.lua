-- SPDX-License-Identifier: Apache-2.0
local signature = require("hwdb.sim.signature")
local simulator = require("hwdb.sim")
local times = require("hwdb.sim.times")
local wire = require("hwdb.sim.wire")

local vectors = dofile("spec/sim/vectors.lua")

local function received(vector)
  local path, query = wire.split_target(vector.target)
  local headers = wire.headers(vector.headers)
  headers.authorization = vector.authorization
  return { method = vector.method, path = path, query = query, headers = headers, body = vector.body }
end

local function keys_of(vector)
  return { [vector.ak] = { sk = vector.sk, security_token = vector.security_token } }
end

local function at(vector)
  return times.from_compact(wire.headers(vector.headers)["x-sdk-date"])
end

describe("the simulator's signature check", function()
  for _, vector in ipairs(vectors) do
    it("computes the canonical request of " .. vector.name, function()
      assert.equal(vector.canonical_request, (signature.canonical_request(received(vector), vector.signed_headers)))
    end)

    it("accepts " .. vector.name, function()
      assert.equal(vector.ak, (signature.verify(received(vector), keys_of(vector), at(vector))))
    end)

    it("refuses " .. vector.name .. " with a changed body and echoes what it computed", function()
      local request = received(vector)
      request.body = request.body .. " "
      local ak, message = signature.verify(request, keys_of(vector), at(vector))
      local canonical = signature.canonical_request(request, vector.signed_headers)
      assert.is_nil(ak)
      assert.equal("Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:"
        .. canonical:gsub("\n", "|"), message)
    end)
  end

  local vector = vectors[2]

  local function message_for(change)
    local request, keys, now = received(vector), keys_of(vector), at(vector)
    now = change(request, keys, now) or now
    local ak, message = signature.verify(request, keys, now)
    assert.is_nil(ak)
    return (message:gsub("^Incorrect IAM authentication information: ", ""))
  end

  it("refuses a wrong secret key", function()
    assert.matches("^verify aksk signature fail, canonicalRequest:GET|/||host:", message_for(function(_, keys)
      keys[vector.ak].sk = "another"
    end))
  end)

  it("refuses an unknown access key", function()
    assert.equal("Get secretKey failed,ak:" .. vector.ak .. ",err:ak not exist", message_for(function(_, keys)
      keys[vector.ak] = nil
    end))
  end)

  it("accepts a clock 15 minutes off and refuses one a second more, naming both times", function()
    local request, keys = received(vector), keys_of(vector)
    assert.equal(vector.ak, (signature.verify(request, keys, at(vector) + 900000)))
    assert.equal(vector.ak, (signature.verify(request, keys, at(vector) - 900000)))
    assert.equal("signature expired, signature time:20260102T030405Z, server time:20260102T031906Z",
      message_for(function(_, _, now) return now + 901000 end))
  end)

  it("refuses a signed header that did not arrive", function()
    assert.equal("signed header host is not in the request", message_for(function(request)
      request.headers.host = nil
    end))
  end)

  it("demands a signed date", function()
    assert.equal("header X-Sdk-Date is missing, malformed or not signed", message_for(function(request)
      request.headers.authorization = request.headers.authorization:gsub("SignedHeaders=[^,]+", "SignedHeaders=host")
    end))
    assert.equal("header X-Sdk-Date is missing, malformed or not signed", message_for(function(request)
      request.headers["x-sdk-date"] = "yesterday"
    end))
  end)

  it("refuses another form of authorization", function()
    assert.equal("the Authorization header is not of the form of SDK-HMAC-SHA256", message_for(function(request)
      request.headers.authorization = "Bearer x"
    end))
  end)

  it("demands the security token of a temporary key", function()
    assert.equal("the security token is missing or not the one of this access key", message_for(function(_, keys)
      keys[vector.ak].security_token = "expected"
    end))
  end)

  it("takes an unsigned payload as it is named", function()
    local request = received(vector)
    request.headers["x-sdk-content-sha256"] = "UNSIGNED-PAYLOAD"
    assert.matches("\nUNSIGNED%-PAYLOAD$", (signature.canonical_request(request, "x-sdk-date")))
  end)

  it("encodes a path once, whatever was encoded before", function()
    assert.equal("/a%20b/%E5%A4%87/~x/", signature.canonical_path("/a%20b/\xe5\xa4\x87/%7Ex"))
    assert.equal("/", signature.canonical_path("/"))
  end)

  it("sorts a query by octets, empty values and repeated keys too", function()
    assert.equal("B=1&a=%2B&a=b&b=", signature.canonical_query("b&a=b&a=+&B=1"))
  end)

  it("lets a vector through the whole of handle", function()
    local sim = simulator.new({ world = "empty", ak = vector.ak, sk = vector.sk, start_ms = at(vector) })
    local headers = { { "Authorization", vector.authorization } }
    for _, header in ipairs(vector.headers) do headers[#headers + 1] = header end
    local response = sim:handle({ method = "GET", target = "/", headers = headers })
    assert.equal(200, response.status)
  end)
end)
