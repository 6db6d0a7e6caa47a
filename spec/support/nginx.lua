-- SPDX-License-Identifier: Apache-2.0
-- nginx with TLS and HTTP/2 under a throw-away certificate authority, in a folder of its own, ended with the spec.
--
--   local nginx = Nginx.start{ upstream = PORT? }
--   nginx:url("good" | "wrong_name" | "expired")   https://127.0.0.1:PORT
--   nginx.ca_file, nginx.other_ca_file             who signed those certificates, and who did not
-- Without an upstream every request is answered by "{}"; the headers x-connection, x-requests and x-protocol tell
-- how it came.

local Nginx = {}
Nginx.__index = Nginx

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local said = pipe:read("a")
  if not pipe:close() then error(command .. "\n" .. said, 0) end
  return said
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read("a")
  file:close()
  return text
end

local function make_authority(folder, name)
  run(("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout %s.key -out %s.pem -subj /CN=%s")
    :format(folder, name, name, name))
end

local function make_certificate(folder, name, alt, dates)
  run(("cd %s && openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout %s.key -out %s.csr -subj /CN=%s")
    :format(folder, name, name, name))
  write(folder .. "/" .. name .. ".ext", "subjectAltName=" .. alt .. "\n")
  write(folder .. "/ca.conf", ("[ca]\ndefault_ca=own\n[own]\ndatabase=%s/index\nnew_certs_dir=%s\nserial=%s/serial\n" ..
    "default_md=sha256\npolicy=any\nunique_subject=no\n[any]\ncommonName=supplied\n"):format(folder, folder, folder))
  write(folder .. "/index", "")
  write(folder .. "/serial", "01\n")
  run(("cd %s && openssl ca -batch -config ca.conf -cert authority.pem -keyfile authority.key -in %s.csr -out %s.pem -extfile %s.ext %s -notext")
    :format(folder, name, name, name, dates))
end

local function free_ports(n)
  local uv = require("luv")
  local sockets, ports = {}, {}
  for i = 1, n do
    sockets[i] = uv.new_tcp()
    assert(sockets[i]:bind("127.0.0.1", 0))
    ports[i] = sockets[i]:getsockname().port
  end
  for _, socket in ipairs(sockets) do socket:close() end
  uv.run()
  return ports
end

local names = { "good", "wrong_name", "expired" }

local function configuration(folder, ports, upstream)
  local lines = {
    "worker_processes 1;", "pid " .. folder .. "/pid;", "error_log " .. folder .. "/error.log;",
    "events { worker_connections 512; }", "http {", "access_log off;", "keepalive_requests 100000;",
    "http2_max_concurrent_streams 128;",
  }
  for _, kind in ipairs({ "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }) do
    lines[#lines + 1] = ("%s_temp_path %s/%s;"):format(kind, folder, kind)
  end
  local answer = upstream and ("proxy_pass http://127.0.0.1:%d; proxy_set_header Host $http_host;"):format(upstream)
    or "default_type application/json; return 200 '{}';"
  for i, name in ipairs(names) do
    lines[#lines + 1] = ("server { listen 127.0.0.1:%d ssl http2; ssl_certificate %s/%s.pem; ssl_certificate_key %s/%s.key;")
      :format(ports[i], folder, name, folder, name)
    lines[#lines + 1] = "add_header X-Connection $connection always; add_header X-Requests $connection_requests always;"
    lines[#lines + 1] = "add_header X-Protocol $server_protocol always; location / { " .. answer .. " } }"
  end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

--- A port that was free may be taken by the time nginx wants it: then others are tried.
local function start(folder, upstream)
  local said
  for _ = 1, 5 do
    local ports = free_ports(#names)
    write(folder .. "/conf", configuration(folder, ports, upstream))
    local ok, why = pcall(run, ("PATH=$PATH:/usr/sbin nginx -p %s -c %s/conf"):format(folder, folder))
    if ok then return ports end
    said = why
  end
  error("nginx did not start: " .. said .. read(folder .. "/error.log"), 0)
end

---@param options? {upstream: integer}
function Nginx.start(options)
  local folder = run("mktemp -d"):match("%S+")
  run("chmod 755 " .. folder)
  local self = setmetatable({ folder = folder }, Nginx)
  make_authority(folder, "authority")
  make_authority(folder, "other")
  make_certificate(folder, "good", "IP:127.0.0.1,DNS:localhost", "-days 1")
  make_certificate(folder, "wrong_name", "DNS:elsewhere.example", "-days 1")
  make_certificate(folder, "expired", "IP:127.0.0.1", "-startdate 20200101000000Z -enddate 20200102000000Z")
  self.ca_file, self.other_ca_file = folder .. "/authority.pem", folder .. "/other.pem"
  self.ports = start(folder, options and options.upstream)
  -- Ends nginx when this end of the pipe closes, also by the spec's death.
  self.pipe = assert(io.popen(("cat >/dev/null; kill $(cat %s/pid); rm -rf %s"):format(folder, folder), "w"))
  return self
end

function Nginx:url(name)
  for i, known in ipairs(names) do
    if known == name then return "https://127.0.0.1:" .. self.ports[i] end
  end
  error("no such server: " .. name)
end

function Nginx:close()
  if self.pipe then self.pipe:close() end
  self.pipe = nil
end

Nginx.__close = Nginx.close
Nginx.__gc = Nginx.close

return Nginx
