-- SPDX-License-Identifier: Apache-2.0
local cjson = require("cjson")
local stages = require("stages")

local scope = { endpoint = "https://ddm.example:8443", project_id = "P", domain_id = "D" }

local function row(params, change)
  local made = { name = "probe", method = "POST", path = "/v1/{project_id}/things", params = params }
  for key, value in pairs(change or {}) do made[key] = value end
  return made
end

local function built(given, json, where)
  local request, e = stages.request(given, json, where or scope)
  assert.is_table(request, e and e.message)
  return request
end

local function refused(given, json, where)
  local request, e = stages.request(given, json, where or scope)
  assert.is_nil(request)
  return e
end

describe("a request", function()
  local held
  before_each(function() held = stages.held() end)
  after_each(function()
    stages.fail_after()
    assert.equal(held, stages.held())
  end)

  it("of DDM 4.2.4 has its path, query and no body", function()
    assert.same({ method = "GET", url = "https://ddm.example:8443/v1/P/instances?limit=10&offset=0", host = "ddm.example:8443",
      path = "/v1/P/instances", query = "limit=10&offset=0", headers = {} }, built("ddm.list_instances", '{"offset":0,"limit":10}'))
  end)

  it("of DDM 4.3.1 has the body as given, its names in the row's order", function()
    local r = built("ddm.create_schema", '{"instance_id":"i 1","databases":[{"shard_mode":"single","name":"中","shard_number":1}]}')
    assert.equal("POST", r.method)
    assert.equal("https://ddm.example:8443/v1/P/instances/i%201/databases", r.url)
    assert.equal('{"databases":[{"shard_mode":"single","name":"中","shard_number":1}]}', r.body)
  end)

  it("of DDM 4.3.21 fills instance_id and project_id in path and body", function()
    local r = built("ddm.update_switch_strategy", '{"instance_id":"i","db_name":"d","job_id":"j","project_id":"X"}')
    assert.equal('{"project_id":"X","instance_id":"i"}', r.body)
    assert.matches("^/v3/X/instances/i/", r.path)
    r = built("ddm.update_switch_strategy", '{"path.instance_id":"i","db_name":"d","job_id":"j","body.instance_id":"k"}')
    assert.equal('{"instance_id":"k"}', r.body)
    assert.matches("^/v%d/P/instances/i/", r.path)
    r = built("ddm.update_switch_strategy", '{"path.instance_id":"i","db_name":"d","job_id":"j"}')
    assert.is_nil(r.body)
  end)

  it("sends the default where the caller is silent, and only there", function()
    assert.equal("delete_rds_data=false", built("ddm.delete_schema", '{"instance_id":"i","ddm_dbname":"d"}').query)
    for _, json in ipairs { "true", '"true"' } do
      assert.equal("delete_rds_data=true",
        built("ddm.delete_schema", ('{"instance_id":"i","ddm_dbname":"d","delete_rds_data":%s}'):format(json)).query)
    end
    local given = row { { name = "n", type = "integer", body = true, send = true, default = "1" },
      { name = "t", type = "string", body = true, send = true, default = 'NO"' } }
    assert.equal('{"n":1,"t":"NO\\""}', built(given, "{}").body)
    assert.equal('{"n":null,"t":"x"}', built(given, '{"t":"x","n":null}').body)
  end)

  it("encodes path values whole", function()
    local given = row({ { name = "id", type = "string", path = true } }, { path = "/v1/{project_id}/{id}/x" })
    for value, path in pairs { ["a b"] = "/v1/P/a%20b/x", ["a%2Fb"] = "/v1/P/a%252Fb/x", ["中"] = "/v1/P/%E4%B8%AD/x",
      ["~._-"] = "/v1/P/~._-/x",
      ["a?b#c"] = "/v1/P/a%3Fb%23c/x", ["..."] = "/v1/P/.../x" } do
      assert.equal(path, built(given, ('{"id":"%s"}'):format(value)).path)
    end
    assert.equal("/v1/P/12/x", built(given, '{"id":12}').path)
    assert.equal("/v1/P/true/x", built(given, '{"id":true}').path)
  end)

  it("refuses path values that would change the path, and missing ones", function()
    local given = row({ { name = "id", type = "string", path = true } }, { path = "/v1/{project_id}/{id}/x" })
    for json, message in pairs { ["{}"] = "path.id: is required", ['{"id":null}'] = "path.id: is required",
      ['{"id":[]}'] = "path.id: is required",
      ['{"id":""}'] = "path.id: must not be empty", ['{"id":".."}'] = 'path.id: must not be "." or "..", which would change the path',
      ['{"id":"a/b"}'] = "path.id: must not hold a slash, which would change the path",
      ['{"id":"a\\tb"}'] = "path.id: must not hold control characters" } do
      local e = refused(given, json)
      assert.equal(message, e.message)
      assert.equal("check", e.kind)
    end
  end)

  it("says which of project and domain is not known, and how to give it", function()
    local e = refused("ddm.list_instances", "{}", { endpoint = "https://h" })
    assert.equal("usage", e.kind)
    assert.equal("no project_id is known, and the path needs one", e.message)
    assert.equal("give project_id to the client, or set HUAWEICLOUD_SDK_PROJECT_ID", e.remedy)
    e = refused(row({}, { path = "/v3/{domain_id}/x" }), "{}", { endpoint = "https://h" })
    assert.equal("no domain_id is known, and the path needs one", e.message)
    assert.equal("give domain_id to the client, or set HUAWEICLOUD_SDK_DOMAIN_ID", e.remedy)
    assert.equal("/v3/D/x", built(row({}, { path = "/v3/{domain_id}/x" }), "{}").path)
    assert.equal("path.project_id: must not hold a slash, which would change the path",
      refused("ddm.list_instances", "{}", { project_id = "a/b" }).message)
  end)

  it("sorts the query by key and value, repeats lists, writes truths and numbers as they are", function()
    local given = row({ { name = "b", type = "array", query = true }, { name = "a", type = "string", query = true },
      { name = "A", type = "boolean", query = true }, { name = "n", type = "integer", query = true } }, { method = "GET" })
    assert.equal("A=true&a=&b=10&b=9&b=x%20y&n=9223372036854775807",
      built(given, '{"n":9223372036854775807,"b":[9,10,"x y"],"a":"","A":true}').query)
    assert.equal("https://ddm.example:8443/v1/P/things?a=%2B%2A~", built(given, '{"a":"+*~"}').url)
    assert.equal("", built(given, '{"b":[]}').query)
    assert.equal("query.a: must be a text, a number, a boolean or a list of these", refused(given, '{"a":{}}').message)
    assert.equal("query.b: must be a text, a number, a boolean or a list of these", refused(given, '{"b":[null]}').message)
    assert.equal("query.a: must not hold U+0000", refused(given, '{"a":"\\u0000"}').message)
  end)

  it("takes 256 values in a query and no more, defaults counted", function()
    local given = row({ { name = "b", type = "array", query = true }, { name = "d", type = "string", query = true, send = true,
      default = "x" } },
      { method = "GET" })
    local function many(n) return ('{"b":[%s0]}'):format(("1,"):rep(n - 1)) end
    assert.equal(256, select(2, built(given, many(255)).query:gsub("=", "")))
    assert.equal("query.d: more than 256 values", refused(given, many(256)).message)
    assert.equal("query.b: more than 256 values", refused(given, many(257)).message)
  end)

  it("sends names it does not know: to the body, of a GET to the query, or where they say", function()
    local given = row { { name = "known", type = "string", body = true } }
    assert.equal('{"known":"a","x":[1,{"y":null}],"z":9007199254740993}',
      built(given, '{"x":[1,{"y":null}],"known":"a","body.z":9007199254740993}').body)
    assert.equal("x=1", built(row({}, { method = "GET" }), '{"x":1}').query)
    local r = built(given, '{"query.x":1,"known":"a"}')
    assert.same({ "x=1", '{"known":"a"}' }, { r.query, r.body })
    r = built(row({}, { method = "DELETE" }), '{"x":1}')
    assert.same({ "", '{"x":1}' }, { r.query, r.body })
    assert.is_nil(built(row({}, { method = "GET" }), '{"x":1}').body)
  end)

  it("sends a name as the caller spelt it, without its place", function()
    local given = row { { name = "name", alias = "title", type = "string", body = true }, { name = "q", alias = "p", type = "string",
      query = true } }
    assert.same({ '{"title":"a"}', "p=b" }, { built(given, '{"title":"a","p":"b"}').body, built(given, '{"title":"a","p":"b"}').query })
    assert.same({ '{"name":"a"}', "q=b" }, { built(given, '{"body.name":"a","query.q":"b"}').body, built(given, '{"query.q":"b"}').query })
    assert.equal('{"title":"a"}', built(given, '{"body.title":"a"}').body)
  end)

  it("puts a name given twice where its place says, once", function()
    local given = row { { name = "name", alias = "title", type = "string", body = true } }
    assert.equal('{"name":"by place"}', built(given, '{"title":"by alias","name":"by name","body.name":"by place"}').body)
    assert.equal('{"name":"by name"}', built(given, '{"title":"by alias","name":"by name"}').body)
  end)

  it("has no body, an empty one, or a whole value", function()
    assert.is_nil(built(row {}, "{}").body)
    assert.equal("{}", built(row({}, { empty_body = true }), "{}").body)
    assert.equal('{"x":1}', built(row({}, { empty_body = true }), '{"x":1}').body)
    local whole = row { { name = "body", type = "array", body = true, whole = true } }
    assert.equal('[1,{"a":[]}]', built(whole, '{"body":[1,{"a":[]}]}').body)
    assert.is_nil(built(whole, "{}").body)
  end)

  it("keeps absent, null and empty apart, and every digit", function()
    local given = row { { name = "a", type = "string", body = true }, { name = "b", type = "string", body = true }, { name = "c",
      type = "object", body = true } }
    assert.equal('{"a":null,"b":"","c":{"n":1.50,"l":[],"big":18446744073709551616}}',
      built(given, '{"c":{"n":1.50,"l":[],"big":18446744073709551616},"b":"","a":null}').body)
  end)

  it("carries headers of the row, and refuses what would break one", function()
    local given = row { { name = "X-Language", type = "string", header = true }, { name = "X-Count", type = "integer", header = true } }
    assert.same({ ["X-Language"] = "en-us", ["X-Count"] = "7" }, built(given, '{"X-Language":"en-us","X-Count":7}').headers)
    assert.same({}, built(given, "{}").headers)
    assert.equal("header.X-Language: a header holds no control characters, and its name no space or colon",
      refused(given, '{"X-Language":"a\\r\\nEvil: 1"}').message)
  end)

  it("goes to the endpoint's base path", function()
    for endpoint, url in pairs { ["https://h"] = "https://h/v1/P/things", ["https://h/"] = "https://h/v1/P/things",
      ["http://h:1/base"] = "http://h:1/base/v1/P/things", ["https://h/base/"] = "https://h/base/v1/P/things" } do
      assert.equal(url, built(row {}, "{}", { endpoint = endpoint, project_id = "P" }).url)
    end
    for _, endpoint in ipairs { "h", "ftp://h", "https://h?x=1", "https://u@h" } do
      assert.equal(("the endpoint %s is not a URL of the form https://host[:port][/base]"):format(endpoint),
        refused(row {}, "{}", { endpoint = endpoint, project_id = "P" }).message)
    end
  end)

  it("fails cleanly wherever memory ends", function()
    local given = row({ { name = "id", type = "string", path = true }, { name = "q", type = "string", query = true },
      { name = "H", type = "string", header = true }, { name = "b", type = "object", body = true } }, { path = "/v1/{project_id}/{id}" })
    local json = ('{"id":"i","q":"%s","H":"h","b":{"x":"%s"}}'):format(("q"):rep(200), ("x"):rep(500))
    local whole = built(given, json)
    for n = 0, 100 do
      stages.fail_after(n)
      local r, e = stages.request(given, json, scope)
      local refusals = stages.fail_after()
      assert.equal(held, stages.held())
      if refusals == 0 then
        assert.same(whole, r)
        assert.is_true(n > 10)
        return
      end
      assert.is_nil(r)
      assert.equal("memory", e.kind)
    end
    error("memory never sufficed")
  end)
end)

