-- SPDX-License-Identifier: Apache-2.0
-- A scripted HTTP/1.1 server for the specs, in a process of its own, on a free port of 127.0.0.1. It follows its
-- script to the letter, misbehaving where told to, and keeps every request's exact bytes. Nothing in it waits for
-- time: answers come at once, or when so many requests have arrived, or never. It ends with the spec's process.
--
--   local server = Server.start{ answer, ... }
-- An answer is for the first request whose head contains `on` (plain text; any request without it):
--   status, headers {{name, value}}, body or json (a Lua value), type
--   times     so often (1 unless told; math.huge: for ever)
--   raw       these very bytes instead of an answer
--   chunked   the body in chunks; dribble: byte by byte; size: a body of so many bytes
--   claim     the Content-Length told, whatever the body is
--   part      only the first so many bytes of it are sent; then as `after` says
--   after     "keep" (the connection stays, unless told otherwise), "close", "reset"
--   hold      comes when so many requests in all have arrived
--   silent    never
--   tunnel    the port of 127.0.0.1 that a CONNECT is joined to
--   reset     answers nothing: the connection is reset when the request has been read; close: closed
-- Options: connections = {"ok", "silent", "close", "reset", "plain", ...} what happens to the first, second …
-- connection; `rest` what happens to the others. A plain one is answered 400 to its first bytes, whatever they
-- are; one to "join" is joined to the port `join` of 127.0.0.1.

local Server = {}
Server.__index = Server

