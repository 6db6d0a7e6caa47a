-- SPDX-License-Identifier: Apache-2.0
-- IAM as far as clients of the other services need it: password and token
-- login, the projects and the domain of the account.
local core = require("hwdb.core")
local refusal = require("hwdb.sim.refusal")
local times = require("hwdb.sim.times")

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

-- The user of the login methods that have an object beside them.
local function login(ctx, identity)
  if identity.password and identity.password.user then return password_user(ctx, identity.password.user) end
  if identity.token then return token_user(ctx, identity.token) end
  refusal.raise(400, "Bad Request", "The simulator knows the login methods password and token.")
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

local function create_token(ctx, args)
  local user = login(ctx, args.auth.identity)
  local project = scoped_project(ctx, args.auth.scope)
  local iam = ctx.state.iam
  local token, expires = "SIM" .. ctx:hex() .. ctx:hex(), ctx.now + M.TOKEN_MS
  iam.tokens[token] = { user_id = user.id, project_id = project and project.id, expires_at = expires }
  local domain = { id = iam.domain.id, name = iam.domain.name }
  local body = { token = { expires_at = times.micro(expires), issued_at = times.micro(ctx.now),
    methods = core.array({ args.auth.identity.methods[1] }), roles = core.array({}),
    user = { id = user.id, name = user.name, domain = domain, password_expires_at = "" } } }
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
