-- SPDX-License-Identifier: Apache-2.0
-- libhwdb as others meet it: installed, found by pkg-config, compiled against, linked both ways.
local cjson = require("cjson")
local cli = require("spec.support.cli")
local hwdb = require("hwdb")

local AK, SK = "LIBAK", "LIBSK-canary"
local BUILD = os.getenv("HWDB_BUILD") or "build"
local CC = os.getenv("CC") or "gcc"
local STRICT = "-std=c11 -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror"

local function words(text)
  local list = {}
  for word in text:gmatch("%S+") do list[#list + 1] = word end
  table.sort(list)
  return list
end

local function run(command, ...)
  local r = cli.shell(command:format(...))
  assert(r.code == 0, command:format(...) .. "\n" .. r.out .. r.err)
  return r.out
end

describe("libhwdb, installed,", function()
  local root, prefix, sim, env

  setup(function()
    root = cli.folder() .. "/root"
    prefix = root .. "/usr/local"
    -- "-o all": what is installed is the build under test, never a new one.
    run("env -u MAKEFLAGS -u MFLAGS make -o all install BUILD=%s DESTDIR=%s PREFIX=/usr/local", cli.quoted(BUILD), cli.quoted(root))
    sim = cli.sim({ "--ak", AK, "--sk", SK })
    env = cli.towards(sim, AK, SK)
    env.LD_LIBRARY_PATH = prefix .. "/lib"
  end)
  teardown(function()
    sim:signal("TERM")
    sim:wait()
    cli.clean()
  end)

  local function pkg_config(options)
    return (run("PKG_CONFIG_PATH=%s pkg-config --define-variable=prefix=%s %s hwdb", cli.quoted(prefix .. "/lib/pkgconfig"),
      cli.quoted(prefix), options):gsub("%s+$", ""))
  end

  local function compile(program, libraries)
    local path = cli.folder() .. "/" .. program
    run("%s %s examples/list_instances.c %s -o %s", CC, STRICT, libraries, cli.quoted(path))
    return path
  end

  local function start(program, more)
    local list = { "env", "-i", "HOME=" .. cli.quoted(cli.folder()) }
    for name, value in pairs(more) do list[#list + 1] = name .. "=" .. cli.quoted(value) end
    return cli.shell(table.concat(list, " ") .. " " .. cli.quoted(program))
  end

  local function expected()
    local client = assert(hwdb.client { ak = AK, sk = SK, region = "cn-north-4", endpoints = { ddm = sim.url, iam = sim.url } })
    return (assert(client.ddm:list_instances { limit = 10 }))
  end

  it("is found by pkg-config", function()
    assert.equal(hwdb.version, pkg_config("--modversion"))
    assert.equal("/usr/local", cli.read(prefix .. "/lib/pkgconfig/hwdb.pc"):match("^prefix=([^\n]*)"))
    assert.same({ "-L" .. prefix .. "/lib", "-lhwdb" }, words(pkg_config("--libs")))
    assert.equal("-I" .. prefix .. "/include", pkg_config("--cflags"):match("^%S+"))
  end)

  it("serves the example, linked as a shared library", function()
    local program = compile("shared", pkg_config("--cflags --libs"))
    local r = start(program, env)
    assert.same({ 0, "" }, { r.code, r.err })
    assert.same(cjson.decode(hwdb.encode(expected())), cjson.decode(r.out))
  end)

  it("serves the example, linked statically, and then needs no file of its own", function()
    local program = compile("static", ("-I%s/include %s/lib/libhwdb.a %s -lpthread -lm"):format(prefix, prefix,
      (run("pkg-config --libs libcurl libcrypto libcjson"):gsub("%s+$", ""))))
    assert.is_nil(run("readelf -d %s", cli.quoted(program)):find("hwdb", 1, true))
    local more = { LD_LIBRARY_PATH = "" }
    for name, value in pairs(env) do if name ~= "LD_LIBRARY_PATH" then more[name] = value end end
    local r = start(program, more)
    assert.same({ 0, "" }, { r.code, r.err })
    assert.same(cjson.decode(hwdb.encode(expected())), cjson.decode(r.out))
  end)

  it("tells the example what is missing", function()
    local program = compile("without", pkg_config("--cflags --libs"))
    local r = start(program, { LD_LIBRARY_PATH = env.LD_LIBRARY_PATH, HUAWEICLOUD_SDK_REGION = "cn-north-4" })
    assert.same({ 1, "" }, { r.code, r.out })
    local err = cjson.decode(r.err)
    assert.same({ "auth", 0, false, false, "ddm.list_instances" },
      { err.kind, err.attempts, err.retryable, err.in_doubt, err.operation })
    r = start(program, { LD_LIBRARY_PATH = env.LD_LIBRARY_PATH, HUAWEICLOUD_SDK_AK = "half" })
    assert.same({ 2, "" }, { r.code, r.out })
    assert.equal("auth", cjson.decode(r.err).kind)
  end)

  it("has a header that stands alone, in C99 and in C++", function()
    local file = cli.file("alone.c", "#include <hwdb.h>\nint main(void) { return hwdb_version() == 0; }\n")
    run("%s -std=c99 -Wall -Wextra -Wpedantic -Werror -I%s/include -fsyntax-only %s", CC, prefix, cli.quoted(file))
    run("clang -x c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -I%s/include -fsyntax-only %s", prefix, cli.quoted(file))
    assert.is_nil(cli.read(prefix .. "/include/hwdb.h"):find('#include "', 1, true))
  end)

  it("shows what its header declares and nothing else", function()
    local declared = {}
    for name in cli.read(prefix .. "/include/hwdb.h"):gmatch("HWDB_API [^;(]-(hwdb_[%w_]+)%(") do declared[#declared + 1] = name end
    table.sort(declared)
    local shown = run("nm -D --defined-only %s/lib/libhwdb.so.0 | awk '$2 == \"T\" { sub(/@.*/, \"\", $3); print $3 }'", prefix)
    assert.same(declared, words(shown))
    assert.equal("", run("nm -D --defined-only %s/lib/libhwdb.so.0 | awk '$2 ~ /[BDRVW]/ && !/asan|odr/'", prefix))
  end)

  it("knows no Lua and no database, and bears its version's name", function()
    local dynamic = run("readelf -d %s/lib/libhwdb.so.0", prefix)
    assert.equal("libhwdb.so.0", dynamic:match("SONAME[^\n]*%[([^%]]+)%]"))
    assert.is_nil(dynamic:lower():find("lua", 1, true))
    assert.is_nil(dynamic:find("sqlite", 1, true))
    assert.equal("", run("nm -D -u %s/lib/libhwdb.so.0 | awk '/ lua/'", prefix))
    assert.equal("libhwdb.so.0\n", run("readlink %s/lib/libhwdb.so", prefix))
  end)
end)
