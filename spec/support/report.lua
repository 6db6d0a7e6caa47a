-- SPDX-License-Identifier: Apache-2.0
-- busted's output handler for one file: prints failures only and leaves the counts in the file that HWDB_RESULT names.

local base = require("busted.outputHandlers.base")
local busted = require("busted")
local pretty = require("pl.pretty")

local function place_of(entry)
  local trace = entry.trace or entry.element.trace or {}
  return ("%s:%s"):format(trace.short_src or "?", trace.currentline or "?")
end

local function show(kind, entry)
  local message = entry.message
  if type(message) ~= "string" then message = message == nil and "no message" or pretty.write(message) end
  io.write(("%s: %s\n  %s\n  %s\n"):format(kind, entry.name, place_of(entry), (message:gsub("\n", "\n  "))))
  if entry.isError and entry.trace and entry.trace.traceback then
    io.write((entry.trace.traceback:gsub("^\n", ""):gsub("[^\n]+", "  %0")), "\n")
  end
end

local function write_counts(handler)
  local path = os.getenv("HWDB_RESULT")
  if not path then return end
  local file = assert(io.open(path, "w"))
  file:write(("%d %d %d %.2f\n"):format(handler.successesCount, handler.failuresCount + handler.errorsCount,
    handler.pendingsCount, handler.getDuration()))
  assert(file:close())
end

return function()
  local handler = base()

  busted.subscribe({ "suite", "end" }, function()
    for _, entry in ipairs(handler.failures) do show("failed", entry) end
    for _, entry in ipairs(handler.errors) do show("error", entry) end
    for _, entry in ipairs(handler.pendings) do show("skipped", entry) end
    io.flush()
    write_counts(handler)
    return nil, true
  end)

  return handler
end
