-- SPDX-License-Identifier: Apache-2.0
-- From the operations a script uses to a custom policy as IAM takes it: the actions that the documents' tables name
-- for them, what those depend on, and what the documents do not say.
local core = require("hwdb.core")

local M = {}

-- DDM 5.2: what an action needs besides. The document says so of these four only.
local NETWORK = { "vpc*:get*", "vpc*:list*" }
M.DEPENDENT = {
  ["ddm.create_instance"] = { "ecs:*.get*", "ecs:*.list*", "ecs:cloudServerNics:update", "ecs:serverInterfaces:use",
    "vpc:ports:*", "vpc:securityGroups:get", "vpc:subnets:get", "vpc:vpcs:list" },
  ["ddm.show_instance"] = NETWORK,
  ["ddm.update_instance_security_group"] = { "vpc*:get*", "vpc*:list*", "vpc:ports:update", "vpc:securityGroups:get" },
  ["ddm.delete_instance"] = { "vpc:ports:delete" },
}

-- What no action grants: roles of the system, by the same table.
M.ROLES = { ["ddm.create_instance"] = "BSS Finance and BSS Operator, to buy an instance by the month or year" }

local function sorted(set)
  local list = core.array({})
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function service_of(permission)
  return tostring(permission):match("^([%w*]+):")
end

local silent

-- Services whose documents have no table of permissions.
local function silent_services()
  if silent then return silent end
  silent = {}
  for _, row in ipairs(core.rows()) do
    if silent[row.service] == nil then silent[row.service] = true end
    if row.permission then silent[row.service] = false end
  end
  return silent
end

---@class hwdb.cli.Needs
---@field actions string[] by the documents
---@field dependent string[] what those need besides, by the documents
---@field own string[] of the header, for services whose documents have no permissions
---@field unstated string[] operations without a permission in the documents
---@field roles string[] of the system, besides
---@field missing string[] of the documents' actions in the header
---@field extra string[] of the header's that no operation needs

---@param uses hwdb.cli.Use[]
---@param header string[]? the runbook's permissions
---@return hwdb.cli.Needs
function M.of(uses, header)
  local actions, dependent, roles, unstated = {}, {}, {}, core.array({})
  for _, use in ipairs(uses) do
    if use.row.permission then actions[use.row.permission] = true else unstated[#unstated + 1] = use.op end
    for _, name in ipairs(M.DEPENDENT[use.op] or {}) do dependent[name] = true end
    if M.ROLES[use.op] then roles[M.ROLES[use.op]] = true end
  end
  local used, named, own, extra, missing = {}, {}, {}, {}, {}
  for _, use in ipairs(uses) do used[use.row.service] = silent_services()[use.row.service] end
  for _, name in ipairs(header or {}) do
    named[name] = true
    if not actions[name] then
      if used[service_of(name)] then own[name] = true else extra[name] = true end
    end
  end
  for name in pairs(actions) do
    if header and not named[name] then missing[name] = true end
  end
  return { actions = sorted(actions), dependent = sorted(dependent), own = sorted(own), roles = sorted(roles), unstated = unstated,
    missing = sorted(missing), extra = sorted(extra) }
end

---The policy in IAM's form.
---@param needs hwdb.cli.Needs
---@return table
function M.policy(needs)
  local statements = core.array({})
  local all = {}
  for _, list in ipairs({ needs.actions, needs.own }) do
    for _, name in ipairs(list) do all[name] = true end
  end
  for _, list in ipairs({ sorted(all), needs.dependent }) do
    if #list > 0 then statements[#statements + 1] = { Effect = "Allow", Action = list } end
  end
  return { Version = "1.1", Statement = statements }
end

return M
