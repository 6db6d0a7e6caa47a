-- SPDX-License-Identifier: Apache-2.0
-- hwdb inventory: what the account holds, read only; a simulator can start from it.
local connect = require("hwdb.cli.connect")
local core = require("hwdb.core")
local fail = require("hwdb.cli.fail")
local inventory = require("hwdb.inventory")
local options = require("hwdb.cli.options")
local output = require("hwdb.cli.output")
local render = require("hwdb.cli.render")
local save = require("hwdb.cli.save")

local FORMATS = { json = true, table = true }

local M = {}

---The services that --services names; nil without it.
---@param given table
---@return string[]?
function M.services(given)
  if not given.services then return nil end
  local list = {}
  for name in given.services:gmatch("[^,%s]+") do
    options.require_service("inventory", name, inventory.SERVICES)
    list[#list + 1] = name
  end
  if #list == 0 then fail.usage("--services names none", "services: " .. table.concat(inventory.SERVICES, ", ")) end
  return list
end

local function as_json(given)
  if given.format and not FORMATS[given.format] then fail.usage(("--format is json or table, not %s"):format(given.format)) end
  if given.json and given.format == "table" then fail.usage("--json and --format table exclude each other") end
  return given.json or given.format == "json"
end

local function show(document)
  local cells = {}
  for i, object in ipairs(inventory.objects(document)) do
    cells[i] = { object.kind, output.clean(object.name), output.clean(object.id), output.clean(object.status) }
  end
  if #cells > 0 then render.table(output.line, { "kind", "name", "id", "status" }, cells, "", output.width(), 60) end
  output.line("%s%d objects, %d reads, %d refused", #cells > 0 and "\n" or "", #cells, #document.reads, #document.failed)
end

local function show_refused(document)
  for _, read in ipairs(document.failed) do
    output.note("%s %s: %s%s%s", output.paint("yellow", "refused:", 2), read.op, read.kind or "failed",
      read.status and " HTTP " .. read.status or "", read.code and " " .. read.code or "")
  end
end

for key, value in pairs({
  usage = { "hwdb inventory [--services ddm,dws,dbss,rds] [--json | --format table] [--output FILE] [options]" },
  details = "Reads every list and the details of everything listed, one call after the other and slowly, and changes nothing.\n"
    .. "The file holds names, ids, addresses and settings, never a secret. hwdb sim --seed-from FILE, or any command with\n"
    .. "--sim --seed-from FILE, starts a simulator with these objects: a change is rehearsed on one's own instances.",
  options = options.join({
    { name = "services", value = "LIST", help = "only these, separated by commas: ddm, dws, dbss, rds" },
    { name = "json", help = "the whole inventory on stdout" },
    { name = "format", value = "FORMAT", help = "json or table (table)" },
    { name = "output", value = "FILE", help = "write the inventory there, as JSON" },
    { name = "pace", value = "SECONDS", help = ("between two calls; %d unless given"):format(inventory.PACE_SECONDS) },
  }, options.CLIENT),
  examples = { "hwdb inventory --output mine.json", "hwdb run ddm_shard_migration --sim --seed-from mine.json" },
  exits = { "0  done; reads that were refused are named on stderr", "1  nothing could be read", "2  usage, or no credentials",
    "130  interrupted" },
  run = function(given, rest)
    if #rest > 0 then fail.usage(("inventory takes options only, not %s"):format(rest[1])) end
    local json, wanted, pace = as_json(given), M.services(given), options.positive(given, "pace")
    local client = connect.client(given)
    local target = given.output and save.open(given.output, "the inventory")
    local ok, document = pcall(inventory.take, client, { services = wanted, pace = pace })
    if not ok then
      if target then target:abandon() end
      error(document, 0)
    end
    if target then target:finish(core.encode(document) .. "\n") end
    if json then output.json(document) elseif given.output ~= "-" then show(document) end
    show_refused(document)
    return #document.reads > 0 and fail.EXIT.done or fail.EXIT.failed
  end,
}) do M[key] = value end

return M
