-- SPDX-License-Identifier: Apache-2.0
-- One run a target, and one process a run. The locks are the kernel's: they end
-- with the process, so nobody ever unlocks by hand.
local journal = require("hwdb.runbook.journal")
local problem = require("hwdb.runbook.problem")
local times = require("hwdb.runbook.times")

local M = {}

local function word_of(path)
  local file = io.open(path, "rb")
  local word = file and file:read("l")
  if file then file:close() end
  return word
end

local who

local function login()
  local pipe = io.popen("id -un 2>/dev/null")
  local name = pipe and pipe:read("l")
  if pipe then pipe:close() end
  return name or os.getenv("LOGNAME") or "unknown"
end

---Who runs this process: a login name, no more.
---@return { operator: string, host: string, pid: integer }
function M.who()
  who = who or { operator = login(), host = word_of("/proc/sys/kernel/hostname") or "localhost",
    pid = math.tointeger(tonumber((word_of("/proc/self/stat") or "0"):match("^%d+"))) }
  return who
end

---What a change is made to: the first thing its path names.
---@param row table
---@param args table
---@return string? "ddm/INSTANCE"
function M.target(row, args)
  for name in row.path:gmatch("{([%w_]+)}") do
    local value = name ~= "project_id" and (args["path." .. name] or args[name])
    if value then return row.service .. "/" .. tostring(value) end
  end
end

local function refused(what, holder)
  holder = holder or {}
  problem.raise({ kind = "locked", holder = holder,
    message = ("%s is taken: run %s of %s on %s, process %s, since %s"):format(what, tostring(holder.run or "?"),
      tostring(holder.operator or "?"), tostring(holder.host or "?"), tostring(holder.pid or "?"),
      holder.since and times.text(holder.since) or "?"),
    remedy = "wait for it, or look: hwdb show " .. tostring(holder.run or "RUN") })
end

-- Whoever looks whether a run is carried out holds its lock for a moment.
local LOOKS = 1000

---Takes a lock for a run; raises who has it.
---@param store table
---@param target string
---@param run string
---@param now integer
function M.take(store, target, run, now)
  local me = M.who()
  local got, holder
  for _ = 1, LOOKS do
    got, holder = store:lock(target, { run = run, operator = me.operator, host = me.host, pid = me.pid, since = now })
    if got ~= false or not (holder and holder.looking) then break end
  end
  if got == nil then journal.failed(holder, "locking " .. target) end
  if not got then refused(target, holder) end
end

---A target's lock, for as long as this process runs.
---@param engine table
---@param target string?
function M.require(engine, target)
  if not target or engine.locked[target] then return end
  M.take(engine.journal.store, target, engine.journal.run, engine:now())
  engine.locked[target] = true
end

---@param engine table
function M.release(engine)
  for target in pairs(engine.locked) do engine.journal.store:unlock(target) end
  engine.locked = {}
end

return M
