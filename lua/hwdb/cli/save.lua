-- SPDX-License-Identifier: Apache-2.0
-- A file written whole or not at all: the old one stays until the new one is complete.
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")

local M = {}

local Target = {}
Target.__index = Target

---Opens a place for a text to come; "-" is stdout. Work of minutes is not lost on a mistyped path.
---@param path string
---@param what string for the error: "the inventory"
function M.open(path, what)
  if path == "-" then return setmetatable({ path = path, what = what }, Target) end
  local part = path .. ".part"
  local file, message = io.open(part, "wb")
  if not file then fail.usage(("cannot write %s: %s"):format(what, message)) end
  return setmetatable({ path = path, part = part, what = what, file = file }, Target)
end

---Writes the text and puts the file in its place.
---@param text string
function Target:finish(text)
  if self.path == "-" then return output.write(text) end
  local ok, problem = self.file:write(text)
  local closed, late = self.file:close()
  local moved, why
  if ok and closed then moved, why = os.rename(self.part, self.path) end
  if moved then return end
  os.remove(self.part)
  fail.raise("output", ("cannot write %s to %s: %s"):format(self.what, self.path, problem or late or why))
end

---Gives the place up; the old file stays as it was.
function Target:abandon()
  if not self.file then return end
  self.file:close()
  os.remove(self.part)
end

return M
