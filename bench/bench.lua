-- SPDX-License-Identifier: Apache-2.0
-- make bench: hwdb against what could be written without it, all against one local server, in one run. Every line is
-- a ratio of medians over rounds in which the two sides take turns, so that a busy moment of the machine hits both.
--   lua5.4 bench/bench.lua [--rounds N] [--json FILE]

local core = require "hwdb.core"
local simulator = dofile "bench/sim.lua"
local fleet = dofile "bench/fleet.lua"

local BUILD <const> = os.getenv("HWDB_BUILD") or "build"
local IN_FLIGHT <const> = 64

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function lines_of(command)
  local pipe = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  if not pipe:close() then error("failed: " .. command, 0) end
  return lines
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

local function options_of(words)
  local options = { rounds = 21 }
  local i = 1
  while words[i] do
    local name, value = words[i], words[i + 1]
    if name == "--rounds" and math.tointeger(tonumber(value)) then
      options.rounds = math.tointeger(tonumber(value))
    elseif name == "--json" and value then
      options.json = value
    else
      io.stderr:write("usage: bench.lua [--rounds N] [--json FILE]\n")
      os.exit(2)
    end
    i = i + 2
  end
  return options
end

-- -- what is served and sent ---------------------------------------------------

--- A list of two instances, as the service answers it: some 1.5 KB.
local function answer()
  local instances = core.array {}
  for i = 1, 2 do
    instances[i] = {
      id = ("%dd1f2f0a5e8b4c0d9d2f6f1f1c7d2b3ain09"):format(i), name = "ddm-orders-" .. i, status = "RUNNING",
      created = "2026-01-02T03:04:05+0000", updated = "2026-01-02T04:05:06+0000", available_zone = "cn-north-4b",
      vpc_id = "e8f3bd4a-7b5c-4a8e-9c51-5d6c9f0a1b2c", subnet_id = "1f4f0c1b-8f27-4a33-a4e5-2f1a3b4c5d6e",
      security_group_id = "3b8b6cd1-6a0f-4ed6-9d2b-7c8d9e0f1a2b", node_count = 2, access_ip = "192.168.0.38",
      access_port = "5066", core_count = "8", ram_capacity = "16", node_status = "RUNNING", engine_version = "3.1.0",
      enterprise_project_id = "0", project_id = "0123456789abcdef0123456789abcdef", flavor_ref = "ddm.8u.16g.4",
      order_id = core.null, admin_user_name = "dbadmin", parameter_group_id = "pg-0123456789abcdef",
    }
  end
  return core.encode { instances = instances, instance_num = 2, page_no = 1, page_size = 10, total_record = 2, total_page = 1 }
end

local function body_of_create()
  return core.encode {
    instance = {
      name = "ddm-orders", flavor_id = "941b5a6d-3485-329e-902c-ffd49d352f16", node_num = 2,
      engine_id = "367b68a3-ef39-3fa2-9f86-0e4a8c4d0d86", available_zones = { "cn-north-4a", "cn-north-4b", "cn-north-4c" },
      vpc_id = "e8f3bd4a-7b5c-4a8e-9c51-5d6c9f0a1b2c", subnet_id = "1f4f0c1b-8f27-4a33-a4e5-2f1a3b4c5d6e",
      security_group_id = "3b8b6cd1-6a0f-4ed6-9d2b-7c8d9e0f1a2b", enterprise_project_id = "0", time_zone = "UTC+08:00",
    },
    extend_param = { charge_mode = "postPaid" },
  }
end

-- -- the server ----------------------------------------------------------------

local Server = {}
Server.__index = Server

