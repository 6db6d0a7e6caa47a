-- SPDX-License-Identifier: Apache-2.0
-- docs/coverage.md: true today, with a line for every section of the documents.
local coverage = dofile("tools/coverage.lua")

local page = coverage.page()

describe("the coverage page", function()
  it("is as tried now; otherwise: make docs", function()
    local file = assert(io.open("docs/coverage.md", "rb"))
    local text = file:read("a")
    file:close()
    assert.is_true(text == page)
  end)

  it("has one line for every section", function()
    local count = {}
    for line in page:gmatch("[^\n]+") do
      local doc = line:match("^| ([^|]+) |")
      if doc then count[doc] = (count[doc] or 0) + 1 end
    end
    for _, section in ipairs(dofile("spec/vectors/sections.lua")) do
      assert.equal(1, count[section[1] .. " " .. section[2]], section[1] .. " " .. section[2])
    end
  end)

  it("reproduces the example of all documented operations but four, whose examples break their own tables", function()
    local yes, no = 0, {}
    for line in page:gmatch("[^\n]+") do
      local doc = line:match("^| ([^|]+) |")
      if line:find("](reference/", 1, true) then
        if line:find("| no: ", 1, true) then no[#no + 1] = doc elseif line:find("| yes", 1, true) then yes = yes + 1 end
      end
    end
    assert.equal(191, yes)
    assert.same({ "DDM 4.4.6", "DDM 4.4.12", "DWS 5.4.4", "DWS 5.4.5" }, no)
  end)
end)
