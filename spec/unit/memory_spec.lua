-- SPDX-License-Identifier: Apache-2.0
-- Memory ends at every request in turn, that of Lua, of the core, and of both. Whatever the code does then, nothing is
-- lost: not a byte of Lua's, not a piece of the core's; and the same state works again afterwards.
local alloc = require("alloc")

alloc.lead(package.searchpath("hwdb.core", package.cpath))

local STUB = [[
  hwdb = require "hwdb"
  time = 1767323045000
  sim = {
    now = function() return time end,
    advance_to = function(_, at) if at > time then time = at end end,
    handle = function(_, request)
      local answer = answers and answers[request.target:match("^[^?]*")] or '{"versions":[{"id":"v1","n":9007199254740993}]}'
      return { status = tonumber(answer:match('^%d+')) or 200, headers = { { "Content-Type", "application/json" } },
        body = answer:gsub('^%d+ ', '') }
    end,
  }
  client = assert(hwdb.client { region = "cn-north-4", ak = "a", sk = "s", project_id = "p", sim = sim, attempts = 2 })
]]

-- What a piece of code says when it succeeds, and nothing else but memory errors before that.
local cases = {
  {
    name = "decoding and encoding", says = '{"a":[1,"b\\n",{"c":null}],"d":"xxxxx\\n"}',
    prepare = "core = require 'hwdb.core'",
    code = [[local value, message = core.decode('{"a":[1,"b\\n",{"c":null}],"d":"xxxxx\\n"}')
      if not value then return message end
      return core.encode(value)]],
  },
  {
    name = "decoding what is wrong", says = "not valid JSON at byte 19: a value was expected",
    prepare = "core = require 'hwdb.core'",
    code = [[return (select(2, core.decode('{"a":[1,"b\\n",{"c":x}],"d":1}')))]],
  },
  {
    name = "encoding what is wrong", says = "cannot encode as JSON: a.b[2]: must be plain data: text, number, boolean, table or null",
    prepare = "core = require 'hwdb.core'",
    code = [[local _, message = pcall(core.encode, { a = { b = { "x", print } } })
      return (message:gsub("^.-:%d+: ", ""))]],
  },
  {
    name = "signing", says = "12ee4a947cab2f67893679cbedc197228ddf761689a48a64ac0a4f33af9b8ccb",
    prepare = "core = require 'hwdb.core'",
    code = [[local signed, err = core.sign { ak = "a", sk = "s", url = "https://h/x?y=1", headers = { { "A", "b" } }, body = "{}",
        date = "20260102T030405Z" }
      return signed and signed.signature or err.message]],
  },
  {
    name = "hashing and percent-encoding", says = "e7ea21c3%20%2F",
    prepare = "core = require 'hwdb.core'",
    code = [[return core.sha256("a"):sub(1, 0) .. core.hmac_sha256("k", "d"):sub(1, 8) .. core.uri_encode(core.uri_decode("%20/"))]],
  },
  {
    name = "checking", says = "check 5",
    prepare = "core = require 'hwdb.core'",
    code = [[local _, err = core.check("ddm", "create_schema", { databases = { { name = "x", shard_mode = 1 } } })
      return err.problems and err.kind .. " " .. #err.problems or err.message]],
  },
  {
    name = "secrets and arrays", says = '***[]x',
    prepare = "core = require 'hwdb.core'",
    code = [[return tostring(core.secret("x")) .. core.encode(core.array()) .. core.reveal(core.secret("x"))]],
  },
  {
    name = "the rows", says = "rows", step = 97,
    prepare = "core = require 'hwdb.core'",
    code = [[return #core.rows() > 195 and #core.errors() > 100 and #core.statuses() > 10 and "rows" or "too few"]],
  },
  {
    name = "making a client", says = "client",
    prepare = "hwdb = require 'hwdb'",
    code = [[local client, err = hwdb.client { region = "cn-north-4", ak = "a", sk = "s", project_id = "p", endpoints = { ddm = "https://h" },
        pace = { ddm = 60 } }
      return client and "client" or err.message]],
  },
  {
    name = "making a client with what is wrong", says = '"Nowhere" has not the form of a region',
    prepare = "hwdb = require 'hwdb'",
    code = [[local client, err = hwdb.client { region = "Nowhere", ak = "a", sk = "s", project_id = "p" }
      if client then client, err = client:dry_run("ddm", "list_instances", {}) end
      return err.message]],
  },
  {
    name = "a dry run", says = "https://ddm.cn-north-4.myhuaweicloud.com/v1/p/instances/i",
    prepare = "hwdb = require 'hwdb' client = assert(hwdb.client { region = 'cn-north-4', ak = 'a', sk = 's', project_id = 'p' })",
    code = [[local request, err = client:dry_run("ddm", "show_instance", { instance_id = "i" }, { date = "20260102T030405Z" })
      return request and request.url or err.message]],
  },
  {
    name = "a call", says = "9007199254740993",
    prepare = STUB,
    code = [[local body, info = client.ddm:list_api_versions {}
      return body and tostring(body.versions[1].n) or info.message]],
  },
  {
    name = "a call that fails", says = "DBS.200001 Parameter error.", also = "HTTP 400 (bad request)",
    prepare = STUB .. [[answers = { ["/v1/p/instances"] = '400 {"error_code":"DBS.200001","error_msg":"Parameter error."}' }]],
    code = [[local _, err = client.ddm:list_instances {}
      return err.code and err.code .. " " .. err.message or err.message]],
  },
  {
    name = "a raw call", says = "9007199254740993",
    prepare = STUB,
    code = [[local body, info = client:request { service = "ddm", method = "POST", path = "/v1/{project_id}/x", query = { a = { 1, 2 } }, body = { b = {} } }
      return body and tostring(body.versions[1].n) or info.message]],
  },
  {
    name = "many calls at once", says = "9007199254740993 9007199254740993 slept",
    prepare = STUB,
    code = [[local function one()
        local body, info = client.ddm:list_api_versions {}
        return body and tostring(body.versions[1].n) or info.message
      end
      local list = hwdb.gather { one, one, function() client:sleep(1) return "slept" end }
      local said = {}
      for i, result in ipairs(list) do
        said[i] = result[1] or tostring(result[2])
        if said[i]:find("memory") then return said[i] end
      end
      return table.concat(said, " ")]],
  },
}

-- Under valgrind only some of the points.
local stride = os.getenv("HWDB_VALGRIND") and 13 or 1

local function tried(case, memory, fresh)
  local ends, leaks, sufficed = alloc.sweep(case.prepare, case.code,
    { memory = memory, fresh = fresh, step = (case.step or 1) * stride })
  assert.is_true(sufficed)
  assert.equal(0, leaks)
  local others = {}
  for said in pairs(ends) do
    if said ~= case.says and said ~= case.also and not said:find("memory", 1, true) then others[#others + 1] = said end
  end
  assert.same({}, others)
  assert.is_true((ends[case.says] or 0) >= 1)
  return ends
end

describe("memory that ends while", function()
  for _, case in ipairs(cases) do
    for _, memory in ipairs { "lua", "core", "all" } do
      it(("%s (%s)"):format(case.name, memory), function()
        local ends = tried(case, memory, true)
        if memory ~= "core" then assert.is_true((ends["not enough memory"] or 0) > 0) end
      end)
    end

    it(case.name .. ", in one state over and over", function()
      for _, memory in ipairs { "lua", "core", "all" } do tried(case, memory, false) end
    end)
  end
end)
