-- SPDX-License-Identifier: Apache-2.0
-- Compensations: pushed before the changes they take back, run in reverse order
-- when a run is given up. Each runs in a branch of its own, so a rollback that
-- is killed goes on where it was.
local problem = require("hwdb.runbook.problem")

local M = {}

---@param engine table
---@param spec { name: string, run: function, check: function? }
function M.push(engine, spec)
  if type(spec) ~= "table" or type(spec.name) ~= "string" or type(spec.run) ~= "function" then
    error("run:undo needs name and run", 3)
  end
  if spec.check and not spec.check() then
    problem.raise({ kind = "failed", message = ("the way back \"%s\" cannot be gone; nothing was changed"):format(spec.name) })
  end
  engine.undos[#engine.undos + 1] = { name = spec.name, run = spec.run, taken = false }
end

---Runs the compensations of all changes that took place, the last first. The locks stay held.
---@param engine table
---@return integer count
function M.roll_back(engine)
  local list, count = engine.undos, 0
  engine.undos, engine.guards, engine.rolling_back, engine.stack = {}, {}, true, {}
  engine.permission, engine.window = nil, nil
  for i = #list, 1, -1 do
    if list[i].taken then
      count = count + 1
      local step = engine:enter("undo: " .. list[i].name)
      local ok, err = xpcall(engine.in_branch, engine.trace, engine, ("undo%d/"):format(i), list[i].run)
      engine:leave(step, ok)
      if not ok then error(err, 0) end
    end
  end
  return count
end

return M
