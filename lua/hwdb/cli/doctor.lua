-- SPDX-License-Identifier: Apache-2.0
-- hwdb doctor: looks at everything a call needs and changes nothing. Values of secrets are never shown.
local connect = require("hwdb.cli.connect")
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local host = require("hwdb.host")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")

-- One read that every account may make, for each service.
local READS = {
  { "iam", "list_projects", {} },
  { "ddm", "list_instances", { limit = 1 } },
  { "dws", "list_clusters", {} },
  { "dbss", "list_audit_instances", { limit = 1 } },
}

local SKEW_WARN, SKEW_BAD = 60, 900

local Report = {}
Report.__index = Report

function Report:add(status, check, message, remedy)
  self.findings[#self.findings + 1] = { check = check, status = status, message = message,
    remedy = remedy ~= "" and remedy or nil }
end

function Report:error(check, err)
  self:add("bad", check, tostring(err.message or err), err.remedy)
end

-- -- what can be seen without a call ------------------------------------------------------

local function lines(report, status, check, text, remedy)
  for line in (text or ""):gmatch("[^\n]+") do report:add(status, check, line, remedy) end
end

local NO_CREDENTIALS = "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or write ~/.huaweicloud/credentials; "
  .. "--sim needs neither"

local function credentials(report, about)
  if about.kind == "none" or about.kind == nil then
    report:add("bad", "credentials", "there are none", NO_CREDENTIALS)
  else
    local of = about.ak and (", access key " .. about.ak) or about.user and (", user " .. about.user) or ""
    report:add("ok", "credentials", ("%s from %s%s%s"):format(about.kind, about.source or "?", of,
      about.security_token and ", temporary" or ""))
  end
  lines(report, about.kind == "none" and "bad" or "warn", "credentials", about.credential_notes)
end

local function place(report, about)
  if about.region then report:add("ok", "region", about.region)
  else report:add("warn", "region", "none is set", "set HUAWEICLOUD_SDK_REGION or give --region") end
  if about.project_id then report:add("ok", "project", about.project_id)
  elseif about.project_name then report:add("ok", "project", about.project_name .. ", looked up by its name")
  else report:add("ok", "project", "looked up by the region's name on the first call") end
end

-- A proxy's address without what may stand before the @.
local function without_user(url)
  return (url:gsub("//[^/@]*@", "//***@"):gsub("^[^/@]*@", "***@"))
end

local function proxy(report)
  local found = false
  for _, name in ipairs({ "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY" }) do
    local value = os.getenv(name)
    if value and value ~= "" then
      found = true
      report:add("ok", "proxy", ("%s from %s; loopback goes around it"):format(without_user(value), name))
    end
  end
  if not found then report:add("ok", "proxy", "none") end
end

local function trust(report, given)
  if not given.ca_file then return report:add("ok", "tls", "certificates are verified against the system's") end
  local status, reason = host.stat(given.ca_file)
  if status and status.kind == "file" then
    report:add("ok", "tls", "certificates are verified against " .. given.ca_file)
  else
    report:add("bad", "tls", ("%s cannot be read: %s"):format(given.ca_file, reason or "not a file"), "give --ca-file a PEM file")
  end
end

local function endpoints(report, client)
  for _, read in ipairs(READS) do
    local ok, url, err = pcall(client.endpoint, client, read[1])
    if not ok then return end
    if url then report:add("ok", "endpoint " .. read[1], url) else report:error("endpoint " .. read[1], err) end
  end
  local notes = client:describe().notes
  lines(report, "warn", "region", type(notes) == "string" and notes or nil)
end

-- -- one read for each service ---------------------------------------------------------------

local function header(info, name)
  for key, value in pairs(info and info.headers or {}) do
    if type(value) == "table" then key, value = value[1], value[2] end
    if tostring(key):lower() == name then return value end
  end
end

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

-- Days from 1970 to a date of the Gregorian calendar.
local function days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719469
end

