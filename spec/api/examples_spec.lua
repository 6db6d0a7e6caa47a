-- SPDX-License-Identifier: Apache-2.0
-- Every documented example: taken by the check or refused for what it breaks, sent as it is printed, its answer
-- decoded whole and known to the row. An independent decoder reads both sides.
local cjson = require("cjson")
local core = require("hwdb.core")
local examples = require("spec.support.examples")
local samples = require("spec.support.samples")
local shape = require("hwdb.shape")
local answering = require("spec.support.answering")

describe("the documented example", function()
  for _, entry in ipairs(examples.all()) do
    local example, row = entry.example, entry.row

    it(entry.name .. " is taken by the check, or refused for what it breaks", function()
      assert.equal(row.doc, example.doc)
      local problems, warnings = samples.verdict(row, example.args or {})
      assert.same(example.refused or {}, problems)
      assert.same(example.warned or {}, warnings)
      if example.refused or example.path_differs or example.method_differs or example.odd then
        assert.is_string(example.contradicts or example.note)
      end
    end)

    it(entry.name .. " is sent as printed", function()
      if example.refused then return end
      local sent, err, count = examples.sent(entry)
      assert.is_table(sent, tostring(err))
      assert.same(examples.expected(entry), sent)
      assert.equal(1, count)
    end)

    if example.answer then
      it(entry.name .. " is answered in the row's shape, decoded whole", function()
        local client = answering.client({ status = example.status, body = example.answer })
        if not example.refused then
          local body, info = client[row.service][row.name](client[row.service], example.args or {})
          assert.is_not_nil(body, tostring(info))
          assert.same(cjson.decode(example.answer), body)
          assert.equal(example.status, info.status)
        end
        local odd = {}
        for _, difference in ipairs(shape.compare(row.answer, assert(core.decode(example.answer)))) do
          if difference.what ~= "absent" then
            local path = difference.path == "" and "" or difference.path .. ": "
            odd[#odd + 1] = path .. difference.what .. ": " .. difference.answered
          end
        end
        assert.same(example.odd or {}, odd)
      end)
    end

    if example.status then
      it(entry.name .. " succeeds with a documented status", function()
        local fine = false
        for _, status in ipairs(row.ok) do fine = fine or status == example.status end
        assert.is_true(fine, tostring(example.status))
      end)
    end
  end

  it("of each documented operation exists", function()
    local has, without = {}, {}
    for _, entry in ipairs(examples.all()) do has[entry.row.doc] = true end
    for _, row in ipairs(samples.rows) do
      if row.documented and not has[row.doc] then without[#without + 1] = row.doc end
    end
    assert.same({}, without)
  end)
end)
