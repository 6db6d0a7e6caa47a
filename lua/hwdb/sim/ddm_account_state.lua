-- SPDX-License-Identifier: Apache-2.0
-- DDM accounts as data, and the rules of their passwords. Of a password only a
-- digest is kept.
local core = require("hwdb.core")
local errors = require("hwdb.sim.ddm_errors")

local M = {}

---4.4.1: accounts of an instance at most.
M.MOST = 100

---@return table[] the instance's accounts
function M.list(instance)
  instance.accounts = instance.accounts or {}
  return instance.accounts
end

---@return table? account
---@return integer? position
function M.find(instance, name)
  for i, account in ipairs(M.list(instance)) do
    if account.name == name then return account, i end
  end
end

---@return table account
---@return integer position
function M.get(instance, name)
  local account, position = M.find(instance, name)
  if not account then errors.refuse("DBS.300327") end
  return account, position
end

local function copy(list)
  return table.move(list, 1, #list, 1, {})
end

---@param ctx { now: integer }
---@param instance table
---@param spec { name: string, password: string, base_authority: string[], description: string?, databases: string[]?,
---password_lifetime: integer? }
---@return table account
function M.add(ctx, instance, spec)
  local account = { name = spec.name, status = "RUNNING", base_authority = copy(spec.base_authority),
    extend_authority = {}, description = spec.description or "", created = ctx.now, databases = spec.databases or {},
    password_lifetime = spec.password_lifetime }
  M.set_password(ctx, account, spec.password)
  table.insert(M.list(instance), account)
  return account
end

---@param password string
function M.set_password(ctx, account, password)
  account.password_sha256, account.password_changed = core.sha256(password), ctx.now
end

---Takes a schema from all accounts.
---@param instance table
---@param name string
function M.forget_schema(instance, name)
  for _, account in ipairs(M.list(instance)) do
    for i = #account.databases, 1, -1 do
      if account.databases[i] == name then table.remove(account.databases, i) end
    end
  end
end

-- What no password may hold, in lower case.
local EASY = { "password", "passw0rd", "admin", "qwert", "123456", "654321", "abc123", "letmein", "huawei", "welcome" }

local function kinds(password)
  local count = 0
  for _, class in ipairs({ "%l", "%u", "%d", "[~!@#/%%^*%-_+?]" }) do
    if password:find(class) then count = count + 1 end
  end
  return count
end

---Whether a password is easily guessed (4.4.7).
---@param password string
---@return boolean
function M.is_weak(password)
  local lower = password:lower()
  for _, word in ipairs(EASY) do
    if lower:find(word, 1, true) then return true end
  end
  return #password < 8 or kinds(password) < 3 or password:find("^(.)%1*$") ~= nil
end

---Refuses a password that breaks the rules of 4.4.8. The documents' world takes their masked ones.
---@param ctx hwdb.sim.Context
---@param name string
---@param password string
function M.check_password(ctx, name, password)
  if ctx.state.lenient then return end
  local strange = password:find("[^%w~!@#/%%^*%-_+?]")
  if #password > 32 or strange or M.is_weak(password) or password == name or password == name:reverse() then
    errors.refuse("DBS.300306")
  end
end

return M
