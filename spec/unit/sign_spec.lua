-- SPDX-License-Identifier: Apache-2.0
local core = require("hwdb.core")
local stages = require("stages")

local vectors = dofile("spec/vectors/signing.lua")

local empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

local function input(vector)
  local path, query = vector.request_uri:match("^([^?]*)%??(.*)$")
  return { algorithm = vector.algorithm, method = vector.method, path = stages.canonical_path(path),
    query = stages.canonical_query(query), headers = vector.headers, body = vector.body, ak = vector.ak, sk = vector.sk,
    region = vector.region, service = vector.service }
end

--- What a command answers when it reads `text`.
local function piped(command, text)
  local name = os.tmpname()
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  local pipe = assert(io.popen(command .. " <" .. name))
  local answer = pipe:read("a")
  assert(pipe:close())
  os.remove(name)
  return (answer:gsub("%s+$", ""):gsub("^.*= *", ""))
end

local function hex(text)
  return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

describe("the signing vectors", function()
  it("are twelve", function() assert.equal(12, #vectors) end)

  for _, vector in ipairs(vectors) do
    describe(vector.name, function()
      it("come out byte by byte from the stages", function()
        local s = assert(stages.sign(input(vector)))
        assert.equal(vector.canonical_request, s.canonical_request)
        assert.equal(vector.string_to_sign, s.string_to_sign)
        assert.equal(vector.signed_headers, s.signed_headers)
        assert.equal(vector.signature, s.signature)
        assert.equal(vector.authorization, s.authorization)
        assert.is_nil(s.content_header)
      end)

      it("come out of core.sign, from the URL on the wire", function()
        local headers = {}
        for _, pair in ipairs(vector.headers) do
          if pair[1] ~= "Host" and pair[1] ~= "X-Sdk-Date" then headers[#headers + 1] = pair end
        end
        local s = assert(core.sign { algorithm = vector.algorithm, ak = vector.ak, sk = core.secret(vector.sk),
          method = vector.method, url = vector.url, headers = headers, body = vector.body, date = vector.date,
          region = vector.region, service = vector.service })
        assert.equal(vector.canonical_request, s.canonical_request)
        assert.equal(vector.string_to_sign, s.string_to_sign)
        assert.equal(vector.authorization, s.authorization)
        assert.equal(vector.authorization, s.headers.Authorization)
        assert.equal(vector.date, s.headers["X-Sdk-Date"])
        assert.equal(vector.host, s.headers.Host)
      end)

      it("have the query that pairs joined and sorted give", function()
        local pairs_given = {}
        for _, pair in ipairs(vector.query) do
          for _, value in ipairs(type(pair[2]) == "table" and pair[2] or { pair[2] }) do
            pairs_given[#pairs_given + 1] = stages.uri_encode(pair[1]) .. "=" .. stages.uri_encode(tostring(value))
          end
        end
        assert.equal(vector.request_uri:match("%?(.*)$") or "", stages.canonical_query(table.concat(pairs_given, "&")))
      end)

      it("have the hashes that openssl computes", function()
        local s = assert(stages.sign(input(vector)))
        assert.equal(piped("openssl dgst -sha256", s.canonical_request), (s.string_to_sign:match("[^\n]*$")))
        local key = vector.sk
        if vector.derived_key then
          key = vector.derived_key
          assert.equal(key,
            piped(("openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:%s -kdfopt hexsalt:%s -kdfopt hexinfo:%s HKDF")
            :format(hex(vector.sk), hex(vector.ak), hex(vector.derivation_info)), ""):gsub(":", ""):lower())
        end
        assert.equal(piped("openssl dgst -sha256 -mac HMAC -macopt hexkey:" .. hex(key), s.string_to_sign), s.signature)
      end)
    end)
  end
end)

describe("sign", function()
  local base = vectors[3]

  local function signed(change)
    local given = input(base)
    given.headers = { table.unpack(given.headers) }
    change(given)
    return stages.sign(given)
  end

  local function refused(change)
    local s, e = signed(change)
    assert.is_nil(s)
    assert.equal("usage", e.kind)
    return e
  end

  it("changes with every part of the request", function()
    local seen = { [assert(stages.sign(input(base))).signature] = true }
    for _, change in ipairs {
      function(g) g.method = "PUT" end, function(g) g.path = "/v1/y" end, function(g) g.query = "a=" end, function(g) g.body = "x" end,
      function(g) g.sk = g.sk .. "x" end, function(g) g.headers[#g.headers + 1] = { "X-More", "1" } end,
      function(g) g.algorithm = "SDK-HMAC-SM3" end,
    } do
      local signature = assert(signed(change)).signature
      assert.is_nil(seen[signature])
      seen[signature] = true
    end
  end)

  it("adds a last slash to the path that is signed, once", function()
    assert.matches("^GET\n/a/\n\n", signed(function(g) g.path = "/a" end).canonical_request)
    assert.matches("^GET\n/a/\n\n", signed(function(g) g.path = "/a/" end).canonical_request)
    assert.matches("^GET\n/\n\n", signed(function(g) g.path = "" end).canonical_request)
    assert.matches("^GET\n/\n\n", signed(function(g) g.path = "/" end).canonical_request)
  end)

  it("lowers and sorts names, trims values, keeps what is inside them, passes over names with _", function()
    local s = signed(function(g)
      g.headers = { { "X-Sdk-Date", "20260102T030405Z" }, { "B-b", "\t two  blanks " }, { "a-A", "" }, { "A_b", "never" }, { "C", "é" },
        { "aa", "1" } }
    end)
    assert.equal("a-a;aa;b-b;c;x-sdk-date", s.signed_headers)
    assert.equal("a-a:\naa:1\nb-b:two  blanks\nc:é\nx-sdk-date:20260102T030405Z\n\n", s.canonical_request:match("a%-a:.-\n\n"))
  end)

  it("hashes JSON and nothing, and says UNSIGNED-PAYLOAD for other content", function()
    local function with(type, body, extra)
      return assert(signed(function(g)
        g.method, g.body = "POST", body
        g.headers[#g.headers + 1] = { "Content-Type", type }
        g.headers[#g.headers + 1] = extra
      end))
    end
    for _, type in ipairs { "application/json", "application/json;charset=utf8", "application/bson" } do
      assert.equal(core.sha256("{}"), with(type, "{}").payload)
      assert.equal(empty_hash, with(type, nil).payload)
      assert.is_nil(with(type, "{}").content_header)
    end
    for _, type in ipairs { "text/plain", "application/octet-stream", "multipart/form-data", "application/xml" } do
      local s = with(type, "data")
      assert.equal("UNSIGNED-PAYLOAD", s.payload)
      assert.equal("X-Sdk-Content-Sha256", s.content_header)
      assert.matches("\nx%-sdk%-content%-sha256:UNSIGNED%-PAYLOAD\n", s.canonical_request)
      assert.matches("\nUNSIGNED%-PAYLOAD$", s.canonical_request)
    end
    local given = with("application/json", "{}", { "X-Sdk-Content-Sha256", "mine" })
    assert.equal("mine", given.payload)
    assert.matches("\nmine$", given.canonical_request)
    assert.equal(empty_hash, with("application/json", nil, { "X-Sdk-Content-Sha256", "mine" }).payload)
  end)

  it("signs with SM3 as openssl does", function()
    local s = assert(signed(function(g) g.algorithm, g.body = "SDK-HMAC-SM3", "{}" end))
    assert.equal(piped("openssl dgst -sm3", "{}"), s.payload)
    assert.equal(piped("openssl dgst -sm3", s.canonical_request), (s.string_to_sign:match("[^\n]*$")))
    assert.equal(piped("openssl dgst -sm3 -mac HMAC -macopt hexkey:" .. hex(base.sk), s.string_to_sign), s.signature)
    assert.equal("SDK-HMAC-SM3 Access=" .. base.ak .. ", SignedHeaders=" .. s.signed_headers .. ", Signature=" .. s.signature,
      s.authorization)
  end)

  it("knows its algorithms", function()
    assert.equal(0, stages.algorithm_find("SDK-HMAC-SHA256"))
    assert.equal(1, stages.algorithm_find("V11-HMAC-SHA256"))
    assert.equal(2, stages.algorithm_find("SDK-HMAC-SM3"))
    assert.is_nil(stages.algorithm_find("sdk-hmac-sha256"))
    assert.is_nil(stages.algorithm_find(""))
  end)

  it("refuses empty keys", function()
    for _, change in ipairs { function(g) g.ak = "" end, function(g) g.sk = "" end, function(g) g.ak = nil end,
      function(g) g.sk = nil end } do
      assert.equal("signing needs a non-empty access key (AK) and secret key (SK)", refused(change).message)
    end
  end)

  it("refuses a missing or odd date", function()
    for _, date in ipairs { "", "20260102", "2026-01-02T03:04:05Z", "20260102T030405" } do
      assert.equal("signing needs an X-Sdk-Date header such as 20260102T030405Z",
        refused(function(g) g.headers = { { "X-Sdk-Date", date } } end).message)
    end
    refused(function(g) g.headers = { { "Host", "h" } } end)
    assert.is_table(signed(function(g) g.headers = { { "x-SDK-date", "20260102T030405Z" } } end))
  end)

  it("takes 64 headers and no more", function()
    local function many(n)
      return function(g)
        g.headers = { { "X-Sdk-Date", "20260102T030405Z" } }
        for i = 2, n do g.headers[i] = { ("h%02d"):format(i), "v" } end
      end
    end
    local names = {}
    for i = 2, 64 do names[#names + 1] = ("h%02d"):format(i) end
    assert.equal(table.concat(names, ";") .. ";x-sdk-date", signed(many(64)).signed_headers)
    assert.equal("65 headers are too many to sign, the limit is 64", refused(many(65)).message)
  end)

  it("takes a body of 12 MB and no more", function()
    local most = 12 * 1024 * 1024
    local body = ("x"):rep(most)
    assert.equal(core.sha256(body), signed(function(g) g.body = body end).payload)
    local e = refused(function(g) g.body = body .. "x" end)
    assert.equal("a body of 12582913 bytes cannot be signed, the limit is 12 MB", e.message)
    assert.equal("authenticate with an IAM token instead of AK and SK, or send a smaller body", e.remedy)
  end)

  it("needs region and service for the region-scoped algorithm", function()
    for _, part in ipairs { "region", "service" } do
      for _, value in ipairs { "", false } do
        local e = refused(function(g)
          g.algorithm, g.region, g.service = "V11-HMAC-SHA256", "r", "s"
          g[part] = value or nil
        end)
        assert.equal("V11-HMAC-SHA256 needs a region and a service", e.message)
      end
    end
  end)

  it("fails cleanly wherever memory ends, and signs right afterwards", function()
    local held = stages.held()
    for _, algorithm in ipairs { "SDK-HMAC-SHA256", "V11-HMAC-SHA256", "SDK-HMAC-SM3" } do
      local function run()
        return signed(function(g) g.algorithm, g.region, g.service, g.path = algorithm, "r", "s", "/" .. ("p"):rep(500) end)
      end
      local whole = run()
      for n = 0, 60 do
        stages.fail_after(n)
        local s, e = run()
        local refusals = stages.fail_after()
        assert.equal(held, stages.held())
        if refusals == 0 then
          assert.same(whole, s)
          break
        end
        assert.is_nil(s)
        assert.equal("memory", e.kind)
        assert.is_true(n < 59)
      end
    end
  end)
end)

describe("core.sign", function()
  local function refused(given)
    local s, e = core.sign(given)
    assert.is_nil(s)
    assert.equal("usage", e.kind)
    return e.message
  end

  it("adds Host and X-Sdk-Date only where they are missing", function()
    local s = assert(core.sign { ak = "a", sk = "s", method = "GET", url = "https://host.example:8443/p", date = "20260102T030405Z",
      headers = { { "host", "other" }, { "x-sdk-date", "20200101T000000Z" } } })
    assert.equal("GET\n/p/\n\nhost:other\nx-sdk-date:20200101T000000Z\n\nhost;x-sdk-date\n" .. empty_hash, s.canonical_request)
    assert.is_nil(s.headers.Host)
    s = assert(core.sign { ak = "a", sk = "s", url = "https://host.example:8443/p", date = "20260102T030405Z" })
    assert.equal("host.example:8443", s.headers.Host)
    assert.equal("20260102T030405Z", s.headers["X-Sdk-Date"])
  end)

  it("takes the time when none is given", function()
    local before = os.date("!%Y%m%dT%H%M%SZ")
    local date = core.sign { ak = "a", sk = "s", url = "https://h/" }.headers["X-Sdk-Date"]
    assert.is_true(before <= date and date <= os.date("!%Y%m%dT%H%M%SZ"))
  end)

  it("takes the URL as it is on the wire: a plus is a plus, what is encoded stays so", function()
    local s = assert(core.sign { ak = "a", sk = "s", method = "GET", url = "https://h/a%2Fb/%7e?q=1+2&p=%20", date = "20260102T030405Z" })
    assert.equal("GET\n/a%2Fb/~/\np=%20&q=1%2B2\n", s.canonical_request:match("^[^\n]*\n[^\n]*\n[^\n]*\n"))
  end)

  it("sends along the content hash it decided on", function()
    local s = assert(core.sign { ak = "a", sk = "s", method = "POST", url = "https://h/", headers = { { "Content-Type", "text/plain" } },
      body = "x" })
    assert.equal("UNSIGNED-PAYLOAD", s.headers["X-Sdk-Content-Sha256"])
    assert.equal("text/plain", s.headers["Content-Type"])
  end)

  it("refuses what it cannot sign", function()
    assert.equal('"ftp://h" is not an http or https URL; spaces and controls must be percent-encoded', refused { ak = "a", sk = "s",
      url = "ftp://h" })
    local _, unknown = core.sign { ak = "a", sk = "s", url = "https://h/", algorithm = "SHA1" }
    assert.same({ "usage", '"SHA1" is not a signing algorithm', "use SDK-HMAC-SHA256, V11-HMAC-SHA256 or SDK-HMAC-SM3" },
      { unknown.kind, unknown.message, unknown.remedy })
    assert.equal("signing needs a non-empty access key (AK) and secret key (SK)", refused { url = "https://h/" })
    assert.is_false((pcall(core.sign, { url = 7 })))
    assert.is_false((pcall(core.sign)))
  end)

  it("never shows the secret key", function()
    local s = core.sign { ak = "AKCANARY", sk = "SKCANARY", method = "GET", url = "https://h/" }
    for _, text in ipairs { s.canonical_request, s.string_to_sign, s.authorization, core.encode(s.headers) } do
      assert.is_nil(text:find("SKCANARY", 1, true))
    end
  end)
end)

describe("hashes", function()
  it("are those of the standards", function()
    assert.equal(empty_hash, core.sha256(""))
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", core.sha256("abc"))
    assert.equal("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", core.hmac_sha256(("\11"):rep(20), "Hi There"))
    assert.equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", core.hmac_sha256("Jefe",
      "what do ya want for nothing?"))
    assert.equal("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      core.hmac_sha256(("\170"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First"))
    assert.equal("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", core.hmac_sha256("", ""))
  end)

  it("do not mix up keys that are used in turn", function()
    local a, b = core.hmac_sha256("a", "x"), core.hmac_sha256("b", "x")
    for _ = 1, 3 do
      assert.equal(a, core.hmac_sha256("a", "x"))
      assert.equal(b, core.hmac_sha256("b", "x"))
      assert.equal(core.hmac_sha256("a\0", "x"), core.hmac_sha256("a\0", "x"))
      assert.equal(core.hmac_sha256("", "x"), core.hmac_sha256("", "x"))
    end
    assert.are_not.equal(a, b)
    assert.are_not.equal(a, core.hmac_sha256("ab", "x"))
  end)
end)
