-- SPDX-License-Identifier: Apache-2.0
-- A simulator in one process, a run in another: requests and the clock cross as
-- JSON lines, so the run can be killed while its world lives on. The serving
-- side knows nothing of runbooks; what it does about a kill point is its caller's.
local core = require("hwdb.core")

local M = {}

local function quoted(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

-- JSON holds no bytes that are not UTF-8; spoilt answers have some.
local function packed(body)
  if utf8.len(body) then return body end
  return nil, (body:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function unpacked(message)
  if message.hex then return (message.hex:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)) end
  return message.body
end

-- -- the side of the run ---------------------------------------------------------------

local Far = {}
Far.__index = Far

local function ask(self, message)
  self.out:write(core.encode(message), "\n")
  self.out:flush()
  local line = self.into:read("l")
  if not line then os.exit(1) end -- the world is gone, and everything with it
  return core.decode(line)
end

function Far:now() return ask(self, { ["do"] = "now" }).now end

function Far:advance_to(ms) ask(self, { ["do"] = "advance_to", ms = ms }) end

function Far:handle(request)
  local body, hex = packed(request.body or "")
  local answer = ask(self, { ["do"] = "handle", method = request.method, target = request.target,
    headers = request.headers, body = body, hex = hex })
  return { status = answer.status, headers = answer.headers, body = unpacked(answer), fault = answer.fault }
end

---Comes to a point at which the other side may kill this process.
---@param name string
function Far:point(name) ask(self, { ["do"] = "point", name = name }) end

---The simulator on the other side, for hwdb.client{sim=}.
---@param path string the pipe that the serving side named
---@return table sim
function M.connect(path)
  local self = setmetatable({ into = assert(io.open(path, "rb")), out = assert(io.open("/dev/fd/3", "wb")) }, Far)
  local stat = assert(io.open("/proc/self/stat", "rb"))
  local known = ask(self, { ["do"] = "hello", pid = stat:read("n") })
  stat:close()
  for key, value in pairs(known) do self[key] = value end
  return self
end

-- -- the side of the world -------------------------------------------------------------

local KNOWN = { "ak", "sk", "region", "project_id", "data_node_user", "data_node_password" }

local Near = {}
Near.__index = Near

local DO = {}

function DO.hello(self, message)
  self.pid = message.pid
  local known = {}
  for _, key in ipairs(KNOWN) do known[key] = self.sim[key] end
  known.points = self.on_point ~= nil
  return known
end

function DO.now(self) return { now = self.sim:now() } end

function DO.advance_to(self, message)
  self.sim:advance_to(message.ms)
  return { now = self.sim:now() }
end

function DO.handle(self, message)
  local response = self.sim:handle({ method = message.method, target = message.target, headers = message.headers,
    body = unpacked(message) })
  local body, hex = packed(response.body or "")
  return { status = response.status, headers = response.headers, body = body, hex = hex, fault = response.fault }
end

function DO.point(self, message)
  if self.on_point then self.on_point(message.name, self) end
  return {}
end

---Kills the process being served, as a power cut would.
function Near:kill()
  os.execute("kill -9 " .. math.tointeger(self.pid))
  self.killed = true
end

---Starts a program and serves it until it ends.
---@param options { sim: table, folder: string, command: string, output: string?, on_point: function?, on_answer: function? }
---on_point comes with each point's name, on_answer before each answer is handed over; either may kill. `command` gets
---the pipe's path for "{pipe}"; its stdout and stderr go to `output`
---@return { killed: boolean?, how: string, code: integer }
function M.serve(options)
  local path = options.folder .. "/pipe"
  os.execute(("rm -f %s && mkfifo -m 600 %s"):format(quoted(path), quoted(path)))
  local self = setmetatable({ sim = options.sim, on_point = options.on_point, on_answer = options.on_answer },
    Near)
  local to = assert(io.open(path, "r+b"))
  to:setvbuf("no")
  local from = assert(io.popen(("exec %s 3>&1 %s"):format((options.command:gsub("{pipe}", function() return quoted(path) end)),
    options.output or ">/dev/null 2>&1")))
  for line in from:lines() do
    local message = core.decode(line)
    local answer = DO[message["do"]](self, message)
    if self.on_answer and not self.killed then self.on_answer(self, message) end
    if self.killed then break end
    to:write(core.encode(answer), "\n")
  end
  local _, how, code = from:close()
  to:close()
  return { killed = self.killed, how = how, code = code }
end

M.quoted = quoted

return M