describe("a raw request", function()
  local function raw(call, where)
    call.method = call.method or "GET"
    return stages.raw_request(call, where or scope)
  end

  local function no(call)
    local r, e = raw(call)
    assert.is_nil(r)
    return e.message
  end

  it("fills project and domain, and encodes the path once", function()
    assert.equal("https://ddm.example:8443/v3/P/a%20b/%E4%B8%AD/D?b=2&q=a%20b&q=x",
      raw({ path = "/v3/{project_id}/a b/%E4%B8%AD/{domain_id}", query = '{"q":["x","a b"],"b":2}' }).url)
    assert.equal("/a/b/", raw({ path = "/a/b/" }).path)
    assert.equal("/", raw({ path = "/" }).path)
  end)

  it("sends the body to the byte, an empty one too", function()
    assert.equal("a\0\255 b", raw({ method = "PUT", path = "/x", body = "a\0\255 b" }).body)
    assert.equal("", raw({ method = "PUT", path = "/x", body = "" }).body)
    assert.is_nil(raw({ path = "/x" }).body)
  end)

  it("carries headers", function()
    assert.same({ ["X-A"] = "1", ["X-B"] = "é" }, raw({ path = "/x", headers = '{"X-A":1,"X-B":"é"}' }).headers)
  end)

  it("refuses paths that are none", function()
    assert.equal('the path "x" must begin with a slash', no { path = "x" })
    assert.equal('the path "" must begin with a slash', no { path = "" })
    assert.equal('the path "https://h/x" must begin with a slash', no { path = "https://h/x" })
    for _, path in ipairs { "/a?b=1", "/a#b", "/a\nb", "/a\127" } do
      assert.equal('the path must hold no control character, "?" or "#"; give the query as a table', no { path = path })
    end
    for _, path in ipairs { "/.", "/..", "/a/../b", "/a/./b", "/a/..", "/../a" } do
      assert.equal('the path must hold no "." or ".." segment', no { path = path })
    end
    for _, path in ipairs { "/...", "/.a", "/a..b/c", "/..a" } do assert.equal(path, raw({ path = path }).path) end
    assert.equal("path.instance_id: is required", no { path = "/v1/{instance_id}" })
    assert.equal("the path /v1/{project_id has an unclosed placeholder", no { path = "/v1/{project_id" })
    assert.matches("has an unclosed placeholder$", no { path = "/v1/{" .. ("x"):rep(100) .. "}" })
  end)

  it("refuses queries and headers that cannot travel", function()
    assert.equal("query.a: must be a text, a number, a boolean or a list of these", no { path = "/", query = '{"a":{}}' })
    assert.equal("query.a: must be a text, a number, a boolean or a list of these", no { path = "/", query = '{"a":[[]]}' })
    assert.equal("header.a: must be a text without U+0000", no { path = "/", headers = '{"a":[]}' })
    assert.equal("header.a: must be a text without U+0000", no { path = "/", headers = '{"a":"\\u0000"}' })
    for _, headers in ipairs { '{"a b":"1"}', '{"a:":"1"}', '{"":"1"}', '{"a":"1\\n2"}', '{"é":"1"}', '{"a\\t":"1"}' } do
      assert.matches("^header%..*: a header holds no control characters, and its name no space or colon$", no { path = "/",
        headers = headers })
    end
    local many = {}
    for i = 1, 17 do many[i] = ('"h%d":"v"'):format(i) end
    assert.equal("header.h17: more than 16 headers", no { path = "/", headers = "{" .. table.concat(many, ",") .. "}" })
  end)
end)

