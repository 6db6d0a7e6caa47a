-- SPDX-License-Identifier: Apache-2.0
-- The journal's page about one run: what it was begun with, where it stands and
-- what it waits for. Secrets are on it as keyed fingerprints only.
local canonical = require("hwdb.runbook.canonical")
local core = require("hwdb.core")
local journal = require("hwdb.runbook.journal")
local locks = require("hwdb.runbook.locks")
local near = require("hwdb.near")
local order = require("hwdb.runbook.order")
local problem = require("hwdb.runbook.problem")

local M = {}

---States in which a run has ended for good.
M.ENDED = { done = true, cancelled = true, rolled_back = true }
---States that nothing more is expected of, unless somebody takes them up by name.
M.AT_REST = { done = true, cancelled = true, rolled_back = true, failed = true }

local function checked(what, value, err)
  if value == nil and err then journal.failed(err, what) end
  return value
end

local function random(bytes)
  local file = assert(io.open("/dev/urandom", "rb"))
  local text = file:read(bytes)
  file:close()
  return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

---@param now integer ms
---@return string such as 20260101-0800-3fa9c1
function M.new_id(now)
  return os.date("!%Y%m%d-%H%M", now // 1000) .. "-" .. random(3)
end

local function fingerprint_key(store)
  local key = checked("reading", store:kept("key", "fingerprint"))
  if key then return key end
  key = random(32)
  checked("keeping a key", store:keep("key", "fingerprint", key))
  return key
end

local function is_secret(rb, name)
  for _, param in ipairs(rb.params) do
    if param.name == name or (param.each and name:sub(1, #param.name + 1) == param.name .. ".") then
      return param.type == "secret"
    end
  end
  return false
end

---What was given, without secrets.
---@param rb table
---@param given table
---@return table
function M.open_params(rb, given)
  local open = {}
  for _, name in ipairs(order.keys(given)) do
    if not is_secret(rb, name) and not core.is_secret(given[name]) then open[name] = given[name] end
  end
  return open
end

local function add_fingerprint(found, key, name, value)
  if core.is_secret(value) then
    found[name] = core.hmac_sha256(key, core.reveal(value)):sub(1, 16)
  elseif type(value) == "table" then
    for _, part in ipairs(order.keys(value)) do add_fingerprint(found, key, name .. "." .. part, value[part]) end
  end
end

---Keyed fingerprints of the secrets among a runbook's values.
---@param store table
---@param values table
---@return table<string, string>
function M.fingerprints(store, values)
  local found, key = {}, nil
  for _, name in ipairs(order.keys(values)) do
    local value = values[name]
    if core.is_secret(value) or type(value) == "table" then
      key = key or fingerprint_key(store)
      add_fingerprint(found, key, name, value)
    end
  end
  return found
end

-- Where the client's calls go, to notice a resume on another account.
local function account_of(client)
  local ok, known = pcall(function() return client:describe() end)
  if not ok or type(known) ~= "table" then return nil end
  local account = {}
  for _, key in ipairs({ "region", "project_id", "project" }) do
    if type(known[key]) == "string" then account[key] = known[key] end
  end
  return next(account) and account or nil
end

---Begins the page of a new run.
---@param store table
---@param rb table
---@param begin { client: table, given: table, values: table, refs: table?, plan: string? }
---@return table run
function M.create(store, rb, begin)
  local now, who = begin.client:now(), locks.who()
  local run = { id = M.new_id(now), name = rb.name, file = rb.file, script = core.sha256(rb.source), state = "running",
    params = M.open_params(rb, begin.given), refs = begin.refs, secrets = M.fingerprints(store, begin.values),
    operator = who.operator, host = who.host, created = now, account = account_of(begin.client), plan = begin.plan }
  run.hash = core.sha256(core.encode({ run.script, run.params, run.plan or core.null }))
  checked("keeping the script", store:keep("script", run.script, rb.source))
  checked("beginning a run", store:run_create({ id = run.id, name = run.name, state = run.state, data = run, created_ms = now,
    updated_ms = now }))
  return run
end

---Writes the page anew.
---@param store table
---@param run table
---@param now integer
function M.save(store, run, now)
  run.updated = now
  checked("writing the run", store:run_update({ id = run.id, state = run.state, data = run, updated_ms = now }))
end

---@param store table
---@param id string
---@return table run; raises when there is none
function M.get(store, id)
  local found = checked("reading the run", store:run_get(id))
  if not found then
    local known = {}
    for i, each in ipairs(checked("listing the runs", store:run_list())) do known[i] = each.id end
    problem.raise({ kind = "usage", message = ("there is no run %s%s"):format(id, near.hint(id, known)), remedy = "see: hwdb runs" })
  end
  found.data.state, found.data.id = found.state, found.id
  return found.data
end

---@param store table
---@param state string?
---@return table[] runs, newest first
function M.list(store, state)
  local list = {}
  for i, each in ipairs(checked("listing the runs", store:run_list(state))) do
    each.data.state, each.data.id = each.state, each.id
    list[i] = each.data
  end
  return list
end

-- A begin with other parameters is another run.
local function require_same_params(run, rb, given)
  local open, same = M.open_params(rb, given), {}
  for name in pairs(open) do same[name] = run.params[name] == nil and core.null or run.params[name] end
  local list = canonical.differences(same, open, "%s was %s and is %s now")
  if #list > 0 then
    problem.raise({ kind = "usage", message = "a run goes on with the parameters it began with: " .. table.concat(list, "; "),
      remedy = "leave them out, or begin a new run" })
  end
end

---The parameters a run goes on with: its own, and the secrets given anew.
---@param run table
---@param rb table
---@param given table
---@return table
function M.params_again(run, rb, given)
  require_same_params(run, rb, given)
  local merged = {}
  for name, value in pairs(run.params) do merged[name] = value end
  for name, value in pairs(given) do
    if is_secret(rb, name) or core.is_secret(value) then merged[name] = value end
  end
  return merged
end

---Secrets must be the ones of the beginning, unless the operator says that they were rotated.
---@param store table
---@param run table
---@param values table
---@param rotated string[]?
---@return string[] names that were rotated
function M.require_secrets(store, run, values, rotated)
  local now, named, changed = M.fingerprints(store, values), {}, {}
  for _, name in ipairs(rotated or {}) do named[name] = true end
  for _, name in ipairs(order.keys(run.secrets or {})) do
    local base = name:match("^[^.]+")
    if now[name] == nil then
      problem.raise({ kind = "usage", message = ("the secret %s is needed again: it is not kept"):format(base),
        remedy = ("give it: %s=env:NAME, %s=@FILE or %s=prompt:"):format(base, base, base) })
    elseif now[name] ~= run.secrets[name] then
      if not (named[name] or named[base]) then
        problem.raise({ kind = "usage", message = ("the secret %s is not the one this run began with"):format(base),
          remedy = ("give the same one; if it was changed meanwhile: --rotated %s"):format(base) })
      end
      changed[#changed + 1] = name
    end
  end
  run.secrets = now
  return changed
end

---@param run table
---@param client table
function M.require_account(run, client)
  local before, now = {}, account_of(client) or {}
  -- A project that is looked up is known only after the first call.
  for key, value in pairs(run.account or {}) do before[key] = now[key] and value end
  for key in pairs(now) do now[key] = before[key] and now[key] end
  local list = canonical.differences(before, now, "%s was %s and is %s now")
  if #list > 0 then
    problem.raise({ kind = "usage", message = "this run is of another account: " .. table.concat(list, "; "),
      remedy = "use the credentials and the region it began with" })
  end
end

return M
