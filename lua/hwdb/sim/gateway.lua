-- SPDX-License-Identifier: Apache-2.0
-- What stands before every service: size, key or token, pace, project. Its
-- bodies are the gateway's own, with a request id, whatever the service.
local iam_keys = require("hwdb.sim.iam_keys")
local signature = require("hwdb.sim.signature")
local times = require("hwdb.sim.times")
local wire = require("hwdb.sim.wire")

local M = {}

M.LARGEST_BODY = 12 * 1024 * 1024

-- Answered without knowing who asks.
local OPEN = { ["iam.create_token"] = true, ["ddm.list_api_versions"] = true }

---@param status integer
---@param code string
---@param message string
---@param request_id string
---@return table response
function M.refused(status, code, message, request_id)
  return wire.response(status, { error_code = code, error_msg = message, request_id = request_id })
end

---@param id string
---@return table response
function M.not_published(id)
  return M.refused(404, "APIGW.0101", "The API does not exist or has not been published in the environment", id)
end

---@param id string
---@param limit integer
---@param window string "1 minute"
---@return table response
function M.throttled(id, limit, window)
  return M.refused(429, "APIGW.0308", ("The throttling threshold has been reached: policy user over ratelimit,"
    .. "limit:%d,time:%s"):format(limit, window), id)
end

local function token_user(state, token)
  local known = state.iam.tokens[token]
  if not known then return nil, "Incorrect IAM authentication information: decrypt token fail" end
  if known.expires_at <= state.now then
    return nil, "Incorrect IAM authentication information: token expires in " .. times.exact(known.expires_at)
  end
  return "token", nil, known.project_id, known.user_id
end

-- The account's own keys stand for its first user.
local function signer(sim, request)
  local given = signature.parse(request.headers.authorization)
  local temporary = given and iam_keys.find(sim.state, given.access)
  local keys = temporary and { [given.access] = temporary } or sim.keys
  local user, message = signature.verify(request, keys, sim.state.now, sim.clock:wall())
  return user, message, nil, temporary and temporary.user_id or sim.state.iam.users[1].id
end

-- Who asks, or nil and the message of the 401; of a token also its project; and the user's id.
local function who(sim, request)
  local headers = request.headers
  if headers.authorization then return signer(sim, request) end
  if headers["x-auth-token"] then return token_user(sim.state, headers["x-auth-token"]) end
  return nil, "Incorrect IAM authentication information: x-auth-token not found"
end

local function counted(rate, limit, now)
  if now >= rate.ends then rate.ends, rate.count = now + 60000, 0 end
  if rate.count >= limit then return limit end
  rate.count = rate.count + 1
end

-- The limit that a call goes over, if any: the simulator's own, or its service's for one user.
local function over_rate(sim, service, user_id)
  local now, limit = sim.state.now, sim.limits and sim.limits[service]
  local over = sim.rate_limit and counted(sim.rate, sim.rate_limit, now)
  if over or not limit then return over end
  local key = service .. "/" .. (user_id or "")
  sim.limited[key] = sim.limited[key] or { ends = 0, count = 0 }
  return counted(sim.limited[key], limit, now)
end

local function own_project(state, project_id)
  for _, project in ipairs(state.iam.projects) do
    if project.id == project_id then return true end
  end
  return false
end

-- A project that is not of this account, or not the one the token is for.
local function foreign_project(sim, values, headers, scope)
  if sim.any_project and not scope then
    if values.project_id then values.project_id = sim.project_id end
    return nil
  end
  for _, id in pairs({ values.project_id, headers["x-project-id"] }) do
    if not own_project(sim.state, id) or (scope and scope ~= id) then return id end
  end
end

---Checks that come before routing.
---@param request table
---@param id string request id
---@return table? response a refusal
function M.oversized(request, id)
  if #request.body <= M.LARGEST_BODY then return nil end
  return M.refused(413, "APIGW.0201", "Request entity too large: a body may have 12 MB", id)
end

---Checks between routing and the service.
---@param sim table
---@param request table
---@param row table
---@param values table of the path parameters
---@return table? response a refusal; nil lets the request through
---@return { user_id: string?, token: string? } caller
function M.admit(sim, request, row, values)
  local open = OPEN[row.service .. "." .. row.name]
  local anonymous = not request.headers.authorization and not request.headers["x-auth-token"]
  local user, message, scope, user_id
  if not (open and anonymous) then
    user, message, scope, user_id = who(sim, request)
    if not user then return M.refused(401, "APIGW.0301", message, request.id) end
  end
  local limit = over_rate(sim, row.service, user_id)
  if limit then return M.throttled(request.id, limit, "1 minute") end
  local foreign = foreign_project(sim, values, request.headers, scope)
  if foreign then
    return M.refused(403, "APIGW.0302", "The IAM user has no access to project " .. foreign, request.id)
  end
  return nil, { user_id = user_id, token = request.headers["x-auth-token"] }
end

---@param id string
---@param op string
---@return table response
function M.not_modelled(id, op)
  return M.refused(501, "SIM.0501", "The simulator has no model of " .. op .. " yet", id)
end

return M
