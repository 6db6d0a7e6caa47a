-- SPDX-License-Identifier: Apache-2.0
-- Logins at the simulated IAM: by password, with the code of a device, through
-- an agency and by a token. The codes are checked against the standard's own
-- and against openssl.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")
local simulator = require("hwdb.sim")
local totp = require("hwdb.sim.totp")

local DEMO = simulator.DEMO

-- Six digits as openssl's HMAC gives them.
local function by_openssl(hex_key, ms)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write((">I8"):pack(ms // 30000))
  file:close()
  local pipe = assert(io.popen(("openssl dgst -sha1 -mac HMAC -macopt hexkey:%s %s"):format(hex_key, name)))
  local digest = pipe:read("a"):match("(%x+)%s*$")
  pipe:close()
  os.remove(name)
  local at = tonumber(digest:sub(40, 40), 16) * 2 + 1
  return ("%06d"):format((tonumber(digest:sub(at, at + 7), 16) & 0x7fffffff) % 1000000)
end

describe("the codes of a device", function()
  it("are those of RFC 6238's appendix", function()
    for seconds, code in pairs({ [59] = "287082", [1111111109] = "081804", [1111111111] = "050471", [1234567890] = "005924",
      [2000000000] = "279037", [20000000000] = "353130" }) do
      assert.equal(code, totp.code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", seconds * 1000), seconds)
    end
  end)

  it("are openssl's, for short and for long secrets", function()
    for _, key in ipairs({ { "MZXW6", "666f6f" }, { ("MFRGGZDF"):rep(20), ("6162636465"):rep(20) } }) do
      for _, ms in ipairs({ 0, 1767254400000, 1767254429999, 1767254430000 }) do
        assert.equal(by_openssl(key[2], ms), totp.code(key[1], ms))
      end
    end
  end)
end)

describe("a login", function()
  local c, user
  before_each(function()
    c = caller.new()
    user = c.sim.state.iam.users[2]
  end)

  local function post(identity, options)
    options = options or {}
    local headers = { { "Content-Type", "application/json" } }
    if options.token then headers[2] = { "X-Auth-Token", options.token } end
    local response = c.sim:handle({ method = "POST", target = "/v3/auth/tokens", headers = headers,
      body = core.encode({ auth = { identity = identity, scope = options.scope or { project = { name = "cn-north-4" } } } }) })
    local token
    for _, header in ipairs(response.headers) do token = header[1] == "X-Subject-Token" and header[2] or token end
    return response.status, core.decode(response.body), token
  end

  local function password(name)
    return { user = { name = name or DEMO.mfa_user, password = DEMO.password, domain = { name = DEMO.domain } } }
  end

  local function mfa(passcode, id, name)
    return { methods = { "password", "totp" }, password = password(name), totp = { user = { id = id or user.id, passcode = passcode } } }
  end

  local function code(seconds) return totp.code(DEMO.mfa_secret, c.sim:now() + (seconds or 0) * 1000) end

  local function agency(change)
    local spec = { agency_name = DEMO.agency, domain_name = DEMO.domain }
    for key, value in pairs(change or {}) do spec[key] = value end
    return { methods = { "assume_role" }, assume_role = spec }
  end

  -- What a token opens.
  local function reads(token)
    return c.sim:handle({ method = "GET", target = c:path("/v1/{p}/instances"), headers = { { "X-Auth-Token", token } } }).status
  end

  it("with password and code gives a token, in either order of the methods", function()
    local status, body, token = post(mfa(code()))
    assert.same({ 201, { "password", "totp" }, user.id, 200 }, { status, body.token.methods, body.token.user.id, reads(token) })
    local turned = mfa(code(30))
    turned.methods = { "totp", "password" }
    assert.equal(201, (post(turned)))
    assert.equal(201, (post(mfa(code(-30)))))
  end)

  it("with a wrong, an old or another's code is refused, and so is one without the code or without a device", function()
    local wrong = { mfa(code(60)), mfa(code(-60)), mfa("000000"), mfa(code(), "none"), mfa(code(), c.sim.state.iam.users[1].id, DEMO.user),
      { methods = { "password" }, password = password() } }
    for i, identity in ipairs(wrong) do
      local status, body, token = post(identity)
      assert.same({ 401, "Unauthorized" }, { status, body.error.title }, i)
      assert.is_nil(token)
    end
    assert.same({}, c.sim:effects())
    assert.equal(201, (post({ methods = { "password" }, password = password(DEMO.user) })))
  end)

  it("through an agency stands for account and agency, and says who is behind it", function()
    local _, _, own = post({ methods = { "password" }, password = password(DEMO.user) })
    local status, body, token = post(agency(), { token = own })
    local domain = { id = c.sim.state.iam.domain.id, name = DEMO.domain }
    assert.same({ 201, { "assume_role" }, "simulated/hwdb-operations", domain, DEMO.user, 200 }, { status, body.token.methods,
      body.token.user.name, body.token.user.domain, body.token.assumed_by.user.name, reads(token) })
    assert.is_nil(body.token.user.password_expires_at)
    local key = c.sim:handle({ method = "POST", target = "/v3.0/OS-CREDENTIAL/securitytokens", headers = { { "X-Auth-Token", token } },
      body = core.encode({ auth = { identity = { methods = { "token" } } } }) })
    assert.equal(201, key.status)
  end)

  it("through an agency is for callers who are logged in, by token or key", function()
    assert.equal(401, (post(agency())))
    assert.equal(401, (post(agency(), { token = "none" })))
    assert.equal(201, (c:call("POST", "/v3/auth/tokens", { auth = { identity = agency(), scope = { project = { name = "cn-north-4" } } } })))
    local _, _, own = post({ methods = { "password" }, password = password(DEMO.user) })
    c.sim:advance(86400)
    assert.equal(401, (post(agency(), { token = own })))
  end)

  it("needs an agency of the account", function()
    local _, _, own = post({ methods = { "password" }, password = password(DEMO.user) })
    assert.equal(403, (post(agency({ agency_name = "none" }), { token = own })))
    assert.equal(403, (post(agency({ domain_name = "other" }), { token = own })))
    assert.equal(400, (post({ methods = { "assume_role" }, assume_role = { agency_name = DEMO.agency } }, { token = own })))
  end)

  it("by a token gives another for its user", function()
    local _, _, own = post(mfa(code()))
    local status, body, token = post({ methods = { "token" }, token = { id = own } })
    assert.same({ 201, user.id, 200 }, { status, body.token.user.id, reads(token) })
    assert.are_not.equal(own, token)
    assert.equal(401, (post({ methods = { "token" }, token = { id = "none" } })))
  end)

  it("in strange ways is refused", function()
    for i, identity in ipairs({ { methods = { "totp" }, totp = mfa(code()).totp }, { methods = { "password", "token" }, password = password() },
      { methods = { "password", "password" }, password = password() }, { methods = { "password", "totp" }, password = password() },
      { methods = { "assume_role", "password" }, password = password() }, { methods = { "token" } }, { methods = { "password" } },
      { methods = { "key" } }, { methods = {} }, {} }) do
      assert.equal(400, (post(identity)), i)
    end
    local _, _, own = post(mfa(code()))
    assert.equal(400, (post({ methods = { "assume_role" } }, { token = own })))
    assert.equal(401, (post(mfa(code()), { scope = { project = { name = "none" } } })))
  end)

  it("with a code goes on in a dump, which holds no password", function()
    local document = require("hwdb.sim.dump").take(c.sim)
    c = caller.new({ load = core.decode(core.encode(document)) })
    user = c.sim.state.iam.users[2]
    assert.equal(201, (post(mfa(code()))))
    assert.equal(401, (post(mfa("000000"))))
  end)
end)
