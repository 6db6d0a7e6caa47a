-- SPDX-License-Identifier: Apache-2.0
-- Lua values on their way into requests, where the row decides what a table is, and secrets.
local cjson = require("cjson")
local core = require("hwdb.core")
local hwdb = require("hwdb")

local client

local function shown(service, name, args)
  local request, err = client:dry_run(service, name, args, { date = "20260102T030405Z" })
  assert.is_table(request, tostring(err))
  return request
end

local function body_of(service, name, args)
  return core.encode(shown(service, name, args).body)
end

local function schema(change)
  local database = { name = "db", shard_mode = "cluster", shard_number = 8, used_rds = {} }
  for key, value in pairs(change) do database[key] = value end
  return { instance_id = "i", databases = { database } }
end

local function instance(change)
  local made = { name = "ddm-a", flavor_id = "f", node_num = 2, engine_id = "e", available_zones = { "z" }, vpc_id = "v",
    security_group_id = "s",
    subnet_id = "n" }
  for key, value in pairs(change) do made[key] = value end
  return { instance = made }
end

describe("a Lua value in a request", function()
  setup(function()
    client = assert(hwdb.client { region = "cn-north-4", ak = "AKCANARY", sk = "SKCANARY", project_id = "P" })
  end)

  it("is an array or an object as the row says where a table is empty", function()
    assert.equal('{"databases":[{"name":"db","shard_mode":"cluster","shard_number":8,"used_rds":[]}]}',
      body_of("ddm", "create_schema", schema { used_rds = {} }))
    assert.equal('{"values":{}}', body_of("ddm", "update_instance_param", { instance_id = "i", values = {} }))
  end)

  it("is an array where it is marked as one, whatever the row says", function()
    local _, err = client:dry_run("ddm", "update_instance_param", { instance_id = "i", values = core.array() })
    assert.same({ { path = "body.values", message = "must be an object, not an array" } }, err.problems)
  end)

  it("that no row knows is an object when empty, an array when marked", function()
    assert.equal('{"databases":[{"list":[],"name":"db","object":{},"shard_mode":"cluster","shard_number":8,"used_rds":[]}]}',
      body_of("ddm", "create_schema", schema { list = core.array(), object = {} }))
  end)

  it("keeps integers exact and null apart from absent", function()
    assert.equal('{"databases":[{"a":9007199254740993,"b":-9223372036854775808,"c":null,"d":1.5,"name":"db",'
      .. '"shard_mode":"cluster","shard_number":8,"used_rds":[]}]}',
      body_of("ddm", "create_schema", schema { a = 9007199254740993, b = math.mininteger, c = core.null, d = 1.5 }))
    assert.equal(core.null, cjson.null)
    local sent = shown("ddm", "create_schema", schema { c = cjson.null })
    assert.equal(core.null, sent.body.databases[1].c)
  end)

  it("goes out as the text it is where either form may stand", function()
    for _, number in ipairs { 4, "4" } do
      assert.equal(core.encode(number), body_of("ddm", "configure_shards", { instance_id = "i", ddm_dbname = "d", db_name = "d",
        new_shard_number = number,
        rds_instances = {}, data_nodes = {} }):match('"new_shard_number":([^,}]*)'))
    end
  end)

  it("is shown with the size and the digest of the true body", function()
    local args = schema { shard_unit = 8 }
    local sent = shown("ddm", "create_schema", args)
    local text = '{"databases":[{"name":"db","shard_mode":"cluster","shard_number":8,"shard_unit":8,"used_rds":[]}]}'
    assert.equal(#text, sent.body_bytes)
    assert.equal(core.sha256(text), sent.body_sha256)
  end)

  it("is refused with its place where it is none", function()
    for message, args in pairs {
      ["databases[1].name: must be UTF-8 text"] = schema { name = "\255" },
      ["databases[1].used_rds: a table must be a list 1..n or have only text keys"] = schema { used_rds = { { id = "a" }, x = 1 } },
      ["databases[1].used_rds[1].id: must be plain data: text, number, boolean, table or null"] = schema { used_rds = { { id = print } } },
      ["databases[1].name: a secret is accepted only in a field that is secret"] = schema { name = core.secret("CANARY") },
    } do
      local request, err = client:dry_run("ddm", "create_schema", args)
      assert.is_nil(request)
      assert.equal("check", err.kind)
      assert.equal(message, err.message)
      local place, what = message:match("^(.-): (.*)$")
      assert.same({ { path = place, message = what } }, err.problems)
    end
  end)
end)

describe("a secret", function()
  setup(function()
    client = assert(hwdb.client { region = "cn-north-4", ak = "AKCANARY", sk = core.secret("SKCANARY"), project_id = "P" })
  end)

  it("shows itself to nobody", function()
    local secret = core.secret("PWCANARY")
    assert.equal("***", tostring(secret))
    assert.equal("***", ("%s"):format(secret))
    assert.is_false(getmetatable(secret))
    assert.is_false((pcall(setmetatable, secret, {})))
    assert.is_false((pcall(function() return #secret end)))
    assert.is_false((pcall(function() return secret .. "" end)))
    assert.is_false((pcall(function() return secret.text end)))
    assert.is_true(core.is_secret(secret))
    assert.is_false(core.is_secret("PWCANARY"))
    assert.is_false(core.is_secret())
    assert.is_false(core.is_secret(io.stdout))
  end)

  it("is revealed where a place must hand it on, and compared", function()
    local secret = core.secret("a\0b")
    assert.equal("a\0b", core.reveal(secret))
    assert.is_true(core.secret("a\0b") == secret)
    assert.is_false(core.secret("a") == secret)
    assert.is_true(rawequal(secret, core.secret(secret)))
    assert.is_false((pcall(core.reveal, "text")))
    assert.is_false((pcall(core.secret, 7)))
    assert.is_false((pcall(core.secret)))
  end)

  it("goes out in a secret field, masked where it is shown, with the true digest", function()
    for _, password in ipairs { "Pw_CANARY1", core.secret("Pw_CANARY1") } do
      local sent = shown("ddm", "create_instance", instance { admin_user_name = "root1", admin_user_password = password })
      assert.equal("***", sent.body.instance.admin_user_password)
      assert.is_nil(core.encode(sent):find("CANARY1", 1, true))
      assert.is_nil(core.encode(sent):find("SKCANARY", 1, true))
      local true_body = core.encode(sent.body):gsub("%*%*%*", "Pw_CANARY1")
      assert.equal(#true_body, sent.body_bytes)
    end
  end)

  it("is not shown by the problems of its field either", function()
    local _, err = client:dry_run("ddm", "create_instance", instance { admin_user_name = "root1",
      admin_user_password = core.secret("CANARY") })
    assert.same({ { path = "body.instance.admin_user_password", message = "has 6 characters, at least 8 are needed" } }, err.problems)
    assert.is_nil(tostring(err):find("CANARY", 1, true))
  end)

  it("must be UTF-8 like any text", function()
    local _, err = client:dry_run("ddm", "create_instance", instance { admin_user_password = core.secret("\255CANARY") })
    assert.equal("instance.admin_user_password: must be UTF-8 text", err.message)
  end)
end)

describe("array", function()
  it("marks a table, or makes an empty one", function()
    local list = { 1 }
    assert.equal(list, core.array(list))
    assert.is_true(core.is_array(list))
    assert.equal("[]", core.encode(core.array()))
    assert.equal("[]", core.encode(core.array(nil)))
    assert.is_false((pcall(core.array, 7)))
  end)
  it("ends at its first hole, keeps what is before", function()
    assert.equal("[1,2]", core.encode(core.array { 1, 2 }))
    assert.equal("[1,null,3]", core.encode(core.array { 1, core.null, 3 }))
  end)

  it("are read with no member twice where that is asked for, and with the last one elsewhere", function()
    local many = {}
    for i = 1, 60 do many[i] = ('"k%d":%d'):format(i, i) end
    local long, list = table.concat(many, ","), ("1,"):rep(60)
    for text, name in pairs({ ['{"a":1,"a":2}'] = "a", ['{"x":{"a":1,"a":2}}'] = "x.a", ['[{"a":1},{"a":1,"a":1}]'] = "[2].a",
      ['{"x":[1,{"y":{"k":1,"c":[{"q":1},{"z":1,"w":2,"z":3}]}}]}'] = "x[2].y.c[2].z", ['{"":1,"":2}'] = "",
      ['{"a":null,"a":1}'] = "a", ['{"\\u0061":1,"a":1}'] = "a", ["{" .. long .. ',"k3":1}'] = "k3",
      ['{"list":[' .. list .. '{"d":1,"d":2}]}'] = "list[61].d" }) do
      local value, message = core.decode(text, true)
      assert.same({ nil, ('the member "%s" stands there twice'):format(name) }, { value, message })
      assert.is_table((core.decode(text)))
    end
    assert.equal(2, core.decode('{"a":1,"a":2}').a)
    assert.equal(60, core.decode("{" .. long .. "}", true).k60)
    assert.same({ a = { b = 1 }, b = { a = 1 } }, core.decode('{"a":{"b":1},"b":{"a":1}}', true))
  end)
end)
