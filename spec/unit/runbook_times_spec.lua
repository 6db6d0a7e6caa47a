-- SPDX-License-Identifier: Apache-2.0
local times = require("hwdb.runbook.times")
local window = require("hwdb.runbook.window")

describe("calendar times", function()
  it("are read with their zone only", function()
    assert.equal(1795305600000, (times.parse("2026-11-22T00:00:00Z")))
    assert.equal(1795305600000, (times.parse("2026-11-22 08:00 +08:00")))
    assert.equal(1795305600000, (times.parse("2026-11-21 20:30:00 -0330")))
    assert.equal(951782400000, (times.parse("2000-02-29 00:00 UTC")))
    assert.equal(-1000, (times.parse("1969-12-31T23:59:59Z")))
    for _, text in ipairs({ "2026-11-22 08:00", "2026-02-29 00:00 Z", "2026-13-01 00:00 Z", "2026-11-22 24:00 Z",
      "2026-11-22 8:00 Z", "2026-11-22 08:00 +8:0", "2026-11-22 08:00 +15:00", "2026-11-22 08:60 Z", "" }) do
      assert.is_nil((times.parse(text)))
    end
  end)

  it("are written as they are read", function()
    for _, ms in ipairs({ 0, 951782400000, 1795305600000, 4107542399000, -86400000 }) do
      for _, offset in ipairs({ 0, 480, -210 }) do
        assert.equal(ms, (times.parse(times.text(ms, offset))))
      end
    end
    assert.equal("2026-11-22 02:00:00 +08:00", times.text(1795284000000, 480))
  end)

  it("are read in all the ways services write them", function()
    for value, ms in pairs({ ["2026-01-01T08:00:00+0000"] = 1767254400000, ["2026-01-01T16:00:00+0800"] = 1767254400000,
      ["2026-01-01 08:00:00"] = 1767254400000, ["2026-01-01T08:00:00"] = 1767254400000, ["2026-01-01T08:00:00.25Z"] = 1767254400250,
      ["2026-01-01 03:30:00 -04:30"] = 1767254400000, ["1767254400"] = 1767254400000, ["1767254400000"] = 1767254400000,
      [1767254400] = 1767254400000, [1767254400000] = 1767254400000, ["2024-02-29T00:00:00Z"] = 1709164800000 }) do
      assert.equal(ms, times.instant(value), tostring(value))
      assert.equal("integer", math.type(times.instant(value)))
    end
    for _, value in ipairs({ "", "--", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T08:00:00 noon", {}, false }) do
      assert.is_nil(times.instant(value), tostring(value))
    end
  end)

  it("know lengths in words", function()
    assert.equal("45 s", times.span(45))
    assert.equal("2 min", times.span(120))
    assert.equal("2 min 5 s", times.span(125))
    assert.equal("3 h", times.span(10800))
    assert.equal("3 h 10 min", times.span(11400))
  end)
end)

describe("a window", function()
  local spec = { from = "2026-11-22 02:00", to = "04:00", zone = "+08:00", cut_off = 900 }

  it("is dated and has a zone and a cut-off", function()
    local w = window.read(spec)
    assert.equal(1795284000000, w.opens)
    assert.equal(1795291200000, w.closes)
    assert.equal("2026-11-22 02:00:00 +08:00 to 2026-11-22 04:00:00 +08:00", w.text)
    assert.equal("early", window.state(w, w.opens - 1))
    assert.equal("open", window.state(w, w.opens))
    assert.equal("open", window.state(w, w.closes - 900000))
    assert.equal("late", window.state(w, w.closes - 899999))
  end)

  it("may cross midnight, or end on a date of its own", function()
    local w = window.read({ from = "2026-12-31 22:00", to = "02:00", zone = "UTC" })
    assert.equal(4 * 3600000, w.closes - w.opens)
    w = window.read({ from = "2026-11-22 22:00", to = "2026-11-24 02:00", zone = "Z" })
    assert.equal(28 * 3600000, w.closes - w.opens)
  end)

  it("is refused when it makes no sense", function()
    local function refused(changes)
      local changed = {}
      for key, value in pairs(spec) do changed[key] = value end
      for key, value in pairs(changes) do changed[key] = value or nil end
      local ok, err = pcall(window.read, changed)
      assert.is_false(ok)
      assert.equal("usage", err.kind)
      return err.message
    end
    assert.equal("window: zone is missing; a time without a zone is never guessed", refused({ zone = false }))
    assert.equal('window: zone "CET" is not one; +08:00 or UTC is', refused({ zone = "CET" }))
    assert.equal('window: from "02:00" is no date and time', refused({ from = "02:00" }))
    assert.equal('window: to "25:00" is no time', refused({ to = "25:00" }))
    assert.equal("window: it ends before it begins", refused({ to = "2026-11-21 04:00" }))
    assert.equal("window: it is shorter than its cut-off of 3 h", refused({ cut_off = 10800 }))
  end)
end)
