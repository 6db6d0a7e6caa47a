-- SPDX-License-Identifier: Apache-2.0
-- What holds for every command.
local cjson = require("cjson")
local cli = require("spec.support.cli")

local COMMANDS = { "run", "resume", "runs", "show", "watch", "approve", "resolve", "pause", "cancel", "plan", "apply", "report",
  "audit", "torture", "call", "api", "doctor", "sim", "demo", "new", "check", "policy", "sign", "version", "help" }

describe("hwdb", function()
  teardown(cli.clean)

  it("lists its commands", function()
    for _, args in ipairs({ {}, { "help" }, { "--help" }, { "-h" } }) do
      local r = cli.run(args)
      assert.equal(0, r.code)
      for _, name in ipairs(COMMANDS) do assert.truthy(r.out:find("\n  " .. name .. " +%l"), name) end
    end
  end)

  it("explains each command with usage, options, an example and exit codes", function()
    for _, name in ipairs(COMMANDS) do
      local r = cli.run({ name, "--help" })
      assert.equal(0, r.code)
      assert.equal("", r.err)
      for _, part in ipairs({ "Usage: hwdb " .. name, "Options:", "Example", "Exit codes:" }) do
        assert.truthy(r.out:find(part, 1, true), name .. ": " .. part)
      end
      assert.equal(r.out, cli.run({ "help", name }).out)
    end
  end)

  it("prints versions", function()
    local r = cli.run({ "version" })
    for _, name in ipairs({ "hwdb", "Lua", "libcurl", "OpenSSL", "libmicrohttpd" }) do
      assert.truthy(("\n" .. r.out):find("\n" .. name .. " %d+%.%d+"), name)
    end
    assert.equal(r.out, cli.run({ "--version" }).out)
    assert.equal("5.4", cjson.decode(cli.run({ "version", "--json" }).out).lua:match("^%d+%.%d+"))
  end)

  it("names what is near to a mistyped command or option", function()
    local r = cli.run({ "dostor" })
    assert.equal(2, r.code)
    assert.equal("hwdb: there is no command dostor, did you mean doctor?\n  remedy: see: hwdb help\n", r.err)
    r = cli.run({ "call", "--dryrun", "ddm.list_instances" })
    assert.equal(2, r.code)
    assert.equal("hwdb: call has no option --dryrun, did you mean --dry-run?\n  remedy: see: hwdb call --help\n", r.err)
  end)

  it("refuses options without a value, twice, or with one too many", function()
    for _, case in ipairs({ { "call", "--region" }, { "call", "--region", "a", "--region=b" }, { "version", "--json=1" },
      { "call", "-X" } }) do
      assert.equal(2, cli.run(case).code, table.concat(case, " "))
    end
  end)

  it("gives errors as one JSON object on stderr where JSON is asked for", function()
    local r = cli.run({ "api", "ddm.lis", "--json" })
    assert.equal(2, r.code)
    assert.equal("", r.out)
    local err = cjson.decode(r.err).error
    assert.equal("usage", err.kind)
    assert.equal(2, err.exit)
    assert.truthy(err.message and err.remedy)
  end)

  it("says when the output cannot be written", function()
    local r = cli.shell(cli.command({ "api" }) .. " >/dev/full")
    assert.equal(1, r.code)
    assert.equal("hwdb: cannot write the output: No space left on device\n", r.err)
  end)

  it("ends quietly when its reader has seen enough", function()
    local r = cli.shell(("(%s; echo $? >&2) | true"):format(cli.command({ "api", "--json" })))
    assert.equal("1\n", r.err)
  end)

  it("uses colour at a terminal only, and not with NO_COLOR", function()
    assert.truthy(cli.at_terminal({ "api" }, "").out:find("\27[1m", 1, true))
    assert.falsy(cli.at_terminal({ "api" }, "", { NO_COLOR = "1" }).out:find("\27", 1, true))
    assert.falsy(cli.at_terminal({ "api" }, "", { TERM = "dumb" }).out:find("\27", 1, true))
    assert.falsy(cli.run({ "api" }).out:find("\27", 1, true))
  end)

  it("takes its own modules from nowhere but itself", function()
    local folder = cli.folder()
    os.execute("mkdir -p " .. folder .. "/hwdb")
    cli.file("hwdb/init.lua", "error('another hwdb')")
    cli.file("hwdb/core.lua", "error('another core')")
    local r = cli.run({ "call", "ddm.list_instances", "--sim" }, { env = { LUA_PATH = folder .. "/?.lua;" .. folder .. "/?/init.lua" } })
    assert.equal(0, r.code, r.err)
  end)
end)
