-- SPDX-License-Identifier: Apache-2.0
-- Huawei Cloud DDM, DWS and DBSS from Lua: clients, calls, pages and many calls
-- at once. Everything on the wire is done by hwdb.core.

local core = require "hwdb.core"
local pages = require "hwdb.pages"
local tasks = require "hwdb.tasks"

---@class hwdb
local M = {
  null = core.null,
  array = core.array,
  is_array = core.is_array,
  secret = core.secret,
  error = core.error,
  encode = core.encode,
  decode = core.decode,
  rows = core.rows,
  errors = core.errors,
  statuses = core.statuses,
  version = core.version,
  gather = tasks.gather,
  tasks = tasks.new,
}

---@class hwdb.Error
---@field kind "usage"|"check"|"auth"|"transport"|"timeout"|"api"|"decode"|"cancelled"|"memory"
---@field message string one clear text, secrets masked
---@field remedy? string what to do
---@field status? integer HTTP status, if there was an answer
---@field code? string the service's own code
---@field class? string not_found, exists, busy, quota, denied, bad_argument, bad_state, throttled, server
---@field reason? string what the code means
---@field request_id? string
---@field operation? string "ddm.show_instance"
---@field attempts integer how often the request was sent
---@field retryable boolean trying later may succeed
---@field in_doubt boolean a change may have had its effect
---@field retry_after? number seconds the service asks to wait
---@field limit? {calls: integer, seconds: number} what the service allows, as its refusal for rate stated it
---@field problems? {path: string, message: string}[] of a check

---@class hwdb.Info
---@field status integer
---@field attempts integer
---@field seconds number from start to end, waiting included
---@field request_id? string
---@field headers table<string, string> names in lower case; made, like timing, when it is asked for: no rawget, no next
---@field limit? {calls: integer, seconds: number} what the service allows, where a try was refused for rate
---@field timing {connect: number, first_byte: number, total: number} of the last try, seconds
---@field warnings? string[] what is odd about the arguments

---@class hwdb.Service
---@field [string] fun(self: hwdb.Service, args?: table, options?: hwdb.CallOptions): table?, hwdb.Info|hwdb.Error

---@class hwdb.CallOptions
---@field timeout? number seconds for one try
---@field deadline? number seconds for all tries
---@field attempts? integer

local Service = {}

--- Looks an operation up once; afterwards it is a plain field of the service.
local function find_operation(service, name)
  local hidden = rawget(service, Service)
  if not hidden or type(name) ~= "string" then return nil end
  local fn, near = core.operation(hidden.core, hidden.name, name)
  if not fn then
    error(("unknown operation %s.%s%s"):format(hidden.name, name, near and ", did you mean " .. near .. "?" or ""), 2)
  end
  rawset(service, name, fn)
  return fn
end

local service_methods = {}

--- Iterates over the items of a list operation, page after page.
---   for instance in client.ddm:each("list_instances") do ... end
---@param name string
---@param args? table arguments; a page size among them is kept
---@param options? {max: integer} at most so many items
function service_methods:each(name, args, options)
  local hidden = rawget(self, Service)
  return pages.each(self, hidden.name, name, args, options)
end

--- All items of a list operation.
---@param name string
---@param args? table
---@param options? {max: integer}
---@return any[]
function service_methods:all(name, args, options)
  local hidden = rawget(self, Service)
  return pages.all(self, hidden.name, name, args, options)
end

--- Iterates over the pages of a list operation: the whole body of each answer.
function service_methods:pages(name, args, options)
  local hidden = rawget(self, Service)
  return pages.pages(self, hidden.name, name, args, options)
end

local service_meta = {
  __name = "hwdb.service",
  __index = function(service, name)
    return service_methods[name] or find_operation(service, name)
  end,
}

---@class hwdb.Client
---@field ddm hwdb.ddm
---@field dws hwdb.dws
---@field dbss hwdb.dbss
---@field iam hwdb.iam
---@field rds hwdb.rds
---@field bss hwdb.bss
local Client = {}

local function find_service(client, name)
  if type(name) ~= "string" then return nil end
  if not core.service_known(name) then
    local near = core.suggest(nil, name)
    error(("unknown service %s%s; client:request calls any other"):format(name, near and ", did you mean " .. near .. "?" or ""), 2)
  end
  local service = setmetatable({ [Service] = { core = rawget(client, "core"), name = name } }, service_meta)
  rawset(client, name, service)
  return service
end

