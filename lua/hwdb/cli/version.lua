-- SPDX-License-Identifier: Apache-2.0
-- hwdb version
local core = require("hwdb.core")
local output = require("hwdb.cli.output")

local SHOWN = { { "lua", "Lua" }, { "curl", "libcurl" }, { "openssl", "OpenSSL" }, { "cjson", "cJSON" },
  { "sqlite", "SQLite" }, { "microhttpd", "libmicrohttpd" } }

local function versions()
  local host = require("hwdb.host")
  local found = core.versions()
  found.hwdb = core.version
  found.lua = _VERSION:match("%d[%d.]*")
  found.microhttpd = host.microhttpd
  return found
end

return {
  usage = { "hwdb version [--json]" },
  options = { { name = "json", help = "one JSON object" } },
  examples = { "hwdb version" },
  run = function(given)
    local found = versions()
    if given.json then return output.json(found) end
    output.line("hwdb %s", found.hwdb)
    for _, entry in ipairs(SHOWN) do
      if found[entry[1]] then output.line("%s %s", entry[2], found[entry[1]]) end
    end
  end,
}
