-- SPDX-License-Identifier: Apache-2.0
-- docs/coverage.md: true today, with a line for every section of the documents.
local coverage = dofile("tools/coverage.lua")

local page = coverage.page()
local documents, simulator = page:match("^(.-)\n(## In the simulator\n.*)$")

describe("the coverage page", function()
  it("is as tried now; otherwise: make docs", function()
    local file = assert(io.open("docs/coverage.md", "rb"))
    local text = file:read("a")
    file:close()
    assert.is_true(text == page)
  end)

  it("has one line for every section", function()
    local count = {}
    for line in documents:gmatch("[^\n]+") do
      local doc = line:match("^| ([^|]+) |")
      if doc then count[doc] = (count[doc] or 0) + 1 end
    end
    for _, section in ipairs(dofile("spec/vectors/sections.lua")) do
      assert.equal(1, count[section[1] .. " " .. section[2]], section[1] .. " " .. section[2])
    end
  end)

  it("reproduces the example of all documented operations but two, whose examples break their own tables", function()
    local yes, no = 0, {}
    for line in documents:gmatch("[^\n]+") do
      local doc = line:match("^| ([^|]+) |")
      if line:find("](reference/", 1, true) then
        if line:find("| no: ", 1, true) then no[#no + 1] = doc elseif line:find("| yes", 1, true) then yes = yes + 1 end
      end
    end
    assert.equal(193, yes)
    assert.same({ "DWS 5.4.4", "DWS 5.4.5" }, no)
  end)

  it("has a line for every operation in the simulator: all answer their example but one, which is cut short", function()
    local yes, no, without = 0, {}, {}
    for line in simulator:gmatch("[^\n]+") do
      local doc, op, verdict, codes = line:match("^| (%S+ [^|]+) | `([^`]+)` | ([^|]+) | (.-) |$")
      if doc then
        if verdict == "yes" then yes = yes + 1 else no[#no + 1] = doc end
        if codes == "" then without[#without + 1] = op end
        for code in codes:gmatch("%S+") do assert.truthy(code:find("^%u+%.%d+$"), code) end
      end
    end
    assert.same({ 194, { "DDM 4.3.10" } }, { yes, no })
    -- Reads without parameters have nothing to misuse; DBSS-OM names no code.
    assert.same({ "ddm.list_api_versions", "dws.list_availability_zones", "dws.list_node_types", "dws.list_dss_pools",
      "dws.list_snapshots", "dws.list_quotas", "dws.list_tags", "dbss.show_audit_quota", "dbss.list_ecs_specification",
      "dbss.list_availability_zone_infos", "dbss.list_db_om_instances" }, without)
  end)
end)
