-- SPDX-License-Identifier: Apache-2.0
-- What a service sees of the world while it handles one call or one timer:
-- the state, the time, ids, timers, and how a fault shapes this call.
local ids = require("hwdb.sim.ids")

local Context = {}
Context.__index = Context

local M = {}

---@class hwdb.sim.Context
---@field state table
---@field now integer ms
---@field readings table which side of a contradiction the world takes
---@field project_id string?
---@field version integer
---@field shape table job_failed, lag, precheck
---@field caller { user_id: string?, token: string? } who asks; nobody in timers and in another operator's calls
---@field lag number seconds an old status is still shown after an accepted change

---@param sim table
---@param call { project_id: string?, version: integer?, shape: table?, lag: number?, caller: table? }
---@return hwdb.sim.Context
function M.new(sim, call)
  local shape = call.shape or { precheck = {} }
  return setmetatable({ state = sim.state, now = sim.state.now, clock = sim.clock, readings = sim.readings,
    precheck = sim.precheck, region = sim.region, project_id = call.project_id, version = call.version or 3,
    shape = shape, caller = call.caller or {}, lag = shape.lag and shape.lag.seconds or call.lag or 0 }, Context)
end

---A timer for later; its kind must be one a service handles.
function Context:schedule(seconds, kind, data)
  return self.clock:schedule(seconds, kind, data)
end

function Context:schedule_at(due, kind, data)
  return self.clock:schedule_at(due, kind, data)
end

function Context:uuid() return ids.uuid(self.state) end
function Context:id(suffix) return ids.suffixed(self.state, suffix) end
function Context:hex() return ids.hex(self.state) end
function Context:order_id() return ids.order(self.state) end

---Changes an object's status; readers see the old one for the lag of this call.
---@param object table
---@param status string
function Context:change(object, status)
  local lag = self.clock:span(self.lag)
  object.stale = lag > 0 and { status = object.status, till = self.now + lag } or nil
  object.status, object.updated = status, self.now
end

---The status as a reader sees it.
---@param object table
---@return string
function Context:shown(object)
  local stale = object.stale
  if stale and self.now < stale.till then return stale.status end
  return object.status
end

---A new object stays unseen while a lag fault says so.
---@param object table
function Context:hide(object)
  if self.shape.lag then object.visible_from = self.now + self.clock:span(self.shape.lag.seconds or 5) end
end

---@param object table
---@return boolean
function Context:sees(object)
  return not object.visible_from or self.now >= object.visible_from
end

return M
