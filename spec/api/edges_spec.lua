-- SPDX-License-Identifier: Apache-2.0
-- Every documented range, length, form, choice and type of every request field, on both sides of its edge. All cases
-- come from the rows; the words come from here.
local core = require("hwdb.core")
local form = require("spec.support.form")
local samples = require("spec.support.samples")

-- Tries fn(row, spot, expect) on all request fields; each complaint names the field and what was said.
local function over_all_fields(fn)
  local wrong, cases = {}, 0
  for _, row in ipairs(samples.rows) do
    for _, spot in ipairs(samples.spots(row)) do
      local function expect(value, problems, warnings)
        local got_problems, got_warnings = samples.verdict(row, samples.with(row, spot, value))
        cases = cases + 1
        local wanted = core.encode({ core.array(problems or {}), core.array(warnings or {}) })
        local got = core.encode({ core.array(got_problems), core.array(got_warnings) })
        if got ~= wanted then
          wrong[#wrong + 1] = ("%s.%s %s\n  wanted %s\n  got    %s"):format(row.service, row.name, spot.path, wanted, got)
        end
      end
      fn(spot.field, spot, expect)
    end
  end
  assert.equal("", table.concat(wrong, "\n"))
  return cases
end

-- What a broken rule is: a problem, of ids and soft rules a warning. Where warnings and problems come together, an
-- error carries the problems alone.
local function broken(spot, texts, expect, value)
  local list = {}
  for i, text in ipairs(texts) do list[i] = spot.path .. ": " .. text end
  if spot.field.id or spot.field.soft then return expect(value, {}, list) end
  expect(value, list)
end

local function is_text_place(spot) return spot.field["in"] and spot.field["in"] ~= "body" end

describe("at its edges,", function()
  it("a number is taken on its range and refused beyond it", function()
    local cases = over_all_fields(function(field, spot, expect)
      local function try(n, complaint)
        local value = field.type == "string" and tostring(n) or n
        local texts = { complaint }
        if complaint and field.pattern and not form.has(field.pattern, value) then
          texts[2] = "does not have the documented form " .. field.pattern
        end
        if complaint then broken(spot, texts, expect, value) else expect(value) end
      end
      if field.min then
        try(field.min)
        try(field.min - 1, ("%d is less than %d"):format(field.min - 1, field.min))
      end
      if field.max then
        try(field.max)
        try(field.max + 1, ("%d is more than %d"):format(field.max + 1, field.max))
      end
    end)
    assert.is_true(cases > 200, tostring(cases))
  end)

  it("a text is taken with its shortest and longest length and refused beyond them", function()
    local cases = over_all_fields(function(field, spot, expect)
      if field.type ~= "string" then return end
      local function try(length, complaint)
        local text, has_form = samples.text(field, length)
        local texts = { complaint }
        if not has_form then texts[#texts + 1] = "does not have the documented form " .. field.pattern end
        if #texts == 0 then return expect(text) end
        broken(spot, texts, expect, text)
      end
      if field.min_length then
        try(field.min_length)
        if field.min_length > 1 or not field.id and not is_text_place(spot) then
          try(field.min_length - 1, ("has %d characters, at least %d are needed"):format(field.min_length - 1, field.min_length))
        end
      end
      if field.max_length then
        try(field.max_length)
        try(field.max_length + 1, ("has %d characters, at most %d are allowed"):format(field.max_length + 1, field.max_length))
      end
    end)
    assert.is_true(cases > 150, tostring(cases))
  end)

  it("a list is taken with its fewest and most entries and refused beyond them", function()
    local cases = over_all_fields(function(field, spot, expect)
      if field.type ~= "array" then return end
      if field.min_length then
        expect(samples.entries(field, field.min_length))
        broken(spot, { ("has %d entries, at least %d are needed"):format(field.min_length - 1, field.min_length) }, expect,
          samples.entries(field, field.min_length - 1))
      end
      if field.max_length then
        expect(samples.entries(field, field.max_length))
        broken(spot, { ("has %d entries, at most %d are allowed"):format(field.max_length + 1, field.max_length) }, expect,
          samples.entries(field, field.max_length + 1))
      end
    end)
    assert.is_true(cases > 40, tostring(cases))
  end)

  it("a text of another form is refused", function()
    local cases = over_all_fields(function(field, spot, expect)
      if not field.pattern then return end
      local text = form.broken(field.pattern, math.max(field.min_length or 0, 1))
      broken(spot, { "does not have the documented form " .. field.pattern }, expect, assert(text, spot.path))
    end)
    assert.is_true(cases > 80, tostring(cases))
  end)
end)

-- The choices as a message lists them, cut after 248 characters.
local function listed(choices)
  local text = ""
  for c in table.concat(choices, "|"):gmatch(".") do
    if #text >= 248 then break end
    text = text .. (c == "|" and ", " or c)
  end
  return #text >= 248 and text .. "..." or text
end

describe("a choice", function()
  it("that is listed is taken, and one that is not only warns", function()
    local cases = over_all_fields(function(field, spot, expect)
      if not field.enum then return end
      local function as_given(choice)
        choice = field.type == "integer" and math.tointeger(tonumber(choice)) or choice
        return field.type == "array" and core.array({ choice }) or choice
      end
      for _, choice in ipairs(field.enum) do expect(as_given(choice)) end
      local odd = field.type == "integer" and "987654321" or "no such"
      if field.max then return end
      expect(as_given(odd), {}, { ("%s%s: \"%s\" is not one of the documented values: %s"):format(spot.path,
        field.type == "array" and "[1]" or "", odd, listed(field.enum)) })
    end)
    assert.is_true(cases > 380, tostring(cases))
  end)
end)

-- Values of each JSON type, and the types that take them.
local function wrong_values(spot)
  local field = spot.field
  local is_text = is_text_place(spot)
  local values = {
    string = "no number", number = 7, boolean = true, object = { a = 1 }, array = core.array({ 1 }),
  }
  local takes = ({
    string = { string = true, number = is_text, boolean = is_text },
    integer = { number = true },
    number = { number = true },
    boolean = { boolean = true },
    array = { array = true, string = is_text, number = is_text, boolean = is_text },
    object = { object = true },
    map = { object = true },
  })[field.type]
  if field.either then
    local container = field.type == "array" or field.type == "object"
    takes = container and { array = true, object = true } or { string = true, number = true, boolean = true }
  end
  for kind in pairs(takes) do
    if takes[kind] then values[kind] = nil end
  end
  return values
end

local function with_article(word) return (word:match("^[aio]") and "an " or "a ") .. word end

describe("a value", function()
  it("of another type is refused", function()
    local cases = over_all_fields(function(field, spot, expect)
      for kind, value in pairs(wrong_values(spot)) do
        expect(value, { ("%s: must be %s, not %s"):format(spot.path, with_article(field.type), with_article(kind)) })
      end
    end)
    assert.is_true(cases > 3400, tostring(cases))
  end)

  it("among the entries of a list or map is held to their type", function()
    local cases = over_all_fields(function(field, spot, expect)
      if field.type ~= "array" and field.type ~= "map" or field.either or is_text_place(spot) then return end
      local wrong = field.items == "object" and "text" or { a = 1 }
      local list = field.type == "array" and core.array({ wrong }) or { a = wrong }
      for i = 2, field.type == "array" and field.min_length or 0 do list[i] = samples.entry(field) end
      expect(list, { ("%s%s: must be %s, not %s"):format(spot.path, field.type == "array" and "[1]" or ".a",
        with_article(field.items), field.items == "object" and "a string" or "an object") })
    end)
    assert.is_true(cases > 60, tostring(cases))
  end)

  it("that is a fraction is no integer", function()
    local cases = over_all_fields(function(field, spot, expect)
      if field.type ~= "integer" or field.either or field.enum then return end
      local least = field.min or 1
      expect(least + 0.5, { ("%s: must be a whole number, not %s"):format(spot.path, core.encode(least + 0.5)) })
    end)
    assert.is_true(cases > 80, tostring(cases))
  end)

  it("that is null is refused where it must be there and in path and query, elsewhere it warns", function()
    local cases = over_all_fields(function(field, spot, expect)
      if field.nullable then return expect(core.null) end
      if field.required or is_text_place(spot) then return expect(core.null, { spot.path .. ": must not be null" }) end
      expect(core.null, {}, { spot.path .. ": null is not a documented value" })
    end)
    assert.is_true(cases > 900, tostring(cases))
  end)
end)

describe("an identifier", function()
  it("is never empty and never holds a slash or a control character", function()
    local SLASH = "must not hold a slash"
    local cases = over_all_fields(function(field, spot, expect)
      if not field.id or field.type ~= "string" then return end
      -- Length and form warn beside these; an error tells the problem alone.
      if not field.soft then expect("", { spot.path .. ": must not be empty" }) end
      local in_path = field["in"] == "path"
      expect("a/b", { spot.path .. ": " .. SLASH .. (in_path and ", which would change the path" or "") })
      expect("a\nb", { spot.path .. ": must not hold control characters" })
    end)
    assert.is_true(cases > 600, tostring(cases))
  end)
end)
