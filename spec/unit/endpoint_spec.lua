-- SPDX-License-Identifier: Apache-2.0
local stages = require("stages")

local function url_of(asked, variables)
  asked.service = asked.service or "ddm"
  local url, note = stages.endpoint(asked, variables or {})
  assert.is_string(url, type(note) == "table" and note.message)
  return url, note
end

local function refused(asked, variables)
  asked.service = asked.service or "ddm"
  local url, e = stages.endpoint(asked, variables or {})
  assert.is_nil(url)
  assert.equal("usage", e.kind)
  assert.is_string(e.remedy)
  return e.message, e.remedy
end

describe("an endpoint", function()
  local held
  before_each(function() held = stages.held() end)
  after_each(function()
    stages.fail_after()
    assert.equal(held, stages.held())
  end)

  it("follows the platform's pattern", function()
    for _, service in ipairs { "ddm", "dws", "dbss", "iam", "rds" } do
      assert.equal(("https://%s.cn-north-4.myhuaweicloud.com"):format(service), (url_of { service = service, region = "cn-north-4" }))
    end
    assert.equal("https://iam.myhuaweicloud.com", (url_of { service = "iam" }))
    assert.equal("https://bss.myhuaweicloud.com", (url_of { service = "bss", region = "cn-north-4" }))
    assert.equal("https://bss.myhuaweicloud.com", (url_of { service = "bss" }))
  end)

  it("has the platform's exceptions", function()
    assert.equal("https://ddm.eu-west-101.myhuaweicloud.eu", (url_of { region = "eu-west-101" }))
    for _, region in ipairs { "cn-south-4", "cn-north-12", "cn-east-4", "tr-west-1", "ap-southeast-4" } do
      assert.equal(("https://dws.%s.myhuaweicloud.cn"):format(region), (url_of { service = "dws", region = region }))
      assert.equal(("https://ddm.%s.myhuaweicloud.com"):format(region), (url_of { region = region }))
    end
  end)

  it("in a region that is not known is tried, with a note; a known one brings none", function()
    local url, note = url_of { region = "xx-y-1" }
    assert.equal("https://ddm.xx-y-1.myhuaweicloud.com", url)
    assert.equal("region xx-y-1 is not known to offer ddm; https://ddm.xx-y-1.myhuaweicloud.com is tried (another address: HWDB_ENDPOINT_DDM)\n", note)
    for _, region in ipairs { "ap-southeast-1", "cn-east-2", "cn-east-3", "cn-north-1", "cn-north-4", "cn-north-9", "cn-south-1",
      "cn-southwest-2",
      "la-north-2", "la-south-2", "my-kualalumpur-1", "ru-moscow-1", "sa-brazil-1" } do
      assert.equal("", select(2, url_of { region = region }))
    end
    assert.equal("", select(2, url_of { service = "iam", region = "xx-y-1" }))
  end)

  it("of a private cloud has its domain", function()
    assert.equal("https://ddm.xx-y-1.cloud.example", (url_of { region = "xx-y-1", domain = "cloud.example" }))
    assert.equal("https://ddm.xx-y-1.cloud.example", (url_of({ region = "xx-y-1" }, { HW_CLOUD = "Cloud.Example" })))
    assert.equal("https://ddm.eu-west-101.cloud.example", (url_of { region = "eu-west-101", domain = "cloud.example" }))
    for _, domain in ipairs { "https://cloud.example", "cloud..example", "a b", "[::1]", "cloud.example/x" } do
      assert.equal("the cloud's domain (domain) is not a domain name", (refused { region = "xx-y-1", domain = domain }))
      assert.equal("the cloud's domain (HW_CLOUD) is not a domain name", (refused({ region = "xx-y-1" }, { HW_CLOUD = domain })))
    end
  end)

  it("comes from the nearest place that gives one", function()
    local asked = { service = "iam", region = "cn-north-4", endpoint = "https://argument", iam_endpoint = "https://credentials" }
    local variables = { HWDB_ENDPOINT_IAM = "https://own", HUAWEICLOUD_SDK_REGION_IAM_CN_NORTH_4 = "https://sdk" }
    assert.equal("https://argument", (url_of(asked, variables)))
    asked.endpoint = nil
    assert.equal("https://own", (url_of(asked, variables)))
    variables.HWDB_ENDPOINT_IAM = ""
    assert.equal("https://sdk", (url_of(asked, variables)))
    variables.HUAWEICLOUD_SDK_REGION_IAM_CN_NORTH_4 = nil
    assert.equal("https://credentials", (url_of(asked, variables)))
    asked.iam_endpoint = nil
    assert.equal("https://iam.cn-north-4.myhuaweicloud.com", (url_of(asked, variables)))
    assert.equal("https://ddm.cn-north-4.myhuaweicloud.com", (url_of { region = "cn-north-4", iam_endpoint = "https://credentials" }))
    assert.equal("http://127.0.0.1:9", (url_of({}, { HWDB_ENDPOINT_DDM = "http://127.0.0.1:9" })))
  end)

  it("needs a region or an address", function()
    local message, remedy = refused {}
    assert.equal("no region is given, and no address of ddm", message)
    assert.equal("give region, HUAWEICLOUD_SDK_REGION or HW_REGION_NAME, or the address (endpoints.ddm)", remedy)
  end)

  it("is written in one form", function()
    for given, url in pairs { ["HTTPS://Host.Example:443/base/v1/"] = "https://host.example:443/base/v1", ["https://h"] = "https://h",
      ["https://h/"] = "https://h", ["https://h/A-b._~/C"] = "https://h/A-b._~/C", ["http://127.0.0.1:8080"] = "http://127.0.0.1:8080",
      ["http://127.9.0.1/"] = "http://127.9.0.1", ["http://LocalHost:1"] = "http://localhost:1",
        ["http://[::1]:65535"] = "http://[::1]:65535",
      ["https://a_b-c.d"] = "https://a_b-c.d", ["https://1.2.3.4"] = "https://1.2.3.4" } do
      assert.equal(url, (url_of { endpoint = given }))
    end
  end)

  it("goes over plain http to this machine, elsewhere only when that is allowed", function()
    assert.equal("http://10.0.0.1", (url_of { endpoint = "http://10.0.0.1", allow_http = true }))
    for _, host in ipairs { "10.0.0.1", "127.0.0.1.evil.com", "128.0.0.1", "localhost.evil", "[::2]", "[::ffff:127.0.0.1]", "127.1",
      "0177.0.0.1",
      "127.0.0.256", "127.0.0.01", "h" } do
      local message, remedy = refused { endpoint = "http://" .. host }
      assert.equal(("endpoints.ddm uses plain http to another machine (%s)"):format(host), message)
      assert.equal("use https, or set allow_http if every network between can be trusted", remedy)
    end
  end)

  local host, port = "has no valid host name", "has a port that is not a number from 1 to 65535"
  local path = "has a path that does not start with /, or holds an empty part, dots alone or escapes"
  local start, odd = "does not start with https:// or http://", "holds a space, a control character or a letter beyond ASCII"
  for url, says in pairs { ["ftp://h"] = start, ["h"] = start, ["httpx://h"] = start, ["://h"] = start, ["https:/h"] = start,
    ["https://"] = host,
    ["http:///h"] = host, ["https://u:SECRET@h"] = "holds a user name or a password", ["https://h?x=SECRET"] = "has a query or a fragment",
    ["https://h#SECRET"] = "has a query or a fragment", ["https://h:0"] = port, ["https://h:65536"] = port, ["https://h:"] = port,
      ["https://h:8a"] = port,
    ["https://h:080"] = port, ["https://h:123456"] = port, ["https://h/a//b"] = path, ["https://h/../x"] = path, ["https://h/./x"] = path,
    ["https://h/a%20"] = path, ["https://h//"] = path, ["https://[::1"] = host, ["https://[zz]"] = host, ["https://[::1]x"] = path,
    ["https://a..b"] = host, ["https://.a"] = host, ["https://a."] = host, ["https://a b"] = odd, ["https://h\n"] = odd,
      ["https://h\127"] = odd,
    ["https://h\\x"] = host, ["https://\195\169"] = odd, ["https://h/SECRET path"] = odd } do
    it(("is refused: %q"):format(url), function()
      local message = refused { endpoint = url }
      assert.equal("endpoints.ddm " .. says, message)
      assert.equal("HWDB_ENDPOINT_DDM " .. says, (refused({}, { HWDB_ENDPOINT_DDM = url })))
      assert.equal("my setting " .. says, (refused { endpoint = url, endpoint_name = "my setting" }))
    end)
  end

  it("of a name too long is refused", function()
    assert.equal("endpoints.ddm " .. host, (refused { endpoint = "https://" .. ("a"):rep(254) }))
    assert.equal("https://" .. ("a"):rep(253), (url_of { endpoint = "https://" .. ("a"):rep(253) }))
  end)

  it("is asked for by a service's short name", function()
    for _, service in ipairs { "", "DDM", "d_m", "1ddm", "-ddm", "ddm-", "a/b", ("a"):rep(33) } do
      local message = refused { service = service, endpoint = "https://h" }
      assert.equal(('"%s" has not the form of a service\'s name'):format(service), message)
    end
    assert.equal("https://h", (url_of { service = ("a"):rep(32), endpoint = "https://h" }))
    assert.equal('"d?m" has not the form of a service\'s name', (refused { service = "d\27m", endpoint = "https://h" }))
  end)

  it("fails cleanly wherever memory ends", function()
    for _, asked in ipairs { { region = "zz-a-1" }, { endpoint = "https://h/" .. ("b"):rep(300) } } do
      local whole = url_of(asked)
      for n = 0, 40 do
        stages.fail_after(n)
        local url, e = stages.endpoint(asked, {})
        local refusals = stages.fail_after()
        assert.equal(held, stages.held())
        if refusals == 0 then
          assert.equal(whole, url)
          break
        end
        assert.is_true(url == whole or e.kind == "memory")
        assert.is_true(n < 39)
      end
    end
  end)
end)