-- Seconds since 1970 out of an HTTP date.
local function http_time(text)
  local day, month, year, hour, minute, second = text:match("(%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d)")
  if not MONTHS[month or ""] then return nil end
  return days(tonumber(year), MONTHS[month], tonumber(day)) * 86400 + hour * 3600 + minute * 60 + second
end

local function skew(report, client, info)
  local date = header(info, "date")
  local theirs = date and http_time(date)
  if not theirs or report.clock then return end
  report.clock = true
  local off = math.floor(theirs - client:now() / 1000 + 0.5)
  local text = ("this machine's clock is %d s %s the service's"):format(math.abs(off), off > 0 and "behind" or "ahead of")
  if math.abs(off) >= SKEW_BAD then
    report:add("bad", "clock", text, "set the clock: signatures more than 15 minutes off are refused")
  elseif math.abs(off) >= SKEW_WARN then
    report:add("warn", "clock", text, "set the clock")
  else
    report:add("ok", "clock", ("within %d s of the service's"):format(math.max(1, math.abs(off))))
  end
end

local function read(report, client, entry)
  local service, op, args = entry[1], entry[2], entry[3]
  local check = "read " .. service
  local body, info = client[service][op](client[service], args)
  if body == nil then
    if info.kind == "cancelled" then error(info, 0) end
    if report.simulated and info.status == 501 then return report:add("warn", check, info.message) end
    return report:error(check, info)
  end
  report:add("ok", check, ("%s answered in %.2f s"):format(op, info.seconds or 0))
  skew(report, client, info)
end

-- -- the report ---------------------------------------------------------------------------------

local MARKS = { ok = { "green", "ok  " }, warn = { "yellow", "warn" }, bad = { "red", "BAD " } }

local function show(report)
  for _, finding in ipairs(report.findings) do
    local mark = MARKS[finding.status]
    output.line("%s  %-14s %s", output.paint(mark[1], mark[2]), finding.check, finding.message)
    if finding.remedy then output.line("%s%s", (" "):rep(21), output.paint("dim", finding.remedy)) end
  end
end

local function is_usable(report)
  for _, finding in ipairs(report.findings) do
    if finding.check == "credentials" and finding.status == "bad" then return false end
  end
  return true
end

-- What is not known comes as null.
local function known(about)
  local result = {}
  for key, value in pairs(about) do
    if value ~= core.null then result[key] = value end
  end
  return result
end

local function examine(given)
  -- What fails is said at once; a retry would only hide it for a while.
  given.attempts = given.attempts or "1"
  local report = setmetatable({ findings = core.array({}) }, Report)
  local ok, client = pcall(connect.silent_client, given)
  if not ok then
    if not fail.is_object(client) then error(client, 0) end
    report:error("configuration", client)
    proxy(report)
    return report
  end
  local about = known(client:describe())
  report.simulated = given.sim
  credentials(report, about)
  place(report, about)
  endpoints(report, client)
  trust(report, given)
  proxy(report)
  if is_usable(report) then
    for _, entry in ipairs(READS) do read(report, client, entry) end
  end
  return report
end

return {
  usage = { "hwdb doctor [options]" },
  details = "Shows where credentials, region and project come from, endpoints, TLS, proxy and clock, and makes one read for\n"
    .. "each service. Changes nothing; an access key is shown by its last four characters, other secrets not at all.",
  options = options.join({ { name = "json", help = "{\"findings\": [{\"check\", \"status\", \"message\", \"remedy\"}]}" } },
    options.CLIENT),
  examples = { "hwdb doctor", "hwdb doctor --sim" },
  exits = { "0  nothing is wrong", "1  something is wrong: see the lines marked BAD", "2  usage" },
  run = function(given, rest)
    if #rest > 0 then fail.usage(("doctor takes options only, not %s"):format(rest[1])) end
    local report = examine(given)
    if given.json then output.json({ findings = report.findings }) else show(report) end
    for _, finding in ipairs(report.findings) do
      if finding.status == "bad" then return fail.EXIT.failed end
    end
  end,
}
