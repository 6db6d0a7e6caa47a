-- SPDX-License-Identifier: Apache-2.0
-- A caller of a simulator for the specs: signs with the client's own signer
-- and speaks JSON. In a path, {p} is the project and {i} the first instance.
local core = require("hwdb.core")
local simulator = require("hwdb.sim")

local Caller = {}
Caller.__index = Caller

local M = {}

---@param options table? of the simulator
function M.new(options)
  local sim = simulator.new(options)
  local first = sim.state.ddm.instances[1]
  return setmetatable({ sim = sim, instance = first and first.id or "" }, Caller)
end

function M.date(ms)
  return os.date("!%Y%m%dT%H%M%SZ", ms // 1000)
end

function Caller:path(path)
  return (path:gsub("{p}", self.sim.project_id):gsub("{i}", self.instance))
end

---A signed request as it would arrive; `change` may override ak, sk, date, host.
function Caller:request(method, path, body, change)
  change = change or {}
  local target, host = self:path(path), change.host or "127.0.0.1:8080"
  local text = body and (type(body) == "string" and body or core.encode(body)) or ""
  local headers = { { "Host", host }, { "Content-Type", "application/json" } }
  local date = change.date or M.date(self.sim:now())
  local signed = core.sign({ ak = change.ak or self.sim.ak, sk = change.sk or self.sim.sk, method = method,
    url = "http://" .. host .. target, headers = headers, body = text, date = date })
  return { method = method, target = target, body = text, headers = { headers[1], headers[2], { "X-Sdk-Date", date },
    { "Authorization", signed.authorization } } }
end

---@return integer status
---@return any body decoded, or the text if it is not JSON
---@return table response
function Caller:call(method, path, body, change)
  local response = self.sim:handle(self:request(method, path, body, change))
  local value = core.decode(response.body)
  if value == nil then value = response.body end
  return response.status, value, response
end

---The body of a call that must succeed.
function Caller:must(method, path, body)
  local status, value, response = self:call(method, path, body)
  if status >= 300 or status == 0 then error(("%s %s: %d %s"):format(method, path, status, response.body), 2) end
  return value
end

---The status and code of a call that must be refused.
function Caller:refused(method, path, body)
  local status, value = self:call(method, path, body)
  if status < 300 then error(method .. " " .. path .. " was not refused", 2) end
  return status, value.errCode or value.error_code
end

function Caller:instance_status()
  return self:must("GET", "/v1/{p}/instances/{i}").status
end

function Caller:schema_status(name)
  return self:must("GET", "/v1/{p}/instances/{i}/databases/" .. (name or "orders")).database.status
end

---The list's entry of a job.
function Caller:job(id)
  local now = self.sim:now()
  local list = self:must("GET", ("/v3/{p}/jobs?limit=128&start_time=%d&end_time=%d"):format(now - 29 * 86400000, now))
  for _, job in ipairs(list.jobs) do
    if job.id == id then return job end
  end
end

---The first n data nodes with their login, as a shard configuration takes them.
function Caller:data_nodes(n)
  local list = {}
  for i = 1, n do
    list[i] = { id = self.sim.state.rds.instances[i].id, user = self.sim.data_node_user,
      password = self.sim.data_node_password }
  end
  return list
end

M.MIGRATION = "/v3/{p}/instances/{i}/databases/orders/migration"

---Starts a shard configuration of `orders`, by default to 3 nodes and 12 shards.
---@return string job id
function Caller:configure(change)
  local body = { data_nodes = self:data_nodes(3), new_shard_number = "12" }
  for key, value in pairs(change or {}) do body[key] = value end
  return self:must("POST", M.MIGRATION, body).job_id
end

---Asks something of a task: cancel, retry, rollback, clean, route-switch.
function Caller:task(id, action, body)
  return self:must("PUT", M.MIGRATION .. "/jobs/" .. id .. "/" .. action, body)
end

function Caller:task_refused(id, action, body)
  return self:refused("PUT", M.MIGRATION .. "/jobs/" .. id .. "/" .. action, body)
end

return M
