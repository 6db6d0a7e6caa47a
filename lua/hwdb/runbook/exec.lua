-- SPDX-License-Identifier: Apache-2.0
-- Runs a checking program for a runbook: bounded in time and output, with no
-- environment but what it is given. It is for looking, not for changing.
local core = require("hwdb.core")

local M = {}

M.OUTPUT_MAX = 64 * 1024
M.SECONDS = 300

local function quoted(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

-- Secrets may be given to the program; they are never recorded.
local function plain(value)
  return core.is_secret(value) and core.reveal(value) or tostring(value)
end

-- Values go through a file that only its owner reads: arguments of a shell show in the list of processes.
local function script_of(spec)
  local lines = { 'rm -f "$0"' }
  for name, value in pairs(spec.env or {}) do
    if not tostring(name):match("^[%a_][%w_]*$") then error("run:exec: no name of a variable: " .. tostring(name), 4) end
    lines[#lines + 1] = ("%s=%s; export %s"):format(name, quoted(plain(value)), name)
  end
  local words = { ("exec timeout -k 5 %d"):format(math.ceil(spec.timeout or M.SECONDS)) }
  for _, word in ipairs(spec.argv) do words[#words + 1] = quoted(plain(word)) end
  lines[#lines + 1] = table.concat(words, " ") .. " </dev/null 2>&1"
  return table.concat(lines, "\n") .. "\n"
end

-- A program may say what it was given; what a run shows and keeps has no secret in it.
local function masked(text, spec)
  for _, list in ipairs({ spec.env or {}, spec.argv }) do
    for _, value in pairs(list) do
      local secret = core.is_secret(value) and core.reveal(value) or ""
      if #secret > 3 then text = text:gsub((secret:gsub("%p", "%%%0")), "***") end
    end
  end
  return text
end

---What a program is called in the journal.
---@param spec { argv: string[] }
---@return string
function M.label(spec)
  if type(spec) ~= "table" or type(spec.argv) ~= "table" or #spec.argv == 0 then error("run:exec needs argv", 3) end
  local words = {}
  for i, word in ipairs(spec.argv) do words[i] = tostring(word) end
  return table.concat(words, " ")
end

---@param spec { argv: string[], env: table?, timeout: number? }
---@return { status: integer, output: string, sha256: string, cut: boolean? }
function M.run(spec)
  local path, text = os.tmpname(), script_of(spec)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  local pipe = assert(io.popen("env -i PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 sh " .. quoted(path)))
  local output = masked(pipe:read("a"), spec)
  local _, how, code = pipe:close()
  local result = { status = how == "exit" and code or 128 + (code or 0), sha256 = core.sha256(output) }
  if #output > M.OUTPUT_MAX then
    output, result.cut = output:sub(1, M.OUTPUT_MAX), true
  end
  -- JSON holds no bytes that are not UTF-8; what was cut may end within a character.
  local last = result.cut and utf8.offset(output, -1)
  if last and not utf8.len(output, last) then output = output:sub(1, last - 1) end
  result.output = utf8.len(output) and output or (output:gsub("[\128-\255]", "?"))
  return result
end

return M
