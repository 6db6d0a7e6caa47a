-- SPDX-License-Identifier: Apache-2.0
-- A simulator as a document and back: state, effects, faults still to come and
-- the sides taken. Keys, tokens and digests of passwords stay behind; a login
-- whose password is not known any more takes any.
local account = require("hwdb.account")
local core = require("hwdb.core")
local world = require("hwdb.sim.world")

local M = {}

local DEMO_SECRETS = { [core.sha256(world.DEMO.password)] = true, [core.sha256(world.DEMO.data_node_password)] = true,
  [world.DEMO.mfa_secret] = true }

local function is_demo(text) return DEMO_SECRETS[text] or false end

---@param sim hwdb.Simulator
---@return hwdb.Account
function M.take(sim)
  local document = account.new({ kind = "dump", now = sim:now(), region = sim.region, project_id = sim.project_id })
  local state = account.without_secrets(sim.state, is_demo)
  state.iam.tokens, state.iam.keys, state.ahead = {}, {}, nil
  local precheck = next(sim.precheck) and sim.precheck or nil
  document.simulator = { state = state, effects = core.array(sim.log.effects), faults = core.array(sim.faults.list),
    readings = sim.readings, precheck = precheck, lag_seconds = sim.lag_seconds }
  return document
end

---Options of a simulator that goes on where the dump stopped; what is given wins over what the dump has.
---@param document hwdb.Account
---@param options table?
---@return table options
function M.options(document, options)
  local held = document.simulator
  if type(held) ~= "table" or type(held.state) ~= "table" or held.state.format ~= 1 then
    error("it holds no simulator's state; an inventory is taken by --seed-from", 0)
  end
  local merged = { state = held.state, region = document.region, readings = held.readings, precheck = held.precheck,
    lag_seconds = held.lag_seconds }
  for key, value in pairs(options or {}) do merged[key] = value end
  return merged
end

---Gives a new simulator what the dumped one remembered.
---@param sim hwdb.Simulator
---@param document hwdb.Account
function M.restore(sim, document)
  local held = document.simulator
  sim.log.effects = held.effects or {}
  sim.log.effect_seq = #sim.log.effects
  for _, entry in ipairs(held.faults or {}) do
    sim.faults:add(entry.fault)
    local added = sim.faults.list[#sim.faults.list]
    added.seen, added.used = entry.seen or 0, entry.used or 0
  end
end

return M
