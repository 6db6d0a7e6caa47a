-- SPDX-License-Identifier: Apache-2.0
-- What has to be known of the targets of a DDM restore, which overwrites what it
-- is pointed at: who uses which data node, whether an instance is empty, and
-- whether the service offers a target. Being offered is never enough by itself.
local M = {}

-- What each reads, for those who read a script without running it.
M.LOOKS = { data_nodes_in_use = { "ddm.list_instances", "ddm.list_schemas" }, empty_target = { "ddm.list_schemas", "ddm.list_users" },
  targets_changed = { "ddm.show_instance", "ddm.list_schemas", "ddm.list_users", "rds.list_instances", "rds.list_databases" } }

local function nodes_of(run, instance)
  local ids = {}
  for schema in run.ddm:each("list_schemas", { instance_id = instance.id, limit = 128 }) do
    for _, node in ipairs(schema.used_rds or {}) do ids[#ids + 1] = node.id end
  end
  return ids
end

---The data nodes of every DDM instance of the account.
---@param run table the handle
---@return table<string, string> used the instance's name, by the node's id
---@return string[] untold instances that do not tell: while there are any, no node is known to be free
function M.in_use(run)
  local used, untold, looks = {}, {}, {}
  local instances = run.ddm:all("list_instances", { limit = 128 })
  for i, instance in ipairs(instances) do looks[i] = function() return nodes_of(run, instance) end end
  for i, result in ipairs(run:gather(looks, { max = 8 })) do
    if not result[1] then untold[#untold + 1] = instances[i].name end
    for _, id in ipairs(result[1] or {}) do used[id] = instances[i].name end
  end
  return used, untold
end

local LINES = { { "target without schemas and data nodes", "list_schemas" }, { "target without accounts", "list_users" } }

---Preflight lines: a DDM instance that is restored to has neither schemas nor accounts.
---@param run table the handle
---@param check fun(name: string, fulfilled: boolean, detail: string)
---@param instance_id string
function M.check_empty(run, check, instance_id)
  for _, line in ipairs(LINES) do
    local names = {}
    for i, item in ipairs(run.ddm:all(line[2], { instance_id = instance_id, limit = 128 })) do names[i] = item.name end
    check(line[1], #names == 0, #names == 0 and "none" or "it has " .. table.concat(names, ", "))
  end
end

local function words(list)
  return table.concat(list, ", ")
end

-- One page tells of so many databases by name; of more their number has to do.
local NAMES_MAX = 100

local function holds_other(run, id, listed)
  local now = run:guard{ op = "rds.list_databases", args = { instance_id = id, page = 1, limit = NAMES_MAX },
    fields = { "total_count", "databases[].name" } }
  return (now.total_count or #listed) ~= #listed or #listed <= NAMES_MAX and words(now["databases[].name"]) ~= words(listed)
end

local function is_empty(run, instance_id)
  local target = { instance_id = instance_id }
  local state = run:guard{ op = "ddm.show_instance", args = target, fields = { "status" } }
  local schemas = run:guard{ op = "ddm.list_schemas", args = target, fields = { "databases[].name" } }
  local users = run:guard{ op = "ddm.list_users", args = target, fields = { "users[].name" } }
  return state.status == "RUNNING" and #schemas["databases[].name"] == 0 and #users["users[].name"] == 0
end

---Whether the targets are other than they were when a person saw them, days ago if the run was down; until the step ends
---they are guarded: the instance stays empty, the data nodes unused, and what was listed is what is overwritten.
---@param run table the handle
---@param instance_id string
---@param nodes { id: string, listed: string[]? }[] listed: names of its databases in order, where they could be listed
---@return boolean
function M.changed(run, instance_id, nodes)
  local changed = not is_empty(run, instance_id)
  for _, node in ipairs(nodes) do
    local seen = run:guard{ op = "rds.list_instances", args = { id = node.id }, fields = { "instances[].status",
      "instances[].associated_with_ddm" } }
    changed = changed or words(seen["instances[].associated_with_ddm"]) ~= "false"
    changed = node.listed ~= nil and holds_other(run, node.id, node.listed) or changed
  end
  return changed
end

---Whether a list of possible targets offers one.
---@param run table the handle
---@param op string "ddm.list_restorable_instances", or another list of such items
---@param args table
---@param id string of the target
---@return boolean
---@return string detail
function M.offered(run, op, args, id)
  local service, name = op:match("^([^.]+)%.(.+)$")
  for item in run[service]:each(name, args) do
    if item.instance_id == id then
      if item.available == true then return true, "by the service" end
      -- The service gives a reason, or null.
      local reason = item.unavailable_reason
      return false, type(reason) == "string" and reason ~= "" and reason or "not available, no reason is given"
    end
  end
  return false, "the service does not list it"
end

return M
