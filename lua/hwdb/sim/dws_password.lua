-- SPDX-License-Identifier: Apache-2.0
-- The rules for an administrator's password (5.2.4, 5.2.7). Only digests of
-- passwords are kept.
local core = require("hwdb.core")
local errors = require("hwdb.sim.dws_errors")

local M = {}

local function kinds(text)
  local count = 0
  for _, pattern in ipairs({ "%l", "%u", "%d", "%p" }) do
    if text:find(pattern) then count = count + 1 end
  end
  return count
end

---Refuses a password that breaks the rules. The documents' world takes any, its own example being too short.
---@param ctx hwdb.sim.Context
---@param password string
---@param user string
function M.require(ctx, password, user)
  if ctx.state.lenient then return end
  if #password < 12 or #password > 32 or kinds(password) < 3 then errors.refuse("DWS.5144") end
  local lower = password:lower()
  if lower:find(user:lower(), 1, true) or lower:find(user:lower():reverse(), 1, true) then errors.refuse("DWS.5145") end
end

---Whether the cluster had the password before.
---@param cluster table
---@param password string
---@return boolean
function M.used(cluster, password)
  for _, digest in ipairs(cluster.passwords) do
    if digest == core.sha256(cluster.id .. password) then return true end
  end
  return false
end

---@param cluster table
---@param password string
function M.keep(cluster, password)
  cluster.passwords[#cluster.passwords + 1] = core.sha256(cluster.id .. password)
end

return M
