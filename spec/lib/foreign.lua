-- SPDX-License-Identifier: Apache-2.0
-- luacheck: std luajit
-- What a host on LuaJIT does with the library, bound by FFI from the header as installed. Run by luajit, not by the
-- specs' Lua; prints a line for each thing tried: its name, a tab, what came.
--   luajit foreign.lua HEADER LIBRARY ENDPOINT AK SK
local ffi = require("ffi")

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

local declarations = read(arg[1]):gsub("\n#[^\n]*", "\n"):gsub("HWDB_API ", ""):gsub('extern "C" {', "")
declarations = declarations:gsub("\n}\n", "\n")
ffi.cdef(declarations)
ffi.cdef("struct pollfd { int fd; short events, revents; }; int poll(struct pollfd *, unsigned long, int);")
local POLLIN, POLLOUT = 1, 4
local lib = ffi.load(arg[2])
local endpoint, ak, sk = arg[3], arg[4], arg[5]

local function tell(name, ...) io.write(name, "\t", table.concat({ ... }, " "), "\n") end

--- A text of the library's, given back.
local function text(pointer)
  if pointer == nil then return "NULL" end
  local copy = ffi.string(pointer)
  lib.hwdb_free(pointer)
  return copy
end

local function text_or_error(fn, ...)
  local words, n = { ... }, select("#", ...)
  local why = ffi.new("char *[1]")
  words[n + 1] = why
  local result = fn(unpack(words, 1, n + 1))
  if result ~= nil then return text(result) end
  return text(why[0])
end

local function options(more)
  return ('{"ak":"%s","sk":"%s","region":"cn-north-4","project_id":"0123456789abcdef0123456789abcdef","endpoints":{"ddm":"%s"}%s}')
    :format(ak, sk, endpoint, more or "")
end

local function open(more)
  local why = ffi.new("char *[1]")
  local client = lib.hwdb_open(options(more), why)
  if client == nil then error(text(why[0])) end
  return client
end

local function take(answer)
  local copy = {
    tag = tonumber(answer.tag), status = answer.status, attempts = answer.attempts, seconds = answer.seconds,
    error = answer.error ~= nil and ffi.string(answer.error) or nil, body = ffi.string(answer.body, answer.body_len),
    request_id = ffi.string(answer.request_id), warnings = ffi.string(answer.warnings), head = ffi.string(answer.head),
  }
  lib.hwdb_answer_free(answer)
  return copy
end

-- -- one at a time ------------------------------------------------------------

tell("version", ffi.string(lib.hwdb_version()))

