-- SPDX-License-Identifier: Apache-2.0
local caller = dofile("spec/sim/caller.lua")
local core = require("hwdb.core")

local V1, V3 = "/v1/{p}/instances/{i}/users", "/v3/{p}/instances/{i}/users"
local PASSWORD = "Orange-tree-7"

local function wanted(change)
  local body = { name = "reader", password = PASSWORD, base_authority = { "SELECT" }, description = "reads",
    databases = { { name = "orders" } } }
  for key, value in pairs(change or {}) do body[key] = value end
  return body
end

describe("DDM accounts", function()
  local c
  before_each(function() c = caller.new() end)

  local function refused(method, path, body) return { c:refused(method, path, body) } end
  local function names()
    local list = {}
    for i, user in ipairs(c:must("GET", V1).users) do list[i] = user.name end
    return list
  end

  it("are made by v1, several at once, and listed by both", function()
    assert.same({ users = { { name = "reader" }, { name = "writer" } } }, c:must("POST", V1,
      { users = { wanted(), wanted({ name = "writer", base_authority = { "INSERT", "UPDATE" } }) } }))
    local page = c:must("GET", V1 .. "?offset=1&limit=1")
    assert.same({ 2, 1, 3, 3 }, { page.page_no, page.page_size, page.total_record, page.total_page })
    assert.same({ name = "reader", status = "RUNNING", base_authority = { "SELECT" }, extend_authority = {},
      description = "reads", created = c.sim:now(), password_last_changed = c.sim:now(),
      databases = { { name = "orders", description = "" } } }, page.users[1])
    local v3 = c:must("GET", V3 .. "?offset=1&limit=1")
    assert.same({ 1, 1, 3 }, { v3.offset, v3.limit, v3.total })
    assert.same({ name = "reader", status = "RUNNING", base_authority = { "SELECT" }, description = "reads",
      created = "2026-01-01T08:00:00+0000", password_last_changed = "2026-01-01T08:00:00+0000",
      password_lifetime = core.null, expiration_time = core.null, databases = { { name = "orders" } } }, v3.users[1])
    assert.same({}, c:must("GET", V3 .. "?offset=3").users)
  end)

  it("are made by v3, one a call, with a password that ends", function()
    assert.same({}, c:must("POST", V3, wanted({ password_lifetime = 30 })))
    local user = c:must("GET", V3 .. "?offset=1").users[1]
    assert.same({ 30, "2026-01-31T08:00:00+0000" }, { user.password_lifetime, user.expiration_time })
    assert.same({ 400, "DBS.280001" }, refused("POST", V3, wanted({ name = "b", password_lifetime = 65536 })))
  end)

  it("are all made or none", function()
    assert.same({ 400, "DBS.300311" }, refused("POST", V1, { users = { wanted(), wanted({ name = "app" }) } }))
    assert.same({ 400, "DBS.300107" }, refused("POST", V1, { users = { wanted(), wanted() } }))
    assert.same({ 400, "DBS.280001" }, refused("POST", V1, { users = core.array({}) }))
    assert.same({ "app" }, names())
    assert.same({}, c.sim:effects())
  end)

  it("are refused with a name, right or schema that cannot be", function()
    for _, case in ipairs({ { "DBS.300311", { name = "app" } }, { "DBS.300311", { name = "root" } },
      { "DBS.280001", { name = "1st" } }, { "DBS.300129", { databases = { { name = "none" } } } },
      { "DBS.300309", { base_authority = core.array({}) } }, { "DBS.300309", { base_authority = { "GRANT" } } } }) do
      local _, code = c:refused("POST", V3, wanted(case[2]))
      assert.equal(case[1], code)
    end
  end)

  it("are refused with a bad password by v3, by v1 where the reading says so", function()
    for _, password in ipairs({ "alllowercase", "Password-1", "Ab1-qwerty", "Reader-öäü1" }) do
      assert.same({ 400, "DBS.300306" }, refused("POST", V3, wanted({ password = password })))
    end
    assert.same({ 400, "DBS.300306" }, refused("POST", V3, wanted({ name = "Orange_7", password = "Orange_7" })))
    assert.same({ 400, "DBS.300306" }, refused("POST", V3, wanted({ name = "Orange_7", password = "7_egnarO" })))
    c:must("POST", V1, { users = { wanted({ password = "simple" }) } })
    c = caller.new({ readings = { ddm_v1_password_rules = true } })
    assert.same({ 400, "DBS.300306" }, refused("POST", V1, { users = { wanted({ password = "simple" }) } }))
  end)

  it("are a hundred at most", function()
    local list = c.sim.state.ddm.instances[1].accounts
    for i = 2, 100 do list[i] = { name = "u" .. i, databases = {}, base_authority = {}, extend_authority = {} } end
    assert.same({ 413, "DBS.300300" }, refused("POST", V3, wanted()))
    assert.same({ 413, "DBS.300300" }, refused("POST", V1, { users = { wanted() } }))
  end)

  it("change what is given and keep the rest", function()
    c:must("POST", V3, wanted())
    assert.same({ name = "reader" }, c:must("PUT", V1 .. "/reader", { user = { description = "looks" } }))
    assert.same({}, c:must("PUT", V3 .. "/reader", { base_authority = { "SELECT", "INDEX" }, password_lifetime = 10,
      databases = core.array({}) }))
    local user = c:must("GET", V3 .. "?offset=1").users[1]
    assert.same({ "looks", { "SELECT", "INDEX" }, 10, {} }, { user.description, user.base_authority,
      user.password_lifetime, user.databases })
    assert.same({ 400, "DBS.280001" }, refused("PUT", V1 .. "/reader", { user = {} }))
    assert.same({ 400, "DBS.280001" }, refused("PUT", V3 .. "/reader", {}))
    assert.same({ 400, "DBS.300327" }, refused("PUT", V3 .. "/nobody", { description = "x" }))
    assert.same({ 400, "DBS.300129" }, refused("PUT", V3 .. "/reader", { databases = { { name = "none" } } }))
  end)

  it("go, and are gone; the administrator stays", function()
    c:must("POST", V3, wanted())
    assert.same({ name = "app" }, c:must("DELETE", V1 .. "/app"))
    assert.same({}, c:must("DELETE", V3 .. "/reader"))
    assert.same({}, names())
    assert.same({ 400, "DBS.300327" }, refused("DELETE", V1 .. "/app"))
    assert.same({ 400, "DBS.300327" }, refused("POST", V3 .. "/app/password", { password = PASSWORD }))
    assert.same({ 400, "DBS.300302" }, refused("DELETE", V3 .. "/root"))
    c:must("POST", V3, wanted({ name = "app" }))
  end)

  it("lose a schema that is deleted, also when one of its name comes again", function()
    c:must("DELETE", "/v3/{p}/instances/{i}/databases/orders?delete_dn_data=false")
    c.sim:advance(30)
    assert.same({}, c:must("GET", V1).users[1].databases)
    c:must("POST", "/v3/{p}/instances/{i}/databases", { name = "orders", shard_mode = "cluster", shard_number = 8,
      dn_instances = { { id = c.sim.state.rds.instances[1].id, user_name = c.sim.data_node_user,
        user_password = c.sim.data_node_password } } })
    c.sim:advance(30)
    assert.same({}, c:must("GET", V1).users[1].databases)
  end)

  it("get new passwords, of which the state keeps none", function()
    c.sim:advance(60)
    assert.same({ success = true, instance_id = c.instance, user_name = "app" },
      c:must("POST", "/v2/{p}/instances/{i}/users/app/password", { password = "Lemon-tree-8" }))
    assert.equal(c.sim:now(), c:must("GET", V1).users[1].password_last_changed)
    c.sim:advance(60)
    assert.same({}, c:must("POST", V3 .. "/app/password", { password = "Cherry-tree-9" }))
    assert.equal("2026-01-01T08:02:00+0000", c:must("GET", V3).users[1].password_last_changed)
    assert.same({ 400, "DBS.300306" }, refused("POST", V3 .. "/app/password", { password = "cherrytree" }))
    local dumped = core.encode(c.sim.state)
    assert.is_nil(dumped:find("Lemon", 1, true) or dumped:find("Cherry", 1, true))
  end)

  it("are not changed while the instance is busy", function()
    c:must("POST", "/v1/{p}/instances/{i}/action", { restart = {} })
    assert.same({ 409, "DBS.200019" }, refused("POST", V3, wanted()))
    assert.same({ 409, "DBS.200019" }, refused("DELETE", V1 .. "/app"))
  end)
end)

