-- SPDX-License-Identifier: Apache-2.0
-- hwdb's side of the measured calls, as a script would write it. Prints the seconds taken.
--   lua5.4 calls.lua sequential|loops|functions IN_FLIGHT CALLS ENDPOINT
-- With "loops" as many functions as may be in flight are gathered, each making one call after another; with
-- "functions" one is gathered for each call. "headers" prints the URL and the header lines of a call.

local core = require "hwdb.core"
local hwdb = require "hwdb"

local WARM_UP <const> = 200

local mode, in_flight, calls, endpoint = arg[1], tonumber(arg[2]), tonumber(arg[3]), arg[4]

local client = assert(hwdb.client {
  ak = "QTWAOYTTINDUT2QVKYUC", sk = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc", region = "cn-north-4",
  project_id = "0123456789abcdef0123456789abcdef", endpoints = { ddm = endpoint },
})
local ddm = client.ddm

local function look(body)
  if not body.instances then error("not the answer that was expected") end
end

local function sequential(count)
  for _ = 1, count do look(assert(ddm:list_instances { limit = 10, offset = 0 })) end
end

local function gather(list)
  for _, result in ipairs(hwdb.gather(list, { max = in_flight })) do assert(result[1], result[2]) end
end

local function loops(count)
  local list, left = {}, count
  for i = 1, in_flight do
    list[i] = function()
      while left > 0 do
        left = left - 1
        sequential(1)
      end
      return true
    end
  end
  gather(list)
end

local function functions(count)
  local list = {}
  for i = 1, count do
    list[i] = function()
      sequential(1)
      return true
    end
  end
  gather(list)
end

if mode == "headers" then
  local request = assert(client:dry_run("ddm", "list_instances", { limit = 10, offset = 0 }))
  local lines = {}
  for name, value in pairs(request.headers) do lines[#lines + 1] = name .. ": " .. value end
  table.sort(lines)
  print(request.url)
  print(table.concat(lines, "\n"))
  return
end

local run = assert(({ sequential = sequential, loops = loops, functions = functions })[mode], "unknown mode")
run(WARM_UP)
local started = core.mono()
run(calls)
print((core.mono() - started) / 1000)
