-- SPDX-License-Identifier: Apache-2.0
-- Account rotation: new passwords in place, or a second account and the old one's removal; never a secret in sight.
local accounts = require("hwdb.sim.ddm_account_state")
local core = require("hwdb.core")
local durable = require("spec.durable.support")
local runbook = require("hwdb.runbook")
local support = require("spec.runbooks.support")

local NEW, OTHER = "Orange-tree-7", "Purple-tree-8"
local RESET = { "rotate on ddm-orders" }
local TWO = { "rotate on ddm-orders", "applications moved", "remove app" }

local function reporter()
  local r = support.reporter()
  r.tables = {}
  function r:table(t) self.tables[t.name] = t end
  return r
end

local function quiet(world)
  world.instance.sessions = {}
end

local function rotate(world, params, options)
  local given = { client = world.client, store = world.store, sim = world.sim, report = reporter(),
    params = { instance_id = world.instance.id, accounts = { "app" }, password = NEW } }
  for key, value in pairs(options or {}) do given[key] = value end
  for key, value in pairs(params or {}) do given.params[key] = value end
  for key, value in pairs(given.params) do
    if value == "" then given.params[key] = nil end
  end
  local result = runbook.run_file("ddm_account_rotation", given)
  return result, given.report
end

local function ops(world)
  return support.effects(world)
end

local function has_password(world, name, password)
  local account = accounts.find(world.instance, name)
  return account ~= nil and account.password_sha256 == core.sha256(password)
end

local function second(world, name, spec)
  local state = world.sim.state
  return accounts.add({ now = state.now - 86400000, state = state }, world.instance, { name = name, password = OTHER,
    base_authority = spec and spec.rights or { "SELECT" }, databases = {}, description = "" })
end