local client_meta = {
  __name = "hwdb.client",
  __index = function(client, name) return Client[name] or find_service(client, name) end,
  __close = function(client) client:close() end,
}

--- Any other signed call: another service, or an operation without a row.
---@param call {service: string, method: string, path: string, query?: table, headers?: table, body?: any, repeatable?: boolean}
---@param options? hwdb.CallOptions
---@return any body decoded JSON, or the text as it came
---@return hwdb.Info|hwdb.Error
function Client:request(call, options) return core.request(self.core, call, options) end

--- What a call would put on the wire, signed, secrets masked; nothing is sent.
---@param service string
---@param name string
---@param args? table
---@param options? {date: string} fixes X-Sdk-Date
function Client:dry_run(service, name, args, options)
  return core.preview(self.core, service, name, args, options and options.date)
end

--- Waits on the client's clock; other coroutines go on meanwhile.
---@param seconds number
function Client:sleep(seconds)
  local done, err = core.sleep(self.core, seconds)
  if not done then return nil, err end
  return true
end

--- Unix time in milliseconds by the client's clock.
---@return integer
function Client:now() return core.client_now(self.core) end

--- Where credentials, region and project come from; no secrets.
---@return table
function Client:describe() return core.describe(self.core) end

--- The address requests of a service go to.
---@return string? url
---@return hwdb.Error?
function Client:endpoint(service) return core.endpoint(self.core, service) end

-- What a client was made of, for clients like it.
local made = setmetatable({}, { __mode = "k" })

local function make(parts)
  local client, err = core.client(parts.options, parts.sim, parts.log)
  if not client then return nil, err end
  local self = setmetatable({ core = client, is_virtual = parts.sim ~= nil }, client_meta)
  made[self] = parts
  return self
end

local function refused(message, remedy)
  return nil, core.error { kind = "usage", attempts = 0, retryable = false, in_doubt = false, message = message, remedy = remedy }
end

-- An address that names the one region is not where the other one is.
local function wrong_address(client, own, region)
  for _, service in ipairs { "ddm", "dws", "dbss", "rds" } do
    local url, err = client:endpoint(service)
    if not url then return nil, err end
    if own ~= region and url:find("%f[%w-]" .. own:gsub("%-", "%%-") .. "%f[^%w-]") then
      return refused(("the address of %s is that of %s, also for %s: %s"):format(service, own, region, url),
        "leave the address out, or give one without a region")
    end
  end
  return true
end

--- A client with the same credentials and settings in another region or project. Its calls are its own: pace it with
--- the others yourself.
---@param place {region: string?, project: string?} a project by name or id; the region's own unless one is named
---@return hwdb.Client?
---@return hwdb.Error?
function Client:elsewhere(place)
  local parts, own = made[self], self:describe().region
  local region = place.region or own ~= core.null and own or nil
  if not region then return refused("no region is known", "give one") end
  local options = {}
  for name, value in pairs(parts.options) do options[name] = value end
  local project = place.project or region
  local is_id = project:find("^%x+$") ~= nil and #project == 32
  options.region, options.project_id, options.project_name = region, is_id and project or nil, not is_id and project or nil
  local client, err = make { options = options, sim = parts.sim, log = parts.log }
  if not client then return nil, err end
  if own == core.null then return client end
  local right, why = wrong_address(client, own, region)
  if not right then return nil, why end
  return client
end

--- Ends the client; calls in flight are cancelled. Garbage collection does the same.
function Client:close() core.close(self.core) end

--- Makes a client. Credentials come from the options, else the environment, else
--- a profile file; see the README. Missing ones are reported by the first call.
---@param options? table region, ak, sk, security_token, token, user, password, domain_name, project_id,
---  project_name, profile, credentials_file, endpoints, ca_file, proxy, allow_http, connect_timeout, timeout,
---  stall_timeout, deadline, attempts, max_body, strict, pace, algorithm, log (function of a line),
---  sim (a simulator)
---@return hwdb.Client?
---@return hwdb.Error?
function M.client(options)
  local rest, sim, log = {}, nil, nil
  for name, value in pairs(options or {}) do
    if name == "sim" then sim = value
    elseif name == "log" then log = value
    else rest[name] = value end
  end
  if sim then
    for _, name in ipairs { "ak", "sk", "region", "project_id" } do
      if rest[name] == nil then rest[name] = sim[name] end
    end
  end
  return make { options = rest, sim = sim, log = log }
end

--- The sim module's `new`, loaded when first used.
function M.simulator(options) return require("hwdb.sim").new(options) end

return M
