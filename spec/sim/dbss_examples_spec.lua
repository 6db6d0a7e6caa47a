-- SPDX-License-Identifier: Apache-2.0
-- Every documented example of DBSS runs through the simulator as printed and is
-- answered with the documented status and in the documented shape.
local dbss = dofile("spec/sim/dbss_caller.lua")
local core = require("hwdb.core")

local FILES = { "management", "instances", "databases", "tags", "rules", "om" }

local rows = {}
for _, row in ipairs(core.rows()) do rows[row.service .. "." .. row.name] = row end

-- The examples that answer with another form than the table need the world that takes their side.
local READINGS = { update_audit_security_group = { dbss_security_group_answer = "empty_string" } }

local function target_of(c, row, example)
  return (row.path:gsub("{(.-)}", function(name)
    return name == "project_id" and c.sim.project_id or example.args[name]
  end))
end

-- What the documented value has and the given one lacks, or holds as another type.
local function missing(documented, given, path)
  if documented == core.null then return {} end
  if type(documented) ~= type(given) then return { path .. " is a " .. type(given) } end
  local list = {}
  for key, value in pairs(type(documented) == "table" and documented or {}) do
    if type(key) == "string" or (key == 1 and given[1] ~= nil) then
      for _, one in ipairs(missing(value, given[key], path .. "." .. key)) do list[#list + 1] = one end
    end
  end
  return list
end

-- Lists that the example's own request leaves empty: a tag that must be there and must not.
local EMPTY = { list_resource_instance_by_tag = true }

local function check(example)
  local row = rows["dbss." .. example.op]
  local c = dbss.new({ world = "documents", readings = READINGS[example.op] })
  local status, body, response = c:call(row.method, target_of(c, row, example), example.body)
  assert.same({ example.method, example.status, example.status }, { row.method, status, row.ok[1] }, response.body)
  assert.equal(row.kind == "query" and 0 or 1, #c.sim:effects())
  if not example.answer then
    assert.equal("", response.body)
    return
  end
  local documented = core.decode(example.answer)
  assert.same({}, missing(documented, body, ""))
  for key, value in pairs(type(documented) == "table" and documented or {}) do
    if type(value) == "table" and #value > 0 then assert.equal(not EMPTY[example.op], #body[key] > 0) end
  end
end

describe("the documented example of DBSS", function()
  local seen = {}
  for _, file in ipairs(FILES) do
    for _, example in ipairs(dofile("spec/vectors/examples/dbss_" .. file .. ".lua")) do
      seen[example.op] = true
      it(("%s %s is answered as documented"):format(example.doc, example.op), function() check(example) end)
    end
  end

  it("exists for every operation", function()
    for op, row in pairs(rows) do
      if row.service == "dbss" then assert.is_true(seen[row.name], op) end
    end
  end)
end)

-- Every member the rows document, and no other.
describe("an answer of DBSS", function()
  -- Only sometimes there, by the document's own words or a world's reading.
  local SOMETIMES = { ["list_resource_instance_by_tag.resources.sys_tags"] = true,
    ["count_resource_instance_by_tag.resources"] = true }

  local function differing(fields, value, path, into)
    local known = {}
    for _, field in ipairs(fields) do
      known[field.name] = field
      local name = value[field.name] ~= nil and field.name or field.alias
      if (not name or value[name] == nil) and not SOMETIMES[path .. "." .. field.name] then
        into[#into + 1] = path .. "." .. field.name .. " is missing"
      end
      if field.alias then known[field.alias] = field end
    end
    for key, member in pairs(value) do
      local field = known[key]
      if not field then
        into[#into + 1] = path .. "." .. key .. " is not documented"
      elseif field.fields and type(member) == "table" then
        for _, one in ipairs(field.type == "array" and member or { member }) do
          differing(field.fields, one, path .. "." .. key, into)
        end
      end
    end
    return into
  end

  for _, readings in ipairs({ {}, { dbss_words = "table", dbss_casing = "camel", dbss_days = "table", dbss_op_service = true } }) do
    for _, file in ipairs(FILES) do
      for _, example in ipairs(dofile("spec/vectors/examples/dbss_" .. file .. ".lua")) do
        local row = rows["dbss." .. example.op]
        if row.answer and example.answer then
          it(("has all members of its table and no other: %s%s"):format(example.op, next(readings) and ", other readings" or ""),
            function()
              local c = dbss.new({ world = "documents", readings = readings })
              local _, body = c:call(row.method, target_of(c, row, example), example.body)
              assert.same({}, differing(row.answer, body, example.op, {}))
            end)
        end
      end
    end
  end
end)
