-- SPDX-License-Identifier: Apache-2.0
-- Temporary keys: made from an agency or a token, accepted with their security
-- token, and for no longer than they were made for.
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")

local PATH = "/v3.0/OS-CREDENTIAL/securitytokens"

local function identity(method, spec)
  return { auth = { identity = { methods = { method }, [method] = spec } } }
end

describe("a temporary key", function()
  local c
  before_each(function() c = caller.new() end)

  local function by_agency(change)
    local spec = { agency_name = "hwdb-operations", domain_name = "simulated" }
    for key, value in pairs(change or {}) do spec[key] = value end
    return c:call("POST", PATH, identity("assume_role", spec))
  end

  local function token()
    local response = c.sim:handle({ method = "POST", target = "/v3/auth/tokens", headers = {}, body = core.encode({ auth = {
      identity = { methods = { "password" }, password = { user = { name = "operator", password = "Simulated-1!",
        domain = { name = "simulated" } } } }, scope = { project = { name = "cn-north-4" } } } }) })
    for _, header in ipairs(response.headers) do
      if header[1] == "X-Subject-Token" then return header[2] end
    end
  end

  -- A list call signed with the key; `security` goes along as X-Security-Token, signed or not.
  local function list(key, security)
    local date, host = caller.date(c.sim:now()), "127.0.0.1:8080"
    local headers = { { "Host", host } }
    if security then headers[2] = { "X-Security-Token", security } end
    local signed = core.sign({ ak = key.access, sk = key.secret, method = "GET", headers = headers, body = "", date = date,
      url = "http://" .. host .. c:path("/v1/{p}/instances") })
    headers[#headers + 1] = { "X-Sdk-Date", date }
    headers[#headers + 1] = { "Authorization", signed.authorization }
    local response = c.sim:handle({ method = "GET", target = c:path("/v1/{p}/instances"), headers = headers, body = "" })
    return response.status, core.decode(response.body)
  end

  it("from an agency is accepted with its token until it expires", function()
    local status, body = by_agency()
    local key = body.credential
    assert.same({ 201, "2026-01-01T08:15:00.000000Z", 20, 40 }, { status, key.expires_at, #key.access, #key.secret })
    assert.equal(200, (list(key, key.securitytoken)))
    c.sim:advance(899)
    assert.equal(200, (list(key, key.securitytoken)))
    c.sim:advance(1)
    local refused, error_body = list(key, key.securitytoken)
    assert.same({ 401, "APIGW.0301" }, { refused, error_body.error_code })
    assert.truthy(error_body.error_msg:find("expired at 2026-01-01T08:15:00.000Z", 1, true))
  end)

  it("is refused without its token, with another's, and with another secret", function()
    local key, other = select(2, by_agency()).credential, select(2, by_agency()).credential
    assert.equal(401, (list(key)))
    assert.equal(401, (list(key, other.securitytoken)))
    assert.equal(401, (list({ access = key.access, secret = other.secret }, key.securitytoken)))
    assert.equal(200, (list(other, other.securitytoken)))
    assert.are_not.equal(key.access, other.access)
  end)

  it("lasts as long as asked, between 900 s and a day", function()
    local _, body = by_agency({ duration_seconds = 86400 })
    c.sim:advance(86399)
    assert.equal(200, (list(body.credential, body.credential.securitytoken)))
    assert.same({ 400, 400 }, { (by_agency({ duration_seconds = 899 })), (by_agency({ duration_seconds = 86401 })) })
  end)

  it("needs an agency of the account", function()
    assert.equal(403, (by_agency({ agency_name = "none" })))
    assert.equal(403, (by_agency({ domain_name = "other" })))
    assert.equal(400, (c:call("POST", PATH, identity("assume_role", { agency_name = "hwdb-operations" }))))
    assert.equal(400, (c:call("POST", PATH, { auth = { identity = { methods = { "assume_role", "token" } } } })))
    assert.equal(400, (c:call("POST", PATH, { auth = { identity = { methods = { "assume_role" } } } })))
    assert.same({}, c.sim:effects())
  end)

  it("is made from a token in the body, or the one of the request", function()
    local login = token()
    local status, body = c:call("POST", PATH, identity("token", { id = login, duration_seconds = 1000 }))
    assert.same({ 201, "2026-01-01T08:16:40.000000Z" }, { status, body.credential.expires_at })
    local function with_header(text)
      return c.sim:handle({ method = "POST", target = PATH, headers = { { "X-Auth-Token", text } },
        body = core.encode({ auth = { identity = { methods = { "token" } } } }) })
    end
    local response = with_header(login)
    assert.equal(201, response.status)
    local key = core.decode(response.body).credential
    assert.equal(200, (list(key, key.securitytoken)))
    assert.equal(401, with_header("none").status)
  end)

  it("is refused for no token, an unknown one, or one that has expired", function()
    assert.equal(401, (c:call("POST", PATH, { auth = { identity = { methods = { "token" } } } })))
    assert.equal(401, (c:call("POST", PATH, identity("token", { id = "none" }))))
    local login = token()
    c.sim:advance(86400)
    assert.equal(401, (c:call("POST", PATH, identity("token", { id = login }))))
  end)

  it("is nobody's without authentication", function()
    local response = c.sim:handle({ method = "POST", target = PATH, headers = {}, body = core.encode(identity("token", { id = token() })) })
    assert.equal(401, response.status)
  end)

  it("lives on in a dumped state", function()
    local key = select(2, by_agency()).credential
    c = setmetatable({ sim = require("hwdb.sim").new({ state = c.sim.state }), instance = "" }, getmetatable(c))
    assert.equal(200, (list(key, key.securitytoken)))
  end)

  it("is one more effect each time", function()
    local key = select(2, by_agency()).credential
    by_agency()
    assert.same({ 2, key.access, "create_temporary_access_key" }, { #c.sim:effects(), c.sim:effects()[1].target, c.sim:effects()[1].op })
  end)
end)
