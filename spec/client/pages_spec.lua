-- SPDX-License-Identifier: Apache-2.0
-- Lists page by page, in every style the rows have.
local core = require("hwdb.core")
local hwdb = require("hwdb")
local Stub = require("spec.support.stub")

local ID = "3807b9c1f2fa4a3ba54b6ed19e2cb5b2in09"

local function query(request)
  local found = {}
  for key, value in (request.target:match("%?(.*)$") or ""):gmatch("([^=&]+)=([^&]*)") do found[key] = math.tointeger(tonumber(value)) end
  return found
end

-- A service with so many items in pages of at most `most`, by the item's index.
local function of(count, most, change)
  return Stub.new({ function(request)
    local q = query(request)
    local from, limit = q.offset or 0, math.min(q.limit or most, most)
    local list = {}
    for i = from + 1, math.min(from + limit, count) do list[#list + 1] = { id = "i" .. i } end
    local body = { instances = core.array(list), total_record = count }
    if change then change(body, request) end
    return { json = body }
  end })
end

local function ids(iterator, ...)
  local list = {}
  for item in iterator, ... do list[#list + 1] = item.id end
  return table.concat(list, " ")
end

local function offsets(stub)
  local list = {}
  for i, request in ipairs(stub.requests) do
    local q = query(request)
    list[i] = (q.offset or "-") .. "/" .. (q.limit or "-")
  end
  return table.concat(list, " ")
end

local function without_total(body) body.total_record = nil end

describe("each", function()
  it("goes through all pages and asks for no more than the total needs", function()
    local stub = of(7, 3)
    assert.equal("i1 i2 i3 i4 i5 i6 i7", ids(stub:client().ddm:each("list_instances")))
    assert.equal("-/- 3/- 6/-", offsets(stub))
    stub = of(6, 3)
    assert.equal("i1 i2 i3 i4 i5 i6", ids(stub:client().ddm:each("list_instances", { limit = 3 })))
    assert.equal("-/3 3/3", offsets(stub))
  end)

  it("has a form that gives all items at once", function()
    local stub = of(7, 3)
    local list = {}
    for i, item in ipairs(stub:client().ddm:all("list_instances", nil, { max = 5 })) do list[i] = item.id end
    assert.same({ "i1", "i2", "i3", "i4", "i5" }, list)
  end)

  it("gives each item the info of its page", function()
    local stub = of(4, 2)
    local seen = {}
    for item, info in stub:client().ddm:each("list_instances") do seen[#seen + 1] = item.id .. info.status end
    assert.same({ "i1200", "i2200", "i3200", "i4200" }, seen)
  end)

  it("of an empty list gives nothing", function()
    local stub = of(0, 3)
    assert.equal("", ids(stub:client().ddm:each("list_instances")))
    assert.equal(1, #stub.requests)
  end)

  it("without a total goes on until a page is empty, or shorter than was asked for", function()
    local stub = of(6, 3, without_total)
    assert.equal("i1 i2 i3 i4 i5 i6", ids(stub:client().ddm:each("list_instances")))
    assert.equal("-/- 3/- 6/-", offsets(stub))
    stub = of(5, 10, without_total)
    assert.equal("i1 i2 i3 i4 i5", ids(stub:client().ddm:each("list_instances", { limit = 2 })))
    assert.equal("-/2 2/2 4/2", offsets(stub))
    stub = of(3, 10, function(body) body.total_record = core.null end)
    assert.equal("i1 i2 i3", ids(stub:client().ddm:each("list_instances", { limit = 5 })))
    assert.equal("-/5", offsets(stub))
  end)

  it("is not deceived by a service that gives less than was asked for", function()
    local stub = of(7, 2)
    assert.equal("i1 i2 i3 i4 i5 i6 i7", ids(stub:client().ddm:each("list_instances", { limit = 100 })))
    assert.equal("-/100 2/100 4/100 6/100", offsets(stub))
  end)

  it("starts where it is told to", function()
    local stub = of(7, 10)
    assert.equal("i4 i5 i6 i7", ids(stub:client().ddm:each("list_instances", { offset = 3, limit = 3 })))
    assert.equal("3/3 6/3", offsets(stub))
  end)

  it("leaves the caller's arguments as they were", function()
    local args = { limit = 2 }
    ids(of(5, 2):client().ddm:each("list_instances", args))
    assert.same({ limit = 2 }, args)
  end)

  it("ends when items vanish while it goes", function()
    local stub
    stub = of(6, 2, function(body) if #stub.requests == 2 then body.instances = core.array({}) end end)
    assert.equal("i1 i2", ids(stub:client().ddm:each("list_instances")))
    assert.equal(2, #stub.requests)
  end)

  it("takes no more than so many, and asks for no page after them", function()
    local stub = of(9, 3)
    assert.equal("i1 i2 i3", ids(stub:client().ddm:each("list_instances", {}, { max = 3 })))
    assert.equal(1, #stub.requests)
    stub = of(9, 3)
    assert.equal("i1 i2 i3 i4", ids(stub:client().ddm:each("list_instances", {}, { max = 4 })))
    assert.equal(2, #stub.requests)
  end)

  it("can be left at any time", function()
    local stub = of(9, 3)
    for item in stub:client().ddm:each("list_instances") do
      if item.id == "i4" then break end
    end
    assert.equal(2, #stub.requests)
  end)

  it("raises the error of a page that fails, after the items before it", function()
    local stub = Stub.new({ { json = { instances = { { id = "i1" } }, total_record = 2 } },
      { status = 403, json = { error_code = "DBS.200056", error_msg = "not allowed" } } })
    local seen = {}
    local ok, err = pcall(function()
      for item in stub:client().ddm:each("list_instances") do seen[#seen + 1] = item.id end
    end)
    assert.is_false(ok)
    assert.same({ "i1" }, seen)
    assert.same({ "api", 403, "DBS.200056", "ddm.list_instances" }, { err.kind, err.status, err.code, err.operation })
  end)

  it("raises instead of reading the same page for ever", function()
    for _, total in ipairs({ 30, false }) do
      local stub = Stub.new({ { json = { instances = { { id = "a" }, { id = "b" } }, total_record = total or nil } } })
      local ok, err = pcall(ids, stub:client().ddm:each("list_instances"))
      assert.is_false(ok)
      assert.same({ "decode", "ddm.list_instances",
        "the service answers the same page again and again; the list cannot be read to its end" }, { err.kind, err.operation, err.message })
      assert.equal(2, #stub.requests)
    end
  end)

  it("raises instead of ending early after ten thousand pages", function()
    local count = 0
    local stub = Stub.new({ function()
      count = count + 1
      return { json = { instances = { { id = "i" .. count } } } }
    end })
    local ok, err = pcall(ids, stub:client().ddm:each("list_instances"))
    assert.is_false(ok)
    assert.equal("the service has answered 10000 pages; the list cannot be read to its end", err.message)
    assert.equal(10000, count)
  end)

  it("does not take an answer that says nothing for an empty list", function()
    for _, last in ipairs({ { json = {} }, { status = 200, body = "" } }) do
      local ok, err = pcall(ids, Stub.new({ last }):client().ddm:each("list_instances"))
      assert.is_false(ok)
      assert.same({ "decode", true, "ddm.list_instances" }, { err.kind, err.retryable, err.operation })
      assert.equal("the answer is empty where a list was asked for; an empty list would say so", err.message)
    end
  end)

  it("copes with answers that hold no list", function()
    for _, body in ipairs({ { total_record = 0 }, { instances = core.null }, { instances = "none" }, { instances = 7 } }) do
      assert.equal("", ids(Stub.new({ { json = body } }):client().ddm:each("list_instances")))
    end
  end)

  it("refuses what is no list, and what does not exist", function()
    local client = of(1, 1):client()
    assert.has_error(function() client.ddm:each("show_instance", { instance_id = ID }) end)
    assert.has_error(function() client.ddm:each("list_instance") end)
  end)

  it("goes on inside gathered functions, several at once", function()
    local stub = of(5, 2)
    local client = stub:client()
    local function all() return ids(client.ddm:each("list_instances")) end
    local results = hwdb.gather({ all, all, all })
    for i = 1, 3 do assert.equal("i1 i2 i3 i4 i5", results[i][1]) end
    assert.equal(9, #stub.requests)
  end)
end)

describe("pages", function()
  it("gives the bodies themselves", function()
    local stub = of(5, 2)
    local seen = {}
    for body, info in stub:client().ddm:pages("list_instances", { limit = 2 }) do
      seen[#seen + 1] = { #body.instances, body.total_record, info.status }
    end
    assert.same({ { 2, 5, 200 }, { 2, 5, 200 }, { 1, 5, 200 } }, seen)
  end)

  it("gives the one page of an empty list", function()
    local count = 0
    for body in of(0, 2):client().ddm:pages("list_instances") do
      count = count + 1
      assert.same({ instances = {}, total_record = 0 }, body)
    end
    assert.equal(1, count)
  end)

  it("ends after so many items", function()
    local stub = of(9, 2)
    local count = 0
    for _ in stub:client().ddm:pages("list_instances", {}, { max = 3 }) do count = count + 1 end
    assert.equal(2, count)
  end)
end)

-- Every list of the rows, three pages of two items by its own style, total or none.
describe("every list", function()
  local function fill(row)
    local args = {}
    for _, param in ipairs(row.params or {}) do
      if param.required or param["in"] == "path" then
        if param.example ~= nil then args[param.name] = param.example
        elseif param.enum then args[param.name] = param.enum[1]
        elseif param.type == "integer" or param.type == "number" then args[param.name] = param.min or 1
        elseif param.type == "boolean" then args[param.name] = true
        elseif param.type == "array" then args[param.name] = { "x" }
        elseif param.type == "object" or param.type == "map" then args[param.name] = { x = "x" }
        else args[param.name] = "x" end
      end
    end
    return args
  end

  local function put(body, path, value)
    local at = body
    local names = {}
    for name in path:gmatch("[^.]+") do names[#names + 1] = name end
    for i = 1, #names - 1 do
      at[names[i]] = at[names[i]] or {}
      at = at[names[i]]
    end
    at[names[#names]] = value
  end

  local function item(page, i)
    if not page.key then return { text = "line " .. i } end
    local made = {}
    put(made, page.key, "k" .. i)
    return made
  end

  -- The first item that a request asks for, from 0.
  local first = {
    index = function(at) return at or 0 end,
    page = function(at) return (at or 0) * 2 end,
    number = function(at) return ((at or 1) - 1) * 2 end,
    marker = function(at) return at and tonumber(at:match("%d+")) or 0 end,
  }

  local function serve(page, with_total)
    return Stub.new({ function(request)
      local text = request.target:match("[?&]" .. page.at .. "=([^&]*)")
      if not text and #request.body > 0 then
        local value = core.decode(request.body)[page.at]
        text = value ~= nil and tostring(value) or nil
      end
      local from = first[page.style](page.style == "marker" and text or math.tointeger(tonumber(text)))
      local list, body = {}, {}
      for i = from + 1, math.min(from + 2, 5) do list[#list + 1] = item(page, i) end
      put(body, page.items, core.array(list))
      if with_total and page.total then put(body, page.total, 5) end
      return { json = body }
    end })
  end

  for _, row in ipairs(core.rows()) do
    if row.page and not row.alias then
      it(row.service .. "." .. row.name .. " is read to its end", function()
        for _, with_total in ipairs({ true, false }) do
          local stub = serve(row.page, with_total)
          local client = stub:client({ domain_id = "d1", attempts = 1 })
          local args = fill(row)
          args[row.page.at] = nil
          local found = 0
          for _ in client[row.service]:each(row.name, args) do found = found + 1 end
          assert.equal(5, found)
        end
      end)
    end
  end
end)
