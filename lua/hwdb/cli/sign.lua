-- SPDX-License-Identifier: Apache-2.0
-- hwdb sign METHOD URL: every intermediate of a signature. Nothing but AK and SK comes from the environment.
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local output = require("hwdb.cli.output")
local wire = require("hwdb.cli.wire")

local PAIRS = {
  { "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK" },
  { "HW_ACCESS_KEY", "HW_SECRET_KEY" },
  { "HUAWEICLOUD_ACCESS_KEY_ID", "HUAWEICLOUD_SECRET_ACCESS_KEY" },
}

-- The first scheme that is there at all; halves of different schemes never make a pair.
local function keys()
  for _, pair in ipairs(PAIRS) do
    local ak, sk = os.getenv(pair[1]), os.getenv(pair[2])
    if (ak and ak ~= "") or (sk and sk ~= "") then
      if not ak or ak == "" then fail.usage(pair[1] .. " is missing beside " .. pair[2]) end
      if not sk or sk == "" then fail.usage(pair[2] .. " is missing beside " .. pair[1]) end
      return ak, sk
    end
  end
  fail.usage("the environment holds no AK and SK", "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK")
end

local function headers(given)
  local list = {}
  for _, text in ipairs(given.header or {}) do list[#list + 1] = { wire.header(text) } end
  return list
end

local function check_url(url)
  if not url:find("^https?://[^/?#]+") then fail.usage(("%s is not a http or https URL"):format(url)) end
  wire.url(url)
  if url:find("#", 1, true) then fail.usage("the URL has a fragment, which never goes out", "leave it out, or write # as %23") end
end

return {
  usage = { "hwdb sign METHOD URL [-H 'Name: value']... [--data TEXT | --data-file FILE] [options]" },
  details = "Signs Host, X-Sdk-Date and every -H header whose name has no underscore. The URL goes out as given; a + in it\n"
    .. "is a plus. AK and SK come from the environment: HUAWEICLOUD_SDK_AK and _SK, HW_ACCESS_KEY and HW_SECRET_KEY, or\n"
    .. "HUAWEICLOUD_ACCESS_KEY_ID and HUAWEICLOUD_SECRET_ACCESS_KEY. Prints one JSON object: canonical_request,\n"
    .. "string_to_sign, signature, authorization, headers.",
  options = {
    { name = "header", short = "H", value = "'Name: value'", many = true, help = "a header to send and sign" },
    { name = "data", value = "TEXT", help = "the body" },
    { name = "data-file", value = "FILE", help = "the body from a file, - for stdin" },
    { name = "date", value = "TIME", help = "time of the signature, such as 20260102T030405Z; now if absent" },
    { name = "algorithm", value = "NAME", help = "SDK-HMAC-SHA256 (default), SDK-HMAC-SM3 or V11-HMAC-SHA256" },
    { name = "region", value = "REGION", help = "for V11-HMAC-SHA256" },
    { name = "service", value = "SERVICE", help = "for V11-HMAC-SHA256" },
    { name = "json", help = "the output is JSON anyway" },
  },
  examples = { "hwdb sign GET https://ddm.cn-north-4.myhuaweicloud.com/v1/PROJECT/instances --date 20260102T030405Z" },
  run = function(given, rest)
    if #rest ~= 2 then fail.usage("sign takes a method and a URL", "see: hwdb sign --help") end
    local method = wire.method(rest[1])
    check_url(rest[2])
    local ak, sk = keys()
    local signed, err = core.sign({ ak = ak, sk = sk, method = method, url = rest[2], headers = headers(given),
      body = wire.body(given), date = wire.date(given), algorithm = given.algorithm, region = given.region,
      service = given.service })
    if not signed then error(err, 0) end
    output.json({ canonical_request = signed.canonical_request, string_to_sign = signed.string_to_sign,
      signature = signed.signature, authorization = signed.authorization, headers = signed.headers,
      signed_headers = signed.signed_headers })
  end,
}
