-- SPDX-License-Identifier: Apache-2.0
-- Everything that leaves the program: data on stdout, the rest on stderr.
-- Colour is for terminals, and only when NO_COLOR is unset or empty.
local host = require("hwdb.host")

local M = {}

local STYLES = { bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36" }

-- A reader that has seen enough, as in `hwdb api | head`, is no error to talk about.
local function failed(message)
  message = tostring(message)
  require("hwdb.cli.fail").raise("output", "cannot write the output: " .. message, nil, message:find("Broken pipe") ~= nil)
end

local function write(stream, text)
  local ok, message = stream:write(text)
  if not ok then failed(message) end
end

---@param text string
function M.write(text)
  write(io.stdout, text)
end

---@param format string
function M.line(format, ...)
  write(io.stdout, (select("#", ...) > 0 and format:format(...) or format) .. "\n")
end

---@param format string
function M.note(format, ...)
  io.stdout:flush()
  io.stderr:write((select("#", ...) > 0 and format:format(...) or format), "\n")
end

---Text from elsewhere, without what a terminal would act on.
---@param text any
---@return string
function M.clean(text)
  return (tostring(text):gsub("[%c\127]", function(c)
    return (c == "\n" or c == "\t") and c or ("\\x%02x"):format(c:byte())
  end))
end

---@param value any
function M.json(value)
  write(io.stdout, require("hwdb.core").encode(value) .. "\n")
end

local function colours(fd)
  local refused = os.getenv("NO_COLOR")
  return (refused == nil or refused == "") and os.getenv("TERM") ~= "dumb" and host.isatty(fd)
end

local allowed = {}

---The text in a style, where the stream is a terminal that wants it.
---@param style string
---@param text string
---@param fd integer? 1 (default) or 2
function M.paint(style, text, fd)
  fd = fd or 1
  if allowed[fd] == nil then allowed[fd] = colours(fd) end
  return allowed[fd] and ("\27[%sm%s\27[0m"):format(STYLES[style], text) or text
end

---Columns to fill; 100 where there is no terminal.
function M.width()
  return host.width() or 100
end

---Warnings of a call, on stderr.
---@param warnings { path: string, message: string }[]?
function M.warnings(warnings)
  for _, warning in ipairs(warnings or {}) do
    local text = type(warning) == "table" and ("%s: %s"):format(warning.path, warning.message) or tostring(warning)
    M.note("%s %s", M.paint("yellow", "warning:", 2), M.clean(text))
  end
end

---Shows an error: one clear text, or one JSON line; both on stderr, so that stdout holds data only.
---@param err any
---@param as_json boolean
function M.error(err, as_json)
  local fail = require("hwdb.cli.fail")
  if type(err) == "table" and err.silent then return end
  if as_json then
    M.note("%s", require("hwdb.core").encode({ error = fail.plain(err) }))
  else
    M.note("%s %s", M.paint("red", "hwdb:", 2), M.clean(err))
  end
end

---Lets out what has been written so far.
function M.finish()
  local ok, message = io.stdout:flush()
  if not ok then failed(message) end
end

return M
