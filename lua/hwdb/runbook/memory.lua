-- SPDX-License-Identifier: Apache-2.0
-- A journal that ends with the process, for runs whose world ends with it too:
-- plans, and simulators inside the program. The same methods as core.store.
local core = require("hwdb.core")

local Memory = {}
Memory.__index = Memory

local M = {}

-- What comes back is what a disk would give back: a copy, as JSON knows it.
local function copied(value)
  return (core.decode(core.encode(value)))
end

---@return table store
function M.new()
  return setmetatable({ runs = {}, order = {}, lists = {}, places = {}, audit = {}, things = {}, locks = {}, paces = {} },
    Memory)
end

local function taken(what)
  return nil, core.error({ kind = "usage", code = "store.taken", message = what .. " is there already" })
end

function Memory:run_create(run)
  if self.runs[run.id] then return taken("the run " .. run.id) end
  self.runs[run.id], self.lists[run.id] = copied(run), {}
  table.insert(self.order, 1, run.id)
  return true
end

function Memory:run_update(run)
  for key, value in pairs(copied(run)) do self.runs[run.id][key] = value end
  return true
end

function Memory:run_get(id)
  return self.runs[id] and copied(self.runs[id])
end

function Memory:run_list(state)
  local list = {}
  for _, id in ipairs(self.order) do
    if not state or self.runs[id].state == state then list[#list + 1] = copied(self.runs[id]) end
  end
  return list
end

local function place_of(r)
  return table.concat({ r.run, r.branch, r.n, r.phase }, "\0")
end

function Memory:append(record)
  if self.places[place_of(record)] then return taken("the place") end
  local list, own = self.lists[record.run], copied(record)
  own.seq = #list + 1
  list[own.seq], self.places[place_of(record)] = own, own
  return own.seq
end

function Memory:put(record)
  local known = self.places[place_of(record)]
  if not known then
    local seq, err = self:append(record)
    return seq and true, err
  end
  for key, value in pairs(copied(record)) do known[key] = value end
  return true
end

function Memory:get(place)
  local known = self.places[place_of(place)]
  return known and copied(known)
end

function Memory:records(run, after, max)
  local list, found = self.lists[run] or {}, core.array({})
  for seq = (after or 0) + 1, math.min(#list, (after or 0) + (max or 1000)) do found[#found + 1] = copied(list[seq]) end
  return found
end

function Memory:audit_append(data, hash, time_ms)
  self.audit[#self.audit + 1] = copied({ seq = #self.audit + 1, data = data, hash = hash, time_ms = time_ms })
  return true
end

function Memory:audit_head()
  local last = self.audit[#self.audit]
  return last and last.hash or ""
end

function Memory:audit_list(after, max)
  local found = core.array({})
  for seq = (after or 0) + 1, math.min(#self.audit, (after or 0) + (max or 1000)) do
    found[#found + 1] = copied(self.audit[seq])
  end
  return found
end

function Memory:keep(space, name, text)
  self.things[space .. "\0" .. name] = text
  return true
end

function Memory:kept(space, name)
  return self.things[space .. "\0" .. name]
end

-- One process has it to itself, so a lock is only refused to another run of the same process.
function Memory:lock(target, holder)
  local held = self.locks[target]
  if held and held.run ~= holder.run then return false, held end
  self.locks[target] = holder
  return true
end

function Memory:unlock(target)
  self.locks[target] = nil
end

-- Of each account the last `limit` moments that were given out, in a ring.
function Memory:pace(how)
  local ring = self.paces[how.account]
  if not ring or ring.limit ~= how.limit then
    ring = { limit = how.limit, at = 0 }
    self.paces[how.account] = ring
  end
  ring.at = ring.at % how.limit + 1
  local oldest = ring[ring.at]
  ring[ring.at] = oldest and math.max(how.now_ms, oldest + how.window_ms) or how.now_ms
  return ring[ring.at]
end

function Memory:check() return true end -- luacheck: ignore 212
function Memory:begin() return true end -- luacheck: ignore 212
function Memory:commit() return true end -- luacheck: ignore 212
function Memory:rollback() end -- luacheck: ignore 212
function Memory:close() end -- luacheck: ignore 212

return M
