-- SPDX-License-Identifier: Apache-2.0
-- The simulator measured: its listener against nginx that serves the same bytes from memory, and the memory its state
-- takes. bench.lua drives it; as a program it is the measured process of the second line:
--   lua5.4 bench/sim.lua memory INSTANCES        prints KB of the state, KB of its JSON text

local M = {}

local AK <const>, SK <const> = "QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"
local PROJECT <const> = "0123456789abcdef0123456789abcdef"

-- -- the state's memory -----------------------------------------------------------

local function used()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count")
end

--- DDM instances of two nodes, each with a schema of eight shards, as the default world's is.
local function memory(count)
  local core = require "hwdb.core"
  local sim = require("hwdb.sim").new { world = "empty" }
  local world = require "hwdb.sim.world"
  local before = used()
  for i = 1, count do
    local instance = world.add_ddm(sim.state, sim.project_id, { name = "ddm-" .. i })
    world.add_schema(sim.state, instance, "orders", 8, { instance.nodes[1].id })
  end
  local after = used()
  print(after - before, #core.encode(sim.state.ddm.instances) / 1024)
end

-- -- the listener -----------------------------------------------------------------

---@class bench.Sim
local Sim = {}
Sim.__index = Sim

--- Starts `hwdb sim` on a free port, on a processor apart from the measuring client's where there are two.
---@param program string
---@param pinned boolean
function M.start(program, pinned)
  local self = setmetatable({}, Sim)
  local words = ("echo $$; exec %s%s sim --listen 127.0.0.1:0 --ak %s --sk %s --project-id %s"):format(
    pinned and "taskset -c 0 " or "", program, AK, SK, PROJECT)
  self.pipe = assert(io.popen("exec sh -c '" .. words .. "'"))
  self.pid = self.pipe:read("l")
  self.url = (self.pipe:read("l") or ""):match("http://%S+")
  if not self.url then error("hwdb sim does not start", 0) end
  return self
end

function Sim:stop()
  os.execute("kill " .. self.pid)
  self.pipe:close()
end

--- What the listener answers to the measured call.
---@param lines_of fun(command: string): string[]
function Sim:answer(lines_of)
  local words = lines_of(("lua5.4 bench/calls.lua headers 1 1 %s"):format(self.url))
  local list = {}
  for i = 2, #words do list[#list + 1] = "-H '" .. words[i] .. "'" end
  return table.concat(lines_of(("curl -sS %s '%s'"):format(table.concat(list, " "), words[1])), "\n")
end

if arg and arg[0] and arg[0]:match("sim%.lua$") then
  assert(arg[1] == "memory" and math.tointeger(tonumber(arg[2])), "usage: sim.lua memory INSTANCES")
  memory(math.tointeger(tonumber(arg[2])))
end

return M
