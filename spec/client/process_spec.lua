-- SPDX-License-Identifier: Apache-2.0
-- The module as a guest of a process: signals, output, locale, linking, threads, forks, states closed in mid-flight.
local core = require("hwdb.core")
local hwdb = require("hwdb")
local process = require("process")
local Server = require("spec.support.server")

local build = os.getenv("HWDB_BUILD") or "build"
local core_path = build .. "/lua/hwdb/core.so"

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  local ok = pipe:close()
  return text, ok
end

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- What a state of its own needs to make a client of the server whose URL it is given.
local PRELUDE = [[
  local url = ...
  local hwdb = require("hwdb")
  local function new(options)
    local given = { region = "cn-north-4", ak = "SPECAK", sk = "sk", project_id = "0p1", endpoints = { ddm = url } }
    for key, value in pairs(options or {}) do given[key] = value end
    return assert(hwdb.client(given))
  end
]]

describe("the module", function()
  it("is linked neither to liblua nor to anything that needs it", function()
    local text = output_of("readelf -d " .. quoted(core_path))
    assert.truthy(text:find("NEEDED", 1, true))
    assert.is_nil(text:find("liblua", 1, true))
    assert.is_nil((output_of("ldd " .. quoted(core_path))):find("liblua", 1, true))
  end)

  it("shows its opening function and nothing else", function()
    local names = {}
    for name in (output_of("readelf --dyn-syms -W " .. quoted(core_path))):gmatch(" GLOBAL DEFAULT +%d+ (%S+)") do names[#names + 1] = name end
    if os.getenv("HWDB_SANITIZE") then return end -- the sanitizer adds symbols of its own
    assert.same({ "luaopen_hwdb_core" }, names)
  end)

  it("installs no signal handler, by loading or by calling", function()
    local server <close> = Server.start({ { reset = true }, { json = {} } })
    local program = PRELUDE:gsub("local hwdb = require%(\"hwdb\"%)", [[
      local process = require("process")
      local before = process.handlers()
      local hwdb = require("hwdb")
    ]]) .. [[
      local client = new({ attempts = 1 })
      client.ddm:list_instances({})
      client.ddm:list_instances({})
      return tostring(process.handlers() == before)
    ]]
    assert.equal("true", process.state(program, server.url))
    assert.equal(2, #server:requests())
  end)

  it("prints nothing, whatever happens", function()
    local server <close> = Server.start({ { reset = true }, { json = {} }, { status = 500, body = "" }, { body = "<html>" } })
    local program = PRELUDE .. [[
      local client = new({ attempts = 1 })
      for _ = 1, 4 do client.ddm:list_instances({}) end
      hwdb.client({ ak = "half" })
      client.ddm:list_instances({ limit = "x", unknown = 1 })
      client:close()
    ]]
    local text = output_of(("ASAN_OPTIONS=detect_leaks=0 lua5.4 -e %s 2>&1"):format(quoted(program:gsub("%.%.%.", ("%q"):format(server.url)))))
    assert.equal("", text)
    assert.equal(4, #server:requests())
  end)

  it("touches no locale and depends on none", function()
    local server <close> = Server.start({ { body = '{"total_record":1,"instances":[],"load":1.5}', times = 2 } })
    local before = os.setlocale()
    assert.equal(1.5, server:client({ timeout = 2.5 }).ddm:list_instances({}).load)
    assert.equal(before, os.setlocale())
    local comma = os.setlocale("de_DE.UTF-8") or os.setlocale("fr_FR.UTF-8") or os.setlocale("de_DE")
    if comma then
      local load = server:client({ timeout = 2.5 }).ddm:list_instances({}).load
      assert.equal(comma, os.setlocale())
      os.setlocale("C")
      assert.equal(1.5, load)
    end
    os.setlocale(before)
  end)

  it("changes no global", function()
    local program = [[
      local names = {}
      for name in pairs(_G) do names[name] = true end
      require("hwdb")
      local new = {}
      for name in pairs(_G) do if not names[name] then new[#new + 1] = name end end
      return table.concat(new, " ")
    ]]
    assert.equal("", process.state(program))
  end)
end)

describe("states of their own", function()
  it("call from two threads, and four, at the same time", function()
    for _, n in ipairs({ 2, 4 }) do
      local server <close> = Server.start({ { json = { total_record = 7 }, times = math.huge } })
      local program = PRELUDE .. [[
        local client, sum = new(), 0
        for i = 1, 50 do sum = sum + assert(client.ddm:list_instances({ limit = i })).total_record end
        local calls = {}
        for i = 1, 50 do calls[i] = function() return client.ddm:list_instances({ limit = i }) end end
        for _, result in ipairs(hwdb.gather(calls)) do sum = sum + result[1].total_record end
        return tostring(sum)
      ]]
      local expected = {}
      for i = 1, n do expected[i] = "700" end
      assert.same(expected, process.threads(program, server.url, n))
      assert.equal(100 * n, #server:requests())
    end
  end)

  it("are closed with calls in flight; the server sees them go", function()
    local server <close> = Server.start({ { silent = true, times = 5 } })
    local program = PRELUDE .. [[
      local client = new()
      tasks = hwdb.tasks()
      for i = 1, 5 do tasks:spawn(function() return client.ddm:list_instances({ limit = i }) end) end
      local uv = require("luv")
      repeat tasks:step(0.01) until #tasks:watch() == 5 and client:now() > 0
      local other = new({ timeout = 0.05, attempts = 1 })
      other.ddm:list_instances({})
      return "closing"
    ]]
    assert.equal("closing", process.state(program, server.url))
    server:wait_for("closed", 5)
  end)

  it("are closed with a login, a retry and a sleep under way", function()
    local server <close> = Server.start({ { on = "/v3/auth/tokens", silent = true }, { status = 503, times = 5 } })
    local program = PRELUDE .. [[
      local client, login = new(), new({ user = "u", password = "p", domain_name = "d", endpoints = { ddm = url, iam = url } })
      tasks = hwdb.tasks()
      tasks:spawn(function() return login.ddm:list_instances({}) end)
      tasks:spawn(function() return client.ddm:list_instances({}) end)
      tasks:spawn(function() return client:sleep(3600) end)
      for _ = 1, 5 do tasks:step(0.01) end
      return "closing"
    ]]
    assert.equal("closing", process.state(program, server.url))
  end)

  it("are closed with a simulator's calls under way", function()
    local program = [[
      local hwdb = require("hwdb")
      local time = 0
      local sim = { ak = "A", sk = "S", region = "cn-north-4", project_id = "p", now = function() return time end,
        advance_to = function(_, at) time = at end, handle = function() return { status = 503 } end }
      local client = assert(hwdb.client({ sim = sim }))
      tasks = hwdb.tasks()
      for _ = 1, 3 do tasks:spawn(function() return client.ddm:list_instances({}) end) end
      tasks:spawn(function() return client:sleep(3600) end)
      tasks:step(0)
      tasks:step(0)
      return "closing"
    ]]
    assert.equal("closing", process.state(program))
  end)

  it("are closed by a finaliser's error and by a half-made client without harm", function()
    assert.equal("nil", process.state([[
      local hwdb = require("hwdb")
      return tostring(hwdb.client({ ak = "half", sk = 7 }))
    ]]))
  end)
end)

describe("a call that is forgotten", function()
  it("is collected and cancelled, and its client goes on", function()
    local server <close> = Server.start({ { silent = true }, { json = {} } })
    local client = server:client()
    do
      local thread = coroutine.create(function() return client.ddm:list_instances({ limit = 1 }) end)
      core.schedule(thread, true)
      assert(coroutine.resume(thread))
    end
    repeat core.poll(client.core, 0.01) until #server:requests() == 1
    collectgarbage()
    collectgarbage()
    server:wait_for("closed")
    assert(client.ddm:list_instances({}))
  end)
end)

describe("a fork", function()
  -- What a child leaves to its parent on purpose counts as lost there.
  if os.getenv("HWDB_VALGRIND") then return end

  -- Runs `child` in a forked child; its return value, from 0 to 100, is the answer. 101 means that it raised.
  local function in_child(child)
    local pid = process.fork()
    if pid == 0 then
      local ok, status = pcall(child)
      if not ok then io.stderr:write(tostring(status), "\n") end
      process.exit(ok and status or 101)
    end
    return process.wait(pid)
  end

  local function works(client)
    return function() return client.ddm:list_instances({}) and 0 or 1 end
  end

  it("after require leaves parent and child with working clients", function()
    local server <close> = Server.start({ { json = {}, times = math.huge } })
    local client = server:client()
    assert.equal(0, in_child(works(client)))
    assert(client.ddm:list_instances({}))
    assert.equal(2, server:connections())
  end)

  it("with a kept connection leaves it to the parent, unharmed", function()
    local server <close> = Server.start({ { json = {}, times = math.huge } })
    local client = server:client()
    assert(client.ddm:list_instances({}))
    assert.equal(0, in_child(function()
      for _ = 1, 3 do assert(client.ddm:list_instances({})) end
      client:close()
      collectgarbage()
      return 0
    end))
    assert(client.ddm:list_instances({}))
    local connections = {}
    for i, request in ipairs(server:requests()) do connections[i] = request.connection end
    assert.same({ 1, 2, 2, 2, 1 }, connections)
  end)

  it("with a kept TLS connection does so too", function()
    local nginx <close> = require("spec.support.nginx").start()
    local client = assert(hwdb.client({ region = "cn-north-4", ak = "A", sk = "S", project_id = "p", ca_file = nginx.ca_file,
      endpoints = { ddm = nginx:url("good") } }))
    local function connection() return select(2, client.ddm:list_instances({})).headers["x-connection"] end
    local first = connection()
    assert.equal(0, in_child(function() return connection() ~= first and connection() ~= first and 0 or 1 end))
    assert.equal(first, connection())
  end)

  it("in mid-flight leaves the call to the parent; the child's counts as lost", function()
    local server <close> = Server.start({ { json = { total_record = 1 }, hold = 2 }, { json = { total_record = 2 }, times = 9 } })
    local client = server:client()
    local tasks = hwdb.tasks()
    local query = tasks:spawn(function() return client.ddm:list_instances({ limit = 1 }) end)
    repeat tasks:step(0.01) until #server:requests() == 1
    assert.equal(2, in_child(function()
      while tasks:step() do end
      return query.result[1].total_record -- sent again by the child on a connection of its own
    end))
    while tasks:step() do end
    assert.equal(1, query.result[1].total_record)
    assert.equal(1, query.result[2].attempts)
  end)

  it("in mid-flight leaves a mutation in doubt in the child, and sends it once", function()
    local server <close> = Server.start({ { on = "POST", json = {}, hold = 2 }, { json = {}, times = 9 } })
    local client = server:client()
    local tasks = hwdb.tasks()
    local task = tasks:spawn(function()
      return client.ddm:restart_instance({ instance_id = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09", restart = { type = "soft" } })
    end)
    repeat tasks:step(0.01) until #server:requests() == 1
    assert.equal(0, in_child(function()
      while tasks:step() do end
      local err = task.result[2]
      assert(err.kind == "transport" and err.in_doubt, tostring(err))
      assert(err.message == "the process was forked while the request was on its way", err.message)
      assert(client.ddm:list_instances({}))
      return 0
    end))
    while tasks:step() do end
    assert.same({}, task.result[1])
    assert.equal(2, #server:requests())
  end)

  it("in mid-flight lets the child give the call up and go on", function()
    local server <close> = Server.start({ { json = {}, hold = 4 }, { json = {}, times = 9 } })
    local client = server:client()
    local tasks = hwdb.tasks()
    local task = tasks:spawn(function() return client.ddm:list_instances({ limit = 1 }) end)
    repeat tasks:step(0.01) until #server:requests() == 1
    assert.equal(0, in_child(function()
      coroutine.close(task.thread)
      for _ = 1, 3 do assert(client.ddm:list_instances({})) end
      return 0
    end))
    while tasks:step() do end
    assert.same({}, task.result[1])
  end)
end)
