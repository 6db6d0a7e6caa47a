-- SPDX-License-Identifier: Apache-2.0
-- What the simulator does with each documented operation, for docs/coverage.md: whether the documented example is
-- answered in the documented shape (the specs of the examples are run, not believed), and which codes of misuse the
-- operation's code can reach (read out of its compiled functions).
local core = require("hwdb.core")
local dws_errors = require("hwdb.sim.dws_errors")
local luassert = require("luassert")
local samples = require("spec.support.samples")
local services = require("hwdb.sim.services")

local M = {}

local SPECS = { "spec/sim/examples_spec.lua", "spec/sim/dws_examples_spec.lua", "spec/sim/dbss_examples_spec.lua" }

-- Examples that no simulator can satisfy as printed, and what is wrong with them.
local REFUSED = { ["DDM 4.3.10"] = "refused, its metadata is cut short" }

-- Runs a spec's tests one by one; `told` hears each name and verdict.
local function run_spec(path, told)
  local env = setmetatable({ assert = luassert }, { __index = _G })
  local prefix = ""
  function env.describe(name, body)
    local outer = prefix
    prefix = prefix .. name .. " "
    body()
    prefix = outer
  end
  function env.it(name, body) told(prefix .. name, (pcall(body))) end
  assert(loadfile(path, "t", env))()
end

-- The section whose operation a test names.
local function section_in(name)
  for _, row in ipairs(samples.rows) do
    if row.documented and (name .. " "):find(row.doc .. " " .. row.name .. " ", 1, true) then return row.doc end
  end
end

---By section: "yes", or how many examples are not answered as documented.
---@return table<string, string>
function M.examples()
  local by_doc = {}
  for _, path in ipairs(SPECS) do
    run_spec(path, function(name, ok)
      local doc = name:find("is answered as documented$") and section_in(name)
      if doc then
        local count = by_doc[doc] or { ok = 0, bad = 0 }
        count[ok and "ok" or "bad"] = count[ok and "ok" or "bad"] + 1
        by_doc[doc] = count
      end
    end)
  end
  local words = {}
  for doc, count in pairs(by_doc) do
    words[doc] = count.bad == 0 and "yes" or ("no: %d of %d"):format(count.bad, count.ok + count.bad)
    if REFUSED[doc] then words[doc] = "no: " .. REFUSED[doc] end
  end
  return words
end

-- -- codes -----------------------------------------------------------------------

local FORMS = { "DBS%.%d%d%d%d%d%d", "DWS%.%d%d%d%d", "DBSS%.%d+", "CBC%.%d+" }

-- Lua 5.4 writes a short constant as its kind, its length plus one, its bytes.
local function has_constant(dumped, name)
  return #name < 40 and dumped:find("\4" .. string.char(#name + 1 | 0x80) .. name, 1, true) ~= nil
end

-- What a job that failed says; no call is refused with it.
local OF_JOBS = { ["DBS.300331"] = true }

local visit

-- Of a module the members that the function names; of a plain table what it holds.
local function visit_table(value, dumped, found)
  for key, member in pairs(value) do
    if type(member) == "function" then
      if type(key) == "string" and has_constant(dumped, key) then visit(member, found) end
    elseif type(member) == "string" then
      for _, form in ipairs(FORMS) do
        if member:find("^" .. form .. "$") then found.codes[member] = true end
      end
    end
  end
end

function visit(fn, found)
  if found.seen[fn] or debug.getinfo(fn, "S").what == "C" then return end
  found.seen[fn] = true
  local dumped = string.dump(fn, true)
  for _, form in ipairs(FORMS) do
    for code in dumped:gmatch(form) do found.codes[code] = true end
  end
  for i = 1, math.huge do
    local name, value = debug.getupvalue(fn, i)
    if not name then break end
    if type(value) == "function" then visit(value, found) elseif type(value) == "table" then visit_table(value, dumped, found) end
  end
end

local PARAMETER = { ddm = "DBS.280001", dbss = "DBSS.10000001" }

local function parameter_codes(row, codes)
  if #(row.params or {}) == 0 then return end
  if PARAMETER[row.service] then codes[PARAMETER[row.service]] = true end
  if row.service ~= "dws" then return end
  for _, spot in ipairs(samples.spots(row)) do
    if spot.path ~= "path.project_id" then
      codes[dws_errors.of_problem({ path = spot.path, message = "" })] = true
      if spot.field.required then codes[dws_errors.of_problem({ path = spot.path, message = "is required" })] = true end
    end
  end
end

---The codes an operation can be refused with, in order.
---@param row table
---@return string[]
function M.codes(row)
  local found = { codes = {}, seen = {} }
  local handler = services.operations[row.service .. "." .. row.name]
  if handler then visit(handler, found) end
  parameter_codes(row, found.codes)
  local list = {}
  for code in pairs(found.codes) do
    if not OF_JOBS[code] then list[#list + 1] = code end
  end
  table.sort(list)
  return list
end

---The section of the page.
---@return string[] lines
function M.lines()
  local examples, yes, total, body = M.examples(), 0, 0, {}
  for _, row in ipairs(core.rows()) do
    if row.documented then
      local verdict = services.operations[row.service .. "." .. row.name] and (examples[row.doc] or "no example tried")
        or "not modelled yet"
      total = total + 1
      if verdict == "yes" then yes = yes + 1 end
      local codes = M.codes(row)
      body[#body + 1] = ("| %s | `%s.%s` | %s | %s |"):format(row.doc, row.service, row.name, verdict,
        codes[1] and table.concat(codes, " ") or "")
    end
  end
  local lines = { "\n## In the simulator\n",
    ("Of the %d documented operations the simulator answers the documented examples of %d as the documents do: the documented "
      .. "status, and every field of the printed answer with its type. The codes are those its code for the operation can reach; "
      .. "on top of them stand the gateway's own for every call: APIGW.0101 (no such path), APIGW.0201 (too large), APIGW.0301 "
      .. "(signature or token), APIGW.0302 (another's project), APIGW.0308 (too many calls).\n"):format(total, yes),
    "| section | operation | example answered as documented | codes of misuse |", "|---|---|---|---|" }
  return table.move(body, 1, #body, #lines + 1, lines)
end

return M