--- One nginx worker that answers every request with the body; it and the measured programs have a processor each,
--- where there are two.
function Server.start(body)
  local self = setmetatable({ folder = lines_of("mktemp -d")[1] }, Server)
  local text = {
    "worker_processes 1;", "worker_cpu_affinity 01;", "pid " .. self.folder .. "/pid;", "error_log " .. self.folder .. "/log;",
    "events { worker_connections 1024; }", "http {", "access_log off;", "keepalive_requests 100000000;",
    "keepalive_timeout 600;",
  }
  for _, kind in ipairs { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" } do
    text[#text + 1] = ("%s_temp_path %s/%s;"):format(kind, self.folder, kind)
  end
  text[#text + 1] = "server { listen 127.0.0.1:%d; default_type application/json; add_header X-Request-Id $request_id;"
  text[#text + 1] = "return 200 '" .. body:gsub("%%", "%%%%") .. "'; } }\n"
  for port = 18480, 18580 do
    write(self.folder .. "/conf", table.concat(text, "\n"):format(port))
    if os.execute(("PATH=$PATH:/usr/sbin nginx -c %s/conf >/dev/null 2>&1"):format(self.folder)) then
      self.url = "http://127.0.0.1:" .. port
      return self
    end
  end
  error("nginx does not start: " .. self.folder .. "/log", 0)
end

function Server:stop()
  os.execute(("kill $(cat %s/pid); rm -rf %s"):format(self.folder, self.folder))
end

-- -- measuring -----------------------------------------------------------------

local pin = lines_of("nproc")[1] ~= "1" and "taskset -c 1 " or ""

local function numbers(command)
  local list = {}
  for word in lines_of(pin .. command)[1]:gmatch("%S+") do list[#list + 1] = tonumber(word) end
  return table.unpack(list)
end

local function median(list)
  table.sort(list)
  local n = #list
  return n % 2 == 1 and list[n // 2 + 1] or (list[n // 2] + list[n // 2 + 1]) / 2
end

--- Signatures age, so each round signs anew.
local function signed_target(url)
  local words = lines_of(("lua5.4 bench/calls.lua headers 1 1 %s"):format(url))
  for i, word in ipairs(words) do words[i] = quoted(word) end
  return table.concat(words, " ")
end

--- The simulator: `same` is an nginx that serves the bytes `sim` answers.
local function simulator_pairs(sim, same)
  local function listener()
    local function rate(url) return 4000 / numbers(("%s/bench/raw_curl multi %d 4000 %s"):format(BUILD, IN_FLIGHT, signed_target(url))) end
    return rate(same.url), rate(sim.url)
  end
  local function memory()
    local own, text = numbers("lua5.4 bench/sim.lua memory 10000")
    return text, own
  end
  return { name = "hwdb sim: list_instances, signed", against = "nginx, same bytes from memory", unit = "calls/s", measure = listener },
    { name = "hwdb sim: 10,000 DDM instances", against = "their JSON text", unit = "KB", measure = memory }
end

--- The measured pairs. `measure` gives the bare side and hwdb's side of one round; in lines with `least` more is
--- better (calls a second), in those with `most` less is (time). A line without either has no target.
local function pairs_of(server, sim, same)
  local target = signed_target(server.url)
  local raw, stages, start_up = BUILD .. "/bench/raw_curl", BUILD .. "/bench/stages", BUILD .. "/bench/start_up"
  local function calls(mode, own_mode, in_flight, count)
    return function()
      local bare = numbers(("%s %s %d %d %s"):format(raw, mode, in_flight, count, target))
      local own = numbers(("lua5.4 bench/calls.lua %s %d %d %s"):format(own_mode, in_flight, count, server.url))
      return count / bare, count / own
    end
  end
  local list = {
    { name = "sequential signed calls from Lua", against = "libcurl easy loop", unit = "calls/s", least = 0.9,
      measure = calls("easy", "sequential", 1, 4000) },
    { name = "64 in flight: gather of 64 loops", against = "libcurl multi loop", unit = "calls/s", least = 0.75,
      measure = calls("multi", "loops", IN_FLIGHT, 12000) },
    { name = "64 in flight: a function a call", against = "libcurl multi loop", unit = "calls/s",
      measure = calls("multi", "functions", IN_FLIGHT, 12000) },
    { name = "signing one request", against = "SHA-256 + HMAC, contexts reused", unit = "ns", most = 3,
      measure = function() return numbers(stages .. " sign 40000") end },
    { name = "checking one call's arguments", against = "cJSON parsing the body", unit = "ns", most = 1,
      measure = function() return numbers(("%s check 40000 %s"):format(stages, quoted(body_of_create()))) end },
    { name = "hwdb version", against = "curl --version", unit = "ms", most = 1,
      measure = function()
        return numbers(start_up .. " 10 curl --version"), (numbers(("%s 10 %s/hwdb version"):format(start_up, BUILD)))
      end },
  }
  local journaled = { loadfile("bench/journal.lua")({ build = BUILD, numbers = numbers, lines_of = lines_of, quoted = quoted }) }
  table.move(journaled, 1, #journaled, #list + 1, list)
  list[#list + 1], list[#list + 2] = simulator_pairs(sim, same)
  list[#list + 1], list[#list + 2] = fleet.pairs { lines_of = lines_of }
  return list
end

local function run(list, rounds)
  for _, pair in ipairs(list) do pair.bare, pair.own = {}, {} end
  for round = 1, rounds do
    for _, pair in ipairs(list) do
      pair.bare[round], pair.own[round] = pair.measure()
    end
    io.stderr:write(("\rround %d of %d"):format(round, rounds))
  end
  io.stderr:write("\r                    \r")
  for _, pair in ipairs(list) do
    pair.bare, pair.own = median(pair.bare), median(pair.own)
    pair.ratio = pair.own / pair.bare
    if pair.least then pair.reached = pair.ratio >= pair.least end
    if pair.most then pair.reached = pair.ratio <= pair.most end
  end
end

local function figure(value, unit)
  return (unit == "ms" and "%.2f %s" or "%.0f %s"):format(value, unit)
end

local function target_of(pair)
  return pair.least and (">= %.2f"):format(pair.least) or pair.most and ("<= %.2f"):format(pair.most) or "none"
end

local function show(list, rounds)
  local form = "%-34s %15s  %-34s %15s  %6s  %-8s %s"
  print(form:format("hwdb", "", "against", "", "ratio", "target", ""))
  for _, pair in ipairs(list) do
    print(form:format(pair.name, figure(pair.own, pair.unit), pair.against, figure(pair.bare, pair.unit),
      ("%.2f"):format(pair.ratio), target_of(pair), pair.reached and "reached" or pair.reached == false and "MISSED" or ""))
  end
  print(("medians of %d rounds, the two sides taking turns; %s"):format(rounds, core.versions().libcurl))
end

local function save(path, list, rounds)
  local out = core.array {}
  for i, pair in ipairs(list) do
    out[i] = { name = pair.name, against = pair.against, unit = pair.unit, hwdb = pair.own, bare = pair.bare,
      ratio = pair.ratio, least = pair.least, most = pair.most, reached = pair.reached }
  end
  write(path, core.encode { rounds = rounds, results = out } .. "\n")
end

local options = options_of(arg)
local server, sim, same = Server.start(answer()), nil, nil
local done, why = pcall(function()
  sim = simulator.start(BUILD .. "/hwdb", pin ~= "")
  same = Server.start(sim:answer(lines_of))
  local list = pairs_of(server, sim, same)
  run(list, options.rounds)
  show(list, options.rounds)
  if options.json then save(options.json, list, options.rounds) end
end)
server:stop()
if sim then sim:stop() end
if same then same:stop() end
if not done then
  io.stderr:write("bench: ", tostring(why), "\n")
  os.exit(1)
end
