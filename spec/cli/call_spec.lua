-- SPDX-License-Identifier: Apache-2.0
-- hwdb call without a network: arguments, dry runs, secrets, bad input. Against the listener: listener_spec.lua.
local cjson = require("cjson")
local cli = require("spec.support.cli")
local Server = require("spec.support.server")

local ENV = { HUAWEICLOUD_SDK_AK = "AKIDEXAMPLE", HUAWEICLOUD_SDK_SK = "canary-sk-3141", HUAWEICLOUD_SDK_REGION = "cn-north-4",
  HUAWEICLOUD_SDK_PROJECT_ID = "p0123", CANARY = "Canary-31415!" }

local function call(args, options)
  options = options or {}
  options.env = options.env or ENV
  return cli.run({ "call", table.unpack(args) }, options)
end

local function dry(args, options)
  local words = { "--dry-run", "--json" }
  table.move(args, 1, #args, 3, words)
  local r = call(words, options)
  assert.equal(0, r.code, r.err)
  return cjson.decode(r.out), r
end

local function refused(args, message, options)
  local r = call(args, options)
  assert.equal(2, r.code, r.err)
  assert.equal("", r.out)
  assert.truthy(r.err:find(message, 1, true), r.err)
  assert.falsy((r.out .. r.err):find("anary", 1, true))
  return r
end

describe("hwdb call --dry-run", function()
  teardown(cli.clean)

  it("prints the signed request as it would go out, for a fixed time the same every time", function()
    local args = { "ddm.list_instances", "limit=5", "offset=0", "--date", "20260102T030405Z" }
    local request, r = dry(args)
    assert.equal("GET", request.method)
    assert.equal("https://ddm.cn-north-4.myhuaweicloud.com/v1/p0123/instances?limit=5&offset=0", request.url)
    assert.equal("20260102T030405Z", request.headers["X-Sdk-Date"])
    assert.equal("p0123", request.headers["X-Project-Id"])
    assert.truthy(request.headers.Authorization:find("^SDK%-HMAC%-SHA256 Access=AKIDEXAMPLE, SignedHeaders=content%-type;host;"))
    assert.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", request.body_sha256)
    assert.equal(0, request.body_bytes)
    assert.equal(r.out, select(2, dry(args)).out)
  end)

  it("shows the same to people", function()
    local r = call({ "ddm.update_instance_name", "instance_id=i1", "name=orders-2", "--dry-run" })
    assert.equal(0, r.code)
    assert.truthy(r.out:find("^PUT https://ddm.cn%-north%-4.myhuaweicloud.com/v1/p0123/instances/i1/modify%-name\n"), r.out)
    assert.truthy(r.out:find('\n\n{"name":"orders-2"}\n', 1, true))
    assert.equal("nothing was sent\n", r.err)
  end)

  it("masks secrets in the body, but hashes the true one", function()
    local request, r = dry({ "ddm.reset_user_password", "instance_id=i1", "username=u", "password=env:CANARY" })
    assert.same({ password = "***" }, request.body)
    assert.equal(#'{"password":"Canary-31415!"}', request.body_bytes)
    assert.falsy((r.out .. r.err):find("anary", 1, true))
  end)

  it("masks a token", function()
    local request, r = dry({ "ddm.list_instances" }, { env = { HW_AUTH_TOKEN = "canary-token", HUAWEICLOUD_SDK_REGION = "cn-north-4",
      HUAWEICLOUD_SDK_PROJECT_ID = "p0123" } })
    assert.equal("***", request.headers["X-Auth-Token"])
    assert.falsy((r.out .. r.err):find("canary", 1, true))
  end)

  it("says what is missing without credentials, region or project", function()
    refused({ "ddm.list_instances", "--dry-run" }, "no credentials were found", { env = {} })
    refused({ "ddm.list_instances", "--dry-run" }, "region", { env = { HUAWEICLOUD_SDK_AK = "a", HUAWEICLOUD_SDK_SK = "b",
      HUAWEICLOUD_SDK_PROJECT_ID = "p" } })
    refused({ "ddm.list_instances", "--dry-run" }, "project", { env = { HUAWEICLOUD_SDK_AK = "a", HUAWEICLOUD_SDK_SK = "b",
      HUAWEICLOUD_SDK_REGION = "cn-north-4" } })
  end)

  it("takes region, project and endpoint from options", function()
    local request = dry({ "dws.list_clusters", "--region", "eu-west-101", "--project-id", "other" })
    assert.equal("https://dws.eu-west-101.myhuaweicloud.eu/v1.0/other/clusters", request.url)
    request = dry({ "dws.list_clusters", "--endpoint", "https://dws.example/base/" })
    assert.equal("https://dws.example/base/v1.0/p0123/clusters", request.url)
  end)

  it("refuses a date without a dry run, and a wrong one", function()
    refused({ "ddm.list_instances", "--date", "20260102T030405Z" }, "--date fixes the time of a dry run")
    refused({ "ddm.list_instances", "--dry-run", "--date", "yesterday" }, "--date must look like")
  end)
end)

describe("values of hwdb call", function()
  teardown(cli.clean)

  it("are read by the operation's types and nest by dots", function()
    local request = dry({ "ddm.create_instance", "instance.name=orders", "instance.node_num=2", "instance.flavor_id=f",
      "instance.engine_id=e", "instance.vpc_id=v", "instance.subnet_id=s", "instance.security_group_id=g",
      "instance.available_zones=z1", "instance.available_zones=z2" })
    assert.same({ "z1", "z2" }, request.body.instance.available_zones)
    assert.equal("orders", request.body.instance.name)
    assert.equal("2", tostring(math.tointeger(request.body.instance.node_num) or request.body.instance.node_num))
  end)

  it("keep every digit of a large number", function()
    local r = call({ "ddm.update_instance_name", "instance_id=i1", "name=orders", "x:=9007199254740993", "--dry-run" })
    assert.truthy(r.out:find('{"name":"orders","x":9007199254740993}', 1, true), r.err)
  end)

  it("may be JSON, a file or the environment", function()
    local body = '[{"id":"n1","user":"root","password":"Canary-31415!"}]'
    local request = dry({ "ddm.precheck_shards", "instance_id=i1", "db_name=orders", "new_shard_number:=16",
      "data_nodes:=@" .. cli.file("nodes.json", body) })
    assert.same({ { id = "n1", user = "root", password = "***" } }, request.body.data_nodes)
    request = dry({ "ddm.update_instance_name", "instance_id=i1", "name=@" .. cli.file("name", "from-file\n") })
    assert.equal("from-file", request.body.name)
  end)

  it("may come as one JSON object, over which a word wins", function()
    local given = '{"instance_id":"i1","name":"given"}'
    assert.equal("given", dry({ "ddm.update_instance_name", "--input", cli.file("in.json", given) }).body.name)
    assert.equal("given", dry({ "ddm.update_instance_name", "--input", "-" }, { stdin = given }).body.name)
    assert.equal("word", dry({ "ddm.update_instance_name", "--input", "-", "name=word" }, { stdin = given }).body.name)
  end)

  it("go to the place that a prefix names", function()
    local request = dry({ "ddm.update_switch_strategy", "instance_id=i1", "db_name=orders", "job_id=j1",
      "body.instance_id=i2" })
    assert.truthy(request.url:find("/instances/i2/", 1, true) == nil)
    assert.equal("i2", request.body.instance_id)
  end)

  it("that no row knows go out as given, with a warning", function()
    local request, r = dry({ "ddm.list_instances", "limi=5" })
    assert.truthy(request.url:find("?limi=5", 1, true))
    assert.truthy(request.warnings[1]:find("did you mean limit?", 1, true))
    assert.truthy(r.err:find("warning: query.limi", 1, true))
    refused({ "ddm.list_instances", "limi=5", "--dry-run", "--strict" }, "query.limi")
  end)

  it("may be larger than what can be signed where a token signs nothing", function()
    local env = { HW_AUTH_TOKEN = "canary-token", HUAWEICLOUD_SDK_REGION = "cn-north-4", HUAWEICLOUD_SDK_PROJECT_ID = "p0123" }
    local body = ('{"name":"orders","x":"%s"}'):format(("x"):rep(13 << 20))
    local input = cli.file("large.json", (body:gsub("^{", '{"instance_id":"i1",')))
    assert.equal(#body, dry({ "ddm.update_instance_name", "--input", input }, { env = env }).body_bytes)
    local server <close> = Server.start({ { json = {} } })
    local r = call({ "--raw", "POST", "ddm:/x", "--endpoint", server.url, "--data-file", cli.file("large", body) }, { env = env })
    assert.equal(0, r.code, r.err)
    assert.is_true(server:requests()[1].body == body)
  end)

  it("are asked for on the terminal", function()
    local r = cli.at_terminal({ "call", "ddm.reset_user_password", "instance_id=i1", "username=u", "password=prompt:", "--dry-run",
      "--json" }, "Canary-31415!\n", ENV)
    assert.equal(0, r.code, r.out)
    assert.truthy(r.out:find("password: ", 1, true))
    assert.truthy(r.out:find('"body_bytes":28', 1, true))
  end)
end)

describe("secrets of hwdb call", function()
  teardown(cli.clean)

  it("are refused as literal values, wherever they nest", function()
    for _, word in ipairs({ "password=Canary", "password:=\"Canary\"" }) do
      local r = refused({ "ddm.reset_user_password", "instance_id=i1", "username=u", word, "--dry-run" }, "password is secret")
      assert.truthy(r.err:find("give password=env:NAME, password=@FILE or password=prompt:", 1, true))
    end
    refused({ "ddm.precheck_shards", "instance_id=i1", "db_name=d", "new_shard_number=2",
      'data_nodes:=[{"id":"n","user":"u","password":"Canary"}]', "--dry-run" }, "password is secret")
    refused({ "ddm.create_instance", "instance.admin_user_password=Canary", "--dry-run" }, "admin_user_password is secret")
    refused({ "ddm.list_instances", "db_passwd=Canary", "--dry-run" }, "db_passwd is secret")
  end)

  it("need a variable that is there, a file that can be read, or a terminal", function()
    local start = { "ddm.reset_user_password", "instance_id=i1", "username=u" }
    local function with(word) return { start[1], start[2], start[3], word } end
    refused(with("password=env:NOT_THERE"), "the environment has no NOT_THERE")
    refused(with("password=@/nowhere/at/all"), "cannot read password: /nowhere/at/all")
    refused(with("password=@/"), "is a directory")
    local r = cli.shell("setsid " .. cli.command({ "call", table.unpack(with("password=prompt:")) }, ENV) .. " </dev/null")
    assert.equal(2, r.code)
    assert.truthy(r.err:find("there is no terminal to ask on", 1, true), r.err)
  end)
end)

describe("bad input of hwdb call", function()
  teardown(cli.clean)

  it("names every problem at once and sends nothing", function()
    local r = call({ "ddm.list_nodes", "instance_id=", "limit=9999", "offset=-1", "--json" })
    assert.equal(2, r.code)
    local err = cjson.decode(r.err).error
    assert.equal("check", err.kind)
    local at = {}
    for _, problem in ipairs(err.problems) do at[problem.path] = problem.message end
    assert.same({ ["path.instance_id"] = "must not be empty", ["query.limit"] = "9999 is more than 128",
      ["query.offset"] = "-1 is less than 0" }, at)
  end)

  for name, value in pairs({ empty = "", ["one dot"] = ".", ["two dots"] = "..", slash = "a/b", ["a control character"] = "a\nb" }) do
    it("refuses a path parameter that is " .. name, function()
      refused({ "ddm.show_instance", "instance_id=" .. value }, "path.instance_id: must not")
    end)
  end

  it("refuses a missing path parameter, a wrong type, and a number that is none", function()
    refused({ "ddm.show_instance" }, "path.instance_id: is required")
    refused({ "ddm.list_instances", "limit=many" }, "query.limit: must be an integer, not a string")
    refused({ "ddm.update_instance_name", "instance_id=i", "name:=5" }, "body.name: must be a string, not a number")
  end)

  it("refuses a parameter in the path or a header that is none there", function()
    refused({ "ddm.list_instances", "path.limit=5" }, "path.limit: limit is a query parameter")
    refused({ "ddm.list_instances", "header.limit=5" }, "header.limit: limit is a query parameter")
    refused({ "ddm.show_instance", "instance_id=i", "path.instance_di=x" },
      "path.instance_di: is no parameter of the operation; did you mean instance_id?")
  end)

  it("refuses what cannot be a parameter", function()
    refused({ "ddm.list_instances", "limit" }, "limit is not name=value")
    refused({ "ddm.list_instances", "limit=1", "limit=2" }, "limit is given twice")
    refused({ "ddm.create_instance", "instance=orders" }, "instance is an object: give it as JSON")
    refused({ "ddm.list_instances", "limit:={" }, "limit is not JSON")
    refused({ "ddm.create_instance", "instance:={}", "instance.name=x" }, "instance.name is given twice")
  end)

  it("refuses an input that is no JSON object", function()
    refused({ "ddm.list_instances", "--input", "/nowhere" }, "cannot read the input: /nowhere")
    refused({ "ddm.list_instances", "--input", "-" }, "the input is not JSON", { stdin = "{'a'}" })
    refused({ "ddm.list_instances", "--input", "-" }, "the input must be one JSON object", { stdin = "[1]" })
    refused({ "ddm.list_instances", "--input", "-" }, "the input is not JSON", { stdin = "" })
    refused({ "ddm.list_instances", "--input", "-" }, "the input is not JSON", { stdin = ("["):rep(100000) })
    refused({ "ddm.list_instances", "--input", "-" }, "stdin is larger than 67108864 bytes", { stdin = ("x"):rep(65 << 20) })
  end)

  it("refuses an input in which a member stands twice, wherever: nobody can tell which was meant", function()
    for text, place in pairs({ ['{"limit":1,"offset":0,"limit":2}'] = "limit", ['{"\\u006cimit":1,"limit":1}'] = "limit",
      ['{"limit":null,"limit":1}'] = "limit" }) do
      refused({ "ddm.list_instances", "--input", "-" }, ('the input: the member "%s" stands there twice'):format(place), { stdin = text })
    end
    refused({ "ddm.create_schema", "--input", "-" }, 'the member "databases[2].used_rds[1].id" stands there twice',
      { stdin = '{"databases":[{},{"name":"x","used_rds":[{"id":"a","adminUser":"u","id":"b"}]}]}' })
    refused({ "ddm.create_schema", 'databases:=[{"name":"a","name":"b"}]' }, 'databases: the member "[1].name" stands there twice')
  end)

  it("refuses to sign more than 12 MB, and names the way without a signature", function()
    local large = cli.file("large", ("x"):rep(13 << 20))
    for _, args in ipairs({ { "--raw", "POST", "ddm:/v1/{project_id}/x", "--data-file", large },
      { "ddm.update_instance_name", "instance_id=i1", "name=orders", "x=@" .. large, "--dry-run" } }) do
      local r = refused(args, "cannot be signed, the limit is 12 MB")
      assert.truthy(r.err:find("remedy: authenticate with an IAM token", 1, true), r.err)
    end
  end)

  it("refuses unknown services and operations", function()
    refused({ "dmd.list_instances" }, "there is no service dmd, did you mean ddm?")
    refused({ "ddm.list_instancs" }, "did you mean list_instances?")
    refused({ "ddm" }, "ddm is not SERVICE.OPERATION")
    refused({}, "call needs SERVICE.OPERATION")
  end)

  it("warns of a credentials file that others can read and of a region it does not know", function()
    local path = cli.file("open.ini", "[basic]\nak = AKIDEXAMPLE\nsk = canary-sk-3141\nproject_id = p0123\n")
    assert(os.execute("chmod 644 " .. path))
    local env = { HUAWEICLOUD_SDK_CREDENTIALS_FILE = path, HUAWEICLOUD_SDK_REGION = "xx-weird-9" }
    local request, r = dry({ "ddm.list_instances" }, { env = env })
    assert.equal("https://ddm.xx-weird-9.myhuaweicloud.com/v1/p0123/instances", request.url)
    assert.equal(("warning: %s can be read by others (mode 0644); run chmod 600 on it\n"
      .. "warning: region xx-weird-9 is not known to offer ddm; https://ddm.xx-weird-9.myhuaweicloud.com is tried "
      .. "(another address: HWDB_ENDPOINT_DDM)\n"):format(path), r.err)
  end)

  it("refuses a malformed region, endpoint and credentials file", function()
    refused({ "ddm.list_instances", "--ca-file", "/nowhere.pem" }, "cannot read --ca-file /nowhere.pem")
    refused({ "ddm.list_instances", "--region", "cn north" }, "has not the form of a region")
    refused({ "ddm.list_instances", "--endpoint", "ftp://x" }, "does not start with https://")
    refused({ "ddm.list_instances", "--endpoint", "http://192.0.2.1" }, "http")
    refused({ "ddm.list_instances" }, "bad.ini",
      { env = { HUAWEICLOUD_SDK_CREDENTIALS_FILE = cli.file("bad.ini", "[basic\nak = canary\n") } })
    refused({ "ddm.list_instances" }, "/nowhere", { env = { HUAWEICLOUD_SDK_CREDENTIALS_FILE = "/nowhere" } })
  end)

  it("tells of a host that cannot be reached", function()
    local r = call({ "ddm.list_instances", "--endpoint", "http://127.0.0.1:1", "--attempts", "1", "--json" })
    assert.equal(1, r.code)
    local err = cjson.decode(r.err).error
    assert.equal("transport", err.kind)
    assert.truthy(err.message:find("127.0.0.1 port 1", 1, true))
    assert.is_false(err.in_doubt)
  end)

  it("refuses options that do not go together", function()
    refused({ "ddm.list_instances", "--data", "x" }, "--data goes with --raw")
    refused({ "ddm.list_instances", "--world", "empty" }, "--world shapes the simulator")
    refused({ "ddm.show_instance", "instance_id=i", "--all", "--sim" }, "ddm.show_instance has no pages")
    refused({ "ddm.list_instances", "--sim", "--world", "earth" }, "there is no world earth")
    refused({ "ddm.list_instances", "--timeout", "0" }, "--timeout must be a number above zero")
    refused({ "--raw", "GET" }, "call --raw takes a method and a URL")
    refused({ "--raw", "GET", "nonsense" }, "nonsense is neither a URL nor SERVICE:/PATH")
    refused({ "--raw", "GET", "ddm:/v1/x", "--dry-run" }, "--dry-run shows an operation's request")
    refused({ "--raw", "GET", "ddm:/v1/%zz" }, "broken percent sign")
  end)
end)
