-- SPDX-License-Identifier: Apache-2.0
local environment = require("hwdb.runbook.environment")

-- What a text gives in the strict environment, or the message it raises.
local function evaluate(text)
  local code = assert(load(text, "@probe.lua", "t", environment.new()))
  environment.enter()
  local results = table.pack(pcall(code))
  environment.leave()
  if not results[1] then return nil, results[2] end
  return table.unpack(results, 2, results.n)
end

local function message(text)
  local _, err = evaluate(text)
  return err
end

describe("the strict environment", function()
  it("names a mistyped global, its line and the nearest known one", function()
    assert.equal("probe.lua:2: unknown global tonumbr, did you mean tonumber?", message("local x = 1\nreturn tonumbr(x)"))
    assert.equal("probe.lua:1: unknown global completely_else", message("return completely_else"))
  end)

  it("refuses to set a global", function()
    assert.equal("probe.lua:1: global count is set: say local count", message("count = 1"))
  end)

  it("names what takes the place of what is missing", function()
    assert.equal("probe.lua:1: print is not there in a runbook: use run:note(text)", message("print('x')"))
    for _, name in ipairs({ "require", "load", "loadstring", "loadfile", "dofile", "os", "io", "debug", "package",
      "coroutine", "collectgarbage", "_G" }) do
      assert.matches("^probe.lua:1: " .. name .. " is not there in a runbook: ", message("return " .. name))
    end
    assert.matches("math.random is not there in a runbook: ", message("return math.random(6)"), 1, true)
    assert.matches("math.randomseed is not there", message("math.randomseed(1)"), 1, true)
    assert.matches("string.dump is not there", message("return string.dump(function() end)"), 1, true)
  end)

  it("knows the names of its libraries and keeps them as they are", function()
    assert.equal("probe.lua:1: string.fromat does not exist, did you mean format?", message("return string.fromat('x')"))
    assert.equal("probe.lua:1: table.insert cannot be set: the libraries stay as they are",
      message("table.insert = nil"))
    assert.equal("ab", evaluate("return table.concat({'a', 'b'})"))
    assert.equal(3, evaluate("return math.max(1, 3)"))
  end)

  it("walks tables in one order: numbers, then strings by their bytes", function()
    local text = [[
      local keys = {}
      for key, value in %s do keys[#keys + 1] = key .. '=' .. value end
      return table.concat(keys, ' ')]]
    local t = "{ b = 1, Z = 2, a = 3, [10] = 4, [2] = 5, [1.5] = 6 }"
    assert.equal("1.5=6 2=5 10=4 Z=2 a=3 b=1", evaluate(text:format("pairs(" .. t .. ")")))
    assert.equal("1.5=6 2=5 10=4 Z=2 a=3 b=1", evaluate(text:format("next, " .. t)))
  end)

  it("lets a walk remove what it has not reached", function()
    assert.equal("a", evaluate([[
      local t, seen = { a = 1, b = 2 }, {}
      for key in pairs(t) do t.b = nil seen[#seen + 1] = key end
      return table.concat(seen)]]))
  end)

  it("refuses keys that have no order", function()
    assert.matches("a table with a boolean as key has no fixed order", message("for _ in pairs({ [true] = 1 }) do end"))
    assert.matches("a table with a table as key has no fixed order", message("return next({ [{}] = 1 })"))
  end)

  it("shows no addresses", function()
    assert.equal("<table> <function> nil 12 x", evaluate([[
      local words = {}
      for i, value in ipairs({ {}, ipairs, "nil", 12, "x" }) do words[i] = tostring(value) end
      return table.concat(words, " ")]]))
    assert.equal("<table>", evaluate("return string.format('%s', {})"))
    assert.equal("<table>", evaluate("return ('%s'):format({})"))
    assert.equal("100% 7", evaluate("return ('100%% %d'):format(7)"))
    assert.matches("%%p shows an address", message("return ('%p'):format({})"))
    assert.equal("mine", evaluate("return tostring(setmetatable({}, { __tostring = function() return 'mine' end }))"))
  end)

  it("closes the way from a string to the libraries", function()
    assert.is_nil(evaluate("return getmetatable('')"))
    assert.is_nil(evaluate("return ('').dump"))
    assert.equal(string, getmetatable("").__index)
  end)

  it("allows metatables but none that depends on the collector", function()
    assert.equal(5, evaluate("return setmetatable({}, { __index = { x = 5 } }).x"))
    assert.matches("__gc, __mode and __close depend on", message("setmetatable({}, { __mode = 'k' })"))
    assert.is_true(evaluate("local m = {} return getmetatable(setmetatable({}, m)) == m"))
  end)

  it("lets Ctrl-C and open questions through a script's pcall, and catches the rest", function()
    local env = environment.new()
    local code = assert(load("local raise, err = ... return pcall(raise, err, 0)", "@probe.lua", "t", env))
    for _, stop in ipairs({ { kind = "cancelled", message = "x" }, { kind = "waiting", message = "x" },
      { kind = "transport", message = "x", in_doubt = true } }) do
      local ok, err = pcall(code, error, stop)
      assert.is_false(ok)
      assert.equal(stop, err)
    end
    assert.same({ true, false, "plain" }, { pcall(code, error, "plain") })
  end)
end)
