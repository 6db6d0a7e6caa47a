-- SPDX-License-Identifier: Apache-2.0
-- Runs the program as a person would: a clean environment and home, stdout, stderr and exit code apart.
local M = {}

local build = os.getenv("HWDB_BUILD") or "build"

---The program under test.
M.program = build .. "/hwdb"

---@param text string
function M.quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

---@param path string
---@return string? text nil if there is no such file
function M.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

---@param path string
---@param text string
---@return string path
function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  return path
end

local folder

---A folder for this spec file's own files; one for all its tests.
---@return string
function M.folder()
  if not folder then
    local pipe = assert(io.popen("mktemp -d"))
    folder = pipe:read("l")
    pipe:close()
  end
  return folder
end

---Takes the folder away; call it after the last test.
function M.clean()
  if folder then os.execute("rm -rf " .. M.quoted(folder)) end
  folder = nil
end

---Writes a file into the folder and gives its path.
function M.file(name, text)
  return M.write(M.folder() .. "/" .. name, text)
end

local KEPT = { "PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS" }

local function environment(env)
  local words = { "env -i", "HOME=" .. M.quoted(M.folder()), "LC_ALL=C.UTF-8", "TZ=UTC" }
  for _, name in ipairs(KEPT) do
    if os.getenv(name) then words[#words + 1] = name .. "=" .. M.quoted(os.getenv(name)) end
  end
  for name, value in pairs(env or {}) do words[#words + 1] = name .. "=" .. M.quoted(value) end
  return table.concat(words, " ")
end

---The shell words that start the program.
---@param args string[]
---@param env table<string, string>?
function M.command(args, env)
  local words = { environment(env), M.quoted(M.program) }
  for _, arg in ipairs(args) do words[#words + 1] = M.quoted(arg) end
  return table.concat(words, " ")
end

---@class spec.Outcome
---@field code integer
---@field out string
---@field err string

local function outcome(command)
  local out, err = M.folder() .. "/.out", M.folder() .. "/.err"
  local _, how, code = os.execute(("{ %s\n} >%s 2>%s"):format(command, M.quoted(out), M.quoted(err)))
  return { code = how == "exit" and code or 128 + code, out = M.read(out), err = M.read(err) }
end

---Runs the program to its end.
---@param args string[]
---@param options { env: table<string, string>?, stdin: string? }?
---@return spec.Outcome
function M.run(args, options)
  options = options or {}
  local from = "/dev/null"
  if options.stdin then from = M.write(M.folder() .. "/.in", options.stdin) end
  return outcome(M.command(args, options.env) .. " <" .. M.quoted(from))
end

---Any other command, in the same way.
---@param command string
---@return spec.Outcome
function M.shell(command)
  return outcome(command)
end

---@class spec.Process
---@field pid string
---@field line fun(self): string? the next line of its stdout
---@field signal fun(self, name: string)
---@field wait fun(self): integer, string exit code, and the rest of its stdout
local Process = {}
Process.__index = Process

function Process:line()
  return self.pipe:read("l")
end

function Process:signal(name)
  assert(os.execute(("kill -%s %s"):format(name, self.pid)))
end

function Process:wait()
  local rest = self.pipe:read("a")
  local _, how, code = self.pipe:close()
  return how == "exit" and code or 128 + code, rest
end

---Starts a bash script beside the spec.
---@param script string
---@return spec.Process
function M.process(script)
  local pipe = assert(io.popen("exec bash -c " .. M.quoted("echo $$\n" .. script) .. " </dev/null"))
  return setmetatable({ pipe = pipe, pid = pipe:read("l") }, Process)
end

---Starts the program beside the spec; its stderr goes to `options.err`, or to nowhere.
---@param args string[]
---@param options { env: table<string, string>?, err: string? }?
---@return spec.Process
function M.start(args, options)
  options = options or {}
  local inner = ("echo $$; exec %s 2>%s"):format(M.command(args, options.env), M.quoted(options.err or "/dev/null"))
  local pipe = assert(io.popen("exec sh -c " .. M.quoted(inner) .. " </dev/null"))
  return setmetatable({ pipe = pipe, pid = pipe:read("l") }, Process)
end

---Starts `hwdb sim` on a free port.
---@param args string[]?
---@param options { env: table<string, string>?, err: string? }?
---@return spec.Process sim with url, port and project
function M.sim(args, options)
  local words = { "sim", "--listen", "127.0.0.1:0" }
  for _, arg in ipairs(args or {}) do words[#words + 1] = arg end
  local sim = M.start(words, options)
  sim.ready = sim:line() or ""
  sim.url, sim.port = sim.ready:match("(https?://%S+:(%d+))")
  sim.project = sim.ready:match("project (%x+)")
  return sim
end

---@class spec.Effects
---@field path string for --effects
---@field line fun(self): string the next effect, as soon as it is written
---@field close fun(self)
local Effects = {}
Effects.__index = Effects

function Effects:line()
  return self.pipe:read("l")
end

function Effects:close()
  self.pipe:close()
end

---A place for --effects that a spec can wait on.
---@return spec.Effects
function M.effects()
  local path = M.folder() .. "/effects.fifo"
  assert(os.execute("rm -f " .. M.quoted(path) .. " && mkfifo " .. M.quoted(path)))
  return setmetatable({ path = path, pipe = assert(io.popen("exec cat " .. M.quoted(path))) }, Effects)
end

---Environment that points the client at a simulator.
---@param sim spec.Process
---@param ak string
---@param sk string
function M.towards(sim, ak, sk)
  return { HUAWEICLOUD_SDK_AK = ak, HUAWEICLOUD_SDK_SK = sk, HUAWEICLOUD_SDK_REGION = "cn-north-4",
    HWDB_ENDPOINT_DDM = sim.url, HWDB_ENDPOINT_DWS = sim.url, HWDB_ENDPOINT_DBSS = sim.url, HWDB_ENDPOINT_IAM = sim.url }
end

---Runs a command line at a terminal of its own; what is typed goes to it. Output and error output come together.
---@param args string[]
---@param typed string
---@param env table<string, string>?
---@return spec.Outcome
function M.at_terminal(args, typed, env)
  local input = M.write(M.folder() .. "/.typed", typed)
  return outcome(("script -qec %s /dev/null <%s"):format(M.quoted(M.command(args, env)), M.quoted(input)))
end

return M
