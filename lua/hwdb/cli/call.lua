-- SPDX-License-Identifier: Apache-2.0
-- hwdb call: one call, one dry run, or every page of a list.
local connect = require("hwdb.cli.connect")
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local rows = require("hwdb.cli.rows")
local values = require("hwdb.cli.values")
local wire = require("hwdb.cli.wire")

local function show(given, body)
  if given.json then return output.json(body) end
  if type(body) == "string" then return output.line("%s", output.clean(body)) end
  for _, line in ipairs(require("hwdb.cli.render").lines(body)) do output.line("%s", line) end
end

local function finish(given, body, info)
  if body == nil then error(info, 0) end
  output.warnings(info and info.warnings)
  show(given, body)
end

local function show_request(given, request)
  output.warnings(request.warnings)
  if given.json then return output.json(request) end
  output.line("%s %s", output.paint("bold", request.method), request.url)
  local names = {}
  for name in pairs(request.headers) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do output.line("%s: %s", name, request.headers[name]) end
  if request.body ~= nil and request.body ~= core.null then
    output.line("\n%s", type(request.body) == "string" and request.body or core.encode(request.body))
  end
  output.note("nothing was sent")
end

-- -- by operation ----------------------------------------------------------------

local function arguments(row, given, words)
  local args = given.input and values.input(given.input) or {}
  return values.build(row, words, args)
end

local function all_pages(client, row, args, given)
  if not row.page then
    fail.usage(("%s.%s has no pages"):format(row.service, row.name), "leave --all out")
  end
  local items = core.array({})
  for item in client[row.service]:each(row.name, args) do items[#items + 1] = item end
  show(given, items)
end

local function check_date(given)
  if given.date and not given.dry_run then fail.usage("--date fixes the time of a dry run", "add --dry-run") end
  wire.date(given)
end

local function by_operation(given, rest)
  if not rest[1] then fail.usage("call needs SERVICE.OPERATION", "such as: hwdb call ddm.list_instances") end
  for _, name in ipairs({ "data", "data_file", "header" }) do
    if given[name] then fail.usage(("--%s goes with --raw"):format(name:gsub("_", "-"))) end
  end
  local row = rows.find(rest[1])
  local args = arguments(row, given, table.move(rest, 2, #rest, 1, {}))
  local client = connect.client(given, row.service)
  if given.dry_run then
    local request, err = client:dry_run(row.service, row.name, args, { date = given.date })
    connect.warn(client, "notes")
    if not request then error(err, 0) end
    return show_request(given, request)
  end
  if given.all then return all_pages(client, row, args, given) end
  local body, info = client[row.service][row.name](client[row.service], args)
  connect.warn(client, "notes")
  finish(given, body, info)
end

-- -- any other call ----------------------------------------------------------------

-- Service, endpoint and path of "https://host/path" or "service:/path".
local function target(text)
  local service, path = text:match("^(%l[%w-]*):(/[^/].*)$")
  if not service then service, path = text:match("^(%l[%w-]*):(/)$") end
  if service then return service, nil, path end
  local scheme, authority, rest = text:match("^(https?)://([^/?#]+)(.*)$")
  if not scheme then
    fail.usage(("%s is neither a URL nor SERVICE:/PATH"):format(text),
      "such as https://rds.cn-north-4.myhuaweicloud.com/v3/{project_id}/instances, or rds:/v3/{project_id}/instances")
  end
  if rest:sub(1, 1) ~= "/" then rest = "/" .. rest end
  return authority:match("^(%l[%w-]*)%.") or "raw", scheme .. "://" .. authority, rest
end

local function decoded(text, what)
  local plain = core.uri_decode(text)
  if plain == nil then fail.usage(("the URL's %s has a broken percent sign"):format(what)) end
  return plain
end

-- The query as an object; a name that repeats becomes a list.
local function query_of(text)
  local query = {}
  for pair in text:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    name, value = decoded(name, "query"), decoded(value, "query")
    local before = query[name]
    if before == nil then query[name] = value
    elseif type(before) == "table" then table.insert(before, value)
    else query[name] = core.array({ before, value }) end
  end
  return next(query) and query or nil
end

local function raw_headers(given)
  local headers
  for _, text in ipairs(given.header or {}) do
    local name, value = wire.header(text)
    headers = headers or {}
    headers[name] = value
  end
  return headers
end

local function raw(given, rest)
  if #rest ~= 2 then fail.usage("call --raw takes a method and a URL", "such as: hwdb call --raw GET rds:/v3/{project_id}/instances") end
  local method = wire.method(rest[1])
  if given.dry_run then
    fail.usage("--dry-run shows an operation's request, not a raw one", "see: hwdb sign --help")
  end
  if given.all or given.input then fail.usage("--all and --input go with an operation, not with --raw") end
  wire.url(rest[2])
  local service, endpoint, where = target(rest[2])
  local path, query = where:match("^([^?]*)%??(.*)$")
  given.endpoint = given.endpoint or endpoint
  local client = connect.client(given, service)
  local request = { service = service, method = method, path = decoded(path, "path"), query = query_of(query),
    headers = raw_headers(given), body = wire.body(given) }
  finish(given, client:request(request))
end

return {
  usage = {
    "hwdb call SERVICE.OPERATION [name=value]... [options]",
    "hwdb call --raw METHOD URL [--data TEXT | --data-file FILE] [-H 'Name: value']... [options]",
  },
  details = "Values are read by the operation's own types; dots nest (instance.name=x), path.x, query.x and body.x pick a place,\n"
    .. "a repeated name builds a list. name:=JSON gives JSON, name=@FILE, name=env:NAME and name=prompt: fetch the value;\n"
    .. "a secret is only taken that way. --input gives all parameters as one JSON object; a name=value wins over it.\n"
    .. "--raw takes https://host/path or SERVICE:/path, where {project_id} is filled in.\n"
    .. "With --json the answer goes to stdout and an error, {\"error\": {...}}, to stderr.",
  options = options.join({
    { name = "input", value = "FILE", help = "all parameters as one JSON object, - for stdin" },
    { name = "dry-run", help = "show the signed request, send nothing" },
    { name = "date", value = "TIME", help = "time of a dry run's signature, such as 20260102T030405Z" },
    { name = "json", help = "the answer as JSON" },
    { name = "all", help = "every page of a list" },
    { name = "strict", help = "refuse what is only odd: unlisted values, unknown fields, strange ids" },
    { name = "raw", help = "any other signed call" },
    { name = "data", value = "TEXT", help = "body of a raw call" },
    { name = "data-file", value = "FILE", help = "body of a raw call from a file, - for stdin" },
    { name = "header", short = "H", value = "'Name: value'", many = true, help = "header of a raw call" },
  }, options.CLIENT, {
    { name = "faults", value = "FILE", help = "with --sim: what shall go wrong" },
    { name = "effects", value = "FILE", help = "with --sim: append a JSON line for every accepted change" },
  }),
  examples = {
    "hwdb call ddm.list_instances limit=10 --sim",
    "hwdb call ddm.reset_user_password instance_id=ID username=root password=prompt:",
  },
  run = function(given, rest)
    check_date(given)
    if given.raw then return raw(given, rest) end
    by_operation(given, rest)
  end,
}
