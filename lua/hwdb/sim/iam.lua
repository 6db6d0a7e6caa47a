-- SPDX-License-Identifier: Apache-2.0
-- IAM as far as clients of the other services need it: logins by password,
-- password and virtual MFA device, agency and token; the account's projects.
local core = require("hwdb.core")
local iam_keys = require("hwdb.sim.iam_keys")
local refusal = require("hwdb.sim.refusal")
local times = require("hwdb.sim.times")
local totp = require("hwdb.sim.totp")

local M = {}

M.TOKEN_MS = times.DAY_MS

local function unauthorized()
  refusal.raise(401, "Unauthorized", "The username or password is wrong.")
end

local function password_user(ctx, user)
  local iam = ctx.state.iam
  for _, known in ipairs(iam.users) do
    local by_id = user.id ~= nil and user.id == known.id
    local domain = user.domain or {}
    local by_name = user.name == known.name and (domain.name == iam.domain.name or domain.id == iam.domain.id)
    if (by_id or by_name) and core.sha256(user.password or "") == known.password_sha256 then return known end
  end
  unauthorized()
end

local function token_user(ctx, token)
  local known = ctx.state.iam.tokens[token.id or ""]
  if not known or known.expires_at <= ctx.now then unauthorized() end
  for _, user in ipairs(ctx.state.iam.users) do
    if user.id == known.user_id then return user end
  end
  unauthorized()
end

local function require_object(identity, method)
  local spec = identity[method]
  if type(spec) ~= "table" then refusal.raise(400, "Bad Request", method .. " is missing beside methods.") end
  return spec
end

-- Who protects the login by a device cannot log in without it; its code is that of the user whose password is given.
local function protected_user(ctx, identity, device)
  local user = password_user(ctx, require_object(identity, "password").user)
  local wall, now = ctx.clock:wall(), ctx.now
  local fits = device and device.id == user.id and user.totp_secret
    and (totp.accepts(user.totp_secret, device.passcode, wall) or totp.accepts(user.totp_secret, device.passcode, now))
  if (device or user.totp_secret) and not fits then unauthorized() end
  return user
end

-- An agency acts for an account, and only for one who is logged in already.
local function agency_user(ctx, identity)
  local spec = require_object(identity, "assume_role")
  if not ctx.caller.user_id then
    refusal.raise(401, "Unauthorized", "The request you have made requires authentication.")
  end
  local by = iam_keys.by_agency(ctx, spec)
  for _, user in ipairs(ctx.state.iam.users) do
    if user.id == by then return user, spec.agency_name end
  end
  unauthorized()
end

local LOGINS = {
  password = protected_user,
  ["password totp"] = function(ctx, identity)
    return protected_user(ctx, identity, require_object(identity, "totp").user)
  end,
  assume_role = agency_user,
  token = function(ctx, identity) return token_user(ctx, require_object(identity, "token")) end,
}

-- The user of a login, and the agency it goes through.
local function login(ctx, identity)
  local methods = table.move(identity.methods, 1, #identity.methods, 1, {})
  table.sort(methods)
  local by = LOGINS[table.concat(methods, " ")]
  if not by then
    refusal.raise(400, "Bad Request", "methods holds one of password, assume_role and token, or password and totp.")
  end
  return by(ctx, identity)
end

local function scoped_project(ctx, scope)
  if not scope.project then return nil end
  for _, project in ipairs(ctx.state.iam.projects) do
    if project.id == scope.project.id or project.name == scope.project.name then return project end
  end
  refusal.raise(401, "Unauthorized", "The project of the scope does not exist in this account.")
end

local function catalog(ctx, project)
  local list = core.array({})
  for _, service in ipairs({ "ddm", "dws", "dbss", "iam" }) do
    local url = ("https://%s.%s.myhuaweicloud.com"):format(service, ctx.region)
    list[#list + 1] = { id = service, name = service, type = service, endpoints = core.array({
      { id = service .. "-public", interface = "public", region = project.name, region_id = project.name, url = url },
    }) }
  end
  return list
end

-- An agency's token stands for account and agency, and says who is behind it.
local function told(user, domain, agency)
  local who = { id = user.id, name = user.name, domain = domain, password_expires_at = "" }
  if not agency then return { user = who } end
  return { user = { id = core.sha256(domain.id .. agency):sub(1, 32), name = domain.name .. "/" .. agency, domain = domain },
    assumed_by = { user = who } }
end

local function create_token(ctx, args)
  local user, agency = login(ctx, args.auth.identity)
  local project = scoped_project(ctx, args.auth.scope)
  local iam = ctx.state.iam
  local token, expires = "SIM" .. ctx:hex() .. ctx:hex(), ctx.now + M.TOKEN_MS
  iam.tokens[token] = { user_id = user.id, project_id = project and project.id, expires_at = expires }
  local domain = { id = iam.domain.id, name = iam.domain.name }
  local body = { token = told(user, domain, agency) }
  body.token.expires_at, body.token.issued_at = times.micro(expires), times.micro(ctx.now)
  body.token.methods, body.token.roles = core.array(args.auth.identity.methods), core.array({})
  if project then
    body.token.project = { id = project.id, name = project.name, domain = domain }
    if not args.nocatalog then body.token.catalog = catalog(ctx, project) end
  else
    body.token.domain = domain
  end
  return body, user.id, { subject_token = token }
end

local function links(path)
  return { next = core.null, previous = core.null, self = "https://iam.myhuaweicloud.com/v3" .. path }
end

local function project_view(ctx, project)
  return { id = project.id, name = project.name, description = "", enabled = true, is_domain = false,
    domain_id = ctx.state.iam.domain.id, parent_id = ctx.state.iam.domain.id, links = links("/projects/" .. project.id) }
end

local function list_projects(ctx, args)
  local found = {}
  for _, project in ipairs(ctx.state.iam.projects) do
    if args.name == nil or args.name == project.name then found[#found + 1] = project end
  end
  local size = args.per_page or #found
  local first = ((args.page or 1) - 1) * size
  local list = core.array({})
  for i = first + 1, math.min(#found, first + size) do list[#list + 1] = project_view(ctx, found[i]) end
  return { projects = list, links = links("/projects") }
end

local function list_auth_domains(ctx)
  local domain = ctx.state.iam.domain
  return { domains = core.array({ { id = domain.id, name = domain.name, description = "", enabled = true,
    links = links("/domains/" .. domain.id) } }), links = links("/auth/domains") }
end

M.operations = {
  ["iam.create_token"] = create_token,
  ["iam.list_projects"] = list_projects,
  ["iam.list_auth_domains"] = list_auth_domains,
}

return M
