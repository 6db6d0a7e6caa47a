-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")
local stages = require("stages")

describe("err", function()
  it("names every kind", function()
    local words = {}
    for kind = 0, 9 do words[#words + 1] = stages.error_word(kind) end
    assert.same({ "ok", "usage", "check", "auth", "transport", "timeout", "api", "decode", "cancelled", "memory" }, words)
  end)

  it("forgets everything when cleared, and replaces message and remedy", function()
    local failed, remedied, e = stages.error_filled(3, "later", "do this")
    assert.equal(-1, failed)
    assert.equal(-1, remedied)
    assert.same({ kind = "auth", message = "later", remedy = "do this", problems = {}, warnings = {}, status = 0,
      retry_after_ms = 0, retryable = false }, e)
  end)

  it("fails all the same without an error to fill", function()
    assert.same({ -1, -1, -1 }, { stages.error_nobody() })
  end)

  it("copies into an array what fits, and no character in two", function()
    assert.equal("abc", stages.copied("abc", 4))
    assert.equal("ab", stages.copied("abc", 3))
    assert.equal("", stages.copied("abc", 1))
    assert.equal("a", stages.copied("aé", 3))
    assert.equal("aé", stages.copied("aé", 4))
    assert.equal("", stages.copied("€", 3))
    assert.equal("€", stages.copied("€uro", 4))
  end)
end)

describe("an error object", function()
  it("prints operation, message, status, code, request and remedy", function()
    assert.equal("ddm.show_instance: Parameter error. (HTTP 400, DBS.280001, request 4bf9)\n  remedy: look",
      tostring(core.error { operation = "ddm.show_instance", message = "Parameter error.", status = 400, code = "DBS.280001",
        request_id = "4bf9", remedy = "look" }))
    assert.equal("no answer", tostring(core.error { message = "no answer" }))
    assert.equal("unknown error", tostring(core.error {}))
    assert.equal("m (HTTP 500)", tostring(core.error { message = "m", status = 500 }))
    assert.equal("m (HTTP 500, request r)", tostring(core.error { message = "m", status = 500, request_id = "r" }))
  end)

  it("comes from a failed check with all problems, and prints them", function()
    local ok, err = core.check("ddm", "show_instance", {})
    assert.is_nil(ok)
    assert.equal("check", err.kind)
    assert.equal("ddm.show_instance", err.operation)
    assert.same({ { path = "path.instance_id", message = "is required" } }, err.problems)
    assert.equal("ddm.show_instance: 1 problem, nothing was sent\n  path.instance_id: is required\n"
      .. "  remedy: see: hwdb api ddm.show_instance", tostring(err))
  end)

  it("comes from signing without keys", function()
    local signed, err = core.sign { method = "GET", url = "https://h/" }
    assert.is_nil(signed)
    assert.equal("usage", err.kind)
    assert.equal("signing needs a non-empty access key (AK) and secret key (SK)", tostring(err))
  end)
end)

describe("the error codes", function()
  local classes = { not_found = true, exists = true, busy = true, quota = true, denied = true, bad_argument = true,
    bad_state = true, throttled = true, server = true }

  it("each have a meaning and a known class, and stand once for a status", function()
    local seen = {}
    for _, row in ipairs(core.errors()) do
      local name = ("%s %s %s"):format(row.service, row.code or "", row.status or "any")
      assert.is_nil(seen[name], name)
      seen[name] = true
      assert.is_string(row.meaning, name)
      if row.class then assert.is_true(classes[row.class], name .. " has class " .. tostring(row.class)) end
    end
    assert.is_true(seen["gateway APIGW.0308 429"])
  end)
end)
