-- SPDX-License-Identifier: Apache-2.0
-- What every change of a DWS cluster looks at before it begins: the task that
-- the cluster shows, whether it is fit for the change, how full its disks are.
-- Snapshots begin by themselves: they are waited for, not refused.
local M = {}

-- What each reads, for those who read a script without running it.
M.LOOKS = { cluster_at_rest = "dws.show_cluster", fullest_disk = "dws.show_cluster_volume",
  fit_for_snapshot = "dws.show_cluster_volume" }

-- Of a node that works, or waits idle to be used.
local UP = { ["200"] = true, ["199"] = true }

local STATE <const> = { "cluster.task_status", "cluster.action_progress", "cluster.status" }

---@param cluster table as show_cluster or list_clusters shows it
---@return string? task nil: none
function M.task(cluster)
  local task = cluster.task_status
  if type(task) == "string" and task ~= "" then return task end
  return type(cluster.action_progress) == "table" and next(cluster.action_progress) or nil
end

local function check_task(check, task, past)
  if past and past[task] then return check("no task", "warn", past[task]) end
  if task == "SNAPSHOTTING" then return check("no task", "warn", "a snapshot is being taken: it is waited for") end
  check("no task", task == nil, task and task .. " is shown" or "none is under way")
end

local function check_nodes(check, nodes)
  local bad = {}
  for _, node in ipairs(nodes) do
    if not UP[node.status] then bad[#bad + 1] = ("%s is %s"):format(tostring(node.name), tostring(node.status)) end
  end
  check("nodes available", #bad == 0, #bad == 0 and ("all %d"):format(#nodes) or table.concat(bad, ", "))
end

---@class hwdb.runbook.ClusterSeen
---@field cluster table as show_cluster shows it
---@field suits table<string, boolean>? the sub-states it may have; any unless given
---@field needs string? these in words
---@field past table<string, string>? tasks that are over and hold nothing up, with what is said of them
---@field nodes table[]? its nodes, if they have to work
---@field restart_due boolean? it may wait for a restart

---Preflight lines of a change to a cluster.
---@param check fun(name: string, fulfilled: boolean|string, detail: string)
---@param seen hwdb.runbook.ClusterSeen
function M.check(check, seen)
  local cluster = seen.cluster
  check("cluster available", cluster.status == "AVAILABLE" or cluster.status == "ACTIVE", ("%s is %s"):format(cluster.name,
    tostring(cluster.status)))
  if seen.suits then
    local sub = cluster.sub_status or "NORMAL"
    check("sub-status", seen.suits[sub] == true, ("%s; %s is needed"):format(sub, seen.needs))
  end
  check_task(check, M.task(cluster), seen.past)
  if not seen.restart_due then
    local due = type(cluster.parameter_group) == "table" and cluster.parameter_group.status == "Pending-Reboot"
    check("no restart due", not due, due and "changed parameters wait for a restart" or "the parameters are in step")
  end
  if seen.nodes then check_nodes(check, seen.nodes) end
end

---Waits until the cluster shows no task.
---@param run table the handle
---@param spec { name: string, id: string, timeout: number, past: table<string, string>?, failure: string[]? } seconds
---@return table cluster as it is then
function M.at_rest(run, spec)
  local success, failure = { "AVAILABLE", "ACTIVE" }, { "FROZEN" }
  for task in pairs(spec.past or {}) do success[#success + 1] = task end
  table.sort(success)
  table.move(spec.failure or {}, 1, #(spec.failure or {}), 2, failure)
  return run:wait{ name = spec.name, op = M.LOOKS.cluster_at_rest, args = { cluster_id = spec.id }, field = STATE,
    success = success, failure = failure, interval = 30, timeout = spec.timeout }.value.cluster
end

---How full the fullest disk is, by a call that only the SDK knows.
---@param run table the handle
---@param id string
---@return number? percent nil where it is not shown
---@return string? why
function M.fullest_disk(run, id)
  local body, err = run:try(run.dws.show_cluster_volume, run.dws, { cluster_id = id })
  local fullest
  for _, disk in ipairs(body and body.disk_info_list or {}) do
    local percent = tonumber(tostring(disk.percentage):match("^[%d.]+"))
    if percent and percent > (fullest or -1) then fullest = percent end
  end
  if not fullest then return nil, err and err.message or "no disk is shown" end
  return fullest
end

---Preflight lines for a snapshot of the cluster as it is.
---@param run table the handle
---@param check fun(name: string, fulfilled: boolean|string, detail: string)
---@param id string
function M.fit_for_snapshot(run, check, id)
  local fullest, why = M.fullest_disk(run, id)
  check("disks below 70 % for the snapshot", not fullest and "unseen" or fullest < 70,
    fullest and ("the fullest is at %.0f %%"):format(fullest) or why)
  check("quiet while the snapshot is taken", "unseen", "few writes, no VACUUM FULL")
end

return M
