-- SPDX-License-Identifier: Apache-2.0
-- What a person says of a request as it goes over the wire: method, headers, body, time.
local fail = require("hwdb.cli.fail")
local source = require("hwdb.cli.source")

local M = {}

---@param text string
---@return string method in upper case
function M.method(text)
  local method = text:upper()
  if not method:find("^%u+$") then fail.usage(("%s is not a method"):format(text)) end
  return method
end

---Takes "Name: value" apart.
---@param text string
---@return string name
---@return string value
function M.header(text)
  local name, value = text:match("^([^:]+):%s*(.-)%s*$")
  if not name then fail.usage(("%s is not a header"):format(text), "give -H 'Name: value'") end
  if not name:find("^[%w!#$%%&'*+.^_`|~-]+$") then fail.usage(("%s is not a header's name"):format(name)) end
  if value:find("%c") then fail.usage(("header %s holds control characters"):format(name)) end
  return name, value
end

---The body that --data or --data-file gives; nil without either.
---@param given table
---@return string?
function M.body(given)
  if given.data and given.data_file then fail.usage("--data and --data-file exclude each other") end
  if given.data_file then return source.file(given.data_file, "the body") end
  return given.data
end

---The time that --date gives; nil without it.
---@param given table
---@return string?
function M.date(given)
  if given.date and not given.date:find("^%d%d%d%d%d%d%d%dT%d%d%d%d%d%dZ$") then
    fail.usage(("--date must look like 20260102T030405Z, not %s"):format(given.date))
  end
  return given.date
end

---A URL goes out as given, so it must hold nothing that cannot.
---@param url string
function M.url(url)
  if url:find("[%c ]") then fail.usage("the URL holds a space or control characters", "percent-encode them") end
end

return M
