-- SPDX-License-Identifier: Apache-2.0
local cjson = require("cjson")
local stages = require("stages")

local NOON = 1767323045000 -- 2026-01-02T03:04:05Z
local HOUR = 3600000
local DAY = 24 * HOUR

local held
local function watch_memory()
  before_each(function() held = stages.held() end)
  after_each(function()
    stages.fail_after()
    assert.equal(held, stages.held())
  end)
end

--- Tries `call` with ever more memory until it suffices; what it gives before that must be a memory error.
local function starve(call)
  local whole = { call() }
  for n = 0, 100 do
    stages.fail_after(n)
    local result = { call() }
    local refusals = stages.fail_after()
    assert.equal(held, stages.held())
    if refusals == 0 then
      assert.same(whole, result)
      assert.is_true(n > 0)
      return
    end
    assert.is_nil(result[1])
    assert.equal("memory", result[2].kind)
  end
  error("memory never sufficed")
end

describe("a point in time", function()
  for text, ms in pairs {
    ["2026-01-02T03:04:05Z"] = NOON, ["2026-01-02T03:04:05.123456Z"] = NOON + 123, ["2026-01-02T11:04:05+0800"] = NOON,
    ["2026-01-02T11:04:05.5+08:00"] = NOON + 500, ["2026-01-01 22:04:05-05"] = NOON, ["2026-01-02T08:34:05+05:30"] = NOON,
    ["2026-01-02T03:04:05.000000Z"] = NOON, ["20260102T030405Z"] = NOON, ["Fri, 02 Jan 2026 03:04:05 GMT"] = NOON,
      ["1970-01-01T00:00:00Z"] = 0,
    ["1969-12-31T23:59:59Z"] = -1000, ["2024-02-29T00:00:00Z"] = 1709164800000, ["2000-03-01T00:00:00Z"] = 951868800000,
    ["2000-02-29T00:00:00Z"] = 951782400000, ["9999-12-31T23:59:59Z"] = 253402300799000, ["2016-12-31T23:59:60Z"] = 1483228800000,
    ["Tue, 29 Feb 2028 00:00:00 GMT"] = 1835395200000, ["2026-01-02T03:04:05.9999Z"] = NOON + 999,
  } do
    it("is read: " .. text, function() assert.equal(ms, stages.time_parse(text)) end)
  end

  it("agrees with the system's calendar", function()
    for year = 1971, 2099, 4 do
      for month = 1, 12 do
        local text = ("%04d-%02d-28T12:00:00Z"):format(year, month)
        assert.equal(os.time { year = year, month = month, day = 28, hour = 12 } * 1000, stages.time_parse(text), text)
      end
    end
  end)

  for _, text in ipairs { "", "2026", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-00-02T03:04:05Z",
    "2026-01-00T03:04:05Z",
    "2026-02-29T03:04:05Z", "1900-02-29T00:00:00Z", "2026-01-02T24:04:05Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:61Z",
      "2026-01-02T03:04:05Zx",
    " 2026-01-02T03:04:05Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04Z", "20260102T0304Z", "20260102T030405",
      "Fri, 02 Jxn 2026 03:04:05 GMT",
    "Fri, 32 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 UTC", "Fri", "Fri, 02", "Friday, 02-Jan-26 03:04:05 GMT",
      "2026-01-02T03:04:05+08:",
    "2026-01-02T03:04:05+8", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+08:60", "0000-01-02T03:04:05Z", "2026/01/02T03:04:05Z",
    "2026-01-02t03:04:05z", "1767323045", "2026-01-02T03:04:05Z\0" } do
    it(("is refused: %q"):format(text), function() assert.is_nil(stages.time_parse(text)) end)
  end
end)

describe("the login's body", function()
  watch_memory()

  it("has user, password, account and the region's own project", function()
    assert.equal([[{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"u\"","password":"p\\","domain":{"name":"d"}}}},]]
      .. [["scope":{"project":{"name":"cn-north-4"}}}}]],
      stages.login_body({ user = 'u"', password = "p\\", domain_name = "d" }, "cn-north-4"))
  end)

  it("takes the project's id before its name before the region's, the account's name before its id", function()
    local function scope(c, region)
      c.user, c.password = "u", "p"
      local auth = cjson.decode(stages.login_body(c, region)).auth
      return auth.scope.project, auth.identity.password.user.domain
    end
    assert.same({ { id = "P" }, { id = "d" } }, { scope { domain_id = "d", project_id = "P", project_name = "N" } })
    assert.same({ { name = "N" }, { name = "D" } }, { scope({ domain_id = "d", domain_name = "D", project_name = "N" }, "r") })
    assert.same({ { name = "r" }, { name = "D" } }, { scope({ domain_name = "D" }, "r") })
  end)

  it("is JSON whatever the password holds", function()
    for _, password in ipairs { "\1\31\127", "中文", "\\u0000", '{"a":1}', ("é\n"):rep(1000) } do
      local body = stages.login_body({ user = "u", password = password, domain_name = "d" }, "r")
      assert.equal(password, cjson.decode(body).auth.identity.password.user.password)
    end
  end)

  it("is refused where something is missing, saying what to give", function()
    for message, case in pairs {
      ["the login at IAM has no user"] = { { password = "p", domain_name = "d" }, "r", "give user or HW_USER_NAME" },
      ["the login at IAM has no password"] = { { user = "u", domain_name = "d" }, "r", "give password or HW_USER_PASSWORD" },
      ["the login at IAM has no account (domain_name)"] = { { user = "u", password = "p" }, "r",
        "give domain_name or HW_DOMAIN_NAME: the account the user belongs to" },
      ["the login at IAM has no project and no region"] = { { user = "u", password = "p", domain_name = "d" }, nil,
        "give region or project_id" },
    } do
      local body, e = stages.login_body(case[1], case[2])
      assert.is_nil(body)
      assert.same({ "auth", message, case[3] }, { e.kind, e.message, e.remedy })
    end
    assert.equal("the login at IAM has no project and no region",
      select(2, stages.login_body({ user = "u", password = "p", domain_name = "d" }, "")).message)
  end)

  it("fails cleanly without memory", function()
    starve(function() return stages.login_body({ user = "u", password = ("p"):rep(300), domain_name = "d" }, "r") end)
  end)
