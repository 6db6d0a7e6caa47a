-- SPDX-License-Identifier: Apache-2.0
-- hwdb sim: the simulator behind a port of this machine.
local connect = require("hwdb.cli.connect")
local control = require("hwdb.sim.control")
local core = require("hwdb.core")
local dump = require("hwdb.sim.dump")
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local save = require("hwdb.cli.save")
local source = require("hwdb.cli.source")

local DEFAULT = "127.0.0.1:8480"

local function place(text)
  local address, port = text:match("^%[([%x:.]+)%]:(%d+)$")
  if not address then address, port = text:match("^([^:]+):(%d+)$") end
  port = port and math.tointeger(tonumber(port))
  if not port or port > 65535 then
    fail.usage(("--listen takes ADDRESS:PORT, not %s"):format(text), "such as 127.0.0.1:8480, or port 0 for a free one")
  end
  return address, port
end

local function rate(given)
  if given.rate_limit == nil or given.rate_limit == "off" then return nil end
  return options.integer(given, "rate_limit", 1, 1000000)
end

local function pem(given)
  if (given.tls_cert == nil) ~= (given.tls_key == nil) then fail.usage("--tls-cert and --tls-key belong together") end
  if not given.tls_cert then return nil, nil end
  return source.file(given.tls_cert, "the certificate", 1 << 20), source.file(given.tls_key, "the key", 1 << 20)
end

local function key_pair(given)
  if (given.ak == nil) ~= (given.sk == nil) then fail.usage("--ak and --sk belong together") end
  return given.ak, given.sk
end

local function url(scheme, address, port)
  return ("%s://%s:%d"):format(scheme, address:find(":", 1, true) and "[" .. address .. "]" or address, port)
end

-- Which options belong to serving and which to `sim ctl`.
local CTL_ONLY = { "url", "after", "json", "ca_file" }
local CTL_TOO = { ak = true, sk = true, url = true, after = true, json = true, ca_file = true }

local function check_side(given, is_ctl)
  if is_ctl then
    for name in pairs(given) do
      if not CTL_TOO[name] then fail.usage(("--%s is not for sim ctl"):format(name:gsub("_", "-"))) end
    end
  else
    for _, name in ipairs(CTL_ONLY) do
      if given[name] then fail.usage(("--%s goes with sim ctl"):format(name:gsub("_", "-"))) end
    end
  end
end

-- What answers requests: the simulator, and before it the control path where that is wanted.
local function handler(sim, given)
  if not given.control then return function(request) return sim:handle(request) end end
  if given.remote then
    fail.usage("--control is for this machine only and does not go with --remote",
      "leave one of the two out, or serve other machines from a second simulator")
  end
  return function(request) return control.answer(sim, request) or sim:handle(request) end
end

local function simulator(given)
  local ak, sk = key_pair(given)
  return connect.simulator(given, { ak = ak, sk = sk, clock = "real", rate_limit = rate(given),
    project_id = given.project_id, any_project = given.project_id == nil,
    time_scale = options.positive(given, "time_scale"), seed = options.integer(given, "seed", 0, 1 << 53) })
end

local function serve(server, sim, target)
  output.finish()
  server:serve()
  if target then target:finish(core.encode(dump.take(sim)) .. "\n") end
end

