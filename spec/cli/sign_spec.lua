-- SPDX-License-Identifier: Apache-2.0
local cjson = require("cjson")
local cli = require("spec.support.cli")

local KEYS = { HUAWEICLOUD_SDK_AK = "AccessKey", HUAWEICLOUD_SDK_SK = "SecretKey" }

local function sign(args, env)
  local r = cli.run({ "sign", table.unpack(args) }, { env = env or KEYS })
  return r.code == 0 and cjson.decode(r.out) or nil, r
end

describe("hwdb sign", function()
  teardown(cli.clean)

  it("shows every step of a signature", function()
    local s = sign({ "GET", "https://service.endpoint.myhuaweicloud.com/resources?size=1", "--date", "20200608T023900Z",
      "-H", "TEST_UNDERSCORE: TEST_VALUE" })
    assert.equal("GET\n/resources/\nsize=1\nhost:service.endpoint.myhuaweicloud.com\nx-sdk-date:20200608T023900Z\n\n"
      .. "host;x-sdk-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", s.canonical_request)
    assert.equal("SDK-HMAC-SHA256\n20200608T023900Z\n"
      .. "de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f", s.string_to_sign)
    assert.equal("SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=host;x-sdk-date, Signature=" .. s.signature, s.authorization)
    assert.equal("TEST_VALUE", s.headers.TEST_UNDERSCORE)
  end)

  it("signs every -H header, and the port in Host", function()
    local s = sign({ "get", "http://127.0.0.1:8443/v1/x", "-H", "X-Project-Id: p", "--header=User-Agent: a",
      "--date", "20260102T030405Z" })
    assert.equal("host;user-agent;x-project-id;x-sdk-date", s.signed_headers)
    assert.truthy(s.canonical_request:find("\nhost:127.0.0.1:8443\n", 1, true))
  end)

  it("takes a plus for a plus", function()
    local s = sign({ "GET", "https://a.example/x?a=b+c&d=%2B%20" })
    assert.equal("a=b%2Bc&d=%2B%20", s.canonical_request:match("\n/x/\n([^\n]*)"))
  end)

  it("hashes a body out of the words, a file or stdin alike", function()
    local url, json = "https://a.example/x", { "-H", "Content-Type: application/json", "--date", "20260102T030405Z" }
    local text = '{"name":"é"}'
    local words = sign({ "POST", url, "--data", text, table.unpack(json) })
    local file = sign({ "POST", url, "--data-file", cli.file("body.json", text), table.unpack(json) })
    local stdin = cli.run({ "sign", "POST", url, "--data-file", "-", table.unpack(json) }, { env = KEYS, stdin = text })
    assert.equal(words.signature, file.signature)
    assert.equal(words.signature, cjson.decode(stdin.out).signature)
    assert.falsy(words.canonical_request:find("e3b0c44298fc1c14", 1, true))
  end)

  it("knows the scoped algorithm", function()
    local s = sign({ "GET", "https://service.endpoint.myhuaweicloud.com/resources?size=1", "--date", "20200608T023900Z",
      "--algorithm", "V11-HMAC-SHA256", "--region", "test-region-1", "--service", "demo" })
    assert.equal("V11-HMAC-SHA256\n20200608T023900Z\n20200608/test-region-1/demo\n"
      .. "de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f", s.string_to_sign)
  end)

  it("takes the three schemes of the environment, each whole", function()
    local url = "https://a.example/"
    for _, pair in ipairs({ { "HW_ACCESS_KEY", "HW_SECRET_KEY" },
      { "HUAWEICLOUD_ACCESS_KEY_ID", "HUAWEICLOUD_SECRET_ACCESS_KEY" } }) do
      local s = sign({ "GET", url }, { [pair[1]] = "OTHER", [pair[2]] = "x" })
      assert.truthy(s.authorization:find("Access=OTHER,", 1, true))
    end
    local _, r = sign({ "GET", url }, { HUAWEICLOUD_SDK_AK = "a", HW_SECRET_KEY = "b" })
    assert.equal(2, r.code)
    assert.equal("hwdb: HUAWEICLOUD_SDK_SK is missing beside HUAWEICLOUD_SDK_AK\n", r.err)
  end)

  it("takes nothing else from the environment", function()
    local s = sign({ "GET", "https://a.example/", "--date", "20260102T030405Z" },
      { HUAWEICLOUD_SDK_AK = "AccessKey", HUAWEICLOUD_SDK_SK = "SecretKey", HUAWEICLOUD_SDK_PROJECT_ID = "p",
        HUAWEICLOUD_SDK_SECURITY_TOKEN = "t" })
    assert.equal("host;x-sdk-date", s.signed_headers)
  end)

  for name, case in pairs({
    ["no keys"] = { { "GET", "https://a.example/" }, {}, "the environment holds no AK and SK" },
    ["no URL"] = { { "GET" }, KEYS, "sign takes a method and a URL" },
    ["another scheme"] = { { "GET", "ftp://a.example/" }, KEYS, "ftp://a.example/ is not a http or https URL" },
    ["a space in the URL"] = { { "GET", "https://a.example/a b" }, KEYS, "the URL holds a space" },
    ["a bad date"] = { { "GET", "https://a.example/", "--date", "2026-01-02" }, KEYS, "--date must look like" },
    ["a bad header"] = { { "GET", "https://a.example/", "-H", "nonsense" }, KEYS, "nonsense is not a header" },
    ["a line end in a header"] = { { "GET", "https://a.example/", "-H", "A: b\r\nC: d" }, KEYS, "control characters" },
    ["an unknown algorithm"] = { { "GET", "https://a.example/", "--algorithm", "MD5" }, KEYS, "is not a signing algorithm" },
    ["two bodies"] = { { "PUT", "https://a.example/", "--data", "x", "--data-file", "y" }, KEYS, "exclude each other" },
    ["a missing file"] = { { "PUT", "https://a.example/", "--data-file", "/nowhere" }, KEYS, "cannot read the body: /nowhere" },
  }) do
    it("refuses " .. name, function()
      local r = cli.run({ "sign", table.unpack(case[1]) }, { env = case[2] })
      assert.equal(2, r.code)
      assert.equal("", r.out)
      assert.truthy(r.err:find(case[3], 1, true), r.err)
      assert.falsy(r.err:find("SecretKey", 1, true))
    end)
  end
end)
