-- SPDX-License-Identifier: Apache-2.0
-- hwdb sim: the simulator behind a port of this machine.
local connect = require("hwdb.cli.connect")
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
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

return {
  usage = { "hwdb sim [--listen ADDRESS:PORT] [--ak AK --sk SK] [options]" },
  details = "Prints one line when it is ready and serves until SIGTERM or Ctrl-C. Any client that signs as Huawei Cloud asks\n"
    .. "can talk to it; hwdb does with HWDB_ENDPOINT_DDM=http://127.0.0.1:PORT (and _DWS, _DBSS, _IAM), HUAWEICLOUD_SDK_AK,\n"
    .. "HUAWEICLOUD_SDK_SK and HUAWEICLOUD_SDK_REGION set. Without --ak and --sk it takes the pair of the demo:\n"
    .. "hwdb sim --show-keys prints it. Faults are JSON lines such as\n"
    .. "{\"op\": \"ddm.configure_shards\", \"nth\": 1, \"do\": \"reset_after\"}.",
  options = {
    { name = "listen", value = "ADDRESS:PORT", help = "where to listen (" .. DEFAULT .. "); port 0 takes a free one" },
    { name = "remote", help = "permit an address that other machines can reach" },
    { name = "ak", value = "AK", help = "access key to accept" },
    { name = "sk", value = "SK", help = "its secret key" },
    { name = "show-keys", help = "print the demo's keys and project, and end" },
    { name = "region", value = "REGION", help = "region it plays (cn-north-4)" },
    { name = "project-id", value = "ID", help = "its project; calls with another are refused. Without it any project will do" },
    { name = "world", value = "WORLD", help = "default, documents (ids of the documents' examples) or empty" },
    { name = "seed", value = "N", help = "for ids and everything else that is drawn" },
    { name = "time-scale", value = "N", help = "divide the durations of its work by N" },
    { name = "rate-limit", value = "N", help = "calls a minute, then 429; off by default" },
    { name = "faults", value = "FILE", help = "what shall go wrong, a JSON object a line" },
    { name = "effects", value = "FILE", help = "append a JSON line for every accepted change" },
    { name = "tls-cert", value = "FILE", help = "serve https with this certificate, PEM" },
    { name = "tls-key", value = "FILE", help = "its key, PEM" },
  },
  examples = { "hwdb sim --listen 127.0.0.1:8480 --ak AK --sk SK --time-scale 600" },
  exits = { "0  ended by SIGTERM or Ctrl-C", "1  failed", "2  usage: an option or a file is wrong, or the port is taken" },
  run = function(given, rest)
    if #rest > 0 then fail.usage(("sim takes options only, not %s"):format(rest[1]), "see: hwdb sim --help") end
    local address, port = place(given.listen or DEFAULT)
    local ak, sk = key_pair(given)
    local certificate, key = pem(given)
    local sim = connect.simulator(given, { ak = ak, sk = sk, clock = "real", rate_limit = rate(given),
      project_id = given.project_id, any_project = given.project_id == nil,
      time_scale = options.positive(given, "time_scale"), seed = options.integer(given, "seed", 0, 1 << 53) })
    if given.show_keys then
      return output.json({ ak = sim.ak, sk = sim.sk, region = sim.region, project_id = sim.project_id })
    end
    local server <close>, reason = host.listen({ address = address, port = port, remote = given.remote,
      certificate = certificate, key = key, handle = function(request) return sim:handle(request) end })
    if not server then fail.usage(reason) end
    output.line("hwdb sim: listening on %s (world %s, project %s)",
      url(certificate and "https" or "http", address, server:port()), connect.world(given.world), sim.project_id)
    output.finish()
    server:serve()
  end,
}
