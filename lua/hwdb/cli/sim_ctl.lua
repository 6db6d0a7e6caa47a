-- SPDX-License-Identifier: Apache-2.0
-- hwdb sim ctl: control of a simulator that listens with --control.
local core = require("hwdb.core")
local control = require("hwdb.sim.control")
local fail = require("hwdb.cli.fail")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local save = require("hwdb.cli.save")
local source = require("hwdb.cli.source")
local world = require("hwdb.sim.world")

local M = {}

local function is_loopback(url)
  local host = url:match("^https?://%[([%x:.]+)%]") or url:match("^https?://([^/:]+)")
  return host == "localhost" or host == "::1" or (host and host:find("^127%.%d+%.%d+%.%d+$")) ~= nil
end

local function place(given)
  local url = (given.url or "http://127.0.0.1:8480"):gsub("/+$", "")
  if not is_loopback(url) then
    fail.usage(("--url must name a simulator of this machine, not %s"):format(url), "such as http://127.0.0.1:8480")
  end
  return url
end

local function keys(given)
  if (given.ak == nil) ~= (given.sk == nil) then fail.usage("--ak and --sk belong together") end
  if given.ak then return given.ak, given.sk end
  local ak, sk = os.getenv("HUAWEICLOUD_SDK_AK"), os.getenv("HUAWEICLOUD_SDK_SK")
  if ak and ak ~= "" and sk and sk ~= "" then return ak, sk end
  return world.DEMO.ak, world.DEMO.sk
end

-- A request of the control path, and its answer.
local function ask(given, method, name, query, body)
  local ak, sk = keys(given)
  local url = place(given)
  local client <close> = assert(require("hwdb").client({ region = "cn-north-4", project_id = "none", ak = ak, sk = sk,
    endpoints = { simctl = url }, ca_file = given.ca_file, attempts = 1 }))
  local answer, err = client:request({ service = "simctl", method = method, path = control.PREFIX .. name, query = query,
    body = body and core.encode(body) or nil, headers = body and { ["Content-Type"] = "application/json" } or nil })
  if answer ~= nil then return answer end
  if err.status == 404 then
    fail.raise("failed", ("the simulator at %s takes no control"):format(url), "start it with: hwdb sim --control")
  end
  error(err, 0)
end

local function one(words, what)
  if #words ~= 1 then fail.usage("sim ctl " .. what) end
  return words[1]
end

local function none(words, name)
  if #words > 0 then fail.usage(("sim ctl %s takes nothing more, not %s"):format(name, words[1])) end
end

local function show_status(given, status)
  if given.json then return output.json(status) end
  local function text(value) return value == core.null and "nothing" or tostring(value) end
  output.line("time           %s", text(status.time))
  output.line("next due       %s", text(status.next_due))
  output.line("world          %s, region %s, project %s", text(status.world), text(status.region), text(status.project_id))
  output.line("requests       %s, effects %s, faults waiting %s", text(status.requests), text(status.effects),
    text(status.faults_waiting))
  local parts = {}
  for name, count in pairs(status.objects) do parts[#parts + 1] = ("%s %d"):format(name:gsub("_", " "), count) end
  table.sort(parts)
  output.line("objects        %s", table.concat(parts, ", "))
end

local function lines(given, name)
  local list = ask(given, "GET", name, given.after and { after = tostring(options.integer(given, "after", 0, 1 << 53)) } or nil)
  for _, entry in ipairs(list) do output.json(entry) end
end

local function read_fault(text)
  if text:sub(1, 1) == "@" then text = source.file(text:sub(2), "the fault", 1 << 20) end
  local fault, message = core.decode(text)
  if type(fault) ~= "table" then
    fail.usage("the fault is not a JSON object" .. (message and ": " .. message or ""),
      [[such as: hwdb sim ctl fault '{"op": "ddm.configure_shards", "do": "reset_after"}']])
  end
  return fault
end

local VERBS = {
  status = function(given, words)
    none(words, "status")
    show_status(given, ask(given, "GET", "status"))
  end,
  advance = function(given, words)
    local text = one(words, "advance takes the SECONDS to let pass")
    local seconds = text:find("^%d+%.?%d*$") and tonumber(text)
    if not seconds or seconds > control.LONGEST_STEP then
      fail.usage(("SECONDS must be a number from 0 to %d, not %s"):format(control.LONGEST_STEP, text))
    end
    show_status(given, ask(given, "POST", "advance", nil, { seconds = seconds }))
  end,
  fault = function(given, words)
    local fault = read_fault(one(words, "fault takes one fault as JSON, or @FILE with it"))
    local answer = ask(given, "POST", "fault", nil, fault)
    if given.json then return output.json(answer) end
    output.line("set; %d faults wait", answer.faults_waiting)
  end,
  effects = function(given, words)
    none(words, "effects")
    lines(given, "effects")
  end,
  requests = function(given, words)
    none(words, "requests")
    lines(given, "requests")
  end,
  dump = function(given, words)
    local path = one(words, "dump takes the FILE to write, - for stdout")
    local target = save.open(path, "the dump")
    local ok, document = pcall(ask, given, "GET", "dump")
    if not ok then
      target:abandon()
      error(document, 0)
    end
    target:finish(core.encode(document) .. "\n")
  end,
}

M.VERBS = { "advance", "dump", "effects", "fault", "requests", "status" }

---Runs what stands behind `hwdb sim ctl`.
---@param given table
---@param words string[] after "ctl"
function M.run(given, words)
  local verb = words[1] or "status"
  local act = VERBS[verb]
  if not act then
    fail.usage(("sim ctl has no %s%s"):format(verb, require("hwdb.near").hint(verb, M.VERBS)),
      "it knows: " .. table.concat(M.VERBS, ", "))
  end
  act(given, table.move(words, 2, #words, 1, {}))
end

return M
