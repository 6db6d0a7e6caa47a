-- SPDX-License-Identifier: Apache-2.0
-- Tasks of DDM instances, out of the list that has their reasons and reaches
-- back 30 days; and orders of billing, which some changes become. Both are
-- waited for until they have ended in whatever way.
local waits = require("hwdb.runbook.waits")

local M = {}

-- What each reads, for those who read a script without running it.
M.LOOKS = { jobs = "ddm.list_jobs", task_under_way = "ddm.list_jobs", why_failed = "ddm.list_jobs", follow_job = "ddm.list_jobs",
  follow_change = "ddm.list_jobs", follow_order = "bss.show_order", open_order = "bss.show_order" }

local HOUR = 3600000
local REACH = 30 * 24 * HOUR - HOUR

-- A task whose source data waits to be cleared holds nothing up.
local ENDED = { Completed = true, Failed = true, CancelSuccess = true, RollbackSuccess = true, ToBeCleaned = true }

---Whether a task has come to an end.
---@param job table
---@return boolean
function M.ended(job)
  return ENDED[job.status] == true
end

---@param run table the handle
---@param where { id: string?, instance_id: string?, unfinished: boolean? }?
---@return table[] jobs as ddm.list_jobs shows them
function M.list(run, where)
  local list, wanted, now = {}, where or {}, run:now()
  for job in run.ddm:each("list_jobs", { start_time = now - REACH, end_time = now, limit = 128 }) do
    local fits = (wanted.id or job.id) == job.id and (wanted.instance_id or job.instance_id) == job.instance_id
    if fits and not (wanted.unfinished and M.ended(job)) then list[#list + 1] = job end
  end
  return list
end

---What is under way on an instance.
---@param run table the handle
---@param instance_id string
---@return string? text "NAME is STATUS"; nil: nothing
function M.under_way(run, instance_id)
  local job = M.list(run, { instance_id = instance_id, unfinished = true })[1]
  return job and ("%s is %s"):format(job.name, job.status)
end

---Why a task failed, in the service's words.
---@param run table the handle
---@param id string
---@return string
function M.reason(run, id)
  local found = run:try(M.list, run, { id = id })
  local reason = found and found[1] and found[1].fail_reason
  return type(reason) == "string" and reason ~= "" and reason or "no reason is given"
end

---@class hwdb.runbook.JobWait
---@field name string what is waited for, as people say it
---@field id string the task
---@field since integer ms: when it was begun; an hour is allowed for clocks that differ
---@field timeout number seconds
---@field interval number? seconds between looks, 10

---@param run table the handle
---@param spec hwdb.runbook.JobWait
function M.follow(run, spec)
  return run:wait{ name = spec.name, op = M.LOOKS.follow_job,
    args = { start_time = spec.since - HOUR, end_time = waits.NOW, limit = 128 }, find = { id = spec.id }, field = "status",
    success = { "Completed" }, failure = { "Failed", "CancelSuccess", "RollbackSuccess" },
    pending = { "Running", "Canceling", "Rollbacking" }, progress = "process", reason = "fail_reason",
    interval = spec.interval or 10, timeout = spec.timeout }
end

-- Billing's numbers: an order under way, and one that will not be carried out any more.
local OPEN = { [3] = true, [6] = true }
local LOST = { [2] = "its refund is under way", [4] = "it was cancelled" }

local function key_of(target)
  return "open order/" .. target
end

---The order of an earlier run that is neither carried out nor cancelled: to begin again would order a second time.
---@param run table the handle
---@param target string what it is for, as follow_order was told
---@return string? id
function M.open_order(run, target)
  local id = run:recorded(key_of(target))
  local body = id and run:try(run.bss.show_order, run.bss, { order_id = id })
  return body and OPEN[body.order_info.status] and id or nil
end

---@class hwdb.runbook.OrderWait
---@field id string the order
---@field target string what it is for: "ddm/ID"; open_order knows it by that until it has ended
---@field auto_pay boolean? it is paid from the balance
---@field timeout number seconds

---@param run table the handle
---@param spec hwdb.runbook.OrderWait
function M.follow_order(run, spec)
  run:record(key_of(spec.target), spec.id)
  if not spec.auto_pay then
    run:note(("the order %s waits for its payment: in the Billing Center, or hwdb call bss.pay_order order_id=%s"):format(
      spec.id, spec.id))
  end
  local ended, err = run:try(run.wait, run, { name = "the order " .. spec.id, op = M.LOOKS.follow_order,
    args = { order_id = spec.id }, field = "order_info.status", success = { 5 }, failure = { 2, 4 }, pending = { 3, 6 },
    interval = 10, timeout = spec.timeout })
  local lost = not ended and err.kind == "failed" and LOST[err.state]
  if not ended and not lost then error(err, 0) end
  run:record(key_of(spec.target), nil)
  if ended then return ended end
  run:fail(("%s (%s)"):format(err.message, lost), "nothing comes of it any more: begin again, which orders anew")
end

local function filled(text)
  return type(text) == "string" and text ~= "" and text or nil
end

---@class hwdb.runbook.Change
---@field op string the change: "ddm.resize_flavor"
---@field instance_id string
---@field answer table what it was answered: names an order, a task, or neither
---@field name string what goes on, as people say it
---@field since integer ms: when it was sent
---@field timeout number seconds, of each wait
---@field interval number? seconds between looks at the task, 10
---@field auto_pay boolean? an order is paid from the balance
---@field remedy string what a person does once it has failed

local function followed(run, change)
  local answer = change.answer
  local order, job = filled(answer.order_id), filled(answer.job_id) or filled(answer.jobId)
  if order then
    M.follow_order(run, { id = order, target = "ddm/" .. change.instance_id, auto_pay = change.auto_pay, timeout = change.timeout })
  end
  -- A task that failed may leave the instance in its state for good: only the task tells.
  if job then
    M.follow(run, { name = change.name, id = job, since = change.since, interval = change.interval, timeout = change.timeout })
  end
  run:wait_for(change.op, { instance_id = change.instance_id }, answer, change.timeout)
end

---@param run table the handle
---@param change hwdb.runbook.Change
function M.follow_change(run, change)
  run:if_stopped(change.name .. " goes on in the cloud; taken up again, this run follows it")
  local _, err = run:try(followed, run, change)
  if err and err.kind ~= "failed" then error(err, 0) end
  run:if_stopped(nil)
  if err then run:fail(err.message, err.remedy or change.remedy) end
end

return M
