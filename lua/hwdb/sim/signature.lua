-- SPDX-License-Identifier: Apache-2.0
-- Recomputes a request's SDK-HMAC-SHA256 signature from the bytes received.
-- Written from the rules, apart from the client's signer, so that each is a
-- check on the other; only the two hash functions are shared.
local core = require("hwdb.core")
local times = require("hwdb.sim.times")

local M = {}

M.ALGORITHM = "SDK-HMAC-SHA256"
M.SKEW_MS = 15 * 60 * 1000

local function encode(text)
  return (text:gsub("[^A-Za-z0-9_.~-]", function(char) return ("%%%02X"):format(char:byte()) end))
end

local function decode(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- Not `<` on strings: that asks the locale.
local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

---The path with every segment encoded once and a slash at the end.
---@param path string
---@return string
function M.canonical_path(path)
  local canonical = path:gsub("[^/]+", function(segment) return encode(decode(segment)) end)
  if canonical:sub(-1) ~= "/" then canonical = canonical .. "/" end
  return canonical
end

---@param query string without the question mark
---@return string
function M.canonical_query(query)
  local pairs_seen = {}
  for part in query:gmatch("[^&]+") do
    local key, value = part:match("^([^=]*)=?(.*)$")
    pairs_seen[#pairs_seen + 1] = { decode(key), decode(value) }
  end
  table.sort(pairs_seen, function(a, b)
    if a[1] ~= b[1] then return before(a[1], b[1]) end
    return before(a[2], b[2])
  end)
  for i, pair in ipairs(pairs_seen) do pairs_seen[i] = encode(pair[1]) .. "=" .. encode(pair[2]) end
  return table.concat(pairs_seen, "&")
end

-- The lines of the signed headers, or nil and the name of a missing one.
local function canonical_headers(signed, headers)
  local lines = {}
  for name in signed:gmatch("[^;]+") do
    local value = headers[name:lower()]
    if not value then return nil, name end
    lines[#lines + 1] = name:lower() .. ":" .. value:match("^%s*(.-)%s*$") .. "\n"
  end
  return table.concat(lines)
end

-- UNSIGNED-PAYLOAD stands as it is; a hash given in the header must be the body's.
local function payload_hash(headers, body)
  if headers["x-sdk-content-sha256"] == "UNSIGNED-PAYLOAD" then return "UNSIGNED-PAYLOAD" end
  return core.sha256(body)
end

---@param request { method: string, path: string, query: string, headers: table, body: string }
---@param signed string names joined by semicolons
---@return string? canonical request
---@return string? missing header
function M.canonical_request(request, signed)
  local lines, missing = canonical_headers(signed, request.headers)
  if not lines then return nil, missing end
  return table.concat({ request.method, M.canonical_path(request.path), M.canonical_query(request.query), lines, signed,
    payload_hash(request.headers, request.body) }, "\n")
end

---@param canonical string
---@param date string
---@param secret string
---@return string hex
function M.sign(canonical, date, secret)
  return core.hmac_sha256(secret, M.ALGORITHM .. "\n" .. date .. "\n" .. core.sha256(canonical))
end

---@param authorization string
---@return { access: string, signed: string, signature: string }?
function M.parse(authorization)
  local access, signed, signature =
    authorization:match("^SDK%-HMAC%-SHA256 Access=([^,%s]+),%s*SignedHeaders=([^,%s]+),%s*Signature=(%x+)%s*$")
  if not access then return nil end
  return { access = access, signed = signed, signature = signature }
end

local function wrong(message)
  return nil, "Incorrect IAM authentication information: " .. message
end

local function signs_date(signed)
  return (";" .. signed:lower() .. ";"):find(";x-sdk-date;", 1, true) ~= nil
end

---Whether the request is signed by one of the keys, at about this time.
---@param request table as for canonical_request
---@param keys table<string, { sk: string, security_token: string?, expires_at: integer? }> by access key
---@param now integer ms
---@param wall integer? ms; another time it may be dated by
---@return string? access key
---@return string? message of the gateway's 401
function M.verify(request, keys, now, wall)
  local given = M.parse(request.headers.authorization)
  if not given then return wrong("the Authorization header is not of the form of " .. M.ALGORITHM) end
  local key = keys[given.access]
  if not key then return wrong("Get secretKey failed,ak:" .. given.access .. ",err:ak not exist") end
  if key.expires_at and key.expires_at <= now then return wrong("the temporary key expired at " .. times.exact(key.expires_at)) end
  local date = request.headers["x-sdk-date"]
  local at = date and signs_date(given.signed) and times.from_compact(date)
  if not at then return wrong("header X-Sdk-Date is missing, malformed or not signed") end
  if math.abs(at - now) > M.SKEW_MS and math.abs(at - (wall or now)) > M.SKEW_MS then
    return wrong(("signature expired, signature time:%s, server time:%s"):format(date, times.compact(now)))
  end
  local canonical, missing = M.canonical_request(request, given.signed)
  if not canonical then return wrong("signed header " .. missing .. " is not in the request") end
  if M.sign(canonical, date, key.sk) ~= given.signature:lower() then
    return wrong("verify aksk signature fail, canonicalRequest:" .. canonical:gsub("\n", "|"))
  end
  if key.security_token and request.headers["x-security-token"] ~= key.security_token then
    return wrong("the security token is missing or not the one of this access key")
  end
  return given.access
end

return M