describe("a region", function()
  it("has the form of one", function()
    for _, region in ipairs { "cn-north-4", "eu-west-101", "xx-y", "af-south-1", "cn-"
      .. ("a"):rep(61) } do assert.is_true(stages.region_check(region)) end
    for _, region in ipairs { "", "cn", "CN-north-4", "cn_north_4", "cn-", "cn--a", "cn-north-4-", "c1-a", "cn-north 4", "cn-north-4/",
      "../x", "abc-d",
      "cn-" .. ("a"):rep(62), "cn-é", "cn.north" } do
      local ok, e = stages.region_check(region)
      assert.is_nil(ok, region)
      assert.equal("usage", e.kind)
      assert.matches("has not the form of a region$", e.message)
      assert.equal("give a region such as cn-north-4 (region, HUAWEICLOUD_SDK_REGION or HW_REGION_NAME)", e.remedy)
      if region ~= "" then assert.equal(e.message, (refused { region = region, endpoint = "https://h" })) end
    end
  end)
  it("is shown without what could upset a terminal, and cut short", function()
    assert.equal('"no?region?" has not the form of a region', select(2, stages.region_check("no region\27")).message)
    assert.equal(('"%s..." has not the form of a region'):format(("x"):rep(64)), select(2, stages.region_check(("x"):rep(200))).message)
  end)
end)

describe("loopback", function()
  it("is this machine and nothing that looks like it", function()
    for _, host in ipairs { "127.0.0.1", "127.255.255.255", "localhost", "LOCALHOST", "::1", "[::1]", "[0:0:0:0:0:0:0:1]", "0::1" } do
      assert.is_true(stages.is_loopback(host), host)
    end
    for _, host in ipairs { "", "127.0.0", "127.0.0.1.", "127.0.0.1.x", "128.0.0.1", "0.0.0.0", "localhost.", "localhos", "::", "::2",
      "[::1", "::1]",
      "[127.0.0.1]", "::ffff:127.0.0.1", "127.0.0.1\0", "127.000.0.1" } do
      assert.is_false(stages.is_loopback(host), host)
    end
  end)
end)
