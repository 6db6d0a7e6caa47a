-- SPDX-License-Identifier: Apache-2.0
local stages = require("stages")

local NOON = 1767323045000 -- 2026-01-02T03:04:05Z
local DATE = "Fri, 02 Jan 2026 03:04:05 GMT"
local LATER = "Fri, 02 Jan 2026 04:04:05 GMT"

local OWN = "GET\n/v1/p/x/\na=1\ncontent-type:application/json\nhost:h.com\nx-sdk-date:20230301T084422Z\nx-security-token:SECRET\n\n"
  .. "content-type;host;x-sdk-date\nabc123"
local PREFIX = "Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:"
local TYPE, HOST, AT, WITH = "content-type:application/json|", "host:h.com|", "x-sdk-date:20230301T084422Z|", "x-security-token:SECRET|"
local NAMES, HASH = "|content-type;host;x-sdk-date|", "abc123"
local HEADERS = TYPE .. HOST .. AT .. WITH

local WRONG_SECRET = "so the secret key (SK) does not belong to the access key (AK). Give both again, from the same downloaded key file; "
  .. "for temporary keys also their security token."
local PERHAPS = "The service does not accept the signature, most likely because the secret key (SK) does not belong to the access key (AK). "
  .. "Give both again, from the same downloaded key file; for temporary keys also their security token."
local PROXY = " Look for a proxy or gateway on the way that rewrites requests, and check the endpoint."
local NTP = " minutes %s the service's, which allows 15. Set the clock (NTP)."

local function clock(minutes, way)
  return ("This machine's clock is %d"):format(minutes) .. NTP:format(way)
end

describe("a refused signature with an echo", function()
  local function explained(echo, date)
    local kind, offset, text = stages.diagnose { code = "APIGW.0301", message = PREFIX .. echo, canonical = OWN, now_ms = NOON,
      date = date or DATE }
    assert.same({ "signature", 0 }, { kind, offset })
    assert.is_nil(text:find("SECRET", 1, true))
    return text
  end

  it("that agrees: the secret key is wrong", function()
    local echo = "GET|/v1/p/x/|a=1|" .. HEADERS .. NAMES .. HASH
    for _, form in ipairs { echo, echo .. '"', echo .. "\r\n", " " .. echo } do
      assert.equal("The request arrived as it was signed, " .. WRONG_SECRET, explained(form))
    end
  end)

  for name, case in pairs {
    method = { "POST|/v1/p/x/|a=1|" .. HEADERS .. NAMES .. HASH,
      'What was signed and what arrived differ in the method: signed "GET", arrived "POST".' },
    path = { "GET|/v1/p/y/|a=1|" .. HEADERS .. NAMES .. HASH,
      'What was signed and what arrived differ in the path: signed "/v1/p/x/", arrived "/v1/p/y/".' },
    query = { "GET|/v1/p/x/||" .. HEADERS .. NAMES .. HASH,
      'What was signed and what arrived differ in the query: signed "a=1", arrived nothing.' },
    header = { "GET|/v1/p/x/|a=1|" .. TYPE .. "host:evil.com|" .. AT .. WITH .. NAMES .. HASH,
      'The header host differs between what was signed and what arrived: signed "h.com", arrived "evil.com".' },
    ["missing header"] = { "GET|/v1/p/x/|a=1|" .. HOST .. AT .. WITH .. NAMES .. HASH,
      "The header content-type was signed but did not reach the service as a signed header." },
    ["additional header"] = { "GET|/v1/p/x/|a=1|accept:x|" .. HEADERS .. NAMES .. HASH,
      'The service takes a header as signed that was not: "accept".' },
    ["additional last header"] = { "GET|/v1/p/x/|a=1|" .. HEADERS .. "x-zz:1|" .. NAMES .. HASH,
      'The service takes a header as signed that was not: "x-zz".' },
    ["security token"] = { "GET|/v1/p/x/|a=1|" .. TYPE .. HOST .. AT .. "x-security-token:SECRETX|" .. NAMES .. HASH,
      "The header x-security-token differs between what was signed and what arrived (its value is not shown)." },
    ["list of headers"] = { "GET|/v1/p/x/|a=1|" .. HEADERS .. "|content-type;host|" .. HASH,
      'What was signed and what arrived differ in the signed headers: signed "content-type;host;x-sdk-date", arrived "content-type;host".' },
    ["hash of the body"] = { "GET|/v1/p/x/|a=1|" .. HEADERS .. NAMES .. "def",
      'What was signed and what arrived differ in the hash of the body: signed "abc123", arrived "def".' },
    ["cut echo"] = { "GET|/v1", 'What was signed and what arrived differ in the path: signed "/v1/p/x/", arrived "/v1".' },
    ["echo with controls"] = { "GET|/v1/\27[2J|",
      'What was signed and what arrived differ in the path: signed "/v1/p/x/", arrived "/v1/?[2J".' },
  } do
    it("that differs is named: " .. name, function() assert.equal(case[2] .. PROXY, explained(case[1])) end)
  end

  it("that is empty says no more than the message", function() assert.equal(PERHAPS, explained("")) end)

  it("shows of a long line what surrounds the difference", function()
    local own = OWN:gsub("a=1", ("a"):rep(300) .. "=1")
    local _, _, text = stages.diagnose { message = PREFIX .. "GET|/v1/p/x/|" .. ("a"):rep(299) .. "b=1|", canonical = own, now_ms = NOON }
    assert.equal(('What was signed and what arrived differ in the query: signed "...%s=1", arrived "...%s=1".'):format(("a"):rep(25),
      ("a"):rep(24) .. "b")
      .. PROXY, text)
  end)

  it("keeps apart a value that holds the echo's own separator", function()
    local own = OWN:gsub("a=1", "a=1|2")
    local kind, _, text = stages.diagnose { message = PREFIX .. "GET|/v1/p/x/|a=1|2|" .. HEADERS .. NAMES .. HASH, canonical = own,
      now_ms = NOON }
    assert.same({ "signature", "The request arrived as it was signed, " .. WRONG_SECRET }, { kind, text })
  end)

  it("is not shown again", function()
    assert.equal("Incorrect IAM authentication information: verify aksk signature fail", stages.without_echo(PREFIX .. "GET|/v1/|" .. WITH))
    assert.equal("no echo here, ", stages.without_echo("no echo here, "))
    assert.equal("", stages.without_echo("canonicalRequest:SECRET"))
    assert.equal("a", stages.without_echo("a CANONICALREQUEST = SECRET"))
  end)
end)

