-- SPDX-License-Identifier: Apache-2.0
-- What an account holds, as one JSON document: an inventory's, a dump's, and what --seed-from takes. It has
--   hwdb = "account", format = 1, kind = "inventory" | "dump", made, region, project_id
--   reads = { { op = "ddm.show_instance", args = {...}, body = {...} }, ... }   answers of calls that only read
--   failed = { { op, args, status, code }, ... }                                reads that were refused
--   simulator = { state, effects, faults, readings, ... }                       in a dump: all there is
-- No member of it holds a secret.
local core = require("hwdb.core")

local M = {}

M.FORMAT = 1

---@class hwdb.Account
---@field hwdb "account"
---@field format integer
---@field kind "inventory"|"dump"
---@field made string
---@field region? string
---@field project_id? string
---@field reads {op: string, args: table, body: any}[]
---@field failed {op: string, args: table, status: integer?, code: string?}[]
---@field simulator? table

---@param about { kind: string, now: integer, region: string?, project_id: string? }
---@return hwdb.Account
function M.new(about)
  return { hwdb = "account", format = M.FORMAT, kind = about.kind, made = os.date("!%Y-%m-%dT%H:%M:%SZ", about.now // 1000),
    region = about.region, project_id = about.project_id, reads = core.array({}), failed = core.array({}) }
end

-- Whatever a service may answer under such a name is nothing to keep.
local SECRET = { "password", "passwd", "secret", "token", "pwd", "credential", "private_key" }

local function is_secret(name)
  local lower = name:lower()
  for _, word in ipairs(SECRET) do
    if lower:find(word, 1, true) then return true end
  end
  return false
end

---A copy without what its members' names call a secret: texts are left out, lists and objects are emptied.
---@param value any
---@param keep? fun(text: string): boolean texts that are no secret after all
---@return any
function M.without_secrets(value, keep)
  if type(value) ~= "table" then return value end
  local copy = core.is_array(value) and core.array({}) or {}
  for key, member in pairs(value) do
    if type(key) ~= "string" or not is_secret(key) then
      copy[key] = M.without_secrets(member, keep)
    elseif type(member) == "table" then
      copy[key] = core.is_array(member) and core.array({}) or {}
    elseif type(member) ~= "string" or (keep and keep(member)) then
      copy[key] = member
    end
  end
  return copy
end

---Notes a read.
---@param account hwdb.Account
---@param op string
---@param args table
---@param body any
function M.add_read(account, op, args, body)
  table.insert(account.reads, { op = op, args = M.without_secrets(args), body = M.without_secrets(body) })
end

-- What is wrong with a decoded document, or nil.
local function problem_of(value)
  if type(value) ~= "table" or value.hwdb ~= "account" then
    return "it is neither an inventory nor a dump; `hwdb inventory` and `hwdb sim ctl dump` write such files"
  end
  if value.format ~= M.FORMAT then
    return ("its format is %s, this program knows %d"):format(tostring(value.format), M.FORMAT)
  end
  if type(value.reads) ~= "table" then return "it has no reads" end
  for i, read in ipairs(value.reads) do
    if type(read) ~= "table" or type(read.op) ~= "string" or type(read.args) ~= "table" then
      return ("entry %d of reads has no op or no args"):format(i)
    end
  end
end

---Reads a document's text.
---@param text string
---@return hwdb.Account? account
---@return string? problem
function M.parse(text)
  local value, message = core.decode(text)
  if value == nil then return nil, "it is not JSON: " .. message end
  local problem = problem_of(value)
  if problem then return nil, problem end
  return value
end

return M
