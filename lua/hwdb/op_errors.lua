-- SPDX-License-Identifier: Apache-2.0
-- Which error codes can concern an operation. The documents list codes without saying which call answers which; this
-- goes by path and method.
local core = require("hwdb.core")

local M = {}

-- Pattern of the path, methods it holds for ("" for all, "change" for all but GET), codes.
local CODES = {
  ddm = {
    { "/migration/jobs/[^/]+$", "", "DBS.300120 DBS.300345 DBS.300400" },
    { "/jobs/[^/]+/cancel$", "", "DBS.300134 DBS.300379 DBS.300400" },
    { "/jobs/[^/]+/rollback$", "", "DBS.300122 DBS.300134 DBS.300379 DBS.300400" },
    { "/jobs/[^/]+/retry$", "", "DBS.300123 DBS.300379 DBS.300400" },
    { "/jobs/[^/]+/clean$", "", "DBS.300121 DBS.300367 DBS.300379 DBS.300400" },
    { "/route%-switch$", "", "DBS.300349 DBS.300402 DBS.300379 DBS.300400" },
    { "/route%-switch%-strategy$", "", "DBS.300377 DBS.300401 DBS.300379 DBS.300400" },
    { "/migration$", "POST", "DBS.300118 DBS.300133 DBS.300103 DBS.300127 DBS.300357 DBS.300358 DBS.300362 DBS.300363" },
    { "/migration/precheck", "", "DBS.300118 DBS.300333 DBS.300334 DBS.300337 DBS.300357 DBS.300363 DBS.300364 DBS.300368" },
    { "/available%-data%-nodes$", "", "DBS.300116 DBS.300117" },
    { "/databases$", "POST", "DBS.300100 DBS.300102 DBS.300103 DBS.300104 DBS.300106 DBS.300108 DBS.300109 DBS.300110 "
      .. "DBS.300112 DBS.300113 DBS.300114 DBS.300127 DBS.300405 DBS.300406 DBS.300407" },
    { "/databases", "GET", "DBS.300128 DBS.300129" },
    { "/databases/[^/]+$", "DELETE", "DBS.300101 DBS.300129 DBS.300130" },
    { "/schema%-metadata$", "POST", "DBS.300322 DBS.300330 DBS.300357" },
    { "/users$", "POST", "DBS.300300 DBS.300305 DBS.300306 DBS.300307 DBS.300309 DBS.300311" },
    { "/users$", "GET", "DBS.300312" },
    { "/users/[^/]+$", "PUT", "DBS.300301 DBS.300307 DBS.300309 DBS.300327" },
    { "/users/[^/]+$", "DELETE", "DBS.300302 DBS.300327" },
    { "/password$", "", "DBS.300306 DBS.300327 DBS.300328" },
    { "/admin%-user$", "", "DBS.300305 DBS.300306 DBS.300328" },
    { "/weak%-password", "", "DBS.300306" },
    { "/rds$", "GET", "DBS.300116 DBS.300117" },
    { "/rds/sync$", "", "DBS.300125 DBS.300323 DBS.300335" },
    { "/rds/connection$", "", "DBS.300356 DBS.300357 DBS.300408" },
    { "/read%-write%-strategy$", "", "DBS.300135 DBS.300314 DBS.300315" },
    { "^/jobs", "", "DBS.300120 DBS.300377 DBS.300400" },
    { "/configurations", "", "DBS.200057" },
    { "security%-group$", "", "DBS.280305" },
    { "^/instances/", "change", "DBS.200019 DBS.212033 DBS.200076" },
    { "^/instances/", "", "DBS.280110" },
    { "", "", "DBS.280001 DBS.300541 DBS.300002" },
  },
  dws = {
    { "^/clusters$", "POST", "DWS.5050 DWS.5057 DWS.5144 DWS.5145 DWS.5198 DWS.5014 DWS.5015 DWS.5016 DWS.5021 DWS.5022 "
      .. "DWS.5023 DWS.5027 DWS.5091 DWS.5098 DWS.5133 DWS.5200 DWS.5207 DWS.5240 ECS.0319" },
    { "^/cluster%-precheck$", "", "DWS.5011 DWS.5014 DWS.5015 DWS.5091 DWS.5200 DWS.5240 ECS.0319" },
    { "/reset%-password$", "", "DWS.5144 DWS.5145" },
    { "/resize$", "", "DWS.5091 DWS.5200 ECS.0319" },
    { "/cluster%-shrink$", "", "DWS.5047" },
    { "/cns/", "", "DWS.5207" },
    { "/workload", "", "1 103" },
    { "/snapshot%-policies", "change", "DWS.5017 DWS.5018 DWS.5079 DWS.5080" },
    { "^/snapshots/{", "", "DWS.5149 DWS.0001" },
    { "/actions$", "POST", "DWS.5050 DWS.5014 DWS.5015 DWS.5016 DWS.5133" },
    { "/ext%-data%-sources", "change", "DWS.5130 DWS.5171 DWS.5172 DWS.5180" },
    { "/eips/", "", "DWS.5133 DWS.5135" },
    { "/elbs/", "", "DWS.0102 DWS.0114" },
    { "/tags", "", "DWS.5191 DWS.5194 DWS.5197" },
    { "/configurations", "", "DWS.5037 DWS.5038 DWS.5039 DWS.5054" },
    { "^/clusters/{", "change", "DWS.7023" },
    { "^/clusters/{", "", "DWS.0015 DWS.0047 DWS.3027 DWS.0001" },
    { "", "", "DWS.5036 DWS.0005" },
  },
  dbss = {
    { "/databases", "", "DBSS.10020102 DBSS.10020118" },
    { "/order$", "", "DBSS.10020140 DBSS.100210016" },
    { "/jobs/", "", "DBSS.10020140" },
    { "/specification$", "", "DBSS.10020101" },
    { "/quota$", "", "DBSS.100210016" },
    { "", "", "DBSS.10000001 DBSS.10020100 DBSS.11000000" },
  },
}

local ALWAYS = "APIGW.0301 APIGW.0308 APIGW.0101"

local by_code

-- The service's row of a code before the one that all share; among several statuses the first.
local function error_row(service, code)
  if not by_code then
    by_code = {}
    for _, row in ipairs(core.errors()) do
      local key = row.service .. " " .. (row.code or "")
      by_code[key] = by_code[key] or row
    end
  end
  return by_code[service .. " " .. code] or by_code["gateway " .. code]
end

local function holds(rule, row, path)
  if not path:find(rule[1]) then return false end
  return rule[2] == "" or rule[2] == row.method or (rule[2] == "change" and row.method ~= "GET")
end

---Error codes that can concern an operation, those of its own first.
---@param row table
---@return {code: string, status?: integer, class?: string, meaning: string, remedy: string}[]
function M.of(row)
  local list, seen = {}, {}
  -- "/v1/{project_id}/instances" is "/instances".
  local path = row.path:gsub("^/v[%d.]+", ""):gsub("^/{project_id}", "")
  local function add(codes)
    for code in codes:gmatch("%S+") do
      local found = not seen[code] and error_row(row.service, code)
      seen[code] = true
      if found then list[#list + 1] = found end
    end
  end
  for _, rule in ipairs(CODES[row.service] or {}) do
    if holds(rule, row, path) then add(rule[3]) end
  end
  add(ALWAYS)
  return list
end

---Every code of this table, for the specs.
---@return string[] "service code"
function M.all()
  local list = {}
  for service, rules in pairs(CODES) do
    for _, rule in ipairs(rules) do
      for code in rule[3]:gmatch("%S+") do list[#list + 1] = service .. " " .. code end
    end
  end
  return list
end

return M
