-- SPDX-License-Identifier: Apache-2.0
-- libhwdb bound by LuaJIT through its header, as OpenResty or Neovim would: foreign.lua tries, this file judges.
local cjson = require("cjson")
local cli = require("spec.support.cli")
local core = require("hwdb.core")
local hwdb = require("hwdb")

local AK, SK = "JITAK", "JITSK-canary"
local BUILD = os.getenv("HWDB_BUILD") or "build"
local PROJECT <const> = "0123456789abcdef0123456789abcdef"

--- A library built with the sanitizer needs its runtime loaded first; LuaJIT's own memory hides what it points to,
--- so leaks are looked for where C uses the library (library_spec).
local function preload()
  if not os.getenv("HWDB_SANITIZE") then return "" end
  local path = cli.shell("gcc -print-file-name=libasan.so").out:match("%S+")
  return "ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=" .. cli.quoted(path) .. " "
end

describe("from LuaJIT", function()
  local sim, told, output

  setup(function()
    sim = cli.sim({ "--ak", AK, "--sk", SK })
    local r = cli.shell(("%sluajit spec/lib/foreign.lua src/hwdb.h %s/libhwdb.so.0 %s %s %s"):format(preload(),
      cli.quoted(BUILD), sim.url, AK, SK))
    assert(r.code == 0, r.out .. r.err)
    told, output = {}, r.out
    for name, what in r.out:gmatch("([^\t\n]+)\t([^\t]-)\n%f[%a\0]") do told[name] = what end
  end)
  teardown(function()
    sim:signal("TERM")
    sim:wait()
    cli.clean()
  end)

  local function err(name, answered)
    local text = told[name]:match("%b{}$") or told[name]:match("({.*})")
    if answered then assert.equal(answered, told[name]:sub(1, #answered)) end
    return cjson.decode(text)
  end

  local function client()
    return assert(hwdb.client { ak = AK, sk = SK, region = "cn-north-4", project_id = PROJECT, endpoints = { ddm = sim.url } })
  end

  it("a call brings the answer as it came, with what belongs to it", function()
    assert.equal(core.version, told.version)
    assert.equal('200 1 0 no error ["query.colour: is not a documented field, it goes out as given"]', told.call)
    assert.same(cjson.decode(core.encode((assert(client().ddm:list_instances { limit = 1 })))), cjson.decode(told.body))
    assert.equal("HTTP/1.1 200 OK has an id", told.head)
  end)

  it("the log is handed out once", function()
    assert.equal("GET /v1/" .. PROJECT .. "/instances?colour=red&limit=1: HTTP 200, try 1, N s\n", told.log)
    assert.equal("NULL", told["log again"])
  end)

  it("mistakes are answers with an error, nothing sent", function()
    local expected = {
      ["unknown operation"] = "unknown operation ddm.list_instance, did you mean list_instances?",
      ["unknown service"] = "unknown service dmd, did you mean ddm?",
      ["no operation"] = '"list_instances" is not an operation; write it as SERVICE.OPERATION, such as ddm.list_instances',
      ["arguments"] = "the arguments: not valid JSON at byte 15: a value was expected",
      ["a list"] = "the arguments must be a JSON object, not array",
      ["an option"] = 'call: "tries" is not an option; there are timeout, deadline and attempts',
      ["attempts"] = "call: option attempts must be a whole number from 1 to 100",
      ["request without path"] = "request: path must be given as a text",
      ["request with a wrong query"] = "request: query must be an object",
    }
    for name, message in pairs(expected) do
      assert.same({ kind = "usage", message = message, attempts = 0, retryable = false, in_doubt = false }, err(name, "0 0 [] "))
    end
  end)

  it("errors have the fields that Lua's have", function()
    local fields = { "kind", "message", "remedy", "operation", "status", "code", "class", "reason", "attempts", "retryable",
      "in_doubt", "retry_after" }
    local _, checked = client().ddm:show_schema {}
    local _, refused = client().ddm:show_instance { instance_id = "7dd1f2f0a5e8b4c0d9d2f6f1f1c7d2b3in09" }
    for name, own in pairs { ["checked"] = checked, ["not there"] = refused } do
      local other = err(name)
      for _, field in ipairs(fields) do assert.same(own[field], other[field], name .. "." .. field) end
      assert.same(own.problems, other.problems)
    end
    assert.equal("404 1 [] ", told["not there"]:sub(1, 9))
    assert.equal(#refused.request_id, #err("not there").request_id)
  end)

  it("any other request can be made", function()
    assert.equal("200 no error", told.request)
    assert.same(cjson.decode(told.body), cjson.decode(told["request body"]))
  end)

  it("many calls are driven by poll on its sockets, each answered once by its tag", function()
    assert.equal("21", told.pending)
    assert.equal("20 1 all tags", told.answers)
    assert.equal("true 0 never due", told["nothing left"])
    assert.equal("200 200", told["side by side"])
  end)

  it("a started call can be cancelled", function()
    assert.equal("0 1 0", told.cancelled)
    assert.same({ kind = "cancelled", message = "cancelled by the caller", operation = "ddm.list_instances", attempts = 1,
      retryable = false, in_doubt = false }, err("its answer"))
  end)

  it("previews, checks and descriptions are what Lua gets", function()
    assert.same(cjson.decode(core.encode((assert(client():dry_run("ddm", "list_instances", { limit = 1 },
      { date = "20260102T030405Z" }))))), cjson.decode(told.preview))
    assert.equal("check", err("no preview").kind)
    assert.same(cjson.decode(core.encode(client():describe())), cjson.decode(told.describe))
    assert.equal('["query.colour: is not a documented field, it goes out as given"]', told.check)
    assert.same({ { path = "query.colour", message = "is not a documented field, it goes out as given" } }, err("strict check").problems)
  end)

  it("the rows are those of Lua, byte for byte", function()
    assert.equal(core.encode(core.rows("ddm", "show_instance")), told.api)
    assert.equal(core.encode(core.rows()), told["whole api"])
    assert.equal("unknown operation ddm.show_instanze, did you mean show_instance?", err("no api").message)
  end)

  it("the stages of a signature are those of Lua", function()
    local own = core.sign { ak = "QTWAOYTTINDUT2QVKYUC", sk = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc", method = "GET",
      url = "https://ddm.cn-north-4.myhuaweicloud.com/v1/p/instances?limit=1", date = "20260102T030405Z",
      headers = { { "Content-Type", "application/json" } } }
    assert.same(own, cjson.decode(told.sign))
    assert.equal("usage", err("no sign").kind)
  end)

  it("answers outlive their client, and closing takes what is under way with it", function()
    assert.equal("200", told.kept)
    assert.equal('client: "regoin" is not an option', err("bad options", "true ").message)
    assert.equal("the options must be a JSON object, not array", err("options that are none", "true ").message)
    assert.equal("true", told["nobody asks why"])
  end)

  it("no secret is in anything it was told", function()
    assert.is_nil(output:find(SK, 1, true))
  end)
end)