local quoted = function(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- ---------------------------------------------------------------- in the spec's process

local function lua_path() return debug.getinfo(1, "S").source:match("^@(.*)$") end

local function encode_script(answers)
  local cjson = require("cjson")
  local list = {}
  for i, answer in ipairs(answers) do
    local copy = {}
    for key, value in pairs(answer) do copy[key] = value end
    if copy.times == math.huge then copy.times = 1e9 end
    if copy.json ~= nil then
      copy.body = type(copy.json) == "string" and copy.json or require("hwdb.core").encode(copy.json)
      copy.json = nil
    end
    list[i] = copy
  end
  return cjson.encode(list)
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

---@param answers table[]
---@param options? {connections?: string[], rest?: string}
function Server.start(answers, options)
  local self = setmetatable({}, Server)
  self.base = os.tmpname()
  write(self.base .. ".script", encode_script(answers))
  write(self.base .. ".options", require("cjson").encode(options or { none = true }))
  self.pipe = assert(io.popen(("ASAN_OPTIONS=detect_leaks=0 lua5.4 %s %s 2>&1"):format(quoted(lua_path()), quoted(self.base)), "r"))
  local line = self.pipe:read("l")
  self.port = math.tointeger(tonumber(line:match("^listening on (%d+)$")))
  assert(self.port, "the scripted server did not start: " .. line)
  self.url = "http://127.0.0.1:" .. self.port
  return self
end

--- A client whose services are all here. An option that is false is left out.
function Server:client(options)
  local given = { region = "cn-north-4", ak = "SPECAK", sk = "sk-canary-7", project_id = "0p1", endpoints = {} }
  for _, service in ipairs({ "ddm", "dws", "dbss", "iam", "rds", "bss", "ecs" }) do given.endpoints[service] = self.url end
  for key, value in pairs(options or {}) do given[key] = value or nil end
  return assert(require("hwdb").client(given))
end

--- What happened, in order: {event = "request", head=, body=, line=, connection=}, {event = "open"|"closed", connection=}.
function Server:events()
  local cjson = require("cjson")
  local list = {}
  for line in io.lines(self.base .. ".events") do
    local entry = cjson.decode(line)
    for key, value in pairs(entry) do
      if key ~= "event" then entry[key] = math.tointeger(value) or value end
    end
    list[#list + 1] = entry
  end
  return list
end

function Server:of_kind(kind)
  local list = {}
  for _, entry in ipairs(self:events()) do
    if entry.event == kind then list[#list + 1] = entry end
  end
  return list
end

function Server:requests() return self:of_kind("request") end

--- Request lines without the version, in order.
function Server:lines()
  local list = {}
  for i, request in ipairs(self:requests()) do list[i] = request.line:gsub(" HTTP/1%.1$", "") end
  return list
end

--- How many connections carried them.
function Server:connections()
  return #self:of_kind("open")
end

--- Blocks until the process has noticed `count` events of the kind: it tells each on its output.
function Server:wait_for(kind, count)
  local seen = 0
  while seen < (count or 1) do
    local line = assert(self.pipe:read("l"), "the scripted server ended")
    if line == kind then seen = seen + 1 end
  end
end

function Server:close()
  if not self.pipe then return end
  self.pipe:close()
  self.pipe = nil
  for _, suffix in ipairs({ "", ".script", ".options", ".events" }) do os.remove(self.base .. suffix) end
end

Server.__close = Server.close
Server.__gc = Server.close

--- A request's headers: names as sent, in order.
function Server.headers(request)
  local list = {}
  for name, value in request.head:gmatch("\r\n([^:\r\n]+):[ \t]*([^\r\n]*)") do list[#list + 1] = { name, value } end
  return list
end

function Server.header(request, wanted)
  for _, pair in ipairs(Server.headers(request)) do
    if pair[1]:lower() == wanted:lower() then return pair[2] end
  end
end

-- ---------------------------------------------------------------- in the server's process

local function serve(base)
  local uv = require("luv")
  local cjson = require("cjson")

  local function read(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("a")
    file:close()
    return text
  end

  local script, options = cjson.decode(read(base .. ".script")), cjson.decode(read(base .. ".options"))
  local events = assert(io.open(base .. ".events", "wb"))
  events:setvbuf("no")
  io.stdout:setvbuf("no")
  local held, count, n_connections = {}, 0, 0

  local function note(kind, entry)
    entry.event = kind
    events:write(cjson.encode(entry), "\n")
    io.stdout:write(kind, "\n")
  end

  local function answer_for(head)
    for _, answer in ipairs(script) do
      local left = answer.left or answer.times or 1
      if left > 0 and (not answer.on or head:find(answer.on, 1, true)) then
        answer.left = left - 1
        return answer
      end
    end
    return { status = 500, body = '{"error_code":"SPEC.0001","error_msg":"unscripted"}' }
  end

  local function chunks(body)
    local parts = {}
    for i = 1, #body, 7 do
      local piece = body:sub(i, i + 6)
      parts[#parts + 1] = ("%x\r\n%s\r\n"):format(#piece, piece)
    end
    return table.concat(parts) .. "0\r\n\r\n"
  end

  local function bytes_of(answer)
    if answer.raw then return answer.raw end
    local body = answer.size and ("a"):rep(answer.size) or answer.body or ""
    local lines = { ("HTTP/1.1 %d Scripted"):format(answer.status or 200) }
    if answer.type ~= "" then lines[#lines + 1] = "Content-Type: " .. (answer.type or "application/json") end
    for _, pair in ipairs(answer.headers or {}) do lines[#lines + 1] = pair[1] .. ": " .. pair[2] end
    if answer.chunked then
      lines[#lines + 1] = "Transfer-Encoding: chunked"
      body = chunks(body)
    elseif answer.claim ~= -1 then
      lines[#lines + 1] = ("Content-Length: %d"):format(answer.claim or #body)
    end
    return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
  end

  local function close(connection)
    if connection.socket:is_closing() then return end
    connection.socket:close() -- at once; who reads of it below finds it done
    note("closed", { connection = connection.number })
  end

  local function reset(connection)
    connection.socket:close_reset()
    note("closed", { connection = connection.number })
  end

  local function dribble(connection, bytes, done)
    local at, turn = 0, uv.new_idle()
    turn:start(function()
      at = at + 1
      if at > #bytes or connection.socket:is_closing() then
        turn:close()
        return done()
      end
      connection.socket:write(bytes:sub(at, at))
    end)
  end

  local function send(connection, answer)
    local function done()
      if connection.socket:is_closing() then return end
      if answer.after == "close" then close(connection)
      elseif answer.after == "reset" then reset(connection)
      else connection.next_request() end
    end
    if answer.silent then return end
    if answer.reset then return reset(connection) end
    if answer.close then return close(connection) end
    local bytes = bytes_of(answer)
    if answer.part then bytes = bytes:sub(1, answer.part) end
    if answer.dribble then return dribble(connection, bytes, done) end
    connection.socket:write(bytes, done)
  end

  local function release()
    local waiting = held
    held = {}
    for _, entry in ipairs(waiting) do
      if count >= entry.answer.hold then
        send(entry.connection, entry.answer)
      else
        held[#held + 1] = entry
      end
    end
  end

  local function join(connection, port, greeting)
    local other = uv.new_tcp()
    connection.socket:read_stop()
    other:connect("127.0.0.1", port, function(err)
      assert(not err, err)
      connection.socket:write(greeting)
      connection.on_bytes = function(bytes)
        if bytes then other:write(bytes) else other:close() end
      end
      other:read_start(function(_, bytes)
        if bytes then connection.socket:write(bytes) else close(connection) end
      end)
      connection.socket:read_start(function(_, bytes) connection.on_bytes(bytes) end)
    end)
  end

  local function handle(connection, head, body)
    count = count + 1
    note("request", { connection = connection.number, head = head, body = body, line = head:match("^[^\r\n]*") })
    local answer = answer_for(head)
    if answer.tunnel then
      join(connection, answer.tunnel, "HTTP/1.1 200 Connection established\r\n\r\n")
    elseif answer.hold and count < answer.hold then
      held[#held + 1] = { connection = connection, answer = answer }
    else
      send(connection, answer)
    end
    release()
  end

  local function parse(connection)
    local buffer = connection.buffer
    local at = select(2, buffer:find("\r\n\r\n", 1, true))
    if not at or connection.busy then return end
    local head = buffer:sub(1, at)
    local length = tonumber(head:lower():match("\r\ncontent%-length:%s*(%d+)")) or 0
    if #buffer < at + length then return end
    connection.buffer = buffer:sub(at + length + 1)
    connection.busy = true
    handle(connection, head, buffer:sub(at + 1, at + length))
  end

  local function open(socket)
    n_connections = n_connections + 1
    local connection = { socket = socket, number = n_connections, buffer = "" }
    local manner = options.connections and options.connections[n_connections] or options.rest or "ok"
    note("open", { connection = n_connections })
    if manner == "close" then return close(connection) end
    if manner == "reset" then return reset(connection) end
    if manner == "join" then return join(connection, options.join, "") end
    connection.next_request = function()
      connection.busy = false
      parse(connection)
    end
    connection.on_bytes = function(bytes)
      if not bytes then return close(connection) end
      if manner == "silent" then return end
      if manner == "plain" then return socket:write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") end
      connection.buffer = connection.buffer .. bytes
      parse(connection)
    end
    socket:read_start(function(err, bytes)
      if err then close(connection) else connection.on_bytes(bytes) end
    end)
  end

  local listener = uv.new_tcp()
  assert(listener:bind("127.0.0.1", 0))
  assert(listener:listen(1024, function()
    local socket = uv.new_tcp()
    if listener:accept(socket) then
      socket:nodelay(true)
      open(socket)
    end
  end))
  io.stdout:write("listening on ", listener:getsockname().port, "\n")
  -- The pipe to the spec breaks when the spec is done, or dead.
  local pipe = uv.new_poll(1)
  pipe:start("rd", function() uv.kill(uv.os_getpid(), "sigkill") end)
  uv.run()
end

if arg and arg[0] and arg[0]:match("support/server%.lua$") and debug.getinfo(3, "S") == nil then
  serve(arg[1])
end

return Server
