-- SPDX-License-Identifier: Apache-2.0
-- What faults do to answers. `instead` ones keep the request from the service;
-- `after` ones spoil the answer of work that was done.
local gateway = require("hwdb.sim.gateway")
local gzip = require("hwdb.sim.gzip")
local ids = require("hwdb.sim.ids")
local wire = require("hwdb.sim.wire")

local M = {}

local HTML = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
  .. "\r\n</body>\r\n</html>\r\n"

local function unanswered(kind)
  return { status = 0, headers = {}, body = "", fault = { kind = kind } }
end

local function html(fault)
  return wire.response(fault.status or 502, fault.body or HTML, { { "Content-Type", "text/html" } })
end

local function version_of(exchange)
  return math.tointeger(tonumber(exchange.row.path:match("^/v(%d)"))) or 3
end

local function service_error(fault, exchange, readings, status, code, message)
  local refusal = { status = fault.status or status, code = fault.code or code, message = fault.message or message }
  if exchange.row.path:find("/db-om/", 1, true) then
    refusal.body = { error_code = refusal.code, error_msg = refusal.message } -- flat on that page, nested in the rest of DBSS
  end
  return wire.refused(exchange.row.service, version_of(exchange), refusal, readings)
end

-- What a service says when a fault does not: of being busy, and of being broken.
local WORDS = {
  dws = { busy = { 403, "DWS.7023", "Cluster status is not allowed to operation." }, broken = { "DWS.0005", "Server failure." } },
  dbss = { busy = { 400, "DBSS.10020102", "Enter a valid request message" }, broken = { "DBSS.11000000",
    "Internal system exception. Contact technical support engineers" } },
  bss = { busy = { 400, "CBC.0101", "Invalid parameter." }, broken = { "CBC.0999", "Other errors." } },
}

local function with_status(fault, exchange, readings)
  if fault.status == 429 and not fault.code then
    return gateway.throttled(exchange.request.id, fault.limit or 60, fault.window or "1 minute")
  end
  if fault.body then return wire.response(fault.status or 503, fault.body) end
  local words = WORDS[exchange.row.service]
  local broken = words and words.broken or { "DBS.200412", "Server failure." }
  return service_error(fault, exchange, readings, 503, broken[1], broken[2])
end

local function refused(fault, exchange, readings)
  local words = WORDS[exchange.row.service]
  local busy = words and words.busy or { 409, "DBS.200019", "Another operation is being performed on the instance." }
  return service_error(fault, exchange, readings, busy[1], busy[2], busy[3])
end

local function in_base64(fault, exchange, readings)
  local plain = refused(fault, exchange, readings)
  local text = gzip.base64(plain.body):gsub("[+/=]", { ["+"] = "-", ["/"] = "_", ["="] = "" })
  return { status = plain.status, headers = plain.headers, body = text }
end

local INSTEAD = {
  refuse = refused,
  base64 = in_base64,
  reset_before = function() return unanswered("reset_before") end,
  status = with_status,
  html = function(fault) return not fault.after and html(fault) or nil end,
  empty = function(fault) return fault.before and wire.response(fault.status or 200, nil) or nil end,
  garbage = function(fault)
    return fault.before and wire.response(fault.status or 200, fault.body or "\0\xff{", {}) or nil
  end,
  stall = function(fault)
    if not fault.before then return nil end
    local response = unanswered("stall")
    response.fault.seconds = fault.seconds or 60
    return response
  end,
}

local AFTER = {
  reset_after = function() return unanswered("reset_after") end,
  html = html,
  empty = function(fault, response) return wire.response(fault.status or response.status, nil) end,
  garbage = function(fault, response, state)
    local half = response.body:sub(1, #response.body // 2)
    return wire.response(fault.status or response.status, fault.body or half .. "\0\xff" .. ids.hex(state),
      { { "Content-Type", "application/json" } })
  end,
}

local function slowed(kind, fault, response, seconds)
  return { status = response.status, headers = response.headers, body = response.body,
    fault = { kind = kind, seconds = fault.seconds or seconds } }
end

AFTER.stall = function(fault, response) return slowed("stall", fault, response, 60) end
AFTER.dribble = function(fault, response) return slowed("dribble", fault, response, 10) end

---The answer that keeps the request from the service, or nil.
---@param fault table
---@param exchange table
---@param readings table
---@return table?
function M.instead(fault, exchange, readings)
  local make = INSTEAD[fault["do"]]
  return make and make(fault, exchange, readings)
end

---The answer as the fault leaves it.
---@param fault table
---@param response table
---@param state table
---@return table
function M.after(fault, response, state)
  local make = AFTER[fault["do"]]
  return make and make(fault, response, state) or response
end

return M
