-- SPDX-License-Identifier: Apache-2.0
-- New passwords for accounts of a DDM instance, in place or by way of a second account.
--
--   1. look        the accounts named, their rights, and when their passwords were changed last
--   2. preflight   every prerequisite an API can see; the strength of each password is asked of the service
--   3. confirm     a person types the instance's name
--   mode=reset:
--   4. reset       one account after the other; the list has to show the new moment of change; check= logs in
--   mode=two (no login fails at any time):
--   4. create      a second account with the same rights, read back; check= logs in
--   5. move        a person moves the applications to it, then says so; no session of the old account may be left
--   6. remove      a person types the old account's name; it is deleted
--   and, where admin= and admin_password= are given, the administrator, last.
--
-- No document says whether open sessions survive a reset: count on it that they do not. Passwords are never shown or kept.

local DAY = 86400000
-- A clock of the service that is a little behind.
local SKEW = 600000
-- 4.4.8; whether a password is weak the service says.
local RULES = { min = 8, max = 32, kinds = 3, others = "~!@#/%^*-_+?" }

local BY_HAND = {
  "whoever logs in with an account learns its new password in the moment it is set",
  "connection pools log in anew; no document says whether open sessions survive a reset",
}

local function words(list)
  return table.concat(list, ", ")
end

local function sorted(list)
  local copy = {}
  for i, item in ipairs(list or {}) do copy[i] = type(item) == "table" and item.name or item end
  table.sort(copy)
  return copy
end

local function password_of(p, name)
  return p.password and (p.password[name] or p.password.all)
end

---------------------------------------------------------------------------
-- 1. Look.

-- v1 has moments and extended rights, v3 how long a password lasts.
local function accounts_of(run, p)
  local accounts = {}
  for entry in run.ddm:each("list_users", { instance_id = p.instance_id, limit = 128 }) do
    accounts[entry.name] = { name = entry.name, status = entry.status, rights = sorted(entry.base_authority),
      schemas = sorted(entry.databases), extended = sorted(entry.extend_authority), description = entry.description,
      changed = math.tointeger(tonumber(entry.password_last_changed)) or 0 }
  end
  for entry in run.ddm:each("list_users_v3", { instance_id = p.instance_id, limit = 128 }) do
    local account = accounts[entry.name]
    if account then
      account.lifetime = math.tointeger(tonumber(entry.password_lifetime))
      account.expires = type(entry.expiration_time) == "string" and entry.expiration_time or nil
    end
  end
  return accounts
end

local function second_name(p, name)
  if p.new and p.new[name] then return p.new[name] end
  return name:match("^(.+)_b$") or name .. "_b"
end

local function made_key(p, name)
  return ("ddm_account_rotation/made/%s/%s"):format(p.instance_id, name)
end

local function due(run, p, account)
  return p.older_than_days == 0 or account.changed <= run:now() - p.older_than_days * DAY
end

local function named(p)
  local list, seen = {}, {}
  for _, name in ipairs(p.accounts or {}) do
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  return list
end