return {
  usage = { "hwdb sim [--listen ADDRESS:PORT] [--ak AK --sk SK] [options]",
    "hwdb sim ctl status | advance SECONDS | fault JSON | effects | requests | dump FILE  [--url URL]" },
  details = "Prints one line when it is ready and serves until SIGTERM or Ctrl-C. Any client that signs as Huawei Cloud asks\n"
    .. "can talk to it; hwdb does with HWDB_ENDPOINT_DDM=http://127.0.0.1:PORT (and _DWS, _DBSS, _IAM), HUAWEICLOUD_SDK_AK,\n"
    .. "HUAWEICLOUD_SDK_SK and HUAWEICLOUD_SDK_REGION set. Without --ak and --sk it takes the pair of the demo:\n"
    .. "hwdb sim --show-keys prints it. Faults are JSON lines such as\n"
    .. "{\"op\": \"ddm.configure_shards\", \"nth\": 1, \"do\": \"reset_after\"}.\n"
    .. "With --control, sim ctl reaches it while it runs: moves its clock (timestamps run ahead by as much from then on,\n"
    .. "signatures may be dated by either), sets a fault, lists effects and requests as JSON lines, writes a dump. Control\n"
    .. "requests are signed with a key pair that the simulator accepts: --ak and --sk, else HUAWEICLOUD_SDK_AK and _SK, else\n"
    .. "the demo's. Give the simulator a pair of its own where other people log in on this machine. A dump holds no keys,\n"
    .. "tokens or passwords; after --load a login whose password is not known takes any.",
  options = {
    { name = "listen", value = "ADDRESS:PORT", help = "where to listen (" .. DEFAULT .. "); port 0 takes a free one" },
    { name = "remote", help = "permit an address that other machines can reach" },
    { name = "ak", value = "AK", help = "access key to accept" },
    { name = "sk", value = "SK", help = "its secret key" },
    { name = "show-keys", help = "print the demo's keys, project and logins, and end" },
    { name = "region", value = "REGION", help = "region it plays (cn-north-4)" },
    { name = "project-id", value = "ID", help = "its project; calls with another are refused. Without it any project will do" },
    { name = "world", value = "WORLD", help = "default, documents (ids of the documents' examples), empty, or fleet:N of N instances" },
    { name = "load", value = "FILE", help = "go on from a dump instead of a new world" },
    { name = "seed-from", value = "FILE", help = "a world with the objects of an inventory (hwdb inventory) or a dump" },
    { name = "dump-on-exit", value = "FILE", help = "write everything there at the end, - for stdout" },
    { name = "control", help = "let hwdb sim ctl reach it, from this machine only" },
    { name = "seed", value = "N", help = "for ids and everything else that is drawn" },
    { name = "time-scale", value = "N", help = "divide the durations of its work by N" },
    { name = "rate-limit", value = "N", help = "calls a minute, then 429; off by default" },
    { name = "faults", value = "FILE", help = "what shall go wrong, a JSON object a line" },
    { name = "effects", value = "FILE", help = "append a JSON line for every accepted change" },
    { name = "tls-cert", value = "FILE", help = "serve https with this certificate, PEM" },
    { name = "tls-key", value = "FILE", help = "its key, PEM" },
    { name = "url", value = "URL", help = "with ctl: where the simulator listens (http://127.0.0.1:8480)" },
    { name = "after", value = "SEQ", help = "with ctl: effects or requests after this one only" },
    { name = "json", help = "with ctl: the answer as JSON" },
    { name = "ca-file", value = "FILE", help = "with ctl: certificate to trust, PEM" },
  },
  examples = { "hwdb sim --listen 127.0.0.1:8480 --ak AK --sk SK --time-scale 600",
    "hwdb sim --control --dump-on-exit state.json", "hwdb sim ctl advance 10800" },
  exits = { "0  ended by SIGTERM or Ctrl-C", "1  failed", "2  usage: an option or a file is wrong, or the port is taken" },
  run = function(given, rest)
    check_side(given, rest[1] == "ctl")
    if rest[1] == "ctl" then return require("hwdb.cli.sim_ctl").run(given, table.move(rest, 2, #rest, 1, {})) end
    if #rest > 0 then fail.usage(("sim takes options only, not %s"):format(rest[1]), "see: hwdb sim --help") end
    local address, port = place(given.listen or DEFAULT)
    local certificate, key = pem(given)
    local sim = simulator(given)
    if given.show_keys then
      local demo = require("hwdb.sim.world").DEMO
      return output.json({ ak = sim.ak, sk = sim.sk, region = sim.region, project_id = sim.project_id,
        domain = demo.domain, user = demo.user, password = demo.password, mfa_user = demo.mfa_user,
        mfa_secret = demo.mfa_secret, agency = demo.agency,
        data_node_user = demo.data_node_user, data_node_password = demo.data_node_password })
    end
    local server <close>, reason = host.listen({ address = address, port = port, remote = given.remote,
      certificate = certificate, key = key, handle = handler(sim, given) })
    if not server then fail.usage(reason) end
    local target = given.dump_on_exit and save.open(given.dump_on_exit, "the dump")
    output.line("hwdb sim: listening on %s (world %s, project %s)",
      url(certificate and "https" or "http", address, server:port()), sim.state.world, sim.project_id)
    serve(server, sim, target)
  end,
}