describe("a refusal", function()
  local signed = "Incorrect IAM authentication information: verify aksk signature fail"

  for name, case in pairs {
    ["of an expired signature, with the server's time"] = {
      { code = "APIG.0303", message = "Incorrect app authentication information: signature expired, signature time:20230527T000431Z,"
        .. "server time:20260102T050405Z" }, "clock", 7200000, clock(120, "behind") },
    ["whose message and date disagree goes by the message"] = {
      { message = "signature expired, server time:20260102T050405Z", date = LATER }, "clock", 7200000, clock(120, "behind") },
    ["of an expired signature, with the date of the answer"] = {
      { message = "signature expired", date = "Fri, 02 Jan 2026 02:04:05 GMT" }, "clock", -3600000, clock(60, "ahead of") },
    ["of an expired signature, without any time"] = { { message = "signature expired" }, "clock", 0,
      "The service calls the signature expired: this machine's clock is off by more than 15 minutes, or the request took that long to arrive. "
        .. "Set the clock (NTP)." },
    ["of an expired signature although the clocks agree"] = { { message = "signature expired", date = DATE }, "clock", 0,
      "The service calls the signature expired although the clocks agree: the request arrived more than 15 minutes after it was signed. "
        .. "Send it again; if that repeats, look for what holds requests up on the way." },
    ["of a signature, without an echo"] = { { message = signed, canonical = OWN }, "signature", 0, PERHAPS },
    ["of a signature by a clock that is off"] = { { message = signed, canonical = OWN, date = LATER }, "clock", 3600000, clock(60,
      "behind") },
    ["of a signature by a clock that is off by 15 minutes"] = {
      { message = signed, canonical = OWN, date = "Fri, 02 Jan 2026 03:19:05 GMT" }, "signature", 0, PERHAPS },
    ["of a signature by a clock that is off by a second more"] = {
      { message = signed, canonical = OWN, date = "Fri, 02 Jan 2026 03:19:06 GMT" }, "clock", 901000, clock(15, "behind") },
    ["of an unknown access key"] = {
      { message = "Incorrect IAM authentication information: Get secretKey failed,ak:SECRET,err:ak not exist", canonical = OWN },
        "signature", 0,
      "The service does not know the access key (AK): it is mistyped, deleted, of another cloud, or a temporary one sent without its security token. "
        .. "Check it under My Credentials, Access Keys." },
    ["of a token"] = { { message = "Incorrect IAM authentication information: decrypt token fail" }, "token", 0,
      "The token is expired or not valid. Log in again, or get new temporary keys; a ready token lives 24 hours at most." },
    ["without a reason, of a call with a token"] = { { message = "The request you have made requires authentication.",
      with_token = true }, "token", 0,
      "The token is expired or not valid. Log in again, or get new temporary keys; a ready token lives 24 hours at most." },
    ["by the code for tokens"] = { { code = "APIGW.0307" }, "token", 0,
      "The token is expired or not valid. Log in again, or get new temporary keys; a ready token lives 24 hours at most." },
    ["of a login"] = { { message = "The username or password is wrong." }, "other", 0,
      "IAM refuses the login. Check user, password and account (domain_name), and that the user may use programmatic access." },
    ["of a locked key"] = { { message = "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden",
      canonical = OWN },
      "other", 0,
        "The access key is locked for a while after too many refused requests. Wait some minutes, and correct the keys before trying again." },
    ["without a reason"] = { {}, "other", 0,
      "The service refuses the credentials without saying why. Check that the key is enabled, belongs to this "
      .. "cloud and account, and that region and project are its own." },
    ["without a reason, by a clock that is off"] = { { canonical = OWN, date = LATER }, "clock", 3600000, clock(60, "behind") },
    ["with a date that is none"] = { { message = "signature expired, server time:yesterday", date = "yesterday" }, "clock", 0,
      "The service calls the signature expired: this machine's clock is off by more than 15 minutes, or the request took that long to arrive. "
        .. "Set the clock (NTP)." },
  } do
    it(name, function()
      case[1].now_ms = NOON
      assert.same({ case[2], case[3], case[4] }, { stages.diagnose(case[1]) })
    end)
  end
end)
