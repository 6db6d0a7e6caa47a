-- SPDX-License-Identifier: Apache-2.0
-- Questions to a person. Without one at the terminal a question stops the run,
-- unless it was answered beforehand by its exact name; there is no "yes to all".
local problem = require("hwdb.runbook.problem")

local M = {}

---@class hwdb.runbook.Question
---@field name string what accept=NAME has to say
---@field question string
---@field default boolean? the answer to an empty line; no unless given
---@field expect string? the answer has to be exactly this text
---@field serves integer? for how many changes that cannot be undone a yes counts: 1, or more where one is repeated

local Questions = {}
Questions.__index = Questions

---@param options { accept: string[]?, ask: function?, terminal: boolean? }
function M.new(options)
  local accepted = {}
  for _, name in ipairs(options.accept or {}) do accepted[name] = "unused" end
  local ask = options.terminal ~= false and options.ask or nil
  return setmetatable({ accepted = accepted, ask = ask, order = options.accept or {} }, Questions)
end

---Names given with accept= that no question had.
---@return string[]
function Questions:unused()
  local list = {}
  for _, name in ipairs(self.order) do
    if self.accepted[name] == "unused" then list[#list + 1] = name end
  end
  return list
end

---A question that was answered in an earlier go at the run: an answer given again is not one too many.
---@param name string
function Questions:settled(name)
  if self.accepted[name] then self.accepted[name] = "used" end
end

---Whether a question was answered beforehand.
---@param name string
---@return boolean
function Questions:accepts(name)
  return self.accepted[name] ~= nil
end

local YES = { y = true, yes = true, n = false, no = false }

local function meant(answer, q)
  if type(answer) == "boolean" then return answer and not q.expect end
  if q.expect then return answer == q.expect end
  if answer == "" then return q.default == true end
  return YES[answer:lower()] == true
end

---@param q hwdb.runbook.Question
---@return boolean
function Questions:put(q, report)
  if self.accepted[q.name] then
    self.accepted[q.name] = "used"
    report:line("ok", ("%s: accepted beforehand (accept=%s)"):format(q.question, q.name))
    return true
  end
  local answer = self.ask and self.ask(q)
  if answer == nil then
    problem.raise({ kind = "waiting", question = q.name, message = ("waiting for a person: %s"):format(q.question),
      remedy = ("run it at a terminal, or answer beforehand with accept=%q"):format(q.name) })
  end
  return meant(answer, q)
end

return M