describe("secrets", function()
  local fields = { { name = "name", type = "string" }, { name = "password", type = "string", secret = true },
    { name = "inner", type = "object", fields = { { name = "pin", alias = "code", type = "integer", secret = true } } } }
  local given = row { { name = "user", type = "object", body = true, fields = fields }, { name = "users", type = "array", body = true,
    fields = fields },
    { name = "map", type = "map", body = true, fields = fields }, { name = "keys", type = "array", items = "string", body = true,
      secret = true },
    { name = "either", type = "object", either = true, body = true, fields = fields }, { name = "list", type = "array", either = true,
      body = true,
      fields = fields } }

  local function masked(json)
    local has, text = stages.body(given, json, true)
    assert.equal(1, has)
    assert.equal(select(2, stages.body(given, json)):gsub('"S%d"', '"***"'):gsub(":77", ':"***"'), (text:gsub('%["%*%*%*"%]', '"***"')))
    cjson.decode(text)
    return text
  end

  it("are masked wherever they stand", function()
    assert.equal('{"user":{"name":"n","password":"***","inner":{"pin":"***"},"else":[1]}}',
      masked('{"user":{"name":"n","password":"S1","inner":{"pin":77},"else":[1]}}'))
    assert.equal('{"users":[{"name":"n","password":"***"},{"inner":{"code":"***"}}]}',
      masked('{"users":[{"name":"n","password":"S1"},{"inner":{"code":77}}]}'))
    assert.equal('{"map":{"a":{"password":"***"}}}', masked('{"map":{"a":{"password":"S1"}}}'))
    assert.equal('{"keys":"***"}', select(2, stages.body(given, '{"keys":["S1","S2"]}', true)))
    assert.equal('{"either":[{"password":"***"}]}', masked('{"either":[{"password":"S1"}]}'))
    assert.equal('{"list":{"password":"***","name":"n"}}', masked('{"list":{"password":"S1","name":"n"}}'))
    assert.equal('{"user":{"password":"***"}}', select(2, stages.body(given, '{"user":{"password":null}}', true)))
  end)

  it("are found wherever they stand", function()
    assert.same({ "S1", "77" }, stages.secrets(given, '{"user":{"name":"n","password":"S1","inner":{"pin":77}}}'))
    assert.same({ "S1", "S2" }, stages.secrets(given, '{"keys":["S1","S2"]}'))
    assert.same({ "S1", "S2", "S3", "S4", "S5" }, stages.secrets(given, [[{"users":[{"password":"S1"},{"password":"S2"}],
      "map":{"a":{"password":"S3"}},"either":[{"password":"S4"}],"list":{"password":"S5"}}]]))
    assert.same({}, stages.secrets(given, '{"user":{"name":"n"}}'))
  end)

  it("of DDM and DWS are masked in the body that is shown", function()
    for name, json in pairs {
      ["ddm.create_instance"] = '{"instance":{"name":"n","admin_user_name":"root","admin_user_password":"S1"}}',
      ["dws.create_cluster"] = '{"cluster":{"name":"n","user_pwd":"S1"}}',
    } do
      local _, text = stages.body(name, json, true)
      assert.is_nil(text:find("S1", 1, true))
      assert.truthy(text:find('"***"', 1, true))
      assert.same({ "S1" }, stages.secrets(name, json))
    end
  end)

  it("are taken out of texts", function()
    assert.equal("password *** and *** again ***", stages.redact("password Secret1 and Secret1 again Secret1", "Secret1"))
    assert.equal("***", stages.redact("abc", "abc"))
    assert.equal("******", stages.redact("abcabc", "abc"))
    assert.equal("***bab", stages.redact("ababbab", "abab"))
    assert.equal("nothing here", stages.redact("nothing here", "Secret1"))
    assert.equal("ab", stages.redact("ab", "ab"))
    assert.equal("", stages.redact("", "abc"))
    assert.equal("***", stages.redact("***", "***"))
  end)
end)
