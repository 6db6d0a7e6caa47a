-- SPDX-License-Identifier: Apache-2.0
-- Temporary access keys: made from an agency or a token, good only together
-- with their security token, and only for a while. The gateway accepts them.
local refusal = require("hwdb.sim.refusal")
local times = require("hwdb.sim.times")

local M = {}

M.SECONDS = 900

---Gives an account its agencies; keys come with use.
---@param state table
function M.fill(state)
  local domain = state.iam.domain
  state.iam.keys, state.iam.agencies = {}, { { name = "hwdb-operations", domain_id = domain.id, domain_name = domain.name } }
end

local function trusted(ctx, spec)
  for _, agency in ipairs(ctx.state.iam.agencies) do
    local of = (spec.domain_id == nil or spec.domain_id == agency.domain_id)
      and (spec.domain_name == nil or spec.domain_name == agency.domain_name)
    if agency.name == spec.agency_name and of then return true end
  end
  return false
end

---Who asks through an agency, if the agency trusts them. The documents' world has every agency.
---@param ctx hwdb.sim.Context
---@param spec table?
---@return string? user_id
function M.by_agency(ctx, spec)
  if not spec then refusal.raise(400, "Bad Request", "assume_role is missing beside methods.") end
  if not spec.domain_id and not spec.domain_name then
    refusal.raise(400, "Bad Request", "An agency needs domain_id or domain_name.")
  end
  if not trusted(ctx, spec) and not ctx.state.lenient then
    refusal.raise(403, "Forbidden", "The account has no such agency, or the agency does not trust the caller.")
  end
  return ctx.caller.user_id
end

local function by_token(ctx, spec)
  local known = ctx.state.iam.tokens[spec and spec.id or ctx.caller.token or ""]
  if not known or known.expires_at <= ctx.now then
    refusal.raise(401, "Unauthorized", "The token is missing, unknown or has expired.")
  end
  return known.user_id
end

-- Who a key will stand for, and for how many seconds.
local function asked(ctx, identity)
  local method = identity.methods[1]
  if #identity.methods ~= 1 then refusal.raise(400, "Bad Request", "methods must name assume_role or token, not both.") end
  local spec = identity[method] or {}
  local user = method == "assume_role" and M.by_agency(ctx, identity.assume_role) or by_token(ctx, identity.token)
  return user, spec.duration_seconds or M.SECONDS
end

local function create(ctx, args)
  local user, seconds = asked(ctx, args.auth.identity)
  local access = "HSTA" .. ctx:hex():sub(1, 16):upper()
  local key = { sk = ctx:hex() .. ctx:hex():sub(1, 8), security_token = "SIMT" .. ctx:hex() .. ctx:hex(), user_id = user,
    expires_at = ctx.now + seconds * 1000 }
  ctx.state.iam.keys[access] = key
  return { credential = { access = access, secret = key.sk, securitytoken = key.security_token,
    expires_at = times.micro(key.expires_at) } }, access
end

---The temporary key of an access key id.
---@param state table
---@param access string
---@return { sk: string, security_token: string, user_id: string, expires_at: integer }?
function M.find(state, access)
  return state.iam.keys and state.iam.keys[access]
end

---The name of a user; empty for none of the account.
---@param state table
---@param id string?
---@return string
function M.user_name(state, id)
  for _, user in ipairs(state.iam.users) do
    if user.id == id then return user.name end
  end
  return ""
end

M.operations = { ["iam.create_temporary_access_key"] = create }

return M
