-- SPDX-License-Identifier: Apache-2.0
-- Every documented example: taken by the check or refused for what it breaks, sent as it is printed, its answer
-- decoded whole and known to the row. An independent decoder reads both sides.
local cjson = require("cjson")
local core = require("hwdb.core")
local examples = require("spec.support.examples")
local samples = require("spec.support.samples")
local shape = require("hwdb.shape")
local answering = require("spec.support.answering")

local PROJECT <const> = "0483b6b16e954cb88930a360d2c4e663"

local function plain(text) return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)) end

local function segments(path)
  local list = {}
  for segment in path:gmatch("[^/]+") do list[#list + 1] = segment end
  return list
end

local function pairs_of(query)
  local list = {}
  for pair in (query or ""):gmatch("[^&]+") do list[#list + 1] = plain(pair) end
  table.sort(list)
  return list
end

local function split(url)
  local path, query = url:match("^([^?]*)%??(.*)$")
  return path, query
end

-- The path of the URI line or the printed one, with the arguments in place of its placeholders.
local function filled(path, args)
  return (path:gsub("{(.-)}", function(name)
    if name == "project_id" then return PROJECT end
    return tostring(args[name] or args["path." .. name])
  end))
end

-- The project id where the example prints one instead of {project_id}.
local function printed_project(row, url)
  local template, printed = segments(row.path), segments((split(url)))
  for i, segment in ipairs(template) do
    if segment == "{project_id}" and #template == #printed and not printed[i]:match("^{") then return printed[i] end
  end
  return PROJECT
end

-- What goes out beyond the example: parameters that are never left to the service.
local function always_sent(row, args)
  local list = {}
  for _, param in ipairs(row.params) do
    if param.send and param["in"] == "query" and args[param.name] == nil and args["query." .. param.name] == nil then
      list[#list + 1] = param.name .. "=" .. param.default
    end
  end
  return list
end

local function expected_query(example, row)
  if example.sent_query then return pairs_of(example.sent_query) end
  local _, query = split(example.url)
  local list = pairs_of(query)
  for i = #list, 1, -1 do
    -- A placeholder stands for its argument; where there is none, as for a parameter without a value, nothing goes out.
    local name, value = list[i]:match("^(.-)=(.*)$")
    local given = value and value:match("^{.*}$") and (example.args or {})[name]
    if given then list[i] = name .. "=" .. tostring(given)
    elseif not value or value:match("^{.*}$") then table.remove(list, i) end
  end
  table.move(always_sent(row, example.args or {}), 1, 8, #list + 1, list)
  table.sort(list)
  return list
end

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
      local project = printed_project(row, example.url)
      local client, kept = answering.client({ status = row.ok[1], body = "{}" }, { project_id = project })
      assert(client[row.service][row.name](client[row.service], example.args or {}))
      local sent = kept.requests[1]
      assert.equal(1, #kept.requests)
      assert.equal(row.method, sent.method)
      local path, query = split(sent.target)
      local printed = example.path_differs and row.path or split(example.url)
      assert.equal(filled(printed, example.args or {}):gsub(PROJECT, project), plain(path))
      assert.same(expected_query(example, row), pairs_of(query))
      if not example.path_differs and not example.method_differs then assert.equal(example.method, sent.method) end
      if example.body then assert.same(cjson.decode(example.body), cjson.decode(sent.body))
      elseif not example.body_missing then assert.equal("", sent.body) end
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