describe("account rotation in place", function()
  require("spec.runbooks.proofs").of({ name = "ddm_account_rotation", services = { "ddm" }, accept = RESET,
    prepare = function(world)
      local state = world.sim.state
      accounts.add({ now = state.now - 86400000 }, state.ddm.instances[1], { name = "batch", password = OTHER,
        base_authority = { "SELECT" } })
    end,
    params = function(world)
      return { instance_id = world.instance.id, accounts = { "app", "batch" }, password = NEW, admin = "root",
        admin_password = OTHER }
    end,
    effects = { "reset_user_password_v3", "reset_user_password_v3", "reset_administrator" } })

  local world
  before_each(function() world = support.world() end)

  it("sets the new passwords, reads back that they were changed, and shows none", function()
    second(world, "batch")
    local result, r = rotate(world, { accounts = { "app", "batch" }, password = "", ["password.app"] = NEW,
      ["password.batch"] = OTHER }, { accept = RESET })
    assert.is_nil(result.error)
    assert.same({ rotated = 2 }, result.value)
    assert.is_true(has_password(world, "app", NEW) and has_password(world, "batch", OTHER))
    assert.same({ "reset_user_password_v3", "reset_user_password_v3" }, ops(world))
    assert.is_true(r:has("^ok app: password changed at 2026%-01%-01 08:00:00 %+00:00$"))
    assert.is_true(r:has("^unseen app: nobody logged in with the new password; check= would$"))
    assert.same({ { "app", "new password" }, { "batch", "new password" } }, r.tables.rotated.rows)
    local said = table.concat(r.lines, "\n") .. core.encode(r.tables.accounts.rows)
    assert.is_nil(said:find(NEW, 1, true) or said:find(OTHER, 1, true))
  end)

  it("changes an account once, however often it is named", function()
    assert.equal(1, rotate(world, { accounts = { "app", "app" } }, { accept = RESET }).value.rotated)
    assert.same({ "reset_user_password_v3" }, ops(world))
  end)

  it("leaves young passwords alone, so that a second run changes nothing", function()
    assert.equal(1, rotate(world, { older_than_days = 30 }, { accept = RESET }).value.rotated)
    local result, r = rotate(world, { older_than_days = 30 })
    assert.same({ rotated = 0 }, result.value)
    assert.is_true(r:has("^note no password is old enough; nothing has been changed$"))
    assert.equal(1, #ops(world))
  end)

  it("logs in with a check program, which gets the password in its environment only", function()
    local result, r = rotate(world, { check = { "sh", "-c", 'test "$HWDB_USER/$HWDB_PASSWORD/$HWDB_PORT" = "app/' .. NEW .. '/5066"' } },
      { accept = RESET })
    assert.is_nil(result.error)
    assert.is_true(r:has("^ok app: logged in by the check$"))
    world = support.world()
    result = rotate(world, { check = { "sh", "-c", "echo denied; exit 3" } }, { accept = RESET })
    assert.equal("app: the check ended with 3: the login fails", result.error.message)
  end)

  it("shows what a check says without the password, whatever that is", function()
    local result, r = rotate(world, { check = { "sh", "-c", "echo no $HWDB_PASSWORD; printf 'ä%.0s' $(seq 150); exit 1" } },
      { accept = RESET })
    assert.equal("failed", result.status)
    assert.is_true(r:has("^log no %*%*%*$"))
    assert.is_true(r:has("^log " .. ("ä"):rep(150) .. "$"))
  end)

  it("changes the administrator, last, and only the one there is", function()
    world.instance.admin_user_name = "root"
    local result = rotate(world, { admin = "root", admin_password = OTHER }, { accept = RESET })
    assert.is_nil(result.error)
    assert.same({ "reset_user_password_v3", "reset_administrator" }, ops(world))
    assert.equal(core.sha256(OTHER), world.instance.admin_password_sha256)
    result = rotate(world, { accounts = "", admin = "root", admin_password = NEW }, { accept = RESET })
    assert.same({ rotated = 1 }, result.value)
  end)

  it("follows the administrator's change also where the answer names no job", function()
    for _, answer in ipairs({ "job_id", "empty" }) do
      world = support.world({ readings = { ddm_admin_answer = answer } })
      world.instance.admin_user_name = "root"
      local result = rotate(world, { accounts = "", admin = "root", admin_password = OTHER }, { accept = RESET })
      assert.is_nil(result.error)
      assert.equal(core.sha256(OTHER), world.instance.admin_password_sha256)
    end
  end)

  it("says so when the service does not show the change", function()
    local client = support.intercepted(world, { reset_user_password_v3 = function() return {}, {} end })
    local result = rotate(world, {}, { accept = RESET, client = client })
    assert.matches("^app: the service does not show the change: RUNNING, password changed at 2025", result.error.message)
  end)

  it("tells what was done and what was not when a later account is refused", function()
    second(world, "batch")
    local client = support.intercepted(world, { reset_user_password_v3 = function(call, args)
      if args.username == "app" then return call(args) end
      return nil, { kind = "api", status = 400, code = "DBS.300328", message = "cannot be reset" }
    end })
    local result, r = rotate(world, { accounts = { "app", "batch", } }, { accept = RESET, client = client })
    assert.equal("cannot be reset", result.error.message)
    assert.same({ { "app", "new password" }, { "batch", "as it was" } }, r.tables.rotated.rows)
    assert.is_nil(result.left_behind)
  end)

  it("finds out about a lost answer by the moment of the last change, and resets once", function()
    for _, fault in ipairs({ "reset_after", "reset_before" }) do
      world = support.world({ faults = { { op = "ddm.reset_user_password_v3", ["do"] = fault } } })
      local result = rotate(world, {}, { accept = RESET })
      assert.is_nil(result.error)
      assert.same({ "reset_user_password_v3" }, ops(world))
      assert.is_true(has_password(world, "app", NEW))
    end
  end)
end)

describe("account rotation refuses", function()
  local world
  before_each(function() world = support.world() end)

  local function refused(message, params, options)
    local result, r = rotate(world, params, options)
    assert.equal(message, result.error and result.error.message)
    assert.same({}, ops(world))
    return r
  end

  it("to guess what is to be changed, and accounts that are not there", function()
    refused("no account is named", { accounts = "" })
    local r = refused("preflight: not met: accounts", { accounts = { "app", "none" } })
    assert.is_true(r:has("^fail accounts: not there: none$"))
    assert.equal("not there", r.tables.accounts.rows[2][2])
  end)

  it("instances and accounts that do not run", function()
    world.instance.status = "ERROR"
    world.instance.accounts[1].status = "LOCKED"
    refused("preflight: not met: instance running, status of app")
  end)

  it("missing and weak passwords", function()
    refused("preflight: not met: password of app", { password = "", ["password.app"] = "" })
    refused("preflight: not met: parameters by account, password of app", { password = "", ["password.other"] = NEW })
    local r = refused("preflight: not met: password of app", { password = "Password-1" })
    assert.is_true(r:has("^fail password of app: is weak by the service's own check$"))
  end)

  it("passwords that break the rules, before the first is changed", function()
    for password, told in pairs({ ["Orange tree 77"] = "it has a character", ["Aa1-"] = "it is shorter than 8 characters",
      [("Aa1-"):rep(9)] = "it is longer than 32 characters", ["orange-tree-tree"] = "it has fewer than 3 of" }) do
      second(world, "batch")
      local r = refused("preflight: not met: password of batch", { accounts = { "app", "batch" }, password = NEW,
        ["password.batch"] = password })
      assert.is_true(r:has("^fail password of batch: " .. told))
      world = support.world()
    end
    local r = refused("preflight: not met: password of app", { mode = "two", ["new.app"] = "Pear_tree_7", password = "7_eert_raeP" })
    assert.is_true(r:has("^fail password of app: it is the name, or the name reversed$"))
  end)

  it("parameters of accounts that are not named, and one second name for two", function()
    local r = refused("preflight: not met: parameters by account", { ["password.ap"] = OTHER, ["new.ap"] = "x" })
    assert.is_true(r:has("^fail parameters by account: of no account named: password.ap, new.ap$"))
    refused("preflight: not met: parameters by account", { mode = "two", new = "x" })
    second(world, "batch")
    r = refused("preflight: not met: second account of batch", { accounts = { "app", "batch" }, mode = "two",
      ["new.app"] = "both", ["new.batch"] = "both" })
    assert.is_true(r:has("^fail second account of batch: both is that of app, too$"))
  end)

  it("an administrator that is another, that is none yet, or before 3.0.9", function()
    world.instance.admin_user_name = nil
    local r = refused("preflight: not met: administrator's name", { admin = "root", admin_password = OTHER })
    assert.is_true(r:has("^fail administrator's name: there is none yet"))
    world.instance.admin_user_name = "chief"
    r = refused("preflight: not met: administrator's name", { admin = "root", admin_password = OTHER })
    assert.is_true(r:has("^fail administrator's name: it is chief$"))
    world.instance.engine_version = "3.0.8.3"
    refused("preflight: not met: kernel", { admin = "chief", admin_password = OTHER })
    refused("preflight: not met: administrator, kernel, administrator's name", { admin = "", admin_password = OTHER }, {})
    refused("preflight: not met: kernel, administrator's password", { admin = "chief", admin_password = "admin" })
  end)

  it("to go on without the instance's name typed", function()
    refused("not confirmed: nothing has been changed", {}, { ask = function() return "yes" end })
    local result = rotate(world)
    assert.same({ "waiting", 3 }, { result.status, result.exit })
    assert.same({}, ops(world))
  end)

  it("a second account whose name is taken or wrong, extended rights, and too many accounts", function()
    second(world, "app_b")
    local r = refused("preflight: not met: second account of app", { mode = "two" })
    assert.is_true(r:has("app_b exists, and no record says that it was made for this"))
    refused("preflight: not met: second account of app", { mode = "two", ["new.app"] = "4app" })
    refused("preflight: not met: second account of app", { mode = "two", ["new.app"] = "app" })
    world.instance.accounts[1].extend_authority = { "fulltableDelete" }
    refused("preflight: not met: rights of app", { mode = "two", ["new.app"] = "app_c" })
    world = support.world()
    for i = 1, 99 do second(world, "other" .. i) end
    refused("preflight: not met: at most 100 accounts", { mode = "two" })
  end)
end)

describe("account rotation by a second account", function()
  require("spec.runbooks.proofs").of({ name = "ddm_account_rotation", services = { "ddm" }, accept = TWO, prepare = quiet,
    params = function(world)
      return { instance_id = world.instance.id, accounts = { "app" }, password = NEW, mode = "two" }
    end,
    effects = { "create_user_v3", "delete_user_v3" } })

  local world
  before_each(function()
    world = support.world()
    quiet(world)
  end)

  it("makes one like the old one, and removes that one when it is moved from", function()
    world.instance.accounts[1].password_lifetime = 90
    local old = world.instance.accounts[1]
    local result, r = rotate(world, { mode = "two" }, { accept = TWO })
    assert.is_nil(result.error)
    assert.same({ "create_user_v3", "delete_user_v3" }, ops(world))
    local made = world.instance.accounts[1]
    assert.equal(1, #world.instance.accounts)
    assert.same({ "app_b", old.databases, 90, old.description }, { made.name, made.databases, made.password_lifetime,
      made.description })
    assert.same(#old.base_authority, #made.base_authority)
    assert.is_true(has_password(world, "app_b", NEW))
    assert.same({ { "app", "replaced by app_b" } }, r.tables.rotated.rows)
    result = rotate(world, { accounts = { "app_b" }, password = OTHER, mode = "two" },
      { accept = { "rotate on ddm-orders", "applications moved", "remove app_b" } })
    assert.is_nil(result.error)
    assert.equal("app", world.instance.accounts[1].name)
  end)

  it("waits for a person to have moved the applications, and takes up the second account later", function()
    local result = rotate(world, { mode = "two" }, { accept = RESET })
    assert.same({ "waiting", 3 }, { result.status, result.exit })
    assert.matches("Move the applications from app to app_b", result.error.message, 1, true)
    result = rotate(world, { mode = "two" }, { ask = function(q) return q.expect or "no" end })
    assert.equal("the applications have not been moved", result.error.message)
    local again, r = rotate(world, { mode = "two" }, { accept = TWO })
    assert.is_nil(again.error)
    assert.is_true(r:has("^ok app_b was made in an earlier run, with the password of then$"))
    assert.same({ "create_user_v3", "delete_user_v3" }, ops(world))
  end)

  it("does not remove an account that has sessions, however long it takes them to end", function()
    world.instance.sessions = { { id = "1", user = "app", host = "h:1", command = "Sleep", since = world.sim:now() } }
    local result = rotate(world, { mode = "two", drain_hours = 2 }, { accept = TWO })
    assert.equal("app still has sessions after 2 h", result.error.message)
    assert.matches("hwdb run ddm_sessions instance_id=%w+ user=app; both accounts work", result.error.remedy)
    assert.same({ "create_user_v3" }, ops(world))
    local client = support.watched(world, function(seconds)
      if seconds >= 60 then world.instance.sessions = {} end
    end)
    assert.equal("done", rotate(world, { mode = "two" }, { accept = TWO, client = client }).status)
  end)

  it("does not take an answer that says nothing for no sessions", function()
    world = support.world({ faults = { { op = "ddm.list_logical_sessions", ["do"] = "empty", times = 9999 } } })
    local result = rotate(world, { mode = "two", drain_hours = 1 }, { accept = TWO })
    assert.equal("app still has sessions after 1 h", result.error.message)
    assert.same({ "create_user_v3" }, ops(world))
  end)

  it("does not remove it when the second one is gone, or is not like it any more", function()
    for told, change in pairs({ ["app_b is not listed"] = function(list) table.remove(list, 2) end,
      ["app_b is not like app: status LOCKED"] = function(list) list[2].status = "LOCKED" end }) do
      world = support.world()
      quiet(world)
      local result = rotate(world, { mode = "two" }, { ask = function(q)
        if q.name == "remove app" then change(world.instance.accounts) end
        return q.expect or "yes"
      end })
      assert.equal(told, result.error.message)
      assert.same({ "create_user_v3" }, ops(world))
    end
  end)

  it("does not remove it when sessions come back, or its name is not typed", function()
    local result = rotate(world, { mode = "two" }, { ask = function(q)
      if q.name == "remove app" then
        world.instance.sessions = { { id = "1", user = "app", host = "h:1", command = "Sleep", since = world.sim:now() } }
      end
      return q.expect or "yes"
    end })
    assert.equal("app has sessions again: 1", result.error.message)
    quiet(world)
    result = rotate(world, { mode = "two" }, { ask = function(q)
      return q.name == "remove app" and "yes" or q.expect or "yes"
    end })
    assert.equal("app is not removed", result.error.message)
    assert.same({ "create_user_v3" }, ops(world))
  end)

  it("stops when the second account is not like the old one", function()
    local client = support.intercepted(world, { create_user_v3 = function(call, args)
      args.base_authority = { "SELECT" }
      return call(args)
    end })
    local result = rotate(world, { mode = "two" }, { accept = TWO, client = client })
    assert.matches("^app_b is not like app: rights: SELECT, not ALTER, CREATE", result.error.message)
    assert.equal(2, #world.instance.accounts)
  end)

  it("is rolled back by removing the second account, until the old one is removed", function()
    local w = durable.world()
    quiet(w)
    local rb = assert(runbook.load("ddm_account_rotation"))
    local params = { instance_id = w.instance.id, accounts = { "app" }, password = NEW, mode = "two" }
    local result = durable.run(w, rb, { params = params, accept = RESET, terminal = false })
    assert.equal("waiting", result.state)
    local back = durable.resume(w, result.run, { params = { password = NEW }, rollback = true })
    assert.equal("rolled_back", back.state, tostring(back.error))
    assert.same({ "create_user_v3", "delete_user_v3" }, durable.ops(w))
    assert.equal("app", w.instance.accounts[1].name)
    assert.equal(1, #w.instance.accounts)
    local found <close> = assert(io.popen(("grep -rlaF -e '%s' %s; echo looked"):format(NEW, w.folder)))
    assert.equal("looked\n", found:read("a"))
    durable.clean(w)
  end)
end)