local client = open(',"log":true')
local answer = take(lib.hwdb_call(client, "ddm.list_instances", '{"limit":1,"colour":"red"}', nil))
tell("call", answer.status, answer.attempts, answer.tag, answer.error or "no error", answer.warnings)
tell("body", answer.body)
tell("head", answer.head:match("^[^\r]*"), #answer.request_id > 0 and "has an id" or "has no id")
tell("log", (text(lib.hwdb_log(client)):gsub("%d+%.%d+ s", "N s"):gsub("http://[^/]*", "")))
tell("log again", text(lib.hwdb_log(client)))

local function failure(name, ...)
  local failed = take(...)
  tell(name, failed.status, failed.attempts, "[" .. failed.body .. "]", failed.error)
end
failure("unknown operation", lib.hwdb_call(client, "ddm.list_instance", nil, nil))
failure("unknown service", lib.hwdb_call(client, "dmd.list_instances", nil, nil))
failure("no operation", lib.hwdb_call(client, "list_instances", nil, nil))
failure("arguments", lib.hwdb_call(client, "ddm.show_instance", '{"instance_id":}', nil))
failure("a list", lib.hwdb_call(client, "ddm.show_instance", "[]", nil))
failure("checked", lib.hwdb_call(client, "ddm.show_schema", "{}", nil))
failure("an option", lib.hwdb_call(client, "ddm.list_instances", nil, '{"tries":3}'))
failure("attempts", lib.hwdb_call(client, "ddm.list_instances", nil, '{"attempts":0}'))
failure("not there", lib.hwdb_call(client, "ddm.show_instance", '{"instance_id":"7dd1f2f0a5e8b4c0d9d2f6f1f1c7d2b3in09"}', nil))

answer = take(lib.hwdb_request(client,
  '{"service":"ddm","method":"GET","path":"/v1/{project_id}/instances","query":{"limit":1,"offset":0}}', nil))
tell("request", answer.status, answer.error or "no error")
tell("request body", answer.body)
failure("request without path", lib.hwdb_request(client, '{"service":"ddm","method":"GET"}', nil))
failure("request with a wrong query", lib.hwdb_request(client, '{"service":"ddm","method":"GET","path":"/","query":[]}', nil))

-- -- many at once, in a loop of its own -----------------------------------------

local function wait()
  local list = ffi.new("struct hwdb_socket[64]")
  local n = tonumber(lib.hwdb_sockets(client, list, 64))
  local fds = ffi.new("struct pollfd[64]")
  for i = 0, n - 1 do
    fds[i].fd = list[i].fd
    fds[i].events = (list[i].readable ~= 0 and POLLIN or 0) + (list[i].writable ~= 0 and POLLOUT or 0)
  end
  local due = lib.hwdb_deadline(client)
  ffi.C.poll(fds, n, due < 0 and -1 or math.ceil(due * 1000))
end

local COUNT = 20
for tag = 1, COUNT do
  local name = tag == 7 and "ddm.no_such" or "ddm.list_instances"
  assert(lib.hwdb_start(client, name, ('{"limit":%d}'):format(tag), nil, tag) == 0)
end
assert(lib.hwdb_start_request(client, '{"service":"ddm","method":"GET","path":"/v1/{project_id}/instances"}', nil, 99) == 0)
tell("pending", tonumber(lib.hwdb_pending(client)))
local seen, good, failed = {}, 0, 0
while lib.hwdb_pending(client) > 0 do
  while lib.hwdb_step(client, 0) == 1 do
    local one = take(lib.hwdb_take(client))
    assert(not seen[one.tag], "an answer twice")
    seen[one.tag] = true
    if one.error then failed = failed + 1 else good = good + 1 end
  end
  if lib.hwdb_pending(client) > 0 then wait() end
end
tell("answers", good, failed, seen[7] and seen[99] and "all tags" or "tags are missing")
tell("nothing left", tostring(lib.hwdb_take(client) == nil), lib.hwdb_step(client, -1), lib.hwdb_deadline(client) < 0 and "never due" or "due")

lib.hwdb_start(client, "ddm.list_instances", nil, nil, 5)
tell("cancelled", lib.hwdb_cancel(client, 4), lib.hwdb_cancel(client, 5), lib.hwdb_cancel(client, 5))
failure("its answer", lib.hwdb_take(client))

lib.hwdb_start(client, "ddm.list_instances", '{"limit":1}', nil, 6)
answer = take(lib.hwdb_call(client, "ddm.list_instances", '{"limit":2}', nil))
while lib.hwdb_pending(client) > 0 and lib.hwdb_step(client, -1) ~= 1 do end
tell("side by side", answer.status, take(lib.hwdb_take(client)).status)

-- -- without sending ----------------------------------------------------------

tell("preview", text_or_error(lib.hwdb_preview, client, "ddm.list_instances", '{"limit":1}', "20260102T030405Z"))
tell("no preview", text_or_error(lib.hwdb_preview, client, "ddm.show_schema", nil, nil))
tell("describe", text_or_error(lib.hwdb_describe, client))
tell("check", text_or_error(lib.hwdb_check, "ddm.list_instances", '{"colour":1}', 0))
tell("strict check", text_or_error(lib.hwdb_check, "ddm.list_instances", '{"colour":1}', 1))
tell("api", text_or_error(lib.hwdb_api_json, "ddm", "show_instance"))
tell("whole api", text_or_error(lib.hwdb_api_json, nil, nil))
tell("no api", text_or_error(lib.hwdb_api_json, "ddm", "show_instanze"))
tell("sign", text_or_error(lib.hwdb_sign, '{"ak":"QTWAOYTTINDUT2QVKYUC","sk":"MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",' ..
  '"method":"GET","url":"https://ddm.cn-north-4.myhuaweicloud.com/v1/p/instances?limit=1","date":"20260102T030405Z",' ..
  '"headers":{"Content-Type":"application/json"}}'))
tell("no sign", text_or_error(lib.hwdb_sign, '{"ak":"a","url":"https://h/"}'))

-- -- the end --------------------------------------------------------------------

local kept = lib.hwdb_call(client, "ddm.list_instances", '{"limit":1}', nil)
lib.hwdb_start(client, "ddm.list_instances", nil, nil, 8)
lib.hwdb_start(client, "ddm.no_such", nil, nil, 9)
lib.hwdb_close(client)
tell("kept", take(kept).status)
local why = ffi.new("char *[1]")
tell("bad options", tostring(lib.hwdb_open('{"regoin":"x"}', why) == nil), text(why[0]))
tell("options that are none", tostring(lib.hwdb_open("[1]", why) == nil), text(why[0]))
tell("nobody asks why", tostring(lib.hwdb_open("[1]", nil) == nil))
lib.hwdb_close(nil)
lib.hwdb_free(nil)
lib.hwdb_answer_free(nil)
