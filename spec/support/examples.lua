-- SPDX-License-Identifier: Apache-2.0
-- The documented examples with their rows.
local samples = require("spec.support.samples")

local M = {}

local function files()
  local pipe = assert(io.popen("ls spec/vectors/examples/*.lua"))
  local list = {}
  for file in pipe:lines() do list[#list + 1] = file end
  pipe:close()
  return list
end

local all

---@return { example: table, row: table, name: string }[]
function M.all()
  if all then return all end
  all = {}
  for _, file in ipairs(files()) do
    local service = file:match("/(%a+)_[^/]*$")
    for number, example in ipairs(dofile(file)) do
      local name = ("%s %s (%s %d)"):format(example.doc, example.op, file:match("([^/]+)%.lua$"), number)
      all[#all + 1] = { example = example, row = samples.row(service .. "." .. example.op), name = name }
    end
  end
  return all
end

return M
