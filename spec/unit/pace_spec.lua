-- SPDX-License-Identifier: Apache-2.0
local stages = require("stages")

describe("pace", function()
  local pace
  before_each(function() pace = stages.pace() end)
  after_each(function() pace:free() end)

  it("lets every call go at once where nothing is fixed", function()
    for now = 1, 100 do
      assert.equal(now, pace:next(now))
      pace:sent(now)
    end
  end)

  it("lets as many calls go as fit the window, and the next when the oldest leaves it", function()
    assert.equal(0, pace:fix(3, 60000))
    for _, now in ipairs { 1000, 1500, 2000 } do
      assert.equal(now, pace:next(now))
      pace:sent(now)
    end
    assert.equal(61000, pace:next(2000))
    assert.equal(61000, pace:next(60999))
    assert.equal(61000, pace:next(61000))
    assert.equal(61001, pace:next(61001))
    pace:sent(61000)
    assert.equal(61500, pace:next(61000))
    pace:sent(61500)
    assert.equal(62000, pace:next(61500))
  end)

  it("never lets more than the limit into any window", function()
    pace:fix(60, 60000)
    local sent, now = {}, 0
    for i = 1, 500 do
      now = pace:next(now)
      sent[i] = now
      pace:sent(now)
      if i % 7 == 0 then now = now + 130 end
      if i > 60 then assert.is_true(now - sent[i - 60] >= 60000) end
    end
  end)

  it("holds everything after a refusal, and never forgets a later hold for an earlier one", function()
    pace:hold(5000)
    assert.equal(5000, pace:next(1000))
    pace:hold(3000)
    assert.equal(5000, pace:next(1000))
    assert.equal(5000, pace:next(5000))
    assert.equal(7000, pace:next(7000))
  end)

  it("takes the later of hold and window", function()
    pace:fix(1, 1000)
    pace:sent(100)
    assert.equal(1100, pace:next(200))
    pace:hold(900)
    assert.equal(1100, pace:next(200))
    pace:hold(2000)
    assert.equal(2000, pace:next(200))
  end)

  it("keeps what was sent when the same is fixed again, and starts anew with another limit", function()
    pace:fix(1, 1000)
    pace:sent(0)
    pace:fix(1, 1000)
    assert.equal(1000, pace:next(10))
    pace:fix(2, 1000)
    assert.equal(10, pace:next(10))
    pace:fix(0, 0)
    pace:sent(10)
    assert.equal(10, pace:next(10))
  end)

  it("remembers ten thousand calls at most", function()
    pace:fix(1000000, 1000)
    for i = 1, 10000 do
      assert.equal(5, pace:next(5), i)
      pace:sent(5)
    end
    assert.equal(1005, pace:next(5))
  end)

  it("keeps its limit when memory ends", function()
    pace:fix(1, 1000)
    pace:sent(0)
    stages.fail_after(0)
    assert.equal(-1, pace:fix(2, 1000))
    assert.equal(1, stages.fail_after())
    assert.equal(1000, pace:next(10))
  end)

  it("reads the window that a gateway states", function()
    local text = "The throttling threshold has been reached: policy user over ratelimit,limit:%s,time:%s"
    for _, case in ipairs { { "60", "1 minute", 60, 60000 }, { "200", "5 minute", 200, 300000 }, { "1", "1 second", 1, 1000 },
      { "20", "10 seconds", 20, 10000 }, { "3", "2 hour", 3, 7200000 }, { "999999", "1 day", 999999, 86400000 }, { "5", "1minute", 5,
        60000 } } do
      assert.same({ case[3], case[4] }, { stages.pace_read(text:format(case[1], case[2])) })
    end
  end)

  it("reads no window where none is stated", function()
    for _, text in ipairs { "", "limit", "limit:", "limit:60", "limit:60,time:", "limit:60,time:1", "limit:60,time:1 week",
      "limit:0,time:1 minute",
      "limit:-5,time:1 minute", "limit:60,time:0 minute", "limit:x,time:1 minute", "time:1 minute,limit:60",
      "limit:99999999999999999999,time:1 minute", "limit:1000000,time:1 minute" } do
      assert.same({}, { stages.pace_read(text) }, text)
    end
  end)
end)
