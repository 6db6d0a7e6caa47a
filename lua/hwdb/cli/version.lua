-- SPDX-License-Identifier: Apache-2.0
-- hwdb version
local core = require("hwdb.core")
local output = require("hwdb.cli.output")

local SHOWN = { { "libcurl", "libcurl" }, { "openssl", "OpenSSL" }, { "cjson", "cJSON" }, { "sqlite", "SQLite" },
  { "libmicrohttpd", "libmicrohttpd" } }

local function versions()
  local host = require("hwdb.host")
  local libraries = core.versions()
  return { hwdb = core.version, lua = host.lua:match("%d[%d.]*"), libmicrohttpd = host.microhttpd,
    libcurl = libraries.libcurl, openssl = libraries.tls:match("OpenSSL/(%S+)"), cjson = libraries.cjson,
    sqlite = libraries.sqlite }
end

return {
  usage = { "hwdb version [--json]" },
  options = { { name = "json", help = "one JSON object" } },
  examples = { "hwdb version" },
  run = function(given)
    local found = versions()
    if given.json then return output.json(found) end
    output.line("hwdb %s", found.hwdb)
    output.line("Lua %s", found.lua)
    for _, entry in ipairs(SHOWN) do
      if found[entry[1]] then output.line("%s %s", entry[2], found[entry[1]]) end
    end
  end,
}
