-- SPDX-License-Identifier: Apache-2.0
-- hwdb help [COMMAND]
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")

local function overview(cli)
  output.line("hwdb works with the database services DDM, DWS and DBSS of Huawei Cloud.\n")
  output.line("Usage: hwdb COMMAND [arguments] [options]\n")
  for _, entry in ipairs(cli.COMMANDS) do output.line("  %-9s  %s", entry[1], entry[2]) end
  output.line("\nhwdb COMMAND --help tells more. To begin without an account: hwdb demo")
  output.line("Credentials come from HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or from ~/.huaweicloud/credentials;")
  output.line("hwdb doctor shows what was found. --sim needs none: the call goes to the simulator inside the program.")
end

return {
  usage = { "hwdb help [COMMAND]" },
  options = {},
  examples = { "hwdb help call" },
  run = function(_, rest)
    local cli = require("hwdb.cli")
    if #rest > 1 then fail.usage("help takes one command") end
    if rest[1] then
      output.line("%s", require("hwdb.cli.options").help(cli.command(rest[1])))
    else
      overview(cli)
    end
  end,
}
