-- SPDX-License-Identifier: Apache-2.0
local stages = require("stages")

local KEYS = '{"credential":{"access":"A","secret":"S","securitytoken":"T","expires_at":"2026-01-02T03:04:05.000000Z"}}'
local SESSION = "PUT /meta-data/latest/api/token X-Metadata-Token-Ttl-Seconds: 21600"
local PLAIN = "GET /openstack/latest/securitykey"
local WITH = PLAIN .. " X-Metadata-Token: "

describe("the metadata service", function()
  local held, service
  before_each(function()
    held = stages.held()
    service = stages.metadata()
  end)
  after_each(function()
    stages.fail_after()
    service:free()
    assert.equal(held, stages.held())
  end)

  local function given_up(status, body)
    local c, e = service:answer(status, body)
    assert.is_nil(c)
    assert.equal("auth", e.kind)
    assert.is_string(e.remedy)
    assert.equal(SESSION, service:next())
    return (e.message:gsub("^the metadata service ", ""))
  end

  it("is asked for a session, then for keys, then for keys again", function()
    assert.equal(SESSION, service:next())
    assert.equal("more", service:answer(200, "tok==\n"))
    assert.equal(WITH .. "tok==", service:next())
    local c = service:answer(200, KEYS)
    assert.same({ ak = "A", sk = "S", security_token = "T", expires_ms = 1767323045000, source = "metadata service of this server",
      usable = 1 }, c)
    assert.equal(WITH .. "tok==", service:next())
    assert.equal("A", service:answer(200, KEYS).ak)
  end)

  it("without sessions is asked for keys at once", function()
    for _, status in ipairs { 404, 405, 503 } do
      assert.equal("more", service:answer(status, ""))
      assert.equal(PLAIN, service:next())
      assert.equal("A", service:answer(200, KEYS).ak)
      service:free()
    end
  end)

  it("that refuses a session is given a new one, once", function()
    service:answer(200, "old")
    assert.equal("more", service:answer(401, ""))
    assert.equal(SESSION, service:next())
    assert.equal("more", service:answer(200, "new"))
    assert.equal(WITH .. "new", service:next())
    assert.equal("answers the key request with status 401", given_up(401, ""))
  end)

  it("may refuse a session again after keys were given", function()
    for _ = 1, 3 do
      service:answer(200, "tok")
      assert.equal("A", service:answer(200, KEYS).ak)
      assert.equal("more", service:answer(401, ""))
    end
  end)

  it("that refused must give a session: none will not do", function()
    service:answer(404, "")
    assert.equal("more", service:answer(401, ""))
    assert.equal(SESSION, service:next())
    assert.equal("answers the session request with status 404", given_up(404, ""))
  end)

  it("that is not there, has no agency or answers otherwise is given up", function()
    assert.equal("does not answer", given_up(0, ""))
    assert.equal("answers the session request with status 500", given_up(500, ""))
    assert.equal("answers the session request with status 401", given_up(401, ""))
    for _, token in ipairs { "", "a b", "a\r\nb", "\195\169", "tok\0", ("t"):rep(8193) } do
      assert.equal("gives a session token that is none", given_up(200, token))
    end
    for _, case in ipairs { { 404, "", "has no keys: this server has no agency" }, { 401, "Please configure Cloud Service Agency first",
      "has no keys: this server has no agency" }, { 500, "", "answers the key request with status 500" }, { 0, "", "does not answer" } } do
      service:answer(200, "tok")
      assert.equal(case[3], given_up(case[1], case[2]))
    end
    assert.equal("more", service:answer(200, ("t"):rep(8192)))
  end)

  it("that gives no keys is not believed", function()
    service:answer(200, "tok")
    local c, e = service:answer(200, "<html>")
    assert.is_nil(c)
    assert.same({ "decode", "the answer with temporary keys is not JSON" }, { e.kind, e.message })
    assert.equal(SESSION, service:next())
  end)

  it("fails cleanly without memory", function()
    local tried = 0
    for n = 0, 60 do
      service:free()
      stages.fail_after(n)
      local c, e = service:answer(200, "tok")
      if c then c, e = service:answer(200, KEYS) end
      local refusals = stages.fail_after()
      if refusals == 0 then
        assert.equal("S", c.sk)
        break
      end
      tried = tried + 1
      assert.is_nil(c)
      assert.equal("memory", e.kind)
    end
    assert.is_true(tried > 5 and tried < 60)
  end)
end)

describe("temporary keys", function()
  local held
  before_each(function() held = stages.held() end)
  after_each(function() assert.equal(held, stages.held()) end)

  it("are read with their end, or without one", function()
    local function ends(text)
      return stages.temporary_answer(('{"credential":{"access":"A","secret":"S","securitytoken":"T"%s}}'):format(text), "IAM").expires_ms
    end
    assert.equal(1767323045000, ends(',"expires_at":"2026-01-02T03:04:05Z"'))
    assert.equal(0, ends(""))
    assert.equal(0, ends(',"expires_at":"later"'))
    assert.equal(0, ends(',"expires_at":7'))
    assert.equal("IAM", stages.temporary_answer(KEYS, "IAM").source)
  end)

  for body, case in pairs {
    [""] = { "decode", "the answer with temporary keys is not JSON" },
    ["<html>"] = { "decode", "the answer with temporary keys is not JSON" },
    ["{}"] = { "decode", "the answer with temporary keys has no credential in it" },
    ["[]"] = { "decode", "the answer with temporary keys has no credential in it" },
    ['{"credential":[]}'] = { "decode", "the answer with temporary keys has no credential in it" },
    ['{"credential":{"access":"A","secret":"CANARY"}}'] = { "decode",
      "the answer with temporary keys lacks access, secret or securitytoken" },
    ['{"credential":{"access":"A","secret":"","securitytoken":"CANARY"}}'] = { "decode",
      "the answer with temporary keys lacks access, secret or securitytoken" },
    ['{"credential":{"access":7,"secret":"CANARY","securitytoken":"T"}}'] = { "decode",
      "the answer with temporary keys lacks access, secret or securitytoken" },
    ['{"credential":{"access":"A","secret":"CANARY\\n","securitytoken":"T"}}'] = { "auth", "secret holds a control character" },
    ['{"credential":{"access":"A","secret":" CANARY","securitytoken":"T"}}'] = { "auth", "secret begins or ends with a space" },
  } do
    it(("are refused: %q"):format(body), function()
      local c, e = stages.temporary_answer(body, "IAM")
      assert.is_nil(c)
      assert.same(case, { e.kind, e.message })
      assert.is_string(e.remedy)
      assert.is_nil((e.message .. e.remedy):find("CANARY", 1, true))
    end)
  end
end)
