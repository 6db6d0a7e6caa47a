-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")
local stages = require("stages")

describe("percent-encoding", function()
  it("leaves the unreserved characters and encodes every other octet", function()
    local kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
    assert.equal(kept, stages.uri_encode(kept))
    for octet = 0, 255 do
      local char = string.char(octet)
      local expected = kept:find(char, 1, true) and char or ("%%%02X"):format(octet)
      assert.equal(expected, stages.uri_encode(char))
      assert.equal(char, stages.uri_decode(expected))
      assert.equal(char, stages.uri_decode(("%%%02x"):format(octet)))
    end
  end)

  it("encodes text as UTF-8 octets, blanks and slashes too", function()
    assert.equal("a%20b%2Fc%2Bd%2Ae%25%E4%B8%AD", stages.uri_encode("a b/c+d*e%中"))
    assert.equal("", stages.uri_encode(""))
    assert.equal("a%20b", core.uri_encode("a b"))
  end)

  it("decodes each octet once and leaves a plus", function()
    assert.equal("a+b c%41", stages.uri_decode("a+b%20c%2541"))
    assert.equal("", stages.uri_decode(""))
    assert.equal("中", core.uri_decode("%E4%b8%Ad"))
  end)

  it("refuses a percent sign that encodes nothing", function()
    for _, text in ipairs { "%", "a%", "%4", "a%4", "%g0", "%0g", "%%41", "% 41", "%-1", "%\0001" } do
      assert.is_nil(stages.uri_decode(text), text)
      assert.is_nil(core.uri_decode(text))
    end
  end)
end)

describe("the canonical path", function()
  for given, expected in pairs {
    ["/"] = "/",
    [""] = "",
    ["/v1/p/instances"] = "/v1/p/instances",
    ["/a//b/"] = "/a//b/",
    ["/a b/中"] = "/a%20b/%E4%B8%AD",
    ["/a%20b/%e4%b8%ad"] = "/a%20b/%E4%B8%AD",
    ["/%7Euser/%41"] = "/~user/A",
    ["/a%2Fb"] = "/a%2Fb",
    ["/a%252Fb"] = "/a%252Fb",
    ["/100%"] = "/100%25",
    ["/a%zz%41"] = "/a%25zz%2541",
    ["/a+b*c=d&e;f,g@h:i!"] = "/a%2Bb%2Ac%3Dd%26e%3Bf%2Cg%40h%3Ai%21",
    ["a"] = "a",
  } do
    it(("of %q"):format(given), function() assert.equal(expected, stages.canonical_path(given)) end)
  end
end)

describe("the canonical query", function()
  for given, expected in pairs {
    [""] = "",
    ["&"] = "",
    ["&&a=1&"] = "a=1",
    ["a=1"] = "a=1",
    ["a"] = "a=",
    ["a="] = "a=",
    ["=1"] = "=1",
    ["="] = "=",
    ["b=2&a=1"] = "a=1&b=2",
    ["a=2&a=10&a=1"] = "a=1&a=10&a=2",
    ["a=b&aa=1&a=a&A=z"] = "A=z&a=a&a=b&aa=1",
    ["a=b=c"] = "a=b%3Dc",
    ["a=1+2"] = "a=1%2B2",
    ["a=%7E%2A"] = "a=~%2A",
    ["a=x y"] = "a=x%20y",
    ["a%20b=%E4%B8%AD"] = "a%20b=%E4%B8%AD",
    ["k=100%"] = "k=100%25",
    ["k=%zz&j=%4"] = "j=%254&k=%25zz",
    ["a-b=1&a=2"] = "a=2&a-b=1",
    ["a%3D=1&a=2"] = "a=2&a%3D=1",
    ["k=%00&k=%0"] = "k=%00&k=%250",
    ["%C3%A9=1&z=1&%7A=0"] = "z=0&z=1&%C3%A9=1",
    ["limit=10&offset=0&name=x%26y"] = "limit=10&name=x%26y&offset=0",
  } do
    it(("of %q"):format(given), function() assert.equal(expected, stages.canonical_query(given)) end)
  end

  it("is its own canonical form", function()
    for _, text in ipairs { "b=%7E&a&a=%20&a=%2520", "x=+&y=%&%=%" } do
      local once = stages.canonical_query(text)
      assert.equal(once, stages.canonical_query(once))
    end
  end)

  it("holds many pairs", function()
    local given, expected = {}, {}
    for i = 999, 0, -1 do given[#given + 1] = ("k=%03d"):format(i) end
    for i = 0, 999 do expected[#expected + 1] = ("k=%03d"):format(i) end
    assert.equal(table.concat(expected, "&"), stages.canonical_query(table.concat(given, "&")))
  end)

  it("never loses or doubles an encoding when memory ends", function()
    local held = stages.held()
    for _, form in ipairs { stages.canonical_path, stages.canonical_query } do
      local whole = form("/b%20" .. ("y"):rep(300) .. "/%41&a=%2F&c=%")
      for n = 0, 50 do
        stages.fail_after(n)
        local text = form("/b%20" .. ("y"):rep(300) .. "/%41&a=%2F&c=%")
        local refusals = stages.fail_after()
        if refusals == 0 then break end
        assert.is_nil(text)
        assert.is_true(n < 49)
      end
      assert.equal(whole, form("/b%20" .. ("y"):rep(300) .. "/%41&a=%2F&c=%"))
    end
    assert.equal(held, stages.held())
  end)
end)

describe("splitting a URL", function()
  for url, parts in pairs {
    ["https://h"] = { scheme = "https", host = "h", path = "" },
    ["http://h:8080/"] = { scheme = "http", host = "h:8080", path = "/" },
    ["https://h/a/b?x=1&y=?"] = { scheme = "https", host = "h", path = "/a/b", query = "x=1&y=?" },
    ["https://h?x"] = { scheme = "https", host = "h", path = "", query = "x" },
    ["https://h/?"] = { scheme = "https", host = "h", path = "/", query = "" },
    ["http://[::1]:80/p"] = { scheme = "http", host = "[::1]:80", path = "/p" },
    ["https://h/中"] = { scheme = "https", host = "h", path = "/中" },
  } do
    it("takes " .. url, function() assert.same(parts, stages.url_split(url)) end)
  end

  for _, url in ipairs { "", "h", "ftp://h/", "HTTP://h", "https:/h", "https://", "https:///p", "https://?q", "https://u:p@h/",
    "https://h/#f",
    "https://h/a b", "https://h/a\nb", "https://h/\127", "https://h /" } do
    it(("refuses %q"):format(url), function() assert.is_nil(stages.url_split(url)) end)
  end
end)