describe("the administrator", function()
  local PATH = "/v3/{p}/instances/{i}/admin-user"

  it("keeps its name, and has its password reset by a job", function()
    local c = caller.new()
    assert.same({ 400, "DBS.300305" }, { c:refused("PUT", PATH, { name = "boss", password = PASSWORD }) })
    assert.same({ 400, "DBS.300306" }, { c:refused("PUT", PATH, { name = "root", password = "lowercase" }) })
    local job = c:must("PUT", PATH, { name = "root", password = PASSWORD }).job_id
    c.sim:advance(2)
    assert.equal("RESET_PASSWORD", c:instance_status())
    c.sim:advance(8)
    assert.same({ "RUNNING", "Completed" }, { c:instance_status(), c:job(job).status })
  end)

  it("is named by the first call", function()
    local c = caller.new()
    c.sim.state.ddm.instances[1].admin_user_name = nil
    assert.same({ 400, "DBS.300311" }, { c:refused("PUT", PATH, { name = "app", password = PASSWORD }) })
    c:must("PUT", PATH, { name = "boss", password = PASSWORD })
    c.sim:advance(10)
    assert.equal("boss", c:must("GET", "/v1/{p}/instances/{i}").admin_user_name)
  end)

  it("needs version 3.0.9, and may be answered without a body", function()
    local c = caller.new({ readings = { ddm_admin_answer = "empty" } })
    local status, body = c:call("PUT", PATH, { name = "root", password = PASSWORD })
    assert.same({ 202, "" }, { status, body })
    c.sim:advance(10)
    c.sim.state.ddm.instances[1].engine_version = "3.0.8.3"
    assert.same({ 400, "DBS.300005" }, { c:refused("PUT", PATH, { name = "root", password = PASSWORD }) })
  end)
end)

describe("the strength of a password", function()
  it("is judged without being kept", function()
    local c = caller.new()
    for password, weak in pairs({ [PASSWORD] = false, ["xxx"] = true, ["Password-1"] = true, ["abcdefgh1"] = true,
      ["Aaaaaaa1"] = false }) do
      assert.equal(weak, c:must("POST", "/v3/{p}/weak-password-verification", { password = password }).is_weak_password,
        password)
    end
    assert.same({}, c.sim:effects())
  end)
end)
