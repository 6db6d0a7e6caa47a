-- SPDX-License-Identifier: Apache-2.0
-- Whether a DDM instance is at rest, as the preflight of every change to it
-- asks: the instance, its tasks, nodes, schemas, and the schemas' data nodes.
local jobs = require("hwdb.runbook.jobs")

local M = {}

-- DDM writes both of a node that works.
local UP = { normal = true, RUNNING = true }

local function words(list)
  return table.concat(list, ", ")
end

---The nodes that do not work, as text.
---@param nodes table[]
---@return string[] "ID is STATUS"
function M.troubled(nodes)
  local list = {}
  for _, node in ipairs(nodes) do
    if not UP[node.status] then
      list[#list + 1] = ("%s is %s"):format(node.node_id or node.name or node.id, tostring(node.status))
    end
  end
  return list
end

local function busy(list)
  local texts = {}
  for _, job in ipairs(list) do
    if not jobs.ended(job) then texts[#texts + 1] = ("%s %s is %s"):format(job.name, job.id, job.status) end
  end
  return texts
end

local function restless(schemas)
  local texts = {}
  for _, schema in ipairs(schemas) do
    if schema.status ~= "RUNNING" then texts[#texts + 1] = ("%s is %s"):format(schema.name, tostring(schema.status)) end
  end
  return texts
end

-- Of a data node that several schemas use one word is enough.
local function troubled_below(schemas)
  local nodes, seen = {}, {}
  for _, schema in ipairs(schemas) do
    for _, node in ipairs(schema.used_rds or {}) do
      if not seen[node.id or node] then nodes[#nodes + 1] = node end
      seen[node.id or node] = true
    end
  end
  return M.troubled(nodes)
end

-- The lines in their order: what of `seen` they judge, their name, what is wrong, and the words if nothing is.
local LINES = {
  { "jobs", "no running task", busy, "none on the instance" },
  { "nodes", "DDM nodes", M.troubled, "all %d are running" },
  { "schemas", "schemas at rest", restless, "all are running" },
  { "schemas", "data nodes normal", troubled_below, "all of them" },
}

---A line for each of what was read.
---@param check fun(name: string, fulfilled: boolean, detail: string) of run:preflight
---@param seen { instance: table?, jobs: table[]?, nodes: table[]?, schemas: table[]? }
function M.check(check, seen)
  local instance = seen.instance
  if instance then
    check("instance running", instance.status == "RUNNING", ("%s is %s"):format(instance.name, tostring(instance.status)))
  end
  for _, line in ipairs(LINES) do
    local list = seen[line[1]]
    local wrong = list and line[3](list)
    if wrong then check(line[2], #wrong == 0, #wrong == 0 and line[4]:format(#list) or words(wrong)) end
  end
end

return M
