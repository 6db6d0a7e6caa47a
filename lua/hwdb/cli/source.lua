-- SPDX-License-Identifier: Apache-2.0
-- Texts from outside the command line: files, stdin, environment, the terminal. Each is bounded, and
-- an error names the place, never the text.
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")

local M = {}

---What the client holds at most of one body; how much of it may be signed is the client's to say, since a token signs nothing.
M.LIMIT = 64 << 20

local function bounded(stream, name, limit)
  local text, message = stream:read(limit + 1)
  if message then fail.usage(("cannot read %s: %s"):format(name, message)) end
  text = text or ""
  if #text > limit then
    fail.usage(("%s is larger than %d bytes"):format(name, limit))
  end
  return text
end

---The whole text of a file, or of stdin for "-".
---@param path string
---@param what string for the error: "the input", "the script"
---@param limit integer? bytes
---@return string
function M.file(path, what, limit)
  limit = limit or M.LIMIT
  if path == "-" then return bounded(io.stdin, "stdin", limit) end
  local status = host.stat(path)
  if status and status.kind == "directory" then
    fail.usage(("cannot read %s: %s is a directory"):format(what, path))
  end
  local file, message = io.open(path, "rb")
  if not file then fail.usage(("cannot read %s: %s"):format(what, message)) end
  local ok, text = pcall(bounded, file, path, limit)
  file:close()
  if not ok then error(text, 0) end
  return text
end

---An environment variable that must be set.
---@param name string
---@param what string
function M.environment(name, what)
  local value = os.getenv(name)
  if not value or value == "" then
    fail.usage(("%s: the environment has no %s"):format(what, name), ("set it: export %s=..."):format(name))
  end
  return value
end

---Asks on the terminal, without echo.
---@param what string
function M.prompt(what)
  local value, reason = host.read_secret(what .. ": ")
  if value then return value end
  if reason == "interrupted" then fail.raise("cancelled", "interrupted while asking for " .. what) end
  if reason ~= "no terminal" then fail.usage(("%s: the answer is %s"):format(what, reason)) end
  fail.usage(what .. ": there is no terminal to ask on", "give it as env:NAME or @FILE")
end

---The text behind "@FILE", "env:NAME" or "prompt:"; nil and the text itself when it is a plain one.
---A file's last line end is not part of its value.
---@param text string
---@param what string name of the value, for errors and the prompt
---@return string? fetched
function M.fetch(text, what)
  if text:sub(1, 1) == "@" then
    return (M.file(text:sub(2), what):gsub("\r?\n$", ""))
  elseif text:sub(1, 4) == "env:" then
    return M.environment(text:sub(5), what)
  elseif text == "prompt:" then
    return M.prompt(what)
  end
end

return M