local function look(run, p)
  local instance = run.ddm:show_instance{ instance_id = p.instance_id }
  local accounts, turns, rows, missing = accounts_of(run, p), {}, {}, {}
  for i, name in ipairs(named(p)) do
    local account = accounts[name]
    local turn = account and due(run, p, account)
    if turn then turns[#turns + 1] = account end
    if not account then missing[#missing + 1] = name end
    account = account or { status = "not there", rights = {}, schemas = {}, changed = 0 }
    rows[i] = { name, account.status, words(account.rights), words(account.schemas),
      account.changed > 0 and run:clock(account.changed) or "", account.expires or "", turn or false }
  end
  if #rows > 0 then
    run:table{ name = "accounts", columns = { "account", "status", "rights", "schemas", "password changed", "expires", "its turn" },
      rows = rows }
  end
  local count = 0
  for _ in pairs(accounts) do count = count + 1 end
  return { instance = instance, accounts = accounts, turns = turns, missing = missing, count = count, started = run:now() }
end

---------------------------------------------------------------------------
-- 2. Preflight.

-- For the account and the second one: neither's name may be it.
local function check_password(run, password, line, names, check)
  for _, name in ipairs(names) do
    local broken = run:password_problem(password, { min = RULES.min, max = RULES.max, kinds = RULES.kinds, others = RULES.others,
      not_name = name })
    if broken then return check(line, false, broken) end
  end
  local weak = run.ddm:validate_weak_password{ password = password }.is_weak_password
  check(line, weak == false, weak and "is weak by the service's own check" or "keeps the rules and is not weak")
end

local function check_given(run, p, account, check)
  local password, line = password_of(p, account.name), "password of " .. account.name
  if not password then return check(line, false, "is missing: password." .. account.name .. "=env:NAME") end
  check_password(run, password, line, { account.name, p.mode == "two" and second_name(p, account.name) or nil }, check)
end

-- A password.NAME= with a slip in the name would leave that account to password=.
local function check_keys(p, check)
  local known, strange = {}, {}
  for _, name in ipairs(p.accounts) do known[name] = true end
  for _, param in ipairs({ "password", "new" }) do
    for key in pairs(p[param] or {}) do
      if not known[key] and (param == "new" or key ~= "all") then
        strange[#strange + 1] = key == "all" and "new= (new.ACCOUNT= is meant)" or param .. "." .. key
      end
    end
  end
  if #strange > 0 then check("parameters by account", false, "of no account named: " .. words(strange)) end
end

-- What this runbook made in an earlier run is taken up.
local function taken_up(run, p, found, account)
  local name = second_name(p, account.name)
  account.second = name
  local record = found.accounts[name] and run:recorded(made_key(p, name))
  account.there = record ~= nil and record.of == account.name
  return account.there
end

local function check_second(run, p, found, account, check)
  local there, name = taken_up(run, p, found, account), account.second
  local fits = name:match("^%a[%w_]*$") ~= nil and #name <= 32
  local free = there or not found.accounts[name] and name ~= found.instance.admin_user_name
  check("second account of " .. account.name, fits and free, not fits and name .. ": 1 to 32 letters, digits and _, a letter first"
    or not free and name .. " exists, and no record says that it was made for this" or there and name .. " was made before"
    or name .. " is free")
  local other = found.second_of[name]
  if other then check("second account of " .. account.name, false, name .. " is that of " .. other .. ", too") end
  found.second_of[name] = account.name
  check("rights of " .. account.name, #account.extended == 0, #account.extended == 0 and "can be given to another account"
    or "no call gives " .. words(account.extended) .. " to another account: use mode=reset")
end

local function check_admin(run, p, found, check)
  if not p.admin and not p.admin_password then return end
  check("administrator", p.admin and p.admin_password and true, "both admin= and admin_password= are given")
  check("kernel", run:version_at_least(found.instance.engine_version, "3.0.9"),
    ("version %s, 3.0.9 or later has an administrator"):format(tostring(found.instance.engine_version)))
  local name = found.instance.admin_user_name
  check("administrator's name", name == p.admin, type(name) == "string" and name ~= "" and "it is " .. name
    or "there is none yet: the call would make one; create it first, with ddm.reset_administrator")
end

local function check_accounts(run, p, found, check)
  check("accounts", #found.missing == 0, #found.missing == 0 and "all of them are there" or "not there: " .. words(found.missing))
  local fresh = 0
  found.second_of = {}
  check_keys(p, check)
  for _, account in ipairs(found.turns) do
    check("status of " .. account.name, account.status == "RUNNING", tostring(account.status))
    check_given(run, p, account, check)
    if p.mode == "two" then
      check_second(run, p, found, account, check)
      if not account.there then fresh = fresh + 1 end
    end
  end
  if p.mode == "two" then
    check("at most 100 accounts", found.count + fresh <= 100, ("%d and %d new"):format(found.count, fresh))
  end
end

local function preflight(run, p, found)
  run:preflight(function(check)
    check("instance running", found.instance.status == "RUNNING", ("%s is %s"):format(found.instance.name, found.instance.status))
    if p.accounts then check_accounts(run, p, found, check) end
    check_admin(run, p, found, check)
    if p.admin_password then check_password(run, p.admin_password, "administrator's password", { p.admin }, check) end
  end, (p.mode == "reset" or p.admin_password) and BY_HAND or nil)
end

---------------------------------------------------------------------------
-- 3. Confirm.

local function names_of(p, found)
  local names = {}
  for i, account in ipairs(found.turns) do names[i] = account.name end
  if p.admin_password then names[#names + 1] = p.admin .. " (administrator)" end
  return names
end

local function confirm(run, p, found)
  local names, instance = names_of(p, found), found.instance.name
  local question = p.mode == "two" and "A second account for each of %s, on %s: type the instance's name to go on"
    or "New passwords for %s on %s: logins with the old ones fail from then on. Type the instance's name to go on"
  if not run:ask{ name = "rotate on " .. instance, expect = instance, question = question:format(words(names), instance) } then
    run:fail("not confirmed: nothing has been changed", "type the instance's name exactly")
  end
end

---------------------------------------------------------------------------
-- 4. Reset, or create.

-- The password reaches the program in its environment, and no record.
local function log_in(run, p, found, name, password)
  if not p.check then return run:line("unseen", name .. ": nobody logged in with the new password; check= would") end
  local done = run:exec{ argv = p.check, timeout = 120, env = { HWDB_USER = name, HWDB_PASSWORD = password,
    HWDB_HOST = tostring(found.instance.access_ip), HWDB_PORT = tostring(found.instance.access_port) } }
  if done.status ~= 0 then
    for line in done.output:gmatch("[^\n]+") do run:line("log", line) end
    run:fail(("%s: the check ended with %d: the login fails"):format(name, done.status),
      "its password is set; find out why: the check's lines are above")
  end
  run:line("ok", name .. ": logged in by the check")
end

local function watch(run, p)
  run:guard{ op = "ddm.show_instance", args = { instance_id = p.instance_id }, fields = { "status" } }
end

local function reset(run, p, found, account)
  watch(run, p)
  local password = password_of(p, account.name)
  run:if_stopped(("%s may have its new password already: the list says when it was changed"):format(account.name))
  local answer, err = run:try(run.ddm.reset_user_password_v3, run.ddm, { instance_id = p.instance_id, username = account.name,
    password = password })
  if not answer then
    if err.kind == "api" and (err.status or 500) < 500 then run:if_stopped(nil) end
    error(err, 0)
  end
  account.outcome = "sent; the service does not show it"
  local now = accounts_of(run, p)[account.name]
  if not now or now.status ~= "RUNNING" or now.changed < found.started - SKEW then
    run:fail(("%s: the service does not show the change: %s, password changed at %s"):format(account.name,
      now and now.status or "not there", now and run:clock(now.changed) or "?"), "look at it: hwdb call ddm.list_users")
  end
  account.outcome = "new password"
  run:line("ok", ("%s: password changed at %s"):format(account.name, run:clock(now.changed)))
  log_in(run, p, found, account.name, password)
  run:if_stopped(nil)
end

local function schemas_as_given(account)
  local list = {}
  for i, name in ipairs(account.schemas) do list[i] = { name = name } end
  return #list > 0 and list or nil
end

local function drop_second(run, p, account)
  local now = accounts_of(run, p)
  if not now[account.name] then
    return run:line("warn", ("%s is removed already, so %s stays"):format(account.name, account.second))
  end
  if now[account.second] then run.ddm:delete_user_v3{ instance_id = p.instance_id, username = account.second } end
  run:record(made_key(p, account.second), nil)
end

local function same_rights(run, p, account)
  local now, wrong = accounts_of(run, p)[account.second], {}
  if not now then run:fail(account.second .. " is not listed", "look at it: hwdb call ddm.list_users") end
  for _, field in ipairs({ "rights", "schemas" }) do
    if words(now[field]) ~= words(account[field]) then
      wrong[#wrong + 1] = ("%s: %s, not %s"):format(field, words(now[field]), words(account[field]))
    end
  end
  if (now.lifetime or 0) ~= (account.lifetime or 0) then wrong[#wrong + 1] = "the password's lifetime" end
  if now.status ~= "RUNNING" then wrong[#wrong + 1] = "status " .. tostring(now.status) end
  if #wrong > 0 then
    run:fail(("%s is not like %s: %s"):format(account.second, account.name, words(wrong)),
      "the old account is as it was; hwdb cancel RUN --rollback removes the second one")
  end
  run:line("ok", ("%s: the same rights, schemas and lifetime as %s"):format(account.second, account.name))
end

local function create(run, p, found, account)
  local password = password_of(p, account.name)
  if account.there then
    run:line("ok", account.second .. " was made in an earlier run, with the password of then")
  else
    watch(run, p)
    run:undo{ name = "the second account " .. account.second, run = function() drop_second(run, p, account) end }
    run:if_stopped(("%s may be there beside %s; run this again, it takes it up; or: hwdb cancel RUN --rollback"):format(
      account.second, account.name))
    run.ddm:create_user_v3{ instance_id = p.instance_id, name = account.second, password = password,
      base_authority = account.rights, databases = schemas_as_given(account), description = account.description,
      password_lifetime = account.lifetime }
    run:record(made_key(p, account.second), { of = account.name, at = run:clock() })
  end
  account.outcome = "beside it: " .. account.second
  same_rights(run, p, account)
  log_in(run, p, found, account.second, password)
  run:if_stopped(nil)
end

---------------------------------------------------------------------------
-- 5. Move, 6. remove.

local function sessions_of(run, p, name)
  local ids = {}
  for entry in run.ddm:each("list_logical_sessions", { instance_id = p.instance_id, keyword = name, limit = 128 }) do
    if entry.user == name then ids[#ids + 1] = tostring(entry.id) end
  end
  return ids
end

local function drain(run, p, account)
  local _, err = run:try(run.wait, run, { name = "the end of the sessions of " .. account.name,
    call = function() return sessions_of(run, p, account.name) end, done = function(ids) return #ids == 0 end, interval = 60,
    timeout = p.drain_hours * 3600 })
  if not err then return run:line("ok", account.name .. ": no session is left") end
  if err.kind ~= "timeout" then error(err, 0) end
  run:fail(("%s still has sessions after %d h"):format(account.name, p.drain_hours), ("see whose: hwdb run ddm_sessions "
    .. "instance_id=%s user=%s; both accounts work; run this again, it takes up %s"):format(p.instance_id, account.name,
    account.second))
end

local function move(run, p, found)
  local pairs_text = {}
  for i, account in ipairs(found.turns) do pairs_text[i] = ("%s to %s"):format(account.name, account.second) end
  run:if_stopped("both accounts work; `hwdb resume` goes on, `hwdb cancel RUN --rollback` removes the second ones")
  if not run:ask{ name = "applications moved", question = ("Move the applications from %s. Have they been moved?"):format(
      words(pairs_text)) } then
    run:hand_over("the applications have not been moved", "both accounts work; run it again when they have been: it takes them up")
  end
  for _, account in ipairs(found.turns) do drain(run, p, account) end
end

local function remove(run, p, account)
  watch(run, p)
  if not run:ask{ name = "remove " .. account.name, expect = account.name,
      question = ("Delete the account %s, which %s replaces? It does not come back. Type its name"):format(account.name,
      account.second) } then
    run:fail(account.name .. " is not removed", "both accounts work; run it again to remove the old one")
  end
  -- Days may have passed: the one that is left over has to be there.
  same_rights(run, p, account)
  local left = sessions_of(run, p, account.name)
  if #left > 0 then
    run:fail(("%s has sessions again: %s"):format(account.name, words(left)),
      "find out who still uses it; both accounts work; run it again")
  end
  run.ddm:delete_user_v3{ instance_id = p.instance_id, username = account.name }
  if accounts_of(run, p)[account.name] then run:fail(account.name .. " is still listed", "look at it: hwdb call ddm.list_users") end
  run:record(made_key(p, account.second), nil)
  account.outcome = "replaced by " .. account.second
  run:line("ok", account.name .. ": removed")
end

---------------------------------------------------------------------------

local function reset_administrator(run, p, found)
  watch(run, p)
  local args = { instance_id = p.instance_id, name = p.admin, password = p.admin_password }
  local answer = run.ddm:reset_administrator(args)
  run:wait_for("ddm.reset_administrator", args, answer, p.deadline_minutes * 60)
  found.admin_outcome = "new password (administrator)"
  run:line("ok", p.admin .. ": the administrator has a new password")
end

local function in_place(run, p, found)
  for _, account in ipairs(found.turns) do run:step("reset " .. account.name, reset, run, p, found, account) end
end

local function by_two(run, p, found)
  for _, account in ipairs(found.turns) do run:step("create " .. account.second, create, run, p, found, account) end
  run:step("move", move, run, p, found)
  for _, account in ipairs(found.turns) do run:step("remove " .. account.name, remove, run, p, account) end
  run:if_stopped(nil)
end

local function account_for(run, p, found)
  local rows = {}
  for i, account in ipairs(found.turns) do rows[i] = { account.name, account.outcome or "as it was" } end
  if p.admin_password then rows[#rows + 1] = { p.admin, found.admin_outcome or "as it was" } end
  run:table{ name = "rotated", columns = { "account", "outcome" }, rows = rows }
end

local function rotate(run, p)
  if not p.accounts and not p.admin_password then run:fail("no account is named", "accounts=NAME,NAME…, or admin= and admin_password=") end
  local found = run:step("look", look, run, p)
  run:step("preflight", preflight, run, p, found)
  if #found.turns == 0 and not p.admin_password then
    run:note("no password is old enough; nothing has been changed")
    return { rotated = 0 }
  end
  run:step("confirm", confirm, run, p, found)
  local _, err = run:try(function()
    if #found.turns > 0 then
      if p.mode == "two" then by_two(run, p, found) else in_place(run, p, found) end
    end
    if p.admin_password then run:step("administrator", reset_administrator, run, p, found) end
  end)
  run:step("report", account_for, run, p, found)
  if err then error(err, 0) end
  return { rotated = #found.turns + (p.admin_password and 1 or 0) }
end

return {
  name = "ddm_account_rotation",
  summary = "New passwords for accounts of a DDM instance, in place or by way of a second account",
  params = {
    { name = "instance_id", type = "string", required = true, help = "the DDM instance" },
    { name = "accounts", type = "list", help = "names of the accounts" },
    { name = "password", type = "secret", each = true, help = "the new password: env:NAME, @file, prompt:; password.ACCOUNT=… for one" },
    { name = "mode", type = "choice", choices = { "reset", "two" }, default = "reset",
      help = "reset it in place, or make a second account with the same rights and remove the old one later" },
    { name = "new", type = "string", each = true,
      help = "mode=two: new.ACCOUNT= is the second one's name; ACCOUNT_b, and back, unless given" },
    { name = "older_than_days", type = "integer", min = 0, default = 0, help = "only passwords that were not changed for so many days" },
    { name = "check", type = "list", help = "program and arguments that log in with HWDB_HOST, HWDB_PORT, HWDB_USER, HWDB_PASSWORD" },
    { name = "drain_hours", type = "integer", min = 1, max = 720, default = 24,
      help = "mode=two: how long to wait for the end of the old account's sessions" },
    { name = "admin", type = "string", help = "the administrator's name, where its password is changed as well" },
    { name = "admin_password", type = "secret", help = "its new password" },
    { name = "deadline_minutes", type = "integer", min = 1, max = 1440, default = 30,
      help = "how long to wait for the administrator's change" },
  },
  permissions = { "ddm:instance:get", "ddm:user:list", "ddm:instance:listUser", "ddm:instance:createUser",
    "ddm:instance:updateUser", "ddm:instance:deleteUser" },
  targets = { "ddm/{instance_id}" },
  changes = "passwords; with mode=two an account is made and another removed. Logins with the old password fail from then on",
  costs = "nothing",
  undo = "mode=two until the old account is removed: --rollback removes the second one. A reset cannot be undone: nobody knows the old one",
  run = rotate,
}
