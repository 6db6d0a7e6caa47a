-- SPDX-License-Identifier: Apache-2.0
-- docs/runbooks.md out of the headers of scripts/: what there is, what it changes, what it costs, the way back.
--   lua5.4 tools/runbooks.lua docs/runbooks.md
local runbook = require("hwdb.runbook")

local M = {}

local FAMILIES = {
  { "ddm", "DDM: sharding in front of MySQL" }, { "dws", "DWS: data warehouse" }, { "dbss", "DBSS: database audit" },
  { "fleet", "All of them, over regions and projects" },
}

local HEAD = [[<!-- made by `make docs` from the headers of scripts/ -->
# Runbooks

Each is one Lua file in [scripts](../scripts), reads like the procedure it replaces, and has a page with a transcript.
`hwdb run NAME --help` lists its parameters; `--sim` rehearses it; `hwdb plan NAME …` tells what it would change; `hwdb torture NAME …`
kills it everywhere; `hwdb policy NAME` writes the permissions it needs; `hwdb new NAME` begins one of your own.
]]

local function names()
  local pipe <close> = assert(io.popen("LC_ALL=C ls scripts/*.lua"))
  local list = {}
  for path in pipe:lines() do list[#list + 1] = path:match("([%w_]+)%.lua$") end
  return list
end

local function cell(text)
  return (tostring(text or ""):gsub("|", "\\|"))
end

---@return string
function M.text()
  local lines, shipped = { HEAD }, names()
  for _, family in ipairs(FAMILIES) do
    lines[#lines + 1] = "## " .. family[2] .. "\n\n| runbook | does | changes | costs | way back |\n|---|---|---|---|---|"
    for _, name in ipairs(shipped) do
      if name:match("^(%l+)_") == family[1] then
        local rb = assert(runbook.load("scripts/" .. name .. ".lua"))
        lines[#lines + 1] = ("| [%s](runbooks/%s.md) | %s | %s | %s | %s |"):format(name, name, cell(rb.summary), cell(rb.changes),
          cell(rb.costs), cell(rb.undo))
      end
    end
    lines[#lines + 1] = ""
  end
  return table.concat(lines, "\n")
end

if arg and arg[0] and arg[0]:match("runbooks%.lua$") then
  local file = assert(io.open(assert(arg[1], "usage: runbooks.lua FILE"), "wb"))
  assert(file:write(M.text()))
  assert(file:close())
end

return M