end)

describe("the login's answer", function()
  watch_memory()

  local function answer(token, now)
    return stages.login_answer(('{"token":%s}'):format(token), now)
  end

  it("gives the end of the token and its project", function()
    assert.same({ NOON, "P" },
      { answer('{"expires_at":"2026-01-02T03:04:05.000000Z","issued_at":"2026-01-01T03:04:05.000000Z","project":{"id":"P"}}',
      NOON - DAY) })
    assert.same({ NOON }, { answer('{"expires_at":"2026-01-02T03:04:05Z"}', NOON - 1) })
    assert.same({ NOON }, { answer('{"expires_at":"2026-01-02T03:04:05Z","project":{"id":""}}', NOON - DAY - HOUR) })
  end)

  it("counts the stated life from now where the clocks disagree, or a day", function()
    assert.same({ 12 * HOUR }, { answer('{"expires_at":"2026-01-02T03:04:05Z","issued_at":"2026-01-01T15:04:05Z"}', 0) })
    assert.equal(NOON + 12 * HOUR, (answer('{"expires_at":"2026-01-02T03:04:05Z","issued_at":"2026-01-01T15:04:05Z"}', NOON)))
    assert.equal(NOON - DAY - HOUR - 1 + DAY, (answer('{"expires_at":"2026-01-02T03:04:05Z"}', NOON - DAY - HOUR - 1)))
    assert.equal(NOON + DAY, (answer('{"expires_at":"2026-01-02T03:04:05Z","issued_at":"2025-12-01T03:04:05Z"}', NOON)))
    assert.equal(5 + DAY, (answer("{}", 5)))
    assert.equal(5 + DAY, (answer('{"expires_at":"soon"}', 5)))
    assert.equal(5 + DAY, (answer('{"expires_at":7,"project":7}', 5)))
  end)

  it("is refused where it is none", function()
    for body, message in pairs { ["{}"] = "IAM's answer to the login has no token in it",
      ["[1]"] = "IAM's answer to the login has no token in it",
      ['{"token":1}'] = "IAM's answer to the login has no token in it", ["<html>"] = "IAM's answer is not JSON",
        [""] = "IAM's answer is not JSON" } do
      local expires, e = stages.login_answer(body, 0)
      assert.is_nil(expires)
      assert.same({ "decode", message, "check that iam_endpoint (or HWDB_ENDPOINT_IAM) is the address of IAM" }, { e.kind, e.message,
        e.remedy })
    end
  end)

  it("fails cleanly without memory", function()
    starve(function() return answer('{"expires_at":"2026-01-02T03:04:05Z","project":{"id":"P"}}', NOON - DAY) end)
  end)
end)

describe("the project's id", function()
  watch_memory()

  local function id_of(projects)
    return stages.project_answer(('{"projects":[%s]}'):format(projects), "cn-north-4")
  end

  it("is that of the one project with exactly this name", function()
    assert.equal("2", (id_of('{"name":"cn-north-4_x","id":"1"},{"name":"cn-north-4","id":"2"},7,{"name":7,"id":"3"}')))
  end)

  it("is never the first of a list", function()
    local id, e = id_of('{"name":"cn-north-4_x","id":"1"}')
    assert.is_nil(id)
    assert.equal('no project is named "cn-north-4", or these credentials may not see it', e.message)
    assert.equal("give project_id (HUAWEICLOUD_SDK_PROJECT_ID), or correct region or project_name", e.remedy)
    assert.equal("auth", e.kind)
    assert.equal(e.message, select(2, id_of("")).message)
    assert.equal('2 projects are named "cn-north-4"', select(2,
      id_of('{"name":"cn-north-4","id":"1"},{"name":"cn-north-4","id":"2"}')).message)
  end)

  it("is refused where the answer has none", function()
    for body, message in pairs { ['{"projects":[{"name":"cn-north-4"}]}'] = "IAM's answer names a project without an id",
      ['{"projects":[{"name":"cn-north-4","id":7}]}'] = "IAM's answer names a project without an id",
        ["{}"] = "IAM's answer has no list of projects",
      ['{"projects":{}}'] = "IAM's answer has no list of projects", ["x"] = "IAM's answer is not JSON" } do
      local id, e = stages.project_answer(body, "cn-north-4")
      assert.is_nil(id)
      assert.same({ "decode", message }, { e.kind, e.message })
    end
  end)

  it("fails cleanly without memory", function()
    starve(function() return id_of('{"name":"cn-north-4","id":"2"}') end)
  end)
end)
