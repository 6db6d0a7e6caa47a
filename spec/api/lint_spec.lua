-- SPDX-License-Identifier: Apache-2.0
-- The rows against themselves and against the lists of documented sections and of the SDK's operations.
local core = require("hwdb.core")
local samples = require("spec.support.samples")

local operations = dofile("spec/vectors/operations.lua")
local sections = dofile("spec/vectors/sections.lua")

local rows = samples.rows

local function full(row) return row.service .. "." .. row.name end

local function shape(path) return (path:gsub("{.-}", "{}")) end

-- As names resolve: capitals and underscores do not tell them apart.
local function loose(name) return (name:lower():gsub("_", "")) end

local function names_of(row)
  local names = { row.name }
  for _, name in ipairs(row.alias or {}) do names[#names + 1] = name end
  return names
end

-- Calls fn(field, path, is_top) for every field, request and answer alike.
local function each_field(row, fn)
  local function walk(fields, path, where)
    for _, field in ipairs(fields or {}) do
      local here = path .. "." .. field.name
      fn(field, here, where)
      walk(field.fields, here, where == "answer" and "answer" or "inner")
    end
  end
  walk(row.params, full(row), "param")
  walk(row.answer, full(row) .. ":answer", "answer")
end

-- The list of complaints of fn over all rows; empty is right.
local function complaints(fn)
  local list = {}
  for _, row in ipairs(rows) do
    fn(row, function(text, ...) list[#list + 1] = full(row) .. ": " .. text:format(...) end)
  end
  return list
end

local function field_complaints(fn)
  local list = {}
  for _, row in ipairs(rows) do
    each_field(row, function(field, path, where)
      fn(field, function(text, ...) list[#list + 1] = path .. ": " .. text:format(...) end, where, row)
    end)
  end
  return list
end

describe("the rows cover the documents:", function()
  it("195 documented operations, each of its own section", function()
    local count, seen = { ddm = 0, dws = 0, dbss = 0 }, {}
    for _, row in ipairs(rows) do
      if row.documented then
        count[row.service] = count[row.service] + 1
        assert.is_nil(seen[row.doc], row.doc)
        seen[row.doc] = true
      end
    end
    assert.same({ ddm = 108, dws = 64, dbss = 23 }, count)
  end)

  it("every section has a row, with the section's heading, or names what covers it", function()
    local by_doc, parents, list = {}, {}, {}
    for _, row in ipairs(rows) do
      if row.documented then by_doc[row.doc] = row end
    end
    for _, section in ipairs(sections) do
      local parent = section[2]:match("^(.+)%.[^.]+$")
      if parent then parents[section[1] .. " " .. parent] = true end
    end
    for _, section in ipairs(sections) do
      local doc = section[1] .. " " .. section[2]
      local row = by_doc[doc]
      by_doc[doc] = nil
      if row and row.title ~= section[3]:gsub(" %(a V3 API%)$", "") then list[#list + 1] = doc .. ": " .. row.title end
      if not row and not section.by and not parents[doc] then list[#list + 1] = doc .. " has no row" end
    end
    for doc in pairs(by_doc) do list[#list + 1] = doc .. " is no section" end
    assert.same({}, list)
  end)

  it("in the order of the documents", function()
    local order, last = {}, 0
    for i, section in ipairs(sections) do order[section[1] .. " " .. section[2]] = i end
    for _, row in ipairs(rows) do
      if row.documented then
        assert.is_true(order[row.doc] > last, row.doc)
        last = order[row.doc]
      end
    end
  end)

  it("method, path, placeholders, SDK name and place of every documented operation", function()
    local by_place = {}
    for _, row in ipairs(rows) do by_place[row.service .. " " .. row.method .. " " .. row.path] = row end
    local list, found = {}, 0
    for _, op in ipairs(operations) do
      if op.section then
        local row = by_place[op[1] .. " " .. op[2] .. " " .. op[3]]
        found = found + (row and 1 or 0)
        if not row or row.sdk ~= op[4] or row.doc:match("^%S+ (.+)$") ~= op.section then
          list[#list + 1] = table.concat(op, " ")
        end
      end
    end
    assert.same({}, list)
    assert.equal(195, found)
  end)

  it("query parameters, headers and body as the SDK has them, and some that only the document has", function()
    local by_place = {}
    for _, row in ipairs(rows) do by_place[row.service .. " " .. row.method .. " " .. row.path] = row end
    local differ = {}
    for _, op in ipairs(operations) do
      if op.section then
        local row, has = by_place[op[1] .. " " .. op[2] .. " " .. op[3]], { query = {}, header = {}, body = {}, path = {} }
        for _, param in ipairs(row.params) do has[param["in"]][param.name] = true end
        local function compare(place, names)
          for _, name in ipairs(names or {}) do
            if not has[place][name] then differ[#differ + 1] = full(row) .. " lacks " .. name end
            has[place][name] = nil
          end
          for name in pairs(has[place]) do differ[#differ + 1] = full(row) .. " adds " .. name end
        end
        compare("query", op.query)
        compare("header", op.headers)
        if (next(has.body) ~= nil) ~= (op.body or false) then differ[#differ + 1] = full(row) .. " differs in its body" end
      end
    end
    table.sort(differ)
    -- Their tables in 4.9.4 to 4.9.6 list both, the SDK neither.
    assert.same({
      "ddm.list_related_data_nodes adds limit", "ddm.list_related_data_nodes adds offset",
      "ddm.list_restorable_data_nodes adds limit", "ddm.list_restorable_data_nodes adds offset",
      "ddm.show_restorable_time adds limit", "ddm.show_restorable_time adds offset",
    }, differ)
  end)
end)

describe("names", function()
  it("are snake_case, begin with a verb and fit what the method does", function()
    assert.same({}, complaints(function(row, say)
      if not row.name:match("^[a-z][a-z0-9]*[a-z0-9_]*$") or row.name:match("__") then say("is not snake_case") end
      if row.name:match("^list_") or row.name:match("^show_") then
        if row.kind ~= "query" then say("a %s under the name of a query", row.kind) end
      end
    end))
  end)

  it("resolve to one row a service, whether own name, SDK's name, alias or CamelCase", function()
    local taken = {}
    assert.same({}, complaints(function(row, say)
      local names = names_of(row)
      names[#names + 1] = row.sdk
      for _, name in ipairs(names) do
        local key = row.service .. "." .. loose(name)
        if taken[key] and taken[key] ~= row then say("%s is also %s", name, taken[key].name) end
        taken[key] = row
        local camel = name:gsub("^%l", string.upper):gsub("_(%w)", string.upper)
        for _, spelling in ipairs({ name, camel }) do
          local resolved = core.rows(row.service, spelling)
          if not resolved or resolved.name ~= row.name then say("%s resolves to %s", spelling, resolved and resolved.name) end
        end
      end
    end))
  end)

  it("never take the SDK's name of another operation", function()
    local by_name = {}
    for _, op in ipairs(operations) do by_name[op[1] .. "." .. loose(op[4])] = op end
    assert.same({}, complaints(function(row, say)
      for _, name in ipairs(names_of(row)) do
        local op = by_name[row.service .. "." .. loose(name)]
        if op and (op[2] ~= row.method or shape(op[3]) ~= shape(row.path)) then
          say("%s is the SDK's name of %s %s", name, op[2], op[3])
        end
      end
    end))
  end)

  it("of twins tell the generations apart", function()
    assert.same({}, complaints(function(row, say)
      local plain = row.name:match("^(.+)_v3$")
      if plain and not core.rows(row.service, plain) then say("has no twin %s", plain) end
      if plain and not row.path:match("^/v3") then say("is no v3 call: %s", row.path) end
    end))
  end)
end)

describe("a row", function()
  it("has a parameter for each placeholder, and a placeholder for each path parameter", function()
    assert.same({}, complaints(function(row, say)
      local open = {}
      for name in row.path:gmatch("{(.-)}") do
        if open[name] then say("{%s} stands twice", name) end
        open[name] = true
      end
      for _, param in ipairs(row.params) do
        if param["in"] == "path" then
          if not open[param.name] then say("%s is not in the path", param.name) end
          if not param.required then say("%s in the path is not required", param.name) end
          open[param.name] = nil
        end
      end
      open.project_id, open.domain_id = nil, nil
      for name in pairs(open) do say("{%s} has no parameter", name) end
    end))
  end)

  it("names methods, kinds, statuses and texts that exist", function()
    local METHODS = { GET = true, POST = true, PUT = true, DELETE = true, PATCH = true }
    assert.same({}, complaints(function(row, say)
      if not METHODS[row.method] then say("method %s", row.method) end
      if row.method == "GET" and row.kind ~= "query" then say("a GET that is a %s", row.kind) end
      if row.method == "DELETE" and row.kind == "query" then say("a DELETE that only reads") end
      if not row.path:match("^/") or row.path:match("[%s?]") then say("path %s", row.path) end
      if #row.ok == 0 then say("no success status") end
      for _, status in ipairs(row.ok) do
        if status < 200 or status > 204 then say("success status %d", status) end
      end
      if not row.title then say("no title") end
      if not row.doc then say("no section") end
    end))
  end)

  it("that changes something is told from one that reads by kind, not by method", function()
    -- POST and PUT that only read: prechecks, comparisons, filters, validations, prices.
    local reading = {}
    for _, row in ipairs(rows) do
      if row.kind == "query" and row.method ~= "GET" then reading[#reading + 1] = full(row) end
    end
    table.sort(reading)
    assert.same(dofile("spec/vectors/reading_calls.lua"), reading)
  end)

  it("with a job names an answer field and an operation that shows it", function()
    assert.same({}, complaints(function(row, say)
      if not row.job then return end
      local fields, found = row.answer, nil
      for name in row.job.field:gmatch("[^.]+") do
        found = nil
        for _, field in ipairs(fields or {}) do
          if field.name == name then found = field end
        end
        fields = found and found.fields
      end
      if not found then say("no answer field %s", row.job.field) end
      local service, name = row.job.watch:match("^(%w+)%.(.+)$")
      local watch = service and core.rows(service, name)
      if not watch or watch.kind ~= "query" then say("no query %s", row.job.watch) end
    end))
  end)

  it("with pages names parameters and answer fields that exist", function()
    assert.same({}, complaints(function(row, say)
      local page = row.page
      if not page then return end
      local params, answer = {}, {}
      for _, param in ipairs(row.params) do params[param.name] = param end
      for _, field in ipairs(row.answer or {}) do answer[field.name] = field end
      if row.kind ~= "query" then say("pages of a %s", row.kind) end
      if not params[page.at] then say("no parameter %s", page.at) end
      if page.size and not params[page.size] then say("no parameter %s", page.size) end
      if page.total and not answer[page.total] then say("no total %s", page.total) end
      local items = page.items and answer[page.items]
      if not items or items.type ~= "array" then return say("no list %s", tostring(page.items)) end
      if not page.key then return end
      local fields, found = items.fields, nil
      for name in page.key:gmatch("[^.]+") do
        found = nil
        for _, field in ipairs(fields or {}) do
          if field.name == name then found = field end
        end
        fields = found and found.fields
      end
      if not found then say("no key %s", page.key) end
    end))
  end)

  it("that lists with offset or page parameters says how it pages", function()
    -- Their answer is two lists, by processor architecture, each with a total of its own.
    local TWO_LISTS = { ["ddm.list_flavors"] = true, ["ddm.list_flavors_v3"] = true }
    assert.same({}, complaints(function(row, say)
      if row.page or row.kind ~= "query" or TWO_LISTS[full(row)] then return end
      for _, param in ipairs(row.params) do
        if param.name == "offset" or param.name == "curPage" or param.name == "marker" then say("pages are not described") end
      end
    end))
  end)

  it("with a body is sent by a method that carries one", function()
    assert.same({}, complaints(function(row, say)
      for _, param in ipairs(row.params) do
        if param["in"] == "body" and row.method == "GET" then say("%s in the body of a GET", param.name) end
      end
    end))
  end)

  it("that carries a body with DELETE is one of those known", function()
    local found = {}
    for _, row in ipairs(rows) do
      for _, param in ipairs(row.params) do
        if row.method == "DELETE" and param["in"] == "body" then found[full(row)] = true end
      end
    end
    assert.same({ ["ddm.delete_nodes"] = true, ["ddm.kill_logical_sessions"] = true,
      ["ddm.kill_physical_sessions"] = true, ["dws.delete_cluster"] = true,
      ["dbss.batch_delete_resource_tag"] = true }, found)
  end)

  it("never leaves the deletion of data to the service", function()
    local found = {}
    for _, row in ipairs(rows) do
      for _, param in ipairs(row.params) do
        if param.name == "delete_rds_data" or param.name == "delete_dn_data" then
          found[full(row)] = param.required and "required" or param.send and param.default
        end
      end
    end
    assert.same({ ["ddm.delete_instance"] = "false", ["ddm.delete_schema"] = "false",
      ["ddm.delete_instance_v3"] = "false", ["ddm.delete_schema_v3"] = "required" }, found)
  end)
end)

describe("a field", function()
  it("has a type, entries of a type, and one place at the top level", function()
    local TYPES = { string = true, integer = true, number = true, boolean = true, array = true, object = true, map = true }
    assert.same({}, field_complaints(function(field, say, where)
      if not TYPES[field.type] then say("type %s", tostring(field.type)) end
      if (field.type == "array" or field.type == "map") and not TYPES[field.items] then say("entries of no type") end
      if field.fields and not ({ array = true, object = true, map = true })[field.type] then say("a %s with members", field.type) end
      if (where == "param") ~= (field["in"] ~= nil) then say("place %s", tostring(field["in"])) end
    end))
  end)

  it("of a name stands once among its neighbours", function()
    local list = {}
    local function walk(fields, path)
      local seen = {}
      for _, field in ipairs(fields or {}) do
        local names = { field.name, field.alias }
        for _, name in pairs(names) do
          local key = (field["in"] or "") .. "." .. name
          if seen[key] then list[#list + 1] = path .. "." .. name end
          seen[key] = true
        end
        walk(field.fields, path .. "." .. field.name)
      end
    end
    for _, row in ipairs(rows) do
      walk(row.params, full(row))
      walk(row.answer, full(row) .. ":answer")
    end
    assert.same({}, list)
  end)

  it("has ranges, lengths and forms that something fits", function()
    assert.same({}, field_complaints(function(field, say)
      if field.min and field.max and field.min > field.max then say("range %d to %d", field.min, field.max) end
      if field.min_length and field.max_length and field.min_length > field.max_length then
        say("length %d to %d", field.min_length, field.max_length)
      end
      if (field.min or field.max) and not ({ integer = true, number = true, string = true })[field.type] then
        say("a range of a %s", field.type)
      end
      if (field.min_length or field.max_length) and not ({ string = true, array = true, map = true })[field.type] then
        say("a length of a %s", field.type)
      end
      if field.pattern and not core.pattern_ok(field.pattern) then say("form %s", field.pattern) end
      if field.pattern and field.type ~= "string" then say("a form of a %s", field.type) end
    end))
  end)

  it("has choices that are distinct and fit its type", function()
    assert.same({}, field_complaints(function(field, say)
      local seen = {}
      for _, choice in ipairs(field.enum or {}) do
        if seen[choice] then say("%s twice", choice) end
        if choice:match("^%s") or choice:match("%s$") then say("blanks around %s", choice) end
        if field.type == "integer" and not math.tointeger(tonumber(choice)) then say("%s is no integer", choice) end
        seen[choice] = true
      end
      if field.enum and #field.enum == 0 then say("no choice at all") end
      if field.enum and field.type == "boolean" then say("choices of a boolean") end
    end))
  end)

  it("has a default that it would take itself", function()
    assert.same({}, field_complaints(function(field, say)
      local default = field.default
      if field.send and default == nil then say("is always sent, but what?") end
      if default == nil or default == "null" and field.nullable then return end
      local number = math.tointeger(tonumber(default))
      if field.type == "integer" and not number then say("default %s", default) end
      if field.type == "boolean" and default ~= "true" and default ~= "false" then say("default %s", default) end
      if number and (number < (field.min or number) or number > (field.max or number)) then say("default %s", default) end
      if field.enum and not table.concat(field.enum, "|"):find(default, 1, true) then say("default %s", default) end
    end))
  end)

  it("that holds a password, token or key is secret", function()
    -- Names that sound secret and are not: times, verdicts, and the number that tells one request from another.
    local PLAIN = { password_lifetime = true, password_last_changed = true, is_weak_password = true,
      password_expires_at = true, ["X-Client-Token"] = true }
    assert.same({}, field_complaints(function(field, say)
      local name = field.name:lower()
      local sounds = name:match("password") or name:match("passwd") or name:match("pwd") or name:match("secret")
        or name:match("token") or name:match("^sk$")
      if sounds and not field.secret and not PLAIN[field.name] and field.type ~= "object" and field.type ~= "array" then
        say("is not secret")
      end
    end))
  end)

  it("whose rule is soft has the example that breaks it", function()
    local soft = {}
    for _, row in ipairs(rows) do
      each_field(row, function(field, path)
        if field.soft then soft[#soft + 1] = path end
      end)
    end
    table.sort(soft)
    local broken = {}
    for _, path in ipairs(dofile("spec/vectors/soft_rules.lua")) do broken[#broken + 1] = path[1] end
    assert.same(broken, soft)
  end)

  it("is explained in few words", function()
    assert.same({}, field_complaints(function(field, say)
      if field.note and #field.note > 180 then say("%d characters", #field.note) end
    end))
  end)
end)
