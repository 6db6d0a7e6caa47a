-- SPDX-License-Identifier: Apache-2.0
-- Every required field is missed by its full path, at the top level and inside objects, lists and maps.
local samples = require("spec.support.samples")

local rows = samples.rows

local function has_rule(field)
  return field.min or field.max or field.min_length or field.max_length or field.pattern
end

describe("a required field", function()
  it("that is missing is refused with its full path", function()
    local wrong, cases = {}, 0
    for _, row in ipairs(rows) do
      for _, spot in ipairs(samples.spots(row)) do
        if spot.field.required then
          cases = cases + 1
          local problems, warnings = samples.verdict(row, samples.with(row, spot, samples.NOTHING))
          local soft = spot.field.soft and not has_rule(spot.field)
          local said = table.concat(soft and warnings or problems, "\n")
          local wanted = spot.path .. (soft and ": is required by the document" or ": is required")
          if said ~= wanted then wrong[#wrong + 1] = ("%s.%s: %s"):format(row.service, row.name, said) end
        end
      end
    end
    assert.same({}, wrong)
    assert.is_true(cases > 540, tostring(cases))
  end)

  it("is missed beside all others at once", function()
    local cases = 0
    for _, row in ipairs(rows) do
      local wanted = {}
      for _, field in ipairs(row.params) do
        if field.required then wanted[#wanted + 1] = field["in"] .. (field.whole and "" or "." .. field.name) .. ": is required" end
      end
      local problems, warnings = samples.verdict(row, {})
      assert.same(wanted, problems)
      assert.same({}, warnings)
      cases = cases + #wanted
    end
    assert.is_true(cases > 370, tostring(cases))
  end)

  it("and nothing else makes arguments complete", function()
    for _, row in ipairs(rows) do
      for _, all in ipairs({ false, true }) do
        local problems, warnings = samples.verdict(row, samples.args(row, all))
        assert.same({}, problems, row.service .. "." .. row.name)
        assert.same({}, warnings, row.service .. "." .. row.name)
      end
    end
  end)
end)
